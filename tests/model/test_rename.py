"""Renaming: one edit, every mention, nothing else; refused where a name would be caught."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model import store
from model.deal import Chart, Check, Event, Line, Output
from model.edits import apply
from model.engine import run
from model.layers import View
from model.problems import Refused
from model.structure.mentions import ITEMS
from model.structure.rename import rename
from model.structure.uses import undefined, unused, users_of
from tests.model.deals import Column, Scenario, Series, Table, Version, deal
from tests.thorough import examples

DEAL = deal(
    terms={"rate": 0.5, "amount": 4.0, "twice": '= RATE * 2 + IF("rate" = "x", rate, 0)'},
    series={"path": Series(label="Path", values={"2026": 1.0, "2027": 2.0})},
    tables={
        "t": Table(
            label="T",
            columns={
                "amount": Column(label="Amount"),
                "part": Column(label="Part", formula="= amount * rate + AT(due, DATE(2026,12,31))"),
                "run": Column(label="Run", formula="= PREV(run, 0) + t.one.amount + SUM(t[ amount ])"),
            },
            records={"one": {"amount": 1.0}, "two": {"amount": "= twice"}},
        )
    },
    lines={
        "due": Line(label="Due", formula="= amount * BYYEAR(path, 0)", section="s"),
        "sum_due": Line(label="Sum", formula="= PREV(sum_due, amount) + due", section="s"),
    },
    outputs={"total": Output(label="Total", formula="= SUM(ALL(due)) + SUM(T[PART]) + t.one.part", status="twice")},
    checks={"ok": Check(label="OK", formula="= total > rate")},
    events={"e": Event(label="E", on="= IF(rate > 0, start_day, never)")},
    charts={"c": Chart(label="C", lines=("due", "sum_due"))},
    sections={"s": "Section"},
    versions={"v1": Version(label="V1", set={"rate": 0.1}), "v2": Version(label="V2", base="v1", set={"t.one.amount": 3.0})},
    scenarios={"x": Scenario(label="X", set={"path.2026": 5.0, "amount": 7.0})},
    version="v2",
    headline=("rate", "total"),
)  # fmt: skip
SHIPPED = store.load(store.find("microsoft-openai")).deal


def renamed(d, what, new):
    edited, back = apply(d, rename(d, what, new))
    assert store.dumps(apply(edited, back)[0]) == store.dumps(d)
    return edited


def values(d, views):
    """Every value in the document's order, which renaming keeps: keys do not matter."""
    out = []
    for view in views:
        calc = run(d, view)
        out += [calc.scalar(k) for group in (d.terms, d.series, d.outputs, d.checks) for k in group]
        out += [(calc.opening(k), *calc.line(k)) for k in d.lines]
        out += [calc.scalar(f"{n}.{r}.{c}") for n, t in d.tables.items() for r in t.records for c in t.columns]
        out += [calc.event(k) for k in d.events]
    return out


def views(d):
    return [View(version, scenario) for version in ("", *d.versions) for scenario in ("", *d.scenarios)]


def test_every_mention_follows_and_all_other_text_stays():
    d = renamed(DEAL, "rate", "share")
    assert d.terms["twice"].formula == '= share * 2 + IF("rate" = "x", share, 0)'.replace("share * 2", "SHARE * 2")
    assert d.tables["t"].columns["part"].formula == "= amount * share + AT(due, DATE(2026,12,31))"
    assert d.versions["v1"].set == {"share": 0.1}
    assert d.headline == ("share", "total")
    assert d.checks["ok"].formula == "= total > share"
    assert d.events["e"].on == "= IF(share > 0, start_day, never)"
    assert list(d.terms) == ["share", "amount", "twice"]


def test_a_column_hides_an_item_of_its_name_only_inside_its_table():
    d = renamed(DEAL, "amount", "sum")
    assert d.tables["t"].columns["part"].formula == DEAL.tables["t"].columns["part"].formula
    assert d.lines["due"].formula == "= sum * BYYEAR(path, 0)"
    assert d.scenarios["x"].set == {"path.2026": 5.0, "sum": 7.0}
    d = renamed(DEAL, "t[amount]", "money")
    assert d.tables["t"].columns["part"].formula.startswith("= money * rate")
    assert d.tables["t"].columns["run"].formula == "= PREV(run, 0) + t.one.money + SUM(t[ money ])"
    assert d.lines["due"].formula == DEAL.lines["due"].formula
    assert d.tables["t"].records["two"] == {"money": "= twice"}
    assert d.versions["v2"].set == {"t.one.money": 3.0}


def test_tables_records_lines_and_layers_follow_too():
    d = renamed(DEAL, "t", "rounds")
    assert d.outputs["total"].formula == "= SUM(ALL(due)) + SUM(ROUNDS[PART]) + rounds.one.part"
    assert d.versions["v2"].set == {"rounds.one.amount": 3.0}
    d = renamed(DEAL, "t.one", "first")
    assert "t.first.part" in d.outputs["total"].formula
    assert d.versions["v2"].set == {"t.first.amount": 3.0}
    d = renamed(DEAL, "due", "owed")
    assert d.charts["c"].lines == ("owed", "sum_due")
    assert "AT(owed," in d.tables["t"].columns["part"].formula
    d = renamed(DEAL, ("versions", "v1"), "first")
    assert d.versions["v2"].base == "first"
    assert renamed(DEAL, ("versions", "v2"), "w").version == "w"
    assert renamed(DEAL, ("sections", "s"), "part").lines["due"].section == "part"
    assert renamed(DEAL, "path", "way").scenarios["x"].set == {"way.2026": 5.0, "amount": 7.0}


@pytest.mark.parametrize(
    ("what", "new", "word"),
    [
        ("rate", "Amount", "taken"),
        ("rate", "days", "meaning"),
        ("rate", "2nd", "cannot be a key"),
        ("rate", "a b", "cannot be a key"),
        ("t[part]", "run", "taken"),
        ("t[part]", "never", "meaning"),
        ("t.one", "TWO", "taken"),
        ("rate", "part", "something else"),  # the column would hide it inside the table
        ("t[run]", "rate", "something else"),  # the column would hide the term
        ("amount", "start_day", "something else"),  # an unknown name would become known
        ("nothing", "x", "nothing of this name"),
    ],
)
def test_a_name_that_would_collide_or_be_caught_is_refused(what, new, word):
    with pytest.raises(Refused, match=word):
        rename(DEAL, what, new)


def test_a_change_of_case_is_a_rename():
    assert "Rate" in renamed(DEAL, "rate", "Rate").terms


def _paths(d):
    out = [
        (group, key)
        for group in (*ITEMS, "events", "charts", "versions", "scenarios", "sections", "sources")
        for key in getattr(d, group)
    ]
    for name, table in d.tables.items():
        out += [("tables", name, "columns", key) for key in table.columns]
        out += [("tables", name, "records", key) for key in table.records]
    return out


_deals = st.sampled_from([DEAL, SHIPPED])


@settings(max_examples=examples(25), deadline=None)
@given(st.data())
def test_renaming_there_and_back_restores_the_text_and_moves_no_value(data):
    d = data.draw(_deals)
    path = data.draw(st.sampled_from(_paths(d)))
    new = data.draw(st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True))
    try:
        there = apply(d, rename(d, path, new))[0]
    except Refused:
        return
    assert store.loads(store.dumps(there)) == there or d is DEAL  # DEAL names an unknown start_day
    back = apply(there, rename(there, (*path[:-1], new), path[-1]))[0]
    assert store.dumps(back) == store.dumps(d)
    some = slice(None) if d is DEAL else slice(0, None, 5)
    assert values(there, views(there)[some]) == values(d, views(d)[some])


def test_users_are_named_with_the_place_of_the_name():
    uses = {use.where: use for use in users_of(DEAL, "rate")}
    assert set(uses) == {
        "terms.twice.formula", "tables.t.columns.part.formula", "checks.ok.formula", "events.e.on",
        "versions.v1.set.rate", "headline.1",
    }  # fmt: skip
    assert uses["checks.ok.formula"].label == "OK"
    assert uses["checks.ok.formula"].text[slice(*uses["checks.ok.formula"].span)] == "rate"
    assert "outputs.total.status" in {use.where for use in users_of(DEAL, "twice")}
    assert {use.where for use in users_of(DEAL, "sum_due")} == {"charts.c.lines"}


def test_unknown_names_are_found_with_the_nearest():
    found = undefined(DEAL)
    assert [(p.where, p.severity) for p in found] == [("events.e.on", "warning")]
    d = deal(terms={"commitment": 1.0}, outputs={"o": "= comitment + t.a.x + u[x]"})
    assert next(p.remedy for p in undefined(d)) == "Did you mean “commitment”?"
    assert all(p.severity == "warning" and p.span for p in undefined(d))


def test_what_nothing_reads_is_a_warning():
    d = deal(terms={"a": 1.0, "b": 2.0}, lines={"x": "= a", "y": "= PREV(y, 0) + 1"}, outputs={"o": "= SUM(ALL(x))"})
    assert {p.where for p in unused(d)} == {"terms.b", "lines.y"}
    assert {p.severity for p in unused(d)} == {"warning"}


def test_a_computed_term_that_nothing_reads_is_told_as_such():
    d = deal(terms={"a": 1.0, "b": "= a * 2", "c": "= a * 3"}, outputs={"o": "= b"})
    (problem,) = unused(d)
    assert problem.where == "terms.c"
    assert "a computed term that nothing reads" in problem.what


def test_the_shipped_deal_names_nothing_that_is_not_there():
    assert not undefined(SHIPPED)
