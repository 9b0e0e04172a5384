"""What the inspector says about a right and about a rule of a question."""

from __future__ import annotations

import datetime as dt

from model.deal import Right, Rule
from model.fields.date_text import show_date
from model.formula.bind import RIGHT, RULE
from model.rights import date_of, day, status
from model.values import ErrorValue
from ui import legal_entries, targets
from ui.panels.inspector_parts import PageParts
from ui.panels.reasons import Fact
from ui.targets import Target
from ui.wording import sentence

_PARTS = {"from_": "from", "until": "until", "while_": "while"}


class LegalPages(PageParts):
    """Pages of the agreement's legal side."""

    def _legal_page(self, target: Target) -> None:
        """A right or a rule; of one of its days or its condition first why that is what it is."""
        deal, (head, _, rest) = self.session.deal, target.key.partition(":")
        name, *more = rest.split(".") if head else target.path[1:2]
        if target.path[:1] == ("rights",) or head + ":" == RIGHT:
            key = target.path[1] if target.path[:1] == ("rights",) else name
            if (right := deal.rights.get(key)) is not None:
                self._part(target, right.label, right, "The right")
                self._right_page(key, right)
            return
        question = deal.questions.get(name)
        if question is not None and more and more[0] in question.rules:
            self._part(target, f"Rule {more[0]}", question.rules[more[0]], "The rule")
            self._rule_page(name, more[0])

    def _part(self, target: Target, label: str, item: Right | Rule, whole: str) -> None:
        """One of the formulas of a right or a rule, explained; nothing where the target is none."""
        part = _PARTS.get(target.path[-1], "") if target.kind == "formula" else ""
        why = self._explanation(target) if part else None
        if why is None:
            return
        self._text(f"{label}: {part}", "title")
        bad = isinstance(why.cell.value, ErrorValue) and not why.cell.value.is_undisclosed
        shown = self._day(why.cell.key, part) if part != "while" else why.cell.shown or "empty"
        self._text(shown, "bad" if bad else "value")
        if why.fault is not None:
            self._fault(why.fault, why.cell)
        self._explained(why, target, item)
        self._section(whole)

    def _rule_page(self, name: str, key: str) -> None:
        """A row of a decision table: its answer, why, for what and for how long."""
        deal = self.session.deal
        question, rule = deal.questions[name], deal.questions[name].rules[key]
        self._text(f"Rule {key}: {question.label}", "title")
        self._text(sentence(rule.answer).rstrip("."), "value")
        if rule.why:
            self._text(rule.why, "quiet")
        self._rows("For", [
            Fact(fact.label, legal_entries.condition_text(fact, rule.when.get(one)))
            for one, fact in question.facts.items()
        ])  # fmt: skip
        parts = (("From", "from"), ("Until", "until"))
        days = [(label, f"{RULE}{name}.{key}.{part}", part) for label, part in parts]
        self._rows("When", [Fact(la, self._day(k, part), target=targets.target_of(deal, k)) for la, k, part in days])
        if rule.note:
            self._section("Note")
            self._text(rule.note, "quiet")
        if rule.class_:
            self._rows("Class", [Fact("The answer", "", rule.class_)])
        self._source(Target("text", "", ("questions", name)), rule)

    def _right_page(self, key: str, right: Right) -> None:
        """A right in words: how it stands, whose it is, when it ends and what is left of it then."""
        deal, calc = self.session.deal, self.session.calc
        found = status(calc, key, dt.date.today())
        self._text(right.label, "title")
        self._text(sentence(found.state).rstrip("."), "value")
        if right.what:
            self._text(right.what, "quiet")
        if found.why:
            self._text(sentence(found.why), "quiet")
        event = deal.events.get(right.ends_on)
        days = [Fact(name, self._day(f"{RIGHT}{key}.{part}", part), target=targets.target_of(deal, f"{RIGHT}{key}.{part}"))
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
        """A day of a right or rule as a person says it."""
        serial, error = date_of(self.session.calc.scalar(key))
        if error is not None:
            return error.kind
        if serial is None:
            return "undisclosed"
        if serial == 0 and part == "from":
            return "always"
        found = day(serial)
        never = "not yet" if part == "from" else "no end" if key.startswith(RULE) else "open"
        return show_date(found) if found else never
