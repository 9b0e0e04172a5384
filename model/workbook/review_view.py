"""For which version, scenario and period length a workbook was exported, by its document properties or its Cover."""

from __future__ import annotations

from typing import Any, Final

from model.addresses import input_addresses
from model.deal import Deal
from model.fields.date_text import show_date
from model.layers import View, default_view, find_key
from model.problems import Refused, refuse
from model.values import from_serial
from model.workbook.book import (
    CHANGES,
    COVER,
    LABEL,
    OWN_NAMES,
    SCENARIO,
    SCENARIOS,
    SENSITIVITIES,
    SOURCES,
    SUMMARY,
    TABLES,
    TERMS,
    VERSION,
)
from model.workbook.names import PREFIX
from model.workbook.read import BookFile
from model.workbook.review_data import Note
from model.workbook.scenarios import overlays as overlays_of
from model.workbook.sheet_changes import EDITS, NO_EDITS
from model.workbook.stamp import read_stamp
from model.workbook.text import Texts

_PERIODS: Final = {"month": "month", "quarter": "quarter", "year": "year"}
_UNSTAMPED: Final = frozenset((TERMS, TABLES, SCENARIOS, SOURCES))
STAMPED: Final = (COVER, SUMMARY, SENSITIVITIES, CHANGES)  #: sheets that hold values computed at export
_OURS: Final = "Dealsheet "
_OTHER: Final = "Choose a workbook that was exported from this deal, or bring in a table with File ▸ Import table…"
_FEW: Final = 4


class NotOursError(Refused):
    """A workbook, but none that was exported from this deal."""


def view_of_book(
    deal: Deal, book: BookFile, version: str | None = None, scenario: str | None = None
) -> tuple[View, list[Note]]:
    """The view to compare under, and what must be said about it. Raises Refused for a book that is none of ours."""
    told = {
        key.removeprefix(_OURS).casefold(): value for key, value in book.properties.items() if key.startswith(_OURS)
    }
    facts = _cover(book)
    if not told and not facts and not _knows(deal, book):
        what = "This workbook was not exported from this deal: none of its names is known here."
        raise NotOursError(*refuse(str(book.path), what, _OTHER).problems)
    if len(stamp := {address for address, _ in read_stamp(book.properties) or {}}) >= _FEW:
        ours = {*input_addresses(deal), *(a for layer in overlays_of(deal) for a in layer)}
        if len(stamp & ours) < len(stamp) / 3:
            named = f" “{told['deal'][:80]}”" if told.get("deal") else ""
            what = f"This workbook was exported from another deal{named}: hardly any of its inputs is known here."
            raise NotOursError(*refuse(str(book.path), what, f"Open that deal and import it there. {_OTHER}").problems)
    notes: list[Note] = []
    if told.get("deal") and told["deal"] != _name_of(deal):
        what = f"The workbook was exported from a deal called “{told['deal'][:80]}”; this one is called “{deal.name[:80]}”."
        notes.append(Note("book", "", "", what, "Check that it belongs to this deal."))
    view = default_view(deal)._replace(version="", scenario="") if told or facts else default_view(deal)
    items: dict[str, dict[str, Any]] = {"version": dict(deal.versions), "scenario": dict(deal.scenarios)}
    for kind, known in items.items():
        said = told.get(kind, "" if told else facts.get(kind, ""))
        if said and said != "none":
            try:
                view = _looking(view, kind, find_key(kind, known, said))
            except Refused:
                what = f"The workbook was exported for the {kind} “{said}”, which this deal does not have. It is compared without one."
                notes.append(Note("book", "", "", what, "Check that it belongs to this deal."))
    period = _PERIODS.get(told.get("period", "")) or next((p for p in _PERIODS if p in facts.get("periods", "")), None)
    if period:
        view = view._replace(period=period)  # type: ignore[arg-type]
    if not told and not facts:
        notes.append(Note("book", "", "", "The workbook does not say for which version and scenario it was exported."))
    for kind, asked in (("version", version), ("scenario", scenario)):
        said = getattr(view, kind)
        if asked is not None and asked != said:
            if told or facts:
                what = f"The workbook was exported for the {kind} “{said or 'none'}” and is compared under “{asked or 'none'}”, as asked."
                notes.append(Note("book", "", "", what))
            view = _looking(view, kind, asked)
    return view, notes


def _cover(book: BookFile) -> dict[str, str]:
    """The facts on the Cover (a label, and its value beside it), and what the selectors show."""
    sheet = book.sheets.get(COVER)
    if sheet is None:
        return {}
    facts: dict[str, str] = {}
    for (row, col), cell in sheet.cells.items():
        beside = sheet.cells.get((row, col + 1))
        if col == LABEL and isinstance(cell.value, str) and beside and isinstance(beside.value, str):
            facts.setdefault(cell.value.casefold(), beside.value.casefold())
    found: dict[str, str] = {key: facts[key] for key in ("version", "scenario", "periods") if key in facts}
    for key, name in (("version", OWN_NAMES[VERSION]), ("scenario", OWN_NAMES[SCENARIO])):
        at = book.names.get(name) or book.names.get(PREFIX + name)
        chosen = book.sheets[at.sheet].cells.get((at.row, at.col)) if at else None
        if chosen and isinstance(chosen.value, str):
            found[key] = chosen.value  # what the selector shows
    return found


def stamp_alike(fresh: BookFile, book: BookFile) -> None:
    """Give a fresh export the day on which the book was exported: the day it stamps is no difference."""
    now, then = _exported(fresh), _exported(book)
    if now is None or then is None or now == then:
        return
    today, day = from_serial(now), from_serial(then)
    if today is None or day is None:
        return
    for name, sheet in fresh.sheets.items():
        if name in _UNSTAMPED:
            continue
        for at, cell in sheet.cells.items():
            if cell.value == now:
                sheet.cells[at] = cell._replace(value=then)
            elif isinstance(cell.value, str):
                text = cell.value
                for form in ("%d %b %Y", "%Y-%m-%d"):
                    text = text.replace(f"{today:{form}}", f"{day:{form}}")
                text = text.replace(show_date(today), show_date(day))
                sheet.cells[at] = cell._replace(value=text)


def edits_of_book(book: BookFile) -> tuple[str, ...] | None:
    """The edits that the book's Change log lists, None where they were not known: what else stands there was added."""
    sheet = book.sheets.get(CHANGES)
    cells = sheet.cells if sheet is not None else {}
    head = next((at for at, c in sorted(cells.items()) if c.value == EDITS), None)
    if head is None:
        return None
    found: list[str] = []
    while (cell := cells.get((head[0] + len(found) + 1, head[1]))) is not None and isinstance(cell.value, str):
        number, _, said = cell.value.partition("  ")
        if number != str(len(found) + 1):
            break
        found.append(said)
    first = cells.get((head[0] + 1, head[1]))
    return tuple(found) if found or (first is not None and first.value == NO_EDITS) else None


def _exported(book: BookFile) -> float | None:
    """The day of export on the Cover."""
    cells = book.sheets[COVER].cells if COVER in book.sheets else {}
    label = next((at for at, c in cells.items() if c.value == "Exported" and at[1] == LABEL), None)
    beside = cells.get((label[0], label[1] + 1)) if label else None
    return beside.value if beside and isinstance(beside.value, float) else None


def _name_of(deal: Deal) -> str:
    """The deal's name as an export writes it into its properties."""
    return Texts().clean(deal.name, "deal")[:250]


def _knows(deal: Deal, book: BookFile) -> bool:
    keys = {key.lower() for key in (*deal.terms, *deal.outputs, *deal.series)}
    return len(keys & set(book.names)) >= max(1, len(keys) // 4)


def _looking(view: View, kind: str, key: str) -> View:
    return view._replace(version=key) if kind == "version" else view._replace(scenario=key)
