"""Changes and sentences as people read them outside a table."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from model.fields.base import Field
from model.fields.number_formats import THIN_SPACE, show_number, show_text
from model.fields.unit_text import is_number
from model.values import NEVER, NO_CAP


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
        later = step > 0
        return Change(f"{counted(days, 'day')} {'later' if later else 'earlier'}", "up" if later else "down")
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


def counted(count: int, one: str, many: str = "") -> str:
    """``1 change``, ``3 changes``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


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
