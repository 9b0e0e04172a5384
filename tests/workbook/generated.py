"""Deals made by chance: a few of everything, wired together at random, with layers upon layers."""

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
    Table,
    Term,
    TimelineSpec,
    Version,
)  # fmt: skip

QUARTERS = st.integers(-40, 400).map(
    lambda n: n / 4
)  # exact in binary, so that no engine's rounding decides a comparison
DATES = st.dates(dt.date(2024, 6, 1), dt.date(2030, 6, 30)) | st.just("never")
SMALL = st.integers(1, 4)
_BINARY = (
    "{0} + {1}",
    "{0} - {1}",
    "{0} * {1} / 8",
    "MAX({0}, {1})",
    "MIN({0}, {1})",
    "IF({0} > {1}, {0}, {1} / 2)",
    "{0} / {1}",
)


@st.composite
def expression(draw, atoms, depth=2):
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from(atoms))
    parts = [draw(expression(atoms, depth - 1)) for _ in range(2)]
    shape = draw(st.sampled_from((*_BINARY, "IFERROR({0}, {1})", "ROUND({0}, 1)", "-({0})", "ABS({0}) + 1")))
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
    return QUARTERS if term.kind == "number" else QUARTERS | st.just("undisclosed")


@st.composite
def deals(draw):
    start = draw(st.dates(dt.date(2024, 1, 1), dt.date(2025, 12, 31)))
    span = TimelineSpec(start=start, end=start + dt.timedelta(days=draw(st.integers(200, 1500))),
                        period=draw(st.sampled_from(("year", "quarter", "month"))))  # fmt: skip
    terms = {
        f"t{chr(97 + i)}": Term(label=f"Term {i}", kind="money" if i == 0 else "number", value=draw(QUARTERS))
        for i in range(draw(SMALL))
    }
    terms["q1"] = Term(label="Key like a cell", value=draw(QUARTERS))
    terms["on"] = Term(label="Day", kind="date", value=draw(DATES))
    terms["pick"] = Term(label="Choice", kind="choice", choices=("one", "two, three"), value="one")
    numbers = [k for k in terms if k not in ("on", "pick")]
    terms["made"] = Term(label="Made", formula="= " + draw(expression([*numbers, "3"])))
    years = [str(span.start.year + i) for i in range(5)]
    given = draw(st.lists(st.sampled_from(years), max_size=4, unique=True))
    series = {"path": Series(label="Path", values={y: draw(QUARTERS) for y in sorted(given)})}
    records = [f"r{i}" for i in range(draw(SMALL))]
    table = Table(
        label="Records",
        columns={"amount": Column(label="Amount", kind="money"), "paid_on": Column(label="On", kind="date"),
                 "share": Column(label="Share", formula="= amount * q1 / 16 + PREV(share, made)")},
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
        lines[key] = Line(label=f"Line {i}", formula=f"= {body}", style=draw(st.sampled_from(("", "total", "helper"))))
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
        f"out_{i}": Output(label=f"Output {i}", formula="= " + draw(expression(wholes))) for i in range(draw(SMALL))
    }
    versions = {f"v{i}": Version(label="Version", base=f"v{i - 1}" if i and draw(st.booleans()) else None,
                                 set=draw(overlay(terms, years, records))) for i in range(draw(st.integers(0, 2)))}  # fmt: skip
    scenarios = {f"s{i}": Scenario(label=f"Scenario {i}", base=f"s{i - 1}" if i and draw(st.booleans()) else None,
                                   probability=draw(st.sampled_from((None, 0.5, 0.5))),
                                   set=draw(overlay(terms, years, records))) for i in range(draw(st.integers(0, 2)))}  # fmt: skip
    rules = {f"R{i}": Rule(answer=draw(st.sampled_from(("yes", "no", "unknown"))),
                           when=draw(st.sampled_from(({}, {"a": "x"}, {"a": "x|y", "b": "m"}))),
                           from_=draw(st.sampled_from(("= 0", "= on", "= IF(on < never, on + 1, never)", "= ta"))),
                           until=draw(st.sampled_from(("= never", "= on", "= on - 1")))) for i in range(draw(SMALL))}  # fmt: skip
    facts = {
        "a": Fact(label="A", values={"x": "x-label", "y": "Y?"}),
        "b": Fact(label="B", values={"m": "m", "n": "same", "o": "Same"}),
    }
    return Deal(
        name="generated", timeline=span, unit="$m", perspective="us",
        parties={"us": Party(label="Us"), "them": Party(label="Them")},
        terms=terms, series=series, tables={"rec": table}, lines=lines, outputs=outputs, versions=versions, scenarios=scenarios,
        headline=tuple(outputs)[:2], charts={"c": Chart(label="Chart", lines=("line_0", "line_1"), type="line")},
        checks={"fine": Check(label="Fine", formula="= made = made")},
        events={"day": Event(label="Day", on="= on")},
        rights={"may": Right(label="May", holder="us", from_="= on", until=draw(st.sampled_from(("= never", "= on + 300"))),
                             while_=draw(st.sampled_from((None, "= ta > 5", '= pick = "one"', "= 0.5"))))},
        questions={"ask": Question(label="May they?", facts=facts, rules=rules)},
    )  # fmt: skip
