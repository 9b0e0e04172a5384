"""The lines of the deal over its periods, as a grid."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

from model.engine import Calc
from model.fields import field_for, make_field
from model.fields.base import Field
from model.fields.unit_text import is_number
from model.values import NO_CAP, ErrorValue, from_serial
from ui import targets
from ui.grid.source import Align, Cell, ColumnSpec, Place, Role, RowKind, RowSpec
from ui.panels.deal_source import DealSource, copy_text
from ui.session import DealSession
from ui.targets import NOTHING, OPENING_PERIOD, Target
from ui.wording import counted, wrapped

FLAGS = "flags:"
LABEL, UNIT = 0, 1
_NARROWEST = 80


class _Row(NamedTuple):
    """What the plain numbers of a line are shown with."""

    field: Field
    role: Role
    align: Align
    outflow: bool  # shown with the other sign
    values: list[Any]  # by period


_NO_NUMBERS = _Row(make_field("text"), "computed", "left", False, [])


class ScheduleSource(DealSource):
    """Label and unit stay; then the opening balance where a line has one, then the periods."""

    def __init__(self, session: DealSession) -> None:
        super().__init__(session)
        self.show_helpers = False
        self._keys: list[str] = []
        self._measured: tuple[Calc, bool, int] | None = None
        self._known_for: Calc | None = None
        self._known: dict[str, _Row] = {}  # by line, for the values of _known_for
        self._periods: list[int] = []  # period of each column after the unit; -1 is the opening
        self._flags: dict[int, list[tuple[str, float]]] = {}

    def columns(self) -> list[ColumnSpec]:
        calc = self.calc
        width = self._width()
        specs = [
            ColumnSpec("Line", 240, "left", frozen=True, key="label"),
            ColumnSpec("Unit", 64, "left", frozen=True, key="unit"),
        ]
        self._periods = []
        if any(calc.opening(key) is not None for key in self._lines()):
            specs.append(ColumnSpec("Opening", width, key="opening", tooltip="Before the first period"))
            self._periods.append(OPENING_PERIOD)
        for i, period in enumerate(calc.timeline.periods):
            tip = f"{period.start:%d %b %Y} to {period.end:%d %b %Y}"
            specs.append(ColumnSpec(period.label, width, key=f"{period.start:%Y-%m}", tooltip=tip))
            self._periods.append(i)
        return specs

    def _width(self) -> int:
        """One width for all periods: that of the longest value of any line, with its flag."""
        if self._measured is not None and self._measured[:2] == (self.calc, self.show_helpers):
            return self._measured[2]
        longest = 0
        for key in self._lines():
            field = self._field(key)
            row, limit = self.calc.line(key), self.session.deal.lines[key].warn_above
            values = [v for v in row if is_number(v)]
            if values:
                flag = 2 if limit is not None and max(values) > limit else 0
                longest = max(longest, *(len(field.show(v)) + flag for v in (min(values), max(values))))
            if len(values) < len(row):  # errors: a name cut short could be another
                longest = max(longest, *(len(field.show(v)) for v in row if isinstance(v, ErrorValue)), 0)
        self._measured = (self.calc, self.show_helpers, max(_NARROWEST, 8 * longest + 20))
        return self._measured[2]

    def _lines(self) -> list[str]:
        lines = self.session.deal.lines
        return [key for key, line in lines.items() if self.show_helpers or line.style != "helper"]

    def rows(self) -> list[RowSpec]:
        deal = self.session.deal
        self._flags = {}
        for key, day, period in targets.event_flags(self.calc):
            self._flags.setdefault(period, []).append((key, day))
        sections: dict[str, list[str]] = {name: [] for name in deal.sections}
        for key in self._lines():
            sections.setdefault(deal.lines[key].section, []).append(key)
        rows: list[RowSpec] = []
        if deal.events and deal.lines:
            rows.append(RowSpec(FLAGS, "item", "Triggers"))
        for name, keys in sections.items():
            if not keys:
                continue
            if name or len([k for k in sections.values() if k]) > 1:
                rows.append(RowSpec(f"section:{name}", "section", deal.sections.get(name, name or "Other lines")))
            for key in keys:
                line = deal.lines[key]
                kind: RowKind = "total" if line.style == "total" else "helper" if line.style == "helper" else "item"
                rows.append(RowSpec(key, kind, line.label, indent=line.indent))
        self._keys = [row.key for row in rows]
        return rows

    def line_keys(self) -> list[str]:
        """Lines in the order in which they are shown."""
        return [key for key in self._keys if key in self.session.deal.lines]

    def row_key(self, key: str) -> str:
        return FLAGS if key.startswith("event:") or key in self.session.deal.events else super().row_key(key)

    @property
    def container(self) -> tuple[str, ...]:
        return ("lines",)

    def entry(self, row: int) -> tuple[str, ...]:
        key = self._keys[row]
        return ("lines", key) if key in self.session.deal.lines else ()

    def target(self, row: int, col: int) -> Target:
        key = self._keys[row]
        if key == FLAGS:
            found = self._flags.get(self.period(col) if col > UNIT else -2, [])
            return targets.target_of(self.session.deal, found[0][0]) if found else NOTHING
        if col <= UNIT and key in self.session.deal.lines:
            return Target("text", key, ("lines", key, "label" if col == LABEL else "unit"))
        return targets.target_of(self.session.deal, key, self.period(col) if col > UNIT else None)

    def period(self, col: int) -> int:
        return self._periods[col - UNIT - 1]

    def column_of_period(self, period: int) -> int | None:
        return self._periods.index(period) + UNIT + 1 if period in self._periods else None

    def find(self, target: Target) -> Place | None:
        key = target.key
        if key in self.session.deal.events and FLAGS in self._keys:
            for period, found in self._flags.items():
                if any(key == name for name, _ in found):
                    return 0, self.column_of_period(period) or 0
            return self._keys.index(FLAGS), LABEL
        if key not in self._keys:
            return None
        if target.attribute in ("label", "unit"):
            return self._keys.index(key), LABEL if target.attribute == "label" else UNIT
        period = target.period if target.period is not None else 0
        return self._keys.index(key), self.column_of_period(period) or min(UNIT + 1, UNIT + len(self._periods))

    def _field(self, key: str) -> Field:
        return field_for(self.session.deal.lines[key], self.session.deal.unit)

    def cell(self, row: int, col: int) -> Cell:
        key = self._keys[row]
        if col > UNIT and (number := self._number_cell(key, self._periods[col - UNIT - 1])) is not None:
            return number
        if key == FLAGS:
            return self._flag_cell(col)
        line = self.session.deal.lines[key]
        if col == LABEL:
            tip = "\n".join(part for part in (wrapped(line.note), wrapped(line.formula, 96), key) if part)
            return Cell(line.label, "label", "left", True, tooltip=tip)
        if col == UNIT:
            return Cell(line.unit, "unit", "left", True)
        target = self.target(row, col)
        cell = self.value_cell(target)
        if line.sign == "negative" and cell.number:  # the outflow that it is: shown, summed and copied as one
            field = self._field(key)
            cell.number = -cell.number
            cell.text = field.show(cell.number)
            cell.copy = partial(copy_text, field, cell.number, cell.text)
        if target.period == OPENING_PERIOD and self.calc.opening(key) is None:
            return Cell()
        if self._linked(line.formula):
            cell.role = "linked"
        return cell

    def _number_cell(self, key: str, period: int) -> Cell | None:
        """The cell of a plain number, which most cells are: what holds for its whole row is looked up once. Other
        cells: None."""
        calc = self.session.calc
        if self._known_for is not calc:
            self._known_for, self._known = calc, {}
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._know(key)
        field, role, align, outflow, values = known
        value = values[period] if 0 <= period < len(values) else None
        if value.__class__ is not float or not -NO_CAP < value < NO_CAP:
            return None
        if outflow and value:  # shown, summed and copied as the outflow that it is
            value = -value
        text = field.show(value)
        return Cell(text, role, align, number=value, copy=partial(copy_text, field, value, text))

    def _know(self, key: str) -> _Row:
        """What all plain numbers of a row have in common; without values where its cells are no plain numbers."""
        line = self.session.deal.lines.get(key)
        if line is None:
            return _NO_NUMBERS
        field = self._field(key)
        plain = field.numeric and line.warn_above is None
        role: Role = "linked" if self._linked(line.formula) else "computed"
        return _Row(field, role, field.align, line.sign == "negative", self.calc.line(key) if plain else [])

    def _linked(self, formula: str) -> bool:
        """A row that only repeats a value of another sheet is green, as in a workbook."""
        name = formula.lstrip("= ").strip().lower()
        deal = self.session.deal
        return name in deal.terms or name in deal.outputs

    def _flag_cell(self, col: int) -> Cell:
        if col == LABEL:
            return Cell("Triggers", "label", "left", tooltip="What happens when, by the terms in view")
        if col == UNIT:
            return Cell("date", "unit", "left")
        found = self._flags.get(self.period(col), [])
        if not found:
            return Cell()
        events = self.session.deal.events
        lines = []
        for key, day in sorted(found, key=lambda item: item[1]):
            date = from_serial(day)
            lines.append(f"{date:%d %b %Y}: {events[key].label}" if date else events[key].label)
        label = events[found[0][0]].label
        fits = len(label) * 7.2 <= self._width() - 16  # a name cut short says less than how many there are
        text = label if len(found) == 1 and fits else counted(len(found), "trigger")
        return Cell(text, "computed", "right", tint="accent", tooltip="\n".join(lines), copy="; ".join(lines))
