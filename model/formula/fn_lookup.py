"""Finding values in ranges."""

from __future__ import annotations

from typing import Final

from model.formula.arrays import Grid, shape
from model.formula.coerce import Value, collate, is_number, single, to_bool, to_number
from model.formula.fn_base import Group, Refusal, as_range, fail, number, whole
from model.formula.fn_criteria import has_wildcards, wildcard
from model.problems import refuse
from model.values import NA, REF, VALUE, ErrorValue, Range

_group = Group("Finding values")
FUNCTIONS = _group.functions
_typed = _group.typed
Key = tuple[int, float | tuple[str, str]]
_NOT_FOUND: Final = ErrorValue(NA, "the value is not in the range")


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
    if v is None:
        v = 0.0  # a blank cell looks for zero, though it is found by nothing itself
    key = _key(v)
    assert key is not None
    return v, key


def _exact(v: Value, key: Key, cells: Range) -> int | None:
    if isinstance(v, str) and has_wildcards(v):
        matches = wildcard(v)
        return next((i for i, c in enumerate(cells) if isinstance(c, str) and matches(c)), None)
    return next((i for i, c in enumerate(cells) if _key(c) == key), None)


def _rising_place(key: Key, cells: Range) -> int | None:
    """The place of the last value not above the key, found as Excel finds it: by halving, so that it is the answer
    of a rising range and, of another, Excel's own. Cells of another kind are stepped over."""
    keys = [_key(c) for c in cells]
    low, high = -1, len(keys)
    while high - low > 1:
        middle = (low + high) // 2
        at = middle
        while at < high and ((k := keys[at]) is None or k[0] != key[0]):
            at += 1
        found = keys[at] if at < high else None
        if found is None or (found > key and at > middle):
            high = middle
        elif found == key:
            while at + 1 < high and keys[at + 1] == key:
                at += 1
            return at
        elif found < key:
            low = at
        else:
            high = at
    return low if low >= 0 else None


def _falling_place(key: Key, cells: Range) -> int | None:
    """The place of the value itself, or of the last one before the first that is below it."""
    last = None
    for i, c in enumerate(cells):
        k = _key(c)
        if k is None or k[0] != key[0]:
            continue
        if k == key:
            return i
        if k < key:
            return last
        last = i
    return last


@_typed(
    "MATCH(value, range, [type])",
    ("MATCH(year,ALL(years),0)", "the place of this year in the row"),
    takes_ranges=frozenset({1}),
    vector="scan",
    whole=True,
)
def _match(value: Value, cells: Value, kind: Value = 1.0) -> Value:
    """The place of a value in a range, counted from 1. Type 0 finds the same value (text without case, * and ?
    as wildcards); 1, the default, the last one not above it in a rising range (by halving, so that another order gives
    what Excel gives); -1 the value itself or the last one above it in a falling range. Not found is #N/A. Numbers are
    compared to the last bit, unlike by =."""
    v, key = _wanted(value)
    area = as_range(cells)
    order = number(kind)
    if min(shape(area)) > 1:
        raise fail(NA, "MATCH looks along one row or one column")
    place = _exact(v, key, area) if order == 0 else (_falling_place if order < 0 else _rising_place)(key, area)
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
    if len(area) == 1 and not isinstance(area, Grid):
        area = Grid(area, 1)
    if isinstance(area, Grid) and (column is not None or min(shape(area)) > 1):
        return _in_grid(area, n, m)
    if m:  # only the caller knows whether a range runs across or down
        raise fail(VALUE, "a column can be named in an array only")
    if n > len(area):
        raise fail(REF, f"there is no place {n} in a range of {len(area)}")
    if n == 0:
        return area[0] if len(area) == 1 else area
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
    vector="scan",
)
def _lookup(value: Value, cells: Value, results: Value = None) -> Value:
    """The result beside the last value not above the one looked for, in a rising range. None is #N/A."""
    _, key = _wanted(value)
    area = as_range(cells)
    beside = area if results is None else as_range(results)
    if isinstance(area, Grid) and min(shape(area)) > 1:
        area, last = _edges(area)
        beside = last if results is None else beside
    place = _rising_place(key, area)
    if place is None:
        raise fail(NA, "every value of the range is above the one looked for")
    if place >= len(beside):
        raise fail(NA, "the results are shorter than the range")
    found: Value = beside[place]
    return found


def _in_table(value: Value, table: Value, line: Value, near: Value, down: bool) -> Value:
    v, key = _wanted(value)
    area = as_range(table)
    height, width = shape(area)
    approximate = to_bool(near)
    if isinstance(approximate, ErrorValue):
        raise Refusal(approximate)
    place = to_number(line)
    if isinstance(place, ErrorValue):  # whatever the error is: so Excel has it
        raise fail(REF, "the column or row of the table is no number")
    n = whole(place)
    if n < 1:
        raise fail(VALUE, "the columns or rows of a table are counted from 1")
    if n > (width if down else height):
        raise fail(REF, f"the table has no column or row {n}")
    first = Range(area[::width] if down else area[:width])
    at = _rising_place(key, first) if approximate else _exact(v, key, first)
    if at is None:
        raise fail(NA, "the value is not in the table")
    found: Value = area[at * width + n - 1] if down else area[(n - 1) * width + at]
    return found


@_typed(
    "VLOOKUP(value, table, column, [near])",
    ('VLOOKUP(2.5,{1,"low";2,"middle";3,"high"},2)', "middle"),
    takes_ranges=frozenset({1}),
    result="any",
)
def _vlookup(value: Value, table: Value, column: Value, near: Value = True) -> Value:
    """The value in a column, counted from 1, of the row whose first cell is the last one not above the one looked for
    (rows in rising order), or with FALSE the same (text without case, with wildcards). Not found is #N/A, a column
    beyond the table #REF!, below 1 #VALUE!."""
    return _in_table(value, table, column, near, True)


@_typed(
    "HLOOKUP(value, table, row, [near])",
    ('HLOOKUP("b",{"a","b";1,2},2,FALSE)', 2.0),
    takes_ranges=frozenset({1}),
    result="any",
)
def _hlookup(value: Value, table: Value, row: Value, near: Value = True) -> Value:
    """As VLOOKUP, along the first row: the value so many rows down."""
    return _in_table(value, table, row, near, False)


def _print_xlookup(*args: str) -> str:
    if (len(args) > 4 and args[4] != "0") or (len(args) > 5 and args[5] not in ("0", "1")):
        raise refuse(
            "XLOOKUP", "Only the first value that is the same can be found in Excel 2010.", "Use MATCH with its type 1."
        )
    value, cells, results = args[:3]
    plain = f'IF(ISTEXT({value}),SUBSTITUTE(SUBSTITUTE(SUBSTITUTE({value},"~","~~"),"*","~*"),"?","~?"),{value})'
    wanted = value if value.replace(".", "").replace("-", "").isdigit() else plain
    place = f"MATCH({wanted},{cells},0)"
    found = f"INDEX({results},{place})"
    if len(args) == 3:
        return found
    return f"IF(ISERROR({value}),{value},IF(ISNA({place}),{args[3]},{found}))"


@_typed(
    "XLOOKUP(value, range, results, [otherwise], [match], [search])",
    ('XLOOKUP("b",{"a","b"},{1,2})', 2.0),
    takes_ranges=frozenset({1, 2}),
    result="any",
    excel=_print_xlookup,
    left_out=frozenset({3}),
)
def _xlookup(
    value: Value, cells: Value, results: Value, otherwise: Value = _NOT_FOUND, match: Value = 0.0, search: Value = 1.0
) -> Value:
    """The result beside the first cell that is the same (text without case), or beside the last one with search -1. Match
    -1 takes the next smaller where none is, 1 the next larger, 2 wildcards. None gives what is named for that case,
    else #N/A. In the workbook: INDEX and MATCH, for the first same cell only."""
    v, key = _wanted(value)
    area, beside = as_range(cells), as_range(results)
    how, way = number(match), number(search)
    if how not in (-1, 0, 1, 2) or way not in (-1, 1):
        raise fail(VALUE, "match must be -1, 0, 1 or 2, and search 1 or -1")
    if len(area) != len(beside) or min(shape(area)) > 1:
        raise fail(VALUE, "the results do not stand beside the cells")
    keys = [_key(c) for c in area]
    places = range(len(area)) if way > 0 else range(len(area) - 1, -1, -1)
    if how == 2 and isinstance(v, str) and has_wildcards(v):
        fits = wildcard(v)
        at = next((i for i in places if isinstance(c := area[i], str) and fits(c)), None)
    else:
        at = next((i for i in places if keys[i] == key), None)
    if at is None and how in (-1, 1):
        near = [(k, i) for i in places if (k := keys[i]) and k[0] == key[0] and ((k < key) if how < 0 else (k > key))]
        at = (max if how < 0 else min)(near, key=lambda n: n[0])[1] if near else None
    if at is not None:
        found: Value = beside[at]
        return found
    return otherwise


@_typed("ROWS(range)", ("ROWS({1,2;3,4;5,6})", 3.0), takes_ranges=frozenset({0}))
def _rows(area: Value) -> Value:
    """How many rows a range or an array has: a column of a table has its records, a line has one."""
    return float(shape(as_range(area))[0])


@_typed("COLUMNS(range)", ("COLUMNS({1,2;3,4;5,6})", 2.0), takes_ranges=frozenset({0}))
def _columns(area: Value) -> Value:
    """How many columns a range or an array has: a line has its periods, a column of a table is one."""
    return float(shape(as_range(area))[1])


def _edges(area: Grid) -> tuple[Range, Range]:
    """Of an array the first and the last column, or row where it is wider than high."""
    height, width = shape(area)
    if width > height:
        return Range(area[:width]), Range(area[-width:])
    return Range(area[::width]), Range(area[width - 1 :: width])
