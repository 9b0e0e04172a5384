"""The Obligations sheet: what falls due when, as of a day, and what belongs to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QToolButton, QWidget

from model.addresses import record_label
from model.edits import set_value
from model.fields import field_for
from model.problems import Refused
from ui.event_moves import as_day
from ui.panels.base import EmptyHint, SheetGrid, SheetPanel
from ui.panels.chips import Chips
from ui.panels.deal_source import DealSource
from ui.panels.maturity_bars import MaturityBars
from ui.panels.obligations_source import DealSourceEmpty, GroupOutputs, MaturitySource, OwedSource, as_of_terms
from ui.panels.pickers import DateLine
from ui.panels.terms_source import TableSource
from ui.session import ChangeSet, DealSession
from ui.targets import Target, target_of
from ui.wording import wrapped

OWED = "owed:"
_OWED_NOTE = (
    "Every right that names the party owing it, with the amounts that fall due by calendar year. Dates and parties can "
    "be changed here as on the Rights sheet."
)
_EMPTY = (
    "Who owes what, and what falls due year by year, belong here.\nThis deal says neither yet: name the party that owes "
    'a right (“Owed by” on the Rights sheet), or give a table of its file role = "maturity".'
)


class ObligationsPanel(SheetPanel):
    title = "Obligations"

    def __init__(self, session: DealSession, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.chips = Chips("Part of the obligations", self)
        self.chips.chosen.connect(self._choose)
        self._pages: dict[str, SheetGrid] = {}
        self._names: list[str] = []
        self._as_of = ""
        self._parts = QStackedWidget(self)
        self._hint = EmptyHint(_EMPTY)
        self._parts.addWidget(self._hint)
        self._hint_grid = self.add_grid(DealSourceEmpty(session), "Obligations")
        self._hint_grid.hide()
        self.outer.addWidget(self.chips)
        self.outer.addWidget(self._bar())
        self.outer.addWidget(self._parts, 1)
        self.bars = MaturityBars(session.told.emit, self)
        self.outer.addWidget(self.bars)
        self._arrange()

    def _bar(self) -> QWidget:
        self.bar = QWidget(self)
        self.bar.setObjectName("chips")
        self.bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self.bar)
        row.setContentsMargins(12, 4, 12, 4)
        row.setSpacing(8)
        self.as_of = DateLine("As of", parent=self.bar)
        self.as_of.setFixedWidth(140)
        self.as_of.changed.connect(self._dated)
        self.as_of_name = QLabel(self.bar)
        self.as_of_name.setFixedHeight(self.as_of.field.sizeHint().height())
        self.as_of_link = QToolButton(self.bar)
        self.as_of_link.setText("Go to the term")
        self.as_of_link.setProperty("quiet", True)
        self.as_of_link.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.as_of_link.clicked.connect(lambda: self.go_wanted.emit(target_of(self.session.deal, self._as_of)))
        self.note = QLabel(self.bar)
        self.note.setWordWrap(True)
        self.note.setProperty("muted", True)
        for widget in (self.as_of_name, self.as_of, self.as_of_link):
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)
        row.addSpacing(8)
        row.addWidget(self.note, 1)
        return self.bar

    # --- parts ---------------------------------------------------------------

    def _arrange(self) -> None:
        deal = self.session.deal
        labels: dict[str, tuple[str, str]] = {}
        if any(right.owed_by for right in deal.rights.values()):
            labels[OWED] = ("Who owes what", "Every obligation by the party that owes it: what, when, to whom")
        for key, table in deal.tables.items():
            if table.role == "maturity":
                labels[f"maturity:{key}"] = (table.label, wrapped(table.note))
        groups = dict.fromkeys(t.group for t in deal.tables.values() if t.role == "maturity" and t.group)
        for group in groups:
            for key, table in deal.tables.items():
                if table.group == group and not table.role:
                    labels[f"table:{key}"] = (table.label, wrapped(table.note))
            if any(output.group == group for output in deal.outputs.values()):
                labels[f"outputs:{group}"] = (f"{group}: results", "What comes out for this part of the deal")
        self._names = list(labels)
        self.chips.set_texts([text for text, _ in labels.values()], [tip for _, tip in labels.values()])
        self.chips.setVisible(len(labels) > 1)
        for name in [n for n in self._pages if n not in labels]:
            grid = self._pages.pop(name)
            self._parts.removeWidget(grid)
            grid.deleteLater()
        if self._names:
            self.show_part(self.part if self.part in self._names else self._names[0])
        else:
            self._parts.setCurrentWidget(self._hint)
            self.bar.hide()
            self.bars.hide()

    @property
    def part(self) -> str:
        page = self._parts.currentWidget()
        return next((name for name, grid in self._pages.items() if grid is page), "")

    def show_part(self, name: str) -> SheetGrid:
        """Bring one grid to the front, made when first needed."""
        if name not in self._pages:
            kind, _, key = name.partition(":")
            source: DealSource = (
                MaturitySource(self.session, key) if kind == "maturity"
                else TableSource(self.session, key) if kind == "table"
                else OwedSource(self.session) if name == OWED else GroupOutputs(self.session, key)
            )  # fmt: skip
            grid = self.add_grid(source, key or "Who owes what")
            self._pages[name] = grid
            self._parts.addWidget(grid)
            self.grid_made.emit(grid)
        self._parts.setCurrentWidget(self._pages[name])
        self.chips.set_current(self._names.index(name))
        self._show_bar()
        return self._pages[name]

    def _choose(self, index: int) -> None:
        if not self.entered():
            self.chips.set_current(self._names.index(self.part))
            return
        self.show_part(self._names[index]).setFocus()
        self.target_changed.emit()

    def step(self, by: int) -> None:
        """The next or previous part."""
        if self._names:
            self._choose((self._names.index(self.part) + by) % len(self._names))

    @property
    def grid(self) -> SheetGrid:
        return self._pages.get(self.part, self._hint_grid)

    def grids(self) -> Iterable[SheetGrid]:
        return list(self._pages.values()) or [self._hint_grid]

    def regions(self) -> list[QWidget]:
        """More parts of this sheet for F6."""
        return [self.bar]

    def show_target(self, target: Target) -> bool:
        for name in self._names:
            if name.partition(":")[2] == target.key.partition(".")[0]:
                self.show_part(name)
        return super().show_target(target)

    # --- as of ---------------------------------------------------------------

    def _show_bar(self) -> None:
        deal, (kind, _, table) = self.session.deal, self.part.partition(":")
        terms = as_of_terms(self.session.calc, table) if kind == "maturity" else []
        self._as_of = terms[0] if len(terms) == 1 else ""
        note = deal.tables[table].note if table in deal.tables else ""
        self.note.setText(note)
        source = self.grid.deal_source
        owed = isinstance(source, OwedSource)
        for widget in (self.as_of_name, self.as_of):
            widget.setVisible(bool(self._as_of) or owed)
        self.as_of_link.setVisible(bool(self._as_of))
        self.bar.setVisible(bool(self._as_of or note or owed))
        if isinstance(source, OwedSource):
            self.as_of_name.setText("How they stand on")
            self.as_of.set_day(source.on)
            self.note.setText(_OWED_NOTE)
        self._show_bars()
        if self._as_of:
            self.as_of_name.setText(f"As of  ({deal.terms[self._as_of].label})")
            self.as_of.set_day(as_day(self.session.calc.scalar(self._as_of)))

    def _show_bars(self) -> None:
        source = self.grid.deal_source
        amounts = source.amounts() if isinstance(source, MaturitySource) else None
        self.bars.setVisible(bool(amounts))
        if amounts and isinstance(source, MaturitySource):
            deal, table = self.session.deal, source.table
            names = [record_label(deal, table, record) for record in deal.tables[table].records]
            field = field_for(deal.tables[table].columns[source.amount_column()], deal.unit)
            self.bars.show_rows(list(zip(names, amounts, strict=True)), field, deal.tables[table].label)

    def _dated(self, day: dt.date) -> None:
        session, address, source = self.session, self._as_of, self.grid.deal_source
        if isinstance(source, OwedSource):
            source.on = day
            self.grid.reset_source()
            return
        try:
            session.edit(set_value(session.deal, session.view, address, day, session.layer_for(address)))
        except Refused as refused:
            session.told.emit(str(refused.problems[0]))
            self._show_bar()

    def sync(self, changes: ChangeSet) -> None:
        if changes.structure:
            self._arrange()
        for grid in self._pages.values():
            source: DealSource = grid.deal_source
            if list(source.columns()) != grid.grid_model.columns or list(source.rows()) != grid.grid_model.rows:
                grid.reset_source()
            else:
                grid.grid_model.refresh(flash=not changes.view)
        if self._names:
            self._show_bar()
