"""Edit to painted pixels: on the shipped deal when every visible cell changes and when one does, and on 40 × 32 visible
cells of model M. Beside each stands a whole repaint of the same window that changes nothing. Offscreen, in one run.

uv run python -m bench.paint [--runs 30]
"""

from __future__ import annotations

import argparse
import gc
import itertools
import os
import statistics
import time
from collections.abc import Callable, Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from bench import models
from model.edits import set_value, set_values
from model.explain import reach
from model.layers import default_view
from ui import theme
from ui.documents import open_session
from ui.jobs import wait_for_all
from ui.main_window import MainWindow
from ui.session import DealSession
from ui.settings import Settings


def took(action: Callable[[], object], runs: int) -> str:
    """Milliseconds of processor time of an action and of all that follows it until the window has nothing left to do:
    median and best of some runs. All is one thread; offscreen the pixels are the processor's work too."""
    times = []
    for _ in range(runs):
        began = time.process_time()
        action()
        QApplication.processEvents()
        times.append((time.process_time() - began) * 1e3)
        settle()
    return f"{statistics.median(times):.1f} ms (best {min(times):.1f})"


def settle(seconds: float = 0.15) -> None:
    """Let flashes fade and timers run, outside the measured time."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        QApplication.processEvents()


def window_on(session: DealSession, sheet: str, size: tuple[int, int]) -> MainWindow:
    """A window on screen, settled, a sheet in front."""
    settings = Settings()
    settings._store = QSettings(os.devnull, QSettings.Format.IniFormat)  # nobody's habits, and none are written
    window = MainWindow(session, settings)
    window.show()
    window.resize(*size)
    window.show_titled(sheet)
    settle(1.0)
    gc.collect()
    gc.freeze()  # as the program does once it stands
    return window


def visible(window: MainWindow) -> dict[tuple[int, int], str]:
    """The texts of the cells on screen that show a value."""
    grid = window.panel.grid
    port = grid.viewport().rect()
    rows = grid._row_span(0, port.height())
    cols = [*grid.frozen_span(), *grid.scrolling_span(0, port.width())]
    model = grid.grid_model
    return {
        (r, c): model.cell(r, c).text
        for r, _, _ in rows
        for c, _, _ in cols
        if model.rows[r].kind not in ("section", "blank") and model.cell(r, c).number is not None
    }


def fresh(low: float, high: float) -> Iterator[float]:
    """Numbers between two bounds, never one again: a text seen before is painted from what was laid out for it."""
    return (low + (high - low) * (i * 0.6180339887498949 % 1) for i in itertools.count(1))


def scaled(session: DealSession) -> Callable[[], None]:
    """An edit of every number in the deal's inputs at once, another one each time."""
    factors = fresh(0.9, 1.1)
    inputs = {a: float(h.value) for a, h in session.calc.inputs.items() if isinstance(h.value, float) and h.value}

    def edit() -> None:
        by = next(factors)
        session.edit(set_values(session.deal, session.view, [(a, v * by) for a, v in inputs.items()], "All"))

    return edit


def one(session: DealSession, address: str, low: float = 0.5, high: float = 1.5) -> Callable[[], None]:
    """An edit of one term to a share of what it was, another one each time."""
    first, shares = session.calc.scalar(address), fresh(low, high)
    return lambda: session.edit(set_value(session.deal, session.view, address, first * next(shares)))


def narrowest(session: DealSession, window: MainWindow) -> str:
    """The input whose edit changes the fewest numbers on screen, but one at least."""
    found: dict[str, int] = {}
    model, rows = window.panel.grid.grid_model, {r for r, _ in visible(window)}
    shown = {model.rows[r].key for r in rows}
    for key, term in session.deal.terms.items():
        if isinstance(term.value, float) and term.value:
            count = len(({key, *reach(session.calc, key)}) & shown)
            if count:
                found[key] = count
    return min(found, key=found.__getitem__)


def report(name: str, window: MainWindow, edit: Callable[[], None], aim: str, runs: int) -> None:
    before = visible(window)
    edit()
    settle(0.8)
    after = visible(window)
    moved = sum(after.get(place) != text for place, text in before.items())
    print(
        f"{name}: {moved} of {len(before)} visible numbers change; edit to pixels {took(edit, runs)}, aim {aim}; "
        f"a repaint that changes nothing {took(window.repaint, runs)}",
        flush=True,
    )
    settle(0.8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=30, help="repetitions of each")
    runs = parser.parse_args().runs
    app = QApplication.instance() or QApplication([])
    theme.install(app, "light")
    session = open_session(None)[0]
    for sheet in ("Terms", "Schedule"):
        window = window_on(session, sheet, (1440, 900))
        report(f"shipped deal, {sheet}, all inputs", window, scaled(session), "16 ms", runs)
        key = narrowest(session, window)
        report(f"shipped deal, {sheet}, the input {key}", window, one(session, key), "3 ms when one changes", runs)
        session = open_session(None)[0]
    deal = models.build("M")
    window = window_on(DealSession(deal, view=default_view(deal)), "Schedule", (2600, 1250))
    window.settings.inspector = False
    window._show_side()
    settle()
    report("M", window, one(window.session, "t", 9.0, 21.0), "33 ms", runs)
    wait_for_all()


if __name__ == "__main__":
    main()
