"""Values of array constants, and operators and functions applied to them cell by cell, as Excel does."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from model.formula.coerce import Value
from model.values import NA, VALUE, ErrorValue, Range


class Grid(Range):
    """The cells of an array, row by row, ``width`` to a row. Where one value is needed, Excel takes them
    one after the other and answers with an array."""

    __slots__ = ("width",)

    def __init__(self, cells: Sequence[Value], width: int) -> None:
        super().__init__(cells)
        self.width = width

    @property
    def height(self) -> int:
        return len(self) // self.width if self.width else 0


class NeedsCells(Exception):  # noqa: N818 - no failure: the caller goes cell by cell
    """Inside a function that computes only what it needs: an argument turned out to be an array."""


def shape(v: Value) -> tuple[int, int]:
    """Height and width; a reference of several cells counts as a row unless it says otherwise."""
    if isinstance(v, Grid):
        return v.height, v.width
    return (1, len(v)) if isinstance(v, Range) else (1, 1)


def lifted(function: Callable[..., Value], args: Sequence[Value]) -> Value:
    """The function for every place of its array arguments. A single row or column accompanies every
    other one; a place that an array lacks is #N/A."""
    shapes = [shape(a) for a in args]
    height, width = max(h for h, _ in shapes), max(w for _, w in shapes)
    return Grid(
        [
            _one(function(*[_cell(a, s, row, column) for a, s in zip(args, shapes, strict=True)]))
            for row in range(height)
            for column in range(width)
        ],
        width,
    )


def _cell(v: Value, size: tuple[int, int], row: int, column: int) -> Value:
    if not isinstance(v, Range):
        return v
    height, width = size
    row, column = row if height > 1 else 0, column if width > 1 else 0
    if row >= height or column >= width:
        return ErrorValue(NA, "an array has no value in this place")
    cell: Value = v[row * width + column]
    return cell


def _one(v: Value) -> Value:
    if isinstance(v, Range):
        return v[0] if len(v) == 1 else ErrorValue(VALUE, "a range of several cells stands where one value is needed")
    return v
