"""The Sensitivities sheet: each term that has a range alone at its low and at its high, all others as exported (a
tornado for every headline output). Stamped at export; beside each output stands whether it is still what it was then."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import Any, Final

from model.deal import Output
from model.fields import Field, field_for
from model.whatif.sensitivity import Bar, Tornado, sensitivity, shift
from model.workbook.book import HEAD_ROW, LABEL, SENSITIVITIES, UNIT, VALUE
from model.workbook.canvas import FLOW, ROW_HEIGHT, Canvas, fitted, number_format, unit_width, view_name
from model.workbook.metrics import column_pixels
from model.workbook.sheet_changes import linked
from model.workbook.sheet_scenarios import EXPORTED
from model.workbook.sheet_summary import against
from model.workbook.styles import ACCENT, FONT, MUTED
from model.workbook.text import chart_title
from model.workbook.viewpoint import letters

LOW, IN_VIEW, HIGH, AT_LOW, AT_HIGH, BY_LOW, BY_HIGH, SWING = range(VALUE, VALUE + 8)
_HEADS: Final = {
    LOW: "Low", IN_VIEW: "In view", HIGH: "High", AT_LOW: "Output\nat low", AT_HIGH: "Output\nat high",
    BY_LOW: "Change\nat low", BY_HIGH: "Change\nat high", SWING: "Swing",
}  # fmt: skip
_WIDTH: Final = 11.7
_SWING_WIDTH: Final = 13.0
_LOW_COLOUR: Final = "#C77D0A"
_DAYS: Final = '#,##0;(#,##0);"–"'


def write_sensitivities(canvas: Canvas, today: dt.date, tell: Callable[[float], Any]) -> None:
    calc, deal = canvas.book.calc, canvas.book.calc.deal
    found = sensitivity(calc, progress=tell)
    terms = [deal.terms[one.key] for one in found.varied]
    outputs = [deal.outputs[one.output] for one in found.tornados]
    widths = {
        LABEL: fitted([*(t.label for t in terms), *(o.label for o in outputs)], 26, 40, 10),
        UNIT: unit_width([*(t.unit for t in terms), *(o.unit for o in outputs)], 9),
        **dict.fromkeys(range(LOW, SWING), _WIDTH),
        SWING: _SWING_WIDTH,
    }
    canvas.open("Sensitivities", widths)
    labels = ", ".join(term.label for term in terms)
    row = _overview(canvas, HEAD_ROW, found.tornados, today, labels, sum(widths.values()))
    wide = sum(column_pixels(w) for w in widths.values())
    blocks, charted = [(HEAD_ROW, row)], False
    for one in found.tornados:
        first = row + 1
        with_chart = not charted and len([bar for bar in one.bars if bar.swing]) > 1
        charted = charted or with_chart
        row = _tornado(canvas, first, one, wide if with_chart else 0)
        blocks.append((first, row))
    if found.remarks:
        first = row = row + 1
        canvas.section(row, "Remarks", SWING)
        for problem in found.remarks:
            row += 1
            canvas.merged_note(row, LABEL, SWING, problem.what, sum(widths.values()), where=problem.where)
        blocks.append((first, row))
    canvas.close(row, SWING, freeze_col=UNIT, freeze_row=HEAD_ROW, repeat=HEAD_ROW)
    canvas.paginate(blocks, SWING, HEAD_ROW, FLOW)


def _overview(canvas: Canvas, row: int, found: tuple[Tornado, ...], today: dt.date, terms: str, width: float) -> int:
    """Each output as exported, and whether it still is that."""
    book, calc, deal = canvas.book, canvas.book.calc, canvas.book.calc.deal
    heads = {
        LABEL: "Output",
        UNIT: "Unit",
        VALUE: "Exported,\nstamped",
        VALUE + 1: "Now",
        VALUE + 2: "Against the export",
    }
    canvas.header(row, {**heads, SWING: ""}, frozenset((LABEL, UNIT, VALUE + 2)))
    for one in found:
        row += 1
        output = deal.outputs[one.output]
        field = field_for(output, deal.unit)
        look: dict[str, Any] = {"num_format": number_format(field, (one.base,)), "align": "right"}
        name = book.names[one.output]
        linked(canvas, row, output.label, book.scalars.get(one.output))
        canvas.text(row, UNIT, output.unit, "muted", where=one.output, indent=1)
        canvas.constant(row, VALUE, one.base, "stamp", where=one.output, **look)
        canvas.formula(row, VALUE + 1, name, one.base, "link", **look)
        said = against(f"{letters(VALUE + 1)}{row + 1}", f"{letters(VALUE)}{row + 1}")
        canvas.formula(row, VALUE + 2, said, EXPORTED, "muted", indent=1)
    row += 1
    shown = f" as {view_name(calc)}" if view_name(calc) else ""
    text = (
        f"Stamped at export on {today:%d %b %Y}{shown}, from the deal {book.fingerprint[:16]}: each term alone at its low "
        "and at its high, all others as exported. These values do not follow changes made in the workbook; where an output "
        "above differs from the exported run, export again. Terms that move together are not looked at here."
    )
    canvas.merged_note(row, LABEL, SWING, text, width, where="versions")
    row += 1
    text = f"Terms that were moved: {terms}. Below, an output lists those that it follows, the strongest first."
    canvas.merged_note(row, LABEL, SWING, text, width, where="terms")
    return row + 1


def _tornado(canvas: Canvas, row: int, one: Tornado, chart: float) -> int:
    """One output: what moves it, the most first. ``chart``: how wide its chart is, 0 for none."""
    deal = canvas.book.calc.deal
    output = deal.outputs[one.output]
    field = field_for(output, deal.unit)
    unit = f", {output.unit}" if output.unit else ""
    canvas.section(row, f"{output.label}{unit}: {field.show(one.base)}", SWING)
    moving = [bar for bar in one.bars if bar.moves]
    if moving:
        row += 1
        days = {SWING: "Swing,\ndays"} if field.kind == "date" else {}
        canvas.header(row, {LABEL: "Term", UNIT: "Unit", **_HEADS, **days}, frozenset((LABEL, UNIT)))
        first = row + 1
        for bar in moving:
            row += 1
            _bar(canvas, row, output, field, one, bar)
        sized = [bar for bar in moving if bar.swing is not None]
        if sized:
            last = first + len(sized) - 1
            canvas.sheet.conditional_format(first, SWING, last, SWING, {
                "type": "data_bar", "bar_color": "#9CC7C5", "min_type": "num", "min_value": 0,
            })  # fmt: skip
            if chart:
                row = _chart(canvas, row + 1, (first, last), one, chart)
    else:
        row += 1
        canvas.text(row, LABEL, "No term moves it within its range.", "muted", indent=1)
    return row + 1


def _bar(canvas: Canvas, row: int, output: Output, field: Field, one: Tornado, bar: Bar) -> None:
    book, deal = canvas.book, canvas.book.calc.deal
    term = deal.terms[bar.term]
    linked(canvas, row, term.label, book.scalars.get(bar.term))
    canvas.text(row, UNIT, term.unit, "muted", where=bar.term, indent=1)
    own = {"num_format": number_format(field_for(term, deal.unit), ()), "align": "right"}
    for col, end in ((LOW, bar.low), (IN_VIEW, bar.value), (HIGH, bar.high)):
        canvas.constant(row, col, end, "stamp", where=bar.term, **own)
    shown = {"num_format": number_format(field, (bar.at_low, bar.at_high)), "align": "right"}
    change = {"num_format": _DAYS if field.kind == "date" else number_format(field, ()), "align": "right"}
    for col, by, there in ((AT_LOW, BY_LOW, bar.at_low), (AT_HIGH, BY_HIGH, bar.at_high)):
        canvas.constant(row, col, there, "stamp", where=bar.term, **shown)
        canvas.constant(row, by, shift(output.kind, one.base, there), "stamp", where=bar.term, **change)
    canvas.constant(row, SWING, bar.swing, "stamp", where=bar.term, **change)


def _chart(canvas: Canvas, row: int, span: tuple[int, int], one: Tornado, wide: float) -> int:
    """The changes of an output as bars to both sides of what was exported. The last row that it covers."""
    deal = canvas.book.calc.deal
    output = deal.outputs[one.output]
    field = field_for(output, deal.unit)
    first, last = span
    made = canvas.workbook.add_chart({"type": "bar"})
    small = {"name": FONT, "size": 8, "color": MUTED}
    days = field.kind == "date"
    for col, name, colour in ((BY_LOW, "Term at its low", _LOW_COLOUR), (BY_HIGH, "Term at its high", ACCENT)):
        made.add_series({
            "name": name, "categories": [SENSITIVITIES, first, LABEL, last, LABEL],
            "values": [SENSITIVITIES, first, col, last, col],
            "fill": {"color": colour}, "border": {"none": True}, "gap": 45, "overlap": 100,
        })  # fmt: skip
    unit = "days" if days else field.unit
    title = canvas.book.texts.clean(
        f"{output.label}: change against {field.show(one.base)}{f', {unit}' if unit else ''}", "outputs"
    )
    name_font = {"name": FONT, "size": 10, "bold": True, "color": ACCENT}
    made.set_title({"name": chart_title(title), "name_font": name_font, "overlay": False})
    # the strongest term above; names beside the plot, not across the bars
    made.set_y_axis({"reverse": True, "num_font": small, "label_position": "low", "line": {"color": MUTED}})
    made.set_x_axis({
        "num_font": small, "num_format": _DAYS if days else number_format(field, ()), "line": {"none": True},
        "label_position": "high",
        "major_gridlines": {"visible": True, "line": {"color": "#D5DADF", "width": 0.5}},
    })  # fmt: skip
    made.set_legend({"position": "bottom", "font": small})
    tall = 84 + 24 * (last - first + 1)
    made.set_size({"width": int(min(wide - 12, 760)), "height": tall})
    place = {"x_offset": 4, "y_offset": 6, "object_position": 2, "description": title}
    canvas.sheet.insert_chart(row, LABEL, made, place)
    return row + math.ceil((tall + 10) / (ROW_HEIGHT * 96 / 72)) - 1
