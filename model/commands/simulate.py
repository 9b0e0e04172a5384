"""The headless ``simulate``: what the ranges of the terms mean for the outputs, by many random draws."""

from __future__ import annotations

import json
import math
import sys
from argparse import Namespace
from typing import Any

from model.commands.common import OK, to_json
from model.deal import Output
from model.engine import Calc
from model.fields import field_for
from model.whatif.ranges import WHOLE
from model.whatif.simulate import QUANTILES, Simulation, Spread, simulate

_NAMES = [f"p{round(100 * q)}" for q in QUANTILES]
_DRIVERS = 5


def command(calc: Calc, args: Namespace) -> int:
    """Draw and print. Raises Refused for bad arguments."""
    found = simulate(calc, args.draws, args.seed, args.vary, args.of)
    for problem in found.remarks:
        print(problem, file=sys.stderr)
    print(json.dumps(report(calc, found), ensure_ascii=False, allow_nan=False) if args.json else table(calc, found))
    return OK


def report(calc: Calc, found: Simulation) -> dict[str, Any]:
    """All of it as plain JSON values. ``drivers`` are rank correlations of the output with each drawn term; ``histogram`` has
    the draws by class, ``endless`` those that are “never” or “none”."""
    deal = calc.deal
    return {
        "deal": deal.name,
        "version": calc.view.version or None,
        "scenario": calc.view.scenario or None,
        "draws": found.draws,
        "seed": found.seed,
        "varied": {
            one.key: {
                "distribution": one.distribution,
                **{n: to_json(deal.terms[one.key], getattr(one, n)) for n in ("low", "likely", "high")},
            }
            for one in found.varied
        },
        "remarks": {p.where: p.what for p in found.remarks},
        "outputs": {one.output: _figures(deal.outputs[one.output], one) for one in found.spreads},
    }


def _figures(output: Output, one: Spread) -> dict[str, Any]:
    figures = zip(_NAMES, one.quantiles or (None,) * len(_NAMES), strict=True)
    return {
        "label": output.label,
        "unit": output.unit,
        "in_view": to_json(output, one.base),
        "errors": one.errors,
        "mean": to_json(output, one.mean),
        "deviation": one.deviation,
        **{name: to_json(output, value) for name, value in figures},
        "drivers": dict(one.drivers),
        "histogram": [
            {"from": to_json(output, low), "to": to_json(output, high), "draws": count}
            for low, high, count in one.histogram.classes(output.kind in WHOLE)
        ],
        "endless": one.histogram.endless,
    }


def table(calc: Calc, found: Simulation) -> str:
    """The spreads for reading, each with the terms that move it most."""
    deal, noise = calc.deal, max(0.05, 3 / math.sqrt(found.draws))
    out = [f"{deal.name}: {found.draws:,} draws, seed {found.seed}; the terms are drawn independently.", ""]
    for one in found.varied:
        term = deal.terms[one.key]
        field = field_for(term, deal.unit)
        low, likely, high = (field.show(value) if value else "0" for value in (one.low, one.likely, one.high))
        middle = "" if one.distribution == "uniform" else f" ({likely})"
        out.append(f"  {term.label[:40]:<42}{low} – {high}{middle}, {one.distribution}")
    out += [
        "",
        "".join([f"{'':<42}", *(f"{head:>14}" for head in ("in view", "mean", *_NAMES))]),
    ]
    for spread in found.spreads:
        output = deal.outputs[spread.output]
        field = field_for(output, deal.unit)
        values = (spread.base, spread.mean, *(spread.quantiles or (None,) * len(_NAMES)))
        texts = ["–" if value is None else field.show(value) for value in values]
        head = f"{output.label}{f', {output.unit}' if output.unit and output.kind == 'money' else ''}"
        out.append("".join([f"{head[:41]:<42}", *(f"{text:>14}" for text in texts)]))
        if spread.errors:
            out.append(f"    {spread.errors:,} draws gave an error and are not counted.")
        moved = [f"{deal.terms[key].label} {r:+.2f}" for key, r in spread.drivers[:_DRIVERS] if abs(r) > noise]
        out.append(f"    moved by: {', '.join(moved)}" if moved else "    moved by none of these terms")
    return "\n".join([*out, "", "Moved by: rank correlation with the drawn terms, from -1 to 1."])
