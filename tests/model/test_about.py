"""Class, source and note of a value by version: what an overlay says about a term that it sets."""

from __future__ import annotations

import pytest

from model import store
from model.deal import About, Scenario, Term
from model.edits import apply, set_value
from model.explain import explain
from model.layers import View, about
from model.problems import Refused
from model.structure.kinds import set_kind
from model.structure.rename import rename
from model.structure.restructure import delete
from model.structure.uses import users_of
from tests.model.deals import deal
from tests.model.test_template import DEAL, compute

OCT, APR = View("oct_2025"), View("apr_2026")


def test_a_terms_class_and_source_follow_the_version():
    assert about(DEAL, OCT, "rs_end").class_ == "stated"
    assert about(DEAL, APR, "rs_end").class_ == "official" and about(DEAL, APR, "rs_end").source == "amendment"
    assert about(DEAL, OCT, "rs_outside").class_ == "assumption"
    assert about(DEAL, APR, "rs_outside").class_ == "official"
    assert about(DEAL, APR, "rs_cap") == About("reported", "press_cap", DEAL.versions["apr_2026"].about["rs_cap"].note)
    assert about(DEAL, APR, "rs_cap_from").class_ == "assumption"


def test_everything_that_the_amendment_sets_says_where_it_is_from():
    version = DEAL.versions["apr_2026"]
    assert set(version.about) == set(version.set)
    assert all(said.class_ and said.source in DEAL.sources and said.note for said in version.about.values())


def test_what_a_version_leaves_out_is_inherited_and_its_own_source_is_the_first_guess():
    version = DEAL.versions["apr_2026"]
    silent = replaced(DEAL, version, about={})
    assert about(silent, APR, "rs_end") == About("stated", "amendment", DEAL.terms["rs_end"].note)
    assert about(silent, APR, "azure_end") == about(silent, OCT, "azure_end")


def replaced(deal, version, **changes):
    import msgspec

    return msgspec.structs.replace(
        deal, versions={**deal.versions, "apr_2026": msgspec.structs.replace(version, **changes)}
    )


def test_a_scenarios_and_the_command_lines_values_are_assumptions_and_never_pass_as_fact():
    assert about(DEAL, View("oct_2025", "take_or_pay"), "azure_take.2027").class_ == "assumption"
    set_ = View("oct_2025", "", "year", (("stake_value", 200.0),))
    assert about(DEAL, OCT, "stake_value").class_ == "stated"
    assert about(DEAL, set_, "stake_value") == About("assumption", "", DEAL.terms["stake_value"].note)


def test_the_explanation_tells_the_class_and_source_of_the_version():
    calc = compute(version="apr_2026")
    assert (explain(calc, "rs_cap").cell.class_, explain(calc, "rs_cap").cell.source[:3]) == ("reported", "[7]")
    assert explain(calc, "rs_end").cell.class_ == "official"
    assert explain(compute(version="oct_2025"), "rs_end").cell.class_ == "stated"


def test_series_years_and_table_cells_have_theirs():
    text = (
        'name = "x"\n[timeline]\nstart = 2025-01-01\nend = 2026-12-31\n[sources.s]\nlabel = "S"\n'
        '[series.plan]\nlabel = "P"\nclass = "stated"\nvalues = { 2025 = 1 }\n'
        '[tables.t]\nlabel = "T"\n[tables.t.columns.v]\nlabel = "V"\n[tables.t.records.a]\nv = 1\n'
        '[scenarios.s]\nlabel = "S"\nset = { plan.2025 = 2, t.a.v = 3 }\n'
        '[scenarios.s.about]\n"plan.2025" = { class = "reported", source = "s" }\n'
        '[scenarios.s.about.t.a.v]\nclass = "official"\n'
    )
    deal = store.loads(text)
    view = View("", "s")
    assert about(deal, view, "plan.2025") == About("reported", "s", "")
    assert about(deal, view, "t.a.v") == About("official", "", "")
    assert about(deal, View(), "plan.2025").class_ == "stated"
    assert store.loads(store.dumps(deal)) == deal


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ('rate = { class = "fact" }', "not known here"),
        ('rate = { source = "nobody" }', "no source “nobody”"),
        ('other = { class = "stated" }', "nothing is set here"),
        ('rate = { clas = "stated" }', "no key “clas”"),
        ("rate = 3", "group of values"),
    ],
)
def test_a_wrong_remark_is_refused_with_its_place(said, words):
    text = (
        'name = "x"\n[timeline]\nstart = 2025-01-01\nend = 2026-12-31\n[terms.rate]\nlabel = "R"\nvalue = 1\n'
        f'[versions.v]\nlabel = "V"\nset = {{ rate = 2 }}\n[versions.v.about]\n{said}\n'
    )
    with pytest.raises(Refused) as refused:
        store.loads(text)
    assert words in str(refused.value.problems[0]) and "versions.v.about" in refused.value.problems[0].where


def test_removing_an_overlays_value_takes_the_remark_with_it_and_undo_brings_both_back():
    edit = set_value(DEAL, APR, "rs_cap", None, "version:apr_2026")
    after, inverse = apply(DEAL, edit)
    assert "rs_cap" not in after.versions["apr_2026"].set and "rs_cap" not in after.versions["apr_2026"].about
    assert store.loads(store.dumps(after)) == after
    assert apply(after, inverse)[0] == DEAL


def test_a_value_that_another_kind_cannot_hold_goes_with_its_remark():
    said = {"x": About(note="why")}
    layers = {"s": Scenario(label="S", set={"x": "abc", "y": "1"}, about={**said, "y": About(note="one")})}
    terms = {key: Term(label=key, kind="text", value="1") for key in ("x", "y")}
    made = deal(terms=terms, scenarios=layers)
    after = apply(made, set_kind(made, ("terms", "x"), "number", force=True))[0]
    assert after.scenarios["s"].set == {"y": "1"}
    assert list(after.scenarios["s"].about) == ["y"]
    assert store.loads(store.dumps(after)) == after


def test_renaming_and_deleting_keep_remarks_and_the_rights_own_references_true():
    renamed = apply(DEAL, rename(DEAL, "rs_cap", "share_cap"))[0]
    assert "share_cap" in renamed.versions["apr_2026"].about and "rs_cap" not in renamed.versions["apr_2026"].about
    renamed = apply(DEAL, rename(DEAL, ("sources", "press_cap"), "press_7"))[0]
    assert renamed.versions["apr_2026"].about["rs_cap"].source == "press_7"
    renamed = apply(DEAL, rename(DEAL, "ip_excl_until", "ip_key"))[0]
    assert renamed.rights["exclusive_ip"].until_key == "ip_key"
    renamed = apply(DEAL, rename(DEAL, "azure_due", "due"))[0]
    assert renamed.rights["azure_purchase"].amount == "due"
    renamed = apply(DEAL, rename(DEAL, ("parties", "openai"), "lab"))[0]
    assert {r.owed_by for r in renamed.rights.values()} == {"", "microsoft", "lab"}
    assert {u.where for u in users_of(DEAL, "ip_excl_until")} >= {"rights.exclusive_ip.until_key"}
    gone = apply(DEAL, delete(DEAL, ("terms", "rs_cap"), force=True))[0]
    assert "rs_cap" not in gone.versions["apr_2026"].about
    gone = apply(DEAL, delete(DEAL, ("sources", "press_cap"), force=True))[0]
    assert gone.versions["apr_2026"].about["rs_cap"].source == ""
    gone = apply(DEAL, delete(DEAL, ("lines", "azure_due"), force=True))[0]
    assert gone.rights["azure_purchase"].amount == ""
