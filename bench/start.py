"""Start to first paint with the shipped deal, beside a bare Qt window, in one run.

uv run python -m bench.start
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

_QUIT_AFTER_PAINT = """
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication
app = QApplication([])
class Watch(QObject):
    def eventFilter(self, what, event):
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, app.quit)
            app.removeEventFilter(self)
        return False
watch = Watch(); app.installEventFilter(watch)
"""
_BARE = (
    _QUIT_AFTER_PAINT
    + """
from PySide6.QtWidgets import QTableWidget
w = QTableWidget(40, 16); w.resize(1440, 900); w.show(); app.exec()
"""
)
_APP = (
    _QUIT_AFTER_PAINT
    + """
import ui.app
ui.app.run(None)
"""
)


def median(code: str, runs: int = 7) -> float:
    """Median wall time of a fresh interpreter running the code, the first (cold) run left out."""
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": tempfile.mkdtemp()}
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
