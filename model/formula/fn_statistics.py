"""Statistics over the numbers of ranges."""

from __future__ import annotations

import bisect
import math
from collections import Counter

from model.formula.coerce import Value, digits15, is_number, to_bool
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
    return _quantile(sorted(xs), k)


@_statistic("STDEV(value, …)", ("STDEV(1,2,3)", 1.0), vector="scan")
def _stdev(xs: list[float]) -> float:
    """The standard deviation of a sample (divided by n - 1). Fewer than two numbers are #DIV/0!."""
    if len(xs) < 2:
        raise fail(DIV0, "a standard deviation needs two numbers")
    m = mean(xs)
    return math.sqrt(total([(x - m) ** 2 for x in xs]) / (len(xs) - 1))


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
    return _quantile(sorted(xs), q / 4)


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
    n, spread = len(xs), _deviation(xs, 3)
    return n / ((n - 1) * (n - 2)) * total([((x - mean(xs)) / spread) ** 3 for x in xs])


@_statistic("KURT(value, …)", ("KURT(1,2,3,4)", -1.2), vector="scan")
def _kurt(xs: list[float]) -> float:
    """How heavy the ends of a sample are beside those of the normal distribution. Fewer than four numbers, or numbers that
    do not vary, are #DIV/0!."""
    n, spread = len(xs), _deviation(xs, 4)
    fourth = total([((x - mean(xs)) / spread) ** 4 for x in xs])
    return n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * fourth - 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))


def _deviation(xs: list[float], least: int) -> float:
    if len(xs) < least or min(xs) == max(xs):
        raise fail(DIV0, f"at least {least} numbers that vary are needed")
    return _stdev(xs)


# -- two ranges ---------------------------------------------------------------------------------------


def _pairs(a: Value, b: Value) -> list[tuple[float, float]]:
    """The places where both ranges hold numbers."""
    first, second = as_range(a), as_range(b)
    for v in (*first, *second):
        if isinstance(v, ErrorValue):
            raise Refusal(v)
    if len(first) != len(second):
        raise fail(NA, "the ranges have different lengths")
    pairs = [(float(x), float(y)) for x, y in zip(first, second, strict=True) if is_number(x) and is_number(y)]
    if not pairs:
        raise fail(DIV0, "there is no pair of numbers")
    return pairs


def _moments(pairs: list[tuple[float, float]]) -> tuple[float, float, float, float, float]:
    """Averages of both, and the sums of squares and products about them."""
    mx, my = mean([x for x, _ in pairs]), mean([y for _, y in pairs])
    return (
        mx, my, total([(x - mx) ** 2 for x, _ in pairs]), total([(y - my) ** 2 for _, y in pairs]),
        total([(x - mx) * (y - my) for x, y in pairs]),
    )  # fmt: skip


@_statistics.typed(
    "CORREL(range, range)",
    ("CORREL(ALL(x),ALL(y))", "how far two rows move together, from -1 to 1"),
    takes_ranges=frozenset({0, 1}),
    vector="scan",
)
def _correl(a: Value, b: Value) -> Value:
    """The correlation of two ranges, -1 to 1, over the places where both hold numbers. Different lengths are #N/A,
    a range that does not vary is #DIV/0!."""
    _, _, xx, yy, xy = _moments(_pairs(a, b))
    spread = math.sqrt(xx * yy)
    if spread == 0:
        raise fail(DIV0, "a range that does not vary has no correlation")
    return xy / spread


@_statistics.typed("RSQ(ys, xs)", ("RSQ({1,2,3},{2,4,6})", 1.0), takes_ranges=frozenset({0, 1}), vector="scan")
def _rsq(ys: Value, xs: Value) -> Value:
    """The square of the correlation."""
    r = _correl(ys, xs)
    return number(r) ** 2


@_statistics.typed(
    "COVAR(range, range)", ("COVAR({1,2,3},{2,4,6})", 1.3333333333333333), takes_ranges=frozenset({0, 1}), vector="scan"
)
def _covar(a: Value, b: Value) -> Value:
    """The covariance of two ranges (divided by n). Different lengths are #N/A."""
    pairs = _pairs(a, b)
    return _moments(pairs)[4] / len(pairs)


def _line(ys: Value, xs: Value) -> tuple[float, float]:
    """Intercept and slope of the straight line of least squares."""
    my, mx, _, xx, xy = _moments(_pairs(ys, xs))
    if xx == 0:
        raise fail(DIV0, "a range that does not vary gives no line")
    return my - xy / xx * mx, xy / xx


@_statistics.typed("SLOPE(ys, xs)", ("SLOPE({1,2,3},{2,4,6})", 0.5), takes_ranges=frozenset({0, 1}), vector="scan")
def _slope(ys: Value, xs: Value) -> Value:
    """The slope of the straight line of least squares. Different lengths are #N/A, xs that do not vary #DIV/0!."""
    return _line(ys, xs)[1]


@_statistics.typed(
    "INTERCEPT(ys, xs)", ("INTERCEPT({1,2,3},{2,4,6})", 0.0), takes_ranges=frozenset({0, 1}), vector="scan"
)
def _intercept(ys: Value, xs: Value) -> Value:
    """Where the straight line of least squares meets x = 0. Errors as SLOPE."""
    return _line(ys, xs)[0]


@_statistics.typed(
    "FORECAST(x, ys, xs)", ("FORECAST(8,{1,2,3},{2,4,6})", 4.0), takes_ranges=frozenset({1, 2}), vector="scan"
)
def _forecast(x: Value, ys: Value, xs: Value) -> Value:
    """The straight line of least squares at x. Errors as SLOPE."""
    at = number(x)
    base, slope = _line(ys, xs)
    return base + slope * at


@_statistics.typed(
    "STEYX(ys, xs)", ("STEYX({1,2,4},{1,2,3})", 0.408248290463863), takes_ranges=frozenset({0, 1}), vector="scan"
)
def _steyx(ys: Value, xs: Value) -> Value:
    """The standard error of the straight line of least squares. Fewer than three pairs, or xs that do not vary, are
    #DIV/0!, different lengths #N/A."""
    pairs = _pairs(ys, xs)
    _, _, yy, xx, xy = _moments(pairs)
    if len(pairs) < 3 or xx == 0:
        raise fail(DIV0, "at least three pairs that vary are needed")
    return math.sqrt(max(0.0, yy - xy * xy / xx) / (len(pairs) - 2))
