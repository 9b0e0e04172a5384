"""The table behind the simulation: what an output did over all draws, and the terms that move it."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Final

from model.fields import field_for
from model.fields.base import Field
from model.problems import Problem
from model.whatif.ranges import endless
from ui.grid.source import Cell, ColumnSpec, Place, RowSpec
from ui.panels.deal_source import DealSource, copy_text
from ui.session import DealSession
from ui.targets import NOTHING, Target, target_of
from ui.wording import wrapped

if TYPE_CHECKING:  # it needs numpy, which only the worker imports
    from model.whatif.simulate import Simulation, Spread

TERM: Final = 3  # the column of the drivers' names
_FIGURES = (
    ("#base", "In view", "The output as the deal is now"),
    ("#mean", "Mean", "None where a draw has no size, such as a day that never comes"),
    ("#deviation", "Standard deviation", "How far the draws lie from their mean"),
    ("#p5", "5 % lie below", ""),
    ("#p25", "25 % lie below", ""),
    ("#p50", "50 % lie below (median)", ""),
    ("#p75", "75 % lie below", ""),
    ("#p95", "95 % lie below", ""),
)
_QUANTILES = ("#p5", "#p25", "#p50", "#p75", "#p95")  # in the order of ``Spread.quantiles``; no term has such a key
_COUNTS = (
    ("#errors", "Draws with an error", "They are in none of the other figures"),
    (
        "#endless",
        "Draws without a size",
        "They count among the quantiles, and have no class of the histogram",
    ),
)


class SimulationSource(DealSource):
    """``found`` is the last simulation, of one output; None before the first."""

    def __init__(self, session: DealSession) -> None:
        super().__init__(session)
        self.found: Simulation | None = None

    @property
    def spread(self) -> Spread | None:
        """The one that is shown; None where its output is gone."""
        one = self.found.spreads[0] if self.found else None
        return one if one is not None and one.output in self.session.deal.outputs else None

    @property
    def field(self) -> Field:
        """Of the output that is shown."""
        assert self.spread is not None
        return field_for(self.session.deal.outputs[self.spread.output], self.session.deal.unit)

    def drivers(self) -> list[tuple[str, float]]:
        """Terms with their correlations, the strongest first; terms that were deleted since are left out."""
        terms = self.session.deal.terms
        return [one for one in self.spread.drivers if one[0] in terms] if self.spread else []

    def columns(self) -> list[ColumnSpec]:
        tip = "Rank correlation of the output with the term, from -1 to 1"
        return [
            ColumnSpec("Figure", 224, "left", frozen=True, key="label"),
            ColumnSpec("Unit", 80, "left", fit=True, key="unit"),
            ColumnSpec("Value", 108, fit=True, key="value"),
            ColumnSpec("Moved by", 280, "left", key="term", tooltip="The strongest first"),
            ColumnSpec("Correlation", 104, key="correlation", tooltip=tip),
        ]

    def rows(self) -> list[RowSpec]:
        """Figures, and beside them the drivers from the top: both begin where they are seen."""
        if self.spread is None:
            return []
        figures = [RowSpec(key, "item", label) for key, label, _ in _FIGURES]
        figures += [RowSpec(key, "item", label) for key, label, _ in _COUNTS if self._count(key)]
        return figures + [RowSpec(f"#{i}", "item") for i in range(len(figures), len(self.drivers()))]

    def _count(self, key: str) -> int:
        one = self.spread
        return 0 if one is None else one.errors if key == "#errors" else one.histogram.endless

    def _noise(self) -> float:
        """Correlations up to this are those of terms that do nothing."""
        return max(0.05, 3 / math.sqrt(self.found.draws if self.found else 1))

    def driver(self, row: int, col: int = TERM) -> str:
        """The term of a cell; "" where it is that of a figure, or empty."""
        drivers = self.drivers()
        return drivers[row][0] if col >= TERM and row < len(drivers) else ""

    def target(self, row: int, col: int) -> Target:
        term = self.driver(row, col)
        return target_of(self.session.deal, term) if term else NOTHING

    def find(self, target: Target) -> Place | None:
        keys = [term for term, _ in self.drivers()] if target.key else []
        return (keys.index(target.key), TERM) if target.key in keys else None

    def why_not(self, row: int, col: int) -> Problem:
        if self.driver(row, col):
            return Problem(
                "", "A simulation is computed.", "Change the term or its range on Terms; Enter on its name goes there."
            )
        return Problem("", "A simulation is computed.", "Change the terms or their ranges on Terms.")

    def cell(self, row: int, col: int) -> Cell:
        deal, one = self.session.deal, self.spread
        if one is None:
            return Cell()
        if col >= TERM:
            return self._driver_cell(one, row, col)
        key = self.rows()[row].key
        named = next(((label, tip) for name, label, tip in (*_FIGURES, *_COUNTS) if name == key), None)
        if named is None:
            return Cell()
        if col == 0:
            label = f"Draws that are “{self.field.show(endless(self.field.kind))}”" if key == "#endless" else named[0]
            return Cell(label, "label", tooltip=named[1])
        if key in ("#errors", "#endless"):
            count = self._count(key)
            return Cell("draws", "unit") if col == 1 else Cell(f"{count:,}", "computed", "right", number=float(count))
        if col == 1 and key == "#deviation" and self.field.kind == "date":
            return Cell("days", "unit")
        if col == 1:
            return Cell(deal.outputs[one.output].unit, "unit")
        return self._figure(one, key)

    def _driver_cell(self, one: Spread, row: int, col: int) -> Cell:
        key = self.driver(row, col)
        if not key:
            return Cell()
        term, r, draws = self.session.deal.terms[key], dict(one.drivers)[key], self.found.draws if self.found else 1
        strong = abs(r) > self._noise()
        if col == TERM:
            tip = "\n".join(filter(None, (wrapped(term.note), "Click or Enter: go to the term")))
            return Cell(term.label, "label" if strong else "muted", "left", tooltip=tip)
        tip = "" if strong else f"No more than chance gives in {draws:,} draws"
        return Cell(
            f"{r:+.2f}" if abs(r) >= 0.005 else "0.00",
            "computed" if strong else "muted",
            "right",
            number=r,
            copy=repr(r),
            tooltip=tip,
        )

    def _figure(self, one: Spread, key: str) -> Cell:
        field = self.field
        quantiles = dict(zip(_QUANTILES, one.quantiles, strict=False))
        value = {"#base": one.base, "#mean": one.mean, "#deviation": one.deviation, **quantiles}.get(key)
        if value is None:
            return Cell("–", "muted", "right", tooltip="There is none: too few draws give a size.")
        number = float(value) if isinstance(value, float) and field.numeric and field.kind != "date" else None
        if key == "#deviation":
            assert isinstance(value, float)
            text = f"{value:,.0f}" if field.kind == "date" else field.show(value)
            return Cell(text, "computed", "right", number=number, copy=repr(value))
        text = field.show(value)  # type: ignore[arg-type]
        return Cell(text, "computed", "right", number=number, copy=partial(copy_text, field, value, text))
