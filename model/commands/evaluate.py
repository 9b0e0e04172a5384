"""``main.py eval``: formulas of literals and functions, one a line, each answered by one JSON value.

For running a table of cases, such as values cached by Excel, against the formula language.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO, Final, TextIO

from model.deal import Deal, TimelineSpec
from model.formula.bind import Binder, Namespace
from model.formula.coerce import Value
from model.formula.evaluate import Cells, evaluate
from model.formula.nodes import Array, Node, Ref
from model.formula.parse import MAX_LENGTH, Unknown, parse_once
from model.formula.readtext import text_to_number
from model.problems import Refused, refuse
from model.values import NAME, ErrorValue, Range

_LONGEST: Final = 4 * MAX_LENGTH + 16  # bytes of UTF-8 that a formula of the greatest length may take
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def command(sets: Sequence[str], source: BinaryIO | None = None, sink: TextIO | None = None) -> int:
    """Answer every line of the source. Returns the exit status. Raises Refused for a set that is no NAME=VALUE."""
    cells, names = Cells(0), {}
    for text in sets:
        name, node = _set(text, cells)
        names[name.lower()] = node
    space = Namespace(_nothing())
    out = sink or sys.stdout
    try:
        for line in _lines(source or sys.stdin.buffer):
            out.write(json.dumps(answer(line, cells, names, space), allow_nan=False) + "\n")
            out.flush()
    except BrokenPipeError:
        # nobody reads on: what is still in the buffer goes nowhere, without complaint at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def answer(text: str, cells: Cells, names: Mapping[str, Node], space: Namespace) -> object:
    """One formula's value as JSON knows it, an Excel error as ``{"error": kind}``, a refusal with its place."""
    try:
        value = evaluate(_bound(text, names, space), cells)
    except Unknown:
        return {"error": NAME}
    except Refused as err:
        first = err.problems[0]
        why = f"{first.what} {first.remedy}".strip()
        return {"error": "syntax", "why": why, "at": list(first.span or (0, len(text)))}
    if isinstance(value, Range):
        value = value[0] if value else None  # as a cell shows an array
    if isinstance(value, ErrorValue):
        return {"error": value.kind}
    if isinstance(value, (bool, str)):
        return value
    return 0.0 if value is None else float(value) + 0.0  # + 0.0: Excel has no negative zero


def _bound(text: str, names: Mapping[str, Node], space: Namespace) -> Node:
    binder = Binder("", space, False, None)
    binder.params = dict(names)
    return binder.bind(parse_once(text))


def _nothing() -> Deal:
    import datetime as dt

    day = dt.date(2000, 1, 1)
    return Deal(name="", timeline=TimelineSpec(start=day, end=day))


def _lines(source: BinaryIO) -> Iterator[str]:
    """Lines without their ends; of one that is too long for any formula only what shows that it is."""
    first = True
    while raw := source.readline(_LONGEST):
        rest = raw
        while len(rest) == _LONGEST and not rest.endswith(b"\n"):
            rest = source.readline(_LONGEST)
        line = raw.decode("utf-8", "replace").rstrip("\r\n")
        yield line.removeprefix("\ufeff") if first else line
        first = False


# -- --set --------------------------------------------------------------------------------------------


def _set(text: str, cells: Cells) -> tuple[str, Node]:
    """A name, and the node that stands for it: a cell, or an array constant."""
    name, sign, given = text.partition("=")
    name, given = name.strip(), given.strip()
    if not sign or not _NAME.fullmatch(name) or name.upper() in ("TRUE", "FALSE", "NEVER"):
        raise refuse("--set", f"“{text[:80]}” is not of the form NAME=VALUE.", "Write for example --set rate=20%.")
    node = _given(name, given)
    if isinstance(node, Array):
        return name, node
    cells.scalars[name] = node
    return name, Ref(name)


def _given(name: str, text: str) -> Value | Array:
    """A number, date, percentage, TRUE, FALSE, a text with or without quotes, an error, an array; empty is blank."""
    if not text:
        return None
    number = text_to_number(text)
    if number is not None:
        return number
    if text[0] not in '=+-.0123456789"{#' and text.upper() not in ("TRUE", "FALSE"):
        return text
    try:
        tree = parse_once(text)
        value = tree if isinstance(tree, Array) else evaluate(_bound(text, {}, Namespace(_nothing())), Cells(0))
    except Refused as err:
        raise refuse(f"--set {name}", err.problems[0].what, err.problems[0].remedy) from None
    if isinstance(value, Range):
        raise refuse(f"--set {name}", "An array must be written out.", "Write for example {1,2;3,4}.")
    return value
