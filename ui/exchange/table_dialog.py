"""A table from a file or the clipboard on its way into a series or table: columns matched, rows looked at, then brought in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSplitter, QWidget

from model.deal import Deal
from model.edits import Edit
from model.fields.number_formats import show_text
from model.layers import View
from model.problems import Problem, Refused
from model.tables_in import MAX_NEW, Grid, Preview, Proposal, apply, preview, propose
from ui import theme as themes
from ui.exchange import parts
from ui.exchange.table_source import MatchSource, PreviewSource
from ui.exchange.tick_dialog import TickDialog
from ui.grid.view import GridView
from ui.panels.chips import FlowLayout
from ui.slots import guarded
from ui.wording import counted

_MODES = (("Update and add", "update"), ("Only add", "append"), ("Replace all", "replace"))
_DECIMALS = (("as the column shows", ""), ("point: 1,234.5", "."), ("comma: 1.234,5", ","))
_ORDERS = (("as the column shows", ""), ("day first: 31/12/2026", "dmy"), ("month first: 12/31/2026", "mdy"))
CLIPBOARD = "the clipboard"
_HEADS = 20
_MATCH_ROWS = 6
_AT_ONCE = 5_000  # cells that are read while the eye blinks; more go to a worker


@guarded
class TableDialog(TickDialog):
    """``take`` gets the edit when the button is pressed and returns problems, or none; ``reread`` gives the grid of
    another sheet of the same workbook. Where ``target`` is "", the best one is looked for."""

    def __init__(
        self,
        deal: Deal,
        view: View,
        grid: Grid,
        target: str,
        take: Callable[[Edit], tuple[Problem, ...]],
        reread: Callable[[str], Grid] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self.deal, self.view, self.source_grid = deal, view, grid
        self.rows = PreviewSource(deal)
        super().__init__(self.rows, "Rows", "Bring in", 1160, 2, parent)
        self._take, self._reread = take, reread
        self._header: int | None = None
        self.proposal: Proposal | None = None
        self.setWindowTitle(f"Import a table from {show_text(grid.name)}")
        self.notes = parts.quiet(self)
        self.match = MatchSource(deal)
        self.match.on_match = self._matched
        self.match_grid = GridView(self.match, self, "Columns")
        self.match_grid.setObjectName("framed")
        self.row_grid = self.ticks
        self.row_grid.ticks_changed.connect(self._ticked)
        self.row_grid.current_changed.connect(lambda *_: self._show_row())
        self.job_bar.cancelled.connect(self._cancelled)
        self._lay_out(target)
        self._propose()

    def _lay_out(self, target: str) -> None:
        column = self.column
        column.addWidget(self.title)
        form = QWidget(self)
        flow = FlowLayout(form, 8)
        flow.setContentsMargins(0, 0, 0, 0)
        targets = [(f"Series: {show_text(s.label)}", key) for key, s in self.deal.series.items()]
        targets += [(f"Table: {show_text(t.label)}", key) for key, t in self.deal.tables.items()]
        self.target_box = self._choice(flow, "Into", targets, self._propose)
        self.target_box.setCurrentIndex(self.target_box.findData(target))
        sheets = [(show_text(name), name) for name in self.source_grid.sheets]
        self.sheet_box = self._choice(flow, "Sheet", sheets, self._other_sheet, len(sheets) > 1)
        self.sheet_box.setCurrentIndex(max(0, self.sheet_box.findData(self.source_grid.sheet)))
        self.head_box = self._choice(flow, "Headings", [("found", None)], self._other_header)
        self.mode_box = self._choice(flow, "Rows", list(_MODES), self._look)
        self.decimal_box = self._choice(flow, "Decimal", list(_DECIMALS), self._look)
        self.order_box = self._choice(flow, "Dates", list(_ORDERS), self._look)
        column.addWidget(form)
        column.addWidget(self.notice)
        split = QSplitter(Qt.Orientation.Vertical, self)
        split.setChildrenCollapsible(False)
        split.addWidget(self.match_grid)
        split.addWidget(self.row_grid)
        split.setStretchFactor(1, 1)
        split.setHandleWidth(8)
        self._split = split
        self._share()
        column.addWidget(split, 1)
        column.addWidget(self.detail)
        column.addWidget(self.notes)
        column.addWidget(self.job_bar)
        self.last_row()
        choices = self.target_box, self.sheet_box, self.head_box, self.mode_box, self.decimal_box, self.order_box
        self.tab_order(*choices, self.match_grid)

    def _share(self) -> None:
        """Room for the columns of the source; the rest is for its rows."""
        rows = min(self.source_grid.width, _MATCH_ROWS)
        match = themes.HEADER_HEIGHT + (rows + 1) * themes.ROW_HEIGHT
        self._split.setSizes([match, max(400, self._split.height() - match)])

    def _choice(
        self, flow: FlowLayout, name: str, items: list, then: Callable[[], None], shown: bool = True
    ) -> QComboBox:
        """A labelled choice; ``then`` is called when a person chooses."""
        pair = QWidget(self)
        row = QHBoxLayout(pair)
        row.setContentsMargins(0, 0, 4, 0)
        row.setSpacing(6)
        label = QLabel(name, pair)
        label.setProperty("muted", True)
        box = QComboBox(pair)
        box.setAccessibleName(name)
        for text, data in items:
            box.addItem(text, data)
        box.activated.connect(lambda _: then())
        row.addWidget(label)
        row.addWidget(box)
        flow.addWidget(pair)
        pair.setVisible(shown)
        return box

    # --- from the choices to the rows --------------------------------------------

    @property
    def target(self) -> str:
        return str(self.target_box.currentData())

    def _other_sheet(self) -> None:
        reread, sheet = self._reread, str(self.sheet_box.currentData())
        if reread is not None:
            self._wait()
            self.work("sheet", lambda _: reread(sheet), self._show_sheet, f"Reading the sheet {show_text(sheet)} …")

    def _show_sheet(self, grid: Grid) -> None:
        self.source_grid, self._header = grid, None
        self._share()
        self._propose()

    def _other_header(self) -> None:
        self._header = self.head_box.currentData()
        self._propose()

    def _propose(self) -> None:
        """Match the columns anew."""
        deal, grid = self.deal, self.source_grid
        kind = "series" if self.target in deal.series else "table"
        item = deal.series.get(self.target) or deal.tables[self.target]
        name = "The copied cells" if grid.name == CLIPBOARD else f"“{show_text(grid.name)}”"
        self.title.setText(f"{name} into the {kind} “{show_text(item.label)}”")
        kinds = {c.kind for c in deal.tables[self.target].columns.values()} if kind == "table" else {"money"}
        if (pair := self.order_box.parentWidget()) is not None:
            pair.setVisible("date" in kinds)
        try:
            self.proposal = propose(deal, grid, self.target, self._header)
        except Refused as refused:
            self.proposal = None
            self._offer_heads(0)
            self._show(None)
            self.say(refused.problems)
            return
        self._offer_heads(self.proposal.first)
        self._look()

    def _offer_heads(self, first: int) -> None:
        """The rows in which headings may stand."""
        box, grid = self.head_box, self.source_grid
        box.clear()
        box.addItem(f"found in row {grid.first_row + first - 1}" if first else "none found", None)
        for i, row in enumerate(grid.rows[:_HEADS]):
            text = " · ".join(str(v) for v in row if v is not None)[:28]
            box.addItem(f"row {grid.first_row + i}: {show_text(text)}", i)
        box.addItem("no headings", -1)
        box.setCurrentIndex(max(0, box.findData(self._header)) if self._header is not None else 0)

    def _matched(self, index: int, to: str) -> None:
        if self.proposal is not None:
            self.proposal = self.proposal.matched(index, to)
            self._look()

    def _look(self) -> None:
        """Read every cell as it would come in."""
        proposal = self.proposal
        if proposal is None:
            return
        read = partial(
            preview, self.deal, self.view, self.source_grid, proposal, self.decimal_box.currentData(),
            self.order_box.currentData(), self.mode_box.currentData(),
        )  # fmt: skip
        self.drop("preview")
        if len(self.source_grid.rows) * max(1, len(proposal.columns)) > _AT_ONCE:
            self._wait()
            self.work("preview", lambda progress: read(progress=progress), self._looked, "Reading the rows …")
            return
        try:
            self._looked(read())
        except Refused as refused:
            self._show(None)
            self.say(refused.problems)

    def _wait(self) -> None:
        """Nothing can be brought in before it has been read."""
        self._show(None)
        self.tell("")

    def _cancelled(self) -> None:
        self.tell("Reading was cancelled. Choose anything above to read again.")

    def _looked(self, shown: Preview) -> None:
        self._show(shown)
        asks = [show_text(text) for text in shown.units]
        if shown.asks_decimal:
            asks.append(
                "Some numbers read differently with a decimal point and a decimal comma: choose under “Decimal”."
            )
        if shown.asks_order:
            asks.append("Some dates can be read in two ways: choose under “Dates”.")
        if (new := sum(row.is_new for row in shown.rows)) > MAX_NEW:
            asks.append(f"{new:,} rows would be new; up to {MAX_NEW:,} can come in at once.")
        if shown.removed:
            names = ", ".join(f"“{show_text(label)}”" for _, label in shown.removed[:4])
            more = f" and {len(shown.removed) - 4} more" if len(shown.removed) > 4 else ""
            asks.append(f"Taken out, because the file does not list them: {names}{more}.")
        self.tell(" ".join(asks))

    def _show(self, shown: Preview | None) -> None:
        self.match.grid, self.match.proposal = self.source_grid, self.proposal
        across = self.proposal is not None and self.proposal.across
        self.match_grid.setVisible(not across)
        self.match_grid.reset_source()
        self.rows.set_preview(shown)
        self.row_grid.reset_source()
        said = [show_text(n) for n in shown.notes] if shown is not None else []
        if across and self.proposal is not None:
            grid, found = self.source_grid, self.proposal
            said.insert(0, f"Years run across in row {grid.first_row + found.year_row}; the values stand in row {grid.first_row + found.value_row}: {found.reason}.")  # fmt: skip
        self.notes.setText(" ".join(said))
        self.notes.setVisible(bool(said))
        self._ticked()
        self._show_row()

    def _show_row(self) -> None:
        here = self.row_grid.current
        known = here is not None and here[0] < len(self.row_grid.grid_model.rows)
        self.detail.setPlainText(self.rows.full(here[0]) if known and here is not None else "")

    def _ticked(self) -> None:
        rows = self.rows.chosen
        gone = len(self.rows.shown.removed) if self.rows.shown is not None else 0
        self.take_button.setEnabled(bool(rows) or bool(gone))
        self.take_button.setText(f"Bring in {counted(len(rows), 'row')}" if rows else "Bring in")

    def showEvent(self, event: object) -> None:
        super().showEvent(event)
        if not self.row_grid.grid_model.rows:  # columns are to be matched first
            self.match_grid.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- acts ------------------------------------------------------------------------

    def take(self) -> None:
        """Bring in what is ticked; where that is refused the dialog stays and says why."""
        shown = self.rows.shown
        if shown is None or not self.take_button.isEnabled():
            return
        try:
            edit = apply(self.deal, self.view, replace(shown, rows=tuple(self.rows.chosen)))
            problems = self._take(edit)
        except Refused as refused:
            problems = refused.problems
        if problems:
            self.say(problems)
        else:
            self.accept()
