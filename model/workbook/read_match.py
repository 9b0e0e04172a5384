"""Where the rows, columns and sheets of an export are found in a book that came back.

Texts that occur once on a sheet (keys, labels, headings) vote for the row they stand in now, and the cells
of found rows vote for columns; rows without such texts are found between their neighbours, by what is
unique there. Nothing is found by position alone unless all that surrounds it stayed in place.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from model.workbook.read import BookFile, SheetData, Target

At: TypeAlias = tuple[int, int]
_SURE: Final = 0.75  # share of the votes that must agree
_SAME_SHEET: Final = 0.5  # share of its texts that must be found on a renamed sheet


@dataclass(slots=True)
class SheetMap:
    """One sheet of the export and where its rows and columns are now."""

    ours: str
    theirs: str
    rows: dict[int, int] = field(default_factory=dict)
    cols: dict[int, int] = field(default_factory=dict)

    def place(self, row: int, col: int) -> At | None:
        found = self.rows.get(row), self.cols.get(col)
        return None if found[0] is None or found[1] is None else (found[0], found[1])

    @property
    def in_place(self) -> bool:
        return all(a == b for a, b in self.rows.items()) and all(a == b for a, b in self.cols.items())


def match_sheets(ours: BookFile, theirs: BookFile) -> dict[str, str]:
    """Sheet of the export -> sheet of the book: by name, then by the names that point to it, then by its texts."""
    there = {name.casefold(): name for name in theirs.sheets}
    found = {name: there[name.casefold()] for name in ours.sheets if name.casefold() in there}
    for name in ours.sheets:
        free = set(theirs.sheets) - set(found.values())
        if name in found or not free:
            continue
        votes = Counter(
            now.sheet
            for key, then in ours.names.items()
            if then and then.sheet == name and (now := theirs.names.get(key)) and now.sheet in free
        )
        chosen = _agreed(votes)
        if chosen is None:
            texts = {c.value for c in ours.sheets[name].cells.values() if isinstance(c.value, str)}
            shares = {
                s: len(texts & {c.value for c in theirs.sheets[s].cells.values()}) / max(1, len(texts)) for s in free
            }
            likely = [s for s, share in shares.items() if share >= _SAME_SHEET]
            chosen = likely[0] if len(likely) == 1 else None
        if chosen is not None:
            found[name] = str(chosen)
    return found


def match_cells(
    ours: SheetData, theirs: SheetData, inputs: Collection[At], names: Iterable[tuple[Target, Target]]
) -> SheetMap:
    """Rows and columns of one sheet. ``inputs`` are cells that may have changed, ``names`` where defined names
    of this sheet pointed and point."""
    return _Matcher(ours, theirs, inputs).run(names)


def _agreed(votes: Counter) -> object | None:
    if not votes:
        return None
    (first, count), total = votes.most_common(1)[0], sum(votes.values())
    return first if count >= _SURE * total else None


class _Matcher:
    def __init__(self, ours: SheetData, theirs: SheetData, inputs: Collection[At]) -> None:
        self.map = SheetMap(ours.name, theirs.name)
        self.ours, self.theirs = ours, theirs
        self.a = _constants(ours, inputs)
        self.b = _constants(theirs, ())
        self.inputs: dict[int, list[int]] = defaultdict(list)
        for row, col in inputs:
            self.inputs[row].append(col)
        self.landmarks = set(_unique(self.a).values())
        self.taken: dict[int, int] = {}  # row there -> row here

    def run(self, names: Iterable[tuple[Target, Target]]) -> SheetMap:
        self._by_unique_texts()
        self._columns()
        for then, now in names:
            self._by_name(then, now)
        self._between()
        self._columns()
        return self.map

    def _take(self, row: int, there: int) -> None:
        if row not in self.map.rows and there not in self.taken:
            self.map.rows[row] = there
            self.taken[there] = row

    def _by_unique_texts(self) -> None:
        here, there = _unique(self.a), _unique(self.b)
        votes: dict[int, Counter[int]] = defaultdict(Counter)
        for text, row in here.items():
            if text in there:
                votes[row][there[text]] += 1
        claims: dict[int, list[int]] = defaultdict(list)
        for row, counted in votes.items():
            best = _agreed(counted)
            if isinstance(best, int):
                claims[best].append(row)
        for there_row, rows in claims.items():
            if len(rows) == 1:
                self._take(rows[0], there_row)

    def _by_name(self, then: Target, now: Target) -> None:
        """A name counts where something else in its row agrees, and the title above has not gone."""
        title = max((row for row in self.landmarks if row <= then.row), default=None)
        if title is not None and title not in self.map.rows:
            return
        here, there = self.a.get(then.row, {}), self.b.get(now.row, {})
        same = {v for v in here.values() if isinstance(v, str)} & set(there.values())
        years = {(self.map.cols.get(c), v) for c, v in here.items()} & set(there.items())
        if same or years:
            self._take(then.row, now.row)

    def _columns(self) -> None:
        votes: dict[int, Counter[int]] = defaultdict(Counter)
        for row, there in self.map.rows.items():
            here, now = _once(self.a.get(row, {})), _once(self.b.get(there, {}))
            for value, col in here.items():
                if value in now:
                    votes[col][now[value]] += 1
        cols = {col: best for col, counted in votes.items() if isinstance(best := _agreed(counted), int)}
        shared = Counter(cols.values())
        self.map.cols = {c: t for c, t in cols.items() if shared[t] == 1}
        self._fill_columns()

    def _fill_columns(self) -> None:
        """Columns without texts: between two that moved alike they moved alike, too."""
        cols, known = self.map.cols, sorted(self.map.cols)
        if not known:
            return
        wanted = sorted({col for _, col in self.ours.cells} | set(range(known[0])))
        for col in wanted:
            if col in cols:
                continue
            left = max((k for k in known if k < col), default=None)
            right = min((k for k in known if k > col), default=None)
            moved = {cols[k] - k for k in (left, right) if k is not None}
            if len(moved) == 1:
                there = col + moved.pop()
                at_edge = left is None or right is None  # what is gone beyond an edge cannot be told
                if there >= 0 and there not in cols.values() and not (at_edge and there != col):
                    cols[col] = there
            elif left is not None and right is not None:
                self._between_columns(left, right)

    def _between_columns(self, left: int, right: int) -> None:
        """Columns were put in or taken out among columns of formulas: those that hold formulas, in order."""
        here = _formula_columns(self.ours, left, right)
        there = _formula_columns(self.theirs, self.map.cols[left], self.map.cols[right])
        if len(here) == len(there):
            self.map.cols.update(zip(here, there, strict=True))

    # -- rows without a text of their own ----------------------------------------------------

    def _between(self) -> None:
        found = self.map.rows
        anchors = sorted(found)
        for before, after in zip([None, *anchors], [*anchors, None], strict=True):
            first = -1 if before is None else before
            run = [r for r in self.a if r > first and (after is None or r < after) and r not in found]
            if not run:
                continue
            start = -1 if before is None else found[before]
            stop = min((t for t in self.taken if t > start), default=1 << 30)
            there = [r for r in self.b if start < r < stop and r not in self.taken]
            run, there = sorted(run), sorted(there)
            if len(run) != len(there):  # rows came or went: below a title that is gone, years and keys say nothing
                lost = next((i for i, r in enumerate(run) if self.landmarks & {r}), len(run))
                run = run[:lost]
            self._gap(run, there)

    def _gap(self, here: list[int], there: list[int]) -> None:
        """Match the rows of a gap: by what is unique inside it in its column, then row by row where
        the same rows follow in the same number."""
        a = {r: frozenset((self.map.cols[c], v) for c, v in self.a[r].items() if c in self.map.cols) for r in here}
        inputs = {self.map.cols.get(c) for r in here for c in self.inputs.get(r, ())}
        b = {r: frozenset(x for x in self.b[r].items() if x[0] not in inputs) for r in there}
        single_a = Counter(x for r in here for x in a[r])
        single_b = {x: r for r in there for x in b[r]}
        counts_b = Counter(x for r in there for x in b[r])
        for row in here:
            votes = Counter(single_b[x] for x in a[row] if single_a[x] == 1 and counts_b[x] == 1)
            best = _agreed(votes)
            if isinstance(best, int):
                self._take(row, best)
        left = [r for r in here if r not in self.map.rows]
        free = [r for r in there if r not in self.taken]
        groups: dict[frozenset, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for row in left:
            groups[a[row]][0].append(row)
        for row in free:
            mine = b[row]
            key = next((k for k in groups if k and k <= mine), mine)
            groups[key][1].append(row)
        for mine_rows, their_rows in groups.values():
            if len(mine_rows) == len(their_rows):
                for row, to in zip(mine_rows, their_rows, strict=True):
                    self._take(row, to)


def _constants(sheet: SheetData, inputs: Collection[At]) -> dict[int, dict[int, str | float]]:
    """Texts and numbers that are not inputs, by row; every row that has any cell at all is there."""
    rows: dict[int, dict[int, str | float]] = {}
    for (row, col), cell in sheet.cells.items():
        mine = rows.setdefault(row, {})
        if cell.formula is None and (row, col) not in inputs and isinstance(cell.value, str | float):
            mine[col] = cell.value.strip() if isinstance(cell.value, str) else cell.value
    return rows


def _unique(rows: dict[int, dict[int, str | float]]) -> dict[str, int]:
    counts = Counter(v for cells in rows.values() for v in cells.values() if isinstance(v, str))
    return {v: r for r, cells in rows.items() for v in cells.values() if isinstance(v, str) and counts[v] == 1}


def _once(cells: dict[int, str | float]) -> dict[str, int]:
    counts = Counter(cells.values())
    return {v: c for c, v in cells.items() if isinstance(v, str) and counts[v] == 1}


def _formula_columns(sheet: SheetData, left: int, right: int) -> list[int]:
    return sorted({c for (_, c), cell in sheet.cells.items() if cell.formula is not None and left < c < right})
