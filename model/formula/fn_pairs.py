"""Statistics over two ranges, place by place."""

from __future__ import annotations

import math
from collections.abc import Callable

from model.formula.coerce import Value, is_number
from model.formula.fn_base import Group, Refusal, as_range, fail, number
from model.formula.fn_stats import mean, total
from model.values import DIV0, NA, ErrorValue

_statistics = Group("Two ranges")
FUNCTIONS = _statistics.functions


def _pairs(a: Value, b: Value) -> list[tuple[float, float]]:
    """The places where both ranges hold numbers."""
    first, second = as_range(a), as_range(b)
    for v in (*first, *second):
        if isinstance(v, ErrorValue):
            raise Refusal(v)
    if len(first) != len(second):
        raise fail(NA, "the ranges have different lengths")
    return [(float(x), float(y)) for x, y in zip(first, second, strict=True) if is_number(x) and is_number(y)]


def _some_pairs(a: Value, b: Value) -> list[tuple[float, float]]:
    pairs = _pairs(a, b)
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
    _, _, xx, yy, xy = _moments(_some_pairs(a, b))
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
    pairs = _some_pairs(a, b)
    return _moments(pairs)[4] / len(pairs)


def _line(ys: Value, xs: Value) -> tuple[float, float]:
    """Intercept and slope of the straight line of least squares."""
    my, mx, _, xx, xy = _moments(_some_pairs(ys, xs))
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
    pairs = _some_pairs(ys, xs)
    _, _, yy, xx, xy = _moments(pairs)
    if len(pairs) < 3 or xx == 0:
        raise fail(DIV0, "at least three pairs that vary are needed")
    return math.sqrt(max(0.0, yy - xy * xy / xx) / (len(pairs) - 2))


def _squared(signature: str, example: tuple[str, Value], term: Callable[[float, float], float], doc: str) -> None:
    def core(xs: Value, ys: Value) -> Value:
        return total([term(x, y) for x, y in _pairs(xs, ys)])

    core.__doc__ = doc
    _statistics.typed(signature, example, takes_ranges=frozenset({0, 1}))(core)


_WHERE = "over the places where both ranges hold numbers. Different lengths are #N/A."
_squared(
    "SUMXMY2(xs, ys)", ("SUMXMY2({2,3,9},{6,5,11})", 24.0), lambda x, y: (x - y) ** 2,
    f"The sum of the squared differences, {_WHERE}",
)  # fmt: skip
_squared(
    "SUMX2MY2(xs, ys)", ("SUMX2MY2({2,3,9},{6,5,11})", -88.0), lambda x, y: x * x - y * y,
    f"The sum of the differences of the squares, {_WHERE}",
)  # fmt: skip
_squared(
    "SUMX2PY2(xs, ys)", ("SUMX2PY2({2,3,9},{6,5,11})", 276.0), lambda x, y: x * x + y * y,
    f"The sum of the squares of both, {_WHERE}",
)  # fmt: skip
