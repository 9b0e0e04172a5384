"""The Sources sheet: where the facts come from, and the choices that drop-down lists offer."""

from __future__ import annotations

from typing import Final

from model.fields import make_field
from model.values import to_serial
from model.workbook.book import HEAD_ROW, LABEL, SOURCES, VALUE
from model.workbook.canvas import Canvas

KEY, DATE, PUBLISHER, NOTE = VALUE - 1, VALUE, VALUE + 1, VALUE + 2
_WIDTHS: Final = {LABEL: 44, KEY: 20, DATE: 14, PUBLISHER: 42, NOTE: 84}


def write_sources(canvas: Canvas) -> None:
    book, deal = canvas.book, canvas.book.calc.deal
    canvas.open("Sources", _WIDTHS, status=False)
    heads = {LABEL: "Source", KEY: "Key", DATE: "Date", PUBLISHER: "Publisher", NOTE: "Note"}
    canvas.header(HEAD_ROW, heads, frozenset((LABEL, KEY, PUBLISHER, NOTE)))
    last = HEAD_ROW
    for row, kind, key in book.entries[SOURCES]:
        last = row
        if kind == "group":
            canvas.section(row, key, NOTE)
        elif kind == "source":
            source, where = deal.sources[key], f"sources.{key}"
            valign = canvas.fit(row, (source.note, _WIDTHS[NOTE]))
            canvas.text(row, LABEL, source.label, "label", where=where, valign=valign)
            canvas.text(row, KEY, key, "muted", valign=valign, indent=1)
            day = None if source.date is None else to_serial(source.date)
            canvas.constant(
                row, DATE, day, "label", num_format=make_field("date").excel_format, align="right", valign=valign
            )
            canvas.text(row, PUBLISHER, source.publisher, "label", where=where, valign=valign, indent=1)
            canvas.note(row, NOTE, source.note, _WIDTHS[NOTE], where=where, valign=valign)
    for choices, row in book.lists.items():
        for i, choice in enumerate(choices):
            canvas.text(row + i, LABEL, choice, "muted", where="choices", indent=1)
    canvas.close(last, NOTE)
