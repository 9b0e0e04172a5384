"""Slots with their arguments fixed. Qt hands a clicked action's state to partials and to lambdas with defaults.
Overrides of Qt whose faults are reported."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec


def bound(function: Callable[..., Any], *args: Any, **keywords: Any) -> Callable[[], None]:
    """A slot without arguments that calls the function with these."""

    def call() -> None:
        function(*args, **keywords)

    return call


_P = ParamSpec("_P")


def reported(override: Callable[_P, None]) -> Callable[_P, None]:
    """An override of Qt's whose faults are reported here: one that Python itself raises, such as an IndexError, ends the
    process in shiboken when it leaves the override (PySide 6.11 on Python 3.11)."""

    @wraps(override)
    def inner(*args: _P.args, **kwargs: _P.kwargs) -> None:
        try:
            override(*args, **kwargs)
        except Exception:
            sys.excepthook(*sys.exc_info())

    return inner
