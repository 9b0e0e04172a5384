"""Copy, cut, paste, fill, clear: what the fingers do to a block of cells, each one undo step or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from model.problems import Problem
from ui.grid import clipboard
from ui.grid.source import Change

if TYPE_CHECKING:
    from ui.grid.moving import MovingGrid


class Stats(msgspec.Struct, frozen=True):
    """Of the selection: cells that show something, and the numbers among them."""

    cells: int = 0  # selected
    count: int = 0  # not empty
    numbers: int = 0
    total: float = 0.0

    @property
    def average(self) -> float | None:
        return self.total / self.numbers if self.numbers else None


class Operations:
    """Works on the view's selection. Hidden rows of collapsed sections are never touched."""

    def __init__(self, view: MovingGrid) -> None:
        self._view = view
        self._model = view.grid_model

    def stats(self) -> Stats:
        count = numbers = size = 0
        total = 0.0
        for row, col in self._view.selected_cells():
            size += 1
            cell = self._model.cell(row, col)
            count += bool(cell.text)
            if cell.number is not None:
                numbers += 1
                total += cell.number
        return Stats(size, count, numbers, total)

    # --- clipboard -----------------------------------------------------------

    def copy(self) -> bool:
        blocks = self._view.blocks()
        if len(blocks) != 1:
            if blocks:
                self._say("Only one block of cells can be copied at a time.", "Select a single rectangle.")
            return False
        self._put(*blocks[0])
        self._view.show_copied(blocks[0])
        return True

    def _put(self, top: int, left: int, bottom: int, right: int) -> None:
        """A block on the clipboard: as text in full precision, and as a table with number formats for spreadsheets."""
        rows = [row for row in self._view.navigator.shown if top <= row <= bottom]
        cells = [[self._model.cell(row, col) for col in range(left, right + 1)] for row in rows]
        data = QMimeData()
        data.setText(clipboard.encode([[cell.clip for cell in line] for line in cells]))
        if len(rows) * (right - left + 1) <= clipboard.MAX_FORMATTED:
            data.setHtml(clipboard.html([[(cell.clip, cell.number, cell.text) for cell in line] for line in cells]))
        QGuiApplication.clipboard().setMimeData(data)

    def _texts(self, top: int, left: int, bottom: int, right: int) -> list[list[str]]:
        rows = [row for row in self._view.navigator.shown if top <= row <= bottom]
        return [[self._model.cell(row, col).clip for col in range(left, right + 1)] for row in rows]

    def cut(self) -> bool:
        """Copy, then clear; where clearing is refused the clipboard keeps what it had."""
        blocks = self._view.blocks()
        if len(blocks) != 1:
            return self.copy()
        texts = self._texts(*blocks[0])
        if not self.clear("Cut"):
            return False
        QGuiApplication.clipboard().setText(clipboard.encode(texts))
        return True

    def clear(self, verb: str = "Clear") -> bool:
        cells = [place for place in self._view.selected_cells() if self._model.can_edit(*place)]
        if not cells:
            self._not_editable()
            return False
        return self._done(self._model.clear(cells, _title(verb, len(cells))))

    def paste(self, text: str | None = None) -> bool:
        raw = pasted_text() if text is None else text
        if len(raw) > clipboard.MAX_CHARS:
            return self._say("The clipboard holds far more text than a table.", "Copy a smaller block.")
        block = clipboard.decode(raw)
        blocks = self._view.blocks()
        if not block:
            return self._say("The clipboard holds no text.", "Copy some cells first.")
        if not blocks:
            return False
        if len(block) == 1 and len(block[0]) == 1:
            return self.fill_selection(block[0][0], "Paste")
        if len(blocks) > 1:
            return self._say("A block of cells cannot be pasted into several selections.", "Select one cell.")
        return self._paste_block(block, *blocks[0])

    def _paste_block(self, block: list[list[str]], top: int, left: int, bottom: int, right: int) -> bool:
        high, wide = len(block), len(block[0])
        shown = [row for row in self._view.navigator.shown if row >= top]
        room = self._model.columnCount() - left
        picked = sum(row <= bottom for row in shown), right - left + 1
        if picked[0] % high or picked[1] % wide:  # not a multiple of the block: paste it once
            picked = high, wide
        if high > len(shown) or wide > room:
            return self._say(
                f"The clipboard holds {_size(high, wide)}; from here on there is room for {_size(len(shown), room)}.",
                "Start further up or left, or copy a smaller block.",
            )
        changes: list[Change] = []
        for i, row in enumerate(shown[: picked[0]]):
            for j in range(picked[1]):
                text, col = block[i % high][j % wide], left + j
                if self._model.can_edit(row, col):
                    changes.append((row, col, text))
                elif text.strip() not in ("", self._model.cell(row, col).text, self._model.cell(row, col).clip):
                    return self._in_the_way(row, col, "pasted")
        if not changes:
            self._not_editable()
            return False
        if not self._done(self._model.commit(changes, _title("Paste", len(changes)))):
            return False
        self._view.select_block(top, left, shown[picked[0] - 1], left + picked[1] - 1)
        return True

    # --- filling -------------------------------------------------------------

    def fill_selection(self, text: str, verb: str = "Fill") -> bool:
        """One text into every selected cell."""
        changes = []
        for row, col in self._view.selected_cells():
            if not self._model.can_edit(row, col):
                return self._in_the_way(row, col, "filled")
            changes.append((row, col, text))
        if not changes:
            return False
        return self._done(self._model.commit(changes, _title(verb, len(changes)) if len(changes) > 1 else ""))

    def fill_down(self) -> bool:
        """The first row of the selection into the others; a single row is filled from the row above it."""
        blocks = self._view.blocks()
        changes: list[Change] = []
        for top, left, bottom, right in blocks:
            stops = self._view.navigator.stops
            rows = [row for row in stops if top <= row <= bottom]
            if len(rows) == 1:
                rows = [row for row in stops if row < top][-1:] + rows
            for row in rows[1:]:
                for col in range(left, right + 1):
                    if not self._model.can_edit(row, col):
                        return self._in_the_way(row, col, "filled")
                    changes.append((row, col, self._full(rows[0], col)))
        return self._fill(changes, "Fill down")

    def fill_right(self) -> bool:
        """The first column of the selection into the others; a single column is filled from the one before it."""
        changes: list[Change] = []
        for top, left, bottom, right in self._view.blocks():
            first = left - 1 if left == right and left > 0 else left
            for row in self._view.navigator.stops:
                if top <= row <= bottom:
                    for col in range(first + 1, right + 1):
                        if not self._model.can_edit(row, col):
                            return self._in_the_way(row, col, "filled")
                        changes.append((row, col, self._full(row, first)))
        return self._fill(changes, "Fill right")

    def _fill(self, changes: list[Change], verb: str) -> bool:
        return bool(changes) and self._done(self._model.commit(changes, _title(verb, len(changes))))

    def _full(self, row: int, col: int) -> str:
        if self._model.can_edit(row, col):
            return self._model.source.edit_text(row, col)
        return self._model.cell(row, col).clip

    # --- refusals ------------------------------------------------------------

    def _done(self, problems: tuple[Problem, ...]) -> bool:
        if problems:
            self._view.complain(problems)
        else:
            self._view.show_copied(None)
        return not problems

    def _say(self, what: str, remedy: str) -> bool:
        self._view.complain(self._model.refuse(Problem("", what, remedy)))
        return False

    def _in_the_way(self, row: int, col: int, done: str) -> bool:
        place = self._model.describe(row, col)
        why = self._model.source.why_not(row, col) if self._model.rows[row].kind not in ("section", "blank") else None
        reason = why.what if why is not None else "It is a heading."
        return self._say(f"“{place}” cannot be {done} over. {reason}", "Nothing was changed.")

    def _not_editable(self) -> None:
        place = self._view.current
        if place is not None and self._model.rows[place[0]].kind not in ("section", "blank"):
            self._view.complain(self._model.refuse(self._model.source.why_not(*place)))


def _title(verb: str, cells: int) -> str:
    return verb if cells == 1 else f"{verb} {cells} cells"


def _size(rows: int, columns: int) -> str:
    return f"{rows} × {columns}"


def pasted_text() -> str:
    """The text of the clipboard, numbers in all their digits where the program that copied them gives these."""
    clip = QGuiApplication.clipboard()
    data, text = clip.mimeData(), clip.text()
    if data is None or not data.hasHtml() or not text:
        return text
    from ui.grid.full_digits import with_all_digits

    return with_all_digits(text, data.html())
