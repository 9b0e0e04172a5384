"""Prints what was compared at the end of the run."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

Tally = dict[str, Counter[str]]
_TALLY = pytest.StashKey[Tally]()
_NOTES = pytest.StashKey[list[str]]()


def pytest_configure(config: Any) -> None:
    config.stash[_TALLY] = {}
    config.stash[_NOTES] = []


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Tally:
    """Counts by kind of comparison: compared, agreed, explained by name."""
    return request.config.stash[_TALLY]


@pytest.fixture
def notes(request: pytest.FixtureRequest) -> list[str]:
    return request.config.stash[_NOTES]


def pytest_terminal_summary(terminalreporter: Any, config: Any) -> None:
    counts = config.stash.get(_TALLY, {})
    if not counts:
        return
    terminalreporter.section("conformance")
    for note in config.stash[_NOTES]:
        terminalreporter.line(note)
    for name, counter in counts.items():
        explained = {k: n for k, n in counter.items() if k not in ("compared", "agreed")}
        terminalreporter.line(
            f"{name}: {counter['compared']:,} compared, {counter['agreed']:,} agreed, {sum(explained.values()):,} explained"
        )
        for reason, n in sorted(explained.items(), key=lambda item: -item[1]):
            terminalreporter.line(f"    {n:>6,}  {reason}")
