"""Present values, rates of return and annuities. Rates are per period, money paid out is negative."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from model.formula.coerce import DIVISION, Value, is_number
from model.formula.fn_base import Group, Refusal, as_range, fail, number, numbers, range_numbers
from model.formula.readtext import text_to_number
from model.formula.roots import rate_of_return, single_root
from model.values import DIV0, NEVER, NUM, VALUE, ErrorValue, Range

_group = Group("Finance")
FUNCTIONS = _group.functions
_typed = _group.typed
_numeric = _group.numeric
MOST_PERIODS: Final = 100_000

# -- flows --------------------------------------------------------------------------------------------


@_typed("NPV(rate, value, …)", ("NPV(0.1,-100,60,60)", 3.7565740045078887), takes_ranges="all", vector="scan")
def _npv(rate: Value, *values: Value) -> Value:
    """The present value of flows one period apart, the first of them a period from now. Blanks and text in
    references are dropped, and the later flows move up; zeros are kept."""
    r = number(rate)
    if r == -1:
        raise fail(NUM, "at a rate of -100 % nothing has a present value")
    result = 0.0
    for i, v in enumerate(numbers(values), 1):
        result += v / (1 + r) ** i
    return result


@_typed(
    "IRR(values, [guess])",
    ("IRR(ALL(flow))", "the rate per period that makes the flows worth nothing today"),
    takes_ranges=frozenset({0}),
    vector="scan",
)
def _irr(values: Value, guess: Value = 0.1) -> Value:
    """The rate per period at which flows one period apart are worth 0. Blanks and text in references are dropped.
    #NUM! where there is no rate above -99.99 %, and, unlike Excel, where there is more than one between -99 % and
    1000 %; the guess does not choose."""
    flows = range_numbers(as_range(values))
    number(guess)
    return rate_of_return([(float(i), v) for i, v in enumerate(flows)])


def _dated(values: Value, dates: Value) -> list[tuple[float, float]]:
    """Flows as (years since the first date, amount). Booleans and texts are #VALUE!, but for dates written as text."""
    amounts = _strict(as_range(values))
    on = Range([text_to_number(d) or d if isinstance(d, str) else d for d in as_range(dates)])
    days = [math.floor(d) for d in _strict(on)]
    if len(amounts) != len(days):
        raise fail(NUM, f"there are {len(amounts)} values but {len(days)} dates")
    if not days:
        raise fail(NUM, "there are no flows")
    if min(days) < 0 or max(days) > NEVER:
        raise fail(NUM, "the date is outside 1900 to 9999")
    if min(days) < days[0]:
        raise fail(NUM, "a date lies before the first one, to which the flows are discounted")
    return [((d - days[0]) / 365, v) for d, v in zip(days, amounts, strict=True)]


def _strict(cells: Range) -> list[float]:
    found: list[float] = []
    for v in cells:
        if isinstance(v, ErrorValue):
            raise Refusal(v)
        if v is not None and not is_number(v):
            raise fail(VALUE, "text or a condition stands among the flows and dates")
        found.append(float(v or 0.0))
    return found


@_typed(
    "XNPV(rate, values, dates)",
    ("XNPV(0.1,flows[amount],flows[on])", "the value of dated flows on the first date"),
    takes_ranges=frozenset({1, 2}),
    vector="scan",
)
def _xnpv(rate: Value, values: Value, dates: Value) -> Value:
    """The value of dated flows on the first date, at a rate per year of 365 days. A rate of 0 or below is #NUM! as in
    Excel (LibreOffice computes); so is a date before the first."""
    r = number(rate)
    flows = _dated(values, dates)
    if r <= 0:
        raise fail(NUM, "XNPV needs a rate above zero")
    result = 0.0
    for t, v in flows:
        result += v / (1 + r) ** t
    return result


@_typed(
    "XIRR(values, dates, [guess])",
    ("XIRR(flows[amount],flows[on])", "the yearly rate that makes the dated flows worth nothing"),
    takes_ranges=frozenset({0, 1}),
    vector="scan",
)
def _xirr(values: Value, dates: Value, guess: Value = 0.1) -> Value:
    """The rate per year of 365 days at which dated flows are worth 0. #NUM! where there is no rate above -99.99 %, and,
    unlike Excel, where there is more than one between -99 % and 1000 %; the guess does not choose. Excel sometimes
    answers 0.0000000298 where it finds none."""
    flows = _dated(values, dates)
    if number(guess) <= -1:
        raise fail(NUM, "the guess must be above -100 %")
    return rate_of_return(flows)


# -- annuities ----------------------------------------------------------------------------------------


def _growth(rate: float, periods: float) -> tuple[float, float]:
    """(1 + rate)^periods, and the value of 1 a period until then: ((1 + rate)^periods - 1) / rate."""
    if rate == 0:
        return 1.0, periods
    if rate > -1:
        # expm1 keeps the digits that a power minus 1 would lose at small rates.
        power = periods * math.log1p(rate)
        return math.exp(power), math.expm1(power) / rate
    if rate == -1 and periods <= 0:
        raise fail(DIV0 if periods else NUM, DIVISION)
    factor = (1 + rate) ** periods
    if isinstance(factor, complex):
        raise fail(NUM, "a rate below -100 % needs a whole number of periods")
    return factor, (factor - 1) / rate


def _due(rate: float, kind: float) -> float:
    """What a payment is worth more when made at the start of its period."""
    return 1 + rate if kind else 1.0


@_numeric("PMT(rate, periods, present, [future], [type])", ("PMT(0,10,1000)", -100.0), vector="pmt")
def pmt(rate: float, periods: float, present: float, future: float = 0.0, kind: float = 0.0) -> float:
    """The equal payment per period that turns a present value into a future one. Type 1: paid at the start of each
    period."""
    factor, annuity = _growth(rate, periods)
    if annuity == 0:
        raise fail(NUM, "there is no period to pay in")
    return -(present * factor + future) / (annuity * _due(rate, kind))


@_numeric("FV(rate, periods, payment, [present], [type])", ("FV(0,10,-100)", 1000.0), vector="fv")
def fv(rate: float, periods: float, payment: float, present: float = 0.0, kind: float = 0.0) -> float:
    """The future value of equal payments and a present value."""
    factor, annuity = _growth(rate, periods)
    return -(present * factor + payment * annuity * _due(rate, kind))


@_numeric("PV(rate, periods, payment, [future], [type])", ("PV(0,10,-100)", 1000.0), vector="pv")
def _pv(rate: float, periods: float, payment: float, future: float = 0.0, kind: float = 0.0) -> float:
    """The present value of equal payments and a future value."""
    factor, annuity = _growth(rate, periods)
    if factor == 0:
        raise fail(DIV0, DIVISION)
    return -(future + payment * annuity * _due(rate, kind)) / factor


@_numeric("IPMT(rate, period, periods, present, [future], [type])", ("IPMT(0.1,1,3,1000)", -100.0), vector="ipmt")
def ipmt(rate: float, period: float, periods: float, present: float, future: float = 0.0, kind: float = 0.0) -> float:
    """The interest within the payment of one period of an annuity. A period outside 1 to periods is #NUM!."""
    if not 1 <= period <= periods:
        raise fail(NUM, "the period lies outside the annuity")
    if period == 1 and kind:
        return 0.0
    payment = pmt(rate, periods, present, future, kind)
    if kind:
        return (fv(rate, period - 2, payment, present, 1.0) - payment) * rate
    return fv(rate, period - 1, payment, present) * rate


@_numeric("PPMT(rate, period, periods, present, [future], [type])", ("PPMT(0,1,10,1000)", -100.0), vector="ppmt")
def _ppmt(rate: float, period: float, periods: float, present: float, future: float = 0.0, kind: float = 0.0) -> float:
    """The repayment within the payment of one period of an annuity."""
    interest = ipmt(rate, period, periods, present, future, kind)
    return pmt(rate, periods, present, future, kind) - interest


@_numeric("NPER(rate, payment, present, [future], [type])", ("NPER(0,-100,1000)", 10.0), vector="nper")
def _nper(rate: float, payment: float, present: float, future: float = 0.0, kind: float = 0.0) -> float:
    """How many equal payments turn a present value into a future one. Never is #NUM!."""
    if rate <= -1:
        raise fail(NUM, "the rate must be above -100 %")
    if rate == 0:
        if payment == 0:
            raise fail(NUM, "without payment and interest nothing changes")
        return -(present + future) / payment
    paid = payment * _due(rate, kind) / rate
    if present + paid == 0:
        raise fail(NUM, "the payment just covers the interest")
    ratio = (paid - future) / (present + paid)
    if ratio <= 0:
        raise fail(NUM, "no number of payments gets there")
    return math.log(ratio) / math.log1p(rate)


@_numeric("RATE(periods, payment, present, [future], [type], [guess])", ("RATE(10,-100,1000)", 0.0))
def _rate(
    periods: float, payment: float, present: float, future: float = 0.0, kind: float = 0.0, guess: float = 0.1
) -> float:
    """The rate per period of an annuity. #NUM! where there is none above -99.99 %, and, unlike Excel, where there is
    more than one between -99 % and 1000 %; the guess does not choose."""
    if periods <= 0:
        raise fail(NUM, "there is no period to pay in")

    def value(x: float) -> float:
        rate = math.expm1(x)
        if x <= 0:
            factor, annuity = _growth(rate, periods)
            return present * factor + payment * annuity * _due(rate, kind) + future
        factor = math.exp(-periods * x)  # seen from today, so that nothing overflows
        return present + payment * -math.expm1(-periods * x) / rate * _due(rate, kind) + future * factor

    return single_root(value)


@_numeric("ISPMT(rate, period, periods, present)", ("ISPMT(0.1,0,4,1000)", -100.0))
def _ispmt(rate: float, period: float, periods: float, present: float) -> float:
    """The interest of a period, counted from 0, of a loan repaid in equal parts. No periods are #DIV/0!."""
    if periods == 0:
        raise fail(DIV0, DIVISION)
    return present * rate * (period / periods - 1)


@_numeric(
    "CUMIPMT(rate, periods, present, first, last, type)", ("CUMIPMT(0.1,2,100,1,2,0)", -15.23809523809524), strict=True
)
def _cumipmt(rate: float, periods: float, present: float, first: float, last: float, kind: float) -> float:
    """The interest of an annuity from its first to its last of these periods. Rate, periods and present value not above
    0, periods outside the annuity, or a type other than 0 and 1 are #NUM!."""
    return _cumulated(ipmt, rate, periods, present, first, last, kind)


@_numeric(
    "CUMPRINC(rate, periods, present, first, last, type)",
    ("CUMPRINC(0.1,2,100,1,2,0)", -99.99999999999999),
    strict=True,
)
def _cumprinc(rate: float, periods: float, present: float, first: float, last: float, kind: float) -> float:
    """The repayment of an annuity from its first to its last of these periods. Bounds as in CUMIPMT."""
    return _cumulated(_ppmt, rate, periods, present, first, last, kind)


def _cumulated(part: Callable[..., float], rate: float, periods: float, present: float, *rest: float) -> float:
    first, last, kind = (math.trunc(min(max(x, -1e9), 1e9)) for x in rest)
    if rate <= 0 or periods <= 0 or present <= 0 or kind not in (0, 1) or rest[2] != kind:
        raise fail(NUM, "rate, periods and present value must be above zero, the type 0 or 1")
    if not 1 <= first <= last <= periods:
        raise fail(NUM, "the periods lie outside the annuity")
    if last - first > MOST_PERIODS:
        raise fail(NUM, "these are more periods than can be added up")
    return math.fsum(part(rate, float(k), periods, present, 0.0, float(kind)) for k in range(first, last + 1))


@_typed(
    "MIRR(values, finance_rate, reinvest_rate)",
    ("MIRR({-100,60,70},0.1,0.12)", 0.1713240371477056),
    takes_ranges=frozenset({0}),
)
def _mirr(values: Value, finance_rate: Value, reinvest_rate: Value) -> Value:
    """The rate of return per period where payments are financed at one rate and receipts reinvested at another. Without
    a payment it is #DIV/0!."""
    flows = range_numbers(as_range(values))
    paid, earned = number(finance_rate), number(reinvest_rate)
    n = len(flows) - 1
    if paid <= -1 or earned <= -1 or n < 1:
        raise fail(DIV0 if n < 1 else NUM, "a rate must be above -100 %, and there must be two flows")
    out = sum(v / (1 + paid) ** i for i, v in enumerate(flows) if v < 0)
    back = sum(v * (1 + earned) ** (n - i) for i, v in enumerate(flows) if v > 0)
    if out == 0:
        raise fail(DIV0, "the flows need a payment")
    return (back / -out) ** (1 / n) - 1


@_typed("FVSCHEDULE(present, rates)", ("FVSCHEDULE(100,{0.1,0.2})", 132.0), takes_ranges=frozenset({1}))
def _fvschedule(present: Value, rates: Value) -> Value:
    """What a present value grows to at a row of rates. Blanks are 0; text and conditions are #VALUE!."""
    worth = number(present)
    for rate in _strict(as_range(rates)):
        worth *= 1 + rate
    return worth


@_numeric("EFFECT(nominal, periods)", ("EFFECT(0.1,2)", 0.10250000000000004), strict=True)
def _effect(nominal: float, periods: float) -> float:
    """The yearly rate that a nominal rate paid in so many periods a year comes to. A rate not above 0 or fewer than one
    period is #NUM!."""
    n = _a_year(nominal, periods)
    return math.pow(1 + nominal / n, n) - 1


def _a_year(rate: float, periods: float) -> int:
    n = math.floor(periods)
    if rate <= 0 or n < 1:
        raise fail(NUM, "the rate must be above zero, with at least one period a year")
    return n


@_numeric("NOMINAL(effective, periods)", ("NOMINAL(0.1025,2)", 0.10000000000000009), strict=True)
def _nominal(effective: float, periods: float) -> float:
    """The nominal rate, paid in so many periods a year, of an effective yearly one. Bounds as in EFFECT."""
    n = _a_year(effective, periods)
    return (math.pow(1 + effective, 1 / n) - 1) * n


@_numeric(
    "RRI(periods, present, future)",
    ("RRI(2,100,121)", 0.10000000000000009),
    excel=lambda n, present, future: (
        f"((0*(({n})+({present})+({future}))+0*LN({n})+0*LN(ABS({present}))+0*SQRT(({future})/({present}))+({future})/({present}))^(1/({n}))-1)"
    ),
)
def _rri(periods: float, present: float, future: float) -> float:
    """The rate per period at which a present value grows to a future one. Periods not above 0, a present value of 0, and
    values of different sign are #NUM!. In the workbook: a power, with logarithms that keep to these bounds."""
    if periods <= 0 or present == 0 or future / present < 0:
        raise fail(NUM, "the periods must be above zero, the values of one sign, the present one not zero")
    return math.pow(future / present, 1 / periods) - 1


@_numeric(
    "PDURATION(rate, present, future)",
    ("PDURATION(0.1,100,121)", 2.0),
    excel=lambda rate, present, future: (
        f"((0*(({rate})+({present})+({future}))+0*LN({rate})-LN({present})+LN({future}))/LN(1+({rate})))"
    ),
)
def _pduration(rate: float, present: float, future: float) -> float:
    """How many periods a present value needs to grow to a future one at a rate. All three must be above 0, else it is
    #NUM!. In the workbook: logarithms."""
    if rate <= 0 or present <= 0 or future <= 0:
        raise fail(NUM, "rate and values must be above zero")
    return (math.log(future) - math.log(present)) / math.log(1 + rate)


@_numeric("DOLLARDE(price, fraction)", ("DOLLARDE(1.02,16)", 1.125), strict=True)
def _dollarde(price: float, fraction: float) -> float:
    """A price quoted in fractions as a decimal one: 1.02 in sixteenths is 1 and 2/16. A fraction below 0 is #NUM!, below
    1 #DIV/0!."""
    parts, scale = _fraction(fraction)
    rest, whole = math.modf(price)
    return whole + rest * scale / parts


@_numeric("DOLLARFR(price, fraction)", ("DOLLARFR(1.125,16)", 1.02), strict=True)
def _dollarfr(price: float, fraction: float) -> float:
    """A decimal price quoted in fractions: 1 and 2/16 is 1.02. Errors as DOLLARDE."""
    parts, scale = _fraction(fraction)
    rest, whole = math.modf(price)
    return whole + rest * parts / scale


def _fraction(fraction: float) -> tuple[float, float]:
    """The whole parts of the fraction, and the power of ten that has room for them."""
    if fraction < 0:
        raise fail(NUM, "a fraction has no negative parts")
    if fraction < 1:
        raise fail(DIV0, DIVISION)
    parts = math.floor(fraction)
    return parts, 10.0 ** math.ceil(math.log10(parts))
