"""A small deal and a few gestures that the window's tests share."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from model import store
from ui.documents import open_session
from ui.main_window import MainWindow
from ui.panels.base import SheetGrid
from ui.panels.in_place import InPlace
from ui.session import DealSession
from ui.settings import Settings
from ui.sheets import SHEETS

SUPPLY = Path(__file__).parents[1] / "data" / "supply.deal"
K = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def session() -> DealSession:
    """The deal as if it had been made here: no file yet."""
    return DealSession(store.load(SUPPLY).deal)


def settings(folder: Path) -> Settings:
    """Settings of this test alone."""
    found = Settings()
    found._store = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
    return found


def window(qtbot, folder: Path, deal: Path | None = None) -> MainWindow:
    """A window on screen; on a copy of the deal in ``folder``, where one is named."""
    made = open_session(str(deal))[0] if deal is not None else session()
    shown = MainWindow(made, settings(folder))
    qtbot.addWidget(shown, before_close_func=_let_go)
    shown.resize(1280, 800)
    shown.show()
    shown.activateWindow()
    qtbot.waitUntil(lambda: shown.panel.grid.hasFocus() or not shown.panel.grid.isVisible())
    return shown


def _let_go(shown: MainWindow) -> None:
    """Nothing is open or unsaved: closing asks nothing."""
    for panel in shown._panels.values():
        for grid in panel.grids():
            grid.cancel_edit()
    shown.formula_bar.cancel()
    shown.session.stack.setClean()


def copy_of(folder: Path) -> Path:
    path = folder / "supply.deal"
    path.write_bytes(SUPPLY.read_bytes())
    return path


def press(widget, key: Qt.Key, mods: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(widget, key, mods)


def focus():
    return QApplication.focusWidget()


def type_into(grid: SheetGrid, text: str, end: Qt.Key = K.Key_Return) -> None:
    """Type over the current cell and end with a key."""
    QTest.keyClicks(grid, text[0])
    assert grid.editor is not None, "typing opens the editor"
    QTest.keyClicks(grid.editor, text[1:])
    press(grid.editor, end)


def go(shown: MainWindow, name: str) -> SheetGrid:
    """Through the name box, as a person would."""
    shown.go_to()
    box = shown.formula_bar.name_box
    box.setText(name)  # not key by key: each one would open the list of names, a window of its own
    press(box, K.Key_Return)
    return shown.panel.grid


def here(shown: MainWindow) -> str:
    """Name of the current cell, as the name box shows it."""
    return shown.formula_bar.name_box.text()


def show(shown: MainWindow, title: str) -> SheetGrid:
    index = next(i for i, kind in enumerate(SHEETS) if kind.title == title)
    rect = shown.tabs.tabRect(index)
    QTest.mouseClick(shown.tabs, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, rect.center())
    return shown.panel.grid


def card(shown: MainWindow) -> InPlace:
    """The card in which a new entry is named."""
    found = [c for c in shown.findChildren(InPlace) if c.isVisible()]
    assert len(found) == 1
    return found[0]


def no_card(shown: MainWindow) -> bool:
    return not [c for c in shown.findChildren(InPlace) if c.isVisible()]


def answer(shown: MainWindow, text: str) -> None:
    """Type over what stands in the card, and enter it."""
    line = card(shown).line
    line.selectAll()
    QTest.keyClicks(line, text)
    press(line, K.Key_Return)
