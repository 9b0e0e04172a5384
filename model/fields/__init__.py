"""Kinds of value: each reads, checks, shows and explains itself.

A field turns what a person types into an ``Input`` (``parse``), checks a value that stands in
a file (``check``), and moves between the document and the engine (``to_engine``,
``from_engine``). ``parse(edit_text(v)) == v`` for every value a field accepts. Bounds
and ``fixed`` are not enforced here: they warn elsewhere.

Canonical inputs: money, number, percent and multiple are ``float`` (percent as a fraction),
integer and year ``int``, flag ``bool``, yesno ``"yes"``/``"no"``/``"unknown"``, date
``datetime.date`` or ``"never"``, choice one of its choices, text ``str``. ``"none"`` is a limit
that is absent; ``"undisclosed"`` is accepted by every kind.
"""

from __future__ import annotations

import datetime as dt
import math
from functools import lru_cache
from typing import ClassVar, Final

from model.deal import Column, Input, Line, Output, Series, Term
from model.fields.base import UNDISCLOSED_WORD, Field, name_of
from model.fields.date_text import in_range, read_date, show_date
from model.fields.number_formats import DASH, excel_date, is_deceptive, show_general, show_text
from model.fields.numbers import (
    NONE_WORD,
    IntegerField,
    MoneyField,
    MultipleField,
    NumberField,
    PercentField,
    YearField,
)
from model.problems import refuse
from model.values import NEVER, Scalar, from_serial, to_serial

__all__ = ["KINDS", "NEVER_WORD", "NONE_WORD", "UNDISCLOSED_WORD", "Field", "field_for", "make_field"]

NEVER_WORD: Final = "never"
_NEVER_WORDS: Final = {"never", "not yet"}
_MAX_TEXT: Final = 32_767  # what an Excel cell holds


class DateField(Field):
    """A day, or "not yet" for an event that has not happened. A month alone means its last day."""

    kind = "date"
    align = "right"
    describe = "a date (31.12.2027, 2027-12-31; Dec 2027 is its last day) or “not yet”"
    example = "a date such as 2027-12-31, or “not yet”"

    def _parse(self, text: str, words: str) -> Input:
        return NEVER_WORD if words in _NEVER_WORDS else self._check(read_date(text))

    def _check(self, raw: object) -> Input:
        if not isinstance(raw, dt.date) or isinstance(raw, dt.datetime):
            self._wrong(raw)
        return NEVER_WORD if raw == dt.date.max else in_range(raw)

    def _to_engine(self, value: Input) -> Scalar:
        return NEVER if value == NEVER_WORD else to_serial(value)  # type: ignore[arg-type]

    def _from_engine(self, value: float | bool | dt.date) -> Input:
        if isinstance(value, dt.datetime):
            return self._check(value.date())
        if isinstance(value, dt.date):
            return self._check(value)
        day = None if isinstance(value, bool) or not math.isfinite(value) else from_serial(value)
        if day is None:
            raise refuse("", f"{name_of(value)} is not the serial number of a day.", f"Write {self.example}.")
        return self._check(day)

    def _show(self, value: float) -> str:
        if not math.isfinite(value):
            return "#NUM!"
        if value >= NEVER:
            return "not yet"
        if value // 1 == 60:
            return "29 Feb 1900"  # Excel's day that never was
        day = from_serial(value)
        return show_date(day) if day else DASH if value == 0 else "#####"

    def _edit(self, value: Input) -> str:
        return value.isoformat() if isinstance(value, dt.date) else str(value)

    def edit_text(self, value: Input | None) -> str:
        return "not yet" if value == NEVER_WORD else super().edit_text(value)

    @property
    def excel_format(self) -> str:
        return excel_date()


def _words(text: str) -> str:
    """Text for comparison: case, hyphens and underscores do not count."""
    for mark in "_-‐‑–—/":
        text = text.replace(mark, " ")
    return " ".join(text.casefold().split())


class ChoiceField(Field):
    """One of a few texts. Part of one is enough where only one choice has it."""

    kind = "choice"
    example = "one of the choices"

    @property
    def describe(self) -> str:  # type: ignore[override]
        listed = " · ".join(show_text(c) for c in self.choices)
        return f"one of: {listed}" if listed else "a choice (none declared)"

    def _parse(self, text: str, words: str) -> Input:
        if text in self.choices:
            return text
        wanted = _words(text)
        tests = (
            lambda c: c == wanted,
            lambda c: c.startswith(wanted),
            lambda c: f" {wanted} " in f" {c} ",
        )
        hits: list[str] = []
        for test in tests if wanted else ():
            hits = [c for c in self.choices if test(_words(c))]
            if len(hits) == 1:
                return hits[0]
            if hits:
                break
        shown = show_text(text.strip())[:40]
        listed = " · ".join(show_text(c) for c in hits or self.choices)
        what = f"“{shown}” fits several choices." if hits else f"“{shown}” is not one of the choices."
        raise refuse("", what, f"Choose: {listed}." if listed else "No choices are declared.")

    def _from_engine(self, value: float | bool | dt.date) -> Input:
        if isinstance(value, bool | dt.date):
            self._wrong(value)
        return self.parse(show_general(value))

    def _show_str(self, value: str) -> str:
        return show_text(value[:1].upper() + value[1:])


class YesNoField(Field):
    """Yes, no or unknown. As numbers: 1, 0 and one half."""

    kind = "yesno"
    describe = "yes, no or unknown"
    example = "yes, no or unknown"
    _WORDS: ClassVar = {
        "yes": "yes", "y": "yes", "true": "yes", "1": "yes", "no": "no", "n": "no", "false": "no", "0": "no",
        "unknown": "unknown", "u": "unknown", "?": "unknown",
    }  # fmt: skip

    def _parse(self, text: str, words: str) -> Input:
        if words not in self._WORDS:
            raise refuse("", f"“{show_text(text.strip())[:40]}” is not yes, no or unknown.", "Write one of the three.")
        return self._WORDS[words]

    def _check(self, raw: object) -> Input:
        if isinstance(raw, bool):
            return "yes" if raw else "no"
        self._wrong(raw)

    def _from_engine(self, value: float | bool | dt.date) -> Input:
        if isinstance(value, int | float) and value in (0, 0.5, 1):
            return {0: "no", 0.5: "unknown", 1: "yes"}[value]
        self._wrong(value)

    def _show(self, value: float) -> str:
        return {0.0: "No", 0.5: "Unknown", 1.0: "Yes"}.get(value) or show_general(value)

    def _show_str(self, value: str) -> str:
        return show_text(value[:1].upper() + value[1:])

    def _show_bool(self, value: bool) -> str:
        return "Yes" if value else "No"


class FlagField(Field):
    """A switch, shown as 1 or a dash. The engine gets 1 or 0, so that sums over a row count it."""

    kind = "flag"
    numeric = True
    align = "right"
    describe = "1 or 0"
    example = "1 or 0"

    def _parse(self, text: str, words: str) -> Input:
        if words in ("1", "true", "yes", "on"):
            return True
        if words in ("0", "false", "no", "off", DASH):
            return False
        raise refuse("", f"“{show_text(text.strip())[:40]}” is not a flag.", "Write 1 or 0.")

    def _check(self, raw: object) -> Input:
        if isinstance(raw, int | float) and raw in (0, 1):
            return bool(raw)
        self._wrong(raw)

    def _to_engine(self, value: Input) -> Scalar:
        return 1.0 if value else 0.0

    def _show(self, value: float) -> str:
        return DASH if value == 0 else show_general(value)

    def _show_bool(self, value: bool) -> str:
        return "1" if value else DASH

    def _edit(self, value: Input) -> str:
        return "1" if value else "0"

    @property
    def excel_format(self) -> str:
        return f'0_);-0_);"{DASH}"_);@_)'


class TextField(Field):
    """Any text of one Excel cell; control and bidirectional characters are refused."""

    kind = "text"
    describe = "text"
    example = "text"

    def _parse(self, text: str, words: str) -> Input:
        text = text.replace("\r\n", "\n").strip()
        if len(text) > _MAX_TEXT:
            raise refuse("", f"the text has {len(text):,} characters; a cell holds 32,767.", "Shorten it.")
        for place, char in enumerate(text):
            if char not in "\n\t" and is_deceptive(char):
                what = f"character {place + 1} (U+{ord(char):04X}) is invisible or changes the direction of writing."
                raise refuse("", what, "Remove it.", span=(place, place + 1))
        return text

    def _from_engine(self, value: float | bool | dt.date) -> Input:
        if isinstance(value, bool):
            return self._show_bool(value)
        return value.isoformat()[:10] if isinstance(value, dt.date) else show_general(value)


_KINDS: Final[dict[str, type[Field]]] = {
    c.kind: c
    for c in (
        MoneyField, NumberField, PercentField, MultipleField, IntegerField, YearField,
        DateField, ChoiceField, YesNoField, FlagField, TextField,
    )
}  # fmt: skip
KINDS: Final = tuple(_KINDS)


@lru_cache(maxsize=1024)
def make_field(kind: str, choices: tuple[str, ...] = (), unit: str = "", decimals: int | None = None) -> Field:
    """The shared field of a kind, unit, set of choices and number of decimals."""
    return _KINDS[kind](choices, unit, decimals)


def field_for(item: Term | Series | Column | Line | Output, money_unit: str = "") -> Field:
    """The field of an item. ``money_unit`` is the deal's unit, for money items that name none of their own."""
    unit = item.unit or (money_unit if item.kind == "money" else "")
    return make_field(item.kind, getattr(item, "choices", ()), unit, item.decimals)
