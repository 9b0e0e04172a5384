"""Edits: pure, exactly reversible, landing in the right layer."""

import datetime as dt

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model import store
from model.edits import ABSENT, Edit, Put, apply, set_attribute, set_value, set_values
from model.engine import run
from model.layers import View, default_view, held, writes_to
from model.problems import Refused
from tests.model.deals import Column, Scenario, Series, Table, Term, Version, deal

DEAL = deal(
    terms={"a": 1.0, "d": Term(label="Day", kind="date", value=dt.date(2026, 1, 1)), "f": "= a * 2"},
    series={"s": Series(label="Path", values={"2025": 1.0, "2027": 3.0})},
    tables={
        "t": Table(
            label="",
            columns={"x": Column(label="X"), "y": Column(label="Y", formula="= x * 2")},
            records={"r1": {"x": 1.0}, "r2": {}},
        )
    },
    outputs={"o": "= f + SUM(t[y]) + SUM(ALL(s))"},
    versions={"v": Version(label="V", set={"a": 2.0})},
    scenarios={"s1": Scenario(label="S", set={"a": 3.0})},
)
BASE = View()


def after(edit, d=DEAL):
    return apply(d, edit)[0]


def test_a_value_goes_to_the_base_when_no_layer_overrides_it():
    edited = after(set_value(DEAL, BASE, "a", 7.0))
    assert edited.terms["a"].value == 7.0


def test_a_value_goes_to_the_topmost_layer_that_overrides_it():
    view = View("v", "s1")
    assert writes_to(DEAL, view, "a") == "scenario:s1"
    edited = after(set_value(DEAL, view, "a", 7.0))
    assert edited.scenarios["s1"].set["a"] == 7.0
    assert edited.versions["v"].set["a"] == 2.0
    assert edited.terms["a"].value == 1.0


def test_override_here_writes_to_the_named_layer():
    edited = after(set_value(DEAL, View("v", "s1"), "d", dt.date(2027, 1, 1), layer="version:v"))
    assert edited.versions["v"].set["d"] == dt.date(2027, 1, 1)
    assert held(edited, View("v"), "d").layer == "version:v"


def test_clearing_an_override_inherits_again():
    edited = after(set_value(DEAL, View("v", "s1"), "a", None))
    assert "a" not in edited.scenarios["s1"].set
    assert held(edited, View("v", "s1"), "a").value == 2.0


def test_clearing_the_base_makes_the_cell_blank_not_zero():
    edited = after(set_value(DEAL, BASE, "a", None))
    assert edited.terms["a"].value is None
    assert run(edited, BASE).scalar("a") is None
    assert run(edited, BASE).scalar("f") == 0.0


def test_a_new_year_of_a_series_takes_its_place_in_order():
    edited = after(set_value(DEAL, BASE, "s.2026", 2.0))
    assert list(edited.series["s"].values) == ["2025", "2026", "2027"]


def test_table_cells_can_be_set_and_blanked():
    edited = after(set_values(DEAL, BASE, [("t.r1.x", None), ("t.r2.x", 4.0)]))
    assert edited.tables["t"].records == {"r1": {}, "r2": {"x": 4.0}}


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("f", "computed"),
        ("o", "computed"),
        ("t.r1.y", "computed"),
        ("nope", "no input"),
        ("s.20x6", "not a calendar year"),
        ("t.r9.x", "no input"),
        ("a.b.c.d", "no input"),
    ],
)
def test_what_is_not_an_input_is_refused_with_the_reason(address, word):
    with pytest.raises(Refused) as err:
        set_value(DEAL, BASE, address, 1.0)
    assert word in str(err.value)


def test_one_bad_value_among_many_changes_nothing():
    with pytest.raises(Refused):
        set_values(DEAL, BASE, [("a", 5.0), ("d", "not a date")])


def test_titles_say_what_changed_and_where():
    assert set_value(DEAL, BASE, "d", dt.date(2027, 2, 3)).title == "Set Day to 3 Feb 2027"
    assert set_value(DEAL, View("v"), "a", 7.0).title == "Set a to 7.00 (Version: V)"
    assert set_values(DEAL, BASE, [("a", 1.0), ("s.2025", 2.0)], "Paste 2 cells").title == "Paste 2 cells"


def test_attributes_and_order_survive_undo():
    edit = set_attribute(DEAL, ("terms", "a", "note"), "why", "Note")
    edited, back = apply(DEAL, edit)
    assert edited.terms["a"].note == "why"
    assert apply(edited, back)[0] == DEAL
    removed, back = apply(DEAL, Edit("", (Put(("terms", "a"), ABSENT),)))
    assert list(removed.terms) == ["d", "f"]
    assert list(apply(removed, back)[0].terms) == ["a", "d", "f"]


_value = {
    "a": st.one_of(st.none(), st.floats(-1e6, 1e6), st.just("undisclosed")),
    "d": st.one_of(st.none(), st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), st.just("never")),
    "s.2025": st.one_of(st.none(), st.floats(-1e6, 1e6)),
    "s.2026": st.one_of(st.none(), st.floats(-1e6, 1e6)),
    "t.r1.x": st.one_of(st.none(), st.floats(-1e6, 1e6)),
    "t.r2.x": st.one_of(st.none(), st.floats(-1e6, 1e6)),
}
_edit = st.sampled_from(sorted(_value)).flatmap(lambda a: st.tuples(st.just(a), _value[a]))
_layer = st.sampled_from([None, "", "version:v", "scenario:s1"])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.lists(_edit, min_size=1, max_size=4), _layer), max_size=6))
def test_undo_after_do_is_identity_and_incremental_equals_full(steps):
    view = View("v", "s1")
    d, calc = DEAL, run(DEAL, view)
    backs = []
    for items, layer in steps:
        edit = set_values(d, view, items, layer=layer)
        d, back = apply(d, edit)
        calc = run(d, view, calc, edit.touches)
        full = run(d, view)
        assert calc.cells.scalars == full.cells.scalars
        assert calc.cells.rows == full.cells.rows
        backs.append(back)
    for back in reversed(backs):
        d, _ = apply(d, back)
        calc = run(d, view, calc, back.touches)
    assert store.dumps(d) == store.dumps(DEAL)
    assert calc.cells.scalars == run(DEAL, view).cells.scalars


def test_the_shipped_deals_values_do_not_depend_on_how_they_were_reached():
    d = store.load(store.find("microsoft-openai")).deal
    calc = run(d, default_view(d))
    for version in d.versions:
        for scenario in d.scenarios:
            view = View(version, scenario, "quarter")
            calc = run(d, view, calc)
            full = run(d, view)
            assert calc.cells.rows == full.cells.rows
            assert calc.cells.scalars == full.cells.scalars


def test_an_edit_leaves_the_deal_before_it_untouched_and_copies_only_what_it_writes():
    before = DEAL
    kept = msgspec.json.encode(before)
    puts = (Put(("terms", "d", "note"), "a"), Put(("terms", "d", "note"), "b"), Put(("terms", "d"), ABSENT))
    after, inverse = apply(before, Edit("Note, then remove", puts))
    assert msgspec.json.encode(before) == kept and "d" not in after.terms
    assert after.lines is before.lines
    assert apply(after, inverse)[0] == before and list(apply(after, inverse)[0].terms) == list(before.terms)
