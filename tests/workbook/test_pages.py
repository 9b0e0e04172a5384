"""Every template's book can be printed: LibreOffice makes a PDF of it, sheet by sheet."""

import re
import shutil

import pytest

from model import store
from model.engine import run
from model.layers import default_view
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
