"""The list under the formula bar: the call being written with its arguments, and what the name may become."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ui import theme as themes
from ui.panels.formula_words import Open, Word, signature

_ROW, _SHOWN, _WIDTH, _MARGIN = 24, 9, 520, 7


class _Rows(QStyledItemDelegate):
    """Name, and what it is in a quieter colour."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        t = themes.current()
        word: Word = index.data(Qt.ItemDataRole.UserRole)
        rect: QRect = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen:
            painter.fillRect(rect, t.color("accent_tint"))
        painter.setFont(themes.ui_font(13))
        name = painter.fontMetrics().elidedText(word.name, Qt.TextElideMode.ElideRight, 210)
        painter.setPen(t.color("text") if word.is_call else t.color("input"))
        middle = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.drawText(rect.adjusted(10, 0, 0, 0), middle, name)
        left = 10 + max(painter.fontMetrics().horizontalAdvance(name) + 12, 150)
        painter.setFont(themes.ui_font(12))
        painter.setPen(QColor(t.muted))
        room = rect.width() - left - 8
        about = painter.fontMetrics().elidedText(" ".join(word.about.split()), Qt.TextElideMode.ElideRight, room)
        painter.drawText(rect.adjusted(left, 0, -8, 0), middle, about)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(_WIDTH, _ROW)


class FormulaHelp(QFrame):
    """Never takes the focus: the formula bar passes the keys on."""

    def __init__(self, window: QWidget, chosen: Callable[[Word], None]) -> None:
        super().__init__(window)
        self.setObjectName("formulaHelp")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        box = QVBoxLayout(self)
        box.setContentsMargins(1, 1, 1, 1)
        box.setSpacing(0)
        self.hint = QLabel(self)
        self.hint.setTextFormat(Qt.TextFormat.RichText)
        self.hint.setWordWrap(True)
        self.hint.setMargin(_MARGIN)  # contents margins would be undone by the style sheet
        self.list = QListWidget(self)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setUniformItemSizes(True)
        self.list.setItemDelegate(_Rows(self.list))
        self.list.setAccessibleName("Names and functions")
        self.list.itemClicked.connect(lambda item: chosen(item.data(Qt.ItemDataRole.UserRole)))
        box.addWidget(self.hint)
        box.addWidget(self.list)
        self.hide()

    def tell(self, call: Open | None, words: Sequence[Word], at: QPoint) -> None:
        """Show what there is to show at a place of the window; nothing hides it."""
        said = signature(call) if call is not None else None
        t = themes.current()
        if said is not None:
            before, argument, after, doc = (escape(part) for part in said)
            self.hint.setText(
                f'{before}<b style="color:{t.accent}">{argument}</b>{after}'
                f'<br><span style="color:{t.muted}; font-size:12px">{doc}</span>'
            )
        self.hint.setVisible(said is not None)
        self.list.clear()
        for word in words:
            item = QListWidgetItem(word.name)
            item.setData(Qt.ItemDataRole.UserRole, word)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{word.name}, {word.about}")
            self.list.addItem(item)
        self.list.setVisible(bool(words))
        if words:
            self.list.setCurrentRow(0)
        if said is None and not words:
            self.hide()
            return
        self.setStyleSheet(
            f"#formulaHelp {{ background: {t.background}; border: 1px solid {t.rule}; }}"
            f"#formulaHelp QLabel {{ color: {t.text}; background: {t.panel}; }}"
            f"#formulaHelp QListWidget {{ background: {t.background}; outline: 0; }}"
        )
        parent = self.parentWidget()
        assert parent is not None
        width = min(_WIDTH, parent.width() - 16)
        hint = self.hint.heightForWidth(width - 2) if said is not None else 0
        height = hint + min(len(words), _SHOWN) * _ROW + 2
        self.list.setFixedHeight(min(len(words), _SHOWN) * _ROW)
        self.setGeometry(max(8, min(at.x(), parent.width() - width - 8)), at.y(), width, height)
        self.show()
        self.raise_()

    @property
    def choosing(self) -> bool:
        return self.isVisible() and self.list.count() > 0

    def word(self) -> Word | None:
        item = self.list.currentItem()
        return item.data(Qt.ItemDataRole.UserRole) if item is not None and self.choosing else None

    def step(self, by: int) -> None:
        count = self.list.count()
        if count:
            self.list.setCurrentRow((self.list.currentRow() + by) % count)
