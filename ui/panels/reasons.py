"""Why a number is what it is: what its formula reads, the inputs behind it, and what depends on it. No Qt."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from model.engine import Calc
from model.formula.bind import EVENT, OPENING
from model.formula.helpers import PERIOD_NAMES
from model.formula.nodes import (
    Before,
    Binary,
    ByYear,
    Column,
    Here,
    Node,
    Ref,
    Row,
    SeriesRange,
    ToDate,
    Unary,
    YearsToDate,
    children,
)
from model.program import Program
from ui import targets
from ui.targets import OPENING_PERIOD, Target, target_of

_MOST = 14


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the inspector: a label, a class tag, a value, and where a click leads."""

    label: str
    value: str = ""
    tag: str = ""
    target: Target = targets.NOTHING
    tint: str = ""  # "", good, bad, muted
    tip: str = ""


def precedents(calc: Calc, target: Target) -> list[Fact]:
    """What the formula reads, in the order in which it stands there."""
    key = target.key + OPENING if target.period == OPENING_PERIOD else target.key
    formula = calc.program.formulas.get(key) or calc.program.formulas.get(EVENT + target.key)
    if formula is None:
        return []
    found: dict[tuple[str, int | None, str], Fact] = {}
    for node, sign in _references(formula.tree):
        for fact in _facts(calc, node, sign, target.period):
            found.setdefault((fact.target.key or fact.label, fact.target.period, fact.label), fact)
    return list(found.values())


def _references(tree: Node, sign: str = "") -> list[tuple[Node, str]]:
    """References of a formula; ``sign`` is − for what is taken away at its top level."""
    if isinstance(tree, (Ref, Here, Before, Row, ToDate, Column, SeriesRange)):
        return [(tree, sign)]
    if isinstance(tree, (ByYear, YearsToDate)):
        return [(tree, sign), *[r for child in children(tree) for r in _references(child, "*")]]
    if isinstance(tree, Binary) and tree.op in "+-" and sign in ("", "−"):
        other = sign if tree.op == "+" else ("" if sign == "−" else "−")
        return _references(tree.left, sign) + _references(tree.right, other)
    if isinstance(tree, Unary) and tree.op == "-" and sign in ("", "−"):
        return _references(tree.arg, "" if sign == "−" else "−")
    return [r for child in children(tree) for r in _references(child, "*")]


def _facts(calc: Calc, node: Node, sign: str, period: int | None) -> list[Fact]:
    deal = calc.deal
    mark = "− " if sign == "−" else ""
    if isinstance(node, (SeriesRange, ByYear)):
        series = deal.series[node.series]
        year = (
            calc.timeline.periods[period].year
            if isinstance(node, ByYear) and period is not None and period >= 0
            else None
        )
        target = Target("input", f"{node.series}.{year or next(iter(series.values), '')}")
        if year is None:
            return [Fact(mark + series.label, f"{len(series.values)} years", series.class_, target)]
        return [
            Fact(
                f"{mark}{series.label} {year}", shown(calc, target), series.marks.get(str(year), series.class_), target
            )
        ]
    if isinstance(node, Column):
        table = deal.tables[node.table]
        target = target_of(deal, node.keys[0]) if node.keys else targets.NOTHING
        return [
            Fact(
                f"{mark}{table.label}: {table.columns[node.column].label}",
                f"{len(node.keys)} rows",
                table.class_,
                target,
            )
        ]
    key = getattr(node, "key", "")
    if not key or key in PERIOD_NAMES:
        return []
    if isinstance(node, Ref):
        target = target_of(deal, key)
        return [Fact(mark + targets.label(deal, target), shown(calc, target), tag_of(calc, target), target)]
    line = deal.lines.get(key)
    if line is None:
        return []
    if isinstance(node, (Row, ToDate, YearsToDate)):
        words = {Row: "all periods", ToDate: "to date", YearsToDate: "last years"}[type(node)]
        return [
            Fact(
                mark + line.label, words, "", target_of(deal, key, period if period is not None and period >= 0 else 0)
            )
        ]
    at = period if isinstance(node, Here) else (period or 0) - 1
    if at is None:
        return []
    target = target_of(deal, key, at if at >= 0 else OPENING_PERIOD)
    when = ""
    if isinstance(node, Before):
        when = f" {calc.timeline.periods[at].label}" if at >= 0 else ", opening"
    return [Fact(f"{mark}{line.label}{when}", shown(calc, target), "", target)]


def shown(calc: Calc, target: Target) -> str:
    return targets.field_of(calc.deal, target).show(targets.value_of(calc, target))


def tag_of(calc: Calc, target: Target) -> str:
    """The class of an input."""
    deal = calc.deal
    parts = target.key.split(".")
    if target.kind != "input":
        return ""
    if len(parts) == 1:
        return deal.terms[parts[0]].class_
    if len(parts) == 2:
        return deal.series[parts[0]].marks.get(parts[1], deal.series[parts[0]].class_)
    return deal.tables[parts[0]].class_


def inputs_behind(calc: Calc, target: Target, told: Collection[str] = (), most: int = _MOST) -> tuple[list[Fact], int]:
    """The inputs that a value rests on, the nearest first, and how many there are in all; without those ``told``."""
    deal, formulas = calc.deal, calc.program.formulas
    start = EVENT + target.key if target.key in deal.events else target.key
    seen = {start}
    queue = deque([start])
    facts: dict[str, Fact] = {}
    while queue:
        key = queue.popleft()
        formula = formulas.get(key)
        if formula is None:
            fact = _input_fact(calc, key)
            if fact is not None and fact.target.key not in told:
                facts.setdefault(fact.label, fact)
            continue
        for dep in sorted(formula.now | formula.past):
            if dep not in seen:
                seen.add(dep)
                queue.append(dep)
    return list(facts.values())[:most], len(facts)


def _input_fact(calc: Calc, key: str) -> Fact | None:
    deal = calc.deal
    parts = key.split(".")
    if key in deal.series:
        series = deal.series[key]
        first = next(iter(series.values), "")
        return Fact(series.label, f"{len(series.values)} years", series.class_, Target("input", f"{key}.{first}"))
    if len(parts) == 3:
        table = deal.tables[parts[0]]
        return Fact(table.label, f"{len(table.records)} rows", table.class_, target_of(deal, key))
    if key in deal.terms:
        target = target_of(deal, key)
        return Fact(deal.terms[key].label, shown(calc, target), deal.terms[key].class_, target)
    return None


_readers: tuple[Program, dict[str, list[str]]] | None = None


def readers(program: Program) -> dict[str, list[str]]:
    """Which formulas read each node. Kept for the last program asked about."""
    global _readers  # noqa: PLW0603 - a cache of one
    if _readers is None or _readers[0] is not program:
        found: dict[str, list[str]] = {}
        for formula in program.formulas.values():
            for dep in formula.now | formula.past:
                found.setdefault(dep, []).append(formula.key)
        _readers = (program, found)
    return _readers[1]


def nodes_of(calc: Calc, target: Target) -> list[str]:
    """The nodes of the dependency graph that a target stands for."""
    parts = target.key.split(".")
    return [parts[0]] if len(parts) == 2 else [target.key]


def dependents(calc: Calc, target: Target, most: int = _MOST) -> list[Fact]:
    """The items whose formulas read this value directly."""
    deal, found = calc.deal, readers(calc.program)
    out: dict[str, Fact] = {}
    for node in nodes_of(calc, target):
        for key in found.get(node, []):
            plain = key.removesuffix(OPENING).removeprefix(EVENT)
            period = target.period if target.period is not None and target.period >= 0 else 0
            there = target_of(deal, plain, period if plain in deal.lines else None)
            if there is not targets.NOTHING and plain != target.key:
                value = shown(calc, there) if plain not in deal.lines or target.period is not None else ""
                out.setdefault(plain, Fact(targets.label(deal, there), value, "", there))
    return list(out.values())[:most]


def reached(calc: Calc, target: Target) -> set[str]:
    """Every node downstream of a value."""
    found = readers(calc.program)
    seen: set[str] = set()
    queue = deque(nodes_of(calc, target))
    while queue:
        for key in found.get(queue.popleft(), []):
            if key not in seen:
                seen.add(key)
                queue.append(key)
    return seen


def outputs_reached(calc: Calc, baseline: Calc, target: Target, most: int = _MOST) -> tuple[list[Fact], int]:
    """Outputs downstream, headline ones first; ``before → now`` where they changed since the baseline."""
    deal = calc.deal
    below = reached(calc, target)
    keys = [k for k in deal.headline if k in below and k in deal.outputs]
    keys += [k for k in deal.outputs if k in below and k not in keys]
    facts = []
    for key in keys[:most]:
        there = target_of(deal, key)
        field = targets.field_of(deal, there)
        now, before = calc.scalar(key), baseline.scalar(key)
        text, old = field.show(now), field.show(before)
        moved = old != text and not _same(now, before)
        tint = ""
        if moved:
            up = isinstance(now, float) and isinstance(before, float) and now > before
            tint = "good" if up else "bad"
        facts.append(Fact(deal.outputs[key].label, f"{old} → {text}" if moved else text, "", there, tint))
    return facts, len(keys)


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)
