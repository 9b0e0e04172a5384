"""What a workbook that came back says, as data: differences that can be applied, and notes on everything else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias

from model.deal import Input
from model.layers import View

Kind: TypeAlias = Literal["changed", "added", "emptied"]
NoteKind: TypeAlias = Literal[
    "book",  # the file as a whole
    "unread",  # an input whose cell holds something that is no value for it
    "ambiguous",  # an input whose text can be read in two ways: ask for the decimal mark
    "error",  # an input that shows an Excel error
    "no_value",  # a formula in an input, without a stored result
    "unmatched",  # an input whose cell was not found beyond doubt
    "formula",  # a computed cell whose formula is another
    "overwritten",  # a computed cell that holds a constant now
    "text",  # a label, note or source that reads differently
    "moved",  # found elsewhere than exported
    "missing",  # rows of the export that are not in the book, without inputs
    "extra",  # something that the export did not write
]
#: kinds of note that mean: an input could not be read
OPEN: Final = frozenset(("unread", "ambiguous", "error", "no_value", "unmatched"))


class Difference(NamedTuple):
    """One input that the book holds differently. ``old`` is what the deal holds, ``new`` what the book does (None:
    blank in the base, inherit in a layer). ``cell`` is where it was found, such as ``D12``. ``doubt`` says why a
    person should look at it before it is applied, "" where nothing speaks against it."""

    address: str
    label: str
    layer: str
    old: Input | None
    new: Input | None
    sheet: str
    cell: str
    kind: Kind
    note: str = ""
    doubt: str = ""


class Note(NamedTuple):
    """Something that is not applied. ``cell`` is a cell or a range, "" where it is about a sheet or the file.
    ``subject`` names the input it is about, of this ``layer``, where ``what`` does not."""

    kind: NoteKind
    sheet: str
    cell: str
    what: str
    remedy: str = ""
    address: str = ""
    subject: str = ""
    layer: str = ""

    @property
    def text(self) -> str:
        """What is to be said, with what it is about."""
        return f"{self.subject}: {self.what}" if self.subject else self.what

    @property
    def where(self) -> str:
        sheet = f"'{self.sheet}'" if not self.sheet.replace("_", "").isalnum() else self.sheet
        return f"{sheet}!{self.cell}" if self.sheet and self.cell else self.sheet

    def __str__(self) -> str:
        return " ".join(p for p in (f"{self.where}:" if self.where else "", self.text, self.remedy) if p)


@dataclass(frozen=True, slots=True)
class Review:
    """The book compared with the deal under the view it was exported for. ``stale``: the deal is another one now."""

    path: Path
    view: View
    differences: tuple[Difference, ...]
    notes: tuple[Note, ...]
    stale: bool = False
    saved: str = ""  # by whom and when the book was last saved, where it says so

    @property
    def sure(self) -> tuple[Difference, ...]:
        """What can be applied without a second thought."""
        return tuple(d for d in self.differences if not d.doubt)

    @property
    def open(self) -> tuple[Note, ...]:
        """Notes on inputs that could not be read: each needs an answer before the book is fully imported."""
        return tuple(n for n in self.notes if n.kind in OPEN)

    @property
    def asks_decimal(self) -> bool:
        """Whether naming the decimal mark would let more be read."""
        return any(n.kind == "ambiguous" for n in self.notes)
