"""The Scenarios sheet: every scenario side by side, and the probability-weighted value of each headline output."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from model.edits import Edit, Put
from model.engine import Calc
from model.fields import field_for, make_field
from model.fields.base import Field
from model.problems import Problem, Refused, refuse
from model.values import NO_CAP, ErrorValue
from model.whatif.cases import Cases, cases
from ui.grid.source import Cell, Change, ColumnSpec, Place, RowSpec
from ui.panels.base import DealSource, OrEmpty, SheetGrid, SheetPanel, error_words
from ui.session import ChangeSet, DealSession
from ui.targets import NOTHING, Target, target_of
from ui.wording import is_number, wrapped

_PERCENT = make_field("percent")
_SCENARIO, _WEIGHTED = "scenario:", "weighted"
_EMPTY = (
    "Scenarios stand side by side here, with their probabilities and the weighted value.\nThis deal has none yet: add a "
    "[scenarios.…] section to its file, or begin with a template."
)


class CasesSource(DealSource):
    """Scenarios down, headline outputs across."""

    def __init__(self, session: DealSession) -> None:
        super().__init__(session)
        self._calc: Calc | None = None
        self._found: Cases | None = None
        self._keys: list[str] = []

    @property
    def found(self) -> Cases:
        if self._found is None or self._calc is not self.calc:
            deal = self.session.deal
            outputs = [key for key in deal.headline if key in deal.outputs] or list(deal.outputs)
            self._calc, self._found = self.calc, cases(self.calc, outputs)
        return self._found

    def columns(self) -> list[ColumnSpec]:
        deal = self.session.deal
        specs = [
            ColumnSpec("Scenario", 200, "left", frozen=True, key="label"),
            ColumnSpec(
                "Probability", 96, key="probability", tooltip="Of the scenarios together 100 %. Empty: not counted."
            ),
        ]
        for key in self.found.outputs:
            output = deal.outputs[key]
            head = output.label if output.kind != "money" or not output.unit else f"{output.label}, {output.unit}"
            specs.append(ColumnSpec(head, 120, fit=True, key=f"output:{key}", tooltip=wrapped(output.note)))
        return specs

    def rows(self) -> list[RowSpec]:
        deal = self.session.deal
        rows = [RowSpec(f"{_SCENARIO}{key}", "item", scenario.label) for key, scenario in deal.scenarios.items()]
        if rows:
            rows.append(RowSpec(_WEIGHTED, "total", "Probability-weighted"))
        self._keys = [row.key for row in rows]
        return rows

    def scenario(self, row: int) -> str:
        key = self._keys[row] if 0 <= row < len(self._keys) else ""
        return key.removeprefix(_SCENARIO) if key.startswith(_SCENARIO) else ""

    def target(self, row: int, col: int) -> Target:
        if col < 2:
            return NOTHING
        return target_of(self.session.deal, self.found.outputs[col - 2])

    def find(self, target: Target) -> Place | None:
        return (0, self.found.outputs.index(target.key) + 2) if target.key in self.found.outputs else None

    def _field(self, key: str) -> Field:
        return field_for(self.session.deal.outputs[key], self.session.deal.unit)

    def cell(self, row: int, col: int) -> Cell:
        found, key = self.found, self.scenario(row)
        if not key:
            return self._weighted(col)
        scenario = self.session.deal.scenarios[key]
        if col == 0:
            here = key == self.session.view.scenario
            tip = "\n".join(
                p for p in (wrapped(scenario.note), "In view" if here else "Double-click to look at it") if p
            )
            return Cell(
                f"▸ {scenario.label}" if here else scenario.label, "label", tint="accent" if here else "", tooltip=tip
            )
        if col == 1:
            value = scenario.probability
            return Cell("" if value is None else _PERCENT.show(value), "input", editable=True, number=value)
        case = next(c for c in found.cases if c.scenario == key)
        return self._value(found.outputs[col - 2], case.values[col - 2])

    def _value(self, output: str, value: object) -> Cell:
        field = self._field(output)
        if isinstance(value, ErrorValue):
            tip = error_words(self.calc, value)
            return Cell(field.show(value), "muted" if value.is_undisclosed else "error", field.align, tooltip=tip)
        number = float(value) if field.numeric and is_number(value) and abs(value) < NO_CAP else None  # type: ignore[arg-type]
        return Cell(field.show(value), "computed", field.align, number=number)  # type: ignore[arg-type]

    def _weighted(self, col: int) -> Cell:
        found = self.found
        if col == 0:
            return Cell("Probability-weighted", "label")
        if col == 1:
            good = found.adds_up
            text = _PERCENT.show(found.total) if found.total else "none"
            return Cell(
                f"✓ {text}" if good else text, "computed", tint="good" if good else "amber" if found.total else ""
            )
        value = found.weighted[col - 2]
        if value is None:
            return Cell("–", "muted", tooltip="No weighted value: see the line above.")
        return self._value(found.outputs[col - 2], value)

    # --- editing -------------------------------------------------------------

    def edit_text(self, row: int, col: int) -> str:
        key = self.scenario(row)
        value = self.session.deal.scenarios[key].probability if key and col == 1 else None
        return "" if value is None else _PERCENT.edit_text(value)

    def set_texts(self, changes: Sequence[Change], title: str) -> Sequence[Problem]:
        try:
            puts = tuple(self._put(row, col, text) for row, col, text in changes)
            name = self.session.deal.scenarios[self.scenario(changes[0][0])].label if changes else ""
            self.session.edit(Edit(title or f"Change the probability of “{name}”", puts, frozenset()))
        except Refused as refused:
            return refused.problems
        return ()

    def _put(self, row: int, col: int, text: str) -> Put:
        key = self.scenario(row)
        if not key or col != 1:
            raise Refused(self.why_not(row, col))
        value: float | None = None
        if text.strip():
            read = _PERCENT.parse(text if "%" in text or _fraction(text) else f"{text} %")
            if not isinstance(read, float) or not 0.0 <= read <= 1.0:
                raise refuse("", "A probability lies between 0 % and 100 %.", "Write for example 25 %.")
            value = read
        return Put(("scenarios", key, "probability"), value)

    def clear(self, cells: Sequence[Place], title: str) -> Sequence[Problem]:
        return self.set_texts([(row, col, "") for row, col in cells], title if len(cells) > 1 else "")

    def why_not(self, row: int, col: int) -> Problem:
        if col == 0:
            return Problem(
                "", "A scenario's name stands in the file.", "Double-click to look at it; its values are on Terms."
            )
        return Problem(
            "", "These values are computed in each scenario.", "Change the terms, in the scenario or below it."
        )

    def said(self) -> tuple[str, bool]:
        """Whether the probabilities add up, and what follows from it."""
        found = self.found
        if not found.total:
            return "No scenario has a probability yet. Type them in the column: together 100 %.", True
        if found.adds_up:
            return "The probabilities add up to 100 %: the last row is the probability-weighted value (PWERM).", True
        return (
            f"The probabilities add up to {_PERCENT.show(found.total)}, not 100 %: there is no weighted value until they do.",
            False,
        )


def _fraction(text: str) -> bool:
    """0.25 is a quarter, 25 is a quarter too; 1 alone means one per cent as little as anybody would write it."""
    try:
        return abs(float(text.replace(",", "."))) <= 1.0
    except ValueError:
        return True


class CasesPanel(SheetPanel):
    title = "Scenarios"

    def __init__(self, session: DealSession, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.source = CasesSource(session)
        self._grid = self.add_grid(self.source, "Scenarios")
        self._grid.activated.connect(lambda _: self._look())
        self.bar = QWidget(self)
        self.bar.setObjectName("chips")
        self.bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self.bar)
        row.setContentsMargins(12, 6, 12, 6)
        self.said = QLabel(self.bar)
        self.said.setWordWrap(True)
        row.addWidget(self.said)
        self.outer.addWidget(self.bar)
        self.outer.addWidget(OrEmpty(self._grid, _EMPTY), 1)
        self._say()

    @property
    def grid(self) -> SheetGrid:
        return self._grid

    def _look(self) -> None:
        here = self._grid.current
        key = self.source.scenario(here[0]) if here is not None and here[1] == 0 else ""
        if key:
            self.session.set_view(scenario=key)

    def _say(self) -> None:
        text, good = self.source.said()
        self.said.setText(text if good else f"✗ {text}")
        self.bar.setVisible(bool(self.session.deal.scenarios))

    def sync(self, changes: ChangeSet) -> None:
        model = self._grid.grid_model
        if list(self.source.columns()) != model.columns or list(self.source.rows()) != model.rows:
            self._grid.reset_source()
        else:
            model.refresh(flash=not changes.view)
        self._say()
