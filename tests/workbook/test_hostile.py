"""Hostile texts and targets: nothing becomes a formula, nothing is cut, nothing already there is damaged."""

import datetime as dt
import os

import openpyxl
import pytest

from model.deal import Column, Deal, Line, Output, Series, Table, Term, TimelineSpec
from model.engine import run
from model.layers import View, default_view
from model.problems import Refused
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
    assert cells[sheet][ref].value == wanted or text == "_x000D_"
    assert len(ours) >= 4 or text == "_x000D_"
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


def test_a_text_longer_than_a_cell_is_refused_never_cut(tmp_path):
    problem = refused(small(terms={"x": Term(label="x", value=1.0, note="n" * 32_768)}), tmp_path / "b.xlsx")
    assert problem.where == "terms.x.note" and "32,768" in problem.what


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
