"""The Rights sheet: each right's dates and condition live, and how it stands at every year-end and on a chosen day;
and the sheet of what they say."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from model.deal import Deal, Right
from model.engine import Calc
from model.fields import make_field
from model.formula.bind import RIGHT
from model.rights import year_ends
from model.values import NEVER, ErrorValue, to_serial
from model.workbook.book import HEAD_ROW, LABEL, RIGHTS, RIGHTS_TEXT, SCHEDULE
from model.workbook.canvas import READABLE, SMALL, Canvas, fitted, narrowed
from model.workbook.metrics import column_for
from model.workbook.styles import BAD_FILL
from model.workbook.viewpoint import Viewpoint, cell, letters

HOLDER, CLASS, FROM, UNTIL, WHILE, ON = range(LABEL + 1, LABEL + 7)
MATRIX: Final = ON + 1
_WIDTHS: Final[dict[int, float]] = {LABEL: 42, HOLDER: 15, CLASS: 11, FROM: 11.5, UNTIL: 11.5, WHILE: 9, ON: 12.5}
_YEAR_WIDTH: Final = 8.3
DATES, HEADS = HEAD_ROW, HEAD_ROW + 1
FIRST_RIGHT: Final = HEADS + 1
OPEN: Final = make_field("date").excel_format.replace("not yet", "open")  # of a last day: there is none
_NEVER: Final = f"{NEVER:.0f}"
_CONDITION: Final = '[=1]"yes";[=0]"no";"unknown";@'
# darker is stronger, so that the matrix survives greyscale; the words say it anyway
_LOOKS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("in force", {"bg_color": "#2F7D5B", "font_color": "#FFFFFF", "bold": True}),
    ("unknown", {"bg_color": "#F7D98B", "font_color": "#5A4300", "italic": True}),
    ("not yet", {"bg_color": "#E6EDF0", "font_color": "#3A444E"}),
    ("ended", {"font_color": "#6B7480"}),
    ("excluded", {"bg_color": "#AEB5BD", "font_color": "#2A323A", "font_strikeout": True}),
    ("error", {"bg_color": BAD_FILL, "font_color": "#B3261E", "bold": True}),
)


class _Columns:
    """The workings of a right stand to the right of the matrix, in an outline."""

    def __init__(self, years: int) -> None:
        self.last_year = MATRIX + years - 1
        self.first, self.last, self.holds = (MATRIX + years + i for i in range(3))
        self.key = self.holds + 1


def write_rights(canvas: Canvas, today: dt.date) -> None:
    book, calc = canvas.book, canvas.book.calc
    deal = calc.deal
    ends = year_ends(calc)
    at = _Columns(len(ends))
    widths = {**_WIDTHS, **{MATRIX + i: _YEAR_WIDTH for i in range(len(ends))}}
    widths |= {at.first: 12.0, at.last: 12.0, at.holds: 9.0, at.key: 24.0}
    widths[LABEL] = fitted((r.label for r in deal.rights.values()), 30.0, 60.0, 10)
    widths[HOLDER] = fitted((p.label for p in deal.parties.values()), 9, widths[HOLDER], 10)
    canvas.open("Rights", widths)
    date = make_field("date").excel_format
    canvas.text(DATES, LABEL, "Both days inclusive.", "muted")
    canvas.text(DATES, HOLDER, "Change the blue day to ask about any other.", "muted", indent=1)
    canvas.constant(DATES, ON, to_serial(today), "input", num_format=date, align="right")
    rule = {"validate": "decimal", "criteria": "between", "minimum": 1, "maximum": NEVER}
    says = {"input_title": "Any day", "input_message": "A date: the column below says how each right stands then."}
    wrong = {"error_title": "Not a date", "error_message": "A date."}
    canvas.sheet.data_validation(DATES, ON, DATES, ON, {**rule, **says, **wrong})
    first_day = book.scalars["time:first_day"]
    for i, day in enumerate(ends):
        col = MATRIX + i
        text = f"DATE(YEAR({letters(col - 1)}{DATES + 1})+1,12,31)"
        if i == 0:
            text = f"DATE(YEAR({SCHEDULE}!{cell(first_day.row, first_day.col)}),12,31)"
        canvas.formula(DATES, col, text, to_serial(day), "muted", num_format=date, align="center", font_size=8)
    heads = {LABEL: "Right", HOLDER: "Holder", CLASS: "Class", FROM: "From", UNTIL: "Until", WHILE: "While",
             ON: "On that day", at.first: "First day\nas read", at.last: "Last day\nas read", at.holds: "Holds\n(1, 0, ½)",
             at.key: "Key"}  # fmt: skip
    heads |= {MATRIX + i: f"End {day.year}" for i, day in enumerate(ends)}
    canvas.header(HEADS, heads, frozenset((LABEL, HOLDER, CLASS, at.key)), frozenset(range(ON, at.first)))
    for col in (at.first, at.last, at.holds):
        canvas.sheet.set_column(col, col, widths[col], canvas.style(), {"level": 1})
    row = HEADS
    for key in deal.rights:
        row += 1
        _right(canvas, row, key, [today, *ends], at)
    if deal.rights:
        paint(canvas, FIRST_RIGHT, ON, row, at.last_year)
    canvas.close(row, at.last_year, freeze_col=HOLDER, freeze_row=HEADS + 1)
    canvas.sheet.set_selection(DATES, ON, DATES, ON)
    canvas.sheet.repeat_columns(0, LABEL)
    if ends and canvas.scale(at.last_year) < READABLE:  # the dates on one page, how each year ends beside them
        pages = [(HOLDER, ON), (MATRIX, at.last_year)]
        canvas.subtitle_within(LABEL, widths)
        canvas.paginate_across([(FIRST_RIGHT, row)], pages, HEADS + 1, 1.0)
    canvas.sheet.outline_settings(True, True, False, False)


def paint(canvas: Canvas, row: int, col: int, row2: int, col2: int) -> None:
    """Colour cells by how a right stands."""
    for word, look in _LOOKS:
        rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": canvas.style.bare(**look)}
        canvas.sheet.conditional_format(row, col, row2, col2, rule)


def states(calc: Calc, key: str, days: list[dt.date]) -> list[str]:
    """How a right stands on each day, as the cells of its row compute it."""
    start, end = (day_read(calc.scalar(f"{RIGHT}{key}.{part}")) for part in ("from", "until"))
    holds = 1.0 if calc.deal.rights[key].while_ is None else holds_read(calc.scalar(f"{RIGHT}{key}.while"))
    return [state(to_serial(day), start, end, holds) for day in days]


def _right(canvas: Canvas, row: int, key: str, days: list[dt.date], at: _Columns) -> None:
    book, calc = canvas.book, canvas.book.calc
    deal, right = calc.deal, calc.deal.rights[key]
    where = f"rights.{key}"
    date = make_field("date").excel_format
    label = book.texts.clean(right.label, where)
    canvas.link(row, LABEL, f"internal:'{RIGHTS_TEXT}'!B{text_row(deal, key) + 1}", label, "label")
    holder = deal.parties[right.holder].label if right.holder in deal.parties else right.holder
    canvas.text(row, HOLDER, holder, "label", where=where, font_size=9, indent=1)
    canvas.text(row, CLASS, right.class_, "muted", indent=1)
    more: dict[str, Any] = {"align": "right", "font_size": 9}
    read: list[Any] = []
    for part, col in (("from", FROM), ("until", UNTIL), ("while", WHILE)):
        node = f"{RIGHT}{key}.{part}"
        value = calc.scalar(node)
        read.append(value)
        if part == "while" and right.while_ is None:
            canvas.text(row, col, "–", "muted", align="right", indent=1)
        else:
            shown = {"from": date, "until": OPEN, "while": _CONDITION}[part]
            view = Viewpoint(book, RIGHTS)
            apart = {**more, "indent": int(part == "while")}
            canvas.item(row, col, node, value, where=f"{where}.{part}", view=view, num_format=shown, **apart)
    f, u, w = (f"${letters(c)}{row + 1}" for c in (FROM, UNTIL, WHILE))
    for col, ref, value, shown in ((at.first, f, day_read(read[0]), date), (at.last, u, day_read(read[1]), OPEN)):
        canvas.formula(row, col, day_as_read(ref), value, "helper", num_format=shown, **{**more, "font_size": 8})
    if right.while_ is None:
        canvas.constant(row, at.holds, 1.0, "helper", num_format="0.0", **{**more, "font_size": 8})
    else:
        text = f'IF(ISNA({w}),0.5,IF(ISERROR({w}),"error",IF(ISTEXT({w}),IF({w}="yes",1,IF({w}="no",0,0.5)),{w}*1)))'
        holds = holds_read(read[2])
        canvas.formula(row, at.holds, text, holds, "helper", num_format="0.0", **{**more, "font_size": 8})
    for i, said in enumerate(states(calc, key, days)):
        text = status_formula(f"{letters(ON + i)}${DATES + 1}", row, at)
        canvas.formula(row, ON + i, text, said, "label", align="center", font_size=9)
    canvas.text(row, at.key, key, "muted", indent=1)


# -- the wording -----------------------------------------------------------------------------------

OWED, WHAT, ENDS, MEANS, SURVIVES, EXCEPTIONS, TEXT_CLASS, SOURCE, NOTE, TEXT_KEY = range(LABEL + 2, LABEL + 12)
_TEXT_WIDTHS: Final[dict[int, float]] = {
    LABEL: 30, HOLDER: 11, OWED: 16, WHAT: 34, ENDS: 14, MEANS: 15, SURVIVES: 26, EXCEPTIONS: 28, TEXT_CLASS: 11,
    SOURCE: 29, NOTE: 32, TEXT_KEY: 22,
}  # fmt: skip


def text_row(deal: Deal, key: str) -> int:
    """The row of a right on the sheet of wordings."""
    return HEAD_ROW + 1 + list(deal.rights).index(key)


def write_rights_text(canvas: Canvas, source_rows: dict[str, int]) -> None:
    """What each right says, where it comes from, what ends it and what survives."""
    deal = canvas.book.calc.deal
    widths = dict(_TEXT_WIDTHS)
    words = {key: _words(deal, right) for key, right in deal.rights.items()}
    heads = {LABEL: "Right", HOLDER: "Holder", OWED: "Owed", WHAT: "What", ENDS: "Ends with", MEANS: "“Until” means", SURVIVES: "Survives",
             EXCEPTIONS: "Exceptions", TEXT_CLASS: "Class", SOURCE: "Source", NOTE: "Note", TEXT_KEY: "Key"}  # fmt: skip
    for col in words[next(iter(words))]:
        least = column_for(heads[col], SMALL, bold=True, indent=1)
        widths[col] = fitted((found[col] for found in words.values()), least, _TEXT_WIDTHS[col])
    named = [deal.source_label(r.source) for r in deal.rights.values()]
    widths[SOURCE] = fitted(named, 10, _TEXT_WIDTHS[SOURCE])
    widths[LABEL] = fitted((r.label for r in deal.rights.values()), 20.0, _TEXT_WIDTHS[LABEL], 10)
    lower = {LABEL: 26, OWED: 13, WHAT: 24, ENDS: 11, MEANS: 14, SURVIVES: 20, EXCEPTIONS: 20, NOTE: 24}
    widths = narrowed(widths, NOTE, {c: min(low, widths[c]) for c, low in lower.items()})
    canvas.open("Rights: what they say", widths)
    canvas.header(HEAD_ROW, heads, frozenset(heads))
    for i, (key, right) in enumerate(deal.rights.items()):
        row, where = HEAD_ROW + 1 + i, f"rights.{key}"
        source = deal.source_label(right.source)
        canvas.fit(row, *((text, widths[col]) for col, text in {**words[key], SOURCE: source}.items()))
        canvas.wrap(row, right.label, widths[LABEL])
        canvas.text(row, LABEL, right.label, "label", where=where, valign="top", text_wrap=True)
        for col, text in words[key].items():
            canvas.text(row, col, text, "note", where=where)
        canvas.source(row, SOURCE, right.source, source_rows, "note", width=widths[SOURCE])
        canvas.link(
            row, TEXT_KEY, f"internal:'{RIGHTS}'!B{FIRST_RIGHT + i + 1}", key, "muted", valign="top", indent=1
        )  # not at the label: links do not wrap in every program
    canvas.close(HEAD_ROW + len(deal.rights), NOTE, freeze_col=HOLDER)
    canvas.paginate([(HEAD_ROW + 1, HEAD_ROW + len(deal.rights))], NOTE, HEAD_ROW + 1)


def _words(deal: Deal, right: Right) -> dict[int, str]:
    """What is said of a right, by column."""
    party = {k: p.label for k, p in deal.parties.items()}
    event = deal.events[right.ends_on].label if right.ends_on in deal.events else right.ends_on
    owed = filter(None, (party.get(right.owed_by, right.owed_by), _named(deal, right.amount)))
    return {HOLDER: party.get(right.holder, right.holder), OWED: ": ".join(owed), WHAT: right.what, ENDS: event, MEANS: _named(deal, right.until_key),
            SURVIVES: right.survives, EXCEPTIONS: right.exceptions, TEXT_CLASS: right.class_, NOTE: right.note}  # fmt: skip


def _named(deal: Deal, key: str) -> str:
    """A line, term or output by its label."""
    item = deal.lines.get(key) or deal.terms.get(key) or deal.outputs.get(key)
    return item.label if item is not None else key


def day_as_read(ref: str) -> str:
    """Formula: a date, "unknown" where it is undisclosed, "error" where it is none."""
    return f'IF(ISNUMBER({ref}),{ref},IF(ISNA({ref}),"unknown","error"))'


def status_formula(now: str, row: int, at: _Columns) -> str:
    """The same steps as ``rights.standing``: what cannot hold first, then the dates, then what is unknown."""
    s, e, c = (f"${letters(col)}{row + 1}" for col in (at.first, at.last, at.holds))
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
