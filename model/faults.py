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
