"""The style of the window's own parts, on top of the application's sheet."""

from __future__ import annotations

from ui.theme import Theme


def window_style(t: Theme) -> str:
    return f"""
#toolbar {{ background: {t.bar}; border-bottom: 1px solid {t.line}; }}
#toolbar QToolButton {{ color: {t.text}; padding: 5px 10px; }}
#toolbar QToolButton:disabled {{ color: {t.rule}; }}
#toolbar QToolButton::menu-indicator, #layerChip::menu-indicator, QToolButton[quiet="true"]::menu-indicator {{
  image: none; width: 0; }}
#toolbar #barLine, #formulaBar #barLine {{ background: {t.line}; }}
#formulaBar {{ background: {t.background}; border-bottom: 1px solid {t.line}; }}
#nameBox {{ border: 0; border-radius: 0; background: transparent; padding: 0 8px; font-weight: 500; }}
#nameBox:focus {{ border: 2px solid {t.accent}; padding: 0 6px; }}
#fx {{ color: {t.muted}; font-style: italic; }}
#formulaEdit {{ border: 0; border-radius: 0; background: transparent; padding: 0; color: {t.text}; }}
#formulaEdit:focus {{ border: 0; border-bottom: 2px solid {t.accent}; padding: 0; }}
#refusedLine {{ color: {t.bad}; background: {t.bad_tint}; padding: 3px 12px 5px 232px; }}
#layerChip {{ color: {t.accent}; background: {t.accent_tint}; border: 1px solid transparent; border-radius: 10px;
  padding: 1px 8px; font-size: 11px; }}
#layerChip:hover {{ border-color: {t.accent}; }}
#layerChip:focus {{ border: 1px solid {t.accent}; }}
#layerChip:disabled {{ color: {t.muted}; }}
#chips {{ background: {t.panel}; border-bottom: 1px solid {t.line}; }}
QToolButton[chip="true"] {{ color: {t.muted}; padding: 3px 10px; border-radius: 11px; }}
QToolButton[chip="true"]:hover {{ color: {t.text}; background: {t.hover}; }}
QToolButton[chip="true"]:checked {{ color: {t.accent}; background: {t.accent_tint}; font-weight: 600; }}
QToolButton[chip="true"]:focus {{ border: 1px solid {t.accent}; }}
QToolButton[quiet="true"] {{ color: {t.muted}; padding: 2px 8px; font-size: 11px; }}
#inspector, #inspectorPage {{ background: {t.panel}; }}
#inspectorPage QLabel {{ background: transparent; }}
#inspectorPage QLabel[look="title"] {{ font-weight: 600; }}
#inspectorPage QLabel[look="value"] {{ font-size: 22px; font-weight: 600; padding: 2px 0; }}
#inspectorPage QLabel[look="bad"] {{ font-size: 22px; font-weight: 600; padding: 2px 0; color: {t.bad}; }}
#inspectorPage QLabel[look="long"] {{ font-size: 14px; font-weight: 600; padding: 2px 0; }}
#inspectorPage QLabel[look="amber"] {{ color: {t.amber}; background: {t.amber_background}; padding: 4px 6px; }}
#inspectorPage QLabel[look="quiet"] {{ color: {t.muted}; padding: 2px 0; }}
#inspectorPage QLabel[look="head"] {{ color: {t.muted}; font-size: 11px; font-weight: 600; padding: 14px 0 2px 0; }}
QLabel[muted="true"] {{ color: {t.muted}; }}
QLabel[refused="true"] {{ color: {t.bad}; }}
#statusBar {{ background: {t.bar}; border-top: 1px solid {t.line}; }}
#statusBar QLabel {{ background: transparent; }}
#tabRow {{ background: {t.bar}; border-top: 1px solid {t.line}; }}
#charts, #charts > QWidget > QWidget {{ background: {t.line}; }}
#banner {{ background: {t.amber_background}; border-bottom: 1px solid {t.line}; }}
#banner QLabel {{ color: {t.amber}; background: transparent; }}
#banner[bad="true"] {{ background: {t.bad_tint}; }}
#banner[bad="true"] QLabel {{ color: {t.bad}; }}
#jobBar {{ background: {t.panel}; border-top: 1px solid {t.line}; }}
QTableWidget::item {{ padding: 4px 8px; border-bottom: 1px solid {t.line}; }}
QHeaderView::section {{ background: {t.bar}; color: {t.muted}; border: 0; border-bottom: 1px solid {t.line};
  padding: 6px 8px; font-weight: 600; }}
QProgressBar {{ background: {t.line}; border: 0; border-radius: 3px; max-height: 6px; }}
QProgressBar::chunk {{ background: {t.accent}; border-radius: 3px; }}
"""
