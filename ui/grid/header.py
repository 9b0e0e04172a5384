"""The column header: frozen sections stay put, as the columns under them do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHeaderView

from ui.slots import guarded
from ui.theme import BASE_PX, HEADER_HEIGHT, PAD, Theme, ui_font
from ui.viewport import own_viewport

if TYPE_CHECKING:
    from ui.grid.surface import GridSurface


@guarded
class GridHeader(QHeaderView):
    """Paints itself; a click selects the column, a drag of an edge resizes, a double click there fits."""

    column_pressed = Signal(int, Qt.KeyboardModifier)
    column_dragged = Signal(int)

    def __init__(self, view: GridSurface) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        own_viewport(self)
        self._view = view
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setStretchLastSection(False)
        self.setMinimumSectionSize(24)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)

    def set_look(self, theme: Theme, zoom: float) -> None:
        self._theme = theme
        self._zoom = zoom
        self._font = ui_font(BASE_PX * zoom, weight=QFont.Weight.DemiBold)
        self.setFont(self._font)
        self.setFixedHeight(self.sizeHint().height())
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(self.length(), round(HEADER_HEIGHT * getattr(self, "_zoom", 1.0)))

    def paintEvent(self, event: QPaintEvent) -> None:
        view, t = self._view, self._theme
        p = QPainter(self.viewport())
        width, height = self.viewport().width(), self.height()
        p.fillRect(0, 0, width, height, t.color("bar"))
        p.setFont(self._font)
        edge = view.frozen_width()
        selected = view.selected_columns()
        for cols, left, right in ((view.scrolling_span(0, width), edge, width), (view.frozen_span(), 0, edge)):
            p.setClipRect(left, 0, right - left, height)
            p.fillRect(left, 0, right - left, height, t.color("bar"))
            for col, x, w in cols:
                self._section(p, col, x, w, height, col in selected)
        p.setClipping(False)
        p.setPen(QPen(t.color("line"), 0))
        p.drawLine(QLineF(0, height - 0.5, width, height - 0.5))
        if edge:
            p.setPen(QPen(t.color("rule"), 0))
            p.drawLine(QLineF(edge - 0.5, 0, edge - 0.5, height))
        p.end()

    def _section(self, p: QPainter, col: int, x: int, w: int, h: int, selected: bool) -> None:
        t, spec = self._theme, self._view.grid_model.columns[col]
        if selected:
            p.fillRect(x, 0, w, h, t.color("accent_tint"))
        p.setPen(t.color("accent" if selected else "muted"))
        pad = round(PAD * self._zoom)
        text = p.fontMetrics().elidedText(spec.header, Qt.TextElideMode.ElideRight, w - 2 * pad + 1)
        align = {"left": Qt.AlignmentFlag.AlignLeft, "right": Qt.AlignmentFlag.AlignRight}.get(
            spec.align, Qt.AlignmentFlag.AlignHCenter
        )
        p.drawText(QRectF(x + pad, 0, w - 2 * pad, h), int(align | Qt.AlignmentFlag.AlignVCenter), text)
        if selected:
            p.setPen(QPen(t.color("accent"), 2))
            p.drawLine(QLineF(x, h - 1, x + w, h - 1))

    # A frozen section is painted where it would be without scrolling; its mouse events are moved to
    # where Qt believes it to be.

    def _moved(self, event: QMouseEvent) -> QMouseEvent:
        if not 0 <= event.position().x() < self._view.frozen_width() + 3 or not self.offset():
            return event
        position = event.position() - QPointF(self.offset(), 0)
        return QMouseEvent(
            event.type(), position, event.globalPosition(), event.button(), event.buttons(), event.modifiers()
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        moved = self._moved(event)
        if event.button() == Qt.MouseButton.LeftButton and self.cursor().shape() != Qt.CursorShape.SplitHCursor:
            col = self.logicalIndexAt(moved.position().toPoint())
            if col >= 0:
                self.column_pressed.emit(col, event.modifiers())
            event.accept()
            return
        super().mousePressEvent(moved)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        moved = self._moved(event)
        if event.buttons() & Qt.MouseButton.LeftButton and self.cursor().shape() != Qt.CursorShape.SplitHCursor:
            col = self.logicalIndexAt(moved.position().toPoint())
            if col >= 0:
                self.column_dragged.emit(col)
            return
        super().mouseMoveEvent(moved)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        moved = self._moved(event)
        if self.cursor().shape() == Qt.CursorShape.SplitHCursor:
            col = self.logicalIndexAt(moved.position().toPoint() - QPointF(6, 0).toPoint())
            if col >= 0:
                self._view.fit_column(col)
            return
        self.mousePressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self.unsetCursor()
        return super().viewportEvent(event)
