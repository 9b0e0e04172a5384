"""Parts that the dialogs of this package share."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QFrame, QLabel, QPlainTextEdit, QPushButton, QWidget

from ui import theme as themes


def heading(parent: QWidget) -> QLabel:
    """What the dialog found, in one line."""
    label = QLabel(parent)
    label.setFont(themes.ui_font(17, weight=QFont.Weight.DemiBold))
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label


def quiet(parent: QWidget) -> QLabel:
    """A line beside or under the heading."""
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setProperty("muted", True)
    return label


def notice(parent: QWidget) -> QLabel:
    """A sentence that wants to be read first."""
    label = QLabel(parent)
    label.setObjectName("notice")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.hide()
    return label


def reader(parent: QWidget, name: str, lines: int = 3) -> QPlainTextEdit:
    """A text to read and copy from, with Tab leaving it."""
    text = QPlainTextEdit(parent)
    text.setObjectName("reader")
    text.setReadOnly(True)
    text.setTabChangesFocus(True)
    text.setFrameShape(QFrame.Shape.NoFrame)
    text.setAccessibleName(name)
    text.setFixedHeight(text.fontMetrics().lineSpacing() * lines + 16)
    return text


def button(parent: QDialog, text: str, primary: bool = False) -> QPushButton:
    """A button of the last row. Enter presses none: in a filter it must not import; Ctrl+Enter does."""
    made = QPushButton(text, parent)
    made.setAutoDefault(False)
    made.setProperty("primary", primary)
    if primary:
        made.setToolTip("Ctrl+Enter")
    return made


def step_with_f6(dialog: QDialog) -> None:
    """F6 leaves a table, in which Tab goes from cell to cell."""
    QShortcut(QKeySequence("F6"), dialog, dialog.focusNextChild)
    QShortcut(QKeySequence("Shift+F6"), dialog, dialog.focusPreviousChild)


def style(theme: themes.Theme) -> str:
    t = theme
    return f"""
#notice {{ background: {t.amber_background}; color: {t.amber}; padding: 6px 10px; border-radius: 4px; }}
#notice[bad="true"] {{ background: {t.bad_tint}; color: {t.bad}; }}
#reader {{ background: {t.panel}; color: {t.text}; border: 1px solid {t.line}; border-radius: 4px; padding: 2px 4px; }}
#reader:focus {{ border: 1px solid {t.accent}; padding: 2px 4px; }}
#framed {{ border: 1px solid {t.line}; }}
#chips {{ background: transparent; border: 0; }}
QToolButton[chip="true"] {{ color: {t.muted}; padding: 3px 10px; border-radius: 11px; }}
QToolButton[chip="true"]:hover {{ color: {t.text}; background: {t.hover}; }}
QToolButton[chip="true"]:checked {{ color: {t.accent}; background: {t.accent_tint}; font-weight: 600; }}
QToolButton[chip="true"]:focus {{ border: 1px solid {t.accent}; }}
QLabel[muted="true"] {{ color: {t.muted}; }}
#jobBar {{ background: {t.panel}; border: 1px solid {t.line}; }}
QProgressBar {{ background: {t.line}; border: 0; border-radius: 3px; max-height: 6px; }}
QProgressBar::chunk {{ background: {t.accent}; border-radius: 3px; }}
"""
