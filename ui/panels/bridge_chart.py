"""The value bridge: from one value of an output to another, a step for each term that explains it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QWidget

from model.fields.base import Field
from model.fields.number_formats import show_text
from model.fields.unit_text import with_unit
from model.whatif.bridge import Bar, Bridge
from ui import theme as themes
from ui.panels.deal_source import figure_text
from ui.panels.lying_bars import ROW, SIDE, TOP, LyingBars

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


class BridgeChart(LyingBars):
    """First and last bar are the two values."""

    def __init__(self, tell: Callable[[str], object], parent: QWidget | None = None) -> None:
        super().__init__("Value bridge", tell, "bridge", parent)
        self.bridge: Bridge | None = None
        self._field: Field | None = None
        self._title = ""
        self._names = ("A", "B")
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

    # --- painting ------------------------------------------------------------

    def paint_figures(self, p: QPainter) -> None:
        t, rows = themes.current(), self.rows()
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        assert self._field is not None
        p.setFont(themes.ui_font(12, weight=QFont.Weight.DemiBold))
        p.setPen(t.color("text"))
        p.drawText(QRectF(SIDE, 6, self.width() - 100, 20), middle, self._title)
        used = p.fontMetrics().horizontalAdvance(self._title)
        p.setFont(themes.ui_font(11))
        p.setPen(t.color("muted"))
        p.drawText(QRectF(SIDE + used + 8, 6, 120, 20), middle, self._field.unit)
        left, right = self._plot(rows)
        low = min(0.0, *(min(a, b) for _, _, a, b, _ in rows))
        high = max(0.0, *(max(a, b) for _, _, a, b, _ in rows))
        scale = (right - left) / ((high - low) or 1.0)
        for i, row in enumerate(rows):
            self._row(p, i, row, left, scale, low, ends=i in (0, len(rows) - 1))
        p.setPen(QPen(t.color("rule"), 1))
        zero = left + (0.0 - low) * scale
        p.drawLine(QPointF(zero, TOP), QPointF(zero, TOP + len(rows) * ROW))

    def _plot(self, rows: list[tuple[str, str, float, float, str]]) -> tuple[float, float]:
        """Between the names and the widest number."""
        metrics = QFontMetricsF(themes.ui_font(13))
        names = min(max(metrics.horizontalAdvance(row[0]) for row in rows) + 8, self.width() * 0.42)
        numbers = max(metrics.horizontalAdvance(row[4]) for row in rows) + 12
        left = SIDE + names + 12
        return left, max(left + 40, self.width() - SIDE - numbers)

    def _row(
        self, p: QPainter, i: int, row: tuple[str, str, float, float, str], left: float, scale: float, low: float, ends: bool
    ) -> None:  # fmt: skip
        t = themes.current()
        label, _, start, end, text = row
        y = TOP + i * ROW
        if i == self._at:
            p.fillRect(QRectF(0, y, self.width(), ROW), t.color("hover"))
        flags = int(Qt.AlignmentFlag.AlignVCenter)
        p.setFont(themes.ui_font(13, weight=QFont.Weight.DemiBold if ends else QFont.Weight.Normal))
        p.setPen(t.color("text"))
        cut = p.fontMetrics().elidedText(label, Qt.TextElideMode.ElideRight, int(left - SIDE - 12))
        p.drawText(QRectF(SIDE, y, left - SIDE - 8, ROW), flags, cut)
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

    def count(self) -> int:
        return len(self.rows())

    def leads_to(self, at: int) -> str:
        return self.rows()[at][1]

    def tip(self, at: int) -> str:
        label, address, start, end, text = self.rows()[at]
        if self._field is None or not address:
            return f"{label}: {text}"
        return f"{label} ({address})\n{text}: from {with_unit(self._field, start)} to {with_unit(self._field, end)}"

    # --- copying -------------------------------------------------------------

    def drawing_name(self) -> str:
        return f"{self._title or 'Value'} – bridge"

    def figures(self) -> str:
        """All bars, also those drawn together, for a spreadsheet."""
        found, field = self.bridge, self._field
        if found is None or field is None:
            return ""
        lines = [
            f"{self._names[0]}\t{figure_text(field, found.start)}",
            *(f"{bar.label}\t{bar.amount!r}" for bar in found.bars),
        ]
        return "\n".join([*lines, f"{self._names[1]}\t{figure_text(field, found.end)}"]) + "\n"
