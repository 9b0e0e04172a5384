"""Internal rates of return: every rate between -99 % and 1000 % that makes a present value zero, and where there is
none, every one between -99.99 % and 100,000,000 %.

The search runs over x = log(1 + rate), in which a present value is a sum of exponentials. By
Descartes' rule flows that change sign once have one root at most, which is then bracketed at once;
others are scanned, and more than one root is an answer of its own, not the first one found.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from model.formula.fn_base import Refusal, fail
from model.values import NUM, ErrorValue

LOWEST: Final = math.log(0.01)  # -99 %
HIGHEST: Final = math.log(11.0)  # 1000 %
STEPS: Final = 350  # about 2 % apart in 1 + rate
FAR_LOWEST: Final = math.log(1e-4)  # -99.99 %
FAR_HIGHEST: Final = math.log(1e6)
_NONE: Final = "no rate between -99.99 % and 100,000,000 % makes the present value zero"


def rate_of_return(flows: Sequence[tuple[float, float]]) -> float:
    """The one rate of flows (time in periods or years, amount). None or several are #NUM! with the reason."""
    live = [(t, v) for t, v in flows if v != 0]
    if not (any(v > 0 for _, v in live) and any(v < 0 for _, v in live)):
        raise fail(NUM, "no change of sign: the flows need a payment and a receipt")
    start = min(t for t, _ in live)
    span = max(t for t, _ in live) - start
    # At negative rates the last flow is the unit, at positive ones the first: nothing overflows.
    ahead = [(start - t, v) for t, v in live]
    back = [(start + span - t, v) for t, v in live]

    def value(x: float) -> float:
        return _sum(ahead if x >= 0 else back, x)

    return single_root(value, 1 if _turns(live) == 1 else STEPS)


def _sum(terms: Sequence[tuple[float, float]], x: float) -> float:
    exp = math.exp
    result = 0.0
    for t, v in terms:
        result += v * exp(t * x)
    return result


def _turns(flows: Sequence[tuple[float, float]]) -> int:
    """How often the flows, netted by date and put in order of time, change sign."""
    net: dict[float, float] = {}
    for t, v in flows:
        net[t] = net.get(t, 0.0) + v
    signs = [net[t] > 0 for t in sorted(net) if net[t] != 0]
    return sum(a != b for a, b in pairwise(signs))


def single_root(value: Callable[[float], float], steps: int = STEPS) -> float:
    """The rate of the only root of a function of log(1 + rate); none or several are #NUM! with the reason."""
    try:
        roots = _roots(value, LOWEST, HIGHEST, steps) or _roots(value, FAR_LOWEST, FAR_HIGHEST, steps)
    except OverflowError:
        raise fail(NUM, _NONE) from None
    if not roots:
        raise fail(NUM, _NONE)
    rates = [math.expm1(x) for x in roots]
    if len(rates) > 1:
        raise Refusal(
            ErrorValue(NUM, f"more than one root between {_shown(rates[0])} and {_shown(rates[-1])}: no single rate")
        )
    return rates[0]


def _shown(rate: float) -> str:
    return f"{rate * 100:.4g} %"


def _roots(value: Callable[[float], float], lowest: float, highest: float, steps: int) -> list[float]:
    # 0 is a point of the grid, so that neither scale of rate_of_return straddles a step.
    below = max(1, round(steps * -lowest / (highest - lowest)))
    grid = [lowest - lowest * i / below for i in range(below)] + [0.0]
    above = max(1, steps - below)
    grid += [highest * i / above for i in range(1, above + 1)]
    heights = [value(x) for x in grid]
    roots = [x for x, h in zip(grid, heights, strict=True) if h == 0]
    for i in range(1, len(grid)):
        if heights[i - 1] * _sign(heights[i]) < 0:
            roots.append(_polish(value, grid[i - 1], grid[i], heights[i - 1], heights[i]))
    for i in range(1, len(grid) - 1):
        roots += _touching(value, grid[i - 1 : i + 2], heights[i - 1 : i + 2])
    return sorted(roots)


def _sign(h: float) -> float:
    return math.copysign(1.0, h) if h else 0.0


def _touching(value: Callable[[float], float], grid: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Two roots within a step: where three heights of one sign dip towards zero, look at the bottom."""
    side = _sign(heights[1])
    if any(h * side <= 0 for h in heights) or not abs(heights[1]) <= min(abs(heights[0]), abs(heights[2])):
        return []
    low, high = grid[0], grid[2]
    for _ in range(60):
        third = (high - low) / 3
        a, b = low + third, high - third
        at_a, at_b = value(a) * side, value(b) * side
        if at_a <= 0 or at_b <= 0:
            turn = a if at_a <= 0 else b
            bottom = value(turn)
            if bottom == 0:
                return [turn]
            return [
                _polish(value, grid[0], turn, heights[0], bottom),
                _polish(value, turn, grid[2], bottom, heights[2]),
            ]
        if at_a < at_b:
            high = b
        else:
            low = a
    return []


def _polish(value: Callable[[float], float], a: float, b: float, at_a: float, at_b: float) -> float:
    """The root between a and b, to the last bits: regula falsi with the Illinois step, held by bisection."""
    for i in range(200):
        if at_b == 0 or a == b:
            return b
        c = b - at_b * (b - a) / (at_b - at_a) if i % 4 != 3 else (a + b) / 2
        if not min(a, b) < c < max(a, b):
            c = (a + b) / 2
            if c in (a, b):
                break
        at_c = value(c)
        if at_c == 0:
            return c
        if (at_c > 0) != (at_b > 0):
            a, at_a = b, at_b
        else:
            at_a /= 2
        b, at_b = c, at_c
        if abs(b - a) <= 1e-16 * (1e-3 + abs(b)):
            break
    return a if abs(value(a)) < abs(value(b)) else b
