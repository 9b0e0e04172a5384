"""`main.py import`: what it prints, writes and returns."""

import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

import main
from model import store
from model.engine import run
from model.layers import default_view
from model.workbook.layout import plan
from model.workbook.review import review
from model.workbook.review_cells import input_cells
from model.workbook.write import export
from tests.workbook.test_import_review import edited, place_of, small

ROOT = Path(__file__).parents[2]


@pytest.fixture
def files(tmp_path):
    """A deal file, its untouched workbook, and one with two inputs edited and one unreadable."""
    deal = small()
    store.save(deal, tmp_path / "small.deal")
    calc = run(deal, default_view(deal))
    export(calc, tmp_path / "same.xlsx")
    book = plan(calc)
    changes = {place_of(book, "third"): 0.5, place_of(book, "rate", "scenario:low"): 0.1}
    edited(tmp_path / "same.xlsx", changes, "edited.xlsx")
    edited(tmp_path / "same.xlsx", {**changes, place_of(book, "months"): "half a year"}, "unread.xlsx")
    return tmp_path


def test_nothing_differs_in_an_untouched_book(files, capsys):
    assert main.main(["import", str(files / "small.deal"), str(files / "same.xlsx")]) == 0
    said = capsys.readouterr()
    assert "No differences." in said.out and not said.err


def test_differences_are_listed_with_sheet_cell_and_layer(files, capsys):
    assert main.main(["import", str(files / "small.deal"), str(files / "edited.xlsx")]) == 0
    out = capsys.readouterr().out
    assert "2 differences" in out and "A third" in out and "Scenarios!" in out and "[Scenario: Low]" in out


def test_json_holds_every_difference_and_note(files, capsys):
    assert main.main(["import", str(files / "small.deal"), str(files / "unread.xlsx"), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    got = {(d["address"], d["layer"]): d["new"] for d in found["differences"]}
    assert got == {("third", ""): 0.5, ("rate", "scenario:low"): 0.1}
    (note,) = found["notes"]
    assert note["kind"] == "unread" and note["address"] == "months" and "half a year" in note["what"]
    assert (found["version"], found["scenario"], found["period"]) == ("v1", None, "year")


def test_apply_writes_a_deal_that_agrees_with_the_book(files, capsys):
    out = files / "new.deal"
    args = ["import", str(files / "small.deal"), str(files / "edited.xlsx"), "--apply", "-o", str(out)]
    assert main.main(args) == 0
    deal = store.load(out).deal
    assert deal.terms["third"].value == 0.5 and deal.scenarios["low"].set["rate"] == 0.1
    assert store.load(files / "small.deal").deal == small()
    assert not review(deal, files / "edited.xlsx").differences
    capsys.readouterr()
    assert main.main(["import", str(out), str(files / "edited.xlsx")]) == 0
    assert "No differences." in capsys.readouterr().out


@pytest.fixture
def doubtful(files):
    """A book with one clear change and one that needs a thought: a number typed as text."""
    book = plan(run(small(), default_view(small())))
    return edited(files / "same.xlsx", {place_of(book, "third"): 0.5, place_of(book, "months"): "9"}, "doubt.xlsx")


def applied(files, capsys, book, *extra):
    """Exit status, what was written, and standard error of ``import --apply``."""
    out = files / "new.deal"
    status = main.main(["import", str(files / "small.deal"), str(book), "--apply", "-o", str(out), *extra])
    return status, store.load(out).deal, capsys.readouterr().err


def test_apply_leaves_out_what_needs_a_thought_and_says_so(files, doubtful, capsys):
    status, deal, err = applied(files, capsys, doubtful)
    assert status == 1
    assert deal.terms["third"].value == 0.5 and deal.terms["months"] == small().terms["months"]
    assert "with 1 difference applied" in err and "Left out: " in err and "text" in err and "--all" in err


def test_apply_all_takes_it_too(files, doubtful, capsys):
    status, deal, err = applied(files, capsys, doubtful, "--all")
    assert (status, deal.terms["third"].value, deal.terms["months"].value) == (0, 0.5, 9)
    assert "Left out" not in err


def test_apply_only_takes_what_is_named(files, doubtful, capsys):
    status, deal, err = applied(files, capsys, doubtful, "--only", "MONTHS")
    assert (status, deal.terms["third"], deal.terms["months"].value) == (0, small().terms["third"], 9)
    assert "Left out: " in err and "It was not named." in err


def test_only_can_name_a_layer(files, capsys):
    status, deal, _ = applied(files, capsys, files / "edited.xlsx", "--only", "rate@scenario:low")
    assert status == 0 and deal.scenarios["low"].set["rate"] == 0.1 and deal.terms["third"] == small().terms["third"]


def test_json_says_of_each_difference_whether_it_was_applied(files, doubtful, capsys):
    args = ["import", str(files / "small.deal"), str(doubtful), "--json", "--apply", "-o", str(files / "new.deal")]
    assert main.main(args) == 1
    found = json.loads(capsys.readouterr().out)["differences"]
    assert {d["address"]: d["applied"] for d in found} == {"third": True, "months": False}


def test_a_date_survives_json_and_the_deal_file(files, capsys):
    deal = small()
    place = next(c.place for c in input_cells(plan(run(deal, default_view(deal)))) if c.address == "closing")
    book = openpyxl.load_workbook(files / "same.xlsx")
    book[place.sheet].cell(place.row + 1, place.col + 1).value = 46387
    book.save(files / "date.xlsx")
    args = [
        "import",
        str(files / "small.deal"),
        str(files / "date.xlsx"),
        "--json",
        "--apply",
        "-o",
        str(files / "d.deal"),
    ]
    assert main.main(args) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(d["old"], d["new"]) for d in found["differences"]] == [("2025-06-30", "2026-12-31")]
    assert store.load(files / "d.deal").deal.terms["closing"].value.isoformat() == "2026-12-31"


def test_a_refused_book_is_said_on_stderr_with_status_1(files, capsys):
    (files / "broken.xlsx").write_bytes(b"PK\x03\x04 nonsense")
    assert main.main(["import", str(files / "small.deal"), str(files / "broken.xlsx")]) == 1
    said = capsys.readouterr()
    assert not said.out and "damaged" in said.err


@pytest.mark.parametrize(
    "extra", [["--apply"], ["-o", "x.deal"], ["--version", "nonsense"], ["--scenario", "nonsense"], ["--all"], ["--only", "third"],
     ["--apply", "-o", "x.deal", "--only", "nonsense"], ["--apply", "-o", "x.deal", "--all", "--only", "third"]],
)  # fmt: skip
def test_a_wrong_command_line_has_status_2(files, capsys, extra):
    assert main.main(["import", str(files / "small.deal"), str(files / "same.xlsx"), *extra]) == 2
    assert capsys.readouterr().err


def test_a_target_that_is_no_deal_file_is_refused_and_not_written(files, capsys):
    args = ["import", str(files / "small.deal"), str(files / "edited.xlsx"), "--apply", "-o", str(files / "new.xlsx")]
    assert main.main(args) == 1
    assert not (files / "new.xlsx").exists() and ".deal" in capsys.readouterr().err


def test_a_template_and_its_export_work_from_the_shell(tmp_path):
    book = tmp_path / "t.xlsx"
    shell = [sys.executable, "main.py"]
    subprocess.run([*shell, "export", "microsoft-openai", "-o", str(book)], cwd=ROOT, check=True, capture_output=True)
    done = subprocess.run([*shell, "import", "microsoft-openai", str(book), "--json"], cwd=ROOT, check=False, capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["differences"] == []
