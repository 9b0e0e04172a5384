"""The session: edits as undo steps, views that are no edits, layers, baselines, files."""

from __future__ import annotations

import datetime as dt
import gc
import weakref

import pytest

from model import store
from model.edits import set_attribute, set_value
from model.problems import Refused
from tests.ui import kit
from ui import entries
from ui.session import ChangeSet, DealSession
from ui.targets import Target, target_of


@pytest.fixture
def session(qapp) -> DealSession:
    return kit.session()


def enter(session: DealSession, key: str, text: str) -> None:
    target = target_of(session.deal, key)
    session.edit(entries.make_edit(session.calc, [(target, text)], session.layer_for))


def test_an_edit_moves_what_depends_on_it_and_undo_takes_it_all_back(session, qtbot):
    before = session.deal
    with qtbot.waitSignal(session.changed) as caught:
        enter(session, "rate", "25 %")
    changes: ChangeSet = caught.args[0]
    assert {"rate", "share", "total_paid"} <= changes.moved
    assert not {"closing_balance", "multiple"} & changes.moved
    assert session.calc.scalar("total_paid") == pytest.approx(15)
    session.stack.undo()
    assert session.deal == before
    assert session.calc.scalar("total_paid") == pytest.approx(12)


def test_steps_are_named_after_the_value_and_the_layer(session):
    enter(session, "rate", "25 %")
    assert session.stack.undoText() == "Set Rate to 25.0\u2009%"
    session.set_view(scenario="low")
    enter(session, "commitment", "95")
    assert session.stack.undoText() == "Set Commitment to 95.0 (Scenario: Low)"


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("commitment", "250", 250.0),
        ("commitment", "€1.2bn", 1200.0),
        ("commitment", "(1,234)", -1234.0),
        ("rate", "27 %", 0.27),
        ("stopped", "31.12.2032", dt.date(2032, 12, 31)),
        ("stopped", "2032-12-31", dt.date(2032, 12, 31)),
        ("stopped", "not yet", "never"),
        ("limit", "undisclosed", "undisclosed"),
    ],
)  # fmt: skip
def test_typed_text_lands_by_the_kind_of_the_field(session, key, text, value):
    enter(session, key, "1" if key == "commitment" else text)
    enter(session, key, text)
    assert session.deal.terms[key].value == value


def test_refused_text_names_the_reason_and_changes_nothing(session):
    with pytest.raises(Refused) as refused:
        enter(session, "stopped", "tomorrow")
    assert "is not a date" in refused.value.problems[0].what
    assert session.stack.count() == 0


def test_entering_what_is_there_already_is_no_step(session):
    enter(session, "rate", "20%")
    assert session.stack.count() == 0
    assert not session.dirty


def test_a_paste_with_one_bad_value_changes_nothing_and_names_the_cell(session):
    items = [(target_of(session.deal, "commitment"), "5"), (target_of(session.deal, "rate"), "soon")]
    with pytest.raises(Refused) as refused:
        session.edit(entries.make_edit(session.calc, items, session.layer_for, "Paste 2 cells"))
    assert refused.value.problems[0].what.startswith("Rate: ")
    assert session.deal.terms["commitment"].value == 100


def test_switching_the_view_is_no_step_and_leaves_the_file_clean(session, qtbot):
    with qtbot.waitSignal(session.changed) as caught:
        session.set_view(scenario="low", version="amended")
    assert caught.args[0].view
    assert not caught.args[0].document
    assert session.stack.count() == 0
    assert not session.dirty
    assert session.calc.scalar("commitment") == 90
    assert session.calc.scalar("rate") == 0.25


def test_annual_totals_stay_when_the_period_changes(session):
    yearly = session.calc.scalar("total_paid")
    session.set_view(period="month")
    assert len(session.calc.timeline) == 48
    assert session.calc.scalar("total_paid") == pytest.approx(yearly)


def test_an_edit_goes_to_the_layer_that_overrides_the_cell_else_to_the_base(session):
    session.set_view(scenario="low")
    enter(session, "commitment", "70")
    assert session.deal.scenarios["low"].set["commitment"] == 70
    assert session.deal.terms["commitment"].value == 100
    enter(session, "limit", "8")
    assert session.deal.terms["limit"].value == 8


def test_a_layer_can_be_chosen_for_a_cell_until_the_view_changes(session):
    session.choose_layer("limit", "scenario:plan")
    enter(session, "limit", "8")
    assert session.deal.scenarios["plan"].set == {"limit": 8.0}
    assert session.deal.terms["limit"].value == "none"
    session.choose_layer("rate", "version:signed")
    session.set_view(version="amended")
    assert session.layer_for("rate") == "version:amended"


def test_writing_under_an_override_says_that_it_does_not_show(session, qtbot):
    session.set_view(scenario="low")
    session.choose_layer("commitment", "")
    with qtbot.waitSignal(session.told) as told:
        enter(session, "commitment", "70")
    assert "“Scenario: Low” overrides it" in told.args[0]
    assert session.calc.scalar("commitment") == 90


def test_deleting_an_override_inherits_again(session):
    session.set_view(scenario="low")
    session.edit(entries.clear_edit(session.calc, [Target("input", "commitment")], session.layer_for))
    assert session.calc.scalar("commitment") == 100
    assert "commitment" not in session.deal.scenarios["low"].set


def test_deleting_a_term_of_the_base_is_refused_because_it_would_count_as_zero(session):
    with pytest.raises(Refused) as refused:
        session.edit(entries.clear_edit(session.calc, [Target("input", "commitment")], session.layer_for))
    assert "needs a value" in refused.value.problems[0].what


def test_a_year_can_be_added_to_a_series_and_taken_out(session):
    enter(session, "volume.2028", "40")
    assert list(session.deal.series["volume"].values) == ["2025", "2026", "2027", "2028"]
    assert session.calc.line("sold")[3] == pytest.approx(40)
    session.edit(entries.clear_edit(session.calc, [Target("input", "volume.2028")], session.layer_for))
    assert session.calc.line("sold")[3] == 0


def test_a_formula_can_be_changed_and_everything_follows(session):
    enter(session, "yearly", "= commitment / 5")
    assert session.calc.scalar("yearly") == 20
    session.stack.undo()
    assert session.calc.scalar("yearly") == 25


@pytest.mark.parametrize(
    ("key", "text", "words"),
    [
        ("yearly", "= commitment /", "ends where a value is expected"),
        ("yearly", "= comitment", "is not a name"),
        ("yearly", "= sold", "has a value for every period"),
        ("yearly", "25", "needs a formula"),
        ("closing_balance", "= closing_balance + 1", "depend on each other"),
        ("total_paid", "= WEBSERVICE(1)", "WEBSERVICE"),
    ],
)  # fmt: skip
def test_a_faulty_formula_is_refused_with_its_reason(session, key, text, words):
    period = 0 if key in session.deal.lines else None
    with pytest.raises(Refused) as refused:
        target = target_of(session.deal, key, period)
        session.edit(entries.make_edit(session.calc, [(target, text)], session.layer_for))
    assert words in str(refused.value)
    assert session.stack.count() == 0


def test_a_formula_typed_into_an_input_makes_it_computed_and_undo_an_input_again(session):
    enter(session, "limit", "= yearly * 2")
    assert session.deal.terms["limit"].formula == "= yearly * 2"
    assert session.calc.scalar("limit") == 50
    session.stack.undo()
    assert session.deal.terms["limit"].value == "none"


def test_a_formula_typed_into_a_year_of_a_series_is_refused_with_a_sentence(session):
    with pytest.raises(Refused) as refused:
        enter(session, "volume.2026", "= 1 + 1")
    assert "a formula cannot stand here" in refused.value.problems[0].what


def test_a_new_source_is_added_with_the_term_that_names_it_in_one_step(session):
    target = Target("text", "rate", ("terms", "rate", "source"))
    session.edit(entries.make_edit(session.calc, [(target, "Annual report 2025")], session.layer_for))
    assert session.deal.sources["annual_report_2025"].label == "Annual report 2025"
    assert session.deal.terms["rate"].source == "annual_report_2025"
    session.stack.undo()
    assert "annual_report_2025" not in session.deal.sources


def test_a_source_is_found_by_its_label(session):
    target = Target("text", "rate", ("terms", "rate", "source"))
    session.edit(entries.make_edit(session.calc, [(target, "contract")], session.layer_for))
    assert session.deal.terms["rate"].source == "contract"
    assert len(session.deal.sources) == 2


@pytest.mark.parametrize(
    ("text", "low", "high", "fixed"),
    [("10 – 30", 10.0, 30.0, False), ("10-30", 10.0, 30.0, False), ("fixed", None, None, True), ("", None, None, False)],
)  # fmt: skip
def test_a_range_is_typed_as_two_values_or_fixed(session, text, low, high, fixed):
    target = Target("text", "commitment", ("terms", "commitment", "range"))
    session.edit(entries.make_edit(session.calc, [(target, text)], session.layer_for))
    term = session.deal.terms["commitment"]
    assert (term.low, term.high, term.fixed) == (low, high, fixed)


def test_a_range_the_wrong_way_round_is_refused(session):
    target = Target("text", "commitment", ("terms", "commitment", "range"))
    with pytest.raises(Refused):
        session.edit(entries.make_edit(session.calc, [(target, "30 – 10")], session.layer_for))


def test_changes_are_measured_from_opening_until_a_baseline_is_pinned(session):
    opened = session.calc
    enter(session, "rate", "30 %")
    assert session.baseline is opened
    session.pin_baseline()
    assert session.baseline is session.calc
    session.pin_baseline(False)
    assert session.baseline is opened


def test_clean_means_as_saved_not_as_opened(session, tmp_path):
    enter(session, "rate", "30 %")
    assert session.dirty
    session.save(tmp_path / "deal.deal", expect=None)
    assert not session.dirty
    session.stack.undo()
    assert session.dirty
    session.stack.redo()
    assert not session.dirty
    assert store.load(tmp_path / "deal.deal").deal == session.deal


def test_a_deal_of_a_newer_version_refuses_edits(qapp):
    session = DealSession(kit.session().deal, read_only="This deal was written by a newer Dealsheet.")
    with pytest.raises(Refused) as refused:
        session.edit(set_value(session.deal, session.view, "rate", 0.3))
    assert "read-only" in refused.value.problems[0].what


def test_headline_cards_are_an_undo_step_that_moves_no_value(session):
    session.edit(set_attribute(session.deal, ("headline",), ("multiple",), "Remove a card"))
    assert session.deal.headline == ("multiple",)
    session.stack.undo()
    assert session.deal.headline == ("total_paid", "multiple")


def test_a_session_with_undo_steps_goes_without_the_garbage_collector(qapp):
    """Else the collector frees the steps before their stack, which then frees them again."""
    gc.collect()
    gc.disable()
    try:
        session = kit.session()
        session.edit(set_value(session.deal, session.view, "rate", 0.3))
        left = weakref.ref(session)
        del session
        assert left() is None
    finally:
        gc.enable()
