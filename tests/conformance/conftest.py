"""Prints what was compared, kind by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

Tally = dict[str, Counter[str]]


@pytest.fixture
def tally() -> Iterator[Tally]:
    """Counts by kind of comparison: compared, agreed, explained by name; printed when the test is over."""
    counts: Tally = {}
    yield counts
    for name, counter in counts.items():
        explained = {k: n for k, n in counter.items() if k not in ("compared", "agreed")}
        print(
            f"{name}: {counter['compared']:,} compared, {counter['agreed']:,} agreed, {sum(explained.values()):,} explained"
        )
        for reason, n in sorted(explained.items(), key=lambda item: -item[1]):
            print(f"    {n:>6,}  {reason}")
