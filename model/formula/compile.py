"""Trees to straight-line Python over floats: the fast form of the typed evaluator.

A block of lines becomes one loop over the periods, a single cell one expression. The code is
optimistic: it raises (or ends in a number that is not finite) wherever Excel would show an error,
and the engine then runs the block in the typed evaluator. Code is built only from nodes of the
tables; constants and references reach it as arguments, so equal shapes share one compiled function.

The text of one formula comes from ``emit``, which proves kinds and leaves out the guards that they make needless.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from model.formula import coerce
from model.formula.bind import OPENING, Formula
from model.formula.emit import Emitter, Fallback, carried_by
from model.formula.fn_stats import total
from model.formula.functions import FAST_NAMES, FUNCTIONS
from model.formula.kinds import fits
from model.values import ErrorValue, Range

FALLBACK_ON = (Fallback, ArithmeticError, ValueError, TypeError, AttributeError, IndexError)


class Block(msgspec.Struct, frozen=True):
    """Compiled nodes. ``args`` says what to pass: ("s", key) a scalar, ("r", key) a row, ("p", key) a row
    shifted by its opening cell, ("c", value) a constant. ``run`` returns one value (scalar) or a tuple of lists."""

    keys: tuple[str, ...]
    is_line: bool
    args: tuple[tuple[str, Any], ...]
    run: Callable[..., Any] | None
    source: str


_cache: dict[str, Callable[..., Any]] = {}


def _chk(value: Any) -> Any:
    if value.__class__ is ErrorValue or value.__class__ is Range:  # INDEX(range, 0) gives a range
        raise Fallback
    return value


def _bad() -> Any:
    raise Fallback


def _truth(value: Any) -> bool:
    return bool(_chk(coerce.to_bool(value)))


def _cell(v: Any) -> Range:
    return v if isinstance(v, Range) else Range((v,))


def _teq(a: str, b: str) -> bool:
    if a == b:
        return a.__class__ is not ErrorValue or bool(_bad())  # two undisclosed texts are not the same text
    return a.lower() == b.lower()


def _ytd(row: Sequence[float], years: Sequence[float], i: int, span: float) -> float:
    floor = years[i] - span
    j = i
    while j >= 0 and years[j] > floor:
        j -= 1
    return total(row[j + 1 : i + 1])


_HOLDS: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge
}  # fmt: skip


def _sum_where(values: Sequence[Any], cells: Sequence[Any], sign: str, bound: Any) -> float:
    """SUMIFS of one criterion among whole numbers."""
    if bound.__class__ is not float:
        raise Fallback
    holds, result = _HOLDS[sign], 0.0
    for value, cell in zip(values, cells, strict=True):
        if cell.__class__ is float:
            if holds(cell, bound):
                if value.__class__ is float:
                    result += value
                elif value is not None:
                    raise Fallback
        elif cell is not None:
            raise Fallback
    return result


def _finite(row: list[Any]) -> None:
    for value in row:
        if value.__class__ is ErrorValue or (value.__class__ is float and not math.isfinite(value)):
            raise Fallback


_GLOBALS: dict[str, Any] = {
    "__builtins__": {},
    "min": min, "max": max, "abs": abs, "sum": sum, "len": len, "float": float, "int": int, "round": round, "zip": zip, "range": range, "isfinite": math.isfinite,
    "Range": Range, "_chk": _chk, "_bad": _bad, "_truth": _truth, "_teq": _teq, "_pow": coerce.power_fast, "_ytd": _ytd, "_finite": _finite, "_cell": _cell, "_sum_where": _sum_where, "_total": total,
    "_eq": coerce.num_eq, "_lt": coerce.num_lt, "_le": coerce.num_le, "_cmp": coerce.compare,
    **FAST_NAMES,
    **{f"F_{spec.identifier}": spec.live for spec in FUNCTIONS.values()},
    "O_add": coerce.add, "O_concat": coerce.concat, "O_negate": coerce.negate, "O_percent": coerce.percent,
}  # fmt: skip


def compile_block(formulas: Sequence[Formula], types: dict[str, str]) -> Block:
    """Compile nodes that are computed together (one single cell, or lines in order); sets their ``types``."""
    keys = tuple(f.key for f in formulas)
    is_line = formulas[0].is_line
    assumed = dict.fromkeys(keys, "n")
    for attempt in range(3):
        types.update(assumed)
        try:
            emitter, body, found = _lines(formulas, types) if is_line else _scalar(formulas[0], types)
        except Fallback:
            types.update(dict.fromkeys(keys, "x"))
            return Block(keys, is_line, (), None, "")
        if all(assumed[k] == "x" or fits(found[k], assumed[k]) for k in keys):
            break
        assumed = found if attempt == 0 else dict.fromkeys(keys, "x")
    types.update(found)
    source = f"def run({', '.join(['n', *emitter.args.values()])}):\n{body}"
    run = _cache.get(source)
    if run is None:
        space = dict(_GLOBALS)
        try:
            exec(compile(source, "<formula>", "exec"), space)  # built from the node tables only
        except (SyntaxError, RecursionError, MemoryError):  # nested beyond what Python parses
            return Block(keys, is_line, (), None, "")
        run = _cache[source] = space["run"]
    return Block(keys, is_line, tuple(emitter.args), run, source)


def _scalar(formula: Formula, types: Mapping[str, str]) -> tuple[Emitter, str, dict[str, str]]:
    emitter = Emitter(types, ())
    code, kind, safe = emitter.emit(formula.tree)
    emitter.single(kind)
    if kind == "z":
        code, kind = "0.0", "i"
    if kind in "in" and not safe:
        code, _ = emitter.guarded((code, kind, safe))
    return emitter, f"    return {code}\n", {formula.key: kind}


def _lines(formulas: Sequence[Formula], types: Mapping[str, str]) -> tuple[Emitter, str, dict[str, str]]:
    emitter = Emitter(types, [f.key for f in formulas])
    codes: list[str] = []
    found: dict[str, str] = {}
    for emitter.at, formula in enumerate(formulas):
        code, kind, _ = emitter.emit(formula.tree)
        emitter.single(kind)
        found[formula.key] = "i" if kind == "z" else kind
        codes.append("0.0" if kind == "z" else code)
    if len(keys := [f.key for f in formulas]) == 1 and not (emitter.kept or emitter.accumulate or emitter.own_rows):
        head = []
        made = [f"o0 = [{codes[0]} {_loop(emitter)}]"]
    else:
        emitter.uses_index = True
        head = [f"{name} = 0.0" for name in emitter.accumulate.values()]
        body = [
            f"{name} += l{emitter.args[('r', key)]}"
            for key, name in emitter.accumulate.items()
            if key not in emitter.inside
        ]
        tail: list[str] = []
        variables = emitter.used | emitter.before | emitter.kept | emitter.accumulate.keys()
        for j, (key, code) in enumerate(zip(keys, codes, strict=True)):
            head.append(f"o{j} = [0.0] * n")
            body.append(f"o{j}[i] = v{j} = {code}" if key in variables else f"o{j}[i] = {code}")
            if key in emitter.kept:
                head.append(f"v{j} = {emitter.arg('s', key + OPENING)}")
            if key in emitter.accumulate:
                body.append(f"{emitter.accumulate[key]} += v{j}")
            if key in emitter.before:
                head.append(f"b{j} = {emitter.arg('s', key + OPENING)}")
                tail.append(f"b{j} = v{j}")
        made = [_loop(emitter) + ":", *("    " + line for line in (*body, *tail))]
    ahead = [f"{name} = {code}" for code, name in emitter.ahead.items()]
    carried = set().union(*(carried_by(f.tree) for f in formulas if found[f.key] in "in")) if len(keys) > 1 else set()
    checks = []
    for j, key in enumerate(keys):
        if key in carried:
            continue
        if found[key] in "in":
            checks.append(f"if not isfinite(sum(o{j})): _bad()")
        elif found[key] == "x":
            checks.append(f"_finite(o{j})")
    outs = ", ".join(f"o{j}" for j in range(len(formulas)))
    text = [*ahead, *head, *made, *checks, f"return ({outs},)"]
    return emitter, "".join(f"    {line}\n" for line in text), found


def _loop(emitter: Emitter) -> str:
    names = dict(emitter.zipped)
    if emitter.uses_index or not names:
        names = {"i": "range(n)", **names}
    if len(names) == 1:
        ((name, source),) = names.items()
        return f"for {name} in {source}"
    return f"for {', '.join(names)} in zip({', '.join(names.values())})"
