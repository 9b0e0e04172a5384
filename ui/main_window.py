"""The window: it puts the parts together and passes on what one of them has to tell the others."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QActionGroup,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QPaintEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from model.fields.number_formats import show_text
from ui import actions, ahead, documents, regions, structure_menu, window_menus
from ui import theme as themes
from ui.chrome import window_style
from ui.clashes import Clashes
from ui.grid.operations import Stats
from ui.leisure import Leisure
from ui.menu_acts import MenuActs
from ui.panels.base import SheetGrid, SheetPanel
from ui.panels.formula_bar import FormulaBar
from ui.panels.headline import HeadlineStrip
from ui.panels.inspector import WIDTH, Inspector
from ui.panels.notices import Banner, JobBar
from ui.panels.status import StatusBar
from ui.panels.toolbar import Toolbar
from ui.safekeeping import Keeper
from ui.session import ChangeSet, DealSession, Place
from ui.settings import Settings
from ui.sheets import SECTIONS, SHEETS, home_of
from ui.slots import bound, guarded
from ui.targets import Target, target_of

if TYPE_CHECKING:
    from ui.exchange.incoming import Incoming
    from ui.exchange.outgoing import Outgoing
    from ui.explain_acts import Explaining
    from ui.structure import Structure


@guarded
class MainWindow(MenuActs):
    """One deal on screen."""

    painted = Signal()  # for the first time: now there is leisure for the rest

    def __init__(self, session: DealSession, settings: Settings | None = None) -> None:
        super().__init__()
        self.settings = settings or Settings()
        self.documents = documents.Documents(self)
        self.keeper = Keeper(self.settings.unsaved, self)
        self.session = session
        self._panels: dict[int, SheetPanel] = {}
        self._zoom = self.settings.zoom
        self._leisure = Leisure(self)
        self._was_painted = False
        self.setMinimumSize(640, 420)
        self.setAcceptDrops(True)
        self.resize(1440, 900)
        self.actions_, self.menus = actions.build(self, self.menuBar())
        self._theme_group = QActionGroup(self)
        for mode in ("auto", "light", "dark"):
            self._theme_group.addAction(self.actions_[f"theme_{mode}"])
        window_menus.prepare(self, [sheet.title for sheet in SHEETS])
        for keys, by in (("Ctrl+Shift+PgDown", 1), ("Ctrl+Shift+PgUp", -1)):
            QShortcut(QKeySequence(keys), self, bound(self.step_part, by))
        self._style()
        self.set_session(session)

    @cached_property
    def explain(self) -> Explaining:
        """Jumps along the formulas; made when first wanted."""
        from ui.explain_acts import Explaining

        return Explaining(self)

    @cached_property
    def incoming(self) -> Incoming:  # type: ignore[override]
        """What comes from other programs; made when first wanted."""
        from ui.exchange.incoming import Incoming

        return Incoming(self)

    @cached_property
    def outgoing(self) -> Outgoing:  # type: ignore[override]
        """What goes to other programs; made when first wanted."""
        from ui.exchange.outgoing import Outgoing

        return Outgoing(self)

    @cached_property
    def structure(self) -> Structure:
        """The acts that change the model; made when first wanted, so that the window opens without them."""
        from ui.structure import Structure

        return Structure(self)

    # --- building ------------------------------------------------------------

    def set_session(self, session: DealSession) -> None:
        """Show another deal in this window."""
        old_central = self.takeCentralWidget()
        old_session = self.session if self.session is not session else None
        self.session = session
        session.setParent(self)
        self._panels = {}
        self._clashes = Clashes(session, self._leisure)
        session.changed.connect(self._changed)  # first of all: the sheets must be right when the others look
        self._central()
        if old_central is not None:
            old_central.deleteLater()
        if old_session is not None:
            old_session.deleteLater()
        session.saved_changed.connect(self._show_title)
        session.stack.indexChanged.connect(self._stack_moved)
        session.baseline_changed.connect(self._show_baseline)
        self.keeper.follow(session)
        self._show_title()
        self._show_baseline()
        self.show_sheet(0)
        if self._was_painted:
            self._leisure.take("code", lambda: ahead.code(self.session))
            self._clashes.begin()

    def _central(self) -> None:
        session = self.session
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.toolbar = Toolbar(session, self.actions_, self.menus["templates"], page)
        self.toolbar.view_wanted.connect(self.choose_view)
        self.banner = Banner(page)
        self.headline = HeadlineStrip(session, page)
        self.headline.clicked.connect(lambda key: self.go(target_of(self.session.deal, key)))
        self.formula_bar = FormulaBar(session, page)
        self.formula_bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.formula_bar.jump.connect(self.go_to_name)
        self.formula_bar.done.connect(self._formula_done)
        self.formula_bar.back.connect(self._back_to_formula)
        self.formula_bar.look_wanted.connect(self.go)
        self.formula_bar.pointing_changed.connect(self._point)
        self.body = QSplitter(Qt.Orientation.Horizontal, page)
        self.body.setHandleWidth(1)
        self.body.setChildrenCollapsible(False)
        self.stack = QStackedWidget(self.body)
        self.inspector = Inspector(session, self.body)
        self.inspector.go_wanted.connect(self._jump)
        self.inspector.left.connect(lambda: self.explain.leave_inspector())  # noqa: PLW0108 - imported when first needed
        self.body.addWidget(self.stack)
        self.body.addWidget(self.inspector)
        self.body.setStretchFactor(0, 1)
        self.body.setStretchFactor(1, 0)
        self.body.setSizes([1100, WIDTH])
        self.inspector.setVisible(self.settings.inspector)
        self.actions_["toggle_inspector"].setChecked(self.settings.inspector)
        self.tabs = QTabBar(page)
        self.tabs.setShape(QTabBar.Shape.RoundedSouth)
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.tabs.setAccessibleName("Sheets")
        for sheet in SHEETS:
            self.tabs.addTab(sheet.title)
        self.tabs.currentChanged.connect(self.show_sheet)
        tab_row = QWidget(page)
        tab_row.setObjectName("tabRow")
        tab_row.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        tab_layout = QHBoxLayout(tab_row)
        tab_layout.setContentsMargins(8, 1, 8, 0)
        tab_layout.addWidget(self.tabs, 1)  # the whole width: a selected tab is set wider
        self.job_bar = JobBar(page)
        self.status = StatusBar(session, page)
        self.status.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.status.checks_clicked.connect(self.show_checks)
        self.status.zoom_chosen.connect(self.set_zoom)
        self.status.show_zoom(self._zoom)
        above: tuple[QWidget, ...] = (self.toolbar, self.banner, self.headline, self.formula_bar)
        for widget in above:
            column.addWidget(widget)
        column.addWidget(self.body, 1)
        below: tuple[QWidget, ...] = (tab_row, self.job_bar, self.status)
        for widget in below:
            column.addWidget(widget)
        self.setCentralWidget(page)

    # --- state shown ---------------------------------------------------------

    def _show_title(self) -> None:
        session = self.session
        note = " (read-only)" if session.read_only else ""
        title = f"[*]{show_text(session.name)}{note} — Dealsheet"
        if title != self.windowTitle():  # each of these asks the window system
            self.setWindowTitle(title)
            self.setWindowFilePath("")
        if session.dirty != self.isWindowModified():
            self.setWindowModified(session.dirty)
        self.toolbar.show_saved()

    def _stack_moved(self, index: int = 0) -> None:
        self.toolbar.show_undo()
        self._show_title()

    def _show_baseline(self) -> None:
        unpin = self.actions_["unpin_baseline"]
        unpin.setEnabled(self.session.baseline_pinned)
        unpin.setToolTip("" if self.session.baseline_pinned else "This is so already: no baseline is pinned.")

    def _changed(self, changes: ChangeSet) -> None:
        if changes.view or changes.structure or changes.touched:
            self.toolbar.show_view()
        if changes.structure and self._was_painted:
            self._leisure.take("code", lambda: ahead.code(self.session))
        for panel in self._panels.values():
            panel.session_changed(changes)
        if changes.view or changes.structure:
            self._target_changed()

    # --- sheets --------------------------------------------------------------

    @property
    def panel(self) -> SheetPanel:
        """The sheet in front."""
        return self._panel(max(self.tabs.currentIndex(), 0))

    def _panel(self, index: int) -> SheetPanel:
        """A sheet, made when it is first shown: the window opens with one."""
        panel = self._panels.get(index)
        if panel is None:
            panel = SHEETS[index].load()(self.session, self.stack)
            self._panels[index] = panel
            self.stack.addWidget(panel)
            if panel.side is not None:
                panel.side.hide()
                if panel.side.parentWidget() is not self.body:
                    self.body.addWidget(panel.side)
            panel.target_changed.connect(self._target_changed)
            panel.formula_wanted.connect(self.formula_bar.begin)
            panel.go_wanted.connect(self._jump)
            panel.grid_made.connect(self._wire)
            structure_menu.wire_panel(self, panel)
            for grid in panel.grids():
                self._wire(grid)
        return panel

    def _wire(self, grid: SheetGrid) -> None:
        grid.set_zoom(self._zoom)
        structure_menu.wire(self, grid)
        if self.formula_bar.pointing:
            grid.set_pointing(self.formula_bar.assist.pick)
        grid.zoom_changed.connect(self._zoomed)
        grid.stats_changed.connect(lambda stats, grid=grid: self._stats(grid, stats))
        grid.edit_text_changed.connect(self.formula_bar.show_live)
        grid.editing_changed.connect(lambda on: None if on else self._target_changed())

    def show_sheet(self, index: int) -> None:
        """Bring a sheet to the front; not while an entry on the one in front is refused."""
        front = next((i for i, panel in self._panels.items() if panel is self.stack.currentWidget()), index)
        if front != index:
            self._select_tab(front)  # a tab that was clicked waits until the entry is in
            if not self.may_leave():
                return
        panel = self._panel(index)
        panel.catch_up()  # before it is laid out at its new size
        self.stack.setCurrentWidget(panel)
        self._select_tab(index)
        self._show_side()
        if self.formula_bar.pointing:
            pass  # a formula is being written: a click here gives a cell's name
        elif not panel.focus_first().isVisibleTo(panel):  # an empty sheet: the keyboard stays with the tabs
            self.tabs.setFocus(Qt.FocusReason.OtherFocusReason)
        elif not self.tabs.hasFocus():
            panel.focus_first().setFocus(Qt.FocusReason.OtherFocusReason)
        helpers = self.actions_["toggle_helpers"]
        helpers.setEnabled(panel.has_helpers)
        helpers.setToolTip("" if panel.has_helpers else "Only the schedule has helper lines.")
        helpers.setChecked(panel.helpers_shown)
        self.status.show_stats(panel.grid.stats())
        self._target_changed()

    def _select_tab(self, index: int) -> None:
        if self.tabs.currentIndex() != index:
            self.tabs.blockSignals(True)
            self.tabs.setCurrentIndex(index)
            self.tabs.blockSignals(False)

    def _show_side(self) -> None:
        """The inspector, or what the sheet in front puts in its place."""
        side = self.inspector.side_of(self.panel)
        parts = [self.inspector, *(p.side for p in self._panels.values() if p.side is not None)]
        was = next((part.width() for part in parts if part.isVisible()), WIDTH)
        for part in parts:
            part.setVisible(part is side and (self.settings.inspector or self.inspector.called_to is self.panel))
        if side is not None and side.isVisibleTo(self.body):
            sizes = [0] * self.body.count()
            sizes[0], sizes[self.body.indexOf(side)] = max(1, self.body.width() - was), was
            self.body.setSizes(sizes)

    def show_titled(self, title: str) -> SheetPanel:
        """Bring the sheet with a title to the front."""
        self.show_sheet(next(i for i, sheet in enumerate(SHEETS) if sheet.title == title))
        return self.panel

    def next_region(self) -> None:
        regions.step(self._regions(), 1)

    def previous_region(self) -> None:
        regions.step(self._regions(), -1)

    def _regions(self) -> list[QWidget]:
        """Parts of the window in the order of F6, the sheet's grid first."""
        more = self.panel.regions()
        after = [self.inspector, self.tabs, self.status, self.toolbar, self.banner, self.headline, self.formula_bar]
        return [self.panel.grid, *more, *after]

    def step_part(self, by: int) -> None:
        self.panel.step(by)

    def show_checks(self) -> None:
        if not self.may_leave():
            return
        panel = self.show_titled("Checks")
        if not self.session.calc.holds():
            panel.show_first_fault()

    def _target_changed(self) -> None:
        target = self.panel.target()
        self.session.place = Place(self.tabs.currentIndex(), target)
        self.formula_bar.show_target(target)
        if "explain" in self.__dict__:
            self.explain.moved(target)
        if self.inspector.isVisible() or not self.isVisible():
            self.inspector.show_target(target)

    def _stats(self, grid: SheetGrid, stats: Stats) -> None:
        if grid is self.panel.grid:
            self.status.show_stats(stats)

    def show_sheet_of(self, section: str) -> None:
        """Bring the sheet to the front that shows a section of the document."""
        if not self.may_leave():
            return
        title, part = SECTIONS.get(section, ("Terms", ""))
        panel = self.show_titled(title)
        if part:
            panel.show_part(part)
            panel.grid.setFocus(Qt.FocusReason.OtherFocusReason)
            self._target_changed()

    # --- going somewhere -----------------------------------------------------

    def go(self, target: Target) -> bool:
        """To the cell of a target, on whichever sheet it is. False: it is on none, or an open entry is refused."""
        if not self.may_leave():
            return False
        home = home_of(self.session.deal, target)
        if home is None:
            return False
        self.show_titled(home)
        return self._shown(target)

    def _shown(self, target: Target) -> bool:
        found = self.panel.show_target(target)
        self.panel.focus_first().setFocus(Qt.FocusReason.OtherFocusReason)  # a sheet may have brought another part up
        self._target_changed()
        return found

    def _jump(self, target: Target) -> None:
        self.explain.jump(target)

    # --- formula bar ---------------------------------------------------------

    def _point(self, on: bool) -> None:
        """While the formula bar wants a name, cells give theirs when clicked."""
        pick = self.formula_bar.assist.pick if on else None
        for panel in self._panels.values():
            for grid in panel.grids():
                grid.set_pointing(pick)

    def _formula_done(self, move: str) -> None:
        home = self.formula_bar.home
        if home.key and (self.formula_bar.strayed or self.panel.grid.deal_source.find(home) is None):
            self.go(home)  # names were fetched from another sheet, or a circle was looked at
        grid = self.panel.grid
        grid.setFocus(Qt.FocusReason.OtherFocusReason)
        if move in ("down", "up"):
            grid.move_enter(back=move == "up")
        elif move:
            grid.move_tab(back=move == "left")

    def _back_to_formula(self, target: Target) -> None:
        self.panel.show_target(target)
        self.formula_bar.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.session.highlight_of:
            self.session.highlight("")
            self.session.told.emit("")
        else:
            super().keyPressEvent(event)

    # --- the window itself ---------------------------------------------------

    def restore_place(self) -> None:
        """Where the window was last time; at first as large as is good and fits the screen, its frame included."""
        geometry = self.settings.geometry
        if geometry is not None:
            self.restoreGeometry(geometry)
        else:
            room = self.screen().availableGeometry()
            self.resize(min(1440, room.width() - 16), min(900, room.height() - 48))

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.settled() or not self.documents.may_discard():
            event.ignore()
            return
        for job in (self.documents.job, self.incoming.job):
            if job is not None:
                job.cancel()
        self.keeper.release()
        self.settings.geometry = QByteArray(self.saveGeometry())
        event.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.incoming.dropped(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = self.incoming.dropped(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            QTimer.singleShot(0, lambda: self.incoming.take_file(path))  # the other program waits for the drop to end

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, lambda: self.panel.grid.setFocus(Qt.FocusReason.OtherFocusReason))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self, self._first_painted)

    def _first_painted(self) -> None:
        self.painted.emit()
        self._leisure.take("imports", lambda: ahead.imports(self.formula_bar.field))
        self._leisure.take("code", lambda: ahead.code(self.session))
        self._clashes.begin()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._style()

    def _style(self) -> None:
        sheet = window_style(themes.current())
        if sheet != self.styleSheet():
            self.setStyleSheet(sheet)

    def sizeHint(self) -> QSize:
        return QSize(1440, 900)
