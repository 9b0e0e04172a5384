"""Export: a deal as an Excel workbook with live formulas, each beside the value it has now.

Written with XlsxWriter to a temporary file in the target's folder, then moved into place: a book
that was there before is replaced as a whole or left as it was.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import os
import secrets
import stat
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from model.engine import Calc
from model.layers import layer_label
from model.problems import refuse
from model.store.files import sweep, sync_folder
from model.workbook.book import (
    CHANGES,
    CHECKS,
    COVER,
    OBLIGATIONS,
    QUESTIONS,
    RIGHTS,
    RIGHTS_TEXT,
    SCENARIOS,
    SCHEDULE,
    SENSITIVITIES,
    SOURCES,
    SUMMARY,
    TABLES,
    TERMS,
    VALUATION,
    Book,
)
from model.workbook.layout import plan
from model.workbook.styles import ACCENT, FONT
from model.workbook.text import file_name
from model.workbook.viewpoint import cell

SUFFIX: Final = ".xlsx"
_MAX_COLUMNS: Final = 16_384
_TAB_COLOURS: Final = {
    COVER: ACCENT,
    TERMS: "#0000FF",
    TABLES: "#0000FF",
    SCENARIOS: "#0000FF",
    SCHEDULE: "#000000",
    VALUATION: "#000000",
}
Progress = Callable[[float], None]


def suggested_name(calc: Calc) -> str:
    """File name to propose: deal, version and scenario."""
    deal, view = calc.deal, calc.view
    parts = [deal.name]
    if view.version in deal.versions:
        parts.append(deal.versions[view.version].label)
    if view.scenario in deal.scenarios:
        parts.append(deal.scenarios[view.scenario].label)
    return (" – ".join(filter(None, (file_name(p, 80) for p in parts))) or "Deal") + SUFFIX


def export(
    calc: Calc,
    path: str | Path,
    progress: Callable[[float], Any] | None = None,
    edits: Sequence[str] | None = None,
) -> None:
    """Write the workbook of a run. ``progress`` hears fractions of the work and may raise to cancel; ``edits`` is what
    was done to the deal since it was opened, for the Change log.

    Raises Refused, with nothing written and no file touched, when the target cannot be replaced or
    the deal does not fit into a workbook.
    """
    tell: Progress = progress or (lambda done: None)
    target = Path(path)
    _check_target(target)
    tell(0.0)
    book = plan(calc)
    book.edits = None if edits is None else tuple(edits)
    _check_size(book)
    target = Path(os.path.realpath(target))
    sweep(target)
    temporary = target.with_name(f".{target.name}.{os.getpid()}-{secrets.token_hex(4)}.saving")
    try:
        with _explained(path):
            _write(book, temporary, tell)
            with open(temporary, "rb+") as file:
                os.fsync(file.fileno())
            if target.exists():
                os.chmod(temporary, stat.S_IMODE(target.stat().st_mode))
            os.replace(temporary, target)
            sync_folder(target.parent)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()
    tell(1.0)


def _check_target(target: Path) -> None:
    where = str(target)
    if "\0" in where:
        raise refuse("", "This is not a file name.", "Check the name.")
    if target.suffix.lower() != SUFFIX:
        raise refuse(
            where, "A workbook's name must end in .xlsx, or Excel will not open it.", f"Add {SUFFIX} to the name."
        )
    with _explained(target):
        if not target.parent.exists():
            raise refuse(where, f"There is no folder “{target.parent}”.", "Create it, or choose another folder.")
        if not target.parent.is_dir():
            raise refuse(where, f"“{target.parent}” is not a folder.", "Choose another folder.")
        if target.is_symlink() and not target.exists():
            return
        if not target.exists():
            return
        info = target.stat()
        if not stat.S_ISREG(info.st_mode):
            raise refuse(where, "This is not a file that could be replaced.", "Choose another name.")
        if not info.st_mode & 0o222 or not os.access(target, os.W_OK):
            raise refuse(where, "The file is read-only.", "Choose another name.")


def _check_size(book: Book) -> None:
    if book.last_period + 4 > _MAX_COLUMNS:
        what = f"The schedule has {len(book.calc.timeline):,} periods; a worksheet has {_MAX_COLUMNS:,} columns."
        raise refuse("timeline", what, "Choose longer periods.")


@contextlib.contextmanager
def _explained(path: str | Path) -> Any:
    """Faults of the file system in plain words."""
    from xlsxwriter.exceptions import XlsxFileError

    try:
        yield
    except (OSError, XlsxFileError) as error:
        number = getattr(error, "errno", None) or getattr(error.__context__, "errno", None)
        what, remedy = _REASONS.get(
            number or 0, (f"The workbook could not be written: {error}.", "Try another folder.")
        )
        raise refuse(str(path), what, remedy) from error


_DENIED: Final = (
    "The file is open in another program, or you may not write here.",
    "Close it, or choose another name or folder.",
)
_REASONS: Final[dict[int, tuple[str, str]]] = {
    errno.EACCES: _DENIED,
    errno.EPERM: _DENIED,
    errno.EBUSY: _DENIED,
    errno.EROFS: ("The disk is read-only.", "Choose another folder."),
    errno.ENOSPC: ("The disk is full.", "Free some space, or choose another disk."),
    errno.ENAMETOOLONG: ("The name is too long.", "Choose a shorter one."),
    errno.ELOOP: ("Its links lead in a circle.", "Choose another name."),
}


def _write(book: Book, path: Path, tell: Progress) -> None:
    import xlsxwriter

    from model.workbook.exact import ExactWorksheet

    options = {
        "in_memory": True,
        "strings_to_numbers": False,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_format_properties": {"font_name": FONT, "font_size": 10},
    }
    with warnings.catch_warnings():
        # XlsxWriter warns where it leaves something out: that must never pass unnoticed
        warnings.simplefilter("error", UserWarning)
        workbook = xlsxwriter.Workbook(str(path), options)
        try:
            _fill(book, workbook, ExactWorksheet, tell)
            workbook.close()
        except BaseException:
            workbook.fileclosed = True  # its destructor would write the file after all
            raise


def _fill(book: Book, workbook: Any, kind: Any, tell: Progress) -> None:
    from model.workbook.canvas import Canvas
    from model.workbook.sheet_changes import write_changes
    from model.workbook.sheet_cover import write_cover
    from model.workbook.sheet_obligations import write_obligations
    from model.workbook.sheet_questions import write_questions
    from model.workbook.sheet_rights import write_rights, write_rights_text
    from model.workbook.sheet_scenarios import write_scenarios
    from model.workbook.sheet_schedule import write_schedule
    from model.workbook.sheet_sensitivities import write_sensitivities
    from model.workbook.sheet_sources import write_sources
    from model.workbook.sheet_summary import write_summary
    from model.workbook.sheet_tables import write_tables
    from model.workbook.sheet_terms import write_terms
    from model.workbook.sheet_valuation import write_checks, write_valuation
    from model.workbook.styles import Styles

    today = dt.date.today()
    styles = Styles(workbook)
    canvases = {}
    for name in book.sheets:
        sheet = workbook.add_worksheet(name, worksheet_class=kind)
        canvases[name] = Canvas(book, name, sheet, styles, workbook)
        if name in _TAB_COLOURS:
            sheet.set_tab_color(_TAB_COLOURS[name])
    sources = {entry.key: entry.row for entry in book.entries[SOURCES] if entry.kind == "source"}
    write_terms(canvases[TERMS], sources)
    if TABLES in canvases:
        write_tables(canvases[TABLES])
    for name, fill in ((SUMMARY, write_summary), (RIGHTS, write_rights), (QUESTIONS, write_questions)):
        if name in canvases:
            fill(canvases[name], today)
    if RIGHTS_TEXT in canvases:
        write_rights_text(canvases[RIGHTS_TEXT], sources)
    if OBLIGATIONS in canvases:
        write_obligations(canvases[OBLIGATIONS])
    if SENSITIVITIES in canvases:
        write_sensitivities(canvases[SENSITIVITIES], today, lambda done: tell(0.05 * done))
    if CHANGES in canvases:
        write_changes(canvases[CHANGES])
    if SCENARIOS in canvases:
        write_scenarios(canvases[SCENARIOS])
    tell(0.05)
    write_schedule(canvases[SCHEDULE], lambda done: tell(0.05 + 0.4 * done))
    write_valuation(canvases[VALUATION])
    write_checks(canvases[CHECKS])
    write_sources(canvases[SOURCES])
    write_cover(canvases[COVER], today)  # last: it reports what the others had to change
    _names(book, workbook)
    _properties(book, workbook, today)
    _follow(canvases, tell)


def _names(book: Book, workbook: Any) -> None:
    for key, name in book.names.items():
        if key in book.series:
            block = book.series[key]
            workbook.define_name(name, f"={TABLES}!{cell(block.first, 2)}:{cell(block.last, 2)}")
        else:
            place = book.scalars[key]
            workbook.define_name(name, f"={place.sheet}!{cell(place.row, place.col)}")


def _properties(book: Book, workbook: Any, today: dt.date) -> None:
    from model.workbook.stamp import HASH, LAYOUT, LAYOUT_NAME, write_stamp

    calc = book.calc
    clean = book.texts.clean
    layers = [f"version:{calc.view.version}"] if calc.view.version in calc.deal.versions else []
    layers += [f"scenario:{calc.view.scenario}"] if calc.view.scenario in calc.deal.scenarios else []
    workbook.set_properties({
        "title": clean(calc.deal.name, "name"),
        "subject": clean(calc.deal.title, "title")[:250],
        "author": "Dealsheet",
        "comments": clean("; ".join(layer_label(calc.deal, layer) for layer in layers), "versions")[:250],
        "created": dt.datetime(today.year, today.month, today.day),
    })  # fmt: skip
    workbook.set_custom_property(HASH, book.fingerprint, "text")
    workbook.set_custom_property(LAYOUT_NAME, str(LAYOUT), "text")
    named = (("deal", calc.deal.name), ("version", calc.view.version), ("scenario", calc.view.scenario), ("period", calc.view.period))  # fmt: skip
    for name, value in named:
        if value:
            workbook.set_custom_property(f"Dealsheet {name}", clean(value, name)[:250], "text")
    for name, value in write_stamp(book):
        workbook.set_custom_property(name, value, "text")


def _follow(canvases: dict[str, Any], tell: Progress) -> None:
    """Report the rows that go into the file, which is the other half of the work."""
    total = max(1, sum(c.sheet.dim_rowmax + 1 for c in canvases.values() if c.sheet.dim_rowmax is not None))
    done = 0

    def row_written() -> None:
        nonlocal done
        done += 1
        tell(min(0.99, 0.45 + 0.54 * done / total))

    for canvas in canvases.values():
        canvas.sheet.on_row = row_written
