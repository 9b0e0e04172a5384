"""The one toolbar row: file, undo and redo, what decides every number, and the one primary action."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QFont, QFontMetrics, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

from model.deal import PeriodLength
from model.fields.number_formats import show_text
from model.formula.bind import PERSPECTIVE
from model.program import Program
from ui.panels.selector import Selector
from ui.session import DealSession
from ui.slots import guarded
from ui.theme import BASE_PX, ui_font

_WORDS_FROM = 1020  # px: in a narrower row undo and redo are arrows only, and Export is one word
PERIODS: tuple[tuple[PeriodLength, str], ...] = (("month", "Month"), ("quarter", "Quarter"), ("year", "Year"))


@guarded
class Toolbar(QWidget):
    """Buttons trigger the menus' actions, so that text, keys and state are told once."""

    view_wanted = Signal(str, str)  # version, scenario, period or perspective; its key

    def __init__(
        self, session: DealSession, actions: Mapping[str, QAction], templates: QMenu, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.session = session
        self._actions = actions
        self._program: Program | None = None
        self._seen = False  # whether any formula asks from whose side it is seen
        self.setObjectName("toolbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 12, 6)
        row.setSpacing(4)
        self.new_button = self._button("New", "")
        self.new_button.setToolTip("New from template")
        self.new_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.new_button.setMenu(templates)
        self.open_button = self._button("Open", "open_file")
        self.open_button.setToolTip("Open a deal (Ctrl+O)")
        self.save_button = self._button("Save", "save")
        self.undo_button = self._button("↶ Undo", "undo")
        self.undo_button.setAccessibleName("Undo")
        self.redo_button = self._button("↷ Redo", "redo")
        self.redo_button.setAccessibleName("Redo")
        self.version_box = Selector("Version", self)
        self.version_box.chosen.connect(lambda key: self.view_wanted.emit("version", key))
        self.scenario_box = Selector("Scenario", self)
        self.scenario_box.chosen.connect(lambda key: self.view_wanted.emit("scenario", key))
        self.period_box = Selector("Period", self)
        self.period_box.chosen.connect(lambda key: self.view_wanted.emit("period", key))
        self.party_box = Selector("View of", self)
        self.party_box.chosen.connect(lambda key: self.view_wanted.emit("perspective", key))
        self.export_button = QPushButton(self)
        self._fit_export("Export to Excel…")
        self.export_button.setProperty("primary", True)
        self.export_button.setToolTip("A workbook with live formulas of what is in view (Ctrl+E)")
        self.export_button.clicked.connect(actions["export"].trigger)
        groups: tuple[tuple[QWidget, ...], ...] = (
            (self.new_button, self.open_button, self.save_button),
            (self.undo_button, self.redo_button),
            (self.version_box, self.scenario_box, self.period_box, self.party_box),
        )
        for i, group in enumerate(groups):
            if i:
                line = QWidget(self)
                line.setObjectName("barLine")
                line.setFixedSize(1, 20)
                row.addSpacing(4)
                row.addWidget(line)
                row.addSpacing(4)
            for widget in group:
                row.addWidget(widget)
        row.addStretch(1)
        row.addSpacing(8)
        row.addWidget(self.export_button)
        self.show_view()
        self.show_undo()

    def _button(self, text: str, action: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if action:
            button.clicked.connect(self._actions[action].trigger)
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        words = self.width() >= _WORDS_FROM
        self.undo_button.setText("↶ Undo" if words else "↶")
        self.redo_button.setText("↷ Redo" if words else "↷")
        self._fit_export("Export to Excel…" if words else "Export…")

    def _fit_export(self, text: str) -> None:
        self.export_button.setText(text)
        bold = QFontMetrics(
            ui_font(BASE_PX, weight=QFont.Weight.DemiBold)
        )  # the style sheet's weight is in no size hint
        self.export_button.setMinimumWidth(bold.horizontalAdvance(text) + 32)

    def show_view(self) -> None:
        """Version, scenario and period as they are now."""
        deal, view = self.session.deal, self.session.view
        for box, layers, now, first in (
            (self.version_box, deal.versions, view.version, deal.version),
            (self.scenario_box, deal.scenarios, view.scenario, deal.scenario),
        ):
            choices = [(key, layer.label, layer.note) for key, layer in layers.items()]
            if choices and (not first or now not in layers):  # the terms as they are, without any of them
                choices.insert(0, ("", "None", ""))
            box.set_choices(choices, now if now in layers else "")
        self.period_box.set_choices([(k, label, "") for k, label in PERIODS], view.period)
        program = self.session.calc.program
        if program is not self._program:
            self._program = program
            self._seen = any(PERSPECTIVE in formula.now for formula in program.formulas.values())
        parties = [(k, p.label, p.note) for k, p in deal.parties.items()] if self._seen else []
        self.party_box.set_choices(parties, self.session.perspective)

    def show_undo(self) -> None:
        """Undo and redo with their steps, in the menu and in the tooltips."""
        stack = self.session.stack
        for name, button, can, text in (
            ("undo", self.undo_button, stack.canUndo(), stack.undoText()),
            ("redo", self.redo_button, stack.canRedo(), stack.redoText()),
        ):
            verb, text = name.capitalize(), show_text(text)
            action = self._actions[name]
            action.setText(f"&{verb}: {text.replace('&', '&&')}" if can else f"&{verb}")
            action.setEnabled(can)
            button.setEnabled(can)
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            button.setToolTip(f"{verb}: {text} ({keys})" if can else f"Nothing to {name}")

    def show_saved(self) -> None:
        dirty = self.session.dirty
        self.save_button.setText("Save •" if dirty else "Save")
        self.save_button.setToolTip("Save: there are unsaved changes (Ctrl+S)" if dirty else "Save (Ctrl+S)")
