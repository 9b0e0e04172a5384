"""The typed evaluator: walks a tree over typed values, errors included.

It is the reference for every other form of a formula. The engine uses it where the compiled code
met something that is not an ordinary number, and to find the cell where an error arose.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from model.formula.bind import OPENING
from model.formula.coerce import OPERATORS, elementwise
from model.formula.functions import FUNCTIONS, Function
from model.formula.nodes import (
    Before,
    Binary,
    Bool,
    ByYear,
    Call,
    Column,
    Err,
    Here,
    Missing,
    Node,
    Num,
    Ref,
    Row,
    SeriesRange,
    Text,
    ToDate,
    Unary,
    YearsToDate,
)  # fmt: skip
from model.values import REF, VALUE, ErrorValue, Range

COMPARISONS = frozenset(("=", "<>", "<", "<=", ">", ">="))
_UNARY = {"-": "negate", "+": "plus", "%": "%"}
BY_YEAR = "@year"  # suffix of the row that holds a series by period; None where the series has no such year


class Cells:
    """All values of a run. ``scalars`` holds single cells (and series as ranges), ``rows`` one list per
    line, timeline row and series by period; opening cells are scalars named ``line@opening``."""

    __slots__ = ("rows", "scalars", "size")

    def __init__(self, size: int) -> None:
        self.scalars: dict[str, Any] = {}
        self.rows: dict[str, list[Any]] = {}
        self.size = size


def evaluate(node: Node, cells: Cells, i: int = 0, array: bool = False) -> Any:
    """The value of a tree in period ``i`` (ignored for single cells). Never raises for what a user can write.

    ``array`` lets operators work element by element over ranges, as inside SUMPRODUCT.
    """
    if isinstance(node, (Num, Text, Bool)):
        return node.value
    if isinstance(node, Ref):
        return cells.scalars.get(node.key)
    if isinstance(node, Here):
        return cells.rows[node.key][i]
    if isinstance(node, Before):
        return cells.rows[node.key][i - 1] if i else cells.scalars.get(node.key + OPENING)
    if isinstance(node, Binary):
        left = evaluate(node.left, cells, i, array)
        right = evaluate(node.right, cells, i, array)
        if array:
            return elementwise(OPERATORS[node.op], left, right)
        return OPERATORS[node.op](left, right)
    if isinstance(node, Unary):
        value = evaluate(node.arg, cells, i, array)
        unary = OPERATORS[_UNARY[node.op]]
        return elementwise(unary, value) if array else unary(value)
    if isinstance(node, Call):
        return _call(FUNCTIONS[node.name], node, cells, i)
    if isinstance(node, Err):
        return ErrorValue(node.kind)
    if isinstance(node, Missing):
        return None
    if isinstance(node, Column):
        return Range(cells.scalars.get(k) for k in node.keys)
    if isinstance(node, Row):
        return Range(cells.rows[node.key])
    if isinstance(node, ToDate):
        return Range(cells.rows[node.key][: i + 1])
    if isinstance(node, SeriesRange):
        return cells.scalars[node.series]
    if isinstance(node, ByYear):
        value = cells.rows[node.series + BY_YEAR][i]
        return evaluate(node.other, cells, i) if value is None else value
    if isinstance(node, YearsToDate):
        return _years_to_date(node, cells, i)
    return ErrorValue("#NAME?", f"{node!r} was not bound")


def _years_to_date(node: YearsToDate, cells: Cells, i: int) -> Any:
    span = evaluate(node.years, cells, i)
    years = cells.rows["year"]
    floor = OPERATORS["-"](years[i], span)
    if isinstance(floor, ErrorValue):
        return floor
    j = i
    while j >= 0 and years[j] > floor:
        j -= 1
    return FUNCTIONS["SUM"].live(Range(cells.rows[node.key][j + 1 : i + 1]))


def _call(spec: Function, node: Call, cells: Cells, i: int) -> Any:
    if spec.lazy:
        return spec.live(*[_thunk(a, cells, i) for a in node.args])
    args = []
    arrays = node.name == "SUMPRODUCT"
    for position, arg in enumerate(node.args):
        value = evaluate(arg, cells, i, arrays)
        if spec.takes_range(position):
            if isinstance(arg, (Ref, Here, Before)):
                value = Range((value,))
        elif isinstance(value, Range):
            return ErrorValue(VALUE, f"{node.name} takes single values, not a range")
        args.append(value)
    return spec.live(*args)


def _thunk(node: Node, cells: Cells, i: int) -> Callable[[], Any]:
    return lambda: evaluate(node, cells, i)


def circular(path: tuple[str, ...]) -> ErrorValue:
    return ErrorValue(REF, "circular: " + " → ".join(path), path[0])
