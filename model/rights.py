"""Rights by date: what is in force, since when, until when, and what an event ends.

All dates and conditions are formulas of the deal, computed by the engine; nothing is decided here
but the comparison with the day asked about. An undisclosed date or condition makes the answer
unknown wherever it decides.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal, NamedTuple

from model.engine import Calc
from model.fields.date_text import show_date
from model.formula.bind import EVENT, RIGHT
from model.problems import Problem
from model.values import NEVER, ErrorValue, from_serial, to_serial

State = Literal["in force", "not yet", "ended", "excluded", "unknown", "error"]


class Span(NamedTuple):
    """A right's first and last day as serials (None where undisclosed) and its condition (1, 0, between: unknown)."""

    start: float | None
    end: float | None
    condition: float
    error: ErrorValue | None = None


class Status(NamedTuple):
    """How a right stands on a day. ``until`` is its last day (None: never ends, or unknown)."""

    state: State
    start: dt.date | None
    until: dt.date | None
    why: str


def span(calc: Calc, key: str) -> Span:
    """The dates and condition of a right under a run."""
    start, first = date_of(calc.scalar(f"{RIGHT}{key}.from"))
    end, second = date_of(calc.scalar(f"{RIGHT}{key}.until"))
    condition, third = 1.0, None
    if calc.deal.rights[key].while_ is not None:
        condition, third = _condition(calc.scalar(f"{RIGHT}{key}.while"))
    return Span(start, end, condition, first or second or third)


def date_of(value: Any) -> tuple[float | None, ErrorValue | None]:
    """A computed date as a serial, None where it is undisclosed; and the error where it is none."""
    if isinstance(value, ErrorValue):
        return None, None if value.is_undisclosed else value
    if isinstance(value, (int, float)):
        return float(value), None
    return None, ErrorValue("#VALUE!", "a date is expected here")


def _condition(value: Any) -> tuple[float, ErrorValue | None]:
    if isinstance(value, ErrorValue):
        return 0.5, None if value.is_undisclosed else value
    if isinstance(value, str):
        return {"yes": 1.0, "no": 0.0}.get(value.lower(), 0.5), None
    return (float(value) if isinstance(value, (int, float)) else 0.5), None


def day(serial: float | None) -> dt.date | None:
    """A serial as a date; None for never and unknown."""
    return None if serial is None or serial >= NEVER else from_serial(serial)


def granted(held: Span) -> bool:
    """Whether a right is in force on some day, as far as is known."""
    if held.condition == 0.0 or (held.start is not None and held.start >= NEVER):
        return False
    return held.start is None or held.end is None or held.end >= held.start


def in_words(held: Span | None, brief: bool = False) -> str:
    """When a right holds: "28 Oct 2025 – 31 Dec 2032". Briefly without its first day: "to 31 Dec 2032"."""
    if held is None:
        return "no such right"
    if held.error is not None:
        return held.error.kind
    if not granted(held):
        return "not yet" if held.condition and held.start is not None and held.start >= NEVER else "excluded"
    first = _date_in_words(held.start)
    last = "no end" if held.end is not None and held.end >= NEVER else _date_in_words(held.end)
    if not brief:
        said = f"{first} – {last}"
    elif held.end is None:
        said = f"end {last}"
    else:
        said = last if held.end >= NEVER else f"to {last}"
    return said if held.condition == 1.0 else f"{said}, {'if' if brief else 'unknown'}"


def _date_in_words(serial: float | None) -> str:
    date = day(serial)
    return "undisclosed" if serial is None else show_date(date) if date is not None else f"{serial:g}"


def status(calc: Calc, key: str, on: dt.date) -> Status:
    """How a right stands on a day."""
    return standing(calc, key, span(calc, key), on)


def standing(calc: Calc, key: str, held: Span, on: dt.date) -> Status:
    right = calc.deal.rights[key]
    start, until = day(held.start), day(held.end)
    if held.error is not None:
        return Status("error", start, until, f"{held.error.kind} at {held.error.at}")
    now = to_serial(on)
    if held.condition == 0.0:
        return Status("excluded", start, until, right.exceptions or right.note)
    if held.start is not None and held.end is not None and held.end < held.start < NEVER:
        return Status("excluded", start, until, right.exceptions or right.note)
    if held.start is not None and (now < held.start or held.start >= NEVER):
        return Status("not yet", start, until, "")
    if held.end is not None and now > held.end:
        return Status("ended", start, until, _ended(calc, key, held.end))
    if held.start is None or held.end is None:
        return Status("unknown", start, until, "A date that decides this is undisclosed.")
    if held.condition < 1.0:
        return Status("unknown", start, until, right.exceptions or "Its condition is undisclosed.")
    return Status("in force", start, until, "")


def _ended(calc: Calc, key: str, end: float) -> str:
    event = ended_by(calc, key, end)
    return f"ended with: {calc.deal.events[event].label}" if event else ""


def ended_by(calc: Calc, key: str, end: float) -> str:
    """The event that a right ends with on a day: its own; else one of that day that its last day is computed from;
    else one of the next day, which replaced it. "" where none is: an event of the same day by chance is not a reason."""
    events, own = calc.deal.events, calc.deal.rights[key].ends_on
    if own in events and calc.event(own) == end:
        return own
    reads = _reads(calc, f"{RIGHT}{key}.until")
    near = [name for name in events if calc.event(name) == end and _names(calc, name) <= reads and _names(calc, name)]
    direct = _direct(calc, f"{RIGHT}{key}.until")
    near.sort(key=lambda name: not _names(calc, name) <= direct)
    after = [name for name in events if calc.event(name) == end + 1]
    return next(iter([*near, *after]), "")


def _names(calc: Calc, event: str) -> frozenset[str]:
    return _direct(calc, f"{EVENT}{event}")


def _direct(calc: Calc, node: str) -> frozenset[str]:
    formula = calc.program.formulas.get(node)
    return frozenset(formula.now | formula.past) if formula is not None else frozenset()


def _reads(calc: Calc, node: str) -> frozenset[str]:
    """Everything that a formula is computed from."""
    seen: set[str] = set()
    stack = [node]
    while stack:
        fresh = _direct(calc, stack.pop()) - seen
        seen |= fresh
        stack += fresh
    return frozenset(seen)


def faults(calc: Calc) -> list[Problem]:
    """Rights whose dates or condition come out as errors under this run. Undisclosed is no fault."""
    out = []
    for key in calc.deal.rights:
        error = span(calc, key).error
        if error is not None:
            where, what = f"rights.{key}", f"its dates or its condition give {error.kind} at {error.at}."
            out.append(Problem(where, what, "Correct the formula, or what it reads."))
    return out


class Ending(NamedTuple):
    """What an event ends or changes. ``days`` are lost (positive) or gained against the event never happening."""

    key: str
    label: str
    kind: Literal["right", "output"]
    before: Any
    after: Any
    days: float | None


def endings(actual: Calc, otherwise: Calc) -> list[Ending]:
    """What differs between a run and the same run without the event: rights with the days they
    lose, headline and other outputs with what is forgone (``after`` − ``before``)."""
    out: list[Ending] = []
    for key, right in actual.deal.rights.items():
        now, then = span(actual, key), span(otherwise, key)
        if (now.start, now.end, now.condition) != (then.start, then.end, then.condition):
            days = None
            if now.end is not None and then.end is not None and then.end < NEVER:
                days = then.end - now.end
            out.append(Ending(key, right.label, "right", day(then.end), day(now.end), days))
    for key, output in actual.deal.outputs.items():
        before, after = otherwise.scalar(key), actual.scalar(key)
        if before != after:
            out.append(Ending(key, output.label, "output", before, after, None))
    return out


def year_ends(calc: Calc) -> list[dt.date]:
    """The year-ends inside the document, for the rights matrix."""
    return [dt.date(y, 12, 31) for y in calc.timeline.years if dt.date(y, 12, 31) <= calc.timeline.end]


def matrix(calc: Calc, days: list[dt.date]) -> dict[str, list[Status]]:
    """Each right's status on each day."""
    out = {}
    for key in calc.deal.rights:
        held = span(calc, key)
        out[key] = [standing(calc, key, held, on) for on in days]
    return out
