"""Criteria such as ``">=5"`` or ``"part*"``, and the functions that select by them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from model.formula.arrays import Grid, shape
from model.formula.coerce import Value, collate, fold, is_number, num_eq, num_le, num_lt, single
from model.formula.fn_base import Group, as_range, fail, range_numbers, same_length
from model.formula.fn_logic import bracketed
from model.formula.fn_stats import mean, total
from model.formula.readtext import text_to_number
from model.problems import refuse
from model.values import DIV0, ERROR_KINDS, VALUE, ErrorValue, Range

_group = Group("Totals by criterion")
FUNCTIONS = _group.functions

Test = Callable[[Value], bool]
MAX_CRITERION: Final = 255
_PAIRS_AFTER_VALUES: Final = frozenset({0, *range(1, 255, 2)})
_PAIRS: Final = frozenset(range(0, 255, 2))

# -- wildcards ----------------------------------------------------------------------------------------


def has_wildcards(text: str) -> bool:
    return any(c in text for c in "*?~")


_WILD = re.compile(r"~[*?~]|.", re.DOTALL)


def _pieces(pattern: str) -> tuple[list[list[str]], list[int]]:
    """The parts of a pattern between stars, as regular expressions, and how many characters each matches."""
    pieces: list[list[str]] = [[]]
    lengths = [0]
    for c in _WILD.findall(fold(pattern)):
        if c == "*":
            pieces.append([])
            lengths.append(0)
            continue
        pieces[-1].append("." if c == "?" else re.escape(c[-1]))
        lengths[-1] += 1
    return pieces, lengths


def wildcard_pattern(pattern: str) -> Callable[[str, int], int | None]:
    """Where a pattern is first met within a text, without case; ``*`` and ``?`` as in ``wildcard``."""
    parts = [re.compile("".join(piece), re.DOTALL) for piece in _pieces(pattern)[0]]

    def search(text: str, start: int) -> int | None:
        text = fold(text)
        first = parts[0].search(text, start)
        if first is None:
            return None
        at = first.end()
        for part in parts[1:]:  # the first place of one piece leaves most room for the next
            found = part.search(text, at)
            if found is None:
                return None
            at = found.end()
        return first.start()

    return search


@lru_cache(maxsize=256)
def wildcard(pattern: str) -> Callable[[str], bool]:
    """Matches whole texts without case: ``*`` any characters, ``?`` one, ``~`` takes one of these three literally.

    The pieces between stars are searched one after the other, leftmost first: no going back, so that
    no pattern takes more than its length times the text's.
    """
    pieces, lengths = _pieces(pattern)
    parts = [re.compile("".join(piece), re.DOTALL) for piece in pieces]

    def matches(text: str) -> bool:
        text = fold(text)
        if len(parts) == 1:
            return parts[0].fullmatch(text) is not None
        first = parts[0].match(text)
        if first is None:
            return False
        at, end = first.end(), len(text) - lengths[-1]
        for part in parts[1:-1]:
            found = part.search(text, at)
            if found is None:
                return False
            at = found.end()
        return at <= end and parts[-1].fullmatch(text, end) is not None

    return matches


# -- criteria -----------------------------------------------------------------------------------------

_OPERATOR = re.compile(r"(<>|<=|>=|=|<|>)?(.*)", re.DOTALL)
_ORDERED: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": num_lt,
    "<=": num_le,
    ">": lambda a, b: num_lt(b, a),
    ">=": lambda a, b: num_le(b, a),
}


def criterion(wanted: Value) -> Test:
    """The test of a cell that a criterion stands for."""
    wanted = single(wanted)
    if wanted is None:
        wanted = 0.0
    if not isinstance(wanted, str):
        return _equals(wanted)
    if len(wanted) > MAX_CRITERION:
        raise fail(VALUE, f"the criterion is longer than {MAX_CRITERION} characters")
    return _text_criterion(wanted)


def numeric_test(wanted: Value) -> tuple[str, float] | bool:
    """What a criterion asks of a cell that holds a number or an error: an operator and a bound, or the answer that is
    the same for all of them. An error meets no operator but ``<>``."""
    wanted = single(wanted)
    if wanted is None or is_number(wanted):
        return "=", float(wanted or 0.0)  # type: ignore[arg-type]
    if not isinstance(wanted, str):
        return False
    if len(wanted) > MAX_CRITERION:
        raise fail(VALUE, f"the criterion is longer than {MAX_CRITERION} characters")
    op, operand = _parted(wanted)
    value = _operand(operand) if operand else operand
    if is_number(value):
        return op or "=", float(value)  # type: ignore[arg-type]
    return op == "<>"


def _parted(text: str) -> tuple[str, str]:
    """A criterion's operator, if it begins with one, and what follows."""
    match = _OPERATOR.fullmatch(text)
    return (match[1] or "", match[2]) if match else ("", text)


@lru_cache(maxsize=512)
def _text_criterion(text: str) -> Test:
    op, operand = _parted(text)
    if operand == "":
        if op == "":
            return lambda v: v is None or v == ""
        if op == "=":
            return lambda v: v is None
        if op == "<>":
            return lambda v: v is not None
        return lambda v: False
    value = _operand(operand)
    if op in ("", "="):
        return _equals(value)
    if op == "<>":
        equal = _equals(value)
        return lambda v: not equal(v)
    return _ordered(op, value)


def _operand(text: str) -> float | str | bool | ErrorValue:
    number = text_to_number(text)
    if number is not None:
        return number
    upper = text.upper()
    if upper in ("TRUE", "FALSE"):
        return upper == "TRUE"
    return ErrorValue(upper) if upper in ERROR_KINDS else text


def _equals(wanted: float | str | bool | ErrorValue) -> Test:
    if isinstance(wanted, ErrorValue):
        kind = wanted.kind
        return lambda v: isinstance(v, ErrorValue) and v.kind == kind
    if isinstance(wanted, bool):
        return lambda v: isinstance(v, bool) and v == wanted
    if isinstance(wanted, str):
        if has_wildcards(wanted):
            matches = wildcard(wanted)
            return lambda v: isinstance(v, str) and matches(v)
        folded = fold(wanted)
        return lambda v: isinstance(v, str) and fold(v) == folded
    number = float(wanted)

    def same(v: Value) -> bool:
        if isinstance(v, str):
            read = text_to_number(v)
            return read is not None and num_eq(read, number)
        return is_number(v) and num_eq(v, number)  # type: ignore[arg-type]

    return same


def _ordered(op: str, bound: float | str | bool | ErrorValue) -> Test:
    if isinstance(bound, str):
        place = collate(bound)
        holds: dict[str, Callable[[tuple[str, str]], bool]] = {
            "<": lambda s: s < place,
            "<=": lambda s: s <= place,
            ">": lambda s: s > place,
            ">=": lambda s: s >= place,
        }
        text_test = holds[op]
        return lambda v: isinstance(v, str) and text_test(collate(v))
    if isinstance(bound, bool):
        return lambda v: isinstance(v, bool) and _ORDERED[op](float(v), float(bound))
    if isinstance(bound, ErrorValue):
        inclusive = op in ("<=", ">=")
        return lambda v: inclusive and _equals(bound)(v)
    compare = _ORDERED[op]
    number = float(bound)
    return lambda v: is_number(v) and compare(v, number)  # type: ignore[arg-type]


def hits(pairs: Sequence[Value]) -> list[bool]:
    """For each place, whether it meets every criterion. Arguments alternate: range, criterion."""
    if len(pairs) % 2:
        raise fail(VALUE, "a range stands without its criterion")
    ranges = [as_range(a) for a in pairs[::2]]
    same_length(*ranges)
    tests = [criterion(c) for c in pairs[1::2]]
    return [all(test(v) for test, v in zip(tests, row, strict=True)) for row in zip(*ranges, strict=True)]


def _chosen(values: Value, pairs: Sequence[Value]) -> list[float]:
    """The numbers of the cells whose place meets every criterion; an error among them is passed on."""
    cells = as_range(values)
    met = hits(pairs)
    if len(met) != len(cells):
        raise fail(VALUE, "the ranges have different lengths")
    return range_numbers(Range([v for v, hit in zip(cells, met, strict=True) if hit]))


def _beside(cells: Value, wanted: Value, values: Value) -> list[float]:
    """The numbers beside the cells that meet a criterion, as SUMIF takes them: the values begin where their range
    begins and have the shape of the cells, so that a longer range is cut."""
    if values is None:
        return _chosen(cells, (cells, wanted))
    met, area = hits((cells, wanted)), as_range(values)
    width, wide = shape(as_range(cells))[1], shape(area)[1]
    across = isinstance(area, Grid) and isinstance(cells, Grid) and min(shape(area)) > 1
    found = []
    for place, hit in enumerate(met):
        if not hit:
            continue
        row, column = divmod(place, width)
        at = row * wide + column if across else place
        if at >= len(area) or (across and column >= wide):
            raise fail(VALUE, "the values are fewer than the cells they should stand beside")
        found.append(area[at])
    return range_numbers(Range(found))


def _average(xs: list[float]) -> float:
    if not xs:
        raise fail(DIV0, "no number meets the criteria")
    return mean(xs)


@_group.typed(
    "COUNTIF(range, criterion)",
    ('COUNTIF(ALL(x),">0")', "in how many periods x is positive"),
    takes_ranges=frozenset({0}),
    vector="scan",
    whole=True,
)
def _countif(cells: Value, wanted: Value) -> Value:
    """How many cells meet a criterion: a value, or an operator and a value as text. Text is compared
    without case, * and ? stand for any text and any character, ~ before them takes them literally.
    "<>23" counts blanks too."""
    return float(sum(hits((cells, wanted))))


@_group.typed(
    "COUNTIFS(range, criterion, …)",
    ('COUNTIFS(rounds[on],">="&start,rounds[on],"<="&end)', "how many rounds close in the period"),
    takes_ranges=_PAIRS,
    step=2,
    vector="scan",
    whole=True,
)
def _countifs(*pairs: Value) -> Value:
    """How many places meet all criteria. Ranges of one length, else #VALUE!."""
    return float(sum(hits(pairs)))


@_group.typed(
    "SUMIF(range, criterion, [values])",
    ('SUMIF(rounds[on],"<="&end,rounds[money])', "the money of the rounds closed so far"),
    takes_ranges=frozenset({0, 2}),
    vector="scan",
)
def _sumif(cells: Value, wanted: Value, values: Value = None) -> Value:
    """The sum of the values where the range meets the criterion. Of a longer range of values only as many are
    looked at; where a value is missing beside a cell it is #VALUE! (Excel would look beyond the range)."""
    return total(_beside(cells, wanted, values))


@_group.typed(
    "SUMIFS(values, range, criterion, …)",
    ('SUMIFS(rounds[money],rounds[on],"<="&end)', "the money of the rounds closed so far"),
    takes_ranges=_PAIRS_AFTER_VALUES,
    step=2,
    vector="scan",
)
def _sumifs(values: Value, *pairs: Value) -> Value:
    """The sum of the values whose place meets all criteria. Ranges of one length, else #VALUE!."""
    return total(_chosen(values, pairs))


@_group.typed(
    "AVERAGEIF(range, criterion, [values])",
    ('AVERAGEIF(ALL(x),">0")', "the average of the positive periods"),
    takes_ranges=frozenset({0, 2}),
    vector="scan",
)
def _averageif(cells: Value, wanted: Value, values: Value = None) -> Value:
    """The average of the values where the range meets the criterion; none is #DIV/0!."""
    return _average(_beside(cells, wanted, values))


@_group.typed(
    "AVERAGEIFS(values, range, criterion, …)",
    ('AVERAGEIFS(rounds[price],rounds[on],"<="&end)', "the average price of the rounds closed so far"),
    takes_ranges=_PAIRS_AFTER_VALUES,
    step=2,
    vector="scan",
)
def _averageifs(values: Value, *pairs: Value) -> Value:
    """The average of the values whose place meets all criteria; none is #DIV/0!."""
    return _average(_chosen(values, pairs))


# -- MINIFS and MAXIFS: newer than Excel 2010 ----------------------------------------------------------

_QUOTED = r'"((?:[^"]|"")*)"'
_LITERAL = re.compile(rf"{_QUOTED}(?:&(.+))?", re.DOTALL)
_CONSTANT = re.compile(_QUOTED, re.DOTALL)
_NO_TEXT: Final = "1.7E+308"  # every text lies above every number


def _condition(cells: str, wanted: str, among_errors: bool = False) -> str:
    """A criterion as an array condition. A text is read as ``criterion`` reads it, and an operator at its start taken
    apart; anything else is a value to be equal to. Comparisons stand for ISNUMBER and ISBLANK, which some engines do
    not apply cell by cell. ``among_errors``: an error meets ``<>``, as in Excel; else it ends the whole."""
    match = _LITERAL.fullmatch(wanted)
    begin, after = (match[1].replace('""', '"'), match[2]) if match else ("", wanted)
    if after is not None and (constant := _CONSTANT.fullmatch(after)):
        begin, after = begin + constant[1].replace('""', '"'), None
    op, rest = _parted(begin)
    op = op or "="
    if after is None:
        return _fixed_condition(cells, op, rest, among_errors)
    operand = bracketed(after)
    if rest:  # joined, it may still read as a number
        text = f"{_text(rest)}&{operand}"
        operand = f"IFERROR(VALUE({text}),{text})"
    if op == "<>":
        return _differs(cells, operand, among_errors)
    met = f'(({cells}{op}{operand})*({cells}<>""))'
    return f"({met}*((({cells}<={_NO_TEXT})+ISTEXT({operand}))>0))" if op in (">", ">=") else met


def _text(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def _fixed_condition(cells: str, op: str, rest: str, among_errors: bool) -> str:
    """A criterion that is written out in full."""
    if has_wildcards(rest):
        raise refuse("MINIFS", "A criterion with wildcards cannot be written for Excel 2010.", "Name the text in full.")
    if rest == "":
        return f'(1-ISNUMBER(1/({cells}="")))' if op == "<>" and among_errors else f'({cells}{op}"")'
    value = _operand(rest)
    if isinstance(value, ErrorValue):
        raise refuse("MINIFS", "A criterion that looks for an error cannot be written for Excel 2010.", "Use IFERROR.")
    if isinstance(value, bool):
        operand, among = ("TRUE" if value else "FALSE"), f"({cells}>=FALSE)"
    elif isinstance(value, str):
        operand, among = _text(value), f'(({cells}&"")={cells})'  # nothing but a text equals itself as text
    else:
        operand, among = f"({value!r})".replace("e+", "E+").replace("e-", "E-"), f"({cells}<={_NO_TEXT})"
    if op == "<>":
        return _differs(cells, operand, among_errors)
    return f'(({cells}{op}{operand})*({cells}<>"")*{among})'


def _differs(cells: str, operand: str, among_errors: bool) -> str:
    if among_errors:
        return f'(1-ISNUMBER(1/(({cells}={operand})*({cells}<>""))))'
    return f'((({cells}<>{operand})+({cells}=""))>0)'


def _met(args: Sequence[str], among_errors: bool = False) -> str:
    met = "*".join(_condition(args[i], args[i + 1], among_errors) for i in range(1, len(args) - 1, 2))
    return f'({met}*({args[0]}<>""))'


_AREA = re.compile(r"(?:'[^']+'!)?(?!TRUE$|FALSE$)[^-('\"{+*/^&=<>,%\d.][^('\"{+*/^&=<>,%-]*")


def _extreme(function: str, sign: str, place: int) -> Callable[..., str]:
    """Conditions multiplied with the values, in a form that every engine computes. An error anywhere among the cells
    makes an error of it; then AGGREGATE passes over those that are not chosen, which Excel and LibreOffice know, and
    SUMIFS shows those that are."""

    def printed(*args: str) -> str:
        values, pairs = args[0], ",".join(args[1:])
        met = _met(args)
        far = f"{sign}(1-{met})*1E+300"
        simple = f"IF(SUMPRODUCT({met}*1)=0,0,SUMPRODUCT({function}({met}*{values}{far})))"
        if not all(_AREA.fullmatch(cells) for cells in (values, *args[1::2])):
            return simple  # no areas: SUMIFS takes nothing else
        chosen = f"_xlfn.AGGREGATE({place},6,{values}/{_met(args, True)},1)"
        none = f'COUNTIFS({pairs})=COUNTIFS({values},"",{pairs})+0*SUMIFS({values},{pairs})'
        return f"IFERROR({simple},IF({none},0,{chosen}))"

    return printed


@_group.typed(
    "MINIFS(values, range, criterion, …)",
    ('MINIFS(rounds[on],rounds[funded],">0")', "the first day on which a funded round closes"),
    takes_ranges=_PAIRS_AFTER_VALUES,
    step=2,
    excel=_extreme("MIN", "+", 15),
    vector="scan",
)
def _minifs(values: Value, *pairs: Value) -> Value:
    """The smallest of the values whose place meets all criteria; 0 where none does. In the workbook it becomes
    SUMPRODUCT over conditions, and AGGREGATE where errors stand among the cells: criteria are values or an operator in
    quotes, without wildcards, and the values are numbers."""
    return min(_chosen(values, pairs), default=0.0)


@_group.typed(
    "MAXIFS(values, range, criterion, …)",
    ('MAXIFS(rounds[price],rounds[on],"<="&end)', "the highest price of the rounds closed so far"),
    takes_ranges=_PAIRS_AFTER_VALUES,
    step=2,
    excel=_extreme("MAX", "-", 14),
    vector="scan",
)
def _maxifs(values: Value, *pairs: Value) -> Value:
    """The largest of the values whose place meets all criteria; 0 where none does. Printed as MINIFS is."""
    return max(_chosen(values, pairs), default=0.0)
