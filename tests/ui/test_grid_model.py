from __future__ import annotations

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from tests.ui.grid_demo import ScheduleSource, TermSource
from ui.grid import model as model_module
from ui.grid.model import GridModel
from ui.grid.source import Cell, RowSpec


@pytest.mark.parametrize("source", [TermSource, ScheduleSource])
def test_the_model_keeps_qts_rules(qtmodeltester, source: type) -> None:
    model = GridModel(source())
    qtmodeltester.check(model)


def test_the_model_keeps_qts_rules_through_edits_and_resets(qtbot) -> None:
    source = ScheduleSource()
    model = GridModel(source)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    assert model.setData(model.index(1, 2), "99")
    model.refresh()
    source._rows.pop()
    source.periods.append("2033")
    model.reset()
    assert tester.model() is model
    assert (model.rowCount(), model.columnCount()) == (len(source._rows), 11)


def test_a_cell_is_asked_for_once_until_it_is_refreshed(qtbot) -> None:
    source = ScheduleSource()
    model = GridModel(source)
    for _ in range(3):
        model.cell(1, 2)
    assert source.reads == 1
    model.refresh(rows=[2])
    model.cell(1, 2)
    assert source.reads == 1
    model.refresh(cells=[(1, 2)])
    model.cell(1, 2)
    assert source.reads == 2


def test_neighbouring_rows_are_refreshed_as_one_rectangle(qtbot) -> None:
    model = GridModel(ScheduleSource())
    seen = []
    model.dataChanged.connect(lambda a, b: seen.append((a.row(), a.column(), b.row(), b.column())))
    model.refresh(cells=[(1, 3), (2, 5), (1, 4), (4, 2)])
    assert seen == [(1, 3, 2, 5), (4, 2, 4, 2)]
    seen.clear()
    model.refresh()
    assert seen == [(0, 0, model.rowCount() - 1, model.columnCount() - 1)]


def test_refreshing_nothing_or_rows_that_are_gone_is_silent(qtbot) -> None:
    model = GridModel(ScheduleSource())
    seen = []
    model.dataChanged.connect(lambda *_: seen.append(1))
    model.refresh(rows=[])
    model.refresh(rows=[999, -1], cells=[(0, 99)])
    assert seen == []


def test_only_cells_that_changed_flash_and_the_flash_fades(qtbot, monkeypatch: pytest.MonkeyPatch) -> None:
    source = ScheduleSource()
    model = GridModel(source)
    for col in (2, 3):
        model.cell(1, col)
    source.numbers["in0", 0] = 777.0
    now = time.monotonic()
    model.refresh()
    for col in (2, 3, 4):  # 4 was never seen before
        model.cell(1, col)
    assert set(model.flashes()) == {(1, 2)}
    monkeypatch.setattr(model_module.time, "monotonic", lambda: now + 0.3)
    assert model.flashes()[1, 2] == pytest.approx(0.5, abs=0.1)
    monkeypatch.setattr(model_module.time, "monotonic", lambda: now + 0.7)
    assert not model.flashes() and not model.flashing


def test_a_change_first_seen_much_later_does_not_flash(qtbot, monkeypatch: pytest.MonkeyPatch) -> None:
    source = ScheduleSource()
    model = GridModel(source)
    model.cell(1, 2)
    source.numbers["in0", 0] = 777.0
    model.refresh()
    later = time.monotonic() + 1
    monkeypatch.setattr(model_module.time, "monotonic", lambda: later)
    model.cell(1, 2)
    assert not model.flashing


def test_section_and_blank_rows_are_not_the_sources_business(qtbot) -> None:
    source = ScheduleSource()
    model = GridModel(source)
    gap = model.row_of("gap")
    assert gap is not None
    assert model.cell(0, 0).text == "Plan" and model.cell(0, 3).text == "" and model.cell(gap, 0).text == ""
    assert source.reads == 0
    assert not model.can_edit(0, 3)


def test_set_data_refuses_in_words_and_changes_nothing(qtbot) -> None:
    source = TermSource()
    model = GridModel(source)
    row = model.row_of("lag")
    assert row is not None
    with qtbot.waitSignal(model.refused) as refused:
        assert not model.setData(model.index(row, 1), "soon")
    assert "“soon” is not a number" in refused.args[0][0].what
    assert source.values["lag"] == "6" and not source.steps


def test_set_data_on_a_computed_cell_says_why_not(qtbot) -> None:
    model = GridModel(TermSource())
    row = model.row_of("equity")
    assert row is not None
    with qtbot.waitSignal(model.refused) as refused:
        assert not model.setData(model.index(row, 1), "1")
    assert "computed" in refused.args[0][0].what
    assert not model.flags(model.index(row, 1)) & Qt.ItemFlag.ItemIsEditable


def test_a_screen_reader_hears_place_value_and_standing(qtbot) -> None:
    model = GridModel(TermSource())
    row = model.row_of("rate")
    assert row is not None
    index = model.index(row, 1)
    assert model.data(index, Qt.ItemDataRole.AccessibleTextRole) == "Rate, Value: 20.0"
    assert model.data(index, Qt.ItemDataRole.AccessibleDescriptionRole) == "input, overridden"
    assert model.data(model.index(row, 3), Qt.ItemDataRole.AccessibleDescriptionRole) == "reported"


def test_edit_role_has_full_precision_where_display_is_rounded(qtbot) -> None:
    model = GridModel(TermSource())
    row = model.row_of("worth")
    assert row is not None
    assert model.data(model.index(row, 1), Qt.ItemDataRole.DisplayRole) == "135.0"
    assert model.data(model.index(row, 1), Qt.ItemDataRole.EditRole) == "135.04999"


def test_a_fault_in_a_source_is_reported_once_and_shown_in_its_cell(qtbot) -> None:
    class Faulty(TermSource):
        def cell(self, row: int, col: int) -> Cell:
            if (row, col) == (1, 1):
                raise KeyError("gone")
            return super().cell(row, col)

    model = GridModel(Faulty())
    with qtbot.capture_exceptions() as faults:
        assert model.cell(1, 1).text == "#FAULT!"
        model.cell(1, 1)
    assert len(faults) == 1 and model.cell(2, 1).text == "Independent panel"


def test_an_empty_source_is_a_valid_table(qtmodeltester) -> None:
    source = TermSource()
    source._rows = []
    model = GridModel(source)
    qtmodeltester.check(model)
    source._rows = [RowSpec("start", label="Effective date")]
    model.reset()
    assert model.rowCount() == 1
