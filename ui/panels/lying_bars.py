"""What charts of lying bars have in common: one bar a row, walked by mouse and keys, or a sentence in place of bars."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ui import theme as themes
from ui.pictures import PictureButton

ROW: Final = 26
TOP: Final = 34
SIDE: Final = 14


class LyingBars(QWidget):
    """Bars lie, so that names have room. Up and Down walk along them, Enter or a click goes to the term. Subclasses say
    how many bars there are, where each leads, and paint them."""

    clicked = Signal(str)  # a term, or the address of an input

    def __init__(
        self, name: str, tell: Callable[[str], object], what: str = "chart", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.message = ""
        self.stale = False  # paler: the figures are those of an earlier state of the deal
        self._at: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        self.setAccessibleName(name)
        self.button = PictureButton(self, self, tell, self.figures, what)

    # --- what subclasses say -------------------------------------------------

    def count(self) -> int:
        """How many bars there are."""
        raise NotImplementedError

    def leads_to(self, at: int) -> str:
        """What a click on the bar emits; "" where it leads nowhere."""
        raise NotImplementedError

    def tip(self, at: int) -> str:
        """The bar in words."""
        raise NotImplementedError

    def paint_bars(self, p: QPainter) -> None:
        raise NotImplementedError

    def drawing_name(self) -> str:
        """What a picture of it is called."""
        raise NotImplementedError

    def figures(self) -> str:
        """What is drawn, in full precision, for a spreadsheet."""
        raise NotImplementedError

    # --- size and painting ---------------------------------------------------

    def _grow(self) -> None:
        self.setMinimumHeight(self.sizeHint().height())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(480, TOP + self.count() * ROW + 12 if self.count() else 96)

    def resizeEvent(self, event: object) -> None:
        self.button.to_corner()

    def paintEvent(self, event: QPaintEvent) -> None:
        p, t = QPainter(self), themes.current()
        p.fillRect(self.rect(), t.color("background"))
        p.setOpacity(0.45 if self.stale else 1.0)
        self._paint(p)
        p.setOpacity(1.0)
        if self.hasFocus():
            p.setPen(QPen(t.color("accent"), 2))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawRect(self.rect().adjusted(1, 1, -1, -1))
        p.end()

    def _paint(self, p: QPainter) -> None:
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.count():
            self.paint_bars(p)
            return
        p.setFont(themes.ui_font(13))
        p.setPen(themes.current().color("muted"))
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        p.drawText(QRectF(self.rect()).adjusted(32, 8, -32, -8), flags, self.message)

    # --- mouse and keys ------------------------------------------------------

    def _row_at(self, y: float) -> int | None:
        i = int((y - TOP) // ROW)
        return i if 0 <= i < self.count() else None

    def _show_at(self, at: int | None) -> None:
        if at != self._at:
            self._at = at
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._show_at(self._row_at(event.position().y()))

    def leaveEvent(self, event: QEvent) -> None:
        self._show_at(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._go(self._row_at(event.position().y()))

    def _go(self, at: int | None) -> None:
        if at is not None and (there := self.leads_to(at)):
            self.clicked.emit(there)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        count = self.count()
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and count:
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            self._show_at(min(max((self._at if self._at is not None else -step) + step, 0), count - 1))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go(self._at)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            at = self._row_at(float(event.pos().y()))
            QToolTip.showText(event.globalPos(), self.tip(at) if at is not None else "", self)
            return True
        return super().event(event)

    # --- copying -------------------------------------------------------------

    def draw(self, painter: QPainter) -> None:
        """The chart at its size, without the button and the mark of the mouse."""
        at, self._at = self._at, None
        self._paint(painter)
        self._at = at

    def drawing_size(self) -> QSize:
        return self.size()
