"""The Sensitivity sheet: tornado and table, following the deal, out of date, cancelled, empty; keys and mouse."""

from __future__ import annotations

import csv
import io

import msgspec
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QGuiApplication

from model import store
from model.edits import set_value
from model.engine import run
from model.layers import default_view
from model.whatif.sensitivity import sensitivity
from tests.ui import kit, legal
from tests.ui.kit import K, press
from ui.exchange.outgoing import table_csv
from ui.main_window import MainWindow
from ui.panels.sensitivity import SensitivityPanel
from ui.panels.tornado_chart import ROW, TOP
from ui.session import DealSession


def opened(qtbot, folder, deal) -> MainWindow:
    shown = MainWindow(DealSession(deal), kit.settings(folder))
    qtbot.addWidget(shown, before_close_func=lambda w: w.session.stack.setClean())
    shown.resize(1280, 800)
    shown.show()
    shown.show_titled("Sensitivity")
    assert isinstance(shown.panel, SensitivityPanel)
    ready(qtbot, shown.panel)
    return shown


def ready(qtbot, panel) -> None:
    qtbot.waitUntil(lambda: panel.job is None)


@pytest.fixture
def window(qtbot, tmp_path):
    return opened(qtbot, tmp_path, store.load(store.find("amd-openai")).deal)


@pytest.fixture
def panel(window) -> SensitivityPanel:
    return window.panel


def keys(panel) -> list[str]:
    return [row.key for row in panel.grid.grid_model.rows]


def test_the_table_has_every_term_with_a_range_the_strongest_first_and_the_figures_of_the_model(panel, qtmodeltester):
    qtmodeltester.check(panel.grid.grid_model)
    calc = panel.session.calc
    one = sensitivity(calc).tornados[0]
    assert panel.source.output == one.output
    assert keys(panel) == [bar.term for bar in one.bars]
    for bar in one.bars:
        for column, value in (("at_low", bar.at_low), ("at_high", bar.at_high), ("swing", bar.swing)):
            assert legal.text(panel.grid, bar.term, column) == panel.source.field.show(value)
    kinds = {row.key: row.kind for row in panel.grid.grid_model.rows}
    assert kinds == {bar.term: "item" if bar.moves else "helper" for bar in one.bars}


def test_another_output_and_another_order_are_chosen_from_the_selectors(panel):
    deal = panel.session.deal
    other = sensitivity(panel.session.calc).tornados[1]
    label = deal.outputs[other.output].label
    next(a for a in panel.output_box.menu().actions() if a.text() == label).trigger()
    assert keys(panel) == [bar.term for bar in other.bars]
    next(a for a in panel.sort_box.menu().actions() if a.text() == "Term").trigger()
    assert keys(panel) == sorted(keys(panel), key=lambda key: deal.terms[key].label.casefold())
    assert [bar.term for bar in panel.chart._bars] == [
        k for k in keys(panel) if legal.cell(panel.grid, k, "swing").number
    ]


def test_a_click_on_a_bar_goes_to_the_term_and_so_do_the_keys(window, panel):
    first, second = (bar.term for bar in panel.chart._bars[:2])
    legal.press_at(panel.chart, QPointF(200, TOP + ROW * 1.5))
    assert (window.panel.title, kit.here(window)) == ("Terms", second)
    window.show_titled("Sensitivity")
    panel.chart.setFocus()
    press(panel.chart, K.Key_Down)
    press(panel.chart, K.Key_Return)
    assert (window.panel.title, kit.here(window)) == ("Terms", first)
    assert panel.chart in panel.regions(), "F6 leads there"


def test_hovering_says_both_ends_in_words(panel):
    tip, bar = panel.chart.tip(0), panel.chart._bars[0]
    assert panel.session.deal.terms[bar.term].label in tip and "swing" in tip
    assert panel.source.field.show(bar.at_low) in tip


def test_quick_figures_follow_an_edit_and_its_undo(qtbot, window, panel):
    session, (first, *_) = panel.session, panel.chart._bars
    before = legal.text(panel.grid, first.term, "at_low")
    session.edit(set_value(session.deal, session.view, keys(panel)[1], 16.0))
    ready(qtbot, panel)
    assert not panel.stale and panel.again.isHidden()
    assert legal.text(panel.grid, first.term, "at_low") != before
    window.undo()
    ready(qtbot, panel)
    assert legal.text(panel.grid, first.term, "at_low") == before


def test_slow_figures_wait_to_be_asked_and_say_that_they_are_out_of_date(qtbot, panel):
    session, other = panel.session, keys(panel)[1]
    panel.quick = -1.0
    session.edit(set_value(session.deal, session.view, other, 16.0))
    assert panel.job is None and panel.stale and panel.chart.stale
    assert "Out of date" in panel.said.text() and panel.again.isVisible()
    panel.again.click()
    ready(qtbot, panel)
    assert not panel.stale and not panel.chart.stale and panel.again.isHidden()


def test_cancelled_figures_can_be_asked_for_again(qtbot, panel):
    panel.update_figures()
    panel.job_bar.follow(panel.job, "Moving")
    panel.job_bar.button.click()
    assert panel.job is None and panel.again.isVisible()
    panel.again.click()
    ready(qtbot, panel)
    assert panel.again.isHidden() and keys(panel)


def test_a_deal_without_ranges_says_what_to_do_and_comes_alive_with_the_first(qtbot, tmp_path):
    deal = store.load(store.find("blank")).deal
    plain = {key: msgspec.structs.replace(term, low=None, high=None) for key, term in deal.terms.items()}
    shown = opened(qtbot, tmp_path, msgspec.structs.replace(deal, terms=plain))
    panel = shown.panel
    assert panel._stack.currentIndex() == 1 and "Range" in panel._stack.currentWidget().text()
    key = next(k for k, term in deal.terms.items() if term.low is not None)
    grid = kit.go(shown, key)
    legal.at(grid, key, "range")
    kit.type_into(grid, "5% - 20%")
    shown.show_titled("Sensitivity")
    ready(qtbot, panel)
    assert panel._stack.currentIndex() == 0 and keys(panel) == [key]


def test_another_period_length_is_followed(qtbot, tmp_path):
    deal = store.load(store.find("blank")).deal
    shown = opened(qtbot, tmp_path, deal)
    key = keys(shown.panel)[0]
    session = shown.session
    session.set_view(period="quarter")
    ready(qtbot, shown.panel)
    assert keys(shown.panel) == [key]
    assert shown.panel.source.output == "present_value", "the first output is moved by nothing"
    expected = sensitivity(run(deal, default_view(deal)._replace(period="quarter"))).tornados
    assert {one.output for one in shown.panel.source.found.tornados} >= {one.output for one in expected}


def test_table_and_chart_go_out_as_csv_and_as_data(panel):
    rows = list(csv.reader(io.StringIO(table_csv(panel.grid.grid_model))))
    assert rows[0][0] == "Term" and len(rows) == 1 + len(keys(panel))
    bar = panel.chart._bars[0]
    assert float(rows[1][-1]) == bar.swing
    panel.chart.button.copy_figures()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[1].split("\t")[3:] == [repr(bar.at_low), repr(bar.at_high)]
    panel.chart.button.copy_picture()
    assert not QGuiApplication.clipboard().pixmap().isNull()
