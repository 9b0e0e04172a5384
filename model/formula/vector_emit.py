"""Trees to straight-line Python over numpy vectors, one column per draw.

Every operation writes into a buffer (``out=``). What no draw touches is computed once, before, and enters
as a number per period. An error is NaN and passes through arithmetic by itself; wherever it would be
swallowed (a comparison, a divisor, a minimum) the draws concerned are marked in ``bad``, and the live
engine computes those again. Code is built only from nodes of the tables and names made here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from model.formula import kinds
from model.formula.bind import OPENING
from model.formula.evaluate import BY_YEAR, COMPARISONS
from model.formula.functions import FUNCTIONS
from model.formula.nodes import (
    Before,
    Binary,
    ByYear,
    Call,
    Column,
    Earlier,
    Err,
    Here,
    Missing,
    Node,
    Ref,
    Row,
    SeriesRange,
    ToDate,
    Unary,
    YearsToDate,
    children,
)  # fmt: skip
from model.formula.vector_trees import Trees
from model.values import ErrorValue

RANGE_NODES = (Column, Row, ToDate, Earlier, SeriesRange)
_ARITHMETIC = {"+": "add", "-": "subtract", "*": "multiply"}
UFUNCS = frozenset(
    (
        "absolute", "sign", "sqrt", "exp", "log", "log10", "floor", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh",
    )
)  # fmt: skip
_RESULT = {"number": "n", "bool": "b"}
#: which arguments may be the result
_BRANCHES = {
    "IF": slice(1, None), "IFERROR": slice(None), "IFS": slice(1, None, 2), "CHOOSE": slice(1, None), "SWITCH": slice(2, None, 2),
}  # fmt: skip
_WHOLE = frozenset(("SIGN", "YEAR", "MONTH", "DAY", "DATE", "EDATE", "EOMONTH", "DAYS"))


#: they give a number for every number
_TOTAL = frozenset(("absolute", "sign", "floor"))


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


class Base:
    """What emitting needs besides the functions: names, buffers, operators, constants of the run."""

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

    # names and statements -----------------------------------------------------------------------

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

    def touched(self, node: Node) -> bool:
        """Whether a value below differs by draw."""
        return self.trees.touched(node)

    # values ---------------------------------------------------------------------------------------

    def emit(self, node: Node, dest: str = "") -> Operand:
        if not self.touched(node):
            return self.hoisted(node)
        if self.in_loop and isinstance(node, (Binary, Unary, Call)) and self.trees.always(node):
            constant = self.before_the_loop(node)
            if constant is not None:
                return constant
        number = self.trees.number(node)
        if number in self.shared:
            return self.again(number)
        at, depth, path = len(self.lines), self.depth, list(self.path)
        state = {k: list(v) for k, v in self.free.items()}, self.operations, dict(self.shared), dict(self.repeats)
        try:
            o = self.value(node, dest)
        except Unsupported:
            del self.lines[at:]
            self.free, self.operations, self.shared, self.repeats = state
            self.depth, self.path[:] = depth, path  # what was left in the middle of a branch
            return self.slow(node)
        if self.repeats.get(number, 0) > 1 and o.temp:
            self.repeats[number] -= 1
            if not (self.path and any("bad" in line for line in self.lines[at:])):
                # what was looked at only for the draws of one branch is computed again for those of another
                self.shared[number] = o = o._replace(temp=False)
        return o

    def before_the_loop(self, node: Node) -> Operand | None:
        """A value that differs by draw and not by period, computed once; None where it must stay in its place."""
        number = self.trees.number(node)
        if number in self.constant_over_time:
            return self.constant_over_time[number]
        conditional = bool(self.path) or self.depth > 2
        if (number, conditional) in self.kept_in_place:
            return None
        kept = self.lines, self.depth, self.path, self.shared, self.repeats, self.operations
        free, slow_before = {k: list(v) for k, v in self.free.items()}, len(self.slow_nodes)
        self.lines, self.depth, self.path, self.shared, self.repeats, self.in_loop = [], 1, [], {}, {}, False
        pool = "d" if self.kind_of(node) == "b" else "c"
        d = f"{pool}_{self.made[pool] + 1}"
        o: Operand | None = None
        with suppress(Unsupported):
            o = self.value(node, d)
            if o.kind not in "inb" or (o.kind == "b") != (pool == "d"):
                o = None
            elif o.code != d:
                self.op(f"copyto({d}, {o.code})")
                self.drop(o)
            if o and o.flag == "?":
                self.look(d, f"{d}e", "?")
                o = o._replace(flag=f"{d}e")
        made = self.lines
        self.lines, self.depth, self.path, self.shared, self.repeats, self.operations = kept
        self.in_loop = True
        # a condition that leads to it may keep it from ever being computed: then it must not mark any draw
        if o is None or any(("bad" if conditional else "slow(") in line for line in made):
            del self.slow_nodes[slow_before:]
            self.free = free
            self.kept_in_place.add((number, conditional))
            return None
        self.made[pool] += 1
        self.ahead += made
        self.constant_over_time[number] = o = Operand(d, o.kind, True, o.flag)
        return o

    def look(self, d: str, flag: str, known: str) -> None:
        """Set the flag of a value that is complete: look at it where it is not known to be right, infinities become NaN."""
        if known == "?":
            self.op(f"{flag} = not finite(sum_of({d}))")
            self.say(f"if {flag}: {d}[isinf({d})] = nan")
        else:
            known = f"({known})" if " or " in known else known
            self.say(f"{flag} = {known} and not finite(sum_of({d}))" if known else f"{flag} = False")

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

    def value(self, node: Node, dest: str) -> Operand:
        if isinstance(node, Ref):
            return self.known(self.name("s", node.key), node.key, self.name("es", node.key))
        if isinstance(node, Here):
            return self.here(node.key)
        if isinstance(node, Before):
            return self.one_back(node.key)
        if isinstance(node, Binary):
            return self.comparison(node, dest) if node.op in COMPARISONS else self.binary(node, dest)
        if isinstance(node, Unary):
            a = self.number(node.arg)
            d = self.result("n", dest, a)
            self.op(
                f"negative({a.code}, out={d})"
                if node.op == "-"
                else f"divide({a.code}, 100.0, out={d})"
                if node.op == "%"
                else f"copyto({d}, {a.code})"
            )
            return self.done(d, a.kind if node.op != "%" else "n", a.flag, dest, a)
        if isinstance(node, Call):
            return self.call(node, dest)
        if isinstance(node, ByYear):
            return self.by_year(node, dest)
        if isinstance(node, YearsToDate):
            return self.years_to_date(node, dest)
        raise Unsupported

    def years_to_date(self, node: YearsToDate, dest: str) -> Operand:
        if node.key in self.reached:
            if self.types.get(node.key) not in ("i", "n"):
                raise Unsupported
            self.need_rows.add(node.key)
            rows = self.rows(node.key)
        else:
            known = self.cells.rows[node.key]
            if any(type(v) is not float for v in known):
                raise Unsupported
            rows = self.constant(known)
        span = self.number(node.years)
        if span.vec:
            self.guard(span)
            d = dest or self.take("n")
            self.op(f"of_years({rows}, years, i, {span.code}, {d})")
            return self.done(d, "n", "?", dest, span)
        d = dest or self.take("n")
        self.op(f"total({rows}[since(years, i, {span.code}):i + 1], {d})")
        return Operand(d, "n", True, "?", not dest)

    def known(self, code: str, key: str, flag: str) -> Operand:
        kind = self.types.get(key, "x")
        return Operand(code, kind if kind in "inb" else "x", True, "" if kind == "b" else flag)

    def here(self, key: str) -> Operand:
        if key in self.inside:
            j = self.inside[key]
            return self.known(f"v{j}", key, f"e{j}")
        self.need_rows.add(key)
        return self.known(f"{self.name('R', key)}[i]", key, f"{self.name('E', key)}[i]")

    def one_back(self, key: str) -> Operand:
        opening = self.opening(key)
        if self.types.get(key) == "b" and self.types.get(key + OPENING) != "b":
            raise Unsupported  # a number in the first period, conditions after it
        if key not in self.reached:
            row = f"row{len(self.space)}"
            self.space[row] = [math.nan if isinstance(v, ErrorValue) else v for v in self.cells.rows[key]]
            return Operand(f"({row}[i - 1] if i else {opening})", "n", True, "?")
        if key in self.inside and key not in self.stored:
            self.before.add(key)
            j = self.inside[key]
            return self.known(f"b{j}", key, f"f{j}")
        self.need_rows.add(key)
        rows, flags = self.name("R", key), self.name("E", key)
        return self.known(
            f"({rows}[i - 1] if i else {opening})", key, f"({flags}[i - 1] if i else {self.opening_flag(key)})"
        )

    def opening(self, key: str) -> str:
        return self.name("s", key + OPENING) if key + OPENING in self.reached else self.name("o", key)

    def opening_flag(self, key: str) -> str:
        opening = self.opening(key)
        return self.name("es", key + OPENING) if key + OPENING in self.reached else f"{opening} != {opening}"

    def rows(self, key: str) -> str:
        return self.name("R", key)

    def number(self, node: Node) -> Operand:
        if isinstance(node, Missing):
            return Operand("0.0", kinds.whole(0.0), False, "")
        if not self.touched(node):
            return self.hoisted(node, "n")
        o = self.emit(node)
        if o.kind == "b":
            d = self.take("n")
            self.op(f"copyto({d}, {o.code})")
            self.drop(o)
            return Operand(d, kinds.whole(1.0), True, "", True)
        if o.kind not in "in":
            raise Unsupported
        return o

    def result(self, kind: str, dest: str, *operands: Operand) -> str:
        """Where to write: the destination, an operand's own buffer, or a fresh one."""
        pool = "m" if kind == "b" else "t"
        return dest or next((o.code for o in operands if o.temp and o.code[0] == pool), "") or self.take(kind)

    def done(self, d: str, kind: str, flag: str, dest: str, *operands: Operand) -> Operand:
        self.drop(*(o for o in operands if o.code != d))
        return Operand(d, kind, True, flag, not dest)

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

    # operators --------------------------------------------------------------------------------------

    def binary(self, node: Binary, dest: str) -> Operand:
        if node.op == "&":
            raise Unsupported
        a = self.into(node.left, dest) if node.op != "^" else self.number(node.left)
        b = self.number(node.right)
        if node.op in _ARITHMETIC:
            kind = (kinds.product if node.op == "*" else kinds.total)(a.kind, b.kind)
            d = self.result("n", dest, a, b)
            self.op(f"{_ARITHMETIC[node.op]}({a.code}, {b.code}, out={d})")
            bounded = kind == "i" or (node.op == "*" and (self.within_one(a) or self.within_one(b)))
            return self.done(d, kind, either(a.flag, b.flag) if bounded else "?", dest, a, b)
        self.guard(b)
        if node.op == "/":
            d = self.result("n", dest, a, b)
            self.op(f"divide({a.code}, {b.code}, out={d})")
            known = self.values_of(b)
            bounded = bool(known) and not b.flag and all(abs(v) >= 1 for v in known)
            return self.done(d, "n", a.flag if bounded else "?", dest, a, b)
        self.guard(a)
        d = dest or self.take("n")
        if self.in_loop and isinstance(node.left, Ref) and a.vec:
            # the same base in every period: its logarithm is taken once
            log = self.logs.setdefault(a.code, f"L{len(self.logs)}")
            self.op(f"power({a.code}, {b.code}, {d}, {log})")
        else:
            self.op(f"power({a.code}, {b.code}, {d})")
        return self.done(d, "n", "?", dest, a, b)

    def into(self, node: Node, dest: str) -> Operand:
        """A number, computed where the whole goes: a buffer that nothing else reads yet and that is near."""
        if isinstance(node, Binary) and node.op in "+-*/" and self.touched(node):
            once = self.repeats.get(self.trees.number(node), 0) < 2
            return self.emit(node, dest if once else "")
        return self.number(node)

    def within_one(self, o: Operand) -> bool:
        """A factor that cannot make anything larger."""
        known = self.values_of(o)
        return bool(known) and not o.flag and all(abs(v) <= 1 for v in known)

    def comparison(self, node: Binary, dest: str) -> Operand:
        op, left, right = node.op, node.left, node.right
        if op in (">", ">="):
            op, left, right = op.replace(">", "<"), right, left
        a, b = self.side(left), self.side(right)
        self.guard(a)
        self.guard(b)
        d = dest or self.take("b")
        zero = any(known and all(v == 0 for v in known) for known in (self.values_of(a), self.values_of(b)))
        wanted = "=" if op == "<>" else op
        if a.kind == b.kind == "i" or zero:  # whole numbers and zero need no 15 digits
            self.op(f"{ {'=': 'equal', '<': 'less', '<=': 'less_equal'}[wanted] }({a.code}, {b.code}, out={d})")
        else:
            other, scratch = self.take("b"), self.take("n") if a.vec and b.vec else "None"
            self.operations += 4 if a.vec and b.vec else 2
            self.op(f"compare({wanted!r}, {a.code}, {b.code}, {d}, {other}, {scratch})")
            self.free["m"].append(other)
            if scratch != "None":
                self.free["t"].append(scratch)
        if op == "<>":
            self.op(f"logical_not({d}, out={d})")
        return self.done(d, "b", "", dest, a, b)

    def side(self, node: Node) -> Operand:
        o = self.emit(node)
        if o.kind not in "in":
            raise Unsupported  # texts and conditions: kinds are ordered before values
        return o

    def condition(self, node: Node, dest: str = "") -> Operand:
        """A condition: a Python bool per period, or a vector of them."""
        o = self.emit(node)
        if o.kind == "b" or (not o.vec and o.kind in "in"):
            return o
        if o.kind not in "in":
            raise Unsupported
        self.guard(o)
        d = dest or self.take("b")
        self.op(f"not_equal({o.code}, 0.0, out={d})")
        return self.done(d, "b", "", dest, o)

    def call(self, node: Call, dest: str) -> Operand:
        special = getattr(self, "call_" + node.name.lower(), None)
        if special is not None:
            made: Operand = special(node, dest)
            return made
        spec = FUNCTIONS[node.name]
        form = spec.vector
        if form == "scan" or not (form or spec.numeric):
            raise Unsupported
        args = [self.strict_number(a) if spec.strict else self.number(a) for a in node.args]
        for o in args:
            self.guard(o)
        d = dest or self.take("n")
        code = ", ".join(o.code for o in args)
        if form:
            self.op(f"{form if form in UFUNCS else 'form_' + form}({code}, out={d})")
        else:
            self.op(f"each({spec.name!r}, {d}, {code})")
        kind = "i" if node.name in _WHOLE else args[0].kind if node.name == "INT" else "n"
        return self.done(d, kind, "" if form in _TOTAL else "?", dest, *args)

    def strict_number(self, node: Node) -> Operand:
        """A number where a condition, or nothing, is an error."""
        if isinstance(node, Missing) or self.kind_of(node) != "n":
            raise Unsupported
        if not self.touched(node) and any(isinstance(v, bool) for v in self.trees.live(node, self.in_loop)):
            raise Unsupported
        return self.number(node)

    def branch_kind(self, nodes: Sequence[Node]) -> str:
        """The kind that all these nodes have: number or condition."""
        found = {self.kind_of(node) for node in nodes}
        if len(found) > 1 or "x" in found:
            raise Unsupported
        return found.pop()

    def kind_of(self, node: Node) -> str:
        if isinstance(node, Missing):
            return "n"
        if not self.touched(node):
            kind = self.hoisted(node).kind
            return "n" if kind in "in" else kind
        if isinstance(node, (Ref, Here, Before)):
            kind = self.types.get(node.key, "x")
            if isinstance(node, Before) and kind == "b" and self.types.get(node.key + OPENING) != "b":
                return "x"
            return "n" if kind in "in" else "b" if kind == "b" else "x"
        if isinstance(node, Binary):
            return "b" if node.op in COMPARISONS else "x" if node.op == "&" else "n"
        if isinstance(node, (Unary, ByYear, YearsToDate)):
            return "n"
        if isinstance(node, Call):
            branches = node.args[_BRANCHES[node.name]] if node.name in _BRANCHES else ()
            if node.name == "SWITCH" and len(node.args) % 2 == 0:
                branches = (*branches, node.args[-1])
            if branches:
                found = {self.kind_of(a) for a in branches}
                return found.pop() if len(found) == 1 else "x"
            return "n" if node.name in ("INDEX", "LOOKUP") else _RESULT.get(FUNCTIONS[node.name].result, "x")
        return "x"

    def constant(self, value: Any) -> str:
        name = f"k{len(self.space)}"
        self.space[name] = value
        return name

    def by_year(self, node: ByYear, dest: str) -> Operand:
        fails = isinstance(node.other, Err) or (isinstance(node.other, Call) and node.other.name == "NA")
        if self.types.get(node.series) not in ("i", "n") or (self.kind_of(node.other) != "n" and not fails):
            raise Unsupported
        d = dest or self.take("n")
        name = (
            self.name("y", node.series + BY_YEAR)
            if node.series in self.reached
            else self.constant(
                [math.nan if isinstance(v, ErrorValue) else v for v in self.cells.rows[node.series + BY_YEAR]]
            )
        )
        self.say(f"if {name}[i] is not None:")
        self.depth += 1
        self.op(f"copyto({d}, {name}[i])")
        self.depth -= 1
        self.say("else:")
        self.depth += 1
        before = dict(self.shared)
        o = self.number(node.other)
        self.op(f"copyto({d}, {o.code})")
        self.drop(o)
        self.scoped(before)
        self.depth -= 1
        return Operand(d, "n", True, "?", not dest)

    def slow(self, node: Node) -> Operand:
        """The live form, draw by draw."""
        kind = "x"
        if isinstance(node, Call):
            kind = _RESULT.get(FUNCTIONS[node.name].result, "x")
        elif isinstance(node, Binary):
            kind = "b" if node.op in COMPARISONS else "x" if node.op == "&" else "n"
        elif isinstance(node, (Unary, YearsToDate)):
            kind = "n"
        self.slow_nodes.append(node)
        name = f"g{len(self.slow_nodes)}"
        where = "".join(f", ({c}, {yes})" for c, yes in self.path)
        self.say(f"{name} = slow({len(self.slow_nodes) - 1}, {kind!r}, i, bad{where})")
        return Operand(name, kind, True, "?" if kind == "n" else "")
