"""The text field of the formula bar: names of the deal in colour, one line until it is edited."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6 import QtGui  # text formats and cursors are named where they are used: the window opens without them
from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPalette, QSyntaxHighlighter
from PySide6.QtWidgets import QApplication, QFrame, QPlainTextEdit, QSizePolicy, QWidget

from model.formula.bind import Namespace
from model.formula.functions import FUNCTIONS, canonical
from model.formula.helpers import HELPERS, PERIOD_NAMES
from ui import theme as themes
from ui.slots import guarded

if TYPE_CHECKING:
    from model.deal import Deal

LINE = 30
_MOST_LINES = 5
_TOKEN = re.compile(
    r'(?P<text>"(?:[^"]|"")*"?)|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)'
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)(?P<call>\s*\()?(?P<column>\[[^\]]*\]?)?"
)


class FormulaColours(QSyntaxHighlighter):
    """Names of the deal like inputs, unknown names like errors, texts muted."""

    def __init__(self, document: QtGui.QTextDocument) -> None:
        super().__init__(document)
        self._known: set[str] = set()
        self.on = False

    def set_deal(self, deal: Deal) -> None:
        names = {name.lower() for name in Namespace(deal).known()} | set(PERIOD_NAMES) | {"never", "true", "false"}
        for name, table in deal.tables.items():
            names |= {column.lower() for column in table.columns}
            names |= {f"{name}.{r}.{c}".lower() for r in table.records for c in table.columns}
        if names != self._known:
            self._known = names
            self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        if not self.on:
            return
        t = themes.current()
        for match in _TOKEN.finditer(text):
            shape = QtGui.QTextCharFormat()
            if match["text"]:
                shape.setForeground(t.color("good"))
                self.setFormat(match.start(), len(match[0]), shape)
                continue
            if match["number"]:
                continue
            word = match["name"]
            if match["call"]:
                if canonical(word) in FUNCTIONS or word.upper() in HELPERS:
                    continue
                shape.setForeground(t.color("bad"))
            else:
                shape.setForeground(t.color("input" if word.lower() in self._known else "bad"))
            length = len(word) + len(match["column"] or "")
            self.setFormat(match.start("name"), length, shape)


@guarded
class FormulaEdit(QPlainTextEdit):
    """Enter commits, Esc takes back. Grows over several lines while a long formula is edited."""

    committed = Signal(str)  # and then the sheet moves "down", "up", "right", "left", or stays
    cancelled = Signal()
    entered = Signal()  # the focus came
    left = Signal()  # the focus went elsewhere
    height_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("formulaEdit")
        self.setAccessibleName("Formula or value of the current cell")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QtGui.QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self.colours = FormulaColours(self.document())
        self.setViewportMargins(4, 6, 4, 4)
        self.setFixedHeight(LINE)
        self.textChanged.connect(self._fit)

    def text(self) -> str:
        return self.toPlainText()

    def set_text(self, text: str, colour: bool) -> None:
        self.colours.on = colour
        self.setPlainText(text)
        self.moveCursor(QtGui.QTextCursor.MoveOperation.Start)
        self._fit()

    def mark(self, span: tuple[int, int] | None) -> None:
        """Select the part at fault."""
        cursor = self.textCursor()
        if span is not None:
            end = len(self.toPlainText())
            start, stop = min(span[0], end), min(max(span[1], span[0] + 1), end)
            cursor.setPosition(start if start < stop else max(0, stop - 1))
            cursor.setPosition(stop, QtGui.QTextCursor.MoveMode.KeepAnchor)
            self.setTextCursor(cursor)

    def _fit(self) -> None:
        """One line; while edited, as many as the text needs."""
        lines = wraps = 1
        if self.hasFocus():
            width = max(60, self.viewport().width() - 8)
            text = self.toPlainText()
            wraps = -(-self.fontMetrics().horizontalAdvance(text) * 21 // 20 // width)
            wraps += text.count("\n")
            lines = max(1, min(_MOST_LINES, wraps))
        self.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAsNeeded if wraps > _MOST_LINES else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        )
        self.setLineWrapMode(
            QPlainTextEdit.LineWrapMode.WidgetWidth
            if self.hasFocus() and lines > 1
            else QPlainTextEdit.LineWrapMode.NoWrap
        )
        height = LINE + (lines - 1) * self.fontMetrics().lineSpacing()
        if height != self.height():
            self.setFixedHeight(height)
            self.height_changed.emit()

    def sizeHint(self) -> QSize:
        return QSize(400, LINE)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            held = event.modifiers()
            if held & Qt.KeyboardModifier.AltModifier:
                self.insertPlainText("\n")  # as in Excel: another line in a note
            elif held & Qt.KeyboardModifier.ControlModifier:
                self.committed.emit("")
            else:
                self.committed.emit("up" if held & Qt.KeyboardModifier.ShiftModifier else "down")
        elif event.key() == Qt.Key.Key_Y and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.redo()  # as Excel has it; Qt knows it on some systems only
        elif event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        text = source.text()
        if not text:
            return
        self.insertPlainText(" ".join(text.split()) if self.colours.on else text.rstrip("\n"))  # never rich text

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.entered.emit()
        super().focusInEvent(event)
        self._fit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        passing = (
            Qt.FocusReason.ActiveWindowFocusReason,
            Qt.FocusReason.PopupFocusReason,
            Qt.FocusReason.MenuBarFocusReason,
        )
        if event.reason() not in passing and QApplication.focusWidget() is not self:
            self.left.emit()
        self._fit()
        if not self.hasFocus() and not self.textCursor().hasSelection():
            self.moveCursor(QtGui.QTextCursor.MoveOperation.Start)

    def restyle(self) -> None:
        """The theme is another one."""
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Text, themes.current().color("text"))
        self.setPalette(palette)
        self.colours.rehighlight()
