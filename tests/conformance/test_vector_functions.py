"""Every function with a form over vectors, under draws full of edges: each draw equals a live run, and none is computed
one by one that need not be."""

import datetime as dt

import numpy as np
import pytest

from model.engine import run
from model.formula.fn_base import Refusal
from model.formula.functions import FUNCTIONS
from model.formula.roots import rate_of_return
from model.formula.vector import Vectorised
from model.formula.vector_returns import dated_return
from model.layers import View
from model.values import to_serial
from tests.conformance.test_vector import differences
from tests.model.deals import Line, Series, Term, deal

#: formulas over a and b (any number), k (a small whole one), p (a share), r (a rate), d and e (dates), the line x, the
#: series s and what no draw touches: q = 5, the line w
FORMULAS = {
    "LOG": "LOG(a) + LOG(a, b)",
    "MROUND": "MROUND(a, b)",
    "CEILING": "CEILING(a, b)",
    "FLOOR": "FLOOR(a, b)",
    "CEILING.MATH": "CEILING.MATH(a, b, k)",
    "FLOOR.MATH": "FLOOR.MATH(a) + FLOOR.MATH(a, b)",
    "ATAN2": "ATAN2(a, b)",
    "SIN": "SIN(a)", "COS": "COS(a * 1E8)", "TAN": "TAN(a)", "ASIN": "ASIN(a)", "ACOS": "ACOS(p)", "ATAN": "ATAN(a)",
    "SINH": "SINH(a)", "COSH": "COSH(a * 500)", "TANH": "TANH(a)", "ASINH": "ASINH(a)", "ACOSH": "ACOSH(a)", "ATANH": "ATANH(a)",
    "RADIANS": "RADIANS(a)", "DEGREES": "DEGREES(a)",
    "DATE": "DATE(YEAR(d) + k, k * 7 - 9, a * 3)",
    "YEAR": "YEAR(d)", "MONTH": "MONTH(d)", "DAY": "DAY(d)",
    "EDATE": "EDATE(d, k * 5 - 7)", "EOMONTH": "EOMONTH(d, a)", "DAYS": "DAYS(d, e)",
    "YEARFRAC": "YEARFRAC(d, e, k) + YEARFRAC(e, d)",
    "PMT": "PMT(r, k, a, b)", "FV": "FV(r, a, b, 3, k - 1)", "PV": "PV(r, k, a, b, 1)", "IPMT": "IPMT(r, k, q, a, b, k - 2)", "PPMT": "PPMT(r, 2, k, a)", "NPER": "NPER(r, a, b, 2, k)",
    "IFS": "IFS(a > 1, b, a < 0, k, p > 0.5, 9)", "SWITCH": "SWITCH(ROUND(a, 0), 1, b, 2, k, -p)", "CHOOSE": "CHOOSE(k + 0.5, a, b, p)", "XOR": "IF(XOR(a > 0, b > 0, k > 2), 1, 2)",
    "ISNUMBER": "IF(ISNUMBER(1 / a), 1, 2)", "ISTEXT": "IF(ISTEXT(a), 1, 2)", "ISBLANK": "IF(ISBLANK(a), 1, 2)", "ISNONTEXT": "IF(ISNONTEXT(a > 1), 1, 2)", "ISLOGICAL": "IF(ISLOGICAL(a > 1), 1, 2)", "N": "N(a > 1) + N(b)",
    "MEDIAN": "MEDIAN(ALL(x)) + MEDIAN(a, b, k)", "COUNT": 'COUNT(ALL(x)) + COUNT(a, q, "abc", 1 / 0)', "COUNTA": "COUNTA(TO_DATE(x))",
    "STDEV": "STDEV(ALL(x), b)", "STDEVP": "STDEVP(TO_DATE(x))", "VAR": "VAR(ALL(s))", "VARP": "VARP(ALL(x), ALL(w))", "SUMSQ": "SUMSQ(ALL(x), a)", "DEVSQ": "DEVSQ(ALL(x))", "AVEDEV": "AVEDEV(EARLIER(x))",
    "GEOMEAN": "GEOMEAN(ALL(x))", "HARMEAN": "HARMEAN(a, b, q)", "SKEW": "SKEW(ALL(x))", "KURT": "KURT(a, b, k, q)",
    "PERCENTILE": "PERCENTILE(ALL(x), p) + PERCENTILE(ALL(w), a)", "QUARTILE": "QUARTILE(ALL(x), k)", "LARGE": "LARGE(ALL(x), k + p)", "SMALL": "SMALL(TO_DATE(x), k)",
    "CORREL": "CORREL(ALL(x), ALL(w))", "RSQ": "RSQ(ALL(x), ALL(w))", "COVAR": "COVAR(ALL(w), ALL(x))", "SLOPE": "SLOPE(ALL(x), ALL(w))", "INTERCEPT": "INTERCEPT(ALL(w), ALL(x))", "STEYX": "STEYX(ALL(x), ALL(w))", "FORECAST": "FORECAST(a, ALL(x), ALL(w))",
    "LOOKUP": "LOOKUP(a, ALL(w), ALL(year))", "MATCH": "MATCH(k, ALL(w), 0) + MATCH(a, ALL(w))",
    "NPV": "NPV(r, ALL(x)) + NPV(p, a, b)", "XNPV": "XNPV(r, ALL(x), ALL(end))",
    "SUMIF": 'SUMIF(ALL(x), ">1") + SUMIF(ALL(w), "<="&a, ALL(x))', "SUMIFS": 'SUMIFS(ALL(w), ALL(x), ">0", ALL(w), "<>2")',
    "COUNTIF": 'COUNTIF(ALL(x), "<>0") + COUNTIF(ALL(w), k) + COUNTIF(ALL(x), "abc") + COUNTIF(ALL(x), "<>abc")', "COUNTIFS": 'COUNTIFS(ALL(x), ">="&b, ALL(w), ">1")',
    "AVERAGEIF": 'AVERAGEIF(ALL(w), ">"&k, ALL(x))', "AVERAGEIFS": 'AVERAGEIFS(ALL(x), ALL(x), ">0")', "MINIFS": 'MINIFS(ALL(x), ALL(w), ">"&k)', "MAXIFS": 'MAXIFS(ALL(w), ALL(x), "<=1")',
    "IRR": "IRR(ALL(x)) + IRR(ALL(s), p)", "XIRR": "XIRR(ALL(x), ALL(end))",
    "IF": 'IF(a > 1, "many", IF(b > 1, "few", "none"))',
    "AND": "IF(AND(a > 0, b > 0), 1, 2)", "SUM": "SUM(ALL(x), a, ALL(w))", "PRODUCT": "PRODUCT(ALL(x), k)", "AVERAGE": "AVERAGE(a, b)", "MIN": "MIN(ALL(x), a)", "MAX": "MAX(ALL(x), ALL(w))", "QUOTIENT": "QUOTIENT(a, b)", "FACT": "FACT(k)",
    "NORMSDIST": "NORMSDIST(a)", "NORMSINV": "NORMSINV(p)", "RATE": "RATE(q, -a, b)",
}  # fmt: skip

_RNG = np.random.default_rng(11)
_DAYS = [to_serial(dt.date(*d)) for d in ((2024, 2, 29), (2025, 1, 31), (1900, 1, 1), (9999, 12, 31), (2023, 2, 28), (2024, 12, 31), (1900, 3, 1), (2028, 3, 1))]  # fmt: skip


def _mixed(edges, random):
    return np.array([*edges, *random], float)


DRAWS = {
    "a": _mixed((0, 1, -1, 2.5, -2.5, 1e300, 0.15, 7, 1e-9, 2), _RNG.normal(0, 4, 30)),
    "b": _mixed((2, 0, 0.1, -0.5, 2, 3, 0.05, 1, -1, 1e200), _RNG.normal(0, 3, 30)),
    "k": _mixed((0, 1, 2, 3, 4, 5, 1, 2, 3, 2), _RNG.integers(0, 6, 30)),
    "p": _mixed((0, 1, 0.5, 0.25, 1.2, -0.1, 0.3, 0.9, 0.75, 1), _RNG.uniform(0, 1, 30)),
    "r": _mixed((0, 0.1, -0.2, -1, -1.5, 1e-12, 0.5, 3, 1e200, -0.999), _RNG.normal(0.05, 0.1, 30)),
    "d": _mixed((*_DAYS, 60, 0), np.floor(_RNG.uniform(36000, 50000, 30)) + 0.25),
    "e": _mixed((*_DAYS[::-1], 59, -3), np.floor(_RNG.uniform(36000, 50000, 30))),
}


def _calc(formulas):
    terms = {key: Term(label="", kind="money", value=1.0) for key in ("a", "b", "k", "p", "r", "d", "e")}
    terms["q"] = Term(label="", kind="money", value=5.0)
    lines = {
        "x": Line(label="", formula="= ROUND(a, 3) * (year - 2026) + b"),
        "w": Line(label="", formula="= year - 2024"),
    }
    lines |= {key: Line(label="", formula=f"= {text}") for key, text in formulas.items()}
    calc = run(
        deal(terms=terms, lines=lines, series={"s": Series(label="", values={"2025": 1.0, "2027": 3.0})}),
        View(period="year"),
    )
    assert not calc.problems
    return calc


@pytest.mark.parametrize("name", FORMULAS)
def test_each_draw_of_a_function_equals_a_live_run(name):
    assert name in FORMULAS[name]
    calc = _calc({"f": FORMULAS[name]})
    draws = {**DRAWS, "s.2027": DRAWS["b"]}
    out, found = differences(calc, draws, ["f"], chunk=16)
    assert found == []
    assert not out.errors["f"].all()


@pytest.mark.parametrize("name", [n for n in FORMULAS if FUNCTIONS[n].vector or FUNCTIONS[n].numeric])
def test_no_draw_of_a_function_with_a_form_is_computed_by_the_live_form_of_its_tree(name):
    calc = _calc({"f": FORMULAS[name]})
    program = Vectorised(calc, frozenset({*DRAWS, "s.2027"}), ["f"])
    assert [node for level in program.levels for node in level.emit.slow_nodes] == []


def test_every_function_with_a_form_of_its_own_is_compared():
    shown_elsewhere = {"IFERROR", "ISERROR", "NOT", "OR", "ABS", "SIGN", "SQRT", "EXP", "LN", "LOG10", "POWER", "MOD", "INT", "ROUND", "ROUNDUP", "ROUNDDOWN", "TRUNC", "SUMPRODUCT", "INDEX"}  # fmt: skip
    assert {n for n, spec in FUNCTIONS.items() if spec.vector} - set(FORMULAS) <= shown_elsewhere


@pytest.mark.parametrize(
    ("periods", "once", "years"),
    [(2, True, 1.0), (8, True, 2000.0), (40, True, 30.0), (480, True, 40.0), (6, False, 9.0)],
)
def test_rates_of_many_draws_are_the_live_ones_also_of_long_and_lopsided_flows(periods, once, years):
    rng = np.random.default_rng(periods)
    flows = rng.normal(0, 1, (periods, 12)) * 10 ** rng.uniform(-2, 3, (periods, 12))
    if once:  # one change of sign
        flows = np.abs(flows)
        flows[: rng.integers(1, periods)] *= -1
        flows[0] *= 10 ** rng.uniform(-3, 4, 12)
    flows[rng.random(flows.shape) < 0.2] = 0
    days = np.floor(np.sort(rng.uniform(0, years * 365, periods)))
    days[0] = 0
    out = dated_return(list(flows), days.tolist(), 0.1, np.empty(12))
    for k in range(12):
        try:
            live = rate_of_return(list(zip((days / 365).tolist(), flows[:, k].tolist(), strict=True)))
        except Refusal:
            assert np.isnan(out[k])
        else:
            assert np.log1p(out[k]) == pytest.approx(np.log1p(live), rel=1e-12, abs=1e-15)
