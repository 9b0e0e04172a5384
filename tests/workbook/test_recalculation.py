"""The proof: foreign engines recalculate exported books and agree with every cached value, also after inputs
were changed inside the book, and after its selectors were turned.

By default every version and scenario of every template by year, two of them by quarter and month, seen by its
parties in turn. ``DEALSHEET_FULL=1`` takes every version, scenario and period length.
"""

import itertools
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from model import store
from model.engine import run
from model.layers import View, default_view
from model.workbook.write import export
from tests.thorough import FULL
from tests.workbook import engines
from tests.workbook.awkward import awkward, layered
from tests.workbook.changes import applied, changes_of, random_changes, typed
from tests.workbook.engines import Cell, Err

PERIODS = ("year", "quarter", "month")
ENGINES = (engines.Formualizer, engines.IronCalc)


class Proof(NamedTuple):
    """What is done with a template: inputs changed together in its first book and each alone, and at least how
    many formula cells a pass over its books compares, by default and in full."""

    changes: tuple
    least: int
    least_full: int

    @property
    def floor(self):
        return self.least_full if FULL else self.least


PROOFS = {
    "microsoft-openai": Proof((("stake_value", 150.5), ("azure_end", "2031-06-15"), ("agi_declared", "2029-03-31"), ("rs_rate", 0.185)), 100_000, 280_000),
    "amd-openai": Proof((("price_per_gw", 20.5), ("last_delivery", "2031-03-31"), ("price_growth", 0.1), ("conditions_met", "yes")), 17_000, 24_000),
    "blank": Proof((("commitment", 250.25), ("term_end", "2028-02-29"), ("discount_rate", 0.0725)), 900, 900),
}  # fmt: skip


class Case:
    """One exported book, the same book with inputs edited in place, and what the app makes of those edits."""

    def __init__(self, deal, view, folder, name, pairs=()):
        self.name = name
        self.view = view
        self.path = folder / f"{name}.xlsx"
        before = run(deal, view)
        export(before, self.path)
        self.cells = engines.read(self.path)
        changes = changes_of(deal, view, pairs) or random_changes(before, name, 6)
        wanted = folder / f"{name}-wanted.xlsx"
        export(run(applied(deal, changes), view), wanted)
        self.wanted = engines.read(wanted)
        self.edits = typed(before, changes)
        self.edited = folder / f"{name}-edited.xlsx"
        engines.edit(self.path, self.edited, self.edits)


class Books(NamedTuple):
    """A template's books: ``cases`` are its views, ``alone`` the default view with one input changed."""

    deal: object
    proof: Proof
    cases: list
    alone: list

    @property
    def first(self):
        return self.cases[0]


def views(deal):
    """The views that are compared: the default one first, and every party in turn."""
    layers = list(itertools.product(deal.versions or ("",), deal.scenarios or ("",)))
    parties = [deal.perspective, *(p for p in deal.parties if p != deal.perspective)]
    layers.sort(key=lambda x: x != (deal.version, deal.scenario))
    for (k, period), (i, (version, scenario)) in itertools.product(enumerate(PERIODS), enumerate(layers)):
        if FULL or period == "year" or i in (0, len(layers) // 2 + 1):
            yield View(version, scenario, period, (), parties[(i + k) % len(parties)])


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Every template's books, made once: tests of two parameters come to the same template again."""

    @cache
    def of(name):
        deal, proof = store.load(store.find(name)).deal, PROOFS[name]
        folder = tmp_path_factory.mktemp(name)
        cases = [
            Case(deal, view, folder, "-".join((view.version, view.scenario, view.period, view.perspective)), () if i else proof.changes)
            for i, view in enumerate(views(deal))
        ]  # fmt: skip
        alone = [Case(deal, default_view(deal), folder, pair[0], (pair,)) for pair in proof.changes]
        return Books(deal, proof, cases, alone)

    return of


@pytest.fixture(scope="module", params=PROOFS)
def books(request, library):
    return library(request.param)


@pytest.fixture(scope="module")
def shipped(template, tmp_path_factory):
    """The first template's book by year."""
    view = default_view(template)
    return Case(template, view, tmp_path_factory.mktemp("shipped"), "shipped", PROOFS["microsoft-openai"].changes)


@pytest.fixture(scope="module")
def hard_books(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hard")
    out = []
    for version, scenario, period in itertools.product(("", "v1"), ("", "s1"), PERIODS):
        path = folder / f"hard-{version}-{scenario}-{period}.xlsx"
        export(run(awkward(), View(version, scenario, period)), path)
        out.append((path, engines.read(path)))
    return out


def assert_agree(pairs, least, known=None):
    """All pairs of books agree; prints how many formula cells were compared."""
    total, faults = 0, []
    for name, ours, theirs in pairs:
        count, found = engines.compare(ours, theirs, known)
        total += count
        faults += [f"{name}: {f}" for f in found]
    print(f"{total:,} formula cells compared")
    assert not faults, f"{len(faults)} of {total} cells differ:\n" + "\n".join(faults[:30])
    assert total >= least


# -- formualizer and IronCalc --------------------------------------------------------------------


@pytest.fixture(scope="module", params=ENGINES, ids=lambda engine: engine.__name__)
def computed(request, books):
    """Each book as one engine computes it, as exported and with its edits: (case, cells, cells)."""
    out = []
    for case in [*books.cases, *books.alone]:
        engine = request.param(case.path, case.cells)
        out.append((case, engine.after({}), engine.after(case.edits)))
    return out


def test_every_cached_value_of_a_template_is_what_the_engine_computes(books, computed):
    assert_agree(((c.name, c.cells, made) for c, made, _ in computed), books.proof.floor)


def test_the_engine_agrees_after_inputs_changed_inside_the_book(books, computed):
    assert_agree(((c.name, c.wanted, edited) for c, _, edited in computed), books.proof.floor, information)


def test_formualizers_own_check_finds_no_stale_cache(books):
    program = Path(sys.executable).with_name("formualizer")
    done = subprocess.run(
        [program, "recalc", "--check", "--json", books.first.path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("engine", ENGINES)
def test_the_engine_agrees_on_the_awkward_deal(hard_books, engine):
    assert_agree(((p.name, cells, engine(p, cells).after({})) for p, cells in hard_books), 3_000)


def moved(ours, theirs):
    """The formula cells whose values differ between two states of a book."""
    return [
        (sheet, ref)
        for sheet, cells in ours.items()
        for ref, cell in cells.items()
        if cell.formula is not None and not engines.agree(cell.value, theirs[sheet].get(ref, Cell(None)).value)
    ]


def test_changed_inputs_move_the_values_that_are_compared(books):
    """The comparison after a change would be empty if nothing moved."""
    assert len(moved(books.first.cells, books.first.wanted)) > len(books.first.cells["Terms"]) / 5
    assert all(moved(c.cells, c.wanted) for c in books.cases), "the random changes, too"


# -- the selectors -------------------------------------------------------------------------------


def by_period(cases):
    """Cases of one period length: the first one's book is to become each of the others."""
    found = [[c for c in cases if c.view.period == period] for period in PERIODS]
    return [group for group in found if len(group) > 1]


def information(sheet, ref, cell, other):
    """Cells that say how the book stands against its export, or weigh what was stamped then: they differ on purpose
    once the book is changed. (Live values on the Summary are plain names.)"""
    stamped = sheet == "Summary" and ref[0] != "B" and not re.fullmatch(r"[A-Za-z_][\w.]*", cell.formula)
    return "exported" in cell.formula or stamped


@pytest.mark.parametrize("engine", ENGINES)
def test_the_selectors_turn_the_book_into_every_other_version_scenario_and_partys_view(books, engine):
    pairs = []
    for first, *others in by_period(books.cases):
        made = engine(first.path, first.cells)
        for case in (*others, first):
            turned = made.after(engines.selectors(first.path, books.deal, case.view))
            pairs.append((f"{first.name} as {case.name}", case.cells, turned))
    if not pairs:
        assert engines.selectors(books.first.path, books.deal, books.first.view) == {}, "it has nothing to select"
    assert_agree(pairs, books.proof.floor if pairs else 0, information)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_view_of_each_party_alone_turns_the_book_into_what_the_app_computes(shipped, template, exported, engine):
    made = engine(shipped.path, shipped.cells)
    pairs = []
    for party in template.parties:
        view = shipped.view._replace(perspective=party)
        _, wanted = exported(template, view, f"{party}.xlsx")
        cells = engines.selectors(shipped.path, template, view)
        pairs.append((party, wanted, made.after({place: cells[place] for place in cells if place[0] == "Cover"})))
        if party != template.perspective:
            assert len(moved(shipped.cells, pairs[-1][2])) > 50, "the flows have other signs, or none"
    assert_agree(pairs, 19_000, information)


def test_no_version_and_no_scenario_can_be_selected_too(shipped, template, exported):
    view = View("", "", "year")
    _, wanted = exported(template, view)
    made = engines.formualizer(shipped.path, shipped.cells, engines.selectors(shipped.path, template, view))
    assert_agree([("none", wanted, made)], 4_500, information)


def test_an_override_typed_into_a_blank_layer_cell_holds_there_and_not_elsewhere(template, exported):
    view = View("oct_2025", "take_or_pay")
    path, cells = exported(template, view)
    cell = engines.input_cell(run(template, view), "rs_cap", "scenario:take_or_pay")
    assert cell not in [(s, r) for s, found in cells.items() for r in found], "blank as exported"
    engine = engines.Formualizer(path, cells)
    sheet, ref = engines.place(path, "rs_cap")
    assert engine.after({cell: 55.5})[sheet][ref].value == 55.5
    other = engine.after(engines.selectors(path, template, View("apr_2026", "base")))
    assert other[sheet][ref].value == 38.0


@pytest.mark.parametrize("view", [View("apr_2026", "take_or_pay"), View("oct_2025", "base", perspective="openai")])
def test_a_book_tells_that_it_differs_from_the_exported_run_as_information(shipped, template, view):
    said = {
        (s, r)
        for s, cells in shipped.cells.items()
        for r, c in cells.items()
        if c.formula and "exported run" in c.formula
    }
    assert {shipped.cells[s][r].value for s, r in said} == {"as exported"}
    made = engines.formualizer(shipped.path, shipped.cells, engines.selectors(shipped.path, template, view))
    single = {"Summary", "Sensitivities"}  # a remark for every output, whose value may be the same
    turned = {(s, r): made[s][r].value for s, r in said if s not in single}
    differ = {place for place, v in turned.items() if v.startswith("differs from the exported run")}
    assert "Cover" in {sheet for sheet, _ in differ}
    assert len(turned) == 3 and (view.perspective or len(differ) == 3)
    master = engines.place(shipped.path, "master_check")
    assert made[master[0]][master[1]].value is True, "not an error"


def test_series_and_table_cells_follow_the_selectors_where_only_a_layer_has_them(exported, tmp_path):
    deal = layered()
    path, cells = exported(deal, View("", "", "year"))
    engine = engines.Formualizer(path, cells)
    for version, scenario in itertools.product(("", *deal.versions), ("", *deal.scenarios)):
        view = View(version, scenario, "year")
        wanted = tmp_path / "wanted.xlsx"
        export(run(deal, view), wanted)
        made = engine.after(engines.selectors(path, deal, view))
        assert_agree([(f"{version}-{scenario}", engines.read(wanted), made)], 80, information)


# -- LibreOffice ---------------------------------------------------------------------------------


def libreoffice_booleans(sheet, ref, cell, other):
    """LibreOffice has no booleans: they are numbers with a boolean format, and saved as 1 and 0 where the cell has
    a number format of its own. Excel keeps TRUE whatever the format."""
    return isinstance(cell.value, bool) and other == float(cell.value)


def libreoffice_information(sheet, ref, cell, other):
    return libreoffice_booleans(sheet, ref, cell, other) or information(sheet, ref, cell, other)


@pytest.fixture(scope="module")
def recalculated(libreoffice, books, tmp_path_factory):
    """A template's books through one LibreOffice: path -> cells."""
    files = [c.path for c in books.cases]
    files += [c.edited for c in (*books.cases, *books.alone)]
    switched = {}
    for first, *others in by_period(books.cases):
        for case in others:
            switched[case.name] = first.path.with_name(f"{case.name}-switched.xlsx")
            engines.edit(first.path, switched[case.name], engines.selectors(first.path, books.deal, case.view))
    files += switched.values()
    made = libreoffice.convert(files, tmp_path_factory.mktemp("recalculated"))
    out = dict(zip(files, made, strict=True))
    return {**out, **{name: out[path] for name, path in switched.items()}}


@pytest.mark.libreoffice
def test_libreoffice_agrees_with_every_cached_value_of_a_template(recalculated, books):
    pairs = ((c.name, c.cells, engines.read(recalculated[c.path])) for c in books.cases)
    assert_agree(pairs, books.proof.floor, libreoffice_booleans)


@pytest.mark.libreoffice
def test_libreoffice_agrees_after_inputs_changed_inside_the_book(recalculated, books):
    both = [*books.cases, *books.alone]
    pairs = ((c.name, c.wanted, engines.read(recalculated[c.edited])) for c in both)
    assert_agree(pairs, books.proof.floor, libreoffice_information)


@pytest.mark.libreoffice
def test_the_selectors_do_the_same_in_libreoffice(recalculated, books):
    others = [case for _, *others in by_period(books.cases) for case in others]
    if not others:
        assert engines.selectors(books.first.path, books.deal, books.first.view) == {}, "it has nothing to select"
    pairs = ((c.name, c.cells, engines.read(recalculated[c.name])) for c in others)
    assert_agree(pairs, books.proof.floor // 3 if others else 0, libreoffice_information)


@pytest.mark.libreoffice
def test_libreoffice_agrees_on_the_awkward_deal(libreoffice, hard_books, tmp_path):
    made = libreoffice.convert([p for p, _ in hard_books], tmp_path)
    pairs = ((p.name, cells, engines.read(m)) for (p, cells), m in zip(hard_books, made, strict=True))
    assert_agree(pairs, 3_000, libreoffice_booleans)


@pytest.mark.libreoffice
def test_a_wrong_cached_value_is_corrected_so_recalculation_is_forced(libreoffice, shipped, tmp_path):
    sheet, ref = engines.place(shipped.path, "implied_equity")
    planted = tmp_path / "planted.xlsx"
    engines.edit(shipped.path, planted, {(sheet, ref): 123456.75})
    assert engines.read(planted)[sheet][ref] == Cell(123456.75, "stake_value/stake_pct")
    (made,) = libreoffice.convert([planted], tmp_path / "forced")
    assert engines.agree(engines.read(made)[sheet][ref].value, 500.0)


@pytest.mark.libreoffice
def test_without_forcing_libreoffice_would_show_the_wrong_value(shipped, tmp_path):
    """Why the profile matters: a plain profile trusts the file's cached value."""
    sheet, ref = engines.place(shipped.path, "implied_equity")
    planted = tmp_path / "planted.xlsx"
    engines.edit(shipped.path, planted, {(sheet, ref): 123456.75})
    plain = engines.LibreOffice(tmp_path / "plain")
    shutil.rmtree(plain.profile)
    (made,) = plain.convert([planted], tmp_path / "trusting")
    assert engines.read(made)[sheet][ref].value == 123456.75


def test_a_planted_wrong_value_is_reported(shipped, tmp_path):
    """The comparison itself can fail."""
    sheet, ref = engines.place(shipped.path, "xirr")
    planted = tmp_path / "planted.xlsx"
    engines.edit(shipped.path, planted, {(sheet, ref): shipped.cells[sheet][ref].value + 1e-4})
    cells = engines.read(planted)
    _, faults = engines.compare(cells, engines.formualizer(planted, cells))
    assert [f.split(":")[0] for f in faults] == [f"{sheet}!{ref}"]


@pytest.mark.skipif(os.environ.get("CI") == "true", reason="the CI machine has LibreOffice")
def test_libreoffice_missing_skips_here_and_fails_in_ci(monkeypatch):
    monkeypatch.setattr(engines.shutil, "which", lambda name: None)
    with pytest.raises(pytest.skip.Exception, match="soffice"):
        engines.need_libreoffice()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="soffice"):
        engines.need_libreoffice()


def test_errors_and_texts_are_not_taken_for_each_other():
    assert not engines.agree(Err("#N/A"), "#N/A")
    assert not engines.agree(True, 1.0)
    assert not engines.agree(0.0, None)


def test_ironcalc_corrects_a_wrong_cached_value_so_it_does_recalculate(shipped, tmp_path):
    sheet, ref = engines.place(shipped.path, "implied_equity")
    planted = tmp_path / "planted.xlsx"
    engines.edit(shipped.path, planted, {(sheet, ref): 123456.75})
    assert engines.agree(engines.IronCalc(planted).after({})[sheet][ref].value, 500.0)
