"""Deals made by chance: exported, recalculated by other engines, then again after the selectors were turned."""

import itertools

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from model.engine import run
from model.layers import View, default_view
from model.workbook.write import export
from tests.workbook import engines
from tests.workbook.generated import deals
from tests.workbook.test_recalculation import information, libreoffice_booleans

COUNT = 220
BATCH = 40


@pytest.fixture(scope="module")
def generated():
    """The deals, the same ones every time."""
    made = []

    @settings(
        max_examples=COUNT, derandomize=True, database=None, deadline=None, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(deals())
    def collect(deal):
        made.append(deal)

    collect()
    return made


def views(deal):
    period = deal.timeline.period
    return [View(v, s, period) for v, s in itertools.product(("", *deal.versions), ("", *deal.scenarios))]


def undisclosed(calc):
    """Formualizer's SUMIFS overlooks errors among the cells it sums, so these are left to LibreOffice."""
    return any(held.value == "undisclosed" for held in calc.inputs.values())


def test_formualizer_agrees_on_generated_deals_and_after_the_selectors_were_turned(generated, tmp_path):
    total, turned, faults = 0, 0, []
    for i, deal in enumerate(generated):
        path, other = tmp_path / "book.xlsx", tmp_path / "other.xlsx"
        export(run(deal, default_view(deal)), path)
        cells = engines.read(path)
        count, found = engines.compare(cells, engines.formualizer(path, cells))
        total += count
        faults += [f"{i}: {f}" for f in found]
        view = views(deal)[i % len(views(deal))]
        calc = run(deal, view)
        if view != default_view(deal) and not undisclosed(calc):
            export(calc, other)
            made = engines.formualizer(path, cells, engines.selectors(path, deal, view))
            count, found = engines.compare(engines.read(other), made, information)
            turned += count
            faults += [f"{i} as {view.version}-{view.scenario}: {f}" for f in found]
    print(f"{len(generated)} deals, {total:,} formula cells compared, {turned:,} after the selectors were turned")
    assert not faults, f"{len(faults)} differ:\n" + "\n".join(faults[:30])
    assert len(generated) >= 200 and total > 40_000 and turned > 15_000


@pytest.mark.libreoffice
def test_libreoffice_agrees_on_generated_deals(generated, libreoffice, tmp_path):
    books = []
    for i, deal in enumerate(generated):
        calc = run(deal, views(deal)[i % len(views(deal))])
        if i % (COUNT // BATCH) == 0 or undisclosed(calc):
            books.append(tmp_path / f"book-{i}.xlsx")
            export(calc, books[-1])
    total, faults = 0, []
    for path, made in zip(books, libreoffice.convert(books, tmp_path / "out"), strict=True):
        count, found = engines.compare(engines.read(path), engines.read(made), libreoffice_booleans)
        total += count
        faults += [f"{path.name}: {f}" for f in found]
    print(f"{len(books)} deals, {total:,} formula cells compared")
    assert not faults, f"{len(faults)} differ:\n" + "\n".join(faults[:30])
    assert total > 8_000
