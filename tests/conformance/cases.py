"""Hand-picked formulas of literals, with Excel's value and where it is known from."""

from __future__ import annotations

from typing import Any

from model.formula.functions import FUNCTIONS
from model.values import DIV0, NA, NUM, REF, VALUE, ErrorValue
from tests.model.test_excel_semantics import FORMULAS

E = {k: ErrorValue(k) for k in (DIV0, NA, NUM, REF, VALUE)}

MORE: list[tuple[str, Any]] = [
    # operators
    ("1+2*3^2", 19.0), ("-3%", -0.03), ("2^-1", 0.5), ("--TRUE", 1.0), ("1&2+3", "15"), ('"a"&"b"="AB"', True), ("3>2>1", True), ("5%%", 0.0005),
    ("1/3*3=1", True), ("1E308*10", E[NUM]), ("0/0", E[DIV0]), ('""=0', False), ('"~t">"b"', False), ('"Ä">"Z"', False), ('"a">"Z"', False), ('"10"<"9"', True),
    # conditions
    ("IF(0,1)", False), ('IF("a",1)', E[VALUE]), ("IFERROR(NA(),)", 0.0), ("CHOOSE(1.9,5,6)", 5.0), ("CHOOSE(0,5)", E[VALUE]), ("AND(1,2,3)", True), ("OR(FALSE,0)", False),
    ("XOR(TRUE,TRUE)", False), ("NOT(0)", True), ("IF(NA(),1,2)", E[NA]), ("IFERROR(IF(1/0,1,2),7)", 7.0), ("SWITCH(3,1,2)", E[NA]), ("IFS(FALSE,1)", E[NA]),
    # arithmetic
    ("ROUND(-1.5,0)", -2.0), ("ROUND(0.285,2)", 0.29), ("ROUNDUP(-3.14,1)", -3.2), ("ROUNDDOWN(1234,-2)", 1200.0), ("TRUNC(-8.9)", -8.0), ("INT(8.9)", 8.0), ("MROUND(10,3)", 9.0),
    ("MROUND(-10,-3)", -9.0), ("CEILING(1.5,0.1)", 1.5), ("FLOOR(-2.5,2)", -4.0), ("MOD(3,-2)", -1.0), ("MOD(3,0)", E[DIV0]), ("SIGN(-0.1)", -1.0), ("SQRT(-1)", E[NUM]), ("LOG(8,2)", 3.0),
    ("LN(-1)", E[NUM]), ("LOG(10,1)", E[DIV0]), ("POWER(2,0.5)", 1.4142135623730951), ("EXP(1)", 2.718281828459045),
    # totals and statistics, over array constants: text and conditions in them are passed over
    ('SUM({1,TRUE,"3"})', 1.0), ('SUM(1,TRUE,"3")', 5.0), ("SUM({1,2;3,4})", 10.0), ("AVERAGE({1,2,6})", 3.0), ('COUNT({1,"2",TRUE})', 1.0), ('COUNTA({1,"",TRUE})', 3.0), ("MEDIAN({3,1,2,10})", 2.5),
    ("STDEV({1,2,3,4})", 1.2909944487358056), ("PERCENTILE({1,2,3,4},0.3)", 1.9), ("PERCENTILE({1,2},2)", E[NUM]), ("CORREL({1,2,3},{2,4,7})", 0.9933992677987828), ("MIN({5,3,9})", 3.0),
    ("PRODUCT({2,3,4})", 24.0), ("SUM({1,#N/A})", E[NA]), ("SUMPRODUCT({1,2,3},{4,5,6})", 32.0), ('SUMPRODUCT(({"a","b","a"}="a")*{1,2,3})', 4.0), ("MAX({-1,-5})", -1.0), ("STDEV({1})", E[DIV0]),
    # finding
    ("INDEX({1,2;3,4},2,1)", 3.0), ("INDEX({7,8,9},2)", 8.0), ("INDEX({1,2;3,4},3,1)", E[REF]), ("MATCH(2.5,{1,2,3})", 2.0), ('MATCH("b*",{"a","bc"},0)', 2.0), ("MATCH(4,{5,3},-1)", 1.0), ("MATCH(0,{1,2})", E[NA]),
    ('LOOKUP(2,{1,2,3},{"a","b","c"})', "b"), ("LOOKUP(0,{1,2})", E[NA]),
    # dates
    ("DATE(2024,2,30)", 45352.0), ("DATE(2024,14,1)", 45689.0), ("DATE(2024,1,0)", 45291.0), ("EDATE(45351,12)", 45716.0), ("EDATE(45688,1)", 45716.0), ("EOMONTH(45688,0)", 45688.0), ("EOMONTH(45337,-1)", 45322.0),
    ("YEAR(45351)", 2024.0), ("MONTH(45351)", 2.0), ("DAY(45351)", 29.0), ("YEARFRAC(45292,45657,1)", 0.9972677595628415), ("YEARFRAC(45292,45474,3)", 0.4986301369863014),
    ("EDATE(TRUE,1)", E[VALUE]), ("EOMONTH(45000,TRUE)", E[VALUE]), ("MROUND(TRUE,1)", E[VALUE]), ("MONTH(60)", 2.0), ("DAY(60)", 29.0),
    # money
    ("PMT(0.08/12,10,10000)", -1037.0320893591606), ("PMT(0.1,5,1000,0,1)", -239.81589163158668), ("IPMT(0.1/12,1,36,8000)", -66.66666666666667), ("PPMT(0.1/12,1,24,2000)", -75.62318600836666), ("FV(0.06/12,10,-200,-500,1)", 2581.4033740601367),
    ("PV(0.08/12,240,500)", -59777.14585118777), ("NPER(0.12/12,-100,-1000,10000,1)", 59.67386567429457), ("RATE(48,-200,8000)", 0.007701472488246008), ("NPV(0.1,-10000,3000,4200,6800)", 1188.4434123352207),
    ("IRR({-70000,12000,15000,18000,21000,26000})", 0.08663094803653162), ("IRR({1,2})", E[NUM]), ("XNPV(0.09,{-10000,2750,4250,3250,2750},{39448,39508,39751,39859,39904})", 2086.647602031535),
    ("XIRR({-10000,2750,4250,3250,2750},{39448,39508,39751,39859,39904})", 0.3733625335188315), ("XNPV(-0.1,{-1,2},{40000,40365})", E[NUM]),
    # text
    ('LEFT("abc",0)', ""), ('RIGHT("abc",5)', "abc"), ('MID("abc",2,9)', "bc"), ('MID("abc",9,1)', ""), ('MID("abc",0,1)', E[VALUE]), ("LEN(12.50)", 4.0), ('UPPER("straße")', "STRAßE"), ('TRIM("  a   b ")', "a b"),
    ('REPT("ab",2.9)', "abab"), ('VALUE("1,234.5")', 1234.5), ('VALUE("x")', E[VALUE]), ('TEXT(0.125,"0.0%")', "12.5%"), ('TEXT(45351,"yyyy-mm-dd")', "2024-02-29"), ('TEXT(1234567.891,"#,##0.00")', "1,234,567.89"), ('TEXT(-5,"0;(0)")', "(5)"),
    ('CONCATENATE("a",1,FALSE)', "a1FALSE"), ("100000000000000000000&\"\"", "1E+20"), ("0.1&\"\"", "0.1"),
    # questions
    ('ISBLANK("")', False), ("ISNUMBER(45000)", True), ("ISERROR(#N/A)", True), ("ISNA(1/0)", False), ('ISTEXT("")', True), ("N(TRUE)", 1.0), ('N("7")', 0.0), ("NA()", E[NA]),
]  # fmt: skip


def _of_the_table() -> list[tuple[str, Any]]:
    """The examples of functions that need no names."""
    return [f.example for f in FUNCTIONS.values() if not any(w in f.example[0] for w in ("ALL(", "[", "year"))]


#: over the columns of the world
OF_COLUMNS = (
    'MINIFS(t[num],t[name],"apple")', 'MAXIFS(t[num],t[name],"=BANANA")', 'MAXIFS(t[num],t[name],">=b")', 'MINIFS(t[num],t[name],"<b")', 'MINIFS(t[num],t[name],"<>apple")',
    'MAXIFS(t[num],t[mixed],"x")', 'MINIFS(t[num],t[mixed],">=a")', 'MINIFS(t[num],t[name],"apple",t[other],">1")',
    # errors among the cells: passed over where they are not chosen, shown where they are
    'MINIFS(t[faulty],t[num],">4")', 'MAXIFS(t[faulty],t[num],">0",t[num],"<>1")', 'MINIFS(t[faulty],t[num],"<=0")', 'MAXIFS(t[faulty],t[name],"Banana")',
    'MAXIFS(t[num],t[faulty],">2")', 'MAXIFS(t[num],t[faulty],"<>2")', 'MINIFS(t[num],t[faulty],"<>")', 'MINIFS(t[faulty],t[num],">99")', 'MINIFS(t[faulty],t[num],1.5)',
)  # fmt: skip

CASES: list[tuple[str, Any]] = list(
    {text: (text, value) for text, value in [*((t, v) for _, t, v in FORMULAS), *_of_the_table(), *MORE]}.values()
)
