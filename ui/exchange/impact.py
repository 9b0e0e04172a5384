"""What an edit would do to the headline and to the checks, in one sentence. No Qt."""

from __future__ import annotations

from model.edits import Edit, apply
from model.engine import Calc, run
from model.fields import field_for
from model.fields.number_formats import show_text
from model.fields.unit_text import with_unit
from ui.wording import counted

_MOST = 3


def impact(calc: Calc, edit: Edit) -> str:
    """The headline outputs that move and the checks that then fail. Raises Refused as the engine does."""
    deal = apply(calc.deal, edit)[0]
    after = run(deal, calc.view, calc, edit.touches)
    moved = []
    for key in deal.headline:
        item = deal.outputs.get(key) or deal.terms.get(key)
        if item is None:
            continue
        was, now = calc.scalar(key), after.scalar(key)
        field = field_for(item, deal.unit)
        if field.show(was) != field.show(now):
            moved.append(f"{show_text(item.label)} {with_unit(field, was)} → {with_unit(field, now)}")
    said = "; ".join(moved[:_MOST]) or "no headline moves in the view of now"
    more = f"; {len(moved) - _MOST} more" if len(moved) > _MOST else ""
    failing = [show_text(c.label) for key, c in deal.checks.items() if after.scalar(key) is False and calc.scalar(key) is not False]  # fmt: skip
    broken = len({(p.where, p.what) for p in after.problems} - {(p.where, p.what) for p in calc.problems})
    checks = f" A check would fail: {', '.join(failing[:2])}." if failing else ""
    checks += f" {counted(broken, 'formula')} would become errors." if broken else ""
    return f"With what is ticked: {said}{more}.{checks}"
