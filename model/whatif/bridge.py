"""A value bridge: how much of an output's change each changed input explains, summing exactly.

The attribution is the Shapley value over the inputs that reach the output: the mean effect of an
input over all orders in which the changes could be made, so no order is favoured (Shapley 1953;
in attribution of value changes also "sequential decomposition, averaged"). With more than
``MAX_EXACT`` inputs the mean is over the document's order and its reverse.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from model.engine import Calc, run
from model.problems import refuse
from model.structure.labels import label_of_key
from model.values import NEVER, ErrorValue
from model.whatif.compare import InputChange, compare

MAX_EXACT = 8


class Bar(NamedTuple):
    """One input's share of the change."""

    address: str
    label: str
    amount: float


class Bridge(NamedTuple):
    """From ``start`` to ``end``: the bars add up to the difference."""

    output: str
    start: float
    end: float
    bars: list[Bar]
    runs: int


def bridge(a: Calc, b: Calc, output: str, progress: Callable[[float], bool] | None = None) -> Bridge:
    """Attribute the change of an output between two runs of the same formulas to the inputs that differ.

    Raises Refused when the formulas differ, or when a value on the way is no number.
    ``progress`` takes 0…1 and returns False to cancel.
    """
    difference = compare(a, b)
    if difference.formulas:
        names = ", ".join(f"“{label_of_key(a.deal, key)}”" for key, _, _ in difference.formulas[:3])
        names += " and others" if len(difference.formulas) > 3 else ""
        raise refuse(
            output,
            f"The two differ in formulas too ({names}), so the change cannot be split by input.",
            "Compare versions or scenarios of one deal.",
        )
    changes = [c for c in difference.inputs if reaches(a, c.address, output)]
    values = _Values(a, b, output, changes, progress)
    count = len(changes)
    start, end = values.at(0), values.at((1 << count) - 1)
    amounts = _shapley(values, count) if count <= MAX_EXACT else _both_ways(values, count)
    dust = (end - start) - math.fsum(amounts)
    if amounts and dust:
        largest = max(range(count), key=lambda i: abs(amounts[i]))
        amounts[largest] += dust
    bars = [Bar(c.address, c.label, amount) for c, amount in zip(changes, amounts, strict=True)]
    return Bridge(output, start, end, [bar for bar in bars if bar.amount], values.runs)


def reaches(calc: Calc, address: str, output: str) -> bool:
    """Whether an input can move an output at all."""
    formulas = calc.program.formulas
    wanted = {address, address.partition(".")[0]} if address.count(".") == 1 else {address}
    seen, stack = {output}, [output]
    while stack:
        key = stack.pop()
        if key in wanted:
            return True
        formula = formulas.get(key)
        if formula is not None:
            fresh = (formula.now | formula.past) - seen
            seen |= fresh
            stack += fresh
    return False


class _Values:
    """The output with any subset of the changes made; subsets are bit masks."""

    def __init__(
        self, a: Calc, b: Calc, output: str, changes: Sequence[InputChange], progress: Callable[[float], bool] | None
    ) -> None:
        self.a, self.output, self.changes = a, output, changes
        self.known: dict[int, float] = {}
        self.runs = 0
        self.progress = progress
        self.expected = 1 << len(changes) if len(changes) <= MAX_EXACT else 2 * len(changes)

    def at(self, mask: int) -> float:
        if mask not in self.known:
            self.known[mask] = self._compute(mask)
        return self.known[mask]

    def _compute(self, mask: int) -> float:
        self.runs += 1
        if self.progress and not self.progress(min(1.0, self.runs / self.expected)):
            raise refuse(self.output, "The bridge was cancelled.")
        sets = dict(self.a.view.sets)
        sets.update((c.address, c.b) for i, c in enumerate(self.changes) if mask >> i & 1)
        view = self.a.view._replace(sets=tuple(sets.items()))
        touched = frozenset(c.address for c in self.changes)
        value = run(self.a.deal, view, self.a, touched).scalar(self.output)
        if not isinstance(value, float):
            kind = value.kind if isinstance(value, ErrorValue) else "not a number"
            raise refuse(
                self.output, f"On the way from one to the other the output is {kind}, so the change cannot be split."
            )
        if value >= NEVER and self.a.deal.outputs[self.output].kind == "date":
            raise refuse(self.output, "One side is “not yet”; a change from or to it has no size.")
        return value


def _shapley(values: _Values, count: int) -> list[float]:
    weights = [math.factorial(s) * math.factorial(count - s - 1) / math.factorial(count) for s in range(count)]
    out = []
    for i in range(count):
        terms = []
        for mask in range(1 << count):
            if not mask >> i & 1:
                terms.append(weights[mask.bit_count()] * (values.at(mask | 1 << i) - values.at(mask)))
        out.append(math.fsum(terms))
    return out


def _both_ways(values: _Values, count: int) -> list[float]:
    out = [0.0] * count
    for order in (range(count), range(count - 1, -1, -1)):
        masks = list(itertools.accumulate(order, lambda mask, i: mask | 1 << i, initial=0))
        for i, (before, after) in zip(order, itertools.pairwise(masks), strict=True):
            out[i] += (values.at(after) - values.at(before)) / 2
    return out
