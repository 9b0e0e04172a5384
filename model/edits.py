"""Edits of a deal as values: ``apply(deal, edit) -> (deal, inverse)``, pure and exactly reversible.

An edit is a titled list of puts. A put sets, adds or removes one entry of the document at a path
such as ``("terms", "rate", "note")``; removal is putting ``ABSENT``. Order within mappings is kept, so that
undoing restores the document to the letter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from model.addresses import input_item, is_formula, record_label
from model.deal import Deal, Input
from model.fields import field_for
from model.layers import BASE, View, held, layer_label, writes_to
from model.problems import refuse


class _Absent:
    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()


class Put(msgspec.Struct, frozen=True):
    """One entry of the document: ``index`` is its position among its siblings (None: in place, or last)."""

    path: tuple[str, ...]
    value: Any
    index: int | None = None


class Edit(msgspec.Struct, frozen=True):
    """One undo step. ``touches`` are the input addresses it changes, None when it changes structure;
    ``about`` is the entry of the document to look at once it is done."""

    title: str
    puts: tuple[Put, ...]
    touches: frozenset[str] | None = None
    about: tuple[str, ...] = ()


def apply(deal: Deal, edit: Edit) -> tuple[Deal, Edit]:
    """The edited deal and the edit that takes it back. Raises KeyError for a path that leads nowhere."""
    inverse: list[Put] = []
    made: dict[int, dict[str, Any]] = {}  # mappings copied here, by id: each is copied once, then written in place
    for put in edit.puts:
        deal, back = _put(deal, put.path, put, made)
        inverse.append(back)
    return deal, Edit(edit.title, tuple(reversed(inverse)), edit.touches, edit.about)


def _put(node: Any, path: tuple[str, ...], put: Put, made: dict[int, dict[str, Any]]) -> tuple[Any, Put]:
    head, rest = path[0], path[1:]
    if rest:
        was = _get(node, head)
        child, back = _put(was, rest, put, made)
        return (node if child is was else _set(node, head, child, made)), back
    if isinstance(node, Mapping):
        return _enter(_own(node, made), head, put)
    return _set(node, head, put.value, made), Put(put.path, getattr(node, head))


def _enter(node: dict[str, Any], head: str, put: Put) -> tuple[dict[str, Any], Put]:
    """Put, add or take out one entry of a mapping."""
    old = node.get(head, ABSENT)
    if head in node and put.value is not ABSENT and put.index is None:
        node[head] = put.value
        return node, Put(put.path, old)
    at = _position(node, head) if head in node else None
    node.pop(head, None)
    if put.value is ABSENT:
        return node, Put(put.path, old, at)
    if put.index is None or put.index >= len(node):
        node[head] = put.value
    else:
        items = list(node.items())
        items.insert(put.index, (head, put.value))
        node.clear()
        node.update(items)
    return node, Put(put.path, old, at)


def _position(node: dict[str, Any], head: str) -> int:
    """Where an entry stands; at once for the last, which many undone additions ask for."""
    return len(node) - 1 if next(reversed(node)) == head else list(node).index(head)


def _own(node: Mapping[str, Any], made: dict[int, dict[str, Any]]) -> dict[str, Any]:
    if id(node) in made:
        return made[id(node)]
    copy = dict(node)
    made[id(copy)] = copy
    return copy


def _get(node: Any, key: str) -> Any:
    return node[key] if isinstance(node, Mapping) else getattr(node, key)


def _set(node: Any, key: str, value: Any, made: dict[int, dict[str, Any]]) -> Any:
    if isinstance(node, Mapping):
        own = _own(node, made)
        own[key] = value
        return own
    return msgspec.structs.replace(node, **{key: value})


def label_of(deal: Deal, address: str) -> str:
    """What a person calls an input cell."""
    parts = address.split(".")
    if len(parts) == 1:
        return deal.terms[address].label
    if len(parts) == 2:
        return f"{deal.series[parts[0]].label} {parts[1]}"
    table, record, column = parts
    name = record_label(deal, table, record) if record in deal.tables[table].records else record
    return f"{deal.tables[table].columns[column].label}, {name}"


def set_value(deal: Deal, view: View, address: str, value: Input | None, layer: str | None = None) -> Edit:
    """Set one input. ``layer`` None means where the cell's value already comes from (``writes_to``).
    ``value`` None blanks the base cell, or lets an overlay inherit again. Raises Refused."""
    return set_values(deal, view, [(address, value)], layer=layer)


def set_values(
    deal: Deal, view: View, items: Sequence[tuple[str, Input | None]], title: str = "", layer: str | None = None
) -> Edit:
    """Set many inputs as one step; all are checked before anything is changed. Raises Refused."""
    puts: list[Put] = []
    checked: Input | None = None
    for address, value in items:
        item = input_item(deal, address)
        if value is not None:
            value = field_for(item, deal.unit).check(value)
        if is_formula(value):
            raise refuse(
                address, "A text beginning with = would be read as a formula.", "Begin it with another character."
            )
        checked = value
        where = writes_to(deal, view, address) if layer is None else layer
        puts.append(_value_put(deal, where, address, value))
        if value is None and where != BASE:
            puts += _unsaid(deal, where, address)
    if not title and len(items) == 1:
        title = _title(deal, view, items[0][0], checked, layer)
    return Edit(title or f"Set {len(items)} values", tuple(puts), frozenset(a for a, _ in items))


def _title(deal: Deal, view: View, address: str, value: Input | None, layer: str | None) -> str:
    where = writes_to(deal, view, address) if layer is None else layer
    suffix = f" ({layer_label(deal, where)})" if where != BASE else ""
    if value is None:
        return f"{'Inherit' if where else 'Clear'} {label_of(deal, address)}{suffix}"
    field = field_for(input_item(deal, address), deal.unit)
    return f"Set {label_of(deal, address)} to {field.show(field.to_engine(value))}{suffix}"


def _value_put(deal: Deal, layer: str, address: str, value: Input | None) -> Put:
    entry = ABSENT if value is None else value
    if layer != BASE:
        kind, _, key = layer.partition(":")
        return Put(("versions" if kind == "version" else "scenarios", key, "set", address), entry)
    parts = address.split(".")
    if len(parts) == 1:
        return Put(("terms", address, "value"), value)
    if len(parts) == 2:
        years = deal.series[parts[0]].values
        after = sum(1 for y in years if y < parts[1])
        return Put(("series", parts[0], "values", parts[1]), entry, None if parts[1] in years else after)
    return Put(("tables", parts[0], "records", parts[1], parts[2]), entry)


def _unsaid(deal: Deal, layer: str, address: str) -> list[Put]:
    """What an overlay said about a value goes with the value."""
    kind, _, key = layer.partition(":")
    group = "versions" if kind == "version" else "scenarios"
    said = getattr(deal, group)[key].about
    return [Put((group, key, "about", address), ABSENT)] if address in said else []


def set_attribute(deal: Deal, path: tuple[str, ...], value: Any, title: str) -> Edit:
    """Set any other entry of the document: a note, a source, a formula, the headline cards."""
    structural = path[-1] in ("formula", "opening", "on", "kind", "records", "columns") or len(path) < 3
    return Edit(title, (Put(path, value),), None if structural else frozenset())


def current_input(deal: Deal, view: View, address: str) -> Input | None:
    """The input value that holds at an address under a view."""
    return held(deal, view, address).value
