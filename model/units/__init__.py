"""The unit check: what each formula adds, compares and gives, by the units of the items it reads.

Static and on demand: nothing here runs when a deal is computed. Every finding is a warning that names
both units and the place in the formula.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from model.deal import Deal
from model.formula.bind import PERSPECTIVE, Namespace
from model.formula.functions import FUNCTIONS
from model.formula.nodes import Array, Binary, Bool, Call, Column, Err, Missing, Name, Num, Text, Unary
from model.formula.parse import BINARY
from model.problems import Problem, Refused
from model.structure.labels import label_of_path
from model.structure.mentions import LINE_HELPERS, Path, Place, dotted, own_column, places, whole
from model.structure.outline import Part, outline
from model.structure.words import words_of
from model.units.dimensions import (
    DATE,
    DAYS,
    LITERAL,
    RATE,
    RATIO,
    TEXT,
    TRUTH,
    UNKNOWN,
    YEAR,
    Dim,
    agree,
    describe,
    dim_of,
    either,
    fits,
    power,
    product,
    total,
    unit_of,
)  # fmt: skip

_COMPARED = {op for op, level in BINARY.items() if level == BINARY["="]}
_TIMELINE = {
    "start": DATE, "end": DATE, "year": YEAR, "days": DAYS, "never": LITERAL, PERSPECTIVE: TEXT,
    "days_in_year": Dim("number", time=(("day", 1), ("year", -1)), said="days a year"),
}  # fmt: skip
_KEEP = frozenset(
    [
        "ABS",
        "ROUND",
        "ROUNDUP",
        "ROUNDDOWN",
        "TRUNC",
        "INT",
        "CEILING",
        "FLOOR",
        "MROUND",
        "MOD",
        "N",
        "STDEV",
        "PERCENTILE",
        "PERCENTILE.EXC",
        "QUARTILE",
        "QUARTILE.EXC",
        "LARGE",
        "SMALL",
    ]
)
_AGREE = frozenset(["SUM", "MIN", "MAX", "AVERAGE", "MEDIAN"])
_TRUTHS = frozenset(
    [
        "AND",
        "OR",
        "XOR",
        "NOT",
        "TRUE",
        "FALSE",
        "ISBLANK",
        "ISNUMBER",
        "ISTEXT",
        "ISERROR",
        "ISNA",
        "CONTAINS",
        "IS_YEAR_END",
    ]
)
_TEXTS = frozenset(["LEFT", "RIGHT", "MID", "UPPER", "LOWER", "TRIM", "CONCATENATE", "REPT", "TEXT"])
_FIRST = frozenset(
    [
        "SUMIFS",
        "MINIFS",
        "MAXIFS",
        "AVERAGEIFS",
        "INDEX",
        "PREV",
        "NEXT",
        "LAG",
        "EARLIER",
        "ALL",
        "TO_DATE",
        "CUM",
        "YEARS_TO_DATE",
        "YEARSUM",
        "AT",
    ]
)
_RATES = frozenset(["IRR", "XIRR", "RATE", "EXP", "LN", "LOG", "LOG10", "SIGN", "CORREL", "NORMSDIST"])
#: arguments that must be dates
_DATES = {
    "CONTAINS": (0,), "OVERLAP_DAYS": (0, 1), "DECAY_DAYS": (0, 1, 3), "AT": (1,), "ASOF": (1,), "YEAR": (0,), "MONTH": (0,),
    "DAY": (0,), "EDATE": (0,), "EOMONTH": (0,), "DAYS": (0, 1), "YEARFRAC": (0, 1), "XIRR": (1,), "XNPV": (2,),
    "WORKDAY": (0,), "WORKDAY.INTL": (0,), "NETWORKDAYS": (0, 1), "NETWORKDAYS.INTL": (0, 1),
}  # fmt: skip
_LONGEST = 60  # characters of a part named in a sentence
_VERBS = {"+": "adds {1} to {0}", "-": "takes {1} from {0}"}


def check(deal: Deal) -> list[Problem]:
    """Everything in the deal's formulas whose units do not go together. Unknown units never complain."""
    space = Namespace(deal)
    found: list[Problem] = []
    for place in places(deal):
        found += check_formula(deal, place, space)
    return found


def check_at(deal: Deal, path: Path) -> list[Problem]:
    """The findings in the formula of a cell, by the entry of the document that holds it."""
    try:
        place = next((p for p in places(deal) if p.path == path), None)
    except KeyError:
        return []
    return check_formula(deal, place) if place is not None else []


def check_formula(deal: Deal, place: Place, space: Namespace | None = None) -> list[Problem]:
    """The findings in one formula; none where it cannot be read."""
    try:
        root = outline(place.text)
    except Refused:
        return []
    checker = _Checker(deal, place, space or Namespace(deal))
    given = checker.dim(root)
    declared = checker.declared()
    if not checker.found and not fits(declared, given):
        label = label_of_path(deal, place.owner)
        checker.report(
            root, f"“{label}” is in {describe(declared)}, but its formula gives {describe(given)}.",
            "Change its unit or its formula.",
        )  # fmt: skip
    return checker.found


def measures(deal: Deal, place: Place, space: Namespace) -> Callable[[Part], Dim]:
    """What each part of a formula measures."""
    return _Checker(deal, place, space).dim


class _Checker:
    """The units of one formula's parts."""

    def __init__(self, deal: Deal, place: Place, space: Namespace) -> None:
        self.deal = deal
        self.place = place
        self.space = space
        self.found: list[Problem] = []

    def declared(self) -> Dim:
        """What the item that the formula belongs to measures."""
        group, key, *rest = self.place.path
        if group == "tables":
            return self.column(key, rest[1] if rest[0] == "columns" else rest[2])
        if group in ("checks", "events", "rights", "questions"):
            return TRUTH if group == "checks" or rest[-1] == "while_" else DATE
        return self.item(key)

    def item(self, key: str) -> Dim:
        for group in (self.deal.terms, self.deal.lines, self.deal.outputs, self.deal.series):
            if key in group:
                return dim_of(group[key].kind, group[key].unit, self.deal.unit)
        return TRUTH if key in self.deal.checks else UNKNOWN

    def column(self, table: str, column: str) -> Dim:
        spec = self.deal.tables[table].columns[column]
        return dim_of(spec.kind, spec.unit, self.deal.unit)

    def report(self, part: Part, what: str, remedy: str) -> Dim:
        self.found.append(Problem(dotted(self.place.path), what, remedy, "warning", part.span))
        return UNKNOWN

    def named(self, part: Part, dim: Dim) -> str:
        """A part in words with its unit: “Value of the stake” ($bn)."""
        said = words_of(self.deal, self.place.text, part, self.place.table, self.space)
        said = said.replace("“", "‘").replace("”", "’")
        return f"“{said if len(said) <= _LONGEST else said[: _LONGEST - 1] + '…'}” ({unit_of(self.deal, dim) or describe(dim)})"

    # -- parts -------------------------------------------------------------------------------

    def dim(self, part: Part) -> Dim:
        node = part.node
        if isinstance(node, Num):
            return replace(LITERAL, value=node.value)
        if isinstance(node, Text):
            return TEXT
        if isinstance(node, Bool):
            return TRUTH
        if isinstance(node, (Err, Missing)):
            return LITERAL
        if isinstance(node, Array):
            return UNKNOWN
        if isinstance(node, Name):
            return self.name(node.text)
        if isinstance(node, Column):
            table = self.space.table(node.table)
            own = own_column(self.space, table, node.column) if table else None
            return self.column(table, own) if table and own else UNKNOWN
        if isinstance(node, Unary):
            arg = self.dim(part.parts[0])
            if node.op == "%":
                return replace(RATIO, said="%") if arg.kind == "literal" else product(arg, replace(LITERAL, value=0.01))
            return replace(arg, value=-arg.value) if arg.value is not None and node.op == "-" else arg
        if isinstance(node, Binary):
            return self.binary(node, part)
        return self.call(node, part) if isinstance(node, Call) else UNKNOWN

    def name(self, text: str, along: bool = False) -> Dim:
        if self.place.table and not along and (own := own_column(self.space, self.place.table, text)):
            return self.column(self.place.table, own)
        parts = text.split(".")
        if len(parts) == 3 and (table := self.space.table(parts[0])):
            column = own_column(self.space, table, parts[2])
            return self.column(table, column) if column else UNKNOWN
        thing = whole(self.space, text)
        return _TIMELINE[thing[1]] if thing[0] == "period" else self.item(thing[1])

    def binary(self, node: Binary, part: Part) -> Dim:
        left, right = (self.dim(p) for p in part.parts)
        if node.op in "*/":
            return product(left, right, divides=node.op == "/")
        if node.op == "^":
            return power(left, right)
        if node.op == "&":
            return TEXT
        one, other = (self.named(p, d) for p, d in zip(part.parts, (left, right), strict=True))
        if node.op in _COMPARED:
            if not agree(left, right):
                self.report(part, f"this compares {one} with {other}.", "Compare things of one unit.")
            return TRUTH
        given = total(left, right, node.op == "-")
        if given is None:
            months = any(d.time and d.time[0][0] in ("month", "quarter", "year") for d in (left, right))
            shift = months and DATE.kind in (left.kind, right.kind)
            remedy = "Use EDATE to move a date by months." if shift else "Convert one of them, or multiply instead."
            return self.report(part, f"this {_VERBS[node.op].format(one, other)}.", remedy)
        return given

    def call(self, node: Call, part: Part) -> Dim:
        name = node.name
        parts: Sequence[Part] = part.parts
        dims: list[Dim] = []
        if name in LINE_HELPERS and isinstance(node.args[0], Name):
            hides = name == "PREV" and self.place.table
            dims.append(self.name(node.args[0].text, along=not hides))
            dims += [self.dim(p) for p in parts[1:]]
        else:
            dims = [self.dim(p) for p in parts]
        for at in _DATES.get(name, ()):
            if at < len(dims) and not dims[at].open and dims[at].kind != "date":
                self.report(
                    parts[at], f"{name} needs a date, not {self.named(parts[at], dims[at])}.", "Give it a date."
                )
        return self.result(name, part, dims)

    def result(self, name: str, part: Part, dims: list[Dim]) -> Dim:
        """What a function gives, from what its arguments measure."""
        parts = part.parts
        if name in _TRUTHS:
            return TRUTH
        if name in _TEXTS:
            return TEXT
        if name in FUNCTIONS and (choices := FUNCTIONS[name].choices):
            chosen = choices(len(parts))
            return self.same([parts[at] for at in chosen], [dims[at] for at in chosen], name)
        if name in _AGREE:
            given = self.same(parts, dims, name)
            if name == "SUM" and given.kind in ("date", "year", "truth"):
                return UNKNOWN
            return given
        if name in ("PREV", "LAG", "NEXT") and len(dims) > (1 if name != "LAG" else 2):
            return self.same((parts[0], parts[-1]), (dims[0], dims[-1]), name)
        if name == "BYYEAR":
            series = replace(dims[0], time=None) if dims[0].kind == "number" and dims[0].money else dims[0]
            return self.same(parts, (series, dims[1]), name)
        if (name in _KEEP or name in _FIRST) and dims:
            return replace(dims[0], value=None)
        if name == "SUMPRODUCT":
            given = dims[0]
            for other in dims[1:]:
                given = product(given, other)
            return given
        if name in ("SUMIF", "AVERAGEIF", "LOOKUP"):
            return dims[-1] if len(dims) == 3 else dims[0] if name != "LOOKUP" else UNKNOWN
        return self.other(name, part, dims)

    def other(self, name: str, part: Part, dims: list[Dim]) -> Dim:
        if name in ("DATE", "EDATE", "EOMONTH"):
            if name != "DATE" and dims[1].kind == "number" and dims[1].time == DAYS.time:
                self.report(
                    part, f"{name} moves by months, not by {self.named(part.parts[1], dims[1])}.", "Add days with +."
                )
            return DATE
        if name in ("WORKDAY", "WORKDAY.INTL"):
            return DATE
        if name == "YEAR":
            return YEAR
        if name in ("DAYS", "OVERLAP_DAYS", "DECAY_DAYS"):
            return DAYS
        if name == "YEARFRAC":
            return Dim("number", time=(("year", 1),), said="years")
        if name in _RATES:
            return replace(RATE, said="%") if name in ("IRR", "XIRR", "RATE") else RATE
        if name == "POWER":
            return power(dims[0], dims[1])
        if name == "ASOF":
            return dims[0]
        if name in ("NPV", "XNPV"):
            return dims[1]
        if name == "FLOW":
            return dims[2]
        if name in ("PMT", "IPMT", "PPMT", "FV", "PV"):
            at = 2 if name in ("FV", "PV") or name == "PMT" else 3
            return replace(dims[at], time=None) if dims[at].kind == "number" else UNKNOWN
        return LITERAL if name == "NA" else UNKNOWN

    def same(self, parts: Sequence[Part], dims: Sequence[Dim], name: str) -> Dim:
        """The unit that several values share; a text among amounts is a remark, and passes."""
        if all(d.kind == "text" for d in dims):
            return TEXT
        given, first = LITERAL, None
        for part, dim in zip(parts, dims, strict=True):
            if dim.kind == "text":
                continue
            if first is not None and not agree(given, dim):
                what = f"{name} puts {self.named(first, given)} beside {self.named(part, dim)}."
                return self.report(part, what, "Give all of them one unit.")
            first = part if first is None or given.open else first
            given = either(given, dim)
        return given
