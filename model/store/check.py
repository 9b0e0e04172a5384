"""What a well-typed document must also satisfy: names, references, and every input in its canonical form."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeVar

import msgspec

from model.addresses import input_item
from model.deal import Column, Deal, Input, Question, Scenario, Series, Table, Term, Version
from model.fields import UNDISCLOSED_WORD, Field, field_for
from model.fields.number_formats import show_text
from model.problems import Problem, Refused
from model.store.typed import MAX_PROBLEMS, nearest

MAX_KEY: Final = 64
MAX_YEARS: Final = 200
RESERVED: Final = frozenset({"start", "end", "year", "days", "days_in_year", "never", "perspective", "true", "false"})
NAMESPACE: Final = ("terms", "series", "tables", "lines", "outputs", "checks")
_KEYED: Final = (
    *NAMESPACE,
    "parties",
    "sources",
    "sections",
    "events",
    "rights",
    "questions",
    "charts",
    "versions",
    "scenarios",
)
_IDENTIFIER: Final = re.compile(rf"[A-Za-z][A-Za-z0-9_]{{0,{MAX_KEY - 1}}}", re.ASCII)
_YEAR: Final = re.compile(r"(19|[2-9][0-9])[0-9]{2}", re.ASCII)
_Layer = TypeVar("_Layer", Version, Scenario)


class Checker:
    """Collects problems and rebuilds the deal with canonical inputs."""

    def __init__(self, deal: Deal) -> None:
        self.deal = deal
        self.problems: list[Problem] = []

    def run(self) -> Deal:
        self._names()
        self.check_timeline()
        deal = self.deal
        self.deal = deal = msgspec.structs.replace(
            deal,
            terms={key: self._term(key, term) for key, term in deal.terms.items()},
            series={key: self._series(key, series) for key, series in deal.series.items()},
            tables={key: self._table(key, table) for key, table in deal.tables.items()},
        )
        self._references()
        return msgspec.structs.replace(
            deal,
            versions={key: self._layer("versions", key, one) for key, one in deal.versions.items()},
            scenarios={key: self._layer("scenarios", key, one) for key, one in deal.scenarios.items()},
        )

    def fault(self, where: str, what: str, remedy: str = "") -> None:
        self._add(Problem(where, what, remedy))

    def _add(self, *problems: Problem) -> None:
        self.problems += problems
        if len(self.problems) >= MAX_PROBLEMS:
            raise Refused(*self.problems)

    # -- names -------------------------------------------------------------------------------

    def _names(self) -> None:
        for group in _KEYED:
            self._identifiers(getattr(self.deal, group), group)
        taken: dict[str, str] = {}
        for group in NAMESPACE:
            for key in getattr(self.deal, group):
                place, folded = f"{group}.{key}", key.casefold()
                if folded in RESERVED:
                    self.fault(place, f"“{key}” has a meaning of its own in formulas.", "Choose another key.")
                if folded in taken:
                    self.fault(place, f"the name is already taken by {taken[folded]}.", "Choose another key.")
                taken.setdefault(folded, place)
        for name, table in self.deal.tables.items():
            self._identifiers(table.columns, f"tables.{name}.columns")
            self._identifiers(table.records, f"tables.{name}.records")
            for key in table.columns:
                if key.casefold() in ("true", "false", "never"):
                    what = f"“{key}” has a meaning of its own in formulas."
                    self.fault(f"tables.{name}.columns.{key}", what, "Choose another key.")

    def _identifiers(self, keys: Iterable[str], place: str) -> None:
        for key in keys:
            if not _IDENTIFIER.fullmatch(key):
                shown = show_text(key)[:MAX_KEY]
                what = f"“{shown}” cannot be a key."
                remedy = f"A key is a letter, then letters, digits or _, at most {MAX_KEY} in all."
                self.fault(f"{place}.{shown}", what, remedy)

    def check_timeline(self) -> None:
        span = self.deal.timeline
        if span.start < dt.date(1900, 3, 1):
            self.fault("timeline.start", "the timeline begins before March 1900.", "Choose a later day.")
        if span.end < span.start:
            self.fault("timeline.end", "the timeline ends before it begins.", "Set a later end.")
        elif span.end.year - span.start.year >= MAX_YEARS:
            self.fault("timeline.end", f"the timeline spans more than {MAX_YEARS} years.", "Set an earlier end.")

    # -- inputs ------------------------------------------------------------------------------

    def _value(self, field: Field, raw: Input | None, where: str) -> Input | None:
        """The canonical input, or the problem under its place."""
        if raw is None:
            return None
        try:
            return field.check(raw)
        except Refused as refused:
            self._add(*(msgspec.structs.replace(p, where=where) for p in refused.problems))
            return None

    def _choices(self, where: str, item: Term | Column) -> None:
        folded = {" ".join(c.split()).casefold() for c in item.choices}
        if item.kind == "choice" and not item.choices:
            self.fault(where, "a choice needs its choices.", 'Add choices = ["…", "…"].')
        elif len(folded) < len(item.choices) or folded & {"", UNDISCLOSED_WORD} or any(
            c != c.strip() for c in item.choices
        ):  # fmt: skip
            what = "choices must differ, hold text without spaces around it, and not be “undisclosed”."
            self.fault(f"{where}.choices", what, "Reword them.")

    def _term(self, key: str, term: Term) -> Term:
        where = f"terms.{key}"
        self._choices(where, term)
        if term.formula is not None and term.value is not None:
            self.fault(where, "a term has a value or a formula, not both.", "Remove one.")
        if isinstance(term.value, str) and term.value.startswith("="):
            self.fault(f"{where}.value", "this is a formula.", "Write it as formula = …, without the =.")
            return term
        field = field_for(term, self.deal.unit)
        found = {
            name: self._value(field, getattr(term, name), f"{where}.{name}")
            for name in ("value", "low", "base", "high")
        }
        return msgspec.structs.replace(term, **found)

    def _years(self, keys: Iterable[str], where: str) -> None:
        for key in keys:
            if not _YEAR.fullmatch(key):
                self.fault(
                    f"{where}.{show_text(key)}", f"“{show_text(key)}” is not a calendar year.", "Write, say, 2026."
                )

    def _series(self, key: str, series: Series) -> Series:
        where, field = f"series.{key}", field_for(series, self.deal.unit)
        for name in ("values", "marks", "notes"):
            self._years(getattr(series, name), f"{where}.{name}")
        if series.kind == "choice":
            self.fault(f"{where}.kind", "a series cannot be a choice.", "Use a table.")
            return series
        values = {year: self._value(field, raw, f"{where}.values.{year}") for year, raw in series.values.items()}
        return msgspec.structs.replace(series, values=values)

    def _table(self, key: str, table: Table) -> Table:
        where = f"tables.{key}"
        fields = {}
        for name, column in table.columns.items():
            self._choices(f"{where}.columns.{name}", column)
            fields[name] = field_for(column, self.deal.unit)
        records: dict[str, dict[str, Any]] = {}
        for name, record in table.records.items():
            cells: dict[str, Any] = {}
            for column_name, raw in record.items():
                place = f"{where}.records.{name}.{column_name}"
                if column_name not in fields:
                    shown = show_text(column_name)
                    self.fault(place, f"the table has no column “{shown}”.", nearest(column_name, fields))
                elif isinstance(raw, str) and raw.startswith("="):
                    cells[column_name] = raw
                else:
                    cells[column_name] = self._value(fields[column_name], raw, place)
            records[name] = cells
        return msgspec.structs.replace(table, records=records)

    def _layer(self, group: str, key: str, layer: _Layer) -> _Layer:
        values: dict[str, Any] = {}
        for address, raw in layer.set.items():
            where = f"{group}.{key}.set.{show_text(address)}"
            try:
                item = input_item(self.deal, address)
            except Refused as refused:
                self._add(*(msgspec.structs.replace(p, where=where) for p in refused.problems))
            else:
                if isinstance(raw, str) and raw.startswith("="):
                    self.fault(where, "an overlay changes values, never formulas.", "Write a value.")
                elif isinstance(raw, list | dict) or not isinstance(raw, int | float | str | dt.date):
                    self.fault(where, "this is not one value.", "Write a number, text or a date.")
                else:
                    values[address] = self._value(field_for(item, self.deal.unit), raw, where)
        chance = getattr(layer, "probability", None)
        if chance is not None and not 0 <= chance <= 1:
            self.fault(f"{group}.{key}.probability", "a probability lies between 0 and 1.", "Write, say, 0.25.")
        for address, said in layer.about.items():
            where = f"{group}.{key}.about.{show_text(address)}"
            if address not in layer.set:
                self.fault(where, "nothing is set here that this would be about.", f"Add it to {group}.{key}.set.")
            self._known(said.source, self.deal.sources, f"{where}.source", "source")
        return msgspec.structs.replace(layer, set=values)

    # -- references --------------------------------------------------------------------------

    def _references(self) -> None:
        deal = self.deal
        items = {**deal.terms, **deal.lines, **deal.outputs}
        self._known(deal.version, deal.versions, "version", "version")
        self._known(deal.scenario, deal.scenarios, "scenario", "scenario")
        self._bases(deal.versions, "versions", "version")
        self._bases(deal.scenarios, "scenarios", "scenario")
        for place, key in enumerate(deal.headline, 1):
            self._known(key, items, f"headline.{place}", "term, line or output")
        for key, line in deal.lines.items():
            self._known(line.section, deal.sections, f"lines.{key}.section", "section")
        for key, output in deal.outputs.items():
            self._known(output.status, items, f"outputs.{key}.status", "term, line or output")
        for key, chart in deal.charts.items():
            for place, name in enumerate(chart.lines, 1):
                self._known(name, deal.lines, f"charts.{key}.lines.{place}", "line")

        for key, right in deal.rights.items():
            self._known(right.ends_on, deal.events, f"rights.{key}.ends_on", "event")
            if deal.parties:
                self._known(right.holder, deal.parties, f"rights.{key}.holder", "party")
                self._known(right.owed_by, deal.parties, f"rights.{key}.owed_by", "party")
            self._known(right.amount, items, f"rights.{key}.amount", "term, line or output")
            keys = {name: term for name, term in deal.terms.items() if term.kind == "choice"}
            self._known(right.until_key, keys, f"rights.{key}.until_key", "choice among the terms")
        for key, question in deal.questions.items():
            self._question(f"questions.{key}", question)

    def _question(self, where: str, question: Question) -> None:
        self._identifiers(question.facts, f"{where}.facts")
        self._identifiers(question.rules, f"{where}.rules")
        for key, fact in question.facts.items():
            self._identifiers(fact.values, f"{where}.facts.{key}.values")
        for key, rule in question.rules.items():
            for name, wanted in rule.when.items():
                place = f"{where}.rules.{key}.when.{name}"
                self._known(name, question.facts, place, "fact")
                if name in question.facts and wanted != "any":
                    for value in wanted.split("|"):
                        self._known(value or " ", question.facts[name].values, place, "value")

    def _known(self, key: str, known: Mapping[str, object], where: str, what: str) -> None:
        if key and key not in known:
            self.fault(where, f"there is no {what} “{show_text(key)}”.", nearest(key, known))

    def _bases(self, layers: Mapping[str, Version] | Mapping[str, Scenario], group: str, what: str) -> None:
        done: set[str] = set()
        for key, layer in layers.items():
            self._known(layer.base or "", layers, f"{group}.{key}.base", what)
            path: list[str] = []
            step: str | None = key
            while step in layers and step not in done and step is not None:
                if step in path:
                    circle = " → ".join([*path[path.index(step) :], step])
                    self.fault(
                        f"{group}.{step}.base", f"the {group} build on each other: {circle}.", "Break the circle."
                    )
                    break
                path.append(step)
                step = layers[step].base
            done.update(path)
