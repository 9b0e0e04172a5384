"""Units of measure as far as a check needs them: money, ratios, lengths of time, dates, things counted.

What is not known never complains: a blank unit, a number written in a formula, a rate whose time is
not said. Times are exponents of days, months … (``$bn a year`` has year −1); None is any time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeAlias

from model.deal import Deal

Times: TypeAlias = "tuple[tuple[str, int], ...] | None"


@dataclass(frozen=True, slots=True)
class Dim:
    """What a value measures. ``scale`` is the currency with its scale ("" any), ``count`` the things counted,
    ``said`` the unit as somebody wrote it."""

    kind: Literal["unknown", "literal", "number", "date", "year", "text", "truth"]
    money: int = 0
    scale: str = ""
    time: Times = ()
    count: str = ""
    value: float | None = None
    said: str = field(default="", compare=False)

    @property
    def open(self) -> bool:
        """Whether it goes with everything."""
        return self.kind in ("unknown", "literal")


UNKNOWN: Final = Dim("unknown")
LITERAL: Final = Dim("literal")
DATE: Final = Dim("date")
YEAR: Final = Dim("year")
TEXT: Final = Dim("text")
TRUTH: Final = Dim("truth")
RATIO: Final = Dim("number", said="")
RATE: Final = Dim("number", time=None)
DAYS: Final = Dim("number", time=(("day", 1),), said="days")

_TIME: Final = {
    word: unit
    for unit, words in {
        "hour": "hour hours h", "day": "day days d daily", "week": "week weeks weekly", "month": "month months monthly mo",
        "quarter": "quarter quarters quarterly", "year": "year years yr yrs y annum yearly annually",
    }.items()
    for word in words.split()
}  # fmt: skip
_RATIOS: Final = frozenset(
    [
        "%",
        "percent",
        "percentage",
        "pct",
        "x",
        "times",
        "multiple",
        "factor",
        "ratio",
        "share",
        "index",
        "bp",
        "bps",
        "probability",
        "fraction",
        "‰",
        "pp",
    ]
)
_PER: Final = re.compile(r"\s+(?:a|an|per|each)\s+|\s*/\s*|\s+p\.\s?(?=a\.)")
_CURRENCY: Final = re.compile(r"[$€£¥₹]|\b(?:usd|eur|chf|gbp|jpy|cny|inr|cad|aud|sek|nok|dkk|us\$)\b", re.IGNORECASE)


def dim_of(kind: str, unit: str, money_unit: str) -> Dim:
    """The dimension of an item by its kind and unit."""
    fixed = {"date": DATE, "year": YEAR, "text": TEXT, "choice": TEXT, "flag": TRUTH, "yesno": UNKNOWN}
    if kind in fixed:
        return fixed[kind]
    said = unit.strip() or (money_unit if kind == "money" else "")
    head, *below = _PER.split(said.casefold())
    head = head.strip()
    if kind == "money" or _CURRENCY.search(head):
        return _money(head, below, said)
    if kind in ("percent", "multiple") or head.split(" ")[0] in _RATIOS:
        return Dim("number", time=None if below else (), said=said or ("%" if kind == "percent" else "x"))
    if not head:
        return UNKNOWN
    if head in _TIME:
        return Dim("number", time=_merged(((_TIME[head], 1),), _below(below)), said=said)
    if head in ("date", "event"):
        return DATE
    return Dim("number", time=None if below else (), count=head.removesuffix("s"), said=said)


def _money(head: str, below: list[str], said: str) -> Dim:
    things = [word for word in below if word.strip() not in _TIME and word.strip() not in ("a.", "a")]
    scale = "/".join([re.sub(r"\s+", "", head), *(t.strip() for t in things)]) if head else ""
    return Dim("number", 1, scale, _below(below), said=said)


def _below(words: list[str]) -> Times:
    return _merged(*(((_TIME.get(w.strip(), "year"), -1),) for w in words if w.strip() in _TIME or w.strip() == "a."))


def _merged(*all_times: Times) -> Times:
    total: dict[str, int] = {}
    for times in all_times:
        if times is None:
            return None
        for unit, power in times:
            total[unit] = total.get(unit, 0) + power
    return tuple(sorted((unit, power) for unit, power in total.items() if power))


# -- products --------------------------------------------------------------------------------


def inverse(a: Dim) -> Dim:
    if a.kind == "literal":
        return replace(a, value=1 / a.value if a.value else None)
    if a.kind != "number":
        return a
    times = None if a.time is None else tuple((unit, -power) for unit, power in a.time)
    return replace(a, money=-a.money, time=times, said="")


def product(a: Dim, b: Dim, divides: bool = False) -> Dim:
    """What a product, or with ``divides`` a quotient, measures."""
    if a.kind == "literal" and b.kind == "literal":
        if a.value is None or b.value is None or (divides and not b.value):
            return LITERAL
        return replace(LITERAL, value=a.value / b.value if divides else a.value * b.value)
    if divides:
        if a.kind == b.kind == "number" and a.count and a.count == b.count:
            a, b = replace(a, count=""), replace(b, count="")
        elif b.count:
            return UNKNOWN if not a.money else replace(a, scale="", count="", said="", time=None)
        b = inverse(b)
    for one, other in ((a, b), (b, a)):
        if one.kind == "literal":
            return _scaled(other, one.value)
        if one.kind == "truth":
            return other if other.kind != "truth" else TRUTH
    if a.kind != "number" or b.kind != "number":
        return UNKNOWN
    if a.count and b.count:
        return UNKNOWN
    count = a.count or b.count
    money = a.money + b.money
    if count and (money or a.time or b.time):
        count = ""
        scale = ""
    else:
        scale = (a.scale or b.scale) if money and not (a.money and b.money) else ""
        if "/" in scale and (a.count or b.count or not (is_ratio(a) or is_ratio(b))):
            scale = ""
    said = "" if divides else a.said if is_ratio(b) and b.time == () else b.said if is_ratio(a) and a.time == () else ""
    return Dim("number", money, scale, _merged(a.time, b.time), count, said=said)


def _scaled(a: Dim, value: float | None) -> Dim:
    """Times a plain number, which may convert years to days, or millions to billions."""
    if a.kind != "number":
        return a if a.kind == "truth" else UNKNOWN
    size = abs(value) if value else None
    if size is None:
        return replace(a, time=None, scale="", said="")
    if size < 1:
        size = 1 / size
    if size in (4, 7, 12, 13, 24, 30, 31, 52, 90, 91, 360, 364, 365, 365.25, 366):
        return replace(a, time=None, said="")
    if size >= 100:
        return replace(a, scale="", said="")
    return a


def is_ratio(a: Dim) -> bool:
    return a.kind == "number" and not a.money and not a.count and not a.time


def power(a: Dim, b: Dim) -> Dim:
    """What a power measures."""
    if a.kind == "literal" and b.kind == "literal":
        return LITERAL
    if is_ratio(a) or a.kind == "literal":
        return RATE
    if a.kind == "number" and a.money and b.kind == "literal" and b.value is not None and b.value == int(b.value):
        return Dim("number", a.money * int(b.value), "", None)
    return UNKNOWN


# -- sums and comparisons --------------------------------------------------------------------


def agree(a: Dim, b: Dim) -> bool:
    """Whether two values can be compared, or stand for each other."""
    if a.open or b.open:
        return True
    if a.kind != b.kind:
        if {a.kind, b.kind} == {"truth", "number"}:
            return not (a.money or b.money)
        return False
    if a.kind != "number":
        return True
    if a.money != b.money or (a.scale and b.scale and a.scale != b.scale):
        return False
    if a.count or b.count:
        return not (a.count and b.count and a.count != b.count)
    return a.time is None or b.time is None or a.time == b.time


def either(a: Dim, b: Dim) -> Dim:
    """The measure of two values that agree."""
    if a.kind == "unknown" or b.kind == "unknown":
        return UNKNOWN
    if a.kind == "literal":
        return replace(b, value=None)
    if b.kind == "literal":
        return replace(a, value=None)
    if a.kind == "truth" or b.kind == "truth":
        return a if a.kind == b.kind else UNKNOWN
    if a.kind != "number":
        return a
    return replace(a, scale=a.scale or b.scale, time=b.time if a.time is None else a.time, count=a.count or b.count)


def total(a: Dim, b: Dim, minus: bool) -> Dim | None:
    """The measure of a sum or difference; None where the two cannot be added."""
    if a.kind == "unknown" or b.kind == "unknown":
        known = b if a.kind == "unknown" else a
        return known if known.kind in ("date", "year") and not (minus and known is b) else UNKNOWN
    for moment, unit in ((DATE, "day"), (YEAR, "year")):
        if a.kind == moment.kind and b.kind == moment.kind:
            return Dim("number", time=((unit, 1),), said=f"{unit}s") if minus else None
        if a.kind == moment.kind or (b.kind == moment.kind and not minus):
            other = b if a.kind == moment.kind else a
            return moment if _shifts(other, unit) else None
        if b.kind == moment.kind:
            return UNKNOWN if a.kind == "literal" else None
    if "truth" in (a.kind, b.kind):
        return UNKNOWN if agree(a, b) else None
    if a.kind == "literal" and b.kind == "literal":
        return LITERAL
    if a.kind == "text" or b.kind == "text":
        return UNKNOWN if a.kind == b.kind or a.open or b.open else None
    return either(a, b) if agree(a, b) else None


def _shifts(other: Dim, unit: str) -> bool:
    """Whether a date (or year) can be moved by this."""
    if other.open or other.kind == "truth" or other.count:
        return True
    if other.kind != "number" or other.money:
        return False
    return other.time is None or other.time == ((unit, 1),)


def fits(declared: Dim, given: Dim) -> bool:
    """Whether an item of one measure may hold a value of another."""
    if declared.open or given.open or declared.kind == "text":
        return True
    if declared.kind == "truth":
        return given.kind in ("truth", "number") and not given.money and not given.time
    if declared.kind == "number" and given.kind == "truth":
        return not declared.money
    if declared.kind == "number" and given.kind == "number" and declared.money and declared.time == ():
        given = replace(given, time=())  # an amount of the period
    return agree(declared, given)


def describe(a: Dim) -> str:
    """The measure as a person calls it."""
    if a.said:
        return a.said
    words = {
        "date": "a date",
        "year": "a calendar year",
        "text": "text",
        "truth": "true or false",
        "literal": "a number",
    }
    if a.kind in words:
        return words[a.kind]
    if a.kind == "unknown":
        return "something unknown"
    above = [a.scale or "money"] if a.money > 0 else []
    if a.money > 1:
        above[0] += f"^{a.money}"
    above += [f"{unit}s" if power == 1 else f"{unit}s^{power}" for unit, power in a.time or () if power > 0]
    below = [a.scale or "money"] if a.money < 0 else []
    below += [unit for unit, power in a.time or () if power < 0]
    if a.count:
        above.append(f"{a.count}s")
    if not above and not below:
        return "a ratio"
    return " ".join([" × ".join(above) or "1", *(f"a {unit}" for unit in below)])


def unit_of(deal: Deal, a: Dim) -> str:
    """The unit that a value of this measure is shown with, "" where it has none: as somebody wrote it, else made of
    the currency and the times."""
    if a.kind != "number" or a.said:
        return a.said
    if a.money not in (0, 1) or (a.money and not a.scale):
        return ""
    if a.money:
        above = next((u for u in _units(deal) if re.sub(r"\s+", "", u.casefold()) == a.scale), a.scale)
    elif a.count:
        above = f"{a.count}s"
    else:
        above = ""
    times = a.time or ()
    if any(abs(power) != 1 for _, power in times) or sum(power > 0 for _, power in times) > (0 if above else 1):
        return ""
    above = above or next((f"{unit}s" for unit, power in times if power > 0), "")
    return " ".join([above, *(f"a {unit}" for unit, power in times if power < 0)]) if above else ""


def _units(deal: Deal) -> Iterator[str]:
    """The units of the deal's items, the deal's own first."""
    yield deal.unit
    for group in (deal.terms, deal.lines, deal.series, deal.outputs):
        for item in group.values():
            yield item.unit
    for table in deal.tables.values():
        for column in table.columns.values():
            yield column.unit
