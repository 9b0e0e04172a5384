"""Deals of three sizes for the benchmarks, and the same formulas as bare Python.

Blocks of 20 lines, of which 11 read the previous period, in a chain through the block.
"""

from __future__ import annotations

import datetime as dt
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
    "= {p}6 + PREV({p}7) * 0.5",
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
    "= PREV({p}18) * 0.5 + {p}17",
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


_BARE = """
    for i in range(n):
        {p}0 = q19 * 0.1 + t
        {p}1 = {p}0 * 0.3 - q1 * 0.01
        x = {p}1 - q2 * 0.1
        {p}2 = x if x > 0.0 else 0.0
        {p}3 = {p}2 / (1.0 + {p}0 * {p}0)
        x = {p}3 * 100.0
        {p}4 = x if x < t else t
        {p}5 = q5 - (q5 if q5 < {p}4 else {p}4)
        {p}6 = {p}4 if lt(t, {p}5) else {p}3
        {p}7 = {p}6 + q7 * 0.5
        {p}8 = {p}7 * 1.05
        {p}9 = {p}8 - q8
        {p}10 = {p}9 if le(0.0, {p}9) else -{p}9
        {p}11 = {p}10 + q10
        {p}12 = {p}11 / (t + 1.0)
        x = q13 * 0.9
        {p}13 = {p}12 if {p}12 > x else x
        {p}14 = {p}13 + days[i] / diy[i]
        {p}15 = {p}14 * 2.0 - q14
        {p}16 = {p}15 * {e} / 4.0
        {p}17 = {p}16 - q16
        {p}18 = q18 * 0.5 + {p}17
        {p}19 = {p}14 * 0.5 + {p}3
        q1 = {p}1; q2 = {p}2; q5 = {p}5; q7 = {p}7; q8 = {p}8; q10 = {p}10; q13 = {p}13; q14 = {p}14; q16 = {p}16
        q18 = {p}18; q19 = {p}19
        {appends}
    for o in outs:
        if not isfinite(sum(o)): raise ArithmeticError
    rows.extend(outs)
"""


def bare(size: str) -> Callable[..., Any]:
    """What a person would write by hand for the same formulas and guards: one loop a block over local floats."""
    import math

    lines, _ = SIZES[size]
    moved = moved_blocks(lines)
    text = ["def run(n, t, e, days, diy):", "    rows = []"]
    for block in range(lines // 20):
        text.append(f"    outs = [{', '.join('[]' for _ in BLOCK)}]")
        text.append(f"    {', '.join(f'a{j}' for j in range(20))} = [o.append for o in outs]")
        text.append("    q1 = q2 = q7 = q8 = q10 = q13 = q14 = q16 = q18 = 0.0; q5 = 100.0; q19 = t")
        appends = "; ".join(f"a{j}(v{j})" for j in range(20))
        text.append(_BARE.format(p="v", e="e" if block < moved else "t", appends=appends).strip("\n"))
    text.append("    return rows")
    space: dict[str, Any] = {"lt": coerce.num_lt, "le": coerce.num_le, "isfinite": math.isfinite}
    exec("\n".join(text), space)
    return space["run"]  # type: ignore[no-any-return]
