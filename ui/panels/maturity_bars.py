"""What falls due in each year, as bars beside their names."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from model.fields.base import Field
from model.fields.number_formats import show_text
from ui import theme as themes

_ROW, _SIDE, _WIDEST = 24, 14, 720


class MaturityBars(QWidget):
    """One bar for each row of a schedule; the table above has the same figures for the keyboard."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[str, float]] = []
        self._field: Field | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_rows(self, rows: Sequence[tuple[str, float]], field: Field) -> None:
        self._rows, self._field = [(show_text(name), amount) for name, amount in rows], field
        self.setAccessibleName("What falls due: " + ", ".join(f"{n} {field.show(a)}" for n, a in self._rows))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, len(self._rows) * _ROW + 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        p, t = QPainter(self), themes.current()
        p.fillRect(self.rect(), t.color("background"))
        if not self._rows or self._field is None:
            p.end()
            return
        p.setFont(themes.ui_font(12))
        metrics = QFontMetricsF(p.font())
        texts = [self._field.show(amount) for _, amount in self._rows]
        names = min(max(metrics.horizontalAdvance(name) for name, _ in self._rows) + 12, self.width() * 0.4)
        numbers = max(metrics.horizontalAdvance(text) for text in texts) + 12
        left, room = _SIDE + names, min(self.width() - 2 * _SIDE - names - numbers, float(_WIDEST))
        most = max(*(abs(amount) for _, amount in self._rows), 1e-12)
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        for i, ((name, amount), text) in enumerate(zip(self._rows, texts, strict=True)):
            y = 12 + i * _ROW
            p.setPen(t.color("muted"))
            cut = metrics.elidedText(name, Qt.TextElideMode.ElideRight, names - 8)
            p.drawText(QRectF(_SIDE, y, names, _ROW), middle, cut)
            width = abs(amount) / most * room
            p.fillRect(QRectF(left, y + 5, width, _ROW - 10), t.color("accent" if amount >= 0 else "bad"))
            p.setPen(t.color("text"))
            p.drawText(QRectF(left + width + 6, y, numbers + 4, _ROW), middle, text)
        p.end()
