"""Slow work off the GUI thread: progress, cancel, and the result delivered to the GUI thread."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot

from model.problems import Refused


class Cancelled(Exception):  # noqa: N818 - not an error: the user asked for it
    """Raised inside the work once it has been cancelled."""


class Progress:
    """What the work calls now and then: tells how far it is, and ends it if it was cancelled."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def __call__(self, part: float, text: str = "") -> None:
        if self._job.cancelled:
            raise Cancelled
        self._job.progressed.emit(part, text)

    @property
    def cancelled(self) -> bool:
        return self._job.cancelled


_ALIVE: set[Job] = set()  # jobs whose work has not been delivered


class Job(QObject):
    """One piece of work. Its signals arrive on the thread that made it; after ``cancel`` no result does, and once its
    owner is gone nothing does. The job itself lives until its work has ended, since that is when the worker tells it."""

    progressed = Signal(float, str)  # 0 to 1
    done = Signal(object)
    refused = Signal(list)  # of Problem
    failed = Signal(str)  # a traceback, for a report
    ended = Signal()

    _finished = Signal(object, object)

    def __init__(self, work: Callable[[Progress], Any], owner: QObject | None = None) -> None:
        super().__init__()
        self._work = work
        self._cancel = threading.Event()
        self._orphan = False
        self.running = False
        self.outcome = ""  # what the work came to: done, refused, failed or cancelled; known once it has ended
        self._finished.connect(self._deliver)
        if owner is not None:
            owner.destroyed.connect(self._orphaned)

    @property
    def cancelled(self) -> bool:
        return self._cancel.is_set()

    def start(self) -> None:
        self.running = True
        _ALIVE.add(self)
        QThreadPool.globalInstance().start(_Runner(self))

    def cancel(self) -> None:
        self._cancel.set()

    @Slot()
    def _orphaned(self) -> None:
        self._orphan = True
        self.cancel()

    def run_here(self) -> None:
        """The work itself, on whichever thread."""
        try:
            outcome: tuple[str, Any] = ("done", self._work(Progress(self)))
        except Cancelled:
            outcome = ("cancelled", None)
        except Refused as refused:
            outcome = ("refused", list(refused.problems))
        except BaseException:  # a worker must never take the window down with it
            outcome = ("failed", traceback.format_exc())
        self._finished.emit(*outcome)

    @Slot(object, object)
    def _deliver(self, kind: str, result: Any) -> None:
        self.running, self.outcome = False, kind
        _ALIVE.discard(self)
        if self._orphan:
            return
        if not self.cancelled:
            if kind == "done":
                self.done.emit(result)
            elif kind == "refused":
                self.refused.emit(result)
            elif kind == "failed":
                self.failed.emit(result)
        self.ended.emit()


class _Runner(QRunnable):
    def __init__(self, job: Job) -> None:
        super().__init__()
        self._job = job

    def run(self) -> None:
        self._job.run_here()


def wait_for_all(milliseconds: int = 10_000) -> bool:
    """At the end of the program: no worker is left behind."""
    return QThreadPool.globalInstance().waitForDone(milliseconds)
