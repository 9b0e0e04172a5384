"""Where a key takes the current cell. Pure: rows and columns in, a place out.

Rows are of three sorts: hidden (inside a collapsed section), gaps (expanded section rows and
spacers: seen, never stopped at) and stops. A collapsed section is a stop, so that the keyboard
can open it again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

RowSort = Literal["hidden", "gap", "stop"]
Place = tuple[int, int]


class Navigator:
    """The shape of a table for the purpose of moving about in it."""

    def __init__(
        self, sorts: Sequence[RowSort], columns: int, first_column: int, filled: Callable[[int, int], bool]
    ) -> None:
        self.shown = [row for row, sort in enumerate(sorts) if sort != "hidden"]
        self.stops = [row for row in self.shown if sorts[row] == "stop"]
        self.columns = columns
        self.first_column = first_column if first_column < columns else 0
        self._sorts = sorts
        self._filled = filled

    def first(self) -> Place | None:
        return (self.stops[0], self.first_column) if self.stops and self.columns else None

    def last(self) -> Place | None:
        return (self.stops[-1], self.columns - 1) if self.stops and self.columns else None

    def nearest(self, row: int) -> int | None:
        """The stop at, else below, else above a row."""
        below = next((r for r in self.stops if r >= row), None)
        return below if below is not None else (self.stops[-1] if self.stops else None)

    def step(self, row: int, col: int, down: int, right: int) -> Place:
        """One cell on, or by ``down`` rows; stays at the edge."""
        col = min(max(col + right, 0), self.columns - 1)
        if not down or not self.stops:
            return row, col
        if down > 0:
            ahead = [r for r in self.stops if r > row][:down]
        else:
            ahead = [r for r in reversed(self.stops) if r < row][:-down]
        return (ahead[-1] if ahead else row), col

    def jump(self, row: int, col: int, down: int, right: int) -> Place:
        """Ctrl+arrow: the edge of the block of filled cells, else the next filled cell, else the edge."""
        if right:
            line = range(col + 1, self.columns) if right > 0 else range(col - 1, -1, -1)
            return row, self._edge(col, line, lambda c: self._filled(row, c))
        rows = [r for r in self.shown if r > row] if down > 0 else [r for r in reversed(self.shown) if r < row]
        at = self._edge(row, rows, lambda r: self._sorts[r] == "stop" and self._filled(r, col))
        if self._sorts[at] != "stop":  # the edge of the sheet is a gap: the last stop before it
            at = next((r for r in reversed(rows) if self._sorts[r] == "stop"), row)
        return at, col

    @staticmethod
    def _edge(here: int, ahead: Sequence[int], filled: Callable[[int], bool]) -> int:
        if not ahead:
            return here
        if filled(here) and filled(ahead[0]):
            end = here
            for at in ahead:
                if not filled(at):
                    break
                end = at
            return end
        return next((at for at in ahead if filled(at)), ahead[-1])

    def home(self, col: int) -> int:
        """The first scrolling column, and from there the very first."""
        return 0 if col <= self.first_column else self.first_column

    def cycle(self, row: int, col: int, blocks: Sequence[tuple[int, int, int, int]], by_row: bool, back: bool) -> Place:
        """The next cell inside a selection of (top, left, bottom, right) blocks; round and round."""
        order: list[Place] = []
        for top, left, bottom, right in blocks:
            rows = [r for r in self.stops if top <= r <= bottom]
            cols = range(left, right + 1)
            order += [(r, c) for r in rows for c in cols] if by_row else [(r, c) for c in cols for r in rows]
        if not order:
            return row, col
        at = order.index((row, col)) if (row, col) in order else -1 if not back else 0
        return order[(at + (-1 if back else 1)) % len(order)]
