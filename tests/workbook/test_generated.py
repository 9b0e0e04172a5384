"""Deals made by chance: exported, recalculated by other engines, then again after the selectors were turned and inputs
changed inside the book."""

import itertools
import zipfile
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from model.engine import run
from model.layers import View, default_view
from model.workbook.write import export
from tests.workbook import engines
from tests.workbook.changes import applied, random_changes, typed
from tests.workbook.generated import deals
from tests.workbook.test_recalculation import ENGINES, information, libreoffice_booleans

COUNT = 200
BATCH = 35


class Turned(NamedTuple):
    """A deal's book as exported, what was changed inside it, and what the app makes of those changes."""

    path: Path
    cells: engines.Book
    typed: dict
    wanted: engines.Book
    undisclosed: tuple  # before, after
    about: str


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """Books of the deals, the same ones every time."""
    folder = tmp_path_factory.mktemp("generated")
    return [turned(deal, i, folder) for i, deal in enumerate(generated())]


def generated():
    made = []

    @seed(2026)
    @settings(
        max_examples=COUNT, database=None, deadline=None, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(deals())
    def collect(deal):
        made.append(deal)

    collect()
    return made


def turned(deal, i, folder):
    """Its selectors are turned to the i-th view, and some of its inputs are changed."""
    path, other = folder / f"{i}.xlsx", folder / f"{i}-wanted.xlsx"
    views = list(itertools.product(("", *deal.versions), ("", *deal.scenarios), deal.parties))
    version, scenario, party = views[i % len(views)]
    view = View(version, scenario, deal.timeline.period, (), party)
    calc = run(deal, default_view(deal))
    export(calc, path)
    changes = random_changes(calc, i, 1 + i % 5)
    wanted = run(applied(deal, changes), view)
    export(wanted, other)
    cells = {**engines.selectors(path, deal, view), **typed(calc, changes)}
    about = f"{i} as {version}-{scenario}-{party} with {changes}"
    return Turned(path, engines.read(path), cells, engines.read(other), (undisclosed(calc), undisclosed(wanted)), about)


def undisclosed(calc):
    return any(held.value == "undisclosed" for held in calc.inputs.values())


def either(*excuses):
    return lambda *cell: any(excuse(*cell) for excuse in excuses if excuse)


def sums_over_errors(cells):
    """Formualizer's SUMIFS overlooks errors among the cells it sums: such books are left to the other engines."""
    found = (c for sheet in cells.values() for c in sheet.values() if c.formula and "SUMIFS(" in c.formula)
    return any(isinstance(c.value, engines.Err) for c in found)


def words_of_errors(sheet, ref, cell, other):
    """IronCalc takes a text that spells an error for that error once a formula reads it."""
    return isinstance(other, engines.Err) and cell.value == str(other)


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.__name__)
def test_an_engine_agrees_on_generated_deals_and_after_selectors_and_inputs_were_changed(books, engine):
    total, again, left_out, faults = 0, 0, 0, []
    for i, book in enumerate(books):
        if engine is engines.Formualizer and (sums_over_errors(book.cells) or sums_over_errors(book.wanted)):
            left_out += 1
            continue
        known = words_of_errors if engine is engines.IronCalc else None
        made = engine(book.path, book.cells)
        count, found = engines.compare(book.cells, made.after({}), known)
        total += count
        faults += [f"{i}: {f}" for f in found]
        count, found = engines.compare(book.wanted, made.after(book.typed), either(information, known))
        again += count
        faults += [f"{book.about}: {f}" for f in found]
    print(f"{left_out} left out")
    print(f"{len(books)} deals, {total:,} formula cells compared, {again:,} after changes inside the books")
    assert not faults, f"{len(faults)} differ:\n" + "\n".join(faults[:30])
    assert len(books) >= 200 and total > 25_000 and again > 25_000 and left_out < 40


def test_every_part_of_every_book_can_be_read(books):
    """An XML parser refuses what a workbook cannot hold, and Excel would call the book damaged."""
    count = 0
    for book in books[::4]:
        with zipfile.ZipFile(book.path) as archive:
            for name in archive.namelist():
                ElementTree.fromstring(archive.read(name))
                count += 1
    assert count > 500


def kinds_of_errors(sheet, ref, cell, other):
    """LibreOffice's own errors (of LN, SQRT, INDEX outside its range) are #VALUE! in its file, and of several errors the
    leftmost need not win. That it is an error stays certain, and the other engines compare the kinds."""
    return isinstance(cell.value, engines.Err) and isinstance(other, engines.Err)


@pytest.mark.libreoffice
def test_libreoffice_agrees_on_generated_deals_and_after_selectors_and_inputs_were_changed(
    books, libreoffice, tmp_path
):
    """A sample of them, and all with undisclosed inputs."""
    pairs = []
    for i, book in enumerate(books):
        if i % (COUNT // BATCH) == 0 or any(book.undisclosed):
            edited = tmp_path / f"edited-{i}.xlsx"
            engines.edit(book.path, edited, book.typed)
            pairs.append((edited, book.wanted, information))
            if i % 3 == 0:
                pairs.append((book.path, book.cells, None))
    total, faults = 0, []
    converted = libreoffice.convert([path for path, _, _ in pairs], tmp_path / "out")
    for (path, ours, excused), made in zip(pairs, converted, strict=True):
        count, found = engines.compare(ours, engines.read(made), either(libreoffice_booleans, kinds_of_errors, excused))
        total += count
        faults += [f"{path.name}: {f}" for f in found]
    print(f"{len(pairs)} books, {total:,} formula cells compared")
    assert not faults, f"{len(faults)} differ:\n" + "\n".join(faults[:30])
    assert total > 15_000
