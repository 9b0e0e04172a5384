"""Trees to straight-line Python over numpy vectors, one column per draw.

Every operation writes into a buffer (``out=``). What no draw touches is computed once, before, and enters
as a number per period. An error is NaN and passes through arithmetic by itself; wherever it would be
swallowed (a comparison, a divisor, a minimum) the draws concerned are marked in ``bad``, and the live
engine computes those again. Code is built only from nodes of the tables and names made here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress

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
)  # fmt: skip
from model.formula.vector_code import Code, Operand, Unsupported, either
from model.values import ErrorValue

RANGE_NODES = (Column, Row, ToDate, Earlier, SeriesRange)
_ARITHMETIC = {"+": "add", "-": "subtract", "*": "multiply"}
UFUNCS = frozenset(
    (
        "absolute", "sign", "sqrt", "exp", "log", "log10", "floor", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh",
    )
)  # fmt: skip
_RESULT = {"number": "n", "bool": "b"}
#: they give a number for every number
_TOTAL = frozenset(("absolute", "sign", "floor"))


class Base(Code):
    """What emitting needs besides the functions: values, kinds, operators."""

    # values ----------------------------------------------------------------------------------------

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

    # numbers and conditions ------------------------------------------------------------------------

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

    def into(self, node: Node, dest: str) -> Operand:
        """A number, computed where the whole goes: a buffer that nothing else reads yet and that is near."""
        if isinstance(node, Binary) and node.op in "+-*/" and self.touched(node):
            once = self.repeats.get(self.trees.number(node), 0) < 2
            return self.emit(node, dest if once else "")
        return self.number(node)

    def strict_number(self, node: Node) -> Operand:
        """A number where a condition, or nothing, is an error."""
        if isinstance(node, Missing) or self.kind_of(node) != "n":
            raise Unsupported
        if not self.touched(node) and any(isinstance(v, bool) for v in self.trees.live(node, self.in_loop)):
            raise Unsupported
        return self.number(node)

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
            spec = FUNCTIONS[node.name]
            if spec.choices:
                found = {self.kind_of(node.args[at]) for at in spec.choices(len(node.args))}
                return found.pop() if len(found) == 1 else "x"
            return "n" if node.name in ("INDEX", "LOOKUP") else _RESULT.get(spec.result, "x")
        return "x"

    # operators -------------------------------------------------------------------------------------

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

    # calls -----------------------------------------------------------------------------------------

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
        kind = "i" if spec.whole else args[0].kind if node.name == "INT" else "n"
        return self.done(d, kind, "" if form in _TOTAL else "?", dest, *args)
