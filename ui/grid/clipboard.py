"""Tab-separated text as Excel writes and reads it. Pure functions."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from html import escape
from pathlib import Path

MAX_CHARS = 20_000_000
MAX_FORMATTED = 20_000  # cells; a larger block goes as text alone
_BACKSLASH = "\\"
_DAY = "d mmm yyyy"
_EPOCH = dt.date(1899, 12, 30)
_PLAIN_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_DELIMITER = re.compile(r"[\t\n\r]")


def encode(rows: Sequence[Sequence[str]]) -> str:
    """Rows of texts as TSV. Every row ends with a newline, as Excel's do."""
    return "".join("\t".join(map(_quoted, row)) + "\n" for row in rows)


def _quoted(text: str) -> str:
    # Excel leaves inner quotes alone and quotes only what would otherwise break the table apart.
    if text.startswith('"') or any(c in text for c in "\t\n\r"):
        return '"' + text.replace('"', '""') + '"'
    return text


def html(rows: Sequence[Sequence[tuple[str, float | None, str]]]) -> str:
    """Rows of (text, number, text as shown) as a table of HTML. A spreadsheet takes numbers and their formats from it
    whatever its decimal mark is, and text stays text even where it looks like a formula."""
    out: list[str] = []
    for row in rows:
        out.append("<tr>")
        for text, number, shown in row:
            said = escape(text, quote=True).replace("\n", '<br style="mso-data-placement:same-cell">')
            form = "@"
            if number is not None:
                form = number_format(shown)
            elif (day := _day(text)) is not None:
                number, form = float((day - _EPOCH).days), _DAY
            style = f"mso-number-format:&quot;{escape(form if form != '@' else _BACKSLASH + '@')}&quot;"
            if number is None:
                out.append(f'<td style="{style}" x:str sdnum="1033;0;@">{said}</td>')
            else:
                value = f'x:num="{number!r}" sdval="{number!r}" sdnum="1033;0;{_known(form)}"'
                out.append(f'<td align="right" style="{style}" {value}>{said}</td>')
        out.append("</tr>")
    # the page around the rows declares the names with which spreadsheets mark their numbers
    return Path(__file__).with_suffix(".html").read_text(encoding="utf-8").replace("ROWS", "".join(out))


def _day(text: str) -> dt.date | None:
    """The day that a text writes as 2025-10-28; None where it is none, 2026-02-30 among them."""
    try:
        return dt.date.fromisoformat(text) if _PLAIN_DAY.fullmatch(text) else None
    except ValueError:
        return None


def _known(form: str) -> str:
    """The nearest format that LibreOffice has built in: from HTML it takes no other."""
    if form == _DAY:
        return "YYYY-MM-DD"
    if "%" in form:
        return "0.00%" if "." in form else "0%"
    grouped = "#,##" if form.startswith("#") else ""
    return f"{grouped}0.00" if "." in form else f"{grouped}0"


def number_format(shown: str) -> str:
    """An Excel number format that shows a number as it is shown here."""
    digits = re.search(r"[.](\d+)", shown)
    places = "." + "0" * len(digits[1]) if digits else ""
    if "%" in shown:
        form = f"0{places}%"
    elif shown.rstrip(")").endswith("x"):
        form = f'0{places}"x"'
    else:
        form = f"#,##0{places}"
    return f"{form}_);({form})" if shown.startswith("(") else form


def decode(text: str) -> list[list[str]]:
    """TSV as a rectangle of texts. Quoted cells may hold tabs, newlines and doubled quotes; one
    trailing newline ends the last row; short rows are padded. An empty text is no rows at all."""
    rows: list[list[str]] = []
    row: list[str] = []
    at, end = 0, len(text)
    fresh = False  # a tab or nothing yet stands before us, so a cell must follow even at the end
    while at < end or fresh:
        cell, at = _cell(text, at, end)
        row.append(cell)
        fresh = False
        if at >= end:
            break
        if text[at] == "\t":
            at += 1
            fresh = True
            continue
        at += 2 if text.startswith("\r\n", at) else 1
        rows.append(row)
        row = []
    if row:
        rows.append(row)
    width = max(map(len, rows), default=0)
    return [r + [""] * (width - len(r)) for r in rows]


def _cell(text: str, at: int, end: int) -> tuple[str, int]:
    if at < end and text[at] == '"':
        close = at + 1
        while (close := text.find('"', close)) >= 0:
            if text.startswith('""', close):
                close += 2
                continue
            if close + 1 == end or text[close + 1] in "\t\n\r":
                return text[at + 1 : close].replace('""', '"'), close + 1
            break  # a lone quote inside: it was never a quoted cell
    found = _DELIMITER.search(text, at)
    stop = found.start() if found else end
    return text[at:stop], stop
