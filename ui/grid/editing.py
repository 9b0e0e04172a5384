"""Editing in place.

A refused text stays in the editor with the reason under it; nothing else can be clicked in the
grid until it is mended or Esc is pressed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QWidget

from model.problems import Problem
from ui.grid.moving import MovingGrid
from ui.grid.source import GridSource, Place
from ui.slots import guarded

if TYPE_CHECKING:
    from ui.grid.editor import CellEditor


@guarded
class EditingGrid(MovingGrid):
    """A grid to type into."""

    editing_changed = Signal(bool)
    edit_text_changed = Signal(str)  # live text of the editor, for a formula bar

    def __init__(self, source: GridSource, parent: QWidget | None = None, name: str = "") -> None:
        self._editor: CellEditor | None = None
        self._refusal: tuple[Problem, ...] = ()  # of what is in the editor now
        super().__init__(source, parent, name)

    @property
    def is_editing(self) -> bool:
        return self._editor is not None

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._editor is not None:
            self._editor.restyle()

    @property
    def editor(self) -> CellEditor | None:
        """The open editor."""
        return self._editor

    def begin_typing(self, text: str) -> None:
        """Type over the current cell."""
        self._open(text, typing=True)

    def begin_edit(self, at: QPoint | None = None) -> None:
        """Edit the current cell's text, the caret at its end or at a point in the viewport."""
        editor = self._open(None, typing=False)
        if editor is not None and at is not None:
            editor.setCursorPosition(editor.cursorPositionAt(editor.mapFrom(self.viewport(), at)))

    def open_choices(self) -> None:
        """Alt+Down: the list of a choice."""
        here = self.current
        if here is not None and self.grid_model.cell(*here).choices:
            editor = self._open(None, typing=False)
            if editor is not None:
                editor.selectAll()
                editor.open_list()

    def _open(self, text: str | None, typing: bool) -> CellEditor | None:
        here = self.current
        if here is None or self._editor is not None or self.grid_model.rows[here[0]].kind in ("section", "blank"):
            return None
        if not self.grid_model.can_edit(*here):
            self.complain(self.grid_model.refuse(self.grid_model.source.why_not(*here)))
            return None
        self.scrollTo(self.currentIndex())
        self.bubble.hide()
        from ui.grid.editor import CellEditor

        before = self.grid_model.source.edit_text(*here)
        choices = self.grid_model.cell(*here).choices
        editor = CellEditor(self, *here, before, typing, choices)
        self._editor = editor
        if text is not None:
            editor.setText(text)
            editor.typing = typing and not text.startswith("=")
        self.place_editor()
        editor.show()
        editor.setFocus(Qt.FocusReason.OtherFocusReason)
        editor.deselect()
        editor.end(False)
        if text and editor.list is not None and not text.startswith("="):
            editor.open_list()
        self.viewport().update()
        self.editing_changed.emit(True)
        self.edit_text_changed.emit(editor.text())
        return editor

    def place_editor(self) -> None:
        """Over its cell, grown to the right as far as its text needs."""
        editor = self._editor
        if editor is None:
            return
        rect = self.cell_rect(editor.row, editor.col)
        room = self.viewport().width()
        width = min(max(rect.width(), editor.needed_width()), room)
        x = max(0, min(rect.left(), room - width))
        editor.setGeometry(x, rect.top() - 1, width, rect.height() + 1)
        if editor.list is not None and editor.list.isVisible():
            editor.place_list()
        if self._refusal:
            self.show_bubble(self._refusal, editor.geometry())

    def editor_changed(self) -> None:
        """The text in the editor is another one; a refusal no longer speaks of it."""
        editor = self._editor
        if editor is not None:
            if self._refusal:
                self._refusal = ()
                self.bubble.hide()
                editor.restyle()
            self.place_editor()
            self.edit_text_changed.emit(editor.text())

    def commit_edit(self, into_selection: bool = False) -> bool:
        """Enter what is in the editor. False: refused, and the editor is still open."""
        editor = self._editor
        if editor is None:
            return True
        text = editor.text_to_commit()
        if not into_selection and text == editor.started_with:
            self._close()
            return True
        places: list[Place] = [(editor.row, editor.col)]
        if into_selection:
            places = [p for p in self.selected_cells() if self.grid_model.can_edit(*p)] or places
        title = f"Fill {len(places)} cells" if len(places) > 1 else ""
        committed = self.grid_model.commit([(row, col, text) for row, col in places], title)
        if committed and self._editor is editor:
            editor.restyle(refused=True)
            if editor.list is not None:
                editor.list.hide()
            self._refusal = committed
            self.place_editor()
            return False
        self.show_copied(None)
        self._close()
        return True

    def cancel_edit(self) -> None:
        """Esc: as if nothing had been typed."""
        self._close()

    def hideEvent(self, event: QHideEvent) -> None:
        """What lies over the window goes with the sheet; the editor and its text wait for its return."""
        super().hideEvent(event)
        self.bubble.hide()
        if self._editor is not None and self._editor.list is not None:
            self._editor.list.hide()

    def focus_editor(self) -> None:
        if self._editor is not None:
            self._editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _close(self) -> None:
        editor, self._editor = self._editor, None
        self._refusal = ()
        self.bubble.hide()
        if editor is None:
            return
        had_focus = editor.hasFocus()
        if editor.list is not None:
            editor.list.hide()
            editor.list.deleteLater()
        editor.hide()
        editor.deleteLater()
        if had_focus:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.viewport().update()
        self.editing_changed.emit(False)

    def enter_text(self, text: str, place: Place | None = None) -> tuple[Problem, ...]:
        """Enter a text into a cell (default: the current one) as a formula bar does; problems mean nothing changed."""
        where = place or self.current
        if where is None:
            return ()
        if not self.grid_model.can_edit(*where):
            return self.grid_model.refuse(self.grid_model.source.why_not(*where))
        return self.grid_model.commit([(*where, text)])
