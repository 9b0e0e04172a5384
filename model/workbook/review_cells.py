"""Which cells of an export take inputs, and for which layer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from model.layers import writes_to
from model.workbook.book import Book, Place


class InputCell(NamedTuple):
    """A cell of the export that holds an input in one layer."""

    address: str
    layer: str
    place: Place


def input_cells(book: Book) -> Iterator[InputCell]:
    """Every cell of an export into which an input can be typed, with the layer that it belongs to."""
    deal, view = book.calc.deal, book.calc.view
    layered = book.scenarios.rows if book.scenarios else {}
    for address in book.calc.inputs:
        if address in layered or address not in book.scalars:
            continue
        yield InputCell(address, writes_to(deal, view, address), book.scalars[address])
    for address in layered:
        assert book.scenarios is not None
        for layer in book.scenarios.layers:
            place = book.input_place(address, layer.id)
            if place is not None:
                yield InputCell(address, layer.id, place)
