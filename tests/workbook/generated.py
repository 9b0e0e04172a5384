"""Deals made by chance: a few of everything, wired together at random, with layers upon layers, with texts and keys
that a spreadsheet would take for something else, and with errors of every kind."""

import datetime as dt

from hypothesis import strategies as st

from model.deal import (
    Chart,
    Check,
    Column,
    Deal,
    Event,
    Fact,
    Line,
    Output,
    Party,
    Question,
    Right,
    Rule,
    Scenario,
    Series,
    Source,
    Table,
    Term,
    TimelineSpec,
    Version,
)  # fmt: skip
from tests.workbook.awkward import HOSTILE_TEXTS

QUARTERS = st.integers(-40, 400).map(
    lambda n: n / 4
)  # exact in binary, so that no engine's rounding decides a comparison
DATES = st.dates(dt.date(2024, 6, 1), dt.date(2030, 6, 30)) | st.just("never")
SMALL = st.integers(1, 4)
KEYS = ("xfd1", "r2d2", "c", "log10", "print_area", "history", "r1c1", "sum", "cover", "true_", "a" * 60)
# what other programs take for formulas, cells, sheets or their own words; half of all texts are ordinary
TEXTS = st.sampled_from(
    ("Plain", "Two words", "Schedule", "'quoted", "A1:B2", "R1C1", "\u202eabc", "x" * 300, *HOSTILE_TEXTS[:6])
) | st.sampled_from(HOSTILE_TEXTS)
NOTES = TEXTS | TEXTS | TEXTS | st.just("A long remark. " * 2000)
_BINARY = (
    "{0} + {1}",
    "{0} - {1}",
    "{0} * {1} / 8",
    "MAX({0}, {1})",
    "MIN({0}, {1})",
    "IF({0} > {1}, {0}, {1} / 2)",
    "{0} / {1}",
)
# each may be an error: #NUM!, #VALUE!, #N/A, #REF!, and what asks for them
_ERRING = (
    "SQRT({0})",
    '{0} + IF({1} > 50, "x", 1)',
    "MATCH({0}, rec[amount], 0)",
    "INDEX(rec[amount], IF({0} > 30, 9, 1))",
    "IF(ISERROR({0}), 1, {1})",
    "IF({0} > 60, NA(), {1})",
    "LN({0}) * 0",
)


@st.composite
def expression(draw, atoms, depth=2):
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from(atoms))
    parts = [draw(expression(atoms, depth - 1)) for _ in range(2)]
    shape = draw(st.sampled_from((*_BINARY, "IFERROR({0}, {1})", "ROUND({0}, 1)", "-({0})", "ABS({0}) + 1", *_ERRING)))
    return "(" + shape.format(*parts) + ")"


@st.composite
def overlay(draw, terms, years, records):
    out = {}
    for key, term in terms.items():
        if term.formula is None and draw(st.integers(0, 3)) == 0:
            out[key] = draw(value_of(term))
    for year in draw(st.lists(st.sampled_from(years), max_size=2, unique=True)):
        out[f"path.{year}"] = draw(QUARTERS)
    for record in draw(st.lists(st.sampled_from(records), max_size=1)):
        out[f"rec.{record}.amount"] = draw(QUARTERS)
    return out


def value_of(term):
    if term.kind == "date":
        return DATES
    if term.kind == "choice":
        return st.sampled_from(term.choices)
    if term.kind == "text":
        return TEXTS.filter(lambda text: not text.startswith("="))
    return QUARTERS if term.kind == "number" else QUARTERS | st.just("undisclosed")


@st.composite
def deals(draw):
    start = draw(st.dates(dt.date(2024, 1, 1), dt.date(2025, 12, 31)))
    span = TimelineSpec(start=start, end=start + dt.timedelta(days=draw(st.integers(200, 900))),
                        period=draw(st.sampled_from(("year", "quarter", "month"))))  # fmt: skip
    terms = {
        f"t{chr(97 + i)}": Term(
            label=draw(TEXTS),
            kind="money" if i == 0 else "number",
            value=draw(QUARTERS),
            note=draw(NOTES),
            unit=draw(TEXTS),
            group=draw(TEXTS),
        )
        for i in range(draw(SMALL))
    }
    for key in draw(st.lists(st.sampled_from(KEYS), max_size=3, unique=True)):
        terms[key] = Term(label=draw(TEXTS), value=draw(QUARTERS))
    terms["q1"] = Term(label=draw(TEXTS), value=draw(QUARTERS))
    terms["on"] = Term(label=draw(TEXTS), kind="date", value=draw(DATES))
    terms["words"] = Term(label=draw(TEXTS), kind="text", value=draw(TEXTS))
    terms["pick"] = Term(
        label=draw(TEXTS),
        kind="choice",
        choices=("one", draw(st.sampled_from(("two, three", "=1+1", "a\x07b", "@x")))),
        value="one",
    )
    numbers = [k for k in terms if k not in ("on", "pick", "words")]
    terms["made"] = Term(label=draw(TEXTS), formula="= " + draw(expression([*numbers, "3"])))
    years = [str(span.start.year + i) for i in range(5)]
    given = draw(st.lists(st.sampled_from(years), max_size=4, unique=True))
    series = {"path": Series(label=draw(TEXTS), note=draw(TEXTS), values={y: draw(QUARTERS) for y in sorted(given)})}
    records = [f"r{i}" for i in range(draw(SMALL))]
    table = Table(
        label=draw(TEXTS), note=draw(TEXTS), role=draw(st.sampled_from(("", "maturity"))),
        columns={"amount": Column(label=draw(TEXTS), unit=draw(TEXTS), kind="money"), "paid_on": Column(label=draw(TEXTS), kind="date"),
                 "share": Column(label=draw(TEXTS), formula="= amount * q1 / 16 + PREV(share, made)")},
        records={r: {"amount": draw(QUARTERS), "paid_on": draw(DATES)} for r in records},
    )  # fmt: skip
    lines = {}
    for i in range(draw(SMALL) + 1):
        key = f"line_{i}"
        atoms = [
            *numbers,
            "made",
            "days",
            "BYYEAR(path, 1)",
            "OVERLAP_DAYS(start, on)",
            "ASOF(rec[amount], rec[paid_on])",
        ]
        atoms += [f'IF(pick = "one", {numbers[0]}, 2)', 'FLOW("us", "them", q1)', "IF(IS_YEAR_END(), 1, 0)"]
        atoms += [
            a for other in lines for a in (other, f"PREV({other}, q1)", f"CUM({other})", f"YEARS_TO_DATE({other}, 1)")
        ]
        body = draw(expression(atoms))
        if draw(st.booleans()):
            body = f"PREV({key}, {draw(st.sampled_from(numbers))}) / 4 + {body}"
        lines[key] = Line(
            label=draw(TEXTS),
            formula=f"= {body}",
            section=draw(TEXTS),
            style=draw(st.sampled_from(("", "total", "helper"))),
        )
    wholes = [
        "SUM(ALL(line_0))",
        "MAX(ALL(line_1))",
        "SUM(rec[amount])",
        "SUM(ALL(path))",
        "made",
        "AT(line_0, on)",
        "MIN(rec[share])",
    ]
    outputs = {
        f"out_{i}": Output(label=draw(TEXTS), formula="= " + draw(expression(wholes)), note=draw(TEXTS))
        for i in range(draw(SMALL))
    }
    versions = {f"v{i}": Version(label=draw(TEXTS), base=f"v{i - 1}" if i and draw(st.booleans()) else None,
                                 set=draw(overlay(terms, years, records))) for i in range(draw(st.integers(0, 2)))}  # fmt: skip
    scenarios = {f"s{i}": Scenario(label=draw(TEXTS), base=f"s{i - 1}" if i and draw(st.booleans()) else None,
                                   probability=draw(st.sampled_from((None, 0.5, 0.5))),
                                   set=draw(overlay(terms, years, records))) for i in range(draw(st.integers(0, 2)))}  # fmt: skip
    rules = {f"R{i}": Rule(answer=draw(st.sampled_from(("yes", "no", "unknown"))),
                           when=draw(st.sampled_from(({}, {"a": "x"}, {"a": "x|y", "b": "m"}))),
                           from_=draw(st.sampled_from(("= 0", "= on", "= IF(on < never, on + 1, never)", "= ta"))),
                           until=draw(st.sampled_from(("= never", "= on", "= on - 1")))) for i in range(draw(SMALL))}  # fmt: skip
    facts = {
        "a": Fact(label=draw(TEXTS), values={"x": draw(TEXTS), "y": "Y?"}),
        "b": Fact(label=draw(TEXTS), values={"m": "m", "n": "same", "o": "Same"}),
    }
    return Deal(
        name=draw(TEXTS), title=draw(TEXTS), note=draw(NOTES), timeline=span, unit="$m", perspective="us",
        parties={"us": Party(label=draw(TEXTS)), "them": Party(label=draw(TEXTS)), "third": Party(label="Third")},
        terms=terms, series=series, tables={"rec": table}, lines=lines, outputs=outputs, versions=versions, scenarios=scenarios,
        headline=tuple(outputs)[:2], charts={"c": Chart(label=draw(TEXTS), lines=("line_0", "line_1"), type="line")},
        checks={"fine": Check(label=draw(TEXTS), note=draw(TEXTS), formula="= made = made")},
        events={"day": Event(label=draw(TEXTS), on="= on")},
        rights={"may": Right(label=draw(TEXTS), note=draw(TEXTS), what=draw(TEXTS), ends_on=draw(TEXTS), survives=draw(TEXTS), exceptions=draw(TEXTS), source=draw(TEXTS), holder="us", from_="= on", until=draw(st.sampled_from(("= never", "= on + 300"))),
                             while_=draw(st.sampled_from((None, "= ta > 5", '= pick = "one"', "= 0.5"))))},
        sources={"s": Source(label=draw(TEXTS), publisher=draw(TEXTS), note=draw(TEXTS))}, sections={"main": draw(TEXTS)},
        questions={"ask": Question(label=draw(TEXTS), facts=facts, rules=rules)},
    )  # fmt: skip
