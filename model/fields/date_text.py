"""Dates as people write them. Day before month; what could be read in two ways is refused.

A month without a day means its last day: "Dec 2027" is 31 December 2027.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from model.problems import Refused, refuse

_ENGLISH: Final = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_GERMAN: Final = (
    "januar", "februar", "märz", "april", "mai", "juni",
    "juli", "august", "september", "oktober", "november", "dezember",
)  # fmt: skip
_MONTHS: Final = {name: n for names in (_ENGLISH, _GERMAN) for n, name in enumerate(names, 1)} | {"maerz": 3, "sept": 9}
MONTH_ABBREVIATIONS: Final = tuple(name[:3].capitalize() for name in _ENGLISH)
FIRST: Final = dt.date(1900, 1, 1)

_YMD: Final = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})(?:[t ]00:00(?::00(?:\.0+)?)?)?", re.ASCII)
_XYY: Final = re.compile(r"([0-9]{1,2})\s*([-/.])\s*([0-9]{1,2})\s*\2\s*([0-9]{4})", re.ASCII)
_YM: Final = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})|([0-9]{1,2})[/.]([0-9]{4})", re.ASCII)
_D_MONTH_Y: Final = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th|\.)?[\s-]*([a-zä]+)\.?[\s,-]*([0-9]{4})", re.ASCII)
_MONTH_D_Y: Final = re.compile(r"([a-zä]+)\.?\s*([0-9]{1,2})(?:st|nd|rd|th)?,?\s+([0-9]{4})", re.ASCII)
_MONTH_Y: Final = re.compile(r"([a-zä]+)\.?[\s-]*([0-9]{4})", re.ASCII)
_SHORT_YEAR: Final = re.compile(r"[0-9]{1,2}[-/. ]+([0-9]{1,2}|[a-z]+)[-/. ]+[0-9]{2}", re.ASCII)


def last_day(year: int, month: int) -> dt.date:
    """The last day of a month."""
    return dt.date(year, 12, 31) if month == 12 else dt.date(year, month + 1, 1) - dt.timedelta(1)


def read_date(written: str) -> dt.date:
    """Read a date; refuse ambiguity, two-digit years and days that do not exist."""
    text = " ".join(written.split()).casefold()
    if len(text) > 40:
        raise _no_date(written)
    if m := _YMD.fullmatch(text):
        return _day(int(m[1]), int(m[3]), int(m[4]), written)
    if m := _XYY.fullmatch(text):
        return _numeric(int(m[1]), m[2], int(m[3]), int(m[4]), written)
    if m := _YM.fullmatch(text):
        return _month_end(int(m[1] or m[4]), int(m[2] or m[3]), written)
    if m := _D_MONTH_Y.fullmatch(text):
        return _day(int(m[3]), _month(m[2], written), int(m[1]), written)
    if m := _MONTH_D_Y.fullmatch(text):
        return _day(int(m[3]), _month(m[1], written), int(m[2]), written)
    if m := _MONTH_Y.fullmatch(text):
        return _month_end(int(m[2]), _month(m[1], written), written)
    if _SHORT_YEAR.fullmatch(text):
        raise refuse("", f"the year of “{written.strip()}” has two digits.", "Write the year with four digits.")
    if re.fullmatch(r"[0-9]{4}", text, re.ASCII):
        raise refuse("", f"“{text}” is a year, not a day.", f"Write the day, such as {text}-12-31.")
    raise _no_date(written)


def _numeric(first: int, mark: str, second: int, year: int, written: str) -> dt.date:
    """Day first. With slashes or dashes both orders are in use, so days up to 12 are refused unless equal."""
    if mark == "." or first == second or first > 12:
        return _day(year, second, first, written)
    if second > 12:
        return _day(year, first, second, written)
    this, that = f"{year:04}-{second:02}-{first:02}", f"{year:04}-{first:02}-{second:02}"
    raise refuse("", f"“{written.strip()}” can be read in two ways.", f"Write {this} or {that}.")


def _month(name: str, written: str) -> int:
    hits = {n for month, n in _MONTHS.items() if month == name or (len(name) >= 3 and month.startswith(name))}
    if len(hits) != 1:
        raise refuse("", f"“{name}” in “{written.strip()}” is not a month.", "Write Jan to Dec.")
    return hits.pop()


def _month_end(year: int, month: int, written: str) -> dt.date:
    if not 1 <= month <= 12 or not 1 <= year <= 9999:
        raise _no_date(written)
    return in_range(last_day(year, month))


def _day(year: int, month: int, day: int, written: str) -> dt.date:
    try:
        return in_range(dt.date(year, month, day))
    except ValueError:
        raise refuse("", f"there is no day “{written.strip()}”.", "Write a day such as 31.12.2032.") from None


def in_range(day: dt.date) -> dt.date:
    """Refuse days before Excel's calendar begins."""
    if day < FIRST:
        raise refuse("", f"{day.isoformat()} is before 1900, where Excel's calendar begins.", "Write a later date.")
    return day


def _no_date(written: str) -> Refused:
    shown = written.strip()
    shown = shown if len(shown) <= 40 else shown[:39] + "…"
    return refuse("", f"“{shown}” is not a date.", "Write 31.12.2027, 2027-12-31 or Dec 2027, or “not yet”.")


def show_date(day: dt.date) -> str:
    """``28 Oct 2025``, in English whatever the machine's language."""
    return f"{day.day} {MONTH_ABBREVIATIONS[day.month - 1]} {day.year}"
