"""The benchmark's deal as one plain sheet of Excel formulas, and three spreadsheet engines that compute it.

The sheet holds the formulas that the workbook would hold (printed by ``to_excel``), one row a line, and nothing else:
no titles, looks, names or summaries that would cost the engines time. Inputs: t in B1, e in B2, days and days_in_year
in rows 3 and 4; openings in column B, periods from column C.
"""

from __future__ import annotations

import math
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from model.engine import Calc
from model.formula.bind import OPENING
from model.formula.excel import to_excel

T, E = (0, 1), (1, 1)  # row and column, from 0
FIRST_ROW, FIRST_COLUMN = 4, 2
_PERIOD_ROWS = {"days": 2, "days_in_year": 3}


class Cells(NamedTuple):
    """``formulas`` and ``values`` by row and column, from 0."""

    formulas: dict[tuple[int, int], str]
    values: dict[tuple[int, int], float]
    rows: dict[str, int]
    periods: int


class Times(NamedTuple):
    """Seconds, the best of some runs; ``check`` are the first and last period of every line with t = 3.5, e = 2.5."""

    load: float
    all: float
    edit: float
    formula: float
    check: list[tuple[float, float]]


class Engine(Protocol):
    """``measure`` may take about ``seconds`` beside the loading."""

    def __call__(self, cells: Cells, texts: tuple[str, str], seconds: float) -> Times: ...


def letters(column: int) -> str:
    """A column's letters, from 0."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


_HERE, _BEFORE = "\0", "\1"  # stand for the letters of a column and of the one before


class _At:
    """A layout for the cells of a row of the sheet."""

    def __init__(self, rows: dict[str, int]) -> None:
        self.rows = rows

    def scalar(self, key: str) -> str:
        return {"t": "$B$1", "e": "$B$2"}[key]

    def here(self, key: str) -> str:
        return f"{_HERE}{self.rows[key] + 1}"

    def before(self, key: str) -> str:
        return f"{_BEFORE}{self.rows[key] + 1}"

    row = to_date = earlier = scalar

    def column(self, table: str, column: str) -> str:
        raise NotImplementedError

    def series(self, key: str) -> tuple[str, str]:
        raise NotImplementedError

    def may_be_text(self, key: str) -> bool:
        return False


def sheet(calc: Calc) -> Cells:
    """The lines of the benchmark's deal with their inputs."""
    rows = dict(_PERIOD_ROWS)
    rows.update((key, FIRST_ROW + j) for j, key in enumerate(calc.deal.lines))
    size = len(calc.timeline)
    names = [letters(column) for column in range(FIRST_COLUMN + size)]
    out = Cells({}, {T: 3.5, E: 2.5}, rows, size)
    for key, row in _PERIOD_ROWS.items():
        out.values.update(((row, FIRST_COLUMN + i), v) for i, v in enumerate(calc.timeline.rows[key]))
    for key in calc.deal.lines:
        opening = calc.program.formulas.get(key + OPENING)
        if opening is not None:
            out.formulas[rows[key], 1] = to_excel(opening.tree, _At(rows))
        else:
            out.values[rows[key], 1] = 0.0
        text = to_excel(calc.program.formulas[key].tree, _At(rows))
        for column in range(FIRST_COLUMN, FIRST_COLUMN + size):
            out.formulas[rows[key], column] = text.replace(_HERE, names[column]).replace(_BEFORE, names[column - 1])
    return out


def shortest(act: Callable[[int], object], seconds: float) -> float:
    """The best of at least three runs, of as many as fit the time."""
    best, until, i = math.inf, time.perf_counter() + seconds, 0
    while i < 3 or time.perf_counter() < until:
        began = time.perf_counter()
        act(i)
        best = min(best, time.perf_counter() - began)
        i += 1
    return best


def _check(cells: Cells, get: Callable[[int, int], float]) -> list[tuple[float, float]]:
    last = FIRST_COLUMN + cells.periods - 1
    return [(get(row, FIRST_COLUMN), get(row, last)) for key, row in cells.rows.items() if key not in _PERIOD_ROWS]


def _edited(cells: Cells) -> tuple[int, int]:
    """The cell whose formula is edited: line 16 of the first block, in the first period."""
    return cells.rows["b0_16"], FIRST_COLUMN


def ironcalc(cells: Cells, texts: tuple[str, str], seconds: float) -> Times:
    """IronCalc has no recalculation of parts: ``evaluate`` computes every cell, whatever was edited."""
    import ironcalc as ic

    began = time.perf_counter()
    model = ic.create("bench", "en", "UTC", "en")
    for (r, c), v in cells.values.items():
        model.update_cell_with_number(0, r + 1, c + 1, v)
    for (r, c), text in cells.formulas.items():
        model.update_cell_with_formula(0, r + 1, c + 1, text)
    model.evaluate()
    load = time.perf_counter() - began
    row, column = _edited(cells)

    def edit(i: int) -> None:
        model.update_cell_with_number(0, 2, 2, 2.0 + i % 2)
        model.evaluate()

    def formula(i: int) -> None:
        model.update_cell_with_formula(0, row + 1, column + 1, texts[i % 2])
        model.evaluate()

    everything = shortest(lambda i: model.evaluate(), seconds / 2)
    changed, entered = shortest(edit, seconds / 4), shortest(formula, seconds / 4)
    model.update_cell_with_number(0, 2, 2, 2.5)
    model.update_cell_with_formula(0, row + 1, column + 1, cells.formulas[row, column])
    model.evaluate()
    check = _check(cells, lambda r, c: model.get_cell_value(0, r + 1, c + 1))
    return Times(load, everything, changed, entered, check)


def formualizer(cells: Cells, texts: tuple[str, str], seconds: float) -> Times:
    """formualizer computes what an edit made dirty. Everything: after an edit of t, which every cell depends on."""
    import formualizer as fz

    began = time.perf_counter()
    book = fz.Workbook()
    book.add_sheet("S")
    for (r, c), v in cells.values.items():
        book.set_value("S", r + 1, c + 1, v)
    width = FIRST_COLUMN + cells.periods
    bottom = max(cells.rows.values()) + 1
    block = [[cells.formulas[r, c] for c in range(FIRST_COLUMN, width)] for r in range(FIRST_ROW, bottom)]
    book.set_formulas_batch("S", FIRST_ROW + 1, FIRST_COLUMN + 1, block)
    for (r, c), text in cells.formulas.items():
        if c == 1:
            book.set_formula("S", r + 1, 2, text)
    book.evaluate_all()
    load = time.perf_counter() - began
    row, column = _edited(cells)

    def change(r: int, v: float) -> None:
        book.set_value("S", r, 2, v)
        book.evaluate_all()

    def formula(text: str) -> None:
        book.set_formula("S", row + 1, column + 1, text)
        book.evaluate_all()

    everything = shortest(lambda i: change(1, 3.0 + i % 2), seconds / 2)
    change(1, 3.5)
    changed = shortest(lambda i: change(2, 2.0 + i % 2), seconds / 4)
    change(2, 2.5)
    entered = shortest(lambda i: formula(texts[i % 2]), seconds / 4)
    formula(cells.formulas[row, column])
    check = _check(cells, lambda r, c: float(book.get_value("S", r + 1, c + 1)))  # type: ignore[arg-type]
    return Times(load, everything, changed, entered, check)


_MACRO = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">
Dim oDoc, oSheet
Sub Main
  Dim began, i, p(0) As New com.sun.star.beans.PropertyValue
  p(0).Name = "Hidden"
  p(0).Value = True
  Open "@OUT" For Output As #1
  began = GetSystemTicks()
  oDoc = StarDesktop.loadComponentFromURL("@BOOK", "_blank", 0, p())
  Print #1, GetSystemTicks() - began
  oSheet = oDoc.Sheets.getByIndex(0)
  oDoc.calculateAll()
  Dim best(3), kind, took, finish, turns
  For kind = 0 To 3
    best(kind) = 1E9
    turns = 1
    finish = GetSystemTicks() + @MS
    i = 0
    Do While i &lt; 3 Or GetSystemTicks() &lt; finish
      began = GetSystemTicks()
      For k = 1 To turns
        i = i + 1
        If kind = 0 Then
          oDoc.calculateAll()
        ElseIf kind = 1 Then
          oSheet.getCellByPosition(1, 0).setValue(3 + (i Mod 2))
          oDoc.calculate()
        ElseIf kind = 2 Then
          oSheet.getCellByPosition(1, 1).setValue(2 + (i Mod 2))
          oDoc.calculate()
          seen = oSheet.getCellByPosition(@LAST, @ROW).getValue()
        Else
          If (i Mod 2) = 0 Then oSheet.getCellByPosition(@COL, @ROW).setFormula("@TEXT0") Else oSheet.getCellByPosition(@COL, @ROW).setFormula("@TEXT1")
          oDoc.calculate()
        End If
      Next k
      took = GetSystemTicks() - began
      If took &lt; 40 Then
        turns = turns * 4
      ElseIf took / turns &lt; best(kind) Then
        best(kind) = took / turns
      End If
    Loop
    oSheet.getCellByPosition(1, 0).setValue(3.5)
    oSheet.getCellByPosition(1, 1).setValue(2.5)
    Print #1, best(kind)
  Next kind
  oSheet.getCellByPosition(@COL, @ROW).setFormula("@TEXT")
  oDoc.calculate()
  Dim a, b
  a = oSheet.getCellRangeByPosition(@FIRST, @TOP, @FIRST, @BOTTOM).getDataArray()
  b = oSheet.getCellRangeByPosition(@LAST, @TOP, @LAST, @BOTTOM).getDataArray()
  For i = LBound(a) To UBound(a)
    Print #1, CStr(a(i)(0)) &amp; " " &amp; CStr(b(i)(0))
  Next i
  Print #1, "done"
  Close #1
  oDoc.close(True)
  StarDesktop.terminate()
End Sub
</script:module>
"""


def libreoffice(cells: Cells, texts: tuple[str, str], seconds: float) -> Times:
    """LibreOffice opens the sheet as .xlsx, hidden, in a headless process of its own with a fresh profile; a Basic
    macro inside it takes the time, so that neither its start nor any bridge between processes is included.

    Everything: the faster of a hard recalculation (``calculateAll``) and of an edit of t, which every cell depends
    on, followed by ``calculate`` (what is dirty). Its clock ticks in milliseconds: acts are repeated until 40 have passed.
    """
    import xlsxwriter

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        book = xlsxwriter.Workbook(str(folder / "book.xlsx"), {"constant_memory": True})
        page = book.add_worksheet("S")
        for (r, c), v in sorted([*cells.values.items(), *cells.formulas.items()], key=lambda item: item[0]):
            page.write_formula(r, c, v) if isinstance(v, str) else page.write_number(r, c, v)
        book.close()
        profile, basic = folder / "profile", folder / "profile/user/basic/Standard"
        command = [str(shutil.which("soffice")), "--headless", "--norestore", "--nologo", f"-env:UserInstallation={profile.as_uri()}"]  # fmt: skip
        silent: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([*command, "--terminate_after_init"], timeout=60, check=False, **silent)
        row, column = _edited(cells)
        out = folder / "out.txt"
        fill = {
            "@OUT": str(out), "@BOOK": (folder / "book.xlsx").as_uri(), "@MS": str(round(seconds * 250)),
            "@COL": str(column), "@ROW": str(row), "@TEXT0": _quoted(texts[0]), "@TEXT1": _quoted(texts[1]), "@TEXT": _quoted(cells.formulas[row, column]),
            "@FIRST": str(FIRST_COLUMN), "@LAST": str(FIRST_COLUMN + cells.periods - 1), "@TOP": str(FIRST_ROW), "@BOTTOM": str(max(cells.rows.values())),
        }  # fmt: skip
        macro = _MACRO
        for mark in sorted(fill, key=len, reverse=True):
            macro = macro.replace(mark, fill[mark])
        basic.mkdir(parents=True, exist_ok=True)
        (basic / "Module1.xba").write_text(macro)
        (basic / "script.xlb").write_text(_LIBRARY)
        (basic.parent / "script.xlc").write_text(_LIBRARIES)
        process = subprocess.Popen([*command, "macro:///Standard.Module1.Main"], start_new_session=True, **silent)
        try:
            process.wait(timeout=30 + 4 * seconds + len(cells.formulas) / 5_000)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        found = out.read_text().split("\n") if out.exists() else []
        if "done" not in found:
            raise RuntimeError(f"LibreOffice's macro did not end: {found[:6]}")
    load, hard, soft, edit, formula = (float(v.replace(",", ".")) / 1e3 for v in found[:5])
    pairs = [line.split() for line in found[5 : found.index("done")]]
    return Times(load, min(hard, soft), edit, formula, [(float(a), float(b)) for a, b in pairs])


def _quoted(text: str) -> str:
    """A text inside a string of Basic inside XML."""
    return text.replace('"', '""').replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace(",", ";")


_LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false" library:passwordprotected="false">
 <library:element library:name="Module1"/>
</library:library>
"""
_LIBRARIES = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:libraries PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "libraries.dtd">
<library:libraries xmlns:library="http://openoffice.org/2000/library" xmlns:xlink="http://www.w3.org/1999/xlink">
 <library:library library:name="Standard" library:link="false"/>
</library:libraries>
"""


def same(a: list[tuple[float, float]], b: list[tuple[float, float]]) -> bool:
    """Whether two engines computed the same numbers."""
    return len(a) == len(b) and all(
        abs(x - y) <= 1e-9 * max(abs(x), abs(y)) + 1e-9
        for p, q in zip(a, b, strict=True)
        for x, y in zip(p, q, strict=True)
    )


def engines() -> dict[str, Engine]:
    """The engines that are there."""
    found: dict[str, Engine] = {}
    for name, measure in (("IronCalc", ironcalc), ("formualizer", formualizer)):
        try:
            __import__(name.lower())
        except ImportError:
            continue
        found[name] = measure
    if shutil.which("soffice"):
        found["LibreOffice"] = libreoffice
    return found
