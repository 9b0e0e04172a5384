"""The table behind the Compare sheet: outputs, terms, rights and formulas in which two runs differ."""

from __future__ import annotations

import datetime as dt
from typing import Any

from model.addresses import input_item
from model.engine import Calc
from model.fields import field_for
from model.formula.bind import RIGHT
from model.layers import about, layer_label
from model.problems import Problem, Refused
from model.rights import granted, in_words
from model.values import NEVER, to_serial
from model.whatif.compare import Difference, InputChange, RightChange, compare
from ui.grid.source import Cell, ColumnSpec, Place, RowSpec
from ui.panels.deal_source import DealSource
from ui.session import DealSession
from ui.targets import NOTHING, Target, target_of
from ui.wording import change, wrapped

OUTPUT, TERM = "output:", "term:"


class CompareSource(DealSource):
    """``a`` and ``b`` are the two runs; the sheet sets them."""

    def __init__(self, session: DealSession) -> None:
        super().__init__(session)
        self.a: Calc = session.calc
        self.b: Calc = session.calc
        self.names = ("A", "B")
        self.found: Difference = compare(self.a, self.b)
        self._keys: list[str] = []
        self._rights: dict[str, RightChange] = {}
        self._terms: dict[str, InputChange] = {}

    def set_runs(self, a: Calc, b: Calc, names: tuple[str, str]) -> None:
        self.a, self.b, self.names = a, b, names
        self.found = compare(a, b)

    def columns(self) -> list[ColumnSpec]:
        return [
            ColumnSpec("What", 264, "left", frozen=True, key="label"),
            ColumnSpec("A", 136, key="a", tooltip=self.names[0]),
            ColumnSpec("B", 136, key="b", tooltip=self.names[1]),
            ColumnSpec("Change", 136, key="change", tooltip="From A to B"),
            ColumnSpec("Unit", 84, "left", key="unit"),
            ColumnSpec("Where it comes from", 220, "left", stretch=True, key="layer"),
        ]

    def rows(self) -> list[RowSpec]:
        found, rows = self.found, []
        moved = {o.key for o in found.moved}
        self._terms = {c.address: c for c in found.inputs}
        self._rights = {r.key: r for r in found.rights}
        if found.outputs:
            rows.append(RowSpec("section:outputs", "section", f"Outputs: {len(moved)} of {len(found.outputs)} differ"))
            order = sorted(found.outputs, key=lambda o: o.key not in moved)
            rows += [RowSpec(f"{OUTPUT}{o.key}", "item" if o.key in moved else "helper", o.label) for o in order]
        rows.append(RowSpec("section:terms", "section", _count("Terms", len(found.inputs))))
        rows += [RowSpec(f"{TERM}{c.address}", "item", c.label) for c in found.inputs]
        if self.a.deal.rights or self.b.deal.rights:
            rows.append(RowSpec("section:rights", "section", _count("Rights", len(found.rights))))
            rows += [RowSpec(f"{RIGHT}{r.key}", "item", r.label) for r in found.rights]
        self._keys = [row.key for row in rows]
        return rows

    def key_at(self, row: int) -> str:
        return self._keys[row] if 0 <= row < len(self._keys) else ""

    def target(self, row: int, col: int) -> Target:
        key = self._keys[row]
        deal = self.session.deal
        if key.startswith((OUTPUT, TERM)):
            return target_of(deal, key.partition(":")[2])
        if key.startswith(RIGHT):
            right = key.removeprefix(RIGHT)
            return Target("text", key, ("rights", right, "label")) if right in deal.rights else NOTHING
        return NOTHING

    def find(self, target: Target) -> Place | None:
        for name in (f"{OUTPUT}{target.key}", f"{TERM}{target.key}", target.key):
            if name in self._keys:
                return self._keys.index(name), 0
        return None

    def why_not(self, row: int, col: int) -> Problem:
        return Problem("", "A comparison is computed.", "Change the terms on their sheet; double-click to go there.")

    def cell(self, row: int, col: int) -> Cell:
        key = self._keys[row]
        if key.startswith(OUTPUT):
            return self._output(key.removeprefix(OUTPUT), col)
        if key.startswith(TERM):
            return self._term(self._terms[key.removeprefix(TERM)], col)
        return self._right(self._rights[key.removeprefix(RIGHT)], col)

    def _output(self, key: str, col: int) -> Cell:
        row = next(o for o in self.found.outputs if o.key == key)
        item = self.b.deal.outputs.get(key) or self.a.deal.outputs[key]
        field = field_for(item, self.b.deal.unit)
        match col:
            case 0:
                return Cell(row.label, "label", tooltip=wrapped(item.note))
            case 1 | 2:
                value = row.a if col == 1 else row.b
                number = value if field.numeric and isinstance(value, float) else None
                return Cell(field.show(value), "computed", field.align, number=number)
            case 3:
                told = change(field, row.a, row.b)
                return Cell(told.text, "computed", number=row.change) if told else Cell("–", "muted")
            case 4:
                return Cell(item.unit, "unit")
        return Cell(item.note, "muted", tooltip=wrapped(item.note))

    def _term(self, row: InputChange, col: int) -> Cell:
        there = self.b if row.b is not None or row.layer_b is not None else self.a
        item = _item(there, row.address)
        match col:
            case 0:
                return Cell(row.label, "label", tooltip=row.address)
            case 1 | 2:
                value = row.a if col == 1 else row.b
                text = _shown(there, item, value)
                return Cell(text, "computed", "right")
            case 3:
                told = _step(there, item, row.a, row.b)
                return Cell(told, "computed") if told else Cell("–", "muted")
            case 4:
                return Cell(getattr(item, "unit", ""), "unit")
        layers = [_layer(self.a, row.layer_a), _layer(self.b, row.layer_b)]
        said = [_said(self.a, row.address), _said(self.b, row.address)]
        tip = "\n".join(f"{side}: {layer} · {words}" for side, layer, words in zip("AB", layers, said, strict=True))
        text = said[0] if said[0] == said[1] else " → ".join(said)
        if not any(said):
            text = layers[0] if layers[0] == layers[1] else " → ".join(layers)
        return Cell(text, "muted", tooltip=wrapped(tip))

    def _right(self, row: RightChange, col: int) -> Cell:
        match col:
            case 0:
                return Cell(row.label, "label", tooltip=row.key)
            case 1 | 2:
                held = row.a if col == 1 else row.b
                return Cell(in_words(held, brief=True), "computed", "right", tooltip=in_words(held))
            case 3:
                return Cell(_days(row) or "–", "computed" if _days(row) else "muted", "right")
            case 5:
                right = self.b.deal.rights.get(row.key) or self.a.deal.rights.get(row.key)
                return Cell(right.what if right else "", "muted", tooltip=wrapped(right.what) if right else "")
        return Cell()


def _count(what: str, count: int) -> str:
    return f"{what}: {count} differ" if count else f"{what}: no difference"


def _item(calc: Calc, address: str) -> Any:
    try:
        return input_item(calc.deal, address)
    except Refused:
        return None


def _shown(calc: Calc, item: Any, value: Any) -> str:
    if value is None:
        return "empty"
    if item is None:
        return str(value)
    return field_for(item, calc.deal.unit).show(
        to_serial(value) if isinstance(value, dt.date) else _engine(calc, item, value)
    )


def _engine(calc: Calc, item: Any, value: Any) -> Any:
    return field_for(item, calc.deal.unit).to_engine(value)


def _step(calc: Calc, item: Any, a: Any, b: Any) -> str:
    if item is None or a is None or b is None:
        return ""
    told = change(field_for(item, calc.deal.unit), _engine(calc, item, a), _engine(calc, item, b))
    return "" if told is None or told.way == "other" else told.text


def _layer(calc: Calc, layer: str | None) -> str:
    return "not there" if layer is None else layer_label(calc.deal, layer)


def _said(calc: Calc, address: str) -> str:
    """Class and source of an input on one side."""
    if address not in calc.inputs:
        return "not there"
    said = about(calc.deal, calc.view, address)
    return " · ".join(part for part in (said.class_, calc.deal.source_label(said.source)) if part)


def _days(row: RightChange) -> str:
    a, b = row.a, row.b
    if a is None or b is None:
        return "new" if a is None else "gone"
    if not (granted(a) and granted(b)):
        return "taken away" if granted(a) else "granted" if granted(b) else ""
    if a.end is None or b.end is None or a.end == b.end:
        return ""
    if NEVER in (a.end, b.end):
        return "ends" if a.end == NEVER else "no longer ends"
    days = round(b.end - a.end)
    return f"{abs(days):,} days {'longer' if days > 0 else 'shorter'}"
