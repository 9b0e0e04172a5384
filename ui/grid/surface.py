"""The bare surface of a grid: look, columns, geometry, painting. It moves nowhere and edits nothing.

Frozen columns are painted by the same widget over the scrolled ones (no second view to keep in
step): visualRect and indexAt know about them, so everything else follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QToolTip, QWidget

from model.problems import Problem
from ui import theme as themes
from ui.grid.delegate import Block, CellPainter, PaintState, block_rect
from ui.grid.header import GridHeader
from ui.grid.model import GridModel
from ui.grid.source import GridSource, Place
from ui.slots import guarded
from ui.viewport import own_viewport

if TYPE_CHECKING:
    from ui.grid.bubble import Bubble

Index = QModelIndex | QPersistentModelIndex
Span = list[tuple[int, int, int]]
_FRAME_MS = 33
_MANY = 200  # cells that flash together
_WIDEST = 600  # pixels at 100 % that content may ask for


@guarded
class GridSurface(QTableView):
    """A table over a GridSource, to be looked at."""

    current_changed = Signal(int, int)
    zoom_changed = Signal(int)

    def __init__(self, source: GridSource, parent: QWidget | None = None, name: str = "") -> None:
        super().__init__(parent)
        own_viewport(self)
        self.grid_model = GridModel(source, self)
        self._zoom = 1.0
        self._widths: dict[str, int] = {}  # set by hand, at 100 %
        self._laying_out = False
        self._collapsed: set[str] = set()
        self._blocks: list[Block] = []
        self._copied: Block | None = None
        self._bubble: Bubble | None = None
        self._fit_timer = QTimer(self, interval=0, singleShot=True)  # once every part knows of the change
        self._fit_timer.timeout.connect(self._grow)
        self._flash_timer = QTimer(self, interval=_FRAME_MS)
        self._flash_timer.timeout.connect(self._flash)
        self.grid_header = GridHeader(self)  # first: the calls below already ask where cells are
        if name:
            self.setAccessibleName(name)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAutoScroll(False)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        self.setHorizontalHeader(self.grid_header)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setMinimumSectionSize(1)
        self._look()
        self.setModel(self.grid_model)
        self.grid_header.sectionResized.connect(self._resized_by_hand)

    def dataChanged(self, top_left: Index, bottom_right: Index, roles: Sequence[int] = ()) -> None:
        """Repaint the rectangle and no more: Qt's own answer is to repaint everything."""
        from PySide6.QtGui import QAccessible

        if QAccessible.isActive():
            super().dataChanged(top_left, bottom_right, list(roles))
        self._repaint((top_left.row(), top_left.column(), bottom_right.row(), bottom_right.column()))
        if any(spec.fit for spec in self.grid_model.columns[top_left.column() : bottom_right.column() + 1]):
            self._fit_timer.start()

    def _repaint(self, block: Block) -> None:
        """Paint the cells of a block anew, as far as they are on screen."""
        top, left, bottom, right = block
        if not self.grid_model.rows or not self.grid_model.columns:
            return
        one, other = self.cell_rect(top, left), self.cell_rect(bottom, right)
        y0 = 0 if self.isRowHidden(top) else one.y()  # a hidden row is nowhere
        y1 = self.viewport().height() if self.isRowHidden(bottom) else other.y() + other.height()
        x1 = other.x() + other.width()
        if left < self._frozen() <= right:  # from a column that stays to one that scrolls
            x1 = max(x1, self.frozen_width())
        self.viewport().update(QRect(one.x() - 1, y0 - 1, x1 - one.x() + 2, y1 - y0 + 2))

    # What the layers above do; a bare surface has no editor.

    def place_editor(self) -> None:
        """Keep the editor over its cell."""

    @property
    def is_editing(self) -> bool:
        return False

    # --- the look --------------------------------------------------------------

    @property
    def zoom(self) -> float:
        return self._zoom

    def set_zoom(self, percent: int) -> None:
        percent = min(max(percent, 50), 300)
        if round(self._zoom * 100) != percent:
            self._zoom = percent / 100
            self._look()
            self._layout_columns()
            self.place_editor()
            self.scrollTo(self.currentIndex())
            self.zoom_changed.emit(percent)

    def _look(self) -> None:
        theme = themes.current()
        self.painter = CellPainter(theme, self._zoom)
        self.grid_header.set_look(theme, self._zoom)
        self.verticalHeader().setDefaultSectionSize(round(themes.ROW_HEIGHT * self._zoom))
        self.horizontalScrollBar().setSingleStep(round(48 * self._zoom))
        self.verticalScrollBar().setSingleStep(round(themes.ROW_HEIGHT * self._zoom))
        self.updateGeometries()
        self.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.painter.theme is not themes.current():
            self._look()

    # --- columns ---------------------------------------------------------------

    def _frozen_specs(self) -> int:
        columns = self.grid_model.columns
        return next((i for i, c in enumerate(columns) if not c.frozen), len(columns))

    def _layout_columns(self) -> None:
        model, zoom = self.grid_model, self._zoom
        widths = []
        for col, spec in enumerate(model.columns):
            width = round(self._widths.get(spec.key or spec.header, spec.width) * zoom)
            if spec.fit and (spec.key or spec.header) not in self._widths:
                width = max(width, self._content_width(col))
            widths.append(width)
        stretch = [i for i, c in enumerate(model.columns) if c.stretch and (c.key or c.header) not in self._widths]
        spare = self.viewport().width() - sum(widths)
        if stretch and spare > 0:
            for n, i in enumerate(stretch):
                widths[i] += spare // len(stretch) + (n < spare % len(stretch))
        self._laying_out = True
        for col, width in enumerate(widths):
            if self.columnWidth(col) != width:
                self.setColumnWidth(col, width)
        self._laying_out = False
        self.place_editor()

    def _grow(self) -> None:
        if self.isVisible() and self._outgrown():
            self._layout_columns()

    def _outgrown(self) -> bool:
        """Whether a cell on screen no longer fits a column that is as wide as its content."""
        model, widest = self.grid_model, round(_WIDEST * self._zoom)
        fitted = [c for c, spec in enumerate(model.columns) if spec.fit and self.columnWidth(c) < widest]
        fitted = [c for c in fitted if (model.columns[c].key or model.columns[c].header) not in self._widths]
        span = self._row_span(0, self.viewport().height()) if fitted else []
        return any(
            self.painter.width_of(model.cell(row, col), model.rows[row], col) > self.columnWidth(col)
            for row, *_ in span
            if model.rows[row].kind not in ("section", "blank")
            for col in fitted
        )

    def _content_width(self, col: int) -> int:
        model, painter = self.grid_model, self.painter
        metrics = self.grid_header.fontMetrics()
        widest = metrics.horizontalAdvance(model.columns[col].header) + 2 * painter.pad + 2
        for row, spec in enumerate(model.rows):
            if spec.kind not in ("section", "blank"):
                widest = max(widest, painter.width_of(model.cell(row, col), spec, col))
        return min(widest, round(_WIDEST * self._zoom))

    def fit_column(self, col: int) -> None:
        """As wide as its content (double click on the header's edge)."""
        spec = self.grid_model.columns[col]
        self._widths[spec.key or spec.header] = max(24, round(self._content_width(col) / self._zoom))
        self._layout_columns()

    def _resized_by_hand(self, col: int, _old: int, width: int) -> None:
        self.viewport().update()
        self.place_editor()
        if not self._laying_out and col < len(self.grid_model.columns):
            spec = self.grid_model.columns[col]
            self._widths[spec.key or spec.header] = max(24, round(width / self._zoom))

    # --- geometry --------------------------------------------------------------

    def _frozen(self) -> int:
        """Leading columns that stay; none where they would leave no room for the rest."""
        count = self._frozen_specs()
        if not count or count >= len(self.grid_model.columns):
            return 0
        edge = self.grid_header.sectionPosition(count)
        return count if edge <= self.viewport().width() * 0.7 else 0

    def frozen_width(self) -> int:
        count = self._frozen()
        return self.grid_header.sectionPosition(count) if count else 0

    def frozen_span(self) -> Span:
        """(column, x, width) of the frozen columns."""
        header = self.grid_header
        return [(c, header.sectionPosition(c), header.sectionSize(c)) for c in range(self._frozen())]

    def scrolling_span(self, left: int, right: int) -> Span:
        """(column, x, width) of the other columns that touch left to right in the viewport."""
        header, offset, first = self.grid_header, self.grid_header.offset(), self._frozen()
        left = max(left, self.frozen_width())
        at = header.logicalIndexAt(left)
        at = max(at, first) if at >= 0 else len(self.grid_model.columns)
        out: Span = []
        while at < len(self.grid_model.columns):
            x = header.sectionPosition(at) - offset
            if x > right:
                break
            out.append((at, x, header.sectionSize(at)))
            at += 1
        return out

    def _row_span(self, top: int, bottom: int) -> Span:
        """(row, y, height) of the rows that touch top to bottom in the viewport."""
        at = self.rowAt(max(top, 0))
        out: Span = []
        if at < 0:
            return out
        y = self.rowViewportPosition(at)
        height = self.verticalHeader().defaultSectionSize()
        while at < len(self.grid_model.rows) and y <= bottom:
            if not self.isRowHidden(at):
                out.append((at, y, height))
                y += height
            at += 1
        return out

    def cell_rect(self, row: int, col: int) -> QRect:
        header = self.grid_header
        x = header.sectionPosition(col) - (0 if col < self._frozen() else header.offset())
        return QRect(x, self.rowViewportPosition(row), header.sectionSize(col), self.rowHeight(row))

    def visualRect(self, index: Index) -> QRect:
        return self.cell_rect(index.row(), index.column()) if index.isValid() else QRect()

    def indexAt(self, pos: QPoint) -> QModelIndex:
        x = pos.x() - self.grid_header.offset() if pos.x() < self.frozen_width() else pos.x()
        row, col = self.rowAt(pos.y()), self.grid_header.logicalIndexAt(x)
        return self.grid_model.index(row, col) if row >= 0 and col >= 0 else QModelIndex()

    def scrollTo(
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        if not index.isValid():
            return
        rect = self.visualRect(index)
        bar, height = self.verticalScrollBar(), self.viewport().height()
        if rect.top() < 0:
            above = index.row() - 1  # the heading of the first line comes into view with it
            heading = above >= 0 and self.grid_model.rows[above].kind == "section"
            bar.setValue(bar.value() + rect.top() - (rect.height() if heading else 0))
        elif rect.bottom() > height:
            bar.setValue(bar.value() + min(rect.bottom() - height + 1, rect.top()))
        if index.column() >= self._frozen():
            edge, width, side = self.frozen_width(), self.viewport().width(), self.horizontalScrollBar()
            if rect.left() < edge:
                side.setValue(side.value() + rect.left() - edge)
            elif rect.right() >= width:
                side.setValue(side.value() + min(rect.right() - width + 1, rect.left() - edge))

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        if dx:  # frozen columns do not move with the rest
            self.viewport().update()
            self.grid_header.viewport().update()
        self.place_editor()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._layout_columns()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._layout_columns()

    # --- painting --------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, model, area = self.painter, self.grid_model, event.rect()
        p = QPainter(self.viewport())
        p.fillRect(area, painter.background)
        rows = self._row_span(area.top(), area.bottom())
        region, dirty = event.region(), rows
        if region.rectCount() > 1:
            dirty = [span for span in rows if region.intersects(QRect(area.left(), span[1], area.width(), span[2]))]
        width, height, edge = self.viewport().width(), self.viewport().height(), self.frozen_width()
        scrolling = self.scrolling_span(max(area.left(), edge), area.right())
        frozen = self.frozen_span() if area.left() <= edge else []
        model.fetch([row for row, _, _ in dirty], [col for col, _, _ in (*frozen, *scrolling)])
        state = PaintState(
            self._blocks, self.current, self.hasFocus() or self.is_editing,
            model.flashes() if model.flashing else None, self.is_editing,
        )  # fmt: skip
        for cols, clip in (
            (scrolling, QRect(edge, 0, width - edge, height)), (frozen, QRect(0, 0, edge, height)),
        ):  # fmt: skip
            if cols:
                p.setClipRect(clip.intersected(area))
                painter.paint(p, model, rows, cols, state, dirty)
                self._paint_copied(p, rows, cols)
        p.setClipRect(area)
        if edge:
            painter.paint_edge(p, edge, rows[-1][1] + rows[-1][2] if rows else 0)
        for row, y, h in rows:
            if model.rows[row].kind == "section":
                painter.paint_section(p, model.rows[row], y, h, width, model.rows[row].key in self._collapsed)
        p.end()
        if model.flashing and not self._flash_timer.isActive():
            self._flash_timer.start()

    def _paint_copied(self, p: QPainter, rows: Span, cols: Span) -> None:
        rect = block_rect(rows, cols, self._copied) if self._copied is not None else None
        if rect is not None:
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.setPen(QPen(self.painter.theme.color("accent"), 1, Qt.PenStyle.DashLine))
            p.drawRect(rect.adjusted(1, 1, -2, -2))

    def _flash(self) -> None:
        """Repaint only what fades."""
        model = self.grid_model
        places = list(model._flashes)
        model.flashes()
        if not model.flashing:
            self._flash_timer.stop()
        elif len(places) > _MANY:  # a whole screen fades in a few steps: it must not keep the next edit waiting
            self._flash_timer.setInterval(4 * _FRAME_MS)
        else:
            self._flash_timer.setInterval(_FRAME_MS)
        rows: dict[int, tuple[int, int]] = {}
        for row, col in places:
            left, right = rows.get(row, (col, col))
            rows[row] = (min(left, col), max(right, col))
        for row, (left, right) in rows.items():
            if row < len(model.rows) and right < len(model.columns):
                self._repaint((row, left, row, right))

    def show_copied(self, block: Block | None) -> None:
        """A dashed frame around what has been copied, until Esc or the next change."""
        self._copied = block
        self.viewport().update()

    # --- refusals and tips --------------------------------------------------------------

    @property
    def bubble(self) -> Bubble:
        """The refusal under a cell. It belongs to the window, so that a narrow grid does not cut it off."""
        from ui.grid.bubble import Bubble

        window = self.window()
        if self._bubble is None or self._bubble.parentWidget() is not window:
            if self._bubble is not None:
                self._bubble.deleteLater()
            self._bubble = Bubble(window)
            self.destroyed.connect(self._bubble.deleteLater)
        return self._bubble

    def show_bubble(self, problems: Sequence[Problem], rect: QRect) -> None:
        top_left = self.viewport().mapTo(self.window(), rect.topLeft())
        self.bubble.tell(problems, QRect(top_left, rect.size()))

    def complain(self, problems: Sequence[Problem], place: Place | None = None) -> None:
        """Say at a cell (default: the current one) why something was refused."""
        where = place or self.current
        if problems and where is not None and self.isVisible():
            rect = self.cell_rect(*where).intersected(self.viewport().rect())
            self.show_bubble(problems, rect)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._tip(event.pos()), self.viewport())
            return True
        return super().viewportEvent(event)

    def _tip(self, pos: QPoint) -> str:
        """The cell's own words, led by its full text where that is cut off."""
        index = self.indexAt(pos)
        if not index.isValid():
            return ""
        row, col = index.row(), index.column()
        cell, spec = self.grid_model.cell(row, col), self.grid_model.rows[row]
        cut = spec.kind != "section" and self.painter.width_of(cell, spec, col) > self.columnWidth(col) + 1
        return "\n".join(part for part in (cell.text[:2000] if cut else "", cell.tooltip) if part)

    # --- selection -------------------------------------------------------------

    @property
    def current(self) -> Place | None:
        """The active cell."""
        index = self.currentIndex()
        return (index.row(), index.column()) if index.isValid() else None

    def blocks(self) -> list[Block]:
        """The selected rectangles (top, left, bottom, right)."""
        return list(self._blocks)

    def selected_columns(self) -> set[int]:
        return {col for _, left, _, right in self._blocks for col in range(left, right + 1)}

    def _select(self, blocks: Sequence[Block], current: Place) -> None:
        model, selection = self.grid_model, QItemSelection()
        for top, left, bottom, right in blocks:
            selection.merge(
                QItemSelection(model.index(top, left), model.index(bottom, right)),
                QItemSelectionModel.SelectionFlag.Select,
            )
        sm = self.selectionModel()
        sm.setCurrentIndex(model.index(*current), QItemSelectionModel.SelectionFlag.NoUpdate)
        sm.select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        chosen = self.selectionModel().selection()
        ranges = [chosen.at(i) for i in range(chosen.count())]
        before, self._blocks = self._blocks, [(r.top(), r.left(), r.bottom(), r.right()) for r in ranges]
        for block in {*before, *self._blocks}:
            self._repaint(block)
        if {(b[1], b[3]) for b in before} != {(b[1], b[3]) for b in self._blocks}:
            self.grid_header.viewport().update()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        for index in (previous, current):
            if index.isValid():
                self._repaint((index.row(), index.column(), index.row(), index.column()))
        if current.isValid():
            self.current_changed.emit(current.row(), current.column())
