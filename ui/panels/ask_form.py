"""A question asked by drop-downs and a date, and its answer in plain words."""

from __future__ import annotations

import datetime as dt
import itertools

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from model.decisions import Reply, ask
from model.fields.date_text import show_date
from model.fields.number_formats import show_text
from ui import theme as themes
from ui.panels.fact_row import FactRow
from ui.panels.pickers import Choice, DateLine
from ui.panels.reasons import Fact
from ui.session import ChangeSet, DealSession
from ui.slots import guarded
from ui.targets import Target

NOT_SAID = "not said"
_SIGNS = {"yes": ("✓", "good"), "no": ("✗", "bad"), "unknown": ("?", "amber"), "ambiguous": ("≠", "amber")}


@guarded
class AskForm(QWidget):
    """Choose a question, say the facts, read the answer. Only a way of looking: nothing here edits the deal."""

    answered = Signal(object)  # Reply
    question_changed = Signal(str)
    rule_wanted = Signal(str, str)  # question, rule
    go_wanted = Signal(object)  # Target

    def __init__(self, session: DealSession, parent: QWidget | None = None, compact: bool = False) -> None:
        super().__init__(parent)
        self.session = session
        self._compact = compact  # notes are left to the May they? sheet
        self.reply: Reply | None = None
        self.facts: dict[str, Choice] = {}
        self._kept: dict[tuple[str, str], str] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.questions = Choice("Question", self)
        self.questions.currentIndexChanged.connect(self._chosen)
        self.note = _label("quiet")
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        self._grid.setVerticalSpacing(4)
        self._grid.setHorizontalSpacing(12)
        self.on = DateLine("On", parent=self)
        today, line = dt.date.today(), session.calc.timeline
        self.on.set_day(min(max(today, line.start), line.end))
        self.on.changed.connect(lambda _: self.answer())
        self.word = QLabel(self)
        self.word.setTextFormat(Qt.TextFormat.PlainText)
        self.why = _label("quiet")
        self.until = _label("")
        self._rule = QVBoxLayout()
        self._rule.setSpacing(0)
        for item in (self.questions, self.note):
            column.addWidget(item)
        column.addLayout(self._grid)
        column.addSpacing(4)
        for item in (self.word, self.why, self.until):
            column.addWidget(item)
        column.addLayout(self._rule)
        self._fill()

    # --- the form ------------------------------------------------------------

    @property
    def question(self) -> str:
        return str(self.questions.currentData() or "")

    def choose(self, question: str) -> None:
        index = self.questions.findData(question)
        if index >= 0:
            self.questions.setCurrentIndex(index)

    def set_fact(self, fact: str, value: str) -> None:
        """As a click in the list would; "" leaves it open."""
        box = self.facts[fact]
        box.setCurrentIndex(max(0, box.findData(value)))

    def given(self) -> dict[str, str]:
        """What has been said."""
        return {fact: str(box.currentData()) for fact, box in self.facts.items() if box.currentData()}

    def sync(self, changes: ChangeSet) -> None:
        """The deal is another one, or its values are."""
        deal = self.session.deal
        shown = [(self.questions.itemData(i), self.questions.itemText(i)) for i in range(self.questions.count())]
        if shown != [(k, show_text(q.label)) for k, q in deal.questions.items()] or self._facts_differ():
            self._fill()
        else:
            self.answer()

    def _facts_differ(self) -> bool:
        question = self.session.deal.questions.get(self.question)
        if question is None or list(question.facts) != list(self.facts):
            return True
        return any(
            [box.itemData(i) for i in range(1, box.count())] != list(question.facts[f].values)
            for f, box in self.facts.items()
        )

    def _fill(self) -> None:
        now = self.question
        self.questions.blockSignals(True)
        self.questions.clear()
        for key, question in self.session.deal.questions.items():
            self.questions.addItem(show_text(question.label), key)
        index = self.questions.findData(now)
        self.questions.setCurrentIndex(max(index, 0))
        self.questions.blockSignals(False)
        self._chosen()

    def _chosen(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None and widget is not self.on:
                widget.hide()
                widget.deleteLater()
        self.facts = {}
        question = self.session.deal.questions.get(self.question)
        self.on.setVisible(question is not None)
        if question is None:
            self.answer()
            return
        self.questions.setToolTip(show_text(question.label))
        self.note.setText(show_text(question.note))
        self.note.setVisible(bool(question.note) and not self._compact)
        for row, (key, fact) in enumerate(question.facts.items()):
            box = Choice(fact.label, self)
            box.addItem(NOT_SAID, "")
            for value, label in fact.values.items():
                box.addItem(show_text(label), value)
            kept = self._kept.get((self.question, key), "")
            box.setCurrentIndex(max(0, box.findData(kept)))
            box.currentIndexChanged.connect(lambda _, key=key: self._said(key))
            self.facts[key] = box
            name = QLabel(show_text(fact.label))
            name.setBuddy(box)
            self._grid.addWidget(name, row, 0)
            self._grid.addWidget(box, row, 1)
        name = QLabel("On")
        name.setFixedHeight(self.on.field.sizeHint().height())
        self._grid.addWidget(name, len(self.facts), 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(self.on, len(self.facts), 1)
        stops = [self.questions, *self.facts.values(), self.on.field]  # the fields follow each other as they stand
        for one, following in itertools.pairwise(stops):
            QWidget.setTabOrder(one, following)
        self.question_changed.emit(self.question)
        self.answer()

    def _said(self, fact: str) -> None:
        self._kept[self.question, fact] = str(self.facts[fact].currentData() or "")
        self.answer()

    # --- the answer ----------------------------------------------------------

    def answer(self) -> None:
        """Ask again, and show what comes out."""
        while (item := self._rule.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        shown = bool(self.question) and self.on.day is not None
        for part in (self.word, self.why, self.until):
            part.setVisible(shown)
        if not shown or self.on.day is None:
            return
        reply = self.reply = ask(self.session.calc, self.question, self.given(), self.on.day)
        sign, colour = _SIGNS[reply.answer]
        self.word.setText(f"{sign} {reply.answer.capitalize()}")
        self.word.setAccessibleName(f"Answer: {reply.answer}")
        self.word.setStyleSheet(f"color: {getattr(themes.current(), colour)}; font-size: 26px; font-weight: 600;")
        self.why.setText(show_text(reply.why))
        self.until.setVisible(bool(reply.rule) or reply.until is not None)  # what is left open may change it any day
        if reply.until is None:
            self.until.setText("As the dates stand, the answer stays so.")
        else:
            self.until.setText(f"Until {show_date(reply.until)}; then {reply.then}.")
        if reply.rule:
            self._cite(reply)
        self.answered.emit(reply)

    def _cite(self, reply: Reply) -> None:
        deal = self.session.deal
        rule = deal.questions[self.question].rules[reply.rule]
        where = Target(
            "text", f"rule:{self.question}.{reply.rule}", ("questions", self.question, "rules", reply.rule, "why")
        )
        row = FactRow(Fact(f"Rule {reply.rule}", "", reply.class_, where, tip=rule.note))
        row.activated.connect(lambda _: self.rule_wanted.emit(self.question, reply.rule))
        self._rule.addWidget(row)
        source = deal.sources.get(reply.source)
        if source is not None:
            self._rule.addWidget(self._source_row(source.label, reply.source))
        if rule.note and not self._compact:
            note = _label("quiet")
            note.setText(show_text(rule.note))
            self._rule.addWidget(note)

    def _source_row(self, label: str, key: str) -> FactRow:
        row = FactRow(Fact(label, "", "", Target("text", key, ("sources", key, "label"))))
        row.activated.connect(self.go_wanted)
        return row

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.reply is not None:
            self.answer()


def _label(look: str) -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setProperty("muted", look == "quiet")
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return label
