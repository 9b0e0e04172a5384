"""The one style sheet of the application, filled in from a theme."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.theme import Theme

_ICONS = Path(__file__).parent / "icons"


def style_sheet(t: Theme) -> str:
    down = (_ICONS / f"down-{t.name}.svg").as_posix()
    return f"""
QMainWindow, QDialog {{ background: {t.bar}; }}
QMainWindow::separator {{ background: {t.line}; width: 1px; height: 1px; }}
QToolTip {{ background: {t.panel}; color: {t.text}; border: 1px solid {t.rule}; padding: 4px 8px; }}

QMenuBar {{ background: {t.bar}; padding: 0 8px; }}
QMenuBar::item {{ background: transparent; padding: 4px 8px; border-radius: 4px; }}
QMenuBar::item:selected {{ background: {t.hover}; }}
QMenu {{ background: {t.background}; color: {t.text}; border: 1px solid {t.rule}; padding: 4px 0; }}
QMenu::item {{ padding: 4px 32px 4px 24px; }}
QMenu::item:selected {{ background: {t.accent_tint}; color: {t.text}; }}
QMenu::item:disabled {{ color: {t.rule}; }}
QMenu::separator {{ height: 1px; background: {t.line}; margin: 4px 0; }}
QMenu::indicator {{ width: 13px; height: 13px; left: 6px; }}

QToolBar {{ background: {t.bar}; border: 0; border-bottom: 1px solid {t.line}; padding: 4px 8px; spacing: 4px; }}
QToolBar::separator {{ background: transparent; border-left: 1px solid {t.line}; width: 0; margin: 4px 4px; }}
QToolButton {{ color: {t.text}; background: transparent; border: 1px solid transparent; border-radius: 4px;
  padding: 4px 8px; }}
QToolButton:hover {{ background: {t.hover}; }}
QToolButton:pressed, QToolButton:checked {{ background: {t.accent_tint}; }}
QToolButton:focus {{ border-color: {t.accent}; }}
QToolButton:disabled {{ color: {t.rule}; }}

QPushButton {{ color: {t.text}; background: {t.background}; border: 1px solid {t.rule}; border-radius: 4px;
  padding: 5px 14px; }}
QPushButton:hover {{ background: {t.hover}; }}
QPushButton:pressed {{ background: {t.accent_tint}; }}
QPushButton:focus {{ border: 2px solid {t.accent}; padding: 4px 13px; }}
QPushButton:disabled {{ color: {t.rule}; border-color: {t.line}; }}
QPushButton[primary="true"], QPushButton:default {{ color: {t.on_accent}; background: {t.accent};
  border: 1px solid {t.accent}; font-weight: 600; }}
QPushButton[primary="true"]:hover, QPushButton:default:hover {{ border-color: {t.text}; }}
QPushButton[primary="true"]:focus, QPushButton:default:focus {{ border: 2px solid {t.text}; padding: 4px 13px; }}
QPushButton[primary="true"]:disabled {{ color: {t.muted}; background: {t.line}; border-color: {t.line}; }}

QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDateEdit {{ color: {t.text}; background: {t.background};
  border: 1px solid {t.line}; border-radius: 4px; padding: 3px 7px;
  selection-background-color: {t.accent}; selection-color: {t.on_accent}; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDateEdit:focus {{
  border: 2px solid {t.accent}; padding: 2px 6px; }}
QLineEdit:disabled {{ color: {t.muted}; background: {t.panel}; }}

QComboBox {{ color: {t.text}; background: {t.background}; border: 1px solid {t.line}; border-radius: 4px;
  padding: 4px 8px; min-height: 18px; combobox-popup: 0; }}
QComboBox:hover {{ border-color: {t.rule}; }}
QComboBox:focus, QComboBox:on {{ border: 2px solid {t.accent}; padding: 3px 7px; }}
QComboBox:disabled {{ color: {t.rule}; background: {t.panel}; }}
QComboBox::drop-down {{ border: 0; width: 22px; }}
QComboBox::down-arrow {{ image: url("{down}"); width: 10px; height: 10px; }}
QComboBox QAbstractItemView {{ color: {t.text}; background: {t.background}; border: 1px solid {t.rule};
  selection-background-color: {t.accent_tint}; selection-color: {t.text}; outline: 0; }}
QComboBox QAbstractItemView::item {{ min-height: 26px; padding: 0 6px; }}

QTabBar {{ background: {t.bar}; qproperty-drawBase: 0; }}
QTabBar::tab {{ color: {t.muted}; background: {t.bar}; border: 0; padding: 6px 14px; }}
QTabBar::tab:hover {{ color: {t.text}; background: {t.hover}; }}
QTabBar::tab:selected {{ color: {t.accent}; background: {t.background}; font-weight: 600; }}
QTabBar::tab:bottom:selected {{ border-bottom: 2px solid {t.accent}; padding-bottom: 4px; }}
QTabBar::tab:top:selected {{ border-bottom: 2px solid {t.accent}; padding-bottom: 4px; }}
QTabBar:focus {{ outline: 0; }}
QTabWidget::pane {{ border: 0; }}

QStatusBar {{ background: {t.bar}; color: {t.muted}; border-top: 1px solid {t.line}; }}
QStatusBar::item {{ border: 0; }}
QStatusBar QLabel {{ color: {t.muted}; padding: 0 4px; }}

QListView, QTreeView, QTableView {{ color: {t.text}; background: {t.background}; border: 0; outline: 0;
  selection-background-color: {t.accent_tint}; selection-color: {t.text}; }}
QScrollArea {{ border: 0; }}

QSplitter::handle {{ background: {t.line}; }}
QSplitter::handle:horizontal {{ width: 1px; }}
QSplitter::handle:vertical {{ height: 1px; }}
QSplitter::handle:hover {{ background: {t.accent}; }}

QScrollBar {{ background: {t.panel}; border: 0; margin: 0; }}
QScrollBar:vertical {{ width: 12px; }}
QScrollBar:horizontal {{ height: 12px; }}
QScrollBar::handle {{ background: {t.rule}; border: 3px solid {t.panel}; border-radius: 6px; }}
QScrollBar::handle:vertical {{ min-height: 32px; }}
QScrollBar::handle:horizontal {{ min-width: 32px; }}
QScrollBar::handle:hover {{ background: {t.muted}; }}
QAbstractScrollArea::corner {{ background: {t.panel}; border: 0; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""
