"""A small card over the sheet, at the cell it is about: a name to type, or a question with its answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QCompleter,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from model.fields.number_formats import show_text
from model.problems import Problem
from ui import theme as themes
from ui.slots import guarded
from ui.wording import sentence

Accept = Callable[[str], Sequence[Problem]]
_WIDTH = 340


@guarded
class _Line(QLineEdit):
    """Enter and Esc belong to the card, not to the window's shortcuts."""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            event.accept()
            return True
        return super().event(event)


@guarded
class InPlace(QFrame):
    """One card. Esc, or a click elsewhere, leaves everything as it was."""

    def __init__(self, window: QWidget, back: QWidget, caption: str) -> None:
        super().__init__(window)
        self._back = back
        self._accept: Accept | None = None
        self._proposed: Callable[[str], str] | None = None
        self._note = ""
        self._closed = False
        for old in window.findChildren(InPlace, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if old is not self:
                old.close_card()
        back.destroyed.connect(self.close_card)  # its sheet went with the deal: it asks about nothing any more
        self.setObjectName("inPlace")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(12, 8, 12, 10)
        self._box.setSpacing(6)
        self.caption = self._label(caption)
        self.line: QLineEdit | None = None
        self.box: QComboBox | None = None
        self.button: QPushButton | None = None
        self.note = QLabel(self)

    def _label(self, text: str) -> QLabel:
        label = QLabel(show_text(text), self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        self._box.addWidget(label)
        return label

    @classmethod
    def name(
        cls, window: QWidget, back: QWidget, under: QRect, caption: str, accept: Accept, *, text: str = "",
        note: str = "", proposed: Callable[[str], str] | None = None, known: Sequence[str] = (),
        options: tuple[str, Sequence[tuple[str, str]], str] = ("", (), ""),
    ) -> InPlace:  # fmt: skip
        """Ask for a line of text. ``accept`` may refuse it; ``proposed`` says beneath what it leads to.
        ``options`` are a caption, (key, name) to choose from beside the text, and the key chosen at first."""
        card = cls(window, back, caption)
        card._accept, card._proposed, card._note = accept, proposed, note
        card.line = _Line(text, card)
        card.line.setObjectName("inPlaceLine")
        card.line.setAccessibleName(caption)
        card.line.selectAll()
        card.line.returnPressed.connect(card._enter)
        card.line.textChanged.connect(card._typed)
        card.line.installEventFilter(card)
        if known:
            completer = QCompleter(list(known), card)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.setCompletionMode(QCompleter.CompletionMode.InlineCompletion)
            card.line.setCompleter(completer)
        card._box.addWidget(card.line)
        card._offer(*options)
        card._end(note or (proposed(text) if proposed else ""), under)
        card.line.setFocus(Qt.FocusReason.OtherFocusReason)
        return card

    def _offer(self, caption: str, options: Sequence[tuple[str, str]], now: str) -> None:
        """A choice under the line: Tab reaches it, the arrows choose, Enter takes both."""
        if not options:
            return
        row = QHBoxLayout()
        row.setSpacing(8)
        label = QLabel(caption, self)
        self.box = QComboBox(self)
        self.box.setAccessibleName(caption)
        for key, name in options:
            self.box.addItem(name, key)
        self.box.setCurrentIndex(max(0, self.box.findData(now)))
        self.box.installEventFilter(self)
        self.box.currentIndexChanged.connect(self._chosen)
        row.addWidget(label)
        row.addWidget(self.box, 1)
        self._box.addLayout(row)

    @property
    def choice(self) -> str:
        """The key of what is chosen beside the text."""
        return str(self.box.currentData()) if self.box is not None else ""

    @classmethod
    def question(
        cls, window: QWidget, back: QWidget, under: QRect, caption: str, answer: str, accept: Callable[[], object],
        note: str = "",
    ) -> InPlace:  # fmt: skip
        """Say something and offer to go on all the same."""
        card = cls(window, back, caption)
        row = QHBoxLayout()
        row.setSpacing(8)
        card.button = QPushButton(answer, card)
        card.button.setObjectName("danger")
        card.button.setAutoDefault(True)
        keep = QPushButton("Leave it", card)
        keep.setAutoDefault(True)
        for button in (card.button, keep):
            button.installEventFilter(card)
            row.addWidget(button)
        row.addStretch(1)

        def go_on() -> None:
            card.close_card()
            accept()

        card.button.clicked.connect(go_on)
        keep.clicked.connect(card.close_card)
        if note:
            card.note = card._label(note)
        card._box.addLayout(row)
        card._end("", under)
        keep.setFocus(Qt.FocusReason.OtherFocusReason)
        return card

    def _end(self, note: str, under: QRect) -> None:
        if note or self.line is not None:
            self.note = self._label(note)
        self.note.setProperty("muted", True)
        self._under = under
        self.restyle()
        self.show()
        self._place()  # only what is shown has the sizes that the style sheet gives it
        self.raise_()

    def restyle(self) -> None:
        t = themes.current()
        self.setStyleSheet(
            f"#inPlace {{ background: {t.background}; border: 1px solid {t.accent}; border-radius: 4px; }}"
            f"#inPlace QLabel {{ background: transparent; color: {t.text}; }}"
            f'#inPlace QLabel[muted="true"] {{ color: {t.muted}; font-size: 12px; }}'
            f'#inPlace QLabel[bad="true"] {{ color: {t.bad}; font-size: 12px; }}'
            f"#inPlaceLine {{ background: {t.background}; color: {t.text}; border: 1px solid {t.rule};"
            f" border-radius: 3px; padding: 3px 6px; }}"
            f"#inPlaceLine:focus {{ border-color: {t.accent}; }}"
            f"#danger {{ color: {t.bad}; }}"
        )

    def _place(self) -> None:
        window = self.parentWidget()
        assert window is not None
        self.setFixedWidth(min(_WIDTH, window.width() - 16))
        frame = self.contentsMargins()  # the border, which the layout knows nothing of
        inside = self.width() - frame.left() - frame.right()
        self.setFixedHeight(
            self._box.heightForWidth(inside) + frame.top() + frame.bottom()
            if self._box.hasHeightForWidth()
            else self.sizeHint().height()
        )
        x = max(8, min(self._under.left(), window.width() - self.width() - 8))
        y = self._under.bottom() + 1
        if y + self.height() > window.height() - 32:
            y = max(8, self._under.top() - self.height() - 1)
        self.move(x, y)

    # --- what happens --------------------------------------------------------

    def _typed(self, text: str) -> None:
        self._say(self._proposed(text) if self._proposed else self._note, bad=False)

    def _chosen(self) -> None:
        if self.line is not None:
            self._typed(self.line.text())

    def _say(self, text: str, bad: bool) -> None:
        self.note.setText(show_text(text))
        self.note.setProperty("bad", bad)
        self.note.setProperty("muted", not bad)
        self.note.style().unpolish(self.note)
        self.note.style().polish(self.note)
        self._place()

    def _enter(self) -> None:
        assert self.line is not None and self._accept is not None
        problems = self._accept(self.line.text().strip())
        if problems:
            self._say(f"{sentence(problems[0].what)} {problems[0].remedy}".strip(), bad=True)
            self.line.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.close_card()

    def close_card(self) -> None:
        if self._closed:
            return
        self._closed = True
        now = QApplication.focusWidget()
        inside = now is not None and self.isAncestorOf(now)
        self.hide()
        self.setParent(None)
        self.deleteLater()
        if inside and isValid(self._back):
            self._back.setFocus(Qt.FocusReason.OtherFocusReason)

    def focusNextPrevChild(self, onward: bool) -> bool:
        """Tab stays within the card: leaving it would drop what has been typed."""
        stops = [w for w in self.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.isVisible()]
        now = QApplication.focusWidget()
        if now not in stops:
            return super().focusNextPrevChild(onward)
        step = 1 if onward else -1
        reason = Qt.FocusReason.TabFocusReason if onward else Qt.FocusReason.BacktabFocusReason
        stops[(stops.index(now) + step) % len(stops)].setFocus(reason)
        return True

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self.box and isinstance(event, QKeyEvent):
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()  # letters choose here, they are nobody's shortcut
                return True
            if event.type() == QEvent.Type.KeyPress and enter:
                self._enter()
                return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            self.close_card()
            return True
        if event.type() == QEvent.Type.FocusOut and isinstance(event, QFocusEvent):
            now = QApplication.focusWidget()
            passing = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
            if event.reason() not in passing and now is not None and not self.isAncestorOf(now):
                self.close_card()
        return False
