"""Time and table helpers of the language, defined in the language itself wherever it can express them.

A helper with a ``body`` is expanded into plain functions when a formula is bound, so that screen and
workbook share one definition. The others (``body`` empty) become references of their own kind.
"""

from __future__ import annotations

import msgspec


class Helper(msgspec.Struct, frozen=True):
    name: str
    signature: str
    min_args: int
    max_args: int
    doc: str
    example: str
    params: tuple[str, ...] = ()
    body: str = ""
    line_params: tuple[str, ...] = ()  # parameters that stand for a line as a whole
    defaults: tuple[str, ...] = ()  # what stands for the optional arguments of a body when they are left out

    def wrong_count(self, count: int) -> str | None:
        """Why this number of arguments cannot be; None where it can."""
        if self.min_args <= count <= self.max_args:
            return None
        wants = f"{self.min_args}" if self.min_args == self.max_args else f"{self.min_args} or {self.max_args}"
        return f"{self.name} takes {wants} argument{'' if wants == '1' else 's'}, not {count}: {self.signature}."


_ALL = (
    Helper(
        "PREV", "PREV(line, [opening])", 1, 2,
        "The line one period back; before the first period its opening value. In a table's column: the record above, or the second argument in the first record.",
        "PREV(closing, commitment)",
    ),
    Helper(
        "NEXT", "NEXT(line, [after])", 1, 2,
        "The line one period ahead; in the last period the second argument, 0 where there is none.",
        "NEXT(principal_due)", ("x", "c"),
        "IF(end = MAX(ALL(end)), c, INDEX(ALL(x), COUNT(TO_DATE(start)) + 1))", ("x",), ("0",),
    ),
    Helper(
        "LAG", "LAG(line, n, [before])", 2, 3,
        "The line n periods back, n at least 1: LAG(x, 1) is PREV(x). One period before the first stands the opening cell, further back the third argument, 0 where there is none. #REF! where n is below 1.",
        "LAG(invoiced, payment_delay)", ("x", "n", "c"),
        "IF(n > COUNT(TO_DATE(start)), c, INDEX(EARLIER(x), COUNT(TO_DATE(start)) - n + 1))", ("x",), ("0",),
    ),
    Helper(
        "YEARSUM", "YEARSUM(line)", 1, 1,
        "Total of the line over this period's calendar year, later periods included: the same in every period of a year.",
        "drawdown / YEARSUM(drawdown)", ("x",), "SUMIFS(ALL(x), ALL(year), year)", ("x",),
    ),
    Helper(
        "EARLIER", "EARLIER(line)", 1, 1,
        "The opening cell of a line and its periods before this one, as a range. Unlike TO_DATE it may be read in a loop through time.",
        "MAX(EARLIER(balance))",
    ),
    Helper("ALL", "ALL(line)", 1, 1, "All periods of a line (or all years of a series) as a range, without the opening cell.", "SUM(ALL(drawdown))"),
    Helper("TO_DATE", "TO_DATE(line)", 1, 1, "The line from the first period up to this one, as a range.", "MAX(TO_DATE(balance))"),
    Helper("CUM", "CUM(line)", 1, 1, "Running sum of a line up to this period.", "CUM(drawdown)", ("x",), "SUM(TO_DATE(x))", ("x",)),
    Helper(
        "YEARS_TO_DATE", "YEARS_TO_DATE(line, n)", 2, 2,
        "Sum of a line over the last n calendar years (this one included) up to this period.",
        "YEARS_TO_DATE(drawdown, 1)",
    ),
    Helper(
        "BYYEAR", "BYYEAR(series, otherwise)", 2, 2,
        "The series' value for this period's calendar year; the second argument where the series has none.",
        "BYYEAR(revenue_path, 0)",
    ),
    Helper(
        "OVERLAP_DAYS", "OVERLAP_DAYS(from, to)", 2, 2,
        "Days of this period between two dates, both inclusive; 0 when there are none.",
        "OVERLAP_DAYS(sign_date, term_end)", ("a", "b"), "MAX(0, MIN(end, b) - MAX(start, a) + 1)",
    ),
    Helper("IS_YEAR_END", "IS_YEAR_END()", 0, 0, "TRUE in the period that ends the calendar year.", "IF(IS_YEAR_END(), 1, 0)", (), "MONTH(end) = 12"),
    Helper(
        "CONTAINS", "CONTAINS(date)", 1, 1, "TRUE in the period that contains the date.",
        "IF(CONTAINS(term_end), balance, 0)", ("d",), "AND(d >= start, d <= end)",
    ),
    Helper(
        "DECAY_DAYS", "DECAY_DAYS(lo, hi, q, t0)", 4, 4,
        "Sum of q^(d − t0) over the days d from lo to hi: daily discounting or survival in closed form (a geometric sum).",
        "DECAY_DAYS(MAX(start, valuation_date), end, q, valuation_date)", ("lo", "hi", "q", "t"),
        "IF(hi < lo, 0, IF(q = 1, hi - lo + 1, (q^(lo - t) - q^(hi + 1 - t)) / (1 - q)))",
    ),
    Helper(
        "ASOF", "ASOF(table[amount], table[date])", 2, 2,
        "Sum of a column over the records dated on or before the end of this period; an undisclosed date makes it undisclosed.",
        "ASOF(rounds[delta], rounds[on])", ("v", "d"), 'SUMIFS(v, d, "<=" & end) + 0 * SUM(d)',
    ),
    Helper(
        "FLOW", "FLOW(payer, payee, amount, [seen_by])", 3, 4,
        "A payment as the perspective party, or the party named last, sees it: positive when it receives, negative when it pays, 0 when it does neither. Parties are named by their keys, as text.",
        'FLOW("buyer", "seller", price)', ("a", "b", "x", "p"),
        "x * (IF(p = b, 1, 0) - IF(p = a, 1, 0))", (), ("perspective",),
    ),
    Helper(
        "TRI", "TRI(condition)", 1, 1,
        "A condition as 1 (holds), 0 (does not) or 0.5 (unknown: undisclosed, or the text unknown). MIN then means and, MAX or, 1 − x not.",
        "MIN(TRI(met), TRI(on_time))", ("x",),
        'IF(ISNA(x), 0.5, IF(ISTEXT(x), IF(x = "yes", 1, IF(x = "no", 0, 0.5)), IF(x, 1, 0)))',
    ),
    Helper(
        "AT", "AT(line, date)", 2, 2, "The line's value in the period that contains the date (or the last one before it).",
        "AT(closing, term_end)", ("x", "d"), "INDEX(ALL(x), MATCH(d, ALL(start), 1))", ("x",),
    ),
)  # fmt: skip

HELPERS: dict[str, Helper] = {h.name: h for h in _ALL}
PERIOD_NAMES = ("start", "end", "year", "days", "days_in_year")
