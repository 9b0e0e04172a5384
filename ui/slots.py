"""Slots with their arguments fixed. Qt hands a clicked action's state to partials and to lambdas with defaults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def bound(function: Callable[..., Any], *args: Any, **keywords: Any) -> Callable[[], None]:
    """A slot without arguments that calls the function with these."""

    def call() -> None:
        function(*args, **keywords)

    return call
