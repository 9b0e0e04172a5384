"""The same tree printed as an Excel formula.

A ``Layout`` knows where every item lives in the workbook. Only functions that Excel 2010 and
LibreOffice know are printed; newer ones are expanded by the table of functions.
"""

from __future__ import annotations

from typing import Protocol

from model.formula.functions import FUNCTIONS
from model.formula.nodes import (
    Array,
    Before,
    Binary,
    Bool,
    ByYear,
    Call,
    Column,
    Earlier,
    Err,
    Here,
    Missing,
    Node,
    Num,
    Ref,
    Row,
    SeriesRange,
    Text,
    ToDate,
    Unary,
    YearsToDate,
)  # fmt: skip
from model.formula.parse import BINARY
from model.problems import refuse

_ATOM, _UNARY, _PERCENT = 9, 7, 6
MAX_LENGTH = 8192


class Layout(Protocol):
    """Where items live, as seen from the cell that is being written."""

    def scalar(self, key: str) -> str:
        """A single cell: a defined name or an absolute reference."""
        ...

    def here(self, key: str) -> str:
        """A line (or timeline row) in the column being written, for example ``G15`` or ``G$3``."""
        ...

    def before(self, key: str) -> str:
        """The same line one column to the left (the opening column before the first period)."""
        ...

    def row(self, key: str) -> str:
        """A line over all periods, for example ``Schedule!$E15:$T15``."""
        ...

    def to_date(self, key: str) -> str:
        """A line from the first period to this column, for example ``$E15:G15``."""
        ...

    def earlier(self, key: str) -> str:
        """A line from its opening cell to one column to the left, for example ``$D15:F15``."""
        ...

    def column(self, table: str, column: str) -> str:
        """A table's column over its records."""
        ...

    def series(self, key: str) -> tuple[str, str]:
        """The years of a series and its values, as two ranges."""
        ...

    def may_be_text(self, key: str) -> bool:
        """Whether the cell holds the word "undisclosed" in place of a value."""
        ...


def to_excel(tree: Node, layout: Layout) -> str:
    """The formula's text with its leading ``=``. Raises Refused when it is longer than Excel takes."""
    text = "=" + _Printer(layout).show(tree)[0]
    if len(text) > MAX_LENGTH:
        raise refuse(
            "export", f"A formula would need {len(text):,} characters in Excel, which takes {MAX_LENGTH:,}.",
            "Split it into helper lines.",
        )  # fmt: skip
    return text


def number(value: float) -> str:
    """A number literal that reads back to the same double."""
    text = repr(value)
    if text.endswith(".0"):
        text = text[:-2]
    return text.replace("e+", "E+").replace("e-", "E-").replace("e", "E")


class _Printer:
    def __init__(self, layout: Layout) -> None:
        self.at = layout

    def show(self, node: Node) -> tuple[str, int]:
        """Text and how tightly its outermost operator binds."""
        if isinstance(node, Num):
            return number(node.value), _ATOM
        if isinstance(node, Text):
            return '"' + node.value.replace('"', '""') + '"', _ATOM
        if isinstance(node, Bool):
            return ("TRUE" if node.value else "FALSE"), _ATOM
        if isinstance(node, Ref):
            name = self.at.scalar(node.key)
            return (f'IF({name}="undisclosed",NA(),{name})' if self.at.may_be_text(node.key) else name), _ATOM
        if isinstance(node, Here):
            return self.at.here(node.key), _ATOM
        if isinstance(node, Before):
            return self.at.before(node.key), _ATOM
        if isinstance(node, Binary):
            power = BINARY[node.op]
            # Excel is left-associative throughout, ^ included
            return f"{self.inside(node.left, power)}{node.op}{self.inside(node.right, power + 1)}", power
        if isinstance(node, Unary):
            if node.op == "%":
                return f"{self.inside(node.arg, _PERCENT)}%", _PERCENT
            return f"{node.op}{self.inside(node.arg, _PERCENT)}", _UNARY
        if isinstance(node, Call):
            return self.call(node)
        if isinstance(node, Err):
            return ("NA()" if node.kind == "#N/A" else node.kind), _ATOM
        if isinstance(node, Missing):
            return "", _ATOM
        if isinstance(node, Column):
            return self.at.column(node.table, node.column), _ATOM
        if isinstance(node, Row):
            return self.at.row(node.key), _ATOM
        if isinstance(node, ToDate):
            return self.at.to_date(node.key), _ATOM
        if isinstance(node, Earlier):
            return self.at.earlier(node.key), _ATOM
        if isinstance(node, Array):
            rows = (",".join(self.show(c)[0] if not isinstance(c, Err) else c.kind for c in row) for row in node.rows)
            return "{" + ";".join(rows) + "}", _ATOM
        if isinstance(node, SeriesRange):
            return self.at.series(node.series)[1], _ATOM
        if isinstance(node, ByYear):
            years, values = self.at.series(node.series)
            year = self.at.here("year")
            other = self.show(node.other)[0]
            # not IFERROR, which would hide errors of the values
            return f"IF(COUNTIF({years},{year})=0,{other},INDEX({values},MATCH({year},{years},0)))", _ATOM
        if isinstance(node, YearsToDate):
            # the range must expand: a whole row would be circular once the line is part of a loop
            year, span = self.at.here("year"), self.inside(node.years, BINARY["-"] + 1)
            return f'SUMIFS({self.at.to_date(node.key)},{self.at.to_date("year")},">"&({year}-{span}))', _ATOM
        raise TypeError(f"not a bound tree: {node!r}")

    def inside(self, node: Node, floor: int) -> str:
        text, power = self.show(node)
        return text if power >= floor else f"({text})"

    def call(self, node: Call) -> tuple[str, int]:
        spec = FUNCTIONS[node.name]
        args = [self.show(a)[0] for a in node.args]
        if spec.excel:  # an argument left out has no place outside a list of arguments
            blank = '""' if spec.result == "text" else "0"
            args = [blank if isinstance(a, Missing) else text for a, text in zip(node.args, args, strict=True)]
        return spec.printed(args), (0 if spec.excel else _ATOM)
