"""The code of a level as it is written: names, buffers, statements, and what is known of values.

Nothing here knows a node's meaning; ``vector_emit`` writes operators and values with it, its heirs the functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from model.formula.bind import OPENING
from model.formula.nodes import Binary, Call, Node, Unary, YearsToDate, children
from model.formula.vector_trees import Trees


class Unsupported(Exception):  # noqa: N818 - no failure: the live form takes over, draw by draw
    """There is no vector code for a node."""


class Operand(NamedTuple):
    """Code of a value; kind: i(nteger), n(umber), b(oolean), x (anything). ``vec``: differs by draw. ``flag``: code of
    a Python bool that says whether it holds an error, "" where it cannot, "?" where it must be looked at."""

    code: str
    kind: str
    vec: bool
    flag: str
    temp: bool = False


def either(*flags: str) -> str:
    """The flag of a value that is right where all of these are."""
    if "?" in flags:
        return "?"
    return " or ".join(dict.fromkeys(part for flag in flags if flag for part in flag.split(" or ")))


class Code:
    """A level's code so far."""

    def __init__(self, trees: Trees, types: dict[str, str], inside: Sequence[str], stored: set[str]) -> None:
        self.trees = trees
        self.cells = trees.cells
        self.reached = trees.reached
        self.types = types
        self.inside = {key: j for j, key in enumerate(inside)}
        self.stored = stored
        self.names: dict[tuple[str, str], str] = {}  # (what, key) -> name in the generated code
        self.hoists: dict[tuple[int, str, bool], str] = {}
        self.space: dict[str, Any] = {}
        self.lines: list[str] = []
        self.depth = 1
        self.free: dict[str, list[str]] = {"t": [], "m": []}
        self.made: dict[str, int] = {"t": 0, "m": 0, "c": 0, "d": 0}
        self.path: list[tuple[str, bool]] = []
        self.in_loop = False
        self.need_rows: set[str] = set()
        self.before: set[str] = set()
        self.sums: dict[str, str] = {}
        self.slow_nodes: list[Node] = []
        self.logs: dict[str, str] = {}  # base of a power -> the name of its logarithm
        self.never_infinite: list[str] = []  # flags of values whose errors must be NaN
        self.operations = 0
        self.repeats: dict[int, int] = {}  # subtrees (their numbers) that occur more than once -> uses to come
        self.shared: dict[int, Operand] = {}  # those that are computed, in buffers that nothing else takes
        self.ahead: list[str] = []  # code before the loop: what differs by draw and not by period
        self.constant_over_time: dict[int, Operand] = {}
        self.kept_in_place: set[tuple[int, bool]] = set()

    # names, statements, buffers --------------------------------------------------------------------

    def name(self, what: str, key: str) -> str:
        """The name of a vector (s), its rows (R), its error flags (E), an opening (o), a series by year (y)."""
        return self.names.setdefault((what, key), f"{what}{len(self.names)}")

    def say(self, line: str) -> None:
        self.lines.append("    " * self.depth + line)

    def op(self, line: str) -> None:
        self.operations += 1
        self.say(line)

    def take(self, kind: str) -> str:
        pool = "m" if kind == "b" else "t"
        if self.free[pool]:
            return self.free[pool].pop()
        self.made[pool] += 1
        return f"{pool}_{self.made[pool]}"

    def drop(self, *operands: Operand) -> None:
        for o in operands:
            if o.temp:
                self.free[o.code[0]].append(o.code)

    def result(self, kind: str, dest: str, *operands: Operand) -> str:
        """Where to write: the destination, an operand's own buffer, or a fresh one."""
        pool = "m" if kind == "b" else "t"
        return dest or next((o.code for o in operands if o.temp and o.code[0] == pool), "") or self.take(kind)

    def done(self, d: str, kind: str, flag: str, dest: str, *operands: Operand) -> Operand:
        self.drop(*(o for o in operands if o.code != d))
        return Operand(d, kind, True, flag, not dest)

    def constant(self, value: Any) -> str:
        name = f"k{len(self.space)}"
        self.space[name] = value
        return name

    # values that are there already -----------------------------------------------------------------

    def touched(self, node: Node) -> bool:
        """Whether a value below differs by draw."""
        return self.trees.touched(node)

    def hoisted(self, node: Node, kind: str = "") -> Operand:
        """A value per period that no draw touches; an error is NaN."""
        known = self.trees.known(node, self.in_loop, kind)
        slot = (self.trees.number(node), "n" if known.kind == "i" else known.kind, self.in_loop)
        once = not self.in_loop or self.trees.always(node)
        name = self.hoists.get(slot)
        if name is None:
            name = self.hoists[slot] = f"h{len(self.hoists)}"
            self.space[name] = known.values[0] if once else known.values
        code = name if once else f"{name}[i]"
        return Operand(code, known.kind, False, f"({code} != {code})" if known.wrong else "")

    def values_of(self, o: Operand) -> list[Any]:
        """The values of an operand that no draw touches, where they are known."""
        if o.vec:
            return []
        values = self.space.get(o.code.removesuffix("[i]"), [])
        return values if isinstance(values, list) else [values]

    def known(self, code: str, key: str, flag: str) -> Operand:
        kind = self.types.get(key, "x")
        return Operand(code, kind if kind in "inb" else "x", True, "" if kind == "b" else flag)

    def rows(self, key: str) -> str:
        return self.name("R", key)

    def opening(self, key: str) -> str:
        return self.name("s", key + OPENING) if key + OPENING in self.reached else self.name("o", key)

    def opening_flag(self, key: str) -> str:
        opening = self.opening(key)
        return self.name("es", key + OPENING) if key + OPENING in self.reached else f"{opening} != {opening}"

    # errors ----------------------------------------------------------------------------------------

    def guard(self, o: Operand) -> None:
        """Mark the draws in which a value is no number, where what follows would hide that."""
        if not o.flag or (o.kind == "b" and o.vec):
            return
        where = "".join(f", ({c}, {yes})" for c, yes in self.path)
        if o.flag == "?":
            self.op(f"if not finite(sum_of({o.code})): flag(bad, {o.code}{where})")
        else:
            self.say(f"if {o.flag}: flag(bad, {o.code}{where})")

    def let_through(self, o: Operand) -> None:
        """As ``guard`` for what hides infinity, through which NaN passes."""
        if o.flag == "?":
            self.guard(o)
        elif o.flag:
            self.never_infinite.append(o.flag)

    def look(self, d: str, flag: str, known: str) -> None:
        """Set the flag of a value that is complete: look at it where it is not known to be right, infinities become NaN."""
        if known == "?":
            self.op(f"{flag} = not finite(sum_of({d}))")
            self.say(f"if {flag}: {d}[isinf({d})] = nan")
        else:
            known = f"({known})" if " or " in known else known
            self.say(f"{flag} = {known} and not finite(sum_of({d}))" if known else f"{flag} = False")

    # what trees have in common ---------------------------------------------------------------------

    def again(self, number: int) -> Operand:
        """A value that is there already; its last reader may have its buffer."""
        o = self.shared[number]
        self.repeats[number] -= 1
        if self.repeats[number] > 0:
            return o
        del self.shared[number]
        return o._replace(temp=True)

    def count_repeats(self, trees: Iterable[Node]) -> None:
        """Find what the trees have in common, in the order in which they are computed."""
        self.shared, seen = {}, dict[int, int]()
        stack = list(trees)
        while stack:
            node = stack.pop()
            if isinstance(node, (Binary, Unary, Call, YearsToDate)):
                if not self.touched(node):
                    continue
                number = self.trees.number(node)
                seen[number] = seen.get(number, 0) + 1
                if seen[number] > 1:
                    continue
            stack += children(node)
        self.repeats = {number: times for number, times in seen.items() if times > 1}

    def scoped(self, before: dict[int, Operand]) -> None:
        """Leave a block that may not be executed: what was computed in it is not there afterwards."""
        for number, o in self.shared.items():
            if number not in before:
                self.drop(o._replace(temp=True))
        self.shared = {number: o for number, o in before.items() if number in self.shared}
