"""The window on the shipped agreement: who owes what, the choice behind “until AGI”, classes by version, flags."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest

from model import store
from tests.ui import kit, legal
from tests.ui.kit import K, press
from ui.main_window import MainWindow
from ui.session import DealSession


@pytest.fixture
def window(qtbot, tmp_path) -> MainWindow:
    shown = MainWindow(DealSession(store.load(store.find("microsoft-openai")).deal), kit.settings(tmp_path))
    qtbot.addWidget(shown, before_close_func=lambda w: w.session.stack.setClean())
    shown.resize(1280, 900)
    shown.show()
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    return shown


def sheet(window, title):
    window.show_titled(title)
    return window.panel


# -- who owes what -------------------------------------------------------------------------------------


def test_obligations_stand_under_the_party_that_owes_them_with_the_amounts_of_each_year(window):
    panel = sheet(window, "Obligations")
    grid = panel.grid
    QAbstractItemModelTester(grid.grid_model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    labels = [row.label for row in grid.grid_model.rows]
    assert labels[0] == "Microsoft owes" and "OpenAI owes" in labels and labels[-1] == "Total, OpenAI"
    row = "right:azure_purchase"
    assert [legal.text(grid, row, c) for c in ("holder", "until", "amount:", "amount:2026")] == [
        "Microsoft", "31 Dec 2032", "250.0", "34.8",
    ]  # fmt: skip
    assert legal.text(grid, "right:capital_call", "amount:") == "1.4"
    assert legal.text(grid, "owed:openai", "amount:2026") == "40.8"
    assert legal.text(grid, "right:api_exclusivity", "until") == "open"


def test_under_the_amendment_the_share_is_owed_by_the_new_right(window):
    panel = sheet(window, "Obligations")
    window.session.set_view(version="apr_2026")
    assert legal.text(panel.grid, "right:revenue_share_2030", "amount:") == "36.1"
    assert legal.text(panel.grid, "right:revenue_share", "amount:2026") == "1.9"  # to 26 April


def test_an_amount_cannot_be_typed_over_and_says_why(window):
    panel = sheet(window, "Obligations")
    grid = legal.at(panel.grid, "right:azure_purchase", "amount:2026")
    QTest.keyClicks(grid, "5")
    assert grid.editor is None and "line of the schedule" in grid.bubble.text()


def test_who_owes_a_right_is_typed_on_the_rights_sheet_and_undone(window):
    panel = sheet(window, "Rights")
    panel.show_part("Table")
    legal.at(panel.grid, "right:open_weights", "owed_by")
    assert not panel.source.set_texts([(*panel.grid.current, "micro")], "")
    assert window.session.deal.rights["open_weights"].owed_by == "microsoft"
    assert not panel.source.set_texts([(*panel.grid.current, "")], "")
    assert window.session.deal.rights["open_weights"].owed_by == ""
    (problem,) = panel.source.set_texts([(*panel.grid.current, "Oracle")], "")
    assert "not a party" in problem.what
    window.undo()
    assert window.session.deal.rights["open_weights"].owed_by == "microsoft"


# -- the key of “until AGI” -------------------------------------------------------------------------------


def test_the_key_of_each_until_agi_right_shows_in_the_table_and_is_chosen_there(window):
    window.session.set_view(scenario="agi_mid_2028")
    panel = sheet(window, "Rights")
    panel.show_part("Table")
    keys = {row.key: legal.text(panel.grid, row.key, "until_key") for row in panel.grid.grid_model.rows}
    assert {k: v for k, v in keys.items() if v} == {
        "right:post_agi_models": "Verified", "right:exclusive_ip": "Verified", "right:api_exclusivity": "Verified",
        "right:joint_api_azure": "With API exclusivity",
    }  # fmt: skip
    assert legal.text(panel.grid, "right:exclusive_ip", "until") == "30 Jun 2028"
    legal.at(panel.grid, "right:exclusive_ip", "until_key")
    assert not panel.source.set_texts([(*panel.grid.current, "declared")], "")
    assert window.session.deal.terms["ip_excl_until"].value == "declared"
    assert legal.text(panel.grid, "right:exclusive_ip", "until") == "31 Dec 2027"
    window.undo()
    assert legal.text(panel.grid, "right:exclusive_ip", "until") == "30 Jun 2028"


# -- classes by version -----------------------------------------------------------------------------------


def said(window, key):
    grid = sheet(window, "Terms").grid
    return [legal.text(grid, key, c) for c in ("class", "source")]


def test_terms_show_the_class_and_source_of_the_version_in_view(window):
    assert said(window, "rs_end") == ["stated", "Press article, 29 Oct 2025"]
    window.session.set_view(version="apr_2026")
    assert said(window, "rs_end") == ["official", "Amendment, 27 Apr 2026"]
    assert said(window, "rs_cap_from") == ["assumption", "Analyst's assumption"]
    window.session.set_view(version="oct_2025", scenario="take_or_pay")
    assert said(window, "azure_remedy")[0] == "assumption"


def test_a_class_typed_under_the_amendment_is_the_amendments_and_leaves_the_base_alone(window):
    window.session.set_view(version="apr_2026")
    panel = sheet(window, "Terms")
    legal.at(panel.grid, "rs_cap", "class")
    assert not panel.grid.deal_source.set_texts([(*panel.grid.current, "official")], "")
    assert window.session.deal.versions["apr_2026"].about["rs_cap"].class_ == "official"
    assert window.session.deal.terms["rs_cap"].class_ == "reported"
    assert "April 2026" in window.session.stack.undoText()
    legal.at(panel.grid, "rs_cap", "source")
    assert not panel.grid.deal_source.set_texts([(*panel.grid.current, "A new filing")], "")
    assert said(window, "rs_cap") == ["official", "A new filing"]
    window.undo()
    window.undo()
    assert said(window, "rs_cap") == ["reported", "[7] Press on the cap, Apr 2026"]
    assert window.session.deal == store.load(store.find("microsoft-openai")).deal


def test_compare_says_for_each_term_where_it_comes_from_on_either_side(window):
    panel = sheet(window, "Compare")
    panel.a.set(version="oct_2025", scenario="base")
    panel.b.set(version="apr_2026", scenario="base")
    assert legal.text(panel.grid, "term:rs_end", "layer") == (
        "stated · Press article, 29 Oct 2025 → official · Amendment, 27 Apr 2026"
    )


# -- flags and words --------------------------------------------------------------------------------------


def test_a_share_above_its_limit_is_flagged_in_the_schedule_and_the_results(window):
    grid = sheet(window, "Valuation").grid
    row = grid.grid_model.row_of("compute_peak")
    cell = grid.grid_model.cell(row, 1)
    assert (cell.text, cell.tint, cell.tooltip) == ("⚑ 194\u2009%", "bad", "Above 100\u2009%.")
    grid = sheet(window, "Schedule").grid
    row = grid.grid_model.row_of("compute_share_of_revenue")
    texts = [grid.grid_model.cell(row, c).text for c in range(2, 8)]
    assert [t for t in texts if t.startswith("⚑")] == ["⚑ 160\u2009%", "⚑ 194\u2009%", "⚑ 121\u2009%"]


def test_an_xirr_that_does_not_exist_is_said_in_words_on_card_and_sheet(window):
    session = window.session
    from model.edits import set_value

    session.edit(set_value(session.deal, session.view, "stake_value", 0.0, ""))
    grid = sheet(window, "Valuation").grid
    assert grid.grid_model.cell(grid.grid_model.row_of("xirr"), 1).text == "no sign change"
    card = next(card for card in window.headline.cards if card.key == "xirr")
    assert card.value == "no sign change"


def test_switching_the_party_flips_the_present_values(window):
    grid = sheet(window, "Valuation").grid
    row = grid.grid_model.row_of("pv_azure")
    assert grid.grid_model.cell(row, 1).text == "181.0"
    window.session.set_view(perspective="openai")
    assert grid.grid_model.cell(row, 1).text == "(181.0)"


# -- rows of decision tables --------------------------------------------------------------------------------


def test_a_rule_is_duplicated_overlaps_until_it_is_narrowed_and_goes_with_undo(window):
    panel = sheet(window, "May they?")
    panel.form.choose("compute")
    before = window.session.deal
    legal.at(panel.grid, "rule:compute.C1", "answer")
    press(panel.grid, K.Key_D, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert list(window.session.deal.questions["compute"].rules) == ["C0", "C1", "C1_1", "C2", "C3"]
    assert "C1 and C1_1 overlap" in panel.faults.problems[0].what
    window.undo()
    assert window.session.deal == before and not panel.faults.problems
    legal.at(panel.grid, "rule:compute.C1", "answer")
    QTest.mouseClick(panel.copy_button, Qt.MouseButton.LeftButton)
    assert "C1_1" in window.session.deal.questions["compute"].rules
    window.undo()


def test_21_rights_are_looked_at_on_any_day(window):
    window.session.set_view(scenario="agi_mid_2028")
    panel = sheet(window, "Rights")
    panel.show_part("Table")
    field = panel.on.field
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "1.3.2028")  # declared on 31 Dec 2027, verified on 30 June 2028
    press(field, K.Key_Return)
    states = {key: legal.text(panel.grid, f"right:{key}", "now") for key in ("agi_openai_ip", "exclusive_ip")}
    assert states == {"agi_openai_ip": "ended", "exclusive_ip": "✓ in force"}
    assert "On 1 Mar 2028" in [c.header for c in panel.grid.grid_model.columns]
    owed = sheet(window, "Obligations")
    field = owed.as_of.field
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "1.3.2028")
    press(field, K.Key_Return)
    assert legal.text(owed.grid, "right:compute_thresholds", "now") == "ended"
    assert legal.text(owed.grid, "right:revenue_share", "now") == "✓ in force"
    assert window.session.stack.count() == 0, "looking changes nothing"


def test_each_event_tells_its_day_or_not_yet_what_it_follows_and_what_it_ends(window):
    panel = sheet(window, "Rights")
    panel.show_part("Events")
    row = [legal.text(panel.events, "event:agi_confirmed", c) for c in ("on", "follows", "source")]
    assert row == ["not yet", "AGI declared, 6 months after", "Press article, 29 Oct 2025"]
    assert "Research IP (methods)" in legal.text(panel.events, "event:agi_confirmed", "ends")
    window.session.set_view(scenario="agi_mid_2028")
    assert [legal.text(panel.events, "event:agi_confirmed", c) for c in ("on", "follows")] == [
        "30 Jun 2028", "AGI declared, 6 months after",
    ]  # fmt: skip
    ended = legal.cell(panel.events, "event:declared", "ends").tooltip.splitlines()
    assert ended == ["AGI with OpenAI IP, under threshold", "Compute thresholds with OpenAI IP"]
    window.session.set_view(version="apr_2026", scenario="base")
    assert "Exclusive IP" in legal.text(panel.events, "event:amended", "ends")
    assert "Azure API exclusivity" in legal.text(panel.events, "event:exclusivity_ends", "ends")


def test_probabilities_that_do_not_add_up_stand_among_the_checks(window, qtbot):
    from model.edits import set_attribute

    session = window.session
    panel = sheet(window, "Checks")
    session.edit(set_attribute(session.deal, ("scenarios", "base", "probability"), 0.5, "Set a probability"))
    qtbot.waitUntil(lambda: any("add up to 1.1" in text for text in _says(panel.grid)), timeout=5000)
    window.undo()
    qtbot.waitUntil(lambda: not any("add up to 1.1" in text for text in _says(panel.grid)), timeout=5000)


def test_an_overlap_of_rules_stands_among_the_checks_and_leads_to_its_row(window, qtbot):
    from ui import legal_entries

    panel = sheet(window, "Checks")
    window.session.edit(legal_entries.copy_rule(window.session.deal, "compute", "C1"))
    qtbot.waitUntil(lambda: any("C1 and C1_1 overlap" in text for text in _says(panel.grid)), timeout=5000)
    qtbot.waitUntil(lambda: window.status.check.text() == "1 fault in rules, rights or scenarios", timeout=5000)
    row = next(r for r, text in enumerate(_says(panel.grid)) if "C1_1" in text)
    assert panel.grid.deal_source.target(row, 1).path[:4] == ("questions", "compute", "rules", "C1")
    window.undo()
    qtbot.waitUntil(
        lambda: window.status.check.text() == f"All {len(window.session.deal.checks)} checks hold", timeout=5000
    )


def _says(grid) -> list[str]:
    model = grid.grid_model
    return ["" if row.kind == "section" else model.cell(i, 2).text for i, row in enumerate(model.rows)]
