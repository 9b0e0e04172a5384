"""The Summary sheet: headline figures against the base case, native charts, probability-weighted values.

The base case and the table of cases are computed by the app at export and stamped; what is beside them is live.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from model.deal import Chart
from model.engine import Calc, run
from model.fields import Field, field_for
from model.layers import default_view
from model.values import ErrorValue
from model.whatif.cases import Cases, cases
from model.whatif.compare import difference
from model.workbook.book import FIRST_PERIOD, HEAD_ROW, LABEL, SCHEDULE, UNIT, VALUE, VERSION
from model.workbook.canvas import Canvas, number_format, view_name
from model.workbook.scenarios import SELECTED, label_of
from model.workbook.sheet_scenarios import EXPORTED
from model.workbook.styles import ACCENT, FONT, MUTED
from model.workbook.viewpoint import cell, letters

BASE, CHANGE, AS_EXPORTED, SAID = range(VALUE + 1, VALUE + 5)
_WIDTHS: Final = {LABEL: 42.0, UNIT: 12.0, VALUE: 20.0, BASE: 20.0, CHANGE: 20.0, AS_EXPORTED: 20.0, SAID: 32.0}
_CHART_ROWS: Final = 14
_CHART_SIZE: Final = {"width": 520, "height": 270}
_COLOURS: Final = (ACCENT, "#C77D0A", "#6A3D9A", "#5B7FA6", "#8A949E")
_NUMBERS: Final = ("money", "number", "percent", "multiple", "integer")
NO_SUM: Final = "probabilities do not add up to 100 %"
NO_NUMBER: Final = "no number in a case that counts"


def write_summary(canvas: Canvas, today: dt.date) -> None:
    book, calc = canvas.book, canvas.book.calc
    deal = calc.deal
    canvas.open("Summary", {**_WIDTHS, UNIT: 14.0})
    keys = [k for k in deal.headline if k in book.names] or list(deal.outputs)[:12]
    for col in range(VALUE + 1, VALUE + 2 + len(deal.scenarios)):
        canvas.sheet.set_column(col, col, 32.0 if col == VALUE + 1 + len(deal.scenarios) else 20.0, canvas.style())
    canvas.sheet.set_column(SAID, SAID, 32.0, canvas.style())
    base = run(deal, default_view(deal)._replace(period=calc.view.period), calc)
    row = _headline(canvas, keys, base)
    row = _charts(canvas, row + 1)
    if deal.scenarios and deal.outputs:
        row = _weighted(canvas, row + 1)
    canvas.text(row + 1, LABEL, f"Stamped values were computed at export on {today:%d %b %Y}.", "muted")
    last = max(SAID, VALUE + 1 + len(deal.scenarios))
    canvas.close(row + 1, last, freeze_col=UNIT)


def _headline(canvas: Canvas, keys: list[str], base: Calc) -> int:
    book, calc = canvas.book, canvas.book.calc
    deal = calc.deal
    named = view_name(base) or "none"
    heads = {
        LABEL: "Headline", UNIT: "Unit", VALUE: "Value", BASE: "Base case\n(stamped)", CHANGE: "Change against\nthe base case",
        AS_EXPORTED: "As exported\n(stamped)", SAID: "Against the export",
    }  # fmt: skip
    canvas.header(HEAD_ROW, heads, frozenset((LABEL, UNIT, SAID)))
    row = HEAD_ROW + 1
    for key in keys:
        item: Any = deal.outputs.get(key) or deal.terms.get(key)
        if item is None:
            continue
        field, value, was = field_for(item, deal.unit), calc.scalar(key), base.scalar(key)
        shown = number_format(field, (value, was))
        more: dict[str, Any] = {"num_format": shown, "align": "right"}
        name, left = book.names[key], f"{letters(VALUE)}{row + 1}"
        canvas.text(row, LABEL, item.label, "label", where=key, bold=True)
        canvas.text(row, UNIT, item.unit, "muted", where=key, indent=1)
        canvas.formula(row, VALUE, name, value, "link", bold=True, **more)
        canvas.constant(row, BASE, was, "stamp", where=key, **more)
        canvas.constant(row, AS_EXPORTED, value, "stamp", where=key, **more)
        if field.kind in _NUMBERS and isinstance(was, float):
            change = difference(was, value)
            text = f"ROUND({left}-{letters(BASE)}{row + 1},9)"  # what engines differ by is no change
            canvas.formula(row, CHANGE, text, value if change is None else round(change, 9), "over", **more)
        stamp = f"{letters(AS_EXPORTED)}{row + 1}"
        canvas.formula(row, SAID, _against(left, stamp), EXPORTED, "muted", indent=1)
        row += 1
    canvas.text(row, BASE, named, "muted", align="right")
    canvas.text(row, AS_EXPORTED, view_name(calc) or "none", "muted", align="right")
    return row + 1


def _against(live: str, stamp: str) -> str:
    """A live value against what it was at export: information, not an error."""
    near = f"ABS({live}-{stamp})<=0.000001*MAX(1,ABS({stamp}))"
    same = f"IF(ISERROR({live}),ISTEXT({stamp}),IF(AND(ISNUMBER({live}),ISNUMBER({stamp})),{near},{live}={stamp}))"
    return f'IF({same},"{EXPORTED}","differs from the exported run")'


# -- charts --------------------------------------------------------------------------------------


def _charts(canvas: Canvas, row: int) -> int:
    charts = [c for c in canvas.book.calc.deal.charts.values() if any(k in canvas.book.rows for k in c.lines)]
    if not charts:
        return row
    canvas.section(row, "Charts", SAID)
    row += 1
    for i, chart in enumerate(charts):
        at, col = row + _CHART_ROWS * (i // 2), (LABEL, VALUE + 1)[i % 2]
        canvas.sheet.insert_chart(at, col, _chart(canvas, chart), {"x_offset": 4, "y_offset": 6, "object_position": 2})
    return row + _CHART_ROWS * -(-len(charts) // 2)


def _chart(canvas: Canvas, chart: Chart) -> Any:
    book = canvas.book
    deal = book.calc.deal
    made = canvas.workbook.add_chart({"type": "column" if chart.type == "bar" else "line"})
    last = book.last_period
    keys = [k for k in chart.lines if k in book.rows]
    for i, key in enumerate(keys):
        colour = _COLOURS[i % len(_COLOURS)]
        look: dict[str, Any] = {"line": {"color": colour, "width": 2.25}}
        if chart.type == "bar":
            look = {"fill": {"color": colour}, "border": {"none": True}, "gap": 60}
        elif i:
            look["line"]["dash_type"] = ("dash", "round_dot", "long_dash", "dash_dot")[
                (i - 1) % 4
            ]  # tells them apart in grey
        made.add_series({
            "name": [SCHEDULE, book.rows[key], LABEL],
            "categories": [SCHEDULE, HEAD_ROW, FIRST_PERIOD, HEAD_ROW, last],
            "values": [SCHEDULE, book.rows[key], FIRST_PERIOD, book.rows[key], last],
            **look,
        })  # fmt: skip
    item = deal.lines[keys[0]]
    field = field_for(item, deal.unit)
    small = {"name": FONT, "size": 8, "color": MUTED}
    title = book.texts.clean(f"{chart.label}, {field.unit}" if field.unit else chart.label, "charts")
    made.set_title(
        {"name": title, "name_font": {"name": FONT, "size": 10, "bold": True, "color": ACCENT}, "overlay": False}
    )
    made.set_x_axis(
        {"num_font": {**small, "rotation": -45 if last - FIRST_PERIOD > 20 else 0}, "line": {"color": MUTED}}
    )
    made.set_y_axis({
        "num_font": small, "num_format": "0%" if field.kind == "percent" else "#,##0", "line": {"none": True},
        "major_gridlines": {"visible": True, "line": {"color": "#D5DADF", "width": 0.5}},
    })  # fmt: skip
    if len(keys) > 1:
        made.set_legend({"position": "bottom", "font": small})
    else:
        made.set_legend({"none": True})
    made.set_size(_CHART_SIZE)
    return made


# -- probability-weighted values -----------------------------------------------------------------


def _weighted(canvas: Canvas, row: int) -> int:
    book, calc = canvas.book, canvas.book.calc
    deal = calc.deal
    keys = [k for k, o in deal.outputs.items() if o.kind in _NUMBERS]
    found = cases(calc, keys)
    first, end = VALUE + 1, VALUE + len(found.cases)
    check = end + 1
    version = label_of(book, "version", calc.view.version)
    canvas.section(
        row, f"Probability-weighted values over the scenarios (cases stamped for version: {version})", max(check, SAID)
    )
    row += 1
    heads = {LABEL: "Output", UNIT: "Unit", VALUE: "Weighted value", check: "Selected case"}
    labels = [label_of(book, "scenario", case.scenario) for case in found.cases]
    canvas.header(row, {**heads, **{first + i: text for i, text in enumerate(labels)}}, frozenset((LABEL, UNIT, check)))
    for i, text in enumerate(labels):
        canvas.text(row, first + i, text, "head", align="right", text_wrap=True)
    canvas.sheet.set_row(row, 30)
    row += 1
    chances = f"{cell(row, first)}:{cell(row, end)}"
    canvas.text(row, LABEL, "Probability", "label", bold=True)
    canvas.text(row, UNIT, "%", "muted", indent=1)
    shown = '0.0%;-0.0%;"–"'
    for i, case in enumerate(found.cases):
        canvas.constant(row, first + i, case.probability, "input", num_format=shown, align="right")
        rule = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1}
        says = {"input_title": "Probability", "input_message": "Between 0 and 100 %. All together must be 100 %."}
        canvas.sheet.data_validation(row, first + i, row, first + i, {**rule, **says})
    canvas.formula(row, VALUE, f"SUM({chances})", found.total, "calc", num_format=shown, align="right")
    said = "adds up to 100 %" if found.adds_up else NO_SUM
    text = f'IF(ABS({cell(row, VALUE)}-1)<=0.000000001,"adds up to 100 %","{NO_SUM}")'
    canvas.formula(row, check, text, said, "muted", indent=1)
    total = cell(row, VALUE)
    for column, key in enumerate(keys):
        row += 1
        _case_row(canvas, row, key, found, column, (first, end), chances, total)
    return row + 1


def _case_row(
    canvas: Canvas, row: int, key: str, found: Cases, column: int, span: tuple[int, int], chances: str, total: str
) -> None:
    calc = canvas.book.calc
    output = calc.deal.outputs[key]
    field: Field = field_for(output, calc.deal.unit)
    values = [case.values[column] for case in found.cases]
    more: dict[str, Any] = {"num_format": number_format(field, values), "align": "right"}
    first, end = span
    canvas.text(row, LABEL, output.label, "label", where=key)
    canvas.text(row, UNIT, output.unit, "muted", where=key, indent=1)
    for i, value in enumerate(values):
        canvas.constant(row, first + i, value, "stamp", where=key, **more)
    cells = f"{letters(first)}{row + 1}:{letters(end)}{row + 1}"
    at = total.split("$")[2]
    tests = [f"AND({letters(first + i)}${at}<>0,ISTEXT({letters(first + i)}{row + 1}))" for i in range(len(values))]
    lost = f"OR({','.join(tests)})"
    text = f'IF(ABS({total}-1)>0.000000001,"–",IF({lost},"{NO_NUMBER}",SUMPRODUCT({chances},{cells})))'
    weighted: Any = found.weighted[column] if found.adds_up else "–"
    if weighted is None or isinstance(weighted, ErrorValue):
        weighted = NO_NUMBER
    canvas.formula(row, VALUE, text, weighted, "over", **more)
    _selected(canvas, row, end + 1, key, cells, values)


def _selected(canvas: Canvas, row: int, col: int, key: str, cells: str, values: list[Any]) -> None:
    """Whether the case that is selected still gives what was stamped."""
    book, calc = canvas.book, canvas.book.calc
    scenarios = book.scenarios
    assert scenarios is not None
    columns = [scenarios.layer(f"scenario:{k}") for k in calc.deal.scenarios]
    flags = "+".join(f"Scenarios!{cell(SELECTED, x.col)}*{i + 1}" for i, x in enumerate(columns) if x)
    live, stamp = book.names[key], f"INDEX({cells},1,{flags})"
    near = f"ABS({live}-{stamp})<=0.000001*MAX(1,ABS({stamp}))"
    same = f"IF(ISERROR({live}),ISTEXT({stamp}),IF(AND(ISNUMBER({live}),ISNUMBER({stamp})),{near},{live}={stamp}))"
    version = label_of(book, "version", calc.view.version).replace('"', '""')
    text = f'IF({same},"equals its stamp","differs from the exported case")'
    text = f'IF({flags}=0,"no scenario is selected",{text})'
    if calc.deal.versions:
        text = f'IF({book.names[VERSION]}<>"{version}","exported for another version",{text})'
    chosen = calc.view.scenario in calc.deal.scenarios
    said = "equals its stamp" if chosen else "no scenario is selected"
    canvas.formula(row, col, text, said, "muted", indent=1)
