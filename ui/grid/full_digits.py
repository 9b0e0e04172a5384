"""Numbers of a paste in all their digits: what LibreOffice and Excel put beside the rounded text that a cell shows.

LibreOffice writes ``sdval`` into the HTML of its clipboard, Excel ``x:num``. The number is taken only where it rounds
to what is shown, so that a format which scales or a table of another shape changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from html.parser import HTMLParser
from typing import Final

from model.workbook.review_values import Decimal as DecimalMark
from model.workbook.review_values import localised
from ui.grid import clipboard

_FIGURE: Final = re.compile(r"[0-9][0-9.,'’\u00a0\u202f\u2009 ]*[0-9]|[0-9]")
_SPACES: Final = re.compile(r"\s+")
_MOST: Final = 200_000  # cells


def with_all_digits(text: str, html: str) -> str:
    """The text of a paste with every number written out that the HTML beside it knows better."""
    if ("sdval=" not in html and "x:num" not in html) or max(len(text), len(html)) > clipboard.MAX_CHARS:
        return text
    rows = clipboard.decode(text)
    table = _Table()
    table.feed(html)
    if [len(r) for r in table.rows] != [len(r) for r in rows]:
        return text
    return clipboard.encode([
        [_digits(shown, *cell) for shown, cell in zip(row, cells, strict=True)]
        for row, cells in zip(rows, table.rows, strict=True)
    ])  # fmt: skip


def _digits(shown: str, said: str, number: str) -> str:
    """``shown`` with its figure replaced by all digits of ``number``, where that is the number which it shows."""
    found = _FIGURE.search(shown)
    if not number or found is None or _SPACES.sub("", said) != _SPACES.sub("", shown):
        return shown
    try:
        value = abs(Decimal(number)).scaleb(2 if "%" in shown else 0)
    except InvalidOperation:
        return shown
    if not value.is_finite() or abs(value.adjusted()) > 30 or _FIGURE.search(shown, found.end()):
        return shown
    marks: tuple[DecimalMark, ...] = (".", ",")
    for mark in marks:
        figure = localised(found[0], mark)
        if figure is not None and _rounds_to(value, Decimal(figure)):
            return f"{shown[: found.start()]}{value.normalize():f}{shown[found.end() :]}"
    return shown


def _rounds_to(value: Decimal, shown: Decimal) -> bool:
    exponent = shown.as_tuple().exponent
    assert isinstance(exponent, int)
    return abs(value - shown) <= Decimal(1).scaleb(exponent) / 2 + value.scaleb(-15)  # spreadsheets keep 15 digits


class _Table(HTMLParser):
    """The first table: of each cell its text and the number that stands behind it, "" where there is none."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[tuple[str, str]]] = []
        self._cell: list[str] | None = None
        self._number = ""
        self._count = 0
        self._done = False

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if self._done:
            return
        if tag in ("td", "th", "tr"):
            self._close()
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            known = dict(attrs)
            if "colspan" in known or "rowspan" in known:  # merged cells: rows and columns cannot be told
                self.rows, self._done = [], True
                return
            self._count += 1
            if self._count > _MOST:
                self.rows, self._done = [], True
                return
            self._cell, self._number = [], known.get("sdval") or known.get("x:num") or ""
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._close()
        self._done = self._done or tag == "table"

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _close(self) -> None:
        if self._cell is not None:
            self.rows[-1].append(("".join(self._cell), self._number))
            self._cell = None
