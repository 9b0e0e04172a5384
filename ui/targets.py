"""What a cell stands for: an input, a formula, or a text of the document. The formula bar, the
inspector and every grid speak of cells in these terms. No Qt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from model.addresses import is_formula, record_label
from model.deal import Deal
from model.edits import label_of
from model.engine import Calc
from model.fields import field_for, make_field
from model.fields.base import Field
from model.formula.bind import RIGHT, RULE
from model.layers import held
from model.values import NEVER
from ui.wording import counted

CLASSES = ("stated", "official", "reported", "assumption")
OPENING_PERIOD = -1
DOCUMENT = "deal:"  # the key of what the deal says of itself
_BOOLEAN = make_field("yesno")
_BY_PATH = (("versions",), ("scenarios",), ("parties",))  # their keys may be those of a term
_PARTS = {"from": "from_", "until": "until", "while": "while_"}


class Target(msgspec.Struct, frozen=True):
    """``key`` names the value (``term``, ``series.2029``, ``table.record.column``, ``line`` …); ``path`` is the
    entry of the document that typing changes; ``period`` a line's column (-1: opening)."""

    kind: Literal["input", "formula", "text", "none"] = "none"
    key: str = ""
    path: tuple[str, ...] = ()
    period: int | None = None

    @property
    def attribute(self) -> str:
        """Which text of an item this is: note, source, class …; "" for a value."""
        return self.path[-1] if self.kind == "text" and self.path else ""


NOTHING = Target()


def target_of(deal: Deal, key: str, period: int | None = None) -> Target:
    """The target of a value by its key; ``NOTHING`` where the deal has no such value."""
    parts = key.split(".")
    if key.startswith((RIGHT, RULE)):
        return _legal(deal, key)
    if len(parts) == 2 and parts[0] in deal.series:
        return Target("input", key)
    if len(parts) == 3 and parts[0] in deal.tables:
        table = deal.tables[parts[0]]
        column, record = table.columns.get(parts[2]), table.records.get(parts[1])
        if column is None or record is None:
            return NOTHING
        own = record.get(parts[2])
        if is_formula(own):
            return Target("formula", key, ("tables", parts[0], "records", parts[1], parts[2]))
        if own is None and column.formula is not None:
            return Target("formula", key, ("tables", parts[0], "columns", parts[2], "formula"))
        return Target("input", key)
    if len(parts) != 1:
        return NOTHING
    if key in deal.terms:
        return (
            Target("input", key)
            if deal.terms[key].formula is None
            else Target("formula", key, ("terms", key, "formula"))
        )
    if key in deal.lines:
        entry = "opening" if period == OPENING_PERIOD else "formula"
        return Target("formula", key, ("lines", key, entry), period)
    for section in ("outputs", "checks"):
        if key in getattr(deal, section):
            return Target("formula", key, (section, key, "formula"))
    if key in deal.events:
        return Target("formula", key, ("events", key, "on"))
    return NOTHING


def of_path(deal: Deal, path: tuple[str, ...]) -> Target:
    """The cell that shows an entry of the document: its label, where it has one of its own."""
    match path:
        case ("tables", table, "records", record):
            return target_of(deal, f"{table}.{record}.{next(iter(deal.tables[table].columns), '')}")
        case ("tables", table, "records", record, column):
            return target_of(deal, f"{table}.{record}.{column}")
        case ("tables", table, "columns", column, *_):
            return target_of(deal, f"{table}.{next(iter(deal.tables[table].records), '')}.{column}")
        case ("series", key, "values", year):
            return Target("input", f"{key}.{year}")
        case ("series", key) if key in deal.series:
            return Target("input", f"{key}.{deal.timeline.start.year}")
        case ("tables", key) if key in deal.tables:
            return Target("none", key)
        case ("versions" | "scenarios" | "parties" as group, key) if key in getattr(deal, group):
            return Target("text", f"{group}:{key}", (group, key, "label"))
        case ("events", key) if key in deal.events:
            return Target("text", key, ("events", key, "label"))
        case ("rights", key) if key in deal.rights:
            return Target("text", f"{RIGHT}{key}", ("rights", key, "label"))
        case ("terms" | "lines" | "outputs" | "checks" | "sources", key) if key in getattr(deal, path[0]):
            return Target("text", key, (path[0], key, "label"))
    return NOTHING


def first_to_fill(deal: Deal, path: tuple[str, ...]) -> Target | None:
    """The cell of a new entry that a person fills in next; None where its label is all there is."""
    match path:
        case ("terms" | "lines" | "outputs" | "checks", key):
            return target_of(deal, key, 0 if path[0] == "lines" else None)
        case ("tables", table, "records", record):
            cells, columns = deal.tables[table].records[record], deal.tables[table].columns
            left = [c for c, spec in columns.items() if spec.formula is None and c not in cells]
            return target_of(deal, f"{table}.{record}.{left[0]}") if left else None
    return None


def item_at(deal: Deal, path: tuple[str, ...]) -> Any:
    """The entry of the document at a path."""
    node: Any = deal
    for part in path:
        node = node[part] if isinstance(node, dict) else getattr(node, part)
    return node


def _legal(deal: Deal, key: str) -> Target:
    """A date or condition of a right (``right:key.from``) or of a rule (``rule:question.rule.until``)."""
    head, _, rest = key.partition(":")
    name, *more = rest.split(".")
    if head + ":" == RIGHT and name in deal.rights and (not more or more[-1] in _PARTS):
        path: tuple[str, ...] = ("rights", name, _PARTS[more[-1]] if more else "label")
    elif head + ":" == RULE and name in deal.questions and more and more[0] in deal.questions[name].rules:
        path = ("questions", name, "rules", more[0], _PARTS.get(more[-1], "why"))
    else:
        return NOTHING
    return Target("formula" if path[-1] in _PARTS.values() else "text", key, path)


def item_of(deal: Deal, target: Target) -> Any:
    """The term, series, column, line, output, check or event behind a target."""
    key = target.key.partition(".")[0]
    if target.path[:1] in _BY_PATH:
        return getattr(deal, target.path[0]).get(target.path[1])
    if key.startswith((RIGHT, RULE)):
        name_ = key.partition(":")[2]
        return deal.rights.get(name_) if key.startswith(RIGHT) else deal.questions.get(name_)
    parts = target.key.split(".")
    if len(parts) == 3 and key in deal.tables:
        return deal.tables[key].columns.get(parts[2])
    for section in (
        deal.terms,
        deal.series,
        deal.lines,
        deal.outputs,
        deal.checks,
        deal.events,
        deal.tables,
        deal.sources,
    ):
        if key in section:
            return section[key]
    return None


def field_of(deal: Deal, target: Target) -> Field:
    """The field that shows and reads the target's value."""
    item = item_of(deal, target)
    if item is not None and hasattr(item, "kind"):
        return field_for(item, deal.unit)
    if target.key in deal.events or (target.kind == "formula" and target.path[-1:] in (("from_",), ("until",))):
        return make_field("date")
    if target.kind == "formula" and target.path[-1:] == ("while_",):
        return _BOOLEAN
    return _BOOLEAN if target.key in deal.checks else make_field("text")


def value_of(calc: Calc, target: Target) -> Any:
    """The value that the target shows now."""
    deal, key = calc.deal, target.key
    if key in deal.lines:
        if target.period == OPENING_PERIOD:
            return calc.opening(key)
        row = calc.line(key)
        return row[target.period] if target.period is not None and target.period < len(row) else None
    if key in deal.events:
        return calc.event(key)
    parts = key.split(".")
    if len(parts) == 2 and parts[0] in deal.series:
        held_here = calc.inputs.get(key)
        return field_for(deal.series[parts[0]]).to_engine(held_here.value if held_here else None)
    return calc.scalar(key)


def status_words(calc: Calc, target: Target) -> str:
    """What a result says in words where it has no value; "" where it says nothing."""
    output = calc.deal.outputs.get(target.key)
    said = calc.scalar(output.status) if output is not None and output.status else ""
    return said if isinstance(said, str) else ""


def label(deal: Deal, target: Target) -> str:
    """What a person calls it, without the period."""
    parts = target.key.split(".")
    if len(parts) == 2 and parts[0] in deal.series:
        return label_of(deal, target.key)
    if len(parts) == 3 and parts[0] in deal.tables and parts[1] in deal.tables[parts[0]].records:
        table = deal.tables[parts[0]]
        return f"{table.columns[parts[2]].label}, {record_label(deal, parts[0], parts[1])}"
    item = item_of(deal, target)
    return item.label if item is not None else target.key


def place(calc: Calc, target: Target) -> str:
    """Label and period: ``Closing balance · 2028``."""
    name = label(calc.deal, target)
    if target.period is None:
        return name
    return f"{name} · {period_label(calc, target.period)}"


def name(calc: Calc, target: Target) -> str:
    """What the name box shows."""
    if target.kind == "none":
        return ""
    if target.key == DOCUMENT:
        return target.path[-1]
    if target.path[:1] in _BY_PATH:
        return " · ".join(target.path[1:])
    if target.kind == "text":
        return " · ".join((target.key, target.attribute)) if target.key else target.attribute
    if target.period is None:
        return target.key
    return f"{target.key} · {period_label(calc, target.period)}"


def period_label(calc: Calc, period: int) -> str:
    """A period as its column is headed; "" for one that another period length had."""
    if period == OPENING_PERIOD:
        return "opening"
    periods = calc.timeline.periods
    return periods[period].label if 0 <= period < len(periods) else ""


def text_of(calc: Calc, target: Target) -> str:
    """What an editor starts with: entering it again changes nothing."""
    deal = calc.deal
    if target.kind == "input":
        try:
            value = held(deal, calc.view, target.key).value
        except KeyError:
            return ""
        return field_of(deal, target).edit_text(value)
    if target.kind == "formula" and target.path[:1] == ("lines",) and target.path[2:] == ("opening",):
        from model.structure.openings import opening_text  # only where an opening cell is looked at

        return opening_text(deal, target.path[1])
    if target.kind in ("formula", "text"):
        node: Any = deal
        for part in target.path:
            node = (
                node.get(part) if isinstance(node, dict) else getattr(node, "class_" if part == "class" else part, None)
            )
            if node is None:
                return ""
        return str(node)
    return ""


def range_text(deal: Deal, key: str) -> str:
    """The range of a term as text: ``3 – 18``, ``fixed``, ``3 choices``."""
    term = deal.terms[key]
    field = field_for(term)
    if term.low is not None and term.high is not None:
        low, high = (field.show(field.to_engine(v)) for v in (term.low, term.high))
        low, high = ("0" if text == "–" else text for text in (low, high))
        if field.kind == "percent":  # the sign once is enough
            low = low.removesuffix("\u2009%")
        if low.startswith("31 Dec ") and high.startswith("31 Dec "):
            low, high = low.removeprefix("31 Dec "), high.removeprefix("31 Dec ")
        return low if term.low == term.high else f"{low} – {high}"
    if term.fixed:
        return "fixed"
    count = len(term.choices)
    return counted(count, "choice") if count else ""


def range_edit_text(deal: Deal, key: str) -> str:
    term = deal.terms[key]
    field = field_for(term)
    if term.low is not None and term.high is not None:
        return f"{field.edit_text(term.low)} – {field.edit_text(term.high)}"
    return "fixed" if term.fixed else ""


def event_flags(calc: Calc) -> Iterator[tuple[str, float, int]]:
    """Events that fall into the timeline: key, serial and the period that contains it."""
    starts, ends = calc.timeline.rows["start"], calc.timeline.rows["end"]
    for key in calc.deal.events:
        day = calc.event(key)
        if isinstance(day, bool) or not isinstance(day, (int, float)) or day >= NEVER:
            continue
        for i, (first, last) in enumerate(zip(starts, ends, strict=True)):
            if first <= day <= last:
                yield key, float(day), i
                break


def find(calc: Calc, text: str) -> Target:
    """The target that a name, an address, a label or part of a label means; ``NOTHING`` where there is none."""
    deal = calc.deal
    words, _, when = (part.strip() for part in text.partition("·"))
    period = next((i for i, p in enumerate(calc.timeline.periods) if p.label.lower() == when.lower()), 0)
    names = [*deal.terms, *deal.series, *deal.tables, *deal.lines, *deal.outputs, *deal.checks, *deal.events]
    folded = words.casefold()
    key = next((n for n in names if n.casefold() == folded), words)
    if key in deal.series or key in deal.tables:
        return Target("none", key)
    for name_ in (key, key.lower()):
        found = target_of(deal, name_, period if name_ in deal.lines else None)
        if found is not NOTHING:
            return found
    for right in deal.rights:
        if folded and folded in (right.casefold(), deal.rights[right].label.casefold(), f"{RIGHT}{right}".casefold()):
            return target_of(deal, f"{RIGHT}{right}")
    for exact in (True, False):
        for name_ in names if folded else ():
            target = target_of(deal, name_, period if name_ in deal.lines else None)
            if target is NOTHING:  # a series or a table as a whole
                target = Target("none", name_)
            said = label(deal, target).casefold()
            if said == folded if exact else folded in said:
                return target
    return NOTHING
