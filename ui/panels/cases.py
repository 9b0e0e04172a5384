"""The Scenarios sheet: every scenario side by side with the probability-weighted values, and the deal's versions."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QWidget

from ui.panels.base import OrEmpty, SheetGrid, SheetPanel
from ui.panels.cases_source import CasesSource, VersionsSource
from ui.panels.chips import Chips
from ui.panels.deal_source import DealSource
from ui.session import ChangeSet, DealSession
from ui.targets import Target

PARTS = ("Scenarios", "Versions")
_EMPTY = (
    "Scenarios stand side by side here, with their probabilities and the weighted value.\n"
    "This deal has none yet: add one with Insert ▸ Scenario (Ctrl+Return here).",
    "Versions are dated, sourced states of the terms: as signed, as amended.\n"
    "This deal has none yet: add one with Insert ▸ Version (Ctrl+Return here).",
)


class CasesPanel(SheetPanel):
    title = "Scenarios"

    def __init__(self, session: DealSession, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.chips = Chips("Part of the scenarios", self)
        self.chips.set_texts(PARTS, ("What might happen, and how likely", "What was agreed, and when it changed"))
        self.chips.chosen.connect(self._choose)
        self.outer.addWidget(self.chips)
        self.source, self.versions_source = CasesSource(session), VersionsSource(session)
        self.bar = QWidget(self)
        self.bar.setObjectName("chips")
        self.bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self.bar)
        row.setContentsMargins(12, 6, 12, 6)
        self.said = QLabel(self.bar)
        self.said.setWordWrap(True)
        row.addWidget(self.said)
        self.outer.addWidget(self.bar)
        self._pages = QStackedWidget(self)
        self._grids: list[SheetGrid] = []
        sources: tuple[DealSource, ...] = (self.source, self.versions_source)
        for source, name, hint in zip(sources, PARTS, _EMPTY, strict=True):
            grid = self.add_grid(source, name)
            grid.activated.connect(lambda _: self._look())
            grid.key_wanted.connect(self._look)
            self._grids.append(grid)
            self._pages.addWidget(OrEmpty(grid, hint, beneath=True))
        self.outer.addWidget(self._pages, 1)
        self.show_part(PARTS[0])

    @property
    def grid(self) -> SheetGrid:
        return self._grids[self._pages.currentIndex()]

    def grids(self) -> Iterable[SheetGrid]:
        return tuple(self._grids)

    def show_part(self, name: str) -> SheetGrid:
        """“Scenarios” or “Versions”."""
        index = PARTS.index(name)
        self._pages.setCurrentIndex(index)
        self.chips.set_current(index)
        self._say()
        return self.grid

    def _choose(self, index: int) -> None:
        if not self.entered():
            self.chips.set_current(self._pages.currentIndex())
            return
        self.show_part(PARTS[index]).setFocus()
        self.target_changed.emit()

    def step(self, by: int) -> None:
        self._choose((self._pages.currentIndex() + by) % len(PARTS))

    def show_target(self, target: Target) -> bool:
        self.show_part(PARTS[target.path[:1] == ("versions",)])
        return super().show_target(target)

    def _look(self) -> None:
        """The scenario or version of the current row becomes the one in view."""
        grid, here = self.grid, self.grid.current
        if here is None or grid.grid_model.columns[here[1]].key != "view":
            return
        if grid.deal_source is self.source:
            if key := self.source.scenario(here[0]):
                self.session.set_view(scenario=key)
        else:
            self.session.set_view(version=self.versions_source.version(here[0]))

    def _say(self) -> None:
        text, good = self.source.said()
        self.said.setText(text if good else f"✗ {text}")
        self.bar.setVisible(bool(self.session.deal.scenarios) and self._pages.currentIndex() == 0)

    def sync(self, changes: ChangeSet) -> None:
        for grid in self._grids:
            source, model = grid.deal_source, grid.grid_model
            if list(source.columns()) != model.columns or list(source.rows()) != model.rows:
                grid.reset_source()
            else:
                model.refresh(flash=not changes.view)
        self._say()
