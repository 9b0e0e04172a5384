"""The Obligations sheet: what falls due when, with its total and a chart; every figure follows the Tables sheet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from model.deal import Table
from model.fields import field_for, make_field
from model.values import ErrorValue
from model.workbook.book import HEAD_ROW, LABEL, OBLIGATIONS, TABLES, TableBlock
from model.workbook.canvas import ROW_HEIGHT, Canvas, as_shown, heading, number_format
from model.workbook.metrics import column_pixels
from model.workbook.styles import ACCENT, FONT, MUTED
from model.workbook.text import chart_title
from model.workbook.viewpoint import cell, letters

_WORDS: Final = ("text", "choice", "yesno")
_LABEL_WIDTH: Final = 34.0
_WIDTH: Final = 15.0
_COLUMNS: Final = 7
_CHART_HEIGHT: Final = 230


def write_obligations(canvas: Canvas) -> None:
    """One block for every schedule of what falls due, then what comes out for its part of the deal."""
    deal = canvas.book.calc.deal
    schedules = {k: t for k, t in deal.tables.items() if t.role == "maturity"}
    across = max(_COLUMNS, *(len(t.columns) + 1 for t in schedules.values()))
    widths = {LABEL: _LABEL_WIDTH, **{LABEL + i: _WIDTH for i in range(1, across)}}
    canvas.open("Obligations", widths)
    last, row, done, blocks = LABEL + across - 1, HEAD_ROW + 1, set[str](), list[tuple[int, int]]()
    for key, table in schedules.items():
        first, row = row, _schedule(canvas, row, key, table, last, widths)
        blocks.append((first, row - 1))
        if table.group and table.group not in done:
            done.add(table.group)
            first, row = row, _results(canvas, row, table.group, last)
            blocks.append((first, max(first, row - 3)))
    end = blocks[-1][1]
    canvas.close(end, last, freeze_row=HEAD_ROW, repeat=HEAD_ROW)
    canvas.paginate(blocks, last, HEAD_ROW)


def amount_column(table: Table) -> str:
    """The last amount of money in a row is what falls due; empty where there is none."""
    return next((key for key in reversed(table.columns) if table.columns[key].kind == "money"), "")


def _schedule(canvas: Canvas, row: int, key: str, table: Table, last: int, widths: dict[int, float]) -> int:
    book, deal = canvas.book, canvas.book.calc.deal
    block, amount = book.tables[key], amount_column(table)
    canvas.section(row, table.label, last)
    canvas.merged_note(row + 1, LABEL, last, table.note, sum(widths.values()), where=f"tables.{key}.note")
    head = row + 2
    heads = {LABEL + i: heading(c.label, c.unit, widths[LABEL + i]) for i, c in enumerate(table.columns.values())}
    share = LABEL + len(heads)
    if amount:
        heads[share] = "Share\nof the total"
    left = frozenset(LABEL + i for i, c in enumerate(table.columns.values()) if c.kind in _WORDS)
    canvas.header(head, {**heads, last: heads.get(last, "")}, left)
    first = head + 1
    total_row = first + max(1, len(block.records))
    for i, record in enumerate(block.records):
        for j, (column, spec) in enumerate(table.columns.items()):
            more: dict[str, Any] = {"align": "left" if spec.kind in _WORDS else "right"}
            _follow(canvas, first + i, LABEL + j, block, record, column, **more)
    if not block.records:
        canvas.text(first, LABEL, "no records", "muted")
    if amount:
        _total(canvas, (first, total_row), share, key, amount)
        _chart(canvas, total_row + 2, (first, total_row - 1), LABEL + list(table.columns).index(amount), table,
               sum(column_pixels(widths[c]) for c in range(LABEL, last + 1)))  # fmt: skip
        name = book.texts.clean(deal.tables[key].label, f"tables.{key}.label")
        canvas.link(
            total_row + 1, LABEL, f"internal:'{TABLES}'!B{block.title + 1}", f"Worked out in Tables: {name}", "muted"
        )
        return total_row + 3 + round(_CHART_HEIGHT * 72 / 96 / ROW_HEIGHT + 0.5) + 1
    return total_row + 2


def _follow(canvas: Canvas, row: int, col: int, block: TableBlock, record: str, column: str, **more: Any) -> None:
    calc = canvas.book.calc
    spec = calc.deal.tables[block.key].columns[column]
    key = f"{block.key}.{record}.{column}"
    field, value = field_for(spec, calc.deal.unit), calc.scalar(key)
    there = f"{TABLES}!{letters(block.columns[column])}{block.first + block.records.index(record) + 1}"
    if spec.kind in _WORDS:
        text, shown = f'IF({there}="","",{there})', value or ""
    else:
        text, shown = there, 0.0 if value is None else value
    if key in calc.inputs:
        shown = as_shown(shown)
    canvas.formula(row, col, text, shown, "link", num_format=number_format(field, (value,)), **more)


def _total(canvas: Canvas, span: tuple[int, int], share: int, key: str, amount: str) -> None:
    """The sum of what falls due, and each row's share of it."""
    calc, (first, total_row) = canvas.book.calc, span
    table = calc.deal.tables[key]
    col = LABEL + list(table.columns).index(amount)
    field = field_for(table.columns[amount], calc.deal.unit)
    values = [as_shown(v) if k in calc.inputs else v for k, v in _amounts(canvas, key, amount)]
    total: Any = next((v for v in values if isinstance(v, ErrorValue)), None)
    if total is None:
        total = float(sum(v for v in values if isinstance(v, float)))
    canvas.blanks(total_row, LABEL, share, "total")
    canvas.text(total_row, LABEL, "Total", "total")
    down = f"{letters(col)}{first + 1}:{letters(col)}{total_row}"
    look = {"num_format": number_format(field, (total,)), "align": "right"}
    canvas.formula(total_row, col, f"SUM({down})", total, "total", **look)
    percent, whole = make_field("percent").excel_format, cell(total_row, col)
    for i, value in enumerate(values):
        here = f"{letters(col)}{first + i + 1}"
        text = f"IF(ISNUMBER({here}),IF({whole}=0,0,{here}/{whole}),0)"
        part: Any = 0.0
        if isinstance(value, float):
            part = total if isinstance(total, ErrorValue) else value / total if total else 0.0
        canvas.formula(first + i, share, text, part, "calc", num_format=percent, align="right")


def _amounts(canvas: Canvas, key: str, amount: str) -> Iterator[tuple[str, Any]]:
    calc = canvas.book.calc
    for record in canvas.book.tables[key].records:
        address = f"{key}.{record}.{amount}"
        value = calc.scalar(address)
        yield address, 0.0 if value is None else value


def _chart(canvas: Canvas, row: int, span: tuple[int, int], col: int, table: Table, width: float) -> None:
    book, deal = canvas.book, canvas.book.calc.deal
    made = canvas.workbook.add_chart({"type": "column"})
    first, last = span
    field = field_for(table.columns[amount_column(table)], deal.unit)
    made.add_series({
        "name": chart_title(book.texts.clean(table.label, "tables")),
        "categories": [OBLIGATIONS, first, LABEL, last, LABEL],
        "values": [OBLIGATIONS, first, col, last, col],
        "fill": {"color": ACCENT}, "border": {"none": True}, "gap": 60,
        "data_labels": {"value": True, "num_format": '#,##0.0;(#,##0.0);"–"', "font": {"name": FONT, "size": 8, "color": MUTED}},
    })  # fmt: skip
    small = {"name": FONT, "size": 8, "color": MUTED}
    title = book.texts.clean(f"{table.label}, {field.unit}" if field.unit else table.label, "tables")
    made.set_title(
        {
            "name": chart_title(title),
            "name_font": {"name": FONT, "size": 10, "bold": True, "color": ACCENT},
            "overlay": False,
        }
    )
    made.set_x_axis({"num_font": small, "line": {"color": MUTED}})
    made.set_y_axis({"num_font": small, "num_format": "#,##0", "line": {"none": True},
                     "major_gridlines": {"visible": True, "line": {"color": "#D5DADF", "width": 0.5}}})  # fmt: skip
    made.set_legend({"none": True})
    made.set_size({"width": int(width) - 12, "height": _CHART_HEIGHT})
    canvas.sheet.insert_chart(
        row, LABEL, made, {"x_offset": 4, "y_offset": 6, "object_position": 2, "description": title}
    )


def _results(canvas: Canvas, row: int, group: str, last: int) -> int:
    """The outputs of the same part of the deal."""
    book, calc = canvas.book, canvas.book.calc
    keys = [k for k, o in calc.deal.outputs.items() if o.group == group]
    if not keys:
        return row
    canvas.section(row, f"{group}: results", last)
    for key in keys:
        row += 1
        output = calc.deal.outputs[key]
        field, value = field_for(output, calc.deal.unit), calc.scalar(key)
        canvas.text(row, LABEL, output.label, "label", where=f"outputs.{key}")
        canvas.formula(
            row, LABEL + 1, book.names[key], value, "link", num_format=number_format(field, (value,)), align="right"
        )
        canvas.text(row, LABEL + 2, output.unit, "muted", where=f"outputs.{key}", indent=1)
    return row + 3
