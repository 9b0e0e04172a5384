"""The edit that leads from one deal to another: what differs, entry by entry, exactly reversible."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from model.deal import Deal
from model.edits import ABSENT, Edit, Put
from model.structure.mentions import Path


def edit_between(old: Deal, new: Deal, title: str, about: Path = ()) -> Edit:
    """One undo step that turns ``old`` into ``new``, order included. ``about`` is the entry to look at then."""
    return Edit(title, tuple(_puts(old, new, ())), about=about)


def _puts(old: Any, new: Any, path: Path) -> Iterator[Put]:
    if old is new:
        return
    if isinstance(old, msgspec.Struct) and type(old) is type(new):
        for name in old.__struct_fields__:
            yield from _puts(getattr(old, name), getattr(new, name), (*path, name))
    elif isinstance(old, dict) and isinstance(new, dict):
        yield from _entries(old, new, path)
    elif old != new or type(old) is not type(new):
        yield Put(path, new)


def _entries(old: dict[str, Any], new: dict[str, Any], path: Path) -> Iterator[Put]:
    """Entries taken away, those that stay, then those added at their places. A new order is one put of all."""
    kept = [key for key in old if key in new]
    if kept != [key for key in new if key in old]:
        yield Put(path, new)
        return
    for key in old:
        if key not in new:
            yield Put((*path, key), ABSENT)
    for key in kept:
        yield from _puts(old[key], new[key], (*path, key))
    for at, key in enumerate(new):
        if key not in old:
            yield Put((*path, key), new[key], at)
