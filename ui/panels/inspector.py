"""The inspector: why this number, from what, where it goes, and what may be entered."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from model.layers import BASE, layer_label
from model.number_formats import show_text
from model.values import ErrorValue, from_serial
from ui import targets
from ui.panels import reasons
from ui.panels.base import error_words, layer_texts
from ui.panels.fact_row import PAD, WIDTH, FactRow
from ui.panels.reasons import Fact
from ui.session import DealSession
from ui.targets import NOTHING, Target
from ui.wording import sentence, with_unit


class Inspector(QScrollArea):
    """What there is to say about the current cell. Rebuilt shortly after the cell changes."""

    go_wanted = Signal(object)  # Target

    def __init__(self, session: DealSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.target = NOTHING
        self.setObjectName("inspector")
        self.setAccessibleName("Inspector")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumWidth(220)
        self._soon = QTimer(self, interval=25, singleShot=True)
        self._soon.timeout.connect(self.rebuild)
        session.changed.connect(self._session_changed)
        session.baseline_changed.connect(self._soon.start)
        self.rebuild()

    def _session_changed(self, changes: object) -> None:
        self._soon.start()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, 400)

    def show_target(self, target: Target) -> None:
        if target != self.target:
            self.target = target
            self._soon.start()

    def facts(self) -> list[FactRow]:
        """The rows on show, for tests and the keyboard."""
        return self.findChildren(FactRow)

    def texts(self) -> list[str]:
        """Everything that can be read here."""
        return [label.text() for label in self.findChildren(QLabel)] + [row.accessibleName() for row in self.facts()]

    # --- building ------------------------------------------------------------

    def rebuild(self) -> None:
        if self._soon.isActive():
            self._soon.stop()
        page = QWidget()
        page.setObjectName("inspectorPage")
        self._box = QVBoxLayout(page)
        self._box.setContentsMargins(PAD, 14, PAD, 16)
        self._box.setSpacing(0)
        target = self.target
        if target.kind == "none" and not target.key:
            self._text("Nothing selected", "title")
            self._text(
                "Select a cell: this panel says why its number is what it is, from what, and what depends on it.",
                "quiet",
            )
        elif (
            target.kind == "text"
            and targets.item_of(self.session.deal, target) is not None
            and not self._is_value(target)
        ):
            self._source_page(target)
        else:
            self._value_page(target)
        self._box.addStretch(1)
        old = self.takeWidget()
        self.setWidget(page)
        if old is not None:
            old.deleteLater()

    def _is_value(self, target: Target) -> bool:
        return targets.target_of(self.session.deal, target.key) is not NOTHING

    def _value_page(self, target: Target) -> None:
        session, calc, deal = self.session, self.session.calc, self.session.deal
        if target.kind == "text":
            target = targets.target_of(deal, target.key)
        item = targets.item_of(deal, target)
        self._text(targets.place(calc, target), "title")
        whole_line = target.key in deal.lines and target.period is None
        if not whole_line and target is not NOTHING:
            field, value = targets.field_of(deal, target), targets.value_of(calc, target)
            bad = isinstance(value, ErrorValue) and not value.is_undisclosed
            text = with_unit(field, value) or "empty"
            if target.key in deal.checks and isinstance(value, bool):
                text, bad = ("Holds", False) if value else ("Fails", True)
            self._text(text, "bad" if bad else "value")
            if isinstance(value, ErrorValue):
                self._text(sentence(error_words(calc, value)), "quiet")
        note = self._note(target, item)
        if note:
            self._text(note, "quiet")
        if target.key in deal.events or target.period is not None:
            self._triggers(target)
        direct = reasons.precedents(calc, target)
        self._rows("Why", direct)
        if target.kind == "formula":
            found, count = reasons.inputs_behind(calc, target, {fact.target.key for fact in direct})
            self._rows("From", found, count)
        if target.kind == "input":
            self._layers(target.key)
        if target.kind == "input" or target.key in deal.terms:
            found, count = reasons.outputs_reached(calc, session.baseline, target)
            self._rows("What it reaches", found, count)
            if not found:
                self._rows("Read by", reasons.dependents(calc, target))
        else:
            self._rows("Read by", reasons.dependents(calc, target))
        self._source(target, item)
        if target.kind == "input":
            self._section("Enter")
            self._text(targets.field_of(deal, target).hint, "quiet")
        elif target.kind == "formula":
            self._section("Enter")
            self._text("A formula: press F2 to change it. It holds in every version and scenario.", "quiet")

    def _note(self, target: Target, item: object) -> str:
        series = self.session.deal.series.get(target.key.partition(".")[0])
        parts = [getattr(item, "note", "")]
        if series is not None:
            parts.insert(0, series.notes.get(target.key.partition(".")[2], ""))
        if target.key.count(".") == 2:
            parts.append(self.session.deal.tables[target.key.split(".")[0]].note)
        return "\n".join(part for part in parts if part)

    def _triggers(self, target: Target) -> None:
        deal, facts = self.session.deal, []
        wanted = target.period
        if wanted is None:
            wanted = next((p for key, _, p in targets.event_flags(self.session.calc) if key == target.key), None)
        for key, day, period in targets.event_flags(self.session.calc):
            if period == wanted:
                date = from_serial(day)
                facts.append(
                    Fact(
                        deal.events[key].label,
                        f"{date.day} {date:%b %Y}" if date else "",
                        "",
                        targets.target_of(deal, key),
                    )
                )
        self._rows("Triggers in this period", facts)

    def _layers(self, address: str) -> None:
        session = self.session
        texts = layer_texts(session, address)
        if len(texts) < 2:
            return
        winner = next((layer for layer, text in texts if text), BASE)
        facts = []
        for layer, text in reversed(texts):
            label = layer_label(session.deal, layer)
            quiet = layer != winner
            facts.append(Fact(label, text or "inherits", tint="muted" if quiet else ""))
        self._rows("Layers", facts)

    def _source(self, target: Target, item: object) -> None:
        deal = self.session.deal
        key = getattr(item, "source", "")
        if target.key.count(".") == 2:
            key = deal.tables[target.key.split(".")[0]].source
        if not key:
            return
        self._section("Source")
        source = deal.sources.get(key)
        if source is None:
            self._text(key, "quiet")
            return
        when = f", {source.date.day} {source.date:%b %Y}" if source.date else ""
        self._text(source.label, "")
        about = ". ".join(part.rstrip(".") for part in (f"{source.publisher}{when}".strip(", "), source.note) if part)
        if about:
            self._text(about + ".", "quiet")

    def _source_page(self, target: Target) -> None:
        deal = self.session.deal
        self._text(targets.label(deal, target), "title")
        source = deal.sources.get(target.key)
        if source is None:
            return
        if source.note:
            self._text(source.note, "quiet")
        facts = [
            Fact(getattr(item, "label", key), "", "", targets.target_of(deal, key))
            for section in (deal.terms, deal.series, deal.tables, deal.lines, deal.outputs)
            for key, item in section.items()
            if getattr(item, "source", "") == target.key
        ]
        self._rows("Used by", facts[:20], len(facts))

    # --- pieces --------------------------------------------------------------

    def _text(self, text: str, look: str) -> None:
        label = QLabel(show_text(text))
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setProperty("look", look)
        label.setIndent(0)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._box.addWidget(label)

    def _section(self, name: str) -> None:
        self._text(name.upper(), "head")

    def _rows(self, name: str, facts: Sequence[Fact], count: int = 0) -> None:
        if not facts:
            return
        self._section(name)
        for fact in facts:
            row = FactRow(fact)
            row.activated.connect(self.go_wanted)
            self._box.addWidget(row)
        if count > len(facts):
            self._text(f"and {count - len(facts)} more", "quiet")
