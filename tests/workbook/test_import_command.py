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
    "extra", [["--apply"], ["-o", "x.deal"], ["--version", "nonsense"], ["--scenario", "nonsense"]]
)
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
