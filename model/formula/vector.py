"""Many draws at once: the formulas of a run over numpy vectors, one column per draw.

Only what the drawn inputs reach and the wanted items need is vectorised; everything else enters as the
numbers of the run. Lines are scanned period by period, draws in chunks that fit the cache. Draws in which
an error would be swallowed are computed again by the live engine, so that both always agree.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import numpy as np

from model.engine import Calc
from model.formula import vector_annuities, vector_dates, vector_returns
from model.formula import vector_forms as forms
from model.formula import vector_statistics as statistics
from model.formula.bind import OPENING, Formula, dependencies
from model.formula.helpers import PERIOD_NAMES
from model.formula.nodes import Node
from model.formula.vector_calls import Emitter
from model.formula.vector_emit import UFUNCS
from model.formula.vector_store import Slow, Store, known_value, live_draw, plain
from model.formula.vector_trees import Trees
from model.values import ErrorValue

CHUNK: Final = 8_192
Draws = Mapping[str, np.ndarray]

_GLOBALS: dict[str, Any] = {
    "__builtins__": {}, "nan": math.nan, "range": range, "isinf": np.isinf, "where": np.where, "sum_of": np.add.reduce, "every": np.logical_and.reduce, "finite": math.isfinite,
    **{name: getattr(np, name) for name in (
        "add", "subtract", "multiply", "divide", "negative", "copyto", "minimum", "maximum", "isfinite", "equal", "less", "less_equal",
        "not_equal", "logical_and", "logical_or", "logical_not", "logical_xor", *sorted(UFUNCS),
    )},
    **{f"form_{name}": form for table in (forms, vector_dates, vector_annuities) for name, form in table.FORMS.items()},
    **{f"range_{name}": form for table in (forms, statistics) for name, form in table.RANGES.items()},
    **{f"place_{name}": form for name, form in statistics.PLACES.items()},
    **{f"pair_{name}": form for name, form in statistics.PAIRS.items()},
    **{form.__name__: form for form in (
        forms.each, forms.same_in, forms.since, forms.of_years, vector_returns.periodic_return, vector_returns.dated_return, statistics.present_value, statistics.dated_value, statistics.by_criterion, statistics.met, statistics.both,
    )},
    "compare": forms.compare, "power": forms.power, "log_of": forms.log_of, "total": forms.total, "pick": forms.pick, "put": forms.put, "place_in": forms.place_in,
}  # fmt: skip


class Simulated(dict[str, np.ndarray]):
    """Values by key: (draws,) for single items, (periods, draws) for lines; NaN where Excel would show an error.
    ``errors`` has a mask of the same shape for every key."""

    def __init__(self) -> None:
        super().__init__()
        self.errors: dict[str, np.ndarray] = {}
        self.again = 0  # draws that the live engine computed


def simulate_lines(
    calc: Calc,
    draws: Draws,
    wanted: Iterable[str],
    chunk: int = CHUNK,
    progress: Callable[[float], object] | None = None,
) -> Simulated:
    """The wanted items under every draw. ``draws`` gives engine values (dates as serial numbers, percentages as
    fractions) by input address, arrays of one length. ``progress`` hears fractions of the work before every chunk and may
    raise to cancel."""
    keys = list(dict.fromkeys(wanted))
    count = len(next(iter(draws.values()))) if draws else 1
    if any(len(values) != count for values in draws.values()):
        raise ValueError("the arrays of draws differ in length")
    program = Vectorised(calc, frozenset(draws), keys)
    out = Simulated()
    for key in keys:
        shape = (calc.cells.size, count) if key in calc.cells.rows else (count,)
        out[key] = np.empty(shape, object if program.kind(key) == "x" else bool if program.kind(key) == "b" else float)
        out.errors[key] = np.zeros(shape, bool)
    for begin in range(0, count, chunk):
        if progress is not None:
            progress(begin / count)
        part = {address: values[begin : begin + chunk] for address, values in draws.items()}
        out.again += program.run(part, out, begin)
    return out


class Vectorised:
    """The code for one set of drawn addresses and wanted items, usable for any number of chunks."""

    def __init__(self, calc: Calc, addresses: frozenset[str], wanted: list[str]) -> None:
        self.calc = calc
        self.wanted = wanted
        self.types = dict(calc.program.plan.types)
        self.inputs = {a.partition(".")[0] if a.count(".") == 1 else a for a in addresses}
        self.reached = set(self.inputs)
        self.levels: list[_Level] = []
        self.stored: set[str] = {k for k in wanted if k in calc.cells.rows}
        self.buffers: dict[tuple[Any, ...], np.ndarray] = {}
        self._plan()

    def buffer(self, name: Any, kind: str, *shape: int) -> np.ndarray:
        """A buffer that is kept for the next chunk: fresh memory is slow."""
        slot = (name, *shape)
        if slot not in self.buffers:
            self.buffers[slot] = np.empty(shape, float if kind in "in" else bool if kind == "b" else object)
        return self.buffers[slot]

    def kind(self, key: str) -> str:
        """The kind of a wanted item's array."""
        if key not in self.reached:
            values = self.calc.cells.rows[key] if key in self.calc.cells.rows else [self.calc.cells.scalars.get(key)]
            kinds = {type(v) for v in values if not isinstance(v, ErrorValue)}
            if kinds == {bool}:  # a condition that is an error in some period has no place among booleans
                return "x" if any(isinstance(v, ErrorValue) for v in values) else "b"
            return "x" if kinds & {str, bool} else "n"
        kind = self.types.get(key, "x")
        return "n" if kind in "in" else kind

    def _plan(self) -> None:
        plan = self.calc.program.plan
        queue, hit = list(self.inputs), set()
        for key in queue:
            for index in plan.readers.get(key, ()):
                if index not in hit and not plan.steps[index].loop:
                    hit.add(index)
                    queue += plan.steps[index].keys
        self.reached.update(k for index in hit for k in plan.steps[index].keys)
        need, stack = set(), [k for k in self.wanted if k in self.reached]
        while stack:
            key = stack.pop()
            index = plan.step_of.get(key, -1)
            if index in hit and index not in need:
                need.add(index)
                for formula in plan.steps[index].formulas:
                    stack += [
                        d
                        for d in (*formula.now, *formula.past, *(p + OPENING for p in formula.past))
                        if d in self.reached
                    ]
        levels: dict[int, tuple[list[Formula], list[Formula]]] = {}
        level_of: dict[str, int] = {}
        for index in sorted(need):
            step = plan.steps[index]
            reads = {d for f in step.formulas for d in (*f.now, *f.past) if d in level_of}
            whole = {d for f in step.formulas for d in f.whole}
            rows = self.calc.cells.rows
            level = max((level_of[d] + (d in rows and (d in whole or not step.is_line)) for d in reads), default=0)
            for key in step.keys:
                level_of[key] = level
            levels.setdefault(level, ([], []))[step.is_line].extend(step.formulas)
        for level, (scalars, lines) in sorted(levels.items()):
            for formula in (*scalars, *lines):
                for d in (*formula.now, *formula.past):
                    if d in self.calc.cells.rows and level_of.get(d, level) < level:
                        self.stored.add(d)
            if scalars:
                self.levels.append(_Level(scalars, []))
            self.levels += [_Level([], together) for together in _connected(lines)]
        self.trees = Trees(self.calc.cells, self.reached)
        trial = Emitter(self.trees, self.types, (), set())
        for made in self.levels:  # what the live code does not compile may still have vector code
            for formula in (*made.scalars, *made.lines):
                if self.types.get(formula.key, "x") == "x":
                    self.types[formula.key] = trial.kind_of(formula.tree)
        for _ in range(5):  # a later level may ask an earlier one to keep its rows, or turn out to hold texts
            known = dict(self.types), set(self.stored)
            for made in self.levels:
                made.write(self)
                self.stored |= made.needs
            if known == (self.types, self.stored):
                break
        for made in self.levels:
            made.code = compile(made.source, "<vector>", "exec")  # built from the node tables only

    def run(self, part: Draws, out: Simulated, begin: int) -> int:
        """One chunk into ``out``; returns how many draws the live engine had to compute."""
        n = len(next(iter(part.values()))) if part else out[self.wanted[0]].shape[-1]
        bad = np.zeros(n, bool)
        store = Store(self, part, n, out, begin)
        with np.errstate(all="ignore"):
            for level in self.levels:
                level.run(self, store, n, bad)
        end = begin + n
        for key in self.wanted:
            values = store.value(key)
            errors = _errors(values)
            target = out[key][..., begin:end]
            if not np.shares_memory(target, values):
                target[...] = values
            if target.dtype == object:
                target[np.frompyfunc(lambda v: v is None, 1, 1)(target).astype(bool)] = (
                    0.0  # a cell that leads to a blank one shows 0
                )
                target[errors] = math.nan
            out.errors[key][..., begin:end] = errors
        spots = np.nonzero(bad)[0]
        for k in spots:
            live = live_draw(self.calc, {address: plain(values[k]) for address, values in part.items()})
            for key in self.wanted:
                value = live.cells.rows[key] if key in live.cells.rows else live.cells.scalars.get(key)
                _put(out, key, begin + int(k), value)
        return len(spots)


def _connected(lines: list[Formula]) -> list[list[Formula]]:
    """Lines that read each other, in their order: each set is scanned by itself, so that its vectors stay in the cache."""
    group = {f.key: f.key for f in lines}

    def root(key: str) -> str:
        while group[key] != key:
            group[key] = key = group[group[key]]
        return key

    for formula in lines:
        for dep in (*formula.now, *formula.past):
            if dep in group:
                group[root(dep)] = root(formula.key)
    out: dict[str, list[Formula]] = {}
    for formula in lines:
        out.setdefault(root(formula.key), []).append(formula)
    return list(out.values())


def _errors(values: Any) -> np.ndarray:
    if values.dtype == bool:
        return np.zeros(values.shape, bool)
    if values.dtype == object:
        wrong: np.ndarray = np.frompyfunc(
            lambda v: isinstance(v, ErrorValue) or (isinstance(v, float) and v != v), 1, 1
        )(values).astype(bool)
        return wrong
    return np.isnan(values)


def _put(out: Simulated, key: str, k: int, value: Any) -> None:
    for i, v in enumerate(value) if isinstance(value, list) else [(..., value)]:
        wrong = isinstance(v, ErrorValue)
        place = (i, k) if isinstance(value, list) else k
        out.errors[key][place] = wrong
        out[key][place] = (False if out[key].dtype == bool else math.nan) if wrong else 0.0 if v is None else v


class _Level:
    """Single cells and then lines that need nothing of a later level, in one piece of generated code."""

    def __init__(self, scalars: list[Formula], lines: list[Formula]) -> None:
        self.scalars = scalars
        self.lines = lines
        self.needs: set[str] = set()
        self.asks = {
            key + part for f in (*scalars, *lines) for key in (f.key, *f.now, *f.past) for part in ("", OPENING)
        }
        self.known: dict[str, Any] = {}
        self.source = ""
        self.code: Any = None

    def write(self, program: Vectorised) -> None:
        """The source, unless what it was written from is as it was."""
        known = {key: (program.types.get(key), key in program.stored) for key in self.asks}
        if known == self.known:
            return
        emit = Emitter(program.trees, program.types, [f.key for f in self.lines], program.stored)
        for formula in self.scalars:
            kind = emit.kind_of(formula.tree)
            self._assign(emit, formula, emit.name("s", formula.key), emit.name("es", formula.key), kind)
        head, emit.lines = emit.lines, []
        emit.in_loop, emit.depth = True, 2
        emit.count_repeats(f.tree for f in self.lines)
        looked: dict[str, int] = {}
        for j, formula in enumerate(self.lines):
            kind = emit.kind_of(formula.tree)
            if formula.key in program.stored:
                emit.say(f"v{j} = {emit.name('R', formula.key)}[i]")
            self._assign(emit, formula, f"v{j}", f"e{j}", kind)
            looked[formula.key] = len(emit.lines)
            if formula.key in program.stored:
                emit.say(f"{emit.name('E', formula.key)}[i] = e{j}")
        body = emit.lines
        for key, name in sorted(emit.sums.items(), key=lambda one: -looked.get(one[0], 0)):
            if key in emit.inside:
                body.insert(looked[key], f"        add({name}, v{emit.inside[key]}, out={name})")
        for key, name in emit.sums.items():
            if key not in emit.inside:
                emit.need_rows.add(key)
                body.insert(0, f"        add({name}, {emit.rows(key)}[i], out={name})")
        body, used = _needed(emit, body)
        start, tail = [], []
        for j, formula in enumerate(self.lines):
            if formula.key not in program.stored:
                start.append(f"    v{j} = V{j}")
                if formula.key in emit.before:
                    start += [f"    b{j} = W{j}", f"    b{j}[...] = {emit.opening(formula.key)}"]
                    if f"e{j}" in used:
                        start.append(f"    f{j} = {emit.opening_flag(formula.key)}")
                        tail.append(f"        v{j}, b{j}, f{j} = b{j}, v{j}, e{j}")
                    else:
                        tail.append(f"        v{j}, b{j} = b{j}, v{j}")
        start += [f"    {name}[...] = 0.0" for name in emit.sums.values()]
        start += emit.ahead
        start += [f"    {name} = log_of({base}, {name}B)" for base, name in emit.logs.items()]
        loop = ["    for i in range(periods):", *body, *tail] if self.lines else []
        returned = ", ".join(f"{f.key!r}: {emit.names[('es', f.key)]}" for f in self.scalars)
        self.emit = emit
        self.source = "\n".join(
            ["def level(n, bad, periods, i=0):", *head, *start, *loop, f"    return {{{returned}}}"]
        )
        slow = {d for node in emit.slow_nodes for d in _lines_read(node, program.calc, program)}
        self.needs = emit.need_rows | slow
        self.known = {key: (program.types.get(key), key in program.stored) for key in self.asks}

    def _assign(self, emit: Emitter, formula: Formula, d: str, flag: str, kind: str) -> None:
        """The code of a node's value into its buffer, with its error flag."""
        kind = kind if kind in ("b", "n") else "x"
        whole = emit.types.get(formula.key) == "i"
        o = emit.emit(formula.tree, d if kind != "x" else "")
        if kind == "x" or (kind == "n" and o.kind not in "in") or (kind == "b" and o.kind != "b"):
            emit.types[formula.key] = "x"
            emit.say(f"{d}[...] = {o.code}")
            emit.say(f"{flag} = False")
            return
        emit.types[formula.key] = kind if kind == "b" else o.kind if whole and o.kind == "i" else "n"
        if o.code != d:
            emit.op(f"copyto({d}, {o.code})")
            emit.drop(o)
        emit.look(d, flag, "" if kind == "b" else o.flag)

    def run(self, program: Vectorised, store: Store, n: int, bad: np.ndarray) -> None:
        emit, calc = self.emit, program.calc
        size = calc.cells.size
        space = dict(_GLOBALS)
        space.update(emit.space)
        space["flag"] = _flag
        space["chosen"] = lambda items, places, out: forms.total([items[p] for p in places], out)
        space["years"] = calc.cells.rows["year"]
        buffer, types = program.buffer, program.types
        for formula in self.scalars:
            store.vectors[formula.key] = buffer(formula.key, types.get(formula.key, "x"), n)
        for j, formula in enumerate(self.lines):
            kind = types.get(formula.key, "x")
            if formula.key in program.stored:
                store.rows[formula.key] = store.target(formula.key, kind, size)
                store.flags[formula.key] = [True] * size
            else:  # one buffer for the j-th line of every set of lines: they are never needed at once
                space[f"V{j}"] = buffer(("V", j, kind in "in"), kind, n)
                if f"W{j}" in self.source:
                    space[f"W{j}"] = buffer(("W", j, kind in "in"), kind, n)
        for (what, key), name in emit.names.items():
            if what == "s":
                space[name] = store.vectors.get(key)
            elif what == "es":
                space[name] = store.flags.get(key, True)
            elif what == "R":
                space[name] = store.rows.get(key)
            elif what == "E":
                space[name] = store.flags.get(key)
            elif what == "o":
                space[name] = known_value(calc.cells.scalars.get(key + OPENING, 0.0), float)
            elif what == "y":
                space[name] = store.series.get(key)
        for pool, kind in (("t", "n"), ("m", "b"), ("c", "n"), ("d", "b")):
            space.update({f"{pool}_{k + 1}": buffer((pool, k), kind, n) for k in range(emit.made[pool])})
        space.update({name: buffer(("sum", name), "n", n) for name in emit.sums.values()})
        space.update({f"{name}B": buffer(("log", name), "n", n) for name in emit.logs.values()})
        space["slow"] = Slow(program, store, emit.slow_nodes, n)
        exec(self.code, space)
        flags = space["level"](n, bad, size)
        for key, flag in flags.items():
            store.flags[key] = flag


_FLAG = re.compile(r"\b[ef]\d+\b")
_LOOK = re.compile(r" +(?:(e\d+) = |if (e\d+): v\d+\[isinf)")


def _needed(emit: Emitter, body: list[str]) -> tuple[list[str], set[str]]:
    """Without looking for errors in lines that only arithmetic reads: it carries them to where they are looked for. Also
    the flags that are left."""
    mentions = [_FLAG.findall(line) for line in body]
    uses = Counter(flag for line in (*mentions, *map(_FLAG.findall, emit.never_infinite)) for flag in line)
    own: dict[str, list[int]] = {}
    for at, line in enumerate(body):
        if match := _LOOK.match(line):
            flag = match[1] or match[2]
            own.setdefault(flag, []).append(at)
            uses[flag] -= mentions[at].count(flag)
    left, before = set(own), {f"e{emit.inside[key]}" for key in emit.before}
    while True:
        idle = {e for e in left if not uses[e] and not (e in before and uses["f" + e[1:]])}
        if not idle:
            break
        left -= idle
        for e in idle:
            for at in own[e]:
                uses.subtract(flag for flag in mentions[at] if flag != e)
    dropped = {at for e in own.keys() - left for at in own[e]}
    return [line for at, line in enumerate(body) if at not in dropped], left


def _lines_read(node: Node, calc: Calc, program: Vectorised) -> set[str]:
    now, past, _ = dependencies(node)
    return {k for k in now | past if k in calc.cells.rows and k in program.reached}


def _flag(bad: np.ndarray, value: Any, *path: tuple[Any, bool]) -> None:
    """Mark the draws whose value is no number, among those whose conditions lead there."""
    wrong = np.broadcast_to(~np.isfinite(value), bad.shape)
    for condition, holds in path:
        wrong = wrong & (condition if holds else ~condition)
    bad |= wrong


__all__ = ["PERIOD_NAMES", "Simulated", "Vectorised", "live_draw", "simulate_lines"]
