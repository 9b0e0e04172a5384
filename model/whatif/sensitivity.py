"""Which term moves an output how far: each term alone to its low and to its high, all others as in view (a tornado).

One at a time, so it says nothing about terms that move together: that is what ``simulate`` is for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from model.deal import Input, Term
from model.engine import Calc, run
from model.problems import Problem, refuse
from model.values import Scalar, from_serial
from model.whatif.ranges import WHOLE, Varied, endless, outputs_of, ranges_of

_NOISE: Final = 1e-12  # of the size of an output: sums in another order differ by this


class Bar(NamedTuple):
    """What one term does to an output. ``low`` and ``high`` are what the term was set to, ``value`` is what it holds in
    view; ``at_low`` and ``at_high`` are the output there (an error where it is one). ``swing`` is the distance between the
    smallest and the largest of the output in view, at low and at high, in days for a date; None where one has no size."""

    term: str
    low: float
    value: float
    high: float
    at_low: Scalar
    at_high: Scalar
    swing: float | None

    @property
    def moves(self) -> bool:
        """Whether the output differs at all, be it by an error."""
        return self.swing != 0


class Tornado(NamedTuple):
    """One output: in view, and by term, the largest swing first; then those without a size, then those that move nothing."""

    output: str
    base: Scalar
    bars: tuple[Bar, ...]

    @property
    def largest(self) -> float:
        """The largest swing, 0 where nothing moves."""
        return max((bar.swing or 0.0 for bar in self.bars), default=0.0)


class Sensitivity(NamedTuple):
    varied: tuple[Varied, ...]
    remarks: tuple[Problem, ...]  # terms that are not varied, values outside their range
    tornados: tuple[Tornado, ...]
    runs: int


def sensitivity(
    calc: Calc,
    vary: Sequence[str] = (),
    of: Sequence[str] = (),
    progress: Callable[[float], object] | None = None,
) -> Sensitivity:
    """How far each term (all that have a range, or ``vary``) moves each output (the headline ones, or ``of``).

    ``progress`` hears fractions of the work and may raise to cancel. Raises Refused for terms that cannot be varied and
    unknown outputs, and where no term has a range.
    """
    varied, remarks = ranges_of(calc, vary)
    outputs = outputs_of(calc, of)
    if not outputs:
        raise refuse(
            "outputs", "No output of this deal is a number or a date.", "Add an output whose formula gives one."
        )
    base = {key: calc.cells.scalars.get(key) for key in outputs}
    bars: dict[str, list[Bar]] = {key: [] for key in outputs}
    runs = 0
    for done, one in enumerate(varied):
        if progress is not None:
            progress(done / len(varied))
        term, value = calc.deal.terms[one.key], calc.cells.scalars[one.key]
        low, high = _settable(term, one.low), _settable(term, one.high)
        ends = []
        for end in (low, high):
            if end == value:
                ends.append(calc)
            else:
                ends.append(_with(calc, one.key, term, end))
                runs += 1
        for key in outputs:
            at_low, at_high = (end.cells.scalars.get(key) for end in ends)
            swing = _swing(calc.deal.outputs[key].kind, base[key], at_low, at_high)
            bars[key].append(Bar(one.key, low, value, high, at_low, at_high, swing))
    if progress is not None:
        progress(1.0)
    return Sensitivity(varied, remarks, tuple(Tornado(key, base[key], _sorted(bars[key])) for key in outputs), runs)


def shift(kind: str, base: Scalar, there: Scalar) -> float | None:
    """How far an output is at an end from where it is in view, in days for a date; what rounding leaves is 0. None where
    either has no size."""
    if not isinstance(base, float) or not isinstance(there, float) or max(base, there) >= endless(kind):
        return None
    by = there - base
    return 0.0 if abs(by) <= _NOISE * max(abs(base), abs(there)) else by


def _settable(term: Term, end: float) -> float:
    """The end of a range as the term can hold it."""
    return float(round(end)) if term.kind in WHOLE else end


def _with(calc: Calc, key: str, term: Term, end: float) -> Calc:
    """The run with one term set on top of every layer."""
    value: Input | None = from_serial(end) if term.kind == "date" else int(end) if term.kind in WHOLE else end
    assert value is not None
    view = calc.view._replace(sets=tuple({**dict(calc.view.sets), key: value}.items()))
    return run(calc.deal, view, calc, frozenset((key,)))


def _swing(kind: str, base: Scalar, at_low: Scalar, at_high: Scalar) -> float | None:
    """None where an end has no size, or differs from a value in view that has none."""
    if at_low == base == at_high:
        return 0.0
    by_low, by_high = shift(kind, base, at_low), shift(kind, base, at_high)
    return None if by_low is None or by_high is None else max(0.0, by_low, by_high) - min(0.0, by_low, by_high)


def _sorted(bars: list[Bar]) -> tuple[Bar, ...]:
    return tuple(sorted(bars, key=lambda bar: (not bar.moves, bar.swing is None, -(bar.swing or 0.0))))
