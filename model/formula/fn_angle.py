"""Angles in radians, hyperbolic functions, and counting."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from model.formula.coerce import Value
from model.formula.fn_base import Group, Refusal, fail, not_boolean
from model.values import DIV0, NUM, VALUE, ErrorValue, Range

_group = Group("Angles and counting")
FUNCTIONS = _group.functions
_numeric = _group.numeric
LARGEST_ANGLE: Final = 2.0**27
_MOST_DIGITS: Final = 310  # more than a number has


def _angle(x: float) -> float:
    if abs(x) >= LARGEST_ANGLE:
        raise fail(NUM, "the angle is too large to be told from another")
    return x


@_numeric("PI()", ("PI()", math.pi))
def _pi() -> float:
    """The circle's number."""
    return math.pi


@_numeric("RADIANS(degrees)", ("RADIANS(180)", math.pi), vector="radians")
def _radians(degrees: float) -> float:
    """An angle in degrees as radians."""
    return degrees / 180 * math.pi


@_numeric("DEGREES(radians)", ("DEGREES(PI())", 180.0), vector="degrees")
def _degrees(radians: float) -> float:
    """An angle in radians as degrees."""
    return radians / math.pi * 180


@_numeric("SIN(angle)", ("SIN(0)", 0.0), vector="sin")
def _sin(x: float) -> float:
    """The sine of an angle in radians; beyond 134,217,728 it is #NUM!."""
    return math.sin(_angle(x))


@_numeric("COS(angle)", ("COS(0)", 1.0), vector="cos")
def _cos(x: float) -> float:
    """The cosine of an angle in radians; beyond 134,217,728 it is #NUM!."""
    return math.cos(_angle(x))


@_numeric("TAN(angle)", ("TAN(0)", 0.0), vector="tan")
def _tan(x: float) -> float:
    """The tangent of an angle in radians; beyond 134,217,728 it is #NUM!."""
    return math.tan(_angle(x))


def _within(x: float, holds: bool) -> float:
    if not holds:
        raise fail(NUM, "the number lies outside the function's range")
    return x


@_numeric("ASIN(number)", ("ASIN(0)", 0.0), vector="arcsin")
def _asin(x: float) -> float:
    """The angle of this sine. Outside -1 to 1 it is #NUM!."""
    return math.asin(_within(x, -1 <= x <= 1))


@_numeric("ACOS(number)", ("ACOS(1)", 0.0), vector="arccos")
def _acos(x: float) -> float:
    """The angle of this cosine. Outside -1 to 1 it is #NUM!."""
    return math.acos(_within(x, -1 <= x <= 1))


@_numeric("ATAN(number)", ("ATAN(0)", 0.0), vector="arctan")
def _atan(x: float) -> float:
    """The angle of this tangent."""
    return math.atan(x)


@_numeric("SINH(number)", ("SINH(0)", 0.0), vector="sinh")
def _sinh(x: float) -> float:
    """The hyperbolic sine."""
    return math.sinh(x)


@_numeric("COSH(number)", ("COSH(0)", 1.0), vector="cosh")
def _cosh(x: float) -> float:
    """The hyperbolic cosine."""
    return math.cosh(x)


@_numeric("TANH(number)", ("TANH(0)", 0.0), vector="tanh")
def _tanh(x: float) -> float:
    """The hyperbolic tangent."""
    return math.tanh(x)


@_numeric("ASINH(number)", ("ASINH(0)", 0.0), vector="arcsinh")
def _asinh(x: float) -> float:
    """The number whose hyperbolic sine this is."""
    return math.asinh(x)


@_numeric("ACOSH(number)", ("ACOSH(1)", 0.0), vector="arccosh")
def _acosh(x: float) -> float:
    """The number whose hyperbolic cosine this is. Below 1 it is #NUM!."""
    return math.acosh(_within(x, x >= 1))


@_numeric("ATANH(number)", ("ATANH(0)", 0.0), vector="arctanh")
def _atanh(x: float) -> float:
    """The number whose hyperbolic tangent this is. At -1 and 1 and beyond it is #NUM!."""
    return math.atanh(_within(x, -1 < x < 1))


# -- counting -----------------------------------------------------------------------------------------


@_numeric("FACT(number)", ("FACT(5)", 120.0))
def _fact(x: float) -> float:
    """The factorial of the whole part. Negative numbers and those above 170 are #NUM!."""
    if x < 0 or x >= 171:
        raise fail(NUM, "only 0 to 170 have a factorial that a number can hold")
    return float(math.factorial(int(x)))


@_numeric("COMBIN(items, chosen)", ("COMBIN(5,2)", 10.0))
def _combin(items: float, chosen: float) -> float:
    """In how many ways so many items can be chosen; parts are cut off. Negative numbers, or more chosen than there are,
    are #NUM!."""
    n, k = int(items), int(chosen)
    if not 0 <= k <= n:
        raise fail(NUM, "no more items can be chosen than there are")
    k = min(k, n - k)
    if k and k * (math.log10(n) - math.log10(k)) > _MOST_DIGITS:  # (n / k)^k is a lower bound
        raise fail(NUM, "the result is larger than a number can be")
    return float(math.comb(n, k))


@_numeric("PERMUT(items, chosen)", ("PERMUT(5,2)", 20.0))
def _permut(items: float, chosen: float) -> float:
    """In how many orders so many items can be chosen; parts are cut off. Negative numbers, or more chosen than there are,
    are #NUM!."""
    n, k = math.trunc(items), math.trunc(chosen)
    if n <= 0 or not 0 <= k <= n:
        raise fail(NUM, "no more items can be chosen than there are")
    if k and k * math.log10(k / math.e) > _MOST_DIGITS:  # k! is a lower bound
        raise fail(NUM, "the result is larger than a number can be")
    return float(math.perm(n, k))


def _whole_numbers(args: tuple[Value, ...]) -> list[int]:
    found = []
    for a in args:
        for v in a if isinstance(a, Range) else [a]:
            if isinstance(v, ErrorValue):
                raise Refusal(v)
            if v is None and isinstance(a, Range):
                continue
            x = not_boolean(v)
            if x < 0 or x >= 2**53:
                raise fail(NUM, "only whole numbers from 0 to 2^53 have divisors in common")
            found.append(int(x))
    if not found:
        raise fail(VALUE, "there is no number")
    return found


def _divisors(function: Callable[..., int]) -> Callable[..., Value]:
    def value(*args: Value) -> Value:
        result = function(*_whole_numbers(args))
        if result >= 2**53:
            raise fail(NUM, "the result is larger than a whole number can be")
        return float(result)

    return value


def _gcd(*args: Value) -> Value:
    """The greatest number that divides all, parts cut off. Negative numbers are #NUM!, text and conditions #VALUE!."""
    return _divisors(math.gcd)(*args)


def _lcm(*args: Value) -> Value:
    """The least number that all divide, parts cut off. Negative numbers are #NUM!, text and conditions #VALUE!."""
    return _divisors(math.lcm)(*args)


_group.typed("GCD(number, …)", ("GCD(12,18)", 6.0), takes_ranges="all")(_gcd)
_group.typed("LCM(number, …)", ("LCM(4,6)", 12.0), takes_ranges="all")(_lcm)


@_numeric("EVEN(number)", ("EVEN(1.5)", 2.0))
def _even(x: float) -> float:
    """The even number at it or further from zero."""
    return math.copysign(2 * math.ceil(abs(x) / 2), x) if x else 0.0


@_numeric("ODD(number)", ("ODD(1.5)", 3.0))
def _odd(x: float) -> float:
    """The odd number at it or further from zero; of 0 it is 1."""
    return math.copysign(2 * max(0, math.ceil((abs(x) - 1) / 2)) + 1, x) if x else 1.0


@_numeric("QUOTIENT(number, divisor)", ("QUOTIENT(-7,2)", -3.0), strict=True)
def _quotient(x: float, divisor: float) -> float:
    """The whole part of a division. Divisor 0 is #DIV/0!."""
    if divisor == 0:
        raise fail(DIV0, "division by zero")
    return float(math.trunc(x / divisor))
