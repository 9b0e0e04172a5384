"""The table of the import review: every difference with its box, and everything that cannot be imported with its reason."""

from __future__ import annotations

from typing import Final, NamedTuple

from model.addresses import input_item
from model.deal import Deal, Input
from model.edits import label_of
from model.fields import field_for
from model.fields.base import Field
from model.fields.number_formats import show_text
from model.fields.unit_text import is_number
from model.layers import BASE, SETS, layer_label
from model.problems import Problem, Refused
from model.workbook.review_data import OPEN, Difference, Note, NoteKind, Review
from ui.exchange.ticks import TICK, TickSource
from ui.grid.source import Cell, ColumnSpec, RowSpec
from ui.wording import change, sentence, wrapped

SURE, DOUBT, UNREAD, FORMULAS, PLACES, TEXTS, BOOK = "sure", "doubt", "unread", "formulas", "places", "texts", "book"
GROUPS: Final = {
    SURE: "Changed in the workbook",
    DOUBT: "To think about first",
    UNREAD: "Could not be read, and is not imported",
    FORMULAS: "Formulas that are others now: change them here, they are not imported",
    PLACES: "Moved, renamed or missing",
    TEXTS: "Texts and additions, which are not imported",
    BOOK: "About the workbook",
}
_OF_KIND: Final[dict[str, str]] = {
    "formula": FORMULAS, "overwritten": FORMULAS, "moved": PLACES, "missing": PLACES,
    "text": TEXTS, "extra": TEXTS, "book": BOOK, **dict.fromkeys(OPEN, UNREAD),
}  # fmt: skip
_TITLES: Final[dict[NoteKind, str]] = {
    "book": "The workbook", "unread": "Not a value", "ambiguous": "Decimal mark unknown", "error": "Error value",
    "no_value": "No stored result", "unmatched": "Not found", "formula": "Formula changed", "overwritten": "Formula overwritten",
    "text": "Text changed", "moved": "Moved", "missing": "Missing", "extra": "Added",
}  # fmt: skip
_COLUMNS: Final = (
    TICK,
    ColumnSpec("What", 268, "left", frozen=True, key="label"),
    ColumnSpec("In the deal", 104, fit=True, key="old"),
    ColumnSpec("In the workbook", 112, fit=True, key="new"),
    ColumnSpec("Change", 92, fit=True, key="change"),
    ColumnSpec("Unit", 48, "left", fit=True, key="unit"),
    ColumnSpec(
        "Written to", 92, "left", fit=True, key="layer", tooltip="The layer of the deal that the change belongs to"
    ),
    ColumnSpec("Sheet and cell", 110, "left", fit=True, key="where"),
    ColumnSpec("Remark", 220, "left", stretch=True, key="remark"),
)
_WHAT, _OLD, _NEW, _CHANGE, _UNIT, _LAYER, _WHERE = range(1, 8)


class Entry(NamedTuple):
    """One row: a difference or a note, and the group that it stands in."""

    key: str
    group: str
    found: Difference | Note


def key_of(one: Difference) -> str:
    return f"{one.layer}@{one.address}"


class ReviewSource(TickSource):
    """A review as rows. ``shown`` are the groups that are let through, ``words`` what rows must contain."""

    def __init__(self, deal: Deal) -> None:
        super().__init__()
        self.deal = deal
        self.review: Review | None = None
        self.shown: frozenset[str] = frozenset(GROUPS)
        self.words = ""
        self._all: list[Entry] = []
        self._seen: list[Entry | None] = []

    def set_review(self, review: Review) -> None:
        """Show a review. What is beyond doubt is ticked; after a second reading earlier choices stand."""
        earlier = {e.key: e.group for e in self._all if isinstance(e.found, Difference)}
        self.review = review
        self._all = [
            *(Entry(key_of(d), DOUBT if d.doubt else SURE, d) for d in review.differences),
            *(Entry(f"note:{i}", _OF_KIND[n.kind], n) for i, n in enumerate(review.notes)),
        ]
        fresh = {e.key for e in self._all if e.group == SURE and e.key not in earlier}
        self.ticked = (self.ticked & {e.key for e in self._all}) | fresh

    def count(self, *groups: str) -> int:
        return sum(e.group in groups for e in self._all)

    @property
    def chosen(self) -> list[Difference]:
        """The ticked differences, shown or not."""
        return [e.found for e in self._all if isinstance(e.found, Difference) and e.key in self.ticked]

    def can_tick(self, key: str) -> bool:
        return "@" in key

    def columns(self) -> tuple[ColumnSpec, ...]:
        return _COLUMNS

    def rows(self) -> list[RowSpec]:
        rows: list[RowSpec] = []
        self._seen = []
        for group, title in GROUPS.items():
            found = [e for e in self._all if e.group == group and group in self.shown and self._has_words(e)]
            if found:
                rows.append(RowSpec(f"section:{group}", "section", f"{title} ({len(found)})"))
                rows += [RowSpec(e.key, "item", self.name(e)) for e in found]
                self._seen += [None, *found]
        return rows

    def _has_words(self, entry: Entry) -> bool:
        text = f"{self.name(entry)} {self.remark(entry)} {self.where(entry)} {getattr(entry.found, 'address', '')}"
        return all(word in text.casefold() for word in self.words.casefold().split())

    def entry(self, row: int) -> Entry | None:
        return self._seen[row] if 0 <= row < len(self._seen) else None

    # --- one row in words --------------------------------------------------------

    def name(self, entry: Entry) -> str:
        found = entry.found
        if found.address:
            term = self.deal.terms.get(found.address)
            group = f" · {term.group}" if term is not None and term.group else ""
            try:
                return show_text(label_of(self.deal, found.address) + group)
            except KeyError:
                return found.address
        assert isinstance(found, Note)
        return _TITLES[found.kind]

    def remark(self, entry: Entry) -> str:
        found = entry.found
        if isinstance(found, Difference):
            return " ".join(dict.fromkeys(part for part in (found.doubt, found.note) if part))
        return " ".join(part for part in (sentence(found.what), found.remedy) if part)

    def where(self, entry: Entry) -> str:
        found = entry.found
        return show_text(Note("book", found.sheet, found.cell, "").where)

    def layer(self, entry: Entry) -> str:
        found = entry.found
        known = isinstance(found, Difference) or (found.subject and found.layer != SETS)
        return layer_label(self.deal, found.layer) if known else ""

    def value(self, found: Difference, value: Input | None) -> str:
        if value is None:
            return "blank" if found.layer == BASE else "inherits"
        field = self._field(found)
        return field.show(field.to_engine(value))

    def _field(self, found: Difference) -> Field:
        return field_for(input_item(self.deal, found.address), self.deal.unit)

    def full(self, entry: Entry) -> str:
        """The whole of a row, for reading under the table."""
        found = entry.found
        place = self.where(entry)
        head = " · ".join(part for part in (self.name(entry), place, self.layer(entry)) if part)
        if isinstance(found, Difference):
            field = self._field(found)
            tail = f" ({field.unit})" if field.unit and field.numeric and field.kind != "percent" else ""
            values = (
                f"In the deal {self.value(found, found.old)}, in the workbook {self.value(found, found.new)}{tail}."
            )
            return "\n".join(part for part in (head, values, self.remark(entry)) if part)
        return f"{head}\n{self.remark(entry)}"

    # --- cells -------------------------------------------------------------------

    def cell(self, row: int, col: int) -> Cell:
        entry = self._seen[row]
        assert entry is not None
        if col == 0:
            return self.box(entry.key)
        found, remark = entry.found, self.remark(entry)
        if col == _WHAT:
            return Cell(self.name(entry), "label", tooltip=getattr(found, "address", ""))
        if col == _WHERE:
            return Cell(self.where(entry), "muted")
        if col > _WHERE:
            tint = {DOUBT: "amber", UNREAD: "bad"}.get(entry.group, "")
            return Cell(remark, "computed" if tint else "muted", tint=tint, tooltip=wrapped(remark))  # type: ignore[arg-type]
        if col == _LAYER:
            return Cell(show_text(self.layer(entry)), "muted" if found.layer == BASE else "computed")
        return self._difference(found, col) if isinstance(found, Difference) else self._note(found, col)

    def _note(self, found: Note, col: int) -> Cell:
        """What the deal holds for an input that could not be read."""
        if col != _OLD or not found.address or found.kind not in OPEN:
            return Cell()
        from model.layers import base_value

        try:
            field = field_for(input_item(self.deal, found.address), self.deal.unit)
            return Cell(field.show(field.to_engine(base_value(self.deal, found.address))), "muted")
        except (Refused, KeyError):
            return Cell()

    def _difference(self, found: Difference, col: int) -> Cell:
        field = self._field(found)
        old, new = field.to_engine(found.old), field.to_engine(found.new)
        if col in (_OLD, _NEW):
            value, engine = (found.old, old) if col == _OLD else (found.new, new)
            number = float(engine) if field.numeric and is_number(engine) else None  # type: ignore[arg-type]
            text = self.value(found, value)
            role = "muted" if value is None else "computed" if col == _OLD else "input"
            copied = field.edit_text(value) if value is not None else text
            return Cell(text, role, "right", number=number, copy=copied)  # type: ignore[arg-type]
        if col == _CHANGE:
            step = change(field, old, new) if found.old is not None and found.new is not None else None
            if step is None or step.way == "other":
                return Cell("–" if found.old is not None and found.new is not None else found.kind, "muted", "right")
            return Cell(step.text, "computed", "right")
        assert col == _UNIT
        return Cell(show_text(field.unit), "unit")

    def why_not(self, row: int, col: int) -> Problem:
        entry = self._seen[row]
        if entry is not None and isinstance(entry.found, Difference):
            return Problem(
                "", "This list shows what was found.", "Space ticks a row; change the value after the import."
            )
        return Problem("", "This cannot be imported.", "Its remark says why and what to do.")
