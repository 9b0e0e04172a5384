"""Calendar functions over numpy vectors of serial numbers: as ``fn_date``, all draws at once.

Takes finite numbers; NaN stands for an error. Days are counted with numpy's proleptic calendar, which agrees with
Excel's from 1 March 1900 on; before that Excel is a day behind, and its 29 February 1900 stands between.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np

from model.values import NEVER

_UNIX: Final = 25_569  # the serial number of 1 January 1970
_START: Final = 1970 * 12  # that month, counted from year 0
_MOST: Final = 1e7  # what DATE and EDATE take for months and days
_FEBRUARY_1900: Final = 1900 * 12 + 1


class _Parts(NamedTuple):
    month: np.ndarray  # counted from year 0: 12 × year + month - 1
    day: np.ndarray
    known: np.ndarray  # whether the serial number is a date


def _parts(serial: Any) -> _Parts:
    """Month and day of serial numbers; 0 is 0 January 1900 and 60 is 29 February 1900."""
    n = np.floor(np.atleast_1d(np.asarray(serial, float)))
    known = (n >= 0) & (n <= NEVER)
    n = np.where(known, n, 1.0).astype(np.int64)
    days = (n - _UNIX + (n < 60)).astype("M8[D]")
    months = days.astype("M8[M]")
    month = months.astype(np.int64) + _START
    day = (days - months.astype("M8[D]")).astype(np.int64) + 1
    day[n == 60] = 29
    month[n == 0], day[n == 0] = 1900 * 12, 0
    return _Parts(month, day, known)


def _first(month: np.ndarray) -> np.ndarray:
    """The serial number of the first of a month."""
    serial = (month - _START).astype("M8[M]").astype("M8[D]").astype(np.int64) + _UNIX
    return serial - (serial < 61)


def _length(month: np.ndarray) -> np.ndarray:
    """The days of a month, 29 in February 1900."""
    return _first(month + 1) - _first(month)


def _set(out: np.ndarray, value: Any, known: Any) -> np.ndarray:
    out[...] = np.where(known, value, np.nan)
    return out


def year(serial: Any, *, out: np.ndarray) -> np.ndarray:
    at = _parts(serial)
    return _set(out, at.month // 12, at.known)


def month(serial: Any, *, out: np.ndarray) -> np.ndarray:
    at = _parts(serial)
    return _set(out, at.month % 12 + 1, at.known)


def day(serial: Any, *, out: np.ndarray) -> np.ndarray:
    at = _parts(serial)
    return _set(out, at.day, at.known)


def date(years: Any, months: Any, days: Any, *, out: np.ndarray) -> np.ndarray:
    y, m, d = (np.trunc(np.asarray(v, float)) for v in (years, months, days))
    known = (y >= 0) & (y <= 9999) & (np.abs(m) <= _MOST) & (np.abs(d) <= _MOST)
    at = np.where(known, np.where(y < 1900, y + 1900, y) * 12 + m - 1, _START)
    known &= (at >= 12) & (at < 10_000 * 12)
    serial = _first(np.where(known, at, _START).astype(np.int64)) + d - 1
    return _set(out, serial, known & (serial >= 0) & (serial <= NEVER))


def _shifted(serial: Any, months: Any) -> _Parts:
    at, by = _parts(serial), np.trunc(np.asarray(months, float))
    there = at.month + np.where(np.abs(by) <= _MOST, by, _MOST)
    known = at.known & (there >= 1900 * 12) & (there < 10_000 * 12)
    return _Parts(np.where(known, there, _START).astype(np.int64), at.day, known)


def edate(serial: Any, months: Any, *, out: np.ndarray) -> np.ndarray:
    at = _shifted(serial, months)
    there = _first(at.month) + np.minimum(at.day, _length(at.month)) - 1
    return _set(out, there, at.known & (there >= 0))


def eomonth(serial: Any, months: Any, *, out: np.ndarray) -> np.ndarray:
    at = _shifted(serial, months)
    return _set(out, _first(at.month + 1) - 1, at.known)


def days(end: Any, start: Any, *, out: np.ndarray) -> np.ndarray:
    a, b = np.floor(start), np.floor(end)
    return _set(out, b - a, (a >= 0) & (a <= NEVER) & (b >= 0) & (b <= NEVER))


def yearfrac(start: Any, end: Any, basis: Any = 0.0, *, out: np.ndarray) -> np.ndarray:
    a, b = np.broadcast_arrays(np.floor(start), np.floor(end))
    first, last = np.atleast_1d(np.minimum(a, b)), np.atleast_1d(np.maximum(a, b))
    p, q = _parts(first), _parts(last)
    kind = np.broadcast_to(np.where(np.asarray(basis) < 0, -1.0, np.trunc(basis)), out.shape)
    out[...] = np.nan
    for k in np.unique(kind).tolist():
        if k in _BASES:
            here = kind == k
            np.copyto(out, np.broadcast_to(_BASES[k](p, q, last - first), out.shape), where=here)
    return _set(out, out, p.known & q.known)


def _us(p: _Parts, q: _Parts, _: np.ndarray) -> np.ndarray:
    d1, d2 = p.day, q.day
    february_1 = (p.month % 12 == 1) & (d1 == _length(p.month))
    february_2 = (q.month % 12 == 1) & (d2 == _length(q.month))
    d2 = np.where(((d1 >= 30) & (d2 == 31)) | (february_1 & february_2), 30, d2)
    d1 = np.where((d1 == 31) | february_1, 30, d1)
    return np.asarray(((q.month - p.month) * 30 + d2 - d1) / 360)


def _european(p: _Parts, q: _Parts, _: np.ndarray) -> np.ndarray:
    return np.asarray(((q.month - p.month) * 30 + np.minimum(q.day, 30) - np.minimum(p.day, 30)) / 360)


def _leap(year: np.ndarray) -> np.ndarray:
    return np.asarray((year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0)))


def _actual(p: _Parts, q: _Parts, days: np.ndarray) -> np.ndarray:
    """Over Excel's year: up to one, 366 days if a 29 February is concerned; beyond, the average of the years touched."""
    y1, y2 = p.month // 12, q.month // 12
    from_, to = p.month % 12 * 100 + p.day, q.month % 12 * 100 + q.day  # month counted from 0, and day
    within = (_leap(y1) & (from_ < 201)) | (_leap(y2) & (to >= 129))
    new_year = [(y * 12 - _START).astype("M8[M]").astype("M8[D]").astype(np.int64) for y in (y1, y2 + 1)]
    average = (new_year[1] - new_year[0]) / (y2 - y1 + 1)
    short = np.where(y1 == y2, _leap(y1), within)
    up_to_one = (y1 == y2) | ((y2 == y1 + 1) & (from_ >= to))
    return np.asarray(days / np.where(up_to_one, np.where(short, 366, 365), average))


_BASES: Final[dict[float, Callable[[_Parts, _Parts, np.ndarray], np.ndarray]]] = {
    0.0: _us,
    1.0: _actual,
    2.0: lambda p, q, days: days / 360,
    3.0: lambda p, q, days: days / 365,
    4.0: _european,
}

FORMS: Final[dict[str, Callable[..., np.ndarray]]] = {
    "year": year, "month": month, "day": day, "date": date, "edate": edate, "eomonth": eomonth, "days": days, "yearfrac": yearfrac,
}  # fmt: skip
