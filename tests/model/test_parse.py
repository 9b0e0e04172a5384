"""Formulas as text: Excel's precedence, and a clear refusal with its place for everything else."""

import time

import pytest

from model.formula.nodes import Binary, Bool, Call, Column, Missing, Name, Num, Text, Unary
from model.formula.parse import parse
from model.problems import Refused


def refusal(text):
    with pytest.raises(Refused) as err:
        parse(text)
    (problem,) = err.value.problems
    return problem


def test_unary_minus_binds_tighter_than_power():
    assert parse("-2^2") == Binary("^", Unary("-", Num(2)), Num(2))


def test_power_is_left_associative():
    assert parse("2^3^2") == Binary("^", Binary("^", Num(2), Num(3)), Num(2))


def test_percent_is_postfix_and_repeats():
    assert parse("1000%%") == Unary("%", Unary("%", Num(1000)))


def test_comparison_binds_loosest_then_ampersand_then_sums():
    assert parse("a&b+1=c") == Binary("=", Binary("&", Name("a"), Binary("+", Name("b"), Num(1))), Name("c"))


def test_leading_equals_sign_and_spaces_are_optional():
    assert parse(" =  a + 1 ") == parse("a+1")


def test_text_doubles_its_quotation_marks():
    assert parse('"say ""no"""') == Text('say "no"')


def test_booleans_calls_missing_arguments_and_columns():
    assert parse("if(true,,x.y.z)") == Call("IF", (Bool(True), Missing(), Name("x.y.z")))
    assert parse("SUM(rounds[new])") == Call("SUM", (Column("rounds", "new"),))


def test_semicolons_separate_arguments_too():
    assert parse("MIN(a;b)") == parse("MIN(a,b)")


@pytest.mark.parametrize(
    ("text", "word", "span"),
    [
        ("", "empty", (0, 0)),
        ("  ", "empty", (0, 2)),
        ("=", "empty", (0, 1)),
        ("1+", "ends where a value", (2, 2)),
        ("(1+2", "closing parenthesis is missing", (0, 1)),
        ("1+2)", "no opening one", (3, 4)),
        ("a b", "operator is missing", (2, 3)),
        ("1,2", "only separates the arguments", (1, 2)),
        ('"abc', "quotation mark is missing", (0, 4)),
        ("SUMM(1)", "no function “SUMM”", (0, 4)),
        ("ROUND(1)", "ROUND", (0, 5)),
        ("a $ b", "“$” has no meaning", (2, 3)),
        ("１２", "not an ordinary digit", (0, 1)),
        ("2²", "not an ordinary digit", (1, 2)),
        ("1_000", "“1_” is not a number", (0, 2)),
        ("3abc", "“3a” is not a number", (0, 2)),
        ("1e999", "larger than any number", (0, 5)),
        ("a − b", "“−” is not understood", (2, 3)),
        ("NOW()", "NOW cannot be used", (0, 3)),
        ('__import__("os")', "no function “__import__”", (0, 10)),
        ("__import__('os')", "“'” has no meaning", (11, 12)),
        ("().__class__", "“.” has no meaning", (2, 3)),
        ("()", "expected here", (1, 2)),
        ("rounds[", "column's name is expected", (7, 7)),
        ("rounds[new", "not closed", (0, 10)),
    ],
)
def test_refusal_names_place_and_reason(text, word, span):
    problem = refusal(text)
    assert word in problem.what
    assert problem.span == span


def test_a_number_of_thousands_of_digits_is_not_repeated_whole():
    problem = refusal("7" * 5_000)
    assert "larger than any number" in problem.what
    assert len(problem.what) < 120
    assert problem.span == (0, 5_000)


def test_a_mistyped_function_offers_the_nearest():
    assert "SUMIFS" in refusal("SUMIFFS(a,b,1)").remedy


@pytest.mark.parametrize("name", ["NOW", "TODAY", "RAND", "RANDBETWEEN", "OFFSET", "INDIRECT"])
def test_volatile_functions_are_refused_with_the_reason(name):
    assert f"{name} cannot be used" in refusal(f"{name}()").what


@pytest.mark.parametrize("name", ["WEBSERVICE", "HYPERLINK", "CALL", "DDE"])
def test_functions_that_reach_outside_are_refused(name):
    assert name in refusal(f'{name}("x")').what


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000 + "1" + ")" * 100_000,
        "1" + "+1" * 100_000,
        "-" * 100_000 + "1",
        "(" * 3000 + "1" + ")" * 3000,
        "-" * 8000 + "1",
        "1" + "+1" * 4000,
        "1" + "%" * 8000,
        "MIN(" * 1500 + "1" + ")" * 1500,
        "SUM(" + "1," * 300 + "1)",
        "1^" * 4000 + "1",
    ],
    ids=lambda t: t[:4] + f"…{len(t)}",
)
def test_oversized_formulas_are_refused_quickly_and_without_recursion(text):
    began = time.monotonic()
    problem = refusal(text)
    assert time.monotonic() - began < 2
    assert any(ch.isdigit() for ch in problem.what)


def test_the_deepest_formula_allowed_is_accepted():
    parse("(" * 60 + "1" + ")" * 60)
    parse("+".join(["1"] * 120))
