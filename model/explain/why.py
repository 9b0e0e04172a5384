"""Where an error arose, and what set a flag."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from model.engine import Calc
from model.explain.cells import Spot, Where, field_of, is_computed, node_key, value_of
from model.explain.parts import LITERALS, evaluated, leaves_of, measured, shown, target_of
from model.fields.unit_text import is_number, rounded
from model.formula.coerce import to_bool
from model.formula.evaluate import circle_of
from model.formula.nodes import (
    Before,
    Binary,
    Call,
    Column,
    Earlier,
    Here,
    Name,
    Num,
    Ref,
    Span,
    ToDate,
    Unary,
    YearsToDate,
)
from model.formula.parse import BINARY
from model.structure.labels import in_labels
from model.structure.mentions import LINE_HELPERS, dotted
from model.structure.outline import Part
from model.structure.words import words_of
from model.values import DIV0, ErrorValue, Range

_COMPARED = {op for op, power in BINARY.items() if power == BINARY["="]}
_FOLLOW = 20_000  # cells that the search for a root visits at most


class Fault(msgspec.Struct, frozen=True):
    """Where an error arose: the cell, the part of its formula that failed (also in words; ``is_whole`` where it is
    the formula itself), and the reason. ``circle`` are the keys that depend on each other within one period, the first again at the end."""

    kind: str
    key: str
    period: int | None
    reason: str
    formula: str = ""
    span: Span | None = None
    where: str = ""
    words: str = ""
    is_whole: bool = True
    circle: tuple[str, ...] = ()


class Reason(msgspec.Struct, frozen=True):
    """One condition that decided: ``left op right`` for a comparison, else a cell or a part of its own. ``since`` is
    the period in which a flag that keeps itself up was first set."""

    span: Span
    text: str
    words: str
    holds: bool | None
    left: str = ""
    op: str = ""
    right: str = ""
    key: str = ""
    period: int | None = None
    since: str = ""


# -- errors ----------------------------------------------------------------------------------


def fault(calc: Calc, cell: Where) -> Fault | None:
    """The root of a cell's error, followed from reference to reference; None where there is no error."""
    seen: set[Where] = set()
    value = value_of(calc, cell)
    if isinstance(value, Range):
        found = _erring(calc, cell)
        return fault(calc, found) if found else None
    if not isinstance(value, ErrorValue):
        return None
    while True:
        seen.add(cell)
        if not is_computed(calc, cell):
            reason = "the value is undisclosed" if value.is_undisclosed else value.note or value.kind
            return Fault(value.kind, cell.key, cell.period, reason)
        spot = Spot(calc, cell)
        at = dotted(spot.path)
        problem = calc.program.unbound.get(node_key(cell))
        if problem is not None or spot.root is None:
            reason = f"{problem.what} {problem.remedy}".strip() if problem else "the formula cannot be read"
            return Fault(value.kind, cell.key, cell.period, reason, spot.formula, problem.span if problem else None, at)
        if circle := circle_of(value):
            reason = f"it depends on itself within one period: {in_labels(calc.deal, circle)}"
            return Fault(value.kind, cell.key, cell.period, reason, spot.formula, None, at, circle=circle)
        part, into = _failing(spot)
        following = value_of(calc, into) if into is not None else None
        if into is None or into in seen or len(seen) > _FOLLOW or not isinstance(following, ErrorValue):
            words, why = words_of(calc.deal, spot.text, part, spot.table, spot.space), _reason_of(spot, part, value)
            return Fault(
                value.kind, cell.key, cell.period, why, spot.text, part.span, at, words, part is spot.root
            )  # fmt: skip
        cell, value = into, following


def _reason_of(spot: Spot, part: Part, value: ErrorValue) -> str:
    """Why a part failed; of a division what the divisor is called."""
    why = value.note or _why(value)
    if value.kind == DIV0 and isinstance(part.node, Binary) and part.node.op == "/":
        divisor = words_of(spot.calc.deal, spot.text, part.parts[1], spot.table, spot.space)
        if isinstance(part.parts[1].node, LITERALS):
            return why
        divisor = divisor.replace("“", "‘").replace("”", "’")
        return f"{why}: “{divisor}” is {'empty' if spot.value(part.parts[1]) is None else '0'}"
    return why


def _why(value: ErrorValue) -> str:
    return {
        "#DIV/0!": "division by zero", "#N/A": "there is no value", "#NUM!": "there is no such number",
        "#VALUE!": "a value of another kind is needed", "#REF!": "there is no such cell", "#NAME?": "an unknown name",
    }.get(value.kind, value.kind)  # fmt: skip


def _failing(spot: Spot) -> tuple[Part, Where | None]:
    """The innermost part that gives the error, and the cell it comes from where the part is a reference."""
    part = spot.root
    assert part is not None
    array = False
    while True:
        error = spot.value(part, array)
        into = _reference_error(spot, part)
        if into is not None:
            return part, into
        array = array or (isinstance(part.node, Call) and part.node.name == "SUMPRODUCT")
        below = _below(spot, part, error, array)
        if below is None:
            return part, None
        part = below


def _below(spot: Spot, part: Part, error: Any, array: bool) -> Part | None:
    parts = evaluated(spot, part)
    if isinstance(part.node, Call) and part.node.name in ("IFERROR", "IFNA") and len(parts) > 1:
        parts = parts[1:]
    for child in parts:
        value = spot.value(child, array)
        held = value if isinstance(value, Range) else (value,)
        if any(isinstance(v, ErrorValue) and (v == error or not isinstance(error, ErrorValue)) for v in held):
            return child
    return None


def _reference_error(spot: Spot, part: Part) -> Where | None:
    """The cell with an error that a reference reads."""
    node = part.node
    if not (isinstance(node, (Name, Column)) or (isinstance(node, Call) and node.name in LINE_HELPERS)):
        return None
    for leaf in leaves_of(spot, part):
        if leaf.span != part.span:
            continue
        upto = spot.index + (0 if isinstance(leaf.node, Earlier) else 1)
        last = upto if isinstance(leaf.node, (ToDate, Earlier, YearsToDate)) else None
        found = _erring(spot.calc, leaf.cell, last)
        if found is not None:
            return found
    return None


def _erring(calc: Calc, cell: Where, last: int | None = None) -> Where | None:
    """The cell itself, or the first in a range, where it holds an error."""
    value = value_of(calc, cell)
    if isinstance(value, ErrorValue):
        return cell
    if not isinstance(value, Range):
        return None
    for at, one in enumerate(value[:last]):
        if isinstance(one, ErrorValue):
            if cell.key in calc.deal.lines:
                return Where(cell.key, at)
            keys = [a for a in sorted(calc.inputs) if a.startswith(cell.key + ".")]
            if cell.key.endswith("]"):
                name, _, column = cell.key.rstrip("]").partition("[")
                keys = [f"{name}.{record}.{column}" for record in calc.deal.tables[name].records]
            return next((Where(k) for k in keys if isinstance(value_of(calc, Where(k)), ErrorValue)), None)
    return None


# -- conditions ------------------------------------------------------------------------------


def reasons(spot: Spot) -> list[Reason]:
    """What made a flag or a condition come out as it did: the operands of AND and OR that decided, the
    comparison, the flag that was read."""
    found = list(_reasons(spot, spot.root)) if spot.root is not None else []
    return sorted(found, key=lambda why: not why.since)  # what it kept from before comes first


def _reasons(spot: Spot, part: Part) -> Iterator[Reason]:
    node = part.node
    if isinstance(node, Call) and (node.name in ("AND", "OR", "XOR", "NOT") or _of_flags(spot, part)):
        values = [(p, _holds(spot, p)) for p in part.parts]
        deciding = {"AND": False, "OR": True, "MIN": False, "MAX": True}.get(node.name)
        decided = [p for p, holds in values if deciding is not None and holds is deciding]
        for child in decided or [p for p, _ in values]:
            yield from _reasons(spot, child)
    elif isinstance(node, Call) and node.name in ("IF", "IFS"):
        *tests, last = evaluated(spot, part) or [part]
        for child in [*tests, last]:
            if not isinstance(child.node, LITERALS):
                yield from _reasons(spot, child)
    elif isinstance(node, Binary) and node.op in _COMPARED:
        sides = [show_side(spot, p, q) for p, q in ((part.parts[0], part.parts[1]), (part.parts[1], part.parts[0]))]
        if sides[0] == sides[1] and (spot.value(part) is True) != (node.op in ("=", "<=", ">=")):
            exact = [spot.value(p) for p in part.parts]  # the difference is not in the digits that cells show
            sides = [rounded(float(v)) if is_number(v) else s for v, s in zip(exact, sides, strict=True)]
        yield _reason(spot, part, left=sides[0], op=node.op, right=sides[1])
    elif isinstance(node, Binary) and node.op == "*":  # conditions multiplied
        for child in part.parts:
            yield from _reasons(spot, child)
    else:
        yield _reason(spot, part)


def show_side(spot: Spot, part: Part, other: Part) -> str:
    """One side of a comparison; a literal is shown like the cell it is compared with."""
    value, beside = spot.value(part), spot.bound(other)
    literal = isinstance(part.node, (Num, Unary))
    if literal and isinstance(beside, (Ref, Here, Before)) and not isinstance(value, (str, Range)):
        field = field_of(spot.calc.deal, beside.key)
        if field.kind in ("date", "percent", "year"):
            return field.show(value)
    near = spot.measure(other)
    if is_number(value) and spot.measure(part).open and near.kind in ("date", "year"):
        return measured(spot, near, float(value))
    return shown(spot, part, value)


def _of_flags(spot: Spot, part: Part) -> bool:
    """Whether this is the larger or smaller of flags: then it is their OR or AND."""
    node = part.node
    if not isinstance(node, Call) or node.name not in ("MAX", "MIN") or not part.parts:
        return False
    return all(spot.measure(p).kind == "truth" or isinstance(spot.value(p), bool) for p in part.parts)


def _reason(spot: Spot, part: Part, left: str = "", op: str = "", right: str = "") -> Reason:
    tree, key, period = spot.bound(part), "", None
    if isinstance(tree, (Ref, Here, Before)):
        (key, period), _ = target_of(spot, tree)
    holds, since = _holds(spot, part), ""
    if isinstance(tree, Before) and key == spot.cell.key and holds and period is not None and period >= 0:
        row = spot.calc.line(key)
        while period > 0 and to_bool(row[period - 1]) is True:
            period -= 1
        since = spot.calc.timeline.periods[period].label
    text = spot.text[slice(*part.span)]
    words = words_of(spot.calc.deal, spot.text, part, spot.table, spot.space)
    signs = {"<=": "≤", ">=": "≥", "<>": "≠"}
    return Reason(part.span, text, words, holds, left, signs.get(op, op), right, key, period, since)


def _holds(spot: Spot, part: Part) -> bool | None:
    holds = to_bool(spot.value(part))
    return holds if isinstance(holds, bool) else None
