"""What each kind of value reads, refuses and shows."""

from __future__ import annotations

import datetime as dt
import math
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.deal import Column, Line, Series, Term
from model.fields import KINDS, Field, field_for, make_field
from model.fields.number_formats import show_number
from model.problems import Refused
from model.values import DIV0, NA, NEVER, NO_CAP, UNDISCLOSED, ErrorValue, to_serial

MONEY = make_field("money", (), "$bn")
NUMBER = make_field("number")
PERCENT = make_field("percent")
INTEGER = make_field("integer", (), "months")
DATE = make_field("date")
REMEDY = make_field("choice", ("none", "end-of-term true-up", "per-period take-or-pay"))
TEXT = make_field("text")


def refusal(field: Field, text: object) -> str:
    with pytest.raises(Refused) as caught:
        field.check(text)
    (problem,) = caught.value.problems
    assert problem.what and problem.remedy, "a refusal says why and what to do"
    return str(problem)


# -- amounts and numbers -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("250", 250.0), ("$250bn", 250.0), ("250 bn", 250.0), ("250m", 0.25), ("1.2tn", 1200.0), ("US$ 3", 3.0),
        ("250 $bn", 250.0), ("$ 1.5 billion", 1.5), ("500k", 0.0005), ("(1,234)", -1234.0), ("-1,234.5", -1234.5),
        ("−5", -5.0), ("–5", -5.0), ("1'234", 1234.0), ("1’234.5", 1234.5), ("1 234", 1234.0), ("1\u202f234,5", 1234.5),
        ("1.234,5", 1234.5), ("1.234.567", 1234567.0), ("1,234", 1234.0), ("0.1", 0.1), (".5", 0.5), ("1e3", 1000.0),
        ("$(6.2)", -6.2), ("($6.2)", -6.2), ("(6.2bn)", -6.2), ("–", 0.0), ("-0", 0.0), ("+7", 7.0), (" 8\n", 8.0),
        ("none", "none"), ("No cap", "none"), ("no limit", "none"), ("1e15", "none"), ("Undisclosed", "undisclosed"),
    ],
)  # fmt: skip
def test_money_reads_what_people_write(text: str, value: object) -> None:
    assert MONEY.parse(text) == value
    assert isinstance(MONEY.parse(text), type(value))


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "abc", "１２", "²", "1_000", "inf", "nan", "-inf", "1e999", "1e99999999999", "9" * 101, "0x10",
        "1,23,456",
        "1,234.5.6", "1.234,567,8", "1 23", "1'23", "--5", "-(5)", "((5))", "-$-5", "(5", "5)", "5-", "27%", "3x", "€5",
        "5 CHF", "1e16", "=1+1", "bn", "$", "1..2", "1e-400", "٣", "5 years", "1\u200b2", "1;2", "never",
    ],
)  # fmt: skip
def test_money_refuses_what_is_not_one_amount(text: str) -> None:
    refusal(MONEY, text)


@pytest.mark.parametrize(("text", "readings"), [("12,34", ("12.34", "1,234")), ("0,270", ("0.270", "270"))])
def test_ambiguous_commas_are_refused_with_both_readings(text: str, readings: tuple[str, str]) -> None:
    said = refusal(MONEY, text)
    assert all(reading in said for reading in readings)


def test_negative_zero_never_enters_the_document() -> None:
    assert math.copysign(1, float(MONEY.check(-0.0))) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("unit", "text", "value"),
    [
        ("$m", "1.2bn", 1200.0),
        ("$", "250bn", 250e9),
        ("US$ bn", "$5", 5.0),
        ("€ million", "1bn", 1000.0),
        ("m", "2k", 0.002),
    ],
)
def test_suffixes_scale_to_the_unit(unit: str, text: str, value: float) -> None:
    assert make_field("money", (), unit).parse(text) == value


@pytest.mark.parametrize(("kind", "unit"), [("money", ""), ("number", "months"), ("number", ""), ("multiple", "")])
def test_a_suffix_on_a_unit_without_scale_is_refused_with_the_reason(kind: str, unit: str) -> None:
    assert "cannot scale" in refusal(make_field(kind, (), unit), "250m")


def test_a_currency_is_refused_where_the_value_is_not_money() -> None:
    refusal(NUMBER, "$5")
    assert make_field("money").parse("€5") == 5.0  # a unit that names no currency takes any


def test_the_items_own_unit_may_follow_the_number() -> None:
    assert INTEGER.parse("6 months") == 6
    assert make_field("number", (), "GW").parse("1.5 gw") == 1.5


def test_integers_are_whole() -> None:
    assert INTEGER.parse("1,234") == 1234 and isinstance(INTEGER.parse("6.0"), int)
    for text in ("6.5", "50%", "1e20", True, 6.5, 10**400, "5x"):
        refusal(INTEGER, text)


def test_multiples_take_a_times_sign() -> None:
    multiple = make_field("multiple")
    assert multiple.parse("11.6x") == multiple.parse("11.6 ×") == multiple.parse("11.6") == 11.6
    refusal(multiple, "20%")


# -- percent -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("27 %", 0.27), ("27%", 0.27), ("27", 0.27), ("0.27", 0.27), ("1", 1.0), ("100", 1.0), ("100%", 1.0),
        ("1%", 0.01),
        ("0.5%", 0.005), ("0.5", 0.5), ("-0.5", -0.5), ("-5", -0.05), ("(2.5%)", -0.025), ("(2.5)%", -0.025),
        ("0", 0.0),
        ("1.5", 0.015), ("27\u2009%", 0.27), ("7 percent", 0.07),
    ],
)  # fmt: skip
def test_percent_reads_signs_exactly_and_bare_numbers_up_to_one_as_fractions(text: str, value: float) -> None:
    assert PERCENT.parse(text) == value


def test_numbers_in_a_file_are_fractions_even_above_one() -> None:
    assert PERCENT.check(2.5) == 2.5 and PERCENT.check("2.5") == 0.025 and PERCENT.check("27%") == 0.27


# -- dates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["31.12.2032", "2032-12-31", "31/12/2032", "12/31/2032", "31 Dec 2032", "Dec 31, 2032", "31-Dec-2032", "Dec 2032",
     "December 2032", "31. Dezember 2032", "2032-12", "12/2032", "2032-12-31T00:00:00", "31st december 2032",
     "2032/12/31"],
)  # fmt: skip
def test_dates_read_in_every_common_form(text: str) -> None:
    assert DATE.parse(text) == dt.date(2032, 12, 31)


def test_days_with_dots_and_equal_figures_are_day_first() -> None:
    assert DATE.parse("03.04.2032") == dt.date(2032, 4, 3)
    assert DATE.parse("03/03/2032") == dt.date(2032, 3, 3)
    assert DATE.parse("Feb 2028") == dt.date(2028, 2, 29)


@pytest.mark.parametrize(
    "text",
    ["31.12.32", "31 Dec 32", "2032", "45958", "31.02.2032", "12.31.2032", "0.1.2032", "13/13/2032", "2032-13",
    "tomorrow",
     "Ju 2030", "1899-12-31", "31.12.2032 10:30", "1.1.0000", "２０32-12-31", "", "=TODAY()", "9" * 50, "none"],
)  # fmt: skip
def test_dates_that_are_not_one_day_are_refused(text: str) -> None:
    refusal(DATE, text)


def test_a_date_with_two_readings_is_refused_and_both_are_offered() -> None:
    said = refusal(DATE, "03/04/2032")
    assert "2032-04-03" in said and "2032-03-04" in said


def test_never_is_not_yet() -> None:
    assert DATE.parse("not yet") == DATE.parse("Never") == DATE.parse("31.12.9999") == "never"
    assert DATE.to_engine("never") == NEVER and DATE.from_engine(NEVER) == "never"


def test_times_and_numbers_are_not_days_in_a_file() -> None:
    for raw in (dt.datetime(2032, 12, 31), dt.time(1), 45958, True, 1.5, [dt.date(2032, 1, 1)]):
        refusal(DATE, raw)
    assert DATE.from_engine(45958.0) == dt.date(2025, 10, 28)
    assert DATE.from_engine(dt.datetime(2025, 10, 28, 9)) == dt.date(2025, 10, 28)


# -- choices, yes and no, flags, text ------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "choice"),
    [("NONE", "none"), ("end", "end-of-term true-up"), ("take_or_pay", "per-period take-or-pay"),
     ("true up", "end-of-term true-up"), ("End Of Term True Up", "end-of-term true-up")],
)  # fmt: skip
def test_a_choice_is_recognised_by_any_unique_part(text: str, choice: str) -> None:
    assert REMEDY.parse(text) == choice


def test_an_unclear_choice_lists_the_choices() -> None:
    assert "per-period take-or-pay" in refusal(REMEDY, "pay later")
    both = make_field("choice", ("gross of fees", "gross of tax", "net"))
    said = refusal(both, "gross")
    assert "gross of fees" in said and "gross of tax" in said and "net" not in said.partition("Choose")[2]
    for text in ("-", "_", "pe r"):
        refusal(REMEDY, text)
    refusal(make_field("choice"), "anything")


def test_the_whole_name_wins_over_the_beginning_of_another() -> None:
    assert make_field("choice", ("net", "net of fees")).parse("Net") == "net"


def test_yes_no_has_three_values() -> None:
    yesno = make_field("yesno")
    assert [yesno.check(raw) for raw in (True, False, "Yes", "n", "unknown", "?", "TRUE")] == [
        "yes", "no", "yes", "no", "unknown", "unknown", "yes",
    ]  # fmt: skip
    assert [yesno.from_engine(v) for v in (1.0, 0.0, 0.5, True)] == ["yes", "no", "unknown", "yes"]
    for raw in ("maybe", 2, 0.5, "", "ja"):
        refusal(yesno, raw)


def test_flags_count_in_the_engine() -> None:
    flag = make_field("flag")
    assert [flag.check(raw) for raw in (1, 0, True, "TRUE", "1", "–", "off")] == [
        True,
        False,
        True,
        True,
        True,
        False,
        False,
    ]
    assert flag.to_engine(True) == 1.0 and type(flag.to_engine(True)) is float
    refusal(flag, 2)


def test_text_refuses_characters_that_cannot_be_seen() -> None:
    for char in "\x00\x07\x1b\u202e\u2066\u200f\ufeff\ud800\u2028":
        assert f"U+{ord(char):04X}" in refusal(TEXT, f"a{char}b")
    refusal(TEXT, "x" * 32_768)
    assert TEXT.parse("two\r\nlines ") == "two\nlines"
    assert TEXT.parse("=not a formula here") == "=not a formula here"


def test_deceptive_characters_are_spelled_out_when_shown() -> None:
    assert TEXT.show("safe\u202egnp.exe") == "safe‹U+202E›gnp.exe"
    assert MONEY.show("a\x1bb") == "a‹U+001B›b"


# -- showing -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        (MONEY, 1234.5, "1,234.5"), (MONEY, -6.2, "(6.2)"), (MONEY, 0.0, "–"), (MONEY, -1e-12, "–"),
        (MONEY, 0.25, "0.3"),
        (MONEY, 1.15, "1.2"), (MONEY, NO_CAP, "none"), (MONEY, None, ""), (MONEY, UNDISCLOSED, "undisclosed"),
        (MONEY, ErrorValue(DIV0), "#DIV/0!"), (MONEY, ErrorValue(NA), "#N/A"), (MONEY, math.nan, "#NUM!"),
        (MONEY, math.inf, "#NUM!"), (MONEY, "text", "text"), (MONEY, True, "TRUE"), (MONEY, 1e300, "none"),
        (make_field("money", (), "$bn", 3), 243.8024, "243.802"), (make_field("money", (), "", 0), 5, "5"),
        (PERCENT, 0.27, "27.0\u2009%"), (PERCENT, -0.025, "(2.5\u2009%)"), (PERCENT, 0.0, "–"),
        (make_field("percent", (), "", 2), 0.2313, "23.13\u2009%"), (PERCENT, 0.0725, "7.3\u2009%"),
        (make_field("multiple"), 11.64, "11.6x"), (make_field("multiple"), -1.2, "(1.2x)"), (NUMBER, 0.08, "0.08"),
        (NUMBER, 1e26, "1.000E+26"), (INTEGER, 1234.0, "1,234"), (make_field("year"), 2032.0, "2032"),
        (DATE, to_serial(dt.date(2025, 10, 28)), "28 Oct 2025"), (DATE, NEVER, "not yet"),
        (DATE, NEVER + 180, "not yet"),
        (DATE, 45958.5, "28 Oct 2025"), (DATE, 60.0, "29 Feb 1900"), (DATE, 0.0, "–"), (DATE, -3.0, "#####"),
        (REMEDY, "none", "None"), (make_field("yesno"), "unknown", "Unknown"), (make_field("yesno"), 0.5, "Unknown"),
        (make_field("flag"), 1.0, "1"), (make_field("flag"), False, "–"), (TEXT, 3.0, "3"), (TEXT, 0.1, "0.1"),
    ],
)  # fmt: skip
def test_values_show_as_the_house_style_says(field: Field, value: object, shown: str) -> None:
    assert field.show(value) == shown  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_shows_every_sort_of_value_and_explains_itself(kind: str) -> None:
    field = make_field(kind, ("a", "b"))
    for value in (None, 1.0, -1e9, 1e300, math.nan, True, "x", UNDISCLOSED, ErrorValue(DIV0)):
        assert isinstance(field.show(value), str)
    assert field.hint.endswith("“undisclosed”.") and field.hint[0] == field.hint[0].upper()
    assert field.align in ("left", "right") and field.parse(" Undisclosed ") == "undisclosed"
    assert field.to_engine("undisclosed") == UNDISCLOSED and field.from_engine(UNDISCLOSED) == "undisclosed"
    assert field.to_engine(None) is None and field.from_engine(None) is None and field.edit_text(None) == ""


@pytest.mark.parametrize("kind", [k for k in KINDS if k not in ("text",)])
def test_errors_never_become_values(kind: str) -> None:
    with pytest.raises(Refused):
        make_field(kind, ("a",)).from_engine(ErrorValue(DIV0))


def test_fields_are_shared_and_know_their_items() -> None:
    one, two = Term(label="a", kind="money", unit="$bn"), Series(label="b", values={}, unit="$bn")
    assert field_for(one) is field_for(two)
    assert field_for(Term(label="a", kind="money"), "$bn").parse("5bn") == 5.0
    assert field_for(Column(label="c", kind="choice", choices=("x",))).choices == ("x",)
    assert field_for(Line(label="l", formula="1", decimals=3)).show(1.0) == "1.000"


# -- round trips ---------------------------------------------------------------------------------

_FINITE = st.floats(allow_nan=False, allow_infinity=False)
VALUES = {
    "money": _FINITE.filter(lambda x: x < NO_CAP) | st.just("none"),
    "number": _FINITE.filter(lambda x: x != NO_CAP) | st.just("none"),
    "percent": _FINITE.filter(lambda x: abs(x) < 1e300),
    "multiple": _FINITE.filter(lambda x: x < NO_CAP) | st.just("none"),
    "integer": st.integers(-(2**53), 2**53).filter(lambda n: n != int(NO_CAP)) | st.just("none"),
    "year": st.integers(1900, 9999),
    "date": st.dates(dt.date(1900, 1, 1), dt.date(9999, 12, 30)) | st.just("never"),
    "choice": st.sampled_from(["gross", "net", "net of fees", "per-period take-or-pay", "none", "=x", "a.b"]),
    "yesno": st.sampled_from(["yes", "no", "unknown"]),
    "flag": st.booleans(),
    "text": st.text(st.characters(categories=("L", "N", "P", "S", "Zs")) | st.sampled_from("\n\t"))
    .map(str.strip)
    .filter(lambda t: " ".join(t.split()).casefold() != "undisclosed"),
}
CHOICES = ("gross", "net", "net of fees", "per-period take-or-pay", "none", "=x", "a.b")
KIND_AND_VALUE = st.sampled_from(sorted(VALUES)).flatmap(
    lambda k: st.tuples(st.just(k), VALUES[k] | st.just("undisclosed"))
)


def test_round_trips_cover_every_kind() -> None:
    assert set(VALUES) == set(KINDS)


@settings(deadline=None)
@given(KIND_AND_VALUE, st.sampled_from(["", "$bn", "$", "months"]))
def test_edit_text_reads_back_exactly(kind_and_value: tuple[str, object], unit: str) -> None:
    kind, value = kind_and_value
    field = make_field(kind, CHOICES, unit)
    assert field.check(value) == value
    assert field.parse(field.edit_text(value)) == value  # type: ignore[arg-type]


@settings(deadline=None)
@given(KIND_AND_VALUE)
def test_the_engine_gives_back_what_it_was_given(kind_and_value: tuple[str, object]) -> None:
    kind, value = kind_and_value
    field = make_field(kind, CHOICES)
    assert field.from_engine(field.to_engine(value)) == value  # type: ignore[arg-type]


@settings(deadline=None)
@given(st.sampled_from(KINDS), st.text(max_size=40) | st.text("0123456789.,'() -+%$xkmbneE/", max_size=20))
def test_any_text_is_read_or_refused_and_what_is_read_is_stable(kind: str, text: str) -> None:
    field = make_field(kind, CHOICES, "$bn")
    try:
        value = field.parse(text)
    except Refused as refused:
        assert refused.problems[0].what
    else:
        assert field.parse(field.edit_text(value)) == value == field.check(value)


# -- Excel formats -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_excel_formats_have_at_most_two_conditions_and_four_sections(kind: str) -> None:
    for text in (make_field(kind).excel_format, make_field(kind).excel_format_limit):
        assert text.count("[>") + text.count("[=") + text.count("[<") <= 2
        assert text.count(";") <= 3


def test_excel_formats_follow_the_decimals() -> None:
    assert MONEY.excel_format == '#,##0.0_);(#,##0.0);"–"_);@_)'
    assert make_field("percent", (), "", 2).excel_format == '#,##0.00"\u2009"%_);(#,##0.00"\u2009"%);"–"_);@_)'
    assert make_field("multiple").excel_format.startswith('#,##0.0"x"_)')
    assert make_field("year").excel_format == "0"
    assert "not yet" in DATE.excel_format and "none" in MONEY.excel_format_limit
    assert "none" not in PERCENT.excel_format_limit


@given(
    st.one_of(st.floats(-1e12, 1e12), st.integers(-(10**7), 10**7).map(lambda n: n / 2000), st.floats(-1, 1)),
    st.integers(0, 4),
)
def test_digits_round_half_away_from_zero_at_fifteen_digits(value: float, decimals: int) -> None:
    exact = Decimal(f"{value:.15g}").quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    shown = f"{abs(exact):,f}"
    wanted = "–" if abs(value) <= 1e-9 else f"({shown})" if value < 0 else shown
    assert show_number(value, decimals) == wanted
