"""The tables behind the Rights sheet: every right with its terms, and how each stands at the end of every year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from msgspec import structs

from model.fields.date_text import show_date
from model.fields.number_formats import show_text
from model.formula.bind import RIGHT
from model.layers import about
from model.problems import Problem
from model.rights import Status, date_of, day, matrix, span, status, year_ends
from model.values import NEVER
from ui import legal_entries, targets
from ui.grid.source import Cell, ColumnSpec, Place, RowSpec, Tint
from ui.panels.deal_source import DealSource
from ui.panels.terms_source import class_cell, source_cell
from ui.session import DealSession
from ui.targets import NOTHING, Target, target_of
from ui.wording import wrapped

_COLUMNS = (
    ColumnSpec("Right", 268, "left", frozen=True, key="label"),
    ColumnSpec("Holder", 96, "left", key="holder"),
    ColumnSpec("Owed by", 96, "left", key="owed_by", tooltip="The party that owes it to the holder, if one does"),
    ColumnSpec("Now", 116, "left", key="now"),
    ColumnSpec("From", 104, key="from_", tooltip="First day. A formula: press F2 to see and change it."),
    ColumnSpec("Until", 104, key="until", tooltip="Last day, inclusive. A formula: press F2 to see and change it."),
    ColumnSpec("While", 92, "left", key="while_", tooltip="Condition: yes, no or unknown. A formula, or empty."),
    ColumnSpec("Ends on", 120, "left", key="ends_on", tooltip="The event that ends it"),
    ColumnSpec(
        "“Until” means",
        128,
        "left",
        key="until_key",
        tooltip="The choice in the terms that says which event a loose “until …” of the text means. Choose here.",
    ),
    ColumnSpec("Class", 92, "left", key="class"),
    ColumnSpec("Source", 180, "left", key="source"),
    ColumnSpec("Subject", 160, "left", key="subject"),
    ColumnSpec("What", 240, "left", key="what"),
    ColumnSpec("Survives", 180, "left", key="survives"),
    ColumnSpec("Exceptions", 180, "left", key="exceptions"),
    ColumnSpec("Amount", 140, "left", key="amount", tooltip="The line, term or output that says how much is owed"),
    ColumnSpec("Note", 200, "left", stretch=True, key="note"),
)
_LOOKS: dict[str, tuple[str, Tint]] = {
    "in force": ("✓ in force", "good"), "not yet": ("not yet", ""), "ended": ("ended", ""), "excluded": ("— excluded", ""),
    "unknown": ("? unknown", "amber"), "error": ("✗ error", "bad"),
}  # fmt: skip


class LegalSource(DealSource):
    """Cells that are entries of rights or rules."""

    def clear(self, cells: Sequence[Place], title: str) -> Sequence[Problem]:
        return self.set_texts([(row, col, "") for row, col in cells], title if len(cells) > 1 else "")

    def date_cell(self, key: str, formula: str) -> Cell:
        """The day that a formula gives; typing changes the formula."""
        serial, error = date_of(self.calc.scalar(key))
        tip = f"{wrapped(formula, 96)}"
        if error is not None:
            return Cell(error.kind, "error", editable=True, tooltip=tip)
        found = day(serial)
        text = show_date(found) if found else "undisclosed" if serial is None else "not yet" if serial >= NEVER else "–"
        return Cell(text, "computed" if found else "muted", editable=True, tooltip=tip)


class RightsSource(LegalSource):
    """Every right, its entries as columns."""

    def __init__(self, session: DealSession) -> None:
        super().__init__(session)
        self._keys: list[str] = []
        self.specs: Sequence[ColumnSpec] = _COLUMNS
        self.on = dt.date.today()

    def columns(self) -> Sequence[ColumnSpec]:
        self.specs = tuple(on_day(spec, self.on) for spec in _COLUMNS)
        return self.specs

    def rows(self) -> list[RowSpec]:
        self._keys = list(self.session.deal.rights)
        return [RowSpec(f"{RIGHT}{key}", "item", right.label) for key, right in self.session.deal.rights.items()]

    def key_at(self, row: int) -> str:
        return self._keys[row] if 0 <= row < len(self._keys) else ""

    def entry(self, row: int) -> tuple[str, ...]:
        return ("rights", self._keys[row])

    def row_key(self, key: str) -> str:
        if key in self._keys:  # an edited entry of the right
            return f"{RIGHT}{key}"
        return key.partition(".")[0] if key.startswith(RIGHT) else key

    def target(self, row: int, col: int) -> Target:
        key, column = self._keys[row], self.specs[col].key
        if column == "now":
            return Target("none", f"{RIGHT}{key}")
        if column in legal_entries.FORMULAS:
            return Target("formula", f"{RIGHT}{key}.{column.rstrip('_')}", ("rights", key, column))
        term = self.session.deal.rights[key].until_key
        if column == "until_key" and term in self.session.deal.terms:
            return target_of(self.session.deal, term)
        return Target("text", f"{RIGHT}{key}", ("rights", key, column))

    def find(self, target: Target) -> Place | None:
        if target.path[:1] == ("rights",):
            key = target.path[1]
        elif target.key.startswith(RIGHT):
            key = target.key.removeprefix(RIGHT).partition(".")[0]
        else:
            return None
        names = [c.key for c in self.specs]
        column = target.path[2] if len(target.path) > 2 else "label"
        return (self._keys.index(key), names.index(column)) if key in self._keys and column in names else None

    def edit_text(self, row: int, col: int) -> str:
        deal, right = self.session.deal, self.session.deal.rights[self._keys[row]]
        match self.specs[col].key:
            case "holder" | "owed_by" as which:
                party = getattr(right, which)
                return deal.parties[party].label if party in deal.parties else party
            case "ends_on":
                return deal.events[right.ends_on].label if right.ends_on in deal.events else right.ends_on
        return super().edit_text(row, col)

    def why_not(self, row: int, col: int) -> Problem:
        return Problem("", "How a right stands follows from its dates and its condition.", "Change those.")

    def cell(self, row: int, col: int) -> Cell:
        deal, key = self.session.deal, self._keys[row]
        right, column = deal.rights[key], self.specs[col].key
        match column:
            case "label":
                return Cell(right.label, "label", editable=True, tooltip=f"{wrapped(right.what)}\n{key}".strip())
            case "holder" | "ends_on" | "owed_by":
                choices = tuple(p.label for p in (deal.events if column == "ends_on" else deal.parties).values())
                return Cell(self.edit_text(row, col), "computed", editable=True, choices=choices)
            case "until_key":
                return self._key(right.until_key, self.target(row, col))
            case "amount":
                found = targets.target_of(deal, right.amount) if right.amount else NOTHING
                text = targets.label(deal, found) if found is not NOTHING else right.amount
                return Cell(text, "computed", editable=True, tooltip=right.amount)
            case "now":
                return status_cell(status(self.calc, key, self.on))
            case "from_" | "until":
                formula = right.from_ if column == "from_" else right.until
                cell = self.date_cell(f"{RIGHT}{key}.{column.rstrip('_')}", formula)
                cell.text = "open" if column == "until" and cell.text == "not yet" else cell.text
                return cell
            case "while_":
                return self._condition(key, right.while_)
            case "class":
                return class_cell(right.class_, editable=True)
            case "source":
                return source_cell(deal, right.source)
        text = getattr(right, column)
        return Cell(text, "muted" if column == "note" else "computed", editable=True, tooltip=wrapped(text))

    def _key(self, term: str, target: Target) -> Cell:
        """The choice itself, changed in its place among the terms."""
        if target.kind != "input":
            tip = "Type the name of a choice among the terms."
            return Cell(term, "muted", editable=True, tooltip=tip)
        cell = self.value_cell(target)
        said = about(self.session.deal, self.calc.view, term)
        cell.align, cell.tag = "left", ""
        parts = (self.session.deal.terms[term].label, said.class_, said.note)
        cell.tooltip = wrapped(" · ".join(part for part in parts if part))
        return cell

    def _condition(self, key: str, formula: str | None) -> Cell:
        if formula is None:
            return Cell("always", "muted", editable=True, tooltip="No condition. Type one as a formula.")
        held = span(self.calc, key)
        text = "✓ met" if held.condition == 1.0 else "not met" if held.condition == 0.0 else "? unknown"
        if held.error is not None and isinstance(self.calc.scalar(f"{RIGHT}{key}.while"), type(held.error)):
            return Cell(held.error.kind, "error", editable=True, tooltip=wrapped(formula, 96))
        return Cell(text, "computed", editable=True, tint="amber" if "?" in text else "", tooltip=wrapped(formula, 96))


def on_day(spec: ColumnSpec, on: dt.date) -> ColumnSpec:
    """The column of how a right stands, headed by the day looked at."""
    if spec.key != "now":
        return spec
    today = on == dt.date.today()
    text = "Now" if today else f"On {show_date(on)}"
    return structs.replace(spec, header=text, tooltip=f"How it stands {'today' if today else f'on {show_date(on)}'}")


def status_cell(found: Status) -> Cell:
    """How a right stands, in a sign and a word."""
    text, tint = _LOOKS[found.state]
    tip = found.why
    if found.until is not None and found.state == "in force":
        tip = f"until {show_date(found.until)}"
    return Cell(text, "computed" if tint else "muted", "left", tint=tint, tooltip=wrapped(tip))


class MatrixSource(DealSource):
    """Rights down, year-ends across."""

    def __init__(self, session: DealSession) -> None:
        super().__init__(session)
        self._keys: list[str] = []
        self._calc: object = None
        self._found: dict[str, list[Status]] = {}

    def columns(self) -> list[ColumnSpec]:
        specs = [
            ColumnSpec("Right", 240, "left", frozen=True, key="label"),
            ColumnSpec("Holder", 96, "left", frozen=True, key="holder"),
        ]
        for on in year_ends(self.calc):
            specs.append(ColumnSpec(f"End {on.year}", 100, "left", key=on.isoformat(), tooltip=show_date(on)))
        return specs

    def rows(self) -> list[RowSpec]:
        self._keys = list(self.session.deal.rights)
        return [RowSpec(f"{RIGHT}{key}", "item", right.label) for key, right in self.session.deal.rights.items()]

    def row_key(self, key: str) -> str:
        return key.partition(".")[0] if key.startswith(RIGHT) else key

    def target(self, row: int, col: int) -> Target:
        key = self._keys[row]
        return Target("text", f"{RIGHT}{key}", ("rights", key, "label"))

    def find(self, target: Target) -> Place | None:
        key = target.path[1] if target.path[:1] == ("rights",) else target.key.removeprefix(RIGHT).partition(".")[0]
        return (self._keys.index(key), 0) if key in self._keys else None

    def why_not(self, row: int, col: int) -> Problem:
        return Problem("", "The matrix is computed.", "Change the right in the table, or the terms that it reads.")

    def cell(self, row: int, col: int) -> Cell:
        deal, key = self.session.deal, self._keys[row]
        right = deal.rights[key]
        if col == 0:
            return Cell(right.label, "label", tooltip=wrapped(right.what))
        if col == 1:
            party = deal.parties.get(right.holder)
            return Cell(show_text(party.label if party else right.holder), "muted")
        if self._calc is not self.calc:
            self._calc, self._found = self.calc, matrix(self.calc, year_ends(self.calc))
        return status_cell(self._found[key][col - 2])
