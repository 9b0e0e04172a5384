"""The Change log: what each version and scenario changes, what that does to the outputs, and the edits made since the
deal was opened. Stamped at export."""

from __future__ import annotations

from typing import Any, Final

from model.addresses import input_item
from model.deal import Scenario, Version
from model.engine import run
from model.fields import field_for
from model.layers import View
from model.rights import in_words
from model.whatif.compare import Difference, compare
from model.workbook.book import HEAD_ROW, LABEL, UNIT, VALUE, Place
from model.workbook.canvas import Canvas, number_format
from model.workbook.styles import LINK
from model.workbook.viewpoint import letters

EDITS: Final = "Edits since the deal was opened"
UNKNOWN_EDITS, NO_EDITS = "Not known: exported by a command.", "None."
BEFORE, AFTER, CHANGE, KEY = VALUE, VALUE + 1, VALUE + 2, VALUE + 3
_WIDTHS: Final[dict[int, float]] = {LABEL: 46, UNIT: 14, BEFORE: 33, AFTER: 33, CHANGE: 16, KEY: 28}


def write_changes(canvas: Canvas) -> None:
    deal = canvas.book.calc.deal
    canvas.open("Change log", _WIDTHS)
    heads = {LABEL: "What", UNIT: "Unit", BEFORE: "Before", AFTER: "After", CHANGE: "Change", KEY: "Key"}
    canvas.header(HEAD_ROW, heads, frozenset((LABEL, UNIT, KEY)))
    row = HEAD_ROW + 1
    canvas.text(
        row,
        LABEL,
        f"Stamped at export from the deal {canvas.book.fingerprint[:16]}: these values do not follow changes made in the workbook.",
        "muted",
    )
    row += 1
    blocks = []
    for kind, items in (("Version", deal.versions), ("Scenario", deal.scenarios)):
        for key, layer in items.items():
            first, row = row + 1, _layer(canvas, row + 1, kind, key, layer)
            blocks.append((first, row - 1))
    first, row = row + 1, _edits(canvas, row + 1)
    blocks.append((first, row))
    canvas.close(row, KEY, freeze_col=UNIT)
    canvas.paginate(blocks, KEY, HEAD_ROW + 1)


def _edits(canvas: Canvas, row: int) -> int:
    """What was done to the deal since its file was opened, oldest first."""
    canvas.section(row, EDITS, KEY)
    edits = canvas.book.edits
    if edits is None:
        row += 1
        canvas.text(row, LABEL, UNKNOWN_EDITS, "muted", indent=1)
    elif not edits:
        row += 1
        canvas.text(row, LABEL, NO_EDITS, "muted", indent=1)
    for count, said in enumerate(edits or ()):
        row += 1
        canvas.text(row, LABEL, f"{count + 1}  {said}", "stamp", where="edits", indent=1)
        canvas.blanks(row, UNIT, KEY, "stamp")
    return row


def _layer(canvas: Canvas, row: int, kind: str, key: str, layer: Version | Scenario) -> int:
    calc, deal = canvas.book.calc, canvas.book.calc.deal
    if kind == "Version":
        others: dict[str, Any] = deal.versions
        now = View(key, calc.view.scenario, calc.view.period)
        was = now._replace(version=layer.base or "")
    else:
        others = deal.scenarios
        now = View(calc.view.version, key, calc.view.period)
        was = now._replace(scenario=layer.base or "")
    against = others[layer.base].label if layer.base in others else "the base"
    canvas.section(row, f"{kind}: {layer.label}, against {against}", KEY)
    row += 1
    if isinstance(layer, Version) and (layer.date or layer.source):
        source = deal.source_label(layer.source)
        canvas.text(row, LABEL, f"Source: {source}" if source else "", "muted", where=f"versions.{key}.source")
        canvas.day(row, BEFORE, layer.date, "muted", align="right")
        row += 1
    if layer.note:
        canvas.merged_note(row, LABEL, KEY, layer.note, sum(_WIDTHS.values()), where=f"{kind.lower()}s.{key}.note")
        row += 1
    before = run(deal, was, calc)
    found = compare(before, run(deal, now, before))
    return _rows(canvas, row, found)


def _rows(canvas: Canvas, row: int, found: Difference) -> int:
    book, deal = canvas.book, canvas.book.calc.deal
    if not found.inputs and not found.moved:
        canvas.text(row, LABEL, "Nothing differs.", "muted", indent=1)
        return row + 1
    for change in found.inputs:
        item = input_item(deal, change.address)
        field = field_for(item, deal.unit)
        a, b = (None if v is None else field.to_engine(v) for v in (change.a, change.b))
        more: dict[str, Any] = {"num_format": number_format(field, (a, b)), "align": "right"}
        place = book.scalars.get(change.address)
        linked(canvas, row, change.label, place)
        canvas.text(row, UNIT, item.unit, "muted", where=change.address, indent=1)
        canvas.constant(row, BEFORE, a, "stamp", where=change.address, **more)
        canvas.constant(row, AFTER, b, "stamp", where=change.address, **more)
        canvas.blanks(row, CHANGE, CHANGE, "stamp")
        canvas.text(row, KEY, change.address, "muted", indent=1)
        row += 1
    for right in found.rights:
        canvas.text(row, LABEL, f"Right: {right.label}", "label", where=f"rights.{right.key}", indent=1)
        canvas.text(row, UNIT, "in force", "muted", indent=1)
        for col, side in ((BEFORE, right.a), (AFTER, right.b)):
            canvas.text(row, col, in_words(side), "stamp", align="right")
        canvas.blanks(row, CHANGE, CHANGE, "stamp")
        canvas.text(row, KEY, right.key, "muted", indent=1)
        row += 1
    for output in found.moved:
        spec = deal.outputs[output.key]
        field = field_for(spec, deal.unit)
        more = {"num_format": number_format(field, (output.a, output.b)), "align": "right"}
        linked(canvas, row, f"Output: {output.label}", book.scalars.get(output.key))
        canvas.text(row, UNIT, spec.unit, "muted", where=output.key, indent=1)
        for col, value in ((BEFORE, output.a), (AFTER, output.b)):
            canvas.constant(row, col, value, "stamp", where=output.key, **more)
        delta = output.change if field.kind != "date" else None
        canvas.constant(row, CHANGE, delta, "stamp", **more)
        canvas.text(row, KEY, output.key, "muted", indent=1)
        row += 1
    return row + 1


def linked(canvas: Canvas, row: int, text: str, place: Place | None) -> None:
    """A label that leads to where its item stands, plain where it stands nowhere."""
    text = canvas.book.texts.clean(text, "changes")
    if place is None:
        canvas.text(row, LABEL, text, "label", indent=1)
    else:
        target = f"internal:'{place.sheet}'!{letters(place.col)}{place.row + 1}"
        canvas.link(row, LABEL, target, text, "label", indent=1, font_color=LINK)
