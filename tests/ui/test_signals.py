"""Guards against PySide6: releases that lose a reference at every emit, and faults that leave an override of an event."""

import pkgutil
from importlib import import_module
from inspect import isfunction

import pytest
from PySide6.QtCore import QObject, Signal

import ui
from ui.slots import guarded


class Bell(QObject):
    rung = Signal(object)


def test_a_hundred_thousand_signals_are_delivered():
    bell, heard = Bell(), []
    bell.rung.connect(heard.append)
    for i in range(100_000):
        bell.rung.emit(i)
    assert heard == list(range(100_000))


def _overrides():
    """(class, name, method) of every override of an event of Qt in ``ui``."""
    for found in pkgutil.walk_packages(ui.__path__, "ui."):
        module = import_module(found.name)
        for one in vars(module).values():
            if isinstance(one, type) and one.__module__ == module.__name__:
                for name, member in vars(one).items():
                    if isfunction(member) and (name.endswith("Event") or name in ("event", "eventFilter")):
                        yield one.__name__, name, member


def test_every_override_of_an_event_reports_its_faults():
    found = list(_overrides())
    assert len(found) > 80
    assert [f"{cls}.{name}" for cls, name, member in found if not hasattr(member, "__wrapped__")] == []


@pytest.mark.parametrize(("name", "answer"), [("keyPressEvent", None), ("paintEvent", None), ("eventFilter", False)])
def test_a_fault_in_an_override_is_told_and_its_answer_is_harmless(name, answer, monkeypatch):
    told = []
    monkeypatch.setattr("sys.excepthook", lambda kind, *_: told.append(kind))
    made = guarded(type("Made", (), {name: lambda self, *_: [].pop(), "other": lambda self: 1}))
    assert getattr(made(), name)(None) is answer
    assert told == [IndexError]
    assert not hasattr(made.other, "__wrapped__")
