"""A histogram of an output over all draws of a simulation, with the value in view and the 5, 50 and 95 % marks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from model.fields.base import Field
from model.fields.number_formats import show_text
from model.fields.unit_text import with_unit
from model.whatif.ranges import WHOLE, endless
from ui import theme as themes
from ui.panels.deal_source import figure_text
from ui.walked import WalkedChart

if TYPE_CHECKING:  # it needs numpy, which only the worker imports
    from model.whatif.simulate import Spread

_SIDE, _TOP, _FOOT = 14, 68, 24
_MARKS = ((0, "5 %"), (2, "50 %"), (4, "95 %"))  # places in ``Spread.quantiles``


class HistogramChart(WalkedChart):
    """Left and Right walk along the classes; what one holds is said beside the title and by the hover text."""

    def __init__(self, tell: Callable[[str], object], parent: QWidget | None = None) -> None:
        super().__init__("Histogram", tell, parent=parent)
        self.classes: list[tuple[float, float, int]] = []
        self._one: Spread | None = None
        self._field: Field | None = None
        self._title = ""
        self._draws = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(180)
        self.say("")

    def say(self, text: str) -> None:
        """A sentence in place of the classes."""
        self._one, self.classes, self.message, self._at = None, [], text, None
        self.button.hide()
        self.update()

    def show_spread(self, one: Spread, draws: int, field: Field, title: str) -> None:
        """What one output did over ``draws`` draws."""
        title = show_text(title)
        if one.errors == draws:
            self.say(f"No draw gives a value of “{title}”: each is an error. In view it is {field.show(one.base)}.")  # type: ignore[arg-type]
            return
        if not one.drivers and draws - one.errors > 1:
            but = f" ({one.errors:,} of {draws:,} give an error)" if one.errors else ""
            self.say(f"Every draw{but} gives {with_unit(field, one.quantiles[0])}: no range reaches “{title}”.")
            return
        self._one, self._field, self._title, self._draws = one, field, title, draws
        self.classes = one.histogram.classes(field.kind in WHOLE)
        self.message = "" if self.classes else f"Every draw gives {with_unit(field, one.quantiles[0])} as “{title}”."
        self._at = None
        self.button.setVisible(bool(self.classes))
        self.setAccessibleName(f"Histogram: {title}. {self.counted()}. {self._marks_said()}")
        self.update()

    def counted(self) -> str:
        """How many draws there are, and how many of them have no size."""
        one, field = self._one, self._field
        if one is None or field is None:
            return ""
        parts = [f"{self._draws:,} draws" if self._draws != 1 else "1 draw"]
        if one.histogram.endless:
            parts.append(f"{one.histogram.endless:,} of them {field.show(endless(field.kind))}")
        if one.errors:
            parts.append(f"{one.errors:,} of them an error")
        return ", ".join(parts)

    def _marks_said(self) -> str:
        one, field = self._one, self._field
        if one is None or field is None:
            return ""
        return ", ".join(f"{name} below {with_unit(field, one.quantiles[i])}" for i, name in _MARKS)

    def sizeHint(self) -> QSize:
        return QSize(480, 240)

    # --- painting ------------------------------------------------------------

    def paint_figures(self, p: QPainter) -> None:
        t, middle = themes.current(), int(Qt.AlignmentFlag.AlignVCenter)
        p.setFont(themes.ui_font(12, weight=QFont.Weight.DemiBold))
        p.setPen(t.color("text"))
        said = self.tip(self._at).replace("\n", ": ") if self._at is not None else self.counted()
        muted = QFontMetricsF(themes.ui_font(11))
        room = self.width() - 2 * _SIDE - 40 - muted.horizontalAdvance(said)
        title = p.fontMetrics().elidedText(self._title, Qt.TextElideMode.ElideRight, int(max(room, 80)))
        p.drawText(QRectF(_SIDE, 6, self.width(), 20), middle, title)
        x = _SIDE + p.fontMetrics().horizontalAdvance(title) + 10.0
        p.setFont(themes.ui_font(11))
        p.setPen(t.color("muted"))
        p.drawText(QRectF(x, 6, self.width() - x - 36, 20), middle, said)
        self._bars(p)
        self._ends(p)
        self._marks(p)

    def _foot(self) -> float:
        return float(self.height() - _FOOT)

    def _span(self) -> tuple[float, float]:
        """The values at the left and right end of the plot."""
        edges = self._one.histogram.edges if self._one else (0.0, 1.0)
        return edges[0], edges[-1]

    def _x(self, value: float) -> float:
        low, high = self._span()
        part = (min(max(value, low), high) - low) / ((high - low) or 1.0)
        return _SIDE + part * (self.width() - 2 * _SIDE)

    def _bars(self, p: QPainter) -> None:
        assert self._one is not None
        t, edges, foot = themes.current(), self._one.histogram.edges, self._foot()
        tall = (foot - _TOP) / max(*self._one.histogram.counts, 1)
        for i, count in enumerate(self._one.histogram.counts):
            x0, x1 = self._x(edges[i]), self._x(edges[i + 1])
            if i == self._at:
                p.fillRect(QRectF(x0, _TOP, x1 - x0, foot - _TOP), t.color("hover"))
            gap = 1.0 if x1 - x0 > 4 else 0.0
            if count:
                size = max(count * tall, 1.0)  # a class with a single draw is seen, too
                p.fillRect(
                    QRectF(x0, foot - size, x1 - x0 - gap, size), t.color("accent", 255 if i == self._at else 170)
                )
        p.setPen(QPen(t.color("rule"), 1))
        p.drawLine(QPointF(_SIDE, foot), QPointF(self.width() - _SIDE, foot))

    def _ends(self, p: QPainter) -> None:
        assert self._field is not None
        p.setFont(themes.ui_font(11))
        p.setPen(themes.current().color("muted"))
        box = QRectF(_SIDE, self._foot() + 2, self.width() - 2 * _SIDE, _FOOT - 4)
        for value, side in ((self.classes[0][0], Qt.AlignmentFlag.AlignLeft), (self.classes[-1][1], Qt.AlignmentFlag.AlignRight)):  # fmt: skip
            p.drawText(box, int(side | Qt.AlignmentFlag.AlignVCenter), with_unit(self._field, float(value)))

    def _marks(self, p: QPainter) -> None:
        """Quantiles in one line of text, the value in view in the line above; those without a size are left out."""
        t, one, field = themes.current(), self._one, self._field
        assert one is not None and field is not None
        limit = endless(field.kind)
        same: dict[float, list[str]] = {}
        for place, name in _MARKS:
            if one.quantiles[place] < limit:
                same.setdefault(one.quantiles[place], []).append(name)
        p.setFont(themes.ui_font(11))
        metrics = QFontMetricsF(p.font())
        texts = [(value, f"{', '.join(names)}: {field.show(value)}") for value, names in sorted(same.items())]
        wide = [metrics.horizontalAdvance(text) + 2 for _, text in texts]
        at, free = [], float(_SIDE)
        for (value, _), width in zip(texts, wide, strict=True):  # each beside its mark, and right of the one before
            at.append(max(free, self._x(value) - width / 2))
            free = at[-1] + width + 10
        right = float(self.width() - _SIDE)
        for i in reversed(range(len(at))):
            at[i] = min(at[i], right - wide[i])
            right = at[i] - 10
        for (value, text), x, width in zip(texts, at, wide, strict=True):
            p.setPen(QPen(t.color("muted"), 1, Qt.PenStyle.DashLine))
            p.drawLine(QPointF(self._x(value), _TOP - 2), QPointF(self._x(value), self._foot()))
            p.setPen(t.color("text"))
            p.drawText(QRectF(x, _TOP - 20, width + 2, 18), int(Qt.AlignmentFlag.AlignVCenter), text)
        if isinstance(one.base, float) and one.base < limit:
            (low, high), x = self._span(), self._x(one.base)
            text = f"in view {field.show(one.base)}"
            text = f"◂ {text}" if one.base < low else f"{text} ▸" if one.base > high else text
            width = metrics.horizontalAdvance(text) + 2
            p.setPen(QPen(t.color("amber"), 2))
            if low <= one.base <= high:
                p.drawLine(QPointF(x, _TOP - 2), QPointF(x, self._foot()))
            x = min(max(x - width / 2, _SIDE), self.width() - _SIDE - width)
            p.setPen(t.color("text"))
            p.drawText(QRectF(x, _TOP - 40, width + 2, 18), int(Qt.AlignmentFlag.AlignVCenter), text)

    # --- classes -------------------------------------------------------------

    def count(self) -> int:
        return len(self.classes)

    def part_at(self, place: QPointF) -> int | None:
        edges = self._one.histogram.edges if self._one else ()
        return next(
            (i for i in range(len(self.classes)) if self._x(edges[i]) <= place.x() < self._x(edges[i + 1])), None
        )

    def tip(self, at: int) -> str:
        """A class in words."""
        low, high, count = self.classes[at]
        assert self._field is not None
        first, last = with_unit(self._field, float(low)), with_unit(self._field, float(high))
        share = f"{100 * count / self._draws:.1f} %"
        return (
            f"{first if low == high else f'{first} to {last}'}\n{count:,} {'draw' if count == 1 else 'draws'} ({share})"
        )

    # --- copying -------------------------------------------------------------

    def drawing_name(self) -> str:
        return f"{self._title or 'Output'} – simulation"

    def figures(self) -> str:
        """Classes with their draws, for a spreadsheet; what has no size and errors at the end."""
        assert self._field is not None and self._one is not None
        lines = ["From\tTo\tDraws"]
        for low, high, count in self.classes:
            lines.append("\t".join([figure_text(self._field, low), figure_text(self._field, high), str(count)]))
        if self._one.histogram.endless:
            lines.append(f"{self._field.show(endless(self._field.kind))}\t\t{self._one.histogram.endless}")
        if self._one.errors:
            lines.append(f"error\t\t{self._one.errors}")
        return "\n".join(lines) + "\n"
