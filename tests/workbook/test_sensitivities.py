"""The Sensitivities sheet: what it stamps, what is live on it, and when there is none."""

import re
import zipfile
from xml.etree import ElementTree

import msgspec
import openpyxl
import pytest

from model import store
from model.engine import run
from model.layers import View, default_view
from model.whatif.sensitivity import sensitivity, shift
from model.workbook.book import SENSITIVITIES
from model.workbook.review import review
from model.workbook.sheet_scenarios import EXPORTED
from model.workbook.write import export
from tests.workbook import engines
from tests.workbook.engines import coordinates


@pytest.fixture(scope="module")
def made(template, tmp_path_factory):
    """(path, cells, calc) of the template's book under one view."""
    path = tmp_path_factory.mktemp("tornado") / "book.xlsx"
    calc = run(template, View("apr_2026", "base", "year"))
    export(calc, path)
    return path, engines.read(path), calc


def rows_of(cells):
    """The sheet by row: {column: cell}."""
    rows = {}
    for ref, cell in cells[SENSITIVITIES].items():
        row, col = coordinates(ref)
        rows.setdefault(row, {})[col] = cell
    return [rows[row] for row in sorted(rows)]


def tornados_of(cells):
    """By the heading of each output: its rows as values, below “Term”."""
    found, rows = {}, rows_of(cells)
    for at, row in enumerate(rows):
        if row.get(2) and row[2].value == "Term":
            below = []
            for other in rows[at + 1 :]:
                if 11 not in other or not isinstance(other.get(4, engines.Cell(None)).value, float):
                    break
                below.append([other[c].value if c in other else None for c in (2, *range(4, 12))])
            found[rows[at - 1][2].value] = below
    return found


def test_it_stamps_the_tornado_of_every_headline_output_the_strongest_term_first(made):
    _, cells, calc = made
    shown, deal = tornados_of(cells), calc.deal
    moved = [one for one in sensitivity(calc).tornados if one.largest]
    assert len(shown) == len(moved) > 3
    for one in moved:
        output = deal.outputs[one.output]
        (rows,) = (rows for head, rows in shown.items() if head.startswith(output.label))
        bars = [bar for bar in one.bars if bar.moves]
        assert len(rows) == len(bars)
        for row, bar in zip(rows, bars, strict=True):
            by = [shift(output.kind, one.base, end) for end in (bar.at_low, bar.at_high)]
            expected = [bar.low, bar.value, bar.high, bar.at_low, bar.at_high, *by, bar.swing]
            assert row[0] == deal.terms[bar.term].label
            assert row[1:] == pytest.approx(expected, rel=1e-12)
        swings = [row[-1] for row in rows]
        assert swings == sorted(swings, reverse=True)


def test_it_says_when_from_what_and_under_which_view_it_was_stamped(made):
    path, cells, calc = made
    texts = " ".join(str(c.value) for c in cells[SENSITIVITIES].values() if isinstance(c.value, str))
    fingerprint = next(p.value for p in openpyxl.load_workbook(path).custom_doc_props.props if "sha256" in p.name)
    deal = calc.deal
    for said in (fingerprint[:16], deal.versions["apr_2026"].label, deal.scenarios["base"].label):
        assert said in texts
    assert "Stamped at export on" in texts and "do not follow" in texts


def test_stamped_figures_have_the_look_of_stamps_and_no_formula(made):
    path, cells, _ = made
    sheet = openpyxl.load_workbook(path)[SENSITIVITIES]
    head = next(r for r in range(1, sheet.max_row) if sheet.cell(r, 2).value == "Term")
    for col in range(4, 12):
        cell = sheet.cell(head + 1, col)
        assert cell.font.color.rgb[-6:] == "7A4A00" and not str(cell.value).startswith("=")
    live = {c.formula for c in cells[SENSITIVITIES].values() if c.formula is not None}
    assert "revenue_share_total" in live, "beside the stamp stands what the output is now"


def test_an_output_that_an_input_of_the_book_moves_says_that_it_differs_from_the_exported_run(made):
    path, cells, calc = made
    said = {row[2].value: row[6].value for row in rows_of(cells) if 6 in row and row[6].value == EXPORTED}
    labels = {key: calc.deal.outputs[key].label for key in calc.deal.headline if key in calc.deal.outputs}
    assert set(said) == set(labels.values())
    where = engines.input_cell(calc, "stake_value")
    after = engines.formualizer(path, cells, {where: 150.0})
    places = {
        cell.value: f"F{coordinates(ref)[0]}" for ref, cell in cells[SENSITIVITIES].items() if ref.startswith("B")
    }
    now = {label: after[SENSITIVITIES][places[label]].value for label in said}
    differ = {label for label, text in now.items() if text == "differs from the exported run"}
    expected = run(calc.deal, calc.view._replace(sets=(("stake_value", 150.0),)), calc)
    assert differ == {labels[k] for k in labels if expected.scalar(k) != pytest.approx(calc.scalar(k), abs=1e-9)}
    assert 0 < len(differ) < len(labels)


def test_the_first_output_that_several_terms_move_has_a_native_chart_of_its_changes(made):
    path, _, calc = made
    one = next(t for t in sensitivity(calc).tornados if sum(1 for bar in t.bars if bar.swing) > 1)
    with zipfile.ZipFile(path) as archive:
        texts = [archive.read(n).decode() for n in archive.namelist() if re.match(r"xl/charts/chart\d+\.xml", n)]
    (chart,) = [text for text in texts if f"{SENSITIVITIES}!" in text]
    root = ElementTree.fromstring(chart)
    space = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
    assert root.find(f".//{space}barDir").get("val") == "bar"
    ranges = [f.text.replace("$", "") for f in root.iter(f"{space}f")]
    columns = [re.sub(r"[0-9]", "", r.split("!")[1]) for r in ranges]
    assert columns == ["B:B", "I:I", "B:B", "J:J"], "by term, the changes at low and at high"
    assert calc.deal.outputs[one.output].label in chart


@pytest.mark.parametrize("name", ["microsoft-openai", "amd-openai", "blank"])
def test_a_deal_without_ranges_has_no_sheet_and_no_line_for_it_on_the_cover(name, tmp_path):
    deal = store.load(store.find(name)).deal
    plain = {key: msgspec.structs.replace(term, low=None, high=None) for key, term in deal.terms.items()}
    for document, there in ((deal, True), (msgspec.structs.replace(deal, terms=plain), False)):
        export(run(document, default_view(document)), tmp_path / "book.xlsx")
        cells = engines.read(tmp_path / "book.xlsx")
        assert (SENSITIVITIES in cells) == there
        assert (SENSITIVITIES in [c.value for c in cells["Cover"].values()]) == there


def test_import_finds_nothing_in_an_untouched_book_and_takes_nothing_from_this_sheet(made, tmp_path):
    path, cells, calc = made
    assert not review(calc.deal, path).notes
    book = openpyxl.load_workbook(path)
    head = next(ref for ref, c in cells[SENSITIVITIES].items() if c.value == "Term")
    row, col = coordinates(head)
    book[SENSITIVITIES].cell(row + 1, col + 3).value = 999.0
    book.save(tmp_path / "edited.xlsx")
    got = review(calc.deal, tmp_path / "edited.xlsx")
    assert not got.differences
    assert [(note.kind, note.sheet) for note in got.notes] == [("text", SENSITIVITIES)], "it is named, not taken"


def test_a_book_of_an_older_state_of_the_deal_is_not_compared_with_other_tornados(made):
    path, _, calc = made
    deal = calc.deal
    terms = {**deal.terms, "stake_value": msgspec.structs.replace(deal.terms["stake_value"], high=160.0)}
    got = review(msgspec.structs.replace(deal, terms=terms), path)
    assert not [note for note in got.notes if note.sheet == SENSITIVITIES]
    assert any(SENSITIVITIES in note.what for note in got.notes)


def test_progress_is_told_and_cancelling_while_terms_are_moved_leaves_no_file(template, tmp_path):
    class StopError(Exception):
        pass

    told = []

    def stop(done):
        told.append(done)
        if 0 < done < 0.05:
            raise StopError

    with pytest.raises(StopError):
        export(run(template, default_view(template)), tmp_path / "book.xlsx", stop)
    assert told == sorted(told) and not list(tmp_path.iterdir())
