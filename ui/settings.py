"""What the window remembers between runs: place, recent files, theme, zoom."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from PySide6.QtCore import QByteArray, QSettings

from ui.theme import Mode

MAX_RECENT = 10


class Settings:
    """Small, typed access to QSettings. A value that cannot be read is the default."""

    def __init__(self) -> None:
        self._store = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "Dealsheet", "Dealsheet")

    @property
    def geometry(self) -> QByteArray | None:
        found = self._store.value("geometry")
        return found if isinstance(found, QByteArray) and not found.isEmpty() else None

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._store.setValue("geometry", value)

    @property
    def unsaved(self) -> Path:
        """The folder for copies of unsaved edits, beside the settings."""
        return Path(self._store.fileName()).parent / "unsaved"

    @property
    def theme(self) -> Mode:
        found = self._store.value("theme", "auto")
        return found if found in ("auto", "light", "dark") else "auto"

    @theme.setter
    def theme(self, value: Mode) -> None:
        self._store.setValue("theme", value)

    @property
    def zoom(self) -> int:
        try:
            return min(max(int(self._store.value("zoom", 100)), 50), 300)  # type: ignore[call-overload]
        except (TypeError, ValueError):
            return 100

    @zoom.setter
    def zoom(self, value: int) -> None:
        self._store.setValue("zoom", value)

    @property
    def inspector(self) -> bool:
        return self._store.value("inspector", "true") in (True, "true")

    @inspector.setter
    def inspector(self, value: bool) -> None:
        self._store.setValue("inspector", "true" if value else "false")

    @property
    def recent(self) -> list[Path]:
        """Files opened or saved lately, the last one first."""
        found = self._store.value("recent", [])
        texts = [found] if isinstance(found, str) else found if isinstance(found, list) else []
        return [Path(text) for text in texts if isinstance(text, str) and text][:MAX_RECENT]

    def add_recent(self, path: Path) -> None:
        path = path.absolute()
        self._store.setValue("recent", [str(path), *(str(p) for p in self.recent if p != path)][:MAX_RECENT])

    def forget_recent(self, path: Path) -> None:
        self._store.setValue("recent", [str(p) for p in self.recent if p != path])

    def folder(self, purpose: Literal["deal", "book"]) -> Path:
        """Where a file dialog begins."""
        found = self._store.value(f"folder/{purpose}", "")
        folder = Path(found) if isinstance(found, str) and found else Path.home()
        return folder if folder.is_dir() else Path.home()

    def set_folder(self, purpose: Literal["deal", "book"], folder: Path) -> None:
        self._store.setValue(f"folder/{purpose}", str(folder))
