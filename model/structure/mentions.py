"""Where names stand in a deal: every formula of the document, and what each name in it means.

A ``Thing`` says what a name stands for: ``("item", key)`` for a term, line, output, check, series or
table, ``("column", table, key)``, ``("record", table, key)``, ``("party", key)`` for a party named in
quotes, ``("period", name)``, ``("unknown", text)`` or, for a column that a known table does not have,
``("unknown", text, table)``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple, TypeAlias

from model.addresses import is_formula
from model.deal import Deal
from model.formula.bind import PERSPECTIVE, Namespace
from model.formula.helpers import HELPERS, PERIOD_NAMES
from model.formula.nodes import Binary, Call, Column, Name, Node, Span, Text, children
from model.formula.parse import parse
from model.problems import Refused

Path: TypeAlias = tuple[str, ...]
Thing: TypeAlias = tuple[str, ...]

ITEMS = ("terms", "series", "tables", "lines", "outputs", "checks")
#: helpers whose first argument is a line (or series) as a whole, which a table's columns do not hide
LINE_HELPERS = frozenset(h.name for h in HELPERS.values() if h.line_params or not h.body)
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Place(NamedTuple):
    """A formula of the document: ``path`` leads to its text, ``table`` is the table it is part of."""

    path: Path
    text: str
    table: str = ""
    is_line: bool = False

    @property
    def owner(self) -> Path:
        """The item, column or cell that the formula belongs to."""
        return self.path if self.path[2:3] == ("records",) else self.path[:-1]


class Mention(NamedTuple):
    """One word of a formula's text and what it stands for."""

    span: Span
    thing: Thing


def places(deal: Deal) -> Iterator[Place]:
    """Every formula of the document, in its order. A column's formula stands here once."""
    for key, term in deal.terms.items():
        if term.formula is not None:
            yield Place(("terms", key, "formula"), term.formula)
    for name, table in deal.tables.items():
        for key, column in table.columns.items():
            if column.formula is not None:
                yield Place(("tables", name, "columns", key, "formula"), column.formula, name)
        for record, row in table.records.items():
            for key, value in row.items():
                if is_formula(value):
                    yield Place(("tables", name, "records", record, key), str(value), name)
    for key, line in deal.lines.items():
        yield Place(("lines", key, "formula"), line.formula, is_line=True)
        if line.opening is not None:
            yield Place(("lines", key, "opening"), line.opening)
    for key, output in deal.outputs.items():
        yield Place(("outputs", key, "formula"), output.formula)
    for key, check in deal.checks.items():
        yield Place(("checks", key, "formula"), check.formula)
    for key, event in deal.events.items():
        yield Place(("events", key, "on"), event.on)
    for key, right in deal.rights.items():
        for name in ("from_", "until", "while_"):
            if (text := getattr(right, name)) is not None:
                yield Place(("rights", key, name), text)
    for key, question in deal.questions.items():
        for name, rule in question.rules.items():
            yield Place(("questions", key, "rules", name, "from_"), rule.from_)
            yield Place(("questions", key, "rules", name, "until"), rule.until)


def dotted(path: Path) -> str:
    """A path as a person reads it in the file."""
    return ".".join(part.rstrip("_") if part in ("from_", "while_", "class_") else part for part in path)


def mentions(text: str, space: Namespace, table: str = "") -> list[Mention]:
    """The names in a formula, left to right, as binding would read them. None where it cannot be parsed."""
    try:
        tree = parse(text)
    except Refused:
        return []
    found: list[Mention] = []
    _collect(tree, text, space, table, found)
    found.sort()
    return found


def _collect(node: Node, text: str, space: Namespace, table: str, found: list[Mention]) -> None:
    found += _parties(node)
    if isinstance(node, Name):
        found += _name(node, space, table)
    elif isinstance(node, Column):
        found += _column(node, text, space)
    elif isinstance(node, Call) and node.name in LINE_HELPERS and isinstance(node.args[0], Name):
        what = node.args[0]
        hides = node.name == "PREV" and table and own_column(space, table, what.text)
        found += _name(what, space, table) if hides else [Mention(what.span, whole(space, what.text))]
        for arg in node.args[1:]:
            _collect(arg, text, space, table, found)
    else:
        for child in children(node):
            _collect(child, text, space, table, found)


def _parties(node: Node) -> Iterator[Mention]:
    """Texts that name a party: those of FLOW, and what the perspective is compared with."""
    texts: tuple[Node, ...] = ()
    if isinstance(node, Call) and node.name == "FLOW":
        texts = (*node.args[:2], *node.args[3:])
    elif isinstance(node, Binary) and node.op in ("=", "<>"):
        names = [side.text.lower() for side in (node.left, node.right) if isinstance(side, Name)]
        texts = (node.left, node.right) if PERSPECTIVE in names else ()
    for text in texts:
        if isinstance(text, Text):
            yield Mention((text.span[0] + 1, text.span[1] - 1), ("party", text.value))


def own_column(space: Namespace, table: str, name: str) -> str | None:
    """The column of this table that a bare name means inside the table's formulas."""
    lower = name.lower()
    return next((c for c in space.tables[table].columns if c.lower() == lower), None)


def whole(space: Namespace, name: str) -> Thing:
    """What a name means as the line or series that a helper looks along."""
    lower = name.lower()
    for known in (space.series, space.lines):
        if lower in known:
            return ("item", known[lower])
    return _global(space, name)


def _global(space: Namespace, name: str) -> Thing:
    lower = name.lower()
    if lower in PERIOD_NAMES or lower in ("never", PERSPECTIVE):
        return ("period", lower)
    for known in (space.scalars, space.lines, space.series):
        if lower in known:
            return ("item", known[lower])
    table = space.table(lower)
    return ("item", table) if table else ("unknown", name)


def _name(node: Name, space: Namespace, table: str) -> Iterator[Mention]:
    own = own_column(space, table, node.text) if table else None
    if own:
        yield Mention(node.span, ("column", table, own))
        return
    if "." not in node.text:
        yield Mention(node.span, _global(space, node.text))
        return
    parts = node.text.split(".")
    name = space.table(parts[0])
    begin = node.span[0]
    if name and len(parts) == 3:
        record = next((r for r in space.tables[name].records if r.lower() == parts[1].lower()), None)
        column = own_column(space, name, parts[2])
        if record and column:
            for part, thing in zip(
                parts, (("item", name), ("record", name, record), ("column", name, column)), strict=True
            ):
                yield Mention((begin, begin + len(part)), thing)
                begin += len(part) + 1
            return
    yield Mention(node.span, ("unknown", node.text))


def _column(node: Column, text: str, space: Namespace) -> Iterator[Mention]:
    begin = node.span[0]
    name = space.table(node.table)
    word = _WORD.search(text, text.index("[", begin))
    assert word is not None, "a column as parsed has a name"
    span = (word.start(), word.start() + len(node.column))
    column = own_column(space, name, node.column) if name else None
    yield Mention((begin, begin + len(node.table)), ("item", name) if name else ("unknown", node.table))
    if name:
        yield Mention(span, ("column", name, column) if column else ("unknown", node.column, name))


def path_of(deal: Deal, key: str) -> Path | None:
    """The entry of the document that a key names: ``x``, ``series.2027``, ``table[column]``,
    ``table.record``, ``table.record.column``; None where there is none."""
    name, bracket, column = key.partition("[")
    if bracket:
        column = column.rstrip("]")
        return ("tables", name, "columns", column) if column in _columns(deal, name) else None
    parts = key.split(".")
    if len(parts) == 1:
        for group in (*ITEMS, "events"):
            if key in getattr(deal, group):
                return (group, key)
    elif len(parts) == 2 and parts[0] in deal.series and parts[1] in deal.series[parts[0]].values:
        return ("series", parts[0], "values", parts[1])
    elif parts[0] in deal.tables and parts[1] in deal.tables[parts[0]].records:
        path = ("tables", parts[0], "records", *parts[1:])
        return path if len(parts) == 2 or parts[2] in _columns(deal, parts[0]) else None
    return None


def _columns(deal: Deal, table: str) -> Collection[str]:
    return deal.tables[table].columns if table in deal.tables else ()


def thing_of(path: Path) -> Thing | None:
    """What names in formulas stand for, given an entry of the document; None for what none can name."""
    if len(path) == 2 and path[0] in (*ITEMS, "parties"):
        return ("party" if path[0] == "parties" else "item", path[1])
    if len(path) == 4 and path[0] == "tables" and path[2] in ("columns", "records"):
        return (path[2][:-1], path[1], path[3])
    return None
