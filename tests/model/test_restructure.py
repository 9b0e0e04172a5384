"""Structure edits: what they make, that undo restores the document to the letter, and what they refuse."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model import store
from model.deal import About, Chart, Check, Event
from model.edits import apply
from model.engine import run
from model.layers import View, default_view
from model.problems import Refused
from model.structure.keys import key_for
from model.structure.openings import opening_text, set_opening
from model.structure.restructure import (
    Anchor,
    add,
    delete,
    duplicate,
    group,
    indent,
    insert,
    move,
    set_formula,
    to_value,
)
from model.structure.uses import users_of
from tests.model.deals import Column, Line, Output, Scenario, Series, Table, Term, Version, deal
from tests.thorough import examples

DEAL = deal(
    terms={
        "commitment": Term(label="Commitment", value=100.0, kind="money", unit="$bn", group="Terms"),
        "rate": Term(label="Rate", value=0.5, kind="percent", group="Terms"),
        "twice": Term(label="Twice", formula="= commitment * 2", kind="money"),
    },
    series={"plan": Series(label="Plan", values={"2025": 1.0, "2027": 3.0}, notes={"2027": "Guess."})},
    tables={
        "t": Table(
            label="Rounds",
            columns={
                "name": Column(label="Name", kind="text"),
                "x": Column(label="Amount", kind="money"),
                "y": Column(label="Running", formula="= PREV(y, 0) + x", kind="money"),
            },
            records={"a": {"name": "First", "x": 1.0}, "b": {"name": "Second", "x": "= t.b.y - t.a.y + twice", "y": 5.0}},
        )
    },
    lines={
        "opening": Line(label="Opening", formula="= PREV(closing, commitment)", section="s", unit="$bn"),
        "drawdown": Line(label="Drawdown", formula="= MIN(opening, BYYEAR(plan, 5))", section="s", indent=1),
        "closing": Line(label="Closing", formula="= opening - drawdown", section="s"),
        "count": Line(label="Count", formula="= PREV(count) + 1 + drawdown * 0", section="w", kind="integer", opening="= 0"),
        "memo": Line(label="Memo", formula="= 1", section="w"),
    },
    outputs={"total": Output(label="Total", formula="= SUM(ALL(drawdown)) + SUM(t[y])", status="rate")},
    checks={"ok": Check(label="OK", formula="= total >= rate")},
    events={"e": Event(label="E", on="= DATE(2026, 1, 1)")},
    charts={"c": Chart(label="Chart", lines=("closing", "drawdown")), "m": Chart(label="Memo chart", lines=("memo",))},
    sections={"s": "Schedule", "w": "Workings"},
    versions={"v": Version(label="V", set={"rate": 0.6, "plan.2027": 4.0}, about={"rate": About(note="so"), "plan.2027": About(note="so")}), "w": Version(label="W", base="v")},
    scenarios={"x": Scenario(label="X", set={"t.a.x": 2.0, "commitment": 50.0}, about={"t.a.x": About(note="so"), "commitment": About(note="so")})},
    version="v",
    headline=("total", "commitment"),
)  # fmt: skip
SHIPPED = store.load(store.find("microsoft-openai")).deal


def done(d, edit):
    """The edited deal, after proving that undoing restores the text and redoing the edit."""
    edited, back = apply(d, edit)
    undone, again = apply(edited, back)
    assert store.dumps(undone) == store.dumps(d)
    assert undone == d
    assert store.dumps(apply(undone, again)[0]) == store.dumps(edited)
    return edited


# -- keys ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("container", "label", "key"),
    [
        (("lines",), "Net revenue (after tax)", "net_revenue_after_tax"),
        (("lines",), "Closing", "closing_2"),
        (("terms",), "OPENING", "opening_2"),
        (("terms",), "Year", "year_2"),
        (("terms",), "Max", "max_2"),
        (("terms",), "Prev", "prev_2"),
        (("terms",), "Overlap days", "overlap_days_2"),
        (("lines",), "X", "x_2"),
        (("lines",), "Größe in %", "groesse_in"),
        (("lines",), "2027 budget", "line_2027_budget"),
        (("outputs",), "…", "output"),
        (("tables", "t", "columns"), "Rate", "rate_2"),
        (("tables", "t", "columns"), "A", "a_2"),
        (("tables", "t", "records"), "Rate", "rate_2"),
        (("tables", "t", "records"), "Closing", "closing"),
        (("sections",), "Closing", "closing"),
        (("parties",), "3M", "party_3m"),
        (("series",), "2027 prices", "series_2027_prices"),
        (("lines",), "x" * 200, "x" * 59),
    ],
)
def test_keys_come_from_labels_and_collide_with_nothing(container, label, key):
    assert key_for(DEAL, container, label) == key


@settings(max_examples=examples(100), deadline=None)
@given(
    st.text(max_size=80),
    st.sampled_from([("lines",), ("terms",), ("tables", "t", "columns"), ("tables", "t", "records"), ("sections",)]),
)
def test_any_label_gives_a_key_that_the_file_accepts(label, container):
    label = "".join(c for c in label if c.isprintable())
    d = done(DEAL, add(DEAL, container, label))
    assert store.loads(store.dumps(d)) == d


# -- add, insert, duplicate ------------------------------------------------------------------


def test_a_line_is_added_beside_another_and_shares_its_section():
    edit = insert(DEAL, ("lines", "drawdown"), "after", "Fees", formula="= 2")
    d = done(DEAL, edit)
    assert list(d.lines) == ["opening", "drawdown", "fees", "closing", "count", "memo"]
    assert (d.lines["fees"].section, d.lines["fees"].indent) == ("s", 1)
    assert edit.about == ("lines", "fees")
    assert next(iter(done(DEAL, insert(DEAL, ("lines", "opening"), "before", "Fees")).lines)) == "fees"
    assert edit.title == "Add line “Fees”"


def test_everything_can_be_added_and_the_result_loads():
    for container, label in [
        (("terms",), "New"), (("series",), "New"), (("tables",), "New"), (("lines",), "New"), (("outputs",), "New"),
        (("checks",), "New"), (("events",), "New"), (("versions",), "New"), (("scenarios",), "New"), (("sources",), "New"),
        (("sections",), "New"), (("parties",), "New"), (("tables", "t", "columns"), "New"), (("tables", "t", "records"), "New"),
        (("series", "plan", "values"), "2026"),
    ]:  # fmt: skip
        edit = add(DEAL, container, label)
        d = done(DEAL, edit)
        assert store.loads(store.dumps(d)) == d
        assert not run(d, default_view(d)).problems
        assert edit.about[:-1] == container


def test_a_record_gets_its_label_and_a_year_its_place_and_a_start_value():
    d = done(DEAL, add(DEAL, ("tables", "t", "records"), "Third", Anchor("after", "a")))
    assert list(d.tables["t"].records) == ["a", "third", "b"]
    assert d.tables["t"].records["third"] == {"name": "Third"}
    d = done(DEAL, add(DEAL, ("series", "plan", "values"), "2026"))
    assert d.series["plan"].values == {"2025": 1.0, "2026": 1.0, "2027": 3.0}
    assert list(d.series["plan"].values) == ["2025", "2026", "2027"]
    for year, word in (("2027", "already"), ("27", "calendar year")):
        with pytest.raises(Refused, match=word):
            add(DEAL, ("series", "plan", "values"), year)


def test_a_key_of_ones_own_is_checked():
    assert "mine" in done(DEAL, add(DEAL, ("lines",), "Fees", key="mine")).lines
    with pytest.raises(Refused, match="taken"):
        add(DEAL, ("lines",), "Fees", key="Rate")


def test_a_copy_of_a_line_that_looks_back_at_itself_looks_back_at_the_copy():
    d = done(DEAL, duplicate(DEAL, ("lines", "count")))
    assert list(d.lines)[3:5] == ["count", "count_copy"]
    assert d.lines["count_copy"].formula == "= PREV(count_copy) + 1 + drawdown * 0"
    assert d.lines["count_copy"].label == "Count (copy)"
    assert run(d, View()).line("count_copy") == run(d, View()).line("count")


def test_a_copied_block_refers_to_itself_and_outside_to_what_it_did():
    d = done(DEAL, duplicate(DEAL, ("lines", "opening"), ("lines", "drawdown"), ("lines", "closing")))
    assert list(d.lines) == [
        "opening",
        "drawdown",
        "closing",
        "opening_copy",
        "drawdown_copy",
        "closing_copy",
        "count",
        "memo",
    ]
    assert d.lines["opening_copy"].formula == "= PREV(closing_copy, commitment)"
    assert d.lines["drawdown_copy"].formula == "= MIN(opening_copy, BYYEAR(plan, 5))"
    calc = run(d, View())
    assert calc.line("closing_copy") == calc.line("closing")


def test_copies_of_inputs_columns_and_records_keep_values_in_every_layer():
    d = done(DEAL, duplicate(DEAL, ("terms", "commitment")))
    assert d.scenarios["x"].set["commitment_copy"] == 50.0
    d = done(DEAL, duplicate(DEAL, ("tables", "t", "columns", "y")))
    assert d.tables["t"].columns["running_copy"].formula == "= PREV(running_copy, 0) + x"
    assert d.tables["t"].records["b"]["running_copy"] == 5.0
    d = done(DEAL, duplicate(DEAL, ("tables", "t", "records", "b")))
    assert d.tables["t"].records["b_2"]["x"] == "= t.b_2.y - t.a.y + twice"
    d = done(DEAL, duplicate(DEAL, ("tables", "t", "records", "a")))
    assert d.scenarios["x"].set["t.a_2.x"] == 2.0
    assert list(d.tables["t"].records) == ["a", "a_2", "b"]


def test_a_copied_year_is_the_next_one_without_a_value():
    d = done(DEAL, duplicate(DEAL, ("series", "plan", "values", "2025"), ("series", "plan", "values", "2027")))
    assert d.series["plan"].values == {"2025": 1.0, "2027": 3.0, "2028": 1.0, "2029": 3.0}
    with pytest.raises(Refused, match="in their order"):
        move(DEAL, [("series", "plan", "values", "2027")], Anchor("before", "2025"))


def test_a_copied_table_speaks_of_itself():
    d = done(DEAL, duplicate(DEAL, ("tables", "t")))
    assert d.tables["rounds_copy"].records["b"]["x"] == "= rounds_copy.b.y - rounds_copy.a.y + twice"
    assert d.scenarios["x"].set["rounds_copy.a.x"] == 2.0


def test_a_new_choice_takes_over_the_choices():
    d = deal(terms={"m": Term(label="M", value="a", kind="choice", choices=("a", "b"))})
    new = done(d, insert(d, ("terms", "m"), "after", "Other"))
    assert new.terms["other"].choices == ("a", "b")
    assert store.loads(store.dumps(new)) == new
    assert (
        done(d, insert(d, ("terms", "m"), "after", "Other", kind="percent", value="27%")).terms["other"].value == 0.27
    )


# -- delete ----------------------------------------------------------------------------------


def test_deleting_what_is_used_says_by_whom():
    with pytest.raises(Refused, match=r"“Drawdown” is used by Closing, Count, Total and chart Chart"):
        delete(DEAL, ("lines", "drawdown"))
    with pytest.raises(Refused, match=r"“Rate” is used by OK, Version: V and Total"):
        delete(DEAL, ("terms", "rate"))
    with pytest.raises(Refused, match="Memo chart"):
        delete(DEAL, ("lines", "memo"))
    with pytest.raises(Refused, match="Opening, Drawdown and Closing"):
        delete(DEAL, ("sections", "s"))
    with pytest.raises(Refused, match="Scenario: X"):
        delete(DEAL, ("tables", "t", "records", "a"))
    with pytest.raises(Refused, match="Total"):
        delete(DEAL, ("tables", "t", "columns", "y"))
    with pytest.raises(Refused, match="Version: W and the version shown first"):
        delete(DEAL, ("versions", "v"))
    with pytest.raises(Refused, match="nothing of this name"):
        delete(DEAL, ("lines", "nothing"))


def test_what_only_itself_reads_goes_without_asking():
    d = done(DEAL, delete(DEAL, ("lines", "count")))
    assert "count" not in d.lines
    both = deal(lines={"a": "= PREV(b, 0)", "b": "= a"})
    assert not done(both, delete(both, ("lines", "a"), ("lines", "b"))).lines
    assert delete(DEAL, ("lines", "count")).about == ("lines", "memo")


def test_by_force_all_mentions_outside_formulas_go_too():
    d = done(DEAL, delete(DEAL, ("terms", "rate"), force=True))
    assert d.versions["v"].set == {"plan.2027": 4.0}
    assert d.outputs["total"].status == ""
    assert [p.where for p in run(d, View()).problems] == ["checks.ok.formula"]
    d = done(DEAL, delete(DEAL, ("lines", "closing"), ("lines", "memo"), force=True))
    assert list(d.charts) == ["c"]
    assert d.charts["c"].lines == ("drawdown",)
    assert done(DEAL, delete(DEAL, ("outputs", "total"), force=True)).headline == ("commitment",)
    d = done(DEAL, delete(DEAL, ("tables", "t", "columns", "x"), force=True))
    assert d.tables["t"].records == {"a": {"name": "First"}, "b": {"name": "Second", "y": 5.0}}
    assert d.scenarios["x"].set == {"commitment": 50.0}
    d = done(DEAL, delete(DEAL, ("series", "plan", "values", "2027"), force=True))
    assert (d.series["plan"].values, d.series["plan"].notes, d.versions["v"].set) == ({"2025": 1.0}, {}, {"rate": 0.6})
    d = done(DEAL, delete(DEAL, ("tables", "t"), force=True))
    assert d.scenarios["x"].set == {"commitment": 50.0}
    assert store.loads(store.dumps(d)) == d
    d = done(DEAL, delete(DEAL, ("versions", "v"), force=True))
    assert (d.version, d.versions["w"].base) == ("w", None)
    assert done(DEAL, delete(DEAL, ("sections", "s"), force=True)).lines["opening"].section == ""


_SHIPPED_PATHS = [
    *((group, key) for group in ("terms", "lines", "outputs", "checks", "series", "tables", "events", "sections", "sources", "versions", "scenarios") for key in getattr(SHIPPED, group)),
    *(("tables", t, part, key) for t, table in SHIPPED.tables.items() for part in ("columns", "records") for key in getattr(table, part)),
]  # fmt: skip


@settings(max_examples=examples(25), deadline=None)
@given(st.lists(st.sampled_from(_SHIPPED_PATHS), min_size=1, max_size=3, unique=True))
def test_any_forced_deletion_is_undone_to_the_letter_and_still_loads(paths):
    paths = [p for p in paths if not any(p != q and p[: len(q)] == q for q in paths)]
    d = done(SHIPPED, delete(SHIPPED, *paths, force=True))
    assert store.loads(store.dumps(d)) == d
    assert all(not users_of(d, path) for path in paths)


@settings(max_examples=examples(25), deadline=None)
@given(st.sampled_from(_SHIPPED_PATHS))
def test_any_copy_is_undone_to_the_letter_and_computes(path):
    d = done(SHIPPED, duplicate(SHIPPED, path))
    assert store.loads(store.dumps(d)) == d
    assert not run(d, default_view(d)).problems


# -- move, indent, group ---------------------------------------------------------------------


def test_lines_move_in_their_order_and_join_the_section():
    edit = move(DEAL, [("lines", "closing"), ("lines", "opening")], Anchor("after", "count"))
    d = done(DEAL, edit)
    assert list(d.lines) == ["drawdown", "count", "opening", "closing", "memo"]
    assert d.lines["closing"].section == "w"
    assert (
        done(DEAL, move(DEAL, [("lines", "closing")], Anchor("before", "memo"), join=False)).lines["closing"].section
        == "s"
    )
    assert move(DEAL, [("lines", "closing")], Anchor("before", "closing")).puts == ()
    with pytest.raises(Refused, match="different kinds"):
        move(DEAL, [("lines", "closing"), ("terms", "rate")], Anchor("before", "memo"))


def test_records_and_columns_move_too():
    d = done(DEAL, move(DEAL, [("tables", "t", "columns", "y")], Anchor("before", "name")))
    assert list(d.tables["t"].columns) == ["y", "name", "x"]
    assert list(
        done(DEAL, move(DEAL, [("tables", "t", "records", "b")], Anchor("before", "a"))).tables["t"].records
    ) == ["b", "a"]


def test_indenting_stays_within_bounds():
    d = done(DEAL, indent(DEAL, ["opening", "drawdown"]))
    assert (d.lines["opening"].indent, d.lines["drawdown"].indent) == (1, 2)
    assert done(DEAL, indent(DEAL, ["opening"], -1)).lines["opening"].indent == 0


def test_lines_group_into_sections_and_terms_into_groups():
    d = done(DEAL, group(DEAL, [("lines", "memo")], "Schedule"))
    assert d.lines["memo"].section == "s"
    d = done(DEAL, group(DEAL, [("lines", "memo"), ("lines", "count")], "Side notes"))
    assert d.sections["side_notes"] == "Side notes"
    assert d.lines["memo"].section == "side_notes"
    assert done(DEAL, group(DEAL, [("terms", "rate")], "Rates")).terms["rate"].group == "Rates"
    assert done(DEAL, group(DEAL, [("lines", "memo")], "")).lines["memo"].section == ""


# -- formulas --------------------------------------------------------------------------------


def refused(what, text, **more):
    with pytest.raises(Refused) as err:
        set_formula(DEAL, what, text, **more)
    problem = err.value.problems[0]
    return problem, text[slice(*problem.span)] if problem.span else None


def test_a_formula_is_set_where_it_can_be_read():
    assert (
        done(DEAL, set_formula(DEAL, "closing", "opening - 2 * drawdown")).lines["closing"].formula
        == "= opening - 2 * drawdown"
    )
    assert done(DEAL, set_formula(DEAL, "count@opening", "= rate")).lines["count"].opening == "= rate"
    assert done(DEAL, set_formula(DEAL, "count@opening", " ")).lines["count"].opening is None
    assert done(DEAL, set_formula(DEAL, "t[y]", "= x * 2")).tables["t"].columns["y"].formula == "= x * 2"
    assert done(DEAL, set_formula(DEAL, ("events", "e", "on"), "= DATE(2027,1,1)")).events["e"].on == "= DATE(2027,1,1)"


def test_a_fault_is_refused_with_its_place_in_what_was_typed():
    assert refused("closing", "opening - drawdwn")[1] == "drawdwn"
    assert "Did you mean drawdown" in refused("closing", "opening - drawdwn")[0].remedy
    assert refused("closing", "  = opening - (drawdown")[1] == "("
    assert refused("total", "= closing + 1")[1] == "closing"
    assert refused("t[y]", "= x + nme")[1] == "nme"
    assert "empty" in refused("closing", " = ")[0].what
    assert "no formula" in refused("t.a", "= 1")[0].what


def test_a_circle_within_a_period_is_refused_with_its_path():
    problem, at = refused("drawdown", "= opening - closing")
    assert at == "closing"
    assert "drawdown → closing → drawdown" in problem.what or "closing → drawdown → closing" in problem.what
    assert "PREV" in problem.remedy
    assert refused("commitment", "= total", force=True)[1] == "total"
    assert refused("opening", "= opening + 1")[1] == "opening"
    assert refused("t.a.x", "= 1 + t.a.y", force=True)[1] == "y"
    calc = run(DEAL, View())
    assert refused("drawdown", "= opening - closing", program=calc.program)[1] == "closing"


def test_a_circle_that_was_there_does_not_forbid_other_edits():
    looped = deal(lines={"a": "= b", "b": "= a", "c": "= 1"})
    assert done(looped, set_formula(looped, "c", "= 2")).lines["c"].formula == "= 2"
    assert done(looped, set_formula(looped, "a", "= PREV(b, 0)"))


def test_a_second_opening_value_is_refused():
    problem, _ = refused("memo", "= PREV(closing, 7)")
    assert "one opening cell" in problem.what


def test_a_term_turns_from_value_to_formula_and_back():
    assert "Scenario: X" in refused("commitment", "= 5 * 4")[0].what
    d = done(DEAL, set_formula(DEAL, "commitment", "= 5 * 4", force=True))
    assert (d.terms["commitment"].value, d.terms["commitment"].formula) == (None, "= 5 * 4")
    assert d.scenarios["x"].set == {"t.a.x": 2.0}
    assert store.loads(store.dumps(d)) == d
    back = done(d, to_value(d, "commitment", 20.0))
    assert (back.terms["commitment"].value, back.terms["commitment"].formula) == (20.0, None)
    with pytest.raises(Refused):
        to_value(DEAL, "twice", "no number")
    with pytest.raises(Refused, match="only terms and cells"):
        to_value(DEAL, "closing", 1.0)


def test_a_cell_turns_into_a_formula_and_back_to_its_columns():
    d = done(DEAL, set_formula(DEAL, "t.b.y", "= twice * 3"))
    assert d.tables["t"].records["b"]["y"] == "= twice * 3"
    assert "y" not in done(d, to_value(d, "t.b.y", None)).tables["t"].records["b"]
    assert done(d, to_value(d, "t.b.y", 4)).tables["t"].records["b"]["y"] == 4.0


def test_an_input_column_that_becomes_computed_is_computed_in_every_record():
    assert "Scenario: X" in refused("t[x]", "= 7")[0].what
    d = done(DEAL, set_formula(DEAL, "t[x]", "= 7", force=True))
    assert d.tables["t"].records["a"] == {"name": "First"}
    assert d.tables["t"].records["b"]["x"].startswith("=")
    assert "t.a.x" not in d.scenarios["x"].set
    assert run(d, View()).scalar("t.a.x") == 7.0


def test_an_opening_given_by_prev_is_changed_wherever_it_stands():
    two = apply(DEAL, set_formula(DEAL, ("lines", "drawdown", "formula"), "= PREV(closing, (commitment)) * 0"))[0]
    assert opening_text(two, "closing") == "= commitment"
    edit = set_opening(two, "closing", "= MAX(commitment, 1)")
    new, back = apply(two, edit)
    assert new.lines["opening"].formula == "= PREV(closing, MAX(commitment, 1))"
    assert new.lines["drawdown"].formula == "= PREV(closing, (MAX(commitment, 1))) * 0"
    assert new.lines["closing"].opening is None
    assert run(new, default_view(new)).opening("closing") == 100
    assert apply(new, back)[0] == two
    assert apply(two, set_opening(two, "closing", ""))[0].lines["opening"].formula == "= PREV(closing)"
    with pytest.raises(Refused, match="comitment"):
        set_opening(two, "closing", "= comitment")
    own = apply(DEAL, set_opening(DEAL, "drawdown", "= 3"))[0]
    assert own.lines["drawdown"].opening == "= 3"
