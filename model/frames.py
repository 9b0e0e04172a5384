"""Results as pandas frames: the schedule, its annual roll-up and the term table.

pandas is imported only here, and this module only when a frame is asked for.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from model.engine import Calc
from model.fields import field_for
from model.layers import about, base_about
from model.values import ErrorValue


def schedule(calc: Calc) -> pd.DataFrame:
    """Lines by periods. Index: line keys; columns: label, unit, opening, then one per period (its label)."""
    labels = [p.label for p in calc.timeline.periods]
    rows = []
    for key, line in calc.deal.lines.items():
        values = [plain(line, v) for v in calc.line(key)]
        rows.append([line.label, line.unit, plain(line, calc.opening(key)), *values])
    return pd.DataFrame(
        rows, index=pd.Index(list(calc.deal.lines), name="line"), columns=["label", "unit", "opening", *labels]
    )


def annual(calc: Calc) -> pd.DataFrame:
    """Lines by calendar years, rolled up as each line says (sum, end of year, first, or none → empty)."""
    years = calc.timeline.years
    index_of: dict[int, list[int]] = {y: [] for y in years}
    for i, period in enumerate(calc.timeline.periods):
        index_of[period.year].append(i)
    rows = []
    for key, line in calc.deal.lines.items():
        values = calc.line(key)
        rows.append([line.label, line.unit, *(plain(line, roll_up(values, index_of[y], line.annual)) for y in years)])
    columns = ["label", "unit", *(str(y) for y in years)]
    return pd.DataFrame(rows, index=pd.Index(list(calc.deal.lines), name="line"), columns=columns)


def terms(calc: Calc) -> pd.DataFrame:
    """Every term with value, unit, class, source and range. Index: term keys."""
    rows = []
    for key, term in calc.deal.terms.items():
        said = about(calc.deal, calc.view, key) if term.formula is None else base_about(calc.deal, key)
        rows.append({
            "label": term.label, "value": plain(term, calc.scalar(key)), "unit": term.unit, "class": said.class_,
            "source": said.source, "low": term.low, "base": term.base, "high": term.high, "formula": term.formula,
            "note": said.note,
        })  # fmt: skip
    return pd.DataFrame(rows, index=pd.Index(list(calc.deal.terms), name="term"))


def roll_up(values: list[Any], indexes: list[int], how: str) -> Any:
    """One calendar year's value of a line from the periods that lie in it."""
    if not indexes or how == "none":
        return None
    chosen = [values[i] for i in indexes]
    if how == "end":
        return chosen[-1]
    if how == "first":
        return chosen[0]
    error = next((v for v in chosen if isinstance(v, ErrorValue)), None)
    return error if error is not None else sum(v for v in chosen if isinstance(v, (int, float)))


def plain(item: Any, value: Any) -> Any:
    """A value as a cell of a frame: numbers stay numbers, dates become dates, words stay words."""
    if isinstance(value, ErrorValue):
        return value.word
    if value is None or isinstance(value, (bool, str)):
        return value
    got = field_for(item).from_engine(value) if item.kind in ("date", "money", "integer", "year") else value
    return got if isinstance(got, (str, int, float, dt.date)) else value
