"""Functions over numpy vectors that are not one ufunc, and access to ranges whose cells may be vectors.

A number is a float or a float array with NaN for an error; overflow (inf) is turned into NaN where a
line ends. Where only few draws need care (halves to round, powers of negatives), those go through the
live form. Imports numpy: only the vector form of a program may import this module.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from model.formula.coerce import is_number, num_eq, num_le, num_lt, raise_to
from model.formula.fn_angle import LARGEST_ANGLE
from model.formula.functions import FUNCTIONS
from model.values import ErrorValue

Item = Any  # float, float array, or a cell that is no number


def by_element(live: Callable[..., Any], *args: Any) -> np.ndarray:
    """The live form draw by draw (slow): errors become NaN."""
    return np.asarray(np.frompyfunc(lambda *xs: _float(live(*xs)), len(args), 1)(*args), dtype=float)


def _float(v: Any) -> float:
    return math.nan if isinstance(v, ErrorValue) else float(v or 0.0)


def fix(out: np.ndarray, where: np.ndarray, live: Callable[..., Any], *args: Any) -> np.ndarray:
    """Redo some draws with the live form: a mask, or their places."""
    for k in np.nonzero(where)[0] if where.dtype == bool else where:
        out[k] = _float(live(*[float(a[k]) if isinstance(a, np.ndarray) else a for a in args]))
    return out


def log_of(a: np.ndarray, out: np.ndarray) -> np.ndarray | None:
    """The logarithm of a base that many powers share; None where a draw is not positive and finite."""
    return np.log(a, out=out) if (a > 0).all() and np.isfinite(a).all() else None


def power(a: Any, b: Any, out: np.ndarray, log: np.ndarray | None = None) -> np.ndarray:
    """``a ^ b``; what is not a positive base goes through the live form. With the logarithm of ``a`` it is an
    exponential, a third of the cost, off by some 1e-16 of the exponent at most."""
    if log is not None:
        np.multiply(log, b, out=out)
        return np.exp(out, out=out)
    np.power(a, b, out=out)
    if isinstance(a, np.ndarray):
        odd = a <= 0
        if odd.any():
            fix(out, odd, _raise, a, b)
    elif not a > 0:
        fix(out, np.ones(len(out), bool), _raise, a, b)
    return out


def _raise(x: float, y: float) -> Any:
    return raise_to(x, y) if x - x == 0 and y - y == 0 else math.nan


def rounded(name: str) -> Callable[..., np.ndarray]:
    """ROUND, ROUNDUP, ROUNDDOWN, TRUNC to a number of digits that no draw touches."""
    live = FUNCTIONS[name].live
    finish = {"ROUND": np.floor, "ROUNDUP": np.ceil}.get(name, np.floor)
    half = 0.5 if name == "ROUND" else 0.0

    def form(x: Any, digits: Any = 0.0, *, out: np.ndarray) -> np.ndarray:
        if isinstance(digits, np.ndarray) or not isinstance(x, np.ndarray) or not -300 < digits < 300:
            out[:] = by_element(live, x, digits)
            return out
        n = int(digits)
        scale = 10.0 ** abs(n)
        np.abs(x, out=out)
        t = out * scale if n >= 0 else out / scale
        sliver = _snap(t)
        if half:
            t += half
        finish(t, out=t)
        large = ~(np.abs(x) * (scale if n >= 0 else 1 / scale) < 1e15)  # nothing behind the wanted digits, or no number
        np.divide(t, scale, out=out) if n >= 0 else np.multiply(t, scale, out=out)
        np.copysign(out, x, out=out)
        if large.any():
            np.copyto(out, x, where=large)
        return fix(out, sliver, live, x, digits) if len(sliver) else out

    return form


def _snap(t: np.ndarray) -> np.ndarray:
    """Make whole or a half, in place, what is so at 15 digits; the places where only the live form can tell."""
    near = t * 2
    near -= np.rint(near)
    close = np.nonzero((near != 0) & (np.abs(near) <= 4e-14 * t))[0]
    if not len(close):
        return close
    some = t[close]
    half = np.rint(some * 2) / 2
    unit = 10.0 ** (np.floor(np.log10(some)) - 14)
    distance = np.abs(some - half) / unit
    t[close] = np.where(distance < 0.5, half, some)
    unsure: np.ndarray = close[np.abs(distance - 0.5) < 1e-3]
    return unsure


def modulo(x: Any, d: Any, *, out: np.ndarray) -> np.ndarray:
    """MOD; a zero divisor and a huge quotient go through the live form."""
    odd = ~(np.abs(np.divide(x, d)) < 2**40)
    np.fmod(x, d, out=out)
    other = (out != 0) & ((out < 0) != (np.asarray(d) < 0))
    np.add(out, d, out=out, where=other)
    np.copyto(out, 0.0, where=out == d)
    return fix(out, odd, FUNCTIONS["MOD"].live, x, d) if odd.any() else out


def multiple(name: str, finish: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """CEILING and FLOOR."""
    live = FUNCTIONS[name].live

    def form(x: Any, step: Any, *, out: np.ndarray) -> np.ndarray:
        np.divide(x, step, out=out)
        t = np.abs(out)
        sliver = _snap(t)
        finish(np.copysign(t, out, out=out), out=out)
        np.multiply(out, step, out=out)
        zero, flat = np.asarray(x) == 0, np.asarray(step) == 0
        np.copyto(out, math.nan, where=(np.asarray(x) > 0) & (np.asarray(step) < 0))
        np.copyto(out, 0.0 if name == "CEILING" else math.nan, where=flat)
        np.copyto(out, 0.0, where=zero)
        return fix(out, sliver, live, x, step) if len(sliver) else out

    return form


def multiple_of_size(name: str) -> Callable[..., np.ndarray]:
    """CEILING.MATH and FLOOR.MATH: by the size of the multiple, and away from zero where a mode says so."""
    inner = FORMS[name]

    def form(x: Any, step: Any = 1.0, mode: Any = 0.0, *, out: np.ndarray) -> np.ndarray:
        size = np.abs(step)
        away = (np.asarray(x) < 0) & (np.asarray(mode) != 0)
        inner(x, np.where(away, -size, size), out=out)
        np.copyto(out, 0.0, where=size == 0)
        return out

    return form


def nearest_multiple(x: Any, step: Any, *, out: np.ndarray) -> np.ndarray:
    """MROUND."""
    x, step = np.asarray(x), np.asarray(step)
    np.divide(x, step, out=out)
    out += 0.5
    np.floor(out, out=out)
    out *= step
    np.copyto(out, math.nan, where=(x < 0) != (step < 0))
    np.copyto(out, 0.0, where=(x == 0) | (step == 0))
    return out


def logarithm(x: Any, base: Any = 10.0, *, out: np.ndarray) -> np.ndarray:
    """LOG to any base."""
    x, base = np.asarray(x), np.asarray(base)
    np.divide(np.log(x), np.log(base), out=out)
    np.copyto(out, np.log10(x), where=base == 10)
    np.copyto(out, math.nan, where=(x <= 0) | (base <= 0) | (base == 1))
    return out


def of_angle(ufunc: Any) -> Callable[..., np.ndarray]:
    """SIN, COS and TAN, up to the angle that is still told from another."""

    def form(x: Any, *, out: np.ndarray) -> np.ndarray:
        ufunc(x, out=out)
        np.copyto(out, math.nan, where=np.abs(x) >= LARGEST_ANGLE)
        return out

    return form


def angle_of(x: Any, y: Any, *, out: np.ndarray) -> np.ndarray:
    """ATAN2."""
    np.arctan2(y, x, out=out)
    np.copyto(out, math.nan, where=(np.asarray(x) == 0) & (np.asarray(y) == 0))
    return out


def radians(x: Any, *, out: np.ndarray) -> np.ndarray:
    np.divide(x, 180, out=out)
    return np.multiply(out, math.pi, out=out)


def degrees(x: Any, *, out: np.ndarray) -> np.ndarray:
    np.divide(x, math.pi, out=out)
    return np.multiply(out, 180, out=out)


def put(out: np.ndarray, value: Any, mask: np.ndarray) -> None:
    """The value where the mask holds. Copying by a mask is quick where nearly all or none are copied; a mask without a
    pattern makes the processor guess wrongly, and choosing into fresh memory takes a quarter of the time."""
    held, n = np.count_nonzero(mask), len(mask)
    if n < 16 * held < 15 * n:
        out[...] = np.where(mask, value, out)
    elif held:
        np.copyto(out, value, where=mask)


def each(name: str, out: np.ndarray, *args: Any) -> np.ndarray:
    """A function of numbers that has only its live form, draw by draw."""
    out[...] = by_element(FUNCTIONS[name].live, *args)
    return out


#: what ``Function.vector`` may name besides a ufunc of numpy and the forms of dates and annuities
FORMS: dict[str, Callable[..., np.ndarray]] = {
    "modulo": modulo,
    **{name.lower(): rounded(name) for name in ("ROUND", "ROUNDUP", "ROUNDDOWN", "TRUNC")},
    "ceiling": multiple("CEILING", np.ceil), "floor_to": multiple("FLOOR", np.floor), "mround": nearest_multiple,
    "logarithm": logarithm, "sin": of_angle(np.sin), "cos": of_angle(np.cos), "tan": of_angle(np.tan), "atan2": angle_of,
    "radians": radians, "degrees": degrees,
}  # fmt: skip
FORMS["ceiling_math"] = multiple_of_size("ceiling")
FORMS["floor_math"] = multiple_of_size("floor_to")


# -- comparison at 15 digits ----------------------------------------------------------------------------

_LIVE = {"=": num_eq, "<": num_lt, "<=": num_le}
_EXACT = {"=": np.equal, "<": np.less, "<=": np.less_equal}
_BELOW, _ABOVE = 1 - 3e-14, 1 + 3e-14


def compare(op: str, a: Any, b: Any, out: np.ndarray, other: np.ndarray, scratch: np.ndarray | None) -> np.ndarray:
    """``=``, ``<`` or ``<=`` of finite numbers at 15 digits: on both sides of a margin, and where the answers differ,
    one by one. ``other`` (booleans) and ``scratch`` (numbers; None where a or b is one number) are overwritten."""
    order = np.less if op == "=" else _EXACT[op]
    if not isinstance(a, np.ndarray):
        order(a * _BELOW, b, out=out)
        order(a * _ABOVE, b, out=other)
    elif not isinstance(b, np.ndarray):
        order(a, b * _BELOW, out=out)
        order(a, b * _ABOVE, out=other)
    else:
        order(np.multiply(a, _BELOW, out=scratch), b, out=out)
        order(np.multiply(a, _ABOVE, out=scratch), b, out=other)
    np.not_equal(out, other, out=other)
    if op == "=":
        np.equal(a, b, out=out)
    if other.any():
        _settle(op, a, b, out, np.nonzero(other)[0])
    return out


def _settle(op: str, a: Any, b: Any, out: np.ndarray, near: np.ndarray) -> None:
    """The exact answer for numbers that are equal, the live one for the few that nearly are."""
    x, y = (v[near] if isinstance(v, np.ndarray) else np.full(len(near), v) for v in (a, b))
    same = x == y
    out[near[same]] = op != "<"
    live = _LIVE[op]
    for k, p, q in zip(near[~same].tolist(), x[~same].tolist(), y[~same].tolist(), strict=True):
        if math.isfinite(p) and math.isfinite(q):  # else the draw is marked already
            out[k] = live(p, q)


# -- ranges ---------------------------------------------------------------------------------------------


def numbers(items: Sequence[Item]) -> list[Item]:
    """The numbers among cells of a range, an error as NaN."""
    found: list[Item] = []
    for v in items:
        if isinstance(v, np.ndarray):
            found.append(v)
        elif isinstance(v, ErrorValue):
            found.append(math.nan)
        elif is_number(v):
            found.append(float(v))
    return found


def total(items: Sequence[Item], out: np.ndarray) -> np.ndarray:
    """The sum from left to right."""
    if isinstance(items, np.ndarray):
        return np.add.reduce(items, axis=0, out=out) if len(items) else _fill(out, 0.0)
    _fill(out, 0.0)
    for v in numbers(items):
        out += v
    return out


def product(items: Sequence[Item], out: np.ndarray) -> np.ndarray:
    found = numbers(items)
    _fill(out, 1.0 if found else 0.0)
    for v in found:
        out *= v
    return out


def extreme(ufunc: Any) -> Callable[[Sequence[Item], np.ndarray], np.ndarray]:
    """MIN and MAX; 0 where there is no number."""

    def form(items: Sequence[Item], out: np.ndarray) -> np.ndarray:
        found = items if isinstance(items, np.ndarray) else numbers(items)
        if not len(found):
            return _fill(out, 0.0)
        _fill(out, found[0])
        for v in found[1:]:
            ufunc(out, v, out=out)
        return out

    return form


def average(items: Sequence[Item], out: np.ndarray) -> np.ndarray:
    n = len(items) if isinstance(items, np.ndarray) else len(numbers(items))
    if not n:
        return _fill(out, math.nan)
    total(items, out)
    out /= n
    return out


def _fill(out: np.ndarray, value: Any) -> np.ndarray:
    out[...] = value
    return out


RANGES: dict[str, Callable[[Sequence[Item], np.ndarray], np.ndarray]] = {
    "SUM": total,
    "PRODUCT": product,
    "MIN": extreme(np.minimum),
    "MAX": extreme(np.maximum),
    "AVERAGE": average,
}


def pick(items: Sequence[Item], place: Any, out: np.ndarray, bad: np.ndarray) -> np.ndarray:
    """INDEX at a place that may differ by draw; outside it is NaN. Place 0, the whole range, is left to the live engine."""
    if not isinstance(place, np.ndarray):
        at = int(place) if place == place else 0
        return _fill(out, _item(items[at - 1]) if 1 <= at <= len(items) else math.nan)
    _fill(out, math.nan)
    n = np.nan_to_num(place, nan=-1.0).astype(np.int64)
    bad |= n == 0
    if isinstance(items, np.ndarray):
        inside = np.nonzero((n >= 1) & (n <= len(items)))[0]
        out[inside] = items[n[inside] - 1, inside]
        return out
    for k in np.unique(n).tolist():
        if 1 <= k <= len(items):
            here = n == k
            v = _item(items[k - 1])
            out[here] = v[here] if isinstance(v, np.ndarray) else v
    return out


def _item(v: Item) -> Any:
    if v is None:
        return 0.0
    if isinstance(v, np.ndarray):
        return v
    return math.nan if isinstance(v, (ErrorValue, str)) else float(v)


def place_in(values: np.ndarray, rising: np.ndarray, out: np.ndarray) -> np.ndarray:
    """MATCH of type 1 in rising numbers that no draw touches."""
    out[...] = np.searchsorted(rising, values, side="right")
    out[(out == 0) | np.isnan(values)] = math.nan
    return out


def same_in(values: np.ndarray, rising: Sequence[float], places: Sequence[float], out: np.ndarray) -> np.ndarray:
    """MATCH of type 0 among numbers that no draw touches, to the last bit: the place of the first of each."""
    out[...] = math.nan
    if len(rising):
        at = np.minimum(np.searchsorted(rising, values), len(rising) - 1)
        np.copyto(out, np.asarray(places)[at], where=np.asarray(rising)[at] == values)
    return out


# -- calendar years ---------------------------------------------------------------------------------------


def since(years: Sequence[float], i: int, span: float) -> int:
    """The first period of the last ``span`` calendar years up to this one."""
    floor = years[i] - span
    j = i
    while j >= 0 and years[j] > floor:
        j -= 1
    return j + 1


def of_years(rows: Sequence[Item], years: Sequence[float], i: int, span: np.ndarray, out: np.ndarray) -> np.ndarray:
    """The sum of a line over the last years up to period ``i``, how many of them may differ by draw."""
    out[...] = 0.0
    floor = years[i] - span
    for j in range(i + 1):
        inside = floor < years[j]
        if inside.any():
            np.add(out, rows[j], out=out, where=inside)
    return out
