"""The simulation of the Sensitivity sheet: one output over many draws, as a histogram and a table, worked out on a worker.

Where that is quick it follows every change of the deal; else its figures are paler until they are asked for again.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QLineEdit, QSplitter, QVBoxLayout, QWidget

from model.engine import Calc
from model.fields import IntegerField
from model.problems import Problem, Refused
from ui import theme as themes
from ui.jobs import Progress
from ui.panels.base import SheetGrid
from ui.panels.histogram_chart import HistogramChart
from ui.panels.simulation_source import TERM, SimulationSource
from ui.panels.work_bar import WorkBar
from ui.session import DealSession
from ui.slots import guarded
from ui.wording import sentence

if TYPE_CHECKING:  # it needs numpy, which only the worker imports
    from model.whatif.simulate import Simulation

DRAWS: Final = 5_000
SEED: Final = 1


class Asked(NamedTuple):
    """What a simulation belongs to."""

    calc: Calc
    output: str
    draws: int
    seed: int

    def same(self, other: Asked | None) -> bool:
        """Whether the other one gives the same figures. Runs are compared by identity."""
        return other is not None and self.calc is other.calc and self[1:] == other[1:]


class WholeLine(QLineEdit):
    """A whole number to type, told when it was entered; a refused text stays."""

    entered = Signal()

    def __init__(self, name: str, value: int, width: str, tip: str) -> None:
        super().__init__(f"{value:,}")
        self.value = value
        self.refusal = ""  # why the text is no number
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFixedWidth(round(QFontMetricsF(themes.ui_font(13)).horizontalAdvance(width)) + 22)
        self.editingFinished.connect(self._entered)

    def _entered(self) -> None:
        before = self.value, self.refusal
        try:
            found = IntegerField().parse(self.text())
            if not isinstance(found, int):
                raise Refused(
                    Problem("", f"“{self.text().strip()}” is not a whole number.", "Write one such as 5,000.")
                )
            self.value, self.refusal = found, ""
            self.setText(f"{found:,}")
        except Refused as refused:
            self.refusal = f"{self.accessibleName()}: {refused.problems[0].what} {refused.problems[0].remedy}".strip()
        if (self.value, self.refusal) != before:
            self.entered.emit()


@guarded
class SimulationPart(QWidget):
    """The page, and ``inputs``: draws and seed, for the bar above it."""

    told = Signal()  # what there is to say has changed
    term_wanted = Signal(str)

    def __init__(self, session: DealSession, quick: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.quick = session, quick
        self.output = ""
        self.refusal = ""
        self._took = 0.0
        self._pressed: tuple[QPoint, str] | None = None
        self._of: Asked | None = None  # what the figures shown belong to
        self.source = SimulationSource(session)
        self.inputs = self._inputs()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.split = QSplitter(Qt.Orientation.Vertical, self)
        self.split.setHandleWidth(1)
        self.split.setChildrenCollapsible(False)
        self.chart = HistogramChart(session.told.emit, self.split)
        self.split.addWidget(self.chart)
        column.addWidget(self.split, 1)
        self.job_bar = WorkBar(self)
        self.job_bar.cancelled.connect(self._cancelled)
        column.addWidget(self.job_bar)

    def _inputs(self) -> QWidget:
        box = QWidget(self)
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.draws = WholeLine("Draws", DRAWS, "1,000,000", "How often the terms are drawn: 1 to 1,000,000")
        self.seed = WholeLine("Seed", SEED, "000000", "The same seed gives the same draws: any whole number from 0")
        for line in (self.draws, self.seed):
            label = QLabel(line.accessibleName(), box)
            label.setProperty("muted", True)
            row.addWidget(label)
            row.addWidget(line)
            line.entered.connect(self.run)
        return box

    def take_grid(self, grid: SheetGrid) -> None:
        """The table, which the sheet makes and wires."""
        self.grid = grid
        self.split.addWidget(grid)
        self.split.setSizes([210, 300])
        self.split.setStretchFactor(1, 1)
        grid.activated.connect(lambda index: self._go(index.row(), index.column()))
        grid.viewport().installEventFilter(self)
        grid.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A click or Enter on the name of a driver goes to its term; in the other columns they do as everywhere."""
        if isinstance(event, QKeyEvent):
            here, enter = self.grid.current, (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if event.type() == QEvent.Type.KeyPress and event.key() in enter and here is not None and here[1] == TERM:
                term = "" if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier else self.source.driver(here[0])
                if term:
                    self.term_wanted.emit(term)
                    return True
            return False
        if isinstance(event, QMouseEvent) and event.button() == Qt.MouseButton.LeftButton:
            spot = event.position().toPoint()
            if event.type() == QEvent.Type.MouseButtonPress:
                index = self.grid.indexAt(spot)
                named = index.isValid() and index.column() == TERM and not event.modifiers()
                self._pressed = (spot, self.source.driver(index.row())) if named else None
            elif event.type() == QEvent.Type.MouseButtonRelease and self._pressed is not None:
                (began, term), self._pressed = self._pressed, None  # the press may have scrolled the row into view
                if term and (spot - began).manhattanLength() < QApplication.startDragDistance():
                    self.term_wanted.emit(term)
        return False

    def _go(self, row: int, col: int) -> None:
        if term := self.source.driver(row, col):
            self.term_wanted.emit(term)

    # --- what is shown -------------------------------------------------------

    @property
    def asked(self) -> Asked:
        """What the figures should belong to."""
        return Asked(self.session.calc, self.output, self.draws.value, self.seed.value)

    @property
    def stale(self) -> bool:
        """Whether the figures belong to an earlier state of the deal, or to something else than is asked for."""
        return self.source.found is not None and not self.asked.same(self._of)

    @property
    def waiting(self) -> bool:
        """Whether there is something to work out that nobody is working out."""
        return self.job_bar.job is None and not self.asked.same(self._of)

    def words(self) -> tuple[str, bool]:
        """What to say above the chart, and whether it is a refusal."""
        if refusal := self.draws.refusal or self.seed.refusal or self.refusal:
            return refusal, True
        if self.waiting and self._of is not None:
            changed = self._of.calc is not self.session.calc
            return ("Out of date: the deal has changed." if changed else "Out of date: cancelled."), False
        remarks = self.source.found.remarks if self.source.found and not self.stale else ()
        return "  ".join(sentence(problem.what) for problem in remarks[:2]), False

    def show_output(self, key: str) -> None:
        """Draw for an output, where that is not what is shown."""
        if key != self.output:
            self.output = key
            self.run()

    def follow(self) -> None:
        """Follow the deal where that is quick, or where nothing was drawn yet."""
        if self.output and not self.asked.same(self._of) and (self._of is None or self._took <= self.quick):
            self.run()
        self._show()

    def _show(self) -> None:
        model, source = self.grid.grid_model, self.source
        if list(source.rows()) != model.rows:
            self.grid.reset_source()
        else:
            model.refresh()
        self._say()

    def _say(self) -> None:
        self.chart.set_stale(self.stale)
        self.told.emit()

    # --- working it out ------------------------------------------------------

    def run(self) -> None:
        """Draw what is asked for, in the background; what was going on is dropped."""
        self.job_bar.drop()
        if not self.output or self.draws.refusal or self.seed.refusal:
            self._say()
            return
        self.refusal = ""
        asked = self.asked
        if self.source.found is None:
            self.chart.say("Drawing the terms…")

        def work(progress: Progress) -> tuple[Simulation, float]:
            from model.whatif.simulate import simulate  # numpy: a quarter of a second that nobody else should wait for

            began = time.perf_counter()
            found = simulate(asked.calc, asked.draws, asked.seed, of=[asked.output], progress=progress)
            return found, time.perf_counter() - began

        title = f"Drawing the terms {self.draws.text()} times"
        failed = "The simulation could not be worked out."
        self.job_bar.begin(title, work, lambda result: self._done(asked, *result), self._refused, failed)
        self._say()

    def _done(self, asked: Asked, found: Simulation, took: float) -> None:
        self._took, self._of, self.source.found, self.refusal = took, asked, found, ""
        if (one := self.source.spread) is not None:
            self.chart.show_spread(one, found.draws, self.source.field, self.session.deal.outputs[one.output].label)
        self._show()

    def _refused(self, why: str) -> None:
        self.refusal = why
        if self.source.found is None:
            self.chart.say("")
        self._say()

    def _cancelled(self) -> None:
        if self.source.found is None:
            self.chart.say("Cancelled.")
        self._say()
