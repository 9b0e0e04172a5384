"""The order of computing and the compiled code: fine steps for edits, groups of lines for full runs.

A step is one component: a single cell, a line, or lines in a loop through time. An edit runs the
steps it reaches. A full run takes up to twenty lines at once in one loop over the periods. Both are
compiled when first needed.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from model.formula.bind import Formula
from model.formula.compile import Block, compile_block
from model.formula.graph import components

_GROUP = 20  # lines computed in one loop of a full run


class Step(msgspec.Struct):
    """One component; ``loop`` is the path of a circle, of which every node shows an error."""

    keys: tuple[str, ...]
    formulas: tuple[Formula, ...]
    loop: tuple[str, ...] = ()
    block: Block | None = None

    @property
    def is_line(self) -> bool:
        return self.formulas[0].is_line


class Group(msgspec.Struct):
    """Consecutive steps computed together in a full run."""

    steps: tuple[int, ...]
    keys: tuple[str, ...] = ()
    block: Block | None = None


class Plan(msgspec.Struct):
    """Steps in order of computing; ``readers`` names the steps that read a node, ascending."""

    steps: list[Step]
    groups: list[Group]
    readers: dict[str, list[int]]
    step_of: dict[str, int]
    group_of: dict[int, int]
    types: dict[str, str]
    loops: list[tuple[str, ...]] = []

    def block(self, index: int) -> Block:
        """The compiled code of one step."""
        step = self.steps[index]
        if step.block is None:
            step.block = compile_block(step.formulas, self.types)
        return step.block

    def group_block(self, group: Group) -> Block:
        """The compiled code of a group."""
        if group.block is None:
            if len(group.steps) == 1:
                group.block = self.block(group.steps[0])
            else:
                formulas = [f for i in group.steps for f in self.steps[i].formulas]
                group.keys = tuple(f.key for f in formulas)
                group.block = compile_block(formulas, self.types)
                if group.block.run is None:  # one of them cannot be compiled: their types come one by one
                    for i in group.steps:
                        self.block(i)
        return group.block


def plan(formulas: Mapping[str, Formula], types: dict[str, str]) -> Plan:
    """Order the formulas. ``types`` are those of the inputs; compiling adds the others."""
    out = Plan([], [], {}, {}, {}, types)
    pending: list[int] = []
    inside: set[str] = set()

    def flush() -> None:
        if pending:
            _add_group(out, tuple(pending))
        pending.clear()
        inside.clear()

    for part in components(formulas):
        keys = part.keys
        step = Step(keys, (formulas[keys[0]],) if len(keys) == 1 else tuple(formulas[k] for k in keys), part.loop)
        index = _add_step(out, step)
        if part.loop:
            out.loops.append(part.loop)
            types.update(dict.fromkeys(part.keys, "x"))
            flush()
            _add_group(out, (index,))
        elif not step.is_line:
            if not inside.isdisjoint(_reads(step)):
                flush()
            _add_group(out, (index,))
        else:
            if len(inside) + len(part.keys) > _GROUP or any(f.whole & inside for f in step.formulas if f.whole):
                flush()
            pending.append(index)
            inside.update(part.keys)
    flush()
    return out


def replan(old: Plan, formulas: Mapping[str, Formula], fresh: Mapping[str, Formula]) -> Plan | None:
    """The plan with some formulas replaced, where the old order of computing still holds; else None."""
    steps, groups = list(old.steps), list(old.groups)
    readers, types = dict(old.readers), dict(old.types)
    for key, formula in fresh.items():
        index = old.step_of[key]
        step = steps[index]
        if step.loop or not _in_order(old, formulas, step, index, formula):
            return None
        reads = _reads(step)
        position = step.keys.index(key)
        steps[index] = step = Step(step.keys, (*step.formulas[:position], formula, *step.formulas[position + 1 :]))
        for dep in _reads(step) ^ reads:
            readers[dep] = sorted({*readers.get(dep, ()), index} if dep in _reads(step) else {*readers[dep]} - {index})
        group = groups[old.group_of[index]]
        groups[old.group_of[index]] = Group(group.steps)
    out = Plan(steps, groups, readers, old.step_of, old.group_of, types, old.loops)
    for key in fresh:
        out.block(old.step_of[key])
        if any(types[k] != old.types.get(k) for k in steps[old.step_of[key]].keys):
            return None  # its readers were compiled for another type
    return out


def _in_order(old: Plan, formulas: Mapping[str, Formula], step: Step, index: int, formula: Formula) -> bool:
    position = step.keys.index(formula.key)
    for dep in formula.now | formula.past:
        if dep not in formulas:
            continue
        at = old.step_of[dep]
        if at > index or (at == index and dep in formula.whole):
            return False
        if at == index and dep in formula.now and step.keys.index(dep) >= position:
            return False
    group = old.groups[old.group_of[index]]
    together = {k for i in group.steps for k in old.steps[i].keys}
    return together.isdisjoint(formula.whole) and (formula.is_line or together.isdisjoint(formula.now))


def _reads(step: Step) -> frozenset[str] | set[str]:
    if len(step.formulas) == 1:
        formula = step.formulas[0]
        reads = formula.now | formula.past if formula.past else formula.now
        return reads - {formula.key} if formula.key in reads else reads
    return {d for f in step.formulas for d in (*f.now, *f.past)}.difference(step.keys)


def _add_step(out: Plan, step: Step) -> int:
    index = len(out.steps)
    out.steps.append(step)
    for key in step.keys:
        out.step_of[key] = index
    readers = out.readers
    for dep in _reads(step):
        if dep in readers:
            readers[dep].append(index)
        else:
            readers[dep] = [index]
    return index


def _add_group(out: Plan, steps: tuple[int, ...]) -> None:
    for index in steps:
        out.group_of[index] = len(out.groups)
    out.groups.append(Group(steps))
