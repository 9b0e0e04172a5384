"""Who owes what, when, to whom: every right that names the party owing it, with the amounts its line gives.

Where several rights name one line, because one replaced another, each calendar year's amount is divided by the days on
which each of them is in force; after the last of them has ended, it is that one's: what accrued stays payable. So the
amounts do not depend on the period length. Where a line is not spread evenly over the year, each right should have a
line of its own, cut by day.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from typing import Any, NamedTuple

from model.deal import Deal
from model.engine import Calc
from model.rights import Span, Status, granted, span, standing
from model.values import NEVER, ErrorValue, to_serial


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
    sharing = [k for k in held if deal.rights[k].amount == line and granted(held[k])]
    found: dict[int, list[Any]] = {}
    for period, value in zip(calc.timeline.periods, calc.line(line), strict=True):
        found.setdefault(period.year, []).append(value)
    if key not in sharing:
        return dict.fromkeys(found, 0.0)
    totals = {year: _sum(values) for year, values in found.items()}
    if len(sharing) == 1:
        return totals
    shares = {year: _part(key, sharing, held, year) for year in totals}
    return {year: _times(total, shares[year]) for year, total in totals.items()}


def _times(amount: float | ErrorValue, share: float) -> float | ErrorValue:
    if isinstance(amount, ErrorValue):
        return amount if share else 0.0
    return amount * share


def _part(key: str, sharing: list[str], held: dict[str, Span], year: int) -> float:
    """Which part of a calendar year's amount is a right's: its days among the days on which any of them has begun."""
    first, last = to_serial(dt.date(year, 1, 1)), to_serial(dt.date(year, 12, 31))
    cuts = {first, last + 1}
    for k in sharing:
        cuts.update(d for d in (held[k].start or first, (held[k].end or NEVER) + 1) if first < d <= last)
    days = dict.fromkeys(sharing, 0.0)
    for begin, after in itertools.pairwise(sorted(cuts)):
        owner = _owner(sharing, held, begin)
        if owner:
            days[owner] += after - begin
    total = sum(days.values())
    return days[key] / total if total else float(key == sharing[0])


def _owner(sharing: list[str], held: dict[str, Span], day: float) -> str:
    """Which of the rights that share a line a day belongs to; "" before any of them has begun."""
    begun = [k for k in sharing if (held[k].start or 0.0) <= day]
    if not begun:
        return ""
    return max(begun, key=lambda k: ((held[k].end or NEVER) >= day, held[k].end or NEVER, held[k].start or 0.0))


def _sum(values: list[Any]) -> float | ErrorValue:
    error = next((v for v in values if isinstance(v, ErrorValue)), None)
    if error is not None:
        return error
    return math.fsum(v for v in values if isinstance(v, (int, float)))
