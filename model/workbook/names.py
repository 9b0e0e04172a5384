"""Keys as Excel's defined names: what Excel would take for a cell, a word of its own or a copy gets a prefix."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

PREFIX: Final = "d_"
MAX_NAME: Final = 255
_A1: Final = re.compile(r"([a-z]{1,3})([0-9]+)", re.ASCII)
_R1C1: Final = re.compile(r"(r|c|rc)$|[rc][0-9]|r[0-9]*c[0-9]|rc_", re.ASCII)
_LEGAL: Final = re.compile(r"[a-z_][a-z0-9_.]*", re.ASCII)
_TAKEN: Final = frozenset(
    ("true", "false", "print_area", "print_titles", "criteria", "extract", "database", "consolidate_area", "sheet_title", "recorder")
)  # fmt: skip
_MAX_COLUMN: Final = 16_384
_MAX_ROW: Final = 1_048_576


def is_reference(name: str) -> bool:
    """Whether Excel reads the name, or its beginning, as a cell: ``Q1``, ``R2D2``, ``C1_FOO``, ``R``."""
    lower = name.lower()
    if _R1C1.match(lower):
        return True
    cell = _A1.fullmatch(lower)
    if cell is None:
        return False
    column = 0
    for char in cell[1]:
        column = column * 26 + ord(char) - 96
    return column <= _MAX_COLUMN and int(cell[2]) <= _MAX_ROW  # row 0 too: XlsxWriter refuses it


def is_name(name: str) -> bool:
    """Whether Excel accepts this as a defined name of a whole workbook."""
    lower = name.lower()
    fits = len(name) <= MAX_NAME and _LEGAL.fullmatch(lower) is not None
    return fits and lower not in _TAKEN and not lower.startswith("_xl") and not is_reference(name)


def defined_names(keys: Iterable[str], reserved: Iterable[str] = ()) -> dict[str, str]:
    """A defined name for every key: the key itself wherever Excel takes it and nothing else has it.

    The outcome depends on the keys and their order only. ``reserved`` are names already given.
    """
    keys = list(keys)
    used = {name.lower() for name in reserved}
    names: dict[str, str] = {}
    for key in keys:
        if is_name(key) and key.lower() not in used:
            names[key] = key
            used.add(key.lower())
    for key in keys:
        if key not in names:
            name = _renamed(key, used)
            names[key] = name
            used.add(name.lower())
    return {key: names[key] for key in keys}


def _renamed(key: str, used: set[str]) -> str:
    stem = PREFIX + re.sub(r"[^A-Za-z0-9_.]", "_", key)[: MAX_NAME - 10]
    name, count = stem, 1
    while name.lower() in used:
        count += 1
        name = f"{stem}_{count}"
    return name
