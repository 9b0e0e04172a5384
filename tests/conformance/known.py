"""What other engines are known to compute differently from Excel, each with its evidence and matched at one node
with the values of its parts.

Evidence: "row n" is the line of the team's table of Excel's behaviour (its mark says what was seen in real Excel);
"doc" is Microsoft's page of the function; "issue" a thread of the engine's own project. "design" marks what Dealsheet
itself refuses or leaves open, as the function's documentation says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from model.formula.coerce import digits15
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
)
TWO_RANGES = ("COVAR", "RSQ", "SLOPE", "INTERCEPT", "FORECAST")
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
    "WORKDAY",
    "DATEVALUE",
    "TIMEVALUE",
)
TOOLPAK = (
    "QUOTIENT",
    "GCD",
    "LCM",
    "WEEKNUM",
    "NETWORKDAYS",
    "WORKDAY",
    "EFFECT",
    "NOMINAL",
    "CUMIPMT",
    "CUMPRINC",
    "ISEVEN",
    "ISODD",
)
ANGLES = ("SIN", "COS", "TAN")
TABLES = ("VLOOKUP", "HLOOKUP")
QUESTIONS = ("ISERR", "ISLOGICAL", "ISNONTEXT", "IFNA")
CRITERIA = ("COUNTIF", "COUNTIFS", "SUMIF", "SUMIFS", "AVERAGEIF", "AVERAGEIFS", "MINIFS", "MAXIFS")
COMPARE = ("=", "<>", "<", "<=", ">", ">=")
TEXTS = ("&", "CONCATENATE", "LEN", "LEFT", "RIGHT", "MID", "UPPER", "LOWER", "TRIM", "REPT")
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
          lambda p: p.name == "INDEX" and str(p.ours) == "#VALUE!" and p.our_parts[1] in (None, False)),
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
    Known(ANY, "functions the engine lacks", "#NAME? for a function of Excel", lambda p: _kind(p.theirs) == "#NAME?" and p.name in ("FVSCHEDULE", "ISPMT", "MIRR")),
    Known(ANY, "an angle beyond 2^27 is computed", "Excel's limit of 134,217,728: #NUM!", lambda p: p.name in ANGLES and str(p.ours) == "#NUM!" and _number(p.theirs)),
    Known(FZ, "SINH and COSH overflow to infinity", "row 9", lambda p: p.name in ("SINH", "COSH", "TANH") and str(p.ours) == "#NUM!"),
    Known(ANY, "booleans in functions of the former Analysis ToolPak", "EDATE(TRUE,1) is #VALUE! in Excel, and so are these",
          lambda p: p.name in TOOLPAK and str(p.ours) == "#VALUE!" and _has(p, bool)),
    Known(ANY, "a missing argument of a function of the former Analysis ToolPak", "#N/A in Excel", lambda p: p.name in TOOLPAK and (str(p.ours) == "#N/A" or str(p.theirs) == "#N/A") and None in p.our_parts),
    Known(ANY, "LARGE cuts parts of a place off", "rounded up by Excel in gnumeric's samples: LARGE(…,1+1E-10) is the second", lambda p: p.name == "LARGE" and _number(p.ours) and _number(p.theirs) and isinstance(p.our_parts[1], float) and p.our_parts[1] % 1 != 0),
    Known(FZ, "LARGE, SMALL, QUARTILE answer #NUM! or #VALUE! whatever is wrong with the place", "row 17; TRUE is 1 in arithmetic", lambda p: p.name in ("LARGE", "SMALL", "QUARTILE") and _err(p.theirs)),
    Known(ANY, "RANK of a number that is not in the range, or of a condition", "doc RANK: #N/A", lambda p: p.name == "RANK" and (str(p.ours) == "#N/A" or _has(p, bool) or bool(_errors(p)))),
    Known(LO, "booleans are numbers in statistics", "rows 11 to 13", lambda p: p.name in (*SPREADS, *TOOLPAK) and _has(p, bool)),
    Known("formualizer ironcalc", "booleans and texts written out are passed over in statistics", "row 13", lambda p: p.name in SPREADS and any(isinstance(v, (bool, str)) and not _err(v) for v in _single(p))),
    Known(ANY, "statistics without a number have another error", "doc DEVSQ, AVEDEV, GEOMEAN: #NUM!", lambda p: p.name in SPREADS and _err(p.ours) and _err(p.theirs) and not _errors(p)),
    Known(LO, "GEOMEAN of a zero is 0", "doc GEOMEAN: #NUM!", lambda p: p.name == "GEOMEAN" and str(p.ours) == "#NUM!" and p.theirs == 0.0),
    Known(ANY, "regressions of ranges of different lengths, with blanks or errors", "doc SLOPE, COVAR, RSQ, FORECAST: #N/A; pairs without a number are passed over",
          lambda p: p.name in TWO_RANGES and (_err(p.ours) or _err(p.theirs) or None in _flat(p))),
    Known("formualizer ironcalc", "MIRR takes blanks as zero flows", "doc MIRR: empty cells are ignored", lambda p: p.name == "MIRR" and None in _flat(p)),
    Known(ANY, "MIRR without a payment or receipt, or at a rate of -100 % and below", "Excel in Apache POI's samples: receipts alone #DIV/0!, payments alone -1", lambda p: p.name == "MIRR" and (_err(p.ours) or _err(p.theirs))),
    Known(ANY, "LCM of zero, of negative numbers and beyond 2^53", "doc LCM: #NUM!, of zero 0", lambda p: p.name in ("LCM", "GCD") and (str(p.theirs) == "#VALUE!" or str(p.ours) == "#NUM!" or _errors(p) != [])),
    Known(ANY, "texts are not refused as conditions in FIXED", "row 15", lambda p: p.name == "FIXED" and len(p.our_parts) == 3 and isinstance(p.our_parts[2], str)),
    Known(ANY, "FIXED writes the sign of a zero, or cuts its digits", "row 36: never -0.00", lambda p: p.name == "FIXED" and (str(p.theirs).startswith("-0") or _errors(p) != [])),
    Known(ANY, "an empty text is not found, or always at 1", "Excel: FIND(\"\",text,n) is n", lambda p: p.name in ("FIND", "SEARCH") and (p.our_parts[0] in ("", None))),
    Known(FZ, "REPLACE and SUBSTITUTE beyond the end of the text do nothing", "doc REPLACE: the new text is appended", lambda p: p.name in ("REPLACE", "SUBSTITUTE") and isinstance(p.ours, str) and not _err(p.ours)),
    Known(ANY, "a word after a digit does not begin", "doc PROPER: letters after any character that is no letter", lambda p: p.name == "PROPER" and any(c.isdigit() for c in str(p.our_parts[0]))),
    Known(FZ, "PROPER knows only ASCII", "doc PROPER: letters", lambda p: p.name == "PROPER" and not str(p.ours).isascii()),
    Known(ANY, "a boolean as text", "row 30: TRUE", lambda p: p.name in WITHIN and _has(p, bool)),
    Known(ANY, "CODE and CHAR in another character set, or of nothing", "doc CODE, CHAR: Windows' set, 1 to 255; #VALUE!", lambda p: p.name in ("CODE", "CHAR")),
    Known(ANY, "VLOOKUP and HLOOKUP among other kinds, of blanks and of errors", "doc VLOOKUP: kinds are never mixed; Excel in Apache POI's samples: a blank looks for 0, a column that is no number is #REF!",
          lambda p: p.name in TABLES and (not isinstance(p.our_parts[0], float) or any(isinstance(v, (bool, str)) or v is None for v in _single(p)) or isinstance(p.theirs, bool) or isinstance(p.ours, bool))),
    Known(ANY, "ROWS and COLUMNS of what is no range", "doc ROWS: an array or a reference", lambda p: p.name in ("ROWS", "COLUMNS")),
    Known("formualizer ironcalc", "a second is cut, not rounded", "Excel in Apache POI's samples: to the nearest", lambda p: p.name in ("HOUR", "MINUTE", "SECOND") and _number(p.ours) and _number(p.theirs)),
    Known(ANY, "times outside the calendar are computed", "doc HOUR: #NUM! below 0 and beyond 9999", lambda p: p.name in ("HOUR", "MINUTE", "SECOND") and str(p.ours) == "#NUM!"),
    Known(ANY, "TIME before midnight, of more than 32,767, or rounded down", "doc TIME: #NUM!; parts are cut off", lambda p: p.name == "TIME" and (str(p.ours) == "#NUM!" or any(_number(v) and v < 0 for v in p.our_parts))),
    Known(ANY, "TIME and TIMEVALUE in whole microseconds", "formualizer gives a time", lambda p: p.name in ("TIME", "TIMEVALUE", "DATEVALUE") and _number(p.theirs) and _number(p.ours) and abs(p.ours - p.theirs) < 1e-9),
    Known(ANY, "texts that show a date or time are not read, or read otherwise", "doc DATEVALUE, TIMEVALUE", lambda p: p.name in ("DATEVALUE", "TIMEVALUE")),
    Known(ANY, "WORKDAY and NETWORKDAYS beyond 9999", "doc WORKDAY: #NUM!", lambda p: p.name in ("WORKDAY", "NETWORKDAYS") and (str(p.ours) == "#NUM!" or NEVER in p.our_parts)),
    Known(LO, "WEEKNUM counts ISO weeks", "doc WEEKNUM: the week of 1 January is the first", lambda p: p.name == "WEEKNUM" and _number(p.ours)),
    Known(ANY, "WEEKDAY and WEEKNUM of an unknown type", "doc WEEKDAY: #NUM!", lambda p: p.name in ("WEEKDAY", "WEEKNUM") and (_err(p.ours) or _err(p.theirs))),
    Known(ANY, "DAYS360 at the end of February", "Excel in Apache POI's samples", lambda p: p.name == "DAYS360" and _number(p.ours) and _number(p.theirs) and abs(p.ours - p.theirs) <= 3),
    Known(LO, "EFFECT and NOMINAL of 0 are 0", "doc EFFECT: #NUM!", lambda p: p.name in ("EFFECT", "NOMINAL") and str(p.ours) == "#NUM!"),
    Known(ANY, "depreciation of negative amounts and of periods outside the life", "doc SYD, DDB, SLN: #NUM!", lambda p: p.name in ("SYD", "DDB", "SLN") and (_err(p.ours) or _err(p.theirs))),
    Known(ANY, "loans: bounds of periods and kinds of errors", "doc CUMIPMT, ISPMT: #NUM!, #DIV/0!", lambda p: p.name in ("CUMIPMT", "CUMPRINC", "ISPMT") and (_err(p.ours) or _err(p.theirs))),
    Known(ANY, "a difference of payments keeps few digits", "the payment and the interest agree to the last bit", lambda p: p.name in ("PPMT", "CUMPRINC") and _number(p.ours) and _number(p.theirs) and agree(p.ours, p.theirs, 1e-7)),
    Known(ANY, "ISEVEN and ISODD of blanks, texts and conditions", "Excel in Apache POI's samples: a blank is even; row 14", lambda p: p.name in ("ISEVEN", "ISODD")),
    Known(LO, "control characters come back escaped", "_x0003_ in the file", lambda p: isinstance(p.theirs, str) and "_x00" in p.theirs),
    Known(FZ, "an error of a text function is not questioned by the newer questions", "doc ISERR, IFNA: errors are values", lambda p: p.name in (*QUESTIONS, "IF") and bool(_errors(p))),
    Known(FZ, "ATANH of 1 is infinite", "doc ATANH: between -1 and 1", lambda p: p.name == "TANH" and bool(_errors(p))),
    Known(ANY, "COMBIN of parts below zero", "doc COMBIN: parts are cut off first", lambda p: p.name == "COMBIN" and any(_number(v) and -1 < v < 0 for v in p.our_parts)),
    Known(ANY, "ODD of a negative zero is -1", "row 36: there is no negative zero", lambda p: p.name == "ODD" and p.our_parts[0] == 0.0),
    Known(LO, "a number written as text is an error in statistics", "row 14", lambda p: p.name in SPREADS and any(_numeric_text(v) for v in _single(p))),
    Known(ANY, "dates and times in text are not read", "Excel in textfuns.xls, finfuns.xls of gnumeric's samples: TEXT(\"4/15/1999\",…), XIRR of text dates",
          lambda p: str(p.theirs) == "#VALUE!" and any(isinstance(v, str) and text_to_number(v) is not None and (":" in v or any(m in v for m in ("/", "-", " "))) for v in _single(p))),
    Known(FZ, "a number written as text is passed over in totals and statistics", "row 14", lambda p: p.name in (*TOTALS, *SPREADS) and any(_numeric_text(v) for v in _single(p))),
    Known("formualizer ironcalc", "text is passed over in statistics", "row 13: it is #VALUE!", lambda p: p.name in SPREADS and str(p.ours) == "#VALUE!"),
    Known("formualizer ironcalc", "an infinite number is passed on by SINH, COSH, ATANH", "row 9", lambda p: str(p.ours) == "#NUM!" and any(f"{n}(" in p.excel for n in ("SINH", "COSH", "ATANH"))),
    Known("formualizer ironcalc", "a missing argument is passed over in statistics", "row 45: it is 0", lambda p: p.name in SPREADS and None in p.our_parts),
    Known(ANY, "LARGE of a place beyond the last", "1.9 of one number is the second: #NUM!", lambda p: p.name == "LARGE" and str(p.ours) == "#NUM!"),
    Known("ironcalc libreoffice", "MATCH of a blank cell is #N/A", "Excel in Apache POI's LookupFunctionsTestCaseData: a blank looks for 0", lambda p: p.name == "MATCH" and p.our_parts[0] is None),
    Known(ANY, "FIXED beyond 15 digits, or with its digits left out", "15 digits; row 45: a missing argument is 0", lambda p: p.name == "FIXED" and (None in p.our_parts or (_number(p.our_parts[0]) and abs(p.our_parts[0]) >= 1e14))),
    Known(FZ, "SUBSTITUTE looks at its occurrence last", "row 17: the occurrence is no number above 0", lambda p: p.name == "SUBSTITUTE" and str(p.ours) == "#VALUE!"),
    Known(IC, "an infinite EXP or power turns into another error", "row 9", lambda p: str(p.ours) == "#NUM!" and bool(_errors(p)) and _err(p.theirs)),
    Known(LO, "NPER of a condition that IF gives", "LibreOffice itself: NPER(0.08,1,0) is 0, with IF(…,TRUE) in place of the 1 it is -1", lambda p: p.name == "NPER" and _has(p, bool)),
    Known(ANY, "QUARTILE of a part below zero", "doc QUARTILE: the quarter is truncated first", lambda p: p.name == "QUARTILE" and _err(p.theirs) and _number(p.our_parts[1]) and -1 < p.our_parts[1] < 0),
    # -- powers and arithmetic ----------------------------------------------------------------------
    Known("formualizer libreoffice", "0^0 is 1", "row 5", lambda p: p.name in ("^", "POWER") and str(p.ours) == "#NUM!" and p.theirs == 1.0 and _zeroish(p)),
    Known("formualizer libreoffice", "0 to a negative power is #NUM!", "row 6", lambda p: p.name in ("^", "POWER") and str(p.ours) == "#DIV/0!" and _kind(p.theirs) in ("#NUM!", "#VALUE!")),
    Known(IC, "an overflowing power is #DIV/0!", "row 8: 1E308*10 is #NUM!", lambda p: p.name in ("^", "POWER") and str(p.ours) == "#NUM!" and str(p.theirs) == "#DIV/0!"),
    Known(FZ, "an odd root of a negative number is #NUM!", "row 4", lambda p: p.name in ("^", "POWER") and _number(p.ours) and str(p.theirs) == "#NUM!"),
    Known(LO, "a power that underflows is #NUM!", "doc POWER: no such error", lambda p: p.name in ("^", "POWER", "EXP") and p.ours == 0.0 and _kind(p.theirs) in ("#NUM!", "#VALUE!")),
    Known(FZ, "CEILING and FLOOR of mixed signs and zero", "row 25", lambda p: p.name in ("CEILING", "FLOOR")),
    Known(LO, "MROUND of different signs is computed", "row 26", lambda p: p.name == "MROUND" and str(p.ours) == "#NUM!" and _number(p.theirs)),
    Known(FZ, "MOD of a multiple leaves the divisor", "row 24: the sign and size of the remainder", lambda p: (p.name == "MOD" and _number(p.ours) and _number(p.theirs) and agree(abs(p.ours - p.theirs), abs(float(p.our_parts[1])), 1e-6)) or (p.name == "MOD" and _big(p))),
    Known("ironcalc libreoffice", "MOD of a number 2^40 times its divisor", "doc MOD: beyond Excel's own limit", lambda p: p.name == "MOD" and _big(p)),
    Known(LO, "ATAN2(0,0) is 0", "row 42", lambda p: p.name == "ATAN2" and str(p.ours) == "#DIV/0!" and _number(p.theirs)),
    Known(LO, "a boolean's format sticks to a computed number", "LO shows -FALSE as FALSE: a matter of format", lambda p: isinstance(p.theirs, bool) and _number(p.ours) and float(p.theirs) == p.ours),
    Known(FZ, "LOG to base 1 is #NUM!", "doc LOG: ln base in the denominator, #DIV/0!", lambda p: p.name == "LOG" and str(p.ours) == "#DIV/0!" and str(p.theirs) == "#NUM!"),
    Known(LO, "#NUM!, #DIV/0!, #REF! and #N/A of an argument outside its bounds are saved as #VALUE!", "LO's Err:502 has no kind of its own in the file",
          lambda p: _err(p.ours) and str(p.theirs) == "#VALUE!" and not _errors(p)),
    Known(LO, "#NUM! of an argument outside its bounds is saved as #N/A or #DIV/0!", "LO's own error codes have no kind in the file",
          lambda p: str(p.ours) == "#NUM!" and str(p.theirs) in ("#N/A", "#DIV/0!") and not _errors(p)),
    Known(ANY, "of several errors not the leftmost wins", "row 17", lambda p: _err(p.ours) and _err(p.theirs) and p.ours != p.theirs and _candidate(p)),
    # -- booleans ----------------------------------------------------------------------------------
    Known(LO, "booleans are numbers: in comparisons, totals, searches, criteria, questions", "rows 11 to 13",
          lambda p: (p.name in (*COMPARE, *TOTALS, *CRITERIA, "ISNUMBER", "MATCH", "LOOKUP", "SWITCH", "N")) and (_has(p, bool) or True in p.our_parts)),
    Known(ANY, "a range of one cell is that cell", "design: a whole range is no single value here, whatever its length", lambda p: str(p.ours) == "#VALUE!" and ",0)" in p.excel and "INDEX(" in p.excel),
    Known(IC, "an infinite number is passed on by EXP and NPER", "row 9", lambda p: str(p.ours) == "#NUM!" and bool(_errors(p)) and not _err(p.theirs) and ("EXP(" in p.excel or "NPER(" in p.excel)),
    Known(IC, "a boolean is refused before the error of another argument", "row 17", lambda p: p.name in ("MROUND", "EDATE", "EOMONTH", "YEARFRAC") and _err(p.ours) and str(p.theirs) == "#VALUE!" and _has(p, bool)),
    Known(LO, "a power with text that is no number is #NUM!", "row 14: coercion comes first", lambda p: p.name in ("^", "POWER") and str(p.ours) == "#VALUE!" and str(p.theirs) == "#NUM!"),
    Known(LO, "IFERROR of a missing argument is #N/A", "row 19: missing is blank", lambda p: p.name == "IFERROR" and None in p.our_parts),
    Known(LO, "a result below 1E-307 is #NUM!", "row 8: only overflow is an error", lambda p: _number(p.ours) and abs(p.ours) < 1e-306 and _kind(p.theirs) in ("#NUM!", "#VALUE!")),
    Known(LO, "text of a reference is passed over by a total", "INDEX gives a reference: Excel too would pass it over; ours is the value (not verified)", lambda p: p.name in TOTALS and str(p.ours) == "#VALUE!" and "INDEX(" in p.excel and _number(p.theirs)),
    Known(FZ, "TRUE as text is no condition", "row 15", lambda p: p.name in ("OR", "AND", "IF") and str(p.theirs) == "#VALUE!" and any(isinstance(v, str) and v.upper() == "TRUE" for v in _single(p))),
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
    Known("ironcalc libreoffice", "a number as text is a condition", "row 15", lambda p: p.name in ("AND", "OR", "IF", "IFS", "NOT", "XOR") and str(p.ours) == "#VALUE!" and any(_numeric_text(v) for v in _single(p))),
    Known(IC, "AND and OR stop at the first answer", "row 16", lambda p: p.name in ("AND", "OR") and _err(p.ours) and isinstance(p.theirs, bool) and bool(_errors(p))),
    # -- text --------------------------------------------------------------------------------------
    Known("formualizer ironcalc", "numbers become text with 17 digits and without exponent", "row 29", lambda p: p.name in (*TEXTS, "TEXT") and any(_long(v) for v in (*_single(p), *p.their_parts) if not isinstance(v, list))),
    Known(LO, "numbers become text with other digits at the border of the exponent", "row 29", lambda p: p.name in TEXTS and any(_long(v) for v in _single(p))),
    Known("formualizer ironcalc", "negative zero is written with its sign", "row 36: never -0", lambda p: p.name in TEXTS and isinstance(p.theirs, str) and "-0" in p.theirs),
    Known(FZ, "LOWER and UPPER know only ASCII", "doc LOWER: letters", lambda p: p.name in ("LOWER", "UPPER") and isinstance(p.ours, str) and not p.ours.isascii()),
    Known("formualizer ironcalc", "TEXT with an exponent, or of a number given as text", "row 36", lambda p: p.name == "TEXT" and ("E+" in str(p.our_parts[1]) or _numeric_text(p.our_parts[0]))),
    Known("ironcalc", "TEXT rounds halves to even", "row 36", lambda p: p.name == "TEXT" and _number(p.our_parts[0])),
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
    Known("libreoffice formualizer", "a date after 9999 or before 1900 is computed", "row 32", lambda p: p.name in DATES and str(p.ours) == "#NUM!" and _number(p.theirs)),
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
    Known(FZ, "ranges of different lengths are stretched", "doc SUMIFS, SUMPRODUCT: #VALUE!", lambda p: p.name in (*CRITERIA, "SUMPRODUCT") and str(p.ours) == "#VALUE!"),
    Known(FZ, "SUMPRODUCT counts text and booleans", "doc SUMPRODUCT: they are zeros", lambda p: p.name == "SUMPRODUCT"),
    Known("libreoffice", "SUMPRODUCT counts booleans", "doc SUMPRODUCT: they are zeros", lambda p: p.name == "SUMPRODUCT" and _number(p.theirs)),
    Known(FZ, "PERCENTILE answers #NUM! whatever is wrong with its share", "row 17", lambda p: p.name == "PERCENTILE" and _err(p.ours)),
    Known(IC, "CORREL of different lengths is #VALUE!", "doc CORREL: #N/A", lambda p: p.name == "CORREL" and str(p.ours) == "#N/A"),
    Known("libreoffice", "CORREL over blanks and texts", "doc CORREL: pairs without a number are passed over", lambda p: p.name == "CORREL"),
    Known("ironcalc", "CORREL over fewer than two pairs", "doc CORREL: #DIV/0!", lambda p: p.name == "CORREL" and _err(p.ours)),
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
)  # fmt: skip


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
