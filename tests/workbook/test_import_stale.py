"""A deal moves on while its book is away: what the colleague changed is told from what was changed here, and whatever
a person should think about first says why."""

import openpyxl
import pytest

from model import edits
from model.engine import run
from model.layers import View, default_view
from model.workbook.layout import plan
from model.workbook.read import read_book
from model.workbook.review import review
from model.workbook.stamp import NAME, read_stamp, write_stamp
from tests.workbook.test_import_review import (
    edited,
    made,  # noqa: F401 - a fixture
    place_of,
    small,
)


def place(book, address, layer=""):
    found = place_of(book, address, layer)
    return found.sheet, found.row, found.col


def later(deal, **values):
    return edits.apply(deal, edits.set_values(deal, View(), list(values.items()), layer=""))[0]


def test_what_only_the_deal_changed_is_no_difference_and_is_said(made):  # noqa: F811
    deal = small()
    path, book = made(deal)
    got = review(later(deal, price=200.0), edited(path, {place(book, "months"): 9}))
    assert [(d.address, d.new, d.doubt) for d in got.differences] == [("months", 9, "")]
    assert got.stale
    assert any("“Price”" in n.what and "stays as it is" in n.what for n in got.notes)


def test_what_both_changed_is_in_doubt_with_all_three_values(made):  # noqa: F811
    deal = small()
    path, book = made(deal)
    got = review(later(deal, months=7), edited(path, {place(book, "months"): 9}))
    (one,) = got.differences
    assert (one.old, one.new) == (7, 9)
    assert all(text in one.doubt for text in ("both sides", "was 6", "has 7", "workbook 9"))


def test_what_both_changed_alike_is_no_difference(made):  # noqa: F811
    deal = small()
    path, book = made(deal)
    assert review(later(deal, months=9), edited(path, {place(book, "months"): 9})).differences == ()


def test_without_the_stamp_every_difference_of_an_older_book_is_in_doubt(made):  # noqa: F811
    deal = small()
    path, book = made(deal)
    target = edited(path, {place(book, "months"): 9})
    loaded = openpyxl.load_workbook(target)
    for name in [p.name for p in loaded.custom_doc_props.props if p.name.startswith(NAME)]:
        del loaded.custom_doc_props[name]
    loaded.save(target)
    got = review(later(deal, price=200.0), target)
    assert {d.address for d in got.differences} == {"months", "price"}
    assert all("either side" in d.doubt for d in got.differences)


def test_an_input_younger_than_the_book_is_not_missed(made):  # noqa: F811
    from model.deal import Term

    deal = small()
    path, book = made(deal)
    grown = edits.apply(deal, edits.Edit("", (edits.Put(("terms", "fresh"), Term(label="Fresh", value=1.0)),)))[0]
    got = review(grown, edited(path, {place(book, "months"): 9}))
    assert [d.address for d in got.differences] == ["months"]
    assert not any("Fresh" in n.what for n in got.open)


def test_the_stamp_holds_every_input_exactly(made):  # noqa: F811
    deal = small()
    path, _ = made(deal)
    stamp = read_stamp(read_book(path).properties)
    assert stamp[("third", "")] == 1 / 3 and stamp[("closing", "")] == deal.terms["closing"].value
    assert stamp[("rate", "version:v1")] == 0.3 and stamp[("rate", "scenario:low")] is None


@pytest.mark.parametrize("damage", ["", "!!!", "x" * 5000])
def test_a_damaged_stamp_is_no_stamp(damage):
    calc = run(small(), default_view(small()))
    properties = dict(write_stamp(plan(calc)))
    assert read_stamp(properties) is not None
    assert read_stamp({**properties, next(iter(properties)): damage}) is None
    assert read_stamp(dict(list(properties.items())[1:])) is None


@pytest.mark.parametrize(
    ("address", "value", "said"),
    [
        ("months", None, "empty"), ("rounds.one.amount", None, "empty"), ("third", "12", "text"),
        ("cap", 5, ""), ("third", 0.5, ""),
    ],
)  # fmt: skip
def test_what_a_person_should_think_about_says_why(address, value, said, made):  # noqa: F811
    deal = small()
    path, book = made(deal)
    (one,) = review(deal, edited(path, {place(book, address): value})).differences
    assert said in one.doubt and bool(one.doubt) == bool(said)


def test_a_value_typed_while_the_selector_showed_another_scenario_is_in_doubt(made):  # noqa: F811
    deal = small()
    path, book = made(deal)
    from model.workbook.book import SCENARIO

    selector = book.scalars[SCENARIO]
    active = book.scalars["price"]
    changes = {(selector.sheet, selector.row, selector.col): "Lower", (active.sheet, active.row, active.col): 77.0}
    (one,) = review(deal, edited(path, changes)).differences
    assert one.layer == "scenario:lower" and "Lower" in one.doubt


def test_a_value_outside_the_range_of_its_term_is_in_doubt(made):  # noqa: F811
    import msgspec

    deal = small()
    term = msgspec.structs.replace(deal.terms["months"], low=3, high=12)
    deal = small(terms={**deal.terms, "months": term})
    path, book = made(deal)
    (one,) = review(deal, edited(path, {place(book, "months"): 60})).differences
    assert "3 to 12" in one.doubt


def test_a_book_of_another_deal_is_refused_by_name(made):  # noqa: F811
    from model.workbook.review_view import NotOursError

    path, _ = made(small(name="Their deal"))
    other = small(name="Ours", terms={f"x{k}": t for k, t in small().terms.items() if t.formula is None}, series={}, tables={}, lines={}, outputs={}, versions={}, scenarios={}, version="")  # fmt: skip
    with pytest.raises(NotOursError) as caught:
        review(other, path)
    assert "Their deal" in caught.value.problems[0].what


def test_a_deal_that_was_renamed_since_is_said(made):  # noqa: F811
    path, _ = made(small(name="Old name"))
    assert any("called “Old name”" in n.what for n in review(small(name="New name"), path).notes)


def test_who_saved_the_book_last_is_known_where_it_says_so(made):  # noqa: F811
    deal = small()
    path, _ = made(deal)
    assert "by" not in review(deal, path).saved.split()  # our own name says nothing
    loaded = openpyxl.load_workbook(path)
    loaded.properties.lastModifiedBy = "Anna  Smith\u202e"
    loaded.save(path)
    saved = review(deal, path).saved
    assert saved.startswith("by Anna Smith") and "\u202e" not in saved
