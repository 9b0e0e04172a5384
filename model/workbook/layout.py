"""Which item lives where in the workbook. (How a formula names it: ``viewpoint``.)

``plan`` places everything before anything is written, so that a formula may read what stands on
a later sheet. Rows and columns count from 0, as in XlsxWriter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from model.engine import Calc
from model.fields import UNDISCLOSED_WORD
from model.formula.bind import EVENT, OPENING, Formula
from model.formula.helpers import PERIOD_NAMES
from model.formula.nodes import Column, Node, children
from model.workbook.names import defined_names
from model.workbook.text import Texts

COVER: Final = "Cover"
TERMS: Final = "Terms"
TABLES: Final = "Tables"
SCHEDULE: Final = "Schedule"
VALUATION: Final = "Valuation"
CHECKS: Final = "Checks"
SOURCES: Final = "Sources"

LABEL, UNIT, VALUE = 1, 2, 3  # the same columns on every sheet
FIRST_PERIOD = 4  # column E
HEAD_ROW = 2
MASTER: Final = ":master"  # key of the master check's cell, which no item of a deal can have


class Place(NamedTuple):
    sheet: str
    row: int
    col: int


class Entry(NamedTuple):
    """One row of a sheet: what kind of thing stands there, and its key."""

    row: int
    kind: str
    key: str


@dataclass(slots=True)
class SeriesBlock:
    """Years down, one value each. ``guard`` is the column that turns "undisclosed" into #N/A for formulas."""

    key: str
    title: int
    first: int
    years: list[int]
    guard: int | None = None

    @property
    def last(self) -> int:
        return self.first + max(1, len(self.years)) - 1


@dataclass(slots=True)
class TableBlock:
    """Records down, columns across. ``guards`` are columns that turn "undisclosed" into #N/A for ranges."""

    key: str
    title: int
    first: int
    records: list[str]
    columns: dict[str, int]
    guards: dict[str, int] = field(default_factory=dict)

    @property
    def last(self) -> int:
        return self.first + max(1, len(self.records)) - 1

    @property
    def key_col(self) -> int:
        return LABEL + len(self.columns) + len(self.guards)


@dataclass(slots=True)
class Book:
    """The plan of one workbook."""

    calc: Calc
    names: dict[str, str]
    scalars: dict[str, Place] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    series: dict[str, SeriesBlock] = field(default_factory=dict)
    tables: dict[str, TableBlock] = field(default_factory=dict)
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    lists: dict[tuple[str, ...], int] = field(default_factory=dict)  # choices -> row on Sources
    undisclosed: frozenset[str] = frozenset()
    loops: frozenset[str] = frozenset()
    texts: Texts = field(default_factory=Texts)

    @property
    def last_period(self) -> int:
        return FIRST_PERIOD + max(1, len(self.calc.timeline)) - 1

    @property
    def sheets(self) -> list[str]:
        tables = [TABLES] if self.series or self.tables else []
        return [COVER, TERMS, *tables, SCHEDULE, VALUATION, CHECKS, SOURCES]

    @property
    def renamed(self) -> dict[str, str]:
        """Keys that had to take another name in Excel."""
        return {key: name for key, name in self.names.items() if key != MASTER and key != name}

    def formula(self, key: str) -> Formula | None:
        """The bound formula of a node; None where it is at fault and has none that Excel could compute."""
        return None if key in self.loops else self.calc.program.formulas.get(key)


def plan(calc: Calc) -> Book:
    """Place every item of a run."""
    deal, program = calc.deal, calc.program
    keys = [*deal.terms, *deal.outputs, *deal.checks, *deal.series]
    names = defined_names(keys)
    names[MASTER] = defined_names(["master_check"], reserved=names.values())["master_check"]
    book = Book(calc, names)
    book.undisclosed = frozenset(a for a, held in calc.inputs.items() if held.value == UNDISCLOSED_WORD)
    book.loops = frozenset(k for step in program.plan.steps if step.loop for k in step.keys)
    _terms(book)
    _tables(book)
    _schedule(book)
    _grouped(book, VALUATION, [(k, o.group) for k, o in deal.outputs.items()], "output")
    _checks(book)
    _sources(book)
    return book


def in_groups(items: Iterable[tuple[str, str]], order: Iterable[str] = ()) -> dict[str, list[str]]:
    """Keys by group: groups in a given order first, then as they come."""
    pairs = list(items)
    groups: dict[str, list[str]] = {g: [] for g in order}
    for key, group in pairs:
        groups.setdefault(group, []).append(key)
    return {g: keys for g, keys in groups.items() if keys}


def _grouped(book: Book, sheet: str, items: list[tuple[str, str]], kind: str) -> None:
    row, entries = HEAD_ROW + 1, []
    for group, keys in in_groups(items).items():
        if group:
            entries.append(Entry(row, "group", group))
            row += 1
        for key in keys:
            entries.append(Entry(row, kind, key))
            book.scalars[key] = Place(sheet, row, VALUE)
            row += 1
        row += 1
    book.entries[sheet] = entries


def _terms(book: Book) -> None:
    _grouped(book, TERMS, [(k, t.group) for k, t in book.calc.deal.terms.items()], "term")


def _tables(book: Book) -> None:
    calc, deal = book.calc, book.calc.deal
    ranged = _read_as_ranges(calc)
    row = HEAD_ROW + 1
    for key in deal.series:
        prefix = key + "."
        years = sorted(
            int(a[len(prefix) :]) for a, h in calc.inputs.items() if a.startswith(prefix) and h.value is not None
        )
        block = SeriesBlock(key, row, row + 3, years)
        if any(f"{prefix}{y}" in book.undisclosed for y in years):
            block.guard = LABEL + 3
        for i, year in enumerate(years):
            book.scalars[f"{prefix}{year}"] = Place(TABLES, block.first + i, LABEL + 1)
        book.series[key] = block
        row = block.last + 3
    for key, table in deal.tables.items():
        columns = {c: LABEL + i for i, c in enumerate(table.columns)}
        made = TableBlock(key, row, row + 3, list(table.records), columns)
        for column in columns:
            if (key, column) in ranged and any(f"{key}.{r}.{column}" in book.undisclosed for r in made.records):
                made.guards[column] = LABEL + len(columns) + len(made.guards)
        for i, record in enumerate(made.records):
            for column, col in columns.items():
                book.scalars[f"{key}.{record}.{column}"] = Place(TABLES, made.first + i, col)
        book.tables[key] = made
        row = made.last + 3


def _read_as_ranges(calc: Calc) -> set[tuple[str, str]]:
    """The table columns that some formula reads as a range."""
    found: set[tuple[str, str]] = set()
    for formula in calc.program.formulas.values():
        stack: list[Node] = [formula.tree]
        while stack:
            node = stack.pop()
            if isinstance(node, Column):
                found.add((node.table, node.column))
            stack += children(node)
    return found


def _schedule(book: Book) -> None:
    deal, program = book.calc.deal, book.calc.program
    looked_back = {key for formula in program.formulas.values() for key in formula.past}
    row = HEAD_ROW + 1
    entries = []
    for key in ("start", "end", "year", "days", "days_in_year", "period", "first_day", "last_day"):
        entries.append(Entry(row, "time", key))
        if key in PERIOD_NAMES:
            book.rows[key] = row
        book.scalars["time:" + key] = Place(SCHEDULE, row, VALUE)
        row += 1
    if deal.events:
        row += 1
        entries.append(Entry(row, "section", "Event flags"))
        for key in deal.events:
            row += 1
            entries.append(Entry(row, "event", key))
            book.scalars[EVENT + key] = Place(SCHEDULE, row, VALUE)
        row += 1
    for section, keys in in_groups([(k, x.section) for k, x in deal.lines.items()], deal.sections).items():
        row += 1
        if section:
            entries.append(Entry(row, "section", deal.sections.get(section, section)))
            row += 1
        for key in keys:
            entries.append(Entry(row, "line", key))
            book.rows[key] = row
            node = key + OPENING
            if node in program.formulas or node in program.unbound or key in looked_back:
                book.scalars[node] = Place(SCHEDULE, row, VALUE)
            row += 1
    book.entries[SCHEDULE] = entries


def _checks(book: Book) -> None:
    row = HEAD_ROW + 1
    book.scalars[MASTER] = Place(CHECKS, row, VALUE)
    row += 2
    entries = []
    for key in book.calc.deal.checks:
        entries.append(Entry(row, "check", key))
        book.scalars[key] = Place(CHECKS, row, VALUE)
        row += 1
    if book.calc.problems:
        entries.append(Entry(row, "faults", ""))
    book.entries[CHECKS] = entries


def _sources(book: Book) -> None:
    deal = book.calc.deal
    row, entries = HEAD_ROW + 1, []
    for key in deal.sources:
        entries.append(Entry(row, "source", key))
        row += 1
    offered = [t.choices for t in deal.terms.values() if t.kind == "choice" and t.formula is None]
    offered += [c.choices for t in deal.tables.values() for c in t.columns.values() if c.kind == "choice"]
    long = [choices for choices in dict.fromkeys(offered) if choices and not fits_in_place(choices)]
    if long:
        row += 1
        entries.append(Entry(row, "group", "Choices offered by drop-down lists"))
    for choices in long:
        row += 1
        entries.append(Entry(row, "choices", ""))
        book.lists[choices] = row
    book.entries[SOURCES] = entries


def fits_in_place(choices: Iterable[str]) -> bool:
    """Whether a drop-down can hold its choices itself: Excel separates them by commas, 255 characters in all."""
    text = ",".join(choices)
    return len(text) <= 250 and not any("," in c or '"' in c for c in choices)
