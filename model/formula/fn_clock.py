"""Days of the week, the 30/360 year, and times as parts of a day."""

from __future__ import annotations

import math

from model.formula.coerce import Value
from model.formula.fn_base import Group, Refusal, fail
from model.formula.fn_date import is_leap, month_days, parts
from model.formula.readtext import text_to_moment
from model.values import NEVER, NUM, VALUE, ErrorValue

_group = Group("Weekdays and times")
FUNCTIONS = _group.functions
_numeric = _group.numeric
_typed = _group.typed


def whole_day(serial: float) -> int:
    n = math.floor(serial)
    if not 0 <= n <= NEVER:
        raise fail(NUM, "the date is outside 1900 to 9999")
    return n


@_numeric("WEEKDAY(date, [type])", ("WEEKDAY(DATE(2025,10,28))", 3.0))
def _weekday(serial: float, kind: float = 1.0) -> float:
    """The day of the week. Type 1: 1 is Sunday; 2: 1 is Monday; 3: 0 is Monday; 11 to 17: 1 is Monday to Sunday. Other
    types are #NUM!. As in Excel, days before March 1900 are one off."""
    n, k = whole_day(serial), int(kind)
    if k == 3:
        return float((n - 2) % 7)
    first = {1: 1, 2: 2, 17: 1}.get(k, k - 9 if 11 <= k <= 16 else 0)  # 1 is Sunday
    if not first:
        raise fail(NUM, "there is no such way to count the days of a week")
    return float((n - first) % 7 + 1)


@_numeric("WEEKNUM(date, [type])", ("WEEKNUM(DATE(2025,1,6),2)", 2.0), strict=True)
def _weeknum(serial: float, kind: float = 1.0) -> float:
    """The week of the year; the week of 1 January is the first. Type 1: weeks begin on Sunday; 2: on Monday; 11 to 17:
    on Monday to Sunday; 21: the ISO week, which belongs to the year of its Thursday."""
    n, k = whole_day(serial), int(kind)
    if k == 21:
        thursday = n - (n - 2) % 7 + 3
        year = parts(float(thursday))[0]
        return float((thursday - _new_year(year)) // 7 + 1)
    first = {1: 1, 2: 2, 17: 1}.get(k, k - 9 if 11 <= k <= 16 else 0)
    if not first:
        raise fail(NUM, "there is no such way to count the weeks of a year")
    begin = _new_year(parts(float(n))[0])
    return float((n - begin + (begin - first) % 7) // 7 + 1)


def _print_isoweeknum(date: str) -> str:
    """The weeks since the Monday of the week of 4 January of the year of the date's Thursday."""
    day = f"INT({date})"
    thursday = f"({day}-WEEKDAY({day},2)+4)"
    return f"INT(({thursday}-DATE(YEAR({thursday}),1,1))/7+1)"


@_numeric("ISOWEEKNUM(date)", ("ISOWEEKNUM(DATE(2027,1,1))", 53.0), excel=_print_isoweeknum)
def _isoweeknum(serial: float) -> float:
    """The ISO week of a date: weeks begin on Monday and belong to the year of their Thursday. In the workbook: WEEKDAY and
    DATE."""
    return _weeknum(serial, 21.0)


def _new_year(year: int) -> int:
    before = year - 1900
    leaps = sum(is_leap(y) for y in range(1904, year, 4)) + (1 if year > 1900 else 0)
    return before * 365 + leaps + 1


@_numeric("DAYS360(start, end, [european])", ("DAYS360(DATE(2025,1,31),DATE(2025,7,31))", 180.0))
def _days360(start: float, end: float, european: float = 0.0) -> float:
    """The days between two dates in a year of twelve months of 30 days, negative where the end comes first. A third
    argument that is true counts as in Europe."""
    (y1, m1, d1), (y2, m2, d2) = parts(start), parts(end)
    if european:
        d1, d2 = min(d1, 30), min(d2, 30)
    else:
        if d1 == month_days(y1, m1):
            d1 = 30
        if d2 == month_days(y2, m2) and d2 == 31:
            if d1 < 30:
                d2, m2 = 1, m2 + 1
            else:
                d2 = 30
    return float((y2 - y1) * 360 + (m2 - m1) * 30 + d2 - d1)


# -- times --------------------------------------------------------------------------------------------


def _seconds(serial: float) -> int:
    """Seconds since midnight, to the nearest."""
    if not 0 <= serial < NEVER + 1:
        raise fail(NUM, "the date is outside 1900 to 9999")
    return math.floor((serial - math.floor(serial)) * 86_400 + 0.5) % 86_400


@_numeric("HOUR(time)", ("HOUR(0.75)", 18.0))
def _hour(serial: float) -> float:
    """The hour of a date and time, 0 to 23."""
    return float(_seconds(serial) // 3600)


@_numeric("MINUTE(time)", ("MINUTE(0.52)", 28.0))
def _minute(serial: float) -> float:
    """The minute of a date and time, 0 to 59."""
    return float(_seconds(serial) // 60 % 60)


@_numeric("SECOND(time)", ("SECOND(0.52)", 48.0))
def _second(serial: float) -> float:
    """The second of a date and time, 0 to 59."""
    return float(_seconds(serial) % 60)


@_numeric("TIME(hour, minute, second)", ("TIME(18,0,0)", 0.75))
def _time(hour: float, minute: float, second: float) -> float:
    """A time as part of a day. What is beyond a minute, an hour or a day carries over, whole days are dropped; a time
    before midnight is #NUM!."""
    if max(abs(hour), abs(minute), abs(second)) >= 32_768:
        raise fail(NUM, "the parts of a time must be below 32,768")
    total = int(hour) * 3600 + int(minute) * 60 + int(second)
    if total < 0:
        raise fail(NUM, "the time lies before midnight")
    return total % 86_400 / 86_400


def _moment(v: Value) -> float:
    if isinstance(v, ErrorValue):
        raise Refusal(v)
    moment = text_to_moment(v) if isinstance(v, str) else None
    if moment is None:
        raise fail(VALUE, "this is no text that shows a date or a time")
    return moment


@_typed("DATEVALUE(text)", ('DATEVALUE("2025-10-28")', 45958.0))
def _datevalue(text: Value) -> Value:
    """The date that a text shows, such as 2025-10-28, 28-Oct-2025 or 10/28/2025 (the month first). Anything else, a
    number too, is #VALUE!."""
    return float(math.floor(_moment(text)))


@_typed("TIMEVALUE(text)", ('TIMEVALUE("6:00 PM")', 0.75))
def _timevalue(text: Value) -> Value:
    """The time that a text shows, such as 18:30 or 6:30:15 PM, as part of a day. Anything else is #VALUE!."""
    moment = _moment(text)
    return moment - math.floor(moment)
