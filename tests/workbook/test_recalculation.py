"""The proof: foreign engines recalculate exported books and agree with every cached value, also after inputs
were changed inside the book."""

import itertools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from model.edits import apply, set_values
from model.engine import run
from model.layers import View, default_view
from model.workbook.write import export
from tests.workbook import engines
from tests.workbook.awkward import awkward, layered
from tests.workbook.engines import Cell, Err

PERIODS = ("year", "quarter", "month")
# Every view by year and two views by quarter and month; DEALSHEET_FULL=1 compares every view by each.
FULL = bool(os.environ.get("DEALSHEET_FULL"))
LEAST = 150_000 if FULL else 50_000
# every view of the template gets these together; each of them alone is tried under one view
CHANGES = (("stake_value", 150.5), ("azure_end", "2031-06-15"), ("agi_declared", "2029-03-31"), ("rs_rate", 0.185))


class Case:
    """One exported book, the same book with inputs edited in place, and what the app makes of those edits."""

    def __init__(self, deal, view, folder, name, changes=CHANGES):
        self.name = name
        self.view = view
        self.path = folder / f"{name}.xlsx"
        export(run(deal, view), self.path)
        self.cells = engines.read(self.path)
        before = run(deal, view)
        after = run(apply(deal, set_values(deal, view, changes, "edited"))[0], view)
        wanted = folder / f"{name}-wanted.xlsx"
        export(after, wanted)
        self.wanted = engines.read(wanted)
        self.edits = {engines.input_cell(before, key): after.scalar(key) for key, _ in changes}
        self.edited = folder / f"{name}-edited.xlsx"
        engines.edit(self.path, self.edited, self.edits)


@pytest.fixture(scope="module")
def cases(template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("books")
    return [
        Case(template, View(v, s, p), folder, f"{v}-{s}-{p}")
        for i, (v, s) in enumerate(itertools.product(template.versions, template.scenarios))
        for p in PERIODS
        if FULL or p == "year" or i in (0, len(template.scenarios) + 1)
    ]


@pytest.fixture(scope="module")
def single_changes(template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("single")
    return [Case(template, default_view(template), folder, key, ((key, value),)) for key, value in CHANGES]


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


# -- formualizer ---------------------------------------------------------------------------------


def test_formualizer_finds_every_cached_value_of_the_template_current(cases):
    assert_agree(((c.name, c.cells, engines.formualizer(c.path, c.cells)) for c in cases), LEAST)


def test_formualizer_agrees_after_inputs_changed_inside_the_book(cases, single_changes):
    both = [*cases, *single_changes]
    assert_agree(((c.name, c.wanted, engines.formualizer(c.path, c.cells, c.edits)) for c in both), LEAST, information)


def test_formualizers_own_check_finds_no_stale_cache(cases):
    program = Path(sys.executable).with_name("formualizer")
    done = subprocess.run(
        [program, "recalc", "--check", "--json", cases[0].path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_formualizer_agrees_on_the_awkward_deal(hard_books):
    assert_agree(((p.name, cells, engines.formualizer(p, cells)) for p, cells in hard_books), 3_000)


def test_a_changed_input_moves_the_values_that_are_compared(cases):
    """The comparison after a change would be empty if nothing moved."""
    case = cases[0]
    moved = [
        ref
        for sheet, cells in case.cells.items()
        for ref, cell in cells.items()
        if cell.formula is not None and not engines.agree(cell.value, case.wanted[sheet][ref].value)
    ]
    assert len(moved) > 300


# -- the selectors -------------------------------------------------------------------------------


def by_period(cases):
    """Cases of one period length: the first one's book is to become each of the others."""
    return [[c for c in cases if c.name.endswith(period)] for period in PERIODS]


def information(sheet, ref, cell, other):
    """Cells that say how the book stands against its export, or weigh what was stamped then: they differ on purpose
    once the book is changed. (Live values on the Summary are plain names.)"""
    stamped = sheet == "Summary" and ref[0] != "B" and not re.fullmatch(r"[A-Za-z_][\w.]*", cell.formula)
    return "exported" in cell.formula or stamped


def test_the_selectors_turn_the_book_into_every_other_version_and_scenario(cases, template):
    pairs = []
    for first, *others in by_period(cases):
        engine = engines.Formualizer(first.path, first.cells)
        for case in (*others, first):
            made = engine.after(engines.selectors(first.path, template, case.view))
            pairs.append((f"{first.name} as {case.name}", case.cells, made))
    assert_agree(pairs, LEAST, information)


def test_no_version_and_no_scenario_can_be_selected_too(cases, template, exported):
    first = cases[0]
    view = View("", "", "year")
    _, wanted = exported(template, view)
    made = engines.formualizer(first.path, first.cells, engines.selectors(first.path, template, view))
    assert_agree([("none", wanted, made)], 1_500, information)


def test_an_override_typed_into_a_blank_layer_cell_holds_there_and_not_elsewhere(cases, template):
    case = next(c for c in cases if c.name == "oct_2025-take_or_pay-year")
    calc = run(template, case.view)
    cell = engines.input_cell(calc, "rs_cap", "scenario:take_or_pay")
    assert cell not in [(s, r) for s, cells in case.cells.items() for r in cells], "blank as exported"
    engine = engines.Formualizer(case.path, case.cells)
    sheet, ref = engines.place(case.path, "rs_cap")
    assert engine.after({cell: 55.5})[sheet][ref].value == 55.5
    other = engine.after(engines.selectors(case.path, template, View("apr_2026", "base")))
    assert other[sheet][ref].value == 38.0


def test_a_book_tells_that_it_differs_from_the_exported_run_as_information(cases, template):
    case = cases[0]
    said = {
        (s, r) for s, cells in case.cells.items() for r, c in cells.items() if c.formula and "exported run" in c.formula
    }
    assert {case.cells[s][r].value for s, r in said} == {"as exported"}
    made = engines.formualizer(
        case.path, case.cells, engines.selectors(case.path, template, View("apr_2026", "take_or_pay"))
    )
    turned = [made[s][r].value for s, r in said if s != "Summary"]  # there values may be the same
    assert len(turned) == 3 and all(v.startswith("differs from the exported run") for v in turned)
    master = engines.place(case.path, "master_check")
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
def recalculated(libreoffice, template, cases, single_changes, hard_books, tmp_path_factory):
    """All books through one LibreOffice: path -> cells."""
    files = [c.path for c in cases]
    files += [c.edited for c in (*cases, *single_changes)]
    files += [p for p, _ in hard_books]
    switched = {}
    for first, *others in by_period(cases):
        for case in others:
            switched[case.name] = first.path.with_name(f"{case.name}-switched.xlsx")
            engines.edit(first.path, switched[case.name], engines.selectors(first.path, template, case.view))
    files += switched.values()
    made = libreoffice.convert(files, tmp_path_factory.mktemp("recalculated"))
    out = dict(zip(files, made, strict=True))
    return {**out, **{name: out[path] for name, path in switched.items()}}


@pytest.mark.libreoffice
def test_libreoffice_agrees_with_every_cached_value_of_the_template(recalculated, cases):
    pairs = ((c.name, c.cells, engines.read(recalculated[c.path])) for c in cases)
    assert_agree(pairs, LEAST, libreoffice_booleans)


@pytest.mark.libreoffice
def test_libreoffice_agrees_after_inputs_changed_inside_the_book(recalculated, cases, single_changes):
    both = [*cases, *single_changes]
    assert_agree(
        ((c.name, c.wanted, engines.read(recalculated[c.edited])) for c in both), LEAST, libreoffice_information
    )


@pytest.mark.libreoffice
def test_the_selectors_do_the_same_in_libreoffice(recalculated, cases):
    others = [case for _, *others in by_period(cases) for case in others]
    pairs = ((c.name, c.cells, engines.read(recalculated[c.name])) for c in others)
    assert_agree(pairs, 130_000 if FULL else 40_000, libreoffice_information)


@pytest.mark.libreoffice
def test_libreoffice_agrees_on_the_awkward_deal(recalculated, hard_books):
    assert_agree(
        ((p.name, cells, engines.read(recalculated[p])) for p, cells in hard_books), 3_000, libreoffice_booleans
    )


@pytest.mark.libreoffice
def test_a_wrong_cached_value_is_corrected_so_recalculation_is_forced(libreoffice, cases, tmp_path):
    case = cases[0]
    sheet, ref = engines.place(case.path, "implied_equity")
    planted = tmp_path / "planted.xlsx"
    engines.edit(case.path, planted, {(sheet, ref): 123456.75})
    assert engines.read(planted)[sheet][ref] == Cell(123456.75, "stake_value/stake_pct")
    (made,) = libreoffice.convert([planted], tmp_path / "forced")
    assert engines.agree(engines.read(made)[sheet][ref].value, 500.0)


@pytest.mark.libreoffice
def test_without_forcing_libreoffice_would_show_the_wrong_value(cases, tmp_path):
    """Why the profile matters: a plain profile trusts the file's cached value."""
    case = cases[0]
    sheet, ref = engines.place(case.path, "implied_equity")
    planted = tmp_path / "planted.xlsx"
    engines.edit(case.path, planted, {(sheet, ref): 123456.75})
    plain = engines.LibreOffice(tmp_path / "plain")
    shutil.rmtree(plain.profile)
    (made,) = plain.convert([planted], tmp_path / "trusting")
    assert engines.read(made)[sheet][ref].value == 123456.75


def test_a_planted_wrong_value_is_reported(cases, tmp_path):
    """The comparison itself can fail."""
    case = cases[0]
    sheet, ref = engines.place(case.path, "xirr")
    planted = tmp_path / "planted.xlsx"
    engines.edit(case.path, planted, {(sheet, ref): case.cells[sheet][ref].value + 1e-4})
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
