"""Rename a key everywhere at once: in formulas, overlays, headline, charts and references, as one edit.

Formulas are rewritten by the places of their names; all other text stays as it was written. A rename
after which any name in any formula would mean something else is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec

from model.deal import Deal
from model.edits import Edit
from model.formula.bind import Namespace
from model.formula.nodes import Span
from model.problems import Problem, Refused, refuse
from model.structure.differences import edit_between
from model.structure.keys import check_key
from model.structure.labels import label_of_path
from model.structure.mentions import ITEMS, Path, Place, Thing, dotted, mentions, path_of, places, thing_of

_T = TypeVar("_T")
_KEYED = (*ITEMS, "events", "rights", "questions", "charts", "versions", "scenarios", "sections", "sources", "parties")


def rename(deal: Deal, what: str | Path, new: str) -> Edit:
    """Give an entry another key. ``what`` is a key (``x``, ``table[column]``, ``table.record``) or a path.
    Raises Refused where the key cannot be used."""
    path = path_of(deal, what) if isinstance(what, str) else what
    if path is None or not (
        (len(path) == 2 and path[0] in _KEYED) or (len(path) == 4 and path[2] in ("columns", "records"))
    ):
        raise refuse(".".join(path) if path else str(what), "there is nothing of this name to rename.")
    old = path[-1]
    check_key(deal, path[:-1], new, instead_of=old)
    renamed = _references(_formulas(_entry(deal, path, new), path, deal, new), path, new)
    _same_meaning(deal, renamed, path, new)
    title = f"Rename {label_of_path(deal, path)}: {old} to {new}"
    return edit_between(deal, renamed, title, (*path[:-1], new))


def _entry(deal: Deal, path: Path, new: str) -> Deal:
    """The entry itself under its new key, in its old place."""
    if len(path) == 2:
        return msgspec.structs.replace(deal, **{path[0]: rekey(getattr(deal, path[0]), path[1], new)})
    _, name, kind, old = path
    table = deal.tables[name]
    if kind == "records":
        table = msgspec.structs.replace(table, records=rekey(table.records, old, new))
    else:
        records = {r: rekey(row, old, new) for r, row in table.records.items()}
        table = msgspec.structs.replace(table, columns=rekey(table.columns, old, new), records=records)
    return msgspec.structs.replace(deal, tables={**deal.tables, name: table})


def rekey(items: Mapping[str, _T], old: str, new: str) -> dict[str, _T]:
    """The same mapping, in the same order, with one key changed."""
    return {new if key == old else key: value for key, value in items.items()}


def _formulas(deal: Deal, path: Path, before: Deal, new: str) -> Deal:
    """Every formula with the name replaced where it means this entry."""
    thing = thing_of(path)
    if thing is None:
        return deal
    space = Namespace(before)
    texts: dict[Path, str] = {}
    for place in places(before):
        spans = [m.span for m in mentions(place.text, space, place.table) if m.thing == thing]
        if spans:
            texts[moved(place.path, path, new)] = _replaced(place.text, spans, path[-1], new)
    return with_texts(deal, texts)


def _replaced(text: str, spans: list[Span], old: str, new: str) -> str:
    for begin, end in reversed(spans):
        shout = text[begin:end] == old.upper() != old
        text = text[:begin] + (new.upper() if shout else new) + text[end:]
    return text


def moved(place: Path, path: Path, new: str) -> Path:
    """Where a place of the document is found once the entry has its new key."""
    if place[: len(path)] == path:
        return (*path[:-1], new, *place[len(path) :])
    if path[2:3] == ("columns",) and place[:3] == ("tables", path[1], "records") and place[4:] == path[3:]:
        return (*place[:4], new)
    return place


def with_texts(deal: Deal, texts: Mapping[Path, str]) -> Deal:
    """The deal with other texts at these places."""
    changed: dict[str, dict[str, Any]] = {}
    for path, text in texts.items():
        items = changed.setdefault(path[0], dict(getattr(deal, path[0])))
        items[path[1]] = _with(items[path[1]], path[2:], text)
    return msgspec.structs.replace(deal, **changed) if changed else deal


def _with(node: Any, path: Path, text: str) -> Any:
    child = node[path[0]] if isinstance(node, dict) else getattr(node, path[0])
    value = text if len(path) == 1 else _with(child, path[1:], text)
    return {**node, path[0]: value} if isinstance(node, dict) else msgspec.structs.replace(node, **{path[0]: value})


def _references(deal: Deal, path: Path, new: str) -> Deal:
    """All that names the entry outside formulas."""
    group, old = path[0], path[-1]

    def swap(key: str) -> str:
        return new if key == old else key

    changes: dict[str, Any] = {}
    address = _address(path, new)
    for layers in ("versions", "scenarios"):

        def layer(item: Any, same: bool = layers == group) -> Any:
            values = {address(key): value for key, value in item.set.items()}
            base = swap(item.base) if same and item.base else item.base
            said = {address(key): about for key, about in item.about.items()}
            if group == "sources":
                said = _each(said, lambda about: msgspec.structs.replace(about, source=swap(about.source)))
            return msgspec.structs.replace(item, set=values, base=base, about=said)

        changes[layers] = _each(getattr(deal, layers), layer)
    if len(path) == 2 and group in ("terms", "lines", "outputs"):
        changes["headline"] = tuple(swap(key) for key in deal.headline)
        changes["outputs"] = _each(deal.outputs, lambda o: msgspec.structs.replace(o, status=swap(o.status)))
        changes["rights"] = _each(
            deal.rights, lambda r: msgspec.structs.replace(r, amount=swap(r.amount), until_key=swap(r.until_key))
        )
    if group == "lines":
        changes["charts"] = _each(
            deal.charts, lambda c: msgspec.structs.replace(c, lines=tuple(swap(key) for key in c.lines))
        )
    if group == "sections":
        changes["lines"] = _each(deal.lines, lambda x: msgspec.structs.replace(x, section=swap(x.section)))
    if group == "sources":
        for items in ("terms", "series", "tables", "lines", "outputs", "events", "rights", "versions"):
            current = changes.get(items, getattr(deal, items))
            changes[items] = _each(current, lambda x: msgspec.structs.replace(x, source=swap(x.source)))
        changes["questions"] = _each(
            deal.questions,
            lambda q: msgspec.structs.replace(
                q, rules=_each(q.rules, lambda r: msgspec.structs.replace(r, source=swap(r.source)))
            ),
        )
    if group == "events":
        changes["rights"] = _each(deal.rights, lambda r: msgspec.structs.replace(r, ends_on=swap(r.ends_on)))
    if group == "parties":
        changes["rights"] = _each(
            deal.rights,
            lambda r: msgspec.structs.replace(
                r, holder=swap(r.holder), owed_by=swap(r.owed_by), subject=swap(r.subject)
            ),
        )
    for attribute, named in (("version", "versions"), ("scenario", "scenarios"), ("perspective", "parties")):
        if group == named:
            changes[attribute] = swap(getattr(deal, attribute))
    changes["extras"] = {_extra(key, path, new): value for key, value in deal.extras.items()}
    return msgspec.structs.replace(deal, **changes)


def _each(items: Mapping[str, _T], change: Callable[[_T], _T]) -> dict[str, _T]:
    """Every item changed; those that come out equal stay the very same."""
    out = {}
    for key, item in items.items():
        other = change(item)
        out[key] = item if _equal(item, other) else other
    return out


def _equal(item: Any, other: Any) -> bool:
    return bool(item == other) and (not hasattr(item, "set") or list(item.set) == list(other.set))


def _address(path: Path, new: str) -> Callable[[str], str]:
    """How overlays' addresses change."""
    at = {"columns": 2, "records": 1}.get(path[2], -1) if len(path) == 4 else 0
    group, head = path[0], path[1]

    def changed(address: str) -> str:
        parts = address.split(".")
        wide = {"terms": 1, "series": 2, "tables": 3}.get(group, 0)
        if len(parts) == wide and parts[0] == head and parts[at] == path[-1]:
            parts[at] = new
        return ".".join(parts)

    return changed


def _extra(key: str, path: Path, new: str) -> str:
    prefix = ".".join(path) + "."
    return f"{'.'.join((*path[:-1], new))}.{key[len(prefix) :]}" if key.startswith(prefix) else key


def _same_meaning(old: Deal, renamed: Deal, path: Path, new: str) -> None:
    """Refuse where a name would be caught by another thing of that name."""
    before, after = Namespace(old), Namespace(renamed)
    thing = thing_of(path)
    if thing is None:
        return
    for one, other in zip(places(old), places(renamed), strict=True):
        was = [_renamed(m.thing, path, new) for m in mentions(one.text, before, one.table)]
        found = mentions(other.text, after, _table(one, path, new))
        for expected, mention in zip(was, found, strict=True):
            if expected != mention.thing:
                _caught(renamed, other, new, mention.span)


def _table(place: Place, path: Path, new: str) -> str:
    return new if path == ("tables", place.table) else place.table


def _renamed(thing: Thing, path: Path, new: str) -> Thing:
    if thing == thing_of(path):
        return (*thing[:-1], new)
    if path[0] == "tables" and len(path) == 2 and thing[0] in ("column", "record") and thing[1] == path[1]:
        return (thing[0], new, thing[2])
    if path[0] == "tables" and len(path) == 2 and thing[0] == "unknown" and thing[2:] == (path[1],):
        return (*thing[:2], new)
    return thing


def _caught(deal: Deal, place: Place, new: str, span: Span) -> None:
    label = label_of_path(deal, place.owner)
    what = f"in the formula of “{label}” the name “{new}” would then mean something else."
    raise Refused(Problem(dotted(place.path), what, "Choose another key.", span=span))
