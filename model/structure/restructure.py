"""Edits of the deal's structure: add, duplicate, delete, move, indent, group.

Every function is pure and returns an ``Edit`` that is exactly reversible, order included; ``edit.about`` is
the entry to look at afterwards. An entry is named by its path: ``("lines", key)``, ``("terms", key)``,
``("tables", table, "columns" | "records", key)``, ``("series", key, "values", year)``, ``("sections", key)``
and so on; its container is the path without the last part. Formulas are set by ``set_formula``, which is offered here too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, TypeVar

import msgspec

from model.addresses import is_formula
from model.deal import (
    Chart,
    Check,
    Column,
    Deal,
    Event,
    Line,
    Output,
    Party,
    Scenario,
    Series,
    Source,
    Table,
    Term,
    Version,
)  # fmt: skip
from model.edits import Edit
from model.fields import field_for
from model.formula.bind import Namespace
from model.problems import refuse
from model.structure.differences import edit_between
from model.structure.keys import check_key, key_for
from model.structure.kinds import unit_for
from model.structure.labels import ENTRY, label_of_path
from model.structure.mentions import ITEMS, Path, Thing, mentions, thing_of
from model.structure.removal import without
from model.structure.set_formula import set_formula, to_value
from model.structure.uses import Use, users_of

__all__ = [
    "Anchor", "add", "delete", "duplicate", "group", "indent", "insert", "move", "set_formula", "taken_over", "to_value", "told",
]  # fmt: skip
_T = TypeVar("_T")
MAX_INDENT = 8


class Anchor(NamedTuple):
    """Where something goes among its siblings."""

    side: Literal["before", "after"]
    key: str


#: what a new entry is made of, and what it takes over from its neighbour
_NEW: dict[str, tuple[type[Any], dict[str, Any], tuple[str, ...]]] = {
    "terms": (Term, {}, ("group", "kind", "unit", "choices")),
    "series": (Series, {"values": {}}, ("group", "kind", "unit")),
    "tables": (Table, {"columns": {}}, ("group",)),
    "lines": (Line, {"formula": "= 0"}, ("section", "kind", "unit", "indent")),
    "outputs": (Output, {"formula": "= 0"}, ("group", "kind", "unit")),
    "checks": (Check, {"formula": "= TRUE"}, ()),
    "events": (Event, {"on": "= never"}, ()),
    "charts": (Chart, {"lines": ()}, ("type",)),
    "versions": (Version, {}, ()),
    "scenarios": (Scenario, {}, ()),
    "sources": (Source, {}, ()),
    "parties": (Party, {}, ()),
    "columns": (Column, {}, ("kind", "unit", "choices")),
}
#: the kind of the first of its sort
_PLAIN = {"terms": "number", "columns": "number", "series": "money", "lines": "money", "outputs": "money"}


def add(deal: Deal, container: Path, label: str, at: Anchor | None = None, key: str = "", **fields: Any) -> Edit:
    """A new entry, last or at the anchor, whose section, group, kind and unit it then shares.

    ``fields`` are attributes of the new item (``formula="= …"``, ``kind="date"``); of a record its cells.
    ``label`` is a year for ``("series", s, "values")``, where ``value`` may be given.
    """
    kind = container[-1]
    siblings = _mapping(deal, container)
    if kind == "values":
        return _add_year(deal, container, label, fields.get("value"))
    if kind == "records":
        item: Any = _record(deal, container[1], label, fields)
    elif kind == "sections":
        item = label
    else:
        made, defaults, _ = _NEW[kind]
        taken = taken_over(deal, container, at, fields.get("kind", ""))
        if kind == "tables" and not fields.get("columns"):
            fields = {**fields, "columns": _first_columns(deal)}
        item = made(**{"label": label, **defaults, **taken, **fields})
        if isinstance(item, Term) and item.value is not None:
            item = msgspec.structs.replace(item, value=field_for(item, deal.unit).check(item.value))
    if key:
        check_key(deal, container, key)
    key = key or key_for(deal, container, label)
    new = _replaced(deal, container, _placed(siblings, {key: item}, at))
    return edit_between(deal, new, f"Add {ENTRY[kind]} “{label or key}”", (*container, key))


def taken_over(deal: Deal, container: Path, at: Anchor | None = None, kind: str = "") -> dict[str, Any]:
    """What a new item of a kind ("": that of its neighbour) takes over: section or group, kind, unit, choices."""
    siblings = _mapping(deal, container)
    near = siblings.get(at.key) if at else next(reversed(siblings.values()), None)
    made, _, shared = _NEW[container[-1]]
    taken = {name: getattr(near, name) for name in shared} if isinstance(near, made) else {}
    wanted = kind or taken.get("kind") or _PLAIN.get(container[-1], "")
    if "unit" in shared and wanted != taken.get("kind"):
        taken["unit"] = unit_for(deal, wanted)
    if wanted in ("money", "percent") and " a " in taken.get("unit", ""):
        taken["unit"] = unit_for(deal, wanted)  # “% a year” is said of the neighbour alone
    if wanted != "choice":
        taken.pop("choices", None)
    return taken


def _first_columns(deal: Deal) -> dict[str, Column]:
    """What a table begins with: what each record is called, and an amount. Their keys hide no item's."""
    taken = {key.casefold() for group in ITEMS for key in getattr(deal, group)}
    label, amount = (key if key not in taken else f"{key}_here" for key in ("label", "amount"))
    return {
        label: Column(label="What", kind="text"),
        amount: Column(label="Amount", kind="money", unit=deal.unit),
    }


def _record(deal: Deal, table: str, label: str, cells: dict[str, Any]) -> dict[str, Any]:
    """A record's cells as the file holds them; its first text is its label."""
    columns = deal.tables[table].columns
    text = next((c for c, spec in columns.items() if spec.kind == "text"), None)
    if text is not None and label.strip():
        cells = {text: label, **cells}
    return {
        c: value if is_formula(value) else field_for(columns[c], deal.unit).check(value) for c, value in cells.items()
    }


def insert(deal: Deal, path: Path, side: Literal["before", "after"], label: str, **fields: Any) -> Edit:
    """A new entry beside an existing one."""
    return add(deal, path[:-1], label, Anchor(side, path[-1]), **fields)


def _add_year(deal: Deal, container: Path, year: str, value: Any) -> Edit:
    series = deal.series[container[1]]
    if not (len(year) == 4 and year.isascii() and year.isdigit() and year >= "1900"):
        raise refuse("year", f"“{year[:20]}” is not a calendar year.", "Write, say, 2030.")
    if year in series.values:
        raise refuse("year", f"{series.label} has a value for {year} already.", "Change it instead.")
    if value is None:
        earlier = [y for y in series.values if y < year] or list(series.values)[:1]
        value = series.values[max(earlier)] if earlier else 0.0
    years = {**series.values, year: value}
    new = _replaced(deal, container, {y: years[y] for y in sorted(years)})
    return edit_between(deal, new, f"Add {year} to {series.label}", (*container, year))


def _copied_years(deal: Deal, container: Path, years: Sequence[str]) -> Edit:
    """The values of some years again, in the first years behind the last of them that have none."""
    series = deal.series[container[1]]
    values, free = dict(series.values), int(years[-1])
    for year in years:
        while str(free) in values:
            free += 1
        values[str(free)] = series.values[year]
    added = [y for y in values if y not in series.values]
    new = _replaced(deal, container, {y: values[y] for y in sorted(values)})
    return edit_between(deal, new, f"Add {', '.join(added[:3])} to {series.label}", (*container, added[0]))


def duplicate(deal: Deal, *paths: Path) -> Edit:
    """Copies of entries of one container, behind the last of them. Among the copies, references to
    each other and to themselves are kept: a copy's PREV of itself looks at the copy."""
    container = _common(paths)
    siblings = _mapping(deal, container)
    chosen = [key for key in siblings if (*container, key) in paths]
    if container[-1] == "values":
        return _copied_years(deal, container, chosen)
    grown, names = deal, dict[str, str]()
    for key in chosen:
        label = getattr(siblings[key], "label", "") or key
        names[key] = key_for(grown, container, f"{label} copy" if container[-1] != "records" else key)
        grown = _replaced(grown, container, {**_mapping(grown, container), names[key]: siblings[key]})
    things = {thing_of((*container, key)): names[key] for key in chosen}
    space, table = Namespace(deal), container[1] if container[0] == "tables" and len(container) > 1 else ""
    copies = {names[key]: _copy(siblings[key], things, space, table) for key in chosen}
    new = _replaced(deal, container, _placed(siblings, copies, Anchor("after", chosen[-1])))
    if container[-1] == "columns":
        records = deal.tables[table].records
        rows = {
            r: {**row, **{names[k]: _retold(row[k], things, space, table) for k in chosen if k in row}}
            for r, row in records.items()
        }
        new = _replaced(new, (*container[:2], "records"), rows)
    new = _copied_overlays(new, container, names)
    label = label_of_path(deal, (*container, chosen[0]))
    title = f"Duplicate “{label}”" if len(chosen) == 1 else f"Duplicate {len(chosen)} {container[-1]}"
    return edit_between(deal, new, title, (*container, names[chosen[0]]))


def _copy(item: Any, things: dict[Thing | None, str], space: Namespace, table: str) -> Any:
    if isinstance(item, dict):
        return {k: _retold(v, things, space, table) for k, v in item.items()}
    if isinstance(item, str):
        return item
    changes: dict[str, Any] = {"label": f"{item.label} (copy)"} if item.label else {}
    if isinstance(item, Scenario):
        changes["probability"] = None  # the original's is counted once
    if isinstance(item, Table):  # its formulas stand inside the original, and speak of it by name
        name = next(key for key, one in space.tables.items() if one is item)
        changes["columns"] = {
            key: msgspec.structs.replace(column, formula=_retold(column.formula, things, space, name, always=True))
            for key, column in item.columns.items()
        }
        changes["records"] = {
            r: {c: _retold(v, things, space, name) for c, v in row.items()} for r, row in item.records.items()
        }
    for name in ("formula", "opening", "on"):
        if getattr(item, name, None) is not None:
            changes[name] = _retold(getattr(item, name), things, space, table, always=True)
    return msgspec.structs.replace(item, **changes)


def _retold(value: Any, things: dict[Thing | None, str], space: Namespace, table: str, always: bool = False) -> Any:
    """A formula with references to the originals turned to their copies; any other value as it is."""
    if value is None or (not always and not is_formula(value)):
        return value
    for span, thing in reversed(mentions(value, space, table)):
        if thing in things:
            value = value[: span[0]] + things[thing] + value[span[1] :]
    return value


def _copied_overlays(deal: Deal, container: Path, names: dict[str, str]) -> Deal:
    """Versions and scenarios set the copy as they set the original."""
    head, *rest = container
    if head in ("terms", "series") and not rest:
        wide, place = (1 if head == "terms" else 2), 0
    elif head == "tables":
        wide, place = 3, (0 if not rest else 1 if rest[1] == "records" else 2)
    else:
        return deal
    changes: dict[str, Any] = {}
    for layers in ("versions", "scenarios"):
        changed = {}
        for name, layer in getattr(deal, layers).items():
            extra, came = {}, {}
            for address, value in layer.set.items():
                parts = address.split(".")
                if len(parts) == wide and parts[place] in names and (not rest or parts[0] == rest[0]):
                    parts[place] = names[parts[place]]
                    extra[".".join(parts)], came[".".join(parts)] = value, address
            said = {copy: layer.about[old] for copy, old in came.items() if old in layer.about}
            changed[name] = (
                msgspec.structs.replace(layer, set={**layer.set, **extra}, about={**layer.about, **said})
                if extra
                else layer
            )
        changes[layers] = changed
    return msgspec.structs.replace(deal, **changes)


def delete(deal: Deal, *paths: Path, force: bool = False) -> Edit:
    """Take entries away. What is still used is refused, naming by whom; with ``force`` overlay entries, headline
    cards, chart lines and references go with it, and formulas that read it become problems."""
    gone = list(dict.fromkeys(paths))
    for path in gone:
        if path[-1] not in _mapping(deal, path[:-1]):
            raise refuse(".".join(path), "there is nothing of this name to delete.")
    if not force:
        for path in gone:
            users = [use for use in users_of(deal, path) if not any(use.path[: len(p)] == p for p in gone)]
            if users:
                raise refuse(
                    ".".join(path), f"“{label_of_path(deal, path)}” is used by {told(users)}.",
                    "Change those first, or delete it all the same.",
                )  # fmt: skip
    new = deal
    for path in gone:
        new = without(new, path)
    container = gone[0][:-1]
    label = label_of_path(deal, gone[0])
    title = f"Delete “{label}”" if len(gone) == 1 else f"Delete {len(gone)} {container[-1]}"
    return edit_between(deal, new, title, _neighbour(deal, gone))


def told(users: Sequence[Use], most: int = 5) -> str:
    """Users by their labels: “A, B and 3 more”."""
    names = list(dict.fromkeys(use.label for use in users))
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _neighbour(deal: Deal, gone: list[Path]) -> Path:
    """What stands where the deleted entries stood."""
    container = gone[0][:-1]
    keys = list(_mapping(deal, container))
    begin = keys.index(gone[0][-1])
    for key in (*keys[begin + 1 :], *keys[:begin][::-1]):
        if (*container, key) not in gone:
            return (*container, key)
    return container


def move(deal: Deal, paths: Sequence[Path], at: Anchor, *, join: bool = True) -> Edit:
    """Entries of one container to another place in it, in their order. With ``join``, lines come into the
    section, and other items into the group, of the one they are moved to."""
    container = _common(paths)
    siblings = _mapping(deal, container)
    moving = {key: item for key, item in siblings.items() if (*container, key) in paths}
    if at.key not in siblings:
        raise refuse(".".join((*container, at.key)), "there is nothing here to move to.")
    if container[-1] == "values":
        raise refuse(".".join(container), "years stand in their order.", "Change their values instead.")
    if at.key in moving:
        return Edit("Move", ())
    field = "section" if container == ("lines",) else "group"
    target = siblings[at.key]
    if join and hasattr(target, field):
        moving = {k: msgspec.structs.replace(v, **{field: getattr(target, field)}) for k, v in moving.items()}
    rest = {key: item for key, item in siblings.items() if key not in moving}
    new = _replaced(deal, container, _placed(rest, moving, at))
    first = (*container, next(iter(moving)))
    title = f"Move “{label_of_path(deal, first)}”" if len(moving) == 1 else f"Move {len(moving)} {container[-1]}"
    return edit_between(deal, new, title, first)


def indent(deal: Deal, keys: Sequence[str], by: int = 1) -> Edit:
    """Lines further in, or with a negative step further out."""
    lines = dict(deal.lines)
    for key in keys:
        lines[key] = msgspec.structs.replace(lines[key], indent=max(0, min(MAX_INDENT, lines[key].indent + by)))
    title = f"{'Indent' if by > 0 else 'Outdent'} {_counted(deal, [('lines', k) for k in keys])}"
    return edit_between(deal, msgspec.structs.replace(deal, lines=lines), title, ("lines", keys[0]))


def group(deal: Deal, paths: Sequence[Path], name: str) -> Edit:
    """Put lines into a section (by key or label; a new one is made), other items into a group."""
    container = _common(paths)
    items, changes = dict(_mapping(deal, container)), dict[str, Any]()
    if container == ("lines",):
        key = next((k for k, label in deal.sections.items() if name in (k, label)), "") if name else ""
        if name and not key:
            key = key_for(deal, ("sections",), name)
            changes["sections"] = {**deal.sections, key: name}
        attribute, value = "section", key
    else:
        attribute, value = "group", name
    for path in paths:
        if not hasattr(items[path[-1]], attribute):
            raise refuse(".".join(path), "this has no group.")
        items[path[-1]] = msgspec.structs.replace(items[path[-1]], **{attribute: value})
    changes[container[0]] = items
    title = f"Group {_counted(deal, paths)} under “{name}”" if name else f"Ungroup {_counted(deal, paths)}"
    return edit_between(deal, msgspec.structs.replace(deal, **changes), title, paths[0])


def _counted(deal: Deal, paths: Sequence[Path]) -> str:
    return f"“{label_of_path(deal, paths[0])}”" if len(paths) == 1 else f"{len(paths)} {paths[0][0]}"


def _common(paths: Sequence[Path]) -> Path:
    """The container of entries that must share one."""
    if not paths:
        raise refuse("", "nothing is chosen.", "Choose at least one row.")
    if len({path[:-1] for path in paths}) > 1:
        raise refuse("", "these are of different kinds.", "Choose rows of one table.")
    return paths[0][:-1]


def _mapping(deal: Deal, container: Path) -> dict[str, Any]:
    node: Any = deal
    for part in container:
        node = node[part] if isinstance(node, dict) else getattr(node, part)
    return dict(node)


def _placed(siblings: dict[str, _T], new: dict[str, _T], at: Anchor | None) -> dict[str, _T]:
    if at is None or at.key not in siblings:
        return {**siblings, **new}
    items = list(siblings.items())
    place = list(siblings).index(at.key) + (at.side == "after")
    return dict([*items[:place], *new.items(), *items[place:]])


def _replaced(deal: Deal, container: Path, items: dict[str, Any]) -> Deal:
    """The deal with another content of a container."""
    head, *rest = container
    if not rest:
        return msgspec.structs.replace(deal, **{head: items})
    name, attribute = rest
    owners = getattr(deal, head)
    return msgspec.structs.replace(
        deal, **{head: {**owners, name: msgspec.structs.replace(owners[name], **{attribute: items})}}
    )
