"""A tornado: for each term a bar from the output at its low to the output at its high, the largest on top."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QWidget

from model.fields.base import Field
from model.fields.number_formats import show_text
from model.fields.unit_text import with_unit
from model.whatif.sensitivity import Bar, Tornado
from ui import theme as themes
from ui.panels.deal_source import figure_text
from ui.panels.lying_bars import ROW, SIDE, TOP, LyingBars
from ui.panels.sensitivity_source import swing_text


class TornadoChart(LyingBars):
    """Terms that move nothing are not drawn."""

    def __init__(self, tell: Callable[[str], object], parent: QWidget | None = None) -> None:
        super().__init__("Tornado", tell, parent=parent)
        self._one: Tornado | None = None
        self._bars: list[Bar] = []
        self._terms: dict[str, tuple[str, Field]] = {}
        self._field: Field | None = None
        self._title = ""
        self.say("")

    def say(self, text: str) -> None:
        """A sentence in place of bars."""
        self._one, self._bars, self.message, self._at = None, [], text, None
        self.button.hide()
        self._grow()

    def show_tornado(
        self, one: Tornado, bars: Sequence[Bar], field: Field, title: str, terms: dict[str, tuple[str, Field]]
    ) -> None:
        """``bars`` in their order; ``terms`` has label and kind of value of each."""
        self._one, self._field, self._title = one, field, show_text(title)
        self._terms = {key: (show_text(label), kind) for key, (label, kind) in terms.items()}
        self._bars = [bar for bar in bars if bar.moves]
        self.message = "" if self._bars else f"No term moves “{self._title}” within its range."
        self._at = None
        self.button.setVisible(bool(self._bars))
        self.setAccessibleName(f"Tornado: {self._title}. " + ", ".join(self.tip(i) for i in range(len(self._bars))))
        self._grow()

    # --- painting ------------------------------------------------------------

    def paint_figures(self, p: QPainter) -> None:
        t, middle = themes.current(), int(Qt.AlignmentFlag.AlignVCenter)
        assert self._field is not None
        assert self._one is not None
        base = with_unit(self._field, self._one.base)
        p.setFont(themes.ui_font(12, weight=QFont.Weight.DemiBold))
        p.setPen(t.color("text"))
        p.drawText(QRectF(SIDE, 6, self.width() - 100, 20), middle, self._title)
        x = SIDE + p.fontMetrics().horizontalAdvance(self._title) + 10.0
        p.setFont(themes.ui_font(11))
        p.setPen(t.color("muted"))
        said = f"in view {base}"
        p.drawText(QRectF(x, 6, self.width(), 20), middle, said)
        x += p.fontMetrics().horizontalAdvance(said) + 16
        for colour, name in (("amber", "term at its low"), ("accent", "term at its high")):
            p.fillRect(QRectF(x, 12, 9, 9), t.color(colour))
            p.drawText(QRectF(x + 14, 6, 140, 20), middle, name)
            x += 14 + p.fontMetrics().horizontalAdvance(name) + 14
        left, right = self._plot()
        ends = [v for bar in self._bars if bar.swing is not None for v in (bar.at_low, bar.at_high)]
        sizes = [float(v) for v in (self._one.base, *ends) if isinstance(v, float)] or [0.0]
        low, high = min(sizes), max(sizes)
        scale = (right - left) / ((high - low) or 1.0)
        for i, bar in enumerate(self._bars):
            self._row(p, i, bar, (left, low, scale))
        if isinstance(self._one.base, float) and any(bar.swing is not None for bar in self._bars):
            p.setPen(QPen(t.color("rule"), 1))
            at = left + (min(max(self._one.base, low), high) - low) * scale
            p.drawLine(QPointF(at, TOP), QPointF(at, TOP + len(self._bars) * ROW))

    def _plot(self) -> tuple[float, float]:
        """Where bars may reach: names on the left, the figures of both ends beside the longest."""
        assert self._field is not None
        metrics, show = QFontMetricsF(themes.ui_font(13)), self._field.show
        names = max(metrics.horizontalAdvance(self._terms[bar.term][0]) for bar in self._bars) + 8
        names = min(names, self.width() * 0.34)
        numbers = max(metrics.horizontalAdvance(show(v)) for bar in self._bars for v in (bar.at_low, bar.at_high)) + 14
        left = SIDE + names + numbers
        return left, max(left + 40, self.width() - SIDE - numbers)

    def _row(self, p: QPainter, i: int, bar: Bar, at: tuple[float, float, float]) -> None:
        t, (left, low, scale), y = themes.current(), at, float(TOP + i * ROW)
        middle, field, one = int(Qt.AlignmentFlag.AlignVCenter), self._field, self._one
        assert field is not None and one is not None
        if i == self._at:
            p.fillRect(QRectF(0, y, self.width(), ROW), t.color("hover"))
        p.setFont(themes.ui_font(13))
        p.setPen(t.color("text"))
        metrics = QFontMetricsF(p.font())
        room = min(max(metrics.horizontalAdvance(self._terms[b.term][0]) for b in self._bars) + 8, self.width() * 0.34)
        cut = metrics.elidedText(self._terms[bar.term][0], Qt.TextElideMode.ElideRight, room - 4)
        p.drawText(QRectF(SIDE, y, room, ROW), middle, cut)
        if bar.swing is None or not isinstance(one.base, float):
            said = f"at its low {field.show(bar.at_low)}, at its high {field.show(bar.at_high)}"
            p.setPen(t.color("muted"))
            p.drawText(QRectF(left, y, self.width() - left, ROW), middle, said)
            return
        spots = []
        for value, colour in ((bar.at_low, "amber"), (bar.at_high, "accent")):
            assert isinstance(value, float)
            x0, x1 = sorted((left + (one.base - low) * scale, left + (value - low) * scale))
            if x1 - x0 >= 0.5:
                p.fillRect(QRectF(x0, y + 6, x1 - x0, ROW - 12), t.color(colour))
            spots.append((left + (value - low) * scale, field.show(value)))
        spots.sort()
        (first, small), (last, large) = spots
        zero = left + (one.base - low) * scale
        wide = metrics.horizontalAdvance(small)
        p.setPen(t.color("text"))
        p.drawText(QRectF(min(first, zero) - wide - 6, y, wide + 2, ROW), middle, small)
        p.drawText(QRectF(max(last, zero) + 6, y, metrics.horizontalAdvance(large) + 2, ROW), middle, large)

    # --- mouse and keys ------------------------------------------------------

    def mark(self, term: str) -> None:
        """The bar of a term, as the mouse would mark it."""
        self._show_at(next((i for i, bar in enumerate(self._bars) if bar.term == term), None))

    def count(self) -> int:
        return len(self._bars)

    def leads_to(self, at: int) -> str:
        return self._bars[at].term

    def tip(self, at: int) -> str:
        """A bar in words."""
        bar, field = self._bars[at], self._field
        assert field is not None
        label, own = self._terms[bar.term]
        ends = [f"at {with_unit(own, e) or '0'}: {with_unit(field, v)}" for e, v in ((bar.low, bar.at_low), (bar.high, bar.at_high))]  # fmt: skip
        swing = [] if bar.swing is None else [f"swing {swing_text(field, bar.swing)}"]
        return "\n".join([label, *ends, *swing])

    # --- copying -------------------------------------------------------------

    def drawing_name(self) -> str:
        return f"{self._title or 'Output'} – sensitivity"

    def figures(self) -> str:
        """Terms with both ends and what the output is there, in full precision, for a spreadsheet."""
        assert self._field is not None
        lines = ["Term\tLow\tHigh\tOutput at low\tOutput at high"]
        for bar in self._bars:
            label, own = self._terms[bar.term]
            values = [figure_text(own, end) for end in (bar.low, bar.high)]
            values += [figure_text(self._field, there) for there in (bar.at_low, bar.at_high)]
            lines.append("\t".join([label, *values]))
        return "\n".join(lines) + "\n"
