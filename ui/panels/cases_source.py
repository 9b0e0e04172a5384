"""Scenarios side by side with their probabilities and the weighted value, and versions with what they amend."""

from __future__ import annotations

from collections.abc import Sequence

from model.deal import Deal
from model.edits import Edit, Put
from model.engine import Calc
from model.fields import field_for, make_field
from model.fields.base import Field
from model.fields.date_text import show_date
from model.fields.unit_text import is_number
from model.problems import Problem, Refused, refuse
from model.values import NO_CAP, ErrorValue
from model.whatif.cases import Cases, cases
from ui import entries
from ui.grid.source import Cell, Change, ColumnSpec, Place, RowSpec
from ui.panels.deal_source import DealSource, error_words
from ui.panels.terms_source import source_cell
from ui.session import DealSession
from ui.targets import Target, target_of
from ui.wording import wrapped

NO_BASE = "None"
_PERCENT, _DATE = make_field("percent"), make_field("date")
_SCENARIO, _WEIGHTED = "scenario:", "weighted"
_LEAD, _TAIL = ("label", "view", "probability", "base"), ("sets", "note")
_VERSIONS = (
    ColumnSpec("Version", 200, "left", frozen=True, key="label"),
    ColumnSpec("In view", 72, "left", key="view", tooltip="Double-click, or F2, to look at it"),
    ColumnSpec("Date", 112, key="date"),
    ColumnSpec("Builds on", 168, "left", key="base", tooltip="The version that it amends; none: the base"),
    ColumnSpec("Sets", 56, key="sets", tooltip="How many values it sets: choose it, and set them on Terms"),
    ColumnSpec("Source", 200, "left", key="source"),
    ColumnSpec("Note", 256, "left", stretch=True, key="note"),
)


class CasesSource(DealSource):
    """Scenarios down, headline outputs across."""

    def __init__(self, session: DealSession) -> None:
        super().__init__(session)
        self._calc: Calc | None = None
        self._found: Cases | None = None
        self._keys: list[str] = []
        self._columns: list[str] = []

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
            ColumnSpec("In view", 72, "left", key="view", tooltip="Double-click, or F2, to look at it"),
            ColumnSpec(
                "Probability", 96, key="probability", tooltip="Of the scenarios together 100 %. Empty: not counted."
            ),
            ColumnSpec(
                "Builds on", 128, "left", key="base", tooltip="The scenario that it changes further; none: the base"
            ),
        ]
        for key in self.found.outputs:
            output = deal.outputs[key]
            head = output.label if output.kind != "money" or not output.unit else f"{output.label}, {output.unit}"
            specs.append(ColumnSpec(head, 120, fit=True, key=f"output:{key}", tooltip=wrapped(output.note)))
        specs.append(
            ColumnSpec("Sets", 56, key="sets", tooltip="How many values it sets: choose it, and set them on Terms")
        )
        specs.append(ColumnSpec("Note", 200, "left", stretch=True, key="note"))
        self._columns = [spec.key for spec in specs]
        return specs

    @property
    def container(self) -> tuple[str, ...]:
        return ("scenarios",)

    def entry(self, row: int) -> tuple[str, ...]:
        key = self.scenario(row)
        return ("scenarios", key) if key else ()

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

    def _output(self, col: int) -> str:
        name = self._columns[col]
        return name.removeprefix("output:") if name.startswith("output:") else ""

    def target(self, row: int, col: int) -> Target:
        """A result is explained where it stands in view; in another row it stands for its scenario."""
        key, column = self.scenario(row), self._columns[col]
        if output := self._output(col):
            if key and key == self.session.view.scenario:
                return target_of(self.session.deal, output)
            return Target("none", f"scenarios:{key}", ("scenarios", key))
        if not key:
            return Target("none", "scenarios:", ("scenarios", ""))
        return layer_target("scenarios", key, column)

    def reached(self, row: int, col: int, keys: frozenset[str]) -> bool:
        """An output is reached in every scenario."""
        return self._output(col) in keys

    def find(self, target: Target) -> Place | None:
        if target.path[:1] == ("scenarios",) and f"{_SCENARIO}{target.path[1]}" in self._keys:
            column = target.path[2] if target.path[2:] and target.path[2] in self._columns else "label"
            return self._keys.index(f"{_SCENARIO}{target.path[1]}"), self._columns.index(column)
        name, here = f"output:{target.key}", f"{_SCENARIO}{self.session.view.scenario}"
        return (
            (self._keys.index(here), self._columns.index(name))
            if name in self._columns and here in self._keys
            else None
        )

    def _field(self, key: str) -> Field:
        return field_for(self.session.deal.outputs[key], self.session.deal.unit)

    def cell(self, row: int, col: int) -> Cell:
        found, key = self.found, self.scenario(row)
        if not key:
            return self._weighted(col)
        deal, column = self.session.deal, self._columns[col]
        scenario = deal.scenarios[key]
        if column == "probability":
            value = scenario.probability
            return Cell("" if value is None else _PERCENT.show(value), "input", editable=True, number=value)
        if output := self._output(col):
            case = next(c for c in found.cases if c.scenario == key)
            return self._value(output, case.values[found.outputs.index(output)])
        return layer_cell(deal, "scenarios", key, column, key == self.session.view.scenario)

    def _value(self, output: str, value: object) -> Cell:
        field = self._field(output)
        if isinstance(value, ErrorValue):
            tip = error_words(self.calc, value)
            return Cell(field.show(value), "muted" if value.is_undisclosed else "error", field.align, tooltip=tip)
        number = float(value) if field.numeric and is_number(value) and abs(value) < NO_CAP else None  # type: ignore[arg-type]
        return Cell(field.show(value), "computed", field.align, number=number)  # type: ignore[arg-type]

    def _weighted(self, col: int) -> Cell:
        found = self.found
        column = self._columns[col]
        if column == "label":
            return Cell("Probability-weighted", "label")
        if column in ("view", "base", *_TAIL):
            return Cell()
        if column == "probability":
            good = found.adds_up
            text = _PERCENT.show(found.total) if found.total else "none"
            return Cell(
                f"✓ {text}" if good else text, "computed", tint="good" if good else "amber" if found.total else ""
            )
        at = found.outputs.index(self._output(col))
        value = found.weighted[at]
        if value is None:
            return Cell("–", "muted", tooltip="No weighted value: see the line above.")
        return self._value(found.outputs[at], value)

    # --- editing -------------------------------------------------------------

    def edit_text(self, row: int, col: int) -> str:
        if self._columns[col] != "probability":
            return layer_text(self.session.deal, self.target(row, col)) or super().edit_text(row, col)
        key = self.scenario(row)
        value = self.session.deal.scenarios[key].probability if key else None
        return "" if value is None else _PERCENT.edit_text(value)

    def set_texts(self, changes: Sequence[Change], title: str) -> Sequence[Problem]:
        try:
            edits = [self._edit(row, col, text) for row, col, text in changes]
            self.session.edit(entries.joined(edits, title))
        except Refused as refused:
            return refused.problems
        return ()

    def _edit(self, row: int, col: int, text: str) -> Edit:
        if self._columns[col] != "probability" and self.scenario(row):
            return entries.make_edit(self.calc, [(self.target(row, col), text)], self.session.layer_for)
        put = self._put(row, col, text)
        name = self.session.deal.scenarios[self.scenario(row)].label
        return Edit(f"Change the probability of “{name}”", (put,), frozenset())

    def _put(self, row: int, col: int, text: str) -> Put:
        key = self.scenario(row)
        if not key or self._columns[col] != "probability":
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
        return layer_why_not(self._columns[col]) or Problem(
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


class VersionsSource(DealSource):
    """Versions down: dated, sourced, each with the one that it amends."""

    def __init__(self, session: DealSession) -> None:
        super().__init__(session)
        self._keys: list[str] = []

    def columns(self) -> tuple[ColumnSpec, ...]:
        return _VERSIONS

    def rows(self) -> list[RowSpec]:
        self._keys = list(self.session.deal.versions)
        return [RowSpec(f"version:{key}", "item", one.label) for key, one in self.session.deal.versions.items()]

    def version(self, row: int) -> str:
        return self._keys[row] if 0 <= row < len(self._keys) else ""

    @property
    def container(self) -> tuple[str, ...]:
        return ("versions",)

    def entry(self, row: int) -> tuple[str, ...]:
        return ("versions", self._keys[row])

    def target(self, row: int, col: int) -> Target:
        return layer_target("versions", self._keys[row], _VERSIONS[col].key)

    def find(self, target: Target) -> Place | None:
        if target.path[:1] != ("versions",) or target.path[1] not in self._keys:
            return None
        names = [spec.key for spec in _VERSIONS]
        wanted = target.path[2] if target.path[2:] else "label"
        return self._keys.index(target.path[1]), names.index(wanted) if wanted in names else 0

    def cell(self, row: int, col: int) -> Cell:
        deal, key, column = self.session.deal, self._keys[row], _VERSIONS[col].key
        version = deal.versions[key]
        if column == "date":
            return Cell(show_date(version.date) if version.date else "", "computed", editable=True)
        if column == "source":
            return source_cell(deal, version.source)
        return layer_cell(deal, "versions", key, column, key == self.session.view.version)

    def edit_text(self, row: int, col: int) -> str:
        if _VERSIONS[col].key == "date":
            day = self.session.deal.versions[self._keys[row]].date
            return _DATE.edit_text(day) if day else ""
        return layer_text(self.session.deal, self.target(row, col)) or super().edit_text(row, col)

    def why_not(self, row: int, col: int) -> Problem:
        return layer_why_not(_VERSIONS[col].key) or super().why_not(row, col)


# --- what versions and scenarios share ------------------------------------------------------------


def layer_target(group: str, key: str, column: str) -> Target:
    """The entry of a version or scenario that a column shows. Its key may be that of a term, so it has a prefix."""
    if column in ("view", "sets"):
        return Target("none", f"{group}:{key}", (group, key))
    return Target("text", f"{group}:{key}", (group, key, column))


def layer_cell(deal: Deal, group: str, key: str, column: str, in_view: bool) -> Cell:
    item = getattr(deal, group)[key]
    match column:
        case "label":
            return Cell(item.label, "label", editable=True, tint="accent" if in_view else "", tooltip=key)
        case "view":
            return Cell("● shown" if in_view else "show", "muted", "left", tint="accent" if in_view else "")
        case "base":
            others = tuple(one.label for name, one in getattr(deal, group).items() if name != key)
            text = getattr(deal, group)[item.base].label if item.base in getattr(deal, group) else ""
            return Cell(text, "muted", "left", editable=True, choices=(NO_BASE, *others))
        case "sets":
            return Cell(str(len(item.set)) if item.set else "–", "muted", "right", number=float(len(item.set)))
    return Cell(item.note, "muted", "left", editable=True, tooltip=wrapped(item.note))


def layer_text(deal: Deal, target: Target) -> str:
    """What the editor of “Builds on” begins with."""
    if target.attribute != "base":
        return ""
    group, key, _ = target.path
    base = getattr(deal, group)[key].base
    return getattr(deal, group)[base].label if base in getattr(deal, group) else NO_BASE


def layer_why_not(column: str) -> Problem | None:
    if column == "view":
        return Problem("", "Double-click, or F2, looks at it.", "")
    if column == "sets":
        return Problem("", "Values are set on the Terms sheet, while this is in view.",
                       "The chip in the formula bar says where an edit goes, and lets you override a value here.")  # fmt: skip
    return None
