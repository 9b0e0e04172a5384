"""Another kind of value for an item, with every value it holds; and the kind that a typed text speaks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from model.addresses import is_formula
from model.deal import Deal, Input, Kind
from model.edits import Edit
from model.fields import UNDISCLOSED_WORD, Field, field_for, make_field
from model.problems import Refused, refuse
from model.structure.differences import edit_between
from model.structure.labels import label_of_path
from model.structure.mentions import Path
from model.structure.uses import overrides

#: what a new item of a kind is measured in, where its neighbour is of another kind; money takes the deal's unit
UNITS: Final[dict[str, str]] = {"percent": "%", "multiple": "x", "date": "date"}
_CURRENCY: Final = frozenset("$€£¥")


def unit_for(deal: Deal, kind: str) -> str:
    """The unit that a kind has by itself."""
    return deal.unit if kind == "money" else UNITS.get(kind, "")


def set_kind(deal: Deal, path: Path, kind: Kind, choices: Sequence[str] = (), *, force: bool = False) -> Edit:
    """Make a term, series, line, output or column of another kind, and its values in every layer with it.

    ``choices`` are those of a choice; without, the item keeps its own. A value that cannot be of that kind is
    refused, naming where it stands; with ``force`` it is taken out. Raises Refused."""
    item = _item(deal, path)
    chosen = tuple(choices) or getattr(item, "choices", ())
    if kind == "choice":
        if not hasattr(item, "choices"):
            raise refuse(".".join(path), "only terms and columns can be a choice.", "Choose another kind.")
        _check_choices(chosen)
    changes: dict[str, Any] = {"kind": kind}
    if hasattr(item, "choices"):
        changes["choices"] = chosen if kind == "choice" else ()
    if kind != item.kind and item.unit == unit_for(deal, item.kind):
        changes["unit"] = unit_for(deal, kind)
    new = msgspec.structs.replace(item, **changes)
    was, field = field_for(item, deal.unit), field_for(new, deal.unit)
    label = label_of_path(deal, path)

    def turned(value: Any, where: str) -> Any:
        if value is None or is_formula(value):
            return value
        try:
            return _as(was, field, value)
        except Refused as refused:
            if force:
                return None
            what = f"“{was.show(was.to_engine(value))}” {where} cannot be {_a(kind)}."
            raise refuse(".".join(path), what, refused.problems[0].remedy) from None

    title = f"Make {label} {_a(kind)}" if kind != item.kind else f"Change the choices of {label}"
    return edit_between(deal, _turned(deal, path, new, turned, label), title, path)


def _item(deal: Deal, path: Path) -> Any:
    item = getattr(deal, path[0])[path[1]]
    return item.columns[path[3]] if len(path) == 4 else item


def _turned(deal: Deal, path: Path, item: Any, turn: Callable[[Any, str], Any], label: str) -> Deal:
    group, key = path[0], path[1]
    changes: dict[str, Any] = {}
    if group == "terms":
        value = turn(item.value, f"in {label}")
        ends = {name: turn(getattr(item, name), f"({name} of {label})") for name in ("low", "base", "high")}
        item = msgspec.structs.replace(item, value=value, **ends)
    elif group == "series":
        years = {year: turn(value, f"in {year}") for year, value in item.values.items()}
        item = msgspec.structs.replace(item, values={year: v for year, v in years.items() if v is not None})
    if len(path) == 4:
        table, records = deal.tables[key], {}
        for name, row in table.records.items():
            cell = turn(row.get(path[3]), f"in {label_of_path(deal, ('tables', key, 'records', name))}")
            records[name] = {k: cell if k == path[3] else v for k, v in row.items() if k != path[3] or cell is not None}
        columns = {**table.columns, path[3]: item}
        changes["tables"] = {**deal.tables, key: msgspec.structs.replace(table, columns=columns, records=records)}
    else:
        changes[group] = {**getattr(deal, group), key: item}
    for layers in ("versions", "scenarios"):
        changes[layers] = {
            name: _layer(layer, path, turn) if any(overrides(address, path) for address in layer.set) else layer
            for name, layer in getattr(deal, layers).items()
        }
    return msgspec.structs.replace(deal, **changes)


def _layer(layer: Any, path: Path, turn: Callable[[Any, str], Any]) -> Any:
    values = {}
    for address, value in layer.set.items():
        new = turn(value, f"in {layer.label}") if overrides(address, path) else value
        if new is not None:
            values[address] = new
    return msgspec.structs.replace(layer, set=values, about={a: said for a, said in layer.about.items() if a in values})


def _as(was: Field, field: Field, value: Input) -> Input:
    """The value as the other kind has it: as it is, or as it is written."""
    if value == UNDISCLOSED_WORD:
        return value
    try:
        return field.check(value)
    except Refused:
        if isinstance(value, str):
            raise
        return field.parse(was.edit_text(value))


def _check_choices(choices: Sequence[str]) -> None:
    folded = [" ".join(choice.split()).casefold() for choice in choices]
    if len(choices) < 2:
        raise refuse("choices", "A choice needs at least two things to choose from.", "Write them with ; between.")
    if len(set(folded)) < len(folded) or "" in folded or UNDISCLOSED_WORD in folded:
        raise refuse("choices", "Choices must differ, hold text, and not be “undisclosed”.", "Reword them.")
    for choice in choices:
        make_field("text").parse(choice)
        if is_formula(choice):
            raise refuse("choices", f"“{choice}” would be read as a formula.", "Begin it with another character.")


def read_choices(text: str) -> tuple[str, ...]:
    """Choices as typed: with ``;`` between, or ``,`` where there is no ``;``."""
    mark = ";" if ";" in text else ","
    return tuple(part.strip() for part in text.split(mark) if part.strip())


def kind_of_text(text: str, money_unit: str = "") -> Kind | None:
    """The kind of value that a text is surely meant as: ``2.5 %``, ``3x``, ``$5m``, ``2027-12-31``, ``yes``, ``12``;
    None where it could be anything."""
    words = text.strip().casefold()
    tests: tuple[tuple[Kind, bool], ...] = (
        ("percent", "%" in words),
        ("yesno", words in ("yes", "no", "unknown")),
        ("multiple", words.endswith("x")),
        ("money", any(sign in words for sign in _CURRENCY)),
        ("number", words[:1].isdigit() or words[:1] in "-(."),
        ("date", True),
    )
    for kind, fits in tests:
        if fits and words:
            try:
                make_field(kind, (), money_unit if kind == "money" else "").parse(text)
            except Refused:
                continue
            return kind
    return None


def _a(kind: str) -> str:
    names = {
        "money": "an amount", "percent": "a percentage", "integer": "a whole number", "yesno": "a yes or no",
    }  # fmt: skip
    return names.get(kind, f"a {kind}")
