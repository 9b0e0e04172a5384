"""The review of a workbook that came back: what differs, row by row, to be ticked before anything is applied."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from model.edits import Edit
from model.engine import Calc
from model.fields.number_formats import show_text
from model.layers import layer_label
from model.problems import Problem, Refused
from model.workbook.review import Difference, Review, apply
from ui.exchange import parts
from ui.exchange.impact import impact
from ui.exchange.review_source import BOOK, DOUBT, FORMULAS, GROUPS, PLACES, SURE, TEXTS, UNREAD, ReviewSource
from ui.exchange.tick_dialog import TickDialog
from ui.grid import clipboard
from ui.jobs import Progress
from ui.panels.chips import Chips
from ui.panels.notices import words
from ui.wording import counted

_FILTERS: tuple[tuple[str, frozenset[str]], ...] = (
    ("All", frozenset(GROUPS)),
    ("Changes", frozenset((SURE,))),
    ("To think about", frozenset((DOUBT,))),
    ("Not imported", frozenset((UNREAD, FORMULAS, PLACES, TEXTS))),
)
_NARROW = 480
_SOON = 120  # milliseconds after the last tick
_DECIMALS = (("Ask", ""), ("Decimal point: 1,234.5", "."), ("Decimal comma: 1.234,5", ","))


class ReviewDialog(TickDialog):
    """``take`` gets the chosen differences when the button is pressed and returns problems, or none."""

    decimal_chosen = Signal(str)

    def __init__(
        self, calc: Calc, take: Callable[[Edit, list[Difference]], tuple[Problem, ...]], parent: QWidget | None = None
    ) -> None:
        self.calc, self._take = calc, take
        self.source = ReviewSource(calc.deal)
        super().__init__(self.source, "Differences", "Import", 1240, parent=parent)
        self.grid, self.import_button = self.ticks, self.take_button
        self.grid.ticks_changed.connect(self._ticked)
        self.grid.current_changed.connect(lambda *_: self._show_row())
        self.about = parts.quiet(self)
        self.impact = parts.quiet(self)
        self.impact.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy_button = parts.button(self, "Copy the list")
        self.copy_button.clicked.connect(self._copy)
        self._soon = QTimer(self, interval=_SOON, singleShot=True)
        self._soon.timeout.connect(self._weigh)
        self._lay_out()
        QShortcut(QKeySequence("Ctrl+F"), self, self.search.setFocus)

    def _lay_out(self) -> None:
        column = self.column
        for widget in (self.title, self.about, self.notice):
            column.addWidget(widget)
        self.decimals = QWidget(self)
        ask = QHBoxLayout(self.decimals)
        ask.setContentsMargins(0, 0, 0, 0)
        ask.addWidget(QLabel("Some numbers are text that can be read in two ways. The sender writes a", self.decimals))
        self.decimal_box = QComboBox(self.decimals)
        self.decimal_box.setAccessibleName("Decimal mark of the sender")
        for text, _ in _DECIMALS:
            self.decimal_box.addItem(text)
        self.decimal_box.activated.connect(lambda i: self.decimal_chosen.emit(_DECIMALS[i][1]))
        ask.addWidget(self.decimal_box)
        ask.addStretch(1)
        self.decimals.hide()
        column.addWidget(self.decimals)
        self.tools = QWidget(self)
        row = QHBoxLayout(self.tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.chips = Chips("Which rows", self.tools)
        self.chips.chosen.connect(lambda _: self._filter())
        self.search = QLineEdit(self.tools)
        self.search.setPlaceholderText("Filter (Ctrl+F)")
        self.search.setAccessibleName("Filter the rows")
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(200)
        self.search.textChanged.connect(lambda _: self._filter())
        self.search.returnPressed.connect(self.grid.setFocus)
        self.all_button = parts.button(self, "Tick all")
        self.all_button.setToolTip("Every row in view that can be imported")
        self.all_button.clicked.connect(lambda: self.grid.tick_all(True))
        self.none_button = parts.button(self, "Tick none")
        self.none_button.clicked.connect(lambda: self.grid.tick_all(False))
        row.addWidget(self.chips, 1)
        for tool in (self.search, self.all_button, self.none_button):
            row.addWidget(tool)
        column.addWidget(self.tools)
        column.addWidget(self.grid, 1)
        column.addWidget(self.detail)
        column.addWidget(self.impact)
        column.addWidget(self.job_bar)
        self.last_row(self.copy_button)

    # --- what is shown ---------------------------------------------------------

    def show_review(self, found: Review) -> None:
        """Show what was found; called again after a second reading with another decimal mark."""
        source, name = self.source, show_text(found.path.name)
        source.set_review(found)
        count, deal = len(found.differences), self.calc.deal
        self.setWindowTitle(f"Import from {name}")
        if count:
            self.title.setText(f"{counted(count, 'input')} {'differs' if count == 1 else 'differ'} in “{name}”")
        else:
            self.title.setText("No differences")
        view = found.view
        layers = [f"version:{view.version}"] if view.version else []
        layers += [f"scenario:{view.scenario}"] if view.scenario else []
        exported = " and ".join(f"“{show_text(layer_label(deal, layer))}”" for layer in layers)
        exported = exported or "no version and no scenario"
        if count:
            self.about.setText(
                f"Exported for {exported}.{f' Last saved {found.saved}.' if found.saved else ''} Nothing is changed in the deal until you import what is ticked."
            )
        elif source.count(UNREAD):
            self.about.setText(
                f"What could be read of “{name}” agrees with the deal. {counted(source.count(UNREAD), 'input')} could not be read: see below."
            )
        elif source.count(*GROUPS) > source.count(BOOK):
            self.about.setText(
                f"Every input of “{name}” says what the deal says. What else a colleague changed, and import leaves alone, stands below."
            )
        else:
            self.about.setText(f"Every input of “{name}” says what the deal says; there is nothing to import.")
        self._tell_notice(found)
        self.decimals.setVisible(found.asks_decimal or self.decimal_box.currentIndex() > 0)
        listed = bool(source.count(*GROUPS))
        for widget in (self.tools, self.grid, self.detail, self.copy_button):
            widget.setVisible(listed)
        self.all_button.setVisible(bool(count))
        self.none_button.setVisible(bool(count))
        self.impact.setVisible(bool(count))
        self.import_button.setVisible(bool(count))
        self.close_button.setText("Cancel" if count else "Close")
        self.close_button.setDefault(not count)
        texts = [f"{text} {source.count(*groups)}" for text, groups in _FILTERS]
        at = max(self.chips.current, 0)
        self.chips.set_texts(texts)
        self.chips.set_current(at)
        chips = [chip for chip in self.chips.findChildren(QToolButton) if not chip.isHidden()]
        self.tab_order(self.decimal_box, *chips, self.search, self.all_button, self.none_button)
        if not listed:
            self.setMinimumWidth(_NARROW)
            self.adjustSize()
        self._filter()
        self._ticked()

    def _tell_notice(self, found: Review) -> None:
        said = [show_text(f"{n.what} {n.remedy}".strip()) for n in found.notes if n.kind == "book"]
        lead = [text for text in said if found.stale and "has changed since" in text] or said[:1]
        self.tell(lead[0] if lead else "")

    def _filter(self) -> None:
        self.source.shown = _FILTERS[max(self.chips.current, 0)][1]
        self.source.words = self.search.text()
        self.grid.reset_source()
        self._show_row()

    def _show_row(self) -> None:
        here = self.grid.current
        entry = self.source.entry(here[0]) if here is not None and self.grid.grid_model.rows else None
        self.detail.setPlainText(self.source.full(entry) if entry is not None else "")

    def _ticked(self) -> None:
        count = len(self.source.chosen)
        self.import_button.setText(f"Import {counted(count, 'change')}" if count else "Import")
        self.import_button.setEnabled(bool(count))
        self._soon.start()

    # --- what it would do ------------------------------------------------------

    def _edit(self) -> Edit | None:
        found, chosen = self.source.review, self.source.chosen
        return apply(self.calc.deal, found, chosen) if found is not None and chosen else None

    def _weigh(self) -> None:
        """Say what the ticked changes do to the headline."""
        self.drop("impact")
        try:
            edit = self._edit()
        except Refused as refused:
            self.impact.setText(words(refused.problems[0]))
            return
        if edit is None:
            self.impact.setText("Nothing is ticked.")
            return
        self.work("impact", partial(_weighed, self.calc, edit), self.impact.setText)

    # --- acts --------------------------------------------------------------------

    def take(self) -> None:
        """Apply what is ticked; where that is refused the dialog stays and says why."""
        try:
            edit = self._edit()
            problems = self._take(edit, self.source.chosen) if edit is not None else ()
        except Refused as refused:
            problems = refused.problems
        if problems:
            self.say(problems, "Nothing was imported.")
        elif self.source.chosen:
            self.accept()

    def _copy(self) -> None:
        """Everything in view as a table for a spreadsheet or a mail."""
        model = self.grid.grid_model
        lines = [["Ticked", *(c.header for c in model.columns[1:])]]
        for row, spec in enumerate(model.rows):
            if spec.kind == "section":
                lines.append([spec.label])
            else:
                lines.append([model.cell(row, col).clip for col in range(len(model.columns))])
        QGuiApplication.clipboard().setText(clipboard.encode(lines))

    def done(self, result: int) -> None:
        self._soon.stop()
        super().done(result)


def _weighed(calc: Calc, edit: Edit, progress: Progress) -> str:
    """What the edit does to the headline, or why it cannot be made."""
    try:
        return impact(calc, edit)
    except Refused as refused:
        return words(refused.problems[0])
