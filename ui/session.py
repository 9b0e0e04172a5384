"""One open deal: the document, what is looked at, its values and its undo stack.

Every change of the document is an ``Edit`` pushed as one command; ``changed`` then says what moved.
Version, scenario and period are a way of looking: switching them is no undo step and leaves the file clean.
"""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack
from shiboken6 import isValid

from model import layers, store
from model.deal import Deal, Input, PeriodLength
from model.edits import Edit, apply
from model.engine import Calc, run
from model.layers import View, default_view
from model.problems import Problem, Refused, refuse
from ui.commands import EditCommand
from ui.targets import NOTHING, Target


class ChangeSet(msgspec.Struct, frozen=True):
    """What a change reached: values that moved, entries that were edited, and how far it went."""

    moved: frozenset[str] = frozenset()
    touched: frozenset[str] = frozenset()
    structure: bool = False  # rows, columns, names or formulas may be others
    view: bool = False  # another version, scenario or period is looked at
    document: bool = True  # the document itself was edited

    @property
    def keys(self) -> frozenset[str]:
        return self.moved | self.touched


class Prepared(NamedTuple):
    """An edit carried out, not yet shown."""

    deal: Deal
    inverse: Edit
    calc: Calc


class Place(NamedTuple):
    """A sheet by its number, and the cell there."""

    sheet: int
    target: Target


class DealSession(QObject):
    """The deal of one window."""

    changed = Signal(ChangeSet)
    saved_changed = Signal()  # clean or dirty, another path, read-only
    baseline_changed = Signal()
    layer_changed = Signal()  # where the next edit of a cell goes
    highlight_changed = Signal()
    clashes_changed = Signal()  # the unit check has found something else
    told = Signal(str)  # a sentence for the status bar

    def __init__(
        self,
        deal: Deal,
        *,
        path: Path | None = None,
        fingerprint: store.Fingerprint | None = None,
        read_only: str = "",
        view: View | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.path = path
        self.fingerprint = fingerprint
        self.read_only = read_only  # why nothing is to be changed here; "" where it may
        self.stack = QUndoStack(self)
        self.stack.setUndoLimit(1000)
        weakref.finalize(self, _empty, self.stack)
        self.stack.cleanChanged.connect(self._clean_changed)
        self._deal = deal
        self._view = view or default_view(deal)
        self._calc = run(deal, self._view)
        self._opened = self._calc
        self._pinned: Calc | None = None
        self._unmoved: Calc | None = None  # the deal as it is, while a preview is shown
        self._layers: dict[str, str] = {}  # address -> layer chosen by hand
        self.place = Place(0, NOTHING)  # where the user is: undo leads back there
        self.step: tuple[Place, tuple[str, ...]] | None = None  # last undone or done again: where, and about what
        self.highlight_of = ""  # whose reach is tinted in every sheet
        self.highlighted: frozenset[str] = frozenset()
        self.clashes: dict[str, tuple[Problem, ...]] = {}  # units that do not go together, by place of the formula
        self.revision = 0  # results of slow work on an older revision are dropped

    def _clean_changed(self, clean: bool) -> None:
        self.saved_changed.emit()

    # --- what there is -------------------------------------------------------

    @property
    def deal(self) -> Deal:
        return self._deal

    @property
    def view(self) -> View:
        return self._view

    @property
    def calc(self) -> Calc:
        return self._calc

    def done(self) -> tuple[str, ...]:
        """What was done since the deal was opened, oldest first, and not undone."""
        return tuple(self.stack.text(i) for i in range(self.stack.index()))

    @property
    def baseline(self) -> Calc:
        """What changes are measured against: the pinned state, else the deal as it was opened."""
        return self._pinned or self._opened

    @property
    def baseline_pinned(self) -> bool:
        return self._pinned is not None

    @property
    def name(self) -> str:
        """What a person calls the document."""
        return self.path.stem if self.path else self._deal.name or "Untitled"

    @property
    def dirty(self) -> bool:
        return not self.stack.isClean()

    # --- editing -------------------------------------------------------------

    def edit(self, edit: Edit, force: bool = False) -> None:
        """Carry out an edit as one undo step. Raises Refused; then nothing has changed. With ``force`` formulas
        may become errors by it: the user has been told which."""
        if self.read_only:
            raise refuse("", f"{self.read_only} It is read-only here.", "Save a copy with Save as.")
        if not edit.puts:
            return
        prepared = self.prepare(edit)
        if prepared.inverse.puts and _same_puts(edit, prepared.inverse):
            return  # what was there already: no step
        known = {(p.where, p.what) for p in self._calc.problems}
        fresh = [p for p in prepared.calc.problems if (p.where, p.what) not in known and p.severity == "error"]
        if fresh and not force:  # a circle, or a name that other formulas still need
            raise Refused(*fresh)
        self.stack.push(EditCommand(self, edit, prepared, self.place))

    def try_edit(self, edit: Edit) -> tuple[Problem, ...]:
        """``edit``, with the problems as a result."""
        try:
            self.edit(edit)
        except Refused as refused:
            return refused.problems
        return ()

    def prepare(self, edit: Edit) -> Prepared:
        self.preview(None)
        deal, inverse = apply(self._deal, edit)
        return Prepared(deal, inverse, run(deal, self._view, self._calc, edit.touches))

    def show_prepared(self, prepared: Prepared, edit: Edit) -> None:
        """Make a carried-out edit the state of the session. For the commands."""
        before = self._calc
        self._deal, self._calc = prepared.deal, prepared.calc
        self.revision += 1
        structure = edit.touches is None and any(put.path[0] != "headline" for put in edit.puts)
        structure = structure or before.program is not prepared.calc.program
        structure = structure or any(len(put.path) == 2 for put in edit.puts)  # an item came or went
        self.changed.emit(ChangeSet(prepared.calc.moved, _touched(edit), structure=structure))
        if structure and self.highlight_of:
            self.highlight("")
        hidden = self._hidden_overlays(edit)
        if hidden:
            self.told.emit(hidden)

    def recalculate(self) -> None:
        """Compute everything anew, from nothing."""
        self.preview(None)
        self._calc = run(self._deal, self._view)
        self.changed.emit(ChangeSet(self._calc.moved, structure=True, document=False))
        self.told.emit("Recalculated.")

    def preview(self, values: Mapping[str, Input] | None) -> None:
        """Show everything as if inputs had other values, as under a drag. Nothing is edited; ``None`` ends it."""
        if values is None and self._unmoved is None:
            return
        before, settled = self._calc, self._unmoved or self._calc
        if values is None:
            self._calc, self._unmoved = settled, None
            shown = before.moved
        else:
            sets = {**dict(settled.view.sets), **values}
            view = settled.view._replace(sets=tuple(sets.items()))
            self._calc = run(self._deal, view, settled, frozenset(values))
            shown = self._calc.moved | (before.moved if self._unmoved is not None else frozenset())
            self._unmoved = settled
        self.revision += 1
        self.changed.emit(ChangeSet(shown, document=False))

    # --- what is looked at ---------------------------------------------------

    def set_view(
        self,
        version: str | None = None,
        scenario: str | None = None,
        period: PeriodLength | None = None,
        perspective: str | None = None,
    ) -> None:
        """Look at another version, scenario or period length, or from another side; None leaves one as it is."""
        self.preview(None)
        wanted = self._view._replace(
            version=self._view.version if version is None else version,
            scenario=self._view.scenario if scenario is None else scenario,
            period=period or self._view.period,
            perspective=self._view.perspective if perspective is None else perspective,
        )
        if wanted == self._view:
            return
        structure = wanted.period != self._view.period
        self._view = wanted
        self._layers.clear()
        self._calc = run(self._deal, wanted, self._calc)
        self.revision += 1
        self.changed.emit(ChangeSet(self._calc.moved, structure=structure, view=True, document=False))

    def set_perspective(self, party: str) -> None:
        """Look from another party's side: its inflows are positive."""
        self.set_view(perspective="" if party == self._deal.perspective else party)

    @property
    def perspective(self) -> str:
        """The party whose inflows are positive."""
        return self._view.perspective or self._deal.perspective

    def pin_baseline(self, pinned: bool = True) -> None:
        """Measure changes against the state of now; or again against the deal as it was opened."""
        self._pinned = self._calc if pinned else None
        self.baseline_changed.emit()

    def highlight(self, key: str) -> None:
        """Tint in every sheet what a value reaches; "" ends it."""
        from model.explain import reach

        found = frozenset(reach(self._calc, key)) if key else frozenset()
        if key == self.highlight_of and found == self.highlighted:
            return
        self.highlight_of, self.highlighted = key, found
        self.highlight_changed.emit()

    # --- layers --------------------------------------------------------------

    def layer_for(self, address: str) -> str:
        """The layer that the next edit of a cell goes to."""
        chosen = self._layers.get(address)
        if chosen is not None and chosen in self.layer_choices():
            return chosen
        return layers.writes_to(self._deal, self._view, address)

    def layer_choices(self) -> list[str]:
        """Layers that an edit may go to, topmost first."""
        stored = [layer for layer, _ in layers.chain(self._deal, self._view) if layer != layers.SETS]
        return [*reversed(stored), layers.BASE]

    def choose_layer(self, address: str, layer: str) -> None:
        """Send the next edits of one cell to a layer of the user's choice."""
        self._layers[address] = layer
        self.layer_changed.emit()

    def forget_layer(self, address: str) -> None:
        if self._layers.pop(address, None) is not None:
            self.layer_changed.emit()

    def _hidden_overlays(self, edit: Edit) -> str:
        """Says so when the value just written does not hold, because a layer above overrides it."""
        top = layers.overlays(self._deal, self._view)
        for put in edit.puts:
            written = _layer_of(put.path)
            if written is None:
                continue
            layer, address = written
            if (top[address].layer if address in top else layers.BASE) == layer:
                continue
            try:
                holds = layers.held(self._deal, self._view, address).layer
            except KeyError:
                continue
            active = [name for name, _ in layers.chain(self._deal, self._view)]
            if layer != layers.BASE and layer not in active:
                return (
                    f"{edit.title}: written to “{layers.layer_label(self._deal, layer)}”, which is not the one in view."
                )
            above = layers.layer_label(self._deal, holds)
            if holds != layers.BASE and (layer == layers.BASE or active.index(holds) > active.index(layer)):
                return f"{edit.title}: written, but “{above}” overrides it in this view."
        return ""

    # --- the file ------------------------------------------------------------

    def save(self, path: Path, *, expect: store.Fingerprint | None) -> None:
        """Write the deal; afterwards it is clean and belongs to ``path``. Raises Refused."""
        self.fingerprint = store.save(self._deal, path, expect=expect)
        self.path = path
        self.stack.setClean()
        self.saved_changed.emit()


def _empty(stack: QUndoStack) -> None:
    """Before a session is collected. PySide gives commands back to Python when the collector frees their stack, in any
    order, and the stack then deletes them a second time."""
    if isValid(stack):
        stack.blockSignals(True)
        stack.clear()


def _same_puts(edit: Edit, inverse: Edit) -> bool:
    back = {put.path: put.value for put in inverse.puts}
    return all(
        put.path in back
        and type(back[put.path]) is type(put.value)
        and back[put.path] == put.value
        and not (isinstance(put.value, dict) and list(back[put.path]) != list(put.value))  # another order is a change
        and put.index is None
        for put in edit.puts
    )


def _layer_of(path: tuple[str, ...]) -> tuple[str, str] | None:
    """Layer and address of an input that a put writes, None for anything else."""
    match path:
        case ("terms", key, "value"):
            return layers.BASE, key
        case ("series", key, "values", year):
            return layers.BASE, f"{key}.{year}"
        case ("tables", table, "records", record, column):
            return layers.BASE, f"{table}.{record}.{column}"
        case ("versions" | "scenarios" as kind, key, "set", address):
            return f"{kind[:-1]}:{key}", address
    return None


def _touched(edit: Edit) -> frozenset[str]:
    """Keys whose rows show something that the edit wrote."""
    keys: set[str] = set()
    for put in edit.puts:
        written = _layer_of(put.path)
        if written is not None:
            keys.add(written[1])
        elif put.path[0] == "series" and len(put.path) == 4:
            keys.add(f"{put.path[1]}.{put.path[3]}")
        elif len(put.path) > 1:
            keys.add(put.path[3] if put.path[2:3] == ("about",) else put.path[1])
    return frozenset(keys)
