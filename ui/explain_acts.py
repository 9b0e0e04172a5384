"""Walking from cell to cell along what they read, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from model.explain import Seen, dependents, explain, precedents
from model.formula.bind import EVENT, RIGHT, RULE
from model.structure.labels import ENTRY
from ui import targets
from ui.panels import reasons
from ui.targets import NOTHING, Target
from ui.wording import counted

if TYPE_CHECKING:
    from ui.main_window import MainWindow

_MOST = 200


class Explaining(QObject):
    """Jumps with a memory, as a browser has it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self._said = ""
        self._said_of = NOTHING  # the cell that was current then
        self._behind: list[Target] = []
        self._ahead: list[Target] = []

    def _here(self) -> Target:
        """The value that the current cell is about."""
        target = self.window.panel.target()
        if target.kind == "text":
            return targets.target_of(self.window.session.deal, target.key)
        return target

    def jump(self, target: Target) -> bool:
        """Go there, and know the way back."""
        here = self.window.panel.target()
        if not self.window.go(target):
            return False
        self._hush()
        if here.key and here != self.window.panel.target():
            self._behind = [*self._behind[-_MOST:], here]
            self._ahead.clear()
        return True

    def back(self) -> None:
        self._step(self._behind, self._ahead, "There is nothing to go back to.")

    def forward(self) -> None:
        self._step(self._ahead, self._behind, "There is nothing further on.")

    def _step(self, source: list[Target], other: list[Target], nothing: str) -> None:
        if not self.window.may_leave():
            return
        here = self.window.panel.target()
        while source:
            target = source.pop()
            if self.window.go(target):
                self._hush()
                other.append(here)
                return
        self._tell(nothing)

    def _tell(self, text: str) -> None:
        """Say what is so of the cell where one is."""
        self._said, self._said_of = text, self.window.panel.target()
        self.window.session.told.emit(text)

    def moved(self, target: Target) -> None:
        """Another cell may be current: by a jump, the arrows, a click."""
        if self._said and target != self._said_of:
            self._hush()

    def _hush(self) -> None:
        """What was said of the cell before is no longer so."""
        if self._said and self.window.status.message.text() == self._said:
            self.window.session.told.emit("")
        self._said = ""

    # --- along the formulas ----------------------------------------------------

    def first_precedent(self) -> None:
        target = self._here()
        calc = self.window.session.calc
        found = precedents(calc, target.key, target.period) if target.key else []
        nothing = "This cell reads no other" + (": it is an input." if target.kind == "input" else ".")
        self._to_first(found, target, nothing)

    def first_dependent(self) -> None:
        target = self._here()
        found = dependents(self.window.session.calc, target.key, target.period) if target.key else []
        self._to_first(found, target, "Nothing reads this cell.")

    def _to_first(self, found: list[Seen], target: Target, nothing: str) -> None:
        if not self.window.may_leave():
            return
        calc = self.window.session.calc
        for seen in found:
            there = reasons.target_from(calc, seen.key, seen.period, target.period)
            if there is not NOTHING and there != target and self.jump(there):
                return
        self._tell(nothing)

    def to_root(self) -> None:
        """To the cell where the error of this one began."""
        if not self.window.may_leave():
            return
        target = self._here()
        calc = self.window.session.calc
        try:
            fault = explain(calc, target.key, target.period).fault if target.key else None
        except KeyError:
            fault = None
        if fault is None:
            self._tell("There is no error in this cell.")
            return
        there = reasons.target_from(calc, fault.key, fault.period)
        if there is NOTHING or there == target or not self.jump(there):
            self._tell(f"The error begins here: {fault.reason}.")

    def show_reach(self) -> None:
        """Tint what the current value reaches, or end it."""
        session, target = self.window.session, self._here()
        if not target.key or session.highlight_of == target.key:
            session.highlight("")
            return
        session.highlight(target.key)
        session.told.emit(f"Tinted until Esc: {_counted(session.highlighted, session.deal)}.")

    # --- the inspector ---------------------------------------------------------

    def to_inspector(self) -> None:
        """Into the inspector with the keyboard; where a sheet has something else in its place, in place of that."""
        window = self.window
        if not window.inspector.isVisible():
            window.inspector.called_to = window.panel
            window._show_side()
            window._target_changed()
        window.inspector.rebuild()
        rows = [r for r in window.inspector.facts() if r.focusPolicy() != Qt.FocusPolicy.NoFocus]
        if rows:
            rows[0].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            window.session.told.emit("There is nothing to walk here: the inspector says all there is.")

    def leave_inspector(self) -> None:
        """Back to the sheet, and to what it shows beside itself."""
        window = self.window
        if window.inspector.called_to is window.panel:
            window.inspector.called_to = None
            window._show_side()
        window.panel.grid.setFocus(Qt.FocusReason.OtherFocusReason)


def _counted(keys: frozenset[str], deal: object) -> str:
    """“3 lines, 2 outputs and 1 check”."""
    parts = []
    for section in ("terms", "lines", "outputs", "checks", "events"):
        count = sum(key.removeprefix(EVENT) in getattr(deal, section) for key in keys)
        if count:
            parts.append(counted(count, ENTRY[section]))
    for head, one in ((RIGHT, "right"), (RULE, "rule")):
        dot = 1 if head == RIGHT else 2
        count = len({tuple(key.split(".")[:dot]) for key in keys if key.startswith(head)})
        if count:
            parts.append(counted(count, one))
    cells = sum(key.count(".") == 2 and ":" not in key for key in keys)
    if cells:
        parts.append(counted(cells, "cell"))
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0] if parts else "nothing"
