"""The vectors of a chunk of draws, nodes without vector code, and single draws by the live engine."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from model.engine import Calc, _propagate
from model.formula.bind import OPENING, dependencies
from model.formula.coerce import to_bool
from model.formula.evaluate import BY_YEAR, Cells, evaluate
from model.formula.nodes import Node
from model.values import NUM, ErrorValue, Range

if TYPE_CHECKING:
    from model.formula.vector import Simulated, Vectorised


def plain(v: Any) -> Any:
    return v.item() if isinstance(v, np.generic) else v


class Store:
    """The vectors and rows of a chunk."""

    def __init__(self, program: Vectorised, part: Mapping[str, np.ndarray], n: int, out: Simulated, begin: int) -> None:
        cells = program.calc.cells
        self.program, self.n, self.out, self.begin = program, n, out, begin
        self.vectors: dict[str, Any] = {}
        self.rows: dict[str, Any] = {}
        self.flags: dict[str, Any] = {}
        self.series: dict[str, list[Any]] = {}
        for address, values in part.items():
            if address.count(".") == 1:
                key, year = address.split(".")
                row = self.series.setdefault(key + BY_YEAR, list(cells.rows[key + BY_YEAR]))
                for i, y in enumerate(cells.rows["year"]):
                    if y == float(year):
                        row[i] = values
                years = self.series.setdefault(key, by_year(program.calc, key))
                years[years_of(program.calc, key).index(year)] = values
            else:
                self.vectors[address] = values
                self.flags[address] = values.dtype.kind == "f" and not np.isfinite(values).all()

    def target(self, key: str, kind: str, size: int) -> np.ndarray:
        """Where a line's rows go: straight into the result where it is wanted."""
        if key in self.out and self.out[key].dtype == (float if kind in "in" else bool if kind == "b" else object):
            return self.out[key][:, self.begin : self.begin + self.n]
        return self.program.buffer(("R", key), kind, size, self.n)

    def value(self, key: str) -> Any:
        """A wanted item's array."""
        if key in self.rows:
            return self.rows[key]
        if key in self.vectors:
            return np.asarray(self.vectors[key])
        cells = self.program.calc.cells
        kind = self.program.kind(key)
        dtype = object if kind == "x" else bool if kind == "b" else float
        if key in cells.rows:
            column = [known_value(v, dtype) for v in cells.rows[key]]
            return np.repeat(np.array(column, dtype)[:, None], self.n, axis=1)
        return np.full(self.n, known_value(cells.scalars.get(key), dtype), dtype)


def known_value(v: Any, dtype: Any) -> Any:
    if isinstance(v, ErrorValue) and dtype is not object:
        return math.nan
    return 0.0 if v is None else v


def years_of(calc: Calc, key: str) -> list[str]:
    prefix = key + "."
    return sorted(
        (a[len(prefix) :] for a, h in calc.inputs.items() if a.startswith(prefix) and h.value is not None), key=int
    )


def by_year(calc: Calc, key: str) -> list[Any]:
    return list(calc.cells.scalars[key])


class Slow:
    """Nodes without vector code, computed by the typed evaluator draw by draw."""

    def __init__(self, program: Vectorised, store: Store, nodes: list[Node], n: int) -> None:
        self.program, self.store, self.nodes, self.n = program, store, nodes, n

    def __call__(self, index: int, kind: str, i: int, bad: np.ndarray, *path: tuple[Any, bool]) -> np.ndarray:
        node, store, calc = self.nodes[index], self.store, self.program.calc
        now, past, _ = dependencies(node)
        base = calc.cells
        cells = Cells(base.size)
        cells.scalars, cells.rows = dict(base.scalars), dict(base.rows)
        drawn = [k for k in (*now, *(p + OPENING for p in past)) if k in store.vectors]
        lines = [k for k in now | past if k in store.rows]
        series = [k for k in now if k in store.series]
        active = np.ones(self.n, bool)
        for condition, holds in path:
            active &= condition if holds else ~condition
        out = np.full(
            self.n,
            math.nan if kind == "n" else False if kind == "b" else 0.0,
            float if kind == "n" else bool if kind == "b" else object,
        )
        for k in np.nonzero(active)[0]:
            wrong = False
            for key in drawn:
                cells.scalars[key] = v = plain(store.vectors[key][k])
                wrong = wrong or v != v
            for key in lines:
                # periods that are not computed yet hold what was there before; the node does not look at them
                cells.rows[key] = column = [plain(v) for v in store.rows[key][:, k]]
                wrong = wrong or any(v != v for v in column[: i + 1])
            for key in series:
                cells.scalars[key] = Range(plain(v[k]) if isinstance(v, np.ndarray) else v for v in store.series[key])
                cells.rows[key + BY_YEAR] = [
                    plain(v[k]) if isinstance(v, np.ndarray) else v for v in store.series[key + BY_YEAR]
                ]
            value = ErrorValue(NUM) if wrong else evaluate(node, cells, i)
            if wrong or (kind == "b" and isinstance(value, ErrorValue)):
                bad[k] = True
            elif kind == "n":
                out[k] = math.nan if isinstance(value, (ErrorValue, str, list)) else float(value or 0.0)
                if isinstance(value, (str, list)):
                    bad[k] = True
            elif kind == "b":
                out[k] = to_bool(value)
            else:
                out[k] = value
                if isinstance(value, (ErrorValue, list)):
                    bad[k] = True
        return out


def live_draw(calc: Calc, values: Mapping[str, Any]) -> Calc:
    """One draw by the live engine."""
    new = Calc(calc.deal, calc.view, calc.program, calc.timeline)
    new.inputs = calc.inputs
    new.cells.scalars = dict(calc.cells.scalars)
    new.cells.rows = dict(calc.cells.rows)
    moved: set[str] = set()
    for address, value in values.items():
        if address.count(".") == 1:
            key, year = address.split(".")
            years = list(new.cells.scalars[key])
            years[years_of(calc, key).index(year)] = value
            new.cells.scalars[key] = Range(years)
            new.cells.rows[key + BY_YEAR] = [
                value if y == float(year) else v
                for y, v in zip(calc.timeline.rows["year"], new.cells.rows[key + BY_YEAR], strict=True)
            ]
            moved |= {key, address}
        else:
            new.cells.scalars[address] = value
            moved.add(address)
    _propagate(new, moved)
    return new
