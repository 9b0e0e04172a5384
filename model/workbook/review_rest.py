"""Everything in a book that is not an input: formulas that are others now, constants typed over them, texts that
read differently, rows and sheets that were added or are gone. Noted, never applied."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from model.values import ErrorValue
from model.workbook.book import COVER
from model.workbook.read import BookFile, Cell
from model.workbook.read_formulas import canonical
from model.workbook.read_match import At, SheetMap
from model.workbook.review_data import Note, NoteKind
from model.workbook.review_values import same
from model.workbook.viewpoint import letters

_EMPTY: Final = Cell(None)
_LONG: Final = 160
_FEW: Final = 4
_LONGEST: Final = 8_192
_HERE: Final = "Formulas are changed in Dealsheet, not by import."
_ASTRAY: Final = "Inputs are read all the same; what these formulas show in the workbook is not to be trusted."


def notes_on_the_rest(
    ours: BookFile,
    theirs: BookFile,
    wanted: Collection[str],
    maps: Mapping[str, SheetMap],
    inputs: Mapping[str, Collection[At]],
    read: Collection[tuple[str, int, int]],
    laid_out_alike: bool = True,
) -> list[Note]:
    """Notes on all cells of the wanted sheets that were not read as inputs, and on sheets that are no part of the export.
    Where another version laid the book out, only on what it cannot have done itself: numbers in place of formulas."""
    by_key = {name.casefold(): found for name, found in maps.items()}
    moved = any(not found.in_place or found.ours != found.theirs for found in maps.values())
    out: list[Note] = []
    for name in ours.sheets:
        if name in maps and name in wanted:
            rest = _Rest(ours, theirs, maps[name], by_key if moved else None, inputs.get(name, ()), read)
            out += rest.notes() if laid_out_alike else rest.typed_over()
    known = {found.theirs for found in maps.values()}
    for sheet in theirs.sheets.values():
        if sheet.name not in known and sheet.cells:
            what = f"This sheet is not part of the export; its {len(sheet.cells):,} cells were not read."
            out.append(Note("extra", sheet.name, "", what))
    return out


class _Rest:
    def __init__(
        self,
        ours: BookFile,
        theirs: BookFile,
        mapped: SheetMap,
        maps: Mapping[str, SheetMap] | None,
        inputs: Collection[At],
        read: Collection[tuple[str, int, int]],
    ) -> None:
        self.ours, self.theirs = ours.sheets[mapped.ours], theirs.sheets[mapped.theirs]
        self.map, self.maps, self.inputs, self.read = mapped, maps, inputs, read
        self.seen: set[At] = set()
        self.stayed: list[tuple[At, str]] = []  # formulas that name the old places of cells that have moved

    def notes(self) -> list[Note]:
        found: dict[NoteKind, dict[tuple[int, str], list[int]]] = {}
        lost: dict[int, int] = {}
        for (row, col), was in sorted(self.ours.cells.items()):
            at = self.map.place(row, col)
            if at is None:
                lost[row] = lost.get(row, 0) + 1
                continue
            self.seen.add(at)
            if (row, col) in self.inputs or (self.theirs.name, *at) in self.read:
                continue
            now = self.theirs.cells.get(at, _EMPTY)
            kind, what = self._compare(was, now)
            if kind == "formula" and now.formula is not None and self._stayed(was, now):
                self.stayed.append((at, now.formula))
            elif kind is not None:
                found.setdefault(kind, {}).setdefault((at[0], what), []).append(at[1])
        out = [note for kind, rows in found.items() for note in self._grouped(kind, rows)]
        return [*out, *self._left_behind(), *self._shifted(), *self._lost(lost), *self._added()]

    def typed_over(self) -> list[Note]:
        """Numbers that stand where the export has formulas."""
        rows: dict[tuple[int, str], list[int]] = {}
        for (row, col), was in sorted(self.ours.cells.items()):
            at = self.map.place(row, col)
            if at is None or (row, col) in self.inputs or (self.theirs.name, *at) in self.read:
                continue
            now = self.theirs.cells.get(at, _EMPTY)
            if was.formula is not None and now.formula is None and isinstance(now.value, float):
                _, what = self._compare(was, now)
                rows.setdefault((at[0], what), []).append(at[1])
        return list(self._grouped("overwritten", rows))

    def _stayed(self, was: Cell, now: Cell) -> bool:
        """Whether a formula reads as it was exported, although what it names stands elsewhere now."""
        assert was.formula is not None and now.formula is not None
        if len(now.formula) > _LONGEST:
            return False
        return canonical(was.formula, self.ours.name) == canonical(now.formula, self.ours.name)

    def _left_behind(self) -> Iterator[Note]:
        """Some programs move cells and rename sheets without the formulas that name them."""
        if not self.stayed:
            return
        (row, col), formula = self.stayed[0]
        count = len(self.stayed)
        which = f"{count:,} formulas still name" if count > 1 else "A formula still names"
        what = f"{which} cells by where they stood before they were moved or their sheet renamed, such as ={formula[:_LONG]}."
        yield Note("formula", self.theirs.name, f"{letters(col)}{row + 1}", what, _ASTRAY)

    def _compare(self, was: Cell, now: Cell) -> tuple[NoteKind | None, str]:
        if was.formula is not None:
            if now.formula is None:
                if isinstance(now.value, bool) and was.formula.upper() == str(now.value).upper():
                    return None, ""
                if now.value is None:
                    return "overwritten", f"The formula was deleted; it was ={was.formula[:_LONG]}."
                return "overwritten", f"A formula was replaced by {_said(now)}; it was ={was.formula[:_LONG]}."
            if was.formula == now.formula and self.maps is None:
                return None, ""
            if len(now.formula) > _LONGEST:
                return "formula", f"The formula is longer than Excel takes; it was ={was.formula[:_LONG]}."
            expected = canonical(was.formula, self.ours.name, self.maps)
            if expected == canonical(now.formula, self.theirs.name):
                return None, ""
            return "formula", f"The formula is another now: ={now.formula[:_LONG]}; it was ={was.formula[:_LONG]}."
        if now.formula is None and (same(was.value, now.value) or _reads_alike(was.value, now.value)):
            return None, ""
        if self.map.ours == COVER and not isinstance(was.value, str):
            return None, ""  # the day of export
        return "text", f"Here stands {_said(now)}; exported was {_said(was)}."

    def _grouped(self, kind: NoteKind, rows: dict[tuple[int, str], list[int]]) -> Iterator[Note]:
        """Neighbouring cells of a row as one note: the first cell's words, and how far it goes."""
        merged: dict[int, list[tuple[list[int], str]]] = {}
        for (row, what), cols in rows.items():
            runs = merged.setdefault(row, [])
            if runs and min(cols) <= max(runs[-1][0]) + 1 and kind in ("formula", "overwritten"):
                runs[-1][0].extend(cols)
            else:
                runs.append((list(cols), what))
        remedy = _HERE if kind in ("formula", "overwritten") else "Only inputs are imported; change it in Dealsheet."
        listed = [(row, cols, what) for row, runs in merged.items() for cols, what in runs]
        for row, cols, what in listed:
            first, last = f"{letters(min(cols))}{row + 1}", f"{letters(max(cols))}{row + 1}"
            yield Note(kind, self.theirs.name, first if first == last else f"{first}:{last}", what, remedy)

    def _shifted(self) -> Iterator[Note]:
        """Rows and columns that were put in or taken out, told by what stands farther along than it did."""
        for one, many, places, name in (
            ("row", "rows", self.map.rows, lambda at: str(at + 1)),
            ("column", "columns", self.map.cols, letters),
        ):
            said = [
                f"{abs(by)} {one if abs(by) == 1 else many} {'put in' if by > 0 else 'taken out'} at {one} {name(at)}"
                for at, by in _steps(places)
            ]
            if said:
                more = f" and {len(said) - _FEW} more" if len(said) > _FEW else ""
                what = f"{', '.join(said[:_FEW])}{more}; what follows was found where it stands now."
                yield Note("moved", self.theirs.name, "", what[0].upper() + what[1:])

    def _lost(self, lost: dict[int, int]) -> Iterator[Note]:
        """Cells of the export that have no place in the book: whole rows, or columns."""
        rows = [row for row in lost if row not in self.map.rows]
        for row in rows:
            texts = [c.value for (r, _), c in sorted(self.ours.cells.items()) if r == row and isinstance(c.value, str)]
            named = f" (“{texts[0][:60]}”)" if texts else ""
            yield Note("missing", self.theirs.name, "", f"Row {row + 1} of the export{named} was not found.")
        columns = sorted({col for _, col in self.ours.cells} - set(self.map.cols))
        if columns:
            shown = f"{letters(columns[0])}" + (f" to {letters(columns[-1])}" if len(columns) > 1 else "")
            what = f"Columns were put in or taken out: column {shown} of the export was not found, and its formulas were not compared."
            yield Note("missing", self.theirs.name, "", what)

    def _added(self) -> Iterator[Note]:
        """Cells that the export did not write."""
        extra: dict[int, list[int]] = {}
        for at, cell in sorted(self.theirs.cells.items()):
            if at not in self.seen and (self.theirs.name, *at) not in self.read and cell != _EMPTY:
                extra.setdefault(at[0], []).append(at[1])
        for row, cols in extra.items():
            values = ", ".join(_said(self.theirs.cells[row, col]) for col in cols[:6])
            more = f" and {len(cols) - 6} more" if len(cols) > 6 else ""
            first, last = f"{letters(cols[0])}{row + 1}", f"{letters(cols[-1])}{row + 1}"
            ref = first if first == last else f"{first}:{last}"
            yield Note("extra", self.theirs.name, ref, f"This was added: {values}{more}. It was not imported.")


def _steps(places: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """Where the distance to the old place grows or shrinks: the place now from which on, and by how much.
    What was moved against the order is left aside."""
    before, last = 0, -1
    for was in sorted(places):
        now = places[was]
        if now <= last:
            continue
        if now - was != before:
            yield min(now, last + 1), now - was - before
            before = now - was
        last = now


def _reads_alike(a: object, b: object) -> bool:
    """Two texts that differ in nothing but their blanks and line ends."""
    return isinstance(a, str) and isinstance(b, str) and a.split() == b.split()


def _said(cell: Cell) -> str:
    if cell.formula is not None:
        return f"the formula ={cell.formula[:60]}"
    value = cell.value
    if value is None:
        return "nothing"
    if isinstance(value, ErrorValue):
        return value.kind
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return f"“{value[:60]}{'…' if len(value) > 60 else ''}”" if isinstance(value, str) else f"{value:.15g}"
