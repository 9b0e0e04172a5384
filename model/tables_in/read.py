"""Tables of other programs as a grid of cells: CSV in any delimiter and encoding, pasted text, or a worksheet.

Everything in a text file stays text here; what a cell means is decided by the column that it goes to.
"""

from __future__ import annotations

import csv
import io
import stat
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from model.problems import refuse
from model.values import ErrorValue
from model.workbook.read_zip import kind_of

MAX_BYTES: Final = 20_000_000
MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 500
_DELIMITERS: Final = (";", "\t", ",", "|")
_NAMES: Final = {";": "semicolon", "\t": "tab", ",": "comma", "|": "bar"}
_ZIP: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells row by row: text, and from a worksheet also floats, booleans and errors; None where empty. ``first_row``
    is the number of the first row in the file. ``notes`` say what was assumed."""

    name: str
    rows: tuple[tuple[Any, ...], ...]
    first_row: int = 1
    first_col: int = 0
    notes: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    since_1904: bool = False
    sheet: str = ""  # the one that it was read from

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0


def read_grid(path: str | Path, sheet: str = "", delimiter: str = "", encoding: str = "") -> Grid:
    """A CSV file or a sheet of a workbook ("" is the first that looks like a table, else the first with cells), told
    apart by content. Raises Refused."""
    path = Path(path)
    data = _bytes(path)
    if data.startswith(_ZIP):
        return _from_book(path, sheet)
    if kind := kind_of(data):
        raise refuse(path.name, f"This is not a table but {kind}.", "Choose a CSV file or a workbook.")
    text, said = _decoded(data, path.name, encoding)
    return _from_text(text, path.name, delimiter, said)


def read_text(text: str, name: str = "pasted text", delimiter: str = "") -> Grid:
    """Pasted text. Raises Refused."""
    if len(text) > MAX_BYTES:
        raise refuse(name, f"The text has {len(text):,} characters; at most {MAX_BYTES:,} are read.", "Paste less.")
    return _from_text(text, name, delimiter, [])


def _bytes(path: Path) -> bytes:
    where = str(path).replace("\0", "�")
    try:
        info = path.stat()
        if not stat.S_ISREG(info.st_mode):
            raise refuse(where, "This is not a file that holds a table.", "Choose a CSV file or a workbook.")
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise refuse(where, f"The file cannot be read: {reason.lower()}.", "Check the name.") from None
    if not data:
        raise refuse(where, "The file is empty.", "Choose another file.")
    if len(data) > MAX_BYTES and not data.startswith(_ZIP):
        raise refuse(where, f"The file is larger than {MAX_BYTES // 1_000_000} MB.", "Keep the rows that are needed.")
    return data


def _decoded(data: bytes, name: str, encoding: str) -> tuple[str, list[str]]:
    if encoding:
        try:
            return data.decode(encoding), []
        except (LookupError, UnicodeError):
            raise refuse(name, f"The file is not text in {encoding}.", "Choose another encoding.") from None
    for mark, found in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(found), []
            except UnicodeError:
                raise refuse(name, f"The file says that it is {found[:6].upper()}, but is not.", "Save it again as UTF-8.") from None  # fmt: skip
    if b"\0" in data[:4000]:
        zeros = [data[i:4000:2].count(0) for i in (0, 1)]
        half = len(data[:4000]) // 2
        if min(zeros) <= half * 0.1 and max(zeros) >= half * 0.6:
            guess = "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
            try:
                return data.decode(guess), ["Read as UTF-16: the file does not say its encoding."]
            except UnicodeError:
                pass
        raise refuse(name, "This is not a text file.", "Choose a CSV file or a workbook.")
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        said = "Read as Western European (Windows-1252): the file is not UTF-8. Check letters with accents."
        return data.decode("cp1252", "replace").replace("\ufffd", "?"), [said]


def _from_text(text: str, name: str, delimiter: str, said: list[str]) -> Grid:
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        raise refuse(name, "The text holds characters that are none (NUL).", "Choose a CSV file or a workbook.")
    if text.startswith("sep=") and len(text.split("\n", 1)[0]) == 5:  # Excel's own hint
        delimiter, text = delimiter or text[4], text.split("\n", 1)[-1]
    if not delimiter:
        delimiter = _delimiter(text)
        said = [*said, f"Columns are separated by a {_NAMES[delimiter]}."] if delimiter else said
    csv.field_size_limit(100_000)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter or ","))
    except (csv.Error, ValueError) as error:  # from Python 3.13 on a quotation mark is no delimiter
        raise refuse(name, f"The text cannot be read as a table: {error}.", "Check its quotation marks.") from None
    return _grid(name, list(rows), said)


def _delimiter(text: str) -> str:
    """The mark that parts most lines into the same number of columns."""
    lines = [line for line in text.split("\n")[:200] if line.strip()]
    best, score = "", 0.0
    for mark in _DELIMITERS:
        try:
            counts = Counter(len(row) for row in csv.reader(lines, delimiter=mark) if row)
        except csv.Error:
            continue
        if not counts:
            continue
        width, times = counts.most_common(1)[0]
        share = times / sum(counts.values())
        if width > 1 and share > score + 0.1:
            best, score = mark, share
    return best


def _from_book(path: Path, sheet: str) -> Grid:
    from model.workbook.read import read_book

    book = read_book(path)
    names = tuple(book.sheets)
    filled = [n for n in names if book.sheets[n].cells]
    if sheet and sheet not in names:
        raise refuse(str(path), f"The workbook has no sheet “{sheet}”.", f"It has: {', '.join(names)}.")
    if not filled:
        raise refuse(str(path), "All sheets are empty.", "Choose another workbook.")
    tables = (n for n in filled if not book.sheets[n].hidden and _is_table(book.sheets[n].cells))
    chosen = sheet or next(tables, filled[0])
    said = [*book.notes]
    if not sheet and len(filled) > 1:
        said.append(f"Read from the sheet “{chosen}”; there are others: {', '.join(n for n in filled if n != chosen)}.")
    cells = book.sheets[chosen].cells
    if not cells:
        raise refuse(str(path), f"The sheet “{chosen}” is empty.", "Choose another sheet.")
    top, left = min(r for r, _ in cells), min(c for _, c in cells)
    high, wide = max(r for r, _ in cells) - top + 1, max(c for _, c in cells) - left + 1
    _check_size(str(path), high, wide)
    results = book.results(chosen, {at for at, c in cells.items() if c.formula is not None})
    rows: list[list[Any]] = [[None] * wide for _ in range(high)]
    for (row, col), cell in cells.items():
        value = cell.value
        if cell.formula is not None:
            value = results.get((row, col), ErrorValue("#N/A", "a formula without a stored result: open the workbook in Excel and save it once"))  # fmt: skip
        rows[row - top][col - left] = value
    return _grid(path.name, rows, said, names, top + 1, left, book.since_1904, chosen)


def _is_table(cells: Mapping[tuple[int, int], Any]) -> bool:
    """Whether two rows or more hold two cells or more, and some hold other than text: no sheet of notes does."""
    rows = Counter(row for row, _ in cells)
    return sum(count > 1 for count in rows.values()) > 1 and any(not isinstance(c.value, str) for c in cells.values())


def _grid(
    name: str,
    cells: list[list[Any]],
    said: list[str],
    sheets: tuple[str, ...] = (),
    first: int = 1,
    left: int = 0,
    since_1904: bool = False,
    sheet: str = "",
) -> Grid:
    """Rows of one width, without empty rows at either end and empty columns at the right. (Not through pandas: it
    would turn cells into numbers, dates and NaN before anyone is asked.)"""
    wide = max((len(row) for row in cells), default=0)
    _check_size(name, len(cells), wide)
    rows = [[(v.strip() or None) if isinstance(v, str) else v for v in row] for row in cells]
    while rows and all(v is None for v in rows[-1]):
        rows.pop()
    while rows and all(v is None for v in rows[0]):
        rows.pop(0)
        first += 1
    if not rows:
        raise refuse(name, "There is no table in it.", "Choose another file.")
    keep = max(i for row in rows for i, v in enumerate(row) if v is not None) + 1
    padded = tuple(tuple((row + [None] * keep)[:keep]) for row in rows)
    return Grid(name, padded, first, left, tuple(said), sheets, since_1904, sheet)


def _check_size(name: str, rows: int, columns: int) -> None:
    if rows > MAX_ROWS or columns > MAX_COLUMNS:
        what = f"The table has {rows:,} rows and {columns:,} columns; up to {MAX_ROWS:,} and {MAX_COLUMNS:,} are read."
        raise refuse(name, what, "Keep the rows and columns that are needed.")
