"""Hostile texts and targets: nothing becomes a formula, nothing is cut, nothing already there is damaged.

What bad input meets on its way out, and where it is tried:

| met | tried by |
|---|---|
| text that begins with = + - @ | ``hostile_text_stays_text_in_every_place`` here; in CSV ``tests/ui/test_outgoing.py``, ``tests/model/test_headless.py`` |
| characters that XML has not | ``replaced_characters_are_listed_on_the_cover``, ``characters_replaced_in_the_deals_own_note…``, and in every part of 220 books ``test_generated.py`` |
| a title that reads like a cell, a text that spells an error | ``a_charts_title_is_never_a_reference``, ``a_text_that_spells_an_error_stays_text`` |
| names that look like cells or are Excel's own | ``test_names.py``; ``renamed_keys_are_listed_on_the_cover`` |
| texts and formulas too long | ``a_text_longer_than_a_cell…``, ``a_formula_longer_than_excel_takes…``, ``a_text_too_long_for_an_excel_formula…``; choices and messages: 220 books |
| NaN and infinities | ``what_is_no_number_is_written_as_excels_error`` |
| days before 1900, times of day | ``a_day_before_excels_calendar_is_text``; as input refused: ``tests/model/test_fields.py``, ``test_store.py`` |
| a target open in Excel, read-only, missing, a folder | the ``…_is_refused…`` tests here; Save as: ``tests/ui/test_outgoing.py`` |
| a full disk, a failing call, a kill, a cancel | ``a_full_disk…``, ``whichever_call_fails…``, ``a_killed_export…``, ``a_cancelled_export…`` |

Books coming in: ``test_import_hostile.py``.
"""

import datetime as dt
import math
import os
import re
import signal
import subprocess
import sys
import zipfile

import openpyxl
import pytest

from model.deal import Chart, Column, Deal, Line, Output, Scenario, Series, Source, Table, Term, TimelineSpec, Version
from model.engine import run
from model.layers import View, default_view
from model.problems import Refused
from model.workbook.exact import cached
from model.workbook.write import export, suggested_name
from tests.workbook import engines
from tests.workbook.awkward import HOSTILE_TEXTS, awkward

SPAN = TimelineSpec(start=dt.date(2025, 1, 1), end=dt.date(2026, 12, 31))


def small(**parts):
    return Deal(**{"name": "small", "timeline": SPAN, "terms": {"x": Term(label="x", value=1.0)}, **parts})


def calculated(deal):
    return run(deal, default_view(deal))


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_hostile_text_stays_text_in_every_place(text, exported):
    deal = small(
        name=text, title=text, note=text, unit=text,
        terms={"x": Term(label=text, kind="text", value=text, unit=text, group=text, note=text, source=text)},
        lines={"l": Line(label=text, formula="= 1", unit=text, section=text, note=text)},
        outputs={"o": Output(label=text, formula="= 1", unit=text, group=text, note=text)},
    )  # fmt: skip
    path, cells = exported(deal)
    wanted = "".join("\ufffd" if c in "\x07\ufffe\ud800" else c for c in text)
    ours = {("Terms", c) for c in cells["Terms"] if cells["Terms"][c].value == wanted}
    sheet, ref = engines.place(path, "x")
    assert cells[sheet][ref].value == wanted
    assert len(ours) >= 4
    formulas = {c.formula for sheet in cells.values() for c in sheet.values() if c.formula is not None}
    assert not ({text, text.lstrip("=")} - {"TRUE"}) & formulas  # the master check of a deal without checks is TRUE
    again = openpyxl.load_workbook(path)[sheet][ref]
    assert again.data_type == "s"
    assert again.value == wanted
    if text[0] in "=+-@":
        assert again.quotePrefix


def test_replaced_characters_are_listed_on_the_cover(exported):
    _, cells = exported(small(terms={"x": Term(label="a\x07b", value=1.0)}))
    assert any("terms.x.label" in str(c.value) for c in cells["Cover"].values())


def test_characters_replaced_in_the_deals_own_note_are_listed_too(exported):
    _, cells = exported(small(note="a\x07b"))
    assert any("replaced" in str(c.value) and c.value.endswith("note.") for c in cells["Cover"].values())


def test_renamed_keys_are_listed_on_the_cover(exported):
    _, cells = exported(awkward())
    (remark,) = [c.value for c in cells["Cover"].values() if "q1 →" in str(c.value)]
    assert "r2d2 → d_r2d2" in remark and "d_q1 →" not in remark


def test_faults_of_the_deal_are_listed_and_fail_the_master_check(exported):
    path, cells = exported(awkward())
    sheet, ref = engines.place(path, "master_check")
    assert cells[sheet][ref].value is False
    assert any("nothing_of_this_name" in str(c.value) for c in cells["Checks"].values())


def test_values_set_by_hand_are_listed_on_the_cover(exported):
    _, cells = exported(small(), View("", "", "year", (("x", 5.0),)))
    assert any("x = 5" in str(c.value) for c in cells["Cover"].values())


@pytest.mark.parametrize("text", ["Cover!A1", "=Summary!$B$2", "=cmd|' /C calc'!A0", "x!A1!B2"])
def test_a_charts_title_is_never_a_reference(text, exported):
    deal = small(
        lines={"l": Line(label=text, formula="= 1")}, charts={"c": Chart(label=text, lines=("l",), type="line")}
    )
    path, _ = exported(deal)
    with zipfile.ZipFile(path) as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()
    title = chart[chart.index("<c:title>") : chart.index("</c:title>")]
    assert "<c:f>" not in title and "<a:t>" in title


@pytest.mark.parametrize("text", ["#N/A", "#DIV/0!", "#REF!"])
def test_a_text_that_spells_an_error_stays_text(text, exported):
    words = Term(label="words", kind="text", value=text)
    path, cells = exported(small(terms={"words": words}, scenarios={"s": Scenario(label=text)}))
    sheet, ref = engines.place(path, "words")
    assert cells[sheet][ref].formula and cells[sheet][ref].value == text
    assert not isinstance(cells[sheet][ref].value, engines.Err)
    assert engines.compare(cells, engines.formualizer(path, cells))[1] == []


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_written_as_excels_error(value, exported):
    assert cached(value) == "#NUM!"
    path, cells = exported(small(outputs={"o": Output(label="o", formula="= 9^9^9^9 * x")}))
    sheet, ref = engines.place(path, "o")
    assert cells[sheet][ref].value == engines.Err("#NUM!")


def test_a_day_before_excels_calendar_is_text(exported):
    day = dt.date(1889, 5, 6)
    deal = small(
        sources={"s": Source(label="old", date=day)}, versions={"v": Version(label="v", date=day, set={"x": 2})}
    )
    _, cells = exported(deal)
    assert "6 May 1889" in [c.value for c in cells["Sources"].values()]
    assert "6 May 1889" in [c.value for c in cells["Change log"].values()]


# -- refused, with nothing written ---------------------------------------------------------------


def refused(deal_or_calc, path):
    calc = calculated(deal_or_calc) if isinstance(deal_or_calc, Deal) else deal_or_calc
    before = {p: p.read_bytes() for p in path.parent.glob("*") if p.is_file()} if path.parent.is_dir() else {}
    with pytest.raises(Refused) as caught:
        export(calc, path)
    after = {p: p.read_bytes() for p in path.parent.glob("*") if p.is_file()} if path.parent.is_dir() else {}
    assert before == after, "nothing may change"
    (problem,) = caught.value.problems
    assert problem.what.endswith(".") and problem.remedy.endswith(".")
    return problem


def test_a_missing_folder_is_refused(tmp_path):
    assert "no folder" in refused(small(), tmp_path / "nowhere" / "book.xlsx").what


def test_another_suffix_is_refused(tmp_path):
    assert ".xlsx" in refused(small(), tmp_path / "book.xls").what


def test_a_read_only_file_is_refused(tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"old")
    path.chmod(0o444)
    assert "read-only" in refused(small(), path).what


def test_a_folder_of_that_name_is_refused(tmp_path):
    path = tmp_path / "book.xlsx"
    path.mkdir()
    assert "not a file" in refused(small(), path).what


def test_a_file_open_in_excel_is_refused_and_kept(tmp_path, monkeypatch):
    """Windows denies the replacement of an open file."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"old")

    def denied(*args, **more):
        raise PermissionError(13, "Access is denied")

    monkeypatch.setattr(os, "replace", denied)
    assert "open in another program" in refused(small(), path).what
    assert path.read_bytes() == b"old"


def test_a_full_disk_is_refused_and_leaves_the_old_book(tmp_path, monkeypatch):
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"old")

    def full(fd):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert "full" in refused(small(), path).what


@pytest.mark.parametrize(
    "owner, name",
    [(os, "fsync"), (os, "replace"), (os, "chmod"), (zipfile.ZipFile, "writestr")],
)
def test_whichever_call_fails_the_old_book_stays_and_no_other_file(owner, name, tmp_path, monkeypatch):
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"old")

    def fails(*args, **more):
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(owner, name, fails)
        with pytest.raises(Refused, match="could not be written"):
            export(calculated(small()), path)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["book.xlsx"]


KILLED = """
import os, signal, sys
from model.workbook.write import export
from tests.workbook.test_hostile import calculated, small
export(calculated(small()), sys.argv[1], lambda done: os.kill(os.getpid(), signal.SIGKILL) if done > float(sys.argv[2]) else None)
"""


def test_a_killed_export_leaves_the_old_book_and_the_next_one_clears_up(tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"old")
    done = subprocess.run([sys.executable, "-c", KILLED, str(path), "0.6"], check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.read_bytes() == b"old"
    left = tmp_path / ".book.xlsx.9-abcd.saving"
    left.write_bytes(b"part")
    os.utime(left, (0, 0))
    export(calculated(small()), path)
    assert not left.exists() and "Terms" in engines.read(path)


def test_a_text_longer_than_a_cell_is_refused_never_cut(tmp_path):
    problem = refused(small(terms={"x": Term(label="x", value=1.0, note="n" * 32_768)}), tmp_path / "b.xlsx")
    assert problem.where == "terms.x.note" and "32,768" in problem.what


def test_no_row_is_higher_than_excel_allows(exported):
    path, _ = exported(small(terms={"x": Term(label="x", value=1.0, note="A long remark. " * 2_000)}))
    with zipfile.ZipFile(path) as archive:
        rows = archive.read(engines.sheet_files(archive)["Terms"]).decode()
    assert max(float(h) for h in re.findall(r' ht="([\d.]+)"', rows)) == 408.75


def test_a_formula_longer_than_excel_takes_is_refused_with_its_place(tmp_path):
    # every name becomes a much longer guarded reference in the book
    text = "= " + "+".join(["SUM(" + ",".join(["x"] * 200) + ")"] * 6)
    deal = small(
        terms={"x": Term(label="x", value="undisclosed")}, lines={"long": Line(label="long", formula=text)}
    )  # fmt: skip
    assert len(text) < 8192
    problem = refused(deal, tmp_path / "b.xlsx")
    assert problem.where == "lines.long.formula" and "8,192" in problem.what


def problem_at_entry(deal):
    (problem,) = run(deal, default_view(deal)).problems
    return problem


def test_a_text_too_long_for_an_excel_formula_is_a_problem_before_any_export(tmp_path):
    deal = small(outputs={"o": Output(label="o", formula=f'= LEN("{"x" * 256}")')})
    problem = problem_at_entry(deal)
    assert problem.where == "outputs.o.formula" and "255" in problem.what
    fits = small(outputs={"o": Output(label="o", formula=f'= LEN("{"x" * 255}")')})
    export(calculated(fits), tmp_path / "b.xlsx")


def paired(formula):
    table = Table(label="t", columns={"v": Column(label="v")}, records={"a": {"v": 1.0}, "b": {"v": 2.0}})
    series = Series(label="s", values={"2025": 1.0, "2026": 2.0})
    lines = {"l": Line(label="l", formula="= year - 2020")}
    return small(
        tables={"t": table}, series={"s": series}, lines=lines, outputs={"o": Output(label="o", formula=formula)}
    )


@pytest.mark.parametrize(
    "formula", ["= SUMPRODUCT(ALL(l) * t[v])", "= SUMPRODUCT(ALL(l), ALL(s))", '= SUMIFS(ALL(l), t[v], ">1")']
)
def test_a_row_paired_with_a_column_is_a_problem_because_excel_would_not_pair_them(formula):
    problem = problem_at_entry(paired(formula))
    assert problem.where == "outputs.o.formula" and "across" in problem.what


@pytest.mark.parametrize(
    "formula", ["= SUM(ALL(l), t[v])", "= SUMPRODUCT(ALL(s) * t[v])", "= INDEX(ALL(l), MATCH(2, t[v], 0))"]
)
def test_rows_and_columns_that_are_not_paired_are_printed_and_agree(formula, exported):
    path, cells = exported(paired(formula))
    assert engines.compare(cells, engines.formualizer(path, cells))[1] == []


def test_a_cancelled_export_leaves_the_old_book_and_no_temporary_file(tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"old")

    class CancelledError(Exception):
        pass

    for stop_at in (0.0, 0.3, 0.8):

        def cancel(done, stop_at=stop_at):
            if done >= stop_at:
                raise CancelledError

        with pytest.raises(CancelledError):
            export(calculated(awkward()), path, cancel)
        assert path.read_bytes() == b"old"
        assert [p.name for p in tmp_path.iterdir()] == ["book.xlsx"]


def test_progress_rises_from_nothing_to_one(tmp_path):
    heard = []
    export(calculated(awkward()), tmp_path / "book.xlsx", heard.append)
    assert heard[0] == 0.0 and heard[-1] == 1.0
    assert heard == sorted(heard) and len(heard) > 20


def test_an_existing_book_is_replaced_through_its_link(tmp_path):
    real, link = tmp_path / "real.xlsx", tmp_path / "link.xlsx"
    real.write_bytes(b"old")
    link.symlink_to(real)
    export(calculated(small()), link)
    assert link.is_symlink()
    assert "Terms" in engines.read(real)


def test_the_proposed_name_has_deal_version_and_scenario(template):
    assert suggested_name(run(template, View("apr_2026", "take_or_pay", "year"))) == (
        "Microsoft–OpenAI – April 2026 amendment – Take-or-pay.xlsx"
    )
    assert suggested_name(run(awkward(), View("v1", "s1", "year"))) == (
        "Awkward & -hostile- =deal – v1 - draft- -1- – a-b-.xlsx"
    )
