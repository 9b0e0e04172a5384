"""From names to references: what each name in a formula means in this deal, and what it depends on."""

from __future__ import annotations

import re

import msgspec

from model.deal import Deal
from model.formula.excel import to_excel
from model.formula.functions import FUNCTIONS
from model.formula.helpers import HELPERS, PERIOD_NAMES
from model.formula.nodes import (
    Before,
    Binary,
    Bool,
    ByYear,
    Call,
    Column,
    Earlier,
    Err,
    Here,
    Missing,
    Name,
    Node,
    Num,
    Ref,
    Row,
    SeriesRange,
    Span,
    Text,
    ToDate,
    Unary,
    YearsToDate,
)  # fmt: skip
from model.formula.parse import Unknown, parse
from model.formula.printable import MAX_LITERAL, PAIRWISE, hindrance
from model.problems import Problem, Refused, refuse
from model.values import NA, NEVER

EVENT = "event:"  # prefix of the scalar that holds an event's date
RIGHT = "right:"  # prefix of the scalars of a right: right:KEY.from, .until, .while
RULE = "rule:"  # prefix of a rule's dates: rule:QUESTION.RULE.from, .until
PERSPECTIVE = "perspective"  # the party whose inflows are positive, as a text in formulas
_ADDRESS = re.compile(r"[A-Za-z]{1,3}[0-9]{1,7}")  # A1: what a worksheet would call a cell
_NO_ADDRESS = "Cells have names here: begin to type one, or click the cell that is meant."
_SHOWN = 12  # of a table's columns
OPENING = "@opening"  # suffix of the scalar that fills a line's opening cell


class Formula(msgspec.Struct):
    """A bound formula of one node. ``now`` are the nodes it reads in the same period (or as scalars),
    ``past`` the lines it reads one period back, ``whole`` those of ``now`` that it reads over all periods."""

    key: str
    text: str
    tree: Node
    is_line: bool
    now: frozenset[str] = frozenset()
    past: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()
    openings: dict[str, Node] = {}


class Namespace:
    """The names of a deal: scalars, lines, series and tables, looked up without regard to case."""

    def __init__(self, deal: Deal) -> None:
        self.scalars: dict[str, str] = {}
        self.lines: dict[str, str] = {}
        self.series: dict[str, str] = {}
        self.scalars[PERSPECTIVE] = PERSPECTIVE
        self.tables = deal.tables
        for mapping in (deal.terms, deal.outputs, deal.checks):
            self.scalars.update((key.lower(), key) for key in mapping)
        self.lines.update((key.lower(), key) for key in deal.lines)
        self.series.update((key.lower(), key) for key in deal.series)
        self._tables = {key.lower(): key for key in deal.tables}

    def table(self, name: str) -> str | None:
        return self._tables.get(name.lower())

    def signature(self) -> tuple[object, ...]:
        """Two namespaces with equal signatures bind every formula alike."""
        tables = tuple((k, tuple(t.columns), tuple(t.records)) for k, t in self.tables.items())
        return (tuple(self.scalars), tuple(self.lines), tuple(self.series), tables)

    def known(self) -> list[str]:
        return [*self.scalars.values(), *self.lines.values(), *self.series.values(), *self._tables.values()]


class Cell(msgspec.Struct, frozen=True):
    """Where a table formula stands: bare column names mean this record, PREV the one above."""

    table: str
    record: str
    above: str | None


def bind(key: str, text: str, space: Namespace, *, is_line: bool, cell: Cell | None = None) -> Formula:
    """Parse and bind one formula. Raises Refused naming the place."""
    binder = Binder(key, space, is_line, cell)
    try:
        tree = binder.bind(parse(text))
    except Refused as err:
        raise Refused(*(msgspec.structs.replace(p, where=_place(key, p.where)) for p in err.problems)) from None
    if binder.suspect:
        _printable(key, tree)
    formula = Formula(key, text, tree, is_line, openings=binder.openings)
    formula.now, formula.past, formula.whole = dependencies(tree)
    return formula


def _printable(key: str, tree: Node) -> None:
    """What cannot be written into a workbook is refused when it is entered, not when it is exported."""
    try:
        if refused := hindrance(tree, key):
            raise refused
        to_excel(tree, _Anywhere())
    except Refused as err:
        raise Refused(*(Problem(key, p.what, p.remedy) for p in err.problems)) from None


class _Anywhere:
    """A layout for trying whether a formula can be printed at all."""

    def scalar(self, key: str) -> str:
        return "A1"

    here = before = row = scalar

    def to_date(self, key: str) -> str:
        return "A1:A2"

    earlier = to_date

    def column(self, table: str, column: str) -> str:
        return "A1:A2"

    def series(self, key: str) -> tuple[str, str]:
        return "A1:A2", "B1:B2"

    def may_be_text(self, key: str) -> bool:
        return False


def _place(key: str, where: str) -> str:
    return f"{key}, {where}" if where.startswith("character") else key


class Binder:
    """Replaces names by references; ``params`` are names that stand for trees, as inside a helper's body."""

    __slots__ = ("cell", "is_line", "key", "openings", "params", "space", "suspect")

    def __init__(self, key: str, space: Namespace, is_line: bool, cell: Cell | None) -> None:
        self.key = key
        self.space = space
        self.is_line = is_line
        self.cell = cell
        self.openings: dict[str, Node] = {}
        self.params: dict[str, Node] = {}
        self.suspect = False  # whether printing it for Excel has to be tried

    def bind(self, node: Node) -> Node:
        if isinstance(node, Name):
            return self.name(node)
        if isinstance(node, Num):
            return node
        if isinstance(node, Binary):
            return Binary(node.op, self.bind(node.left), self.bind(node.right), node.span)
        if isinstance(node, Unary):
            return Unary(node.op, self.bind(node.arg), node.span)
        if isinstance(node, Column):
            return self.column(node)
        if isinstance(node, Call):
            if node.name in HELPERS:
                return self.helper(node)
            spec = FUNCTIONS[node.name]
            self.suspect = self.suspect or node.name in PAIRWISE or spec.excel is not None
            args = [self.bind(a) for a in node.args]
            if spec.strict or spec.left_out:
                places = range(spec.min_args) if spec.strict else spec.left_out
                args = [Err(NA, a.span) if isinstance(a, Missing) and i in places else a for i, a in enumerate(args)]
            if spec.excel:  # what is printed in other functions has no place to leave an argument out
                args = [_filled(a, spec.result) if isinstance(a, Missing) else a for a in args]
            return Call(node.name, tuple(args), node.span)
        if isinstance(node, Text) and len(node.value) * 2 > MAX_LITERAL:
            self.suspect = True
        return node

    def name(self, node: Name) -> Node:
        text, span = node.text, node.span
        lower = text.lower()
        if lower in self.params:
            return self.params[lower]
        if self.cell and (own := self._column(self.cell.table, text)):
            return Ref(f"{self.cell.table}.{self.cell.record}.{own}", span)
        if lower == "never":
            return Num(NEVER, span)
        if lower in self.space.scalars:
            return Ref(self.space.scalars[lower], span)
        if lower in self.space.lines or lower in PERIOD_NAMES:
            key = self.space.lines.get(lower, lower)
            if not self.is_line:
                raise self.error(
                    f"“{text}” has a value for every period, but this is a single value.", span,
                    f"Use SUM(ALL({text})), AT({text}, date) or another summary.",
                )  # fmt: skip
            return Here(key, span)
        if lower in self.space.series:
            raise self.error(f"“{text}” is a series by year.", span, f"Use BYYEAR({text}, 0) or ALL({text}).")
        if "." in text:
            return self.member(node)
        if self.space.table(lower):
            raise self.error(f"“{text}” is a table.", span, f"Name a column: {text}[column].")
        raise self.unknown(text, span)

    def member(self, node: Name) -> Node:
        parts = node.text.split(".")
        table = self.space.table(parts[0])
        if table and len(parts) == 3:
            record = _same(parts[1], self.space.tables[table].records)
            column = self._column(table, parts[2])
            if record and column:
                return Ref(f"{table}.{record}.{column}", node.span)
        raise self.unknown(node.text, node.span)

    def column(self, node: Column) -> Node:
        table = self.space.table(node.table)
        if table is None:
            near = _nearest(node.table, list(self.space.tables))
            what = f"There is no table “{node.table}”."
            raise self.error(what, node.span, _meant(near), f"{near}[{node.column}]" if near else "")
        column = self._column(table, node.column)
        if column is None:
            columns = list(self.space.tables[table].columns)
            near = _nearest(node.column, columns)
            known = ", ".join(columns[:_SHOWN]) + (f" and {len(columns) - _SHOWN} more" if columns[_SHOWN:] else "")
            hint = _meant(near) or f"Its columns are: {known}."
            what = f"Table {table} has no column “{node.column}”."
            raise self.error(what, node.span, hint, f"{table}[{near}]" if near else "")
        keys = tuple(f"{table}.{record}.{column}" for record in self.space.tables[table].records)
        return Column(table, column, keys, node.span)

    def helper(self, node: Call) -> Node:
        spec = HELPERS[node.name]
        if spec.body:
            inner = Binder(self.key, self.space, self.is_line, None)
            given = [*node.args, *(parse(text) for text in spec.defaults[len(node.args) - spec.min_args :])]
            inner.params = {
                p: Here(self.line(a, node)) if p in spec.line_params else self.bind(a)
                for p, a in zip(spec.params, given, strict=True)
            }
            try:
                tree = inner.bind(parse(spec.body))
            except Refused:  # only a period's name in a single value can fail inside a helper's own text
                self.need_line(node)
                raise
            self.openings.update(inner.openings)
            self.suspect = self.suspect or inner.suspect
            return tree
        return getattr(self, "do_" + node.name.lower())(node, *node.args)

    def do_prev(self, node: Call, what: Node, first: Node | None = None) -> Node:
        if self.cell and isinstance(what, Name) and (own := self._column(self.cell.table, what.text)):
            if self.cell.above is not None:
                return Ref(f"{self.cell.table}.{self.cell.above}.{own}", node.span)
            return self.bind(first) if first is not None else Num(0.0, node.span)
        self.need_line(node)
        key = self.line(what, node)
        if first is not None:
            scalar = Binder(self.key, self.space, False, None)
            self.openings[key] = scalar.bind(first)
        return Before(key, node.span)

    def do_all(self, node: Call, what: Node) -> Node:
        what = self.params.get(what.text.lower(), what) if isinstance(what, Name) else what
        if isinstance(what, Name) and what.text.lower() in self.space.series:
            return SeriesRange(self.space.series[what.text.lower()], node.span)
        return Row(self.line(what, node), node.span)

    def do_to_date(self, node: Call, what: Node) -> Node:
        self.need_line(node)
        return ToDate(self.line(what, node), node.span)

    def do_earlier(self, node: Call, what: Node) -> Node:
        self.need_line(node)
        return Earlier(self.line(what, node), node.span)

    def do_years_to_date(self, node: Call, what: Node, years: Node) -> Node:
        self.need_line(node)
        return YearsToDate(self.line(what, node), self.bind(years), node.span)

    def do_byyear(self, node: Call, what: Node, other: Node) -> Node:
        self.need_line(node)
        lower = what.text.lower() if isinstance(what, Name) else ""
        if lower not in self.space.series:
            raise self.error("BYYEAR needs a series by year as its first argument.", node.span)
        return ByYear(self.space.series[lower], self.bind(other), node.span)

    def line(self, what: Node, node: Call) -> str:
        if isinstance(what, Here):
            return what.key
        if isinstance(what, Name):
            lower = what.text.lower()
            bound = self.params.get(lower)
            if isinstance(bound, Here):
                return bound.key
            if lower in self.space.lines or lower in PERIOD_NAMES:
                return self.space.lines.get(lower, lower)
            if lower not in self.space.scalars:
                raise self.unknown(what.text, what.span)
        raise self.error(
            f"{node.name} needs a line's name as its first argument.",
            what.span,
            "Give the expression a line of its own.",
        )

    def need_line(self, node: Call) -> None:
        if not self.is_line:
            raise self.error(
                f"{node.name} looks along the periods, but this is a single value.", node.span,
                "Move it into a line of the schedule.",
            )  # fmt: skip

    def _column(self, table: str, name: str) -> str | None:
        return _same(name, self.space.tables[table].columns)

    def unknown(self, text: str, span: Span) -> Refused:
        names = [*self.space.known(), *PERIOD_NAMES, "never"]
        if self.cell:
            names += self.space.tables[self.cell.table].columns
        near = _nearest(text, names)
        hint = _meant(near) or (_NO_ADDRESS if _ADDRESS.fullmatch(text) else "Check its spelling, or add it.")
        return Unknown(*self.error(f"“{text}” is not a name in this deal.", span, hint, near).problems)

    def error(self, what: str, span: Span, remedy: str = "", instead: str = "") -> Refused:
        return refuse(f"character {span[0] + 1}", what, remedy, span, instead)


def _nearest(text: str, names: list[str]) -> str:
    """The name that resembles this one most; "" where none does."""
    import difflib

    near = difflib.get_close_matches(text.lower()[:200], [name.lower() for name in names], 1, 0.6)
    return next(name for name in names if name.lower() == near[0]) if near else ""


def _meant(near: str) -> str:
    return f"Did you mean {near}?" if near else ""


def _filled(missing: Missing, result: str) -> Node:
    return Text("", missing.span) if result == "text" else Num(0.0, missing.span)


def _same(name: str, keys: object) -> str | None:
    lower = name.lower()
    return next((k for k in keys if k.lower() == lower), None)  # type: ignore[attr-defined]


def dependencies(tree: Node) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Keys read now, one period back, and over the whole row."""
    now: set[str] = set()
    past: set[str] = set()
    whole: set[str] = set()
    stack: list[Node] = [tree]
    while stack:
        node = stack.pop()
        kind = node.__class__
        if kind in _LEAVES:
            continue
        if kind is Here or kind is Ref or kind is ToDate:
            now.add(node.key)  # type: ignore[union-attr]
        elif isinstance(node, Binary):
            stack += (node.left, node.right)
        elif isinstance(node, Call):
            stack += node.args
        elif isinstance(node, Unary):
            stack.append(node.arg)
        elif isinstance(node, (Before, Earlier)):
            past.add(node.key)
        elif isinstance(node, Row):
            now.add(node.key)
            whole.add(node.key)
        elif isinstance(node, Column):
            now.update(node.keys)
        elif isinstance(node, YearsToDate):
            now.add(node.key)
            stack.append(node.years)
        elif isinstance(node, ByYear):
            now.add(node.series)
            stack.append(node.other)
        elif isinstance(node, SeriesRange):
            now.add(node.series)
    return _keys(now), _keys(past), _keys(whole)


_LEAVES = frozenset((Num, Text, Bool, Err, Missing))
_NONE: frozenset[str] = frozenset()


def _keys(found: set[str]) -> frozenset[str]:
    if not found:
        return _NONE
    return frozenset(found if found.isdisjoint(PERIOD_NAMES) else found.difference(PERIOD_NAMES))
