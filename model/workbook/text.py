"""Texts on their way into a workbook: cleaned of what a file cannot hold, refused where they would be cut."""

from __future__ import annotations

import re
from typing import Final

from model.formula.printable import utf16_length
from model.problems import refuse

MAX_CELL: Final = 32_767
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_FORMULA_LIKE: Final = ("=", "+", "-", "@")
_CELL: Final = re.compile(r"!(?=\$?[A-Z]+\$?[0-9])")
_FILE_ILLEGAL: Final = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\ud800-\udfff\ufffe\uffff]')
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)


class Texts:
    """Cleans texts and remembers where something had to be replaced."""

    def __init__(self) -> None:
        self.replaced: list[str] = []

    def clean(self, text: str, where: str) -> str:
        """The text as a cell can hold it. Raises Refused when it is too long: it is never cut."""
        text = text.replace("\r\n", "\n")
        if _ILLEGAL.search(text):
            text = _ILLEGAL.sub("\ufffd", text)
            if where not in self.replaced:
                self.replaced.append(where)
        size = utf16_length(text)
        if size > MAX_CELL:
            raise refuse(
                where,
                f"The text has {size:,} characters; an Excel cell holds {MAX_CELL:,}.",
                "Shorten it, then export again.",
            )
        return text


def looks_like_formula(text: str) -> bool:
    """Text that Excel would take for a formula if someone edited its cell: it gets the quote prefix."""
    return text.startswith(_FORMULA_LIKE)


def chart_title(text: str) -> str:
    """Text as a chart's title. XlsxWriter takes what looks like a cell of a sheet for a reference, so an invisible word
    joiner parts the two."""
    return _CELL.sub("!\u2060", text)


def is_printable_formula(text: str) -> bool:
    """Whether a formula's own text has only characters that a workbook can hold."""
    return _ILLEGAL.search(text) is None


def file_name(text: str, longest: int = 120) -> str:
    """A text as a part of a file name on any system."""
    text = " ".join(_FILE_ILLEGAL.sub("-", text).split())[:longest].strip(" .")
    return f"_{text}" if _DEVICES.match(text) else text


def footer(text: str) -> str:
    """Text inside a page footer, where ``&`` starts a code."""
    return _ILLEGAL.sub("\ufffd", text).replace("&", "&&").replace("\n", " ")[:80]
