"""One formula's tree as an expression of Python, with the kind of its result proved where it can be.

What the kinds prove is left out: a comparison of whole numbers or with zero needs no tolerance. Where a comparison does
need Excel's 15 digits, it is asked on both sides of a margin, and only where the answers differ does a function decide.
The names that the text uses are those of ``compile``'s globals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from model.formula.bind import OPENING
from model.formula.evaluate import BY_YEAR, COMPARISONS, LEADING, REFERENCES, shaped
from model.formula.functions import FUNCTIONS
from model.formula.kinds import join, literal, product, whole
from model.formula.kinds import total as sum_kind
from model.formula.nodes import (
    Before,
    Binary,
    Bool,
    ByYear,
    Call,
    Column,
    Earlier,
    Err,
    Here,
    Missing,
    Node,
    Num,
    Ref,
    Row,
    SeriesRange,
    Text,
    ToDate,
    Unary,
    YearsToDate,
    at_place,
    columns_beneath,
)  # fmt: skip

CONDITIONS = frozenset(("AND", "OR", "XOR", "NOT"))
_RESULTS = {"number": "n", "bool": "b", "text": "t", "any": "x"}


class Fallback(Exception):  # noqa: N818
    """Here only the typed evaluator will do: raised where the fast form has no text, and by the code that meets an error."""


class Emitter:
    """The text of a block's formulas, one after the other, and what its code needs around it.

    ``emit`` gives code, kind (i whole number, n number, b truth value, t text, r range, x unknown) and whether the
    code can neither raise nor end in a number that is not finite.
    """

    def __init__(self, types: Mapping[str, str], inside: Sequence[str]) -> None:
        self.types = types
        self.ahead: dict[str, str] = {}  # code that no period changes -> its name, computed before the loop
        self.unsure = 0 if inside else 1  # inside branches that may not be taken; a single cell has no loop
        self.inside = {key: j for j, key in enumerate(inside)}
        self.args: dict[tuple[str, Any], str] = {}
        self.zipped: dict[str, str] = {}  # loop variable -> argument
        self.accumulate: dict[str, str] = {}  # in-block or outer line -> running sum variable
        self.at = 0  # position of the formula that is emitted
        self.before: set[str] = set()  # in-block lines read one period back after they were computed
        self.kept: set[str] = set()  # in-block lines read one period back before they are computed
        self.used: set[str] = set()  # in-block lines read in the same period
        self.own_rows = False  # whether the rows of in-block lines are read while they are filled
        self.temps = 0
        self.held: dict[str, str] = {}  # code -> the variable in which it leaves its value
        self.uses_index = False

    def arg(self, kind: str, key: Any) -> str:
        slot = (kind, key)
        if slot not in self.args:
            self.args[slot] = f"{'q' if kind == 'p' else kind}{len(self.args)}"
        return self.args[slot]

    def loop(self, kind: str, key: str) -> str:
        name = self.arg(kind, key)
        self.zipped["l" + name] = name
        return "l" + name

    def temp(self) -> str:
        self.temps += 1
        return f"t{self.temps}"

    # every emitter returns (code, type, is the value certainly finite) ------------------------

    def emit(self, node: Node) -> tuple[str, str, bool]:
        if isinstance(node, Here):
            if node.key in self.inside:
                self.used.add(node.key)
                return f"v{self.inside[node.key]}", self.types.get(node.key, "n"), True
            return self.read(self.loop("r", node.key), self.types.get(node.key, "n"))
        if isinstance(node, Binary):
            return self.binary(node) if self.unsure or not _fixed(node) else self.before_loop(node)
        if isinstance(node, Num):
            return repr(node.value), literal(node.value), True
        if isinstance(node, Text):
            return self.arg("c", node.value), "t", True
        if isinstance(node, Bool):
            return repr(node.value), "b", True
        if isinstance(node, Ref):
            return self.read(self.arg("s", node.key), self.types.get(node.key, "x"))
        if isinstance(node, Before):
            if node.key in self.inside:
                j = self.inside[node.key]
                late = j < self.at  # computed already: its variable holds this period's value
                (self.before if late else self.kept).add(node.key)
                return f"{'b' if late else 'v'}{j}", self.types.get(node.key, "n"), True
            return self.read(self.loop("p", node.key), self.types.get(node.key, "n"))
        if isinstance(node, Unary):
            code, kind, safe = self.emit(node.arg)
            if kind in "in":
                return (
                    (code if node.op == "+" else f"(-{code})", kind, safe)
                    if node.op != "%"
                    else (f"({code} / 100.0)", "n", safe)
                )
            if node.op == "+":
                return code, kind, safe
            self.single(kind)
            return f"_chk(O_{'negate' if node.op == '-' else 'percent'}({code}))", "n", True
        if isinstance(node, Call):
            return self.call(node)
        if isinstance(node, Missing):
            return "None", "z", True
        if isinstance(node, Err):
            return "_bad()", "x", True
        if isinstance(node, Column):
            return f"Range(({''.join(self.arg('s', k) + ', ' for k in node.keys)}))", "r", True
        if isinstance(node, Row):
            return f"Range({self.row(node.key)})", "r", True
        if isinstance(node, ToDate):
            self.uses_index = True
            return f"Range({self.row(node.key)}[:i + 1])", "r", True
        if isinstance(node, Earlier):
            self.uses_index = True
            opening = self.arg("s", node.key + OPENING)
            return f"Range(({opening}, *{self.row(node.key)}[:i]))", "r", True
        if isinstance(node, SeriesRange):
            return self.arg("s", node.series), "r", True
        if isinstance(node, ByYear):
            name = self.loop("r", node.series + BY_YEAR)
            code, kind, safe = self.branch(node.other)
            return f"({name} if {name} is not None else {code})", join(self.types.get(node.series, "x"), kind), safe
        if isinstance(node, YearsToDate):
            self.uses_index = True
            span, _ = self.guarded(self.number(node.years))
            return f"_ytd({self.row(node.key)}, {self.arg('r', 'year')}, i, {span})", "n", False
        raise Fallback

    def before_loop(self, node: Binary) -> tuple[str, str, bool]:
        """What no period changes is computed once."""
        self.unsure += 1
        code, kind = self.guarded(self.binary(node))
        self.unsure -= 1
        return self.name_ahead(code), kind, True

    def name_ahead(self, code: str) -> str:
        return self.ahead.setdefault(code, f"h{len(self.ahead)}")

    def is_ahead(self, code: str) -> bool:
        return not self.unsure and (code in self.ahead.values() or (code[:1] == "s" and code in self.args.values()))

    def read(self, name: str, kind: str) -> tuple[str, str, bool]:
        """A cell from outside the block. It may hold an error or be blank whatever its kind, and Python would take
        that for true: & is no operation for them."""
        return (f"({name} & True)" if kind == "b" else name), kind, True

    def row(self, key: str) -> str:
        if key in self.inside:
            self.own_rows = True
            return f"o{self.inside[key]}"
        return self.arg("r", key)

    def single(self, kind: str) -> None:
        if kind == "r":
            raise Fallback  # ranges in operators: left to the typed evaluator

    def number(self, node: Node) -> tuple[str, str, bool]:
        code, kind, safe = self.emit(node)
        if kind in "in":
            return code, kind, safe
        if kind == "b":
            return f"(1.0 if {code} else 0.0)", whole(1.0), True
        if kind == "z":
            return "0.0", whole(0.0), True
        self.single(kind)
        return f"_chk(O_add(0.0, {code}))", "n", True

    def guarded(self, item: tuple[str, str, bool]) -> tuple[str, str]:
        """Code whose value is checked to be finite, for places that would swallow an overflow."""
        code, kind, safe = item
        if safe or kind not in "in":
            return code, kind
        t = self.temp()
        guarded = f"({t} if -9e307 < ({t} := {code}) < 9e307 else _bad())"
        self.held[guarded] = t
        return guarded, kind

    def binary(self, node: Binary) -> tuple[str, str, bool]:
        op = node.op
        if op in COMPARISONS:
            return self.comparison(node)
        if op == "&":
            (a, ka, _), (b, kb, _) = self.emit(node.left), self.emit(node.right)
            self.single(ka)
            self.single(kb)
            return f"_chk(O_concat({a}, {b}))", "t", True
        left, right = self.number(node.left), self.number(node.right)
        if op in "+-*":
            kind = (product if op == "*" else sum_kind)(left[1], right[1])
            return f"({left[0]} {op} {right[0]})", kind, kind == "i" and left[2] and right[2]
        if op == "/":
            return f"({left[0]} / {self.guarded(right)[0]})", "n", False
        return f"_pow({self.guarded(left)[0]}, {self.guarded(right)[0]})", "n", False

    def comparison(self, node: Binary) -> tuple[str, str, bool]:
        op = node.op
        left, right = self.emit(node.left), self.emit(node.right)
        (a, ka), (b, kb) = self.guarded(left), self.guarded(right)
        if ka in "in" and kb in "in":
            if ka == kb == "i" or "0.0" in (a, b):
                # a difference, because an error value compared with == would quietly be unequal
                return (f"({a} - {b} {_PY[op]} 0.0)" if op in ("=", "<>") else f"({a} {_PY[op]} {b})"), "b", True
            if op in ("=", "<>"):
                return (f"_eq({a}, {b})" if op == "=" else f"(not _eq({a}, {b}))"), "b", True
            return (
                (self.ordered(a, op, b) if op in ("<", "<=") else self.ordered(b, op.replace(">", "<"), a)),
                "b",
                True,
            )
        if ka == kb == "t" and op in ("=", "<>"):
            return (f"_teq({a}, {b})" if op == "=" else f"(not _teq({a}, {b}))"), "b", True
        self.single(ka)
        self.single(kb)
        c = self.arg("c", op)
        return f"_chk(_cmp({c}, {a}, {b}))", "b", True

    def ordered(self, a: str, op: str, b: str) -> str:
        """``a < b`` or ``a <= b`` at 15 digits, of values that are finite or will be found not to be."""
        if _constant(b) or (self.is_ahead(b) and not _constant(a)):
            (a, first), second = self.reused(a), b
            low, high = f"{first} {op} {self.margin(b, _BELOW)}", f"{a} {op} {self.margin(b, _ABOVE)}"
        else:
            (a, first), (b, second) = self.reused(a), self.reused(b)
            low, high = f"{self.margin(first, _BELOW)} {op} {second}", f"{self.margin(a, _ABOVE)} {op} {b}"
        # the first condition is evaluated first, and names what the second reads
        exact = f"{'_lt' if op == '<' else '_le'}({a}, {b})"
        return f"(({high} or {exact}) if {low} else ({high} and {exact}))"

    def margin(self, code: str, factor: float) -> str:
        if _constant(code):
            return repr(float(code) * factor)
        return self.name_ahead(f"{code} * {factor!r}") if self.is_ahead(code) else f"{code} * {factor!r}"

    def condition(self, node: Node) -> str:
        code, kind = self.guarded(self.emit(node))
        if kind == "b":
            return code
        if kind in "in":
            return f"({code} - 0.0 != 0.0)"  # a difference: an error or a blank must not count as true
        self.single(kind)
        return f"_truth({code})"

    def call(self, node: Call) -> tuple[str, str, bool]:
        name, args = node.name, node.args
        special = getattr(self, "call_" + name.lower(), None)
        if special is not None:
            out = special(args)
            if out is not None:
                return out
        spec = FUNCTIONS[name]
        if spec.lazy:
            self.unsure += 1
            thunks = ", ".join(f"lambda: {self.plain(a)}" for a in args)
            self.unsure -= 1
            return f"_chk(F_{spec.identifier}({thunks}))", _RESULTS[spec.result], False
        if shaped(node):
            raise Fallback
        items = [self.emit(a) for a in args]
        result = "i" if spec.whole else _RESULTS[spec.result]
        if name == "INT" and items[0][1] == "i":
            result = items[0][1]
        if spec.fast and all(kind in "in" for _, kind, _ in items):
            codes = [self.guarded(item)[0] for item in items]
            if name in CONDITIONS:
                codes = [f"({code} - 0.0)" for code in codes]
            return "(" + spec.fast.replace("{*}", ", ".join(codes)).format(*codes) + ")", result, False
        codes = []
        for position, (arg, item) in enumerate(zip(args, items, strict=True)):
            code, kind = self.guarded(item)
            if spec.takes_range(position):
                if isinstance(arg, (Ref, Here, Before)):
                    code = f"Range(({code},))"
                elif isinstance(arg, Call) and kind not in "in" and (arg.name in LEADING or arg.name == "INDEX"):
                    if arg.name != "INDEX" or not isinstance(arg.args[0], REFERENCES):
                        raise Fallback  # which branch leads to a cell, only the typed evaluator sees
                    code = f"_cell({code})"
            else:
                self.single(kind)
            codes.append(code)
        return f"_chk(F_{spec.identifier}({', '.join(codes)}))", result, False

    def plain(self, node: Node) -> str:
        return self.guarded(self.emit(node))[0]

    def call_if(self, args: Sequence[Node]) -> tuple[str, str, bool]:
        test = self.condition(args[0])
        yes = self.branch(args[1])
        no = self.branch(args[2]) if len(args) > 2 else ("False", "b", True)
        return f"({yes[0]} if {test} else {no[0]})", join(yes[1], no[1]), yes[2] and no[2]

    def branch(self, node: Node) -> tuple[str, str, bool]:
        self.unsure += 1
        code, kind, safe = self.emit(node)
        self.unsure -= 1
        self.single(kind)
        return ("0.0", "i", True) if kind == "z" else (code, kind, safe)

    def call_iferror(self, args: Sequence[Node]) -> tuple[str, str, bool]:
        code, kind = self.guarded(self.branch(args[0]))
        other = self.branch(args[1])[1]
        # a cell that is only read may hold an error: it must raise here, and not be the result
        return (f"({code} - 0.0)" if kind in "in" else f"_chk({code})"), join(kind, other), True

    def call_and(self, args: Sequence[Node]) -> tuple[str, str, bool] | None:
        return self.junction(args, " & ")

    def call_or(self, args: Sequence[Node]) -> tuple[str, str, bool] | None:
        return self.junction(args, " | ")

    def junction(self, args: Sequence[Node], sign: str) -> tuple[str, str, bool] | None:
        items = [self.emit(a) for a in args]
        if any(kind != "b" for _, kind, _ in items):
            return None
        return "(" + sign.join(code for code, _, _ in items) + ")", "b", True

    def call_not(self, args: Sequence[Node]) -> tuple[str, str, bool] | None:
        code, kind, _ = self.emit(args[0])
        return (f"(not {code})", "b", True) if kind == "b" else None

    def call_min(self, args: Sequence[Node]) -> tuple[str, str, bool] | None:
        return self.extreme(args, "<")

    def call_max(self, args: Sequence[Node]) -> tuple[str, str, bool] | None:
        return self.extreme(args, ">")

    def extreme(self, args: Sequence[Node], sign: str) -> tuple[str, str, bool] | None:
        if len(args) == 1 and isinstance(args[0], (Row, Column, ToDate)):
            return None
        items = [self.emit(a) for a in args]
        if any(kind not in "in" for _, kind, _ in items):
            return None
        item = items[0]
        for other in items[1:]:
            item = self.larger(item, sign, other)
        return item

    def larger(self, left: tuple[str, str, bool], sign: str, right: tuple[str, str, bool]) -> tuple[str, str, bool]:
        """The larger (or smaller) of two numbers. Where one may be infinite, it is looked at only where it loses: a
        winner shows in the result."""
        if left[2] == right[2] or "n" not in (left[1], right[1]):
            (a, ka), (b, kb) = self.guarded(left), self.guarded(right)
            (a, first), (b, second) = self.reused(a), self.reused(b)
            return f"({a} if {first} {sign} {second} else {b})", join(ka, kb), True
        (code, kind, _), (known, other, _) = (right, left) if left[2] else (left, right)
        (known, first_known), (code, first) = self.reused(known), self.reused(code)
        finite = f"{code} > -9e307" if sign == ">" else f"{code} < 9e307"
        order, lost = f"{first} {sign}{'=' if left[2] else ''} {first_known}", f"({known} if {finite} else _bad())"
        return f"({code} if {order} else {lost})", join(kind, other), False

    def reused(self, code: str) -> tuple[str, str]:
        """Code to use again, and what stands at its first use."""
        if code.isidentifier() or _constant(code):
            return code, code
        if code in self.held:
            return self.held[code], code
        t = self.temp()
        return t, f"({t} := {code})"

    def call_sum(self, args: Sequence[Node]) -> tuple[str, str, bool] | None:
        if len(args) == 1 and isinstance(args[0], ToDate) and self.types.get(args[0].key, "n") in "in":
            key = args[0].key
            if key not in self.inside:
                self.loop("r", key)
            self.accumulate.setdefault(key, f"a{len(self.accumulate)}")
            return self.accumulate[key], "n", False
        if len(args) == 1 and isinstance(args[0], Row) and self.types.get(args[0].key, "x") in "in":
            return f"_total({self.row(args[0].key)})", "n", False
        return None

    def call_sumproduct(self, args: Sequence[Node]) -> tuple[str, str, bool] | None:
        """Operators over columns are written out cell by cell; without operators the function itself will do."""
        if all(isinstance(a, (Column, Row, ToDate, SeriesRange)) for a in args):
            return None
        columns = [columns_beneath(a) for a in args]
        lengths = {len(c.keys) for found in columns for c in found or ()}
        if not all(columns) or len(lengths) != 1 or not 1 < (length := lengths.pop()) <= _WRITTEN_OUT:
            raise Fallback
        terms = []
        for place in range(length):
            items = [self.emit(at_place(a, place)) for a in args]
            if any(kind not in "in" for _, kind, _ in items):
                raise Fallback  # of cells text and conditions count as 0
            terms.append(" * ".join(code for code, _, _ in items))
        return f"_total(({', '.join(terms)}))", "n", False

    def call_sumifs(self, args: Sequence[Node]) -> tuple[str, str, bool] | None:
        """One criterion that compares whole numbers is no text that must be read first."""
        if len(args) != 3 or not isinstance(args[0], (Column, Row)) or args[0].__class__ is not args[1].__class__:
            return None
        ranges = [list(a.keys) if isinstance(a, Column) else [a.key] for a in args[:2] if isinstance(a, (Column, Row))]
        if len(ranges[0]) != len(ranges[1]) or any(self.types.get(key) != "i" for key in ranges[1]):
            return None
        sign, wanted = "=", args[2]
        if isinstance(wanted, Binary) and wanted.op == "&" and isinstance(wanted.left, Text):
            sign, wanted = wanted.left.value, wanted.right
        if sign not in ("=", "<", "<=", ">", ">="):
            return None
        bound, kind, _ = self.emit(wanted)
        if kind != "i":
            return None
        values, cells = [self.row(a.key) if isinstance(a, Row) else self.emit(a)[0] for a in args[:2]]
        return f"_sum_where({values}, {cells}, {self.arg('c', sign)}, {bound})", "n", False


_WRITTEN_OUT = 64  # cells of a column
_BELOW, _ABOVE = 1 - 3e-14, 1 + 3e-14  # numbers further apart than this differ within 15 digits
_ARITHMETIC = ("+", "-", "*", "/")
_PY = {"=": "==", "<>": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">="}


def _constant(code: str) -> bool:
    return code.replace(".", "", 1).isdigit()


def _fixed(node: Node) -> bool:
    """Whether a value is the same in every period, and can be computed before the loop without a risk of an error that
    the loop would not meet."""
    if isinstance(node, Binary):
        if node.op in "/^" and not (isinstance(node.right, Num) and node.right.value):
            return False
        return _fixed(node.left) and _fixed(node.right)
    if isinstance(node, Unary):
        return _fixed(node.arg)
    return isinstance(node, (Num, Text, Bool, Ref))


def carried_by(node: Node) -> set[str]:
    """Lines of the same period that cannot be infinite, NaN or an error without the node's value being so, or raising:
    a line that another one carries need not be looked at itself."""
    if isinstance(node, Here):
        return {node.key}
    if isinstance(node, Unary):
        return carried_by(node.arg)
    if isinstance(node, Binary) and node.op in _ARITHMETIC:
        return carried_by(node.left) | (_watched(node.right) if node.op == "/" else carried_by(node.right))
    return _watched(node)


def _watched(node: Node) -> set[str]:
    """The same where the value itself may be lost, but what is computed on the way to it is looked at."""
    if isinstance(node, Unary):
        return _watched(node.arg)
    if isinstance(node, Binary):
        if node.op in _ARITHMETIC:
            return carried_by(node)
        return _watched(node.left) | _watched(node.right) if node.op in COMPARISONS else set()
    if isinstance(node, Call) and node.name in ("MIN", "MAX", "IF"):
        return set().union(*(_watched(a) for a in (node.args[:1] if node.name == "IF" else node.args)))
    return set()
