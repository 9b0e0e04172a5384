"""The Terms sheet: every scalar with its value, unit, class, source and range."""

from __future__ import annotations

from typing import Any, Final

from model.addresses import input_item
from model.deal import Deal
from model.engine import Calc
from model.fields import field_for
from model.layers import about, base_about, layer_label
from model.workbook.book import HEAD_ROW, LABEL, SCENARIOS, TERMS, UNIT, VALUE
from model.workbook.canvas import FLOW, Canvas, as_shown, blocks_of, fitted, narrowed, number_format, unit_width
from model.workbook.metrics import column_for
from model.workbook.scenarios import overlays
from model.workbook.validation import usual, validate
from model.workbook.viewpoint import cell, letters

CLASS, SOURCE, LOW, HIGH, SET_BY, NOTE, NAME = range(VALUE + 1, VALUE + 8)
_WIDTHS: Final[dict[int, float]] = {
    LABEL: 37,
    UNIT: 11,
    VALUE: 24,
    CLASS: 11,
    SOURCE: 30,
    LOW: 12,
    HIGH: 12,
    SET_BY: 18,
    NOTE: 72,
    NAME: 24,
}
_HEADS: Final = {
    LABEL: "Term", UNIT: "Unit", VALUE: "Value", CLASS: "Class", SOURCE: "Source", LOW: "Low", HIGH: "High",
    SET_BY: "Set by", NOTE: "Note", NAME: "Name in formulas",
}  # fmt: skip


def write_terms(canvas: Canvas, source_rows: dict[str, int]) -> None:
    book, deal = canvas.book, canvas.book.calc.deal
    named = [
        column_for(deal.sources[t.source].label, 9, indent=1) for t in deal.terms.values() if t.source in deal.sources
    ]
    widths = {**_WIDTHS, SOURCE: min(46.0, max([20.0, *named]))}  # links do not wrap in every program
    widths[UNIT] = unit_width((t.unit for t in deal.terms.values()), 8)
    widths[VALUE] = fitted((text for key in deal.terms for text in _shown(book.calc, key)), 15, _WIDTHS[VALUE], 10)
    bounds = [(field_for(t, deal.unit), bound) for t in deal.terms.values() for bound in (t.low, t.high)]
    widths[LOW] = widths[HIGH] = fitted((f.show(f.to_engine(b)) for f, b in bounds if b is not None), 8, _WIDTHS[LOW])
    widths[LABEL] = fitted((t.label for t in deal.terms.values()), 26, _WIDTHS[LABEL], 10)
    widths[NOTE] = fitted((line for key in deal.terms for line in _note(book.calc, key).split("\n")), 40, _WIDTHS[NOTE])
    layers = book.scenarios.layers if book.scenarios else []
    widths[SET_BY] = fitted((x.label for x in layers), 11, _WIDTHS[SET_BY])
    widths = narrowed(widths, NOTE, {NOTE: 44})
    canvas.open("Terms", widths)
    if book.scenarios:
        said = "To change a term, click its name: it leads to its inputs on Scenarios, by version and scenario."
        canvas.text(1, SOURCE, said, "muted", indent=1)
    canvas.header(HEAD_ROW, _HEADS, frozenset((LABEL, UNIT, CLASS, SOURCE, SET_BY, NOTE, NAME)))
    last = HEAD_ROW
    for row, kind, key in book.entries[TERMS]:
        last = row
        if kind == "group":
            canvas.section(row, key, NAME)
        else:
            _term(canvas, row, key, source_rows, widths)
    canvas.close(last, NOTE, freeze_col=UNIT)
    canvas.paginate(blocks_of(book.entries[TERMS], "group"), NOTE, HEAD_ROW + 1, FLOW)


def _term(canvas: Canvas, row: int, key: str, source_rows: dict[str, int], widths: dict[int, float]) -> None:
    book, deal = canvas.book, canvas.book.calc.deal
    term, where = deal.terms[key], f"terms.{key}"
    field = field_for(term, deal.unit)
    value = book.calc.scalar(key)
    said = about(deal, book.calc.view, key) if term.formula is None else base_about(deal, key)
    source = deal.source_label(said.source)
    note = _note(book.calc, key)
    top: dict[str, Any] = {"valign": canvas.fit(row, (note, widths[NOTE]), (source, widths[SOURCE]))}
    left: dict[str, Any] = {**top, "indent": 1}
    if book.scenarios and key in book.scenarios.rows:
        target = f"internal:'{SCENARIOS}'!{letters(VALUE)}{book.scenarios.rows[key] + 1}"
        canvas.link(row, LABEL, target, book.texts.clean(term.label, f"{where}.label"), "label", **top)
    else:
        canvas.text(row, LABEL, term.label, "label", where=f"{where}.label", **top)
    canvas.text(row, UNIT, term.unit, "muted", where=f"{where}.unit", **left)
    chosen = book.chosen(key)
    if chosen is not None:
        shown = number_format(field, (value, *held_in_layers(deal, key), term.low, term.high))
        following(canvas, row, VALUE, key, value, num_format=shown, align="right", **top)
        set_by(canvas, row, SET_BY, key, **left)
    elif term.formula is None:
        shown = number_format(field, (value, *held_in_layers(deal, key), term.low, term.high))
        canvas.constant(row, VALUE, value, "input", where=where, num_format=shown, align="right", **top)
        validate(canvas, row, VALUE, field, key, usual(field, term.low, term.high))
        layer = book.calc.inputs[key].layer
        canvas.text(
            row, SET_BY, layer_label(deal, layer).partition(": ")[2] or ("by hand" if layer else ""), "muted", **top
        )
    else:
        shown = number_format(field, (value,))
        canvas.item(row, VALUE, key, value, where=f"{where}.formula", num_format=shown, align="right", **top)
        canvas.text(row, SET_BY, "computed", "muted", **left)
    canvas.text(row, CLASS, said.class_, "muted", **left)
    canvas.source(row, SOURCE, said.source, source_rows, "muted", where=f"{where}.source", **left)
    for col, bound in ((LOW, term.low), (HIGH, term.high)):
        shown = number_format(field, (bound,))
        canvas.constant(row, col, field.to_engine(bound), "muted", num_format=shown, align="right", where=where, **top)
    canvas.note(row, NOTE, note, widths[NOTE], where=f"{where}.note", **top)
    canvas.text(row, NAME, book.names[key], "muted", **left)


def _shown(calc: Calc, key: str) -> list[str]:
    """What the cell of a term's value may have to show: here, under other versions and scenarios, or once chosen."""
    term = calc.deal.terms[key]
    field = field_for(term, calc.deal.unit)
    held = [field.to_engine(v) for v in held_in_layers(calc.deal, key)]
    return [*(field.show(v) for v in (calc.scalar(key), *held)), *(term.choices if term.kind == "choice" else ())]


def _note(calc: Calc, key: str) -> str:
    """What is said about a term in view, and under other versions and scenarios."""
    term = calc.deal.terms[key]
    said = about(calc.deal, calc.view, key) if term.formula is None else base_about(calc.deal, key)
    return "\n".join(part for part in (said.note, *said_elsewhere(calc, key)) if part)


def said_elsewhere(calc: Calc, key: str) -> list[str]:
    """Class and source under the versions and scenarios that are not in view but may be chosen in the workbook."""
    deal, view, out = calc.deal, calc.view, []
    for group, current in ((deal.versions, view.version), (deal.scenarios, view.scenario)):
        for name, layer in group.items():
            if key in layer.about and name != current:
                said = layer.about[key]
                source = deal.source_label(said.source)
                out.append(f"Under “{layer.label}”: {', '.join(part for part in (said.class_, source) if part)}.")
    return out


def following(canvas: Canvas, row: int, col: int, address: str, value: Any, **more: Any) -> None:
    """The cell of an input that layers set: it shows what the Scenarios sheet has chosen."""
    text = canvas.book.chosen(address)
    kind = input_item(canvas.book.calc.deal, address).kind
    if value is None:
        value = "" if kind in ("text", "choice", "yesno") else 0.0
    if address in canvas.book.scenarios.blank and kind not in ("text", "choice", "yesno"):  # type: ignore[union-attr]
        text = f'IF({text}="",0,{text})'
    canvas.formula(row, col, f"{text}", as_shown(value), "link", **more)


def set_by(canvas: Canvas, row: int, col: int, address: str, **more: Any) -> None:
    """The layer that gives an input's value, live."""
    scenarios = canvas.book.scenarios
    assert scenarios is not None
    layer = scenarios.layer(canvas.book.calc.inputs[address].layer) if address in canvas.book.calc.inputs else None
    label = layer.label if layer else scenarios.layers[0].label
    canvas.formula(row, col, f"{SCENARIOS}!{cell(scenarios.rows[address], VALUE + 1)}", label, "muted", **more)


def held_in_layers(deal: Deal, address: str) -> list[Any]:
    """What any version or scenario sets at an address, besides the base."""
    return [overlay[address] for overlay in overlays(deal) if address in overlay]
