"""The vector form of a program equals the live engine draw by draw: on the shipped deal, on random formulas, and
where draws run into errors, texts, loops and later periods."""

import datetime as dt
import random
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

from model import store
from model.engine import run
from model.formula import vector_annuities, vector_dates, vector_forms
from model.formula.bind import Namespace, bind
from model.formula.functions import FUNCTIONS
from model.formula.vector import Simulated, Vectorised, live_draw, simulate_lines
from model.layers import View, default_view
from model.problems import Refused
from model.values import NEVER, ErrorValue, to_serial
from tests.conformance.generate import Generator
from tests.conformance.world import COMPUTED, LINES, world
from tests.model.deals import Line, Series, Term, deal
from tests.workbook.engines import agree

YEARS = View(period="year")


def compare(out: Simulated, key, k, live):
    """What differs between one draw of the vector form and a live run."""
    row = key in live.cells.rows
    theirs = live.cells.rows[key] if row else [live.cells.scalars.get(key)]
    ours = out[key][:, k] if row else [out[key][k]]
    wrong = out.errors[key][:, k] if row else [out.errors[key][k]]
    for a, b, e in zip(theirs, ours, wrong, strict=True):
        b = b.item() if isinstance(b, np.generic) else b
        a = 0.0 if a is None else a
        if e != isinstance(a, ErrorValue) or (not e and not agree(float(a) if type(a) is int else a, b)):
            return f"{key}, draw {k}: {a!r} live, {'error' if e else repr(b)} over vectors"
    return None


def differences(calc, draws, wanted, chunk=16_384):
    out = simulate_lines(calc, draws, wanted, chunk)
    count = len(next(iter(draws.values())))
    found = []
    for k in range(count):
        live = live_draw(calc, {a: v[k].item() if isinstance(v[k], np.generic) else v[k] for a, v in draws.items()})
        found += [d for key in wanted if (d := compare(out, key, k, live))]
    return out, found


def test_draws_on_the_shipped_deal_equal_live_runs_with_the_same_inputs_set():
    shipped = store.load(store.find("microsoft-openai")).deal
    calc = run(shipped, default_view(shipped))
    rng = np.random.default_rng(7)
    n = 12
    draws = {
        "rs_rate": rng.uniform(0.1, 0.3, n),
        "azure_commit": rng.uniform(100, 400, n),
        "agi_hazard": rng.uniform(0, 0.3, n),
        "disc_azure": rng.uniform(0, 0.12, n),
        "rev_path.2028": rng.uniform(50, 150, n),
        "agi_declared": np.where(rng.random(n) < 0.3, NEVER, np.floor(rng.uniform(46000, 50000, n))),
        "contributions.first.amount": rng.uniform(0, 3, n),
        "rounds.round_1.funded": rng.uniform(0, 1, n),
    }
    assert set(draws) <= set(calc.inputs)
    wanted = [*shipped.outputs, *shipped.lines, *shipped.checks]
    out = simulate_lines(calc, draws, wanted)
    faults = []
    for k in range(n):
        day = (
            "never"
            if draws["agi_declared"][k] == NEVER
            else dt.date(1899, 12, 30) + dt.timedelta(draws["agi_declared"][k])
        )
        sets = tuple((a, day if a == "agi_declared" else float(v[k])) for a, v in draws.items())
        live = run(shipped, calc.view._replace(sets=sets))
        faults += [d for key in wanted if (d := compare(out, key, k, live))]
    assert not faults, "\n".join(faults[:20])


def test_random_formulas_over_drawn_inputs_equal_live_runs(tally):
    base = world()
    generator, space = Generator(3), Namespace(base.deal)
    lines, outputs = {}, {}
    while len(lines) < 1500:
        text = generator.formula()
        try:
            bind("o", text, space, is_line=True)
        except Refused:
            continue
        lines[f"line_{len(lines)}"] = Line(label="", formula=f"= {text}")
    import msgspec

    rng = random.Random(5)
    n = 6
    draws = {
        "two": [rng.choice((2.0, 0.0, -3.5, 1e-3, 12.0)) for _ in range(n)],
        "minus": [rng.choice((-0.5, 0.5, 0.0)) for _ in range(n)],
        "odd": [rng.choice((1234.5678, 1.005, -7.25)) for _ in range(n)],
        "three": [float(rng.choice((3, 1, 0, 7))) for _ in range(n)],
        "rate": [rng.choice((0.08, 0.0, 0.2)) for _ in range(n)],
        "day": [to_serial(dt.date(2026, 5, 5)) + rng.randrange(-400, 400) for _ in range(n)],
        "t.r3.num": [rng.choice((1.5, 8.0, -2.0)) for _ in range(n)],
        "s.2027": [rng.choice((3.0, -1.0)) for _ in range(n)],
    }
    draws = {a: np.array(v) for a, v in draws.items()}
    deck = msgspec.structs.replace(base.deal, lines={**base.deal.lines, **lines}, outputs=outputs)
    calc = run(deck, YEARS)
    assert not calc.problems
    runs = [live_draw(calc, {a: v[k].item() for a, v in draws.items()}) for k in range(n)]
    found, by_live = [], 0
    for key in [*lines, *LINES, *COMPUTED]:  # one by one, so that a draw left to the live engine hides no other line
        out = simulate_lines(calc, draws, [key])
        by_live += out.again
        found += [f"{d}   {lines[key].formula}" for k in range(n) if (d := compare(out, key, k, runs[k]))]
    count = tally["vector form"] = Counter(compared=len(lines) * n, agreed=len(lines) * n - by_live - len(found))
    count["left to the live engine (an error inside that vectors would hide)"] = by_live
    assert not found, "\n".join(found[:40])
    assert by_live < 0.25 * n * len(lines)


def small(**parts):
    terms = {
        "a": Term(label="", kind="money", value=2.0),
        "b": Term(label="", kind="money", value=5.0),
        "d": Term(label="", kind="date", value=dt.date(2026, 7, 1)),
        "c": Term(label="", kind="choice", value="ramp", choices=("ramp", "flat")),
        "h": Term(label="", kind="money", value="undisclosed"),
    }
    return run(deal(terms=terms, **parts), YEARS)


A = np.array([2.0, 0.0, -1.0, 1e308, 3.0])


@pytest.mark.parametrize(
    "formula",
    [
        "= 1 / a", "= IF(a = 0, 7, 1 / a)", "= 1 / (a * 10)", "= MIN(a * 10, 5)", "= IF(a * 10 > 5, 1, 2)", "= IFERROR(1 / a, 5)", "= LN(a)", "= SQRT(a) + 1", "= a ^ 0.5",
        "= ISERROR(1 / a)", "= MOD(10, a)", "= MOD(-7.5, b)", "= AND(a > 0, b > 1)", "= h * a", "= IF(h > a, 1, 2)", "= ROUND(a, 1)", "= MOD(b, a)", "= a & \"x\"", '= IF(a > 1, "big", "small")', "= IF(a > 1, b)",
        "= INT(a / 3)", "= SUM(c, a)", "= MAX(a, c)", "= IF(a > 1, INDEX(TO_DATE(year), a), CHOOSE(1, a))", "= SUM(a, b, 1)", "= MAX(1, LN(a))", "= IF(OR(a < 0, b / a > 1), a, b)", "= CHOOSE(MAX(1, MIN(2, a)), b, 9)", "= a > 1", "= -(a > 1)", "= PMT(a / 100, 10, b)",
    ],
)  # fmt: skip
def test_errors_texts_and_conditions_come_out_as_in_live_runs(formula):
    calc = small(lines={"x": formula, "y": "= PREV(x, 1)", "z": "= IF(year > 2026, a, b)"}, outputs={"o": formula})
    _, found = differences(calc, {"a": A}, ["x", "y", "z", "o"], chunk=2)
    assert found == []


def test_loops_sums_and_later_periods_are_scanned_as_live():
    lines = {
        "opening": "= PREV(closing, a)", "used": "= MIN(opening, b)", "closing": "= opening - used", "cum": "= CUM(used)", "last": "= YEARS_TO_DATE(used, 2)", "ahead": "= NEXT(used)",
        "back": "= LAG(used, 2)", "year_sum": "= YEARSUM(used)", "share": "= used / total", "path": "= BYYEAR(s, a)", "self": "= LAG(self, 2, 1) + a", "peak": "= MAX(EARLIER(used))",
    }  # fmt: skip
    outputs = {
        "total": "= SUM(ALL(used))",
        "top": "= MAX(ALL(closing))",
        "at": "= AT(closing, d)",
        "mean": "= AVERAGE(ALL(share))",
        "npv": "= NPV(0.1, ALL(used))",
    }
    calc = small(lines=lines, outputs=outputs, series={"s": Series(label="", values={"2025": 1.0, "2027": 3.0})})
    assert not calc.problems
    draws = {
        "a": np.array([2.0, 10.0, 0.5]), "b": np.array([1.0, 3.0, 0.25]), "d": np.array([46000.0, 46500.0, NEVER]), "s.2027": np.array([4.0, 5.0, 6.0]),
    }  # fmt: skip
    _, found = differences(calc, draws, [*lines, *outputs])
    assert found == []


def test_an_overflow_that_only_later_formulas_look_at_is_an_error_in_them():
    lines = {
        "big": "= a * 1E200 * b",
        "more": "= big * 2 - PREV(more) * 0.5",
        "sign": "= IF(more > 0, -more, more / 2)",
        "least": "= MIN(sign, PREV(least, 7) * 0.9)",
        "inverse": "= 1 / more",
        "place": "= MATCH(more, ALL(year))",
        "kept": "= IF(year > 2026, b, more)",
        "again": "= PREV(kept, 1) + MAX(0, kept)",
        "held": "= MIN(PREV(more, 5), 3)",
        "first": "= IF(big < 0, 1, 2)",
        "sum": "= SUM(TO_DATE(more)) * 0 + CUM(kept)",
        "whole": "= INT(kept) + ABS(sign) + INDEX(TO_DATE(kept), a)",
    }
    calc = small(lines=lines)
    assert not calc.problems
    draws = {"a": np.array([2.0, -1e200, 1e200, 0.0, 1.0]), "b": np.array([5.0, 1e200, 1e200, 3.0, -4.0])}
    for wanted in ([*lines], *([key] for key in lines)):
        _, found = differences(calc, draws, wanted)
        assert found == []


def test_what_no_period_changes_is_computed_once_and_marks_no_draw_that_a_condition_keeps_from_it():
    lines = {
        "x": "= IF(a = 0, 0, b / a + INDEX(ALL(year), 1 + a) * 0) * (1 + b) ^ (year - 2025)",
        "y": "= IF(year > 2026, x, 1 / (a + b)) + IF(a + b > 0, SUM(a, b), 1) + (1 + b) * PREV(y)",
    }
    calc = small(lines=lines)
    out, found = differences(calc, {"a": np.array([0.0, 1.0, 2.0]), "b": np.array([0.1, 0.2, 0.3])}, ["x", "y"])
    assert found == []
    assert out.again == 0
    (level,) = (
        one for one in Vectorised(calc, frozenset(("a", "b")), ["y"]).levels if "y" in {f.key for f in one.lines}
    )
    loop = level.source.partition("for i in range(periods):")[2]
    assert "form_" not in loop
    assert loop.count("power(") == 1
    assert loop.count("add(") <= 4


@pytest.mark.parametrize(
    "formula", ["= INDEX(TO_DATE(y), a)", "= SUM(INDEX(ALL(y), a))", "= SUM(INDEX(ALL(y), 0)) * a"]
)
def test_place_0_of_a_range_is_the_whole_range(formula):
    calc = small(lines={"y": "= a * year", "x": formula})
    _, found = differences(calc, {"a": np.array([0.0, 1.0, 0.5, 2.0, -1.0])}, ["x"])
    assert found == []


def test_a_choice_without_vector_code_is_computed_draw_by_draw_within_what_has_it():
    calc = small(lines={"x": "= IF(a > 1, IFNA(a, b), 2) + SUM(IFNA(a, b), 1) + IFNA(1 / a, b)", "y": "= IFNA(IF(a > 1, a > 2, FALSE), b)"})  # fmt: skip
    _, found = differences(calc, {"a": np.array([0.0, 1.0, 2.0, 3.0])}, ["x", "y"])
    assert found == []


def test_a_drawn_choice_is_compared_as_text():
    calc = small(lines={"x": '= IF(c = "RAMP", a, b)'})
    _, found = differences(calc, {"c": np.array(["ramp", "flat"], object)}, ["x"])
    assert found == []


def test_what_no_draw_reaches_is_not_computed_again_and_still_given():
    calc = small(lines={"x": "= b * year", "y": "= a"}, outputs={"o": "= 1 / 0"})
    out = simulate_lines(calc, {"a": A}, ["x", "y", "o"])
    assert out["x"].shape == out["y"].shape == (4, 5)
    assert (out["x"] == np.array(calc.line("x"))[:, None]).all()
    assert out.errors["o"].all()
    assert np.isnan(out["o"]).all()


def test_chunks_do_not_change_anything():
    calc = small(lines={"x": "= PREV(x, a) * 1.1 + IF(a > b, 1, 0)"}, outputs={"o": "= SUM(ALL(x))"})
    values = np.random.default_rng(1).uniform(0, 10, 1000)
    one, many = (simulate_lines(calc, {"a": values}, ["x", "o"], chunk) for chunk in (1000, 77))
    assert (one["x"] == many["x"]).all()
    assert (one["o"] == many["o"]).all()


def test_arrays_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="length"):
        simulate_lines(small(lines={"x": "= a"}), {"a": np.zeros(3), "b": np.zeros(4)}, ["x"])


def test_every_function_has_a_vector_form_or_says_that_it_is_slow():
    from model.formula.vector_calls import Emitter
    from model.formula.vector_emit import UFUNCS

    tables = (vector_forms, vector_dates, vector_annuities)
    for name, spec in FUNCTIONS.items():
        if spec.vector == "scan":
            assert hasattr(Emitter, f"call_{name.lower()}"), name
        elif spec.vector is not None:
            assert spec.vector in UFUNCS or any(spec.vector in table.FORMS for table in tables), name
        assert spec.slow == (spec.vector is None and spec.max_args != 0)


def test_numpy_is_imported_by_the_vector_form_only():
    code = (
        "import sys, model.engine, model.commands.headless, model.commands.evaluate; sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
