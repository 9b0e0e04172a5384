"""Conditions, choices and questions about a value."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from model.formula.arrays import Grid
from model.formula.coerce import Value, compare, is_number, single, to_bool, to_number
from model.formula.fn_base import FAST_NAMES, Group, Refusal, Thunk, fail, not_boolean, number
from model.values import NA, VALUE, ErrorValue, Range

_group = Group("Conditions")
FUNCTIONS = _group.functions
_typed = _group.typed


def _condition(v: Value) -> bool:
    answer = to_bool(v)
    if isinstance(answer, ErrorValue):
        raise Refusal(answer)
    return answer


@_typed(
    "IF(condition, then, [else])",
    ('IF(2>1,"yes","no")', "yes"),
    lazy=True,
    result="any",
    choices=lambda count: range(1, count),
    fast="({1} if {0} else {2})",
    vector="scan",
)
def _if(condition: Thunk, then: Thunk, otherwise: Thunk | None = None) -> Value:
    """One of two values. Only the branch taken is computed; without an else, a false condition is FALSE."""
    if _condition(condition()):
        return then()
    return False if otherwise is None else otherwise()


def _print_ifs(*args: str) -> str:
    return _nested([(args[i], args[i + 1]) for i in range(0, len(args), 2)], "NA()")


def _nested(choices: list[tuple[str, str]], last: str) -> str:
    head = "".join(f"IF({condition},{value}," for condition, value in choices)
    return head + last + ")" * len(choices)


@_typed(
    "IFS(condition, value, …)",
    ('IFS(1>2,"a",TRUE,"b")', "b"),
    lazy=True,
    result="any",
    choices=lambda count: range(1, count, 2),
    excel=_print_ifs,
    step=2,
    vector="scan",
)
def _ifs(*pairs: Thunk) -> Value:
    """The value after the first true condition; none is #N/A. In the workbook: nested IF."""
    for i in range(0, len(pairs) - 1, 2):
        if _condition(pairs[i]()):
            return pairs[i + 1]()
    raise fail(NA, "no condition of IFS is true")


_PLAIN = re.compile(r"[A-Za-z_$][\w$.]*(![\w$.]+)?|\d+(\.\d+)?|\"[^\"]*\"", re.ASCII)


def bracketed(text: str) -> str:
    """A printed argument as an operand: in brackets unless it is a name, a number or a text."""
    return text if _PLAIN.fullmatch(text) else f"({text})"


def _print_switch(*args: str) -> str:
    subject = bracketed(args[0])
    rest = args[1:]
    choices = [(f"{subject}={bracketed(rest[i])}", rest[i + 1]) for i in range(0, len(rest) - 1, 2)]
    return _nested(choices, rest[-1] if len(rest) % 2 else "NA()")


@_typed(
    "SWITCH(subject, value, result, …)",
    ('SWITCH(2,1,"one",2,"two","many")', "two"),
    lazy=True,
    result="any",
    choices=lambda count: (*range(2, count, 2), *((count - 1,) if count % 2 == 0 else ())),
    excel=_print_switch,
    vector="scan",
)
def _switch(subject: Thunk, *rest: Thunk) -> Value:
    """The result after the first value that equals the subject; a single last argument is the result
    where none does, else it is #N/A. In the workbook: nested IF."""
    wanted = single(subject())
    if isinstance(wanted, ErrorValue):
        return wanted
    for i in range(0, len(rest) - 1, 2):
        hit = compare("=", wanted, rest[i]())
        if isinstance(hit, ErrorValue):
            return hit
        if hit:
            return rest[i + 1]()
    if len(rest) % 2:
        return rest[-1]()
    raise fail(NA, "no value of SWITCH equals its subject")


@_typed(
    "CHOOSE(index, first, …)",
    ('CHOOSE(2,"a","b")', "b"),
    lazy=True,
    result="any",
    choices=lambda count: range(1, count),
    vector="scan",
)
def _choose(index: Thunk, *choices: Thunk) -> Value:
    """The choice of this number, counted from 1; only it is computed. No such choice is #VALUE!."""
    n = number(index())
    if not 1 <= n < len(choices) + 1:
        raise fail(VALUE, f"there is no choice number {n:g} among {len(choices)}")
    return choices[int(n) - 1]()


@_typed("IFERROR(value, instead)", ("IFERROR(1/0,5)", 5.0), lazy=True, result="any", choices=range, vector="scan")
def _iferror(value: Thunk, instead: Thunk) -> Value:
    """The value, or the other one where it is an error of any kind, undisclosed included."""
    v = single(value())
    return instead() if isinstance(v, ErrorValue) else v


def _print_ifna(value: str, instead: str) -> str:
    return f"IF(ISNA({value}),{instead},{value})"


@_typed("IFNA(value, instead)", ("IFNA(NA(),5)", 5.0), lazy=True, result="any", choices=range, excel=_print_ifna)
def _ifna(value: Thunk, instead: Thunk) -> Value:
    """The value, or the other one where it is #N/A: not found, or undisclosed. In the workbook: IF(ISNA())."""
    given = value()
    v = single(given)
    return instead() if isinstance(v, ErrorValue) and v.kind == NA else given


# -- AND, OR, XOR, NOT --------------------------------------------------------------------------------


def _conditions(args: Sequence[Value]) -> list[bool]:
    """Every condition among the arguments: nothing is cut short, the leftmost error wins."""
    found: list[bool] = []
    for a in args:
        if not isinstance(a, Range):
            found.append(_condition(a))
            continue
        for v in a:
            if isinstance(v, ErrorValue):
                raise Refusal(v)
            if isinstance(v, bool) or is_number(v):
                found.append(v != 0)
    if not found:
        raise fail(VALUE, "there is no condition among the cells")
    return found


@_typed(
    "AND(condition, …)", ("AND(TRUE,2>1)", True), takes_ranges="all", result="bool", fast="all(({*},))", vector="scan"
)
def _and(*args: Value) -> Value:
    """TRUE if every condition is. In references text and blanks are passed over. Nothing is cut short:
    AND(FALSE,1/0) is #DIV/0!."""
    return all(_conditions(args))


@_typed(
    "OR(condition, …)", ("OR(FALSE,2>1)", True), takes_ranges="all", result="bool", fast="any(({*},))", vector="scan"
)
def _or(*args: Value) -> Value:
    """TRUE if any condition is. In references text and blanks are passed over. Nothing is cut short:
    OR(TRUE,1/0) is #DIV/0!."""
    return any(_conditions(args))


def _print_xor(*args: str) -> str:
    return f"(MOD({'+'.join(f'IF({a},1,0)' for a in args)},2)=1)"


def _odd(*conditions: object) -> bool:
    return sum(map(bool, conditions)) % 2 == 1


FAST_NAMES["odd"] = _odd


@_typed(
    "XOR(condition, …)", ("XOR(TRUE,TRUE,TRUE)", True), result="bool", fast="odd({*})", excel=_print_xor, vector="scan"
)
def _xor(*args: Value) -> Value:
    """TRUE if an odd number of conditions are. Takes single values, no ranges. In the workbook: MOD of a sum."""
    return _odd(*[_condition(single(a)) for a in args])


@_typed("NOT(condition)", ("NOT(FALSE)", True), result="bool", fast="(not {0})", vector="scan")
def _not(condition: Value) -> Value:
    """The opposite of a condition."""
    return not _condition(condition)


@_typed("TRUE()", ("TRUE()", True), result="bool", fast="True")
def _true() -> Value:
    """The value TRUE, also written without brackets."""
    return True


@_typed("FALSE()", ("FALSE()", False), result="bool", fast="False")
def _false() -> Value:
    """The value FALSE, also written without brackets."""
    return False


# -- questions about a value --------------------------------------------------------------------------

_question = Group("Questions about a value")
FUNCTIONS_ABOUT = _question.functions
_about = _question.typed


@_about("ISBLANK(value)", ('ISBLANK("")', False), result="bool", vector="scan")
def _isblank(v: Value) -> Value:
    """Whether a cell is empty. An empty text is not."""
    return single(v) is None


@_about("ISNUMBER(value)", ("ISNUMBER(7)", True), result="bool", vector="scan")
def _isnumber(v: Value) -> Value:
    """Whether the value is a number or a date. An error is not one; it is not passed on."""
    return is_number(single(v))


@_about("ISTEXT(value)", ('ISTEXT("a")', True), result="bool", vector="scan")
def _istext(v: Value) -> Value:
    """Whether the value is text."""
    return isinstance(single(v), str)


@_about("ISERROR(value)", ("ISERROR(1/0)", True), result="bool", vector="scan")
def _iserror(v: Value) -> Value:
    """Whether the value is an error of any kind, undisclosed included."""
    return isinstance(single(v), ErrorValue)


@_about("ISERR(value)", ("ISERR(NA())", False), result="bool")
def _iserr(v: Value) -> Value:
    """Whether the value is an error other than #N/A."""
    v = single(v)
    return isinstance(v, ErrorValue) and v.kind != NA


@_about("ISLOGICAL(value)", ("ISLOGICAL(2>1)", True), result="bool", vector="scan")
def _islogical(v: Value) -> Value:
    """Whether the value is TRUE or FALSE."""
    return isinstance(single(v), bool)


@_about("ISNONTEXT(value)", ("ISNONTEXT(7)", True), result="bool", vector="scan")
def _isnontext(v: Value) -> Value:
    """Whether the value is anything but text; a blank is, and so is an error."""
    return not isinstance(single(v), str)


@_about("ISEVEN(number)", ("ISEVEN(4)", True), result="bool")
def _iseven(v: Value) -> Value:
    """Whether the whole part of a number is even. Text that is no number, and a condition, are #VALUE!."""
    return math.fmod(math.trunc(not_boolean(single(v))), 2) == 0


@_about("ISODD(number)", ("ISODD(4)", False), result="bool")
def _isodd(v: Value) -> Value:
    """Whether the whole part of a number is odd. Text that is no number, and a condition, are #VALUE!."""
    return math.fmod(math.trunc(not_boolean(single(v))), 2) != 0


@_about("ISNA(value)", ("ISNA(NA())", True), result="bool")
def _isna(v: Value) -> Value:
    """Whether the value is #N/A: not found, or undisclosed."""
    v = single(v)
    return isinstance(v, ErrorValue) and v.kind == NA


_PLACES = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")


@_about("ERROR.TYPE(value)", ("ERROR.TYPE(1/0)", 2.0))
def _error_type(v: Value) -> Value:
    """Which error the value is: 1 #NULL!, 2 #DIV/0!, 3 #VALUE!, 4 #REF!, 5 #NAME?, 6 #NUM!, 7 #N/A. No error is #N/A."""
    v = single(v)
    if not isinstance(v, ErrorValue) or v.kind not in _PLACES:
        raise fail(NA, "the value is no error")
    return float(_PLACES.index(v.kind) + 1)


@_about("TYPE(value)", ('TYPE("a")', 2.0), takes_ranges=frozenset({0}))
def _type(v: Value) -> Value:
    """What the value is: 1 a number, a date or an empty cell, 2 text, 4 TRUE or FALSE, 16 an error, 64 an array."""
    if isinstance(v, Grid):
        return 64.0
    if isinstance(v, Range) and len(v) != 1:
        raise fail(VALUE, "TYPE takes a single value, not a range")
    one = single(v)
    return (
        16.0 if isinstance(one, ErrorValue) else 4.0 if isinstance(one, bool) else 2.0 if isinstance(one, str) else 1.0
    )


@_about("N(value)", ('N("7")', 0.0), vector="scan")
def _n(v: Value) -> Value:
    """A number as itself, TRUE as 1, everything else as 0. Errors are passed on."""
    v = single(v)
    if isinstance(v, ErrorValue):
        return v
    return to_number(v) if isinstance(v, bool) or is_number(v) else 0.0


@_about("NA()", ("NA()", ErrorValue(NA)), result="any")
def _na() -> Value:
    """The error #N/A: a value that is not available."""
    return ErrorValue(NA, "the formula says that there is no value (NA)")
