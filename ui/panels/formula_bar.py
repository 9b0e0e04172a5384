"""The formula bar: the current cell's name, its formula or input, and the layer that an edit writes to."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import structs
from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from model.fields.number_formats import show_text
from model.layers import BASE, layer_label
from model.problems import Problem, Refused
from ui import targets
from ui.panels.bar_error import ErrorLine
from ui.panels.bar_parts import LayerChip, NameBox
from ui.panels.formula_edit import LINE, FormulaEdit
from ui.session import ChangeSet, DealSession
from ui.slots import bound, guarded
from ui.targets import NOTHING, Target
from ui.wording import wrapped

if TYPE_CHECKING:
    from ui.panels.formula_assist import FormulaAssist


@guarded
class FormulaBar(QWidget):
    """Shows the target it is given; while a text is being edited here, it stays with that cell."""

    jump = Signal(str)
    done = Signal(str)  # committed or taken back: the grid has the word again, and moves on that way
    look_wanted = Signal(object)  # Target: show this cell; the entry stays open
    back = Signal(object)  # Target: a refused text is about this cell
    pointing_changed = Signal(bool)  # a click on a cell would insert its name

    def __init__(self, session: DealSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setObjectName("formulaBar")
        self.target = NOTHING
        self.home = NOTHING  # the cell of the last edit
        self._before = ""
        self._named: tuple[object, ...] = ()  # what the names in the box were made from
        self._wanted: Target | None = None  # what to show once the edit is over
        self._looking = False  # the sheet shows an item of a circle; the entry waits
        self._looked = False
        self.strayed = False  # the sheet showed something else when the edit ended: back to its home
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(4, 0, 8, 0)
        row.setSpacing(0)
        self.name_box = NameBox(self)
        self.name_box.setFixedSize(196, LINE)
        self.name_box.entered.connect(self.jump)
        self._line = QWidget(self)
        self._line.setObjectName("barLine")
        self._line.setFixedSize(1, 18)
        self._fx = QLabel("fx", self)
        self._fx.setObjectName("fx")
        self._fx.setFixedWidth(28)
        self._fx.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.field = FormulaEdit(self)
        self.field.colours.set_deal(session.deal)
        self.chip = LayerChip(self)
        top = Qt.AlignmentFlag.AlignTop
        row.addWidget(self.name_box, 0, top)
        row.addWidget(self._line, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._fx, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.field, 1)
        row.addSpacing(8)
        row.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignVCenter)
        column.addLayout(row)
        self.error = ErrorLine(self)
        self.error.hide()
        self.error.taken.connect(self.take_nearest)
        self.error.go_wanted.connect(self._look)
        column.addWidget(self.error)
        self.field.committed.connect(self.commit)
        self.field.cancelled.connect(self.cancel)
        self.field.entered.connect(lambda: self.assist)
        self.field.left.connect(self._left)
        self.field.textChanged.connect(self._typed)
        session.changed.connect(self._changed)
        session.layer_changed.connect(self._show_chip)
        self.name_box.focused.connect(self._set_names)

    @cached_property
    def assist(self) -> FormulaAssist:
        """Help with writing; made when the field is first entered."""
        from ui.panels.formula_assist import FormulaAssist

        assist = FormulaAssist(self)
        assist.pointing_changed.connect(self.pointing_changed)
        return assist

    @property
    def pointing(self) -> bool:
        """A formula is being written that wants a name: a click on a cell gives its."""
        return "assist" in self.__dict__ and self.assist.pointing

    @property
    def waiting(self) -> bool:
        """The text may stay open while another sheet is shown: to fetch a name there, or to look at a circle."""
        return self.pointing or self._looking

    # --- showing -------------------------------------------------------------

    @property
    def editing(self) -> bool:
        """Text in the field differs from what the cell holds."""
        return self.field.text() != self._before

    def show_target(self, target: Target) -> None:
        if self.editing and (self.field.hasFocus() or self._looking):
            self._wanted = target
            return
        self.target = target
        self._wanted = None
        self.error.hide()
        self.name_box.show_name(targets.name(self.session.calc, target))
        self._before = self._text(target)
        if self.field.text() != self._before or self.field.colours.on != (target.kind == "formula"):
            self.field.set_text(self._before, colour=target.kind == "formula")
        self.field.setReadOnly(target.kind == "none")
        self.field.setToolTip(wrapped(self._before, 96) if len(self._before) > 60 else "")
        self._show_chip()

    def _text(self, target: Target) -> str:
        if target.attribute == "range":
            return targets.range_edit_text(self.session.deal, target.key)
        text = targets.text_of(self.session.calc, target)
        if target.attribute == "source":
            return self.session.deal.source_label(text)
        return text

    def show_live(self, text: str) -> None:
        """What is being typed in the grid."""
        self._before = text
        self.field.set_text(text, colour=text.startswith("="))

    def _changed(self, changes: ChangeSet) -> None:
        if changes.structure:
            self.field.colours.set_deal(self.session.deal)
        if not (self.editing and self.field.hasFocus()):
            self.show_target(self.target)

    def _set_names(self) -> None:
        deal = self.session.deal
        named = (deal.terms, deal.series, deal.tables, deal.lines, deal.outputs, deal.checks)
        if len(self._named) == len(named) and all(a is b for a, b in zip(self._named, named, strict=True)):
            return
        self._named = named
        sections = (deal.terms, deal.series, deal.tables, deal.lines, deal.outputs, deal.checks)
        keys = [key for section in sections for key in section]
        labels = [
            item.label for section in sections for item in section.values() if item.label == show_text(item.label)
        ]
        self.name_box.set_names(list(dict.fromkeys([*keys, *labels])))

    # --- the chip ------------------------------------------------------------

    def _show_chip(self) -> None:
        session, target = self.session, self.target
        if target.kind == "formula":
            self.chip.say(
                "Formula: every scenario",
                "A formula belongs to the deal: it is the same in every version and scenario.",
                None,
            )
            return
        if target.kind != "input":
            self.chip.say("", "", None)
            return
        layer = session.layer_for(target.key)
        name = layer_label(session.deal, layer)
        self.chip.say(
            f"Writes to: {name}",
            f"The next edit of this cell writes to: {name}.\nClick to choose another layer.",
            self.layer_menu,
        )

    def layer_menu(self, menu: QMenu) -> None:
        """Choose the layer of the next edit; or let the cell inherit again."""
        session, address = self.session, self.target.key
        deal, now = session.deal, session.layer_for(address)
        for layer in session.layer_choices():
            label = show_text(layer_label(deal, layer)).replace("&", "&&")
            text = "Write to the base" if layer == BASE else f"Override here in {label[0].lower()}{label[1:]}"
            action = menu.addAction(text, bound(session.choose_layer, address, layer))
            action.setCheckable(True)
            action.setChecked(layer == now)
        overriding = [layer for layer in session.layer_choices() if layer != BASE and self._has(layer, address)]
        if overriding:
            menu.addSeparator()
        for layer in overriding:
            menu.addAction(f"Inherit again (remove from {layer_label(deal, layer)})", bound(self.inherit, layer))

    def _has(self, layer: str, address: str) -> bool:
        kind, _, key = layer.partition(":")
        held = self.session.deal.versions if kind == "version" else self.session.deal.scenarios
        return key in held and address in held[key].set

    def inherit(self, layer: str) -> None:
        """Remove the override of the current cell in a layer."""
        from ui import entries

        address = self.target.key
        self.session.forget_layer(address)
        try:
            self.session.edit(entries.clear_edit(self.session.calc, [Target("input", address)], lambda _: layer))
        except Refused as refused:
            self._refuse(refused.problems)

    # --- editing -------------------------------------------------------------

    def begin(self, text: str = "") -> None:
        """Edit the current cell here; with a text, beginning with it."""
        if self.target.kind == "none":
            return
        if text:
            self.field.setPlainText(text)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        cursor = self.field.textCursor()
        cursor.movePosition(cursor.MoveOperation.End)
        self.field.setTextCursor(cursor)

    def commit(self, move: str = "") -> bool:
        """Enter the text, then move "down", "up", "right" or "left". False: refused; it stays, with the reason under it."""
        if not self.editing:
            self._finish(move)
            return True
        from ui import entries

        session = self.session
        try:
            session.edit(entries.make_edit(session.calc, [(self.target, self.field.text())], session.layer_for))
        except Refused as refused:
            self._refuse(refused.problems)
            return False
        self._before = self.field.text()
        self._finish(move)
        return True

    def cancel(self) -> None:
        self.field.set_text(self._before, colour=self.target.kind == "formula")
        self._finish("", stay=self._looked)

    def _finish(self, move: str, *, stay: bool = False) -> None:
        """``stay``: the sheet keeps showing what was looked at."""
        if "assist" in self.__dict__:
            self.assist.end()
        self.home = NOTHING if stay else self.target
        self.strayed, self._looked = self._looked and not stay, False
        self.error.hide()
        wanted, self._wanted = self._wanted, None
        had_focus = self.field.hasFocus()
        self.show_target(self.target if self.strayed else wanted or self.target)
        if had_focus:
            self.done.emit(move)

    def _refuse(self, problems: tuple[Problem, ...]) -> None:
        first, text = problems[0], self.field.text()
        if first.span is not None and (spaces := len(text) - len(text.lstrip())):  # it was entered without them
            first = structs.replace(first, span=(first.span[0] + spaces, first.span[1] + spaces))
        self.error.show_problem(self.session.deal, first)
        self.field.mark(first.span)
        self.assist.hide()
        self.assist.mark(first.span)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def take_nearest(self) -> None:
        """The name that was meant, in the place of the one that is not known."""
        problem = self.error.problem
        if self.error.instead and problem is not None and problem.span is not None:
            self.assist.put_in(problem.span, problem.instead)

    def _look(self, target: Target) -> None:
        """Show an item of the circle; the entry stays as it is."""
        self._looking = self._looked = True
        self.look_wanted.emit(target)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self._looking = False

    def _typed(self) -> None:
        self.error.hide()
        if self.field.hasFocus():
            on = self.field.toPlainText().startswith("=")
            if on != self.field.colours.on:
                self.field.colours.on = on
                QTimer.singleShot(0, self.field.colours.rehighlight)

    def _left(self) -> None:
        """A click elsewhere enters the text, as in Excel; refused, it stays and so does the cursor."""
        if self.editing and not self._looking and not self.commit():
            QTimer.singleShot(0, lambda: self.back.emit(self.target))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "field"):
            self.field.restyle()
            self.error.restyle()
