"""What falls due in each year, as bars beside their names."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from model.fields.base import Field
from model.fields.number_formats import show_text
from ui import theme as themes
from ui.pictures import PictureButton
from ui.slots import guarded

_ROW, _SIDE, _WIDEST = 24, 14, 720


@guarded
class MaturityBars(QWidget):
    """One bar for each row of a schedule; the table above has the same figures for the keyboard."""

    def __init__(self, tell: Callable[[str], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = ""
        self._rows: list[tuple[str, float]] = []
        self._field: Field | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button = PictureButton(self, self, tell, self.figures)

    def show_rows(self, rows: Sequence[tuple[str, float]], field: Field, title: str) -> None:
        self._rows, self._field = [(show_text(name), amount) for name, amount in rows], field
        self._title = show_text(title)
        self.setAccessibleName("What falls due: " + ", ".join(f"{n} {field.show(a)}" for n, a in self._rows))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, len(self._rows) * _ROW + 24)

    def resizeEvent(self, event: object) -> None:
        self.button.to_corner()

    # --- copying -------------------------------------------------------------

    def draw(self, painter: QPainter) -> None:
        """The bars at their size, without the button, on whatever the painter paints."""
        self._paint(painter)

    def drawing_size(self) -> QSize:
        return self.size()

    def drawing_name(self) -> str:
        return self._title or "What falls due"

    def figures(self) -> str:
        """Names and amounts in full precision, for a spreadsheet."""
        return "".join(f"{name}\t{amount!r}\n" for name, amount in self._rows)

    # --- painting ------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.fillRect(self.rect(), themes.current().color("background"))
        self._paint(p)
        p.end()

    def _paint(self, p: QPainter) -> None:
        t = themes.current()
        if not self._rows or self._field is None:
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
