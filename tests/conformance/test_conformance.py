"""One formula, one value: in every form of ours and in every engine we can ask.

Random formulas come from a seed: CONFORMANCE_SEED, 1 unless told, and CONFORMANCE_FORMULAS of them, 12,000 unless told.
The large run, some minutes a seed:

    for s in 1 2 3 4 5 6 7 8 9 10; do CONFORMANCE_SEED=$s CONFORMANCE_FORMULAS=20000 uv run pytest -q tests/conformance/test_conformance.py; done

Its figures of seeds 1 to 10 stand in bench/README.md.

Every disagreement is either an engine's known difference from Excel (see ``known``) or fails.
"""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from functools import cache

import pytest

from model.engine import _argument
from model.formula.bind import Namespace, bind
from model.formula.compile import FALLBACK_ON, compile_block
from model.formula.excel import to_excel
from model.formula.functions import FUNCTIONS
from model.formula.parse import parse
from model.problems import Refused
from model.values import ErrorValue
from tests.conformance.cases import CASES, OF_COLUMNS
from tests.conformance.documented import DOCUMENTED
from tests.conformance.engines import ENGINES, plain
from tests.conformance.generate import ARGUMENTS, Generator
from tests.conformance.judge import Case, compute, judge, only_noise, same
from tests.conformance.known import TABLE, explain
from tests.conformance.world import PERIODS, printed, world
from tests.workbook.engines import Err

SEED = int(os.environ.get("CONFORMANCE_SEED", "1"))
COUNT = int(os.environ.get("CONFORMANCE_FORMULAS", "12000"))
NOISE = "the last bits of an argument: our function of their arguments gives their result"


@cache
def random_cases() -> list[Case]:
    space, made = Generator(SEED), []
    names = Namespace(world().deal)
    while len(made) < COUNT:
        text = space.formula()
        period = len(made) % PERIODS
        try:
            tree = bind("out", text, names, is_line=True).tree
            excel = printed(tree, period)
        except Refused:
            continue
        made.append(Case(text, tree, period, excel, compute(tree, period)))
    return made


@cache
def picked_cases() -> list[Case]:
    """The formula as written, so that precedence is compared too; printed where Excel 2010 lacks the function."""
    made = []
    texts = [text for text, _ in CASES] + [text for examples in DOCUMENTED.values() for text, _ in examples]
    for text in dict.fromkeys(texts):
        tree = parse(text)
        try:
            excel = to_excel(tree, None) if _NEWER.search(text) else f"={text}"  # type: ignore[arg-type]
        except Refused:  # Excel 2010 has nothing for it
            continue
        made.append(Case(text, tree, 0, excel, compute(tree, 0)))
    names = Namespace(world().deal)
    for text in OF_COLUMNS:
        tree = bind("out", text, names, is_line=True).tree
        made.append(Case(text, tree, 0, printed(tree, 0), compute(tree, 0)))
    return made


_NEWER = re.compile(rf"(?<![A-Z])(?:{'|'.join(re.escape(n) for n, spec in FUNCTIONS.items() if spec.excel)})\(")


def test_every_function_is_among_the_random_formulas():
    assert set(ARGUMENTS) == set(FUNCTIONS)
    heads = {c.text.partition("(")[0] for c in random_cases()}
    assert set(FUNCTIONS) <= heads


@pytest.mark.parametrize(("text", "value"), CASES)
def test_a_hand_picked_formula_has_excels_value(text, value):
    assert same(compute(parse(text), 0), plain(value), parse(text)), compute(parse(text), 0)


def test_compiled_code_agrees_with_the_live_form_on_random_formulas(tally):
    print(f"{COUNT:,} random formulas of seed {SEED}, {len(picked_cases())} hand-picked and documented ones")
    count = tally["compiled form"] = Counter()
    calc = world()
    cells, names = calc.cells, Namespace(calc.deal)
    faults = []
    for case in random_cases():
        formula = bind("out", case.text, names, is_line=True)
        block = compile_block((formula,), dict(calc.program.plan.types))
        count["compared"] += 1
        try:
            if block.run is None:
                raise ArithmeticError
            row = block.run(cells.size, *[_argument(cells, kind, key) for kind, key in block.args])[0]
        except FALLBACK_ON:
            count["left to the live form (not compiled, or an error in some period)"] += 1
            continue
        if same(case.ours, plain(row[case.period]), case.tree):
            count["agreed"] += 1
        else:
            faults.append(f"{case.text}: {case.ours!r} live, {row[case.period]!r} compiled")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("which", ["random", "picked"])
def test_an_independent_engine_agrees_or_its_difference_is_known(engine, which, tally):
    if engine == "libreoffice" and shutil.which("soffice") is None and os.environ.get("CI") != "true":
        pytest.skip("LibreOffice (soffice) is not on this machine: apt-get install libreoffice-calc")
    cases = random_cases() if which == "random" else picked_cases()
    found, apart = judge(cases, ENGINES[engine])
    count = tally[f"{engine}, {which}"] = Counter()
    count["compared"] = len(cases)
    count["agreed"] = len(cases) - apart
    unexplained, seen = [], set()
    for parting in found:
        why = NOISE if only_noise(parting) else explain(engine, parting)
        if why is None:
            unexplained.append(str(parting))
        elif id(parting.case) not in seen:
            seen.add(id(parting.case))
            count[why] += 1
    assert not unexplained, "\n".join(unexplained)


def test_known_differences_are_named_once_and_have_evidence():
    assert len({k.name for k in TABLE}) == len(TABLE)
    assert all(k.evidence and set(k.engines.split()) <= set(ENGINES) for k in TABLE)


def test_a_disagreement_that_is_nobodys_known_fault_is_found():
    case = Case("1+1", parse("1+1"), 0, "=1+1", 2.0)
    found, apart = judge([case], lambda texts: [3.0 for _ in texts])
    assert apart == 1
    assert [explain(engine, p) for engine in ENGINES for p in found] == [None] * 3
    found, _ = judge(
        [Case("1/0", parse("1/0"), 0, "=1/0", Err("#DIV/0!"))], lambda texts: [Err("#NUM!") for _ in texts]
    )
    assert explain("ironcalc", found[0]) is None
    assert not only_noise(found[0])
    assert isinstance(plain(ErrorValue("#N/A")), Err)
