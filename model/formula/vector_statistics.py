"""Statistics over ranges whose cells may be vectors: as ``fn_statistics``, all draws at once.

``items`` are the cells of a range: a matrix (cells, draws), or a list of vectors and of values that no draw touches.
Numbers alone count; NaN stands for an error and is the result of any statistic that meets it.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from model.formula.coerce import is_number
from model.formula.vector_forms import Item, compare, numbers
from model.values import ErrorValue

Items = Sequence[Item]
_NONE: Final = np.nan


def _stack(items: Items, n: int) -> np.ndarray:
    """The numbers among the cells as a matrix (numbers, draws)."""
    if isinstance(items, np.ndarray):
        return items
    found = [np.broadcast_to(v, n) for v in numbers(items)]
    return np.stack(found) if found else np.empty((0, n))


def _sum(xs: np.ndarray) -> np.ndarray:
    """From left to right; what is too large is an error, also where a division would bring it back."""
    result: np.ndarray = np.add.reduce(xs, axis=0)
    result[np.isinf(result)] = _NONE
    return result


def _mean(xs: np.ndarray) -> np.ndarray:
    return np.asarray(_sum(xs) / len(xs))


def _squares(xs: np.ndarray) -> np.ndarray:
    return _sum((xs - _mean(xs)) ** 2)


def _over(least: int, compute: Callable[[np.ndarray], Any]) -> Callable[[Items, np.ndarray], np.ndarray]:
    """A statistic of at least so many numbers; of fewer it is an error."""

    def form(items: Items, out: np.ndarray) -> np.ndarray:
        xs = _stack(items, len(out))
        out[...] = compute(xs) if len(xs) >= least else _NONE
        return out

    return form


def _varying(least: int, compute: Callable[[np.ndarray, np.ndarray], Any]) -> Callable[[np.ndarray], np.ndarray]:
    """A statistic of the numbers' distances from their mean in standard deviations; all the same is an error."""

    def of(xs: np.ndarray) -> np.ndarray:
        spread = np.sqrt(_squares(xs) / (len(xs) - 1))
        same = np.minimum.reduce(xs, axis=0) == np.maximum.reduce(xs, axis=0)
        return np.where(same, _NONE, compute(xs, (xs - _mean(xs)) / np.where(same, 1.0, spread)))

    return of


def _skew(xs: np.ndarray, z: np.ndarray) -> Any:
    n = len(xs)
    return n / ((n - 1) * (n - 2)) * _sum(z**3)


def _kurt(xs: np.ndarray, z: np.ndarray) -> Any:
    n = len(xs)
    fourth = _sum(z**4)
    return n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * fourth - 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))


def _geomean(xs: np.ndarray) -> Any:
    positive = np.logical_and.reduce(xs > 0, axis=0)
    held = np.where(positive, xs, _NONE)
    size = np.multiply.reduce(held, axis=0)
    plain = (size > 1e-290) & (size < 1e290)
    logs = np.add.reduce(np.log(held), axis=0) / len(xs)
    return np.where(plain, np.power(np.where(plain, size, 1.0), 1 / len(xs)), np.exp(logs))


def _harmean(xs: np.ndarray) -> Any:
    return len(xs) / np.add.reduce(1 / np.where(xs > 0, xs, _NONE), axis=0)


def _sorted(items: Items, n: int) -> np.ndarray:
    """Rising in every draw; a draw with an error is NaN throughout."""
    xs = np.sort(_stack(items, n), axis=0)
    if len(xs):
        xs[:, np.isnan(xs[-1])] = _NONE
    return xs


def _quantile(ordered: np.ndarray, share: Any) -> np.ndarray:
    place = np.broadcast_to(share * (len(ordered) - 1.0), ordered.shape[1:])
    below = np.floor(place)
    part = place - below
    at = below.astype(np.int64)
    low = np.take_along_axis(ordered, at[None], 0)[0]
    high = np.take_along_axis(ordered, np.minimum(at + 1, len(ordered) - 1)[None], 0)[0]
    between = np.where(part == 0.5, (low + high) / 2, low + part * (high - low))
    return np.where(part == 0, low, between)


def median(items: Items, out: np.ndarray) -> np.ndarray:
    return percentile(items, 0.5, out)


def percentile(items: Items, share: Any, out: np.ndarray) -> np.ndarray:
    """PERCENTILE at shares from 0 to 1."""
    xs = _sorted(items, len(out))
    inside = (np.asarray(share) >= 0) & (np.asarray(share) <= 1)
    out[...] = np.where(inside, _quantile(xs, np.where(inside, share, 0.0)), _NONE) if len(xs) else _NONE
    return out


def quartile(items: Items, quarter: Any, out: np.ndarray) -> np.ndarray:
    q = np.trunc(np.clip(quarter, -9.0, 9.0))
    return percentile(items, np.where(q < 0, -1.0, q / 4), out)


def _at(items: Items, place: Any, largest: bool, out: np.ndarray) -> np.ndarray:
    xs = _sorted(items, len(out))
    k = np.broadcast_to(np.asarray(place, float), out.shape)
    inside = (k >= 1) & (k <= len(xs) if largest else k < len(xs) + 1)
    if not len(xs):
        out[...] = _NONE
        return out
    at = np.where(inside, len(xs) - np.ceil(k) if largest else np.trunc(k) - 1, 0).astype(np.int64)
    out[...] = np.where(inside, np.take_along_axis(xs, at[None], 0)[0], _NONE)
    return out


def large(items: Items, place: Any, out: np.ndarray) -> np.ndarray:
    return _at(items, place, True, out)


def small(items: Items, place: Any, out: np.ndarray) -> np.ndarray:
    return _at(items, place, False, out)


def count(items: Items, out: np.ndarray) -> np.ndarray:
    """How many cells hold a number; an error is none."""
    out[...] = 0.0
    for v in items:
        out += np.isfinite(v) if isinstance(v, np.ndarray) else float(is_number(v) and v == v)
    return out


def counta(items: Items, out: np.ndarray) -> np.ndarray:
    """How many cells hold anything, an error too."""
    out[...] = float(sum(v is not None for v in items))
    return out


RANGES: Final[dict[str, Callable[[Items, np.ndarray], np.ndarray]]] = {
    "MEDIAN": median,
    "COUNT": count,
    "COUNTA": counta,
    "STDEV": _over(2, lambda xs: np.sqrt(_squares(xs) / (len(xs) - 1))),
    "STDEVP": _over(1, lambda xs: np.sqrt(_squares(xs) / len(xs))),
    "VAR": _over(2, lambda xs: _squares(xs) / (len(xs) - 1)),
    "VARP": _over(1, lambda xs: _squares(xs) / len(xs)),
    "SUMSQ": _over(0, lambda xs: _sum(xs * xs)),
    "DEVSQ": _over(1, _squares),
    "AVEDEV": _over(1, lambda xs: _sum(np.abs(xs - _mean(xs))) / len(xs)),
    "GEOMEAN": _over(1, _geomean),
    "HARMEAN": _over(1, _harmean),
    "SKEW": _over(3, _varying(3, _skew)),
    "KURT": _over(4, _varying(4, _kurt)),
}

#: statistics of a range and one number
PLACES: Final[dict[str, Callable[[Items, Any, np.ndarray], np.ndarray]]] = {
    "PERCENTILE": percentile,
    "QUARTILE": quartile,
    "LARGE": large,
    "SMALL": small,
}


# -- two ranges -----------------------------------------------------------------------------------------


def _moments(first: Items, second: Items, out: np.ndarray) -> tuple[int, Any, Any, Any, Any, Any] | None:
    """As ``fn_statistics``: count, averages, and the sums of squares and products about them, over the places where both
    hold numbers; None where there is no such place or the ranges differ in length. An error anywhere is NaN."""
    if len(first) != len(second):
        return None
    wrong = np.zeros(len(out), bool)
    pairs = []
    for a, b in zip(first, second, strict=True):
        for v in (a, b):
            wrong |= np.isnan(v) if isinstance(v, np.ndarray) else isinstance(v, ErrorValue) or v != v
        if all(isinstance(v, np.ndarray) or is_number(v) for v in (a, b)):
            pairs.append((a, b))
    if not pairs:
        return None
    xs, ys = (np.stack([np.broadcast_to(pair[k], len(out)) for pair in pairs]) for k in (0, 1))
    mx, my = _mean(xs), _mean(ys)
    mx = np.where(wrong, _NONE, mx)
    xx, yy = _sum((xs - mx) ** 2), _sum((ys - my) ** 2)
    return len(pairs), mx, my, xx, yy, _sum((xs - mx) * (ys - my)) + 0 * xx + 0 * yy


def _paired(compute: Callable[..., Any]) -> Callable[..., np.ndarray]:
    def form(first: Items, second: Items, out: np.ndarray) -> np.ndarray:
        found = _moments(first, second, out)
        out[...] = _NONE if found is None else compute(*found)
        return out

    return form


def _divided(a: Any, b: Any) -> Any:
    return np.where(b == 0, _NONE, a / np.where(b == 0, 1.0, b))


def _correl(n: int, mx: Any, my: Any, xx: Any, yy: Any, xy: Any) -> Any:
    return _divided(xy, np.sqrt(xx * yy))


def _slope(n: int, my: Any, mx: Any, yy: Any, xx: Any, xy: Any) -> Any:
    """Of the second range's numbers, the xs."""
    return _divided(xy, xx)


def _intercept(n: int, my: Any, mx: Any, yy: Any, xx: Any, xy: Any) -> Any:
    return my - _divided(xy, xx) * mx


def _steyx(n: int, my: Any, mx: Any, yy: Any, xx: Any, xy: Any) -> Any:
    left = yy - _divided(xy * xy, xx)
    return np.sqrt(np.maximum(0.0, left) / (n - 2)) if n > 2 else _NONE


PAIRS: Final[dict[str, Callable[..., np.ndarray]]] = {
    "CORREL": _paired(_correl),
    "RSQ": _paired(lambda *m: _correl(*m) ** 2),
    "COVAR": _paired(lambda n, mx, my, xx, yy, xy: xy / n),
    "SLOPE": _paired(_slope),
    "INTERCEPT": _paired(_intercept),
    "STEYX": _paired(_steyx),
}


# -- flows ----------------------------------------------------------------------------------------------


def present_value(rate: Any, items: Items, out: np.ndarray) -> np.ndarray:
    """NPV: flows one period apart, the first a period from now."""
    factor = np.ones(len(out))
    out[...] = np.where(np.asarray(rate) == -1, _NONE, 0.0)
    for v in numbers(items):
        factor *= 1 + np.asarray(rate)
        out += v / factor
    out[np.isinf(factor)] = _NONE
    return out


def dated_value(rate: Any, items: Items, years: Sequence[float], out: np.ndarray) -> np.ndarray:
    """XNPV: flows so many years after the first one."""
    out[...] = np.where(np.asarray(rate) > 0, 0.0, _NONE)
    for v, t in zip(items, years, strict=True):
        factor = np.power(1 + np.asarray(rate), t)
        out += v / np.where(np.isinf(factor), _NONE, factor)
    return out


# -- totals by criterion --------------------------------------------------------------------------------


_EXACT: Final = {
    "=": np.equal, "<>": np.not_equal, "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
}  # fmt: skip
Asked = tuple[str, Any] | bool
Mask = Any  # a bool, or a vector of them


def met(items: Items, asked: Asked, test: Callable[[Any], bool] | None, whole: bool = False) -> list[Mask]:
    """Which cells meet a criterion: ``asked`` of numbers, an operator and a bound that may be a vector; ``test`` of cells
    that no draw touches, without one they are compared with the bound. ``whole`` numbers on both sides need no 15 digits."""
    return [
        asked if isinstance(v, np.ndarray) and isinstance(asked, bool)
        else test(v) if test is not None and not isinstance(v, np.ndarray)
        else _against(v, *asked, whole) if isinstance(v, np.ndarray) or is_number(v)  # type: ignore[misc, call-arg]
        else asked[0] == "<>"  # type: ignore[index]
        for v in items
    ]  # fmt: skip


def _against(v: Any, op: str, bound: Any, whole: bool) -> Mask:
    if whole:
        return _EXACT[op](v, bound)
    if op == ">" or op == ">=":
        return _against(bound, op.replace(">", "<"), v, False)
    n = max(np.size(v), np.size(bound))
    out, other, scratch = np.empty(n, bool), np.empty(n, bool), np.empty(n)
    compare("=" if op == "<>" else op, v, bound, out, other, scratch)
    return np.logical_not(out, out=out) if op == "<>" else out


def both(*masks: Sequence[Mask]) -> list[Mask]:
    """Which places meet every criterion."""
    return [functools.reduce(np.logical_and, place) for place in zip(*masks, strict=True)]


def by_criterion(name: str, values: Items, masks: Sequence[Any], out: np.ndarray) -> np.ndarray:
    """SUM, COUNT, AVERAGE, MIN or MAX of the cells whose place meets the criteria. ``masks`` has for every place a bool,
    or a vector of them; cells that hold no number are passed over."""
    hit, scratch = np.zeros(len(out)), np.empty(len(out))
    ufunc = {"MIN": np.minimum, "MAX": np.maximum}.get(name, np.add)
    out[...] = {"MIN": math.inf, "MAX": -math.inf}.get(name, 0.0)
    for v, mask in zip(values, masks, strict=True):
        if not isinstance(mask, np.ndarray) and not mask:
            continue
        if name == "COUNT":
            out += mask
            continue
        if isinstance(v, ErrorValue):
            v = _NONE
        elif not isinstance(v, np.ndarray) and not is_number(v):
            continue
        if name != "SUM":
            hit += mask
        if ufunc is np.add and math.isfinite(np.add.reduce(v) if isinstance(v, np.ndarray) else v):
            out += np.multiply(v, mask, out=scratch)  # several times as fast as adding by a mask
        else:
            ufunc(out, v, out=out, where=mask)
    if name == "AVERAGE":
        np.divide(out, hit, out=out)
        out[hit == 0] = _NONE
    elif name in ("MIN", "MAX"):
        out[hit == 0] = 0.0
    return out
