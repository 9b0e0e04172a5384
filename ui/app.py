"""Start the window and end cleanly: ``run(path_or_template) -> exit status``."""

from __future__ import annotations

import gc
import sys
import traceback
from types import TracebackType
from typing import TYPE_CHECKING

from model import engine, store  # noqa: F401 - before Qt, which reads the source of every module imported after it
from ui import display

if TYPE_CHECKING:
    from model.problems import Problem
    from ui.main_window import MainWindow
    from ui.settings import Settings


def run(deal: str | None = None) -> int:
    """Open the window on a file, on a template, or on the deal that ships. 0, or 1 where no window can open."""
    gc.disable()  # until the window stands: many small objects come, and none of them goes
    try:
        return _run(deal)
    finally:
        gc.enable()


def _run(deal: str | None) -> int:
    fault = display.fault()
    if fault:
        print(fault, file=sys.stderr)
        return 1
    try:
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication
    except ImportError as error:
        print(f"Qt cannot start: {error}. {display.HEADLESS}", file=sys.stderr)
        return 1
    from ui import theme as themes
    from ui.settings import Settings

    app = QApplication.instance() or themes.application(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("Dealsheet")
    app.setApplicationDisplayName("Dealsheet")
    app.setDesktopFileName("dealsheet")
    settings = Settings()
    themes.install(app, settings.theme)
    sys.excepthook = _report
    window = _window(deal, settings)
    if window is None:
        return 1
    window.painted.connect(_settle)
    window.show()
    QTimer.singleShot(1_000, _settle)  # also where it opens out of sight
    QTimer.singleShot(1_000, window.documents.offer_left_behind)  # once the window stands
    status = app.exec()
    from ui.jobs import wait_for_all

    wait_for_all()
    return status


def _settle() -> None:
    """What is there now stays: the collector need not look at it again at every edit."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def _window(deal: str | None, settings: Settings) -> MainWindow | None:
    """The window on a deal; on the first template, with the reason, where the deal cannot be opened."""
    from model.problems import Refused
    from ui.documents import open_session
    from ui.main_window import MainWindow

    problems: tuple[Problem, ...] = ()
    title = ""
    try:
        session, problems = open_session(deal)
        title = "Opened, with remarks." if problems else ""
    except Refused as refused:
        problems = refused.problems
        title = "This file could not be opened; here is a template instead."
        for problem in problems:
            print(problem, file=sys.stderr)
        try:
            session, _ = open_session(None if deal is not None else "blank")
        except Refused as other:
            for problem in other.problems:
                print(problem, file=sys.stderr)
            return None
    window = MainWindow(session, settings)
    window.restore_place()
    window.documents.opened(problems, title)
    return window


_reporting = False


def _report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A fault in a slot must not end the program silently: say so, with a report to copy."""
    global _reporting  # noqa: PLW0603 - a fault while reporting must not open a second dialog
    text = "".join(traceback.format_exception(kind, error, trace))
    if sys.stderr is not None:
        sys.stderr.write(text)
    if issubclass(kind, KeyboardInterrupt):
        from PySide6.QtWidgets import QApplication

        QApplication.quit()
        return
    if _reporting:
        return
    _reporting = True
    try:
        from PySide6.QtWidgets import QApplication

        from ui.reports import show_report

        show_report(text, QApplication.activeWindow())
    finally:
        _reporting = False
