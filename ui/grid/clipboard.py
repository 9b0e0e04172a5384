"""Tab-separated text as Excel writes and reads it. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Sequence

MAX_CHARS = 20_000_000
_DELIMITER = re.compile(r"[\t\n\r]")


def encode(rows: Sequence[Sequence[str]]) -> str:
    """Rows of texts as TSV. Every row ends with a newline, as Excel's do."""
    return "".join("\t".join(map(_quoted, row)) + "\n" for row in rows)


def _quoted(text: str) -> str:
    # Excel leaves inner quotes alone and quotes only what would otherwise break the table apart.
    if text.startswith('"') or any(c in text for c in "\t\n\r"):
        return '"' + text.replace('"', '""') + '"'
    return text


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
