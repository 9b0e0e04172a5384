"""A workbook's XML, streamed once before openpyxl sees it: no document types or entities, nothing outside a
worksheet, no number that is none, no more cells than this program will hold."""

from __future__ import annotations

import math
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from xml.parsers import expat

from model.problems import refuse
from model.workbook.read_zip import archive, chunks, read_file

MAX_CELLS: Final = 1_000_000
MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
MAX_MERGES: Final = 100_000
_MAX_MERGED: Final = 2_000_000  # cells under merged ranges: openpyxl would make an object of each
_MAX_DEPTH: Final = 100
_MAX_ELEMENTS: Final = 8_000_000  # of all parts together
_MAX_OTHER: Final = 250_000  # elements of a part that openpyxl keeps as objects
MAX_STRINGS: Final = 400_000
_MAX_SHARED: Final = 60_000_000  # characters of shared formulas once each cell has its own
_MAX_TEXT: Final = 40_000  # a cell holds 32,767 characters; escapes make them longer
_MAIN_NS: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STRICT: Final = "http://purl.oclc.org/ooxml/"
_UNSAFE: Final = "Do not open it; ask the sender for another copy."
_MEND: Final = "Open it in Excel, save it again, and import that."
_REF: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,9})", re.ASCII)
_FIGURE: Final = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?\s*", re.ASCII)


@dataclass(slots=True)
class Scanned:
    """What is known of a workbook that may be read. ``notes`` are what a reader must be told about the file."""

    path: Path
    data: bytes = field(repr=False)
    cells: int = 0
    rows: dict[str, int] = field(default_factory=dict)  #: part of a worksheet -> its ``row`` elements
    notes: list[str] = field(default_factory=list)


def scan(path: str | Path) -> Scanned:
    """Check a workbook by its content, in bounded time and memory. Raises Refused, which names reason and remedy."""
    found = Scanned(Path(path), read_file(Path(path)))
    with archive(found.data, found.path) as zipped:
        names = [n for n in zipped.namelist() if n.lower().endswith((".xml", ".rels", ".vml"))]
        strings = elements = 0
        for name in sorted(names, key=lambda n: "sharedstrings" not in n.lower()):
            reader = _Reader(name, strings, _MAX_ELEMENTS - elements)
            reader.run(zipped)
            strings = max(strings, reader.strings)
            elements += reader.elements
            if reader.is_sheet:
                found.rows[name] = reader.rows
                found.cells += reader.cells
            if found.cells > MAX_CELLS:
                what = f"The workbook has more than {MAX_CELLS:,} cells."
                raise refuse(str(path), what, "Delete the sheets that are not part of the deal, and import the rest.")
        found.notes = _remarks(zipped)
    return found


def _remarks(zipped: zipfile.ZipFile) -> list[str]:
    names = [n.lower() for n in zipped.namelist()]
    notes = []
    if any(n.endswith("vbaproject.bin") for n in names) or any(n.startswith("xl/macrosheets/") for n in names):
        notes.append("The workbook holds macros. They were not run; only values are read.")
    if any(n.startswith("xl/externallinks/") for n in names):
        notes.append(
            "The workbook is linked to other workbooks. The links were not followed; only the values seen last are read."
        )
    if any(re.fullmatch(r"xl/(threaded)?comments.*\.xml", n) for n in names):
        notes.append("The workbook holds comments on cells. They are not imported; read them in Excel.")
    return notes


class _Reader:
    """One part: counts and checks, keeps nothing."""

    def __init__(self, name: str, strings: int, budget: int) -> None:
        self.name = name
        self.elements = 0
        self._budget = budget
        self.strings = strings  # entries of the shared strings, once they are known
        self.is_sheet = False
        self.rows = self.cells = self._depth = self._merges = self._merged = self._row = 0
        self._size = 0
        self._counting = "sharedstrings" in name.lower()
        self._streamed = self._counting or "pivotcache" in name.lower()  # never kept as objects
        self._kind = self._at = self._tag = ""
        self._share: str | None = None
        self._shared: dict[str, int] = {}
        self._copied = 0
        self._text: list[str] | None = None
        self._fault: Exception | None = None

    def run(self, zipped: zipfile.ZipFile) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.buffer_size = 1 << 16
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        try:
            for data in chunks(zipped, self.name):
                parser.Parse(data, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            if self.name.lower().endswith(".vml"):
                return  # drawings of comments are often not well-formed; nothing reads them
            what = f"The workbook's part {self.name} is not valid XML (line {error.lineno}): {expat.ErrorString(error.code)}."
            raise refuse(self.name, what, _MEND) from None
        except (LookupError, UnicodeError, ValueError) as error:
            raise refuse(self.name, f"The workbook's part {self.name} cannot be read: {error}.", _MEND) from None

    def _refuse(self, what: str, remedy: str = _MEND) -> Exception:
        return refuse(self.name, what, remedy)

    def _doctype(self, *_: Any) -> None:
        raise self._refuse(
            f"The workbook's part {self.name} declares a document type or entities, which workbooks never need and which can be used to attack the reader.",
            _UNSAFE,
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self.elements += 1
        if self._depth > _MAX_DEPTH:
            raise self._refuse(f"The workbook's part {self.name} is nested too deeply.", _UNSAFE)
        if self.elements > (self._budget if self._streamed or self.is_sheet else min(self._budget, _MAX_OTHER)):
            what = f"The workbook's part {self.name} has more elements than a workbook needs ({self.elements - 1:,})."
            raise self._refuse(what, _UNSAFE)
        space, _, tag = name.rpartition(" ")
        if self._depth == 1:
            if space.startswith(_STRICT) and tag in ("workbook", "worksheet", "sst"):
                what = "This is a workbook in the “Strict Open XML” form, whose sheets would be read as empty."
                raise self._refuse(what, "In Excel choose Save as, “Excel Workbook (.xlsx)”, not “Strict”.")
            self.is_sheet = tag == "worksheet" and space == _MAIN_NS
            if self._counting and tag == "sst":
                self.strings = 0
            return
        if self.is_sheet:
            act = _SHEET.get(tag)
            if act is not None:
                act(self, attributes)
        elif self._counting and tag == "si" and self._depth == 2:
            self.strings += 1
            if self.strings > MAX_STRINGS:
                what = f"The workbook has more than {MAX_STRINGS:,} different texts."
                raise self._refuse(what, "Delete the sheets that are not part of the deal, and import the rest.")

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._text is not None and name.rpartition(" ")[2] == self._tag:
            if self._tag == "v":
                self._check_value("".join(self._text))
            elif self._share is not None:
                self._check_shared()
            self._text = None

    def _characters(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)
            self._size += len(data)
            if self._size > _MAX_TEXT:
                raise self._refuse(f"Cell {self._at} holds more text than a cell can.")

    # -- worksheets --------------------------------------------------------------------------

    def _on_row(self, attributes: dict[str, str]) -> None:
        self.rows += 1
        given = attributes.get("r")
        if given is not None and not (given.isascii() and given.isdigit() and len(given) <= 9):
            raise self._refuse(f"“{given[:20]}” is not the number of a row.")
        self._row = int(given) if given else self._row + 1
        if not 1 <= self._row <= MAX_ROW:
            raise self._refuse(f"Row {self._row:,} is outside a worksheet, which ends at row {MAX_ROW:,}.")

    def _on_cell(self, attributes: dict[str, str]) -> None:
        self.cells += 1
        if self.cells > MAX_CELLS:
            raise self._refuse(f"The sheet has more than {MAX_CELLS:,} cells.", "Delete what is not part of the deal.")
        self._kind = attributes.get("t", "n")
        self._at = attributes.get("r", f"in row {self._row}")
        if "r" in attributes:
            found = _REF.fullmatch(self._at)
            if not found:
                raise self._refuse(f"“{self._at[:20]}” is not the address of a cell.")
            if _number(found[1]) > MAX_COLUMN or not 1 <= int(found[2]) <= MAX_ROW:
                raise self._refuse(f"Cell {self._at} is outside a worksheet, which ends at XFD{MAX_ROW}.")
            if int(found[2]) != self._row:
                raise self._refuse(f"Cell {self._at} stands in row {self._row}.")

    def _on_value(self, _: dict[str, str]) -> None:
        self._text, self._size, self._tag = [], 0, "v"

    def _on_formula(self, attributes: dict[str, str]) -> None:
        self._text, self._size, self._tag = [], 0, "f"
        self._share = attributes.get("si", "") if attributes.get("t") == "shared" else None

    def _check_shared(self) -> None:
        """A formula that a million cells share would be written out a million times."""
        assert self._share is not None
        if self._size:
            self._shared[self._share] = self._size
        self._copied += self._shared.get(self._share, 0)
        if self._copied > _MAX_SHARED:
            raise self._refuse("Its cells share longer formulas than this program writes out.", _UNSAFE)

    def _on_merge(self, attributes: dict[str, str]) -> None:
        self._merges += 1
        first, _, last = attributes.get("ref", "").partition(":")
        a, b = _REF.fullmatch(first), _REF.fullmatch(last or first)
        if not a or not b:
            raise self._refuse("It merges cells that are none.")
        self._merged += (abs(int(b[2]) - int(a[2])) + 1) * (abs(_number(b[1]) - _number(a[1])) + 1)
        if max(int(a[2]), int(b[2])) > MAX_ROW or self._merges > MAX_MERGES or self._merged > _MAX_MERGED:
            raise self._refuse("It merges more cells than a worksheet can hold.", _UNSAFE)

    def _check_value(self, text: str) -> None:
        kind = self._kind
        if kind in ("str", "e", "d", "inlineStr") or not text:
            return
        if not _FIGURE.fullmatch(text) or not math.isfinite(float(text)):
            raise self._refuse(f"Cell {self._at} holds “{text[:30]}”, which is not a finite number.")
        if kind == "s" and not (text.strip().isdigit() and int(text) < self.strings):
            raise self._refuse(f"Cell {self._at} refers to text number {text[:20]}; there are {self.strings:,}.")
        if kind == "b" and text.strip() not in ("0", "1"):
            raise self._refuse(f"Cell {self._at} holds “{text[:30]}”, which is neither true nor false.")
        if kind not in ("n", "s", "b"):
            raise self._refuse(f"Cell {self._at} is of an unknown kind, “{kind[:20]}”.")


def _number(letters: str) -> int:
    """A column's number, from 1."""
    column = 0
    for char in letters:
        column = column * 26 + ord(char) - 64
    return column


_SHEET: Final[dict[str, Callable[[_Reader, dict[str, str]], None]]] = {
    "c": _Reader._on_cell,
    "v": _Reader._on_value,
    "f": _Reader._on_formula,
    "row": _Reader._on_row,
    "mergeCell": _Reader._on_merge,
}
