"""The Terms sheet: every input of the deal with its class, source, range and note."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from ui.panels.base import OrEmpty, SheetGrid, SheetPanel
from ui.panels.chips import Chips
from ui.panels.deal_source import DealSource
from ui.panels.terms_source import SeriesSource, TableSource, TermsSource
from ui.session import ChangeSet, DealSession
from ui.targets import DOCUMENT, Target
from ui.wording import wrapped

_EMPTY = {
    "terms": "Terms are the facts and assumptions of the deal.\nThis deal has none yet: add one with Insert ▸ Term, or "
    "begin with a template (File ▸ New from template).",
    "series": "Values by calendar year belong here.",
    "table": "This table has no records yet.\nInsert ▸ Row below (Ctrl+Return) adds the first; a right click on a heading changes the columns.",
    "parties": "Nobody is party to this deal yet.\nInsert ▸ Row below (Ctrl+Return) adds the first.",
    "deal": "",
}


class TermsPanel(SheetPanel):
    """Scalars, series and tables, one grid each, switched at the top."""

    title = "Terms"
    part_menu_wanted = Signal(tuple, QPoint)  # entry of the document, where on screen
    more_wanted = Signal(QPoint)

    def __init__(self, session: DealSession, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.chips = Chips("Part of the terms", self)
        self.chips.offer_more("Another table, series or party")
        self.chips.chosen.connect(self._choose)
        self.chips.menu_wanted.connect(lambda i, at: self.part_menu_wanted.emit(self._entry(self._names[i]), at))
        self.chips.plus_wanted.connect(self.more_wanted)
        self._stack = QStackedWidget(self)
        self._names: list[str] = []
        self._pages: dict[str, tuple[SheetGrid, QWidget]] = {}
        self.outer.addWidget(self.chips)
        self.outer.addWidget(self._stack, 1)
        self._arrange()
        self.show_part("terms")

    def _arrange(self) -> None:
        deal = self.session.deal
        labels = {"terms": ("Terms", "Single values")}
        if deal.series:
            labels["series"] = ("By year", ", ".join(s.label for s in deal.series.values()))
        labels.update((f"table:{key}", (table.label, wrapped(table.note))) for key, table in deal.tables.items())
        if deal.parties:
            labels["parties"] = ("Parties", "Who is party to the deal")
        labels["deal"] = ("The deal", "Title, unit, span of the schedule, whose view")
        self._names = list(labels)
        self.chips.set_texts([text for text, _ in labels.values()], [tip for _, tip in labels.values()])
        for name in [n for n in self._pages if n not in labels]:
            _, page = self._pages.pop(name)
            self._stack.removeWidget(page)
            page.hide()
            page.deleteLater()

    def show_part(self, name: str) -> SheetGrid:
        """Bring one grid to the front, made when first needed."""
        if name not in self._pages:
            kind, _, table = name.partition(":")
            source = TableSource(self.session, table) if table else self._source(kind)
            grid = self.add_grid(source, self.chips_text(name))
            page = OrEmpty(grid, _EMPTY[kind], self, beneath=kind in ("table", "parties"))
            self._pages[name] = grid, page
            self._stack.addWidget(page)
            self.grid_made.emit(grid)
        self._stack.setCurrentWidget(self._pages[name][1])
        self.chips.set_current(self._names.index(name))
        return self._pages[name][0]

    def _source(self, kind: str) -> DealSource:
        if kind in ("parties", "deal"):
            from ui.panels.document_source import DocumentSource, PartiesSource

            return PartiesSource(self.session) if kind == "parties" else DocumentSource(self.session)
        return SeriesSource(self.session) if kind == "series" else TermsSource(self.session)

    @staticmethod
    def _entry(name: str) -> tuple[str, ...]:
        """The entry of the document that a part shows, where it is one."""
        kind, _, table = name.partition(":")
        return ("tables", table) if table else (kind,)

    def chips_text(self, name: str) -> str:
        table = name.partition(":")[2]
        names = {"series": "Values by year", "parties": "Parties", "deal": "The deal"}
        return self.session.deal.tables[table].label if table else names.get(name, "Terms")

    def _choose(self, index: int) -> None:
        if not self.entered():
            self.chips.set_current(self._names.index(self.part))
            return
        self.show_part(self._names[index]).setFocus()
        self.target_changed.emit()

    def step(self, by: int) -> None:
        """The next or previous part."""
        names = self._names
        self._choose((names.index(self.part) + by) % len(names))

    @property
    def part(self) -> str:
        """Which grid is in front."""
        page = self._stack.currentWidget()
        return next((name for name, (_, own) in self._pages.items() if own is page), "terms")

    @property
    def grid(self) -> SheetGrid:
        return self._pages[self.part][0]

    def grids(self) -> Iterable[SheetGrid]:
        return [grid for grid, _ in self._pages.values()]

    def show_target(self, target: Target) -> bool:
        deal = self.session.deal
        key = target.key.partition(".")[0]
        if target.path[:1] == ("parties",) or target.key == DOCUMENT:
            name = "parties" if target.key != DOCUMENT else "deal"
        else:
            name = "terms" if key in deal.terms else "series" if key in deal.series else f"table:{key}"
        if name not in self._names:
            return False
        grid = self.show_part(name)
        place = grid.deal_source.find(target)
        if place is None:
            return False
        grid.go_to(*place)
        return True

    def sync(self, changes: ChangeSet) -> None:
        if changes.structure:
            front = self.part
            self._arrange()
            self.show_part(front if front in self._names else "terms")
        super().sync(changes)
