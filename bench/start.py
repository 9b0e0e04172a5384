"""Start to first paint with the shipped deal, beside a bare Qt window, in one run.

    uv run python -m bench.start
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

_BARE = """
from PySide6.QtWidgets import QApplication, QTableWidget
from PySide6.QtCore import QTimer
app = QApplication([]); w = QTableWidget(40, 16); w.resize(1440, 900)
paint = type(w).paintEvent
w.show(); app.processEvents(); QTimer.singleShot(0, app.quit); app.exec()
"""
_APP = """
import sys
from ui.app import first_paint
sys.exit(first_paint())
"""


def median(code: str, runs: int = 7) -> float:
    """Median wall time of a fresh interpreter running the code, the first (cold) run left out."""
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    times = []
    for _ in range(runs + 1):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], env=env, check=True)
        times.append(time.perf_counter() - began)
    return statistics.median(times[1:])


def main() -> None:
    bare, app = median(_BARE), median(_APP)
    print(f"bare Qt table {bare:.3f} s; Dealsheet to first paint {app:.3f} s; ratio {app / bare:.2f}")


if __name__ == "__main__":
    main()
