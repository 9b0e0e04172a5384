"""Sums, counts and statistics over numbers."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

from model.formula.coerce import TOO_LARGE, Value, is_number, to_number
from model.formula.fn_base import FAST_NAMES, Group, Refusal, as_range, fail, number, range_numbers, same_length
from model.values import DIV0, NA, NUM, ErrorValue, Range

_totals = Group("Totals")
FUNCTIONS = _totals.functions
_total = _totals.aggregate


def total(xs: Sequence[float]) -> float:
    """The plain sum from left to right, as Excel adds (Python's own sum compensates from 3.12 on)."""
    result = 0.0
    for x in xs:
        result += x
    return result


@_total("SUM(value, …)", ("SUM(1,2,3)", 6.0), vector="scan")
def _sum(xs: list[float]) -> float:
    """The sum. In references text, booleans and blanks are passed over; written out, TRUE counts as 1."""
    return total(xs)


@_total("PRODUCT(value, …)", ("PRODUCT(2,3,4)", 24.0), vector="scan")
def _product(xs: list[float]) -> float:
    """The product of all numbers; 0 where there is none."""
    if not xs:
        return 0.0
    result = 1.0
    for x in xs:
        result *= x
    return result


@_total("MIN(value, …)", ("MIN(3,1,2)", 1.0), fast="min(({*},))", vector="scan")
def _min(xs: list[float]) -> float:
    """The smallest number; 0 where there is none. Works for dates: never is later than any."""
    return min(xs) if xs else 0.0


@_total("MAX(value, …)", ("MAX(3,1,2)", 3.0), fast="max(({*},))", vector="scan")
def _max(xs: list[float]) -> float:
    """The largest number; 0 where there is none."""
    return max(xs) if xs else 0.0


@_total("AVERAGE(value, …)", ("AVERAGE(1,2,6)", 3.0), vector="scan")
def mean(xs: list[float]) -> float:
    """The sum divided by the count of numbers; #DIV/0! where there is none. A missing argument counts as 0."""
    if not xs:
        raise fail(DIV0, "there is no number to average")
    return total(xs) / len(xs)


@_totals.typed("COUNT(value, …)", ('COUNT(1,"7","a")', 2.0), takes_ranges="all")
def _count(*args: Value) -> Value:
    """How many numbers there are. Errors and text are not counted, a number written as text is."""
    n = 0
    for a in args:
        if isinstance(a, Range):
            n += sum(is_number(v) for v in a)
        else:
            n += not isinstance(to_number(a), ErrorValue)
    return float(n)


@_totals.typed("COUNTA(value, …)", ('COUNTA(1,"a","")', 3.0), takes_ranges="all")
def _counta(*args: Value) -> Value:
    """How many values there are: all but empty cells. Errors and empty texts are counted."""
    return float(sum(sum(v is not None for v in a) if isinstance(a, Range) else 1 for a in args))


@_totals.typed("COUNTBLANK(range)", ("COUNTBLANK(ALL(x))", "how many cells of the row are empty"), takes_ranges="all")
def _countblank(a: Value) -> Value:
    """How many cells are empty or hold an empty text."""
    return float(sum(v is None or v == "" for v in as_range(a)))


def _products(*args: Any) -> float:
    columns = [a if isinstance(a, list) else [a] for a in args]
    if len({len(c) for c in columns}) > 1:
        raise ArithmeticError("the ranges have different lengths")
    result = 0.0
    for row in zip(*columns, strict=True):
        term = 1.0
        for x in row:
            term *= x
        result += term
    if result - result != 0:
        raise ArithmeticError(TOO_LARGE)
    return result


FAST_NAMES["f_SUMPRODUCT"] = _products


@_totals.typed(
    "SUMPRODUCT(range, …)",
    ("SUMPRODUCT(rounds[money],rounds[funded])", "the money of each round times its share, added up"),
    takes_ranges="all",
    fast="f_SUMPRODUCT({*})",
    fast_ranges=True,
    vector="scan",
)
def _sumproduct(*args: Value) -> Value:
    """The sum of the products, cell by cell. Ranges of one length, else #VALUE!. Text, blanks and booleans
    count as 0: write a condition as (a>b)*1."""
    columns = [as_range(a) for a in args]
    same_length(*columns)
    return _products(*[[_factor(v) for v in column] for column in columns])


def _factor(v: Value) -> float:
    if isinstance(v, ErrorValue):
        raise Refusal(v)
    return number(v) if is_number(v) else 0.0


# -- statistics ---------------------------------------------------------------------------------------

_statistics = Group("Statistics")
FUNCTIONS_STATISTICS = _statistics.functions
_statistic = _statistics.aggregate


@_statistic("MEDIAN(value, …)", ("MEDIAN(1,2,10)", 2.0))
def _median(xs: list[float]) -> float:
    """The middle of the numbers, of an even count the mean of the two in the middle; none is #NUM!."""
    if not xs:
        raise fail(NUM, "there is no number to take the median of")
    return _quantile(sorted(xs), 0.5)


def _quantile(ordered: list[float], k: float) -> float:
    place = k * (len(ordered) - 1)
    below = math.floor(place)
    part = place - below
    if part == 0:
        return ordered[below]
    if part == 0.5:
        return (ordered[below] + ordered[below + 1]) / 2
    return ordered[below] + part * (ordered[below + 1] - ordered[below])


@_statistics.typed(
    "PERCENTILE(range, share)",
    ("PERCENTILE(ALL(x),0.9)", "the value that nine tenths of the row do not exceed"),
    takes_ranges=frozenset({0}),
)
def _percentile(cells: Value, share: Value) -> Value:
    """The value below which a share (0 to 1) of the numbers lies, interpolated. No number, or a share outside
    0 to 1, is #NUM!."""
    xs = range_numbers(as_range(cells))
    k = number(share)
    if not xs:
        raise fail(NUM, "there is no number to take a percentile of")
    if not 0 <= k <= 1:
        raise fail(NUM, "the share lies outside 0 % to 100 %")
    return _quantile(sorted(xs), k)


@_statistic("STDEV(value, …)", ("STDEV(1,2,3)", 1.0))
def _stdev(xs: list[float]) -> float:
    """The standard deviation of a sample (divided by n - 1). Fewer than two numbers are #DIV/0!."""
    if len(xs) < 2:
        raise fail(DIV0, "a standard deviation needs two numbers")
    m = mean(xs)
    return math.sqrt(total([(x - m) ** 2 for x in xs]) / (len(xs) - 1))


@_statistics.typed(
    "CORREL(range, range)",
    ("CORREL(ALL(x),ALL(y))", "how far two rows move together, from -1 to 1"),
    takes_ranges=frozenset({0, 1}),
)
def _correl(a: Value, b: Value) -> Value:
    """The correlation of two ranges, -1 to 1, over the places where both hold numbers. Different lengths are #N/A,
    a range that does not vary is #DIV/0!."""
    first, second = as_range(a), as_range(b)
    for v in (*first, *second):
        if isinstance(v, ErrorValue):
            raise Refusal(v)
    if len(first) != len(second):
        raise fail(NA, "the ranges have different lengths")
    pairs = [(float(x), float(y)) for x, y in zip(first, second, strict=True) if is_number(x) and is_number(y)]
    if not pairs:
        raise fail(DIV0, "there is no pair of numbers")
    mx, my = mean([x for x, _ in pairs]), mean([y for _, y in pairs])
    spread = math.sqrt(total([(x - mx) ** 2 for x, _ in pairs]) * total([(y - my) ** 2 for _, y in pairs]))
    if spread == 0:
        raise fail(DIV0, "a range that does not vary has no correlation")
    return total([(x - mx) * (y - my) for x, y in pairs]) / spread


@_statistics.numeric("NORMSDIST(z)", ("NORMSDIST(0)", 0.5))
def _normsdist(z: float) -> float:
    """The probability that a standard normal variable is at most z."""
    return 0.5 * math.erfc(-z / math.sqrt(2))


@functools.cache
def _inverse() -> Callable[[float], float]:
    from statistics import NormalDist  # slow to import, seldom used

    return NormalDist().inv_cdf


@_statistics.numeric("NORMSINV(probability)", ("NORMSINV(0.5)", 0.0))
def _normsinv(p: float) -> float:
    """The value a standard normal variable stays below with this probability; outside 0 to 1 it is #NUM!."""
    if not 0 < p < 1:
        raise fail(NUM, "the probability must lie between 0 and 1")
    return _inverse()(p)
