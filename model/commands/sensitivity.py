"""The headless ``sensitivity``: how far each term alone moves the outputs, from its low to its high."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from typing import Any

from model.commands.common import OK, to_json
from model.deal import Output
from model.engine import Calc
from model.fields import Field, field_for
from model.whatif.sensitivity import Bar, Sensitivity, Tornado, sensitivity

_WIDE = 30  # characters of the longest bar


def command(calc: Calc, args: Namespace) -> int:
    """Vary and print. Raises Refused for bad arguments."""
    found = sensitivity(calc, args.vary, args.of)
    for problem in found.remarks:
        print(problem, file=sys.stderr)
    print(json.dumps(report(calc, found), ensure_ascii=False, allow_nan=False) if args.json else table(calc, found))
    return OK


def report(calc: Calc, found: Sensitivity) -> dict[str, Any]:
    """All of it as plain JSON values; ``swing`` is in the output's unit, in days for a date."""
    deal = calc.deal
    return {
        "deal": deal.name,
        "version": calc.view.version or None,
        "scenario": calc.view.scenario or None,
        "remarks": {p.where: p.what for p in found.remarks},
        "outputs": {one.output: _figures(calc, deal.outputs[one.output], one) for one in found.tornados},
    }


def _figures(calc: Calc, output: Output, one: Tornado) -> dict[str, Any]:
    terms = calc.deal.terms
    return {
        "label": output.label,
        "unit": output.unit,
        "in_view": to_json(output, one.base),
        "terms": [
            {
                "term": bar.term,
                "low": to_json(terms[bar.term], bar.low),
                "value": to_json(terms[bar.term], bar.value),
                "high": to_json(terms[bar.term], bar.high),
                "at_low": to_json(output, bar.at_low),
                "at_high": to_json(output, bar.at_high),
                "swing": bar.swing,
            }
            for bar in one.bars
        ],
    }


def table(calc: Calc, found: Sensitivity) -> str:
    """Each output's terms for reading, the strongest first, with a bar of its swing."""
    deal = calc.deal
    out = [f"{deal.name}: each term alone at its low and at its high, all others as in view."]
    for one in found.tornados:
        output = deal.outputs[one.output]
        field = field_for(output, deal.unit)
        unit = f", {output.unit}" if output.unit and output.kind == "money" else ""
        out += ["", f"{output.label}{unit}: {field.show(one.base)}"]
        moving = [bar for bar in one.bars if bar.moves]
        if moving:
            out.append("".join([f"  {'':<42}", *(f"{head:>14}" for head in ("low", "high", "at low", "at high"))]))
        out += [_line(calc, field, bar, one.largest) for bar in moving]
        still = [deal.terms[bar.term].label for bar in one.bars if not bar.moves]
        if still:
            out.append(f"  not moved by: {', '.join(still)}")
    return "\n".join(out)


def _line(calc: Calc, field: Field, bar: Bar, largest: float) -> str:
    term = calc.deal.terms[bar.term]
    own = field_for(term, calc.deal.unit)
    texts = [own.show(end) if end else "0" for end in (bar.low, bar.high)]  # a dash would read as “none given”
    texts += [field.show(bar.at_low), field.show(bar.at_high)]
    share = "" if bar.swing is None else "█" * max(1, round(_WIDE * bar.swing / largest))
    return "".join([f"  {term.label[:41]:<42}", *(f"{text:>14}" for text in texts), f"  {share}"]).rstrip()
