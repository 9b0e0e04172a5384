"""The Obligations sheet: the maturity table, the day as of which it stands, and what belongs to it."""

from __future__ import annotations

import datetime as dt

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QFileDialog

from tests.ui import kit, legal
from tests.ui.kit import K, press
from ui.panels.obligations import ObligationsPanel
from ui.panels.obligations_source import as_of_terms


@pytest.fixture
def window(qtbot, tmp_path):
    return legal.window(qtbot, tmp_path, "Obligations")


@pytest.fixture
def panel(window) -> ObligationsPanel:
    assert isinstance(window.panel, ObligationsPanel)
    return window.panel


def type_day(panel: ObligationsPanel, text: str) -> None:
    field = panel.as_of.field
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    press(field, K.Key_Return)


def test_the_maturity_table_has_its_years_and_their_total(panel):
    QAbstractItemModelTester(panel.grid.grid_model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert [row.label for row in panel.grid.grid_model.rows] == ["First year", "Second year", "Total"]
    assert [legal.text(panel.grid, f"due.{key}", "amount") for key in ("first", "second")] == ["9.0", "9.0"]
    assert legal.text(panel.grid, "due:total", "amount") == "18.0"
    assert legal.text(panel.grid, "due:total", "on") == ""


def test_the_day_as_of_which_it_stands_can_be_changed_in_place_and_undone(window, panel):
    assert as_of_terms(panel.session.calc, "due") == ["valued_on"]
    assert panel.as_of.field.text() == "31 Dec 2025"
    assert panel.bars.isVisible()
    assert "First year 9.0" in panel.bars.accessibleName()
    type_day(panel, "31.12.2028")
    assert panel.session.deal.terms["valued_on"].value == dt.date(2028, 12, 31)
    assert legal.text(panel.grid, "due.second", "amount") == "–"
    assert legal.text(panel.grid, "due:total", "amount") == "9.0"
    window.undo()
    assert panel.as_of.field.text() == "31 Dec 2025"
    assert legal.text(panel.grid, "due:total", "amount") == "18.0"


def test_the_bars_are_copied_and_saved_as_a_picture(panel, tmp_path, monkeypatch):
    told: list[str] = []
    panel.session.told.connect(told.append)
    panel.bars.button.copy_figures()
    assert QGuiApplication.clipboard().text() == "First year\t9.0\nSecond year\t9.0\n"
    panel.bars.button.copy_picture()
    assert not QGuiApplication.clipboard().pixmap().isNull()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "bars"), "SVG drawing (*.svg)"))
    panel.bars.button.save_picture()
    assert "Second year" in (tmp_path / "bars.svg").read_text(encoding="utf-8") and "bars.svg" in told[-1]
    assert panel.bars.button.geometry().right() < panel.bars.width()


def test_a_day_that_is_none_is_refused_in_place(panel):
    type_day(panel, "soon")
    assert panel.as_of.field.text() == "soon"
    assert "is not a date" in panel.as_of.error.text()
    assert panel.session.stack.count() == 0


def test_what_belongs_to_the_schedule_is_one_click_away(panel):
    assert panel._names == ["maturity:due", "table:others", "outputs:Fees"]
    QTest.mouseClick(panel.chips._group.button(1), Qt.MouseButton.LeftButton)
    assert legal.text(panel.grid, "others.third", "amount") == "3.0"
    assert not panel.as_of.isVisible()
    QTest.mouseClick(panel.chips._group.button(2), Qt.MouseButton.LeftButton)
    assert [row.key for row in panel.grid.grid_model.rows] == ["fees"]


def test_the_total_can_neither_be_typed_into_nor_selected_as_a_value(window, panel):
    grid = legal.at(panel.grid, "due:total", "amount")
    QTest.keyClicks(grid, "5")
    assert grid.editor is None
    assert "The total is computed" in grid.bubble.text()


def test_a_deal_without_a_schedule_says_what_the_sheet_is_for(qtbot, tmp_path):
    shown = kit.window(qtbot, tmp_path)
    shown.show_titled("Obligations")
    qtbot.wait(50)
    assert "falls due" in shown.panel._parts.currentWidget().text()
    assert list(shown.panel.grid.grid_model.rows) == []
