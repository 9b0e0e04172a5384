"""What a panel tells the grid, and what the grid asks of it. No Qt, no deal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, Protocol

import msgspec

from model.problems import Problem

Align = Literal["left", "right", "center"]
RowKind = Literal["section", "item", "total", "helper", "blank"]
Role = Literal["label", "unit", "input", "computed", "linked", "muted", "error", "note", "tag", "tick"]
TICKED, UNTICKED, PARTLY = "ticked", "not ticked", "partly ticked"  # texts of a cell of the role "tick"
NO_BOX = "no box"  # a section among others that have one
Tint = Literal["", "amber", "good", "bad", "accent"]
Place = tuple[int, int]
Change = tuple[int, int, str]


class ColumnSpec(msgspec.Struct, frozen=True):
    """A column. ``width`` is in pixels at 100 %; ``stretch`` columns share what is left over;
    ``fit`` makes the column at least as wide as its content."""

    header: str
    width: int = 88
    align: Align = "right"
    frozen: bool = False
    stretch: bool = False
    fit: bool = False
    key: str = ""  # what keeps the current cell in place when columns come and go; "" means the header
    tooltip: str = ""


class RowSpec(msgspec.Struct, frozen=True):
    """A row. A section owns the rows below it up to the next section of the same or a lower ``indent``;
    ``tick`` is the state of its box, for sections that have one."""

    key: str
    kind: RowKind = "item"
    label: str = ""
    indent: int = 0
    collapsible: bool = True
    tick: str = ""


class Cell(msgspec.Struct):
    """What one cell shows. ``copy`` is its full-precision text for the clipboard (None: as shown);
    ``number`` feeds sum and average, so leave it None for dates and codes."""

    text: str = ""
    role: Role = "computed"
    align: Align | None = None
    editable: bool = False
    tag: str = ""
    overridden: bool = False
    tint: Tint = ""
    number: float | None = None
    copy: str | Callable[[], str] | None = None  # a call where making the text takes time: few cells are ever copied
    tooltip: str = ""
    choices: tuple[str, ...] = ()
    clash: str = ""  # what is wrong with the units of its formula

    @property
    def clip(self) -> str:
        if self.copy is None:
            return self.text
        return self.copy if isinstance(self.copy, str) else self.copy()


class GridSource(Protocol):
    """A table as the grid sees it. Row and column numbers are positions in rows() and columns()."""

    def columns(self) -> Sequence[ColumnSpec]: ...

    def rows(self) -> Sequence[RowSpec]: ...

    def cell(self, row: int, col: int) -> Cell:
        """What the cell shows. Not asked for section and blank rows."""
        ...

    def edit_text(self, row: int, col: int) -> str:
        """What the editor starts with: full precision, and set_texts of it changes nothing."""
        ...

    def set_texts(self, changes: Sequence[Change], title: str) -> Sequence[Problem]:
        """Enter all of it as one undo step, or nothing and say why. ``title`` names the step;
        it is "" for a single cell, which the source names better itself."""
        ...

    def clear(self, cells: Sequence[Place], title: str) -> Sequence[Problem]:
        """What Delete means here: inherit, blank or the default; one undo step, or nothing."""
        ...

    def why_not(self, row: int, col: int) -> Problem:
        """Why a cell that is not editable cannot be typed into."""
        return Problem("", "This cell is computed and cannot be typed over.", "Change the blue inputs it depends on.")
