"""The window is tested offscreen, with real key presses and mouse clicks."""

from __future__ import annotations

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before Qt is imported, whatever the desktop is

import pytest
from PySide6.QtWidgets import QApplication

from ui import theme


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform says this of top-level widgets and pop-ups; all else fails the test."""
    for item in items:
        item.add_marker(pytest.mark.qt_log_ignore("^This plugin does not support (propagateSizeHints|raise|grabbing)"))


@pytest.fixture(autouse=True)
def light_theme(qapp: QApplication) -> None:
    """Every test starts in the light theme, with an empty clipboard."""
    if theme.current() is not theme.light() or not qapp.styleSheet():
        theme.install(qapp, "light")
    qapp.clipboard().clear()
