"""A job bar for work of one kind, of which only the latest counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from model.problems import Problem
from ui.jobs import Job, Progress
from ui.panels.notices import JobBar
from ui.wording import sentence

_LONG: Final = 300  # milliseconds: work that takes longer shows how far it is
_T = TypeVar("_T")


class WorkBar(JobBar):
    """``job`` is what is going on, None where nothing is. The bar comes up once it takes long."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.job: Job | None = None
        self._title = ""
        self._soon = QTimer(self, interval=_LONG, singleShot=True)
        self._soon.timeout.connect(self.show_job)
        self.cancelled.connect(self._forget)

    def begin(
        self,
        title: str,
        work: Callable[[Progress], _T],
        done: Callable[[_T], object],
        refused: Callable[[str], object],
        failed: str,
    ) -> None:
        """Begin work in the background; what was going on is dropped. ``done`` hears the result, or ``refused`` a sentence
        that says why there is none: ``failed`` where the fault is ours. After a cancel neither hears anything."""
        self.drop()
        job = self.job = Job(work, self)
        self._title = title
        for over in (job.done, job.refused, job.failed):
            over.connect(lambda _: self._forget())  # first: what hears of it may begin anew
        job.done.connect(done)
        job.refused.connect(lambda problems: refused(_said(problems[0])))
        job.failed.connect(lambda _: refused(failed))
        self._soon.start()
        job.start()

    def drop(self) -> None:
        """End what is going on; its result is not wanted."""
        if self.job is not None:
            self.job.cancel()
        self._forget()
        self.hide()

    def show_job(self) -> None:
        """Show how far it is, without waiting until it has taken long."""
        if self.job is not None:
            self.follow(self.job, self._title)

    def _forget(self) -> None:
        self.job = None
        self._soon.stop()


def _said(problem: Problem) -> str:
    return f"{sentence(problem.what)} {problem.remedy}".strip()
