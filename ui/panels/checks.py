"""The Checks sheet: problems, checks, and remarks: what nothing uses, names that mean nothing, units that clash."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from model.deal import Deal
from model.engine import Calc
from model.formula.bind import RIGHT, RULE
from model.problems import Problem
from model.structure.labels import in_labels, label_of_place
from model.values import ErrorValue
from ui.grid.source import Cell, ColumnSpec, Place, RowSpec
from ui.panels.base import OrEmpty, SheetGrid, SheetPanel
from ui.panels.deal_source import DealSource, error_words
from ui.session import ChangeSet, DealSession
from ui.slots import guarded
from ui.targets import NOTHING, Target, target_of
from ui.wording import sentence, wrapped

_IDLE_MS = 350

_CHECKS = (
    ColumnSpec("State", 92, "left", key="state"),
    ColumnSpec("Check", 324, "left", key="label"),
    ColumnSpec("What it says", 288, "left", stretch=True, key="says"),
    ColumnSpec("Formula", 240, "left", stretch=True, key="formula"),
)
_HOLDS, _FAILS = "✓ holds", "✗ fails"


class ChecksSource(DealSource):
    """Problems first, then every check with its state, then remarks."""

    marks_clashes = False  # it says them

    def __init__(self, session: DealSession) -> None:
        super().__init__(session)
        self._keys: list[str] = []
        self._remarks: tuple[Deal, list[tuple[str, Problem]]] | None = None
        self._faults: tuple[tuple[Calc, Deal], list[tuple[str, Problem]]] | None = None

    @property
    def _problems(self) -> list[Problem]:
        return list(self.calc.problems)

    def remarks(self) -> list[tuple[str, Problem]]:
        """Sort and text of what was found when there was last time to look."""
        first = self._faults[1] if self._faults is not None else []
        return first + (self._remarks[1] if self._remarks is not None else [])

    def look(self) -> bool:
        """Look for remarks; False: this deal has been looked at."""
        from model import units
        from model.faults import faults, unvalued
        from model.structure import uses  # not before there is time

        deal, before = self.session.deal, self._faults
        if before is None or before[0][0] is not self.calc or before[0][1] is not deal:
            found = faults(self.calc) + [("no value", p) for p in unvalued(self.calc)]
            self._faults = ((self.calc, deal), found)
        news = before is None or before[1] != self._faults[1]  # type: ignore[index]
        if self._remarks is not None and self._remarks[0] is deal:
            return news
        told = {p.where for p in self._problems}
        found = [("name", p) for p in uses.undefined(deal) if p.where not in told]
        found += [("units", p) for p in units.check(deal)]
        found += [("unused", p) for p in uses.unused(deal)]
        self._remarks = (deal, found)
        return True

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
        remarks = self.remarks()
        if remarks:
            rows.append(RowSpec("section:remarks", "section", f"Remarks ({len(remarks)})"))
            rows += [RowSpec(f"remark:{i}", "item", p.where) for i, (_, p) in enumerate(remarks)]
        self._keys = [row.key for row in rows]
        return rows

    def target(self, row: int, col: int) -> Target:
        key = self._keys[row]
        if key.startswith("problem:"):
            return problem_target(self.session, self._problems[int(key[8:])])
        if key.startswith("remark:"):
            return problem_target(self.session, self.remarks()[int(key[7:])][1])
        if _CHECKS[col].key in ("says", "label"):
            return Target("text", key, ("checks", key, "note" if _CHECKS[col].key == "says" else "label"))
        return target_of(self.session.deal, key)

    @property
    def container(self) -> tuple[str, ...]:
        return ("checks",)

    def entry(self, row: int) -> tuple[str, ...]:
        key = self._keys[row]
        return ("checks", key) if key in self.session.deal.checks else ()

    def find(self, target: Target) -> Place | None:
        column = {"label": 1, "note": 2}.get(target.attribute, 0)
        return (self._keys.index(target.key), column) if target.key in self._keys else None

    def cell(self, row: int, col: int) -> Cell:
        key = self._keys[row]
        if key.startswith("problem:"):
            problem = self._problems[int(key[8:])]
            bad = problem.severity == "error"
            return (
                Cell("✗ error" if bad else "! warning", "computed", tint="bad" if bad else "amber"),
                self._place(problem),
                self._what(problem),
                Cell(problem.remedy, "computed", tooltip=wrapped(problem.remedy)),
            )[col]
        if key.startswith("remark:"):
            sort, problem = self.remarks()[int(key[7:])]
            return (
                Cell(f"! {sort}", "computed", tint="amber")
                if sort == "units"
                else Cell(f"· {sort}", "muted")
                if problem.severity == "warning"
                else Cell(f"✗ {sort}", "computed", tint="bad"),
                self._place(problem),
                self._what(problem),
                Cell(problem.remedy, "muted", tooltip=wrapped(problem.remedy)),
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
            return Cell(check.label, "label", editable=True, tooltip=f"{wrapped(check.formula, 96)}\n{key}")
        if col == 2:
            return Cell(check.note, "muted", editable=True, tooltip=wrapped(check.note))
        return Cell(check.formula, "muted", tooltip=wrapped(check.formula, 96))

    def _place(self, problem: Problem) -> Cell:
        """Where a problem is, by its label; its key in the tooltip."""
        name = label_of_place(self.session.deal, problem.where)
        return Cell(name, "label", tooltip=f"{problem.where}\nDouble-click to go there.")

    def _what(self, problem: Problem) -> Cell:
        said, name = problem.what, label_of_place(self.session.deal, problem.where)
        if said.startswith(f"“{name}” is a"):  # the name stands beside it
            said = said.removeprefix(f"“{name}” is ")
        if problem.circle:
            said = f"{in_labels(self.session.deal, problem.circle)}: each depends on the next within one period"
        return Cell(sentence(said), "computed", tooltip=wrapped(sentence(said)))


def problem_target(session: DealSession, problem: Problem) -> Target:
    """The cell that a problem's place names: ``lines.x.formula``, or a key."""
    parts = problem.where.split(" ")[0].split(".")
    if parts[0] == "rights" and len(parts) > 1:
        return target_of(session.deal, f"{RIGHT}{parts[1]}")
    if parts[0] == "questions" and len(parts) > 1:
        question = session.deal.questions.get(parts[1])
        rule = parts[3] if len(parts) > 3 else next(iter(question.rules), "") if question else ""
        return target_of(session.deal, f"{RULE}{parts[1]}.{rule}")
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


@guarded
class ChecksPanel(SheetPanel):
    title = "Checks"

    def __init__(self, session: DealSession, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._grid = self.add_grid(ChecksSource(session), "Checks")
        self._grid.activated.connect(lambda _: self._go())
        self._idle = QTimer(self, interval=_IDLE_MS, singleShot=True)
        self._idle.timeout.connect(self._look)
        self.outer.addWidget(
            OrEmpty(
                self._grid,
                "Checks are formulas that must hold, rolled up in the status bar.\nThis deal has none yet: add one with Insert ▸ Check.",
            )
        )

    @property
    def grid(self) -> SheetGrid:
        return self._grid

    def sync(self, changes: ChangeSet) -> None:
        super().sync(changes)
        self._idle.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._idle.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._idle.stop()

    def _look(self) -> None:
        source = self._grid.deal_source
        if isinstance(source, ChecksSource) and source.look():
            if list(source.rows()) != self._grid.grid_model.rows:
                self._grid.reset_source()
            else:
                self._grid.grid_model.refresh(flash=False)

    def _go(self) -> None:
        here = self._grid.current
        if here is not None and self._grid.grid_model.rows[here[0]].key.startswith(("problem:", "remark:")):
            self.go_wanted.emit(self.target())

    def show_first_fault(self) -> None:
        """The first check that does not hold, or the first problem."""
        for row, spec in enumerate(self._grid.grid_model.rows):
            if spec.kind != "section" and self._grid.grid_model.cell(row, 0).tint in ("bad", "amber"):
                self._grid.go_to(row, 1)
                return
