"""A formula's text as a tree of its parts, each with the whole stretch of text it covers.

The spans of parsed nodes leave out the parentheses around them; a part's ``span`` covers them wherever
they belong to something inside it, so that ``text[span]`` is itself a formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from model.formula.nodes import Binary, Call, Node, Span, Unary, children
from model.formula.parse import parse

_SPACE = re.compile(r"\s*")


class Part(msgspec.Struct, frozen=True, eq=False):
    """One subexpression of a formula as written."""

    node: Node
    span: Span
    parts: tuple[Part, ...] = ()

    def walk(self) -> Iterator[Part]:
        """This part and all below it, in the order of the text."""
        stack = [self]
        while stack:
            part = stack.pop()
            yield part
            stack += reversed(part.parts)


def outline(text: str) -> Part:
    """The parts of a formula. Raises Refused as ``parse`` does."""
    return _part(text, parse(text))


def _part(text: str, node: Node) -> Part:
    parts = tuple(_part(text, child) for child in children(node))
    begin, end = node.span
    if isinstance(node, Binary):
        begin, end = _left(text, parts[0].span)[0], _right(text, parts[1].span)[1]
    elif isinstance(node, Unary):
        if node.op == "%":
            begin = _left(text, parts[0].span)[0]
        else:
            end = _right(text, parts[0].span)[1]
    elif isinstance(node, Call):
        return Part(node, node.span, parts)
    return Part(node, (begin, end), parts)


def _left(text: str, span: Span) -> Span:
    """An operand before its operator, with its parentheses: what follows must be the operator."""
    begin, end = span
    while (after := _skip(text, end)) < len(text) and text[after] == ")":
        begin, end = text.rindex("(", 0, begin), after + 1
    return begin, end


def _right(text: str, span: Span) -> Span:
    """An operand behind its operator, with its parentheses: what stands before must be the operator."""
    begin, end = span
    while (before := len(text[:begin].rstrip())) and text[before - 1] == "(":
        begin, end = before - 1, text.index(")", end) + 1
    return begin, end


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
