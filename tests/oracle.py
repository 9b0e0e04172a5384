"""An independent reference for the Microsoft–OpenAI deal: every day added up by hand.

Plain Python, no closed forms, nothing imported from the model: so that agreement between the two
means something. Slow (some 5,800 days a run) and meant to be. Dates are ``datetime.date``; ``None``
is an event that has not happened, or no cap. Conventions: the "Conventions" section of the deal document.
"""

from __future__ import annotations

import calendar
import datetime as dt
import itertools
import math
from typing import Any

Inputs = dict[str, Any]

TRUE_UP = "end-of-term true-up"
TAKE_OR_PAY = "per-period take-or-pay"
_DAY = dt.timedelta(days=1)
_NEVER = dt.date(9999, 12, 31)
_DUST = 1e-10


def base_inputs() -> Inputs:
    """The default terms of October 2025."""
    return {
        "start": dt.date(2025, 1, 1),
        "end": dt.date(2040, 12, 31),
        "sign_date": dt.date(2025, 10, 28),
        "valuation_date": dt.date(2025, 10, 28),
        "azure_commit": 250.0,
        "azure_end": dt.date(2032, 12, 31),
        "azure_profile": "straight-line",
        "azure_remedy": TRUE_UP,
        "azure_ramp": dict(zip(range(2026, 2033), [18.0, 26.0, 34.0, 40.0, 44.0, 44.0, 44.0], strict=True)),
        "azure_take": {},
        "rev_path": dict(zip(range(2025, 2033), [13.0, 30.0, 62.0, 100.0, 141.42, 200.0, 240.0, 276.0], strict=True)),
        "rev_factor": 1.0,
        "rs_rate": 0.20,
        "rs_end": "verification",
        "rs_outside": dt.date(2030, 12, 31),
        "rs_tail": 1,
        "rs_cap": None,
        "rs_cap_from": dt.date(2026, 1, 1),
        "agi_declared": None,
        "agi_lag": 6,
        "agi_hazard": 0.08,
        "disc_rs": 0.10,
        "disc_azure": 0.10,
        "stake_pct": 0.27,
        "stake_value": 135.0,
        "funded": 11.6,
        "committed": 13.0,
        "contributions": [(dt.date(2019, 7, 22), 1.0), (dt.date(2021, 6, 30), 2.0), (dt.date(2023, 1, 23), 8.6)],
        "rounds": [
            {"on": dt.date(2026, 3, 31), "pre": 730.0, "amount": 122.0, "funded": 0.0, "participation": 0.0},
        ],
    }


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day of the month so many months on, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def verified_on(i: Inputs) -> dt.date | None:
    """The day the panel confirms: some months after the declaration."""
    return None if i["agi_declared"] is None else months_later(i["agi_declared"], i["agi_lag"])


def _days(i: Inputs) -> list[dt.date]:
    return [i["start"] + dt.timedelta(days=n) for n in range((i["end"] - i["start"]).days + 1)]


def _year_days(year: int) -> int:
    return 366 if calendar.isleap(year) else 365


def _discount(rate: float, i: Inputs, day: dt.date) -> float:
    """Actual/365 from the valuation date; a flow before it does not count."""
    away = (day - i["valuation_date"]).days
    return (1.0 + rate) ** (-away / 365) if away >= 0 else 0.0


def _per_year(i: Inputs) -> dict[int, float]:
    return dict.fromkeys(range(i["start"].year, i["end"].year + 1), 0.0)


def commitment(i: Inputs) -> dict[str, Any]:
    """Plan, drawdown, shortfall, closing by calendar year; PV, and what is left as the valuation day begins."""
    plan, drawn, short, lapsed, closing = (_per_year(i) for _ in range(5))
    left = i["azure_commit"]
    term_days = (i["azure_end"] - i["sign_date"]).days + 1
    present = 0.0
    at_valuation = None
    gone = False  # the commitment has lapsed: the corkscrew still shows it, nobody will buy it
    remedy = i["azure_remedy"]
    for day in _days(i):
        if day == i["valuation_date"]:
            at_valuation = 0.0 if gone else left
        year = day.year
        last_of_year = (day.month, day.day) == (12, 31)
        factor = _discount(i["disc_azure"], i, day)
        if i["sign_date"] <= day <= i["azure_end"]:
            if i["azure_profile"] == "ramp":
                planned = i["azure_ramp"].get(year, 0.0) / _year_days(year)
            else:
                planned = i["azure_commit"] / term_days
            take = min(left, planned * i["azure_take"].get(year, 1.0))
            plan[year] += planned
            drawn[year] += take
            left -= take
            present += take * factor
        settle = 0.0
        if remedy == TRUE_UP and day == i["azure_end"]:
            settle = left
        if remedy == TAKE_OR_PAY and last_of_year:
            settle = min(left, max(0.0, plan[year] - drawn[year]))
        short[year] += settle
        left -= settle
        present += settle * factor
        over = last_of_year and year == i["azure_end"].year if remedy == TAKE_OR_PAY else day == i["azure_end"]
        if over and remedy != TRUE_UP:
            lapsed[year] += left
            gone = True
        closing[year] = left
    return {
        "azure_plan": plan,
        "azure_drawdown": drawn,
        "azure_shortfall": short,
        "azure_lapsed": lapsed,
        "azure_closing": closing,
        "pv_azure": present,
        "azure_remaining_at_valuation": at_valuation,
    }


def _daily_share(i: Inputs, day: dt.date) -> float:
    revenue = i["rev_path"].get(day.year, 0.0) * (i["rev_factor"] if day.year >= 2026 else 1.0)
    return i["rs_rate"] * revenue / _year_days(day.year)


def _accruals(i: Inputs, stop: dt.date) -> tuple[dict[dt.date, float], dt.date | None]:
    """The share accrued on each day, and the day on which the cap binds."""
    accrued: dict[dt.date, float] = {}
    counted = 0.0
    binds = None
    for day in _days(i):
        if not i["sign_date"] <= day <= stop:
            continue
        share = _daily_share(i, day)
        if i["rs_cap"] is not None and day >= i["rs_cap_from"]:
            some = share > 0
            share = min(share, max(0.0, i["rs_cap"] - counted))
            counted += share
            if binds is None and some and counted >= i["rs_cap"] - _DUST:
                binds = day
        accrued[day] = share
    return accrued, binds


def survival(i: Inputs, day: dt.date) -> float:
    """S(d): the chance that the panel has not confirmed before this day."""
    return math.exp(-i["agi_hazard"] * max(0, (day - i["sign_date"]).days - 1) / 365)


def p_verified(i: Inputs, day: dt.date) -> float:
    """The chance that the panel has confirmed by the end of this day."""
    return 1.0 - math.exp(-i["agi_hazard"] * max(0, (day - i["sign_date"]).days) / 365)


def revenue_share(i: Inputs) -> dict[str, Any]:
    """Accrued, paid and payable by calendar year, with what was forgone and what is expected."""
    backstop = i["rs_outside"] or _NEVER
    by_event = i["rs_end"] == "verification"
    stop = min(verified_on(i) or _NEVER, backstop) if by_event else backstop
    accrued, binds = _accruals(i, stop)
    unverified, _ = _accruals(i, backstop)
    by_year = _per_year(i)
    revenue = _per_year(i)
    for day in _days(i):
        factor = i["rev_factor"] if day.year >= 2026 else 1.0
        revenue[day.year] += i["rev_path"].get(day.year, 0.0) * factor / _year_days(day.year)
    for day, amount in accrued.items():
        by_year[day.year] += amount
    paid = _per_year(i)
    present = 0.0
    tail = i["rs_tail"]
    if tail == 1:
        paid = dict(by_year)
        present = sum(amount * _discount(i["disc_rs"], i, day) for day, amount in accrued.items())
    else:
        for year, amount in by_year.items():
            for later in range(year, year + tail):
                if later in paid:
                    paid[later] += amount / tail
                    present += amount / tail * _discount(i["disc_rs"], i, dt.date(later, 12, 31))
    payable = _per_year(i)
    owed = 0.0
    for year in payable:
        owed += by_year[year] - paid[year]
        payable[year] = owed
    expected = sum(amount * (survival(i, day) if by_event else 1.0) for day, amount in unverified.items())
    total = sum(accrued.values())
    return {
        "revenue": revenue,
        "revenue_share_accrued": by_year,
        "revenue_share_paid": paid,
        "revenue_share_payable": payable,
        "revenue_share_total": total,
        "revenue_share_forgone": sum(unverified.values()) - total,
        "expected_revenue_share": expected,
        "pv_revenue_share": present,
        "rs_cap_binds_on": binds,
        "p_verified": {year: p_verified(i, dt.date(year, 12, 31)) for year in by_year},
    }


def holding(i: Inputs) -> dict[str, Any]:
    """Stake, equity and worth at each year's end; after all rounds; multiples and XIRR."""
    implied = i["stake_value"] / i["stake_pct"]
    stake, equity, worth = _per_year(i), _per_year(i), _per_year(i)
    steps: list[tuple[dt.date, float, float]] = []
    s, e, new_money = i["stake_pct"], implied, 0.0
    for record in i["rounds"]:
        new = record["amount"] * record["funded"]
        post = record["pre"] + new
        s = s * record["pre"] / post + record["participation"] * new / post
        e = post if new > 0 else e
        new_money += new
        steps.append((record["on"] or _NEVER, s, e))
    for year in stake:
        reached = [(i["stake_pct"], implied), *[(a, b) for on, a, b in steps if on <= dt.date(year, 12, 31)]]
        stake[year], equity[year] = reached[-1]
        worth[year] = stake[year] * equity[year]
    flows = [(on, -amount) for on, amount in i["contributions"]] + [(i["valuation_date"], i["stake_value"])]
    roots = xirr_roots(flows)
    return {
        "stake": stake,
        "equity_value": equity,
        "stake_worth": worth,
        "implied_equity": implied,
        "stake_after_round": s,
        "stake_worth_after_round": s * e,
        "cost_to_hold_stake": i["stake_pct"] * new_money,
        "moic_funded": i["stake_value"] / i["funded"],
        "moic_committed": i["stake_value"] / i["committed"],
        "xirr": roots[0] if len(roots) == 1 else None,
        "xirr_roots": len(roots),
    }


def npv(rate: float, flows: list[tuple[dt.date, float]]) -> float:
    """Net present value at the first flow's date, actual/365."""
    first = min(on for on, _ in flows)
    return sum(amount / (1.0 + rate) ** ((on - first).days / 365) for on, amount in flows)


def xirr_roots(flows: list[tuple[dt.date, float]], steps: int = 4000) -> list[float]:
    """Every rate between −99 % and 1000 % at which the NPV changes sign, by a fine scan and bisection."""
    low, high = math.log(0.01), math.log(11.0)
    grid = [math.exp(low + (high - low) * n / steps) - 1.0 for n in range(steps + 1)]
    roots = []
    for a, b in itertools.pairwise(grid):
        at_a = npv(a, flows)
        if at_a * npv(b, flows) >= 0:
            continue
        for _ in range(200):
            middle = (a + b) / 2
            if at_a * npv(middle, flows) > 0:
                a = middle
            else:
                b = middle
        roots.append((a + b) / 2)
    return roots


def run(changes: Inputs | None = None) -> dict[str, Any]:
    """The whole reference for the default terms with these changes."""
    i = {**base_inputs(), **(changes or {})}
    return {**commitment(i), **revenue_share(i), **holding(i), "verified": verified_on(i)}
