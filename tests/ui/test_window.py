"""The window as a person uses it: keys, clicks, tabs, selectors, formula bar, headline."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionViewItem, QToolButton

from model import store
from model.edits import set_attribute, set_value
from tests.ui import kit
from tests.ui.kit import CTRL, SHIFT, K, go, here, press, show, type_into
from ui import theme
from ui.main_window import MainWindow
from ui.panels.base import SheetGrid
from ui.panels.headline import Card
from ui.sheets import SHEETS


@pytest.fixture
def window(qtbot, tmp_path) -> MainWindow:
    return kit.window(qtbot, tmp_path)


def click(widget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def card(window: MainWindow, key: str) -> Card:
    return next(c for c in window.headline.cards if c.key == key)


def test_typing_over_an_input_moves_the_headline_and_undo_moves_it_back(window):
    grid = go(window, "rate")
    type_into(grid, "30 %")
    assert card(window, "total_paid").value == "€18.0m"
    assert card(window, "total_paid").step.text == "▲ 6.0"
    assert window.toolbar.undo_button.toolTip().startswith("Undo: Set Rate to 30.0\u2009%")
    click(window.toolbar.undo_button)
    assert card(window, "total_paid").value == "€12.0m"
    assert card(window, "total_paid").step is None
    assert window.actions_["redo"].text() == "&Redo: Set Rate to 30.0\u2009%"


def test_refused_text_stays_in_the_cell_with_the_reason_under_it(window):
    grid = go(window, "stopped")
    type_into(grid, "tomorrow")
    assert grid.editor is not None
    assert grid.editor.text() == "tomorrow"
    assert grid.bubble.isVisible()
    assert "is not a date" in grid.bubble.text()
    assert not window.session.dirty
    press(grid.editor, K.Key_Escape)
    assert grid.editor is None


def test_the_name_box_finds_keys_addresses_labels_and_periods(window):
    for text, sheet, name in (
        ("rate", "Terms", "rate"),
        ("volume.2026", "Terms", "volume.2026"),
        ("payments.second.amount", "Terms", "payments.second.amount"),
        ("CLOSING_BALANCE · 2027", "Schedule", "closing_balance · 2027"),
        ("Left over", "Valuation", "left_over"),
        ("rate_sensible", "Checks", "rate_sensible"),
    ):
        go(window, text)
        assert SHEETS[window.tabs.currentIndex()].title == sheet, text
        assert here(window) == name


def test_an_unknown_name_is_said_and_the_cell_stays(window):
    go(window, "rate")
    go(window, "no such thing")
    assert "nothing called “no such thing”" in window.status.message.text()
    assert window.panel.target().key == "rate"


def test_f2_on_a_computed_cell_opens_its_formula_and_enter_commits(window):
    grid = go(window, "yearly")
    press(grid, K.Key_F2)
    field = window.formula_bar.field
    assert field.hasFocus()
    assert field.text() == "= commitment / 4"
    field.selectAll()
    QTest.keyClicks(field, "= commitment / 10")
    press(field, K.Key_Return)
    assert window.session.calc.scalar("yearly") == 10
    assert grid.hasFocus()
    assert window.session.stack.undoText() == "Change the formula of A year's share"


def test_a_refused_formula_stays_with_the_reason_beneath_and_the_place_marked(window):
    grid = go(window, "yearly")
    press(grid, K.Key_F2)
    field = window.formula_bar.field
    QTest.keyClicks(field, " + comitment")
    press(field, K.Key_Return)
    assert window.formula_bar.error.isVisible()
    assert "Did you mean commitment?" in window.formula_bar.error.said
    assert field.text() == "= commitment / 4 + comitment"
    assert field.textCursor().selectedText() == "comitment"
    press(field, K.Key_Escape)
    assert field.text() == "= commitment / 4"
    assert not window.formula_bar.error.isVisible()


def test_clicking_away_from_a_refused_formula_keeps_it(window, qtbot):
    grid = go(window, "yearly")
    press(grid, K.Key_F2)
    field = window.formula_bar.field
    QTest.keyClicks(field, " + nothing")
    other = grid.cell_rect(*grid.deal_source.find(target_in(window, "rate")))
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, other.center())
    qtbot.waitUntil(lambda: window.panel.target().key == "yearly")
    assert field.hasFocus()
    assert field.text() == "= commitment / 4 + nothing"
    press(field, K.Key_Escape)


def target_in(window: MainWindow, key: str):
    from ui.targets import target_of

    return target_of(window.session.deal, key)


def test_clicking_away_from_a_good_formula_enters_it(window):
    grid = go(window, "yearly")
    press(grid, K.Key_F2)
    QTest.keyClicks(window.formula_bar.field, " + 1")
    other = grid.cell_rect(*grid.deal_source.find(target_in(window, "rate")))
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, other.center())
    assert window.session.calc.scalar("yearly") == 26
    assert here(window) == "rate"


def test_an_input_is_edited_in_the_formula_bar_as_in_the_cell(window):
    go(window, "commitment")
    field = window.formula_bar.field
    click(field.viewport())
    field.selectAll()
    QTest.keyClicks(field, "250m")
    press(field, K.Key_Return)
    assert window.session.deal.terms["commitment"].value == 250
    assert here(window) == "rate"  # Enter moves down


def test_typing_in_the_cell_shows_in_the_formula_bar(window):
    grid = go(window, "commitment")
    QTest.keyClicks(grid, "7")
    QTest.keyClicks(grid.editor, "5")
    assert window.formula_bar.field.text() == "75"
    press(grid.editor, K.Key_Escape)
    assert window.formula_bar.field.text() == "100"


def test_the_chip_names_the_layer_and_offers_to_override_here(window):
    window.session.set_view(scenario="low")
    grid = go(window, "rate")
    assert window.formula_bar.chip.accessibleName() == "Writes to: Base"
    window.formula_bar.chip.menu().aboutToShow.emit()
    actions = window.formula_bar.chip.menu().actions()
    assert [a.text() for a in actions] == [
        "Override here in scenario: Low",
        "Override here in version: As signed",
        "Write to the base",
    ]
    actions[0].trigger()
    assert window.formula_bar.chip.accessibleName() == "Writes to: Scenario: Low"
    type_into(grid, "10 %")
    assert window.session.deal.scenarios["low"].set["rate"] == 0.1
    assert window.session.deal.terms["rate"].value == 0.2
    go(window, "rate")
    window.formula_bar.chip.menu().aboutToShow.emit()
    last = window.formula_bar.chip.menu().actions()[-1]
    assert last.text() == "Inherit again (remove from Scenario: Low)"
    last.trigger()
    assert "rate" not in window.session.deal.scenarios["low"].set


def test_an_overridden_cell_carries_a_mark_and_its_layers_as_a_tip(window):
    window.session.set_view(scenario="low")
    grid = go(window, "commitment")
    cell = grid.grid_model.cell(*grid.current)
    assert cell.overridden
    assert cell.tooltip == "Scenario: Low: €90.0m\nBase: €100.0m"


def test_version_scenario_and_period_are_chosen_in_the_toolbar(window):
    bar = window.toolbar
    for box, words, part, key in (
        (bar.version_box, "As amended", "version", "amended"),
        (bar.scenario_box, "Low", "scenario", "low"),
        (bar.period_box, "Month", "period", "month"),
    ):
        action = next(a for a in box.menu().actions() if a.text() == words)
        action.trigger()
        assert getattr(window.session.view, part) == key
        assert box.label == words
    assert not window.isWindowModified()


def test_the_schedule_follows_the_period(window):
    grid = kit.show(window, "Schedule")
    assert [c.header for c in grid.grid_model.columns][:4] == ["Line", "Unit", "Opening", "2025"]
    window.session.set_view(period="quarter")
    assert [c.header for c in grid.grid_model.columns][3:5] == ["Q1 2025", "Q2 2025"]
    assert len(grid.grid_model.columns) == 3 + 16


def test_ctrl_page_down_walks_through_the_sheets_and_round(window):
    seen = []
    for _ in SHEETS:
        seen.append(SHEETS[window.tabs.currentIndex()].title)
        press(window.panel.grid, K.Key_PageDown, CTRL)
    assert seen == [kind.title for kind in SHEETS]
    assert seen[:3] == ["Terms", "Schedule", "Rights"]
    assert window.tabs.currentIndex() == 0
    press(window.panel.grid, K.Key_PageUp, CTRL)
    assert SHEETS[window.tabs.currentIndex()].title == "Sources"


def test_a_paste_from_a_spreadsheet_is_one_undo_step(window):
    grid = go(window, "volume.2025")
    QGuiApplication.clipboard().setText("1\n2\n(3)\n")
    press(grid, K.Key_V, CTRL)
    assert window.session.deal.series["volume"].values == {"2025": 1, "2026": 2, "2027": -3}
    assert window.session.stack.count() == 1
    assert window.session.stack.undoText() == "Paste 3 cells"
    press(grid, K.Key_Z, CTRL)
    assert window.session.deal.series["volume"].values == {"2025": 10, "2026": 20, "2027": 30}


def test_a_paste_with_a_bad_value_changes_nothing_and_says_which(window):
    grid = go(window, "volume.2025")
    QGuiApplication.clipboard().setText("1\nsoon\n3\n")
    press(grid, K.Key_V, CTRL)
    assert "Volume 2026: " in grid.bubble.text()
    assert window.session.deal.series["volume"].values["2025"] == 10


def test_copy_puts_full_precision_on_the_clipboard(window):
    window.session.edit(_set(window, "rate", 1 / 3))
    grid = go(window, "rate")
    press(grid, K.Key_C, CTRL)
    assert QGuiApplication.clipboard().text().strip().startswith("33.333333333333")


def _set(window: MainWindow, key: str, value: object):
    from model.edits import set_value

    return set_value(window.session.deal, window.session.view, key, value)


def test_fill_down_repeats_the_cell_above(window):
    grid = go(window, "volume.2025")
    press(grid, K.Key_Down, SHIFT)
    press(grid, K.Key_Down, SHIFT)
    press(grid, K.Key_D, CTRL)
    assert window.session.deal.series["volume"].values == {"2025": 10, "2026": 10, "2027": 10}
    assert window.session.stack.count() == 1


def test_delete_empties_a_year_and_refuses_to_empty_a_term(window):
    grid = go(window, "volume.2027")
    press(grid, K.Key_Delete)
    assert "2027" not in window.session.deal.series["volume"].values
    grid = go(window, "rate")
    press(grid, K.Key_Delete)
    assert "needs a value" in grid.bubble.text()
    assert window.session.deal.terms["rate"].value == 0.2


def test_the_menus_act_on_the_grid(window):
    grid = go(window, "rate")
    window.actions_["copy"].trigger()
    assert QGuiApplication.clipboard().text() == "20%\n"
    grid = go(window, "volume.2025")
    QGuiApplication.clipboard().setText("44")
    window.actions_["paste"].trigger()
    assert window.session.deal.series["volume"].values["2025"] == 44
    assert grid.hasFocus()


def test_the_selection_is_summed_in_the_status_bar(window, qtbot):
    grid = go(window, "volume.2025")
    press(grid, K.Key_Down, SHIFT)
    qtbot.waitUntil(lambda: window.status.stats.text() == "Sum 30.0 · Average 15.0 · Count 2")


def test_the_master_check_tells_and_leads_to_the_fault(window):
    assert window.status.check.text() == "All 2 checks hold"
    grid = go(window, "rate")
    type_into(grid, "60 %")
    assert window.status.check.text() == "1 of 2 checks fails"
    click(window.status.check)
    assert SHEETS[window.tabs.currentIndex()].title == "Checks"
    assert window.panel.target().key == "rate_sensible"


def test_unit_and_sign_convention_stand_in_the_status_bar(window):
    assert window.status.about.text() == "EUR million · inflow to Seller positive"


def test_a_click_on_a_card_goes_to_the_output(window):
    click(card(window, "multiple"))
    assert SHEETS[window.tabs.currentIndex()].title == "Valuation"
    assert here(window) == "multiple"


def test_cards_are_added_moved_and_removed_as_undo_steps(window):
    strip = window.headline
    add = next(a for a in strip.menu(None).actions() if a.text() == "Add a card").menu()
    next(a for a in add.actions() if a.text() == "Left over").trigger()
    assert window.session.deal.headline == ("total_paid", "multiple", "left_over")
    entry = next(a for a in strip.menu(card(window, "left_over")).actions() if a.text() == "Move left")
    entry.trigger()
    assert window.session.deal.headline == ("total_paid", "left_over", "multiple")
    next(a for a in strip.menu(card(window, "multiple")).actions() if a.text() == "Remove this card").trigger()
    assert [c.key for c in strip.cards] == ["total_paid", "left_over"]
    for _ in range(3):
        window.undo()
    assert [c.key for c in strip.cards] == ["total_paid", "multiple"]


def test_a_card_is_dragged_to_another_place(window):
    first, second = window.headline.cards
    QTest.mousePress(first, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, first.rect().center())
    there = first.mapFromGlobal(second.mapToGlobal(second.rect().center())) + first.rect().center() / 2
    QTest.mouseMove(first, there)
    QTest.mouseRelease(first, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, there)
    assert window.session.deal.headline == ("multiple", "total_paid")


def test_the_baseline_can_be_pinned_and_let_go(window):
    grid = go(window, "rate")
    type_into(grid, "30 %")
    window.actions_["pin_baseline"].trigger()
    assert card(window, "total_paid").step is None
    window.actions_["unpin_baseline"].trigger()
    assert card(window, "total_paid").step.text == "▲ 6.0"


def test_the_unsaved_marker_follows_the_undo_stack(window):
    assert not window.isWindowModified()
    grid = go(window, "rate")
    type_into(grid, "30 %")
    assert window.isWindowModified()
    assert window.toolbar.save_button.text() == "Save •"
    window.undo()
    assert not window.isWindowModified()


def test_f4_hides_and_shows_the_inspector(window):
    assert window.inspector.isVisible()
    press(window.panel.grid, K.Key_F4)
    assert not window.inspector.isVisible()
    go(window, "rate")
    press(window.panel.grid, K.Key_F4)
    assert window.inspector.isVisible()
    assert window.inspector.target.key == "rate"


def test_the_inspector_says_why_from_what_and_what_follows(window, qtbot):
    go(window, "closing_balance · 2026")
    qtbot.waitUntil(lambda: "Closing balance · 2026" in window.inspector.texts())
    facts = [(row.fact.label, row.fact.value) for row in window.inspector.facts()]
    assert facts[:2] == [("Opening balance", "€90.0m"), ("Bought", "€20.0m")]
    assert "opening balance − bought" in " ".join(window.inspector.texts()).lower()
    assert ("Left over", "€40.0m") in facts
    go(window, "rate")
    qtbot.waitUntil(lambda: "Rate" in window.inspector.texts())
    assert ("Total paid", "€12.0m") in [(row.fact.label, row.fact.value) for row in window.inspector.facts()]


def test_a_line_of_the_inspector_leads_to_its_cell(window, qtbot):
    go(window, "closing_balance · 2026")
    qtbot.waitUntil(lambda: "Closing balance · 2026" in window.inspector.texts())
    row = next(r for r in window.inspector.facts() if r.fact.label == "Bought")
    click(row)
    assert here(window) == "bought · 2026"


def test_every_sheet_has_a_sound_model(window):
    for i in range(len(SHEETS)):
        window.show_sheet(i)
        for grid in window.panel.grids():
            QAbstractItemModelTester(grid.grid_model, QAbstractItemModelTester.FailureReportingMode.Fatal, window)
    window.session.set_view(period="month", scenario="low")
    window.session.edit(_set(window, "rate", 0.3))
    window.undo()


def test_the_theme_is_changed_at_once_and_remembered(window):
    window.actions_["theme_dark"].trigger()
    assert theme.current().is_dark
    assert window.settings.theme == "dark"
    assert theme.dark().bar in window.styleSheet()
    window.actions_["theme_light"].trigger()
    assert not theme.current().is_dark


def test_zoom_is_one_for_all_sheets(window):
    window.actions_["zoom_in"].trigger()
    kit.show(window, "Schedule")
    assert window.panel.grid.zoom == pytest.approx(1.1)
    assert window.status.zoom.text() == "110\u2009%"
    window.actions_["zoom_reset"].trigger()
    assert window.panel.grid.zoom == 1


@pytest.mark.parametrize("template", store.list_templates())
def test_nothing_in_the_toolbar_is_cut_off_at_a_narrow_width(template, tmp_path, qtbot):
    window = kit.window(qtbot, tmp_path, store.find(template))
    window.resize(860, 700)  # 1280 at 150 %
    qtbot.wait(10)
    right = 0
    for widget in window.toolbar.findChildren(QToolButton):
        assert widget.width() >= widget.sizeHint().width(), widget.text()
        right = max(right, widget.geometry().right())
    button = window.toolbar.export_button
    assert button.width() >= button.sizeHint().width()
    assert button.geometry().right() <= window.width()


def test_undo_enters_what_is_being_typed_first(window):
    grid = go(window, "rate")
    QTest.keyClicks(grid, "3")
    QTest.keyClicks(grid.editor, "0 %")
    window.actions_["undo"].setEnabled(True)
    window.undo()
    assert window.session.deal.terms["rate"].value == 0.2
    assert window.session.stack.redoText().startswith("Set Rate to 30.0")


def test_the_help_windows_list_keys_and_functions(window):
    from PySide6.QtWidgets import QDialog, QTableWidget

    window.actions_["show_functions"].trigger()
    table = window.findChild(QTableWidget)
    names = [table.item(i, 0).text() for i in range(table.rowCount())]
    assert any(name.startswith("XIRR(") for name in names)
    assert any(name.startswith("PREV(") for name in names)
    _whole(table)
    for dialog in window.findChildren(QDialog):
        dialog.close()


def _whole(table):
    """Every text has the lines it needs in the room in which it is drawn, so that none ends in …"""
    QTest.qWait(50)
    for row in range(table.rowCount()):
        cell = QStyleOptionViewItem()
        table.initViewItemOption(cell)
        index = table.model().index(row, 1)
        table.itemDelegate().initStyleOption(cell, index)
        cell.rect = table.visualRect(index)
        room = table.style().subElementRect(QStyle.SubElement.SE_ItemViewItemText, cell, table)
        margin = table.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, cell, table) + 1
        wide = QRect(0, 0, room.width() - 2 * margin, 10_000)
        text = cell.fontMetrics.boundingRect(wide, int(Qt.TextFlag.TextWordWrap), table.item(row, 1).text())
        assert room.height() >= text.height(), table.item(row, 0).text()


def test_the_current_cell_survives_a_change_of_the_period_length(window, qtbot):
    go(window, "closing_balance · 2028")
    for period in ("month", "quarter", "year", "month", "year"):
        window.session.set_view(period=period)
        assert window.panel.target().key == "closing_balance"
        assert here(window).startswith("closing_balance · ")
        window.inspector.rebuild()
    assert here(window).startswith("closing_balance · 20")


def test_a_note_of_several_lines_is_kept_when_the_cursor_only_passes(window):
    from model.edits import set_attribute

    window.session.edit(set_attribute(window.session.deal, ("terms", "rate", "note"), "One.\nTwo.", "Note"))
    grid = go(window, "rate")
    press(grid, K.Key_End)
    field = window.formula_bar.field
    assert field.text() == "One.\nTwo."
    field.setFocus()
    grid.setFocus()
    assert window.session.stack.count() == 1
    field.setFocus()
    field.moveCursor(field.textCursor().MoveOperation.End)
    press(field, K.Key_Return, Qt.KeyboardModifier.AltModifier)
    QTest.keyClicks(field, "Three.")
    press(field, K.Key_Return)
    assert window.session.deal.terms["rate"].note == "One.\nTwo.\nThree."


def test_f6_goes_round_all_parts_of_the_window(window, qtbot):
    from PySide6.QtWidgets import QApplication

    go(window, "rate")
    qtbot.waitUntil(lambda: bool(window.inspector.facts()))
    window.inspector.rebuild()
    seen = []
    for _ in range(7):
        widget = QApplication.focusWidget()
        seen.append(next(part for part in (window.panel, window.inspector, window.tabs, window.status, window.toolbar,
                                           window.headline, window.formula_bar)
                         if part is widget or part.isAncestorOf(widget)))  # fmt: skip
        press(widget, K.Key_F6)
    assert len(set(map(id, seen))) == 7
    assert QApplication.focusWidget() is window.panel.grid
    press(window.panel.grid, K.Key_F6, SHIFT)
    assert window.formula_bar.isAncestorOf(QApplication.focusWidget())


def test_the_name_box_offers_names_while_one_types(window, qtbot):
    window.go_to()
    box = window.formula_bar.name_box
    qtbot.waitUntil(box.hasFocus)
    qtbot.wait(5)
    QTest.keyClicks(box, "clos")
    popup = box.completer().popup()
    assert popup.isVisible()
    assert popup.model().index(0, 0).data() == "closing_balance"
    press(popup, K.Key_Down)
    press(popup, K.Key_Return)
    assert here(window) == "closing_balance · 2025"
    assert not popup.isVisible()


def test_nothing_heavy_is_imported_before_the_first_paint():
    code = (
        "import sys, ui.app, ui.display, ui.documents, ui.main_window, ui.panels.terms\n"
        "heavy = ('numpy', 'pandas', 'openpyxl', 'xlsxwriter', 'pyqtgraph', 'model.explain', 'model.structure', 'model.whatif',"
        " 'model.workbook', 'ui.exchange', 'ui.entries', 'ui.charts', 'ui.panels.rights')\n"
        "print(*[m for m in sys.modules if m.startswith(heavy)])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""


def test_the_code_of_edits_is_compiled_at_leisure(window, qtbot):
    plan = window.session.calc.program.plan
    qtbot.waitUntil(lambda: all(step.block is not None or step.loop for step in plan.steps))


def test_every_sheet_is_imported_at_leisure_and_numpy_is_not():
    """In a process of its own: others have imported them all."""
    code = (
        "import sys; from ui import ahead; from ui.sheets import SHEETS; from PySide6.QtWidgets import *; "
        "app = QApplication([]); list(ahead.imports(QScrollArea())); "
        "print({s.module for s in SHEETS if f'ui.panels.{s.module}' not in sys.modules}, 'numpy' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set() False"


def test_a_chart_keeps_its_picture_until_something_it_shows_moves(window, qtbot):
    window.show_titled("Schedule")
    chart = window.panel.charts.views[0]
    qtbot.waitUntil(lambda: chart._painted is not None)
    kept = chart._painted
    deal = window.session.deal
    note = set_attribute(deal, ("terms", next(iter(deal.terms)), "note"), "Said otherwise", "Note")
    window.session.edit(note)
    QApplication.processEvents()
    assert chart._painted is kept
    line = deal.charts[chart.key].lines[0]
    before = list(window.session.calc.line(line))
    for key, term in deal.terms.items():
        if isinstance(term.value, float):
            window.session.edit(set_value(window.session.deal, window.session.view, key, term.value * 1.5))
        if list(window.session.calc.line(line)) != before:
            break
    QApplication.processEvents()
    assert chart._painted is not kept


def test_what_is_being_typed_is_entered_before_another_period_is_looked_at_and_a_refused_entry_stays(window):
    box = window.toolbar.period_box

    def choose(words: str) -> None:
        next(a for a in box.menu().actions() if a.text() == words).trigger()

    grid = go(window, "commitment")
    QTest.keyClicks(grid, "1")
    QTest.keyClicks(grid.editor, "30")
    choose("Quarter")
    assert window.session.deal.terms["commitment"].value == 130.0
    assert window.session.view.period == "quarter"
    QTest.keyClicks(grid, "n")
    QTest.keyClicks(grid.editor, "onsense")
    choose("Month")
    assert window.session.view.period == "quarter"
    assert box.label == "Quarter"
    assert grid.is_editing


def refused_entry(window: MainWindow) -> SheetGrid:
    """“Rate” with a text that is no rate, still open in the Terms sheet."""
    grid = go(window, "rate")
    type_into(grid, "about five")
    assert grid.editor is not None
    return grid


def chosen_part(window: MainWindow) -> str:
    chips = window.panel.chips
    return chips._texts[chips.current]


def leave_by_tab(window: MainWindow) -> None:
    show(window, "Valuation")


def leave_by_part(window: MainWindow) -> None:
    click(window.panel.chips._group.buttons()[1])


LEAVING = {
    "tab": leave_by_tab,
    "part": leave_by_part,
    "next sheet": lambda window: window.next_sheet(),
    "next part": lambda window: window.step_part(1),
    "checks": lambda window: click(window.status.check),
    "headline": lambda window: click(window.headline.cards[0]),
    "name box": lambda window: go(window, "volume · 2026"),
    "properties": lambda window: window.actions_["properties"].trigger(),
}


@pytest.mark.parametrize("way", LEAVING)
def test_an_entry_that_is_refused_keeps_its_sheet_and_part_in_front_and_is_not_lost_at_save(window, tmp_path, way):
    grid = refused_entry(window)
    LEAVING[way](window)
    assert window.panel.title == "Terms"
    assert window.tabs.tabText(window.tabs.currentIndex()) == "Terms"
    assert chosen_part(window) == "Terms"
    assert window.panel.grid is grid
    assert grid.isVisible()
    assert grid.editor is not None
    assert grid.editor.text() == "about five"
    assert grid.bubble.isVisible(), "the reason is shown"
    window.session.path = tmp_path / "mine.deal"
    window.save()
    assert not window.session.path.exists()
    assert window.status.message.text().startswith("Not saved")


@pytest.mark.parametrize("way", LEAVING)
def test_an_entry_that_is_open_is_entered_before_another_sheet_or_part_comes_up(window, way):
    grid = go(window, "rate")
    QTest.keyClicks(grid, "7")
    assert grid.editor is not None
    LEAVING[way](window)
    assert grid.editor is None
    assert window.session.deal.terms["rate"].value == pytest.approx(0.07)
    assert window.panel.grid is not grid
    window.undo()
    assert window.panel.grid is grid, "undo leads to where it was typed"


def test_jumps_back_are_not_used_up_while_an_entry_is_refused(window):
    go(window, "left_over")
    grid = refused_entry(window)
    window.explain.back()
    assert window.panel.grid is grid
    press(grid.editor, K.Key_Escape)
    window.explain.back()
    assert here(window) == "left_over"


def test_a_formula_that_is_refused_in_the_bar_keeps_its_sheet_in_front(window):
    go(window, "left_over")
    press(window.panel.grid, K.Key_F2)
    field = window.formula_bar.field
    field.selectAll()
    QTest.keyClicks(field, "= nonsense_name ")
    assert not window.formula_bar.pointing
    show(window, "Terms")
    assert window.panel.title == "Valuation"
    assert field.text() == "= nonsense_name "
    assert window.formula_bar.error.isVisible()
