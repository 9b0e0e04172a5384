"""Pictures of the real window, for documentation, bug reports and looking."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from model.deal import PeriodLength
from model.layers import find_key
from model.problems import Refused


def shot(
    deal: str | None,
    out: str,
    view: str = "terms",
    theme: str = "light",
    size: tuple[int, int] = (1280, 800),
    version: str | None = None,
    scenario: str | None = None,
    period: PeriodLength | None = None,
) -> int:
    """Render the window offscreen to a PNG. 0, or 1 with the reason on stderr, or 2 for a wrong name."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from ui.display import missing_library

    fault = missing_library("offscreen")
    if fault:
        print(fault, file=sys.stderr)
        return 1
    from PySide6.QtCore import QEventLoop, QSettings
    from PySide6.QtWidgets import QApplication

    from ui import theme as themes
    from ui.documents import open_session
    from ui.main_window import MainWindow
    from ui.settings import Settings
    from ui.sheets import SHEETS, sheet_index

    width, height = size
    if not (320 <= width <= 8000 and 240 <= height <= 8000):
        print(f"--size: {width}x{height} is not a size between 320x240 and 8000x8000.", file=sys.stderr)
        return 2
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    themes.install(app, "dark" if theme == "dark" else "light")
    try:
        session, _ = open_session(deal)
        session.set_view(
            version=find_key("version", dict(session.deal.versions), version) if version else None,
            scenario=find_key("scenario", dict(session.deal.scenarios), scenario) if scenario else None,
            period=period,
        )
    except Refused as refused:
        for problem in refused.problems:
            print(problem, file=sys.stderr)
        return 1
    settings = Settings()
    settings._store = QSettings(os.devnull, QSettings.Format.IniFormat)  # a picture depends on nobody's habits
    window = MainWindow(session, settings)
    index = sheet_index(view)
    if index is None:
        print(
            f"--view: there is no sheet “{view}”; choose {', '.join(sheet.title.lower() for sheet in SHEETS)}.",
            file=sys.stderr,
        )
        return 2
    window.resize(width, height)
    window.show()
    window.show_sheet(index)
    until = time.monotonic() + 0.4
    while time.monotonic() < until:
        app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
    for _ in range(3):  # heights that follow from widths settle, however slow the machine is
        app.sendPostedEvents()
        app.processEvents()
    saved = window.grab().save(str(Path(out)), "PNG")
    window.session.stack.setClean()
    window.close()
    if not saved:
        print(f"{out}: the picture could not be written; check the folder.", file=sys.stderr)
    return 0 if saved else 1
