"""Other engines, given the sheet of ``world`` and a list of formulas: one value for each formula."""

from __future__ import annotations

import datetime as dt
import math
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from model.values import ErrorValue
from tests.conformance.world import FORMULA_COLUMN, sheet
from tests.workbook.engines import Err, LibreOffice, read

_AS_FORMULA = {"#N/A": "=NA()", "#DIV/0!": "=1/0"}
_FZ = {"Na": "#N/A", "Div": "#DIV/0!", "Num": "#NUM!", "Value": "#VALUE!", "Ref": "#REF!", "Name": "#NAME?", "Null": "#NULL!"}  # fmt: skip


def plain(v: Any) -> Any:
    """A value as the comparison sees it: float, str, bool, or an error's kind as ``Err``. Blank is 0."""
    if v is None:
        return 0.0
    if isinstance(v, ErrorValue):
        return Err(v.kind)
    if isinstance(v, (bool, str)):
        return v
    return float(v)


def formualizer(formulas: Sequence[str]) -> list[Any]:
    import formualizer as fz

    book = fz.Workbook()
    book.add_sheet("S")
    for row, column, v in sheet():
        if isinstance(v, ErrorValue):
            book.set_formula("S", row, column, _AS_FORMULA[v.kind])
        elif v == "":
            book.set_formula("S", row, column, '=""')
        elif v is not None:
            book.set_value("S", row, column, v)
    refused = {}
    for i, text in enumerate(formulas):
        try:
            book.set_formula("S", i + 1, FORMULA_COLUMN, text)
        except Exception as err:
            refused[i] = Err(f"refused: {err}"[:80])
    book.evaluate_all()
    return [
        refused[i] if i in refused else _fz(book.get_value("S", i + 1, FORMULA_COLUMN)) for i in range(len(formulas))
    ]


def _fz(v: Any) -> Any:
    if isinstance(v, dict):
        return Err(_FZ.get(str(v.get("kind")), str(v.get("kind"))))
    if isinstance(v, dt.time):
        return (v.hour * 3600 + v.minute * 60 + v.second + v.microsecond / 1e6) / 86400
    if isinstance(v, dt.timedelta):
        return v.total_seconds() / 86400
    if hasattr(v, "toordinal"):
        seconds = (v.hour * 3600 + v.minute * 60 + v.second) / 86400 if hasattr(v, "hour") else 0.0
        serial = v.toordinal() - 693594
        return float(serial if serial > 60 else serial - 1) + seconds
    if isinstance(v, float) and not math.isfinite(v):
        return Err(f"not a number: {v}")
    return plain(v)


def ironcalc(formulas: Sequence[str]) -> list[Any]:
    """In pieces: a formula at which IronCalc panics takes down all that are computed with it."""
    out = []
    for start in range(0, len(formulas), 500):
        out += _ironcalc(formulas[start : start + 500])
    return out


def _ironcalc(formulas: Sequence[str]) -> list[Any]:
    import ironcalc as ic

    model = ic.create("conformance", "en", "UTC", "en")
    for row, column, v in sheet():
        if isinstance(v, ErrorValue):
            model.set_user_input(0, row, column, _AS_FORMULA[v.kind])
        elif isinstance(v, bool):
            model.set_user_input(0, row, column, "TRUE" if v else "FALSE")
        elif isinstance(v, str):
            model.set_user_input(0, row, column, "'" + v if v else '=""')
        elif v is not None:
            model.set_user_input(0, row, column, repr(v))
    try:
        for i, text in enumerate(formulas):
            model.set_user_input(0, i + 1, FORMULA_COLUMN, text)
        model.evaluate()
    except BaseException as err:  # a PanicException is not an Exception
        if type(err).__name__ != "PanicException":
            raise
        if len(formulas) == 1:
            return [Err(f"panic: {err}")]
        half = len(formulas) // 2
        return _ironcalc(formulas[:half]) + _ironcalc(formulas[half:])
    out = []
    for i in range(len(formulas)):
        v = model.get_cell_value(0, i + 1, FORMULA_COLUMN)
        kind = str(model.get_cell_type(0, i + 1, FORMULA_COLUMN))
        out.append(Err(v) if kind.endswith("ErrorValue") else plain(v))
    return out


def libreoffice(formulas: Sequence[str]) -> list[Any]:
    import xlsxwriter

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        book = xlsxwriter.Workbook(
            folder / "in.xlsx", {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
        )
        page = book.add_worksheet("S")
        for row, column, v in sheet():
            if isinstance(v, ErrorValue):
                page.write_formula(row - 1, column - 1, _AS_FORMULA[v.kind])
            elif isinstance(v, bool):
                page.write_boolean(row - 1, column - 1, v)
            elif v == "":
                page.write_formula(row - 1, column - 1, '=""')
            elif isinstance(v, str):
                page.write_string(row - 1, column - 1, v)
            elif v is not None:
                page.write_number(row - 1, column - 1, v)
        for i, text in enumerate(formulas):
            page.write_formula(i, FORMULA_COLUMN - 1, text)
        book.close()
        (made,) = LibreOffice(folder / "profile").convert([folder / "in.xlsx"], folder / "out")
        cells = read(made)["S"]
    found = [cells.get(f"{chr(64 + FORMULA_COLUMN)}{i + 1}") for i in range(len(formulas))]
    return [0.0 if cell is None or cell.value is None else cell.value for cell in found]


ENGINES: dict[str, Callable[[Sequence[str]], list[Any]]] = {
    "formualizer": formualizer,
    "ironcalc": ironcalc,
    "libreoffice": libreoffice,
}
