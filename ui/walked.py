"""Pictures whose parts are walked by mouse and keys: a mark goes along, hover texts tell, Enter or a click goes there."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ui import theme as themes
from ui.pictures import PictureButton
from ui.slots import guarded


@guarded
class Walked(QWidget):
    """Subclasses say how many parts there are, which lies where, what it says and where it leads, and paint them; ``_at``
    is the marked one."""

    along: ClassVar = (Qt.Key.Key_Left, Qt.Key.Key_Right)  # back and on

    def __init__(self, tell: Callable[[str], object], what: str = "chart", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._at: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button = PictureButton(self, self, tell, self.figures, what)

    # --- what subclasses say -------------------------------------------------

    def count(self) -> int:
        """How many parts there are."""
        raise NotImplementedError

    def part_at(self, place: QPointF) -> int | None:
        """The part under a place on the screen."""
        raise NotImplementedError

    def tip(self, at: int) -> str:
        """A part in words."""
        raise NotImplementedError

    def go(self, at: int) -> None:
        """Where a click or Enter leads; nowhere, unless a subclass knows."""

    def paint_parts(self, p: QPainter) -> None:
        raise NotImplementedError

    def figures(self) -> str:
        """What is drawn, in full precision, for a spreadsheet."""
        raise NotImplementedError

    def drawing_name(self) -> str:
        """What a picture of it is called."""
        raise NotImplementedError

    # --- mouse and keys ------------------------------------------------------

    def _show_at(self, at: int | None) -> None:
        if at != self._at:
            self._at = at
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._show_at(self.part_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._show_at(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        at = self.part_at(event.position())
        if at is not None:
            self.go(at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        count = self.count()
        if event.key() in self.along and count:
            step = 1 if event.key() == self.along[1] else -1
            self._show_at(min(max((self._at if self._at is not None else -step) + step, 0), count - 1))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._at is not None:
            self.go(self._at)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            at = self.part_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.tip(at) if at is not None else "", self)
            return True
        return super().event(event)

    # --- copying -------------------------------------------------------------

    def resizeEvent(self, event: object) -> None:
        self.button.to_corner()

    def draw(self, painter: QPainter) -> None:
        """The picture at its size, without the button and the mark, on whatever the painter paints."""
        at, self._at = self._at, None
        self.paint_parts(painter)
        self._at = at

    def drawing_size(self) -> QSize:
        return self.size()


@guarded
class WalkedChart(Walked):
    """A chart of figures that are worked out: a sentence stands in its place while there are none, and it is paler while
    they are those of an earlier state of the deal."""

    def __init__(
        self, name: str, tell: Callable[[str], object], what: str = "chart", parent: QWidget | None = None
    ) -> None:
        super().__init__(tell, what, parent)
        self.message = ""
        self.stale = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        self.setAccessibleName(name)

    def set_stale(self, stale: bool) -> None:
        if stale != self.stale:
            self.stale = stale
            self.update()

    def paint_figures(self, p: QPainter) -> None:
        raise NotImplementedError

    def paintEvent(self, event: QPaintEvent) -> None:
        p, t = QPainter(self), themes.current()
        p.fillRect(self.rect(), t.color("background"))
        p.setOpacity(0.45 if self.stale else 1.0)
        self.paint_parts(p)
        p.setOpacity(1.0)
        if self.hasFocus():
            p.setPen(QPen(t.color("accent"), 2))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawRect(self.rect().adjusted(1, 1, -1, -1))
        p.end()

    def paint_parts(self, p: QPainter) -> None:
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.count():
            self.paint_figures(p)
            return
        p.setFont(themes.ui_font(13))
        p.setPen(themes.current().color("muted"))
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        p.drawText(QRectF(self.rect()).adjusted(32, 8, -32, -8), flags, self.message)
