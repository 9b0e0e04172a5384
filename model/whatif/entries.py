"""What two documents say differently beyond the values and formulas of a run: parties, sources, headings, labels and
notes, what was added, taken out or put into another order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import msgspec

from model.deal import Deal
from model.edits import ABSENT
from model.structure.labels import ENTRY, label_of_path
from model.structure.mentions import Path

How = Literal["added", "removed", "changed", "in another order"]

#: attributes that hold the key of something with a label
_KEYS = {
    "source": "sources", "holder": "parties", "owed_by": "parties", "perspective": "parties", "section": "sections",
    "ends_on": "events", "version": "versions", "scenario": "scenarios",
}  # fmt: skip


class Entry(NamedTuple):
    """One entry of the document that differs. ``a`` and ``b`` are its values where it was changed, else None."""

    path: Path
    how: How
    a: Any
    b: Any


def entries(a: Deal, b: Deal) -> list[Entry]:
    """Every entry in which two documents differ, in their order."""
    return list(_walk(a, b, ()))


def _walk(a: Any, b: Any, path: Path) -> Iterator[Entry]:
    if a is b:
        return
    if isinstance(a, msgspec.Struct) and type(a) is type(b):
        for name in a.__struct_fields__:
            yield from _walk(getattr(a, name), getattr(b, name), (*path, name))
    elif isinstance(a, dict) and isinstance(b, dict):
        for key in dict.fromkeys([*a, *b]):
            left, right = a.get(key, ABSENT), b.get(key, ABSENT)
            if left is ABSENT or right is ABSENT:
                yield Entry((*path, key), "added" if left is ABSENT else "removed", None, None)
            else:
                yield from _walk(left, right, (*path, key))
        if [key for key in a if key in b] != [key for key in b if key in a]:
            yield Entry(path, "in another order", None, None)
    elif a != b or type(a) is not type(b):
        yield Entry(path, "changed", a, b)


def in_words(a: Deal, b: Deal, entry: Entry) -> str:
    """An entry for reading: “Party Buyer: added”, “Term Rate, note: old → new”."""
    name = _name(a if entry.how == "removed" else b, entry.path)
    if entry.how != "changed":
        return f"{name}: {entry.how}"
    return f"{name}: {_shown(a, entry.path, entry.a)} → {_shown(b, entry.path, entry.b)}"


def _name(deal: Deal, path: Path) -> str:
    """An entry as a person calls it, with the attribute that is meant."""
    group, *rest = path
    if group == "sections" and not rest:
        return "Headings"
    if group not in ENTRY or not rest:
        return ", ".join(path).replace("_", " ").capitalize()
    one, item, attribute = ENTRY[group], path[:2], rest[1:]
    if group == "tables" and attribute[:1] in (["columns"], ["records"]) and len(attribute) > 1:
        item, attribute = path[:4], attribute[2:]
        one = ENTRY[path[2]]
    elif group == "questions" and attribute[:1] in (["rules"], ["facts"]) and len(attribute) > 1:
        attribute = [f"{attribute[0].removesuffix('s')} {attribute[1]}", *attribute[2:]]
    words = [part.rstrip("_").replace("_", " ") for part in attribute]
    return ", ".join([f"{one.capitalize()} {label_of_path(deal, item)}", *words])


def _shown(deal: Deal, path: Path, value: Any) -> str:
    if value is None or value == "":
        return "empty"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if path[-1] in _KEYS and value in (named := getattr(deal, _KEYS[path[-1]])):
        value = getattr(named[value], "label", named[value])
    text = " ".join(str(value).split())
    return f"“{text if len(text) <= 60 else text[:59] + '…'}”" if isinstance(value, str) else text
