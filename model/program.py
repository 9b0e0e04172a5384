"""A deal's formulas bound, ordered and compiled: everything about computing that no input value touches."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass, field

from model.addresses import is_formula
from model.deal import Deal
from model.formula.bind import EVENT, OPENING, Cell, Formula, Namespace, bind, dependencies
from model.formula.compile import Block, compile_block
from model.formula.graph import Component, components
from model.problems import Problem, Refused

_TYPES = {
    "money": "n", "number": "n", "percent": "n", "multiple": "n", "integer": "i", "year": "i", "date": "i",
    "choice": "t", "yesno": "t", "text": "t", "flag": "i",
}  # fmt: skip
_BLOCK = 20  # lines computed in one loop


@dataclass(slots=True)
class Step:
    """One unit of computing: a block, or a circle of which every node shows an error."""

    keys: tuple[str, ...]
    formulas: tuple[Formula, ...]
    block: Block | None
    loop: tuple[str, ...] = ()


@dataclass(slots=True)
class Program:
    signature: tuple[object, ...]
    namespace: tuple[object, ...]
    formulas: dict[str, Formula]
    steps: list[Step]
    readers: dict[str, list[int]]  # node -> steps that read it, ascending
    step_of: dict[str, int]
    types: dict[str, str]
    unbound: dict[str, Problem] = field(default_factory=dict)  # node -> why it has no formula tree
    problems: list[Problem] = field(default_factory=list)


def signature(deal: Deal) -> tuple[object, ...]:
    """Equal for two deals that share one program: same names, kinds and formulas."""
    return (
        tuple((k, t.formula, t.kind) for k, t in deal.terms.items()),
        tuple((k, s.kind) for k, s in deal.series.items()),
        tuple((k, line.formula, line.opening) for k, line in deal.lines.items()),
        tuple((k, o.formula) for k, o in deal.outputs.items()),
        tuple((k, c.formula) for k, c in deal.checks.items()),
        tuple((k, e.on) for k, e in deal.events.items()),
        tuple(
            (k, tuple((c, col.kind, col.formula) for c, col in t.columns.items()), _cell_formulas(t.records))
            for k, t in deal.tables.items()
        ),
    )


def _cell_formulas(records: dict[str, dict]) -> tuple[object, ...]:
    return tuple((r, tuple((c, v) for c, v in row.items() if is_formula(v))) for r, row in records.items())


def build(deal: Deal, previous: Program | None = None) -> Program:
    """Bind, order and compile. Formulas that ``previous`` bound under the same names are taken over."""
    collecting = gc.isenabled()
    gc.disable()  # many small, long-lived objects at once: collecting in between only costs
    try:
        return _build(deal, previous)
    finally:
        if collecting:
            gc.enable()


def _build(deal: Deal, previous: Program | None) -> Program:
    space = Namespace(deal)
    names = space.signature()
    known = previous.formulas if previous and previous.namespace == names else {}
    program = Program(signature(deal), names, {}, [], {}, {}, _input_types(deal))

    def add(key: str, text: str, place: str, is_line: bool = False, cell: Cell | None = None) -> None:
        old = known.get(key)
        if old is not None and old.text == text and old.is_line == is_line:
            program.formulas[key] = old
            return
        try:
            program.formulas[key] = bind(key, text, space, is_line=is_line, cell=cell)
        except Refused as err:
            first = err.problems[0]
            program.unbound[key] = first
            program.problems.append(Problem(place, f"{first.what} (in “{text[:200]}”)", first.remedy, span=first.span))

    _collect(deal, add)
    _add_openings(deal, program)
    _order(program)
    return program


def _collect(deal: Deal, add: Callable[..., None]) -> None:
    for key, term in deal.terms.items():
        if term.formula is not None:
            add(key, term.formula, f"terms.{key}.formula")
    for name, table in deal.tables.items():
        above: str | None = None
        for record, row in table.records.items():
            for column, spec in table.columns.items():
                own = row.get(column)
                text = str(own) if is_formula(own) else spec.formula if own is None else None
                if text is not None:
                    place = (
                        f"tables.{name}.columns.{column}.formula"
                        if own is None
                        else f"tables.{name}.records.{record}.{column}"
                    )
                    add(f"{name}.{record}.{column}", text, place, cell=Cell(name, record, above))
            above = record
    for key, line in deal.lines.items():
        add(key, line.formula, f"lines.{key}.formula", is_line=True)
        if line.opening is not None:
            add(key + OPENING, line.opening, f"lines.{key}.opening")
    for key, output in deal.outputs.items():
        add(key, output.formula, f"outputs.{key}.formula")
    for key, check in deal.checks.items():
        add(key, check.formula, f"checks.{key}.formula")
    for key, event in deal.events.items():
        add(EVENT + key, event.on, f"events.{key}.on")


def _add_openings(deal: Deal, program: Program) -> None:
    """Openings given as PREV's second argument; every use of a line must agree on one."""
    for key, formula in list(program.formulas.items()):
        for line, tree in formula.openings.items():
            name = line + OPENING
            old = program.formulas.get(name)
            if old is None:
                program.formulas[name] = Formula(name, formula.text, tree, False, *dependencies(tree))
            elif old.tree != tree:
                program.problems.append(
                    Problem(
                        f"lines.{key}.formula",
                        f"PREV({line}, …) gives {line} another opening value than elsewhere; a line has one opening cell.",
                        f"Set the opening of {line} once, in lines.{line}.opening.",
                    )
                )


def _input_types(deal: Deal) -> dict[str, str]:
    types = {"start": "i", "end": "i", "year": "i", "days": "i", "days_in_year": "i"}
    types.update((k, _TYPES[t.kind]) for k, t in deal.terms.items())
    types.update((k, _TYPES[s.kind]) for k, s in deal.series.items())
    for name, table in deal.tables.items():
        for record in table.records:
            types.update((f"{name}.{record}.{c}", _TYPES[col.kind]) for c, col in table.columns.items())
    return types


def _order(program: Program) -> None:
    formulas = program.formulas
    for formula in formulas.values():
        extra = frozenset(p + OPENING for p in formula.past if p + OPENING in formulas)
        if not extra <= formula.now:
            formula.now |= extra
    pending: list[Component] = []
    inside: set[str] = set()
    for key in program.unbound:
        program.types[key] = "x"

    def flush() -> None:
        if pending:
            _compile(program, [k for c in pending for k in c.keys], list(pending))
        pending.clear()
        inside.clear()

    for part in components(formulas):
        if part.loop:
            path = " → ".join(k.removesuffix(OPENING) for k in part.loop)
            program.problems.append(
                Problem(
                    part.loop[0], f"These items depend on each other within one period: {path}.",
                    "Break the circle, for example by reading one period back with PREV.",
                )
            )  # fmt: skip
            flush()
            _add_step(program, Step(part.keys, (), None, part.loop))
            program.types.update((k, "x") for k in part.keys)
            continue
        reads = {d for k in part.keys for d in (*formulas[k].now, *formulas[k].past)}
        if not formulas[part.keys[0]].is_line:
            if reads & inside:
                flush()
            _compile(program, list(part.keys), [part])
            continue
        whole = {d for k in part.keys for d in formulas[k].whole}
        if len(inside) + len(part.keys) > _BLOCK or whole & inside:
            flush()
        pending.append(part)
        inside.update(part.keys)
    flush()


def _compile(program: Program, keys: list[str], parts: list[Component]) -> None:
    formulas = tuple(program.formulas[k] for k in keys)
    block = compile_block(formulas, program.types)
    if block.run is None and len(parts) > 1:
        for part in parts:
            _compile(program, list(part.keys), [part])
        return
    _add_step(program, Step(tuple(keys), formulas, block))


def _add_step(program: Program, step: Step) -> None:
    index = len(program.steps)
    program.steps.append(step)
    for key in step.keys:
        program.step_of[key] = index
    formulas = step.formulas or tuple(program.formulas[k] for k in step.keys)
    for dep in {d for f in formulas for d in (*f.now, *f.past)}.difference(step.keys):
        program.readers.setdefault(dep, []).append(index)
