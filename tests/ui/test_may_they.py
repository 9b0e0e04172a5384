"""May they?: asking by drop-downs and a date, and the decision tables behind the answers."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest

from tests.ui import legal
from tests.ui.kit import K, focus, press, type_into
from ui import theme
from ui.panels.may_they import MayTheyPanel
from ui.panels.pickers import Choice


@pytest.fixture
def window(qtbot, tmp_path):
    return legal.window(qtbot, tmp_path, "May they?", "early")


@pytest.fixture
def panel(window) -> MayTheyPanel:
    assert isinstance(window.panel, MayTheyPanel)
    return window.panel


def type_day(panel: MayTheyPanel, text: str) -> None:
    field = panel.form.on.field
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    press(field, K.Key_Return)


def rows(panel: MayTheyPanel) -> list[str]:
    return [row.label for row in panel.grid.grid_model.rows]


# --- asking ----------------------------------------------------------------------------------------


def test_what_has_not_been_said_leaves_the_answer_unknown(panel):
    type_day(panel, "1.6.2026")
    assert panel.form.given() == {}
    assert panel.form.word.text() == "? Unknown"
    assert panel.form.why.text() == "It depends on what is left open: Customer."
    assert not panel.form.reply.rule


@pytest.mark.parametrize(
    ("customer", "day", "word", "until", "rule"),
    [
        ("an old customer", "1.6.2026", "✓ Yes", "As the dates stand, the answer stays so.", "S1"),
        ("a new one", "1.6.2026", "✗ No", "Until 30 Jun 2027; then yes.", "S2"),
        ("a new one", "30.6.2027", "✗ No", "Until 30 Jun 2027; then yes.", "S2"),
        ("a new one", "1.7.2027", "✓ Yes", "As the dates stand, the answer stays so.", "S3"),
        ("a new one", "31.12.2024", "? Unknown", "Until 31 Dec 2024; then no.", "S0"),
    ],
)
def test_drop_downs_and_a_date_give_the_answer_with_its_rule(panel, customer, day, word, until, rule):
    legal.pick(panel.form.facts["customer"], customer)
    type_day(panel, day)
    assert panel.form.word.text() == word
    assert panel.form.until.text() == until
    assert panel.form.reply.rule == rule
    assert legal.text(panel.grid, f"rule:serve.{rule}", "rule") == f"▸ {rule}"


def test_the_answer_has_a_colour_of_its_own_in_both_themes(qapp, panel):
    type_day(panel, "1.6.2026")
    legal.pick(panel.form.facts["customer"], "a new one")
    assert theme.light().bad in panel.form.word.styleSheet()
    theme.apply(qapp, theme.dark())
    assert theme.dark().bad in panel.form.word.styleSheet()


def test_a_refused_day_stays_with_its_reason_and_the_answer_with_the_day_before(panel):
    type_day(panel, "1.6.2026")
    before = panel.form.reply
    type_day(panel, "1/2/2026")
    assert panel.form.on.field.text() == "1/2/2026"
    assert "two ways" in panel.form.on.error.text()
    assert panel.form.reply == before
    press(panel.form.on.field, K.Key_Escape)
    assert panel.form.on.field.text() == "1 Jun 2026"


def test_the_arrows_move_the_day_by_a_month_or_a_day(panel):
    type_day(panel, "30.6.2027")
    legal.pick(panel.form.facts["customer"], "a new one")
    press(panel.form.on.field, K.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert panel.form.on.field.text() == "1 Jul 2027"
    assert panel.form.word.text() == "✓ Yes"
    press(panel.form.on.field, K.Key_Down)
    assert panel.form.on.field.text() == "1 Jun 2027"
    assert panel.form.word.text() == "✗ No"


def test_another_question_brings_its_own_facts_and_table(panel):
    legal.pick(panel.form.questions, "May the user copy?")
    assert list(panel.form.facts) == ["what"]
    assert rows(panel) == ["C1"]
    assert panel.form.word.text() == "? Unknown"
    legal.pick(panel.form.questions, "May the owner serve this customer?")
    assert rows(panel) == ["S0", "S1", "S2", "S3"]


def test_what_was_said_is_still_said_when_the_question_comes_back(panel):
    legal.pick(panel.form.facts["customer"], "a new one")
    legal.pick(panel.form.questions, "May the user copy?")
    legal.pick(panel.form.questions, "May the owner serve this customer?")
    assert panel.form.given() == {"customer": "new"}


def test_the_answer_follows_version_and_scenario(panel):
    legal.pick(panel.form.facts["customer"], "a new one")
    type_day(panel, "1.1.2028")
    assert panel.form.word.text() == "✓ Yes"
    panel.session.set_view(scenario="plan")
    assert panel.form.word.text() == "✗ No"
    assert panel.form.until.text() == "Until 31 Dec 2029; then yes."
    panel.session.set_view(version="amended")
    assert panel.form.until.text() == "Until 31 Dec 2028; then yes."


def test_the_rule_leads_to_its_row(panel):
    legal.pick(panel.form.facts["customer"], "a new one")
    type_day(panel, "1.6.2026")
    panel.form._rule.itemAt(0).widget().activated.emit(None)
    assert panel.rules.key_at(panel.grid.current[0]) == "S2"
    assert focus() is panel.grid


def test_a_long_choice_ends_in_an_ellipsis_and_has_its_text_in_the_tooltip(qtbot):
    box = Choice("Long")
    qtbot.addWidget(box)
    box.addItem("a very long value that can never be shown in so narrow a box")
    box.setCurrentIndex(0)
    box.resize(120, 28)
    assert not box.grab().isNull()
    assert box.toolTip() == box.currentText()


# --- the table -------------------------------------------------------------------------------------


def test_the_models_are_sound(panel):
    for grid in panel.grids():
        QAbstractItemModelTester(grid.grid_model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    legal.pick(panel.form.questions, "May the user copy?")


def test_a_table_without_gap_or_overlap_says_so(panel):
    assert (
        panel.state.text()
        == "✓ No gap and no overlap: 4 combinations of facts, each answered by exactly one rule on every day."
    )
    assert not panel.fault_grid.isVisible()


@pytest.mark.parametrize(
    ("column", "typed", "path", "value"),
    [
        ("fact:customer", "old", ("when", "customer"), "old"),
        ("fact:place", "at home", ("when", "place"), "home"),
        ("fact:place", "home | abroad", ("when", "place"), "home|abroad"),
        ("from_", "= begins + 1", ("from_",), "= begins + 1"),
        ("until", "= last_day", ("until",), "= last_day"),
        ("answer", "amb", ("answer",), "ambiguous"),
        ("why", "Because.", ("why",), "Because."),
        ("class", "rep", ("class_",), "reported"),
        ("source", "Press", ("source",), "press"),
        ("note", "See there.", ("note",), "See there."),
    ],
)
def test_every_column_of_a_rule_can_be_typed_into_and_undone(window, panel, column, typed, path, value):
    deal = panel.session.deal
    type_into(legal.at(panel.grid, "rule:serve.S2", column), typed)
    found = panel.session.deal.questions["serve"].rules["S2"]
    assert (found.when[path[1]] if path[0] == "when" else getattr(found, path[0])) == value
    assert panel.session.stack.count() == 1
    window.undo()
    assert panel.session.deal == deal


@pytest.mark.parametrize(
    ("column", "typed", "words"),
    [
        ("fact:customer", "stranger", "is not one of the values"),
        ("answer", "perhaps", "is not an answer"),
        ("until", "= nobody", "nobody"),
    ],
)
def test_what_cannot_be_stays_in_the_editor_with_the_reason(panel, column, typed, words):
    grid = legal.at(panel.grid, "rule:serve.S2", column)
    type_into(grid, typed)
    assert grid.editor is not None
    assert words in grid.bubble.text()
    press(grid.editor, K.Key_Escape)
    assert panel.session.stack.count() == 0


def test_a_gap_and_an_overlap_are_listed_with_the_rows_they_concern(window, panel):
    type_into(legal.at(panel.grid, "rule:serve.S2", "fact:customer"), "any")
    assert panel.fault_grid.isVisible()
    said = [panel.fault_grid.grid_model.cell(i, 1).text for i in range(len(panel.faults.problems))]
    assert any("S1 and S2 overlap" in text for text in said)
    window.undo()
    assert not panel.fault_grid.isVisible()
    type_into(legal.at(panel.grid, "rule:serve.S3", "from_"), "= MIN(confirmed, last_day) + 10")
    said = [panel.fault_grid.grid_model.cell(i, 1).text for i in range(len(panel.faults.problems))]
    assert any("no rule on some day" in text for text in said)
    assert "gap" in panel.state.text()


def test_a_fault_leads_to_its_row(panel):
    type_into(legal.at(panel.grid, "rule:serve.S2", "fact:customer"), "any")
    panel.fault_grid.go_to(0, 1)
    panel.fault_grid.setFocus()
    press(panel.fault_grid, K.Key_F2)
    panel.fault_grid.activated.emit(panel.fault_grid.currentIndex())
    assert panel.rules.key_at(panel.grid.current[0]) == "S1"


def test_a_rule_can_be_added_and_removed(window, panel):
    deal = panel.session.deal
    legal.at(panel.grid, "rule:serve.S1", "why")
    QTest.mouseClick(panel.add_button, Qt.MouseButton.LeftButton)
    assert rows(panel) == ["S0", "S1", "N_1", "S2", "S3"]
    assert panel.rules.key_at(panel.grid.current[0]) == "N_1"
    QTest.mouseClick(panel.remove_button, Qt.MouseButton.LeftButton)
    assert rows(panel) == ["S0", "S1", "S2", "S3"]
    window.undo()
    window.undo()
    assert panel.session.deal == deal


def test_delete_means_any_for_a_fact_and_no_end_for_a_date(panel):
    press(legal.at(panel.grid, "rule:serve.S2", "until"), K.Key_Delete)
    assert panel.session.deal.questions["serve"].rules["S2"].until == "= never"
    press(legal.at(panel.grid, "rule:serve.S2", "fact:customer"), K.Key_Delete)
    assert panel.session.deal.questions["serve"].rules["S2"].when == {}


def test_a_deal_without_questions_says_what_the_sheet_is_for(qtbot, tmp_path):
    from tests.ui import kit

    shown = kit.window(qtbot, tmp_path)
    shown.show_titled("May they?")
    assert shown.panel._stack.currentIndex() == 1
    assert "none yet" in shown.panel._stack.currentWidget().text()


def test_tab_goes_through_the_question_as_it_stands_down_to_the_day(qtbot, window):
    form = window.panel.form
    for question in list(window.session.deal.questions)[::-1]:
        form.choose(question)
        qtbot.waitUntil(lambda: all(box.isVisible() for box in form.facts.values()))
        form.questions.setFocus()
        for box in form.facts.values():
            QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
            assert window.focusWidget() is box
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        assert window.focusWidget() is form.on.field
