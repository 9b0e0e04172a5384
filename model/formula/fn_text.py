"""Text."""

from __future__ import annotations

from collections.abc import Sequence

from model.formula.coerce import MAX_TEXT, Value, concat, single, to_bool, to_text
from model.formula.fn_base import Group, Refusal, fail, number
from model.formula.textformat import format_value
from model.values import VALUE, ErrorValue, Range

_group = Group("Text")
FUNCTIONS = _group.functions
_typed = _group.typed


def text_of(v: Value) -> str:
    """The value as text; an error ends the function."""
    s = to_text(v)
    if isinstance(s, ErrorValue):
        raise Refusal(s)
    return s


def count_of(v: Value) -> int:
    """A number of characters; a negative one is #VALUE!."""
    n = number(v)
    if n < 0:
        raise fail(VALUE, "a number of characters cannot be negative")
    return int(min(n, MAX_TEXT))


@_typed("LEFT(text, [count])", ('LEFT("Dealsheet",4)', "Deal"), result="text")
def _left(text: Value, count: Value = 1.0) -> Value:
    """The first characters, one unless told how many. A negative count is #VALUE!."""
    s = text_of(text)
    return s[: count_of(count)]


@_typed("RIGHT(text, [count])", ('RIGHT("Dealsheet",5)', "sheet"), result="text")
def _right(text: Value, count: Value = 1.0) -> Value:
    """The last characters, one unless told how many. A negative count is #VALUE!."""
    s = text_of(text)
    n = count_of(count)
    return s[-n:] if n else ""


@_typed("MID(text, start, count)", ('MID("Dealsheet",5,3)', "she"), result="text")
def _mid(text: Value, start: Value, count: Value) -> Value:
    """Characters from a place on, counted from 1. A start below 1 or a negative count is #VALUE!."""
    s = text_of(text)
    first = number(start)
    n = count_of(count)
    if first < 1:
        raise fail(VALUE, "characters are counted from 1")
    at = int(min(first, MAX_TEXT + 1)) - 1
    return s[at : at + n]


@_typed("LEN(text)", ('LEN("deal")', 4.0), whole=True)
def _len(text: Value) -> Value:
    """How many characters the text has, blanks included. A character beyond Unicode's first 65,536 counts once (in older
    Excel twice)."""
    return float(len(text_of(text)))


def _cased(text: str, upper: bool) -> str:
    """Every letter by itself: one that would become two (ß) stays, as in Excel."""
    changed = (c.upper() if upper else c.lower() for c in text)
    return "".join(d if len(d) == 1 else c for c, d in zip(text, changed, strict=True))


@_typed("UPPER(text)", ('UPPER("deal")', "DEAL"), result="text")
def _upper(text: Value) -> Value:
    """The text in capitals."""
    return _cased(text_of(text), True)


@_typed("LOWER(text)", ('LOWER("Deal")', "deal"), result="text")
def _lower(text: Value) -> Value:
    """The text in small letters."""
    return _cased(text_of(text), False)


@_typed("TRIM(text)", ('TRIM("  two   words ")', "two words"), result="text")
def _trim(text: Value) -> Value:
    """The text without spaces at its ends and with single spaces between words."""
    return " ".join(word for word in text_of(text).split(" ") if word)


@_typed("CONCATENATE(text, …)", ('CONCATENATE("a",1,TRUE)', "a1TRUE"), result="text")
def _concatenate(*texts: Value) -> Value:
    """All texts in a row, as &. Numbers are written with 15 digits. Longer than a cell holds is #VALUE!."""
    joined: Value = ""
    for t in texts:
        joined = concat(joined, t)
        if isinstance(joined, ErrorValue):
            return joined
    return joined


def _texts(args: Sequence[Value]) -> list[str]:
    return [text_of(v) for a in args for v in (a if isinstance(a, Range) else (a,))]


def _one_text(pieces: list[str]) -> str:
    if sum(map(len, pieces)) > MAX_TEXT:
        raise fail(VALUE, f"the text is longer than {MAX_TEXT:,} characters")
    return "".join(pieces)


@_typed(
    "CONCAT(text, …)",
    ('CONCAT("a",1,TRUE)', "a1TRUE"),
    takes_ranges="all",
    result="text",
    excel=lambda *texts: f"CONCATENATE({','.join(texts)})",
)
def _concat(*args: Value) -> Value:
    """All texts in a row, those of arrays too. In the workbook: CONCATENATE, which takes single values only, so that a
    range is refused in a deal's formula."""
    return _one_text(_texts(args))


def _print_textjoin(between: str, skip: str, *texts: str) -> str:
    every = f"&({between})&".join(f"({t})" for t in texts)
    filled = "&".join(f'IF(({t})&""="","",({between})&({t}))' for t in texts)
    some = f"MID({filled},LEN({between})+1,{MAX_TEXT})"
    choice = {"TRUE": some, "1": some, "0": f'{every}&""', "FALSE": f'{every}&""'}
    return f"({choice.get(skip, f'IF({skip},{some},{every})')})"


@_typed(
    "TEXTJOIN(between, skip, text, …)",
    ('TEXTJOIN(", ",TRUE,"a","","b")', "a, b"),
    takes_ranges=frozenset(range(2, 255)),
    result="text",
    excel=_print_textjoin,
)
def _textjoin(between: Value, skip: Value, *args: Value) -> Value:
    """All texts, those of arrays too, with another text between them; empty ones are passed over where skip is true. In
    the workbook: & and IF, for single values only, so that a range is refused in a deal's formula."""
    glue = text_of(between)
    passed = to_bool(skip)
    if isinstance(passed, ErrorValue):
        raise Refusal(passed)
    texts = [t for t in _texts(args) if t or not passed]
    if sum(map(len, texts)) + len(glue) * max(0, len(texts) - 1) > MAX_TEXT:
        raise fail(VALUE, f"the text is longer than {MAX_TEXT:,} characters")
    return glue.join(texts)


@_typed("REPT(text, times)", ('REPT("ab",3)', "ababab"), result="text")
def _rept(text: Value, times: Value) -> Value:
    """The text so many times over. Negative times, or a result longer than a cell holds, are #VALUE!."""
    s = text_of(text)
    n = number(times)
    if n < 0 or len(s) * int(n) > MAX_TEXT:
        raise fail(VALUE, "the text would be longer than a cell holds, or shorter than nothing")
    return s * int(n) if s else ""


@_typed("VALUE(text)", ('VALUE("40%")', 0.4))
def _value(text: Value) -> Value:
    """The number a text shows: 1,234.5, 40%, $3, (7), 1E3, 2026-01-15. Anything else, and TRUE, is #VALUE!."""
    if isinstance(single(text), bool):
        raise fail(VALUE, "a condition is not a number")
    return number(text)


@_typed("TEXT(value, format)", ('TEXT(1234.567,"#,##0.00")', "1,234.57"), result="text")
def _formatted(value: Value, pattern: Value) -> Value:
    """A number or date written in an Excel number format such as "#,##0.0", "0%", "yyyy-mm-dd". Halves are rounded away
    from zero. A format outside the common ones is #VALUE!."""
    shown = single(value)
    return shown if isinstance(shown, ErrorValue) else format_value(shown, text_of(pattern))
