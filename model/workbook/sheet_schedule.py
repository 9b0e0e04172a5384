"""The Schedule sheet: the timeline, the events and every line, one formula across each row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from model.deal import Event, Line
from model.fields import Field, field_for, make_field
from model.formula.bind import EVENT, OPENING
from model.formula.nodes import Num
from model.values import NEVER, ErrorValue, to_serial
from model.workbook.book import FIRST_PERIOD, HEAD_ROW, LABEL, SCHEDULE, UNIT, VALUE, Book
from model.workbook.canvas import (
    FLOW,
    SMALL,
    Canvas,
    blocks_of,
    check_length,
    fitted,
    number_format,
    printed,
    unit_width,
)  # fmt: skip
from model.workbook.metrics import column_for
from model.workbook.styles import BAD_FILL, FLAG_FILL, formula_colour
from model.workbook.viewpoint import Viewpoint, at_column, cell, letters

_FROZEN_ROWS: Final = HEAD_ROW + 3
_LABEL_WIDTH: Final = 44.0
_LABEL_LEAST: Final = 26.0
_UNIT_WIDTH: Final = 10.0
_LEAST: Final = 8.0
_DAY: Final = "30 Nov 28"  # the longest date of a period: years of two digits keep its column narrow
_PERIODS_ON_PAGE: Final = 18
_NOT_NUMBERS: Final = ("date", "text", "choice", "yesno")


def write_schedule(canvas: Canvas, progress: Callable[[float], None]) -> None:
    book = canvas.book
    calc = book.calc
    key, note = book.last_period + 2, book.last_period + 3  # a note may be longer than its column
    widths = {
        LABEL: _label_width(book),
        UNIT: unit_width((x.unit for x in calc.deal.lines.values()), _UNIT_WIDTH),
        **_period_widths(book),
        key - 1: 2.0,
        key: fitted((*book.calc.deal.lines, *book.calc.deal.events), 10.0, 30.0),
        note: 90.0,
    }
    canvas.open("Schedule", widths)
    _timeline(canvas)
    canvas.text(HEAD_ROW, key, "Key", "head", indent=1)
    canvas.text(HEAD_ROW, note, "Note", "head", indent=1)
    entries = book.entries[SCHEDULE]
    last = HEAD_ROW
    for count, (row, kind, name) in enumerate(entries):
        last = row
        if kind == "section":
            canvas.section(row, name, book.last_period)
        elif kind == "event":
            _event(canvas, row, name)
        elif kind == "line":
            _line(canvas, row, name)
        progress(count / len(entries))
    canvas.close(last, book.last_period, freeze_col=VALUE, freeze_row=_FROZEN_ROWS)
    canvas.sheet.repeat_columns(0, UNIT)
    blocks, pages = blocks_of(entries, "section"), _pages(book)
    if len(pages) > 1:
        canvas.subtitle_within(UNIT, widths)
        canvas.paginate_across(blocks, pages, _FROZEN_ROWS, FLOW)
    else:
        canvas.paginate(blocks, book.last_period, _FROZEN_ROWS, FLOW)
    canvas.sheet.outline_settings(True, False, True, False)


def _pages(book: Book) -> list[tuple[int, int]]:
    """First and last column of each printed page: whole calendar years, as many on each."""
    years: dict[int, int] = {}  # the last column of each
    for i, period in enumerate(book.calc.timeline.periods):
        years[period.year] = FIRST_PERIOD + i
    if book.last_period - FIRST_PERIOD < _PERIODS_ON_PAGE:
        return [(VALUE, book.last_period)]
    most = max(1, _PERIODS_ON_PAGE // {"month": 12, "quarter": 4, "year": 1}[book.calc.view.period])
    each = -(-len(years) // -(-len(years) // most))
    ends = list(years.values())
    ends = [*ends[each - 1 :: each][: -(-len(years) // each) - 1], ends[-1]]
    return list(zip([VALUE, *(end + 1 for end in ends)], ends, strict=False))


# -- timeline ------------------------------------------------------------------------------------

_TIME_LABELS: Final = {
    "start": ("Period begins", "date"),
    "end": ("Period ends", "date"),
    "year": ("Calendar year", "year"),
    "days": ("Days in the period", "days"),
    "days_in_year": ("Days in the calendar year", "days"),
    "period": ("Number of the period", "number"),
    "first_day": ("First day of the schedule", "date"),
    "last_day": ("Last day of the schedule", "date"),
}


def _timeline(canvas: Canvas) -> None:
    book = canvas.book
    calc = book.calc
    row = {k: book.scalars["time:" + k].row for k in _TIME_LABELS}
    step = {"month": 1, "quarter": 3, "year": 12}[calc.view.period]
    r = {k: str(v + 1) for k, v in row.items()}
    first_day, last_day = cell(row["first_day"], VALUE), cell(row["last_day"], VALUE)

    def formulas(c: str, before: str) -> dict[str, str]:
        start, end = f"{c}${r['start']}", f"{c}${r['end']}"
        return {
            "start": f"IF({c}${r['period']}=1,{first_day},{before}${r['end']}+1)",
            "end": f"MIN(EOMONTH({start},MOD(-MONTH({start}),{step})),{last_day})",
            "year": f"YEAR({start})",
            "days": f"{end}-{start}+1",
            "days_in_year": f"DATE({c}${r['year']}+1,1,1)-DATE({c}${r['year']},1,1)",
            "period": f"{before}${r['period']}+1",
        }

    date = make_field("date").excel_format
    canvas.header(HEAD_ROW, {LABEL: "", UNIT: "Unit", VALUE: "Opening"}, frozenset((LABEL, UNIT)))
    for key, (label, unit) in _TIME_LABELS.items():
        canvas.text(row[key], LABEL, label, "muted")
        canvas.text(row[key], UNIT, unit, "muted", indent=1)
    for key, day in (("first_day", calc.timeline.start), ("last_day", calc.timeline.end)):
        canvas.constant(row[key], VALUE, to_serial(day), "input", num_format=date, align="right", font_size=9)
        says = {"input_title": "The schedule", "input_message": "A day. The number of periods was fixed at export."}
        wrong = {"error_title": "Not a day", "error_message": "A date from 1900 on."}
        rule = {"validate": "decimal", "criteria": "between", "minimum": 61, "maximum": NEVER}
        canvas.sheet.data_validation(row[key], VALUE, row[key], VALUE, {**rule, **says, **wrong})
    rows = {**calc.timeline.rows, "period": [float(i + 1) for i in range(len(calc.timeline))]}
    for i, period in enumerate(calc.timeline.periods):
        col = FIRST_PERIOD + i
        c, before = letters(col), letters(col - 1)
        start = f"{c}${r['start']}"
        if step == 12:
            head, value, shown = f"{c}${r['year']}", float(period.year), "0"
        elif step == 3:
            head, value, shown = f'"Q"&ROUNDUP(MONTH({start})/3,0)&" "&YEAR({start})', period.label, "General"  # type: ignore[assignment]
        else:
            head, value, shown = start, to_serial(period.start), "[$-409]mmm yyyy"
        canvas.formula(HEAD_ROW, col, head, value, "head", num_format=shown, align="right")
        for key, text in formulas(c, before).items():
            shown = _narrow(date) if key in ("start", "end") else "0"
            canvas.formula(row[key], col, text, rows[key][i], "muted", num_format=shown, align="right")


# -- events --------------------------------------------------------------------------------------


def _event(canvas: Canvas, row: int, key: str) -> None:
    book = canvas.book
    calc = book.calc
    event: Event = calc.deal.events[key]
    where = f"events.{key}"
    field = make_field("date")
    value = calc.event(key)
    canvas.text(row, LABEL, event.label, "label", where=where, indent=1)
    canvas.text(row, UNIT, "date, flag", "muted", indent=1)
    canvas.item(row, VALUE, EVENT + key, value, where=where, num_format=field.excel_format, align="right", font_size=9)
    date = f"${letters(VALUE)}{row + 1}"
    start, end = book.rows["start"] + 1, book.rows["end"] + 1
    flag = make_field("flag").excel_format
    times = calc.timeline.rows
    for i in range(len(calc.timeline)):
        col = FIRST_PERIOD + i
        c = letters(col)
        inside: Any = value
        if isinstance(value, float):
            inside = 1.0 if times["start"][i] <= value <= times["end"][i] else 0.0
        elif not isinstance(value, ErrorValue):
            inside = 0.0
        text = f"IF(AND({date}>={c}${start},{date}<={c}${end}),1,0)"
        canvas.formula(row, col, text, inside, "calc", num_format=flag, align="right")
    rule = {"type": "cell", "criteria": "==", "value": 1, "format": canvas.style.bare(bg_color=FLAG_FILL, bold=True)}
    canvas.sheet.conditional_format(row, FIRST_PERIOD, row, book.last_period, rule)
    canvas.text(row, book.last_period + 2, key, "muted", indent=1)
    canvas.text(row, book.last_period + 3, event.note, "muted", where=where, indent=1)


# -- lines ---------------------------------------------------------------------------------------


def _line(canvas: Canvas, row: int, key: str) -> None:
    book = canvas.book
    calc = book.calc
    line: Line = calc.deal.lines[key]
    where = f"lines.{key}"
    field = field_for(line, calc.deal.unit)
    values, opening = calc.line(key), calc.opening(key)
    look = line.style if line.style in ("total", "helper") else "label"
    helper = look == "helper"
    shown = number_format(field, (*values, opening))
    shown = _narrow(shown) if field.kind == "date" else shown
    more: dict[str, Any] = {"num_format": shown, "align": "right"}
    canvas.text(row, LABEL, _label(line), look, where=f"{where}.label", indent=_indent(line))
    canvas.text(
        row, UNIT, line.unit, "muted", *(("total",) if look == "total" else ()), where=where, font_size=9, indent=1
    )
    if helper:
        canvas.sheet.set_row(row, None, None, {"level": 1})
    _opening(canvas, row, key, opening, look, more)
    view = Viewpoint(book, SCHEDULE)
    text = printed(book, key, values, view, f"{where}.formula")
    widest = at_column(text, book.last_period)
    check_length(widest, f"{where}.formula")
    style = canvas.style(look, **{"italic": False, "font_color": formula_colour(view.foreign, helper=helper), **more})
    put = canvas.sheet.put_formula
    for i, value in enumerate(values):
        col = FIRST_PERIOD + i
        if isinstance(value, str):
            value = book.texts.clean(value, where)
        put(row, col, at_column(text, col), style, value)
    if line.warn_above is not None:
        rule = {
            "type": "cell",
            "criteria": ">",
            "value": line.warn_above,
            "format": canvas.style.bare(bg_color=BAD_FILL),
        }
        canvas.sheet.conditional_format(row, FIRST_PERIOD, row, book.last_period, rule)
    canvas.text(row, book.last_period + 2, key, "muted", indent=1)
    canvas.text(row, book.last_period + 3, line.note, "muted", where=f"{where}.note", indent=1)


def _label(line: Line) -> str:
    return f"less: {line.label}" if line.sign == "negative" else line.label


def _narrow(number_format: str) -> str:
    return number_format.replace("yyyy", "yy")


def _indent(line: Line) -> int:
    return 1 + max(0, min(6, line.indent))


def _opening(canvas: Canvas, row: int, key: str, value: Any, look: str, more: dict[str, Any]) -> None:
    """The cell before the first period: a formula, a number (0 where a formula looks back and no opening is
    given), or nothing but the look of the row."""
    book = canvas.book
    node = key + OPENING
    if node not in book.scalars:
        if look == "total":
            canvas.blanks(row, VALUE, VALUE, look)
        return
    program, formula = book.calc.program, book.formula(node)
    given = node in program.formulas or node in program.unbound
    plain = 0.0 if not given else formula.tree.value if formula and isinstance(formula.tree, Num) else None
    if plain is not None:
        canvas.constant(row, VALUE, plain, look, italic=False, **more)
        return
    view = Viewpoint(book, SCHEDULE)
    text = printed(book, node, value, view, f"lines.{key}.opening")
    colour = formula_colour(view.foreign, helper=look == "helper")
    canvas.formula(row, VALUE, text, value, look, **{"italic": False, "font_color": colour, **more})


# -- widths --------------------------------------------------------------------------------------


def _label_width(book: Book) -> float:
    """Wide enough for every label on one line, up to a limit."""
    deal = book.calc.deal
    texts = [column_for(e.label, indent=1) for e in deal.events.values()]
    for line in deal.lines.values():
        size = SMALL if line.style == "helper" else 10.0
        texts.append(column_for(_label(line), size, bold=line.style == "total", indent=_indent(line)))
    return min(_LABEL_WIDTH, max([_LABEL_LEAST, *texts]))


def _period_widths(book: Book) -> dict[int, float]:
    """One width for all periods, wide enough for dates and for the longest figure."""
    calc = book.calc
    # the timeline and the events have dates in small figures, which do not grow
    longest = max(_LEAST, column_for(_DAY, SMALL) - 1.0)
    opening = max(_LEAST, column_for("30 Nov 2028", SMALL) - 1.0)
    for key, line in calc.deal.lines.items():
        field: Field = field_for(line, calc.deal.unit)
        size = SMALL if line.style == "helper" else 10.0
        shown = {_DAY} if field.kind == "date" else {field.show(value) for value in calc.line(key)}
        first = field.show(calc.opening(key))
        longest = max(longest, *(column_for(text, size, bold=line.style == "total") for text in shown))
        opening = max(opening, column_for(first, size, bold=line.style == "total"))
    width = min(24.0, longest + 1.0)  # a number may grow by a digit
    return {VALUE: min(24.0, opening + 1.0), **{FIRST_PERIOD + i: width for i in range(max(1, len(calc.timeline)))}}
