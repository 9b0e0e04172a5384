"""One line of the inspector."""

from __future__ import annotations

import re

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
from ui.slots import guarded
from ui.targets import NOTHING

PAD = 16
_ROOM = 400.0  # more lines than that nobody reads
_SEAM = "\u200b"  # a place where a line may end
_JOINTS = re.compile(r"(?<=[_.,:/^*()\[\]{}])(?=\S)")
_LONG = re.compile(r"\S{13,}")


def soft(text: str, metrics: QFontMetricsF | None = None, room: float = 0.0) -> str:
    """Text in which words too long for a line may break: names at their joints, numbers at their commas, and what
    has neither anywhere. Without ``metrics`` all long words may."""

    def broken(found: re.Match[str]) -> str:
        word = found[0]
        if metrics is not None and metrics.horizontalAdvance(word) <= room:
            return word
        parts = _JOINTS.sub(_SEAM, word).split(_SEAM)
        return _SEAM.join(p if len(p) <= 24 else _SEAM.join(p[i : i + 8] for i in range(0, len(p), 8)) for p in parts)

    return _LONG.sub(broken, text)


def _height(metrics: QFontMetricsF, width: float, text: str) -> float:
    text = soft(text, metrics, width)
    return metrics.boundingRect(QRectF(0, 0, width, _ROOM), int(Qt.TextFlag.TextWordWrap), text).height()


def _draw(p: QPainter, box: QRectF, text: str, align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft) -> None:
    flags = int(align | Qt.TextFlag.TextWordWrap)
    p.drawText(box, flags, soft(text, QFontMetricsF(p.font()), box.width()))


@guarded
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

    def _parts(self, width: float) -> tuple[QRectF, QRectF, QRectF]:
        """Label, tag (empty without one) and value. A tag without room beside the label goes under it, and so does a
        value that would leave the label too little: no number is shown in part."""
        metrics = QFontMetricsF(themes.ui_font(13))
        strong = QFontMetricsF(themes.ui_font(13, weight=QFont.Weight.Medium))
        value = strong.horizontalAdvance(self.fact.value) + 2 if self.fact.value else 0.0
        beside = value <= width * 0.62
        room = float(int(width - value - 10)) if beside and value else width
        label = QRectF(0, 4, room, max(15.0, _height(metrics, room, self.fact.label)))
        tag = QRectF()
        if self.fact.tag:
            wide = QFontMetricsF(themes.ui_font(11)).horizontalAdvance(self.fact.tag) + 12
            used = metrics.horizontalAdvance(self.fact.label)
            fits = used + 8 + wide <= room
            tag = QRectF(used + 8, 3, wide, 18) if fits else QRectF(0, label.bottom() + 3, wide, 18)
        if beside:
            return label, tag, QRectF(width - value, 4, value, 18)
        top = max(label.bottom(), tag.bottom()) + 1
        return label, tag, QRectF(0, top, width, _height(strong, width, self.fact.value))

    def needed_height(self, width: int) -> int:
        return max(24, round(self._bottom(self._parts(width - self.inset))) + 4 + self._below(width - self.inset))

    @staticmethod
    def _bottom(parts: tuple[QRectF, QRectF, QRectF]) -> float:
        label, tag, value = parts
        return max(label.bottom(), tag.bottom(), value.bottom() if value.top() > label.top() else 0.0)

    def _below(self, width: float) -> int:
        """Height of the second line, which may wrap."""
        return round(_height(QFontMetricsF(themes.ui_font(11)), width, self.fact.below)) if self.fact.below else 0

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
        if self.hasFocus():
            p.fillRect(self.rect(), t.color("accent_tint"))
        elif self._hover and fact.target is not NOTHING:
            p.fillRect(self.rect(), t.color("hover"))
        width = float(self.width() - self.inset)
        p.translate(self.inset, 0)
        label, tag, value = self._parts(width)
        p.setFont(themes.ui_font(13))
        p.setPen(t.color("text"))
        _draw(p, label.adjusted(0, 0, 0, 4), fact.label)
        if fact.tag:
            self._tag(p, tag)
        p.setFont(themes.ui_font(13, weight=QFont.Weight.Medium))
        p.setPen(t.color({"good": "good", "bad": "bad", "muted": "muted"}.get(fact.tint, "text")))
        _draw(p, value.adjusted(0, 0, 0, 4), fact.value, Qt.AlignmentFlag.AlignRight)
        if fact.below:
            p.setFont(themes.ui_font(11))
            p.setPen(t.color("muted"))
            top = self._bottom((label, tag, value)) + 1
            _draw(p, QRectF(0, top, width, _ROOM), fact.below)
        p.translate(-self.inset, 0)
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        p.setPen(t.color("line"))
        p.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        if self.hasFocus():
            p.fillRect(0, 0, self.width(), 1, t.color("accent"))  # no frame: its sides would stand in the texts
            p.fillRect(0, self.height() - 2, self.width(), 2, t.color("accent"))
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
