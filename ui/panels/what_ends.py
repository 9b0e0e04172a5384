"""What ends when: for an event and a day, the rights it ends with the days they lose, and the money forgone."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from model.engine import Calc
from model.fields import field_for
from model.fields.date_text import show_date
from model.fields.number_formats import show_text
from model.fields.unit_text import with_unit
from model.formula.bind import RIGHT
from model.rights import Ending, day, endings, span
from model.values import ErrorValue
from model.whatif.compare import difference
from ui.event_moves import Handle, day_of, handles, with_day
from ui.panels.fact_row import FactRow
from ui.panels.pickers import Choice, DateLine
from ui.panels.reasons import Fact
from ui.session import ChangeSet, DealSession
from ui.targets import Target, target_of
from ui.wording import change

_MOST_OUTPUTS = 12


class WhatEnds(QWidget):
    """The day begins as it is in view; another one typed here is only tried, not entered."""

    go_wanted = Signal(object)  # Target

    def __init__(self, session: DealSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._handles: dict[str, Handle] = {}
        self._tried: tuple[str, dt.date | None] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        self.events = Choice("Event", self)
        self.events.currentIndexChanged.connect(self._chosen)
        self.on = DateLine("Day of the event", never=True, parent=self)
        self.on.changed.connect(self._typed)
        for row, (name, widget) in enumerate((("Event", self.events), ("On", self.on))):
            grid.addWidget(QLabel(name), row, 0)
            grid.addWidget(widget, row, 1)
        column.addLayout(grid)
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.said.setProperty("muted", True)
        column.addSpacing(8)
        column.addWidget(self.said)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        column.addLayout(self._rows)
        self._fill()

    @property
    def event_key(self) -> str:
        return str(self.events.currentData() or "")

    @property
    def any_events(self) -> bool:
        """Whether there is an event to ask about."""
        return bool(self._handles)

    def choose(self, event: str) -> None:
        index = self.events.findData(event)
        if index >= 0:
            self.events.setCurrentIndex(index)

    def texts(self) -> list[tuple[str, str]]:
        """Label and value of each row."""
        rows = [item.widget() for i in range(self._rows.count()) if (item := self._rows.itemAt(i)) is not None]
        return [(row.fact.label, row.fact.value) for row in rows if isinstance(row, FactRow)]

    def sync(self, changes: ChangeSet) -> None:
        self._fill()

    def _fill(self) -> None:
        calc = self.session.calc
        self._handles = handles(calc)
        named = [(k, show_text(calc.deal.events[k].label)) for k in self._handles]
        shown = [(self.events.itemData(i), self.events.itemText(i)) for i in range(self.events.count())]
        if named != shown:
            now = self.event_key
            self.events.blockSignals(True)
            self.events.clear()
            for key, label in named:
                self.events.addItem(label, key)
            ended = [right.ends_on for right in calc.deal.rights.values() if right.ends_on in self._handles]
            most = max(dict.fromkeys(ended), key=ended.count, default="")
            self.events.setCurrentIndex(max(self.events.findData(now), self.events.findData(most) if not now else 0, 0))
            self.events.blockSignals(False)
        if self._tried is None or self._tried[0] != self.event_key:
            self._tried = None
            self.on.set_day(day_of(calc, self.event_key) if self.event_key else None)
        self._show()

    def _chosen(self) -> None:
        self._tried = None
        self.on.set_day(day_of(self.session.calc, self.event_key) if self.event_key else None)
        self._show()

    def _typed(self, day: dt.date | None) -> None:
        same = day == day_of(self.session.calc, self.event_key)
        self._tried = None if same else (self.event_key, day)
        self._show()

    def _show(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        found = self._handles.get(self.event_key)
        if found is None:
            return
        calc = self.session.calc
        if self.on.day is None:
            self.said.setText("It has not happened, so nothing ends. Type a day to see what would.")
            return
        then = with_day(calc, found, self.on.day) if self._tried is not None else calc
        never = with_day(calc, found, None)
        if (comes := day_of(then, self.event_key)) is not None and comes != self.on.day:
            self.on.set_day(comes)  # months have different ends: the nearest day there is
        ended = endings(then, never)
        tried = (
            "If it came then, against its never happening:"
            if self._tried is not None
            else "Against its never happening:"
        )
        self.said.setText(tried if ended else "Nothing else changes with it.")
        for row in [r for r in ended if r.kind == "right"]:
            self._add(self._right(then, row))
        money = [r for r in ended if r.kind == "output" and _size(r)]
        headline = calc.deal.headline
        money.sort(key=lambda r: headline.index(r.key) if r.key in headline else len(headline))
        for row in money[:_MOST_OUTPUTS]:
            self._add(self._output(then, row))

    def _add(self, fact: Fact) -> None:
        row = FactRow(fact)
        row.activated.connect(self.go_wanted)
        self._rows.addWidget(row)

    def _right(self, calc: Calc, row: Ending) -> Fact:
        where = Target("text", f"{RIGHT}{row.key}", ("rights", row.key, "label"))
        if row.days is not None and row.days > 0:
            value, tint = f"{row.days:,.0f} days early", "bad"
        elif row.days is not None and row.days < 0:
            value, tint = f"{-row.days:,.0f} days longer", "good"
        elif row.after is not None and row.before is None:
            value, tint = f"ends {show_date(row.after)}", "bad"
        else:
            value, tint = "changes", ""
        tip = f"Last day {show_date(row.after) if row.after else 'open'}; without the event {show_date(row.before) if row.before else 'open'}"
        if value == "changes" and row.before == row.after:
            begins = day(span(calc, row.key).start)
            value = f"begins {show_date(begins)}" if begins else "holds otherwise"
            tip = "Its first day or its condition is another one."
        return Fact(row.label, value, calc.deal.rights[row.key].class_, where, tint, tip)

    def _output(self, calc: Calc, row: Ending) -> Fact:
        output = calc.deal.outputs[row.key]
        field = field_for(output, calc.deal.unit)
        step = difference(row.before, row.after)
        tip = f"{with_unit(field, row.before)} without the event, {with_unit(field, row.after)} with it"
        if step is None or field.kind == "date":
            told = change(field, row.before, row.after)
            return Fact(
                row.label, told.text if told else field.show(row.after), "", target_of(calc.deal, row.key), "", tip
            )
        if field.kind == "money" and step < 0:
            return Fact(row.label, f"{field.show(-step)} forgone", "", target_of(calc.deal, row.key), "bad", tip)
        told = change(field, row.before, row.after)
        return Fact(
            row.label, told.text if told else "", "", target_of(calc.deal, row.key), "good" if step > 0 else "bad", tip
        )


def _size(row: Ending) -> bool:
    """Whether a difference is more than noise of the last digits."""
    if isinstance(row.before, ErrorValue) or isinstance(row.after, ErrorValue):
        return row.before != row.after
    step = difference(row.before, row.after)
    return step is None or abs(step) > 1e-9
