"""What charts of lying bars have in common: one bar a row, so that names have room."""

from __future__ import annotations

from typing import ClassVar, Final

from PySide6.QtCore import QPointF, QSize, Qt, Signal

from ui.walked import WalkedChart

ROW: Final = 26
TOP: Final = 34
SIDE: Final = 14


class LyingBars(WalkedChart):
    """Up and Down walk along the bars, Enter or a click goes to the term. Subclasses say where each leads."""

    clicked = Signal(str)  # a term, or the address of an input
    along: ClassVar = (Qt.Key.Key_Up, Qt.Key.Key_Down)

    def leads_to(self, at: int) -> str:
        """What a click on the bar emits; "" where it leads nowhere."""
        raise NotImplementedError

    def go(self, at: int) -> None:
        if there := self.leads_to(at):
            self.clicked.emit(there)

    def part_at(self, place: QPointF) -> int | None:
        i = int((place.y() - TOP) // ROW)
        return i if 0 <= i < self.count() else None

    def _grow(self) -> None:
        self.setMinimumHeight(self.sizeHint().height())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(480, TOP + self.count() * ROW + 12 if self.count() else 96)
