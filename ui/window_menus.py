"""Menus whose entries depend on the deal, the disk or the day: filled when they open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from model import store
from ui import documents, structure_menu
from ui.panels.toolbar import PERIODS
from ui.slots import bound

if TYPE_CHECKING:
    from ui.main_window import MainWindow


def prepare(window: MainWindow, sheets: list[str]) -> None:
    """Wire the window's submenus."""
    menus = window.menus
    menus["templates"].aboutToShow.connect(bound(_templates, window))
    menus["recent"].aboutToShow.connect(bound(_recent, window))
    for name in ("item", "column", "part"):
        menus[name].aboutToShow.connect(bound(structure_menu.fill, window, name))
    for action in window.menuBar().actions():
        top = action.menu()
        if isinstance(top, QMenu):
            structure_menu.guard(window, top)
    for name in ("versions", "scenarios", "periods"):
        menus[name].aboutToShow.connect(bound(_views, window, name))
    for i, title in enumerate(sheets):
        action = menus["sheets"].addAction(title, bound(window.show_sheet, i))
        action.setShortcut(f"Alt+{i + 1}")
    for name, action in window.actions_.items():
        if name.startswith("theme_"):
            action.setChecked(name == f"theme_{window.settings.theme}")


def _templates(window: MainWindow) -> None:
    menu = window.menus["templates"]
    menu.clear()
    for name in store.list_templates():
        menu.addAction(documents.template_title(name).replace("&", "&&"), bound(window.documents.open_path, name))


def _recent(window: MainWindow) -> None:
    menu = window.menus["recent"]
    menu.clear()
    for path in window.settings.recent:
        action = menu.addAction(path.name.replace("&", "&&"), bound(window.documents.open_path, str(path)))
        action.setToolTip(str(path))
    if not menu.actions():
        menu.addAction("No files yet").setEnabled(False)


def _views(window: MainWindow, name: str) -> None:
    menu, view, deal = window.menus[name], window.session.view, window.session.deal
    menu.clear()
    items: list[tuple[str, str]]
    if name == "versions":
        items, now, part = [(key, item.label) for key, item in deal.versions.items()], view.version, "version"
    elif name == "scenarios":
        items, now, part = [(key, item.label) for key, item in deal.scenarios.items()], view.scenario, "scenario"
    else:
        items, now, part = [*PERIODS], view.period, "period"
    for key, label in items:
        action = menu.addAction(label.replace("&", "&&"), bound(window.choose_view, part, key))
        action.setCheckable(True)
        action.setChecked(key == now)
    if not items:
        menu.addAction("This deal has none").setEnabled(False)
    if name != "periods":
        menu.addSeparator()
        menu.addAction(f"&New {part}…", bound(getattr(window.structure, f"add_{part}")))
