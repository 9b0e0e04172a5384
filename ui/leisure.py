"""Work for when the window has nothing better to do: imports, code compiled ahead of the first edit."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QTimer


class Leisure(QObject):
    """Runs one piece after another, each in a turn of the event loop of its own, so that keys and paints come first.

    A piece is what an iterator does until it next yields; it should take a few milliseconds.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._work: dict[str, Iterator[None]] = {}
        self._turn = QTimer(self, interval=0, singleShot=True)
        self._turn.timeout.connect(self._piece)

    def take(self, name: str, work: Callable[[], Iterator[None]]) -> None:
        """Do this some time. Work of the same name that is not finished is given up."""
        self._work[name] = work()
        self._turn.start()

    def _piece(self) -> None:
        for name, work in list(self._work.items()):
            if next(work, self) is not None:  # None is what a piece yields
                del self._work[name]
            break
        if self._work:
            self._turn.start()
