"""The Sensitivity sheet: tornado and table, following the deal, out of date, cancelled, empty; keys and mouse."""

from __future__ import annotations

import csv
import io

import msgspec
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from model import store
from model.deal import Output, Term
from model.edits import set_value
from model.engine import run
from model.fields import make_field
from model.layers import default_view
from model.values import ErrorValue
from model.whatif.sensitivity import Bar, Tornado, sensitivity
from model.whatif.simulate import simulate
from tests.ui import kit, legal
from tests.ui.kit import K, press
from ui.exchange.outgoing import table_csv
from ui.main_window import MainWindow
from ui.panels.sensitivity import SensitivityPanel
from ui.panels.simulation_source import TERM
from ui.panels.tornado_chart import ROW, TOP, TornadoChart
from ui.pictures import save
from ui.session import DealSession
from ui.targets import target_of


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
    qtbot.waitUntil(lambda: panel.job_bar.job is None)


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
    session, other = panel.session, panel.source.bars()[1].term
    panel.quick = -1.0
    session.edit(set_value(session.deal, session.view, other, 16.0))
    assert panel.job_bar.job is None and panel.stale and panel.chart.stale
    assert "Out of date" in panel.said.text() and panel.again.isVisible()
    panel.again.click()
    ready(qtbot, panel)
    assert not panel.stale and not panel.chart.stale and panel.again.isHidden()


def test_cancelled_figures_can_be_asked_for_again(qtbot, panel):
    panel.update_figures()
    panel.job_bar.show_job()
    panel.job_bar.button.click()
    assert panel.job_bar.job is None and panel.again.isVisible()
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


def test_days_and_errors_go_out_as_they_read(qtbot):
    chart, day = TornadoChart(lambda text: None), make_field("date")
    qtbot.addWidget(chart)
    bar = Bar("a", 1.0, 2.0, 3.0, 46_023.0, ErrorValue("#NUM!", at="a"), None)
    chart.show_tornado(Tornado("o", 46_000.0, (bar,)), [bar], day, "Closing", {"a": ("Weeks", make_field("number"))})
    assert chart.figures().splitlines()[1] == "Weeks\t1.0\t3.0\t2026-01-01\t#NUM!"


# --- simulation --------------------------------------------------------------


def drawn(qtbot, panel):
    """The other part of the sheet, once it has drawn."""
    panel.chips._group.button(1).click()
    ready(qtbot, panel.simulation)
    return panel.simulation


def figure(part, key: str) -> str:
    return legal.text(part.grid, key, "value")


def enter(line, text: str) -> None:
    line.setText(text)
    line.editingFinished.emit()


def test_the_simulation_has_the_figures_of_the_model_and_the_drivers_in_their_order(qtbot, panel, qtmodeltester):
    part = drawn(qtbot, panel)
    qtmodeltester.check(part.grid.grid_model)
    one = simulate(panel.session.calc, 5_000, 1, of=[panel.source.output]).spreads[0]
    field = panel.source.field
    for key, value in zip(("#p5", "#p25", "#p50", "#p75", "#p95"), one.quantiles, strict=True):
        assert figure(part, key) == field.show(value)
    assert figure(part, "#mean") == field.show(one.mean) and figure(part, "#base") == field.show(one.base)
    shown = [(part.source.driver(i), part.source.cell(i, TERM + 1).text) for i in range(len(one.drivers))]
    assert shown == [(term, f"{r:+.2f}" if abs(r) >= 0.005 else "0.00") for term, r in one.drivers]
    assert (
        part.chart.classes == one.histogram.classes(False) and sum(count for *_, count in part.chart.classes) == 5_000
    )
    assert panel.grid is part.grid and part.chart in panel.regions(), "F6 leads there"


def test_both_parts_show_the_output_that_was_chosen(qtbot, panel):
    part = drawn(qtbot, panel)
    other = panel.source.found.tornados[1].output
    label = panel.session.deal.outputs[other].label
    next(a for a in panel.output_box.menu().actions() if a.text() == label).trigger()
    ready(qtbot, part)
    assert part.source.spread.output == panel.source.output == other
    panel.step(-1)
    assert panel.source.tornado.output == other and panel.grid is not part.grid


def test_draws_and_seed_are_typed_and_what_is_refused_says_why_and_leaves_the_figures(qtbot, panel):
    part = drawn(qtbot, panel)
    enter(part.draws, "1,000")
    enter(part.seed, "7")
    ready(qtbot, part)
    assert (part.source.found.draws, part.source.found.seed, part.stale) == (1_000, 7, False)
    before = figure(part, "#p50")
    for text, said in (("0", "0 draws are not possible"), ("1000001", "1 to 1,000,000"), ("many", "Draws: ")):
        enter(part.draws, text)
        ready(qtbot, part)
        assert said in panel.said.text() and panel.said.property("refused") and figure(part, "#p50") == before
    enter(part.draws, "200")
    assert part.job_bar.job is not None and not panel.said.text(), "nothing is refused any more while it draws"
    ready(qtbot, part)
    assert part.source.found.draws == 200 and not panel.said.property("refused")
    enter(part.seed, "-1")
    ready(qtbot, part)
    assert "seed is not negative" in panel.said.text()


def test_a_click_on_a_driver_and_enter_go_to_the_term(qtbot, window, panel):
    part = drawn(qtbot, panel)
    term = part.source.drivers()[0][0]
    row, _ = part.source.find(target_of(panel.session.deal, term))
    part.grid.go_to(row, TERM)
    spot = part.grid.cell_rect(row, TERM).center()
    QTest.mouseClick(part.grid.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)
    assert (window.panel.title, kit.here(window)) == ("Terms", term)
    window.show_titled("Sensitivity")
    part.grid.go_to(row, TERM)
    press(part.grid, K.Key_Return)
    assert (window.panel.title, kit.here(window)) == ("Terms", term)


def test_quick_draws_follow_an_edit_and_slow_ones_wait_to_be_asked(qtbot, panel):
    part = drawn(qtbot, panel)
    session, other = panel.session, panel.source.bars()[1].term
    before = figure(part, "#p50")
    part._took = 0.0
    session.edit(set_value(session.deal, session.view, other, 16.0))
    ready(qtbot, part)
    assert not part.stale and figure(part, "#p50") != before
    part.quick = -1.0
    session.edit(set_value(session.deal, session.view, other, 17.0))
    ready(qtbot, panel)
    assert part.job_bar.job is None and part.stale and part.chart.stale
    assert "Out of date" in panel.said.text() and panel.again.isVisible()
    panel.again.click()
    ready(qtbot, part)
    assert not part.stale and not part.chart.stale and panel.again.isHidden()


def test_the_part_that_is_not_in_front_waits_until_it_is_seen(qtbot, panel):
    part, found = drawn(qtbot, panel), panel.source.found
    session, other = panel.session, panel.source.bars()[1].term
    session.edit(set_value(session.deal, session.view, other, 16.0))
    assert panel.job_bar.job is None and panel.source.found is found
    ready(qtbot, part)
    panel.step(-1)
    ready(qtbot, panel)
    assert panel.source.found is not found and not panel.stale and panel.again.isHidden()
    assert next(bar for bar in panel.source.bars() if bar.term == other).value == 16.0


def test_figures_that_were_asked_for_go_on_while_the_other_part_is_looked_at(qtbot, panel):
    session, other = panel.session, panel.source.bars()[1].term
    panel.quick = -1.0
    session.edit(set_value(session.deal, session.view, other, 16.0))
    panel.again.click()
    asked = panel.job_bar.job
    panel.step(1)
    panel.step(-1)
    assert panel.job_bar.job is asked is not None
    ready(qtbot, panel)
    assert not panel.stale


def test_cancelled_draws_leave_the_earlier_figures_paler_and_can_be_asked_for_again(qtbot, panel):
    part = drawn(qtbot, panel)
    enter(part.draws, "50000")
    part.job_bar.show_job()
    part.job_bar.button.click()
    assert (
        part.job_bar.job is None and part.chart.stale and panel.again.isVisible() and part.source.found.draws == 5_000
    )
    assert "cancelled" in panel.said.text()
    enter(part.draws, "300")
    ready(qtbot, part)
    assert part.source.found.draws == 300 and panel.again.isHidden()


def test_hovering_a_class_says_its_bounds_and_its_draws_and_the_keys_walk_along(qtbot, panel):
    chart = drawn(qtbot, panel).chart
    low, high, count = chart.classes[3]
    show = panel.source.field.show
    assert show(low) in chart.tip(3) and show(high) in chart.tip(3) and f"{count:,} draw" in chart.tip(3)
    edges = chart._one.histogram.edges
    assert (
        chart.part_at(QPointF(chart._x((edges[3] + edges[4]) / 2), 100)) == 3 and chart.part_at(QPointF(2, 100)) is None
    )
    press(chart, K.Key_Right)
    press(chart, K.Key_Right)
    assert chart._at == 1


def test_draws_that_are_errors_or_endless_are_counted_and_an_output_that_no_range_reaches_is_said(qtbot, tmp_path):
    term = Term("A", "number", value=1.0, low=0.0, high=2.0)
    outputs = {
        "half": Output("Half", "= 1 / MAX(0, a - 1)", "number"),
        "cap": Output("Cap", "= IF(a > 1, 10 ^ 15, a)", "money"),
        "still": Output("Still", "= 3", "number"),
        "broken": Output("Broken", "= 1 / 0", "number"),
    }
    small = msgspec.structs.replace(
        store.load(store.find("blank")).deal,
        terms={"a": term},
        outputs=outputs,
        headline=[],
        checks={},
        lines={},
        scenarios={},
        versions={},
    )
    shown = opened(qtbot, tmp_path, small)
    part = drawn(qtbot, shown.panel)
    shown.panel.show_output("half")
    ready(qtbot, part)
    errors = part.source.spread.errors
    assert (
        2_000 < errors < 3_000
        and figure(part, "#errors") == f"{errors:,}"
        and f"{errors:,} of them an error" in part.chart.counted()
    )
    shown.panel.show_output("cap")
    ready(qtbot, part)
    endless = part.source.spread.histogram.endless
    assert figure(part, "#endless") == f"{endless:,}" and f"{endless:,} of them none" in part.chart.counted()
    assert legal.text(part.grid, "#endless", "label") == "Draws that are “none”"
    assert figure(part, "#mean") == "–" and part.chart.figures().endswith(f"none\t\t{endless}\n")
    shown.panel.show_output("still")
    ready(qtbot, part)
    assert "no range reaches “Still”" in part.chart.message and part.chart.button.isHidden()
    shown.panel.show_output("broken")
    ready(qtbot, part)
    assert "each is an error" in part.chart.message


def test_the_histogram_goes_out_as_data_picture_and_drawing(qtbot, panel, tmp_path):
    chart = drawn(qtbot, panel).chart
    chart.button.copy_figures()
    lines = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert lines[0] == ["From", "To", "Draws"] and sum(int(line[2]) for line in lines[1:]) == 5_000
    save(chart, tmp_path / "x.svg")
    save(chart, tmp_path / "x.png")
    assert "5 %" in (tmp_path / "x.svg").read_text() and (tmp_path / "x.png").stat().st_size > 1_000
