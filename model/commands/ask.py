"""The headless ``ask``: a question of the deal answered for given facts on a day, with the rule and its source."""

from __future__ import annotations

import datetime as dt
import json
import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from typing import Any

from model.commands.common import OK, PROBLEMS, day_of, problems_of
from model.deal import Deal, Question
from model.decisions import Reply, ask, value_of
from model.engine import Calc, run
from model.fields.date_text import show_date
from model.layers import View, find_key
from model.problems import Problem, Refused, refuse


def command(deal: Deal, view: View, args: Namespace) -> int:
    """List the questions or answer one. Returns 1 when the deal has problems. Raises Refused for bad arguments."""
    if args.list:
        print(json.dumps(listing(deal), ensure_ascii=False) if args.json else catalogue(deal))
        return OK
    name = question_of(deal, args.question)
    given = facts_of(deal.questions[name], args.given)
    if args.on is None:
        raise refuse("--on", "the answer depends on the day.", "Write for example --on 2027-01-01.")
    on = day_of(args.on, "--on")
    calc = run(deal, view)
    reply = ask(calc, name, given, on)
    if args.json:
        print(json.dumps(report(calc, name, given, on, reply), ensure_ascii=False))
    else:
        print(sentence(calc, name, given, on, reply))
    problems = problems_of(calc)
    for problem in problems:
        print(problem, file=sys.stderr)
    return PROBLEMS if problems else OK


def question_of(deal: Deal, wanted: str | None) -> str:
    """The key of a question named by key, label or an unambiguous part. Raises Refused."""
    known = ", ".join(f"{key} (“{question.label}”)" for key, question in deal.questions.items()) or "none"
    if not wanted:
        raise refuse("question", "no question was named.", f"This deal has: {known}.")
    try:
        return find_key("question", dict(deal.questions), wanted)
    except Refused as err:
        raise Refused(*(Problem("question", p.what, p.remedy) for p in err.problems)) from None


def facts_of(question: Question, given: Sequence[str]) -> dict[str, str]:
    """The facts of ``--given KEY=VALUE``. Raises Refused."""
    out: dict[str, str] = {}
    for text in given:
        key, sign, value = (part.strip() for part in text.partition("="))
        if not sign or not key:
            first, fact = next(iter(question.facts.items()), ("", None))
            example = f"{first}={next(iter(fact.values))}" if fact else "fact=value"
            raise refuse("--given", f"“{text}” is not of the form KEY=VALUE.", f"Write for example --given {example}.")
        if key in out:
            raise refuse("--given", f"“{key}” is given twice.", "Give it once.")
        try:
            out[key] = value_of(question, key, value)
        except Refused as err:
            raise Refused(*(Problem(f"--given {key}", p.what, p.remedy) for p in err.problems)) from None
    return out


def report(calc: Calc, name: str, given: Mapping[str, str], on: dt.date, reply: Reply) -> dict[str, Any]:
    """The answer as plain JSON values; ``source`` is what readers see, ``source_key`` its key."""
    source = calc.deal.sources.get(reply.source)
    return {
        "deal": calc.deal.name,
        "version": calc.view.version or None,
        "scenario": calc.view.scenario or None,
        "question": name,
        "given": dict(given),
        "on": on.isoformat(),
        "answer": reply.answer,
        "rule": reply.rule or None,
        "why": reply.why,
        "class": reply.class_ or None,
        "source": source.label if source else reply.source or None,
        "source_key": reply.source or None,
        "until": reply.until.isoformat() if reply.until else None,
        "then": reply.then,
    }


def sentence(calc: Calc, name: str, given: Mapping[str, str], on: dt.date, reply: Reply) -> str:
    """The answer for reading."""
    question = calc.deal.questions[name]
    facts = ", ".join(f"{question.facts[f].label}: {question.facts[f].values[v]}" for f, v in given.items())
    out = [question.label, " · ".join(part for part in (facts, show_date(on)) if part), "", reply.answer.capitalize()]
    if reply.why:
        out.append(reply.why)
    if reply.until is not None:
        out.append(f"So until {show_date(reply.until)}; the answer is then: {reply.then}.")
    source = calc.deal.sources.get(reply.source)
    cited = [f"Rule {reply.rule}" if reply.rule else "", reply.class_, source.label if source else reply.source]
    if any(cited):
        out += ["", " · ".join(part for part in cited if part)]
    return "\n".join(out)


def listing(deal: Deal) -> dict[str, Any]:
    """Every question with its facts and their values."""
    return {
        "deal": deal.name,
        "questions": {
            key: {
                "label": question.label,
                "note": question.note,
                "facts": {
                    name: {"label": fact.label, "values": dict(fact.values)} for name, fact in question.facts.items()
                },
            }
            for key, question in deal.questions.items()
        },
    }


def catalogue(deal: Deal) -> str:
    """The questions for reading."""
    out = []
    for key, question in deal.questions.items():
        out.append(f"{key}: {question.label}")
        for name, fact in question.facts.items():
            values = ", ".join(f"{value} ({label})" for value, label in fact.values.items())
            out.append(f"  {name:<12} {fact.label}: {values}")
    return "\n".join(out) or f"{deal.name} has no questions."
