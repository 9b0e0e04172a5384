"""Time per formula cell of an export, beside plain XlsxWriter writing the same cells, in one run.

uv run python -m bench.export [cells …]     (default: 5,000 48,000 600,000)
"""

from __future__ import annotations

import datetime as dt
import resource
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from bench.models import build
from model.deal import Deal, TimelineSpec
from model.engine import Calc, run
from model.layers import default_view
from model.workbook.write import export

SIZES = (5_000, 48_000, 600_000)


class StoppedError(Exception):
    """What a person's Cancel raises."""


def deal_of(cells: int) -> Deal:
    """The benchmark's formulas with about this many cells: 5,000 lines at most, over months."""
    size = "S" if cells <= 5_000 else "M" if cells <= 100_000 else "L"
    deal = build(size)
    months = max(12, round(cells / len(deal.lines) / 12) * 12)
    span = TimelineSpec(start=dt.date(2025, 1, 1), end=dt.date(2024 + months // 12, 12, 31), period="month")
    return msgspec.structs.replace(deal, timeline=span)


def ours(calc: Calc, path: Path) -> float:
    began = time.perf_counter()
    export(calc, path)
    return time.perf_counter() - began


def plain(book: Path, path: Path) -> tuple[float, int]:
    """The same cells written by XlsxWriter alone: formulas, values and texts, no looks. Reading them is not timed."""
    import openpyxl
    import xlsxwriter

    formulas, values = openpyxl.load_workbook(book), openpyxl.load_workbook(book, data_only=True)
    sheets = [
        (s.title, [(c.row - 1, c.column - 1, c.value, values[s.title].cell(c.row, c.column).value)
                   for row in s.iter_rows() for c in row if c.value is not None]) for s in formulas
    ]  # fmt: skip
    del formulas, values
    count = 0
    began = time.perf_counter()
    made = xlsxwriter.Workbook(str(path), {"in_memory": True})
    look = made.add_format({"num_format": "#,##0.0"})
    for title, cells in sheets:
        sheet = made.add_worksheet(title)
        for row, col, text, value in cells:
            if isinstance(text, str) and text.startswith("="):
                sheet.write_formula(row, col, text, look, value)
                count += 1
            elif isinstance(text, (int, float)):
                sheet.write_number(row, col, text, look)
            else:
                sheet.write_string(row, col, str(text), look)
    made.close()
    return time.perf_counter() - began, count


def cancelled(calc: Calc, path: Path) -> float:
    """How long after Cancel the export has gone, half-way through."""
    asked = 0.0

    def progress(done: float) -> None:
        nonlocal asked
        if done >= 0.5:
            asked = asked or time.perf_counter()
            raise StoppedError

    try:
        export(calc, path, progress)
    except StoppedError:
        return time.perf_counter() - asked
    raise AssertionError("the export was not cancelled")


def main() -> None:
    print(
        f"{'formula cells':>14}{'export s':>10}{'µs a cell':>11}{'plain s':>9}{'ratio':>7}{'cancel ms':>11}{'peak MB':>9}"
    )
    for size in [int(a.replace(",", "")) for a in sys.argv[1:]] or SIZES:
        deal = deal_of(size)
        calc = run(deal, default_view(deal))
        with tempfile.TemporaryDirectory() as folder:
            book = Path(folder) / "book.xlsx"
            seconds = min(ours(calc, book) for _ in range(1 if size > 100_000 else 3))
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            stop = cancelled(calc, book)
            other, count = plain(book, Path(folder) / "plain.xlsx")
        ratio = seconds / other
        print(
            f"{count:>14,}{seconds:>10.2f}{seconds / count * 1e6:>11.1f}{other:>9.2f}{ratio:>7.2f}{stop * 1e3:>11.0f}{peak:>9.0f}"
        )


if __name__ == "__main__":
    main()
