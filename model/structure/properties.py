"""What a deal says of itself: its title, money, span of time and the party whose side it is seen from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import msgspec

from model.deal import Deal
from model.edits import Edit, Put
from model.fields import make_field
from model.problems import refuse
from model.store.check import Checker
from model.structure.mentions import Path

_TEXT: Final = make_field("text")
_DATE: Final = make_field("date")


class Property(NamedTuple):
    """One entry of the document's head: ``path`` leads to it, ``choices`` gives (key, label) of what it may be."""

    path: Path
    label: str
    about: str
    choices: Callable[[Deal], list[tuple[str, str]]] | None = None


def _layers(group: str) -> Callable[[Deal], list[tuple[str, str]]]:
    def found(deal: Deal) -> list[tuple[str, str]]:
        return [("", "None"), *((key, item.label) for key, item in getattr(deal, group).items())]

    return found


PROPERTIES: Final = (
    Property(("title",), "Title", "Stands on the workbook's cover."),
    Property(("currency",), "Currency", "What amounts are in, such as US$."),
    Property(("unit",), "Unit of money", "Such as $m or $bn: of every amount that names no other."),
    Property(("timeline", "start"), "First day of the schedule", "The schedule's first period begins here."),
    Property(("timeline", "end"), "Last day of the schedule", "Later than every date that the schedule should show."),
    Property(
        ("timeline", "period"), "Period at opening", "The toolbar shows other ones at any time.",
        lambda _: [("year", "Year"), ("quarter", "Quarter"), ("month", "Month")],
    ),
    Property(("perspective",), "Whose view", "The party whose inflows are positive.", _layers("parties")),
    Property(("version",), "Version at opening", "Which version is looked at first.", _layers("versions")),
    Property(("scenario",), "Scenario at opening", "Which scenario is looked at first.", _layers("scenarios")),
    Property(("note",), "Note", "What a reader should know first."),
)  # fmt: skip
BY_PATH: Final = {one.path: one for one in PROPERTIES}


def value_of(deal: Deal, path: Path) -> Any:
    node: Any = deal
    for part in path:
        node = getattr(node, part)
    return node


def text_of(deal: Deal, path: Path) -> str:
    """A property as its editor begins: of a choice the label."""
    value, spec = value_of(deal, path), BY_PATH[path]
    if spec.choices is not None:
        return next((label for key, label in spec.choices(deal) if key == value), str(value))
    return _DATE.edit_text(value) if isinstance(value, dt.date) else str(value)


def set_property(deal: Deal, path: Path, text: str) -> Edit:
    """Set a property from what was typed. Raises Refused."""
    spec = BY_PATH[path]
    value: Any
    if spec.choices is not None:
        value = _chosen(spec.choices(deal), text)
    elif path[0] == "timeline":
        value = _DATE.parse(text)
        if not isinstance(value, dt.date):
            raise refuse(".".join(path), "The schedule begins and ends on a day.", "Write for example 2030-12-31.")
        _check_span(deal, path[-1], value)
    else:
        value = _TEXT.parse(text)
    name = spec.label[0].lower() + spec.label[1:]
    structural = path[0] in ("timeline", "unit", "perspective")
    return Edit(f"Change the {name}", (Put(path, value),), None if structural else frozenset())


def _chosen(choices: list[tuple[str, str]], text: str) -> str:
    words = text.strip().casefold()
    exact = [key for key, label in choices if words in (key.casefold(), label.casefold())]
    found = exact or [key for key, label in choices if label.casefold().startswith(words)]
    if len(found) != 1:
        listed = " · ".join(label for _, label in choices)
        raise refuse("", f"“{text.strip()[:40]}” is not one of the choices.", f"Choose: {listed}.")
    return found[0]


def _check_span(deal: Deal, name: str, day: dt.date) -> None:
    span = msgspec.structs.replace(deal.timeline, **{name: day})
    checker = Checker(msgspec.structs.replace(deal, timeline=span))
    checker.check_timeline()
    if checker.problems:
        problem = checker.problems[0]
        raise refuse(f"timeline.{name}", problem.what[0].upper() + problem.what[1:], problem.remedy)
