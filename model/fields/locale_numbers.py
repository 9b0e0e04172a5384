"""Numbers as people write them: currencies, separators, brackets, percent, bn and m.

One rule for separators: never a guess. A comma followed by three digits separates
thousands; a dot and a comma together say themselves which is the decimal mark
(the last one); what could be read in two ways is refused with both readings.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal
from functools import cache
from typing import Final, NamedTuple

from model.problems import Refused, refuse

MAX_LENGTH: Final = 100
_CONTEXT: Final = Context(prec=400, Emin=-5000, Emax=5000)
_SPACES: Final = "\u00a0\u2009\u202f\u2007\u2002\u2003\u2008\u200a"
_MINUS: Final = "\u2212\u2013\ufe63"
_APOSTROPHES: Final = "\u2019\u02bc\u00b4`"
_PLAIN: Final = str.maketrans(
    dict.fromkeys(_SPACES, " ") | dict.fromkeys(_MINUS, "-") | dict.fromkeys(_APOSTROPHES, "'")
)

SUFFIXES: Final = {
    "k": 3, "thousand": 3,
    "m": 6, "mn": 6, "mm": 6, "mio": 6, "million": 6, "millions": 6,
    "b": 9, "bn": 9, "billion": 9, "billions": 9,
    "t": 12, "tn": 12, "trn": 12, "trillion": 12, "trillions": 12,
}  # fmt: skip
_LONG_SUFFIXES: Final = {word for word in SUFFIXES if len(word) > 1}
_CURRENCIES: Final = {
    "us$": "$", "usd": "$", "$": "$", "eur": "€", "€": "€", "gbp": "£", "£": "£", "chf": "CHF", "sfr": "CHF",
    "fr.": "CHF", "jpy": "¥", "¥": "¥", "cny": "CN¥", "cad": "CA$", "aud": "AU$",
}  # fmt: skip
_WORD: Final = re.compile(r"\s*([A-Za-z]+)\.?$")
_PERCENT: Final = re.compile(r"\s*(%|percent|per cent)$", re.IGNORECASE)
_FIGURE: Final = re.compile(r"[0-9][0-9.,' ]*|\.[0-9]+", re.ASCII)
_EXPONENT: Final = re.compile(r"([0-9.,' ]*[0-9.])[eE]([+-]?[0-9]{1,4})", re.ASCII)


def _currency() -> str:
    return "|".join(re.escape(word) for word in sorted(_CURRENCIES, key=len, reverse=True))


@cache  # not when imported: the window opens without reading a number
def _lead() -> re.Pattern[str]:
    return re.compile(rf"({_currency()})\s*", re.IGNORECASE)


@cache
def _tail() -> re.Pattern[str]:
    return re.compile(rf"\s*({_currency()})$", re.IGNORECASE)


class Reading(NamedTuple):
    """What was written: the value, whether a percent sign or a times sign stood after it."""

    value: Decimal
    percent: bool
    times: bool
    currency: str


class Unit(NamedTuple):
    """What a unit such as ``$bn`` says: currency symbol ("" without one), power of ten (None without a scale)."""

    currency: str
    power: int | None


def read_unit(unit: str, *, money: bool = False) -> Unit:
    """Currency and scale of a unit: ``$bn`` is ("$", 9), ``$`` is ("$", 0), ``months`` is ("", None)."""
    text = unit.translate(_PLAIN).strip()
    currency = ""
    if found := _lead().match(text):
        currency, text = _CURRENCIES[found[1].casefold()], text[found.end() :]
    words = re.findall(r"[A-Za-z]+", text)
    allowed = SUFFIXES if money or currency else _LONG_SUFFIXES
    if words and words[0].casefold() in allowed:
        return Unit(currency, SUFFIXES[words[0].casefold()])
    return Unit(currency, 0 if currency else None)


def shift(value: Decimal, places: int) -> Decimal:
    """``value`` times ten to the ``places``, without rounding."""
    return value.scaleb(places, _CONTEXT)


def exact(value: float) -> Decimal:
    """The shortest decimal that reads back as ``value``."""
    return Decimal(repr(float(value)))


def plain(value: Decimal) -> str:
    """Digits without separators; exponents only where the digits would run long."""
    value = value.normalize(_CONTEXT)
    if value == 0:
        return "0"
    return format(value, "f") if -12 <= value.adjusted() <= 20 else str(value).replace("E+", "E")


def read_number(written: str, unit: str = "", *, money: bool = False) -> Reading:
    """Read a number the way it is written, in the item's unit; refuse what could mean two things."""
    text = written.translate(_PLAIN).strip()
    if not text:
        raise refuse("", "nothing was written.", "Write a number, such as 1,234.5.")
    if len(text) > MAX_LENGTH:
        raise refuse("", f"a number of {len(text)} characters is too long.", "Write at most 100 characters.")
    own = read_unit(unit, money=money)
    negative, text = _brackets(text, written)
    if unit and text.casefold().endswith(" " + unit.translate(_PLAIN).strip().casefold()):
        text = text[: -len(unit.strip())].rstrip() + _unit_tail(own)
    sign, text = _sign(text)
    currency = ""
    if found := _lead().match(text):
        currency, text = _CURRENCIES[found[1].casefold()], text[found.end() :]
        second, text = _sign(text)
        sign = sign or second if not (sign and second) else "?"
    if found := _tail().search(text):
        currency, text = currency or _CURRENCIES[found[1].casefold()], text[: found.start()]
    percent = times = False
    if found := _PERCENT.search(text):
        percent, text = True, text[: found.start()]
    elif found := re.search(r"\s*[x×]$", text, re.IGNORECASE):
        times, text = True, text[: found.start()]
    inner, text = _brackets(text, written)  # (6.2)% and $(6.2)
    text, power = _suffix(text, own, written, unit)
    if not currency and (found := _tail().search(text)):
        currency, text = _CURRENCIES[found[1].casefold()], text[: found.start()]
    if sign == "?" or (negative and inner) or ((negative or inner) and sign):
        raise refuse("", f"“{written.strip()}” has more than one sign.", "Write one minus or one pair of brackets.")
    if currency and currency != own.currency and (own.currency or not money):
        said = f"is in {unit}" if unit else "has no currency"
        raise refuse("", f"this value {said}, not in {currency}.", "Leave the currency out, or convert it first.")
    value = shift(_figure(text, written), power)
    return Reading(-value if sign == "-" or negative or inner else value, percent, times, currency)


def _unit_tail(own: Unit) -> str:
    """A unit repeated after its number says nothing new; its scale stays readable as a suffix."""
    names = {3: " k", 6: " mn", 9: " bn", 12: " tn"}
    return names.get(own.power or 0, "")


def _brackets(text: str, written: str) -> tuple[bool, str]:
    if text.startswith("(") and text.endswith(")"):
        return True, text[1:-1].strip()
    return False, text


def _sign(text: str) -> tuple[str, str]:
    if text[:1] in ("+", "-"):
        return text[0], text[1:].lstrip()
    return "", text


def _suffix(text: str, own: Unit, written: str, unit: str) -> tuple[str, int]:
    found = _WORD.search(text)
    if not found or found[1].casefold() not in SUFFIXES:
        return text, 0
    if own.power is None:
        said = f"its unit is {unit}" if unit else "it has no unit"
        raise refuse(
            "", f"“{found[1]}” cannot scale this value: {said}, not thousands, millions or billions.",
            "Write the number in full.",
        )  # fmt: skip
    return text[: found.start()], SUFFIXES[found[1].casefold()] - own.power


def _figure(text: str, written: str) -> Decimal:
    """The digits with their separators, as an exact decimal."""
    exponent = 0
    text = text.strip()
    if found := _EXPONENT.fullmatch(text):
        text, exponent = found[1], int(found[2])
        if abs(exponent) > 400:
            raise refuse("", f"“{written.strip()}” is outside the range of numbers.", "Write a smaller exponent.")
    if not _FIGURE.fullmatch(text):
        raise _not_a_number(written)
    digits = _decimal_point(text, written)
    return shift(Decimal(digits), exponent)


def _decimal_point(text: str, written: str) -> str:
    """``text`` with its thousands separators gone and a dot as the decimal mark."""
    for spacer in (" ", "'"):
        if spacer in text:
            head = re.match(rf"[1-9][0-9]{{0,2}}(?:{spacer}[0-9]{{3}})+(?![0-9])", text)
            rest = text[head.end() :] if head else ""
            if not head or not re.fullmatch(r"(?:[.,][0-9]*)?", rest):
                raise _not_a_number(written)
            return head[0].replace(spacer, "") + rest.replace(",", ".")
    dots, commas = text.count("."), text.count(",")
    if not commas:
        if dots <= 1:
            return text
        return _grouped(text, ".", written)
    if not dots:
        if re.fullmatch(r"[1-9][0-9]{0,2}(,[0-9]{3})+", text):
            return text.replace(",", "")
        if commas == 1:
            decimal, whole = text.replace(",", "."), text.replace(",", "")
            raise refuse(
                "", f"“{written.strip()}” can be read in two ways: {decimal} or {int(whole):,}.",
                "Write the one that is meant, with a dot for decimals.",
            )  # fmt: skip
        raise _not_a_number(written)
    mark = "." if text.rindex(".") > text.rindex(",") else ","
    if text.count(mark) > 1:
        raise _not_a_number(written)
    whole, fraction = text.split(mark)
    return f"{_grouped(whole, ',' if mark == '.' else '.', written)}.{fraction}"


def _grouped(text: str, separator: str, written: str) -> str:
    if not re.fullmatch(rf"[1-9][0-9]{{0,2}}({re.escape(separator)}[0-9]{{3}})+", text):
        raise _not_a_number(written)
    return text.replace(separator, "")


def _not_a_number(written: str) -> Refused:
    shown = written.strip()
    shown = shown if len(shown) <= 40 else shown[:39] + "…"
    return refuse("", f"“{shown}” is not a number.", "Write digits, such as 1,234.5 or (1,234.5).")
