"""A crash loses nothing; one file is never edited in two windows at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QThreadPool
from PySide6.QtWidgets import QMessageBox, QPushButton, QToolButton

from model import store
from tests.ui import kit
from tests.ui.kit import go, type_into
from ui.choosing import Chooser
from ui.main_window import MainWindow

ROOT = Path(__file__).parents[2]

# A window on a file: it edits, keeps its copy, says so, and waits to be killed.
CHILD = """
import sys
from pathlib import Path
from PySide6.QtCore import QThreadPool
from PySide6.QtWidgets import QApplication
from tests.ui import kit
from ui.documents import open_session
from model.edits import set_value
from ui.choosing import Chooser
from ui.main_window import MainWindow
app = QApplication(sys.argv)
folder = Path(sys.argv[1])
window = MainWindow(open_session(str(folder / "supply.deal"))[0], kit.settings(folder))
session = window.session
session.edit(set_value(session.deal, session.view, "rate", 0.3))
window.keeper.keep()
QThreadPool.globalInstance().waitForDone()
print("ready", flush=True)
sys.stdin.read()
"""


def copies(folder: Path) -> list[Path]:
    return sorted((folder / "unsaved").glob("*.deal"))


def kept(window: MainWindow, qtbot) -> None:
    window.keeper.keep()
    QThreadPool.globalInstance().waitForDone()
    qtbot.wait(1)


def choice(window: MainWindow, text: str) -> QToolButton:
    return next(b for b in window.banner.findChildren(QToolButton) if b.text() == text and b.isVisible())


@pytest.fixture
def child(tmp_path):
    """Another Dealsheet that has the file open, with an unsaved edit."""
    kit.copy_of(tmp_path)
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path)],
        cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == "ready"
            yield process
        finally:
            process.kill()


def test_edits_are_kept_soon_and_the_copy_goes_when_they_are_saved(qtbot, tmp_path):
    window = kit.window(qtbot, tmp_path, kit.copy_of(tmp_path))
    type_into(go(window, "rate"), "30 %")
    assert window.keeper._soon.isActive()
    kept(window, qtbot)
    (copy,) = copies(tmp_path)
    assert store.load(copy).deal.terms["rate"].value == 0.3
    assert window.documents.save()
    assert copies(tmp_path) == []


def test_undoing_everything_takes_the_copy_back(qtbot, tmp_path):
    window = kit.window(qtbot, tmp_path, kit.copy_of(tmp_path))
    type_into(go(window, "rate"), "30 %")
    kept(window, qtbot)
    window.undo()
    assert copies(tmp_path) == []


def test_a_window_that_closes_properly_leaves_neither_copy_nor_lock(qtbot, tmp_path):
    window = kit.window(qtbot, tmp_path, kit.copy_of(tmp_path))
    type_into(go(window, "rate"), "30 %")
    kept(window, qtbot)
    window.session.stack.setClean()
    window.close()
    assert copies(tmp_path) == []
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".lock"] == []


def test_after_a_kill_the_edits_are_offered_and_come_back_as_unsaved(qtbot, tmp_path, child):
    child.send_signal(signal.SIGKILL)
    child.wait()
    window = kit.window(qtbot, tmp_path)
    window.documents.offer_left_behind()
    assert "ended without saving “supply.deal”" in window.banner.label.text()
    choice(window, "Restore").click()
    session = window.session
    assert session.path == tmp_path / "supply.deal"
    assert session.deal.terms["rate"].value == 0.3
    assert session.deal.extras == store.load(kit.SUPPLY).deal.extras, "the note of where it came from is gone"
    assert session.dirty and not session.read_only, "the dead window's lock is free"
    assert window.documents.save()
    assert store.load(tmp_path / "supply.deal").deal.terms["rate"].value == 0.3
    assert copies(tmp_path) == []


def test_what_was_left_behind_can_be_discarded_after_a_question(qtbot, tmp_path, child, monkeypatch):
    child.kill()
    child.wait()
    window = kit.window(qtbot, tmp_path)
    window.documents.offer_left_behind()
    answers = [QMessageBox.StandardButton.Cancel, QMessageBox.StandardButton.Discard]
    monkeypatch.setattr(QMessageBox, "exec", lambda box: answers.pop(0))
    choice(window, "Discard").click()
    assert len(copies(tmp_path)) == 1
    choice(window, "Discard").click()
    assert copies(tmp_path) == []
    assert not window.banner.isVisible()


@pytest.fixture
def three(qtbot, tmp_path, monkeypatch):
    """A window that finds three copies, and every question answered with yes."""
    window = kit.window(qtbot, tmp_path)
    (tmp_path / "unsaved").mkdir()
    deal = store.load(kit.SUPPLY).deal
    for i, name in enumerate(("One", "Two", "Three")):
        copy = tmp_path / "unsaved" / f"{i}.deal"
        store.save(msgspec.structs.replace(deal, name=name), copy)
        os.utime(copy, (1_000_000 + i, 1_000_000 + i))
    monkeypatch.setattr(QMessageBox, "exec", lambda box: QMessageBox.StandardButton.Discard)
    window.documents.offer_left_behind()
    return window


def listed(window: MainWindow) -> list[str]:
    choice(window, "Show them…").click()
    chooser = window.documents.dialog
    assert isinstance(chooser, Chooser)
    return [chooser.list.item(i).text().split("\n")[0] for i in range(chooser.list.count())]


def press_in(window: MainWindow, text: str) -> None:
    next(b for b in window.documents.dialog.findChildren(QPushButton) if b.text() == text).click()


def test_several_are_offered_in_one_list_the_latest_first(three, tmp_path):
    assert "the changes of 3 deals were kept" in three.banner.label.text()
    assert listed(three) == ["Three", "Two", "One"]
    three.documents.dialog.list.setCurrentRow(1)
    press_in(three, "Restore")
    assert three.session.deal.name == "Two" and three.session.dirty
    assert "the changes of 2 deals" in three.banner.label.text()


def test_one_of_several_or_all_of_them_can_be_discarded(three, tmp_path):
    listed(three)
    three.documents.dialog.list.setCurrentRow(2)
    press_in(three, "Discard")
    assert [store.load(c).deal.name for c in copies(tmp_path)] == ["Two", "Three"]
    assert three.documents.dialog.list.count() == 2
    press_in(three, "Discard all")
    assert copies(tmp_path) == [] and not three.banner.isVisible()


def test_later_keeps_them_for_the_next_start(three, tmp_path):
    listed(three)
    press_in(three, "Later")
    assert len(copies(tmp_path)) == 3 and three.banner.isVisible()


def test_the_copy_and_the_lock_of_a_living_window_are_left_alone(qtbot, tmp_path, child):
    window = kit.window(qtbot, tmp_path)
    window.documents.offer_left_behind()
    assert not window.banner.isVisible()
    assert window.documents.open_path(str(tmp_path / "supply.deal"))
    assert "open in another Dealsheet window" in window.banner.label.text()
    before = (tmp_path / "supply.deal").read_bytes()
    type_into(go(window, "rate"), "40 %")
    assert window.session.deal.terms["rate"].value != 0.4
    assert not window.documents._write(tmp_path / "supply.deal", None)
    assert "open in another Dealsheet window" in window.banner.label.text()
    assert (tmp_path / "supply.deal").read_bytes() == before
    grid = window.panel.grid
    if grid.editor is not None:
        kit.press(grid.editor, kit.K.Key_Escape)


def test_a_copy_saved_under_another_name_may_be_edited(qtbot, tmp_path, child):
    window = kit.window(qtbot, tmp_path)
    window.documents.open_path(str(tmp_path / "supply.deal"))
    assert window.documents._write(tmp_path / "mine.deal", None)
    type_into(go(window, "rate"), "40 %")
    assert window.session.deal.terms["rate"].value == 0.4


def test_a_folder_that_takes_no_lock_does_not_stop_the_work(qtbot, tmp_path, monkeypatch):
    path = kit.copy_of(tmp_path)
    monkeypatch.setattr("ui.safekeeping._beside", lambda _: tmp_path / "gone" / "x.lock")
    window = kit.window(qtbot, tmp_path, path)
    type_into(go(window, "rate"), "30 %")
    assert window.session.deal.terms["rate"].value == 0.3


def test_a_copy_that_cannot_be_written_is_said_once(qtbot, tmp_path):
    (tmp_path / "unsaved").write_text("a file where the folder should be")
    window = kit.window(qtbot, tmp_path, kit.copy_of(tmp_path))
    said: list[str] = []
    window.session.told.connect(said.append)
    type_into(go(window, "rate"), "30 %")
    kept(window, qtbot)
    kept(window, qtbot)
    assert len([text for text in said if "cannot be kept" in text]) == 1
