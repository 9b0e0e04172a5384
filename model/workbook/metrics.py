"""How wide texts are in Arial, and how wide columns are: so that nothing is cut and no row is taller than it must be.

Advance widths are Helvetica's, which Arial copies (Adobe's public font metrics), in thousandths of the font size.
"""

from __future__ import annotations

import unicodedata
from typing import Final

_WIDTHS: Final[dict[int, str]] = {
    191: "'",
    222: "ijl‘’",
    260: "|",
    278: " \u2009!,./:;I[\\]ft·",
    333: "()-`r“”",
    334: "{}",
    355: '"',
    389: "*",
    469: "^",
    500: "Jckszvxy",
    556: "#$0123456789?L_abdeghnopqu–€",
    584: "+<=>~×−½",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1000: "—…→",
    1015: "@",
}
_ADVANCE: Final = {char: width for width, chars in _WIDTHS.items() for char in chars}
_OTHER: Final = 600
_BOLD: Final = 1.07
_SAFE: Final = 1.04  # programs round each letter to pixels, each in its own way
_PIXELS_A_POINT: Final = 96 / 72
_DIGIT: Final = 7  # pixels of a digit of the book's own font, the unit of column widths
_PADDING: Final = 5  # a column's own margin, in pixels
_INDENT: Final = 9


def text_width(text: str, size: float = 10.0, *, bold: bool = False) -> float:
    """The longest line's width in pixels."""
    longest = max((sum(_advance(c) for c in line) for line in text.split("\n")), default=0)
    return longest / 1000 * size * _PIXELS_A_POINT * _SAFE * (_BOLD if bold else 1.0)


def _advance(char: str) -> int:
    known = _ADVANCE.get(char)
    if known is None:
        known = 1000 if unicodedata.east_asian_width(char) in "WF" else _OTHER
        known = 0 if unicodedata.combining(char) else known
    return known


def column_pixels(width: float) -> float:
    """A column's width in pixels."""
    return width * _DIGIT + _PADDING


def column_for(text: str, size: float = 10.0, *, bold: bool = False, indent: int = 0) -> float:
    """The column width that shows this text in full."""
    return (text_width(text, size, bold=bold) + indent * _INDENT + 4) / _DIGIT


def wrapped_lines(text: str, width: float, size: float = 10.0, *, indent: int = 0) -> int:
    """Lines that a text takes in a column of this width."""
    room = max(20.0, column_pixels(width) - _PADDING - indent * _INDENT)
    space = text_width(" ", size)
    lines = 0
    for part in text.split("\n"):
        used = 0.0
        lines += 1
        for word in part.split(" "):
            size_of = text_width(word, size)
            if used and used + space + size_of > room:
                lines += 1
                used = 0.0
            if size_of > room:
                lines += int(size_of // room)
                size_of %= room
            used += size_of + (space if used else 0.0)
    return lines
