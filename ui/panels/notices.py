"""Lines that appear inside the window instead of dialogs: a banner of problems, and a slow job with its progress."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QUndoStack
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QWidget

from model.fields.number_formats import show_text
from model.problems import Problem
from ui.jobs import Job
from ui.wording import sentence

_MOST = 6


class Banner(QWidget):
    """Problems as sentences under the toolbar, until they are dismissed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step: tuple[QUndoStack, int] | None = None  # the step that is told of, where it is one
        self.setObjectName("banner")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        self.label = QLabel(self)
        self.label.setWordWrap(True)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addWidget(self.label, 1)
        self._choices = QHBoxLayout()
        row.addLayout(self._choices)
        for text, slot in (("Copy", self._copy), ("Dismiss", self.hide)):
            button = QToolButton(self)
            button.setText(text)
            button.clicked.connect(slot)
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def tell(
        self, title: str, problems: Sequence[Problem] = (), choices: Sequence[tuple[str, Callable[[], object]]] = ()
    ) -> None:
        """Show a title and its problems as lines; ``choices`` are buttons beside them."""
        self._forget_step()
        lines = [title] if title else []
        lines += [words(p) for p in problems[:_MOST]]
        if len(problems) > _MOST:
            lines.append(f"… and {len(problems) - _MOST} more.")
        self.label.setText(show_text("\n".join(lines)))
        while (item := self._choices.takeAt(0)) is not None and (old := item.widget()) is not None:
            old.hide()
            old.deleteLater()
        for text, act in choices:
            button = QToolButton(self)
            button.setText(text)
            button.clicked.connect(act)
            self._choices.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.setProperty("bad", any(p.severity == "error" for p in problems))
        for widget in (self, self.label):  # the label takes its colour from what the banner is
            widget.style().unpolish(widget)
            widget.style().polish(widget)
        self.show()

    def tell_of_step(self, text: str, stack: QUndoStack) -> None:
        """Show what the last step did, until it is undone: then it is no longer true."""
        self.tell(text)
        self._step = stack, stack.index()
        stack.indexChanged.connect(self._stepped)

    def _stepped(self, index: int) -> None:
        if self._step is not None and index < self._step[1]:
            self._forget_step()
            self.hide()

    def _forget_step(self) -> None:
        if self._step is not None:
            self._step[0].indexChanged.disconnect(self._stepped)
            self._step = None

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.label.text())


def words(problem: Problem) -> str:
    """A problem in one line: where, what, remedy."""
    where = Path(problem.where).name if problem.where.count("/") + problem.where.count("\\") else problem.where
    head = f"{where}: " if where else ""
    return f"{head}{sentence(problem.what)} {problem.remedy}".strip()


class JobBar(QWidget):
    """A slow job: what it does, how far it is, and a way to end it."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("jobBar")
        self._job: Job | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        self.label = QLabel(self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(240)
        self.button = QToolButton(self)
        self.button.setText("Cancel")
        self.button.clicked.connect(self._cancel)
        row.addWidget(self.label)
        row.addWidget(self.bar)
        row.addStretch(1)
        row.addWidget(self.button)
        self.hide()

    def follow(self, job: Job, title: str) -> None:
        """Show this job until it ends; one that was shown before is no longer heard."""
        self._job = job
        self.label.setText(title)
        self.bar.setRange(0, 0)
        job.progressed.connect(lambda part, text: self._progressed(job, part, text))
        job.refused.connect(lambda _: self._ended(job))  # before a question is asked about it
        job.ended.connect(lambda: self._ended(job))
        self.show()

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self.cancelled.emit()

    def _ended(self, job: Job) -> None:
        if job is self._job:
            self._job = None
            self.hide()

    def _progressed(self, job: Job, part: float, text: str) -> None:
        if job is not self._job:
            return
        self.bar.setRange(0, 1000)
        self.bar.setValue(round(min(max(part, 0.0), 1.0) * 1000))
        if text:
            self.label.setText(text)
