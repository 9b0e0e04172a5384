"""Make ui/fonts/ from a release of Inter: fewer glyphs, tabular figures as the ordinary ones.

    uv run --with fonttools --with brotli docs/make_fonts.py FOLDER_OF_INTER_WEB_FONTS

Figures that all have one width are an option of the font that a program must ask for at every text it lays out;
here they are simply the font's figures, so that columns of numbers stand straight at no cost.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FACES = ("Regular", "Italic", "Medium", "SemiBold")
TARGET = Path(__file__).resolve().parent.parent / "ui" / "fonts"
FAMILY = "Dealsheet Inter"
# Latin, Greek, Cyrillic, punctuation, currencies, arrows, mathematics, boxes and marks
RANGES = ((0x20, 0x24F), (0x2B0, 0x36F), (0x370, 0x52F), (0x1E00, 0x1EFF), (0x2000, 0x214F), (0x2150, 0x27BF))


def make(source: Path, face: str) -> Path:
    """One face: tabular figures mapped to the digits, subset, renamed, as TrueType."""
    font = TTFont(source / f"Inter-{face}.woff2")
    tabular = _single(font, "tnum")
    for table in font["cmap"].tables:
        for code, glyph in list(table.cmap.items()):
            if 0x30 <= code <= 0x39 and glyph in tabular:
                table.cmap[code] = tabular[glyph]
    options = Options(
        layout_features=["kern", "mark", "mkmk", "ccmp"], name_IDs=["*"], notdef_outline=True, hinting=True
    )
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in RANGES for code in range(first, last + 1)])
    subsetter.subset(font)
    plain = face in ("Regular", "Italic")  # the two that an old program may find under the family's name
    names = {1: FAMILY if plain else f"{FAMILY} {face}", 2: face if plain else "Regular", 3: f"{FAMILY}; {face}"}
    names |= {4: f"{FAMILY} {face}", 6: f"{FAMILY.replace(' ', '')}-{face}", 16: FAMILY, 17: face}
    table = font["name"]
    table.names = [record for record in table.names if record.nameID in (0, 5, 13, 14)]
    for number, text in names.items():
        table.setName(text, number, 3, 1, 0x409)
    font.flavor = None
    target = TARGET / f"Inter-{face}.ttf"
    font.save(target)
    return target


def _single(font: TTFont, tag: str) -> dict[str, str]:
    """The one-to-one substitutions of a feature, glyph to glyph."""
    table = font["GSUB"].table
    found: dict[str, str] = {}
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == tag:
            for index in record.Feature.LookupListIndex:
                for sub in table.LookupList.Lookup[index].SubTable:
                    found.update(getattr(getattr(sub, "ExtSubTable", sub), "mapping", {}))
    return found


if __name__ == "__main__":
    for name in FACES:
        written = make(Path(sys.argv[1]), name)
        print(written.name, written.stat().st_size)
