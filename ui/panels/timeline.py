"""What the rights picture shows and marks: its data, the selected right, a trigger on its way."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from model.values import from_serial
from ui.event_moves import Handle, month_end
from ui.panels.rights_paint import ROW, TOP, Geometry, Marks, Placed, paint
from ui.rights_bars import Bar, RightsPicture
from ui.session import DealSession
from ui.slots import guarded

_NEAR = 5
_PREVIEW_MS = 30


@guarded
class TimelineSurface(QAbstractScrollArea):
    """The picture without mouse and keys."""

    chosen = Signal(str)  # right
    opened = Signal(str)  # right
    previewed = Signal(object, object)  # Handle, day (None: never): as if it were so
    moved = Signal(object, object)  # Handle, day: for good
    dropped = Signal()  # as it was

    def __init__(self, session: DealSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.marks = Marks()
        self._data: RightsPicture | None = None
        self._geometry: Geometry | None = None
        self._pressed: Placed | None = None
        self._press_at = QPoint()
        self._told: tuple[str, dt.date | None] | None = None
        self._by_key = False
        self._soon = QTimer(self, interval=_PREVIEW_MS, singleShot=True)
        self._soon.timeout.connect(self._preview)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Rights over the years")
        self.setMinimumSize(360, TOP + 3 * ROW)

    def sizeHint(self) -> QSize:
        return QSize(800, 480)

    # --- data ----------------------------------------------------------------

    @property
    def data(self) -> RightsPicture:
        if self._data is None:
            self._data = RightsPicture(self.session.calc)
        return self._data

    @property
    def places(self) -> Geometry:
        """Where everything is now."""
        if self._geometry is None:
            size = self.viewport().size()
            self._geometry = Geometry(self.data, size.width(), size.height(), self.marks.dragging)
        return self._geometry

    def refresh(self) -> None:
        """The values are others. Under a drag the years stay as they are."""
        years = self._data.years if self._data is not None and self.marks.dragging is not None else None
        self._data = RightsPicture(self.session.calc, years)
        self._geometry = None
        self._fit()
        self._describe()
        self.viewport().update()

    def _fit(self) -> None:
        over = len(self.data.bars) * ROW - self.places.rows_height
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, over))
        bar.setPageStep(max(ROW, self.places.rows_height))
        bar.setSingleStep(ROW)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._geometry = None
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._geometry = None
            self.viewport().update()

    def _describe(self) -> None:
        bar = next((b for b in self.data.bars if b.key == self.marks.selected), None)
        trigger = next((t for t in self.data.triggers if t.key == self.marks.trigger), None)
        self.setAccessibleDescription(trigger.tip if trigger else self.data.tip(bar.key) if bar else "")

    # --- choosing a right ----------------------------------------------------

    def select(self, key: str) -> None:
        """Mark a right, and bring it into view."""
        if key == self.marks.selected:
            return
        self.marks.selected = key
        self.reveal()
        self._describe()
        self.viewport().update()

    def reveal(self) -> None:
        row = next((i for i, bar in enumerate(self.data.bars) if bar.key == self.marks.selected), None)
        if row is None:
            return
        bar, room = self.verticalScrollBar(), self.places.rows_height
        if row * ROW < bar.value():
            bar.setValue(row * ROW)
        elif (row + 1) * ROW > bar.value() + room:
            bar.setValue((row + 1) * ROW - room)

    def bar_at(self, y: float) -> Bar | None:
        if not TOP <= y < TOP + self.places.rows_height:
            return None
        row = int((y - TOP + self.verticalScrollBar().value()) // ROW)
        return self.data.bars[row] if row < len(self.data.bars) else None

    def bar_rect(self, key: str) -> QRectF:
        """Where a right's row is in the viewport."""
        row = next(i for i, bar in enumerate(self.data.bars) if bar.key == key)
        return QRectF(0, TOP + row * ROW - self.verticalScrollBar().value(), self.viewport().width(), ROW)

    # --- triggers ------------------------------------------------------------

    def trigger_at(self, pos: QPointF) -> Placed | None:
        """By its name, or by its line; of several on one day the one that can be moved."""
        names = [p for p in self.places.names if p.box.contains(pos)]
        if names:
            return names[0]
        if not TOP - 8 <= pos.y() <= self.places.height - self.places.foot + 4:
            return None
        near = [p for p in self.places.names if p.x is not None and abs(p.x - pos.x()) <= _NEAR]
        return min(near, key=lambda p: (p.trigger.handle is None, abs((p.x or 0.0) - pos.x())), default=None)

    def placed(self, key: str) -> Placed | None:
        return next((p for p in self.places.names if p.trigger.key == key), None)

    def _movable(self) -> list[str]:
        return [p.trigger.key for p in self.places.names if p.trigger.handle is not None]

    def _handle(self, key: str) -> Handle | None:
        return self.data.handles.get(key)

    def _drag_to(self, key: str, day: dt.date | None) -> None:
        if self.marks.dragging != (key, day):
            self.marks.dragging = (key, day)
            self._geometry = None
            self.viewport().update()
            if not self._soon.isActive():
                self._soon.start()

    def _preview(self) -> None:
        if self.marks.dragging is not None and self._told != self.marks.dragging:
            self._told = self.marks.dragging
            found = self._handle(self.marks.dragging[0])
            if found is not None:
                self.previewed.emit(found, self.marks.dragging[1])

    def _finish(self, keep: bool) -> None:
        self._soon.stop()
        dragging, self.marks.dragging = self.marks.dragging, None
        self._pressed, self._told, self._by_key = None, None, False
        self._geometry = None
        self.viewport().update()
        if dragging is None:
            return
        found = self._handle(dragging[0])
        if keep and found is not None:
            self.moved.emit(found, dragging[1])
        else:
            self.dropped.emit()

    def _day_at(self, x: float, exact: bool) -> dt.date | None:
        g = self.places
        if x > g.x1 + 24:
            return None
        serial = min(max(g.serial(x) - 1, self.data.first), self.data.last)
        day = from_serial(serial)
        return day if day is None or exact else month_end(day)

    # --- painting ------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self.viewport())
        paint(p, self.places, self.verticalScrollBar().value(), self.marks)
        p.end()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def draw(self, painter: QPainter) -> None:
        """All rights, also those scrolled away."""
        size = self.drawing_size()
        paint(painter, Geometry(self.data, size.width(), size.height(), None), 0, Marks())

    def drawing_size(self) -> QSize:
        return QSize(self.viewport().width(), TOP + len(self.data.bars) * ROW + self.places.foot)

    def drawing_name(self) -> str:
        return "Rights"
