"""A small deal with everything that is hard to export: keys like cells, undisclosed inputs inside ranges, errors,
circles, formulas at fault, part periods, texts that look like formulas, and characters no file can hold."""

import datetime as dt

from model.deal import (
    Check,
    Column,
    Deal,
    Event,
    Line,
    Output,
    Party,
    Scenario,
    Series,
    Source,
    Table,
    Term,
    TimelineSpec,
    Version,
)  # fmt: skip

HOSTILE_TEXTS = (
    "=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x","y")', "=cmd|' /C calc'!A0", "<r><t>x</t></r>", "{=1}",
    "a\x07b", "a\ufffeb", "a\ud800b", "_x000D_", "&<>\"'", "\U0001f600 emoji", "line\nbreak", "http://example.com", "  spaces  ", "1,000", "TRUE",
    "#N/A",
)  # fmt: skip


def awkward(**changes) -> Deal:
    parts = {
        "name": "Awkward & <hostile> =deal",
        "title": "=SUM(A1)",
        "note": "note\x00 with a NUL",
        "unit": "$m",
        "currency": "$",
        "perspective": "us",
        "parties": {"us": Party(label="@us")},
        "timeline": TimelineSpec(start=dt.date(2024, 2, 10), end=dt.date(2027, 8, 20), period="quarter"),
        "sources": {"s1": Source(label="=source", date=dt.date(2025, 1, 1), note="<r><t>y</t></r>")},
        "sections": {"main": "=Main & co"},
        "terms": {
            "q1": Term(label="=q1", kind="money", value=100.1, group="@group", source="s1"),
            "agi1": Term(label="key like a cell", kind="percent", value=0.1),
            "r2d2": Term(label="key like R1C1", kind="number", value=7),
            "c1_foo": Term(label="begins like R1C1", kind="integer", value=3),
            "r": Term(label="R", value=0.1 + 0.2),
            "rate": Term(label="key like a function", kind="percent", formula="= agi1 / 3"),
            "log10": Term(label="key like a cell and a function", formula="= LN(q1)"),
            "xirr": Term(label="a function's name", formula="= r + rate"),
            "print_area": Term(label="Excel's own name", value=5),
            "d_q1": Term(label="taken prefix", value=9),
            "secret": Term(label="undisclosed", kind="money", value="undisclosed"),
            "mood": Term(label="undisclosed choice", kind="choice", choices=("a,b", "c"), value="undisclosed"),
            "pick": Term(label="choice with commas", kind="choice", choices=("one, two", 'say "three"'), value="one, two"),
            "many": Term(label="choice too long for a list", kind="choice", choices=tuple(f"choice number {i}" for i in range(30)), value="choice number 7"),
            "cap": Term(label="cap", kind="money", value="none", low=1, high="none"),
            "event_on": Term(label="event", kind="date", value="never"),
            "go": Term(label="yes or no", kind="yesno", value="unknown"),
            "blank": Term(label="blank", kind="money"),
            "words": Term(label="text", kind="text", value="=cmd"),
            "empty_text": Term(label="empty text", kind="text", formula='= IF(blank=0, "", "x")'),
            "from_secret": Term(label="needs the undisclosed", formula="= secret * 2"),
            "from_mood": Term(label="needs the undisclosed choice", formula='= IF(mood="c", 1, 0)'),
            "divided": Term(label="division by nothing", formula="= 1 / blank"),
            "broken": Term(label="at fault", formula="= nothing_of_this_name + 1"),
            "ring_a": Term(label="circle", formula="= ring_b + 1"),
            "ring_b": Term(label="circle", formula="= ring_a + 1"),
            "after_ring": Term(label="after the circle", formula="= ring_a * 2"),
            "third": Term(label="needs 17 digits", value=1 / 3),
        },
        "series": {
            "path": Series(label="=path", values={"2024": 1.1, "2025": 2.2, "2027": "undisclosed"}, notes={"2025": "@note"}),
            "clear": Series(label="clear", kind="percent", values={"2024": 0.5, "2026": 0.25}),
            "none_at_all": Series(label="empty", values={}),
        },
        "tables": {
            "rec": Table(
                label="=records",
                columns={
                    "what": Column(label="What", kind="text"),
                    "amount": Column(label="Amount", kind="money"),
                    "part": Column(label="Part", kind="percent"),
                    "on": Column(label="On", kind="date"),
                    "made": Column(label="Made", formula="= amount * part + PREV(made, q1)"),
                },
                records={
                    "one": {"what": "-text", "amount": 10, "part": 0.5, "on": dt.date(2024, 5, 5)},
                    "two": {"what": "<r><t>x</t></r>", "amount": "undisclosed", "part": 0.25, "on": "never"},
                    "three": {"amount": 30, "part": 0.1, "on": "= rec.one.on + 400"},
                },
            ),
            "hollow": Table(label="no records", columns={"x": Column(label="X", kind="money")}),
        },
        "lines": {
            "q2": Line(label="=line", formula="= q1 * days / days_in_year", section="main", note="+note"),
            "balance": Line(label="balance", formula="= PREV(balance, q1) - q2", section="main", style="total"),
            "opened": Line(label="opened", formula="= PREV(opened) + balance", opening="= d_q1 * 2", sign="negative"),
            "looks_back": Line(label="no opening", formula="= PREV(q2) + 1", style="helper"),
            "by_year": Line(label="by year", formula="= BYYEAR(clear, 1)", kind="percent"),
            "by_secret": Line(label="by year, one undisclosed", formula="= BYYEAR(path, 0) + 1"),
            "to_date": Line(label="to date", formula="= CUM(q2) + YEARS_TO_DATE(q2, 2)"),
            "as_of": Line(label="as of", formula="= ASOF(rec[part], rec[on])"),
            "wordy": Line(label="text line", kind="text", formula='= IF(IS_YEAR_END(), "=end " & year, "")'),
            "dated": Line(label="dates", kind="date", formula="= IF(year = 2025, end, never)"),
            "capped": Line(label="limits", formula="= IF(year = 2025, cap, 5)"),
            "failing": Line(label="errors here and there", formula="= 1 / (year - 2025)"),
            "lost": Line(label="at fault", formula="= no_such_line + 1"),
            "yes": Line(label="booleans", kind="flag", formula="= year > 2025"),
            "most_before": Line(label="highest so far, no opening", formula="= MAX(EARLIER(downs))"),
            "downs": Line(label="below zero", formula="= -5 - days"),
            "lagged": Line(label="two back", formula="= LAG(downs, 2, 9)"),
            "ahead": Line(label="one ahead", formula="= NEXT(downs, 7)"),
            "of_year": Line(label="share of the year", formula="= q2 / YEARSUM(q2)", kind="percent"),
            "known": Line(label="unknown is a half", formula="= TRI(secret > 1)"),
            "days_left": Line(label="overlap", kind="integer", formula="= OVERLAP_DAYS(DATE(2025,3,3), event_on)"),
        },
        "outputs": {
            "total": Output(label="=total", formula="= SUM(ALL(q2))", note="=note", status="why"),
            "why": Output(label="why", kind="text", formula='= "because & <so>"'),
            "sum_secret": Output(label="sum with an undisclosed", formula="= SUM(rec[amount])"),
            "sum_part": Output(label="sum", formula="= SUMPRODUCT(rec[part] * rec[part])"),
            "sum_none": Output(label="sum of nothing", formula="= SUM(hollow[x]) + SUM(ALL(none_at_all))"),
            "all_path": Output(label="sum of a series", formula="= SUM(ALL(clear))"),
            "all_secret": Output(label="sum of a series, undisclosed", formula="= SUM(ALL(path))"),
            "at": Output(label="at", formula="= AT(balance, DATE(2025, 12, 31))"),
            "r1c1": Output(label="key like R1C1", formula="= q1 + agi1 + r2d2 + c1_foo + r + log10 + xirr + d_q1"),
            "guarded": Output(label="guarded", formula='= IFERROR(SUM(ALL(failing)), -1) & ""'),
            "powers": Output(label="Excel's powers", formula="= -2^2 + 2^3^2 + 27%"),
        },
        "checks": {
            "fine": Check(label="=fine", formula="= q1 > 0"),
            "wrong": Check(label="wrong", formula="= q1 < 0"),
            "unknown": Check(label="unknown", formula="= secret > 0"),
        },
        "events": {
            "happens": Event(label="=happens", on="= DATE(2025, 6, 30)"),
            "not_yet": Event(label="not yet", on="= event_on"),
            "failing_event": Event(label="error", on="= 1 / blank"),
        },
        "versions": {"v1": Version(label="v1 / draft: <1>", set={"q1": 110.7})},
        "scenarios": {"s1": Scenario(label="a?b*", set={"cap": 50, "rec.one.amount": 11})},
        "version": "v1",
        "headline": ("total", "q1"),
    }  # fmt: skip
    return Deal(**{**parts, **changes})


def layered() -> Deal:
    """Layers upon layers: chains of both kinds, labels alike, inputs that only some layer has, undisclosed in one."""
    return Deal(
        name="layered",
        timeline=TimelineSpec(start=dt.date(2025, 1, 1), end=dt.date(2029, 12, 31)),
        perspective="us",
        parties={"us": Party(label="Us"), "them": Party(label='Them "Inc"')},
        terms={
            "x": Term(label="x", kind="money", value=1.5),
            "y": Term(label="y", value=2),
            "empty": Term(label="blank in the base", kind="money"),
            "pick": Term(label="pick", kind="choice", choices=("a, b", "c"), value="c"),
            "on": Term(label="on", kind="date", value="never"),
            "sum_of": Term(label="sum", formula="= x + y + empty"),
        },
        series={"path": Series(label="path", values={"2026": 10, "2028": 30})},
        tables={
            "rec": Table(
                label="records",
                columns={"a": Column(label="A"), "note": Column(label="Note", kind="text"), "b": Column(label="B", formula="= a * 2")},
                records={"one": {"a": 1, "note": "n"}, "two": {}},
            )
        },
        lines={
            "l": Line(label="l", formula='= BYYEAR(path, -1) + IF(pick = "c", 0, 100)'),
            "paid": Line(label="paid", formula='= FLOW("us", "them", l)'),
        },
        outputs={
            "total": Output(label="total", formula="= SUM(ALL(l)) + SUM(ALL(path)) + AVERAGE(ALL(path))"),
            "mean": Output(label="mean", formula="= AVERAGE(rec[a]) + COUNT(rec[a])"),
            "texts": Output(label="texts", kind="text", formula="= rec.one.note & rec.two.note"),
            "soon": Output(label="soon", formula="= IF(on < never, 1, 0) + empty"),
        },
        versions={
            "v2": Version(label="Same", base="v1", set={"x": 3, "path.2027": 20}),
            "v1": Version(label="Same", set={"x": 2, "y": 5, "empty": 7, "on": dt.date(2026, 2, 3)}),
            "v0": Version(label="none", set={"y": "undisclosed", "rec.two.note": "=1"}),
        },
        scenarios={
            "s2": Scenario(label="a?b*", base="s1", set={"path.2028": 31, "rec.two.a": 4}),
            "s1": Scenario(label="a?b~", set={"pick": "a, b", "x": 9, "path.2030": 5, "rec.one.note": ""}),
        },
    )  # fmt: skip
