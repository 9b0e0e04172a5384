"""The grid that panels use: keys, mouse and clipboard over moving and editing.

Layers: GridSurface (looks) - MovingGrid (moves, selects) - EditingGrid (types) - GridView.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QInputMethodEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from ui.grid import keys
from ui.grid.editing import EditingGrid
from ui.grid.operations import Operations, Stats
from ui.grid.source import GridSource, Place
from ui.slots import guarded


@guarded
class GridView(EditingGrid):
    """A table over a GridSource. Panels call ``refresh`` or ``reset_source`` when the source has changed."""

    stats_changed = Signal(Stats)
    edit_refused = Signal(list)  # of Problem

    def __init__(self, source: GridSource, parent: QWidget | None = None, name: str = "") -> None:
        super().__init__(source, parent, name)
        self._operations = Operations(self)
        self._dragging = False
        self._saved: tuple[str, str, str, str, int, int, int] | None = None
        self._scroll_timer = QTimer(self, interval=50)
        self._scroll_timer.timeout.connect(self._drag_on)
        self._stats_timer = QTimer(self, interval=0, singleShot=True)  # one signal for many changes
        self._stats_timer.timeout.connect(self._tell_stats)
        self.selectionModel().selectionChanged.connect(self._restat)
        self.collapsed_changed.connect(self._restat)
        self.grid_model.dataChanged.connect(self._restat)
        self.grid_model.modelAboutToBeReset.connect(self._save_place)
        self.grid_model.modelReset.connect(self._restructured)
        self.grid_model.refused.connect(self.edit_refused)
        self._restructured()

    # --- structure -------------------------------------------------------------

    def refresh(self, rows: Sequence[int] | None = None, cells: Sequence[Place] | None = None) -> None:
        self.grid_model.refresh(rows, cells)

    def reset_source(self) -> None:
        """Rows or columns are others now; the current cell stays on its key."""
        self.grid_model.reset()

    def _save_place(self) -> None:
        model = self.grid_model
        here = self.current
        if here is not None and here[0] < len(model.rows) and here[1] < len(model.columns):
            row, col = min(self._corner[0], len(model.rows) - 1), min(self._corner[1], len(model.columns) - 1)

            def names(r: int, c: int) -> tuple[str, str]:
                return model.rows[r].key, model.columns[c].key or model.columns[c].header

            scrolled = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
            self._saved = (*names(*here), *names(row, col), *scrolled, here[0])

    def _restructured(self) -> None:
        model = self.grid_model
        if self._editor is not None:
            self.cancel_edit()
        self._copied = None
        self._tab_start = None
        self._hide_rows()
        self._layout_columns()
        self.updateGeometries()  # the bars reach as far as the rows do now: a jump to a new one must not fall short
        saved, self._saved = self._saved, None
        if saved is None:
            first = self.navigator.first()
            if first is not None:
                self._go(first)
            return
        self.horizontalScrollBar().setValue(saved[4])
        self.verticalScrollBar().setValue(saved[5])
        row, col = model.row_of(saved[0]), model.column_of(saved[1])
        row = self.navigator.nearest(row if row is not None else saved[6])  # gone: what stands in its place
        if row is None or not model.columns:
            return
        col = col if col is not None else min(self.navigator.first_column, len(model.columns) - 1)
        end = model.row_of(saved[2]), model.column_of(saved[3])
        self._go((row, col), show=False)
        if None not in end and end != (row, col):
            self._go((end[0] or 0, end[1] or 0), extend=True, show=False)

    # --- operations on the selection, for keys and menus -----------------------

    def copy(self) -> bool:
        return self._operations.copy()

    def cut(self) -> bool:
        return self._operations.cut()

    def paste(self, text: str | None = None) -> bool:
        return self._operations.paste(text)

    def fill_down(self) -> bool:
        return self._operations.fill_down()

    def fill_right(self) -> bool:
        return self._operations.fill_right()

    def fill_selection(self, text: str) -> bool:
        return self._operations.fill_selection(text)

    def clear_selection(self) -> bool:
        return self._operations.clear()

    def _restat(self, *_: object) -> None:
        self._stats_timer.start()

    def _tell_stats(self) -> None:
        if self.isVisible():  # a hidden sheet catches up when it comes back: until then its rows may be gone
            self.stats_changed.emit(self.stats())

    def stats(self) -> Stats:
        return self._operations.stats()

    # --- keys ------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                if keys.action_for(event) is not None:
                    event.accept()
                    return True
            elif event.type() == QEvent.Type.KeyPress and event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                action = keys.action_for(event)
                if action is not None:  # Ctrl+Tab stays with the window
                    self._act(action)
                    return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.bubble.hide()
        action = keys.action_for(event)
        if event.key() == Qt.Key.Key_Escape and self._copied is not None:
            self.show_copied(None)
        elif event.key() == Qt.Key.Key_Space and self._toggle_current():
            pass
        elif action is not None:
            self._act(action)
        else:
            event.ignore()
            return
        event.accept()

    def _act(self, action: keys.Action) -> None:
        """Do what a key says."""
        action(self)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        if event.commitString() or event.preeditString():
            self.begin_typing("")
            if self._editor is not None:
                self._editor.inputMethodEvent(event)

    # --- mouse -----------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.commit_edit():
            self.focus_editor()
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.bubble.hide()
        index = self.indexAt(event.position().toPoint())
        if not index.isValid():
            return
        place, mods = (index.row(), index.column()), event.modifiers()
        if self.grid_model.rows[place[0]].kind == "section" and event.button() == Qt.MouseButton.LeftButton:
            spec = self.grid_model.rows[place[0]]
            self.set_collapsed(spec.key, spec.key not in self._collapsed)
            return
        if event.button() != Qt.MouseButton.LeftButton:
            if not any(t <= place[0] <= b and le <= place[1] <= r for t, le, b, r in self._blocks):
                self._go(place)
            return
        if mods & Qt.KeyboardModifier.ShiftModifier:
            self._go(place, extend=True)
        elif mods & Qt.KeyboardModifier.ControlModifier:
            self._go(place, add=True)
        elif place == self.current and self._on_chevron(event.position().toPoint(), *place):
            self.open_choices()
            return
        else:
            self._go(place)
        self._dragging = True

    def _on_chevron(self, pos: QPoint, row: int, col: int) -> bool:
        cell = self.grid_model.cell(row, col)
        if not (cell.choices and cell.editable):
            return False
        rect, reach = self.cell_rect(row, col), round(24 * self._zoom)
        right = (cell.align or self.grid_model.columns[col].align) == "right"
        return pos.x() < rect.left() + reach if right else pos.x() > rect.right() - reach

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging and event.buttons() & Qt.MouseButton.LeftButton:
            self._drag_to(event.position().toPoint())
            inside = self.viewport().rect().contains(event.position().toPoint())
            (self._scroll_timer.stop if inside else self._scroll_timer.start)()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragging = False
        self._scroll_timer.stop()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if not index.isValid() or self.grid_model.rows[index.row()].kind == "section":
            self.mousePressEvent(event)
        elif event.button() == Qt.MouseButton.LeftButton and self._editor is None:
            self._go((index.row(), index.column()))
            if self.grid_model.can_edit(index.row(), index.column()):
                self.begin_edit(at=event.position().toPoint())
            else:
                self.activated.emit(index)

    def _drag_on(self) -> None:
        self._drag_to(self.viewport().mapFromGlobal(self.cursor().pos()))

    def _drag_to(self, pos: QPoint) -> None:
        area = self.viewport().rect()
        x, y = min(max(pos.x(), 0), area.right()), min(max(pos.y(), 0), area.bottom())
        last = self.cell_rect(len(self.grid_model.rows) - 1, len(self.grid_model.columns) - 1)
        index = self.indexAt(QPoint(min(x, last.right()), min(y, last.bottom())))
        if not index.isValid():
            return
        row, col = index.row(), index.column()
        if pos.x() > area.right():
            col = min(col + 1, len(self.grid_model.columns) - 1)
        elif self._frozen() <= self._corner[1] and self.horizontalScrollBar().value() and x < self.frozen_width():
            col = max(self._corner[1] - 1, 0)  # dragging into the frozen columns scrolls back first
        shown = self.navigator.shown
        if pos.y() > area.bottom():
            row = next((r for r in shown if r > row), row)
        elif pos.y() < 0:
            row = next((r for r in reversed(shown) if r < row), row)
        if (row, col) != self._corner:
            self._go((row, col), extend=True)

    def wheelEvent(self, event: QWheelEvent) -> None:
        mods = event.modifiers()
        step = event.angleDelta().y()
        if mods & Qt.KeyboardModifier.ControlModifier:
            if step:
                self.set_zoom(round(self._zoom * 100) + (10 if step > 0 else -10))
            event.accept()
        elif mods & Qt.KeyboardModifier.ShiftModifier and step:
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - round(step / 120 * 3 * bar.singleStep()))
            event.accept()
        else:
            super().wheelEvent(event)

    # --- focus -----------------------------------------------------------------

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.current is None and (first := self.navigator.first()) is not None:
            self._go(first)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if not self.is_editing:  # a refusal in the editor stays as long as the text it speaks of
            self.bubble.hide()
        self.viewport().update()
