"""Rates of return over numpy vectors of flows: as ``roots.rate_of_return``, all draws at once.

Flows that, netted by date, change their sign once have exactly one rate; those draws are solved together, by
Newton's method within a bracket. The few that change it more often go through the live form, which looks for every
root. NaN stands for an error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

import numpy as np

from model.formula.fn_base import Refusal
from model.formula.roots import FAR_HIGHEST, FAR_LOWEST, rate_of_return
from model.formula.vector_forms import Item, numbers
from model.values import NEVER, ErrorValue

_BLOCK: Final = 1_024  # draws that are solved together: their flows stay in the cache


def periodic_return(items: Sequence[Item], out: np.ndarray) -> np.ndarray:
    """IRR of flows one period apart."""
    flows = [np.broadcast_to(v, out.shape) for v in numbers(items)]
    if not flows:
        out[...] = np.nan
        return out
    times = np.arange(float(len(flows)))[:, None]
    return _solved(np.stack(flows), np.broadcast_to(times, (len(flows), len(out))), out)


def dated_return(items: Sequence[Item], dates: Sequence[Item], guess: Any, out: np.ndarray) -> np.ndarray:
    """XIRR of flows on days: no earlier day than the first, all within the calendar, the guess above -100 %."""
    flows, days = _column(items, out), np.floor(_column(dates, out))
    known = (days[0] >= 0) & (days >= days[0]).all(axis=0) & (days <= NEVER).all(axis=0) & (np.asarray(guess) > -1)
    _solved(flows, (days - days[0]) / 365, out)
    out[~known] = np.nan
    return out


def _column(items: Sequence[Item], out: np.ndarray) -> np.ndarray:
    plain = [np.nan if isinstance(v, ErrorValue) else 0.0 if v is None else v for v in items]
    return np.stack([np.broadcast_to(v, out.shape) for v in plain])


def _solved(flows: np.ndarray, times: np.ndarray, out: np.ndarray) -> np.ndarray:
    """The rates of flows (flows, draws) at times of the same shape."""
    out[...] = np.nan
    both = (flows > 0).any(axis=0) & (flows < 0).any(axis=0) & np.isfinite(flows).all(axis=0)
    turns = _turns(flows, times)
    once = np.nonzero(both & (turns == 1))[0]
    for begin in range(0, len(once), _BLOCK):
        some = once[begin : begin + _BLOCK]
        out[some] = _single(flows[:, some], times[:, some])
    for k in np.nonzero(both & (turns != 1))[0]:
        with suppress(Refusal):  # none or several
            out[k] = rate_of_return(list(zip(times[:, k].tolist(), flows[:, k].tolist(), strict=True)))
    return out


def _turns(flows: np.ndarray, times: np.ndarray) -> np.ndarray:
    """How often the flows of each draw, netted by time and put in its order, change sign."""
    order = np.argsort(times, axis=0, kind="stable")
    at, due = np.take_along_axis(times, order, 0), np.take_along_axis(flows, order, 0)
    net, side, turns = due[0], np.zeros(flows.shape[1]), np.zeros(flows.shape[1])
    for j in range(1, len(due) + 1):
        same = at[j] == at[j - 1] if j < len(due) else np.zeros(flows.shape[1], bool)
        sign = np.where(same, 0.0, np.sign(net))
        turns += (sign != 0) & (side != 0) & (sign != side)
        side = np.where(sign != 0, sign, side)
        if j < len(due):
            net = np.where(same, net + due[j], due[j])
    return turns


def _single(flows: np.ndarray, times: np.ndarray) -> np.ndarray:
    """The rate of flows that change sign once; NaN where it lies outside -99.99 % to 100,000,000 %."""
    live = flows != 0
    start = np.min(np.where(live, times, np.inf), axis=0)
    end = np.max(np.where(live, times, -np.inf), axis=0)
    ahead, terms = np.empty(flows.shape), np.empty(flows.shape)

    def worth(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The value at log(1 + rate), and its slope: seen from the first flow at positive rates and from the last at
        negative ones, so that nothing overflows."""
        np.subtract(np.where(x >= 0, start, end), times, out=ahead)
        np.multiply(ahead, x, out=terms)
        np.minimum(terms, 0.0, out=terms)  # only days without a flow lie on the other side
        np.exp(terms, out=terms)
        np.multiply(terms, flows, out=terms)
        value = np.add.reduce(terms, axis=0)
        np.multiply(terms, ahead, out=terms)
        return value, np.add.reduce(terms, axis=0)

    n = flows.shape[1]
    at_zero, below, above = (worth(np.full(n, x))[0] for x in (0.0, FAR_LOWEST, FAR_HIGHEST))
    lower = np.sign(below) * np.sign(at_zero) < 0
    found = lower | (np.sign(at_zero) * np.sign(above) < 0)
    a, b = np.where(lower, FAR_LOWEST, 0.0), np.where(lower, 0.0, FAR_HIGHEST)
    rate = np.expm1(_root(worth, a, b, np.sign(np.where(lower, below, at_zero))))
    rate[~found] = np.nan
    rate[at_zero == 0] = 0.0
    return rate


def _root(
    worth: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]], a: np.ndarray, b: np.ndarray, sign_a: np.ndarray
) -> np.ndarray:
    """The roots between a and b, where the value at a has this sign: Newton's steps, halving where one leaves the bracket
    or is one of many. A last step of 1e-12 leaves an error far below it."""
    x = np.clip(0.1, a, b)
    x = np.where(x == a, (a + b) / 2, x)
    done = np.zeros(len(x), bool)
    for i in range(200):
        value, slope = worth(x)
        left = np.sign(value) == sign_a
        a, b = np.where(left, x, a), np.where(left, b, x)
        with np.errstate(all="ignore"):
            newton = x - value / slope
        size = np.abs(newton - x)
        # at the root a step ends where it began, which is an end of the bracket: that is no reason to halve
        scale = 1e-3 + np.abs(x)
        last = (value == 0) | (size <= 1e-12 * scale) | (b - a <= 1e-15 * scale)
        creeping = (i % 8 == 7) & (size > 1e-6 * (b - a))  # far from the root on its steep side
        step = np.where((a < newton) & (newton < b) & ~creeping, newton, (a + b) / 2)
        x = np.where(done, x, np.where(last, np.clip(newton, a, b), step))
        done |= last
        if done.all():
            break
    return x
