"""What a cell of an input says, as an input value: numbers, words and texts of any locale, never guessed."""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

from model.deal import Deal, Input
from model.fields import Field, field_for
from model.problems import Refused, refuse
from model.values import NEVER, ErrorValue

Decimal: TypeAlias = Literal["", ".", ","]

_DIGITS: Final = 6e-15  # half of the fifteenth digit, at most
SHIFT_1904: Final = 1462.0
_FIGURE: Final = re.compile(r"[0-9][0-9.,'’\u00a0\u202f\u2009 ]*[0-9]|[0-9]")
_SPACES: Final = re.compile("['’\u00a0\u202f\u2009 ]")
_NUMBERS: Final = frozenset(("money", "number", "percent", "multiple", "integer"))


class AmbiguousError(Refused):
    """A text that stands for different numbers with a decimal point and with a decimal comma."""


def read_value(field: Field, value: object, decimal: Decimal = "", since_1904: bool = False) -> Input | None:
    """The input that a cell's value stands for. Raises Refused, AmbiguousError where the decimal mark must be asked."""
    if value is None or isinstance(value, bool | ErrorValue):
        return field.from_engine(value)
    if isinstance(value, str):
        return _text(field, value, decimal)
    assert isinstance(value, float)
    if field.kind == "date" and since_1904 and value < NEVER - SHIFT_1904:
        value += SHIFT_1904
    if field.kind == "date" and value != value // 1:
        value = value // 1  # a day typed with a time of day
    return field.from_engine(value)


def _text(field: Field, text: str, decimal: Decimal) -> Input:
    if field.kind not in _NUMBERS:
        return field.parse(text)
    found = _FIGURE.search(text)
    if not found or not any(mark in found[0] for mark in ".,"):
        return field.parse(text)
    if decimal:
        plain = localised(found[0], decimal)
        if plain is None:
            mark = "comma" if decimal == "," else "point"
            raise refuse("", f"“{text.strip()[:40]}” is not a number with a decimal {mark}.", f"Write {field.example}.")
        return field.parse(text[: found.start()] + plain + text[found.end() :])
    point, comma = localised(found[0], "."), localised(found[0], ",")
    if point is not None and (comma is None or float(point) == float(comma)):
        return field.parse(text[: found.start()] + point + text[found.end() :])
    if point is None and comma is None:
        return field.parse(text)
    either = " or ".join(f"{float(x):,.15g}" for x in (point, comma) if x is not None)
    raise AmbiguousError(
        *refuse(
            "",
            f"“{text.strip()[:40]}” is text, not a number; it would be {either}{' with a decimal comma' if point is None else ', depending on the decimal mark'}.",
            "Say whether the sender writes a decimal point or a decimal comma.",
        ).problems
    )


def localised(figure: str, decimal: str) -> str | None:
    """Digits with a decimal point, of a figure written with this decimal mark; None where it is not such a figure."""
    grouping = "," if decimal == "." else "."
    whole, mark, fraction = figure.strip().partition(decimal)
    if mark and not fraction.isdigit() and fraction:
        return None
    spaced = _SPACES.sub(grouping, whole)
    if grouping in spaced:
        if not re.fullmatch(rf"[0-9]{{1,3}}(?:{re.escape(grouping)}[0-9]{{3}})+", spaced):
            return None
        if len({c for c in whole if not c.isdigit()}) > 1:
            return None
        spaced = spaced.replace(grouping, "")
    if not spaced.isdigit():
        return None
    return f"{spaced}.{fraction}" if fraction else spaced


def out_of_range(deal: Deal, address: str, old: Input | None, new: Input | None) -> list[str]:
    """What to say of a value that leaves the range which its term itself names; nothing where ``old`` was outside."""
    term = deal.terms.get(address)
    if term is None or term.low is None or term.high is None:
        return []
    field = field_for(term, deal.unit)
    low, high, was, now = (field.to_engine(v) for v in (term.low, term.high, old, new))
    if not (isinstance(low, float) and isinstance(high, float) and isinstance(now, float)):
        return []
    if low <= now <= high or not (isinstance(was, float) and low <= was <= high):
        return []
    return [f"It leaves the range of the term, {field.show(low)} to {field.show(high)}."]


def same(a: object, b: object) -> bool:
    """Whether two values are one for a spreadsheet, which keeps fifteen digits."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, int | float) and isinstance(b, int | float):
        return a == b or abs(a - b) <= _DIGITS * max(abs(a), abs(b))
    if isinstance(a, str) and isinstance(b, str):
        return a == b or a.strip() == b.strip()
    return a.__class__ is b.__class__ and a == b
