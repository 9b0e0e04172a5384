"""What is wrong with a deal beyond its formulas and checks: rights, decision tables, parties, probabilities."""

from __future__ import annotations

from model import decisions, rights
from model.engine import Calc
from model.problems import Problem
from model.structure.uses import unknown_parties
from model.whatif import cases


def faults(calc: Calc) -> list[tuple[str, Problem]]:
    """Each fault under this run with the sort of thing that is at fault."""
    return [
        *(("right", p) for p in rights.faults(calc)),
        *(("rule", p) for p in decisions.faults(calc)),
        *(("party", p) for p in unknown_parties(calc.deal)),
        *(("scenario", p) for p in cases.faults(calc.deal)),
    ]


def unvalued(calc: Calc) -> list[Problem]:
    """Input terms without a value under this run that formulas read: these count them as blank, which is neither
    undisclosed nor “none” and must not pass in silence."""
    deal, readers, out = calc.deal, calc.program.plan.readers, []
    for key, term in deal.terms.items():
        if key not in calc.inputs or calc.inputs[key].value is not None or not readers.get(key):
            continue
        taken = "empty text" if term.kind in ("text", "choice", "yesno") else "zero"
        what = f"“{term.label or key}” has no value, and formulas that read it count it as {taken}."
        remedy = "Enter its value, or “undisclosed” where nobody knows it."
        out.append(Problem(f"terms.{key}", what, remedy, "warning"))
    return out
