"""Values with their unit, as a sentence would have them."""

from __future__ import annotations

import math
import re
from typing import Any, Final

from model.fields.base import Field
from model.fields.number_formats import PERCENT
from model.values import NO_CAP

_MONEY_UNIT: Final = re.compile(r"^(?P<currency>[A-Z]{0,3}[$€£¥]|[A-Z]{3}\s)(?P<scale>[a-z]{0,3})(?P<rest>\s.*)?$")
_SIGNS: Final = "$€£¥"  # before any number; a code of three letters only before money
_ONE: Final = re.compile(r"^(?P<head>.*?)(?P<rest>(?: (?:a|an|per|of|in|each) .*|/.*)?)$", re.DOTALL)
_DIGITS: Final = 6  # of an intermediate result; all before the point are kept


def with_unit(field: Field, value: Any) -> str:
    """``$500.0bn``, ``27.0 %``, ``1 month``, ``28 Oct 2025``."""
    text = field.show(value)
    if text == "–" and is_number(value):  # a dash is for tables
        text = f"0{PERCENT}" if field.kind == "percent" else "0"
    if field.kind not in ("money", "number", "integer") or not is_number(value) or float(value) >= NO_CAP:
        return text
    return attached(text, field.unit, money=field.kind == "money")


def attached(text: str, unit: str, money: bool) -> str:
    """A number's text with its unit, a currency before its digits: ``$476.43 per share``."""
    if not unit:
        return text
    found = _MONEY_UNIT.match(unit)
    if found is None or not (money or found["currency"][-1] in _SIGNS):
        if unit in text:
            return text
        return f"{text} {one_of(unit) if text == '1' else unit}"
    opening, closing = ("(", ")") if text.startswith("(") else ("", "")
    digits = text.strip("()")
    return f"{opening}{found['currency'].strip()}{digits}{found['scale']}{closing}{found['rest'] or ''}"


def one_of(unit: str) -> str:
    """A unit for a single one: ``months`` is ``month``, ``days a year`` is ``day a year``. A word that does not look
    like an English plural stays."""
    found = _ONE.match(unit)
    head, rest = (found["head"], found["rest"]) if found else (unit, "")
    before, _, word = head.rpartition(" ")
    if len(word) > 3 and word.isalpha() and word[-1] == "s" and word[-2] not in "su" and not word.endswith("is"):
        if word.endswith("ies") and word != "series":
            word = word[:-3] + "y"
        elif word.endswith(("ches", "shes", "xes", "sses")):
            word = word[:-2]
        elif word != "series":
            word = word[:-1]
    return (f"{before} {word}" if before else word) + rest


def rounded(value: float) -> str:
    """An intermediate result: six digits, more where they stand before the point. Negatives in brackets."""
    if not math.isfinite(value):
        return "#NUM!"
    if value == 0:
        return "0"
    size = float(f"{abs(value):.{_DIGITS if abs(value) < 1e5 else 10}g}")
    if size >= 1e15:
        text = f"{size:.5E}"
    elif size < 1e-6:
        mantissa, _, power = f"{size:.{_DIGITS - 1}E}".partition("E")
        text = f"{mantissa.rstrip('0').rstrip('.')}E{int(power)}"
    else:
        text = f"{size:,.12f}".rstrip("0").rstrip(".")
    return f"({text})" if value < 0 else text


def in_percent(value: float) -> str:
    """A fraction as a percentage with all that is in it: ``27.345 %``."""
    text = rounded(value * 100)
    return f"({text[1:-1]}{PERCENT})" if text.startswith("(") else text + PERCENT


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
