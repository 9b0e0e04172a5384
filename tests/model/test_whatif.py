"""Comparing two runs, and the bridge that attributes a change to the inputs that differ."""

import json
import math

import pytest

from model import store
from model.commands import diff as diff_command
from model.deal import Line, Output
from model.engine import run
from model.layers import View, default_view
from model.problems import Refused
from model.whatif.bridge import bridge, reaches
from model.whatif.cases import cases
from model.whatif.compare import compare
from tests.model.deals import Scenario, Series, Term, deal


@pytest.fixture(scope="module")
def shipped():
    d = store.load(store.find("microsoft-openai")).deal
    first = run(d, default_view(d))
    return first, run(d, first.view._replace(version="apr_2026"), first)


def test_comparing_versions_lists_exactly_the_overlays_terms(shipped):
    a, b = shipped
    found = compare(a, b)
    differing = {k for k, v in b.deal.versions["apr_2026"].set.items() if a.inputs[k].value != v}
    assert {c.address for c in found.inputs} == differing
    assert all(c.layer_b == "version:apr_2026" for c in found.inputs)
    assert "rs_cap_binds_on" in {o.key for o in found.moved}


def test_a_bridge_sums_exactly_to_the_change(shipped):
    a, b = shipped
    found = bridge(a, b, "revenue_share_total")
    assert found.start == a.scalar("revenue_share_total")
    assert found.end == b.scalar("revenue_share_total")
    assert math.isclose(math.fsum(bar.amount for bar in found.bars), found.end - found.start, rel_tol=1e-14)
    assert {"rs_cap"} <= {bar.address for bar in found.bars}


def test_a_bridge_of_every_output_sums_exactly_between_versions_and_between_scenarios(shipped):
    a, b = shipped
    steps = [(a, b)] + [(a, run(a.deal, a.view._replace(scenario=key), a)) for key in a.deal.scenarios]
    for one, other in steps:
        for key, output in a.deal.outputs.items():
            if output.kind in ("text", "date"):
                continue
            found = bridge(one, other, key)
            assert (found.start, found.end) == (one.scalar(key), other.scalar(key))
            total = math.fsum([found.start, *(bar.amount for bar in found.bars)])
            assert math.isclose(total, found.end, rel_tol=1e-14, abs_tol=1e-12), key


def test_the_bridge_of_equal_runs_is_empty(shipped):
    a, _ = shipped
    assert bridge(a, a, "revenue_share_total").bars == []


def test_interacting_changes_share_their_joint_effect_evenly():
    d = deal(
        terms={"p": 1.0, "q": 1.0, "idle": 1.0},
        outputs={"o": "= p * q"},
        scenarios={"s": Scenario(label="", set={"p": 3.0, "q": 5.0, "idle": 9.0})},
    )
    found = bridge(run(d, View()), run(d, View(scenario="s")), "o")
    assert {bar.address: bar.amount for bar in found.bars} == {"p": 6.0, "q": 8.0}


def test_many_changes_use_both_orders_and_still_sum():
    names = [f"x{i}" for i in range(12)]
    d = deal(
        terms=dict.fromkeys(names, 1.0),
        outputs={"o": "= " + " * ".join(names)},
        scenarios={"s": Scenario(label="", set=dict.fromkeys(names, 1.1))},
    )
    found = bridge(run(d, View()), run(d, View(scenario="s")), "o")
    assert found.runs <= 24
    assert math.isclose(math.fsum(b.amount for b in found.bars), 1.1**12 - 1)


def test_a_year_that_only_one_side_has_is_a_change():
    d = deal(
        series={"s": Series(label="Path", values={"2025": 1.0})},
        lines={"x": "= BYYEAR(s, 10)"},
        outputs={"o": "= SUM(ALL(x))"},
        scenarios={"more": Scenario(label="", set={"s.2026": 2.0})},
    )
    found = bridge(run(d, View(scenario="more")), run(d, View()), "o")
    assert [(b.address, b.amount) for b in found.bars] == [("s.2026", 8.0)]


def test_a_value_on_the_way_that_is_no_number_is_refused_with_the_reason():
    d = deal(terms={"p": 1.0}, outputs={"o": "= 1 / p"}, scenarios={"s": Scenario(label="", set={"p": 0.0})})
    with pytest.raises(Refused, match="#DIV/0!"):
        bridge(run(d, View()), run(d, View(scenario="s")), "o")


def test_an_event_that_never_happens_on_one_side_has_no_size(shipped):
    with pytest.raises(Refused, match="not yet"):
        bridge(*shipped, "rs_cap_binds_on")


def test_a_bridge_can_be_cancelled(shipped):
    with pytest.raises(Refused, match="cancelled"):
        bridge(*shipped, "revenue_share_total", progress=lambda share: False)


def test_reaching_follows_lines_series_and_terms(shipped):
    a, _ = shipped
    assert reaches(a, "rev_path.2026", "revenue_share_total")
    assert not reaches(a, "stake_value", "revenue_share_total")


def test_diff_prints_json_for_versions_and_scenarios(capsys):
    assert diff_command.main("microsoft-openai", "microsoft-openai@apr_2026", True) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["b"]["version"] == "apr_2026"
    terms = {t["key"]: t for t in data["terms"]}
    assert (terms["rs_cap"]["a"], terms["rs_cap"]["b"]) == ("none", 38)
    assert {o["key"] for o in data["outputs"]} >= {"revenue_share_total", "rs_cap_binds_on"}
    assert diff_command.main("microsoft-openai@october 2025", "microsoft-openai@AGI verified mid-2028", False) == 0
    assert "AGI declared" in capsys.readouterr().out


def test_diff_of_an_unknown_layer_says_what_there_is(capsys):
    assert diff_command.main("microsoft-openai", "microsoft-openai@1999", True) == 2
    assert "apr_2026" in capsys.readouterr().err


def test_terms_of_two_files_can_be_compared():
    a = deal(terms={"x": 1.0, "gone": 2.0})
    b = deal(terms={"x": 1.5, "new": Term(label="New", value=3.0)})
    found = compare(run(a, View()), run(b, View()))
    assert [(c.address, c.a, c.b) for c in found.inputs] == [("x", 1.0, 1.5), ("gone", 2.0, None), ("new", None, 3.0)]


def test_cases_weigh_every_scenario_by_its_probability():
    d = deal(
        terms={"x": 1.0},
        outputs={"o": "= x * 10", "bad": "= 1 / (x - 3)"},
        scenarios={
            "low": Scenario(label="Low", probability=0.25, set={"x": 2.0}),
            "high": Scenario(label="High", probability=0.75, set={"x": 6.0}),
            "odd": Scenario(label="Odd", set={"x": 3.0}),
        },
    )
    found = cases(run(d, View()), None)
    assert found.adds_up
    assert found.weighted[0] == pytest.approx(50.0)
    assert found.weighted[1] == pytest.approx(0.25 * -1 + 0.75 / 3)
    assert [c.label for c in found.cases] == ["Low", "High", "Odd"]


def test_probabilities_that_do_not_add_up_give_no_weighted_value():
    d = deal(terms={"x": 1.0}, outputs={"o": "= x"}, scenarios={"a": Scenario(label="", probability=0.5)})
    found = cases(run(d, View()))
    assert not found.adds_up
    assert found.weighted == [None]


def test_a_bridge_between_other_formulas_names_them_by_their_labels():
    def of(opening, first):
        line = Line(label="Balance", formula=first, opening=opening)
        return run(deal(lines={"x": line}, outputs={"o": Output(label="O", formula="= SUM(ALL(x))")}), View())

    with pytest.raises(Refused, match="differ in formulas too \\(“Balance”, “Balance, opening”\\)"):
        bridge(of("= 1", "= PREV(x)"), of("= 2", "= PREV(x) + 1"), "o")
