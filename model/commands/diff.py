"""The headless ``diff``: two deals, versions or scenarios, term by term, right by right, output by output."""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import Any

from model import store
from model.commands.common import OK, PROBLEMS, USAGE, to_json
from model.deal import About
from model.engine import Calc, run
from model.fields import field_for
from model.layers import View, about, default_view, find_key, layer_label
from model.problems import Refused, refuse
from model.values import to_serial
from model.whatif.compare import Difference, compare


def main(left: str, right: str, as_json: bool) -> int:
    """Print the difference. ``left`` and ``right`` are DEAL, DEAL@version, DEAL@scenario or DEAL@version@scenario."""
    try:
        a, b = load(left), load(right)
    except Refused as err:
        for problem in err.problems:
            print(problem, file=sys.stderr)
        return USAGE if all("@" in p.where for p in err.problems) else PROBLEMS
    found = compare(a, b)
    if as_json:
        print(json.dumps(report(a, b, found), ensure_ascii=False, allow_nan=False))
    else:
        print(table(a, b, found))
    problems = [*a.problems, *b.problems]
    for problem in problems:
        print(problem, file=sys.stderr)
    return PROBLEMS if problems else OK


def load(operand: str) -> Calc:
    """The run that an operand names. Raises Refused."""
    name, *layers = operand.split("@")
    deal = store.load(store.find(name)).deal
    view = default_view(deal)
    for wanted in layers:
        view = _narrow(view, wanted, dict(deal.versions), dict(deal.scenarios), name)
    return run(deal, view)


def _narrow(view: View, wanted: str, versions: dict[str, object], scenarios: dict[str, object], name: str) -> View:
    if wanted in versions:
        return view._replace(version=wanted)
    if wanted in scenarios:
        return view._replace(scenario=wanted)
    for kind, items in (("version", versions), ("scenario", scenarios)):
        try:
            key = find_key(kind, items, wanted)
        except Refused:
            continue
        return view._replace(version=key) if kind == "version" else view._replace(scenario=key)
    known = ", ".join([*versions, *scenarios]) or "none"
    raise refuse(f"{name}@{wanted}", f"{name} has no version or scenario “{wanted}”.", f"It has: {known}.")


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
        "formulas": [{"key": key, "a": old, "b": new} for key, old, new in found.formulas],
    }  # fmt: skip


def _name(calc: Calc) -> dict[str, Any]:
    return {"deal": calc.deal.name, "version": calc.view.version or None, "scenario": calc.view.scenario or None}


def _layer(calc: Calc, layer: str | None) -> str | None:
    return None if layer is None else layer_label(calc.deal, layer)


def _said(calc: Calc, address: str) -> About:
    return about(calc.deal, calc.view, address) if address in calc.inputs else About()


def _source(calc: Calc, address: str) -> str | None:
    """The source of an input as readers see it."""
    key = _said(calc, address).source
    return calc.deal.sources[key].label if key in calc.deal.sources else key or None


def _input(calc: Calc, address: str, value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


def _right(value: tuple[dt.date | None, dt.date | None, float] | None) -> dict[str, Any] | None:
    if value is None:
        return None
    start, end, condition = value
    return {
        "from": start.isoformat() if start else None, "until": end.isoformat() if end else None,
        "condition": {1.0: "yes", 0.0: "no"}.get(condition, "unknown"),
    }  # fmt: skip


def table(a: Calc, b: Calc, found: Difference) -> str:
    """The difference for reading."""
    out = ["Terms"]
    for c in found.inputs:
        out.append(f"  {c.label[:46]:<46} {_shown(a, c.address, c.a):>20} → {_shown(b, c.address, c.b)}")
        where = [part for part in (_said(b, c.address).class_, _source(b, c.address)) if part]
        out[-1] += f"   ({', '.join(where)})" if where else ""
    out += ["", "Rights"]
    for r in found.rights:
        out.append(f"  {r.label[:46]:<46} {_span(r.a):>20} → {_span(r.b)}")
    out += ["", "Outputs"]
    for o in found.moved:
        item = b.deal.outputs.get(o.key) or a.deal.outputs[o.key]
        field = field_for(item)
        unit = "" if item.kind in ("percent", "multiple", "date") else item.unit
        out.append(f"  {o.label[:46]:<46} {field.show(o.a):>20} → {field.show(o.b)} {unit}".rstrip())
    for key, old, new in found.formulas:
        out.append(f"  formula of {key}: {old or 'none'} → {new or 'none'}")
    return "\n".join(out)


def _shown(calc: Calc, address: str, value: Any) -> str:
    from model.addresses import input_item

    if value is None:
        return "none"
    try:
        field = field_for(input_item(calc.deal, address), calc.deal.unit)
    except Refused:
        return str(value)
    return field.show(to_serial(value) if isinstance(value, dt.date) else field.to_engine(value))


def _span(value: tuple[dt.date | None, dt.date | None, float] | None) -> str:
    if value is None:
        return "no such right"
    start, end, condition = value
    if start is None:
        return "not yet"
    if condition == 0.0 or (end is not None and end < start):
        return "excluded"
    return f"{start} to {end or 'no end'}" + ("" if condition == 1.0 else ", unknown")
