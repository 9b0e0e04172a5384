"""Numbers written as fractions in a number format such as ``# ?/?`` or ``# ??/16``."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

SLASH = "slash"


class _Plan(NamedTuple):
    """Places in a section's tokens: of the whole part (may be none), the numerator, and the denominator."""

    whole: list[int]
    above: list[int]
    below: list[int]
    fixed: int  # the denominator that is written out, 0 where there is none


def plan(section: Sequence[tuple[str, str]]) -> _Plan | None:
    """How a section writes a fraction; None where it writes none."""
    at = next((i for i, (kind, _) in enumerate(section) if kind == SLASH), None)
    if at is None:
        return None
    above: list[int] = []
    i = at - 1
    while i >= 0 and section[i][0] == "digit":
        above.insert(0, i)
        i -= 1
    below = []
    j = at + 1
    while j < len(section) and (section[j][0] == "digit" or (section[j][0] == "literal" and section[j][1].isdecimal())):
        below.append(j)
        j += 1
    if not above or not below or any(kind == "mark" and text == "." for kind, text in section):
        return None
    written = any(section[k][0] == "literal" for k in below)
    fixed = int("".join(section[k][1] if section[k][0] == "literal" else "0" for k in below)) if written else 0
    if written and not fixed:
        return None
    whole = [k for k in range(i + 1) if section[k][0] == "digit"]
    return _Plan(whole, above, below, fixed)


def fraction(x: float, section: Sequence[tuple[str, str]], how: _Plan) -> tuple[str, bool]:
    """A size written as a fraction, and whether nothing is left of it."""
    exact = Fraction(x)
    most = 10 ** min(len(how.below), 7) - 1
    if how.fixed:
        parts, denominator = round(exact * how.fixed), how.fixed
    else:
        near = exact.limit_denominator(most)
        parts, denominator = near.numerator, near.denominator
    units, parts_left = divmod(parts, denominator) if how.whole else (0, parts)
    blank = bool(how.whole) and parts_left == 0
    out = []
    for i, (kind, text) in enumerate(section):
        if i in how.whole:
            if i == how.whole[-1]:
                marks = [section[k][1] for k in how.whole]
                out.append(_left(units, marks) if units or not blank or "0" in marks else "0")
        elif i in how.above:
            if i == how.above[-1]:
                marks = [section[k][1] for k in how.above]
                shown = _left(parts_left, marks) if parts_left else "0".rjust(sum(m != "#" for m in marks))
                out.append(" " * len(marks) if blank else shown)
        elif i in how.below:
            if i == how.below[-1]:
                out.append(" " * len(how.below) if blank else _right(denominator, [section[k][1] for k in how.below]))
        elif kind == SLASH:
            out.append(" " if blank else "/")
        elif kind == "literal":
            out.append(text)
    return "".join(out), parts == 0


def _left(n: int, marks: list[str]) -> str:
    """A whole number in its places, filled up before it; 0 shows only where a mark asks for it."""
    digits = str(n) if n else ""
    fill = "".join("0" if m == "0" else " " if m == "?" else "" for m in marks[: max(0, len(marks) - len(digits))])
    return fill + digits


def _right(n: int, marks: list[str]) -> str:
    digits = str(n)
    if "0" in marks and not any(m.isdecimal() and m != "0" for m in marks):
        return digits.rjust(len(marks), "0")
    return digits + " " * max(0, len([m for m in marks if m != "#"]) - len(digits))
