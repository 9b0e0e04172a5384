"""The Rights sheet: a picture over the years, the table behind it, and how each right stands at every year-end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cached_property
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from model.formula.bind import RIGHT
from model.problems import Refused
from ui import legal_entries
from ui.event_moves import Handle, move_edit
from ui.panels.ask_form import AskForm
from ui.panels.base import EmptyHint, SheetGrid, SheetPanel
from ui.panels.chips import Chips
from ui.panels.deal_source import DealSource
from ui.panels.events_source import EventsSource
from ui.panels.may_they import quiet_button, scroll_area, scrolled
from ui.panels.pickers import DateLine
from ui.panels.rights_picture import RightsTimeline
from ui.panels.rights_source import MatrixSource, RightsSource
from ui.panels.what_ends import WhatEnds
from ui.pictures import PictureButton
from ui.session import ChangeSet, DealSession
from ui.slots import guarded
from ui.targets import Target

PARTS = ("Picture", "Table", "Year-ends", "Events")
_EMPTY = (
    "What each party may do belongs here, with the days on which it begins and ends.\n"
    "This deal has no rights yet: add the first with “Add a right” above."
)
_ROOMY = 620  # with less height than this the picture has the sheet to itself


@guarded
class RightsPanel(SheetPanel):
    title = "Rights"

    def __init__(self, session: DealSession, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.chips = Chips("Part of the rights", self)
        self.chips.set_texts(
            PARTS,
            (
                "Over the years",
                "Every term of every right",
                "How each stands at the end of a year",
                "What triggers what, and when",
            ),
        )
        self.chips.chosen.connect(self._choose)
        page = QWidget(self)
        self.outer.addWidget(page, 1)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._parts = QStackedWidget(page)
        self._split = QSplitter(Qt.Orientation.Vertical, self._parts)
        self._split.setHandleWidth(1)
        self._parts.addWidget(self._split)
        self._empty = EmptyHint(_EMPTY, self._parts)
        self._parts.addWidget(self._empty)
        self.picture = RightsTimeline(session, self._split)
        self.picture.chosen.connect(self.select)
        self.picture.opened.connect(self._open)
        self.picture.previewed.connect(self._preview)
        self.picture.moved.connect(self._moved)
        self.picture.dropped.connect(lambda: session.preview(None))
        self.source = RightsSource(session)
        self._table = self.add_grid(self.source, "Rights", self._split)
        self._table.current_changed.connect(self._row_changed)
        self._split.addWidget(self.picture)
        self._split.addWidget(self._table)
        self._split.setStretchFactor(0, 1)
        self._split.setCollapsible(0, False)
        column.addWidget(self._bar(page))
        column.addWidget(self._parts, 1)
        self.side = self._side()
        self._part = 0
        self._arrange()
        self.select(next(iter(session.deal.rights), ""))

    def _late(self, source: DealSource, name: str) -> SheetGrid:
        """A part of the sheet, made when it is first asked for."""
        grid = self.add_grid(source, name, self._parts)
        self._parts.addWidget(grid)
        self.grid_made.emit(grid)
        return grid

    @cached_property
    def matrix(self) -> SheetGrid:
        """How each right stands at the year-ends."""
        return self._late(MatrixSource(self.session), "Rights at year-ends")

    @cached_property
    def events(self) -> SheetGrid:
        """What triggers what."""
        return self._late(EventsSource(self.session), "Events")

    def _bar(self, page: QWidget) -> QWidget:
        bar = QWidget(page)
        bar.setObjectName("chips")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 0, 8, 0)
        row.addWidget(self.chips, 1)
        self.on = DateLine("Day on which the rights are looked at", parent=bar)
        self.on.setFixedWidth(120)
        self.on.set_day(self.source.on)
        self.on.changed.connect(self._look_on)
        self.on_name = QLabel("How they stand on", bar)
        row.addWidget(self.on_name)
        row.addWidget(self.on)
        row.addSpacing(8)
        self.picture_button = PictureButton(self.picture, bar, self.session.told.emit, what="picture")
        self.add_button = quiet_button("Add a right", self.add_right, bar)
        self.again_button = quiet_button("Duplicate", self.copy_right, bar)
        self.remove_button = quiet_button("Remove", self.remove_right, bar)
        for button in (self.add_button, self.again_button, self.remove_button, self.picture_button):
            row.addWidget(button)
        return bar

    def _look_on(self, day: dt.date) -> None:
        self.source.on = day
        self._table.reset_source()

    def _side(self) -> QWidget:
        """May they?, and what ends when, in the place of the inspector."""
        beside = self.beside()
        area = scroll_area("May they, and what ends when")
        area.hide()
        if beside is not None:
            beside.addWidget(area)
        column = scrolled(area)
        column.setSpacing(8)
        page = column.parentWidget()
        self.ask = AskForm(self.session, page, compact=True)
        self.ask.go_wanted.connect(self.go_wanted)
        self.ask.rule_wanted.connect(
            lambda question, rule: self.go_wanted.emit(
                Target("text", f"rule:{question}.{rule}", ("questions", question, "rules", rule, "why"))
            )
        )
        self.ends = WhatEnds(self.session, page)
        self.ends.go_wanted.connect(self.go_wanted)
        self._ask_title = _title("May they?")
        column.addWidget(self._ask_title)
        column.addWidget(self.ask)
        column.addSpacing(12)
        self._ends_title = _title("What ends when")
        column.addWidget(self._ends_title)
        column.addWidget(self.ends)
        column.addStretch(1)
        return area

    # --- parts ---------------------------------------------------------------

    @property
    def part(self) -> str:
        return PARTS[self._part]

    @property
    def grid(self) -> SheetGrid:
        return self._table if self._part < 2 else self.matrix if self._part == 2 else self.events

    def grids(self) -> Iterable[SheetGrid]:
        made = vars(self)
        return (self._table, *(made[name] for name in ("matrix", "events") if name in made))

    def regions(self) -> list[QWidget]:
        """More parts of this sheet for F6."""
        return [self.picture, self.ask, self.ends]

    def focus_first(self) -> QWidget:
        """What takes the keyboard when the sheet comes to the front."""
        return self.picture if self._part == 0 else self.grid

    def show_part(self, name: str) -> None:
        """Picture, Table or Year-ends."""
        self._part = PARTS.index(name)
        self.chips.set_current(self._part)
        self._show_parts()
        self.target_changed.emit()

    def _show_parts(self) -> None:
        """What belongs to the part that is shown; without rights all parts but the events have nothing to show."""
        some, table = bool(self.session.deal.rights), self._part < 2
        self._parts.setCurrentWidget(
            self.events if self._part == 3 else self._empty if not some else self._split if table else self.matrix
        )
        self.picture.setVisible(self._part == 0)
        self.picture_button.setVisible(some and self._part == 0)
        for widget in (self.on_name, self.on, self.again_button, self.remove_button):
            widget.setVisible(some and table)
        self.add_button.setVisible(table)
        self._fit()

    def _choose(self, index: int) -> None:
        if not self.entered():
            self.chips.set_current(self._part)
            return
        self.show_part(PARTS[index])
        self.focus_first().setFocus(Qt.FocusReason.OtherFocusReason)

    def step(self, by: int) -> None:
        """The next or previous part."""
        self._choose((self._part + by) % len(PARTS))

    def _fit(self) -> None:
        roomy = self.height() >= _ROOMY
        self._table.setVisible(self._part == 1 or roomy)
        if self._part == 0 and roomy:
            self._split.setSizes([self.height() - 180, 148])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._part == 0 and (event.size().height() >= _ROOMY) != (event.oldSize().height() >= _ROOMY):
            self._fit()

    def _arrange(self) -> None:
        deal = self.session.deal
        for widget in (self._ask_title, self.ask):
            widget.setVisible(bool(deal.questions))
        for part in (self._ends_title, self.ends):
            part.setVisible(self.ends.any_events)
        self._show_parts()

    # --- the right that is selected -------------------------------------------

    def select(self, key: str) -> None:
        """Make a right's row current, in the picture and in the table."""
        place = self.source.find(Target("formula", f"{RIGHT}{key}.until", ("rights", key, "until")))
        if place is not None:
            here = self._table.current
            if here is None or here[0] != place[0]:
                self._table.go_to(*place)
        self.picture.select(key)

    def _row_changed(self, row: int, col: int) -> None:
        self.picture.select(self.source.key_at(row))

    def _open(self, key: str) -> None:
        self.show_part("Table")
        self.select(key)
        self._table.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_target(self, target: Target) -> bool:
        if target.path[:1] == ("events",):
            self.show_part("Events")
            return super().show_target(target)
        if self._part >= 2:
            self.show_part("Picture")
        found = super().show_target(target)
        if found and not self._table.isVisibleTo(self):
            self.target_changed.emit()
        return found

    # --- moving an event -----------------------------------------------------

    def _preview(self, handle: Handle, day: dt.date | None) -> None:
        self.session.preview({handle.address: handle.input_for(day)})

    def _moved(self, handle: Handle, day: dt.date | None) -> None:
        session = self.session
        session.preview(None)
        try:
            session.edit(move_edit(session.calc, handle, day, session.layer_for(handle.address)))
        except Refused as refused:
            session.told.emit(str(refused.problems[0]))

    # --- rows ----------------------------------------------------------------

    @property
    def own_rows(self) -> bool:
        return self.takes_rows and bool(self.session.deal.rights)

    @property
    def takes_rows(self) -> bool:
        return self._part <= 1

    def row_act(self, act: Literal["insert", "duplicate", "delete"]) -> bool:
        if not (self.takes_rows if act == "insert" else self.own_rows):
            return False
        {"insert": self.add_right, "duplicate": self.copy_right, "delete": self.remove_right}[act]()
        return True

    def add_right(self) -> None:
        """A right under the current one."""
        edit = legal_entries.add_right(self.session.deal, self._current())
        problems = self.session.try_edit(edit)
        if not problems:
            self._open(edit.puts[0].path[1])

    def copy_right(self) -> None:
        """The current right once more, under itself."""
        key = self._current()
        if key:
            edit = legal_entries.copy_right(self.session.deal, key)
            if not self.session.try_edit(edit):
                self._open(edit.puts[0].path[1])

    def remove_right(self) -> None:
        key = self._current()
        if key:
            self.session.try_edit(legal_entries.remove_right(self.session.deal, key))

    def _current(self) -> str:
        here = self._table.current
        return self.source.key_at(here[0]) if here is not None else ""

    # --- changes -------------------------------------------------------------

    def sync(self, changes: ChangeSet) -> None:
        for grid in self.grids():
            source, model = grid.deal_source, grid.grid_model
            if list(source.columns()) != model.columns or list(source.rows()) != model.rows:
                grid.reset_source()
            else:
                model.refresh(flash=not changes.view)
        self.picture.refresh()
        self.ask.sync(changes)
        self.ends.sync(changes)
        self._arrange()


def _title(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("look", "title")
    return label
