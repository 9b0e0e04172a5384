"""Whatever a person does to a deal, in whatever order: the values reached step by step are those of a computation from
nothing, to the last bit, with the same error at the same root; and what is said to have moved is all that moved."""

import datetime as dt

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from model.edits import apply, set_values
from model.engine import run
from model.formula.helpers import PERIOD_NAMES
from model.layers import View
from model.problems import Refused
from model.structure.restructure import Anchor, delete, duplicate, insert, move
from model.structure.set_formula import set_formula, to_value
from model.values import ErrorValue
from tests.model.deals import Column, Line, Scenario, Series, Table, Term, Version, deal

_table = Table(
    label="",
    columns={
        "on": Column(label="", kind="date"),
        "n": Column(label=""),
        "sum": Column(label="", formula="= PREV(sum, a) + n"),
        "part": Column(label="", formula="= n / b"),
    },
    records={
        "r1": {"on": dt.date(2025, 6, 1), "n": 2.0},
        "r2": {"on": dt.date(2027, 1, 1), "n": "= a * 2"},
        "r3": {"on": dt.date(2028, 1, 1), "n": 4.0, "part": 7.0},
    },
)
START = deal(
    terms={
        "a": Term(label="", kind="money", value=2.0),
        "b": Term(label="", kind="percent", value=0.5),
        "d": Term(label="", kind="date", value=dt.date(2026, 7, 1)),
        "w": Term(label="", kind="choice", value="ramp", choices=("ramp", "flat")),
        "k": Term(label="", kind="integer", value=3),
        "c": "= a / b",
    },
    series={"s": Series(label="", values={"2025": 1.0, "2027": 3.0})},
    tables={"t": _table},
    lines={
        "x": "= a * year - BYYEAR(s, b)",
        "open": "= PREV(close, a * 10)",
        "use": "= MIN(open, x / 100)",
        "close": "= open - use",
        "y": "= IF(x > c, x, 1 / (k - 3))",
        "z": "= IFERROR(y, 0) + CUM(use)",
        "held": "= ASOF(t[n], t[on])",
        "q": '= IF(w = "ramp", z, held) & ""',
        "cond": "= AND(x > 0, NOT(ISERROR(y)))",
        "near": "= IF(a * 3 = x - x + 6, z, y)",
    },
    outputs={
        "total": "= SUM(ALL(z)) / b",
        "when": "= AT(close, d)",
        "all": "= SUM(t[sum]) + MAX(ALL(s))",
        "worst": "= IFERROR(MIN(ALL(y)), -1)",
    },
    versions={"v1": Version(label="V1", set={"a": 3.0}), "v2": Version(label="V2", base="v1", set={"t.r1.n": 0.0})},
    scenarios={"s1": Scenario(label="S1", set={"b": 0.0}), "s2": Scenario(label="S2", base="s1", set={"s.2026": 9.0})},
)  # fmt: skip

_numbers = st.sampled_from([0.0, 1.0, -1.0, 2.0, 0.1, 3.0, 1e15, 1e308, -0.25, 6.000000000000001])
_inputs = {
    "a": st.one_of(_numbers, st.sampled_from([None, "undisclosed"])),
    "b": st.one_of(_numbers, st.just("undisclosed")),
    "d": st.sampled_from([None, dt.date(2025, 1, 1), dt.date(2027, 3, 3), dt.date(2031, 1, 1), "never", "undisclosed"]),
    "w": st.sampled_from(["ramp", "flat", "undisclosed"]),
    "k": st.sampled_from([3, 0, 4, -2]),
    "s.2025": st.one_of(_numbers, st.none()),
    "s.2026": st.one_of(_numbers, st.none()),
    "t.r1.n": st.one_of(_numbers, st.sampled_from([None, "undisclosed"])),
    "t.r3.n": st.one_of(_numbers, st.none()),
    "t.r3.on": st.sampled_from([None, dt.date(2026, 2, 2), "undisclosed"]),
}
_lines = [
    "= x", "= a", "= 1", "= TRUE", '= "text"', "= 1 / k", "= x + PREV(use, b)", "= LN(a)", "= CUM(x)", "= PREV(z)", "= close * b", "= year > 2026", "= MAX(0, PREV(y, 1))",
    "= YEARS_TO_DATE(x, 2)", "= NEXT(x)", "= SUM(t[part])", "= IFERROR(q, 5)", "= nobody", "= z", "= cond", "= total", "= a * 1E300 * 1E10", "= x -", '= IF(w = "flat", PREV(near), near)',
]  # fmt: skip
_singles = ["= a + b", "= 1 / a", "= SUM(ALL(z))", "= AT(x, d)", "= c", "= total", "= w", "= TRUE", "= nobody", '= "n" & k', "= SUM(t[sum])", "= IFERROR(when, 2)", "= x"]  # fmt: skip
_step = st.one_of(
    st.tuples(st.just("value"), st.sampled_from(sorted(_inputs)).flatmap(lambda k: st.tuples(st.just(k), _inputs[k])), st.sampled_from([None, "", "version:v1", "scenario:s1"])),
    st.tuples(st.just("value"), st.sampled_from(sorted(_inputs)).flatmap(lambda k: st.tuples(st.just(k), _inputs[k])), st.none()),
    st.tuples(st.just("line"), st.integers(0, 30), st.sampled_from(_lines)),
    st.tuples(st.just("text"), st.integers(0, 30), st.sampled_from(_lines)),
    st.tuples(st.just("single"), st.sampled_from(["a", "c", "k", "total", "when", "all", "worst", "t.r1.n", "t.r2.n"]), st.sampled_from(_singles)),
    st.tuples(st.just("input"), st.sampled_from(["a", "c", "k", "t.r2.n"]), st.sampled_from([0.0, 2.0])),
    st.tuples(st.just("insert"), st.integers(0, 30), st.sampled_from(_lines)),
    st.tuples(st.just("copy"), st.integers(0, 30), st.none()),
    st.tuples(st.just("delete"), st.integers(0, 30), st.booleans()),
    st.tuples(st.just("move"), st.integers(0, 30), st.integers(0, 30)),
    st.tuples(st.just("record"), st.sampled_from(["r1", "r2", "r3"]), st.booleans()),
    st.tuples(st.just("view"), st.tuples(st.sampled_from(["", "v1", "v2"]), st.sampled_from(["", "s1", "s2"]), st.sampled_from(["year", "quarter", "year"])), st.booleans()),
    st.tuples(st.just("undo"), st.none(), st.none()),
)  # fmt: skip


def _edit(d, view, calc, what, first, second):
    """The edit of a step. Raises Refused where a person would be refused."""
    keys = list(d.lines)
    path = ("lines", keys[first % len(keys)]) if isinstance(first, int) and keys else None
    if what == "value":
        return set_values(d, view, [first], layer=second)
    if what in ("single", "input"):
        return (set_formula if what == "single" else to_value)(d, first, second, **({"program": calc.program} if what == "single" else {}))  # fmt: skip
    if what == "record":
        if first not in d.tables["t"].records:
            return None
        return duplicate(d, ("tables", "t", "records", first)) if second else delete(d, ("tables", "t", "records", first), force=True)  # fmt: skip
    if what == "line":
        return set_formula(d, path[1], second, program=calc.program)
    if what == "insert":
        return insert(d, path, "before", "New", formula=second)
    if what == "copy":
        return duplicate(d, path)
    if what == "delete":
        return delete(d, path, force=second) if len(keys) > 1 else None
    return move(d, [path], Anchor("after", keys[second % len(keys)]))


def exact(v):
    """A value with its kind; an error with its root."""
    return (v.kind, v.at, v.note) if isinstance(v, ErrorValue) else (type(v), v)


def cells(calc):
    """Every value of a run, by key."""
    out = {k: [exact(v) for v in (v if isinstance(v, (list, tuple)) else [v])] for k, v in calc.cells.scalars.items()}
    out.update((k + " row", [exact(v) for v in row]) for k, row in calc.cells.rows.items())
    return out


@settings(max_examples=120, deadline=None)
@given(st.lists(_step, min_size=1, max_size=14))
def test_step_by_step_equals_from_nothing(steps):
    d, view = START, View(period="year")
    calc, backs = run(d, view), []
    for what, first, second in steps:
        before = calc
        touches = None
        if what == "view":
            view = View(first[0], first[1], first[2], "", (("a", 4.0),) if second else ())
        elif what == "undo":
            if not backs:
                continue
            edit = backs.pop()
            d, _ = apply(d, edit)
            touches = edit.touches
        elif what == "text":  # what a file may hold though the window would refuse it: circles, unknown names
            key = list(d.lines)[first % len(d.lines)]
            d = msgspec.structs.replace(d, lines={**d.lines, key: Line(label="", formula=second)})
            backs.clear()
        else:
            try:
                edit = _edit(d, view, calc, what, first, second)
                if edit is None:
                    continue
                d, back = apply(d, edit)
            except (Refused, KeyError) as refused:
                assert isinstance(refused, Refused) or what in ("record", "single"), refused
                continue
            backs.append(back)
            touches = edit.touches
        calc = run(d, view, before, touches)
        step, anew = cells(calc), cells(run(d, view))
        wrong = [(k, step.get(k), anew.get(k)) for k in anew if step.get(k) != anew[k]]
        assert not wrong, wrong[:3]
        old = cells(before)
        silent = {k for k in step if k.removesuffix(" row") not in calc.moved and step[k] != old.get(k, [exact(None)])}
        assert not {k for k in silent if "@" not in k and k.removesuffix(" row") not in PERIOD_NAMES}, silent
