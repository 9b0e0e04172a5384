"""A deal's formulas bound and planned: everything about computing that no input value touches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from model.addresses import is_formula
from model.deal import Deal, Table
from model.formula.bind import EVENT, OPENING, PERSPECTIVE, RIGHT, RULE, Cell, Formula, Namespace, bind, dependencies
from model.plan import Plan, plan, replan
from model.problems import Problem, Refused

_TYPES = {
    "money": "n", "number": "n", "percent": "n", "multiple": "n", "integer": "n", "year": "i", "date": "i",
    "choice": "t", "yesno": "t", "text": "t", "flag": "i",
}  # fmt: skip


class Program(msgspec.Struct):
    """Bound formulas by node, the plan that computes them, and what is wrong with them."""

    deal: Deal
    names: tuple[object, ...]
    formulas: dict[str, Formula]
    plan: Plan
    unbound: dict[str, Problem] = {}  # node -> why it has no formula tree
    problems: list[Problem] = []
    #: what a trial made of it: a formula is tried before it is entered
    latest: tuple[Program, frozenset[str] | None] | None = None


class Source(NamedTuple):
    """One formula's text in the document: its node, where it stands, how it is bound."""

    key: str
    text: str
    place: str
    is_line: bool = False
    cell: Cell | None = None


def program_for(deal: Deal, previous: Program | None, trial: bool = False) -> tuple[Program, frozenset[str] | None]:
    """The deal's program, made from ``previous`` with as little work as the difference allows, and the nodes whose
    formulas are new: None where everything must be computed again. What a ``trial`` made is there for whoever asks
    for the same formulas next."""
    if previous is None:
        return build(deal), None
    if previous.deal is deal:
        return previous, frozenset()
    latest, previous.latest = previous.latest, None
    if latest is not None:
        made, fresh = latest
        if _changes(made.deal, deal) == []:
            return (made if made.deal is deal else msgspec.structs.replace(made, deal=deal, latest=None)), fresh
    made, fresh = _program_for(deal, previous)
    if trial:
        previous.latest = made, fresh
    return made, fresh


def _program_for(deal: Deal, previous: Program) -> tuple[Program, frozenset[str] | None]:
    texts = _changes(previous.deal, deal)
    if texts is not None and not texts:
        return msgspec.structs.replace(previous, deal=deal, latest=None), frozenset()
    if texts and not previous.unbound and not previous.problems:
        patched = _patch(deal, previous, texts)
        if patched is not None:
            return patched, frozenset(t.key for t in texts)
    return build(deal, previous), None


def build(deal: Deal, previous: Program | None = None) -> Program:
    """Bind and plan everything. Formulas that ``previous`` bound under the same names are taken over."""
    space = Namespace(deal)
    names = space.signature()
    known = previous.formulas if previous and previous.names == names else {}
    formulas: dict[str, Formula] = {}
    unbound: dict[str, Problem] = {}
    problems: list[Problem] = []
    for source in _sources(deal):
        old = known.get(source.key)
        if old is not None and old.text == source.text and old.is_line == source.is_line:
            formulas[source.key] = old
            continue
        try:
            formulas[source.key] = bind(source.key, source.text, space, is_line=source.is_line, cell=source.cell)
        except Refused as err:
            first = unbound[source.key] = err.problems[0]
            what = f"{first.what} (in “{source.text[:200]}”)"
            problems.append(Problem(source.place, what, first.remedy, span=first.span))
    problems += _add_openings(formulas)
    types = _input_types(deal)
    types.update(dict.fromkeys(unbound, "x"))
    planned = plan(formulas, types)
    for loop in planned.loops:
        circle = tuple(k.removesuffix(OPENING).removeprefix(EVENT) for k in loop)
        what = f"These items depend on each other within one period: {' → '.join(circle)}."
        remedy = "Break the circle, for example by reading one period back with PREV."
        problems.append(Problem(loop[0], what, remedy, circle=circle))
    return Program(deal, names, formulas, planned, unbound, problems)


def _patch(deal: Deal, previous: Program, texts: list[Source]) -> Program | None:
    """Only these formulas bound and compiled anew; None where the order of computing may change."""
    space = Namespace(deal)
    fresh: dict[str, Formula] = {}
    for source in texts:
        try:
            formula = bind(source.key, source.text, space, is_line=source.is_line, cell=source.cell)
        except Refused:
            return None
        if formula.openings != previous.formulas[source.key].openings:
            return None
        fresh[source.key] = _with_openings(formula, previous.formulas)
    planned = replan(previous.plan, previous.formulas, fresh)
    if planned is None:
        return None
    return msgspec.structs.replace(
        previous, deal=deal, formulas={**previous.formulas, **fresh}, plan=planned, latest=None
    )


def _changes(old: Deal, new: Deal) -> list[Source] | None:
    """The formulas whose text differs, or None where more than texts differs."""
    out: list[Source] = []
    for name in ("terms", "series", "tables", "lines", "outputs", "checks", "events", "rights", "questions"):
        before, after = getattr(old, name), getattr(new, name)
        if before is after:
            continue
        if list(before) != list(after):
            return None
        for key, item in after.items():
            was = before[key]
            if item is was:
                continue
            if name == "tables":
                if _shape(item) != _shape(was):
                    return None
            elif name in ("terms", "series", "lines", "outputs") and item.kind != was.kind:
                return None
            else:
                texts = {s.key: s for s in _item(name, key, item)}
                gone = {s.key: s.text for s in _item(name, key, was)}
                if list(texts) != list(gone):
                    return None
                out += [s for s in texts.values() if s.text != gone[s.key]]
    return out


def _shape(table: Table) -> tuple[object, ...]:
    columns = tuple((c, col.kind, col.formula) for c, col in table.columns.items())
    cells = tuple((r, tuple((c, v) for c, v in row.items() if is_formula(v))) for r, row in table.records.items())
    blanks = tuple(
        (r, c) for r, row in table.records.items() for c, col in table.columns.items() if col.formula and c in row
    )
    return columns, cells, blanks


def _sources(deal: Deal) -> Iterator[Source]:
    """Every formula text of the deal."""
    for name in ("terms", "tables", "lines", "outputs", "checks", "events", "rights", "questions"):
        for key, item in getattr(deal, name).items():
            yield from _item(name, key, item)


def _item(name: str, key: str, item: object) -> Iterator[Source]:
    """The formula texts of one item of the document."""
    place = f"{name}.{key}"
    if name == "tables":
        yield from _table(key, item)  # type: ignore[arg-type]
    elif name == "events":
        yield Source(EVENT + key, item.on, f"{place}.on")  # type: ignore[attr-defined]
    elif name == "rights":
        for part, text in (("from", item.from_), ("until", item.until), ("while", item.while_)):  # type: ignore[attr-defined]
            if text is not None:
                yield Source(f"{RIGHT}{key}.{part}", text, f"{place}.{part}")
    elif name == "questions":
        for rule, row in item.rules.items():  # type: ignore[attr-defined]
            yield Source(f"{RULE}{key}.{rule}.from", row.from_, f"{place}.rules.{rule}.from")
            yield Source(f"{RULE}{key}.{rule}.until", row.until, f"{place}.rules.{rule}.until")
    elif name != "series" and item.formula is not None:  # type: ignore[attr-defined]
        yield Source(key, item.formula, f"{place}.formula", name == "lines")  # type: ignore[attr-defined]
        if name == "lines" and item.opening is not None:  # type: ignore[attr-defined]
            yield Source(key + OPENING, item.opening, f"{place}.opening")  # type: ignore[attr-defined]


def _table(name: str, table: Table) -> Iterator[Source]:
    above: str | None = None
    for record, row in table.records.items():
        for column, spec in table.columns.items():
            own = row.get(column)
            address = f"{name}.{record}.{column}"
            if is_formula(own):
                yield Source(
                    address, str(own), f"tables.{name}.records.{record}.{column}", cell=Cell(name, record, above)
                )
            elif own is None and spec.formula is not None:
                place = f"tables.{name}.columns.{column}.formula"
                yield Source(address, spec.formula, place, cell=Cell(name, record, above))
        above = record


def _add_openings(formulas: dict[str, Formula]) -> list[Problem]:
    """Openings given as PREV's second argument become nodes; every use of a line must agree on one."""
    problems = []
    for key, formula in list(formulas.items()):
        for line, tree in formula.openings.items():
            name = line + OPENING
            old = formulas.get(name)
            if old is None:
                formulas[name] = Formula(name, formula.text, tree, False, *dependencies(tree))
            elif old.tree != tree:
                what = (
                    f"PREV({line}, …) gives {line} another opening value than elsewhere; a line has one opening cell."
                )
                remedy = f"Set the opening of {line} once, in lines.{line}.opening."
                problems.append(Problem(f"lines.{key}.formula", what, remedy))
    for formula in formulas.values():
        _with_openings(formula, formulas)
    return problems


def _with_openings(formula: Formula, formulas: dict[str, Formula]) -> Formula:
    """Reading a line one period back also reads its opening cell."""
    if formula.past:
        formula.now |= {p + OPENING for p in formula.past if p + OPENING in formulas}
    return formula


def _input_types(deal: Deal) -> dict[str, str]:
    types = {"start": "i", "end": "i", "year": "i", "days": "i", "days_in_year": "i", PERSPECTIVE: "t"}
    types.update((k, _TYPES[t.kind]) for k, t in deal.terms.items())
    types.update((k, _TYPES[s.kind]) for k, s in deal.series.items())
    for name, table in deal.tables.items():
        for record in table.records:
            types.update((f"{name}.{record}.{c}", _TYPES[col.kind]) for c, col in table.columns.items())
    return types
