"""Which item lives where in the workbook. (How a formula names it: ``viewpoint``.)

``plan`` places everything before anything is written, so that a formula may read what stands on
a later sheet. Rows and columns count from 0, as in XlsxWriter.
"""

from __future__ import annotations

from collections.abc import Iterable

from model.engine import Calc
from model.fields import UNDISCLOSED_WORD
from model.formula.bind import EVENT, OPENING, PERSPECTIVE
from model.formula.helpers import PERIOD_NAMES
from model.formula.nodes import Column, Node, children
from model.layers import BASE, base_value
from model.whatif.ranges import varies
from model.workbook.book import (
    CHECKS,
    COVER,
    FIRST_PERIOD,
    HEAD_ROW,
    LABEL,
    MASTER,
    OWN_NAMES,
    SCHEDULE,
    SOURCES,
    SUBTITLE,
    TABLES,
    TERMS,
    UNIT,
    VALUATION,
    VALUE,
    VIEW_OF,
    Book,
    Entry,
    Place,
    SeriesBlock,
    TableBlock,
    fits_in_place,
)  # fmt: skip
from model.workbook.facts import fact_choices, party_choices
from model.workbook.names import defined_names
from model.workbook.scenarios import offered, overlays, plan_scenarios

__all__ = [
    "CHECKS", "COVER", "FIRST_PERIOD", "HEAD_ROW", "LABEL", "MASTER", "SCHEDULE", "SOURCES", "TABLES", "TERMS", "UNIT",
    "VALUATION", "VALUE", "Book", "Entry", "Place", "SeriesBlock", "TableBlock", "fits_in_place", "in_groups", "plan",
]  # fmt: skip


def plan(calc: Calc) -> Book:
    """Place every item of a run."""
    deal, program = calc.deal, calc.program
    book = Book(calc, defined_names([*deal.terms, *deal.outputs, *deal.checks, *deal.series]))
    book.varies = varies(calc)
    held = [(a, h.value) for a, h in calc.inputs.items()]
    for overlay in overlays(deal):
        held += overlay.items()
    held += [(a, base_value(deal, a)) for a, h in calc.inputs.items() if h.layer != BASE]
    book.undisclosed = frozenset(a for a, value in held if value == UNDISCLOSED_WORD)
    book.loops = frozenset(k for step in program.plan.steps if step.loop for k in step.keys)
    _terms(book)
    book.scenarios = plan_scenarios(book)
    _cover(book)
    _tables(book)
    _schedule(book)
    _grouped(book, VALUATION, [(k, o.group) for k, o in deal.outputs.items()], "output")
    _checks(book)
    _sources(book)
    own = {
        key: name
        for key, name in {**OWN_NAMES, VIEW_OF: "selected_party", PERSPECTIVE: PERSPECTIVE}.items()
        if key in book.scalars
    }
    given = defined_names(own.values(), reserved=book.names.values())
    book.names.update((key, given[name]) for key, name in own.items())
    return book


def _cover(book: Book) -> None:
    book.scalars[SUBTITLE] = Place(COVER, HEAD_ROW, LABEL)
    read = any(PERSPECTIVE in f.now for f in book.calc.program.formulas.values())
    if book.calc.deal.parties or book.calc.deal.perspective or read:
        book.scalars[VIEW_OF] = Place(COVER, HEAD_ROW + 2, UNIT)
        book.scalars[PERSPECTIVE] = Place(COVER, HEAD_ROW + 2, VALUE)


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
    unlike = book.undisclosed | (book.scenarios.blank if book.scenarios else frozenset())
    row = HEAD_ROW + 1
    for key in deal.series:
        prefix = key + "."
        held = {a for a, h in calc.inputs.items() if a.startswith(prefix) and h.value is not None}
        held |= {a for a in (book.scenarios.rows if book.scenarios else ()) if a.startswith(prefix)}
        years = sorted(int(a[len(prefix) :]) for a in held)
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
            if (key, column) in ranged and any(f"{key}.{r}.{column}" in unlike for r in made.records):
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
    offered_ = [t.choices for t in deal.terms.values() if t.kind == "choice" and t.formula is None]
    offered_ += [c.choices for t in deal.tables.values() for c in t.columns.values() if c.kind == "choice"]
    if book.scenarios:
        offered_ += [offered(book, "version"), offered(book, "scenario")]
    offered_.append(tuple(book.texts.clean(c, "parties") for c in party_choices(deal.parties).values()))
    for name, question in deal.questions.items():
        for fact in question.facts:
            offered_.append(tuple(book.texts.clean(c, f"questions.{name}") for c in fact_choices(question, fact)))
    long = [choices for choices in dict.fromkeys(offered_) if choices and not fits_in_place(choices)]
    if long:
        row += 1
        entries.append(Entry(row, "group", "Choices that drop-down lists of other sheets offer"))
        row += 1
    for choices in long:
        entries.append(Entry(row + len(choices) - 1, "choices", ""))
        book.lists[choices] = row
        row += len(choices) + 1
    book.entries[SOURCES] = entries
