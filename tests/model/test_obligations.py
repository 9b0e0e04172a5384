"""Who owes what, when, to whom; the make-up right; how much of the revenue is promised; the parties' views."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model import store
from model.deal import Line, Party, Right
from model.engine import run
from model.layers import View
from model.obligations import obligations
from model.values import ErrorValue
from tests.model.deals import deal
from tests.model.test_template import DEAL, PERIODS, compute, yearly
from tests.thorough import examples

D = dt.date
TAKE_OR_PAY = {"azure_remedy": "per-period take-or-pay", "azure_make_up": "allowed"}


def owed(calc):
    return {row.key: row for row in obligations(calc, D(2027, 1, 1))}


# -- by party ------------------------------------------------------------------------------------------


def test_every_obligation_names_two_different_parties_and_they_come_in_the_order_of_the_parties():
    rows = obligations(compute(), D(2027, 1, 1))
    assert {row.key for row in rows} == {key for key, right in DEAL.rights.items() if right.owed_by}
    assert all(row.by != row.to and row.by in DEAL.parties and row.to in DEAL.parties for row in rows)
    places = [list(DEAL.parties).index(row.by) for row in rows]
    assert places == sorted(places) and len(set(places)) == 2


@pytest.mark.parametrize("period", PERIODS)
def test_amounts_owed_are_those_of_the_line_by_calendar_year(period):
    calc = compute(period)
    rows = owed(calc)
    assert rows["azure_purchase"].years == pytest.approx(yearly(calc, "azure_due", at_end=False))
    assert rows["azure_purchase"].total == pytest.approx(250)
    assert rows["revenue_share"].years == pytest.approx(yearly(calc, "revenue_share_paid", at_end=False))
    assert rows["capital_call"].total == pytest.approx(1.4) and rows["capital_call"].years == {}
    assert rows["research_ip"].total is None


def test_where_one_right_replaces_another_nothing_is_counted_twice():
    for version in DEAL.versions:
        calc = compute("month", version)
        rows = owed(calc)
        both = rows["revenue_share"].total + rows["revenue_share_2030"].total
        assert both == pytest.approx(calc.scalar("revenue_share_total"))
    assert rows["revenue_share"].total == pytest.approx(13 * 0.2 * 65 / 365 + 30 * 0.2 * 116 / 365)  # to 26 April 2026
    assert rows["revenue_share_2030"].total == pytest.approx(
        calc.scalar("revenue_share_total") - rows["revenue_share"].total
    )


@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dates(D(2025, 12, 1), D(2031, 12, 31)),
    st.one_of(st.just("never"), st.dates(D(2026, 1, 1), D(2031, 12, 31))),
    st.sampled_from([1, 3, 5]),
    st.sampled_from(["none", 0.4, 12, 38]),
)
def test_what_is_owed_under_each_agreement_does_not_depend_on_the_period_length(last_day, declared, tail, cap):
    changes = {"excl_last_day": last_day, "agi_declared": declared, "rs_tail": tail, "rs_cap": cap}
    runs = [compute(period, "apr_2026", **changes) for period in PERIODS]
    for key in ("revenue_share", "revenue_share_2030"):
        first, *rest = (owed(calc)[key].years for calc in runs)
        assert all(other == pytest.approx(first, abs=1e-9) for other in rest), key
    rows, total = owed(runs[0]), runs[0].scalar("revenue_share_total")
    assert rows["revenue_share"].total + rows["revenue_share_2030"].total == pytest.approx(total, abs=1e-9)
    accrued = by_day_of_share(runs[0], last_day, cap)
    assert rows["revenue_share"].total == pytest.approx(accrued, abs=1e-9)


def by_day_of_share(calc, last_day, cap):
    """What accrues up to a day, summed day by day: the cap counts from 2026 and fills in order of days."""
    plan = {2025: 13, 2026: 30, 2027: 62, 2028: 100, 2029: 141.42, 2030: 200, 2031: 240, 2032: 276}
    stop = min(D(2030, 12, 31), last_day)
    used, total, day = 0.0, 0.0, D(2025, 10, 28)
    while day <= stop:
        share = 0.2 * plan[day.year] / (366 if day.year % 4 == 0 else 365)
        if day.year >= 2026 and cap != "none":
            share = min(share, cap - used)
            used += share
        total += share
        day += dt.timedelta(1)
    return total


@settings(max_examples=examples(15), deadline=None)
@given(
    st.dates(D(2025, 1, 1), D(2030, 12, 31)),
    st.integers(1, 900),
    st.booleans(),
    st.lists(st.integers(0, 50), min_size=6, max_size=6),
)
def test_rights_that_share_a_line_divide_each_year_by_days_whatever_the_period_length(start, length, gap, plan):
    parties = {"a": Party(label="A"), "b": Party(label="B")}
    last, day = start + dt.timedelta(length), "DATE({0.year}, {0.month}, {0.day})"
    following = last + dt.timedelta(40 if gap else 1)
    rights = {
        "old": Right(label="O", holder="a", owed_by="b", amount="x", from_="= " + day.format(start),
                     until="= " + day.format(last)),
        "new": Right(label="N", holder="a", owed_by="b", amount="x", from_="= " + day.format(following)),
    }  # fmt: skip
    made = deal(
        lines={"x": f"= CHOOSE(MIN(year, 2030) - 2024, {', '.join(map(str, plan))}) * days / days_in_year"},
        parties=parties, rights=rights,
    )  # fmt: skip
    runs = [owed(run(made, View(period=period))) for period in PERIODS]
    for key in rights:
        first, *rest = (rows[key].years for rows in runs)
        assert all(other == pytest.approx(first, abs=1e-9) for other in rest), key
    for year, value in runs[0]["old"].years.items():
        both = value + runs[0]["new"].years[year]
        assert both == pytest.approx(plan[min(year, 2030) - 2025], abs=1e-9)


# -- the three remedies ----------------------------------------------------------------------------------


@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.integers(2025, 2033), st.sampled_from([0.0, 0.4, 0.85, 1.0, 1.3])),
    st.sampled_from(["none", "allowed"]),
    st.dates(D(2028, 1, 1), D(2036, 12, 31)),
    st.sampled_from(PERIODS),
)
def test_the_three_remedies_stand_side_by_side_as_if_each_were_chosen(take, make_up, end, period):
    changes = {"azure_take": take, "azure_make_up": make_up, "azure_end": end}
    names = {"none": "none", "true_up": "end-of-term true-up", "take_or_pay": "per-period take-or-pay"}
    runs = {key: compute(period, **changes, azure_remedy=name) for key, name in names.items()}
    for key, calc in runs.items():
        settled = calc.scalar("azure_shortfall_total")
        for other in runs.values():  # the row is the same, whichever is chosen
            assert other.scalar(f"remedies.{key}.settled") == pytest.approx(settled, abs=1e-9)
            assert other.scalar(f"remedies.{key}.lapsed") == pytest.approx(calc.scalar("azure_lapsed_total"), abs=1e-9)
            assert other.scalar(f"remedies.{key}.made_up") == pytest.approx(sum(calc.line("azure_made_up")), abs=1e-9)
            assert other.scalar(f"remedies.{key}.chosen") == ("chosen" if other is calc else "")
        assert calc.checks["remedies_add_up"]
        assert calc.scalar(f"remedies.{key}.taken") == pytest.approx(sum(calc.line("azure_drawdown")), abs=1e-9)


@pytest.mark.parametrize("period", PERIODS)
def test_what_is_settled_or_left_is_nothing_or_at_least_a_dollar(period):
    dust = {}
    for version in DEAL.versions:
        for changes in ({}, {"azure_remedy": "none"}, {**TAKE_OR_PAY, "azure_take": {2027: 0.7, 2029: 1.3}},
                        {"azure_profile": "ramp"}, {"rs_tail": 5, "azure_take": {2028: 0.5}}):  # fmt: skip
            calc = compute(period, version, **changes)
            for key in DEAL.lines:
                small = [v for v in calc.line(key) if isinstance(v, float) and 0 < abs(v) < 1e-9]
                dust.update({key: small} if small else {})
    assert dust == {}


def test_what_accrued_is_still_owed_after_the_right_has_ended():
    calc = compute(agi_declared=D(2027, 12, 31), rs_tail=5)
    row = owed(calc)["revenue_share"]
    assert row.status.until == D(2028, 6, 30) and row.years[2030] > 0
    assert row.total == pytest.approx(calc.scalar("revenue_share_total"))


def test_an_undisclosed_amount_is_undisclosed_and_an_excluded_right_owes_nothing():
    parties = {"a": Party(label="A"), "b": Party(label="B")}

    def rights(**parts):
        return {"r": Right(label="R", holder="a", owed_by="b", from_="= DATE(2025, 1, 1)", amount="x", **parts)}

    unknown = deal(terms={"t": "undisclosed"}, lines={"x": "= t"}, parties=parties, rights=rights())
    total = owed(run(unknown, View()))["r"].total
    assert isinstance(total, ErrorValue) and total.is_undisclosed
    off = deal(lines={"x": "= 1"}, parties=parties, rights=rights(while_="= 0"))
    row = owed(run(off, View()))["r"]
    assert row.total == 0 and row.status.state == "excluded"


# -- make-up -------------------------------------------------------------------------------------------


def by_day(take, years):
    """Paid and made up by calendar year, day by day, and the present value of what is paid, for the straight line."""
    sign, end = D(2025, 10, 28), D(2032, 12, 31)
    plan = 250 / ((end - sign).days + 1)
    left, batches, paid, made, pv, planned = 250.0, [], {}, {}, 0.0, {}
    day = sign
    while day <= end:
        year, want = day.year, plan * take.get(day.year, 1.0)
        planned[year] = planned.get(year, 0) + plan
        made_today, open_share = 0.0, min(1.0, left / plan)  # nothing is made up once the commitment is used up
        for batch in batches:  # the oldest first, never those of this year
            use = min(batch[1], max(0.0, want - plan) * open_share - made_today)
            batch[1] -= use
            made_today += use
        pay = min(left, want - made_today)
        left -= pay
        made[year] = made.get(year, 0) + made_today
        paid[year] = paid.get(year, 0) + pay
        pv += pay * 1.1 ** (-(day - sign).days / 365)
        if (day.month, day.day) == (12, 31):
            short = min(left, max(0.0, planned[year] - paid[year] - made[year]))
            left -= short
            pv += short * 1.1 ** (-(day - sign).days / 365)
            batches = [b for b in batches if b[0] + years > year]
            batches.append([year, short])
        day += dt.timedelta(1)
    return paid, made, pv


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize(
    ("take", "years"),
    [
        ({2027: 0.7, 2028: 1.3, 2029: 1.1}, 3),
        ({2026: 0.5, 2027: 0.9, 2029: 1.25, 2030: 1.6}, 3),
        ({2026: 0.5, 2027: 1.1, 2029: 1.4}, 2),
        ({2027: 0.8}, 1),
        ({2026: 1.5, 2031: 0.4, 2032: 1.2}, 5),
    ],
)
def test_a_deficiency_paid_is_made_up_by_later_takes_as_a_sum_over_days_says(period, take, years):
    calc = compute(period, **TAKE_OR_PAY, azure_make_up_years=years, azure_take=take)
    paid, made, pv = by_day(take, years)
    drawn = yearly(calc, "azure_drawdown", at_end=False)
    made_up = yearly(calc, "azure_made_up", at_end=False)
    for year in paid:
        assert math.isclose(drawn[year], paid[year], abs_tol=1e-9), year
        assert math.isclose(made_up[year], made[year], abs_tol=1e-9), year
    assert calc.scalar("pv_azure") == pytest.approx(pv, rel=1e-9)
    assert all(calc.checks.values())


@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.integers(2025, 2033), st.sampled_from([0.0, 0.4, 1.0, 1.3, 2.5])),
    st.integers(1, 5),
    st.dates(D(2028, 1, 1), D(2036, 12, 31)),
    st.dates(D(2025, 1, 1), D(2032, 12, 31)),
    st.sampled_from(["straight-line", "ramp"]),
)
def test_making_up_does_not_depend_on_the_period_length(take, years, end, valued, profile):
    changes = {"azure_take": take, "azure_make_up_years": years, "azure_end": end, "valuation_date": valued}
    runs = [compute(period, **TAKE_OR_PAY, **changes, azure_profile=profile) for period in PERIODS]
    for key in ("azure_drawdown", "azure_shortfall", "azure_made_up", "make_up_lapsed"):
        first, *rest = (yearly(calc, key, at_end=False) for calc in runs)
        assert all(other == pytest.approx(first, abs=1e-9) for other in rest), key
    for key in ("pv_azure", "azure_remaining_at_valuation"):
        first, *rest = (calc.scalar(key) for calc in runs)
        assert rest == pytest.approx([first, first], rel=1e-9, abs=1e-9)


def test_a_make_up_right_changes_nothing_without_a_deficiency_or_under_another_remedy():
    for changes in ({}, {"azure_remedy": "none"}, {"azure_take": {2027: 0.7, 2028: 1.3}}):
        plain, allowed = compute(**changes), compute(**{"azure_make_up": "allowed", **changes})
        assert plain.scalar("pv_azure") == allowed.scalar("pv_azure")
        assert sum(allowed.line("azure_made_up")) == 0


def test_what_is_not_made_up_in_time_lapses():
    calc = compute(**TAKE_OR_PAY, azure_make_up_years=2, azure_take={2026: 0.5})
    lapsed = yearly(calc, "make_up_lapsed", at_end=False)
    assert {y for y, v in lapsed.items() if v} == {2028}
    assert calc.scalar("azure_make_up_lapsed") == pytest.approx(lapsed[2028])


# -- coverage ------------------------------------------------------------------------------------------


def test_years_in_which_more_is_promised_than_planned_are_counted_and_flagged():
    calc = compute()
    share = yearly(calc, "compute_share_of_revenue", at_end=True)
    due = yearly(calc, "azure_due", at_end=False)
    other = yearly(calc, "other_committed", at_end=False)
    assert share[2027] == pytest.approx((due[2027] + other[2027]) / 62)
    assert other[2027] == pytest.approx(300 / 5 + 38 / 7 + 100 / 8 + 22.4 / 5 + 10 / 3)
    assert calc.scalar("compute_years_over") == sum(v > 1 for v in share.values()) == 3
    assert DEAL.lines["compute_share_of_revenue"].warn_above == 1 and DEAL.outputs["compute_peak"].warn_above == 1


def test_what_is_disclosed_is_used_and_assumptions_only_where_it_is_not():
    calc = compute()
    assert calc.scalar("commitments.oracle.from_used") == 2027
    assert calc.scalar("commitments.coreweave.per_year").is_undisclosed
    assert calc.scalar("commitments.coreweave.due_a_year") == pytest.approx(22.4 / 5)
    total = math.fsum(compute("month").line("other_committed"))
    assert total == pytest.approx(calc.scalar("other_commitments"))


# -- views and the cap table ----------------------------------------------------------------------------


def seen(party, **changes):
    view = compute(**changes).view
    return run(DEAL, view._replace(perspective=party))


def test_switching_the_party_flips_every_flow_and_present_value_and_the_views_net_to_zero():
    changes = {"rounds": [{"funded": 1.0, "participation": 0.2}]}
    ours, theirs, nobody = (seen(party, **changes) for party in ("microsoft", "openai", "foundation"))
    for key in ("cash_azure", "cash_share", "cash_rounds", "cash_total"):
        assert ours.line(key) == pytest.approx([-v for v in theirs.line(key)])
        assert any(ours.line(key)) and not any(nobody.line(key))
    for key in ("pv_azure", "pv_revenue_share"):
        assert ours.scalar(key) == pytest.approx(-theirs.scalar(key)) and nobody.scalar(key) == 0
    for record in DEAL.tables["contributions"].records:
        assert ours.scalar(f"contributions.{record}.flow") == -theirs.scalar(f"contributions.{record}.flow") != 0
    assert ours.scalar("xirr") == pytest.approx(theirs.scalar("xirr"))  # one rate, seen from both sides
    assert nobody.scalar("xirr_status") == "no sign change"
    assert all(ours.checks.values()) and all(theirs.checks.values()) and all(nobody.checks.values())


def test_every_holders_share_through_a_round_adds_up():
    calc = compute("quarter", rounds=[{"funded": 1.0, "participation": 0.1}])
    after = [calc.scalar(f"cap_table.{r}.pct_after") for r in DEAL.tables["cap_table"].records]
    kept = 730 / 852
    assert after == pytest.approx([0.27 * kept + 0.1 * (1 - kept), 0.26 * kept, 0.47 * kept, 0.9 * (1 - kept)])
    assert calc.line("holding_new")[:5] == pytest.approx([0] * 4 + [after[3]])  # from the quarter of funding on
    assert sum(calc.scalar(f"cap_table.{r}.worth_after") for r in DEAL.tables["cap_table"].records) == pytest.approx(
        852
    )
    assert calc.scalar("rounds.round_1.pro_rata") == pytest.approx(0.27 * 122)


def test_a_payment_to_somebody_who_is_no_party_is_named():
    from model.structure.uses import unknown_parties

    parties = {"a": Party(label="A"), "b": Party(label="B")}
    wrong = deal(lines={"x": Line(label="X", formula='= FLOW("a", "bb", 1)')}, parties=parties)
    (problem,) = unknown_parties(wrong)
    assert problem.where == "lines.x.formula" and "bb" in problem.what
    assert unknown_parties(DEAL) == []


def test_show_says_in_words_why_there_is_no_xirr_and_what_lies_above_its_limit(capsys):
    from model.commands import headless

    assert headless.main(["show", "microsoft-openai", "--set", "stake_value=0"]) == 0
    shown = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line.strip()}
    assert "no sign change" in shown["xirr"] and "#N/A" not in shown["xirr"]
    assert shown["compute_peak"].endswith("above the limit")
    assert "above" not in shown["moic_funded"]


def test_show_gives_obligations_and_follows_the_party(capsys):
    import json

    from model.commands import headless

    assert headless.main(["show", "microsoft-openai", "--party", "OpenAI", "--on", "2027-01-01", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    row = next(o for o in found["obligations"] if o["right"] == "azure_purchase")
    assert (row["by"], row["to"], row["until"], row["on"]) == (
        "openai", "microsoft", "2032-12-31", {"2027-01-01": "in force"},
    )  # fmt: skip
    assert row["total"] == pytest.approx(250) and row["years"]["2026"] == pytest.approx(34.80167810831426)
    assert found["outputs"]["pv_azure"] == pytest.approx(-181.039, abs=1e-3)
    assert headless.main(["show", "microsoft-openai", "--party", "nobody"]) == 2
    assert "no party “nobody”" in capsys.readouterr().err


def test_check_names_probabilities_that_do_not_add_up(capsys, tmp_path):
    from model.commands import headless

    text = store.dumps(DEAL).replace("probability = 0.4", "probability = 0.5")
    path = tmp_path / "odd.deal"
    path.write_text(text, encoding="utf-8")
    assert headless.main(["check", str(path)]) == 1
    assert "add up to 1.1, not to 1" in capsys.readouterr().out
