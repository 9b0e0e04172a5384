"""The vector form's cost per draw beside the summed cost of its numpy operations, measured in one run.

uv run python -m bench.vector [S M TEMPLATE] [--markdown]

Every operation of the generated code is timed by itself on vectors of the same length (a rate of return as one of three
flows, a total by criterion as one of six cells); the sum over all operations and periods is the floor below which they cannot be done one after the other.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Sequence
from inspect import signature

import numpy as np

from bench.models import build
from model import store
from model.deal import Deal
from model.engine import Calc, run
from model.formula import vector_annuities, vector_dates, vector_returns
from model.formula import vector_forms as forms
from model.formula import vector_statistics as statistics
from model.formula.vector import Simulated, Vectorised
from model.layers import default_view


def best(fn: Callable[[], object], times: int = 5) -> float:
    """The shortest of some runs, in seconds of the processor: all is one thread."""
    found = []
    for _ in range(times):
        began = time.process_time()
        fn()
        found.append(time.process_time() - began)
    return min(found)


def floor(program: Vectorised, n: int) -> tuple[float, int]:
    """Seconds that the operations of the code take alone, and how many there are."""
    rng = np.random.default_rng(2)
    a, b, out = rng.uniform(1, 2, n), rng.uniform(1, 2, n), np.empty(n)
    log = np.log(a)
    mask, other, truth = a > 1.5, b > 1.5, np.empty(n, bool)
    rows = np.repeat(a[None, :], program.calc.cells.size, axis=0)
    alone: dict[str, Callable[[], object]] = {
        "put": lambda: forms.put(out, a, mask),
        "copyto": lambda: np.copyto(out, a),
        "sum_of": lambda: np.add.reduce(a),
        "isfinite": lambda: np.isfinite(a, out=truth),
        "compare_number": lambda: forms.compare("<", a, 1.5, truth, mask, None),
        "compare": lambda: forms.compare("<", a, b, truth, mask, out),
        "power": lambda: forms.power(a, b, out),
        "power_log": lambda: forms.power(a, b, out, log),
        "each": lambda: forms.each("NORMSDIST", out, a),
        "dated_return": lambda: vector_returns.dated_return([-10 * a, -b, 100 * b], [0.0, 400.0, 3000.0], 0.1, out),
        "by_criterion": lambda: statistics.by_criterion(
            "SUM", [2.0] * 6, statistics.met([a] * 6, ("=", 1.5), None, True), out
        ),
        "logical": lambda: np.logical_and(mask, other, out=truth),
        "range": lambda: np.add.reduce(rows, axis=0, out=out),
    }
    for name in (
        "add",
        "subtract",
        "multiply",
        "divide",
        "minimum",
        "maximum",
        "negative",
        "absolute",
        "sqrt",
        "exp",
        "log",
        "log10",
        "floor",
        "sign",
    ):
        ufunc = getattr(np, name)
        alone[name] = (lambda u=ufunc: u(a, b, out=out)) if ufunc.nin == 2 else (lambda u=ufunc: u(a, out=out))
    for name in ("equal", "less", "less_equal", "not_equal"):
        order = getattr(np, name)
        alone[name] = lambda u=order: u(a, b, out=truth)
    for table in (forms, vector_dates, vector_annuities):
        for name, form in table.FORMS.items():
            parameters = list(signature(form).parameters.values())
            open_ended = any(p.kind is p.VAR_POSITIONAL for p in parameters)
            wanted = (
                4 if open_ended else sum(p.kind is p.POSITIONAL_OR_KEYWORD and p.default is p.empty for p in parameters)
            )
            given = (a, *(0.25 if name == "modulo" else 2.0 for _ in range(wanted - 1)))
            alone["form_" + name] = lambda f=form, x=given: f(*x, out=out)
    cost = {name: best(lambda f=f: [f() for _ in range(20)]) / 20 for name, f in alone.items()}
    total, count = 0.0, 0
    for level in program.levels:
        in_loop = False
        for line in level.source.splitlines():
            in_loop = in_loop or line.strip().startswith("for i in")
            name = kind_of(line.strip())
            if name:
                times = program.calc.cells.size if in_loop else 1
                total += cost.get(name, cost["copyto"]) * times
                count += times
    return total, count


def kind_of(line: str) -> str:
    """The operation of a line of generated code, "" where it is none."""
    if re.search(r"(?:= |if )not finite\(sum_of\(", line):  # not where flags are looked at before
        return "sum_of"
    match = re.match(r"([a-z_0-9]+)\(", line)
    if not match:
        return ""
    name = match[1]
    if name == "power" and line.count(",") == 3:
        return "power_log"
    if name == "compare" and line.endswith("None)"):
        return "compare_number"
    if name.startswith("logical"):
        return "logical"
    return "range" if name in ("total", "chosen") or name.startswith(("range_", "place_", "pair_")) else name


def measure(deal: Deal, calc: Calc, draws: dict[str, np.ndarray], wanted: list[str]) -> list[str]:
    n = len(next(iter(draws.values())))
    began = time.perf_counter()
    program = Vectorised(calc, frozenset(draws), wanted)
    compiled = time.perf_counter() - began
    out = Simulated()
    for key in wanted:
        shape = (calc.cells.size, n) if key in calc.cells.rows else (n,)
        out[key] = np.empty(shape, bool if program.kind(key) == "b" else object if program.kind(key) == "x" else float)
        out.errors[key] = np.zeros(shape, bool)
    again = program.run(draws, out, 0)
    took = best(lambda: program.run(draws, out, 0))
    least, count = floor(program, n)
    lines = sum(len(level.lines) for level in program.levels)
    cells = max(1, lines * calc.cells.size)
    slow = sum(len(level.emit.slow_nodes) for level in program.levels)
    times = (f"{compiled * 1e3:.1f}", f"{took * 1e3:.1f}", f"{took / n * 1e6:.2f}", f"{took / n / cells * 1e9:.3f}")
    return [deal.name, str(lines), str(calc.cells.size), str(n), *times, str(count), f"{least * 1e3:.1f}", f"{took / least:.2f}", str(slow), str(again)]  # fmt: skip


def main() -> None:
    markdown = "--markdown" in sys.argv
    print(f"numpy {np.__version__}, one thread")
    heads = ("deal", "lines", "periods", "draws", "compile ms", "run ms", "µs/draw", "ns/line-period", "operations", "floor ms", "ratio", "slow", "again")  # fmt: skip
    widths = (18, 6, 8, 8, 11, 9, 10, 15, 11, 9, 7, 6, 7)

    def say(row: Sequence[str]) -> None:
        print("| " + " | ".join(row) + " |" if markdown else row[0].ljust(18) + "".join(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True)), flush=True)  # fmt: skip

    say(heads)
    if markdown:
        say(["---"] * len(heads))
    rng = np.random.default_rng(1)
    shipped = [name for name in store.list_templates() if name != "blank"]
    for name in [a for a in sys.argv[1:] if a != "--markdown"] or ("S", "M", *shipped):
        for n in (8_192, 16_384):
            if name in shipped:
                deal = store.load(store.find(name)).deal
                ranges = {k: (t.low, t.high) for k, t in deal.terms.items() if t.kind in ("money", "percent")}
                draws = {k: rng.uniform(*ends, n) for k, ends in ranges.items() if None not in ends}
                wanted = list(deal.outputs)
            else:
                deal = build(name)
                draws = {"t": rng.uniform(3, 4, n)}
                wanted = [k for k in deal.lines if k.endswith("_19")]
            say(measure(deal, run(deal, default_view(deal)), draws, wanted))


if __name__ == "__main__":
    main()
