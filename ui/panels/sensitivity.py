"""The Sensitivity sheet: each term that has a range alone at its low and its high, as a tornado and as a table; and all of
them drawn together, in ``simulation``.

Worked out on a worker. Where that is quick it follows every change of the deal; where it is slow the sheet says that its
figures are out of date, and waits to be asked.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from model.engine import Calc
from model.fields import field_for
from model.whatif.ranges import varies, watched
from model.whatif.sensitivity import Sensitivity, sensitivity
from ui.jobs import Progress
from ui.panels.base import EmptyHint, SheetGrid, SheetPanel
from ui.panels.chips import Chips
from ui.panels.selector import Selector
from ui.panels.sensitivity_source import SORTS, SensitivitySource
from ui.panels.simulation import SimulationPart
from ui.panels.tornado_chart import TornadoChart
from ui.panels.work_bar import WorkBar
from ui.session import ChangeSet, DealSession
from ui.targets import target_of
from ui.wording import sentence

PARTS: Final = ("One at a time", "Simulation")
_TIPS = ("Each term alone at its low and its high", "All terms drawn at random within their ranges, many times")
_EMPTY = (
    "How far each uncertain term moves a result stands here: a tornado, the strongest term on top, and what many draws of all "
    "of them give.\nGive a term a low and a "
    "high value (Terms, the Range column, such as 8 % – 12 %); one output must be a number or a date."
)
QUICK: Final = 0.4  # seconds: up to this the figures follow every change


class SensitivityPanel(SheetPanel):
    title = "Sensitivity"

    def __init__(self, session: DealSession, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.quick = QUICK
        self._took = 0.0
        self._of: Calc | None = None  # the run that the figures shown belong to
        self._asked: Calc | None = None  # the run that they were last worked out for
        self.source = SensitivitySource(session)
        self.chips = Chips("Part of the sensitivity", self)
        self.chips.set_texts(PARTS, _TIPS)
        self.chips.chosen.connect(self._choose)
        self.outer.addWidget(self.chips)
        self.simulation = SimulationPart(session, QUICK, self)
        page = QWidget(self)
        both = QVBoxLayout(page)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(0)
        both.addWidget(self._bar(page))
        self.chart = TornadoChart(session.told.emit)
        self.chart.clicked.connect(lambda term: self.go_wanted.emit(target_of(session.deal, term)))
        area = QScrollArea(page)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self.chart)
        split = QSplitter(Qt.Orientation.Vertical, page)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        split.addWidget(area)
        self._grid = self.add_grid(self.source, "Sensitivity", split)
        self._grid.current_changed.connect(lambda *_: self.chart.mark(self._grid.target().key))
        self._grid.activated.connect(lambda _: self.go_wanted.emit(self._grid.target()))
        split.addWidget(self._grid)
        split.setSizes([200, 320])
        split.setStretchFactor(1, 1)
        tornado = QWidget(page)
        column = QVBoxLayout(tornado)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(split, 1)
        self.job_bar = WorkBar(tornado)
        self.job_bar.cancelled.connect(self._cancelled)
        column.addWidget(self.job_bar)
        self._parts = QStackedWidget(page)
        self._parts.addWidget(tornado)
        self._parts.addWidget(self.simulation)
        both.addWidget(self._parts, 1)
        self._drawn = self.add_grid(self.simulation.source, "Simulation", self.simulation.split)
        self.simulation.take_grid(self._drawn)
        self.simulation.told.connect(self._say)
        self.simulation.term_wanted.connect(lambda term: self.go_wanted.emit(target_of(session.deal, term)))
        self._stack = QStackedWidget(self)
        self._stack.addWidget(page)
        self._stack.addWidget(EmptyHint(_EMPTY))
        self.outer.addWidget(self._stack, 1)
        self.show_part(PARTS[0])

    def _bar(self, parent: QWidget) -> QWidget:
        bar = QWidget(parent)
        bar.setObjectName("chips")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(8)
        self.output_box = Selector("Output", bar)
        self.output_box.chosen.connect(self.show_output)
        self.sort_box = Selector("Sorted by", bar)
        self.sort_box.set_choices([(key, label, "") for key, label in SORTS], self.source.sort)
        self.sort_box.chosen.connect(self.sort_by)
        self.said = QLabel(bar)
        self.said.setProperty("muted", True)
        self.said.setWordWrap(True)
        self.again = QToolButton(bar)
        self.again.setText("Update")
        self.again.setToolTip("Work it out again for the deal as it is now")
        self.again.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.again.clicked.connect(lambda: self.simulation.run() if self._simulating else self.update_figures())
        self.again.hide()
        row.addWidget(self.output_box)
        row.addWidget(self.sort_box)
        row.addWidget(self.simulation.inputs)
        row.addWidget(self.said, 1)
        row.addWidget(self.again)
        return bar

    @property
    def _simulating(self) -> bool:
        return self._parts.currentIndex() == 1

    @property
    def grid(self) -> SheetGrid:
        return self._drawn if self._simulating else self._grid

    def grids(self) -> Iterable[SheetGrid]:
        return (self._grid, self._drawn)

    def regions(self) -> list[QWidget]:
        """More parts of this sheet for F6."""
        return [self.output_box, self.simulation.chart if self._simulating else self.chart]

    def show_part(self, name: str) -> SheetGrid:
        """“One at a time” or “Simulation”."""
        index = PARTS.index(name)
        self._parts.setCurrentIndex(index)
        self.chips.set_current(index)
        self.sort_box.setVisible(index == 0)
        self.simulation.inputs.setVisible(index == 1)
        self._follow()
        return self.grid

    def _choose(self, index: int) -> None:
        self.show_part(PARTS[index]).setFocus()
        self.target_changed.emit()

    def step(self, by: int) -> None:
        self._choose((self._parts.currentIndex() + by) % len(PARTS))

    # --- what is shown -------------------------------------------------------

    @property
    def stale(self) -> bool:
        """Whether the figures belong to an earlier state of the deal."""
        return self._of is not None and self._of is not self.session.calc

    def show_output(self, key: str) -> None:
        """Show the tornado of another output."""
        self.source.output = key
        self._show()

    def sort_by(self, key: str) -> None:
        """Order bars and rows: one of the keys of ``SORTS``."""
        self.source.sort = key
        self.sort_box.set_choices([(k, label, "") for k, label in SORTS], key)
        self._show()

    def _show(self) -> None:
        deal, source = self.session.deal, self.source
        self._choose_output()
        if list(source.columns()) != self._grid.grid_model.columns or list(source.rows()) != self._grid.grid_model.rows:
            self._grid.reset_source()
        else:
            self._grid.grid_model.refresh()
        if (one := source.tornado) is not None:
            bars = source.bars()
            terms = {b.term: (deal.terms[b.term].label, field_for(deal.terms[b.term], deal.unit)) for b in bars}
            self.chart.show_tornado(one, bars, source.field, deal.outputs[source.output].label, terms)
        self._say()

    def _choose_output(self) -> None:
        """What the selector offers, and the one that both parts show."""
        deal, source = self.session.deal, self.source
        if self._simulating:  # the tornados may be those of an earlier state of the deal, or none at all
            keys = watched(self.session.calc)
        else:
            keys = [one.output for one in source.found.tornados if one.output in deal.outputs] if source.found else []
        if source.output not in keys:  # begin with one that there is something to see of
            moved = {one.output for one in source.found.tornados if one.largest} if source.found else set()
            source.output = next((key for key in keys if key in moved), keys[0] if keys else "")
        self.output_box.set_choices([(k, deal.outputs[k].label, deal.outputs[k].note) for k in keys], source.output)
        if self._simulating:
            self.simulation.show_output(source.output)

    def _say(self) -> None:
        """Whether the figures are those of the deal as it is, and what was left out."""
        if self._simulating:
            text, bad = self.simulation.words()
            self._tell(text, bad=bad)
            self.again.setVisible(self.simulation.waiting and not bad)
            return
        waiting = self.stale and self.job_bar.job is None
        self.chart.set_stale(self.stale)
        self.again.setVisible(waiting)
        if waiting:
            self._tell("Out of date: the deal has changed.")
            return
        remarks = self.source.found.remarks if self.source.found else ()
        self._tell("  ".join(sentence(problem.what) for problem in remarks[:2]))
        self.said.setToolTip("\n".join(sentence(problem.what) for problem in remarks))

    def _tell(self, text: str, *, bad: bool = False) -> None:
        self.said.setText(text)
        self.said.setToolTip(text)
        if bool(self.said.property("refused")) != bad:
            self.said.setProperty("refused", bad)
            self.said.setProperty("muted", not bad)
            self.said.style().unpolish(self.said)
            self.said.style().polish(self.said)

    # --- working it out ------------------------------------------------------

    def update_figures(self) -> None:
        """Work it out for the deal as it is, in the background; what was going on is dropped."""
        self.job_bar.drop()
        calc = self._asked = self.session.calc
        possible = varies(calc)
        self._arrange(possible)
        if not possible:
            self.simulation.job_bar.drop()
            return
        if self.source.found is None:
            self.chart.say("Working out what each term moves…")
        wanted = watched(calc)

        def work(progress: Progress) -> tuple[Sensitivity, float]:
            began = time.perf_counter()
            return sensitivity(calc, of=wanted, progress=progress), time.perf_counter() - began

        title, failed = "Moving each term to its low and its high", "The sensitivity could not be worked out."
        self.job_bar.begin(title, work, lambda result: self._done(calc, *result), self._refused, failed)

    def _done(self, calc: Calc, found: Sensitivity, took: float) -> None:
        self._took, self._of, self.source.found = took, calc, found
        self._show()

    def _refused(self, why: str) -> None:
        self.source.found = None
        self._show()
        self.chart.say(why)

    def _cancelled(self) -> None:
        """What is shown, if anything, is not the deal as it is: offer to work it out again."""
        if self.source.found is None:
            self.chart.say("Cancelled.")
        self._say()
        if not self._simulating:
            self.again.show()

    def sync(self, changes: ChangeSet) -> None:
        self._follow()

    def _follow(self) -> None:
        """The part in front follows the deal where that is quick, else says that its figures are out of date. The other
        one waits until it is seen."""
        calc = self.session.calc
        going = self.job_bar.job is not None and self._asked is calc
        if self._simulating and varies(calc):
            self._arrange(True)
            if not going:
                self.job_bar.drop()
            self._choose_output()
            self.simulation.follow()
        elif self._of is not calc and not going:
            self._show()
            if self._took <= self.quick or self._of is None or not varies(calc):
                self.update_figures()
        self._say()

    def _arrange(self, possible: bool) -> None:
        """Either there is something to vary and to watch, or what to do about it is said."""
        self._stack.setCurrentIndex(0 if possible else 1)
        self.chips.setVisible(possible)
