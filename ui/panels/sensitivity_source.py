"""The table behind the Sensitivity sheet: what each term that has a range does to one output."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from model.fields import field_for
from model.fields.base import Field
from model.problems import Problem
from model.whatif.sensitivity import Bar, Sensitivity, Tornado
from ui.grid.source import Cell, ColumnSpec, Place, RowSpec
from ui.panels.deal_source import DealSource, copy_text
from ui.session import DealSession
from ui.targets import NOTHING, Target, target_of
from ui.wording import wrapped

SORTS: Final = (("swing", "Swing"), ("term", "Term"), ("low", "Output at low"), ("high", "Output at high"))
_LOW, _VALUE, _HIGH, _AT_LOW, _AT_HIGH, _SWING = range(2, 8)


class SensitivitySource(DealSource):
    """``found`` is the last result, None before the first; the sheet sets it, and which output is shown in which order."""

    def __init__(self, session: DealSession) -> None:
        super().__init__(session)
        self.found: Sensitivity | None = None
        self.output = ""
        self.sort = SORTS[0][0]

    @property
    def tornado(self) -> Tornado | None:
        """The one that is shown; None where its output is gone."""
        shown = self.found.tornados if self.found else ()
        deal = self.session.deal
        return next((one for one in shown if one.output == self.output and one.output in deal.outputs), None)

    def bars(self) -> list[Bar]:
        """In the order that was asked for; terms that were deleted since are left out."""
        one, terms = self.tornado, self.session.deal.terms
        bars = [bar for bar in one.bars if bar.term in terms] if one else []
        keys: dict[str, Callable[[Bar], Any]] = {
            "term": lambda bar: terms[bar.term].label.casefold(),
            "low": lambda bar: (not isinstance(bar.at_low, float), bar.at_low if isinstance(bar.at_low, float) else 0.0),
            "high": lambda bar: (not isinstance(bar.at_high, float), bar.at_high if isinstance(bar.at_high, float) else 0.0),
        }  # fmt: skip
        return sorted(bars, key=keys[self.sort]) if self.sort in keys else bars

    @property
    def field(self) -> Field:
        """Of the output that is shown."""
        return field_for(self.session.deal.outputs[self.output], self.session.deal.unit)

    def columns(self) -> list[ColumnSpec]:
        return [
            ColumnSpec("Term", 236, "left", frozen=True, key="label"),
            ColumnSpec("Unit", 72, "left", fit=True, key="unit"),
            ColumnSpec("Low", 92, fit=True, key="low", tooltip="What the term is set to: the lower end of its range"),
            ColumnSpec("In view", 92, fit=True, key="value", tooltip="What the term holds"),
            ColumnSpec("High", 92, fit=True, key="high", tooltip="What the term is set to: the upper end of its range"),
            ColumnSpec("Output at low", 104, key="at_low", tooltip="The output with this term alone at its low"),
            ColumnSpec("Output at high", 108, key="at_high", tooltip="The output with this term alone at its high"),
            ColumnSpec("Swing", 96, key="swing", tooltip="From the smallest to the largest of the output"),
        ]

    def rows(self) -> list[RowSpec]:
        terms = self.session.deal.terms
        return [RowSpec(bar.term, "item" if bar.moves else "helper", terms[bar.term].label) for bar in self.bars()]

    def target(self, row: int, col: int) -> Target:
        bars = self.bars()
        return target_of(self.session.deal, bars[row].term) if row < len(bars) else NOTHING

    def find(self, target: Target) -> Place | None:
        return next(((i, 0) for i, bar in enumerate(self.bars()) if target.key and bar.term == target.key), None)

    def why_not(self, row: int, col: int) -> Problem:
        return Problem(
            "", "A sensitivity is computed.", "Change the term or its range on Terms; a double click goes there."
        )

    def cell(self, row: int, col: int) -> Cell:
        bar, deal = self.bars()[row], self.session.deal
        term = deal.terms[bar.term]
        match col:
            case 0:
                return Cell(term.label, "label", tooltip=wrapped(term.note) or bar.term)
            case 1:
                return Cell(term.unit, "unit")
            case 2 | 3 | 4:
                return _cell(field_for(term, deal.unit), (bar.low, bar.value, bar.high)[col - _LOW])
            case 5 | 6:
                return _cell(self.field, bar.at_low if col == _AT_LOW else bar.at_high, bar.moves)
        if bar.swing is None:
            return Cell("no size", "muted", "right", tooltip="An end, or the value in view, is no number.")
        return Cell(swing_text(self.field, bar.swing), "computed" if bar.moves else "muted", "right", number=bar.swing)


def _cell(field: Field, value: Any, strong: bool = True) -> Cell:
    number = float(value) if field.numeric and field.kind != "date" and isinstance(value, float) else None
    text = field.show(value)
    copy = partial(copy_text, field, value, text)
    return Cell(text, "computed" if strong else "muted", "right", number=number, copy=copy)


def swing_text(field: Field, swing: float) -> str:
    """A distance in the output's own unit; of dates in days."""
    return f"{swing:,.0f} days" if field.kind == "date" else field.show(swing)
