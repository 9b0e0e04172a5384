"""Two runs side by side: term by term, right by right, and the effect on every output."""

from __future__ import annotations

from typing import Any, NamedTuple

from model.deal import Deal, Input
from model.edits import label_of
from model.engine import Calc, same
from model.formula.bind import RIGHT
from model.rights import Span, span
from model.values import NEVER, ErrorValue, Scalar


class InputChange(NamedTuple):
    """One input that differs. ``layer_a`` and ``layer_b`` are the layers the values come from; None on a
    side that has no such input."""

    address: str
    label: str
    a: Input | None
    b: Input | None
    layer_a: str | None
    layer_b: str | None


class RightChange(NamedTuple):
    """One right that differs: its first and last day and condition on either side (None: no such right)."""

    key: str
    label: str
    a: Span | None
    b: Span | None


class OutputChange(NamedTuple):
    """One output on both sides. ``change`` is b − a where both are numbers, else None."""

    key: str
    label: str
    a: Scalar
    b: Scalar
    change: float | None


class Difference(NamedTuple):
    inputs: list[InputChange]
    rights: list[RightChange]
    outputs: list[OutputChange]
    formulas: list[tuple[str, str | None, str | None]]

    @property
    def moved(self) -> list[OutputChange]:
        """The outputs whose value differs by more than arithmetic leaves behind."""
        return [o for o in self.outputs if not same(o.a, o.b) and not near(o.a, o.b)]


def compare(a: Calc, b: Calc) -> Difference:
    """Everything in which two runs differ. The deals may be different ones."""
    return Difference(_inputs(a, b), _rights(a, b), _outputs(a, b), _formulas(a, b))


def _inputs(a: Calc, b: Calc) -> list[InputChange]:
    out = []
    for address in dict.fromkeys([*a.inputs, *b.inputs]):
        left, right = a.inputs.get(address), b.inputs.get(address)
        if left is not None and right is not None and same(left.value, right.value):
            continue
        label = _label(b.deal if right is not None else a.deal, address)
        out.append(
            InputChange(
                address, label,
                left.value if left else None, right.value if right else None,
                left.layer if left else None, right.layer if right else None,
            )
        )  # fmt: skip
    return out


def _label(deal: Deal, address: str) -> str:
    try:
        return label_of(deal, address)
    except KeyError:
        return address


def _rights(a: Calc, b: Calc) -> list[RightChange]:
    out = []
    for key in dict.fromkeys([*a.deal.rights, *b.deal.rights]):
        left, right = _right(a, key), _right(b, key)
        if left != right:
            label = (b.deal.rights.get(key) or a.deal.rights[key]).label
            out.append(RightChange(key, label, left, right))
    return out


def _right(calc: Calc, key: str) -> Span | None:
    return span(calc, key) if key in calc.deal.rights else None


def _outputs(a: Calc, b: Calc) -> list[OutputChange]:
    out = []
    for key in dict.fromkeys([*a.deal.outputs, *b.deal.outputs]):
        item = b.deal.outputs.get(key) or a.deal.outputs[key]
        left, right = a.scalar(key), b.scalar(key)
        out.append(OutputChange(key, item.label, left, right, difference(left, right)))
    return out


def near(a: Any, b: Any) -> bool:
    """Whether two numbers agree within the tolerance of all comparisons."""
    return isinstance(a, float) and isinstance(b, float) and abs(a - b) <= 1e-9 * max(abs(a), abs(b)) + 1e-9


def difference(a: Any, b: Any) -> float | None:
    """b − a of two numbers; None where either is no number, or an event that never happens."""
    if isinstance(a, bool) or isinstance(b, bool) or not isinstance(a, float) or not isinstance(b, float):
        return None
    return None if NEVER in (a, b) and a != b else b - a


def _formulas(a: Calc, b: Calc) -> list[tuple[str, str | None, str | None]]:
    left, right = a.program.formulas, b.program.formulas
    if left is right:
        return []
    out: list[tuple[str, str | None, str | None]] = []
    for key in dict.fromkeys([*left, *right]):
        old = left[key].text if key in left else None
        new = right[key].text if key in right else None
        # rights and rules are compared as such
        if old != new and not key.startswith((RIGHT, "rule:")):
            out.append((key, old, new))
    return out


def error_of(*values: Any) -> ErrorValue | None:
    """The first error among values."""
    return next((v for v in values if isinstance(v, ErrorValue)), None)
