"""Asking for a file to open, or for a place to write one.

Qt's own dialog would let a person delete and rename files and folders in it; here it only chooses.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6 import QtWidgets  # dialogs are named where they are used: the window opens without them


def ask_open(parent: QtWidgets.QWidget, title: str, folder: Path, kinds: str) -> Path | None:
    """A file to read, or None."""
    dialog = QtWidgets.QFileDialog
    name, _ = dialog.getOpenFileName(parent, title, str(folder), kinds, "", dialog.Option.ReadOnly)
    return Path(name) if name else None


def ask_save(parent: QtWidgets.QWidget, title: str, start: Path, kinds: str, endings: Sequence[str]) -> Path | None:
    """A place to write to, or None. A name without one of the ``endings`` gets the one that the chosen kind names,
    else the first; a file that has the name then is asked about, as the dialog asked about the name as typed."""
    dialog = QtWidgets.QFileDialog
    name, kind = dialog.getSaveFileName(parent, title, str(start), kinds, "", dialog.Option.ReadOnly)
    if not name:
        return None
    path = Path(name)
    if path.suffix.lower() in endings:
        return path
    ending = next((e for e in endings if f"*{e}" in kind), endings[0])
    path = path.with_name(path.name + ending)
    return path if not path.exists() or _may_replace(parent, path) else None


def _may_replace(parent: QtWidgets.QWidget, path: Path) -> bool:
    box = QtWidgets.QMessageBox
    answer = box.question(parent, "Replace the file?", f"{path.name} exists already. Replace it?")
    return answer == box.StandardButton.Yes
