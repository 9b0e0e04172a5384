"""How much is tried: enough for every run by default, several times as much with ``DEALSHEET_FULL=1``."""

import os

FULL = bool(os.environ.get("DEALSHEET_FULL"))


def examples(count: int) -> int:
    """The number of examples of a costly property test."""
    return count * 4 if FULL else count
