"""The Scenarios sheet: two selectors, and every input that a version or scenario sets, with the value that holds.

Base, versions and scenarios stand across in order of precedence. A blank cell inherits, so an override can be
typed into any of them; what holds is the rightmost filled cell among the layers in force.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from model.addresses import input_item
from model.deal import Deal
from model.edits import label_of as name_of
from model.fields import field_for
from model.layers import BASE, SETS, View, about, base_about, base_value
from model.workbook.book import LABEL, SCENARIO, SCENARIOS, UNIT, VALUE, VERSION, Book, Layer
from model.workbook.canvas import FLOW, SMALL, Canvas, as_shown, blocks_of, fitted, number_format, unit_width
from model.workbook.metrics import column_for
from model.workbook.scenarios import (
    BASE_COL,
    HEADS,
    KIND,
    RANK,
    SELECTED,
    VERSION_ROW,
    label_of,
    offered,
)  # fmt: skip
from model.workbook.sheet_terms import held_in_layers
from model.workbook.styles import FLAG_FILL
from model.workbook.validation import list_rule, validate
from model.workbook.viewpoint import cell, letters

SET_BY, NUMBER = VALUE + 1, VALUE + 2
_WIDTHS: Final = {LABEL: 36.0, UNIT: 11.0, VALUE: 24.0, SET_BY: 26.0, NUMBER: 9.0}
_LAYER_WIDTH: Final = (12.0, 20.0)
_MAX_ARGUMENTS: Final = 200
EXPORTED: Final = "as exported"


def write_scenarios(canvas: Canvas) -> None:
    book = canvas.book
    scenarios = book.scenarios
    assert scenarios is not None
    deal, layers = book.calc.deal, scenarios.layers
    end = layers[-1].col
    widths = {**_WIDTHS, **_layer_widths(book, layers), end + 1: 30.0, end + 2: 60.0}
    widths[UNIT] = unit_width((input_item(deal, a).unit for a in scenarios.rows), 11)
    widths[LABEL] = fitted((name_of(deal, a) for a in scenarios.rows), 26, _WIDTHS[LABEL], 10)
    shown = [t for a in scenarios.rows for t in _shown(book, a)]
    widths[VALUE] = fitted(
        [*shown, *(label for k in ("version", "scenario") for label in offered(book, k))], 15, 24, 10
    )
    widths[SET_BY] = fitted((x.label for x in layers), 12, _WIDTHS[SET_BY])
    widths[end + 1] = fitted(scenarios.rows, 12, 30)
    canvas.open("Scenarios", widths)
    canvas.header(VERSION_ROW - 1, {LABEL: "Choose here", VALUE: "Selected", SET_BY: ""}, frozenset((LABEL, VALUE)))
    canvas.text(HEADS - 1, LABEL, _HOW, "muted")
    for kind, key, chosen in (
        ("version", VERSION, book.calc.view.version),
        ("scenario", SCENARIO, book.calc.view.scenario),
    ):
        if key not in book.scalars:
            continue
        row = book.scalars[key].row
        label = label_of(book, kind, chosen)
        canvas.text(row, LABEL, kind.capitalize(), "label", bold=True)
        canvas.text(row, VALUE, label, "input", bold=True, indent=1)
        rule = list_rule(book, offered(book, kind))
        says = {"input_title": kind.capitalize(), "input_message": "Choose from the list: the whole workbook follows."}
        wrong = {"error_title": "Not in the list", "error_message": "Choose from the list."}
        canvas.sheet.data_validation(row, VALUE, row, VALUE, {**rule, **says, **wrong})
        canvas.formula(row, SET_BY, differs(book.names[key], label), EXPORTED, "muted", indent=1)
    _heads(canvas, layers, end)
    canvas.blanks(RANK + 1, LABEL, LABEL)
    last = RANK
    for last, kind, key in book.entries[SCENARIOS]:
        if kind == "group":
            canvas.section(last, key, end + 2)
        else:
            _input(canvas, last, key, layers, end)
    if scenarios.rows:
        first = min(scenarios.rows.values())
        spot = f"{letters(BASE_COL)}{first + 1}"
        here = f"${letters(NUMBER)}{first + 1}=COLUMN({spot})-COLUMN(${letters(BASE_COL)}{first + 1})"
        rule = {"type": "formula", "criteria": f"=AND(NOT(ISBLANK({spot})),{here})"}
        rule["format"] = canvas.style.bare(bold=True, bg_color=FLAG_FILL)
        canvas.sheet.conditional_format(first, BASE_COL, last, end, rule)
    canvas.close(last, end, freeze_col=VALUE + 1, freeze_row=HEADS + 1, repeat=RANK + 1)
    canvas.paginate(blocks_of(book.entries[SCENARIOS], "group"), end, RANK + 1, FLOW)
    first_choice = next((book.scalars[k].row for k in (VERSION, SCENARIO) if k in book.scalars), VERSION_ROW)
    canvas.sheet.set_selection(first_choice, VALUE, first_choice, VALUE)


def _shown(book: Book, address: str) -> list[str]:
    """What an input's value may have to show: in view, or under any layer."""
    deal = book.calc.deal
    field = field_for(input_item(deal, address), deal.unit)
    held = [v for v in (base_value(deal, address), *held_in_layers(deal, address)) if v is not None]
    return [field.show(field.to_engine(v)) for v in held]


def _layer_widths(book: Book, layers: list[Layer]) -> dict[int, float]:
    """Columns as wide as what they hold, bold where it holds, and as the words of their headings."""
    deal, sets, widths = book.calc.deal, dict(book.calc.view.sets), {}
    least, most = _LAYER_WIDTH
    for x in layers:
        texts = [column_for(word, SMALL, bold=True) for word in x.label.split()]
        for address in book.scenarios.rows:  # type: ignore[union-attr]
            raw = _held(deal, x, address, sets)
            if raw is not _ABSENT:
                field = field_for(input_item(deal, address), deal.unit)
                texts.append(column_for(field.show(field.to_engine(raw)), bold=True))
        widths[x.col] = min(most, max([least, *texts]) + 0.5)
    return widths


_HOW: Final = (
    "A blank cell inherits from the left; the rightmost filled cell in force holds (shaded, bold). "
    "To override, type into a column in force, or into the base."
)


def differs(name: str, exported: str) -> str:
    """Whether a selector stands where it stood at export: information, not an error."""
    text = exported.replace('"', '""')
    return f'IF({name}="{text}","{EXPORTED}","differs from the exported run: {text}")'


def _heads(canvas: Canvas, layers: list[Layer], end: int) -> None:
    names = canvas.book.names
    heads = {
        LABEL: "Input",
        UNIT: "Unit",
        VALUE: "Value that holds",
        SET_BY: "Set by",
        NUMBER: "Column",
        end + 1: "Key",
        end + 2: "Class and source",
    }
    heads |= {x.col: x.label for x in layers}
    canvas.header(HEADS, heads, frozenset((LABEL, UNIT, SET_BY, end + 1, end + 2)))
    for x in layers:
        canvas.text(HEADS, x.col, x.label, "head", align="right", text_wrap=True)
    canvas.sheet.set_row(HEADS, 30)
    selected = _exported(canvas)
    for row, label in ((KIND, "Kind"), (SELECTED, "Selected"), (RANK, "In force: number of the column")):
        canvas.text(row, LABEL, label, "helper")
    for count, x in enumerate(layers):
        kind, _, _key = x.id.partition(":")
        canvas.text(KIND, x.col, {BASE: "base", SETS: "by hand"}.get(x.id, kind), "muted", align="right")
        if x.id in (BASE, SETS):
            canvas.constant(RANK, x.col, float(count), "muted", num_format="0", align="right")
            continue
        name = names[VERSION if kind == "version" else SCENARIO]
        here = f"{letters(x.col)}${HEADS + 1}"
        text, value = f"IF({name}={here},1,0)", float(x.id in selected)
        canvas.formula(SELECTED, x.col, text, value, "muted", num_format='0;-0;"–"', align="right")
        flags = [f"{letters(o.col)}${SELECTED + 1}=1" for o in layers if o.id in x.holds_for]
        test = flags[0] if len(flags) == 1 else f"OR({','.join(flags)})"
        rank = float(count) if selected & set(x.holds_for) else 0.0
        canvas.formula(RANK, x.col, f"IF({test},{count},0)", rank, "muted", num_format='0;-0;"–"', align="right")


def _exported(canvas: Canvas) -> set[str]:
    view = canvas.book.calc.view
    return {f"version:{view.version}", f"scenario:{view.scenario}"}


def _input(canvas: Canvas, row: int, address: str, layers: list[Layer], end: int) -> None:
    book = canvas.book
    calc, deal = book.calc, book.calc.deal
    item = input_item(deal, address)
    field = field_for(item, deal.unit)
    held = calc.inputs.get(address)
    value = field.to_engine(held.value) if held else None
    shown = number_format(field, (value, base_value(deal, address), *held_in_layers(deal, address)))
    canvas.text(row, LABEL, name_of(deal, address), "label", where=address)
    canvas.text(row, UNIT, item.unit, "muted", where=address, indent=1)
    number, span = f"${letters(NUMBER)}{row + 1}", f"${letters(BASE_COL)}{row + 1}:${letters(end)}{row + 1}"
    text = f"INDEX({span},1,{number}+1)"
    if address in book.scenarios.blank:  # type: ignore[union-attr]
        text = f'IF(ISBLANK({text}),"",{text})'
    cached = "" if value is None else as_shown(value)
    canvas.formula(row, VALUE, text, cached, "calc", num_format=shown, align="right")
    at = next((i for i, x in enumerate(layers) if held and x.id == held.layer), 0)
    heads = f"{cell(HEADS, BASE_COL)}:{cell(HEADS, end)}"
    canvas.formula(row, SET_BY, f"INDEX({heads},1,{number}+1)", layers[at].label, "muted", indent=1)
    canvas.formula(row, NUMBER, highest(row, layers), float(at), "muted", num_format="0", align="right", indent=1)
    for x in layers:
        raw = _held(deal, x, address, dict(calc.view.sets))
        given = None if raw is _ABSENT else field.to_engine(raw)
        canvas.constant(row, x.col, given, "input", where=address, num_format=shown, align="right")
        if (given is None or given == "") and raw is not _ABSENT and x.id != BASE:
            canvas.formula(row, x.col, '""', "", "input", num_format=shown, align="right")
        validate(canvas, row, x.col, field, address, "" if x.id == BASE else "Blank: inherits.")
    canvas.text(row, end + 1, address, "muted", indent=1)
    canvas.text(row, end + 2, _grounds(deal, layers, address), "muted", where=address, indent=1)


def _grounds(deal: Deal, layers: list[Layer], address: str) -> str:
    """Class and source of each value in a row, from left to right."""
    said = []
    for x in layers:
        kind, _, key = x.id.partition(":")
        if x.id == BASE:
            found = base_about(deal, address)
        elif kind == "version" and address in deal.versions[key].set:
            found = about(deal, View(version=key), address)
        elif kind == "scenario" and address in deal.scenarios[key].set:
            found = about(deal, View(scenario=key), address)
        else:
            continue
        source = deal.source_label(found.source)
        if grounds := ", ".join(part for part in (found.class_, source) if part):
            said.append(f"{x.label}: {grounds}.")
    return " ".join(said)


_ABSENT: Final = object()


def _held(deal: Deal, layer: Layer, address: str, sets: dict[str, Any]) -> Any:
    kind, _, key = layer.id.partition(":")
    if layer.id == BASE:
        return base_value(deal, address)
    overlay = sets if layer.id == SETS else (deal.versions[key] if kind == "version" else deal.scenarios[key]).set
    return overlay.get(address, _ABSENT)


def highest(row: int, layers: list[Layer]) -> str:
    """Formula: the number of the rightmost layer in force whose cell in this row is filled."""
    terms = [f"IF(ISBLANK({letters(x.col)}{row + 1}),0,{letters(x.col)}${RANK + 1})" for x in layers[1:]]
    parts = list(_chunks(terms))
    while len(parts) > 1:
        parts = list(_chunks(parts))
    return parts[0]


def _chunks(terms: list[str]) -> Iterator[str]:
    for i in range(0, len(terms), _MAX_ARGUMENTS):
        yield f"MAX(0,{','.join(terms[i : i + _MAX_ARGUMENTS])})"
