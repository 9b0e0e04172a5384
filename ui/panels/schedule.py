"""The Schedule sheet: the lines over the periods, and their charts beneath."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from ui.charts import ChartStrip
from ui.panels.base import OrEmpty, SheetGrid, SheetPanel
from ui.panels.schedule_source import ScheduleSource
from ui.session import ChangeSet, DealSession
from ui.targets import Target, target_of

_EMPTY = (
    "The schedule computes every line of the deal over its periods.\nThis deal has no lines yet: "
    "add one with Insert ▸ Line, or begin with a template (File ▸ New from template)."
)


class SchedulePanel(SheetPanel):
    title = "Schedule"
    has_helpers = True

    def __init__(self, session: DealSession, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.source = ScheduleSource(session)
        self._grid = self.add_grid(self.source, "Schedule")
        self.splitter = QSplitter(Qt.Orientation.Vertical, self)
        self.splitter.setHandleWidth(1)
        self.splitter.addWidget(OrEmpty(self._grid, _EMPTY))
        self.charts = ChartStrip(session)
        self.charts.clicked.connect(self._chart_clicked)
        self.splitter.addWidget(self.charts)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self.splitter.setCollapsible(0, False)
        self.splitter.setSizes([440, 200])
        self.outer.addWidget(self.splitter, 1)
        self.charts.setVisible(bool(session.deal.charts))
        first = next((key for key in self.source.line_keys()), None)
        if first is not None:
            super().show_target(target_of(session.deal, first, 0))

    @property
    def grid(self) -> SheetGrid:
        return self._grid

    def regions(self) -> list[QWidget]:
        return [self.charts]

    @property
    def helpers_shown(self) -> bool:
        return self.source.show_helpers

    def show_helpers(self, shown: bool) -> None:
        """Helper lines are workings: there for whoever asks."""
        if shown != self.source.show_helpers:
            self.source.show_helpers = shown
            self._grid.reset_source()

    def show_target(self, target: Target) -> bool:
        line = self.session.deal.lines.get(target.key)
        if line is not None and line.style == "helper":
            self.show_helpers(True)
        return super().show_target(target)

    def sync(self, changes: ChangeSet) -> None:
        super().sync(changes)
        deal = self.session.deal
        if any(key.startswith("event:") for key in changes.moved):
            self._grid.grid_model.rows = list(self.source.rows())  # the flags are read together with the rows
            self._grid.grid_model.refresh([0])
        self.charts.setVisible(bool(deal.charts))
        self.charts.sync(changes)

    def _chart_clicked(self, key: str, period: int) -> None:
        self.show_target(target_of(self.session.deal, key, period))
        self._grid.setFocus()
