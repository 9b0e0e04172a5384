"""Typing, refusing, choosing, copying, pasting, filling: real keys and clicks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QInputMethodEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow

from tests.ui.grid_demo import ScheduleSource, TermSource
from ui import theme
from ui.grid.view import GridView

K, M = Qt.Key, Qt.KeyboardModifier
START, DECIDER, LAG, SHARE, WORTH, EQUITY, COMMITMENT, RATE, CAP = 1, 2, 3, 5, 6, 7, 9, 10, 11


@pytest.fixture
def window(qtbot) -> QMainWindow:
    main = QMainWindow()
    main.resize(900, 420)
    qtbot.addWidget(main)
    return main


def put(window: QMainWindow, source, qtbot) -> GridView:
    view = GridView(source, name="Table")
    window.setCentralWidget(view)
    window.show()
    window.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    return view


@pytest.fixture
def terms(window: QMainWindow, qtbot) -> GridView:
    return put(window, TermSource(), qtbot)


@pytest.fixture
def schedule(window: QMainWindow, qtbot) -> GridView:
    return put(window, ScheduleSource(), qtbot)


def target(view: GridView):
    return view.editor or view


def press(view: GridView, key: Qt.Key, mods: Qt.KeyboardModifier = M.NoModifier, times: int = 1) -> None:
    for _ in range(times):
        QTest.keyClick(target(view), key, mods)


def write(view: GridView, text: str) -> None:
    for letter in text:
        QTest.keyClicks(target(view), letter)


def clip(text: str | None = None) -> str:
    if text is not None:
        QGuiApplication.clipboard().setText(text)
    return QGuiApplication.clipboard().text()


# --- typing ---------------------------------------------------------------------


def test_typing_replaces_and_enter_commits_and_moves_down(terms: GridView) -> None:
    terms.go_to(SHARE, 1)
    write(terms, "30")
    assert terms.editor is not None and terms.editor.text() == "30"
    press(terms, K.Key_Return)
    assert terms.grid_model.source.values["share"] == "30"
    assert terms.grid_model.source.steps == [("", [(SHARE, 1, "30")])]
    assert terms.current == (WORTH, 1) and terms.editor is None and terms.hasFocus()


def test_f2_edits_the_full_precision_with_the_caret_at_the_end(terms: GridView) -> None:
    terms.go_to(WORTH, 1)
    press(terms, K.Key_F2)
    assert terms.editor is not None
    assert (terms.editor.text(), terms.editor.cursorPosition(), terms.editor.hasSelectedText()) == (
        "135.04999",
        9,
        False,
    )
    write(terms, "9")
    press(terms, K.Key_Return)
    assert terms.grid_model.source.values["worth"] == "135.049999"


def test_f2_and_enter_without_a_change_is_not_an_edit(terms: GridView) -> None:
    terms.go_to(WORTH, 1)
    press(terms, K.Key_F2)
    press(terms, K.Key_Return)
    assert terms.grid_model.source.steps == []
    assert terms.current == (EQUITY, 1)


def test_escape_abandons_what_was_typed(terms: GridView) -> None:
    terms.go_to(SHARE, 1)
    write(terms, "99")
    press(terms, K.Key_Escape)
    assert terms.editor is None and terms.hasFocus() and terms.current == (SHARE, 1)
    assert terms.grid_model.source.steps == []


def test_tab_commits_and_enter_returns_to_the_first_column(schedule: GridView) -> None:
    write(schedule, "1")
    press(schedule, K.Key_Tab)
    write(schedule, "2")
    press(schedule, K.Key_Tab)
    write(schedule, "3")
    press(schedule, K.Key_Return)
    assert schedule.current == (2, 2)
    numbers = schedule.grid_model.source.numbers
    assert [numbers["in0", c] for c in range(3)] == [1.0, 2.0, 3.0]


def test_arrows_commit_while_typing_but_move_the_caret_after_f2(terms: GridView) -> None:
    terms.go_to(SHARE, 1)
    write(terms, "31")
    press(terms, K.Key_Down)
    assert terms.grid_model.source.values["share"] == "31" and terms.current == (WORTH, 1)
    press(terms, K.Key_F2)
    press(terms, K.Key_Left, times=2)
    assert terms.editor is not None and terms.editor.cursorPosition() == len("135.04999") - 2


def test_f2_while_typing_switches_to_moving_the_caret(terms: GridView) -> None:
    terms.go_to(SHARE, 1)
    write(terms, "31")
    press(terms, K.Key_F2)
    press(terms, K.Key_Left)
    assert terms.editor is not None and terms.editor.cursorPosition() == 1


def test_a_formula_is_passed_on_as_it_stands_and_arrows_move_in_it(terms: GridView) -> None:
    terms.go_to(CAP, 1)
    write(terms, "=worth*2")
    press(terms, K.Key_Left)
    assert terms.editor is not None
    press(terms, K.Key_Return)
    assert terms.grid_model.source.steps[-1] == ("", [(CAP, 1, "=worth*2")])


def test_a_double_click_edits(qtbot, terms: GridView) -> None:
    spot = terms.cell_rect(WORTH, 1).center()
    QTest.mouseClick(terms.viewport(), Qt.MouseButton.LeftButton, M.NoModifier, spot)
    QTest.mouseDClick(terms.viewport(), Qt.MouseButton.LeftButton, M.NoModifier, spot)
    assert terms.editor is not None and terms.editor.text() == "135.04999"


def test_a_double_click_on_a_computed_cell_is_handed_to_the_panel(qtbot, terms: GridView) -> None:
    with qtbot.waitSignal(terms.activated) as told:
        QTest.mouseDClick(
            terms.viewport(), Qt.MouseButton.LeftButton, M.NoModifier, terms.cell_rect(EQUITY, 1).center()
        )
    assert told.args[0].row() == EQUITY and terms.editor is None


def test_a_click_elsewhere_commits(terms: GridView) -> None:
    terms.go_to(SHARE, 1)
    write(terms, "33")
    QTest.mouseClick(terms.viewport(), Qt.MouseButton.LeftButton, M.NoModifier, terms.cell_rect(CAP, 1).center())
    assert terms.grid_model.source.values["share"] == "33"
    assert terms.current == (CAP, 1) and terms.editor is None


def test_leaving_for_another_widget_commits(qtbot, window: QMainWindow, terms: GridView) -> None:
    other = QLineEdit(window)
    other.show()
    terms.go_to(SHARE, 1)
    write(terms, "34")
    other.setFocus()
    assert terms.grid_model.source.values["share"] == "34" and terms.editor is None
    assert other.hasFocus()


def test_control_enter_commits_to_every_selected_cell_and_stays(terms: GridView) -> None:
    terms.go_to(COMMITMENT, 1)
    press(terms, K.Key_Down, M.ShiftModifier, 2)
    write(terms, "40")
    press(terms, K.Key_Return, M.ControlModifier)
    values = terms.grid_model.source.values
    assert [values[k] for k in ("commitment", "rate", "cap")] == ["40", "40", "40"]
    assert [title for title, _ in terms.grid_model.source.steps] == ["Fill 3 cells"]
    assert terms.current == (COMMITMENT, 1) and terms.blocks() == [(COMMITMENT, 1, CAP, 1)]


def test_menu_shortcuts_do_not_reach_the_grid_while_typing(window: QMainWindow, terms: GridView) -> None:
    action = QAction("Delete", window)
    action.setShortcut(QKeySequence("Ctrl+D"))
    fired = []
    action.triggered.connect(lambda: fired.append(1))
    window.addAction(action)
    terms.go_to(SHARE, 1)
    write(terms, "5")
    press(terms, K.Key_D, M.ControlModifier)
    assert not fired and terms.editor is not None


def test_an_input_method_opens_the_editor(terms: GridView) -> None:
    terms.go_to(SHARE, 1)
    event = QInputMethodEvent()
    event.setCommitString("7")
    QApplication.sendEvent(terms, event)
    assert terms.editor is not None and terms.editor.text() == "7"


def test_a_reset_while_editing_closes_the_editor(terms: GridView) -> None:
    terms.go_to(SHARE, 1)
    write(terms, "5")
    terms.reset_source()
    assert terms.editor is None and terms.grid_model.source.steps == []


def test_the_editor_follows_its_cell_when_scrolled_and_zoomed(terms: GridView) -> None:
    terms.go_to(SHARE, 1)
    press(terms, K.Key_F2)
    assert terms.editor is not None
    terms.set_zoom(150)
    assert terms.editor.geometry().top() == terms.cell_rect(SHARE, 1).top() - 1
    assert terms.editor.height() == terms.cell_rect(SHARE, 1).height() + 1


def test_a_long_text_widens_the_editor(schedule: GridView) -> None:
    write(schedule, "1234567890123456789")
    assert schedule.editor is not None
    assert schedule.editor.width() > schedule.columnWidth(2)


# --- refusals ---------------------------------------------------------------------


def test_refused_input_stays_in_the_editor_with_the_reason_under_it(qtbot, terms: GridView) -> None:
    terms.go_to(SHARE, 1)
    write(terms, "abc")
    with qtbot.waitSignal(terms.edit_refused):
        press(terms, K.Key_Return)
    assert terms.editor is not None and terms.editor.text() == "abc" and terms.editor.hasFocus()
    assert "“abc” is not a number." in terms.bubble.text() and terms.bubble.isVisible()
    assert terms.bubble.y() >= terms.editor.mapTo(terms.window(), QPoint(0, terms.editor.height())).y() - 2
    assert terms.grid_model.source.values["share"] == "27"
    assert terms.current == (SHARE, 1)


def test_the_reason_goes_when_typing_goes_on_and_the_mended_text_lands(terms: GridView) -> None:
    terms.go_to(SHARE, 1)
    write(terms, "2x")
    press(terms, K.Key_Return)
    press(terms, K.Key_Backspace)
    assert not terms.bubble.isVisible()
    press(terms, K.Key_Return)
    assert terms.grid_model.source.values["share"] == "2" and terms.editor is None


def test_escape_abandons_refused_input(terms: GridView) -> None:
    terms.go_to(SHARE, 1)
    write(terms, "abc")
    press(terms, K.Key_Return)
    press(terms, K.Key_Escape)
    assert terms.editor is None and not terms.bubble.isVisible() and terms.hasFocus()


def test_a_click_elsewhere_with_refused_input_stays_with_the_editor(terms: GridView) -> None:
    terms.go_to(SHARE, 1)
    write(terms, "abc")
    QTest.mouseClick(terms.viewport(), Qt.MouseButton.LeftButton, M.NoModifier, terms.cell_rect(CAP, 1).center())
    assert terms.editor is not None and terms.editor.hasFocus() and terms.bubble.isVisible()
    assert terms.current == (SHARE, 1)


def test_leaving_for_another_widget_with_refused_input_keeps_the_editor(window: QMainWindow, terms: GridView) -> None:
    other = QLineEdit(window)
    other.show()
    terms.go_to(SHARE, 1)
    write(terms, "abc")
    other.setFocus()
    assert terms.editor is not None and terms.bubble.isVisible()
    assert terms.grid_model.source.values["share"] == "27"


def test_typing_into_a_computed_cell_says_why_not(qtbot, terms: GridView) -> None:
    terms.go_to(EQUITY, 1)
    with qtbot.waitSignal(terms.edit_refused):
        write(terms, "5")
    assert terms.editor is None
    assert "computed" in terms.bubble.text() and terms.bubble.isVisible()
    press(terms, K.Key_Down)
    assert not terms.bubble.isVisible()


def test_the_reason_is_kept_inside_the_window_for_the_lowest_cell(window: QMainWindow, terms: GridView) -> None:
    window.resize(420, 28 + 24 * 12 + 4)
    QApplication.processEvents()
    terms.go_to(CAP, 1)
    write(terms, "abc")
    press(terms, K.Key_Return)
    assert terms.bubble.isVisible()
    assert window.rect().contains(terms.bubble.geometry())


def test_the_reason_follows_the_editor_and_hides_with_its_sheet(window: QMainWindow, terms: GridView) -> None:
    terms.go_to(SHARE, 1)
    write(terms, "abc")
    press(terms, K.Key_Return)
    before = terms.bubble.y()
    terms.set_zoom(150)
    assert terms.bubble.isVisible() and terms.bubble.y() > before
    terms.hide()
    assert not terms.bubble.isVisible()
    terms.show()
    assert terms.editor is not None and terms.editor.text() == "abc" and terms.bubble.isVisible()


def test_entering_a_text_from_a_formula_bar_lands_or_says_why_not(terms: GridView) -> None:
    terms.go_to(SHARE, 1)
    assert terms.enter_text("28") == ()
    assert terms.grid_model.source.values["share"] == "28"
    assert "not a number" in terms.enter_text("x")[0].what
    terms.go_to(EQUITY, 1)
    assert "computed" in terms.enter_text("1")[0].what


# --- choices ------------------------------------------------------------------------


def test_alt_down_opens_the_list_and_enter_takes_the_highlighted_choice(terms: GridView) -> None:
    terms.go_to(DECIDER, 1)
    press(terms, K.Key_Down, M.AltModifier)
    assert terms.editor is not None and terms.editor.list is not None and terms.editor.list.isVisible()
    assert terms.editor.list.highlighted == "Independent panel"
    press(terms, K.Key_Down)
    press(terms, K.Key_Return)
    assert terms.grid_model.source.values["decider"] == "The board"


def test_typing_completes_to_the_first_choice_that_fits(terms: GridView) -> None:
    terms.go_to(DECIDER, 1)
    write(terms, "jo")
    press(terms, K.Key_Return)
    assert terms.grid_model.source.values["decider"] == "Joint committee"


def test_text_that_fits_no_choice_is_refused_and_stays(terms: GridView) -> None:
    terms.go_to(DECIDER, 1)
    write(terms, "nobody")
    press(terms, K.Key_Return)
    assert terms.editor is not None and terms.editor.text() == "nobody"
    assert "not one of the choices" in terms.bubble.text()


def test_a_click_in_the_list_takes_the_choice(terms: GridView) -> None:
    terms.go_to(DECIDER, 1)
    press(terms, K.Key_Down, M.AltModifier)
    assert terms.editor is not None and terms.editor.list is not None
    choices = terms.editor.list
    spot = choices.visualItemRect(choices.item(2)).center()
    QTest.mouseClick(choices.viewport(), Qt.MouseButton.LeftButton, M.NoModifier, spot)
    assert terms.grid_model.source.values["decider"] == "Joint committee"
    assert terms.editor is None and terms.hasFocus()


def test_a_click_on_the_sign_of_a_choice_opens_its_list(terms: GridView) -> None:
    terms.go_to(DECIDER, 1)
    spot = terms.cell_rect(DECIDER, 1).topLeft() + QPoint(10, 12)
    QTest.mouseClick(terms.viewport(), Qt.MouseButton.LeftButton, M.NoModifier, spot)
    assert terms.editor is not None and terms.editor.list is not None and terms.editor.list.isVisible()


def test_escape_closes_the_list_and_keeps_the_value(terms: GridView) -> None:
    terms.go_to(DECIDER, 1)
    press(terms, K.Key_Down, M.AltModifier)
    press(terms, K.Key_Down)
    press(terms, K.Key_Escape)
    assert terms.editor is None and terms.grid_model.source.values["decider"] == "Independent panel"


def test_alt_down_on_a_cell_without_choices_does_nothing(terms: GridView) -> None:
    terms.go_to(SHARE, 1)
    press(terms, K.Key_Down, M.AltModifier)
    assert terms.editor is None


# --- copy, cut, delete ----------------------------------------------------------------


def test_copy_is_tsv_with_full_precision(terms: GridView) -> None:
    terms.go_to(SHARE, 0)
    press(terms, K.Key_Right, M.ShiftModifier, 2)
    press(terms, K.Key_Down, M.ShiftModifier)
    press(terms, K.Key_C, M.ControlModifier)
    assert clip() == "Stake, as-converted\t27\t%\nValue of the stake\t135.04999\t$bn\n"


def test_copy_leaves_out_the_rows_of_closed_sections(schedule: GridView) -> None:
    schedule.set_collapsed("plan", True)
    schedule.select_block(0, 0, 9, 0)
    press(schedule, K.Key_C, M.ControlModifier)
    assert clip() == "Plan\nResults\nResult 0\nResult 1\n"


def test_copy_of_several_blocks_is_refused(schedule: GridView) -> None:
    clip("before")
    schedule.go_to(1, 2)
    QTest.mouseClick(
        schedule.viewport(), Qt.MouseButton.LeftButton, M.ControlModifier, schedule.cell_rect(4, 5).center()
    )
    press(schedule, K.Key_C, M.ControlModifier)
    assert clip() == "before" and schedule.bubble.isVisible()


@pytest.mark.parametrize("key", [K.Key_Delete, K.Key_Backspace])
def test_delete_clears_what_can_be_cleared_as_one_step(schedule: GridView, key: Qt.Key) -> None:
    schedule.select_block(1, 1, 2, 3)
    press(schedule, key)
    source = schedule.grid_model.source
    assert source.steps == [("Clear 4 cells", [(1, 2, ""), (1, 3, ""), (2, 2, ""), (2, 3, "")])]


def test_delete_on_a_computed_cell_says_why_not(terms: GridView) -> None:
    terms.go_to(EQUITY, 1)
    press(terms, K.Key_Delete)
    assert terms.bubble.isVisible() and terms.grid_model.source.steps == []


def test_delete_never_touches_rows_of_closed_sections(schedule: GridView) -> None:
    schedule.set_collapsed("plan", True)
    press(schedule, K.Key_A, M.ControlModifier)
    press(schedule, K.Key_Delete)
    assert schedule.grid_model.source.steps == []


def test_cut_copies_and_clears(schedule: GridView) -> None:
    press(schedule, K.Key_X, M.ControlModifier)
    assert clip() == "13.25\n"
    assert schedule.grid_model.source.steps == [("Cut", [(1, 2, "")])]


def test_cut_of_a_computed_cell_leaves_the_clipboard(schedule: GridView) -> None:
    clip("before")
    schedule.go_to(5, 2)
    press(schedule, K.Key_X, M.ControlModifier)
    assert clip() == "before" and schedule.grid_model.source.steps == []


# --- paste ---------------------------------------------------------------------------


def test_a_paste_from_excel_is_one_step(schedule: GridView) -> None:
    clip("1\t2\r\n3\t4\r\n")
    schedule.go_to(2, 3)
    press(schedule, K.Key_V, M.ControlModifier)
    source = schedule.grid_model.source
    assert source.steps == [("Paste 4 cells", [(2, 3, "1"), (2, 4, "2"), (3, 3, "3"), (3, 4, "4")])]
    assert schedule.blocks() == [(2, 3, 3, 4)]


def test_one_value_fills_the_whole_selection(schedule: GridView) -> None:
    clip("7\n")
    schedule.select_block(1, 2, 3, 4)
    press(schedule, K.Key_V, M.ControlModifier)
    ((title, changes),) = schedule.grid_model.source.steps
    assert title == "Paste 9 cells" and {text for _, _, text in changes} == {"7"}


def test_a_block_is_tiled_over_a_multiple_of_its_size(schedule: GridView) -> None:
    clip("1\t2\n")
    schedule.select_block(1, 2, 2, 5)
    press(schedule, K.Key_V, M.ControlModifier)
    ((_, changes),) = schedule.grid_model.source.steps
    assert [t for _, _, t in changes] == ["1", "2", "1", "2"] * 2


def test_a_block_onto_a_selection_that_is_no_multiple_is_pasted_once(schedule: GridView) -> None:
    clip("1\t2\n")
    schedule.select_block(1, 2, 1, 4)
    press(schedule, K.Key_V, M.ControlModifier)
    ((_, changes),) = schedule.grid_model.source.steps
    assert len(changes) == 2


def test_a_block_that_does_not_fit_is_refused_in_a_sentence(schedule: GridView) -> None:
    clip("1\t2\t3\n" * 2)
    schedule.go_to(1, 8)
    press(schedule, K.Key_V, M.ControlModifier)
    assert schedule.grid_model.source.steps == []
    assert "The clipboard holds 2 × 3; from here on there is room for 12 × 2." in schedule.bubble.text()


def test_a_paste_over_computed_cells_is_refused_and_names_the_first(schedule: GridView) -> None:
    clip("1\n2\n")
    schedule.go_to(4, 2)
    press(schedule, K.Key_V, M.ControlModifier)
    assert schedule.grid_model.source.steps == []
    assert "“Total, 2025” cannot be pasted over" in schedule.bubble.text()


def test_a_paste_with_one_bad_cell_changes_nothing(schedule: GridView) -> None:
    clip("1\tx\n")
    press(schedule, K.Key_V, M.ControlModifier)
    assert schedule.grid_model.source.steps == []
    assert "“x” is not a number." in schedule.bubble.text()


def test_what_is_copied_with_its_labels_can_be_pasted_back(terms: GridView) -> None:
    terms.select_block(4, 0, 7, 2)  # heading, two inputs, a computed total
    press(terms, K.Key_C, M.ControlModifier)
    terms.go_to(4 + 1, 1)
    terms.select_block(4, 0, 4, 0)
    press(terms, K.Key_V, M.ControlModifier)
    ((title, changes),) = terms.grid_model.source.steps
    assert (title, changes) == ("Paste 2 cells", [(SHARE, 1, "27"), (WORTH, 1, "135.04999")])


def test_a_cell_with_line_breaks_arrives_whole(terms: GridView) -> None:
    clip('"two\nlines"\r\n')
    terms.go_to(START, 1)
    press(terms, K.Key_V, M.ControlModifier)
    assert terms.grid_model.source.values["start"] == "two\nlines"


def test_an_empty_clipboard_is_said(terms: GridView) -> None:
    terms.go_to(SHARE, 1)
    press(terms, K.Key_V, M.ControlModifier)
    assert "holds no text" in terms.bubble.text()


def test_copy_and_paste_keep_full_precision(terms: GridView) -> None:
    terms.go_to(WORTH, 1)
    press(terms, K.Key_C, M.ControlModifier)
    terms.go_to(CAP, 1)
    press(terms, K.Key_V, M.ControlModifier)
    assert terms.grid_model.source.values["cap"] == "135.04999"


def test_escape_takes_away_the_frame_of_the_copy(terms: GridView) -> None:
    terms.go_to(WORTH, 1)
    press(terms, K.Key_C, M.ControlModifier)
    assert terms._copied == (WORTH, 1, WORTH, 1)
    press(terms, K.Key_Escape)
    assert terms._copied is None


# --- fill ----------------------------------------------------------------------------


def test_fill_down_copies_the_first_row_of_the_selection(schedule: GridView) -> None:
    schedule.select_block(1, 2, 4, 3)
    press(schedule, K.Key_D, M.ControlModifier)
    ((title, changes),) = schedule.grid_model.source.steps
    assert title == "Fill down 6 cells"
    assert {(col, text) for _, col, text in changes} == {(2, "13.25"), (3, "44.75")}


def test_fill_down_of_one_cell_takes_the_cell_above(schedule: GridView) -> None:
    schedule.go_to(2, 2)
    press(schedule, K.Key_D, M.ControlModifier)
    assert schedule.grid_model.source.steps == [("Fill down", [(2, 2, "13.25")])]


def test_fill_right_copies_the_first_column_of_the_selection(schedule: GridView) -> None:
    schedule.select_block(1, 2, 2, 4)
    press(schedule, K.Key_R, M.ControlModifier)
    ((title, changes),) = schedule.grid_model.source.steps
    assert title == "Fill right 4 cells"
    assert {(row, text) for row, _, text in changes} == {(1, "13.25"), (2, "26.5")}


def test_fill_over_computed_cells_is_refused(schedule: GridView) -> None:
    schedule.select_block(3, 2, 5, 2)
    press(schedule, K.Key_D, M.ControlModifier)
    assert schedule.grid_model.source.steps == [] and schedule.bubble.isVisible()


def test_fill_down_passes_over_headings(terms: GridView) -> None:
    terms.select_block(LAG, 1, WORTH, 1)  # a heading stands between
    press(terms, K.Key_D, M.ControlModifier)
    assert terms.grid_model.source.steps == [("Fill down 2 cells", [(SHARE, 1, "6"), (WORTH, 1, "6")])]


def test_an_editor_in_the_dark_is_dark(qapp: QApplication, terms: GridView) -> None:
    theme.install(qapp, "dark")
    terms.go_to(SHARE, 1)
    press(terms, K.Key_F2)
    assert terms.editor is not None
    shot = terms.editor.grab().toImage()
    assert shot.pixelColor(6, 6).name() == theme.dark().background
    assert shot.pixelColor(1, 1).name() == theme.dark().accent
