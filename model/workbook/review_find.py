"""Where one input of the export is found in the book: by what its row and column say, and by its defined name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Final

from model.deal import Deal
from model.edits import label_of
from model.workbook.book import Place
from model.workbook.read import BookFile
from model.workbook.read_match import At, SheetMap
from model.workbook.review_data import Note
from model.workbook.viewpoint import letters

_FEW: Final = 4
_NAMES: Final = "Formulas in the workbook that use the names compute with other values."
_REMEDY: Final = "Set it here, or put the row back and import again."


def ref(at: At) -> str:
    return f"{letters(at[1])}{at[0] + 1}"


class Finder:
    """Finds cells and remembers what a reader must be told about where they were found."""

    def __init__(self, ours: BookFile, theirs: BookFile, maps: Mapping[str, SheetMap]) -> None:
        self.ours, self.theirs, self.maps = ours, theirs, maps
        self.notes: list[Note] = []
        self._told: set[str] = set()
        self._stray: list[Note] = []
        self._nameless: list[Note] = []
        for name in ours.sheets:
            if name not in maps:
                what = f"The sheet “{name}” is not in the workbook."
                self.notes.append(Note("missing", name, "", what, "Nothing on it was imported."))
            elif maps[name].theirs != name:
                self.notes.append(
                    Note("moved", maps[name].theirs, "", f"This is the sheet “{name}” under another name.")
                )

    def place(self, place: Place) -> tuple[str, At] | None:
        """Where labels say that a cell is now."""
        found = self.maps.get(place.sheet)
        at = found.place(place.row, place.col) if found else None
        return (found.theirs, at) if found and at else None

    @cached_property
    def _images(self) -> set[tuple[str, int, int]]:
        """Where the cells of the export are now."""
        out = set()
        for name, mapped in self.maps.items():
            for row, col in self.ours.sheets[name].cells:
                if at := mapped.place(row, col):
                    out.add((mapped.theirs, *at))
        return out

    def find(self, place: Place, name: str | None, label: str, address: str) -> tuple[str, At] | None:
        """The cell of an input, or None with a note. ``name`` is its defined name, where it has one."""
        mapped = self.place(place)
        if name is None:
            if mapped is None and place.sheet in self.maps:
                self._unmatched(label, address, place)
            elif mapped is None:
                self._once(Note("unmatched", place.sheet, "", f"The inputs of the sheet “{place.sheet}” were not found.", _REMEDY))  # fmt: skip
            return mapped
        key = name.lower()
        target = self.theirs.names.get(key)
        named = (target.sheet, (target.row, target.col)) if target else None
        if named == mapped and mapped is not None:
            return mapped
        if named is None and mapped is not None:
            gone = "was deleted" if key not in self.theirs.names else "points nowhere"
            what = f"The name {name} {gone}; {label} was found by its label and key."
            self._nameless.append(Note("moved", mapped[0], ref(mapped[1]), what, "", address))
            return mapped
        if named is None:
            self._unmatched(label, address, place)
            return None
        return self._either(mapped, named, name, label, address, place)

    def _either(
        self, mapped: tuple[str, At] | None, named: tuple[str, At], name: str, label: str, address: str, place: Place
    ) -> tuple[str, At] | None:
        """The label says one place (or none), the name another."""
        elsewhere = (named[0], *named[1]) in self._images
        filled = named[1] in self.theirs.sheets[named[0]].cells
        if mapped is None:
            if elsewhere or not filled:
                self._unmatched(label, address, place)
                return None
            what = f"{label} was found by its name {name}; the row it stood in was not."
            self.notes.append(Note("moved", named[0], ref(named[1]), what, "", address))
            return named
        there = mapped[1] in self.theirs.sheets[mapped[0]].cells
        if elsewhere or (there and not filled):
            beside = "where something else stands" if filled else "an empty cell"
            what = f"The name {name} points at {ref(named[1])}, {beside}; {label} was found by its label and key."
            self._stray.append(Note("moved", mapped[0], ref(mapped[1]), what, _NAMES, address))
            return mapped
        if filled and not there:
            what = f"The value of {label} was moved here, where its name {name} points."
            self.notes.append(Note("moved", named[0], ref(named[1]), what, "", address))
            return named
        what = (
            f"{label} may be this cell or {named[0]}!{ref(named[1])}, where its name {name} points. Neither was read."
        )
        self.notes.append(Note("unmatched", mapped[0], ref(mapped[1]), what, _REMEDY, address))
        return None

    def told(self, deal: Deal) -> list[Note]:
        """All notes; many names that are gone or point astray for one reason are one note."""
        stray = in_one(deal, self._stray, "The names of {count} inputs ({named} …) do not point at them any more; they were found by label and key.", _NAMES)  # fmt: skip
        gone = in_one(deal, self._nameless, "The names of {count} inputs ({named} …) were deleted; they were found by label and key.")  # fmt: skip
        return [*self.notes, *gone, *stray]

    def _unmatched(self, label: str, address: str, place: Place) -> None:
        sheet = self.maps[place.sheet].theirs if place.sheet in self.maps else place.sheet
        what = f"{label} was not found: its row, column or label is gone, or there are several like it."
        self._once(Note("unmatched", sheet, "", what, _REMEDY, address))

    def _once(self, note: Note) -> None:
        if note.what not in self._told:
            self._told.add(note.what)
            self.notes.append(note)


def in_one(deal: Deal, notes: list[Note], what: str, remedy: str = "") -> list[Note]:
    """Notes that say the same of different inputs: more than a few are one, which counts them and names the first."""
    if len(notes) <= _FEW:
        return notes
    named = ", ".join(f"“{label_of(deal, n.address)}”" for n in notes[:_FEW])
    return [Note("moved", notes[0].sheet, "", what.format(count=len(notes), named=named), remedy)]
