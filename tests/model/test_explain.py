"""Explaining: every key of every template, and what is said about errors, flags, openings and shifts."""

import datetime as dt

import pytest

from model import store
from model.deal import Check, Event, Party, Question, Right, Rule
from model.edits import apply
from model.engine import run
from model.explain import OPENING_PERIOD, dependents, explain, precedents, reach
from model.formula.bind import EVENT, OPENING, RIGHT, RULE
from model.layers import View, default_view
from model.structure.rename import rename
from model.structure.uses import users_of
from model.structure.words import in_words
from model.values import ErrorValue, Range
from tests.model.deals import Column, Line, Output, Scenario, Series, Table, Term, Version, deal

TEMPLATES = store.list_templates()


def keys_of(d):
    for group in ("terms", "series", "lines", "outputs", "checks", "tables"):
        yield from getattr(d, group)
    yield from (EVENT + key for key in d.events)
    yield from (key for key in d.events)
    for key, right in d.rights.items():
        yield from (f"{RIGHT}{key}.{p}" for p in ("from", "until", *(("while",) if right.while_ else ())))
    for key, question in d.questions.items():
        yield from (f"{RULE}{key}.{r}.{p}" for r in question.rules for p in ("from", "until"))
    for key, series in d.series.items():
        yield from (f"{key}.{year}" for year in series.values)
    for name, table in d.tables.items():
        yield from (f"{name}[{c}]" for c in table.columns)
        yield from (f"{name}.{r}.{c}" for r in table.records for c in table.columns)
    yield from ("start", "end", "year", "days", "days_in_year")


def walk(calc):
    """Everything explaining can be asked about a run; returns how many cells were explained."""
    d, count = calc.deal, 0
    last = len(calc.timeline) - 1
    for key in keys_of(d):
        for period in (None, OPENING_PERIOD, 0, last // 2, last) if key in d.lines else (None,):
            got = explain(calc, key, period)
            count += 1
            assert got.cell.label
            for step in got.steps:
                assert got.text[slice(*step.span)] == step.text
            for read in got.reads:
                assert read.label
                assert all(got.text[slice(*span)] for span in read.spans)
            if got.steps and got.formula == got.text:
                shown = got.steps[-1].value
                shown = got.cell.value if shown is None or isinstance(shown, Range) else shown
                assert shown == got.cell.value, (key, period)
            if isinstance(got.cell.value, ErrorValue):
                assert got.fault is not None
                assert got.fault.kind == got.cell.value.kind
                assert got.fault.reason
                root = got.cell.value.at.removesuffix(OPENING)
                assert got.fault.key == root or not root or "circular" in got.fault.reason, (key, period, got.fault)
            for node in precedents(calc, key, period):
                assert bool(precedents(calc, node.key, node.period)) == node.more
            for node in dependents(calc, key, period):
                assert bool(dependents(calc, node.key, node.period)) == node.more
        reach(calc, key)
    return count


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_key_of_every_template_is_explained(name):
    d = store.load(store.find(name)).deal
    calc = run(d, default_view(d))
    assert walk(calc) > len(d.lines) * 5


def test_every_key_is_explained_under_errors_too():
    d = store.load(store.find("microsoft-openai")).deal
    sets = (("stake_pct", 0.0), ("rs_rate", "undisclosed"), ("azure_ramp.2027", "undisclosed"), ("sign_date", "never"))
    calc = run(d, View("apr_2026", "no_agi_slow_ramp", "year", sets))
    assert sum(isinstance(v, ErrorValue) for v in calc.cells.scalars.values()) > 5
    assert walk(calc)


DEAL = deal(
    terms={
        "open": Term(label="Commitment", value=100.0, kind="money", class_="stated", source="s"),
        "rate": Term(label="Rate", value=0.5, kind="percent"),
        "zero": Term(label="Zero", value=0.0),
    },
    series={"plan": Series(label="Plan", values={"2025": 10.0, "2027": 30.0}, marks={"2027": "assumption"}, notes={"2027": "Guess."})},
    tables={
        "t": Table(
            label="Rounds",
            columns={"name": Column(label="Name", kind="text"), "x": Column(label="Amount", kind="money"), "y": Column(label="Running", formula="= PREV(y, rate) + x", kind="money")},
            records={"a": {"name": "First", "x": 1.0}, "b": {"name": "Second", "x": 2.0}},
        )
    },
    lines={
        "opening": Line(label="Opening balance", formula="= PREV(closing, open * 1)"),
        "draw": Line(label="Drawdown", formula="= MIN(opening, BYYEAR(plan, 5))"),
        "closing": Line(label="Closing balance", formula="= opening - draw"),
        "ratio": Line(label="Ratio", formula="= draw / IF(year > 2026, zero, 1)"),
        "after": Line(label="After", formula="= PREV(ratio, 0) + IFERROR(ratio, 7)"),
        "flag": Line(label="Flag", formula="= IF(AND(closing > 50, year <= 2026, rate < 1), 1, 0)", kind="flag"),
        "kept": Line(label="Kept", formula="= MAX(PREV(kept), flag)", opening="= 0", kind="flag"),
    },
    outputs={"total": Output(label="Total", formula="= SUM(ALL(draw)) + SUM(t[y]) + rate ^ 2"), "bad": Output(label="Bad", formula="= 1 + SUM(ALL(after))")},
    checks={"ok": Check(label="OK", formula="= OR(total < 0, NOT(total > 1000))"), "off": Check(label="Off", formula="= AND(total > 0, closing_end = 0, rate > 0.6)")},
    events={"e": Event(label="Event", on="= DATE(2026, 1, 1) + zero")},
    versions={"v": Version(label="V", set={"rate": 0.6})},
    scenarios={"s": Scenario(label="S", set={"rate": 0.55})},
    sources={},
)  # fmt: skip
GOOD = deal(**{f: getattr(DEAL, f) for f in ("terms", "series", "tables", "lines", "outputs", "events", "versions", "scenarios")}, checks={"ok": DEAL.checks["ok"], "off": Check(label="Off", formula="= AND(total > 0, rate > 0.6)")})  # fmt: skip
CALC = run(GOOD, View())


def test_a_formula_in_words_uses_labels():
    got = explain(CALC, "closing", 1)
    assert got.formula == "= opening - draw"
    assert got.words == "Opening balance − Drawdown"
    assert [(r.key, r.period, r.shown, r.cell) for r in got.reads] == [
        ("opening", 1, "90.0", "computed"),
        ("draw", 1, "5.0", "computed"),
    ]
    assert explain(CALC, "opening", 0).words == "Closing balance of the period before (Commitment × 1 at first)"
    assert in_words(GOOD, "= SUM(") == "= SUM("


def test_inputs_come_with_class_source_unit_and_layer():
    calc = run(GOOD, View("v", "s"))
    read = {r.key: r for r in explain(calc, "total").reads}["rate"]
    assert (read.shown, read.cell, read.layer, read.layer_label) == (
        "55.0\u2009%",
        "input",
        "scenario:s",
        "Scenario: S",
    )
    assert [(x.label, x.shown, x.wins) for x in explain(calc, "rate").layers] == [
        ("Scenario: S", "55.0\u2009%", True),
        ("Version: V", "60.0\u2009%", False),
        ("Base", "50.0\u2009%", False),
    ]
    year = explain(CALC, "draw", 2).reads[1]
    assert (year.key, year.class_, year.how) == ("plan.2027", "assumption", "this year")
    assert explain(CALC, "plan.2027").note == "Guess."


def test_the_steps_are_the_results_of_every_part_in_the_order_of_computing():
    steps = explain(CALC, "draw", 1).steps
    assert [(s.text, s.value) for s in steps] == [
        ("opening", 90.0),
        ("BYYEAR(plan, 5)", 5.0),
        ("MIN(opening, BYYEAR(plan, 5))", 5.0),
    ]
    skipped = [s.text for s in explain(CALC, "ratio", 0).steps if not s.taken]
    assert skipped == ["zero"]


def test_what_stands_in_for_an_undisclosed_value_is_needed_only_where_the_value_is_undisclosed():
    terms = {
        "price": Term(label="Price", kind="money", value=2.0),
        "guess": Term(label="Guess", kind="money", value=3.0),
    }
    both = deal(terms=terms, outputs={"o": Output(label="O", formula="= IFNA(price, guess / 0)")})
    known = explain(run(both, View()), "o")
    assert known.words == "Price, or (Guess ÷ 0) where that is undisclosed or #N/A"
    assert [(s.text, s.taken) for s in known.steps][:2] == [("price", True), ("guess / 0", False)]
    hidden = explain(run(both, View(sets=(("price", "undisclosed"),))), "o")
    assert "guess / 0" in [s.text for s in hidden.steps if s.taken]
    assert hidden.fault.formula[slice(*hidden.fault.span)] == "guess / 0"


def test_an_error_is_followed_to_the_part_of_the_formula_that_failed():
    fault = explain(CALC, "bad").fault
    assert (fault.key, fault.period, fault.kind) == ("ratio", 2, "#DIV/0!")
    assert fault.formula[slice(*fault.span)] == "draw / IF(year > 2026, zero, 1)"
    assert fault.reason == "division by zero: “Zero if calendar year > 2026, otherwise 1” is 0"
    assert fault.where == "lines.ratio.formula"
    assert explain(CALC, "after", 2).fault is None  # caught by IFERROR
    assert explain(CALC, "after", 3).fault.period == 2


def test_an_undisclosed_input_is_the_root():
    calc = run(GOOD, View(sets=(("plan.2027", "undisclosed"),)))
    fault = explain(calc, "closing", 3).fault
    assert (fault.key, fault.reason) == ("plan.2027", "the value is undisclosed")
    calc = run(GOOD, View(sets=(("t.b.x", "undisclosed"),)))
    assert explain(calc, "total").fault.key == "t.b.x"


def test_a_circle_and_an_unknown_name_are_roots():
    calc = run(
        deal(lines={"a": "= b + 1", "b": "= a + 1", "c": "= a"}, outputs={"o": "= nope + 1", "p": "= o"}), View()
    )
    assert "depends on itself" in explain(calc, "c", 1).fault.reason
    fault = explain(calc, "p").fault
    assert fault.key == "o"
    assert fault.formula[slice(*fault.span)] == "nope"


def test_a_flag_says_what_set_it():
    unset = explain(CALC, "flag", 2)
    assert [(r.text, r.holds) for r in unset.reasons] == [("year <= 2026", False)]
    assert (unset.reasons[0].left, unset.reasons[0].op, unset.reasons[0].right) == ("2027", "≤", "2026")
    assert [r.holds for r in explain(CALC, "flag", 0).reasons] == [True, True, True]
    assert [(r.words, r.holds) for r in explain(CALC, "off").reasons] == [("Rate > 60\u2009%", False)]
    assert (explain(CALC, "off").reasons[0].left, explain(CALC, "off").reasons[0].right) == (
        "50.0\u2009%",
        "60.0\u2009%",
    )
    assert explain(CALC, "ok").cell.value is True
    assert [(r.text, r.holds) for r in explain(CALC, "ok").reasons] == [("total > 1000", False)]


def test_a_flag_that_keeps_itself_up_says_since_when_it_is_set():
    why = explain(CALC, "kept", 3).reasons
    assert [(r.words, r.holds, r.since, r.key, r.period) for r in why] == [
        ("Kept of the period before", True, "2025", "kept", 0)
    ]
    assert [r.key for r in explain(CALC, "kept", 0).reasons] == ["flag"]  # the larger of flags is their OR


UNITS = run(
    deal(
        terms={
            "price": Term(label="Price", value=5.0, kind="money", unit="US$bn"),
            "rate": Term(label="Rate", value=0.25, kind="percent", unit="%"),
            "tiny": Term(label="Tiny difference", value=0.25001, kind="percent", unit="%"),
            "lag": Term(label="Lag", value=1, kind="integer", unit="months"),
            "signed": Term(label="Signed", value=dt.date(2026, 1, 1), kind="date"),
            "event": Term(label="Verified", value="never", kind="date"),
        },
        lines={
            "daily": Line(label="A day", formula="= (price * rate - 0.1) / days", kind="money", unit="US$bn a day"),
            "up": Line(label="Up", formula="= IF(rate < tiny, 1, 0)", kind="flag"),
        },
        outputs={
            "last": Output(label="Last", formula="= MIN(event - 1, signed)", kind="date"),
            "span": Output(label="Span", formula="= MIN(9, event - signed)", kind="integer", unit="days"),
            "left": Output(label="Left", formula="= price * (1 - rate)", kind="money", unit="US$bn"),
            "worth": Output(
                label="Worth", formula="= ABS(price * 0.02 + price * 0.04 - price * 0.06)", kind="money", unit="US$bn"
            ),
            "twice": Output(label="Twice", formula="= IF(price - 5 = 0, 0, price - 5)", kind="money", unit="US$bn"),
            "due": Output(label="Due", formula="= EDATE(signed, lag)", kind="date"),
        },
        unit="$bn",
    ),
    View(),
)


def said(key, period=None):
    return {step.words: step.shown for step in explain(UNITS, key, period).steps if not step.is_name}


def test_every_step_is_in_words_and_shows_its_unit():
    steps = said("daily", 0)
    assert steps["Price × Rate"] == "US$1.25bn"
    assert steps["Price × Rate − 0.1"] == "US$1.15bn"
    assert said("left")["1 − Rate"] == "75\u2009%"
    assert explain(UNITS, "due").reads[1].unit == "months"


def test_what_hangs_on_an_event_that_has_not_happened_is_not_yet_in_the_steps_too():
    assert said("last")["Verified − 1"] == "not yet"
    assert said("span")["Verified − Signed"] == "not yet"


def test_a_rest_of_binary_fractions_is_no_amount():
    shown = list(said("worth").values())
    assert UNITS.scalar("worth") != 0
    assert shown[-2:] == ["US$0bn", "US$0bn"]


def test_a_part_that_stands_in_the_formula_twice_is_one_step():
    assert [s.text for s in explain(UNITS, "twice").steps].count("price - 5") == 1


def test_sides_that_differ_in_no_digit_shown_are_written_out():
    why = explain(UNITS, "up", 0).reasons[0]
    assert (why.holds, why.op) == (True, "<")
    assert why.left != why.right


def test_a_label_that_would_run_into_the_words_stands_in_quotation_marks():
    d = deal(
        terms={"a": Term(label="Paid, and kept", value=1.0), "b": Term(label="Rate", value=0.1, kind="percent")},
        outputs={"o": "= a + 1", "p": "= a", "q": "= MIN(a, a - 1)", "r": "= IF(b > 0.5, 1, 2)"},
    )
    assert in_words(d, d.outputs["o"].formula) == "“Paid, and kept” + 1"
    assert in_words(d, d.outputs["p"].formula) == "Paid, and kept"
    assert in_words(d, d.outputs["q"].formula) == "Smaller of “Paid, and kept” and (“Paid, and kept” − 1)"
    assert in_words(d, d.outputs["r"].formula) == "1 if Rate > 50\u2009%, otherwise 2"


def test_nothing_before_the_first_period_goes_without_saying():
    d = deal(lines={"a": Line(label="Paid", formula="= PREV(a, 0) + PREV(a, 3) + LAG(a, 2, 0)")})
    assert in_words(d, d.lines["a"].formula) == (
        "(Paid of the period before) + (Paid of the period before (3 at first)) + (Paid, 2 periods back)"
    )


def test_one_month_is_no_months():
    d = deal(terms={"on": Term(label="Day", value=dt.date(2026, 1, 1), kind="date")}, lines={"a": "= LAG(a, 1)"},
             outputs={"o": "= EDATE(on, 1)", "p": "= EDATE(on, 11)", "q": "= ROUND(2.345, 1)"})  # fmt: skip
    assert in_words(d, "= EDATE(on, 1)") == "Day plus 1 month"
    assert in_words(d, "= EDATE(on, 11)") == "Day plus 11 months"
    assert in_words(d, "= ROUND(2.345, 1)") == "2.345 rounded to 1 digit"
    assert in_words(d, "= LAG(a, 1)") == "A, 1 period back"
    assert explain(UNITS, "due").reads[1].shown == "1"


def test_a_record_without_a_text_is_called_by_its_first_column():
    columns = {"rate": Column(label="Rate", kind="percent"), "npv": Column(label="Value", formula="= rate * 2")}
    d = deal(tables={"t": Table(label="Ladder", columns=columns, records={"r1": {"rate": 0.1}, "r2": {}})})
    calc = run(d, View())
    assert explain(calc, "t.r1.npv").cell.label == "Value, Rate 10.0\u2009%"
    assert explain(calc, "t.r2.npv").cell.label == "Value, r2"


def test_a_circle_is_told_by_labels_with_its_keys():
    d = deal(lines={"a": Line(label="First", formula="= b"), "b": Line(label="Second", formula="= a")})
    fault = explain(run(d, View()), "a", 1).fault
    assert fault.reason.endswith("First → Second → First") or fault.reason.endswith("Second → First → Second")
    assert set(fault.circle) == {"a", "b"}


def test_the_part_that_failed_is_said_in_words():
    fault = explain(CALC, "bad").fault
    assert (fault.key, fault.is_whole) == ("ratio", True)
    assert fault.words.startswith("Drawdown ÷")
    d = deal(terms={"zero": Term(label="Nothing", value=0.0)}, outputs={"o": "= 1 + 2 / zero"})
    fault = explain(run(d, View()), "o").fault
    assert (fault.words, fault.is_whole) == ("2 ÷ Nothing", False)


def test_the_opening_cell_has_its_own_explanation():
    opening = explain(CALC, "closing", 1).opening
    assert (opening.value, opening.when) == (100.0, "opening")
    got = explain(CALC, "closing", OPENING_PERIOD)
    assert (got.formula, got.words, got.where) == ("open * 1", "Commitment × 1", "lines.opening.formula")
    assert [r.key for r in got.reads] == ["open"]
    assert got.text[slice(*got.reads[0].spans[0])] == "open"
    assert explain(CALC, "kept", OPENING_PERIOD).where == "lines.kept.opening"


def test_a_tables_record_reads_the_one_above():
    assert [r.key for r in explain(CALC, "t.b.y").reads] == ["t.a.y", "t.b.x"]
    assert [r.key for r in explain(CALC, "t.a.y").reads] == ["rate", "t.a.x"]
    assert explain(CALC, "t.b.y").words == "(Running of the record above (Rate at first)) + Amount"


def test_precedents_open_level_by_level_and_shift_periods():
    level = precedents(CALC, "opening", 2)
    assert [(n.key, n.period, n.when, n.how, n.more) for n in level] == [
        ("closing", 1, "2026", "the period before", True)
    ]
    assert [(n.key, n.period) for n in precedents(CALC, "opening", 0)] == [("closing", OPENING_PERIOD)]
    total = precedents(CALC, "total")
    assert [(n.key, n.how, n.more) for n in total] == [
        ("draw", "all periods", True),
        ("t[y]", "all records", True),
        ("rate", "", False),
    ]
    assert [n.key for n in precedents(CALC, "t[y]")] == ["t.a.y", "t.b.y"]
    assert [n.key for n in precedents(CALC, "draw")] == ["opening", "plan"]
    assert [n.key for n in precedents(CALC, "plan")] == ["plan.2025", "plan.2027"]


def test_dependents_shift_periods_the_other_way():
    assert [(n.key, n.period) for n in dependents(CALC, "closing", 1)] == [("opening", 2), ("flag", 1)]
    assert ("opening", 4) not in [(n.key, n.period) for n in dependents(CALC, "closing", 3)]
    assert [(n.key, n.period) for n in dependents(CALC, "closing", OPENING_PERIOD)] == [("opening", 0)]
    assert [(n.key, n.period) for n in dependents(CALC, "open")] == [("closing", OPENING_PERIOD)]
    assert [(n.key, n.period) for n in dependents(CALC, "plan.2027")] == [("draw", 2)]
    assert [n.key for n in dependents(CALC, "t.a.x")] == ["t.a.y"]
    assert {n.key for n in dependents(CALC, "zero")} == {"ratio", "event:e"}


def test_reach_is_everything_downstream():
    assert reach(CALC, "open") == {
        "closing",
        "opening",
        "draw",
        "ratio",
        "after",
        "flag",
        "kept",
        "total",
        "bad",
        "ok",
        "off",
    }
    assert reach(CALC, "plan.2027") >= {"draw", "closing", "total"}
    assert reach(CALC, "off") == set()
    assert "t.b.y" in reach(CALC, "t[x]")


def test_rights_rules_and_the_perspective_are_explained_too():
    d = deal(
        terms={"day": Term(label="Day", value=dt.date(2026, 1, 1), kind="date"), "met": Term(label="Met", value="yes", kind="yesno")},
        lines={"cash": Line(label="Cash", formula='= FLOW("buyer", "seller", 5)')},
        parties={"buyer": Party(label="The buyer"), "seller": Party(label="The seller")},
        perspective="buyer",
        rights={"r": Right(label="Use", holder="seller", from_="= day", until="= day + 365", while_='= met = "yes"')},
        questions={"q": Question(label="May it?", facts={}, rules={"one": Rule(answer="yes", from_="= day")})},
    )  # fmt: skip
    calc = run(d, default_view(d))
    assert walk(calc)
    assert explain(calc, "right:r.until").words == "Day + 365"
    assert explain(calc, "right:r.until").cell.shown == "1 Jan 2027"
    assert [(r.left, r.holds) for r in explain(calc, "right:r.while").reasons] == [("Yes", True)]
    assert {n.key for n in dependents(calc, "day")} == {"right:r.from", "right:r.until", "rule:q.one.from"}
    assert explain(calc, "cash", 0).words == "5 paid by “The buyer” to “The seller”"
    chosen = '= FLOW("buyer", "seller", IF(day > 0, 1, -1))'
    assert in_words(d, chosen) == "(1 if Day > 0, otherwise −1) paid by “The buyer” to “The seller”"
    assert {use.where for use in users_of(d, "day")} == {
        "rights.r.from",
        "rights.r.until",
        "questions.q.rules.one.from",
    }
    renamed = apply(d, rename(d, ("parties", "buyer"), "payer"))[0]
    assert renamed.lines["cash"].formula == '= FLOW("payer", "seller", 5)'
    assert (renamed.perspective, run(renamed, View()).line("cash")) == ("payer", calc.line("cash"))
    assert apply(d, rename(d, "day", "first"))[0].rights["r"].until == "= first + 365"


def test_a_key_that_is_not_there_is_a_key_error():
    with pytest.raises(KeyError):
        explain(CALC, "nothing")
