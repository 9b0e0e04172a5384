"""Small things to choose with: a day to type, a drop-down that fits."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from model.fields import make_field
from model.fields.date_text import show_date
from model.problems import Refused
from ui import theme as themes
from ui.event_moves import step_months
from ui.slots import guarded
from ui.wording import sentence

_DATE = make_field("date")


@guarded
class DateLine(QWidget):
    """A day to type. A refused text stays, with the reason under it."""

    changed = Signal(object)  # date, or None for “not yet”

    def __init__(self, name: str, never: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._never = never
        self._day: dt.date | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self.field = QLineEdit(self)
        self.field.setAccessibleName(name)
        self.field.setToolTip(
            "A date such as 1.1.2027, 2027-01-01 or Dec 2027"
            + (", or “not yet”" if never else "")
            + ". Up and Down go a month, with Ctrl a day."
        )
        self.field.editingFinished.connect(self._entered)
        self.field.installEventFilter(self)
        self.error = QLabel(self)
        self.error.setWordWrap(True)
        self.error.setProperty("refused", True)
        self.error.hide()
        column.addWidget(self.field)
        column.addWidget(self.error)

    @property
    def day(self) -> dt.date | None:
        return self._day

    def set_day(self, day: dt.date | None) -> None:
        """Show a day without telling anyone."""
        self._day = day
        self.field.setText(show_date(day) if day else "not yet")
        self.error.hide()

    def _entered(self) -> None:
        text = self.field.text()
        try:
            value = _DATE.parse(text)
        except Refused as refused:
            self._refuse(f"{sentence(refused.problems[0].what)} {refused.problems[0].remedy}")
            return
        if not isinstance(value, dt.date) and not (self._never and value == "never"):
            self._refuse("A day is needed here. Write one such as 2027-01-01.")
            return
        found = value if isinstance(value, dt.date) else None
        before = self._day
        self.set_day(found)
        if found != before:
            self.changed.emit(found)

    def _refuse(self, text: str) -> None:
        self.error.setText(text)
        self.error.setStyleSheet(f"color: {themes.current().bad}")
        self.error.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QKeyEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._day is not None:
                self._step(1 if event.key() == Qt.Key.Key_Up else -1, event)
                return True
            if event.key() == Qt.Key.Key_Escape and not self.error.isHidden():
                self.set_day(self._day)
                return True
        return super().eventFilter(watched, event)

    def _step(self, by: int, event: QKeyEvent) -> None:
        assert self._day is not None
        exact = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        self.set_day(self._day + dt.timedelta(by) if exact else step_months(self._day, by))
        self.changed.emit(self._day)


@guarded
class Choice(QComboBox):
    """A drop-down that never asks for more room than there is, and leaves the wheel to the page."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.currentTextChanged.connect(self.setToolTip)

    def paintEvent(self, event: QPaintEvent) -> None:
        """What does not fit ends in an ellipsis; the tooltip has it whole."""
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        text = self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideRight, self.width() - 38)
        option.currentText = text
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def showPopup(self) -> None:
        """The list is as wide as its longest line, where the screen has room."""
        wanted, view = self.view().sizeHintForColumn(0) + 24, self.view()
        view.setMinimumWidth(min(max(wanted, self.width()), self.screen().availableGeometry().width() * 2 // 3))
        super().showPopup()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
