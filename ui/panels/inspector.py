"""The inspector: why this number, from what, where it goes, and what may be entered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QScrollArea, QWidget

from ui.session import DealSession
from ui.slots import guarded
from ui.targets import NOTHING, Target

if TYPE_CHECKING:
    from ui.panels.base import SheetPanel
    from ui.panels.explain_tree import Branch
    from ui.panels.fact_row import FactRow

WIDTH = 300
_REMEMBERED = 60  # cells whose open branches are found again on the way back
_SOON_MS = 80  # longer than a held arrow key takes to the next cell


@guarded
class Inspector(QScrollArea):
    """What there is to say about the current cell. Rebuilt shortly after the cell changes."""

    go_wanted = Signal(object)  # Target
    left = Signal()  # Esc: the sheet has the word again

    def __init__(self, session: DealSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.target = NOTHING
        self._kept: dict[Target, dict[str, set[Branch]]] = {}  # what was open in the trees of the cells seen last
        self.called_to: SheetPanel | None = None  # a sheet that does not show it by itself
        self.setObjectName("inspector")
        self.setAccessibleName("Inspector")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumWidth(220)
        self._soon = QTimer(self, interval=_SOON_MS, singleShot=True)
        self._soon.timeout.connect(self.rebuild)
        session.changed.connect(self._session_changed)
        session.baseline_changed.connect(self._soon.start)
        session.highlight_changed.connect(self._soon.start)

    def side_of(self, panel: SheetPanel) -> QWidget | None:
        """What stands beside a sheet: the inspector, or what the sheet has in its place until this is called to it."""
        if self.called_to is not panel:
            self.called_to = None
        return self if self.called_to is not None else None if panel.alone else panel.side or self

    def _session_changed(self, changes: object) -> None:
        if self.isVisible():
            self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._soon.start()  # what changed meanwhile

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, 400)

    def show_target(self, target: Target) -> None:
        if target != self.target:
            self.target = target
            self._soon.start()

    def facts(self) -> list[FactRow]:
        """The rows on show from top to bottom, for tests and the keyboard."""
        from ui.panels.fact_row import FactRow

        page = self.widget()
        if page is None:
            return []
        rows = [row for row in page.findChildren(FactRow) if not row.isHidden()]
        return sorted(rows, key=lambda row: row.mapTo(page, QPoint(0, 0)).y())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down through the lines; Esc back to the sheet."""
        now = QApplication.focusWidget()
        rows: list[QWidget] = [row for row in self.facts() if row.focusPolicy() != Qt.FocusPolicy.NoFocus]
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and now in rows:
            at = rows.index(now) + (1 if event.key() == Qt.Key.Key_Down else -1)
            if 0 <= at < len(rows):
                rows[at].setFocus(Qt.FocusReason.TabFocusReason)
                self.ensureWidgetVisible(rows[at], 0, 24)
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def texts(self) -> list[str]:
        """Everything that can be read here."""
        return [label.text() for label in self.findChildren(QLabel)] + [row.accessibleName() for row in self.facts()]

    def rebuild(self) -> None:
        """Say it anew. The first time, what explains a number is imported."""
        from ui.panels.inspector_page import InspectorPage

        if self._soon.isActive():
            self._soon.stop()
        opened = self._kept.pop(self.target, {})
        self._kept[self.target] = opened  # the last one is the latest
        while len(self._kept) > _REMEMBERED:
            del self._kept[next(iter(self._kept))]
        page = InspectorPage(self.session, self.target, opened)
        page.go_wanted.connect(self.go_wanted)
        old = self.takeWidget()
        self.setWidget(page)
        if old is not None:
            old.deleteLater()
