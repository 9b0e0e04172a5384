"""The headless ``diff``: two deals, versions or scenarios, term by term, right by right, output by output, and what
the documents themselves say differently."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

from model import store
from model.addresses import input_item
from model.commands.common import OK, PROBLEMS, USAGE, complain, problems_of, to_json
from model.deal import About, Deal
from model.engine import Calc, run
from model.fields import field_for
from model.formula.bind import EVENT, OPENING
from model.layers import View, about, default_view, find_key, layer_label
from model.problems import Problem, Refused
from model.rights import Span, day, in_words
from model.structure.labels import label_of_key
from model.structure.mentions import path_of
from model.values import to_serial
from model.whatif.compare import Difference, compare
from model.whatif.entries import Entry, entries
from model.whatif.entries import in_words as entry_in_words

_NOT_THERE, _SAME = "not there", "  no difference"


def main(left: str, right: str, as_json: bool) -> int:
    """Print the difference. ``left`` and ``right`` are DEAL, DEAL@version, DEAL@scenario or DEAL@version@scenario."""
    try:
        a, b = load(left), load(right)
    except _NoSuchLayer as err:
        return complain(err, USAGE)
    except Refused as err:
        return complain(err, PROBLEMS)
    found = compare(a, b)
    if as_json:
        print(json.dumps(report(a, b, found), ensure_ascii=False, allow_nan=False))
    else:
        print(table(a, b, found))
    problems = list(dict.fromkeys([*problems_of(a), *problems_of(b)]))
    for problem in problems:
        print(problem, file=sys.stderr)
    return PROBLEMS if problems else OK


class _NoSuchLayer(Refused):
    """The deal has no version or scenario of that name."""


def load(operand: str) -> Calc:
    """The run that an operand names. Raises Refused."""
    name, layers = _parted(operand)
    loaded = store.load(store.find(name))
    for warning in loaded.warnings:
        print(warning, file=sys.stderr)
    deal = loaded.deal
    view = default_view(deal)
    for wanted in layers:
        view = _narrow(view, wanted, dict(deal.versions), dict(deal.scenarios), name)
    return run(deal, view)


def _parted(operand: str) -> tuple[str, list[str]]:
    """The deal and the layers; an @ of the file's own path belongs to the path."""
    parts = operand.split("@")
    for count in range(len(parts), 1, -1):
        if Path("@".join(parts[:count]).replace("\0", "")).is_file():
            return "@".join(parts[:count]), parts[count:]
    return parts[0], parts[1:]


def _narrow(view: View, wanted: str, versions: dict[str, object], scenarios: dict[str, object], name: str) -> View:
    if wanted in versions:
        return view._replace(version=wanted)
    if wanted in scenarios:
        return view._replace(scenario=wanted)
    for kind, items in (("version", versions), ("scenario", scenarios)) if wanted else ():
        try:
            key = find_key(kind, items, wanted)
        except Refused:
            continue
        return view._replace(version=key) if kind == "version" else view._replace(scenario=key)
    known = ", ".join([*versions, *scenarios]) or "none"
    raise _NoSuchLayer(
        Problem(f"{name}@{wanted}", f"{name} has no version or scenario “{wanted}”.", f"It has: {known}.")
    )


def report(a: Calc, b: Calc, found: Difference) -> dict[str, Any]:
    """The difference as plain JSON values."""
    return {
        "a": _name(a),
        "b": _name(b),
        "terms": [
            {
                "key": c.address, "label": c.label, "a": _input(a, c.address, c.a), "b": _input(b, c.address, c.b),
                "from": _layer(a, c.layer_a), "to": _layer(b, c.layer_b),
                "class": {"a": _said(a, c.address).class_ or None, "b": _said(b, c.address).class_ or None},
                "source": {"a": _source(a, c.address), "b": _source(b, c.address)},
            }
            for c in found.inputs
        ],
        "rights": [{"key": r.key, "label": r.label, "a": _right(r.a), "b": _right(r.b)} for r in found.rights],
        "outputs": [
            {
                "key": o.key, "label": o.label,
                "a": to_json(a.deal.outputs.get(o.key) or b.deal.outputs[o.key], o.a),
                "b": to_json(b.deal.outputs.get(o.key) or a.deal.outputs[o.key], o.b), "change": o.change,
            }
            for o in found.moved
        ],
        "formulas": [{"key": key, "label": _formula_of(a, b, key, new), "a": old, "b": new} for key, old, new in found.formulas],
        "document": [
            {"path": ".".join(e.path), "how": e.how, "a": _plain(e.a), "b": _plain(e.b)} for e in document(a, b, found)
        ],
    }  # fmt: skip


def document(a: Calc, b: Calc, found: Difference) -> list[Entry]:
    """The entries that differ and are not among the terms and formulas of the difference."""
    if a.deal is b.deal:
        return []
    told = {path for change in found.inputs for path in _paths(change.address)}
    told |= {path for key, _, _ in found.formulas for deal in (a.deal, b.deal) if (path := _formula_path(deal, key))}
    return [e for e in entries(a.deal, b.deal) if e.path not in told]


def _paths(address: str) -> list[tuple[str, ...]]:
    """Where an input stands in the document."""
    parts = address.split(".")
    if len(parts) == 1:
        return [("terms", address), ("terms", address, "value")]
    if len(parts) == 2:
        return [("series", parts[0], "values", parts[1])]
    return [("tables", parts[0], "records", *parts[1:])]


def _formula_path(deal: Deal, key: str) -> tuple[str, ...] | None:
    """Where the formula of a node stands in the document."""
    if key.startswith(EVENT):
        return ("events", key.removeprefix(EVENT), "on")
    if key.endswith(OPENING):
        return ("lines", key.removesuffix(OPENING), "opening")
    path = path_of(deal, key)
    return (*path, "formula") if path and len(path) == 2 else path


def _formula_of(a: Calc, b: Calc, key: str, new: str | None) -> str:
    return label_of_key((b if new is not None else a).deal, key)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else list(value) if isinstance(value, tuple) else value


def _name(calc: Calc) -> dict[str, Any]:
    return {"deal": calc.deal.name, "version": calc.view.version or None, "scenario": calc.view.scenario or None}


def _layer(calc: Calc, layer: str | None) -> str | None:
    return None if layer is None else layer_label(calc.deal, layer)


def _said(calc: Calc, address: str) -> About:
    return about(calc.deal, calc.view, address) if address in calc.inputs else About()


def _source(calc: Calc, address: str) -> str | None:
    """The source of an input as readers see it."""
    return calc.deal.source_label(_said(calc, address).source) or None


def _input(calc: Calc, address: str, value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


def _right(held: Span | None) -> dict[str, Any] | None:
    if held is None:
        return None
    return {
        "from": _day(held.start), "until": _day(held.end),
        "condition": {1.0: "yes", 0.0: "no"}.get(held.condition, "unknown"),
    }  # fmt: skip


def _day(serial: float | None) -> str | None:
    """ISO text, "undisclosed", or None for never."""
    if serial is None:
        return "undisclosed"
    found = day(serial)
    return found.isoformat() if found else None


def table(a: Calc, b: Calc, found: Difference) -> str:
    """The difference for reading."""
    out = ["Terms"]
    if not found.inputs:
        out.append(_SAME)
    for c in found.inputs:
        out.append(f"  {c.label[:46]:<46} {_shown(a, c.address, c.a):>20} → {_shown(b, c.address, c.b)}")
        where = [part for part in (_said(b, c.address).class_, _source(b, c.address)) if part]
        out[-1] += f"   ({', '.join(where)})" if where else ""
    out += ["", "Rights"]
    out += [f"  {r.label[:46]:<46} {in_words(r.a):>20} → {in_words(r.b)}" for r in found.rights] or [_SAME]
    out += ["", "Outputs"]
    for o in found.moved:
        item = b.deal.outputs.get(o.key) or a.deal.outputs[o.key]
        field = field_for(item, b.deal.unit)
        unit = "" if item.kind in ("percent", "multiple", "date") else item.unit
        old, new = (field.show(v) if o.key in calc.deal.outputs else _NOT_THERE for calc, v in ((a, o.a), (b, o.b)))
        out.append(f"  {o.label[:46]:<46} {old:>20} → {new} {unit}".rstrip())
    if not found.moved:
        out.append(_SAME)
    if found.formulas:
        out += ["", "Formulas"]
    for key, was, now in found.formulas:
        out.append(f"  {_formula_of(a, b, key, now)}: {was or _NOT_THERE} → {now or _NOT_THERE}")
    if others := document(a, b, found):
        out += ["", "Document", *(f"  {entry_in_words(a.deal, b.deal, e)}" for e in others)]
    return "\n".join(out)


def _shown(calc: Calc, address: str, value: Any) -> str:
    if address not in calc.inputs:
        return _NOT_THERE
    if value is None:
        return "empty"
    try:
        field = field_for(input_item(calc.deal, address), calc.deal.unit)
    except Refused:
        return str(value)
    return field.show(to_serial(value) if isinstance(value, dt.date) else field.to_engine(value))
