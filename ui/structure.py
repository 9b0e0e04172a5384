"""Editing the model in the window: rows and columns come, go, move and get other names. Each act is one undo step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from model.edits import Edit
from model.problems import Problem
from model.structure.mentions import Path
from model.structure.restructure import Anchor, add, delete, duplicate, indent, move
from ui.panels.in_place import InPlace
from ui.structure_names import NOTHING_HERE
from ui.structure_whole import StructureWhole


class Structure(StructureWhole):
    """The acts, on whatever is selected in the sheet in front."""

    # --- adding --------------------------------------------------------------

    def insert_above(self) -> None:
        rows = self.rows()
        self._insert("before", rows[0] if rows else ())

    def insert_below(self) -> None:
        rows = self.rows()
        self._insert("after", rows[-1] if rows else ())

    def column_before(self) -> None:
        self._insert_column("before")

    def column_after(self) -> None:
        self._insert_column("after")

    def _insert_column(self, side: Literal["before", "after"]) -> None:
        columns = self.columns()
        if columns:
            self._insert(side, columns[0 if side == "before" else -1])
        elif self.grid.deal_source.container[:1] == ("tables",):
            self.add((*self.grid.deal_source.container[:2], "columns"))
        else:
            self._say("Only tables have columns of their own.", "Open a table on the Terms sheet.")

    def _insert(self, side: Literal["before", "after"], near: Path) -> None:
        if (not near or self.window.panel.own_rows) and self.window.panel.row_act("insert"):
            return
        if not self._ready():
            return
        if not near and (first := self.first_below_heading()):
            side, near = "before", first
        container = near[:-1] if near else self.grid.deal_source.container
        if not container:
            self._say("Rows cannot be added on this sheet.")
            return
        if container[-1] == "values":
            span = self.deal.timeline  # its years stand there already
            years = [int(y) for y in self.deal.series[container[1]].values] + [span.start.year, span.end.year]
            year = max(years) + 1 if side == "after" else min(years) - 1
            self._do(lambda: add(self.deal, container, str(year)))
            return
        self.add(container, Anchor(side, near[-1]) if near else None)

    def add_term(self) -> None:
        self._add_of("terms")

    def add_line(self) -> None:
        self._add_of("lines")

    def add_output(self) -> None:
        self._add_of("outputs")

    def add_check(self) -> None:
        self._add_of("checks")

    def _add_of(self, section: str) -> None:
        """A new entry of a sheet, wherever the user is now: beside the selected row if it is of that kind."""
        if not self._ready():
            return
        self.window.show_sheet_of(section)
        rows = [path for path in self.rows() if path[0] == section and len(path) == 2]
        self.add((section,), Anchor("after", rows[-1][1]) if rows else None)

    def duplicate_rows(self) -> None:
        """The selected rows; where whole columns of a table are selected, those."""
        if self.window.panel.row_act("duplicate"):
            return
        self.duplicate(self.whole_columns() or self.rows())

    def duplicate(self, paths: Sequence[Path]) -> None:
        if not paths:
            self._say(NOTHING_HERE)
        elif self._ready():
            self._do(lambda: duplicate(self.deal, *paths))

    # --- taking away ---------------------------------------------------------

    def delete_rows(self) -> None:
        """The selected rows; where whole columns of a table are selected, those."""
        if self.window.panel.row_act("delete"):
            return
        self.delete(self.whole_columns() or self.rows())

    def delete_columns(self) -> None:
        self.delete(self.columns())

    def delete(self, paths: Sequence[Path]) -> None:
        """At once where nothing uses them; else say by whom first."""
        if not paths:
            self._say(NOTHING_HERE)
            return
        if not self._ready():
            return
        problems = self.carry_out(lambda: delete(self.deal, *paths))
        if problems:
            self._ask_to_delete(paths, problems[0])

    def _ask_to_delete(self, paths: Sequence[Path], problem: Problem) -> None:
        note = "Formulas that read it become errors until they are changed; cards, charts and overrides go with it."

        def anyway() -> None:
            self._do(lambda: delete(self.deal, *paths, force=True), force=True)

        InPlace.question(
            self.window,
            self.grid,
            self._rect(),
            problem.what[0].upper() + problem.what[1:],
            "Delete anyway",
            anyway,
            note,
        )

    # --- moving --------------------------------------------------------------

    def move_up(self) -> None:
        self._move(-1)

    def move_down(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        rows = self.rows()
        if not rows:
            self._say(NOTHING_HERE)
        elif self._ready():
            at = self.beyond(by)
            if at is not None:
                self._moved(rows, at)
            else:
                self.window.session.told.emit(self.edge(by))

    def edge(self, by: int, what: str = "") -> str:
        """Why something cannot go further."""
        many = len(self.columns() if what else self.rows()) > 1
        place = f"{'first' if by < 0 else 'last'} {what}{'s' if what and many else ''}".strip()
        return f"{'These are' if many else 'This is'} the {place} already."

    def beyond(self, by: int) -> Anchor | None:
        """The next place for the selected rows, above or below them; None at the end."""
        rows, grid = self.rows(), self.grid
        source, shown = grid.deal_source, grid.navigator.shown
        places = [row for row in shown if source.entry(row) in rows]
        beyond = [row for row in shown if (row < places[0] if by < 0 else row > places[-1])]
        crossed = False
        for row in reversed(beyond) if by < 0 else beyond:
            path = source.entry(row)
            if path[:-1] == rows[0][:-1] and path:
                return Anchor("before" if (by < 0) != crossed else "after", path[-1])
            crossed = crossed or grid.grid_model.rows[row].kind == "section"
        return None

    def _moved(self, paths: Sequence[Path], at: Anchor) -> None:
        """Move, and keep what was selected selected."""
        problems = self.carry_out(lambda: move(self.deal, paths, at), go=False)
        if problems:
            self.grid.complain(problems)
        else:
            self.select(paths)

    def column_left(self) -> None:
        self._move_column(-1)

    def column_right(self) -> None:
        self._move_column(1)

    def _move_column(self, by: int) -> None:
        paths = self.columns()
        if not paths or not self._ready():
            return
        at = self.column_beyond(by)
        if at is None:
            self.window.session.told.emit(self.edge(by, "column"))
            return
        row = (self.grid.current or (0, 0))[0]
        problems = self.carry_out(lambda: move(self.deal, paths, at), go=False)
        if problems:
            self.grid.complain(problems)
        elif (col := self.grid.grid_model.column_of(paths[0][-1])) is not None and self.grid.grid_model.rows:
            self.grid.go_to(row, col)

    def column_beyond(self, by: int) -> Anchor | None:
        """The next place for the selected columns; None at the end."""
        paths = self.columns()
        keys = list(self.deal.tables[paths[0][1]].columns)
        at = keys.index(paths[0][-1]) - 1 if by < 0 else keys.index(paths[-1][-1]) + 1
        return Anchor("before" if by < 0 else "after", keys[at]) if 0 <= at < len(keys) else None

    def indent(self) -> None:
        self._indent(1)

    def outdent(self) -> None:
        self._indent(-1)

    def _indent(self, by: int) -> None:
        rows = self.rows()
        if self.columns():
            self._move_column(by)
        elif not rows or rows[0][0] != "lines":
            self._say("Only lines of the schedule can be indented.")
        elif self._ready():
            edit = self.indented(by)
            if edit.puts:
                self._do(lambda: edit, go=False)
            else:
                self.window.session.told.emit(self.margin(by))

    def indented(self, by: int) -> Edit:
        return indent(self.deal, [path[-1] for path in self.rows()], by)

    def margin(self, by: int) -> str:
        """Why lines go no further in or out."""
        many = len(self.rows()) > 1
        if by > 0:
            return f"{'These lines are' if many else 'This line is'} indented as far as it goes."
        return f"{'These lines stand' if many else 'This line stands'} at the margin already."
