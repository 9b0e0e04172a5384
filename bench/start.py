"""Start to first paint with the shipped deal, beside a bare Qt table and LibreOffice loading the exported book, in one run.

uv run python -m bench.start [--runs 7] [--without-office]

Each figure is the median wall time from starting a fresh process until it says that it is done: the window after its
first paint, LibreOffice after it has loaded the book and written its first sheet as CSV (its own start with nothing
loaded stands beside it). Everything is warm: the first round counts for nothing, and bytecode is compiled.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_BARE = """
import os
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QTableWidget
class Table(QTableWidget):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, lambda: os._exit(0))
app = QApplication([])
table = Table(40, 16); table.resize(1440, 900); table.show(); app.exec()
"""
_APP = """
import os
import ui.app, ui.main_window
ui.main_window.MainWindow._first_painted = lambda window: os._exit(0)
ui.app.run(None)
"""  # no filter of all events: it would make Python objects of widgets that nobody asks for
_RUNS = 7


def median(*commands: list[str], runs: int) -> list[float]:
    """Median seconds of each command, the commands taken in turns, the first round left out."""
    times: list[list[float]] = [[] for _ in commands]
    for _ in range(runs + 1):
        for command, found in zip(commands, times, strict=True):
            began = time.perf_counter()
            subprocess.run(
                command, env=_environment(), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            found.append(time.perf_counter() - began)
    return [statistics.median(found[1:]) for found in times]


_HOME = tempfile.mkdtemp()


def _environment() -> dict[str, str]:
    """Offscreen, settings of its own, and bytecode kept between runs whatever this shell says."""
    own = {"QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": _HOME, "XDG_DATA_HOME": _HOME}
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | own


def office(folder: Path) -> list[list[str]]:
    """LibreOffice with nothing to do, and loading the exported book; [] where it is not installed."""
    program = shutil.which("soffice")
    if program is None:
        return []
    from model import store
    from model.engine import run
    from model.layers import default_view
    from model.workbook.write import export
    from ui.documents import first_template

    deal = store.load(store.find(first_template())).deal
    export(run(deal, default_view(deal)), folder / "book.xlsx")
    common = [program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore", "--nologo"]
    load = ["--convert-to", "csv", "--outdir", str(folder), str(folder / "book.xlsx")]  # and write one small sheet
    return [[*common, "--terminate_after_init"], [*common, *load]]


def main() -> None:
    python = [sys.executable, "-c"]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=_RUNS, help="starts of each, without the first")
    parser.add_argument("--without-office", action="store_true")
    asked = parser.parse_args()
    bare, app = median([*python, _BARE], [*python, _APP], runs=asked.runs)
    print(f"bare Qt table {bare:.3f} s; Dealsheet to first paint {app:.3f} s; ratio {app / bare:.2f}")
    if asked.without_office:
        return
    with tempfile.TemporaryDirectory() as folder:
        commands = office(Path(folder))
        if not commands:
            print("LibreOffice is not installed here.")
            return
        idle, loaded = median(*commands, runs=3)
        print(
            f"LibreOffice start {idle:.3f} s, start and load of the exported book {loaded:.3f} s; ratio {loaded / app:.1f}"
        )


if __name__ == "__main__":
    main()
