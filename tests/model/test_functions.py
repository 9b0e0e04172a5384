"""The function table: every row is complete, safe on any value, and its forms agree."""

from __future__ import annotations

import math
import re
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.formula import coerce
from model.formula.arrays import Grid
from model.formula.coerce import (
    num_eq,
    num_le,
    num_lt,
    number_text,
    power_fast,
    to_bool,
    to_number,
    to_text,
)
from model.formula.evaluate import Cells, evaluate
from model.formula.fn_base import Function
from model.formula.fn_criteria import wildcard
from model.formula.functions import FAST_NAMES, FORBIDDEN, FUNCTIONS, nearest
from model.formula.parse import parse
from model.formula.readtext import text_to_number
from model.problems import Refused
from model.values import DIV0, ERROR_KINDS, NA, NEVER, NUM, REF, UNDISCLOSED, VALUE, ErrorValue, Range
from tests.thorough import examples

ALL = sorted(FUNCTIONS.values(), key=lambda f: f.name)
SEE_ERRORS = {
    "ISBLANK",
    "ISNUMBER",
    "ISTEXT",
    "ISERROR",
    "ISERR",
    "ISLOGICAL",
    "ISNONTEXT",
    "ISNA",
    "ERROR.TYPE",
    "TYPE",
    "COUNT",
    "COUNTA",
    "COUNTBLANK",
    "COUNTIF",
    "COUNTIFS",
}
BY_CRITERION = {"SUMIF", "SUMIFS", "AVERAGEIF", "AVERAGEIFS", "MINIFS", "MAXIFS"}


def named(functions: list[Function]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("function", functions, ids=[f.name for f in functions])


def call(name: str, *args: object) -> object:
    return FUNCTIONS[name].live(*args)


def value_of(formula: str) -> object:
    return evaluate(parse(formula), Cells(0))


# -- the table ----------------------------------------------------------------------------------------

_NAMES = """
IF IFS SWITCH CHOOSE IFERROR AND OR NOT XOR ABS SIGN INT TRUNC ROUND ROUNDUP ROUNDDOWN MROUND CEILING FLOOR MOD POWER
SQRT EXP LN LOG LOG10 MIN MAX SUM PRODUCT AVERAGE MEDIAN COUNT COUNTA COUNTBLANK SUMPRODUCT SUMIF SUMIFS COUNTIF
COUNTIFS AVERAGEIF AVERAGEIFS MINIFS MAXIFS INDEX MATCH LOOKUP DATE YEAR MONTH DAY EDATE EOMONTH DAYS YEARFRAC NPV XNPV
IRR XIRR PMT IPMT PPMT PV FV RATE NPER STDEV PERCENTILE CORREL NORMSDIST NORMSINV LEFT RIGHT MID LEN UPPER LOWER TRIM
TEXT VALUE CONCATENATE REPT ISBLANK ISNUMBER ISERROR ISTEXT ISNA N NA
"""


def test_the_table_holds_every_function_of_the_language() -> None:
    assert [name for name in _NAMES.split() if name not in FUNCTIONS] == []


@named(ALL)
def test_a_row_documents_itself(function: Function) -> None:
    assert function.name == function.name.upper()
    assert function.signature.startswith(f"{function.name}(")
    assert function.doc.endswith(".")
    assert function.group
    assert function.min_args <= (function.max_args if function.max_args is not None else 255)


LITERAL = [f for f in ALL if not re.search(r"\[|\bALL\(", f.example[0])]


@named(LITERAL)
def test_an_example_has_the_result_it_states(function: Function) -> None:
    formula, expected = function.example
    assert formula.startswith(f"{function.name}(")
    found = value_of(formula)
    assert type(found) is type(expected)
    assert found == pytest.approx(expected, rel=1e-14, abs=1e-12) if isinstance(expected, float) else found == expected


@named([f for f in ALL if f not in LITERAL])
def test_an_example_over_names_can_be_parsed(function: Function) -> None:
    parse(function.example[0])
    assert isinstance(function.example[1], str)


def test_argument_counts_are_refused_with_the_signature() -> None:
    assert FUNCTIONS["ROUND"].wrong_count(2) is None
    assert "ROUND(number, digits)" in str(FUNCTIONS["ROUND"].wrong_count(1))
    assert "at most" in str(FUNCTIONS["ROUND"].wrong_count(3))
    assert FUNCTIONS["SUM"].wrong_count(255) is None
    assert FUNCTIONS["SUM"].wrong_count(256) is not None


@pytest.mark.parametrize(
    ("name", "good", "bad"), [("SUMIFS", 5, 4), ("COUNTIFS", 4, 3), ("IFS", 2, 3), ("MINIFS", 3, 4)]
)
def test_arguments_that_come_in_pairs_are_counted_in_pairs(name: str, good: int, bad: int) -> None:
    assert FUNCTIONS[name].wrong_count(good) is None
    assert "pairs" in str(FUNCTIONS[name].wrong_count(bad))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("SUMM", "SUM"), ("XIR", "XIRR"), ("iferrror", "IFERROR"), ("AVERAGES", "AVERAGE"), ("QQQQ", "")],
)
def test_a_mistyped_function_is_answered_with_the_nearest(typed: str, meant: str) -> None:
    assert nearest(typed) == meant


def test_helpers_of_the_language_are_suggested_too() -> None:
    assert nearest("OVERLAP_DAY", ["OVERLAP_DAYS"]) == "OVERLAP_DAYS"


@pytest.mark.parametrize(
    "name",
    ["NOW", "TODAY", "RAND", "RANDBETWEEN", "OFFSET", "INDIRECT", "WEBSERVICE", "HYPERLINK", "CALL", "DDE", "RTD"],
)
def test_volatile_and_reaching_functions_are_forbidden_with_a_reason(name: str) -> None:
    assert name not in FUNCTIONS
    assert FORBIDDEN[name].endswith(".")


# -- any value ----------------------------------------------------------------------------------------

scalars = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, 1.0, -1.0, 2.0, 0.5, 45958.0, NEVER, 1e15, 1e300, -1e-300]),
    st.integers(-5, 60000).map(float),
    st.text(max_size=8),
    st.sampled_from(["", "7", "40%", ">1", "<>", "a*", "TRUE", "0.00", "yyyy-mm-dd", "#N/A", "~"]),
    st.booleans(),
    st.none(),
    st.sampled_from([ErrorValue(kind) for kind in ERROR_KINDS]),
    st.just(UNDISCLOSED),
)
ranges = st.lists(scalars, max_size=6).map(Range)


def is_value(v: object) -> bool:
    if isinstance(v, float):
        return math.isfinite(v)
    if isinstance(v, Range):
        return all(is_value(x) for x in v)
    return v is None or isinstance(v, (str, bool, ErrorValue))


@named(ALL)
@settings(max_examples=examples(40), deadline=None)
@given(data=st.data())
def test_a_function_answers_any_values_with_a_value(function: Function, data: st.DataObject) -> None:
    most = min(function.max_args if function.max_args is not None else 7, 7)
    count = data.draw(st.integers(function.min_args, most))
    args = [data.draw(st.one_of(scalars, ranges) if function.takes_range(i) else scalars) for i in range(count)]
    found = function.live(*[(lambda a=a: a) for a in args]) if function.lazy else function.live(*args)
    assert is_value(found)
    if isinstance(found, ErrorValue):
        assert found.kind in ERROR_KINDS


@pytest.mark.parametrize("symbol", sorted(coerce.OPERATORS))
@given(a=st.one_of(scalars, ranges), b=st.one_of(scalars, ranges))
@settings(max_examples=examples(40), deadline=None)
def test_an_operator_answers_any_values_with_a_value(symbol: str, a: object, b: object) -> None:
    operator = coerce.OPERATORS[symbol]
    assert is_value(operator(a) if symbol in ("negate", "plus", "%") else operator(a, b))


EAGER = [f for f in ALL if not f.lazy and f.min_args and f.name not in SEE_ERRORS | BY_CRITERION]


@named(EAGER)
def test_the_leftmost_error_wins(function: Function) -> None:
    first, second = ErrorValue(REF, "first"), ErrorValue(NA, "second")
    args = [first, *[second] * (function.min_args - 1)]
    assert function.live(*args) is first


@named([f for f in ALL if f.lazy])
def test_a_lazy_function_passes_on_the_error_of_its_first_argument(function: Function) -> None:
    error = ErrorValue(REF)
    args = [lambda: error, *[lambda: 1.0] * (function.min_args - 1)]
    assert function.live(*args) == (1.0 if function.name == "IFERROR" else error)  # IFNA sees #N/A only


def test_only_the_branch_taken_is_computed() -> None:
    def boom() -> object:
        raise AssertionError("computed a branch that is not taken")

    one, yes, no = (lambda: 1.0), (lambda: True), (lambda: False)
    assert call("IF", yes, one, boom) == 1.0
    assert call("IF", no, boom, one) == 1.0
    assert call("IFS", no, boom, yes, one, boom, boom) == 1.0
    assert call("SWITCH", one, lambda: 2.0, boom, one, one, boom) == 1.0
    assert call("CHOOSE", one, one, boom) == 1.0
    assert call("IFERROR", one, boom) == 1.0


@pytest.mark.parametrize(
    "formula", ["1/0", "LN(0)", "DATE(10000,1,1)", "IFS(FALSE,1)", 'VALUE("x")', "CHOOSE(3,1)", "NA()"]
)
def test_an_error_says_why_in_words(formula: str) -> None:
    found = value_of(formula)
    assert isinstance(found, ErrorValue)
    assert len(found.note) > 10


# -- the fast form ------------------------------------------------------------------------------------

finite = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(-1e6, 1e6),
    st.integers(-10, 60000).map(float),
    st.sampled_from([0.0, -0.0, 0.5, 2.5, -2.5, 1.005, 2.675, 0.285 * 100, 1e15, NEVER, 0.1 + 0.2]),
)
FAST = [f for f in ALL if f.fast]


def fast(function: Function, args: list[object]) -> object:
    assert function.fast is not None
    names = [f"x{i}" for i in range(len(args))]
    code = function.fast.replace("{*}", ", ".join(names)).format(*names)
    scope = {"__builtins__": {}, **FAST_NAMES, **dict(zip(names, args, strict=True))}
    return eval(code, scope)


@named(FAST)
@settings(max_examples=examples(100), deadline=None)
@given(data=st.data())
def test_the_fast_form_equals_the_live_form_to_the_bit(function: Function, data: st.DataObject) -> None:
    least = 3 if function.name == "IF" else function.min_args
    most = min(function.max_args if function.max_args is not None else 4, 6)
    args = data.draw(st.lists(finite, min_size=least, max_size=most))
    typed = function.live(*[(lambda a=a: a) for a in args]) if function.lazy else function.live(*args)
    try:
        quick = fast(function, args)
    except (ArithmeticError, ValueError):
        assert isinstance(typed, ErrorValue), "the fast form gave up where there is a value"
        return
    if isinstance(quick, float) and not math.isfinite(quick):
        assert isinstance(typed, ErrorValue)
        return
    assert type(quick) is type(typed)
    assert repr(quick) == repr(typed)


@named([f for f in ALL if f.fast_ranges])
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6))
def test_the_fast_form_takes_lists_where_it_says_so(function: Function, xs: list[float]) -> None:
    typed = function.live(Range(xs))
    if isinstance(typed, ErrorValue):
        with pytest.raises(ArithmeticError):
            fast(function, [xs])
    else:
        assert fast(function, [xs]) == typed


@pytest.mark.parametrize("compare", [num_eq, num_lt, num_le])
@pytest.mark.parametrize("bad", [math.inf, -math.inf, math.nan])
def test_a_fast_comparison_refuses_what_is_not_finite(compare, bad: float) -> None:  # type: ignore[no-untyped-def]
    for a, b in ((bad, 1.0), (1.0, bad), (bad, bad)):
        with pytest.raises(ArithmeticError):
            compare(a, b)


@given(finite, finite)
def test_fast_comparisons_agree_with_comparing_15_digits(a: float, b: float) -> None:
    x, y = float(f"{a:.15g}"), float(f"{b:.15g}")
    if math.isfinite(x) and math.isfinite(y):
        assert (num_eq(a, b), num_lt(a, b), num_le(a, b)) == (x == y, x < y, x <= y)
        assert coerce.compare("=", a, b) is (x == y)
        assert coerce.compare(">", a, b) is (x > y)


@given(st.floats(1e-300, 1e300), st.integers(-3, 3))
def test_neighbouring_numbers_compare_as_their_15_digits_do(a: float, ulps: int) -> None:
    b = a + ulps * math.ulp(a)
    assert num_eq(a, b) is (float(f"{a:.15g}") == float(f"{b:.15g}"))


def test_the_fast_power_leaves_errors_to_the_typed_one() -> None:
    assert power_fast(2.0, 10.0) == 1024.0
    assert power_fast(-8.0, 1 / 3) == -2.0
    for x, y in ((0.0, 0.0), (0.0, -1.0), (-2.0, 0.8), (1e300, 2.0), (math.inf, 0.0)):
        with pytest.raises(ArithmeticError):
            power_fast(x, y)


# -- coercion -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7.0), (" 7 ", 7.0), ("-7", -7.0), ("+7", 7.0), (".5", 0.5), ("5.", 5.0), ("40%", 0.4), ("7 %", 0.07),
        ("1,234.5", 1234.5), ("1,234,567", 1234567.0), ("$3", 3.0), ("-$3", -3.0), ("(7)", -7.0), ("1E3", 1000.0),
        ("1e-3", 0.001), ("2026-01-15", 46037.0), ("1900-03-01", 61.0),
    ],
)  # fmt: skip
def test_text_that_excel_reads_as_a_number(text: str, number: float) -> None:
    assert text_to_number(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("10:30", 0.4375), ("33:45", 1.40625), ("6:20:17 pm", 0.7640856481481481), ("12:00:00 am", 0.0), ("12:03 pm", 723 / 1440), ("9 PM", 0.875), ("1:30.5", 90.5 / 86400),
        ("1/2/2020", 43832.0), ("1-1-2008", 39448.0), ("1900/2/28", 59.0), ("1900/3/1", 61.0), ("2/29/1900", 60.0), ("5-Jan-2020", 43835.0), ("22 August 98", 36029.0), ("Jan 5, 2020", 43835.0),
        ("12/2008", 39783.0), ("Jan 2020", 43831.0), ("1/1/29", 47119.0), ("1/1/30", 10959.0), ("31-DEC-9999", 2958465.0), ("2014-02-15 16:17", 41685 + 977 / 1440),
        ("3:54 May 2, 1952", 19116.1625), ("May 2, 1952 3:54 p", 19116.6625), ("1 1/2", 1.5), ("-5 1/4", -5.25), ("0 3/4", 0.75), ("$1,000", 1000.0), ("($5)", -5.0), ("1e3", 1000.0),
    ],
)  # fmt: skip
def test_times_dates_and_fractions_in_text_are_read_as_in_the_united_states(text: str, number: float) -> None:
    assert text_to_number(text) == pytest.approx(number, rel=1e-15)
    assert coerce.add(text, 0.0) == pytest.approx(number, rel=1e-15)


@pytest.mark.parametrize(
    "text",
    ["1/2", "12/31", "5-JUL", "Jan-20", "31/12/2020", "29-2-2007", "25-Dec-1899", "13:01PM", "13:01 PM", "10:75", "1:2:3:4", "Feb-12-2010", "1st March 2007", "1/0 1/2", "1 1/0", "am", "p", ":",
     "2020-1/2", "1/2/10000", "24:00 1/1/2020", "5 Foo 2020", "10：30"],
)  # fmt: skip
def test_what_depends_on_the_clock_or_is_no_date_is_not_read(text: str) -> None:
    assert text_to_number(text) is None


@pytest.mark.parametrize(
    "text",
    ["", " ", "x", "12,34", "1,2345", ",123", "1.2.3", "inf", "-inf", "nan", "1_0", "１", "²", "0x1", "1e", "e5", ".", "-", "%",
     "--7", "1e999", "1 000", "(-7)", "2026-13-01", "2026-02-30", "0099-01-01", "\t7", "7\n", "9" * 500],
)  # fmt: skip
def test_text_that_is_not_a_number(text: str) -> None:
    assert text_to_number(text) is None
    assert to_number(text) == ErrorValue(VALUE)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"), (-0.0, "0"), (7.0, "7"), (-1.5, "-1.5"), (0.1 + 0.2, "0.3"), (1 / 3, "0.333333333333333"),
        (123456789012345.0, "123456789012345"), (1e15, "1000000000000000"), (1e19, "10000000000000000000"),
        (1e20, "1E+20"), (1.5e300, "1.5E+300"), (1e-10, "0.0000000001"), (1.23456789012345e-5, "1.23456789012345E-05"),
        (-1e21, "-1E+21"), (1e-20, "1E-20"),
    ],
)  # fmt: skip
def test_numbers_become_text_as_in_excel(number: float, text: str) -> None:
    assert number_text(number) == text
    assert to_text(number) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_as_text_reads_back_at_15_digits(x: float) -> None:
    if abs(x) < 1.7e308:
        assert num_eq(float(number_text(x)), x)


def test_only_the_words_true_and_false_are_conditions_among_texts() -> None:
    assert to_bool("tRuE") is True
    assert to_bool("FALSE") is False
    assert to_bool("1") == ErrorValue(VALUE)
    assert to_bool(None) is False
    assert to_bool(0.5) is True


def test_undisclosed_stays_undisclosed_through_operators_and_functions() -> None:
    assert coerce.add(1.0, UNDISCLOSED) is UNDISCLOSED
    assert call("MAX", 1.0, Range([UNDISCLOSED])) is UNDISCLOSED
    assert coerce.compare("<", UNDISCLOSED, 3.0) is UNDISCLOSED


def test_arithmetic_over_ranges_goes_cell_by_cell_only_where_asked_to() -> None:
    xs = Range([1.0, None, "x"])
    assert coerce.add(xs, 1.0) == ErrorValue(VALUE)
    assert coerce.elementwise(coerce.add, xs, 1.0) == [2.0, 1.0, ErrorValue(VALUE)]
    assert coerce.elementwise(coerce.add, xs, Range([1.0, 2.0])) == ErrorValue(VALUE)


# -- criteria -----------------------------------------------------------------------------------------

CELLS = Range([7.0, "7", "apple", "Apple pie", None, "", True, ErrorValue(NA), -2.0, "a*b"])


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (7.0, 2), ("7", 2), ("=7", 2), ("<>7", 8), (">0", 1), ("<0", 1), (">=-2", 2), ("APPLE", 1), ("apple*", 2),
        ("*", 5), ("?", 1), ("<>apple", 9), ("a~*b", 1), ("", 2), ("=", 1), ("<>", 9), (True, 1), ("TRUE", 1),
        ("#N/A", 1), (">b", 0), ("<b", 5), (None, 0), (0.0, 0), ("700%", 2),
    ],
)  # fmt: skip
def test_a_criterion_selects_the_cells_excel_selects(wanted: object, count: int) -> None:
    assert call("COUNTIF", CELLS, wanted) == float(count)


def test_totals_by_criterion_pass_over_text_and_pass_on_errors_of_selected_cells_only() -> None:
    keys, values = Range(["a", "b", "a", "c"]), Range([1.0, ErrorValue(DIV0), "x", 4.0])
    assert call("SUMIF", keys, "a", values) == 1.0
    assert call("SUMIFS", values, keys, "b") == ErrorValue(DIV0)
    assert call("AVERAGEIFS", values, keys, "c") == 4.0
    assert call("AVERAGEIF", keys, "z", values) == ErrorValue(DIV0)
    assert call("MAXIFS", values, keys, "z") == 0.0
    assert call("MINIFS", values, keys, "<>b") == 1.0


def test_ranges_of_different_lengths_are_refused() -> None:
    for name, args in (
        ("SUMIF", (Range([1.0, 2.0]), ">0", Range([1.0]))),  # Excel would look beyond the range
        ("SUMIFS", (Range([1.0]), Range([1.0, 2.0]), ">0")),
        ("COUNTIFS", (Range([1.0]), ">0", Range([1.0, 2.0]), ">0")),
        ("SUMPRODUCT", (Range([1.0]), Range([1.0, 2.0]))),
    ):
        assert call(name, *args) == ErrorValue(VALUE)


def test_a_longer_range_of_values_is_cut_to_the_cells_of_the_criterion() -> None:
    """As cached by Excel in workbooks of the gnumeric and Apache POI projects."""
    assert call("SUMIF", Range([1.0]), 1.0, Range([10.0, 11.0, 12.0])) == 10.0
    assert call("SUMIF", Range([1.0]), 2.0, Range([10.0, 11.0, 12.0])) == 0.0
    assert call("SUMIF", Range([1.0, 2.0]), 1.0, Range([10.0])) == 10.0
    assert call("AVERAGEIF", Grid([1.0, 2.0, 3.0, 4.0], 2), ">1", Grid([1.0, 2.0, 0.0, 3.0, 4.0, 0.0], 3)) == 3.0


def test_a_criterion_orders_conditions_and_takes_a_tilde_for_itself() -> None:
    """As cached by Excel in workbooks of the gnumeric and Apache POI projects."""
    cells = Range([1.0, 0.0, False, False, 1.0, True, None, True])
    assert call("COUNTIF", cells, "<TRUE") == 2.0
    assert call("COUNTIF", cells, ">=TRUE") == 2.0
    assert call("COUNTIF", Range([True, "TRUE", None]), "~TRUE") == 0.0
    assert call("COUNTIF", Range(["~TRUE"]), "~TRUE") == 1.0


def test_a_wildcard_bomb_is_matched_in_linear_time() -> None:
    pattern, text = "*a" * 120 + "b", "a" * 32_000
    begun = time.perf_counter()
    assert call("COUNTIF", Range([text] * 20), pattern) == 0.0
    assert call("COUNTIF", Range(["a" * 300]), "*?" * 100) == 1.0
    assert time.perf_counter() - begun < 2.0


@given(st.text("ab*?~", max_size=8), st.text("ab*", max_size=8))
def test_wildcards_match_as_the_plain_definition_does(pattern: str, text: str) -> None:
    def match(p: str, t: str) -> bool:
        if not p:
            return not t
        if p[0] == "*":
            return any(match(p[1:], t[i:]) for i in range(len(t) + 1))
        if p[0] == "~" and p[1:2] and p[1] in "*?~":
            return t[:1] == p[1] and match(p[2:], t[1:])
        return bool(t) and p[0] in ("?", t[0]) and match(p[1:], t[1:])

    assert wildcard(pattern)(text) is match(pattern, text)


# -- lookups ------------------------------------------------------------------------------------------


def test_match_finds_the_same_value_or_the_last_one_not_above() -> None:
    rising = Range([1.0, 2.0, 2.0, 5.0])
    assert call("MATCH", 2.0, rising, 0.0) == 2.0
    assert call("MATCH", 2.0, rising) == 3.0
    assert call("MATCH", 4.9, rising, 1.0) == 3.0
    assert call("MATCH", 0.5, rising, 1.0) == ErrorValue(NA)
    assert call("MATCH", 2.0, Range([5.0, 2.0, 2.0, 1.0]), -1.0) == 2.0
    assert call("MATCH", 3.0, Range([5.0, 2.0, 2.0, 1.0]), -1.0) == 1.0
    assert call("MATCH", "B*", Range(["apple", "Banana"]), 0.0) == 2.0
    assert call("MATCH", "7", Range([7.0]), 0.0) == ErrorValue(NA)
    assert call("MATCH", True, Range([1.0, True]), 0.0) == 2.0


def test_match_in_an_unsorted_range_halves_it_as_excel_does() -> None:
    """Values cached by Excel in workbooks of the gnumeric and Apache POI projects."""
    words = Range(["black", "red", "green", "yellow", "violet", "brown"])
    assert call("MATCH", 5.0, Range([2.0, 3.0, 5.0, 2.0, 4.0, 6.0, 3.0, 2.0, 5.0, 1.0]), 1.0) == 9.0
    assert call("MATCH", "green", words, 1.0) == 3.0
    assert call("MATCH", "black", words, -1.0) == 1.0
    assert call("MATCH", "green", words, -1.0) == ErrorValue(NA)
    assert (
        call("LOOKUP", "DOUBLE", Range(["DOUBLE", "BLANK", "STRING", "REF", "AREA"]), Range([1.0, 2.0, 3.0, 4.0, 5.0]))
        == 1.0
    )


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12), st.integers(-1, 10))
def test_match_in_a_rising_range_finds_the_last_value_not_above(values: list[int], wanted: int) -> None:
    rising = [float(v) for v in sorted(values)]
    cells: list[object] = [*rising, "x", None]
    last = max((i + 1 for i, v in enumerate(rising) if v <= wanted), default=0)
    assert call("MATCH", float(wanted), Range(cells)) == (float(last) if last else ErrorValue(NA))


def test_a_blank_cell_looks_for_zero() -> None:
    assert call("MATCH", None, Range([-1.0, 0.0, 3.0]), 0.0) == 2.0
    assert call("VLOOKUP", None, Grid([-2.0, "a", 0.0, "b"], 2), 2.0) == "b"


def test_a_table_is_searched_by_its_first_column_or_row() -> None:
    """Errors as cached by Excel in a workbook of the Apache POI project: what is no number as the column is #REF!."""
    table = Grid([1.0, "low", 2.0, "middle", 3.0, "high"], 2)
    assert call("VLOOKUP", 2.9, table, 2.0) == "middle"
    assert call("VLOOKUP", 2.9, table, 2.0, False) == ErrorValue(NA)
    assert call("VLOOKUP", 2.0, table, 3.0) == ErrorValue(REF)
    assert call("VLOOKUP", 2.0, table, 0.0) == ErrorValue(VALUE)
    assert call("VLOOKUP", 2.0, table, "abc") == ErrorValue(REF)
    assert call("VLOOKUP", 2.0, table, ErrorValue(DIV0)) == ErrorValue(REF)
    assert call("VLOOKUP", 2.0, table, "abc", ErrorValue(NA)) == ErrorValue(NA)
    assert call("HLOOKUP", "B*", Grid(["ab", "ba", 1.0, 2.0], 2), 2.0, False) == 2.0


def test_match_compares_to_the_last_bit_unlike_the_equals_sign() -> None:
    assert call("MATCH", 0.3, Range([0.1 + 0.2]), 0.0) == ErrorValue(NA)


def test_index_counts_from_one_and_stays_inside() -> None:
    cells = Range([10.0, None, "x"])
    assert call("INDEX", cells, 1.9) == 10.0
    assert call("INDEX", cells, 2.0) is None
    assert call("INDEX", cells, 4.0) == ErrorValue(REF)
    assert call("INDEX", cells, -1.0) == ErrorValue(VALUE)
    assert call("INDEX", cells, 0.0) == cells


def test_lookup_takes_the_result_beside_the_last_value_not_above() -> None:
    assert call("LOOKUP", 4.0, Range([1.0, 3.0, 5.0]), Range(["a", "b", "c"])) == "b"
    assert call("LOOKUP", 0.0, Range([1.0, 3.0])) == ErrorValue(NA)


def test_sumproduct_of_single_values_takes_no_text() -> None:
    assert call("SUMPRODUCT", Range(["4"]), Range([2.0])) == ErrorValue(VALUE)
    assert call("SUMPRODUCT", Range(["4", 1.0]), Range([2.0, 3.0])) == 3.0


def test_places_among_numbers_are_rounded_up_and_bounded() -> None:
    """As cached by Excel in a workbook of the gnumeric project."""
    cells = Range([2.0, 3.0, 4.0, 5.0])
    assert call("LARGE", cells, 1.0 + 1e-10) == 4.0
    assert call("LARGE", cells, 2.0 - 1e-10) == 4.0
    assert call("LARGE", cells, 0.99) == ErrorValue(NUM)
    assert call("SMALL", cells, 5.0) == ErrorValue(NUM)
    assert call("LARGE", "2.3", 1.0) == 2.3


# -- rates of return ----------------------------------------------------------------------------------


@given(st.floats(-0.9, 9.0), st.lists(st.floats(0.1, 1000), min_size=1, max_size=12))
@settings(deadline=None)
def test_irr_finds_the_rate_the_flows_were_made_with(rate: float, receipts: list[float]) -> None:
    price = sum(v / (1 + rate) ** i for i, v in enumerate(receipts, 1))
    if 1e-6 < price < 1e12:
        found = call("IRR", Range([-price, *receipts]))
        assert found == pytest.approx(rate, rel=1e-9, abs=1e-9)


def test_xirr_agrees_with_microsofts_own_example() -> None:
    values = Range([-10000.0, 2750.0, 4250.0, 3250.0, 2750.0])
    dates = Range([39448.0, 39508.0, 39751.0, 39859.0, 39904.0])
    assert call("XIRR", values, dates, 0.1) == pytest.approx(0.373362535, abs=1e-8)
    assert call("XNPV", 0.09, values, dates) == pytest.approx(2086.647602, abs=1e-6)


def test_a_root_is_polished_to_twelve_digits() -> None:
    for rate in (1e-6, 0.03, 0.1, 0.75, -0.35, 9.5):
        found = call("XIRR", Range([-1.0, 1 + rate]), Range([100.0, 465.0]))
        assert found == pytest.approx(rate, rel=1e-10 if abs(rate) < 1e-3 else 1e-12)


@pytest.mark.parametrize(
    ("flows", "reason"),
    [
        ([1.0, 2.0], "no change of sign"),
        ([0.0, 0.0], "no change of sign"),
        ([-1.0, 5.0, -6.0], "more than one root between 100 % and 200 %"),
        ([1.0, -3.0, 2.5], "no rate between"),
        ([-1.0, 2e6], "no rate between"),
        ([-1e6, 1.0], "no rate between"),
    ],
)
def test_no_rate_or_several_are_refused_with_the_reason(flows: list[float], reason: str) -> None:
    dates = Range([100.0 + 365 * i for i in range(len(flows))])
    for found in (call("IRR", Range(flows)), call("XIRR", Range(flows), dates), call("IRR", Range(flows), 0.9)):
        assert isinstance(found, ErrorValue)
        assert found.kind == NUM
        assert reason in found.note


def test_a_rate_beyond_the_usual_is_found_where_it_is_the_only_one() -> None:
    flows = [-100.0, 3000.0, 1003.0, 1004.0, 1005.0, 1006.0, 1007.0, 1008.0]
    assert call("IRR", Range(flows)) == pytest.approx(29.34184425183684, rel=1e-9)  # as cached by Excel
    assert call("IRR", Range([-1000.0, 1.0])) == pytest.approx(-0.999, rel=1e-9)


def test_xirr_reads_dates_written_as_text() -> None:
    dates = Range(["1998/1/1", "1998/1/3", "1998/10/30", "1999/2/15", "1999/1/4"])
    found = call("XIRR", Range([-10000.0, 2750.0, 4250.0, 3250.0, 2742.0]), dates, 0.1)
    assert found == pytest.approx(0.4284583032131196, rel=1e-7)  # as cached by Excel
    assert call("XIRR", Range([-1.0, "2"]), Range([1.0, 366.0])) == ErrorValue(VALUE)


def test_several_roots_within_a_fraction_of_a_percent_are_seen() -> None:
    a, b = 1.1, 1.1004  # (1 + rate) of the two roots: flows are the coefficients of (x - a)(x - b)
    found = call("IRR", Range([1.0, -(a + b), a * b]))
    assert isinstance(found, ErrorValue)
    assert "more than one root" in found.note


def test_many_changes_of_sign_with_one_root_still_have_a_rate() -> None:
    found = call("IRR", Range([-100.0, 30.0, -1.0, 90.0, 20.0]))
    assert isinstance(found, float)
    assert call("NPV", found, Range([-100.0, 30.0, -1.0, 90.0, 20.0])) == pytest.approx(0.0, abs=1e-9)


def test_a_flow_that_never_happens_does_not_disturb_the_search() -> None:
    found = call("XIRR", Range([-100.0, 110.0, 0.0]), Range([45000.0, 45365.0, NEVER]))
    assert found == pytest.approx(0.1, rel=1e-12)


def test_long_monthly_flows_do_not_overflow_the_search() -> None:
    flows = Range([-100_000.0, *[500.0] * 600])
    found = call("IRR", flows)
    assert isinstance(found, float)
    assert call("NPV", found, flows) == pytest.approx(0.0, abs=1e-6)


def test_dates_and_values_of_a_rate_must_fit() -> None:
    assert call("XIRR", Range([-1.0, 2.0]), Range([1.0])) == ErrorValue(NUM)
    early = call("XIRR", Range([-1.0, 2.0]), Range([366.0, 1.0]))
    assert isinstance(early, ErrorValue)
    assert "before the first" in early.note


# -- annuities ----------------------------------------------------------------------------------------


@given(st.floats(-0.5, 2.0), st.integers(1, 60), st.floats(1, 1e6), st.sampled_from([0.0, 1.0]))
@settings(deadline=None)
def test_the_annuity_functions_are_each_others_inverse(rate: float, n: int, present: float, kind: float) -> None:
    payment = call("PMT", rate, float(n), present, 0.0, kind)
    assert isinstance(payment, float)
    assert call("PV", rate, float(n), payment, 0.0, kind) == pytest.approx(present, rel=1e-9)
    due = call("FV", rate, float(n), payment, present, kind)
    assert due == pytest.approx(0.0, abs=1e-9 * max(present, present * (1 + rate) ** n))


def test_interest_and_repayment_add_up_to_the_payment() -> None:
    payment = call("PMT", 0.01, 36.0, 8000.0)
    for period in range(1, 37):
        parts = [call(name, 0.01, float(period), 36.0, 8000.0) for name in ("IPMT", "PPMT")]
        assert sum(parts) == pytest.approx(payment, rel=1e-12)  # type: ignore[arg-type]
    assert call("IPMT", 0.01, 37.0, 36.0, 8000.0) == ErrorValue(NUM)


def test_the_rate_of_an_annuity_is_found_again() -> None:
    for rate in (-0.02, 0.0, 0.004, 0.1, 1.5):
        payment = call("PMT", rate, 24.0, 1000.0)
        assert call("RATE", 24.0, payment, 1000.0) == pytest.approx(rate, rel=1e-9, abs=1e-12)


# -- text ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "pattern", "text"),
    [
        (1234.567, "#,##0", "1,235"), (1234.567, "0.0", "1234.6"), (0.256, "0.0%", "25.6%"), (-5.0, "0", "-5"),
        (-5.0, "#,##0;(#,##0);-", "(5)"), (0.0, "#,##0;(#,##0);-", "-"), (5.0, "#,##0_)", "5 "), (5.0, "0,000", "0,005"),
        (1234567.0, "0.0,,", "1.2"), (1234567.0, '#,##0.0,"k"', "1,234.6k"), (123456.0, "0.00E+00", "1.23E+05"),
        (0.5, "#.##", ".5"), (7.0, "000", "007"), (5551234.0, "000-0000", "555-1234"), (0.999, "0.0E+0", "1.0E+0"),
        (45958.0, "yyyy-mm-dd", "2025-10-28"), (45958.0, "d mmm yyyy", "28 Oct 2025"), (45958.0, "dddd", "Tuesday"),
        (45958.75, "h:mm AM/PM", "6:00 PM"), (45958.75, "hh:mm:ss", "18:00:00"), (1.5, "[h]:mm", "36:00"),
        (1 / 3, "General", "0.333333333"), (123456789012.0, "General", "1.23457E+11"), (1.0, "[Red]0", "1"),
        (1.5, "$0.00", "$1.50"), (1.5, '[$€-407]0.00', "€1.50"), ("abc", "0;0;0;<@>", "<abc>"), ("abc", "0", "abc"),
        (True, "0", "TRUE"), (None, "0", "0"), (1.005, "0.00", "1.01"), (-0.4, "0", "0"), (1e300, "0", "1" + "0" * 300),
    ],
)  # fmt: skip
def test_a_number_format_writes_as_excel_does(value: object, pattern: str, text: str) -> None:
    assert call("TEXT", value, pattern) == text


@pytest.mark.parametrize(
    ("value", "pattern", "text"),
    [
        (1.75, "# ?/?", "1 3/4"), (5.25, "# ??/??", "5  1/4 "), (0.5, "# ?/?", " 1/2"), (0.0, "# ?/?", "0    "), (-0.625, "# ?/8", "- 5/8"),
        (1.0, "# ?/?", "1    "), (1.5, "# ??/16", "1  8/16"), (5.25, "???/???", " 21/4  "), (0.0, "?/?", "0/1"), (0.96, "# ?/?", "1    "), (1.5, "0 ?/?", "1 1/2"), (0.3, "# ?/10", " 3/10"),
        (45958.5, "h:mm:ss.00", "12:00:00.00"), (1.5 / 86400, "mm:ss.0", "00:01.5"), (0.9999999, "[s].000", "86399.991"),
        (150.0, '[>100]"high";"low"', "high"), (50.0, '[>100]"high";"low"', "low"), (-5.0, "[<0]0;0.0", "5"), (-5.0, "[>100]0;0.0", "-5.0"), (17.0, '[=1]"one";[=2]"two";0', "17"),
        ("4/15/1999", "mmmm, dd, yy", "April, 15, 99"), ("09:01", "hh:mm:ss", "09:01:00"), (1.0, "0/a", "1/a"),
    ],
)  # fmt: skip
def test_fractions_conditions_and_parts_of_a_second_are_written(value: object, pattern: str, text: str) -> None:
    assert call("TEXT", value, pattern) == text


@pytest.mark.parametrize("pattern", ["[>x]0", "[>5]0", "h:mm.00", "h:m0", "0;0;0;0;0", "0" * 300, "yyyy 0"])
def test_an_unknown_number_format_is_an_error_and_never_a_guess(pattern: str) -> None:
    assert call("TEXT", 5.0, pattern) == ErrorValue(VALUE)


def test_a_date_format_refuses_what_is_no_date() -> None:
    assert call("TEXT", -1.0, "yyyy") == ErrorValue(VALUE)
    assert call("TEXT", 1e9, "yyyy") == ErrorValue(VALUE)


def test_repeated_text_is_bounded() -> None:
    assert call("REPT", "a", 1e10) == ErrorValue(VALUE)
    assert call("REPT", "ab", 3.9) == "ababab"
    assert call("REPT", "a", 32767.0) == "a" * 32767
    assert call("REPT", "", 1e300) == ""


def test_joined_text_is_bounded() -> None:
    assert coerce.concat("a" * 32_000, "a" * 1_000) == ErrorValue(VALUE)
    assert call("CONCATENATE", *["a" * 20_000] * 2) == ErrorValue(VALUE)


# -- printing for Excel 2010 --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("IFS", ["1>2", '"a"', "2>1", '"b"']),
        ("IFS", ["1>2", "1"]),
        ("SWITCH", ["1+1", "3", '"x"', "4-2", '"y"']),
        ("SWITCH", ["TRUE", "1>2", "1", "2>1", "2"]),
        ("SWITCH", ['"a"', '"A"', "1", "2"]),
        ("SWITCH", ["5", "1", "2"]),
        ("XOR", ["TRUE", "1", "2>1"]),
        ("XOR", ["TRUE", "FALSE"]),
        ("DAYS", ["46000.5", "45000.7"]),
    ],
)
def test_a_printed_form_means_the_same(name: str, args: list[str]) -> None:
    original, printed = value_of(f"{name}({','.join(args)})"), FUNCTIONS[name].printed(args)
    assert f"{name}(" not in printed
    assert value_of(printed) == original


_PRINTED_CRITERIA = (
    ('">2"', ">2"), ("2", 2.0), ('"2"', "2"), ('"=2"', "=2"), ('"<>2"', "<>2"), ('"<="&2+1', "<=3"), ('">"&2', ">2"), ('">99999"', ">99999"),
    ('">"&"2"', ">2"), ('">46"&1&"00"', ">46100"), ('"<1/2/2026"', "<1/2/2026"), ('">=2026-01-15"', ">=2026-01-15"), ('"<5%"', "<5%"), ('">1,234"', ">1,234"),
    ('"<$3"', "<$3"), ('"<-1"', "<-1"), ('"TRUE"', "TRUE"), ('">FALSE"', ">FALSE"), ('"<>open"', "<>open"), ('"=OPEN"', "=OPEN"), ('">=n"', ">=n"), ('"<p"', "<p"),
    ('""', ""), ('"="', "="), ('"<>"', "<>"),
)  # fmt: skip


def test_minifs_and_maxifs_are_printed_as_conditions_and_agree_with_another_engine() -> None:
    formualizer = pytest.importorskip("formualizer")
    values = [3.0, 1.0, 4.0, 1.5, 9.0, -2.6, 5.0, 7.0]
    keys = [1.0, 2.0, 46036.0, None, 46024.0, "open", True, 0.04]
    for criterion, wanted in _PRINTED_CRITERIA:
        for name in ("MINIFS", "MAXIFS"):
            book = formualizer.Workbook()
            book.add_sheet("S")
            for row, (v, k) in enumerate(zip(values, keys, strict=True), 1):
                book.set_value("S", row, 1, v)
                if k is not None:
                    book.set_value("S", row, 2, k)
            book.set_formula("S", 1, 4, "=" + FUNCTIONS[name].printed(["$A$1:$A$8", "$B$1:$B$8", criterion]))
            assert book.evaluate_cell("S", 1, 4) == call(name, Range(values), Range(keys), wanted), (name, criterion)


def test_a_printed_minifs_hands_functions_that_take_areas_nothing_else() -> None:
    for cells in ("$A$1:$A$9", "'My Terms'!$D$4:$D$40", "Schedule!$E12:H12", "B7"):
        assert f"SUMIFS({cells},$B$1:$B$9," in FUNCTIONS["MINIFS"].printed([cells, "$B$1:$B$9", '">1"'])
    for cells in ("{1,2}", "2*A1", "7", "TRUE", "IF(A1,B1,C1)", '"a"'):
        assert "SUMIFS(" not in FUNCTIONS["MINIFS"].printed([cells, "$B$1:$B$9", '">1"'])
        assert "SUMIFS(" not in FUNCTIONS["MAXIFS"].printed(["$B$1:$B$9", cells, '">1"'])


def test_a_criterion_that_looks_for_an_error_cannot_be_printed() -> None:
    with pytest.raises(Refused, match="looks for an error"):
        FUNCTIONS["MAXIFS"].printed(["A1:A9", "B1:B9", '"#N/A"'])


def test_wildcards_that_cannot_be_printed_are_refused() -> None:
    with pytest.raises(Refused):
        FUNCTIONS["MINIFS"].printed(["A1:A9", "B1:B9", '"a*"'])


# -- working days -------------------------------------------------------------------------------------


@given(
    start=st.integers(40_000, 40_060), days=st.integers(-60, 60), kind=st.sampled_from([1, 2, 7, 11, 12, 17]),
    holidays=st.lists(st.integers(39_950, 40_200), max_size=40),
)  # fmt: skip
def test_working_days_are_those_counted_one_by_one(start: int, days: int, kind: int, holidays: list[int]) -> None:
    rest = {1: (0, 1), 2: (1, 2), 7: (6, 0), 11: (1,), 12: (2,), 17: (0,)}[kind]  # serials modulo 7: 0 is Saturday
    free = Range([float(h) for h in holidays])

    def works(n: int) -> bool:
        return n % 7 not in rest and n not in holidays

    n, left, step = start, abs(days), 1 if days > 0 else -1
    while left:
        n += step
        left -= works(n)
    assert call("WORKDAY.INTL", float(start), float(days), float(kind), free) == n
    low, high = sorted((start, start + days))
    count = sum(map(works, range(low, high + 1)))
    found = call("NETWORKDAYS.INTL", float(start), float(start + days), float(kind), free)
    assert found == (count if days >= 0 else -count)


@pytest.mark.parametrize(
    ("weekend", "kind"),
    [("1111111", VALUE), ("111", VALUE), ("000000x", VALUE), (0.0, NUM), (8.0, NUM), (18.0, NUM), (True, VALUE)],
)
def test_a_weekend_that_is_none_is_refused(weekend: object, kind: str) -> None:
    assert call("WORKDAY.INTL", 45_000.0, 5.0, weekend) == ErrorValue(kind)
    assert call("NETWORKDAYS.INTL", 45_000.0, 45_010.0, "1111111") == 0.0


def test_two_million_working_days_are_leapt_over_not_counted() -> None:
    def days(*_: object) -> None:
        steps.append(1)

    steps: list[int] = []
    sys.setprofile(days)
    try:
        found = call("WORKDAY", 1.0, 2_000_000.0)
    finally:
        sys.setprofile(None)
    assert found == 2_799_999.0
    assert len(steps) < 500


# -- shares that leave out the ends -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "value"), [(0.2, 1.0), (0.5, 2.5), (0.8, 4.0), (0.19, None), (0.81, None), (0.0, None), (1.0, None)]
)
def test_percentile_exc_leaves_out_the_ends(share: float, value: float | None) -> None:
    found = call("PERCENTILE.EXC", Range([4.0, 1.0, 3.0, 2.0]), share)
    assert found == (ErrorValue(NUM) if value is None else pytest.approx(value))


def test_shares_of_a_single_number() -> None:
    assert call("PERCENTILE.EXC", Range([7.0]), 0.5) == 7.0
    assert call("QUARTILE.EXC", Range([7.0]), 1.0) == ErrorValue(NUM)
    assert call("QUARTILE.EXC", Range([]), 2.0) == ErrorValue(NUM)
    assert call("QUARTILE.EXC", Range([1.0, 2.0, 3.0]), 4.0) == ErrorValue(NUM)


def test_type_tells_the_kind_of_a_value() -> None:
    values = [1.0, None, "a", True, ErrorValue(NA), UNDISCLOSED, Range([2.0]), Grid([1.0, 2.0], 2)]
    assert [call("TYPE", v) for v in values] == [1.0, 1.0, 2.0, 4.0, 16.0, 16.0, 1.0, 64.0]
    assert call("TYPE", Range([1.0, 2.0])) == ErrorValue(VALUE)


def test_squares_of_two_ranges_pass_over_places_without_two_numbers() -> None:
    xs, ys = Range([2.0, None, 3.0, "a"]), Range([6.0, 1.0, 5.0, 2.0])
    assert (call("SUMXMY2", xs, ys), call("SUMX2MY2", xs, ys), call("SUMX2PY2", xs, ys)) == (20.0, -48.0, 74.0)
    assert call("SUMXMY2", Range([1.0]), Range([1.0, 2.0])) == ErrorValue(NA)
