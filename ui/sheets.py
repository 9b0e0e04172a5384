"""The sheets of the window in their order. Each is imported when it is first shown: the window opens with one."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, cast

from ui.targets import DOCUMENT, Target

if TYPE_CHECKING:
    from model.deal import Deal
    from ui.panels.base import SheetPanel


class Sheet(NamedTuple):
    """One sheet: its title on the tab, and where its panel is defined."""

    title: str
    module: str
    panel: str

    def load(self) -> type[SheetPanel]:
        return cast("type[SheetPanel]", getattr(import_module(f"ui.panels.{self.module}"), self.panel))


SHEETS: tuple[Sheet, ...] = (
    Sheet("Terms", "terms", "TermsPanel"),
    Sheet("Schedule", "schedule", "SchedulePanel"),
    Sheet("Rights", "rights", "RightsPanel"),
    Sheet("May they?", "may_they", "MayTheyPanel"),
    Sheet("Obligations", "obligations", "ObligationsPanel"),
    Sheet("Valuation", "results", "ValuationPanel"),
    Sheet("Scenarios", "cases", "CasesPanel"),
    Sheet("Compare", "compare", "ComparePanel"),
    Sheet("Sensitivity", "sensitivity", "SensitivityPanel"),
    Sheet("Checks", "checks", "ChecksPanel"),
    Sheet("Sources", "results", "SourcesPanel"),
)

SECTIONS = {  # of the document -> the sheet that shows it, and its part there; all others stand on Terms
    "terms": ("Terms", "terms"), "deal": ("Terms", "deal"), "lines": ("Schedule", ""), "outputs": ("Valuation", ""),
    "checks": ("Checks", ""), "sources": ("Sources", ""), "events": ("Rights", "Events"),
    "scenarios": ("Scenarios", "Scenarios"), "versions": ("Scenarios", "Versions"),
}  # fmt: skip


_PATHS = {  # groups of the document whose entries are shown by their path, whatever their keys
    "rights": "Rights", "questions": "May they?", "scenarios": "Scenarios", "versions": "Scenarios", "parties": "Terms",
}  # fmt: skip
_HOMES = (  # where a key of these groups is shown; an event stands among the lines
    ("terms", "Terms"), ("series", "Terms"), ("tables", "Terms"), ("lines", "Schedule"), ("outputs", "Valuation"),
    ("checks", "Checks"), ("events", "Schedule"), ("sources", "Sources"),
)  # fmt: skip


def home_of(deal: Deal, target: Target) -> str | None:
    """The title of the sheet that shows a target; None where none does."""
    group = target.path[0] if target.path else ""
    if group in _PATHS:
        return _PATHS[group]
    if target.key == DOCUMENT:
        return "Terms"
    if group == "events" and target.kind == "text":
        return "Rights"
    key = target.key.partition(".")[0]
    return next((title for section, title in _HOMES if key in getattr(deal, section)), None)


def sheet_index(title: str) -> int | None:
    """A sheet by its title, as a person may write it: “may-they” is “May they?”."""
    wanted = _letters(title)
    return next((i for i, sheet in enumerate(SHEETS) if _letters(sheet.title) == wanted), None)


def _letters(text: str) -> str:
    return "".join(ch for ch in text.casefold() if ch.isalnum())
