"""Every action of the window as one table: menu, text, keys, and the window's method behind it."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

if TYPE_CHECKING:
    from ui.main_window import MainWindow


class Spec(msgspec.Struct, frozen=True):
    """``name`` is the window's method, or ``part.method``; "" is a separator; a name that begins with ``>`` is a submenu the window fills."""

    menu: str
    name: str = ""
    text: str = ""
    keys: tuple[str, ...] = ()
    checkable: bool = False
    tip: str = ""
    group: str = ""


ACTIONS: tuple[Spec, ...] = (
    Spec("&File", "new_deal", "&New…", ("Ctrl+N",), tip="A deal that begins with a template"),
    Spec("&File", ">templates", "New &from template"),
    Spec("&File", "open_file", "&Open…", ("Ctrl+O",)),
    Spec("&File", ">recent", "Open &recent"),
    Spec("&File"),
    Spec("&File", "save", "&Save", ("Ctrl+S",)),
    Spec("&File", "save_as", "Save &as…", ("Ctrl+Shift+S", "F12")),
    Spec("&File"),
    Spec("&File", "export", "&Export to Excel…", ("Ctrl+E",), tip="A workbook with live formulas of what is in view"),
    Spec(
        "&File",
        "import_book",
        "&Import from Excel…",
        ("Ctrl+Shift+I",),
        tip="What a colleague changed in an exported workbook, to be reviewed",
    ),
    Spec("&File", "import_table", "Import &table…", tip="CSV or a worksheet into a series or table, column by column"),
    Spec("&File", "export_table", "Export table as &CSV…", tip="The table of this sheet in full precision"),
    Spec("&File", "export_summary", "Export summary as &PDF…", ("Ctrl+P",), tip="The deal in view on one page"),
    Spec("&File"),
    Spec("&File", "close", "&Quit", ("Ctrl+Q",)),
    Spec("&Edit", "undo", "&Undo", ("Ctrl+Z",)),
    Spec("&Edit", "redo", "&Redo", ("Ctrl+Y", "Ctrl+Shift+Z")),
    Spec("&Edit"),
    Spec("&Edit", "cut", "Cu&t", ("Ctrl+X",)),
    Spec("&Edit", "copy", "&Copy", ("Ctrl+C",)),
    Spec("&Edit", "paste", "&Paste", ("Ctrl+V",)),
    Spec(
        "&Edit",
        "paste_table",
        "Paste ta&ble…",
        ("Ctrl+Shift+V",),
        tip="The copied cells into a series or table, column by column",
    ),
    Spec("&Edit", "clear", "C&lear", ("Del",), tip="Empty the cells, or let them inherit again"),
    Spec("&Edit"),
    Spec("&Edit", "fill_down", "Fill &down", ("Ctrl+D",)),
    Spec("&Edit", "fill_right", "Fill rig&ht", ("Ctrl+R",)),
    Spec("&Edit"),
    Spec("&Edit", "edit_formula", "Edit in the &formula bar", ("Shift+F2",)),
    Spec("&Edit", "go_to", "&Go to…", ("Ctrl+G", "F5")),
    Spec("&Insert", "structure.insert_above", "Row &above", ("Ctrl+Shift+Return",)),
    Spec("&Insert", "structure.insert_below", "Row &below", ("Ctrl+Return",)),
    Spec("&Insert", "structure.duplicate_rows", "&Duplicate rows", ("Ctrl+Shift+D",)),
    Spec("&Insert"),
    Spec("&Insert", "structure.add_term", "&Term"),
    Spec("&Insert", "structure.add_line", "&Line of the schedule"),
    Spec("&Insert", "structure.add_output", "&Output"),
    Spec("&Insert", "structure.add_check", "&Check"),
    Spec("&Insert"),
    Spec("&Insert", "structure.add_series", "&Series by year"),
    Spec("&Insert", "structure.add_table", "Table of &records"),
    Spec("&Insert", "structure.column_before", "Colu&mn before (tables)"),
    Spec("&Insert", "structure.column_after", "Column a&fter (tables)", ("Ctrl+Shift+Space",)),
    Spec("&Insert", "structure.add_chart", "C&hart of the selected lines"),
    Spec("&Insert"),
    Spec("&Insert", "structure.add_event", "&Event"),
    Spec("&Insert", "structure.add_right", "Ri&ght"),
    Spec("&Insert", "structure.add_scenario", "Sce&nario"),
    Spec("&Insert", "structure.add_version", "&Version"),
    Spec("&Insert", "structure.add_party", "&Party"),
    Spec("&Insert", "structure.add_source", "So&urce"),
    Spec("&View", ">sheets", "&Sheet"),
    Spec("&View", "next_sheet", "&Next sheet", ("Ctrl+PgDown",)),
    Spec("&View", "previous_sheet", "P&revious sheet", ("Ctrl+PgUp",)),
    Spec("&View", "next_region", "Next &part of the window", ("F6",)),
    Spec("&View", "previous_region", "Previous part of the &window", ("Shift+F6",)),
    Spec("&View"),
    Spec("&View", "toggle_inspector", "&Inspector", ("F4",), checkable=True),
    Spec("&View", "toggle_helpers", "Show &helper lines", ("Ctrl+H",), checkable=True),
    Spec("&View"),
    Spec("&View", "theme_auto", "Theme of the s&ystem", checkable=True, group="theme"),
    Spec("&View", "theme_light", "&Light theme", checkable=True, group="theme"),
    Spec("&View", "theme_dark", "&Dark theme", checkable=True, group="theme"),
    Spec("&View"),
    Spec("&View", "zoom_in", "&Zoom in", ("Ctrl+Shift+.",)),
    Spec("&View", "zoom_out", "Zoom &out", ("Ctrl+Shift+,",)),
    Spec("&View", "zoom_reset", "&Actual size", ("Ctrl+0",)),
    Spec("&Deal", ">versions", "&Version"),
    Spec("&Deal", ">scenarios", "&Scenario"),
    Spec("&Deal", ">periods", "&Period"),
    Spec("&Deal"),
    Spec("&Deal", "structure.move_up", "Move rows &up", ("Alt+Shift+Up",)),
    Spec("&Deal", "structure.move_down", "Move rows &down", ("Alt+Shift+Down",)),
    Spec("&Deal", "structure.indent", "&Indent lines", ("Alt+Shift+Right",), tip="In a table: the column to the right"),
    Spec("&Deal", "structure.outdent", "&Outdent lines", ("Alt+Shift+Left",), tip="In a table: the column to the left"),
    Spec("&Deal", "structure.group_rows", "&Group under a heading…", ("Ctrl+Shift+G",)),
    Spec("&Deal", "structure.rename_heading", "Rename the &heading…"),
    Spec("&Deal", "structure.rename_key", "Rename the &key everywhere…", ("Ctrl+Shift+K",)),
    Spec(
        "&Deal",
        "structure.delete_rows",
        "De&lete rows",
        ("Ctrl+Del",),
        tip="Says by whom they are used first; whole columns of a table where those are selected",
    ),
    Spec("&Deal", ">item", "&What this is"),
    Spec("&Deal", ">column", "&Column of the table"),
    Spec("&Deal", ">part", "&Table or series as a whole"),
    Spec("&Deal", "properties", "Title, unit and span of the d&eal"),
    Spec("&Deal"),
    Spec("&Deal", "pin_baseline", "Pin &baseline", tip="Measure changes against this state from now on"),
    Spec("&Deal", "unpin_baseline", "Measure since openi&ng"),
    Spec("&Deal"),
    Spec("&Deal", "recalculate", "&Recalculate", ("F9",)),
    Spec(
        "E&xplain",
        "explain.first_precedent",
        "First &precedent",
        ("Ctrl+[", "Ctrl+8"),
        tip="To the first cell that this one reads",
    ),
    Spec(
        "E&xplain",
        "explain.first_dependent",
        "First &dependent",
        ("Ctrl+]", "Ctrl+9"),
        tip="To the first cell that reads this one",
    ),
    Spec("E&xplain", "explain.back", "&Back", ("Alt+Left",), tip="Where you were before the jump"),
    Spec("E&xplain", "explain.forward", "&Forward", ("Alt+Right",)),
    Spec("E&xplain", "explain.to_root", "To the &root of an error", ("Ctrl+Shift+E",)),
    Spec("E&xplain"),
    Spec(
        "E&xplain",
        "explain.show_reach",
        "&Highlight what this reaches",
        ("Ctrl+Shift+H",),
        tip="In every sheet, until Esc",
    ),
    Spec(
        "E&xplain",
        "explain.to_inspector",
        "Walk the &inspector",
        ("Ctrl+I",),
        tip="The trees with the arrow keys; Esc comes back",
    ),
    Spec("&Help", "show_shortcuts", "&Keyboard shortcuts", ("F1",)),
    Spec("&Help", "show_functions", "&Functions of the formula language"),
    Spec("&Help", "show_about", "&About Dealsheet"),
)


def build(window: MainWindow, bar: QMenuBar) -> tuple[dict[str, QAction], dict[str, QMenu]]:
    """Menus and actions by name, wired to the window's methods."""
    actions: dict[str, QAction] = {}
    menus: dict[str, QMenu] = {}
    tops: dict[str, QMenu] = {}
    for spec in ACTIONS:
        top = tops.get(spec.menu)
        if top is None:
            top = tops[spec.menu] = bar.addMenu(spec.menu)
            top.setToolTipsVisible(True)
        if not spec.name:
            top.addSeparator()
        elif spec.name.startswith(">"):
            menus[spec.name[1:]] = top.addMenu(spec.text)
        else:
            action = QAction(window)
            action.setText(spec.text)
            action.setObjectName(spec.name)
            action.setShortcuts([QKeySequence(keys) for keys in spec.keys])
            action.setCheckable(spec.checkable)
            if spec.tip:
                action.setToolTip(spec.tip)
            action.triggered.connect(lambda _checked=False, name=spec.name: attrgetter(name)(window)())
            top.addAction(action)
            actions[spec.name] = action
    return actions, menus


def shortcuts() -> Iterator[tuple[str, str]]:
    """What the keys do: the menus' and the grid's."""
    for spec in ACTIONS:
        if spec.keys:
            keys = " or ".join(QKeySequence(k).toString(QKeySequence.SequenceFormat.NativeText) for k in spec.keys)
            yield keys, spec.text.replace("&", "").rstrip("…")
    yield from GRID_KEYS


GRID_KEYS = (
    ("Arrows, Tab, Enter", "Move; with Shift extend or go back"),
    ("Ctrl+arrows", "To the edge of the filled cells"),
    ("Home, Ctrl+Home, Ctrl+End", "First column, first cell, last cell"),
    ("F2 or double-click", "Edit the cell; a computed one in the formula bar"),
    ("Esc", "Leave the cell as it was"),
    ("Alt+Down", "Choices of the cell"),
    ("Ctrl+Enter", "One value into the whole selection"),
    ("Ctrl+minus, Ctrl+plus", "Close or open the section"),
    ("Ctrl+Shift+PgUp, PgDown", "Previous or next part of the Terms sheet"),
    ("Ctrl+wheel", "Zoom"),
    ("Tab or Enter in the list of names", "Take the name into the formula; Esc closes the list"),
    ("Tab under a name that is not known", "Take the nearest name that is offered instead"),
    ("Enter, Tab in the formula bar", "Enter it, and on to the next cell below or to the right; with Shift back"),
    ("Ctrl+Enter in the formula bar", "Enter it, and stay"),
    ("Alt+Enter in the formula bar", "Another line in a note"),
    ("Ctrl+Z, Ctrl+Y in the formula bar", "Undo and redo what is typed there, before steps of the deal"),
    ("Click on a cell while a name is wanted", "Its name goes into the formula; the next click replaces it"),
    ("Arrows in the inspector", "Walk the lines; Right opens, Left closes, Enter jumps, Esc comes back"),
    ("Space, Ctrl+Enter", "In an import: tick the rows; bring in what is ticked. F6 leaves the table"),
    ("Menu key or right click", "What can be done with the rows, the heading or the column"),
)
