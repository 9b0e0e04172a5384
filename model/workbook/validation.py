"""What an input cell accepts inside Excel, with a message that says so."""

from __future__ import annotations

from typing import Any, Final

from model.fields import Field
from model.formula.printable import utf16_length
from model.values import NEVER
from model.workbook.book import LABEL, SOURCES, Book, fits_in_place
from model.workbook.canvas import Canvas
from model.workbook.viewpoint import cell

_NUMBERS: Final = {"money", "number", "percent", "multiple"}
_HUGE: Final = 1e15


def validate(canvas: Canvas, row: int, col: int, field: Field, address: str, hint: str = "") -> None:
    """Give one input cell its rule. ``hint`` is a remark such as the usual range."""
    book = canvas.book
    rule = _rule(book, field)
    if rule is None:
        return
    unit = book.texts.clean(" ".join(field.unit.split()), address)
    says, open_word = _says(field, unit), address in book.undisclosed
    words = {
        "input_title": _short(unit or field.kind, 32),
        "input_message": _short(" ".join(p for p in (says, "Or: undisclosed." if open_word else "", hint) if p), 255),
        "error_title": "Not accepted here",
        "error_message": _short(says, 255),
        # an undisclosed cell may keep its word: Excel then asks instead of refusing
        "error_type": "warning" if open_word else "stop",
    }
    canvas.sheet.data_validation(row, col, row, col, {**rule, **words})


def _rule(book: Book, field: Field) -> dict[str, Any] | None:
    if field.kind == "choice":
        if not field.choices:
            return None
        return list_rule(book, field.choices)
    if field.kind == "yesno":
        return {"validate": "list", "source": ["yes", "no", "unknown"]}
    if field.kind == "date":
        return {"validate": "decimal", "criteria": "between", "minimum": 1, "maximum": NEVER}
    if field.kind == "flag":
        return {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": 1}
    if field.kind == "year":
        return {"validate": "integer", "criteria": "between", "minimum": 1900, "maximum": 9999}
    if field.kind == "integer":
        return {"validate": "integer", "criteria": "between", "minimum": -_HUGE, "maximum": _HUGE}
    if field.kind in _NUMBERS:
        return {"validate": "decimal", "criteria": "between", "minimum": -_HUGE, "maximum": _HUGE}
    return None


def list_rule(book: Book, choices: tuple[str, ...]) -> dict[str, Any]:
    """A drop-down list of these choices, which ``layout`` has placed on Sources where they are too long."""
    if fits_in_place(choices):
        return {"validate": "list", "source": [book.texts.clean(c, SOURCES) for c in choices]}
    row = book.lists[choices]
    first, last = cell(row, LABEL), cell(row + len(choices) - 1, LABEL)
    return {"validate": "list", "source": f"={SOURCES}!{first}:{last}"}


def _says(field: Field, unit: str) -> str:
    unit = f" in {unit}" if unit and unit not in ("%", "x", "number") else ""
    return {
        "choice": "Choose from the list.",
        "yesno": "Choose yes, no or unknown.",
        "date": "A date. 31 Dec 9999 stands for “not yet”.",
        "flag": "1 or 0.",
        "year": "A year with four digits.",
        "integer": f"A whole number{unit}.",
        "percent": "A percentage.",
        "money": f"An amount{unit}. 1E15 stands for “none” (no limit).",
        "multiple": "A multiple, such as 11.6.",
        "number": f"A number{unit}.",
    }.get(field.kind, "")


def usual(field: Field, low: Any, high: Any) -> str:
    """The usual range of a term as a remark."""
    if low is None or high is None or field.kind in ("choice", "text", "yesno", "flag"):
        return ""
    return f"Usually {field.show(field.to_engine(low))} to {field.show(field.to_engine(high))}."


def _short(text: str, size: int) -> str:
    """Cut where Excel would not take it: it counts UTF-16 units."""
    if utf16_length(text) <= size:
        return text
    while utf16_length(text) >= size:
        text = text[:-1]
    return text + "…"
