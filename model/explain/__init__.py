"""Why a number is what it is: formula, words, inputs, intermediate results, the root of an error, and the
trees of what a cell reads and of what reads it. Plain data; computed on demand and never when computing.

    explain(calc, "closing", 3)        # a line in a period; OPENING_PERIOD for its opening cell
    precedents(calc, "closing", 3)     # one level; each node says whether it has more
    dependents(calc, "rate")
    reach(calc, "rate")                # every key downstream
"""

from __future__ import annotations

from typing import Any

import msgspec

from model.deal import Deal
from model.engine import Calc
from model.explain.cells import OPENING_PERIOD, Spot, Where, field_of, is_computed, item_of, where
from model.explain.parts import Step, steps
from model.explain.seen import Seen, reads_of, seen_from
from model.explain.trees import dependents, precedents, reach
from model.explain.why import Fault, Reason, fault, reasons
from model.formula.bind import OPENING
from model.formula.helpers import PERIOD_NAMES
from model.layers import BASE, about, base_value, chain, layer_label
from model.structure.mentions import dotted
from model.structure.words import words_of

__all__ = [
    "OPENING_PERIOD", "Explanation", "Fault", "LayerValue", "Reason", "Seen", "Step",
    "dependents", "explain", "precedents", "reach",
]  # fmt: skip


class LayerValue(msgspec.Struct, frozen=True):
    """What one layer holds for an input, "" where it inherits; exactly one wins."""

    layer: str
    label: str
    shown: str
    wins: bool


class Explanation(msgspec.Struct, frozen=True):
    """Everything there is to say about one cell. ``spans`` count in ``formula``'s document text, ``text``."""

    cell: Seen
    note: str
    where: str = ""
    text: str = ""
    formula: str = ""
    words: str = ""
    reads: tuple[Seen, ...] = ()
    steps: tuple[Step, ...] = ()
    fault: Fault | None = None
    reasons: tuple[Reason, ...] = ()
    opening: Seen | None = None
    layers: tuple[LayerValue, ...] = ()


def explain(calc: Calc, key: str, period: int | None = None) -> Explanation:
    """Why the cell holds what it holds. Of a line without a period, what its row does in every period.
    KeyError where the deal has no such key."""
    cell = where(calc, key, period)
    _known(calc, cell)
    item = item_of(calc.deal, cell.key)
    seen = seen_from(calc, cell)
    note = _note(calc, cell.key, item)
    opening = None
    if cell.key in calc.deal.lines and cell.period != OPENING_PERIOD and cell.key + OPENING in calc.program.formulas:
        opening = seen_from(calc, Where(cell.key, OPENING_PERIOD), "opening")
    found = fault(calc, cell)
    if not is_computed(calc, cell):
        return Explanation(seen, note, opening=opening, fault=found, layers=_layers(calc, cell.key))
    spot = Spot(calc, cell)
    words = words_of(calc.deal, spot.text, spot.root, spot.table, spot.space) if spot.root else spot.formula
    whole_row = cell.key in calc.deal.lines and cell.period is None
    bound = spot.root is not None and spot.bound(spot.root) is not None
    is_flag = (
        isinstance(seen.value, bool) or getattr(item, "kind", "") in ("flag", "yesno") or cell.key in calc.deal.checks
    )
    return Explanation(
        seen,
        note,
        where=dotted(spot.path),
        text=spot.text,
        formula=spot.formula,
        words=words,
        reads=tuple(reads_of(calc, spot)),
        steps=tuple(steps(spot)) if bound and not whole_row else (),
        fault=found,
        reasons=tuple(reasons(spot)) if bound and is_flag and not whole_row else (),
        opening=opening,
    )


def _known(calc: Calc, cell: Where) -> None:
    head = cell.key.partition(".")[0]
    if not (
        is_computed(calc, cell) or cell.key in calc.inputs or item_of(calc.deal, cell.key) or cell.key in PERIOD_NAMES
    ):
        raise KeyError(cell.key)
    if cell.key.count(".") == 1 and head in calc.deal.series and not cell.key.partition(".")[2].isdigit():
        raise KeyError(cell.key)


def _note(calc: Calc, key: str, item: Any) -> str:
    deal = calc.deal
    head, _, year = key.partition(".")
    if key in deal.terms and key in calc.inputs:
        return about(deal, calc.view, key).note
    series = deal.series.get(head)
    notes = [series.notes.get(year, "") if series else "", getattr(item, "note", "")]
    if key in deal.tables or key.endswith("]"):
        notes.append(deal.tables[head.partition("[")[0]].note)
    return "\n".join(n for n in dict.fromkeys(notes) if n)


def _layers(calc: Calc, key: str) -> tuple[LayerValue, ...]:
    if key not in calc.inputs:
        return ()
    field, wins = field_of(calc.deal, key), calc.inputs[key].layer
    out = []
    held = [(BASE, {key: _base(calc.deal, key)}), *chain(calc.deal, calc.view)]
    for layer, overlay in reversed(held):
        value = overlay.get(key)
        shown = field.show(field.to_engine(value)) if value is not None else ""
        out.append(LayerValue(layer, layer_label(calc.deal, layer), shown, layer == wins))
    return tuple(out)


def _base(deal: Deal, key: str) -> Any:
    try:
        return base_value(deal, key)
    except KeyError:
        return None
