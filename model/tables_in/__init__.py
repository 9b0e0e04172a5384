"""Tables in: rows of a CSV file, a worksheet or a paste, matched to a series or a table, looked at, then applied.

    grid = read_grid("paths.csv")
    proposal = propose(deal, grid, "path")          # which column is what, and why
    shown = preview(deal, view, grid, proposal)     # each cell with its value or its problem
    edit = apply(deal, view, shown)                 # one undo step

Nothing here changes the deal, and no cell is guessed: what cannot be read is a problem of its cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from model.deal import Deal
from model.edits import ABSENT, Edit, Put, set_values
from model.fields import field_for
from model.layers import View
from model.problems import Problem, refuse
from model.tables_in.hints import DateOrder
from model.tables_in.match import KEY, YEAR, Match, Proposal, best_target, propose
from model.tables_in.read import Grid, read_grid, read_text
from model.tables_in.rows import CellPreview, Mode, Reader, RowPreview
from model.workbook.review_values import Decimal

__all__ = ["KEY", "MAX_NEW", "YEAR", "CellPreview", "DateOrder", "Decimal", "Grid", "Match", "Mode", "Preview", "Proposal", "RowPreview", "apply", "best_target", "preview", "propose", "read_grid", "read_text"]  # fmt: skip


MAX_NEW: Final = 5_000  #: records, each of which is a row of formulas; more would hold the window up for seconds
_UNIT: Final = re.compile(
    r"[(\[]\s*((?:(?:US)?[$€£¥]|USD|EUR|GBP)\s*(?:k|m|mn|bn|tn)?|%|bps|(?:k|m|mn|bn|tn))\s*[)\]]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do. ``notes`` say what was assumed or left out; ``removed`` are the years or records
    that "replace" takes out, by key, with their labels; ``units`` warn of headings that name another unit."""

    target: str
    source: str
    rows: tuple[RowPreview, ...]
    notes: tuple[str, ...]
    asks_decimal: bool = False
    asks_order: bool = False
    removed: tuple[tuple[str, str], ...] = ()
    units: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        rows = [row.problem for row in self.rows if row.problem]
        return (*rows, *(cell.problem for row in self.rows for cell in row.cells if cell.problem))

    @property
    def count(self) -> int:
        """Cells that would change."""
        return sum(1 for row in self.rows if not row.problem for cell in row.cells if cell.differs)


def preview(
    deal: Deal,
    view: View,
    grid: Grid,
    proposal: Proposal,
    decimal: Decimal = "",
    order: DateOrder = "",
    mode: Mode = "update",
    progress: Callable[[float], Any] = lambda part: None,
) -> Preview:
    """Every cell that a proposal takes in, read or with its problem. Raises Refused for a proposal that cannot be.

    ``decimal`` and ``order`` say how numbers and dates are meant where the columns do not show it themselves;
    ``progress`` hears fractions of the work and may raise to cancel.
    """
    reader = Reader(deal, view, grid, decimal, order, mode, progress)
    rows = reader.series(proposal) if proposal.target in deal.series else reader.table(proposal)
    notes = [
        *grid.notes,
        *(f"“{m.heading}” is left out: {m.reason}." for m in proposal.columns if not m.to and m.heading),
    ]
    gone = reader.removed(proposal.target, rows) if mode == "replace" else ()
    told = dict.fromkeys((*notes, *reader.notes))
    return Preview(
        proposal.target,
        grid.name,
        tuple(rows),
        tuple(told),
        reader.asks,
        reader.asks_order,
        gone,
        tuple(_other_units(deal, proposal)),
    )


def apply(deal: Deal, view: View, shown: Preview) -> Edit:
    """All cells without problems as one edit; rows and cells with problems stay out. Raises Refused."""
    puts: list[Put] = []
    touches: set[str] | None = set()
    items: list[tuple[str, Any]] = []
    for row in shown.rows:
        if row.problem:
            continue
        if row.is_new and shown.target in deal.tables:
            values = {c.address.rpartition(".")[2]: c.new for c in row.cells if c.new is not None and not c.problem}
            puts.append(Put(("tables", shown.target, "records", row.key), values))
            touches = None
        else:
            items += [(c.address, c.new) for c in row.cells if c.differs]
    gone = [key for key, _ in shown.removed]
    if not items and not puts and not gone:
        raise refuse(shown.source, "There is nothing to bring in.", "Match other columns, or mend the cells listed.")
    new = len(puts)
    if new > MAX_NEW:
        what = f"{new:,} new records are too many at once; up to {MAX_NEW:,} are brought in."
        raise refuse(shown.source, what, "Sum them up before, or leave rows out.")
    if items:
        puts = [*set_values(deal, view, items).puts, *puts]
    for key in gone:
        path = ("series", shown.target, "values", key) if shown.target in deal.series else ("tables", shown.target, "records", key)  # fmt: skip
        puts.append(Put(path, ABSENT))
        touches = touches if shown.target in deal.series else None
    label = (deal.series.get(shown.target) or deal.tables[shown.target]).label
    parts = [f"{len(items)} value{'s' if len(items) != 1 else ''}"] if items else []
    parts += [f"{new} new record{'s' if new != 1 else ''}"] if new else []
    done = [f"bring {' and '.join(parts)} into {label}"] if parts else []
    done += [f"take {len(gone)} out" if parts else f"take {len(gone)} out of {label}"] if gone else []
    title = ", ".join(done)
    changed = None if touches is None else frozenset((*(a for a, _ in items), *(f"{shown.target}.{key}" for key in gone)))  # fmt: skip
    return Edit(title[0].upper() + title[1:], tuple(puts), changed)


def _other_units(deal: Deal, proposal: Proposal) -> Iterator[str]:
    """Headings that name a unit in brackets which is not that of their column. Values are never converted."""
    for match in proposal.columns:
        item: Any = deal.series.get(match.to) or (deal.tables[proposal.target].columns.get(match.to) if proposal.target in deal.tables else None)  # fmt: skip
        found = _UNIT.search(match.heading)
        if item is None or found is None:
            continue
        unit = field_for(item, deal.unit).unit
        if unit and _plain_unit(found[1]) != _plain_unit(unit):
            yield f"The heading “{match.heading[:60]}” speaks of {found[1].strip()}, and {item.label} is in {unit}: values come in as they are."


def _plain_unit(text: str) -> str:
    return text.casefold().replace("us$", "$").replace("usd", "$").replace("eur", "€").replace("gbp", "£").replace("mn", "m").replace(" ", "")  # fmt: skip
