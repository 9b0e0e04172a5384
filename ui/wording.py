"""Values and changes as people read them outside a table: with their unit, and as differences."""

from __future__ import annotations

import re
from typing import Any, Literal, NamedTuple

from model.fields.base import Field
from model.fields.number_formats import THIN_SPACE, show_number, show_text
from model.values import NEVER, NO_CAP

_MONEY_UNIT = re.compile(r"^(?P<currency>[A-Z]{0,3}[$€£¥]|[A-Z]{3}\s)(?P<scale>[a-z]{0,3})(?P<rest>\s.*)?$")


def with_unit(field: Field, value: Any) -> str:
    """``$500.0bn``, ``27.0 %``, ``28 Oct 2025``: the value as a sentence would have it."""
    text = field.show(value)
    if text == "–" and is_number(value):  # a dash is for tables
        text = f"0{THIN_SPACE}%" if field.kind == "percent" else "0"
    if field.kind not in ("money", "number", "integer") or not is_number(value) or not field.unit:
        return text
    if float(value) >= NO_CAP:
        return text
    unit = _MONEY_UNIT.match(field.unit)
    if unit is None or field.kind != "money":
        return text if field.unit in text else f"{text} {field.unit}"
    opening, closing = ("(", ")") if text.startswith("(") else ("", "")
    digits = text.strip("()")
    return f"{opening}{unit['currency'].strip()}{digits}{unit['scale']}{closing}{unit['rest'] or ''}"


class Change(NamedTuple):
    """A difference in words. ``way`` is where a number or a date went."""

    text: str
    way: Literal["up", "down", "other"]


def change(field: Field, before: Any, after: Any) -> Change | None:
    """What is different, or None where both show the same."""
    if type(before) is type(after) and before == after:
        return None
    if not (is_number(before) and is_number(after)) or field.kind in ("yesno", "flag"):
        return (
            Change(f"was {field.show(before) or 'empty'}", "other") if field.show(before) != field.show(after) else None
        )
    step = float(after) - float(before)
    if field.kind == "date":
        if NEVER in (before, after):
            return Change(f"was {field.show(before)}", "other")
        days = round(abs(step))
        if not days:
            return None
        return Change(
            f"{days:,} day{'' if days == 1 else 's'} {'later' if step > 0 else 'earlier'}", "up" if step > 0 else "down"
        )
    if NO_CAP in (abs(before), abs(after)):
        return Change(f"was {field.show(before)}", "other")
    size = abs(step)
    if field.kind == "percent":
        text = show_number(size * 100, field.decimals) + f"{THIN_SPACE}pp"
    else:
        text = field.show(size)
    if text.startswith("–") or not any(ch in "123456789" for ch in text):
        return None  # a difference too small to show would only read as noise
    return Change(f"{'▲' if step > 0 else '▼'} {text}", "up" if step > 0 else "down")


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def sentence(text: str) -> str:
    """With a capital letter and a full stop."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?…”" else ".")


def wrapped(text: str, width: int = 72) -> str:
    """A long text in lines of a tooltip."""
    text = show_text(text)
    if len(text) <= width:
        return text
    lines: list[str] = []
    for given in text.splitlines():
        line = ""
        for word in given.split():
            if line and len(line) + len(word) >= width:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}" if line else word
        lines.append(line)
    return "\n".join(lines)
