"""The events of the deal: when each comes, what date it follows, its source, and what it changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from model.edits import Edit, set_attribute
from model.fields import make_field
from model.fields.date_text import show_date
from model.formula.bind import EVENT
from model.problems import Problem, Refused, refuse
from model.rights import ended_by, granted, span
from model.values import NEVER, ErrorValue
from ui import entries, targets
from ui.event_moves import as_day, handle, move_edit, why_fixed
from ui.grid.source import Cell, Change, ColumnSpec, Place, RowSpec
from ui.panels.deal_source import DealSource, error_words
from ui.panels.terms_source import source_cell
from ui.session import DealSession
from ui.targets import Target
from ui.wording import counted, wrapped

_COLUMNS = (
    ColumnSpec("Event", 184, "left", frozen=True, key="label"),
    ColumnSpec("On", 108, key="on", tooltip="Type a day, or “not yet”, and the term behind it moves. F2: edit."),
    ColumnSpec("Follows", 192, "left", key="follows", tooltip="The term whose date it follows"),
    ColumnSpec("What it changes", 272, "left", stretch=True, key="note"),
    ColumnSpec(
        "Rights that end with it",
        192,
        "left",
        key="ends",
        tooltip="By the terms in view; for an event that has not happened, those that name it",
    ),
    ColumnSpec("Source", 180, "left", key="source"),
)
_DATE = make_field("date")


class EventsSource(DealSource):
    """Events down. A day typed into “On” moves the input date that the event follows."""

    def __init__(self, session: DealSession) -> None:
        super().__init__(session)
        self._keys: list[str] = []
        self._calc: object = None
        self._by_event: dict[str, list[str]] = {}

    def columns(self) -> tuple[ColumnSpec, ...]:
        return _COLUMNS

    def rows(self) -> list[RowSpec]:
        self._keys = list(self.session.deal.events)
        return [RowSpec(f"event:{key}", "item", event.label) for key, event in self.session.deal.events.items()]

    @property
    def container(self) -> tuple[str, ...]:
        return ("events",)

    def entry(self, row: int) -> tuple[str, ...]:
        return ("events", self._keys[row])

    def target(self, row: int, col: int) -> Target:
        key, column = self._keys[row], _COLUMNS[col].key
        if column == "on":
            return Target("formula", key, ("events", key, "on"))
        return Target("none", key) if column in ("follows", "ends") else Target("text", key, ("events", key, column))

    def find(self, target: Target) -> Place | None:
        return (self._keys.index(target.key), 1) if target.key in self._keys else None

    def cell(self, row: int, col: int) -> Cell:
        deal, key = self.session.deal, self._keys[row]
        event, column = deal.events[key], _COLUMNS[col].key
        match column:
            case "label":
                return Cell(event.label, "label", editable=True, tooltip=wrapped(event.note))
            case "on":
                return self._on(key)
            case "follows":
                return self._follows(key)
            case "source":
                return source_cell(deal, event.source)
            case "ends":
                return self._ends(key)
        return Cell(event.note, "computed", editable=True, tooltip=wrapped(event.note))

    def _on(self, key: str) -> Cell:
        value = self.calc.event(key)
        formula = self.session.deal.events[key].on
        if isinstance(value, ErrorValue):
            return Cell(value.word, "muted" if value.is_undisclosed else "error", tooltip=error_words(self.calc, value))
        day = as_day(value)
        fixed = "" if self._is_constant(key) else why_fixed(self.calc, key)
        tip = "\n".join(part for part in (wrapped(formula, 96), fixed) if part)
        return Cell(
            show_date(day) if day else "not yet", "computed" if fixed else "input", editable=not fixed, tooltip=tip
        )

    def _is_constant(self, key: str) -> bool:
        """A day that stands in the event itself."""
        formula = self.calc.program.formulas.get(EVENT + key)
        return formula is not None and not (formula.now or formula.past)

    def _follows(self, key: str) -> Cell:
        found = handle(self.calc, key)
        if found is None and self._is_constant(key):
            return Cell("a day of its own", "muted", tooltip="F2 in the formula bar lets it follow a term.")
        if found is None:
            return Cell("several terms", "muted", tooltip=wrapped(self.session.deal.events[key].on, 96))
        name = targets.label(self.session.deal, targets.target_of(self.session.deal, found.address))
        if found.months or found.days:
            step, unit = (found.months, "month") if found.months else (found.days, "day")
            name += f", {counted(abs(step), unit)} {'after' if step > 0 else 'before'}"
        return Cell(name, "muted")

    def _ends(self, key: str) -> Cell:
        """The rights that this event ends."""
        rights = self.session.deal.rights
        if as_day(self.calc.event(key)) is None:
            named = [right.label for right in rights.values() if right.ends_on == key]
        else:
            named = [rights[name].label for name in self._ended().get(key, [])]
        text = f"{len(named)}: {', '.join(named)}" if len(named) > 1 else "".join(named)
        return Cell(text, "muted", tooltip="\n".join(named))

    def _ended(self) -> dict[str, list[str]]:
        """The rights that each event ends in this run."""
        if self._calc is not self.calc:
            self._calc, self._by_event = self.calc, {}
            for name in self.session.deal.rights:
                held = span(self.calc, name)
                if held.end is not None and held.end < NEVER and granted(held):
                    self._by_event.setdefault(ended_by(self.calc, name, held.end), []).append(name)
        return self._by_event

    def edit_text(self, row: int, col: int) -> str:
        if _COLUMNS[col].key == "on":
            day = as_day(self.calc.event(self._keys[row]))
            return _DATE.edit_text(day if day is not None else "never")
        return super().edit_text(row, col)

    def set_texts(self, changes: Sequence[Change], title: str) -> Sequence[Problem]:
        try:
            self.session.edit(entries.joined([self._edit(row, col, text) for row, col, text in changes], title))
        except Refused as refused:
            return refused.problems
        return ()

    def _edit(self, row: int, col: int, text: str) -> Edit:
        if _COLUMNS[col].key != "on" or text.strip().startswith("="):
            return entries.make_edit(self.calc, [(self.target(row, col), text)], self.session.layer_for)
        key = self._keys[row]
        found = handle(self.calc, key)
        own = found is None and self._is_constant(key)
        if found is None and not own:
            raise Refused(self.why_not(row, col))
        value = _DATE.parse(text)
        if not isinstance(value, dt.date) and value != "never":
            raise refuse(key, "An event has a day, or is “not yet”.", "Write for example 2027-12-31.")
        day = value if isinstance(value, dt.date) else None
        if found is None:
            formula = f"= DATE({day.year}, {day.month}, {day.day})" if day else "= never"
            label = self.session.deal.events[key].label
            return set_attribute(self.session.deal, ("events", key, "on"), formula, f"Set {label} to {text.strip()}")
        return move_edit(self.calc, found, day, self.session.layer_for(found.address))

    def clear(self, cells: Sequence[Place], title: str) -> Sequence[Problem]:
        """Delete: not yet; texts become empty."""
        texts = [(row, col, "not yet" if _COLUMNS[col].key == "on" else "") for row, col in cells]
        return self.set_texts(texts, title if len(cells) > 1 else "")

    def why_not(self, row: int, col: int) -> Problem:
        if _COLUMNS[col].key == "on":
            what = why_fixed(self.calc, self._keys[row]) or "This day is computed."
            return Problem("", what, "Press F2 in the formula bar to change its formula.")
        if _COLUMNS[col].key == "ends":
            return Problem("", "What an event ends follows from the rights.", "Change their last day, or “Ends on”.")
        return Problem("", "Which term an event follows is read from its formula.", "Change the formula.")
