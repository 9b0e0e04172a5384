"""THE table of functions of the formula language, and the names that are refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from model.formula import (
    fn_angle,
    fn_assets,
    fn_clock,
    fn_criteria,
    fn_date,
    fn_distributions,
    fn_finance,
    fn_logic,
    fn_lookup,
    fn_math,
    fn_pairs,
    fn_search,
    fn_statistics,
    fn_stats,
    fn_text,
    fn_workdays,
)
from model.formula.coerce import num_eq, num_le, num_lt
from model.formula.fn_base import FAST_NAMES, Function

__all__ = ["ALIASES", "FAST_NAMES", "FORBIDDEN", "FUNCTIONS", "Function", "canonical", "nearest"]

FAST_NAMES.update(num_eq=num_eq, num_lt=num_lt, num_le=num_le, all=all, any=any, min=min, max=max, abs=abs, float=float)

FUNCTIONS: Final[dict[str, Function]] = {
    function.name: function
    for group in (
        fn_logic.FUNCTIONS,
        fn_math.FUNCTIONS,
        fn_angle.FUNCTIONS,
        fn_stats.FUNCTIONS,
        fn_criteria.FUNCTIONS,
        fn_lookup.FUNCTIONS,
        fn_date.FUNCTIONS,
        fn_clock.FUNCTIONS,
        fn_workdays.FUNCTIONS,
        fn_finance.FUNCTIONS,
        fn_assets.FUNCTIONS,
        fn_statistics.FUNCTIONS,
        fn_pairs.FUNCTIONS,
        fn_distributions.FUNCTIONS,
        fn_text.FUNCTIONS,
        fn_search.FUNCTIONS,
        fn_logic.FUNCTIONS_ABOUT,
    )
    for function in group
}

#: names that newer workbooks use for functions of the table with the same arguments
ALIASES: Final[dict[str, str]] = {
    "STDEV.S": "STDEV", "STDEV.P": "STDEVP", "VAR.S": "VAR", "VAR.P": "VARP", "PERCENTILE.INC": "PERCENTILE", "QUARTILE.INC": "QUARTILE",
    "MODE.SNGL": "MODE", "RANK.EQ": "RANK", "NORM.S.INV": "NORMSINV", "NORM.DIST": "NORMDIST", "NORM.INV": "NORMINV", "COVARIANCE.P": "COVAR",
    "FORECAST.LINEAR": "FORECAST", "PEARSON": "CORREL", "PERCENTRANK.INC": "PERCENTRANK", "CONFIDENCE.NORM": "CONFIDENCE", "LOGNORM.INV": "LOGINV",
    "EXPON.DIST": "EXPONDIST", "POISSON.DIST": "POISSON", "BINOM.DIST": "BINOMDIST",
}  # fmt: skip

_CLOCK = "it changes with the clock, and a deal must give the same numbers tomorrow; use a date term instead."
_CHANCE = "it changes at every calculation; give the term a distribution and run a simulation instead."
_MOVING = "it hides which cells a formula reads; use INDEX and MATCH instead."
_OUTSIDE = "it reaches outside the deal; enter the value as a term with its source instead."

FORBIDDEN: Final[dict[str, str]] = {
    name: reason
    for reason, names in (
        (_CLOCK, "NOW TODAY"),
        (_CHANCE, "RAND RANDBETWEEN RANDARRAY"),
        (_MOVING, "OFFSET INDIRECT CELL INFO GETPIVOTDATA"),
        (
            _OUTSIDE,
            "WEBSERVICE FILTERXML HYPERLINK IMAGE CALL EXEC EVALUATE REGISTER REGISTER.ID DDE DDEAUTO RTD "
            "SQL.REQUEST STOCKHISTORY TRANSLATE COPILOT PY CUBEKPIMEMBER CUBEMEMBER CUBEMEMBERPROPERTY "
            "CUBERANKEDMEMBER CUBESET CUBESETCOUNT CUBEVALUE",
        ),
    )
    for name in names.split()
}


def canonical(name: str) -> str:
    """The name in the table of a function as it may be written: in small letters, by its newer name, or with the prefix
    that Excel puts before newer functions in a file."""
    upper = name.upper().removeprefix("_XLFN.")
    return ALIASES.get(upper, upper)


def nearest(name: str, also: Iterable[str] = ()) -> str:
    """The function, or other known name, that resembles this one most; "" where none does."""
    from difflib import get_close_matches

    found = get_close_matches(name.upper()[:64], [*FUNCTIONS, *also], n=1, cutoff=0.6)
    return found[0] if found else ""
