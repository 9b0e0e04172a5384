"""Files: new, open, save, save as, export, and the question before anything is lost."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6 import QtGui, QtWidgets  # dialogs are named where they are used: the window opens without them
from PySide6.QtCore import QObject

from model import store
from model.problems import Problem, Refused
from ui.file_dialogs import ask_open, ask_save
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
        self.dialog: QtWidgets.QDialog | None = None

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
        """If windows ended without saving, offer their edits: one at once, several in a list."""
        banner = self._window.banner
        found = self._window.keeper.left_behind()
        if not found:
            return
        before = f"{banner.label.text()}\n" if banner.isVisible() else ""
        if len(found) > 1:
            banner.tell(
                f"{before}Dealsheet ended without saving; the changes of {len(found)} deals were kept.",
                choices=(("Show them…", self.show_left_behind), ("Discard all", lambda: self._discard(found))),
            )
            return
        kept = found[0]
        banner.tell(
            f"{before}Dealsheet ended without saving “{kept.name}”; its changes were kept at {kept.when:%H:%M on %d %b %Y}.",
            choices=(("Restore", lambda: self._restore(kept)), ("Discard", lambda: self._discard(found))),
        )

    def show_left_behind(self) -> None:
        """The list of all deals that were left behind."""
        from ui.choosing import Choice, Chooser, left_behind

        lead = "Dealsheet ended without saving these deals. Restoring one opens it here, unsaved; the others stay kept."
        dialog = self.dialog = Chooser("Unsaved changes", lead, left_behind(self._window.keeper.left_behind()), self._window)  # fmt: skip

        def with_chosen(act: Callable[[Choice], object]) -> None:
            if (choice := dialog.chosen()) is not None:
                act(choice)

        def restore(choice: Choice) -> None:
            dialog.accept()
            self._restore(choice.what)  # type: ignore[arg-type]

        def discard(choice: Choice) -> None:
            if self._discard([choice.what]):  # type: ignore[list-item]
                rest = left_behind(self._window.keeper.left_behind())
                dialog.show_choices(rest) if rest else dialog.accept()

        def discard_all() -> None:
            if self._discard(self._window.keeper.left_behind()):
                dialog.accept()

        dialog.add_button("Restore", lambda: with_chosen(restore))
        dialog.add_button("Discard", lambda: with_chosen(discard))
        dialog.add_button("Discard all", discard_all)
        dialog.add_button("Later", dialog.reject)
        dialog.open()

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

    def _discard(self, found: Sequence[Kept]) -> bool:
        """Take copies away for good, after asking. Whether that was done."""
        names = ", ".join(f"“{kept.name}”" for kept in found[:4]) + (f" and {len(found) - 4} more" if len(found) > 4 else "")  # fmt: skip
        box = QtWidgets.QMessageBox(QtWidgets.QMessageBox.Icon.Warning, "Discard changes?", "", parent=self._window)
        box.setText(f"Discard the unsaved changes of {names}?")
        box.setInformativeText("They cannot be brought back.")
        buttons = QtWidgets.QMessageBox.StandardButton
        box.setStandardButtons(buttons.Discard | buttons.Cancel)
        box.button(buttons.Discard).setText("Discard")
        box.setDefaultButton(buttons.Cancel)
        if _answer(box) != buttons.Discard:
            return False
        for kept in found:
            self._window.keeper.forget(kept)
        self._window.banner.hide()
        self.offer_left_behind()
        return True

    def ask_new(self) -> None:
        """Ask what a new deal begins with."""
        from ui.choosing import template_dialog

        self.dialog = template_dialog(self.open_path, self._window)
        self.dialog.open()

    def ask_open(self) -> None:
        settings = self._window.settings
        path = ask_open(self._window, "Open a deal", settings.folder("deal"), DEALS)
        if path is not None:
            settings.set_folder("deal", path.parent)
            self.open_path(str(path))

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
        path = ask_save(self._window, "Save the deal", start, DEALS, (store.SUFFIX,))
        if path is None:
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
        path = ask_save(self._window, "Export to Excel", start, BOOKS, (".xlsx",))
        if path is None:
            return
        settings.set_folder("book", path.parent)
        self.export_to(path)

    def export_to(self, path: Path) -> Job:
        calc, edits = self._session.calc, self._session.done()
        job = Job(lambda progress: _write_book(calc, path, edits, progress), self)
        self.job = job
        self._window.job_bar.follow(job, f"Writing {path.name} …")
        job.done.connect(lambda _: self._exported(path))
        job.refused.connect(lambda problems: self._not_exported(path, problems))
        job.failed.connect(self._window.report_failure)
        job.ended.connect(lambda: self._export_ended(job, path))
        job.start()
        return job

    def _exported(self, path: Path) -> None:
        self._session.told.emit(f"Exported {path}.")

    def _export_ended(self, job: Job, path: Path) -> None:
        if job.cancelled and job.outcome == "done":  # the file is there, and one that had the name is not
            self._session.told.emit(f"Exported all the same: {path.name} was complete before the cancel reached it.")
        elif job.cancelled:
            self._session.told.emit(f"Export cancelled; nothing was written to {path.name}.")

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
