"""The ends of the formula bar: the name box and the chip that says which layer an edit writes to."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QMenu, QSizePolicy, QToolButton, QWidget

from model.fields.number_formats import show_text
from ui import theme as themes
from ui.slots import guarded

_CHIP_WIDTH = 250
_TIP = "Type a name or a label and press Enter to go there (F5)"


@guarded
class NameBox(QLineEdit):
    """The name of the current cell. Type a name and press Enter to go there."""

    entered = Signal(str)
    focused = Signal()  # the list of names must be right from now on

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("nameBox")
        self.setAccessibleName("Name box: type a name and press Enter to go there")
        self.setToolTip(_TIP)
        self.setFrame(False)
        self._shown = ""
        self._names = QStringListModel(self)
        completer = QCompleter(self._names, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setMaxVisibleItems(12)
        self.setCompleter(completer)
        self._styled = ""  # the theme that the list of names wears: it is made when the box is first entered
        self.returnPressed.connect(lambda: self.entered.emit(self.text().strip()))

    def _restyle(self) -> None:
        """The list of names is a window of its own, out of the main window's style."""
        t, completer = themes.current(), self.completer()
        if self._styled == t.name:
            return
        self._styled = t.name
        popup = completer.popup() if completer is not None else None
        if popup is not None:
            popup.setMinimumWidth(300)
            popup.setStyleSheet(
                f"QListView {{ border: 1px solid {t.rule}; background: {t.background}; color: {t.text}; padding: 4px 0; }}"
                f"QListView::item {{ padding: 3px 8px; }}"
                f"QListView::item:selected {{ background: {t.accent_tint}; color: {t.text}; }}"
            )

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._styled:
            self._restyle()

    def set_names(self, names: list[str]) -> None:
        if names != self._names.stringList():
            self._names.setStringList(names)

    def show_name(self, name: str) -> None:
        self._shown = name
        fits = self._fitting(name)
        self.setToolTip(_TIP if fits == name else f"{name}\n{_TIP}")
        if not self.hasFocus():
            self.setText(fits)
            self.setCursorPosition(0)

    def _fitting(self, name: str) -> str:
        """The name as it has room: what is cut is the key's end, never the period."""
        key, point, period = name.partition(" · ")
        metrics = self.fontMetrics()
        room = self.contentsRect().width() - 22 - metrics.horizontalAdvance(point + period)
        return metrics.elidedText(key, Qt.TextElideMode.ElideRight, room) + point + period

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.focused.emit()
        if self.text() == self._fitting(self._shown):
            self.setText(self._shown)
        super().focusInEvent(event)
        self._restyle()
        passing = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
        if event.reason() not in passing:  # the list of names closing is no new beginning
            QTimer.singleShot(0, lambda: self.selectAll() if self.hasFocus() else None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.setText(self._fitting(self._shown))
            self.setCursorPosition(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.entered.emit("")
        else:
            super().keyPressEvent(event)


class LayerChip(QToolButton):
    """Which layer the next edit of this cell writes to, with a menu to choose another."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("layerChip")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._fill: Callable[[QMenu], None] | None = None
        self._choices = QMenu(self)
        self._choices.aboutToShow.connect(self._open)

    def _open(self) -> None:
        self._choices.clear()
        if self._fill is not None:
            self._fill(self._choices)

    def say(self, text: str, tip: str, fill: Callable[[QMenu], None] | None) -> None:
        """Say which layer; ``fill`` puts the choices into the menu when it opens."""
        text, tip = show_text(text), show_text(tip)
        metrics = QFontMetrics(themes.ui_font(11))
        self.setText(
            metrics.elidedText(text, Qt.TextElideMode.ElideRight, _CHIP_WIDTH) + (" ▾" if fill is not None else "")
        )
        self.setToolTip(tip)
        self.setAccessibleName(text)
        if (fill is None) != (self._fill is None):
            self.setMenu(None if fill is None else self._choices)  # type: ignore[arg-type]
        self._fill = fill
        self.setVisible(bool(text))

    def sizeHint(self) -> QSize:
        width = QFontMetrics(themes.ui_font(11)).horizontalAdvance(self.text())
        return QSize(width + 22, 20)
