"""The functions that have vector code of their own, and the emitter of a level's code."""

from __future__ import annotations

import functools
from typing import Any

from model.formula import kinds
from model.formula.evaluate import LEADING, evaluate
from model.formula.fn_base import Refusal
from model.formula.fn_criteria import hits
from model.formula.nodes import (
    Before,
    Binary,
    Call,
    Column,
    Earlier,
    Here,
    Missing,
    Node,
    Ref,
    Row,
    SeriesRange,
    ToDate,
    at_place,
    columns_beneath,
)
from model.formula.vector_emit import RANGE_NODES, Base, Operand, Unsupported
from model.values import ErrorValue


class Emitter(Base):
    """Code of one level: its single cells, then a loop over the periods for its lines."""

    def call_if(self, node: Call, dest: str) -> Operand:
        test = self.condition(node.args[0])
        no = node.args[2] if len(node.args) > 2 else None
        if no is None:
            raise Unsupported
        kind = self.branch_kind(node.args[1:])
        d = dest or self.take(kind)
        if not test.vec:
            if test.flag:
                self.say(f"if {test.flag}: {'bad[:] = True' if kind == 'b' else f'{d}[...] = nan'}")
            self.say(f"{'elif' if test.flag else 'if'} {test.code}:")
            self.block(node.args[1], d, kind)
            self.say("else:")
            self.block(no, d, kind)
            return Operand(d, kind, True, "" if kind == "b" else "?", not dest)
        self.path.append((test.code, True))
        yes = self.branch(node.args[1], kind, "")
        self.path[-1] = (test.code, False)
        other = self.branch(no, kind, d)
        self.path.pop()
        if other.code != d:
            self.op(f"copyto({d}, {other.code})")
        self.op(f"copyto({d}, {yes.code}, where={test.code})")
        return self.done(d, kind, "" if kind == "b" else "?", dest, test, yes, other)

    def branch(self, node: Node, kind: str, dest: str) -> Operand:
        if isinstance(node, Missing):
            return Operand("0.0", "i", False, "")
        o = self.emit(node, dest)
        if o.kind not in "inb":  # computed draw by draw after all, and may be anything
            raise Unsupported
        if kind == "b" and o.flag and not o.vec:
            self.guard(o)
        return o

    def block(self, node: Node, d: str, kind: str) -> None:
        self.depth += 1
        at, before = len(self.lines), dict(self.shared)
        o = self.branch(node, kind, d)
        if o.code != d:
            self.op(f"copyto({d}, {o.code})")
            self.drop(o)
        self.scoped(before)
        if len(self.lines) == at:
            self.say("pass")
        self.depth -= 1

    def call_and(self, node: Call, dest: str) -> Operand:
        return self.junction(node, dest, "logical_and")

    def call_or(self, node: Call, dest: str) -> Operand:
        return self.junction(node, dest, "logical_or")

    def junction(self, node: Call, dest: str, ufunc: str) -> Operand:
        if any(isinstance(a, (Missing, *RANGE_NODES)) for a in node.args):
            raise Unsupported
        d, held = dest or self.take("b"), Operand("", "b", True, "")
        for arg in node.args:
            o = self.condition(arg)
            if not o.vec:
                self.guard(o)
                o = o._replace(code=f"({o.code} != 0)")
            if not held.code:
                held = o
                continue
            self.op(f"{ufunc}({held.code}, {o.code}, out={d})")
            self.drop(held, o)
            held = Operand(d, "b", True, "")
        if held.code != d:
            self.op(f"copyto({d}, {held.code})")
            self.drop(held)
        return Operand(d, "b", True, "", not dest)

    def call_not(self, node: Call, dest: str) -> Operand:
        o = self.condition(node.args[0])
        d = dest or self.take("b")
        self.op(f"logical_not({o.code}, out={d})")
        return self.done(d, "b", "", dest, o)

    def call_min(self, node: Call, dest: str) -> Operand:
        return self.fold(node, dest, "minimum")

    def call_max(self, node: Call, dest: str) -> Operand:
        return self.fold(node, dest, "maximum")

    def fold(self, node: Call, dest: str, ufunc: str) -> Operand:
        if len(node.args) == 1:
            return self.over(node, dest)
        if any(isinstance(a, (Missing, *RANGE_NODES)) or self.passed_over(a) for a in node.args):
            raise Unsupported
        operands = []
        for arg in node.args:
            o = self.number(arg)
            if o.flag == "?":  # infinity would be hidden; NaN passes through
                self.guard(o)
            elif o.flag:
                self.never_infinite.add(o.code)
            operands.append(o)
        d = dest or (self.result("n", "", *operands) if len(operands) == 2 else self.take("n"))
        a = operands[0]
        for b in operands[1:]:
            self.op(f"{ufunc}({a.code}, {b.code}, out={d})")
            a = Operand(d, "n", True, "")
        kind = functools.reduce(kinds.join, (o.kind for o in operands))
        flags = [o.flag for o in operands if o.flag and o.flag != "?"]
        return self.done(d, kind, "?" if flags else "", dest, *operands)

    def call_sum(self, node: Call, dest: str) -> Operand:
        if len(node.args) == 1 and isinstance(node.args[0], ToDate) and self.types.get(node.args[0].key) in ("i", "n"):
            key = node.args[0].key
            return Operand(self.sums.setdefault(key, f"a{len(self.sums)}"), "n", True, "?")
        if any(isinstance(a, RANGE_NODES) for a in node.args):
            return self.over(node, dest)
        if any(self.passed_over(a) for a in node.args):
            raise Unsupported
        operands = [self.number(a) for a in node.args]
        d = dest or self.take("n")
        self.op(f"copyto({d}, {operands[0].code})")
        for o in operands[1:]:
            self.op(f"add({d}, {o.code}, out={d})")
        return self.done(d, "n", "?", dest, *operands)

    def passed_over(self, node: Node) -> bool:
        """Whether a total may pass over what stands here: a reference, also one that IF or INDEX leads to, to text, a
        condition or a blank."""
        if isinstance(node, Call) and node.name in (*LEADING, "INDEX"):
            return not self.touched(node) or self.kind_of(node) != "n"
        if not isinstance(node, (Ref, Here, Before)):
            return False
        if self.touched(node):
            return self.kind_of(node) != "n"
        return isinstance(node, Ref) and type(self.cells.scalars.get(node.key)) is not float

    def call_product(self, node: Call, dest: str) -> Operand:
        return self.over(node, dest)

    def call_average(self, node: Call, dest: str) -> Operand:
        return self.over(node, dest)

    def over(self, node: Call, dest: str) -> Operand:
        """A total over one range."""
        if len(node.args) != 1 or not isinstance(node.args[0], RANGE_NODES):
            raise Unsupported
        items = self.items(node.args[0])
        d = dest or self.take("n")
        self.op(f"range_{node.name}({items}, {d})")
        return Operand(d, "n", True, "?", not dest)

    def items(self, node: Node) -> str:
        """Code of the cells of a range: a matrix, or a list of vectors and values."""
        if isinstance(node, Column):
            code = []
            for key in node.keys:
                if key in self.reached:
                    if self.types.get(key) not in ("i", "n"):
                        raise Unsupported
                    code.append(self.name("s", key))
                else:
                    code.append(self.constant(self.cells.scalars.get(key)))
            return f"[{', '.join(code)}]"
        if isinstance(node, SeriesRange):
            return self.name("y", node.series)
        assert isinstance(node, (Row, ToDate, Earlier))
        if node.key not in self.reached or self.types.get(node.key) not in ("i", "n"):
            raise Unsupported
        self.need_rows.add(node.key)
        rows = self.rows(node.key)
        if isinstance(node, Row):
            return rows
        return f"{rows}[:i + 1]" if isinstance(node, ToDate) else f"[{self.opening(node.key)}, *{rows}[:i]]"

    def call_index(self, node: Call, dest: str) -> Operand:
        if len(node.args) != 2 or not isinstance(node.args[0], RANGE_NODES):
            raise Unsupported
        if self.touched(node.args[0]):
            items = self.items(node.args[0])
        else:
            values = evaluate(node.args[0], self.cells, 0) if not isinstance(node.args[0], (ToDate, Earlier)) else None
            if values is None or any(not isinstance(v, (float, int, ErrorValue)) for v in values):
                raise Unsupported
            items = self.constant(list(values))
        place = self.number(node.args[1])
        if place.flag == "?":
            self.guard(place)
        d = dest or self.take("n")
        self.op(f"pick({items}, {place.code}, {d})")
        return self.done(d, "n", "?", dest, place)

    def call_match(self, node: Call, dest: str) -> Operand:
        kind = evaluate(node.args[2], self.cells) if len(node.args) > 2 and not self.touched(node.args[2]) else 1.0
        if kind != 1 or not isinstance(node.args[1], (Row, Column)) or self.touched(node.args[1]):
            raise Unsupported
        values = list(evaluate(node.args[1], self.cells, 0))
        if any(type(v) is not float for v in values) or values != sorted(values):
            raise Unsupported
        o = self.number(node.args[0])
        if o.flag == "?":
            self.guard(o)
        d = dest or self.take("n")
        self.op(f"place_in({o.code}, {self.constant(values)}, {d})")
        return self.done(d, "i", "?", dest, o)

    def call_sumifs(self, node: Call, dest: str) -> Operand:
        if any(self.touched(a) for a in node.args[1:]) or not isinstance(node.args[0], (Column, Row)):
            raise Unsupported
        found: list[Any] = []
        for i in range(self.cells.size if self.in_loop else 1):
            pairs = [evaluate(a, self.cells, i) for a in node.args[1:]]
            try:
                found.append([p for p, hit in enumerate(hits(pairs)) if hit])
            except Refusal:
                raise Unsupported from None
        d = dest or self.take("n")
        self.op(f"chosen({self.items(node.args[0])}, {self.constant(found)}[i], {d})")
        return Operand(d, "n", True, "?", not dest)

    def call_sumproduct(self, node: Call, dest: str) -> Operand:
        """Place by place over columns of one length: the operators apply to the cells."""
        columns: list[Column] = []
        for arg in node.args:
            found = columns_beneath(arg)
            if found is None:
                raise Unsupported
            columns += found
        lengths = {len(c.keys) for c in columns}
        if len(lengths) != 1 or any(not self.numeric(key) for c in columns for key in c.keys):
            raise Unsupported
        d = dest or self.take("n")
        self.op(f"{d}[...] = 0.0")
        for p in range(lengths.pop()):
            term = at_place(node.args[0], p)
            for arg in node.args[1:]:
                term = Binary("*", term, at_place(arg, p))
            o = self.number(term)
            self.op(f"add({d}, {o.code}, out={d})")
            self.drop(o)
        return Operand(d, "n", True, "?", not dest)

    def numeric(self, key: str) -> bool:
        if key in self.reached:
            return self.types.get(key) in ("i", "n")
        return isinstance(self.cells.scalars.get(key), (float, ErrorValue))

    def call_iferror(self, node: Call, dest: str) -> Operand:
        if self.branch_kind(node.args) != "n":
            raise Unsupported
        value, other = self.number(node.args[0]), self.number(node.args[1])
        m, d = self.take("b"), self.take("n")
        self.op(f"isfinite({value.code}, out={m})")
        self.op(f"copyto({d}, {other.code})")
        self.op(f"copyto({d}, {value.code}, where={m})")
        self.free["m"].append(m)
        return self.done(d, "n", "?", "", value, other)

    def call_iserror(self, node: Call, dest: str) -> Operand:
        o = self.number(node.args[0])
        d = dest or self.take("b")
        self.op(f"isfinite({o.code}, out={d})")
        self.op(f"logical_not({d}, out={d})")
        return self.done(d, "b", "", dest, o)

    def call_power(self, node: Call, dest: str) -> Operand:
        return self.binary(Binary("^", node.args[0], node.args[1]), dest)
