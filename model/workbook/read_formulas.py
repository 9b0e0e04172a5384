"""Formulas compared as text, whoever saved the book: blanks, case, dollar signs and the spelling of numbers
do not count, and references are compared where the cells they name are found now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from model.workbook.read_match import SheetMap
from model.workbook.viewpoint import letters

_REF: Final = r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})"
_TOKEN: Final = re.compile(
    r'(?P<text>"(?:[^"]|"")*")'
    r"|(?:(?P<quoted>'(?:[^']|''){1,80}'!)|(?P<sheet>[A-Za-z_][\w.]*!))?"
    rf"(?<![\w.])(?P<first>{_REF})(?::(?P<last>{_REF}))?(?![\w.(])"
    r"|(?P<word>[A-Za-z_\\][\w.]*)"
    r"|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<space>\s+)"
    r"|(?P<mark>.)",
    re.DOTALL,
)
_CONSTANT: Final = re.compile(r"\b(TRUE|FALSE)\(\)")
LOST: Final = "#REF!"


def canonical(
    formula: str, sheet: str, maps: Mapping[str, SheetMap] | None = None, names: Mapping[str, str] | None = None
) -> str:
    """A formula of a sheet in one spelling. With ``maps`` (by our sheet's name in lower case) its references are
    turned into the places where the book has those cells, and ``names`` into the names it has for them."""
    home = sheet.casefold()
    at_home = maps[home].theirs.casefold() if maps and home in maps else home
    out: list[str] = []
    for token in _TOKEN.finditer(formula):
        kind = token.lastgroup
        if token["text"]:
            out.append(token["text"])
        elif token["first"]:
            named = (token["quoted"] or token["sheet"] or "").rstrip("!").strip("'").replace("''", "'").casefold()
            out.append(_reference(token, named or home, at_home, maps))
        elif token["word"]:
            word = token["word"].casefold().removeprefix("_xlfn.").removeprefix("_xlws.")
            out.append((names or {}).get(word, word).upper())
        elif token["number"]:
            out.append(f"{float(token['number']):.15g}")
        elif kind != "space":
            out.append(token[0])
    return _CONSTANT.sub(r"\1", "".join(out))


def _reference(token: re.Match[str], sheet: str, home: str, maps: Mapping[str, SheetMap] | None) -> str:
    ends = [token["first"], token["last"]] if token["last"] else [token["first"]]
    shown = []
    theirs = sheet
    if maps is not None:
        if sheet not in maps:
            return LOST
        theirs = maps[sheet].theirs.casefold()
    for end in ends:
        found = re.fullmatch(_REF, end)
        assert found, end
        row, col = int(found[2]) - 1, _column(found[1])
        if maps is not None:
            place = maps[sheet].place(row, col)
            if place is None:
                return LOST
            row, col = place
        shown.append(f"{letters(col)}{row + 1}")
    return ("" if theirs == home else f"{theirs}!") + ":".join(shown)


def _column(text: str) -> int:
    column = 0
    for char in text.upper():
        column = column * 26 + ord(char) - 64
    return column - 1
