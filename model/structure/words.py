"""A formula in words: labels for keys, signs for operators, short English for functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from model.deal import Deal
from model.fields.unit_text import in_percent
from model.formula.bind import PERSPECTIVE, Namespace
from model.formula.coerce import number_text
from model.formula.helpers import HELPERS
from model.formula.nodes import Array, Binary, Bool, Call, Column, Err, Missing, Name, Num, Text, Unary
from model.formula.parse import BINARY
from model.problems import Refused
from model.structure.labels import label_of_key, label_of_path
from model.structure.mentions import LINE_HELPERS, own_column, whole
from model.structure.outline import Part, outline
from model.values import NEVER, NO_CAP, from_serial, to_serial

_SIGNS = {"-": "−", "*": "×", "/": "÷", "<=": "≤", ">=": "≥", "<>": "≠"}
_PERIOD = {
    "start": "first day of the period", "end": "last day of the period", "year": "calendar year",
    "days": "days of the period", "days_in_year": "days of the year", "never": "not yet", PERSPECTIVE: "perspective",
}  # fmt: skip
#: templates of functions by the number of arguments; the list form is for any number
_WORDS: dict[tuple[str, int], str] = {
    ("NOT", 1): "not {0}", ("SQRT", 1): "square root of {0}", ("SIGN", 1): "sign of {0}",
    ("EXP", 1): "e to the power of {0}", ("LN", 1): "natural logarithm of {0}", ("INT", 1): "whole part of {0}",
    ("MOD", 2): "rest of {0} divided by {1}", ("POWER", 2): "{0} to the power of {1}",
    ("ROUND", 2): "{0} rounded to {1} digits", ("ROUNDUP", 2): "{0} rounded up to {1} digits",
    ("ROUNDDOWN", 2): "{0} rounded down to {1} digits",
    ("IF", 2): "{1} if {0}", ("IF", 3): "{1} if {0}, otherwise {2}", ("IFERROR", 2): "{0}, or {1} where that is an error",
    ("IFNA", 2): "{0}, or {1} where that is undisclosed or #N/A",
    ("YEAR", 1): "year of {0}", ("MONTH", 1): "month of {0}", ("DAY", 1): "day of {0}",
    ("EDATE", 2): "{0} plus {1} months", ("EOMONTH", 2): "end of the month {1} months after {0}", ("DATE", 3): "date of year {0}, month {1}, day {2}",
    ("DAYS", 2): "days from {1} to {0}", ("ISERROR", 1): "{0} is an error", ("ISBLANK", 1): "{0} is empty",
    ("ISNUMBER", 1): "{0} is a number", ("ISTEXT", 1): "{0} is a text", ("ISNA", 1): "{0} is undisclosed or #N/A",
    ("NA", 0): "#N/A", ("TRUE", 0): "true", ("FALSE", 0): "false", ("INDEX", 2): "number {1} of {0}",
    ("XIRR", 2): "internal rate of return of {0} at {1}", ("XIRR", 3): "internal rate of return of {0} at {1}, near {2}",
    ("IRR", 1): "internal rate of return of {0}", ("XNPV", 3): "present value at {0} of {1} at {2}",
    ("CUM", 1): "{0} to date", ("TO_DATE", 1): "{0} to date", ("EARLIER", 1): "{0} before this period",
    ("ALL", 1): "{0} over all periods", ("YEARSUM", 1): "{0} over the calendar year",
    ("NEXT", 1): "{0} of the next period", ("NEXT", 2): "{0} of the next period ({1} after the last)",
    ("LAG", 2): "{0}, {1} periods back", ("LAG", 3): "{0}, {1} periods back ({2} before the first)",
    ("PREV", 1): "{0} of the period before", ("PREV", 2): "{0} of the period before ({1} at first)",
    ("BYYEAR", 2): "{0} of the year ({1} where there is none)", ("AT", 2): "{0} at {1}",
    ("OVERLAP_DAYS", 2): "days of the period from {0} to {1}", ("IS_YEAR_END", 0): "the calendar year ends",
    ("CONTAINS", 1): "{0} falls into the period", ("ASOF", 2): "{0} with {1} up to the end of the period",
    ("DECAY_DAYS", 4): "days from {0} to {1}, each times {2} to the power of its distance from {3}",
    ("FLOW", 3): "{2} paid by {0} to {1}", ("FLOW", 4): "{2} paid by {0} to {1}, as {3} sees it",
    ("TRI", 1): "whether {0} holds",
}  # fmt: skip
_LISTS = {
    "MIN": ("smaller of {}", "smallest of {}"), "MAX": ("larger of {}", "largest of {}"), "SUM": ("sum of {}", "sum of {}"),
    "AVERAGE": ("average of {}", "average of {}"), "PRODUCT": ("product of {}", "product of {}"),
    "SUMPRODUCT": ("sum of {}, item by item", "sum of products of {}"), "MEDIAN": ("median of {}", "median of {}"),
    "COUNT": ("number of {}", "number of {}"),
}  # fmt: skip
_PHRASE, _OPERAND = 0, 9  # how tightly words hold together
_MOST_SHARE = 100.0  # above that a number beside a percentage is something else
_CLAUSES = frozenset(("IS_YEAR_END", "CONTAINS", "ISERROR", "ISBLANK", "ISNUMBER", "ISTEXT", "ISNA"))  # as a comparison
_HELD = re.compile(r"“[^”]*”|\(.*\)")  # what runs into nothing
_ONE = re.compile(r"(?<![\d.,])1 (month|period|digit)s\b")
_RUNS_ON = re.compile(r"[,:]\s|\s(?:and|or|at|if)\s")  # a label that would run into the words around it


def in_words(deal: Deal, text: str, table: str = "") -> str:
    """The formula in words; the text itself where it cannot be read. ``table`` is the table it stands in."""
    try:
        part = outline(text)
    except Refused:
        return text
    return words_of(deal, text, part, table)


def words_of(deal: Deal, text: str, part: Part, table: str = "", space: Namespace | None = None) -> str:
    """A part of a formula in words. ``space`` are the deal's names, where they are at hand."""
    words = _Words(deal, text, table, space or Namespace(deal))
    said = words.say(part)[0]
    if isinstance(part.node, (Name, Column)):  # a label alone runs into nothing
        said = said.strip("“”")
    return said[:1].upper() + said[1:] if re.match(r"[a-z]", said) else said


class _Words:
    def __init__(self, deal: Deal, text: str, table: str, space: Namespace) -> None:
        self.deal = deal
        self.text = text
        self.table = table
        self.space = space

    def say(self, part: Part) -> tuple[str, int]:
        """Words, and how tightly they hold: an operator's power, or a phrase to be bracketed."""
        node = part.node
        if isinstance(node, Num):
            if node.value == NO_CAP:
                return "no limit", _OPERAND
            return number_text(node.value).replace("-", "−"), _OPERAND
        if isinstance(node, Text):
            return f"“{self.party(node.value)}”", _OPERAND
        if isinstance(node, Bool):
            return ("true" if node.value else "false"), _OPERAND
        if isinstance(node, Err):
            return node.kind, _OPERAND
        if isinstance(node, Missing):
            return "nothing", _OPERAND
        if isinstance(node, Array):
            return self.text[slice(*part.span)], _OPERAND
        if isinstance(node, Name):
            return self.name(node.text), _OPERAND
        if isinstance(node, Column):
            name = self.space.table(node.table)
            own = own_column(self.space, name, node.column) if name else None
            path = ("tables", name, "columns", own) if name and own else None
            return (_apart(label_of_path(self.deal, path)) if path else self.text[slice(*part.span)]), _OPERAND
        if isinstance(node, Binary):
            power = BINARY[node.op]
            left, right = self.inside(part.parts[0], power), self.inside(part.parts[1], power + 1)
            if power == BINARY["="]:
                left = self.share(part.parts[0], part.parts[1]) or left
                right = self.share(part.parts[1], part.parts[0]) or right
            return f"{left} {_SIGNS.get(node.op, node.op)} {right}", power
        if isinstance(node, Unary):
            arg = self.inside(part.parts[0], BINARY["^"] + 1)
            return (f"{arg} %" if node.op == "%" else f"{_SIGNS.get(node.op, node.op)}{arg}"), BINARY["^"]
        if isinstance(node, Call):
            return self.call(node, part)
        return self.text[slice(*part.span)], _OPERAND

    def party(self, value: str) -> str:
        return self.deal.parties[value].label if value in self.deal.parties else value

    def share(self, part: Part, beside: Part) -> str:
        """A number that a percentage is compared with as a percentage; "" where it is not one."""
        if not isinstance(part.node, Num) or not isinstance(beside.node, Name) or abs(part.node.value) > _MOST_SHARE:
            return ""
        thing = whole(self.space, beside.node.text)
        own = own_column(self.space, self.table, beside.node.text) if self.table else None
        item = self.deal.tables[self.table].columns[own] if own else None
        if item is None and thing[0] == "item":
            item = next((g[thing[1]] for g in self.measured() if thing[1] in g), None)
        return in_percent(part.node.value) if getattr(item, "kind", "") == "percent" else ""

    def measured(self) -> tuple[Mapping[str, Any], ...]:
        return self.deal.terms, self.deal.lines, self.deal.series, self.deal.outputs

    def inside(self, part: Part, floor: int) -> str:
        said, power = self.say(part)
        return said if power >= floor else f"({said})"

    def argument(self, part: Part, listed: bool) -> str:
        """An operation inside a phrase is bracketed: of a list one that would go on beyond its item."""
        said, power = self.say(part)
        return f"({said})" if _PHRASE < power < _OPERAND and (not listed or power < BINARY["*"]) else said

    def name(self, text: str, along: bool = False) -> str:
        """A name's label; ``along`` where it stands for a whole line, which columns do not hide."""
        own = own_column(self.space, self.table, text) if self.table and not along else None
        if own:
            return _apart(self.deal.tables[self.table].columns[own].label or own)
        if "." in text:
            return _apart(label_of_key(self.deal, text))
        thing = whole(self.space, text)
        if thing[0] == "period":
            return _PERIOD[thing[1]]
        return _apart(label_of_key(self.deal, thing[1]))

    def call(self, node: Call, part: Part) -> tuple[str, int]:
        if node.name == "ABS" and len(part.parts) == 1:
            return f"|{self.say(part.parts[0])[0]}|", _OPERAND
        if node.name == "DATE" and all(isinstance(a, Num) for a in node.args):
            return self.date(node), _OPERAND
        if node.name in ("AND", "OR") and len(node.args) > 1:
            return f" {node.name.lower()} ".join(self.inside(p, BINARY["="]) for p in part.parts), _PHRASE
        args = [
            self.argument(p, node.name in HELPERS or (len(part.parts) > 1 and node.name in _LISTS)) for p in part.parts
        ]
        if node.name == "FLOW" and len(part.parts) > 2:
            args[2] = self.inside(part.parts[2], _OPERAND)
        if node.name in LINE_HELPERS and isinstance(node.args[0], Name):
            hides = node.name == "PREV" and self.table and own_column(self.space, self.table, node.args[0].text)
            args[0] = self.name(node.args[0].text, along=not hides)
            if node.name == "PREV" and hides:
                rest = f" ({args[1]} at first)" if len(args) > 1 else ""
                return f"{args[0]} of the record above{rest}", _PHRASE
            if node.name == "ALL" and node.args[0].text.lower() in self.space.series:
                return f"{args[0]} over all years", _PHRASE
        if node.name == "YEARS_TO_DATE" and len(node.args) == 2:
            one = isinstance(node.args[1], Num) and node.args[1].value == 1
            return (f"{args[0]}, year to date" if one else f"{args[0]} over the last {args[1]} years to date"), _PHRASE
        if node.name in ("PREV", "LAG") and isinstance(part.parts[-1].node, Num) and part.parts[-1].node.value == 0:
            args = args[: 1 if node.name == "PREV" else 2]  # nothing before the first goes without saying
        template = _WORDS.get((node.name, len(args)))
        if node.name == "IF" and template:
            args = [self.say(part.parts[0])[0]]
            args += [self.inside(p, BINARY["="]) if p.parts else self.say(p)[0] for p in part.parts[1:]]
        if template:
            return _ONE.sub(r"1 \1", template.format(*args)), BINARY["="] if node.name in _CLAUSES else _PHRASE
        if node.name in _LISTS and args:
            if len(args) == 1 and node.name in ("MIN", "MAX"):
                return f"{'smallest' if node.name == 'MIN' else 'largest'} of {args[0]}", _PHRASE
            held = [f"({a})" if ", " in _HELD.sub("", a) else a for a in args] if len(args) > 1 else args
            joined = f"{', '.join(held[:-1])} and {held[-1]}" if len(held) > 1 else held[0]
            return _LISTS[node.name][len(args) > 2].format(joined), _PHRASE
        return f"{node.name}({'; '.join(args)})", _OPERAND

    def date(self, node: Call) -> str:
        import datetime as dt

        year, month, day = (int(a.value) for a in node.args if isinstance(a, Num))
        try:
            shown = from_serial(to_serial(dt.date(year, month, day)))
        except (ValueError, OverflowError):
            shown = None
        return f"{shown.day} {shown:%b %Y}" if shown and to_serial(shown) < NEVER else f"day {year}-{month}-{day}"


def _apart(label: str) -> str:
    """A label that would run into the words around it in quotation marks."""
    return f"“{label}”" if _RUNS_ON.search(label) else label
