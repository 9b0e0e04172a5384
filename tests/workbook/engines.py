"""Foreign spreadsheet engines for the proof: read a book's cells as they stand in the file, edit an
input inside it, have it recalculated by formualizer, IronCalc or LibreOffice, and compare every formula cell.

The reader is our own and small: it shows what is in the XML (openpyxl turns serial numbers with a date
format into dates). Nothing here writes a workbook of ours; edits go into copies, cell by cell.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest

REL = 1e-9
ABS = 1e-9
REL_RATE = 1e-7  # XIRR and IRR
NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RNS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


class Cell(NamedTuple):
    value: Any  # float, str, bool, None; errors as their text in ``Err``
    formula: str | None = None


class Err(str):
    """An error value of a cell."""


Book = dict[str, dict[str, Cell]]


def sheet_files(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name -> part of the archive."""
    rels = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    target = {r.get("Id"): str(r.get("Target")) for r in rels}
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    out = {}
    for sheet in book.iter(NS + "sheet"):
        part = target[sheet.get(RNS + "id")]
        out[str(sheet.get("name"))] = part.lstrip("/") if part.startswith("/") else f"xl/{part}"
    return out


def defined_names(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    return {str(n.get("name")): str(n.text) for n in book.iter(NS + "definedName") if n.get("localSheetId") is None}


def read(path: Path) -> Book:
    """All cells with a value or a formula."""
    with zipfile.ZipFile(path) as archive:
        shared: list[str] = []
        if "xl/sharedStrings.xml" in archive.namelist():
            root = ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
            shared = ["".join(t.text or "" for t in item.iter(NS + "t")) for item in root]
        return {name: _cells(archive.read(part), shared) for name, part in sheet_files(archive).items()}


def _cells(xml: bytes, shared: list[str]) -> dict[str, Cell]:
    out: dict[str, Cell] = {}
    for c in ElementTree.fromstring(xml).iter(NS + "c"):
        formula, text = c.find(NS + "f"), c.findtext(NS + "v")
        value = _value(c, text, shared)
        if value is not None or formula is not None:
            out[str(c.get("r"))] = Cell(value, None if formula is None else formula.text or "")
    return out


def _value(c: ElementTree.Element, text: str | None, shared: list[str]) -> Any:
    kind = c.get("t", "n")
    if kind == "inlineStr":
        return _decoded("".join(t.text or "" for t in c.iter(NS + "t")))
    if kind == "str":
        return _decoded(text or "")
    if text is None:
        return None
    if kind == "s":
        return _decoded(shared[int(text)])
    if kind == "b":
        return text == "1"
    return Err(text) if kind == "e" else float(text)


def _decoded(text: str) -> str:
    """Characters that stand as ``_xHHHH_`` in a file, the underscore of such a text itself among them."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)), text)


def place(path: Path, name: str) -> tuple[str, str]:
    """Sheet and cell of a defined name."""
    sheet, ref = defined_names(path)[name].split("!")
    return sheet.strip("'"), ref.replace("$", "")


def input_cell(calc: Any, address: str, layer: str | None = None) -> tuple[str, str]:
    """Sheet and cell that holds an input in a layer; by default the layer that an edit in the app would go to."""
    from model.layers import writes_to
    from model.workbook.layout import plan
    from model.workbook.viewpoint import letters

    layer = writes_to(calc.deal, calc.view, address) if layer is None else layer
    found = plan(calc).input_place(address, layer)
    assert found is not None, (address, layer)
    return found.sheet, f"{letters(found.col)}{found.row + 1}"


def selectors(path: Path, deal: Any, view: Any) -> dict[tuple[str, str], Any]:
    """The cells to set, and to what, so that the book shows another version, scenario and party's view. A book has
    only those selectors that its deal needs."""
    from model.engine import run
    from model.workbook.facts import party_choices
    from model.workbook.layout import plan
    from model.workbook.scenarios import label_of

    book = plan(run(deal, view))
    party = view.perspective or deal.perspective
    chosen = {
        "selected_version": label_of(book, "version", view.version),
        "selected_scenario": label_of(book, "scenario", view.scenario),
        "selected_party": book.texts.clean(party_choices(deal.parties).get(party, party), "parties"),
    }
    return {place(path, name): said for name, said in chosen.items() if name in defined_names(path)}


def edit(source: Path, target: Path, changes: dict[tuple[str, str], Any]) -> None:
    """A copy of a book in which some cells hold other constants; every cached result stays as it was."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        parts = {part: sheet for sheet, part in sheet_files(old).items()}
        for name in old.namelist():
            data = old.read(name)
            for (sheet, ref), value in changes.items():
                if parts.get(name) == sheet:
                    data = _put(data.decode(), ref, value).encode()
            new.writestr(name, data)


def _put(xml: str, ref: str, value: Any) -> str:
    match = re.search(rf'<c r="{ref}"([^>]*?)(?:/>|>(.*?)</c>)', xml)
    assert match, f"no cell {ref}"
    style = re.search(r' s="\d+"', match[1])
    attributes = style[0] if style else ""
    formula = re.search(r"<f>.*?</f>", match[2] or "")
    kept = formula[0] if formula else ""
    if isinstance(value, bool):
        cell = f'<c r="{ref}"{attributes} t="b">{kept}<v>{int(value)}</v></c>'
    elif isinstance(value, str):
        text = escape(re.sub("(_x[0-9A-Fa-f]{4}_)", r"_x005F\1", value))
        cell = f'<c r="{ref}"{attributes} t="inlineStr"><is><t>{text}</t></is></c>'
    else:
        cell = f'<c r="{ref}"{attributes}>{kept}<v>{value!r}</v></c>'
    return xml[: match.start()] + cell + xml[match.end() :]


# -- formualizer ---------------------------------------------------------------------------------


def formualizer(path: Path, book: Book | None = None, changes: dict[tuple[str, str], Any] | None = None) -> Book:
    """Every formula cell of a book as formualizer computes it, after ``changes`` made through its own API."""
    return Formualizer(path, book).after(changes or {})


class Formualizer:
    """A book opened once, recalculated as often as its cells are changed."""

    def __init__(self, path: Path, book: Book | None = None) -> None:
        import formualizer as fz

        self.book = book or read(path)
        self.engine = fz.load_workbook(str(path))

    def after(self, changes: dict[tuple[str, str], Any]) -> Book:
        """All formula cells, once these cells hold other constants. Earlier changes stay."""
        for (sheet, ref), value in changes.items():
            row, col = coordinates(ref)
            self.engine.set_value(sheet, row, col, value)
        self.engine.evaluate_all()
        return _computed(self.engine, self.book)


def _computed(engine: Any, book: Book) -> Book:
    out: Book = {}
    for sheet, cells in book.items():
        out[sheet] = {}
        for ref, cell in cells.items():
            if cell.formula is not None:
                out[sheet][ref] = Cell(_plain(engine.get_value(sheet, *coordinates(ref))), cell.formula)
    return out


def _plain(value: Any) -> Any:
    if isinstance(value, dict) and value.get("type") == "Error":
        kind = str(value["kind"])
        return Err(_FZ_ERRORS.get(kind, kind))
    if hasattr(value, "toordinal"):
        return float(value.toordinal() - 693594)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


class IronCalc:
    """The same with IronCalc."""

    def __init__(self, path: Path, book: Book | None = None) -> None:
        import ironcalc

        self.book = book or read(path)
        self.model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
        self.sheets = {
            p["name"] if isinstance(p, dict) else p.name: i
            for i, p in enumerate(self.model.get_worksheets_properties())
        }

    def after(self, changes: dict[tuple[str, str], Any]) -> Book:
        """All formula cells, once these cells hold other constants. Earlier changes stay."""
        for (sheet, ref), value in changes.items():
            put = self.model.update_cell_with_text if isinstance(value, str) else self.model.update_cell_with_number
            if isinstance(value, bool):
                put = self.model.update_cell_with_bool
            put(self.sheets[sheet], *coordinates(ref), value)
        self.model.evaluate()
        return {sheet: {ref: Cell(self._value(sheet, ref), cell.formula) for ref, cell in cells.items() if cell.formula is not None}
                for sheet, cells in self.book.items()}  # fmt: skip

    def _value(self, sheet: str, ref: str) -> Any:
        place = (self.sheets[sheet], *coordinates(ref))
        value = self.model.get_cell_value(*place)
        if isinstance(value, str) and value[:1] == "#" and str(self.model.get_cell_type(*place)).endswith("ErrorValue"):
            return Err(value)
        return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


_FZ_ERRORS = {
    "Na": "#N/A",
    "Div": "#DIV/0!",
    "Num": "#NUM!",
    "Value": "#VALUE!",
    "Ref": "#REF!",
    "Name": "#NAME?",
    "Null": "#NULL!",
}


def coordinates(ref: str) -> tuple[int, int]:
    """Row and column from 1."""
    match = re.fullmatch(r"([A-Z]+)([0-9]+)", ref)
    assert match, ref
    column = 0
    for char in match[1]:
        column = column * 26 + ord(char) - 64
    return int(match[2]), column


# -- LibreOffice ---------------------------------------------------------------------------------

_RECALCULATE_ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def need_libreoffice() -> str:
    """The program, or a skipped test; in CI its absence is a failure."""
    program = shutil.which("soffice")
    if program is None:
        message = "LibreOffice (soffice) is not on this machine: apt-get install libreoffice-calc"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return program


class LibreOffice:
    """soffice with a profile of its own in which every load recalculates everything."""

    def __init__(self, folder: Path) -> None:
        self.program = need_libreoffice()
        self.profile = folder / "profile"
        user = self.profile / "user"
        user.mkdir(parents=True)
        (user / "registrymodifications.xcu").write_text(_RECALCULATE_ALWAYS)

    def convert(self, files: list[Path], out: Path, to: str = "xlsx:Calc MS Excel 2007 XML") -> list[Path]:
        """Load and save anew, many files in one go."""
        out.mkdir(parents=True, exist_ok=True)
        command = [self.program, f"-env:UserInstallation={self.profile.as_uri()}", "--headless", "--norestore"]
        command += ["--convert-to", to, "--outdir", str(out), *map(str, files)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
        made = [out / f"{f.stem}.{to.partition(':')[0]}" for f in files]
        missing = [str(m) for m in made if not m.exists()]
        assert not missing, f"LibreOffice made no {missing}: {done.stdout} {done.stderr}"
        return made


# -- comparing -----------------------------------------------------------------------------------


def agree(ours: Any, theirs: Any, relative: float = REL) -> bool:
    """Whether two results are the same within the design's tolerance. Kinds must match, too."""
    if isinstance(ours, bool) or isinstance(theirs, bool) or isinstance(ours, str) or isinstance(theirs, str):
        return ours.__class__ is theirs.__class__ and ours == theirs
    if ours is None or theirs is None:
        return ours is theirs
    return bool(abs(ours - theirs) <= relative * max(abs(ours), abs(theirs)) + (ABS if relative == REL else relative))


def compare(ours: Book, theirs: Book, known: Any = None) -> tuple[int, list[str]]:
    """How many formula cells were compared, and what differs. ``known(sheet, ref, cell, other)`` excuses an
    engine's own named fault."""
    count, faults = 0, []
    for sheet, cells in ours.items():
        for ref, cell in cells.items():
            if cell.formula is None:
                continue
            count += 1
            other = theirs[sheet].get(ref, Cell(None)).value
            relative = REL_RATE if "XIRR(" in cell.formula or "IRR(" in cell.formula else REL
            if agree(cell.value, other, relative) or (known and known(sheet, ref, cell, other)):
                continue
            faults.append(f"{sheet}!{ref}: {cell.value!r} here, {other!r} there, ={cell.formula[:160]}")
    return count, faults
