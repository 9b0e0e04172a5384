"""A table from a file or the clipboard: columns matched before the eyes, rows ticked, brought in as one step."""

from __future__ import annotations

import threading

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from model.layers import base_value
from model.tables_in import preview
from tests.ui import kit
from tests.ui.kit import CTRL, K, press
from ui.exchange import table_dialog
from ui.exchange.table_dialog import TableDialog


@pytest.fixture
def window(qtbot, tmp_path):
    return kit.window(qtbot, tmp_path, kit.copy_of(tmp_path))


def pasted(window, text: str) -> TableDialog:
    QApplication.clipboard().setText(text)
    window.incoming.dialog = None
    window.actions_["paste_table"].trigger()
    dialog = window.incoming.dialog
    assert isinstance(dialog, TableDialog)
    dialog.activateWindow()
    for _ in range(200):
        if dialog.isActiveWindow():
            break
        QTest.qWait(5)
    assert dialog.isActiveWindow()
    return dialog


def read(qtbot, window, path) -> TableDialog:
    window.incoming.read_table(path)
    qtbot.waitUntil(lambda: isinstance(window.incoming.dialog, TableDialog), timeout=10_000)
    return window.incoming.dialog


def texts(grid, row):
    return [grid.grid_model.cell(row, col).text for col in range(grid.grid_model.columnCount())]


def test_copied_cells_come_into_a_series_as_one_step(window):
    dialog = pasted(window, "Year\tVolume\n2026\t25\n2028\t40\nsoon\t1\n")
    for grid in (dialog.match_grid, dialog.row_grid):
        QAbstractItemModelTester(grid.grid_model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert dialog.target == "volume" and dialog.take_button.text() == "Bring in 2 rows"
    assert texts(dialog.row_grid, 0)[1:6] == ["2026", "25", "20.0", "25.0", "▲ 5.0"]
    assert "not a calendar year" in texts(dialog.row_grid, 2)[-1]
    QTest.mouseClick(dialog.take_button, Qt.MouseButton.LeftButton)
    session = window.session
    assert session.stack.count() == 1 and session.stack.undoText() == "Bring 2 values into Volume"
    assert (base_value(session.deal, "volume.2026"), base_value(session.deal, "volume.2028")) == (25.0, 40.0)
    assert "1 row could not be read" in window.banner.label.text()
    assert window.panel.target().key == "volume.2026"


def test_undo_leads_to_what_was_brought_in_and_every_part_of_the_window_shows_it(window):
    dialog = pasted(window, "Year\tVolume\n2026\t31\n")
    dialog.take()
    window.show_sheet_of("terms")
    window.undo()
    key = window.panel.target().key
    assert key == "volume.2026" and window.formula_bar.target.key == key


def test_a_row_can_be_left_out_with_the_space_bar(window):
    dialog = pasted(window, "Year\tVolume\n2026\t25\n2027\t26\n")
    dialog.row_grid.go_to(0, 2)
    press(dialog.row_grid, K.Key_Space)
    press(dialog.row_grid, K.Key_Return, CTRL)
    assert (base_value(window.session.deal, "volume.2026"), base_value(window.session.deal, "volume.2027")) == (20, 26)


def test_a_column_is_matched_by_hand_in_the_grid(window):
    dialog = pasted(window, "Year\tPlan\tActual\n2026\t25\t26\n")
    dialog.target_box.setCurrentIndex(dialog.target_box.findData("volume"))
    dialog.target_box.activated.emit(0)
    assert not dialog.take_button.isEnabled() and "column of years" in dialog.notice.text()
    dialog.match_grid.go_to(2, 3)
    assert dialog.match_grid.enter_text("Volume") == ()
    assert texts(dialog.row_grid, 0)[4] == "26.0"
    assert dialog.match_grid.enter_text("nonsense")[0].what.startswith("“nonsense”")
    dialog.match_grid.clear_selection()
    assert not dialog.take_button.isEnabled()


def test_a_csv_comes_into_a_table_and_replace_says_what_goes(window, qtbot, tmp_path):
    path = tmp_path / "payments.csv"
    path.write_text("Payments\n\nWhat;On;Amount (€m)\nFirst;03/04/2026;5,5\nThird;31/12/2027;1.234\n", encoding="utf-8")
    dialog = read(qtbot, window, path)
    assert dialog.target == "payments"
    assert texts(dialog.row_grid, 0)[:5] == ["ticked", "First", "changes 2", "First", "3 Apr 2026"]
    assert "decimal comma" in dialog.notes.text() and "begin with the day" in dialog.notes.text()
    dialog.mode_box.setCurrentIndex(2)
    dialog.mode_box.activated.emit(2)
    assert "“Second”" in dialog.notice.text()
    dialog.take()
    records = window.session.deal.tables["payments"].records
    assert list(records) == ["first", "third"] and records["third"]["amount"] == 1234.0
    window.session.stack.undo()
    assert list(window.session.deal.tables["payments"].records) == ["first", "second"]


def test_years_that_are_taken_out_show_which_and_what_they_held(window):
    deal = window.session.deal
    (key, series), *_ = deal.series.items()
    first, second, *_ = series.values
    dialog = pasted(window, f"Year\t{series.label}\n{first}\t26\n")
    dialog.mode_box.setCurrentIndex(2)
    dialog.mode_box.activated.emit(2)
    row = texts(dialog.row_grid, 1)
    assert dialog.target == key and row[1] == second and "taken out" in row
    assert row[3] not in ("", "–"), "what the deal holds"


def test_dates_and_decimals_that_read_in_two_ways_are_asked(window):
    dialog = pasted(window, "What\tOn\tAmount\nFirst\t03/04/2026\t1.234\n")
    assert "Dates" in dialog.notice.text() and "Decimal" in dialog.notice.text()
    assert not dialog.take_button.isEnabled()
    for box, at in ((dialog.order_box, 2), (dialog.decimal_box, 1)):
        box.setCurrentIndex(at)
        box.activated.emit(at)
    assert texts(dialog.row_grid, 0)[4:6] == ["4 Mar 2026", "1.2"] and dialog.take_button.isEnabled()


def test_another_sheet_of_a_workbook_can_be_chosen(window, qtbot, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["nothing"])
    sheet = book.create_sheet("Paths")
    for row in (["Year", "Volume"], [2026, 25]):
        sheet.append(row)
    other = book.create_sheet("Wide")
    for row in (["Year", "Volume", *"abcd"], [2026, 26, 1, 2, 3, 4]):
        other.append(row)
    book.save(tmp_path / "t.xlsx")
    dialog = read(qtbot, window, tmp_path / "t.xlsx")
    assert dialog.sheet_box.currentText() == "Paths" and dialog.source_grid.width == 2  # no table stands on the first
    room = dialog.match_grid.height()
    for at, width in ((0, 1), (2, 6)):
        dialog.sheet_box.setCurrentIndex(at)
        dialog.sheet_box.activated.emit(at)
        qtbot.waitUntil(lambda: dialog.source_grid.width == width, timeout=10_000)  # noqa: B023
        if width == 1:
            dialog.target_box.setCurrentIndex(dialog.target_box.findData("volume"))
            dialog.target_box.activated.emit(0)
            assert "“Volume" in dialog.notice.text() and "needs a column of years" in dialog.notice.text()
    assert dialog.match_grid.height() > room
    dialog.sheet_box.setCurrentIndex(1)
    dialog.sheet_box.activated.emit(1)
    qtbot.waitUntil(lambda: dialog.source_grid.width == 2, timeout=10_000)
    dialog.target_box.setCurrentIndex(dialog.target_box.findData("volume"))
    dialog.target_box.activated.emit(0)
    assert texts(dialog.row_grid, 0)[4] == "25.0"


def test_years_across_are_said_and_the_row_of_headings_can_be_chosen(window):
    dialog = pasted(window, "Item\t2026\t2027\nVolume\t25\t26\n")
    assert "Years run across" in dialog.notes.text() and not dialog.match_grid.isVisible()
    dialog.reject()
    dialog = pasted(window, "Year\tVolume\n2026\t25\n")
    dialog.head_box.setCurrentIndex(dialog.head_box.findData(-1))
    dialog.head_box.activated.emit(0)
    assert texts(dialog.match_grid, 0)[1] == ""


@pytest.mark.parametrize(("text", "said"), [("", "no table"), ("a\0b", "NUL")])
def test_a_clipboard_without_a_table_meets_a_sentence(window, text, said):
    QApplication.clipboard().setText(text)
    window.actions_["paste_table"].trigger()
    assert window.incoming.dialog is None
    assert window.banner.isVisible() and said in window.banner.label.text()


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n\0\0\0", b"PK\x03\x04" + b"\0" * 99])
def test_a_hostile_file_meets_a_sentence(window, qtbot, tmp_path, monkeypatch, content):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    window.actions_["import_table"].trigger()
    qtbot.waitUntil(window.banner.isVisible, timeout=10_000)
    assert "table.csv was not imported" in window.banner.label.text()


def test_formulas_in_a_file_stay_text(window):
    dialog = pasted(window, "What\tAmount\n=1+1\t5\n")
    dialog.take()
    assert any(r.get("label") == "'=1+1" for r in window.session.deal.tables["payments"].records.values())


MANY = "Year\tVolume\n" + "".join(f"{2026 + i % 15}\t{i}\n" for i in range(3_000))


@pytest.fixture
def gate(monkeypatch):
    """Rows are read on a worker only once this is set, however fast the machine is."""
    opened = threading.Event()

    def waiting(*args, progress=None, **more):
        if progress is not None:
            assert opened.wait(20)
            progress(0.0)
        return preview(*args, progress=progress, **more)

    monkeypatch.setattr(table_dialog, "preview", waiting)
    yield opened
    opened.set()


def test_many_rows_are_read_on_a_worker_and_nothing_can_be_taken_before(window, qtbot, gate):
    dialog = pasted(window, MANY)
    assert dialog.job_bar.isVisible() and not dialog.take_button.isEnabled() and dialog.rows.shown is None
    gate.set()
    qtbot.waitUntil(lambda: dialog.rows.shown is not None, timeout=20_000)
    qtbot.waitUntil(dialog.job_bar.isHidden, timeout=1_000)
    assert dialog.take_button.text() == "Bring in 15 rows"  # each year once; the others say that it comes twice


def test_reading_many_rows_can_be_cancelled_and_begun_again(window, qtbot, gate):
    dialog = pasted(window, MANY)
    QTest.mouseClick(dialog.job_bar.button, Qt.MouseButton.LeftButton)
    assert "cancelled" in dialog.notice.text() and dialog.rows.shown is None
    gate.set()
    qtbot.waitUntil(dialog.job_bar.isHidden, timeout=10_000)
    dialog.mode_box.setCurrentIndex(1)
    dialog.mode_box.activated.emit(1)
    qtbot.waitUntil(lambda: dialog.rows.shown is not None, timeout=20_000)
    assert dialog.notice.isHidden()


def test_a_dialog_that_is_closed_ends_its_reading(window, qtbot, gate):
    dialog = pasted(window, MANY)
    job = dialog._jobs["preview"]
    dialog.reject()
    assert job.cancelled


def test_tab_goes_as_one_reads_and_begins_with_the_columns_where_they_are_to_be_matched(window):
    dialog = pasted(window, "Year\tVolume\n2026\t31\n")
    assert dialog.row_grid.hasFocus()
    ways = [dialog.target_box, dialog.head_box, dialog.mode_box, dialog.decimal_box, dialog.match_grid, dialog.row_grid]
    ways += [dialog.detail, dialog.close_button, dialog.take_button]
    ways[0].setFocus()
    for one in ways:
        assert one.hasFocus(), one
        press(one, K.Key_F6)
    dialog.reject()
    assert pasted(window, "a\tb\nx\ty\n").match_grid.hasFocus()
