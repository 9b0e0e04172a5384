"""The Tables sheet: series by year and tables of records, one block below the other."""

from __future__ import annotations

from typing import Any, Final

from model.deal import Column, Table
from model.fields import field_for
from model.layers import about
from model.values import UNDISCLOSED
from model.workbook.book import HEAD_ROW, LABEL, TABLES, Book, SeriesBlock, TableBlock
from model.workbook.canvas import SMALL, SMALLEST, Canvas, as_shown, fitted, heading, number_format
from model.workbook.metrics import column_for
from model.workbook.sheet_terms import following, held_in_layers
from model.workbook.validation import validate
from model.workbook.viewpoint import Viewpoint, letters

_FIRST_WIDTH: Final = 27.0
_NARROW: Final = 8.5
_WIDE: Final = 22.0
_NUMBER: Final = 14.0
_NOTE_COLUMNS: Final = 8  # how many columns a block's note spans
_SERIES: Final = {LABEL + 1: 11.0, LABEL + 2: 11.0}  # the values of a series, and the class of each


def write_tables(canvas: Canvas) -> None:
    book = canvas.book
    widths = _widths(book)
    canvas.open("Tables", widths)
    last_col = max([*(b.key_col for b in book.tables.values()), LABEL + _NOTE_COLUMNS - 1])
    for series in book.series.values():
        _series(canvas, series, widths)
    for table in book.tables.values():
        _table(canvas, table, widths)
    blocks: list[Any] = [*book.series.values(), *book.tables.values()]
    canvas.close(max(b.last for b in blocks), last_col, freeze_row=HEAD_ROW, repeat=HEAD_ROW)
    if canvas.scale(last_col) < SMALLEST:
        canvas.subtitle_within(LABEL, widths)
        canvas.print_apart([(b.title, b.first - 1, b.last, _last_col(b)) for b in blocks], HEAD_ROW)
    else:
        canvas.paginate([(b.title, b.last) for b in blocks], last_col, HEAD_ROW)


def _last_col(block: SeriesBlock | TableBlock) -> int:
    key = block.key_col if isinstance(block, TableBlock) else 0
    return max(key, LABEL + _NOTE_COLUMNS - 1)


def _title(
    canvas: Canvas, row: int, last: int, label: str, source: str, note: str, widths: dict[int, float], where: str
) -> None:
    deal = canvas.book.calc.deal
    canvas.section(row, label, last)
    last = canvas.reach(last)
    width = sum(widths.get(c, _NARROW) for c in range(LABEL, last + 1))
    named = deal.source_label(source)
    text = " ".join(p for p in (note, f"Source: {named}." if named else "") if p)
    canvas.merged_note(row + 1, LABEL, last, text, width, where=f"{where}.note")


def _series(canvas: Canvas, block: SeriesBlock, widths: dict[int, float]) -> None:
    book = canvas.book
    series = book.calc.deal.series[block.key]
    where = f"series.{block.key}"
    field = field_for(series, book.calc.deal.unit)
    _title(canvas, block.title, LABEL + _NOTE_COLUMNS - 1, series.label, series.source, series.note, widths, where)
    note_col = LABEL + 3 if block.guard is None else LABEL + 4
    heads = {
        LABEL: "Year",
        LABEL + 1: f"Value\n{field.unit}" if field.unit else "Value",
        LABEL + 2: "Class",
        note_col: "Note",
    }
    if block.guard is not None:
        heads[block.guard] = "In\nformulas"
    canvas.header(block.first - 1, {**heads, LABEL + _NOTE_COLUMNS - 1: heads.get(LABEL + _NOTE_COLUMNS - 1, "")},
                  frozenset((LABEL, LABEL + 2, note_col)))  # fmt: skip
    for i, year in enumerate(block.years):
        row, address = block.first + i, f"{block.key}.{year}"
        held = book.calc.inputs.get(address)
        value = field.to_engine(held.value) if held else None
        shown = number_format(field, (value, *held_in_layers(book.calc.deal, address)))
        chosen = book.chosen(address)
        if chosen is None:
            canvas.constant(row, LABEL, float(year), "label", num_format="0", align="left")
            canvas.constant(row, LABEL + 1, value, "input", where=address, num_format=shown, align="right")
            validate(canvas, row, LABEL + 1, field, address)
        else:  # a year that no layer in force has must not be found in the list of years
            here = "" if value is None else value
            if address in book.scenarios.blank:  # type: ignore[union-attr]
                text = f'IF({letters(LABEL + 1)}{row + 1}="","",{year})'
                canvas.formula(
                    row, LABEL, text, "" if value is None else float(year), "calc", num_format="0", align="left"
                )
            else:
                canvas.constant(row, LABEL, float(year), "label", num_format="0", align="left")
            canvas.formula(row, LABEL + 1, chosen, as_shown(here), "link", num_format=shown, align="right")
        _guard(canvas, row, LABEL + 1, block.guard, value, shown)
        said = about(book.calc.deal, book.calc.view, address)
        canvas.text(row, LABEL + 2, said.class_, "muted", indent=1)
        canvas.text(row, note_col, said.note, "muted", where=f"{where}.notes", indent=1)
    if not block.years:
        canvas.text(block.first, note_col, "no values", "muted")


def _guard(canvas: Canvas, row: int, col: int, guard: int | None, value: Any, shown: str, source: str = "") -> None:
    """The value as formulas read it: #N/A where it is undisclosed, nothing where it is blank."""
    if guard is None:
        return
    here = source or f"{letters(col)}{row + 1}"
    result = UNDISCLOSED if value == UNDISCLOSED else "" if value is None else value
    text = f'IF({here}="undisclosed",NA(),IF(ISBLANK({here}),"",{here}))'
    canvas.formula(row, guard, text, result, "helper", num_format=shown, align="right")


def _table(canvas: Canvas, block: TableBlock, widths: dict[int, float]) -> None:
    book = canvas.book
    table = book.calc.deal.tables[block.key]
    where = f"tables.{block.key}"
    last = _last_col(block)
    _title(canvas, block.title, last, table.label, table.source, table.note, widths, where)
    heads = {
        col: heading(table.columns[c].label, table.columns[c].unit, widths.get(col, _NARROW))
        for c, col in block.columns.items()
    }
    heads |= {col: f"{table.columns[c].label},\nin formulas" for c, col in block.guards.items()}
    heads = {last: "", **heads, block.key_col: "Key"}
    left = frozenset(col for c, col in block.columns.items() if _is_text(table.columns[c])) | {block.key_col}
    canvas.header(block.first - 1, heads, left)
    for i, record in enumerate(block.records):
        above = block.records[i - 1] if i else None
        for column, col in block.columns.items():
            _cell(canvas, block, table, column, record, above, block.first + i, widths.get(col, _NARROW))
        canvas.text(block.first + i, block.key_col, record, "muted", indent=1)
    if not block.records:
        canvas.text(block.first, block.key_col, "no records", "muted")


def _cell(
    canvas: Canvas, block: TableBlock, table: Table, column: str, record: str, above: str | None, row: int, width: float
) -> None:
    book, spec = canvas.book, table.columns[column]
    col, key = block.columns[column], f"{block.key}.{record}.{column}"
    field = field_for(spec, book.calc.deal.unit)
    value = book.calc.scalar(key)
    wrapped = isinstance(value, str) and _is_text(spec)
    align = "left" if _is_text(spec) else "right"
    more: dict[str, Any] = {"align": align, "text_wrap": wrapped}
    if not _is_text(spec) and column_for(field.show(value)) > width:
        more["shrink"] = True
    if align == "left" and col > LABEL:
        more["indent"] = 1
    if wrapped:
        canvas.wrap(row, value, width)
    if book.chosen(key) is not None:
        shown = number_format(field, (value, *held_in_layers(book.calc.deal, key)))
        following(canvas, row, col, key, value, num_format=shown, **more)
    elif key in book.calc.inputs:
        shown = number_format(field, (value, *held_in_layers(book.calc.deal, key)))
        canvas.constant(row, col, value, "input", where=f"tables.{key}", num_format=shown, **more)
        validate(canvas, row, col, field, key)
    else:
        shown = number_format(field, (value,))
        view = Viewpoint(book, TABLES, block.key, record, above)
        canvas.item(row, col, key, value, where=f"tables.{key}", view=view, num_format=shown, **more)
    if column in block.guards:
        chosen = book.chosen(key)
        source = chosen if chosen and key in book.scenarios.blank else ""  # type: ignore[union-attr]
        _guard(canvas, row, col, block.guards[column], value, shown, source)


def _is_text(column: Column) -> bool:
    return column.kind in ("text", "choice", "yesno")


def _widths(book: Book) -> dict[int, float]:
    """Wide enough for every number; long texts wrap."""
    calc = book.calc
    widths = {LABEL: _FIRST_WIDTH}
    for block in book.tables.values():
        table = calc.deal.tables[block.key]
        for column, col in block.columns.items():
            spec = table.columns[column]
            field = field_for(spec, calc.deal.unit)
            text = _is_text(spec)
            shown = [field.show(calc.scalar(f"{block.key}.{r}.{column}")) for r in block.records]
            shown += ["30 Nov 2028"] if field.kind == "date" else ["100.0%"] if field.kind == "percent" else []
            longest = max((column_for(s, indent=int(text)) for s in shown), default=0.0) + 1.0
            heads = [column_for(word, SMALL, bold=True) for word in (*spec.label.split(), spec.unit)]
            limit = _WIDE if text else _NUMBER  # longer numbers shrink to fit
            if col != LABEL:
                widths[col] = max(widths.get(col, _NARROW), min(max(longest, *heads), limit))
        keys = fitted(block.records, _NARROW, 16.0)
        widths[block.key_col] = max(widths.get(block.key_col, _NARROW), keys)
    for col in range(LABEL + 1, LABEL + _NOTE_COLUMNS):
        widths[col] = max(widths.get(col, _NARROW), _SERIES.get(col, _NARROW))
    return widths
