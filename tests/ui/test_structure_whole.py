"""A deal built from the blank one in the window: tables, series, scenarios, versions, events, parties, properties."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from shiboken6 import isValid

from model import store
from model.edits import set_value
from model.structure.restructure import add
from tests.ui import kit
from tests.ui.kit import CTRL, SHIFT, K, answer, card, focus, go, here, no_card, press, type_into
from ui import structure_menu, structure_reasons
from ui.actions import ACTIONS
from ui.main_window import MainWindow

ALT = Qt.KeyboardModifier.AltModifier
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def window(qtbot, tmp_path) -> MainWindow:
    path = tmp_path / "mine.deal"
    path.write_bytes((store.TEMPLATES / "blank.deal").read_bytes())
    return kit.window(qtbot, tmp_path, path)


def insert(window: MainWindow, what: str, label: str) -> None:
    window.actions_[f"structure.add_{what}"].trigger()
    answer(window, label)


def reopened(window: MainWindow):
    """The deal as it comes back from its file."""
    window.save()
    assert not window.session.dirty
    return store.load(window.session.path).deal


def by_bar(window: MainWindow, text: str) -> None:
    """Type a formula over the current one, in the bar."""
    grid = window.panel.grid
    press(grid, K.Key_F2)
    field = window.formula_bar.field
    field.selectAll()
    QTest.keyClicks(field, text)
    press(field, K.Key_Escape) if window.formula_bar.assist.help.choosing else None
    press(field, K.Key_Return)
    assert not window.formula_bar.error.isVisible(), window.formula_bar.error.said


def entries(menu: QMenu) -> dict[str, object]:
    return {action.text().replace("&", ""): action for action in menu.actions() if action.text()}


def test_a_deal_is_built_from_the_blank_one_without_touching_its_file(window):
    go(window, "commitment")
    press(window.panel.grid, K.Key_Return, CTRL)
    answer(window, "Fee")
    type_into(window.panel.grid, "2.5 %")
    insert(window, "series", "Volumes")
    assert here(window) == "volumes.2026"
    type_into(window.panel.grid, "10")
    type_into(window.panel.grid, "20")
    insert(window, "table", "Orders")
    grid = window.panel.grid
    assert [c.header for c in grid.grid_model.columns] == ["What", "Amount, $m"]
    for name, amount in (("First order", "5"), ("Second order", "7")):
        press(window.panel.grid, K.Key_Return, CTRL)
        answer(window, name)
        type_into(window.panel.grid, amount)
    window.actions_["structure.column_after"].trigger()
    answer(window, "Fee on it")
    window.structure.ask_formula(("tables", "orders", "columns", "fee_on_it"), "formula", "")
    QTest.keyClicks(window.formula_bar.field, " amount * fee")
    press(window.formula_bar.field, K.Key_Escape)  # the list of names
    press(window.formula_bar.field, K.Key_Return)
    assert window.session.calc.scalar("orders.second_order.fee_on_it") == pytest.approx(7 * 0.025)
    insert(window, "line", "Volume sold")
    by_bar(window, "= BYYEAR(volumes, 0)")
    insert(window, "output", "All volume")
    by_bar(window, "= SUM(ALL(volume_sold)")  # one parenthesis short, as in Excel
    insert(window, "check", "Volumes add up")
    by_bar(window, "= all_volume = 30")
    assert window.session.calc.scalar("volumes_add_up") is True
    insert(window, "event", "First delivery")
    type_into(window.panel.grid, "2027-03-31")
    insert(window, "scenario", "Slow")
    insert(window, "version", "As signed")
    insert(window, "party", "Seller")
    insert(window, "source", "The contract")
    window.structure.toggle_card("all_volume")
    deal = window.session.deal
    assert reopened(window) == deal
    assert deal.events["first_delivery"].on == "= DATE(2027, 3, 31)"
    assert (list(deal.scenarios), list(deal.versions), list(deal.parties)) == (["slow"], ["as_signed"], ["seller"])
    assert (deal.terms["fee"].kind, deal.terms["fee"].unit) == ("percent", "%")
    assert deal.headline[-1] == "all_volume"
    while window.session.stack.canUndo():
        window.undo()
    assert window.session.deal == store.load(store.TEMPLATES / "blank.deal").deal


def test_the_kind_of_a_new_term_is_chosen_in_its_card(window):
    go(window, "commitment")
    press(window.panel.grid, K.Key_Return, CTRL)
    QTest.keyClicks(card(window).line, "Signing")
    press(card(window).line, K.Key_Tab)
    assert focus() is card(window).box
    QTest.keyClicks(focus(), "d")
    press(focus(), K.Key_Return)
    term = window.session.deal.terms["signing"]
    assert (term.kind, term.unit) == ("date", "date")
    assert here(window) == "signing"
    grid = window.panel.grid
    type_into(grid, "15")
    assert grid.is_editing and "What this is ▸ Kind" in grid.bubble.text(), "a bare number could mean anything"
    press(grid.editor, K.Key_Escape)
    go(window, "discount_rate")
    press(grid, K.Key_Return, CTRL)
    QTest.keyClicks(card(window).line, "Rebate")
    assert card(window).note.text() == "Key: rebate · Unit: %", "“a year” is said of the neighbour alone"
    box = card(window).box
    box.setCurrentIndex(box.findData("money"))
    assert card(window).note.text() == "Key: rebate · Unit: $m"
    press(card(window).line, K.Key_Escape)


def test_a_choice_asks_for_what_it_can_be(window, qtbot):
    go(window, "commitment")
    press(window.panel.grid, K.Key_Return, CTRL)
    QTest.keyClicks(card(window).line, "Remedy")
    box = card(window).box
    box.setCurrentIndex(box.findData("choice"))
    press(card(window).line, K.Key_Return)
    qtbot.waitUntil(lambda: not no_card(window))
    answer(window, "none")
    assert "at least two" in card(window).note.text()
    answer(window, "none; take-or-pay; true-up")
    assert window.session.deal.terms["remedy"].choices == ("none", "take-or-pay", "true-up")
    type_into(window.panel.grid, "take")
    assert window.session.deal.terms["remedy"].value == "take-or-pay"
    assert reopened(window) == window.session.deal


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("12.5 %", "percent", 0.125),
        ("3x", "multiple", 3.0),
        ("yes", "yesno", "yes"),
        ("$5m", "money", 5.0),
        ("7", "money", 7.0),
    ],
)
def test_a_term_without_a_value_becomes_what_is_first_typed_into_it(window, text, kind, value):
    go(window, "commitment")
    press(window.panel.grid, K.Key_Return, CTRL)
    answer(window, "New")
    type_into(window.panel.grid, text)
    term = window.session.deal.terms["new"]
    assert (term.kind, term.value) == (kind, value)
    window.undo()
    assert window.session.deal.terms["new"].value is None
    go(window, "commitment")
    grid = window.panel.grid
    type_into(grid, "5%")
    assert grid.is_editing, "a term that has a value keeps its kind"
    press(grid.editor, K.Key_Escape)


def test_a_table_is_renamed_copied_moved_and_deleted_as_a_whole(window):
    insert(window, "table", "Orders")
    insert(window, "table", "Rounds")
    menu = QMenu()
    structure_menu.part_entries(window, menu, ("tables", "rounds"))
    acts = entries(menu)
    acts["Move forward"].trigger()
    assert list(window.session.deal.tables) == ["rounds", "orders"]
    acts["Rename…"].trigger()
    answer(window, "Funding rounds")
    assert window.session.deal.tables["rounds"].label == "Funding rounds"
    acts["Duplicate"].trigger()
    assert list(window.session.deal.tables) == ["rounds", "funding_rounds_copy", "orders"]
    acts["Key…"].trigger()
    answer(window, "funding")
    assert "funding" in window.session.deal.tables
    structure_menu.part_entries(window, again := QMenu(), ("tables", "orders"))
    entries(again)["Delete"].trigger()
    assert "orders" not in window.session.deal.tables
    window.undo()
    assert list(window.session.deal.tables) == ["funding", "funding_rounds_copy", "orders"]


def test_a_table_that_is_used_says_by_whom_before_it_goes(window):
    insert(window, "table", "Orders")
    insert(window, "output", "Ordered")
    by_bar(window, "= SUM(orders[amount])")
    window.structure.delete([("tables", "orders")])
    assert "used by Ordered" in card(window).caption.text()
    press(focus(), K.Key_Escape)
    assert "orders" in window.session.deal.tables


def test_the_deal_menu_offers_what_fits_the_selection(window):
    go(window, "commitment")
    for name, words in (("item", "Kind"), ("column", "Choose a cell of a table first")):
        window.menus[name].aboutToShow.emit()
        assert words in entries(window.menus[name])
    insert(window, "series", "Volumes")
    window.menus["part"].aboutToShow.emit()
    entries(window.menus["part"])["Unit…"].trigger()
    answer(window, "units")
    assert window.session.deal.series["volumes"].unit == "units"


def test_whole_columns_are_deleted_copied_and_moved_with_the_keys_of_rows(window, qtbot):
    insert(window, "table", "Orders")
    for name in ("One", "Two"):
        press(window.panel.grid, K.Key_Return, CTRL)
        answer(window, name)
    grid = window.panel.grid
    type_into(grid, "1234567890123")
    qtbot.waitUntil(lambda: grid.columnWidth(1) >= grid._content_width(1))  # a column grows with what is typed into it
    grid.press_column(1, NONE)
    press(grid, K.Key_D, CTRL | SHIFT)
    assert [c.label for c in window.session.deal.tables["orders"].columns.values()] == [
        "What",
        "Amount",
        "Amount (copy)",
    ]
    grid.go_to(0, 2)
    press(grid, K.Key_Left, ALT | SHIFT)
    assert [c.label for c in window.session.deal.tables["orders"].columns.values()] == [
        "What",
        "Amount (copy)",
        "Amount",
    ]
    assert grid.current == (0, 1)
    grid.press_column(1, NONE)
    press(grid, K.Key_Delete, CTRL)
    assert [c.label for c in window.session.deal.tables["orders"].columns.values()] == ["What", "Amount"]
    assert len(window.session.deal.tables["orders"].records) == 2


def test_years_are_added_beyond_those_that_stand_there(window):
    insert(window, "series", "Volumes")
    type_into(window.panel.grid, "10")
    press(window.panel.grid, K.Key_Return, CTRL)
    assert list(window.session.deal.series["volumes"].values) == ["2026", "2031"]
    press(window.panel.grid, K.Key_Return, CTRL | SHIFT)
    assert list(window.session.deal.series["volumes"].values) == ["2025", "2026", "2031"]


def test_scenarios_build_on_each_other_without_a_circle_and_are_renamed_in_place(window):
    insert(window, "scenario", "Slow")
    insert(window, "scenario", "Slower")
    grid = window.panel.grid
    row, base = grid.grid_model.row_of("scenario:slower"), grid.grid_model.column_of("base")
    grid.go_to(row, base)
    type_into(grid, "Slow")
    assert window.session.deal.scenarios["slower"].base == "slow"
    grid.go_to(grid.grid_model.row_of("scenario:slow"), base)
    type_into(grid, "Slower")
    assert grid.is_editing and "circle" in grid.bubble.text()
    press(grid.editor, K.Key_Escape)
    grid.go_to(row, 0)
    type_into(grid, "Much slower")
    assert window.session.deal.scenarios["slower"].label == "Much slower"
    assert reopened(window) == window.session.deal


def test_a_scenario_is_brought_into_view_and_deleted_while_it_is(window):
    insert(window, "scenario", "Slow")
    grid = window.panel.grid
    grid.go_to(0, grid.grid_model.column_of("view"))
    press(grid, K.Key_F2)
    assert window.session.view.scenario == "slow"
    assert window.toolbar.scenario_box.label == "Slow"
    go(window, "commitment")
    window.session.choose_layer("commitment", "scenario:slow")
    type_into(window.panel.grid, "80")
    assert window.session.deal.scenarios["slow"].set == {"commitment": 80.0}
    window.show_sheet_of("scenarios")
    window.panel.grid.go_to(0, 0)
    texts = window.inspector
    texts.show_target(window.panel.target())
    texts.rebuild()
    assert any("Commitment" in text for text in texts.texts())
    press(window.panel.grid, K.Key_Delete, CTRL)
    assert "slow" not in window.session.deal.scenarios
    assert window.session.calc.scalar("total_paid") == pytest.approx(100)
    window.undo()
    assert window.session.calc.scalar("total_paid") == pytest.approx(80)


def test_the_span_of_the_schedule_and_the_title_are_changed_on_the_terms_sheet(window):
    window.actions_["properties"].trigger()
    grid = window.panel.grid
    assert grid.hasFocus()
    grid.go_to(grid.grid_model.row_of("title"), 1)
    type_into(grid, "Supply of chips")
    grid.go_to(grid.grid_model.row_of("timeline.end"), 1)
    type_into(grid, "2020-12-31")
    assert "ends before it begins" in grid.bubble.text()
    press(grid.editor, K.Key_Escape)
    type_into(grid, "2032-12-31")
    assert len(window.session.calc.timeline.periods) == 7
    assert reopened(window) == window.session.deal
    window.undo()
    assert len(window.session.calc.timeline.periods) == 5


def test_a_chart_of_the_selected_lines_is_made_changed_and_removed(window):
    go(window, "paid")
    window.actions_["structure.add_chart"].trigger()
    answer(window, "Payments")
    assert window.session.deal.charts["payments"].lines == ("paid",)
    assert [view.key for view in window.panel.charts.views][-1] == "payments"
    window.structure.set_option(("charts", "payments"), "type", "line", "Lines")
    assert window.session.deal.charts["payments"].type == "line"
    assert reopened(window) == window.session.deal
    window.structure.remove_chart("payments")
    assert "payments" not in window.session.deal.charts


def test_no_two_entries_of_a_menu_have_the_same_key():
    for menu in {spec.menu for spec in ACTIONS}:
        keys = [
            spec.text[spec.text.index("&") + 1].lower() for spec in ACTIONS if spec.menu == menu and "&" in spec.text
        ]
        assert len(keys) == len(set(keys)), menu


def test_a_term_without_a_value_that_is_read_is_said_in_the_status_bar_and_among_the_remarks(window, qtbot):
    session = window.session
    window.structure.add_term()
    answer(window, "Fee")
    session.edit(add(session.deal, ("outputs",), "Twice", formula="= fee * 2"))
    qtbot.waitUntil(lambda: "1 term without a value" in window.status.check.text(), timeout=3000)
    window.show_sheet_of("checks")
    grid = window.panel.grid
    qtbot.waitUntil(lambda: any(row.label == "terms.fee" for row in grid.grid_model.rows), timeout=3000)
    session.edit(set_value(session.deal, session.view, "fee", 3.0))
    qtbot.waitUntil(lambda: "without a value" not in window.status.check.text(), timeout=3000)


def test_a_card_goes_with_its_deal_and_things_can_be_added_to_the_next(window, qtbot):
    window.actions_["structure.add_term"].trigger()
    old = window.panel.grid
    card(window).line.clearFocus()  # as when nothing of the window has the focus: the card stays
    assert card(window)
    assert window.documents.open_path("amd-openai")
    qtbot.waitUntil(lambda: not isValid(old))
    assert no_card(window)
    insert(window, "term", "Late fee")
    assert "late_fee" in window.session.deal.terms


def test_an_event_and_the_first_right_are_seen_in_a_deal_that_had_neither(window):
    panel = window.show_titled("Rights")
    assert "no rights yet" in panel._empty.text()
    assert panel._empty.isVisible()
    insert(window, "event", "Closing")
    assert panel.events.isVisible()
    assert here(window).startswith("closing")
    assert not panel._empty.isVisible()
    panel.show_part("Picture")
    assert panel._empty.isVisible()
    window.structure.insert_below()
    assert list(window.session.deal.rights) == ["right_1"]
    assert panel.grid.isVisible()
    window.undo()
    assert panel._empty.isVisible()
    assert not structure_reasons.why_not(window, "structure.insert_below")
    assert structure_reasons.why_not(window, "structure.duplicate_rows")


def test_the_key_of_a_right_is_renamed_and_rights_change_their_places(window):
    panel = window.show_titled("Rights")
    window.structure.insert_below()
    window.structure.insert_below()
    press(panel.grid, K.Key_K, CTRL | SHIFT)
    answer(window, "first_look")
    assert list(window.session.deal.rights) == ["right_1", "first_look"]
    press(panel.grid, K.Key_Up, ALT | SHIFT)
    assert list(reopened(window).rights) == ["first_look", "right_1"]
    assert panel.source.key_at(panel.grid.current[0]) == "first_look"


def test_the_card_of_a_key_says_where_the_key_stands(window):
    insert(window, "scenario", "Low case")
    window.structure.rename_key()
    assert card(window).caption.text() == "Key of “Low case” in the file and in commands"
    card(window).close_card()
    go(window, "commitment")
    window.structure.rename_key()
    assert card(window).caption.text() == "Key of “Commitment” in formulas"


def test_the_steps_are_told_with_the_words_that_people_use(window):
    insert(window, "party", "ACME Corp")
    assert window.session.stack.undoText() == "Add party “ACME Corp”"
    insert(window, "table", "EU Rounds")
    window.structure.set_text(("tables", "eu_rounds"), "note", "Note of “EU Rounds”")
    answer(window, "Two of them")
    assert window.session.stack.undoText() == "Change the note of EU Rounds"
    window.structure.set_kind(("tables", "eu_rounds", "columns", "amount"), "percent")
    assert window.session.stack.undoText() == "Make EU Rounds: Amount a percentage"


def test_keys_in_a_sheet_without_rows_do_nothing(window):
    grid = window.show_titled("Scenarios").grid
    assert not grid.grid_model.rows
    for key in ("Right", "Left", "Up", "Down", "Home", "End", "PageUp", "PageDown"):
        for mods in (NONE, SHIFT, CTRL, CTRL | SHIFT):
            press(grid, getattr(K, f"Key_{key}"), mods)
            assert grid.current is None


def test_a_fault_behind_a_key_is_reported_and_does_not_end_the_process(window, monkeypatch):
    grid, told = window.panel.grid, []
    monkeypatch.setattr("sys.excepthook", lambda kind, *_: told.append(kind))
    monkeypatch.setattr(type(grid), "step", lambda *_, **__: [].pop())
    press(grid, K.Key_Right)
    assert told == [IndexError]


def test_a_right_is_inserted_from_any_sheet_and_undone(window):
    window.actions_["structure.add_right"].trigger()
    assert list(reopened(window).rights) == ["right_1"]
    assert window.panel.title == "Rights"
    assert window.panel.grid.hasFocus()
    window.undo()
    assert not window.session.deal.rights


def test_entries_that_are_disabled_say_why_also_where_no_row_decides_it(window):
    assert window.actions_["toggle_helpers"].toolTip() == "Only the schedule has helper lines."
    assert "no baseline" in window.actions_["unpin_baseline"].toolTip()
    window.show_titled("Schedule")
    window.pin_baseline()
    assert window.actions_["toggle_helpers"].toolTip() == "Show helper lines"
    assert window.actions_["unpin_baseline"].toolTip() == "Measure since opening"


def test_a_fault_behind_the_mouse_is_reported_and_does_not_end_the_process(window, monkeypatch):
    grid, told = window.panel.grid, []
    monkeypatch.setattr("sys.excepthook", lambda kind, *_: told.append(kind))
    monkeypatch.setattr(type(grid), "_go", lambda *_, **__: [].pop())
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, NONE, grid.cell_rect(2, 1).center())
    assert told == [IndexError]
