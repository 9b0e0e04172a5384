"""The headline strip: chosen outputs as cards with their change since the file was opened or the baseline pinned."""

from __future__ import annotations

from collections.abc import Container

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QMenu, QSizePolicy, QWidget

from model.edits import set_attribute
from model.fields.number_formats import show_text
from model.fields.unit_text import with_unit
from ui import targets
from ui import theme as themes
from ui.session import ChangeSet, DealSession
from ui.slots import bound, guarded
from ui.targets import target_of
from ui.wording import Change, change, wrapped

HEIGHT = 64


@guarded
class Card(QWidget):
    """One output. Painted by hand: label, value, change."""

    clicked = Signal(str)
    moved = Signal(str, QPoint)  # dropped at a place on the screen

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self.label = self.value = ""
        self.step: Change | None = None
        self._error = False
        self._told: tuple[object, ...] = ()
        self._press: QPoint | None = None
        self._hover = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_value(self, label: str, value: str, step: Change | None, error: bool, tip: str) -> None:
        label = show_text(label)
        if self._told == (label, value, step, error, tip):
            return
        self._told = (label, value, step, error, tip)
        self.label, self.value, self.step, self._error = label, value, step, error
        self.setToolTip(tip)
        told = f", {step.text}" if step is not None else ""
        self.setAccessibleName(f"{label}: {value}{told}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        t, p = themes.current(), QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.fillRect(self.rect(), t.color("panel" if self._hover else "background"))
        left, width = 12, self.width() - 20
        p.setPen(t.color("muted"))
        p.setFont(themes.ui_font(11))
        elide = Qt.TextElideMode.ElideRight
        first, rest = self._label_lines(width)
        p.drawText(QPointF(left, 13 if rest else 20), p.fontMetrics().elidedText(first, elide, width))
        p.drawText(QPointF(left, 26), p.fontMetrics().elidedText(rest, elide, width))
        base = 46 if rest else 41
        size = 19
        while (
            size > 12
            and QFontMetricsF(themes.ui_font(size, weight=QFont.Weight.DemiBold)).horizontalAdvance(self.value) > width
        ):
            size -= 1
        font = themes.ui_font(size, weight=QFont.Weight.DemiBold)
        p.setFont(font)
        p.setPen(t.color("bad" if self._error else "text"))
        p.drawText(QPointF(left, base), p.fontMetrics().elidedText(self.value, elide, width))
        if self.step is not None:
            used = QFontMetricsF(font).horizontalAdvance(self.value) + 8
            p.setFont(themes.ui_font(11))
            p.setPen(t.color({"up": "good", "down": "bad", "other": "amber"}[self.step.way]))
            beside = used + p.fontMetrics().horizontalAdvance(self.step.text) <= width
            at = QPointF(left + used, base) if beside else QPointF(left, base + 14)
            room = int(width - used) if beside else width
            p.drawText(at, p.fontMetrics().elidedText(self.step.text, elide, room + 1))
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        p.setPen(t.color("line"))
        p.drawLine(self.width() - 1, 0, self.width() - 1, self.height())
        if self.hasFocus():
            p.setPen(QPen(t.color("accent"), 2))
            p.drawRect(QRectF(self.rect()).adjusted(1, 1, -2, -2))
        p.end()

    def _label_lines(self, width: int) -> tuple[str, str]:
        """The label on one line, or broken between words where it is too long for one."""
        metrics = QFontMetricsF(themes.ui_font(11))
        if metrics.horizontalAdvance(self.label) <= width:
            return self.label, ""
        words = self.label.split(" ")
        count = len(words)
        while count > 1 and metrics.horizontalAdvance(" ".join(words[:count])) > width:
            count -= 1
        return " ".join(words[:count]), " ".join(words[count:])

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hover = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = False
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._press = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._press is not None and event.buttons() & Qt.MouseButton.LeftButton and self._far(event):
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._press is None or event.button() != Qt.MouseButton.LeftButton:
            return
        far = self._far(event)
        self._press = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if far:
            self.moved.emit(self.key, event.globalPosition().toPoint())
        elif self.rect().contains(event.position().toPoint()):
            self.clicked.emit(self.key)

    def _far(self, event: QMouseEvent) -> bool:
        away = event.position().toPoint() - (self._press or QPoint())
        return away.manhattanLength() >= QApplication.startDragDistance() * 2

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit(self.key)
        else:
            super().keyPressEvent(event)


@guarded
class HeadlineStrip(QWidget):
    """The cards side by side. Which ones there are is part of the deal: changing it is an undo step."""

    clicked = Signal(str)  # output

    def __init__(self, session: DealSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setObjectName("headline")
        self.setFixedHeight(HEIGHT + 1)
        self.setAccessibleName("Headline outputs")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 1)
        self._row.setSpacing(0)
        self._hint = QLabel("Right-click to add an output here.", self)
        self._hint.setMargin(12)
        self._hint.setProperty("muted", True)
        self._row.addWidget(self._hint)
        self.cards: list[Card] = []
        session.changed.connect(self._changed)
        session.baseline_changed.connect(self.refresh)
        self._build()

    def _keys(self) -> list[str]:
        deal = self.session.deal
        return [k for k in deal.headline if k in deal.outputs or k in deal.terms]

    def _build(self) -> None:
        for card in self.cards:
            self._row.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = [Card(key, self) for key in self._keys()]
        for card in self.cards:
            card.clicked.connect(self.clicked)
            card.moved.connect(self._dropped)
            self._row.addWidget(card, 1)
        self._hint.setVisible(not self.cards)
        self.refresh()

    def _changed(self, changes: ChangeSet) -> None:
        deal = self.session.deal
        if [card.key for card in self.cards] != self._keys():
            self._build()
        elif changes.structure or changes.view:
            self.refresh()
        elif not changes.keys.isdisjoint(deal.headline):
            self.refresh(changes.keys)

    def refresh(self, keys: Container[str] | None = None) -> None:
        """Say anew what the cards say: all of them, or those of some keys."""
        session = self.session
        deal, now, before = session.deal, session.calc, session.baseline
        since = "the pinned baseline" if session.baseline_pinned else "the file was opened"
        for card in self.cards:
            if keys is not None and card.key not in keys:
                continue
            target = target_of(deal, card.key)
            field = targets.field_of(deal, target)
            value, old = now.scalar(card.key), before.scalar(card.key)
            item = targets.item_of(deal, target)
            step = change(field, old, value)
            tip = wrapped(item.note)
            if step is not None:
                tip = f"{tip}\n{with_unit(field, old)} when {since}".strip()
            shown = with_unit(field, value)
            bad = shown.startswith("#")
            if bad and (said := targets.status_words(now, target)):
                shown, bad = said, False
            card.show_value(item.label, shown, step, bad, tip)

    # --- arranging -----------------------------------------------------------

    def _set(self, keys: list[str], title: str) -> None:
        problems = self.session.try_edit(set_attribute(self.session.deal, ("headline",), tuple(keys), title))
        if problems:
            self.session.told.emit(str(problems[0]))

    def _name(self, key: str) -> str:
        return targets.label(self.session.deal, target_of(self.session.deal, key))

    def add(self, key: str, before: str | None = None) -> None:
        keys = list(self.session.deal.headline)
        keys.insert(keys.index(before) + 1 if before in keys else len(keys), key)
        self._set(keys, f"Add {self._name(key)} to the headline")

    def remove(self, key: str) -> None:
        self._set([k for k in self.session.deal.headline if k != key], f"Remove {self._name(key)} from the headline")

    def shift(self, key: str, by: int) -> None:
        keys = list(self.session.deal.headline)
        at = keys.index(key)
        to = min(max(at + by, 0), len(keys) - 1)
        if to != at:
            keys.insert(to, keys.pop(at))
            self._set(keys, f"Move {self._name(key)} in the headline")

    def _dropped(self, key: str, place: QPoint) -> None:
        x = self.mapFromGlobal(place).x()
        keys = [card.key for card in self.cards]
        to = sum(card.geometry().center().x() < x for card in self.cards if card.key != key)
        self.shift(key, to - keys.index(key))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.menu(self.childAt(event.pos()))
        menu.exec(event.globalPos())
        menu.deleteLater()

    def menu(self, at: QWidget | None) -> QMenu:
        """What can be done with a card, or with the strip."""
        menu = QMenu(self)
        deal = self.session.deal
        key = at.key if isinstance(at, Card) else None
        if key is not None:
            menu.addAction("Go to the cell", lambda: self.clicked.emit(key))
            menu.addAction("Move left", lambda: self.shift(key, -1)).setEnabled(deal.headline.index(key) > 0)
            menu.addAction("Move right", lambda: self.shift(key, 1)).setEnabled(
                deal.headline.index(key) < len(deal.headline) - 1
            )
            menu.addAction("Remove this card", lambda: self.remove(key))
            menu.addSeparator()
        more = menu.addMenu("Add a card")
        for name, output in deal.outputs.items():
            if name not in deal.headline:
                more.addAction(show_text(output.label).replace("&", "&&"), bound(self.add, name, key))
        more.setEnabled(bool(more.actions()))
        menu.addSeparator()
        if self.session.baseline_pinned:
            menu.addAction("Measure changes since the file was opened", lambda: self.session.pin_baseline(False))
        menu.addAction("Pin this state as the baseline", self.session.pin_baseline)
        return menu

    def paintEvent(self, event: QPaintEvent) -> None:
        p, t = QPainter(self), themes.current()
        p.fillRect(self.rect(), t.color("background"))
        p.setPen(t.color("line"))
        p.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        p.end()
