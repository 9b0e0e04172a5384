"""The headless ``import``: what a workbook that came back says differently, and a deal with it applied.

``--apply`` takes what is beyond doubt and says what it left out; ``--all`` takes the rest too, ``--only`` what is named.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

from model import edits, store
from model.commands.common import OK, PROBLEMS, USAGE, complain
from model.deal import Deal
from model.fields import field_for
from model.fields.number_formats import show_text
from model.layers import View, find_key, layer_label
from model.problems import Refused, refuse
from model.workbook.review import Difference, Review, apply, review
from model.workbook.review_data import Note


def command(args: argparse.Namespace) -> int:
    """Run ``import``. Exit status: 0; 1 where an input could not be read, a difference was left out for a person to
    decide, or the book is refused; 2 for usage."""
    try:
        _check_options(args)
    except Refused as err:
        return complain(err, USAGE)
    try:
        loaded = store.load(store.find(args.deal))
    except Refused as err:
        return complain(err, PROBLEMS)
    deal = loaded.deal
    try:
        version = None if args.version is None else find_key("version", dict(deal.versions), args.version)
        scenario = None if args.scenario is None else find_key("scenario", dict(deal.scenarios), args.scenario)
    except Refused as err:
        return complain(err, USAGE)
    try:
        found = review(deal, args.book, version=version, scenario=scenario, decimal=args.decimal)
    except Refused as err:
        return complain(err, PROBLEMS)
    try:
        chosen = _chosen(found, args)
    except Refused as err:
        return complain(err, USAGE)
    if args.apply:
        try:
            made = edits.apply(deal, apply(deal, found, chosen))[0] if chosen else deal
            _check_target(Path(args.output))
            store.save(made, args.output)
        except Refused as err:
            return complain(err, PROBLEMS)
    left = tuple(d for d in found.differences if d not in chosen) if args.apply else ()
    if args.json:
        print(json.dumps(report(deal, found, args.output, chosen), ensure_ascii=False, allow_nan=False))
    else:
        print(table(deal, found))
    if args.apply:
        _say_what_was_done(deal, args, chosen, left)
    undecided = [d for d in left if d.doubt and not args.only]
    return PROBLEMS if found.open or undecided else OK


def _check_options(args: argparse.Namespace) -> None:
    if args.apply != (args.output is not None):
        missing = "-o OUT.deal" if args.apply else "--apply"
        raise refuse("import", f"--apply and -o go together; {missing} is missing.", "Add it.")
    if (args.all or args.only) and not args.apply:
        raise refuse("import", "--all and --only say what --apply takes.", "Add --apply -o OUT.deal.")
    if args.all and args.only:
        raise refuse("import", "--all and --only exclude each other.", "Leave one of them out.")


def _chosen(found: Review, args: argparse.Namespace) -> tuple[Difference, ...]:
    """The differences to apply: what is named, all, or what is beyond doubt. Raises Refused for a name of none."""
    if args.all:
        return found.differences
    if not args.only:
        return found.sure
    out: list[Difference] = []
    for wanted in args.only:
        hits = [d for d in found.differences if _is_named(d, wanted)]
        if not hits:
            known = ", ".join(dict.fromkeys(d.address for d in found.differences)) or "none"
            raise refuse("--only", f"“{wanted[:80]}” does not differ in the workbook.", f"These do: {known}.")
        out += (d for d in hits if d not in out)
    return tuple(out)


def _is_named(one: Difference, wanted: str) -> bool:
    """Whether KEY or KEY@LAYER means a difference; the key of a series or table means all of it."""
    key, sign, layer = wanted.strip().casefold().partition("@")
    address = one.address.casefold()
    return (address == key or address.startswith(key + ".")) and (not sign or one.layer.casefold() == layer)


def _say_what_was_done(
    deal: Deal, args: argparse.Namespace, chosen: tuple[Difference, ...], left: tuple[Difference, ...]
) -> None:
    """On standard error: how much was applied, and each difference that was not, with the reason."""
    count = len(chosen)
    print(f"Wrote {args.output} with {count} difference{'s' if count != 1 else ''} applied", file=sys.stderr)
    for d in left:
        where = f" [{layer_label(deal, d.layer)}]" if d.layer else ""
        values = f"{shown(deal, d, d.old)} → {shown(deal, d, d.new)}"
        why = d.doubt or "It was not named."
        print(f"Left out: {show_text(d.label)}{where} {values} ({d.sheet}!{d.cell}). {why}", file=sys.stderr)
    if any(d.doubt for d in left) and not args.only:
        print("Take them too with --all, or some of them with --only KEY.", file=sys.stderr)


def _check_target(target: Path) -> None:
    if target.suffix.lower() != store.SUFFIX:
        raise refuse(str(target), "A deal file's name must end in .deal.", "Add .deal to the name.")


def report(
    deal: Deal, found: Review, written: str | None = None, chosen: Collection[Difference] = ()
) -> dict[str, Any]:
    """A review as plain JSON values; ``chosen`` are the differences that were applied where a deal was written."""
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
                "applied": written is not None and d in chosen,
            }
            for d in found.differences
        ],
        "notes": [
            {"kind": n.kind, "sheet": n.sheet, "cell": n.cell, "what": n.text, "remedy": n.remedy, "address": n.address or None}
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
