"""The texts that the drop-downs of a question offer, and the columns of its block."""

from __future__ import annotations

from collections.abc import Mapping

from model.deal import Party, Question
from model.workbook.book import LABEL


def fact_choices(question: Question, fact: str) -> tuple[str, ...]:
    """The texts a fact's drop-down offers, no two alike, in the order of its values."""
    out: list[str] = []
    for key, label in question.facts[fact].values.items():
        text = " ".join(label.split())[:80].strip() or key
        out.append(f"{text} ({key})" if text.casefold() in (o.casefold() for o in out) else text)
    return tuple(out)


def party_choices(parties: Mapping[str, Party]) -> dict[str, str]:
    """The text that stands for each party in a drop-down, no two alike."""
    out: dict[str, str] = {}
    for key, party in parties.items():
        text = " ".join(party.label.split())[:80].strip() or key
        out[key] = f"{text} ({key})" if text.casefold() in (o.casefold() for o in out.values()) else text
    return out


class Columns:
    """Where the columns of every block stand: conditions, dates, answer, words; then workings in an outline."""

    def __init__(self, facts: int, rules: int) -> None:
        self.start = LABEL + 1 + max(1, facts)
        self.end, self.answer, self.why = self.start + 1, self.start + 2, self.start + 3
        self.class_, self.source = self.why + 1, self.why + 2
        self.keys = (
            self.source + 2
        )  # the conditions by their keys, first and last day as read, fits, a column per day asked
        self.first = self.keys + max(1, facts)
        self.last, self.fits, self.at = self.first + 1, self.first + 2, self.first + 3
        self.rules = rules

    def widths(self) -> dict[int, float]:
        days = dict.fromkeys(range(self.keys, self.at + 2 * self.rules + 1), 10.0)
        return {self.start: 12, self.end: 12, self.answer: 12, self.why: 56, self.class_: 11, self.source: 24, **days}
