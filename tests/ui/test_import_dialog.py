"""A workbook comes back: read on a worker, reviewed row by row, applied as one step; nothing silently."""

from __future__ import annotations

import threading

import openpyxl
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from model import edits, store
from model.engine import run
from model.layers import View, base_value, default_view
from model.workbook.layout import plan
from model.workbook.review_cells import input_cells
from model.workbook.write import export
from tests.ui import kit
from tests.ui.kit import CTRL, K, press
from ui import theme as themes
from ui.exchange import incoming
from ui.exchange.review_dialog import ReviewDialog
from ui.exchange.review_source import DOUBT, SURE, UNREAD
from ui.jobs import wait_for_all

DEAL = store.load(kit.SUPPLY).deal


@pytest.fixture
def window(qtbot, tmp_path):
    return kit.window(qtbot, tmp_path, kit.copy_of(tmp_path))


def book(folder, changes=None, name="book.xlsx", deal=DEAL):
    """An export with inputs set: {address: value}."""
    path = folder / name
    calc = run(deal, default_view(deal))
    export(calc, path)
    if changes:
        places = {c.address: c.place for c in input_cells(plan(calc)) if c.layer == ""}
        loaded = openpyxl.load_workbook(path)
        for address, value in changes.items():
            place = places[address]
            cell = loaded[place.sheet].cell(place.row + 1, place.col + 1)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
        loaded.save(path)
    return path


def opened(qtbot, window, path) -> ReviewDialog:
    window.incoming.read_book(path)
    qtbot.waitUntil(lambda: isinstance(window.incoming.dialog, ReviewDialog), timeout=20_000)
    dialog = window.incoming.dialog
    qtbot.waitUntil(dialog.isVisible)
    return dialog


def row_of(dialog, address):
    row = dialog.grid.grid_model.row_of(f"@{address}")
    assert row is not None, address
    return row


VOLUME, PAYMENT = "volume.2027", "payments.second.amount"  # 30 and 7


def test_the_menu_asks_for_a_file_and_reads_it(window, qtbot, tmp_path, monkeypatch):
    path = book(tmp_path)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    window.actions_["import_book"].trigger()
    qtbot.waitUntil(lambda: window.incoming.dialog is not None, timeout=20_000)
    dialog = window.incoming.dialog
    assert dialog.title.text() == "No differences"
    assert "there is nothing to import" in dialog.about.text()
    assert not dialog.import_button.isVisible() and not dialog.grid.isVisible()
    dialog.close_button.click()
    assert window.session.stack.count() == 0


def test_differences_are_listed_ticked_and_applied_as_one_step(window, qtbot, tmp_path):
    dialog = opened(qtbot, window, book(tmp_path, {VOLUME: 31, PAYMENT: 9}))
    QAbstractItemModelTester(dialog.grid.grid_model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert dialog.source.count(SURE) == 2 and dialog.import_button.text() == "Import 2 changes"
    row = row_of(dialog, VOLUME)
    cells = [dialog.grid.grid_model.cell(row, col) for col in range(dialog.grid.grid_model.columnCount())]
    assert cells[1].text.startswith("Volume 2027") and cells[6].text == "Base" and "!" in cells[7].text
    QTest.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    session = window.session
    assert session.stack.count() == 1 and session.stack.undoText() == "Import 2 changes from book.xlsx"
    assert base_value(session.deal, VOLUME) == 31
    assert window.banner.isVisible() and "Imported 2 changes from book.xlsx" in window.banner.label.text()
    session.stack.undo()
    assert session.deal == store.load(tmp_path / "supply.deal").deal
    assert not window.banner.isVisible()  # nothing is imported any more


def test_undoing_a_later_step_leaves_what_is_said_of_the_import(window, qtbot, tmp_path):
    dialog = opened(qtbot, window, book(tmp_path, {VOLUME: 31}))
    dialog.take()
    session = window.session
    session.edit(edits.set_values(session.deal, session.view, [(PAYMENT, 8.0)]))
    session.stack.undo()
    assert window.banner.isVisible()
    window.banner.tell("Something else.")
    session.stack.undo()
    assert window.banner.isVisible() and window.banner.label.text() == "Something else."


def test_a_remark_does_not_repeat_what_the_row_is_about(window, qtbot, tmp_path):
    dialog = opened(qtbot, window, book(tmp_path, {PAYMENT: "nonsense"}))
    row = next(r for r, spec in enumerate(dialog.grid.grid_model.rows) if spec.kind == "item")
    texts = [dialog.grid.grid_model.cell(row, col).text for col in range(9)]
    assert texts[1].startswith("Amount") and texts[6] == "Base" and texts[8].startswith("“nonsense” is not")


def test_what_changed_flashes(window, qtbot, tmp_path):
    dialog = opened(qtbot, window, book(tmp_path, {VOLUME: 31}))
    dialog.take()
    grid = window.panel.grid
    qtbot.waitUntil(lambda: grid.grid_model.flashing, timeout=2000)
    assert grid.target().key == VOLUME


def test_space_unticks_a_row_and_the_heading_ticks_all(window, qtbot, tmp_path):
    dialog = opened(qtbot, window, book(tmp_path, {VOLUME: 1.25, PAYMENT: 2.5}))
    grid = dialog.grid
    grid.setFocus()
    grid.go_to(row_of(dialog, VOLUME), 3)
    press(grid, K.Key_Space)
    assert [d.address for d in dialog.source.chosen] == [PAYMENT]
    assert dialog.import_button.text() == "Import 1 change"
    head = grid.cell_rect(0, 0).center()
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(18, head.y()))
    assert len(dialog.source.chosen) == 2
    press(grid, K.Key_A, CTRL)
    press(grid, K.Key_Space)
    assert dialog.source.chosen == [] and not dialog.import_button.isEnabled()
    dialog.all_button.click()
    press(grid, K.Key_Return, CTRL)
    assert window.session.stack.count() == 1


def test_enter_in_the_filter_never_imports(window, qtbot, tmp_path):
    dialog = opened(qtbot, window, book(tmp_path, {VOLUME: 31}))
    dialog.search.setFocus()
    press(dialog.search, K.Key_Return)
    assert dialog.isVisible() and window.session.stack.count() == 0
    assert dialog.grid.hasFocus()
    press(dialog.grid, K.Key_F6)
    assert not dialog.grid.hasFocus()


def test_nothing_to_think_about_is_ticked_and_the_reason_stands_under_the_table(window, qtbot, tmp_path):
    dialog = opened(qtbot, window, book(tmp_path, {VOLUME: None, PAYMENT: "nonsense"}))
    assert dialog.source.count(DOUBT) == 1 and dialog.source.count(UNREAD) == 1 and dialog.source.chosen == []
    assert not dialog.import_button.isEnabled()
    dialog.grid.go_to(row_of(dialog, VOLUME), 1)
    assert "empty" in dialog.detail.toPlainText()
    dialog.chips._group.button(3).click()
    assert [r.kind for r in dialog.grid.grid_model.rows] == ["section", "item"]
    assert "nonsense" in dialog.detail.toPlainText()
    dialog.search.setText("no such words")
    assert dialog.grid.grid_model.rows == []


def test_the_decimal_mark_is_asked_and_the_book_read_again(window, qtbot, tmp_path):
    dialog = opened(qtbot, window, book(tmp_path, {VOLUME: "1.234"}))
    assert dialog.decimals.isVisible() and dialog.source.count(UNREAD) == 1
    dialog.decimal_box.setCurrentIndex(2)
    dialog.decimal_box.activated.emit(2)
    qtbot.waitUntil(lambda: dialog.source.count(UNREAD) == 0, timeout=20_000)
    (one,) = dialog.source.review.differences
    assert one.new == 1234.0 and "text" in one.doubt


def held(monkeypatch, mark):
    """Readings with this decimal mark wait until the event that is given back is set."""
    gate, real = threading.Event(), incoming._review

    def review(deal, path, decimal, progress):
        if decimal == mark:
            gate.wait(20)
        return real(deal, path, decimal, progress)

    monkeypatch.setattr(incoming, "_review", review)
    return gate


def test_of_two_decimal_marks_chosen_in_haste_the_last_one_holds(window, qtbot, tmp_path, monkeypatch):
    dialog = opened(qtbot, window, book(tmp_path, {VOLUME: "1.234"}))
    gate = held(monkeypatch, ",")
    for at in (2, 1):
        dialog.decimal_box.setCurrentIndex(at)
        dialog.decimal_box.activated.emit(at)
    gate.set()
    qtbot.waitUntil(lambda: dialog.source.count(UNREAD) == 0, timeout=20_000)
    assert wait_for_all()
    QApplication.processEvents()
    assert [d.new for d in dialog.source.review.differences] == [1.234]


def test_a_dialog_that_is_closed_while_it_reads_again_is_not_told_of_it(window, qtbot, tmp_path, monkeypatch):
    dialog = opened(qtbot, window, book(tmp_path, {VOLUME: "1.234"}))
    gate = held(monkeypatch, ",")
    dialog.decimal_box.activated.emit(2)
    gone: list[bool] = []
    dialog.destroyed.connect(lambda: gone.append(True))
    dialog.reject()
    qtbot.waitUntil(lambda: bool(gone))
    job = window.incoming.job
    with qtbot.captureExceptions() as raised:
        gate.set()
        qtbot.waitUntil(lambda: not job.running, timeout=20_000)
        QApplication.processEvents()
    assert raised == []


def test_an_older_book_says_so_and_leaves_our_own_edits_alone(window, qtbot, tmp_path):
    path = book(tmp_path, {PAYMENT: 2.5})
    window.session.edit(edits.set_values(window.session.deal, View(), [(VOLUME, 77.0)], layer=""))
    dialog = opened(qtbot, window, path)
    assert [d.address for d in dialog.source.chosen] == [PAYMENT]
    assert dialog.notice.isVisible() and "has changed since" in dialog.notice.text()
    assert "Volume 2027" in dialog.notice.text()


def test_what_the_ticked_changes_do_to_the_headline_is_said(window, qtbot, tmp_path):
    dialog = opened(qtbot, window, book(tmp_path, {VOLUME: 3}))
    qtbot.waitUntil(lambda: dialog.impact.text().startswith("With what is ticked"), timeout=5000)
    dialog.none_button.click()
    qtbot.waitUntil(lambda: dialog.impact.text() == "Nothing is ticked.", timeout=5000)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"), (b"not a zip", "workbook"), (b"PK\x03\x04" + b"\0" * 100, "book.xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "book.xlsx"),
    ],
)  # fmt: skip
def test_a_hostile_file_meets_a_sentence_in_the_banner(window, qtbot, tmp_path, content, said):
    path = tmp_path / "book.xlsx"
    path.write_bytes(content)
    window.incoming.read_book(path)
    qtbot.waitUntil(window.banner.isVisible, timeout=10_000)
    text = window.banner.label.text()
    assert "was not imported; nothing has changed" in text and said in text and "Traceback" not in text


def test_a_foreign_workbook_offers_the_table_import(window, qtbot, tmp_path, monkeypatch):
    path = tmp_path / "foreign.xlsx"
    loaded = openpyxl.Workbook()
    loaded.active["A1"] = "Year"
    loaded.save(path)
    asked = []
    monkeypatch.setattr(window.incoming, "read_table", asked.append)
    window.incoming.read_book(path)
    qtbot.waitUntil(lambda: isinstance(window.incoming.dialog, QMessageBox), timeout=10_000)
    box = window.incoming.dialog
    next(b for b in box.buttons() if "table" in b.text()).click()
    assert asked == [path]


def test_reading_can_be_cancelled(window, qtbot, tmp_path):
    path = book(tmp_path)
    job = window.incoming.read_book(path)
    assert window.job_bar.isVisible() and "book.xlsx" in window.job_bar.label.text()
    window.job_bar.button.click()
    qtbot.waitUntil(lambda: not job.running, timeout=20_000)
    assert window.incoming.dialog is None and not window.job_bar.isVisible()


def test_a_book_dropped_on_the_window_is_imported_and_other_files_are_not_taken(window, qtbot, tmp_path):
    path = book(tmp_path)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    assert window.acceptDrops() and window.incoming.dropped(data) == path
    window.incoming.take_file(path)
    qtbot.waitUntil(lambda: window.incoming.dialog is not None, timeout=20_000)
    for urls in ([str(tmp_path / "x.exe")], [str(path), str(path)]):
        data.setUrls([QUrl.fromLocalFile(u) for u in urls])
        assert window.incoming.dropped(data) is None
    data.clear()
    assert window.incoming.dropped(data) is None


def test_the_list_can_be_copied(window, qtbot, tmp_path):
    dialog = opened(qtbot, window, book(tmp_path, {VOLUME: 1 / 3}))
    dialog.copy_button.click()
    assert "0.333333333333333" in QApplication.clipboard().text()


def test_an_edit_that_is_refused_stays_in_the_dialog_with_its_reason(window, qtbot, tmp_path):
    dialog = opened(qtbot, window, book(tmp_path, {VOLUME: 1.5}))
    window.session.read_only = "It is open elsewhere."
    dialog.take()
    assert dialog.isVisible() and "Nothing was imported" in dialog.notice.text()
    assert window.session.stack.count() == 0


def test_tab_goes_as_one_reads(window, qtbot, tmp_path):
    dialog = opened(qtbot, window, book(tmp_path, {VOLUME: 31}))
    ways = [dialog.search, dialog.all_button, dialog.none_button, dialog.grid, dialog.detail, dialog.copy_button]
    ways += [dialog.close_button, dialog.import_button]
    ways[0].setFocus()
    for one in ways:
        assert one.hasFocus(), QApplication.focusWidget()
        press(one, K.Key_F6)


def test_what_was_said_of_a_refused_file_goes_when_the_next_one_is_read(window, qtbot, tmp_path):
    wrong = tmp_path / "wrong.xlsx"
    wrong.write_bytes(b"%PDF-1.7")
    window.incoming.read_book(wrong)
    qtbot.waitUntil(window.banner.isVisible, timeout=20_000)
    assert window.banner.label.palette().windowText().color() == themes.current().color("bad")
    opened(qtbot, window, book(tmp_path))
    assert not window.banner.isVisible()
