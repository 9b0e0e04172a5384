"""Formula trees. Parsing gives ``Name``, ``Member`` and ``Column``; binding replaces them by references.

Spans are character offsets in the formula's text; they take no part in comparing trees.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]
_NO: Span = (0, 0)


def _span() -> Span:
    return field(default=_NO, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Num:
    value: float
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Text:
    value: str
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Bool:
    value: bool
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Err:
    """An error literal such as #N/A."""

    kind: str
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Missing:
    """An argument left out between commas: Excel takes it as blank."""

    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Array:
    """An array constant such as ``{1,2;3,4}``: rows of Num, Text, Bool or Err, all of one length."""

    rows: tuple[tuple[Node, ...], ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Name:
    """A dotted name as written, not yet bound."""

    text: str
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Column:
    """``table[column]`` as written; bound, ``keys`` are the cells of the column."""

    table: str
    column: str
    keys: tuple[str, ...] = ()
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Unary:
    """op: "-", "+" (prefix) or "%" (postfix)."""

    op: str
    arg: Node
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Binary:
    op: str
    left: Node
    right: Node
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    args: tuple[Node, ...]
    span: Span = _span()


# Bound references -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ref:
    """A scalar cell: a term, an output, a check, a cell of a table."""

    key: str
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Here:
    """A line, or a row of the timeline (``start``, ``end``, …), in this period."""

    key: str
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Before:
    """A line one period back; the opening cell before the first period."""

    key: str
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Row:
    """A line (or timeline row) over all periods, as a range without the opening cell."""

    key: str
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class ToDate:
    """A line from the first period to this one, as a range."""

    key: str
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Earlier:
    """The opening cell of a line and its periods before this one, as a range: what a loop through time may read."""

    key: str
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class YearsToDate:
    """Sum of a line over the last ``years`` calendar years up to this period."""

    key: str
    years: Node
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class ByYear:
    """The value of a series for this period's calendar year, or ``other`` where the series has none."""

    series: str
    other: Node
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class SeriesRange:
    """All values of a series, as a range in the order of its years."""

    series: str
    span: Span = _span()


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
