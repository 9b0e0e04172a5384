"""What other engines are known to compute differently from Excel, each with its evidence and matched at one node
with the values of its parts.

Evidence: "row n" is the line of the team's table of Excel's behaviour (its mark says what was seen in real Excel);
"doc" is Microsoft's page of the function; "issue" a thread of the engine's own project. "design" marks what Dealsheet
itself refuses or leaves open, as the function's documentation says. An entry names functions and a condition of their
arguments and results, so that it explains nothing else; the one table is long because the engines' differences are many.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from model.formula.coerce import digits15
from model.formula.fn_date import parts
from model.formula.readtext import text_to_number
from model.values import NEVER
from tests.conformance.judge import Parting
from tests.workbook.engines import Err, agree

ANY, FZ, IC, LO = "formualizer ironcalc libreoffice", "formualizer", "ironcalc", "libreoffice"


class Known(NamedTuple):
    """One difference: which engines, its name, the evidence, and whether a parting is an instance of it."""

    engines: str
    name: str
    evidence: str
    test: Callable[[Parting], bool]


def _flat(p: Parting) -> list[Any]:
    return [v for part in p.our_parts for v in (part if isinstance(part, list) else [part])]


def _err(v: Any) -> bool:
    return isinstance(v, Err)


def _number(v: Any) -> bool:
    return isinstance(v, float)


def _errors(p: Parting) -> list[Any]:
    return [v for v in _flat(p) if _err(v)]


def _single(p: Parting) -> list[Any]:
    return [v for v in p.our_parts if not isinstance(v, list)]


def _has(p: Parting, kind: type) -> bool:
    return any(type(v) is kind for v in _flat(p))


def _long(v: Any) -> bool:
    """A number that 15 digits do not hold, or that & writes with an exponent."""
    return _number(v) and (digits15(v) != v or 0 < abs(v) < 1e-4 or abs(v) >= 1e15)


def _numeric_text(v: Any) -> bool:
    return isinstance(v, str) and not _err(v) and text_to_number(v) is not None


def _early(p: Parting) -> bool:
    """A date before March 1900 takes part, in or out."""
    dates = [v for v in _single(p) if v is None or isinstance(v, (bool, float))]
    dates += [text_to_number(v) for v in _single(p) if _numeric_text(v)]
    return (
        any(float(v or 0) < 61 for v in dates)
        or (_number(p.ours) and p.ours < 61)
        or (_number(p.theirs) and p.theirs < 61)
    )


def _criteria(p: Parting) -> list[Any]:
    return list(
        p.our_parts[1:2]
        if p.name in ("COUNTIF", "SUMIF", "AVERAGEIF")
        else p.our_parts[1 if p.name == "COUNTIFS" else 2 :: 2]
    )


SPREADS = (
    "VAR",
    "VARP",
    "STDEVP",
    "SUMSQ",
    "DEVSQ",
    "AVEDEV",
    "GEOMEAN",
    "HARMEAN",
    "MODE",
    "LARGE",
    "SMALL",
    "RANK",
    "QUARTILE",
    "SKEW",
    "KURT",
    "TRIMMEAN",
    "AVERAGEA",
    "MAXA",
    "MINA",
)
SQUARES = ("SUMXMY2", "SUMX2MY2", "SUMX2PY2")
TWO_RANGES = ("COVAR", "RSQ", "SLOPE", "INTERCEPT", "FORECAST", "STEYX")
#: the kinds of error that LibreOffice's Err:502 stands for, by function
BOUNDS = {
    "#DIV/0!": ("QUOTIENT", "DOLLARDE", "DOLLARFR", "LOG", "FLOOR", "CORREL", "STEYX", "MIRR", "RSQ"),
    "#REF!": ("INDEX", "VLOOKUP", "HLOOKUP"),
    "#N/A": ("MODE", "PERCENTRANK", "RANK", *TWO_RANGES, "CORREL", *SQUARES),
}
WITHIN = ("FIND", "SEARCH", "SUBSTITUTE", "REPLACE", "PROPER", "CLEAN", "CODE", "EXACT", "T", "FIXED")
TIMES = (
    "HOUR",
    "MINUTE",
    "SECOND",
    "TIME",
    "WEEKDAY",
    "WEEKNUM",
    "DAYS360",
    "NETWORKDAYS",
    "NETWORKDAYS.INTL",
    "WORKDAY",
    "WORKDAY.INTL",
    "DATEVALUE",
    "TIMEVALUE",
    "DATEDIF",
    "ISOWEEKNUM",
)
TOOLPAK = (
    "QUOTIENT",
    "GCD",
    "LCM",
    "WEEKNUM",
    "NETWORKDAYS",
    "NETWORKDAYS.INTL",
    "WORKDAY",
    "WORKDAY.INTL",
    "EFFECT",
    "NOMINAL",
    "CUMIPMT",
    "CUMPRINC",
    "ISEVEN",
    "ISODD",
    "DOLLARDE",
    "DOLLARFR",
)
ANGLES = ("SIN", "COS", "TAN")
TABLES = ("VLOOKUP", "HLOOKUP")
QUESTIONS = ("ISERR", "ISLOGICAL", "ISNONTEXT", "IFNA")
CRITERIA = ("COUNTIF", "COUNTIFS", "SUMIF", "SUMIFS", "AVERAGEIF", "AVERAGEIFS", "MINIFS", "MAXIFS")
COMPARE = ("=", "<>", "<", "<=", ">", ">=")
TEXTS = ("&", "CONCATENATE", "CONCAT", "TEXTJOIN", "LEN", "LEFT", "RIGHT", "MID", "UPPER", "LOWER", "TRIM", "REPT")
DATES = (*TIMES, "DATE", "YEAR", "MONTH", "DAY", "EDATE", "EOMONTH", "DAYS", "YEARFRAC", "TEXT")
TOTALS = (
    "SUM",
    "PRODUCT",
    "MIN",
    "MAX",
    "AVERAGE",
    "MEDIAN",
    "STDEV",
    "COUNT",
    "COUNTA",
    "NPV",
    "SUMPRODUCT",
    "PERCENTILE",
    "CORREL",
    "IRR",
    "AND",
    "OR",
)
LOANS = ("PMT", "IPMT", "PPMT", "FV", "PV", "NPER", "RATE", "NPV")
SEARCH = ("RATE", "IRR", "XIRR")

TABLE: tuple[Known, ...] = (
    # -- what Dealsheet refuses by design ----------------------------------------------------------
    Known(ANY, "a whole range as the result of one cell is #VALUE! here", "design: no spilling; INDEX doc",
          lambda p: p.name == "INDEX" and str(p.ours) == "#VALUE!" and _number(p.our_parts[1]) and -1 < p.our_parts[1] < 1),
    Known(ANY, "the same, place given by text, blank or condition", "design: no spilling; INDEX doc",
          lambda p: p.name == "INDEX" and str(p.ours) == "#VALUE!" and not _number(p.our_parts[1]) and (x := _x(p.our_parts[1])) is not None and -1 < x < 1),
    Known(ANY, "none or several rates are #NUM!", "design: RATE, IRR, XIRR doc; row 41",
          lambda p: p.name in SEARCH and str(p.ours) == "#NUM!" and (not _err(p.theirs) or str(p.theirs) in ("#N/A", "#VALUE!"))),
    Known(ANY, "the engine's search of a rate does not converge", "row 41 (the same weakness in Excel); the root is bracketed here",
          lambda p: p.name in SEARCH and _number(p.ours) and (_err(p.theirs))),
    Known(ANY, "the engine's search of a rate ends at another root", "row 41; ours is the only one between -99 % and 1000 %",
          lambda p: p.name == "RATE" and _number(p.ours) and _number(p.theirs) and not -0.99 < p.theirs < 10),
    Known(ANY, "locale-dependent dates in text are read as numbers", "design: only what Excel reads under every locale is read",
          lambda p: str(p.ours) == "#VALUE!" and not _err(p.theirs) and any(isinstance(v, str) and any(c.isdigit() for c in v) and text_to_number(v) is None for v in _single(p))),
    Known(LO, "nearly equal numbers subtract to zero", "row 28: design leaves Excel's snapping out",
          lambda p: p.name in ("+", "-", "AVERAGE", "SUM") and p.theirs == 0 and _number(p.ours) and abs(p.ours) <= 1e-14 * max([abs(v) for v in _flat(p) if _number(v)], default=0.0)),
    # -- beyond the list: functions that third-party tables hold ------------------------------
    Known(ANY, "functions the engine lacks", "#NAME? for a function of Excel", lambda p: _kind(p.theirs) == "#NAME?" and p.name in ("FVSCHEDULE", "ISPMT", "MIRR", "VDB")),
    Known(ANY, "an angle beyond 2^27 is computed", "Excel's limit of 134,217,728: #NUM!", lambda p: p.name in ANGLES and str(p.ours) == "#NUM!" and _number(p.theirs)),
    Known(FZ, "SINH and COSH overflow to infinity", "row 9", lambda p: p.name in ("SINH", "COSH", "TANH") and str(p.ours) == "#NUM!"),
    Known(ANY, "booleans in functions of the former Analysis ToolPak", "EDATE(TRUE,1) is #VALUE! in Excel, and so are these",
          lambda p: p.name in TOOLPAK and str(p.ours) == "#VALUE!" and _has(p, bool)),
    Known(ANY, "a missing argument of a function of the former Analysis ToolPak", "#N/A in Excel", lambda p: p.name in TOOLPAK and (str(p.ours) == "#N/A" or str(p.theirs) == "#N/A") and None in p.our_parts),
    Known(ANY, "LARGE cuts parts of a place off", "rounded up by Excel in gnumeric's samples: LARGE(…,1+1E-10) is the second",
          lambda p: p.name == "LARGE" and (k := _x(p.our_parts[1])) is not None and k % 1 != 0 and p.theirs in _numbers(p)),
    Known(FZ, "LARGE, SMALL, QUARTILE, PERCENTRANK answer #NUM! or #VALUE! whatever is wrong with the place", "row 17",
          lambda p: p.name in ("LARGE", "SMALL", "QUARTILE", "PERCENTRANK") and _err(p.ours) and _kind(p.theirs) in ("#NUM!", "#VALUE!") and (bool(_errors(p)) or isinstance(p.our_parts[1], str))),
    Known(FZ, "a condition is no place", "row 14: TRUE is 1 in arithmetic", lambda p: p.name in ("LARGE", "SMALL", "QUARTILE") and isinstance(p.our_parts[1], bool) and _kind(p.theirs) in ("#NUM!", "#VALUE!")),
    Known(FZ, "RANK passes over an error of its order, or calls that of its number #N/A", "row 17", lambda p: p.name == "RANK" and bool(_errors(p))),
    Known(IC, "RANK refuses a condition", "doc RANK: the order is a logical value; row 14", lambda p: p.name == "RANK" and str(p.theirs) == "#VALUE!" and any(isinstance(v, bool) for v in _single(p))),
    Known(LO, "RANK answers for a number that is not in the range", "doc RANK: #N/A", lambda p: p.name == "RANK" and str(p.ours) == "#N/A" and (_number(p.theirs) or str(p.theirs) == "#VALUE!") and not _errors(p)),
    Known(LO, "booleans are numbers in statistics", "rows 11 to 13", lambda p: p.name in (*SPREADS, *TOOLPAK) and _has(p, bool)),
    Known("formualizer ironcalc", "booleans and texts written out are passed over in statistics", "row 13", lambda p: p.name in SPREADS and any(isinstance(v, (bool, str)) and not _err(v) for v in _single(p))),
    Known("ironcalc libreoffice", "DEVSQ and AVEDEV without a number are #DIV/0!", "Excel in gnumeric's samples: #NUM!", lambda p: p.name in ("DEVSQ", "AVEDEV") and str(p.ours) == "#NUM!" and str(p.theirs) == "#DIV/0!" and not _numbers(p)),
    Known(LO, "GEOMEAN of a zero is 0", "doc GEOMEAN: #NUM!", lambda p: p.name == "GEOMEAN" and str(p.ours) == "#NUM!" and p.theirs == 0.0),
    Known(ANY, "regressions of ranges of different lengths are #VALUE!", "doc SLOPE, COVAR, RSQ, FORECAST, SUMXMY2: #N/A", lambda p: p.name in (*TWO_RANGES, "CORREL", *SQUARES) and str(p.ours) == "#N/A" and str(p.theirs) == "#VALUE!" and _lengths(p) > 1),
    Known(IC, "COVAR looks at blanks and texts", "doc COVAR: pairs without a number are passed over", lambda p: p.name == "COVAR" and any(v is None or isinstance(v, (str, bool)) for v in _flat(p))),
    Known(FZ, "FORECAST calls an error of its first argument #VALUE!", "row 17", lambda p: p.name == "FORECAST" and bool(_errors(p)) and str(p.theirs) == "#VALUE!"),
    Known(ANY, "SUMXMY2 and its like count an empty cell as 0", "doc SUMXMY2: empty cells are ignored, those with zero included; Apache POI, XYNumericFunction: passed over together with the cell beside it", lambda p: p.name in SQUARES and _number(p.ours) and _number(p.theirs) and any(v is None for v in _flat(p))),
    Known(FZ, "TYPE passes an error on", "doc TYPE: 16", lambda p: p.name == "TYPE" and p.ours == 16.0 and _err(p.theirs)),
    Known(LO, "a boolean is a number to TYPE, or a formula", "doc TYPE: 4", lambda p: p.name == "TYPE" and p.ours == 4.0 and p.theirs in (1.0, 8.0)),
    Known(ANY, "PERCENTILE.EXC and QUARTILE.EXC look at the bounds before the error of the share", "row 17", lambda p: p.name in ("PERCENTILE.EXC", "QUARTILE.EXC") and str(p.theirs) == "#NUM!" and (bool(_errors(p)) or _has(p, str))),
    Known(FZ, "QUARTILE.EXC of a single number is #NUM!", "doc QUARTILE.EXC, PERCENTILE.EXC: the place is a half of two, the first", lambda p: p.name in ("PERCENTILE.EXC", "QUARTILE.EXC") and _number(p.ours) and str(p.theirs) == "#NUM!" and len(_flat(p)) == 2),
    Known(FZ, "MATCH takes a number next to zero for zero", "MATCH compares to the last bit, as in Excel (not verified)", lambda p: p.name in ("MATCH", "XLOOKUP") and str(p.ours) == "#N/A" and _number(p.theirs) and _number(p.our_parts[0]) and 0 < abs(p.our_parts[0]) < 1e-9),
    Known(IC, "a multiple next to zero counts as zero in CEILING and FLOOR", "doc CEILING: the nearest multiple", lambda p: p.name in ("CEILING", "FLOOR", "CEILING.MATH", "FLOOR.MATH") and p.theirs == 0.0 and _number(p.our_parts[1]) and 0 < abs(p.our_parts[1]) < 1e-15),
    Known(LO, "a percentage with an exponent is no number", "row 35 (not verified in Excel)", lambda p: str(p.theirs) == "#VALUE!" and any(isinstance(v, str) and re.fullmatch(r"[0-9.]+[eE][0-9]+%", v) for v in p.our_parts)),
    Known(ANY, "regressions with fewer pairs than they need have another error", "doc SLOPE, STEYX, CORREL: #DIV/0!", lambda p: p.name in (*TWO_RANGES, "CORREL") and str(p.ours) == "#DIV/0!" and _err(p.theirs) and not _errors(p)),
    Known("formualizer ironcalc", "MIRR takes blanks as zero flows", "doc MIRR: empty cells are ignored", lambda p: p.name == "MIRR" and None in _flat(p)),
    Known(ANY, "MIRR without a payment or receipt, or at a rate of -100 % and below", "Excel in Apache POI's samples: receipts alone #DIV/0!, payments alone -1",
          lambda p: p.name == "MIRR" and (_err(p.ours) or _err(p.theirs)) and (min(_numbers(p), default=0.0) >= 0 or max(_numbers(p), default=0.0) <= 0 or any((x := _x(v)) is not None and x <= -1 for v in p.our_parts[1:]))),
    Known(FZ, "LCM of zero, and of more than two numbers, is #VALUE!", "doc LCM: up to 255 numbers; IC and LO give 0", lambda p: p.name == "LCM" and str(p.theirs) == "#VALUE!" and (p.ours == 0.0 or len(p.our_parts) > 2)),
    Known("libreoffice formualizer", "LCM counts an empty cell as 0", "passed over in a reference, as in GCD (not verified in Excel)", lambda p: p.name == "LCM" and None in p.our_parts and p.theirs == 0.0),
    Known("libreoffice formualizer", "GCD and LCM cut parts off before they look at the sign", "doc LCM: below 0 is #NUM!", lambda p: p.name in ("LCM", "GCD") and str(p.ours) == "#NUM!" and any((x := _x(v)) is not None and -1 < x < 0 for v in p.our_parts)),
    Known(FZ, "GCD and LCM refuse numbers beyond 2^31, or call every fault #VALUE!", "doc GCD: #NUM! at 2^53", lambda p: p.name in ("LCM", "GCD") and _err(p.theirs) and (any((x := _x(v)) is not None and (x >= 2**31 or x < 0) for v in p.our_parts) or bool(_errors(p)) or str(p.ours) == "#NUM!")),
    Known("libreoffice ironcalc", "GCD and LCM look at all arguments before the first fault is told", "row 17", lambda p: p.name in ("LCM", "GCD") and bool(_errors(p)) and _err(p.theirs)),
    Known("libreoffice ironcalc", "GCD and LCM beyond 2^53", "doc GCD, LCM: #NUM!", lambda p: p.name in ("LCM", "GCD") and str(p.ours) == "#NUM!" and _number(p.theirs) and any((x := _x(v)) is not None and x > 2**20 for v in p.our_parts)),
    Known(ANY, "texts are not refused as conditions in FIXED", "row 15", lambda p: p.name == "FIXED" and len(p.our_parts) == 3 and isinstance(p.our_parts[2], str)),
    Known(ANY, "FIXED writes the sign of a zero, or cuts its digits", "row 36: never -0.00", lambda p: p.name == "FIXED" and (str(p.theirs).startswith("-0") or _errors(p) != [])),
    Known(ANY, "an empty text is not found, or always at 1", "Excel: FIND(\"\",text,n) is n", lambda p: p.name in ("FIND", "SEARCH") and (p.our_parts[0] in ("", None))),
    Known(FZ, "REPLACE and SUBSTITUTE beyond the end of the text do nothing", "doc REPLACE: the new text is appended",
          lambda p: p.name in ("REPLACE", "SUBSTITUTE") and isinstance(p.ours, str) and not _err(p.ours) and isinstance(p.theirs, str) and not _err(p.theirs)),
    Known(FZ, "REPLACE takes a count that is no number", "row 14", lambda p: p.name == "REPLACE" and str(p.ours) == "#VALUE!" and any(isinstance(v, str) and _x(v) is None for v in p.our_parts[1:3])),
    Known(ANY, "a word after a digit does not begin", "doc PROPER: letters after any character that is no letter", lambda p: p.name == "PROPER" and any(c.isdigit() for c in str(p.our_parts[0]))),
    Known(FZ, "PROPER knows only ASCII", "doc PROPER: letters", lambda p: p.name == "PROPER" and not str(p.ours).isascii()),
    Known(ANY, "a boolean as text", "row 30: TRUE", lambda p: p.name in WITHIN and _has(p, bool)),
    Known(LO, "CODE of nothing is 0, and of other letters that of UTF-8", "doc CODE: Windows' set; #VALUE!", lambda p: p.name == "CODE" and ((p.our_parts[0] in ("", None) and p.theirs == 0.0) or (_number(p.ours) and p.ours >= 128))),
    Known(LO, "CHAR below 1 is the character 0", "doc CHAR: 1 to 255", lambda p: p.name == "CHAR" and str(p.ours) == "#VALUE!" and p.theirs == "\x00"),
    Known(LO, "CHAR of a character the engine's own set lacks", "doc CHAR: Windows' set", lambda p: p.name == "CHAR" and (x := _x(p.our_parts[0])) is not None and 128 <= x < 256),
    Known(IC, "CODE and CHAR call an error of their argument #VALUE!", "row 17", lambda p: p.name in ("CODE", "CHAR") and bool(_errors(p)) and str(p.theirs) == "#VALUE!"),
    Known(ANY, "VLOOKUP and HLOOKUP of other kinds, of blanks and of errors", "doc VLOOKUP: kinds are never mixed; Excel in Apache POI's samples: a blank looks for 0, a column that is no number is #REF!",
          lambda p: p.name in TABLES and not (_number(p.our_parts[0]) and _number(p.our_parts[2]))),
    Known("formualizer ironcalc", "a second is cut, not rounded", "Excel in Apache POI's samples: to the nearest", lambda p: p.name in ("HOUR", "MINUTE", "SECOND") and _number(p.ours) and _number(p.theirs)),
    Known(ANY, "times outside the calendar are computed", "doc HOUR: #NUM! below 0 and beyond 9999", lambda p: p.name in ("HOUR", "MINUTE", "SECOND") and str(p.ours) == "#NUM!"),
    Known(ANY, "TIME before midnight, of more than 32,767, or rounded down", "doc TIME: #NUM!; parts are cut off", lambda p: p.name == "TIME" and (str(p.ours) == "#NUM!" or any(_number(v) and v < 0 for v in p.our_parts))),
    Known(ANY, "DATEVALUE of a time, TIMEVALUE of a date are no error", "Excel: 0, the part that the text does not show", lambda p: p.name in ("DATEVALUE", "TIMEVALUE") and p.ours == 0.0 and str(p.theirs) == "#VALUE!"),
    Known(FZ, "DATEVALUE and TIMEVALUE read few forms", "doc DATEVALUE: a date in any of Excel's formats", lambda p: p.name in ("DATEVALUE", "TIMEVALUE") and _number(p.ours) and str(p.theirs) == "#VALUE!"),
    Known(FZ, "a weekend of other characters is #NUM!", "doc NETWORKDAYS.INTL: text of invalid length or characters is #VALUE!", lambda p: p.name.endswith(".INTL") and str(p.ours) == "#VALUE!" and str(p.theirs) == "#NUM!" and isinstance(p.our_parts[2], str)),
    Known(LO, "TYPE of an empty text is 8", "LibreOffice's own help: 8 is a formula; doc TYPE: a text is 2", lambda p: p.name == "TYPE" and p.our_parts[0] == "" and p.theirs == 8.0),
    Known(ANY, "the last digits of a large angle decide", "an angle of 6.5 million has nine digits behind the point: a difference in the last of them", lambda p: p.name in ("SIN", "COS", "TAN") and _number(p.theirs) and _number(p.our_parts[0]) and abs(p.our_parts[0]) > 1e5 and abs(p.ours - p.theirs) < 1e-14 * abs(p.our_parts[0])),
    Known(ANY, "a repayment far smaller than the payments it is left of", "payments of 1e15 have an eighth behind the point: what is left of them differs beyond", lambda p: p.name == "CUMPRINC" and _number(p.theirs) and _number(p.our_parts[2]) and abs(p.ours - p.theirs) < 1e-10 * abs(p.our_parts[2])),
    Known(LO, "a question about a whole range is answered", "design: a whole range is no single value here", lambda p: p.name in ("ISTEXT", "ISNUMBER", "ISBLANK", "ISLOGICAL", "ISNONTEXT") and str(p.ours) == "#VALUE!" and "INDEX(" in p.excel),
    Known(ANY, "WORKDAY and NETWORKDAYS beyond 9999", "doc WORKDAY: #NUM!", lambda p: p.name.startswith(("WORKDAY", "NETWORKDAYS")) and (str(p.ours) == "#NUM!" or NEVER in p.our_parts)),
    Known(LO, "WEEKNUM counts ISO weeks", "doc WEEKNUM: the week of 1 January is the first", lambda p: p.name == "WEEKNUM" and _number(p.ours)),
    Known(ANY, "DAYS360 at the end of February", "Excel in Apache POI's samples", lambda p: p.name == "DAYS360" and _number(p.ours) and _number(p.theirs) and abs(p.ours - p.theirs) <= 3 and any(_february(v) for v in p.our_parts[:2])),
    Known(LO, "EFFECT and NOMINAL of 0 are 0", "doc EFFECT: #NUM!", lambda p: p.name in ("EFFECT", "NOMINAL") and str(p.ours) == "#NUM!"),
    Known(ANY, "SYD of a negative salvage or a period outside the life is computed", "doc SYD: #NUM!", lambda p: p.name == "SYD" and str(p.ours) == "#NUM!" and _number(p.theirs)),
    Known(LO, "a salvage above the cost is an error", "DDB, DB, VDB: nothing, or less than nothing, is written off (not verified)", lambda p: p.name in ("DDB", "DB", "VDB") and _number(p.ours) and str(p.theirs) == "#VALUE!" and _above(p)),
    Known(ANY, "negative amounts are written off", "doc DB, DDB, VDB: amounts must not be negative", lambda p: p.name in ("DDB", "DB", "VDB") and str(p.ours) == "#NUM!" and _number(p.theirs) and any((x := _x(v)) is not None and x < 0 for v in p.our_parts[:2])),
    Known(ANY, "DB does not cut parts of months and periods off", "doc DB: months and periods are whole", lambda p: p.name == "DB" and any((x := _x(v)) is not None and x % 1 for v in p.our_parts[3:])),
    Known(IC, "VDB of a salvage above the cost adds to it", "VDB: the balance falls to the salvage, never rises", lambda p: p.name == "VDB" and p.ours == 0.0 and _number(p.theirs) and p.theirs < 0 and _above(p)),
    Known("formualizer ironcalc", "DOLLARDE rounds to whole parts", "doc DOLLARDE: price*10^n/fraction", lambda p: p.name == "DOLLARDE" and _number(p.ours) and _number(p.theirs) and abs(p.ours - p.theirs) <= 1),
    Known(LO, "PERCENTRANK rounds", "doc PERCENTRANK: 5/9 is 0.555", lambda p: p.name == "PERCENTRANK" and _number(p.ours) and _number(p.theirs) and 0 < p.theirs - p.ours < 0.1001),
    Known(LO, "LOGNORMDIST and EXPONDIST below zero are 0", "doc LOGNORMDIST, EXPONDIST: #NUM!", lambda p: p.name in ("LOGNORMDIST", "EXPONDIST") and str(p.ours) == "#NUM!" and p.theirs == 0.0),
    Known(FZ, "BINOMDIST of a probability of 0 or 1 is not a number", "doc BINOMDIST: 0 to 1", lambda p: p.name == "BINOMDIST" and "nan" in str(p.theirs) and _x(p.our_parts[2]) in (0.0, 1.0)),
    Known(IC, "STANDARDIZE and DB refuse a condition", "row 14", lambda p: p.name in ("STANDARDIZE", "DB") and str(p.theirs) == "#VALUE!" and _has(p, bool)),
    Known(IC, "MAXA and MINA of nothing are #VALUE!", "doc MAXA: 0", lambda p: p.name in ("MAXA", "MINA") and p.ours == 0.0 and str(p.theirs) == "#VALUE!"),
    Known(FZ, "an infinite result is shown", "row 9", lambda p: str(p.ours) == "#NUM!" and str(p.theirs).startswith("not a number")),
    Known("formualizer ironcalc", "CUMIPMT and CUMPRINC do not cut parts of periods off", "doc CUMIPMT: periods are truncated", lambda p: p.name in ("CUMIPMT", "CUMPRINC") and any((x := _x(v)) is not None and x % 1 for v in p.our_parts[3:5])),
    Known(LO, "CUMIPMT and CUMPRINC of several faults", "row 17", lambda p: p.name in ("CUMIPMT", "CUMPRINC") and _err(p.ours) and _err(p.theirs) and bool(_errors(p))),
    Known(ANY, "a difference of payments keeps few digits", "the payment and the interest agree to the last bit", lambda p: p.name in ("PPMT", "CUMPRINC") and _number(p.ours) and _number(p.theirs) and abs(p.ours - p.theirs) <= 1e-7 * abs(p.ours) + 1e-15 * max(map(abs, _numbers(p)))),
    Known(FZ, "an error of a text function is not questioned by the newer questions", "doc ISERR, IFNA: errors are values", lambda p: p.name in (*QUESTIONS, "IF") and bool(_errors(p))),
    Known(FZ, "ATANH of 1 is infinite", "doc ATANH: between -1 and 1", lambda p: p.name == "TANH" and bool(_errors(p))),
    Known(ANY, "COMBIN of parts below zero", "doc COMBIN: parts are cut off first", lambda p: p.name == "COMBIN" and any(_number(v) and -1 < v < 0 for v in p.our_parts)),
    Known(ANY, "ODD of a negative zero is -1", "row 36: there is no negative zero", lambda p: p.name == "ODD" and p.our_parts[0] == 0.0),
    Known(LO, "a number written as text is an error in statistics", "row 14", lambda p: p.name in SPREADS and any(_numeric_text(v) for v in _single(p))),
    Known(ANY, "dates and times in text are not read", "Excel in textfuns.xls, finfuns.xls of gnumeric's samples: TEXT(\"4/15/1999\",…), XIRR of text dates",
          lambda p: str(p.theirs) == "#VALUE!" and any(isinstance(v, str) and text_to_number(v) is not None and (":" in v or any(m in v for m in ("/", "-", " "))) for v in _single(p))),
    Known(FZ, "a number written as text is passed over in totals and statistics", "row 14", lambda p: p.name in (*TOTALS, *SPREADS) and any(_numeric_text(v) for v in _single(p))),
    Known("formualizer ironcalc", "an infinite number is passed on by SINH, COSH, ATANH", "row 9", lambda p: str(p.ours) == "#NUM!" and any(f"{n}(" in p.excel for n in ("SINH", "COSH", "ATANH"))),
    Known("formualizer ironcalc", "a missing argument is passed over in statistics", "row 45: it is 0", lambda p: p.name in SPREADS and None in p.our_parts),
    Known("ironcalc libreoffice", "MATCH and XLOOKUP of a blank cell are #N/A", "Excel in Apache POI's LookupFunctionsTestCaseData: a blank looks for 0", lambda p: p.name in ("MATCH", "XLOOKUP") and p.our_parts[0] is None),
    Known(ANY, "FIXED beyond 15 digits, or with its digits left out", "15 digits; row 45: a missing argument is 0", lambda p: p.name == "FIXED" and (None in p.our_parts or (_number(p.our_parts[0]) and abs(p.our_parts[0]) >= 1e14))),
    Known(FZ, "SUBSTITUTE looks at its occurrence last", "row 17: the occurrence is no number above 0", lambda p: p.name == "SUBSTITUTE" and str(p.ours) == "#VALUE!"),
    Known(IC, "an infinite EXP or power turns into another error", "row 9", lambda p: str(p.ours) == "#NUM!" and bool(_errors(p)) and _err(p.theirs)),
    Known(ANY, "QUARTILE of a part below zero", "doc QUARTILE: the quarter is truncated first", lambda p: p.name == "QUARTILE" and _err(p.theirs) and _number(p.our_parts[1]) and -1 < p.our_parts[1] < 0),
    # -- powers and arithmetic ----------------------------------------------------------------------
    Known("formualizer libreoffice", "0^0 is 1", "row 5", lambda p: p.name in ("^", "POWER") and str(p.ours) == "#NUM!" and p.theirs == 1.0 and _zeroish(p)),
    Known("formualizer libreoffice", "0 to a negative power is #NUM!", "row 6", lambda p: p.name in ("^", "POWER") and str(p.ours) == "#DIV/0!" and _kind(p.theirs) in ("#NUM!", "#VALUE!")),
    Known(IC, "an overflowing power is #DIV/0!", "row 8: 1E308*10 is #NUM!", lambda p: p.name in ("^", "POWER") and str(p.ours) == "#NUM!" and str(p.theirs) == "#DIV/0!"),
    Known(FZ, "an odd root of a negative number is #NUM!", "row 4", lambda p: p.name in ("^", "POWER") and _number(p.ours) and str(p.theirs) == "#NUM!"),
    Known(LO, "a power that underflows is #NUM!", "doc POWER: no such error", lambda p: p.name in ("^", "POWER", "EXP") and p.ours == 0.0 and _kind(p.theirs) in ("#NUM!", "#VALUE!")),
    Known(FZ, "CEILING and FLOOR of negative numbers and zero", "row 25", lambda p: p.name in ("CEILING", "FLOOR", "CEILING.MATH", "FLOOR.MATH") and any((x := _x(v)) is not None and x <= 0 for v in p.our_parts)),
    Known(LO, "MROUND of different signs is computed", "row 26", lambda p: p.name == "MROUND" and str(p.ours) == "#NUM!" and _number(p.theirs)),
    Known("ironcalc libreoffice", "MOD by a rounded quotient", "Excel since 2010: MOD(10,0.1) is 0.1, MOD(281.44,0.02) 0.02 (social.technet.microsoft.com, “Excel 2010 MOD bug”), the exact remainder",
          lambda p: p.name == "MOD" and _number(p.ours) and _number(p.theirs) and _remainders(p)),
    Known(ANY, "MOD of a number beyond Excel's limit is computed", "#NUM! from 1,125,900,000,000 times the divisor on: Google's page of MOD; Univer's MOD", lambda p: p.name == "MOD" and str(p.ours) == "#NUM!" and _number(p.theirs) and _big(p)),
    Known(LO, "MOD looks at its divisor first", "row 14: coercion comes first", lambda p: p.name == "MOD" and str(p.ours) == "#VALUE!" and str(p.theirs) == "#DIV/0!"),
    Known(LO, "ATAN2(0,0) is 0", "row 42", lambda p: p.name == "ATAN2" and str(p.ours) == "#DIV/0!" and _number(p.theirs)),
    Known(LO, "a boolean's format sticks to a computed number", "LO shows -FALSE as FALSE: a matter of format", lambda p: isinstance(p.theirs, bool) and _number(p.ours) and float(p.theirs) == p.ours),
    Known(FZ, "LOG to base 1 is #NUM!", "doc LOG: ln base in the denominator, #DIV/0!", lambda p: p.name == "LOG" and str(p.ours) == "#DIV/0!" and str(p.theirs) == "#NUM!"),
    Known(LO, "#NUM!, #DIV/0!, #REF! and #N/A of an argument outside its bounds are saved as #VALUE!", "LO's Err:502 has no kind of its own in the file",
          lambda p: str(p.theirs) == "#VALUE!" and not _errors(p) and (str(p.ours) == "#NUM!" or p.name in BOUNDS.get(_kind(p.ours), ()))),
    Known(LO, "#NUM! of an argument outside its bounds is saved as #N/A or #DIV/0!", "LO's own error codes have no kind in the file",
          lambda p: str(p.ours) == "#NUM!" and str(p.theirs) in ("#N/A", "#DIV/0!") and not _errors(p)),
    Known(ANY, "of several errors not the leftmost wins", "row 17", lambda p: _err(p.ours) and _err(p.theirs) and p.ours != p.theirs and _candidate(p)),
    # -- booleans ----------------------------------------------------------------------------------
    Known(LO, "booleans are numbers: in comparisons, totals, searches, criteria, questions", "rows 11 to 13",
          lambda p: (p.name in (*COMPARE, *TOTALS, *CRITERIA, "ISNUMBER", "MATCH", "LOOKUP", "XLOOKUP", "SWITCH", "N")) and (_has(p, bool) or True in p.our_parts)),
    Known(ANY, "a range of one cell is that cell", "design: a whole range is no single value here, whatever its length", lambda p: str(p.ours) == "#VALUE!" and ",0)" in p.excel and "INDEX(" in p.excel),
    Known(IC, "an infinite EXP is no error to ISERR", "row 9", lambda p: p.name in ("ISERR", "ISERROR") and p.ours is True and p.theirs is False and "EXP(" in p.excel and any(_kind(v) == "#NUM!" for v in _errors(p))),
    Known(IC, "an infinite number is passed on by EXP and NPER", "row 9", lambda p: str(p.ours) == "#NUM!" and bool(_errors(p)) and not _err(p.theirs) and ("EXP(" in p.excel or "NPER(" in p.excel)),
    Known(IC, "a boolean is refused before the error of another argument", "row 17", lambda p: p.name in ("MROUND", "EDATE", "EOMONTH", "YEARFRAC") and _err(p.ours) and str(p.theirs) == "#VALUE!" and _has(p, bool)),
    Known(LO, "a power with text that is no number is #NUM!", "row 14: coercion comes first", lambda p: p.name in ("^", "POWER") and str(p.ours) == "#VALUE!" and str(p.theirs) == "#NUM!"),
    Known(LO, "IFERROR of a missing argument is #N/A", "row 19: missing is blank", lambda p: p.name == "IFERROR" and None in p.our_parts),
    Known(LO, "a result below 1E-307 is #NUM!", "row 8: only overflow is an error", lambda p: _number(p.ours) and abs(p.ours) < 1e-306 and _kind(p.theirs) in ("#NUM!", "#VALUE!")),
    Known(ANY, "text of a reference is passed over by a total", "INDEX gives a reference: Excel too would pass it over; behind + ours is the value (not verified)",
          lambda p: p.name in (*TOTALS, *SPREADS) and "INDEX(" in p.excel and (str(p.ours) == "#VALUE!" or str(p.theirs) == "#VALUE!")),
    Known(FZ, "TRUE as text is no condition", "row 15", lambda p: p.name in ("OR", "AND", "IF", "NOT", "XOR") and str(p.theirs) == "#VALUE!" and any(isinstance(v, str) and v.upper() in ("TRUE", "FALSE") for v in _single(p))),
    Known(FZ, "numbers are compared to the last bit", "row 27", lambda p: p.name in COMPARE and all(_number(v) for v in p.our_parts) and digits15(p.our_parts[0]) == digits15(p.our_parts[1])),
    Known(IC, "PRODUCT of an array is not implemented", "the engine says #N/IMPL!", lambda p: "IMPL" in _kind(p.theirs)),
    Known("ironcalc libreoffice", "UPPER writes ß as two letters or as ẞ", "not verified in Excel, whose UPPER keeps the length", lambda p: p.name == "UPPER" and "ß" in str(p.our_parts[0])),
    Known(LO, "wildcards do not match in an array constant", "row 43; doc MATCH", lambda p: p.name == "MATCH" and "{" in p.excel),
    Known(LO, "a boolean as text is 1 or 0", "row 30", lambda p: p.name in (*TEXTS, "TEXT", "VALUE") and _has(p, bool)),
    Known(FZ, "a boolean as text is written in small letters, by TEXT as a number", "row 30", lambda p: p.name in (*TEXTS, "TEXT") and _has(p, bool)),
    Known(IC, "TEXT of a boolean is a boolean", "row 30", lambda p: p.name == "TEXT" and isinstance(p.theirs, bool)),
    Known("libreoffice formualizer", "EDATE, EOMONTH, MROUND, YEARFRAC take booleans", "issue ironcalc#1401 and #625: seen as #VALUE! in Excel",
          lambda p: p.name in ("EDATE", "EOMONTH", "MROUND", "YEARFRAC") and _has(p, bool) and str(p.ours) == "#VALUE!"),
    Known(IC, "LEFT, RIGHT, MID refuse a count given as a boolean or as text", "doc LEFT: any number; row 14 on coercion",
          lambda p: p.name in ("LEFT", "RIGHT", "MID") and str(p.theirs) == "#VALUE!" and any(isinstance(v, bool) or _numeric_text(v) for v in p.our_parts[1:])),
    Known(IC, "written-out booleans and numbers as text are passed over", "rows 13, 14", lambda p: p.name in ("STDEV", "NPV", "MEDIAN", "COUNT") and any(isinstance(v, (bool, str)) for v in _single(p))),
    Known(IC, "a missing argument is passed over", "row 45", lambda p: p.name in TOTALS and None in p.our_parts),
    Known("ironcalc libreoffice", "a number as text is a condition", "row 15", lambda p: p.name in ("AND", "OR", "IF", "IFS", "NOT", "XOR", "TEXTJOIN", "SWITCH") and str(p.ours) == "#VALUE!" and any(_numeric_text(v) for v in _single(p))),
    Known(IC, "AND and OR stop at the first answer", "row 16", lambda p: p.name in ("AND", "OR") and _err(p.ours) and isinstance(p.theirs, bool) and bool(_errors(p))),
    # -- text --------------------------------------------------------------------------------------
    Known("formualizer ironcalc", "numbers become text with 17 digits and without exponent", "row 29", lambda p: p.name in (*TEXTS, "TEXT") and any(_long(v) for v in (*_single(p), *p.their_parts) if not isinstance(v, list))),
    Known(LO, "numbers become text with other digits at the border of the exponent", "row 29", lambda p: p.name in TEXTS and any(_long(v) for v in _single(p))),
    Known("formualizer ironcalc", "negative zero is written with its sign", "row 36: never -0", lambda p: p.name in TEXTS and isinstance(p.theirs, str) and "-0" in p.theirs),
    Known(FZ, "LOWER and UPPER know only ASCII", "doc LOWER: letters", lambda p: p.name in ("LOWER", "UPPER") and isinstance(p.ours, str) and not p.ours.isascii()),
    Known("formualizer ironcalc", "TEXT with an exponent, or of a number given as text", "row 36", lambda p: p.name == "TEXT" and ("E+" in str(p.our_parts[1]) or _numeric_text(p.our_parts[0]))),
    Known(IC, "TEXT rounds halves to even", "row 36", lambda p: p.name == "TEXT" and _number(p.our_parts[0]) and "y" not in str(p.our_parts[1]) and "E" not in str(p.our_parts[1])),
    Known("formualizer ironcalc", "a number written as text is not taken for one", "row 14", lambda p: str(p.theirs) == "#VALUE!" and p.name not in COMPARE and any(_numeric_text(v) for v in _single(p))),
    Known(LO, "a number written as text is an error in totals", "row 14", lambda p: p.name in TOTALS and any(isinstance(v, str) for v in _single(p)) and (str(p.theirs) == "#VALUE!" or _errors(p) or p.name == "COUNT")),
    Known(FZ, "text among the arguments of a total is passed over", "row 13: SUM(\"x\") is #VALUE!", lambda p: p.name in (*TOTALS,) and str(p.ours) == "#VALUE!" and any(isinstance(v, str) and not _err(v) for v in _single(p))),
    Known(FZ, "an error of a text function is not counted and not questioned", "doc COUNT, ISERROR: errors are values", lambda p: p.name in ("COUNT", "COUNTA", "ISNA", "ISTEXT", "ISNUMBER", "ISBLANK", "ISERROR", "IFERROR", "N") and _err(p.theirs) and bool(_errors(p))),
    Known(FZ, "a negative count between -1 and 0 is cut to 0, a blank text as count is 0", "row 18: \"\" is no number",
          lambda p: p.name in ("LEFT", "RIGHT", "MID", "REPT") and str(p.ours) == "#VALUE!" and isinstance(p.theirs, str)),
    Known(FZ, "CHOOSE refuses a condition as its index", "row 14: coerced as in arithmetic", lambda p: p.name == "CHOOSE" and p.our_parts[0] is True and str(p.theirs) == "#VALUE!"),
    Known(FZ, "VALUE of a blank cell is #VALUE!", "row 18", lambda p: p.name == "VALUE" and None in p.our_parts),
    Known(LO, "VALUE reads TRUE", "row 35", lambda p: p.name == "VALUE" and str(p.ours) == "#VALUE!"),
    Known(LO, "TRUE as text is a number in arithmetic", "row 35", lambda p: str(p.ours) == "#VALUE!" and any(isinstance(v, str) and v.upper() == "TRUE" for v in _single(p))),
    Known(LO, "REPT beyond a cell's length has an error of its own", "limits: 32,767 characters", lambda p: p.name in ("REPT", "&") and str(p.ours) == "#VALUE!"),
    # -- dates -------------------------------------------------------------------------------------
    Known("libreoffice ironcalc formualizer", "dates before March 1900", "row 31", lambda p: p.name in DATES and _early(p)),
    Known(LO, "years below 100 are of this century", "row 32", lambda p: p.name == "DATE" and agree(p.our_parts[0] is not None and 0 <= float(p.our_parts[0]) < 1900, True)),
    Known(IC, "a panic far beyond the calendar", "the engine aborts", lambda p: _err(p.theirs) and p.theirs.startswith("panic")),
    Known(IC, "DATE rounds parts of negative months and days down", "LO and FZ cut off as documented", lambda p: p.name == "DATE" and any(_number(v) and v < 0 and v != int(v) for v in p.our_parts)),
    Known(IC, "YEARFRAC counts the parts of a day", "row 34; doc YEARFRAC: whole days", lambda p: p.name == "YEARFRAC" and any(_number(v) and v != int(v) for v in p.our_parts[:2])),
    Known("ironcalc formualizer", "YEARFRAC 30/360 at the end of February", "row 34", lambda p: p.name == "YEARFRAC" and _number(p.ours) and _number(p.theirs) and abs(p.ours - p.theirs) < 0.02),
    Known(IC, "a date in EDATE and EOMONTH that is blank is #NUM!", "issue ironcalc#1400: Excel takes 0", lambda p: p.name in ("EDATE", "EOMONTH") and _err(p.theirs) and None in p.our_parts),
    # -- money -------------------------------------------------------------------------------------
    Known("libreoffice formualizer", "XNPV at a rate of zero or below is computed", "row 39", lambda p: p.name == "XNPV" and str(p.ours) == "#NUM!" and _number(p.theirs)),
    Known(IC, "XNPV refuses blanks among its values", "LO and FZ take them as 0, as here", lambda p: p.name == "XNPV" and None in _flat(p)),
    Known(FZ, "a number with a date's format comes back in whole microseconds", "formualizer gives a datetime", lambda p: _number(p.ours) and _number(p.theirs) and abs(p.ours - p.theirs) < 1e-5 and p.ours > 61 and not p.ours.is_integer()),
    Known(FZ, "IRR takes blanks as zero flows", "row 37", lambda p: p.name == "IRR" and None in _flat(p)),
    Known(ANY, "IPMT and PPMT of a period beyond the last", "doc IPMT: period from 1 to nper", lambda p: p.name in ("IPMT", "PPMT") and str(p.ours) == "#NUM!"),
    Known(ANY, "NPER without payment and interest", "no number of periods: ln(0/0)", lambda p: p.name == "NPER" and str(p.ours) == "#NUM!" and (p.theirs == 0.0 or str(p.theirs) == "#DIV/0!" or str(p.theirs).startswith("not a number"))),
    Known("libreoffice ironcalc", "PMT, PV, FV at extreme rates", "a power of rate and periods beyond a number's range", lambda p: (p.name in LOANS and any(_number(v) and abs(v) > 2 for v in p.our_parts[:1])) or (p.name in LOANS and any(_numeric_text(v) for v in p.our_parts[:1]))),
    # -- ranges ------------------------------------------------------------------------------------
    Known(FZ, "INDEX with a negative place is #REF!", "doc INDEX: #VALUE! below 0", lambda p: p.name == "INDEX" and str(p.ours) == "#VALUE!" and str(p.theirs) == "#REF!"),
    Known("formualizer ironcalc", "AGGREGATE over an array, by which MINIFS and MAXIFS pass over errors, is missing", "doc AGGREGATE: array form of SMALL and LARGE",
          lambda p: p.name in ("MINIFS", "MAXIFS") and bool(_errors(p)) and _err(p.theirs)),
    Known(FZ, "ranges of different lengths are stretched", "doc SUMIFS, SUMPRODUCT: #VALUE!", lambda p: p.name in (*CRITERIA, "SUMPRODUCT") and str(p.ours) == "#VALUE!"),
    Known(FZ, "SUMPRODUCT counts text and booleans", "doc SUMPRODUCT: they are zeros", lambda p: p.name == "SUMPRODUCT" and _number(p.theirs) and ("$I$1:$I$8" in p.excel or "$H$1:$H$8" in p.excel)),
    Known(LO, "SUMPRODUCT counts booleans", "doc SUMPRODUCT: they are zeros", lambda p: p.name == "SUMPRODUCT" and _number(p.theirs) and "$I$1:$I$8" in p.excel),
    Known(FZ, "PERCENTILE answers #NUM! whatever is wrong with its share", "row 17", lambda p: p.name == "PERCENTILE" and _err(p.ours)),
    Known(LO, "CORREL over blanks and texts", "doc CORREL: pairs without a number are passed over", lambda p: p.name == "CORREL" and any(v is None or isinstance(v, (str, bool)) for v in _flat(p))),
    Known(IC, "a criterion <> or >= of text over numbers and blanks", "row 43", lambda p: p.name in CRITERIA and any(isinstance(c, str) and c[:1] in "<>" and text_to_number(c.lstrip("<>=")) is None for c in _criteria(p))),
    Known(IC, "the criterion = counts empty texts", "row 18: empty is not \"\"", lambda p: p.name in CRITERIA and "=" in _criteria(p)),
    Known(LO, "wildcards match numbers", "doc COUNTIF: wildcards stand for text", lambda p: p.name in CRITERIA and any(isinstance(c, str) and ("?" in c or "*" in c) for c in _criteria(p))),
    Known(LO, "criteria of blanks over blanks", "row 43", lambda p: p.name in CRITERIA and any(c in ("", "=", "<>", None) for c in _criteria(p)) and None in _flat(p)),
    Known(LO, "the criterion TRUE counts ones", "row 12", lambda p: p.name in CRITERIA and (True in [c for c in _criteria(p) if isinstance(c, bool)])),
    Known(FZ, "criteria order texts by code point", "marks before digits before letters, as in LO", lambda p: (p.name in CRITERIA and any(isinstance(c, str) and c[:1] in "<>" for c in _criteria(p))) or (p.name in COMPARE and all(isinstance(v, str) for v in p.our_parts))),
    Known(IC, "texts are ordered by code point", "marks before digits before letters, as in LO", lambda p: p.name in COMPARE and all(isinstance(v, str) for v in p.our_parts)),
    Known("formualizer ironcalc libreoffice", "LOOKUP and MATCH of a text or condition among numbers", "doc LOOKUP, MATCH: #N/A, kinds are never mixed",
          lambda p: p.name in ("LOOKUP", "MATCH") and str(p.ours) == "#N/A" and isinstance(p.our_parts[0], (str, bool)) and not _err(p.theirs)),
    Known(LO, "an argument's bounds are looked at before the errors of others", "row 17", lambda p: _err(p.ours) and _err(p.theirs) and str(p.ours) in {str(e) for e in _errors(p)}),
    Known(LO, "SUM over errors shows the last", "row 17", lambda p: len(_errors(p)) > 1 and _err(p.theirs) and _err(p.ours)),
    # -- seen on seeds 3 to 10 -------------------------------------------------------------------------
    Known(ANY, "FIXED rounds the binary number", "rows 21, 36: as TEXT(1.005,\"0.00\"), 1.01", lambda p: p.name == "FIXED" and isinstance(p.ours, str) and isinstance(p.theirs, str) and (a := text_to_number(p.ours)) is not None and (b := text_to_number(p.theirs)) is not None and abs(a - b) <= 1.01 * 10.0 ** -int(_x(p.our_parts[1]) or 0)),
    Known(LO, "a month and a day in text are a date of this year", "design: what the clock decides is refused", lambda p: p.name in ("SINH", "COSH", "EXP", "FACT") and str(p.ours) == "#VALUE!" and str(p.theirs) == "#NUM!" and any(isinstance(v, str) and any(c.isdigit() for c in v) for v in _single(p))),
    Known(LO, "functions of the former Analysis ToolPak take an empty text as 0", "row 18", lambda p: p.name in (*TOOLPAK, "YEARFRAC", "EDATE", "EOMONTH", "MROUND") and str(p.ours) == "#VALUE!" and "" in p.our_parts and not _err(p.theirs)),
    Known(LO, "TEXT shows more than 15 digits", "row 29: 15 digits", lambda p: p.name == "TEXT" and (x := _x(p.our_parts[0])) is not None and abs(x) >= 1e15),
    Known(ANY, "a spread below the digits of its numbers", "the deviation is of the order of their last bits", lambda p: p.name in SPREADS and _number(p.ours) and _number(p.theirs) and abs(p.ours - p.theirs) <= (1e-14 * max(map(abs, _numbers(p)), default=0.0)) ** 2),
    Known(LO, "numbers that differ in their last bits are whole, or equal", "rows 23, 27: 15 digits, and INT cuts off",
          lambda p: (p.name in ("TRUNC", "INT", "ROUNDDOWN", "ROUNDUP", "QUOTIENT") and _number(p.ours) and _number(p.theirs) and abs(p.ours - p.theirs) <= 1.01 * 10.0 ** -(int(_x(p.our_parts[1]) or 0) if len(p.our_parts) > 1 and p.name != "QUOTIENT" else 0))
          or (p.name in COMPARE and all(_number(v) for v in p.our_parts) and abs(p.our_parts[0] - p.our_parts[1]) <= 2.0**-47 * abs(p.our_parts[0]))),
    Known("ironcalc libreoffice", "a comparison with 0 of a number below 1E-16", "only 15 digits count, not the size", lambda p: p.name in COMPARE and 0.0 in p.our_parts and any(_number(v) and 0 < abs(v) < 1e-16 for v in p.our_parts)),
    Known(LO, "an occurrence beyond 2^31 is #VALUE!", "doc SUBSTITUTE", lambda p: p.name == "SUBSTITUTE" and str(p.theirs) == "#VALUE!" and len(p.our_parts) > 3 and (x := _x(p.our_parts[3])) is not None and x >= 2**31),
    Known(FZ, "COMBIN of numbers beyond 2^53", "more than a number can hold: #NUM!", lambda p: p.name == "COMBIN" and str(p.ours) == "#NUM!" and any((x := _x(v)) is not None and x >= 2**53 for v in p.our_parts)),
    Known(FZ, "NPER of a payment below 1E-12", "a number of periods all the same", lambda p: p.name == "NPER" and str(p.theirs) == "#NUM!" and (x := _x(p.our_parts[1])) is not None and abs(x) < 1e-12),
    Known("formualizer ironcalc", "an error of a hyperbolic function is questioned as a number", "row 9", lambda p: p.name in ("ISNUMBER", "ISERROR", "ISERR", "IFERROR") and any(f"{n}(" in p.excel for n in ("ACOSH", "ATANH", "SINH", "COSH")) and bool(_errors(p))),
    Known(LO, "LEFT looks at its count before its text", "row 17", lambda p: p.name in ("ISERR", "ISNA", "IFNA", "ERROR.TYPE") and bool(_errors(p)) and any(f"{n}(" in p.excel for n in ("LEFT", "RIGHT", "MID", "REPT"))),
    Known(ANY, "PERCENTRANK of more digits than a number has", "cut off after 15", lambda p: p.name == "PERCENTRANK" and len(p.our_parts) > 2 and (x := _x(p.our_parts[2])) is not None and x > 15),
    Known(FZ, "PERCENTRANK passes over an error of its digits", "row 17", lambda p: p.name == "PERCENTRANK" and len(p.our_parts) > 2 and _x(p.our_parts[2]) is None),
    Known(IC, "PERCENTRANK looks at its range before an error", "row 17", lambda p: p.name == "PERCENTRANK" and bool(_errors(p)) and str(p.theirs) == "#N/A"),
    Known(ANY, "POISSON of the mean 0", "doc POISSON: #NUM! below 0 only", lambda p: p.name == "POISSON" and _number(p.ours) and _x(p.our_parts[1]) == 0),
    Known(FZ, "POISSON cuts parts of a count off before it looks at the sign", "doc POISSON: #NUM! below 0", lambda p: p.name == "POISSON" and str(p.ours) == "#NUM!" and (x := _x(p.our_parts[0])) is not None and -1 < x < 0),
    Known("ironcalc libreoffice", "VDB without a factor, or of a salvage above the cost, is an error", "doc VDB: nothing is written off below the salvage", lambda p: p.name == "VDB" and p.ours == 0.0 and _kind(p.theirs) in ("#NUM!", "#VALUE!")),
    Known("formualizer ironcalc", "KURT and SKEW of infinite deviations", "row 8", lambda p: p.name in ("KURT", "SKEW") and str(p.ours) == "#NUM!" and max(map(abs, _numbers(p)), default=0.0) > 1e150),
    Known(FZ, "DOLLARDE and DOLLARFR of a fraction below 1 are #NUM!", "doc DOLLARDE: #DIV/0!", lambda p: p.name in ("DOLLARDE", "DOLLARFR") and str(p.ours) == "#DIV/0!" and str(p.theirs) == "#NUM!"),
    Known(LO, "MAXA, MINA and AVERAGEA take text as 0", "doc MAXA: text written out is an error", lambda p: p.name in ("MAXA", "MINA", "AVERAGEA") and str(p.ours) == "#VALUE!" and _number(p.theirs) and any(isinstance(v, str) for v in _single(p))),
    Known(FZ, "DB of the year after the life is taken from all that is left", "doc DB: 15,845.10 in its seventh year", lambda p: p.name == "DB" and _number(p.ours) and (x := _x(p.our_parts[3])) is not None and (y := _x(p.our_parts[2])) is not None and x > y),
    Known(FZ, "TEXT with conditions in brackets or characters outside ASCII", "doc TEXT: (123) 456-7898; 12° 34' 56''", lambda p: p.name == "TEXT" and isinstance(p.our_parts[1], str) and ("[" in p.our_parts[1] or not p.our_parts[1].isascii())),
    Known("ironcalc libreoffice", "criteria over an array constant", "Excel wants a reference there; its array is one to us", lambda p: p.name in CRITERIA and "({" in p.excel and (str(p.theirs) == "#VALUE!" or len(p.our_parts) == 2)),
    Known(IC, "MATCH downwards in a range that rises", "doc MATCH: #N/A for 40 among 25, 38, 40, 41", lambda p: p.name == "MATCH" and "{" in p.excel and str(p.ours) == "#N/A" and _x(p.our_parts[-1]) == -1),
    Known(LO, "a written #NULL! is another error", "doc ERROR.TYPE: 1", lambda p: p.name == "ERROR.TYPE" and "#NULL!" in [str(v) for v in p.our_parts]),
    Known(IC, "PRODUCT of no number is 1", "row 20", lambda p: p.name == "PRODUCT" and p.ours == 0.0 and p.theirs == 1.0),
    Known(IC, "VLOOKUP's column 0 is #REF!", "row 44", lambda p: p.name in TABLES and str(p.ours) == "#VALUE!" and str(p.theirs) == "#REF!" and (x := _x(p.our_parts[2])) is not None and x < 1),
    Known("formualizer libreoffice", "ISPMT of no periods is #NUM!", "doc ISPMT: the period is divided by them: #DIV/0!", lambda p: p.name == "ISPMT" and str(p.ours) == "#DIV/0!" and str(p.theirs) == "#NUM!"),
    Known("formualizer libreoffice", "ISEVEN and ISODD of a blank are #VALUE!", "Excel in Apache POI's samples: a blank is even", lambda p: p.name in ("ISEVEN", "ISODD") and p.our_parts[0] is None and str(p.theirs) == "#VALUE!"),
    Known(LO, "ISEVEN and ISODD of a number as text are #VALUE!", "row 14", lambda p: p.name in ("ISEVEN", "ISODD") and _numeric_text(p.our_parts[0]) and str(p.theirs) == "#VALUE!"),
    Known(LO, "VLOOKUP, HLOOKUP and XLOOKUP give a boolean as a number", "row 12", lambda p: p.name in (*TABLES, "XLOOKUP") and isinstance(p.ours, bool) and _number(p.theirs)),
    Known(ANY, "PERMUT of no items is 1", "doc PERMUT: #NUM! where number is 0 or below", lambda p: p.name == "PERMUT" and str(p.ours) == "#NUM!" and p.theirs == 1.0 and (x := _x(p.our_parts[0])) is not None and x < 1),
    Known("formualizer ironcalc", "DATEDIF YD counts the leap day of another year", "LO as here; Microsoft's page warns of the unit", lambda p: p.name == "DATEDIF" and _number(p.ours) and _number(p.theirs) and abs(p.ours - p.theirs) == 1 and str(p.our_parts[2]).upper() == "YD"),
    Known(FZ, "ERROR.TYPE passes an error on", "doc ERROR.TYPE: its number", lambda p: p.name == "ERROR.TYPE" and _number(p.ours) and _err(p.theirs)),
    Known(IC, "ERROR.TYPE of an infinite number is #N/A", "row 9", lambda p: p.name == "ERROR.TYPE" and p.ours == 6.0 and str(p.theirs) == "#N/A"),
    Known(LO, "ERROR.TYPE knows no Err:502", "LO's own error codes have no kind", lambda p: p.name == "ERROR.TYPE" and _number(p.ours) and str(p.theirs) == "#N/A"),
    Known(FZ, "SUBSTITUTE of an empty text passes over an error of its occurrence", "row 17", lambda p: p.name == "SUBSTITUTE" and bool(_errors(p)) and isinstance(p.theirs, str) and not _err(p.theirs)),
    Known("formualizer ironcalc", "LEN counts the sign of a negative zero", "row 36: never -0", lambda p: p.name == "LEN" and p.our_parts[0] == 0.0 and p.theirs == 2.0),
    Known("formualizer libreoffice", "DOLLARDE and DOLLARFR of a fraction beyond 2^31", "doc DOLLARDE: no such bound", lambda p: p.name in ("DOLLARDE", "DOLLARFR") and (x := _x(p.our_parts[1])) is not None and x >= 2**31),
    Known("formualizer ironcalc", "ISEVEN and ISODD beyond 2^53", "such a number is even", lambda p: p.name in ("ISEVEN", "ISODD") and (x := _x(p.our_parts[0])) is not None and abs(x) >= 2**53),
    Known("ironcalc libreoffice", "a reference behind + is still one", "row 14: what + gives is a value", lambda p: p.name in (*TOTALS, *SPREADS) and any(mark in p.excel for mark in ("(+$", ",+$", "(+I", ",+I"))),
    Known(LO, "GEOMEAN of a zero beside a text or an error is 0", "row 13: a text written out is #VALUE!", lambda p: p.name == "GEOMEAN" and _err(p.ours) and p.theirs == 0.0),
    Known("formualizer ironcalc", "PERCENTRANK of one number", "LO as here: 1", lambda p: p.name == "PERCENTRANK" and p.ours == 1.0 and len(_numbers(p)) == 2),
    Known(FZ, "CEILING and FLOOR take the last bits for a part of a multiple", "row 23; doc CEILING: 0.234 by 0.01", lambda p: p.name in ("CEILING", "FLOOR", "CEILING.MATH", "FLOOR.MATH") and _number(p.ours) and _number(p.theirs) and (d := _x(p.our_parts[1])) is not None and agree(abs(p.ours - p.theirs), abs(d), 1e-3)),
    Known(IC, "DB of negative amounts is a text NaN", "row 9", lambda p: "DB(" in p.excel and str(p.ours) == "#NUM!" and ("NaN" in str(p.theirs) or p.name in COMPARE)),
    Known(FZ, "RANK finds a number that is near", "doc RANK: #N/A", lambda p: p.name == "RANK" and str(p.ours) == "#N/A" and _number(p.theirs) and (x := _x(p.our_parts[0])) is not None and min((abs(x - y) for y in _numbers(p)[1:]), default=1.0) < 1e-11),
    Known(IC, "DB has no year after the life", "LO and gnumeric: nothing is left to write off (not verified)", lambda p: p.name == "DB" and p.ours == 0.0 and str(p.theirs) == "#NUM!"),
    Known(FZ, "MOD that is the divisor but for its last bits", "Excel: 0, as for MOD(-1E-17,4)", lambda p: p.name == "MOD" and p.ours == 0.0 and _number(p.theirs) and p.theirs == _x(p.our_parts[1])),
    Known(FZ, "XIRR of texts is #NUM!", "row 40", lambda p: p.name == "XIRR" and str(p.ours) == "#VALUE!" and str(p.theirs) == "#NUM!"),
    Known(ANY, "AND of the printed form stops at the first answer", "row 16", lambda p: p.name in ("CEILING.MATH", "FLOOR.MATH") and _err(p.ours) and _number(p.theirs) and len(p.our_parts) == 3),
)  # fmt: skip


def _x(v: Any) -> float | None:
    """A part as a number; None where it is none."""
    if v is None:
        return 0.0
    if isinstance(v, (bool, float)):
        return float(v)
    return text_to_number(v) if isinstance(v, str) and not _err(v) else None


def _numbers(p: Parting) -> list[float]:
    return [x for v in _flat(p) if not isinstance(v, list) and (x := _x(v)) is not None and v is not None]


def _lengths(p: Parting) -> int:
    return len({len(v) for v in p.our_parts if isinstance(v, list)})


def _above(p: Parting) -> bool:
    """Whether the salvage is above the cost."""
    cost, salvage = _x(p.our_parts[0]), _x(p.our_parts[1])
    return cost is not None and salvage is not None and salvage > cost


def _february(v: Any) -> bool:
    x = _x(v)
    return x is not None and 0 <= x <= NEVER and parts(x)[1] == 2 and parts(x + 1)[1] == 3


def _remainders(p: Parting) -> bool:
    """Whether the other remainder is what a quotient rounded to a number leaves."""
    x, d = _x(p.our_parts[0]), _x(p.our_parts[1])
    if not x or not d:
        return False
    off = abs(p.ours - p.theirs)
    return min(off, abs(off - abs(d))) <= 2e-15 * (abs(x) + abs(d))


def _kind(v: Any) -> str:
    return str(v) if _err(v) else ""


def _zeroish(p: Parting) -> bool:
    return all(v in (None, "", "0") or float(v) == 0 for v in p.our_parts if not isinstance(v, str))


def _big(p: Parting) -> bool:
    a, b = (float(v) if isinstance(v, (float, bool)) else 0.0 for v in p.our_parts[:2])
    return b != 0 and abs(a / b) > 2**40


def _candidate(p: Parting) -> bool:
    """Whether the engine's error is one that a part holds, or that a part's coercion gives."""
    kinds = {str(e) for e in _errors(p)}
    return str(p.theirs) in kinds or (
        bool(kinds) and str(p.theirs) == "#VALUE!" and any(isinstance(v, str) and not _err(v) for v in _single(p))
    )


def explain(engine: str, parting: Parting) -> str | None:
    """The name of the first known difference that a parting is an instance of."""
    for known in TABLE:
        if engine in known.engines and known.test(parting):
            return known.name
    return None
