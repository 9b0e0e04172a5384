"""The Rights sheet: the picture, moving its triggers, the table, the year-ends, and what ends when."""

from __future__ import annotations

import datetime as dt

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest

from model import store
from model.engine import run
from model.layers import default_view
from model.values import from_serial
from tests.ui import legal
from tests.ui.kit import CTRL, K, focus, press, type_into
from ui import theme
from ui.event_moves import handle, handles, move_edit, why_fixed, with_day
from ui.panels.rights import RightsPanel
from ui.rights_bars import RightsPicture


@pytest.fixture
def window(qtbot, tmp_path):
    return legal.window(qtbot, tmp_path, "Rights", "early")


@pytest.fixture
def panel(window) -> RightsPanel:
    assert isinstance(window.panel, RightsPanel)
    return window.panel


def bars(panel: RightsPanel) -> dict:
    return {bar.key: bar for bar in panel.picture.data.bars}


def spot(panel: RightsPanel, event: str) -> QPointF:
    """A point on the line of a trigger, among the bars."""
    placed = panel.picture.placed(event)
    assert placed is not None and placed.x is not None
    return QPointF(placed.x, 60)


# --- the input behind an event ---------------------------------------------------------------------


def calc_of(scenario: str):
    deal = store.load(legal.LICENCE).deal
    return run(deal, default_view(deal)._replace(scenario=scenario))


def test_an_event_is_moved_by_the_input_date_it_follows():
    found = handles(calc_of("early"))
    assert {key: (h.address, h.months) for key, h in found.items()} == {
        "signed": ("begins", 0), "announced": ("declared", 0), "confirmation": ("declared", 6),
    }  # fmt: skip
    assert "bonus" not in found, "it waits for the fee, not for a day"
    assert "follows from other terms" in why_fixed(calc_of("early"), "halfway")
    assert "is fixed" in why_fixed(calc_of("early"), "signed")


@pytest.mark.parametrize(
    "day", [dt.date(2027, 6, 30), dt.date(2028, 2, 29), dt.date(2026, 7, 15), dt.date(2027, 12, 30), None]
)
def test_an_event_months_after_its_input_comes_to_the_day_asked_for(day):
    calc = calc_of("early")
    found = handle(calc, "confirmation")
    assert found is not None
    moved = with_day(calc, found, day)
    assert from_serial(moved.event("confirmation")) == (day or dt.date(9999, 12, 31))
    edit = move_edit(calc, found, day, "scenario:early")
    assert edit.puts[0].path == ("scenarios", "early", "set", "declared")


# --- the picture -----------------------------------------------------------------------------------


def test_every_right_has_a_bar_of_its_kind_with_its_holder(panel):
    found = bars(panel)
    assert list(found) == list(panel.session.deal.rights)
    assert (found["use"].look, found["use"].holder) == ("solid", "User")
    assert found["sublicence"].look == "hatched"
    assert found["sublicence"].inside == "Criteria undisclosed"
    assert found["sublicence"].open
    assert (found["hardware"].look, found["hardware"].text) == ("none", "— excluded")
    assert from_serial(found["afterwards"].start) == dt.date(2027, 7, 1)


def test_the_text_after_a_bar_says_what_ended_it_and_how_much_early(panel):
    early = (dt.date(2029, 12, 31) - dt.date(2027, 6, 30)).days
    assert bars(panel)["exclusive"].text == f"{early} days early, with “Confirmation”"
    assert from_serial(bars(panel)["exclusive"].lost) == dt.date(2029, 12, 31)


def test_a_right_that_begins_with_an_event_that_never_comes_says_so(panel):
    panel.session.set_view(scenario="plan")
    assert bars(panel)["afterwards"].text == "— not yet"
    assert bars(panel)["exclusive"].text == "until 31 Dec 2029"
    assert bars(panel)["exclusive"].lost == 0


def test_hovering_tells_rule_and_source(panel):
    rect = panel.picture.bar_rect("exclusive")
    tip = panel.picture.tip_at(QPointF(rect.left() + 20, rect.center().y()))
    for words in ("Nobody else may.", "MIN(confirmed, last_day)", "official · Contract", "30 Jun 2027"):
        assert words in tip
    assert "Drag it" in panel.picture.tip_at(spot(panel, "confirmation"))
    assert "is fixed" in panel.picture.tip_at(spot(panel, "signed"))


def test_clicking_a_bar_selects_its_row_and_shows_it_in_the_formula_bar(window, panel):
    rect = panel.picture.bar_rect("sublicence")
    QTest.mouseClick(panel.picture.viewport(), Qt.MouseButton.LeftButton, legal.NONE, rect.center().toPoint())
    assert panel.source.key_at(panel._table.current[0]) == "sublicence"
    assert window.formula_bar.name_box.text().startswith("right:sublicence")


def test_the_arrows_go_from_right_to_right_and_enter_opens_the_row(panel):
    panel.picture.setFocus()
    press(panel.picture, K.Key_Home)
    press(panel.picture, K.Key_Down)
    assert panel.picture.marks.selected == "exclusive"
    press(panel.picture, K.Key_Return)
    assert panel.part == "Table"
    assert focus() is panel._table
    assert panel.source.key_at(panel._table.current[0]) == "exclusive"


# --- moving a trigger ------------------------------------------------------------------------------


def test_dragging_a_trigger_recomputes_live_and_is_one_undo_step(qtbot, window, panel):
    session, view = panel.session, panel.picture.viewport()
    before, deal = session.calc.scalar("fees"), session.deal
    start = spot(panel, "confirmation")
    end = QPointF(panel.picture.places.x(46934.5), start.y())  # 30 Jun 2028
    legal.drag(view, start, end)
    qtbot.waitUntil(lambda: session.calc.scalar("fees") != before)
    assert session.deal is deal, "a drag edits nothing until it ends"
    assert session.stack.count() == 0
    live = session.calc.scalar("fees")
    legal.release(view, end)
    assert session.stack.count() == 1
    assert session.calc.scalar("fees") == live
    assert from_serial(session.calc.event("confirmation")) == dt.date(2028, 6, 30)
    assert session.deal.scenarios["early"].set["declared"] == dt.date(2027, 12, 31)
    assert session.stack.undoText() == "Move “Confirmation” to 30 Jun 2028"
    window.undo()
    assert session.deal == deal
    assert session.calc.scalar("fees") == before


def test_escape_while_dragging_leaves_everything_as_it_was(qtbot, panel):
    session, view = panel.session, panel.picture.viewport()
    before = session.calc.scalar("fees")
    start = spot(panel, "confirmation")
    end = start + QPointF(80, 0)
    legal.drag(view, start, end)
    qtbot.waitUntil(lambda: session.calc.scalar("fees") != before)
    press(panel.picture, K.Key_Escape)
    legal.release(view, end)
    assert session.calc.scalar("fees") == before
    assert session.stack.count() == 0


def test_a_drag_ends_with_the_sheet_it_was_on(qtbot, window, panel):
    session = panel.session
    before = session.calc.scalar("fees")
    start = spot(panel, "confirmation")
    legal.drag(panel.picture.viewport(), start, start + QPointF(80, 0))
    qtbot.waitUntil(lambda: session.calc.scalar("fees") != before)
    window.next_sheet()
    assert session.calc.scalar("fees") == before
    assert session.stack.count() == 0


def test_a_trigger_dragged_past_the_last_year_has_not_happened(qtbot, panel):
    view = panel.picture.viewport()
    end = QPointF(panel.picture.places.x1 + 60, 60)
    legal.drag(view, spot(panel, "announced"), end)
    legal.release(view, end)
    assert panel.session.deal.scenarios["early"].set["declared"] == "never"
    placed = panel.picture.placed("announced")
    assert placed is not None and placed.x is None, "it waits at the right edge, from where it can be dragged back"


def test_a_fixed_trigger_and_one_that_follows_others_do_not_move(panel):
    view = panel.picture.viewport()
    for event in ("signed", "halfway"):
        start = spot(panel, event)
        legal.drag(view, start, start + QPointF(90, 0))
        legal.release(view, start + QPointF(90, 0))
    assert panel.session.stack.count() == 0


def test_the_cursor_says_what_can_be_moved(panel):
    view = panel.picture.viewport()
    for event, shape in (("confirmation", Qt.CursorShape.SizeHorCursor), ("halfway", Qt.CursorShape.ForbiddenCursor)):
        QTest.mouseMove(view, spot(panel, event).toPoint())
        assert view.cursor().shape() == shape


def test_tab_reaches_the_triggers_and_the_arrows_move_them_a_month_or_a_day(panel):
    picture, session = panel.picture, panel.session
    picture.setFocus()
    press(picture, K.Key_Tab)
    assert picture.marks.trigger == "announced"
    press(picture, K.Key_Tab)
    assert picture.marks.trigger == "confirmation"
    press(picture, K.Key_Right)
    assert from_serial(session.calc.event("confirmation")) == dt.date(2027, 7, 31)
    assert session.stack.count() == 1
    press(picture, K.Key_Left, CTRL)
    assert from_serial(session.calc.event("confirmation")) == dt.date(2027, 7, 30)
    assert session.stack.count() == 2
    press(picture, K.Key_Tab)
    assert focus() is not picture


def test_the_inspector_gives_its_place_to_the_questions_and_comes_back(window, panel):
    assert panel.side.isVisible()
    assert not window.inspector.isVisible()
    window.actions_["toggle_inspector"].trigger()
    assert not panel.side.isVisible()
    window.actions_["toggle_inspector"].trigger()
    assert panel.side.isVisible()
    window.show_sheet(0)
    assert window.inspector.isVisible()
    assert not panel.side.isVisible()


# --- the table -------------------------------------------------------------------------------------


def test_the_model_of_every_grid_is_sound(panel):
    for grid in panel.grids():
        QAbstractItemModelTester(grid.grid_model, QAbstractItemModelTester.FailureReportingMode.Fatal)
        grid.reset_source()


@pytest.mark.parametrize(
    ("column", "typed", "attribute", "value"),
    [
        ("label", "Sole use", "label", "Sole use"),
        ("holder", "own", "holder", "owner"),
        ("from_", "= begins + 30", "from_", "= begins + 30"),
        ("until", "31.12.2027", "until", "= DATE(2027, 12, 31)"),
        ("while_", "= TRI(criteria)", "while_", "= TRI(criteria)"),
        ("ends_on", "Announced", "ends_on", "announced"),
        ("class", "rep", "class_", "reported"),
        ("subject", "Works", "subject", "Works"),
        ("what", "Only the user may.", "what", "Only the user may."),
        ("survives", "Nothing.", "survives", "Nothing."),
        ("exceptions", "Old customers.", "exceptions", "Old customers."),
        ("source", "Press", "source", "press"),
        ("note", "Read again.", "note", "Read again."),
    ],
)
def test_every_column_of_a_right_can_be_typed_into_and_undone(window, panel, column, typed, attribute, value):
    panel.show_part("Table")
    deal = panel.session.deal
    type_into(legal.at(panel._table, "right:exclusive", column), typed)
    assert getattr(panel.session.deal.rights["exclusive"], attribute) == value
    assert panel.session.stack.count() == 1
    window.undo()
    assert panel.session.deal == deal


def test_a_formula_that_cannot_be_read_is_refused_in_place(panel):
    panel.show_part("Table")
    for typed, words in (("= nowhere + 1", "nowhere"), ("= MIN(confirmed,", "")):
        grid = legal.at(panel._table, "right:exclusive", "until")
        type_into(grid, typed)
        assert grid.editor is not None, "the text stays where it was typed"
        assert grid.bubble.isVisible()
        assert words in grid.bubble.text()
        press(grid.editor, K.Key_Escape)
    assert panel.session.stack.count() == 0


def test_changing_the_end_of_a_right_moves_its_bar(panel):
    panel.show_part("Table")
    type_into(legal.at(panel._table, "right:use", "until"), "= DATE(2026, 6, 30)")
    panel.show_part("Picture")
    assert from_serial(bars(panel)["use"].end) == dt.date(2026, 6, 30)


def test_a_formula_typed_into_the_formula_bar_is_checked_and_entered(window, panel):
    panel.show_part("Table")
    legal.at(panel._table, "right:use", "until")
    field = window.formula_bar.field
    assert field.text() == "= last_day"
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "= last_day - 365")
    press(field, K.Key_Return)
    assert panel.session.deal.rights["use"].until == "= last_day - 365"
    assert from_serial(bars(panel)["use"].end) == dt.date(2028, 12, 31)


def test_a_right_can_be_added_and_removed_and_both_undone(window, panel):
    deal = panel.session.deal
    panel.select("use")
    panel.add_right()
    assert list(panel.session.deal.rights)[1] == "right_1"
    panel.remove_right()
    assert "right_1" not in panel.session.deal.rights
    window.undo()
    window.undo()
    assert panel.session.deal == deal


# --- year-ends and what ends ------------------------------------------------------------------------


def test_the_year_ends_show_how_each_right_stands(panel):
    panel.show_part("Year-ends")
    row = [legal.text(panel.matrix, "right:exclusive", f"{year}-12-31") for year in range(2025, 2031)]
    assert row == ["✓ in force", "✓ in force", "ended", "ended", "ended", "ended"]
    assert legal.text(panel.matrix, "right:sublicence", "2026-12-31") == "? unknown"
    assert legal.text(panel.matrix, "right:hardware", "2026-12-31") == "— excluded"
    assert legal.text(panel.matrix, "right:afterwards", "2026-12-31") == "not yet"


def test_what_ends_lists_rights_with_days_and_money_forgone(panel):
    panel.ends.choose("confirmation")
    rows = dict(panel.ends.texts())
    early = (dt.date(2029, 12, 31) - dt.date(2027, 6, 30)).days
    assert rows["Exclusive use"] == f"{early} days early"
    assert rows["Works made afterwards"] == "begins 1 Jul 2027"
    assert "Use of the works" not in rows
    assert rows["Fees in all"] == "22.5 forgone"


def test_another_day_can_be_tried_without_entering_it(panel):
    panel.ends.choose("confirmation")
    field = panel.ends.on.field
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "30.6.2028")
    press(field, K.Key_Return)
    assert dict(panel.ends.texts())["Exclusive use"] == "549 days early"
    assert panel.session.stack.count() == 0
    field.selectAll()
    QTest.keyClicks(field, "soon")
    press(field, K.Key_Return)
    assert not panel.ends.on.error.isHidden()
    assert field.text() == "soon"


@pytest.mark.parametrize("dark", [False, True])
def test_the_picture_paints_in_both_themes(qapp, panel, dark):
    theme.apply(qapp, theme.dark() if dark else theme.light())
    picture = panel.picture
    data = picture.data
    picture.select("hardware")
    bar, rect = bars(panel)["use"], picture.bar_rect("use")
    image = picture.viewport().grab().toImage()
    x = picture.places.x(bar.start) + 8
    scale = image.devicePixelRatio()
    found = image.pixelColor(round(x * scale), round(rect.center().y() * scale)).name()
    assert found == theme.current().accent
    assert data.years == (2025, 2029)


def test_the_picture_of_an_undisclosed_date_is_hatched():
    deal = store.load(legal.LICENCE).deal
    view = default_view(deal)._replace(sets=(("last_day", "undisclosed"),))
    bar = next(b for b in RightsPicture(run(deal, view)).bars if b.key == "use")
    assert (bar.look, bar.inside, bar.open) == ("hatched", "a date is undisclosed", True)


# --- events ----------------------------------------------------------------------------------------


def test_events_stand_with_their_day_what_they_follow_and_what_they_change(panel):
    panel.show_part("Events")
    row = {column: legal.text(panel.events, "event:confirmation", column) for column in ("on", "follows", "note")}
    assert row == {"on": "30 Jun 2027", "follows": "Declared, 6 months after", "note": "Ends what lasts until then."}
    assert legal.text(panel.events, "event:halfway", "follows") == "several terms"
    panel.session.set_view(scenario="plan")
    assert legal.text(panel.events, "event:confirmation", "on") == "not yet"


def test_a_day_typed_for_an_event_moves_the_term_behind_it(window, panel):
    panel.show_part("Events")
    deal = panel.session.deal
    type_into(legal.at(panel.events, "event:confirmation", "on"), "30.6.2028")
    assert panel.session.deal.scenarios["early"].set["declared"] == dt.date(2027, 12, 31)
    press(legal.at(panel.events, "event:confirmation", "on"), K.Key_Delete)
    assert panel.session.deal.scenarios["early"].set["declared"] == "never"
    type_into(legal.at(panel.events, "event:announced", "note"), "Tells everybody.")
    assert panel.session.deal.events["announced"].note == "Tells everybody."
    for _ in range(3):
        window.undo()
    assert panel.session.deal == deal


def test_the_day_of_a_fixed_event_cannot_be_typed_over(panel):
    panel.show_part("Events")
    grid = legal.at(panel.events, "event:signed", "on")
    QTest.keyClicks(grid, "1")
    assert grid.editor is None
    assert "is fixed" in grid.bubble.text()
