"""Where the parts of the rights picture stand, and how they are painted."""

from __future__ import annotations

import datetime as dt

import msgspec
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from model.fields.date_text import show_date
from model.values import to_serial
from ui import theme as themes
from ui.rights_bars import Bar, RightsPicture, Trigger

TOP = 32
ROW = 34
BAR = 15
NAME_ROW = 16
NAME_ROWS = 4
_LEFT, _GAP, _RIGHT = 14, 16, 150
_CHOSEN = 26  # strength of the tint of the selected row


class Placed(msgspec.Struct):
    """A trigger with the x of its line (None: not yet) and the box of its name, empty where there was no room."""

    trigger: Trigger
    x: float | None
    box: QRectF


class Geometry:
    """Measures of one picture at one size."""

    def __init__(self, data: RightsPicture, width: int, height: int, moved: tuple[str, dt.date | None] | None) -> None:
        self.data, self.width, self.height = data, width, height
        metrics = QFontMetricsF(themes.ui_font(13))
        widest = max((metrics.horizontalAdvance(bar.label) for bar in data.bars), default=80.0)
        self.labels = min(widest + 4, max(140.0, width * 0.3))
        self.x0 = _LEFT + self.labels + _GAP
        self.x1 = max(self.x0 + 120.0, width - _RIGHT)
        self.names = self._place_names(moved)
        rows = 1 + max((self._row_of(p.box) for p in self.names if not p.box.isNull()), default=0)
        self.foot = rows * NAME_ROW + 10
        for placed in self.names:
            if not placed.box.isNull():
                placed.box.translate(0, height - self.foot + 4)

    @property
    def rows_height(self) -> int:
        return max(0, self.height - TOP - self.foot)

    def x(self, serial: float) -> float:
        span = self.data.last + 1 - self.data.first
        return self.x0 + (serial - self.data.first) / span * (self.x1 - self.x0)

    def serial(self, x: float) -> float:
        span = self.data.last + 1 - self.data.first
        return self.data.first + (x - self.x0) / (self.x1 - self.x0) * span

    def _row_of(self, box: QRectF) -> int:
        return round(box.top() / NAME_ROW)

    def _place_names(self, moved: tuple[str, dt.date | None] | None) -> list[Placed]:
        """Names under the lines, in as many rows as it takes; those of events not yet come at the right."""
        metrics = QFontMetricsF(themes.ui_font(11))
        taken: list[list[QRectF]] = [[] for _ in range(NAME_ROWS)]
        out: list[Placed] = []
        shown: list[tuple[Trigger, float | None]] = []
        for trigger in self.data.triggers:
            day = moved[1] if moved is not None and moved[0] == trigger.key else trigger.day
            serial = to_serial(day) if day is not None else None
            if serial is not None and not self.data.first <= serial <= self.data.last + 1:
                continue
            if serial is not None:
                shown.append((trigger, self.x(serial + 1)))
            elif trigger.handle is not None:
                shown.append((trigger, None))
        shown.sort(key=lambda item: (item[1] is None, item[0].handle is None, item[1] or 0.0))
        for trigger, x in shown:
            text = trigger.label if x is not None else f"{trigger.label}: not yet"
            size = metrics.horizontalAdvance(text) + 6
            if x is None:
                sides = [max(_LEFT + 4.0, self.width - size - 8)]
            else:
                sides = [x + 2, x - size - 2]
            out.append(Placed(trigger, x, self._free(taken, sides, size)))
        return out

    def _free(self, taken: list[list[QRectF]], sides: list[float], size: float) -> QRectF:
        for row in range(NAME_ROWS):
            for left in sides:
                box = QRectF(left, row * NAME_ROW, size, NAME_ROW)
                if left < 4 or box.right() > self.width - 2:
                    continue
                if not any(box.adjusted(-4, 0, 4, 0).intersects(other) for other in taken[row]):
                    taken[row].append(box)
                    return box
        return QRectF()


class Marks(msgspec.Struct):
    """What is selected, hovered, focused and dragged."""

    selected: str = ""
    trigger: str = ""
    hover: str = ""
    dragging: tuple[str, dt.date | None] | None = None
    focused: bool = False


def paint(p: QPainter, g: Geometry, scroll: int, marks: Marks) -> None:
    """The whole picture."""
    t = themes.current()
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.fillRect(QRectF(0, 0, g.width, g.height), t.color("background"))
    _years(p, g)
    p.save()
    p.setClipRect(QRectF(0, TOP, g.width, g.rows_height))
    _grid(p, g)
    for i, bar in enumerate(g.data.bars):
        y = TOP + i * ROW - scroll
        if y + ROW > TOP and y < g.height:
            _row(p, g, bar, y, marks)
    p.restore()
    _triggers(p, g, marks)


def _years(p: QPainter, g: Geometry) -> None:
    t = themes.current()
    p.setFont(themes.ui_font(12))
    p.setPen(t.color("muted"))
    last = -1e9
    for year in range(g.data.years[0], g.data.years[1] + 1):
        x = g.x(to_serial(dt.date(year, 1, 1)))
        width = p.fontMetrics().horizontalAdvance(str(year))
        if x + 4 > last:
            p.drawText(QRectF(x + 4, 0, width + 8, TOP), int(Qt.AlignmentFlag.AlignVCenter), str(year))
            last = x + 4 + width + 8
    p.setPen(QPen(t.color("line"), 1))
    p.drawLine(QPointF(0, TOP - 0.5), QPointF(g.width, TOP - 0.5))


def _grid(p: QPainter, g: Geometry) -> None:
    p.setPen(QPen(themes.current().color("line"), 1))
    for year in range(g.data.years[0], g.data.years[1] + 2):
        x = round(g.x(to_serial(dt.date(year, 1, 1)))) + 0.5
        p.drawLine(QPointF(x, TOP), QPointF(x, g.height - g.foot))


def _row(p: QPainter, g: Geometry, bar: Bar, y: float, marks: Marks) -> None:
    t = themes.current()
    if bar.key == marks.selected:
        p.fillRect(QRectF(0, y, g.width, ROW), t.color("accent", _CHOSEN))
        p.fillRect(QRectF(0, y, 3, ROW), t.color("accent"))
        if marks.focused and not marks.trigger:
            p.setPen(QPen(t.color("accent"), 2))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawRect(QRectF(1, y + 1, g.width - 2, ROW - 2))
    p.setFont(themes.ui_font(13))
    p.setPen(t.color("text"))
    label = p.fontMetrics().elidedText(bar.label, Qt.TextElideMode.ElideRight, int(g.labels))
    p.drawText(QRectF(_LEFT, y + 2, g.labels + 4, 17), int(Qt.AlignmentFlag.AlignVCenter), label)
    p.setFont(themes.ui_font(11))
    p.setPen(t.color("muted"))
    p.drawText(QRectF(_LEFT, y + 18, g.labels, 13), int(Qt.AlignmentFlag.AlignVCenter), bar.holder)
    middle = y + ROW / 2
    if bar.look == "none":
        p.setFont(themes.ui_font(12))
        p.setPen(t.color("bad" if bar.bad else "muted"))
        left = g.x(bar.start or g.data.first)
        p.drawText(QRectF(left, y, g.width - left - 4, ROW), int(Qt.AlignmentFlag.AlignVCenter), bar.text)
        return
    left, right = g.x(bar.start), g.x(bar.end + 1)
    box = QRectF(left, middle - BAR / 2, max(3.0, right - left), BAR)
    p.setPen(Qt.PenStyle.NoPen)
    if bar.lost > bar.end:  # what it would have lasted without its event
        lost = QRectF(right, middle - 2, g.x(bar.lost + 1) - right, 4)
        p.fillRect(lost, QBrush(t.color("bad", 70), Qt.BrushStyle.Dense5Pattern))
    if bar.look == "hatched":
        p.setBrush(t.color("accent_tint"))
        p.drawRoundedRect(box, 2, 2)
        p.setBrush(QBrush(t.color("accent"), Qt.BrushStyle.BDiagPattern))
    else:
        p.setBrush(t.color("accent"))
    p.drawRoundedRect(box, 2, 2)
    if bar.open:
        tip = QPolygonF(
            [QPointF(right, middle - BAR / 2), QPointF(right + 7, middle), QPointF(right, middle + BAR / 2)]
        )
        p.setBrush(t.color("accent", 255 if bar.look == "solid" else 120))
        p.drawPolygon(tip)
    _texts(p, g, bar, box, y, bar.key == marks.selected)


def _texts(p: QPainter, g: Geometry, bar: Bar, box: QRectF, y: float, chosen: bool) -> None:
    t = themes.current()
    p.setFont(themes.ui_font(12))
    metrics = QFontMetricsF(p.font())
    flags = int(Qt.AlignmentFlag.AlignVCenter)
    after = " · ".join(part for part in (bar.text, "" if box.width() > 160 else bar.inside) if part)
    if bar.inside and box.width() > 160:
        text = metrics.elidedText(bar.inside, Qt.TextElideMode.ElideRight, box.width() - 20)
        plate = QRectF(box.left() + 5, box.top(), metrics.horizontalAdvance(text) + 8, BAR)
        p.fillRect(plate, t.color("accent_tint"))
        p.setPen(t.color("text"))
        p.drawText(plate.adjusted(4, -2, 4, 2), flags, text)
    if after:
        left = box.right() + (12 if bar.open else 8)
        room = g.width - left - 4
        if metrics.horizontalAdvance(after) > room and bar.short:
            after = bar.short
        text = metrics.elidedText(after, Qt.TextElideMode.ElideRight, room)
        if room > 60:
            plate = QRectF(left - 2, box.top() - 1, metrics.horizontalAdvance(text) + 4, BAR + 2)
            p.fillRect(plate, t.color("background"))
            if chosen:
                p.fillRect(plate, t.color("accent", _CHOSEN))
            p.setPen(t.color("muted"))
            p.drawText(QRectF(left, y, room, ROW), flags, text)


def _triggers(p: QPainter, g: Geometry, marks: Marks) -> None:
    t = themes.current()
    bottom = g.height - g.foot
    drawn: set[int] = set()
    for placed in g.names:
        key, x = placed.trigger.key, placed.x
        strong = key in (marks.trigger, marks.hover) or (marks.dragging is not None and marks.dragging[0] == key)
        if x is not None and (strong or round(x) not in drawn):
            drawn.add(round(x))
            p.setPen(QPen(t.color("bad", 255 if strong else 170), 2 if strong else 1, Qt.PenStyle.DashLine))
            p.drawLine(QPointF(x, TOP - 6), QPointF(x, bottom + 2 if placed.box.isNull() else placed.box.bottom() - 3))
    moving = marks.dragging[0] if marks.dragging is not None else marks.trigger
    for placed in sorted(g.names, key=lambda one: one.trigger.key == moving):  # the chosen one over the others
        _name(p, g, placed, marks)


def _name(p: QPainter, g: Geometry, placed: Placed, marks: Marks) -> None:
    t, trigger, box = themes.current(), placed.trigger, placed.box
    dragged = marks.dragging is not None and marks.dragging[0] == trigger.key
    chosen = trigger.key == marks.trigger or dragged
    if box.isNull() and not chosen:
        return
    weight = QFont.Weight.DemiBold if chosen else QFont.Weight.Normal
    p.setFont(themes.ui_font(11, weight=weight))
    text = trigger.label if placed.x is not None else f"{trigger.label}: not yet"
    if chosen:
        day = marks.dragging[1] if dragged and marks.dragging is not None else trigger.day
        text = f"{trigger.label}: {show_date(day) if day else 'not yet'}"
        width = QFontMetricsF(p.font()).horizontalAdvance(text) + 8
        top = box.top() if not box.isNull() else g.height - g.foot + 4
        left = box.left() if not box.isNull() else (placed.x or 0.0) + 2
        box = QRectF(max(2.0, min(left, g.width - width - 2)), top, width, NAME_ROW)
    p.fillRect(box, t.color("background"))
    p.setPen(t.color("bad" if placed.x is not None else "muted"))
    p.drawText(box.adjusted(2, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), text)
    if trigger.handle is not None and not chosen:  # movable: a fine underline
        p.setPen(QPen(t.color("bad" if placed.x is not None else "muted", 120), 1, Qt.PenStyle.DotLine))
        p.drawLine(box.bottomLeft() + QPointF(2, -1.5), box.bottomRight() + QPointF(-4, -1.5))
    if chosen and marks.focused and not dragged:
        p.setPen(QPen(t.color("accent"), 2))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRect(box.adjusted(0, 0, -1, -1))
