"""The deal over which conformance formulas are computed, and the sheet on which it lies for other engines.

Scalars of every kind (blank, text that is a number, undisclosed, an error among them), columns of numbers, dates,
texts and mixtures, and lines over four years with opening cells.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache
from typing import Any

from model.deal import Column, Deal, Input, Line, Series, Table, Term, TimelineSpec
from model.engine import Calc, run
from model.formula.bind import OPENING
from model.formula.excel import to_excel
from model.formula.helpers import PERIOD_NAMES
from model.formula.nodes import Node
from model.layers import View

PERIODS = 4
RECORDS = 8

TERMS: dict[str, tuple[str, Input | None]] = {
    "two": ("money", 2.0),
    "minus": ("percent", -0.5),
    "zero": ("number", 0.0),
    "odd": ("money", 1234.5678),
    "tiny": ("number", 1e-7),
    "uncapped": ("money", "none"),
    "three": ("integer", 3),
    "rate": ("percent", 0.08),
    "day": ("date", dt.date(2026, 5, 5)),
    "far": ("date", "never"),
    "flag": ("flag", True),
    "word": ("text", "ramp"),
    "seven": ("text", "7"),
    "empty": ("money", None),
    "hidden": ("money", "undisclosed"),
}
COMPUTED = {"broken": "= 1 / 0", "nothing": '= ""', "yes": "= 2 > 1"}

COLUMNS: dict[str, tuple[str, list[Any]]] = {
    "num": ("number", [3.0, 1.0, 4.0, 1.5, 9.0, -2.6, 5.0, 0.0]),
    "other": ("number", [2.0, -1.0, 0.5, 8.0, 1.0, 1.0, -3.0, 7.5]),
    "rising": ("number", [1.0, 2.0, 2.0, 3.5, 7.0, 10.0, 20.0, 40.0]),
    "falling": ("number", [40.0, 20.0, 10.0, 7.0, 3.5, 2.0, 2.0, 1.0]),
    "share": ("percent", [0.1, 0.25, 0.0, 1.0, 0.5, 0.3, 0.05, 0.4]),
    "flow": ("money", [-1000.0, 100.0, 200.0, 250.0, 300.0, 400.0, 350.0, 120.0]),
    "on": ("date", [45000, 45100, 45200, 45366, 45500, 45731, 46000, 46100]),
    "name": ("text", ["apple", "Banana", "apple pie", "*star", "a?b", "Cherry", "~t", None]),
    "mixed": ("number", [1.0, '= "7"', "= TRUE", None, '= "x"', 2.5, '= ""', "= FALSE"]),
    "gaps": ("number", [None, -100.0, None, 60.0, 60.0, 0.0, 10.0, None]),
    "faulty": ("number", [1.0, "= NA()", 3.0, None, 2.0, "= 1 / 0", 5.0, 6.0]),
    "void": ("number", [None] * 8),
}  # fmt: skip

LINES = {
    "x": ("= CHOOSE(year - 2024, 3.5, -1.25, 0, 12)", "= 7"),
    "y": ("= year - 2026", "= 0"),
    "z": ("= days * 0.1 + PREV(z)", "= 1.5"),
    "shaky": ("= IF(year = 2026, 1 / 0, 2)", None),
}
SERIES = {"2025": 1.5, "2027": 3.0, "2030": -4.0}


@cache
def world() -> Calc:
    """The deal, computed once."""
    terms = {k: Term(label=k, kind=kind, value=v) for k, (kind, v) in TERMS.items()}  # type: ignore[arg-type]
    terms |= {k: Term(label=k, formula=f) for k, f in COMPUTED.items()}
    records: dict[str, dict[str, Any]] = {f"r{i}": {} for i in range(RECORDS)}
    for name, (kind, values) in COLUMNS.items():
        for i, v in enumerate(values):
            if v is not None:
                records[f"r{i}"][name] = dt.date(1899, 12, 30) + dt.timedelta(v) if kind == "date" else v
    table = Table(
        label="t", columns={k: Column(label=k, kind=kind) for k, (kind, _) in COLUMNS.items()}, records=records
    )  # type: ignore[arg-type]
    deal = Deal(
        name="conformance",
        timeline=TimelineSpec(start=dt.date(2025, 1, 1), end=dt.date(2024 + PERIODS, 12, 31)),
        terms=terms,
        tables={"t": table},
        lines={k: Line(label=k, formula=f, opening=o) for k, (f, o) in LINES.items()},
        series={"s": Series(label="s", values=dict(SERIES))},
    )
    calc = run(deal, View(period="year"))
    assert not calc.problems, calc.problems
    return calc


def _letter(column: int) -> str:
    return chr(64 + column)


SCALARS = {key: i + 1 for i, key in enumerate([*TERMS, *COMPUTED])}
_COLUMNS = {key: i + 1 for i, key in enumerate(COLUMNS)}
_ROWS = {key: 12 + i for i, key in enumerate([*PERIOD_NAMES, *LINES])}
_SERIES_ROW = 22
FORMULA_COLUMN = 25  # Y


class Seen:
    """Where everything lies, as seen from one period (the ``Layout`` that ``to_excel`` asks)."""

    def __init__(self, period: int) -> None:
        self.period = period

    def scalar(self, key: str) -> str:
        if key.startswith("t."):
            _, record, column = key.split(".")
            return f"${_letter(_COLUMNS[column])}${int(record[1:]) + 1}"
        return f"${_letter(SCALARS[key])}$10"

    def here(self, key: str) -> str:
        return f"${_letter(2 + self.period)}${_ROWS[key]}"

    def before(self, key: str) -> str:
        return f"${_letter(1 + self.period)}${_ROWS[key]}"

    def row(self, key: str) -> str:
        return f"$B${_ROWS[key]}:${_letter(1 + PERIODS)}${_ROWS[key]}"

    def to_date(self, key: str) -> str:
        return f"$B${_ROWS[key]}:{self.here(key)}"

    def earlier(self, key: str) -> str:
        return f"$A${_ROWS[key]}:{self.before(key)}"

    def column(self, table: str, column: str) -> str:
        letter = _letter(_COLUMNS[column])
        return f"${letter}$1:${letter}${RECORDS}"

    def series(self, key: str) -> tuple[str, str]:
        last = _SERIES_ROW + len(SERIES) - 1
        return f"$A${_SERIES_ROW}:$A${last}", f"$B${_SERIES_ROW}:$B${last}"

    def may_be_text(self, key: str) -> bool:
        return False


_SEEN = [Seen(i) for i in range(PERIODS)]


def printed(tree: Node, period: int) -> str:
    """A tree as Excel text over the sheet. Raises Refused where it cannot be written."""
    return to_excel(tree, _SEEN[period])


def sheet() -> Iterator[tuple[int, int, Any]]:
    """The constant cells: row and column from 1, value."""
    cells = world().cells
    for key, column in SCALARS.items():
        yield 10, column, cells.scalars[key]
    for name, column in _COLUMNS.items():
        for i in range(RECORDS):
            yield i + 1, column, cells.scalars.get(f"t.r{i}.{name}")
    for key, row in _ROWS.items():
        if key in LINES:
            yield row, 1, cells.scalars[key + OPENING]
        for i, v in enumerate(cells.rows[key]):
            yield row, 2 + i, v
    for i, (year, value) in enumerate(SERIES.items()):
        yield _SERIES_ROW + i, 1, float(year)
        yield _SERIES_ROW + i, 2, value
