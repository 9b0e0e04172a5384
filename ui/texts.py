"""Texts laid out once and painted many times: what painters by hand share.

Laying out a short text takes several times as long as painting it, and the same numbers, years and labels come back
with every paint.
"""

from __future__ import annotations

import re
from functools import lru_cache

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QStaticText

from ui.theme import ui_font

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_CACHE_LIMIT = 20_000
_LONGEST = 500


def shown(text: str) -> str:
    """A text as it is safe to paint on one line: breaks as a sign, invisible controls as their code."""
    text = text[:_LONGEST].replace("\r\n", "\n").replace("\n", " ↵ ").replace("\t", " ")
    return _CONTROL.sub(lambda m: f"⟨U+{ord(m[0]):04X}⟩", text)


class Face:
    """A font with its metrics and its laid-out texts."""

    __slots__ = ("ascent", "font", "height", "metrics", "texts")

    def __init__(self, font: QFont) -> None:
        self.font = font
        self.metrics = QFontMetricsF(font)
        self.ascent = self.metrics.ascent()
        self.height = self.metrics.height()
        self.texts: dict[str, tuple[QStaticText, float]] = {}

    def text(self, text: str) -> tuple[QStaticText, float]:
        """The laid-out text and its width."""
        found = self.texts.get(text)
        if found is None:
            if len(self.texts) > _CACHE_LIMIT:
                self.texts.clear()
            static = QStaticText(shown(text))
            static.setTextFormat(Qt.TextFormat.PlainText)
            static.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
            static.prepare(font=self.font)
            found = self.texts[text] = (static, self.metrics.horizontalAdvance(shown(text)))
        return found

    def width(self, text: str) -> float:
        return self.text(text)[1]

    def elided(self, text: str, room: float) -> str:
        """What fits, with an ellipsis where that is not all."""
        if self.text(text)[1] <= room:
            return text
        return self.metrics.elidedText(shown(text), Qt.TextElideMode.ElideRight, max(room, 1))

    def draw(self, p: QPainter, left: float, middle: float, text: str) -> None:
        """Paint with the painter's pen, upright around ``middle``. The painter must have this face's font."""
        p.drawStaticText(QPointF(left, middle - self.height / 2), self.text(text)[0])


@lru_cache(maxsize=64)
def face(px: float, weight: QFont.Weight = QFont.Weight.Normal) -> Face:
    """The shared face of the interface font at a size."""
    return Face(ui_font(px, weight=weight))
