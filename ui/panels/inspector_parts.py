"""What the pages of the inspector are made of: texts, lines, trees, and the explanation of a formula."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from model.explain import Explanation, Fault, Seen, dependents, explain, precedents
from model.fields.number_formats import show_text
from model.layers import about
from ui.panels import reasons
from ui.panels.explain_tree import Branch, ExplainTree
from ui.panels.fact_row import PAD, FactRow
from ui.panels.reasons import Fact
from ui.session import DealSession
from ui.targets import Target
from ui.wording import sentence

_STEPS = 16


class PageParts(QWidget):
    """An empty page. ``opened`` are the branches of the trees that stay open, by tree."""

    go_wanted = Signal(object)  # Target

    def __init__(self, session: DealSession, opened: dict[str, set[Branch]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._opened = opened
        self.setObjectName("inspectorPage")
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(PAD, 14, PAD, 16)
        self._box.setSpacing(0)

    def _explanation(self, target: Target) -> Explanation | None:
        try:
            return explain(self.session.calc, target.key, target.period) if target.key else None
        except KeyError:
            return None

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
