"""A book that another version of the app wrote: its inputs are read, its layout is nobody's edit."""

import datetime as dt
import hashlib
import types

import openpyxl
import pytest

from model import store
from model.engine import run
from model.layers import default_view
from model.workbook import write
from model.workbook.book import COVER, SCHEDULE, SUMMARY
from model.workbook.read import read_book
from model.workbook.review import review
from model.workbook.stamp import HASH, LAYOUT, LAYOUT_NAME
from tests.workbook.test_import_review import edited, made, place_of, small  # noqa: F401 - made is a fixture

#: Changed what the app writes for the same deal? Raise LAYOUT in model/workbook/stamp.py and take over the new figure.
WRITTEN = {1: "9cc05abff6163ecd"}
DAY = dt.date(2026, 1, 1)


def as_of(path, number, changes):
    """The book as another version would have laid it out: texts of ours changed, a sheet gone, its own number."""
    book = openpyxl.load_workbook(path)
    for name in [p.name for p in book.custom_doc_props.props if p.name == LAYOUT_NAME]:
        del book.custom_doc_props[name]
    if number is not None:
        book.custom_doc_props.append(openpyxl.packaging.custom.StringProperty(name=LAYOUT_NAME, value=number))
    del book[SUMMARY]
    book[COVER].insert_rows(5)
    book[COVER]["H30"] = "A legend of another version"
    for (sheet, row, col), value in changes.items():
        book[sheet].cell(row + 1, col + 1).value = value
    target = path.with_name("other.xlsx")
    book.save(target)
    return target


def place(book, address):
    found = place_of(book, address)
    return found.sheet, found.row, found.col


@pytest.mark.parametrize(
    "number, said", [(None, "earlier"), ("0", "earlier"), (str(LAYOUT + 1), "later"), ("²", "earlier")]
)
def test_another_layout_is_said_once_and_the_edit_is_found(made, number, said):  # noqa: F811
    deal = small()
    path, book = made(deal)
    got = review(deal, as_of(path, number, {place(book, "months"): 9}))
    assert [(d.address, d.new) for d in got.differences] == [("months", 9)]
    (note,) = got.notes
    assert note.kind == "book" and f" {said} version of Dealsheet" in note.what


def test_a_number_typed_over_a_formula_is_named_under_another_layout_too(made):  # noqa: F811
    deal = small()
    path, _ = made(deal)
    sheet = read_book(path).sheets[SCHEDULE]
    at = max(at for at, cell in sheet.cells.items() if cell.formula is not None)
    got = review(deal, as_of(path, None, {(SCHEDULE, *at): 12345.0}))
    (one,) = (n for n in got.notes if n.kind == "overwritten")
    assert "12345" in one.what and one.sheet == SCHEDULE
    assert len(got.notes) == 2


def test_under_the_same_layout_everything_is_compared(made):  # noqa: F811
    deal = small()
    path, _ = made(deal)
    kinds = {n.kind for n in review(deal, as_of(path, str(LAYOUT), {})).notes}
    assert {"missing", "extra"} <= kinds


def test_a_book_that_lost_its_properties_is_compared_in_full(made):  # noqa: F811
    deal = small()
    path, _ = made(deal)
    book = openpyxl.load_workbook(path)
    for name in [p.name for p in book.custom_doc_props.props]:
        del book.custom_doc_props[name]
    book[COVER]["H30"] = "Added"
    book.save(target := path.with_name("bare.xlsx"))
    assert HASH not in read_book(target).properties
    notes = review(deal, target).notes
    assert any("“Added”" in n.what for n in notes)
    assert not any("version of Dealsheet" in n.what for n in notes)


def test_another_layout_has_another_number(tmp_path, monkeypatch):
    class Day(dt.date):
        @classmethod
        def today(cls):
            return DAY

    monkeypatch.setattr(write, "dt", types.SimpleNamespace(date=Day, datetime=dt.datetime))
    digest = hashlib.sha256()
    for name in ("supply", "licence"):
        deal = store.load(f"tests/data/{name}.deal").deal
        path = tmp_path / f"{name}.xlsx"
        write.export(run(deal, default_view(deal)), path)
        for sheet in read_book(path).sheets.values():
            digest.update(sheet.name.encode())
            for at, cell in sorted(sheet.cells.items()):
                said = cell.formula or (cell.value if isinstance(cell.value, str) else "")
                digest.update(f"{at}{said}".encode())
    found = digest.hexdigest()[:16]
    assert WRITTEN.get(LAYOUT) == found, (
        f"The workbook of the same deal reads differently now ({found}): books exported before would list our change "
        "as a colleague's. Raise LAYOUT in model/workbook/stamp.py, and put the number with this figure into WRITTEN. "
        "Changed only the deals in tests/data? Then replace the figure alone."
    )
