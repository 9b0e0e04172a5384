"""Decision tables: "may X do Y on this day?" answered by exactly one rule, with its source.

Tables follow DMN's unique-hit policy. Rules are dated, so a table is complete when for every
combination of facts and every day exactly one rule hits; gaps and overlaps are problems that name
the rows. A fact left open is answered when it makes no difference, else the answer is unknown.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from model.deal import Answer, Class, Question, Rule
from model.engine import Calc
from model.fields.date_text import show_date
from model.formula.bind import RULE
from model.problems import Problem, refuse
from model.rights import date_of, day
from model.values import NEVER, ErrorValue, to_serial

ANY = "any"
MAX_COMBINATIONS = 20_000
MAX_LOOKS = 3_000_000  # at a rule for a case on a day: a second or two
_CLASSES: tuple[Class, ...] = ("stated", "official", "reported", "assumption")


class Reply(NamedTuple):
    """An answer with the rules that gave it. ``until`` is the last day on which it stays so (None: it
    stays), ``then`` the answer after that."""

    answer: Answer
    rule: str
    why: str
    source: str
    class_: str
    until: dt.date | None
    then: Answer | None


class Dated(NamedTuple):
    """A rule with its dates computed; None where a date is undisclosed, or an ``error``. A rule that begins
    never does not apply."""

    key: str
    rule: Rule
    start: float | None
    end: float | None
    error: ErrorValue | None = None


def dated(calc: Calc, name: str) -> list[Dated]:
    """The rules of a question with the dates they have in this run."""
    out = []
    for key, rule in calc.deal.questions[name].rules.items():
        start, first = date_of(calc.scalar(f"{RULE}{name}.{key}.from"))
        end, second = date_of(calc.scalar(f"{RULE}{name}.{key}.until"))
        out.append(Dated(key, rule, start, end, first or second))
    return out


def matches(rule: Rule, facts: Mapping[str, str]) -> bool:
    """Whether a rule's conditions fit the facts (its dates aside); a fact left open fits."""
    return all(
        wanted == ANY or fact not in facts or facts[fact] in wanted.split("|") for fact, wanted in rule.when.items()
    )


def ask(calc: Calc, name: str, given: Mapping[str, str], on: dt.date) -> Reply:
    """Answer a question for the given facts on a day. Raises Refused for facts the question does not know."""
    question = calc.deal.questions.get(name)
    if question is None:
        known = ", ".join(calc.deal.questions) or "none"
        raise refuse("question", f"This deal has no question “{name}”.", f"It has: {known}.")
    facts = {fact: value_of(question, fact, value) for fact, value in given.items()}
    rules = [r for r in dated(calc, name) if matches(r.rule, facts)]
    now = to_serial(on)
    cases = math.prod(len(question.facts[f].values) for f in _left_open(question, rules, facts))
    if cases * len(rules) * (len(breaks(rules)) + 1) > MAX_LOOKS:
        return Reply(
            "unknown", "", "There are too many cases to look through. Say more about this one.", "", "", None, None
        )
    answer, hit, why = _answer(question, rules, facts, now)
    until, then = _change(question, rules, facts, now, answer)
    if hit is None:
        return Reply(answer, "", why, "", "", until, then)
    return Reply(answer, hit.key, why, hit.rule.source, hit.rule.class_, until, then)


def value_of(question: Question, fact: str, value: str) -> str:
    """The value of a fact named by key, label or an unambiguous part. Raises Refused."""
    if fact not in question.facts:
        raise refuse(fact, f"“{fact}” is not asked here.", f"Facts: {', '.join(question.facts)}.")
    values = question.facts[fact].values
    wanted = _plain(value)
    exact = [k for k, label in values.items() if wanted in (_plain(k), _plain(label))]
    part = exact or [k for k, label in values.items() if wanted and (wanted in _plain(k) or wanted in _plain(label))]
    if len(part) != 1:
        known = ", ".join(f"{k} ({label})" for k, label in values.items())
        raise refuse(
            fact, f"“{value}” is not one of the values of {question.facts[fact].label}.", f"They are: {known}."
        )
    return part[0]


def _plain(text: str) -> str:
    return " ".join("".join(ch if ch.isalnum() else " " for ch in text.casefold()).split())


def _answer(
    question: Question, rules: list[Dated], facts: Mapping[str, str], now: float
) -> tuple[Answer, Dated | None, str]:
    """The answer over every completion of the facts left open, with the weakest of the rules that give it."""
    open_facts = _left_open(question, rules, facts)
    found: dict[Answer, tuple[Dated | None, str]] = {}
    for combination in itertools.product(*(question.facts[f].values for f in open_facts)):
        full = {**facts, **dict(zip(open_facts, combination, strict=True))}
        answer, hit, why = _single(rules, full, now)
        if answer not in found or _weakness(hit) > _weakness(found[answer][0]):
            found[answer] = hit, why
        if len(found) > 1:
            labels = ", ".join(question.facts[f].label for f in open_facts)
            return "unknown", None, f"It depends on what is left open: {labels}."
    answer, (hit, why) = next(iter(found.items()))
    return answer, hit, why


def _left_open(question: Question, rules: list[Dated], facts: Mapping[str, str]) -> list[str]:
    """The facts that are not given and that some rule asks for: the others make no difference."""
    asked = {fact for r in rules for fact, wanted in r.rule.when.items() if wanted != ANY}
    return [f for f in question.facts if f in asked and f not in facts]


def _weakness(hit: Dated | None) -> int:
    """How far an answer is from a fact: a rule of no class, or none at all, is the weakest."""
    return _CLASSES.index(hit.rule.class_) if hit is not None and hit.rule.class_ in _CLASSES else len(_CLASSES)


def _single(rules: list[Dated], facts: Mapping[str, str], now: float) -> tuple[Answer, Dated | None, str]:
    fitting = [r for r in rules if matches(r.rule, facts)]
    certain = [r for r in fitting if _within(r, now) is True]
    possible = [r for r in fitting if _within(r, now) is None]
    if possible:
        answers = {r.rule.answer for r in (*certain, *possible)}
        if len(answers) > 1 or not certain:
            return "unknown", possible[0], _undated(possible[0])
    if len(certain) == 1:
        return certain[0].rule.answer, certain[0], certain[0].rule.why
    if not certain:
        return "unknown", None, "No rule of the agreement covers this case."
    names = ", ".join(r.key for r in certain)
    return "ambiguous", certain[0], f"More than one rule applies: {names}."


def _undated(rule: Dated) -> str:
    if rule.error is not None:
        return f"A date of rule {rule.key} is in error: {rule.error.kind} at {rule.error.at}."
    return "A date that decides this is undisclosed."


def _within(rule: Dated, now: float) -> bool | None:
    """Whether a rule is in force on a day; None where an undisclosed date decides."""
    if rule.start is not None and (now < rule.start or rule.start >= NEVER):
        return False
    if rule.end is not None and now > rule.end:
        return False
    return None if rule.start is None or rule.end is None else True


def _change(
    question: Question, rules: list[Dated], facts: Mapping[str, str], now: float, answer: Answer
) -> tuple[dt.date | None, Answer | None]:
    """The last day of this answer and the answer that follows."""
    for at in breaks(rules):
        if at > now:
            then = _answer(question, rules, facts, at)[0]
            if then != answer:
                return day(at - 1), then
    return None, None


def breaks(rules: list[Dated]) -> list[float]:
    """The days on which some rule begins or has just ended."""
    days = {r.start for r in rules if r.start is not None}
    days |= {r.end + 1 for r in rules if r.end is not None}
    return sorted(at for at in days if at < NEVER)


def combinations(question: Question) -> Iterator[dict[str, str]]:
    """Every combination of the facts' values."""
    names = list(question.facts)
    for values in itertools.product(*(question.facts[f].values for f in names)):
        yield dict(zip(names, values, strict=True))


def faults(calc: Calc) -> list[Problem]:
    """Gaps and overlaps of every decision table under this run, naming the rows."""
    out: list[Problem] = []
    for name, question in calc.deal.questions.items():
        size, rules = math.prod(len(fact.values) for fact in question.facts.values()), dated(calc, name)
        if size > MAX_COMBINATIONS or size * len(rules) > MAX_LOOKS:
            out.append(_unchecked(name, f"The table has {size:,} combinations of facts"))
        else:
            out += _table_faults(name, question, rules)
    return out


def _unchecked(name: str, why: str) -> Problem:
    what = f"{why}; too many to look for gaps and overlaps."
    return Problem(f"questions.{name}", what, "Divide it into several questions.", "warning")


def _table_faults(name: str, question: Question, rules: list[Dated]) -> list[Problem]:
    out = [
        Problem(f"questions.{name}.rules.{r.key}", f"Its dates give {r.error.kind} at {r.error.at}.", "Correct them.")
        for r in rules
        if r.error is not None
    ]
    gaps: list[tuple[dict[str, str], float]] = []
    clashes: dict[tuple[str, ...], tuple[dict[str, str], float]] = {}
    looks = 0
    for facts in combinations(question):
        fitting = [r for r in rules if matches(r.rule, facts)]
        gap, days = None, (0.0, *breaks(fitting))
        looks += len(days) * len(fitting)
        if looks > MAX_LOOKS:
            return [*out, _unchecked(name, f"The table has {len(rules):,} rules that begin and end on many days")]
        for at in days:
            standing = [(r, _within(r, at)) for r in fitting]
            if gap is None and all(within is False for _, within in standing):
                gap = at
            certain = tuple(r.key for r, within in standing if within)
            if len(certain) > 1:
                clashes.setdefault(certain, (facts, at))
        if gap is not None:
            gaps.append((facts, gap))
    if gaps:
        count = f"{len(gaps)} combinations of facts meet" if len(gaps) > 1 else "one combination of facts meets"
        what = f"{count} no rule on some day, for example {_case(*gaps[0])}."
        out.append(Problem(f"questions.{name}", what, "Add a rule, or widen one."))
    for rows, case in clashes.items():
        what = f"rules {' and '.join(rows)} overlap, for example for {_case(*case)}."
        out.append(Problem(f"questions.{name}.rules.{rows[0]}", what, "Narrow one of them."))
    return out


def _case(facts: Mapping[str, str], at: float) -> str:
    """A combination of facts and a day, in words."""
    words = ", ".join(f"{fact} = {value}" for fact, value in facts.items())
    on = day(at)
    return " ".join(part for part in (words, f"on {show_date(on)}" if on else "before all dates") if part)
