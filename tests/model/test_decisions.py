"""Decision tables: one rule for every case on every day, and the answers the deal document demands."""

import datetime as dt
from functools import cache

import pytest

from model import decisions, store
from model.deal import Event, Fact, Question, Rule, Term
from model.engine import run
from model.layers import View
from model.problems import Refused
from model.values import to_serial
from tests.model.deals import deal
from tests.model.test_docs import example

DEAL = store.load(store.find("microsoft-openai")).deal
D = dt.date
SIGNED, AMENDED, IP_END = D(2025, 10, 28), D(2026, 4, 27), D(2032, 12, 31)
NEVER_EVER, NEW_YEAR = D(9999, 12, 31), D(2026, 1, 1)
# declared, months to verification, verified
TRIGGERS = (
    (None, 6, None),
    (D(2027, 12, 31), 6, D(2028, 6, 30)),
    (D(2027, 12, 31), 0, D(2027, 12, 31)),
    (D(2025, 10, 28), 0, D(2025, 10, 28)),
    (D(2025, 12, 1), 2, D(2026, 2, 1)),
    (D(2026, 3, 1), 18, D(2027, 9, 1)),
    (D(2030, 12, 31), 3, D(2031, 3, 31)),
    (D(2032, 10, 1), 6, D(2033, 4, 1)),
    (D(2034, 1, 1), 6, D(2034, 7, 1)),
)
KEYS = (
    {},
    {"ip_excl_until": "declared", "api_excl_until": "declared", "post_agi_key": "declared"},
    {"thirdparty_api": "lapse at AGI"},
    {"thirdparty_api": "never"},
    {"thirdparty_nonapi": "Azure only", "natsec_api": "Azure only"},
    {"hw_ip": "included", "ip_post_agi": "excluded", "ms_agi": "not permitted", "open_weight": "no", "rofr": "held"},
    {"open_weight": "yes", "open_weight_met": "yes", "ms_threshold": 1e27},
)


@cache
def calc(version="oct_2025", scenario="base", declared=None, lag=6, extra=()):
    sets = (*extra, ("agi_lag", lag), ("agi_declared", declared)) if declared else extra
    first = calc() if (version, scenario, declared, lag, extra) != ("oct_2025", "base", None, 6, ()) else None
    return run(DEAL, View(version, scenario, "year", sets), first)


def around(*triggers):
    days = {D(2024, 1, 1), D(2025, 6, 1), D(2029, 5, 5), D(2040, 12, 31)}
    for trigger in (SIGNED, AMENDED, IP_END, D(2030, 12, 31), *triggers):
        if trigger:
            days |= {trigger + dt.timedelta(n) for n in (-1, 0, 1)}
    return sorted(days)


def applying(run_, name, facts, on):
    """The rules that apply, counted without the code under test: conditions as sets, dates as serials."""
    now = to_serial(on)
    out = []
    for key, rule in DEAL.questions[name].rules.items():
        wanted = {fact: set(values.split("|")) for fact, values in rule.when.items() if values != "any"}
        first, last = (run_.scalar(f"rule:{name}.{key}.{part}") for part in ("from", "until"))
        if all(facts[fact] in values for fact, values in wanted.items()) and first <= now <= last:
            out.append(key)
    return out


# exactly one rule ---------------------------------------------------------------------------------


@pytest.mark.parametrize("keys", KEYS, ids=lambda keys: " ".join(keys) or "default")
@pytest.mark.parametrize("version", DEAL.versions)
def test_every_combination_meets_exactly_one_rule_before_between_on_and_after_every_trigger(version, keys):
    for declared, lag, verified in TRIGGERS:
        run_ = calc(version, "base", declared, lag, tuple(keys.items()))
        assert decisions.faults(run_) == [], (declared, lag)
        for name, question in DEAL.questions.items():
            for facts in decisions.combinations(question):
                for on in around(declared, verified):
                    hits = applying(run_, name, facts, on)
                    assert len(hits) == 1, (name, facts, on, declared, hits)


@pytest.mark.parametrize("scenario", DEAL.scenarios)
@pytest.mark.parametrize("version", DEAL.versions)
def test_no_version_or_scenario_has_gaps_or_overlaps(version, scenario):
    assert decisions.faults(calc(version, scenario)) == []


def test_the_rule_that_applies_is_the_one_that_answers_with_words_class_and_source():
    for version in DEAL.versions:
        run_ = calc(version, "base", D(2027, 12, 31))
        for name, question in DEAL.questions.items():
            for facts in decisions.combinations(question):
                for on in around(D(2027, 12, 31), D(2028, 6, 30)):
                    reply = decisions.ask(run_, name, facts, on)
                    rule = question.rules[reply.rule]
                    assert [reply.rule] == applying(run_, name, facts, on)
                    assert (reply.answer, reply.why, reply.source) == (rule.answer, rule.why, rule.source)
                    assert rule.why.endswith(".") and rule.class_ and rule.source in DEAL.sources, reply.rule


def test_until_is_the_last_day_of_the_answer_and_the_next_day_answers_otherwise():
    for version in DEAL.versions:
        run_ = calc(version, "base", D(2027, 12, 31))
        for name, question in DEAL.questions.items():
            for facts in decisions.combinations(question):
                for on in around(D(2027, 12, 31), D(2028, 6, 30)):
                    reply = decisions.ask(run_, name, facts, on)
                    if reply.until is None:
                        assert decisions.ask(run_, name, facts, D(2200, 1, 1)).answer == reply.answer
                        continue
                    assert on <= reply.until
                    assert decisions.ask(run_, name, facts, reply.until).answer == reply.answer
                    after = decisions.ask(run_, name, facts, reply.until + dt.timedelta(1)).answer
                    assert after == reply.then != reply.answer


def test_every_rule_answers_some_case_under_some_terms():
    used = set()
    for version in DEAL.versions:
        for keys in KEYS:
            run_ = calc(version, "base", D(2027, 12, 31), 6, tuple(keys.items()))
            for name, question in DEAL.questions.items():
                for facts in decisions.combinations(question):
                    for on in around(D(2027, 12, 31), D(2028, 6, 30)):
                        used |= {(name, key) for key in applying(run_, name, facts, on)}
    assert used == {(name, key) for name, question in DEAL.questions.items() for key in question.rules}


# what the agreement says, said once more in code ----------------------------------------------------


def hosting(facts, on, verified, amended):
    if on < SIGNED:
        return "unknown"
    if facts["cloud"] == "azure" or (amended and on >= AMENDED):
        return "yes"
    if facts["product"] == "nonapi":
        return "yes" if facts["made"] == "codeveloped" else "ambiguous"
    if facts["customer"] == "natsec":
        return "yes"
    return "no" if on <= (verified or NEVER_EVER) else "yes"


def model_ip(facts, on, verified, amended):
    if on < SIGNED:
        return "unknown"
    last = {"hardware": SIGNED - dt.timedelta(1), "research": min(verified or NEVER_EVER, D(2030, 12, 31))}
    return "yes" if on <= last.get(facts["ip"], IP_END) else "no"


def agi(facts, on, declared):
    if on < SIGNED:
        return "unknown"
    if facts["ip"] == "without":
        return "yes"
    if on > IP_END:
        return "no"
    if on > (declared or NEVER_EVER):
        return "yes"
    return {"below": "yes", "above": "no", "unknown": "unknown"}[facts["compute"]]


@pytest.mark.parametrize("version", DEAL.versions)
def test_every_answer_is_the_one_the_deal_document_demands(version):
    amended = version == "apr_2026"
    for declared, lag, verified in TRIGGERS:
        run_ = calc(version, "base", declared, lag)
        for on in around(declared, verified):
            for name, question in DEAL.questions.items():
                for facts in decisions.combinations(question):
                    if name == "hosting":
                        expected = hosting(facts, on, verified, amended)
                    elif name == "model_ip":
                        expected = model_ip(facts, on, verified, amended)
                    elif name == "agi":
                        expected = agi(facts, on, declared)
                    elif name == "open_weights":
                        known = {"met": "yes", "not_met": "no", "unknown": "unknown"}
                        expected = known[facts["criteria"]] if on >= SIGNED else "unknown"
                    else:
                        expected = "yes" if on >= SIGNED else "unknown"
                    got = decisions.ask(run_, name, facts, on).answer
                    assert got == expected, (name, facts, on, declared, verified)


def test_january_before_the_amendment_answers_as_it_did_without_it():
    for declared, lag, verified in TRIGGERS:
        before, after = (calc(version, "base", declared, lag) for version in DEAL.versions)
        for on in around(declared, verified):
            if on >= AMENDED:
                continue
            for name, question in DEAL.questions.items():
                for facts in decisions.combinations(question):
                    was, now = (decisions.ask(run_, name, facts, on) for run_ in (before, after))
                    assert (was.answer, was.rule) == (now.answer, now.rule), (name, facts, on)


# questions 18 to 24 of the deal document ------------------------------------------------------------


def answer(name, on, version="oct_2025", declared=None, lag=6, **facts):
    return decisions.ask(calc(version, "base", declared, lag), name, facts, on)


JOINT_API = {"product": "api", "made": "codeveloped", "customer": "commercial", "cloud": "other"}
OWN_API = {**JOINT_API, "made": "own"}


def test_18_a_co_developed_api_product_stays_on_azure_until_the_panel_verifies_or_the_amendment():
    reply = answer("hosting", D(2027, 1, 1), declared=D(2027, 12, 31), **JOINT_API)
    assert (reply.answer, reply.rule, reply.class_) == ("no", "H6", "stated")
    assert (reply.until, reply.then) == (D(2028, 6, 30), "yes")
    assert answer("hosting", D(2028, 6, 30), declared=D(2027, 12, 31), **JOINT_API).answer == "no"
    assert answer("hosting", D(2028, 7, 1), declared=D(2027, 12, 31), **JOINT_API).rule == "H7"
    assert answer("hosting", D(2027, 1, 1), "apr_2026", **JOINT_API).rule == "H8"
    january = answer("hosting", D(2026, 1, 31), "apr_2026", **JOINT_API)
    assert (january.answer, january.until, january.then) == ("no", D(2026, 4, 26), "yes")


def test_19_a_co_developed_non_api_product_may_run_anywhere_and_openais_own_has_two_readings():
    joint = {**JOINT_API, "product": "nonapi"}
    own = {**OWN_API, "product": "nonapi"}
    assert answer("hosting", D(2027, 1, 1), **joint).answer == "yes"
    assert answer("hosting", D(2027, 1, 1), **own).answer == "ambiguous"
    assert answer("hosting", D(2027, 1, 1), "apr_2026", **own).answer == "yes"


def test_20_national_security_may_use_any_cloud_an_allied_government_and_a_bank_may_not():
    for facts in (OWN_API, JOINT_API):
        assert answer("hosting", D(2027, 1, 1), **{**facts, "customer": "natsec"}).answer == "yes"
        for customer in ("allied", "commercial"):
            assert answer("hosting", D(2027, 1, 1), **{**facts, "customer": customer}).answer == "no"
            assert answer("hosting", D(2027, 1, 1), "apr_2026", **{**facts, "customer": customer}).answer == "yes"


def test_20_where_carve_out_and_joint_rule_meet_the_answer_says_that_its_reading_is_an_assumption():
    reply = answer("hosting", D(2027, 1, 1), **{**JOINT_API, "customer": "natsec"})
    assert (reply.answer, reply.class_) == ("yes", "assumption")
    assert "more specific" in reply.why and "assumption" in reply.why
    either = {k: v for k, v in {**JOINT_API, "customer": "natsec"}.items() if k != "made"}
    assert answer("hosting", D(2027, 1, 1), **either).class_ == "assumption"


def test_22_after_verification_weights_stay_methods_and_hardware_do_not():
    for version in DEAL.versions:
        held = {
            ip: answer("model_ip", D(2028, 7, 1), version, D(2027, 12, 31), ip=ip).answer
            for ip in DEAL.questions["model_ip"].facts["ip"].values
        }
        assert held == {"weights": "yes", "research": "no", "hardware": "no", "post_agi": "yes"}


def test_23_an_undisclosed_threshold_gives_unknown_until_the_declaration_and_never_yes():
    between = D(2028, 3, 1)
    for version in DEAL.versions:
        assert answer("agi", D(2027, 1, 1), version, ip="without").answer == "yes"
        assert answer("agi", D(2027, 1, 1), version, ip="with", compute="unknown").answer == "unknown"
        assert answer("agi", D(2027, 1, 1), version, ip="with").answer == "unknown"
        last = answer("agi", D(2027, 12, 31), version, D(2027, 12, 31), ip="with", compute="unknown")
        assert (last.answer, last.until, last.then) == ("unknown", D(2027, 12, 31), "yes")
        assert answer("agi", between, version, D(2027, 12, 31), ip="with", compute="above").answer == "yes"


def test_24_open_weights_depend_on_criteria_and_training_elsewhere_is_free():
    for version in DEAL.versions:
        asked = {
            c: answer("open_weights", D(2027, 1, 1), version, criteria=c).answer for c in ("met", "not_met", "unknown")
        }
        assert asked == {"met": "yes", "not_met": "no", "unknown": "unknown"}
        assert answer("open_weights", D(2027, 1, 1), version).answer == "unknown"
        for use in ("purchase", "train"):
            assert answer("compute", D(2027, 1, 1), version, use=use).answer == "yes"


@pytest.mark.parametrize(
    ("term", "name", "facts"),
    [
        ("natsec_api", "hosting", {**OWN_API, "customer": "natsec"}),
        ("thirdparty_nonapi", "hosting", {**JOINT_API, "product": "nonapi"}),
        ("api_excl_until", "hosting", OWN_API),
        ("hw_ip", "model_ip", {"ip": "hardware"}),
        ("ip_post_agi", "model_ip", {"ip": "post_agi"}),
        ("research_ip_backstop", "model_ip", {"ip": "research"}),
        ("ms_agi", "agi", {"ip": "without", "compute": "below"}),
        ("open_weight", "open_weights", {"criteria": "met"}),
        ("rofr", "compute", {"use": "purchase"}),
    ],
)
def test_a_term_set_to_undisclosed_makes_what_it_decides_unknown_and_never_yes(term, name, facts):
    run_ = calc(extra=((term, "undisclosed"),))
    assert decisions.ask(run_, name, facts, D(2027, 1, 1)).answer == "unknown"
    assert decisions.faults(run_) == []


# the tables themselves ------------------------------------------------------------------------------


def small(rules, **terms):
    facts = {"colour": Fact(label="Colour", values={"red": "Red", "blue": "Blue, dark"})}
    return deal(
        terms={"day": Term(label="Day", kind="date", value=D(2026, 6, 30)), **terms},
        events={"on": Event(label="Day", on="= day")},
        questions={"q": Question(label="May they?", facts=facts, rules=rules)},
    )


def asked(rules, on=NEW_YEAR, given=None, **terms):
    return decisions.ask(run(small(rules, **terms), View()), "q", {"colour": "red"} if given is None else given, on)


def problems(rules, **terms):
    return [str(p) for p in decisions.faults(run(small(rules, **terms), View()))]


def test_a_gap_names_its_case_and_its_day():
    gap = {
        "a": Rule(answer="yes", when={"colour": "red"}),
        "b": Rule(answer="no", when={"colour": "blue"}, from_="= day"),
    }
    (problem,) = problems(gap)
    assert "questions.q" in problem and "colour = blue" in problem and "no rule" in problem
    assert asked(gap, given={"colour": "blue"}).answer == "unknown"
    late = {"a": Rule(answer="yes", until="= day")}
    assert "colour = red on 1 Jul 2026" in problems(late)[0]


def test_an_overlap_names_both_rows_and_is_ambiguous():
    rules = {"a": Rule(answer="yes", until="= day"), "b": Rule(answer="no", when={"colour": "red"}, from_="= day"), "c": Rule(answer="no", when={"colour": "blue"}, from_="= day + 1")}  # fmt: skip
    found = problems(rules)
    assert any("rules a and b overlap" in p and "colour = red on 30 Jun 2026" in p for p in found)
    assert asked(rules, D(2026, 6, 30)).answer == "ambiguous"
    assert "a, b" in asked(rules, D(2026, 6, 30)).why


def test_a_rule_that_begins_never_does_not_apply_even_on_the_last_day_of_the_calendar():
    rules = {"a": Rule(answer="yes"), "b": Rule(answer="no", from_="= never")}
    assert problems(rules) == []
    assert asked(rules, NEVER_EVER).answer == "yes"


def test_a_rule_dated_by_an_error_is_a_problem_and_not_an_answer():
    rules = {"a": Rule(answer="yes", until="= day / 0")}
    assert "#DIV/0!" in problems(rules)[0] and "questions.q.rules.a" in problems(rules)[0]
    reply = asked(rules)
    assert reply.answer == "unknown" and "#DIV/0!" in reply.why


def test_an_undisclosed_date_is_unknown_only_where_it_decides():
    until = {"a": Rule(answer="yes", until="= day"), "b": Rule(answer="no", from_="= day + 1")}
    nobody = Term(label="Day", kind="date", value="undisclosed")
    assert asked(until, day=nobody).answer == "unknown"
    same = {"a": Rule(answer="yes"), "b": Rule(answer="yes", from_="= never", until="= day")}
    assert asked(same, day=nobody).answer == "yes"


def test_a_fact_left_open_is_answered_only_where_it_makes_no_difference():
    rules = {
        "a": Rule(answer="yes", when={"colour": "red"}, class_="stated"),
        "b": Rule(answer="no", when={"colour": "blue"}),
    }
    reply = asked(rules, given={})
    assert reply.answer == "unknown" and "left open: Colour" in reply.why
    rules["b"] = Rule(answer="yes", when={"colour": "blue"}, class_="assumption")
    assert (asked(rules, given={}).answer, asked(rules, given={}).class_) == ("yes", "assumption")


def test_facts_are_named_by_key_label_or_part_and_else_refused_with_the_choice():
    rules = {"a": Rule(answer="yes", when={"colour": "blue"}), "b": Rule(answer="no", when={"colour": "red"})}
    for word in ("blue", "Blue, dark", "dark"):
        assert asked(rules, given={"colour": word}).answer == "yes"
    for word in ("", "green", "e"):
        with pytest.raises(Refused, match="red"):
            asked(rules, given={"colour": word})
    with pytest.raises(Refused, match="not asked here"):
        asked(rules, given={"shape": "round"})
    with pytest.raises(Refused, match="no question"):
        decisions.ask(run(small(rules), View()), "other", {}, D(2026, 1, 1))


def test_a_table_too_large_to_check_says_so():
    facts = {f"f{n}": Fact(label="", values={f"v{m}": "" for m in range(6)}) for n in range(6)}
    big = deal(questions={"q": Question(label="", facts=facts, rules={"a": Rule(answer="yes")})})
    (problem,) = decisions.faults(run(big, View()))
    assert "46,656 combinations" in problem.what and problem.severity == "warning"


def test_the_guides_question_covers_every_case():
    guide = example()
    for version in guide.versions:
        assert decisions.faults(run(guide, View(version))) == []
    assert decisions.ask(run(guide, View()), "resale", {"customer": "private"}, NEW_YEAR).answer == "unknown"


# -- tables too large to look through -------------------------------------------------------------------


def large(facts, rules, values=2):
    named = {f"f{i}": Fact(label=f"F{i}", values={f"v{j}": f"V{j}" for j in range(values)}) for i in range(facts)}
    return run(deal(questions={"q": Question(label="Q", facts=named, rules=rules)}), View())


def test_facts_that_no_rule_asks_for_need_not_be_given():
    found = large(40, {"r": Rule(answer="yes", when={"f3": "v0"}), "s": Rule(answer="no", when={"f3": "v1"})})
    assert decisions.ask(found, "q", {"f3": "v0"}, NEW_YEAR).answer == "yes"
    assert decisions.ask(found, "q", {}, NEW_YEAR).why == "It depends on what is left open: F3."
    assert large(1, {}, values=0) and decisions.ask(large(1, {}, values=0), "q", {}, NEW_YEAR).answer == "unknown"


def test_what_is_left_open_over_too_many_cases_is_unknown_and_says_so():
    rule = Rule(answer="yes", when={f"f{i}": "v0|v1" for i in range(30)})
    found = large(30, {"r": rule})
    assert decisions.ask(found, "q", {}, NEW_YEAR)[:3] == (
        "unknown", "", "There are too many cases to look through. Say more about this one.",
    )  # fmt: skip
    assert decisions.ask(found, "q", {f"f{i}": "v0" for i in range(25)}, NEW_YEAR).answer == "yes"


@pytest.mark.parametrize(("facts", "rules"), [(15, 1), (14, 300), (8, 300)])
def test_a_table_too_large_to_look_through_for_gaps_is_warned_of(facts, rules):
    many = {f"r{i}": Rule(answer="yes", from_=f"= {45_000 + i}", until=f"= {45_000 + i}") for i in range(rules)}
    (problem,) = decisions.faults(large(facts, many))
    assert problem.severity == "warning"
    assert "too many to look for gaps and overlaps" in problem.what
