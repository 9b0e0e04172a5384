"""A cell as another formula reads it: label, value, unit, class, source and layer."""

from __future__ import annotations

from typing import Any

import msgspec

from model.deal import Deal
from model.engine import Calc
from model.explain.cells import (
    OPENING_PERIOD,
    CellKind,
    Spot,
    Where,
    field_of,
    is_computed,
    item_of,
    kind_of,
    members,
    node_key,
    value_of,
)
from model.explain.parts import Leaf, leaves, references
from model.formula.bind import PERSPECTIVE
from model.formula.helpers import PERIOD_NAMES
from model.formula.nodes import Span
from model.layers import BASE, about, layer_label
from model.program import Program
from model.structure.labels import label_of_key
from model.values import ErrorValue, Range

_TIMELINE = {
    "start": "First day of the period", "end": "Last day of the period", "year": "Calendar year",
    "days": "Days of the period", "days_in_year": "Days of the year",
}  # fmt: skip


class Seen(msgspec.Struct, frozen=True):
    """A cell or range as another formula reads it, or as it reads another: a node of the trees.

    ``how`` says how it is read where that is not plainly ("the period before", "all records"); ``when`` is
    the period's label; ``more`` says whether the next level of the tree has anything.
    """

    key: str
    period: int | None
    label: str
    when: str
    value: Any
    shown: str
    unit: str
    cell: CellKind
    how: str = ""
    class_: str = ""
    source: str = ""
    layer: str = BASE
    layer_label: str = ""
    more: bool = False
    spans: tuple[Span, ...] = ()


def seen_from(calc: Calc, cell: Where, how: str = "", spans: tuple[Span, ...] = ()) -> Seen:
    deal, key = calc.deal, cell.key
    value, item = value_of(calc, cell), item_of(deal, key)
    kind = kind_of(calc, cell)
    layer = calc.inputs[key].layer if key in calc.inputs else BASE
    unit = getattr(item, "unit", "") or (deal.unit if getattr(item, "kind", "") == "money" else "")
    return Seen(
        key, cell.period, _label(deal, cell), _when(calc, cell), value, _shown(calc, cell, value), unit, kind, how,
        _class(calc, key, kind), _source(calc, key, item, kind), layer,
        layer_label(deal, layer) if kind == "input" else "", _has_more(calc, cell), spans,
    )  # fmt: skip


def _label(deal: Deal, cell: Where) -> str:
    return _TIMELINE.get(cell.key) or ("Perspective" if cell.key == PERSPECTIVE else label_of_key(deal, cell.key))


def _when(calc: Calc, cell: Where) -> str:
    if cell.period is None:
        return ""
    return "opening" if cell.period == OPENING_PERIOD else calc.timeline.periods[cell.period].label


def _shown(calc: Calc, cell: Where, value: Any) -> str:
    if isinstance(value, Range):
        what = "periods" if cell.key in calc.deal.lines or cell.key in PERIOD_NAMES else ""
        what = what or ("years" if cell.key in calc.deal.series else "records")
        errors = sum(isinstance(v, ErrorValue) for v in value)
        what = what if len(value) != 1 else what.removesuffix("s")
        return f"{len(value)} {what}" + (f", {errors} with errors" if errors else "")
    return field_of(calc.deal, cell.key).show(value)


def _class(calc: Calc, key: str, kind: CellKind) -> str:
    if kind != "input":
        return ""
    if key in calc.inputs:
        return about(calc.deal, calc.view, key).class_
    deal, head = calc.deal, key.partition("[")[0].partition(".")[0]
    if head in deal.series:
        return deal.series[head].class_
    return deal.tables[head].class_ if head in deal.tables else ""


def _source(calc: Calc, key: str, item: Any, kind: CellKind) -> str:
    """Where an input is from; what is computed in a table has no source of its own."""
    deal, head = calc.deal, key.partition("[")[0].partition(".")[0]
    if key in calc.inputs:
        name = about(deal, calc.view, key).source
    else:
        name = getattr(item, "source", "")
        if head in deal.tables:
            name = deal.tables[head].source if kind == "input" else ""
    return deal.source_label(name)


def _has_more(calc: Calc, cell: Where) -> bool:
    """Whether the tree of precedents opens here."""
    if members(calc, cell):
        return True
    return is_computed(calc, cell) and bool(_reads_anything(calc.program, node_key(cell)))


def _reads_anything(program: Program, key: str) -> bool:
    formula = program.formulas.get(key)
    return formula is not None and next(references(formula.tree), None) is not None


def reads_of(calc: Calc, spot: Spot) -> list[Seen]:
    """The direct inputs of a formula, each once, with all its places in the text."""
    found: dict[tuple[Where, str], list[Leaf]] = {}
    for leaf in leaves(spot):
        found.setdefault((leaf.cell, leaf.how), []).append(leaf)
    return [
        seen_from(calc, cell, how, tuple(leaf.span for leaf in group if leaf.span is not None))
        for (cell, how), group in found.items()
    ]
