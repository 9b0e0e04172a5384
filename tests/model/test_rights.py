"""Rights by date, what an event ends, and the two events of the first deal kept apart."""

import datetime as dt
import re
from functools import cache

import pytest

from model import rights, store
from model.deal import Event, Right, Term
from model.engine import run
from model.layers import View
from tests.model.deals import deal

DEAL = store.load(store.find("microsoft-openai")).deal
D = dt.date
SIGNED, AMENDED = D(2025, 10, 28), D(2026, 4, 27)
NEW_YEAR, MIDYEAR = D(2026, 1, 1), D(2026, 6, 30)
AMENDMENT = {"nonexclusive_ip", "any_cloud", "azure_first", "revenue_share_2030", "no_reverse_share"}
LICENCE_AND_REVENUE = {
    "exclusive_ip", "post_agi_models", "research_ip", "api_exclusivity", "joint_api_azure", "revenue_share",
}  # fmt: skip
THRESHOLD = {"agi_openai_ip", "agi_openai_ip_free", "compute_thresholds"}


@cache
def calc(version="oct_2025", declared=None, lag=6, extra=()):
    sets = (*extra, ("agi_lag", lag), ("agi_declared", declared)) if declared else extra
    return run(DEAL, View(version, "base", "year", sets))


def states(on, version="oct_2025", declared=None, lag=6, extra=()):
    run_ = calc(version, declared, lag, extra)
    return {key: rights.status(run_, key, on).state for key in DEAL.rights}


def moved(a, b):
    """The rights whose dates or condition differ."""
    return {key for key in DEAL.rights if rights.span(a, key) != rights.span(b, key)}


# the deal's records ---------------------------------------------------------------------------------


def test_every_statement_of_the_article_and_of_the_joint_statement_has_a_record():
    told = {
        int(n) for right in DEAL.rights.values() for n in re.findall(r"[Ss]tatement (\d+) of the article", right.note)
    }
    assert told == set(range(1, 11))
    official = [key for key, right in DEAL.rights.items() if "P: the joint statement" in right.note]
    wanted = {
        "research_ip",
        "kept_ip",
        "hardware_ip",
        "natsec_api_any_cloud",
        "joint_nonapi_any_cloud",
        "agi_openai_ip",
    }
    assert wanted <= set(official)


def test_every_record_is_complete_and_sourced():
    for key, right in DEAL.rights.items():
        assert right.class_ and right.source in DEAL.sources and right.holder in DEAL.parties, key
        assert right.subject and right.what.endswith("."), key
    for key, event in DEAL.events.items():
        assert event.note.endswith(".") and event.source in DEAL.sources, key


def test_before_signing_nothing_is_in_force():
    for version in DEAL.versions:
        assert set(states(D(2025, 10, 27), version).values()) <= {"not yet", "excluded"}


def test_in_2027_the_october_terms_stand_as_agreed():
    now = states(D(2027, 1, 1))
    assert {key for key, state in now.items() if state == "not yet"} == {
        *AMENDMENT,
        "post_agi_models",
        "agi_openai_ip_free",
    }
    assert {key for key, state in now.items() if state == "excluded"} == {"hardware_ip", "first_refusal"}
    unknown = {"open_weights", "agi_openai_ip", "own_nonapi_any_cloud", "reverse_share"}
    assert {key for key, state in now.items() if state == "unknown"} == unknown
    assert "ended" not in now.values() and "error" not in now.values()


def test_every_right_is_in_force_or_unknown_on_both_its_days_and_neither_before_nor_after():
    for version in DEAL.versions:
        for declared in (None, D(2027, 12, 31)):
            run_ = calc(version, declared)
            for key in DEAL.rights:
                first = rights.status(run_, key, D(2027, 1, 1))
                if first.state == "excluded":
                    continue
                holds = {"in force", "unknown"}
                if first.start:
                    assert rights.status(run_, key, first.start).state in holds, key
                    assert rights.status(run_, key, first.start - dt.timedelta(1)).state == "not yet", key
                if first.start and first.until:
                    assert rights.status(run_, key, first.until).state in holds, key
                    assert rights.status(run_, key, first.until + dt.timedelta(1)).state == "ended", key


# two events, not one --------------------------------------------------------------------------------


def test_21_between_declaration_and_verification_only_the_threshold_clause_has_ended():
    for version in DEAL.versions:
        without = states(D(2028, 3, 1), version)
        between = states(D(2028, 3, 1), version, D(2027, 12, 31))
        differ = {key for key in DEAL.rights if without[key] != between[key]}
        assert differ == THRESHOLD
        assert (between["agi_openai_ip"], between["agi_openai_ip_free"]) == ("ended", "in force")


def test_moving_the_declaration_alone_moves_only_the_threshold_clause():
    early, late = calc(declared=D(2027, 6, 30), lag=12), calc(declared=D(2027, 12, 30), lag=6)
    assert early.scalar("verified") == late.scalar("verified")
    assert moved(early, late) == THRESHOLD
    assert [k for k in DEAL.outputs if early.scalar(k) != late.scalar(k)] == []


def test_moving_the_verification_alone_moves_only_licence_and_revenue_terms():
    early, late = calc(declared=D(2027, 12, 31), lag=3), calc(declared=D(2027, 12, 31), lag=18)
    assert moved(early, late) == LICENCE_AND_REVENUE | {"panel_verifies"}
    changed = {k for k in DEAL.outputs if early.scalar(k) != late.scalar(k)}
    assert changed == {"revenue_share_total", "revenue_share_forgone", "pv_revenue_share"}


def test_under_the_amendment_verification_no_longer_touches_the_share_or_the_clouds():
    early, late = (calc("apr_2026", D(2027, 12, 31), lag) for lag in (3, 18))
    assert moved(early, late) == {"research_ip", "post_agi_models", "panel_verifies"}
    assert [k for k in DEAL.outputs if early.scalar(k) != late.scalar(k)] == []


@pytest.mark.parametrize(
    ("on", "exclusive", "threshold", "free", "post_agi"),
    [
        (D(2027, 12, 30), "in force", "unknown", "not yet", "not yet"),
        (D(2027, 12, 31), "in force", "unknown", "not yet", "not yet"),
        (D(2028, 1, 1), "in force", "ended", "in force", "not yet"),
        (D(2028, 6, 29), "in force", "ended", "in force", "not yet"),
        (D(2028, 6, 30), "in force", "ended", "in force", "not yet"),
        (D(2028, 7, 1), "ended", "ended", "in force", "in force"),
        (D(2033, 1, 1), "ended", "ended", "ended", "ended"),
    ],
)
def test_each_trigger_day_still_belongs_to_what_it_ends(on, exclusive, threshold, free, post_agi):
    now = states(on, declared=D(2027, 12, 31))
    for key in ("exclusive_ip", "research_ip", "api_exclusivity", "joint_api_azure", "revenue_share"):
        assert now[key] == exclusive, key
    assert (now["agi_openai_ip"], now["agi_openai_ip_free"], now["post_agi_models"]) == (threshold, free, post_agi)
    assert now["model_ip"] == ("in force" if on.year < 2033 else "ended")
    assert now["equity_stake"] == "in force"


@pytest.mark.parametrize(
    ("key", "right"),
    [("ip_excl_until", "exclusive_ip"), ("api_excl_until", "api_exclusivity"), ("post_agi_key", "post_agi_models")],
)
def test_the_event_of_each_until_agi_right_is_a_choice_in_the_terms(key, right):
    assert DEAL.terms[key].choices == ("declared", "verified")
    ends = {}
    for choice in ("declared", "verified"):
        held = rights.span(calc(declared=D(2027, 12, 31), extra=((key, choice),)), right)
        ends[choice] = rights.day(held.start if right == "post_agi_models" else held.end)
    later = dt.timedelta(right == "post_agi_models")
    assert ends == {"declared": D(2027, 12, 31) + later, "verified": D(2028, 6, 30) + later}


# the amendment --------------------------------------------------------------------------------------


@pytest.mark.parametrize("declared", [None, D(2025, 12, 1), D(2027, 12, 31)])
@pytest.mark.parametrize("on", [D(2025, 1, 1), SIGNED, D(2026, 1, 31), D(2026, 3, 1), D(2026, 4, 26)])
def test_january_before_the_amendment_stands_as_it_did_without_it(on, declared):
    assert states(on, "apr_2026", declared, 2) == states(on, "oct_2025", declared, 2)


def test_the_amendment_ends_the_exclusivities_and_brings_its_own_rights():
    before, after = states(D(2026, 4, 26), "apr_2026"), states(AMENDED, "apr_2026")
    changed = {key: (before[key], after[key]) for key in DEAL.rights if before[key] != after[key]}
    gone = {"exclusive_ip", "api_exclusivity", "joint_api_azure", "revenue_share"}
    assert changed == {
        **dict.fromkeys(gone, ("in force", "ended")),
        **dict.fromkeys(("own_nonapi_any_cloud", "reverse_share"), ("unknown", "ended")),
        **dict.fromkeys(AMENDMENT, ("not yet", "in force")),
    }
    assert states(D(2031, 1, 1), "apr_2026", D(2027, 12, 31))["revenue_share_2030"] == "ended"


def test_why_a_right_ended_names_the_event_that_ended_it():
    run_ = calc(declared=D(2027, 12, 31))
    assert "AGI verified" in rights.status(run_, "exclusive_ip", D(2028, 7, 1)).why
    assert "AGI declared" in rights.status(run_, "agi_openai_ip", D(2028, 7, 1)).why
    assert "Amendment" in rights.status(calc("apr_2026"), "exclusive_ip", AMENDED).why
    assert rights.status(calc(), "research_ip", D(2031, 1, 1)).why == "ended with: Research IP ends"
    assert rights.status(calc(), "revenue_share", D(2031, 1, 1)).why == "ended with: Revenue-share backstop"
    assert rights.status(calc(), "joint_api_azure", D(2031, 1, 1)).why == ""


def test_an_event_of_the_same_day_by_chance_is_not_why_a_right_ended():
    run_ = calc(extra=(("research_ip_backstop", D(2032, 12, 31)), ("azure_end", D(2031, 12, 31))))
    assert rights.status(run_, "research_ip", D(2033, 1, 1)).why == "ended with: Research IP ends"
    assert rights.status(run_, "azure_purchase", D(2032, 1, 1)).why == "ended with: Commitment ends"


def test_25_every_changed_term_of_the_amendment_shows_in_a_right():
    base, amended = calc(), calc("apr_2026")
    assert moved(base, amended) == AMENDMENT | {
        "exclusive_ip", "api_exclusivity", "joint_api_azure", "revenue_share", "own_nonapi_any_cloud", "reverse_share",
    }  # fmt: skip


# undisclosed ----------------------------------------------------------------------------------------


def test_undisclosed_is_never_zero_and_never_yes():
    assert states(D(2027, 1, 1))["agi_openai_ip"] == "unknown"
    assert states(D(2027, 1, 1), extra=(("ms_threshold", 1e27),))["agi_openai_ip"] == "in force"
    for met, state in (("yes", "in force"), ("no", "excluded"), ("unknown", "unknown")):
        assert states(D(2027, 1, 1), extra=(("open_weight_met", met),))["open_weights"] == state


@pytest.mark.parametrize(
    ("term", "right"),
    [
        ("agi_declared", "exclusive_ip"), ("agi_declared", "agi_openai_ip_free"), ("ip_model_end", "model_ip"),
        ("ip_excl_until", "exclusive_ip"), ("hw_ip", "hardware_ip"), ("rofr", "first_refusal"),
        ("licence_exclusive", "exclusive_ip"), ("natsec_api", "natsec_api_any_cloud"),
    ],
)  # fmt: skip
def test_a_term_set_to_undisclosed_makes_the_right_unknown_and_is_no_fault(term, right):
    run_ = calc(extra=((term, "undisclosed"),))
    assert rights.status(run_, right, D(2027, 1, 1)).state == "unknown"
    assert rights.faults(run_) == []


# what ends when -------------------------------------------------------------------------------------


def test_1_what_verification_ends_with_days_lost_and_money_forgone():
    found = {e.key: e for e in rights.endings(calc(declared=D(2027, 12, 31)), calc())}
    research = found["research_ip"]
    assert (research.before, research.after, research.days) == (D(2030, 12, 31), D(2028, 6, 30), 914)
    assert found["exclusive_ip"].after == D(2028, 6, 30)
    share = found["revenue_share_total"]
    assert share.before - share.after == pytest.approx(found["revenue_share_forgone"].after)
    assert not {"model_ip", "equity_stake", "azure_purchase", "pv_azure"} & set(found)


def test_the_matrix_agrees_with_the_single_days():
    run_ = calc(declared=D(2027, 12, 31))
    days = rights.year_ends(run_)
    table = rights.matrix(run_, days)
    assert days[0] == D(2025, 12, 31) and len(days) == 16
    assert table["exclusive_ip"] == [rights.status(run_, "exclusive_ip", on) for on in days]


# the mechanism --------------------------------------------------------------------------------------


def one(on=NEW_YEAR, day=MIDYEAR, **parts):
    right = Right(label="R", holder="", **{"from_": "= day", **parts})
    held = deal(
        terms={"day": Term(label="Day", kind="date", value=day)},
        events={"end": Event(label="The end", on="= day + 10")},
        rights={"r": right},
    )
    return rights.status(run(held, View()), "r", on)


def test_from_and_until_are_inclusive():
    for on, state in ((D(2026, 6, 29), "not yet"), (D(2026, 6, 30), "in force"), (D(2026, 7, 10), "in force"), (D(2026, 7, 11), "ended")):  # fmt: skip
        assert one(on, until="= day + 10", ends_on="end").state == state
    assert one(D(2026, 7, 11), until="= day + 10", ends_on="end").why == "ended with: The end"


def test_a_right_that_ends_before_it_begins_is_excluded_and_one_that_never_begins_is_not_yet():
    assert one(D(2026, 7, 1), until="= day - 1", exceptions="Given up.")[0::3] == ("excluded", "Given up.")
    assert one(D(2035, 7, 1), day="never", until="= DATE(2030, 1, 1)").state == "not yet"


def test_a_condition_between_no_and_yes_is_unknown():
    for condition, state in (("1", "in force"), ("0", "excluded"), ("0.5", "unknown"), ("TRUE", "in force"), ('"yes"', "in force"), ('"no"', "excluded"), ('"unknown"', "unknown")):  # fmt: skip
        assert one(D(2027, 1, 1), while_=f"= {condition}").state == state, condition


def test_an_error_is_an_error_and_a_fault_with_its_place():
    assert one(until="= 1 / 0").state == "error"
    broken = deal(rights={"r": Right(label="R", holder="", from_="= 0", while_="= 1 / 0")})
    (problem,) = rights.faults(run(broken, View()))
    assert problem.where == "rights.r" and "#DIV/0!" in problem.what
    assert rights.faults(calc()) == []
