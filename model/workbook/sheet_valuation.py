"""The Valuation sheet: headline figures, each a defined name; and the Checks sheet."""

from __future__ import annotations

from typing import Final

from model.fields import field_for
from model.workbook.book import CHECKS, HEAD_ROW, LABEL, MASTER, UNIT, VALUATION, VALUE
from model.workbook.canvas import FLOW, Canvas, blocks_of, fitted, number_format, unit_width
from model.workbook.styles import BAD_FILL, GOOD_FILL
from model.workbook.viewpoint import Viewpoint, cell

# Excel shows TRUE and FALSE whatever the format; LibreOffice reads this one as its own for booleans. Without one it
# gives the cell a format while it draws a page, and 7.4 crashes where the cell has conditional formats, too.
TRUTH: Final = '"TRUE";"TRUE";"FALSE"'
STATUS, NOTE, NAME = VALUE + 1, VALUE + 2, VALUE + 3
_WIDTHS: Final = {LABEL: 42, UNIT: 12, VALUE: 20, STATUS: 20, NOTE: 84, NAME: 28}


def write_valuation(canvas: Canvas) -> None:
    book, deal = canvas.book, canvas.book.calc.deal
    outputs = deal.outputs.values()
    note = fitted((o.note for o in outputs), 40, _WIDTHS[NOTE])
    label = fitted((o.label for o in outputs), 30, _WIDTHS[LABEL], 10.5)
    canvas.open("Valuation", {**_WIDTHS, LABEL: label, UNIT: unit_width((o.unit for o in outputs), 12), NOTE: note})
    heads = {LABEL: "Output", UNIT: "Unit", VALUE: "Value", STATUS: "Status", NOTE: "Note", NAME: "Name in formulas"}
    canvas.header(HEAD_ROW, heads, frozenset((LABEL, UNIT, STATUS, NOTE, NAME)))
    last = HEAD_ROW
    for row, kind, key in book.entries[VALUATION]:
        last = row
        if kind == "group":
            canvas.section(row, key, NAME)
            continue
        output, where = deal.outputs[key], f"outputs.{key}"
        field = field_for(output, deal.unit)
        value = book.calc.scalar(key)
        weight = key in deal.headline
        valign = canvas.fit(row, (output.note, note))
        canvas.text(row, LABEL, output.label, "label", where=where, valign=valign, bold=weight)
        canvas.text(row, UNIT, output.unit, "muted", where=where, valign=valign, indent=1)
        shown = number_format(field, (value,))
        canvas.item(
            row,
            VALUE,
            key,
            value,
            where=f"{where}.formula",
            num_format=shown,
            align="right",
            valign=valign,
            bold=weight,
        )
        if output.warn_above is not None:
            look = canvas.style.bare(bg_color=BAD_FILL)
            rule = {"type": "cell", "criteria": ">", "value": output.warn_above, "format": look}
            canvas.sheet.conditional_format(row, VALUE, row, VALUE, rule)
        status = output.status
        if status in book.names:
            canvas.formula(row, STATUS, book.names[status], book.calc.scalar(status), "muted", valign=valign, indent=1)
        canvas.note(row, NOTE, output.note, note, where=f"{where}.note", valign=valign)
        canvas.text(row, NAME, book.names[key], "muted", valign=valign, indent=1)
    canvas.close(last, NOTE, freeze_col=UNIT)
    canvas.paginate(blocks_of(book.entries[VALUATION], "group"), NOTE, HEAD_ROW + 1, FLOW)


def write_checks(canvas: Canvas) -> None:
    """Each check live, and the master check over all of them."""
    book, calc = canvas.book, canvas.book.calc
    note, name = VALUE + 1, VALUE + 2
    found = calc.deal.checks.values()
    widths = {LABEL: fitted((c.label for c in found), 44, 62, 10), UNIT: 4.0, VALUE: 14.0, name: 28.0}
    widths[note] = 84.0 if calc.problems else fitted((c.note for c in found), 40, 84)
    canvas.open("Checks", widths)
    heads = {LABEL: "Check", UNIT: "", VALUE: "Holds", note: "Note", name: "Name in formulas"}
    canvas.header(HEAD_ROW, heads, frozenset((LABEL, note, name)), frozenset((VALUE,)))
    entries = book.entries[CHECKS]
    row = book.scalars[MASTER].row
    canvas.text(row, LABEL, "Master check: everything below holds", "total")
    canvas.blanks(row, UNIT, UNIT, "total")
    formula = "TRUE"
    if entries:
        span = f"{cell(entries[0].row, VALUE)}:{cell(entries[-1].row, VALUE)}"
        formula = f"IFERROR(AND({span}),FALSE)"
    canvas.formula(row, VALUE, formula, calc.holds(), "total", align="center", num_format=TRUTH)
    canvas.text(row, name, book.names[MASTER], "muted", indent=1)
    last = row
    for last, kind, key in entries:
        if kind == "faults":
            _faults(canvas, last, note)
            continue
        check = calc.deal.checks[key]
        valign = canvas.fit(last, (check.note, widths[note]))
        canvas.text(last, LABEL, check.label, "label", where=f"checks.{key}", valign=valign)
        view = Viewpoint(book, CHECKS)
        canvas.item(
            last, VALUE, key, calc.scalar(key), where=f"checks.{key}.formula", view=view, align="center", valign=valign,
            num_format=TRUTH,
        )  # fmt: skip
        canvas.note(last, note, check.note, widths[note], where=f"checks.{key}.note", valign=valign)
        canvas.text(last, name, book.names[key], "muted", valign=valign, indent=1)
    for criteria, fill in (("==", GOOD_FILL), ("!=", BAD_FILL)):
        rule = {"type": "cell", "criteria": criteria, "value": "TRUE", "format": canvas.style.bare(bg_color=fill)}
        canvas.sheet.conditional_format(row, VALUE, row, VALUE, rule)
        if entries:
            canvas.sheet.conditional_format(entries[0].row, VALUE, last, VALUE, rule)
    canvas.close(last, note, freeze_col=UNIT)
    canvas.paginate([(HEAD_ROW + 1, last)], note, HEAD_ROW + 1)


def _faults(canvas: Canvas, row: int, note: int) -> None:
    """Formulas that could not be computed at all. They fail the master check whatever is changed here."""
    problems = canvas.book.calc.problems
    canvas.text(row, LABEL, f"No formula is at fault ({len(problems)} found at export)", "label", valign="top")
    canvas.constant(row, VALUE, False, "label", align="center", valign="top")
    canvas.note(row, note, "\n".join(str(p) for p in problems[:20]), 84.0)
