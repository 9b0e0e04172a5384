"""The menus under the right mouse button: of a cell, of a heading, of a table's column."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from model.deal import Kind
from ui import targets
from ui.panels.base import SheetGrid
from ui.slots import bound

if TYPE_CHECKING:
    from ui.main_window import MainWindow

_STYLES = (("", "Plain"), ("total", "Total"), ("helper", "Helper line"))
_ROLL = (("sum", "Sum"), ("end", "Value at its end"), ("first", "Value at its beginning"), ("none", "Nothing"))


def wire(window: MainWindow, grid: SheetGrid) -> None:
    """Give a grid its menus."""
    grid.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    grid.customContextMenuRequested.connect(lambda at: _show(window, grid, at))
    header = grid.grid_header
    header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    header.customContextMenuRequested.connect(lambda at: _show_header(window, grid, at))


def _show(window: MainWindow, grid: SheetGrid, at: QPoint) -> None:
    index = grid.indexAt(at)
    rows = grid.grid_model.rows
    if index.isValid() and rows[index.row()].kind == "section":
        menu = heading_menu(window, grid, index.row())
    else:
        menu = cell_menu(window, grid)
    menu.exec(grid.viewport().mapToGlobal(at))
    menu.deleteLater()


def _show_header(window: MainWindow, grid: SheetGrid, at: QPoint) -> None:
    col = grid.grid_header.logicalIndexAt(at)
    if col < 0 or not grid.deal_source.column_entry(col):
        return
    grid.press_column(col, Qt.KeyboardModifier.NoModifier)
    menu = QMenu(grid)
    column_entries(window, grid, menu, col)
    menu.exec(grid.grid_header.mapToGlobal(at))
    menu.deleteLater()


def _add(window: MainWindow, menu: QMenu, *names: str) -> None:
    for name in names:
        if name:
            menu.addAction(window.actions_[name])
        else:
            menu.addSeparator()


def heading_menu(window: MainWindow, grid: SheetGrid, row: int) -> QMenu:
    menu = QMenu(grid)
    menu.addAction("Rename the heading…", bound(window.structure.rename_heading, row))
    spec = grid.grid_model.rows[row]
    if spec.collapsible:
        closed = spec.key in grid.collapsed()
        menu.addAction("Open" if closed else "Close", bound(grid.set_collapsed, spec.key, not closed))
    return menu


def cell_menu(window: MainWindow, grid: SheetGrid) -> QMenu:
    """What can be done with the selection."""
    menu, acts = QMenu(grid), window.structure
    _add(window, menu, "cut", "copy", "paste", "clear", "")
    target = grid.target()
    if target.kind == "formula":
        menu.addAction("Change the formula…", window.edit_formula)
    _add(window, menu, "explain.first_precedent", "explain.first_dependent", "explain.show_reach", "")
    rows = acts.rows()
    if not rows and not grid.deal_source.container:
        return menu
    _add(window, menu, "structure.insert_above", "structure.insert_below")
    if not rows:
        return menu
    _add(window, menu, "structure.duplicate_rows", "structure.delete_rows", "structure.move_up", "structure.move_down")
    path = rows[0]
    if path[0] == "lines":
        _add(window, menu, "structure.indent", "structure.outdent")
    if path[0] in ("lines", "terms", "outputs"):
        _add(window, menu, "structure.group_rows")
    if path[-2] != "values":
        _add(window, menu, "structure.rename_key")
    menu.addSeparator()
    here = grid.current
    if here is not None and grid.deal_source.column_entry(here[1]):
        column_entries(window, grid, menu.addMenu("Column"), here[1])
    elif path[0] in ("lines", "terms", "outputs"):
        _options(window, menu, path)
    if window.panel.has_helpers:
        _add(window, menu, "toggle_helpers")
    return menu


def _options(window: MainWindow, menu: QMenu, path: tuple[str, ...]) -> None:
    acts, item = window.structure, targets.item_at(window.session.deal, path)
    _kinds(window, menu, path)
    if path[0] == "terms" and item.formula is not None:
        menu.addAction("Make it an input", bound(acts.make_input, path))
    if path[0] == "lines":
        menu.addAction("Opening value…", bound(acts.ask_formula, path, "opening", f"Opening of “{item.label}”"))
        for attribute, title, choices in (("style", "Look", _STYLES), ("annual", "A year shows", _ROLL)):
            sub = menu.addMenu(title)
            for value, words in choices:
                action = sub.addAction(
                    words, bound(acts.set_option, path, attribute, value, f"{title}: {words.lower()}")
                )
                action.setCheckable(True)
                action.setChecked(getattr(item, attribute) == value)


def _kinds(window: MainWindow, menu: QMenu, path: tuple[str, ...]) -> None:
    item = targets.item_at(window.session.deal, path)
    sub = menu.addMenu("Kind")
    for kind in get_args(Kind):
        if kind == "choice" and not getattr(item, "choices", ()):
            continue
        action = sub.addAction(kind, bound(window.structure.set_kind, path, kind))
        action.setCheckable(True)
        action.setChecked(item.kind == kind)


def column_entries(window: MainWindow, grid: SheetGrid, menu: QMenu, col: int) -> None:
    """What can be done with a column of a table."""
    acts, path = window.structure, grid.deal_source.column_entry(col)
    item = targets.item_at(window.session.deal, path)
    menu.addAction("Rename…", bound(acts.set_text, path, "label", f"Heading of “{item.label}”"))
    menu.addAction("Unit…", bound(acts.set_text, path, "unit", f"Unit of “{item.label}”"))
    menu.addAction("Formula…", bound(acts.ask_formula, path, "formula", f"Formula of the column “{item.label}”"))
    menu.addAction("Key…", bound(acts.rename, path))
    _kinds(window, menu, path)
    menu.addSeparator()
    menu.addAction("Insert before…", acts.column_before)
    menu.addAction("Insert after…", acts.column_after)
    menu.addAction("Duplicate", bound(acts.duplicate, [path]))
    menu.addAction("Move left", acts.column_left)
    menu.addAction("Move right", acts.column_right)
    menu.addAction("Delete", acts.delete_columns)
