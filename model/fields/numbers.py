"""The kinds of value that are numbers: money, number, percent, multiple, integer, year."""

from __future__ import annotations

import math
from typing import ClassVar, Final

from model.deal import Input
from model.fields.base import Field
from model.fields.locale_numbers import Reading, exact, plain, read_number, shift
from model.fields.number_formats import DASH, excel_limit, excel_number, show_general, show_number, show_percent
from model.problems import refuse
from model.values import NO_CAP, Scalar

NONE_WORD: Final = "none"
_NONE_WORDS: Final = {"none", "no cap", "no limit", "unlimited", "uncapped"}
_EXACT_INTEGER: Final = 2**53


class NumberField(Field):
    """A plain number. ``none`` means no limit; numbers of a quadrillion and more are refused for money."""

    kind = "number"
    numeric = True
    align = "right"
    default_decimals = 2
    suffix: ClassVar[str] = ""
    describe = "a number or “none” (no limit)"
    example = "a number such as 1,234.5"

    def _parse(self, text: str, words: str) -> Input:
        if words in _NONE_WORDS:
            return NONE_WORD
        if words == DASH:  # our own zero, pasted back
            return self._check(0)
        reading = read_number(text, self.unit, money=self.kind == "money")
        self._fits(reading, text)
        value = float(shift(reading.value, -2 if reading.percent else 0))
        if value == 0 and reading.value != 0:
            raise refuse("", f"“{text.strip()}” is too close to zero.", "Write 0 if zero is meant.")
        return self._check(value)

    def _fits(self, reading: Reading, text: str) -> None:
        if reading.times:
            raise refuse("", f"“{text.strip()}” is a multiple; this is {self.describe}.", f"Write {self.example}.")

    def _check(self, raw: object) -> Input:
        value = self._finite(raw)
        if value == NO_CAP:
            return NONE_WORD
        return value + 0.0  # -0.0 becomes 0.0

    def _finite(self, raw: object) -> float:
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            self._wrong(raw)
        try:
            value = float(raw)
        except OverflowError:
            value = math.inf
        if not math.isfinite(value):
            raise refuse("", "this is not a finite number.", f"Write {self.example}.")
        return value

    def _to_engine(self, value: Input) -> Scalar:
        return NO_CAP if value == NONE_WORD else float(value)  # type: ignore[arg-type]

    def _show(self, value: float) -> str:
        return NONE_WORD if value == NO_CAP else show_number(value, self.decimals, self.suffix)

    def _edit(self, value: Input) -> str:
        return plain(exact(float(value)))  # type: ignore[arg-type]

    @property
    def excel_format(self) -> str:
        return excel_number(self.decimals, self.suffix)

    @property
    def excel_format_limit(self) -> str:
        return excel_limit(self.decimals, self.suffix)


class MoneyField(NumberField):
    """An amount in the item's unit; ``$250bn`` and ``250m`` are scaled to it."""

    kind = "money"
    default_decimals = 1

    @property
    def describe(self) -> str:  # type: ignore[override]
        scale = f" in {self.unit} (“1.2bn” or “250m” are converted)" if self.unit else ""
        return f"an amount{scale}, or “none” (no limit)"

    def _fits(self, reading: Reading, text: str) -> None:
        super()._fits(reading, text)
        if reading.percent:
            raise refuse("", f"“{text.strip()}” is a percentage; this is an amount.", f"Write {self.example}.")

    def _check(self, raw: object) -> Input:
        value = super()._check(raw)
        if isinstance(value, float) and value > NO_CAP:
            raise refuse("", "an amount above 1,000,000,000,000,000 means no limit.", "Write “none”, or less.")
        return value

    def _show(self, value: float) -> str:
        return NONE_WORD if NO_CAP <= value < math.inf else super()._show(value)


class MultipleField(MoneyField):
    kind = "multiple"
    suffix = "x"
    describe = "a multiple such as 11.6x, or “none” (no limit)"
    example = "a multiple such as 11.6x"

    def _fits(self, reading: Reading, text: str) -> None:
        if reading.percent:
            raise refuse("", f"“{text.strip()}” is a percentage; this is a multiple.", f"Write {self.example}.")


class PercentField(NumberField):
    """A share, stored as a fraction.

    With a percent sign the figure is exact: ``0.5 %`` is half a percent. Without one, figures
    between -1 and 1 are fractions (``0.27`` is 27 %) and all others are percent (``27`` is
    27 %). Numbers that stand in a file (not typed) are always fractions.
    """

    kind = "percent"
    default_decimals = 1
    describe = "a percentage (27 %, 27 or 0.27; below 1 % write the sign: 0.5 %)"
    example = "a percentage such as 27 %"

    def _parse(self, text: str, words: str) -> Input:
        if words == DASH:
            return 0.0
        if words in _NONE_WORDS:
            raise refuse("", f"“{words}” is not a percentage.", "Write 0 % or 100 %.")
        reading = read_number(text, "" if "%" in self.unit else self.unit)
        self._fits(reading, text)
        percent = reading.percent or abs(reading.value) > 1
        value = float(shift(reading.value, -2 if percent else 0))
        if value == 0 and reading.value != 0:
            raise refuse("", f"“{text.strip()}” is too close to zero.", "Write 0 % if zero is meant.")
        return self._check(value)

    def _check(self, raw: object) -> Input:
        return self._finite(raw) + 0.0

    def _show(self, value: float) -> str:
        return show_percent(value, self.decimals)

    def _edit(self, value: Input) -> str:
        return plain(shift(exact(float(value)), 2)) + "%"  # type: ignore[arg-type]

    @property
    def excel_format(self) -> str:
        return excel_number(self.decimals, percent=True)

    @property
    def excel_format_limit(self) -> str:
        return self.excel_format


class IntegerField(NumberField):
    kind = "integer"
    default_decimals = 0
    describe = "a whole number or “none” (no limit)"
    example = "a whole number such as 6"

    def _fits(self, reading: Reading, text: str) -> None:
        super()._fits(reading, text)
        if reading.percent or reading.value != reading.value.to_integral_value():
            raise refuse("", f"“{text.strip()}” is not a whole number.", f"Write {self.example}.")

    def _check(self, raw: object) -> Input:
        value = self._finite(raw)
        if value != int(value):
            raise refuse("", f"{show_general(value)} is not a whole number.", f"Write {self.example}.")
        if abs(value) > _EXACT_INTEGER or (isinstance(raw, int) and abs(raw) > _EXACT_INTEGER):
            raise refuse("", "whole numbers beyond 9,007,199,254,740,992 are not exact.", "Write a smaller number.")
        return NONE_WORD if value == NO_CAP else int(value)

    def _edit(self, value: Input) -> str:
        return str(value)


class YearField(IntegerField):
    """A calendar year, never with separators."""

    kind = "year"
    numeric = False
    describe = "a year such as 2032"
    example = "a year such as 2032"

    def _parse(self, text: str, words: str) -> Input:
        if not (words.isascii() and words.isdigit() and len(words) == 4):
            raise refuse("", f"“{text.strip()[:40]}” is not a year.", "Write four digits, such as 2032.")
        return self._check(int(words))

    def _check(self, raw: object) -> Input:
        value = self._finite(raw)
        if value != int(value) or not 1900 <= value <= 9999:
            raise refuse("", f"{show_general(value)} is not a year.", "Write a year from 1900 to 9999.")
        return int(value)

    def _to_engine(self, value: Input) -> Scalar:
        return float(value)  # type: ignore[arg-type]

    def _show(self, value: float) -> str:
        return DASH if value == 0 else show_general(value)

    @property
    def excel_format(self) -> str:
        return "0"

    @property
    def excel_format_limit(self) -> str:
        return "0"
