"""The engine beside bare Python and beside spreadsheet engines: the same formulas, in one run, the same numbers.

uv run python -m bench.engine [S M L chain] [--without LibreOffice …] [--markdown]

Deals of 40 lines × 32 periods (S), 400 × 120 (M) and 5,000 × 120 (L). Every time is the best of some runs. Before a time
counts, all that took part must have computed the same numbers: bare Python to the last bit in every cell, the
spreadsheets within 1e-9 in the first and last period of every line.

everything   ours: all groups of a compiled program. Bare: one generated function (``bench.models``), with the same
             guards and without. IronCalc, formualizer, LibreOffice: see ``bench.spreadsheets``.
edit         a term that about 1 % of the cells depend on: through layers, early cut-off and all, to the new values.
formula      one line's formula; spreadsheets change one cell of it. Ours: from the new document to the new values.
memory       a fresh process that builds the deal, computes it, edits it: resident memory over a bare interpreter.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import math
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from bench.models import SIZES, bare, build
from bench.spreadsheets import Times, engines, same, sheet, shortest
from model.deal import Deal, Line, TimelineSpec
from model.engine import Calc, _compute, run
from model.layers import default_view

FORMULAS = ("= {p}15 * e / 4", "= {p}15 * e / 4 + 1")
SECONDS = {"S": 1.0, "M": 2.0, "L": 3.0}  # about; slow engines need three runs of everything


Row = tuple[str, str, str, str, str, str]  # what, ours, beside what, ratio, aim, met


class Ours(NamedTuple):
    """Seconds; ``moved`` is the share of lines that the edit moves."""

    calc: Calc
    first: float
    all: float
    bare: float
    unguarded: float
    edit: float
    moved: float
    formula: float


def together(acts: list[Callable[[], object]], seconds: float) -> list[float]:
    """The best time of each, taken in turns so that all meet the same machine, thrice each so that none pays for the
    cache that the one before it filled."""
    best = [math.inf] * len(acts)
    until = time.perf_counter() + seconds
    while time.perf_counter() < until or best[0] is math.inf:
        for j, act in enumerate(acts):
            for _ in range(3):
                began = time.perf_counter()
                act()
                best[j] = min(best[j], time.perf_counter() - began)
    return best


def ours(deal: Deal, size: str) -> Ours:
    began = time.perf_counter()
    calc = run(deal, default_view(deal))
    first = time.perf_counter() - began
    rows, n = calc.timeline.rows, len(calc.timeline)
    got: list[list[float]] = []
    arguments: tuple[Any, ...] = (got, n, 3.5, 2.5, rows["days"], rows["days_in_year"])
    guarded, unguarded = bare(size), bare(size, guards=False)
    for reference in (guarded, unguarded):
        got.clear()
        reference(*arguments)
        assert all(calc.line(k) == r for k, r in zip(deal.lines, got, strict=True)), "the two disagree"
    gc.collect()
    gc.freeze()
    everything, plain, fastest = together(
        [lambda: _compute(calc), lambda: guarded(*arguments), lambda: unguarded(*arguments)], 3 * SECONDS[size]
    )
    views = [calc.view._replace(sets=(("e", v),)) for v in (2.0, 3.0)]
    state = {"calc": calc}

    def edit(i: int) -> None:
        state["calc"] = run(deal, views[i % 2], state["calc"], frozenset(["e"]))

    one = shortest(edit, SECONDS[size] / 2)
    moved = sum(k in deal.lines for k in state["calc"].moved) / len(deal.lines)
    state["calc"] = calc
    decks = [with_formula(deal, text) for text in FORMULAS]

    def reformulate(i: int) -> None:
        state["calc"] = run(decks[i % 2], calc.view, state["calc"])

    formula = shortest(reformulate, SECONDS[size] / 2)
    return Ours(calc, first, everything, plain, fastest, one, moved, formula)


def with_formula(deal: Deal, text: str) -> Deal:
    line = msgspec.structs.replace(deal.lines["b0_16"], formula=text.format(p="b0_"))
    return msgspec.structs.replace(deal, lines={**deal.lines, "b0_16": line})


_MEMORY = """
import sys
def megabytes(name):
    with open("/proc/self/status") as f: return next(int(line.split()[1]) / 1e3 for line in f if line.startswith(name))
before = megabytes("VmRSS")
from bench.models import build
from model.engine import run
from model.layers import default_view
deal = build(sys.argv[1])
calc = run(deal, default_view(deal))
calc = run(deal, calc.view._replace(sets=(("e", 2.0),)), calc, frozenset(["e"]))
print(megabytes("VmRSS") - before, megabytes("VmHWM") - before)
"""


def memory(size: str) -> tuple[float, float]:
    """Megabytes over the bare interpreter: when done, and at the peak."""
    done = subprocess.run([sys.executable, "-c", _MEMORY, size], capture_output=True, text=True, check=True)
    settled, peak = done.stdout.split()
    return float(settled), float(peak)


def chain(count: int = 100_000) -> list[Row]:
    """A document of lines each of which reads the one before: from nothing to values."""
    lines = {f"x{i}": Line(label="", formula=f"= x{i - 1} + 1" if i else "= 1") for i in range(count)}
    span = TimelineSpec(start=dt.date(2025, 1, 1), end=dt.date(2025, 12, 31))
    deal = Deal(name="chain", timeline=span, terms={}, lines=lines)
    began = time.perf_counter()
    calc = run(deal, default_view(deal)._replace(period="year"))
    took = time.perf_counter() - began
    assert calc.line(f"x{count - 1}") == [float(count)]
    return [
        (
            f"a chain of {count:,} lines, document to values",
            ms(took),
            "",
            "",
            "≤ 2,000 ms",
            "yes" if took <= 2 else "NO",
        )
    ]


def measure(size: str, without: list[str]) -> tuple[Ours, dict[str, Times | str]]:
    deal = build(size)
    mine = ours(deal, size)
    cells = sheet(mine.calc)
    wanted = [(mine.calc.line(k)[0], mine.calc.line(k)[-1]) for k in deal.lines]
    place = next(k for k, row in cells.rows.items() if k == "b0_16")
    text = cells.formulas[cells.rows[place], 2]
    others: dict[str, Times | str] = {}
    for name, engine in engines().items():
        if name in without:
            continue
        try:
            found = engine(cells, (text, text + "+1"), SECONDS[size])
        except RuntimeError as err:
            others[name] = str(err)
            continue
        others[name] = found if same(wanted, found.check) else "computed other numbers"
        gc.collect()
    return mine, others


def rows(size: str, mine: Ours, others: dict[str, Times | str]) -> list[Row]:
    """What, ours, beside what, ratio, aim, met."""
    out: list[Row] = []

    def add(what: str, our: float, other: float, name: str, aim: float, most: bool) -> None:
        ratio = our / other if most else other / our
        met = (ratio <= aim if most else ratio >= aim) if aim else None
        wish = "" if not aim else f"≤ {aim:g} ×" if most else f"≥ {aim:g} × faster"
        verdict = "" if met is None else "yes" if met else "NO"
        out.append((f"{size} {what}", ms(our), f"{ms(other)} {name}", f"{ratio:.2f} ×" if most else f"{ratio:.0f} × faster", wish, verdict))  # fmt: skip

    add("everything", mine.all, mine.bare, "bare Python, same guards", 2.0 if size == "S" else 1.5, True)
    add("everything", mine.all, mine.unguarded, "bare Python, no guards", 0, True)
    times = {name: t for name, t in others.items() if isinstance(t, Times)}
    for name, t in times.items():
        add("everything", mine.all, t.all, name, {"IronCalc": 8.0, "LibreOffice": 25.0}.get(name, 0), False)
    for name, t in times.items():
        best = min(times.values(), key=lambda v: v.edit)
        aim = 10.0 if t is best and size != "S" else 0
        add(f"edit ({mine.moved:.1%} of the lines move)", mine.edit, t.edit, name, aim, False)
    most = {"M": 5.0, "L": 20.0}.get(size)
    aim = f"≤ {most:g} ms" if most else ""
    out.append((f"{size} formula edit", ms(mine.formula), "", "", aim, "" if not most else "yes" if mine.formula * 1e3 <= most else "NO"))  # fmt: skip
    for name, t in times.items():
        add("formula edit", mine.formula, t.formula, name, 0, False)
    out.append((f"{size} document to first values", ms(mine.first), "", "", "", ""))
    for name, why in others.items():
        if not isinstance(why, Times):
            out.append((f"{size} {name}", "", why, "", "", ""))
    if size == "L":
        settled, peak = memory(size)
        out.append(("L memory", f"{settled:.0f} MB (peak {peak:.0f})", "0 bare interpreter", "", "≤ 100 MB", "yes" if settled <= 100 else "NO"))  # fmt: skip
    return out


def ms(seconds: float) -> str:
    value = seconds * 1e3
    return f"{value:.3f} ms" if value < 1 else f"{value:.2f} ms" if value < 10 else f"{value:,.0f} ms"


def show(found: list[Row], markdown: bool) -> str:
    """The table, to read or to paste."""
    head: Row = ("what", "ours", "beside", "ratio", "aim", "met")
    if markdown:
        return "\n".join("| " + " | ".join(row) + " |" for row in (head, ("---",) * 6, *found))
    widths = [max(len(row[j]) for row in (head, *found)) for j in range(6)]
    return "\n".join("  ".join(text.ljust(w) for text, w in zip(row, widths, strict=True)).rstrip() for row in (head, *found))  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", help="S, M, L, chain; default: all")
    parser.add_argument("--without", nargs="*", default=[], metavar="ENGINE")
    parser.add_argument("--markdown", action="store_true")
    given = parser.parse_args()
    for size in given.sizes or [*SIZES, "chain"]:
        if size == "chain":
            print(show(chain(), given.markdown), flush=True)
            continue
        print(show(rows(size, *measure(size, given.without)), given.markdown), flush=True)


if __name__ == "__main__":
    main()
