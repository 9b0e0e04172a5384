"""Edit to painted pixels, beside painting alone, in one run (offscreen).

uv run python -m bench.paint
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from model.edits import set_value
from ui import theme
from ui.documents import open_session
from ui.main_window import MainWindow


def median(action: Callable[[], object], runs: int = 40) -> float:
    """Median seconds of an action and of the paint that follows it."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        action()
        QApplication.processEvents()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def main() -> None:
    app = QApplication.instance() or QApplication([])
    theme.install(app, "light")
    session = open_session(None)[0]
    window = MainWindow(session)
    window.resize(1440, 900)
    window.show()
    QApplication.processEvents()
    address = next(k for k, t in session.deal.terms.items() if t.kind == "money" and isinstance(t.value, float))
    values = iter(range(1, 100_000))

    def edit() -> None:
        session.edit(set_value(session.deal, session.view, address, 100.0 + next(values) / 8))

    for sheet in ("Terms", "Schedule"):
        window.show_sheet(window.sheet_index(sheet) or 0)
        QApplication.processEvents()
        nothing = median(window.repaint)
        changed = median(edit)
        print(
            f"{sheet}: repaint {nothing * 1e3:.1f} ms; one edit to pixels {changed * 1e3:.1f} ms; ratio {changed / nothing:.2f}"
        )


if __name__ == "__main__":
    main()
