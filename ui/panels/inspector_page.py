"""What the inspector says about one cell: a page of texts, lines and trees. Built for every cell anew."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from model.explain import dependents, reach
from model.fields import make_field
from model.fields.unit_text import is_number, with_unit
from model.formula.bind import RIGHT, RULE
from model.layers import BASE, layer_label, remark
from model.structure.uses import users_of
from model.values import ErrorValue, from_serial
from ui import targets
from ui.panels import reasons
from ui.panels.deal_source import layer_texts
from ui.panels.explain_tree import Branch
from ui.panels.fact_row import soft
from ui.panels.inspector_legal import LegalPages
from ui.panels.reasons import Fact
from ui.session import DealSession
from ui.targets import DOCUMENT, NOTHING, Target
from ui.wording import sentence

_LARGE = 16  # characters that fit in the size of a headline
_PERCENT = make_field("percent")
_UNREAD = {
    "outputs": "No formula: it is a result.", "checks": "No formula: it is a check.",
    "events": "No formula: its day is marked on the schedule.", "rights": "No formula.", "questions": "No formula.",
}  # fmt: skip


class InspectorPage(LegalPages):
    """``opened`` are the branches of the trees that stay open, by tree."""

    def __init__(
        self, session: DealSession, target: Target, opened: dict[str, set[Branch]], parent: QWidget | None = None
    ) -> None:
        super().__init__(session, opened, parent)
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
        elif target.key.startswith((RIGHT, RULE)) or target.path[:1] == ("rights",):
            self._legal_page(target)
        elif (
            target.kind == "text" and targets.item_of(deal, target) is not None and not self._is_value(target)
        ):  # fmt: skip
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
            limit = getattr(item, "warn_above", None)
            if limit is not None and is_number(value) and value > limit:
                self._text(f"⚑ Flagged: {text} is above {with_unit(field, limit)}.", "amber")
        found = self._explanation(target)
        if found is None:
            self._source(target, item)
            return
        if found.note:
            self._text(found.note, "quiet")
        if getattr(item, "sign", "") == "negative":
            self._text("The schedule shows it in brackets, as what is taken off.", "quiet")
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
                    "" if layer == winner else "muted", below=deal.source_label(said.source),
                )
            )  # fmt: skip
        self._rows("Layers", facts)
        if rest := [layer_label(deal, layer) for layer, text in texts if not text]:
            self._text(f"Nothing of its own in {' or '.join(rest)}.", "quiet")

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
        uses = {use.path: use.label for use in users_of(deal, ("sources", target.key))}
        facts = [Fact(label, "", "", targets.of_path(deal, path)) for path, label in uses.items()]
        self._rows("Used by", facts[:20], len(facts))
