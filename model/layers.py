"""Which value of an input holds: base ← version chain ← scenario chain ← ``--set``.

A layer id is ``""`` for the base, ``"version:KEY"``, ``"scenario:KEY"`` or ``"set"``. An address is
``term``, ``series.YEAR`` or ``table.record.column``.
"""

from __future__ import annotations

from typing import NamedTuple

from model.deal import About, Deal, Input, PeriodLength
from model.problems import refuse

BASE = ""
SETS = "set"


class View(NamedTuple):
    """What is looked at: a version, a scenario, a period length, values set on top, and the party whose
    inflows are positive. "" means none, or the deal's own."""

    version: str = ""
    scenario: str = ""
    period: PeriodLength = "year"
    sets: tuple[tuple[str, Input | None], ...] = ()
    perspective: str = ""


class Held(NamedTuple):
    """The value that holds at an address and the layer that gives it."""

    value: Input | None
    layer: str


def default_view(deal: Deal) -> View:
    return View(deal.version, deal.scenario, deal.timeline.period)


def chain(deal: Deal, view: View) -> list[tuple[str, dict[str, Input | None]]]:
    """The overlays in order of increasing precedence, without the base."""
    out: list[tuple[str, dict[str, Input | None]]] = []
    out += [(f"version:{key}", deal.versions[key].set) for key in _lineage(deal.versions, view.version)]
    out += [(f"scenario:{key}", deal.scenarios[key].set) for key in _lineage(deal.scenarios, view.scenario)]
    if view.sets:
        out.append((SETS, dict(view.sets)))
    return out


def base_value(deal: Deal, address: str) -> Input | None:
    """The base layer's input at an address; None where it is blank. KeyError where there is no such cell."""
    parts = address.split(".")
    if len(parts) == 1:
        return deal.terms[address].value
    if len(parts) == 2:
        return deal.series[parts[0]].values.get(parts[1])
    table, record, column = parts
    if column not in deal.tables[table].columns:
        raise KeyError(address)
    return deal.tables[table].records[record].get(column)


def held(deal: Deal, view: View, address: str) -> Held:
    """The value that holds at one address."""
    for layer, overlay in reversed(chain(deal, view)):
        if address in overlay:
            return Held(overlay[address], layer)
    return Held(base_value(deal, address), BASE)


def writes_to(deal: Deal, view: View, address: str) -> str:
    """The layer an edit goes to: the topmost stored one that already overrides the cell, else the base."""
    for layer, overlay in reversed(chain(deal, view)):
        if layer != SETS and address in overlay:
            return layer
    return BASE


def overlays(deal: Deal, view: View) -> dict[str, Held]:
    """All overridden addresses with the value and layer that win."""
    out: dict[str, Held] = {}
    for layer, overlay in chain(deal, view):
        for address, value in overlay.items():
            out[address] = Held(value, layer)
    return out


def about(deal: Deal, view: View, address: str) -> About:
    """Class, source (a key) and note of the input that holds at an address: the base's, and on top of it what
    each overlay that sets the value says about it. A version's value is from the version's source, and a
    scenario's or the command line's is an assumption, unless they say otherwise."""
    found = base_about(deal, address)
    for layer, overlay in chain(deal, view):
        if address not in overlay:
            continue
        kind, _, key = layer.partition(":")
        said = About()
        if kind == "version":
            said = deal.versions[key].about.get(address, said)
            found = About(said.class_ or found.class_, said.source or deal.versions[key].source or found.source,
                          said.note or found.note)  # fmt: skip
            continue
        if kind == "scenario":
            said = deal.scenarios[key].about.get(address, said)
        kept = found.source if found.class_ == "assumption" else ""
        found = About(said.class_ or "assumption", said.source or kept, said.note or found.note)
    return found


def remark(deal: Deal, layer: str, address: str) -> About:
    """What one layer itself says about an input that it sets."""
    kind, _, key = layer.partition(":")
    if layer == BASE:
        return base_about(deal, address)
    overlay = deal.versions.get(key) if kind == "version" else deal.scenarios.get(key)
    return overlay.about.get(address, About()) if overlay is not None else About()


def base_about(deal: Deal, address: str) -> About:
    """Class, source and note of the base layer's value at an address."""
    parts = address.split(".")
    if len(parts) == 1:
        term = deal.terms[address]
        return About(term.class_, term.source, term.note)
    if len(parts) == 2:
        series = deal.series[parts[0]]
        return About(series.marks.get(parts[1], series.class_), series.source, series.notes.get(parts[1], ""))
    table = deal.tables[parts[0]]
    return About(table.class_, table.source, table.note)


def layer_label(deal: Deal, layer: str) -> str:
    """A layer as a person calls it."""
    kind, _, key = layer.partition(":")
    if kind == "version":
        return f"Version: {deal.versions[key].label}"
    if kind == "scenario":
        return f"Scenario: {deal.scenarios[key].label}"
    return "Command line" if layer == SETS else "Base"


def find_key(kind: str, items: dict[str, object], wanted: str) -> str:
    """The key of a version or scenario named by key, label or an unambiguous part of either."""
    if not wanted or wanted in items:
        return wanted
    labels = {key: getattr(item, "label", key) for key, item in items.items()}
    want = _plain(wanted)
    for test in (
        lambda key: want in (_plain(key), _plain(labels[key])),
        lambda key: _plain(key).startswith(want) or _plain(labels[key]).startswith(want),
        lambda key: want in _plain(key) or want in _plain(labels[key]),
        lambda key: set(want.split()) <= set(_plain(labels[key]).split()) | set(_plain(key).split()),
    ):
        hits = [key for key in items if test(key)] if want else []
        if len(hits) == 1:
            return hits[0]
    known = ", ".join(f"{key} (“{label}”)" for key, label in labels.items()) or "none"
    raise refuse(f"--{kind}", f"There is no {kind} “{wanted}”.", f"This deal has: {known}.")


def _plain(text: str) -> str:
    return " ".join("".join(ch if ch.isalnum() else " " for ch in text.casefold()).split())


def _lineage(items: dict, key: str) -> list[str]:
    """The key's ancestors first, itself last. The store refuses circular bases; a bound guards hand-made deals."""
    out: list[str] = []
    while key and key in items and key not in out:
        out.append(key)
        key = items[key].base or ""
    return out[::-1]
