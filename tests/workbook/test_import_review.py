"""What comes back is read exactly: an untouched book differs in nothing, an edited one in just what was edited, and
whatever else a colleague did is named."""

import datetime as dt
import itertools
import random
import re
import zipfile
from types import SimpleNamespace

import msgspec
import openpyxl
import pytest
from openpyxl.utils import get_column_letter as letters
from openpyxl.worksheet.formula import DataTableFormula

from model import edits, store
from model.addresses import input_item
from model.deal import Column, Deal, Line, Output, Scenario, Series, Table, Term, TimelineSpec, Version
from model.engine import run
from model.fields import field_for
from model.layers import SETS, View, default_view
from model.problems import Refused
from model.workbook.book import Place
from model.workbook.layout import plan
from model.workbook.read import BookFile
from model.workbook.review import apply, review
from model.workbook.review_cells import input_cells
from model.workbook.stamp import stored
from model.workbook.write import export
from tests.thorough import FULL
from tests.workbook import engines
from tests.workbook.awkward import awkward

TEMPLATES = {name: store.load(store.find(name)).deal for name in store.list_templates()}


def small(**changes):
    """A deal with every kind of input, layers and a table."""
    parts = {
        "name": "Small deal",
        "unit": "$m",
        "timeline": TimelineSpec(start=dt.date(2025, 1, 1), end=dt.date(2027, 12, 31)),
        "version": "v1",
        "terms": {
            "price": Term(label="Price", kind="money", value=100.5, note="per year"),
            "rate": Term(label="Rate", kind="percent", value=0.27),
            "third": Term(label="A third", value=1 / 3),
            "closing": Term(label="Closing", kind="date", value=dt.date(2025, 6, 30)),
            "breach": Term(label="Breach", kind="date", value="never"),
            "cap": Term(label="Cap", kind="money", value="none"),
            "months": Term(label="Months", kind="integer", value=6),
            "court": Term(label="Court", kind="choice", choices=("London", "Paris"), value="London"),
            "listed": Term(label="Listed", kind="yesno", value="unknown"),
            "on": Term(label="On", kind="flag", value=True),
            "remark": Term(label="Remark", kind="text", value="@not a formula"),
            "secret": Term(label="Secret", kind="money", value="undisclosed"),
            "blank": Term(label="Blank", kind="money"),
            "q1": Term(label="Key like a cell", value=7.0),
            "double": Term(label="Twice the price", kind="money", formula="= price * 2"),
        },
        "series": {
            "path": Series(label="Revenue path", values={"2025": 1.0, "2026": 2.0, "2027": 3.0}),
            "other": Series(label="Other path", values={"2025": 5.0, "2026": 6.0}),
        },
        "tables": {
            "rounds": Table(
                label="Rounds",
                columns={"name": Column(label="Name", kind="text"), "amount": Column(label="Amount", kind="money"), "twice": Column(label="Twice", formula="= amount * 2")},
                records={"one": {"name": "First", "amount": 10.0}, "two": {"name": "Second", "amount": 20.0}},
            )
        },
        "lines": {"flow": Line(label="Flow", formula="= BYYEAR(path) * rate + double"), "sum": Line(label="Sum", formula="= PREV(sum, 0) + flow", opening="= q1")},
        "outputs": {"total": Output(label="Total", formula="= SUM(ALL(flow))")},
        "versions": {"v1": Version(label="Signed", set={"rate": 0.3, "rounds.two.amount": 25.0})},
        "scenarios": {"low": Scenario(label="Low", set={"path.2026": 1.5}), "lower": Scenario(label="Lower", base="low", set={"price": 50.0})},
    }  # fmt: skip
    return Deal(**{**parts, **changes})


@pytest.fixture
def made(tmp_path):
    """Export a deal: (path, plan)."""

    def make(deal, view=None):
        calc = run(deal, view or default_view(deal))
        path = tmp_path / "book.xlsx"
        export(calc, path)
        return path, plan(calc)

    return make


def place_of(book, address, layer=""):
    (found,) = [c.place for c in input_cells(book) if (c.address, c.layer) == (address, layer)]
    return found


def edited(path, changes, name="edited.xlsx"):
    """A copy saved by openpyxl (which keeps no cached values), with cells set: {(sheet, row, col) from 0: value}."""
    book = openpyxl.load_workbook(path)
    for (sheet, row, col), value in changes.items():
        cell = book[sheet].cell(row + 1, col + 1)
        cell.value = value
        if isinstance(value, str) and not value.startswith("=="):
            cell.data_type = "f" if value.startswith("=") else "s"
    target = path.with_name(name)
    book.save(target)
    return target


def found(review):
    return {(d.address, d.layer): d.new for d in review.differences}


def kinds(review):
    return {n.kind for n in review.notes}


# -- the three properties ------------------------------------------------------------------------


@pytest.mark.parametrize("name", TEMPLATES)
def test_an_untouched_book_differs_in_nothing_under_every_version_and_scenario(name, tmp_path):
    """Each of them at least once; DEALSHEET_FULL=1 takes every pair."""
    deal = TEMPLATES[name]
    versions, scenarios = ["", *deal.versions], ["", *deal.scenarios]
    pairs = list(itertools.product(versions, scenarios))
    if not FULL:
        longest = range(max(len(versions), len(scenarios)))
        pairs = [(versions[k % len(versions)], scenarios[k % len(scenarios)]) for k in longest]
    for version, scenario in pairs:
        view = View(version, scenario, deal.timeline.period)
        export(run(deal, view), tmp_path / "book.xlsx")
        got = review(deal, tmp_path / "book.xlsx")
        assert (got.view, got.differences, got.notes) == (view, (), ())


@pytest.mark.parametrize("period", ["month", "quarter", "year"])
def test_an_untouched_book_full_of_hostile_texts_differs_in_nothing(made, period):
    deal = awkward()
    for scenario in ["", *deal.scenarios]:
        view = default_view(deal)._replace(scenario=scenario, period=period)
        path, _ = made(deal, view)
        got = review(deal, path)
        assert (got.view, got.differences, got.notes) == (view, (), ())


def other_value(rng, deal, address, now):
    """Another value of an input as a colleague would leave it in the cell, and the input it stands for."""
    item = input_item(deal, address)
    field = field_for(item, deal.unit)
    if item.kind == "date":
        new = dt.date(rng.randint(2020, 2040), rng.randint(1, 12), rng.randint(1, 28))
        return new, new
    if item.kind == "choice":
        new = rng.choice([c for c in item.choices if c != now])
        return new, new
    if item.kind == "yesno":
        new = rng.choice([w for w in ("yes", "no", "unknown") if w != now])
        return new, new
    if item.kind == "flag":
        return 0 if now else 1, not now
    if item.kind == "text":
        return f"text {rng.random()}", None
    if item.kind in ("integer", "year"):
        new = rng.randint(1900, 2100)
        return new, new
    new = round(rng.uniform(-10, 10), 6)
    return new, field.from_engine(new)


@pytest.mark.parametrize("seed", range(8))
def test_edited_inputs_and_only_they_come_back_with_their_values(seed, made):
    rng = random.Random(seed)
    deal = (TEMPLATES["microsoft-openai"], small(), awkward())[seed % 3]
    view = View(rng.choice(["", *deal.versions]), rng.choice(["", *deal.scenarios]), rng.choice(["year", "quarter"]))
    path, book = made(deal, view)
    cells = [c for c in input_cells(book) if c.layer != SETS]
    wanted, changes = {}, {}
    for cell in rng.sample(cells, min(len(cells), rng.randint(1, 12))):
        now = book.calc.inputs.get(cell.address)
        value, new = other_value(rng, deal, cell.address, now.value if now else None)
        if stored(deal, cell.address, cell.layer) == (value if new is None else new):
            continue  # the layer says so already
        changes[cell.place] = value
        wanted[cell.address, cell.layer] = value if new is None else new
    got = review(deal, edited(path, changes))
    assert found(got) == wanted
    assert got.notes == ()
    for one in got.differences:
        place = next(c.place for c in cells if (c.address, c.layer) == (one.address, one.layer))
        assert (one.sheet, one.cell) == (place.sheet, f"{letters(place.col + 1)}{place.row + 1}")


@pytest.mark.parametrize("seed", range(3))
def test_export_edit_import_export_is_a_fixed_point(seed, made):
    rng = random.Random(100 + seed)
    deal = (TEMPLATES["microsoft-openai"], small(), small())[seed]
    view = View(deal.version, rng.choice(["", *deal.scenarios]), "year")
    path, book = made(deal, view)
    cells = rng.sample(list(input_cells(book)), 6)
    changes = {}
    for cell in cells:
        now = book.calc.inputs.get(cell.address)
        changes[cell.place] = other_value(rng, deal, cell.address, now.value if now else None)[0]
    copy = edited(path, changes)
    first = review(deal, copy)
    changed, back = edits.apply(deal, apply(deal, first, first.differences))
    assert changed != deal
    assert not review(changed, copy).differences  # all that the book says is in the deal
    again, _ = made(changed, view)
    assert review(changed, again).differences == ()
    assert edits.apply(changed, back)[0] == deal  # one step takes all of it back


def test_only_the_chosen_differences_are_applied(made):
    deal = small()
    path, book = made(deal)
    got = review(deal, edited(path, {place_of(book, "third"): 0.5, place_of(book, "months"): 9}))
    (one,) = [d for d in got.differences if d.address == "months"]
    edit = apply(deal, got, [one])
    changed = edits.apply(deal, edit)[0]
    assert (changed.terms["months"].value, changed.terms["third"].value) == (9, 1 / 3)
    assert edit.touches == {"months"} and "Import 1 change from" in edit.title


# -- layers --------------------------------------------------------------------------------------


def test_an_edit_in_a_layers_column_belongs_to_that_layer(made):
    deal = small()
    path, book = made(deal)
    changes = {
        place_of(book, "rate", "version:v1"): 0.35,
        place_of(book, "rate", "scenario:low"): 0.1,
        place_of(book, "path.2026", "scenario:low"): None,
        place_of(book, "rate"): 0.2,
    }
    got = review(deal, edited(path, changes))
    assert found(got) == {
        ("rate", "version:v1"): 0.35, ("rate", "scenario:low"): 0.1, ("path.2026", "scenario:low"): None, ("rate", ""): 0.2,
    }  # fmt: skip
    assert {d.kind for d in got.differences} == {"changed", "added", "emptied"}
    changed = edits.apply(deal, apply(deal, got, got.differences))[0]
    assert changed.versions["v1"].set["rate"] == 0.35
    assert changed.scenarios["low"].set == {"rate": 0.1}
    assert changed.terms["rate"].value == 0.2


def test_a_value_typed_over_the_formula_that_picks_a_layer_goes_to_the_layer_that_held(made):
    deal = small()
    path, book = made(deal)
    got = review(deal, edited(path, {book.scalars["rate"]: 0.4}))
    assert found(got) == {("rate", "version:v1"): 0.4}
    assert "typed over the formula" in got.differences[0].note


def test_two_different_values_for_one_input_are_named_not_chosen(made):
    deal = small()
    path, book = made(deal)
    got = review(deal, edited(path, {book.scalars["rate"]: 0.4, place_of(book, "rate", "version:v1"): 0.5}))
    assert found(got) == {("rate", "version:v1"): 0.5}
    assert [n.kind for n in got.open] == ["unmatched"] and "different values" in got.open[0].what


def test_a_switched_selector_is_said(made):
    deal = small()
    path, book = made(deal)
    got = review(deal, edited(path, {book.scalars[":scenario"]: "Lower"}))
    assert not got.differences
    assert any("Lower" in n.what and n.kind == "book" for n in got.notes)
    over = review(deal, edited(path, {book.scalars[":scenario"]: "Lower", book.scalars["price"]: 60}))
    assert found(over) == {("price", "scenario:lower"): 60.0}  # where what the book shows comes from


# -- odd contents of inputs ----------------------------------------------------------------------


def with_result(path, place, formula, result, name="typed.xlsx"):
    """A copy in which a formula with its cached result (raw XML) stands in a cell."""
    target = path.with_name(name)
    ref = f"{letters(place.col + 1)}{place.row + 1}"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        parts = {part: sheet for sheet, part in engines.sheet_files(old).items()}
        for part in old.namelist():
            data = old.read(part).decode("utf-8", "surrogateescape")
            if parts.get(part) == place.sheet:
                data, count = re.subn(rf'<c r="{ref}"( s="\d+")?[^>]*?(/>|>.*?</c>)', lambda m: f'<c r="{ref}"{m[1] or ""}{result[0]}><f>{formula}</f>{result[1]}</c>', data)  # fmt: skip
                assert count == 1
            new.writestr(part, data.encode("utf-8", "surrogateescape"))
    return target


def test_a_formula_typed_into_an_input_counts_with_its_stored_result_and_is_said(made):
    deal = small()
    path, book = made(deal)
    got = review(deal, with_result(path, place_of(book, "price"), "50*3", ("", "<v>150</v>")))
    assert found(got) == {("price", ""): 150.0}
    assert "=50*3" in got.differences[0].note


def test_a_formula_with_the_same_result_is_said_though_nothing_differs(made):
    deal = small()
    path, book = made(deal)
    got = review(deal, with_result(path, place_of(book, "price"), "201/2", ("", "<v>100.5</v>")))
    assert not got.differences and any("=201/2" in n.what for n in got.notes)


def test_a_formula_without_a_stored_result_is_never_zero(made):
    deal = small()
    path, book = made(deal)
    got = review(deal, edited(path, {place_of(book, "price"): "=50*3"}))
    assert not got.differences
    (note,) = got.open
    assert (note.kind, note.address) == ("no_value", "price") and "save it once" in note.remedy


def test_error_values_are_listed_by_cell(made):
    deal = small(versions={}, scenarios={}, version="")
    path, book = made(deal)
    place = place_of(book, "price")
    got = review(deal, with_result(path, place, "1/0", (' t="e"', "<v>#DIV/0!</v>")))
    (note,) = got.open
    assert (note.kind, note.address) == ("error", "price") and "#DIV/0!" in note.what
    assert note.where == f"Terms!D{place.row + 1}"
    assert not got.differences


def typed(made, cases):
    """One book in which each case (term of ``small``, text typed) is an input of its own: (deal, path of the book)."""
    terms = {
        f"case_{i}": msgspec.structs.replace(small().terms[key], label=f"Case {i}") for i, (key, _) in enumerate(cases)
    }
    deal = Deal(name="Cases", unit="$m", timeline=small().timeline, terms=terms)
    path, book = made(deal)
    return deal, edited(path, {place_of(book, f"case_{i}"): text for i, (_, text) in enumerate(cases)})


def test_text_in_an_input_is_read_as_the_field_reads_it(made):
    cases = [
        ("price", "1234.5", 1234.5), ("price", " (12) ", -12.0), ("rate", "27.5 %", 0.275), ("price", "$1bn", 1000.0), ("closing", "31 Dec 2026", dt.date(2026, 12, 31)),
        ("closing", "not yet", "never"), ("listed", "Yes", "yes"), ("court", "paris", "Paris"), ("price", "undisclosed", "undisclosed"), ("months", "unlimited", "none"), ("remark", "+1", "+1"), ("price", "1 234 567", 1234567.0),
    ]  # fmt: skip
    deal, path = typed(made, [case[:2] for case in cases])
    got = review(deal, path)
    assert found(got) == {(f"case_{i}", ""): new for i, (*_, new) in enumerate(cases)}
    assert not got.open
    assert "Read from the text" in next(d.note for d in got.differences if d.address == "case_0")


def test_what_cannot_be_read_is_listed_with_the_reason(made):
    cases = [
        ("price", "about ten", "not a number"), ("closing", "03/04/2026", "two ways"), ("closing", "soon", "not a date"), ("court", "Rome", "not one of the choices"), ("months", "1.5", "not a whole number"),
        ("on", "maybe", "not a flag"), ("price", True, "is not"), ("closing", 0.5, "not the serial number"),
    ]  # fmt: skip
    deal, path = typed(made, [case[:2] for case in cases])
    got = review(deal, path)
    assert not got.differences
    said = {n.address: n for n in got.open}
    assert set(said) == {f"case_{i}" for i in range(len(cases))}
    for i, (*_, reason) in enumerate(cases):
        note = said[f"case_{i}"]
        assert note.kind == "unread" and reason in note.what and note.cell and note.remedy


def test_numbers_of_other_locales_written_as_text_are_asked_about(made):
    cases = [
        ("1,000", 1000.0, 1.0), ("1.000", 1.0, 1000.0), ("1.000,00", None, 1000.0), ("12,5", None, 12.5), ("1.234.567,8", None, 1234567.8), ("(1.000) ", -1.0, -1000.0),
    ]  # fmt: skip
    deal, path = typed(made, [("price", text) for text, *_ in cases])
    got = review(deal, path)
    assert got.asks_decimal and not got.differences and {n.kind for n in got.open} == {"ambiguous"}
    for mark, column in ((".", 1), (",", 2)):
        told = review(deal, path, decimal=mark)
        assert not told.asks_decimal
        assert found(told) == {
            (f"case_{i}", ""): case[column] for i, case in enumerate(cases) if case[column] is not None
        }
        assert len(told.open) == sum(case[column] is None for case in cases)


def test_text_that_looks_like_a_formula_never_becomes_one_in_the_deal(made):
    deal = small()
    path, book = made(deal)
    changes = {place_of(book, "remark"): "x", place_of(book, "rounds.one.name"): "y"}
    book_ = openpyxl.load_workbook(edited(path, changes))
    for address in ("remark", "rounds.one.name"):
        place = place_of(book, address)
        cell = book_[place.sheet].cell(place.row + 1, place.col + 1)
        cell.value = "=price*2"
        cell.data_type = "s"
    book_.save(path)
    got = review(deal, path)
    assert not got.differences
    assert {(n.kind, n.address) for n in got.open} == {("unread", "remark"), ("unread", "rounds.one.name")}


def test_a_day_with_a_time_is_read_as_the_day_and_said(made):
    deal = small(versions={}, scenarios={}, version="")
    path, book = made(deal)
    got = review(deal, edited(path, {place_of(book, "closing"): 46000.75}))
    assert found(got) == {("closing", ""): dt.date(2025, 12, 9)} and "time of day" in got.differences[0].note


def test_dates_of_the_1904_calendar_are_converted_and_said(made):
    deal = small(versions={}, scenarios={}, version="")
    path, _ = made(deal)
    target = path.with_name("1904.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for part in old.namelist():
            data = old.read(part)
            if part == "xl/workbook.xml":
                data = data.replace(b"<workbookPr", b'<workbookPr date1904="1"')
            new.writestr(part, data)
    got = review(deal, target)
    assert found(got) == {("closing", ""): dt.date(2029, 7, 1)}  # what Excel shows there now; "never" stays
    assert any("1904" in n.what for n in got.notes)
    assert not got.sure and "switched to the calendar of 1904" in got.differences[0].doubt


def test_an_emptied_cell_is_a_difference(made):
    deal = small(versions={}, scenarios={}, version="")
    path, book = made(deal)
    got = review(deal, edited(path, {place_of(book, "price"): None, place_of(book, "blank"): 4}))
    assert found(got) == {("price", ""): None, ("blank", ""): 4.0}
    assert [d.kind for d in got.differences] == ["emptied", "added"]
    changed = edits.apply(deal, apply(deal, got, got.differences))[0]
    assert (changed.terms["price"].value, changed.terms["blank"].value) == (None, 4.0)


def test_fifteen_digits_are_enough(made):
    deal = small(versions={}, scenarios={}, version="")
    path, book = made(deal)
    assert not review(deal, edited(path, {place_of(book, "third"): 0.333333333333333})).differences


def test_a_percentage_typed_without_its_sign_is_pointed_out(made):
    deal = small(versions={}, scenarios={}, version="")
    path, book = made(deal)
    (one,) = review(deal, edited(path, {place_of(book, "rate"): 27})).differences
    assert one.new == 27.0 and "which is 2,700%: was 0.27 meant?" in one.doubt and not one.note


# -- computed cells and texts --------------------------------------------------------------------


def test_changed_and_overwritten_formulas_are_listed_never_applied(made):
    deal = small()
    path, book = made(deal)
    row = book.rows["flow"]
    changes = {
        ("Schedule", row, 4): "=1+1",
        ("Schedule", row, 5): "=2+2",
        book.scalars["total"]: 77,
        book.scalars["double"]: None,
    }
    got = review(deal, edited(path, changes))
    assert not got.differences
    said = {(n.kind, n.where) for n in got.notes}
    assert ("formula", f"Schedule!E{row + 1}:F{row + 1}") in said
    assert {k for k, _ in said} == {"formula", "overwritten"}
    assert any("77" in n.what for n in got.notes) and any("deleted" in n.what for n in got.notes)


def test_changed_texts_and_additions_are_listed(made):
    deal = small()
    path, book = made(deal)
    row = book.scalars["price"].row
    book_ = openpyxl.load_workbook(path)
    book_["Terms"].cell(row + 1, 2).value = "Purchase price"
    book_["Terms"].cell(row + 1, 15).value = "see my mail"
    book_.create_sheet("My notes")["A1"] = "hello"
    book_.save(path)
    got = review(deal, path)
    assert not got.differences
    assert kinds(got) == {"text", "extra"}
    assert any("Purchase price" in n.what for n in got.notes) and any("see my mail" in n.what for n in got.notes)
    assert any(n.sheet == "My notes" for n in got.notes)


# -- moved ---------------------------------------------------------------------------------------


def shifted(path, sheet, *, row=None, col=None, count=1, name="shifted.xlsx"):
    """Rows (or columns) put in as Excel does it: cells move, formulas and names follow."""
    book = openpyxl.load_workbook(path)
    reference = r"(\$?)([A-Z]{1,3})(\$?)([0-9]+)"
    pattern = re.compile(rf"(?<![\w.])((?:'[^']+'|[A-Za-z_]+)!)?{reference}(?::{reference})?(?![\w(])")

    def one(home, dollar, column, dollar2, line):
        column, line = openpyxl.utils.column_index_from_string(column), int(line)
        if home == sheet:
            line += count if row is not None and line > row else 0
            column += count if col is not None and column > col else 0
        return f"{dollar}{letters(column)}{dollar2}{line}"

    def moved(text, home):
        def both(m):
            named = (m[1] or home + "!").strip("'!")
            last = ":" + one(named, *m.group(6, 7, 8, 9)) if m[7] else ""
            return (m[1] or "") + one(named, *m.group(2, 3, 4, 5)) + last

        return "".join(p if p.startswith('"') else pattern.sub(both, p) for p in re.split(r'("[^"]*")', text))

    for ws in book:
        for line in ws.iter_rows():
            for cell in line:
                if cell.data_type == "f":
                    cell.value = moved(cell.value, ws.title)
    for made in book.defined_names.values():
        made.attr_text = moved(made.attr_text, "")
    if row is not None:
        book[sheet].insert_rows(row + 1, count)
    else:
        book[sheet].insert_cols(col + 1, count)
    target = path.with_name(name)
    book.save(target)
    return target


@pytest.mark.parametrize("sheet", ["Terms", "Tables", "Scenarios", "Schedule"])
@pytest.mark.parametrize(("row", "col", "count"), [(0, 4, 1), (5, 1, 2), (9, 3, 3)])
def test_inputs_are_found_after_rows_and_columns_were_put_in(sheet, row, col, count, made):
    deal = small()
    path, book = made(deal)
    changes = {place_of(book, "third"): 0.5, place_of(book, "path.2027"): 9.0, place_of(book, "rate", "scenario:low"): 0.1, place_of(book, "rounds.one.amount"): 11.0}  # fmt: skip
    got = review(
        deal, shifted(shifted(edited(path, changes), sheet, row=row, count=count), sheet, col=col, count=count)
    )
    assert found(got) == {("third", ""): 0.5, ("path.2027", ""): 9.0, ("rate", "scenario:low"): 0.1, ("rounds.one.amount", ""): 11.0}  # fmt: skip
    assert not got.open
    assert not kinds(got) & {"formula", "overwritten", "text"}
    said = " ".join(n.what for n in got.notes if n.kind == "moved" and n.sheet == sheet)
    assert f"{count} row" in said and "put in at row" in said


@pytest.mark.parametrize("sheet", ["Cover", "Summary", "Schedule", "Valuation", "Checks"])
def test_columns_and_rows_put_in_on_sheets_without_inputs_are_named(sheet, made):
    deal = small()
    path, _ = made(deal)
    got = review(deal, shifted(shifted(path, sheet, row=3, count=2), sheet, col=2, count=1))
    said = [n.what for n in got.notes if n.kind == "moved" and n.sheet == sheet]
    assert any(what.startswith("2 rows put in at row ") for what in said), got.notes
    assert any(what.startswith("1 column put in at column ") for what in said), got.notes
    assert not got.differences and not got.open


@pytest.mark.parametrize("done", [None, (), ("Set Rate to 30 %", "Bring 2 values into Path"), ("None.",)])
def test_the_edits_that_the_change_log_lists_are_no_difference(done, tmp_path):
    deal = small()
    export(run(deal, default_view(deal)), tmp_path / "book.xlsx", edits=done)
    got = review(deal, tmp_path / "book.xlsx")
    assert not got.differences and not got.notes


def test_what_a_colleague_writes_into_the_change_log_is_named(tmp_path):
    deal = small()
    path = tmp_path / "book.xlsx"
    export(run(deal, default_view(deal)), path, edits=("Set Rate to 30 %",))
    book = openpyxl.load_workbook(path)
    sheet = book["Change log"]
    sheet.cell(sheet.max_row + 1, 2).value = "Anna: looks too high"
    book.save(path)
    (note,) = review(deal, path).notes
    assert note.kind == "extra" and "Anna" in note.what


def test_an_untouched_book_has_nothing_moved(made):
    path, _ = made(small())
    assert "moved" not in kinds(review(small(), path))


def test_a_renamed_sheet_is_found_and_said(made):
    deal = small()
    path, book = made(deal)
    changes = {place_of(book, "third"): 0.5, place_of(book, "path.2027"): 9.0}
    book_ = openpyxl.load_workbook(edited(path, changes))
    for old, new in (("Terms", "Bedingungen"), ("Tables", "Meine Tabellen")):
        book_[old].title = new
        for ws in book_:
            for line in ws.iter_rows():
                for cell in line:
                    if cell.data_type == "f":
                        cell.value = cell.value.replace(f"{old}!", f"'{new}'!")
        for made_name in book_.defined_names.values():
            made_name.attr_text = made_name.attr_text.replace(f"{old}!", f"'{new}'!")
    book_.save(path)
    got = review(deal, path)
    assert found(got) == {("third", ""): 0.5, ("path.2027", ""): 9.0}
    assert {n.kind for n in got.notes} == {"moved"} and len(got.notes) == 2


def test_deleted_names_do_not_matter_but_are_said(made):
    deal = small()
    path, book = made(deal)
    book_ = openpyxl.load_workbook(edited(path, {place_of(book, "third"): 0.5}))
    del book_.defined_names["third"]
    book_.save(path)
    got = review(deal, path)
    assert found(got) == {("third", ""): 0.5}
    assert any("third" in n.what and "deleted" in n.what for n in got.notes)


def test_a_label_in_which_only_blanks_differ_reads_the_same(made):
    deal = small(versions={}, scenarios={}, version="")
    path, _book = made(deal)
    book_ = openpyxl.load_workbook(path)
    label = next(c for line in book_["Terms"].iter_rows() for c in line if c.value == "A third")
    label.value = "A\u00a0third\n"
    book_.save(path)
    assert not review(deal, path).notes


def test_many_deleted_names_are_one_note(made):
    path, book = made(small())
    book_ = openpyxl.load_workbook(edited(path, {place_of(book, "third"): 0.5}))
    count = len(book_.defined_names)
    book_.defined_names.clear()
    book_.save(path)
    got = review(small(), path)
    assert found(got) == {("third", ""): 0.5} and count > 10
    assert [n.kind for n in got.notes].count("moved") <= 2 and all("deleted" in n.what for n in got.notes)
    assert "“A third”" in got.notes[0].what and "third," not in got.notes[0].what, "inputs by their labels"


@pytest.mark.parametrize("act", ["rows put in", "sheet renamed"])
def test_formulas_that_a_program_left_behind_are_one_note_a_sheet(act, made):
    """openpyxl moves cells and renames sheets without the formulas that name them."""
    deal = small()
    path, book = made(deal)
    book_ = openpyxl.load_workbook(edited(path, {place_of(book, "path.2027"): 9.0}))
    if act == "rows put in":
        book_["Tables"].insert_rows(3, 2)
    else:
        book_["Scenarios"].title = "Choices"
    book_.save(path)
    got = review(deal, path)
    assert found(got) == {("path.2027", ""): 9.0}
    left = [n for n in got.notes if n.kind == "formula"]
    assert left and len({n.sheet for n in left}) == len(left)
    assert all("still name" in n.what and "; it was" not in n.what for n in left)


def test_a_choice_that_is_not_spelled_as_one_is_said_and_never_taken_unseen(made):
    deal = small(versions={}, scenarios={}, version="")
    path, book = made(deal)
    got = review(deal, edited(path, {place_of(book, "court"): "par"}))
    assert found(got) == {("court", ""): "Paris"} and not got.sure and "Read from “par”" in got.differences[0].note
    got = review(deal, edited(path, {place_of(book, "court"): "lon"}))
    (note,) = got.notes
    assert not got.differences and note.kind == "text" and "Read from “lon”. It is the same." in str(note)
    assert not review(deal, edited(path, {place_of(book, "court"): "LONDON "})).notes


def test_a_row_that_was_deleted_is_listed_not_guessed(made):
    deal = small(versions={}, scenarios={}, version="")
    path, book = made(deal)
    book_ = openpyxl.load_workbook(path)
    row = place_of(book, "third").row
    for col in range(1, 16):
        book_["Terms"].cell(row + 1, col).value = None
    del book_.defined_names["third"]
    book_.save(path)
    got = review(deal, path)
    assert not got.differences
    assert [(n.kind, n.address) for n in got.open] == [("unmatched", "third")]


def test_rows_that_were_sorted_are_found_by_their_labels(made):
    """Sorting moves cells, and leaves names behind."""
    deal = small(versions={}, scenarios={}, version="")
    path, book = made(deal)
    book_ = openpyxl.load_workbook(edited(path, {place_of(book, "third"): 0.5}))
    ws, first, second = book_["Terms"], place_of(book, "price").row + 1, place_of(book, "third").row + 1
    for col in range(1, 16):
        a, b = ws.cell(first, col).value, ws.cell(second, col).value
        ws.cell(first, col).value, ws.cell(second, col).value = b, a
    book_.save(path)
    got = review(deal, path)
    assert found(got) == {("third", ""): 0.5}
    assert {n.kind for n in got.notes} == {"moved"}


def test_duplicated_rows_are_told_apart_by_their_names(made):
    deal = small(versions={}, scenarios={}, version="")
    path, book = made(deal)
    book_ = openpyxl.load_workbook(path)
    ws, row = book_["Terms"], place_of(book, "third").row + 1
    for col in range(1, 16):
        ws.cell(40, col).value = ws.cell(row, col).value
    ws.cell(40, 4).value = 0.9
    book_.save(path)
    got = review(deal, path)
    assert not got.differences and any(n.kind == "extra" for n in got.notes)


def test_a_cell_moved_away_is_followed_by_its_name(made):
    deal = small(versions={}, scenarios={}, version="")
    path, book = made(deal)
    book_ = openpyxl.load_workbook(path)
    place = place_of(book, "third")
    book_["Terms"].cell(place.row + 1, place.col + 1).value = None
    book_["Terms"]["P50"] = 0.75
    book_.defined_names["third"].attr_text = "Terms!$P$50"
    book_.save(path)
    got = review(deal, path)
    assert found(got) == {("third", ""): 0.75}
    assert any(n.kind == "moved" and "name third" in n.what for n in got.notes)


def test_years_are_matched_by_their_label_and_new_ones_are_added(made):
    deal = small(versions={}, scenarios={}, version="")
    path, book = made(deal)
    path = shifted(path, "Tables", row=book.series["path"].last + 1)
    book_ = openpyxl.load_workbook(path)
    ws, row = book_["Tables"], book.series["path"].last + 2
    ws.cell(row, 2).value, ws.cell(row, 3).value = 2028, 4.0
    book_.save(path)
    got = review(deal, path)
    assert found(got) == {("path.2028", ""): 4.0}
    changed = edits.apply(deal, apply(deal, got, got.differences))[0]
    assert list(changed.series["path"].values) == ["2025", "2026", "2027", "2028"]


def test_many_new_years_with_formulas_read_the_sheet_once(made, monkeypatch):
    deal = small(versions={}, scenarios={}, version="")
    path, book = made(deal)
    path = shifted(path, "Tables", row=book.series["path"].last + 1, count=30)
    book_ = openpyxl.load_workbook(path)
    first = book.series["path"].last + 2
    for i in range(30):
        book_["Tables"].cell(first + i, 2).value, book_["Tables"].cell(first + i, 3).value = 2028 + i, f"=1+{i}"
    book_.save(path)
    read, original = [], BookFile.results
    monkeypatch.setattr(BookFile, "results", lambda *args: read.append(args[1]) or original(*args))
    got = review(deal, path)
    assert sum(n.kind == "no_value" for n in got.notes) == 30
    assert read == ["Tables"]


def test_a_what_if_table_is_shown_as_excel_shows_it(made):
    deal = small()
    path, book = made(deal)
    place = Place("Schedule", book.rows["flow"], 4)
    cases = (({"r1": "D5"}, "=TABLE(,D5)"), ({"r1": "D5", "dtr": "1"}, "=TABLE(D5,)"), ({"r1": "D5", "r2": "D6", "dt2D": "1"}, "=TABLE(D5,D6)"))  # fmt: skip
    for attributes, shown in cases:
        got = review(deal, edited(path, {place: DataTableFormula(ref="E5:E6", **attributes)}))
        (note,) = [n for n in got.notes if n.kind == "formula"]
        assert shown in note.what and "object at" not in note.what


def test_a_record_added_to_a_table_is_said(made):
    deal = small(versions={}, scenarios={}, version="")
    path, book = made(deal)
    block = book.tables["rounds"]
    got = review(deal, edited(path, {("Tables", block.last + 1, 1): "Third", ("Tables", block.last + 1, 2): 30.0}))
    assert not got.differences
    assert [(n.kind, n.sheet) for n in got.notes] == [("extra", "Tables")] and "Third" in got.notes[0].what


# -- other programs, other books -----------------------------------------------------------------


@pytest.mark.libreoffice
def test_books_saved_by_libreoffice_come_back_exactly(libreoffice, made, tmp_path):
    cases = {}
    for name, deal in {"big": TEMPLATES["microsoft-openai"], "small": small(), "awkward": awkward()}.items():
        path, book = made(deal)
        cell = next(c for c in input_cells(book) if input_item(deal, c.address).kind == "money" and c.layer == "")
        for kind, changes in (("same", {}), ("edited", {cell.place: 123.456})):
            target = tmp_path / f"{name}-{kind}.xlsx"
            (engines.edit if changes else lambda s, t, c: t.write_bytes(s.read_bytes()))(path, target, {(p.sheet, f"{letters(p.col + 1)}{p.row + 1}"): v for p, v in changes.items()})  # fmt: skip
            cases[target] = (deal, {(cell.address, ""): 123.456} if changes else {})
    for target, saved in zip(cases, libreoffice.convert(list(cases), tmp_path / "saved"), strict=True):
        deal, wanted = cases[target]
        got = review(deal, saved)
        assert found(got) == wanted, target
        assert got.notes == (), target


def test_the_view_is_read_from_the_cover_where_the_properties_are_gone(made):
    deal = small()
    path, _ = made(deal, View("v1", "low", "quarter"))
    target = path.with_name("bare.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for part in old.namelist():
            if part != "docProps/custom.xml":
                new.writestr(part, old.read(part))
    got = review(deal, target)
    assert got.view == View("v1", "low", "quarter") and not got.differences


def test_a_view_can_be_asked_for_and_then_is_said(made):
    deal = small()
    path, _ = made(deal, View("v1", "low", "year"))
    got = review(deal, path, version="")
    assert got.view == View("", "low", "year")
    assert any("as asked" in n.what for n in got.notes)


def test_a_book_of_another_deal_is_refused(made, tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "hello"
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(Refused, match="not exported from this deal"):
        review(small(), tmp_path / "other.xlsx")


def test_a_book_exported_on_another_day_differs_in_nothing(made, monkeypatch):
    from model.workbook import write

    class Earlier(dt.date):
        @classmethod
        def today(cls):
            return dt.date(2026, 2, 3)

    for deal in (small(), *TEMPLATES.values()):
        monkeypatch.setattr(write, "dt", SimpleNamespace(date=Earlier, datetime=dt.datetime))
        path, _ = made(deal)
        monkeypatch.undo()
        got = review(deal, path)
        assert (got.differences, got.notes) == ((), ())


def test_a_book_exported_before_the_deal_changed_brings_nothing_back_by_itself(made):
    deal = small(versions={}, scenarios={}, version="")
    path, _ = made(deal)
    later = edits.apply(deal, edits.set_value(deal, default_view(deal), "price", 200.0))[0]
    assert found(review(later, path)) == {}  # nobody touched the book
    assert any("has changed since" in n.what for n in review(later, path).notes)


def test_a_review_can_be_cancelled_and_tells_how_far_it_is(made):
    deal = small()
    path, _ = made(deal)
    heard = []
    review(deal, path, progress=heard.append)
    assert heard == sorted(heard) and heard[0] == 0.0 and len(heard) > 5

    def cancel(done):
        if done > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        review(deal, path, progress=cancel)


def test_control_characters_in_a_book_are_spelled_out_in_what_is_said(made):
    deal = small(versions={}, scenarios={}, version="")
    path, book = made(deal)
    got = review(deal, edited(path, {place_of(book, "price"): "_x001B_[2J\u202eevil", ("Terms", 50, 15): "_x0007_"}))
    assert not got.differences and len(got.notes) == 2
    assert not any(c in str(n) for n in got.notes for c in "\x1b\x07\u202e")


def test_a_removed_layer_column_is_listed_not_guessed(made):
    deal = small()
    path, book = made(deal)
    place = place_of(book, "rate", "scenario:low")
    book_ = openpyxl.load_workbook(path)
    book_["Scenarios"].delete_cols(place.col + 1)
    book_.save(path)
    got = review(deal, path)
    assert not got.differences
    assert any(n.kind == "unmatched" and n.sheet == "Scenarios" for n in got.open)


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_guessed_where_rows_and_columns_were_torn_out(seed, made):
    """openpyxl puts in and deletes without letting names and formulas follow: the worst that can come back. Inputs
    are found or listed; none takes the value of another."""
    rng = random.Random(seed)
    deal = (small(), small(versions={}, scenarios={}, version=""))[seed % 2]
    path, _ = made(deal)
    book = openpyxl.load_workbook(path)
    for _ in range(rng.randint(1, 4)):
        ws = book[rng.choice([s for s in ("Terms", "Tables", "Scenarios") if s in book.sheetnames])]
        what = rng.choice(["insert_rows", "delete_rows", "insert_cols", "delete_cols"])
        getattr(ws, what)(rng.randint(1, ws.max_row if "rows" in what else 9), rng.randint(1, 3))
    book.save(path)
    assert review(deal, path).differences == ()


def test_a_block_whose_title_is_gone_is_not_taken_for_its_neighbour(made):
    deal = small(versions={}, scenarios={}, version="")
    path, book = made(deal)
    block = book.series["path"]
    book_ = openpyxl.load_workbook(path)
    book_["Tables"].delete_rows(block.title + 1, block.last - block.title + 1)
    book_.save(path)
    got = review(deal, path)
    assert got.differences == () and any("Revenue path" in n.what for n in got.open)
