"""What stands on the Scenarios sheet: base, versions and scenarios across, every term down,
and what else one of them sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from model.deal import Deal
from model.layers import BASE, SETS, View, base_value, chain
from model.workbook.book import (
    HEAD_ROW,
    SCENARIO,
    SCENARIOS,
    TABLES,
    TERMS,
    VALUE,
    VERSION,
    Book,
    Entry,
    Layer,
    Place,
    Scenarios,
)  # fmt: skip

NONE: Final = "none"  # the selector's word for no version, no scenario
BASE_COL: Final = VALUE + 3
VERSION_ROW: Final = HEAD_ROW + 1
SCENARIO_ROW: Final = HEAD_ROW + 2
HEADS: Final = HEAD_ROW + 4
KIND, SELECTED, RANK = HEADS + 1, HEADS + 2, HEADS + 3
_LONGEST: Final = 80


def plan_scenarios(book: Book) -> Scenarios | None:
    """Place layers and inputs; None for a deal without versions and scenarios."""
    calc, deal = book.calc, book.calc.deal
    if not deal.versions and not deal.scenarios:
        return None
    made = Scenarios(_layers(book))
    if deal.versions:
        book.scalars[VERSION] = Place(SCENARIOS, VERSION_ROW, VALUE)
    if deal.scenarios:
        book.scalars[SCENARIO] = Place(SCENARIOS, SCENARIO_ROW if deal.versions else VERSION_ROW, VALUE)
    touched = {a for overlay in overlays(deal) for a in overlay}
    touched |= {key for key, term in deal.terms.items() if term.formula is None}
    groups: dict[str, list[str]] = {}
    for key, term in deal.terms.items():
        if key in touched:
            groups.setdefault(term.group or TERMS, []).append(key)
    for address in _in_order(deal, touched):
        name = address.partition(".")[0]
        item: Any = deal.series.get(name) or deal.tables[name]
        groups.setdefault(item.label or TABLES, []).append(address)
    row, entries = RANK + 1, []
    for group, addresses in groups.items():
        entries.append(Entry(row, "group", group))
        row += 1
        for address in addresses:
            entries.append(Entry(row, "input", address))
            made.rows[address] = row
            row += 1
    book.entries[SCENARIOS] = entries
    own = dict(calc.view.sets)
    if touched & set(own):
        made.layers.append(Layer(SETS, "Set by hand", BASE_COL + len(made.layers), ()))
    made.blank = frozenset(a for a in touched if base_value(deal, a) is None or own.get(a, 0) is None)
    return made


def overlays(deal: Deal) -> list[dict[str, Any]]:
    """What every version and scenario sets."""
    return [v.set for v in deal.versions.values()] + [s.set for s in deal.scenarios.values()]


def _in_order(deal: Deal, touched: set[str]) -> Iterator[str]:
    """Touched years of series and cells of tables, in the document's order."""
    for key in deal.series:
        yield from sorted(a for a in touched if a.count(".") == 1 and a.startswith(f"{key}."))
    for key, table in deal.tables.items():
        yield from (a for r in table.records for c in table.columns if (a := f"{key}.{r}.{c}") in touched)


def _layers(book: Book) -> list[Layer]:
    """Base, versions and scenarios; whatever builds on another stands to the right of it."""
    deal = book.calc.deal
    out = [Layer(BASE, "Base", BASE_COL, ())]
    for kind, items in (("version", deal.versions), ("scenario", deal.scenarios)):
        chains = {key: _chain(deal, kind, key) for key in items}
        labels = _labels(book, kind, items)
        for key in sorted(items, key=lambda k: len(chains[k])):
            layer = f"{kind}:{key}"
            holds_for = tuple(f"{kind}:{other}" for other, found in chains.items() if layer in found)
            out.append(Layer(layer, labels[key], BASE_COL + len(out), holds_for))
    return out


def _chain(deal: Deal, kind: str, key: str) -> list[str]:
    view = View(version=key) if kind == "version" else View(scenario=key)
    return [layer for layer, _ in chain(deal, view)]


def _labels(book: Book, kind: str, items: Mapping[str, Any]) -> dict[str, str]:
    """A text for every item that a selector can offer: no two alike, none empty."""
    used, out = {NONE}, {}
    for key, item in items.items():
        label = " ".join(book.texts.clean(item.label, f"{kind}s.{key}.label").split())[:_LONGEST].strip() or key
        if label.casefold() in used:
            label = f"{label} ({key})"
        used.add(label.casefold())
        out[key] = label
    return out


def label_of(book: Book, kind: str, key: str) -> str:
    """The selector's text for a version or scenario."""
    found = book.scenarios.layer(f"{kind}:{key}") if book.scenarios else None
    return found.label if found else NONE


def offered(book: Book, kind: str) -> tuple[str, ...]:
    """The choices of a selector."""
    layers = book.scenarios.layers if book.scenarios else []
    return (NONE, *(x.label for x in layers if x.id.startswith(f"{kind}:")))
