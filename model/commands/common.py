"""What the commands for scripts share: exit statuses, reading of arguments, plain JSON values."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from typing import Any, Final

from model import decisions, rights
from model.addresses import input_item
from model.deal import Deal, Term
from model.engine import Calc
from model.fields import field_for
from model.layers import View, default_view, find_key
from model.problems import Problem, Refused, refuse
from model.values import ErrorValue

OK, PROBLEMS, USAGE = 0, 1, 2
DATE: Final = Term(label="day", kind="date")


def problems_of(calc: Calc) -> list[Problem]:
    """What is wrong with the formulas, rights and decision tables under a run."""
    return [*calc.problems, *rights.faults(calc), *decisions.faults(calc)]


def day_of(text: str, option: str) -> dt.date:
    """A day in any form that the date field reads. Raises Refused."""
    try:
        day = field_for(DATE).parse(text)
    except Refused as err:
        raise Refused(*(Problem(option, p.what, p.remedy) for p in err.problems)) from None
    if not isinstance(day, dt.date):
        raise refuse(option, f"“{text}” is not a day.", "Write for example 2027-01-01.")
    return day


def view_of(
    deal: Deal, version: str | None, scenario: str | None, period: Any, sets: Sequence[str], party: str | None = None
) -> View:
    """The view that command-line options ask for. Raises Refused."""
    view = default_view(deal)
    if version is not None:
        view = view._replace(version=find_key("version", dict(deal.versions), version))
    if scenario is not None:
        view = view._replace(scenario=find_key("scenario", dict(deal.scenarios), scenario))
    if period is not None:
        view = view._replace(period=period)
    if party is not None:
        view = view._replace(perspective=find_key("party", dict(deal.parties), party))
    pairs = []
    for text in sets:
        key, sign, value = text.partition("=")
        key = key.strip()
        if not sign or not key:
            raise refuse("--set", f"“{text}” is not of the form KEY=VALUE.", "Write for example --set rate=20%.")
        try:
            pairs.append((key, field_for(input_item(deal, key), deal.unit).parse(value.strip())))
        except Refused as err:
            raise Refused(*(Problem(f"--set {key}", p.what, p.remedy) for p in err.problems)) from None
    return view._replace(sets=tuple(pairs))


def problem_json(problem: Problem) -> dict[str, str]:
    """A problem as plain JSON values."""
    return {
        "where": problem.where, "what": problem.what, "remedy": problem.remedy, "severity": problem.severity,
    }  # fmt: skip


def to_json(item: Any, value: Any) -> Any:
    """One value: dates as ISO text or "never", "undisclosed", "none", an error as an object with its root cell."""
    if isinstance(value, ErrorValue):
        if value.is_undisclosed:
            return "undisclosed"
        out = {"error": value.kind, "at": value.at}
        return {**out, "why": value.note} if value.note else out
    if isinstance(value, float) and item.kind in ("date", "money", "number", "multiple", "integer", "year"):
        from model.values import NEVER, NO_CAP, from_serial

        if item.kind == "date":
            day = from_serial(value)
            return "never" if value >= NEVER else day.isoformat() if day and value == int(value) else value
        if value == NO_CAP or (item.kind in ("money", "multiple") and value > NO_CAP):  # as the fields show them
            return "none"
        if item.kind in ("integer", "year") and value == int(value):
            return int(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


def safe_csv(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula gets a leading apostrophe."""
    return "'" + value if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") else value


def complain(err: Refused, status: int) -> int:
    """Tell on standard error why something was refused; gives back the exit status."""
    for problem in err.problems:
        print(problem, file=sys.stderr)
    return status
