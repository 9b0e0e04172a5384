"""What is asked of subtrees again and again while a program's vector code is written, answered once a run."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from model.formula import kinds
from model.formula.bind import OPENING
from model.formula.coerce import to_number
from model.formula.evaluate import Cells, evaluate
from model.formula.nodes import (
    Before,
    ByYear,
    Column,
    Earlier,
    Here,
    Node,
    Ref,
    Row,
    SeriesRange,
    ToDate,
    YearsToDate,
    children,
)
from model.values import ErrorValue

_BY_PERIOD = (Here, Before, ToDate, Earlier, YearsToDate, ByYear)


class Known(NamedTuple):
    """The values of a subtree that no draw touches, one a period, errors as NaN; kind as in ``kinds``."""

    values: list[Any]
    kind: str
    wrong: bool  # some are errors


class Trees:
    """Equal subtrees have one number; ``reached`` are the keys that differ by draw."""

    def __init__(self, cells: Cells, reached: set[str]) -> None:
        self.cells = cells
        self.reached = reached
        self._numbers: dict[Any, int] = {}
        self._seen: dict[int, tuple[Node, int]] = {}  # id -> the tree (kept, so that no other takes its id) and number
        self._touched: dict[int, bool] = {}
        self._always: dict[int, bool] = {}
        self._live: dict[tuple[int, bool], list[Any]] = {}
        self._known: dict[tuple[int, bool, str], Known] = {}

    def number(self, node: Node) -> int:
        found = self._seen.get(id(node))
        if found is None:
            below = children(node)
            named = getattr(node, node.__struct_fields__[0]) if below else node
            key = (node.__class__, named, *[self.number(child) for child in below])
            found = self._seen[id(node)] = node, self._numbers.setdefault(key, len(self._numbers))
        return found[1]

    def touched(self, node: Node) -> bool:
        """Whether a value below differs by draw."""
        number = self.number(node)
        found = self._touched.get(number)
        if found is None:
            found = self._touched[number] = self._differs(node) or any(map(self.touched, children(node)))
        return found

    def _differs(self, node: Node) -> bool:
        if isinstance(node, (Ref, Here, Row, ToDate, YearsToDate)):
            return node.key in self.reached
        if isinstance(node, (Before, Earlier)):
            return node.key in self.reached or node.key + OPENING in self.reached
        if isinstance(node, Column):
            return not self.reached.isdisjoint(node.keys)
        return isinstance(node, (ByYear, SeriesRange)) and node.series in self.reached

    def always(self, node: Node) -> bool:
        """Whether the value of a draw is the same in every period."""
        number = self.number(node)
        found = self._always.get(number)
        if found is None:
            found = not isinstance(node, _BY_PERIOD) and all(map(self.always, children(node)))
            self._always[number] = found
        return found

    def live(self, node: Node, in_loop: bool) -> list[Any]:
        """The values of a tree that no draw touches: of every period, or of a single cell."""
        slot = self.number(node), in_loop
        if slot not in self._live:
            size = self.cells.size if in_loop else 1
            self._live[slot] = (
                [evaluate(node, self.cells)] * size
                if self.always(node)
                else [evaluate(node, self.cells, i) for i in range(size)]
            )
        return self._live[slot]

    def known(self, node: Node, in_loop: bool, kind: str = "") -> Known:
        """The same as numbers where ``kind`` is n, as what they are where it is empty."""
        slot = self.number(node), in_loop, kind
        if slot in self._known:
            return self._known[slot]
        values = self.live(node, in_loop)
        distinct = values[:1] if self.always(node) else values
        if not kind:
            types = {type(v) for v in distinct if not isinstance(v, ErrorValue)}
            kind = "b" if types == {bool} else "n" if types <= {float, int, bool, type(None)} else "x"
        if kind == "n":
            distinct = [to_number(v) for v in distinct]
            right = [v for v in distinct if not isinstance(v, ErrorValue)]
            if len(right) == len(distinct) and all(abs(v) <= kinds.LIMIT and v == int(v) for v in right):
                kind = kinds.whole(max(map(abs, right), default=0.0))
        wrong = any(isinstance(v, ErrorValue) for v in distinct)
        plain = [math.nan if isinstance(v, ErrorValue) else v for v in distinct]
        self._known[slot] = Known(plain * len(values) if self.always(node) else plain, kind, wrong)
        return self._known[slot]
