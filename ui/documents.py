"""Files: new, open, save, save as, export, and the question before anything is lost."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6 import QtGui, QtWidgets  # dialogs are named where they are used: the window opens without them
from PySide6.QtCore import QObject

from model import store
from model.problems import Problem, Refused
from ui.jobs import Job, Progress
from ui.panels.notices import words
from ui.session import DealSession

if TYPE_CHECKING:
    from model.engine import Calc
    from ui.main_window import MainWindow
    from ui.safekeeping import Kept

DEALS = "Deals (*.deal)"
BOOKS = "Excel workbooks (*.xlsx)"


def open_session(name: str | None) -> tuple[DealSession, tuple[Problem, ...]]:
    """The session of a path or a template's name (None: the template to begin with). Raises Refused.

    A template is opened as a new, unsaved deal, so that the one that ships is never written over.
    """
    path = store.find(first_template() if name is None else name)
    loaded = store.load(path)
    if is_template(path):
        return DealSession(loaded.deal), loaded.warnings
    newer = "This deal was written by a newer Dealsheet." if loaded.read_only else ""
    session = DealSession(loaded.deal, path=loaded.path.absolute(), fingerprint=loaded.fingerprint, read_only=newer)
    return session, loaded.warnings


def first_template() -> str:
    """The template that a start without a file shows: the one that ``first.txt`` beside the templates names,
    else the first one that is not blank. Which deal that is is data, not code."""
    names = store.list_templates()
    with contextlib.suppress(OSError, UnicodeDecodeError):
        named = (store.TEMPLATES / "first.txt").read_text(encoding="utf-8").strip()
        if named in names:
            return named
    return next((name for name in names if name != "blank"), "blank")


def is_template(path: Path) -> bool:
    return path.resolve().parent == store.TEMPLATES.resolve()


def template_title(name: str) -> str:
    """A template as a person calls it."""
    try:
        deal = store.load(store.TEMPLATES / f"{name}{store.SUFFIX}").deal
    except Refused:
        return name
    return deal.name


def file_name(text: str) -> str:
    """A name that every file system takes."""
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]+', "-", text).strip(" .") or "Deal"


class Documents(QObject):
    """The file commands of a window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.job: Job | None = None

    @property
    def _session(self) -> DealSession:
        return self._window.session

    # --- opening -------------------------------------------------------------

    def open_path(self, name: str) -> bool:
        """Open a file or template in this window, after asking about unsaved changes."""
        if not self.may_discard():
            return False
        try:
            session, warnings = open_session(name)
        except Refused as refused:
            self._window.banner.tell("This file could not be opened; nothing has changed here.", refused.problems)
            if Path(name) in self._window.settings.recent and not Path(name).exists():
                self._window.settings.forget_recent(Path(name))
            return False
        self._window.set_session(session)
        self.opened(warnings)
        return True

    def opened(self, problems: Sequence[Problem], title: str = "Opened, with remarks.") -> None:
        """Say what there is to say of a deal just opened, and remember it."""
        session, banner = self._session, self._window.banner
        banner.hide()
        if session.path is not None:
            self._window.settings.add_recent(session.path)
        if session.read_only:
            why = Problem("", session.read_only, "Save a copy with Save as to change it.", "warning")
            banner.tell("Opened for reading only.", [why, *problems])
        elif problems:
            banner.tell(title, problems)

    # --- after a crash -------------------------------------------------------

    def offer_left_behind(self) -> None:
        """If a window ended without saving, offer its edits."""
        keeper, banner = self._window.keeper, self._window.banner
        found = keeper.left_behind()
        if not found:
            return
        kept = found[0]
        more = f" ({len(found) - 1} more after this one.)" if len(found) > 1 else ""
        before = f"{banner.label.text()}\n" if banner.isVisible() else ""
        banner.tell(
            f"{before}Dealsheet ended without saving “{kept.name}”; its changes were kept at {kept.when:%H:%M on %d %b %Y}.{more}",
            choices=(("Restore", lambda: self._restore(kept)), ("Discard", lambda: self._discard(kept))),
        )

    def _restore(self, kept: Kept) -> None:
        if not self.may_discard():
            return
        try:
            session = self._window.keeper.restored(kept)
        except Refused as refused:
            self._window.banner.tell("The changes could not be restored.", refused.problems)
            return
        self._window.set_session(session)
        if not session.read_only:  # else the copy is the only place where the edits are
            self._window.keeper.forget(kept)
        self.opened(())
        session.told.emit(f"Restored the unsaved changes of “{kept.name}”.")
        if not self._window.banner.isVisible():
            self.offer_left_behind()

    def _discard(self, kept: Kept) -> None:
        self._window.keeper.forget(kept)
        self._window.banner.hide()
        self.offer_left_behind()

    def ask_open(self) -> None:
        settings = self._window.settings
        path, _ = QtWidgets.QFileDialog.getOpenFileName(
            self._window, "Open a deal", str(settings.folder("deal")), DEALS
        )
        if path:
            settings.set_folder("deal", Path(path).parent)
            self.open_path(path)

    # --- saving --------------------------------------------------------------

    def save(self) -> bool:
        session = self._session
        if session.path is None or session.read_only:
            return self.save_as()
        expect = session.fingerprint
        if expect is not None and _changed_outside(session.path, expect):
            answer = self._ask_overwrite(session.path)
            if answer == QtWidgets.QMessageBox.StandardButton.Cancel:
                return False
            if answer == QtWidgets.QMessageBox.StandardButton.No:
                return self.save_as()
            expect = None
        return self._write(session.path, expect)

    def save_as(self) -> bool:
        session, settings = self._session, self._window.settings
        start = session.path or settings.folder("deal") / f"{file_name(session.deal.name)}{store.SUFFIX}"
        name, _ = QtWidgets.QFileDialog.getSaveFileName(self._window, "Save the deal", str(start), DEALS)
        if not name:
            return False
        path = Path(name)
        if path.suffix.lower() != store.SUFFIX:
            path = path.with_name(path.name + store.SUFFIX)
            if path.exists() and not self._ask_replace(path):
                return False
        if is_template(path):
            self._window.banner.tell(
                "",
                [Problem("", "This is the place of the templates that ship with Dealsheet.", "Choose another folder.")],
            )
            return False
        settings.set_folder("deal", path.parent)
        return self._write(path.absolute(), None)

    def _write(self, path: Path, expect: store.Fingerprint | None) -> bool:
        session = self._session
        taken = self._window.keeper.other(path)
        if taken is not None:
            self._window.banner.tell("The deal was not saved.", [taken])
            return False
        try:
            session.save(path, expect=expect)
        except Refused as refused:
            self._window.banner.tell("The deal was not saved.", refused.problems)
            return False
        session.read_only = ""
        self._window.keeper.follow(session)
        self._window.settings.add_recent(path)
        self._window.banner.hide()
        session.told.emit(f"Saved {path.name}.")
        return True

    def _ask_overwrite(self, path: Path) -> QtWidgets.QMessageBox.StandardButton:
        box = QtWidgets.QMessageBox(
            QtWidgets.QMessageBox.Icon.Warning, "Changed by another program", "", parent=self._window
        )
        box.setText(f"{path.name} was changed by another program after it was opened here.")
        box.setInformativeText("Overwrite it with this version, or save this version under another name?")
        buttons = QtWidgets.QMessageBox.StandardButton
        box.setStandardButtons(buttons.Yes | buttons.No | buttons.Cancel)
        box.button(buttons.Yes).setText("Overwrite")
        box.button(buttons.No).setText("Save as…")
        box.setDefaultButton(buttons.No)
        return _answer(box)

    def _ask_replace(self, path: Path) -> bool:
        answer = QtWidgets.QMessageBox.question(
            self._window, "Replace the file?", f"{path.name} exists already. Replace it?"
        )
        return answer == QtWidgets.QMessageBox.StandardButton.Yes

    def may_discard(self) -> bool:
        """Save, don't save or cancel. True: go on."""
        session = self._session
        if not session.dirty:
            return True
        box = QtWidgets.QMessageBox(QtWidgets.QMessageBox.Icon.Question, "Save changes?", "", parent=self._window)
        box.setText(f"Save the changes to “{session.name}”?")
        box.setInformativeText("Without saving they are lost.")
        buttons = QtWidgets.QMessageBox.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.button(buttons.Save).setText("Save")
        box.button(buttons.Discard).setText("Don't save")
        box.button(buttons.Cancel).setText("Cancel")
        box.setDefaultButton(buttons.Save)
        answer = _answer(box)
        if answer == buttons.Save:
            return self.save()
        return answer == buttons.Discard

    # --- export --------------------------------------------------------------

    def book_name(self) -> str:
        """``<deal> – <version> – <scenario>.xlsx``."""
        from model.workbook.write import suggested_name

        return suggested_name(self._session.calc)

    def export(self) -> None:
        """Ask for a place and write the workbook on a worker."""
        if self.job is not None and self.job.running:
            self._window.session.told.emit("An export is still running.")
            return
        settings = self._window.settings
        start = settings.folder("book") / self.book_name()
        name, _ = QtWidgets.QFileDialog.getSaveFileName(self._window, "Export to Excel", str(start), BOOKS)
        if not name:
            return
        path = Path(name)
        if path.suffix.lower() != ".xlsx":
            path = path.with_name(path.name + ".xlsx")
        settings.set_folder("book", path.parent)
        self.export_to(path)

    def export_to(self, path: Path) -> Job:
        calc, edits = self._session.calc, self._session.done()
        job = Job(lambda progress: _write_book(calc, path, edits, progress), self)
        self.job = job
        job.done.connect(lambda _: self._exported(path))
        job.refused.connect(lambda problems: self._not_exported(path, problems))
        job.failed.connect(self._window.report_failure)
        self._window.job_bar.follow(job, f"Writing {path.name} …")
        job.start()
        return job

    def _exported(self, path: Path) -> None:
        self._session.told.emit(f"Exported {path}.")

    def _not_exported(self, path: Path, problems: list[Problem]) -> None:
        box = QtWidgets.QMessageBox(QtWidgets.QMessageBox.Icon.Warning, "Not exported", "", parent=self._window)
        box.setText(f"{path.name} could not be written.")
        box.setInformativeText("\n".join(words(p) for p in problems))
        buttons = QtWidgets.QMessageBox.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Cancel)
        box.button(buttons.Save).setText("Save as…")
        if _answer(box) == buttons.Save:
            self.export()


def _answer(box: QtWidgets.QMessageBox) -> QtWidgets.QMessageBox.StandardButton:
    """What was chosen. The buttons say what they do and need no pictures."""
    for button in box.buttons():
        button.setIcon(QtGui.QIcon())
    return QtWidgets.QMessageBox.StandardButton(box.exec())


def _write_book(calc: Calc, path: Path, edits: tuple[str, ...], progress: Progress) -> None:
    from model.workbook.write import export

    export(calc, path, progress=progress, edits=edits)


def _changed_outside(path: Path, expect: store.Fingerprint) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() != expect.sha256
    except OSError:
        return False  # gone or unreadable: saving will say what is the matter
