"""Deals of three sizes for the benchmarks, and the same formulas as bare Python.

Blocks of 20 lines, of which 11 read the previous period; within a period the longest chain is 15 lines.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from typing import Any

from model.deal import Deal, Line, Output, Term, TimelineSpec
from model.formula import coerce

SIZES = {"S": (40, 32), "M": (400, 120), "L": (5000, 120)}

# {p} is the block's prefix; t and e are terms
BLOCK = (
    "= PREV({p}19, t) * 0.1 + t",
    "= {p}0 * 0.3 - PREV({p}1) * 0.01",
    "= MAX(0, {p}1 - PREV({p}2) * 0.1)",
    "= {p}2 / (1 + {p}0 * {p}0)",
    "= MIN({p}3 * 100, t)",
    "= PREV({p}5, 100) - MIN(PREV({p}5, 100), {p}4)",
    "= IF({p}5 > t, {p}4, {p}3)",
    "= {p}3 + PREV({p}7) * 0.5",
    "= {p}7 * 1.05",
    "= {p}8 - PREV({p}8)",
    "= IF({p}9 >= 0, {p}9, -{p}9)",
    "= {p}10 + PREV({p}10)",
    "= {p}11 / (t + 1)",
    "= MAX({p}12, PREV({p}13) * 0.9)",
    "= {p}13 + days / days_in_year",
    "= {p}14 * 2 - PREV({p}14)",
    "= {p}15 * {e} / 4",
    "= {p}16 - PREV({p}16)",
    "= PREV({p}18) * 0.5 + {p}16",
    "= {p}14 * 0.5 + {p}3",
)


def moved_blocks(lines: int) -> int:
    """Blocks whose last lines read the edited term, so that an edit of it moves about 1 % of the cells."""
    return max(1, round(lines * 0.01 / 3))


def build(size: str) -> Deal:
    """The deal of a size; its timeline has the wanted number of monthly or quarterly periods."""
    lines, periods = SIZES[size]
    moved = moved_blocks(lines)
    body = {}
    for block in range(lines // 20):
        prefix = f"b{block}_"
        for j, text in enumerate(BLOCK):
            formula = text.format(p=prefix, e="e" if block < moved else "t")
            body[f"{prefix}{j}"] = Line(label=f"Line {block}.{j}", formula=formula)
    years = periods // 12 if periods % 12 == 0 else periods // 4
    return Deal(
        name=size,
        timeline=TimelineSpec(
            start=dt.date(2025, 1, 1),
            end=dt.date(2024 + years, 12, 31),
            period="month" if periods % 12 == 0 else "quarter",
        ),
        terms={"t": Term(label="t", kind="money", value=3.5), "e": Term(label="e", kind="money", value=2.5)},
        lines=body,
        outputs={"total": Output(label="total", formula="= SUM(ALL(b0_19))")},
    )


# What a person would write by hand for a block. ``finite``, ``low``, ``high`` and ``more`` mark the guards that Excel's semantics ask for: a comparison of two
# amounts at 15 digits (one with zero needs none), a divisor or a minimum that must not hide an overflow.
_LINES = (
    "v19 * 0.1 + t",
    "v0 * 0.3 - v1 * 0.01",
    "x if (x := v1 - v2 * 0.1) >= 0.0 else low(0.0)",
    "v2 / finite(1.0 + v0 * v0)",
    "x if (x := v3 * 100.0) < t else high(t)",
    "v5 - (v5 if v5 < v4 else v4)",
    "v4 if more(v5, t) else v3",
    "v3 + v7 * 0.5",
    "v7 * 1.05",
    "v8 - q8",
    "v9 if v9 >= 0.0 else -v9",
    "v10 + q10",
    "v11 / t1",
    "x if (x := v13 * 0.9) >= v12 else low(v12)",
    "v13 + d / y",
    "v14 * 2.0 - q14",
    "v15 * {e} / 4.0",
    "v16 - q16",
    "v18 * 0.5 + v16",
    "v14 * 0.5 + v3",
)
_BACK = (8, 10, 14, 16)  # read one period back after they were computed
_ENDS = (4, 5, 6, 9, 12, 17, 18, 19)  # where one of these is finite in every period, so are all others


def bare(size: str, guards: bool = True) -> Callable[..., Any]:
    """What a person would write by hand for the same formulas, generated: one loop a block over local floats.

    It puts the rows in the place of the last run's, as an engine does: a few are thrown away as a few are made, in memory
    that is near. The guards stand in the text, as expressions: a call would cost more.
    """
    lines, _ = SIZES[size]
    moved = moved_blocks(lines)
    finite = r"(z if -9e307 < (z := \1) < 9e307 else bad())" if guards else r"(\1)"
    more = r"((t3 < \1 or less(t, \1)) if t2 < \1 else (t3 < \1 and less(t, \1)))" if guards else r"(\1 > t)"
    text = ["def run(rows, n, t, e, days, diy):"]
    for block in range(lines // 20):
        text += [f"    o{j} = [0.0] * n" for j in range(20)]
        text.append("    v1 = v2 = v7 = q8 = q10 = v13 = q14 = q16 = v18 = 0.0; v5 = 100.0; v19 = t; t1 = t + 1.0")
        if guards:
            text.append("    if not -9e307 < t1 < 9e307: bad()")
            text.append("    t2 = t * 0.99999999999997; t3 = t * 1.00000000000003")
        text.append("    for i, d, y in zip(range(n), days, diy):")
        for j, line in enumerate(_LINES):
            for name, test in (("low", "x > -9e307"), ("high", "x < 9e307")):
                line = re.sub(rf"{name}\((\S+)\)", rf"(\1 if {test} else bad())" if guards else r"\1", line)
            code = re.sub(r"finite\((.*?)\)(?=\)|$)", finite, line.format(e="e" if block < moved else "t"))
            text.append(f"        o{j}[i] = v{j} = {re.sub(r'more.(v5), t.', more, code)}")
        text += [f"        q{j} = v{j}" for j in _BACK]
        if guards:
            text += [f"    if not isfinite(sum(o{j})): bad()" for j in _ENDS]
        text.append(f"    rows[{block * 20}:{block * 20 + 20}] = ({', '.join(f'o{j}' for j in range(20))})")

    def bad() -> None:
        raise ArithmeticError

    space: dict[str, Any] = {"less": coerce.num_lt, "isfinite": math.isfinite, "bad": bad}
    exec("\n".join(text), space)
    return space["run"]  # type: ignore[no-any-return]
