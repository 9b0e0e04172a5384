"""The inputs as they were exported, kept in the book's document properties beside the deal's hash.

A deal moves on while its book is with a colleague. With the values of then, import can tell what the colleague
changed from what was changed here since. A book without the stamp is read all the same, with more doubt.

Beside them stands how the sheets were laid out: what another version of the app arranged or worded otherwise
must not be taken for a colleague's work.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import zlib
from collections.abc import Iterator, Mapping
from typing import Final, Literal, TypeAlias

from model.deal import Deal, Input
from model.layers import BASE, SETS, base_value
from model.workbook.book import Book
from model.workbook.review_cells import input_cells

Stamp: TypeAlias = dict[tuple[str, str], Input | None]  # by address and layer; None: blank, or inherits

NAME: Final = "Dealsheet inputs as exported"
HASH: Final = "Dealsheet deal sha256"
LAYOUT_NAME: Final = "Dealsheet layout"
#: Raise this whenever the same deal comes out with other texts, formulas or places (a test notices it).
#: Books from before there was a number have none.
LAYOUT: Final = 1
_PIECE: Final = 250  # a property's text holds 255 characters
_MOST: Final = 200  # properties; a deal with more inputs than fit goes without
_LARGEST: Final = 20_000_000
_DATE: Final = "date"


def stored(deal: Deal, address: str, layer: str) -> Input | None:
    """The input that one layer stores at an address, None where it has none."""
    kind, _, key = layer.partition(":")
    if layer == BASE:
        return base_value(deal, address)
    layers = deal.versions if kind == "version" else deal.scenarios
    return layers[key].set.get(address)


def other_layout(properties: Mapping[str, str]) -> Literal["", "earlier", "later"]:
    """Whether a book was written by a version of the app that lays the sheets out otherwise. "" also for a book whose
    properties were lost on its way: nothing is known of it, so all of it is compared."""
    if HASH not in properties:
        return ""
    text = properties.get(LAYOUT_NAME, "0").strip()
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    return "" if number == LAYOUT else "earlier" if number < LAYOUT else "later"


def write_stamp(book: Book) -> Iterator[tuple[str, str]]:
    """Names and texts of the properties that hold the inputs; none where they would be too many."""
    found = [
        [cell.address, cell.layer, _plain(stored(book.calc.deal, cell.address, cell.layer))]
        for cell in input_cells(book)
        if cell.layer != SETS
    ]
    packed = zlib.compress(json.dumps(found, separators=(",", ":"), ensure_ascii=True).encode(), 9)
    text = base64.b85encode(packed).decode("ascii")
    pieces = [text[i : i + _PIECE] for i in range(0, len(text), _PIECE)]
    if len(pieces) <= _MOST:
        for number, piece in enumerate(pieces, 1):
            yield f"{NAME} {number} of {len(pieces)}", piece


def read_stamp(properties: Mapping[str, str]) -> Stamp | None:
    """The inputs of then; None where the book has no stamp or not the whole of it."""
    pieces: dict[int, str] = {}
    count = 0
    for name, text in properties.items():
        number, _, of = name.removeprefix(NAME).strip().partition(" of ")
        if name.startswith(NAME) and number.isdecimal() and of.isdecimal() and len(of) < 4:
            pieces[int(number)], count = text, int(of)
    if not count or set(pieces) != set(range(1, count + 1)):
        return None
    try:
        unpack = zlib.decompressobj()
        data = unpack.decompress(base64.b85decode("".join(pieces[i] for i in range(1, count + 1))), _LARGEST)
        rows = json.loads(data)
        return {(str(address), str(layer)): _input(value) for address, layer, value in rows}
    except (ValueError, TypeError, RecursionError, zlib.error, binascii.Error):
        return None


def _plain(value: Input | None) -> object:
    return {_DATE: value.isoformat()} if isinstance(value, dt.date) else value


def _input(value: object) -> Input | None:
    if isinstance(value, dict):
        return dt.date.fromisoformat(value[_DATE])
    if value is None or isinstance(value, str | int | float):
        return value
    raise ValueError(value)
