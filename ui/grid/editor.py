"""What opens over a cell: a line, and under it the list of choices where there are any."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget, QWidget

from ui import theme as themes
from ui.slots import guarded

if TYPE_CHECKING:
    from ui.grid.editing import EditingGrid

_KEY = Qt.Key
_MOVES = {
    _KEY.Key_Up: (-1, 0), _KEY.Key_Down: (1, 0), _KEY.Key_Left: (0, -1), _KEY.Key_Right: (0, 1),
}  # fmt: skip


class ChoiceList(QListWidget):
    """The choices of a cell under its editor, narrowed by what is typed. The editor keeps the focus."""

    def __init__(self, parent: QWidget, choices: Sequence[str], picked: Callable[[str], None]) -> None:
        super().__init__(parent)
        self._choices = tuple(choices)
        self.setObjectName("choices")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setAccessibleName("Choices")
        self.itemClicked.connect(lambda item: picked(item.text()))
        self.hide()

    def narrow(self, typed: str) -> None:
        """Choices that start with, then those that contain, what is typed; all of them for an exact one."""
        want = typed.strip().casefold()
        exact = next((c for c in self._choices if c.casefold() == want), None)
        if not want or exact is not None:
            found = list(self._choices)
        else:
            found = [c for c in self._choices if c.casefold().startswith(want)]
            found += [c for c in self._choices if want in c.casefold() and c not in found]
        self.clear()
        self.addItems(found)
        self.setCurrentRow(found.index(exact) if exact is not None else 0 if want and found else -1)

    def place(self, under: QRect, zoom: float) -> None:
        t = themes.current()
        self.setFont(themes.ui_font(themes.BASE_PX * zoom))
        row = round(themes.ROW_HEIGHT * zoom)
        self.setStyleSheet(
            f"QListWidget#choices {{ background: {t.background}; border: 1px solid {t.rule}; outline: 0; }}"
            f"QListWidget#choices::item {{ height: {row}px; padding: 0 {themes.PAD}px; color: {t.text}; }}"
            f"QListWidget#choices::item:selected {{ background: {t.accent_tint}; color: {t.accent}; }}"
            f"QListWidget#choices::item:hover {{ background: {t.hover}; }}"
        )
        parent = self.parentWidget()
        assert parent is not None
        shown = min(max(self.count(), 1), 9)
        height = shown * row + 2
        content = max((self.fontMetrics().horizontalAdvance(c) for c in self._choices), default=0)
        width = min(max(under.width(), content + 2 * themes.PAD + 24), parent.width())
        y = under.bottom() + 1 if under.bottom() + height < parent.height() else max(0, under.top() - height)
        x = max(0, min(under.right() - width + 1 if under.width() < width else under.left(), parent.width() - width))
        self.setGeometry(x, y, width, height)

    def step(self, by: int) -> str:
        """Move the highlight and say what is on it."""
        if not self.count():
            return ""
        self.setCurrentRow((self.currentRow() + by) % self.count() if self.currentRow() >= 0 or by > 0 else -1)
        item = self.currentItem()
        return item.text() if item is not None else ""

    @property
    def highlighted(self) -> str:
        item = self.currentItem()
        return item.text() if item is not None and self.isVisible() else ""


@guarded
class CellEditor(QLineEdit):
    """The line that edits a cell.

    ``typing`` is Excel's Enter mode (arrows commit and move on), otherwise its Edit mode (arrows
    move the caret). F2 switches. The view decides what a commit does; this only reports keys.
    """

    def __init__(self, view: EditingGrid, row: int, col: int, text: str, typing: bool, choices: Sequence[str]) -> None:
        super().__init__(view.viewport())
        self._view = view
        self.row, self.col = row, col
        self.started_with = text
        self.typing = typing
        self.setObjectName("cellEditor")
        self.setFrame(False)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        self.setAccessibleName(view.grid_model.describe(row, col))
        spec, cell = view.grid_model.columns[col], view.grid_model.cell(row, col)
        right = (cell.align or spec.align) == "right"
        self.setAlignment((Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft)
                          | Qt.AlignmentFlag.AlignVCenter)  # fmt: skip
        self.list: ChoiceList | None = None
        if choices:
            self.list = ChoiceList(view.window(), choices, self._picked)
        self.restyle()
        self.setText(text)
        self.textEdited.connect(self._edited)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.DefaultContextMenu)

    def restyle(self, refused: bool = False) -> None:
        t = themes.current()
        frame = t.bad if refused else t.accent
        self.setFont(themes.ui_font(themes.BASE_PX * self._view.zoom))
        pad = max(0, round(themes.PAD * self._view.zoom) - 4)
        self.setStyleSheet(
            f"QLineEdit#cellEditor {{ background: {t.background}; color: {t.text}; border: 2px solid {frame};"
            f" border-radius: 0; padding: 0 {pad}px; }}"
        )

    def needed_width(self) -> int:
        return self.fontMetrics().horizontalAdvance(self.text()) + 2 * round(themes.PAD * self._view.zoom) + 6

    def text_to_commit(self) -> str:
        """What is typed, completed to the highlighted choice while the list is open."""
        if self.list is not None and self.text().strip() and not self.text().startswith("="):
            return self.list.highlighted or self.text()
        return self.text()

    def open_list(self) -> None:
        if self.list is not None:
            self.list.narrow(self.text())
            self.place_list()
            self.list.show()
            self.list.raise_()

    def place_list(self) -> None:
        if self.list is not None:
            top_left = self.mapTo(self._view.window(), QPoint(0, 0))
            self.list.place(QRect(top_left, QSize(self.width(), self.height())), self._view.zoom)

    def _edited(self, text: str) -> None:
        if text.startswith("="):
            self.typing = False  # arrows move within a formula
            if self.list is not None:
                self.list.hide()
        elif self.list is not None:
            self.list.narrow(text)
            if self.list.count():
                self.place_list()
                self.list.show()
            else:
                self.list.hide()
        self._view.editor_changed()

    def _picked(self, text: str) -> None:
        self.setText(text)
        if self.list is not None:
            self.list.hide()
        self._view.commit_edit()

    def event(self, event: QEvent) -> bool:
        # Tab would move the focus, and menu shortcuts such as Delete or Ctrl+D would act on the grid behind.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() not in (_KEY.Key_S, _KEY.Key_F1, _KEY.Key_F4, _KEY.Key_F6):
                event.accept()
                return True
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._key(event):
            event.accept()
            return True
        return super().event(event)

    def _key(self, event: QKeyEvent) -> bool:
        view, key = self._view, event.key()
        mods = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        shift = bool(mods & Qt.KeyboardModifier.ShiftModifier)
        control = bool(mods & Qt.KeyboardModifier.ControlModifier)
        alt = bool(mods & Qt.KeyboardModifier.AltModifier)
        if key == _KEY.Key_Escape:
            view.cancel_edit()
        elif key in (_KEY.Key_Return, _KEY.Key_Enter):
            if control:
                view.commit_edit(into_selection=True)
            elif view.commit_edit():
                view.move_enter(back=shift)
        elif key in (_KEY.Key_Tab, _KEY.Key_Backtab):
            if view.commit_edit():
                view.move_tab(back=shift or key == _KEY.Key_Backtab)
        elif key == _KEY.Key_F2:
            self.typing = not self.typing
        elif alt and key in (_KEY.Key_Down, _KEY.Key_Up) and self.list is not None:
            if self.list.isVisible():
                self.list.hide()
            else:
                self.open_list()
        elif key in (_KEY.Key_Up, _KEY.Key_Down) and self.list is not None and self.list.isVisible():
            choice = self.list.step(1 if key == _KEY.Key_Down else -1)
            if choice:
                self.setText(choice)
                view.editor_changed()
        elif key in _MOVES and not alt and (self.typing or key in (_KEY.Key_Up, _KEY.Key_Down)):
            if self.typing and view.commit_edit():
                view.step(*_MOVES[Qt.Key(key)], jump=control, extend=shift)
        elif self.typing and key in (_KEY.Key_PageUp, _KEY.Key_PageDown) and not control:
            if view.commit_edit():
                view.move_page(-1 if key == _KEY.Key_PageUp else 1)
        else:
            return False
        return True

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        passing = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason,
                   Qt.FocusReason.MenuBarFocusReason)  # fmt: skip
        now = QApplication.focusWidget()
        # A click into the grid commits in the view's mousePressEvent, where a refusal can stop the click.
        if event.reason() not in passing and now is not self and now is not self._view:
            self._view.commit_edit()
