"""The sentence under a cell that says why input was refused."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QWidget

from model.problems import Problem
from ui import theme as themes
from ui.slots import guarded


@guarded
class Bubble(QLabel):
    """A sentence under a place. Never takes the focus, never blocks; a click or the next edit removes it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("refusal")
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setContentsMargins(12, 13, 12, 7)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._above = False
        self._tip = 16
        self.hide()

    def tell(self, problems: Sequence[Problem], under: QRect) -> None:
        """Show problems at a rectangle in the parent's coordinates: under it, above it where there is no room."""
        if not problems:
            return
        first = problems[0]
        text = f"{first.what} {first.remedy}".strip()
        if len(problems) > 1:
            text += f"\n… and {len(problems) - 1} more."
        t = themes.current()
        self.setFont(themes.ui_font(12))
        self.setStyleSheet(f"QLabel#refusal {{ color: {t.text}; background: transparent; }}")
        self.setText(text)
        self.setAccessibleName(text)
        parent = self.parentWidget()
        assert parent is not None
        widest = min(380, parent.width() - 8)
        flat = self.fontMetrics().boundingRect(QRect(0, 0, widest - 24, 400), int(Qt.TextFlag.TextWordWrap), text)
        width = min(flat.width() + 28, widest)
        height = self.heightForWidth(width)
        x = max(4, min(under.left(), parent.width() - width - 4))
        self._above = under.bottom() + height > parent.height()
        y = max(0, under.top() - height - 1 if self._above else under.bottom() + 1)
        margins = (12, 7, 12, 13) if self._above else (12, 13, 12, 7)
        self.setContentsMargins(*margins)
        self._tip = max(12, min(under.left() - x + 16, width - 16))
        self.setGeometry(x, y, width, height)
        self.show()
        self.raise_()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        t = themes.current()
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5 if self._above else 6.5, -0.5, -6.5 if self._above else -0.5)
        path = QPainterPath()
        path.addRoundedRect(box, 4, 4)
        edge, point = (box.bottom(), self.height() - 1) if self._above else (box.top(), 0)
        tip = QPainterPath(QPointF(self._tip - 6, edge))
        tip.lineTo(self._tip, point)
        tip.lineTo(self._tip + 6, edge)
        tip.closeSubpath()
        p.setPen(QPen(t.color("bad"), 1))
        p.setBrush(t.color("bad_tint"))
        p.drawPath(path.united(tip))
        p.end()
        super().paintEvent(event)
