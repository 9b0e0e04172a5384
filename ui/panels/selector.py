"""The toolbar's selectors: a quiet name and the choice, as one button with a menu."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFont, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy, QWidget

from model.fields.number_formats import show_text
from ui import theme as themes
from ui.slots import bound, guarded
from ui.wording import wrapped

_PAD = 10


@guarded
class Selector(QAbstractButton):
    """``Version  October 2025 ▾``. Gets narrower before anything is cut off: first the name goes, then the choice is elided."""

    chosen = Signal(str)  # key

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._choices: list[tuple[str, str, str]] = []  # key, label, tip
        self._key = ""
        self._given: tuple[list[tuple[str, str, str]], str] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self.open_menu)

    def set_choices(self, choices: Sequence[tuple[str, str, str]], key: str) -> None:
        given = (list(choices), key)
        if given == self._given:
            return
        self._given = given
        self._choices = [(k, show_text(label), show_text(tip)) for k, label, tip in choices]
        self._key = key
        self.setVisible(len(self._choices) > 0)
        self.setAccessibleName(f"{self._name}: {self.label}")
        tip = next((t for k, _, t in self._choices if k == key), "")
        self.setToolTip("\n".join(part for part in (f"{self._name}: {self.label}", wrapped(tip)) if part))
        self.updateGeometry()
        self.update()

    @property
    def label(self) -> str:
        return next((label for key, label, _ in self._choices if key == self._key), self._key)

    def open_menu(self) -> None:
        menu = self.menu()
        menu.exec(self.mapToGlobal(QPoint(0, self.height() + 2)))
        menu.deleteLater()

    def menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for key, label, tip in self._choices:
            action = menu.addAction(label.replace("&", "&&"), bound(self.chosen.emit, key))
            action.setCheckable(True)
            action.setChecked(key == self._key)
            action.setToolTip(wrapped(tip))
            if key == self._key:
                menu.setActiveAction(action)
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_menu()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self.updateGeometry()

    def _fonts(self) -> tuple[QFont, QFont]:
        return themes.ui_font(13), themes.ui_font(13, weight=QFont.Weight.Medium)

    def _widths(self) -> tuple[float, float]:
        plain, strong = self._fonts()
        return QFontMetricsF(plain).horizontalAdvance(self._name), QFontMetricsF(strong).horizontalAdvance(self.label)

    def sizeHint(self) -> QSize:
        name, label = self._widths()
        return QSize(round(name + label + 2 * _PAD + 8 + 18), 30)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(80, self.sizeHint().width()), 30)

    def paintEvent(self, event: QPaintEvent) -> None:
        t, p = themes.current(), QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        focus = self.hasFocus()
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        p.setPen(QPen(t.color("accent"), 2) if focus else QPen(t.color("rule" if self.underMouse() else "line"), 1))
        p.setBrush(t.color("background"))
        p.drawRoundedRect(box, 4, 4)
        plain, strong = self._fonts()
        name, label = self._widths()
        room = self.width() - 2 * _PAD - 18
        x = float(_PAD)
        middle = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        if name + 8 + label <= room + 1:
            p.setFont(plain)
            p.setPen(t.color("muted"))
            p.drawText(QRectF(x, 0, name + 2, self.height()), middle, self._name)
            x += name + 8
            room -= round(name + 8)
        p.setFont(strong)
        p.setPen(t.color("text"))
        text = p.fontMetrics().elidedText(self.label, Qt.TextElideMode.ElideRight, room + 2)
        p.drawText(QRectF(x, 0, room + 4, self.height()), middle, text)
        cx, cy = self.width() - _PAD - 5, self.height() / 2
        p.setPen(QPen(t.color("muted"), 1.5))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawPolyline(QPolygonF([QPointF(cx - 4, cy - 2), QPointF(cx, cy + 2), QPointF(cx + 4, cy - 2)]))
        p.end()

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()
