"""Depreciation of an asset over its life."""

from __future__ import annotations

import math
from typing import Final

from model.formula.coerce import DIVISION
from model.formula.fn_base import Group, fail
from model.formula.fn_math import round_half
from model.values import DIV0, NUM

_group = Group("Depreciation")
FUNCTIONS = _group.functions
_numeric = _group.numeric
LONGEST: Final = 10_000  # periods of a life that VDB looks at one by one


@_numeric("SLN(cost, salvage, life)", ("SLN(1000,100,9)", 100.0))
def _sln(cost: float, salvage: float, life: float) -> float:
    """The depreciation of each period in equal parts. A life of 0 is #DIV/0!."""
    if life == 0:
        raise fail(DIV0, DIVISION)
    return (cost - salvage) / life


@_numeric("SYD(cost, salvage, life, period)", ("SYD(1000,100,2,1)", 600.0))
def _syd(cost: float, salvage: float, life: float, period: float) -> float:
    """The depreciation of a period by the sum of the years' digits. A negative salvage, or a period beyond the life, is
    #NUM!."""
    if salvage < 0 or not 0 < period <= life:
        raise fail(NUM, "the period lies outside the life of the asset")
    return (cost - salvage) * (life - period + 1) * 2 / (life * (life + 1))


@_numeric("DDB(cost, salvage, life, period, [factor])", ("DDB(1000,100,5,2)", 240.0))
def ddb(cost: float, salvage: float, life: float, period: float, factor: float = 2.0) -> float:
    """The depreciation of a period by a declining balance, twice the straight line unless told otherwise, never below
    the salvage. Negative amounts, a period outside 1 to life, or a factor not above 0 are #NUM!."""
    if cost < 0 or salvage < 0 or factor <= 0 or not 0 < period <= life:
        raise fail(NUM, "the amounts must not be negative, the period must lie within the life of the asset")
    rate = min(1.0, factor / life)
    if rate == 1:
        before, after = (cost if period == 1 else 0.0), 0.0
    else:
        before, after = cost * (1 - rate) ** (period - 1), cost * (1 - rate) ** period
    return max(0.0, before - max(after, salvage))


@_numeric("DB(cost, salvage, life, period, [months])", ("DB(1000,100,5,1)", 369.0))
def _db(cost: float, salvage: float, life: float, period: float, months: float = 12.0) -> float:
    """The depreciation of a period by a fixed part of what is left, rounded to three digits, the first year having only
    so many months. Negative amounts, months outside 1 to 12, and periods beyond the year after the life are #NUM!."""
    last, part = math.trunc(min(period, 1e6)), math.trunc(max(0.0, min(months, 99.0)))
    if cost < 0 or salvage < 0 or life <= 0 or not 1 <= part <= 12:
        raise fail(NUM, "the amounts must not be negative, the first year has 1 to 12 months")
    if last < 1 or last > life + 1:
        raise fail(NUM, "the period lies outside the life of the asset")
    if cost == 0:
        return 0.0
    rate = round_half(1 - (salvage / cost) ** (1 / life), 3)
    first = cost * rate * part / 12
    if last == 1:
        return first
    left = (cost - first) * (1 - rate) ** (last - 2)
    return left * rate * ((12 - part) / 12 if last > life else 1.0)


@_numeric("VDB(cost, salvage, life, start, end, [factor], [no_switch])", ("VDB(1000,100,5,0,2)", 640.0))
def _vdb(
    cost: float, salvage: float, life: float, start: float, end: float, factor: float = 2.0, no_switch: float = 0.0
) -> float:
    """The depreciation between two moments of an asset's life by a declining balance (twice the straight line unless
    told otherwise), which gives way to the straight line over the rest of the life once that is more, unless the last
    argument is true. Moments outside the life, negative amounts, or a factor not above 0 are #NUM!."""
    if not 0 <= start <= end <= life or cost < 0 or salvage < 0 or factor <= 0 or life <= 0:
        raise fail(NUM, "the moments must lie within the life of the asset, the amounts must not be negative")
    if end > LONGEST:
        raise fail(NUM, "these are more periods than can be added up")
    left, result, straight = cost, 0.0, 0.0
    for k in range(math.ceil(end)):
        if straight:
            part = straight
        else:
            part = max(0.0, min(left * min(1.0, factor / life), left - salvage))
            even = (left - salvage) / (life - k)
            if not no_switch and even > part:
                part = straight = even
        left -= part
        result += part * max(0.0, min(end, k + 1) - max(start, k))
    return result
