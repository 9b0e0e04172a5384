"""What is proved of a value before anything is computed: i(nteger) ⊂ n(umber), b(oolean), t(ext), x (anything),
r(ange), z (left out).

A whole number carries a bound. Up to 1e15 it has at most 15 digits, so Excel's comparison at 15 digits is the exact
one, and sums of such numbers cannot overflow. What may grow beyond is an ordinary number.
"""

from __future__ import annotations

from typing import Final

LIMIT: Final = 1e15
USUAL: Final = 2_958_466.0  # dates, years, days, flags, counts: no serial number is larger


class Whole(str):
    """The kind "i" with the largest magnitude the value can have."""

    __slots__ = ("bound",)
    bound: float


def whole(bound: float) -> str:
    """The kind of a whole number of at most this magnitude."""
    if not bound <= LIMIT:
        return "n"
    kind = Whole("i")
    kind.bound = bound
    return kind


def bound(kind: str) -> float:
    """The largest magnitude of a value of kind "i"."""
    return kind.bound if isinstance(kind, Whole) else USUAL


def literal(value: float) -> str:
    """The kind of a number as written."""
    return whole(abs(value)) if abs(value) <= LIMIT and value == int(value) else "n"


def total(a: str, b: str) -> str:
    """The kind of a sum or difference of numbers."""
    return whole(bound(a) + bound(b)) if a == b == "i" else "n"


def product(a: str, b: str) -> str:
    """The kind of a product of numbers."""
    return whole(bound(a) * bound(b)) if a == b == "i" else "n"


def join(a: str, b: str) -> str:
    """The kind of a value that is one or the other."""
    if a == b == "i":
        return a if bound(a) >= bound(b) else b
    if a == b:
        return a
    return "n" if {a, b} <= {"i", "n"} else "x"


def fits(found: str, assumed: str) -> bool:
    """Whether what is found needs no more than what was assumed."""
    if assumed == "i":
        return found == "i" and bound(found) <= bound(assumed)
    return join(found, assumed) == assumed
