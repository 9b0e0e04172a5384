"""Writing a formula in the bar: names and functions offered, arguments told, brackets matched, errors underlined."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCharFormat, QTextDocument
from PySide6.QtTest import QTest

from model.edits import set_values
from tests.ui import kit
from tests.ui.kit import CTRL, K, go, here, press
from ui.main_window import MainWindow
from ui.panels.formula_words import call_around, completions, partner, signature, wants_operand
from ui.targets import target_of


@pytest.fixture
def window(qtbot, tmp_path) -> MainWindow:
    return kit.window(qtbot, tmp_path)


def editing(window: MainWindow, name: str, text: str, qtbot):
    """F2 on a cell, and a text typed over its formula."""
    grid = go(window, name)
    press(grid, K.Key_F2)
    field = window.formula_bar.field
    field.selectAll()
    QTest.keyClicks(field, text)
    qtbot.wait(20)
    return field


def offered(window: MainWindow) -> list[str]:
    helper = window.formula_bar.assist.help
    return [helper.list.item(i).text() for i in range(helper.list.count())] if helper.choosing else []


def test_names_are_offered_while_typing_and_tab_takes_the_first(window, qtbot):
    field = editing(window, "yearly", "= comm", qtbot)
    assert offered(window)[0] == "commitment"
    press(field, K.Key_Tab)
    assert field.text() == "= commitment"
    assert field.hasFocus()
    qtbot.wait(20)
    assert offered(window) == []
    press(field, K.Key_Return)
    assert window.session.calc.scalar("yearly") == 100


def test_a_name_is_found_by_its_label_and_chosen_with_the_arrows(window, qtbot):
    field = editing(window, "left_over", "= closing", qtbot)
    assert "closing_balance" in offered(window)
    field = editing(window, "yearly", "= su", qtbot)
    assert offered(window)[:2] == ["SUM", "SUMPRODUCT"] or "SUM" in offered(window)
    press(field, K.Key_Down)
    chosen = window.formula_bar.assist.help.word()
    press(field, K.Key_Return)
    assert field.text() == f"= {chosen.text}"


def test_enter_enters_a_formula_whose_last_name_is_whole(window, qtbot):
    field = editing(window, "yearly", "= rate", qtbot)
    press(field, K.Key_Return)
    assert window.session.deal.terms["yearly"].formula == "= rate"


def test_fast_fingers_do_not_take_a_word_of_an_older_list(window):
    grid = go(window, "yearly")
    press(grid, K.Key_F2)
    field = window.formula_bar.field
    field.selectAll()
    QTest.keyClicks(field, "= commitmnt")  # no event loop in between: the list still says “commitment”
    press(field, K.Key_Return)
    assert field.text() == "= commitmnt"
    assert window.formula_bar.error.isVisible()
    press(field, K.Key_Escape)


def test_esc_closes_the_list_first_and_then_takes_the_formula_back(window, qtbot):
    field = editing(window, "yearly", "= comm", qtbot)
    press(field, K.Key_Escape)
    assert offered(window) == []
    assert field.text() == "= comm"
    press(field, K.Key_Escape)
    assert field.text() == "= commitment / 4"


def test_columns_are_offered_after_a_table_and_records_after_its_dot(window, qtbot):
    editing(window, "multiple", "= SUM(payments[", qtbot)
    assert offered(window) == ["label", "on", "amount", "twice"]
    editing(window, "multiple", "= payments.", qtbot)
    assert offered(window) == ["payments.first", "payments.second"]


def test_the_current_argument_of_a_call_is_bold(window, qtbot):
    editing(window, "yearly", "= ROUND(commitment, ", qtbot)
    helper = window.formula_bar.assist.help
    assert helper.hint.isVisible()
    bold = helper.hint.text().partition("<b")[2].partition(">")[2].partition("</b>")[0]
    assert bold == signature(call_around("ROUND(x, "))[1]
    assert bold.lower() in "digits, num_digits"


def test_the_hint_of_a_call_keeps_a_margin_and_its_whole_text(window, qtbot):
    editing(window, "yearly", "= ROUND(commitment, ", qtbot)
    hint = window.formula_bar.assist.help.hint
    bare = QTextDocument()
    bare.setDefaultFont(hint.font())
    bare.setDocumentMargin(0)
    bare.setHtml(hint.text())
    bare.setTextWidth(hint.width() - 12)
    assert hint.height() >= bare.size().height() + 12


def test_a_bracket_and_its_partner_are_marked_and_a_lonely_one_is_red(window, qtbot):
    field = editing(window, "yearly", "= (commitment + (1)", qtbot)
    spans = [(s.cursor.selectionStart(), s.cursor.selectionEnd()) for s in field.extraSelections()]
    assert spans == [(18, 19), (16, 17)]
    press(field, K.Key_Home)
    press(field, K.Key_Right)
    press(field, K.Key_Right)
    qtbot.wait(20)
    assert [(s.cursor.selectionStart(), s.cursor.selectionEnd()) for s in field.extraSelections()] == [(2, 3)]
    press(field, K.Key_Escape)


def test_the_hint_of_a_call_does_not_cover_the_sentence_that_says_what_is_wrong(window, qtbot):
    field = editing(window, "yearly", "= ROUND(comitment, 0", qtbot)
    bar = window.formula_bar
    assert not bar.assist.help.isHidden()
    press(field, K.Key_Return)
    assert bar.error.isVisible()
    qtbot.wait(60)
    assert bar.assist.help.isHidden()
    press(field, K.Key_Left)
    qtbot.wait(60)
    assert bar.assist.help.isHidden()
    QTest.keyClicks(field, "1")
    qtbot.wait(60)
    assert not bar.error.isVisible()
    assert not bar.assist.help.isHidden()
    press(field, K.Key_Escape)


def test_an_error_is_underlined_at_its_place_until_it_is_mended(window, qtbot):
    field = editing(window, "yearly", "= commitment + comitment", qtbot)
    press(field, K.Key_Return)
    wave = [s for s in field.extraSelections()
            if s.format.underlineStyle() == QTextCharFormat.UnderlineStyle.WaveUnderline]  # fmt: skip
    assert [s.cursor.selectedText() for s in wave] == ["comitment"]
    assert "commitment" in window.formula_bar.error.said.partition("Did you mean")[2]
    QTest.keyClicks(field, "1")
    qtbot.wait(20)
    assert not window.formula_bar.error.isVisible()
    assert not [s for s in field.extraSelections()
                if s.format.underlineStyle() == QTextCharFormat.UnderlineStyle.WaveUnderline]  # fmt: skip
    press(field, K.Key_Return)
    assert window.session.calc.scalar("yearly") == 101


def test_tab_takes_the_name_that_was_meant_and_then_enters_as_in_excel(window, qtbot):
    field = editing(window, "share · 2026", " = boughtt * rate ", qtbot)
    press(field, K.Key_Return)
    assert window.formula_bar.error.instead == "bought"
    press(field, K.Key_Tab)
    assert field.text() == " = bought * rate "
    assert field.hasFocus()
    press(field, K.Key_Tab)
    assert window.panel.grid.hasFocus()
    assert here(window) == "share · 2027"
    assert window.session.deal.lines["share"].formula == "= bought * rate"


def test_undo_and_redo_of_what_is_typed_stay_in_the_bar(window, qtbot):
    window.session.edit(set_values(window.session.deal, window.session.view, [("rate", 0.3)], layer=""))
    window.undo()
    field = editing(window, "yearly", "= 1 ", qtbot)
    for key in (K.Key_Z, K.Key_Z, K.Key_Y, K.Key_Y):
        press(field, key, CTRL)
    assert window.session.stack.index() == 0
    assert field.text() == "= 1 "
    press(field, K.Key_Escape)


def test_the_opening_of_a_balance_is_shown_and_changed_where_prev_gives_it(window):
    grid = go(window, "closing_balance")
    press(grid, K.Key_Left)
    field = window.formula_bar.field
    assert here(window) == "closing_balance · opening"
    assert field.text() == "= commitment"
    QTest.keyClicks(grid, "5")
    assert field.text() == "5"
    press(field, K.Key_Return)
    assert window.session.deal.lines["opening_balance"].formula == "= PREV(closing_balance, 5)"
    assert window.session.calc.opening("closing_balance") == 5
    window.undo()
    assert field.text() == "= commitment"


def click_cell(window: MainWindow, key: str, period: int | None = None) -> None:
    grid = window.panel.grid
    rect = grid.cell_rect(*grid.deal_source.find(target_of(window.session.deal, key, period)))
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, rect.center())


def test_a_click_on_a_cell_inserts_its_name_and_the_next_click_another(window, qtbot):
    field = editing(window, "yearly", "= 2 *", qtbot)
    click_cell(window, "commitment")
    qtbot.wait(20)
    assert field.text() == "= 2 * commitment"
    assert field.hasFocus()
    click_cell(window, "rate")
    qtbot.wait(20)
    assert field.text() == "= 2 * rate"
    press(field, K.Key_Return)
    assert window.session.calc.scalar("yearly") == pytest.approx(0.4)


def test_the_cell_one_period_back_is_named_with_prev(window, qtbot):
    field = editing(window, "share · 2026", "= ", qtbot)
    click_cell(window, "bought", 0)
    qtbot.wait(20)
    assert field.text() == "= PREV(bought)"
    press(field, K.Key_Escape)


def test_a_name_is_fetched_from_another_sheet_and_enter_comes_back(window, qtbot):
    field = editing(window, "left_over", "= ", qtbot)
    kit.show(window, "Terms")
    assert field.hasFocus()
    click_cell(window, "commitment")
    qtbot.wait(20)
    assert field.text() == "= commitment"
    press(field, K.Key_Return)
    assert window.session.calc.scalar("left_over") == 100
    assert window.panel.title == "Valuation"
    assert window.panel.grid.hasFocus()


def test_after_a_whole_name_a_click_enters_the_formula(window, qtbot):
    editing(window, "yearly", "= commitment / 5", qtbot)
    click_cell(window, "rate")
    assert window.session.calc.scalar("yearly") == 20
    assert here(window) == "rate"


def test_nothing_is_offered_inside_a_text():
    deal = kit.session().deal
    assert completions(deal, target_of(deal, "yearly"), '= "comm') == []
    assert not wants_operand('= "a + ')


def test_brackets_in_texts_have_no_partner():
    assert partner('= LEN(")")', 10) == (9, 5)
    assert partner("= (1", 3) == (2, None)


def test_the_innermost_call_counts_its_own_arguments():
    assert call_around('= IF(a > 1, SUM(b, "x,y", ') == ("SUM", 2)
    assert call_around("= IF(a > 1, SUM(b), ") == ("IF", 2)
    assert call_around("= (1 + 2") is None


def test_functions_with_a_point_in_their_name_and_newer_names_are_known():
    deal = kit.session().deal
    assert [w.name for w in completions(deal, target_of(deal, "yearly"), "= ceiling.m")] == ["CEILING.MATH"]
    call = call_around("= CEILING.MATH(a, ")
    assert call == ("CEILING.MATH", 1)
    assert signature(call)[1].strip() == "[multiple]"
    assert signature(call_around("= _xlfn.STDEV.S(a, ")) is not None


def test_the_exponent_of_a_number_is_no_unknown_name(window, qtbot):
    field = editing(window, "yearly", "= commitment + 1E-9 + nosuch", qtbot)
    coloured = {
        field.toPlainText()[span.start : span.start + span.length]: span.format.foreground().color().name()
        for span in field.document().firstBlock().layout().formats()
    }
    assert not any("E" in text for text in coloured)
    assert coloured["commitment"] != coloured["nosuch"]
