"""Cells as explaining sees them: what a key and a period name, its value, its field, and its formula as written.

A period is an index into the timeline, ``OPENING_PERIOD`` for a line's opening cell, None for a single
cell or a whole row.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from model.deal import Deal
from model.engine import Calc
from model.fields import field_for, make_field
from model.fields.base import Field
from model.formula.bind import EVENT, OPENING, RIGHT, RULE, Binder, Cell, Namespace
from model.formula.evaluate import evaluate
from model.formula.helpers import PERIOD_NAMES
from model.formula.nodes import Node
from model.problems import Refused
from model.structure.mentions import Path, Place, path_of
from model.structure.openings import given, opening_part
from model.structure.outline import Part, outline
from model.units import measures
from model.units.dimensions import Dim
from model.values import ErrorValue, Range

OPENING_PERIOD = -1
CellKind = Literal["input", "computed", "timeline"]
_BOOLEAN, _TEXT, _DATE, _WHOLE = make_field("yesno"), make_field("text"), make_field("date"), make_field("integer")


class Where(NamedTuple):
    """A cell, or a range of cells: ``table[column]``, a series, or a line with no period."""

    key: str
    period: int | None = None


def where(calc: Calc, key: str, period: int | None = None) -> Where:
    """The cell that a key names, its period kept inside the timeline; None of it where there can be none."""
    deal = calc.deal
    if key.endswith(OPENING):
        return Where(key.removesuffix(OPENING), OPENING_PERIOD)
    if key in deal.lines:
        return Where(key, None if period is None else max(OPENING_PERIOD, min(period, len(calc.timeline) - 1)))
    if key in deal.events and path_of(deal, key) == ("events", key):
        return Where(EVENT + key)
    if key in PERIOD_NAMES:
        return Where(key, None if period is None else max(0, period))
    return Where(key)


def node_key(cell: Where) -> str:
    """The key of the engine's node."""
    return cell.key + OPENING if cell.period == OPENING_PERIOD else cell.key


def item_of(deal: Deal, key: str) -> Any:
    """The term, series, table, column, line, output, check, event, right or question behind a key."""
    if key.startswith(EVENT):
        return deal.events.get(key.removeprefix(EVENT))
    if key.startswith((RIGHT, RULE)):
        name = key.partition(":")[2].partition(".")[0]
        return deal.rights.get(name) if key.startswith(RIGHT) else deal.questions.get(name)
    path = path_of(deal, key)
    if path is None:
        head = key.partition(".")[0]
        return deal.series.get(head)
    if path[0] == "tables" and path[2:3] == ("columns",):
        return deal.tables[path[1]].columns[path[3]]
    if path[0] == "tables" and len(path) == 5:
        return deal.tables[path[1]].columns[path[4]]
    return getattr(deal, path[0])[path[1]]


def field_of(deal: Deal, key: str) -> Field:
    """The field that shows a cell's value."""
    if key in PERIOD_NAMES:
        return _DATE if key in ("start", "end") else make_field("year") if key == "year" else _WHOLE
    if key.startswith(EVENT) or (key.startswith((RIGHT, RULE)) and key.endswith((".from", ".until"))):
        return _DATE
    item = item_of(deal, key)
    if item is not None and hasattr(item, "kind"):
        return field_for(item, deal.unit)
    return _BOOLEAN if key in deal.checks or key.startswith(RIGHT) else _TEXT


def value_of(calc: Calc, cell: Where) -> Any:
    """The cell's value; of a range its values."""
    key, period = cell
    cells, deal = calc.cells, calc.deal
    if key in deal.lines or key in PERIOD_NAMES:
        if period == OPENING_PERIOD:
            return cells.scalars.get(key + OPENING)
        row = cells.rows[key]
        return Range(row) if period is None else row[period] if period < len(row) else None
    if key.endswith("]"):
        return Range(cells.scalars.get(k) for k in members(calc, cell))
    head, dot, year = key.partition(".")
    if dot and head in deal.series and "." not in year:
        held = calc.inputs.get(key)
        value = field_for(deal.series[head]).to_engine(held.value if held else None)
        return value.rooted(key) if isinstance(value, ErrorValue) else value
    return cells.scalars.get(key)


def members(calc: Calc, cell: Where) -> list[str]:
    """The keys inside a range: a column's cells, a series' years, a table's columns."""
    deal, key = calc.deal, cell.key
    name, bracket, column = key.partition("[")
    if bracket and name in deal.tables:
        return [f"{name}.{record}.{column.rstrip(']')}" for record in deal.tables[name].records]
    if key in deal.series:
        years = {a for a in calc.inputs if a.startswith(key + ".")}
        return sorted(years)
    if key in deal.tables:
        return [f"{key}[{column}]" for column in deal.tables[key].columns]
    return []


def kind_of(calc: Calc, cell: Where) -> CellKind:
    """Whether the cell is an input, computed, or a row of the timeline."""
    if cell.key in PERIOD_NAMES:
        return "timeline"
    if cell.key.endswith("]"):
        found = members(calc, cell)
        return "computed" if any(is_computed(calc, Where(k)) for k in found) else "input"
    return "computed" if is_computed(calc, cell) else "input"


def is_computed(calc: Calc, cell: Where) -> bool:
    key = node_key(cell)
    return key in calc.program.formulas or key in calc.program.unbound


class Spot:
    """A computed cell with its formula as written. Its parts can be bound and evaluated one by one."""

    def __init__(self, calc: Calc, cell: Where) -> None:
        self.calc = calc
        self.cell = cell
        self.path, self.text = _text_of(calc.deal, cell)
        self.table = self.path[1] if self.path[0] == "tables" else ""
        self.is_line = self.path[0] == "lines" and self.path[-1] == "formula" and cell.period != OPENING_PERIOD
        self.space = space_of(calc.deal)
        self.context = _context(calc.deal, cell.key) if self.table else None
        self.index = cell.period if cell.period is not None and cell.period >= 0 else 0
        self._bound: dict[int, Node | None] = {}
        self._measures: Callable[[Part], Dim] | None = None
        self.root: Part | None
        try:
            self.root = outline(self.text)
            if cell.period == OPENING_PERIOD and self.path[-1] == "formula":
                self.root = opening_part(self.root, cell.key)
        except Refused:
            self.root = None

    @property
    def formula(self) -> str:
        """The text of the formula; of an opening given as PREV's second argument, that argument."""
        if self.root is not None and self.cell.period == OPENING_PERIOD and self.path[-1] == "formula":
            return self.text[slice(*self.root.span)]
        return self.text

    def bound(self, part: Part) -> Node | None:
        """The part with its names bound, None where it cannot stand alone (a line as a whole)."""
        if id(part) not in self._bound:
            binder = Binder(self.cell.key, self.space, self.is_line, self.context)
            try:
                self._bound[id(part)] = binder.bind(part.node)
            except Refused:
                self._bound[id(part)] = None
        return self._bound[id(part)]

    def measure(self, part: Part) -> Dim:
        """What a part measures: its unit."""
        if self._measures is None:
            place = Place(self.path, self.text, self.table, self.is_line)
            self._measures = measures(self.calc.deal, place, self.space)
        return self._measures(part)

    def value(self, part: Part, array: bool = False) -> Any:
        """The value of a part in this period."""
        tree = self.bound(part)
        return None if tree is None else evaluate(tree, self.calc.cells, self.index, array)


_spaces: list[tuple[Deal, Namespace]] = []


def space_of(deal: Deal) -> Namespace:
    """The names of a deal. Kept for the last deal asked about."""
    if not _spaces or _spaces[0][0] is not deal:
        _spaces[:] = [(deal, Namespace(deal))]
    return _spaces[0][1]


def _text_of(deal: Deal, cell: Where) -> tuple[Path, str]:
    """Where the formula of a cell stands and how it reads."""
    key = cell.key
    if key.startswith(EVENT):
        name = key.removeprefix(EVENT)
        return ("events", name, "on"), deal.events[name].on
    if key.startswith(RIGHT):
        name, _, part = key.removeprefix(RIGHT).partition(".")
        attribute = {"from": "from_", "while": "while_"}.get(part, part)
        return ("rights", name, attribute), getattr(deal.rights[name], attribute)
    if key.startswith(RULE):
        name, rule, part = key.removeprefix(RULE).split(".")
        attribute = "from_" if part == "from" else part
        return ("questions", name, "rules", rule, attribute), getattr(deal.questions[name].rules[rule], attribute)
    if key in deal.lines:
        line = deal.lines[key]
        if cell.period != OPENING_PERIOD:
            return ("lines", key, "formula"), line.formula
        if line.opening is not None:
            return ("lines", key, "opening"), line.opening
        found = next(given(deal, key), None)
        if found is None:
            raise KeyError(key)
        return ("lines", found.line, "formula"), deal.lines[found.line].formula
    path = path_of(deal, key)
    assert path is not None, f"{key} is computed"
    if path[0] == "tables":
        own = deal.tables[path[1]].records[path[3]].get(path[4])
        if isinstance(own, str) and own.startswith("="):
            return path, own
        return ("tables", path[1], "columns", path[4], "formula"), deal.tables[path[1]].columns[path[4]].formula or ""
    return (*path, "formula"), getattr(deal, path[0])[path[1]].formula


def _context(deal: Deal, key: str) -> Cell:
    table, record, _ = key.split(".")
    records = list(deal.tables[table].records)
    at = records.index(record)
    return Cell(table, record, records[at - 1] if at else None)
