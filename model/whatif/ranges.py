"""The terms that have a range, and the outputs that are numbers: what sensitivity and simulation vary and watch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final, NamedTuple

from model.deal import Term
from model.engine import Calc
from model.problems import Problem, Refused, refuse
from model.values import NEVER, NO_CAP, to_serial

DISTRIBUTIONS: Final = ("triangular", "pert", "uniform")
WHOLE: Final = ("integer", "year", "date")
_VARIED: Final = ("money", "number", "percent", "multiple", *WHOLE)


class Varied(NamedTuple):
    """A term that is varied, in engine values: dates as serial numbers, percentages as fractions. ``likely`` is the value
    in view, moved into the range where it lies outside."""

    key: str
    distribution: str
    low: float
    likely: float
    high: float


def ranges_of(
    calc: Calc, vary: Sequence[str] = (), outside: str = ""
) -> tuple[tuple[Varied, ...], tuple[Problem, ...]]:
    """The terms to vary (all that have a range, or ``vary``), and remarks on those that cannot be or whose value in view
    lies outside its range; ``outside`` says what that means.

    Raises Refused for unknown terms, for asked ones that cannot be varied, and where there is none.
    """
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
            one, value = _range(calc, key, terms[key]), calc.cells.scalars[key]
            found.append(one)
            if value != one.likely:
                what = f"The value of “{terms[key].label}” lies outside its range{outside}."
                remarks.append(Problem(key, what, "Widen the range, or change the value.", "warning"))
        except Refused as refused:
            if vary:
                raise
            remarks += refused.problems
    if not found:
        raise Refused(*remarks, NOTHING) if remarks else Refused(NOTHING)
    return tuple(found), tuple(remarks)


NOTHING: Final = Problem(
    "terms", "No term of this deal has a range to vary.", "Give the uncertain ones a low and a high value."
)


def outputs_of(calc: Calc, of: Sequence[str] = ()) -> list[str]:
    """The outputs to watch: ``of``, or the headline ones (all where there is no headline) that are numbers or dates.

    Raises Refused for unknown outputs and those that are neither.
    """
    outputs = calc.deal.outputs
    for key in of:
        if key not in outputs:
            raise refuse("--of", f"There is no output “{key}”.", f"This deal has: {', '.join(outputs)}.")
        if outputs[key].kind not in _VARIED:
            raise refuse("--of", f"“{outputs[key].label}” is not a number or a date.", "Choose another output.")
    shown = [key for key in calc.deal.headline if key in outputs] or list(outputs)
    return list(dict.fromkeys(of)) or [key for key in shown if outputs[key].kind in _VARIED]


def watched(calc: Calc) -> list[str]:
    """All outputs that can be watched, the headline ones first."""
    rest = (key for key, output in calc.deal.outputs.items() if output.kind in _VARIED)
    return list(dict.fromkeys((*outputs_of(calc), *rest)))


def varies(calc: Calc) -> bool:
    """Whether there is a term to vary and an output to watch."""
    try:
        return bool(ranges_of(calc)[0] and outputs_of(calc))
    except Refused:
        return False


def endless(kind: str) -> float:
    """The number that stands for “never” or “none”: from it on a value has no size."""
    return NEVER if kind == "date" else NO_CAP


def _range(calc: Calc, key: str, term: Term) -> Varied:
    if term.formula is not None or term.fixed or term.kind not in _VARIED:
        if term.formula is not None:
            what, remedy = "is computed", "Vary what it depends on."
        elif term.kind not in _VARIED:
            what, remedy = "is not a number or a date", "Choose a term that is one."
        else:
            what, remedy = "is fixed", "Give it a range instead of “fixed”."
        raise refuse(key, f"“{term.label}” {what}, so it is not varied.", remedy)
    if term.low is None or term.high is None:
        raise refuse(key, f"“{term.label}” has no range.", "Give it a low and a high value.")
    low, high, likely = _number(term.low), _number(term.high), calc.cells.scalars.get(key)
    if low is None or high is None or not low <= high:
        raise refuse(key, f"The range of “{term.label}” does not go from low to high.", "Correct low and high.")
    if not isinstance(likely, float) or likely >= endless(term.kind):
        what = f"“{term.label}” holds no number in this view, so it is not varied."
        raise refuse(key, what, "Set a value to see what its range means.")
    distribution = term.distribution or DISTRIBUTIONS[0]
    if distribution not in DISTRIBUTIONS:
        what = f"“{distribution}” is not a distribution."
        raise refuse(f"{key}.distribution", what, f"Write {', '.join(DISTRIBUTIONS[:-1])} or {DISTRIBUTIONS[-1]}.")
    return Varied(key, distribution, low, min(max(likely, low), high), high)


def _number(value: object) -> float | None:
    if isinstance(value, dt.date):
        return to_serial(value)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
