"""What all sheets share: a grid that knows formulas, and a panel that refreshes only what a change reached."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from ui import targets
from ui.grid.view import GridView
from ui.panels.deal_source import DealSource
from ui.session import ChangeSet, DealSession
from ui.slots import guarded
from ui.targets import NOTHING, Target
from ui.wording import sentence

# Groups of the document whose rows show formulas of the row's own entry and of no other.
_OWN_FORMULAS = frozenset(("terms", "series", "tables", "lines", "outputs", "checks", "events", "rights"))


@guarded
class SheetGrid(GridView):
    """A grid whose computed cells open their formula in the formula bar."""

    formula_wanted = Signal(str)  # text to begin with, "" for the formula as it is
    key_wanted = Signal()  # F2 on a cell that only leads somewhere
    menu_wanted = Signal(QPoint)  # a place in the viewport: the menu of what is there

    def __init__(self, source: DealSource, parent: QWidget | None = None, name: str = "") -> None:
        super().__init__(source, parent, name)
        self.deal_source = source
        self._placed = False
        self._pick: Callable[[Target], bool] | None = None
        self._clashing: set[tuple[str, ...]] = set()  # entries of the document with units that clash
        source.session.highlight_changed.connect(self._highlight)
        source.session.clashes_changed.connect(self._show_clashes)
        if source.session.highlighted:
            self._highlight()
        if source.session.clashes:
            self._show_clashes()
        self.activated.connect(lambda _: self.formula_wanted.emit("") if self._formula_here() else None)

    def set_pointing(self, pick: Callable[[Target], bool] | None) -> None:
        """While a formula is written elsewhere, a click gives a cell's name instead of going there."""
        self._pick = pick
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus if pick else Qt.FocusPolicy.StrongFocus)
        if pick is None:
            self.show_copied(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if self._pick is not None and index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            row, col = index.row(), index.column()
            is_cell = self.grid_model.rows[row].kind not in ("section", "blank")
            if is_cell and self._pick(self.deal_source.target(row, col)):
                self.show_copied((row, col, row, col))
                return
        super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        at, here = event.pos(), self.current
        if event.reason() == QContextMenuEvent.Reason.Keyboard and here is not None:
            self.show_current()
            at = self.cell_rect(*here).intersected(self.viewport().rect()).center()
        self.menu_wanted.emit(at)

    def _highlight(self) -> None:
        keys = self.deal_source.session.highlighted
        self.grid_model.marked = self._is_reached if keys else None
        self.grid_model.refresh(flash=False)

    def _is_reached(self, row: int, col: int) -> bool:
        source = self.deal_source
        return source.reached(row, col, source.session.highlighted)

    def _show_clashes(self) -> None:
        marked = self.deal_source.marks_clashes and self.deal_source.session.clashes
        self._clashing = {tuple(where.split(".")[:2]) for where in self.deal_source.session.clashes}
        self.grid_model.clashing = self._clash_of if marked else None
        self.grid_model.refresh(flash=False)

    def _clash_of(self, row: int, col: int) -> str:
        entry = self.deal_source.entry(row)[:2]
        if entry and entry[0] in _OWN_FORMULAS and entry not in self._clashing:  # as with most rows: no cell is asked
            return ""
        from model.structure.mentions import dotted  # only where something was found

        target = self.deal_source.target(row, col)
        found = self.deal_source.session.clashes.get(dotted(target.path), ()) if target.kind == "formula" else ()
        return "\n".join(sentence(problem.what) for problem in found)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._placed:  # laid out before it had its size: begin at the top left, not where that led
            self._placed = True
            QTimer.singleShot(0, self._to_start)

    def _to_start(self) -> None:
        self.horizontalScrollBar().setValue(0)
        self.verticalScrollBar().setValue(0)
        self.show_current()

    def target(self) -> Target:
        """What the current cell stands for."""
        here = self.current
        if here is None or self.grid_model.rows[here[0]].kind in ("section", "blank"):
            return NOTHING
        return self.deal_source.target(*here)

    def _formula_here(self) -> bool:
        here = self.current
        return here is not None and self.target().kind == "formula" and not self.grid_model.can_edit(*here)

    def begin_edit(self, at: QPoint | None = None) -> None:
        here = self.current
        if here is not None and self.grid_model.columns[here[1]].key == "view":
            self.key_wanted.emit()
        elif self._formula_here():
            self.formula_wanted.emit("")
        else:
            super().begin_edit(at)

    def begin_typing(self, text: str) -> None:
        if self._formula_here() and (text == "=" or self.target().period == targets.OPENING_PERIOD):
            self.formula_wanted.emit(text)
        else:
            super().begin_typing(text)

    def sync(self, changes: ChangeSet) -> None:
        """Show what a change reached, and nothing else."""
        model, source = self.grid_model, self.deal_source
        if changes.structure or changes.view:
            if list(source.columns()) != model.columns or list(source.rows()) != model.rows:
                self.reset_source()
            else:
                model.refresh(flash=not changes.view)
            return
        rows = {model.row_of(source.row_key(key)) for key in changes.keys}
        wanted = sorted(row for row in rows if row is not None)
        if wanted:
            model.refresh(wanted)


@guarded
class SheetPanel(QWidget):
    """One sheet of the window. Refreshes while it is seen, and catches up when it comes back."""

    title = ""
    side: QWidget | None = None  # what stands in the place of the inspector while this sheet is in front
    alone = False  # this sheet needs the inspector's room itself
    has_helpers = False  # there are helper lines to show or hide
    empty = ""  # what the sheet is for and the first step, where it has nothing to show
    target_changed = Signal()
    formula_wanted = Signal(str)
    go_wanted = Signal(object)  # Target
    grid_made = Signal(object)  # SheetGrid: a grid that came after the panel was built

    def __init__(self, session: DealSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._missed: ChangeSet | None = None
        self.outer = QVBoxLayout(self)
        self.outer.setContentsMargins(0, 0, 0, 0)
        self.outer.setSpacing(0)

    def beside(self) -> QSplitter | None:
        """The part of the window in which the sheets stand, and what is beside them."""
        stack = self.parentWidget()
        home = stack.parentWidget() if stack is not None else None
        return home if isinstance(home, QSplitter) else None

    def add_grid(self, source: DealSource, name: str, parent: QWidget | None = None) -> SheetGrid:
        """A grid wired to this panel. Made where it will stand: a widget that moves is styled once more."""
        grid = SheetGrid(source, parent or self, name)
        grid.current_changed.connect(lambda *_: self.target_changed.emit())
        grid.formula_wanted.connect(self.formula_wanted)
        return grid

    @property
    def grid(self) -> SheetGrid:
        """The grid that keys and menus act on."""
        raise NotImplementedError

    def grids(self) -> Iterable[SheetGrid]:
        return (self.grid,)

    def entered(self) -> bool:
        """What is being typed on this sheet is entered first. False: it was refused, and stands there with its reason."""
        refused = next((grid for grid in self.grids() if not grid.commit_edit()), None)
        if refused is not None:
            refused.focus_editor()
        return refused is None

    def regions(self) -> Sequence[QWidget]:
        """More parts of this sheet that take the keyboard, for F6."""
        return ()

    def focus_first(self) -> QWidget:
        """What takes the keyboard when the sheet comes to the front."""
        return self.grid

    @property
    def helpers_shown(self) -> bool:
        return False

    def show_helpers(self, shown: bool) -> None:
        """Show or hide helper lines, where there are some."""

    def step(self, by: int) -> None:
        """The next or previous part of a sheet that has several."""

    def show_part(self, name: str) -> object:
        """Bring one part of the sheet to the front, by name."""
        return self.grid

    def show_first_fault(self) -> None:
        """Make current what does not hold, where the sheet shows that."""

    @property
    def own_rows(self) -> bool:
        """Whether the sheet has rows that only it knows how to add, copy or take away."""
        return False

    @property
    def takes_rows(self) -> bool:
        """Whether it could add one now."""
        return self.own_rows

    def row_act(self, act: Literal["insert", "duplicate", "delete"]) -> bool:
        """Rows that only this sheet knows how to add, copy or take away. False: nothing of the kind here."""
        return False

    def target(self) -> Target:
        return self.grid.target()

    def show_target(self, target: Target) -> bool:
        """Make the cell of a target current. False: it is not on this sheet."""
        place = self.grid.deal_source.find(target)
        if place is None:
            return False
        self.grid.go_to(*place)
        return True

    def sync(self, changes: ChangeSet) -> None:
        for grid in self.grids():
            grid.sync(changes)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.catch_up()

    def catch_up(self) -> None:
        missed, self._missed = self._missed, None
        if missed is not None:
            self.sync(missed)

    def session_changed(self, changes: ChangeSet) -> None:
        """The window passes changes on, before any other part asks what the current cell is."""
        if self.isVisible():
            self.sync(changes)
        else:  # everything, without flashes: what moved while the sheet was hidden is no news of this moment
            self._missed = ChangeSet(structure=True, view=True)


class EmptyHint(QLabel):
    """What an empty sheet is for, and the first step."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMargin(48)
        self.setProperty("muted", True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)


@guarded
class OrEmpty(QWidget):
    """A grid, or in its place a sentence while it has no rows. With ``beneath`` the sentence lies under the
    grid's header, so that its columns can be worked on while there is no row."""

    def __init__(self, grid: SheetGrid, text: str, parent: QWidget | None = None, *, beneath: bool = False) -> None:
        super().__init__(parent)
        self._grid, self._beneath = grid, beneath
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(grid)
        self._hint = EmptyHint(text, grid.viewport() if beneath else None)
        if beneath:
            self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            grid.viewport().installEventFilter(self)
        else:
            self._stack.addWidget(self._hint)
        grid.grid_model.modelReset.connect(self._choose)
        self._choose()

    def _choose(self) -> None:
        if self._beneath:
            self._hint.setVisible(not self._grid.grid_model.rows)
            self._hint.setGeometry(self._grid.viewport().rect())
        else:
            self._stack.setCurrentIndex(0 if self._grid.grid_model.rows else 1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._hint.setGeometry(self._grid.viewport().rect())
        return False
