"""Going out besides the workbook: a table as CSV, the deal on one page."""

from __future__ import annotations

import csv
import errno
import io
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from model.commands.common import safe_csv
from model.fields.number_formats import show_text
from model.problems import Problem, Refused, refuse
from model.store import files
from model.workbook.text import file_name
from ui.file_dialogs import ask_save
from ui.grid.model import GridModel

if TYPE_CHECKING:
    from ui.main_window import MainWindow


class Outgoing(QObject):
    """The acts of the File menu that write something."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def _ask(self, title: str, name: str, ending: str, kinds: str) -> Path | None:
        settings = self._window.settings
        start = settings.folder("book") / f"{file_name(name, 120) or 'Deal'}{ending}"
        return ask_save(self._window, title, start, kinds, (ending,))

    def _carry_out(self, path: Path, write: Callable[[Path], None]) -> bool:
        try:
            write(path)
        except Refused as refused:
            self._window.banner.tell(f"{show_text(path.name)} was not written.", refused.problems)
            return False
        self._window.settings.set_folder("book", path.parent)  # where writing works
        self._window.session.told.emit(f"Wrote {path}.")
        return True

    def table(self) -> None:
        """The table of the sheet in front."""
        window, panel = self._window, self._window.panel
        grid = panel.grid
        if not grid.grid_model.rows:
            window.banner.tell("", [Problem("", "There is no table to export on this sheet.", "Go to another sheet.")])
            return
        name = f"{window.session.name} – {grid.accessibleName() or panel.title}"
        path = self._ask("Export the table as CSV", name, ".csv", "Comma-separated values (*.csv)")
        if path is not None:
            self._carry_out(path, lambda target: write_whole(target, table_csv(grid.grid_model).encode("utf-8-sig")))

    def summary(self) -> None:
        """The deal on one page, as it is in view."""
        from ui.exchange.summary_pdf import write_summary

        session = self._window.session
        path = self._ask("Export a summary as PDF", f"{session.name} – summary", ".pdf", "PDF (*.pdf)")
        if path is not None:
            self._carry_out(path, lambda target: write_summary(session, target))


def table_csv(model: GridModel) -> str:
    """A grid as CSV: numbers in full precision, dates as 2025-10-28, text that a spreadsheet would take for a
    formula with an apostrophe before it. Rows under headings say in a first column under which."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    columns = [i for i, c in enumerate(model.columns) if c.key != "tick"]
    headed = any(row.kind == "section" and row.label for row in model.rows)
    heads = [model.columns[i].header for i in columns]
    writer.writerow([safe_csv(t) for t in (["Section", *heads] if headed else heads)])
    section: list[str] = []
    for r, row in enumerate(model.rows):
        if row.kind == "section":
            section = [*section[: row.indent], row.label]
            continue
        if row.kind == "blank":
            continue
        cells = [model.cell(r, i) for i in columns]
        texts = [repr(c.number) if c.number is not None else safe_csv(c.clip or c.tag) for c in cells]
        writer.writerow([safe_csv(" / ".join(section)), *texts] if headed else texts)
    return out.getvalue()


def write_whole(path: Path, data: bytes) -> None:
    """Replace a file as a whole, synced to the disk, or leave it as it was. Raises Refused."""
    try:
        target = Path(os.path.realpath(path))
        files.sweep(target)
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else None
        if mode is not None and not (mode & 0o222 and os.access(target, os.W_OK)):
            raise OSError(errno.EACCES, "it is read-only")
        files.write_whole(target, data, mode)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise refuse(str(path), f"The file cannot be written: {reason}.", "Close it in the other program, or choose another folder.") from None  # fmt: skip
