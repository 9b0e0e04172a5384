"""A tree of cells that opens level by level, walked with the arrow keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from model.explain import Seen
from ui import theme as themes
from ui.panels.fact_row import FactRow
from ui.panels.reasons import Fact
from ui.slots import guarded

_STEP = 14
_MOST = 40
Branch = tuple[tuple[str, int | None, str], ...]


@guarded
class TreeRow(FactRow):
    """A line with a triangle: Right opens it, Left closes it."""

    toggled = Signal(object)  # TreeRow

    def __init__(self, seen: Seen, fact: Fact, branch: Branch, more: bool, parent: QWidget | None = None) -> None:
        super().__init__(fact, parent)
        self.seen, self.branch, self.more, self.open = seen, branch, more, False
        self.inset = _STEP * len(branch)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._name()

    def _name(self) -> None:
        said = ", ".join(part for part in (self.fact.label, self.fact.tag, self.fact.value, self.fact.below) if part)
        state = (", open" if self.open else ", closed") if self.more else ""
        self.setAccessibleName(f"{said}, level {len(self.branch)}{state}")

    def set_open(self, on: bool) -> None:
        if self.more and on != self.open:
            self.open = on
            self._name()
            self.update()
            self.toggled.emit(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.more:
            return
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(themes.current().color("muted"))
        x, y, size = self.inset - 9.0, 12.5, 4.0
        if self.open:
            points = [QPointF(x - size, y - size / 2), QPointF(x + size, y - size / 2), QPointF(x, y + size / 2 + 1)]
        else:
            points = [QPointF(x - size / 2, y - size), QPointF(x + size / 2 + 1, y), QPointF(x - size / 2, y + size)]
        p.drawPolygon(QPolygonF(points))
        p.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.more and event.position().x() < self.inset:
            self.set_open(not self.open)
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Right and self.more and not self.open:
            self.set_open(True)
        elif event.key() == Qt.Key.Key_Left and self.open:
            self.set_open(False)
        elif event.key() == Qt.Key.Key_Left and len(self.branch) > 1:
            tree = self.parentWidget()
            if isinstance(tree, ExplainTree):
                tree.focus_branch(self.branch[:-1])
        else:
            super().keyPressEvent(event)


class ExplainTree(QWidget):
    """Rows of one tree. ``level`` gives what is below a node, ``fact`` how a node reads
    below another (its key; "" for a root)."""

    activated = Signal(object)  # Target

    def __init__(
        self, roots: Sequence[Seen], level: Callable[[Seen], Sequence[Seen]], fact: Callable[[Seen, str], Fact],
        opened: set[Branch], parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._level, self._fact, self._opened = level, fact, opened
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)
        self._insert(0, roots, ())

    def _insert(self, at: int, nodes: Sequence[Seen], above: Branch) -> int:
        """Rows for nodes, and for what is open below them; the place behind them."""
        for seen in nodes[:_MOST]:
            branch: Branch = (*above, (seen.key, seen.period, seen.how))
            around = (seen.key, seen.period) in {(key, period) for key, period, _ in above}
            row = TreeRow(seen, self._fact(seen, above[-1][0] if above else ""), branch, seen.more and not around, self)
            row.activated.connect(self.activated)
            row.toggled.connect(self._toggled)
            self._box.insertWidget(at, row)
            row.show()
            at += 1
            if branch in self._opened and row.more:
                row.open = True
                row._name()
                at = self._insert(at, self._level(seen), branch)
        if len(nodes) > _MOST:
            rest = QLabel(f"and {len(nodes) - _MOST} more", self)
            rest.setProperty("look", "quiet")
            rest.setIndent(_STEP * (len(above) + 1))
            rest.setProperty("branch", len(above))
            self._box.insertWidget(at, rest)
            at += 1
        return at

    def rows(self) -> list[TreeRow]:
        items = (self._box.itemAt(i) for i in range(self._box.count()))
        return [w for item in items if item is not None and isinstance(w := item.widget(), TreeRow)]

    def _toggled(self, row: TreeRow) -> None:
        at = self._box.indexOf(row) + 1
        if row.open:
            self._opened.add(row.branch)
            self._insert(at, self._level(row.seen), row.branch)
            return
        self._opened.discard(row.branch)
        depth = len(row.branch)
        while self._box.count() > at:
            item = self._box.itemAt(at)
            widget = item.widget() if item is not None else None
            if widget is None or (isinstance(widget, TreeRow) and len(widget.branch) <= depth):
                break
            if not isinstance(widget, TreeRow) and int(widget.property("branch")) < depth:
                break
            self._box.removeWidget(widget)
            widget.hide()
            widget.deleteLater()

    def focus_branch(self, branch: Branch) -> None:
        for row in self.rows():
            if row.branch == branch:
                row.setFocus(Qt.FocusReason.OtherFocusReason)
