"""What a column of texts says about itself: its decimal mark, and whether its dates begin with the day or the month.

Only what no cell of the column contradicts counts; a column that says nothing is asked about, not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final, Literal, TypeAlias

from model.workbook.review_values import Decimal, localised

DateOrder: TypeAlias = Literal["", "dmy", "mdy"]

_FIGURE: Final = re.compile(r"[0-9][0-9.,'’\u00a0\u202f\u2009 ]*[0-9]|[0-9]")
_NUMERIC_DATE: Final = re.compile(r"\s*([0-9]{1,2})\s*([-/])\s*([0-9]{1,2})\s*\2\s*([0-9]{4})\s*", re.ASCII)


def decimal_of(values: Iterable[Any]) -> Decimal:
    """The one decimal mark under which every number is one and some number needs it; "" where there is none such."""
    said: set[Decimal] = set()
    for value in values:
        found = _FIGURE.search(value) if isinstance(value, str) else None
        if found and any(mark in found[0] for mark in ".,"):
            point, comma = localised(found[0], "."), localised(found[0], ",")
            if (point is None) != (comma is None):
                said.add("," if point is None else ".")
    return said.pop() if len(said) == 1 else ""


def order_of(values: Iterable[Any]) -> DateOrder:
    """Day first or month first, as a day beyond the twelfth shows; "" where none does or some disagree."""
    said: set[DateOrder] = set()
    for value in values:
        found = _NUMERIC_DATE.fullmatch(value) if isinstance(value, str) else None
        if found and int(found[1]) > 12 >= int(found[3]):
            said.add("dmy")
        elif found and int(found[3]) > 12 >= int(found[1]):
            said.add("mdy")
    return said.pop() if len(said) == 1 else ""


def can_be_two(value: Any) -> bool:
    """Whether a text is a date that reads differently in the two orders."""
    found = _NUMERIC_DATE.fullmatch(value) if isinstance(value, str) else None
    return bool(found and int(found[1]) <= 12 and int(found[3]) <= 12 and found[1] != found[3])


def in_order(value: Any, order: DateOrder) -> Any:
    """A date such as 03/04/2026 written so that it reads in one way; anything else as it is."""
    found = _NUMERIC_DATE.fullmatch(value) if isinstance(value, str) and order else None
    if not found:
        return value
    day, month = (found[1], found[3]) if order == "dmy" else (found[3], found[1])
    return f"{found[4]}-{int(month):02}-{int(day):02}"
