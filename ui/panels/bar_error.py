"""The line under the formula bar that says why a text was refused, with what may be done about it as links."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from model.deal import Deal
from model.fields.number_formats import show_text
from model.problems import Problem
from ui import targets
from ui import theme as themes

_TAKE, _GO = "take", "go:"


class ErrorLine(QLabel):
    """A click takes the name that was meant, or goes to an item of a circle; the entry stays open."""

    taken = Signal()
    go_wanted = Signal(object)  # Target

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("refusedLine")
        self.setWordWrap(True)
        self.setIndent(0)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.LinksAccessibleByMouse)
        self.linkActivated.connect(self._clicked)
        self.problem: Problem | None = None
        self._deal: Deal | None = None

    @property
    def said(self) -> str:
        """What stands here, without its links."""
        return self.accessibleName() if self.isVisible() else ""

    @property
    def instead(self) -> str:
        """What may stand in the place at fault; "" where nothing resembles it."""
        return self.problem.instead if self.problem is not None and self.isVisible() else ""

    def show_problem(self, deal: Deal, problem: Problem) -> None:
        self.problem, self._deal = problem, deal
        place = f"Character {problem.span[0] + 1}: " if problem.span is not None else ""
        self.setAccessibleName(show_text(f"{place}{problem.what} {problem.remedy}".strip()))
        self.restyle()
        self.show()

    def restyle(self) -> None:
        """Written anew in the colours of the theme."""
        problem = self.problem
        if problem is None:
            return
        text = escape(self.accessibleName())
        if problem.circle:
            path = escape(" → ".join(problem.circle))
            text = text.replace(path, " → ".join(self._item(key) for key in problem.circle))
        if problem.instead and (at := text.rfind(escape(f"Did you mean {problem.instead}?"))) >= 0:
            text = f"{text[:at]}Did you mean {_link(_TAKE, problem.instead)}? Tab or a click puts it in."
        self.setText(text)

    def _item(self, key: str) -> str:
        deal = self._deal
        assert deal is not None
        target = targets.target_of(deal, key)
        return escape(key) if target is targets.NOTHING else _link(_GO + key, show_text(targets.label(deal, target)))

    def _clicked(self, link: str) -> None:
        if link == _TAKE:
            self.taken.emit()
        elif self._deal is not None:
            key = link.removeprefix(_GO)
            self.go_wanted.emit(targets.target_of(self._deal, key, 0 if key in self._deal.lines else None))


def _link(target: str, text: str) -> str:
    return f'<a href="{escape(target)}" style="color: {themes.current().bad}">{escape(text)}</a>'
