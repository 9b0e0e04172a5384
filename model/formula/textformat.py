"""Excel's number formats, as the function TEXT needs them.

Knows sections, conditions in brackets, digits, grouping, percent, exponents, fractions, literals, dates, times and
parts of a second. What it does not know is answered with #VALUE!, never with a guess.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple

from model.formula.coerce import is_number, number_text, to_number
from model.formula.fn_base import Refusal, fail
from model.formula.fn_date import parts
from model.formula.readtext import text_to_number
from model.formula.textfraction import SLASH, fraction, plan
from model.values import NEVER, VALUE, ErrorValue

_TOKEN = re.compile(
    r"""(?P<quoted>"[^"]*"?)|\\(?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)
    |(?P<general>General)|\[\$(?P<currency>[^\]\-]*)(?:-[0-9A-Fa-f]*)?\]
    |\[(?P<elapsed>h+|m+|s+)\]|\[(?P<colour>Black|Blue|Cyan|Green|Magenta|Red|White|Yellow|Color\ ?\d+)\]
    |\[(?P<when>(?:<=|>=|<>|=|<|>)\ *-?[0-9]+(?:\.[0-9]*)?)\]
    |(?P<noon>AM/PM|A/P)|(?P<power>E[+-])(?P<powers>[0#?]+)|(?P<date>y+|m+|d+|h+|s+)
    |(?P<digit>[0#?])|(?P<mark>[.,%@;])|(?P<bad>[\[\]EGBN])|(?P<plain>.)""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS: Final = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
MAX_PATTERN: Final = 255


class Token(NamedTuple):
    """A piece of a format: what it is, and its text."""

    kind: str
    text: str


def _bad_pattern() -> Refusal:
    return fail(VALUE, "this number format is not known")


@lru_cache(maxsize=256)
def _sections(pattern: str) -> list[list[Token]]:
    if len(pattern) > MAX_PATTERN:
        raise _bad_pattern()
    sections: list[list[Token]] = [[]]
    for match in _TOKEN.finditer(pattern):
        kind = match.lastgroup or ""
        text = match[kind]
        if kind == "mark" and text == ";":
            sections.append([])
        elif kind == "bad":
            raise _bad_pattern()
        elif kind == "plain" and text == "/":
            sections[-1].append(Token(SLASH, text))
        elif kind == "powers":
            sections[-1].append(Token("power", match["power"][1] + text))
        elif kind in ("quoted", "escaped", "currency", "plain"):
            sections[-1].append(Token("literal", text.strip('"') if kind == "quoted" else text))
        elif kind == "space":
            sections[-1].append(Token("literal", " "))
        elif kind not in ("fill", "colour"):
            sections[-1].append(Token(kind, text))
    if len(sections) > 4:
        raise _bad_pattern()
    return sections


def format_value(value: float | str | bool | None, pattern: str) -> str:
    """The value written in a number format; unknown formats raise a refusal with #VALUE!."""
    sections = _sections(pattern)
    if isinstance(value, str):
        read = text_to_number(value)
        if read is None:
            return _text_section(value, sections)
        value = read
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    number = to_number(value) if is_number(value) else 0.0
    if isinstance(number, ErrorValue):
        raise Refusal(number)
    return _format_number(number, sections)


def _text_section(text: str, sections: list[list[Token]]) -> str:
    section = sections[3] if len(sections) == 4 else sections[0]
    if len(sections) < 4 and not any(t == ("mark", "@") for t in section):
        return text
    return "".join(text if t == ("mark", "@") else t.text for t in section if t.kind in (SLASH, "literal", "mark"))


def _format_number(x: float, sections: list[list[Token]]) -> str:
    section, x, is_default = _chosen(x, sections)
    kinds = {t.kind for t in section}
    if kinds & {"date", "elapsed", "noon"}:
        if kinds & {"power", "general"}:
            raise _bad_pattern()
        return _format_date(x, section)
    if not section:
        return "-" if x < 0 and is_default and sections[0] else ""
    return _signed(x, section)


_HOLDS: Final[dict[str, Callable[[float, float], bool]]] = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def _chosen(x: float, sections: list[list[Token]]) -> tuple[list[Token], float, bool]:
    """The section that writes a number, what of the number it writes, and whether it is the only one."""
    conditions = [next((t.text for t in section if t.kind == "when"), "") for section in sections]
    bare = [[t for t in section if t.kind != "when"] for section in sections]
    count = len(sections)
    if any(conditions):
        for section, condition in zip(bare[:2], conditions, strict=False):
            if not condition:
                continue
            op = condition.rstrip("0123456789.- ")
            bound = float(condition[len(op) :])
            if _HOLDS[op](x, bound):
                below = (op == "<" and bound <= 0) or (op == "<=" and bound < 0)
                return section, abs(x) if below else x, False
        if count == 1:
            raise fail(VALUE, "the number meets no condition of the format")
        return bare[2 if count > 2 and all(conditions[:2]) else 1 if conditions[0] else 0], x, False
    if count >= 3 and x == 0:
        return bare[2], x, False
    if count >= 2 and x < 0:
        return bare[1], -x, False
    return bare[0], x, count == 1


def _signed(x: float, section: list[Token]) -> str:
    body, is_zero = _unsigned(abs(x), section)
    return f"-{body}" if x < 0 and not is_zero else body


# -- numbers ------------------------------------------------------------------------------------------


def _scaled_digits(x: float, shift: int) -> int:
    """x times a power of ten as a whole number: 15 digits, halves away from zero."""
    if x == 0:
        return 0
    mantissa, power = f"{x:.14e}".split("e")
    digits = int(mantissa.replace(".", ""))
    move = int(power) - 14 + shift
    if move >= 0:
        return digits * 10**move
    return 0 if move < -15 else (digits + 5 * 10 ** (-move - 1)) // 10**-move


def _unsigned(x: float, section: list[Token]) -> tuple[str, bool]:
    """The formatted size, and whether nothing but zeros is left of it."""
    if any(t.kind == "general" or t == ("mark", "@") for t in section):
        plain = {"general": general(x), "mark": number_text(x)}
        return "".join(plain[t.kind] if t.text == "@" or t.kind == "general" else t.text for t in section), x == 0
    how = plan(section)
    if how:
        return fraction(x, section, how)
    places = [i for i, t in enumerate(section) if t.kind == "digit"]
    if not places:
        percents = sum(t == ("mark", "%") for t in section)
        return "".join(
            t.text for t in section if t.kind in (SLASH, "literal") or t.text == "%"
        ), percents == 0 and x == 0
    point = next((i for i, t in enumerate(section) if t == ("mark", ".")), len(section))
    power = next((i for i, t in enumerate(section) if t.kind == "power"), None)
    if power is not None and places[-1] > power:
        raise _bad_pattern()
    whole = [i for i in places if i < point]
    decimals = [i for i in places if i > point]
    edge = whole[-1] if whole else -1
    commas = [i for i, t in enumerate(section) if t == ("mark", ",")]
    thousands = sum(i > places[-1] or (edge < i < point) for i in commas)
    grouped = any(i < edge for i in commas)
    shift = 2 * sum(t == ("mark", "%") for t in section) - 3 * thousands + len(decimals)
    exponent = 0
    if power is not None:
        exponent = _exponent(x, max(1, len(whole)), len(decimals))
        shift -= exponent
    number = _scaled_digits(x, shift)
    digits = str(number).rjust(len(decimals) + 1, "0")
    split = len(digits) - len(decimals)
    cells = _whole_cells(digits[:split].lstrip("0"), [(i, section[i].text) for i in whole], grouped)
    cells.update(_decimal_cells(digits[split:], [(i, section[i].text) for i in decimals]))
    out = []
    for i, t in enumerate(section):
        if i == point and not whole:
            out.append(digits[:split].lstrip("0"))
        if t.kind == "digit":
            out.append(cells[i])
        elif t.kind == "power":
            out.append(_power_text(exponent, t.text))
        elif t.kind in (SLASH, "literal") or t.text in ".%":
            out.append(t.text)
    return "".join(out), number == 0


def _exponent(x: float, whole: int, decimals: int) -> int:
    if x == 0:
        return 0
    power = math.floor(int(f"{x:.14e}".split("e")[1]) / whole) * whole
    # Rounding may carry into one more digit than the format has room for.
    return power + whole if _scaled_digits(x, decimals - power) >= 10 ** (whole + decimals) else power


def _power_text(exponent: int, pattern: str) -> str:
    sign = "-" if exponent < 0 else "+" if pattern[0] == "+" else ""
    digits = str(abs(exponent)) if exponent or "0" in pattern else ""
    return f"E{sign}{digits.rjust(pattern.count('0'), '0')}"


def _whole_cells(digits: str, places: list[tuple[int, str]], grouped: bool) -> dict[int, str]:
    """What stands at each digit place before the point; the first place takes all digits left over."""
    cells: dict[int, str] = {}
    written = 0
    rest = digits
    for order, (i, mark) in enumerate(reversed(places)):
        last = order == len(places) - 1
        if rest:
            taken, rest = (rest, "") if last else (rest[-1], rest[:-1])
        else:
            taken = {"0": "0", "?": " "}.get(mark, "")
        text = ""
        for c in reversed(taken):
            if grouped and written and written % 3 == 0 and c != " ":
                text = "," + text
            text = c + text
            written += 1
        cells[i] = text
    return cells


def _decimal_cells(digits: str, places: list[tuple[int, str]]) -> dict[int, str]:
    cells: dict[int, str] = {}
    significant = len(digits.rstrip("0"))
    for order, (i, mark) in enumerate(places):
        needed = order < significant or any(m == "0" for _, m in places[order:])
        cells[i] = digits[order] if needed else {"?": " "}.get(mark, "")
    return cells


def general(x: float) -> str:
    """A size in the format General, which has room for 11 characters."""
    if x == 0:
        return "0"
    exponent = int(f"{x:.14e}".split("e")[1])
    if -5 < exponent < 11:
        decimals = max(0, 9 - max(exponent, 0))
        shown = number_text(_scaled_digits(x, decimals) / 10**decimals)
        if exponent >= 0 or len(number_text(x)) <= 11 or exponent == -1 or float(shown) > 0:
            return shown
    if len(number_text(x)) <= 11 and "E" not in number_text(x):
        return number_text(x)
    power = _exponent(x, 1, 5)
    mantissa = number_text(_scaled_digits(x, 5 - power) / 1e5)
    return f"{mantissa}E{'-' if power < 0 else '+'}{abs(power):02d}"


# -- dates --------------------------------------------------------------------------------------------


def _format_date(x: float, section: list[Token]) -> str:
    if not 0 <= x < NEVER + 1:
        raise fail(VALUE, "the number is not a date between 1900 and 9999")
    split = _split_seconds(section)
    unit = 10 ** len(split)
    ticks = math.floor(x * 86_400 * unit + 0.5)
    total, part = divmod(ticks, unit)
    day, seconds = divmod(total, 86_400)
    if day > NEVER:
        day, seconds = int(NEVER), 86_399
    hour, minute, second = seconds // 3600, seconds // 60 % 60, seconds % 60
    year, month, date = parts(float(day))
    noon = any(t.kind == "noon" for t in section)
    shown_hour = (hour % 12 or 12) if noon else hour
    out = []
    for i, t in enumerate(section):
        text, width = t.text.lower(), len(t.text)
        if t.kind in (SLASH, "literal"):
            out.append(t.text)
        elif t.kind == "digit":
            if i == split[0]:
                out.append(str(part).rjust(len(split), "0"))
        elif t.kind == "mark":
            if text == "@":
                raise _bad_pattern()
            out.append(t.text)
        elif t.kind == "noon":
            half = "AM" if hour < 12 else "PM"
            out.append(half if width > 3 else half[0])
        elif t.kind == "elapsed":
            out.append(str(total // {"h": 3600, "m": 60, "s": 1}[text[0]]).rjust(width, "0"))
        elif text[0] == "y":
            out.append(f"{year % 100:02d}" if width <= 2 else f"{year:04d}")
        elif text[0] == "d":
            name = _DAYS[(day - 1) % 7]
            out.append(_number_or_name(date, name, width, 4))
        elif text[0] == "h":
            out.append(str(shown_hour).rjust(min(width, 2), "0"))
        elif text[0] == "s":
            out.append(str(second).rjust(min(width, 2), "0"))
        elif width <= 2 and _is_minute(section, i):
            out.append(str(minute).rjust(width, "0"))
        else:
            name = _MONTHS[month - 1]
            out.append(name[0] if width == 5 else _number_or_name(month, name, width, 4))
    return "".join(out)


def _split_seconds(section: list[Token]) -> list[int]:
    """The places of the digits behind the point of a format's seconds; digits anywhere else are no format."""
    digits = [i for i, t in enumerate(section) if t.kind == "digit"]
    if not digits:
        return []
    first = digits[0]
    behind = first > 1 and section[first - 1] == ("mark", ".") and section[first - 2].text[:1] in ("s", "S")
    if not behind or digits != list(range(first, first + len(digits))) or len(digits) > 3:
        raise _bad_pattern()
    return digits


def _number_or_name(n: int, name: str, width: int, full: int) -> str:
    if width <= 2:
        return str(n).rjust(width, "0")
    return name if width >= full else name[:3]


def _is_minute(section: list[Token], at: int) -> bool:
    """An m is minutes behind hours and before seconds."""
    before = [t for t in section[:at] if t.kind in ("date", "elapsed")]
    after = [t for t in section[at + 1 :] if t.kind in ("date", "elapsed")]
    return bool(before and before[-1].text[0] in "hH") or bool(after and after[0].text[0] in "sS")
