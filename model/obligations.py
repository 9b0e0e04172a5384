"""Who owes what, when, to whom: every right that names the party owing it, with the amounts its line gives.

Where several rights name one line, because one replaced another, each period's amount belongs to the one that is in
force on the period's last day; after the last of them has ended, to that one: what accrued stays payable.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any, NamedTuple

from model.deal import Deal
from model.engine import Calc
from model.rights import Span, Status, span, standing
from model.values import NEVER, ErrorValue


class Owed(NamedTuple):
    """One obligation. ``years`` are the amounts by calendar year, empty where there is only a ``total``;
    ``total`` is None where nothing says how much. Amounts are in the unit of the line, as it gives them."""

    key: str
    by: str
    to: str
    status: Status
    years: dict[int, float | ErrorValue]
    total: float | ErrorValue | None


def obligations(calc: Calc, on: dt.date) -> list[Owed]:
    """Every obligation, by the party that owes it, in the order of the parties. ``on`` is the day of its status."""
    deal = calc.deal
    held = {key: span(calc, key) for key, right in deal.rights.items() if right.owed_by}
    out = []
    for key in sorted(held, key=lambda k: _place(deal, deal.rights[k].owed_by)):
        right = deal.rights[key]
        years: dict[int, float | ErrorValue] = {}
        total: float | ErrorValue | None = None
        if right.amount in deal.lines:
            years = _by_year(calc, key, held)
            total = _sum(list(years.values()))
        elif right.amount:
            value = calc.scalar(right.amount)
            total = value if isinstance(value, (float, ErrorValue)) else None
        out.append(Owed(key, right.owed_by, right.holder, standing(calc, key, held[key], on), years, total))
    return out


def _place(deal: Deal, party: str) -> int:
    known = list(deal.parties)
    return known.index(party) if party in known else len(known)


def _by_year(calc: Calc, key: str, held: dict[str, Span]) -> dict[int, float | ErrorValue]:
    deal = calc.deal
    line = deal.rights[key].amount
    sharing = [k for k in held if deal.rights[k].amount == line and _happens(held[k])]
    found: dict[int, list[Any]] = {}
    for i, (period, value) in enumerate(zip(calc.timeline.periods, calc.line(line), strict=True)):
        found.setdefault(period.year, [])
        if key in sharing and _owner(sharing, held, calc.timeline.rows["end"][i]) == key:
            found[period.year].append(value)
    return {year: _sum(values) for year, values in found.items()}


def _happens(right: Span) -> bool:
    """Whether a right is ever in force, as far as is known."""
    if right.condition == 0.0:
        return False
    return right.start is None or (right.start < NEVER and (right.end is None or right.end >= right.start))


def _owner(sharing: list[str], held: dict[str, Span], day: float) -> str:
    """Which of the rights that share a line a period ending on a day belongs to."""
    begun = [k for k in sharing if (held[k].start or 0.0) <= day]
    if not begun:
        return sharing[0]
    return max(begun, key=lambda k: ((held[k].end or NEVER) >= day, held[k].end or NEVER, held[k].start or 0.0))


def _sum(values: list[Any]) -> float | ErrorValue:
    error = next((v for v in values if isinstance(v, ErrorValue)), None)
    if error is not None:
        return error
    return math.fsum(v for v in values if isinstance(v, (int, float)))
