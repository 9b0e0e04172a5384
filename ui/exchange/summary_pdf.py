"""The one-page summary of a deal as a PDF, for A4 or Letter."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, QLocale, QMarginsF, QRectF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter, QPdfWriter

from model.fields.number_formats import show_text
from model.problems import Refused, refuse
from ui import theme as themes
from ui.exchange.outgoing import write_whole
from ui.exchange.summary_page import paint_page
from ui.session import DealSession

_DOTS: Final = 288  # a fine grid for hairlines
_LETTER: Final = frozenset(("US", "CA", "MX", "PH", "CL", "CO", "VE"))


def page_size() -> QPageSize:
    """Letter where that is what printers hold, else A4."""
    country = QLocale.territoryToCode(QLocale.system().territory())
    return QPageSize(QPageSize.PageSizeId.Letter if country in _LETTER else QPageSize.PageSizeId.A4)


def write_summary(session: DealSession, path: str | Path, size: QPageSize | None = None) -> None:
    """Write the page. Raises Refused, with nothing written, where the file cannot be replaced."""
    target = Path(path)
    if target.suffix.lower() != ".pdf":
        raise refuse(str(target), "A PDF's name must end in .pdf.", "Add .pdf to the name.")
    made = QBuffer()
    made.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(made)
    writer.setPageSize(size or page_size())
    writer.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Point)
    writer.setResolution(_DOTS)
    writer.setTitle(show_text(session.deal.name))
    writer.setCreator("Dealsheet")
    painter = QPainter(writer)
    scale = _DOTS / 96
    painter.scale(scale, scale)
    with themes.painting(themes.light()):
        paint_page(painter, session, QRectF(0, 0, writer.width() / scale, writer.height() / scale))
    painter.end()
    del writer
    write_whole(target, bytes(made.data().data()))  # Qt tells nobody when the disk is full


@contextmanager
def offscreen() -> Iterator[None]:
    """Qt without a display, for the command line. Raises Refused where even that cannot start."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from ui.display import missing_library

    if fault := missing_library("offscreen"):
        raise refuse("", fault, "")
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication(sys.argv[:1])
    themes.install(app, "light")  # type: ignore[arg-type]
    yield


def command(args: argparse.Namespace) -> int:
    """``export DEAL -o X.pdf`` without a display. 0, 1 for problems, 2 for a wrong command line."""
    from model import store
    from model.commands.common import view_of

    try:
        loaded = store.load(store.find(args.deal))
    except Refused as refused:
        return _complain(refused, 1)
    try:
        view = view_of(loaded.deal, args.version, args.scenario, args.period, args.sets)
    except Refused as refused:
        return _complain(refused, 2)
    try:
        with offscreen():
            path = None if loaded.path.parent == store.TEMPLATES else loaded.path
            write_summary(DealSession(loaded.deal, path=path, view=view), args.output)
    except Refused as refused:
        return _complain(refused, 1)
    print(f"Wrote {args.output}", file=sys.stderr)
    return 0


def _complain(refused: Refused, status: int) -> int:
    for problem in refused.problems:
        print(problem, file=sys.stderr)
    return status
