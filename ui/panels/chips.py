"""A row of choices that wraps: the switcher at the top of a sheet. Nothing is cut off in a narrow window."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFont, QFontMetricsF
from PySide6.QtWidgets import QButtonGroup, QLayout, QLayoutItem, QSizePolicy, QToolButton, QWidget

from model.fields.number_formats import show_text
from ui.slots import guarded
from ui.theme import BASE_PX, ui_font


class FlowLayout(QLayout):
    """Items side by side, in as many rows as it takes."""

    def __init__(self, parent: QWidget | None = None, gap: int = 4) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap = gap

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        margins = self.contentsMargins()
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def _arrange(self, rect: QRect, move: bool) -> int:
        margins = self.contentsMargins()
        left, right = rect.left() + margins.left(), rect.right() - margins.right()
        x, y, high = left, rect.top() + margins.top(), 0
        for item in self._items:
            size = item.sizeHint()
            if x > left and x + size.width() > right + 1:
                x, y, high = left, y + high + self._gap, 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), size))
            x += size.width() + self._gap
            high = max(high, size.height())
        return y + high + margins.bottom() - rect.top()


class Chip(QToolButton):
    """One choice, no wider than its text needs."""

    def sizeHint(self) -> QSize:
        font = ui_font(BASE_PX, weight=QFont.Weight.DemiBold)  # as wide as when it is the chosen one
        return QSize(round(QFontMetricsF(font).horizontalAdvance(self.text())) + 22, 24)


@guarded
class Chips(QWidget):
    """One of several, as buttons in a flow."""

    chosen = Signal(int)
    menu_wanted = Signal(int, QPoint)  # a choice, and where on screen
    plus_wanted = Signal(QPoint)  # where on screen

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setObjectName("chips")
        self._flow = FlowLayout(self)
        self._flow.setContentsMargins(8, 4, 8, 4)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self.chosen)
        self._texts: list[str] = []
        self._plus: Chip | None = None

    def offer_more(self, tip: str) -> None:
        """A last button that asks for another one."""
        self._plus = self._chip("+", tip)
        self._plus.clicked.connect(self._ask_more)
        self._flow.addWidget(self._plus)

    def _ask_more(self) -> None:
        if self._plus is not None:
            self.plus_wanted.emit(self._plus.mapToGlobal(QPoint(0, self._plus.height() + 2)))

    def _chip(self, text: str, tip: str) -> Chip:
        button = Chip(self)
        button.setText(text)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setProperty("chip", True)
        button.setToolTip(tip)
        return button

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        chips = self._group.buttons()
        at = self.childAt(event.pos())
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            at = next((chip for chip in chips if chip.hasFocus()), at)
        if at in chips:
            self.menu_wanted.emit(self._group.id(at), at.mapToGlobal(QPoint(0, at.height())))

    def set_texts(self, texts: Sequence[str], tips: Sequence[str] = ()) -> None:
        if list(texts) == self._texts:
            return
        current = self.current
        self._texts = list(texts)
        for button in self._group.buttons():
            self._group.removeButton(button)
            self._flow.removeWidget(button)
            button.deleteLater()
        for i, text in enumerate(texts):
            button = self._chip(show_text(text).replace("&", "&&"), tips[i] if i < len(tips) else "")
            button.setCheckable(True)
            self._group.addButton(button, i)
            self._flow.addWidget(button)
            button.show()
        if self._plus is not None:
            self._flow.removeWidget(self._plus)
            self._flow.addWidget(self._plus)
        self.set_current(min(max(current, 0), len(texts) - 1))
        self.updateGeometry()

    @property
    def current(self) -> int:
        return self._group.checkedId()

    def set_current(self, index: int) -> None:
        button = self._group.button(index)
        if button is not None:
            button.setChecked(True)
