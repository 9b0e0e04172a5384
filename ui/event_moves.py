"""Moving an event: the input date behind it, a run with that date changed, and the edit that makes it last. No Qt."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Any

import msgspec

from model.deal import Input
from model.edits import Edit, set_values
from model.engine import Calc, run
from model.fields.date_text import show_date
from model.formula.bind import EVENT
from model.formula.evaluate import evaluate
from model.formula.nodes import Binary, Call, Node, Num, Ref
from model.values import NEVER, from_serial
from ui.targets import target_of

_DEEP = 12


class Handle(msgspec.Struct, frozen=True):
    """The input date that an event follows, ``months`` and then ``days`` after it."""

    event: str
    address: str
    months: int = 0
    days: int = 0

    def input_for(self, day: dt.date | None) -> Input:
        """What the input must be for the event to fall on a day; ``None`` is never."""
        if day is None:
            return "never"
        day -= dt.timedelta(self.days)
        return _months_from(day, -self.months) if self.months else day


def handles(calc: Calc) -> dict[str, Handle]:
    """The events that can be moved, with the input each one follows."""
    found = {key: handle(calc, key) for key in calc.deal.events}
    return {key: value for key, value in found.items() if value is not None}


def handle(calc: Calc, event: str) -> Handle | None:
    """The input behind an event: a plain reference, or so many months or days after one. None where its date
    comes about in another way."""
    formula = calc.program.formulas.get(EVENT + event)
    found = _follow(calc, formula.tree, 0, 0, 0) if formula is not None else None
    if found is None:
        return None
    held = calc.inputs.get(found[0])
    if calc.event(event) == NEVER and held is not None and isinstance(held.value, dt.date):
        return None  # it waits for something else than its date
    return Handle(event, *found)


def _follow(calc: Calc, tree: Node, months: int, days: int, depth: int) -> tuple[str, int, int] | None:
    if depth > _DEEP:
        return None
    if isinstance(tree, Ref):
        target = target_of(calc.deal, tree.key)
        if target.kind == "input":
            return tree.key, months, days
        formula = calc.program.formulas.get(tree.key)
        return _follow(calc, formula.tree, months, days, depth + 1) if formula is not None else None
    if isinstance(tree, Call) and tree.name == "EDATE" and len(tree.args) == 2:
        step = _number(calc, tree.args[1])
        if step is None or days:  # days after months cannot be told apart from days before them
            return None
        return _follow(calc, tree.args[0], months + step, 0, depth + 1)
    if isinstance(tree, Call) and tree.name == "IF" and len(tree.args) == 3:
        rest = [arg for arg in tree.args[1:] if not _is_never(arg)]
        return _follow(calc, rest[0], months, days, depth + 1) if len(rest) == 1 else None
    if isinstance(tree, Binary) and tree.op in "+-" and not months:
        step = _number(calc, tree.right)
        if step is None:
            return None
        return _follow(calc, tree.left, 0, days + (step if tree.op == "+" else -step), depth + 1)
    return None


def _is_never(node: Node) -> bool:
    return isinstance(node, Num) and node.value == NEVER


def _number(calc: Calc, node: Node) -> int | None:
    """A small whole number: months or days, not a date."""
    value = evaluate(node, calc.cells)
    if isinstance(value, float) and value == int(value) and abs(value) < 12_000:
        return int(value)
    return None


def _months_from(day: dt.date, months: int) -> dt.date:
    """So many months on. The end of a month stays the end of a month, so that 30 June is six months after 31 December."""
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    last = calendar.monthrange(year, month + 1)[1]
    ends = day.day == calendar.monthrange(day.year, day.month)[1]
    return dt.date(year, month + 1, last if ends else min(day.day, last))


def step_months(day: dt.date, months: int) -> dt.date:
    """A month later or earlier, as the keys move an event."""
    return _months_from(day, months)


def month_end(day: dt.date) -> dt.date:
    """The nearest end of a month: where a dragged event comes to rest."""
    last = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    before = day.replace(day=1) - dt.timedelta(1)
    return last if (last - day).days <= (day - before).days else before


def why_fixed(calc: Calc, event: str) -> str:
    """Why an event cannot be moved; "" where it can."""
    found = handle(calc, event)
    if found is None:
        return "This day follows from other terms, so it cannot be moved here."
    term = calc.deal.terms.get(found.address)
    if term is not None and term.fixed:
        return f"“{term.label}” is fixed. Change it on the Terms sheet."
    return ""


def with_day(calc: Calc, found: Handle, day: dt.date | None) -> Calc:
    """The run in which the event falls on a day (None: never)."""
    return with_input(calc, found.address, found.input_for(day))


def with_input(calc: Calc, address: str, value: Input) -> Calc:
    sets = {**dict(calc.view.sets), address: value}
    view = calc.view._replace(sets=tuple(sets.items()))
    return run(calc.deal, view, calc, frozenset((address,)))


def day_of(calc: Calc, event: str) -> dt.date | None:
    """The day of an event, None where it has none."""
    return as_day(calc.event(event))


def as_day(value: Any) -> dt.date | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value >= NEVER:
        return None
    return from_serial(value)


def move_edit(calc: Calc, found: Handle, day: dt.date | None, layer: str) -> Edit:
    """The edit that moves an event for good. Raises Refused."""
    view = calc.view._replace(sets=())
    comes = day_of(with_day(calc, found, day), found.event)  # months have different ends: the nearest day there is
    title = f"Move “{calc.deal.events[found.event].label}” to {show_date(comes) if comes else 'not yet'}"
    return set_values(calc.deal, view, [(found.address, found.input_for(day))], title, layer)
