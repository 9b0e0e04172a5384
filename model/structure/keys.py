"""Keys of new things, made from their labels, and whether a key may be used where it is wanted."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from model.deal import Deal
from model.formula.functions import FORBIDDEN, FUNCTIONS
from model.formula.helpers import HELPERS
from model.problems import refuse
from model.store.check import MAX_KEY, RESERVED
from model.structure.labels import ENTRY, label_of_path
from model.structure.mentions import ITEMS, Path

_IDENTIFIER: Final = re.compile(rf"[A-Za-z][A-Za-z0-9_]{{0,{MAX_KEY - 1}}}", re.ASCII)
_LETTERS: Final = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "Ä": "Ae",
        "Ö": "Oe",
        "Ü": "Ue",
        "ß": "ss",
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "ł": "l",
    }
)
_COLUMN_WORDS: Final = frozenset(("true", "false", "never"))


def key_for(deal: Deal, container: Path, label: str) -> str:
    """A free key for a new entry of ``container`` (``("lines",)``, ``("tables", t, "columns")`` …)."""
    return NewKeys(deal, container).key(label)


class NewKeys:
    """Free keys for many new entries of one container; each that was given is taken from then on."""

    def __init__(self, deal: Deal, container: Path) -> None:
        self._prefix = ENTRY[container[-1]]
        self._taken = _avoided(deal, container)
        self._counts: dict[str, int] = {}  # the last number given to a stem: many rows may have one label

    def key(self, label: str) -> str:
        plain = unicodedata.normalize("NFKD", label.translate(_LETTERS)).encode("ascii", "ignore").decode().lower()
        stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
        if not stem[:1].isalpha():
            stem = f"{self._prefix}_{stem}".strip("_")
        stem = stem[: MAX_KEY - 5].rstrip("_")
        key, count = stem, self._counts.get(stem, 1)
        while key in self._taken:
            count += 1
            key = f"{stem}_{count}"
        self._counts[stem] = count
        self._taken.add(key)
        return key


def _avoided(deal: Deal, container: Path) -> set[str]:
    """Names that would collide, mislead, or change what a formula means."""
    taken = {key.casefold() for key in _siblings(deal, container)}
    if container[0] in ITEMS:
        taken |= RESERVED | {name.lower() for name in (*FUNCTIONS, *HELPERS, *FORBIDDEN)}
        if container[-1] != "records":  # a column hides an item of its name inside the table, and the other way round
            taken |= {key.casefold() for group in ITEMS for key in getattr(deal, group)}
            taken |= {key.casefold() for table in deal.tables.values() for key in table.columns}
        if len(container) == 3:
            table = deal.tables[container[1]]
            taken |= {key.casefold() for key in (*table.columns, *table.records)}
    return taken


def _siblings(deal: Deal, container: Path) -> list[str]:
    if len(container) == 1 and container[0] in ITEMS:
        return [key for group in ITEMS for key in getattr(deal, group)]
    node = getattr(deal, container[0])
    for part in container[1:]:
        node = node[part] if isinstance(node, dict) else getattr(node, part)
    return list(node)


def check_key(deal: Deal, container: Path, key: str, instead_of: str = "") -> None:
    """Refuse a key that cannot be one, has a meaning of its own, or is taken. ``instead_of`` is to go."""
    if not _IDENTIFIER.fullmatch(key):
        what = f"“{key[:MAX_KEY]}” cannot be a key."
        raise refuse("key", what, f"A key is a letter, then letters, digits or _, at most {MAX_KEY} in all.")
    folded = key.casefold()
    is_item = len(container) == 1 and container[0] in ITEMS
    if (is_item and folded in RESERVED) or (container[2:] == ("columns",) and folded in _COLUMN_WORDS):
        raise refuse("key", f"“{key}” has a meaning of its own in formulas.", "Choose another key.")
    if folded == instead_of.casefold():
        return
    for other in _siblings(deal, container):
        if other.casefold() == folded:
            label = _holder(deal, container, other)
            raise refuse("key", f"the name “{key}” is already taken by {label}.", "Choose another key.")


def _holder(deal: Deal, container: Path, key: str) -> str:
    if len(container) == 1 and container[0] in ITEMS:
        group = next(g for g in ITEMS if key in getattr(deal, g))
        return f"“{label_of_path(deal, (group, key))}” ({group}.{key})"
    return f"“{label_of_path(deal, (*container, key))}”"
