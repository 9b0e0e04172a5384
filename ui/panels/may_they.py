"""The May they? sheet: a question asked and answered, its decision table, and what is wrong with the table."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from model.decisions import Reply
from ui import legal_entries
from ui.panels.ask_form import AskForm
from ui.panels.base import EmptyHint, SheetGrid, SheetPanel
from ui.panels.decision_source import FaultsSource, RulesSource
from ui.session import ChangeSet, DealSession
from ui.slots import bound
from ui.targets import Target
from ui.wording import counted

_EMPTY = (
    "Questions of the form “may X do Y on this day?” belong here: a decision table for each, answered by exactly one "
    "rule.\nThis deal has none yet: add a [questions.…] section to its file, or begin with a template."
)
ASK_WIDTH = 336


class MayTheyPanel(SheetPanel):
    title = "May they?"
    alone = True

    def __init__(self, session: DealSession, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._stack = QStackedWidget(self)
        self.outer.addWidget(self._stack, 1)
        body = QSplitter(Qt.Orientation.Horizontal, self._stack)
        area = scroll_area("mayThey")
        body.addWidget(area)
        column = scrolled(area)
        self.form = AskForm(session, column.parentWidget())
        column.addWidget(self.form)
        column.addStretch(1)
        self._parts = QSplitter(Qt.Orientation.Vertical)
        body.addWidget(self._right())
        self.rules = RulesSource(session)
        self.rules.question = self.form.question
        self._grid = self.add_grid(self.rules, "Decision table", self._parts)
        self.faults = FaultsSource(session)
        self.faults.question = self.form.question
        self.fault_grid = self.add_grid(self.faults, "Gaps and overlaps", self._parts)
        self._parts.addWidget(self._grid)
        self._parts.addWidget(self.fault_grid)
        self._parts.setStretchFactor(0, 1)
        self._parts.setSizes([500, 130])
        self.fault_grid.activated.connect(lambda _: self._go_to_fault())
        self.form.answered.connect(self._answered)
        self.form.question_changed.connect(self._question)
        self.form.rule_wanted.connect(self.show_rule)
        self.form.go_wanted.connect(self.go_wanted)
        body.setHandleWidth(1)
        body.setChildrenCollapsible(False)
        body.setStretchFactor(1, 1)
        body.setSizes([ASK_WIDTH, 900])
        self._stack.addWidget(body)
        self._stack.addWidget(EmptyHint(_EMPTY, self._stack))
        self._arrange()
        if self.form.reply is not None:
            self._answered(self.form.reply)

    def _right(self) -> QWidget:
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        bar = QWidget(page)
        bar.setObjectName("chips")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 4, 8, 4)
        self.state = QLabel(bar)
        self.state.setWordWrap(True)
        row.addWidget(self.state, 1)
        self.add_button = quiet_button("Add a rule", self.add_rule, bar)
        self.copy_button = quiet_button("Duplicate", self.copy_rule, bar)
        self.remove_button = quiet_button("Remove", self.remove_rule, bar)
        row.addWidget(self.add_button)
        row.addWidget(self.copy_button)
        row.addWidget(self.remove_button)
        column.addWidget(bar)
        self._parts.setHandleWidth(1)
        column.addWidget(self._parts, 1)
        return page

    @property
    def grid(self) -> SheetGrid:
        return self._grid

    def grids(self) -> Iterable[SheetGrid]:
        return (self._grid, self.fault_grid)

    def regions(self) -> list[QWidget]:
        """More parts of this sheet for F6."""
        return [self.form, self.fault_grid]

    # --- what is shown -------------------------------------------------------

    def _arrange(self) -> None:
        self._stack.setCurrentIndex(0 if self.session.deal.questions else 1)
        faulty = len(self.faults.problems)
        self.fault_grid.setVisible(bool(faulty))
        said = f"✗ {counted(faulty, 'gap')} or overlap{'s' if faulty > 1 else ''}: see below the table."
        self.state.setText(said if faulty else self.faults.all_well())

    def _question(self, question: str) -> None:
        self.rules.question = self.faults.question = question
        self._grid.reset_source()
        self.fault_grid.reset_source()
        self._arrange()
        self.target_changed.emit()

    def _answered(self, reply: Reply) -> None:
        if self.rules.hit != reply.rule:
            self.rules.hit = reply.rule
            self._grid.grid_model.refresh(flash=False)

    def sync(self, changes: ChangeSet) -> None:
        self.form.sync(changes)
        if (
            list(self.rules.columns()) != self._grid.grid_model.columns
            or list(self.rules.rows()) != self._grid.grid_model.rows
        ):
            self._grid.reset_source()
        else:
            self._grid.grid_model.refresh(flash=not changes.view)
        self.fault_grid.reset_source()
        self._arrange()

    def show_rule(self, question: str, rule: str) -> None:
        """Make a rule's row current."""
        self.show_target(Target("text", f"rule:{question}.{rule}", ("questions", question, "rules", rule, "why")))
        self._grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_target(self, target: Target) -> bool:
        if target.path[:1] == ("questions",) and len(target.path) > 1:
            self.form.choose(target.path[1])
        return super().show_target(target)

    def _go_to_fault(self) -> None:
        here = self.fault_grid.current
        if here is not None:
            super().show_target(self.faults.target(*here))
            self._grid.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- rows ----------------------------------------------------------------

    def _current_rule(self) -> str:
        here = self._grid.current
        return self.rules.key_at(here[0]) if here is not None else ""

    @property
    def own_rows(self) -> bool:
        return self.form.question in self.session.deal.questions

    def row_act(self, act: Literal["insert", "duplicate", "delete"]) -> bool:
        if not self.own_rows:
            return False
        {"insert": self.add_rule, "duplicate": self.copy_rule, "delete": self.remove_rule}[act]()
        return True

    def add_rule(self) -> None:
        """A rule under the current one."""
        edit = legal_entries.add_rule(self.session.deal, self.form.question, self._current_rule())
        self._told(self.session.try_edit(edit))
        added = edit.puts[0].path[3]
        self.show_rule(self.form.question, added)

    def copy_rule(self) -> None:
        """The current rule once more, under itself."""
        rule = self._current_rule()
        if rule:
            edit = legal_entries.copy_rule(self.session.deal, self.form.question, rule)
            self._told(self.session.try_edit(edit))
            self.show_rule(self.form.question, edit.puts[0].path[3])

    def remove_rule(self) -> None:
        rule = self._current_rule()
        if rule:
            self._told(self.session.try_edit(legal_entries.remove_rule(self.session.deal, self.form.question, rule)))

    def _told(self, problems: Iterable[object]) -> None:
        for problem in problems:
            self.session.told.emit(str(problem))


def scroll_area(name: str, parent: QWidget | None = None) -> QScrollArea:
    """A column of the window that scrolls when it is longer than the window, to be filled with ``scrolled``."""
    area = QScrollArea(parent)
    area.setObjectName("inspector")
    area.setAccessibleName(name)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setMinimumWidth(240)
    return area


def scrolled(area: QScrollArea) -> QVBoxLayout:
    """The layout of what scrolls. Its parts are made in the page that stands there: a tree of widgets that moves is
    styled once more."""
    page = QWidget(area.viewport())
    page.setObjectName("inspectorPage")
    column = QVBoxLayout(page)
    column.setContentsMargins(16, 14, 16, 16)
    area.setWidget(page)
    return column


def quiet_button(text: str, slot: Callable[[], None], parent: QWidget) -> QToolButton:
    """A small button in the bar of a sheet."""
    button = QToolButton(parent)
    button.setText(text)
    button.setProperty("quiet", True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(bound(slot))
    return button
