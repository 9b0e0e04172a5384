"""Rows and columns come, go, move and get other names, with the keys and the mouse a person has."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui import kit
from tests.ui.kit import CTRL, SHIFT, K, answer, card, focus, go, here, no_card, press, type_into
from ui.main_window import MainWindow
from ui.panels.in_place import InPlace
from ui.structure_menu import cell_menu, heading_menu

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def window(qtbot, tmp_path) -> MainWindow:
    return kit.window(qtbot, tmp_path)


def lines(window: MainWindow) -> list[str]:
    return list(window.session.deal.lines)


def test_a_line_is_inserted_below_named_in_place_and_undone_in_one_step(window):
    grid = go(window, "sold")
    before = window.session.deal
    press(grid, K.Key_Return, CTRL)
    QTest.keyClicks(card(window).line, "Paid in cash")
    assert card(window).note.text() == "Key: paid_in_cash · Unit: €m"
    press(card(window).line, K.Key_Return)
    assert no_card(window)
    keys = lines(window)
    assert keys[keys.index("sold") + 1] == "paid_in_cash"
    assert window.session.deal.lines["paid_in_cash"].section == "plan"
    assert here(window) == "paid_in_cash · 2025", "ready for its formula"
    assert grid.hasFocus()
    press(grid, K.Key_Z, CTRL)
    assert window.session.deal == before


def test_a_row_is_inserted_above_and_esc_inserts_nothing(window):
    grid = go(window, "rate")
    press(grid, K.Key_Return, CTRL | SHIFT)
    press(card(window).line, K.Key_Escape)
    assert no_card(window)
    assert not window.session.dirty
    press(grid, K.Key_Return, CTRL | SHIFT)
    answer(window, "Fee")
    terms = list(window.session.deal.terms)
    assert terms[terms.index("rate") - 1] == "fee"


def test_a_row_without_a_name_is_refused_in_the_card(window):
    grid = go(window, "left_over")
    press(grid, K.Key_Return, CTRL)
    press(card(window).line, K.Key_Return)
    assert "A name is needed" in card(window).note.text()


def test_records_outputs_and_checks_are_added_where_the_cursor_is(window):
    for name, label, section in (
        ("payments.second.amount", "Third", lambda d: d.tables["payments"].records),
        ("left_over", "Gain", lambda d: d.outputs),
        ("rate_sensible", "Sums agree", lambda d: d.checks),
    ):
        grid = go(window, name)
        count = len(section(window.session.deal))
        press(grid, K.Key_Return, CTRL)
        answer(window, label)
        assert len(section(window.session.deal)) == count + 1, name
    assert window.session.deal.tables["payments"].records["third"]["label"] == "Third"


def test_a_column_is_added_to_a_table_with_a_formula_of_its_own(window):
    go(window, "payments.first.amount")
    window.actions_["structure.column_after"].trigger()
    answer(window, "Half")
    keys = list(window.session.deal.tables["payments"].columns)
    assert keys[keys.index("amount") + 1] == "half"
    window.structure.ask_formula(("tables", "payments", "columns", "half"), "formula", "Formula")
    field = window.formula_bar.field
    assert field.hasFocus() and field.text() == "="
    QTest.keyClicks(field, " amount / 2")
    press(field, K.Key_Return)
    assert window.session.calc.scalar("payments.second.half") == 3.5


def test_what_nothing_uses_is_deleted_at_once_and_comes_back(window):
    go(window, "sold")
    window.actions_["structure.duplicate_rows"].trigger()
    copy = next(key for key in lines(window) if key.startswith("sold_"))
    assert lines(window).index(copy) == lines(window).index("sold") + 1
    grid = go(window, copy)
    press(grid, K.Key_Delete, CTRL)
    assert copy not in lines(window)
    assert no_card(window)
    window.undo()
    assert copy in lines(window)


def test_deleting_what_is_used_says_by_whom_and_goes_on_only_when_told(window):
    grid = go(window, "rate")
    press(grid, K.Key_Delete, CTRL)
    assert "is used by" in card(window).caption.text()
    assert "rate" in window.session.deal.terms
    press(focus(), K.Key_Escape)
    assert no_card(window) and grid.hasFocus()
    press(grid, K.Key_Delete, CTRL)
    QTest.mouseClick(card(window).button, Qt.MouseButton.LeftButton)
    assert "rate" not in window.session.deal.terms
    assert window.session.calc.problems
    window.undo()
    assert "rate" in window.session.deal.terms
    assert not window.session.calc.problems


def test_the_question_before_deleting_is_shown_whole(window):
    press(go(window, "rate"), K.Key_Delete, CTRL)
    asked = card(window)
    for label in (asked.caption, asked.note):
        assert label.height() >= label.heightForWidth(label.width())


def test_tab_walks_the_card_and_keeps_what_is_typed(window):
    press(go(window, "rate"), K.Key_Return, CTRL)
    asked = card(window)
    QTest.keyClicks(asked.line, "Cap")
    press(asked.line, K.Key_Tab)
    assert focus() is asked.box
    press(asked.box, K.Key_Tab)
    assert focus() is asked.line and asked.line.text() == "Cap"
    press(asked.line, K.Key_Backtab, SHIFT)
    assert focus() is asked.box
    press(asked.box, K.Key_Return)
    assert "cap" in window.session.deal.terms


def test_lines_move_past_each_other_and_into_the_next_section(window):
    grid = go(window, "bought")
    before = lines(window)
    press(grid, K.Key_Up, ALT | SHIFT)
    assert lines(window).index("bought") == before.index("bought") - 1
    assert here(window).startswith("bought")
    grid = go(window, "sold")
    press(grid, K.Key_Down, ALT | SHIFT)
    assert window.session.deal.lines["sold"].section == "balance"
    rows = [r.key for r in grid.grid_model.rows]
    assert rows.index("sold") == rows.index("section:balance") + 1
    assert here(window).startswith("sold")


def test_lines_are_indented_and_outdented(window):
    grid = go(window, "sold")
    press(grid, K.Key_Right, ALT | SHIFT)
    assert window.session.deal.lines["sold"].indent == 1
    press(grid, K.Key_Left, ALT | SHIFT)
    assert window.session.deal.lines["sold"].indent == 0
    steps = window.session.stack.count()
    press(grid, K.Key_Left, ALT | SHIFT)
    assert window.session.stack.count() == steps, "nothing to undo where nothing was done"
    assert "margin already" in window.status.message.text()


def test_undo_and_redo_lead_to_where_the_step_was_made(window):
    grid = go(window, "sold")
    press(grid, K.Key_Delete, CTRL)
    if not no_card(window):
        QTest.mouseClick(card(window).button, Qt.MouseButton.LeftButton)
    place = here(window)
    type_into(go(window, "rate"), "7 %")
    assert window.panel.title == "Terms"
    kit.show(window, "Valuation")
    window.undo()
    assert (window.panel.title, here(window)) == ("Terms", "rate")
    assert "Undone: Set" in window.status.message.text()
    window.undo()
    assert (window.panel.title, here(window).partition(" ")[0]) == ("Schedule", "sold")
    go(window, "left_over")
    window.redo()
    assert (window.panel.title, here(window)) == ("Schedule", place)
    type_into(go(window, "rate"), "8 %")
    assert window.status.message.text() == "", "it spoke of the state before"


def test_acts_that_are_not_possible_are_disabled_in_the_menus_and_say_why(window):
    go(window, "commitment")
    top = next(a.menu() for a in window.menuBar().actions() if a.text() == "&Deal")
    indent, up = window.actions_["structure.indent"], window.actions_["structure.move_up"]
    top.aboutToShow.emit()
    assert not indent.isEnabled() and "Only lines" in indent.toolTip()
    assert not up.isEnabled() and "first already" in up.toolTip()
    top.aboutToHide.emit()
    assert indent.isEnabled() and "the column to the right" in indent.toolTip()
    go(window, "bought")
    top.aboutToShow.emit()
    assert indent.isEnabled() and up.isEnabled()
    top.aboutToHide.emit()


def test_rows_are_grouped_under_a_new_heading_which_is_renamed_in_place(window):
    grid = go(window, "sold")
    press(grid, K.Key_G, CTRL | SHIFT)
    answer(window, "Cash")
    section = window.session.deal.lines["sold"].section
    assert window.session.deal.sections[section] == "Cash"
    assert here(window) == "sold · 2025", "the cursor stays in its column"
    row = grid.grid_model.row_of(f"section:{section}")
    menu = heading_menu(window, grid, row)
    menu.actions()[0].trigger()
    answer(window, "Money in")
    assert window.session.deal.sections[section] == "Money in"
    assert any(r.label == "Money in" for r in grid.grid_model.rows)


def test_a_key_is_renamed_in_every_formula_and_refused_where_it_is_taken(window):
    grid = go(window, "rate")
    press(grid, K.Key_K, CTRL | SHIFT)
    said = card(window).note.text()
    assert said
    QTest.keyClicks(card(window).line, "pri")
    assert card(window).note.text() == said
    answer(window, "commitment")
    assert "already taken" in card(window).note.text()
    answer(window, "price_cut")
    assert no_card(window)
    assert "price_cut" in window.session.deal.terms
    assert not any(" rate" in line.formula for line in window.session.deal.lines.values())
    assert here(window) == "price_cut", "the cursor stays in its column"
    window.undo()
    assert here(window) == "rate"


def test_labels_and_units_are_edited_in_their_cells(window):
    grid = go(window, "sold")
    grid.go_to(grid.current[0], 0)
    type_into(grid, "Sold abroad")
    assert window.session.deal.lines["sold"].label == "Sold abroad"
    grid = go(window, "commitment")
    grid.go_to(grid.current[0], 2)
    type_into(grid, "$m")
    assert window.session.deal.terms["commitment"].unit == "$m"


def test_a_kind_that_the_value_cannot_have_is_asked_about_first(window):
    go(window, "rate")
    window.structure.set_kind(("terms", "rate"), "number")
    assert window.session.deal.terms["rate"].kind == "number"
    before = window.session.deal
    window.structure.set_kind(("terms", "rate"), "date")
    assert "cannot be a date" in card(window).caption.text()
    press(focus(), K.Key_Escape)
    assert window.session.deal == before
    window.structure.set_kind(("terms", "rate"), "date")
    QTest.mouseClick(card(window).button, Qt.MouseButton.LeftButton)
    assert (window.session.deal.terms["rate"].kind, window.session.deal.terms["rate"].value) == ("date", None)
    window.undo()
    assert window.session.deal == before


def test_a_computed_term_becomes_an_input_of_what_it_shows(window):
    go(window, "yearly")
    window.structure.make_input(("terms", "yearly"))
    assert window.session.deal.terms["yearly"].formula is None
    assert window.session.deal.terms["yearly"].value == 25


def test_a_formula_that_closes_a_circle_is_refused_with_the_path(window):
    grid = go(window, "yearly")
    press(grid, K.Key_F2)
    field = window.formula_bar.field
    field.selectAll()
    QTest.keyClicks(field, "= yearly + 1")
    press(field, K.Key_Return)
    error = window.formula_bar.error
    assert "yearly → yearly" in error.said
    assert "A year&#x27;s share</a>" in error.text()
    press(field, K.Key_Escape)
    assert not window.session.dirty


def test_from_the_path_of_a_circle_one_looks_at_its_lines_while_the_entry_waits(window):
    grid = go(window, "bought")
    place = grid.current
    press(grid, K.Key_F2)
    field = window.formula_bar.field
    field.selectAll()
    QTest.keyClicks(field, "= closing_balance")
    press(field, K.Key_Return)
    window.formula_bar.error.linkActivated.emit("go:closing_balance")
    assert grid.target().key == "closing_balance"
    assert field.hasFocus()
    assert field.text() == "= closing_balance"
    field.selectAll()
    QTest.keyClicks(field, "= 1 ")
    press(field, K.Key_Return, CTRL)
    assert window.session.deal.lines["bought"].formula == "= 1"
    assert grid.current == place  # where it was entered, not where one looked


def test_unused_names_and_clashing_units_are_listed_on_the_checks_sheet(window, qtbot):
    window.structure.carry_out(lambda: _add_unused(window))
    grid = kit.show(window, "Checks")
    qtbot.waitUntil(lambda: grid.grid_model.row_of("section:remarks") is not None)
    cells = [[grid.grid_model.cell(r, c).text for c in (1, 2)] for r in range(len(grid.grid_model.rows))]
    assert ["Spare", "An input that nothing reads."] in cells


def _add_unused(window: MainWindow):
    from model.structure.restructure import add

    return add(window.session.deal, ("terms",), "Spare", kind="number", value=3)


def test_a_row_inserted_at_a_heading_becomes_the_first_below_it(window):
    grid = go(window, "closing_balance")
    rect = grid.cell_rect(grid.grid_model.row_of("section:balance"), 0)
    grid.set_collapsed("section:balance", True)
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, rect.center())
    press(grid, K.Key_Return, CTRL)
    answer(window, "Before all")
    assert lines(window).index("before_all") == lines(window).index("opening_balance") - 1
    assert window.session.deal.lines["before_all"].section == "balance"


def test_several_rows_are_moved_and_deleted_together(window):
    grid = go(window, "opening_balance")
    press(grid, K.Key_Down, SHIFT)
    press(grid, K.Key_Down, ALT | SHIFT)
    assert lines(window) == ["sold", "closing_balance", "opening_balance", "bought", "share"]
    assert [path[-1] for path in window.structure.rows()] == ["opening_balance", "bought"]
    press(grid, K.Key_Up, ALT | SHIFT)
    assert lines(window) == ["sold", "opening_balance", "bought", "closing_balance", "share"]


def test_the_first_line_of_an_empty_deal_is_added_from_the_menu(qtbot, tmp_path):
    path = tmp_path / "thin.deal"
    path.write_text('name = "Thin"\n[timeline]\nstart = 2025-01-01\nend = 2026-12-31\n')
    shown = kit.window(qtbot, tmp_path, path)
    shown.actions_["structure.add_line"].trigger()
    answer(shown, "Cash")
    assert list(shown.session.deal.lines) == ["cash"]
    assert shown.panel.title == "Schedule"
    assert shown.panel.grid.isVisible()
    shown.actions_["structure.add_term"].trigger()
    answer(shown, "Price")
    assert list(shown.session.deal.terms) == ["price"]


def test_every_act_says_so_where_there_is_nothing_to_act_on(qtbot, tmp_path):
    path = tmp_path / "thin.deal"
    path.write_text('name = "Thin"\n[timeline]\nstart = 2025-01-01\nend = 2026-12-31\n')
    shown = kit.window(qtbot, tmp_path, path)
    for i in range(shown.tabs.count()):
        shown.show_sheet(i)
        acts = [n for n in shown.actions_ if n.startswith(("structure.", "explain."))]
        acts.remove("structure.add_right")  # it asks nothing: a right is filled in where it stands
        for name in acts:
            shown.actions_[name].trigger()
            for one in shown.findChildren(InPlace):
                one.close_card()
    assert not shown.session.dirty


def test_the_menu_of_a_cell_offers_what_fits_it(window):
    grid = go(window, "sold")
    texts = [a.text().replace("&", "") for a in cell_menu(window, grid).actions() if a.text()]
    for words in (
        "Row above",
        "Row below",
        "Delete rows",
        "Indent lines",
        "Rename the key everywhere…",
        "Kind",
        "Opening value…",
    ):
        assert words in texts
    grid = go(window, "payments.first.amount")
    texts = [a.text() for a in cell_menu(window, grid).actions()]
    assert "Column" in texts


def test_what_was_deleted_all_the_same_is_listed_by_the_labels_of_its_users_and_mended_by_adding_it(window):
    go(window, "commitment")
    window.structure.delete_rows()
    QTest.mouseClick(card(window).button, Qt.MouseButton.LeftButton)
    grid = kit.show(window, "Checks")
    rows = [[grid.grid_model.cell(r, c).text for c in (1, 2, 3)] for r, row in enumerate(grid.grid_model.rows)
            if row.key.startswith("problem:")]  # fmt: skip
    users = [line.label for line in window.session.deal.lines.values() if "commitment" in line.formula]
    assert users
    assert {label for label, *_ in rows} >= set(users)
    assert all("“commitment” is not a name" in what and remedy for _, what, remedy in rows)
    window.structure.add_term()
    answer(window, "Commitment")
    assert not window.session.calc.problems


def test_saving_while_what_is_typed_is_refused_says_so(window, qtbot, tmp_path):
    window.session.path = tmp_path / "mine.deal"
    go(window, "bought")
    press(window.panel.grid, K.Key_F2)
    field = window.formula_bar.field
    field.selectAll()
    QTest.keyClicks(field, "= 1 +")
    with qtbot.waitSignal(window.session.told, check_params_cb=lambda text: text.startswith("Not saved")):
        window.save()
    assert not window.session.path.exists()
