"""Every template's book can be printed: LibreOffice makes a PDF of it, sheet by sheet."""

import itertools
import re
import shutil

import openpyxl
import pytest
from openpyxl.worksheet.cell_range import CellRange

from model import store
from model.engine import run
from model.layers import default_view
from model.workbook.metrics import text_width
from model.workbook.sheet_rights import _LOOKS
from model.workbook.write import export
from tests.workbook import engines

PAGES = {"microsoft-openai": 37, "amd-openai": 20, "blank": 8}  # at most: more means pages with a few rows only
FULL = 1045  # pixels of columns that a landscape page of A4 takes at full size
READABLE = 0.59  # small text has nine points: five and a half are left


@pytest.mark.libreoffice
def test_libreoffice_prints_every_templates_book(tmp_path):
    """With its own settings, as a colleague has it: it then computes what it needs while it draws, and crashed where
    a truth value without a number format had conditional formats."""
    office = engines.LibreOffice(tmp_path / "soffice")
    shutil.rmtree(office.profile)
    books = []
    for name in PAGES:
        deal = store.load(store.find(name)).deal
        books.append(tmp_path / f"{name}.xlsx")
        export(run(deal, default_view(deal)), books[-1])
    for book, made in zip(books, office.convert(books, tmp_path / "out", "pdf"), strict=True):
        pages = len(re.findall(rb"/Type\s*/Page\b", made.read_bytes()))
        assert 7 <= pages <= PAGES[book.stem], book.name


def printed_size(sheet):
    """The scale at which a sheet is printed: its own, or what the width of its print area leaves."""
    if not sheet.sheet_properties.pageSetUpPr or not sheet.sheet_properties.pageSetUpPr.fitToPage:
        return sheet.page_setup.scale / 100
    last = max(cells.max_col for area in sheet.print_area.split(",") for cells in [CellRange(area.split("!")[-1])])
    widths = {c: d.width for d in sheet.column_dimensions.values() for c in range(d.min, d.max + 1)}
    return min(1.0, FULL / sum(round(7 * widths.get(c, 9.0)) for c in range(1, last + 1)))


@pytest.mark.parametrize("period", ["year", "quarter", "month"])
@pytest.mark.parametrize("name", PAGES)
def test_what_is_printed_is_large_enough_to_read(name, period, tmp_path):
    deal = store.load(store.find(name)).deal
    export(run(deal, default_view(deal)._replace(period=period)), tmp_path / "book.xlsx")
    sizes = {s.title: round(printed_size(s), 3) for s in openpyxl.load_workbook(tmp_path / "book.xlsx")}
    assert not {title: size for title, size in sizes.items() if size < READABLE}, sizes


@pytest.mark.parametrize("name", ["microsoft-openai", "amd-openai"])
def test_no_link_is_longer_than_its_column(name, tmp_path):
    """Links do not wrap in every program: what does not fit on one line would be cut off."""
    deal = store.load(store.find(name)).deal
    export(run(deal, default_view(deal)), tmp_path / "book.xlsx")
    for sheet in openpyxl.load_workbook(tmp_path / "book.xlsx"):
        widths = {c: d.width for d in sheet.column_dimensions.values() for c in range(d.min, d.max + 1)}
        for row in sheet.iter_rows():
            for cell in row:
                beside = sheet.cell(cell.row, cell.column + 1).value
                if cell.hyperlink and beside is not None:
                    pixels = text_width(str(cell.value), cell.font.sz, bold=bool(cell.font.b)) / 1.04
                    assert pixels <= 7 * widths[cell.column], (sheet.title, cell.coordinate, cell.value)


def test_sheets_that_ask_open_at_what_they_ask_for(tmp_path):
    """The selected cell is an input with a drop-down list, or a day."""
    deal = store.load(store.find("amd-openai")).deal
    export(run(deal, default_view(deal)), tmp_path / "book.xlsx")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    for name in ("Scenarios", "Questions", "Rights"):
        sheet = book[name]
        chosen = sheet.sheet_view.selection[-1].activeCell
        assert any(chosen in rule.sqref for rule in sheet.data_validations.dataValidation), (name, chosen)


def test_every_value_of_a_layer_has_its_class_and_source_on_scenarios(tmp_path):
    deal = store.load(store.find("microsoft-openai")).deal
    export(run(deal, default_view(deal)), tmp_path / "book.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["Scenarios"]
    key, said = sheet.max_column - 1, sheet.max_column
    grounds = {sheet.cell(r, key).value: sheet.cell(r, said).value or "" for r in range(1, sheet.max_row + 1)}
    assert grounds["Key"] == "Class and source"
    assert grounds["rs_cap"] == (
        "Base: reported, [7] Press on the cap, Apr 2026. April 2026 amendment: reported, [7] Press on the cap, Apr 2026."
    )
    for layers in (deal.versions, deal.scenarios):
        for layer in layers.values():
            for address in layer.set:
                assert f"{layer.label}: " in grounds[address], address


def test_the_scenarios_open_at_their_selector_with_few_rows_frozen(tmp_path):
    for name in ("microsoft-openai", "amd-openai"):
        deal = store.load(store.find(name)).deal
        export(run(deal, default_view(deal)), tmp_path / f"{name}.xlsx")
        book = openpyxl.load_workbook(tmp_path / f"{name}.xlsx")
        view = book["Scenarios"].sheet_view
        chosen = {s.activeCell for s in view.selection if s.pane == view.pane.activePane}
        first = "selected_version" if deal.versions else "selected_scenario"
        assert {f"Scenarios!${c[0]}${c[1:]}" for c in chosen} == {book.defined_names[first].attr_text}
        assert view.pane.ySplit <= 7


def test_how_a_right_stands_can_be_told_apart_in_grey():
    """As a black-and-white printer has it: each fill lighter or darker than every other (Rec. 601)."""
    fills = {word: look.get("bg_color", "#FFFFFF") for word, look in _LOOKS if word != "error"}
    grey = sorted(
        sum(int(c[i : i + 2], 16) * w for i, w in ((1, 0.299), (3, 0.587), (5, 0.114))) for c in fills.values()
    )
    assert len(grey) == 5
    assert all(b - a > 12 for a, b in itertools.pairwise(grey)), fills


@pytest.mark.parametrize(("name", "line"), [("amd-openai", "payable"), ("amd-openai", "capacity_left")])
def test_a_balance_that_is_used_up_is_a_dash_in_every_period_length(name, line):
    deal = store.load(store.find(name)).deal
    for period in ("year", "quarter", "month"):
        values = run(deal, default_view(deal)._replace(period=period)).line(line)
        assert values[-1] == 0.0 and not [v for v in values if v != 0.0 and abs(v) < 1e-6], period


def test_no_note_of_the_schedule_is_cut_off_by_what_stands_beside_it(tmp_path):
    deal = store.load(store.find("microsoft-openai")).deal
    export(run(deal, default_view(deal)), tmp_path / "book.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["Schedule"]
    heads = {cell.value: cell.column for cell in sheet[3]}
    notes = [line.note for line in deal.lines.values() if line.note]
    assert {sheet.cell(r, heads["Note"]).value for r in range(4, sheet.max_row + 1)} >= set(notes)
    assert heads["Note"] == sheet.max_column
    keys = {sheet.cell(r, heads["Key"]).value for r in range(4, sheet.max_row + 1)}
    assert keys >= {*deal.lines, *deal.events}


WIDER = 1.06  # LibreOffice's columns by Excel's


@pytest.mark.parametrize("period", ["quarter", "month"])
@pytest.mark.parametrize("name", PAGES)
def test_pages_beside_each_other_hold_their_years_in_libreoffice_too(name, period, tmp_path):
    """A last quarter that is pushed over would fill pages of its own."""
    deal = store.load(store.find(name)).deal
    export(run(deal, default_view(deal)._replace(period=period)), tmp_path / "book.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["Schedule"]
    widths = {c: d.width for d in sheet.column_dimensions.values() for c in range(d.min, d.max + 1)}
    last = CellRange(sheet.print_area.split("!")[-1]).max_col
    ends = [b.id for b in sheet.col_breaks.brk]
    assert ends, "the schedule is printed on pages beside each other"
    repeated = sum(widths[c] for c in (1, 2, 3))
    for first, end in zip([4, *(e + 1 for e in ends)], [*ends, last], strict=True):
        pixels = 7 * (repeated + sum(widths[c] for c in range(first, end + 1)))
        assert pixels * WIDER * sheet.page_setup.scale / 100 <= FULL, (first, end)


def test_a_schedule_drawn_in_to_two_pages_ends_the_first_before_a_section(tmp_path):
    """Pages that a program fits by itself end anywhere: a heading was left behind without its rows."""
    deal = store.load(store.find("amd-openai")).deal
    export(run(deal, default_view(deal)), tmp_path / "book.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["Schedule"]
    assert sheet.page_setup.scale < 100
    assert [sheet.cell(b.id + 1, 2).value for b in sheet.row_breaks.brk] == [deal.sections["warrants"]]
