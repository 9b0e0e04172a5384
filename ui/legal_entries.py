"""Typing into rights and decision tables: each text becomes an edit of its entry, checked first. No Qt."""

from __future__ import annotations

import re
from typing import Any, get_args

from msgspec import structs

from model.deal import Answer, Deal, Fact, Right, Rule
from model.decisions import ANY, value_of
from model.edits import ABSENT, Edit, Put
from model.engine import Calc
from model.fields import make_field
from model.problems import Refused, refuse
from model.store.check import MAX_KEY
from model.structure.set_formula import set_formula
from ui.targets import Target

FORMULAS = ("from_", "until", "while_")
SECTIONS = ("rights", "questions")
ANSWERS = get_args(Answer)
_TEXT = make_field("text")
_NAMES = {
    "from_": "first day",
    "until": "last day",
    "while_": "condition",
    "ends_on": "event",
    "owed_by": "party owing it",
    "until_key": "choice behind “until”",
    "what": "text",
    "why": "reason",
}


def is_legal(target: Target) -> bool:
    """Whether a target is an entry of a right or of a decision table."""
    return target.path[:1] in (("rights",), ("questions",))


def name_of(deal: Deal, target: Target) -> str:
    """The right, or the rule of a question, as a person calls it."""
    section, key, *rest = target.path
    item: Any = getattr(deal, section).get(key)
    name = item.label if item is not None else key
    return f"rule {rest[1]} of “{name}”" if rest[:1] == ["rules"] else name


def make_edit(calc: Calc, target: Target, text: str) -> Edit:
    """The edit that enters a text. Raises Refused."""
    deal, attribute = calc.deal, target.path[-1]
    if attribute in FORMULAS:
        return _formula(calc, target, text)
    value = _value(deal, target, attribute, text)
    what = _NAMES.get(attribute, attribute.removesuffix("_"))
    title = f"Change the {what} of {name_of(deal, target)}"
    path = target.path
    if "when" in path[:-1]:
        return Edit(f"Change “{path[-1]}” of {name_of(deal, target)}", (Put(path, value),), frozenset())
    return Edit(title, (Put(path, value),), frozenset())


def _formula(calc: Calc, target: Target, text: str) -> Edit:
    words = text.strip()
    attribute = target.path[-1]
    if not words and attribute == "until":
        words = "= never"
    if not words and attribute == "from_" and target.path[0] == "questions":
        words = "= 0"
    if words and not words.startswith("="):
        words = _as_formula(words)
    edit = set_formula(calc.deal, target.path, words, program=calc.program)
    what = f"Change the {_NAMES[attribute]} of {name_of(calc.deal, target)}"
    return Edit(what, edit.puts, None)


def _as_formula(words: str) -> str:
    """A day typed plainly is taken as that day; anything else is the body of a formula."""
    try:
        day = make_field("date").parse(words)
    except Refused:
        return f"= {words}"
    return "= never" if isinstance(day, str) else f"= DATE({day.year}, {day.month}, {day.day})"  # type: ignore[union-attr]


def _value(deal: Deal, target: Target, attribute: str, text: str) -> Any:
    path = target.path
    if "when" in path[:-1]:
        return condition(deal.questions[path[1]].facts[path[-1]], path, deal, text)
    words = str(_TEXT.parse(text))
    match attribute:
        case "label":
            if not words:
                raise refuse(target.key, "A label cannot be empty.", "Write what people call it.")
        case "holder" | "owed_by":
            parties = {k: p.label for k, p in deal.parties.items()}
            return _keyed(words, parties, "party") if words or attribute == "holder" else ""
        case "until_key":
            choices = {k: t.label for k, t in deal.terms.items() if t.kind == "choice"}
            return _keyed(words, choices, "choice") if words else ""
        case "amount":
            amounts = {k: i.label for part in (deal.lines, deal.terms, deal.outputs) for k, i in part.items()}
            return _keyed(words, amounts, "amount") if words else ""
        case "ends_on":
            return _keyed(words, {k: e.label for k, e in deal.events.items()}, "event") if words else ""
        case "answer":
            return _keyed(words, {a: a for a in ANSWERS}, "answer")
    return words


def _keyed(words: str, labels: dict[str, str], kind: str) -> str:
    """A key by key, label, or the beginning of either."""
    folded = words.casefold()
    exact = [k for k, label in labels.items() if folded in (k.casefold(), label.casefold())]
    part = [
        k
        for k, label in labels.items()
        if folded and (k.casefold().startswith(folded) or label.casefold().startswith(folded))
    ]
    hits = exact or part
    if len(hits) != 1:
        known = " · ".join(labels.values()) or "none yet"
        raise refuse(
            "", f"“{words[:40]}” is not {'an' if kind[0] in 'ae' else 'a'} {kind} of this deal.", f"Choose: {known}."
        )
    return hits[0]


def condition(fact: Fact, path: tuple[str, ...], deal: Deal, text: str) -> Any:
    """What a rule wants of a fact: nothing or “any”, one value, or several with a bar or “or” between them."""
    words = text.strip()
    if words.casefold() in ("", ANY, "–", "-"):
        return ABSENT
    found = [
        value_of(deal.questions[path[1]], path[-1], part) for part in re.split(r"\s*\|\s*|\s+or\s+", words) if part
    ]
    return "|".join(dict.fromkeys(found))


def condition_text(fact: Fact, wanted: str | None) -> str:
    """A rule's condition on a fact, in words."""
    if wanted is None or wanted == ANY:
        return ANY
    return " | ".join(fact.values.get(part, part) for part in wanted.split("|"))


# --- rows that come and go ------------------------------------------------------------------------


def add_right(deal: Deal, after: str) -> Edit:
    """A new right under the one named, ready to be filled in."""
    key = _fresh("right", deal.rights)
    keys = list(deal.rights)
    index = keys.index(after) + 1 if after in keys else len(keys)
    holder = next(iter(deal.parties), "")
    first = next(iter(deal.events.values()), None)
    right = Right(label="New right", holder=holder, from_=first.on if first else "= never", class_="assumption")
    return Edit("Add a right", (Put(("rights", key), right, index),), None, ("rights", key))


def copy_right(deal: Deal, key: str) -> Edit:
    """The same right once more, under itself, ready to be changed."""
    new, index = _fresh(key, deal.rights), list(deal.rights).index(key) + 1
    right = structs.replace(deal.rights[key], label=f"{deal.rights[key].label} (copy)")
    return Edit(f"Duplicate “{deal.rights[key].label}”", (Put(("rights", new), right, index),), None, ("rights", new))


def remove_right(deal: Deal, key: str) -> Edit:
    return Edit(f"Remove “{deal.rights[key].label}”", (Put(("rights", key), ABSENT),), None)


def add_rule(deal: Deal, question: str, after: str) -> Edit:
    """A new rule under the one named. It answers “unknown” until it is filled in."""
    rules = deal.questions[question].rules
    keys = list(rules)
    key = _fresh("N", rules)
    index = keys.index(after) + 1 if after in keys else len(keys)
    rule = Rule(answer="unknown", from_="= never", class_="assumption")
    return Edit("Add a rule", (Put(("questions", question, "rules", key), rule, index),), None, ("questions", question))


def copy_rule(deal: Deal, question: str, key: str) -> Edit:
    """The same rule once more, under itself: the two overlap until one of them is narrowed."""
    rules = deal.questions[question].rules
    new, index = _fresh(key, rules), list(rules).index(key) + 1
    title = f"Duplicate rule {key} of “{deal.questions[question].label}”"
    return Edit(title, (Put(("questions", question, "rules", new), rules[key], index),), None, ("questions", question))


def remove_rule(deal: Deal, question: str, key: str) -> Edit:
    label = deal.questions[question].label
    return Edit(f"Remove rule {key} of “{label}”", (Put(("questions", question, "rules", key), ABSENT),), None)


def _fresh(stem: str, items: dict[str, Any]) -> str:
    """A key that is free, whatever its case, and short enough; a copy of a copy counts on."""
    taken = {key.casefold() for key in items}
    stem, number = re.sub(r"(?<=[A-Za-z0-9])_[0-9]{1,2}$", "", stem)[: MAX_KEY - 8], 1
    while f"{stem}_{number}".casefold() in taken:
        number += 1
    return f"{stem}_{number}"
