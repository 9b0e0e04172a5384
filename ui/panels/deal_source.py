"""What the sheets show: a source over the session's deal, its cells, and how values, errors and layers are said."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from model.engine import Calc
from model.fields.base import Field
from model.fields.unit_text import is_number, with_unit
from model.formula.bind import EVENT, RIGHT, RULE
from model.formula.evaluate import circle_of
from model.layers import BASE, layer_label
from model.problems import Problem, Refused
from model.values import NO_CAP, ErrorValue
from ui import targets
from ui.grid.source import Cell, Change, ColumnSpec, Place, Role, RowSpec, Tint
from ui.session import DealSession
from ui.targets import NOTHING, Target
from ui.wording import sentence

_YESNO = ("Yes", "No", "Unknown")


class DealSource:
    """A GridSource over the session. Subclasses say which rows there are and what each cell stands for."""

    marks_clashes = True  # cells whose formula has units that clash carry a mark

    def __init__(self, session: DealSession) -> None:
        self.session = session

    @property
    def calc(self) -> Calc:
        return self.session.calc

    # --- what subclasses give ------------------------------------------------

    def columns(self) -> Sequence[ColumnSpec]:
        raise NotImplementedError

    def rows(self) -> Sequence[RowSpec]:
        raise NotImplementedError

    def cell(self, row: int, col: int) -> Cell:
        raise NotImplementedError

    def target(self, row: int, col: int) -> Target:
        """What the cell stands for."""
        return NOTHING

    def find(self, target: Target) -> Place | None:
        """Where a target is shown here."""
        return None

    def reached(self, row: int, col: int, keys: frozenset[str]) -> bool:
        """Whether the cell shows one of ``keys``, or names it. A right or rule is named by its label and its state,
        and an amount that is none of its own by the line that says it."""
        target = self.target(row, col)
        key, deal = target.key, self.session.deal
        shows = target.kind in ("input", "formula") or target.attribute in ("label", "unit")
        if key.startswith((RIGHT, RULE)) and (target.kind == "none" or target.attribute == "label"):
            return any(one.startswith(f"{key}.") for one in keys)
        if target.kind == "none":
            return key in deal.lines and key in keys
        return shows and (key in keys or (key in deal.events and f"{EVENT}{key}" in keys))

    @property
    def container(self) -> tuple[str, ...]:
        """Where the document keeps what the rows show; () where rows cannot be added."""
        return ()

    def entry(self, row: int) -> tuple[str, ...]:
        """The entry of the document that a row is; () for a heading."""
        return ()

    def column_entry(self, col: int) -> tuple[str, ...]:
        """The entry of the document that a column is, in a table of records."""
        return ()

    def row_key(self, key: str) -> str:
        """The row that shows the value of a key."""
        return key.partition("@")[0]

    # --- the grid's side -----------------------------------------------------

    def edit_text(self, row: int, col: int) -> str:
        target = self.target(row, col)
        if target.attribute == "range":
            return targets.range_edit_text(self.session.deal, target.key)
        if target.attribute == "source":
            return self.session.deal.source_label(targets.text_of(self.calc, target))
        return targets.text_of(self.calc, target)

    def set_texts(self, changes: Sequence[Change], title: str) -> Sequence[Problem]:
        from ui import entries

        items = [(self.target(row, col), text) for row, col, text in changes]
        try:
            self.session.edit(entries.make_edit(self.calc, items, self.session.layer_for, title))
        except Refused as refused:
            return refused.problems
        return ()

    def clear(self, cells: Sequence[Place], title: str) -> Sequence[Problem]:
        from ui import entries

        found = [self.target(row, col) for row, col in cells]
        try:
            edit = entries.clear_edit(self.calc, found, self.session.layer_for, title if len(found) > 1 else "")
            self.session.edit(edit)
        except Refused as refused:
            return refused.problems
        return ()

    def why_not(self, row: int, col: int) -> Problem:
        from ui import entries

        return entries.why_not(self.session.deal, self.target(row, col))

    # --- cells ---------------------------------------------------------------

    def value_cell(self, target: Target, role: Role | None = None) -> Cell:
        """The cell of a value: an input, or the result of a formula."""
        deal, calc = self.session.deal, self.calc
        field = targets.field_of(deal, target)
        value = targets.value_of(calc, target)
        editable = target.kind == "input"
        held = calc.inputs.get(target.key) if editable else None
        overridden = held is not None and held.layer != BASE
        text = field.show(value)
        shown: Role = role or ("input" if editable else "computed")
        tip = ""
        if isinstance(value, ErrorValue):
            shown = shown if editable else "muted" if value.is_undisclosed else "error"
            tip = error_words(calc, value)
        elif held is not None and held.layer != BASE:
            tip = layers_words(self.session, target.key)
        choices: tuple[str, ...] = ()
        if editable:
            choices = _YESNO if field.kind == "yesno" else field.choices
        number = float(value) if field.numeric and is_number(value) and abs(value) < NO_CAP else None
        tint: Tint = ""
        limit = getattr(targets.item_of(deal, target), "warn_above", None)
        copy = partial(copy_text, field, value, text)
        if limit is not None and number is not None and number > limit:
            text, tint, tip = f"⚑ {text}", "bad", f"Above {limit_words(field, limit)}."
        elif isinstance(value, ErrorValue) and (said := targets.status_words(calc, target)):
            text, shown, tip = said, "muted", sentence(said)
        return Cell(
            text, shown, field.align, editable, overridden=overridden, number=number, copy=copy,
            tooltip=tip, tint=tint, choices=choices,
        )  # fmt: skip


def limit_words(field: Field, limit: float) -> str:
    """A limit as it is said: 0 is written out."""
    text = field.show(limit)
    return "0" if text == "–" else text


def figure_text(field: Field, value: object) -> str:
    """A figure of a chart for a spreadsheet: a number in full precision; a day, “none” and an error as they read."""
    if isinstance(value, float) and field.kind != "date" and abs(value) < NO_CAP:
        return repr(value)
    return copy_text(field, value, field.show(value))  # type: ignore[arg-type]


def copy_text(field: Field, value: object, text: str) -> str:
    """Full precision for the clipboard, readable by Excel and by our own paste."""
    if value is None or isinstance(value, (ErrorValue, str)):
        return text
    try:
        return field.edit_text(field.from_engine(value))  # type: ignore[arg-type]
    except Refused:
        return text


def error_words(calc: Calc, error: ErrorValue) -> str:
    """Why a cell shows an error, and where it began."""
    from model.structure.labels import in_labels, label_of_key  # not at the start: few cells show an error

    if error.is_undisclosed:
        where = f" It comes from “{label_of_key(calc.deal, error.at)}”." if error.at else ""
        return f"Nobody has disclosed this value.{where}"
    if circle := circle_of(error):
        return f"{error.kind}: it depends on itself within one period: {in_labels(calc.deal, circle)}"
    what = f"{error.kind}: {error.note}" if error.note else error.kind
    return f"{what} (arises in “{label_of_key(calc.deal, error.at)}”)" if error.at else what


def layers_words(session: DealSession, address: str) -> str:
    """The layers that hold a value of a cell, topmost first."""
    lines = []
    for layer, text in layer_texts(session, address):
        if text:
            lines.append(f"{layer_label(session.deal, layer)}: {text}")
    return "\n".join(lines)


def layer_texts(session: DealSession, address: str) -> list[tuple[str, str]]:
    """(layer, value shown or "" where it inherits), topmost first, the base last."""
    from model.layers import base_value, chain

    deal = session.deal
    field = targets.field_of(deal, Target("input", address))
    out = []
    for layer, overlay in reversed(chain(deal, session.view)):
        out.append((layer, with_unit(field, field.to_engine(overlay[address])) if address in overlay else ""))
    try:
        base = base_value(deal, address)
    except KeyError:
        base = None
    out.append((BASE, with_unit(field, field.to_engine(base)) or "empty"))
    return out
