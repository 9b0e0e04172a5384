from pathlib import Path

import pytest

from model import store
from tests.workbook import engines


@pytest.fixture(scope="session")
def template():
    return store.load(store.find("microsoft-openai")).deal


@pytest.fixture(scope="session")
def libreoffice(tmp_path_factory):
    return engines.LibreOffice(tmp_path_factory.mktemp("soffice"))


@pytest.fixture
def exported(tmp_path):
    """Export a deal under a view and read the file's cells: (path, cells)."""
    from model.engine import run
    from model.layers import default_view
    from model.workbook.write import export

    def make(deal, view=None, name="book.xlsx"):
        path = Path(tmp_path) / name
        export(run(deal, view or default_view(deal)), path)
        return path, engines.read(path)

    return make
