"""How cells look. One pass over the visible cells, with fonts, pens and laid-out texts kept between passes.

QTableView would ask the style for every cell, several Python calls and a text layout each; forty
columns of thirty rows must paint well inside a frame.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF

from ui.grid.model import GridModel
from ui.grid.source import NO_BOX, PARTLY, TICKED, Cell, RowSpec
from ui.texts import Face, shown
from ui.theme import BASE_PX, PAD, SMALL_PX, Theme, ui_font

Rows = Sequence[tuple[int, int, int]]  # row, y, height
Columns = Sequence[tuple[int, int, int]]  # column, x, width
Block = tuple[int, int, int, int]  # top, left, bottom, right

TICK_COLUMN = 36  # pixels at 100 %: the first column of a table with boxes to tick
TICK_BOX = 14


class PaintState(msgspec.Struct):
    """What changes from one paint to the next."""

    blocks: Sequence[Block] = ()
    current: tuple[int, int] | None = None
    focused: bool = False
    flashes: dict[tuple[int, int], float] | None = None
    editing: bool = False
    collapsed: frozenset[str] | set[str] = frozenset()


class CellPainter:
    """Paints panes of cells in a theme at a zoom (1.0 = 100 %)."""

    def __init__(self, theme: Theme, zoom: float = 1.0) -> None:
        self.theme = theme
        self.zoom = zoom
        self.pad = round(PAD * zoom)
        px = BASE_PX * zoom
        self.plain = Face(ui_font(px))
        self.bold = Face(ui_font(px, weight=QFont.Weight.DemiBold))
        self.slanted = Face(ui_font(px, italic=True))
        self.small = Face(ui_font(SMALL_PX * zoom))
        t = theme
        self._background = t.color("background")
        self._band = t.color("band")
        self._input = t.color("input_background")
        self._tints = {
            "amber": t.color("amber_background"),
            "good": t.color("good_tint"),
            "bad": t.color("bad_tint"),
            "accent": t.color("accent_tint"),
        }
        self._pens = {
            "label": QPen(t.color("text")), "computed": QPen(t.color("text")), "unit": QPen(t.color("muted")),
            "muted": QPen(t.color("muted")), "note": QPen(t.color("muted")), "tag": QPen(t.color("muted")),
            "tick": QPen(t.color("text")), "input": QPen(t.color("input")), "linked": QPen(t.color("linked")), "error": QPen(t.color("bad")),
        }  # fmt: skip
        self._tag_pens = {
            "stated": QPen(Qt.PenStyle.NoPen), "official": QPen(t.color("accent")), "reported": QPen(Qt.PenStyle.NoPen),
            "assumption": QPen(t.color("muted"), 1, Qt.PenStyle.DashLine),
        }  # fmt: skip
        self._tag_fills = {"stated": t.color("accent_tint"), "reported": t.color("amber_background")}
        self._tag_texts = {
            "stated": QPen(t.color("accent")), "official": QPen(t.color("accent")), "reported": QPen(t.color("amber")),
            "assumption": QPen(t.color("muted")),
        }  # fmt: skip
        self._corners = {name: t.color(name) for name in ("accent", "amber")}
        self._hair = QPen(t.color("line"), 0)
        self._rule = QPen(t.color("rule"), 0)
        self._total = QPen(t.color("muted"), 0)
        self._selection = t.color("selection", t.selection_alpha)

    # --- one pane ------------------------------------------------------------

    def paint(
        self, p: QPainter, model: GridModel, rows: Rows, cols: Columns, state: PaintState, dirty: Rows | None = None
    ) -> None:
        """Backgrounds, then tints, lines, texts and frames of the given rows and columns, whose cells the model has
        fetched. Where only some of the rows are ``dirty`` the painter is clipped to them, and the texts of the others
        are left out."""
        if not rows or not cols:
            return
        x0, x1 = cols[0][1], cols[-1][1] + cols[-1][2]
        dirty = rows if dirty is None else dirty
        self._backgrounds(p, model, dirty, cols, x0, x1)
        self._tinted(p, rows, cols, state)
        hair = [QLineF(x0, y + h - 0.5, x1, y + h - 0.5) for _, y, h in rows]
        p.setPen(self._hair)
        p.drawLines(hair)
        totals = [QLineF(x0, y - 0.5, x1, y - 0.5) for row, y, _ in rows if model.rows[row].kind == "total"]
        if totals:
            p.setPen(self._total)
            p.drawLines(totals)
        self._texts(p, model, dirty, cols)
        self._frames(p, model, rows, cols, state)

    def _backgrounds(self, p: QPainter, model: GridModel, rows: Rows, cols: Columns, x0: int, x1: int) -> None:
        for row, y, h in rows:
            if model.rows[row].kind == "section":
                p.fillRect(x0, y, x1 - x0, h, self._band)
                continue
            line = model.line(row)
            start, run = x0, None  # neighbours of one colour are one rectangle
            for col, x, _ in cols:
                cell = line[col]
                colour: QColor | None
                if cell.tint:
                    colour = self._tints[cell.tint]
                elif cell.role == "input":
                    colour = self._input
                else:
                    colour = None
                if colour is not run:
                    if run is not None:
                        p.fillRect(start, y, x - start, h, run)
                    start, run = x, colour
            if run is not None:
                p.fillRect(start, y, x1 - start, h, run)

    def _tinted(self, p: QPainter, rows: Rows, cols: Columns, state: PaintState) -> None:
        if state.flashes:
            ys = {row: (y, h) for row, y, h in rows}
            xs = {col: (x, w) for col, x, w in cols}
            colours: dict[float, QColor] = {}  # cells that changed together fade together
            for (row, col), strength in state.flashes.items():
                if row in ys and col in xs:
                    (y, h), (x, w) = ys[row], xs[col]
                    colour = colours.get(strength)
                    if colour is None:
                        colour = colours[strength] = self.theme.color("flash", round(255 * strength))
                    p.fillRect(x, y, w, h, colour)
        for block in state.blocks:
            rect = block_rect(rows, cols, block)
            if rect is not None:
                p.fillRect(rect, self._selection)

    def _texts(self, p: QPainter, model: GridModel, rows: Rows, cols: Columns) -> None:
        pad, pens, specs, indent = self.pad, self._pens, model.columns, round(12 * self.zoom)
        face_now: Face | None = None
        role_now = ""
        for row, y, h in rows:
            spec = model.rows[row]
            kind = spec.kind
            if kind in ("section", "blank"):
                continue
            face = self.bold if kind == "total" else self.plain
            top = y + round((h - 1 - face.height) / 2)
            line = model.line(row)
            for col, x, w in cols:
                cell = line[col]
                text = cell.text
                if cell.clash:
                    self._corner(p, x, y, w, "amber")
                    role_now = ""
                if cell.tag and (cell.role == "tag" or text):
                    self._tag(p, cell, x, y, w, h)
                    face_now, role_now = None, ""
                    if cell.role == "tag":
                        continue
                if cell.role == "tick":
                    if text:
                        self._box(p, text, x + w / 2, y + (h - 1) / 2)
                        face_now, role_now = None, ""
                    continue
                if not text:
                    if cell.overridden:
                        self._corner(p, x, y, w)
                    continue
                role: str = cell.role
                if text == "–" or (kind == "helper" and role in ("label", "computed")):
                    role = "muted"
                if role == "note" or (kind == "helper" and col == 0):
                    use = self.slanted
                else:
                    use = self.plain if cell.role == "muted" else face
                if use is not face_now:
                    face_now = use
                    p.setFont(use.font)
                if role != role_now:
                    role_now = role
                    p.setPen(pens[role])
                static, width = use.text(text)
                inset = pad + indent * spec.indent if col == 0 else pad
                room = w - inset - pad
                align = cell.align or specs[col].align
                if width > room + 0.5:
                    static, width = use.text(self._cut(use, text, room, cell.number is not None))
                if align == "right":
                    left = x + w - pad - width
                elif align == "center":
                    left = x + (w - width) / 2
                else:
                    left = x + inset
                p.drawStaticText(QPointF(left, top), static)
                if cell.overridden:
                    self._corner(p, x, y, w)

    def _cut(self, face: Face, text: str, room: float, number: bool) -> str:
        """What fits. A number is never shown in part: it could be read as another number."""
        if number:
            return "#" * max(1, int(room / face.metrics.horizontalAdvance("#")))
        return face.metrics.elidedText(shown(text), Qt.TextElideMode.ElideRight, max(room, 1))

    def _corner(self, p: QPainter, x: int, y: int, w: int, colour: str = "accent") -> None:
        """The mark of an overridden input at the right, or in amber at the left that of units that clash."""
        size = round((6 if colour == "accent" else 7) * self.zoom)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(self._corners[colour])
        edge, inner = (x + w, x + w - size) if colour == "accent" else (x, x + size)
        p.drawPolygon(QPolygonF([QPointF(inner, y), QPointF(edge, y), QPointF(edge, y + size)]))
        p.setPen(self._pens["computed"])

    def _box(self, p: QPainter, state: str, x: float, y: float) -> None:
        """A box to tick, around a point."""
        size = TICK_BOX * self.zoom
        rect = QRectF(round(x - size / 2) + 0.5, round(y - size / 2) + 0.5, round(size) - 1, round(size) - 1)
        p.save()
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = state in (TICKED, PARTLY)
        p.setPen(QPen(self.theme.color("accent" if on else "rule"), 1))
        p.setBrush(self.theme.color("accent" if on else "background"))
        p.drawRoundedRect(rect, 2.5, 2.5)
        if on:
            pen = QPen(self.theme.color("on_accent"), max(1.4, 1.6 * self.zoom))
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            p.setPen(pen)
            p.setBrush(Qt.BrushStyle.NoBrush)
            left, top, side = rect.left(), rect.top(), rect.width()
            marks = [(0.24, 0.5), (0.76, 0.5)] if state == PARTLY else [(0.22, 0.53), (0.42, 0.73), (0.79, 0.29)]
            p.drawPolyline(QPolygonF([QPointF(left + a * side, top + b * side) for a, b in marks]))
        p.restore()

    def _tag(self, p: QPainter, cell: Cell, x: int, y: int, w: int, h: int) -> None:
        tag = cell.tag if cell.tag in self._tag_pens else "assumption"
        text, width = self.small.text(cell.text if cell.role == "tag" and cell.text else cell.tag)
        box = QSizeF(width + 12 * self.zoom, self.small.height + 3)
        left = x + self.pad
        if cell.role != "tag":  # beside a text: at the far end, if both fit
            left = x + w - self.pad - round(box.width())
            if left < x + self.pad * 2 + self.plain.text(cell.text)[1]:
                return
        elif box.width() > w - self.pad:
            box.setWidth(max(w - self.pad - 2, 4))
        rect = QRectF(QPointF(round(left) + 0.5, round(y + (h - 1 - box.height()) / 2) + 0.5), box)
        p.save()
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(self._tag_pens[tag])
        p.setBrush(self._tag_fills.get(tag, Qt.BrushStyle.NoBrush))
        p.drawRoundedRect(rect, 3, 3)
        p.setPen(self._tag_texts[tag])
        p.setFont(self.small.font)
        p.setClipRect(rect, Qt.ClipOperation.IntersectClip)
        p.drawStaticText(QPointF(rect.x() + 6 * self.zoom, rect.y() + (box.height() - self.small.height) / 2), text)
        p.restore()

    def _frames(self, p: QPainter, model: GridModel, rows: Rows, cols: Columns, state: PaintState) -> None:
        p.setBrush(Qt.BrushStyle.NoBrush)
        edge = self.theme.color("accent" if state.focused else "rule")
        for block in state.blocks:
            rect = block_rect(rows, cols, block)
            if rect is not None and (block[0], block[1]) != (block[2], block[3]):
                p.setPen(QPen(edge, 1))
                p.drawRect(rect.adjusted(0, 0, -1, -1))
        if state.current is None or state.editing:
            return
        row, col = state.current
        rect = cell_rect(rows, cols, row, col)
        if rect is None:
            return
        pen = QPen(edge, 2)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        p.setPen(pen)
        p.drawRect(rect.adjusted(1, 1, -1, -2))
        cell = model.cell(row, col)
        for mark, colour in ((cell.clash, "amber"), (cell.overridden, "accent")):
            if mark:  # inside the frame, which lies over the corner
                self._corner(p, rect.x() + 2, rect.y() + 2, rect.width() - 4, colour)
        p.setBrush(Qt.BrushStyle.NoBrush)
        if cell.choices and cell.editable:
            self._chevron(p, rect, cell.align or model.columns[col].align)

    def _chevron(self, p: QPainter, rect: QRect, align: str) -> None:
        """The list sign of a choice, on the side the text is not."""
        size = 4 * self.zoom
        middle = rect.left() + self.pad + size if align == "right" else rect.right() - self.pad - size
        y = rect.center().y() - size / 4
        p.setPen(QPen(self.theme.color("muted"), 1.4))
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.drawPolyline(
            QPolygonF([QPointF(middle - size, y - size / 2), QPointF(middle, y + size / 2),
                       QPointF(middle + size, y - size / 2)])
        )  # fmt: skip
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    # --- what spans the panes ------------------------------------------------

    def paint_section(self, p: QPainter, spec: RowSpec, y: int, h: int, width: int, collapsed: bool) -> None:
        """The label of a section, across frozen and scrolling columns."""
        left = self.pad + round(12 * self.zoom) * spec.indent
        if spec.tick:
            if spec.tick != NO_BOX:
                self._box(p, spec.tick, TICK_COLUMN * self.zoom / 2, y + (h - 1) / 2)
            left = round(TICK_COLUMN * self.zoom) + self.pad
        if spec.collapsible:
            size = 4.5 * self.zoom
            cx, cy = left + size, y + (h - 1) / 2
            p.setRenderHint(QPainter.RenderHint.Antialiasing)
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(self.theme.color("text"))
            if collapsed:
                points = [(cx - size / 2, cy - size), (cx + size / 2, cy), (cx - size / 2, cy + size)]
            else:
                points = [(cx - size, cy - size / 2), (cx + size, cy - size / 2), (cx, cy + size / 2)]
            p.drawPolygon(QPolygonF([QPointF(*point) for point in points]))
            p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            left += round(14 * self.zoom)
        p.setFont(self.bold.font)
        p.setPen(self._pens["label"])
        text = self.bold.text(spec.label)
        room = width - left - self.pad
        if text[1] > room:
            text = self.bold.text(self._cut(self.bold, spec.label, room, False))
        p.drawStaticText(QPointF(left, y + round((h - 1 - self.bold.height) / 2)), text[0])

    def width_of(self, cell: Cell, spec: RowSpec, col: int) -> int:
        """The column width at which a cell is shown whole."""
        if cell.role == "tick":
            return round(TICK_COLUMN * self.zoom)
        if cell.role == "tag":
            return round(self.small.text(cell.text or cell.tag)[1] + 12 * self.zoom + self.pad * 2)
        face = self.bold if spec.kind == "total" else self.plain
        indent = round(12 * self.zoom) * spec.indent if col == 0 else 0
        return int(face.text(cell.text)[1]) + 1 + self.pad * 2 + indent if cell.text else 0

    def paint_edge(self, p: QPainter, x: int, height: int) -> None:
        """The line at the end of the frozen columns."""
        p.setPen(self._rule)
        p.drawLine(QLineF(x - 0.5, 0, x - 0.5, height))

    @property
    def background(self) -> QColor:
        return self._background


def cell_rect(rows: Rows, cols: Columns, row: int, col: int) -> QRect | None:
    """The rectangle of one cell if it is among those painted."""
    return block_rect(rows, cols, (row, col, row, col))


def block_rect(rows: Rows, cols: Columns, block: Block) -> QRect | None:
    """What is painted of a block; edges outside the painted part fall outside it."""
    top, left, bottom, right = block
    ys = [(r, y, h) for r, y, h in rows if top <= r <= bottom]
    xs = [(c, x, w) for c, x, w in cols if left <= c <= right]
    if not ys or not xs:
        return None
    # a block that goes on beyond the painted part shows no edge there
    y0 = ys[0][1] - (4 if ys[0][0] > top and ys[0] == rows[0] else 0)
    y1 = ys[-1][1] + ys[-1][2] + (4 if ys[-1][0] < bottom and ys[-1] == rows[-1] else 0)
    x0 = xs[0][1] - (4 if xs[0][0] > left and xs[0] == cols[0] else 0)
    x1 = xs[-1][1] + xs[-1][2] + (4 if xs[-1][0] < right and xs[-1] == cols[-1] else 0)
    return QRect(x0, y0, x1 - x0, y1 - y0)
