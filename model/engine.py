"""Run a deal: inputs resolved through the layers, formulas computed, what moved reported.

``run(deal, view, previous)`` recomputes only what can have changed since ``previous`` and stops
wherever a value came out the same.
"""

from __future__ import annotations

import gc
import heapq
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from model.addresses import is_formula
from model.deal import Deal, Input
from model.fields import field_for
from model.formula.bind import EVENT, OPENING, PERSPECTIVE
from model.formula.compile import FALLBACK_ON, Block
from model.formula.evaluate import BY_YEAR, Cells, circular, evaluate
from model.layers import Held, View, base_value, overlays
from model.plan import Step
from model.problems import Problem
from model.program import Program, program_for
from model.timeline import Timeline, timeline
from model.values import NAME, ErrorValue, Range


class Calc:
    """The values of one deal under one view. Read-only for everyone but the engine.

    ``moved`` are the keys whose value differs from the previous run (all keys on a first run).
    """

    def __init__(self, deal: Deal, view: View, program: Program, line: Timeline) -> None:
        self.deal = deal
        self.view = view
        self.program = program
        self.timeline = line
        self.cells = Cells(len(line))
        self.inputs: dict[str, Held] = {}
        self.moved: frozenset[str] = frozenset()

    def scalar(self, key: str) -> Any:
        """Value of a term, output, check or table cell (``table.record.column``)."""
        return self.cells.scalars.get(key)

    def line(self, key: str) -> list[Any]:
        """Values of a line, one per period."""
        return self.cells.rows[key]

    def opening(self, key: str) -> Any:
        """The opening cell of a line, None where it has none."""
        return self.cells.scalars.get(key + OPENING) if key + OPENING in self.program.formulas else None

    def event(self, key: str) -> Any:
        """Date of an event as a serial."""
        return self.cells.scalars.get(EVENT + key)

    @property
    def problems(self) -> list[Problem]:
        """Faults of the formulas and warnings about the inputs."""
        return self.program.problems

    @property
    def checks(self) -> dict[str, Any]:
        """Each check's value: True, False or an error."""
        return {key: self.cells.scalars.get(key) for key in self.deal.checks}

    def holds(self) -> bool:
        """The master check: every check is TRUE and no formula is at fault."""
        return not self.program.problems and all(v is True for v in self.checks.values())


def run(deal: Deal, view: View, previous: Calc | None = None, changed: frozenset[str] | None = None) -> Calc:
    """Compute a deal. ``changed`` are input addresses known to be the only difference from
    ``previous``; None lets the engine find out."""
    spec = deal.timeline
    line = timeline(spec.start, spec.end, view.period)
    if previous is not None and previous.timeline is not line:
        changed = None
    if changed is not None and previous is not None:
        return _rerun(deal, view, previous, changed)
    with _no_collecting():
        return _full(deal, view, previous, line)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Many small, long-lived objects at once: collecting garbage in between only costs."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.freeze()  # and back: what was made is old at once, instead of being looked through three times
            gc.unfreeze()
            gc.enable()


def _full(deal: Deal, view: View, previous: Calc | None, line: Timeline) -> Calc:
    program, fresh = program_for(deal, previous.program if previous else None)
    calc = Calc(deal, view, program, line)
    calc.inputs = resolve(deal, view)
    cells = calc.cells
    cells.rows.update(line.rows)
    cells.scalars[PERSPECTIVE] = view.perspective or deal.perspective
    for address, item in calc.inputs.items():
        if address.count(".") != 1:
            cells.scalars[address] = _engine_value(deal, address, item.value)
    for key in deal.series:
        _fill_series(calc, key)
    for key, problem in program.unbound.items():
        _fill(cells, key, key in deal.lines, ErrorValue(NAME, str(problem), key))
    for key in deal.lines:
        if key + OPENING not in program.formulas:
            cells.scalars[key + OPENING] = 0.0
    if previous is None or fresh is None or previous.timeline is not line:
        _compute(calc)
        calc.moved = _differences(previous, calc)
        return calc
    before = previous.cells
    moved = {k for k, v in cells.scalars.items() if not same(before.scalars.get(k), v)}
    moved |= {k for k in deal.series if not same(cells.rows[k + BY_YEAR], before.rows[k + BY_YEAR])}
    cells.scalars = {**before.scalars, **cells.scalars}
    cells.rows = {**before.rows, **cells.rows}
    _propagate(calc, moved, fresh)
    return calc


def _rerun(deal: Deal, view: View, previous: Calc, changed: frozenset[str]) -> Calc:
    calc = Calc(deal, view, previous.program, previous.timeline)
    top = overlays(deal, view)
    calc.inputs = dict(previous.inputs)
    calc.cells.scalars = dict(previous.cells.scalars)
    calc.cells.rows = dict(previous.cells.rows)
    moved: set[str] = set()
    if (party := view.perspective or deal.perspective) != calc.cells.scalars[PERSPECTIVE]:
        calc.cells.scalars[PERSPECTIVE] = party
        moved.add(PERSPECTIVE)
    for address in changed:
        item = top.get(address) or Held(base_value(deal, address), "")
        if item == calc.inputs.get(address) and item.value.__class__ is calc.inputs[address].value.__class__:
            continue
        calc.inputs[address] = item
        if address.count(".") == 1:
            moved.update((address.partition(".")[0], address))
            continue
        value = _engine_value(deal, address, item.value)
        if not same(calc.cells.scalars.get(address), value):
            calc.cells.scalars[address] = value
            moved.add(address)
    for series in moved & deal.series.keys():
        _fill_series(calc, series)
    _propagate(calc, moved)
    return calc


def resolve(deal: Deal, view: View) -> dict[str, Held]:
    """Every input cell's value and the layer it comes from. Series have one entry per year they hold."""
    out: dict[str, Held] = {}
    for key, term in deal.terms.items():
        if term.formula is None:
            out[key] = Held(term.value, "")
    for key, series in deal.series.items():
        for year, value in series.values.items():
            out[f"{key}.{year}"] = Held(value, "")
    for name, table in deal.tables.items():
        for record, row in table.records.items():
            for column, spec in table.columns.items():
                entry = row.get(column)
                if not is_formula(entry) and (entry is not None or spec.formula is None):
                    out[f"{name}.{record}.{column}"] = Held(entry, "")
    out.update(overlays(deal, view))
    return out


def _engine_value(deal: Deal, address: str, value: Input | None) -> Any:
    if value is None:
        return None
    parts = address.split(".")
    item: Any = deal.terms[address] if len(parts) == 1 else deal.tables[parts[0]].columns[parts[2]]
    return _rooted(field_for(item).to_engine(value), address)


def _rooted(value: Any, address: str) -> Any:
    return value.rooted(address) if value.__class__ is ErrorValue else value


def _fill_series(calc: Calc, key: str) -> None:
    field = field_for(calc.deal.series[key])
    prefix = key + "."
    values = {
        int(address[len(prefix) :]): _rooted(field.to_engine(item.value), address)
        for address, item in calc.inputs.items()
        if address.startswith(prefix) and item.value is not None
    }
    calc.cells.scalars[key] = Range(values[y] for y in sorted(values))
    calc.cells.rows[key + BY_YEAR] = [values.get(int(y)) for y in calc.timeline.rows["year"]]


def _fill(cells: Cells, key: str, is_line: bool, value: ErrorValue) -> None:
    if is_line:
        cells.rows[key] = [value] * cells.size
    else:
        cells.scalars[key] = value


def _compute(calc: Calc) -> None:
    """Everything, group by group; a group that meets an error is computed step by step."""
    cells, plan = calc.cells, calc.program.plan
    for group in plan.groups:
        if len(group.steps) > 1 and _run(cells, plan.group_block(group), group.keys):
            continue
        for index in group.steps:
            _step(calc, index)


def _propagate(calc: Calc, moved: set[str], fresh: frozenset[str] = frozenset()) -> None:
    """Recompute the readers of what moved, and what is ``fresh``, in order, cutting off where a value
    came out the same."""
    plan, cells = calc.program.plan, calc.cells
    queued = {plan.step_of[key] for key in fresh}
    heap = sorted(queued)

    def touch(key: str) -> None:
        for index in plan.readers.get(key, ()):
            if index not in queued:
                queued.add(index)
                heapq.heappush(heap, index)

    for key in moved:
        touch(key)
    steps, scalars, rows = plan.steps, cells.scalars, cells.rows
    while heap:
        index = heapq.heappop(heap)
        step = steps[index]
        if len(step.keys) == 1:  # as most are
            key, single = step.keys[0], rows if step.formulas[0].is_line else scalars
            old = single.get(key)
            _step(calc, index)
            if not same(old, single[key]):
                moved.add(key)
                touch(key)
            continue
        held: list[dict[str, Any]] = [rows if f.is_line else scalars for f in step.formulas]  # circles mix
        before = [values.get(k) for values, k in zip(held, step.keys, strict=True)]
        _step(calc, index)
        for values, key, old in zip(held, step.keys, before, strict=True):
            if not same(old, values[key]):
                moved.add(key)
                touch(key)
    calc.moved = frozenset(moved)


def same(a: Any, b: Any) -> bool:
    """Whether two values (or rows) are the same to the last bit and kind, an error also at its root."""
    if a is b:
        return True
    kind = a.__class__
    if kind is not b.__class__ or a != b:
        return False
    if kind is ErrorValue:
        return bool(a.at == b.at and a.note == b.note)
    if kind is list or kind is Range:  # 1 equals TRUE, and errors of one kind are equal wherever they arose
        kinds = [*map(type, a)]
        if kinds != [*map(type, b)]:
            return False
        return ErrorValue not in kinds or all(map(same, a, b))
    return True


def _step(calc: Calc, index: int) -> None:
    cells, plan = calc.cells, calc.program.plan
    step = plan.steps[index]
    if step.loop:
        for formula in step.formulas:
            _fill(cells, formula.key, formula.is_line, circular(step.loop))
    elif not _run(cells, step.block or plan.block(index), step.keys):
        _typed(cells, step)


def _run(cells: Cells, block: Block, keys: tuple[str, ...]) -> bool:
    """Run compiled code; False where it met an error or there is none."""
    if block.run is None:
        return False
    try:
        scalars, rows = cells.scalars, cells.rows
        result = block.run(
            cells.size,
            *[
                scalars.get(key) if kind == "s" else rows[key] if kind == "r" else _argument(cells, kind, key)
                for kind, key in block.args
            ],
        )
    except FALLBACK_ON:
        return False
    if block.is_line:
        cells.rows.update(zip(keys, result, strict=True))
    else:
        cells.scalars[keys[0]] = 0.0 if result is None else result
    return True


def _argument(cells: Cells, kind: str, key: Any) -> Any:
    """What a block's argument stands for."""
    if kind == "s":
        return cells.scalars.get(key)
    if kind == "r":
        return cells.rows[key]
    if kind == "p":
        return [cells.scalars.get(key + OPENING, 0.0), *cells.rows[key][:-1]]
    return key


def _typed(cells: Cells, step: Step) -> None:
    """The same step over typed values: errors become values and remember where they arose."""
    if not step.is_line:
        for formula in step.formulas:
            cells.scalars[formula.key] = _settle(evaluate(formula.tree, cells), formula.key)
        return
    rows: list[list[Any]] = []
    for formula in step.formulas:
        rows.append([])
        cells.rows[formula.key] = rows[-1]
    for i in range(cells.size):
        for formula, row in zip(step.formulas, rows, strict=True):
            row.append(_settle(evaluate(formula.tree, cells, i), formula.key))


def _settle(value: Any, key: str) -> Any:
    if value is None:
        return 0.0
    if value.__class__ is ErrorValue:
        return value.rooted(key)
    if isinstance(value, Range):
        return value[0] if len(value) == 1 else ErrorValue("#VALUE!", "a range where one value is expected", key)
    return value


def _differences(previous: Calc | None, calc: Calc) -> frozenset[str]:
    if previous is None:
        return frozenset((*calc.cells.scalars, *calc.cells.rows))
    old_s, old_r = previous.cells.scalars, previous.cells.rows
    moved = {k for k, v in calc.cells.scalars.items() if not same(old_s.get(k), v)}
    return frozenset(moved | {k for k, v in calc.cells.rows.items() if not same(old_r.get(k), v)})
