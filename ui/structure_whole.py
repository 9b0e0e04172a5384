"""Whole parts of a deal in the window: series, tables, charts, events, scenarios, versions, parties; and what an
item is: its kind, unit and choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from model.deal import Chart, Kind
from model.edits import ABSENT, Edit, Put
from model.problems import Problem
from model.structure.keys import key_for
from model.structure.kinds import read_choices, set_kind
from model.structure.labels import ENTRY, label_of_path
from model.structure.mentions import Path
from model.structure.restructure import Anchor, add, move, taken_over
from ui import targets
from ui.panels.in_place import InPlace
from ui.structure_names import StructureNames

KIND_NAMES = {
    "money": "Amount of money", "number": "Number", "percent": "Percentage", "multiple": "Multiple (x)",
    "integer": "Whole number", "year": "Year", "date": "Date", "choice": "One of several…", "yesno": "Yes, no or unknown",
    "flag": "Flag (1 or 0)", "text": "Text",
}  # fmt: skip
_KINDED = ("terms", "series", "lines", "outputs", "columns")
_NO_CHOICE = ("lines", "outputs", "series")


def kinds_of(container: str) -> list[tuple[str, str]]:
    """The kinds that an item of a section can have, with their names."""
    return [(k, KIND_NAMES[k]) for k in get_args(Kind) if k != "choice" or container not in _NO_CHOICE]


class StructureWhole(StructureNames):
    """Acts on more than a row."""

    # --- adding --------------------------------------------------------------

    def add(self, container: Path, at: Anchor | None = None, **fields: Any) -> None:
        """Ask for the label of a new entry, and its kind, in place; its key is made from the label."""
        if not self._ready():
            return
        section, deal = container[-1], self.deal
        what, where = ENTRY[section], ""
        if at is not None:
            sides = ("before", "after") if section in ("columns", "tables") else ("above", "below")
            beside = label_of_path(deal, (*container, at.key))
            if container[0] == "tables" and len(container) > 1:  # its table stands in front
                beside = beside.removeprefix(f"{label_of_path(deal, container[:2])}: ")
            where = f" {sides[0 if at.side == 'before' else 1]} “{beside}”"
        near = self._near(container, at)
        kinds = kinds_of(section) if section in _KINDED and "kind" not in fields else []

        def accept(label: str) -> Sequence[Problem]:
            if not label:
                return (Problem("", "A name is needed.", f"Type what people call this {what}."),)
            chosen = {} if not kinds or card.choice == near else {"kind": card.choice}
            if chosen.get("kind") == "choice":
                self._add_choice(container, label, at, fields)
                return ()
            return self._added(container, label, at, {**fields, **chosen})

        def proposed(label: str) -> str:
            if not label.strip():
                return "Enter adds it, Esc leaves."
            unit = taken_over(self.deal, container, at, card.choice).get("unit", "") if kinds else ""
            return f"Key: {key_for(self.deal, container, label)}" + (f" · Unit: {unit}" if unit else "")

        card = InPlace.name(
            self.window, self.grid, self._rect(), f"New {what}{where}", accept, proposed=proposed,
            options=("Kind", kinds, near),
        )  # fmt: skip

    def _added(self, container: Path, label: str, at: Anchor | None, fields: dict[str, Any]) -> Sequence[Problem]:
        return self.carry_out(lambda: add(self.deal, container, label, at, **fields), to_value=True)

    def _near(self, container: Path, at: Anchor | None) -> str:
        """The kind that a new entry takes over."""
        if container[-1] not in _KINDED:
            return ""
        items = targets.item_at(self.deal, container)
        item = items.get(at.key) if at is not None else next(reversed(items.values()), None)
        plain = "money" if container[-1] in ("lines", "series", "outputs") else "number"
        return str(item.kind) if item is not None else plain

    def _add_choice(self, container: Path, label: str, at: Anchor | None, fields: dict[str, Any]) -> None:
        def accept(text: str) -> Sequence[Problem]:
            choices = read_choices(text)
            if len(choices) < 2:
                return (
                    Problem("", "A choice needs at least two things to choose from.", "Write them with ; between."),
                )
            return self._added(container, label, at, {**fields, "kind": "choice", "choices": choices})

        self._later_card(f"What can “{label}” be?", accept, "For example: none; take-or-pay; end-of-term true-up")

    def add_series(self) -> None:
        self._add_on_terms("series")

    def add_table(self) -> None:
        self._add_on_terms("tables")

    def add_party(self) -> None:
        self._add_on_terms("parties")

    def _add_on_terms(self, section: str) -> None:
        if not self._ready():
            return
        self.window.show_sheet_of("terms")
        self.add((section,))

    def add_event(self) -> None:
        if self._ready():
            self.window.show_sheet_of("events")
            self.add(("events",))

    def add_right(self) -> None:
        """A right under the current one, on its own sheet."""
        if self._ready():
            panel = self.window.show_titled("Rights")
            panel.show_part("Table")
            panel.row_act("insert")

    def add_scenario(self) -> None:
        self._add_layer("scenarios")

    def add_version(self) -> None:
        self._add_layer("versions")

    def _add_layer(self, section: str) -> None:
        if self._ready():
            self.window.show_sheet_of(section)
            here = [path[-1] for path in self.rows() if path[:1] == (section,)]
            self.add((section,), Anchor("after", here[-1]) if here else None)

    def add_source(self) -> None:
        if self._ready():
            self.window.show_sheet_of("sources")
            self.add(("sources",))

    def add_chart(self) -> None:
        """A chart of the selected lines."""
        lines = [path[1] for path in self.rows() if path[0] == "lines"]
        if not lines:
            self._say("A chart shows lines of the schedule.", "Select one or more of them first.")
            return
        if not self._ready():
            return
        label = label_of_path(self.deal, ("lines", lines[0]))

        def accept(name: str) -> Sequence[Problem]:
            def make() -> Edit:
                key = key_for(self.deal, ("charts",), name or label)
                chart = Chart(label=name or label, lines=tuple(lines))
                return Edit(f"Add chart “{chart.label}”", (Put(("charts", key), chart),), None)

            return self.carry_out(make)

        InPlace.name(self.window, self.grid, self._rect(), "New chart of the selected lines", accept, text=label)

    # --- series, tables and charts as wholes -----------------------------------

    def part(self) -> Path:
        """The table or series that the current grid or row is part of; () elsewhere."""
        rows, container = self.rows(), self.grid.deal_source.container
        path = rows[0] if rows else container
        return path[:2] if path[:1] in (("tables",), ("series",)) and len(path) > 2 else ()

    def shift(self, path: Path, by: int) -> None:
        """An entry one place on among its siblings."""
        if not self._ready():
            return
        keys = list(targets.item_at(self.deal, path[:-1]))
        at = keys.index(path[-1]) + by
        if 0 <= at < len(keys):
            self._do(lambda: move(self.deal, [path], Anchor("before" if by < 0 else "after", keys[at]), join=False))
        else:
            self.window.session.told.emit(f"This is the {'first' if by < 0 else 'last'} already.")

    def remove_chart(self, key: str) -> None:
        chart = self.deal.charts[key]
        self._do(lambda: Edit(f"Delete chart “{chart.label}”", (Put(("charts", key), ABSENT),), None))

    # --- what an item is -------------------------------------------------------

    def set_kind(self, path: Path, kind: Kind) -> None:
        """Another kind of value. Values that cannot be of that kind are emptied only when told so."""
        if not self._ready():
            return
        if kind == "choice":
            self.ask_choices(path)
        else:
            self._kind_set(path, kind, ())

    def _kind_set(self, path: Path, kind: Kind, choices: tuple[str, ...]) -> None:
        problems = self.carry_out(lambda: set_kind(self.deal, path, kind, choices))
        if not problems:
            return
        if problems[0].where != ".".join(path):
            self.grid.complain(problems)
            return

        def anyway() -> None:
            self._do(lambda: set_kind(self.deal, path, kind, choices, force=True))

        InPlace.question(
            self.window, self.grid, self._rect(), problems[0].what, "Change it, and empty what does not fit", anyway,
            "Undo brings it back.",
        )  # fmt: skip

    def ask_choices(self, path: Path) -> None:
        """What a choice can be."""
        item = targets.item_at(self.deal, path)

        def accept(text: str) -> Sequence[Problem]:
            choices = read_choices(text)
            try_first = self.carry_out(lambda: set_kind(self.deal, path, "choice", choices))
            if try_first and try_first[0].where == ".".join(path):
                self._later(lambda: self._kind_set(path, "choice", choices))
                return ()
            return try_first

        InPlace.name(
            self.window, self.grid, self._rect(), f"What can “{item.label}” be?", accept,
            text="; ".join(item.choices), note="Write the choices with ; between.",
        )  # fmt: skip

    def set_decimals(self, path: Path, decimals: int | None) -> None:
        words = "as usual" if decimals is None else str(decimals)
        self._do(
            lambda: Edit(
                f"Decimals of {label_of_path(self.deal, path)}: {words}", (Put((*path, "decimals"), decimals),)
            )
        )

    def toggle_card(self, key: str) -> None:
        """An output among the headline cards, or no longer."""
        keys, label = self.deal.headline, targets.label(self.deal, targets.target_of(self.deal, key))
        new = tuple(k for k in keys if k != key) if key in keys else (*keys, key)
        title = f"Remove {label} from the headline" if key in keys else f"Add {label} to the headline"
        self._do(lambda: Edit(title, (Put(("headline",), new),), frozenset()))
