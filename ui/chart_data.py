"""What a chart shows: the periods with something in them, their values, and the triggers among them. No Qt."""

from __future__ import annotations

from typing import Any

import msgspec

from model.deal import Deal
from model.engine import Calc
from model.fields import field_for
from model.fields.base import Field
from model.fields.number_formats import show_text
from model.fields.unit_text import is_number
from model.structure.labels import label_of_key
from model.values import NO_CAP, ErrorValue, from_serial
from ui.targets import event_flags

_MOST_ERRORS = 3


class ChartSeries(msgspec.Struct):
    key: str
    label: str
    field: Field
    values: list[Any]  # of the periods shown; None where there is no number


class ChartFlag(msgspec.Struct):
    at: float  # in periods from the first one shown
    label: str
    tip: str


class ChartData:
    """What a chart shows: the periods with something in them, their values and the triggers among them."""

    def __init__(self, calc: Calc, key: str) -> None:
        deal = calc.deal
        chart = deal.charts[key]
        self.type = chart.type
        self.label = show_text(chart.label)
        rows = {line: calc.line(line) for line in chart.lines if line in deal.lines}
        first, last = _span(list(rows.values()), len(calc.timeline))
        self.first = first
        self.periods = calc.timeline.periods[first:last]
        self.series = [
            ChartSeries(
                line,
                show_text(deal.lines[line].label),
                field_for(deal.lines[line], deal.unit),
                [_number(v) for v in row[first:last]],
            )
            for line, row in rows.items()
        ]
        numbers = any(v is not None for series in self.series for v in series.values)
        self.nothing = "" if numbers else _why_nothing(deal, rows)  # what to say in the place of marks
        self.flags: list[ChartFlag] = []
        starts, days = calc.timeline.rows["start"], calc.timeline.rows["days"]
        for event, day, period in event_flags(calc):
            if first <= period < last:
                at = period - first + (day - starts[period] + 0.5) / days[period]
                date = from_serial(day)
                when = f"{date.day} {date:%b %Y}" if date else ""
                label = show_text(deal.events[event].label)
                self.flags.append(ChartFlag(at, label, f"{label}: {when}"))
        self.flags.sort(key=lambda flag: flag.at)

    def table(self) -> str:
        """The data as TSV, periods down, for a spreadsheet."""
        lines = [
            "\t".join(["Period", *(f"{s.label}{f', {s.field.unit}' if s.field.unit else ''}" for s in self.series)])
        ]
        for i, period in enumerate(self.periods):
            lines.append(
                "\t".join([period.label, *("" if s.values[i] is None else repr(s.values[i]) for s in self.series)])
            )
        return "\n".join(lines) + "\n"


def _why_nothing(deal: Deal, rows: dict[str, list[Any]]) -> str:
    """Why there is no number to show: errors, each of a line once and with the cell where it arose."""
    found = []
    for line, row in rows.items():
        for error in dict.fromkeys(value for value in row if isinstance(value, ErrorValue)):
            root = (
                f" from “{show_text(label_of_key(deal, error.at))}”"
                if error.at.partition("@")[0] not in ("", line)
                else ""
            )
            found.append(f"{show_text(deal.lines[line].label)}: {error.word}{root}")
    if not found:
        return "Nothing to show yet."
    more = f"\nand {len(found) - _MOST_ERRORS} more" if len(found) > _MOST_ERRORS else ""
    return "No value is a number.\n" + "\n".join(found[:_MOST_ERRORS]) + more


def _number(value: Any) -> float | None:
    return float(value) if is_number(value) and abs(value) < NO_CAP else None


def _span(rows: list[list[Any]], count: int) -> tuple[int, int]:
    """The periods between the first and the last value that is not zero, and one more."""
    first = next((i for i in range(count) if any(_counts(row[i]) for row in rows)), None)
    if first is None:
        return 0, count
    last = next(i for i in range(count - 1, -1, -1) if any(_counts(row[i]) for row in rows))
    return first, min(count, last + 2)


def _counts(value: Any) -> bool:
    return _number(value) is None or abs(float(value)) > 1e-9


def telling(values: list[float | None], step: float) -> set[int]:
    """Which marks deserve their number: all of them, or where they stand close the first, the largest and the last."""
    there = [i for i, v in enumerate(values) if v is not None and abs(v) > 1e-9]
    if step >= 16 or len(there) < 4:
        return set(there)
    return {there[0], max(there, key=lambda i: abs(values[i] or 0.0)), there[-1]}
