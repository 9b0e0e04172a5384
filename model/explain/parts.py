"""The parts of one formula: what they read, and what each came out as."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from model.explain.cells import OPENING_PERIOD, Spot, Where, field_of
from model.fields import make_field
from model.fields.number_formats import show_text
from model.fields.unit_text import attached, in_percent, rounded, with_unit
from model.formula.coerce import OPERATORS, to_bool
from model.formula.evaluate import BY_YEAR
from model.formula.functions import FUNCTIONS
from model.formula.helpers import PERIOD_NAMES
from model.formula.nodes import (
    Array,
    Before,
    Bool,
    ByYear,
    Call,
    Column,
    Earlier,
    Err,
    Here,
    Missing,
    Name,
    Node,
    Num,
    Ref,
    Row,
    SeriesRange,
    Span,
    Text,
    ToDate,
    Unary,
    YearsToDate,
    children,
)  # fmt: skip
from model.structure.mentions import LINE_HELPERS
from model.structure.outline import Part
from model.structure.words import words_of
from model.units.dimensions import DAYS, Dim, is_ratio, unit_of
from model.values import NA, NEVER, NO_CAP, ErrorValue, Range

_NOISE = 1e-12  # a rest of binary fractions
_CENTURY = 36_525  # days: what is this near to the day of “not yet” was reckoned from it
_AGES = 2_500_000  # days between a day of any deal and that of “not yet”
LITERALS = (Num, Text, Bool, Err, Missing, Array)


class Leaf(msgspec.Struct, frozen=True):
    """A reference in a formula: the cell or range it reads, how, and where it stands in the text."""

    cell: Where
    how: str
    span: Span | None
    node: Node


class Step(msgspec.Struct, frozen=True):
    """The value of one part of the formula, in the order of computing. A part that was not needed has
    ``taken`` False and no value. ``words`` are the part with labels for keys, ``shown`` its value with its unit."""

    span: Span
    text: str
    words: str
    value: Any
    shown: str
    is_name: bool
    taken: bool = True


# -- references ------------------------------------------------------------------------------


def leaves(spot: Spot) -> list[Leaf]:
    """What the formula reads, in the order of its text; days of this period that helpers read unsaid come last."""
    if spot.root is None:
        return []
    found = list(leaves_of(spot, spot.root))
    said = {leaf.cell.key for leaf in found}
    tree = spot.bound(spot.root)
    for node in references(tree) if tree is not None else ():
        leaf = _leaf(spot, node, None)
        if leaf.cell.key in PERIOD_NAMES and leaf.cell.key not in said and leaf.cell.period is not None:
            said.add(leaf.cell.key)
            found.append(leaf)
    return found


def leaves_of(spot: Spot, part: Part) -> Iterator[Leaf]:
    """What one part of the formula reads."""
    if isinstance(part.node, Call) and part.node.name in LINE_HELPERS and isinstance(part.node.args[0], Name):
        inner = _looked_along(spot, part)
        if inner is not None:  # PREV in the first record is its second argument
            yield _leaf(spot, inner, part.span)
        if part.node.name != "PREV" or inner is None:
            for other in part.parts[1:]:
                yield from leaves_of(spot, other)
    elif isinstance(part.node, (Name, Column)):
        tree = spot.bound(part)
        if tree is not None and not isinstance(tree, LITERALS):
            yield _leaf(spot, tree, part.span)
    else:
        for child in part.parts:
            yield from leaves_of(spot, child)


def _looked_along(spot: Spot, part: Part) -> Node | None:
    """The reference that a helper makes of its first argument."""
    assert isinstance(part.node, Call)
    name = part.node.args[0]
    tree = spot.bound(part)
    if tree is None or not isinstance(name, Name):
        return None
    if part.node.name == "PREV" and spot.context is not None:
        above = spot.context.above
        return tree if isinstance(tree, Ref) and above and tree.key.split(".")[1] == above else None
    kinds = (Before, Earlier, Row, ToDate, YearsToDate, ByYear, SeriesRange)
    wanted = name.text.lower()
    for node in references(tree):
        if isinstance(node, kinds) and getattr(node, "key", getattr(node, "series", "")).lower() == wanted:
            return node
    return None


def references(tree: Node) -> Iterator[Node]:
    """The references of a bound tree, left to right."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, (Ref, Here, Before, Earlier, Row, ToDate, YearsToDate, ByYear, SeriesRange, Column)):
            yield node
        stack += reversed(children(node))


def _leaf(spot: Spot, node: Node, span: Span | None) -> Leaf:
    cell, how = target_of(spot, node)
    return Leaf(cell, how, span, node)


def target_of(spot: Spot, node: Node) -> tuple[Where, str]:
    """The cell or range that a reference reads from here, and how."""
    at = spot.cell.period if spot.is_line else None
    if isinstance(node, Ref):
        return Where(node.key), ""
    if isinstance(node, Here):
        return Where(node.key, at), ""
    if isinstance(node, Before):
        if at is None:
            return Where(node.key), "the period before"
        return (
            (Where(node.key, at - 1), "the period before") if at > 0 else (Where(node.key, OPENING_PERIOD), "opening")
        )
    if isinstance(node, Column):
        return Where(f"{node.table}[{node.column}]"), "all records"
    if isinstance(node, SeriesRange):
        return Where(node.series), "all years"
    if isinstance(node, ByYear):
        if at is None:
            return Where(node.series), "by year"
        return Where(f"{node.series}.{spot.calc.timeline.periods[at].year}"), "this year"
    words = {
        Row: "all periods",
        ToDate: "to date",
        Earlier: "before this period",
        YearsToDate: "the last years to date",
    }
    return Where(getattr(node, "key", "")), words.get(type(node), "")


# -- intermediate results --------------------------------------------------------------------


def steps(spot: Spot) -> list[Step]:
    """The value of every part of the formula but literals, in the order of computing; a part that stands in it
    several times comes once."""
    found: dict[str, Step] = {}
    for step in _steps(spot, spot.root, False) if spot.root is not None else ():
        text = " ".join(step.text.split())
        held = found.get(text)
        if held is None or (step.taken and not held.taken):
            found.pop(text, None)
            found[text] = step
    return list(found.values())


def _steps(spot: Spot, part: Part, array: bool) -> Iterator[Step]:
    node = part.node
    if isinstance(node, LITERALS) or (isinstance(node, Name) and node.text.lower() == "never"):
        return
    if isinstance(node, Unary) and isinstance(node.arg, LITERALS):  # -1, 2%
        return
    taken = {id(p) for p in evaluated(spot, part)}
    inside = array or (isinstance(node, Call) and node.name == "SUMPRODUCT")
    for child in _inner(spot, part):
        if id(child) in taken:
            yield from _steps(spot, child, inside)
        elif not isinstance(child.node, LITERALS):
            text, words = _said(spot, child)
            yield Step(child.span, text, words, None, "not needed", isinstance(child.node, Name), False)
    value = spot.value(part, array)
    if isinstance(value, Range) and isinstance(node, Call) and node.name in LINE_HELPERS:
        return  # a row as it stands is no result
    name = isinstance(node, (Name, Column))
    yield Step(part.span, *_said(spot, part), value, shown(spot, part, value), name)


def _said(spot: Spot, part: Part) -> tuple[str, str]:
    """A part as written, and in words."""
    return spot.text[slice(*part.span)], words_of(spot.calc.deal, spot.text, part, spot.table, spot.space)


def _inner(spot: Spot, part: Part) -> tuple[Part, ...]:
    """The parts that are values of their own: a line that a helper looks along is not one."""
    node = part.node
    if not (isinstance(node, Call) and node.name in LINE_HELPERS):
        return part.parts
    if node.name == "PREV":  # in the first record of a table its second argument stands for it
        return () if _looked_along(spot, part) is not None else part.parts[1:]
    if node.name == "BYYEAR":
        along = _looked_along(spot, part)
        row = spot.calc.cells.rows[along.series + BY_YEAR] if isinstance(along, ByYear) else []
        return part.parts[1:] if row and row[spot.index] is None else ()
    return part.parts[1:]


def _chooses(node: Node) -> bool:
    """Whether the result is that of one of the arguments, and the others need not be computed."""
    return isinstance(node, Call) and node.name in FUNCTIONS and FUNCTIONS[node.name].choices is not None


def evaluated(spot: Spot, part: Part) -> list[Part]:
    """The parts that were computed for this value: of a condition, the branch taken only."""
    node, parts = part.node, _inner(spot, part)
    if not isinstance(node, Call) or not _chooses(node):
        return list(parts)
    first = spot.value(parts[0])
    if node.name in ("IFERROR", "IFNA"):
        fails = isinstance(first, ErrorValue) and (node.name == "IFERROR" or first.kind == NA)
        return list(parts) if fails else [parts[0]]
    if node.name == "IFS":
        out: list[Part] = []
        for test, result in zip(parts[::2], parts[1::2], strict=False):
            out.append(test)
            holds = to_bool(spot.value(test))
            if holds is not False:
                return out if isinstance(holds, ErrorValue) else [*out, result]
        return out
    if isinstance(first, ErrorValue):
        return [parts[0]]
    if node.name == "IF":
        holds = to_bool(first)
        chosen = parts[1:2] if holds is True else parts[2:3] if holds is False else ()
        return [parts[0], *chosen]
    if node.name == "CHOOSE":
        at = int(first) if isinstance(first, (int, float)) else 0
        return [parts[0], *(parts[at : at + 1] if at >= 1 else ())]
    out, rest = [parts[0]], parts[1:]
    for value, result in zip(rest[::2], rest[1::2], strict=False):
        out.append(value)
        same = OPERATORS["="](first, spot.value(value))
        if same is not False:
            return [*out, result] if same is True else out
    return [*out, rest[-1]] if len(rest) % 2 else out


def shown(spot: Spot, part: Part, value: Any) -> str:
    """An intermediate value as text: a reference's as its cell shows it, all others by what they measure."""
    if isinstance(value, Range):
        return f"{len(value)} value{'' if len(value) == 1 else 's'}"
    if value is None:
        return "empty"
    tree = spot.bound(part)
    if isinstance(tree, (Ref, Here, Before)):
        return with_unit(field_of(spot.calc.deal, tree.key), value)
    if isinstance(tree, ByYear):
        return with_unit(field_of(spot.calc.deal, tree.series), value)
    if part is spot.root:
        return with_unit(field_of(spot.calc.deal, spot.cell.key), value)
    if isinstance(value, ErrorValue):
        return value.word
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"“{show_text(value)}”"
    dim = spot.measure(part)
    if (dim.kind == "unknown" or (dim.kind == "number" and not unit_of(spot.calc.deal, dim))) and _is_result(
        spot, part
    ):
        return with_unit(field_of(spot.calc.deal, spot.cell.key), value)
    return measured(spot, dim, float(value))


def _is_result(spot: Spot, part: Part) -> bool:
    """Whether the formula's result is that of this part: the branch that conditions chose."""
    at = spot.root
    while at is not None and at is not part and _chooses(at.node):
        chosen = evaluated(spot, at)
        at = chosen[-1] if chosen else None
    return at is part


def measured(spot: Spot, dim: Dim, value: float) -> str:
    """A number by what it measures: with its unit, as a day, a year, a percentage. What hangs on an event that has
    not happened is “not yet”, too."""
    if dim.kind == "date":
        return "not yet" if value >= NEVER - _CENTURY else make_field("date").show(value)
    if dim.kind == "year":
        return make_field("year").show(value)
    if abs(value) >= NO_CAP:
        return "no limit"
    if dim.kind == "number" and dim.time == DAYS.time and not dim.money and abs(value) >= _AGES:
        return "not yet"
    unit = unit_of(spot.calc.deal, dim)
    if abs(value) < _NOISE and dim.kind == "number":
        value = 0.0
    if unit.startswith("%") or (not unit and is_ratio(dim) and dim.time == () and _gives_percent(spot)):
        return in_percent(value)
    if unit == "x":
        return rounded(value) + unit
    return attached(rounded(value), unit, money=dim.money != 0)


def _gives_percent(spot: Spot) -> bool:
    return field_of(spot.calc.deal, spot.cell.key).kind == "percent"
