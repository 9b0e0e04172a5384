"""What the sheets show, and what typing into each of their columns does."""

from __future__ import annotations

import datetime as dt

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from model import store
from model.edits import set_attribute, set_value
from model.fields import make_field
from model.fields.unit_text import with_unit
from model.values import NEVER, NO_CAP
from tests.ui import kit
from tests.ui.kit import CTRL, SHIFT, K, go, press, type_into
from ui.chart_data import ChartData
from ui.documents import open_session
from ui.main_window import MainWindow
from ui.panels.base import SheetGrid
from ui.panels.fact_row import FactRow
from ui.panels.inspector_page import InspectorPage
from ui.panels.results import SourcesSource
from ui.panels.schedule import SchedulePanel
from ui.panels.terms import TermsPanel
from ui.targets import Target, target_of
from ui.wording import change


@pytest.fixture
def window(qtbot, tmp_path) -> MainWindow:
    return kit.window(qtbot, tmp_path)


def row_of(grid: SheetGrid, key: str) -> dict[str, str]:
    """A row as header -> text."""
    model = grid.grid_model
    row = model.row_of(key)
    assert row is not None, key
    return {spec.header: model.cell(row, col).text for col, spec in enumerate(model.columns)}


def at(grid: SheetGrid, key: str, header: str) -> SheetGrid:
    """Make a cell current."""
    model = grid.grid_model
    col = next(i for i, c in enumerate(model.columns) if c.header == header)
    grid.go_to(model.row_of(key), col)
    return grid


def cell(grid: SheetGrid, key: str, header: str):
    at(grid, key, header)
    return grid.grid_model.cell(*grid.current)


def test_terms_stand_in_sections_with_class_source_range_and_note(window):
    grid = window.panel.grid
    assert [r.label for r in grid.grid_model.rows if r.kind == "section"] == ["Money", "Dates"]
    assert row_of(grid, "commitment") == {
        "Term": "Commitment", "Value": "100.0", "Unit": "€m", "Class": "stated", "Source or formula": "Contract",
        "Range": "80.0 – 120.0", "Note": "Total to be bought.",
    }  # fmt: skip
    assert row_of(grid, "yearly")["Source or formula"] == "= commitment / 4"
    assert row_of(grid, "stopped")["Value"] == "not yet"
    assert row_of(grid, "limit")["Value"] == "none"
    assert row_of(grid, "begins")["Range"] == "fixed"
    assert row_of(grid, "profile")["Range"] == "2 choices"


def test_inputs_are_input_cells_and_computed_ones_are_not(window):
    grid = window.panel.grid
    assert cell(grid, "commitment", "Value").role == "input"
    assert cell(grid, "commitment", "Value").editable
    assert cell(grid, "yearly", "Value").role == "computed"
    assert not cell(grid, "yearly", "Value").editable


@pytest.mark.parametrize(
    ("header", "text", "attribute", "value"),
    [
        ("Class", "off", "class_", "official"),
        ("Source or formula", "Press", "source", "press"),
        ("Range", "5 - 7", "low", 5.0),
        ("Note", "Checked twice.", "note", "Checked twice."),
    ],
)  # fmt: skip
def test_every_column_of_a_term_can_be_typed_into(window, header, text, attribute, value):
    grid = at(window.panel.grid, "commitment", header)
    type_into(grid, text)
    assert getattr(window.session.deal.terms["commitment"], attribute) == value
    window.undo()
    assert window.session.deal == kit.session().deal


def test_a_class_that_is_none_is_refused(window):
    grid = at(window.panel.grid, "commitment", "Class")
    type_into(grid, "certain")
    assert "is not a class" in grid.bubble.text()
    press(grid.editor, K.Key_Escape)


def test_a_choice_offers_its_list(window):
    grid = at(window.panel.grid, "profile", "Value")
    press(grid, K.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert grid.editor.list.isVisible()
    press(grid.editor, K.Key_Down)
    press(grid.editor, K.Key_Return)
    assert window.session.deal.terms["profile"].value == "front-loaded"


def test_typing_over_a_computed_term_says_how_to_change_it(window):
    grid = at(window.panel.grid, "yearly", "Value")
    QTest.keyClicks(grid, "5")
    assert grid.editor is None
    assert "is computed" in grid.bubble.text()
    assert "F2" in grid.bubble.text()


def test_the_equals_sign_on_a_computed_term_begins_a_formula(window):
    grid = at(window.panel.grid, "yearly", "Value")
    QTest.keyClicks(grid, "=")
    assert window.formula_bar.field.hasFocus()
    assert window.formula_bar.field.text() == "="
    press(window.formula_bar.field, K.Key_Escape)
    assert window.session.stack.count() == 0


def test_series_have_a_row_for_every_year_with_its_own_class_and_note(window):
    grid = go(window, "volume.2027")
    row = row_of(grid, "volume.2027")
    assert (row["Year"], row["Value"], row["Class"], row["Note"]) == ("2027", "30.0", "assumption", "Extrapolated.")
    assert row_of(grid, "volume.2025")["Class"] == "reported"
    assert row_of(grid, "volume.2028") == {
        "Year": "2028",
        "Value": "",
        "Unit": "",
        "Class": "",
        "Source": "",
        "Note": "",
    }
    type_into(at(grid, "volume.2026", "Note"), "Budget.")
    type_into(at(grid, "volume.2026", "Class"), "stated")
    assert window.session.deal.series["volume"].notes["2026"] == "Budget."
    assert window.session.deal.series["volume"].marks["2026"] == "stated"
    press(at(grid, "volume.2027", "Note"), K.Key_Delete)
    assert "2027" not in window.session.deal.series["volume"].notes


def test_tables_are_grids_of_records_with_their_computed_columns(window):
    grid = go(window, "payments.second.amount")
    assert [c.header for c in grid.grid_model.columns] == ["What", "On", "Amount, €m", "Twice, €m"]
    assert row_of(grid, "payments.second")["Twice, €m"] == "14.0"
    type_into(grid, "9")
    assert row_of(grid, "payments.second")["Twice, €m"] == "18.0"
    type_into(at(grid, "payments.first", "On"), "1.3.2025")
    assert window.session.deal.tables["payments"].records["first"]["on"] == dt.date(2025, 3, 1)
    press(at(grid, "payments.first", "Amount, €m"), K.Key_Delete)
    assert "amount" not in window.session.deal.tables["payments"].records["first"]


def test_the_formula_of_a_column_is_changed_for_every_record(window):
    grid = go(window, "payments.first.twice")
    press(grid, K.Key_F2)
    field = window.formula_bar.field
    field.selectAll()
    QTest.keyClicks(field, "= amount * 3")
    press(field, K.Key_Return)
    assert row_of(grid, "payments.first")["Twice, €m"] == "15.0"
    assert row_of(grid, "payments.second")["Twice, €m"] == "21.0"


def test_the_parts_of_the_terms_are_switched_by_click_and_by_keys(window):
    panel = window.panel
    assert isinstance(panel, TermsPanel)
    assert panel.part == "terms"
    press(panel.grid, K.Key_PageDown, CTRL | SHIFT)
    assert panel.part == "series"
    QTest.mouseClick(panel.chips._group.button(2), Qt.MouseButton.LeftButton)
    assert panel.part == "table:payments"


# --- schedule -------------------------------------------------------------------------------------


@pytest.fixture
def schedule(window) -> SheetGrid:
    return kit.show(window, "Schedule")


def test_the_schedule_has_frozen_labels_sections_totals_and_an_opening_column(schedule):
    columns = schedule.grid_model.columns
    assert [c.header for c in columns] == ["Line", "Unit", "Opening", "2025", "2026", "2027", "2028"]
    assert [c.frozen for c in columns[:3]] == [True, True, False]
    assert [r.label for r in schedule.grid_model.rows if r.kind == "section"] == ["Plan", "Balance"]
    assert schedule.grid_model.rows[schedule.grid_model.row_of("closing_balance")].kind == "total"
    row = row_of(schedule, "closing_balance")
    assert (row["Opening"], row["2025"], row["2028"]) == ("100.0", "90.0", "40.0")
    assert row_of(schedule, "sold")["Opening"] == ""


def test_an_outflow_is_shown_in_brackets(schedule):
    assert row_of(schedule, "bought")["2025"] == "(10.0)"


def test_triggers_stand_over_the_period_that_contains_them_and_move(window, schedule):
    assert row_of(schedule, "flags:")["2025"] == "Signed"
    assert row_of(schedule, "flags:")["2027"] == ""
    go(window, "stopped")
    type_into(window.panel.grid, "30.6.2027")
    grid = kit.show(window, "Schedule")
    assert row_of(grid, "flags:")["2027"] == "Stops"
    assert "30 Jun 2027: Stops" in cell(grid, "flags:", "2027").tooltip
    window.undo()
    assert row_of(grid, "flags:")["2027"] == ""


def test_helper_lines_are_hidden_until_asked_for(window, schedule):
    assert schedule.grid_model.row_of("share") is None
    window.actions_["toggle_helpers"].trigger()
    assert row_of(schedule, "share")["2025"] == "2.0"
    window.actions_["toggle_helpers"].trigger()
    assert schedule.grid_model.row_of("share") is None


def test_going_to_a_helper_line_shows_it(window):
    go(window, "share")
    panel = window.panel
    assert isinstance(panel, SchedulePanel)
    assert panel.helpers_shown
    assert window.panel.target().key == "share"


def test_going_to_a_hidden_helper_line_far_down_brings_it_into_view(qtbot, tmp_path):
    source = kit.copy_of(tmp_path)
    workings = "".join(
        f'[lines.working_{i}]\nlabel = "Working {i}"\nsection = "plan"\nformula = "= {i}"\nstyle = "helper"\n'
        for i in range(60)
    )
    text = source.read_text("utf-8")
    source.write_text(text.replace("\n[lines.", f"\n{workings}\n[lines.", 1), "utf-8")
    shown = kit.window(qtbot, tmp_path, source)
    grid = kit.show(shown, "Schedule")
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum())
    kit.go(shown, "working_59 · 2025")
    cell = grid.visualRect(grid.currentIndex())
    assert grid.viewport().rect().contains(cell)
    shown.panel.show_helpers(False)
    shown.panel.show_target(target_of(shown.session.deal, "working_0", 0))
    shown.panel.show_helpers(False)
    shown.panel.show_target(target_of(shown.session.deal, "working_59", 0))
    assert grid.viewport().rect().contains(grid.visualRect(grid.currentIndex()))


def test_a_lines_formula_is_changed_for_the_whole_row(window, schedule):
    at(schedule, "bought", "2026")
    press(schedule, K.Key_F2)
    field = window.formula_bar.field
    field.selectAll()
    QTest.keyClicks(field, "= MIN(opening_balance, sold) / 2")
    press(field, K.Key_Return)
    assert [row_of(schedule, "bought")[y] for y in ("2025", "2026", "2027")] == ["(5.0)", "(10.0)", "(15.0)"]


def test_only_changed_rows_are_asked_for_again(window, schedule, monkeypatch):
    asked: list[list[int]] = []
    refresh = schedule.grid_model.refresh
    monkeypatch.setattr(
        schedule.grid_model, "refresh", lambda rows=None, *a, **k: (asked.append(list(rows)), refresh(rows, *a, **k))
    )
    from model.edits import set_value

    window.session.edit(set_value(window.session.deal, window.session.view, "volume.2027", 31))
    keys = {schedule.grid_model.rows[r].key for rows in asked for r in rows}
    assert keys == {"sold", "bought", "opening_balance", "closing_balance"}


def test_charts_show_the_lines_and_a_click_goes_to_the_cell(window, schedule):
    panel = window.panel
    assert isinstance(panel, SchedulePanel)
    chart = panel.charts.views[0]
    data = chart.data
    assert data.series[0].values == [90, 70, 40, 40]
    assert [flag.label for flag in data.flags] == ["Signed"]
    x = chart._plot().left() + 1.5 * chart._step()
    QTest.mouseClick(
        chart,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        chart._plot().center().toPoint().__class__(round(x), 100),
    )
    assert window.panel.target().key == "closing_balance"
    assert window.panel.target().period == 1


def test_a_charts_data_and_picture_can_be_copied(window, schedule):
    panel = window.panel
    assert isinstance(panel, SchedulePanel)
    panel.charts.views[0].button.copy_figures()
    assert QGuiApplication.clipboard().text().splitlines()[:2] == ["Period\tClosing balance, €m", "2025\t90.0"]
    panel.charts.views[0].button.copy_picture()
    assert not QGuiApplication.clipboard().pixmap().isNull()


def test_a_chart_is_walked_with_the_keys(window, schedule):
    panel = window.panel
    assert isinstance(panel, SchedulePanel)
    chart = panel.charts.views[0]
    chart.setFocus()
    press(chart, K.Key_Right)
    press(chart, K.Key_Right)
    press(chart, K.Key_Return)
    assert window.panel.target().period == 1


def test_a_chart_without_a_number_says_which_errors_stand_in_its_place(window):
    session = window.session
    line = session.deal.charts["sold"].lines[0]
    session.edit(set_attribute(session.deal, ("lines", line, "formula"), "= 1 / (rate - rate)", "Break it"))
    said = ChartData(session.calc, "sold").nothing
    assert said == f"No value is a number.\n{session.deal.lines[line].label}: #DIV/0!"
    session.stack.undo()
    assert ChartData(session.calc, "sold").nothing == ""


def test_a_chart_says_where_the_undisclosed_value_comes_from(window):
    session = window.session
    session.edit(set_value(session.deal, session.view, "rate", "undisclosed"))
    line = session.deal.charts["sold"].lines[0]
    session.edit(set_attribute(session.deal, ("lines", line, "formula"), "= rate", "Follow it"))
    assert ChartData(session.calc, "sold").nothing.endswith(": undisclosed from “Rate”")


def test_charts_leave_out_the_empty_years_at_the_end(qapp):
    data = ChartData(kit.session().calc, "sold")
    assert [p.label for p in data.periods] == ["2025", "2026", "2027", "2028"]
    assert data.series[0].values[-1] == 0


# --- valuation, checks, sources -------------------------------------------------------------------


def test_outputs_show_value_and_change_since_opening(window):
    type_into(go(window, "rate"), "30 %")
    grid = kit.show(window, "Valuation")
    row = row_of(grid, "total_paid")
    assert (row["Value"], row["Unit"], row["Change"]) == ("18.0", "€m", "▲ 6.0")
    assert row_of(grid, "multiple")["Change"] == "–"


def test_checks_say_whether_they_hold_in_words(window):
    type_into(go(window, "rate"), "60 %")
    grid = kit.show(window, "Checks")
    assert row_of(grid, "rate_sensible")["State"] == "✗ fails"
    assert row_of(grid, "not_negative")["State"] == "✓ holds"
    assert row_of(grid, "rate_sensible")["What it says"] == "A higher rate was never discussed."


def test_an_unknown_value_makes_a_check_unknown_not_failed(window):
    type_into(go(window, "rate"), "undisclosed")
    grid = kit.show(window, "Checks")
    assert row_of(grid, "rate_sensible")["State"] == "? unknown"
    assert window.status.check.text() == "1 of 2 checks cannot be told"


def test_sources_are_edited_and_count_their_uses(window):
    grid = kit.show(window, "Sources")
    assert row_of(grid, "contract")["Used by"] == "3"
    type_into(at(grid, "contract", "Publisher"), "A notary")
    type_into(at(grid, "contract", "Date"), "2025-02-01")
    source = window.session.deal.sources["contract"]
    assert (source.publisher, source.date) == ("A notary", dt.date(2025, 2, 1))
    type_into(at(grid, "contract", "Source"), "The contract")
    assert row_of(window.panel.grid, "contract")["Source"] == "The contract"
    assert kit.show(window, "Terms").grid_model.cell(1, 4).text == "The contract"


def test_a_blank_deal_opens_on_every_sheet(qtbot, tmp_path):
    from model import store

    shown = kit.window(qtbot, tmp_path, store.TEMPLATES / "blank.deal")
    for i in range(shown.tabs.count()):
        shown.show_sheet(i)
        shown.grab()


def test_a_flagged_number_and_the_name_of_an_error_have_room_in_the_schedule(qtbot, tmp_path):
    shown = kit.window(qtbot, tmp_path, store.find("microsoft-openai"))
    kit.type_into(go(shown, "rev_path.2026"), "0.5")
    kit.type_into(go(shown, "rs_rate"), "undisclosed")
    grid = go(shown, "compute_share_of_revenue · 2026")
    row, col = grid.current
    cell = grid.grid_model.cell(row, col)
    assert cell.text.startswith("⚑ 9,6")
    assert grid.painter.width_of(cell, grid.grid_model.rows[row], col) <= grid.columnWidth(col)
    row = grid.grid_model.row_of("revenue_share_accrued")
    cell = grid.grid_model.cell(row, col)
    assert cell.text == "undisclosed"
    assert grid.painter.width_of(cell, grid.grid_model.rows[row], col) <= grid.columnWidth(col)


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "unit", "value", "text"),
    [
        ("money", "$bn", 500.0, "$500.0bn"),
        ("money", "€m", -6.25, "(€6.3m)"),
        ("money", "$bn a year", 34.8, "$34.8bn a year"),
        ("money", "CHF m", 5.0, "CHF5.0m"),
        ("money", "barrels", 5.0, "5.0 barrels"),
        ("money", "$bn", NO_CAP, "none"),
        ("percent", "%", 0.27, "27.0\u2009%"),
        ("integer", "months", 6.0, "6 months"),
        ("integer", "months", 1.0, "1 month"),
        ("integer", "days a year", 1.0, "1 day a year"),
        ("integer", "basis points", 1.0, "1 basis point"),
        ("integer", "deliveries", 1.0, "1 delivery"),
        ("integer", "series", 1.0, "1 series"),
        ("number", "$ per share", 476.43, "$476.43 per share"),
        ("number", "GW of capacity", -2.0, "(2.00) GW of capacity"),
        ("date", "date", NEVER, "not yet"),
    ],
)  # fmt: skip
def test_values_are_told_with_their_unit(kind, unit, value, text):
    assert with_unit(make_field(kind, (), unit), value) == text


@pytest.mark.parametrize(
    ("kind", "before", "after", "text"),
    [
        ("money", 107.1, 28.8, "▼ 78.3"),
        ("percent", 0.2, 0.255, "▲ 5.5\u2009pp"),
        ("date", 46000.0, 46914.0, "914 days later"),
        ("date", NEVER, 46914.0, "was not yet"),
        ("money", 1.0, 1.0, None),
        ("money", 1.0, 1.0000001, None),
        ("text", "one", "two", "was one"),
    ],
)  # fmt: skip
def test_changes_are_told_in_the_kind_of_the_field(kind, before, after, text):
    step = change(make_field(kind), before, after)
    assert (step.text if step else None) == text


# --- faulty and thin deals ------------------------------------------------------------------------


def opened(qtbot, tmp_path, text: str) -> MainWindow:
    path = tmp_path / "other.deal"
    path.write_text(text)
    return kit.window(qtbot, tmp_path, path)


def test_a_deal_with_nothing_in_it_says_what_each_sheet_is_for(qtbot, tmp_path):
    from ui.panels.base import EmptyHint

    shown = opened(qtbot, tmp_path, 'name = "Thin"\n[timeline]\nstart = 2025-01-01\nend = 2026-12-31\n')
    for i in range(shown.tabs.count()):
        shown.show_sheet(i)
        hint = next((h for h in shown.panel.findChildren(EmptyHint) if h.isVisible()), None)
        assert hint is not None, shown.tabs.tabText(i)
        assert len(hint.text()) > 40
    assert shown.status.check.text() == "No checks"


def test_faulty_formulas_show_as_errors_and_lead_from_the_checks_to_their_place(qtbot, tmp_path):
    text = kit.SUPPLY.read_text().replace('formula = "= commitment / 4"', 'formula = "= comitment / 4"')
    text = text.replace('formula = "= bought * rate"', 'formula = "= share * rate"')
    shown = opened(qtbot, tmp_path, text)
    assert shown.status.check.text() == "2 problems"
    assert row_of(shown.panel.grid, "yearly")["Value"] == "#NAME?"
    assert cell(shown.panel.grid, "yearly", "Value").role == "error"
    grid = kit.show(shown, "Checks")
    assert row_of(grid, "problem:0")["State"] == "✗ error"
    rows = [row_of(grid, f"problem:{i}") for i in range(2)]
    at_term = next(i for i, row in enumerate(rows) if row["Check"] == shown.session.deal.terms["yearly"].label)
    assert "is not a name" in rows[at_term]["What it says"]
    grid.go_to(grid.grid_model.row_of(f"problem:{at_term}"), 1)
    press(grid, K.Key_F2)
    press(shown.formula_bar.field, K.Key_Escape)
    rect = grid.cell_rect(*grid.current)
    QTest.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, rect.center())
    assert shown.panel.target().key == "yearly"
    for i in range(shown.tabs.count()):
        shown.show_sheet(i)
        shown.grab()


def test_the_checks_sheet_names_what_is_wrong_by_label_and_a_circle_item_by_item(qtbot, tmp_path):
    text = kit.SUPPLY.read_text().replace('formula = "= bought * rate"', 'formula = "= bought * rate + total_paid"')
    shown = opened(qtbot, tmp_path, text)
    grid = kit.show(shown, "Checks")
    labels = {
        key: item.label
        for group in (shown.session.deal.lines, shown.session.deal.outputs)
        for key, item in group.items()
    }
    circle = shown.session.calc.problems[0].circle
    row = row_of(grid, "problem:0")
    assert row["Check"] == labels[circle[0]]
    assert row["What it says"].startswith(" → ".join(labels[key] for key in circle))
    grid.go_to(grid.grid_model.row_of("problem:0"), 0)
    shown.inspector.rebuild()
    facts = [r.fact for r in shown.inspector.facts()]
    assert [f.label for f in facts][: len(circle)] == [labels[key] for key in circle]
    facts_row = shown.inspector.facts()[1]
    facts_row.activated.emit(facts_row.fact.target)
    assert shown.panel.target().key == circle[1]
    grid = kit.show(shown, "Checks")
    qtbot.waitUntil(lambda: any(r.key == "section:remarks" for r in grid.grid_model.rows))
    unused = [row_of(grid, r.key) for r in grid.grid_model.rows if r.key.startswith("remark:")]
    assert any(row["What it says"].startswith("An input that nothing reads") for row in unused)


def test_control_and_bidirectional_characters_cannot_make_a_label_lie(qtbot, tmp_path):
    from PySide6.QtWidgets import QLabel

    text = kit.SUPPLY.read_text().replace('label = "Rate"', 'label = "Ra\\u202Ete"')
    shown = opened(qtbot, tmp_path, text)
    go(shown, "rate")
    shown.inspector.rebuild()
    for label in shown.findChildren(QLabel):
        assert "\u202e" not in label.text()


@pytest.mark.parametrize("act", ["zoom", "resize"])
def test_a_sheet_that_was_hidden_while_the_deal_changed_is_measured_as_the_deal_is_now(qtbot, tmp_path, act):
    shown = kit.window(qtbot, tmp_path)
    kit.show(shown, "Scenarios")
    grid = shown.panel.grid
    headers = [c.header for c in grid.grid_model.columns]
    kit.show(shown, "Valuation")
    for key in shown.session.deal.headline:
        shown.structure.toggle_card(key)
    shown.structure.toggle_card("left_over")
    go(shown, "rate")
    shown.explain.show_reach()  # every grid forgets what its cells showed
    if act == "zoom":
        shown.zoom_in()
    else:
        shown.resize(1100, 700)
    kit.show(shown, "Scenarios")
    now = [c.header for c in grid.grid_model.columns]
    assert now != headers
    assert [h for h in now if h.startswith(shown.session.deal.outputs["left_over"].label)]


def test_a_source_counts_every_entry_that_names_it_and_the_inspector_lists_them(qtbot):
    session = open_session("amd-openai")[0]
    source = SourcesSource(session)
    column = [spec.key for spec in source.columns()].index("used")
    rows = [row.key for row in source.rows()]
    assert source.cell(rows.index("press_release"), column).text == "5"
    page = InspectorPage(session, Target("text", "press_release", ("sources", "press_release", "label")), {})
    qtbot.addWidget(page)
    told = [row.fact for row in page.findChildren(FactRow)]
    assert [fact.label for fact in told] == [
        "Capacity agreed", "First gigawatt", "Six gigawatts", "Six gigawatts of chips", "Core strategic compute partner",
    ]  # fmt: skip
    assert all(fact.target.key for fact in told)
