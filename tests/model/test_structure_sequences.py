"""Any sequence of structure edits can be undone to the letter, done again, saved and loaded; and an edit's own
computing agrees with computing everything anew."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model import store
from model.edits import Edit, Put, apply, set_value
from model.engine import run, same
from model.formula.bind import OPENING
from model.layers import default_view
from model.problems import Refused
from model.structure.kinds import set_kind
from model.structure.properties import PROPERTIES, set_property
from model.structure.rename import rename
from model.structure.restructure import (
    Anchor,
    add,
    delete,
    duplicate,
    group,
    indent,
    move,
    set_formula,
    to_value,
)  # fmt: skip
from tests.model.test_restructure import DEAL

_GROUPS = (
    "terms", "series", "tables", "lines", "outputs", "checks", "events", "charts", "sections", "versions",
    "scenarios", "parties", "sources", "rights", "questions",
)  # fmt: skip
_LABELS = ("New", "Closing", "2030", "Größe in %", "copy", "Max", "=1", "")
_KINDS = ("money", "number", "percent", "multiple", "integer", "year", "date", "choice", "yesno", "flag", "text")
_FORMULAS = ("= 1", "= 2 * rate", "= PREV(closing, 0)", "= opening", "= x + 1", "= nothing", "= SUM(ALL(closing))", " ")
_VALUES = (None, 0.0, 0.25, 7, "never", "undisclosed", "none", "yes", "text", dt.date(2027, 1, 31), True)
_SAID = {
    "title": ("", "A deal"), "currency": ("EUR", ""), "unit": ("$m", ""), "start": ("2024-01-01", "2099-01-01"),
    "end": ("2030-12-31", "2001-01-01"), "period": ("month", "quarter"), "perspective": ("", "seller"),
    "version": ("w", ""), "scenario": ("x", ""), "note": ("Said.", ""),
}  # fmt: skip


def _paths(deal):
    """Every entry of the document that an act can be about."""
    out = [(head, key) for head in _GROUPS if head not in ("rights", "questions") for key in getattr(deal, head)]
    out += [
        ("tables", t, part, key)
        for t, one in deal.tables.items()
        for part in ("columns", "records")
        for key in getattr(one, part)
    ]
    return out + [("series", s, "values", year) for s, one in deal.series.items() for year in one.values]


def _inputs(deal):
    return [
        *(key for key, term in deal.terms.items() if term.formula is None),
        *(f"{key}.{year}" for key, series in deal.series.items() for year in series.values),
        *(f"{t}.{r}.{c}" for t, one in deal.tables.items() for r in one.records for c in one.columns),
    ]


def _act(draw, deal):
    """One act of a user on the deal as it stands; it may be refused."""
    paths = _paths(deal)

    def some(options):
        return draw(st.sampled_from(list(options)))

    def of(*groups):
        return some([p for p in paths if p[0] in groups and len(p) == 2] or [("lines", "gone")])

    what = some(_ACTS)
    path = some(paths)
    if what == "add":
        beside = Anchor(some(("before", "after")), path[-1]) if draw(st.booleans()) else None
        return add(deal, path[:-1], some(_LABELS), beside)
    if what == "duplicate":
        return duplicate(deal, path)
    if what == "delete":
        return delete(deal, path, force=draw(st.booleans()))
    if what == "move":
        return move(deal, [path], Anchor(some(("before", "after")), some(p for p in paths if p[:-1] == path[:-1])[-1]))
    if what == "rename":
        return rename(deal, path, some(("other", "rate", "A1", "nova", "closing_2", "z")))
    if what == "indent":
        return indent(deal, [of("lines")[1]], some((-1, 1)))
    if what == "group":
        return group(deal, [of("lines", "terms", "outputs")], some(("Schedule", "Side", "")))
    if what == "formula":
        target = some((*((*p, "formula") for p in paths if p[0] in ("terms", "lines", "outputs", "checks") and len(p) == 2),
                       *((*p, "formula") for p in paths if p[2:3] == ("columns",)),
                       *((*p, "opening") for p in paths if p[0] == "lines"),
                       *((*p, "on") for p in paths if p[0] == "events")))  # fmt: skip
        return set_formula(deal, target, some(_FORMULAS), force=draw(st.booleans()))
    if what == "value":
        cells = [p for p in paths if p[0] == "terms"] + [
            (*p, c) for p in paths if p[2:3] == ("records",) for c in deal.tables[p[1]].columns
        ]
        return to_value(deal, some(cells or [("terms", "gone")]), some(_VALUES))
    if what == "kind":
        kinded = [p for p in paths if p[0] in ("terms", "series", "lines", "outputs") and len(p) == 2]
        kinded += [p for p in paths if p[2:3] == ("columns",)]
        return set_kind(deal, some(kinded), some(_KINDS), ("a", "b"), force=draw(st.booleans()))
    if what == "property":
        one = some(PROPERTIES)
        return set_property(deal, one.path, some(_SAID[one.path[-1]]))
    if what == "label":
        return Edit("Name it", (Put((*path, "label"), some(_LABELS)),), None)
    layer = some(("", *(f"version:{v}" for v in deal.versions), *(f"scenario:{s}" for s in deal.scenarios), None))
    return set_value(deal, default_view(deal), some(_inputs(deal) or ["gone"]), some(_VALUES), layer)


_ACTS = (
    "add", "duplicate", "delete", "move", "rename", "indent", "group", "formula", "value", "kind", "property", "set",
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_any_sequence_of_acts_is_undone_to_the_letter_and_loads_after_every_step(data):
    deal, backs = DEAL, []
    texts = [store.dumps(deal)]
    calc = run(deal, default_view(deal))
    for _ in range(data.draw(st.integers(1, 8))):
        try:
            edit = _act(data.draw, deal)
        except Refused:
            continue
        edited, back = apply(deal, edit)
        text = store.dumps(edited)
        assert store.loads(text) == edited
        deal = edited
        backs.append(back)
        texts.append(text)
    calc, anew = run(deal, default_view(deal), calc), run(deal, default_view(deal))
    assert [key for key in anew.cells.rows if not same(anew.cells.rows[key], calc.cells.rows[key])] == []
    keys = [k for k in anew.cells.scalars if not k.endswith(OPENING)]
    assert [key for key in keys if not same(anew.cells.scalars[key], calc.cells.scalars[key])] == []
    forward = []
    for back in reversed(backs):
        assert store.dumps(deal) == texts.pop()
        deal, again = apply(deal, back)
        forward.append(again)
    assert (store.dumps(deal), deal) == (texts[0], DEAL)
    for again in reversed(forward):
        deal, _ = apply(deal, again)
    assert store.loads(store.dumps(deal)) == deal


def test_the_acts_are_not_all_refused():
    """What the sequences consist of: each act can succeed on the deal they begin with."""
    seen = set()

    @settings(max_examples=400, deadline=None, database=None)
    @given(st.data())
    def probe(data):
        try:
            edit = _act(data.draw, DEAL)
        except Refused:
            return
        seen.add(edit.title.split()[0])

    probe()
    assert {"Add", "Duplicate", "Delete", "Move", "Group", "Set"} <= seen
    with pytest.raises(Refused):
        set_kind(DEAL, ("lines", "closing"), "choice")
