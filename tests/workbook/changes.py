"""Changes of inputs made by chance: the same ones inside the book and in the app."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any, NamedTuple

from model.addresses import input_item
from model.deal import Deal
from model.edits import apply, set_values
from model.engine import Calc
from model.fields import UNDISCLOSED_WORD, field_for
from model.layers import BASE, View, base_value, chain, writes_to
from model.problems import Refused
from model.workbook.canvas import as_shown
from model.workbook.layout import plan
from model.workbook.viewpoint import letters

TEXTS = ("=1+1", "+1", "-1", "@SUM(A1)", "<b>", 'say "it"', "two\nlines", "A1", "TRUE", "1,000")


class Change(NamedTuple):
    layer: str
    address: str
    value: Any


def changes_of(deal: Deal, view: View, pairs: tuple[tuple[str, Any], ...]) -> list[Change]:
    """Changes in the layers that an edit in the app would go to."""
    checked = [(a, field_for(input_item(deal, a), deal.unit).check(value)) for a, value in pairs]
    return [Change(writes_to(deal, view, address), address, value) for address, value in checked]


def random_changes(calc: Calc, seed: object, count: int) -> list[Change]:
    """That many inputs of a run with other values, in any layer that has a cell for them in the book."""
    rng = random.Random(str(seed))
    book = plan(calc)
    layers = [BASE, *(layer for layer, _ in chain(calc.deal, calc.view) if ":" in layer)]
    if book.scenarios:
        layers.append(rng.choice(book.scenarios.layers).id)
    out: dict[tuple[str, str], Change] = {}
    addresses = list(calc.inputs)
    for _ in range(50 * count):
        address, layer = rng.choice(addresses), rng.choice(layers)
        if book.input_place(address, layer) is None:
            layer = BASE
        if book.input_place(address, layer) is None or (layer, address) in out:
            continue
        held = calc.inputs[address].value
        value = _other(rng, calc.deal, address, held if held is not None else base_value(calc.deal, address), book)
        if value is not None:
            out[layer, address] = Change(layer, address, value)
        if len(out) == count:
            break
    return list(out.values())


def _other(rng: random.Random, deal: Deal, address: str, held: Any, book: Any) -> Any:
    """Another value of the same kind; None where none was found that the app takes."""
    item = input_item(deal, address)
    field = field_for(item, deal.unit)
    if address in book.undisclosed and rng.random() < 0.2:
        return UNDISCLOSED_WORD
    number = held if isinstance(held, (int, float)) and not isinstance(held, bool) else rng.choice((0.0, 1.0, 7.5))
    made: Any
    if field.kind in ("choice", "yesno"):
        made = rng.choice(item.choices or ("yes", "no", "unknown"))
    elif field.kind == "date":
        day = held if isinstance(held, dt.date) else dt.date(2028, 2, 29)
        made = rng.choice(("never", *(day + dt.timedelta(days=rng.randint(-700, 700)) for _ in range(4))))
    elif field.kind == "text":
        made = rng.choice(TEXTS)
    elif field.kind == "percent":
        made = round(rng.uniform(0.01, 0.99), 3)
    elif field.kind in ("integer", "year"):
        made = int(number) + rng.choice((-1, 1, 2))
    elif field.kind == "flag":
        made = rng.choice((0, 1))
    else:
        made = round(number * rng.choice((0.25, 0.5, 0.75, 1.25, 2)) + rng.choice((0, 0, 1, -0.5)), 3)
    try:
        made = field.check(made)
        set_values(deal, View(), [(address, made)], layer=BASE)
    except Refused:
        return None
    return None if made == held else made


def applied(deal: Deal, changes: list[Change]) -> Deal:
    """The deal after these edits in the app."""
    for layer, address, value in changes:
        deal = apply(deal, set_values(deal, View(), [(address, value)], layer=layer))[0]
    return deal


def _typed(book: Any, value: Any) -> Any:
    """As Excel can hold it."""
    return book.texts.clean(value, "typed") if isinstance(value, str) else value


def typed(calc: Calc, changes: list[Change]) -> dict[tuple[str, str], Any]:
    """The cells of the exported book in which to type, and what."""
    book, out = plan(calc), {}
    for layer, address, value in changes:
        found = book.input_place(address, layer)
        assert found is not None, (address, layer)
        field = field_for(input_item(calc.deal, address), calc.deal.unit)
        out[found.sheet, f"{letters(found.col)}{found.row + 1}"] = _typed(book, as_shown(field.to_engine(value)))
    return out
