"""A short list to choose from: the templates a new deal can begin with, the unsaved deals that a crash left behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from model import store
from model.fields.number_formats import show_text
from model.problems import Refused

if TYPE_CHECKING:
    from ui.safekeeping import Kept


class Choice(NamedTuple):
    """One line of the list: its name, what there is to say of it, and what it stands for."""

    name: str
    about: str
    what: object


class Chooser(QDialog):
    """A sentence, a list, and buttons; Enter and a double click press the first button."""

    def __init__(self, title: str, lead: str, choices: Sequence[Choice], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        self.lead = QLabel(lead, self)
        self.lead.setTextFormat(Qt.TextFormat.PlainText)
        self.lead.setWordWrap(True)
        column.addWidget(self.lead)
        self.list = QListWidget(self)
        self.list.setAccessibleName(title)
        self.list.setWordWrap(True)
        self.list.setSpacing(2)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemDoubleClicked.connect(lambda _: self._first())
        column.addWidget(self.list, 1)
        self._row = QHBoxLayout()
        self._row.addStretch(1)
        column.addLayout(self._row)
        self._buttons: list[QPushButton] = []
        self.resize(680, min(440, 120 + 48 * len(choices)))
        self.show_choices(choices)

    def show_choices(self, choices: Sequence[Choice]) -> None:
        self.list.clear()
        for choice in choices:
            item = QListWidgetItem("\n".join(show_text(text) for text in (choice.name, choice.about) if text))
            item.setData(Qt.ItemDataRole.UserRole, choice)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def chosen(self) -> Choice | None:
        item = self.list.currentItem()
        return item.data(Qt.ItemDataRole.UserRole) if item is not None else None

    def add_button(self, text: str, act: Callable[[], object]) -> QPushButton:
        """The first one added is the one for Enter."""
        button = QPushButton(text, self)
        button.setDefault(not self._buttons)
        button.setAutoDefault(not self._buttons)
        button.clicked.connect(act)
        self._buttons.append(button)
        self._row.addWidget(button)
        return button

    def _first(self) -> None:
        if self._buttons:
            self._buttons[0].click()


def templates() -> list[Choice]:
    """Templates by name, the one to begin with at the top, the blank one next."""
    found = []
    for name in store.list_templates():
        try:
            deal = store.load(store.TEMPLATES / f"{name}{store.SUFFIX}").deal
        except Refused:
            continue
        about = deal.title.removeprefix(f"{deal.name}: ")
        found.append(Choice(deal.name, deal.note if name == "blank" else about[:1].upper() + about[1:], name))
    return sorted(found, key=lambda choice: choice.what != "blank")


def template_dialog(open_template: Callable[[str], object], parent: QWidget) -> Chooser:
    """Asks what a new deal begins with."""
    dialog = Chooser("New deal", "Begin with", templates(), parent)

    def begin() -> None:
        choice = dialog.chosen()
        dialog.accept()
        if choice is not None:
            open_template(str(choice.what))

    dialog.add_button("Create", begin)
    dialog.add_button("Cancel", dialog.reject)
    return dialog


def left_behind(found: Sequence[Kept]) -> list[Choice]:
    """Unsaved deals with the place of their file and the time of their last change."""
    return [
        Choice(kept.name, f"changed {kept.when:%H:%M on %d %b %Y}" + (f" · {kept.origin.parent}" if kept.origin else " · never saved"), kept)
        for kept in found
    ]  # fmt: skip
