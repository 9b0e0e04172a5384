"""F6: the focus from one part of the window to the next, so that the keyboard reaches everything."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget


def step(regions: Sequence[QWidget], by: int) -> None:
    """Focus the next (or previous) region that can take it."""
    now = QApplication.focusWidget()
    at = next((i for i, region in enumerate(regions) if now is not None and _inside(now, region)), -1 if by > 0 else 0)
    for i in range(1, len(regions) + 1):
        target = _first(regions[(at + by * i) % len(regions)])
        if target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)
            return


def _inside(widget: QWidget, region: QWidget) -> bool:
    return widget is region or region.isAncestorOf(widget)


def _first(region: QWidget) -> QWidget | None:
    """The first widget of a region that takes the focus by keyboard."""
    if not region.isVisible():
        return None
    for widget in (region, *region.findChildren(QWidget)):
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            return widget
    return None
