"""The opening value of a line: its own ``opening``, or the second argument of every PREV that reads the line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from model.deal import Deal
from model.edits import Edit
from model.formula.nodes import Call, Name, Span
from model.problems import Refused
from model.program import Program
from model.structure.differences import edit_between
from model.structure.outline import Part, outline


class Given(NamedTuple):
    """A PREV in the formula of ``line`` that gives an opening: its place, and that of what comes after the name."""

    line: str
    span: Span
    rest: Span


def opening_part(root: Part, line: str) -> Part | None:
    """The second argument of the first PREV that gives a line its opening."""
    return next((call.parts[1] for call in _prevs(root, line)), None)


def given(deal: Deal, line: str) -> Iterator[Given]:
    """Every PREV of the schedule that says what a line opens with."""
    for key, item in deal.lines.items():
        if "prev" not in item.formula.lower() or line.lower() not in item.formula.lower():
            continue
        try:
            root = outline(item.formula)
        except Refused:
            continue
        for call in _prevs(root, line):
            yield Given(key, call.parts[1].span, (call.parts[0].span[1], call.span[1] - 1))


def opening_text(deal: Deal, line: str) -> str:
    """What a line opens with, as a formula; "" where nothing says it."""
    own = deal.lines[line].opening
    if own is not None:
        return own
    found = next(given(deal, line), None)
    return "" if found is None else f"= {deal.lines[found.line].formula[slice(*found.span)]}"


def set_opening(deal: Deal, line: str, text: str, program: Program | None = None) -> Edit:
    """Another opening, wherever it stands; "" takes it away. Raises Refused as ``set_formula`` does."""
    from model.structure.set_formula import check_text, refuse_circles

    path, label = ("lines", line, "opening"), deal.lines[line].label
    body = text.strip().removeprefix("=").strip()
    if body:
        check_text(deal, path, text)
    lines, places = dict(deal.lines), list(given(deal, line))
    for place in reversed(places):
        old = lines[place.line].formula
        begin, end = place.span if body else place.rest
        lines[place.line] = msgspec.structs.replace(lines[place.line], formula=old[:begin] + body + old[end:])
    if not places or lines[line].opening is not None:
        lines[line] = msgspec.structs.replace(lines[line], opening=f"= {body}" if body else None)
    new = msgspec.structs.replace(deal, lines=lines)
    refuse_circles(deal, new, path, text, program)
    title = f"Change the opening of {label}" if body else f"Clear the opening of {label}"
    return edit_between(deal, new, title, ("lines", line))


def _prevs(root: Part, line: str) -> Iterator[Part]:
    for part in root.walk():
        node = part.node
        if isinstance(node, Call) and node.name == "PREV" and len(part.parts) == 2:
            first = node.args[0]
            if isinstance(first, Name) and first.text.lower() == line.lower():
                yield part
