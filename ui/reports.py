"""Windows that only tell something: a failure's report, a list of keys or functions, about."""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence

import PySide6
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, QTimer, qVersion
from PySide6.QtGui import QFontDatabase, QGuiApplication, QIcon
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)  # fmt: skip


def version() -> str:
    """Of Dealsheet, as installed."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("dealsheet")
    except PackageNotFoundError:
        return "development"


def surroundings() -> str:
    return f"Dealsheet {version()}, Python {platform.python_version()}, Qt {qVersion()}, PySide6 {PySide6.__version__}, {platform.platform()}"


def show_report(report: str, parent: QWidget | None = None) -> None:
    """A failure of the program: what happened, what to do, and the report to copy."""
    dialog = QDialog(parent)
    dialog.setWindowTitle("Something went wrong")
    dialog.resize(720, 420)
    column = QVBoxLayout(dialog)
    column.setContentsMargins(16, 16, 16, 16)
    column.setSpacing(12)
    words = QLabel(
        "Dealsheet met a fault of its own. Your deal is still open: save it under another name to be safe. "
        "The report below helps to mend the fault."
    )
    words.setWordWrap(True)
    column.addWidget(words)
    text = QPlainTextEdit(f"{surroundings()}\n\n{report}")
    text.setReadOnly(True)
    text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    column.addWidget(text, 1)
    buttons = _close_button()
    copy = QPushButton("Copy the report")
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text.toPlainText()))
    buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
    buttons.rejected.connect(dialog.reject)
    column.addWidget(buttons)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open() if parent is not None else dialog.exec()


class _Wrapped(QStyledItemDelegate):
    """Measures a text at the width in which it is drawn: Qt forgets the padding that the style sheet gives a cell."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        cell = QStyleOptionViewItem(option)
        self.initStyleOption(cell, index)
        text = QStyle.SubElement.SE_ItemViewItemText
        narrow = option.rect
        narrow.setWidth(cell.widget.style().subElementRect(text, cell, cell.widget).width())
        option.rect = narrow
        return super().sizeHint(option, index)


def show_table(parent: QWidget, title: str, heads: tuple[str, str], rows: Sequence[tuple[str, str]]) -> QDialog:
    """Two columns to read, with a filter."""
    dialog = QDialog(parent)
    dialog.setWindowTitle(title)
    dialog.resize(760, 560)
    column = QVBoxLayout(dialog)
    column.setContentsMargins(16, 16, 16, 16)
    column.setSpacing(8)
    search = QLineEdit()
    search.setPlaceholderText("Filter")
    search.setClearButtonEnabled(True)
    column.addWidget(search)
    table = QTableWidget(len(rows), 2)
    table.setHorizontalHeaderLabels(heads)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.verticalHeader().hide()
    table.setShowGrid(False)
    table.setWordWrap(True)
    table.setItemDelegate(_Wrapped(table))
    table.setAccessibleName(title)
    for i, row in enumerate(rows):
        for j, text in enumerate(row):
            item = QTableWidgetItem(text)
            item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            table.setItem(i, j, item)
    header = table.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
    table.setColumnWidth(0, 280)
    table.resizeRowsToContents()
    column.addWidget(table, 1)

    def narrow(text: str) -> None:
        for i, row in enumerate(rows):
            table.setRowHidden(i, text.casefold() not in " ".join(row).casefold())

    search.textChanged.connect(narrow)
    buttons = _close_button()
    buttons.rejected.connect(dialog.reject)
    column.addWidget(buttons)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    later = QTimer(dialog, interval=0, singleShot=True)  # heights follow from widths, which the layout gives
    later.timeout.connect(table.resizeRowsToContents)
    header.sectionResized.connect(lambda *_: later.start())
    later.start()
    return dialog


def _close_button() -> QDialogButtonBox:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    for button in buttons.buttons():
        button.setIcon(QIcon())
    return buttons


def function_rows() -> list[tuple[str, str]]:
    """Signature, sentence and an example of every function and helper."""
    from model.formula.functions import FUNCTIONS
    from model.formula.helpers import HELPERS

    rows = [(spec.signature, f"{spec.doc}\n{_example(*spec.example)}") for spec in FUNCTIONS.values()]
    rows += [(helper.signature, f"{helper.doc}\n{helper.example}") for helper in HELPERS.values()]
    return sorted(rows)


def _example(formula: str, value: object) -> str:
    """``SUM(1, 2)  →  3``"""
    shown = {True: "TRUE", False: "FALSE"}.get(value, value) if isinstance(value, bool) else value
    if isinstance(shown, float):
        shown = f"{shown:.12g}"
    return f"{formula.lstrip('= ')}  →  {shown}"


def show_about(parent: QWidget) -> None:
    dialog = QDialog(parent)
    dialog.setWindowTitle("About Dealsheet")
    column = QVBoxLayout(dialog)
    column.setContentsMargins(24, 24, 24, 16)
    column.setSpacing(12)
    text = QLabel(
        "<h3>Dealsheet</h3><p>A modeller for strategic deals: terms as editable tables, obligations and valuations live, "
        "and a workbook that a colleague can trust.</p>"
    )
    text.setWordWrap(True)
    text.setMinimumWidth(420)
    column.addWidget(text)
    where = QLabel(surroundings())
    where.setWordWrap(True)
    where.setProperty("muted", True)
    where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    column.addWidget(where)
    buttons = _close_button()
    buttons.rejected.connect(dialog.reject)
    column.addWidget(buttons)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


def on_stderr(text: str) -> None:
    if sys.stderr is not None:
        print(text, file=sys.stderr)
