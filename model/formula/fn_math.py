"""Arithmetic and rounding."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from model.formula.coerce import DIVISION, digits15, power_fast, raise_to
from model.formula.fn_base import FAST_NAMES, Group, Refusal, fail
from model.values import DIV0, NUM, ErrorValue

_group = Group("Arithmetic and rounding")
FUNCTIONS = _group.functions
_numeric = _group.numeric
FAST_NAMES.update(exp=math.exp, log=math.log, log10=math.log10, sqrt=math.sqrt, floor=math.floor)
FAST_NAMES["power_fast"] = power_fast
MOST_QUOTIENT: Final = 1_125_900_000_000  # what Excel 2010 and later, and Google Sheets, refuse


@_numeric("ABS(number)", ("ABS(-2.5)", 2.5), fast="abs({0})", vector="absolute")
def _abs(x: float) -> float:
    """The number without its sign."""
    return abs(x)


@_numeric("SIGN(number)", ("SIGN(-3)", -1.0), vector="sign", whole=True)
def _sign(x: float) -> float:
    """1 for a positive number, -1 for a negative one, 0 for 0."""
    return float((x > 0) - (x < 0))


@_numeric("SQRT(number)", ("SQRT(16)", 4.0), fast="sqrt({0})", vector="sqrt")
def _sqrt(x: float) -> float:
    """The square root. A negative number is #NUM!."""
    if x < 0:
        raise fail(NUM, "a negative number has no square root")
    return math.sqrt(x)


@_numeric("EXP(number)", ("EXP(0)", 1.0), fast="exp({0})", vector="exp")
def _exp(x: float) -> float:
    """e to this power. Beyond 709 it is #NUM!."""
    return math.exp(x)


def _logarithm(x: float) -> None:
    if x <= 0:
        raise fail(NUM, "only a positive number has a logarithm")


@_numeric("LN(number)", ("LN(1)", 0.0), fast="log({0})", vector="log")
def _ln(x: float) -> float:
    """The natural logarithm. Zero and negative numbers are #NUM!."""
    _logarithm(x)
    return math.log(x)


@_numeric("LOG10(number)", ("LOG10(1000)", 3.0), fast="log10({0})", vector="log10")
def _log10(x: float) -> float:
    """The logarithm to base 10. Zero and negative numbers are #NUM!."""
    _logarithm(x)
    return math.log10(x)


@_numeric("LOG(number, [base])", ("LOG(8,2)", 3.0), vector="logarithm")
def _log(x: float, base: float = 10.0) -> float:
    """The logarithm to a base, 10 where none is given. Base 1 is #DIV/0!; zero and below are #NUM!."""
    _logarithm(x)
    _logarithm(base)
    if base == 1:
        raise fail(DIV0, "there is no logarithm to base 1")
    return math.log10(x) if base == 10 else math.log(x) / math.log(base)


@_numeric("POWER(number, power)", ("POWER(2,10)", 1024.0), fast="power_fast({0},{1})", vector="scan")
def _power(x: float, y: float) -> float:
    """The number to a power, as ``^``. 0 to the power 0 is #NUM! (1 in LibreOffice), 0 to a negative
    power #DIV/0!; a negative number has powers by whole numbers and odd roots only."""
    result = raise_to(x, y)
    if isinstance(result, ErrorValue):
        raise Refusal(result)
    return result


@_numeric("MOD(number, divisor)", ("MOD(-5,2)", 1.0), vector="modulo")
def _mod(x: float, divisor: float) -> float:
    """What is left after division, with the sign of the divisor, exact for the numbers as they are stored: MOD(10,0.1) is
    0.1, as in Excel since 2010, because 0.1 is stored a little larger. Divisor 0 is #DIV/0!; a number 1,125,900,000,000
    times its divisor or more is #NUM! (LibreOffice computes)."""
    if divisor == 0:
        raise fail(DIV0, DIVISION)
    if abs(x / divisor) >= MOST_QUOTIENT:
        raise fail(NUM, "the number is too large beside its divisor")
    rest = math.fmod(x, divisor)
    if rest and (rest < 0) != (divisor < 0):
        rest += divisor
    return 0.0 if rest == divisor else rest


# -- rounding: at 15 significant digits, so that 2.675 and 1.005 round as they are written -------------


@_numeric("INT(number)", ("INT(-7.5)", -8.0), fast="float(floor({0}))", vector="floor")
def _int(x: float) -> float:
    """The whole number below. Residue is not rounded away: INT((0.1+0.7)*10) is 7 (8 in LibreOffice)."""
    return float(math.floor(x))


def _shift(x: float, digits: float) -> tuple[float, float, bool] | None:
    """|x| with the wanted digits before the point, the power of ten, and whether it multiplied.
    None where the number has no digits behind the wanted ones."""
    n = int(max(-400.0, min(400.0, digits)))
    if n > 300 or x == 0:
        return None
    if n < -300:
        return 0.0, 1.0, True
    scale = 10.0 ** abs(n)
    t = abs(x) * scale if n >= 0 else abs(x) / scale
    return None if t >= 1e15 else (t, scale, n >= 0)


def _unshift(whole: float, scale: float, multiplied: bool, x: float) -> float:
    size = whole / scale if multiplied else whole * scale
    return math.copysign(size, x) if size else 0.0


def _snap(t: float) -> float:
    """t at 15 digits where that may make it whole or a half, else t itself (formatting is slow)."""
    near = t * 2 - round(t * 2)
    return digits15(t) if near and abs(near) <= 4e-14 * t else t


@_numeric("ROUND(number, digits)", ("ROUND(2.675,2)", 2.68), vector="round")
def round_half(x: float, digits: float) -> float:
    """Rounded to digits behind the point, halves away from zero. Negative digits round before the point."""
    shifted = _shift(x, digits)
    if shifted is None:
        return x
    return _unshift(float(math.floor(_snap(shifted[0]) + 0.5)), shifted[1], shifted[2], x)


@_numeric("ROUNDUP(number, digits)", ("ROUNDUP(3.2,0)", 4.0), vector="roundup")
def _round_up(x: float, digits: float) -> float:
    """Rounded away from zero to digits behind the point."""
    if x and digits < -300:
        raise fail(NUM, "the result is larger than a number can be")
    shifted = _shift(x, digits)
    if shifted is None:
        return x
    return _unshift(float(math.ceil(_snap(shifted[0]))), shifted[1], shifted[2], x)


@_numeric("ROUNDDOWN(number, digits)", ("ROUNDDOWN(-3.9,0)", -3.0), vector="rounddown")
def _round_down(x: float, digits: float) -> float:
    """Rounded towards zero to digits behind the point."""
    shifted = _shift(x, digits)
    if shifted is None:
        return x
    return _unshift(float(math.floor(_snap(shifted[0]))), shifted[1], shifted[2], x)


@_numeric("TRUNC(number, [digits])", ("TRUNC(-7.9)", -7.0), vector="trunc")
def _trunc(x: float, digits: float = 0.0) -> float:
    """Digits behind the point are cut off, all of them unless told how many to keep."""
    return _round_down(x, digits)


@_numeric("MROUND(number, multiple)", ("MROUND(7,5)", 5.0), strict=True, vector="mround")
def _mround(x: float, multiple: float) -> float:
    """The nearest multiple. Number and multiple of different sign are #NUM! (LibreOffice computes). Halves of
    decimal multiples may fall either way, as in Excel: MROUND(6.05,0.1) is 6, MROUND(7.05,0.1) is 7.1."""
    if multiple == 0 or x == 0:
        return 0.0
    if (x < 0) != (multiple < 0):
        raise fail(NUM, "the number and the multiple have different signs")
    return multiple * math.floor(x / multiple + 0.5)


@_numeric("CEILING(number, multiple)", ("CEILING(2.5,2)", 4.0), vector="ceiling")
def _ceiling(x: float, multiple: float) -> float:
    """The multiple above; of two negative numbers the one further from zero. A positive number with a
    negative multiple is #NUM!, multiple 0 gives 0."""
    if multiple == 0 or x == 0:
        return 0.0
    if x > 0 > multiple:
        raise fail(NUM, "a positive number has no negative multiple above it")
    return multiple * math.ceil(math.copysign(_snap(abs(x / multiple)), x / multiple))


@_numeric("FLOOR(number, multiple)", ("FLOOR(2.5,2)", 2.0), vector="floor_to")
def _floor(x: float, multiple: float) -> float:
    """The multiple below; of two negative numbers the one nearer to zero. A positive number with a
    negative multiple is #NUM!, multiple 0 is #DIV/0!."""
    if x == 0:
        return 0.0
    if multiple == 0:
        raise fail(DIV0, DIVISION)
    if x > 0 > multiple:
        raise fail(NUM, "a positive number has no negative multiple below it")
    return multiple * math.floor(math.copysign(_snap(abs(x / multiple)), x / multiple))


def _print_math(function: str) -> Callable[..., str]:
    def printed(x: str, multiple: str = "1", mode: str = "0") -> str:
        size = f"ABS({multiple})"
        rounded = f"{function}({x},{size})"
        if mode != "0":
            rounded = f"IF(AND(({x})<0,({mode})+0<>0),{function}({x},-{size}),{rounded})"
        return f"IF(({multiple})+0=0,0*({x})*({mode}),{rounded})" if multiple != "1" else rounded

    return printed


@_numeric(
    "CEILING.MATH(number, [multiple], [mode])",
    ("CEILING.MATH(-5.5,2)", -4.0),
    excel=_print_math("CEILING"),
    vector="ceiling_math",
)
def _ceiling_math(x: float, multiple: float = 1.0, mode: float = 0.0) -> float:
    """The multiple above, whatever the sign of the multiple; of a negative number, with a mode other than 0, the one
    further from zero. Multiple 0 gives 0. In the workbook: CEILING."""
    size = abs(multiple)
    return _ceiling(x, -size if x < 0 and mode else size)


@_numeric(
    "FLOOR.MATH(number, [multiple], [mode])",
    ("FLOOR.MATH(-5.5,2)", -6.0),
    excel=_print_math("FLOOR"),
    vector="floor_math",
)
def _floor_math(x: float, multiple: float = 1.0, mode: float = 0.0) -> float:
    """The multiple below, whatever the sign of the multiple; of a negative number, with a mode other than 0, the one
    nearer to zero. Multiple 0 gives 0. In the workbook: FLOOR."""
    size = abs(multiple)
    return _floor(x, -size if x < 0 and mode else size) if size else 0.0


@_numeric("ATAN2(x, y)", ("ATAN2(1,0)", 0.0), vector="atan2")
def _atan2(x: float, y: float) -> float:
    """The angle of the point (x, y) in radians, x first. The origin is #DIV/0!."""
    if x == 0 and y == 0:
        raise fail(DIV0, "the origin has no angle")
    return math.atan2(y, x)
