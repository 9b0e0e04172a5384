"""The proof: foreign engines recalculate exported books and agree with every cached value, also after inputs
were changed inside the book."""

import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from model.engine import run
from model.fields import field_for
from model.layers import View, default_view
from model.workbook.write import export
from tests.workbook import engines
from tests.workbook.awkward import awkward
from tests.workbook.engines import Cell, Err

PERIODS = ("year", "quarter", "month")
# every view of the template gets these together; each of them alone is tried under one view
CHANGES = (("stake_value", 150.5), ("azure_end", "2031-06-15"), ("agi_declared", "2029-03-31"), ("rs_rate", 0.185))


class Case:
    """One exported book, the same book with inputs edited in place, and what the app makes of those edits."""

    def __init__(self, deal, view, folder, name, changes=CHANGES):
        self.name = name
        self.path = folder / f"{name}.xlsx"
        export(run(deal, view), self.path)
        self.cells = engines.read(self.path)
        sets = tuple((key, field_for(deal.terms[key]).check(value)) for key, value in changes)
        after = run(deal, view._replace(sets=sets))
        wanted = folder / f"{name}-wanted.xlsx"
        export(after, wanted)
        self.wanted = engines.read(wanted)
        names = engines.defined_names(self.path)
        self.edits = {tuple(names[key].replace("$", "").split("!")): after.scalar(key) for key, _ in changes}
        self.edited = folder / f"{name}-edited.xlsx"
        engines.edit(self.path, self.edited, self.edits)


@pytest.fixture(scope="module")
def cases(template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("books")
    return [
        Case(template, View(v, s, p), folder, f"{v}-{s}-{p}")
        for v, s, p in itertools.product(template.versions, template.scenarios, PERIODS)
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
    assert_agree(((c.name, c.cells, engines.formualizer(c.path, c.cells)) for c in cases), 150_000)


def test_formualizer_agrees_after_inputs_changed_inside_the_book(cases, single_changes):
    both = [*cases, *single_changes]
    assert_agree(((c.name, c.wanted, engines.formualizer(c.path, c.cells, c.edits)) for c in both), 150_000)


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


# -- LibreOffice ---------------------------------------------------------------------------------


def libreoffice_booleans(sheet, ref, cell, other):
    """LibreOffice has no booleans: they are numbers with a boolean format, and saved as 1 and 0 where the cell has
    a number format of its own (here: that of a flag). Excel keeps TRUE whatever the format."""
    return isinstance(cell.value, bool) and other == float(cell.value)


@pytest.fixture(scope="module")
def recalculated(libreoffice, cases, single_changes, hard_books, tmp_path_factory):
    """All books through one LibreOffice: path -> cells."""
    files = [c.path for c in cases]
    files += [c.edited for c in (*cases, *single_changes)]
    files += [p for p, _ in hard_books]
    made = libreoffice.convert(files, tmp_path_factory.mktemp("recalculated"))
    return dict(zip(files, made, strict=True))


@pytest.mark.libreoffice
def test_libreoffice_agrees_with_every_cached_value_of_the_template(recalculated, cases):
    assert_agree(((c.name, c.cells, engines.read(recalculated[c.path])) for c in cases), 150_000)


@pytest.mark.libreoffice
def test_libreoffice_agrees_after_inputs_changed_inside_the_book(recalculated, cases, single_changes):
    both = [*cases, *single_changes]
    assert_agree(((c.name, c.wanted, engines.read(recalculated[c.edited])) for c in both), 150_000)


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
