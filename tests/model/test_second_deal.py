"""A deal of another shape is a file and no line of code: chips paid in part in warrants that vest on milestones."""

import datetime as dt
import re
from pathlib import Path

import pytest

from model import decisions, rights, store
from model.engine import run
from model.layers import View
from model.values import NEVER, UNDISCLOSED, from_serial, to_serial

ROOT = Path(__file__).parents[2]
DEAL = store.load(store.find("amd-openai")).deal
PERIODS = ("month", "quarter", "year")
D = dt.date
PLAN = {2026: 0.5, 2027: 1.0, 2028: 1.5, 2029: 1.75, 2030: 1.25}
ISSUED, EXPIRES = D(2025, 10, 5), D(2030, 10, 5)
FIRST, LAST = D(2026, 10, 1), D(2030, 6, 30)


def compute(period="year", scenario="base", **sets):
    return run(DEAL, View("", scenario, period, tuple(sets.items())))


def day_by_day(first=FIRST, last=LAST, pace=1.0, lag=60, price=17.5, growth=0.30, rate=0.10):
    """The deal once more, as a loop over days."""
    delivered = paid = value = 0.0
    out = {"delivered": {}, "paid": {}, "marks": {}, "shares": 0.0, "worth": 0.0, "pv": 0.0}
    left = 6.0
    per_day = {}
    for year, gw in PLAN.items():
        days = [D(year, 1, 1) + dt.timedelta(n) for n in range(366) if (D(year, 1, 1) + dt.timedelta(n)).year == year]
        days = [d for d in days if first <= d <= last]
        gw = min(gw * pace, left) if days else 0.0
        left -= gw
        per_day.update(dict.fromkeys(days, gw / len(days) if days else 0.0))
    on = D(2025, 1, 1)
    while on <= D(2032, 12, 31):
        delivered += per_day.get(on, 0.0)
        out["delivered"][on.year] = delivered
        paid += price * per_day.get(on - dt.timedelta(lag), 0.0)
        out["paid"][on.year] = paid
        out["pv"] += price * per_day.get(on - dt.timedelta(lag), 0.0) * (1 + rate) ** (-(on - ISSUED).days / 365)
        for mark in range(1, 7):
            if delivered >= mark - 1e-6:
                out["marks"].setdefault(mark, on)
        on += dt.timedelta(1)
    for mark, reached in out["marks"].items():
        target = 200 + (600 - 200) * (mark - 1) / 5
        hit = D(2025, 10, 6)
        while hit <= EXPIRES and 203.71 * (1 + growth) ** ((hit - D(2025, 10, 6)).days / 365) < target - 1e-9:
            hit += dt.timedelta(1)
        vests = max(reached, hit)
        if vests <= EXPIRES:
            price_then = 203.71 * (1 + growth) ** ((vests - D(2025, 10, 6)).days / 365)
            out["shares"] += 160 / 6
            value += 160 / 6 * (price_then - 0.01) / 1000
    out["worth"] = value
    return out


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize(
    ("scenario", "sets", "same"),
    [
        ("base", {}, {}),
        ("half_pace", {}, {"pace": 0.5}),
        ("flat_price", {}, {"growth": 0.0}),
        ("base", {"payment_days": 0, "first_delivery": D(2026, 7, 1)}, {"lag": 0, "first": D(2026, 7, 1)}),
        ("base", {"pace": 1.2, "last_delivery": D(2029, 8, 19), "discount_rate": 0.0}, {"pace": 1.2, "last": D(2029, 8, 19), "rate": 0.0}),
    ],
)  # fmt: skip
def test_by_month_quarter_and_year_the_deal_agrees_with_a_sum_over_days(period, scenario, sets, same):
    calc, expected = compute(period, scenario, **sets), day_by_day(**same)
    assert calc.holds(), (calc.problems, calc.checks)
    left, to_date = {}, {}
    for span, remaining, due in zip(
        calc.timeline.periods, calc.line("capacity_left"), calc.line("paid_to_date"), strict=True
    ):
        left[span.year], to_date[span.year] = remaining, due
    assert left == pytest.approx({year: 6 - gw for year, gw in expected["delivered"].items()}, abs=1e-9)
    assert to_date == pytest.approx(expected["paid"], abs=1e-9)
    assert sum(calc.line("paid")) == pytest.approx(expected["paid"][2032])
    assert calc.scalar("shares_vested_total") == pytest.approx(expected["shares"])
    assert calc.scalar("warrant_value_total") == pytest.approx(expected["worth"])
    assert sum(calc.line("warrants_received")) == pytest.approx(expected["worth"] + expected["shares"] * 0.01 / 1000)
    assert calc.scalar("pv_payments") == pytest.approx(-expected["pv"])  # as the payer sees it
    for mark in range(1, 7):
        reached = calc.scalar(f"tranches.t{mark}.delivered_on")
        assert (None if reached == NEVER else from_serial(reached)) == expected["marks"].get(mark)


def test_the_deals_official_figures():
    calc = compute()
    assert calc.scalar("warrant_value_at_target") == pytest.approx(160 * 599.99 / 1000)
    assert calc.scalar("dilution_at_most") == pytest.approx(160 / 1790)
    assert calc.scalar("tranches.t6.target") == 600
    assert calc.scalar("invoiced_total") == pytest.approx(6 * 17.5)
    official = {key for key, term in DEAL.terms.items() if term.class_ == "official"}
    assert official == {
        "effective_date", "capacity", "warrant_shares", "exercise_price", "warrant_expiry", "final_target",
        "conditions_met", "shares_outstanding",
    }  # fmt: skip


def test_every_input_has_a_class_a_source_and_a_note():
    for key, term in DEAL.terms.items():
        if term.formula is None:
            assert term.class_ and term.source in DEAL.sources and term.note.endswith("."), key
    for key, table in DEAL.tables.items():
        assert table.note and (table.class_ == "assumption" or key == "maturity"), key


def test_no_tranche_vests_before_both_milestones_or_after_the_expiry():
    for scenario in DEAL.scenarios:
        calc = compute(scenario=scenario)
        for key in DEAL.tables["tranches"].records:
            delivered, price, vests = (
                calc.scalar(f"tranches.{key}.{c}") for c in ("delivered_on", "price_on", "vests_on")
            )
            assert vests in (max(delivered, price), NEVER)
            assert (vests == NEVER) == (max(delivered, price) > to_serial(EXPIRES))


def test_without_its_conditions_nothing_vests_and_undisclosed_conditions_give_no_figure():
    assert compute(conditions_assumed="no").scalar("shares_vested_total") == 0
    assert compute(conditions_assumed="undisclosed").scalar("shares_vested_total") == UNDISCLOSED


def test_switching_the_party_flips_every_flow():
    ours = compute()
    theirs = run(DEAL, View("", "base", "year", (), "amd"))
    for line in ("cash_chips", "cash_exercise", "warrants_received", "net_flow"):
        assert any(ours.line(line))
        assert [a + b for a, b in zip(ours.line(line), theirs.line(line), strict=True)] == [0.0] * len(ours.line(line))
    assert ours.scalar("pv_payments") == -theirs.scalar("pv_payments") < 0
    assert all(ours.checks.values()) and all(theirs.checks.values())


def test_every_check_holds_under_every_scenario():
    for scenario in DEAL.scenarios:
        assert compute(scenario=scenario).holds(), scenario


@pytest.mark.parametrize(
    ("check", "sets"),
    [
        ("capacity_kept", {"capacity": -1.0}),
        ("tranches_in_order", {"capacity": 7.0}),
        ("tranches_in_order", {"tranches.t3.gw_mark": 1.5}),
        ("dates_in_order", {"first_delivery": D(2025, 1, 1)}),
        ("all_paid", {"payment_days": 2000}),
        ("lines_meet_plan", {"deliveries.y2030.cal_year": 2035, "last_delivery": D(2035, 12, 31)}),
    ],
)
def test_a_check_fails_when_what_it_watches_is_broken(check, sets):
    assert compute(**sets).checks[check] is False


@pytest.mark.parametrize("scenario", DEAL.scenarios)
def test_every_case_meets_exactly_one_rule_on_every_day(scenario):
    calc = compute(scenario=scenario)
    assert decisions.faults(calc) == [] and rights.faults(calc) == []
    vesting = [from_serial(calc.scalar(f"tranches.t{n}.vests_on")) for n in (1, 6)]
    days = [d + dt.timedelta(n) for d in (ISSUED, EXPIRES, *vesting) for n in (-1, 0, 1) if d.year < 9999]
    for name, question in DEAL.questions.items():
        for facts in decisions.combinations(question):
            for on in days:
                assert decisions.ask(calc, name, facts, on).rule, (name, facts, on)


def test_a_tranche_is_exercisable_from_vesting_to_expiry_and_only_if_its_conditions_are_known_to_be_met():
    calc = compute()
    vests = from_serial(calc.scalar("tranches.t1.vests_on"))

    def may(on, **facts):
        return decisions.ask(calc, "exercise", facts, on).answer

    assert may(vests - dt.timedelta(1), tranche="first", conditions="met") == "no"
    assert may(vests, tranche="first", conditions="met") == "yes"
    assert may(EXPIRES, tranche="first", conditions="met") == "yes"
    assert may(EXPIRES + dt.timedelta(1), tranche="first", conditions="met") == "no"
    assert may(vests, tranche="first", conditions="unknown") == "unknown"
    assert may(vests, tranche="between", conditions="met") == "unknown"
    assert may(vests, tranche="first", conditions="not_met") == "no"
    assert rights.status(calc, "first_tranche", vests).state == "unknown"
    known = compute(conditions_met="yes")
    assert rights.status(known, "first_tranche", vests).state == "in force"


def test_no_deals_own_name_stands_in_code():
    named = re.compile(r"azure|openai|(?<!urn:schemas-)microsoft|\bagi\b|\bamd\b|gigawatt", re.IGNORECASE)
    files = [ROOT / "main.py", *(ROOT / "model").rglob("*.py"), *(ROOT / "ui").rglob("*.py")]
    assert len(files) > 50
    assert [f.name for f in files if named.search(f.read_text(encoding="utf-8"))] == []
