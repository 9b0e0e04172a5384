"""Formulas entered by a person: checked where they are to stand, before anything is changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from model.addresses import is_formula
from model.deal import Deal, Input
from model.edits import Edit
from model.fields import field_for
from model.formula.bind import EVENT, OPENING, Cell, Namespace, bind
from model.problems import Problem, Refused, refuse
from model.program import Program, program_for
from model.structure.differences import edit_between
from model.structure.labels import label_of_path
from model.structure.mentions import Path, dotted, mentions, path_of
from model.structure.removal import cleared
from model.structure.uses import overrides, users_of

_ENTRY = {"terms": "formula", "lines": "formula", "outputs": "formula", "checks": "formula", "events": "on"}


def formula_path(deal: Deal, what: str | Path) -> Path:
    """The place of a formula: a path as it is, or the formula of a key (``x``, ``x@opening``,
    ``table[column]``, ``table.record.column``)."""
    if not isinstance(what, str):
        return what
    key = what.removesuffix(OPENING).removeprefix(EVENT)
    path = ("events", key) if what.startswith(EVENT) else path_of(deal, key)
    if path is not None and what.endswith(OPENING) and path[0] == "lines":
        return (*path, "opening")
    if path is not None and len(path) == 2 and path[0] in _ENTRY:
        return (*path, _ENTRY[path[0]])
    if path is not None and path[0] == "tables" and path[2:3] == ("columns",):
        return (*path, "formula")
    if path is not None and path[2:3] == ("records",) and len(path) == 5:
        return path
    raise refuse(what, "no formula can stand here.")


def set_formula(
    deal: Deal, what: str | Path, text: str, *, program: Program | None = None, force: bool = False
) -> Edit:
    """Put a formula in its place; a term or cell with a value becomes computed. Raises Refused with the
    span where it cannot be read, names what is not there, or closes a circle within a period.

    ``program`` is that of the deal as it is, which makes the check cheap. A value that versions or scenarios
    set cannot become computed unless ``force`` clears it there.
    """
    path = formula_path(deal, what)
    place = dotted(path)
    body = text.strip()
    if not body.removeprefix("=").strip():
        if path[-1] in ("opening", "while_") or path[2:3] == ("columns",):
            return edit_between(deal, _with(deal, path, None), f"Clear {_name(deal, path)}", _owner(path))
        raise refuse(place, "the formula is empty.", "Write an expression after the = sign.")
    check_text(deal, path, text)
    new = _computed(deal, path, body if body.startswith("=") else f"= {body}", force)
    refuse_circles(deal, new, path, text, program)
    return edit_between(deal, new, f"Set {_name(deal, path)} to {_short(body)}", _owner(path))


def to_value(deal: Deal, what: str | Path, value: Input | None) -> Edit:
    """Turn a computed term or table cell into an input that holds ``value``; None leaves it blank. A cell's
    blank lets its column's formula compute it again."""
    path = path_of(deal, what) if isinstance(what, str) else what
    name = dotted(path or ()) or str(what)
    if path is None or not (path[0] == "terms" or (path[2:3] == ("records",) and len(path) == 5)):
        raise refuse(name, "only terms and cells of tables can hold a value.", "Change its formula instead.")
    if path[0] == "terms":
        term = deal.terms[path[1]]
        value = None if value is None else field_for(term, deal.unit).check(value)
        terms = {**deal.terms, path[1]: msgspec.structs.replace(term, value=value, formula=None)}
        new = msgspec.structs.replace(deal, terms=terms)
    else:
        column = deal.tables[path[1]].columns[path[4]]
        new = _with(deal, path, None if value is None else field_for(column, deal.unit).check(value))
    return edit_between(deal, new, f"Make {label_of_path(deal, path)} an input", path)


def check_text(deal: Deal, path: Path, text: str) -> None:
    """Parse and bind the text as it would stand there."""
    space, key = Namespace(deal), label_of_path(deal, _owner(path))
    try:
        for cell in _cells(deal, path):
            bind(key, text, space, is_line=path[0] == "lines" and path[-1] == "formula", cell=cell)
    except Refused as err:
        where = dotted(path)
        raise Refused(*(msgspec.structs.replace(p, where=where) for p in err.problems)) from None


def _cells(deal: Deal, path: Path) -> Iterator[Cell | None]:
    if path[0] != "tables":
        yield None
        return
    records = list(deal.tables[path[1]].records)
    if path[2] == "records":
        at = records.index(path[3])
        yield Cell(path[1], path[3], records[at - 1] if at else None)
    else:  # the first record and the others may be bound differently
        yield Cell(path[1], records[0] if records else "", None)
        if len(records) > 1:
            yield Cell(path[1], records[1], records[0])


def _computed(deal: Deal, path: Path, text: str, force: bool) -> Deal:
    """The deal with the formula in place of a formula or a value."""
    was_input: list[Path] = []
    new = deal
    if path[0] == "terms" and deal.terms[path[1]].formula is None:
        was_input = [path[:2]]
    elif path[2:3] == ("records",) and not is_formula(deal.tables[path[1]].records[path[3]].get(path[4])):
        was_input = [path]
    elif path[2:3] == ("columns",) and deal.tables[path[1]].columns[path[3]].formula is None:
        rows = deal.tables[path[1]].records
        was_input = [("tables", path[1], "records", r, path[3]) for r in rows if not is_formula(rows[r].get(path[3]))]
        for entry in was_input:  # values left in the cells would keep the column from being computed
            new = _with(new, entry, None)
    for entry in was_input:
        users = [u for u in users_of(deal, entry) if ".set." in u.where and overrides(u.where.split(".set.")[1], entry)]
        if users and not force:
            layers = ", ".join(dict.fromkeys(u.label for u in users))
            raise refuse(
                dotted(entry), f"{label_of_path(deal, entry)} has a value of its own in {layers}.",
                "A computed item has none: clear it there first.",
            )  # fmt: skip
        if users:
            new = _without_overrides(new, entry)
    new = _with(new, path, text)
    if path[0] == "terms":
        term = msgspec.structs.replace(new.terms[path[1]], value=None)
        new = msgspec.structs.replace(new, terms={**new.terms, path[1]: term})
    return new


def _without_overrides(deal: Deal, entry: Path) -> Deal:
    changes: dict[str, Any] = {
        layers: {
            name: cleared(layer, lambda address: overrides(address, entry))
            for name, layer in getattr(deal, layers).items()
        }
        for layers in ("versions", "scenarios")
    }
    return msgspec.structs.replace(deal, **changes)


def _with(deal: Deal, path: Path, value: Any) -> Deal:
    """The deal with one entry set; None takes a cell away."""
    group, key, *rest = path
    items = getattr(deal, group)
    item = items[key]
    if len(rest) == 1:
        item = msgspec.structs.replace(item, **{rest[0]: value})
    elif rest[0] == "rules":
        rule = msgspec.structs.replace(item.rules[rest[1]], **{rest[2]: value})
        item = msgspec.structs.replace(item, rules={**item.rules, rest[1]: rule})
    elif rest[0] == "columns":
        column = msgspec.structs.replace(item.columns[rest[1]], **{rest[2]: value})
        item = msgspec.structs.replace(item, columns={**item.columns, rest[1]: column})
    else:
        row = dict(item.records[rest[1]])
        if value is None:
            row.pop(rest[2], None)
        else:
            row[rest[2]] = value
        item = msgspec.structs.replace(item, records={**item.records, rest[1]: row})
    return msgspec.structs.replace(deal, **{group: {**items, key: item}})


def refuse_circles(old: Deal, new: Deal, path: Path, text: str, program: Program | None) -> None:
    """Refuse a circle within a period, or a second opening value, that was not there before."""
    before = program if program is not None and program.deal is old else program_for(old, program)[0]
    after = program_for(new, before, trial=True)[0]
    for loop in after.plan.loops:
        if not any(set(loop) <= set(known) for known in before.plan.loops):
            what = (
                f"This would make items depend on each other within one period: {' → '.join(_plain(k) for k in loop)}."
            )
            remedy = "Break the circle, for example by reading one period back with PREV."
            circle = tuple(_plain(key) for key in loop)
            raise Refused(Problem(dotted(path), what, remedy, span=_span_into(new, path, text, loop), circle=circle))
    known = {(p.where, p.what) for p in before.problems}
    fresh = [p for p in after.problems if (p.where, p.what) not in known and p.where not in before.unbound]
    mine = [p for p in fresh if "opening" in p.what]
    if mine:
        raise Refused(*mine)


def _plain(key: str) -> str:
    return key.removesuffix(OPENING).removeprefix(EVENT)


def _span_into(deal: Deal, path: Path, text: str, loop: tuple[str, ...]) -> tuple[int, int] | None:
    """The name in the text that leads into the circle."""
    inside = {part for key in loop for part in (_plain(key), _plain(key).rpartition(".")[2])}
    table = path[1] if path[0] == "tables" else ""
    return next((m.span for m in mentions(text, Namespace(deal), table) if m.thing[-1] in inside), None)


def _owner(path: Path) -> Path:
    return path if path[2:3] == ("records",) else path[:-1]


def _name(deal: Deal, path: Path) -> str:
    label = label_of_path(deal, _owner(path))
    return f"the opening of {label}" if path[-1] == "opening" else label


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
