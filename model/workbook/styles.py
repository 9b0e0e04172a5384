"""Colours and cell formats of the workbook: one palette, every format made once."""

from __future__ import annotations

from typing import Any, Final

FONT: Final = "Arial"
INK: Final = "#000000"  # formulas
INPUT: Final = "#0000FF"
INPUT_FILL: Final = "#EAF1FC"
INPUT_EDGE: Final = "#C3D3EE"
LINK: Final = "#007A33"  # formulas that read another sheet
MUTED: Final = "#6B7480"
WORK_INK: Final = "#5A5A5A"  # formulas of helper rows
WORK_LINK: Final = "#4F8A66"
ACCENT: Final = "#0B5F61"
BAND: Final = "#E6EDF0"
RULE: Final = "#8A949E"
HAIR: Final = "#D5DADF"
GOOD: Final = "#1B7F4B"
GOOD_FILL: Final = "#E2F3E9"
BAD: Final = "#B3261E"
BAD_FILL: Final = "#FBE6E4"
STAMP: Final = "#7A4A00"  # what was computed at export and does not follow
STAMP_FILL: Final = "#F1F0EC"
OVER_STAMP: Final = "#6A3D9A"  # formulas over such values
FLAG_FILL: Final = "#FCE8B2"

_NAMED: Final[dict[str, dict[str, Any]]] = {
    "title": {"bold": True, "font_size": 15, "font_color": ACCENT},
    "subtitle": {"font_size": 9, "font_color": MUTED},
    "banner": {
        "bold": True,
        "font_size": 20,
        "font_color": "#FFFFFF",
        "bg_color": ACCENT,
        "valign": "vcenter",
        "indent": 1,
    },
    "banner2": {"font_size": 11, "font_color": "#DDEBEB", "bg_color": ACCENT, "valign": "top", "indent": 1},
    "head": {"bold": True, "font_size": 9, "font_color": "#FFFFFF", "bg_color": ACCENT, "valign": "vcenter"},
    "section": {"bold": True, "font_color": ACCENT, "bg_color": BAND},
    "label": {},
    "total": {"bold": True, "top": 1, "top_color": RULE},
    "helper": {"italic": True, "font_size": 9, "font_color": MUTED},
    "muted": {"font_size": 9, "font_color": MUTED},
    "note": {"font_size": 9, "font_color": MUTED, "text_wrap": True, "valign": "top", "indent": 1},
    "input": {"font_color": INPUT, "bg_color": INPUT_FILL, "border": 1, "border_color": INPUT_EDGE},
    "calc": {"font_color": INK},
    "link": {"font_color": LINK},
    "stamp": {"font_color": STAMP, "bg_color": STAMP_FILL, "italic": True},
    "over": {"font_color": OVER_STAMP, "italic": True},
    "status": {"bold": True, "font_size": 9},
}


class Styles:
    """Formats of one book, shared between cells that look alike."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._made: dict[frozenset[tuple[str, Any]], Any] = {}

    def __call__(self, *names: str, **more: Any) -> Any:
        """The format that adds up named looks and single properties, later ones over earlier."""
        properties: dict[str, Any] = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
        for name in names:
            properties.update(_NAMED[name])
        properties.update(more)
        if properties.get("indent") and "align" not in properties:
            properties["align"] = "left"  # an indent counts from an edge only
        return self.bare(**properties)

    def bare(self, **properties: Any) -> Any:
        """A format of these properties alone, as conditional formats need it."""
        key = frozenset(properties.items())
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = self._workbook.add_format(properties)
        return made


def formula_colour(foreign: bool, *, helper: bool = False) -> str:
    """Font colour of a formula: black, or green where it reads another sheet; paler in helper rows."""
    if helper:
        return WORK_LINK if foreign else WORK_INK
    return LINK if foreign else INK
