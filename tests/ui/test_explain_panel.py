"""Why a number is what it is: the inspector's words, trees and steps, and the jumps along them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from model import store
from tests.ui import kit
from tests.ui.kit import CTRL, SHIFT, K, focus, go, here, press
from ui import theme as themes
from ui.main_window import MainWindow
from ui.panels.base import SheetGrid
from ui.panels.explain_tree import TreeRow
from ui.panels.fact_row import FactRow, soft
from ui.panels.reasons import Fact

ALT = Qt.KeyboardModifier.AltModifier
_AT = QPoint(4, 10)


@pytest.fixture
def window(qtbot, tmp_path) -> MainWindow:
    return kit.window(qtbot, tmp_path)


def explained(window: MainWindow, name: str) -> list[FactRow]:
    go(window, name)
    window.inspector.rebuild()
    return window.inspector.facts()


def row(window: MainWindow, label: str) -> FactRow:
    return next(r for r in window.inspector.facts() if r.fact.label == label)


def test_an_input_of_a_formula_stands_with_value_unit_class_and_source(window):
    explained(window, "share · 2026")
    fact = row(window, "Rate").fact
    assert (fact.value, fact.tag) == ("20.0\u2009%", "reported")
    assert "Press" in fact.below
    assert "bought" in " ".join(window.inspector.texts()).lower()


def test_the_tree_opens_level_by_level_with_the_arrow_keys(window):
    explained(window, "share · 2027")
    first = row(window, "Bought")
    assert isinstance(first, TreeRow)
    first.setFocus()
    before = len(window.inspector.facts())
    press(first, K.Key_Right)
    rows = window.inspector.facts()
    assert len(rows) > before
    press(focus(), K.Key_Down)
    below = focus()
    assert below.fact.label == "Opening balance"
    assert len(below.branch) == 2
    press(below, K.Key_Right)
    press(below, K.Key_Left)
    press(below, K.Key_Left)
    assert focus() is first
    press(first, K.Key_Left)
    assert len(window.inspector.facts()) == before


def test_enter_jumps_to_the_cell_and_alt_left_comes_back(window):
    explained(window, "share · 2027")
    first = row(window, "Bought")
    first.setFocus()
    press(first, K.Key_Return)
    assert here(window) == "bought · 2027"
    assert window.panel.grid.hasFocus()
    press(window.panel.grid, K.Key_Left, ALT)
    assert here(window) == "share · 2027"
    press(window.panel.grid, K.Key_Right, ALT)
    assert here(window) == "bought · 2027"


def test_ctrl_brackets_walk_to_the_first_precedent_and_dependent_across_sheets(window):
    grid = go(window, "yearly")
    press(grid, K.Key_BracketLeft, CTRL)
    assert here(window) == "commitment"
    grid = go(window, "left_over")
    press(grid, K.Key_BracketLeft, CTRL)
    assert here(window).startswith("closing_balance")
    press(window.panel.grid, K.Key_BracketRight, CTRL)
    assert here(window) != "left_over"
    press(window.panel.grid, K.Key_Left, ALT)
    press(window.panel.grid, K.Key_Left, ALT)
    assert here(window) == "left_over"


def test_an_input_has_no_precedent_and_that_is_said(window):
    grid = go(window, "rate")
    press(grid, K.Key_BracketLeft, CTRL)
    assert "reads no other" in window.status.message.text()
    assert here(window) == "rate"
    press(grid, K.Key_BracketRight, CTRL)
    assert here(window) != "rate"
    assert window.status.message.text() == "", "that was said of the cell before"


@pytest.mark.parametrize(
    "way",
    [
        lambda window: press(window.panel.grid, K.Key_Down),
        lambda window: window.headline.clicked.emit("total_paid"),
        lambda window: window.show_titled("Schedule"),
    ],
    ids=["arrow", "headline", "sheet"],
)
def test_what_was_said_of_a_cell_goes_when_another_becomes_current(window, way):
    grid = go(window, "rate")
    press(grid, K.Key_BracketLeft, CTRL)
    assert "reads no other" in window.status.message.text()
    way(window)
    assert here(window) != "rate"
    assert window.status.message.text() == ""


def test_intermediate_results_stand_step_by_step(window):
    explained(window, "sold · 2026")
    steps = {r.fact.tip: (r.fact.label, r.fact.value) for r in window.inspector.facts()}
    label, value = next(said for tip, said in steps.items() if tip.startswith("BYYEAR(volume, 0) * days"))
    assert label.startswith("(Volume of the year (0 where there is none)) × days of the period")
    assert any(digit in value for digit in "123456789")


def test_what_an_input_reaches_is_tinted_in_every_sheet_until_esc(window):
    grid = go(window, "rate")
    press(grid, K.Key_H, CTRL | SHIFT)
    assert "Tinted until Esc: " in window.status.message.text()
    valuation = kit.show(window, "Valuation")
    tints = {
        r.key: valuation.grid_model.cell(i, 1).tint
        for i, r in enumerate(valuation.grid_model.rows)
        if r.kind != "section"
    }
    assert tints["total_paid"] == "accent"
    assert tints["multiple"] == ""
    press(valuation, K.Key_Escape)
    assert valuation.grid_model.cell(valuation.grid_model.row_of("total_paid"), 1).tint == ""
    assert window.session.highlighted == frozenset()


def tinted(grid) -> set[tuple[str, str]]:
    model = grid.grid_model
    return {
        (spec.key, model.columns[col].key or model.columns[col].header)
        for row, spec in enumerate(model.rows) if spec.kind not in ("section", "blank")
        for col in range(len(model.columns)) if model.cell(row, col).tint == "accent"
    }  # fmt: skip


def test_reach_is_tinted_for_events_rights_obligations_and_every_scenario_too(qtbot, tmp_path):
    shown = kit.window(qtbot, tmp_path, store.find("microsoft-openai"))
    press(go(shown, "azure_end"), K.Key_H, CTRL | SHIFT)
    for title in ("Rights", "Obligations", "Scenarios"):
        kit.show(shown, title)
    kit.show(shown, "Rights")
    assert shown.panel.events  # made when it is asked for
    everything = set().union(*(tinted(grid) for grid in shown.findChildren(SheetGrid)))
    assert ("event:azure_ends", "on") in everything  # the event's day, in the table of events
    assert ("right:azure_purchase", "until") in everything
    assert ("right:azure_purchase", "label") in everything
    assert {row for row, col in everything if col == "output:azure_remaining_2028"} >= {
        "scenario:base", "scenario:take_or_pay",
    }  # fmt: skip
    assert any(row.endswith("azure_purchase") and col.startswith("amount") for row, col in everything)


def test_what_was_open_in_a_tree_is_open_again_on_the_way_back(window):
    explained(window, "share · 2027")
    first = row(window, "Bought")
    first.setFocus()
    press(first, K.Key_Right)
    deep = [r.fact.label for r in window.inspector.facts()]
    press(first, K.Key_Return)
    window.inspector.rebuild()
    press(window.panel.grid, K.Key_Left, ALT)
    window.inspector.rebuild()
    assert [r.fact.label for r in window.inspector.facts()] == deep


def test_an_overridden_input_says_which_layer_sets_it_and_what_it_replaces(window):
    window.session.set_view(scenario="low")
    explained(window, "commitment")
    said = " ".join(window.inspector.texts())
    assert "Set by Scenario: Low; it replaces €100.0m (Base)." in said
    layer = row(window, "Scenario: Low").fact
    assert layer.value == "€90.0m"
    row(window, "Scenario: Low").activated.emit(layer.target)
    assert here(window) == "low · label"


def test_a_cell_that_nothing_reads_says_so(window):
    explained(window, "total_paid")
    assert "No formula: it is a result." in window.inspector.texts()
    explained(window, "yearly")
    assert "Nothing reads it: no formula depends on this cell." in window.inspector.texts()


def test_an_error_names_its_root_and_leads_there(window):
    kit.type_into(go(window, "payments.first.amount"), "-7")
    grid = go(window, "multiple")
    window.inspector.rebuild()
    texts = " ".join(window.inspector.texts())
    assert "ivision by zero" in texts
    kit.type_into(go(window, "rate"), "undisclosed")
    grid = go(window, "total_paid")
    press(grid, K.Key_E, CTRL | SHIFT)
    assert here(window) == "rate"


def test_a_check_says_what_decided_it(window):
    explained(window, "rate_sensible")
    decided = row(window, "20.0\u2009% < 50.0\u2009%").fact  # its words stand above already: here the values
    assert decided.value == "holds"


def test_ctrl_i_walks_into_the_inspector_and_esc_comes_back(window):
    grid = go(window, "share · 2026")
    press(grid, K.Key_I, CTRL)
    assert isinstance(focus(), FactRow)
    press(focus(), K.Key_Escape)
    assert grid.hasFocus()


def test_a_day_of_a_right_is_explained_where_the_sheet_has_no_inspector(qtbot, tmp_path):
    shown = kit.window(qtbot, tmp_path, store.find("microsoft-openai"))
    kit.show(shown, "Rights")
    side = shown.panel.side
    assert side.isVisible() and not shown.inspector.isVisible()
    grid = next(g for g in shown.panel.grids() if g.deal_source is shown.panel.source)
    shown.panel.show_part("Table")
    grid.go_to(grid.grid_model.row_of("right:azure_purchase"), grid.grid_model.column_of("until"))
    press(grid, K.Key_I, CTRL)
    assert shown.inspector.isVisible() and not side.isVisible()
    assert isinstance(focus(), FactRow)
    said = shown.inspector.texts()
    assert "Commitment end" in said  # the formula in words
    assert any(r.fact.label == "Commitment end" and r.fact.tag == "assumption" for r in shown.inspector.facts())
    press(focus(), K.Key_Escape)
    assert side.isVisible() and not shown.inspector.isVisible()
    assert shown.settings.inspector, "the side is not switched off by it"


def test_a_rule_is_told_with_its_answer_its_facts_and_its_days(qtbot, tmp_path):
    shown = kit.window(qtbot, tmp_path, store.find("microsoft-openai"))
    kit.show(shown, "May they?")
    grid = shown.panel.grid
    question, rule = "hosting", "H8"
    row_at = next(i for i in range(len(grid.grid_model.rows)) if grid.grid_model.cell(i, 0).text.endswith(rule))
    grid.go_to(row_at, grid.grid_model.column_of("note"))
    press(grid, K.Key_I, CTRL)
    held = shown.session.deal.questions[question].rules[rule]
    said = shown.inspector.texts()
    assert held.why in said
    assert {r.fact.label for r in shown.inspector.facts()} >= {"Product", "Cloud", "From", "Until"}
    grid.go_to(row_at, grid.grid_model.column_of("from_"))
    shown.inspector.rebuild()
    assert any(r.fact.target.key == "amended_on" for r in shown.inspector.facts())


def test_a_click_on_the_triangle_opens_and_a_click_on_the_label_jumps(window):
    explained(window, "share · 2027")
    first = row(window, "Bought")
    count = len(window.inspector.facts())
    QTest.mouseClick(first, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, first.rect().topLeft() + _AT)
    assert len(window.inspector.facts()) > count
    assert here(window) == "share · 2027"


def enter_formula(window: MainWindow, name: str, text: str) -> None:
    press(go(window, name), K.Key_F2)
    field = window.formula_bar.field
    field.selectAll()
    QTest.keyClicks(field, text)
    press(field, K.Key_Return)


def test_units_that_clash_are_marked_in_the_grid_and_said_at_the_cell(window, qtbot):
    enter_formula(window, "share · 2026", "= bought + rate")
    qtbot.waitUntil(lambda: bool(window.session.clashes))
    grid = go(window, "share · 2026")
    cell = grid.grid_model.cell(*grid.current)
    said = "This adds “Rate” (%) to “Bought” (€m)"
    assert said in cell.clash
    assert said in cell.tooltip
    row_of, col = grid.grid_model.row_of("bought"), grid.current[1]
    assert grid.grid_model.cell(row_of, col).clash == ""
    window.inspector.rebuild()
    assert any(said in text for text in window.inspector.texts())
    window.session.stack.undo()
    qtbot.waitUntil(lambda: not window.session.clashes)
    assert grid.grid_model.cell(*grid.current).clash == ""


def test_the_mark_of_a_clash_is_seen_in_the_current_cell_too(window, qtbot):
    enter_formula(window, "share · 2026", "= bought + rate")
    qtbot.waitUntil(lambda: bool(window.session.clashes))
    grid = go(window, "share · 2026")
    picture, rect = grid.viewport().grab().toImage(), grid.cell_rect(*grid.current)
    amber = themes.current().color("amber").name()
    inside = [picture.pixelColor(rect.x() + x, rect.y() + y).name() for x in range(2, 9) for y in range(2, 9)]
    assert inside.count(amber) >= 15  # half of seven by seven, less its edge


def test_a_clash_ends_when_the_unit_is_changed(window, qtbot):
    enter_formula(window, "share · 2026", "= bought + rate")
    qtbot.waitUntil(lambda: bool(window.session.clashes))
    assert list(window.session.clashes) == ["lines.share.formula"]
    grid = go(window, "rate")
    press(grid, K.Key_Right)
    press(grid, K.Key_F2)
    grid.editor.setText("€m")  # not key by key: QTest knows no € key, and ends the process
    press(grid.editor, K.Key_Return)
    qtbot.waitUntil(lambda: not window.session.clashes)


def test_a_typed_number_starts_no_unit_check(window, qtbot):
    from ui.clashes import same_units

    before = window.session.deal
    kit.type_into(go(window, "rate"), "21%")
    assert same_units(before, window.session.deal)
    enter_formula(window, "share · 2026", "= bought")
    assert not same_units(before, window.session.deal)


def test_a_cell_of_the_same_record_is_called_by_its_column_alone(window):
    table, record, column = "payments", "first", "amount"
    deal = window.session.deal
    explained(window, f"{table}.{record}.{column}")
    label = deal.tables[table].columns
    for fact in (r.fact for r in window.inspector.facts() if isinstance(r, TreeRow)):
        if fact.target.key.startswith(f"{table}.{record}."):
            assert fact.label == label[fact.target.key.split(".")[2]].label


def test_a_name_longer_than_the_panel_breaks_at_its_joints_and_no_number_is_cut(qtbot):
    text = "a_day_factor_of_the_last_part^(another_part_day-valuation_date)"
    assert soft(text).replace("\u200b", "") == text
    one = FactRow(Fact(text, "0.98"))
    many = FactRow(Fact("Short", "$123,456,789,012,345,678,901,234,567,890bn"))
    for row in (one, many):
        qtbot.addWidget(row)
    assert one.needed_height(180) > one.needed_height(900)
    label, _, value = many._parts(180)
    assert value.top() > label.top()
    assert value.height() > 20  # two lines
    assert many._parts(900)[2].top() == many._parts(900)[0].top()


def test_a_label_of_one_line_has_the_height_of_one(qtbot):
    row = FactRow(Fact("Last day of the schedule", "31 Dec 2040"))
    qtbot.addWidget(row)
    heights = [row.needed_height(width) for width in range(200, 400)]
    assert set(heights) <= {24, 38, 39, 40}
    assert heights == sorted(heights, reverse=True)
