"""Comparing versions and scenarios, the value bridge, scenarios with probabilities, and whose view it is."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest

from model import store
from model.edits import set_value
from model.engine import run
from model.fields import make_field
from model.layers import default_view
from model.whatif.bridge import Bar, Bridge, bridge
from tests.ui import kit, legal
from tests.ui.kit import K, press, type_into
from ui import theme
from ui.panels.bridge_chart import ROW, BridgeChart, steps
from ui.panels.cases import CasesPanel
from ui.panels.compare import ComparePanel


@pytest.fixture
def window(qtbot, tmp_path):
    return legal.window(qtbot, tmp_path, "Compare", "early")


@pytest.fixture
def panel(window) -> ComparePanel:
    assert isinstance(window.panel, ComparePanel)
    return window.panel


def choose(qtbot, panel: ComparePanel, key: str) -> None:
    """Make a row current, and wait for what follows from it."""
    legal.at(panel.grid, key, "label")
    qtbot.waitUntil(lambda: panel.job_bar.job is None)


# --- the comparison --------------------------------------------------------------------------------


def test_it_opens_on_the_version_in_view_against_the_next_one(panel):
    assert (panel.a.version, panel.a.scenario) == ("signed", "early")
    assert (panel.b.version, panel.b.scenario) == ("amended", "early")


def test_in_a_small_window_the_bridge_leaves_the_table_more_than_half_until_somebody_divides(qtbot, window, panel):
    window.resize(900, 600)
    choose(qtbot, panel, "output:fees")
    qtbot.waitUntil(lambda: panel._split.sizes()[0] > panel._split.sizes()[1])
    panel._split.moveSplitter(120, 1)
    panel._split.splitterMoved.emit(120, 1)
    kept = panel._split.sizes()
    choose(qtbot, panel, "output:owed")
    assert panel._split.sizes() == kept


def test_terms_rights_and_outputs_that_differ_are_listed_with_their_change(panel):
    rows = {row.key: row.kind for row in panel.grid.grid_model.rows}
    assert list(rows) == [
        "section:outputs", "output:fees", "output:owed", "section:terms", "term:last_day", "term:fee", "term:discount",
        "section:rights", "right:use",
    ]  # fmt: skip
    panel.b.set(version="signed", scenario="plan")
    rows = {row.key: row.kind for row in panel.grid.grid_model.rows}
    assert (rows["output:fees"], rows["output:owed"]) == ("item", "helper"), "what is the same stands back"
    panel.b.set(version="amended", scenario="early")
    assert [legal.text(panel.grid, "term:discount", c) for c in ("a", "b", "change")] == [
        "10.0\u2009%",
        "20.0\u2009%",
        "▲ 10.0\u2009pp",
    ]
    assert legal.text(panel.grid, "term:fee", "layer") == "Base → Version: As amended"
    assert [legal.text(panel.grid, "right:use", c) for c in ("a", "b", "change")] == [
        "to 31 Dec 2029", "to 31 Dec 2028", "365 days shorter",
    ]  # fmt: skip


def test_what_is_the_same_on_both_sides_is_said_to_be(panel):
    panel.b.set(version="signed")
    assert panel.said.text() == "A and B are the same."
    heads = [row.label for row in panel.grid.grid_model.rows if row.kind == "section"]
    assert heads == ["Outputs: 0 of 2 differ", "Terms: no difference", "Rights: no difference"]


def test_either_side_is_chosen_from_its_selectors(panel):
    menu = panel.b.scenario_box.menu()
    next(a for a in menu.actions() if a.text() == "Plan").trigger()
    assert panel.b.scenario == "plan"
    assert legal.text(panel.grid, "term:declared", "a") == "31 Dec 2026"
    assert legal.text(panel.grid, "term:declared", "b") == "not yet"


def test_double_click_goes_to_the_term(window, panel):
    grid = legal.at(panel.grid, "term:fee", "label")
    rect = grid.cell_rect(*grid.current)
    QTest.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, legal.NONE, rect.center())
    assert window.panel.title == "Terms"
    assert kit.here(window) == "fee"


def test_an_edit_is_followed(window, panel):
    window.session.edit(set_value(window.session.deal, window.session.view, "fee", 20.0))
    assert legal.text(panel.grid, "term:fee", "a") == "20.0"


def test_the_model_is_sound(panel):
    QAbstractItemModelTester(panel.grid.grid_model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    panel.b.set(scenario="plan")


# --- the bridge ------------------------------------------------------------------------------------


def test_selecting_an_output_explains_its_change_and_the_bars_sum_exactly(qtbot, panel):
    choose(qtbot, panel, "output:fees")
    rows = panel.chart.rows()
    assert [row[0] for row in rows] == [
        "A: As signed, Confirmed early",
        *[r[0] for r in rows[1:-1]],
        "B: As amended, Confirmed early",
    ]
    found = panel.chart.bridge
    assert {bar.address for bar in found.bars} == {"fee", "discount"}
    assert math.fsum([found.start, *(bar.amount for bar in found.bars)]) == found.end
    assert rows[-2][3] == pytest.approx(found.end, abs=1e-12)
    assert found.end == panel.source.b.scalar("fees")


def test_an_output_that_is_the_same_has_no_bridge(qtbot, panel):
    panel.b.set(version="signed", scenario="early")
    choose(qtbot, panel, "output:fees")
    assert panel.chart.bridge is None
    assert "is the same on both sides" in panel.chart.message


def test_the_bars_lead_to_their_terms(qtbot, window, panel):
    choose(qtbot, panel, "output:fees")
    at = next(i for i, row in enumerate(panel.chart.rows()) if row[1] == "fee")
    spot = QPointF(40, 34 + (at + 0.5) * ROW).toPoint()
    QTest.mouseClick(panel.chart, Qt.MouseButton.LeftButton, legal.NONE, spot)
    assert kit.here(window) == "fee"


def test_the_keys_walk_along_the_bars(qtbot, window, panel):
    choose(qtbot, panel, "output:fees")
    at = next(i for i, row in enumerate(panel.chart.rows()) if row[1] == "discount")
    panel.chart.setFocus()
    for _ in range(at + 1):
        press(panel.chart, K.Key_Down)
    press(panel.chart, K.Key_Return)
    assert kit.here(window) == "discount"


def test_a_long_bridge_shows_its_progress_and_can_be_cancelled(qtbot, panel, monkeypatch):
    import threading

    from ui.panels import compare

    going = threading.Event()

    def slow(a, b, output, progress):
        for part in range(1000):
            going.set()
            progress(part / 1000)
            threading.Event().wait(0.01)
        raise AssertionError("it was not cancelled")

    monkeypatch.setattr(compare, "bridge", slow)
    legal.at(panel.grid, "output:owed", "label")
    qtbot.waitUntil(going.is_set)
    qtbot.waitUntil(panel.job_bar.isVisible)
    QTest.mouseClick(panel.job_bar.button, Qt.MouseButton.LeftButton)
    assert panel.chart.message.startswith("Cancelled")
    qtbot.waitUntil(lambda: not panel.job_bar.isVisible())
    assert panel.chart.bridge is None


def test_a_bridge_of_what_the_deal_was_before_is_not_shown(qtbot, window, panel, monkeypatch):
    import threading

    from ui.panels import compare

    let_go, told = threading.Event(), []

    def held(a, b, output, progress):
        let_go.wait(5)
        return bridge(a, b, output)

    monkeypatch.setattr(compare, "bridge", held)
    legal.at(panel.grid, "output:owed", "label")
    job = panel.job_bar.job
    assert job is not None
    job.ended.connect(lambda: told.append(True))
    legal.at(panel.grid, "term:fee", "label")
    window.session.edit(set_value(window.session.deal, window.session.view, "fee", 17.0))
    let_go.set()
    qtbot.waitUntil(lambda: bool(told))
    assert panel.chart.bridge is None
    assert panel.job_bar.job is None


def test_a_bridge_that_fails_says_so_and_leaves_nothing_going(qtbot, panel, monkeypatch):
    from ui.panels import compare

    monkeypatch.setattr(compare, "bridge", lambda a, b, output, progress: 1 / 0)
    choose(qtbot, panel, "output:owed")
    assert panel.chart.message == "The bridge could not be worked out." and panel.job_bar.isHidden()


def test_the_ends_of_a_bridge_of_days_go_out_as_days(qtbot):
    chart = BridgeChart(lambda text: None)
    qtbot.addWidget(chart)
    found = Bridge("x", 46_023.0, 46_025.0, [Bar("t", "Delay", 2.0)], 1)
    chart.show_bridge(found, make_field("date"), "Closing", ("A", "B"))
    assert chart.figures().splitlines() == ["A\t2026-01-01", "Delay\t2.0", "B\t2026-01-03"]


def test_many_bars_are_drawn_as_few_and_still_add_up():
    bars = [Bar(f"t{i}", f"T{i}", (-1) ** i * i / 7) for i in range(1, 31)]
    found = Bridge("x", 5.0, 5.0 + math.fsum(bar.amount for bar in bars), bars, 1)
    drawn = steps(found)
    assert len(drawn) == 14
    assert drawn[-1].label == "17 others"
    assert found.start + math.fsum(bar.amount for bar in drawn) == pytest.approx(found.end, abs=1e-12)


@pytest.mark.parametrize("dark", [False, True])
def test_the_bridge_paints_rises_and_falls_in_their_colours(qapp, qtbot, dark):
    theme.apply(qapp, theme.dark() if dark else theme.light())
    deal = store.load(legal.LICENCE).deal
    view = default_view(deal)
    found = bridge(run(deal, view), run(deal, view._replace(version="amended")), "owed")
    chart = BridgeChart(lambda _: None)
    qtbot.addWidget(chart)
    chart.show_bridge(found, make_field("money", (), "€m"), "Fee", ("A", "B"))
    chart.resize(600, 240)
    image = chart.grab().toImage()
    seen = {image.pixelColor(x, y).name() for x in range(0, 600, 3) for y in range(34, 34 + 4 * ROW, 3)}
    t = theme.current()
    assert {t.accent, t.good, t.bad} <= seen


# --- scenarios -------------------------------------------------------------------------------------


@pytest.fixture
def cases(qtbot, tmp_path) -> CasesPanel:
    shown = legal.window(qtbot, tmp_path, "Scenarios")
    assert isinstance(shown.panel, CasesPanel)
    shown.panel.setProperty("shown", True)
    return shown.panel


def test_scenarios_stand_side_by_side_with_the_weighted_value(cases):
    QAbstractItemModelTester(cases.grid.grid_model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    fees = [legal.cell(cases.grid, f"scenario:{key}", "output:fees").number for key in ("plan", "early")]
    assert legal.text(cases.grid, "scenario:plan", "probability") == "60.0\u2009%"
    assert legal.cell(cases.grid, "weighted", "output:fees").number == pytest.approx(
        0.6 * fees[0] + 0.4 * fees[1], abs=1e-12
    )
    assert legal.text(cases.grid, "weighted", "probability") == "✓ 100.0\u2009%"
    assert "add up to 100 %" in cases.said.text()


def test_probabilities_that_do_not_add_up_give_no_weighted_value_and_say_so(cases):
    type_into(legal.at(cases.grid, "scenario:plan", "probability"), "50")
    assert cases.session.deal.scenarios["plan"].probability == 0.5
    assert cases.said.text().startswith("✗ The probabilities add up to 90.0\u2009%, not 100 %")
    assert legal.text(cases.grid, "weighted", "output:fees") == "–"
    cases.session.stack.undo()
    assert "add up to 100 %" in cases.said.text()


def test_a_probability_outside_its_bounds_is_refused_in_place(cases):
    grid = legal.at(cases.grid, "scenario:plan", "probability")
    type_into(grid, "140 %")
    assert grid.editor is not None
    assert "between 0 % and 100 %" in grid.bubble.text()
    press(grid.editor, K.Key_Escape)


def test_a_probability_can_be_taken_away(cases):
    press(legal.at(cases.grid, "scenario:plan", "probability"), K.Key_Delete)
    assert cases.session.deal.scenarios["plan"].probability is None


def told(cases: CasesPanel, row: str, column: str) -> str:
    """What the inspector says of a cell."""
    legal.at(cases.grid, row, column)
    inspector = cases.window().inspector
    inspector.show_target(cases.target())
    inspector.rebuild()
    return "\n".join(inspector.texts())


@pytest.mark.parametrize("column", ["label", "view", "probability", "base", "output:fees", "sets", "note"])
def test_every_cell_of_a_scenario_that_is_not_in_view_speaks_of_that_scenario(cases, column):
    said = told(cases, "scenario:early", column)
    assert said.startswith(cases.session.deal.scenarios["early"].label)
    assert "40.0\u2009% probable" in said
    assert "Bring it into view" in said


def test_a_result_is_explained_in_the_row_in_view_and_follows_the_view(cases):
    assert "Bring it into view" not in told(cases, "scenario:plan", "output:fees")
    assert cases.target().key == "fees"
    cases.session.set_view(scenario="early")
    assert cases.target().path == ("scenarios", "plan")
    told(cases, "scenario:early", "output:fees")
    assert cases.target().key == "fees"
    assert cases.source.find(cases.target()) == cases.grid.current


@pytest.mark.parametrize("column", ["label", "probability", "output:fees", "note"])
def test_the_weighted_row_says_what_it_weighs(cases, column):
    said = told(cases, "weighted", column)
    assert "Probability-weighted" in said
    assert "60.0\u2009%" in said


@pytest.mark.parametrize("row", ["scenario:early", "weighted"])
def test_a_result_beside_the_scenario_in_view_is_not_typed_over_and_says_why(cases, row):
    before = cases.session.deal
    for key in (K.Key_F2, K.Key_Delete, K.Key_5):
        press(legal.at(cases.grid, row, "output:fees"), key)
        assert cases.grid.editor is None
    assert cases.session.deal is before
    assert "computed" in cases.grid.bubble.text()


def test_double_click_on_a_scenario_looks_at_it(cases):
    grid = legal.at(cases.grid, "scenario:early", "view")
    QTest.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, legal.NONE, grid.cell_rect(*grid.current).center())
    assert cases.session.view.scenario == "early"
    assert legal.text(grid, "scenario:early", "view") == "● shown"


# --- whose view ------------------------------------------------------------------------------------


def test_the_view_of_another_party_flips_the_signs_and_both_net_to_zero(window):
    session = window.session
    box = window.toolbar.party_box
    assert (box.isVisible(), box.label) == (True, "Owner")
    mine = session.calc.scalar("fees")
    next(a for a in box.menu().actions() if a.text() == "User").trigger()
    assert session.calc.scalar("fees") == -mine
    assert "inflow to User positive" in window.status.about.text()
    assert not session.dirty
    next(a for a in box.menu().actions() if a.text() == "Owner").trigger()
    assert session.calc.scalar("fees") == mine
    assert session.view.perspective == ""


def test_a_deal_whose_formulas_know_no_party_offers_no_view(qtbot, tmp_path):
    shown = kit.window(qtbot, tmp_path)
    assert not shown.toolbar.party_box.isVisible()
