"""A grid whose rows are ticked: space or a click ticks a row, the box of a heading all rows under it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from model.problems import Problem
from ui.grid.delegate import TICK_COLUMN
from ui.grid.source import NO_BOX, PARTLY, TICKED, UNTICKED, Cell, Change, ColumnSpec, Place, RowSpec
from ui.grid.view import GridView
from ui.slots import guarded

TICK = ColumnSpec("", TICK_COLUMN, "center", frozen=True, key="tick", tooltip="Space ticks the selected rows")


class TickSource:
    """A read-only GridSource whose first column is a box for every row that can be ticked."""

    def __init__(self) -> None:
        self.ticked: set[str] = set()

    def columns(self) -> Sequence[ColumnSpec]:
        raise NotImplementedError

    def rows(self) -> Sequence[RowSpec]:
        raise NotImplementedError

    def cell(self, row: int, col: int) -> Cell:
        raise NotImplementedError

    def can_tick(self, key: str) -> bool:
        """Whether a row has a box."""
        raise NotImplementedError

    def box(self, key: str) -> Cell:
        """The cell of the first column."""
        if not self.can_tick(key):
            return Cell("", "tick")
        return Cell(TICKED if key in self.ticked else UNTICKED, "tick", tooltip="Space or a click")

    def state(self, keys: Collection[str]) -> str:
        """The state of the box over several rows."""
        boxes = [key for key in keys if self.can_tick(key)]
        on = sum(key in self.ticked for key in boxes)
        return "" if not boxes else TICKED if on == len(boxes) else PARTLY if on else UNTICKED

    def edit_text(self, row: int, col: int) -> str:
        return self.cell(row, col).clip

    def set_texts(self, changes: Sequence[Change], title: str) -> Sequence[Problem]:
        return [self.why_not(*changes[0][:2])]

    def clear(self, cells: Sequence[Place], title: str) -> Sequence[Problem]:
        return [self.why_not(*cells[0])]

    def why_not(self, row: int, col: int) -> Problem:
        return Problem("", "This list only shows what was found.", "Space ticks a row.", severity="error")


@guarded
class TickGrid(GridView):
    """The grid over a TickSource."""

    ticks_changed = Signal()

    def __init__(self, source: TickSource, parent: QWidget | None = None, name: str = "") -> None:
        self.tick_source = source
        super().__init__(source, parent, name)
        self._show_heads()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self._to_start)  # laid out before it had its size: begin at the left

    def _to_start(self) -> None:
        self.horizontalScrollBar().setValue(0)
        self.show_current()

    def reset_source(self) -> None:
        super().reset_source()
        self._show_heads()

    # --- ticking ---------------------------------------------------------------

    def toggle(self, keys: Collection[str]) -> None:
        """Tick these rows; untick them where all of them are ticked."""
        source = self.tick_source
        boxes = [key for key in keys if source.can_tick(key)]
        if not boxes:
            return
        if all(key in source.ticked for key in boxes):
            source.ticked.difference_update(boxes)
        else:
            source.ticked.update(boxes)
        self.show_ticks()

    def tick_all(self, on: bool) -> None:
        """Every row shown that has a box."""
        keys = [row.key for row in self.grid_model.rows if self.tick_source.can_tick(row.key)]
        (self.tick_source.ticked.update if on else self.tick_source.ticked.difference_update)(keys)
        self.show_ticks()

    def show_ticks(self) -> None:
        self._show_heads()
        self.grid_model.refresh(flash=False)
        self.ticks_changed.emit()

    def _show_heads(self) -> None:
        rows = self.grid_model.rows
        for i, spec in enumerate(rows):
            if spec.kind == "section":
                keys = [rows[r].key for r in self._section_rows(i)]
                rows[i] = msgspec.structs.replace(spec, tick=self.tick_source.state(keys) or NO_BOX)
        self.viewport().update()

    def _under(self, row: int) -> list[str]:
        rows = self.grid_model.rows
        if rows[row].kind == "section":
            return [rows[r].key for r in self._section_rows(row)]
        return [rows[row].key]

    # --- keys and mouse ----------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            rows = {row for top, _, bottom, _ in self.blocks() for row in range(top, bottom + 1)}
            shown = [row for row in self.navigator.shown if row in rows and self.grid_model.rows[row].kind != "section"]
            here = self.current
            if not shown and here is not None:  # a closed section
                shown = [here[0]]
            self.toggle([key for row in shown for key in self._under(row)])
            event.accept()
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        left = event.button() == Qt.MouseButton.LeftButton and not event.modifiers()
        if left and index.isValid() and event.position().x() < TICK_COLUMN * self.zoom and self._has_box(index.row()):
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            if self.grid_model.rows[index.row()].kind != "section":
                self._go((index.row(), index.column()))
            self.toggle(self._under(index.row()))
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.position().x() < TICK_COLUMN * self.zoom:  # two clicks are two
            self.mousePressEvent(event)
        else:
            super().mouseDoubleClickEvent(event)

    def _has_box(self, row: int) -> bool:
        spec = self.grid_model.rows[row]
        return spec.tick not in ("", NO_BOX) if spec.kind == "section" else self.tick_source.can_tick(spec.key)
