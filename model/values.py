"""Values as the engine sees them: floats, text, booleans, blanks, Excel's errors.

A date is an Excel serial number of the 1900 system. Two of the four kinds of
nothing live here: an event that has not happened is ``NEVER`` (a date so late
that MIN and comparisons work), and a value nobody has disclosed is
``UNDISCLOSED`` (an error that propagates, shown under its own name). ``None`` is
Excel's blank cell.
"""

from __future__ import annotations

import datetime as dt
from typing import Final, TypeAlias


class ErrorValue:
    """An Excel error as a value: ``kind`` is Excel's name, ``note`` says why in a sentence.

    ``at`` is the key of the cell where the error arose ("" while unknown).
    """

    __slots__ = ("at", "kind", "note")

    def __init__(self, kind: str, note: str = "", at: str = "") -> None:
        self.kind = kind
        self.note = note
        self.at = at

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ErrorValue) and (self.kind, self.is_undisclosed) == (other.kind, other.is_undisclosed)

    def __hash__(self) -> int:
        return hash(self.kind)

    def __repr__(self) -> str:
        return f"ErrorValue({self.kind!r}, {self.note!r}, at={self.at!r})"

    @property
    def is_undisclosed(self) -> bool:
        return self.note == UNDISCLOSED_NOTE

    @property
    def word(self) -> str:
        """As people read it: ``#DIV/0!``, “undisclosed”."""
        return UNDISCLOSED_NOTE if self.is_undisclosed else self.kind

    def rooted(self, at: str) -> ErrorValue:
        """The same error with its root cell named, unless it has one already."""
        return self if self.at else ErrorValue(self.kind, self.note, at)


class Range(list):
    """The values of referenced cells, in order. Aggregates treat these as Excel treats references:
    text and booleans inside are ignored, where the same values as literals would count."""

    __slots__ = ()


UNDISCLOSED_NOTE: Final = "undisclosed"
DIV0: Final = "#DIV/0!"
NUM: Final = "#NUM!"
VALUE: Final = "#VALUE!"
REF: Final = "#REF!"
NAME: Final = "#NAME?"
NA: Final = "#N/A"
NULL: Final = "#NULL!"
ERROR_KINDS: Final = (NULL, DIV0, VALUE, REF, NAME, NUM, NA)

UNDISCLOSED: Final = ErrorValue(NA, UNDISCLOSED_NOTE)

Scalar: TypeAlias = "float | str | bool | ErrorValue | None"

NEVER: Final = 2958465.0  # 9999-12-31
NO_CAP: Final = 1e15  # "none" of a money limit: a very large number, never blank
_EPOCH = dt.date(1899, 12, 30).toordinal()
_FIRST = dt.date(1900, 3, 1)


def to_serial(day: dt.date) -> float:
    """Excel serial of a date. Before 1 March 1900 Excel counts a day (29 Feb 1900) that never was."""
    serial = day.toordinal() - _EPOCH
    return float(serial if day >= _FIRST else serial - 1)


def from_serial(serial: float) -> dt.date | None:
    """The date of a serial, or None where Python's calendar has none (serial 0, 60 and beyond 9999-12-31)."""
    n = int(serial // 1)
    if n < 1 or n == 60 or n > NEVER:
        return None
    return dt.date.fromordinal(n + _EPOCH if n > 60 else n + _EPOCH + 1)
