"""The Valuation, Checks and Sources sheets: what comes out, whether it holds, and where it is from."""

from __future__ import annotations

import datetime as dt

from PySide6.QtWidgets import QWidget

from model.fields import make_field
from model.problems import Problem
from model.values import ErrorValue
from ui import targets
from ui.grid.source import Cell, ColumnSpec, Place, RowSpec
from ui.panels.base import DealSource, OrEmpty, SheetGrid, SheetPanel, error_words
from ui.panels.terms_source import source_cell
from ui.session import DealSession
from ui.targets import NOTHING, Target, target_of
from ui.wording import change, sentence, wrapped

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
        if column in ("note", "source"):
            return Target("text", key, ("outputs", key, column))
        return target_of(self.session.deal, key)

    def find(self, target: Target) -> Place | None:
        if target.key not in self._keys:
            return None
        column = {"note": 4, "source": 5}.get(target.attribute, 1)
        return self._keys.index(target.key), column

    def cell(self, row: int, col: int) -> Cell:
        deal, key = self.session.deal, self._keys[row]
        output = deal.outputs[key]
        match _OUTPUTS[col].key:
            case "label":
                return Cell(output.label, "label", tooltip=f"{wrapped(output.formula, 96)}\n{key}")
            case "value":
                cell = self.value_cell(target_of(deal, key))
                cell.align = "right"
                value = self.calc.scalar(key)
                if isinstance(value, ErrorValue) and output.status:
                    status = self.calc.scalar(output.status)
                    cell.tooltip = sentence(str(status)) if isinstance(status, str) else cell.tooltip
                return cell
            case "unit":
                return Cell(output.unit, "unit")
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
                "The deal's results belong here: multiples, returns, present values.\nThis deal has no outputs yet.",
            )
        )
        session.baseline_changed.connect(self._baseline_changed)

    @property
    def grid(self) -> SheetGrid:
        return self._grid


# --- checks ---------------------------------------------------------------------------------------

_CHECKS = (
    ColumnSpec("State", 92, "left", key="state"),
    ColumnSpec("Check", 324, "left", key="label"),
    ColumnSpec("What it says", 300, "left", stretch=True, key="says"),
    ColumnSpec("Formula", 240, "left", stretch=True, key="formula"),
)
_HOLDS, _FAILS = "✓ holds", "✗ fails"


class ChecksSource(DealSource):
    """Problems first, then every check with its state."""

    def __init__(self, session: DealSession) -> None:
        super().__init__(session)
        self._keys: list[str] = []

    @property
    def _problems(self) -> list[Problem]:
        return list(self.calc.problems)

    def columns(self) -> tuple[ColumnSpec, ...]:
        return _CHECKS

    def rows(self) -> list[RowSpec]:
        deal, rows = self.session.deal, []
        if self._problems:
            rows.append(RowSpec("section:problems", "section", "Problems"))
            rows += [RowSpec(f"problem:{i}", "item", p.where) for i, p in enumerate(self._problems)]
        if deal.checks:
            rows.append(RowSpec("section:checks", "section", "Checks", collapsible=bool(self._problems)))
            rows += [RowSpec(key, "item", check.label) for key, check in deal.checks.items()]
        self._keys = [row.key for row in rows]
        return rows

    def target(self, row: int, col: int) -> Target:
        key = self._keys[row]
        if key.startswith("problem:"):
            return problem_target(self.session, self._problems[int(key[8:])])
        if _CHECKS[col].key == "says":
            return Target("text", key, ("checks", key, "note"))
        return target_of(self.session.deal, key)

    def find(self, target: Target) -> Place | None:
        return (self._keys.index(target.key), 1) if target.key in self._keys else None

    def cell(self, row: int, col: int) -> Cell:
        key = self._keys[row]
        if key.startswith("problem:"):
            problem = self._problems[int(key[8:])]
            bad = problem.severity == "error"
            return (
                Cell("✗ error" if bad else "! warning", "computed", tint="bad" if bad else "amber"),
                Cell(problem.where, "label", tooltip="Double-click to go there."),
                Cell(sentence(problem.what), "computed", tooltip=wrapped(str(problem))),
                Cell(problem.remedy, "computed", tooltip=wrapped(problem.remedy)),
            )[col]
        check = self.session.deal.checks[key]
        if col == 0:
            value = self.calc.scalar(key)
            if value is True:
                return Cell(_HOLDS, "computed", tint="good")
            if isinstance(value, ErrorValue):
                text = "? unknown" if value.is_undisclosed else value.kind
                return Cell(text, "computed", tint="amber", tooltip=error_words(self.calc, value))
            return Cell(_FAILS, "computed", tint="bad")
        if col == 1:
            return Cell(check.label, "label", tooltip=f"{wrapped(check.formula, 96)}\n{key}")
        if col == 2:
            return Cell(check.note, "muted", editable=True, tooltip=wrapped(check.note))
        return Cell(check.formula, "muted", tooltip=wrapped(check.formula, 96))


def problem_target(session: DealSession, problem: Problem) -> Target:
    """The cell that a problem's place names: ``lines.x.formula``, or a key."""
    parts = problem.where.split(" ")[0].split(".")
    if parts[0] == "tables" and len(parts) >= 5:
        return target_of(session.deal, f"{parts[1]}.{parts[3]}.{parts[4]}")
    if parts[0] == "tables" and len(parts) >= 4 and session.deal.tables.get(parts[1]):
        first = next(iter(session.deal.tables[parts[1]].records), "")
        return target_of(session.deal, f"{parts[1]}.{first}.{parts[3]}")
    for part in parts[1:2] + parts[:1]:
        found = target_of(session.deal, part, 0 if part in session.deal.lines else None)
        if found is not NOTHING:
            return found
    return NOTHING


class ChecksPanel(SheetPanel):
    title = "Checks"

    def __init__(self, session: DealSession, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._grid = self.add_grid(ChecksSource(session), "Checks")
        self._grid.activated.connect(lambda _: self._go())
        self.outer.addWidget(
            OrEmpty(
                self._grid, "Checks are formulas that must hold, rolled up in the status bar.\nThis deal has none yet."
            )
        )

    @property
    def grid(self) -> SheetGrid:
        return self._grid

    def _go(self) -> None:
        here = self._grid.current
        if here is not None and self._grid.grid_model.rows[here[0]].key.startswith("problem:"):
            self.go_wanted.emit(self.target())

    def show_first_fault(self) -> None:
        """The first check that does not hold, or the first problem."""
        for row, spec in enumerate(self._grid.grid_model.rows):
            if spec.kind != "section" and self._grid.grid_model.cell(row, 0).tint != "good":
                self._grid.go_to(row, 1)
                return


# --- sources --------------------------------------------------------------------------------------

_SOURCES = (
    ColumnSpec("Source", 280, "left", frozen=True, key="label"),
    ColumnSpec("Date", 112, key="date"),
    ColumnSpec("Publisher", 240, "left", key="publisher"),
    ColumnSpec("Used by", 72, key="used", tooltip="Terms, series, tables, outputs, events and versions that name it"),
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
                count = self._uses(key)
                return Cell(str(count) if count else "–", "muted", number=float(count))
        return Cell(source.note, "muted", editable=True, tooltip=wrapped(source.note))

    def _uses(self, key: str) -> int:
        deal = self.session.deal
        sections = (deal.terms, deal.series, deal.tables, deal.lines, deal.outputs, deal.events, deal.versions)
        return sum(getattr(item, "source", "") == key for section in sections for item in section.values())

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
