"""Viewports of our own making, so that the window opens sooner."""

from __future__ import annotations

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QAbstractScrollArea, QWidget


def own_viewport(area: QAbstractScrollArea) -> None:
    """Give a scroll area a viewport that was made here. The first widget of Qt's own making that is asked for is
    looked up among all kinds of widgets there are, which takes as long as building half the window."""
    viewport = QWidget(area)
    viewport.setBackgroundRole(QPalette.ColorRole.Base)
    viewport.setAutoFillBackground(True)
    area.setViewport(viewport)
