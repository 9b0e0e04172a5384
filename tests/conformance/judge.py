"""Finding where two engines part: the smallest subtree on which they disagree, though its parts agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import structs

from model.engine import _settle
from model.formula import evaluate as live
from model.formula.nodes import (
    Binary,
    Bool,
    ByYear,
    Call,
    Column,
    Earlier,
    Err,
    Missing,
    Node,
    Num,
    Row,
    SeriesRange,
    Text,
    ToDate,
    Unary,
    YearsToDate,
    children,
)  # fmt: skip
from model.values import ErrorValue
from tests.conformance.engines import plain
from tests.conformance.world import printed, world
from tests.workbook.engines import REL_RATE, agree
from tests.workbook.engines import Err as Kind

_RATES = ("IRR", "XIRR", "RATE")


@dataclass(slots=True)
class Case:
    """A formula in one period, and our value of it."""

    text: str
    tree: Node
    period: int
    excel: str
    ours: Any


@dataclass(slots=True)
class Parting:
    """A node at which an engine parts from us: our and its value, and the values of the node's parts in both."""

    case: Case
    node: Node
    excel: str
    ours: Any
    theirs: Any
    our_parts: tuple[Any, ...]
    their_parts: tuple[Any, ...]

    @property
    def name(self) -> str:
        """The function or operator."""
        return self.node.name if isinstance(self.node, Call) else getattr(self.node, "op", type(self.node).__name__)

    def __str__(self) -> str:
        return f"{self.excel}  with parts {self.our_parts}: {self.ours!r} here, {self.theirs!r} there  (in {self.case.text})"


def compute(tree: Node, period: int) -> Any:
    """Our live value as a cell would hold it."""
    return plain(_settle(live.evaluate(tree, world().cells, period), "out"))


def same(ours: Any, theirs: Any, tree: Node | None = None) -> bool:
    """Agreement within the design's tolerance; kinds of errors must match."""
    return agree(ours, theirs, REL_RATE) if tree is not None and _has_rate(tree) else agree(ours, theirs)


def _has_rate(tree: Node) -> bool:
    return (isinstance(tree, Call) and tree.name in _RATES) or any(_has_rate(c) for c in children(tree))


def parts(node: Node) -> tuple[Node, ...]:
    """The subtrees that another engine can compute in a cell of their own."""
    if isinstance(node, Call) and node.name == "SUMPRODUCT":  # its operators work on whole ranges
        return ()
    return children(node)


def subtrees(node: Node) -> Iterator[Node]:
    """Everything below that is not a range."""
    for part in parts(node):
        if not _is_leaf(part):
            yield part
            yield from subtrees(part)


def _is_leaf(node: Node) -> bool:
    """Whether an engine has nothing to compute here."""
    return not isinstance(node, (Unary, Binary, Call, ByYear, YearsToDate))


def _visited(tree: Node, period: int) -> set[int]:
    """The nodes that our evaluation passes: an untaken branch has no part in a value."""
    seen: set[int] = set()
    walk, call = live.evaluate, live._call

    def noting(node: Node, *rest: Any) -> Any:
        seen.add(id(node))
        return walk(node, *rest)

    def calling(spec: Any, node: Call, *rest: Any, **more: Any) -> Any:
        seen.add(id(node))  # of functions that lead to a reference only the call is seen
        return call(spec, node, *rest, **more)

    live.evaluate, live._call = noting, calling
    try:
        noting(tree, world().cells, period)
    finally:
        live.evaluate, live._call = walk, call
    return seen


def partings(case: Case, theirs: dict[str, Any]) -> list[Parting]:
    """The places where a case parts; ``theirs`` are an engine's values by Excel text."""
    seen = _visited(case.tree, case.period)
    found: list[Parting] = []
    stack = [case.tree]
    while stack:
        node = stack.pop()
        excel = case.excel if node is case.tree else printed(node, case.period)
        below = [p for p in parts(node) if id(p) in seen]
        apart = [
            p
            for p in below
            if not _is_leaf(p) and not same(compute(p, case.period), theirs[printed(p, case.period)], p)
        ]
        if apart:
            stack += apart
            continue
        ours = tuple(_value(p, case.period) for p in below)
        others = tuple(o if _is_leaf(p) else theirs[printed(p, case.period)] for p, o in zip(below, ours, strict=True))
        found.append(Parting(case, node, excel, compute(node, case.period), theirs[excel], ours, others))
    return found


def _value(node: Node, period: int) -> Any:
    if isinstance(node, (Column, Row, ToDate, Earlier, SeriesRange)):
        return [plain(v) if v is not None else None for v in live.evaluate(node, world().cells, period)]
    if isinstance(node, Missing):
        return None
    value = live.evaluate(node, world().cells, period)
    return None if value is None else plain(_settle(value, ""))


def only_noise(parting: Parting) -> bool:
    """Whether our own function, given their values of the parts (which agree with ours within the tolerance, but
    not to the last bit), gives their result."""
    node = parting.node
    if parting.our_parts == parting.their_parts or not isinstance(node, (Unary, Binary, Call)):
        return False
    below = parts(node)
    if len(below) != len(parting.their_parts):
        return False
    new = tuple(p if _is_leaf(p) else _literal(v) for p, v in zip(below, parting.their_parts, strict=True))
    if isinstance(node, Unary):
        again: Node = structs.replace(node, arg=new[0])
    elif isinstance(node, Binary):
        again = structs.replace(node, left=new[0], right=new[1])
    else:
        again = structs.replace(node, args=new)
    return same(compute(again, parting.case.period), parting.theirs, again)


def _literal(v: Any) -> Node:
    if isinstance(v, Kind):
        return Err(str(v))
    if isinstance(v, bool):
        return Bool(v)
    return Text(v) if isinstance(v, str) else Num(float(v))


def judge(cases: Sequence[Case], engine: Any) -> tuple[list[Parting], int]:
    """All partings of an engine from us over the cases, and in how many cases there is one."""
    theirs: dict[str, Any] = {}

    def ask(texts: list[str]) -> None:
        fresh = [t for t in dict.fromkeys(texts) if t not in theirs]
        if fresh:
            theirs.update(zip(fresh, engine(fresh), strict=True))

    ask([c.excel for c in cases])
    apart = [c for c in cases if not same(c.ours, theirs[c.excel], c.tree)]
    ask([printed(node, c.period) for c in apart for node in subtrees(c.tree)])
    return [p for c in apart for p in partings(c, theirs)], len(apart)


__all__ = ["Case", "ErrorValue", "Parting", "compute", "judge", "only_noise", "same"]
