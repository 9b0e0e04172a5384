"""The Cover: which deal this is, whether it holds, its headline figures, contents and legend."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from model.faults import unvalued
from model.fields import field_for, make_field
from model.formula.bind import PERSPECTIVE
from model.values import NEVER, NO_CAP, to_serial
from model.workbook.book import (
    CHANGES,
    CHECKS,
    COVER,
    HEAD_ROW,
    LABEL,
    OBLIGATIONS,
    QUESTIONS,
    RIGHTS,
    RIGHTS_TEXT,
    SCENARIO,
    SCENARIOS,
    SCHEDULE,
    SENSITIVITIES,
    SOURCES,
    SUMMARY,
    TABLES,
    TERMS,
    VALUATION,
    VALUE,
    VERSION,
    VIEW_OF,
    Book,
)  # fmt: skip
from model.workbook.canvas import Canvas, number_format, selectable, subtitle, subtitle_formula
from model.workbook.facts import party_choices
from model.workbook.scenarios import label_of
from model.workbook.sheet_scenarios import EXPORTED
from model.workbook.styles import LINK, WORK_INK
from model.workbook.validation import list_rule
from model.workbook.viewpoint import cell, letters

_LEFT, _RIGHT = LABEL, VALUE + 2  # first columns of the two halves
_WIDTHS: Final = {LABEL: 30, LABEL + 1: 24, LABEL + 2: 18, LABEL + 3: 3, _RIGHT: 18, _RIGHT + 1: 58}
_ABOUT: Final = {
    SUMMARY: "Headline figures against the base case, charts, probability-weighted values.",
    RIGHTS: "Who may do what, since when and until when, by year-end and on any day.",
    QUESTIONS: "May they? Choose facts and a day: answer, rule, until when.",
    RIGHTS_TEXT: "What each right says, what ends it, what survives, where it stands.",
    OBLIGATIONS: "What falls due when: the maturity table, its total and a chart.",
    SENSITIVITIES: "How far each term with a range moves the headline outputs (stamped).",
    CHANGES: "What each version and scenario changes, and the edits made (stamped).",
    TERMS: "Every term: value, unit, class, source, range. Inputs are here.",
    TABLES: "Series by calendar year, and tables of records. Inputs are here.",
    SCENARIOS: "",
    SCHEDULE: "The timeline, event flags and all lines by period; workings at the end.",
    VALUATION: "Outputs: headline figures and what stands behind them.",
    CHECKS: "What must hold, each live, and the master check.",
    SOURCES: "Where the facts come from.",
}
_WITH_SCENARIOS: Final = {
    TERMS: "Every term: the value that holds, unit, class, source, range, note.",
    SCENARIOS: "Selectors, and every input by version and scenario. Inputs are here.",
}
_PERIODS: Final = {"month": "Calendar months", "quarter": "Calendar quarters", "year": "Calendar years"}


def write_cover(canvas: Canvas, today: dt.date) -> None:
    book = canvas.book
    deal = book.calc.deal
    canvas.open(deal.name, {k: float(v) for k, v in _WIDTHS.items()}, status=False)
    for row, height, look in ((0, 36, "banner"), (1, 24, "banner2")):
        canvas.sheet.set_row(row, height)
        canvas.blanks(row, LABEL, _RIGHT + 1, look)
    canvas.text(0, LABEL, deal.name, "banner", where="name")
    canvas.formula(HEAD_ROW, LABEL, subtitle_formula(book), subtitle(book), "subtitle")
    canvas.text(1, LABEL, deal.title if deal.title != deal.name else "", "banner2", where="title")
    left = _facts(canvas, 3, today)
    left = _headline(canvas, left + 1)
    right = _contents(canvas, 3)
    right = _legend(canvas, right + 1)
    row = _remarks(canvas, max(left, right) + 1)
    canvas.sheet.print_area(0, 0, row, _RIGHT + 1)
    canvas.sheet.fit_to_pages(1, 1)
    canvas.sheet.set_first_sheet()
    canvas.sheet.activate()


def _fact(canvas: Canvas, row: int, label: str, value: str, where: str = "") -> int:
    canvas.text(row, _LEFT, label, "muted", font_size=10)
    canvas.text(row, _LEFT + 1, value, "label", where=where)
    return row + 1


def _facts(canvas: Canvas, row: int, today: dt.date) -> int:
    book = canvas.book
    calc, deal = book.calc, book.calc.deal
    canvas.section(row, "This workbook", _LEFT + 2, _LEFT)
    row = _seen_by(canvas, row + 1)
    if book.scenarios is None:
        row = _fact(canvas, row, "Version, scenario", "none")
    for kind, key, chosen in (("version", VERSION, calc.view.version), ("scenario", SCENARIO, calc.view.scenario)):
        if kind in selectable(book):
            canvas.text(row, _LEFT, kind.capitalize(), "muted", font_size=10)
            canvas.formula(row, _LEFT + 1, book.names[key], label_of(book, kind, chosen), "link", bold=True)
            there = book.scalars[key]
            target = f"internal:'{SCENARIOS}'!{letters(there.col)}{there.row + 1}"
            canvas.link(row, _LEFT + 2, target, "choose", "muted", underline=1, font_color=LINK, indent=1)
            row += 1
    selectors = {key: label for key, label in _exported(book).items() if key in book.scalars}
    if selectors:
        canvas.text(row, _LEFT, "Against the export", "muted", font_size=10)
        same = ",".join(f"{book.names[key]}={_quoted(label)}" for key, label in selectors.items())
        asked = f'IF(AND({same}),"{EXPORTED}","differs from the exported run")'
        canvas.formula(row, _LEFT + 1, asked, EXPORTED, "calc")
        row += 1
    count = len(calc.timeline)
    row = _fact(canvas, row, "Periods", f"{_PERIODS[calc.view.period]}, {count} in all (fixed at export)")
    unit = " · ".join(dict.fromkeys(p for p in (deal.currency, deal.unit) if p)) or "as stated at each item"
    row = _fact(canvas, row, "Unit of money", unit, "unit")
    row = _fact(canvas, row, "Fingerprint of the deal", book.fingerprint[:16])
    canvas.text(row, _LEFT, "Signs", "muted", font_size=10)
    if VIEW_OF in book.scalars:
        party = book.scalars[VIEW_OF]
        text = f'"Inflows to "&{cell(party.row, party.col)}&" positive; negative in (brackets)"'
        said = f"Inflows to {_party(book)} positive; negative in (brackets)"
        canvas.formula(row, _LEFT + 1, text, said, "calc")
    else:
        canvas.text(row, _LEFT + 1, "Negative in (brackets), zero a dash", "label")
    row += 1
    canvas.text(row, _LEFT, "Exported", "muted", font_size=10)
    canvas.constant(row, _LEFT + 1, to_serial(today), "label", num_format=make_field("date").excel_format, align="left")
    row += 1
    canvas.text(row, _LEFT, "Master check", "muted", font_size=10)
    canvas.status(row, _LEFT + 1)
    return row + 1


def _exported(book: Book) -> dict[str, str]:
    """What each selector said at export."""
    view = book.calc.view
    return {
        VERSION: label_of(book, "version", view.version),
        SCENARIO: label_of(book, "scenario", view.scenario),
        VIEW_OF: _party(book),
    }


def _party(book: Book) -> str:
    """The party whose inflows are positive, as its selector calls it."""
    key = book.calc.cells.scalars[PERSPECTIVE]
    return book.texts.clean(party_choices(book.calc.deal.parties).get(key, key), "parties")


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _seen_by(canvas: Canvas, row: int) -> int:
    """The party whose inflows are positive: chosen by its name; beside it the key that formulas read."""
    book = canvas.book
    calc = book.calc
    if PERSPECTIVE not in book.scalars:
        return row
    key = calc.cells.scalars[PERSPECTIVE]
    assert book.scalars[VIEW_OF] == (COVER, row, _LEFT + 1), "the plan and the sheet must agree"
    labels = {k: book.texts.clean(text, "parties") for k, text in party_choices(calc.deal.parties).items()}
    canvas.text(row, _LEFT, "View of", "muted", font_size=10)
    canvas.text(row, _LEFT + 1, _party(book), "input", where="perspective", bold=True)
    if labels:
        says = {"input_title": "View of", "input_message": "This party's inflows are positive, its payments negative."}
        wrong = {"error_title": "Not a party", "error_message": "Choose from the list."}
        rule = list_rule(book, tuple(labels.values()))
        canvas.sheet.data_validation(row, _LEFT + 1, row, _LEFT + 1, {**rule, **says, **wrong})
    here = text = cell(row, _LEFT + 1)
    for other, label in list(labels.items())[:40][::-1]:
        text = f'IF({here}={_quoted(label)},"{other}",{text})'
    canvas.formula(row, _LEFT + 2, text, key, "helper", indent=1)
    return row + 1


def _headline(canvas: Canvas, row: int) -> int:
    book = canvas.book
    calc, deal = book.calc, book.calc.deal
    keys = [k for k in deal.headline if k in book.names] or list(deal.outputs)[:8]
    if not keys:
        return row
    canvas.section(row, "Headline figures", _LEFT + 2, _LEFT)
    row += 1
    for key in keys:
        item: Any = deal.outputs.get(key) or deal.terms.get(key)
        if item is None:
            continue
        field, value = field_for(item, deal.unit), calc.scalar(key)
        canvas.text(row, _LEFT, item.label, "label", where=key)
        shown = number_format(field, (value,))
        canvas.formula(row, _LEFT + 1, book.names[key], value, "link", num_format=shown, align="right", bold=True)
        canvas.text(row, _LEFT + 2, item.unit, "muted", where=key, indent=1)
        row += 1
    return row


def _contents(canvas: Canvas, row: int) -> int:
    book = canvas.book
    canvas.section(row, "Contents", _RIGHT + 1, _RIGHT)
    for name in book.sheets:
        if name != COVER:
            row += 1
            canvas.link(row, _RIGHT, f"internal:'{name}'!A1", name, "label", underline=1)
            about = _WITH_SCENARIOS.get(name, _ABOUT[name]) if book.scenarios else _ABOUT[name]
            canvas.text(row, _RIGHT + 1, about, "muted", indent=1)
    return row + 1


def _legend(canvas: Canvas, row: int) -> int:
    canvas.section(row, "Legend", _RIGHT + 1, _RIGHT)
    row += 1
    date, money = make_field("date").excel_format, make_field("money").excel_format_limit
    samples: list[tuple[Any, tuple[str, ...], dict[str, Any], str]] = [
        (250.0, ("input",), {"num_format": "#,##0.0"}, "Input: change it here, and everything follows"),
        (250.0, ("calc",), {"num_format": "#,##0.0"}, "Formula"),
        (250.0, ("calc",), {"num_format": "#,##0.0", "font_color": LINK}, "Formula that reads another sheet"),
        (250.0, ("total",), {"num_format": "#,##0.0"}, "Total or balance"),
        (250.0, ("helper",), {"num_format": "#,##0.0", "italic": False, "font_color": WORK_INK}, "Working of a helper row (labels in grey italics)"),
        (250.0, ("stamp",), {"num_format": "#,##0.0"}, "Stamped by the app at export; does not follow changes"),
        (250.0, ("over",), {"num_format": "#,##0.0"}, "Formula over stamped values"),
        (NEVER, ("input",), {"num_format": date}, "An event that has not happened; the cell holds 31 Dec 9999"),
        (NO_CAP, ("input",), {"num_format": money}, "No limit; the cell holds 1E15"),
        ("undisclosed", ("input",), {}, "Nobody has disclosed it; what needs it shows #N/A"),
    ]  # fmt: skip
    for value, looks, more, meaning in samples:
        canvas.constant(row, _RIGHT, value, *looks, align="right", **more)
        canvas.text(row, _RIGHT + 1, meaning, "muted", indent=1)
        row += 1
    return row


def _remarks(canvas: Canvas, row: int) -> int:
    """What a reader must know about this export: values set by hand, names changed, characters replaced, faults."""
    book = canvas.book
    note = book.texts.clean(book.calc.deal.note, "note")  # first: remarks name what had to be replaced
    texts = [t for t in (note, *remarks(book)) if t]
    if texts:
        canvas.section(row, "Remarks", _RIGHT + 1, _LEFT)
        width = float(sum(_WIDTHS.values()))
        for text in texts:
            row += 1
            canvas.merged_note(row, _LEFT, _RIGHT + 1, text, width)
    return row


def remarks(book: Book) -> list[str]:
    calc = book.calc
    out = [f"The deal has {len(calc.problems)} faults, listed on the Checks sheet."] if calc.problems else []
    if missing := unvalued(calc):
        names = ", ".join(calc.deal.terms[p.where.removeprefix("terms.")].label or p.where for p in missing)
        out.append(f"Terms without a value, which formulas count as zero or empty text: {names}.")
    if calc.view.sets:
        shown = ", ".join(f"{address} = {value}" for address, value in calc.view.sets)
        out.append(f"Values set on top of version and scenario for this export: {shown}.")
    if book.renamed:
        shown = ", ".join(f"{key} → {name}" for key, name in book.renamed.items())
        out.append(f"Keys that Excel would take for something else have another name here: {shown}.")
    if book.texts.replaced:
        out.append(
            f"Characters that a workbook cannot hold were replaced by \ufffd in: {', '.join(book.texts.replaced)}."
        )
    return out
