"""Looking along the periods: NEXT, LAG, YEARSUM, EARLIER, CUM, ALL and AT in every period length, in the
engine and as exported text recalculated by another engine."""

import datetime as dt

import pytest

from model.engine import run
from model.layers import View
from model.values import NA, REF
from model.workbook.write import export
from tests.model.deals import Line, Term, TimelineSpec, deal
from tests.workbook.engines import compare, formualizer, read

SPAN = TimelineSpec(start=dt.date(2025, 2, 10), end=dt.date(2027, 11, 20))
LENGTHS = ("month", "quarter", "year")


def make():
    lines = {
        "x": Line(label="x", formula="= days + MONTH(end) / 100", opening="= 5"),
        "plain": Line(label="plain", formula="= year * 2"),
        "ahead": Line(label="ahead", formula="= NEXT(x)"),
        "ahead_or": Line(label="ahead_or", formula="= NEXT(x, -1)"),
        "one": Line(label="one", formula="= LAG(x, 1)"),
        "two": Line(label="two", formula="= LAG(x, 2)"),
        "two_or": Line(label="two_or", formula="= LAG(plain, delay, 9)"),
        "total": Line(label="total", formula="= YEARSUM(x)"),
        "peak": Line(label="peak", formula="= MAX(EARLIER(x))"),
        "sum": Line(label="sum", formula="= CUM(x)"),
        "echo": Line(label="echo", formula="= LAG(answer, 2, 1) + 1", opening="= 3"),
        "answer": Line(label="answer", formula="= echo * 2", opening="= 4"),
        "largest": Line(label="largest", formula="= MAX(EARLIER(largest)) + days", opening="= 1"),
    }
    return deal(
        lines=lines,
        terms={"delay": Term(label="d", kind="integer", value=2), "on": Term(label="d", kind="date", value=dt.date(2026, 7, 1))},
        outputs={"at": "= AT(x, on)", "all": "= SUM(ALL(x))"},
        timeline=SPAN,
    )  # fmt: skip


@pytest.mark.parametrize("length", LENGTHS)
def test_helpers_along_the_periods_give_what_counting_by_hand_gives(length):
    calc = run(make(), View(period=length))
    assert calc.problems == []
    n = len(calc.timeline)
    years, x, plain = calc.timeline.rows["year"], calc.line("x"), calc.line("plain")
    assert calc.line("ahead") == [*x[1:], 0.0]
    assert calc.line("ahead_or") == [*x[1:], -1.0]
    assert calc.line("one") == [5.0, *x[:-1]]
    assert calc.line("two") == [0.0, 5.0, *x[:-2]]
    assert calc.line("two_or") == [9.0, 0.0, *plain[:-2]]
    assert calc.line("total") == pytest.approx(
        [sum(v for v, y in zip(x, years, strict=True) if y == years[i]) for i in range(n)]
    )
    assert calc.line("peak") == [max([5.0, *x[:i]]) for i in range(n)]
    assert calc.line("sum") == pytest.approx([sum(x[: i + 1]) for i in range(n)])
    answer = {-1: 4.0}
    for i in range(n):
        answer[i] = (answer.get(i - 2, 1.0) + 1) * 2
    assert calc.line("answer") == [answer[i] for i in range(n)]
    largest = [1.0]
    for days in calc.timeline.rows["days"]:
        largest.append(max(largest) + days)
    assert calc.line("largest") == largest[1:]
    place = calc.timeline.index_of(dt.date(2026, 7, 1))
    assert calc.scalar("at") == x[place]
    assert calc.scalar("all") == pytest.approx(sum(x))


@pytest.mark.parametrize("length", LENGTHS)
def test_the_exported_text_of_the_helpers_recalculates_to_the_same_values(length, tmp_path):
    calc = run(make(), View(period=length))
    path = tmp_path / "book.xlsx"
    export(calc, str(path))
    book = read(path)
    count, faults = compare(book, formualizer(path, book))
    assert faults == []
    assert count > 13 * len(calc.timeline)


@pytest.mark.parametrize("formula", ["= NEXT(y) + 1", "= YEARSUM(y)", "= CUM(y)", "= LAG(TO_DATE(y), 1)"])
def test_looking_ahead_over_a_loop_is_a_named_problem(formula):
    calc = run(deal(lines={"y": formula}), View(period="year"))
    assert len(calc.problems) == 1
    assert "y → y" in calc.problems[0].what or "needs a line's name" in calc.problems[0].what


def test_next_over_a_loop_through_another_line_names_the_path():
    calc = run(deal(lines={"a": "= NEXT(b)", "b": "= a + 1"}), View(period="year"))
    assert "a" in calc.problems[0].what
    assert "b" in calc.problems[0].what
    assert calc.line("a")[0].kind == REF


def test_a_lag_of_less_than_one_period_is_an_error_not_a_guess():
    assert [v.kind for v in run(deal(lines={"x": "= year", "y": "= LAG(x, 0)"}), View(period="year")).line("y")] == [
        REF
    ] * 4


def test_at_before_the_document_is_not_available():
    terms = {
        "d": Term(label="", kind="date", value=dt.date(2020, 1, 1)),
        "late": Term(label="", kind="date", value="never"),
    }
    calc = run(
        deal(terms=terms, lines={"x": "= year"}, outputs={"o": "= AT(x, d)", "p": "= AT(x, late)"}), View(period="year")
    )
    assert calc.scalar("o").kind == NA
    assert calc.scalar("p") == 2028.0
