"""The unit check: what it finds, what it lets pass, and nothing at all on the shipped deals."""

import datetime as dt

import pytest

from model import store
from model.deal import Check
from model.units import check
from model.units.dimensions import describe, dim_of
from tests.model.deals import Column, Line, Output, Series, Table, Term, deal

TERMS = {
    "price": Term(label="Price", value=5.0, kind="money", unit="$bn"),
    "fee": Term(label="Fee", value=5.0, kind="money", unit="$m"),
    "yearly": Term(label="Yearly", value=5.0, kind="money", unit="$bn a year"),
    "daily": Term(label="Daily", value=5.0, kind="money", unit="$bn a day"),
    "rate": Term(label="Rate", value=0.1, kind="percent", unit="%"),
    "interest": Term(label="Interest", value=0.1, kind="percent", unit="% a year"),
    "moic": Term(label="MOIC", value=2.0, kind="multiple", unit="x"),
    "signed": Term(label="Signed", value=dt.date(2026, 1, 1), kind="date"),
    "closed": Term(label="Closed", value=dt.date(2027, 1, 1), kind="date"),
    "lag": Term(label="Lag", value=6, kind="integer", unit="months"),
    "span": Term(label="Span", value=6, kind="integer", unit="days"),
    "from_year": Term(label="From", value=2026, kind="year"),
    "users": Term(label="Users", value=6.0, kind="number", unit="users"),
    "servers": Term(label="Servers", value=6.0, kind="number", unit="servers"),
    "per_user": Term(label="Per user", value=6.0, kind="money", unit="$ per user"),
    "mode": Term(label="Mode", value="a", kind="choice", choices=("a", "b")),
    "plain": Term(label="Plain", value=1.0),
    "met": Term(label="Met", value=True, kind="flag"),
    "secret": Term(label="Secret", value=1.0, kind="number", unit="wibbles"),
}
TABLES = {
    "t": Table(
        label="T",
        columns={"amount": Column(label="A", kind="money"), "on": Column(label="On", kind="date"), "pct": Column(label="P", kind="percent")},
        records={"r": {}},
    )
}  # fmt: skip
SERIES = {
    "plan": Series(label="Plan", values={"2026": 1.0}, unit="$bn"),
    "shares": Series(label="S", values={"2026": 1.0}, kind="percent"),
}
LINES = {
    "paid": Line(label="Paid", formula="= price", unit="$bn"),
    "day": Line(label="Day", formula="= end", kind="date"),
}


def findings(formula, kind="number", unit="", line=False):
    lines, outputs = dict(LINES), {}
    if line:
        lines["it"] = Line(label="It", formula=formula, kind=kind, unit=unit)
    else:
        outputs["it"] = Output(label="It", formula=formula, kind=kind, unit=unit)
    d = deal(terms=TERMS, tables=TABLES, series=SERIES, lines=lines, outputs=outputs, unit="$bn")
    found = check(d)
    assert all(p.severity == "warning" and p.where.endswith("it.formula") for p in found)
    return [(formula[slice(*p.span)], p.what) for p in found]


@pytest.mark.parametrize(
    ("formula", "at", "words"),
    [
        ("= price + rate", "price + rate", ("adds", "$bn", "%")),
        ("= (price + 1) - rate * 2", "(price + 1) - rate * 2", ("takes", "$bn", "%")),
        ("= price + 10%", "price + 10%", ("$bn", "%")),
        ("= price + fee", "price + fee", ("$bn", "$m")),
        ("= yearly + daily", "yearly + daily", ("$bn a year", "$bn a day")),
        ("= signed > price", "signed > price", ("compares", "a date", "$bn")),
        ("= rate >= signed", "rate >= signed", ("%", "a date")),
        ("= signed < from_year", "signed < from_year", ("a date", "a calendar year")),
        ("= signed + closed", "signed + closed", ("a date",)),
        ("= signed + lag", "signed + lag", ("a date", "months")),
        ("= signed + price", "signed + price", ("a date", "$bn")),
        ("= price - signed", "price - signed", ("$bn", "a date")),
        ("= signed - rate", "signed - rate", ("a date", "%")),
        ("= lag + span", "lag + span", ("months", "days")),
        ("= price + lag", "price + lag", ("$bn", "months")),
        ("= users + servers", "users + servers", ("users", "servers")),
        ("= users + price", "users + price", ("users", "$bn")),
        ("= from_year + price", "from_year + price", ("a calendar year", "$bn")),
        ("= mode = price", "mode = price", ("text", "$bn")),
        ("= price + mode", "price + mode", ("$bn", "text")),
        ("= MIN(price, rate)", "rate", ("MIN", "$bn", "%")),
        ("= MAX(signed, price)", "price", ("a date", "$bn")),
        ("= IF(plain > 0, price, signed)", "signed", ("IF", "$bn", "a date")),
        ("= IFERROR(price, rate)", "rate", ("$bn", "%")),
        ("= IFNA(price, rate)", "rate", ("IFNA", "$bn", "%")),
        ("= price + IFNA(rate, rate)", "price + IFNA(rate, rate)", ("$bn", "%")),
        ("= SUM(price, t[pct])", "t[pct]", ("$bn", "%")),
        ('= SWITCH(mode, "a", price, rate)', "rate", ("$bn", "%")),
        ("= price * rate + rate", "price * rate + rate", ("$bn", "%")),
        ("= price / price + price", "price / price + price", ("a ratio", "$bn")),
        ("= price - daily * (closed - signed) * rate + span", "price - daily * (closed - signed) * rate + span", ("$bn", "days")),
        ("= EDATE(price, lag)", "price", ("EDATE needs a date", "$bn")),
        ("= EDATE(signed, span)", "EDATE(signed, span)", ("months", "days")),
        ("= YEAR(rate)", "rate", ("needs a date", "%")),
        ("= XIRR(t[amount], t[pct])", "t[pct]", ("XIRR needs a date", "%")),
        ("= AT(paid, price)", "price", ("AT needs a date", "$bn")),
        ("= t.r.amount + t.r.pct", "t.r.amount + t.r.pct", ("$bn", "%")),
        ("= SUM(ALL(paid)) + MAX(ALL(day))", "SUM(ALL(paid)) + MAX(ALL(day))", ("$bn", "a date")),
        ("= plain + IF(price > rate, 1, 0)", "price > rate", ("$bn", "%")),
    ],
)  # fmt: skip
def test_things_of_different_units_are_named_with_both_units_and_the_place(formula, at, words):
    found = findings(formula)
    assert len(found) == 1
    assert found[0][0] == at
    for word in words:
        assert word in found[0][1]


@pytest.mark.parametrize(
    ("formula", "kind", "unit", "words"),
    [
        ("= rate", "money", "$bn", ("“It” is in $bn", "gives %")),
        ("= price", "percent", "%", ("in %", "gives $bn")),
        ("= price", "money", "$m", ("in $m", "gives $bn")),
        ("= price", "date", "", ("a date", "$bn")),
        ("= signed", "money", "$bn", ("$bn", "a date")),
        ("= closed - signed", "money", "$bn", ("$bn", "days")),
        ("= closed - signed", "number", "months", ("months", "days")),
        ("= daily", "money", "$bn a year", ("$bn a year", "$bn a day")),
        ("= price / price", "money", "$bn", ("$bn", "a ratio")),
        ("= price", "flag", "", ("true or false", "$bn")),
        ("= YEAR(signed)", "date", "", ("a date", "a calendar year")),
        ("= mode", "money", "$bn", ("$bn", "text")),
    ],
)
def test_an_item_of_one_unit_given_another_is_a_finding(formula, kind, unit, words):
    found = findings(formula, kind, unit)
    assert [at for at, _ in found] == [formula.removeprefix("= ")]
    for word in words:
        assert word in found[0][1]


@pytest.mark.parametrize(
    ("formula", "kind", "unit", "line"),
    [
        ("= price * rate", "money", "$bn", False),
        ("= price * (1 + rate)", "money", "$bn", False),
        ("= price / fee", "multiple", "x", False),
        ("= price / price", "percent", "%", False),
        ("= price + 1", "money", "$bn", False),
        ("= closed - signed + 1", "integer", "days", False),
        ("= signed + (closed - signed) / 2", "date", "", False),
        ("= signed + span - 1", "date", "", False),
        ("= EDATE(signed, lag)", "date", "", False),
        ("= price / (closed - signed)", "money", "$bn a day", False),
        ("= price * 365 / (closed - signed + 1)", "money", "$bn a year", False),
        ("= fee / 1000", "money", "$bn", False),
        ("= price * 1000", "money", "$m", False),
        ("= price * interest * (closed - signed) / 365", "money", "$bn", False),
        ("= price * (1 + interest)^((closed - signed) / 365)", "money", "$bn", False),
        ("= per_user * users / 1000000000", "money", "$bn", False),
        ("= users * rate", "number", "users", False),
        ("= secret + plain", "number", "", False),
        ("= secret + rate", "number", "", False),
        ("= plain + price", "money", "$bn", False),
        ("= MAX(price, 0)", "money", "$bn", False),
        ("= MIN(signed, never)", "date", "", False),
        ("= IF(signed >= never, never, closed)", "date", "", False),
        ('= IF(price > 0, price, "none")', "money", "$bn", False),
        ("= IF(price > 0, NA(), price)", "money", "$bn", False),
        ('= IF(mode = "a", price, 0)', "money", "$bn", False),
        ("= met * price", "money", "$bn", False),
        ("= (price > 0) + (rate > 0)", "integer", "", False),
        ("= YEAR(signed) - from_year", "integer", "years", False),
        ("= from_year + 1", "year", "", False),
        ("= DATE(from_year + 1, 12, 31)", "date", "", False),
        ("= SUMPRODUCT(t[amount], t[pct])", "money", "$bn", False),
        ("= SUMIFS(t[amount], t[on], \"<\" & signed)", "money", "$bn", False),
        ("= XIRR(t[amount], t[on])", "percent", "% a year", False),
        ("= \"a\" & price", "text", "", False),
        ("= price = fee * 1000", "flag", "", False),
        ("= daily * days", "money", "$bn", True),
        ("= yearly * days / days_in_year", "money", "$bn", True),
        ("= BYYEAR(plan, 0) / days_in_year", "money", "$bn a day", True),
        ("= BYYEAR(plan, 0) * BYYEAR(shares, 1)", "money", "$bn", True),
        ("= PREV(it, price) * (1 + interest) - paid", "money", "$bn", True),
        ("= PREV(it, price) + PREV(it, price) * interest", "money", "$bn", True),
        ("= daily * OVERLAP_DAYS(signed, MIN(closed, end - 1))", "money", "$bn", True),
        ("= price / (closed - signed) * DECAY_DAYS(MAX(start, signed), end, 0.99, signed)", "money", "$bn", True),
        ("= YEARS_TO_DATE(paid, 1) / YEARS_TO_DATE(paid, 1)", "percent", "%", True),
        ("= ASOF(t[amount], t[on])", "money", "$bn", True),
        ("= IF(CONTAINS(signed), price, 0)", "money", "$bn", True),
        ("= IF(year >= from_year, 1, 0)", "flag", "", True),
    ],
)  # fmt: skip
def test_what_is_right_or_not_known_passes(formula, kind, unit, line):
    assert findings(formula, kind, unit, line) == []


@pytest.mark.parametrize("name", store.list_templates())
def test_the_shipped_deals_have_no_findings(name):
    assert check(store.load(store.find(name)).deal) == []


def test_columns_cells_openings_events_and_checks_are_looked_at():
    d = deal(
        terms=TERMS,
        tables={
            "t": Table(
                label="T",
                columns={"a": Column(label="A", kind="money", formula="= b * 2"), "b": Column(label="B", kind="percent")},
                records={"r": {"b": "= price"}},
            )
        },
        lines={"x": Line(label="X", formula="= PREV(x, 0)", opening="= rate", kind="money")},
        checks={"c": Check(label="C", formula="= price")},
        unit="$bn",
    )  # fmt: skip
    assert [p.where for p in check(d)] == [
        "tables.t.columns.a.formula",
        "tables.t.records.r.b",
        "lines.x.opening",
        "checks.c.formula",
    ]


@pytest.mark.parametrize(
    ("kind", "unit", "words"),
    [("money", "US$ bn", "US$ bn"), ("money", "€m/year", "€m/year"), ("money", "", "$bn"), ("number", "CHF m", "CHF m"), ("percent", "", "%"), ("number", "months", "months"), ("number", "", "something unknown")],
)  # fmt: skip
def test_units_are_read_as_people_write_them(kind, unit, words):
    assert describe(dim_of(kind, unit, "$bn")) == words


def test_working_days_run_from_date_to_date_and_shares_of_amounts_are_amounts():
    assert findings("= WORKDAY(signed, 5)", "date") == []
    assert findings("= NETWORKDAYS.INTL(signed, closed, 11)") == []
    ((_, said),) = findings("= WORKDAY.INTL(price, 5)", "date")
    assert "WORKDAY.INTL needs a date" in said
    ((_, said),) = findings("= PERCENTILE.EXC(t[amount], 0.5)", "date")
    assert "its formula gives" in said
