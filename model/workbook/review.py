"""A workbook that came back, compared with the deal it came from: every input that differs, and a note on all else.

    found = review(deal, "book.xlsx")              # Review(view, differences, notes)
    edit = apply(deal, found, found.differences)   # one undo step

The book is compared with a fresh export of the deal under the view the book names, so that "changed" means
changed by hand. Cells are found by labels, keys and defined names, never by position alone.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from model.deal import Deal
from model.edits import Edit, Put, set_values
from model.engine import run
from model.workbook.read import read_book
from model.workbook.review_compare import Comparison
from model.workbook.review_data import Difference, Note, Review
from model.workbook.review_values import Decimal
from model.workbook.review_view import edits_of_book, stamp_alike, view_of_book
from model.workbook.write import export

__all__ = ["Difference", "Note", "Review", "apply", "review"]


def review(
    deal: Deal,
    path: str | Path,
    *,
    version: str | None = None,
    scenario: str | None = None,
    decimal: Decimal = "",
    progress: Callable[[float], Any] | None = None,
) -> Review:
    """Compare a workbook with the deal. ``version`` and ``scenario`` (keys, "" for none) override what the book says
    it was exported for; ``decimal`` says how numbers written as text are meant; ``progress`` hears fractions of the
    work and may raise to cancel. Changes nothing. Raises Refused for what is no workbook of this deal."""
    tell = progress or (lambda done: None)
    tell(0.0)
    theirs = read_book(path, lambda done: tell(0.25 * done))
    tell(0.25)
    found, notes = view_of_book(deal, theirs, version, scenario)
    calc = run(deal, found)
    with tempfile.TemporaryDirectory(prefix="dealsheet-") as folder:
        fresh = Path(folder) / "fresh.xlsx"
        export(calc, fresh, lambda done: tell(0.25 + 0.35 * done), edits=edits_of_book(theirs))
        ours = read_book(fresh, lambda done: tell(0.6 + 0.2 * done))
    tell(0.8)
    stamp_alike(ours, theirs)
    return Comparison(calc, ours, theirs, decimal).review(notes)


def apply(deal: Deal, found: Review, chosen: Collection[Difference]) -> Edit:
    """The chosen differences as one edit. Raises Refused, with nothing changed, where a value does not fit."""
    puts: list[Put] = []
    by_layer: dict[str, list[Difference]] = {}
    for one in chosen:
        by_layer.setdefault(one.layer, []).append(one)
    for layer, some in by_layer.items():
        puts += set_values(deal, found.view, [(d.address, d.new) for d in some], layer=layer).puts
    count = len(puts)
    title = f"Import {count} change{'s' if count != 1 else ''} from {found.path.name}"
    return Edit(title, tuple(puts), frozenset(d.address for d in chosen))
