"""Finding, replacing and comparing within texts."""

from __future__ import annotations

import math
import re
from typing import Final

from model.formula.coerce import MAX_TEXT, Value, number_text, single, to_bool
from model.formula.fn_base import Group, Refusal, fail, number
from model.formula.fn_criteria import wildcard_pattern
from model.formula.fn_math import round_half
from model.formula.fn_text import count_of, text_of
from model.formula.textformat import format_value
from model.values import VALUE, ErrorValue

_group = Group("Text")
FUNCTIONS = _group.functions
_typed = _group.typed
_EVERY: Final = math.inf


def _start(within: str, start: Value) -> int:
    at = number(start)
    if not 1 <= at < len(within) + 2:
        raise fail(VALUE, "the search begins outside the text")
    return int(at) - 1


@_typed("FIND(text, within, [start])", ('FIND("a","Data")', 2.0))
def _find(text: Value, within: Value, start: Value = 1.0) -> Value:
    """Where a text stands within another, counted from 1, capitals told from small letters. Not found, or a start outside
    the text, is #VALUE!."""
    wanted, body = text_of(text), text_of(within)
    at = body.find(wanted, _start(body, start))
    if at < 0:
        raise fail(VALUE, "the text is not found")
    return float(at + 1)


@_typed("SEARCH(text, within, [start])", ('SEARCH("A","data")', 2.0))
def _search(text: Value, within: Value, start: Value = 1.0) -> Value:
    """As FIND, without case, and with * and ? as wildcards (~ before them takes them literally)."""
    wanted, body = text_of(text), text_of(within)
    at = _start(body, start)
    found = wildcard_pattern(wanted)(body, at)
    if found is None:
        raise fail(VALUE, "the text is not found")
    return float(found + 1)


@_typed("SUBSTITUTE(text, old, new, [nth])", ('SUBSTITUTE("a-b-c","-","+")', "a+b+c"), result="text")
def _substitute(text: Value, old: Value, new: Value, nth: Value = _EVERY) -> Value:
    """The text with another put in place of every occurrence, or only of one, counted from 1. Capitals are told from
    small letters."""
    body, wanted, other = text_of(text), text_of(old), text_of(new)
    which = None
    if nth is not _EVERY:
        n = number(nth)
        if n < 1:
            raise fail(VALUE, "occurrences are counted from 1")
        which = int(min(n, MAX_TEXT))
    if not wanted:
        return body
    if which is None:
        if len(body) + body.count(wanted) * (len(other) - len(wanted)) > MAX_TEXT:
            raise fail(VALUE, f"the text would be longer than {MAX_TEXT:,} characters")
        return body.replace(wanted, other)
    at = -1
    for _ in range(which):
        at = body.find(wanted, at + 1 if at < 0 else at + len(wanted))
        if at < 0:
            return body
    return _short(body[:at] + other + body[at + len(wanted) :])


def _short(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise fail(VALUE, f"the text would be longer than {MAX_TEXT:,} characters")
    return text


@_typed("REPLACE(text, start, count, new)", ('REPLACE("abcd",2,2,"x")', "axd"), result="text")
def _replace(text: Value, start: Value, count: Value, new: Value) -> Value:
    """The text with another in place of so many characters from a place on, counted from 1. A start below 1 or a
    negative count is #VALUE!."""
    body = text_of(text)
    at = number(start)
    n = count_of(count)
    if at < 1:
        raise fail(VALUE, "characters are counted from 1")
    first = int(min(at, MAX_TEXT + 1)) - 1
    return _short(body[:first] + text_of(new) + body[first + n :])


@_typed("EXACT(text, text)", ('EXACT("Deal","deal")', False), result="bool")
def _exact(a: Value, b: Value) -> Value:
    """Whether two texts are the same to the letter, capitals told from small ones (unlike =)."""
    return text_of(a) == text_of(b)


@_typed("PROPER(text)", ('PROPER("open AI")', "Open Ai"), result="text")
def _proper(text: Value) -> Value:
    """Every word with a capital and small letters; a word begins behind whatever is no letter."""
    out, inside = [], False
    for c in text_of(text):
        changed = (c.lower() if inside else c.upper()) if c.isalpha() else c
        out.append(changed if len(changed) == 1 else c)
        inside = c.isalpha()
    return "".join(out)


@_typed("CLEAN(text)", ('CLEAN("a")', "a"), result="text")
def _clean(text: Value) -> Value:
    """The text without its control characters (the first 32, line breaks among them)."""
    return re.sub(r"[\x00-\x1f]", "", text_of(text))


@_typed("CHAR(code)", ("CHAR(65)", "A"), result="text")
def _char(code: Value) -> Value:
    """The character of a code, 1 to 255, in Windows' western character set. Other codes are #VALUE!."""
    n = number(code)
    if not 1 <= n < 256:
        raise fail(VALUE, "the codes of characters go from 1 to 255")
    return bytes((int(n),)).decode("cp1252", "replace").replace("\ufffd", chr(int(n)))


@_typed("CODE(text)", ('CODE("A")', 65.0))
def _code(text: Value) -> Value:
    """The code of the first character in Windows' western character set, 63 where it has none. No character is #VALUE!."""
    body = text_of(text)
    if not body:
        raise fail(VALUE, "there is no character")
    return float(body[0].encode("cp1252", "replace")[0])


@_typed("T(value)", ('T("a")', "a"), result="text")
def _t(value: Value) -> Value:
    """A text as itself, everything else as an empty text. Errors are passed on."""
    v = single(value)
    return v if isinstance(v, (str, ErrorValue)) else ""


@_typed("FIXED(number, [digits], [no_commas])", ("FIXED(1234.567,1)", "1,234.6"), result="text")
def _fixed(value: Value, digits: Value = 2.0, plain: Value = False) -> Value:
    """A number rounded to digits behind the point (2 unless told) and written out, with commas unless the third argument
    is true. More than 127 digits are #VALUE!."""
    x, n = number(value), number(digits)
    bare = to_bool(plain)
    if isinstance(bare, ErrorValue):
        raise Refusal(bare)
    if n >= 128:
        raise fail(VALUE, "at most 127 digits are written")
    places = int(max(n, -400.0))
    shown = round_half(x, float(places))
    decimals = "." + "0" * places if places > 0 else ""
    if abs(shown) >= 1e15 and bare:
        return number_text(shown)
    return format_value(shown, ("0" if bare else "#,##0") + decimals)
