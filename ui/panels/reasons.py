"""One line of an explanation, and from the model's explanations to such lines. No Qt."""

from __future__ import annotations

from typing import Any

import msgspec

from model.addresses import record_label
from model.engine import Calc
from model.explain import Fault, Seen, Step, reach
from model.explain import Reason as Why
from model.explain.cells import field_of
from model.fields.unit_text import with_unit
from model.formula.bind import EVENT, OPENING
from model.layers import BASE
from model.structure.labels import label_of_key
from model.values import ErrorValue, Range
from ui import targets
from ui.targets import NOTHING, Target, target_of

_MOST = 14


class Fact(msgspec.Struct, frozen=True):
    """One line of the inspector: a label, a class tag, a value, and where a click leads."""

    label: str
    value: str = ""
    tag: str = ""
    target: Target = targets.NOTHING
    tint: str = ""  # "", good, bad, muted
    tip: str = ""
    below: str = ""  # a second, quiet line


def target_from(calc: Calc, key: str, period: int | None, near: int | None = None) -> Target:
    """The cell that a node of a tree leads to; of a range its first, of a row the period nearby."""
    deal = calc.deal
    name, bracket, column = key.removeprefix(EVENT).partition("[")
    if bracket and name in deal.tables:
        return target_of(deal, f"{name}.{next(iter(deal.tables[name].records), '')}.{column.rstrip(']')}")
    if name in deal.series:
        return target_of(deal, f"{name}.{next(iter(deal.series[name].values), '')}")
    if name in deal.tables:
        columns = deal.tables[name].columns
        return target_of(deal, f"{name}.{next(iter(deal.tables[name].records), '')}.{next(iter(columns), '')}")
    if name in deal.lines:
        at = period if period is not None else near if near is not None else 0
        return target_of(deal, name, at)
    return target_of(deal, name)


def shown(calc: Calc, seen: Seen) -> str:
    """A node's value with its unit; of a check whether it holds."""
    if seen.key in calc.deal.checks and isinstance(seen.value, bool):
        return "holds" if seen.value else "fails"
    if isinstance(seen.value, (Range, ErrorValue)):
        return seen.shown
    return with_unit(field_of(calc.deal, seen.key), seen.value) if seen.value is not None else "empty"


def fact_of(calc: Calc, seen: Seen, period: int | None = None, above: str = "") -> Fact:
    """A node of the trees as a line. ``period`` is that of the cell that is explained; ``above`` is the key of the
    node that it hangs from, whose name is not said again."""
    below = [seen.when if seen.period is not None and (seen.period != period or seen.how) else "", seen.how]
    below += [_which(calc, seen.key, above), seen.source, seen.layer_label if seen.layer != BASE else ""]
    if seen.when == seen.how or (isinstance(seen.value, Range) and seen.how.startswith("all ")):
        below[1] = ""
    bad = isinstance(seen.value, ErrorValue) and not seen.value.is_undisclosed
    target = target_from(calc, seen.key, seen.period, period)
    words = " · ".join(part for part in below if part)
    failed = seen.key in calc.deal.checks and seen.value is False
    tint = "bad" if bad or failed else ""
    return Fact(_short(calc, seen, above), shown(calc, seen), seen.class_, target, tint, seen.key, words)


def _which(calc: Calc, key: str, above: str) -> str:
    """What tells a cell from another of the same name: its section, unless that is where one is, or that it is an
    event."""
    deal = calc.deal
    if key.startswith(EVENT):
        return "event"
    line, beside = deal.lines.get(key), deal.lines.get(above)
    if line is None or (beside is not None and beside.section == line.section):
        return ""
    alone = sum(other.label == line.label for other in deal.lines.values()) < 2
    return "" if alone else deal.sections.get(line.section, "")


def _short(calc: Calc, seen: Seen, above: str) -> str:
    """A cell of the record above by its column alone, a cell of the column above by its record."""
    table, _, rest = seen.key.partition(".")
    record, _, column = rest.partition(".")
    if table not in calc.deal.tables or not column:
        return seen.label
    if above.startswith(f"{table}.{record}."):
        return calc.deal.tables[table].columns[column].label or column
    return record_label(calc.deal, table, record) if above == f"{table}[{column}]" else seen.label


def step_fact(step: Step) -> Fact:
    """An intermediate result; the part of the formula as it is written in the tooltip."""
    text = " ".join(step.text.removeprefix("=").split())
    if not step.taken:
        return Fact(step.words, "not needed", tint="muted", tip=text)
    bad = isinstance(step.value, ErrorValue) and not step.value.is_undisclosed
    return Fact(step.words, step.shown, tint="bad" if bad else "", tip=text)


def reason_fact(calc: Calc, why: Why, said: str = "", is_check: bool = False) -> Fact:
    """One condition that decided a flag or a check; its values alone where its words have just been ``said``."""
    value = {True: "holds", False: "does not hold", None: "unknown"}[why.holds]
    target = target_from(calc, why.key, why.period) if why.key else NOTHING
    below = f"{why.left} {why.op} {why.right}" if why.op else f"set since {why.since}" if why.since else ""
    words, below = (below, "") if below and why.words == said else (why.words, below)
    tint = {True: "good", False: "bad" if is_check else "muted", None: "muted"}[why.holds]
    return Fact(words, value, "", target, tint, why.text, below)


def fault_fact(calc: Calc, fault: Fault) -> Fact:
    """Where an error arose."""
    target = target_from(calc, fault.key, fault.period)
    name = targets.place(calc, target) if target is not NOTHING else label_of_key(calc.deal, fault.key)
    return Fact(name, fault.kind, "", target, "bad", fault.where, f"in: {fault.words}" if fault.words else "")


def circle_facts(calc: Calc, fault: Fault) -> list[Fact]:
    """The items of a circle, each leading to its cell."""
    facts = []
    for node in fault.circle:
        at = targets.OPENING_PERIOD if node.endswith(OPENING) else fault.period
        key = node.removesuffix(OPENING)
        there = target_from(calc, key, at if key in calc.deal.lines else None)
        facts.append(Fact(label_of_key(calc.deal, node), "", "", there, tip=key))
    return facts


def outputs_reached(calc: Calc, baseline: Calc, target: Target, most: int = _MOST) -> tuple[list[Fact], int]:
    """Outputs downstream, headline ones first; ``before → now`` where they changed since the baseline."""
    deal = calc.deal
    below = reach(calc, target.key)
    keys = [k for k in deal.headline if k in below and k in deal.outputs]
    keys += [k for k in deal.outputs if k in below and k not in keys]
    facts = []
    for key in keys[:most]:
        there = target_of(deal, key)
        field = targets.field_of(deal, there)
        now = calc.scalar(key)
        before = baseline.scalar(key) if key in baseline.deal.outputs else now
        text, old = with_unit(field, now), with_unit(field, before)
        moved = old != text and not _same(now, before)
        tint = ""
        if moved and field.kind != "date":  # later is neither good nor bad
            up = isinstance(now, float) and isinstance(before, float) and now > before
            tint = "good" if up else "bad"
        facts.append(Fact(deal.outputs[key].label, f"{old} → {text}" if moved else text, "", there, tint))
    return facts, len(keys)


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)
