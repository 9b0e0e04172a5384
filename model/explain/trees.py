"""The trees of what a cell reads and of what reads it, one level at a time, and everything downstream."""

from __future__ import annotations

from collections import defaultdict, deque

import msgspec

from model.deal import Deal
from model.engine import Calc
from model.explain.cells import OPENING_PERIOD, Spot, Where, is_computed, members, node_key, where
from model.explain.seen import Seen, reads_of, seen_from
from model.formula.bind import OPENING
from model.formula.nodes import Before, ByYear, Earlier, Here, Node, Row, ToDate, YearsToDate, children
from model.program import Program


def precedents(calc: Calc, key: str, period: int | None = None) -> list[Seen]:
    """What a cell reads directly, in the order of its formula; the cells of a range."""
    cell = where(calc, key, period)
    inside = members(calc, cell)
    if inside:
        return [seen_from(calc, Where(k)) for k in inside]
    return reads_of(calc, Spot(calc, cell)) if is_computed(calc, cell) else []


def dependents(calc: Calc, key: str, period: int | None = None) -> list[Seen]:
    """What reads a cell directly. Reading one period back shifts the period; a line that reads along the
    row comes once, in the first period concerned, or as a whole row where all are."""
    cell = where(calc, key, period)
    node = _nodes(calc.deal, cell)
    readers = _readers(calc.program)
    out: dict[Where, Seen] = {}
    for one in node:
        for reader in readers.get(one, ()):
            for there, how in _reading(calc, reader, one, cell):
                if there not in out:
                    seen = seen_from(calc, there, how)
                    out[there] = msgspec.structs.replace(seen, more=_any_reader(calc, there, readers))
    return list(out.values())


def _any_reader(calc: Calc, cell: Where, readers: dict[str, list[str]]) -> bool:
    return any(_reading(calc, r, node, cell) for node in _nodes(calc.deal, cell) for r in readers.get(node, ()))


def _nodes(deal: Deal, cell: Where) -> list[str]:
    """The engine's nodes that a cell stands for."""
    name, bracket, column = cell.key.partition("[")
    if bracket and name in deal.tables:
        return [f"{name}.{record}.{column.rstrip(']')}" for record in deal.tables[name].records]
    if cell.key in deal.tables:
        return [f"{cell.key}.{r}.{c}" for r in deal.tables[cell.key].records for c in deal.tables[cell.key].columns]
    head, dot, rest = cell.key.partition(".")
    if dot and head in deal.series and "." not in rest:
        return [head]
    return [node_key(cell)]


def _reading(calc: Calc, reader: str, node: str, cell: Where) -> list[tuple[Where, str]]:
    """The cells of one reader that read a node, seen from a cell of it."""
    key = reader.removesuffix(OPENING)
    if reader != key:
        return [(Where(key, OPENING_PERIOD), "opening")]
    formula = calc.program.formulas[reader]
    if not formula.is_line:
        return [(Where(reader), "")]
    at, last = cell.period, len(calc.timeline) - 1
    if at == OPENING_PERIOD:
        return [(Where(reader, 0), "opening")]
    out: list[tuple[Where, str]] = []
    head, _, year = cell.key.partition(".")
    for ref in _references_to(formula.tree, node):
        if isinstance(ref, Before):
            if at is None or at < last:
                out.append((Where(reader, None if at is None else at + 1), "the period after"))
        elif isinstance(ref, Earlier):
            if at is None or at < last:
                out.append((Where(reader, None if at is None else at + 1), "from the next period on"))
        elif isinstance(ref, (ToDate, YearsToDate)):
            out.append((Where(reader, at), "from this period on"))
        elif isinstance(ref, ByYear) and head in calc.deal.series and year:
            out += [(Where(reader, i), "") for i, p in enumerate(calc.timeline.periods) if str(p.year) == year][:1]
        elif isinstance(ref, Here):
            out.append((Where(reader, at), ""))
        else:
            out.append((Where(reader), "all periods" if isinstance(ref, Row) else ""))
    return out


def _references_to(tree: Node, node: str) -> list[Node]:
    """The kinds of reference that a formula makes to a node, each kind once."""
    found: dict[type, Node] = {}
    stack = [tree]
    while stack:
        one = stack.pop()
        names = getattr(one, "keys", None) or (getattr(one, "key", ""), getattr(one, "series", ""))
        if node in names:
            found.setdefault(type(one), one)
        stack += children(one)
    return list(found.values())


_kept: list[tuple[Program, dict[str, list[str]]]] = []


def _readers(program: Program) -> dict[str, list[str]]:
    """The formulas that read each node. Kept for the last program asked about."""
    if not _kept or _kept[0][0] is not program:
        found: dict[str, list[str]] = defaultdict(list)
        for formula in program.formulas.values():
            for dep in formula.now | formula.past:
                found[dep].append(formula.key)
        _kept[:] = [(program, found)]
    return _kept[0][1]


def reach(calc: Calc, key: str) -> set[str]:
    """Every key downstream of a cell, column or series: items, cells of tables, ``event:KEY``. A line that is
    reached only through its opening counts too."""
    readers = _readers(calc.program)
    start = where(calc, key)
    queue = deque(_nodes(calc.deal, start))
    seen = set(queue)
    while queue:
        for reader in readers.get(queue.popleft(), ()):
            if reader not in seen:
                seen.add(reader)
                queue.append(reader)
    return {k.removesuffix(OPENING) for k in seen.difference(_nodes(calc.deal, start))} - {start.key}
