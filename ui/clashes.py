"""The unit check of the whole deal, when the window has nothing better to do: what the grids mark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from PySide6.QtCore import QObject

from model.deal import Deal
from model.problems import Problem
from ui.leisure import Leisure
from ui.session import ChangeSet, DealSession

_AT_ONCE = 24  # formulas, a few milliseconds
_FORMULAS = ("lines", "terms", "outputs", "series", "checks", "events", "rights", "questions")


class Clashes(QObject):
    """Keeps ``session.clashes`` true. An edit costs nothing: what it changed is looked at in a later turn of the
    event loop, and formulas only where one of them or a unit is another."""

    def __init__(self, session: DealSession, leisure: Leisure) -> None:
        super().__init__(session)
        self._session, self._leisure = session, leisure
        self._seen: Deal | None = None
        self._began = False
        session.changed.connect(self._changed)

    def begin(self) -> None:
        self._began = True
        self._leisure.take("units", self._look)

    def _changed(self, changes: ChangeSet) -> None:
        if self._began and changes.document:
            self._leisure.take("units", self._look)

    def _look(self) -> Iterator[None]:
        yield  # not in the turn of the edit
        deal = self._session.deal
        if self._seen is not None and same_units(self._seen, deal):
            self._seen = deal
            return
        from model.formula.bind import Namespace
        from model.structure.mentions import places
        from model.units import check_formula

        yield
        space, found = Namespace(deal), dict[str, tuple[Problem, ...]]()
        for i, place in enumerate(places(deal), 1):
            for problem in check_formula(deal, place, space):
                found[problem.where] = (*found.get(problem.where, ()), problem)
            if i % _AT_ONCE == 0:
                yield
        self._seen = deal
        if found != self._session.clashes:
            self._session.clashes = found
            self._session.clashes_changed.emit()


def same_units(one: Deal, other: Deal) -> bool:
    """Whether the unit check finds the same in both: no formula, kind or unit is another. Records that an edit
    left alone are the same objects, and cost nothing."""
    if one is other:
        return True
    if one.unit != other.unit or any(not _alike(getattr(one, g), getattr(other, g)) for g in _FORMULAS):
        return False
    if one.tables is other.tables:
        return True
    if one.tables.keys() != other.tables.keys():
        return False
    for key, table in one.tables.items():
        now = other.tables[key]
        if table is not now and (table.columns != now.columns or _own(table.records) != _own(now.records)):
            return False
    return True


def _alike(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    if one is other:
        return True
    if one.keys() != other.keys():
        return False
    for key, item in one.items():
        now = other[key]
        if item is not now and (_said(item) != _said(now)):
            return False
    return True


def _said(item: object) -> tuple[object, ...]:
    """What the unit check reads of an item."""
    names = ("label", "kind", "unit", "formula", "opening", "on", "from_", "until", "while_", "rules")
    return tuple(getattr(item, name, None) for name in names)


def _own(records: Mapping[str, Mapping[str, object]]) -> dict[tuple[str, str], object]:
    """The formulas that cells of records have of their own."""
    return {
        (record, column): value
        for record, row in records.items()
        for column, value in row.items()
        if isinstance(value, str) and value.startswith("=")
    }
