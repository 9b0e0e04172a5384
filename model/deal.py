"""The deal document: frozen, typed, ordered as the file is.

Every mapping is keyed by a stable id and treated as immutable: edits copy (see ``edits``).
Input values are what a person would write: ``float`` (percent as a fraction), ``bool``, ``str``,
``datetime.date``, or one of the words ``"never"`` (an event that has not happened), ``"none"`` (no limit) and
``"undisclosed"``, read by the item's kind (see ``fields``). A key missing from an overlay inherits.

Annotations stand evaluated here: reading a file asks for them, and evaluating 150 texts would take a fifth of its time.
"""

import datetime as dt
from typing import Any, Literal, TypeAlias

import msgspec

FORMAT = 1

Input: TypeAlias = float | int | bool | str | dt.date
Class: TypeAlias = Literal["stated", "official", "reported", "assumption", ""]
Kind: TypeAlias = Literal[
    "money", "number", "percent", "multiple", "integer", "year", "date", "choice", "yesno", "flag", "text"
]
Answer: TypeAlias = Literal["yes", "no", "unknown", "ambiguous"]
PeriodLength: TypeAlias = Literal["month", "quarter", "year"]


class _Doc(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Base of every record of the document."""


class Source(_Doc, frozen=True):
    """Where a fact comes from. Terms name sources by key; ``label`` is what readers see."""

    label: str
    date: dt.date | None = None
    publisher: str = ""
    note: str = ""


class Party(_Doc, frozen=True):
    label: str
    note: str = ""


class TimelineSpec(_Doc, frozen=True):
    """Span of the document, independent of terms; both days inclusive."""

    start: dt.date
    end: dt.date
    period: PeriodLength = "year"


class Term(_Doc, frozen=True):
    """A scalar: either an input (``value``) or computed (``formula``)."""

    label: str
    kind: Kind = "number"
    value: Input | None = None
    formula: str | None = None
    unit: str = ""
    group: str = ""
    class_: Class = msgspec.field(default="", name="class")
    source: str = ""
    note: str = ""
    low: Input | None = None
    base: Input | None = None
    high: Input | None = None
    distribution: str = ""
    fixed: bool = False
    choices: tuple[str, ...] = ()
    decimals: int | None = None


class Series(_Doc, frozen=True):
    """Inputs by calendar year. ``marks`` gives single years a class, ``notes`` a remark, where they differ."""

    label: str
    values: dict[str, Input]
    kind: Kind = "money"
    unit: str = ""
    group: str = ""
    class_: Class = msgspec.field(default="", name="class")
    source: str = ""
    note: str = ""
    marks: dict[str, Class] = {}
    notes: dict[str, str] = {}
    decimals: int | None = None


class Column(_Doc, frozen=True):
    """A column of a table; with a formula it is computed for every record."""

    label: str
    kind: Kind = "number"
    unit: str = ""
    formula: str | None = None
    choices: tuple[str, ...] = ()
    decimals: int | None = None
    note: str = ""


class Table(_Doc, frozen=True):
    """Records with stable ids. A cell that holds text beginning with ``=`` is a formula of its own.

    ``role`` says what the table is for where the app needs to know: "maturity" is a schedule of obligations
    by the year in which they fall due."""

    label: str
    columns: dict[str, Column]
    records: dict[str, dict[str, Input]] = {}
    role: Literal["", "maturity"] = ""
    group: str = ""
    class_: Class = msgspec.field(default="", name="class")
    source: str = ""
    note: str = ""


class Line(_Doc, frozen=True):
    """One formula for the whole row over the timeline. ``opening`` fills the column before the first period.

    ``annual`` says how periods roll up to a calendar year: the sum, the end-of-year value, the
    first value (opening balances), or none. ``style`` "total" is bold with a rule above. A value above
    ``warn_above`` is flagged wherever it is shown.
    """

    label: str
    formula: str
    kind: Kind = "money"
    unit: str = ""
    section: str = ""
    opening: str | None = None
    annual: Literal["sum", "end", "first", "none"] = "sum"
    style: Literal["", "total", "helper"] = ""
    sign: Literal["", "negative"] = ""
    indent: int = 0
    decimals: int | None = None
    warn_above: float | None = None
    source: str = ""
    note: str = ""


class Output(_Doc, frozen=True):
    """A headline scalar. ``status`` names an item whose text explains a missing value (for example why no XIRR);
    a value above ``warn_above`` is flagged."""

    label: str
    formula: str
    kind: Kind = "money"
    unit: str = ""
    group: str = ""
    status: str = ""
    decimals: int | None = None
    warn_above: float | None = None
    source: str = ""
    note: str = ""


class Check(_Doc, frozen=True):
    """A formula that must hold (TRUE). Money comparisons should allow 1e-6."""

    label: str
    formula: str
    note: str = ""


class Event(_Doc, frozen=True):
    """A dated trigger; ``on`` is a formula giving a date (or never). Shown as a flag over the periods."""

    label: str
    on: str
    note: str = ""
    source: str = ""


class Right(_Doc, frozen=True):
    """What a party may do or receive. ``from`` and ``until`` are formulas giving dates, both days inclusive;
    ``while`` a condition: TRUE or 1 holds, FALSE or 0 does not, anything between or undisclosed is unknown.
    ``ends_on`` names the event that ends it; ``survives`` and ``exceptions`` are said in words.

    ``owed_by`` is the party that owes it to the holder, ``amount`` the line (or term, or output) that says how
    much; ``until_key`` names the choice that says which event a loose "until …" of the text means."""

    label: str
    holder: str
    from_: str = msgspec.field(name="from")
    until: str = "= never"
    while_: str | None = msgspec.field(default=None, name="while")
    subject: str = ""
    what: str = ""
    ends_on: str = ""
    until_key: str = ""
    owed_by: str = ""
    amount: str = ""
    survives: str = ""
    exceptions: str = ""
    class_: Class = msgspec.field(default="", name="class")
    source: str = ""
    note: str = ""


class Fact(_Doc, frozen=True):
    """One thing a question needs to know: ``values`` are the possible ones with their labels."""

    label: str
    values: dict[str, str]


class Rule(_Doc, frozen=True):
    """A row of a decision table: per fact one value, several (``a|b``) or ``any`` (also when left out);
    dates as for rights. ``why`` is the answer in plain words."""

    answer: Answer
    when: dict[str, str] = {}
    from_: str = msgspec.field(default="= 0", name="from")
    until: str = "= never"
    why: str = ""
    class_: Class = msgspec.field(default="", name="class")
    source: str = ""
    note: str = ""


class Question(_Doc, frozen=True):
    """A decision table (DMN, unique hit): for all facts on any day exactly one rule must hit."""

    label: str
    facts: dict[str, Fact]
    rules: dict[str, Rule]
    note: str = ""


class Chart(_Doc, frozen=True):
    """A picture of lines over the periods: bars, or a line."""

    label: str
    lines: tuple[str, ...]
    type: Literal["bar", "line"] = "bar"


class About(_Doc, frozen=True):
    """What an overlay says about one value that it sets; what is left out is inherited."""

    class_: Class = msgspec.field(default="", name="class")
    source: str = ""
    note: str = ""


class Version(_Doc, frozen=True):
    """A dated, sourced state of the terms: ``base`` is the version it amends, ``set`` what it changes,
    ``about`` (by the same addresses) the class, source and note of what it sets."""

    label: str
    date: dt.date | None = None
    base: str | None = None
    source: str = ""
    note: str = ""
    set: dict[str, Any] = {}
    about: dict[str, About] = {}


class Scenario(_Doc, frozen=True):
    """A named sparse overlay; ``base`` is the scenario it builds on, ``about`` as for versions."""

    label: str
    base: str | None = None
    probability: float | None = None
    note: str = ""
    set: dict[str, Any] = {}
    about: dict[str, About] = {}


class Deal(_Doc, frozen=True):
    """The whole document. Terms, series, tables, lines, outputs and checks share one namespace."""

    name: str
    timeline: TimelineSpec
    format: int = FORMAT
    title: str = ""
    note: str = ""
    currency: str = ""
    unit: str = ""
    perspective: str = ""
    version: str = ""
    scenario: str = ""
    headline: tuple[str, ...] = ()
    parties: dict[str, Party] = {}
    sources: dict[str, Source] = {}
    sections: dict[str, str] = {}
    terms: dict[str, Term] = {}
    series: dict[str, Series] = {}
    tables: dict[str, Table] = {}
    lines: dict[str, Line] = {}
    outputs: dict[str, Output] = {}
    checks: dict[str, Check] = {}
    events: dict[str, Event] = {}
    rights: dict[str, Right] = {}
    questions: dict[str, Question] = {}
    charts: dict[str, Chart] = {}
    versions: dict[str, Version] = {}
    scenarios: dict[str, Scenario] = {}
    extras: dict[str, Any] = {}  # x-… keys by dotted path, kept for the next save

    def source_label(self, key: str) -> str:
        """A source as it is cited; a key that names none as it stands."""
        return self.sources[key].label if key in self.sources else key
