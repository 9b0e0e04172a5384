"""Working days: counted, and gone ahead by, past weekends and holidays."""

from __future__ import annotations

import bisect
import math
from typing import Final

from model.formula.coerce import Value, single
from model.formula.fn_base import Group, Refusal, as_range, fail, not_boolean
from model.formula.fn_clock import whole_day
from model.values import NEVER, NUM, VALUE, ErrorValue

_group = Group("Working days")
FUNCTIONS = _group.functions
_typed = _group.typed

#: serial number modulo 7 of the days of the week, Monday first
_WEEK: Final = (2, 3, 4, 5, 6, 0, 1)
_SATURDAY_SUNDAY: Final = frozenset((0, 1))


class _Calendar:
    """Which days are worked: not the weekend's (serials modulo 7), nor the holidays."""

    def __init__(self, weekend: frozenset[int], holidays: Value) -> None:
        self.weekend = weekend
        self.a_week = 7 - len(weekend)
        days = set() if holidays is None else {_date(v) for v in as_range(holidays) if v is not None and v != ""}
        self.free = sorted(n for n in days if n % 7 not in weekend)

    def between(self, low: int, high: int) -> int:
        """Working days from low to high, both included."""
        weeks, rest = divmod(high - low + 1, 7)
        worked = weeks * self.a_week + sum(n % 7 not in self.weekend for n in range(high - rest + 1, high + 1))
        return worked - self._holidays(low, high)

    def ahead(self, start: int, days: int) -> int:
        """The day so many working days after the start, or before it. Whole weeks are leapt over, and the holidays
        among them made up for until none is left."""
        step, left, n = (1 if days > 0 else -1), abs(days), start
        while left:
            came = n
            weeks = (left - 1) // self.a_week
            n, left = n + step * 7 * weeks, left - weeks * self.a_week
            while left:
                n += step
                left -= n % 7 not in self.weekend
            whole_day(float(n))
            left = self._holidays(came + 1, n) if step > 0 else self._holidays(n, came - 1)
        return n

    def _holidays(self, low: int, high: int) -> int:
        return bisect.bisect_right(self.free, high) - bisect.bisect_left(self.free, low)


def _date(v: Value) -> int:
    return whole_day(not_boolean(v))


def _weekend(given: Value) -> frozenset[int]:
    """The days of a weekend by Excel's number, or by seven marks from Monday on, 1 for a free day."""
    v = single(given)
    if isinstance(v, ErrorValue):
        raise Refusal(v)
    if isinstance(v, str):
        if len(v) != 7 or v.strip("01"):
            raise fail(VALUE, "a weekend in marks is seven of 0 and 1, Monday first")
        return frozenset(day for day, mark in zip(_WEEK, v, strict=True) if mark == "1")
    n = 1 if v is None else math.trunc(not_boolean(v))
    if 1 <= n <= 7:  # two days, from Saturday and Sunday on
        return frozenset((_WEEK[(n + 4) % 7], _WEEK[(n + 5) % 7]))
    if 11 <= n <= 17:  # one day, from Sunday on
        return frozenset((_WEEK[(n - 5) % 7],))
    raise fail(NUM, "the weekend must be 1 to 7 or 11 to 17")


def _counted(start: Value, end: Value, weekend: frozenset[int], holidays: Value) -> float:
    a, b = _date(start), _date(end)
    count = _Calendar(weekend, holidays).between(min(a, b), max(a, b))
    return float(count if a <= b else -count)


def _reached(start: Value, days: Value, weekend: frozenset[int], holidays: Value) -> float:
    first, count = _date(start), not_boolean(days)
    if abs(count) > NEVER:
        raise fail(NUM, "the date is outside 1900 to 9999")
    return float(_Calendar(weekend, holidays).ahead(first, math.trunc(count)))


@_typed(
    "NETWORKDAYS(start, end, [holidays])",
    ("NETWORKDAYS(DATE(2025,10,27),DATE(2025,11,2))", 5.0),
    takes_ranges=frozenset({2}),
    strict=True,
)
def _networkdays(start: Value, end: Value, holidays: Value = None) -> Value:
    """The days from start to end, both included, that are neither Saturday nor Sunday nor among the holidays; negative
    where the end comes first."""
    return _counted(start, end, _SATURDAY_SUNDAY, holidays)


@_typed(
    "NETWORKDAYS.INTL(start, end, [weekend], [holidays])",
    ("NETWORKDAYS.INTL(DATE(2025,10,27),DATE(2025,11,2),11)", 6.0),
    takes_ranges=frozenset({3}),
    strict=True,
)
def _networkdays_intl(start: Value, end: Value, weekend: Value = None, holidays: Value = None) -> Value:
    """As NETWORKDAYS with another weekend: 1 Saturday and Sunday, 2 Sunday and Monday, to 7 Friday and Saturday; 11 Sunday
    only, to 17 Saturday only; or a text of seven marks from Monday on, 1 for a free day. Other numbers are #NUM!, other
    texts #VALUE!."""
    return _counted(start, end, _weekend(weekend), holidays)


@_typed(
    "WORKDAY(start, days, [holidays])",
    ("WORKDAY(DATE(2025,10,31),1)", 45964.0),
    takes_ranges=frozenset({2}),
    strict=True,
)
def _workday(start: Value, days: Value, holidays: Value = None) -> Value:
    """The day so many working days later or earlier: Saturdays, Sundays and holidays are passed over."""
    return _reached(start, days, _SATURDAY_SUNDAY, holidays)


@_typed(
    "WORKDAY.INTL(start, days, [weekend], [holidays])",
    ("WORKDAY.INTL(DATE(2025,10,31),1,11)", 45962.0),
    takes_ranges=frozenset({3}),
    strict=True,
)
def _workday_intl(start: Value, days: Value, weekend: Value = None, holidays: Value = None) -> Value:
    """As WORKDAY with another weekend, as in NETWORKDAYS.INTL. A week without a working day is #VALUE!."""
    free = _weekend(weekend)
    if len(free) == 7:
        raise fail(VALUE, "a week without a working day leads nowhere")
    return _reached(start, days, free, holidays)
