"""Bringing in: a workbook that came back is read on a worker, reviewed in a dialog, and applied as one step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtWidgets import QDialog, QMessageBox

from model.edits import Edit
from model.fields.number_formats import show_text
from model.layers import BASE, held
from model.problems import Problem, Refused, refuse
from ui.file_dialogs import ask_open
from ui.grid.operations import pasted_text
from ui.jobs import Job, Progress
from ui.targets import NOTHING, Target, target_of
from ui.wording import counted

if TYPE_CHECKING:
    from model.deal import Deal
    from model.tables_in import Grid
    from model.workbook.review import Difference, Review
    from ui.exchange.review_dialog import ReviewDialog
    from ui.main_window import MainWindow

TABLES = "Tables (*.csv *.tsv *.txt *.xlsx *.xlsm)"
BOOKS = "Excel workbooks (*.xlsx *.xlsm)"
_BOOK_ENDINGS = (".xlsx", ".xlsm")
_TABLE_ENDINGS = (".csv", ".tsv", ".txt")
_LONG_TEXT = 200_000  # characters on the clipboard


class Incoming(QObject):
    """What the window does with things from other programs."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.job: Job | None = None
        self.dialog: QDialog | None = None
        self._refusal = ""

    # --- the workbook ----------------------------------------------------------

    def ask_book(self) -> None:
        settings = self._window.settings
        path = ask_open(self._window, "Import from Excel", settings.folder("book"), BOOKS)
        if path is not None:
            settings.set_folder("book", path.parent)
            self.read_book(path)

    def read_book(self, path: Path, decimal: str = "", dialog: ReviewDialog | None = None) -> Job | None:
        """Read on a worker, then show the review; ``dialog`` is one that asks for a second reading."""
        session = self._window.session
        if self.job is not None and self.job.running and not self.job.cancelled:
            if dialog is None:
                session.told.emit("A workbook is still being read.")
                return None
            self.job.cancel()  # another mark was chosen meanwhile: what is shown must be what was chosen
        self._begin()
        deal = session.deal
        # A second reading is the dialog's: once that is closed, nobody is told.
        owner = dialog if dialog is not None else self
        job = self.job = Job(lambda progress: _review(deal, path, decimal, progress), owner)
        job.done.connect(lambda found: self._read(path, decimal, deal, found, dialog))
        job.refused.connect(lambda problems: self._refused(path, problems))
        job.failed.connect(self._window.report_failure)
        bar = dialog.job_bar if dialog is not None else self._window.job_bar
        bar.follow(job, f"Reading {show_text(path.name)} …")
        job.start()
        return job

    def _read(self, path: Path, decimal: str, deal: Deal, found: Any, dialog: ReviewDialog | None) -> None:
        from model.workbook.review_view import NotOursError

        session = self._window.session
        if isinstance(found, NotOursError):
            self._not_ours(path, list(found.problems))
        elif deal is not session.deal:  # edited meanwhile: compare with what it is now
            self.read_book(path, decimal)
        elif dialog is not None:
            dialog.show_review(found)
        else:
            self._show(path, found)

    def _show(self, path: Path, found: Review) -> None:
        from ui.exchange.review_dialog import ReviewDialog

        session = self._window.session
        shown = ReviewDialog(session.calc, self._take, self._window)
        shown.decimal_chosen.connect(lambda mark: self.read_book(path, mark, shown))
        shown.show_review(found)
        self.dialog = shown
        shown.open()

    def _refused(self, path: Path, problems: list[Problem]) -> None:
        banner = self._window.banner
        banner.tell(f"{show_text(path.name)} was not imported; nothing has changed.", problems)
        self._refusal = banner.label.text()

    def _begin(self) -> None:
        """What was said of a file that was refused is not about the next one."""
        banner = self._window.banner
        if self._refusal and banner.label.text() == self._refusal:
            banner.hide()

    def _not_ours(self, path: Path, problems: list[Problem]) -> None:
        """A workbook of another origin: it may hold a table all the same."""
        box = QMessageBox(QMessageBox.Icon.Information, "Not a workbook of this deal", "", parent=self._window)
        box.setText("\n".join(show_text(p.what) for p in problems))
        box.setInformativeText("If it holds a table of values, you can bring that in column by column.")
        table = box.addButton("Import a table…", QMessageBox.ButtonRole.AcceptRole)
        box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
        box.buttonClicked.connect(lambda pressed: self.read_table(path) if pressed is table else None)
        box.finished.connect(box.deleteLater)
        self.dialog = box
        box.open()

    def _take(self, edit: Edit, chosen: list[Difference]) -> tuple[Problem, ...]:
        """Apply the chosen differences as one step and say what was done and what was not."""
        window, session = self._window, self._window.session
        first = target_of(session.deal, chosen[0].address)
        window.go(first)  # first: only what is seen flashes
        try:
            session.edit(edit)
        except Refused as refused:
            return refused.problems
        window.go(first)
        dialog = self.dialog
        left = dialog.source.review if dialog is not None and hasattr(dialog, "source") else None
        window.banner.tell_of_step(_account(session.deal, session.view, left, chosen, edit), session.stack)
        return ()

    # --- tables ------------------------------------------------------------------

    def ask_table(self) -> None:
        settings = self._window.settings
        path = ask_open(self._window, "Import a table", settings.folder("book"), TABLES)
        if path is not None:
            settings.set_folder("book", path.parent)
            self.read_table(path)

    def read_table(self, path: Path) -> Job | None:
        """Read a table from a file on a worker, then show how it would come in."""
        return self._read_table(path.name, lambda: _grid(path), lambda sheet: _grid(path, sheet))

    def paste_table(self) -> None:
        """The table on the clipboard; a long one is read on a worker."""
        from model.tables_in import read_text
        from ui.exchange.table_dialog import CLIPBOARD

        text = pasted_text()
        if len(text) > _LONG_TEXT:
            self._read_table(CLIPBOARD, lambda: read_text(text, CLIPBOARD), None)
            return
        try:
            if not text.strip():
                raise refuse("", "The clipboard holds no table.", "Copy cells in a spreadsheet first.")
            grid, target = _with_target(self._window.session.deal, read_text(text, CLIPBOARD), self._wanted())
        except Refused as refused:
            self._window.banner.tell("Nothing was pasted.", refused.problems)
            return
        self._show_table(grid, target, None)

    def _read_table(self, name: str, read: Callable[[], Grid], reread: Callable[[str], Grid] | None) -> Job | None:
        if self.job is not None and self.job.running:
            self._window.session.told.emit("A file is still being read.")
            return None
        self._begin()
        deal, wanted = self._window.session.deal, self._wanted()
        job = self.job = Job(lambda _: _with_target(deal, read(), wanted), self)
        job.done.connect(lambda found: self._show_table(found[0], found[1], reread))
        job.refused.connect(lambda problems: self._refused(Path(name), problems))
        job.failed.connect(self._window.report_failure)
        self._window.job_bar.follow(job, f"Reading {show_text(name)} …")
        job.start()
        return job

    def _wanted(self) -> str:
        """The series or table that the current cell belongs to."""
        return self._window.panel.target().key.partition(".")[0]

    def _show_table(self, grid: Grid, target: str, reread: Callable[[str], Grid] | None) -> None:
        from ui.exchange.table_dialog import TableDialog

        window, session = self._window, self._window.session
        if target not in session.deal.series and target not in session.deal.tables:  # edited meanwhile
            target = _with_target(session.deal, grid, "")[1]
        shown = TableDialog(session.deal, session.view, grid, target, self._take_table, reread, window)
        self.dialog = shown
        shown.open()

    def _take_table(self, edit: Edit) -> tuple[Problem, ...]:
        from ui.exchange.table_dialog import TableDialog

        window, session = self._window, self._window.session
        put = edit.puts[0].path
        window.show_sheet_of(put[0] if put[0] in ("series", "tables") else "terms")
        before = first_of(session.deal, edit)
        if before is not NOTHING:
            window.go(before)  # first: undo leads back there
        problems = session.try_edit(edit)
        if not problems:
            shown = first_of(session.deal, edit)
            if shown is not NOTHING:
                window.go(shown)
            dialog = self.dialog
            left = sum(dialog.rows.trouble(r) != "" for r in dialog.rows.shown.rows) if isinstance(dialog, TableDialog) and dialog.rows.shown else 0  # fmt: skip
            more = f" {counted(left, 'row')} could not be read and stayed out." if left else ""
            done = edit.title.replace("Bring ", "Brought ", 1).replace("ake ", "ook ", 1)
            window.banner.tell_of_step(f"{done}; Ctrl+Z takes it back.{more}", session.stack)
        return problems

    # --- dropped on the window ---------------------------------------------------

    def dropped(self, data: QMimeData) -> Path | None:
        """The one file that can be taken in, None for anything else."""
        files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()] if data.hasUrls() else []
        if len(files) != 1:
            return None
        return files[0] if files[0].suffix.lower() in (*_BOOK_ENDINGS, *_TABLE_ENDINGS, ".deal") else None

    def take_file(self, path: Path) -> None:
        """A file that was dropped: a workbook to import, a table to bring in, or a deal to open."""
        if not self._window.settled():
            return
        ending = path.suffix.lower()
        if ending in _BOOK_ENDINGS:
            self.read_book(path)
        elif ending in _TABLE_ENDINGS:
            self.read_table(path)
        else:
            self._window.documents.open_path(str(path))


def _review(deal: Deal, path: Path, decimal: str, progress: Progress) -> Any:
    from model.workbook.review import review
    from model.workbook.review_view import NotOursError

    try:
        return review(deal, path, decimal=decimal, progress=progress)  # type: ignore[arg-type]
    except NotOursError as other:
        return other


def _grid(path: Path, sheet: str = "") -> Grid:
    from model.tables_in import read_grid

    return read_grid(path, sheet)


def _with_target(deal: Deal, grid: Grid, wanted: str) -> tuple[Grid, str]:
    """The grid, and the series or table that it is most likely meant for. Raises Refused where there is none."""
    from model.tables_in import best_target

    return grid, best_target(deal, grid, wanted)


def first_of(deal: Deal, edit: Edit) -> Target:
    """The cell that an edit of a series or table wrote first."""
    for put in edit.puts:
        match put.path:
            case ("series", key, "values", year):
                found = target_of(deal, f"{key}.{year}")
            case ("tables", table, "records", record, *_):
                found = target_of(deal, f"{table}.{record}.{put.path[4] if len(put.path) > 4 else next(iter(deal.tables[table].columns), '')}")  # fmt: skip
            case ("versions" | "scenarios", _, "set", address):
                found = target_of(deal, address)
            case _:
                found = NOTHING
        if found is not NOTHING:
            return found
    return NOTHING


def _account(deal: Deal, view: Any, found: Review | None, chosen: list[Difference], edit: Edit) -> str:
    """What was imported, what was left, and what does not show in the view of now."""
    name = show_text(found.path.name) if found is not None else "the workbook"
    said = [f"Imported {counted(len(edit.puts), 'change')} from {name}; Ctrl+Z takes all of it back."]
    if found is not None:
        left = len(found.differences) - len(chosen)
        unread = len(found.open)
        others = sum(n.kind in ("formula", "overwritten", "text", "extra") for n in found.notes)
        parts = [f"{counted(left, 'difference')} that you left out"] if left else []
        parts += [f"{counted(unread, 'input')} that could not be read"] if unread else []
        parts += [f"{counted(others, 'change')} to formulas, texts or added cells"] if others else []
        if parts:
            said.append(f"Not imported: {', '.join(parts)}.")
    hidden = sum(1 for d in chosen if d.layer != _holds(deal, view, d))
    if hidden:
        said.append(f"{counted(hidden, 'change')} went to layers that do not hold in the view of now.")
    return " ".join(said)


def _holds(deal: Deal, view: Any, one: Difference) -> str:
    if one.new is None:
        return one.layer
    try:
        return held(deal, view, one.address).layer
    except KeyError:
        return BASE
