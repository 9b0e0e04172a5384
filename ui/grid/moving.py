"""Moving, selecting, opening and closing sections: the verbs behind the keys.

The current index is the *active* cell, which stays put while a selection is extended from it to
its ``corner``, as in Excel.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from ui.grid.delegate import Block
from ui.grid.navigate import Navigator, RowSort
from ui.grid.source import GridSource, Place
from ui.grid.surface import GridSurface


def _block(one: Place, other: Place) -> Block:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1])


class MovingGrid(GridSurface):
    """A grid to move about in."""

    collapsed_changed = Signal()

    def __init__(self, source: GridSource, parent: QWidget | None = None, name: str = "") -> None:
        super().__init__(source, parent, name)
        self._kept: list[Block] = []  # blocks that Ctrl+click adds to
        self._corner: Place = (0, 0)
        self._tab_start: int | None = None
        self.grid_header.column_pressed.connect(self.press_column)
        self.grid_header.column_dragged.connect(self.drag_column)
        self._hide_rows()

    def commit_edit(self, into_selection: bool = False) -> bool:
        """Nothing is being edited in this layer."""
        return True

    # --- sections --------------------------------------------------------------

    def _section_rows(self, row: int) -> range:
        """The rows that a section row owns."""
        rows = self.grid_model.rows
        end = row + 1
        while end < len(rows) and not (rows[end].kind == "section" and rows[end].indent <= rows[row].indent):
            end += 1
        return range(row + 1, end)

    def _hide_rows(self) -> None:
        rows = self.grid_model.rows
        hidden: set[int] = set()
        for i, spec in enumerate(rows):
            if spec.kind == "section" and spec.collapsible and spec.key in self._collapsed:
                hidden.update(self._section_rows(i))
        sorts: list[RowSort] = []
        for i, spec in enumerate(rows):
            if (i in hidden) != self.isRowHidden(i):
                self.setRowHidden(i, i in hidden)
            gap = spec.kind == "blank" or (spec.kind == "section" and spec.key not in self._collapsed)
            sorts.append("hidden" if i in hidden else "gap" if gap else "stop")
        cell = self.grid_model.cell
        self.navigator = Navigator(
            sorts, len(self.grid_model.columns), self._frozen_specs(), lambda r, c: bool(cell(r, c).text)
        )
        self.viewport().update()

    def collapsed(self) -> set[str]:
        """Keys of the collapsed sections."""
        return set(self._collapsed)

    def set_collapsed(self, key: str, collapsed: bool) -> None:
        """Close or open a section. A current cell inside moves to the section's row, and back into it."""
        row = self.grid_model.row_of(key)
        if row is None or not self.grid_model.rows[row].collapsible or (key in self._collapsed) == collapsed:
            return
        if not self.commit_edit():
            return
        (self._collapsed.add if collapsed else self._collapsed.discard)(key)
        self._hide_rows()
        here = self.current
        if here is not None and collapsed and here[0] in self._section_rows(row):
            self._go((row, here[1]))
        elif here is not None and not collapsed and here[0] == row:
            self._go((self.navigator.nearest(row) or row, here[1]))
        self.collapsed_changed.emit()

    def set_collapsed_here(self, collapsed: bool) -> None:
        """Close or open the section that the current cell belongs to."""
        here = self.current
        if here is not None:
            rows = self.grid_model.rows
            at = here[0]
            while at >= 0 and not (rows[at].kind == "section" and rows[at].collapsible):
                at -= 1
            if at >= 0:
                self.set_collapsed(rows[at].key, collapsed)

    def _toggle_current(self) -> bool:
        here = self.current
        if here is None or self.grid_model.rows[here[0]].kind != "section":
            return False
        key = self.grid_model.rows[here[0]].key
        self.set_collapsed(key, key not in self._collapsed)
        return True

    # --- moving ----------------------------------------------------------------

    def _go(
        self, place: Place, extend: bool = False, add: bool = False, show: bool = True, tab: bool = False
    ) -> None:  # fmt: skip
        """Make a cell current; or extend the selection to it; or begin another block there."""
        if not tab:
            self._tab_start = None
        if extend and self.current is not None:
            self._corner = place
            self._select([*self._kept, _block(self.current, place)], self.current)
        else:
            self._kept = self.blocks() if add else []
            self._corner = place
            self._select([*self._kept, _block(place, place)], place)
        if show:
            self.scrollTo(self.grid_model.index(*place))

    def go_to(self, row: int, col: int) -> None:
        """Make a cell current and visible, opening the section that hides it."""
        rows = self.grid_model.rows
        for i in range(row):
            if rows[i].key in self._collapsed and row in self._section_rows(i):
                self.set_collapsed(rows[i].key, False)
        self._go((row, col))

    def select_block(self, top: int, left: int, bottom: int, right: int) -> None:
        self._go((top, left), show=False)
        self._go((bottom, right), extend=True, show=False)

    def _multiple(self) -> bool:
        return sum((b - t + 1) * (r - le + 1) for t, le, b, r in self._blocks) > 1

    def _from(self, extend: bool) -> Place | None:
        return self._corner if extend and self.current is not None else self.current

    def step(self, down: int, right: int, jump: bool = False, extend: bool = False) -> None:
        here = self._from(extend)
        if here is not None:
            nav = self.navigator
            self._go(nav.jump(*here, down, right) if jump else nav.step(*here, down, right), extend)

    def move_page(self, pages: int, extend: bool = False, sideways: bool = False) -> None:
        here = self._from(extend)
        if here is None:
            return
        if sideways:
            span = self.scrolling_span(self.frozen_width(), self.viewport().width())
            self._go(self.navigator.step(*here, 0, pages * max(1, len(span) - 1)), extend)
        else:
            height = self.verticalHeader().defaultSectionSize()
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + pages * (self.viewport().height() - height))
            self._go(self.navigator.step(*here, pages * max(1, self.viewport().height() // height - 1), 0), extend)

    def move_home(self, whole: bool = False, extend: bool = False) -> None:
        """Home: the first scrolling column, then the first; Ctrl+Home: the first cell beside the frozen ones."""
        here, first = self._from(extend), self.navigator.first()
        if here is not None and first is not None:
            self._go(first if whole else (here[0], self.navigator.home(here[1])), extend)

    def move_end(self, whole: bool = False, extend: bool = False) -> None:
        here, last = self._from(extend), self.navigator.last()
        if here is not None and last is not None:
            self._go(last if whole else (here[0], last[1]), extend)

    def move_tab(self, back: bool = False) -> None:
        here = self.current
        if here is None:
            return
        if self._multiple():
            self._cycle(here, by_row=True, back=back)
            return
        start = self._tab_start if self._tab_start is not None else here[1]
        self._go(self.navigator.step(*here, 0, -1 if back else 1), tab=True)
        self._tab_start = start

    def move_enter(self, back: bool = False) -> None:
        """Down; after Tabs, back to the column where they began; inside a selection, round it."""
        here = self.current
        if here is None:
            return
        if self._multiple():
            self._cycle(here, by_row=False, back=back)
            return
        if self.grid_model.rows[here[0]].kind == "section":
            self._toggle_current()
            return
        col = self._tab_start if self._tab_start is not None else here[1]
        row, _ = self.navigator.step(*here, -1 if back else 1, 0)
        self._go((row, col))

    def _cycle(self, here: Place, by_row: bool, back: bool) -> None:
        place = self.navigator.cycle(*here, sorted(self._blocks), by_row, back)
        self._select(self.blocks(), place)
        self.scrollTo(self.grid_model.index(*place))

    def show_current(self) -> None:
        self.scrollTo(self.currentIndex())

    def collapse_selection(self) -> None:
        """Only the active cell stays selected."""
        if self.current is not None:
            self._go(self.current)

    def select_all(self) -> None:
        here, rows = self.current, self.navigator.shown
        if here is not None and rows:
            self._kept = []
            self._corner = (rows[-1], self.navigator.columns - 1)
            self._select([(rows[0], 0, *self._corner)], here)

    def select_columns(self) -> None:
        here, rows = self.current, self.navigator.shown
        if here is not None and rows:
            left, right = min(here[1], self._corner[1]), max(here[1], self._corner[1])
            self._kept = []
            self._select([(rows[0], left, rows[-1], right)], here)
            self._corner = (rows[-1], self._corner[1])

    def select_rows(self) -> None:
        here = self.current
        if here is not None:
            top, bottom = min(here[0], self._corner[0]), max(here[0], self._corner[0])
            self._kept = []
            self._select([(top, 0, bottom, self.navigator.columns - 1)], here)
            self._corner = (self._corner[0], self.navigator.columns - 1)

    def press_column(self, col: int, modifiers: Qt.KeyboardModifier) -> None:
        """A click on a header."""
        if not self.commit_edit():
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        stops, shown = self.navigator.stops, self.navigator.shown
        if not stops:
            return
        here = self.current
        if modifiers & Qt.KeyboardModifier.ShiftModifier and here is not None:
            self.drag_column(col)
            return
        self._kept = self.blocks() if modifiers & Qt.KeyboardModifier.ControlModifier else []
        self._corner = (shown[-1], col)
        self._select([*self._kept, (shown[0], col, shown[-1], col)], (stops[0], col))

    def drag_column(self, col: int) -> None:
        here, shown = self.current, self.navigator.shown
        if here is not None and shown:
            self._corner = (shown[-1], col)
            block = (shown[0], min(here[1], col), shown[-1], max(here[1], col))
            self._select([*self._kept, block], here)
            self.scrollTo(self.grid_model.index(here[0], col))

    def selected_cells(self) -> list[Place]:
        """The selected cells that can be stopped at, in reading order of each block."""
        return [
            (row, col)
            for top, left, bottom, right in self._blocks
            for row in self.navigator.stops
            if top <= row <= bottom
            for col in range(left, right + 1)
        ]
