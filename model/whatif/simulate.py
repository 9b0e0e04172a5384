"""What the ranges of the terms mean for the outputs: many draws of the terms, through the vector form of the formulas.

Terms are drawn independently of each other: ``triangular`` between low and high with the value in view as the most likely
one (the default), ``pert`` (the same, with less weight on the ends; Malcolm et al. 1959), or ``uniform``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np

from model.deal import Term
from model.engine import Calc
from model.formula.vector import CHUNK, simulate_lines
from model.problems import Problem, refuse
from model.whatif.ranges import WHOLE, Varied, endless, outputs_of, ranges_of

MOST: Final = 1_000_000
QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
_WATCHED: Final = 512  # draws between two reports of progress
_CLASSES: Final = 40  # of a histogram, at most


class Histogram(NamedTuple):
    """``counts[i]`` draws lie from ``edges[i]`` to ``edges[i + 1]``, the last class with its end; ``endless`` more are
    “never” or “none”."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    endless: int

    def classes(self, whole: bool) -> list[tuple[float, float, int]]:
        """First and last value of each class and its draws; of ``whole`` numbers and days the ones that lie in it."""
        bounds = zip(self.edges, self.edges[1:], self.counts, strict=False)
        if whole:  # edges lie half way between two whole numbers
            return [(float(math.ceil(low)), float(math.floor(high)), count) for low, high, count in bounds]
        return list(bounds)


class Spread(NamedTuple):
    """What an output did. ``errors`` draws gave no number and are not in the figures; ``mean`` and ``deviation`` are None
    where some draw is “never” or “none”; ``drivers`` are rank correlations (Spearman) with the terms, strongest first."""

    output: str
    base: object
    errors: int
    mean: float | None
    deviation: float | None
    quantiles: tuple[float, ...]
    drivers: tuple[tuple[str, float], ...]
    histogram: Histogram


class Simulation(NamedTuple):
    draws: int
    seed: int
    varied: tuple[Varied, ...]
    remarks: tuple[Problem, ...]  # terms that are not drawn, values outside their range
    spreads: tuple[Spread, ...]
    again: int  # draws that the live engine computed one by one


def simulate(
    calc: Calc,
    draws: int,
    seed: int,
    vary: Sequence[str] = (),
    of: Sequence[str] = (),
    progress: Callable[[float], object] | None = None,
) -> Simulation:
    """The spread of outputs (the headline ones, or ``of``) when terms (all that have a range, or ``vary``) are drawn.

    ``progress`` hears fractions of the work and may raise to cancel; it changes nothing of the result.
    Raises Refused for a number of draws outside 1 to 1,000,000, a negative seed, terms that cannot be drawn, and unknown outputs.
    """
    if not 1 <= draws <= MOST:
        raise refuse("--draws", f"{draws:,} draws are not possible.", f"Ask for 1 to {MOST:,}.")
    if seed < 0:
        raise refuse("--seed", "A seed is not negative.", "Give a whole number from 0.")
    varied, remarks = ranges_of(calc, vary, "; it is drawn within it")
    outputs = outputs_of(calc, of)
    rng = np.random.default_rng(seed)
    columns = {one.key: _draw(rng, one, calc.deal.terms[one.key], draws) for one in varied}
    got = simulate_lines(calc, columns, outputs, CHUNK if progress is None else _WATCHED, progress)
    ranks = {key: _ranks(column) for key, column in columns.items()}
    spreads = tuple(_spread(calc, key, got[key], got.errors[key], ranks) for key in outputs)
    return Simulation(draws, seed, varied, remarks, spreads, got.again)


def _draw(rng: np.random.Generator, one: Varied, term: Term, count: int) -> np.ndarray:
    if one.low == one.high:
        return np.full(count, one.low)
    width = one.high - one.low
    match one.distribution:
        case "uniform":
            values = rng.uniform(one.low, one.high, count)
        case "pert":
            lean = 4 * (one.likely - one.low) / width
            values = one.low + width * rng.beta(1 + lean, 5 - lean, count)
        case _:
            values = rng.triangular(one.low, one.likely, one.high, count)
    return np.rint(values) if term.kind in WHOLE else values


def _spread(calc: Calc, key: str, values: np.ndarray, errors: np.ndarray, ranks: dict[str, np.ndarray]) -> Spread:
    base = calc.cells.scalars.get(key)
    good = ~errors
    kept = values[good].astype(float)
    if not len(kept):
        return Spread(key, base, int(errors.sum()), None, None, (), (), Histogram((), (), 0))
    kind = calc.deal.outputs[key].kind
    plain = bool((kept < endless(kind)).all())
    mean = (float(round(kept.mean())) if kind == "date" else float(kept.mean())) if plain else None
    deviation = float(kept.std(ddof=1)) if plain and len(kept) > 1 else None
    quantiles = tuple(
        float(q)
        for q in np.quantile(kept, QUANTILES, method="linear" if plain and kind not in WHOLE else "inverted_cdf")
    )
    whole = good.all()
    mine = _ranks(kept)
    drivers = ((term, _correlation(mine, rank if whole else rank[good])) for term, rank in ranks.items())
    strongest = sorted(((term, r) for term, r in drivers if r is not None), key=lambda one: -abs(one[1]))
    histogram = _histogram(kept[kept < endless(kind)], kind in WHOLE, int((kept >= endless(kind)).sum()))
    return Spread(key, base, int(errors.sum()), mean, deviation, quantiles, tuple(strongest), histogram)


def _histogram(values: np.ndarray, whole: bool, more: int) -> Histogram:
    """Classes of one width over all values; of whole numbers or days each holds as many of them as the next."""
    if not len(values):
        return Histogram((), (), more)
    low, high = float(values.min()), float(values.max())
    classes = min(_CLASSES, max(1, int(np.ceil(np.sqrt(len(values))))))
    if whole:
        width = float(np.ceil((high - low + 1) / classes))
        edges = np.arange(low - 0.5, high + 0.5 + width, width)
    elif high - low <= 1e-9 * max(abs(low), abs(high)):
        edges = (
            np.array([low - 0.5, high + 0.5])
            if low == high == 0
            else np.array([low - abs(low) / 100, high + abs(high) / 100])
        )
    else:
        edges = np.linspace(low, high, classes + 1)
    counts, edges = np.histogram(values, edges)
    return Histogram(tuple(edges.tolist()), tuple(counts.tolist()), more)


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks, equal values sharing their mean rank."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts - 1) / 2)[place]


def _correlation(a: np.ndarray, b: np.ndarray) -> float | None:
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / size if size > 0 else None
