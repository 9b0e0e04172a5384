"""The menus under the right mouse button: of a cell, of a heading, of a table's column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from model.fields.number_formats import show_text
from ui import targets
from ui.panels.base import SheetGrid, SheetPanel
from ui.slots import bound

if TYPE_CHECKING:
    from ui.main_window import MainWindow

_STYLES = (("", "Plain"), ("total", "Total"), ("helper", "Helper line"))
_SIGNS = (("", "As computed"), ("negative", "Shown as an outflow"))
_ROLL = (("sum", "Sum"), ("end", "Value at its end"), ("first", "Value at its beginning"), ("none", "Nothing"))


def wire(window: MainWindow, grid: SheetGrid) -> None:
    """Give a grid its menus."""
    grid.menu_wanted.connect(lambda at: _show(window, grid, at))
    header = grid.grid_header
    header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    header.customContextMenuRequested.connect(lambda at: _show_header(window, grid, at))


def wire_panel(window: MainWindow, panel: SheetPanel) -> None:
    """Give the parts of a sheet their menus."""
    if panel.title == "Terms":
        from ui.panels.terms import TermsPanel

        assert isinstance(panel, TermsPanel)
        panel.part_menu_wanted.connect(lambda path, at: _show_part(window, path, at))
        panel.more_wanted.connect(lambda at: _show_more(window, at))
    elif panel.title == "Schedule":
        from ui.panels.schedule import SchedulePanel

        assert isinstance(panel, SchedulePanel)
        panel.charts.menu_wanted.connect(lambda key, at: _show_chart(window, key, at))


def guard(window: MainWindow, menu: QMenu) -> None:
    """While the menu is open, acts that are not possible are disabled, and say why. Afterwards their keys work again,
    and tell it too."""
    tips: dict[QAction, str] = {}

    def opened() -> None:
        from ui.structure_reasons import why_not

        for action in menu.actions():
            reason = why_not(window, action.objectName())
            if reason and action.isEnabled():
                tips[action] = action.toolTip()
                _refuse(action, reason)

    def closed() -> None:
        for action, tip in tips.items():
            action.setEnabled(True)
            action.setToolTip(tip)
        tips.clear()

    menu.setToolTipsVisible(True)
    menu.aboutToShow.connect(opened)
    menu.aboutToHide.connect(closed)


def _refuse(action: QAction, reason: str) -> None:
    """Disabled, where there is a reason."""
    if reason:
        action.setEnabled(False)
        action.setToolTip(reason)


def _shifts(window: MainWindow, menu: QMenu, path: tuple[str, ...], words: tuple[str, str]) -> None:
    """An entry one place on among its siblings, either way."""
    keys = list(targets.item_at(window.session.deal, path[:-1]))
    menu.setToolTipsVisible(True)
    for text, by, end, place in ((words[0], -1, keys[0], "first"), (words[1], 1, keys[-1], "last")):
        action = menu.addAction(text, bound(window.structure.shift, path, by))
        _refuse(action, f"This is the {place} already." if path[-1] == end else "")


def _show_chart(window: MainWindow, key: str, at: QPoint) -> None:
    """What can be done with a chart."""
    acts, path = window.structure, ("charts", key)
    chart = window.session.deal.charts[key]
    menu = QMenu(window)
    menu.addAction("Rename…", bound(acts.set_text, path, "label", f"Name of the chart “{chart.label}”"))
    for kind, words in (("bar", "Bars"), ("line", "Lines")):
        action = menu.addAction(words, bound(acts.set_option, path, "type", kind, words))
        action.setCheckable(True)
        action.setChecked(chart.type == kind)
    menu.addSeparator()
    _shifts(window, menu, path, ("Move left", "Move right"))
    menu.addAction("Delete", bound(acts.remove_chart, key))
    menu.exec(at)
    menu.deleteLater()


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
    series = grid.grid_model.rows[row].key.removeprefix("section:")
    if grid.deal_source.container[:1] == ("series",) and series in window.session.deal.series:
        part_entries(window, menu, ("series", series))
        menu.addSeparator()
    else:
        menu.addAction("Rename the heading…", bound(window.structure.rename_heading, row))
    spec = grid.grid_model.rows[row]
    if spec.collapsible:
        closed = spec.key in grid.collapsed()
        menu.addAction("Open" if closed else "Close", bound(grid.set_collapsed, spec.key, not closed))
    return menu


def cell_menu(window: MainWindow, grid: SheetGrid) -> QMenu:
    """What can be done with the selection."""
    menu, acts = QMenu(grid), window.structure
    guard(window, menu)
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
        item_entries(window, menu, path)
    if part := acts.part():
        part_entries(window, menu.addMenu(part_title(window, part)), part)
    if window.panel.has_helpers:
        _add(window, menu, "toggle_helpers")
    return menu


def item_entries(window: MainWindow, menu: QMenu, path: tuple[str, ...]) -> None:
    """What an item is: its kind, and what else may be said of it."""
    acts, item = window.structure, targets.item_at(window.session.deal, path)
    _kinds(window, menu, path)
    if path[0] == "terms" and item.formula is not None:
        menu.addAction("&Make it an input", bound(acts.make_input, path))
    if path[0] == "outputs":
        card = menu.addAction("&Headline card", bound(acts.toggle_card, path[1]))
        card.setCheckable(True)
        card.setChecked(path[1] in window.session.deal.headline)
    if path[0] == "lines":
        menu.addAction("&Opening value…", bound(acts.ask_formula, path, "opening", f"Opening of “{item.label}”"))
        for attribute, title, choices in (
            ("style", "&Look", _STYLES),
            ("sign", "&Sign", _SIGNS),
            ("annual", "A &year shows", _ROLL),
        ):
            sub = menu.addMenu(title)
            for value, words in choices:
                action = sub.addAction(
                    words, bound(acts.set_option, path, attribute, value, f"{title.replace('&', '')}: {words.lower()}")
                )
                action.setCheckable(True)
                action.setChecked(getattr(item, attribute) == value)


def _kinds(window: MainWindow, menu: QMenu, path: tuple[str, ...]) -> None:
    from ui.structure_whole import kinds_of

    acts, item = window.structure, targets.item_at(window.session.deal, path)
    sub = menu.addMenu("K&ind")
    for kind, name in kinds_of("columns" if path[2:3] == ("columns",) else path[0]):
        action = sub.addAction(name, bound(acts.set_kind, path, kind))
        action.setCheckable(True)
        action.setChecked(item.kind == kind)
    if item.kind == "choice":
        menu.addAction("C&hoices…", bound(acts.ask_choices, path))
    if item.kind in ("money", "number", "percent", "multiple"):
        sub = menu.addMenu("Deci&mals")
        for count in (None, 0, 1, 2, 3, 4, 6):
            action = sub.addAction("As usual" if count is None else str(count), bound(acts.set_decimals, path, count))
            action.setCheckable(True)
            action.setChecked(item.decimals == count)


def part_title(window: MainWindow, path: tuple[str, ...]) -> str:
    label = show_text(targets.item_at(window.session.deal, path).label).replace("&", "&&")
    return f"{'Table' if path[0] == 'tables' else 'Series'} “{label}”"


def part_entries(window: MainWindow, menu: QMenu, path: tuple[str, ...]) -> None:
    """What can be done with a whole table or series."""
    acts, item = window.structure, targets.item_at(window.session.deal, path)
    what = "table" if path[0] == "tables" else "series"
    menu.addAction("&Rename…", bound(acts.set_text, path, "label", f"Name of the {what} “{item.label}”"))
    menu.addAction("&Key…", bound(acts.rename, path))
    menu.addAction("&Note…", bound(acts.set_text, path, "note", f"Note of “{item.label}”"))
    if path[0] == "series":
        menu.addAction("&Unit…", bound(acts.set_text, path, "unit", f"Unit of “{item.label}”"))
        _kinds(window, menu, path)
    else:
        menu.addAction("New &column…", bound(acts.add, (*path, "columns")))
    menu.addSeparator()
    menu.addAction("Du&plicate", bound(acts.duplicate, [path]))
    _shifts(window, menu, path, ("Move &forward", "Move &back"))
    menu.addAction("&Delete", bound(acts.delete, [path]))


def _show_part(window: MainWindow, path: tuple[str, ...], at: QPoint) -> None:
    if path[0] != "tables" or len(path) < 2:
        return
    menu = QMenu(window)
    part_entries(window, menu, path)
    menu.exec(at)
    menu.deleteLater()


def _show_more(window: MainWindow, at: QPoint) -> None:
    menu = QMenu(window)
    _add(window, menu, "structure.add_table", "structure.add_series", "structure.add_party")
    menu.exec(at)
    menu.deleteLater()


def fill(window: MainWindow, name: str) -> None:
    """A submenu of the Deal menu, by what is selected as it opens."""
    menu, acts, grid = window.menus[name], window.structure, window.panel.grid
    menu.clear()
    rows, columns, part = acts.rows(), acts.columns(), acts.part()
    if name == "item" and rows and len(rows[0]) == 2 and rows[0][0] in ("lines", "terms", "outputs"):
        item_entries(window, menu, rows[0])
    elif name == "column" and columns:
        column_entries(window, grid, menu, sorted(grid.selected_columns())[0])
    elif name == "part" and part:
        part_entries(window, menu, part)
    else:
        hint = {"item": "Choose a term, line or output first", "column": "Choose a cell of a table first",
                "part": "Choose a cell of a table or series first"}[name]  # fmt: skip
        menu.addAction(hint).setEnabled(False)


def column_entries(window: MainWindow, grid: SheetGrid, menu: QMenu, col: int) -> None:
    """What can be done with a column of a table."""
    acts, path = window.structure, grid.deal_source.column_entry(col)
    item = targets.item_at(window.session.deal, path)
    menu.addAction("&Rename…", bound(acts.set_text, path, "label", f"Heading of “{item.label}”"))
    menu.addAction("&Unit…", bound(acts.set_text, path, "unit", f"Unit of “{item.label}”"))
    menu.addAction("&Formula…", bound(acts.ask_formula, path, "formula", f"Formula of the column “{item.label}”"))
    menu.addAction("&Key…", bound(acts.rename, path))
    _kinds(window, menu, path)
    menu.addSeparator()
    menu.addAction("Insert &before…", acts.column_before)
    menu.addAction("Insert &after…", acts.column_after)
    menu.addAction("Du&plicate", bound(acts.duplicate, [path]))
    menu.setToolTipsVisible(True)
    for text, by, act in (("Move &left", -1, acts.column_left), ("Move ri&ght", 1, acts.column_right)):
        _refuse(menu.addAction(text, act), "" if acts.column_beyond(by) else acts.edge(by, "column"))
    menu.addAction("&Delete", acts.delete_columns)
