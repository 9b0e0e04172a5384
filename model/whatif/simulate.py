"""What the ranges of the terms mean for the outputs: many draws of the terms, through the vector form of the formulas.

Terms are drawn independently of each other: ``triangular`` between low and high with the value in view as the most likely
one (the default), ``pert`` (the same, with less weight on the ends; Malcolm et al. 1959), or ``uniform``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from model.deal import Term
from model.engine import Calc
from model.formula.vector import simulate_lines
from model.problems import Problem, Refused, refuse
from model.values import NEVER, NO_CAP, to_serial

MOST: Final = 1_000_000
QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
DISTRIBUTIONS: Final = ("triangular", "pert", "uniform")
_WHOLE = ("integer", "year", "date")
_DRAWN = ("money", "number", "percent", "multiple", *_WHOLE)


class Varied(NamedTuple):
    """A term that is drawn, in engine values: dates as serial numbers, percentages as fractions."""

    key: str
    distribution: str
    low: float
    likely: float
    high: float


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


class Simulation(NamedTuple):
    draws: int
    seed: int
    varied: tuple[Varied, ...]
    remarks: tuple[Problem, ...]  # terms that are not drawn, values outside their range
    spreads: tuple[Spread, ...]
    again: int  # draws that the live engine computed one by one


def simulate(calc: Calc, draws: int, seed: int, vary: Sequence[str] = (), of: Sequence[str] = ()) -> Simulation:
    """The spread of outputs (the headline ones, or ``of``) when terms (all that have a range, or ``vary``) are drawn.

    Raises Refused for a number of draws outside 1 to 1,000,000, terms that cannot be drawn, and unknown outputs.
    """
    if not 1 <= draws <= MOST:
        raise refuse("--draws", f"{draws:,} draws are not possible.", f"Ask for 1 to {MOST:,}.")
    varied, remarks = _varied(calc, vary)
    outputs = _outputs(calc, of)
    rng = np.random.default_rng(seed)
    columns = {one.key: _draw(rng, one, calc.deal.terms[one.key], draws) for one in varied}
    got = simulate_lines(calc, columns, outputs)
    ranks = {key: _ranks(column) for key, column in columns.items()}
    spreads = tuple(_spread(calc, key, got[key], got.errors[key], ranks) for key in outputs)
    return Simulation(draws, seed, varied, remarks, spreads, got.again)


def _varied(calc: Calc, vary: Sequence[str]) -> tuple[tuple[Varied, ...], tuple[Problem, ...]]:
    terms = calc.deal.terms
    for key in vary:
        if key not in terms:
            raise refuse(
                "--vary", f"There is no term “{key}”.", "Name terms by their keys, as “show --json” lists them."
            )
    keys = dict.fromkeys(vary or (key for key, term in terms.items() if term.low is not None and term.high is not None))
    found: list[Varied] = []
    remarks: list[Problem] = []
    for key in keys:
        try:
            one, likely = _range(calc, key, terms[key]), calc.cells.scalars[key]
            found.append(one)
            if likely != one.likely:
                what = f"The value of “{terms[key].label}” lies outside its range; it is drawn within it."
                remarks.append(Problem(key, what, "Widen the range, or change the value.", "warning"))
        except Refused as refused:
            if vary:
                raise
            remarks += refused.problems
    if not found:
        what = "No term of this deal has a range to draw from."
        raise refuse("terms", what, "Give the uncertain ones a low and a high value.")
    return tuple(found), tuple(remarks)


def _range(calc: Calc, key: str, term: Term) -> Varied:
    if term.formula is not None or term.fixed or term.kind not in _DRAWN:
        what = "is computed" if term.formula is not None else "is fixed" if term.fixed else "is not a number or a date"
        raise refuse(key, f"“{term.label}” {what}, so it is not drawn.", "Vary what it depends on.")
    if term.low is None or term.high is None:
        raise refuse(key, f"“{term.label}” has no range.", "Give it a low and a high value.")
    low, high, likely = _number(term.low), _number(term.high), calc.cells.scalars.get(key)
    if low is None or high is None or not low <= high:
        raise refuse(key, f"The range of “{term.label}” does not go from low to high.", "Correct low and high.")
    if not isinstance(likely, float) or likely >= _endless(term.kind):
        what = f"“{term.label}” holds no number in this view, so it is not drawn."
        raise refuse(key, what, "Set a value to see what its range means.")
    distribution = term.distribution or DISTRIBUTIONS[0]
    if distribution not in DISTRIBUTIONS:
        what = f"“{distribution}” is not a distribution."
        raise refuse(f"{key}.distribution", what, f"Write {', '.join(DISTRIBUTIONS[:-1])} or {DISTRIBUTIONS[-1]}.")
    return Varied(key, distribution, low, min(max(likely, low), high), high)


def _endless(kind: str) -> float:
    """The number that stands for “never” or “none”."""
    return NEVER if kind == "date" else NO_CAP


def _number(value: object) -> float | None:
    if isinstance(value, dt.date):
        return to_serial(value)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _outputs(calc: Calc, of: Sequence[str]) -> list[str]:
    outputs = calc.deal.outputs
    for key in of:
        if key not in outputs:
            raise refuse("--of", f"There is no output “{key}”.", f"This deal has: {', '.join(outputs)}.")
        if outputs[key].kind not in _DRAWN:
            raise refuse("--of", f"“{outputs[key].label}” is not a number or a date.", "Choose another output.")
    shown = [key for key in calc.deal.headline if key in outputs] or list(outputs)
    return list(dict.fromkeys(of)) or [key for key in shown if outputs[key].kind in _DRAWN]


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
    return np.rint(values) if term.kind in _WHOLE else values


def _spread(calc: Calc, key: str, values: np.ndarray, errors: np.ndarray, ranks: dict[str, np.ndarray]) -> Spread:
    base = calc.cells.scalars.get(key)
    good = ~errors
    kept = values[good].astype(float)
    if not len(kept):
        return Spread(key, base, int(errors.sum()), None, None, (), ())
    kind = calc.deal.outputs[key].kind
    plain = bool((kept < _endless(kind)).all())
    mean = (float(round(kept.mean())) if kind == "date" else float(kept.mean())) if plain else None
    deviation = float(kept.std(ddof=1)) if plain and len(kept) > 1 else None
    quantiles = tuple(
        float(q)
        for q in np.quantile(kept, QUANTILES, method="linear" if plain and kind not in _WHOLE else "inverted_cdf")
    )
    whole = good.all()
    mine = _ranks(kept)
    drivers = ((term, _correlation(mine, rank if whole else rank[good])) for term, rank in ranks.items())
    strongest = sorted(((term, r) for term, r in drivers if r is not None), key=lambda one: -abs(one[1]))
    return Spread(key, base, int(errors.sum()), mean, deviation, quantiles, tuple(strongest))


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks, equal values sharing their mean rank."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts - 1) / 2)[place]


def _correlation(a: np.ndarray, b: np.ndarray) -> float | None:
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / size if size > 0 else None
