"""Formula trees. Parsing gives ``Name``, ``Member`` and ``Column``; binding replaces them by references.

Spans are character offsets in the formula's text; they take no part in comparing trees.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

Span: TypeAlias = tuple[int, int]
_NO: Span = (0, 0)


class _Tree(msgspec.Struct, frozen=True, eq=False):
    """Base of every node. The last field of each is its span."""

    def _parts(self) -> tuple[Any, ...]:
        return tuple([getattr(self, name) for name in self.__struct_fields__[:-1]])

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, _Tree) and other.__class__ is self.__class__ and other._parts() == self._parts()
        )

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((self.__class__, self._parts()))

    def __repr__(self) -> str:
        named = zip(self.__struct_fields__, self._parts(), strict=False)
        return f"{self.__class__.__name__}({', '.join(f'{name}={part!r}' for name, part in named)})"


class Num(_Tree, frozen=True):
    value: float
    span: Span = _NO


class Text(_Tree, frozen=True):
    value: str
    span: Span = _NO


class Bool(_Tree, frozen=True):
    value: bool
    span: Span = _NO


class Err(_Tree, frozen=True):
    """An error literal such as #N/A."""

    kind: str
    span: Span = _NO


class Missing(_Tree, frozen=True):
    """An argument left out between commas: Excel takes it as blank."""

    span: Span = _NO


class Array(_Tree, frozen=True):
    """An array constant such as ``{1,2;3,4}``: rows of Num, Text, Bool or Err, all of one length."""

    rows: tuple[tuple[Node, ...], ...]
    span: Span = _NO


class Name(_Tree, frozen=True):
    """A dotted name as written, not yet bound."""

    text: str
    span: Span = _NO


class Column(_Tree, frozen=True):
    """``table[column]`` as written; bound, ``keys`` are the cells of the column."""

    table: str
    column: str
    keys: tuple[str, ...] = ()
    span: Span = _NO


class Unary(_Tree, frozen=True):
    """op: "-", "+" (prefix) or "%" (postfix)."""

    op: str
    arg: Node
    span: Span = _NO


class Binary(_Tree, frozen=True):
    op: str
    left: Node
    right: Node
    span: Span = _NO


class Call(_Tree, frozen=True):
    name: str
    args: tuple[Node, ...]
    span: Span = _NO


# Bound references -----------------------------------------------------------------------------


class Ref(_Tree, frozen=True):
    """A scalar cell: a term, an output, a check, a cell of a table."""

    key: str
    span: Span = _NO


class Here(_Tree, frozen=True):
    """A line, or a row of the timeline (``start``, ``end``, …), in this period."""

    key: str
    span: Span = _NO


class Before(_Tree, frozen=True):
    """A line one period back; the opening cell before the first period."""

    key: str
    span: Span = _NO


class Row(_Tree, frozen=True):
    """A line (or timeline row) over all periods, as a range without the opening cell."""

    key: str
    span: Span = _NO


class ToDate(_Tree, frozen=True):
    """A line from the first period to this one, as a range."""

    key: str
    span: Span = _NO


class Earlier(_Tree, frozen=True):
    """The opening cell of a line and its periods before this one, as a range: what a loop through time may read."""

    key: str
    span: Span = _NO


class YearsToDate(_Tree, frozen=True):
    """Sum of a line over the last ``years`` calendar years up to this period."""

    key: str
    years: Node
    span: Span = _NO


class ByYear(_Tree, frozen=True):
    """The value of a series for this period's calendar year, or ``other`` where the series has none."""

    series: str
    other: Node
    span: Span = _NO


class SeriesRange(_Tree, frozen=True):
    """All values of a series, as a range in the order of its years."""

    series: str
    span: Span = _NO


Node: TypeAlias = (
    Num | Text | Bool | Err | Missing | Array | Name | Column | Unary | Binary | Call
    | Ref | Here | Before | Row | ToDate | Earlier | YearsToDate | ByYear | SeriesRange
)  # fmt: skip


def children(node: Node) -> tuple[Node, ...]:
    """The subtrees of a node, left to right."""
    if isinstance(node, Call):
        return node.args
    if isinstance(node, Binary):
        return (node.left, node.right)
    if isinstance(node, Unary):
        return (node.arg,)
    if isinstance(node, YearsToDate):
        return (node.years,)
    if isinstance(node, ByYear):
        return (node.other,)
    return ()


def columns_beneath(node: Node) -> list[Column] | None:
    """The columns to which operators apply cell by cell, as in SUMPRODUCT; None where another kind of range stands
    there."""
    if isinstance(node, Column):
        return [node]
    if isinstance(node, (Row, ToDate, Earlier, SeriesRange, Array)):
        return None
    found: list[Column] = []
    for child in children(node) if isinstance(node, (Binary, Unary)) else ():
        beneath = columns_beneath(child)
        if beneath is None:
            return None
        found += beneath
    return found


def at_place(node: Node, place: int) -> Node:
    """An expression over columns at one of their places."""
    if isinstance(node, Column):
        return Ref(node.keys[place])
    if isinstance(node, Binary):
        return Binary(node.op, at_place(node.left, place), at_place(node.right, place))
    return Unary(node.op, at_place(node.arg, place)) if isinstance(node, Unary) else node
