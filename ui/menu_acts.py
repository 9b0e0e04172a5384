"""What the menus do that no single part of the window does alone: edit, file, view and help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QPlainTextEdit, QTabBar

from ui import actions, targets
from ui import theme as themes
from ui.sheets import SHEETS
from ui.targets import NOTHING

if TYPE_CHECKING:
    from ui.documents import Documents
    from ui.exchange.incoming import Incoming
    from ui.exchange.outgoing import Outgoing
    from ui.explain_acts import Explaining
    from ui.panels.base import SheetPanel
    from ui.panels.formula_bar import FormulaBar
    from ui.panels.inspector import Inspector
    from ui.panels.status import StatusBar
    from ui.session import DealSession
    from ui.settings import Settings
    from ui.structure import Structure


class MenuActs(QMainWindow):
    """The acts of the menus; ``MainWindow`` has the parts they act on."""

    session: DealSession
    settings: Settings
    documents: Documents
    incoming: Incoming
    outgoing: Outgoing
    formula_bar: FormulaBar
    inspector: Inspector
    status: StatusBar
    tabs: QTabBar
    actions_: dict[str, QAction]
    _panels: dict[int, SheetPanel]
    _zoom: int

    @property
    def panel(self) -> SheetPanel:
        """The sheet in front."""
        raise NotImplementedError

    @property
    def explain(self) -> Explaining:
        raise NotImplementedError

    @property
    def structure(self) -> Structure:
        raise NotImplementedError

    def show_sheet(self, index: int) -> None:
        raise NotImplementedError

    def _target_changed(self) -> None:
        raise NotImplementedError

    def _show_side(self) -> None:
        raise NotImplementedError

    # --- going somewhere -----------------------------------------------------

    def next_sheet(self) -> None:
        self.show_sheet((self.tabs.currentIndex() + 1) % len(SHEETS))

    def previous_sheet(self) -> None:
        self.show_sheet((self.tabs.currentIndex() - 1) % len(SHEETS))

    def go_to_name(self, text: str) -> None:
        """From the name box: a key, an address, a label or part of one."""
        if not self.may_leave():
            return
        grid = self.panel.grid
        if text:
            target = targets.find(self.session.calc, text)
            if target is NOTHING or not self.explain.jump(target):
                self.session.told.emit(f"There is nothing called “{text[:60]}” in this deal.")
                self.formula_bar.name_box.selectAll()
                return
            self.session.told.emit("")
            grid = self.panel.grid
        grid.setFocus(Qt.FocusReason.OtherFocusReason)
        self._target_changed()

    def go_to(self) -> None:
        box = self.formula_bar.name_box
        box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        box.selectAll()

    def edit_formula(self) -> None:
        self.formula_bar.begin()

    # --- edit menu -----------------------------------------------------------

    def _text_widget(self) -> QLineEdit | QPlainTextEdit | None:
        focus = QApplication.focusWidget()
        return focus if isinstance(focus, (QLineEdit, QPlainTextEdit)) else None

    def _on(self, verb: str) -> None:
        """Cut, copy, paste: in the text that has the focus, else in the grid."""
        text = self._text_widget()
        if text is not None:
            getattr(text, verb)()
        else:
            getattr(self.panel.grid, verb)()

    def cut(self) -> None:
        self._on("cut")

    def copy(self) -> None:
        self._on("copy")

    def paste(self) -> None:
        self._on("paste")

    def clear(self) -> None:
        text = self._text_widget()
        if text is None:
            self.panel.grid.clear_selection()

    def fill_down(self) -> None:
        self.panel.grid.fill_down()

    def fill_right(self) -> None:
        self.panel.grid.fill_right()

    def undo(self) -> None:
        if self.settled():
            text = self.session.stack.undoText()
            self.session.stack.undo()
            self._return()
            self.session.told.emit(f"Undone: {text}.")

    def redo(self) -> None:
        if self.settled():
            text = self.session.stack.redoText()
            self.session.stack.redo()
            self._return()
            self.session.told.emit(f"Done again: {text}.")

    def _return(self) -> None:
        """To where the step was made that has been undone or done again, as in Excel."""
        step, self.session.step = self.session.step, None
        if step is None:
            return
        (sheet, target), about = step
        if sheet != self.tabs.currentIndex():
            self.show_sheet(sheet)
        if about:
            self.structure.look(about)
        elif target is not NOTHING and target != self.panel.target():
            self.panel.show_target(target)
            self._target_changed()  # another part of the sheet may have come up with its cell unmoved

    def settled(self) -> bool:
        """What is being typed is entered first; False: it was refused and still stands there."""
        return self._entered() and self.formula_bar.commit()

    def _entered(self) -> bool:
        """The same for the cells of all sheets alone."""
        return all(panel.entered() for panel in self._panels.values())

    def may_leave(self) -> bool:
        """Before another sheet comes up: as ``settled``, but a formula that wants a name from there may wait."""
        bar = self.formula_bar
        return self._entered() and (bar.waiting or not bar.editing or bar.commit())

    def choose_view(self, part: str, key: str) -> None:
        """Another version, scenario, period or perspective; not while an entry that was refused still stands open."""
        if not self.settled():
            return
        if part == "perspective":
            self.session.set_perspective(key)
        else:
            chosen: dict[str, Any] = {part: key}
            self.session.set_view(**chosen)

    # --- file menu -----------------------------------------------------------

    def new_deal(self) -> None:
        if self.settled():
            self.documents.ask_new()

    def open_file(self) -> None:
        if self.settled():
            self.documents.ask_open()

    def save(self) -> None:
        if self.settled():
            self.documents.save()
        else:
            self.session.told.emit("Not saved: what is being typed cannot be entered as it stands.")

    def save_as(self) -> None:
        if self.settled():
            self.documents.save_as()

    def export(self) -> None:
        if self.settled():
            self.documents.export()

    def import_book(self) -> None:
        if self.settled():
            self.incoming.ask_book()

    def import_table(self) -> None:
        if self.settled():
            self.incoming.ask_table()

    def paste_table(self) -> None:
        if self.settled():
            self.incoming.paste_table()

    def export_table(self) -> None:
        if self.settled():
            self.outgoing.table()

    def export_summary(self) -> None:
        if self.settled():
            self.outgoing.summary()

    def report_failure(self, report: str) -> None:
        """Something went wrong that should not have: a dialog with a copyable report."""
        from ui.reports import show_report

        show_report(report, self)

    # --- view and deal menus -------------------------------------------------

    def toggle_inspector(self) -> None:
        shown = not self.settings.inspector
        self.settings.inspector = shown
        self._show_side()
        self.actions_["toggle_inspector"].setChecked(shown)
        if shown:
            self._target_changed()

    def toggle_helpers(self) -> None:
        panel = self.panel
        if panel.has_helpers:
            panel.show_helpers(not panel.helpers_shown)
            self.actions_["toggle_helpers"].setChecked(panel.helpers_shown)

    def _set_theme(self, mode: themes.Mode) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            self.settings.theme = mode
            themes.install(app, mode)
            self.actions_[f"theme_{mode}"].setChecked(True)

    def theme_auto(self) -> None:
        self._set_theme("auto")

    def theme_light(self) -> None:
        self._set_theme("light")

    def theme_dark(self) -> None:
        self._set_theme("dark")

    def set_zoom(self, percent: int) -> None:
        """One zoom for all sheets."""
        percent = min(max(percent, 50), 300)
        self._zoom = percent
        self.settings.zoom = percent
        self.status.show_zoom(percent)
        for panel in self._panels.values():
            panel.catch_up()  # columns are measured by what they hold
            for grid in panel.grids():
                grid.set_zoom(percent)

    def _zoomed(self, percent: int) -> None:
        if percent != self._zoom:
            self.set_zoom(percent)

    def zoom_in(self) -> None:
        self.set_zoom(self._zoom + 10)

    def zoom_out(self) -> None:
        self.set_zoom(self._zoom - 10)

    def zoom_reset(self) -> None:
        self.set_zoom(100)

    def pin_baseline(self) -> None:
        self.session.pin_baseline()
        self.session.told.emit("Baseline pinned: changes are measured against this state.")

    def unpin_baseline(self) -> None:
        self.session.pin_baseline(False)
        self.session.told.emit("Changes are measured since the file was opened.")

    def properties(self) -> None:
        """What the deal says of itself: title, unit of money, span of the schedule."""
        if self.settled():
            self.show_sheet_of("deal")

    def show_sheet_of(self, section: str) -> None:
        raise NotImplementedError

    def recalculate(self) -> None:
        self.session.recalculate()

    # --- help ----------------------------------------------------------------

    def show_shortcuts(self) -> None:
        from ui.reports import show_table

        show_table(self, "Keyboard shortcuts", ("Keys", "What they do"), list(actions.shortcuts()))

    def show_functions(self) -> None:
        from ui.reports import function_rows, show_table

        show_table(self, "Functions of the formula language", ("Function", "What it does"), function_rows())

    def show_about(self) -> None:
        from ui.reports import show_about

        show_about(self)
