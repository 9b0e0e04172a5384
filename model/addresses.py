"""Addresses of input cells: ``term``, ``series.YEAR``, ``table.record.column``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from model.deal import Column, Deal, Input, Series, Term
from model.fields import field_for
from model.fields.number_formats import show_text
from model.fields.unit_text import with_unit
from model.problems import refuse

_COMPUTED = "this cell is computed; its value cannot be set."


def is_formula(value: Input | None) -> bool:
    """Whether a table cell holds a formula of its own."""
    return isinstance(value, str) and value.startswith("=")


def input_item(deal: Deal, address: str) -> Term | Series | Column:
    """The term, series or column behind an input address. Raises Refused where there is no such input."""
    parts = address.split(".")
    if len(parts) == 1 and address in deal.terms:
        if deal.terms[address].formula is not None:
            raise refuse(address, _COMPUTED, "Set one of its inputs.")
        return deal.terms[address]
    if len(parts) == 2 and parts[0] in deal.series:
        if not (len(parts[1]) == 4 and parts[1].isascii() and parts[1].isdigit() and parts[1] >= "1900"):
            raise refuse(address, f"“{show_text(parts[1])}” is not a calendar year.", f"Write, say, {parts[0]}.2026.")
        return deal.series[parts[0]]
    if len(parts) == 3 and parts[0] in deal.tables and parts[1] in deal.tables[parts[0]].records:
        table = deal.tables[parts[0]]
        if column := table.columns.get(parts[2]):
            own = table.records[parts[1]].get(parts[2])
            if is_formula(own) or (column.formula is not None and own is None):
                raise refuse(address, _COMPUTED, "Set one of its inputs.")
            return column
    if address in deal.lines or address in deal.outputs:
        raise refuse(address, "this is computed; its value cannot be set.", "Set one of its inputs.")
    import difflib

    near = difflib.get_close_matches(address[:200], islice(input_addresses(deal), 2000), 1, 0.6)
    shown = show_text(address)[:80]
    raise refuse(address, f"there is no input “{shown}”.", f"Did you mean “{near[0]}”?" if near else "Check the name.")


def input_addresses(deal: Deal) -> Iterator[str]:
    """Every input address of the base layer, in document order."""
    yield from (key for key, term in deal.terms.items() if term.formula is None)
    for key, series in deal.series.items():
        yield from (f"{key}.{year}" for year in series.values)
    for name, table in deal.tables.items():
        for record, cells in table.records.items():
            for key, column in table.columns.items():
                if not is_formula(cells.get(key)) and (column.formula is None or key in cells):
                    yield f"{name}.{record}.{key}"


def record_label(deal: Deal, table: str, record: str) -> str:
    """A record as a person calls it: its first text; where the table has none, its first column with the value of the
    document ("Rate 10.0 %"); else its key."""
    columns, row = deal.tables[table].columns, deal.tables[table].records[record]
    for column, spec in columns.items():
        if spec.kind == "text" and isinstance(row.get(column), str) and row[column]:
            return str(row[column])
    column = next(iter(columns), "")
    value = row.get(column)
    if value is None or is_formula(value) or columns[column].kind in ("text", "choice", "yesno", "flag"):
        return record
    field = field_for(columns[column], deal.unit)
    return f"{columns[column].label or column} {with_unit(field, field.to_engine(value))}"
