"""The plan of one workbook: its sheets, and which item lives in which cell. (Placed by ``layout``.)

Rows and columns count from 0, as in XlsxWriter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from model.engine import Calc
from model.formula.bind import Formula
from model.formula.printable import utf16_length
from model.layers import BASE
from model.store.write import dumps
from model.workbook.text import Texts

COVER: Final = "Cover"
TERMS: Final = "Terms"
TABLES: Final = "Tables"
SCHEDULE: Final = "Schedule"
VALUATION: Final = "Valuation"
CHECKS: Final = "Checks"
SCENARIOS: Final = "Scenarios"
SUMMARY: Final = "Summary"
RIGHTS: Final = "Rights"
RIGHTS_TEXT: Final = "Rights text"
OBLIGATIONS: Final = "Obligations"
QUESTIONS: Final = "Questions"
SENSITIVITIES: Final = "Sensitivities"
CHANGES: Final = "Change log"
SOURCES: Final = "Sources"

ORDER: Final = (
    COVER, SUMMARY, TERMS, TABLES, SCENARIOS, SCHEDULE, RIGHTS, RIGHTS_TEXT, QUESTIONS, VALUATION, OBLIGATIONS,
    SENSITIVITIES, CHECKS, SOURCES, CHANGES,
)  # fmt: skip

LABEL, UNIT, VALUE = 1, 2, 3  # the same columns on every sheet
FIRST_PERIOD = 4  # column E
HEAD_ROW = 2
MASTER: Final = ":master"  # keys of cells that belong to no item of the deal
VERSION: Final = ":version"  # the selectors of the Scenarios sheet
SCENARIO: Final = ":scenario"
VIEW_OF: Final = ":party"  # the selector on the Cover of the party whose inflows are positive
SUBTITLE: Final = ":subtitle"  # what every sheet says it shows, live on the Cover
OWN_NAMES: Final = {MASTER: "master_check", VERSION: "selected_version", SCENARIO: "selected_scenario"}


class Place(NamedTuple):
    sheet: str
    row: int
    col: int


class Entry(NamedTuple):
    """One row of a sheet: what kind of thing stands there, and its key."""

    row: int
    kind: str
    key: str


@dataclass(slots=True)
class SeriesBlock:
    """Years down, one value each. ``guard`` is the column that turns "undisclosed" into #N/A for formulas."""

    key: str
    title: int
    first: int
    years: list[int]
    guard: int | None = None

    @property
    def last(self) -> int:
        return self.first + max(1, len(self.years)) - 1


@dataclass(slots=True)
class TableBlock:
    """Records down, columns across. ``guards`` are columns that turn "undisclosed" into #N/A for ranges."""

    key: str
    title: int
    first: int
    records: list[str]
    columns: dict[str, int]
    guards: dict[str, int] = field(default_factory=dict)

    @property
    def last(self) -> int:
        return self.first + max(1, len(self.records)) - 1

    @property
    def key_col(self) -> int:
        return LABEL + len(self.columns) + len(self.guards)


class Layer(NamedTuple):
    """One column of the Scenarios sheet. ``holds_for`` are the layers under whose selection this one is in force."""

    id: str
    label: str
    col: int
    holds_for: tuple[str, ...]


@dataclass(slots=True)
class Scenarios:
    """The Scenarios sheet: layers across, in order of precedence, and the inputs that some layer sets, down."""

    layers: list[Layer] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)  # address -> row
    blank: frozenset[str] = frozenset()  # addresses that are blank in some view

    def layer(self, id: str) -> Layer | None:
        return next((x for x in self.layers if x.id == id), None)


@dataclass(slots=True)
class Book:
    """The plan of one workbook."""

    calc: Calc
    names: dict[str, str]
    scalars: dict[str, Place] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    series: dict[str, SeriesBlock] = field(default_factory=dict)
    tables: dict[str, TableBlock] = field(default_factory=dict)
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    lists: dict[tuple[str, ...], int] = field(
        default_factory=dict
    )  # choices -> first row on Sources, where they stand below each other
    undisclosed: frozenset[str] = frozenset()
    loops: frozenset[str] = frozenset()
    scenarios: Scenarios | None = None
    texts: Texts = field(default_factory=Texts)
    varies: bool = False  # whether a term has a range and an output is a number or a date
    edits: tuple[str, ...] | None = None  # what was done since the deal was opened, where that is known
    _fingerprint: str = ""

    @property
    def last_period(self) -> int:
        return FIRST_PERIOD + max(1, len(self.calc.timeline)) - 1

    @property
    def sheets(self) -> list[str]:
        deal = self.calc.deal
        present = {
            SUMMARY: deal.outputs or deal.charts,
            TABLES: self.series or self.tables,
            SCENARIOS: self.scenarios,
            RIGHTS: deal.rights,
            RIGHTS_TEXT: deal.rights,
            OBLIGATIONS: any(t.role == "maturity" for t in deal.tables.values()),
            QUESTIONS: deal.questions,
            SENSITIVITIES: self.varies,  # without ranges there is no such sheet
            CHANGES: deal.versions or deal.scenarios or self.edits,
        }
        return [name for name in ORDER if present.get(name, True)]

    @property
    def renamed(self) -> dict[str, str]:
        """Keys that had to take another name in Excel."""
        return {key: name for key, name in self.names.items() if not key.startswith(":") and key != name}

    def formula(self, key: str) -> Formula | None:
        """The bound formula of a node; None where it is at fault and has none that Excel could compute."""
        return None if key in self.loops else self.calc.program.formulas.get(key)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the deal as its file would hold it: which state of the deal a workbook was made from."""
        if not self._fingerprint:
            text = dumps(self.calc.deal).encode("utf-8", "surrogatepass")
            self._fingerprint = hashlib.sha256(text).hexdigest()
        return self._fingerprint

    def input_place(self, address: str, layer: str = BASE) -> Place | None:
        """The cell that holds an input in one layer: on Terms or Tables, or on Scenarios where some layer
        sets it (there every layer has a cell). None where there is no such cell."""
        if self.scenarios and address in self.scenarios.rows:
            found = self.scenarios.layer(layer)
            return Place(SCENARIOS, self.scenarios.rows[address], found.col) if found else None
        return self.scalars.get(address) if layer == BASE else None

    def chosen(self, address: str) -> str | None:
        """A reference to the value of an input that layers set, None for other inputs."""
        if self.scenarios is None or address not in self.scenarios.rows:
            return None
        return f"{SCENARIOS}!$D${self.scenarios.rows[address] + 1}"


def fits_in_place(choices: Iterable[str]) -> bool:
    """Whether a drop-down can hold its choices itself: Excel separates them by commas, 255 characters in all."""
    text = ",".join(choices)
    return utf16_length(text) <= 250 and not any("," in c or '"' in c for c in choices)
