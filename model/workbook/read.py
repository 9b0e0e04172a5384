"""Cells of a workbook that came back: values, formulas and names, read with openpyxl after ``scan``.

Rows and columns count from 0, as in ``layout``. Numbers stay numbers whatever their format (dates are serials
as the book counts them), errors are error values.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from model.fields.date_text import show_date
from model.problems import Refused, refuse
from model.values import ErrorValue, to_serial
from model.workbook.read_scan import Scanned, scan

__all__ = ["BookFile", "Cell", "SheetData", "Target", "read_book", "scan"]

_NAME: Final = re.compile(
    r"=?(?:'((?:[^']|'')+)'|([^'!\[\]]+))!\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?[A-Z]{1,3}\$?[0-9]{1,7})?"
)
_OURSELVES: Final = "Dealsheet"
_TOLD_EVERY: Final = 2000  # rows
_ESCAPE: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MEND: Final = "Open it in Excel, save it again, and import that."


class Cell(NamedTuple):
    """What stands in a cell: a constant, or a formula (without its equals sign) whose result is not read here."""

    value: float | str | bool | ErrorValue | None
    formula: str | None = None


class Target(NamedTuple):
    """Where a defined name points (the first cell of a range)."""

    sheet: str
    row: int
    col: int


@dataclass(slots=True)
class SheetData:
    name: str
    part: str
    hidden: bool
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)


@dataclass(slots=True)
class BookFile:
    """A workbook as read. ``names`` are by lower case; None where one points nowhere."""

    path: Path
    sheets: dict[str, SheetData]
    names: dict[str, Target | None]
    properties: dict[str, str]
    since_1904: bool
    scanned: Scanned
    notes: list[str]
    saved: str = ""  # by whom and when it was last saved, where it says so

    def results(self, sheet: str, wanted: Collection[tuple[int, int]]) -> dict[tuple[int, int], Any]:
        """The results stored beside formulas; a cell without one is missing."""
        if not wanted:
            return {}
        with _opened(self.scanned, data_only=True) as (book, archive):
            found = {}
            data = self.sheets[sheet]
            for row, col, cell in _cells(book, archive, data.part, self.scanned.rows.get(data.part, 0), True):
                if (row, col) in wanted and cell.value is not None:
                    found[row, col] = cell.value
            return found


def read_book(path: str | Path, progress: Callable[[float], Any] | None = None) -> BookFile:
    """Scan and read a workbook. ``progress`` hears fractions of the work and may raise to cancel. Raises Refused."""
    scanned = scan(path)
    _need_defused()
    with _opened(scanned, data_only=False) as (book, archive):
        sheets = {}
        total = max(1, sum(scanned.rows.values()))
        done = 0
        for sheet in book.worksheets:
            part = sheet._worksheet_path
            data = SheetData(sheet.title, part, sheet.sheet_state != "visible")
            for row, col, cell in _cells(book, archive, part, scanned.rows.get(part, 0), False):
                if progress and not col and not row % _TOLD_EVERY:
                    progress(min(1.0, (done + row) / total))
                if cell.value is not None or cell.formula is not None:
                    data.cells[row, col] = cell
            done += scanned.rows.get(part, 0)
            if progress:
                progress(min(1.0, done / total))
            sheets[data.name] = data
        if not sheets:
            raise refuse(str(path), "The workbook has no worksheet.", "Import the workbook that was exported.")
        names = {name.lower(): _target(str(made.value), sheets) for name, made in book.defined_names.items()}
        properties = {str(p.name): str(p.value) for p in book.custom_doc_props.props}
        since = book.epoch.year == 1904
        saved = _saved(book.properties) if "docProps/core.xml" in archive.namelist() else ""
    notes = list(scanned.notes)
    if since:
        notes.append(
            "The workbook counts days from 1904. Its dates were converted to the calendar that begins in 1900, which Dealsheet uses."
        )
    hidden = [s.name for s in sheets.values() if s.hidden]
    if hidden:
        notes.append(f"Hidden sheets, which were read like the others: {', '.join(hidden)}.")
    return BookFile(scanned.path, sheets, names, properties, since, scanned, notes, saved)


def _saved(core: Any) -> str:
    """``Anna Smith on 24 Nov 2026``. Our own name says nothing."""
    who = " ".join(str(core.lastModifiedBy or "").split())[:60]
    when = core.modified
    who = "" if who == _OURSELVES else who
    day = f"on {show_date(when.date())}" if isinstance(when, dt.datetime) else ""
    return " ".join(part for part in (f"by {who}" if who else "", day) if part)


def _need_defused() -> None:
    """openpyxl must parse XML through defusedxml: a second wall behind ``scan``."""
    import openpyxl

    if not (openpyxl.DEFUSEDXML or openpyxl.LXML):
        raise refuse(
            "", "The library defusedxml is missing, without which no workbook is read.", "Install Dealsheet again."
        )


@contextlib.contextmanager
def _opened(scanned: Scanned, data_only: bool) -> Iterator[tuple[Any, zipfile.ZipFile]]:
    """The workbook as openpyxl opens it. Its warnings are of parts that it could not save again; nothing is saved."""
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book = load_workbook(io.BytesIO(scanned.data), read_only=True, data_only=data_only, keep_links=False)
            with contextlib.closing(book):
                yield book, book._archive
        except Refused:
            raise
        except Exception as error:
            raise _unreadable(scanned.path, error) from error


def _unreadable(path: Path, error: Exception) -> Refused:
    """openpyxl fails in many ways over parts that were written wrongly; all of them mean this."""
    why = (str(error).splitlines() or [""])[0][:160] or type(error).__name__
    return refuse(str(path), f"The workbook cannot be read: {why.rstrip('.')}.", _MEND)


def _cells(
    book: Any, archive: zipfile.ZipFile, part: str, rows: int, data_only: bool
) -> Iterator[tuple[int, int, Cell]]:
    """The cells of one worksheet as they stand in the file: openpyxl's own reader without its padding of
    empty cells and without turning numbers into dates."""
    from openpyxl.worksheet._reader import WorkSheetParser

    sheet = next(s for s in book.worksheets if s._worksheet_path == part)
    with archive.open(part) as source:
        parser = WorkSheetParser(source, sheet._shared_strings, data_only=data_only, epoch=book.epoch)
        for _, cells in islice(parser.parse(), rows):  # what follows the last row is not needed, and often odd
            for raw in cells:
                yield raw["row"] - 1, raw["column"] - 1, _cell(raw)


def _cell(raw: dict[str, Any]) -> Cell:
    kind, value = raw["data_type"], raw["value"]
    if kind == "f":
        text = _what_if(value) if hasattr(value, "dt2D") else getattr(value, "text", value)
        formula = str(text or "=").removeprefix("=")
        return Cell(formula == "TRUE()") if formula in ("TRUE()", "FALSE()") else Cell(None, formula)  # LibreOffice's
    if kind == "e":
        return Cell(ErrorValue(str(value)))
    if value is None or isinstance(value, bool):
        return Cell(value)
    if isinstance(value, str):
        return Cell(_text(value) or None)
    if isinstance(value, int | float):
        return Cell(float(value))
    if isinstance(value, dt.datetime | dt.date):
        whole = to_serial(value.date() if isinstance(value, dt.datetime) else value)
        clock = value.time() if isinstance(value, dt.datetime) else dt.time()
        return Cell(whole + (clock.hour * 3600 + clock.minute * 60 + clock.second) / 86400)
    return Cell(str(value))


def _what_if(table: Any) -> str:
    """The first cell of a what-if data table as Excel shows it, ``TABLE(row input, column input)``: openpyxl's object
    for it has no text of its own."""
    first, second = (table.r1 or "", table.r2 or "")
    if table.dt2D in ("1", "true") or table.dtr in ("1", "true"):
        return f"TABLE({first},{second})"
    return f"TABLE(,{first})"


def _text(value: str) -> str:
    """``_x000D_`` and its like decoded as Excel decodes them."""
    if "_x" in value:
        value = _ESCAPE.sub(lambda m: chr(int(m[1], 16)), value)
    return value.replace("\r\n", "\n").replace("\r", "\n")


def _target(text: str, sheets: dict[str, SheetData]) -> Target | None:
    found = _NAME.fullmatch(text.strip())
    if not found:
        return None
    sheet = (found[1] or found[2]).replace("''", "'")
    if sheet not in sheets:
        return None
    column = 0
    for char in found[3]:
        column = column * 26 + ord(char) - 64
    return Target(sheet, int(found[4]) - 1, column - 1)
