"""A guard against releases of PySide6 that lose a reference at every emit and abort after some hundred."""

from PySide6.QtCore import QObject, Signal


class Bell(QObject):
    rung = Signal(object)


def test_a_hundred_thousand_signals_are_delivered():
    bell, heard = Bell(), []
    bell.rung.connect(heard.append)
    for i in range(100_000):
        bell.rung.emit(i)
    assert heard == list(range(100_000))
