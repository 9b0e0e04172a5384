"""The tables behind the Terms sheet: scalars by group, series by year, and each table of records."""

from __future__ import annotations

from model.addresses import record_label
from model.deal import Deal
from model.layers import about, base_about, writes_to
from ui import targets
from ui.grid.source import Cell, ColumnSpec, Place, RowSpec
from ui.panels.deal_source import DealSource
from ui.session import DealSession
from ui.targets import CLASSES, NOTHING, Target, target_of
from ui.wording import wrapped

_VALUE = 1
_COLUMNS = (
    ColumnSpec("Term", 212, "left", frozen=True, fit=True, key="label"),
    ColumnSpec("Value", 160, key="value"),
    ColumnSpec("Unit", 84, "left", key="unit"),
    ColumnSpec("Class", 92, "left", key="class", tooltip="Where the value comes from: stated in the text, official, reported, or assumed."),
    ColumnSpec("Source or formula", 160, "left", stretch=True, key="source"),
    ColumnSpec("Range", 108, "left", key="range", tooltip="Low – high, or “fixed”."),
    ColumnSpec("Note", 92, "left", stretch=True, key="note"),
)  # fmt: skip
_YEAR_COLUMNS = tuple(
    ColumnSpec("Year", 212, "left", frozen=True, key="label") if c.key == "label"
    else ColumnSpec("Source", 200, "left", key="source") if c.key == "source" else c
    for c in _COLUMNS if c.key != "range"
)  # fmt: skip
OTHER = "Other terms"


class TermsSource(DealSource):
    """Every scalar, in sections by group."""

    def __init__(self, session: DealSession) -> None:
        super().__init__(session)
        self._keys: list[str] = []

    def columns(self) -> tuple[ColumnSpec, ...]:
        return _COLUMNS

    def rows(self) -> list[RowSpec]:
        deal = self.session.deal
        groups: dict[str, list[str]] = {}
        for key, term in deal.terms.items():
            groups.setdefault(term.group or OTHER, []).append(key)
        rows: list[RowSpec] = []
        for group, keys in groups.items():
            rows.append(RowSpec(f"section:{group}", "section", group))
            rows += [RowSpec(key, "item", deal.terms[key].label) for key in keys]
        self._keys = [row.key for row in rows]
        return rows

    @property
    def container(self) -> tuple[str, ...]:
        return ("terms",)

    def entry(self, row: int) -> tuple[str, ...]:
        key = self._keys[row]
        return ("terms", key) if key in self.session.deal.terms else ()

    def target(self, row: int, col: int) -> Target:
        key, column = self._keys[row], _COLUMNS[col].key
        if column == "value":
            return target_of(self.session.deal, key)
        return self._text_target(key, column)

    def _text_target(self, key: str, column: str) -> Target:
        deal = self.session.deal
        term = deal.terms[key]
        if column == "source" and term.formula is not None:
            return target_of(deal, key)
        if column == "range" and (term.formula is not None or term.choices):
            return Target("none", key)
        return Target("text", key, about_path(self.session, key, column) or ("terms", key, column))

    def edit_text(self, row: int, col: int) -> str:
        return about_text(self.session, self.target(row, col)) or super().edit_text(row, col)

    def find(self, target: Target) -> Place | None:
        if target.key not in self._keys:
            return None
        return self._keys.index(target.key), _column(_COLUMNS, target)

    def cell(self, row: int, col: int) -> Cell:
        deal, key, column = self.session.deal, self._keys[row], _COLUMNS[col].key
        term = deal.terms[key]
        target = self.target(row, col)
        match column:
            case "label":
                return Cell(term.label, "label", editable=True, tooltip=f"{term.note}\n{key}".strip())
            case "value":
                cell = self.value_cell(target)
                cell.align = "right" if term.kind != "text" else "left"
                return cell
            case "unit":
                return Cell(term.unit, "unit", editable=True)
            case "range":
                return Cell(targets.range_text(deal, key), "muted", editable=target.kind == "text")
        said = about(deal, self.calc.view, key) if term.formula is None else base_about(deal, key)
        match column:
            case "class":
                return class_cell(said.class_, editable=True)
            case "source":
                if term.formula is not None:
                    return Cell(term.formula, "muted")
                return source_cell(deal, said.source)
        return Cell(said.note, "muted", editable=True, tooltip=wrapped(said.note))


class SeriesSource(DealSource):
    """Every series, its years as rows."""

    def __init__(self, session: DealSession) -> None:
        super().__init__(session)
        self._keys: list[str] = []

    def columns(self) -> tuple[ColumnSpec, ...]:
        return _YEAR_COLUMNS

    def rows(self) -> list[RowSpec]:
        deal = self.session.deal
        spec = deal.timeline
        rows: list[RowSpec] = []
        for key, series in deal.series.items():
            rows.append(RowSpec(f"section:{key}", "section", series.label))
            years = {str(year) for year in range(spec.start.year, spec.end.year + 1)} | set(series.values)
            years |= {a.partition(".")[2] for a in self.calc.inputs if a.startswith(key + ".")}
            rows += [RowSpec(f"{key}.{year}", "item", f"{series.label} {year}") for year in sorted(years)]
        self._keys = [row.key for row in rows]
        return rows

    @property
    def container(self) -> tuple[str, ...]:
        first = next(iter(self.session.deal.series), "")
        return ("series", first, "values") if first else ()

    def entry(self, row: int) -> tuple[str, ...]:
        key, _, year = self._keys[row].partition(".")
        return ("series", key, "values", year) if key in self.session.deal.series else ()

    def target(self, row: int, col: int) -> Target:
        address, column = self._keys[row], _YEAR_COLUMNS[col].key
        key, _, year = address.partition(".")
        if column in ("class", "note", "source") and (path := about_path(self.session, address, column)):
            return Target("text", address, path)
        match column:
            case "class":
                return Target("text", address, ("series", key, "marks", year))
            case "note":
                return Target("text", address, ("series", key, "notes", year))
            case "source":
                return Target("text", address, ("series", key, "source"))
        return Target("input", address)

    def find(self, target: Target) -> Place | None:
        address = target.key
        if address in self.session.deal.series:  # the series as a whole: its first year
            address = next((k for k in self._keys if k.startswith(address + ".")), "")
        return (self._keys.index(address), _column(_YEAR_COLUMNS, target)) if address in self._keys else None

    def cell(self, row: int, col: int) -> Cell:
        deal, address, column = self.session.deal, self._keys[row], _YEAR_COLUMNS[col].key
        key, _, year = address.partition(".")
        series = deal.series[key]
        held = self.calc.inputs.get(address)
        there = held is not None and held.value is not None
        said = about(deal, self.calc.view, address)
        match column:
            case "label":
                return Cell(year, "label", tooltip=f"{series.note}\n{address}".strip())
            case "value":
                return self.value_cell(Target("input", address))
            case "unit":
                return Cell(series.unit if there else "", "unit")
            case "class":
                return class_cell(said.class_ if there or year in series.marks else "", editable=True)
            case "source":
                cell = source_cell(deal, said.source if there else "")
                if said.source == series.source:
                    cell.tooltip = "One source for the whole series."
                return cell
        return Cell(said.note, "muted", editable=True, tooltip=wrapped(said.note))

    def edit_text(self, row: int, col: int) -> str:
        return about_text(self.session, self.target(row, col)) or super().edit_text(row, col)


class TableSource(DealSource):
    """The records of one table, its columns as the deal has them."""

    def __init__(self, session: DealSession, table: str) -> None:
        super().__init__(session)
        self.table = table
        self._columns: list[str] = []
        self._records: list[str] = []

    def columns(self) -> list[ColumnSpec]:
        table = self.session.deal.tables[self.table]
        self._columns = list(table.columns)
        specs = []
        for i, (key, column) in enumerate(table.columns.items()):
            text = column.kind in ("text", "choice", "yesno")
            head = (
                column.label if text or not column.unit or column.kind == "date" else f"{column.label}, {column.unit}"
            )
            tip = "\n".join(part for part in (column.note, column.formula or "", key) if part)
            width = 160 if column.kind == "text" else 88
            specs.append(
                ColumnSpec(
                    head, width, "left" if text else "right", frozen=i == 0 and text, fit=True, key=key, tooltip=tip
                )
            )
        return specs

    def rows(self) -> list[RowSpec]:
        deal = self.session.deal
        self._records = list(deal.tables[self.table].records)
        return [RowSpec(f"{self.table}.{r}", "item", record_label(deal, self.table, r)) for r in self._records]

    @property
    def container(self) -> tuple[str, ...]:
        return ("tables", self.table, "records")

    def entry(self, row: int) -> tuple[str, ...]:
        return ("tables", self.table, "records", self._records[row])

    def column_entry(self, col: int) -> tuple[str, ...]:
        return ("tables", self.table, "columns", self._columns[col])

    def row_key(self, key: str) -> str:
        return key.rpartition(".")[0] if key.count(".") == 2 else key

    def target(self, row: int, col: int) -> Target:
        return target_of(self.session.deal, f"{self.table}.{self._records[row]}.{self._columns[col]}")

    def find(self, target: Target) -> Place | None:
        parts = target.key.split(".")
        if parts[0] != self.table or not self._records:
            return None
        if len(parts) == 3 and parts[1] in self._records and parts[2] in self._columns:
            return self._records.index(parts[1]), self._columns.index(parts[2])
        return (0, 0) if len(parts) == 1 else None

    def cell(self, row: int, col: int) -> Cell:
        target = self.target(row, col)
        if target is NOTHING:
            return Cell()
        column = self.session.deal.tables[self.table].columns[self._columns[col]]
        cell = self.value_cell(target)
        if column.kind == "text" and col == 0:
            cell.role = "label"
        if column.kind in ("choice", "yesno"):
            cell.align = "left"
        return cell


def about_path(session: DealSession, address: str, column: str) -> tuple[str, ...]:
    """Where an overlay keeps what it says about a value that it sets; () where the base's word is the last."""
    deal = session.deal
    if column not in ("class", "source", "note") or address not in session.calc.inputs:
        return ()
    kind, _, key = writes_to(deal, session.view, address).partition(":")
    return (f"{kind}s", key, "about", address, column) if key else ()


def about_text(session: DealSession, target: Target) -> str:
    """What an editor of an overlay's remark starts with: what is shown; "" for any other target."""
    if target.path[2:3] != ("about",):
        return ""
    said = about(session.deal, session.view, target.key)
    if target.attribute == "source":
        return session.deal.source_label(said.source)
    return said.class_ if target.attribute == "class" else said.note


def class_cell(name: str, editable: bool) -> Cell:
    return Cell(name, "tag", "left", editable, tag=name, choices=CLASSES)


def source_cell(deal: Deal, key: str) -> Cell:
    source = deal.sources.get(key)
    tip = ""
    if source is not None:
        tip = " · ".join(part for part in (source.publisher, source.note) if part)
    choices = tuple(s.label for s in deal.sources.values())
    return Cell(deal.source_label(key), "muted", "left", True, tooltip=wrapped(tip), choices=choices)


def _column(columns: tuple[ColumnSpec, ...], target: Target) -> int:
    names = [c.key for c in columns]
    part = target.path[-1] if target.path[2:3] == ("about",) else target.path[2] if target.kind == "text" else ""
    wanted = {"marks": "class", "notes": "note"}.get(part, part)
    return names.index(wanted) if wanted in names else _VALUE
