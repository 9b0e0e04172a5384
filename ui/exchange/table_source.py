"""The two tables of the table import: which column is what, and what each row would do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from model.addresses import input_item
from model.deal import Deal
from model.fields import field_for
from model.fields.number_formats import show_text
from model.layers import base_value
from model.problems import Problem
from model.tables_in import KEY, YEAR, CellPreview, Grid, Preview, Proposal, RowPreview
from model.values import ErrorValue
from model.workbook.viewpoint import letters
from ui.exchange.ticks import TICK, TickSource
from ui.grid.source import Cell, Change, ColumnSpec, Place, RowSpec
from ui.wording import change, sentence, wrapped

LEFT_OUT = "(left out)"
_SAMPLES = 4
_MEASURED = 1000  # rows whose widths are measured; more would be felt


class MatchSource:
    """Columns of the source down, and what each goes to. ``matched`` is called with a column and a key."""

    def __init__(self, deal: Deal) -> None:
        self.deal = deal
        self.grid: Grid | None = None
        self.proposal: Proposal | None = None
        self.on_match: Any = None

    def targets(self) -> dict[str, str]:
        """What a column can go to: keys with their names."""
        if self.proposal is None:
            return {}
        key = self.proposal.target
        if key in self.deal.series:
            return {"": LEFT_OUT, YEAR: "Year", key: show_text(self.deal.series[key].label)}
        columns = self.deal.tables[key].columns
        named = {k: show_text(c.label) for k, c in columns.items() if c.formula is None}
        return {"": LEFT_OUT, KEY: "Key of the record", **named}

    def columns(self) -> tuple[ColumnSpec, ...]:
        return (
            ColumnSpec("Column", 76, "left", key="letter"),
            ColumnSpec("Heading", 180, "left", key="heading"),
            ColumnSpec("First values", 220, "left", stretch=True, key="samples"),
            ColumnSpec("Goes to", 190, "left", key="to", tooltip="Alt+Down lists the choices"),
            ColumnSpec("Because", 260, "left", stretch=True, key="why"),
        )

    def rows(self) -> list[RowSpec]:
        found = self.proposal.columns if self.proposal is not None else ()
        return [RowSpec(f"column:{m.index}", "item", m.heading or letters(m.index)) for m in found]

    def cell(self, row: int, col: int) -> Cell:
        assert self.proposal is not None and self.grid is not None
        match = self.proposal.columns[row]
        if col == 0:
            return Cell(letters(self.grid.first_col + match.index), "muted")
        if col == 1:
            return Cell(match.heading, "label")
        if col == 2:
            body = [r[match.index] for r in self.grid.rows[self.proposal.first :] if r[match.index] is not None]
            text = " · ".join(shown(v) for v in body[:_SAMPLES])
            return Cell(text, "muted", tooltip=wrapped(text))
        if col == 3:
            names = self.targets()
            text = names.get(match.to, LEFT_OUT)
            return Cell(text, "input", editable=True, choices=tuple(names.values()))
        return Cell(sentence(match.reason), "muted", tooltip=wrapped(match.reason))

    def edit_text(self, row: int, col: int) -> str:
        return self.cell(row, col).text

    def set_texts(self, changes: Sequence[Change], title: str) -> Sequence[Problem]:
        names = self.targets()
        for row, _, text in changes:
            words = text.strip().casefold()
            hits = [k for k, name in names.items() if name.casefold() == words]
            hits = hits or [k for k, name in names.items() if words and name.casefold().startswith(words)]
            if not words:
                hits = [""]
            if len(hits) != 1:
                return [Problem("", f"“{text[:40]}” is none of the columns.", f"Choose: {', '.join(names.values())}.")]
            self.on_match(row, hits[0])
        return ()

    def clear(self, cells: Sequence[Place], title: str) -> Sequence[Problem]:
        for row, _ in cells:
            self.on_match(row, "")
        return ()

    def why_not(self, row: int, col: int) -> Problem:
        return Problem("", "This shows the file as it is.", "Choose under “Goes to” what the column is.")


class PreviewSource(TickSource):
    """Every row of the source as it would come in, with a box where it can."""

    def __init__(self, deal: Deal) -> None:
        super().__init__()
        self.deal = deal
        self.shown: Preview | None = None
        self._columns: list[str] = []
        self._specs: list[ColumnSpec] | None = None

    def set_preview(self, shown: Preview | None) -> None:
        self.shown, self._specs = shown, None
        rows = shown.rows if shown is not None else ()
        self._columns = list(dict.fromkeys(c.address.rpartition(".")[2] for r in rows for c in r.cells))
        self.ticked = {self.key(i) for i, row in enumerate(rows) if self.works(row) and not self.trouble(row)}

    @property
    def is_series(self) -> bool:
        return self.shown is not None and self.shown.target in self.deal.series

    @staticmethod
    def key(index: int) -> str:
        return f"row:{index}"

    @staticmethod
    def works(row: RowPreview) -> bool:
        """Whether the row would change anything."""
        return row.problem is None and any(c.differs for c in row.cells)

    @staticmethod
    def trouble(row: RowPreview) -> str:
        """What is wrong with the row or one of its cells."""
        problems = [row.problem] if row.problem else [c.problem for c in row.cells if c.problem]
        return " ".join(f"{p.where}: {sentence(p.what)} {p.remedy}".strip() for p in problems if p)

    @property
    def chosen(self) -> list[RowPreview]:
        rows = self.shown.rows if self.shown is not None else ()
        return [row for i, row in enumerate(rows) if self.key(i) in self.ticked]

    def can_tick(self, key: str) -> bool:
        number = key.partition(":")[2]
        return self.shown is not None and number.isdecimal() and self.works(self.shown.rows[int(number)])

    def columns(self) -> list[ColumnSpec]:
        if self._specs is None:
            self._specs = self._make_columns()
        return self._specs

    def _make_columns(self) -> list[ColumnSpec]:
        first = [TICK, ColumnSpec("Year" if self.is_series else "Record", 150, "left", frozen=True, key="label")]
        last = [ColumnSpec("Remark", 240, "left", stretch=True, key="remark")]
        if self.is_series:
            middle = [
                ColumnSpec("In the file", 112, key="text", tooltip="As it stands there"),
                ColumnSpec("In the deal", 104, key="old"), ColumnSpec("Becomes", 104, key="new"), ColumnSpec("Change", 104, key="change"),
            ]  # fmt: skip
        else:
            table = self.deal.tables[self.shown.target].columns if self.shown is not None else {}
            fits = self.shown is not None and len(self.shown.rows) <= _MEASURED
            middle = [ColumnSpec("What happens", 108, "left", key="state")]
            middle += [ColumnSpec(show_text(table[c].label), 120, _align(self.deal, table[c]), fit=fits, key=c) for c in self._columns]  # fmt: skip
        return [*first, *middle, *last]

    def rows(self) -> list[RowSpec]:
        rows = self.shown.rows if self.shown is not None else ()
        out = [RowSpec(self.key(i), "item", self.name(row)) for i, row in enumerate(rows)]
        gone = self.shown.removed if self.shown is not None else ()
        return [*out, *(RowSpec(f"gone:{key}", "helper", show_text(label)) for key, label in gone)]

    def name(self, row: RowPreview) -> str:
        """The year, or what the record is called."""
        return row.key if self.is_series and row.key else show_text(row.label)

    def full(self, row: int) -> str:
        """The whole of a row, for reading under the table."""
        if self.shown is None or row >= len(self.shown.rows):
            return "It is taken out, because the file does not list it." if self.shown is not None else ""
        found = self.shown.rows[row]
        lines = [f"{c.where}: {c.text}" + (f", was {self._show(c, c.old) or 'blank'}" if c.differs and not found.is_new else "") for c in found.cells]  # fmt: skip
        return "\n".join(part for part in (" · ".join([show_text(found.label), *lines]), self.trouble(found)) if part)

    def cell(self, row: int, col: int) -> Cell:
        assert self.shown is not None
        columns = self.columns()
        if row >= len(self.shown.rows):
            return self._of_gone(*self.shown.removed[row - len(self.shown.rows)], columns[col].key)
        found = self.shown.rows[row]
        key = columns[col].key
        if key == "tick":
            return self.box(self.key(row))
        if key == "label":
            return Cell(self.name(found), "label", tooltip=found.key)
        if key == "remark":
            text = self.trouble(found)
            return Cell(text, "computed" if text else "muted", tint="bad" if text else "", tooltip=wrapped(text))
        if key == "state":
            changes = sum(c.differs for c in found.cells)
            if found.problem:
                return Cell("left out", "muted")
            return Cell("new" if found.is_new else f"changes {changes}" if changes else "the same", "muted" if not changes else "computed")  # fmt: skip
        if self.is_series:
            return self._of_series(found.cells[0], key) if found.cells else Cell()
        cell = next((c for c in found.cells if c.address.endswith(f".{key}")), None)
        return self._of_table(cell, found) if cell is not None else Cell()

    def _of_gone(self, key: str, label: str, column: str) -> Cell:
        """A year or record that is taken out, because the file does not list it."""
        if column == "old" and self.shown is not None:
            address = f"{self.shown.target}.{key}"
            field = field_for(input_item(self.deal, address), self.deal.unit)
            return Cell(str(field.show(field.to_engine(base_value(self.deal, address)))), "computed", "right")
        texts = {"label": key if self.is_series else show_text(label), "state": "taken out", "new": "taken out", "remark": "The file does not list it."}  # fmt: skip
        return Cell(texts.get(column, ""), "muted", "right" if column == "new" else "left", tooltip=key)

    def _of_series(self, cell: CellPreview, key: str) -> Cell:
        if key == "text":
            return Cell(show_text(cell.text), "muted", "right", tooltip=cell.where)
        if key == "old":
            return Cell(self._show(cell, cell.old) or "–", "computed", "right")
        if key == "new":
            if cell.problem:
                return Cell("", tint="bad")
            return Cell(self._show(cell, cell.new), "input" if cell.differs else "muted", "right")
        field = self._field(cell)
        if not cell.differs or cell.problem:
            return Cell("" if cell.problem else "the same", "muted", "right")
        step = change(field, field.to_engine(cell.old), field.to_engine(cell.new)) if cell.old is not None else None
        return Cell(step.text if step else "new", "computed", "right")

    def _of_table(self, cell: CellPreview, row: RowPreview) -> Cell:
        if cell.problem:
            return Cell(show_text(cell.text), "error", tint="bad", tooltip=wrapped(sentence(cell.problem.what)))
        tint = "amber" if cell.differs and not row.is_new else ""
        tip = f"was {self._show(cell, cell.old) or 'blank'}" if tint else ""
        role = "input" if cell.differs else "muted"
        return Cell(self._show(cell, cell.new), role, self._field(cell).align, tint=tint, tooltip=tip)  # type: ignore[arg-type]

    def _field(self, cell: CellPreview) -> Any:
        parts = cell.address.split(".")
        item: Any = self.deal.tables[parts[0]].columns[parts[2]] if len(parts) == 3 else input_item(self.deal, cell.address)  # fmt: skip
        return field_for(item, self.deal.unit)

    def _show(self, cell: CellPreview, value: Any) -> str:
        field = self._field(cell)
        return str(field.show(field.to_engine(value)))

    def why_not(self, row: int, col: int) -> Problem:
        return Problem("", "This shows what would come in.", "Space ticks a row; values can be changed afterwards.")


def _align(deal: Deal, item: Any) -> Any:
    return field_for(item, deal.unit).align


def shown(value: Any) -> str:
    if isinstance(value, ErrorValue):
        return value.kind
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return f"{value:.15g}" if isinstance(value, float) else show_text(str(value))
