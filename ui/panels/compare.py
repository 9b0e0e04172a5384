"""The Compare sheet: two versions or scenarios term by term, right by right, and the bridge between two values."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from model.engine import Calc, run
from model.fields import field_for
from model.whatif.bridge import Bridge, bridge
from ui.jobs import Progress
from ui.panels.base import EmptyHint, SheetGrid, SheetPanel
from ui.panels.bridge_chart import BridgeChart
from ui.panels.compare_source import OUTPUT, CompareSource
from ui.panels.selector import Selector
from ui.panels.work_bar import WorkBar
from ui.session import ChangeSet, DealSession
from ui.slots import guarded
from ui.targets import NOTHING, target_of

_PICK = "Select an output that differs: the terms that explain its change stand here."
_EMPTY = (
    "Two versions or two scenarios stand side by side here, term by term.\nThis deal has only one of each so far: add a "
    "[versions.…] or [scenarios.…] section to its file."
)


class Side:
    """One of the two: a version and a scenario."""

    def __init__(self, name: str, panel: QWidget, changed: Callable[[], None]) -> None:
        self.version, self.scenario = "", ""
        self.label = QLabel(name, panel)
        self.version_box = Selector("Version", panel)
        self.scenario_box = Selector("Scenario", panel)
        self._changed = changed
        self.version_box.chosen.connect(lambda key: self.set(version=key))
        self.scenario_box.chosen.connect(lambda key: self.set(scenario=key))

    def set(self, version: str | None = None, scenario: str | None = None) -> None:
        self.version = self.version if version is None else version
        self.scenario = self.scenario if scenario is None else scenario
        self._changed()

    def show(self, session: DealSession) -> None:
        deal = session.deal
        self.version = self.version if self.version in deal.versions else session.view.version
        self.scenario = self.scenario if self.scenario in deal.scenarios else session.view.scenario
        self.version_box.set_choices([(k, v.label, v.note) for k, v in deal.versions.items()], self.version)
        self.scenario_box.set_choices([(k, s.label, s.note) for k, s in deal.scenarios.items()], self.scenario)

    def run(self, session: DealSession) -> Calc:
        view = session.view._replace(version=self.version, scenario=self.scenario)
        return session.calc if view == session.calc.view else run(session.deal, view, session.calc)

    def words(self, session: DealSession) -> str:
        deal = session.deal
        parts = [deal.versions[self.version].label] if self.version in deal.versions else []
        parts += [deal.scenarios[self.scenario].label] if self.scenario in deal.scenarios else []
        return ", ".join(parts) or "the deal"


@guarded
class ComparePanel(SheetPanel):
    title = "Compare"

    def __init__(self, session: DealSession, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.a = Side("A", self, self._chosen)
        self.b = Side("B", self, self._chosen)
        self._start()
        self.source = CompareSource(session)
        self._grid = self.add_grid(self.source, "Comparison")
        self._grid.current_changed.connect(lambda *_: self._picked())
        self._grid.activated.connect(lambda _: self._go())
        self.chart = BridgeChart(session.told.emit)
        self.chart.say(_PICK)
        self.chart.clicked.connect(lambda address: self.go_wanted.emit(target_of(session.deal, address)))
        self.job_bar = WorkBar(self)
        self.job_bar.cancelled.connect(self._cancelled)
        self._output = ""
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self.chart)
        lower = QWidget(self)
        column = QVBoxLayout(lower)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(area, 1)
        column.addWidget(self.job_bar)
        split = QSplitter(Qt.Orientation.Vertical, self)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        split.addWidget(self._grid)
        split.addWidget(lower)
        split.setSizes([420, 260])
        split.setStretchFactor(0, 1)
        split.splitterMoved.connect(self._divided)
        self._split, self._by_hand = split, False
        page = QWidget(self)
        both = QVBoxLayout(page)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(0)
        both.addWidget(self._bar())
        both.addWidget(split, 1)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(page)
        self._stack.addWidget(EmptyHint(_EMPTY))
        self.outer.addWidget(self._stack, 1)
        self._chosen()

    def _start(self) -> None:
        """A is what is in view; B the version after it, or the next scenario."""
        deal, view = self.session.deal, self.session.view
        for side in (self.a, self.b):
            side.version, side.scenario = view.version, view.scenario
        others = [key for key in deal.versions if key != view.version]
        scenarios = [key for key in deal.scenarios if key != view.scenario]
        if others:
            self.b.version = others[-1]
        elif scenarios:
            self.b.scenario = scenarios[0]

    def _bar(self) -> QWidget:
        bar = QWidget(self)
        bar.setObjectName("chips")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(6)
        for side in (self.a, self.b):
            for widget in (side.label, side.version_box, side.scenario_box):
                row.addWidget(widget)
            row.addSpacing(16)
        self.said = QLabel(bar)
        self.said.setProperty("muted", True)
        row.addStretch(1)
        row.addWidget(self.said)
        return bar

    @property
    def grid(self) -> SheetGrid:
        return self._grid

    def regions(self) -> list[QWidget]:
        """More parts of this sheet for F6."""
        return [self.a.version_box, self.chart]

    # --- the comparison ------------------------------------------------------

    def _chosen(self) -> None:
        """Two sides to look at: begin with what differs."""
        self.refresh()
        here = self._grid.current
        first = next((OUTPUT + o.key for o in self.source.found.outputs if o.change), "")
        row = next((i for i, spec in enumerate(self._grid.grid_model.rows) if spec.key == first), -1)
        if row >= 0 and (here is None or self.source.key_at(here[0]).startswith(OUTPUT)):
            self._grid.go_to(row, 1)

    def refresh(self) -> None:
        """Run both sides, and say in what they differ."""
        session = self.session
        self._stack.setCurrentIndex(0 if max(len(session.deal.versions), len(session.deal.scenarios)) > 1 else 1)
        for side in (self.a, self.b):
            side.show(session)
        names = (f"A: {self.a.words(session)}", f"B: {self.b.words(session)}")
        self.source.set_runs(self.a.run(session), self.b.run(session), names)
        if list(self.source.rows()) != self._grid.grid_model.rows:
            self._grid.reset_source()
        else:
            self._grid.grid_model.refresh(flash=False)
        same = self.source.a.view == self.source.b.view
        self.said.setText("A and B are the same." if same else "")
        self._output = ""
        self._picked()

    def sync(self, changes: ChangeSet) -> None:
        self.refresh()

    def _go(self) -> None:
        target = self.target()
        if target is not NOTHING:
            self.go_wanted.emit(target)

    # --- the room there is ---------------------------------------------------

    def _divided(self) -> None:
        self._by_hand = True

    def _share(self) -> None:
        """The bridge takes what it needs, up to less than half; the rest is the table's, until somebody divides it."""
        height = self._split.height()
        if not self._by_hand and height:
            lower = min(self.chart.sizeHint().height() + 8, height * 45 // 100)
            self._split.setSizes([height - lower, lower])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._share)

    # --- the bridge ----------------------------------------------------------

    def _picked(self) -> None:
        here = self._grid.current
        key = self.source.key_at(here[0]) if here is not None else ""
        if not key.startswith(OUTPUT):
            if not self._output:
                self.job_bar.drop()  # of what the deal was before
                self.chart.say(_PICK)
            return
        output = key.removeprefix(OUTPUT)
        if output != self._output:
            self._output = output
            self._explain(output)

    def _explain(self, output: str) -> None:
        """Work out the bridge of an output; a long one shows its progress and can be cancelled."""
        self.job_bar.drop()
        row = next(o for o in self.source.found.outputs if o.key == output)
        if row.change is None or not row.change:
            what = (
                "is the same on both sides."
                if row in self.source.found.outputs and row.a == row.b
                else "has no number on one side, so its change cannot be split."
            )
            self.chart.say(f"“{row.label}” {what}")
            return
        a, b = self.source.a, self.source.b
        self.chart.say(f"Working out what changes “{row.label}”…")

        def work(progress: Progress) -> Bridge:
            def told(part: float) -> bool:
                progress(part)
                return not progress.cancelled

            return bridge(a, b, output, told)

        self.job_bar.begin(
            "Working out the bridge", work, self._done, self.chart.say, "The bridge could not be worked out."
        )

    def _done(self, found: Bridge) -> None:
        deal = self.source.b.deal
        item = deal.outputs.get(found.output) or self.source.a.deal.outputs[found.output]
        self.chart.show_bridge(found, field_for(item, deal.unit), item.label, self.source.names)
        self._share()

    def _cancelled(self) -> None:
        self.chart.say("Cancelled. Select another output, or this one again.")
        self._output = ""
