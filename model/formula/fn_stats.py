"""Sums, counts and statistics over numbers."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from model.formula.coerce import TOO_LARGE, Value, is_number, to_number
from model.formula.fn_base import FAST_NAMES, Group, Refusal, as_range, fail, number, same_length
from model.values import DIV0, VALUE, ErrorValue, Range

_totals = Group("Totals")
FUNCTIONS = _totals.functions
_total = _totals.aggregate


_PLAIN_SUM = sys.version_info < (3, 12)


def total(xs: Sequence[float]) -> float:
    """The plain sum from left to right, as Excel adds (Python's own sum compensates from 3.12 on)."""
    if _PLAIN_SUM:
        return sum(xs, 0.0)
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


def _all_values(args: Sequence[Value]) -> list[float]:
    """As ``numbers``, but that in references texts are 0 and conditions 0 or 1."""
    found: list[float] = []
    for a in args:
        for v in a if isinstance(a, Range) else (number(a),):
            if isinstance(v, ErrorValue):
                raise Refusal(v)
            if v is not None:
                found.append(0.0 if isinstance(v, str) else float(v))
    return found


@_totals.typed("AVERAGEA(value, …)", ('AVERAGEA({1,"a",TRUE,6})', 2.0), takes_ranges="all")
def _averagea(*args: Value) -> Value:
    """As AVERAGE, but that in references texts count as 0 and TRUE as 1."""
    return mean(_all_values(args))


@_totals.typed("MAXA(value, …)", ("MAXA({-1,-2,FALSE})", 0.0), takes_ranges="all")
def _maxa(*args: Value) -> Value:
    """As MAX, but that in references texts count as 0 and TRUE as 1."""
    return max(_all_values(args), default=0.0)


@_totals.typed("MINA(value, …)", ("MINA({1,2,FALSE})", 0.0), takes_ranges="all")
def _mina(*args: Value) -> Value:
    """As MIN, but that in references texts count as 0 and TRUE as 1."""
    return min(_all_values(args), default=0.0)


@_totals.typed("COUNT(value, …)", ('COUNT(1,"7","a")', 2.0), takes_ranges="all", vector="scan", whole=True)
def _count(*args: Value) -> Value:
    """How many numbers there are. Errors and text are not counted, a number written as text is."""
    n = 0
    for a in args:
        if isinstance(a, Range):
            n += sum(is_number(v) for v in a)
        else:
            n += not isinstance(to_number(a), ErrorValue)
    return float(n)


@_totals.typed("COUNTA(value, …)", ('COUNTA(1,"a","")', 3.0), takes_ranges="all", vector="scan", whole=True)
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
    count as 0: write a condition as (a>b)*1. Of single values a text is #VALUE!."""
    columns = [as_range(a) for a in args]
    same_length(*columns)
    if len(columns[0]) == 1 and any(isinstance(c[0], str) for c in columns):
        raise fail(VALUE, "a text stands where one number is needed")
    return _products(*[[_factor(v) for v in column] for column in columns])


def _factor(v: Value) -> float:
    if isinstance(v, ErrorValue):
        raise Refusal(v)
    return number(v) if is_number(v) else 0.0
