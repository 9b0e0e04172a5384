"""The bad input that a formula can be, and what it must meet: a sentence with its place, or Excel's error, at once."""

from __future__ import annotations

import io
import json

import pytest

from model.commands.evaluate import command
from model.engine import run
from model.formula.bind import Namespace, bind
from model.formula.parse import MAX_ARGS, MAX_DEPTH, MAX_LENGTH
from model.layers import View
from model.problems import Refused
from tests.model.deals import Line, deal

YEARS = View(period="year")


def answers(*lines: str) -> list[object]:
    out = io.StringIO()
    assert command((), io.BytesIO("\n".join(lines).encode()), out) == 0
    return [json.loads(line) for line in out.getvalue().splitlines()]


def refusal(text: str):
    """What a deal's formula meets."""
    with pytest.raises(Refused) as caught:
        bind("o", text, Namespace(deal()), is_line=False)
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize(
    ("text", "word"),
    [("__import__('os')", "“'” has no meaning"), ('__import__("os")', "no function"), ("__import__", "not a name"), ("().__class__", "no meaning"), ("x.__class__", "not a name")],
)  # fmt: skip
def test_python_is_no_formula(text, word):
    problem = refusal(text)
    assert word in problem.what
    assert problem.span
    assert 0 <= problem.span[0] < problem.span[1] <= len(text)


@pytest.mark.parametrize(
    "text", ["(" * 100_000 + "1" + ")" * 100_000, "1" + "+1" * 100_000, "-" * 100_000 + "1"], ids=["brackets", "sums", "signs"]
)  # fmt: skip
def test_a_hundred_thousand_levels_are_too_long(text):
    assert f"{MAX_LENGTH:,}" in refusal(text).what


@pytest.mark.parametrize(
    ("text", "limit"),
    [("(" * 65 + "1" + ")" * 65, MAX_DEPTH), ("-" * 65 + "1", MAX_DEPTH), ("ABS(" * 65 + "1" + ")" * 65, MAX_DEPTH), ("IF(1,1," * 65 + "1" + ")" * 65, MAX_DEPTH), (f"SUM({','.join('1' * 256)})", MAX_ARGS)],
)  # fmt: skip
def test_beyond_excels_levels_and_arguments_a_formula_is_refused_with_the_limit(text, limit):
    assert str(limit) in refusal(text).what


def test_within_excels_limits_a_formula_is_computed():
    made = (
        "(" * 64 + "1" + ")" * 64,
        "ABS(" * 63 + "-1" + ")" * 63,
        f"SUM({','.join('1' * 255)})",
        '"' + "a" * 255 + '"',
    )
    assert answers(*made) == [1.0, 1.0, 255.0, "a" * 255]


def test_powers_and_repetitions_without_end_are_an_error_at_once():
    assert answers("9^9^9^9", "9^(9^9^9)", '=REPT("a",1E10)', "FACT(1E9)", "COMBIN(1E300,1E299)", "PERMUT(1E9,1E9)", "POISSON(1,1E15,TRUE)", "VDB(1,1,1E9,0,1E9)") == [
        {"error": "#NUM!"}, {"error": "#NUM!"}, {"error": "#VALUE!"}, {"error": "#NUM!"}, {"error": "#NUM!"}, {"error": "#NUM!"}, 0.0, {"error": "#NUM!"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("formula", "error"),
    [("1E308*10", "#NUM!"), ("-1E308*10", "#NUM!"), ("1E-308/1E10*0+1/0", "#DIV/0!"), ("DATE(1E300,1,1)", "#NUM!"), ("EDATE(1,1E300)", "#NUM!"), ('MID("a",1E300,1E300)&NA()', "#N/A"), ("ROUND(1,-1E300)+NA()", "#N/A"), ("EXP(1E300)", "#NUM!"), ('TEXT(1E300,"0")&NA()', "#N/A"), ("TIME(1E300,0,0)", "#NUM!"), ("INDEX({1,2},1E300)", "#REF!"), ("WEEKDAY(1E300)", "#NUM!")],
)  # fmt: skip
def test_the_largest_numbers_end_in_excels_error(formula, error):
    assert answers(formula) == [{"error": error}]


def test_a_circle_is_named_as_its_path_direct_and_through_names():
    direct = run(deal(lines={"a": Line(label="", formula="= a + 1")}), YEARS)
    assert "a → a" in direct.problems[0].what
    round_about = run(
        deal(lines={k: Line(label="", formula=f"= {n}") for k, n in (("a", "b"), ("b", "c"), ("c", "a"))}), YEARS
    )
    assert "→" in round_about.problems[0].what
    assert {"a", "b", "c"} <= set(round_about.problems[0].what.replace("→", " ").replace(".", " ").split())


def test_a_wildcard_bomb_in_a_criterion_is_matched_without_going_back():
    text, pattern = "a" * 250, "*a" * 120 + "b"
    assert answers(f'COUNTIF({{"{text}"}},"{pattern}")', f'SEARCH("{pattern}","{text}")', f'MATCH("{pattern}",{{"{text}"}},0)') == [0.0, {"error": "#VALUE!"}, {"error": "#N/A"}]  # fmt: skip


@pytest.mark.parametrize("name", ["A1048577", "XFE1", "A1", "R1C1", "Sheet1"])
def test_an_address_is_an_unknown_name(name):
    assert refusal(name).what == f"“{name}” is not a name in this deal."


@pytest.mark.parametrize("text", ["１２", "²", "2²", "1_000", "٣", "1e１"])
def test_other_digits_are_not_numbers(text):
    assert "digit" in refusal(text).what or "number" in refusal(text).what
    assert answers(f'"{text}"+0') == [{"error": "#VALUE!"}]


@pytest.mark.parametrize("name", ["WEBSERVICE", "HYPERLINK", "DDE", "CALL", "RTD", "FILTERXML"])
def test_functions_that_reach_outside_are_not_to_be_had(name):
    assert f"{name} cannot be used: it reaches outside the deal" in refusal(f'{name}("x")').what


@pytest.mark.parametrize(
    ("name", "reason"), [("NOW", "clock"), ("TODAY", "clock"), ("RAND", "every calculation"), ("RANDBETWEEN", "every calculation"), ("OFFSET", "which cells"), ("INDIRECT", "which cells")]
)  # fmt: skip
def test_volatile_functions_are_refused_with_the_reason(name, reason):
    assert reason in refusal(f"{name}()").what
