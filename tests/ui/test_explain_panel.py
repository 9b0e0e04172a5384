"""Why a number is what it is: the inspector's words, trees and steps, and the jumps along them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.ui import kit
from tests.ui.kit import CTRL, SHIFT, K, focus, go, here, press
from ui.main_window import MainWindow
from ui.panels.explain_tree import TreeRow
from ui.panels.fact_row import FactRow

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


def test_intermediate_results_stand_step_by_step(window):
    explained(window, "sold · 2026")
    steps = [(r.fact.label, r.fact.value) for r in window.inspector.facts()]
    assert any(label.startswith("BYYEAR(volume, 0) * days") for label, _ in steps)


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


def test_a_click_on_the_triangle_opens_and_a_click_on_the_label_jumps(window):
    explained(window, "share · 2027")
    first = row(window, "Bought")
    count = len(window.inspector.facts())
    QTest.mouseClick(first, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, first.rect().topLeft() + _AT)
    assert len(window.inspector.facts()) > count
    assert here(window) == "share · 2027"
