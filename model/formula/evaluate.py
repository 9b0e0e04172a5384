"""The typed evaluator: walks a tree over typed values, errors included.

It is the reference for every other form of a formula. The engine uses it where the compiled code
met something that is not an ordinary number, and to find the cell where an error arose.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from model.formula.arrays import Grid, NeedsCells, lifted
from model.formula.bind import OPENING
from model.formula.coerce import OPERATORS, elementwise
from model.formula.functions import FUNCTIONS, Function
from model.formula.nodes import (
    Array,
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
#: functions whose result may be a reference: as Excel has it, and as those that are printed as nested IF become
LEADING = frozenset(("IF", "IFS", "SWITCH", "CHOOSE", "IFNA"))
SHAPED = frozenset(("INDEX", "VLOOKUP", "HLOOKUP", "ROWS", "COLUMNS"))  # they ask which way a range runs
REFERENCES = (Ref, Here, Before, Column, Row, ToDate, Earlier, SeriesRange)
CIRCULAR, ARROW = "circular: ", " → "  # how the note of a circle's error begins, and what stands between its keys
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
        if left.__class__ is Grid or right.__class__ is Grid:
            return lifted(OPERATORS[node.op], (left, right))
        if array:
            return elementwise(OPERATORS[node.op], left, right)
        return OPERATORS[node.op](left, right)
    if isinstance(node, Unary):
        value = evaluate(node.arg, cells, i, array)
        unary = OPERATORS[_UNARY[node.op]]
        if value.__class__ is Grid:
            return lifted(unary, (value,))
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
    if isinstance(node, Earlier):
        return Range((cells.scalars.get(node.key + OPENING), *cells.rows[node.key][:i]))
    if isinstance(node, Array):
        return Grid([evaluate(c, cells) for row in node.rows for c in row], len(node.rows[0]))
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


def _as_reference(node: Node, cells: Cells, i: int, array: bool) -> Any:
    """The value as a function of ranges takes it: a cell is a range of one, also where IF, CHOOSE or INDEX led to it."""
    if isinstance(node, (Ref, Here, Before)):
        return Range((evaluate(node, cells, i),))
    if isinstance(node, Call):
        if node.name in LEADING:
            return _call(FUNCTIONS[node.name], node, cells, i, by_reference=True)
        if node.name == "INDEX" and isinstance(node.args[0], REFERENCES):
            value = evaluate(node, cells, i)
            return value if isinstance(value, (Range, ErrorValue)) else Range((value,))
    return evaluate(node, cells, i, array)


def _call(spec: Function, node: Call, cells: Cells, i: int, by_reference: bool = False) -> Any:
    if spec.lazy:
        walk = _as_reference if by_reference else evaluate
        try:
            return spec.live(*[_thunk(a, cells, i, walk) for a in node.args])
        except NeedsCells:
            return lifted(_eager(spec), [evaluate(a, cells, i) for a in node.args])
    args = []
    arrays = node.name == "SUMPRODUCT"
    lift: list[int] = []
    for position, arg in enumerate(node.args):
        takes_range = spec.takes_range(position)
        value = _as_reference(arg, cells, i, arrays) if takes_range else evaluate(arg, cells, i, arrays)
        if takes_range:
            if value.__class__ is Range and shaped(node):
                value = Grid(value, 1 if isinstance(arg, (Column, SeriesRange)) else max(1, len(value)))
        elif value.__class__ is Grid:
            lift.append(position)
        elif isinstance(value, Range):
            return ErrorValue(VALUE, f"{node.name} takes single values, not a range")
        args.append(value)
    if lift:
        return lifted(_with(spec.live, args, lift), [args[p] for p in lift])
    return spec.live(*args)


def shaped(node: Call) -> bool:
    """Whether the function asks which way a range runs; INDEX does where a column is named."""
    return node.name in SHAPED and (node.name != "INDEX" or len(node.args) == 3)


def _thunk(node: Node, cells: Cells, i: int, walk: Callable[..., Any]) -> Callable[[], Any]:
    def compute() -> Any:
        value = walk(node, cells, i, False)
        if value.__class__ is Grid:
            raise NeedsCells
        return value

    return compute


def _eager(spec: Function) -> Callable[..., Any]:
    """A function of thunks as a function of values."""
    return lambda *values: spec.live(*[(lambda v=v: v) for v in values])


def _with(live: Callable[..., Any], args: list[Any], places: list[int]) -> Callable[..., Any]:
    """The function of the arguments at some places, the others given."""

    def call(*cells: Any) -> Any:
        full = list(args)
        for place, cell in zip(places, cells, strict=True):
            full[place] = cell
        return live(*full)

    return call


def circular(path: tuple[str, ...]) -> ErrorValue:
    """The error of cells that depend on each other within one period."""
    return ErrorValue(REF, CIRCULAR + ARROW.join(path), path[0])


def circle_of(error: ErrorValue) -> tuple[str, ...]:
    """The keys of nodes that depend on each other, the first again at the end; () for any other error."""
    return tuple(error.note.removeprefix(CIRCULAR).split(ARROW)) if error.note.startswith(CIRCULAR) else ()
