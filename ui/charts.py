"""Small charts of lines over the periods, painted by hand: bars or a line, labels on the marks, triggers as
dashed verticals. Hovering explains, a click goes to the cell behind a mark."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
)  # fmt: skip
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QWidget

from model.fields import make_field
from model.fields.base import Field
from model.fields.unit_text import with_unit
from model.formula.bind import EVENT
from ui import theme as themes
from ui.chart_data import ChartData, ChartFlag, ChartSeries, telling
from ui.session import ChangeSet, DealSession
from ui.slots import guarded
from ui.texts import face
from ui.walked import Walked

_TITLE = 26
_TITLE_MIDDLE = 14.0
_SMALL = 10
_AXIS = 20
_SIDE = 12
_FLAG_ROW = 14
_FLAG_ROWS = 3


@guarded
class ChartView(Walked):
    """One chart. Arrow keys walk along the periods, Enter goes to the cell."""

    clicked = Signal(str, int)  # line, period

    def __init__(self, session: DealSession, key: str, parent: QWidget | None = None) -> None:
        super().__init__(session.told.emit, parent=parent)
        self.session = session
        self.key = key
        self._data: ChartData | None = None
        self._places: list[tuple[ChartFlag, float, QRectF, int]] | None = None
        self._area: QRectF | None = None
        self._painted: tuple[object, QPixmap] | None = None  # the picture on screen, and of what state
        self.setMinimumSize(288, 150)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def data(self) -> ChartData:
        if self._data is None:
            self._data = ChartData(self.session.calc, self.key)
            self.setAccessibleName(f"Chart: {self._data.label}")
        return self._data

    def refresh(self) -> None:
        self._data = None
        self._at = None
        self._places = self._area = self._painted = None
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(340, 200)

    def resizeEvent(self, event: object) -> None:
        self._places = self._area = None
        super().resizeEvent(event)

    # --- copying -------------------------------------------------------------

    def figures(self) -> str:
        return self.data.table()

    def drawing_name(self) -> str:
        return self.data.label

    # --- geometry ------------------------------------------------------------

    def _plot(self) -> QRectF:
        """Where the marks stand."""
        if self._area is None:
            rows = self._flag_rows()
            top = _TITLE + rows * _FLAG_ROW + 14
            self._area = QRectF(_SIDE, top, max(1, self.width() - 2 * _SIDE), max(1, self.height() - top - _AXIS))
        return self._area

    def _step(self) -> float:
        return self._plot().width() / max(1, len(self.data.periods))

    def _flag_rows(self) -> int:
        return max((row for *_, row in self._flag_places()), default=-1) + 1

    def _flag_places(self) -> list[tuple[ChartFlag, float, QRectF, int]]:
        """Triggers with their names placed where they do not meet; those without room keep only their line."""
        if self._places is None:
            self._places = self._place_flags()
        return self._places

    def _place_flags(self) -> list[tuple[ChartFlag, float, QRectF, int]]:
        small = face(_SMALL)
        width = max(1, self.width() - 2 * _SIDE)
        step = width / max(1, len(self.data.periods))
        ends = [-1e9] * _FLAG_ROWS
        out = []
        for flag in self.data.flags:
            x = _SIDE + flag.at * step
            size = small.width(flag.label)
            left = min(max(x + 3, _SIDE), self.width() - size - 2)
            row = next((i for i, end in enumerate(ends) if left > end + 6), -1)
            if row >= 0 and size < width * 0.6:
                ends[row] = left + size
                out.append((flag, x, QRectF(left, _TITLE + row * _FLAG_ROW, size + 2, _FLAG_ROW), row))
            else:
                out.append((flag, x, QRectF(), -1))
        return out

    # --- painting ------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        t, ratio = themes.current(), self.devicePixelRatioF()
        state = (t, self.size(), ratio, self._at)
        if self._painted is None or self._painted[0] != state:
            pixmap = QPixmap(self.size() * ratio)
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(t.color("background"))
            inside = QPainter(pixmap)
            self.paint_parts(inside, button=True)
            inside.end()
            self._painted = (state, pixmap)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._painted[1])
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(QPen(t.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def paint_parts(self, p: QPainter, button: bool = False) -> None:
        t, data = themes.current(), self.data
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        bold, plain = face(12, QFont.Weight.DemiBold), face(11)
        p.setFont(bold.font)
        p.setPen(t.color("text"))
        unit = data.series[0].field.unit if data.series else ""
        beside = self.button.x() if button else self.width()
        room = beside - _SIDE - 8
        title = bold.elided(data.label, room)
        bold.draw(p, _SIDE, _TITLE_MIDDLE, title)
        used = bold.width(title)
        p.setFont(plain.font)
        p.setPen(t.color("muted"))
        if unit and used + 60 < room:
            plain.draw(p, _SIDE + used + 8, _TITLE_MIDDLE, plain.elided(unit, room - used - 8))
        if data.nothing:
            p.drawText(self._plot(), int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap), data.nothing)
            return
        values = [v for s in data.series for v in s.values if v is not None]
        low, high = min(0.0, *values), max(0.0, *values)
        if high == low:
            high = low + 1.0
        p.setFont(face(_SMALL).font)  # of all texts but the title
        self._paint_flags(p)
        self._paint_axis(p, low, high)
        if data.type == "bar":
            self._paint_bars(p, low, high)
        else:
            self._paint_lines(p, low, high)

    def _y(self, low: float, high: float) -> Callable[[float], float]:
        """From a value to its height on screen."""
        plot = self._plot()
        bottom, scale = plot.bottom(), plot.height() / (high - low)
        return lambda value: bottom - (value - low) * scale

    def _paint_flags(self, p: QPainter) -> None:
        t, plot, small = themes.current(), self._plot(), face(_SMALL)
        p.setRenderHint(
            QPainter.RenderHint.Antialiasing, False
        )  # upright lines need none, and dashes take long with it
        drawn: set[int] = set()
        line, words, ground = QPen(t.color("bad", 190), 1, Qt.PenStyle.DashLine), t.color("bad"), t.color("background")
        below = _TITLE + self._flag_rows() * _FLAG_ROW
        for _, x, box, row in self._flag_places():
            top = box.top() + 2 if row >= 0 else below
            if round(x) not in drawn:  # several on one day share a line
                drawn.add(round(x))
                p.setPen(line)
                p.drawLine(QPointF(round(x), top), QPointF(round(x), plot.bottom()))
        p.setPen(words)
        for flag, _, box, row in self._flag_places():
            if row >= 0:
                p.fillRect(box, ground)
                small.draw(p, box.left(), box.center().y(), flag.label)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _paint_axis(self, p: QPainter, low: float, high: float) -> None:
        t, plot, step, small = themes.current(), self._plot(), self._step(), face(_SMALL)
        p.setPen(QPen(t.color("line"), 1))
        zero = self._y(low, high)(0)
        p.drawLine(QPointF(plot.left(), zero), QPointF(plot.right(), zero))
        p.setPen(t.color("muted"))
        last, edge = -1e9, self.width()
        yearly = self.session.view.period == "year"
        middle_of_text = plot.bottom() + 3 + small.height / 2
        for i, period in enumerate(self.data.periods):
            if not yearly and period.start.month != 1 and i:
                continue
            text = str(period.year)
            width = small.width(text)
            left = plot.left() + ((i + 0.5) * step - width / 2 if yearly else i * step)
            if left > last + 4 and left + width <= edge:
                small.draw(p, left, middle_of_text, text)
                last = left + width

    def _paint_bars(self, p: QPainter, low: float, high: float) -> None:
        t, plot, step, y_of = themes.current(), self._plot(), self._step(), self._y(low, high)
        count = len(self.data.series)
        wide = max(1.0, step * (0.6 if step > 5 else 0.9) / count)
        zero = y_of(0)
        strong = t.color("accent")
        for n, series in enumerate(self.data.series):
            color = _shade(n)
            told = telling(series.values, step)
            last, show = -1e9, _brief(series).show
            for i, value in enumerate(series.values):
                x = plot.left() + (i + 0.5) * step - wide * count / 2 + n * wide
                if value is None:
                    brush = QBrush(t.color("muted", 110), Qt.BrushStyle.BDiagPattern)
                    p.fillRect(QRectF(x, plot.top(), wide, plot.height()), brush)
                    continue
                y = y_of(value)
                height = max(abs(zero - y), 0.5 if value else 0)
                p.fillRect(QRectF(x, min(y, zero), wide, height), strong if i == self._at else color)
                if count == 1 and (i in told or i == self._at):
                    last = self._mark(p, show, value, x + wide / 2, y, last, above=value >= 0, force=i == self._at)

    def _paint_lines(self, p: QPainter, low: float, high: float) -> None:
        t, plot, step, y_of = themes.current(), self._plot(), self._step(), self._y(low, high)
        for n, series in enumerate(self.data.series):
            pen = QPen(t.color("accent") if n == 0 else _shade(n), 2)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            told = telling(series.values, step)
            last, show = -1e9, _brief(series).show
            spots = [
                None if value is None else QPointF(plot.left() + (i + 0.5) * step, y_of(value))
                for i, value in enumerate(series.values)
            ]
            points: list[QPointF] = []
            p.setPen(pen)
            p.setBrush(Qt.BrushStyle.NoBrush)
            for spot in [*spots, None]:
                if spot is not None:
                    points.append(spot)
                    continue
                p.drawPolyline(QPolygonF(points))
                points = []
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(pen.color())
            for i, spot in enumerate(spots):
                if spot is not None and (step > 10 or i == self._at):
                    radius = 4.0 if i == self._at else 2.5
                    p.drawEllipse(spot, radius, radius)
            for i, spot in enumerate(spots):
                if spot is None or n or not (i in told or i == self._at):
                    continue
                value, before = series.values[i], series.values[i - 1] if i else None
                if i == self._at or before is None or abs(value - before) > (high - low) * 0.02:
                    last = self._mark(p, show, value, spot.x(), spot.y() - 3, last, True, force=i == self._at)

    def _mark(
        self, p: QPainter, show: Callable[[float], str], value: float, x: float, y: float, last: float, above: bool,
        force: bool,
    ) -> float:  # fmt: skip
        """The number at a mark, unless it would meet the one before. Where the last one ends."""
        if abs(value) < 1e-9 and not force:
            return last
        small, text = face(_SMALL), show(value)
        width = small.width(text)
        left = min(max(x - width / 2, 1), self.width() - width - 1)
        if left <= last + 3 and not force:
            return last
        top = y - 14 if above else y + 1
        if force:
            p.fillRect(QRectF(left, top, width + 1, 13), themes.current().color("background"))
        p.setPen(themes.current().color("text"))
        small.draw(p, left, top + 6.5, text)
        return left + width

    # --- periods -------------------------------------------------------------

    def count(self) -> int:
        return len(self.data.periods)

    def part_at(self, place: QPointF) -> int | None:
        i = int((place.x() - self._plot().left()) // self._step())
        return i if 0 <= i < self.count() else None

    def go(self, at: int) -> None:
        if self.data.series:
            self.clicked.emit(self.data.series[0].key, self.data.first + at)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.position().y() > _TITLE:
            super().mousePressEvent(event)

    def tip(self, at: int) -> str:
        lines = [self.data.periods[at].label]
        for s in self.data.series:
            value = s.values[at]
            lines.append(f"{s.label}: {'unknown' if value is None else with_unit(s.field, value)}")
        lines += [flag.tip for flag in self.data.flags if at <= flag.at < at + 1]
        return "\n".join(lines)


def _shade(n: int) -> QColor:
    """The accent's tint for the first row of marks, then quieter ones."""
    t = themes.current()
    accent, ground = t.color("accent"), t.color("background")
    part = (0.42, 0.75, 0.22)[n % 3]
    mixed = [round(a * part + b * (1 - part)) for a, b in (
        (accent.red(), ground.red()), (accent.green(), ground.green()), (accent.blue(), ground.blue())
    )]  # fmt: skip
    return QColor(*mixed)


def _brief(series: ChartSeries) -> Field:
    """Labels on marks need no decimals where the numbers are large."""
    field = series.field
    if field.kind not in ("money", "percent"):
        return field
    largest = max((abs(v) for v in series.values if v is not None), default=0.0) * (
        100 if field.kind == "percent" else 1
    )
    return make_field(field.kind, (), field.unit, 0 if largest >= 100 else 1)


class ChartStrip(QScrollArea):
    """All charts of the deal side by side; scrolls where there are more than fit."""

    clicked = Signal(str, int)
    menu_wanted = Signal(str, QPoint)  # chart, where on screen

    def __init__(self, session: DealSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setObjectName("charts")
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumHeight(170)
        inner = QWidget()
        self._row = QHBoxLayout(inner)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(1)
        self.setWidget(inner)
        self.views: list[ChartView] = []
        self._build()

    def _build(self) -> None:
        for view in self.views:
            self._row.removeWidget(view)
            view.hide()  # it must not be painted once more: its chart may be gone
            view.deleteLater()
        self.views = [ChartView(self.session, key) for key in self.session.deal.charts]
        for view in self.views:
            view.clicked.connect(self.clicked)
            view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            view.customContextMenuRequested.connect(lambda at, view=view: self._ask_menu(view, at))
            self._row.addWidget(view)

    def _ask_menu(self, view: ChartView, at: QPoint) -> None:
        self.menu_wanted.emit(view.key, view.mapToGlobal(at))

    def sync(self, changes: ChangeSet) -> None:
        if [view.key for view in self.views] != list(self.session.deal.charts):
            self._build()
            return
        deal, keys = self.session.deal, changes.keys
        everything = changes.structure or changes.view or any(k.removeprefix(EVENT) in deal.events for k in keys)
        for view in self.views:
            if everything or view.key in keys or not keys.isdisjoint(deal.charts[view.key].lines):
                view.refresh()
