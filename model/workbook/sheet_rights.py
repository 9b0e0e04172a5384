"""The Rights sheet: each right's dates and condition live, and how it stands at every year-end and on a chosen day."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from model.deal import Deal
from model.fields import make_field
from model.formula.bind import RIGHT
from model.rights import year_ends
from model.values import NEVER, ErrorValue, to_serial
from model.workbook.book import HEAD_ROW, LABEL, RIGHTS, SCHEDULE
from model.workbook.canvas import Canvas
from model.workbook.styles import BAD_FILL, FLAG_FILL
from model.workbook.viewpoint import Viewpoint, cell, letters

HOLDER, FROM, UNTIL, WHILE, FIRST, LAST, HOLDS, ON = range(LABEL + 1, LABEL + 9)
_MATRIX: Final = ON + 1
_WIDTHS: Final[dict[int, float]] = {
    LABEL: 44, HOLDER: 14, FROM: 13, UNTIL: 13, WHILE: 13, FIRST: 11, LAST: 11, HOLDS: 9, ON: 14,
}  # fmt: skip
DATES, HEADS = HEAD_ROW, HEAD_ROW + 1
OPEN: Final = make_field("date").excel_format.replace("not yet", "open")  # of a last day: there is none
_NEVER: Final = f"{NEVER:.0f}"
# darker is stronger, so that the matrix survives greyscale; the words say it anyway
_LOOKS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("in force", {"bg_color": "#2F7D5B", "font_color": "#FFFFFF", "bold": True}),
    ("unknown", {"bg_color": FLAG_FILL, "font_color": "#5A4300", "italic": True}),
    ("not yet", {"bg_color": "#E6EDF0", "font_color": "#3A444E"}),
    ("ended", {"font_color": "#9AA2AB"}),
    ("excluded", {"bg_color": "#C9CDD2", "font_color": "#3A444E", "font_strikeout": True}),
    ("error", {"bg_color": BAD_FILL, "font_color": "#B3261E", "bold": True}),
)


def write_rights(canvas: Canvas, today: dt.date) -> None:
    book, calc = canvas.book, canvas.book.calc
    deal = calc.deal
    ends = year_ends(calc)
    after = _MATRIX + len(ends)
    words = {after: ("What", 60.0), after + 1: ("Ends with", 26.0), after + 2: ("Survives", 36.0), after + 3: ("Exceptions", 40.0),
             after + 4: ("Class", 11.0), after + 5: ("Source", 32.0), after + 6: ("Note", 60.0), after + 7: ("Key", 22.0),
             after + 8: ("Owed by", 16.0), after + 9: ("Amount owed", 26.0), after + 10: ("“Until” means", 26.0)}  # fmt: skip
    widths = {**_WIDTHS, **{_MATRIX + i: 9.5 for i in range(len(ends))}, **{c: w for c, (_, w) in words.items()}}
    canvas.open("Rights", widths)
    date = make_field("date").excel_format
    canvas.text(DATES, LABEL, "Both days inclusive. Change the blue day to ask about any other.", "muted")
    canvas.constant(DATES, ON, to_serial(today), "input", num_format=date, align="right")
    rule = {"validate": "decimal", "criteria": "between", "minimum": 1, "maximum": NEVER}
    canvas.sheet.data_validation(DATES, ON, DATES, ON, {**rule, "input_title": "Any day", "input_message": "A date."})
    first_day = book.scalars["time:first_day"]
    for i, day in enumerate(ends):
        col = _MATRIX + i
        text = f"DATE(YEAR({letters(col - 1)}{DATES + 1})+1,12,31)"
        if i == 0:
            text = f"DATE(YEAR({SCHEDULE}!{cell(first_day.row, first_day.col)}),12,31)"
        canvas.formula(DATES, col, text, to_serial(day), "muted", num_format=date, align="center", font_size=8)
    heads = {LABEL: "Right", HOLDER: "Holder", FROM: "From", UNTIL: "Until", WHILE: "While", FIRST: "First day\nas read",
             LAST: "Last day\nas read", HOLDS: "Holds\n(1, 0, ½)", ON: "On that day"}  # fmt: skip
    heads |= {_MATRIX + i: f"End {day.year}" for i, day in enumerate(ends)} | {
        c: text for c, (text, _) in words.items()
    }
    canvas.header(HEADS, heads, frozenset((LABEL, HOLDER, *words)), frozenset(range(ON, after)))
    for col in (FIRST, LAST, HOLDS):
        canvas.sheet.set_column(col, col, widths[col], canvas.style(), {"level": 1})
    row = HEADS
    for key in deal.rights:
        row += 1
        _right(canvas, row, key, [today, *ends], after, widths)
    if deal.rights:
        for word, look in _LOOKS:
            rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": canvas.style.bare(**look)}
            canvas.sheet.conditional_format(HEADS + 1, ON, row, after - 1, rule)
    canvas.close(row, after - 1, freeze_col=HOLDER, freeze_row=HEADS + 1)
    canvas.sheet.outline_settings(True, True, True, False)


def _right(canvas: Canvas, row: int, key: str, days: list[dt.date], after: int, widths: dict[int, float]) -> None:
    book, calc = canvas.book, canvas.book.calc
    deal, right = calc.deal, calc.deal.rights[key]
    where = f"rights.{key}"
    date = make_field("date").excel_format
    valign = canvas.fit(row, *((t, widths[c]) for t, c in ((right.what, after), (right.exceptions, after + 3), (right.note, after + 6), (right.survives, after + 2))))  # fmt: skip
    canvas.text(row, LABEL, right.label, "label", where=where, valign=valign)
    holder = deal.parties[right.holder].label if right.holder in deal.parties else right.holder
    canvas.text(row, HOLDER, holder, "label", where=where, valign=valign, font_size=9)
    more: dict[str, Any] = {"align": "right", "valign": valign, "font_size": 9}
    read: list[Any] = []
    for part, col in (("from", FROM), ("until", UNTIL), ("while", WHILE)):
        node = f"{RIGHT}{key}.{part}"
        value = calc.scalar(node)
        read.append(value)
        if part == "while" and right.while_ is None:
            canvas.text(row, col, "–", "muted", align="right", valign=valign)
        else:
            shown = {"from": date, "until": OPEN, "while": "General"}[part]
            view = Viewpoint(book, RIGHTS)
            canvas.item(row, col, node, value, where=f"{where}.{part}", view=view, num_format=shown, **more)
    f, u, w = (f"{letters(c)}{row + 1}" for c in (FROM, UNTIL, WHILE))
    start, end = day_read(read[0]), day_read(read[1])
    holds: float | str = 1.0
    for col, ref, value, shown in ((FIRST, f, start, date), (LAST, u, end, OPEN)):
        canvas.formula(row, col, day_as_read(ref), value, "helper", num_format=shown, **{**more, "font_size": 8})
    if right.while_ is None:
        canvas.constant(row, HOLDS, 1.0, "helper", num_format="0.0", **{**more, "font_size": 8})
    else:
        holds = holds_read(read[2])
        text = f'IF(ISNA({w}),0.5,IF(ISERROR({w}),"error",IF(ISTEXT({w}),IF({w}="yes",1,IF({w}="no",0,0.5)),{w}*1)))'
        canvas.formula(row, HOLDS, text, holds, "helper", num_format="0.0", **{**more, "font_size": 8})
    for i, day in enumerate(days):
        col = ON + i
        text = status_formula(f"{letters(col)}${DATES + 1}", row)
        said = state(to_serial(day), start, end, holds)
        canvas.formula(row, col, text, said, "label", align="center", valign=valign, font_size=8)
    event = deal.events[right.ends_on].label if right.ends_on in deal.events else right.ends_on
    source = deal.sources[right.source].label if right.source in deal.sources else right.source
    said_in = (right.what, event, right.survives, right.exceptions, right.class_, source, right.note)
    for i, text in enumerate(said_in):
        canvas.text(row, after + i, text, "note", where=where, valign=valign)
    canvas.text(row, after + 7, key, "muted", valign=valign, indent=1)
    owed_by = deal.parties[right.owed_by].label if right.owed_by in deal.parties else right.owed_by
    for i, text in enumerate((owed_by, *(_named(deal, name) for name in (right.amount, right.until_key)))):
        canvas.text(row, after + 8 + i, text, "note", where=where, valign=valign)


def _named(deal: Deal, key: str) -> str:
    """A line, term or output by its label."""
    item = deal.lines.get(key) or deal.terms.get(key) or deal.outputs.get(key)
    return item.label if item is not None else key


def day_as_read(ref: str) -> str:
    """Formula: a date, "unknown" where it is undisclosed, "error" where it is none."""
    return f'IF(ISNUMBER({ref}),{ref},IF(ISNA({ref}),"unknown","error"))'


def status_formula(now: str, row: int) -> str:
    """The same steps as ``rights.standing``: what cannot hold first, then the dates, then what is unknown."""
    s, e, c = (f"${letters(col)}{row + 1}" for col in (FIRST, LAST, HOLDS))
    empty = f"IF(AND(ISNUMBER({s}),ISNUMBER({e})),IF({e}<{s},{s}<{_NEVER},FALSE),FALSE)"
    early = f"IF(ISNUMBER({s}),OR({now}<{s},{s}>={_NEVER}),FALSE)"
    late = f"IF(ISNUMBER({e}),{now}>{e},FALSE)"
    open_ = f'OR({s}="unknown",{e}="unknown",{c}<1)'
    return (
        f'IF(OR({s}="error",{e}="error",{c}="error"),"error",IF({c}=0,"excluded",IF({empty},"excluded",'
        f'IF({early},"not yet",IF({late},"ended",IF({open_},"unknown","in force"))))))'
    )


# -- what these formulas give now (the book cannot tell NA() from undisclosed: both are unknown there) --


def day_read(value: Any) -> float | str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    return "unknown" if isinstance(value, ErrorValue) and value.kind == "#N/A" else "error"


def holds_read(value: Any) -> float | str:
    if isinstance(value, ErrorValue):
        return 0.5 if value.kind == "#N/A" else "error"
    if isinstance(value, str):
        return {"yes": 1.0, "no": 0.0}.get(value.lower(), 0.5)
    return float(value or 0.0)


def state(now: float, start: float | str, end: float | str, holds: float | str) -> str:
    if "error" in (start, end, holds):
        return "error"
    if holds == 0.0:
        return "excluded"
    if isinstance(start, float) and isinstance(end, float) and end < start < NEVER:
        return "excluded"
    if isinstance(start, float) and (now < start or start >= NEVER):
        return "not yet"
    if isinstance(end, float) and now > end:
        return "ended"
    unknown = "unknown" in (start, end) or (isinstance(holds, float) and holds < 1.0)
    return "unknown" if unknown else "in force"
