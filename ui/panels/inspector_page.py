"""What the inspector says about one cell: a page of texts, lines and trees. Built for every cell anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from model.deal import Right
from model.explain import Explanation, Fault, Seen, dependents, explain, precedents, reach
from model.fields import make_field
from model.fields.date_text import show_date
from model.fields.number_formats import show_text
from model.fields.unit_text import with_unit
from model.formula.bind import RIGHT
from model.layers import BASE, about, layer_label, remark
from model.rights import date_of, day, status
from model.values import ErrorValue, from_serial
from ui import targets
from ui.panels import reasons
from ui.panels.base import layer_texts
from ui.panels.explain_tree import Branch, ExplainTree
from ui.panels.fact_row import PAD, FactRow, soft
from ui.panels.reasons import Fact
from ui.session import DealSession
from ui.targets import DOCUMENT, NOTHING, Target
from ui.wording import sentence

_STEPS = 16
_LARGE = 16  # characters that fit in the size of a headline
_PERCENT = make_field("percent")
_PARTS_OF_RIGHTS = {"from_": "from", "until": "until", "while_": "while"}
_UNREAD = {
    "outputs": "No formula: it is a result.", "checks": "No formula: it is a check.",
    "events": "No formula: its day is marked on the schedule.", "rights": "No formula.", "questions": "No formula.",
}  # fmt: skip


class InspectorPage(QWidget):
    """``opened`` are the branches of the trees that stay open, by tree."""

    go_wanted = Signal(object)  # Target

    def __init__(
        self, session: DealSession, target: Target, opened: dict[str, set[Branch]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.session = session
        self._opened = opened
        self.setObjectName("inspectorPage")
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(PAD, 14, PAD, 16)
        self._box.setSpacing(0)
        deal = session.deal
        if target.kind == "none" and not target.key:
            self._text("Nothing selected", "title")
            self._text(
                "Select a cell: this panel says why its number is what it is, from what, and what depends on it.",
                "quiet",
            )
        elif target.key == DOCUMENT:
            self._property_page(target)
        elif target.path[:1] in (("versions",), ("scenarios",), ("parties",)) and "about" not in target.path:
            self._whole_page(target)
        elif target.path[:1] == ("rights",) or (
            target.kind == "text"
            and targets.item_of(self.session.deal, target) is not None
            and not self._is_value(target)
        ):
            right = deal.rights.get(target.path[1]) if target.path[:1] == ("rights",) else None
            if right is not None:
                self._right_page(target, target.path[1], right)
            else:
                self._source_page(target)
        else:
            self._value_page(target)
        self._box.addStretch(1)

    def _is_value(self, target: Target) -> bool:
        return targets.target_of(self.session.deal, target.key) is not NOTHING

    def _unvalued(self, key: str) -> None:
        """That a term has no value, and what formulas make of it."""
        from model.faults import unvalued  # seldom needed

        for missing in unvalued(self.session.calc):
            if missing.where == f"terms.{key}":
                self._text(f"{sentence(missing.what)} {missing.remedy}", "quiet")

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
            if field.kind == "flag" and value in (0, 1):
                text = "Set (1)" if value else "Not set (0)"
            if bad and (said := targets.status_words(calc, target)):
                text, bad = sentence(said), False
            if target.key in deal.checks and isinstance(value, bool):
                text, bad = ("Holds", False) if value else ("Fails", True)
            look = "bad" if bad else "value" if len(text) <= _LARGE else "long"
            self._text(soft(text) if look == "long" else text, look)
            if value is None and target.key in deal.terms:
                self._unvalued(target.key)
            self._override(target)
        found = self._explanation(target)
        if found is None:
            self._source(target, item)
            return
        note = found.note
        if note:
            self._text(note, "quiet")
        if found.fault is not None:
            self._fault(found.fault, found.cell)
        self._explained(found, target, item)
        if target.key in deal.events or target.period is not None:
            self._triggers(target)
        if target.kind == "input":
            self._layers(target.key)
        if target.kind == "input" or target.key in deal.terms:
            facts, count = reasons.outputs_reached(calc, session.baseline, target)
            self._rows("What it reaches", facts, count)
        readers = dependents(calc, found.cell.key, found.cell.period)
        self._tree("Read by", "down", readers, target)
        if not readers and target.kind != "none":
            self._section("Read by")
            self._text(
                _UNREAD.get(
                    target.path[0] if target.path else "", "Nothing reads it: no formula depends on this cell."
                ),
                "quiet",
            )
        self._reach_button(target)
        table = deal.tables.get(target.key.partition(".")[0])
        if table is not None and table.note:
            self._section("The table")
            self._text(table.note, "quiet")
        self._source(target, item)
        if target.kind == "input":
            self._section("Enter")
            self._text(targets.field_of(deal, target).hint, "quiet")
        elif target.kind == "formula":
            self._section("Enter")
            self._text("A formula: press F2 to change it. It holds in every version and scenario.", "quiet")

    def _explained(self, found: Explanation, target: Target, item: object) -> None:
        """A formula: in words, what decided it, what it reads, and its steps."""
        self._clash(target)
        if found.words:
            self._section("In words")
            self._text(found.words, "")
        calc = self.session.calc
        is_check = target.key in calc.deal.checks
        facts = [reasons.reason_fact(calc, why, found.words, is_check) for why in found.reasons]
        self._rows(self._decided(found, item), facts)
        self._tree("Why", "up", precedents(calc, found.cell.key, found.cell.period) if found.text else [], target)
        told = bool(found.reasons)  # conditions have been said with their sides
        parts = [step for step in found.steps if not step.is_name and step.text.strip() != found.formula.strip("= ")]
        parts = [step for step in parts if not (told and isinstance(step.value, bool))]
        self._rows("Step by step", [reasons.step_fact(step) for step in parts[:_STEPS]], len(parts))

    def _fault(self, fault: Fault, cell: Seen) -> None:
        """Where an error began, unless here, and why."""
        calc = self.session.calc
        if fault.circle:
            self._text("It depends on itself within one period:", "quiet")
            self._rows("The circle", reasons.circle_facts(calc, fault))
            self._text("Break it, for example by reading one period back with PREV.", "quiet")
            return
        if (fault.key, fault.period) != (cell.key, cell.period):
            self._rows("Where the error began", [reasons.fault_fact(calc, fault)])
        elif not fault.is_whole:
            self._rows("What failed", [Fact(fault.words, fault.kind, tint="bad")])
        if fault.reason:
            self._text(sentence(fault.reason), "quiet")

    @staticmethod
    def _decided(found: Explanation, item: object) -> str:
        """The head over the conditions: of a flag what set it, or why it is not set."""
        if getattr(item, "kind", "") != "flag" or found.cell.value not in (0, 1):
            return "Decided by"
        return "What set it" if found.cell.value else "Why it is not set"

    def _clash(self, target: Target) -> None:
        """What its formula adds, compares or gives that does not go together, with both units."""
        if target.kind != "formula":
            return
        from model.units import check_at

        for problem in check_at(self.session.deal, target.path):
            self._section("Units do not go together")
            self._text(sentence(problem.what), "amber")
            self._text(problem.remedy, "quiet")

    def _explanation(self, target: Target) -> Explanation | None:
        try:
            return explain(self.session.calc, target.key, target.period) if target.key else None
        except KeyError:
            return None

    def _tree(self, name: str, way: str, roots: Sequence[Seen], target: Target) -> None:
        """A tree of precedents ("up") or dependents ("down"); what was open stays open while the cell does."""
        if not roots:
            return
        self._section(name)
        calc = self.session.calc
        level = precedents if way == "up" else dependents
        tree = ExplainTree(
            roots,
            lambda seen: level(calc, seen.key, seen.period),
            lambda seen, above: reasons.fact_of(calc, seen, target.period, above or target.key),
            self._opened.setdefault(way, set()),
        )
        tree.activated.connect(self.go_wanted)
        self._box.addWidget(tree)

    def _reach_button(self, target: Target) -> None:
        calc = self.session.calc
        count = len(reach(calc, target.key))
        if not count:
            return
        on = self.session.highlight_of == target.key
        words = "Clear the highlight (Esc)" if on else f"Highlight its reach ({count})"
        button = QPushButton(words)
        button.setObjectName("reachButton")
        button.setAutoDefault(True)
        button.setToolTip("Tints all that this input reaches, in every sheet, until Esc (Ctrl+Shift+H)")
        button.clicked.connect(lambda: self.session.highlight("" if on else target.key))
        row = QHBoxLayout()
        row.setContentsMargins(0, 8, 0, 0)
        row.addWidget(button)
        row.addStretch(1)
        self._box.addLayout(row)

    def _triggers(self, target: Target) -> None:
        deal, facts = self.session.deal, []
        wanted = target.period
        if wanted is None:
            wanted = next((p for key, _, p in targets.event_flags(self.session.calc) if key == target.key), None)
        for key, serial, period in targets.event_flags(self.session.calc):
            if period == wanted:
                date = from_serial(serial)
                facts.append(
                    Fact(
                        deal.events[key].label,
                        f"{date.day} {date:%b %Y}" if date else "",
                        "",
                        targets.target_of(deal, key),
                    )
                )
        self._rows("Triggers in this period", facts)

    def _override(self, target: Target) -> None:
        """Which layer gives an input its value, where that is not the base, and what it replaces."""
        if target.kind != "input":
            return
        held = [(layer, text) for layer, text in layer_texts(self.session, target.key) if text]
        if held[0][0] == BASE:
            return
        (layer, _), (below, text) = held[0], held[1]
        label = layer_label(self.session.deal, below)
        self._text(f"Set by {layer_label(self.session.deal, layer)}; it replaces {text} ({label}).", "quiet")

    def _layers(self, address: str) -> None:
        """Every layer with what it holds, the one in force first; each version and scenario leads to its row."""
        deal, texts = self.session.deal, layer_texts(self.session, address)
        if len(texts) < 2:
            return
        winner = next(layer for layer, text in texts if text)
        facts = []
        for layer, text in texts:
            if not text:
                continue
            said = remark(deal, layer, address)
            group, _, key = layer.partition(":")
            there = Target("text", f"{group}s:{key}", (f"{group}s", key, "label"))
            facts.append(
                Fact(
                    layer_label(deal, layer), text, said.class_, there if group in ("version", "scenario") else NOTHING,
                    "" if layer == winner else "muted", below=targets.source_label(deal, said.source),
                )
            )  # fmt: skip
        self._rows("Layers", facts)
        if rest := [layer_label(deal, layer) for layer, text in texts if not text]:
            self._text(f"Nothing of its own in {' or '.join(rest)}.", "quiet")

    def _source(self, target: Target, item: object) -> None:
        deal = self.session.deal
        key = getattr(item, "source", "")
        if target.key in self.session.calc.inputs:
            key = about(deal, self.session.view, target.key).source
        elif target.key.count(".") == 2 and target.kind == "formula":
            key = ""
        elif target.key.count(".") == 2:
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
        more = ". ".join(part.rstrip(".") for part in (f"{source.publisher}{when}".strip(", "), source.note) if part)
        if more:
            self._text(more + ".", "quiet")

    def _right_page(self, target: Target, key: str, right: Right) -> None:
        """A right in words: how it stands, whose it is, when it ends and what is left of it then. Of one of its days
        or its condition first why that is what it is."""
        deal, calc = self.session.deal, self.session.calc
        found = status(calc, key, dt.date.today())
        part = _PARTS_OF_RIGHTS.get(target.path[-1], "") if target.kind == "formula" else ""
        why = self._explanation(target) if part else None
        if why is not None:
            self._text(f"{right.label}: {part}", "title")
            bad = isinstance(why.cell.value, ErrorValue) and not why.cell.value.is_undisclosed
            shown = why.cell.shown or "empty"
            self._text("open" if shown == "not yet" and part == "until" else shown, "bad" if bad else "value")
            if why.fault is not None:
                self._fault(why.fault, why.cell)
            self._explained(why, target, right)
            self._section("The right")
        self._text(right.label, "title")
        self._text(sentence(found.state).rstrip("."), "value")
        if right.what:
            self._text(right.what, "quiet")
        if found.why:
            self._text(sentence(found.why), "quiet")
        event = deal.events.get(right.ends_on)
        days = [Fact(name, self._day(key, part), target=targets.target_of(deal, f"{RIGHT}{key}.{part}"))
                for name, part in (("From", "from"), ("Until", "until"))]  # fmt: skip
        if event is not None:
            days.append(Fact("Ends on", event.label, target=targets.target_of(deal, right.ends_on)))
        self._rows("When", days)
        parties = [
            (n, deal.parties[p].label)
            for n, p in (("Held by", right.holder), ("Owed by", right.owed_by))
            if p in deal.parties
        ]
        self._rows("Who", [Fact(name, party) for name, party in parties])
        for name, text in (("Survives", right.survives), ("Exceptions", right.exceptions), ("Note", right.note)):
            if text:
                self._section(name)
                self._text(text, "quiet")
        self._source(Target("text", "", ("rights", key)), right)

    def _day(self, key: str, part: str) -> str:
        serial, error = date_of(self.session.calc.scalar(f"{RIGHT}{key}.{part}"))
        if error is not None:
            return error.kind
        found = day(serial)
        return (
            show_date(found) if found else "undisclosed" if serial is None else "not yet" if part == "from" else "open"
        )

    def _property_page(self, target: Target) -> None:
        """What an entry of the document's head is for."""
        from model.structure.properties import BY_PATH

        spec = BY_PATH[target.path]
        self._text(spec.label, "title")
        self._text(spec.about, "quiet")

    def _whole_page(self, target: Target) -> None:
        """A version or scenario with all that it sets, or a party with its rights."""
        deal, item = self.session.deal, targets.item_of(self.session.deal, target)
        if target.path == ("scenarios", ""):
            self._weighted_page()
            return
        if item is None:
            return
        self._text(item.label, "title")
        if target.path[0] == "scenarios" and item.probability is not None:
            self._text(f"{_PERCENT.show(item.probability)} probable", "value")
        if item.note:
            self._text(item.note, "quiet")
        if target.path[0] == "parties":
            held = [key for key, right in deal.rights.items() if right.holder == target.path[1]]
            facts = [Fact(deal.rights[k].label, target=targets.target_of(deal, f"right:{k}")) for k in held]
            self._rows("Rights held", facts)
            return
        others = getattr(deal, target.path[0])
        if item.base in others:
            base = Target("text", f"{target.path[0]}:{item.base}", (target.path[0], item.base, "label"))
            self._rows("Builds on", [Fact(others[item.base].label, target=base)])
        facts = []
        for address, value in item.set.items():
            there = targets.target_of(deal, address)
            field = targets.field_of(deal, there)
            facts.append(Fact(targets.label(deal, there), with_unit(field, field.to_engine(value)), "", there))
        self._rows("Sets", facts)
        if not facts:
            words = "It sets nothing yet: bring it into view, then override values on the Terms sheet with the chip in the formula bar."
            self._text(words, "quiet")
        if target.path[1] != getattr(self.session.view, target.path[0].removesuffix("s")):
            self._section("Explain its numbers")
            self._text("Bring it into view (double-click “show” in its row): then every number says why.", "quiet")
        self._source(target, item)

    def _weighted_page(self) -> None:
        """The row beneath the scenarios: what it weighs."""
        self._text("Probability-weighted", "title")
        self._text("Each value times the probability of its scenario, added up (PWERM).", "quiet")
        facts = []
        for key, one in self.session.deal.scenarios.items():
            share = "not counted" if one.probability is None else _PERCENT.show(one.probability)
            there = Target("text", f"scenarios:{key}", ("scenarios", key, "label"))
            facts.append(Fact(one.label, share, target=there, tint="muted" if one.probability is None else ""))
        self._rows("Weights", facts)

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
