import pytest

from model import store
from tests.workbook import engines


@pytest.fixture(scope="session")
def template():
    return store.load(store.find("microsoft-openai")).deal


@pytest.fixture(scope="session")
def libreoffice(tmp_path_factory):
    return engines.LibreOffice(tmp_path_factory.mktemp("soffice"))


def _exporter(folder):
    from model.engine import run
    from model.layers import default_view
    from model.workbook.write import export

    def make(deal, view=None, name="book.xlsx"):
        path = folder() / name
        export(run(deal, view or default_view(deal)), path)
        return path, engines.read(path)

    return make


@pytest.fixture
def exported(tmp_path):
    """Export a deal under a view and read the file's cells: (path, cells)."""
    return _exporter(lambda: tmp_path)


@pytest.fixture(scope="module")
def export_into(tmp_path_factory):
    """The same, each book into a folder of its own, for books that many tests read."""
    return _exporter(lambda: tmp_path_factory.mktemp("book"))
