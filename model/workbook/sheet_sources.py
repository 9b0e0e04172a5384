"""The Sources sheet: where the facts come from, and the choices that drop-down lists offer."""

from __future__ import annotations

from typing import Final

from model.deal import Deal
from model.workbook.book import HEAD_ROW, LABEL, SOURCES, VALUE
from model.workbook.canvas import Canvas, fitted

KEY, DATE, PUBLISHER, NOTE = VALUE - 1, VALUE, VALUE + 1, VALUE + 2
_WIDTHS: Final = {LABEL: 44, KEY: 20, DATE: 14, PUBLISHER: 42, NOTE: 84}


def _fitting(deal: Deal) -> dict[int, float]:
    """Columns as wide as their texts, up to a limit."""
    found = deal.sources.values()
    return {
        LABEL: fitted((s.label for s in found), 30, _WIDTHS[LABEL], 10),
        KEY: fitted(deal.sources, 12, _WIDTHS[KEY]),
        PUBLISHER: fitted((s.publisher for s in found), 20, _WIDTHS[PUBLISHER], 10),
        NOTE: fitted((s.note for s in found), 40, _WIDTHS[NOTE]),
    }


def write_sources(canvas: Canvas) -> None:
    book, deal = canvas.book, canvas.book.calc.deal
    widths = {**_WIDTHS, **_fitting(deal)}
    canvas.open("Sources", widths)
    heads = {LABEL: "Source", KEY: "Key", DATE: "Date", PUBLISHER: "Publisher", NOTE: "Note"}
    canvas.header(HEAD_ROW, heads, frozenset((LABEL, KEY, PUBLISHER, NOTE)))
    last = HEAD_ROW
    for row, kind, key in book.entries[SOURCES]:
        last = row
        if kind == "group":
            canvas.section(row, key, NOTE)
        elif kind == "source":
            source, where = deal.sources[key], f"sources.{key}"
            valign = canvas.fit(row, (source.note, widths[NOTE]))
            canvas.text(row, LABEL, source.label, "label", where=where, valign=valign)
            canvas.text(row, KEY, key, "muted", valign=valign, indent=1)
            canvas.day(row, DATE, source.date, "label", align="right", valign=valign)
            canvas.text(row, PUBLISHER, source.publisher, "label", where=where, valign=valign, indent=1)
            canvas.note(row, NOTE, source.note, widths[NOTE], where=where, valign=valign)
    for choices, row in book.lists.items():
        for i, choice in enumerate(choices):
            canvas.text(row + i, LABEL, choice, "muted", where="choices", indent=1)
    canvas.close(last, NOTE)
    canvas.paginate([(HEAD_ROW + 1, last)], NOTE, HEAD_ROW + 1)
