"""Draws of the terms: their distributions, what the outputs do, and the command."""

import datetime as dt
import json

import numpy as np
import pytest

from model import store
from model.commands import headless
from model.engine import run
from model.layers import default_view
from model.problems import Refused
from model.values import NEVER
from model.whatif.simulate import simulate
from tests.model.deals import Output, Term, deal


def calc_of(formula="= a + b", kind="number", **terms):
    made = {
        "a": Term(label="A", kind="number", value=2.0, low=0.0, high=6.0, distribution="uniform"),
        "b": Term(label="B", kind="number", value=1.0),
    }
    document = deal(terms={**made, **terms}, outputs={"o": Output(label="O", kind=kind, formula=formula)})
    calc = run(document, default_view(document))
    assert not calc.problems
    return calc


def test_a_uniform_term_spreads_its_sum_evenly():
    found = simulate(calc_of(), 20_000, 1).spreads[0]
    assert found.base == 3.0 and found.errors == 0
    assert found.mean == pytest.approx(4.0, abs=0.05)
    assert found.deviation == pytest.approx(6 / 12**0.5, abs=0.05)
    assert found.quantiles == pytest.approx((1.3, 2.5, 4.0, 5.5, 6.7), abs=0.1)
    assert found.drivers == (("a", pytest.approx(1.0)),)


@pytest.mark.parametrize(
    "distribution, mean, deviation",
    [("", 8 / 3, (28 / 18) ** 0.5), ("triangular", 8 / 3, (28 / 18) ** 0.5), ("pert", 14 / 6, None), ("uniform", 3.0, 3**0.5)],
)  # fmt: skip
def test_each_distribution_has_its_mean_and_stays_within_its_range(distribution, mean, deviation):
    term = Term(label="A", kind="number", value=2.0, low=0.0, high=6.0, distribution=distribution)
    found = simulate(calc_of("= a", a=term), 40_000, 3).spreads[0]
    assert found.mean == pytest.approx(mean, abs=0.03)
    if deviation is not None:
        assert found.deviation == pytest.approx(deviation, abs=0.03)
    assert 0.0 <= found.quantiles[0] <= found.quantiles[-1] <= 6.0


def test_whole_numbers_and_dates_are_drawn_whole():
    term = Term(label="A", kind="integer", value=2, low=0, high=6)
    day = Term(label="D", kind="date", value=dt.date(2026, 6, 1), low=dt.date(2026, 1, 1), high=dt.date(2027, 1, 1))
    calc = calc_of("= MOD(a, 1) + MOD(d, 1)", a=term, d=day)
    found = simulate(calc, 500, 1)
    assert [one.key for one in found.varied] == ["a", "d"]
    assert found.spreads[0].mean == 0.0 and found.spreads[0].drivers == ()


def test_the_same_seed_draws_the_same_and_another_draws_otherwise():
    calc = calc_of()
    assert simulate(calc, 100, 5) == simulate(calc, 100, 5)
    assert simulate(calc, 100, 5).spreads != simulate(calc, 100, 6).spreads


def test_draws_that_end_in_an_error_are_counted_and_left_out():
    term = Term(label="A", kind="integer", value=1, low=0, high=3, distribution="uniform")
    found = simulate(calc_of("= 6 / a", a=term), 3_000, 1).spreads[0]
    assert 0 < found.errors < 1_000
    assert found.quantiles[0] == 2.0 and found.quantiles[-1] == 6.0


def test_an_output_that_is_an_error_in_every_draw_has_no_figures():
    term = Term(label="H", kind="number", value="undisclosed")
    found = simulate(calc_of("= a * h", h=term), 50, 1).spreads[0]
    assert found.errors == 50 and found.mean is None and found.quantiles == ()


def test_a_date_that_may_never_come_has_quantiles_but_no_mean():
    found = simulate(calc_of("= IF(a < 3, DATE(2030, 1, 1), never)", kind="date"), 4_000, 1).spreads[0]
    assert found.mean is None and found.deviation is None
    assert found.quantiles[0] == 47_484.0 and found.quantiles[-1] == NEVER


def test_the_value_in_view_is_the_most_likely_one():
    document = store.load(store.find("microsoft-openai")).deal
    view = default_view(document)._replace(sets=(("rs_rate", 0.15),))
    found = simulate(run(document, view), 10, 1, ("rs_rate",), ("revenue_share_total",))
    assert found.varied[0].likely == 0.15 and not found.remarks


def test_a_value_outside_its_range_is_named_and_drawn_within_it():
    found = simulate(calc_of(a=Term(label="A", kind="number", value=9.0, low=0.0, high=6.0)), 50, 1)
    assert found.varied[0].likely == 6.0 and found.spreads[0].quantiles[-1] <= 7.0
    assert "outside its range" in found.remarks[0].what


def test_a_strongest_driver_stands_first_and_one_that_does_nothing_is_near_zero():
    terms = {k: Term(label=k, kind="number", value=0.5, low=0.0, high=1.0, distribution="uniform") for k in "acd"}
    (_, c), (_, a), (_, d) = simulate(calc_of("= a - 3 * c", **terms), 5_000, 1).spreads[0].drivers
    assert c < -0.9 and 0.2 < a < 0.5 and abs(d) < 0.05


def test_terms_that_hold_no_number_are_named_and_left_out():
    nothing = Term(label="Cap", kind="money", value="undisclosed", low=1.0, high=2.0)
    odd = Term(label="Odd", kind="number", value=1.0, low=0.0, high=2.0, distribution="lognormal")
    found = simulate(calc_of(c=nothing, e=odd), 10, 1)
    assert [one.key for one in found.varied] == ["a"]
    assert [problem.where for problem in found.remarks] == ["c", "e.distribution"]


@pytest.mark.parametrize(
    "asked, said",
    [
        ({"draws": 0}, "0 draws"), ({"draws": 10**7}, "10,000,000 draws"), ({"vary": ("nope",)}, "no term “nope”"),
        ({"vary": ("b",)}, "“B” has no range"), ({"of": ("nope",)}, "no output “nope”"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused_with_a_sentence(asked, said):
    with pytest.raises(Refused) as refused:
        simulate(calc_of(), **{"draws": 10, "seed": 1, **asked})
    assert said in str(refused.value)


def test_a_deal_without_ranges_says_what_is_missing():
    document = deal(terms={"a": 1.0}, outputs={"o": "= a"})
    with pytest.raises(Refused, match="No term of this deal has a range"):
        simulate(run(document, default_view(document)), 10, 1)


@pytest.mark.parametrize("name", ["microsoft-openai", "amd-openai"])
def test_the_command_prints_plain_json_for_every_headline_number(name, capsys):
    assert headless.main(["simulate", name, "--draws", "40", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["draws"] == 40 and data["remarks"] == {} and len(data["outputs"]) == 7
    for figures in data["outputs"].values():
        assert figures["errors"] == 0 and figures["p5"] is not None and figures["drivers"]


def test_the_command_prints_a_table_and_refuses_what_it_does_not_know(capsys):
    assert headless.main(["simulate", "microsoft-openai", "--draws", "40", "--of", "implied_equity"]) == 0
    assert "Implied equity, $bn" in capsys.readouterr().out
    assert headless.main(["simulate", "microsoft-openai", "--vary", "nope"]) == 2
    assert "no term “nope”" in capsys.readouterr().err


def test_figures_are_those_of_a_live_run_when_nothing_varies():
    calc = calc_of("= a * 7 + b", a=Term(label="A", kind="number", value=2.0, low=2.0, high=2.0))
    found = simulate(calc, 8, 1).spreads[0]
    assert found.mean == found.base == 15.0 and set(found.quantiles) == {15.0} and found.drivers == ()
    assert np.isclose(found.deviation, 0.0)


@pytest.mark.parametrize(
    ("option", "value"), [("--seed", "-1"), ("--draws", "0"), ("--draws", "-5"), ("--draws", "1000001")]
)
def test_numbers_that_cannot_be_are_refused_with_the_option(option, value, capsys):
    assert headless.main(["simulate", "microsoft-openai", option, value]) == 2
    assert f"{option}: " in capsys.readouterr().err


def test_a_histogram_counts_every_draw_once_and_says_how_many_are_endless():
    found = simulate(calc_of(), 3_000, 1).spreads[0].histogram
    assert len(found.edges) == len(found.counts) + 1 and sum(found.counts) == 3_000 and found.endless == 0
    assert (found.edges[0], found.edges[-1]) == (pytest.approx(1.0, abs=0.1), pytest.approx(7.0, abs=0.1))
    assert list(found.edges) == sorted(found.edges)
    day = dt.date(2027, 1, 1)
    term = Term(label="A", kind="number", value=2.0, low=0.0, high=6.0, distribution="uniform")
    dated = simulate(
        calc_of(f"= IF(a > 3, DATE({day.year}, 1, 1), DATE(9999, 12, 31))", "date", a=term), 1_000, 1
    ).spreads[0]
    assert dated.histogram.endless + sum(dated.histogram.counts) == 1_000 and 300 < dated.histogram.endless < 700
    assert len(dated.histogram.counts) == 1


def test_classes_of_whole_numbers_hold_equally_many_of_them():
    term = Term(label="A", kind="integer", value=3, low=0, high=5, distribution="uniform")
    found = simulate(calc_of("= a", "integer", a=term), 2_000, 1).spreads[0].histogram
    assert found.edges == (-0.5, 0.5, 1.5, 2.5, 3.5, 4.5, 5.5) and len(found.counts) == 6


def test_progress_is_told_changes_no_result_and_cancels():
    calc, told = calc_of("= a * b"), []
    assert simulate(calc, 2_000, 5, progress=told.append) == simulate(calc, 2_000, 5)
    assert len(told) > 2 and told == sorted(told) and told[0] == 0.0 and told[-1] < 1.0

    class StopError(Exception):
        pass

    def stop(part):
        if part:
            raise StopError

    with pytest.raises(StopError):
        simulate(calc, 2_000, 5, progress=stop)


@pytest.mark.parametrize(
    ("key", "remedy"),
    [("sign_date", "Give it a range"), ("verified", "Vary what it depends on"), ("rofr", "Choose a term that is one")],
)
def test_a_term_that_cannot_be_varied_is_refused_with_what_helps(key, remedy, capsys):
    assert headless.main(["simulate", "microsoft-openai", "--vary", key]) == 2
    assert remedy in capsys.readouterr().err


def test_the_json_has_the_histogram_by_class_with_values_as_they_are_written_in_the_deal(capsys):
    assert headless.main(["simulate", "microsoft-openai", "--draws", "200", "--json"]) == 0
    for one in json.loads(capsys.readouterr().out)["outputs"].values():
        drawn = sum(each["draws"] for each in one["histogram"])
        assert drawn + one["endless"] + one["errors"] == 200
        assert all(each["from"] <= each["to"] for each in one["histogram"])
