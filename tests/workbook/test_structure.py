"""What must be true of every exported book, whatever its numbers."""

import collections
import itertools
import re
import zipfile
from xml.etree import ElementTree

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import from_excel as from_serial

from model import store
from model.engine import run
from model.formula.functions import FORBIDDEN
from model.layers import View, default_view
from tests.workbook import engines
from tests.workbook.awkward import awkward
from tests.workbook.engines import NS, Err, coordinates

_REF = re.compile(r"(?<![A-Za-z0-9_.])(\$?)([A-Z]{1,3})(\$?)([0-9]+)(?![A-Za-z0-9_(])")
_STRING = re.compile(r'"(?:[^"]|"")*"')
ORDER = [
    "Cover",
    "Summary",
    "Terms",
    "Tables",
    "Scenarios",
    "Schedule",
    "Rights",
    "Rights text",
    "Questions",
    "Valuation",
    "Obligations",
    "Sensitivities",
    "Checks",
    "Sources",
    "Change log",
]


def r1c1(formula, ref):
    """The formula with its references relative to the cell it stands in."""
    row, col = coordinates(ref)

    def relative(m):
        r, c = coordinates(m[2] + m[4])
        return f"R{r if m[3] else f'[{r - row}]'}C{c if m[1] else f'[{c - col}]'}"

    return _REF.sub(relative, _STRING.sub('""', formula))


@pytest.fixture(scope="module", params=["template-year", "template-month", "awkward", "blank"])
def book(request, export_into, template):
    """(path, cells) of one book, read by many tests and changed by none."""
    if request.param == "awkward":
        return export_into(awkward())
    if request.param == "blank":
        return export_into(store.load(store.find("blank")).deal)
    return export_into(template, View("apr_2026", "base", request.param.partition("-")[2]))


def formulas(cells):
    return [(sheet, ref, c) for sheet, found in cells.items() for ref, c in found.items() if c.formula is not None]


def test_one_formula_stands_across_every_row_of_the_schedule(book):
    _, cells = book
    rows = {}
    for ref, cell in cells["Schedule"].items():
        row, col = coordinates(ref)
        if col > 4 and cell.formula is not None:
            rows.setdefault(row, {})[col] = r1c1(cell.formula, ref)
    assert len(rows) > 8
    widths = {len(found) for found in rows.values()}
    assert len(widths) == 1, "every row reaches from E to the last period"
    for row, found in rows.items():
        assert len(set(found.values())) == 1, (row, sorted(set(found.values()))[:3])


def test_computed_table_columns_repeat_one_formula_below_the_first_record(exported, template):
    _, cells = exported(template)
    texts = {ref: c.formula for ref, c in cells["Tables"].items() if c.formula is not None}
    columns = {}
    for ref, text in texts.items():
        row, col = coordinates(ref)
        columns.setdefault(col, {})[row] = r1c1(text, ref)
    repeated = [collections.Counter(column.values()).most_common(1)[0][1] for column in columns.values()]
    assert sum(n >= 23 for n in repeated) >= 4, "the ladder of rates has 24 records and four computed columns"


def test_every_formula_has_a_cached_value(book):
    _, cells = book
    missing = [(s, r) for s, r, c in formulas(cells) if c.value is None]
    assert len(formulas(cells)) > 50
    assert not missing


def test_every_name_in_a_formula_is_a_function_a_sheet_or_a_defined_name(book):
    path, cells = book
    names = {n.lower() for n in engines.defined_names(path)}
    known = names | {"true", "false", *(s.lower() for s in cells)}
    for sheet, ref, cell in formulas(cells):
        plain = _REF.sub("0", _STRING.sub('""', cell.formula))
        for error in ("#NAME?", "#REF!", "#N/A", "#DIV/0!"):
            plain = plain.replace(error, "0")
        for word in re.finditer(r"[A-Za-z_][A-Za-z0-9_.]*(?!\w)(\(?)", plain):
            name = word[0].rstrip("(").lower()
            assert word[1] or name in known or re.fullmatch(r"e[0-9]*", name), (sheet, ref, cell.formula, name)


def test_every_defined_name_leads_to_a_cell_of_the_book_and_every_rule_says_what_it_wants(book):
    path, cells = book
    names = engines.defined_names(path)
    assert "master_check" in names
    for sheet in openpyxl.load_workbook(path):
        for rule in sheet.data_validations.dataValidation:
            assert rule.prompt and rule.promptTitle and rule.error and rule.errorTitle, (sheet.title, rule.sqref)
    for name, target in names.items():
        sheet, ref = target.split("!")
        assert sheet in cells, name
        for part in ref.replace("$", "").split(":"):
            coordinates(part)


def test_scalars_and_outputs_are_named_by_their_keys(exported, template):
    path, _ = exported(template)
    names = engines.defined_names(path)
    assert {*template.terms, *template.outputs, *template.checks} <= set(names)


def test_no_formula_is_volatile_new_or_too_long(book):
    _, cells = book
    for sheet, ref, cell in formulas(cells):
        used = set(re.findall(r"([A-Z][A-Z0-9.]+)\(", _STRING.sub('""', cell.formula)))
        assert not used & set(FORBIDDEN), (sheet, ref)
        assert "_xl" not in cell.formula
        assert len(cell.formula) < 8192


def test_sheets_stand_in_order_and_none_is_hidden(book):
    path, cells = book
    assert list(cells) == [s for s in ORDER if s in cells]
    assert {"Cover", "Terms", "Schedule", "Valuation", "Checks", "Sources"} <= set(cells)
    with zipfile.ZipFile(path) as archive:
        parts = archive.namelist()
        sheets = ElementTree.fromstring(archive.read("xl/workbook.xml")).iter(NS + "sheet")
        assert all(s.get("state") in (None, "visible") for s in sheets)
        for part in engines.sheet_files(archive).values():
            text = archive.read(part).decode()
            assert 'hidden="1"' not in text
    assert not [p for p in parts if "vba" in p or "externalLink" in p]


def test_links_lead_inside_the_book_only(book):
    path, cells = book
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(".rels"):
                assert 'TargetMode="External"' not in archive.read(name).decode(), name
        for part in engines.sheet_files(archive).values():
            for link in ElementTree.fromstring(archive.read(part)).iter(NS + "hyperlink"):
                assert str(link.get("location")).split("!")[0].strip("'") in cells


def test_panes_are_frozen_and_pages_set_up(book):
    path, cells = book
    with zipfile.ZipFile(path) as archive:
        for name, part in engines.sheet_files(archive).items():
            root = ElementTree.fromstring(archive.read(part))
            setup = root.find(NS + "pageSetup")
            assert setup is not None and setup.get("orientation") == "landscape", name
            footer = root.find(f"{NS}headerFooter")
            assert footer is not None and footer.find(f"{NS}oddFooter") is not None, name
            assert footer.get("scaleWithDoc") == "0", name
            assert (root.find(f".//{NS}pane") is not None) == (name != "Cover"), name
        titles = archive.read("xl/workbook.xml").decode()
        pane = ElementTree.fromstring(archive.read(engines.sheet_files(archive)["Schedule"])).find(f".//{NS}pane")
        schedule = ElementTree.fromstring(archive.read(engines.sheet_files(archive)["Schedule"]))
        charts = [archive.read(n).decode() for n in archive.namelist() if n.startswith("xl/charts/chart")]
    assert pane.get("topLeftCell") == "D6"
    assert "Schedule!$A:$C,Schedule!$1:$5" in titles
    at = [int(b.attrib["id"]) for b in schedule.iter(NS + "brk") if b.get("max") == "1048575"]
    ends = [cells["Schedule"][f"{get_column_letter(col + 1)}4"].value for col in at]
    by_month = len([ref for ref in cells["Schedule"] if ref.endswith("3") and ref[-2].isalpha()]) > 60
    assert bool(ends) == by_month
    assert all(from_serial(day).timetuple()[1:3] == (1, 1) for day in ends), "pages side by side begin with a year"
    if by_month:
        assert "mmm yyyy" in next(c for c in charts if "Schedule" in c), "headings of months are days"
    assert titles.count("_xlnm.Print_Area") == len(cells)


def test_openpyxl_reads_the_book_and_finds_inputs_blue_and_formulas_black_or_green(exported, template):
    path, _ = exported(template)
    book = openpyxl.load_workbook(path)
    names = engines.defined_names(path)

    def colour(key):
        sheet, ref = names[key].replace("$", "").split("!")
        return book[sheet][ref].font.color.rgb[-6:]

    inputs = [k for k, t in template.terms.items() if t.formula is None]
    assert {colour(k) for k in inputs} == {"007A33"}, "these follow the Scenarios sheet"
    calc = run(template, default_view(template))
    for key in inputs:
        for layer in ("", "version:apr_2026", "scenario:agi_mid_2028"):
            sheet, ref = engines.input_cell(calc, key, layer)
            assert sheet == "Scenarios" and book[sheet][ref].font.color.rgb[-6:] == "0000FF"
    assert colour("others_pct") == "000000", "reads its own sheet only"
    assert colour("document_start") == "007A33", "reads the Schedule"
    assert {colour(k) for k in ("implied_equity", "revenue_share_total")} == {"007A33"}
    path, _ = exported(store.load(store.find("blank")).deal)
    book, names = openpyxl.load_workbook(path), engines.defined_names(path)
    assert {colour(k) for k in ("commitment", "discount_rate")} == {"0000FF"}, "without scenarios the Terms hold them"


def layered_addresses(deal):
    return {a for layer in (*deal.versions.values(), *deal.scenarios.values()) for a in layer.set}


def test_the_value_of_every_term_is_chosen_among_base_versions_and_scenarios(exported, template):
    path, cells = exported(template)
    for key, term in template.terms.items():
        if term.formula is None:
            sheet, ref = engines.place(path, key)
            there, cell = cells[sheet][ref].formula.replace("$", "").split("!")
            assert there == "Scenarios" and cells[there][cell].formula.startswith("INDEX("), key


def test_inputs_have_validation_and_computed_terms_have_none(exported, template):
    path, _ = exported(template)
    book = openpyxl.load_workbook(path)
    assert not book["Terms"].data_validations.dataValidation, "what can be typed stands on Scenarios"
    ruled = {ref for rule in book["Scenarios"].data_validations.dataValidation for ref in str(rule.sqref).split()}
    calc = run(template, default_view(template))
    for address in (*layered_addresses(template), *(k for k, t in template.terms.items() if t.formula is None)):
        for layer in ("", "version:oct_2025", "scenario:take_or_pay"):
            assert engines.input_cell(calc, address, layer)[1] in ruled
    assert {"D4", "D5"} <= ruled
    rules = {ref: r for r in book["Scenarios"].data_validations.dataValidation for ref in str(r.sqref).split()}
    profile, commas, base = (
        rules[engines.input_cell(calc, key, "")[1]] for key in ("rofr", "ip_post_agi", "rs_reverse_base")
    )
    assert profile.type == "list" and "held" in profile.formula1
    assert commas.formula1.startswith("Sources!"), "a choice with a comma needs cells to stand in"
    assert base.errorStyle == "warning"
    path, _ = exported(store.load(store.find("blank")).deal)
    book, names = openpyxl.load_workbook(path), engines.defined_names(path)
    ruled = {ref for rule in book["Terms"].data_validations.dataValidation for ref in str(rule.sqref).split()}
    assert names["commitment"].replace("$", "").split("!")[1] in ruled
    assert names["day_factor"].replace("$", "").split("!")[1] not in ruled


def test_words_stand_where_the_design_says(exported, template):
    path, cells = exported(template, View("oct_2025", "base", "year"))
    names = engines.defined_names(path)

    def cell(key):
        sheet, ref = names[key].replace("$", "").split("!")
        return cells[sheet][ref].value

    assert cell("agi_declared") == 2958465.0
    assert cell("rs_cap") == 1e15
    assert cell("rs_reverse_base") == "undisclosed"
    book = openpyxl.load_workbook(path)
    sheet, ref = names["agi_declared"].replace("$", "").split("!")
    assert '"not yet"' in book[sheet][ref].number_format
    sheet, ref = names["rs_cap"].replace("$", "").split("!")
    assert '"none"' in book[sheet][ref].number_format


def test_what_needs_the_undisclosed_is_not_available_and_comes_alive_when_it_is_disclosed(exported, template):
    """The reverse share has an undisclosed base; typing an amount into the book must give the value."""
    view = View("oct_2025", "base", "year", (("rs_reverse", 0.2),))
    path, cells = exported(template, view)
    sheet, ref = engines.place(path, "rs_reverse_annual")
    assert cells[sheet][ref].value == Err("#N/A")
    base = engines.input_cell(run(template, view), "rs_reverse_base", "")
    after = engines.formualizer(path, cells, {base: 80.0})
    assert engines.agree(after[sheet][ref].value, -16.0)


def test_numbers_read_back_to_the_last_bit(exported):
    path, cells = exported(awkward())
    names = engines.defined_names(path)
    for key, value in (("third", 1 / 3), ("d_r", 0.1 + 0.2)):
        sheet, ref = names[key].replace("$", "").split("!")
        assert cells[sheet][ref].value == value
    deal = awkward()
    calc = run(deal, default_view(deal))
    sheet, ref = names["rate"].replace("$", "").split("!")
    assert cells[sheet][ref].value == calc.scalar("rate")


def test_the_layout_is_the_same_in_every_view_of_one_period_length(exported, template):
    """So that two books can be compared cell by cell."""
    shapes = set()
    for i, (v, s) in enumerate(itertools.product(template.versions, template.scenarios)):
        _, cells = exported(template, View(v, s, "year"), f"{i}.xlsx")
        shapes.add(frozenset((s, r, c.formula) for s, r, c in formulas(cells) if "exported" not in c.formula))
    assert len(shapes) == 1


def test_the_master_check_fails_when_an_input_breaks_a_check(exported, template):
    path, cells = exported(template)
    master = engines.place(path, "master_check")
    assert cells[master[0]][master[1]].value is True
    after = engines.formualizer(
        path, cells, {engines.input_cell(run(template, default_view(template)), "funded"): 99.0}
    )
    assert after[master[0]][master[1]].value is False
    cover = [c.value for c in after["Cover"].values() if isinstance(c.value, str) and "check" in c.value]
    assert cover == ["A check fails"]
