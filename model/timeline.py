"""Periods of a deal: months, quarters or years that never straddle a calendar year."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import NamedTuple

from model.deal import PeriodLength
from model.fields.date_text import MONTH_ABBREVIATIONS, last_day
from model.values import to_serial

_MONTHS: dict[str, int] = {"month": 1, "quarter": 3, "year": 12}


class Period(NamedTuple):
    """One column of the schedule; ``start`` and ``end`` are both inclusive."""

    start: dt.date
    end: dt.date
    label: str

    @property
    def year(self) -> int:
        return self.start.year


class Timeline:
    """The periods between two days, with the rows that formulas read (Excel serials, years, day counts)."""

    __slots__ = ("end", "length", "periods", "rows", "start")

    def __init__(self, start: dt.date, end: dt.date, length: PeriodLength) -> None:
        self.start = start
        self.end = end
        self.length = length
        self.periods = tuple(_periods(start, end, length))
        self.rows: dict[str, list[float]] = {
            "start": [to_serial(p.start) for p in self.periods],
            "end": [to_serial(p.end) for p in self.periods],
            "year": [float(p.year) for p in self.periods],
            "days": [float((p.end - p.start).days + 1) for p in self.periods],
            "days_in_year": [float((last_day(p.year, 12) - dt.date(p.year, 1, 1)).days + 1) for p in self.periods],
        }

    def __len__(self) -> int:
        return len(self.periods)

    def index_of(self, day: dt.date) -> int | None:
        """Position of the period that contains ``day``, or None outside the document."""
        for i, period in enumerate(self.periods):
            if period.start <= day <= period.end:
                return i
        return None

    @property
    def years(self) -> list[int]:
        return list(range(self.start.year, self.end.year + 1))


@lru_cache(maxsize=64)
def timeline(start: dt.date, end: dt.date, length: PeriodLength) -> Timeline:
    """The (shared, immutable by convention) timeline of a span."""
    return Timeline(start, end, length)


def _periods(start: dt.date, end: dt.date, length: str) -> list[Period]:
    step = _MONTHS[length]
    out = []
    year, month = start.year, (start.month - 1) // step * step + 1
    while (first := dt.date(year, month, 1)) <= end:
        last_month = month + step - 1
        last = last_day(year, last_month)
        begin, finish = max(first, start), min(last, end)
        out.append(Period(begin, finish, _label(begin, length)))
        month += step
        if month > 12:
            year, month = year + 1, 1
        if year > dt.MAXYEAR:
            break
    return out


def _label(day: dt.date, length: str) -> str:
    if length == "year":
        return str(day.year)
    if length == "quarter":
        return f"Q{(day.month + 2) // 3} {day.year}"
    return f"{MONTH_ABBREVIATIONS[day.month - 1]} {day.year}"
