"""Every template's book can be printed: LibreOffice makes a PDF of it, sheet by sheet."""

import itertools
import re
import shutil

import pytest

from model import store
from model.engine import run
from model.layers import default_view
from model.workbook.sheet_rights import _LOOKS
from model.workbook.write import export
from tests.workbook import engines

PAGES = {"microsoft-openai": 32, "amd-openai": 18, "blank": 7}  # at most: more means pages with a few rows only


@pytest.mark.libreoffice
def test_libreoffice_prints_every_templates_book(tmp_path):
    """With its own settings, as a colleague has it: it then computes what it needs while it draws, and crashed where
    a truth value without a number format had conditional formats."""
    office = engines.LibreOffice(tmp_path / "soffice")
    shutil.rmtree(office.profile)
    books = []
    for name in PAGES:
        deal = store.load(store.find(name)).deal
        books.append(tmp_path / f"{name}.xlsx")
        export(run(deal, default_view(deal)), books[-1])
    for book, made in zip(books, office.convert(books, tmp_path / "out", "pdf"), strict=True):
        pages = len(re.findall(rb"/Type\s*/Page\b", made.read_bytes()))
        assert 7 <= pages <= PAGES[book.stem], book.name


def test_how_a_right_stands_can_be_told_apart_in_grey():
    """As a black-and-white printer has it: each fill lighter or darker than every other (Rec. 601)."""
    fills = {word: look.get("bg_color", "#FFFFFF") for word, look in _LOOKS if word != "error"}
    grey = sorted(
        sum(int(c[i : i + 2], 16) * w for i, w in ((1, 0.299), (3, 0.587), (5, 0.114))) for c in fills.values()
    )
    assert len(grey) == 5
    assert all(b - a > 12 for a, b in itertools.pairwise(grey)), fills


@pytest.mark.parametrize(("name", "line"), [("amd-openai", "payable"), ("amd-openai", "capacity_left")])
def test_a_balance_that_is_used_up_is_a_dash_in_every_period_length(name, line):
    deal = store.load(store.find(name)).deal
    for period in ("year", "quarter", "month"):
        values = run(deal, default_view(deal)._replace(period=period)).line(line)
        assert values[-1] == 0.0 and not [v for v in values if v != 0.0 and abs(v) < 1e-6], period
