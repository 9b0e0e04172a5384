"""What entries of the model are called and what they are: headings, keys, kinds, formulas without a cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect, QTimer

from model.deal import Deal
from model.edits import Edit, Put, set_attribute
from model.problems import Problem, Refused
from model.structure.labels import label_of_path
from model.structure.mentions import Path, thing_of
from model.structure.rename import rename
from model.structure.restructure import group, set_formula, to_value
from model.structure.uses import users_of
from ui import targets
from ui.panels.base import SheetGrid
from ui.panels.in_place import InPlace
from ui.wording import counted

if TYPE_CHECKING:
    from ui.main_window import MainWindow

GROUPED = ("lines", "terms", "outputs")  # what stands under headings
NOT_GROUPED = "Only terms, lines and outputs have headings."
NO_HEADING = "There is no heading of yours above this row."
NOTHING_HERE = "There is nothing here to act on: choose a row of the sheet first."


class StructureNames(QObject):
    """The selection, how an edit is carried out, and the acts that add and remove nothing."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window

    # --- what they act on ----------------------------------------------------

    @property
    def deal(self) -> Deal:
        return self.window.session.deal

    @property
    def grid(self) -> SheetGrid:
        return self.window.panel.grid

    def rows(self) -> list[Path]:
        """Entries of the selected rows, as they stand in the sheet."""
        grid = self.grid
        chosen = [r for r in grid.navigator.shown if any(top <= r <= bottom for top, _, bottom, _ in grid.blocks())]
        found = [grid.deal_source.entry(row) for row in chosen]
        return list(dict.fromkeys(path for path in found if path))

    def first_below_heading(self) -> Path:
        """The first row of the section whose heading is current; () where none is."""
        grid, here = self.grid, self.grid.current
        if here is None or grid.grid_model.rows[here[0]].kind != "section" or here[0] + 1 >= len(grid.grid_model.rows):
            return ()
        return grid.deal_source.entry(here[0] + 1)

    def columns(self) -> list[Path]:
        """Entries of the selected columns of a table."""
        source = self.grid.deal_source
        return [path for col in sorted(self.grid.selected_columns()) if (path := source.column_entry(col))]

    def whole_columns(self) -> list[Path]:
        """Entries of the columns of a table that are selected from top to bottom."""
        grid = self.grid
        shown = grid.navigator.shown
        if len(shown) < 2 or not all(top == shown[0] and bottom == shown[-1] for top, _, bottom, _ in grid.blocks()):
            return []
        return self.columns()

    def container(self) -> Path:
        """Where a new row of this sheet goes."""
        rows = self.rows()
        return rows[0][:-1] if rows else self.grid.deal_source.container

    def _rect(self, row: int | None = None, col: int = 0) -> QRect:
        """Where in the window a card about the current (or another) row belongs."""
        grid = self.grid
        here = grid.current
        at = here[0] if row is None and here is not None else row or 0
        view = grid.viewport()
        if not grid.isVisible() or not grid.grid_model.rows:
            panel = self.window.panel
            return QRect(panel.mapTo(self.window, QPoint(24, 48)), panel.size() / 8)
        rect = grid.cell_rect(at, col).intersected(view.rect())
        if rect.isEmpty():
            rect = QRect(12, 12, 200, 24)
        return QRect(view.mapTo(self.window, rect.topLeft()), rect.size())

    def _ready(self) -> bool:
        """What is being typed is entered first."""
        return self.window.settled()

    # --- carrying out --------------------------------------------------------

    def carry_out(
        self, make: Callable[[], Edit], force: bool = False, *, go: bool = True, to_value: bool = False
    ) -> Sequence[Problem]:
        """Make and do an edit, and look at what it is about; ``to_value``: at the cell that is filled in next.
        Problems: nothing changed."""
        session = self.window.session
        try:
            edit = make()
            if edit.puts:
                session.edit(edit, force=force)
        except Refused as refused:
            return refused.problems
        if edit.about and go:
            self.look(edit.about, to_value=to_value)
        return ()

    def look(self, about: Path, *, to_value: bool = False) -> None:
        """Make an entry current: in the column where the user is, where the sheet in front shows it; ``to_value``:
        at the cell that is filled in next."""
        deal = self.deal
        target = targets.first_to_fill(deal, about) if to_value else None
        if target is None:
            if self._look_here(about):
                return
            target = targets.of_path(deal, about)
        if target is not targets.NOTHING:
            self.window.go(target)
            QTimer.singleShot(0, self.grid.show_current)  # once the rows have their new places

    def _look_here(self, about: Path) -> bool:
        grid, here = self.grid, self.grid.current
        if here is None:
            return False
        source = grid.deal_source
        if about[2:3] == ("columns",):
            col = next((c for c in range(len(grid.grid_model.columns)) if source.column_entry(c) == about), None)
            place = None if col is None else (here[0], col)
        else:
            row = next((r for r in grid.navigator.shown if source.entry(r) == about), None)
            place = None if row is None else (row, here[1])
        if place is None:
            return False
        if place != here:
            grid.go_to(*place)
        return True

    def select(self, paths: Sequence[Path]) -> None:
        """Make rows of the sheet in front the selection, in the column where the user is."""
        grid, column = self.grid, (self.grid.current or (0, 0))[1]
        rows = [row for row in grid.navigator.shown if grid.deal_source.entry(row) in paths]
        if len(rows) > 1:
            grid.select_block(rows[0], column, rows[-1], column)
        elif rows:
            grid.go_to(rows[0], column)

    def _do(self, make: Callable[[], Edit], force: bool = False, *, go: bool = True) -> None:
        problems = self.carry_out(make, force, go=go)
        if problems:
            self.grid.complain(problems)

    def _later(self, act: Callable[[], object]) -> None:
        """Once the card that asked is gone."""
        QTimer.singleShot(0, act)

    def _later_card(self, caption: str, accept: Callable[[str], Sequence[Problem]], note: str) -> None:
        self._later(lambda: InPlace.name(self.window, self.grid, self._rect(), caption, accept, note=note))

    def _say(self, what: str, remedy: str = "") -> None:
        if self.grid.current is not None and self.grid.isVisible():
            self.grid.complain((Problem("", what, remedy),))
        else:
            self.window.session.told.emit(f"{what} {remedy}".strip())

    # --- groups and names ----------------------------------------------------

    def group_rows(self) -> None:
        """Put the selected rows under a heading, a known or a new one."""
        rows = self.rows()
        if not rows or rows[0][0] not in GROUPED:
            self._say(NOT_GROUPED)
            return
        if not self._ready():
            return
        what = f"“{label_of_path(self.deal, rows[0])}”" if len(rows) == 1 else f"{len(rows)} rows"

        def accept(name: str) -> Sequence[Problem]:
            problems = self.carry_out(lambda: group(self.deal, rows, name), go=False)
            if not problems:
                self.select(rows)
            return problems

        InPlace.name(
            self.window, self.grid, self._rect(), f"Put {what} under the heading", accept,
            note="A heading that exists, or a new one. Nothing: no heading.", known=self._headings(rows[0][0]),
        )  # fmt: skip

    def _headings(self, section: str) -> list[str]:
        if section == "lines":
            return list(self.deal.sections.values())
        return list(dict.fromkeys(item.group for item in getattr(self.deal, section).values() if item.group))

    def heading(self, row: int | None = None) -> tuple[int, list[Path]]:
        """The row of the heading over a row (without: the current one), and the entries under it; none where the
        heading is not one of the user's."""
        grid = self.grid
        here = grid.current
        at = row if row is not None else here[0] if here is not None else -1
        specs = grid.grid_model.rows
        while at >= 0 and specs[at].kind != "section":
            at -= 1
        members: list[Path] = []
        for below in range(at + 1, len(specs)) if at >= 0 else ():
            if specs[below].kind == "section":
                break
            members.append(grid.deal_source.entry(below))
        return at, members if members and members[0] and members[0][0] in GROUPED else []

    def rename_heading(self, row: int | None = None) -> None:
        """The label of a section, in its place."""
        grid, specs = self.grid, self.grid.grid_model.rows
        at, members = self.heading(row)
        if not members:
            self._say(NO_HEADING, "Group rows under one first.")
            return
        if not self._ready():
            return
        section = specs[at].key.partition(":")[2]
        is_line = members[0][0] == "lines"

        def accept(name: str) -> Sequence[Problem]:
            if is_line and section and name:
                path = ("sections", section)
                return self.carry_out(lambda: set_attribute(self.deal, path, name, f"Rename the heading to {name}"))
            return self.carry_out(lambda: group(self.deal, [p for p in members if p], name))

        held = self.deal.sections.get(section, section) if is_line else specs[at].label
        InPlace.name(self.window, grid, self._rect(at), f"Rename the heading “{specs[at].label}”", accept, text=held)

    def rename_key(self) -> None:
        rows = self.rows()
        self.rename(rows[0] if rows else ())

    def rename(self, path: Path) -> None:
        """The key of an entry, everywhere at once."""
        if not path or path[-2] == "values":
            self._say(NOTHING_HERE)
            return
        if not self._ready():
            return
        users = users_of(self.deal, path)
        many = counted(len(users), "place")
        note = (
            f"{many} name{'s' if len(users) == 1 else ''} it; all are changed with it."
            if users
            else "Nothing names it yet."
        )

        def accept(new: str) -> Sequence[Problem]:
            if new == path[-1]:
                return ()
            return self.carry_out(lambda: rename(self.deal, path, new))

        where = "in formulas" if thing_of(path) is not None else "in the file and in commands"
        InPlace.name(
            self.window, self.grid, self._rect(), f"Key of “{label_of_path(self.deal, path)}” {where}", accept,
            text=path[-1], note=note,
        )  # fmt: skip

    # --- what an entry is ----------------------------------------------------

    def set_text(self, path: Path, attribute: str, caption: str) -> None:
        """A short text of an entry, such as a column's unit or heading."""
        item = targets.item_at(self.deal, path)

        def accept(text: str) -> Sequence[Problem]:
            if attribute == "label" and not text:
                return (Problem("", "A label cannot be empty.", "Write what people call it."),)
            what = f"{caption.partition(' of ')[0].lower()} of {label_of_path(self.deal, path)}"
            return self.carry_out(lambda: Edit(f"Change the {what}", (Put((*path, attribute), text),), None))

        InPlace.name(self.window, self.grid, self._rect(), caption, accept, text=getattr(item, attribute))

    def set_option(self, path: Path, attribute: str, value: str, words: str) -> None:
        self._do(
            lambda: Edit(f"{words}: {label_of_path(self.deal, path)}", (Put((*path, attribute), value),), None, path)
        )

    def ask_formula(self, path: Path, attribute: str, caption: str) -> None:
        """A formula that has no cell of its own yet: of a column, or the opening of a line. It is written in the
        formula bar, with its help; in a table without records, in a card."""
        if not self._ready():
            return
        target = self._formula_target(path, attribute)
        if target is not None:
            self.window.formula_bar.show_target(target)
            self.window.formula_bar.begin("" if self._formula_held(path, attribute) else "=")
            return
        held = self._formula_held(path, attribute)

        def accept(text: str) -> Sequence[Problem]:
            if not text and not held:
                return ()
            return self.carry_out(
                lambda: set_formula(self.deal, (*path, attribute), text, program=self.window.session.calc.program)
            )

        note = "Begin with =. Nothing: no formula."
        InPlace.name(self.window, self.grid, self._rect(), caption, accept, text=held, note=note)

    def _formula_held(self, path: Path, attribute: str) -> str:
        if path[0] == "lines" and attribute == "opening":
            from model.structure.openings import opening_text

            return opening_text(self.deal, path[1])
        return getattr(targets.item_at(self.deal, path), attribute) or ""

    def _formula_target(self, path: Path, attribute: str) -> targets.Target | None:
        """What the formula bar calls such a formula."""
        if path[0] == "lines":
            return targets.Target("formula", path[1], (*path, attribute), targets.OPENING_PERIOD)
        record = next(iter(self.deal.tables[path[1]].records), None)
        if record is None:
            return None
        return targets.Target("formula", f"{path[1]}.{record}.{path[3]}", (*path, attribute))

    def make_input(self, path: Path) -> None:
        """A computed term keeps what it shows now as its value."""
        session = self.window.session

        def make() -> Edit:
            key = path[-1] if len(path) == 2 else f"{path[1]}.{path[3]}.{path[4]}"
            target = targets.target_of(session.deal, key)
            field = targets.field_of(session.deal, target)
            return to_value(session.deal, path, field.from_engine(targets.value_of(session.calc, target)))

        self._do(make)
