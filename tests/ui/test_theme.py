from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QComboBox, QLabel

from ui import theme

READ_TOGETHER = [
    ("text", "background"), ("text", "panel"), ("text", "bar"), ("text", "band"), ("text", "accent_tint"),
    ("text", "flash"), ("text", "hover"), ("text", "input_background"), ("text", "bad_tint"),
    ("muted", "background"), ("muted", "panel"), ("muted", "bar"), ("muted", "band"),
    ("input", "input_background"), ("input", "background"), ("input", "accent_tint"), ("input", "flash"),
    ("accent", "background"), ("accent", "panel"), ("accent", "bar"), ("accent", "accent_tint"),
    ("on_accent", "accent"), ("good", "background"), ("good", "panel"), ("good", "bar"), ("good", "good_tint"),
    ("good", "amber_background"), ("bad", "background"), ("bad", "panel"), ("bad", "bar"), ("bad", "bad_tint"),
    ("amber", "amber_background"), ("amber", "background"),
]  # fmt: skip


@pytest.mark.parametrize("look", [theme.light(), theme.dark()], ids=lambda t: t.name)
@pytest.mark.parametrize("pair", READ_TOGETHER, ids="-on-".join)
def test_text_contrast_is_at_least_four_and_a_half(look: theme.Theme, pair: tuple[str, str]) -> None:
    assert theme.contrast(getattr(look, pair[0]), getattr(look, pair[1])) >= 4.5


@pytest.mark.parametrize("look", [theme.light(), theme.dark()], ids=lambda t: t.name)
@pytest.mark.parametrize("under", ["background", "input_background"])
@pytest.mark.parametrize("text", ["text", "input", "muted"])
def test_text_under_the_selection_tint_stays_readable(look: theme.Theme, under: str, text: str) -> None:
    a = look.selection_alpha / 255
    mixed = "#" + "".join(
        f"{round(int(look.selection[i : i + 2], 16) * a + int(getattr(look, under)[i : i + 2], 16) * (1 - a)):02x}"
        for i in (1, 3, 5)
    )
    assert theme.contrast(getattr(look, text), mixed) >= 4.5


def test_contrast_of_black_and_white_is_twenty_one() -> None:
    assert theme.contrast("#000000", "#ffffff") == pytest.approx(21)


def test_the_published_colours_are_used() -> None:
    assert (theme.light().input, theme.light().accent, theme.light().line) == ("#0b57c2", "#0f6e6e", "#e2e6eb")
    assert (theme.dark().input, theme.dark().accent, theme.dark().line) == ("#7db2ff", "#4cc2bd", "#2d343c")


@pytest.mark.parametrize("weight", [QFont.Weight.Normal, QFont.Weight.Bold])
@pytest.mark.parametrize("px", [11, 13, 20])
def test_all_figures_are_equally_wide(qapp: QApplication, px: int, weight: QFont.Weight) -> None:
    metrics = QFontMetricsF(theme.ui_font(px, weight=weight))
    widths = [metrics.horizontalAdvance(digit * 10) for digit in "0123456789"]
    assert max(widths) - min(widths) < 0.5  # of ten digits: a twentieth of a pixel each


def test_the_base_font_is_thirteen_pixels(qapp: QApplication) -> None:
    assert QLabel("x").font().pixelSize() == theme.BASE_PX == 13


def test_changing_the_theme_recolours_what_exists(qapp: QApplication) -> None:
    label = QLabel("x")
    theme.install(qapp, "dark")
    assert theme.current() is theme.dark()
    assert label.palette().color(QPalette.ColorRole.Base).name() == theme.dark().background
    theme.install(qapp, "light")
    assert label.palette().color(QPalette.ColorRole.Base).name() == theme.light().background


def test_auto_follows_the_system_and_a_fixed_choice_does_not(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(theme, "system_theme", theme.dark)
    theme.install(qapp, "auto")
    assert theme.current() is theme.dark()
    monkeypatch.setattr(theme, "system_theme", theme.light)
    QGuiApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert theme.current() is theme.light()
    theme.install(qapp, "light")
    monkeypatch.setattr(theme, "system_theme", theme.dark)
    QGuiApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.current() is theme.light()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_combo_boxes_show_an_arrow_in_both_themes(qapp: QApplication, qtbot, mode: theme.Mode) -> None:
    theme.install(qapp, mode)
    combo = QComboBox()
    combo.addItem("")
    combo.resize(100, 30)
    qtbot.addWidget(combo)
    combo.show()
    image = combo.grab().toImage()
    arrow = {image.pixelColor(x, y).name() for x in range(76, 96) for y in range(8, 22)}
    theme.install(qapp, "light")
    assert len(arrow) > 1


@pytest.mark.parametrize("weight", [QFont.Weight.Normal, QFont.Weight.Medium, QFont.Weight.DemiBold])
def test_the_bundled_font_is_in_use_and_its_figures_have_one_width(qapp: QApplication, weight: QFont.Weight) -> None:
    font = theme.ui_font(13, weight=weight)
    assert QFontInfo(font).family() == "Dealsheet Inter"
    assert QFontInfo(font).weight() == weight
    assert len({QFontMetricsF(font).horizontalAdvance(figure) for figure in "0123456789"}) == 1
