"""What is wrong, where, why, and what would mend it: a value wherever the user can cause it."""

from __future__ import annotations

from typing import Literal

import msgspec


class Problem(msgspec.Struct, frozen=True):
    """One fault in plain words.

    ``where`` is a place a person can find: a key, a path such as ``lines.x.formula`` or a line of a
    file. ``what`` is the fault with its reason, ``remedy`` what to do. ``span`` are character
    offsets inside the text at fault, where there are any; ``instead`` is what could stand in their place. ``circle``
    are the keys that depend on each other within one period, the first again at the end.
    """

    where: str
    what: str
    remedy: str = ""
    severity: Literal["error", "warning"] = "error"
    span: tuple[int, int] | None = None
    instead: str = ""
    circle: tuple[str, ...] = ()

    def __str__(self) -> str:
        head = f"{self.where}: " if self.where else ""
        tail = f" {self.remedy}" if self.remedy else ""
        return f"{head}{self.what}{tail}"


class Refused(Exception):  # noqa: N818 - not an error of the program: the input was refused
    """Input that cannot be accepted. Carries the problems; nothing has been changed."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(str(p) for p in problems))
        self.problems = problems


def refuse(where: str, what: str, remedy: str = "", span: tuple[int, int] | None = None, instead: str = "") -> Refused:
    return Refused(Problem(where, what, remedy, span=span, instead=instead))
