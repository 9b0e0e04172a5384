"""How numbers look, in a cell on screen and as Excel number formats that show the same.

Negatives in brackets, zero as an en dash, halves rounded away from zero as Excel does.
"""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from model.values import NEVER, NO_CAP

DASH: Final = "–"
THIN_SPACE: Final = "\u2009"
PERCENT: Final = THIN_SPACE + "%"
_NOISE: Final = 1e-9  # what the engines may differ by; a rest this small is shown as nothing
_LIMIT: Final = f"{NO_CAP:.0f}"


def show_number(value: float, decimals: int, suffix: str = "") -> str:
    """``1,234.5``, ``(6.2)`` or ``–``; the suffix stands inside the brackets."""
    if not math.isfinite(value):
        return "#NUM!"
    if abs(value) <= _NOISE:
        return DASH
    if (quick := _quick(abs(value), decimals)) is not None:
        return f"({quick}{suffix})" if value < 0 else f"{quick}{suffix}"
    # 15 digits first, as Excel has them: 1.005 shows as 1.01, not as its binary neighbour would
    digits = Decimal(f"{value:.15g}")
    if digits.adjusted() > 21:
        text = f"{abs(value):.3E}"
    else:
        text = f"{abs(digits).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):,f}"
    return f"({text}{suffix})" if value < 0 else f"{text}{suffix}"


def _quick(value: float, decimals: int) -> str | None:
    """The digits of a number from zero up, where rounding its binary form rounds its 15 digits alike: where it is
    neither large nor near the middle between two roundings. Elsewhere None. A tenth of the work."""
    if value >= 1e9 or decimals > 6:
        return None
    scaled = value * 10.0**decimals
    if scaled >= 1e9 or -1e-5 < scaled % 1.0 - 0.5 < 1e-5:
        return None
    return f"{value:,.{decimals}f}"


def show_percent(value: float, decimals: int) -> str:
    """A fraction as percent, with a thin space: ``27.0 %``."""
    if math.isfinite(value) and abs(value) > _NOISE and (quick := _quick(abs(value * 100.0), decimals)) is not None:
        return f"({quick}{PERCENT})" if value < 0 else f"{quick}{PERCENT}"
    return show_number(float(Decimal(repr(value)).scaleb(2)) if math.isfinite(value) else value, decimals, PERCENT)


def show_general(value: float) -> str:
    """A number without a kind of its own, such as one inside a text column."""
    if not math.isfinite(value):
        return "#NUM!"
    return f"{value:.0f}" if value == int(value) and abs(value) < 1e15 else f"{value:.15g}"


def excel_number(decimals: int, suffix: str = "", *, percent: bool = False) -> str:
    """Positive; bracketed negative; zero as a dash; text as it is."""
    body = _body(decimals, suffix, percent)
    return f'{body}_);({body});"{DASH}"_);@_)'


def excel_limit(decimals: int, suffix: str = "") -> str:
    """The same for values that may be "none". Excel allows two conditions only, so zero has its digits
    here; without the second condition LibreOffice would drop the sign of a negative value."""
    body = _body(decimals, suffix, False)
    return f'[>={_LIMIT}]"none"_);[<0]({body});{body}_);@_)'


def excel_date() -> str:
    """English months in every locale; the day of never reads "not yet"."""
    return f'[>={NEVER:.0f}]"not yet";[=0]"{DASH}";[$-409]d mmm yyyy;@'


def _body(decimals: int, suffix: str, percent: bool) -> str:
    places = "." + "0" * decimals if decimals else ""
    tail = f'"{THIN_SPACE}"%' if percent else f'"{suffix}"' if suffix else ""
    return f"#,##0{places}{tail}"


_DECEPTIVE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)


def is_deceptive(char: str) -> bool:
    """Control, bidirectional and other invisible characters that can make text look like other text."""
    return _DECEPTIVE.match(char) is not None


def show_text(text: str) -> str:
    """Text safe to display: control and bidirectional characters are spelled out; line breaks and tabs stay."""
    return _DECEPTIVE.sub(lambda m: m[0] if m[0] in "\n\t" else f"‹U+{ord(m[0]):04X}›", text)
