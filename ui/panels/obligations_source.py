"""The tables behind the Obligations sheet: a schedule by year with its total, and the results of its group."""

from __future__ import annotations

from collections.abc import Iterable

from model.engine import Calc
from model.fields import field_for
from model.formula.nodes import Node, Ref, children
from model.problems import Problem
from model.values import ErrorValue
from ui.grid.source import Cell, Place, RowSpec
from ui.panels.base import DealSource
from ui.panels.results import OutputsSource
from ui.panels.terms_source import TableSource
from ui.session import DealSession
from ui.targets import NOTHING, Target


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
