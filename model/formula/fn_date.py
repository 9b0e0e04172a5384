"""Dates as serial numbers of Excel's 1900 system, its 29 February 1900 included."""

from __future__ import annotations

import datetime as dt
import math

from model.formula.coerce import Value, to_text
from model.formula.fn_base import Group, Refusal, fail, number
from model.values import NEVER, NUM, ErrorValue, from_serial, to_serial

_group = Group("Dates")
FUNCTIONS = _group.functions
_numeric = _group.numeric

_OUTSIDE = "the date is outside 1900 to 9999"


def parts(serial: float) -> tuple[int, int, int]:
    """Year, month and day of a serial number; 0 is 0 January 1900 and 60 is 29 February 1900."""
    n = math.floor(serial)
    if not 0 <= n <= NEVER:
        raise fail(NUM, _OUTSIDE)
    if n == 0:
        return 1900, 1, 0
    day = from_serial(float(n))
    return (day.year, day.month, day.day) if day else (1900, 2, 29)


def _in_calendar(serial: float) -> float:
    if not 0 <= serial <= NEVER:
        raise fail(NUM, _OUTSIDE)
    return serial


def is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def month_days(year: int, month: int) -> int:
    if month == 2:
        return 29 if is_leap(year) or year == 1900 else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _first(year: int, month: int) -> float:
    """The serial of the first of a month; the month may lie outside 1 to 12."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    if not 1 <= year <= 9999:
        raise fail(NUM, _OUTSIDE)
    return to_serial(dt.date(year, month, 1))


def _moderate(x: float) -> int:
    if abs(x) > 1e7:
        raise fail(NUM, _OUTSIDE)
    return int(x)


@_numeric("DATE(year, month, day)", ("DATE(2025,10,28)", 45958.0), vector="date", whole=True)
def _date(year: float, month: float, day: float) -> float:
    """A date. Months and days beyond their range carry over: DATE(2025,13,1) is 1 January 2026. Years
    below 1900 are counted from 1900. Before 1900 and after 9999 it is #NUM!."""
    y = _moderate(year)
    if not 0 <= y <= 9999:
        raise fail(NUM, _OUTSIDE)
    if y < 1900:
        y += 1900
    return _in_calendar(_first(y, _moderate(month)) + _moderate(day) - 1)


@_numeric("YEAR(date)", ("YEAR(DATE(2025,10,28))", 2025.0), vector="year", whole=True)
def _year(serial: float) -> float:
    """The year of a date."""
    return float(parts(serial)[0])


@_numeric("MONTH(date)", ("MONTH(DATE(2025,10,28))", 10.0), vector="month", whole=True)
def _month(serial: float) -> float:
    """The month of a date, 1 to 12."""
    return float(parts(serial)[1])


@_numeric("DAY(date)", ("DAY(DATE(2025,10,28))", 28.0), vector="day", whole=True)
def _day(serial: float) -> float:
    """The day of a date within its month."""
    return float(parts(serial)[2])


def _shifted(serial: float, months: float) -> tuple[int, int, int]:
    year, month, day = parts(serial)
    place = year * 12 + month - 1 + _moderate(months)
    year, month = place // 12, place % 12 + 1
    if not 1900 <= year <= 9999:
        raise fail(NUM, _OUTSIDE)
    return year, month, day


@_numeric("EDATE(date, months)", ("EDATE(DATE(2025,1,31),1)", 45716.0), strict=True, vector="edate", whole=True)
def _edate(serial: float, months: float) -> float:
    """The date so many months later (or earlier), at most the last day of that month. Parts of a month
    are cut off. never has no later date: #NUM!. A condition in place of a number is #VALUE!, in the other
    functions of the former Analysis ToolPak (EOMONTH, YEARFRAC, MROUND) too."""
    year, month, day = _shifted(serial, months)
    return _in_calendar(_first(year, month) + min(day, month_days(year, month)) - 1)


@_numeric("EOMONTH(date, months)", ("EOMONTH(DATE(2025,1,31),1)", 45716.0), strict=True, vector="eomonth", whole=True)
def _eomonth(serial: float, months: float) -> float:
    """The last day of the month so many months later (or earlier)."""
    year, month, _ = _shifted(serial, months)
    return _first(year, month) + month_days(year, month) - 1


def _print_days(end: str, start: str) -> str:
    return f"(INT({end})-INT({start}))"


@_numeric(
    "DAYS(end, start)", ("DAYS(DATE(2025,3,1),DATE(2025,2,1))", 28.0), excel=_print_days, vector="days", whole=True
)
def _days(end: float, start: float) -> float:
    """The days from start to end, as end - start. In the workbook: a subtraction."""
    return _in_calendar(float(math.floor(end))) - _in_calendar(float(math.floor(start)))


@_numeric(
    "YEARFRAC(start, end, [basis])", ("YEARFRAC(DATE(2025,1,1),DATE(2025,7,1))", 0.5), strict=True, vector="yearfrac"
)
def _yearfrac(start: float, end: float, basis: float = 0.0) -> float:
    """The part of a year between two dates, in either order. Basis 0: 30/360 (US), 1: actual days over the
    actual year, 2: actual/360, 3: actual/365, 4: 30/360 (European). Other bases are #NUM!."""
    kind = int(max(-1.0, min(9.0, basis)))
    if not 0 <= kind <= 4 or basis < 0:
        raise fail(NUM, "the basis must be 0 to 4")
    first, last = sorted((math.floor(start), math.floor(end)))
    a, b = parts(first), parts(last)
    if kind in (0, 4):
        return _days_360(a, b, european=kind == 4) / 360
    days = last - first
    return days / (360 if kind == 2 else 365 if kind == 3 else _year_length(a, b))


def _days_360(a: tuple[int, int, int], b: tuple[int, int, int], european: bool) -> int:
    (y1, m1, d1), (y2, m2, d2) = a, b
    if european:
        d1, d2 = min(d1, 30), min(d2, 30)
    else:
        february_1 = m1 == 2 and d1 == month_days(y1, 2)
        february_2 = m2 == 2 and d2 == month_days(y2, 2)
        if (d1 >= 30 and d2 == 31) or (february_1 and february_2):
            d2 = 30
        if d1 == 31 or february_1:
            d1 = 30
    return (y2 - y1) * 360 + (m2 - m1) * 30 + d2 - d1


def _year_length(a: tuple[int, int, int], b: tuple[int, int, int]) -> float:
    """The year that Excel's basis 1 divides by: up to a year, 366 days if a 29 February is concerned;
    beyond, the average of the calendar years touched."""
    y1, y2 = a[0], b[0]
    if y1 == y2:
        return 366 if is_leap(y1) else 365
    if y2 == y1 + 1 and a[1:] >= b[1:]:
        within = (is_leap(y1) and a[1:] < (3, 1)) or (is_leap(y2) and b[1:] >= (2, 29))
        return 366 if within else 365
    days = (dt.date(y2, 12, 31) - dt.date(y1, 1, 1)).days + 1
    return days / (y2 - y1 + 1)


@_group.typed("DATEDIF(start, end, unit)", ('DATEDIF(DATE(2025,1,31),DATE(2026,3,1),"M")', 13.0))
def _datedif(start: Value, end: Value, unit: Value) -> Value:
    """The whole years "Y", months "M" or days "D" between two dates; "YM" the months beyond whole years, "MD" the days
    beyond whole months, "YD" the days beyond whole years. An end before the start, or another unit, is #NUM!."""
    first, last = math.floor(number(start)), math.floor(number(end))
    a, b = parts(first), parts(last)
    kind = to_text(unit)
    if isinstance(kind, ErrorValue):
        raise Refusal(kind)
    if last < first:
        raise fail(NUM, "the end lies before the start")
    months = (b[0] - a[0]) * 12 + b[1] - a[1] - (b[2] < a[2])
    match kind.upper():
        case "D":
            return float(last - first)
        case "M":
            return float(months)
        case "Y":
            return float(months // 12)
        case "YM":
            return float(months % 12)
        case "MD":
            return last - (_first(b[0], b[1] - (b[2] < a[2])) + a[2] - 1)
        case "YD":
            return last - (_first(b[0] - (b[1:] < a[1:]), a[1]) + a[2] - 1)
    raise fail(NUM, 'the unit must be "Y", "M", "D", "YM", "MD" or "YD"')
