"""Statistics over the numbers of ranges."""

from __future__ import annotations

import bisect
import math
from collections import Counter

from model.formula.coerce import Value, digits15, to_bool
from model.formula.fn_base import Group, Refusal, as_range, fail, number, numbers, range_numbers
from model.formula.fn_stats import mean, total
from model.values import DIV0, NA, NUM, VALUE, ErrorValue

_statistics = Group("Statistics")
FUNCTIONS = _statistics.functions
_statistic = _statistics.aggregate


@_statistic("MEDIAN(value, …)", ("MEDIAN(1,2,10)", 2.0), vector="scan")
def _median(xs: list[float]) -> float:
    """The middle of the numbers, of an even count the mean of the two in the middle; none is #NUM!."""
    if not xs:
        raise fail(NUM, "there is no number to take the median of")
    return _at(sorted(xs), (len(xs) - 1) / 2)


def _at(ordered: list[float], place: float) -> float:
    """The number at a place counted from 0, interpolated between two."""
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
    vector="scan",
)
def _percentile(cells: Value, share: Value) -> Value:
    """The value below which a share (0 to 1) of the numbers lies, interpolated. No number, or a share outside
    0 to 1, is #NUM!."""
    xs = numbers((cells,))
    k = number(share)
    if not xs:
        raise fail(NUM, "there is no number to take a percentile of")
    if not 0 <= k <= 1:
        raise fail(NUM, "the share lies outside 0 % to 100 %")
    return _at(sorted(xs), k * (len(xs) - 1))


@_statistics.typed(
    "PERCENTILE.EXC(range, share)",
    ("PERCENTILE.EXC({1,2,3,4},0.25)", 1.25),
    takes_ranges=frozenset({0}),
    excel=lambda cells, share: f"_xlfn.PERCENTILE.EXC({cells},{share})",
)
def _percentile_exc(cells: Value, share: Value) -> Value:
    """As PERCENTILE, where n numbers divide the whole into n + 1 parts: a share below 1/(n + 1) or above n/(n + 1), and no
    number, is #NUM!."""
    return _exclusive(numbers((cells,)), number(share))


def _exclusive(xs: list[float], k: float) -> float:
    place = digits15(k * (len(xs) + 1)) if 0 < k < 1 else 0.0
    if not 1 <= place <= len(xs):
        raise fail(NUM, f"{k:g} lies below the first or above the last of {len(xs)} numbers")
    return _at(sorted(xs), place - 1)


@_statistic("STDEV(value, …)", ("STDEV(1,2,3)", 1.0), vector="scan")
def _stdev(xs: list[float]) -> float:
    """The standard deviation of a sample (divided by n - 1). Fewer than two numbers are #DIV/0!."""
    return math.sqrt(_var(xs))


def _squares(xs: list[float]) -> float:
    m = mean(xs)
    return total([(x - m) ** 2 for x in xs])


@_statistic("VAR(value, …)", ("VAR(1,2,3)", 1.0), vector="scan")
def _var(xs: list[float]) -> float:
    """The variance of a sample (divided by n - 1). Fewer than two numbers are #DIV/0!."""
    if len(xs) < 2:
        raise fail(DIV0, "a variance needs two numbers")
    return _squares(xs) / (len(xs) - 1)


@_statistic("VARP(value, …)", ("VARP(1,3)", 1.0), vector="scan")
def _varp(xs: list[float]) -> float:
    """The variance of all there are (divided by n). No number is #DIV/0!."""
    if not xs:
        raise fail(DIV0, "a variance needs a number")
    return _squares(xs) / len(xs)


@_statistic("STDEVP(value, …)", ("STDEVP(1,3)", 1.0), vector="scan")
def _stdevp(xs: list[float]) -> float:
    """The standard deviation of all there are (divided by n). No number is #DIV/0!."""
    return math.sqrt(_varp(xs))


@_statistic("SUMSQ(value, …)", ("SUMSQ(3,4)", 25.0), vector="scan")
def _sumsq(xs: list[float]) -> float:
    """The sum of the squares."""
    return total([x * x for x in xs])


@_statistic("DEVSQ(value, …)", ("DEVSQ(1,3)", 2.0), vector="scan")
def _devsq(xs: list[float]) -> float:
    """The sum of the squared distances from the average; none is #NUM!."""
    if not xs:
        raise fail(NUM, "there is no number")
    return _squares(xs)


@_statistic("AVEDEV(value, …)", ("AVEDEV(1,3)", 1.0), vector="scan")
def _avedev(xs: list[float]) -> float:
    """The average distance from the average; none is #NUM!."""
    if not xs:
        raise fail(NUM, "there is no number")
    m = mean(xs)
    return total([abs(x - m) for x in xs]) / len(xs)


@_statistic("GEOMEAN(value, …)", ("GEOMEAN(1,4)", 2.0), vector="scan")
def _geomean(xs: list[float]) -> float:
    """The geometric mean. Zero and negative numbers are #NUM!."""
    if not xs or min(xs) <= 0:
        raise fail(NUM, "only positive numbers have a geometric mean")
    product = math.prod(xs)
    if 1e-290 < product < 1e290:
        return math.pow(product, 1 / len(xs))
    return math.exp(total([math.log(x) for x in xs]) / len(xs))


@_statistic("HARMEAN(value, …)", ("HARMEAN(1,3)", 1.5), vector="scan")
def _harmean(xs: list[float]) -> float:
    """The harmonic mean. Zero and negative numbers are #NUM!."""
    if not xs or min(xs) <= 0:
        raise fail(NUM, "only positive numbers have a harmonic mean")
    return len(xs) / total([1 / x for x in xs])


@_statistics.typed("MODE(value, …)", ("MODE({1,2,2,3})", 2.0), takes_ranges="all")
def _mode(*args: Value) -> Value:
    """The number that occurs most often, of several the first; #N/A where none occurs twice. A text written out is
    #VALUE!."""
    if any(isinstance(a, str) for a in args):
        raise fail(VALUE, "a text is no number")
    found = Counter(numbers(args)).most_common(1)
    if not found or found[0][1] < 2:
        raise fail(NA, "no number occurs twice")
    return found[0][0]


def _place(cells: Value, place: Value) -> tuple[list[float], float]:
    xs = sorted(numbers((cells,)))
    k = number(place)
    if not 1 <= k < len(xs) + 1:
        raise fail(NUM, f"there is no place {k:g} among {len(xs)} numbers")
    return xs, k


@_statistics.typed("LARGE(range, place)", ("LARGE({3,5,4},2)", 4.0), takes_ranges=frozenset({0}), vector="scan")
def _large(cells: Value, place: Value) -> Value:
    """The number at a place counted from the largest; a part of a place is rounded up. A place outside the numbers
    is #NUM!."""
    xs, k = _place(cells, place)
    if k > len(xs):
        raise fail(NUM, f"there is no place {k:g} among {len(xs)} numbers")
    return xs[-math.ceil(k)]


@_statistics.typed("SMALL(range, place)", ("SMALL({3,5,4},2)", 4.0), takes_ranges=frozenset({0}), vector="scan")
def _small(cells: Value, place: Value) -> Value:
    """The number at a place counted from the smallest; a part of a place is cut off. A place outside the numbers
    is #NUM!."""
    xs, k = _place(cells, place)
    return xs[int(k) - 1]


@_statistics.typed("RANK(number, range, [rising])", ("RANK(4,{3,5,4})", 2.0), takes_ranges=frozenset({1}))
def _rank(value: Value, cells: Value, rising: Value = False) -> Value:
    """The place of a number in a range, counted from the largest, or from the smallest where the third argument is true.
    Equal numbers share the first place; a number that is not in the range is #N/A."""
    x = number(value)
    xs = range_numbers(as_range(cells))
    upwards = to_bool(rising)
    if isinstance(upwards, ErrorValue):
        raise Refusal(upwards)
    if x not in xs:
        raise fail(NA, "the number is not in the range")
    return float(1 + sum(y < x if upwards else y > x for y in xs))


@_statistics.typed(
    "QUARTILE(range, quarter)", ("QUARTILE({1,2,3,4,5},1)", 2.0), takes_ranges=frozenset({0}), vector="scan"
)
def _quartile(cells: Value, quarter: Value) -> Value:
    """The value that so many quarters of the numbers do not exceed, interpolated: 0 the smallest, 2 the median, 4 the
    largest. Others, and no number, are #NUM!."""
    xs = numbers((cells,))
    q = math.trunc(max(-9.0, min(9.0, number(quarter))))
    if not xs or not 0 <= q <= 4:
        raise fail(NUM, "the quarter must be 0 to 4, of at least one number")
    return _at(sorted(xs), q / 4 * (len(xs) - 1))


@_statistics.typed(
    "QUARTILE.EXC(range, quarter)",
    ("QUARTILE.EXC({1,2,3,4,5},1)", 1.5),
    takes_ranges=frozenset({0}),
    excel=lambda cells, quarter: f"_xlfn.QUARTILE.EXC({cells},{quarter})",
)
def _quartile_exc(cells: Value, quarter: Value) -> Value:
    """As QUARTILE, by PERCENTILE.EXC: 1 to 3 only; others, and too few numbers, are #NUM!."""
    xs = numbers((cells,))
    return _exclusive(xs, math.trunc(max(-9.0, min(9.0, number(quarter)))) / 4)


@_statistics.typed(
    "PERCENTRANK(range, value, [digits])", ("PERCENTRANK({1,2,3,4,5},2.5)", 0.375), takes_ranges=frozenset({0})
)
def _percentrank(cells: Value, value: Value, digits: Value = 3.0) -> Value:
    """The share of a range's numbers below a value, 0 to 1, interpolated between them and cut off after so many digits. A
    value outside the range is #N/A, fewer than one digit #NUM!."""
    xs, x, places = sorted(numbers((cells,))), number(value), math.trunc(min(15.0, number(digits)))
    if not xs or places < 1:
        raise fail(NUM, "there must be a number, and at least one digit")
    if not xs[0] <= x <= xs[-1]:
        raise fail(NA, "the value lies outside the range")
    if len(xs) == 1:
        return 1.0
    at = bisect.bisect_left(xs, x)
    part = float(at) if xs[at] == x else at - 1 + (x - xs[at - 1]) / (xs[at] - xs[at - 1])
    return math.floor(digits15(part / (len(xs) - 1) * 10.0**places)) / 10.0**places


@_statistics.typed("TRIMMEAN(range, share)", ("TRIMMEAN({1,2,3,40},0.5)", 2.5), takes_ranges=frozenset({0}))
def _trimmean(cells: Value, share: Value) -> Value:
    """The average without a share of the numbers, the same count of the smallest and the largest (rounded down). A share
    outside 0 to 1, and no number, is #NUM!."""
    xs, k = sorted(numbers((cells,))), number(share)
    if not xs or not 0 <= k < 1:
        raise fail(NUM, "the share must be at least 0 and below 1, of at least one number")
    off = math.floor(digits15(len(xs) * k) / 2)
    return mean(xs[off : len(xs) - off])


@_statistic("SKEW(value, …)", ("SKEW(1,1,4)", 1.7320508075688767), vector="scan")
def _skew(xs: list[float]) -> float:
    """How far a sample leans to one side. Fewer than three numbers, or numbers that do not vary, are #DIV/0!."""
    n, spread, m = len(xs), _deviation(xs, 3), mean(xs)
    return n / ((n - 1) * (n - 2)) * total([((x - m) / spread) ** 3 for x in xs])


@_statistic("KURT(value, …)", ("KURT(1,2,3,4)", -1.2), vector="scan")
def _kurt(xs: list[float]) -> float:
    """How heavy the ends of a sample are beside those of the normal distribution. Fewer than four numbers, or numbers that
    do not vary, are #DIV/0!."""
    n, spread, m = len(xs), _deviation(xs, 4), mean(xs)
    fourth = total([((x - m) / spread) ** 4 for x in xs])
    return n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * fourth - 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))


def _deviation(xs: list[float], least: int) -> float:
    if len(xs) < least or min(xs) == max(xs):
        raise fail(DIV0, f"at least {least} numbers that vary are needed")
    return _stdev(xs)
