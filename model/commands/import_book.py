"""The headless ``import``: what a workbook that came back says differently, and a deal with all of it applied."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

from model import edits, store
from model.commands.headless import OK, PROBLEMS, USAGE
from model.deal import Deal
from model.fields import field_for
from model.fields.number_formats import show_text
from model.layers import View, find_key, layer_label
from model.problems import Problem, Refused
from model.workbook.review import Difference, Review, apply, review
from model.workbook.review_data import Note


def command(args: argparse.Namespace) -> int:
    """Run ``import``. Exit status: 0; 1 where an input could not be read or the book is refused; 2 for usage."""
    if args.apply != (args.output is not None):
        missing = "-o OUT.deal" if args.apply else "--apply"
        return _complain([Problem("import", f"--apply and -o go together; {missing} is missing.", "Add it.")], USAGE)
    try:
        loaded = store.load(store.find(args.deal))
    except Refused as err:
        return _complain(err.problems, PROBLEMS)
    deal = loaded.deal
    try:
        version = None if args.version is None else find_key("version", dict(deal.versions), args.version)
        scenario = None if args.scenario is None else find_key("scenario", dict(deal.scenarios), args.scenario)
    except Refused as err:
        return _complain(err.problems, USAGE)
    try:
        found = review(deal, args.book, version=version, scenario=scenario, decimal=args.decimal)
        if args.apply:
            made = edits.apply(deal, apply(deal, found, found.differences))[0] if found.differences else deal
            _check_target(Path(args.output))
            store.loads(store.dumps(made), args.output)  # what is written must open again
            store.save(made, args.output)
    except Refused as err:
        return _complain(err.problems, PROBLEMS)
    if args.json:
        print(json.dumps(report(deal, found, args.output), ensure_ascii=False, allow_nan=False))
    else:
        print(table(deal, found))
        if args.apply:
            print(f"Wrote {args.output}", file=sys.stderr)
    return PROBLEMS if found.open else OK


def _check_target(target: Path) -> None:
    from model.problems import refuse

    if target.suffix.lower() != store.SUFFIX:
        raise refuse(str(target), "A deal file's name must end in .deal.", "Add .deal to the name.")


def report(deal: Deal, found: Review, written: str | None = None) -> dict[str, Any]:
    """A review as plain JSON values."""
    return {
        "deal": deal.name,
        "book": found.path.name,
        "version": found.view.version or None,
        "scenario": found.view.scenario or None,
        "period": found.view.period,
        "saved": found.saved or None,
        "stale": found.stale,
        "differences": [
            {
                "address": d.address, "label": d.label, "layer": d.layer, "old": _json(d.old), "new": _json(d.new),
                "sheet": d.sheet, "cell": d.cell, "kind": d.kind, "note": d.note, "doubt": d.doubt,
            }
            for d in found.differences
        ],
        "notes": [
            {"kind": n.kind, "sheet": n.sheet, "cell": n.cell, "what": n.what, "remedy": n.remedy, "address": n.address or None}
            for n in found.notes
        ],
        "written": written,
    }  # fmt: skip


def table(deal: Deal, found: Review) -> str:
    """A review for reading."""
    out = [f"{found.path.name} against {deal.name}: {_view(deal, found.view)}", ""]
    count = len(found.differences)
    out.append(f"{count} difference{'s' if count != 1 else ''}" if count else "No differences.")
    for d in found.differences:
        layer = f" [{layer_label(deal, d.layer)}]" if d.layer else ""
        old, new = shown(deal, d, d.old), shown(deal, d, d.new)
        out.append(f"  {show_text(d.label[:46]):<46} {old:>20} → {new:<20} {show_text(d.sheet)}!{d.cell}{layer}")
        for remark in dict.fromkeys(part for part in (d.note, d.doubt and f"To think about: {d.doubt}") if part):
            out.append(f"      {remark}")
    for title, notes in (("Not read", found.open), ("Notes", tuple(n for n in found.notes if n not in found.open))):
        if notes:
            out += ["", title, *(f"  {note}" for note in _short(notes))]
    return "\n".join(out)


def _short(notes: tuple[Note, ...]) -> list[str]:
    return [" ".join(show_text(str(note)).split()) for note in notes]


def shown(deal: Deal, difference: Difference, value: Any) -> str:
    """A value of a difference as its cell shows it; "blank" or "inherits" where there is none."""
    if value is None:
        return "inherits" if difference.layer else "blank"
    from model.addresses import input_item

    field = field_for(input_item(deal, difference.address), deal.unit)
    return field.show(field.to_engine(value))


def _view(deal: Deal, view: View) -> str:
    parts = [layer_label(deal, f"version:{view.version}")] if view.version else []
    parts += [layer_label(deal, f"scenario:{view.scenario}")] if view.scenario else []
    return ", ".join(parts) or "no version, no scenario"


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _complain(problems: Any, status: int) -> int:
    for problem in problems:
        print(problem, file=sys.stderr)
    return status
