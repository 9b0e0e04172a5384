"""Who uses what: the places that name an item, names that nothing reads, and names that mean nothing."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterator

import msgspec

from model.deal import Deal
from model.formula.bind import Namespace
from model.formula.helpers import PERIOD_NAMES
from model.formula.nodes import Span
from model.layers import layer_label
from model.problems import Problem
from model.structure.labels import label_of_path
from model.structure.mentions import Path, Place, Thing, dotted, mentions, path_of, places, thing_of


class Use(msgspec.Struct, frozen=True):
    """One place that names an item: ``where`` is its path, ``label`` what a person calls it, ``text`` what
    stands there, ``span`` the name inside the text."""

    where: str
    label: str
    text: str
    span: Span | None = None

    @property
    def path(self) -> Path:
        """The item, column or record that holds the place."""
        parts = tuple(self.where.split("."))
        return parts[:4] if parts[0] == "tables" and parts[2:3] in (("columns",), ("records",)) else parts[:2]


class Index:
    """The names in all formulas of one deal."""

    def __init__(self, deal: Deal) -> None:
        self.deal = deal
        self.space = Namespace(deal)
        self.of: dict[Thing, list[tuple[Place, Span]]] = defaultdict(list)
        for place in places(deal):
            for span, thing in mentions(place.text, self.space, place.table):
                self.of[thing].append((place, span))


_last: list[Index] = []


def index_of(deal: Deal) -> Index:
    """The names in a deal's formulas. Kept for the last deal asked about."""
    if not _last or _last[0].deal is not deal:
        _last[:] = [Index(deal)]
    return _last[0]


def users_of(deal: Deal, what: str | Path) -> list[Use]:
    """Who names an item, apart from itself. ``what`` is a key (``x``, ``series.2027``, ``table[column]``,
    ``table.record``) or a path of the document such as ``("sections", "plan")``."""
    path = path_of(deal, what) if isinstance(what, str) else what
    if path is None:
        return []
    found = list(_formulas(deal, path))
    seen = {use.where for use in found}
    found += (use for use in _others(deal, path) if use.where not in seen)
    return found


def _formulas(deal: Deal, path: Path) -> Iterator[Use]:
    thing = thing_of(path)
    if thing is None:
        return
    seen: set[Path] = set()
    for place, span in index_of(deal).of.get(thing, ()):
        if place.path not in seen and not _inside(place.path, path):
            seen.add(place.path)
            yield Use(dotted(place.path), label_of_path(deal, place.owner), place.text, span)


def _inside(place: Path, path: Path) -> bool:
    """Whether a formula is part of the thing itself: a column's cells are part of it."""
    if place[: len(path)] == path:
        return True
    return path[2:3] == ("columns",) and place[:3] == ("tables", path[1], "records") and place[4:5] == path[3:4]


def _others(deal: Deal, path: Path) -> Iterator[Use]:
    group, key = path[0], path[-1]
    for layers in ("versions", "scenarios"):
        for name, layer in getattr(deal, layers).items():
            label = layer_label(deal, f"{layers[:-1]}:{name}")
            for address, value in layer.set.items():
                if overrides(address, path):
                    yield Use(f"{layers}.{name}.set.{address}", label, f"{address} = {value}")
            for address, said in layer.about.items() if group == "sources" else ():
                if said.source == key:
                    yield Use(f"{layers}.{name}.about.{address}.source", label, key)
            if group == layers and layer.base == key and name != key:
                yield Use(f"{layers}.{name}.base", label, key)
    if len(path) == 2 and group in ("terms", "lines", "outputs"):
        for at, name in enumerate(deal.headline, 1):
            if name == key:
                yield Use(f"headline.{at}", "the headline cards", key)
        for name, output in deal.outputs.items():
            if output.status == key and name != key:
                yield Use(f"outputs.{name}.status", output.label or name, key)
        for name, right in deal.rights.items():
            for attribute in ("amount", "until_key"):
                if getattr(right, attribute) == key:
                    yield Use(f"rights.{name}.{attribute}", right.label or name, key)
    if group == "lines":
        for name, chart in deal.charts.items():
            if key in chart.lines:
                yield Use(f"charts.{name}.lines", f"chart {chart.label or name}", key)
    if group == "sections":
        for name, line in deal.lines.items():
            if line.section == key:
                yield Use(f"lines.{name}.section", line.label or name, key)
    if group == "sources":
        for items in ("terms", "series", "tables", "lines", "outputs", "events", "rights", "versions"):
            for name, item in getattr(deal, items).items():
                if item.source == key:
                    yield Use(f"{items}.{name}.source", item.label or name, key)
        for name, question in deal.questions.items():
            for rule, row in question.rules.items():
                if row.source == key:
                    yield Use(f"questions.{name}.rules.{rule}.source", question.label or name, key)
    if group in ("events", "parties"):
        for name, right in deal.rights.items():
            for attribute in ("ends_on",) if group == "events" else ("holder", "owed_by", "subject"):
                if getattr(right, attribute) == key:
                    yield Use(f"rights.{name}.{attribute}", right.label or name, key)
    if (group, deal.version) == ("versions", key):
        yield Use("version", "the version shown first", key)
    if (group, deal.scenario) == ("scenarios", key):
        yield Use("scenario", "the scenario shown first", key)
    if (group, deal.perspective) == ("parties", key):
        yield Use("perspective", "the perspective", key)


def overrides(address: str, path: Path) -> bool:
    """Whether an overlay's address is (inside) an entry of the document."""
    parts = address.split(".")
    if path[0] == "terms":
        return parts == [path[1]]
    if path[0] == "series":
        return parts[0] == path[1] and len(parts) == 2 and (len(path) < 4 or parts[1] == path[3])
    if path[0] != "tables" or len(parts) != 3 or parts[0] != path[1]:
        return False
    if len(path) == 2:
        return True
    if path[2:3] == ("columns",):
        return parts[2] == path[3]
    return parts[1:][: len(path) - 3] == list(path[3:])


def unused(deal: Deal) -> list[Problem]:
    """Terms, series, tables and lines that no formula, output, check, event, headline card or chart reads."""
    out = []
    for group, what in (("terms", "an input"), ("series", "a series"), ("tables", "a table"), ("lines", "a line")):
        for key, item in getattr(deal, group).items():
            if not _is_read(deal, (group, key)):
                is_computed = group == "terms" and item.formula is not None
                said = f"“{item.label or key}” is {'a computed term' if is_computed else what} that nothing reads."
                out.append(Problem(f"{group}.{key}", said, "Use it, keep it for the record, or delete it.", "warning"))
            elif group == "tables":
                out += _unused_columns(deal, key)
    return out


def _unused_columns(deal: Deal, name: str) -> Iterator[Problem]:
    for key, column in deal.tables[name].columns.items():
        path = ("tables", name, "columns", key)
        if column.formula is None and column.kind not in ("text", "choice", "yesno") and not _is_read(deal, path):
            said = f"“{label_of_path(deal, path)}” is a column that nothing reads."
            yield Problem(".".join(path), said, "Use it, keep it for the record, or delete it.", "warning")


def _is_read(deal: Deal, path: Path) -> bool:
    return any(not use.where.startswith(("versions.", "scenarios.")) for use in users_of(deal, path))


def undefined(deal: Deal) -> list[Problem]:
    """Names in formulas that mean nothing in this deal, each with the nearest that does."""
    index = index_of(deal)
    found = [
        _unknown(index, place, thing, span)
        for thing, stands in index.of.items()
        if thing[0] == "unknown"
        for place, span in stands
    ]
    return sorted(found, key=lambda p: (p.where, p.span or (0, 0)))


def unknown_parties(deal: Deal) -> list[Problem]:
    """Parties that formulas name in FLOW, or compare the perspective with, and that the deal does not have: such a
    payment would have one side only, and the parties' views would not net to zero."""
    index, out = index_of(deal), []
    for thing, stands in index.of.items():
        if thing[0] == "party" and thing[1] not in deal.parties and deal.parties:
            known = ", ".join(deal.parties)
            for place, span in stands:
                what = f"“{thing[1]}” is not a party of this deal, so the payment has one side only."
                out.append(Problem(dotted(place.path), what, f"Parties: {known}.", span=span))
    return out


def _unknown(index: Index, place: Place, thing: Thing, span: Span) -> Problem:
    tables, text = index.deal.tables, thing[1]
    head, dot, _ = text.partition(".")
    known = [*index.space.known(), *PERIOD_NAMES, "never"]
    if len(thing) > 2:
        known = list(tables[thing[2]].columns)
    elif dot and (table := index.space.table(head)):
        known = [f"{table}.{r}.{c}" for r in tables[table].records for c in tables[table].columns]
    elif place.table:
        known += tables[place.table].columns
    folded = {name.lower(): name for name in known}
    near = difflib.get_close_matches(text.lower(), folded, 1, 0.6)
    remedy = f"Did you mean “{folded[near[0]]}”?" if near else "Check its spelling, or add it."
    return Problem(dotted(place.path), f"“{text}” is not a name in this deal.", remedy, "warning", span)
