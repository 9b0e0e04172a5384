"""Every scenario side by side, and the probability-weighted value of each output (PWERM).

The probability-weighted expected return method of the AICPA valuation guide: the sum over scenarios
of probability times value. Probabilities must add up to 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from model.deal import Deal
from model.engine import Calc, run
from model.problems import Problem
from model.values import NEVER, ErrorValue, Scalar


class Case(NamedTuple):
    """One scenario's outputs, in the order asked for."""

    scenario: str
    label: str
    probability: float | None
    values: list[Scalar]


class Cases(NamedTuple):
    """``weighted`` has one value per output: a number, an error, or None where the output is no number
    or the probabilities do not add up."""

    outputs: list[str]
    cases: list[Case]
    weighted: list[float | ErrorValue | None]
    total: float

    @property
    def adds_up(self) -> bool:
        """Whether the stated probabilities sum to 1."""
        return math.isclose(self.total, 1.0, abs_tol=1e-9)


def faults(deal: Deal) -> list[Problem]:
    """Probabilities that are given and do not add up to 1."""
    given = [s.probability for s in deal.scenarios.values() if s.probability is not None]
    total = math.fsum(given)
    if not given or math.isclose(total, 1.0, abs_tol=1e-9):
        return []
    what = f"the probabilities of the scenarios add up to {total:.6g}, not to 1."
    return [Problem("scenarios", what, "Change them: until they do there is no probability-weighted value.")]


def cases(calc: Calc, outputs: Sequence[str] | None = None) -> Cases:
    """Run every scenario of the deal under the version and period of ``calc``."""
    deal = calc.deal
    keys = list(deal.outputs if outputs is None else outputs)
    rows = []
    for key, scenario in deal.scenarios.items():
        done = calc if key == calc.view.scenario else run(deal, calc.view._replace(scenario=key), calc)
        rows.append(Case(key, scenario.label, scenario.probability, [done.scalar(k) for k in keys]))
    total = math.fsum(row.probability or 0.0 for row in rows)
    out = Cases(keys, rows, [], total)
    kinds = [deal.outputs[k].kind if k in deal.outputs else "" for k in keys]
    weighted = [_weighted(out, column, kind) for column, kind in enumerate(kinds)]
    return out._replace(weighted=weighted)


def _weighted(found: Cases, column: int, kind: str) -> float | ErrorValue | None:
    if not found.adds_up:
        return None
    terms = []
    for case in found.cases:
        value = case.values[column]
        if not case.probability:
            continue
        if isinstance(value, ErrorValue):
            return value
        if not isinstance(value, float) or (kind == "date" and value >= NEVER):
            return None
        terms.append(case.probability * value)
    return math.fsum(terms)
