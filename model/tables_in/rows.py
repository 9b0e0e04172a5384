"""Rows of a foreign table read one by one: each cell as the value that it would become, or with its problem."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from model.addresses import is_formula
from model.deal import Deal, Input
from model.edits import label_of
from model.fields import Field, field_for
from model.fields.number_formats import show_text
from model.layers import View, held
from model.problems import Problem, Refused, refuse
from model.structure.keys import NewKeys
from model.tables_in.hints import DateOrder, can_be_two, decimal_of, in_order, order_of
from model.tables_in.match import KEY, YEAR, Proposal, plain, year_of
from model.tables_in.read import Grid
from model.values import ErrorValue
from model.workbook.review_values import AmbiguousError, Decimal, read_value
from model.workbook.viewpoint import letters

#: "update" changes what is there and adds what is new, "append" only adds, "replace" also takes out what is not listed
Mode: TypeAlias = Literal["update", "append", "replace"]
_STEP: Final = 200  # rows between two words about the progress


class CellPreview(NamedTuple):
    """One cell on its way in. ``where`` is its cell in the source, ``old`` what the deal holds there."""

    address: str
    where: str
    text: str
    new: Input | None
    old: Input | None
    problem: Problem | None = None

    @property
    def differs(self) -> bool:
        return self.problem is None and self.new is not None and self.new != self.old


class RowPreview(NamedTuple):
    """A year of a series or a record of a table; ``is_new`` where the deal has none yet."""

    key: str
    label: str
    is_new: bool
    cells: tuple[CellPreview, ...]
    problem: Problem | None = None


class Reader:
    """Reads one grid into rows for a series or a table."""

    def __init__(
        self,
        deal: Deal,
        view: View,
        grid: Grid,
        decimal: Decimal,
        order: DateOrder,
        mode: Mode,
        tell: Callable[[float], Any] = lambda part: None,
    ) -> None:
        self.deal, self.view, self.grid, self._tell = deal, view, grid, tell
        self.decimal, self.order, self.mode = decimal, order, mode
        self.notes: list[str] = []
        self.first = 0  # the first row of values
        self.across: int | None = None  # the row of values where years run across
        self.asks = self.asks_order = False
        self._hints: dict[int, tuple[Decimal, DateOrder]] = {}

    def removed(self, target: str, rows: list[RowPreview]) -> tuple[tuple[str, str], ...]:
        """The years or records of the base that the source does not list. A row that could not be read keeps its own."""
        there = {row.key for row in rows}
        if target in self.deal.series:
            return tuple((y, label_of(self.deal, f"{target}.{y}")) for y in self.deal.series[target].values if y not in there)  # fmt: skip
        table = self.deal.tables[target]
        names = next((c for c, column in table.columns.items() if column.kind == "text"), "")
        return tuple((k, str(r.get(names, k))) for k, r in table.records.items() if k not in there)

    def _hint(self, field: Field, col: int, first: int) -> tuple[Decimal, DateOrder]:
        """How the numbers and dates of a column are meant: as was said, else as the column shows."""
        if col not in self._hints:
            values = (
                self.grid.rows[self.across] if self.across is not None else [r[col] for r in self.grid.rows[first:]]
            )
            decimal = self.decimal or (decimal_of(values) if field.numeric else "")
            order = self.order or (order_of(values) if field.kind == "date" else "")
            name = letters(self.grid.first_col + col)
            if decimal and not self.decimal and decimal == ",":
                self.notes.append(f"Column {name} is read with a decimal comma, as its numbers show.")
            if order and not self.order and any(can_be_two(v) for v in values):
                self.notes.append(f"The dates of column {name} begin with the {'day' if order == 'dmy' else 'month'}, as some of them show.")  # fmt: skip
            self._hints[col] = (decimal, order)
        return self._hints[col]

    def _where(self, row: int, col: int) -> str:
        return f"{letters(self.grid.first_col + col)}{self.grid.first_row + row}"

    # -- series ------------------------------------------------------------------------------

    def series(self, proposal: Proposal) -> list[RowPreview]:
        key, deal = proposal.target, self.deal
        self.first, self.across = proposal.first, proposal.value_row if proposal.across else None
        field = field_for(deal.series[key], deal.unit)
        if proposal.across:
            cells = [(proposal.year_row, col, proposal.value_row, col) for col in range(self.grid.width)]
            return self._years(key, field, [c for c in cells if year_of(self.grid.rows[c[0]][c[1]]) is not None])
        year_col, value_col = proposal.column(YEAR), proposal.column(key)
        if year_col is None or value_col is None:
            label = show_text(deal.series[key].label)
            raise refuse("", f"“{label}” needs a column of years and one of values.", "Match both below.")
        rows = range(proposal.first, len(self.grid.rows))
        return self._years(key, field, [(row, year_col, row, value_col) for row in rows])

    def _years(self, key: str, field: Field, cells: list[tuple[int, int, int, int]]) -> list[RowPreview]:
        rows: list[RowPreview] = []
        seen: set[str] = set()
        for count, (year_row, year_col, row, col) in enumerate(cells):
            if count % _STEP == 0:
                self._tell(count / len(cells))
            said, raw = self.grid.rows[year_row][year_col], self.grid.rows[row][col]
            if said is None and raw is None:
                continue
            year = year_of(said)
            where = self._where(year_row, year_col)
            if year is None:
                what = f"“{_shown(said)}” is not a calendar year."
                rows.append(RowPreview("", _shown(said), False, (), Problem(where, what, "Write four digits, or leave the row out.")))  # fmt: skip
                continue
            address = f"{key}.{year}"
            label = label_of(self.deal, address)
            if str(year) in seen:
                rows.append(RowPreview(str(year), label, False, (), Problem(where, f"The year {year} comes twice.", "Keep one row for it.")))  # fmt: skip
                continue
            seen.add(str(year))
            old = held(self.deal, self.view, address).value
            if self.mode == "append" and old is not None:
                rows.append(RowPreview(str(year), label, False, (), Problem(where, f"The series has {year} already.", "Choose “update” to change it.")))  # fmt: skip
                continue
            cell = self._cell(field, address, row, col, old)
            if cell:
                rows.append(RowPreview(str(year), label, cell.old is None, (cell,)))
        return rows

    # -- tables ------------------------------------------------------------------------------

    def table(self, proposal: Proposal) -> list[RowPreview]:
        table = self.deal.tables[proposal.target]
        self.first = proposal.first
        columns = {m.to: m.index for m in proposal.columns if m.to in table.columns}
        if not columns:
            raise refuse(
                "", f"No column is matched with one of “{show_text(table.label)}”.", "Match at least one below."
            )
        rows: list[RowPreview] = []
        known = _Known(self.deal, proposal)
        seen: set[str] = set()
        for index in range(proposal.first, len(self.grid.rows)):
            if index % _STEP == 0:
                self._tell(index / len(self.grid.rows))
            cells = self.grid.rows[index]
            if not any(cells[col] is not None for col in columns.values()):
                continue
            key, label, problem = self._record(proposal, index, known)
            if key in seen and problem is None:
                problem = Problem(f"row {self.grid.first_row + index}", f"The record “{label}” comes twice.", "Keep one row for it.")  # fmt: skip
            seen.add(key)
            is_new = key not in table.records
            read = [
                self._cell(field_for(table.columns[to], self.deal.unit), f"{proposal.target}.{key}.{to}", index, col, self._held(proposal.target, key, to))
                for to, col in columns.items()
            ]  # fmt: skip
            rows.append(RowPreview(key, label, is_new, tuple(c for c in read if c), problem))
        return rows

    def _held(self, table: str, record: str, column: str) -> Input | None:
        if record not in self.deal.tables[table].records:
            return None
        return held(self.deal, self.view, f"{table}.{record}.{column}").value

    def _record(self, proposal: Proposal, index: int, known: _Known) -> tuple[str, str, Problem | None]:
        """The record of a row: by its key, else by its name; otherwise a new one."""
        table, cells = self.deal.tables[proposal.target], self.grid.rows[index]
        where = f"row {self.grid.first_row + index}"
        key_col = proposal.column(KEY)
        names = [(to, cells[m.index]) for m in proposal.columns if (to := m.to) in table.columns and table.columns[to].kind == "text"]  # fmt: skip
        label = next((_shown(v) for _, v in names if v is not None), "")
        said = "" if key_col is None or cells[key_col] is None else _shown(cells[key_col])
        if self.mode == "append":
            return known.new.key(said or label or "record"), label or said, None
        if said:
            found = known.keys.get(said.casefold())
            return (found, label or said, None) if found else (known.new.key(said), label or said, None)
        for column, value in names:
            if value is None:
                continue
            hits = known.named(column, _shown(value))
            if len(hits) == 1:
                return hits[0], label, None
            if len(hits) > 1:
                what = f"“{label}” may be any of the records {', '.join(hits)}."
                return "", label, Problem(where, what, "Add a column with their keys.")
            break
        return known.new.key(label or "record"), label, None

    # -- cells -------------------------------------------------------------------------------

    def _cell(self, field: Field, address: str, row: int, col: int, old: Input | None) -> CellPreview | None:
        raw = self.grid.rows[row][col]
        if raw is None:
            return None
        where, text = self._where(row, col), _shown(raw)
        if is_formula(old):
            return CellPreview(address, where, text, None, old, Problem(where, "This cell is computed in the deal.", "Leave the column out."))  # fmt: skip
        try:
            new = self._value(field, raw, where, col)
        except Refused as err:
            self.asks = self.asks or isinstance(err, AmbiguousError)
            self.asks_order = self.asks_order or (field.kind == "date" and can_be_two(raw))
            found = err.problems[0]
            return CellPreview(address, where, text, None, old, Problem(where, found.what, found.remedy))
        return CellPreview(address, where, text, new, old)

    def _value(self, field: Field, raw: Any, where: str, col: int) -> Input | None:
        """Text stays text: what looks like a formula gets an apostrophe, and ours is taken off again."""
        if isinstance(raw, ErrorValue) and raw.note:
            raise refuse(
                where, f"It holds {raw.note.partition(':')[0]}.", "Open the workbook in Excel and save it once."
            )
        if isinstance(raw, str):
            if raw[:1] == "'" and raw[1:2] in ("+", "-", "@"):
                raw = raw[1:]
            if field.kind in ("text", "choice") and raw.startswith("="):
                self.notes.append(
                    f"{where}: “{raw[:40]}” begins like a formula and is kept as text, with an apostrophe."
                )
                raw = "'" + raw
        decimal, order = self._hint(field, col, self.first)
        if field.kind == "date":
            raw = in_order(raw, order)
        return read_value(field, raw, decimal, self.grid.since_1904)


def _shown(value: Any) -> str:
    if isinstance(value, ErrorValue):
        return value.kind
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return f"{value:.15g}" if isinstance(value, float) else str(value or "")


class _Known:
    """The records that a table has, by key and by what their columns of text say, and keys for new ones."""

    def __init__(self, deal: Deal, proposal: Proposal) -> None:
        self._records = deal.tables[proposal.target].records
        self.keys = {key.casefold(): key for key in self._records}
        self.new = NewKeys(deal, ("tables", proposal.target, "records"))
        self._names: dict[str, dict[str, list[str]]] = {}

    def named(self, column: str, text: str) -> list[str]:
        """Records of this name, but for case; where there is none, but for punctuation and what follows a comma."""
        names = self._names.get(column)
        if names is None:
            names = self._names[column] = {}
            for key, record in self._records.items():
                for form in _forms(str(record.get(column, ""))):
                    names.setdefault(form, []).append(key)
        return next((found for form in _forms(text) if (found := names.get(form))), [])


def _forms(text: str) -> list[str]:
    """Under which forms two names are one, the stricter first: as written but for case, and in plain words."""
    return [f"={text.strip().casefold()}", *(f"~{words}" for words in (plain(text),) if words)]
