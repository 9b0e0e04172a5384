"""What the rights picture shows: a bar for every right over the years, and the triggers. No Qt."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from model.engine import Calc
from model.fields.date_text import show_date
from model.fields.number_formats import show_text
from model.rights import Span, day, ended_by, span
from model.values import NEVER, to_serial
from ui.event_moves import Handle, day_of, handles, why_fixed, with_day
from ui.wording import wrapped

Look = Literal["solid", "hatched", "none"]
_MOST_YEARS = 40


class Bar(msgspec.Struct, frozen=True):
    """One right. ``start`` and ``end`` are serials inside the years shown, the day of ``end`` included;
    ``open`` says that it goes on beyond them; ``lost`` is how far it would have gone without its event."""

    key: str
    label: str
    holder: str
    look: Look
    start: float = 0.0
    end: float = 0.0
    open: bool = False
    lost: float = 0.0
    text: str = ""
    short: str = ""
    inside: str = ""
    bad: bool = False


class Trigger(msgspec.Struct, frozen=True):
    """One event with its day (None: not yet) and, where it can be moved, its handle."""

    key: str
    label: str
    day: dt.date | None
    handle: Handle | None
    tip: str


class RightsPicture:
    """The bars and triggers of a run, and the years they need. ``years`` keeps the years of another picture,
    so that the scale does not move under a drag."""

    def __init__(self, calc: Calc, years: tuple[int, int] | None = None) -> None:
        self.calc = calc
        self.handles = {k: h for k, h in handles(calc).items() if not why_fixed(calc, k)}
        self.spans = {key: span(calc, key) for key in calc.deal.rights}
        self.years = years or self._years()
        self.first = to_serial(dt.date(self.years[0], 1, 1))
        self.last = to_serial(dt.date(self.years[1], 12, 31))
        self._otherwise: dict[str, Calc] = {}
        self.bars = [self._bar(key, held) for key, held in self.spans.items()]
        self.triggers = [self._trigger(key) for key in calc.deal.events]

    def _years(self) -> tuple[int, int]:
        calc = self.calc
        days = [d for key in calc.deal.events if (d := day_of(calc, key)) is not None]
        for held in self.spans.values():
            days += [d for d in (day(held.start), day(held.end)) if d is not None]
        first, last = calc.timeline.start.year, calc.timeline.end.year
        inside = [d.year for d in days if first <= d.year <= last]
        low, high = min(inside, default=first), max(inside, default=last)
        return low, min(max(high, low + 2), low + _MOST_YEARS)

    # --- one right -----------------------------------------------------------

    def _bar(self, key: str, held: Span) -> Bar:
        right = self.calc.deal.rights[key]
        party = self.calc.deal.parties.get(right.holder)
        label, holder = show_text(right.label), show_text(party.label if party else right.holder)
        if held.error is not None:
            return Bar(key, label, holder, "none", text=held.error.kind, bad=True)
        never = held.start is not None and held.start >= NEVER
        if held.condition == 0.0 or _empty(held):
            return Bar(key, label, holder, "none", self._from(held), text="— excluded")
        if never or (held.start is not None and held.start > self.last):
            return Bar(key, label, holder, "none", text="— not yet")
        start = self.first if held.start is None else max(held.start, self.first)
        end = self.last if held.end is None else min(held.end, self.last)
        unknown = held.start is None or held.end is None or held.condition < 1.0
        if end < start:
            return Bar(key, label, holder, "none", text="— ended before")
        text, lost = self._why(key, held)
        return Bar(
            key, label, holder, "hatched" if unknown else "solid", start, end,
            open=held.end is None or held.end > self.last, lost=min(lost, self.last), text=text,
            short=f"until {_said(held.end)}" if text else "", inside=_condition(held, right.exceptions) if unknown else "",
        )  # fmt: skip

    def _from(self, held: Span) -> float:
        """Where the text of a right without a bar stands."""
        inside = held.start is not None and self.first <= held.start <= self.last
        return held.start if inside and held.start is not None else self.first

    def _why(self, key: str, held: Span) -> tuple[str, float]:
        """Why a bar ends, and how far it would go without its event."""
        if held.end is None or held.end >= NEVER:
            return "", 0.0
        deal = self.calc.deal
        own = deal.rights[key].ends_on
        event = ended_by(self.calc, key, held.end)
        if not event:
            return f"until {_said(held.end)}", 0.0
        name = show_text(deal.events[event].label)
        other = self._without(event)
        if other is not None:
            then = span(other, key)
            if then.end is not None and held.end < then.end:
                if then.end >= NEVER:
                    return f"ends with “{name}”", self.last if own == event and event in self.handles else 0.0
                return f"{int(then.end - held.end):,} days early, with “{name}”", then.end
        return f"ends with “{name}”", 0.0

    def _without(self, event: str) -> Calc | None:
        found = self.handles.get(event)
        if found is None:
            return None
        if found.address not in self._otherwise:
            self._otherwise[found.address] = with_day(self.calc, found, None)
        return self._otherwise[found.address]

    def tip(self, key: str) -> str:
        """What hovering over a right tells: its rule and its source."""
        deal, held = self.calc.deal, self.spans[key]
        right = deal.rights[key]
        source = deal.sources.get(right.source)
        when = f"{_said(held.start)} to {_said(held.end)}"
        if held.condition == 0.0 or _empty(held):
            when = "not granted"
        lines = [show_text(right.label), wrapped(right.what), when]
        lines.append(f"from {right.from_.removeprefix('=').strip()}, until {right.until.removeprefix('=').strip()}")
        if right.while_:
            lines.append(f"while {right.while_.removeprefix('=').strip()}")
        lines += [wrapped(f"Survives: {right.survives}") if right.survives else "", wrapped(right.exceptions)]
        cited = " · ".join(part for part in (right.class_, source.label if source else right.source) if part)
        return "\n".join(line for line in (*lines, cited) if line)

    # --- one trigger ---------------------------------------------------------

    def _trigger(self, key: str) -> Trigger:
        event = self.calc.deal.events[key]
        when = day_of(self.calc, key)
        fixed = why_fixed(self.calc, key)
        move = fixed or "Drag it, or focus it with Tab: ← → a month, Ctrl a day."
        label = show_text(event.label)
        tip = "\n".join(
            p for p in (f"{label}: {show_date(when) if when else 'not yet'}", wrapped(event.note), move) if p
        )
        return Trigger(key, label, when, self.handles.get(key), tip)


def _empty(held: Span) -> bool:
    return held.start is not None and held.end is not None and held.end < held.start < NEVER


def _said(serial: float | None) -> str:
    if serial is None:
        return "undisclosed"
    found = day(serial)
    return show_date(found) if found else "no end"


def _condition(held: Span, exceptions: str) -> str:
    if held.start is None or held.end is None:
        return "a date is undisclosed"
    first = exceptions.partition(".")[0]
    return first if 0 < len(first) <= 60 else "unknown"
