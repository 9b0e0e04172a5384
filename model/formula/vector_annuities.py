"""Annuities over numpy vectors: as ``fn_finance``, all draws at once. Takes finite numbers; NaN stands for an error.

Rates of -100 % and below, which hardly a draw has, go through the live form.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from model.formula.functions import FUNCTIONS
from model.formula.vector_forms import fix


def _growth(rate: Any, periods: Any) -> tuple[Any, Any]:
    """(1 + rate)^periods, and the value of 1 a period until then, at rates above -100 %."""
    power = periods * np.log1p(rate)
    annuity = np.where(np.asarray(rate) == 0, periods, np.expm1(power) / np.where(np.asarray(rate) == 0, 1.0, rate))
    return np.exp(power), annuity


def _due(rate: Any, kind: Any) -> Any:
    """What a payment is worth more when made at the start of its period."""
    return np.where(np.asarray(kind) != 0, 1 + np.asarray(rate), 1.0)


def _pmt(rate: Any, periods: Any, present: Any, future: Any = 0.0, kind: Any = 0.0) -> Any:
    factor, annuity = _growth(rate, periods)
    return np.where(annuity == 0, np.nan, -(present * factor + future) / (annuity * _due(rate, kind)))


def _fv(rate: Any, periods: Any, payment: Any, present: Any = 0.0, kind: Any = 0.0) -> Any:
    factor, annuity = _growth(rate, periods)
    return -(present * factor + payment * annuity * _due(rate, kind))


def _pv(rate: Any, periods: Any, payment: Any, future: Any = 0.0, kind: Any = 0.0) -> Any:
    factor, annuity = _growth(rate, periods)
    return np.where(factor == 0, np.nan, -(future + payment * annuity * _due(rate, kind)) / factor)


def _ipmt(rate: Any, period: Any, periods: Any, present: Any, future: Any = 0.0, kind: Any = 0.0) -> Any:
    payment = _pmt(rate, periods, present, future, kind)
    ahead = np.asarray(kind) != 0
    interest = np.where(
        ahead,
        (_fv(rate, period - 2, payment, present, 1.0) - payment) * rate,
        _fv(rate, period - 1, payment, present) * rate,
    )
    inside = (np.asarray(period) >= 1) & (np.asarray(period) <= periods)
    return np.where(inside, np.where(ahead & (np.asarray(period) == 1), 0.0, interest), np.nan)


def _ppmt(rate: Any, period: Any, periods: Any, present: Any, future: Any = 0.0, kind: Any = 0.0) -> Any:
    return _pmt(rate, periods, present, future, kind) - _ipmt(rate, period, periods, present, future, kind)


def _nper(rate: Any, payment: Any, present: Any, future: Any = 0.0, kind: Any = 0.0) -> Any:
    flat = np.asarray(rate) == 0
    paid = payment * _due(rate, kind) / np.where(flat, 1.0, rate)
    covered = present + paid
    ratio = np.where(covered == 0, np.nan, (paid - future) / np.where(covered == 0, 1.0, covered))
    grown = np.log(np.where(ratio > 0, ratio, np.nan)) / np.log1p(rate)
    return np.where(flat, -(present + future) / np.where(np.asarray(payment) == 0, np.nan, payment), grown)


def _form(name: str, compute: Callable[..., Any]) -> Callable[..., np.ndarray]:
    live = FUNCTIONS[name].live

    def form(rate: Any, *args: Any, out: np.ndarray) -> np.ndarray:
        odd = np.broadcast_to(np.asarray(rate) <= -1, out.shape)
        out[...] = compute(rate, *args)
        return fix(out, odd, live, rate, *args) if odd.any() else out

    return form


FORMS: Final[dict[str, Callable[..., np.ndarray]]] = {
    name.lower(): _form(name, compute)
    for name, compute in (
        ("PMT", _pmt), ("FV", _fv), ("PV", _pv), ("IPMT", _ipmt), ("PPMT", _ppmt), ("NPER", _nper),
    )
}  # fmt: skip
