"""Which key does what in a grid: one table, Excel's reflexes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

if TYPE_CHECKING:
    from ui.grid.view import GridView

_K = Qt.Key
Action = Callable[["GridView"], object]

_ARROWS = {_K.Key_Up: (-1, 0), _K.Key_Down: (1, 0), _K.Key_Left: (0, -1), _K.Key_Right: (0, 1)}


def _table() -> dict[tuple[Qt.Key, str], Action]:
    table: dict[tuple[Qt.Key, str], Action] = {
        (_K.Key_Tab, ""): lambda v: v.move_tab(back=False),
        (_K.Key_Tab, "S"): lambda v: v.move_tab(back=True),
        (_K.Key_Backtab, ""): lambda v: v.move_tab(back=True),
        (_K.Key_Backtab, "S"): lambda v: v.move_tab(back=True),
        (_K.Key_F2, ""): lambda v: v.begin_edit(),
        (_K.Key_Delete, ""): lambda v: v.clear_selection(),
        (_K.Key_Backspace, ""): lambda v: v.clear_selection(),
        (_K.Key_Backspace, "S"): lambda v: v.collapse_selection(),
        (_K.Key_Backspace, "C"): lambda v: v.show_current(),
        (_K.Key_A, "C"): lambda v: v.select_all(),
        (_K.Key_Space, "C"): lambda v: v.select_columns(),
        (_K.Key_Space, "S"): lambda v: v.select_rows(),
        (_K.Key_C, "C"): lambda v: v.copy(),
        (_K.Key_Insert, "C"): lambda v: v.copy(),
        (_K.Key_X, "C"): lambda v: v.cut(),
        (_K.Key_Delete, "S"): lambda v: v.cut(),
        (_K.Key_V, "C"): lambda v: v.paste(),
        (_K.Key_Insert, "S"): lambda v: v.paste(),
        (_K.Key_D, "C"): lambda v: v.fill_down(),
        (_K.Key_R, "C"): lambda v: v.fill_right(),
        (_K.Key_Down, "A"): lambda v: v.open_choices(),
        (_K.Key_Minus, "C"): lambda v: v.set_collapsed_here(True),
        (_K.Key_Plus, "C"): lambda v: v.set_collapsed_here(False),
        (_K.Key_Plus, "CS"): lambda v: v.set_collapsed_here(False),
        (_K.Key_Equal, "C"): lambda v: v.set_collapsed_here(False),
    }
    for enter in (_K.Key_Return, _K.Key_Enter):
        table[enter, ""] = lambda v: v.move_enter(back=False)
        table[enter, "S"] = lambda v: v.move_enter(back=True)
    for mods, jump, extend in (("", False, False), ("S", False, True), ("C", True, False), ("CS", True, True)):
        for key, (down, right) in _ARROWS.items():
            table[key, mods] = _arrow(down, right, jump, extend)
        table[_K.Key_Home, mods] = _home(jump, extend)
        table[_K.Key_End, mods] = _end(jump, extend)
    for mods, extend in (("", False), ("S", True)):
        table[_K.Key_PageUp, mods] = _page(-1, extend)
        table[_K.Key_PageDown, mods] = _page(1, extend)
    for mods, extend in (("A", False), ("AS", True)):
        table[_K.Key_PageUp, mods] = _page(-1, extend, sideways=True)
        table[_K.Key_PageDown, mods] = _page(1, extend, sideways=True)
    return table


def _arrow(down: int, right: int, jump: bool, extend: bool) -> Action:
    return lambda v: v.step(down, right, jump=jump, extend=extend)


def _home(whole: bool, extend: bool) -> Action:
    return lambda v: v.move_home(whole=whole, extend=extend)


def _end(whole: bool, extend: bool) -> Action:
    return lambda v: v.move_end(whole=whole, extend=extend)


def _page(pages: int, extend: bool, sideways: bool = False) -> Action:
    return lambda v: v.move_page(pages, extend=extend, sideways=sideways)


KEYS = _table()


def action_for(event: QKeyEvent) -> Action | None:
    """What a key does in a grid, or None if it belongs to the window."""
    mods = event.modifiers()
    M = Qt.KeyboardModifier  # noqa: N806
    held = "".join(
        letter
        for letter, flag in (("C", M.ControlModifier), ("A", M.AltModifier), ("S", M.ShiftModifier))
        if mods & flag
    )
    if mods & M.MetaModifier:
        return None
    found = KEYS.get((Qt.Key(event.key()), held))
    if found is not None:
        return found
    text = event.text()
    # AltGr arrives as Ctrl+Alt on Windows and types characters.
    if text and text.isprintable() and held in ("", "S", "CA", "CAS"):
        return lambda v: v.begin_typing(text)
    return None
