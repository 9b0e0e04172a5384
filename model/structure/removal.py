"""A deal without one of its entries, and without all that named it outside formulas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec

from model.deal import Deal
from model.problems import refuse
from model.structure.mentions import Path
from model.structure.uses import overrides

_T = TypeVar("_T")


def without(deal: Deal, path: Path) -> Deal:
    """The deal without an entry, its overlay values, headline cards, chart lines and references."""
    deal = _entry(deal, path)
    group, key = path[0], path[-1]
    changes: dict[str, Any] = {}
    for layers in ("versions", "scenarios"):
        changes[layers] = {
            name: cleared(layer, lambda address: overrides(address, path))
            for name, layer in getattr(deal, layers).items()
        }
    if len(path) == 2 and group in ("terms", "lines", "outputs"):
        changes["headline"] = tuple(k for k in deal.headline if k != key)
        changes["outputs"] = _each(deal.outputs, "status", key, "")
        changes["rights"] = _each(_each(deal.rights, "amount", key, ""), "until_key", key, "")
    if group == "lines":
        charts = {
            name: chart if key not in chart.lines else _drawing(chart, key) for name, chart in deal.charts.items()
        }
        changes["charts"] = {name: c for name, c in charts.items() if c.lines or not deal.charts[name].lines}
    if group == "sections":
        changes["lines"] = _each(deal.lines, "section", key, "")
    if group == "sources":
        for layers in ("versions", "scenarios"):
            changes[layers] = {
                name: layer
                if not any(said.source == key for said in layer.about.values())
                else msgspec.structs.replace(layer, about=_each(layer.about, "source", key, ""))
                for name, layer in changes[layers].items()
            }
        for items in ("terms", "series", "tables", "lines", "outputs", "events", "rights", "versions"):
            changes[items] = _each(changes.get(items, getattr(deal, items)), "source", key, "")
        changes["questions"] = {
            name: msgspec.structs.replace(q, rules=_each(q.rules, "source", key, ""))
            if any(rule.source == key for rule in q.rules.values())
            else q
            for name, q in deal.questions.items()
        }
    if group == "events":
        changes["rights"] = _each(deal.rights, "ends_on", key, "")
    if group == "parties":
        held = [right.label for right in deal.rights.values() if right.holder == key]
        if held:
            what = f"a right needs a holder, and this party holds: {', '.join(held)}."
            raise refuse(".".join(path), what, "Give them another holder first.")
        changes["rights"] = _each(_each(deal.rights, "subject", key, ""), "owed_by", key, "")
    return msgspec.structs.replace(deal, **changes)


def _entry(deal: Deal, path: Path) -> Deal:
    group, key = path[0], path[1]
    items: Mapping[str, Any] = getattr(deal, group)
    if len(path) == 2:
        left = {k: v for k, v in items.items() if k != key}
        changes: dict[str, Any] = {group: left}
        if group in ("versions", "scenarios"):
            heir = items[key].base or ""
            changes[group] = _each(left, "base", key, heir or None)
            if getattr(deal, group[:-1]) == key:
                changes[group[:-1]] = heir if heir in left else next(iter(left), "")
        if group == "parties" and deal.perspective == key:
            changes["perspective"] = ""
        return msgspec.structs.replace(deal, **changes)
    item, last = items[key], path[-1]
    if group == "series":
        item = msgspec.structs.replace(
            item, **{name: _less(getattr(item, name), last) for name in ("values", "marks", "notes")}
        )
    elif path[2] == "columns":
        records = {r: _less(row, last) for r, row in item.records.items()}
        item = msgspec.structs.replace(item, columns=_less(item.columns, last), records=records)
    else:
        item = msgspec.structs.replace(item, records=_less(item.records, last))
    return msgspec.structs.replace(deal, **{group: {**items, key: item}})


def _less(items: Mapping[str, _T], key: str) -> dict[str, _T]:
    return {k: v for k, v in items.items() if k != key}


def _each(items: Mapping[str, Any], name: str, old: str, new: str | None) -> dict[str, Any]:
    return {k: msgspec.structs.replace(v, **{name: new}) if getattr(v, name) == old else v for k, v in items.items()}


def _drawing(chart: Any, key: str) -> Any:
    return msgspec.structs.replace(chart, lines=tuple(k for k in chart.lines if k != key))


def cleared(layer: _T, gone: Callable[[str], bool]) -> _T:
    """A version or scenario without the values at some addresses."""
    values = {a: v for a, v in layer.set.items() if not gone(a)}  # type: ignore[attr-defined]
    if len(values) == len(layer.set):  # type: ignore[attr-defined]
        return layer
    about = {a: v for a, v in layer.about.items() if not gone(a)}  # type: ignore[attr-defined]
    return msgspec.structs.replace(layer, set=values, about=about)  # type: ignore[type-var]
