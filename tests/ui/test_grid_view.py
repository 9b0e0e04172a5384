"""Moving, selecting, sections, columns, painting: real keys and clicks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.grid_demo import ScheduleSource, TermSource
from ui import theme
from ui.grid.source import Cell, ColumnSpec, RowSpec
from ui.grid.view import GridView
from ui.texts import shown

K, M = Qt.Key, Qt.KeyboardModifier


def opened(qtbot, source, width: int = 900, height: int = 420) -> GridView:
    view = GridView(source, name="Table")
    view.resize(width, height)
    qtbot.addWidget(view)
    view.show()
    view.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    return view


@pytest.fixture
def schedule(qtbot) -> GridView:
    return opened(qtbot, ScheduleSource())


@pytest.fixture
def terms(qtbot) -> GridView:
    return opened(qtbot, TermSource())


def press(view: GridView, key: Qt.Key, mods: Qt.KeyboardModifier = M.NoModifier, times: int = 1) -> None:
    for _ in range(times):
        QTest.keyClick(view.editor or view, key, mods)


def click(view: GridView, row: int, col: int, mods: Qt.KeyboardModifier = M.NoModifier, dx: int = 0) -> None:
    QTest.mouseClick(
        view.viewport(), Qt.MouseButton.LeftButton, mods, view.cell_rect(row, col).center() + QPoint(dx, 0)
    )


def test_the_first_cell_beside_the_frozen_columns_is_current_at_first(schedule: GridView) -> None:
    assert schedule.current == (1, 2)


def test_arrows_move_and_pass_over_headings_and_spacers(schedule: GridView) -> None:
    press(schedule, K.Key_Right)
    assert schedule.current == (1, 3)
    press(schedule, K.Key_Down, times=4)
    assert schedule.current == (5, 3)  # the total
    press(schedule, K.Key_Down)
    assert schedule.current == (8, 3)  # past the spacer and the heading
    press(schedule, K.Key_Up)
    assert schedule.current == (5, 3)
    press(schedule, K.Key_Left, times=9)
    assert schedule.current == (5, 0)


def test_shift_arrows_extend_while_the_active_cell_stays(schedule: GridView) -> None:
    press(schedule, K.Key_Right, M.ShiftModifier, 2)
    press(schedule, K.Key_Down, M.ShiftModifier)
    assert schedule.current == (1, 2)
    assert schedule.blocks() == [(1, 2, 2, 4)]
    press(schedule, K.Key_Left, M.ShiftModifier, 3)
    assert schedule.blocks() == [(1, 1, 2, 2)]
    press(schedule, K.Key_Down)
    assert schedule.blocks() == [(2, 2, 2, 2)]


def test_control_arrows_jump_and_with_shift_extend(schedule: GridView) -> None:
    press(schedule, K.Key_Right, M.ControlModifier)
    assert schedule.current == (1, 9)
    press(schedule, K.Key_Down, M.ControlModifier)
    assert schedule.current == (5, 9)
    press(schedule, K.Key_Left, M.ControlModifier | M.ShiftModifier)
    assert schedule.blocks() == [(5, 0, 5, 9)]
    press(schedule, K.Key_Up, M.ControlModifier | M.ShiftModifier)
    assert schedule.blocks() == [(1, 0, 5, 9)]
    assert schedule.current == (5, 9)


def test_control_arrow_stops_at_an_empty_cell(schedule: GridView) -> None:
    schedule.grid_model.clear([(1, 5)], "")
    schedule.refresh()
    press(schedule, K.Key_Right, M.ControlModifier)
    assert schedule.current == (1, 4)
    press(schedule, K.Key_Right, M.ControlModifier)
    assert schedule.current == (1, 6)


def test_home_end_and_their_control_forms(schedule: GridView) -> None:
    press(schedule, K.Key_End, M.ControlModifier)
    assert schedule.current == (12, 9)
    press(schedule, K.Key_Home)
    assert schedule.current == (12, 2)
    press(schedule, K.Key_Home)
    assert schedule.current == (12, 0)
    press(schedule, K.Key_Home, M.ControlModifier)
    assert schedule.current == (1, 2)
    press(schedule, K.Key_End, M.ControlModifier | M.ShiftModifier)
    assert schedule.blocks() == [(1, 2, 12, 9)]


def test_page_keys_move_by_what_is_seen(qtbot) -> None:
    view = opened(qtbot, ScheduleSource(rows=60), width=1000, height=28 + 24 * 10)
    press(view, K.Key_PageDown)
    assert view.current == (10, 2)
    assert view.viewport().rect().contains(view.cell_rect(10, 2))
    press(view, K.Key_PageDown, M.ShiftModifier)
    assert view.blocks() == [(10, 2, 19, 2)]
    press(view, K.Key_PageUp, times=5)
    assert view.current == (1, 2)


def test_tab_tab_enter_returns_to_the_column_where_it_began(schedule: GridView) -> None:
    press(schedule, K.Key_Right)
    press(schedule, K.Key_Tab, times=3)
    assert schedule.current == (1, 6)
    press(schedule, K.Key_Return)
    assert schedule.current == (2, 3)
    press(schedule, K.Key_Tab)
    press(schedule, K.Key_Down)  # moving otherwise forgets the start
    press(schedule, K.Key_Return)
    assert schedule.current == (4, 4)


def test_shift_tab_and_shift_enter_go_back(schedule: GridView) -> None:
    schedule.go_to(3, 5)
    press(schedule, K.Key_Backtab, M.ShiftModifier)
    assert schedule.current == (3, 4)
    press(schedule, K.Key_Return, M.ShiftModifier)
    assert schedule.current == (2, 5)


def test_enter_and_tab_go_round_inside_a_selection(schedule: GridView) -> None:
    press(schedule, K.Key_Right, M.ShiftModifier)
    press(schedule, K.Key_Down, M.ShiftModifier)
    seen = []
    for _ in range(4):
        press(schedule, K.Key_Return)
        seen.append(schedule.current)
    assert seen == [(2, 2), (1, 3), (2, 3), (1, 2)]
    press(schedule, K.Key_Tab)
    assert schedule.current == (1, 3)
    press(schedule, K.Key_Backtab, M.ShiftModifier, 2)
    assert schedule.current == (2, 3)
    assert schedule.blocks() == [(1, 2, 2, 3)]


def test_select_all_columns_and_rows(schedule: GridView) -> None:
    press(schedule, K.Key_A, M.ControlModifier)
    assert schedule.blocks() == [(0, 0, 12, 9)]
    assert schedule.current == (1, 2)
    press(schedule, K.Key_Backspace, M.ShiftModifier)
    assert schedule.blocks() == [(1, 2, 1, 2)]
    press(schedule, K.Key_Space, M.ControlModifier)
    assert schedule.blocks() == [(0, 2, 12, 2)]
    press(schedule, K.Key_Down)
    press(schedule, K.Key_Space, M.ShiftModifier)
    assert schedule.blocks() == [(2, 0, 2, 9)]


def test_clicks_select_extend_and_add(schedule: GridView) -> None:
    click(schedule, 2, 3)
    assert schedule.current == (2, 3)
    click(schedule, 4, 5, M.ShiftModifier)
    assert schedule.blocks() == [(2, 3, 4, 5)] and schedule.current == (2, 3)
    click(schedule, 9, 2, M.ControlModifier)
    assert sorted(schedule.blocks()) == [(2, 3, 4, 5), (9, 2, 9, 2)] and schedule.current == (9, 2)
    click(schedule, 1, 2)
    assert schedule.blocks() == [(1, 2, 1, 2)]


def test_dragging_selects_a_block(schedule: GridView) -> None:
    port, start, end = schedule.viewport(), schedule.cell_rect(2, 3).center(), schedule.cell_rect(3, 5).center()
    QTest.mousePress(port, Qt.MouseButton.LeftButton, M.NoModifier, start)
    QTest.mouseMove(port, end)
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, M.NoModifier, end)
    assert schedule.blocks() == [(2, 3, 3, 5)]


def test_a_click_on_a_header_selects_the_column_and_a_drag_several(schedule: GridView) -> None:
    header = schedule.grid_header
    x = header.sectionPosition(4) + 40
    QTest.mousePress(header.viewport(), Qt.MouseButton.LeftButton, M.NoModifier, QPoint(x, 10))
    assert schedule.blocks() == [(0, 4, 12, 4)] and schedule.current == (1, 4)
    QTest.mouseMove(header.viewport(), QPoint(x + 160, 10))
    QTest.mouseRelease(header.viewport(), Qt.MouseButton.LeftButton, M.NoModifier, QPoint(x + 160, 10))
    assert schedule.blocks() == [(0, 4, 12, 6)]


# --- sections ------------------------------------------------------------------


def test_a_click_on_a_heading_closes_and_opens_its_section(schedule: GridView) -> None:
    click(schedule, 0, 4)
    assert schedule.collapsed() == {"plan"}
    assert schedule.isRowHidden(1) and schedule.isRowHidden(6) and not schedule.isRowHidden(7)
    assert schedule.current == (0, 2)
    click(schedule, 0, 0)
    assert not schedule.collapsed() and not schedule.isRowHidden(1)
    assert schedule.current == (1, 2)


def test_the_keyboard_closes_and_opens_the_section_it_is_in(schedule: GridView) -> None:
    press(schedule, K.Key_Down)
    press(schedule, K.Key_Minus, M.ControlModifier)
    assert schedule.collapsed() == {"plan"} and schedule.current == (0, 2)
    press(schedule, K.Key_Down)
    assert schedule.current == (8, 2)
    press(schedule, K.Key_Up)
    assert schedule.current == (0, 2)
    press(schedule, K.Key_Plus, M.ControlModifier)
    assert not schedule.collapsed() and schedule.current == (1, 2)


@pytest.mark.parametrize("key", [K.Key_Return, K.Key_Space])
def test_enter_and_space_open_a_closed_section(schedule: GridView, key: Qt.Key) -> None:
    press(schedule, K.Key_Minus, M.ControlModifier)
    press(schedule, key)
    assert not schedule.collapsed()


def test_nested_sections_close_with_their_parent(qtbot) -> None:
    source = ScheduleSource()
    source._rows.insert(3, RowSpec("sub", "section", "Part", indent=1))
    view = opened(qtbot, source)
    view.set_collapsed("sub", True)
    assert [view.isRowHidden(r) for r in (2, 3, 4)] == [False, False, True]
    view.set_collapsed("plan", True)
    assert view.isRowHidden(3)
    view.set_collapsed("plan", False)
    assert [view.isRowHidden(r) for r in (2, 3, 4)] == [False, False, True]


def test_going_to_a_cell_opens_the_section_that_hides_it(schedule: GridView) -> None:
    schedule.set_collapsed("plan", True)
    schedule.go_to(2, 3)
    assert schedule.current == (2, 3) and not schedule.collapsed()


# --- frozen columns and structure -----------------------------------------------


def test_frozen_columns_stay_while_the_others_scroll(qtbot) -> None:
    view = opened(qtbot, ScheduleSource([str(y) for y in range(2025, 2065)]), width=700)
    press(view, K.Key_End)
    assert view.horizontalScrollBar().value() > 0
    assert view.cell_rect(1, 0).left() == 0
    click(view, 2, 0)
    assert view.current == (2, 0)
    assert view.cell_rect(2, 41).right() < view.viewport().width()
    press(view, K.Key_Home)  # first key from a frozen column stays; then into the scrolling part
    view.go_to(2, 2)
    assert view.cell_rect(2, 2).left() == view.frozen_width() == 296


def test_a_click_on_a_frozen_header_selects_the_frozen_column_when_scrolled(qtbot) -> None:
    view = opened(qtbot, ScheduleSource([str(y) for y in range(2025, 2065)]), width=700)
    view.horizontalScrollBar().setValue(800)
    QTest.mouseClick(view.grid_header.viewport(), Qt.MouseButton.LeftButton, M.NoModifier, QPoint(100, 10))
    assert view.current == (1, 0)
    assert view.blocks() == [(0, 0, 12, 0)]


def test_columns_are_not_frozen_where_they_would_leave_no_room(qtbot) -> None:
    view = opened(qtbot, ScheduleSource(), width=380)
    assert view.frozen_width() == 0
    view.resize(900, 400)
    assert view.frozen_width() == 296


def test_the_pixels_of_frozen_columns_are_the_same_when_scrolled(qtbot) -> None:
    view = opened(qtbot, ScheduleSource([str(y) for y in range(2025, 2065)]), width=700)
    view.go_to(1, 0)

    def left_part():
        return view.grab().copy(0, 0, 290, 300).toImage()

    before = left_part()
    view.horizontalScrollBar().setValue(777)
    assert left_part() == before


def test_a_reset_keeps_the_current_cell_on_its_key(qtbot) -> None:
    source = ScheduleSource()
    view = opened(qtbot, source)
    view.go_to(9, 5)
    press(view, K.Key_Right, M.ShiftModifier)
    source._rows.insert(1, RowSpec("new", label="New line"))
    source.periods.insert(0, "2024")
    view.reset_source()
    assert view.current == (10, 6)
    assert view.blocks() == [(10, 6, 10, 7)]


def test_a_reset_that_removes_the_current_row_lands_on_the_next(qtbot) -> None:
    source = ScheduleSource()
    view = opened(qtbot, source)
    view.go_to(9, 5)
    source._rows = source._rows[:6]
    view.reset_source()
    assert view.current is not None and view.current[1] == 5
    source._rows = []
    view.reset_source()
    press(view, K.Key_Down)
    press(view, K.Key_Delete)
    press(view, K.Key_A)
    view.grab()
    assert view.current is None


def test_a_collapsed_section_stays_collapsed_through_a_reset(schedule: GridView) -> None:
    schedule.set_collapsed("plan", True)
    schedule.reset_source()
    assert schedule.isRowHidden(2) and schedule.current == (0, 2)


def test_stretch_columns_fill_the_width_and_hand_set_widths_last(terms: GridView) -> None:
    header = terms.grid_header
    assert header.length() == terms.viewport().width()
    header.resizeSection(1, 260)
    terms.reset_source()
    assert terms.columnWidth(1) == 260
    assert header.length() == terms.viewport().width()


def test_fitting_a_column_makes_room_for_its_longest_text(terms: GridView) -> None:
    terms.grid_header.resizeSection(0, 40)
    terms.fit_column(0)
    cell, spec = terms.grid_model.cell(3, 0), terms.grid_model.rows[3]
    assert terms.columnWidth(0) >= terms.painter.width_of(cell, spec, 0)


# --- what is said and shown ------------------------------------------------------


def test_statistics_sum_only_numbers_and_count_what_is_not_empty(qtbot, terms: GridView) -> None:
    terms.go_to(1, 1)
    with qtbot.waitSignal(terms.stats_changed) as told:
        press(terms, K.Key_Down, M.ShiftModifier, 3)  # a date, a choice, 6, (heading), 27
    stats = told.args[0]
    assert (stats.cells, stats.count, stats.numbers, stats.total, stats.average) == (4, 4, 2, 33.0, 16.5)


def test_statistics_of_no_numbers_have_no_average(qtbot, terms: GridView) -> None:
    terms.go_to(1, 1)
    assert terms.stats().average is None


def test_statistics_follow_a_change_of_values(qtbot, schedule: GridView) -> None:
    schedule.grid_model.commit([(1, 2, "1000")])
    with qtbot.waitSignal(schedule.stats_changed) as told:
        schedule.refresh()
    assert told.args[0].total == 1000.0


def test_moving_tells_the_new_place(qtbot, schedule: GridView) -> None:
    with qtbot.waitSignal(schedule.current_changed) as told:
        press(schedule, K.Key_Down)
    assert told.args == [2, 2]


def test_the_frame_of_the_current_cell_shows_focus_and_stays_without(qtbot, schedule: GridView) -> None:
    def frame() -> str:
        corner = schedule.cell_rect(1, 2).topLeft() + QPoint(30, 1)
        return schedule.viewport().grab().toImage().pixelColor(corner).name()

    assert frame() == theme.light().accent
    schedule.clearFocus()
    assert frame() == theme.light().rule


def test_a_dark_theme_repaints_the_grid(qapp: QApplication, schedule: GridView) -> None:
    def ground() -> str:
        return schedule.viewport().grab().toImage().pixelColor(schedule.cell_rect(2, 0).topLeft() + QPoint(2, 4)).name()

    assert ground() == theme.light().background
    theme.install(qapp, "dark")
    assert ground() == theme.dark().background


def test_a_changed_cell_is_yellow_and_fades(qtbot, schedule: GridView) -> None:
    def ground() -> str:
        return schedule.viewport().grab().toImage().pixelColor(schedule.cell_rect(2, 4).topLeft() + QPoint(3, 3)).name()

    quiet = ground()
    schedule.grid_model.commit([(2, 4, "1000")])
    schedule.refresh()
    assert ground() != quiet
    qtbot.waitUntil(lambda: ground() == quiet, timeout=2000)
    qtbot.waitUntil(lambda: not schedule._flash_timer.isActive(), timeout=500)


def test_zoom_scales_rows_columns_and_text_and_is_bounded(qtbot, schedule: GridView) -> None:
    with qtbot.waitSignal(schedule.zoom_changed):
        schedule.set_zoom(150)
    assert (schedule.rowHeight(1), schedule.columnWidth(2), schedule.grid_header.height()) == (36, 120, 42)
    schedule.set_zoom(10_000)
    assert schedule.zoom == 3
    schedule.set_zoom(100)
    assert schedule.rowHeight(1) == 24 and schedule.grid_header.height() == 28


def test_control_wheel_zooms_and_shift_wheel_scrolls_sideways(qtbot) -> None:
    view = opened(qtbot, ScheduleSource([str(y) for y in range(2025, 2065)]), width=700)

    def wheel(mods: Qt.KeyboardModifier) -> None:
        event = QWheelEvent(
            QPointF(300, 100), QPointF(300, 100), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton, mods,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(view.viewport(), event)

    wheel(M.ControlModifier)
    assert view.zoom == pytest.approx(0.9)
    wheel(M.ShiftModifier)
    assert view.horizontalScrollBar().value() > 0 and view.verticalScrollBar().value() == 0


def test_a_number_that_does_not_fit_is_never_shown_in_part(qtbot, schedule: GridView) -> None:
    face = schedule.painter.plain
    assert set(schedule.painter._cut(face, "1,234,567.8", 30, True)) == {"#"}
    assert schedule.painter._cut(face, "A long label", 40, False).endswith("…")


def test_a_cut_text_is_whole_in_the_tooltip(terms: GridView) -> None:
    terms.grid_header.resizeSection(0, 60)
    assert terms._tip(terms.cell_rect(3, 0).center()) == "Declaration to verification"
    assert terms._tip(terms.cell_rect(7, 1).center()) == "Value of the stake / stake"
    assert terms._tip(terms.cell_rect(1, 1).center()) == ""


def test_direction_overrides_and_controls_are_shown_not_obeyed() -> None:
    assert shown("pay\u202e001") == "pay⟨U+202E⟩001"
    assert shown("a\x00b\nc") == "a⟨U+0000⟩b ↵ c"
    assert len(shown("x" * 10**6)) < 1000


def test_every_role_tag_and_tint_paints(qtbot) -> None:
    class Odd(TermSource):
        def cell(self, row: int, col: int) -> Cell:
            roles = ("label", "unit", "input", "computed", "linked", "muted", "error", "note", "tag")
            tags = ("", "stated", "official", "reported", "assumption", "unheard of")
            tints = ("", "amber", "good", "bad", "accent")
            align = (None, "left", "right", "center")[row % 4]
            return Cell("x\u202e" * row, roles[(row + col) % 9], align, tag=tags[row % 6], tint=tints[col % 5],
                        overridden=col % 2 == 0, number=1.0 if row % 2 else None)  # fmt: skip

    view = opened(qtbot, Odd())
    picture = view.grab().toImage()
    colours = {picture.pixelColor(x, y).name() for x in range(0, 900, 7) for y in range(30, 320, 3)}
    assert {theme.light().amber_background, theme.light().bad_tint, theme.light().good_tint} <= colours


def test_keys_that_belong_to_the_window_are_left_to_it(qtbot, schedule: GridView) -> None:
    reached = []
    for key, mods in ((K.Key_F4, M.NoModifier), (K.Key_Z, M.ControlModifier), (K.Key_PageDown, M.ControlModifier),
                      (K.Key_S, M.ControlModifier), (K.Key_Escape, M.NoModifier)):  # fmt: skip
        event = QKeyEvent(QEvent.Type.KeyPress, key, mods)
        QApplication.sendEvent(schedule, event)
        reached.append(event.isAccepted())
    assert reached == [False] * 5
    assert not schedule.is_editing


def test_columns_with_frozen_everything_are_simply_columns(qtbot) -> None:
    class AllFrozen(TermSource):
        def columns(self):
            return [ColumnSpec(c.header, c.width, c.align, frozen=True) for c in super().columns()]

    view = opened(qtbot, AllFrozen())
    assert view.frozen_width() == 0 and view.current == (1, 0)


def test_any_part_painted_alone_is_as_in_the_whole(schedule: GridView) -> None:
    """Edits and moves repaint parts; frames of a selection must not end where a part does."""
    schedule.select_block(1, 2, 7, 4)
    QApplication.processEvents()
    port = schedule.viewport()
    whole = port.grab().toImage()
    for top in range(0, port.height() - 40, 17):
        for left in (0, 300, 410):
            part = QRect(left, top, 90, 31)
            assert port.grab(part).toImage() == whole.copy(part), part


def test_an_edit_repaints_its_row_and_no_more(qtbot) -> None:
    view = opened(qtbot, ScheduleSource())
    painted: list[QRect] = []
    paint = view.paintEvent
    view.paintEvent = lambda event: (painted.append(event.rect()), paint(event))  # type: ignore[method-assign]
    view.grid_model.refresh([3])
    qtbot.waitUntil(lambda: bool(painted))
    row = view.cell_rect(3, 0)
    assert row.height() <= painted[0].height() <= row.height() + 2
    assert painted[0].contains(QRect(0, row.y(), view.viewport().width(), row.height()))
