"""Which column of a foreign table is what: a proposal with reasons, to be looked at and changed before anything is read."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from model.deal import Deal
from model.problems import Refused, refuse
from model.tables_in.read import Grid

YEAR: Final = "@year"  #: the column of years of a series
KEY: Final = "@key"  #: the column of the records' keys of a table
_KEY_WORDS: Final = frozenset(("key", "id", "record", "schlüssel"))
_YEAR_WORDS: Final = frozenset(("year", "calendar year", "jahr", "fy", "fiscal year", "period"))
_TITLES: Final = 10  # rows at most in which headings are looked for
_NUMBER: Final = re.compile(r"[^A-Za-z]*[0-9][^A-Za-z]*(?:bn|m|mn|k|x|%)?\s*", re.IGNORECASE)


_YEAR_TEXT: Final = re.compile(
    r"(?:(?:FY|CY)?\s*|(?:(?:28|29|30|31)[./-][0-9]{1,2}|[0-9]{1,2}[./-](?:28|29|30|31))[./-]|31\s*Dec\w*\s*)([0-9]{4})",
    re.IGNORECASE | re.ASCII,
)


class Match(NamedTuple):
    """One column of the source: ``to`` is a column's or series' key, ``KEY``, ``YEAR``, or "" for left out."""

    index: int  # type: ignore[assignment]
    heading: str
    to: str
    reason: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """How a grid is read into a target. ``first`` is the first row of values. A series may run ``across``:
    years in ``year_row``, values in ``value_row``."""

    target: str
    columns: tuple[Match, ...]
    first: int = 0
    across: bool = False
    year_row: int = 0
    value_row: int = 0
    reason: str = ""

    def column(self, to: str) -> int | None:
        return next((m.index for m in self.columns if m.to == to), None)

    def matched(self, index: int, to: str) -> Proposal:
        """The same with one column matched by hand; whatever had that place before is left out."""
        if self.across:
            return self
        columns = tuple(
            m._replace(to=to, reason="chosen by hand")
            if m.index == index
            else m._replace(to="", reason="another column was chosen")
            if to and m.to == to
            else m
            for m in self.columns
        )
        return Proposal(self.target, columns, self.first)


def propose(deal: Deal, grid: Grid, target: str, header: int | None = None) -> Proposal:
    """A proposal for a series or a table, by its key. ``header`` is the row of headings (-1: there is none; None:
    find it). Raises Refused where the target is neither."""
    if target in deal.series:
        return _series(deal, grid, target, header)
    if target in deal.tables:
        return _table(deal, grid, target, header)
    known = ", ".join([*deal.series, *deal.tables]) or "none"
    raise refuse(target, f"There is no series or table “{target[:80]}”.", f"The deal has: {known}.")


def best_target(deal: Deal, grid: Grid, wanted: str = "") -> str:
    """The series or table that a grid is most likely meant for: ``wanted`` where it can be that, else where most of
    its columns are found. Raises Refused where the deal has neither series nor table."""
    scores: dict[str, float] = {}
    for key in (*deal.series, *deal.tables):
        try:
            found = propose(deal, grid, key)
        except Refused:
            scores[key] = 0.0
            continue
        named = sum(bool(m.to) and "headed" in m.reason for m in found.columns)
        whole = found.across or (found.column(YEAR) is not None and found.column(key) is not None)
        scores[key] = named + (0.5 if whole else 0.0) + (0.6 if key == wanted and (named or whole) else 0.0)
    if not scores:
        raise refuse(
            "", "This deal has neither series nor tables to bring anything into.", "Add one to its file first."
        )
    best = max(scores, key=lambda key: scores[key])
    return wanted if wanted in scores and scores[best] == 0 else best


def plain(text: str) -> str:
    """Words only, without units in brackets."""
    text = re.sub(r"\(.*?\)|\[.*?\]|[,\n].*$", " ", text, flags=re.DOTALL)
    return " ".join(re.sub(r"[\W_]+", " ", text).casefold().split())


def _bare(heading: str, unit: str) -> str:
    """A heading in plain words without the unit of its column at the end, as in "Amount $bn"."""
    words = " ".join(heading.split())
    if unit and words.casefold().endswith(f" {unit.casefold()}"):
        words = words[: -len(unit)]
    return plain(words)


def same_words(a: str, b: str) -> bool:
    """Whether two names are one, but for case and punctuation."""
    return a.strip().casefold() == b.strip().casefold() or (plain(a) == plain(b) and plain(a) != "")


def _heads(grid: Grid, header: int | None) -> tuple[list[str], int]:
    """Headings and the first row of values. Rows above that fill less than half of the columns are titles; a first
    row that holds a number has no headings."""
    none = [""] * grid.width
    if header is not None and (header < 0 or header >= len(grid.rows)):
        return none, 0
    if header is not None:
        return [str(v or "") for v in grid.rows[header]], header + 1
    filled = [sum(v is not None for v in row) for row in grid.rows[:_TITLES]]
    at = next(i for i, count in enumerate(filled) if count >= max(filled) / 2)
    top = grid.rows[at]
    if any(isinstance(v, float) or (isinstance(v, str) and _NUMBER.fullmatch(v)) for v in top):
        return none, at
    return [str(v or "") for v in top], at + 1


def _series(deal: Deal, grid: Grid, key: str, header: int | None) -> Proposal:
    series = deal.series[key]
    for row, cells in enumerate(grid.rows[:10]):
        years = [c for c, v in enumerate(cells) if year_of(v) is not None]
        if len(years) >= 2 and len(years) >= 0.5 * sum(v is not None for v in cells):
            return _across(deal, grid, key, row)
    heads, first = _heads(grid, header)
    body = grid.rows[first:]
    shares = [sum(year_of(r[c]) is not None for r in body) / max(1, sum(r[c] is not None for r in body)) for c in range(grid.width)]  # fmt: skip
    years = [c for c, head in enumerate(heads) if plain(head) in _YEAR_WORDS and shares[c] > 0]
    why = "it is headed so"
    if not years:
        likely = max(range(grid.width), key=lambda c: shares[c])
        years, why = ([likely] if shares[likely] >= 0.8 else []), "it holds years"
    taken: dict[int, tuple[str, str]] = {years[0]: (YEAR, why)} if years else {}
    rest = [c for c in range(grid.width) if c not in taken]
    named = _named({key: series.label}, {key: series.unit or deal.unit}, heads, rest)
    if named:
        taken.update(named)
    else:
        filled = [c for c in rest if any(_is_number(r[c]) for r in body)]
        if len(filled) == 1:
            taken[filled[0]] = (key, "it is the only other column with numbers")
    return Proposal(key, _matches(heads, taken), first)


def _across(deal: Deal, grid: Grid, key: str, year_row: int) -> Proposal:
    """Years side by side: the row whose first text names the series, or the only row below."""
    label = deal.series[key].label
    below = [i for i in range(year_row + 1, len(grid.rows)) if any(_is_number(v) for v in grid.rows[i])]
    texts = {i: [v for v in grid.rows[i] if isinstance(v, str) and not _is_number(v)] for i in below}
    named = [i for i in below if any(same_words(v, label) or same_words(v, key) for v in texts[i])]
    if len(named) == 1 or len(below) == 1:
        row = named[0] if len(named) == 1 else below[0]
        reason = "it is labelled so" if len(named) == 1 else "it is the only row of values"
        return Proposal(key, (), 0, True, year_row, row, reason)
    what = f"Years run across, and {len(below)} rows below may be “{label}”."
    raise refuse(grid.name, what, "Label the row with the name of the series, or bring in that row alone.")


def _table(deal: Deal, grid: Grid, key: str, header: int | None) -> Proposal:
    table = deal.tables[key]
    heads, first = _heads(grid, header)
    if not any(heads) and header is None:
        raise refuse(grid.name, "The first row holds values, not headings.", "Add a row with the names of the columns.")
    taken: dict[int, tuple[str, str]] = {}
    for col, head in enumerate(heads):
        if plain(head) in _KEY_WORDS and not any(same_words(head, c.label) for c in table.columns.values()):
            taken[col] = (KEY, "it is headed so")
            break
    rest = [c for c in range(grid.width) if c not in taken]
    labels = {k: c.label for k, c in table.columns.items()}
    units = {k: c.unit or (deal.unit if c.kind == "money" else "") for k, c in table.columns.items()}
    found = _named(labels, units, heads, rest)
    for col, (to, reason) in found.items():
        computed = table.columns[to].formula is not None
        taken[col] = ("", f"{labels[to]} is computed") if computed else (to, reason)
    return Proposal(key, _matches(heads, taken), first)


def _named(
    labels: dict[str, str], units: dict[str, str], heads: list[str], free: list[int]
) -> dict[int, tuple[str, str]]:
    """Columns by heading: the same as a label or key, then nearly the same; never two for one."""
    out: dict[int, tuple[str, str]] = {}
    tests: list[tuple[Callable[[str, str, str], bool], str]] = [
        (lambda head, key, label: head.strip().casefold() in (key.casefold(), label.casefold()), "it is headed so"),
        (
            lambda head, key, label: bool({plain(head), _bare(head, units[key])} & {plain(key), plain(label)}),
            "it is headed so, but for unit or case",
        ),
        (lambda head, key, label: _near(plain(head), plain(label)), "its heading is nearly the same"),
    ]
    for test, reason in tests:
        for key, label in labels.items():
            if any(to == key for to, _ in out.values()):
                continue
            hits = [c for c in free if c not in out and heads[c] and test(heads[c], key, label)]
            if len(hits) == 1:
                out[hits[0]] = (key, f"{reason}: “{label}”" if "nearly" in reason or "but" in reason else reason)
    return out


def _near(a: str, b: str) -> bool:
    return bool(a and b) and difflib.SequenceMatcher(None, a, b).ratio() >= 0.82


def _matches(heads: list[str], taken: dict[int, tuple[str, str]]) -> tuple[Match, ...]:
    return tuple(
        Match(i, head, *taken.get(i, ("", "nothing in the deal is called so" if head else "it has no heading")))
        for i, head in enumerate(heads)
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, float) or (isinstance(value, str) and _NUMBER.fullmatch(value) is not None)


def year_of(value: Any) -> int | None:
    """The calendar year that a heading or cell names: 2026, "FY2026", "31.12.2026"; a day that ends no month names none."""
    if isinstance(value, float) and value == int(value) and 1900 <= value <= 9999:
        return int(value)
    if isinstance(value, str) and (found := _YEAR_TEXT.fullmatch(value.strip())) and found[1] >= "1900":
        return int(found[1])
    return None
