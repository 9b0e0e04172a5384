"""Help while a formula is written: the list of names, the arguments of the call, brackets, and clicking cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit

from model.formula.nodes import Span
from ui import targets
from ui import theme as themes
from ui.panels.formula_words import Word, call_around, completions, name_of, partner, typed, wants_operand
from ui.slots import guarded
from ui.targets import Target

if TYPE_CHECKING:
    from ui.panels.formula_bar import FormulaBar
    from ui.panels.formula_help import FormulaHelp

_KEY = Qt.Key
_WINDOW_KEYS = (_KEY.Key_S, _KEY.Key_F1, _KEY.Key_F4, _KEY.Key_F6, _KEY.Key_PageDown, _KEY.Key_PageUp)


@guarded
class FormulaAssist(QObject):
    """Watches the field of the formula bar."""

    pointing_changed = Signal(bool)  # a click on a cell would insert its name

    def __init__(self, bar: FormulaBar) -> None:
        super().__init__(bar)
        self.bar, self.field = bar, bar.field
        self.error: Span | None = None
        self.pointing = False
        self._help: FormulaHelp | None = None
        self._typed = False
        self._picked: Span | None = None  # the name that the last click inserted: the next click replaces it
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self.update)
        self.field.textChanged.connect(self._changed)
        self.field.cursorPositionChanged.connect(self._soon.start)
        self.field.installEventFilter(self)

    @property
    def help(self) -> FormulaHelp:
        from ui.panels.formula_help import FormulaHelp

        window = self.bar.window()
        if self._help is None or self._help.parentWidget() is not window:
            self._help = FormulaHelp(window, self.accept)
        return self._help

    def _changed(self) -> None:
        self._typed = True
        self.error = None
        self._soon.start()

    def _before(self) -> str:
        return self.field.toPlainText()[: self.field.textCursor().position()]

    def update(self) -> None:
        """Look at the text and the caret again."""
        was_typed, self._typed = self._typed, False
        active = self.field.hasFocus() and self.field.colours.on and not self.field.isReadOnly()
        before = self._before()
        caret = len(before)
        if self._picked is not None and (not active or caret != self._picked[1]):
            self._picked = None
        self._mark_brackets(active)
        self._set_pointing(active and (self._picked is not None or wants_operand(before)))
        if not active or not (was_typed or self.bar.editing) or self.bar.error.isVisible():
            self.hide()  # what is wrong comes first: nothing covers it
            return
        target, deal = self.bar.target, self.bar.session.deal
        words = completions(deal, target, before) if was_typed and self._picked is None else []
        self.help.tell(call_around(before), words, self._place(typed(before)[1] if words else caret))

    def _place(self, at: int) -> QPoint:
        cursor = self.field.textCursor()
        cursor.setPosition(min(at, len(self.field.toPlainText())))
        left = self.field.cursorRect(cursor).left()
        within = self.field.viewport().mapTo(self.bar.window(), QPoint(left, 0))
        return QPoint(within.x() - 10, self.bar.mapTo(self.bar.window(), QPoint(0, self.bar.height())).y())

    def hide(self) -> None:
        if self._help is not None:
            self._help.hide()

    def end(self) -> None:
        """The edit is over."""
        self.hide()
        self.error = None
        self._picked = None
        self._set_pointing(False)
        self.field.setExtraSelections([])

    def _set_pointing(self, on: bool) -> None:
        if on != self.pointing:
            self.pointing = on
            self.pointing_changed.emit(on)

    # --- brackets and the place of an error ------------------------------------

    def mark(self, span: Span | None) -> None:
        self.error = span
        self._mark_brackets(self.field.colours.on)

    def _mark_brackets(self, active: bool) -> None:
        text, t = self.field.toPlainText(), themes.current()
        marks = []
        pair = partner(text, self.field.textCursor().position()) if active and self.field.hasFocus() else None
        if pair is not None:
            shape = QTextCharFormat()
            if pair[1] is None:
                shape.setForeground(t.color("bad"))
                shape.setBackground(t.color("bad_tint"))
            else:
                shape.setBackground(t.color("accent_tint"))
                shape.setForeground(t.color("accent"))
            marks += [self._selection(at, at + 1, shape) for at in pair if at is not None]
        if self.error is not None:
            shape = QTextCharFormat()
            shape.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            shape.setUnderlineColor(t.color("bad"))
            begin = min(self.error[0], max(len(text) - 1, 0))
            marks.append(self._selection(begin, min(max(self.error[1], begin + 1), len(text)), shape))
        self.field.setExtraSelections(marks)

    def _selection(self, begin: int, end: int, shape: QTextCharFormat) -> QTextEdit.ExtraSelection:
        selection = QTextEdit.ExtraSelection()
        cursor = self.field.textCursor()
        cursor.setPosition(begin)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        selection.cursor, selection.format = cursor, shape
        return selection

    # --- taking a word -----------------------------------------------------------

    def accept(self, word: Word) -> None:
        """Put a word in the place of what was typed of it."""
        caret = self.field.textCursor().position()
        text = self.field.toPlainText()
        begin = typed(self._before())[1]
        new = word.text
        if new[-1:] in ("(", "]") and text[caret : caret + 1] == new[-1]:
            new = new[:-1]
        self._replace(begin, caret, new)
        self.hide()
        self._typed = new.endswith(("[", "."))  # the list of columns follows at once
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _replace(self, begin: int, end: int, new: str) -> None:
        cursor = self.field.textCursor()
        cursor.setPosition(begin)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(new)
        self.field.setTextCursor(cursor)

    def put_in(self, span: Span, text: str) -> None:
        """A text in the place of another one; nothing is offered for it."""
        self._replace(*span, text)
        self._typed = False
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def pick(self, picked: Target) -> bool:
        """A cell was clicked: its name goes in at the caret. False: it has none."""
        if self._soon.isActive():
            self._soon.stop()
            self.update()
        if not self.pointing:
            return False
        deal, calc = self.bar.session.deal, self.bar.session.calc
        if picked.kind == "text":
            picked = targets.target_of(deal, picked.key)
        end = None
        if picked.period is not None and picked.period >= 0:
            day = calc.timeline.periods[picked.period].end
            end = (day.year, day.month, day.day)
        text = name_of(deal, picked, self.bar.target, end)
        if not text:
            return False
        caret = self.field.textCursor().position()
        begin, stop = self._picked or (caret, caret)
        body = self.field.toPlainText()
        if begin and self._picked is None and body[begin - 1] not in " (":
            self._replace(begin, stop, " ")
            begin = stop = begin + 1
        self._replace(begin, stop, text)
        self._picked = (begin, begin + len(text))
        self._soon.start()
        return True

    # --- keys ----------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if (self.bar.editing and event.key() not in _WINDOW_KEYS) or self._steps_back(event):
                event.accept()  # what is typed here must not act on the sheet behind
                return True
        elif event.type() == QEvent.Type.FocusOut:
            self._soon.start()
        return False

    def _steps_back(self, event: QKeyEvent) -> bool:
        """Undo and redo of what was typed here come before those of the deal."""
        document, control = self.field.document(), Qt.KeyboardModifier.ControlModifier
        if event.key() == _KEY.Key_Z and event.modifiers() == control:
            return document.isUndoAvailable()
        again = event.key() == _KEY.Key_Y or (event.key() == _KEY.Key_Z and event.modifiers() != control)
        return bool(event.modifiers() & control) and again and document.isRedoAvailable()

    def _key(self, event: QKeyEvent) -> bool:
        if self._soon.isActive():  # fast fingers: the list must be that of the text as it is now
            self._soon.stop()
            self.update()
        key = event.key()
        if self._help is None or not self._help.choosing:
            return key in (_KEY.Key_Tab, _KEY.Key_Backtab) and self._tab(back=key == _KEY.Key_Backtab)
        word = self._help.word()
        if key in (_KEY.Key_Down, _KEY.Key_Up):
            self._help.step(1 if key == _KEY.Key_Down else -1)
        elif key == _KEY.Key_Escape:
            self._help.tell(call_around(self._before()), [], self._place(self.field.textCursor().position()))
        elif (key == _KEY.Key_Tab and word is not None) or (
            key in (_KEY.Key_Return, _KEY.Key_Enter) and word is not None and not self._is_whole()
        ):
            self.accept(word)
        else:
            return False
        return True

    def _tab(self, back: bool) -> bool:
        """The name that was meant; else, as in Excel, enter the text and move on. False: nothing was typed here."""
        if self.bar.error.instead and not back:
            self.bar.take_nearest()
        elif self.bar.editing:
            self.bar.commit("left" if back else "right")
        else:
            return False
        return True

    def _is_whole(self) -> bool:
        """Whether what is typed is a name already, so that Enter means the formula."""
        name = typed(self._before())[0].lower()
        return any(w.name.lower() == name for w in completions(self.bar.session.deal, self.bar.target, self._before()))
