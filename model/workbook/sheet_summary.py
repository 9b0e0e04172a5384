"""The Summary sheet: headline figures against the base case, native charts, the rights by year-end, and
probability-weighted values.

The base case and the table of cases are computed by the app at export and stamped; what is beside them is live.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any, Final

from model.deal import Chart, Deal
from model.engine import Calc, run
from model.fields import Field, field_for
from model.layers import default_view
from model.rights import year_ends
from model.values import ErrorValue
from model.whatif.cases import Cases, cases
from model.whatif.compare import difference
from model.workbook.book import FIRST_PERIOD, HEAD_ROW, LABEL, RIGHTS, SCHEDULE, UNIT, VALUE, VERSION
from model.workbook.canvas import ROW_HEIGHT, Canvas, fitted, heading, number_format, unit_width, view_name
from model.workbook.metrics import column_for, column_pixels
from model.workbook.scenarios import SELECTED, label_of
from model.workbook.sheet_rights import FIRST_RIGHT, MATRIX, paint, states
from model.workbook.sheet_scenarios import EXPORTED
from model.workbook.styles import ACCENT, FONT, MUTED
from model.workbook.text import chart_title
from model.workbook.viewpoint import cell, letters

BASE, CHANGE, AS_EXPORTED, SAID = range(VALUE + 1, VALUE + 5)
_LABEL_WIDTH: Final = 42.0
_LABEL_LEAST: Final = 28.0
_LEAST: Final = 9.6  # width of the columns that headline, cases and year-ends share
_MOST: Final = 20.0
_CHART_HEIGHT: Final = 300  # pixels at most
_CHART_SHAPE: Final = 0.56  # height by width
_BARS_APART: Final = 64  # more bars than these touch: stripes would shimmer
_ROW_PIXELS: Final = ROW_HEIGHT * 96 / 72
_COLOURS: Final = (ACCENT, "#C77D0A", "#6A3D9A", "#5B7FA6", "#8A949E")
_NUMBERS: Final = ("money", "number", "percent", "multiple", "integer")
NO_SUM: Final = "probabilities do not add up to 100 %"
NO_NUMBER: Final = "no number in a case that counts"


def write_summary(canvas: Canvas, today: dt.date) -> None:
    _Summary(canvas, today).write()


class _Summary:
    """Headline, charts, rights and cases, one below the other over the same narrow columns."""

    def __init__(self, canvas: Canvas, today: dt.date) -> None:
        self.canvas, self.today = canvas, today
        self.calc = canvas.book.calc
        deal = self.deal = self.calc.deal
        self.keys = [k for k in deal.headline if k in canvas.book.names] or list(deal.outputs)[:12]
        self.base = run(deal, default_view(deal)._replace(period=self.calc.view.period), self.calc)
        weighed = [k for k, o in deal.outputs.items() if o.kind in _NUMBERS]
        self.found = cases(self.calc, weighed) if deal.scenarios and deal.outputs else None
        self.ends = year_ends(self.calc) if deal.rights else []
        needed = max(len(self.ends), len(deal.scenarios) + 4 if self.found else 0, SAID - VALUE + 3)
        self.last = VALUE + needed - 1
        self.width = self._width()

    def _width(self) -> float:
        deal, calc = self.deal, self.calc
        shown = [_shown(deal, calc, k) for k in self.keys] + [_shown(deal, self.base, k) for k in self.keys]
        if self.found:
            fields = [field_for(deal.outputs[k], deal.unit) for k in self.found.outputs]
            shown += [f.show(v) for case in self.found.cases for f, v in zip(fields, case.values, strict=True)]
        return min(_MOST, max([_LEAST, *(column_for(text, bold=True) for text in shown)]))

    def write(self) -> None:
        canvas, deal = self.canvas, self.deal
        units = [o.unit for o in deal.outputs.values()]
        labels = [x.label for x in deal.outputs.values()] + [x.label for x in deal.rights.values()]
        label = fitted(labels, _LABEL_LEAST, _LABEL_WIDTH, 10)
        widths = {LABEL: label, UNIT: unit_width([*units, *(p.label for p in deal.parties.values())], 10.0)}
        canvas.open("Summary", {**widths, **dict.fromkeys(range(VALUE, self.last + 1), self.width)})
        total = sum(column_pixels(w) for w in widths.values()) + (self.last - VALUE + 1) * column_pixels(self.width)
        row = self._headline()
        row = self._charts(row + 1, total)
        blocks = [(HEAD_ROW, row)]
        if self.ends:
            first, row = row + 1, self._rights(row + 1)
            blocks.append((first, row))
        if self.found:
            first, row = row + 1, self._weighted(row + 1, self.found)
            blocks.append((first, row + 1))
        canvas.text(row + 1, LABEL, f"Stamped values were computed at export on {self.today:%d %b %Y}.", "muted")
        canvas.close(row + 1, self.last, freeze_col=UNIT, freeze_row=HEAD_ROW, repeat=HEAD_ROW)
        canvas.paginate(blocks, self.last, HEAD_ROW)

    def _head(self, row: int, labels: dict[int, str], left: frozenset[int]) -> None:
        broken = {c: label if c in left else heading(label, "", self.width) for c, label in labels.items()}
        self.canvas.header(row, {**broken, self.last: broken.get(self.last, "")}, left)

    # -- headline ----------------------------------------------------------------------------

    def _headline(self) -> int:
        canvas, book, calc, base, deal = self.canvas, self.canvas.book, self.calc, self.base, self.deal
        heads = {
            LABEL: "Headline", UNIT: "Unit", VALUE: "Value", BASE: "Base case, stamped", CHANGE: "Change against it",
            AS_EXPORTED: "Exported, stamped", SAID: "Against the export",
        }  # fmt: skip
        self._head(HEAD_ROW, heads, frozenset((LABEL, UNIT, SAID)))
        row = HEAD_ROW + 1
        for key in self.keys:
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
            if field.kind in _NUMBERS and isinstance(was, float):
                change = difference(was, value)
                text = f"ROUND({left}-{letters(BASE)}{row + 1},9)"  # what engines differ by is no change
                canvas.formula(row, CHANGE, text, value if change is None else round(change, 9), "over", **more)
            canvas.constant(row, AS_EXPORTED, value, "stamp", where=key, **more)
            stamp = f"{letters(AS_EXPORTED)}{row + 1}"
            canvas.formula(row, SAID, against(left, stamp), EXPORTED, "muted", indent=1)
            row += 1
        if deal.versions or deal.scenarios:
            said = f"Base case: {view_name(base) or 'none'}. Exported as: {view_name(calc) or 'none'}."
            canvas.text(row, LABEL, said, "muted", where="versions")
        return row + 1

    # -- charts ------------------------------------------------------------------------------

    def _charts(self, row: int, total: float) -> int:
        canvas = self.canvas
        charts = [c for c in self.deal.charts.values() if any(k in canvas.book.rows for k in c.lines)]
        if not charts:
            return row
        canvas.section(row, "Charts", self.last)
        row += 1
        across = 2 if len(charts) in (1, 2, 4) else 3
        wide = (total - 16) / across
        tall = min(_CHART_HEIGHT, round(wide * _CHART_SHAPE))
        for i, chart in enumerate(charts):
            down, along = divmod(i, across)
            made = _chart(canvas, chart)
            made.set_size({"width": int(wide) - 10, "height": tall})
            place = {"x_offset": 4 + along * wide, "y_offset": 6 + down * (tall + 10)}
            canvas.sheet.insert_chart(
                row,
                LABEL,
                made,
                {**place, "object_position": 2, "description": canvas.book.texts.clean(chart.label, "charts")},
            )
        high = -(-len(charts) // across) * (tall + 10) + 12
        return row + math.ceil(high / _ROW_PIXELS)

    # -- rights ------------------------------------------------------------------------------

    def _rights(self, row: int) -> int:
        """Who may do what at each year-end, in colours; the cells follow the Rights sheet."""
        canvas, deal = self.canvas, self.deal
        canvas.section(row, "Rights at each year-end", self.last)
        row += 1
        heads = {LABEL: "Right", UNIT: "Holder"} | {VALUE + i: f"{day.year}" for i, day in enumerate(self.ends)}
        canvas.header(row, {**heads, self.last: heads.get(self.last, "")}, frozenset((LABEL, UNIT)),
                      frozenset(range(VALUE, self.last + 1)))  # fmt: skip
        first = row + 1
        for at, (key, right) in enumerate(deal.rights.items()):
            row += 1
            canvas.link(row, LABEL, f"internal:'{RIGHTS}'!B{FIRST_RIGHT + at + 1}", right.label, "label")
            holder = deal.parties[right.holder].label if right.holder in deal.parties else right.holder
            canvas.text(row, UNIT, holder, "muted", where=f"rights.{key}", indent=1)
            for i, said in enumerate(states(self.calc, key, self.ends)):
                text = f"{RIGHTS}!{letters(MATRIX + i)}{FIRST_RIGHT + at + 1}"
                canvas.formula(row, VALUE + i, text, said, "label", align="center", font_size=9)
        paint(canvas, first, VALUE, row, VALUE + len(self.ends) - 1)
        return row + 2

    # -- probability-weighted values ---------------------------------------------------------

    def _weighted(self, row: int, found: Cases) -> int:
        canvas, calc = self.canvas, self.calc
        first, end = VALUE + 1, VALUE + len(found.cases)
        check = end + 1
        said = "Probability-weighted values over the scenarios"
        if self.deal.versions:
            said += f" (cases stamped for version: {label_of(canvas.book, 'version', calc.view.version)})"
        canvas.section(row, said, self.last)
        row += 1
        heads = {LABEL: "Output", UNIT: "Unit", VALUE: "Weighted value", check: "Selected case"}
        labels = {first + i: label_of(canvas.book, "scenario", c.scenario) for i, c in enumerate(found.cases)}
        self._head(row, {**heads, **labels}, frozenset((LABEL, UNIT, check)))
        row += 1
        chances = f"{cell(row, first)}:{cell(row, end)}"
        canvas.text(row, LABEL, "Probability", "label", bold=True)
        canvas.text(row, UNIT, "%", "muted", indent=1)
        shown = '0.0%;-0.0%;"–"'
        for i, case in enumerate(found.cases):
            canvas.constant(row, first + i, case.probability, "input", num_format=shown, align="right")
            rule = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1}
            says = {"input_title": "Probability", "input_message": "Between 0 and 100 %. All together must be 100 %."}
            wrong = {"error_title": "Not a probability", "error_message": "A percentage between 0 and 100 %."}
            canvas.sheet.data_validation(row, first + i, row, first + i, {**rule, **says, **wrong})
        canvas.formula(row, VALUE, f"SUM({chances})", found.total, "calc", num_format=shown, align="right")
        adds = "adds up to 100 %" if found.adds_up else NO_SUM
        text = f'IF(ABS({cell(row, VALUE)}-1)<=0.000000001,"adds up to 100 %","{NO_SUM}")'
        canvas.formula(row, check, text, adds, "muted", indent=1)
        total = cell(row, VALUE)
        for column, key in enumerate(found.outputs):
            row += 1
            _case_row(canvas, row, key, found, column, (first, end), chances, total)
        return row + 1


def _shown(deal: Deal, calc: Calc, key: str) -> str:
    item: Any = deal.outputs.get(key) or deal.terms.get(key)
    return field_for(item, deal.unit).show(calc.scalar(key)) if item is not None else ""


def against(live: str, stamp: str) -> str:
    """A live value against what it was at export: information, not an error."""
    near = f"ABS({live}-{stamp})<=0.000001*MAX(1,ABS({stamp}))"
    same = f"IF(ISERROR({live}),ISTEXT({stamp}),IF(AND(ISNUMBER({live}),ISNUMBER({stamp})),{near},{live}={stamp}))"
    return f'IF({same},"{EXPORTED}","differs from the exported run")'


# -- charts --------------------------------------------------------------------------------------


def _chart(canvas: Canvas, chart: Chart) -> Any:
    book = canvas.book
    calc, deal = book.calc, book.calc.deal
    made = canvas.workbook.add_chart({"type": "column" if chart.type == "bar" else "line"})
    last = book.last_period
    keys = [k for k in chart.lines if k in book.rows]
    for i, key in enumerate(keys):
        colour = _COLOURS[i % len(_COLOURS)]
        look: dict[str, Any] = {"line": {"color": colour, "width": 2.25}}
        if chart.type == "bar":
            look = {
                "fill": {"color": colour},
                "border": {"none": True},
                "gap": 60 if len(calc.timeline) <= _BARS_APART else 0,
            }
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
    small = {"name": FONT, "size": 9, "color": MUTED}
    title = book.texts.clean(f"{chart.label}, {field.unit}" if field.unit else chart.label, "charts")
    made.set_title(
        {
            "name": chart_title(title),
            "name_font": {"name": FONT, "size": 11, "bold": True, "color": ACCENT},
            "overlay": False,
        }
    )
    years = {**small, "size": 8}  # LibreOffice shows every label, and sixteen years must stand apart
    made.set_x_axis({**_periods_axis(calc), "num_font": years, "line": {"color": MUTED}})
    made.set_y_axis({
        "num_font": small, "num_format": _axis_format(calc, keys, field), "line": {"none": True},
        "major_gridlines": {"visible": True, "line": {"color": "#D5DADF", "width": 0.5}},
    })  # fmt: skip
    if len(keys) > 1:
        made.set_legend({"position": "bottom", "font": small})
    else:
        made.set_legend({"none": True})
    return made


def _periods_axis(calc: Calc) -> dict[str, Any]:
    """Labels that fit beside each other: the first period of a year, of every second year …; a mark at each year."""
    count, months = len(calc.timeline), calc.view.period == "month"
    each = {"month": 12, "quarter": 4, "year": 1}[calc.view.period]
    shown = each
    while count / shown > (12 if each == 1 else 9):
        shown += each
    axis: dict[str, Any] = {"interval_unit": shown, "interval_tick": each}
    if months:  # headings of months are days; they are no scale of time, on which a line would begin elsewhere
        axis |= {"num_format": "[$-409]mmm yyyy", "text_axis": True}
    return axis


def _axis_format(calc: Calc, keys: list[str], field: Field) -> str:
    """Steps of the axis in whole numbers, or with a decimal where all values are small."""
    if field.kind == "percent":
        return "0%"
    values = [abs(v) for key in keys for v in calc.line(key) if isinstance(v, float)]
    return "#,##0.0" if max(values, default=0.0) < 3 else "#,##0"


# -- cases ---------------------------------------------------------------------------------------


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
