"""The tables behind the Obligations sheet: who owes what, a schedule by year with its total, results of its group."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from model.deal import Line, Output, Term
from model.engine import Calc
from model.fields import field_for, make_field
from model.fields.base import Field
from model.formula.bind import RIGHT
from model.formula.nodes import Node, Ref, children
from model.obligations import Owed, obligations
from model.problems import Problem
from model.values import ErrorValue
from ui.grid.source import Cell, ColumnSpec, Place, RowSpec
from ui.panels.deal_source import DealSource, error_words
from ui.panels.results import OutputsSource
from ui.panels.rights_source import RightsSource, on_day
from ui.panels.terms_source import TableSource
from ui.session import DealSession
from ui.targets import NOTHING, Target, target_of


class MaturitySource(TableSource):
    """A schedule by year with its total."""

    def rows(self) -> list[RowSpec]:
        return [*super().rows(), RowSpec(f"{self.table}:total", "total", "Total")]

    def _is_total(self, row: int) -> bool:
        return row >= len(self._records)

    def target(self, row: int, col: int) -> Target:
        return NOTHING if self._is_total(row) else super().target(row, col)

    def cell(self, row: int, col: int) -> Cell:
        if not self._is_total(row):
            return super().cell(row, col)
        if col == 0:
            return Cell("Total", "label", "left")
        amounts = self.amounts()
        if self._columns[col] != self.amount_column() or amounts is None:
            return Cell()
        column = self.session.deal.tables[self.table].columns[self._columns[col]]
        total = sum(amounts)
        return Cell(field_for(column, self.session.deal.unit).show(total), "computed", "right", number=total)

    def why_not(self, row: int, col: int) -> Problem:
        if self._is_total(row):
            return Problem("", "The total is computed.", "Change the terms that the schedule reads.")
        return super().why_not(row, col)

    def entry(self, row: int) -> tuple[str, ...]:
        return () if self._is_total(row) else super().entry(row)

    def amount_column(self) -> str:
        """The last amount of money in a row is what falls due."""
        columns = self.session.deal.tables[self.table].columns
        return next((key for key in reversed(columns) if columns[key].kind == "money"), "")

    def amounts(self) -> list[float] | None:
        """What falls due in each row; None where one of them is no number."""
        column = self.amount_column()
        values = [
            self.calc.scalar(f"{self.table}.{record}.{column}")
            for record in self.session.deal.tables[self.table].records
        ]
        numbers = [v for v in values if isinstance(v, (int, float)) and not isinstance(v, (bool, ErrorValue))]
        return [float(v) for v in numbers] if column and len(numbers) == len(values) else None


class GroupOutputs(OutputsSource):
    """The results of one group."""

    def __init__(self, session: DealSession, group: str) -> None:
        super().__init__(session)
        self.group = group

    def rows(self) -> list[RowSpec]:
        outputs = self.session.deal.outputs
        self._keys = [key for key, output in outputs.items() if output.group == self.group]
        return [RowSpec(key, "item", outputs[key].label) for key in self._keys]


_OWED = (
    ColumnSpec("Obligation", 264, "left", frozen=True, key="label"),
    ColumnSpec("To", 96, "left", key="holder", tooltip="The party that it is owed to"),
    ColumnSpec("Now", 116, "left", key="now"),
    ColumnSpec("From", 104, key="from_", tooltip="First day. A formula: press F2 to see and change it."),
    ColumnSpec("Until", 104, key="until", tooltip="Last day, inclusive. A formula: press F2 to see and change it."),
)
_OWED_AFTER = (
    ColumnSpec("What", 320, "left", stretch=True, key="what"),
    ColumnSpec("Class", 92, "left", key="class"),
    ColumnSpec("Source", 180, "left", key="source"),
)
_TOTAL = "owed:"
_AMOUNT = "amount:"


class OwedSource(RightsSource):
    """Who owes what, when, to whom: rights by the party that owes them, with the amounts of each calendar year."""

    def __init__(self, session: DealSession) -> None:
        super().__init__(session)
        self._calc: object = None
        self._owed: dict[str, Owed] = {}

    def _found(self) -> dict[str, Owed]:
        if self._calc is not self.calc:
            self._calc = self.calc
            self._owed = {row.key: row for row in obligations(self.calc, self.on)}
        return self._owed

    def columns(self) -> Sequence[ColumnSpec]:
        found, unit = self._found().values(), self.session.deal.unit
        years = sorted({y for row in found for y, v in row.years.items() if isinstance(v, ErrorValue) or abs(v) > 1e-9})
        amounts = []
        if any(row.total is not None for row in found):
            tip = "All that falls due inside the schedule"
            amounts.append(ColumnSpec(f"Total, {unit}" if unit else "Total", 88, fit=True, key=_AMOUNT, tooltip=tip))
        tip = "In a year in which one right replaces another, each has the amount of its own days."
        amounts += [ColumnSpec(str(year), 72, fit=True, key=f"{_AMOUNT}{year}", tooltip=tip) for year in years]
        self.specs = (*(on_day(spec, self.on) for spec in _OWED), *amounts, *_OWED_AFTER)
        return self.specs

    def rows(self) -> list[RowSpec]:
        deal, rows = self.session.deal, []
        by: dict[str, list[Owed]] = {}
        for row in self._found().values():
            by.setdefault(row.by, []).append(row)
        for party, owed in by.items():
            name = deal.parties[party].label if party in deal.parties else party
            rows.append(RowSpec(f"section:{party}", "section", f"{name} owes"))
            rows += [RowSpec(f"{RIGHT}{row.key}", "item", deal.rights[row.key].label) for row in owed]
            if sum(row.total is not None and not self._unit(row.key) for row in owed) > 1:
                rows.append(RowSpec(f"{_TOTAL}{party}", "total", f"Total, {name}"))
        self._keys = [row.key.removeprefix(RIGHT) for row in rows]
        return rows

    def _party(self, row: int) -> str:
        return self._keys[row].removeprefix(_TOTAL) if self._keys[row].startswith(_TOTAL) else ""

    def target(self, row: int, col: int) -> Target:
        key, column = self._keys[row], self.specs[col].key
        if key not in self.session.deal.rights:
            return NOTHING
        if column.startswith(_AMOUNT):
            return self._amount_target(key, column.removeprefix(_AMOUNT))
        return super().target(row, col)

    def _amount_target(self, key: str, year: str) -> Target:
        """The line that says how much, in the year's last period."""
        deal, amount = self.session.deal, self.session.deal.rights[key].amount
        if not amount:
            return NOTHING
        periods = self.calc.timeline.periods
        at = max((i for i, p in enumerate(periods) if str(p.year) == year), default=None)
        return Target("none", amount, period=at) if amount in deal.lines else target_of(deal, amount)

    def why_not(self, row: int, col: int) -> Problem:
        if self.specs[col].key.startswith(_AMOUNT):
            return Problem("", "Amounts are those of a line of the schedule.", "Change the terms that it reads.")
        return super().why_not(row, col)

    def cell(self, row: int, col: int) -> Cell:
        column, party, deal = self.specs[col].key, self._party(row), self.session.deal
        if party:
            name = deal.parties[party].label if party in deal.parties else party
            if column == "label":
                return Cell(f"Total, {name}", "label", "left")
            if not column.startswith(_AMOUNT):
                return Cell()
            owed = [found for found in self._found().values() if found.by == party and not self._unit(found.key)]
            return self._amount([self._value(found, column) for found in owed], make_field("money", (), deal.unit), "")
        if column.startswith(_AMOUNT):
            key = self._keys[row]
            item = self._item(key)
            field = field_for(item, deal.unit) if item is not None else make_field("money")
            return self._amount([self._value(self._found()[key], column)], field, self._unit(key))
        cell = super().cell(row, col)
        if column == "label":
            cell.tooltip = "\n".join(p for p in (cell.tooltip, self.session.deal.rights[self._keys[row]].amount) if p)
        return cell

    def _value(self, owed: Owed, column: str) -> float | ErrorValue | None:
        year = column.removeprefix(_AMOUNT)
        return owed.years.get(int(year)) if year else owed.total

    def _item(self, key: str) -> Line | Term | Output | None:
        """What says how much is owed."""
        deal, amount = self.session.deal, self.session.deal.rights[key].amount
        return deal.lines.get(amount) or deal.terms.get(amount) or deal.outputs.get(amount)

    def _unit(self, key: str) -> str:
        """The unit of an amount that is no money of the deal, which no total counts; else ""."""
        item, unit = self._item(key), self.session.deal.unit
        return item.unit if item is not None and (item.kind != "money" or item.unit not in ("", unit)) else ""

    def _amount(self, values: list[float | ErrorValue | None], field: Field, unit: str) -> Cell:
        given = [v for v in values if v is not None]
        if not given:
            return Cell()
        error = next((v for v in given if isinstance(v, ErrorValue)), None)
        value = error if error is not None else sum(v for v in given if not isinstance(v, ErrorValue))
        text = field.show(value)
        if isinstance(value, ErrorValue):
            return Cell(text, "muted" if value.is_undisclosed else "error", tooltip=error_words(self.calc, value))
        return Cell(f"{text} {unit}" if unit and text != "–" else text, "computed", number=value, tooltip=unit)


def as_of_terms(calc: Calc, table: str) -> list[str]:
    """The input dates that a schedule's formulas read directly: the day as of which it stands, if there is one."""
    found: dict[str, None] = {}
    for key, formula in calc.program.formulas.items():
        if key.startswith(f"{table}."):
            for name in _names(formula.tree):
                term = calc.deal.terms.get(name)
                if term is not None and term.kind == "date" and term.formula is None:
                    found[name] = None
    return list(found)


def _names(tree: Node) -> Iterable[str]:
    if isinstance(tree, Ref):
        yield tree.key
    for child in children(tree):
        yield from _names(child)


class DealSourceEmpty(DealSource):
    """No rows: what stands behind the hint of an empty sheet."""

    def columns(self) -> tuple[()]:
        return ()

    def rows(self) -> tuple[()]:
        return ()

    def cell(self, row: int, col: int) -> Cell:
        return Cell()

    def find(self, target: Target) -> Place | None:
        return None
