"""The window on a small deal with rights, questions, versions and scenarios, and gestures on their sheets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from model import store
from tests.ui import kit
from ui.main_window import MainWindow
from ui.panels.base import SheetGrid
from ui.session import DealSession
from ui.sheets import SHEETS

LICENCE = Path(__file__).parents[1] / "data" / "licence.deal"
NONE = Qt.KeyboardModifier.NoModifier


def session() -> DealSession:
    return DealSession(store.load(LICENCE).deal)


def window(qtbot, folder: Path, title: str, scenario: str = "plan") -> MainWindow:
    """A window with one sheet in front."""
    made = session()
    made.set_view(scenario=scenario)
    shown = MainWindow(made, kit.settings(folder))
    qtbot.addWidget(shown, before_close_func=lambda w: w.session.stack.setClean())
    shown.resize(1280, 900)
    shown.show()
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    shown.show_sheet(next(i for i, kind in enumerate(SHEETS) if kind.title == title))
    qtbot.waitUntil(lambda: shown.panel.title == title and shown.panel.isVisible())
    return shown


def at(grid: SheetGrid, key: str, column: str) -> SheetGrid:
    """Make the cell of a row and a column key current, and give the grid the keys."""
    model = grid.grid_model
    row, col = model.row_of(key), model.column_of(column)
    assert row is not None and col is not None, (key, column)
    grid.go_to(row, col)
    grid.setFocus()
    return grid


def cell(grid: SheetGrid, key: str, column: str) -> Any:
    model = grid.grid_model
    row, col = model.row_of(key), model.column_of(column)
    assert row is not None and col is not None, (key, column)
    return model.cell(row, col)


def text(grid: SheetGrid, key: str, column: str) -> str:
    return cell(grid, key, column).text


def press_at(widget, pos: QPointF, mods: Qt.KeyboardModifier = NONE) -> None:
    QTest.mousePress(widget, Qt.MouseButton.LeftButton, mods, pos.toPoint())


def drag(widget, start: QPointF, end: QPointF, mods: Qt.KeyboardModifier = NONE) -> None:
    """Press, move in steps, and hold; the release is the caller's."""
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    press_at(widget, start, mods)
    for part in (0.3, 0.7, 1.0):
        spot = start + (end - start) * part
        event = QMouseEvent(
            QEvent.Type.MouseMove, spot, widget.mapToGlobal(spot), Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton, mods
        )  # fmt: skip
        QApplication.sendEvent(widget, event)


def release(widget, pos: QPointF, mods: Qt.KeyboardModifier = NONE) -> None:
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, mods, QPoint(round(pos.x()), round(pos.y())))


def pick(box, label: str) -> None:
    """Choose an entry of a drop-down with the keys, as a person does."""
    index = box.findText(label)
    assert index >= 0, label
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Home)
    for _ in range(index):
        QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.currentText() == label
