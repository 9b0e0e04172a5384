"""Recompute everything, one edit, and one formula edit, beside bare Python, in one run.

uv run python -m bench.engine [S M L]
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import msgspec

from bench.models import SIZES, bare, build
from model.engine import _compute, run
from model.layers import default_view


def best(fn: Callable[[], object], seconds: float = 1.0) -> float:
    """Median of repeated runs, in seconds."""
    times = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until or len(times) < 5:
        began = time.perf_counter()
        fn()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def measure(size: str) -> dict[str, float]:
    deal = build(size)
    began = time.perf_counter()
    calc = run(deal, default_view(deal))
    first = time.perf_counter() - began
    reference = bare(size)
    rows = calc.timeline.rows
    got = reference(len(calc.timeline), 3.5, 2.5, rows["days"], rows["days_in_year"])
    assert all(calc.line(k) == r for k, r in zip(deal.lines, got, strict=True)), "the two disagree"
    everything = best(lambda: _compute(calc))
    plain = best(lambda: reference(len(calc.timeline), 3.5, 2.5, rows["days"], rows["days_in_year"]))
    views = [calc.view._replace(sets=(("e", v),)) for v in (2.0, 3.0)]
    state = {"calc": calc, "i": 0}

    def edit() -> None:
        state["i"] += 1
        state["calc"] = run(deal, views[state["i"] % 2], state["calc"], frozenset(["e"]))

    one = best(edit)
    moved = sum(k in deal.lines for k in state["calc"].moved) / len(deal.lines)
    texts = [deal.lines["b0_16"].formula, "= b0_15 * e / 4 + 1"]
    decks = [
        msgspec.structs.replace(
            deal, lines={**deal.lines, "b0_16": msgspec.structs.replace(deal.lines["b0_16"], formula=t)}
        )
        for t in texts
    ]

    def reformulate() -> None:
        state["i"] += 1
        state["calc"] = run(decks[state["i"] % 2], calc.view, state["calc"])

    formula = best(reformulate)
    return {"first": first, "all": everything, "bare": plain, "edit": one, "moved": moved, "formula": formula}


def main() -> None:
    print(
        f"{'size':<5}{'first ms':>10}{'all ms':>9}{'bare ms':>9}{'all/bare':>9}{'edit ms':>9}{'moved':>7}{'formula ms':>12}"
    )
    for size in sys.argv[1:] or SIZES:
        m = measure(size)
        print(
            f"{size:<5}{m['first'] * 1e3:>10.1f}{m['all'] * 1e3:>9.2f}{m['bare'] * 1e3:>9.2f}{m['all'] / m['bare']:>9.2f}"
            f"{m['edit'] * 1e3:>9.3f}{m['moved']:>7.1%}{m['formula'] * 1e3:>12.1f}"
        )


if __name__ == "__main__":
    main()
