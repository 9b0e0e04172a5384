"""Each term alone at its low and at its high: what the outputs do, in which order, and the command."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model import store
from model.commands import headless
from model.engine import run
from model.layers import default_view
from model.problems import Refused
from model.whatif.sensitivity import sensitivity
from tests.model.deals import Output, Term, deal


def calc_of(formula, kind="number", **terms):
    made = {
        "a": Term(label="A", kind="number", value=2.0, low=0.0, high=6.0),
        "b": Term(label="B", kind="number", value=1.0, low=0.0, high=10.0),
        "c": Term(label="C", kind="number", value=5.0, low=4.0, high=6.0),
    }
    document = deal(terms={**made, **terms}, outputs={"o": Output(label="O", kind=kind, formula=formula)})
    calc = run(document, default_view(document))
    assert not calc.problems
    return calc


def bars_of(calc, **asked):
    return {bar.term: bar for bar in sensitivity(calc, **asked).tornados[0].bars}


def test_each_term_moves_alone_and_the_largest_swing_stands_first():
    calc = calc_of("= a + 3 * b")
    before = dict(calc.cells.scalars)
    found = sensitivity(calc).tornados[0]
    assert [bar.term for bar in found.bars] == ["b", "a", "c"] and found.base == 5.0 and found.largest == 30.0
    b, a, c = found.bars
    assert (b.low, b.value, b.high, b.at_low, b.at_high, b.swing) == (0.0, 1.0, 10.0, 2.0, 32.0, 30.0)
    assert (a.at_low, a.at_high, a.swing) == (3.0, 9.0, 6.0)
    assert c.swing == 0.0 and not c.moves
    assert calc.cells.scalars == before


def test_an_output_that_is_largest_in_between_swings_by_all_it_does():
    assert bars_of(calc_of("= -(a - 2) ^ 2"))["a"].swing == 16.0


@given(st.lists(st.floats(-50, 50), min_size=3, max_size=3))
def test_every_end_is_what_a_run_with_the_term_set_gives(weights):
    x, y, z = (round(w, 6) for w in weights)
    calc = calc_of(f"= {x} * a + {y} * b * c + {z} * MAX(a, c)")
    for key, bar in bars_of(calc).items():
        for end, shown in ((bar.low, bar.at_low), (bar.high, bar.at_high)):
            assert run(calc.deal, calc.view._replace(sets=((key, end),))).scalar("o") == shown


def test_whole_numbers_and_days_are_set_whole_and_a_day_swings_by_days():
    day = Term(label="D", kind="date", value=dt.date(2026, 6, 1), low=dt.date(2026, 1, 1), high=dt.date(2027, 1, 1))
    count = Term(label="N", kind="integer", value=2, low=1, high=4)
    bars = bars_of(calc_of("= d + n", kind="date", d=day, n=count))
    assert bars["d"].swing == 365.0 and bars["n"].swing == 3.0
    assert all(end == int(end) for bar in bars.values() for end in (bar.low, bar.high))


def test_an_error_at_an_end_is_shown_as_one_and_has_no_size():
    found = sensitivity(calc_of("= b + 6 / a")).tornados[0]
    assert [bar.term for bar in found.bars] == ["b", "a", "c"]
    assert found.bars[1].at_low.kind == "#DIV/0!" and found.bars[1].at_high == 2.0 and found.bars[1].swing is None


def test_an_output_that_may_never_come_has_no_size_there():
    bars = bars_of(calc_of("= IF(a < 3, DATE(2030, 1, 1), never)", kind="date"))
    assert bars["a"].swing is None and bars["a"].moves and not bars["b"].moves


def test_terms_that_cannot_be_varied_are_named_and_a_value_outside_its_range_is_shown_where_it_is():
    nothing = Term(label="Cap", kind="money", value="undisclosed", low=1.0, high=2.0)
    fixed = Term(label="Fixed", kind="number", value=1.0, low=0.0, high=2.0, fixed=True)
    outside = Term(label="A", kind="number", value=9.0, low=0.0, high=6.0)
    found = sensitivity(calc_of("= a", cap=nothing, f=fixed, a=outside))
    assert [problem.where for problem in found.remarks] == ["a", "cap", "f"]
    assert found.tornados[0].bars[0][:6] == ("a", 0.0, 9.0, 6.0, 0.0, 6.0) and found.tornados[0].bars[0].swing == 9.0


def test_what_is_set_on_top_and_the_scenario_stay_in_force():
    document = store.load(store.find("microsoft-openai")).deal
    view = default_view(document)._replace(version="apr_2026", scenario="take_or_pay", sets=(("rev_factor", 1.1),))
    calc = run(document, view)
    found = sensitivity(calc, of=("revenue_share_total",)).tornados[0]
    assert found.base == calc.scalar("revenue_share_total")
    bar = next(bar for bar in found.bars if bar.term == "stake_pct")
    assert bar.at_low == bar.at_high == found.base


@pytest.mark.parametrize(
    "asked, said",
    [({"vary": ("nope",)}, "no term “nope”"), ({"of": ("nope",)}, "no output “nope”"), ({"vary": ("f",)}, "is fixed")],
)
def test_what_cannot_be_varied_is_refused_with_a_sentence(asked, said):
    fixed = Term(label="Fixed", kind="number", value=1.0, low=0.0, high=2.0, fixed=True)
    with pytest.raises(Refused, match=said):
        sensitivity(calc_of("= a", f=fixed), **asked)


def test_the_command_prints_json_and_a_table_and_says_when_no_term_has_a_range(capsys, tmp_path):
    assert headless.main(["sensitivity", "amd-openai", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert len(data["outputs"]) == 7
    for figures in data["outputs"].values():
        swings = [one["swing"] for one in figures["terms"] if one["swing"] is not None]
        assert swings and swings == sorted(swings, reverse=True)
    assert headless.main(["sensitivity", "microsoft-openai", "--of", "implied_equity"]) == 0
    said = capsys.readouterr().out
    assert "Implied equity, $bn: 500.0" in said and "Value of the stake" in said and "not moved by:" in said
    document = deal(terms={"a": 1.0}, outputs={"o": "= a"})
    store.save(document, tmp_path / "none.deal")
    assert headless.main(["sensitivity", str(tmp_path / "none.deal")]) == 2
    assert "No term of this deal has a range" in capsys.readouterr().err
