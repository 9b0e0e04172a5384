"""The rights over the years: a bar for each, the triggers as lines that can be moved."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QHelpEvent, QHideEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QToolTip

from model.values import from_serial
from ui.event_moves import step_months
from ui.panels.rights_paint import ROW
from ui.panels.timeline import TimelineSurface
from ui.slots import guarded


@guarded
class RightsTimeline(TimelineSurface):
    """Up and Down choose a right, Enter opens its row; Tab goes on to the triggers, which the arrows move."""

    # --- mouse ---------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        found = self.trigger_at(event.position())
        self.marks.trigger = found.trigger.key if found is not None and found.trigger.handle is not None else ""
        if found is not None:
            self._pressed, self._press_at = found, event.position().toPoint()
            self.viewport().update()
            return
        bar = self.bar_at(event.position().y())
        if bar is not None:
            self.select(bar.key)
            self.chosen.emit(bar.key)
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pos = event.position()
        if self._pressed is not None and event.buttons() & Qt.MouseButton.LeftButton:
            if self._pressed.trigger.handle is not None and (
                self.marks.dragging is not None or (pos.toPoint() - self._press_at).manhattanLength() > 3
            ):
                exact = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
                self._drag_to(self._pressed.trigger.key, self._day_at(pos.x(), exact))
            return
        found = self.trigger_at(pos)
        hover = found.trigger.key if found is not None else ""
        if hover != self.marks.hover:
            self.marks.hover = hover
            self.viewport().update()
        shape = Qt.CursorShape.ArrowCursor
        if found is not None:
            movable = found.trigger.handle is not None
            shape = Qt.CursorShape.SizeHorCursor if movable else Qt.CursorShape.ForbiddenCursor
        elif self.bar_at(pos.y()) is not None:
            shape = Qt.CursorShape.PointingHandCursor
        self.viewport().setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._finish(keep=True)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        bar = self.bar_at(event.position().y())
        if bar is not None and self.trigger_at(event.position()) is None:
            self.opened.emit(bar.key)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(QPointF(event.pos())), self.viewport())
            return True
        if event.type() == QEvent.Type.Leave and self.marks.hover:
            self.marks.hover = ""
            self.viewport().update()
        return super().viewportEvent(event)

    def tip_at(self, pos: QPointF) -> str:
        found = self.trigger_at(pos)
        if found is not None:
            return found.trigger.tip
        bar = self.bar_at(pos.y())
        return self.data.tip(bar.key) if bar is not None else ""

    # --- keys ----------------------------------------------------------------

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes from the rights through the triggers that can be moved, then on."""
        stops = ["", *self._movable()]
        at = stops.index(self.marks.trigger) if self.marks.trigger in stops else 0
        at += 1 if forward else -1
        if not self.hasFocus() or not 0 <= at < len(stops):
            return super().focusNextPrevChild(forward)
        self._finish(keep=True)
        self.marks.trigger = stops[at]
        self._describe()
        self.viewport().update()
        return True

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() == Qt.FocusReason.TabFocusReason:
            self.marks.trigger = ""
        elif event.reason() == Qt.FocusReason.BacktabFocusReason:
            self.marks.trigger = (["", *self._movable()])[-1]
        self.marks.focused = True
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self._by_key:
            self._finish(keep=True)
        self.marks.focused = False
        self.viewport().update()

    def hideEvent(self, event: QHideEvent) -> None:
        """A drag ends with the sheet it was on."""
        super().hideEvent(event)
        self._finish(keep=False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, keys = event.key(), Qt.Key
        if key == keys.Key_Escape and self.marks.dragging is not None:
            self._finish(keep=False)
        elif key in (keys.Key_Left, keys.Key_Right) and self.marks.trigger:
            exact = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self._step(1 if key == keys.Key_Right else -1, exact)
        elif key in (keys.Key_Up, keys.Key_Down, keys.Key_Home, keys.Key_End, keys.Key_PageUp, keys.Key_PageDown):
            self._choose_by(key)
        elif key in (keys.Key_Return, keys.Key_Enter) and self.marks.selected:
            self.opened.emit(self.marks.selected)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if self._by_key and not event.isAutoRepeat() and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._finish(keep=True)
        else:
            super().keyReleaseEvent(event)

    def _step(self, by: int, exact: bool) -> None:
        key = self.marks.trigger
        trigger = next(t for t in self.data.triggers if t.key == key)
        day = self.marks.dragging[1] if self.marks.dragging is not None else trigger.day
        last = self.session.calc.timeline.end
        if day is None:
            wanted = from_serial(self.data.last) if by < 0 else None
        else:
            wanted = day + dt.timedelta(by) if exact else step_months(day, by)
        if wanted is not None and wanted > last:
            wanted = None
        self._by_key = True
        self._drag_to(key, wanted)

    def _choose_by(self, key: int) -> None:
        keys, bars = Qt.Key, self.data.bars
        if not bars:
            return
        now = next((i for i, bar in enumerate(bars) if bar.key == self.marks.selected), -1)
        page = max(1, self.places.rows_height // ROW)
        row = {
            keys.Key_Up: now - 1, keys.Key_Down: now + 1, keys.Key_PageUp: now - page, keys.Key_PageDown: now + page,
            keys.Key_Home: 0, keys.Key_End: len(bars) - 1,
        }[Qt.Key(key)]  # fmt: skip
        self.marks.trigger = ""
        found = bars[min(max(row, 0), len(bars) - 1)].key
        self.select(found)
        self.chosen.emit(found)
        self.viewport().update()
