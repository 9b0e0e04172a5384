"""The status bar: master check, the selection's sum, messages, unit and sign convention, zoom."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QWidget

from model.fields.number_formats import show_number, show_text
from model.values import ErrorValue
from ui import theme as themes
from ui.grid.operations import Stats
from ui.session import DealSession
from ui.slots import bound, guarded
from ui.wording import counted

HEIGHT = 28
_IDLE_MS = 400
ZOOMS = (75, 90, 100, 110, 125, 150, 175, 200)
_SCALES = {"bn": "billion", "m": "million", "mn": "million", "k": "thousand", "tn": "trillion"}


@guarded
class MasterCheck(QAbstractButton):
    """A dot and a sentence. A click goes to the checks."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = "good"
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_session(self, session: DealSession, faults: int = 0, unvalued: int = 0) -> None:
        """``faults`` are those of rights, rules, parties and probabilities, which no check of the deal watches;
        ``unvalued`` the terms without a value that formulas count as zero."""
        checks = session.calc.checks.values()
        failed = sum(v is not True and not isinstance(v, ErrorValue) for v in checks)
        unknown = sum(isinstance(v, ErrorValue) for v in checks)
        problems = len(session.calc.problems)
        if problems:
            self._state, text = "bad", counted(problems, "problem")
        elif failed:
            self._state, text = "bad", f"{failed} of {len(checks)} checks fail{'s' if failed == 1 else ''}"
        elif faults:
            what = "fault" if faults == 1 else "faults"
            self._state, text = "bad", f"{faults} {what} in rules, rights or scenarios"
        elif unknown:
            self._state, text = "amber", f"{unknown} of {len(checks)} checks cannot be told"
        else:
            few = {0: "No checks", 1: "The check holds"}
            self._state, text = "good", few.get(len(checks), f"All {len(checks)} checks hold")
            if unvalued:
                self._state, missing = "amber", f"{counted(unvalued, 'term')} without a value"
                text = f"{text} · {missing}"
        if text == self.text():  # which says the state too
            return
        self.setText(text)
        self.setToolTip("Go to the checks")
        self.setAccessibleName(f"Master check: {text}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 30, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        t, p = themes.current(), QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(t.color(self._state))
        middle = self.height() / 2
        if self._state == "good":
            p.drawEllipse(6, round(middle - 4), 8, 8)
        else:  # not by colour alone
            p.setPen(QPen(t.color(self._state), 2))
            p.drawLine(7, round(middle - 3), 13, round(middle + 3))
            p.drawLine(7, round(middle + 3), 13, round(middle - 3))
        p.setPen(t.color("text" if self._state == "good" else self._state))
        p.drawText(self.rect().adjusted(20, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), self.text())
        if self.hasFocus() or self.underMouse():
            p.setPen(QPen(t.color("accent" if self.hasFocus() else "line"), 1))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
        p.end()


@guarded
class Message(QLabel):
    """A sentence that gives way in its middle, where names are, when there is no room for it."""

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setPen(self.palette().color(self.foregroundRole()))
        said = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.width())
        p.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), said)
        p.end()


@guarded
class StatusBar(QWidget):
    """The last line of the window."""

    checks_clicked = Signal()
    zoom_chosen = Signal(int)

    def __init__(self, session: DealSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._faults = self._unvalued = 0
        self.setObjectName("statusBar")
        self.setFixedHeight(HEIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(12)
        self.check = MasterCheck(self)
        self.check.clicked.connect(self.checks_clicked)
        self.stats = QLabel(self)
        self.stats.setProperty("muted", True)
        self.message = Message(self)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.about = QLabel(self)
        self.about.setProperty("muted", True)
        self.zoom = QToolButton(self)
        self.zoom.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.zoom.setProperty("quiet", True)
        self.zoom.setAccessibleName("Zoom")
        menu = QMenu(self.zoom)
        for percent in ZOOMS:
            menu.addAction(f"{percent} %", bound(self.zoom_chosen.emit, percent))
        self.zoom.setMenu(menu)
        for widget in (self.check, self.stats):
            row.addWidget(widget)
        row.addWidget(self.message, 1)
        row.addWidget(self.about)
        row.addWidget(self.zoom)
        self._fade = QTimer(self, interval=8000, singleShot=True)
        self._fade.timeout.connect(lambda: self.tell(""))
        self._idle = QTimer(self, interval=_IDLE_MS, singleShot=True)
        self._idle.timeout.connect(self._look)
        self._idle.start()
        session.changed.connect(self.refresh)
        session.told.connect(self.tell)
        self.show_zoom(100)
        self.refresh()

    def refresh(self, changes: object = None) -> None:
        self.check.show_session(self.session, self._faults, self._unvalued)
        if changes is not None:
            self.tell("")  # what was said was about the state before
            self._idle.start()
        self.about.setText(show_text(" · ".join(part for part in (self._unit(), self._sign()) if part)))

    def _look(self) -> None:
        """Rights, rules, parties, probabilities and missing values are looked through when there is time."""
        from model.faults import faults, unvalued

        counts = len(faults(self.session.calc)), len(unvalued(self.session.calc))
        if counts != (self._faults, self._unvalued):
            self._faults, self._unvalued = counts
            self.refresh()

    def _unit(self) -> str:
        """``US$ billion``."""
        deal = self.session.deal
        match = re.match(r"^[^a-z]*([a-z]+)$", deal.unit)
        scale = _SCALES.get(match[1], "") if match else ""
        return f"{deal.currency} {scale}".strip() if scale else deal.unit or deal.currency

    def _sign(self) -> str:
        deal = self.session.deal
        party = deal.parties.get(self.session.perspective)
        return f"inflow to {party.label} positive" if party else ""

    def tell(self, text: str) -> None:
        text = show_text(text)
        self.message.setText(text)
        self.message.setToolTip(text)
        self._make_room()
        if text:
            self._fade.start()

    def _make_room(self) -> None:
        """What is always there steps aside for a sentence that would not fit beside it."""
        wanted = self.message.fontMetrics().horizontalAdvance(self.message.text())
        self.about.show()
        row = self.layout()
        assert row is not None
        row.activate()
        self.about.setVisible(wanted <= self.message.width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def show_stats(self, stats: Stats) -> None:
        """Sum, average and count, as Excel has them; nothing for an empty or a single text cell."""
        parts = []
        if stats.numbers:
            parts.append(f"Sum {_plain(stats.total)}")
            parts.append(f"Average {_plain(stats.average or 0.0)}")
        if stats.count > 1 or stats.numbers:
            parts.append(f"Count {stats.count}")
        elif stats.cells == 1:
            parts.append("1 cell")
        self.stats.setText(" · ".join(parts))
        self._make_room()

    def show_zoom(self, percent: int) -> None:
        self.zoom.setText(f"{percent}\u2009%")


def _plain(value: float) -> str:
    """A sum in as many decimals as its size deserves."""
    if value == 0:
        return "0"
    return show_number(value, 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 4)
