"""New, open, save, close and export: nothing is lost without a question, and faults are sentences."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QDialog, QFileDialog, QMessageBox, QPlainTextEdit, QToolButton

from model import store
from model.problems import Problem, Refused
from tests.ui import kit
from tests.ui.kit import CTRL, K, go, press, type_into
from ui import app, display, documents
from ui.choosing import Chooser
from ui.file_dialogs import teach
from ui.jobs import Job
from ui.main_window import MainWindow
from ui.shot import shot

ROOT = Path(__file__).parents[2]
BUTTON = QMessageBox.StandardButton


@pytest.fixture
def window(qtbot, tmp_path) -> MainWindow:
    return kit.window(qtbot, tmp_path, kit.copy_of(tmp_path))


def change(window: MainWindow) -> None:
    type_into(go(window, "rate"), "30 %")


def answer(monkeypatch, *buttons: BUTTON) -> list[str]:
    """Answers to the boxes that follow, and what they asked."""
    asked: list[str] = []
    left = list(buttons)

    def run(box: QMessageBox) -> BUTTON:
        asked.append(f"{box.text()} {box.informativeText()}")
        return left.pop(0)

    monkeypatch.setattr(QMessageBox, "exec", run)
    return asked


def choose(monkeypatch, path: Path | str) -> list[str]:
    """The path that file dialogs return, and what they proposed."""
    proposed: list[str] = []

    def run(_parent, _title, start, _filters, _filter="", options=QFileDialog.Option.ReadOnly):
        assert options == QFileDialog.Option.ReadOnly  # where a file is opened, nothing is made either
        proposed.append(start)
        return str(path), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", run)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", run)
    return proposed


def test_save_writes_the_file_keeps_a_backup_and_cleans_the_marker(window, tmp_path):
    before = (tmp_path / "supply.deal").read_bytes()
    change(window)
    window.actions_["save"].trigger()
    assert store.load(tmp_path / "supply.deal").deal.terms["rate"].value == 0.3
    assert (tmp_path / "supply.deal.bak").read_bytes() == before
    assert not window.isWindowModified()


def test_save_as_adds_the_suffix_and_the_window_takes_the_name(window, tmp_path, monkeypatch):
    proposed = choose(monkeypatch, tmp_path / "other")
    window.actions_["save_as"].trigger()
    assert proposed == [str(tmp_path / "supply.deal")]
    assert store.load(tmp_path / "other.deal").deal == window.session.deal
    assert window.windowTitle() == "[*]other — Dealsheet"
    assert window.settings.recent[0] == tmp_path / "other.deal"


def test_save_as_cancelled_saves_nothing(window, tmp_path, monkeypatch):
    choose(monkeypatch, "")
    change(window)
    window.actions_["save_as"].trigger()
    assert window.isWindowModified()
    assert sorted(p.name for p in tmp_path.glob("*.deal")) == ["supply.deal"]


def test_a_file_changed_outside_is_never_overwritten_unasked(window, tmp_path, monkeypatch):
    path = tmp_path / "supply.deal"
    path.write_text(path.read_text().replace('label = "Rate"', 'label = "The rate"'))
    theirs = path.read_bytes()
    change(window)
    asked = answer(monkeypatch, BUTTON.Cancel)
    window.actions_["save"].trigger()
    assert "changed by another program" in asked[0]
    assert path.read_bytes() == theirs
    answer(monkeypatch, BUTTON.Yes)
    window.actions_["save"].trigger()
    assert store.load(path).deal.terms["rate"].value == 0.3


def test_a_save_that_fails_says_why_and_keeps_the_changes(window, tmp_path, monkeypatch):
    change(window)

    def refuse(*_args, **_named):
        raise Refused(Problem(str(tmp_path / "supply.deal"), "the disk is full.", "Free some space."))

    monkeypatch.setattr(store, "save", refuse)
    window.actions_["save"].trigger()
    assert window.banner.isVisible()
    assert "supply.deal: The disk is full. Free some space." in window.banner.label.text()
    assert window.isWindowModified()


def test_closing_asks_and_each_answer_does_what_it_says(window, tmp_path, monkeypatch):
    change(window)
    asked = answer(monkeypatch, BUTTON.Cancel, BUTTON.Save)
    assert not window.close()
    assert "Save the changes to “supply”?" in asked[0]
    assert window.close()
    assert store.load(tmp_path / "supply.deal").deal.terms["rate"].value == 0.3


def test_closing_without_saving_leaves_the_file_as_it_was(window, tmp_path, monkeypatch):
    before = (tmp_path / "supply.deal").read_bytes()
    change(window)
    answer(monkeypatch, BUTTON.Discard)
    assert window.close()
    assert (tmp_path / "supply.deal").read_bytes() == before


def test_closing_a_clean_window_asks_nothing(window, monkeypatch):
    asked = answer(monkeypatch)
    assert window.close()
    assert asked == []


def test_refused_text_in_a_cell_keeps_the_window_open(window, monkeypatch):
    grid = go(window, "begins")
    type_into(grid, "tomorrow")
    assert not window.close()
    assert grid.editor.text() == "tomorrow"
    window.panel.grid.cancel_edit()


def test_a_template_opens_as_a_new_deal_that_save_asks_a_name_for(window, tmp_path, monkeypatch):
    window.menus["templates"].aboutToShow.emit()
    action = window.menus["templates"].actions()[0]
    action.trigger()
    assert window.session.path is None
    choose(monkeypatch, tmp_path / "mine.deal")
    window.actions_["save"].trigger()
    assert (tmp_path / "mine.deal").exists()


def test_the_shipped_templates_cannot_be_written_over(window, monkeypatch):
    path = store.TEMPLATES / "blank.deal"
    before = path.read_bytes()
    choose(monkeypatch, path)
    window.actions_["save_as"].trigger()
    assert path.read_bytes() == before
    assert "templates that ship" in window.banner.label.text()


def test_opening_a_faulty_file_names_the_place_and_keeps_the_deal(window, tmp_path, monkeypatch):
    bad = tmp_path / "bad.deal"
    bad.write_text(kit.SUPPLY.read_text().replace('kind = "percent"', 'kind = "percents"'))
    deal = window.session.deal
    choose(monkeypatch, bad)
    window.actions_["open_file"].trigger()
    assert window.session.deal is deal
    assert "terms.rate.kind" in window.banner.label.text()
    assert "nothing has changed here" in window.banner.label.text()


def test_opening_shows_the_new_deal_in_every_part(window, tmp_path, qtbot):
    other = tmp_path / "other.deal"
    other.write_text(
        kit.SUPPLY.read_text().replace('name = "Supply"', 'name = "Other"').replace("value = 0.2", "value = 0.4")
    )
    kit.show(window, "Schedule")
    assert window.documents.open_path(str(other))
    assert window.windowTitle() == "[*]other — Dealsheet"
    assert window.headline.cards[0].value == "€24.0m"
    assert not window.toolbar.undo_button.isEnabled()
    type_into(go(window, "rate"), "10 %")
    assert window.session.calc.scalar("total_paid") == pytest.approx(6)


def test_recent_files_are_listed_and_a_lost_one_is_forgotten(window, tmp_path):
    path = tmp_path / "gone.deal"
    window.settings.add_recent(path)
    window.menus["recent"].aboutToShow.emit()
    action = window.menus["recent"].actions()[0]
    assert action.text() == "gone.deal"
    action.trigger()
    assert "no such file" in window.banner.label.text()
    assert path not in window.settings.recent


def test_opening_without_a_name_takes_a_template_that_has_a_deal_in_it(qapp):
    session, _ = documents.open_session(None)
    assert session.path is None
    assert session.deal.lines


def test_which_template_comes_first_is_said_beside_the_templates(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "TEMPLATES", tmp_path)
    for name in ("alpha", "beta", "blank"):
        (tmp_path / f"{name}.deal").write_bytes(kit.SUPPLY.read_bytes())
    assert documents.first_template() == "alpha"
    (tmp_path / "first.txt").write_text("beta\n")
    assert documents.first_template() == "beta"
    (tmp_path / "first.txt").write_text("no such template\n")
    assert documents.first_template() == "alpha"


def test_the_place_of_the_window_is_remembered(window):
    window.resize(1000, 640)
    window.close()
    assert window.settings.geometry is not None


# --- export ---------------------------------------------------------------------------------------


def test_export_proposes_deal_version_and_scenario_and_writes_the_book(window, tmp_path, monkeypatch, qtbot):
    book = tmp_path / "out.xlsx"
    proposed = choose(monkeypatch, book)
    window.toolbar.export_button.click()
    job = window.documents.job
    qtbot.waitUntil(lambda: not job.running, timeout=20_000)
    assert Path(proposed[0]).name == "Supply – As signed – Plan.xlsx"
    assert book.read_bytes().startswith(b"PK")
    assert "Exported" in window.status.message.text()
    assert not window.job_bar.isVisible()


def test_a_book_that_cannot_be_written_is_said_and_another_name_is_offered(window, tmp_path, monkeypatch, qtbot):
    asked = answer(monkeypatch, BUTTON.Cancel)
    job = window.documents.export_to(tmp_path / "no such folder" / "out.xlsx")
    qtbot.waitUntil(lambda: not job.running, timeout=20_000)
    assert "out.xlsx could not be written." in asked[0]


def test_a_failure_of_the_export_shows_a_report_that_can_be_copied(window, tmp_path, monkeypatch, qtbot):
    import model.workbook.write as write

    def broken(*_args, **_named):
        raise ZeroDivisionError("a fault of our own")

    monkeypatch.setattr(write, "export", broken)
    job = window.documents.export_to(tmp_path / "out.xlsx")
    qtbot.waitUntil(lambda: not job.running, timeout=20_000)
    dialog = window.findChild(QDialog)
    assert "a fault of our own" in dialog.findChild(QPlainTextEdit).toPlainText()
    dialog.close()


def test_a_cancelled_export_says_so_and_leaves_the_old_book(window, tmp_path, qtbot):
    book = tmp_path / "out.xlsx"
    book.write_bytes(b"old")
    job = window.documents.export_to(book)
    window.job_bar.button.click()
    qtbot.waitUntil(lambda: not job.running, timeout=20_000)
    assert window.status.message.text() == "Export cancelled; nothing was written to out.xlsx."
    assert book.read_bytes() == b"old" and not [*tmp_path.glob("*.saving"), *tmp_path.glob(".*.saving")]
    assert not window.job_bar.isVisible()


def test_a_cancel_that_comes_too_late_says_that_the_book_was_written(window, tmp_path, qtbot, monkeypatch):
    book = tmp_path / "out.xlsx"
    monkeypatch.setattr(documents, "_write_book", lambda *_: (book.write_bytes(b"new"), window.documents.job.cancel()))
    job = window.documents.export_to(book)
    qtbot.waitUntil(lambda: not job.running, timeout=20_000)
    said = window.status.message.text()
    assert said == "Exported all the same: out.xlsx was complete before the cancel reached it."


def test_a_job_that_failed_is_no_longer_shown_as_running_while_it_is_asked_about(window, tmp_path, qtbot, monkeypatch):
    shown: list[bool] = []
    monkeypatch.setattr(window.documents, "_not_exported", lambda *_: shown.append(window.job_bar.isVisible()))
    window.documents.export_to(tmp_path / "no folder" / "out.xlsx")
    qtbot.waitUntil(lambda: shown == [False], timeout=20_000)


def test_a_sentence_too_long_for_the_status_bar_gets_room_and_keeps_its_end(window):
    status = window.status
    status.tell("Exported.")
    assert status.about.isVisible()
    status.tell(f"Export cancelled; nothing was written to {'a long name ' * 5}.xlsx.")
    assert not status.about.isVisible()
    status.tell("")
    assert status.about.isVisible()


def test_a_cancelled_job_delivers_nothing(qapp, qtbot):
    results: list[object] = []

    def work(progress):
        for i in range(10_000):
            progress(i / 10_000)
            import time

            time.sleep(0.001)
        return "done"

    job = Job(work)
    job.done.connect(results.append)
    with qtbot.waitSignal(job.ended, timeout=10_000):
        job.start()
        job.cancel()
    assert results == []
    assert not job.running


# --- starting -------------------------------------------------------------------------------------


def test_a_fault_in_a_slot_opens_a_report_instead_of_ending_the_program(window, qtbot, capsys, monkeypatch):
    shown: list[str] = []
    monkeypatch.setattr("ui.reports.show_report", lambda text, parent=None: shown.append(text))
    try:
        raise ValueError("in a slot")
    except ValueError as error:
        app._report(type(error), error, error.__traceback__)
    assert "ValueError: in a slot" in shown[0]
    assert "in a slot" in capsys.readouterr().err


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="displays are probed on Linux only")
def test_without_a_display_it_says_so_in_one_sentence_and_names_the_commands():
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    for extra, words in (({}, "There is no display here"), ({"DISPLAY": ":4711"}, "does not answer")):
        ran = subprocess.run(
            [sys.executable, "-c", "from ui.app import run; raise SystemExit(run())"],
            check=False,
            cwd=ROOT, env={**env, **extra}, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert ran.returncode == 1
        assert words in ran.stderr
        assert "main.py show DEAL" in ran.stderr
        assert "Traceback" not in ran.stderr
        assert ran.stdout == ""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="libraries are probed on Linux only")
def test_a_missing_system_library_is_named_with_its_package(monkeypatch):
    def missing(_name):
        raise OSError("libEGL.so.1: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(display.ctypes, "CDLL", missing)
    assert "libEGL.so.1 is missing" in display.missing_library("xcb")
    assert "sudo apt install libegl1" in display.missing_library("xcb")


def test_a_picture_of_every_sheet_is_rendered_at_the_size_asked_for(qapp, tmp_path):
    for view in ("terms", "schedule", "valuation", "checks", "sources"):
        out = tmp_path / f"{view}.png"
        assert shot(str(kit.SUPPLY), str(out), view, "dark", (900, 600), scenario="low", period="quarter") == 0
        image = QImage(str(out))
        assert (image.width(), image.height()) == (900, 600)


def test_a_picture_of_an_unknown_sheet_or_deal_is_refused_in_words(qapp, tmp_path, capsys):
    assert shot(str(kit.SUPPLY), str(tmp_path / "x.png"), "nowhere") == 2
    assert "there is no sheet “nowhere”" in capsys.readouterr().err
    assert shot("no-such-deal", str(tmp_path / "x.png")) == 1
    assert "no template and no file" in capsys.readouterr().err
    assert not (tmp_path / "x.png").exists()


def test_ctrl_n_asks_for_a_template_and_opens_it_as_a_new_deal(window, monkeypatch):
    press(window.panel.grid, K.Key_N, CTRL)
    chooser = window.documents.dialog
    assert isinstance(chooser, Chooser) and chooser.isVisible()
    names = [chooser.list.item(i).text().split("\n")[0] for i in range(chooser.list.count())]
    assert names[0] == "New deal" and len(names) == len(store.list_templates())
    chooser.list.setCurrentRow(1)
    press(chooser.list, K.Key_Return)
    assert window.session.name == names[1] and window.session.path is None


def test_a_name_that_gets_its_ending_is_asked_about_where_such_a_file_exists(window, tmp_path, monkeypatch):
    there = tmp_path / "mine.deal"
    there.write_text("not to be lost", encoding="utf-8")
    choose(monkeypatch, tmp_path / "mine")
    monkeypatch.setattr(QMessageBox, "question", lambda *_: BUTTON.No)
    assert not window.documents.save_as()
    assert there.read_text(encoding="utf-8") == "not to be lost"
    monkeypatch.setattr(QMessageBox, "question", lambda *_: BUTTON.Yes)
    assert window.documents.save_as() and store.load(there).deal == window.session.deal


# A window in a process of its own, in which something raises where Qt calls Python; it must go on and say so.
FAULTS = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from tests.ui import kit
from ui import app, reports
from ui.documents import open_session
from ui.jobs import Job, wait_for_all
from ui.main_window import MainWindow
told = []
reports.show_report = lambda text, parent=None: told.append(text)
sys.excepthook = app._report
program = QApplication(sys.argv)
folder, where = Path(sys.argv[1]), sys.argv[2]
window = MainWindow(open_session(str(folder / "supply.deal"))[0], kit.settings(folder))
window.show()
program.processEvents()
def fail(*args):
    raise ValueError("planted " + where)
def slow(progress):
    time.sleep(1.5)
    print("worker done", flush=True)
grid = window.panel.grid
if where == "paintEvent":
    grid.paintEvent = fail
    grid.viewport().update()
    QTimer.singleShot(100, lambda: delattr(grid, "paintEvent"))
elif where == "data":
    grid.grid_model.data = fail
    QTimer.singleShot(0, lambda: grid.grid_model.index(0, 0).data())
elif where == "slot":
    QTimer.singleShot(0, fail)
elif where == "worker":
    job = Job(fail, window)
    job.failed.connect(told.append)
    job.start()
else:
    Job(slow, window).start()
QTimer.singleShot(300, program.quit)
program.exec()
assert wait_for_all()
program.processEvents()
print("alive", len(told), flush=True)
"""


@pytest.mark.parametrize("where", ["slot", "data", "paintEvent", "worker", "exit"])
def test_a_fault_wherever_qt_calls_leaves_the_program_alive_and_is_told(where, tmp_path):
    kit.copy_of(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", FAULTS, str(tmp_path), where],
        cwd=ROOT, env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    if where == "exit":  # a worker that is still busy as the program ends is waited for
        assert done.stdout.split("\n")[:2] == ["worker done", "alive 0"]
    else:
        assert done.stdout.startswith("alive ") and not done.stdout.startswith("alive 0"), done.stderr


def test_in_the_save_dialog_a_folder_is_made_and_nothing_is_deleted_or_renamed(qtbot, tmp_path):
    (tmp_path / "kept.xlsx").write_text("kept")
    dialog = QFileDialog(None, "Save", str(tmp_path), "Excel workbooks (*.xlsx)")
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    qtbot.addWidget(dialog)
    teach(dialog)
    dialog.show()
    view = dialog.findChild(QAbstractItemView, "treeView")
    qtbot.waitUntil(lambda: view.model().rowCount(view.rootIndex()) == 1, timeout=5000)
    view.setCurrentIndex(view.model().index(0, 0, view.rootIndex()))
    view.setFocus()
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_F2):
        QTest.keyClick(view, key)
    assert view.state() != QAbstractItemView.State.EditingState and (tmp_path / "kept.xlsx").exists()
    assert not any(a.isVisible() for a in dialog.findChildren(QAction) if a.text() in ("&Rename", "&Delete"))
    ways = [dialog.findChild(QToolButton, name) for name in ("backButton", "forwardButton", "toParentButton")]
    assert [(way.text(), way.icon().isNull()) for way in ways] == [("←", True), ("→", True), ("↑", True)]
    new = dialog.findChild(QToolButton, "newFolderButton")
    qtbot.waitUntil(new.isEnabled, timeout=5000)
    new.click()
    assert [p.name for p in tmp_path.iterdir() if p.is_dir()] == ["New Folder"]
