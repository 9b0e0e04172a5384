"""The Valuation, Checks and Sources sheets: what comes out, whether it holds, and where it is from."""

from __future__ import annotations

import datetime as dt

from PySide6.QtWidgets import QWidget

from model.fields import make_field
from ui import targets
from ui.grid.source import Cell, ColumnSpec, Place, RowSpec
from ui.panels.base import OrEmpty, SheetGrid, SheetPanel
from ui.panels.deal_source import DealSource
from ui.panels.terms_source import source_cell
from ui.session import DealSession
from ui.targets import Target, target_of
from ui.wording import change, wrapped

_OUTPUTS = (
    ColumnSpec("Output", 264, "left", frozen=True, key="label"),
    ColumnSpec("Value", 112, key="value"),
    ColumnSpec("Unit", 92, "left", key="unit"),
    ColumnSpec("Change", 116, key="change", tooltip="Since the file was opened, or since the pinned baseline"),
    ColumnSpec("Note", 200, "left", stretch=True, key="note"),
    ColumnSpec("Source", 140, "left", key="source"),
)


class OutputsSource(DealSource):
    """Headline scalars, grouped."""

    def __init__(self, session: DealSession) -> None:
        super().__init__(session)
        self._keys: list[str] = []

    def columns(self) -> tuple[ColumnSpec, ...]:
        return _OUTPUTS

    def rows(self) -> list[RowSpec]:
        deal = self.session.deal
        groups: dict[str, list[str]] = {}
        for key, output in deal.outputs.items():
            groups.setdefault(output.group, []).append(key)
        rows: list[RowSpec] = []
        for group, keys in groups.items():
            if group or len(groups) > 1:
                rows.append(RowSpec(f"section:{group}", "section", group or "Other outputs"))
            rows += [RowSpec(key, "item", deal.outputs[key].label) for key in keys]
        self._keys = [row.key for row in rows]
        return rows

    def target(self, row: int, col: int) -> Target:
        key, column = self._keys[row], _OUTPUTS[col].key
        if column in ("note", "source", "label", "unit"):
            return Target("text", key, ("outputs", key, column))
        return target_of(self.session.deal, key)

    @property
    def container(self) -> tuple[str, ...]:
        return ("outputs",)

    def entry(self, row: int) -> tuple[str, ...]:
        key = self._keys[row]
        return ("outputs", key) if key in self.session.deal.outputs else ()

    def find(self, target: Target) -> Place | None:
        if target.key not in self._keys:
            return None
        column = {"label": 0, "unit": 2, "note": 4, "source": 5}.get(target.attribute, 1)
        return self._keys.index(target.key), column

    def cell(self, row: int, col: int) -> Cell:
        deal, key = self.session.deal, self._keys[row]
        output = deal.outputs[key]
        match _OUTPUTS[col].key:
            case "label":
                return Cell(output.label, "label", editable=True, tooltip=f"{wrapped(output.formula, 96)}\n{key}")
            case "value":
                cell = self.value_cell(target_of(deal, key))
                cell.align = "right"
                return cell
            case "unit":
                return Cell(output.unit, "unit", editable=True)
            case "change":
                field = targets.field_of(deal, target_of(deal, key))
                step = change(field, self.session.baseline.scalar(key), self.calc.scalar(key))
                if step is None:
                    return Cell("–", "muted")
                return Cell(step.text, "computed", tooltip=f"was {field.show(self.session.baseline.scalar(key))}")
            case "source":
                return source_cell(deal, output.source)
        return Cell(output.note, "muted", editable=True, tooltip=wrapped(output.note))


class ValuationPanel(SheetPanel):
    title = "Valuation"

    def _baseline_changed(self) -> None:
        self._grid.grid_model.refresh(flash=False)

    def __init__(self, session: DealSession, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._grid = self.add_grid(OutputsSource(session), "Valuation")
        self.outer.addWidget(
            OrEmpty(
                self._grid,
                "The deal's results belong here: multiples, returns, present values.\nThis deal has no outputs yet: add one with Insert ▸ Output.",
            )
        )
        session.baseline_changed.connect(self._baseline_changed)

    @property
    def grid(self) -> SheetGrid:
        return self._grid


# --- sources --------------------------------------------------------------------------------------

_SOURCES = (
    ColumnSpec("Source", 280, "left", frozen=True, key="label"),
    ColumnSpec("Date", 112, key="date"),
    ColumnSpec("Publisher", 240, "left", key="publisher"),
    ColumnSpec(
        "Used by", 72, key="used", tooltip="How many entries name it: terms, lines, rights, rules, versions and others"
    ),
    ColumnSpec("Note", 256, "left", stretch=True, key="note"),
)


class SourcesSource(DealSource):
    """Where the facts come from."""

    def __init__(self, session: DealSession) -> None:
        super().__init__(session)
        self._keys: list[str] = []

    def columns(self) -> tuple[ColumnSpec, ...]:
        return _SOURCES

    def rows(self) -> list[RowSpec]:
        self._keys = list(self.session.deal.sources)
        return [RowSpec(key, "item", source.label) for key, source in self.session.deal.sources.items()]

    @property
    def container(self) -> tuple[str, ...]:
        return ("sources",)

    def entry(self, row: int) -> tuple[str, ...]:
        return ("sources", self._keys[row])

    def target(self, row: int, col: int) -> Target:
        key, column = self._keys[row], _SOURCES[col].key
        return Target("none", key) if column == "used" else Target("text", key, ("sources", key, column))

    def find(self, target: Target) -> Place | None:
        return (self._keys.index(target.key), 0) if target.key in self._keys else None

    def cell(self, row: int, col: int) -> Cell:
        key = self._keys[row]
        source = self.session.deal.sources[key]
        match _SOURCES[col].key:
            case "label":
                return Cell(source.label, "label", editable=True, tooltip=key)
            case "date":
                return Cell(f"{source.date.day} {source.date:%b %Y}" if source.date else "", "computed", editable=True)
            case "publisher":
                return Cell(source.publisher, "computed", editable=True)
            case "used":
                from model.structure.uses import users_of  # when the sheet is first looked at

                count = len({use.path for use in users_of(self.session.deal, ("sources", key))})
                return Cell(str(count) if count else "–", "muted", number=float(count))
        return Cell(source.note, "muted", editable=True, tooltip=wrapped(source.note))

    def edit_text(self, row: int, col: int) -> str:
        if _SOURCES[col].key == "date":
            day = self.session.deal.sources[self._keys[row]].date
            return make_field("date").edit_text(day) if isinstance(day, dt.date) else ""
        return super().edit_text(row, col)


class SourcesPanel(SheetPanel):
    title = "Sources"

    def __init__(self, session: DealSession, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._grid = self.add_grid(SourcesSource(session), "Sources")
        hint = "Every fact should name where it comes from.\nType a source into the Source column of a term, and it is listed here."
        self.outer.addWidget(OrEmpty(self._grid, hint))

    @property
    def grid(self) -> SheetGrid:
        return self._grid
