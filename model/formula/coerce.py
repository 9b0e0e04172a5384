"""Excel's coercions, comparisons and operators over typed values.

Nothing here raises for any value; what Excel answers with an error is an ``ErrorValue`` whose note
says why. The exceptions are the helpers whose name starts with ``num_`` or ends in ``_fast``: they
serve generated code over floats, and raise ``ArithmeticError`` where the typed form must decide.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable
from typing import Final, TypeAlias

from model.formula.readtext import text_to_number
from model.values import DIV0, NUM, VALUE, ErrorValue, Range

Value: TypeAlias = "float | str | bool | ErrorValue | Range | None"

MAX_TEXT: Final = 32_767  # characters a cell holds
HUGE: Final = 1.7976931348623157e308

TOO_LARGE: Final = "the result is larger than a number can be"
DIVISION: Final = "division by zero"


# -- numbers at 15 significant digits -----------------------------------------------------------------


def digits15(x: float) -> float:
    """The number as Excel compares and shows it: rounded to 15 significant digits."""
    return float(f"{x:.15g}")


def num_eq(a: float, b: float) -> bool:
    """``a = b`` at 15 digits. Raises ArithmeticError unless both are finite."""
    # a - a is not 0 for inf and nan; numbers that agree at 15 digits differ by at most 1e-14 of either.
    if a == b and a - a == 0:
        return True
    if abs(a - b) > 1e-14 * (abs(a) + abs(b)):
        return False
    return _order(a, b) == 0


def num_lt(a: float, b: float) -> bool:
    """``a < b`` at 15 digits. Raises ArithmeticError unless both are finite."""
    if abs(a - b) > 1e-14 * (abs(a) + abs(b)):
        return a < b
    if a == b and a - a == 0:
        return False
    return _order(a, b) < 0


def num_le(a: float, b: float) -> bool:
    """``a <= b`` at 15 digits. Raises ArithmeticError unless both are finite."""
    if abs(a - b) > 1e-14 * (abs(a) + abs(b)):
        return a < b
    if a == b and a - a == 0:
        return True
    return _order(a, b) <= 0


def _order(a: float, b: float) -> int:
    if not (math.isfinite(a) and math.isfinite(b)):
        raise ArithmeticError("not a finite number")
    a, b = digits15(a), digits15(b)
    return (a > b) - (a < b)


# -- coercions ----------------------------------------------------------------------------------------


def is_number(v: object) -> bool:
    return isinstance(v, (float, int)) and not isinstance(v, bool)


def is_error(v: object) -> bool:
    return isinstance(v, ErrorValue)


def single(v: Value) -> float | str | bool | ErrorValue | None:
    """The one value of a range of one cell; a longer range has no single value."""
    if isinstance(v, Range):
        if len(v) == 1:
            item: float | str | bool | ErrorValue | None = v[0]
            return item
        return ErrorValue(VALUE, "a range of several cells stands where one value is needed")
    return v


def finite(x: float) -> float | ErrorValue:
    """The number, or #NUM! where it is none."""
    return x if x - x == 0 else ErrorValue(NUM, TOO_LARGE)


def to_number(v: Value) -> float | ErrorValue:
    """The value in arithmetic: blank is 0, TRUE is 1, text is read as a number or is #VALUE!."""
    if v.__class__ is float:
        return v if v - v == 0 else ErrorValue(NUM, TOO_LARGE)
    if isinstance(v, Range):
        v = single(v)
    if v is None:
        return 0.0
    if isinstance(v, ErrorValue):
        return v
    if isinstance(v, str):
        number = text_to_number(v)
        if number is not None:
            return number
        shown = v if len(v) <= 40 else v[:40] + "…"
        return ErrorValue(VALUE, f"the text “{shown}” is not a number")
    try:
        return finite(float(v))
    except OverflowError:
        return ErrorValue(NUM, TOO_LARGE)


def number_text(x: float) -> str:
    """A number as ``&`` writes it: 15 significant digits, with an exponent only where 20 characters
    would not hold it."""
    if x == 0:
        return "0"
    mantissa, power = f"{abs(x):.14e}".split("e")
    digits = mantissa.replace(".", "").rstrip("0")
    exponent = int(power)
    sign = "-" if x < 0 else ""
    if exponent > 19 or (exponent < 0 and 1 - exponent + len(digits) > 20):
        tail = f".{digits[1:]}" if len(digits) > 1 else ""
        return f"{sign}{digits[0]}{tail}E{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    whole = digits[: exponent + 1].ljust(exponent + 1, "0")
    rest = digits[exponent + 1 :]
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"


def to_text(v: Value) -> str | ErrorValue:
    """The value as text: numbers with 15 digits, TRUE and FALSE in capitals, blank as nothing."""
    if isinstance(v, Range):
        v = single(v)
    if isinstance(v, (str, ErrorValue)):
        return v
    if v is None:
        return ""
    if isinstance(v, bool):
        return "TRUE" if v else "FALSE"
    number = to_number(v)
    return number if isinstance(number, ErrorValue) else number_text(number)


def to_bool(v: Value) -> bool | ErrorValue:
    """The value as a condition: any number but 0 is true, of texts only TRUE and FALSE count."""
    if isinstance(v, Range):
        v = single(v)
    if isinstance(v, (bool, ErrorValue)):
        return v
    if v is None:
        return False
    if isinstance(v, str):
        word = v.upper()
        if word in ("TRUE", "FALSE"):
            return word == "TRUE"
        shown = v if len(v) <= 40 else v[:40] + "…"
        return ErrorValue(VALUE, f"the text “{shown}” is neither TRUE nor FALSE")
    number = to_number(v)
    return number if isinstance(number, ErrorValue) else number != 0


# -- comparison ---------------------------------------------------------------------------------------


def fold(text: str) -> str:
    """Text for comparison, without case."""
    return text.lower()


_MARKS: Final = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
_RANKS: Final = str.maketrans({c: chr(1 + i) for i, c in enumerate(" \t\n\r" + _MARKS)})


def collate(text: str) -> tuple[str, str]:
    """Where a text stands in order: marks before digits before letters, accents looked at last. Texts are equal
    only where they are without case."""
    folded = text.lower()
    if folded.isascii():
        return folded.translate(_RANKS), folded
    plain = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return plain.translate(_RANKS), folded


def order(a: float | str | bool, b: float | str | bool) -> int:
    """-1, 0 or 1 in Excel's ordering: numbers before text before booleans."""
    rank_a, rank_b = _rank(a), _rank(b)
    if rank_a != rank_b:
        return -1 if rank_a < rank_b else 1
    if rank_a == 0:
        x, y = float(a), float(b)
        if abs(x - y) > 1e-14 * (abs(x) + abs(y)):
            return 1 if x > y else -1
        return _order(x, y)
    if rank_a == 1:
        s, t = collate(str(a)), collate(str(b))
        return (s > t) - (s < t)
    return int(a) - int(b)


def _rank(v: object) -> int:
    return 2 if isinstance(v, bool) else 1 if isinstance(v, str) else 0


_BLANK_BESIDE: Final[tuple[float | str | bool, ...]] = (0.0, "", False)
_VERDICT: Final[dict[str, tuple[int, ...]]] = {
    "=": (0,),
    "<>": (-1, 1),
    "<": (-1,),
    "<=": (-1, 0),
    ">": (1,),
    ">=": (0, 1),
}


def compare(op: str, a: Value, b: Value) -> bool | ErrorValue:
    """``a op b`` as Excel answers it; blank takes the kind of the other side."""
    a, b = single(a), single(b)
    if isinstance(a, ErrorValue):
        return a
    if isinstance(b, ErrorValue):
        return b
    if a is None:
        a = 0.0 if b is None else _BLANK_BESIDE[_rank(b)]
    if b is None:
        b = _BLANK_BESIDE[_rank(a)]
    try:
        return order(a, b) in _VERDICT[op]
    except ArithmeticError:
        return ErrorValue(NUM, TOO_LARGE)


# -- operators ----------------------------------------------------------------------------------------


def _arithmetic(function: Callable[[float, float], float | ErrorValue]) -> Callable[[Value, Value], Value]:
    def typed(a: Value, b: Value) -> Value:
        x = to_number(a)
        if isinstance(x, ErrorValue):
            return x
        y = to_number(b)
        if isinstance(y, ErrorValue):
            return y
        result = function(x, y)
        return result if isinstance(result, ErrorValue) else finite(result)

    return typed


def _divide(x: float, y: float) -> float | ErrorValue:
    return ErrorValue(DIV0, DIVISION) if y == 0 else x / y


def raise_to(x: float, y: float) -> float | ErrorValue:
    """``x ^ y``: 0^0 is #NUM!, 0 to a negative power #DIV/0!, a negative number has odd roots only."""
    if x == 0:
        if y > 0:
            return 0.0
        return ErrorValue(NUM, "0 to the power 0 has no value") if y == 0 else ErrorValue(DIV0, DIVISION)
    sign = 1.0
    if x < 0 and y != math.floor(y):
        root = round(1 / y) if abs(y) > 1e-15 else 0
        if root % 2 == 0 or digits15(1 / root) != digits15(y):
            return ErrorValue(NUM, "a negative number has no real power of this fraction")
        sign, x = -1.0, -x
    try:
        return sign * math.pow(x, y)
    except (OverflowError, ValueError):
        return ErrorValue(NUM, TOO_LARGE)


def power_fast(x: float, y: float) -> float:
    """``x ^ y`` for generated code; every special case raises ArithmeticError."""
    if 0.0 < x <= HUGE and -HUGE <= y <= HUGE:
        return math.pow(x, y)
    result = raise_to(x, y) if x - x == 0 and y - y == 0 else None
    if isinstance(result, float):
        return result
    raise ArithmeticError("no finite power")


add = _arithmetic(lambda x, y: x + y)
sub = _arithmetic(lambda x, y: x - y)
mul = _arithmetic(lambda x, y: x * y)
div = _arithmetic(_divide)
power = _arithmetic(raise_to)


def negate(a: Value) -> Value:
    x = to_number(a)
    return x if isinstance(x, ErrorValue) else -x


def plus(a: Value) -> Value:
    """The prefix ``+``, which changes nothing, not even text."""
    return single(a)


def percent(a: Value) -> Value:
    x = to_number(a)
    return x if isinstance(x, ErrorValue) else x / 100


def concat(a: Value, b: Value) -> Value:
    s = to_text(a)
    if isinstance(s, ErrorValue):
        return s
    t = to_text(b)
    if isinstance(t, ErrorValue):
        return t
    if len(s) + len(t) > MAX_TEXT:
        return ErrorValue(VALUE, f"the text is longer than {MAX_TEXT:,} characters")
    return s + t


def _comparison(op: str) -> Callable[[Value, Value], Value]:
    return lambda a, b: compare(op, a, b)


OPERATORS: Final[dict[str, Callable[..., Value]]] = {
    "+": add,
    "-": sub,
    "*": mul,
    "/": div,
    "^": power,
    "&": concat,
    **{op: _comparison(op) for op in _VERDICT},
    "negate": negate,
    "plus": plus,
    "%": percent,
}


def elementwise(function: Callable[..., Value], *args: Value) -> Value:
    """The function cell by cell over ranges of one length; single values accompany every cell."""
    lengths = {len(a) for a in args if isinstance(a, Range) and len(a) != 1}
    if len(lengths) > 1:
        return ErrorValue(VALUE, "the ranges have different lengths")
    if not any(isinstance(a, Range) for a in args):
        return function(*args)
    n = lengths.pop() if lengths else 1
    columns = [a if isinstance(a, Range) and len(a) == n else [single(a)] * n for a in args]
    return Range([function(*row) for row in zip(*columns, strict=True)])
