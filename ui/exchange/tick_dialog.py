"""What the two dialogs share in which rows are ticked and then taken: the parts, the keys, the look, work on a worker."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from model.problems import Problem
from ui import theme as themes
from ui.exchange import parts
from ui.exchange.ticks import TickGrid, TickSource
from ui.jobs import Job, Progress
from ui.panels.notices import JobBar, words
from ui.slots import guarded


@guarded
class TickDialog(QDialog):
    """A heading, a notice, a grid of rows with boxes, the row in full, and a button that takes what is ticked.

    Subclasses lay the parts out in ``column`` and say in ``take`` what the button does."""

    def __init__(
        self, source: TickSource, name: str, button: str, width: int, lines: int = 3, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 14, 16, 14)
        self.column.setSpacing(8)
        self.title = parts.heading(self)
        self.notice = parts.notice(self)
        self.ticks = TickGrid(source, self, name)
        self.ticks.setObjectName("framed")
        self.detail = parts.reader(self, "The selected row in full", lines)
        self.job_bar = JobBar(self)
        self.take_button = parts.button(self, button, primary=True)
        self.take_button.clicked.connect(self.take)
        self.close_button = parts.button(self, "Cancel")
        self.close_button.clicked.connect(self.reject)
        self._jobs: dict[str, Job] = {}
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.take)
        parts.step_with_f6(self)
        self._restyle()
        room = self.screen().availableGeometry()
        self.resize(min(width, room.width() - 32), min(760, room.height() - 64))

    def take(self) -> None:
        """Do what the button says; where that is refused the dialog stays and says why."""
        raise NotImplementedError

    def last_row(self, *left: QWidget) -> None:
        """The buttons at the foot."""
        row = QHBoxLayout()
        for widget in left:
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.close_button)
        row.addWidget(self.take_button)
        self.column.addLayout(row)

    def tab_order(self, *above: QWidget) -> None:
        """Tab goes as one reads: the parts ``above`` the rows, the rows, the row in full, the buttons of the foot."""
        foot = [self.close_button, self.take_button]
        left = [b for b in self.findChildren(QPushButton) if b not in foot and b not in above]
        stops = [*above, self.ticks, self.detail, *left, *foot]
        for one, other in itertools.pairwise(stops):
            QWidget.setTabOrder(one, other)

    # --- what is said ----------------------------------------------------------

    def say(self, problems: Sequence[Problem], lead: str = "") -> None:
        """Why something could not be done."""
        said = "\n".join(words(p) for p in problems)
        self.tell(f"{lead} {said}".strip(), bad=True)

    def tell(self, text: str, bad: bool = False) -> None:
        """The sentence over the grid; none where ``text`` is empty."""
        self.notice.setText(text)
        self.notice.setProperty("bad", bad)
        self.notice.style().unpolish(self.notice)
        self.notice.style().polish(self.notice)
        self.notice.setVisible(bool(text))

    # --- work ------------------------------------------------------------------

    def work(self, name: str, work: Callable[[Progress], Any], then: Callable[[Any], None], title: str = "") -> Job:
        """Work of this name on a worker; what was begun under the name before is dropped. With a title its progress
        is shown, and it can be cancelled."""
        self.drop(name)
        job = self._jobs[name] = Job(work, self)
        job.done.connect(then)
        job.refused.connect(self.say)
        job.failed.connect(self._failed)
        if title:
            self.job_bar.follow(job, title)
        job.start()
        return job

    def drop(self, name: str) -> None:
        """End work of this name, if there is any."""
        job = self._jobs.pop(name, None)
        if job is not None:
            job.cancel()

    def _failed(self, report: str) -> None:
        from ui.reports import show_report

        show_report(report, self)

    # --- look and end ------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._restyle()

    def _restyle(self) -> None:
        sheet = parts.style(themes.current())
        if sheet != self.styleSheet():
            self.setStyleSheet(sheet)

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        if self.ticks.isVisibleTo(self):
            self.ticks.setFocus(Qt.FocusReason.OtherFocusReason)

    def done(self, result: int) -> None:
        for name in list(self._jobs):
            self.drop(name)
        super().done(result)
