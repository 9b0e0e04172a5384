"""Finding values in ranges."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from model.formula.arrays import Grid, shape
from model.formula.coerce import Value, collate, is_number, single
from model.formula.fn_base import Group, Refusal, as_range, fail, number, whole
from model.formula.fn_criteria import has_wildcards, wildcard
from model.values import NA, REF, VALUE, ErrorValue, Range

_group = Group("Finding values")
FUNCTIONS = _group.functions
_typed = _group.typed
Key = tuple[int, float | tuple[str, str]]


def _key(v: Value) -> Key | None:
    """Kind and value for exact comparison; None for what no search finds."""
    if isinstance(v, bool):
        return 2, float(v)
    if isinstance(v, str):
        return 1, collate(v)
    return (0, float(v)) if is_number(v) else None  # type: ignore[arg-type]


def _wanted(v: Value) -> tuple[Value, Key]:
    v = single(v)
    if isinstance(v, ErrorValue):
        raise Refusal(v)
    key = _key(v)
    if key is None:
        raise fail(NA, "a blank cell is not found in any range")
    return v, key


def _exact(v: Value, key: Key, cells: Range) -> int | None:
    if isinstance(v, str) and has_wildcards(v):
        matches = wildcard(v)
        return next((i for i, c in enumerate(cells) if isinstance(c, str) and matches(c)), None)
    return next((i for i, c in enumerate(cells) if _key(c) == key), None)


def _sorted_place(key: Key, cells: Range, descending: bool = False) -> int | None:
    """The place of the last value not above the key (descending: not below it) among values of its kind."""
    places = [(k, i) for i, c in enumerate(cells) if (k := _key(c)) is not None and k[0] == key[0]]
    keys = [k for k, _ in places]
    if descending:
        keys.reverse()
        at = len(keys) - 1 - bisect_left(keys, key)
    else:
        at = bisect_right(keys, key) - 1
    return places[at][1] if at >= 0 else None


@_typed(
    "MATCH(value, range, [type])",
    ("MATCH(year,ALL(years),0)", "the place of this year in the row"),
    takes_ranges=frozenset({1}),
    vector="scan",
)
def _match(value: Value, cells: Value, kind: Value = 1.0) -> Value:
    """The place of a value in a range, counted from 1. Type 0 finds the same value (text without case, * and ?
    as wildcards); 1, the default, the last one not above it in a rising range; -1 the last one not below it in a
    falling one. Not found is #N/A. Numbers are compared to the last bit, unlike by =."""
    v, key = _wanted(value)
    area = as_range(cells)
    order = number(kind)
    if min(shape(area)) > 1:
        raise fail(NA, "MATCH looks along one row or one column")
    place = _exact(v, key, area) if order == 0 else _sorted_place(key, area, order < 0)
    if place is None:
        raise fail(NA, "the value is not in the range")
    return float(place + 1)


@_typed(
    "INDEX(range, place, [column])",
    ("INDEX(rounds[price],2)", "the price of the second round"),
    takes_ranges=frozenset({0}),
    result="any",
    vector="scan",
)
def _index(cells: Value, place: Value, column: Value = None) -> Value:
    """The value at a place of a range, counted from 1, or at a row and a column of it. Outside the range it is #REF!;
    place 0 is the whole range."""
    area = as_range(cells)
    n = whole(number(place))
    m = whole(number(column))
    if n < 0 or m < 0:
        raise fail(VALUE, "a place in a range is counted from 1")
    if isinstance(area, Grid) and (column is not None or min(shape(area)) > 1):
        return _in_grid(area, n, m)
    if m:  # only the caller knows whether a range runs across or down
        raise fail(VALUE, "a column can be named in an array only")
    if n > len(area):
        raise fail(REF, f"there is no place {n} in a range of {len(area)}")
    if n == 0:
        return area
    found: Value = area[n - 1]
    return found


def _in_grid(area: Grid, row: int, column: int) -> Value:
    height, width = shape(area)
    if row > height or column > width:
        raise fail(REF, f"there is no row {row}, column {column} in an array of {height} by {width}")
    rows = range(height) if row == 0 else [row - 1]
    columns = range(width) if column == 0 else [column - 1]
    found = [area[r * width + c] for r in rows for c in columns]
    return Grid(found, len(columns)) if len(found) > 1 else found[0]


@_typed(
    "LOOKUP(value, range, [results])",
    ("LOOKUP(end,rounds[on],rounds[price])", "the price of the last round closed by then"),
    takes_ranges=frozenset({1, 2}),
    result="any",
)
def _lookup(value: Value, cells: Value, results: Value = None) -> Value:
    """The result beside the last value not above the one looked for, in a rising range. None is #N/A."""
    _, key = _wanted(value)
    area = as_range(cells)
    beside = area if results is None else as_range(results)
    if isinstance(area, Grid) and min(shape(area)) > 1:
        area, last = _edges(area)
        beside = last if results is None else beside
    place = _sorted_place(key, area)
    if place is None:
        raise fail(NA, "every value of the range is above the one looked for")
    if place >= len(beside):
        raise fail(NA, "the results are shorter than the range")
    found: Value = beside[place]
    return found


def _edges(area: Grid) -> tuple[Range, Range]:
    """Of an array the first and the last column, or row where it is wider than high."""
    height, width = shape(area)
    if width > height:
        return Range(area[:width]), Range(area[-width:])
    return Range(area[::width]), Range(area[width - 1 :: width])
