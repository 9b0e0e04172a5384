"""What a person calls the things of a deal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from model.addresses import record_label
from model.deal import Deal
from model.formula.bind import EVENT, OPENING, RIGHT, RULE
from model.structure.mentions import Path, path_of

#: what one entry of a group of the document, or of a group inside a table or series, is called
ENTRY: Final = {
    "terms": "term", "series": "series", "tables": "table", "lines": "line", "outputs": "output", "checks": "check",
    "events": "event", "rights": "right", "questions": "question", "parties": "party", "charts": "chart",
    "versions": "version", "scenarios": "scenario", "sources": "source", "sections": "heading",
    "columns": "column", "records": "record", "values": "year",
}  # fmt: skip
_PARTS = {"opening": "opening", "from_": "from", "until": "until", "while_": "while", "value": "", "formula": ""}


def label_of_path(deal: Deal, path: Path) -> str:
    """The label of an entry of the document; attributes speak for their item."""
    group, *rest = path
    if group == "tables" and len(rest) > 1:
        table = deal.tables[rest[0]]
        if rest[1] == "columns" and len(rest) > 2 and rest[2] in table.columns:
            return f"{_label(table, rest[0])}: {_label(table.columns[rest[2]], rest[2])}"
        if rest[1] == "records" and len(rest) > 2 and rest[2] in table.records:
            name = record_label(deal, rest[0], rest[2])
            column = table.columns.get(rest[3]) if len(rest) > 3 else None
            return f"{_label(column, rest[3])}, {name}" if column else f"{_label(table, rest[0])}: {name}"
    if group == "sections" and rest:
        return deal.sections.get(rest[0]) or rest[0]
    items = getattr(deal, group)
    if not rest or not isinstance(items, dict):
        return group
    name = _label(items.get(rest[0]), rest[0])
    if group == "series" and rest[1:2] == ["values"] and len(rest) > 2:
        return f"{name} {rest[2]}"
    return name


def label_of_key(deal: Deal, key: str) -> str:
    """The label of a term, line, cell, column, year of a series, event or opening, by its key."""
    if key.startswith(EVENT):
        return _label(deal.events.get(key.removeprefix(EVENT)), key.removeprefix(EVENT))
    if key.startswith((RIGHT, RULE)):
        head, _, rest = key.partition(":")
        name, _, part = rest.partition(".")
        item = deal.rights.get(name) if head + ":" == RIGHT else deal.questions.get(name)
        return f"{_label(item, name)}: {part.replace('.', ' ')}"
    if key.endswith(OPENING):
        return f"{label_of_key(deal, key.removesuffix(OPENING))}, opening"
    path = path_of(deal, key)
    return label_of_path(deal, path) if path else key


def in_labels(deal: Deal, circle: Iterable[str]) -> str:
    """The path of a circle, as a person calls its items."""
    return " → ".join(label_of_key(deal, key) for key in circle)


def label_of_place(deal: Deal, where: str) -> str:
    """The label of the item that a problem's place names (``lines.x.formula``, a key), with its part where that is
    not the formula; the place itself where the deal has no such item."""
    parts = tuple(where.split(" ")[0].split("."))
    group = getattr(deal, parts[0], None) if parts[0] in ENTRY and len(parts) > 1 else None
    if not isinstance(group, Mapping) or parts[1] not in group:
        return label_of_key(deal, where)
    said = label_of_path(deal, parts)
    if parts[0] == "questions" and len(parts) > 3:
        return f"{said}: {parts[3]}"
    part = _PARTS.get(parts[-1], "") if len(parts) == 3 else ""
    return f"{said}, {part}" if part else said


def _label(item: Any, key: str) -> str:
    return getattr(item, "label", "") or key
