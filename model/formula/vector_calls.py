"""The functions of conditions and values that have vector code of their own, and the emitter of a level's code."""

from __future__ import annotations

import functools

from model.formula import kinds
from model.formula.nodes import Binary, Call, Missing, Node, Num, Text, ToDate
from model.formula.vector_code import Operand, Unsupported, either
from model.formula.vector_emit import RANGE_NODES
from model.formula.vector_ranges import Ranges


class Emitter(Ranges):
    """Code of one level: its single cells, then a loop over the periods for its lines."""

    def call_if(self, node: Call, dest: str) -> Operand:
        test = self.condition(node.args[0])
        no = node.args[2] if len(node.args) > 2 else None
        if no is None:
            raise Unsupported
        if texts(node):
            return self.worded(node, test)
        kind = self.branch_kind(node.args[1:])
        d = dest or self.take(kind)
        if not test.vec:
            if test.flag:
                self.say(f"if {test.flag}: {'bad[:] = True' if kind == 'b' else f'{d}[...] = nan'}")
            self.say(f"{'elif' if test.flag else 'if'} {test.code}:")
            yes = self.block(node.args[1], d, kind)
            self.say("else:")
            other = self.block(no, d, kind)
            flag = "" if kind == "b" else either(test.flag, yes.flag, other.flag)
            return Operand(d, kinds.join(yes.kind, other.kind), True, flag, not dest)
        self.path.append((test.code, True))
        yes = self.branch(node.args[1], kind, "")
        self.path[-1] = (test.code, False)
        other = self.branch(no, kind, d)
        self.path.pop()
        if other.code != d:
            self.op(f"copyto({d}, {other.code})")
        self.op(f"put({d}, {yes.code}, {test.code})")
        flag = "" if kind == "b" else either(yes.flag, other.flag)
        return self.done(d, kinds.join(yes.kind, other.kind), flag, dest, test, yes, other)

    def worded(self, node: Call, test: Operand) -> Operand:
        """One of several texts."""
        choices = []
        for branch in node.args[1:]:
            if isinstance(branch, Text):
                choices.append(self.constant(branch.value))
            else:
                assert isinstance(branch, Call)
                choices.append(self.worded(branch, self.condition(branch.args[0])).code)
        self.guard(test)
        name = self.constant(None)
        if test.vec:
            self.op(f"{name} = where({test.code}, {choices[0]}, {choices[1]})")
        else:
            self.op(f"{name} = {choices[0]} if {test.code} else {choices[1]}")
        self.drop(test)
        return Operand(name, "x", True, "")

    def branch(self, node: Node, kind: str, dest: str) -> Operand:
        if isinstance(node, Missing):
            return Operand("0.0", "i", False, "")
        o = self.emit(node, dest)
        if o.kind not in "inb":  # computed draw by draw after all, and may be anything
            raise Unsupported
        if kind == "b" and o.flag and not o.vec:
            self.guard(o)
        return o

    def block(self, node: Node, d: str, kind: str) -> Operand:
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
        return o

    def call_ifs(self, node: Call, dest: str) -> Operand:
        return self.call_if(as_if(node), dest)

    def call_choose(self, node: Call, dest: str) -> Operand:
        self.use_again(Call("INT", (node.args[0],)), len(node.args) - 2)
        return self.call_if(as_if(node), dest)

    def call_switch(self, node: Call, dest: str) -> Operand:
        if len(node.args) < 3:
            raise Unsupported
        self.use_again(node.args[0], (len(node.args) - 1) // 2 - 1)
        return self.call_if(as_if(node), dest)

    def use_again(self, node: Node, times: int) -> None:
        """A subject is computed once, though it is compared with every choice."""
        if isinstance(node, (Binary, Call)):
            number = self.trees.number(node)
            self.repeats[number] = self.repeats.get(number, 1) + times

    def call_and(self, node: Call, dest: str) -> Operand:
        return self.junction(node, dest, "logical_and")

    def call_or(self, node: Call, dest: str) -> Operand:
        return self.junction(node, dest, "logical_or")

    def call_xor(self, node: Call, dest: str) -> Operand:
        return self.junction(node, dest, "logical_xor")

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
        if len(node.args) == 1 or any(isinstance(a, RANGE_NODES) for a in node.args):
            return self.over(node, dest)
        if any(isinstance(a, Missing) or self.passed_over(a) for a in node.args):
            raise Unsupported
        operands = []
        for arg in node.args:
            o = self.number(arg)
            self.let_through(o)
            operands.append(o)
        d = dest or (self.result("n", "", *operands) if len(operands) == 2 else self.take("n"))
        a = operands[0]
        for b in operands[1:]:
            self.op(f"{ufunc}({a.code}, {b.code}, out={d})")
            a = Operand(d, "n", True, "")
        kind = functools.reduce(kinds.join, (o.kind for o in operands))
        return self.done(d, kind, either(*[o.flag for o in operands if o.flag != "?"]), dest, *operands)

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

    def call_iferror(self, node: Call, dest: str) -> Operand:
        if self.branch_kind(node.args) != "n":
            raise Unsupported
        value, other = self.number(node.args[0]), self.number(node.args[1])
        m, d = self.take("b"), self.take("n")
        self.op(f"isfinite({value.code}, out={m})")
        self.op(f"copyto({d}, {other.code})")
        self.op(f"put({d}, {value.code}, {m})")
        self.free["m"].append(m)
        return self.done(d, "n", "?", "", value, other)

    def call_iserror(self, node: Call, dest: str) -> Operand:
        o = self.number(node.args[0])
        d = dest or self.take("b")
        self.op(f"isfinite({o.code}, out={d})")
        self.op(f"logical_not({d}, out={d})")
        return self.done(d, "b", "", dest, o)

    def call_isnumber(self, node: Call, dest: str) -> Operand:
        return self.about(node, dest, number="isfinite({}, out={})", condition="{1}[...] = False")

    def call_istext(self, node: Call, dest: str) -> Operand:
        return self.about(node, dest, number="{1}[...] = False", condition="{1}[...] = False")

    call_isblank = call_istext

    def call_isnontext(self, node: Call, dest: str) -> Operand:
        return self.about(node, dest, number="{1}[...] = True", condition="{1}[...] = True")

    def call_islogical(self, node: Call, dest: str) -> Operand:
        return self.about(node, dest, number="{1}[...] = False", condition="{1}[...] = True")

    def about(self, node: Call, dest: str, number: str, condition: str) -> Operand:
        """A question about a value, by what kind of value it is."""
        o = self.emit(node.args[0])
        if o.kind not in "inb" or not o.vec:
            raise Unsupported
        d = dest or self.take("b")
        self.op((condition if o.kind == "b" else number).format(o.code, d))
        return self.done(d, "b", "", dest, o)

    def call_n(self, node: Call, dest: str) -> Operand:
        return self.number(node.args[0])

    def call_power(self, node: Call, dest: str) -> Operand:
        return self.binary(Binary("^", node.args[0], node.args[1]), dest)


def texts(node: Node) -> bool:
    """Whether a node is IF between texts as written, also nested ones."""
    return (
        isinstance(node, Call)
        and node.name == "IF"
        and len(node.args) == 3
        and all(isinstance(branch, Text) or texts(branch) for branch in node.args[1:])
    )


def as_if(node: Call) -> Call:
    """IFS, SWITCH or CHOOSE of a condition, a subject or an index as nested IF; none that fits is an error."""
    args, none = node.args, Call("NA", ())
    if node.name == "IFS":
        choices = list(zip(args[::2], args[1::2], strict=True))
        last: Node = none
    elif node.name == "SWITCH":
        rest = args[1:]
        choices = [(Binary("=", args[0], rest[i]), rest[i + 1]) for i in range(0, len(rest) - 1, 2)]
        last = rest[-1] if len(rest) % 2 else none
    else:
        index = Call("INT", (args[0],))
        choices = [(Binary("=", index, Num(float(n))), choice) for n, choice in enumerate(args[1:], 1)]
        last = none
    for condition, value in reversed(choices):
        last = Call("IF", (condition, value, last))
    assert isinstance(last, Call)
    return last
