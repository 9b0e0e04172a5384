"""The value bridge: from one value of an output to another, a step for each term that explains it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from model.fields.base import Field
from model.fields.number_formats import show_text
from model.fields.unit_text import with_unit
from model.whatif.bridge import Bar, Bridge
from ui import theme as themes
from ui.pictures import PictureButton

ROW = 26
_TOP = 34
_SIDE = 14
_MOST = 14
OTHER = "all others"


def steps(found: Bridge, most: int = _MOST) -> list[Bar]:
    """The bars, the largest first; beyond ``most`` the smallest together as one, so that they still add up."""
    ordered = sorted(found.bars, key=lambda bar: -abs(bar.amount))
    if len(ordered) <= most:
        return ordered
    rest = ordered[most - 1 :]
    total = (found.end - found.start) - sum(bar.amount for bar in ordered[: most - 1])
    return [*ordered[: most - 1], Bar("", f"{len(rest)} others", total)]


class BridgeChart(QWidget):
    """Bars lie, so that names have room. Arrows walk along them, Enter or a click goes to the term."""

    clicked = Signal(str)  # address

    def __init__(self, tell: Callable[[str], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bridge: Bridge | None = None
        self.message = ""
        self._field: Field | None = None
        self._title = ""
        self._names = ("A", "B")
        self._at: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        self.setAccessibleName("Value bridge")
        self.button = PictureButton(self, self, tell, self.figures, "bridge")
        self.say("")

    def say(self, text: str) -> None:
        """A sentence in place of a bridge."""
        self.bridge, self.message, self._at = None, text, None
        self.button.hide()
        self._grow()

    def show_bridge(self, found: Bridge, field: Field, title: str, names: tuple[str, str]) -> None:
        self.bridge, self.message, self._at = found, "", None
        self._field, self._title, self._names = field, show_text(title), names
        self.button.show()
        self.setAccessibleName(f"Value bridge: {title}")
        self._grow()

    def _grow(self) -> None:
        self.setMinimumHeight(self.sizeHint().height())
        self.updateGeometry()
        self.update()

    def rows(self) -> list[tuple[str, str, float, float, str]]:
        """Label, address, from, to and the text at the end of each bar; first and last are the two values."""
        found, field = self.bridge, self._field
        if found is None or field is None:
            return []
        out = [(self._names[0], "", 0.0, found.start, field.show(found.start))]
        at = found.start
        for bar in steps(found):
            after = at + bar.amount
            sign = "+" if bar.amount > 0 else "−"
            out.append((show_text(bar.label), bar.address, at, after, f"{sign}{field.show(abs(bar.amount))}"))
            at = after
        out.append((self._names[1], "", 0.0, found.end, field.show(found.end)))
        return out

    def sizeHint(self) -> QSize:
        count = len(self.rows())
        return QSize(520, _TOP + count * ROW + 10 if count else 96)

    def resizeEvent(self, event: object) -> None:
        self.button.to_corner()

    # --- painting ------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        t = themes.current()
        p.fillRect(self.rect(), t.color("background"))
        self._paint(p)
        if self.hasFocus():
            p.setPen(QPen(t.color("accent"), 2))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawRect(self.rect().adjusted(1, 1, -1, -1))
        p.end()

    def _paint(self, p: QPainter) -> None:
        t, rows = themes.current(), self.rows()
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        if not rows or self._field is None:
            p.setFont(themes.ui_font(13))
            p.setPen(t.color("muted"))
            flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            p.drawText(QRectF(self.rect()).adjusted(32, 8, -32, -8), flags, self.message)
            return
        p.setFont(themes.ui_font(12, weight=QFont.Weight.DemiBold))
        p.setPen(t.color("text"))
        p.drawText(QRectF(_SIDE, 6, self.width() - 100, 20), middle, self._title)
        used = p.fontMetrics().horizontalAdvance(self._title)
        p.setFont(themes.ui_font(11))
        p.setPen(t.color("muted"))
        p.drawText(QRectF(_SIDE + used + 8, 6, 120, 20), middle, self._field.unit)
        left, right = self._plot(rows)
        low = min(0.0, *(min(a, b) for _, _, a, b, _ in rows))
        high = max(0.0, *(max(a, b) for _, _, a, b, _ in rows))
        scale = (right - left) / ((high - low) or 1.0)
        for i, row in enumerate(rows):
            self._row(p, i, row, left, scale, low, ends=i in (0, len(rows) - 1))
        p.setPen(QPen(t.color("rule"), 1))
        zero = left + (0.0 - low) * scale
        p.drawLine(QPointF(zero, _TOP), QPointF(zero, _TOP + len(rows) * ROW))

    def _plot(self, rows: list[tuple[str, str, float, float, str]]) -> tuple[float, float]:
        """Between the names and the widest number."""
        metrics = QFontMetricsF(themes.ui_font(13))
        names = min(max(metrics.horizontalAdvance(row[0]) for row in rows) + 8, self.width() * 0.42)
        numbers = max(metrics.horizontalAdvance(row[4]) for row in rows) + 12
        left = _SIDE + names + 12
        return left, max(left + 40, self.width() - _SIDE - numbers)

    def _row(
        self, p: QPainter, i: int, row: tuple[str, str, float, float, str], left: float, scale: float, low: float, ends: bool
    ) -> None:  # fmt: skip
        t = themes.current()
        label, _, start, end, text = row
        y = _TOP + i * ROW
        if i == self._at:
            p.fillRect(QRectF(0, y, self.width(), ROW), t.color("hover"))
        flags = int(Qt.AlignmentFlag.AlignVCenter)
        p.setFont(themes.ui_font(13, weight=QFont.Weight.DemiBold if ends else QFont.Weight.Normal))
        p.setPen(t.color("text"))
        cut = p.fontMetrics().elidedText(label, Qt.TextElideMode.ElideRight, int(left - _SIDE - 12))
        p.drawText(QRectF(_SIDE, y, left - _SIDE - 8, ROW), flags, cut)
        x0, x1 = left + (min(start, end) - low) * scale, left + (max(start, end) - low) * scale
        colour = "accent" if ends else "good" if end >= start else "bad"
        p.fillRect(QRectF(x0, y + 6, max(1.5, x1 - x0), ROW - 12), t.color(colour))
        if not ends or i == 0:  # where the next bar begins
            x = left + (end - low) * scale
            p.setPen(QPen(t.color("rule"), 1, Qt.PenStyle.DotLine))
            p.drawLine(QPointF(x, y + ROW - 6), QPointF(x, y + ROW + 6))
        p.setPen(t.color("text" if ends else colour))
        p.drawText(QRectF(x1 + 6, y, self.width() - x1 - 8, ROW), flags, text)

    # --- mouse and keys ------------------------------------------------------

    def _row_at(self, y: float) -> int | None:
        i = int((y - _TOP) // ROW)
        return i if 0 <= i < len(self.rows()) else None

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
        if at is not None and self.rows()[at][1]:
            self.clicked.emit(self.rows()[at][1])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        count = len(self.rows())
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

    def tip(self, at: int) -> str:
        label, address, start, end, text = self.rows()[at]
        if self._field is None or not address:
            return f"{label}: {text}"
        return f"{label} ({address})\n{text}: from {with_unit(self._field, start)} to {with_unit(self._field, end)}"

    # --- copying -------------------------------------------------------------

    def draw(self, painter: QPainter) -> None:
        """The chart at its size, without the button and the mark of the mouse."""
        at, self._at = self._at, None
        self._paint(painter)
        self._at = at

    def drawing_size(self) -> QSize:
        return self.size()

    def drawing_name(self) -> str:
        return f"{self._title or 'Value'} – bridge"

    def figures(self) -> str:
        """All bars, also those drawn together, for a spreadsheet."""
        found = self.bridge
        if found is None:
            return ""
        lines = [f"{self._names[0]}\t{found.start!r}", *(f"{bar.label}\t{bar.amount!r}" for bar in found.bars)]
        return "\n".join([*lines, f"{self._names[1]}\t{found.end!r}"]) + "\n"
