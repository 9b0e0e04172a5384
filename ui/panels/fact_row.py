"""One line of the inspector."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from model.fields.number_formats import show_text
from ui import theme as themes
from ui.panels.inspector import WIDTH
from ui.panels.reasons import Fact
from ui.targets import NOTHING

PAD = 16


class FactRow(QWidget):
    """Label, tag and value over a hairline; leads to its cell."""

    activated = Signal(object)  # Target

    def __init__(self, fact: Fact, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        fact = msgspec.structs.replace(
            fact, label=show_text(fact.label), value=show_text(fact.value), below=show_text(fact.below)
        )
        self.fact = fact
        self.inset = 0  # of a row in a tree
        self._hover = False
        leads = fact.target is not NOTHING
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if leads else Qt.FocusPolicy.NoFocus)
        if leads:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(", ".join(part for part in (fact.label, fact.tag, fact.value) if part))
        self.setToolTip(fact.tip)

    def _parts(self, width: float) -> tuple[QRectF, QRectF, float]:
        """Label, tag (empty without one) and the value's width. A tag without room beside the label goes under it."""
        metrics = QFontMetricsF(themes.ui_font(13))
        value = QFontMetricsF(themes.ui_font(13, weight=QFont.Weight.Medium)).horizontalAdvance(self.fact.value)
        value = min(value + 1, width * 0.62)
        room = width - value - (10 if value else 0)
        label = metrics.boundingRect(QRectF(0, 0, room, 400), int(Qt.TextFlag.TextWordWrap), self.fact.label)
        label = QRectF(0, 4, room, max(15.0, label.height()))
        if not self.fact.tag:
            return label, QRectF(), value
        tag = QFontMetricsF(themes.ui_font(11)).horizontalAdvance(self.fact.tag) + 12
        used = metrics.horizontalAdvance(self.fact.label)
        if used + 8 + tag <= room:
            return label, QRectF(used + 8, 3, tag, 18), value
        return label, QRectF(0, label.bottom() + 3, tag, 18), value

    def needed_height(self, width: int) -> int:
        label, tag, _ = self._parts(width - self.inset)
        return max(24, round(max(label.bottom(), tag.bottom())) + 4 + self._below(width - self.inset))

    def _below(self, width: float) -> int:
        """Height of the second line, which may wrap."""
        if not self.fact.below:
            return 0
        metrics = QFontMetricsF(themes.ui_font(11))
        return round(
            metrics.boundingRect(QRectF(0, 0, width, 400), int(Qt.TextFlag.TextWordWrap), self.fact.below).height()
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        height = self.needed_height(event.size().width())
        if height != self.height():
            self.setFixedHeight(height)

    def sizeHint(self) -> QSize:
        width = self.width() if self.width() > 150 else WIDTH - 2 * PAD - 12
        return QSize(width, self.needed_height(width))

    def paintEvent(self, event: QPaintEvent) -> None:
        t, p, fact = themes.current(), QPainter(self), self.fact
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._hover and fact.target is not NOTHING:
            p.fillRect(self.rect(), t.color("hover"))
        width = float(self.width() - self.inset)
        p.translate(self.inset, 0)
        label, tag, value = self._parts(width)
        p.setFont(themes.ui_font(13))
        p.setPen(t.color("text"))
        p.drawText(label.adjusted(0, 0, 2, 4), int(Qt.TextFlag.TextWordWrap), fact.label)
        if fact.tag:
            self._tag(p, tag)
        p.setFont(themes.ui_font(13, weight=QFont.Weight.Medium))
        p.setPen(t.color({"good": "good", "bad": "bad", "muted": "muted"}.get(fact.tint, "text")))
        text = p.fontMetrics().elidedText(fact.value, Qt.TextElideMode.ElideRight, int(value) + 1)
        p.drawText(QRectF(width - value - 1, 4, value + 1, 18), int(Qt.AlignmentFlag.AlignRight), text)
        if fact.below:
            p.setFont(themes.ui_font(11))
            p.setPen(t.color("muted"))
            top = max(label.bottom(), tag.bottom()) + 1
            p.drawText(QRectF(0, top, width, 200), int(Qt.TextFlag.TextWordWrap), fact.below)
        p.translate(-self.inset, 0)
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        p.setPen(t.color("line"))
        p.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        if self.hasFocus():
            p.setPen(QPen(t.color("accent"), 1))
            p.drawRect(self.rect().adjusted(0, 0, -1, -1))
        p.end()

    def _tag(self, p: QPainter, box: QRectF) -> None:
        t = themes.current()
        fills = {"stated": t.color("accent_tint"), "reported": t.color("amber_background")}
        text = {"stated": t.color("accent"), "official": t.color("accent"), "reported": t.color("amber")}
        pen = {"official": QPen(t.color("accent")), "assumption": QPen(t.color("muted"), 1, Qt.PenStyle.DashLine)}
        p.setPen(pen.get(self.fact.tag, QPen(Qt.PenStyle.NoPen)))
        p.setBrush(fills.get(self.fact.tag, Qt.BrushStyle.NoBrush))
        p.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.setPen(text.get(self.fact.tag, t.color("muted")))
        p.setFont(themes.ui_font(11))
        p.drawText(box, int(Qt.AlignmentFlag.AlignCenter), self.fact.tag)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hover = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = False
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.fact.target is not NOTHING:
            self.activated.emit(self.fact.target)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.activated.emit(self.fact.target)
        else:
            super().keyPressEvent(event)
