"""Distributions of probability: the normal one, what is built on it, and some others in closed form."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

from model.formula.fn_base import Group, fail
from model.values import NUM

_group = Group("Distributions")
FUNCTIONS = _group.functions
_numeric = _group.numeric


@_numeric("NORMSDIST(z)", ("NORMSDIST(0)", 0.5))
def _normsdist(z: float) -> float:
    """The probability that a standard normal variable is at most z."""
    return 0.5 * math.erfc(-z / math.sqrt(2))


@functools.cache
def _inverse() -> Callable[[float], float]:
    from statistics import NormalDist  # slow to import, seldom used

    return NormalDist().inv_cdf


@_numeric("NORMSINV(probability)", ("NORMSINV(0.5)", 0.0))
def _normsinv(p: float) -> float:
    """The value a standard normal variable stays below with this probability; outside 0 to 1 it is #NUM!."""
    if not 0 < p < 1:
        raise fail(NUM, "the probability must lie between 0 and 1")
    return _inverse()(p)


@_numeric("NORMDIST(x, mean, deviation, cumulative)", ("NORMDIST(5,5,2,TRUE)", 0.5))
def _normdist(x: float, average: float, deviation: float, cumulative: float) -> float:
    """The probability that a normal variable is at most x, or with FALSE its density at x. A deviation not above 0 is
    #NUM!."""
    _positive(deviation)
    z = (x - average) / deviation
    return _normsdist(z) if cumulative else math.exp(-z * z / 2) / (deviation * math.sqrt(2 * math.pi))


@_numeric("NORMINV(probability, mean, deviation)", ("NORMINV(0.5,5,2)", 5.0))
def _norminv(p: float, average: float, deviation: float) -> float:
    """The value a normal variable stays below with this probability. A probability outside 0 to 1, or a deviation not
    above 0, is #NUM!."""
    _positive(deviation)
    return average + deviation * _normsinv(p)


@_numeric(
    "NORM.S.DIST(z, cumulative)",
    ("NORM.S.DIST(0,TRUE)", 0.5),
    excel=lambda z, cumulative: f"NORMDIST({z},0,1,{cumulative})",
)
def _norm_s_dist(z: float, cumulative: float) -> float:
    """NORMSDIST, or with FALSE the density at z. In the workbook: NORMDIST."""
    return _normdist(z, 0.0, 1.0, cumulative)


@_numeric("STANDARDIZE(x, mean, deviation)", ("STANDARDIZE(7,5,2)", 1.0))
def _standardize(x: float, average: float, deviation: float) -> float:
    """How many deviations a value lies above the mean. A deviation not above 0 is #NUM!."""
    _positive(deviation)
    return (x - average) / deviation


@_numeric("LOGNORMDIST(x, mean, deviation)", ("LOGNORMDIST(1,0,1)", 0.5))
def _lognormdist(x: float, average: float, deviation: float) -> float:
    """The probability that a variable is at most x whose logarithm is normal with this mean and deviation. A deviation or
    an x not above 0 is #NUM!."""
    _positive(x)
    _positive(deviation)
    return _normsdist((math.log(x) - average) / deviation)


@_numeric("LOGINV(probability, mean, deviation)", ("LOGINV(0.5,0,1)", 1.0))
def _loginv(p: float, average: float, deviation: float) -> float:
    """The value that such a variable (LOGNORMDIST) stays below with this probability. Errors as NORMINV."""
    return math.exp(_norminv(p, average, deviation))


@_numeric("CONFIDENCE(alpha, deviation, size)", ("CONFIDENCE(0.05,2.5,50)", 0.692951912174839))
def _confidence(alpha: float, deviation: float, size: float) -> float:
    """How far to both sides of a sample's average the true one lies with a probability of 1 - alpha. An alpha outside 0 to
    1, a deviation not above 0, or a size below 1 is #NUM!."""
    _positive(deviation)
    n = math.floor(size)
    if not 0 < alpha < 1 or n < 1:
        raise fail(NUM, "alpha must lie between 0 and 1, and the size be at least 1")
    return _normsinv(1 - alpha / 2) * deviation / math.sqrt(n)


@_numeric("EXPONDIST(x, rate, cumulative)", ("EXPONDIST(0,2,FALSE)", 2.0))
def _expondist(x: float, rate: float, cumulative: float) -> float:
    """The probability that an event with a constant rate has come by x, or with FALSE the density. A negative x, or a rate
    not above 0, is #NUM!."""
    _positive(rate)
    if x < 0:
        raise fail(NUM, "the time must not be negative")
    return -math.expm1(-rate * x) if cumulative else rate * math.exp(-rate * x)


@_numeric("POISSON(count, mean, cumulative)", ("POISSON(0,0,TRUE)", 1.0))
def _poisson(count: float, average: float, cumulative: float) -> float:
    """The probability of at most so many events, or with FALSE of exactly so many, where the mean is expected. Parts of a
    count are cut off; negative numbers are #NUM!."""
    k = math.trunc(count)
    if count < 0 or average < 0:
        raise fail(NUM, "count and mean must not be negative")
    if average == 0:
        return 1.0 if cumulative or k == 0 else 0.0
    log, reach = math.log(average), math.ceil(40 * math.sqrt(average)) + 200  # nothing counts further from the mean
    low, high = max(0, math.floor(average) - reach), math.floor(average) + reach
    if cumulative and not low <= k <= high:
        return float(k > high)
    if cumulative and reach > _MANY:
        raise fail(NUM, "the mean is larger than can be added up")
    counts = range(low, min(k, high) + 1) if cumulative else (k,)
    return min(1.0, math.fsum(math.exp(i * log - average - math.lgamma(i + 1)) for i in counts))


@_numeric("BINOMDIST(count, trials, probability, cumulative)", ("BINOMDIST(1,2,0.5,FALSE)", 0.5))
def _binomdist(count: float, trials: float, p: float, cumulative: float) -> float:
    """The probability of at most so many successes, or with FALSE of exactly so many, in independent trials. Parts of a
    count are cut off; a count outside the trials, or a probability outside 0 to 1, is #NUM!."""
    k, n = math.trunc(count), math.trunc(trials)
    if count < 0 or k > n or not 0 <= p <= 1:
        raise fail(NUM, "the count must lie within the trials, the probability within 0 to 1")
    if n > _MANY:
        raise fail(NUM, "the trials are more than can be added up")
    if p in (0.0, 1.0):
        sure = 0 if p == 0 else n
        return float(k >= sure if cumulative else k == sure)
    counts = range(k + 1) if cumulative else (k,)
    return min(1.0, math.fsum(math.exp(_ways(n, i) + i * math.log(p) + (n - i) * math.log1p(-p)) for i in counts))


_MANY = 100_000


def _ways(n: int, k: int) -> float:
    """The logarithm of the number of ways to choose k of n."""
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _positive(x: float) -> None:
    if x <= 0:
        raise fail(NUM, "deviation, rate and value must be above zero")
