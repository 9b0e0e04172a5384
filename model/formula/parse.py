"""Text of a formula to a tree: a precedence-climbing parser for Excel's syntax with names.

Bounded in length, depth and arguments, so that no text can make it recurse or run long. Every
refusal carries the place (a span of characters) and what would mend it.
"""

from __future__ import annotations

import re

from model.formula.functions import FORBIDDEN, FUNCTIONS, canonical, nearest
from model.formula.helpers import HELPERS
from model.formula.nodes import Array, Binary, Bool, Call, Column, Err, Missing, Name, Node, Num, Span, Text, Unary
from model.problems import Refused, refuse

MAX_LENGTH = 8192
MAX_DEPTH = 64
MAX_HEIGHT = 128
MAX_ARGS = 255
_LONGEST_SHOWN = 40  # characters of a number that a refusal repeats

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<num>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)
    | (?P<text>"(?:[^"]|"")*")
    | (?P<err>\#(?:DIV/0!|NUM!|VALUE!|REF!|NAME\?|N/A|NULL!))
    | (?P<op><>|<=|>=|[-+*/^&%<>=()\[\],;{}])
    )""",
    re.VERBOSE,
)
_KINDS = ("", *_TOKEN.groupindex)
_SPACE = re.compile(r"\s*")
# Excel's order of binary operators: ^ binds tightest (unary minus binds tighter still), comparison loosest.
BINARY = {"^": 5, "*": 4, "/": 4, "+": 3, "-": 3, "&": 2, "=": 1, "<>": 1, "<": 1, "<=": 1, ">": 1, ">=": 1}

_TYPOGRAPHIC = {"−": "-", "–": "-", "×": "*", "÷": "/", "≤": "<=", "≥": ">=", "≠": "<>", "“": '"', "”": '"'}
_cache: dict[str, Node] = {}


class Unknown(Refused):
    """Refused because a name or a function does not exist: what Excel calls #NAME?."""


def parse(text: str) -> Node:
    """The tree of a formula. Raises Refused with the place when the text is not one."""
    tree = _cache.get(text)
    if tree is None:
        tree = parse_once(text)
        if len(_cache) > 200_000:
            _cache.clear()
        _cache[text] = tree
    return tree


def parse_once(text: str) -> Node:
    """As ``parse``, without keeping the tree for a next time."""
    return _Parser(text).formula()


class _Parser:
    def __init__(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            raise refuse(
                "formula",
                f"The formula has {len(text):,} characters; at most {MAX_LENGTH:,} are allowed.",
                "Split it into helper lines.",
            )
        self.text = text
        self.tokens: list[tuple[str, str, Span]] = []
        self.at = 0
        self._scan()

    def _scan(self) -> None:
        pos = 0
        append = self.tokens.append
        for m in iter(_TOKEN.scanner(self.text).match, None):  # type: ignore[attr-defined]
            kind = m.lastindex
            span = m.span(kind)
            append((_KINDS[kind], m[kind], span))
            pos = span[1]
        rest = _SPACE.match(self.text, pos)
        pos = rest.end() if rest else pos
        if pos < len(self.text):
            self._bad_character(pos)
        append(("end", "", (pos, pos)))

    def _bad_character(self, pos: int) -> None:
        ch = self.text[pos]
        if ch == '"':
            raise self.error("A text starts here but its closing quotation mark is missing.", (pos, len(self.text)))
        if ch in _TYPOGRAPHIC:
            raise self.error(f"“{ch}” is not understood here.", (pos, pos + 1), f"Write {_TYPOGRAPHIC[ch]} instead.")
        if ch.isdigit() or ch.isnumeric():
            raise self.error(f"“{ch}” is not an ordinary digit.", (pos, pos + 1), "Use the digits 0 to 9.")
        shown = ch if ch.isprintable() else f"U+{ord(ch):04X}"
        raise self.error(f"“{shown}” has no meaning in a formula.", (pos, pos + 1), "Remove it.")

    def error(self, what: str, span: Span, remedy: str = "", instead: str = "") -> Refused:
        return refuse(f"character {span[0] + 1}", what, remedy, span, instead)

    # grammar ----------------------------------------------------------------------------------

    def formula(self) -> Node:
        if self.tokens[0][1] == "=":
            self.at = 1
        if self.tokens[self.at][0] == "end":
            raise self.error("The formula is empty.", (0, len(self.text)), "Write an expression after the = sign.")
        node, _ = self.expression(1, 0)
        kind, value, span = self.tokens[self.at]
        if kind != "end":
            if value == ")":
                raise self.error("This closing parenthesis has no opening one.", span, "Remove it.")
            if value in ",;":
                raise self.error(f"“{value}” only separates the arguments of a function.", span)
            raise self.error(
                f"An operator is missing before “{value[:40]}”.", span, "Join the two by + − * / ^ & or a comparison."
            )
        return node

    def expression(self, floor: int, depth: int) -> tuple[Node, int]:
        left, height = self.operand(depth)
        while True:
            kind, op, span = self.tokens[self.at]
            power = BINARY.get(op, 0) if kind == "op" else 0
            if power < floor or not power:
                return left, height
            self.at += 1
            right, other = self.expression(power + 1, depth)
            height = max(height, other) + 1
            if height > MAX_HEIGHT:
                raise self.error(
                    f"More than {MAX_HEIGHT} operations hang on each other in one formula.",
                    span, "Use SUM or split it into helper lines.",
                )  # fmt: skip
            left = Binary(op, left, right, (left.span[0], right.span[1]))

    def operand(self, depth: int) -> tuple[Node, int]:
        if depth > MAX_DEPTH:
            raise self.error(
                f"The formula is nested more than {MAX_DEPTH} levels deep.", self.tokens[self.at][2],
                "Split it into helper lines.",
            )  # fmt: skip
        kind, value, span = self.tokens[self.at]
        if kind == "num" and self.tokens[self.at + 1][1] != "%":
            self.at += 1
            return self.number(value, span), 0
        if kind == "op" and value in "+-":
            self.at += 1
            arg, height = self.operand(depth + 1)
            return Unary(value, arg, (span[0], arg.span[1])), height + 1
        node, height = self.primary(depth)
        while self.tokens[self.at][1] == "%" and self.tokens[self.at][0] == "op":
            node = Unary("%", node, (node.span[0], self.tokens[self.at][2][1]))
            height += 1
            self.at += 1
            if height > MAX_HEIGHT:
                raise self.error(f"More than {MAX_HEIGHT} operations hang on each other.", node.span)
        return node, height

    def primary(self, depth: int) -> tuple[Node, int]:
        kind, value, span = self.tokens[self.at]
        self.at += 1
        if kind == "num":
            return self.number(value, span), 0
        if kind == "text":
            return Text(value[1:-1].replace('""', '"'), span), 0
        if kind == "name":
            follow = self.tokens[self.at][1] if self.tokens[self.at][0] == "op" else ""
            if follow == "(":
                return self.call(value, span, depth)
            if follow == "[":
                return self.column(value, span), 0
            upper = value.upper()
            if upper in ("TRUE", "FALSE"):
                return Bool(upper == "TRUE", span), 0
            return Name(value, span), 0
        if kind == "err":
            return Err(value, span), 0
        if value == "{":
            return self.array(span), 0
        if value == "(":
            node, height = self.expression(1, depth + 1)
            self.expect(")", span)
            return node, height
        if kind == "end":
            raise self.error(
                "The formula ends where a value is expected.", span, "Complete or remove the last operator."
            )
        raise self.error(f"A value is expected here, not “{value}”.", span)

    def number(self, value: str, span: Span) -> Node:
        following = self.text[span[1] : span[1] + 1]
        if following and (following.isalnum() or following in "_²³¹"):
            raise self.error(
                f"“{value}{following}” is not a number.", (span[0], span[1] + 1),
                "Write plain digits, with a point for decimals and no separators.",
            )  # fmt: skip
        number = float(value)
        if number in (float("inf"), float("-inf")):
            shown = value if len(value) <= _LONGEST_SHOWN else value[: _LONGEST_SHOWN - 1] + "…"
            raise self.error(f"“{shown}” is larger than any number Excel can hold (about 1.8E308).", span)
        return Num(number, span)

    def array(self, opened: Span) -> Node:
        rows: list[tuple[Node, ...]] = []
        row: list[Node] = []
        while True:
            row.append(self.constant(opened))
            _, value, span = self.tokens[self.at]
            self.at += 1
            if value == ",":
                continue
            if value not in (";", "}"):
                raise self.error(
                    "A , a ; or a } is expected in an array constant.", span, "Write for example {1,2;3,4}."
                )
            rows.append(tuple(row))
            row = []
            if len(rows[-1]) != len(rows[0]):
                raise self.error("The rows of an array constant must be of one length.", (opened[0], span[1]))
            if value == "}":
                return Array(tuple(rows), (opened[0], span[1]))

    def constant(self, opened: Span) -> Node:
        """One entry of an array constant: a number with or without a sign, a text, TRUE, FALSE or an error."""
        kind, value, span = self.tokens[self.at]
        sign = value if kind == "op" and value in ("-", "+") else ""
        if sign:
            self.at += 1
            kind, value, span = self.tokens[self.at]
        if kind == "end":
            raise self.error("A closing brace is missing for the array opened here.", opened, "Add a }.")
        self.at += 1
        if kind == "num":
            node = self.number(value, span)
            return Num(-node.value, span) if sign == "-" and isinstance(node, Num) else node
        if not sign and kind == "text":
            return Text(value[1:-1].replace('""', '"'), span)
        if not sign and kind == "err":
            return Err(value, span)
        if not sign and kind == "name" and value.upper() in ("TRUE", "FALSE"):
            return Bool(value.upper() == "TRUE", span)
        raise self.error("An array constant holds only numbers, texts, TRUE, FALSE and errors.", span)

    def column(self, table: str, span: Span) -> Node:
        self.at += 1
        kind, value, inner = self.tokens[self.at]
        if kind != "name":
            raise self.error(f"A column's name is expected after “{table}[”.", inner)
        self.at += 1
        close = self.tokens[self.at]
        if close[1] != "]":
            raise self.error(f"“{table}[{value}” is not closed.", (span[0], inner[1]), "Add a ].")
        self.at += 1
        return Column(table, value, (), (span[0], close[2][1]))

    def call(self, name: str, span: Span, depth: int) -> tuple[Node, int]:
        self.at += 1
        upper = canonical(name)
        if upper in FORBIDDEN:
            raise self.error(f"{upper} cannot be used: {FORBIDDEN[upper]}", span)
        spec = FUNCTIONS.get(upper) or HELPERS.get(upper)
        if spec is None:
            near = nearest(upper, HELPERS)
            remedy = f"Did you mean {near}?" if near else ""
            refused = self.error(f"There is no function “{name[:64]}”.", span, remedy, near)
            raise Unknown(*refused.problems)
        args: list[Node] = []
        height = 0
        if self.tokens[self.at][1] == ")" and self.tokens[self.at][0] == "op":
            self.at += 1
        else:
            while True:
                kind, value, here = self.tokens[self.at]
                if kind == "op" and value in (",", ";", ")"):
                    args.append(Missing((here[0], here[0])))
                else:
                    arg, h = self.expression(1, depth + 1)
                    height = max(height, h)
                    args.append(arg)
                kind, value, here = self.tokens[self.at]
                if kind == "op" and value in ",;":
                    self.at += 1
                    continue
                self.expect(")", span)
                break
        if len(args) > MAX_ARGS:
            raise self.error(f"{upper} has {len(args)} arguments; at most {MAX_ARGS} are allowed.", span)
        wrong = spec.wrong_count(len(args))
        if wrong:
            raise self.error(wrong, span)
        if height + 1 > MAX_HEIGHT:
            raise self.error(f"More than {MAX_HEIGHT} operations hang on each other.", span)
        return Call(upper, tuple(args), (span[0], self.tokens[self.at - 1][2][1])), height + 1

    def expect(self, closing: str, opened: Span) -> None:
        kind, value, span = self.tokens[self.at]
        if kind == "op" and value == closing:
            self.at += 1
            return
        if kind == "end":
            raise self.error("A closing parenthesis is missing for the one opened here.", opened, "Add a ) at the end.")
        raise self.error(f"An operator or a ) is expected before “{value[:40]}”.", span)
