"""Random formulas from a seed, mostly meaningful: arguments are drawn by what a function wants, and now and then
by something else, so that coercions and errors are met too."""

from __future__ import annotations

import random

#: what each function takes: n number, i whole number, e the same but small (LibreOffice counts up to it), p share, r rate, d date, t text, b condition, a anything,
#: R range of numbers, M any range, Q and O the same of eight cells, T texts, S rising, F flows, X dates, V array expression, C criterion, A array constant, h text of a date or time, u unit of DATEDIF, f number format; a trailing + repeats the last item
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "IF": ("baa", "ba"), "IFS": ("ba", "baba"), "SWITCH": ("aaa", "aaaa", "iaiaa"), "CHOOSE": ("iaaa",), "IFERROR": ("aa", "nn"),
    "AND": ("bb", "b", "M"), "OR": ("bb", "b", "M"), "XOR": ("bb",), "NOT": ("b",), "TRUE": ("",), "FALSE": ("",),
    "ABS": ("n",), "SIGN": ("n",), "SQRT": ("n",), "EXP": ("n",), "LN": ("n",), "LOG10": ("n",), "LOG": ("n", "nn"), "POWER": ("nn", "ni"),
    "MOD": ("nn",), "INT": ("n",), "ROUND": ("ne",), "ROUNDUP": ("ne",), "ROUNDDOWN": ("ne",), "TRUNC": ("n", "ne"), "MROUND": ("nn",),
    "CEILING": ("nn",), "FLOOR": ("nn",), "CEILING.MATH": ("n", "nn", "nnb"), "FLOOR.MATH": ("n", "nn", "nnb"), "ATAN2": ("nn",),
    "SUM": ("nn", "R", "M", "aa", "Mn"), "PRODUCT": ("nn", "R", "M"), "MIN": ("nn", "R", "M", "nnn"), "MAX": ("nn", "R", "M", "nnn"),
    "AVERAGE": ("nn", "R", "M"), "COUNT": ("M", "aa", "R"), "COUNTA": ("M", "aa"), "COUNTBLANK": ("M",), "SUMPRODUCT": ("RR", "R", "VV", "M"),
    "MEDIAN": ("R", "nnn", "M"), "PERCENTILE": ("Rp",), "STDEV": ("R", "nnn", "M"), "CORREL": ("RR", "RM"), "NORMSDIST": ("n",), "NORMSINV": ("p",),
    "COUNTIF": ("MC", "TC", "RC"), "COUNTIFS": ("OC", "QCTC"), "SUMIF": ("RC", "TCQ", "OCQ"), "SUMIFS": ("QQC", "QTCQC"), "AVERAGEIF": ("RC", "TCQ"),
    "AVERAGEIFS": ("QQC", "QTC"), "MINIFS": ("QQD",), "MAXIFS": ("QQD",),
    "MATCH": ("nRz", "tTz", "nS", "nS1"), "INDEX": ("Ri", "Mi", "Ti"), "LOOKUP": ("nS", "nSQ"),
    "DATE": ("yee", "yej"), "YEAR": ("d",), "MONTH": ("d",), "DAY": ("d",), "EDATE": ("de",), "EOMONTH": ("de",), "DAYS": ("dd",),
    "YEARFRAC": ("dd", "ddk"),
    "NPV": ("rR", "rnn", "rM"), "IRR": ("F",), "XNPV": ("rFX",), "XIRR": ("FX",), "PMT": ("rjn", "rjnn", "rjnnk"), "FV": ("rjn", "rjnn"),
    "PV": ("rjn", "rjnn"), "IPMT": ("rejn",), "PPMT": ("rejn",), "NPER": ("rnn",), "RATE": ("jmn",),
    "LEFT": ("te", "t"), "RIGHT": ("te", "t"), "MID": ("tee",), "LEN": ("t", "a"), "UPPER": ("t",), "LOWER": ("t",), "TRIM": ("t",),
    "CONCATENATE": ("tt", "aa"), "CONCAT": ("tt", "aa"), "TEXTJOIN": ("tbtt", "tbata"), "REPT": ("te",), "VALUE": ("t", "n"), "TEXT": ("nf", "dg"),
    "PI": ("",), "RADIANS": ("n",), "DEGREES": ("n",), "SIN": ("n",), "COS": ("n",), "TAN": ("n",), "ASIN": ("p",), "ACOS": ("p",), "ATAN": ("n",),
    "SINH": ("n",), "COSH": ("n",), "TANH": ("n",), "ASINH": ("n",), "ACOSH": ("n",), "ATANH": ("p",), "FACT": ("e",), "COMBIN": ("ji", "ii"),
    "GCD": ("ij", "ii"), "LCM": ("ij", "iii"), "PERMUT": ("je", "ee"), "EVEN": ("n",), "ODD": ("n",), "QUOTIENT": ("nn",),
    "VAR": ("R", "nnn", "M"), "VARP": ("R", "nn", "M"), "STDEVP": ("R", "nn", "M"), "SUMSQ": ("R", "nn", "M"), "DEVSQ": ("R", "nnn", "M"), "AVEDEV": ("R", "nn"),
    "GEOMEAN": ("R", "nn"), "HARMEAN": ("R", "nn"), "MODE": ("R", "M"), "LARGE": ("Ri",), "SMALL": ("Ri", "Mi"), "RANK": ("nR", "nRb"), "QUARTILE": ("Ri",),
    "PERCENTRANK": ("Rn", "Rnj"), "TRIMMEAN": ("Rp",), "SKEW": ("R", "nnn", "M"), "KURT": ("R", "nnnn"), "AVERAGEA": ("M", "R", "nn"), "MAXA": ("M", "nn"), "MINA": ("M", "nn"),
    "STEYX": ("RR",), "SUMXMY2": ("RR",), "SUMX2MY2": ("RR",), "SUMX2PY2": ("RR",), "PERCENTILE.EXC": ("Rp",), "QUARTILE.EXC": ("Ri",),
    "NORM.S.DIST": ("nb",), "STANDARDIZE": ("nnn",), "LOGNORMDIST": ("nnn",), "LOGINV": ("pnn",), "CONFIDENCE": ("pnj",), "EXPONDIST": ("nnb",), "POISSON": ("enb", "ejb"), "BINOMDIST": ("ejpb",),
    "RSQ": ("RR",), "COVAR": ("RR",), "SLOPE": ("RR",), "INTERCEPT": ("RR",), "FORECAST": ("nRR",), "NORMDIST": ("nnnb",), "NORMINV": ("pnn",),
    "WEEKDAY": ("d", "dk"), "WEEKNUM": ("d", "dk"), "ISOWEEKNUM": ("d",), "DATEDIF": ("ddu",), "DAYS360": ("dd", "ddb"), "NETWORKDAYS": ("dd",), "WORKDAY": ("de",), "NETWORKDAYS.INTL": ("dd", "ddj"), "WORKDAY.INTL": ("de", "dej"), "HOUR": ("n", "d"), "MINUTE": ("n",),
    "SECOND": ("n",), "TIME": ("iii", "jij"), "DATEVALUE": ("h",), "TIMEVALUE": ("h",),
    "MIRR": ("Frr",), "FVSCHEDULE": ("nR",), "EFFECT": ("rj",), "NOMINAL": ("rj",), "ISPMT": ("rijn",), "CUMIPMT": ("rjniik",), "CUMPRINC": ("rjniik",),
    "RRI": ("jnn",), "PDURATION": ("rnn",), "DOLLARDE": ("nj", "ni"), "DOLLARFR": ("nj", "ni"), "DB": ("nnj2", "nnjie", "nnj1j"), "VDB": ("nnj12", "nnjpj", "nnj02n", "nnj1jnb"),
    "SLN": ("nnj",), "SYD": ("nnj1", "nnje"), "DDB": ("nnj1", "nnj12"),
    "VLOOKUP": ("nA2", "nA1", "nA20"), "HLOOKUP": ("nA2", "nA10"), "XLOOKUP": ("nQQ", "tTQ", "nQTn", "tTQa"), "ROWS": ("A", "R"), "COLUMNS": ("A", "R"), "IFNA": ("aa",),
    "FIND": ("tt", "tti"), "SEARCH": ("tt", "tti"), "SUBSTITUTE": ("ttt", "ttti"), "REPLACE": ("teet",), "EXACT": ("tt", "aa"), "PROPER": ("t",), "CLEAN": ("t",),
    "CHAR": ("i", "j"), "CODE": ("t",), "T": ("a",), "FIXED": ("ne", "neb"),
    "ISERR": ("a",), "ISLOGICAL": ("a",), "ISNONTEXT": ("a",), "ISEVEN": ("i",), "ISODD": ("i",),
    "ISBLANK": ("a",), "ISNUMBER": ("a",), "ISTEXT": ("a",), "ISERROR": ("a",), "ISNA": ("a",), "ERROR.TYPE": ("a",), "TYPE": ("a",), "N": ("a",), "NA": ("",),
}  # fmt: skip

_NUMBERS = (
    "0",
    "1",
    "2",
    "3",
    "10",
    "0.5",
    "2.5",
    "-1",
    "-3",
    "0.1",
    "100",
    "7.25",
    "-0.75",
    "1.005",
    "1E-9",
    "365",
    "1E15",
    "27%",
    "1234.567",
)
_NAMES = (
    "two",
    "minus",
    "zero",
    "odd",
    "tiny",
    "three",
    "rate",
    "uncapped",
    "x",
    "y",
    "z",
    "PREV(x)",
    "PREV(z)",
    "CUM(x)",
    "t.r3.num",
    "year",
    "days",
    "LAG(x, 2)",
    "NEXT(x)",
    "YEARSUM(x)",
)
_DATES = (
    "day",
    "far",
    "start",
    "end",
    "t.r2.on",
    "DATE(2024, 2, 29)",
    "45000",
    "46022",
    "DATE(2025, 12, 31)",
    "61",
    "36526.75",
)
_TEXTS = (
    '"abc"',
    '"7"',
    '""',
    '" two  words "',
    '"TRUE"',
    '"12.5%"',
    "word",
    "seven",
    "nothing",
    '"a?b"',
    "t.r1.name",
    '"Ärger"',
    '"1E3"',
    "1.5",
    "yes",
)
_RANGES = ("t[num]", "t[other]", "t[rising]", "t[falling]", "t[share]", "t[gaps]", "t[flow]")
_SHORT = ("ALL(x)", "ALL(y)", "TO_DATE(x)", "ALL(s)", "EARLIER(z)", "ALL(z)")
_CRITERIA = (
    '">2"',
    '"<=2.5"',
    "2",
    '"<>2"',
    '"apple"',
    '"a*"',
    '"<>apple"',
    '"?????"',
    '"=7"',
    '"<0"',
    '">=b"',
    '""',
    '"<>"',
    "two",
    '">"&two',
    "TRUE",
    '"="',
    '"~*star"',
)
_FORMATS = ('"0"', '"0.00"', '"#,##0"', '"#,##0.0"', '"0%"', '"0.0%"', '"0.00E+00"', '"0000"', '"#,##0.00;(#,##0.00)"')
_DAYS = ('"yyyy-mm-dd"', '"d mmm yyyy"', '"mmmm yy"', '"dddd"', '"dd/mm/yy"')
_MOMENTS = (
    '"2026-01-15"',
    '"15-Jan-2026"',
    '"1/15/2026"',
    '"10:30"',
    '"6:30:15 PM"',
    '"1/2/2026 18:00"',
    '"abc"',
    "word",
)
_UNITS = ('"Y"', '"M"', '"D"', '"YM"', '"md"', '"YD"')
_ARRAYS = ("{1,10;2,20;3,30}", "{0,1,2;5,6,7}", '{-1,"a";0.5,"b";2,"c";100,TRUE}', "{1,2,3}")
_OPERATORS = ("+", "-", "*", "/", "+", "-", "*", "^")
_COMPARE = ("=", "<>", "<", "<=", ">", ">=")
_ODD = ("broken", "hidden", "empty", "nothing", "word", "yes", '"7"', "TRUE", "#N/A", "shaky", "")


class Generator:
    """Formulas, one after the other; the same seed gives the same ones."""

    def __init__(self, seed: int, functions: dict[str, tuple[str, ...]] = ARGUMENTS) -> None:
        self.random = random.Random(seed)
        self.functions = functions
        self.names = list(functions)
        self.next = self.headed = 0

    def formula(self) -> str:
        """The next formula: every function heads one in turn, every third is headed by an operator."""
        self.next += 1
        depth = self.random.choice((1, 2, 2, 3, 3))
        if self.next % 3 == 0:
            return self.operation(self.random.choice("nnnab"), depth)
        self.headed += 1
        return self.call(self.names[self.headed % len(self.names)], depth)

    def pick(self, items: tuple[str, ...]) -> str:
        return self.random.choice(items)

    def call(self, name: str, depth: int) -> str:
        kinds = self.pick(self.functions[name])
        return f"{name}({', '.join(self.argument(k, depth - 1) for k in kinds)})"

    def argument(self, kind: str, depth: int) -> str:
        if kind in "RMTSFXVDQO":
            return self.range(kind)
        if kind == "C":
            return self.pick(_CRITERIA)
        if kind in "fg":
            return self.pick(_FORMATS if kind == "f" else _DAYS)
        if kind == "h":
            return self.pick(_MOMENTS)
        if kind == "u":
            return self.pick(_UNITS)
        if kind == "A":
            return self.pick(_ARRAYS)
        if kind in "z012":
            return "0" if kind == "z" else kind
        if self.random.random() < 0.06:
            return self.pick(_ODD)
        if kind == "e":  # digits to round to, characters to take: nobody asks for a million
            return self.leaf("i")
        return self.value(kind, depth)

    def range(self, kind: str) -> str:
        if kind == "S":
            return "t[rising]"
        if kind == "F":
            return self.pick(("t[flow]", "t[flow]", "t[flow]", "t[gaps]", "t[other]"))
        if kind == "X":
            return "t[on]"
        if kind == "T":
            return "t[name]"
        if kind == "D":
            return self.pick(('">2"', '"<=2.5"', '">"&two', "2", '"<>1"'))
        if kind == "V":
            left, right = self.pick(_RANGES), self.pick(_RANGES)
            return self.pick((f"({left} > 1) * {right}", f"{left} * 2", f"-{left}", f"({left} = {right}) * 1", left))
        if kind == "M":
            return self.pick(("t[mixed]", "t[gaps]", "t[faulty]", "t[void]", "t[name]", "t[num]", *_SHORT))
        if kind == "O":
            return self.pick(("t[mixed]", "t[gaps]", "t[name]", "t[num]", "t[void]", "t[faulty]"))
        if kind == "Q":
            return self.pick(_RANGES)
        return self.pick(_RANGES) if self.random.random() < 0.85 else self.pick(_SHORT[:3])

    def value(self, kind: str, depth: int) -> str:
        if kind == "j":
            return self.pick(("5", "12", "three", "10", "1", "360"))
        if kind == "k":
            return self.pick(("0", "1", "2", "3", "4"))
        if kind == "m":
            return self.pick(("-100", "-250", "-12.5"))
        if kind == "y":
            return self.pick(("2025", "1999", "2000", "year", "1900", "9999", "25"))
        if kind == "p":
            return self.pick(("0.5", "0.1", "0.99", "0", "1", "0.25", "minus", "rate"))
        if kind == "r":
            return self.pick(("rate", "0.1", "0.05", "0", "-0.02", "1%"))
        if kind == "a":
            kind = self.pick(("n", "n", "t", "b"))
        if depth <= 0 or self.random.random() < 0.3:
            return self.leaf(kind)
        return self.operation(kind, depth)

    def leaf(self, kind: str) -> str:
        if kind == "i":
            return self.pick(("0", "1", "2", "3", "-1", "5", "1.9", "three", "12", "-2"))
        if kind == "d":
            return self.pick(_DATES)
        if kind == "t":
            return self.pick(_TEXTS)
        if kind == "b":
            return self.pick(("TRUE", "FALSE", "yes", "flag", "1", "0", "two > 1", 'word = "RAMP"'))
        return self.pick(_NUMBERS if self.random.random() < 0.5 else _NAMES)

    def operation(self, kind: str, depth: int) -> str:
        chance = self.random.random()
        if kind == "b":
            if chance < 0.6:
                inner = self.pick(("n", "n", "t", "d"))
                return f"({self.argument(inner, depth - 1)} {self.pick(_COMPARE)} {self.argument(inner, depth - 1)})"
            return self.call(self.pick(("AND", "OR", "NOT", "XOR", "ISNUMBER", "ISBLANK", "ISERROR", "ISTEXT")), depth)
        if kind == "t":
            if chance < 0.4:
                return f"({self.argument('a', depth - 1)} & {self.argument('t', depth - 1)})"
            return self.call(
                self.pick(("LEFT", "RIGHT", "MID", "UPPER", "LOWER", "TRIM", "TEXT", "REPT", "CONCATENATE")), depth
            )
        if kind == "d":
            return self.call(self.pick(("EDATE", "EOMONTH", "DATE", "EDATE")), depth)
        if kind == "a":
            return self.operation(self.pick(("n", "t", "b")), depth)
        if chance < 0.45:
            left, right = self.argument("n", depth - 1), self.argument("n", depth - 1)
            text = f"{left or 0} {self.pick(_OPERATORS)} {right or 0}"
            return f"({text})" if self.random.random() < 0.6 else text
        if chance < 0.55:
            return self.pick(("-{}", "({})%", "+{}", "-({})")).format(self.argument("n", depth - 1) or "0")
        if chance < 0.62:
            return self.helper(depth)
        return self.call(self.names[self.random.randrange(len(self.names))], depth)

    def helper(self, depth: int) -> str:
        n, d, e = self.argument("n", depth - 1) or "0", self.leaf("d"), self.leaf("d")
        return self.pick((
            f"OVERLAP_DAYS({d}, {e})", f"BYYEAR(s, {n})", "YEARS_TO_DATE(x, 2)", "YEARS_TO_DATE(z, three)", f"AT(x, {d})",
            f"DECAY_DAYS({d}, {d} + 30, 0.99, {d})", "ASOF(t[num], t[on])", f"PREV(z) * {n}", "MAX(EARLIER(z))", f"LAG(z, {self.leaf('i')}, {n})",
        ))  # fmt: skip
