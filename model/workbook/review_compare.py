"""One workbook against a fresh export of the deal, cell by cell: what each input says now, and what is odd about it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any, Final

from model.addresses import input_item, is_formula
from model.edits import label_of
from model.engine import Calc
from model.fields import field_for
from model.fields.number_formats import show_text
from model.layers import BASE, SETS, layer_label, writes_to
from model.problems import Refused
from model.values import ErrorValue
from model.workbook.book import LABEL, SCENARIO, SCENARIOS, TABLES, VALUE, VERSION, Place
from model.workbook.layout import plan
from model.workbook.read import BookFile, Cell
from model.workbook.read_match import At, SheetMap, match_cells, match_sheets
from model.workbook.review_cells import InputCell, input_cells
from model.workbook.review_data import Difference, Note, NoteKind, Review
from model.workbook.review_find import Finder, in_one
from model.workbook.review_rest import notes_on_the_rest
from model.workbook.review_values import SHIFT_1904, AmbiguousError, Decimal, out_of_range, read_value, same
from model.workbook.review_view import STAMPED
from model.workbook.scenarios import NONE
from model.workbook.stamp import HASH, other_layout, read_stamp, stored
from model.workbook.viewpoint import letters

_SAVE_ONCE: Final = "Open the workbook in Excel, save it once, and import it again."
_EMPTY: Final = Cell(None)
_NAMED: Final = 6
_AN: Final = {"earlier": "an earlier", "later": "a later"}
_REFERENCE: Final = re.compile(
    r"(?<![\w.])[A-Za-z_\\][\w.]*(?!\s*\()(?![\w.])"
)  # anything that is no function and no number


class Comparison:
    def __init__(self, calc: Calc, ours: BookFile, theirs: BookFile, decimal: Decimal) -> None:
        self.calc, self.deal = calc, calc.deal
        self.ours, self.theirs, self.decimal = ours, theirs, decimal
        self.plan = plan(calc)
        self.cells = list(input_cells(self.plan))
        self.inputs: dict[str, set[At]] = {}
        for cell in self.cells:
            self.inputs.setdefault(cell.place.sheet, set()).add((cell.place.row, cell.place.col))
        for key in (VERSION, SCENARIO):
            if place := self.plan.scalars.get(key):
                self.inputs.setdefault(place.sheet, set()).add((place.row, place.col))
        self.sheets = match_sheets(ours, theirs)
        self.maps = {name: self._match(name, now) for name, now in self.sheets.items()}
        self.finder = Finder(ours, theirs, self.maps)
        self.shown = calc.view  #: what the book's selectors show
        then = theirs.properties.get(HASH, "")
        self.stale = bool(then) and then != self.plan.fingerprint  #: the deal has changed since the export
        self.stamp = read_stamp(theirs.properties) if self.stale else None
        self.moved_on: list[str] = []  # inputs that were changed in the deal and not in the book
        self.differences: list[Difference] = []
        self.notes: list[Note] = []
        self.read: set[tuple[str, int, int]] = set()  # cells of the book that were read as inputs

    def _match(self, name: str, now: str) -> SheetMap:
        names = [
            (then, there)
            for key, then in self.ours.names.items()
            if then and then.sheet == name and (there := self.theirs.names.get(key)) and there.sheet == now
        ]
        return match_cells(self.ours.sheets[name], self.theirs.sheets[now], self.inputs.get(name, ()), names)

    def review(self, notes: Iterable[Note]) -> Review:
        self._selectors()
        self._inputs()
        self._typed_over()
        self._new_years()
        if self.stale:
            notes = [*notes, self._staleness()]
        maps = {name: found for name, found in self.maps.items() if not (self.stale and name in STAMPED)}
        other = other_layout(self.theirs.properties)
        if other:
            what = f"The workbook was written by {_AN[other]} version of Dealsheet, which lays its sheets out in another way. Its inputs are compared; of all else only numbers typed over formulas are listed."
            notes = [Note("book", "", "", what), *notes]
        rest = notes_on_the_rest(self.ours, self.theirs, maps, self.maps, self.inputs, self.read, not other)
        book = [Note("book", "", "", text) for text in self.theirs.notes]
        everything = (*notes, *book, *self._found_elsewhere(bool(other)), *self.notes, *rest)
        shown = [n._replace(what=show_text(n.what), subject=show_text(n.subject)) for n in dict.fromkeys(everything)]
        found = [d._replace(note=show_text(d.note)) for d in self.differences]
        return Review(
            self.theirs.path, self.calc.view, tuple(found), tuple(shown), self.stale, show_text(self.theirs.saved)
        )

    def _found_elsewhere(self, other: bool) -> list[Note]:
        """What the finder tells; under another layout a sheet without inputs may never have been there."""
        told = self.finder.told(self.deal)
        return [n for n in told if not (other and n.kind == "missing" and not self.inputs.get(n.sheet))]

    def _staleness(self) -> Note:
        then = self.theirs.properties.get(HASH, "")
        what = f"The deal has changed since the workbook was exported (it was {then[:16]} then). "
        if self.stamp is None:
            what += "The workbook does not hold the inputs of then, so a difference may have come from either side."
        elif self.moved_on:
            first = ", ".join(f"“{label}”" for label in self.moved_on[:_NAMED])
            more = f" and {len(self.moved_on) - _NAMED} more" if len(self.moved_on) > _NAMED else ""
            what += f"What was changed here since and not in the workbook stays as it is: {first}{more}."
        else:
            what += "The inputs of then are known, so that only what was changed in the workbook is listed."
        what += f" {', '.join(STAMPED)}, whose values are stamped, were not compared, and a formula may have been changed on either side."
        return Note("book", "", "", what)

    def _selectors(self) -> None:
        """What the book's selectors show now: a value typed over a formula belongs to the layers that it shows."""
        for key, kind in ((VERSION, "version"), (SCENARIO, "scenario")):
            place = self.plan.scalars.get(key)
            at = self.finder.place(place) if place else None
            if place is None or at is None or self.plan.scenarios is None:
                continue
            was = self.ours.sheets[place.sheet].cells.get((place.row, place.col), _EMPTY).value
            now = self.theirs.sheets[at[0]].cells.get(at[1], _EMPTY).value
            if same(was, now):
                continue
            known = {x.label: x.id.partition(":")[2] for x in self.plan.scenarios.layers if x.id.startswith(kind)}
            where = (at[0], f"{letters(at[1][1])}{at[1][0] + 1}")
            if now == NONE or now in known:
                chosen = known.get(str(now), "")
                self.shown = (
                    self.shown._replace(version=chosen) if kind == "version" else self.shown._replace(scenario=chosen)
                )
                what = f"The selector of the {kind} shows “{now}”; exported was “{was}”. That changes no input."
                self._tell("book", *where, what)
            else:
                self._tell("book", *where, f"The selector of the {kind} shows nothing that it offers.")

    # -- inputs ------------------------------------------------------------------------------

    def _inputs(self) -> None:
        found: list[tuple[InputCell, str, At]] = []
        for cell in self.cells:
            if self.stamp is not None and (cell.address, cell.layer) not in self.stamp and cell.layer != SETS:
                continue  # an input that is younger than the book
            name = self.plan.names.get(cell.address) if self.plan.scalars.get(cell.address) == cell.place else None
            label = self._label(cell)
            place = self.finder.find(cell.place, name, label, cell.address)
            if place is not None:
                found.append((cell, *place))
        results = self._results((sheet, at) for _, sheet, at in found)
        for cell, sheet, at in found:
            self.read.add((sheet, *at))
            was = self.ours.sheets[cell.place.sheet].cells.get((cell.place.row, cell.place.col), _EMPTY)
            now = self.theirs.sheets[sheet].cells.get(at, _EMPTY)
            if was.formula == now.formula and same(was.value, now.value) and not self._counts_from_1904(cell.address):
                continue
            self._compare(cell, sheet, at, now, results)
        self._deleted_names()

    def _deleted_names(self) -> None:
        """Names of values that follow the Scenarios sheet; those of inputs are told of where they are looked for."""
        found: list[Note] = []
        for address in self.plan.scenarios.rows if self.plan.scenarios else ():
            name, place = self.plan.names.get(address), self.plan.scalars.get(address)
            at = self.finder.place(place) if place else None
            if name and at and name.lower() not in self.theirs.names:
                what = f"The name {name} was deleted; {label_of(self.deal, address)} was found by its label and key."
                found.append(Note("moved", at[0], f"{letters(at[1][1])}{at[1][0] + 1}", what, "", address))
        self.notes += in_one(
            self.deal, found, "The names of {count} values ({named} …) were deleted; they were found by label and key."
        )

    def _counts_from_1904(self, address: str) -> bool:
        return self.theirs.since_1904 and input_item(self.deal, address).kind == "date"

    def _results(self, wanted: Iterable[tuple[str, At]]) -> dict[tuple[str, At], Any]:
        """The results stored beside formulas that stand in inputs."""
        by_sheet: dict[str, set[At]] = {}
        for sheet, at in wanted:
            if self.theirs.sheets[sheet].cells.get(at, _EMPTY).formula is not None:
                by_sheet.setdefault(sheet, set()).add(at)
        return {(s, at): v for s, ats in by_sheet.items() for at, v in self.theirs.results(s, ats).items()}

    def _compare(self, cell: InputCell, sheet: str, at: At, now: Cell, results: dict[tuple[str, At], Any]) -> None:
        ref, value = f"{letters(at[1])}{at[0] + 1}", now.value
        remark: list[str] = []
        doubt: list[str] = []
        if now.formula is not None:
            if now.formula == '""':
                return self._emptied(cell, sheet, ref)
            if (sheet, at) not in results:
                what = "holds a formula now, =" + now.formula[:200] + ", without a stored result."
                return self._note("no_value", sheet, ref, what, _SAVE_ONCE, cell)
            value = results[sheet, at]
            remark.append(f"A formula stands there now (={now.formula[:200]}); its result is taken.")
            if _REFERENCE.search(now.formula):
                doubt.append("The formula follows other cells of the workbook; the deal would hold its result of now.")
        if isinstance(value, ErrorValue):
            what = f"shows {value.kind}."
            return self._note("error", sheet, ref, what, "Mend it in the workbook, or set the value here.", cell)
        field = field_for(input_item(self.deal, cell.address), self.deal.unit)
        try:
            new = read_value(field, value, self.decimal, self.theirs.since_1904)
        except Refused as err:
            kind: Any = "ambiguous" if isinstance(err, AmbiguousError) else "unread"
            problem = err.problems[0]
            return self._note(kind, sheet, ref, problem.what, problem.remedy, cell)
        if is_formula(new):
            what = f"holds the text “{str(new)[:60]}”, which would be a formula in the deal."
            return self._note("unread", sheet, ref, what, "Take the equals sign away.", cell)
        if isinstance(value, str) and field.numeric and isinstance(new, int | float):
            remark.append(f"Read from the text “{value.strip()[:60]}”.")
            doubt.append("The cell holds text, which formulas in the workbook do not count as a number.")
        if isinstance(value, str) and field.kind == "choice" and value.strip().casefold() != str(new).casefold():
            remark.append(f"Read from “{value.strip()[:60]}”.")
            doubt.append(
                "The cell holds none of the choices as they are written, so formulas in the workbook do not know it."
            )
        if field.kind == "date" and isinstance(value, float) and value != value // 1:
            remark.append("The time of day is left out.")
        if field.kind == "percent" and isinstance(new, float) and abs(new) > 1.5:
            doubt.append(f"The cell holds {new:g}, which is {new:,.0%}: was {new / 100:.4g} meant?")
        self._differ(cell, new, sheet, ref, remark, doubt, "text" if now.formula is None else "formula")

    def _emptied(self, cell: InputCell, sheet: str, ref: str) -> None:
        self._differ(cell, None, sheet, ref, [], [])

    def _differ(
        self,
        cell: InputCell,
        new: Any,
        sheet: str,
        ref: str,
        remark: list[str],
        doubt: list[str],
        otherwise: NoteKind = "formula",
    ) -> None:
        """List a difference; where there is none, what is odd about the cell as a note of the kind ``otherwise``."""
        old = self._old(cell)
        if _alike(old, new):
            if remark:
                self._note(otherwise, sheet, ref, f"{' '.join(remark)} It is the same.", "", cell)
            return
        if cell.layer == SETS:
            what = "was changed in the column of values set by hand, which no deal stores."
            return self._note("unmatched", sheet, ref, what, "Type it under a version, a scenario or the base.", cell)
        label = label_of(self.deal, cell.address)
        if self.stamp is not None and (cell.address, cell.layer) in self.stamp:
            then = self.stamp[cell.address, cell.layer]
            if _alike(then, new):  # the colleague left it alone
                self.moved_on.append(label)
                return
            if not _alike(then, old):
                doubt.insert(0, f"Changed on both sides: exported was {self._shown(cell, then)}, the deal has {self._shown(cell, old)} since, the workbook {self._shown(cell, new)}.")  # fmt: skip
        elif self.stale:
            doubt.append("The deal has changed since the export; the difference may have come from either side.")
        kind: Any = "emptied" if new is None else "added" if old is None else "changed"
        if new is None and cell.layer != BASE:
            remark.append(f"Blank in “{layer_label(self.deal, cell.layer)}” means: inherits.")
            doubt.append("The cell is empty: the value would be inherited again.")
        elif new is None:
            doubt.append("The cell is empty: formulas would count it as zero." if "." not in cell.address else "The cell is empty: the value would be taken out.")  # fmt: skip
        doubt += out_of_range(self.deal, cell.address, old, new)
        days = (new - old).days if isinstance(old, dt.date) and isinstance(new, dt.date) else 0
        if self.theirs.since_1904 and days == SHIFT_1904:
            doubt.append("It is 1,462 days later, as every date is in a workbook that was switched to the calendar of 1904.")  # fmt: skip
        made = Difference(cell.address, label, cell.layer, old, new, sheet, ref, kind, " ".join(remark), " ".join(doubt))  # fmt: skip
        twin = next((d for d in self.differences if (d.address, d.layer) == (made.address, made.layer)), None)
        if twin is None:
            self.differences.append(made)
        elif not same(_plain(twin.new), _plain(new)):
            what = f"{label} was changed here and in {twin.sheet}!{twin.cell}, to different values; this one is not applied."
            self._tell("unmatched", sheet, ref, what, "Say which holds by setting it here.", cell.address)

    def _old(self, cell: InputCell) -> Any:
        if cell.layer == SETS:
            return dict(self.calc.view.sets).get(cell.address)
        return stored(self.deal, cell.address, cell.layer)

    def _shown(self, cell: InputCell, value: Any) -> str:
        field = field_for(input_item(self.deal, cell.address), self.deal.unit)
        return field.show(field.to_engine(value)) or ("blank" if cell.layer == BASE else "inherited")

    def _label(self, cell: InputCell) -> str:
        label = label_of(self.deal, cell.address)
        layered = self.plan.scenarios and cell.address in self.plan.scenarios.rows and cell.layer != SETS
        return f"“{label}”" + (f" ({layer_label(self.deal, cell.layer)})" if layered else "")

    def _note(self, kind: NoteKind, sheet: str, ref: str, what: str, remedy: str, cell: InputCell) -> None:
        """A note on one input."""
        self.notes.append(Note(kind, sheet, ref, what, remedy, cell.address, self._label(cell), cell.layer))

    def _tell(self, kind: NoteKind, sheet: str, ref: str, what: str, remedy: str = "", address: str = "") -> None:
        self.notes.append(Note(kind, sheet, ref, what, remedy, address))

    def _selected(self) -> str:
        """What the book's selectors show, in words."""
        layers = [f"{kind}:{key}" for kind, key in (("version", self.shown.version), ("scenario", self.shown.scenario)) if key]  # fmt: skip
        return " and ".join(f"“{layer_label(self.deal, layer)}”" for layer in layers) or "no version and no scenario"

    # -- what was typed elsewhere ------------------------------------------------------------

    def _typed_over(self) -> None:
        """Values typed over the formulas that pick a layer: they belong to the layer that held."""
        if self.plan.scenarios is None:
            return
        for address, row in self.plan.scenarios.rows.items():
            for place in (self.plan.scalars.get(address), Place(SCENARIOS, row, VALUE)):
                at = self.finder.place(place) if place else None
                if place is None or at is None:
                    continue
                was = self.ours.sheets[place.sheet].cells.get((place.row, place.col), _EMPTY)
                now = self.theirs.sheets[at[0]].cells.get(at[1], _EMPTY)
                if was.formula is None or now.formula is not None or now.value is None:
                    continue
                self.read.add((at[0], *at[1]))
                cell = InputCell(address, writes_to(self.deal, self.shown, address), place)
                before = len(self.differences)
                self._compare(cell, at[0], at[1], now, {})
                ref = f"{letters(at[1][1])}{at[1][0] + 1}"
                what = "It was typed over the formula that follows the selected version and scenario."
                if len(self.differences) > before:
                    last = self.differences[-1]
                    doubt = f"The workbook shows {self._selected()} now, so it would go there; the export showed another." if self.shown != self.calc.view else ""  # fmt: skip
                    self.differences[-1] = last._replace(
                        note=" ".join(p for p in (what, last.note) if p),
                        doubt=" ".join(p for p in (doubt, last.doubt) if p),
                    )
                else:
                    self._note("overwritten", at[0], ref, what, "", cell)

    def _new_years(self) -> None:
        """Years that were added to a series, in a row of their own between or below its years."""
        mapped = self.maps.get(TABLES)
        if mapped is None:
            return
        sheet = self.theirs.sheets[mapped.theirs]
        back = {there: row for row, there in mapped.rows.items()}
        year_col, value_col = mapped.cols.get(LABEL), mapped.cols.get(LABEL + 1)
        if year_col is None or value_col is None:
            return
        results: dict[tuple[str, At], Any] | None = None  # read once: a sheet may have many years with formulas
        block = None
        for row in sorted({r for r, _ in sheet.cells} | set(back)):
            if row in back:
                block = next((b for b in self.plan.series.values() if b.first - 1 <= back[row] <= b.last), None)
                continue
            year, now = sheet.cells.get((row, year_col), _EMPTY).value, sheet.cells.get((row, value_col), _EMPTY)
            if block is None or not isinstance(year, float) or not 1900 <= year <= 9999 or year != int(year):
                continue
            address = f"{block.key}.{int(year)}"
            if int(year) in block.years:
                self._tell("unmatched", sheet.name, f"{letters(year_col)}{row + 1}", f"{label_of(self.deal, address)} stands there twice.", "Delete one of the rows.", address)  # fmt: skip
            elif now != _EMPTY:
                if now.formula is not None and results is None:
                    results = self._results((sheet.name, at) for at in sheet.cells if at[1] == value_col)
                cell = InputCell(address, BASE, Place(TABLES, row, LABEL + 1))
                self._compare(cell, sheet.name, (row, value_col), now, results or {})
            self.read |= {(sheet.name, row, year_col), (sheet.name, row, value_col)}


def _alike(a: Any, b: Any) -> bool:
    return (a is None and b is None) or (a is not None and b is not None and same(_plain(a), _plain(b)))


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
