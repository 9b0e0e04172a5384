"""XlsxWriter, made exact: numbers to the last bit, formulas stored as they are, no text taken for anything else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from xlsxwriter.worksheet import CellFormulaTuple, Worksheet

from model.values import NUM, ErrorValue

ERRORS: Final = frozenset(("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"))


def exact(number: float) -> str:
    """The shortest text that reads back to the same double (XlsxWriter itself writes 16 digits)."""
    text = repr(float(number))
    return text[:-2] if text.endswith(".0") else text


_CODE: Final = re.compile("(_x[0-9A-Fa-f]{4}_)")  # Excel would read a character's number


class Spelled(str):
    """A text that spells an error and is none: XlsxWriter compares results with the names of errors."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


def cached(value: Any) -> float | str | bool:
    """A computed value as the result stored beside a formula: errors by Excel's name, never NaN."""
    if isinstance(value, ErrorValue):
        return value.kind
    if value is None:
        return 0.0
    if value.__class__ is str:
        return Spelled(value) if value in ERRORS else _CODE.sub(r"_x005F\1", value) if "_x" in value else value
    if isinstance(value, float) and value - value != 0:
        return NUM
    return value


class ExactWorksheet(Worksheet):
    """A worksheet whose cells read back to the same values. ``on_row`` hears of every row written to the file."""

    on_row: Callable[[], None] | None = None

    def put_formula(self, row: int, col: int, formula: str, style: Any, value: Any) -> None:
        """Store a formula and its result without XlsxWriter's search for array functions in its text."""
        if self._check_dimensions(row, col):
            raise ValueError(f"row {row + 1}, column {col + 1} is outside a worksheet")
        self.table[row][col] = CellFormulaTuple(formula.removeprefix("="), style, cached(value))

    def put_text(self, row: int, col: int, text: str, style: Any) -> None:
        """Store text as text, whatever it looks like."""
        if text.startswith("<r>") and text.endswith("</r>"):
            # XlsxWriter would take this for its own markup; the pieces of a rich string it escapes
            self.write_rich_string(row, col, text[:1], text[1:2], text[2:], style)
        elif text:
            self.write_string(row, col, text, style)
        else:
            self.write_blank(row, col, None, style)

    def _xml_number_element(self, number: float, attributes: Any = ()) -> None:
        attr = "".join(f' {key}="{value}"' for key, value in attributes)
        self.fh.write(f"<c{attr}><v>{exact(number)}</v></c>")

    def _xml_formula_element(self, formula: str, result: Any, attributes: Any = ()) -> None:
        attr = "".join(f' {key}="{value}"' for key, value in attributes)
        if result == "":
            attr += ' t="str"'  # an empty text is a result, too
        shown = exact(result) if isinstance(result, float) else self._escape_data(result)
        self.fh.write(f"<c{attr}><f>{self._escape_data(formula)}</f><v>{shown}</v></c>")

    def _write_row(self, *args: Any, **more: Any) -> None:
        super()._write_row(*args, **more)
        if self.on_row is not None:
            self.on_row()
