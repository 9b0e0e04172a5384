"""Text as a number, as Excel reads it in arithmetic, in VALUE and in criteria.

Numbers, percentages, dollars, mixed fractions, times, and dates with a year. Where the order of day and month
is a matter of the country, it is that of the United States, in which Excel's file format writes its formulas
too: 3/4/2026 is 4 March. A date without a year is refused: Excel would take the year of the clock.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Final

from model.values import to_serial

MAX_LENGTH: Final = 400
_MONTHS: Final = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_FULL: Final = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]

_NUMBER = re.compile(r"[+-]?\$?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,9})?")
_MIXED = re.compile(r"([+-]?)([0-9]{1,9}) +([0-9]{1,5})/([0-9]{1,5})")
_CLOCK = re.compile(
    r"([0-9]{1,4}):([0-9]{1,2})(?::([0-9]{1,2}))?(\.[0-9]{1,9})?(?: +([ap])m?)?|([0-9]{1,2}) +([ap])m?", re.I
)
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})")
_MONTH_FIRST = re.compile(r"([0-9]{1,2})([-/])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
_MONTH_YEAR = re.compile(r"([0-9]{1,2})[-/]([0-9]{4})")
_NAMED = re.compile(r"([0-9]{1,2})(?: *[-/] *| +)([a-z]{3,9})(?: *[-/,] *| +)([0-9]{4}|[0-9]{2})", re.I)
_NAME_FIRST = re.compile(r"([a-z]{3,9}) +([0-9]{1,2}) *,(?: *)([0-9]{4}|[0-9]{2})", re.I)
_NAME_YEAR = re.compile(r"([a-z]{3,9})(?: *[-/,] *| +)([0-9]{4})", re.I)


def text_to_number(text: str) -> float | None:
    """The number Excel reads in a text: ``7``, ``-1,234.5``, ``40%``, ``$3``, ``(7)``, ``1E3``, ``1 1/2``,
    ``10:30``, ``2026-01-15``, ``15-Jan-2026``, ``1/15/2026 10:30 PM``; None for all else."""
    body = text.strip(" ")
    if not body or len(body) > MAX_LENGTH:
        return None
    number = _plain(body)
    if number is not None or not body[0].isascii() or not body.isascii():
        return number
    if ":" in body or body[-1] in "aApPmM":
        return _moment(body)
    if "/" in body or "-" in body or body[-1].isdigit():
        day = _date(body)
        return day if day is not None else _fraction(body)
    return None


def text_to_moment(text: str) -> float | None:
    """The date, time, or both, that a text shows, as a serial number; None where it shows none."""
    body = text.strip(" ")
    if not body or len(body) > MAX_LENGTH or not body.isascii():
        return None
    return _moment(body) if ":" in body or body[-1] in "aApPmM" else _date(body)


def _plain(body: str) -> float | None:
    sign = scale = 1.0
    if body[0] == "(" and body[-1] == ")" and body[1:2] not in ("+", "-"):
        sign, body = -1.0, body[1:-1]
    elif body.endswith("%"):
        scale, body = 100.0, body[:-1].rstrip(" ")
    if not _NUMBER.fullmatch(body):
        return None
    try:
        number = sign * float(body.replace(",", "").replace("$", "")) / scale
    except ValueError:  # no digit, or none before the exponent
        return None
    return number if math.isfinite(number) else None


def _fraction(body: str) -> float | None:
    match = _MIXED.fullmatch(body)
    if not match or int(match[4]) == 0:
        return None
    size = int(match[2]) + int(match[3]) / int(match[4])
    return -size if match[1] == "-" else size


def _moment(body: str) -> float | None:
    """A time of day, or a date and a time in either order."""
    time = _time(body)
    if time is not None:
        return time
    for match in re.finditer(" +", body):
        for first, second in (
            (body[: match.start()], body[match.end() :]),
            (body[match.end() :], body[: match.start()]),
        ):
            time = _time(second)
            if time is not None and time < 1:
                day = _date(first)
                if day is not None:
                    return day + time
    return None


def _time(body: str) -> float | None:
    match = _CLOCK.fullmatch(body)
    if not match:
        return None
    if match[6]:
        hour, minute, second, half = int(match[6]), 0, 0.0, match[7]
    else:
        hour, minute, half = int(match[1]), int(match[2]), match[5]
        second = float((match[3] or "0") + (match[4] or ""))
        if match[4] and not match[3]:  # minutes, seconds and a part of one
            hour, minute, second = 0, hour, minute + float(match[4])
    if half:
        if not 1 <= hour <= 12 and not (hour == 0 and not match[6]):
            return None
        hour = hour % 12 + (12 if half in "pP" else 0)
    if minute > 59 or second >= 60:
        return None
    return (hour * 3600 + minute * 60 + second) / 86_400


def _date(body: str) -> float | None:
    if match := _YEAR_FIRST.fullmatch(body):
        return _serial(match[1], int(match[3]), match[4])
    if match := _MONTH_FIRST.fullmatch(body):
        return _serial(match[4], int(match[1]), match[3])
    if match := _MONTH_YEAR.fullmatch(body):
        return _serial(match[2], int(match[1]), "1")
    if match := _NAMED.fullmatch(body):
        return _serial(match[3], _month(match[2]), match[1])
    if match := _NAME_FIRST.fullmatch(body):
        return _serial(match[3], _month(match[1]), match[2])
    if match := _NAME_YEAR.fullmatch(body):
        return _serial(match[2], _month(match[1]), "1")
    return None


def _month(name: str) -> int:
    name = name.lower()
    names = _MONTHS if len(name) == 3 else _FULL
    return names.index(name) + 1 if name in names else 0


def _serial(year: str, month: int, day: str) -> float | None:
    y = int(year)
    if len(year) == 2:
        y += 2000 if y < 30 else 1900
    if (y, month, int(day)) == (1900, 2, 29):
        return 60.0
    try:
        date = dt.date(y, month, int(day))
    except ValueError:
        return None
    return to_serial(date) if y >= 1900 else None
