"""The table model of every grid: cells cached from a source, refreshed by rectangle, flashing where they changed."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from model.problems import Problem
from ui.grid.source import Cell, Change, ColumnSpec, GridSource, Place, RowSpec
from ui.theme import FLASH_MS

Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
_ALIGN = {
    "left": Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
    "right": Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
    "center": Qt.AlignmentFlag.AlignCenter,
}
_BLANK = Cell()


class GridModel(QAbstractTableModel):
    """A source as Qt sees it. The painter reads Cell objects straight from ``cell``."""

    refused = Signal(list)  # of Problem

    def __init__(self, source: GridSource, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.source = source
        self.marked: Callable[[int, int], bool] | None = None  # which cells are tinted for now
        self.clashing: Callable[[int, int], str] | None = None  # what is wrong with the units of a cell
        self.columns: list[ColumnSpec] = []
        self.rows: list[RowSpec] = []
        self._lines: list[dict[int, Cell]] = []  # by row, the cells that have been asked for, by column
        self._stale: dict[Place, tuple[str, float]] = {}  # what it showed, until when
        self._flashes: dict[Place, float] = {}
        self._row_of: dict[str, int] = {}
        self._load()

    def _load(self) -> None:
        self.columns = list(self.source.columns())
        self.rows = list(self.source.rows())
        self._lines = [{} for _ in self.rows]
        self._row_of = {row.key: i for i, row in enumerate(self.rows)}
        self._stale.clear()
        self._flashes.clear()

    # --- what the view reads -------------------------------------------------

    def cell(self, row: int, col: int) -> Cell:
        found = self._lines[row].get(col)
        if found is not None:
            return found
        spec = self.rows[row]
        if spec.kind in ("section", "blank"):
            cell = Cell(spec.label, "label", "left") if col == 0 and spec.label else _BLANK
        else:
            cell = self._asked(row, col)
        self._lines[row][col] = cell
        if self._stale:
            before = self._stale.pop((row, col), None)
            if before is not None and before[0] != cell.text and time.monotonic() - before[1] < FLASH_MS / 1000:
                self._flashes[row, col] = before[1]
        return cell

    def _asked(self, row: int, col: int) -> Cell:
        try:
            cell = self.source.cell(row, col)
            if self.marked is not None and not cell.tint and self.marked(row, col):
                cell.tint = "accent"
            if self.clashing is not None and (said := self.clashing(row, col)):
                cell.clash = said
                cell.tooltip = "\n".join(part for part in (said, cell.tooltip) if part)
            return cell
        except Exception as fault:  # an exception inside paintEvent would come back with every frame
            sys.excepthook(*sys.exc_info())
            return Cell("#FAULT!", "error", tooltip=f"This cell could not be shown: {fault}")

    def fetch(self, rows: Iterable[int], cols: Sequence[int]) -> None:
        """Ask for what is about to be painted, so that it is known what flashes, and ``line`` has it."""
        for row in rows:
            line = self._lines[row]
            for col in cols:
                if col not in line:
                    self.cell(row, col)

    def line(self, row: int) -> Mapping[int, Cell]:
        """The cells of a row that have been asked for, by column."""
        return self._lines[row]

    def row_of(self, key: str) -> int | None:
        return self._row_of.get(key)

    def column_of(self, key: str) -> int | None:
        return next((i for i, c in enumerate(self.columns) if (c.key or c.header) == key), None)

    def can_edit(self, row: int, col: int) -> bool:
        return self.rows[row].kind not in ("section", "blank") and self.cell(row, col).editable

    def describe(self, row: int, col: int) -> str:
        """A place in words: row label, column header."""
        header = self.columns[col].header if col < len(self.columns) else ""
        label = self.rows[row].label or self.cell(row, 0).text
        return f"{label}, {header}" if header else label

    # --- changes -------------------------------------------------------------

    def refresh(
        self, rows: Iterable[int] | None = None, cells: Iterable[Place] | None = None, flash: bool = True
    ) -> None:
        """Ask the source again for these rows or cells (default: all), one dataChanged per rectangle.

        Cells already seen that come back different flash. Cells are fetched when next painted,
        so a refresh of a wide table costs what is on screen.
        """
        if rows is None and cells is None:
            rows = range(len(self.rows))
        wanted: dict[int, tuple[int, int]] = {}
        if rows is not None:
            wanted = {r: (0, len(self.columns) - 1) for r in rows if 0 <= r < len(self.rows)}
        for row, col in cells or ():
            if 0 <= row < len(self.rows) and 0 <= col < len(self.columns):
                left, right = wanted.get(row, (col, col))
                wanted[row] = (min(left, col), max(right, col))
        if not self.columns or not wanted:
            return
        now = time.monotonic()
        for row, (left, right) in wanted.items():
            line = self._lines[row]
            for col in list(line) if line else ():
                if left <= col <= right:
                    cell = line.pop(col)
                    if flash:
                        self._stale[row, col] = (cell.text, now)
        for top, bottom, left, right in _rectangles(wanted):
            self.dataChanged.emit(self.createIndex(top, left), self.createIndex(bottom, right))

    def reset(self) -> None:
        """The structure changed: other rows or columns."""
        self.beginResetModel()
        self._load()
        self.endResetModel()

    def commit(self, changes: Sequence[Change], title: str = "") -> tuple[Problem, ...]:
        """Enter texts as one step. Refused: nothing changed, and ``refused`` tells."""
        return self._told(self.source.set_texts(changes, title))

    def clear(self, cells: Sequence[Place], title: str) -> tuple[Problem, ...]:
        return self._told(self.source.clear(cells, title))

    def refuse(self, *problems: Problem) -> tuple[Problem, ...]:
        return self._told(problems)

    def _told(self, problems: Sequence[Problem]) -> tuple[Problem, ...]:
        errors = tuple(p for p in problems if p.severity == "error")
        if problems:
            self.refused.emit(list(problems))
        return errors

    # --- flashes -------------------------------------------------------------

    def flashes(self) -> dict[Place, float]:
        """Strength (1 to 0) of the flash of each cell that still shows one."""
        now = time.monotonic()
        strong = {place: 1 - (now - since) * 1000 / FLASH_MS for place, since in self._flashes.items()}
        for place, strength in strong.items():
            if strength <= 0:
                del self._flashes[place]
        return {place: strength for place, strength in strong.items() if strength > 0}

    @property
    def flashing(self) -> bool:
        return bool(self._flashes)

    # --- Qt's side -----------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return flags | Qt.ItemFlag.ItemIsEditable if self.can_edit(index.row(), index.column()) else flags

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, col = index.row(), index.column()
        if role == _ROLE.DisplayRole:
            return self.cell(row, col).text
        if role == _ROLE.EditRole:
            return self.source.edit_text(row, col) if self.can_edit(row, col) else self.cell(row, col).clip
        if role == _ROLE.ToolTipRole:
            return self.cell(row, col).tooltip or None
        if role == _ROLE.TextAlignmentRole:
            return _ALIGN[self.cell(row, col).align or self.columns[col].align]
        if role == _ROLE.AccessibleTextRole:
            return f"{self.describe(row, col)}: {self.cell(row, col).text or 'empty'}"
        if role == _ROLE.AccessibleDescriptionRole:
            return self._spoken(row, col)
        return None

    def _spoken(self, row: int, col: int) -> str:
        cell = self.cell(row, col)
        parts = [self.rows[row].kind if self.rows[row].kind != "item" else "", cell.tag]
        parts.append("input" if cell.editable else "from another sheet" if cell.role == "linked" else "")
        parts.append("overridden" if cell.overridden else "")
        parts.append(cell.tooltip)
        return ", ".join(p for p in parts if p)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and 0 <= section < len(self.columns):
            spec = self.columns[section]
            if role == _ROLE.DisplayRole:
                return spec.header
            if role == _ROLE.ToolTipRole:
                return spec.tooltip or None
            if role == _ROLE.TextAlignmentRole:
                return _ALIGN[spec.align]
        elif orientation == Qt.Orientation.Vertical and 0 <= section < len(self.rows) and role == _ROLE.DisplayRole:
            return self.rows[section].label
        return None

    def setData(self, index: Index, value: Any, role: int = _ROLE.EditRole) -> bool:
        if role != _ROLE.EditRole or not index.isValid():
            return False
        row, col = index.row(), index.column()
        if not self.can_edit(row, col):
            self.refuse(self.source.why_not(row, col))
            return False
        return not self.commit([(row, col, str(value))])


def _rectangles(wanted: dict[int, tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    """Neighbouring rows joined to (top, bottom, left, right)."""
    out: list[tuple[int, int, int, int]] = []
    for row in sorted(wanted):
        left, right = wanted[row]
        if out and out[-1][1] == row - 1:
            top, _, l0, r0 = out[-1]
            out[-1] = (top, row, min(left, l0), max(right, r0))
        else:
            out.append((row, row, left, right))
    return out
