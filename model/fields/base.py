"""What every kind of value has in common: see ``fields``."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Final, Literal, NoReturn

from model.deal import Input
from model.fields.number_formats import show_general, show_text
from model.problems import refuse
from model.values import UNDISCLOSED, ErrorValue, Scalar

UNDISCLOSED_WORD: Final = "undisclosed"


class Field:
    """One kind of value with its unit, decimals and choices. Stateless; shared through ``field_for``."""

    kind: ClassVar[str] = ""
    numeric: ClassVar[bool] = False  #: sums and averages of a selection make sense
    align: ClassVar[Literal["left", "right"]] = "left"
    default_decimals: ClassVar[int] = 0

    def __init__(self, choices: tuple[str, ...] = (), unit: str = "", decimals: int | None = None) -> None:
        self.choices = choices
        self.unit = unit
        self.decimals = self.default_decimals if decimals is None else max(0, min(15, decimals))

    def __repr__(self) -> str:
        return f"<Field {self.kind} {self.unit or '-'} {self.decimals}>"

    # -- reading -----------------------------------------------------------------------------

    def parse(self, text: str) -> Input:
        """Read what was typed. Raises ``Refused`` with the reason and what to write instead."""
        words = " ".join(text.split()).casefold()
        if words == UNDISCLOSED_WORD:
            return UNDISCLOSED_WORD
        if text.lstrip().startswith("=") and self.kind not in ("text", "choice"):
            raise refuse("", "this is an input, and a formula cannot stand here.", f"Write {self.example}.")
        if not words and self.kind != "text":
            raise refuse("", "nothing was written.", f"Write {self.example}.")
        return self._parse(text, words)

    def check(self, raw: object) -> Input:
        """Validate a value as a file holds it: typed, or text as one would type it."""
        return self.parse(raw) if isinstance(raw, str) else self._check(raw)

    def to_engine(self, value: Input | None) -> Scalar:
        """The engine's value of a canonical input."""
        if value is None:
            return None
        return UNDISCLOSED if value == UNDISCLOSED_WORD else self._to_engine(value)

    def from_engine(self, value: Scalar | dt.date) -> Input | None:
        """The input that an engine's or a spreadsheet's cell value stands for."""
        if value is None:
            return None
        if isinstance(value, ErrorValue):
            if value.is_undisclosed:
                return UNDISCLOSED_WORD
            raise refuse("", f"{value.kind} is an error, not a value.", f"Write {self.example}.")
        if isinstance(value, str):
            return self.parse(value)
        return self._from_engine(value)

    # -- showing -----------------------------------------------------------------------------

    def show(self, value: Scalar) -> str:
        """As displayed in a cell."""
        if value.__class__ is float:  # as most values of a schedule are
            return self._show(value)
        if value is None:
            return ""
        if isinstance(value, ErrorValue):
            return value.word
        if isinstance(value, str):
            return self._show_str(value)
        if isinstance(value, bool):
            return self._show_bool(value)
        return self._show(float(value))

    def edit_text(self, value: Input | None) -> str:
        """What the editor starts with: full precision, read back exactly by ``parse``."""
        if value is None:
            return ""
        return value if isinstance(value, str) else self._edit(value)

    @property
    def excel_format(self) -> str:
        """Excel number format for values that are always there."""
        return "General"

    @property
    def excel_format_limit(self) -> str:
        """Excel number format for values that may be "none" (no limit)."""
        return self.excel_format

    @property
    def hint(self) -> str:
        """One sentence on what may be written."""
        return f"{self.describe[0].upper()}{self.describe[1:]}; or “undisclosed”."

    describe: str = "a value"
    example: str = "a value"

    # -- what each kind says for itself ------------------------------------------------------

    def _parse(self, text: str, words: str) -> Input:
        raise NotImplementedError

    def _check(self, raw: object) -> Input:
        self._wrong(raw)

    def _to_engine(self, value: Input) -> Scalar:
        return value if isinstance(value, str) else float(value)  # type: ignore[arg-type]

    def _from_engine(self, value: float | bool | dt.date) -> Input:
        return self._check(value)

    def _show(self, value: float) -> str:
        return show_general(value)

    def _show_str(self, value: str) -> str:
        return show_text(value)

    def _show_bool(self, value: bool) -> str:
        return "TRUE" if value else "FALSE"

    def _edit(self, value: Input) -> str:
        return str(value)

    def _wrong(self, raw: object) -> NoReturn:
        raise refuse("", f"{name_of(raw)} is not {self.describe}.", f"Write {self.example}.")


def name_of(raw: object) -> str:
    match raw:
        case bool():
            return "true" if raw else "false"
        case dt.datetime():
            return "a day with a time"
        case dt.date():
            return f"the date {raw.isoformat()}"
        case int() | float():
            long = isinstance(raw, int) and abs(raw) >= 10**20
            return "so long a number" if long else f"the number {str(raw)[:20]}"
        case list() | tuple():
            return "a list"
        case dict():
            return "a group of values"
    return "this"
