"""Vector code of the functions over ranges: totals, statistics, searches, totals by criterion, flows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from model.formula import kinds
from model.formula.evaluate import LEADING, evaluate
from model.formula.fn_base import Refusal
from model.formula.fn_criteria import criterion, hits, numeric_test
from model.formula.nodes import (
    Before,
    Binary,
    Call,
    Column,
    Earlier,
    Here,
    Missing,
    Node,
    Ref,
    Row,
    SeriesRange,
    Text,
    ToDate,
    at_place,
    columns_beneath,
)
from model.formula.readtext import text_to_number
from model.formula.vector_code import Operand, Unsupported
from model.formula.vector_emit import RANGE_NODES, Base
from model.values import NEVER, ErrorValue, Range

_OPERATORS: Final = frozenset(("=", "<>", "<", "<=", ">", ">="))


class Ranges(Base):
    """Code over the cells of ranges: a matrix, or a list of vectors and values."""

    # cells ----------------------------------------------------------------------------------------

    def passed_over(self, node: Node) -> bool:
        """Whether a total may pass over what stands here: a reference, also one that IF or INDEX leads to, to text, a
        condition or a blank."""
        if isinstance(node, Call) and node.name in (*LEADING, "INDEX"):
            return not self.touched(node) or self.kind_of(node) != "n"
        if not isinstance(node, (Ref, Here, Before)):
            return False
        if self.touched(node):
            return self.kind_of(node) != "n"
        return isinstance(node, Ref) and type(self.cells.scalars.get(node.key)) is not float

    def items(self, node: Node) -> str:
        """Code of the cells of a range that draws touch."""
        if isinstance(node, Column):
            code = []
            for key in node.keys:
                if key in self.reached:
                    if self.types.get(key) not in ("i", "n"):
                        raise Unsupported
                    code.append(self.name("s", key))
                else:
                    code.append(self.constant(self.cells.scalars.get(key)))
            return f"[{', '.join(code)}]"
        if isinstance(node, SeriesRange):
            return self.name("y", node.series)
        if not isinstance(node, (Row, ToDate, Earlier)):
            raise Unsupported
        if node.key not in self.reached or self.types.get(node.key) not in ("i", "n"):
            raise Unsupported
        self.need_rows.add(node.key)
        rows = self.rows(node.key)
        if isinstance(node, Row):
            return rows
        return f"{rows}[:i + 1]" if isinstance(node, ToDate) else f"[{self.opening(node.key)}, *{rows}[:i]]"

    def known_cells(self, node: Node) -> list[list[Any]]:
        """The cells of a range that no draw touches, for every period of the loop."""
        size = self.cells.size if self.in_loop else 1
        fixed = isinstance(node, (Row, Column, SeriesRange))
        found: list[list[Any]] = []
        for i in range(size):
            if found and fixed:
                found.append(found[0])
                continue
            cells = evaluate(node, self.cells, i)
            if isinstance(cells, ErrorValue):
                raise Unsupported
            found.append(list(cells) if isinstance(cells, Range) else [cells])
        return found

    def cells_of(self, node: Node) -> str:
        """Code of the cells of an argument that takes a range."""
        if not self.touched(node):
            return f"{self.constant(self.known_cells(node))}[i]"
        if isinstance(node, RANGE_NODES):
            return self.items(node)
        return f"[{self.cell(node).code}]"

    def cell(self, node: Node) -> Operand:
        """A single value among those that a total takes."""
        if isinstance(node, Missing) or self.passed_over(node):
            raise Unsupported
        o = self.number(node)
        self.let_through(o)
        return o

    def cells_among(self, nodes: Sequence[Node]) -> tuple[str, list[Operand]]:
        """Code of all cells of some arguments, and the operands to drop afterwards."""
        if len(nodes) == 1 and isinstance(nodes[0], RANGE_NODES):
            return self.cells_of(nodes[0]), []
        code, held = [], []
        for node in nodes:
            if isinstance(node, RANGE_NODES) or (not self.touched(node) and self._is_range(node)):
                code.append(f"*{self.cells_of(node)}")
                continue
            if not self.touched(node) and self.passed_over(node):
                raise Unsupported
            held.append(self.cell(node))
            code.append(held[-1].code)
        return f"[{', '.join(code)}]", held

    def _is_range(self, node: Node) -> bool:
        return isinstance(evaluate(node, self.cells, 0), Range)

    def lengths(self, node: Node) -> list[int]:
        """How many cells a range has in every period of the loop."""
        periods = range(self.cells.size if self.in_loop else 1)
        if isinstance(node, Column):
            return [len(node.keys) for _ in periods]
        if isinstance(node, Row):
            return [self.cells.size for _ in periods]
        if isinstance(node, (ToDate, Earlier)):
            return [i + 1 for i in periods]
        if isinstance(node, SeriesRange):
            return [len(self.cells.scalars[node.series]) for _ in periods]
        if self.touched(node):
            return [1 for _ in periods]
        return [len(cells) for cells in self.known_cells(node)]

    # totals and statistics --------------------------------------------------------------------------

    def over(self, node: Call, dest: str) -> Operand:
        """A total or statistic over all cells of its arguments."""
        items, held = self.cells_among(node.args)
        d = dest or self.take("n")
        self.op(f"range_{node.name}({items}, {d})")
        return self.done(d, "n", "?", dest, *held)

    call_product = call_average = over
    call_median = call_count = call_counta = call_stdev = call_stdevp = call_var = call_varp = over
    call_sumsq = call_devsq = call_avedev = call_geomean = call_harmean = call_skew = call_kurt = over

    def placed(self, node: Call, dest: str) -> Operand:
        """A statistic of one range and a number."""
        if isinstance(node.args[0], Missing):
            raise Unsupported
        items, place = self.cells_of(node.args[0]), self.number(node.args[1])
        self.guard(place)
        d = dest or self.take("n")
        self.op(f"place_{node.name}({items}, {place.code}, {d})")
        return self.done(d, "n", "?", dest, place)

    call_percentile = call_quartile = call_large = call_small = placed

    def paired(self, node: Call, dest: str) -> Operand:
        """A statistic of two ranges."""
        a, b = (self.cells_of(arg) for arg in node.args)
        d = dest or self.take("n")
        self.op(f"pair_{node.name}({a}, {b}, {d})")
        return Operand(d, "n", True, "?", not dest)

    call_correl = call_rsq = call_covar = call_slope = call_intercept = call_steyx = paired

    def call_forecast(self, node: Call, dest: str) -> Operand:
        x, a, b = self.number(node.args[0]), self.cells_of(node.args[1]), self.cells_of(node.args[2])
        base, slope = self.take("n"), self.take("n")
        self.op(f"pair_INTERCEPT({a}, {b}, {base})")
        self.op(f"pair_SLOPE({a}, {b}, {slope})")
        self.op(f"multiply({slope}, {x.code}, out={slope})")
        self.op(f"add({base}, {slope}, out={base})")
        self.free["t"].append(slope)
        return self.done(base, "n", "?", "", x)

    def call_sumproduct(self, node: Call, dest: str) -> Operand:
        """Place by place over columns of one length: the operators apply to the cells."""
        columns: list[Column] = []
        for arg in node.args:
            found = columns_beneath(arg)
            if found is None:
                raise Unsupported
            columns += found
        lengths = {len(c.keys) for c in columns}
        if len(lengths) != 1 or any(not self.numeric(key) for c in columns for key in c.keys):
            raise Unsupported
        d = dest or self.take("n")
        self.op(f"{d}[...] = 0.0")
        for p in range(lengths.pop()):
            term = at_place(node.args[0], p)
            for arg in node.args[1:]:
                term = Binary("*", term, at_place(arg, p))
            o = self.number(term)
            self.op(f"add({d}, {o.code}, out={d})")
            self.drop(o)
        return Operand(d, "n", True, "?", not dest)

    def numeric(self, key: str) -> bool:
        if key in self.reached:
            return self.types.get(key) in ("i", "n")
        return isinstance(self.cells.scalars.get(key), (float, ErrorValue))

    # searches ---------------------------------------------------------------------------------------

    def call_index(self, node: Call, dest: str) -> Operand:
        if len(node.args) != 2 or not isinstance(node.args[0], RANGE_NODES):
            raise Unsupported
        items = self.results(node.args[0])
        place = self.number(node.args[1])
        if any(int(v) == 0 for v in self.values_of(place) if v == v):
            raise Unsupported
        self.let_through(place)
        d = dest or self.take("n")
        self.op(f"pick({items}, {place.code}, {d}, bad)")
        return self.done(d, "n", "?", dest, place)

    def results(self, node: Node) -> str:
        """The cells of a range of which one is the result: numbers alone."""
        if self.touched(node):
            return self.items(node)
        values = None if isinstance(node, (ToDate, Earlier)) else evaluate(node, self.cells, 0)
        if not isinstance(values, Range) or any(not isinstance(v, (float, int, ErrorValue)) for v in values):
            raise Unsupported
        return self.constant(list(values))

    def keys(self, node: Node) -> list[float]:
        """The numbers of a range in which a draw's value is looked for."""
        if not isinstance(node, (Row, Column)) or self.touched(node):
            raise Unsupported
        values = list(evaluate(node, self.cells, 0))
        if any(type(v) is not float for v in values):
            raise Unsupported
        return values

    def sought(self, node: Node, code: str, dest: str) -> Operand:
        o = self.number(node)
        self.let_through(o)
        d = dest or self.take("n")
        self.op(code.format(o.code, d))
        return self.done(d, "i", "?", dest, o)

    def call_match(self, node: Call, dest: str) -> Operand:
        kind = self.same_always(node.args[2]) if len(node.args) > 2 else 1.0
        values = self.keys(node.args[1])
        if kind == 0:
            first = {v: place for place, v in reversed(list(enumerate(values, 1)))}
            rising = sorted(first)
            places = [float(first[v]) for v in rising]
            return self.sought(
                node.args[0], f"same_in({{}}, {self.constant(rising)}, {self.constant(places)}, {{}})", dest
            )
        if kind != 1 or values != sorted(values):
            raise Unsupported
        return self.sought(node.args[0], f"place_in({{}}, {self.constant(values)}, {{}})", dest)

    def same_always(self, node: Node) -> Any:
        """A value that differs neither by draw nor by period."""
        periods = range(self.cells.size if self.in_loop else 1)
        found = set() if self.touched(node) else {evaluate(node, self.cells, i) for i in periods}
        if len(found) != 1:
            raise Unsupported
        return found.pop()

    def call_lookup(self, node: Call, dest: str) -> Operand:
        values = self.keys(node.args[1])
        beside = node.args[2] if len(node.args) > 2 else node.args[1]
        if values != sorted(values) or not isinstance(beside, (Row, Column)):
            raise Unsupported
        if self.lengths(beside) != self.lengths(node.args[1]):
            raise Unsupported
        items = self.results(beside)
        place = self.sought(node.args[0], f"place_in({{}}, {self.constant(values)}, {{}})", "")
        d = dest or self.take("n")
        self.op(f"pick({items}, {place.code}, {d}, bad)")
        return self.done(d, "n", "?", dest, place)

    # flows ------------------------------------------------------------------------------------------

    def call_npv(self, node: Call, dest: str) -> Operand:
        rate = self.number(node.args[0])
        self.guard(rate)
        items, held = self.cells_among(node.args[1:])
        d = dest or self.take("n")
        self.op(f"present_value({rate.code}, {items}, {d})")
        return self.done(d, "n", "?", dest, rate, *held)

    def call_xnpv(self, node: Call, dest: str) -> Operand:
        """Of flows whose dates no draw touches."""
        values, dates = node.args[1:]
        if self.touched(dates) or not isinstance(values, RANGE_NODES):
            raise Unsupported
        lengths, years = self.lengths(values), []
        for n, days in zip(lengths, self.known_cells(dates), strict=True):
            if any(type(day) is not float for day in days) or len(days) != n or not days:
                raise Unsupported
            whole = [math.floor(day) for day in days]
            if not 0 <= whole[0] <= min(whole) or max(whole) > NEVER:
                raise Unsupported
            years.append([(day - whole[0]) / 365 for day in whole])
        if not self.touched(values):
            amounts = [[0.0 if v is None else v for v in cells] for cells in self.known_cells(values)]
            if any(type(v) is not float for cells in amounts for v in cells):
                raise Unsupported
            items = f"{self.constant(amounts)}[i]"
        else:
            if isinstance(values, Column) and not all(self.numeric(key) for key in values.keys):
                raise Unsupported
            items = self.items(values)
        rate = self.number(node.args[0])
        self.guard(rate)
        d = dest or self.take("n")
        self.op(f"dated_value({rate.code}, {items}, {self.constant(years)}[i], {d})")
        return self.done(d, "n", "?", dest, rate)

    def call_irr(self, node: Call, dest: str) -> Operand:
        guess = self.number(node.args[1]) if len(node.args) > 1 else Operand("0.1", "n", False, "")
        self.guard(guess)
        d = dest or self.take("n")
        self.op(f"periodic_return({self.cells_of(node.args[0])}, {d})")
        return self.done(d, "n", "?", dest, guess)

    def call_xirr(self, node: Call, dest: str) -> Operand:
        values, dates = node.args[:2]
        if self.lengths(values) != self.lengths(dates):
            raise Unsupported
        for arg in (values, dates):
            if not all(v is None or isinstance(v, ErrorValue) or type(v) is float for v in self.untouched_cells(arg)):
                raise Unsupported
        guess = self.number(node.args[2]) if len(node.args) > 2 else Operand("0.1", "n", False, "")
        self.guard(guess)
        d = dest or self.take("n")
        self.op(f"dated_return({self.cells_of(values)}, {self.cells_of(dates)}, {guess.code}, {d})")
        return self.done(d, "n", "?", dest, guess)

    def untouched_cells(self, node: Node) -> list[Any]:
        """Those cells of a range that no draw touches."""
        if not self.touched(node):
            return [v for cells in self.known_cells(node) for v in cells]
        if isinstance(node, Column):
            return [self.cells.scalars.get(key) for key in node.keys if key not in self.reached]
        return []

    # totals by criterion ----------------------------------------------------------------------------

    def call_sumifs(self, node: Call, dest: str) -> Operand:
        if any(self.touched(a) for a in node.args[1:]) or not isinstance(node.args[0], (Column, Row)):
            return self.chosen(node, "SUM", node.args[0], node.args[1:], dest)
        found = [[p for p, hit in enumerate(row) if hit] for row in self.known_hits(node.args[1:])]
        d = dest or self.take("n")
        self.op(f"chosen({self.items(node.args[0])}, {self.constant(found)}[i], {d})")
        return Operand(d, "n", True, "?", not dest)

    def call_averageifs(self, node: Call, dest: str) -> Operand:
        return self.chosen(node, "AVERAGE", node.args[0], node.args[1:], dest)

    def call_minifs(self, node: Call, dest: str) -> Operand:
        return self.chosen(node, "MIN", node.args[0], node.args[1:], dest)

    def call_maxifs(self, node: Call, dest: str) -> Operand:
        return self.chosen(node, "MAX", node.args[0], node.args[1:], dest)

    def call_countifs(self, node: Call, dest: str) -> Operand:
        return self.chosen(node, "COUNT", node.args[0], node.args, dest)

    call_countif = call_countifs

    def call_sumif(self, node: Call, dest: str) -> Operand:
        return self.chosen(node, "SUM", node.args[2] if len(node.args) > 2 else node.args[0], node.args[:2], dest)

    def call_averageif(self, node: Call, dest: str) -> Operand:
        return self.chosen(node, "AVERAGE", node.args[2] if len(node.args) > 2 else node.args[0], node.args[:2], dest)

    def known_hits(self, pairs: Sequence[Node]) -> list[list[bool]]:
        """Which places meet criteria that no draw touches, for every period of the loop."""
        found = []
        for i in range(self.cells.size if self.in_loop else 1):
            try:
                found.append(hits([evaluate(a, self.cells, i) for a in pairs]))
            except Refusal:
                raise Unsupported from None
        return found

    def chosen(self, node: Call, name: str, values: Node, pairs: Sequence[Node], dest: str) -> Operand:
        """A total of the cells whose places meet all criteria."""
        if len(pairs) % 2 or any(not isinstance(a, RANGE_NODES) for a in (values, *pairs[::2])):
            raise Unsupported
        if any(self.lengths(a) != self.lengths(values) for a in pairs[::2]):
            raise Unsupported
        masks, held = [], []
        for cells, wanted in zip(pairs[::2], pairs[1::2], strict=True):
            if not self.touched(cells) and not self.touched(wanted):
                masks.append(f"{self.constant(self.known_hits((cells, wanted)))}[i]")
            elif not self.touched(wanted):
                masks.append(self._asked(cells, wanted))
            else:
                code, operand = self._compared(cells, wanted)
                masks.append(code)
                held.append(operand)
        d = dest or self.take("n")
        self.op(f"by_criterion({name!r}, {self.cells_of(values)}, both({', '.join(masks)}), {d})")
        return self.done(d, "n", "?", dest, *held)

    def _asked(self, cells: Node, wanted: Node) -> str:
        """Code of the places where cells that draws touch meet a known criterion."""
        asked = []
        for i in range(self.cells.size if self.in_loop else 1):
            value = evaluate(wanted, self.cells, i)
            try:
                asked.append((numeric_test(value), criterion(value)))
            except Refusal:
                raise Unsupported from None
        bounds = [test[1] for test, _ in asked if isinstance(test, tuple)]
        whole = all(abs(v) <= kinds.LIMIT and v == int(v) for v in bounds) and self._whole(cells)
        return f"met({self.items(cells)}, *{self.constant(asked)}[i]{', True' if whole else ''})"

    def _whole(self, node: Node) -> bool:
        """Whether all cells of a range are known to be whole numbers."""
        keys = node.keys if isinstance(node, Column) else (getattr(node, "key", ""),)
        return all(self.types.get(key) == "i" for key in keys)

    def _compared(self, cells: Node, wanted: Node) -> tuple[str, Operand]:
        """Code of the places where cells meet a criterion that differs by draw: a number, or an operator before one."""
        op = "="
        if isinstance(wanted, Binary) and wanted.op == "&" and isinstance(wanted.left, Text):
            op, wanted = wanted.left.value, wanted.right
        numbers_as_text = (isinstance(v, str) and text_to_number(v) is not None for v in self.untouched_cells(cells))
        if op not in _OPERATORS or any(numbers_as_text):
            raise Unsupported
        if self.kind_of(wanted) != "n":
            raise Unsupported
        o = self.number(wanted)
        self.guard(o)
        return f"met({self.cells_of(cells)}, ({op!r}, {o.code}), None)", o
