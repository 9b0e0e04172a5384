"""Every row of the table of Excel's behaviour that concerns formulas, by its number there."""

from __future__ import annotations

import re

import pytest

from model.formula.coerce import OPERATORS, compare, num_eq
from model.formula.evaluate import Cells, evaluate
from model.formula.functions import FUNCTIONS
from model.formula.parse import parse
from model.values import DIV0, NA, NUM, REF, VALUE, ErrorValue, Range

E_DIV0, E_NUM, E_VALUE, E_NA, E_REF = (ErrorValue(kind) for kind in (DIV0, NUM, VALUE, NA, REF))


def value_of(formula: str) -> object:
    return evaluate(parse(formula), Cells(0))


def call(name: str, *args: object) -> object:
    return FUNCTIONS[name].live(*args)


#: the rows of the table, in its own order
ROWS = {
    1: "unary minus binds tighter than ^", 2: "^ is left-associative", 3: "a power of a negative number", 4: "an odd root of a negative number", 5: "0^0", 6: "0 to a negative power",
    7: "percent is postfix and repeatable", 8: "division by zero and overflow", 9: "never inf or nan", 10: "text compares without case", 11: "number < text < boolean", 12: "FALSE is not 0",
    13: "a literal boolean counts, a referenced one does not", 14: "a literal numeric text counts, a referenced one does not", 15: "texts as conditions", 16: "AND does not cut short", 17: "the leftmost error wins",
    18: "an empty cell is not an empty text", 19: "IF without a branch", 20: "totals of an empty cell", 21: "ROUND goes half away from zero", 22: "ROUND cuts its digits off", 23: "INT goes down, residue stays", 24: "MOD has the sign of the divisor",
    25: "signs in CEILING and FLOOR", 26: "signs in MROUND", 27: "comparison at 15 digits", 28: "a final subtraction near zero", 29: "15 digits in text", 30: "a boolean as text", 31: "29 February 1900", 32: "DATE outside its years",
    33: "EDATE cuts months off", 34: "YEARFRAC's bases", 35: "text as a number", 36: "TEXT rounds half away from zero", 37: "IRR and NPV drop blanks", 38: "NPV discounts the first flow", 39: "XNPV wants a rate above zero", 40: "XIRR of texts and without a change of sign",
    41: "a hopeless XIRR", 42: "LOG to base 10, ATAN2(x, y)", 43: "COUNTIF counts blanks that differ", 44: "VLOOKUP's bounds", 45: "a missing argument is 0", 46: "functions newer than Excel 2010",
}  # fmt: skip

FORMULAS = [
    (1, "-2^2", 4.0),
    (1, "0-2^2", -4.0),
    (2, "2^3^2", 64.0),
    (3, "POWER(-2,0.8)", E_NUM),
    (3, "(-2)^0.8", E_NUM),
    (4, "(-8)^(1/3)", -2.0),
    (4, "(-8)^(-1/3)", -0.5),
    (4, "(-8)^0.5", E_NUM),
    (5, "POWER(0,0)", E_NUM),
    (5, "0^0", E_NUM),
    (6, "0^-1", E_DIV0),
    (7, '"250"%', 2.5),
    (7, "1000%%", 0.1),
    (8, "1/0", E_DIV0),
    (8, "1E308*10", E_NUM),
    (8, "9^9^9^9", E_NUM),
    (9, "LN(0)", E_NUM),
    (9, "SQRT(-1)", E_NUM),
    (9, "EXP(710)", E_NUM),
    (10, '"P"="p"', True),
    (10, '"P"<>"p"', False),
    (10, 'MATCH("p",{"P"},0)', 1.0),
    (9, "10^309", E_NUM),
    (9, "COSH(711)", E_NUM),
    (9, "FACT(171)", E_NUM),
    (9, "-1E308-1E308", E_NUM),
    (12, "TRUE+0=1", True),
    (12, "IF(FALSE=0,1,2)", 2.0),
    (15, 'IF("1",1,2)', E_VALUE),
    (15, 'NOT("false")', True),
    (15, "AND(1,2)", True),
    (18, '""=0', False),
    (18, '""=""', True),
    (11, 'FALSE>"TRUE"', True),
    (11, '"10">9', True),
    (11, 'TRUE>"z"', True),
    (12, "FALSE=0", False),
    (12, "TRUE=1", False),
    (13, "SUM(TRUE,1)", 2.0),
    (14, 'SUM("7")', 7.0),
    (14, 'SUM("x")', E_VALUE),
    (15, 'AND("1")', E_VALUE),
    (15, 'OR("TRUE")', True),
    (15, 'IF("tRue",1,2)', 1.0),
    (16, "AND(FALSE,1/0)", E_DIV0),
    (16, "OR(TRUE,NA())", E_NA),
    (17, "ATAN2(1/0,NA())", E_DIV0),
    (17, "1/0+NA()", E_DIV0),
    (17, "NA()+1/0", E_NA),
    (18, '""+1', E_VALUE),
    (19, "IF(1>2,3)", False),
    (19, "IF(TRUE,,5)+0", 0.0),
    (20, "AVERAGE(1/0)", E_DIV0),
    (20, "PRODUCT({TRUE})", 0.0),
    (20, 'AVERAGE({"x"})', E_DIV0),
    (21, "ROUND(0.5,0)", 1.0),
    (21, "ROUND(-0.5,0)", -1.0),
    (21, "ROUND(1.15,1)", 1.2),
    (21, "ROUND(-1.005,2)", -1.01),
    (21, "ROUND(2.5,0)", 3.0),
    (21, "ROUND(-2.5,0)", -3.0),
    (21, "ROUND(2.675,2)", 2.68),
    (21, "ROUND(1.005,2)", 1.01),
    (22, "ROUND(1.745,2.7)", 1.75),
    (22, "ROUND(1234567,-3)", 1235000.0),
    (23, "INT(-7.5)", -8.0),
    (23, "INT((0.1+0.7)*10)", 7.0),
    (24, "MOD(-5,2)", 1.0),
    (24, "MOD(5,-2)", -1.0),
    (24, "MOD(10.2,10)", 0.1999999999999993),
    (24, "MOD(-5,-2)", -1.0),
    (24, "MOD(10,0.1)", 0.09999999999999945),
    (24, "MOD(281.44,0.02)", 0.019999999999991868),
    (24, "MOD(9999,666.6)", 666.5999999999997),
    (24, "MOD(0.9,0.3)", 5.551115123125783e-17),
    (24, "MOD(1,0)", E_DIV0),
    (24, "MOD(1125900000000,1)", E_NUM),
    (24, "MOD(1125899999999,1)", 0.0),
    (24, "MOD(1E20,3)", E_NUM),
    (24, "MOD(1E12,7)", 1.0),
    (25, "CEILING(-2.5,-2)", -4.0),
    (25, "CEILING(-2.5,2)", -2.0),
    (25, "CEILING(2,-2)", E_NUM),
    (25, "CEILING(2,0)", 0.0),
    (25, "FLOOR(10,0)", E_DIV0),
    (25, "FLOOR(-2.5,2)", -4.0),
    (25, "FLOOR(2,-2)", E_NUM),
    (25, "FLOOR(0,0)", 0.0),
    (25, "CEILING(-2,0)", 0.0),
    (26, "MROUND(7.5,-5)", E_NUM),
    (26, "MROUND(-7.5,5)", E_NUM),
    (26, "MROUND(-7.5,-5)", -10.0),
    (27, "0.1+0.2=0.3", True),
    (27, "0.1+0.2>0.3", False),
    (27, "0.1+0.2<=0.3", True),
    (27, "0.1*3=0.3", True),
    (29, '(0.1+0.2)&""', "0.3"),
    (29, "LEN(0.1+0.2)", 3.0),
    (30, 'TRUE&""', "TRUE"),
    (30, "LEN(1>2)", 5.0),
    (29, '(1/3)&""', "0.333333333333333"),
    (30, '"its "&(2<3)', "its TRUE"),
    (31, "DATE(1900,2,29)", 60.0),
    (31, "DATE(1900,3,1)", 61.0),
    (31, "MONTH(60)", 2.0),
    (31, "DAY(60)", 29.0),
    (32, "DATE(1,1,1)", 367.0),
    (32, "DATE(10000,1,1)", E_NUM),
    (32, "DATE(1900,1,-1)", E_NUM),
    (33, "EDATE(DATE(2025,1,31),1)", 45716.0),
    (33, "EDATE(DATE(2000,1,1),82.9)", 39022.0),
    (34, "YEARFRAC(DATE(2024,1,31),DATE(2024,7,31),0)", 0.5),
    (34, "YEARFRAC(DATE(2024,1,1),DATE(2025,1,1),1)", 1.0),
    (34, "YEARFRAC(DATE(2024,1,1),DATE(2024,12,31),2)", 365 / 360),
    (34, "YEARFRAC(DATE(2024,1,1),DATE(2024,12,31),3)", 1.0),
    (34, "YEARFRAC(DATE(2024,2,29),DATE(2024,8,31),4)", 181 / 360),
    (34, "YEARFRAC(1,2,5)", E_NUM),
    (32, "DATE(9999,12,31)", 2958465.0),
    (32, "DATE(1899,12,31)", 693962.0),
    (32, "DATE(-1,1,1)", E_NUM),
    (33, "EDATE(DATE(2024,2,29),12)", 45716.0),
    (33, "EDATE(DATE(2025,3,31),-1.9)", 45716.0),
    (34, "YEARFRAC(DATE(2025,7,1),DATE(2025,1,1))", 0.5),
    (34, "YEARFRAC(1,2,-1)", E_NUM),
    (35, 'VALUE("40%")', 0.4),
    (35, 'VALUE("1,234.5")', 1234.5),
    (35, 'VALUE("(7)")', -7.0),
    (35, 'VALUE(" 7 ")', 7.0),
    (35, 'VALUE("12,34")', E_VALUE),
    (35, "VALUE(TRUE)", E_VALUE),
    *((35, f'"{text}"+0', E_VALUE) for text in ("inf", "nan", "1_0", "１２", "0x10", "1e999", "", "²")),
    (36, 'TEXT(2.5,"0")', "3"),
    (36, 'TEXT(-2.5E-10,"0.00")', "0.00"),
    (36, 'TEXT(0.5,"0")', "1"),
    (36, 'TEXT(-0.4,"0")', "0"),
    (36, 'TEXT(1.005,"0.00")', "1.01"),
    (37, "NPV(0,1,,2)", 3.0),
    (38, "NPV(0.1,110)", 100.0),
    (40, 'XIRR({-1,"x"},{1,366})', E_VALUE),
    (40, "XIRR({1,2},{1,366})", E_NUM),
    (42, "LOG(100)", 2.0),
    (42, "ATAN2(0,1)", 1.5707963267948966),
    (42, "ATAN2(0,0)", E_DIV0),
    (43, 'COUNTIF({23,"",22},"<>23")', 2.0),
    (44, 'VLOOKUP(1,{1,"a"},0)', E_VALUE),
    (44, 'VLOOKUP(1,{1,"a"},3)', E_REF),
    (44, 'VLOOKUP(2.5,{1,"a";2,"b";3,"c"},2)', "b"),
    (44, 'VLOOKUP(2.5,{1,"a";2,"b";3,"c"},2,FALSE)', E_NA),
    (44, 'VLOOKUP(0,{1,"a"},2)', E_NA),
    (45, "AVERAGE(1,,2)", 1.0),
    (46, "_xlfn.IFS(FALSE,1,TRUE,2)", 2.0),
    (46, '_xlfn.CONCAT("a",1)', "a1"),
    (46, '_xlfn.XLOOKUP(2,{1,2},{"a","b"})', "b"),
    (45, "SUM(1,,2)", 3.0),
    (45, "COUNT(1,,2)", 3.0),
]


@pytest.mark.parametrize(("row", "formula", "expected"), FORMULAS, ids=[f"{r}, {ROWS[r]}: {f}" for r, f, _ in FORMULAS])
def test_formula_has_the_value_excel_gives_it(row: int, formula: str, expected: object) -> None:
    found = value_of(formula)
    assert type(found) is type(expected)
    assert found == pytest.approx(expected, rel=1e-15) if isinstance(expected, float) else found == expected


REFERENCES = [
    (13, "SUM", [Range([True, 1.0])], 1.0),
    (13, "SUM", [Range([True])], 0.0),
    (14, "SUM", [Range(["7"])], 0.0),
    (14, "AVERAGE", [Range(["7", 2.0])], 2.0),
    (15, "AND", [Range(["1", True])], True),
    (15, "AND", [Range(["x"])], E_VALUE),
    (20, "PRODUCT", [Range([None])], 0.0),
    (20, "AVERAGE", [Range([None])], E_DIV0),
    (20, "MIN", [Range([None, "x"])], 0.0),
    (37, "NPV", [0.1, Range([None, 110.0])], 100.0),
    (37, "NPV", [0.1, Range([0.0, 121.0])], 100.0),
    (39, "XNPV", [0.0, Range([-1.0, 2.0]), Range([1.0, 366.0])], E_NUM),
    (39, "XNPV", [-0.1, Range([-1.0, 2.0]), Range([1.0, 366.0])], E_NUM),
    (39, "XNPV", [1.0, Range([-1.0, 2.0]), Range([1.0, 366.0])], 0.0),
    (40, "XIRR", [Range([-1.0, "x"]), Range([1.0, 366.0])], E_VALUE),
    (40, "XIRR", [Range([1.0, 2.0]), Range([1.0, 366.0])], E_NUM),
    (43, "COUNTIF", [Range([23.0, None, "x", 22.0]), "<>23"], 3.0),
    (43, "COUNTIF", [Range([23.0, None, "x", 22.0]), "=23"], 1.0),
]


@pytest.mark.parametrize(("row", "name", "args", "expected"), REFERENCES)
def test_cells_in_references_are_taken_as_excel_takes_them(
    row: int, name: str, args: list[object], expected: object
) -> None:
    found = call(name, *args)
    assert type(found) is type(expected)
    assert found == pytest.approx(expected, rel=1e-14) if isinstance(expected, float) else found == expected


def test_row_14_a_reference_to_a_number_written_as_text_counts_in_arithmetic() -> None:
    assert OPERATORS["+"]("7", 1.0) == 8.0


def test_row_18_a_blank_cell_equals_empty_text_and_zero_and_false() -> None:
    assert compare("=", None, "") is True
    assert compare("=", None, 0.0) is True
    assert compare("=", False, None) is True
    assert compare("=", None, None) is True
    assert compare("=", "", 0.0) is False


def test_row_28_a_subtraction_near_zero_is_not_snapped_to_zero() -> None:
    """The design decides against imitating Excel here; comparisons treat the residue as Excel does."""
    assert value_of("0.1+0.2-0.3") == pytest.approx(5.551115123125783e-17, rel=1e-15)


def test_row_37_irr_drops_blanks_and_keeps_zeros() -> None:
    assert call("IRR", Range([-100.0, None, 110.0])) == pytest.approx(0.1, rel=1e-12)
    assert call("IRR", Range([-100.0, 0.0, 121.0])) == pytest.approx(0.1, rel=1e-12)


def test_row_39_xirr_may_be_negative_where_xnpv_refuses() -> None:
    rate = call("XIRR", Range([-100.0, 50.0]), Range([1.0, 366.0]))
    assert rate == pytest.approx(-0.5, rel=1e-12)


def test_row_41_a_hopeless_xirr_is_an_error_with_a_reason() -> None:
    found = call("XIRR", Range([1.0, 2.0]), Range([1.0, 366.0]))
    assert isinstance(found, ErrorValue)
    assert "no change of sign" in found.note


#: what Excel 2013 and later brought, as far as our table has it, with printed arguments
_NEWER = {
    "IFS": ["A1", "B1"], "SWITCH": ["A1", "B1", "C1"], "XOR": ["A1", "B1"], "MINIFS": ["A1:A9", "B1:B9", '">1"'], "MAXIFS": ["A1:A9", "B1:B9", '">1"'], "DAYS": ["A1", "B1"], "IFNA": ["A1", "B1"],
    "CONCAT": ["A1", "B1"], "TEXTJOIN": ["A1", "TRUE", "B1", "C1"], "XLOOKUP": ["A1", "B1:B9", "C1:C9", "D1"], "ISOWEEKNUM": ["A1"], "PDURATION": ["A1", "B1", "C1"], "RRI": ["A1", "B1", "C1"],
    "CEILING.MATH": ["A1", "B1", "C1"], "FLOOR.MATH": ["A1", "B1", "C1"], "NORM.S.DIST": ["A1", "TRUE"],
}  # fmt: skip


@pytest.mark.parametrize("name", _NEWER)
def test_row_46_functions_newer_than_excel_2010_are_printed_with_older_ones(name: str) -> None:
    printed = FUNCTIONS[name].printed(_NEWER[name])
    assert not {f.rstrip("(") for f in re.findall(r"[A-Z][A-Z.]*\(", printed)} & set(_NEWER)


#: what Excel 2010 brought, and writes with a prefix
_PREFIXED = ("PERCENTILE.EXC", "QUARTILE.EXC")


@pytest.mark.parametrize("name", _PREFIXED)
def test_row_46_functions_of_excel_2010_carry_the_prefix_of_its_file(name: str) -> None:
    assert FUNCTIONS[name].printed(["A1:A9", "B1"]) == f"_xlfn.{name}(A1:A9,B1)"


def test_row_46_names_every_function_that_is_printed_otherwise() -> None:
    assert {name for name, spec in FUNCTIONS.items() if spec.excel} == {*_NEWER, *_PREFIXED}


def test_every_row_of_the_table_is_tested() -> None:
    in_functions = {int(m[1]) for name in globals() if (m := re.match(r"test_row_(\d+)_", name))}
    assert (
        {row for row, *_ in FORMULAS} | {row for row, *_ in REFERENCES} | in_functions == set(ROWS) == set(range(1, 47))
    )


def test_comparison_at_15_digits_tells_apart_what_differs_in_the_15th() -> None:
    assert num_eq(1.0, 1.00000000000001) is False
    assert num_eq(1.0, 1.000000000000001) is True
    assert num_eq(123456789012345.0, 123456789012346.0) is False
    assert num_eq(-0.0, 0.0) is True
