"""Why an act on the model is not possible now: menus show it disabled, and say so in its tooltip."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ui.structure_names import GROUPED, NO_HEADING, NOT_GROUPED, NOTHING_HERE

if TYPE_CHECKING:
    from ui.main_window import MainWindow
    from ui.structure import Structure

_PREFIX = "structure."
NO_COLUMNS = "Only tables have columns of their own: open a table on the Terms sheet."
NOT_HERE = "Rows cannot be added on this sheet."
NO_LINES = "A chart shows lines of the schedule: select one or more of them first."
NOT_INDENTED = "Only lines of the schedule can be indented."


def why_not(window: MainWindow, name: str) -> str:
    """The reason why an act cannot be done with what is selected; "" where it can."""
    acts = window.structure
    reason = _REASONS.get(name.removeprefix(_PREFIX))
    if name.startswith(_PREFIX) and window.session.read_only:
        return f"{window.session.read_only} It is read-only here."
    return reason(acts) if reason is not None else ""


def _no_rows(acts: Structure) -> str:
    return "" if acts.window.panel.own_rows or acts.rows() or acts.whole_columns() else NOTHING_HERE


def _no_place(acts: Structure) -> str:
    found = acts.window.panel.takes_rows or acts.rows() or acts.grid.deal_source.container
    return "" if found else NOT_HERE


def _no_column(acts: Structure) -> str:
    return "" if acts.columns() or acts.grid.deal_source.container[:1] == ("tables",) else NO_COLUMNS


def _not_moved(by: int) -> Callable[[Structure], str]:
    def reason(acts: Structure) -> str:
        rows = acts.rows()
        if not rows:
            return NOTHING_HERE
        if rows[0][-2] == "values":
            return "Years stand in their order."
        return "" if acts.beyond(by) is not None else acts.edge(by)

    return reason


def _not_indented(by: int) -> Callable[[Structure], str]:
    def reason(acts: Structure) -> str:
        if acts.columns():
            return "" if acts.column_beyond(by) else acts.edge(by, "column")
        rows = acts.rows()
        if not rows or rows[0][0] != "lines":
            return NOT_INDENTED
        return "" if acts.indented(by).puts else acts.margin(by)

    return reason


def _no_key(acts: Structure) -> str:
    rows = acts.rows()
    return "" if rows and rows[0][-2] != "values" else NOTHING_HERE


_REASONS: dict[str, Callable[[Structure], str]] = {
    "insert_above": _no_place,
    "insert_below": _no_place,
    "duplicate_rows": _no_rows,
    "delete_rows": _no_rows,
    "column_before": _no_column,
    "column_after": _no_column,
    "add_chart": lambda acts: "" if any(path[0] == "lines" for path in acts.rows()) else NO_LINES,
    "move_up": _not_moved(-1),
    "move_down": _not_moved(1),
    "indent": _not_indented(1),
    "outdent": _not_indented(-1),
    "group_rows": lambda acts: "" if acts.rows() and acts.rows()[0][0] in GROUPED else NOT_GROUPED,
    "rename_heading": lambda acts: "" if acts.heading()[1] else NO_HEADING,
    "rename_key": _no_key,
}
