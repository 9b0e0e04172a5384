"""What the first minute may need, prepared piece by piece once the window stands (see ``ui.leisure``)."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from PySide6.QtWidgets import QAbstractScrollArea

from ui.session import DealSession
from ui.sheets import SHEETS

_LATER = (
    "ui.panels.inspector_page", *(f"ui.panels.{sheet.module}" for sheet in SHEETS), "ui.panels.formula_assist",
    "ui.explain_acts", "ui.structure", "ui.entries", "ui.grid.editor", "ui.grid.bubble",
)  # fmt: skip


def imports(field: QAbstractScrollArea) -> Iterator[None]:
    """The modules, one by one."""
    for name in _LATER:
        import_module(name)
        yield
    field.viewport()  # the first widget of Qt's own: see ui.viewport
    yield


def code(session: DealSession) -> Iterator[None]:
    """The code that edits run, step by step, so that the first edit need not wait for it."""
    plan = session.calc.program.plan
    for index, step in enumerate(plan.steps):
        if step.block is None and not step.loop:
            plan.block(index)
            yield
