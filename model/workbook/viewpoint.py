"""How a formula names what it reads, as seen from the cell it stands in."""

from __future__ import annotations

from functools import cache
from typing import Final

from model.formula.helpers import PERIOD_NAMES
from model.workbook.book import FIRST_PERIOD, LABEL, SCHEDULE, TABLES, VALUE, Book

HERE: Final = "\x01"  # stands for the column's letters in a row's formula
BEFORE: Final = "\x02"  # and for the previous column's


@cache
def letters(col: int) -> str:
    """A column's letters."""
    text = ""
    col += 1
    while col:
        col, rest = divmod(col - 1, 26)
        text = chr(65 + rest) + text
    return text


def cell(row: int, col: int) -> str:
    """An absolute reference such as ``$D$12``."""
    return f"${letters(col)}${row + 1}"


class Viewpoint:
    """References as seen from one sheet (the ``Layout`` that ``to_excel`` asks).

    For a line, columns are printed as marks that ``at_column`` fills in, so that a row is printed
    once. ``record`` and ``above`` name the records that a table's formula may reach by relative references.
    """

    def __init__(self, book: Book, sheet: str, table: str = "", record: str = "", above: str | None = None) -> None:
        self.book = book
        self.sheet = sheet
        self.foreign = False  #: whether anything on another sheet was named so far
        self._near = {f"{table}.{r}" for r in (record, above) if table and r}

    def scalar(self, key: str) -> str:
        place = self.book.scalars[key]
        if place.sheet != self.sheet:
            self.foreign = True
        if key in self.book.names:
            return self.book.names[key]
        if key.rpartition(".")[0] in self._near:
            return f"{letters(place.col)}{place.row + 1}"
        return self._on(place.sheet) + cell(place.row, place.col)

    def here(self, key: str) -> str:
        return self._line(HERE, key)

    def before(self, key: str) -> str:
        return self._line(BEFORE, key)

    def row(self, key: str) -> str:
        row = self.book.rows[key]
        return f"{self._on(SCHEDULE)}{cell(row, FIRST_PERIOD)}:{cell(row, self.book.last_period)}"

    def to_date(self, key: str) -> str:
        fixed = "$" if key in PERIOD_NAMES else ""
        return f"${letters(FIRST_PERIOD)}{fixed}{self.book.rows[key] + 1}:{self._line(HERE, key)}"

    def earlier(self, key: str) -> str:
        return (
            f"${letters(VALUE)}{'$' if key in PERIOD_NAMES else ''}{self.book.rows[key] + 1}:{self._line(BEFORE, key)}"
        )

    def column(self, table: str, column: str) -> str:
        block = self.book.tables[table]
        col = block.guards.get(column, block.columns[column])
        return self._down(block.first, block.last, col)

    def series(self, key: str) -> tuple[str, str]:
        block = self.book.series[key]
        values = LABEL + 1 if block.guard is None else block.guard
        return self._down(block.first, block.last, LABEL), self._down(block.first, block.last, values)

    def may_be_text(self, key: str) -> bool:
        return key in self.book.undisclosed

    def _line(self, mark: str, key: str) -> str:
        return f"{mark}{'$' if key in PERIOD_NAMES else ''}{self.book.rows[key] + 1}"

    def _down(self, first: int, last: int, col: int) -> str:
        return f"{self._on(TABLES)}{cell(first, col)}:{cell(last, col)}"

    def _on(self, sheet: str) -> str:
        if sheet == self.sheet:
            return ""
        self.foreign = True
        return sheet + "!"


def at_column(formula: str, col: int) -> str:
    """A row's formula in one column."""
    return formula.replace(HERE, letters(col)).replace(BEFORE, letters(col - 1))
