"""What computes here but would not compute the same, or not at all, in Excel: found before it is written."""

from __future__ import annotations

from typing import Final

from model.formula.nodes import Array, Call, Column, Earlier, Node, Row, SeriesRange, Text, ToDate, children
from model.problems import Refused, refuse

MAX_LITERAL: Final = 255
# functions that take their ranges pairwise: Excel wants them of one shape, or multiplies rows by columns
PAIRWISE: Final = frozenset(
    ("SUMPRODUCT", "SUMIF", "SUMIFS", "COUNTIFS", "AVERAGEIF", "AVERAGEIFS", "MINIFS", "MAXIFS", "CORREL", "RSQ", "COVAR", "SLOPE", "INTERCEPT",
     "FORECAST", "STEYX", "SUMXMY2", "SUMX2MY2", "SUMX2PY2", "XNPV", "XIRR", "LOOKUP", "XLOOKUP")
)  # fmt: skip
# functions of texts that become functions of single values in the workbook
SINGLE: Final = {"CONCAT": 0, "TEXTJOIN": 2}  # and the first argument that Excel would let be a range


def utf16_length(text: str) -> int:
    """Length as Excel counts it: characters beyond the basic plane count twice."""
    return len(text) + sum(1 for char in text if ord(char) > 0xFFFF)


def hindrance(tree: Node, where: str) -> Refused | None:
    """Why a tree cannot be printed so that Excel gets the same value; None where it can."""
    stack = [tree]
    while stack:
        node = stack.pop()
        stack += children(node)
        if isinstance(node, Text) and utf16_length(node.value) > MAX_LITERAL:
            what = f"The formula holds a text of {utf16_length(node.value)} characters; Excel takes {MAX_LITERAL} inside a formula."
            return refuse(where, what, "Put it into a text term, or join two shorter texts with &.")
        if isinstance(node, Call) and node.name in SINGLE and any(_is_range(a) for a in node.args[SINGLE[node.name] :]):
            what = f"{node.name} over a range cannot be written for Excel 2010."
            return refuse(where, what, "Name the values one by one.")
        if isinstance(node, Call) and node.name in PAIRWISE:
            runs = set().union(*(_runs(arg) for arg in node.args))
            if len(runs) > 1:
                what = f"{node.name} pairs a line, whose values run across the periods, with a table or series, whose values run down."
                remedy = "Bring both into lines (BYYEAR, ASOF) or both into columns of one table."
                return refuse(where, what + " Excel would not pair them.", remedy)
    return None


def _is_range(node: Node) -> bool:
    return isinstance(node, (Array, Column, SeriesRange, Row, ToDate, Earlier))


def _runs(node: Node) -> set[str]:
    """Which way the ranges inside an argument run, other calls left out: they give single values."""
    if isinstance(node, (Column, SeriesRange)):
        return {"down"}
    if isinstance(node, (Row, ToDate, Earlier)):
        return {"across"}
    if isinstance(node, Call):
        return set()
    return set().union(*(_runs(child) for child in children(node)))
