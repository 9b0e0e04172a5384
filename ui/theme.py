"""Every colour, font and measure of the window: light and dark, one palette, one style sheet.

Widgets never name a colour: they ask ``current()``. A change of theme arrives at them as
Qt's PaletteChange event.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from ui.stylesheet import style_sheet

BASE_PX = 13
SMALL_PX = 11
ROW_HEIGHT = 24
HEADER_HEIGHT = 28
PAD = 8
STEP = 4
FLASH_MS = 600

Mode = Literal["auto", "light", "dark"]


class Theme(msgspec.Struct, frozen=True):
    """A set of colours as #rrggbb. ``band`` and below are derived from the published colours."""

    name: Literal["light", "dark"]
    background: str
    panel: str
    bar: str
    line: str
    text: str
    muted: str
    input: str
    input_background: str
    accent: str
    good: str
    bad: str
    amber: str
    amber_background: str
    band: str  # section rows
    rule: str  # above totals, around menus, the edge of frozen columns
    on_accent: str
    accent_tint: str  # current cell, filled tags, chips
    selection: str  # laid over cells, see ``selection_alpha``
    flash: str
    bad_tint: str
    good_tint: str
    hover: str
    selection_alpha: int = 28

    @property
    def is_dark(self) -> bool:
        return self.name == "dark"

    @property
    def linked(self) -> str:
        """Values that come from another sheet."""
        return self.good

    def color(self, name: str, alpha: int = 255) -> QColor:
        value = QColor(getattr(self, name))
        value.setAlpha(alpha)
        return value


_LIGHT = Theme(
    name="light", background="#ffffff", panel="#f7f8fa", bar="#f1f3f6", line="#e2e6eb", text="#1b1f24",
    muted="#5b6470", input="#0b57c2", input_background="#f1f6ff", accent="#0f6e6e", good="#187a45", bad="#b3261e",
    amber="#8a5a00", amber_background="#fdf3dc", band="#edf0f5", rule="#9aa4b1", on_accent="#ffffff",
    accent_tint="#e0f1f0", selection="#0f6e6e", flash="#fff0b8", bad_tint="#fdecea", good_tint="#e4f4ea",
    hover="#e6eaef",
)  # fmt: skip
_DARK = Theme(
    name="dark", background="#16191d", panel="#1b1f24", bar="#1f242a", line="#2d343c", text="#e6e9ed",
    muted="#97a1ad", input="#7db2ff", input_background="#1b2738", accent="#4cc2bd", good="#5fd08f", bad="#ff8a80",
    amber="#f0c060", amber_background="#33290f", band="#222830", rule="#5d6875", on_accent="#0d1f1f",
    accent_tint="#17312f", selection="#4cc2bd", flash="#473a0c", bad_tint="#3a1f1d", good_tint="#173022",
    hover="#2a3038",
)  # fmt: skip


def light() -> Theme:
    return _LIGHT


def dark() -> Theme:
    return _DARK


_current = _LIGHT
_mode: Mode = "auto"
_connected: set[int] = set()
_styled: set[int] = set()


def current() -> Theme:
    """The theme that is on."""
    return _current


@contextmanager
def painting(theme: Theme) -> Iterator[None]:
    """Paint something in another theme than the window's, such as a page for paper."""
    global _current  # noqa: PLW0603
    before, _current = _current, theme
    try:
        yield
    finally:
        _current = before


def system_theme() -> Theme:
    return _DARK if QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark else _LIGHT


def application(argv: list[str]) -> QApplication:
    """The application, in our style from the beginning: setting one afterwards takes 10 ms more."""
    app = QApplication([*argv[:1], "-style", "Fusion", *argv[1:]])
    _styled.add(id(app))
    return app


def install(app: QApplication, mode: Mode = "auto") -> Theme:
    """Put the theme on. ``auto`` follows the system, also when it changes while we run."""
    global _mode  # noqa: PLW0603 - one application, one theme
    _mode = mode
    hints = QGuiApplication.styleHints()
    if mode == "auto":
        hints.unsetColorScheme()
    else:  # also turns native title bars and file dialogs
        hints.setColorScheme(Qt.ColorScheme.Dark if mode == "dark" else Qt.ColorScheme.Light)
    if id(app) not in _connected:
        _connected.add(id(app))
        hints.colorSchemeChanged.connect(_scheme_changed)
    apply(app, system_theme() if mode == "auto" else dark() if mode == "dark" else light())
    return _current


def _scheme_changed() -> None:
    app = QApplication.instance()
    if _mode == "auto" and isinstance(app, QApplication) and system_theme() is not _current:
        apply(app, system_theme())


def apply(app: QApplication, theme: Theme) -> None:
    """Style, font, palette and style sheet of the whole application."""
    global _current  # noqa: PLW0603
    _current = theme
    if id(app) not in _styled:
        _styled.add(id(app))
        app.setStyle("Fusion")
    app.setFont(ui_font())
    app.setPalette(palette(theme))
    app.setStyleSheet(style_sheet(theme))


def palette(theme: Theme) -> QPalette:
    p = QPalette()
    role = QPalette.ColorRole
    for which, name in (
        (role.Window, "bar"), (role.WindowText, "text"), (role.Base, "background"), (role.AlternateBase, "panel"),
        (role.Text, "text"), (role.Button, "bar"), (role.ButtonText, "text"), (role.BrightText, "bad"),
        (role.ToolTipBase, "panel"), (role.ToolTipText, "text"), (role.PlaceholderText, "muted"),
        (role.Highlight, "accent"), (role.HighlightedText, "on_accent"), (role.Link, "accent"),
        (role.LinkVisited, "accent"), (role.Light, "background"), (role.Midlight, "line"), (role.Mid, "rule"),
        (role.Dark, "rule"), (role.Shadow, "line"), (role.Accent, "accent"),
    ):  # fmt: skip
        p.setColor(which, theme.color(name))
    for which in (role.WindowText, role.Text, role.ButtonText):
        p.setColor(QPalette.ColorGroup.Disabled, which, theme.color("rule"))
    return p


_FONTS = Path(__file__).parent / "fonts"


@cache
def _family() -> str:
    """The bundled family, whose figures all have one width; the system's where Qt cannot load it."""
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
    loaded = [QFontDatabase.addApplicationFont(str(face)) for face in sorted(_FONTS.glob("*.ttf"))]
    if not loaded or -1 in loaded:
        return system
    return QFontDatabase.applicationFontFamilies(loaded[0])[0]


@lru_cache(maxsize=256)
def ui_font(px: float = BASE_PX, *, weight: QFont.Weight = QFont.Weight.Normal, italic: bool = False) -> QFont:
    """The interface font with tabular figures, in device-independent pixels. Shared: make a copy to change it."""
    font = QFont(_family())
    font.setPixelSize(max(6, round(px)))
    font.setWeight(weight)
    font.setItalic(italic)
    return font


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio of two colours."""

    def luminance(value: str) -> float:
        parts = []
        for i in (1, 3, 5):
            c = int(value[i : i + 2], 16) / 255
            parts.append(c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4)
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    a, b = sorted((luminance(one), luminance(other)), reverse=True)
    return (a + 0.05) / (b + 0.05)
