"""Asking for a file to open, or for a place to write one.

Qt's own dialog would let a person delete and rename files and folders in it; here it only chooses, and makes a folder
to write into. The dialogs of macOS and Windows keep their own manners.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6 import QtGui, QtWidgets  # dialogs are named where they are used: the window opens without them
from PySide6.QtCore import QSize, QTimer

_SIZE = QSize(820, 520)


def ask_open(parent: QtWidgets.QWidget, title: str, folder: Path, kinds: str) -> Path | None:
    """A file to read, or None."""
    dialog = QtWidgets.QFileDialog
    _once_open(parent)
    name, _ = dialog.getOpenFileName(parent, title, str(folder), kinds, "", dialog.Option.ReadOnly)
    return Path(name) if name else None


def ask_save(parent: QtWidgets.QWidget, title: str, start: Path, kinds: str, endings: Sequence[str]) -> Path | None:
    """A place to write to, or None. A name without one of the ``endings`` gets the one that the chosen kind names,
    else the first; a file that has the name then is asked about, as the dialog asked about the name as typed."""
    _once_open(parent)
    name, kind = QtWidgets.QFileDialog.getSaveFileName(parent, title, str(start), kinds)
    if not name:
        return None
    path = Path(name)
    if path.suffix.lower() in endings:
        return path
    ending = next((e for e in endings if f"*{e}" in kind), endings[0])
    path = path.with_name(path.name + ending)
    return path if not path.exists() or _may_replace(parent, path) else None


def _once_open(parent: QtWidgets.QWidget) -> None:
    """Teach the dialog that opens next its manners."""
    QTimer.singleShot(0, parent, lambda: teach(QtWidgets.QApplication.activeModalWidget()))


def teach(dialog: object) -> None:
    """Leave choosing and making folders of what Qt's own file dialog can do, and make it wide enough for its columns."""
    if not isinstance(dialog, QtWidgets.QFileDialog):
        return
    for name in ("qt_rename_action", "qt_delete_action"):
        if (action := dialog.findChild(QtGui.QAction, name)) is not None:
            action.setVisible(False)
    for view in dialog.findChildren(QtWidgets.QAbstractItemView):
        view.setEditTriggers(view.EditTrigger.NoEditTriggers)  # a new folder's name is asked for all the same
        if isinstance(view, QtWidgets.QTreeView):
            view.header().resizeSection(3, 150)  # the whole day and time
    for keys in dialog.findChildren(QtGui.QShortcut):
        if keys.key() == QtGui.QKeySequence("Delete"):
            keys.setEnabled(False)
    for box in dialog.findChildren(QtWidgets.QDialogButtonBox):
        for button in box.buttons():  # which say what they do and need no pictures
            button.setIcon(QtGui.QIcon())
    for name, sign in (("backButton", "←"), ("forwardButton", "→"), ("toParentButton", "↑")):
        if (way := dialog.findChild(QtWidgets.QToolButton, name)) is not None:
            way.setIcon(QtGui.QIcon())  # drawn in black, which a dark theme does not show
            way.setText(sign)
    room = dialog.screen().availableGeometry()
    dialog.resize(min(_SIZE.width(), room.width() - 64), min(_SIZE.height(), room.height() - 64))
    if (parent := dialog.parentWidget()) is not None:
        dialog.move(parent.frameGeometry().center() - dialog.rect().center())


def _may_replace(parent: QtWidgets.QWidget, path: Path) -> bool:
    box = QtWidgets.QMessageBox
    answer = box.question(parent, "Replace the file?", f"{path.name} exists already. Replace it?")
    return answer == box.StandardButton.Yes
