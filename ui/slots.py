"""Slots with their arguments fixed. Qt hands a clicked action's state to partials and to lambdas with defaults.
Overrides of Qt whose faults are reported."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar


def bound(function: Callable[..., Any], *args: Any, **keywords: Any) -> Callable[[], None]:
    """A slot without arguments that calls the function with these."""

    def call() -> None:
        function(*args, **keywords)

    return call


_Class = TypeVar("_Class", bound=type)


def guarded(made: _Class) -> _Class:
    """A class whose overrides of Qt's events report their faults here: one that Python itself raises, such as an
    IndexError, ends the process in shiboken when it leaves an override (PySide 6.11 on Python 3.11)."""
    for name, member in list(vars(made).items()):
        if callable(member) and (name.endswith("Event") or name in ("event", "eventFilter")):
            setattr(made, name, _reported(member, None if name.endswith("Event") else False))
    return made


def _reported(override: Callable[..., Any], instead: object) -> Callable[..., Any]:
    @wraps(override)
    def inner(*args: Any, **keywords: Any) -> Any:
        try:
            return override(*args, **keywords)
        except Exception:
            sys.excepthook(*sys.exc_info())
            return instead

    return inner
