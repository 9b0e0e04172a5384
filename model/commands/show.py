"""The headless ``show``: everything computed, as JSON, as a table for a spreadsheet, or for reading."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from typing import Any, Final

from model import obligations, rights
from model.commands.common import DATE, problem_json, problems_of, safe_csv, to_json
from model.deal import Table, Term
from model.engine import Calc
from model.fields import field_for
from model.fields.date_text import show_date
from model.formula.bind import RIGHT
from model.layers import about
from model.values import ErrorValue

_MONEY: Final = Term(label="amount", kind="money")


def report(calc: Calc, days: Sequence[dt.date] = ()) -> dict[str, Any]:
    """Everything computed, as plain JSON values: the answer of ``show --json``. ``days`` are those on which
    the rights are looked at."""
    deal = calc.deal
    due = [(name, table) for name, table in deal.tables.items() if table.role == "maturity"]
    return {
        "deal": deal.name,
        "version": calc.view.version or None,
        "scenario": calc.view.scenario or None,
        "periods": [
            {"start": p.start.isoformat(), "end": p.end.isoformat(), "label": p.label} for p in calc.timeline.periods
        ],
        "terms": {key: to_json(term, calc.scalar(key)) for key, term in deal.terms.items()},
        "series": {
            key: {y: to_json(series, v) for y, v in _years(calc, key).items()} for key, series in deal.series.items()
        },
        "tables": {
            name: {
                record: {c: to_json(col, calc.scalar(f"{name}.{record}.{c}")) for c, col in table.columns.items()}
                for record in table.records
            }
            for name, table in deal.tables.items()
        },
        "lines": {key: [to_json(line, v) for v in calc.line(key)] for key, line in deal.lines.items()},
        "openings": {
            key: to_json(line, calc.opening(key)) for key, line in deal.lines.items() if calc.opening(key) is not None
        },
        "outputs": {key: to_json(output, calc.scalar(key)) for key, output in deal.outputs.items()},
        "checks": {key: value is True for key, value in calc.checks.items()},
        "events": {key: to_json(DATE, calc.event(key)) for key in deal.events},
        "rights": {key: _right(calc, key, days) for key in deal.rights},
        "obligations": _obligations(calc, days),
        **({"maturity": [row for name, table in due for row in _rows(calc, name, table)]} if due else {}),
        "problems": [problem_json(p) for p in problems_of(calc)],
    }


def _right(calc: Calc, key: str, days: Sequence[dt.date]) -> dict[str, Any]:
    """A right with its dates, and how it stands on each day asked about."""
    right = calc.deal.rights[key]
    return {
        "label": right.label,
        "holder": right.holder,
        "owed_by": right.owed_by,
        "from": to_json(DATE, calc.scalar(f"{RIGHT}{key}.from")),
        "until": to_json(DATE, calc.scalar(f"{RIGHT}{key}.until")),
        "class": right.class_,
        "source": right.source,
        "on": {day.isoformat(): rights.status(calc, key, day).state for day in days},
    }


def _obligations(calc: Calc, days: Sequence[dt.date]) -> list[dict[str, Any]]:
    """Who owes what to whom, with the amounts by calendar year where a line gives them."""
    out = []
    for owed in obligations.obligations(calc, calc.timeline.start):
        right = calc.deal.rights[owed.key]
        item = calc.deal.lines.get(right.amount) or calc.deal.terms.get(right.amount) or _MONEY
        out.append({
            "right": owed.key, "label": right.label, "by": owed.by, "to": owed.to,
            "from": to_json(DATE, calc.scalar(f"{RIGHT}{owed.key}.from")),
            "until": to_json(DATE, calc.scalar(f"{RIGHT}{owed.key}.until")),
            "years": {str(year): to_json(item, value) for year, value in owed.years.items()},
            "total": None if owed.total is None else to_json(item, owed.total),
            "on": {day.isoformat(): rights.status(calc, owed.key, day).state for day in days},
        })  # fmt: skip
    return out


def _rows(calc: Calc, name: str, table: Table) -> list[dict[str, Any]]:
    """The records of a table, each with all its columns."""
    return [
        {
            "record": record,
            **{c: to_json(col, calc.scalar(f"{name}.{record}.{c}")) for c, col in table.columns.items()},
        }
        for record in table.records
    ]


def _years(calc: Calc, key: str) -> dict[str, Any]:
    prefix = key + "."
    years = sorted(a[len(prefix) :] for a in calc.inputs if a.startswith(prefix))
    field = field_for(calc.deal.series[key])
    return {y: field.to_engine(calc.inputs[prefix + y].value) for y in years}


def table(calc: Calc, days: Sequence[dt.date] = ()) -> str:
    """The readable form of ``show``."""
    deal, view = calc.deal, calc.view
    version = deal.versions[view.version].label if view.version else "none"
    scenario = deal.scenarios[view.scenario].label if view.scenario else "none"
    out = [deal.title or deal.name, f"Version: {version}   Scenario: {scenario}   Unit: {deal.unit}", ""]
    out.append("Terms")
    for key, term in deal.terms.items():
        shown = field_for(term).show(calc.scalar(key))
        said = about(deal, view, key).class_ if term.formula is None else term.class_
        out.append(f"  {key:<22} {term.label[:44]:<44} {shown:>18} {term.unit:<8} {said}")
    out.append("")
    width = max((len(p.label) for p in calc.timeline.periods), default=4)
    width = max(width, 9)
    out.append(f"  {'Schedule':<34}" + "".join(f"{p.label:>{width + 1}}" for p in calc.timeline.periods))
    section = None
    for key, line in deal.lines.items():
        if line.style == "helper":
            continue
        if line.section != section:
            section = line.section
            out.append(f" {deal.sections.get(section, section)}")
        field = field_for(line)
        out.append(f"  {line.label[:34]:<34}" + "".join(f"{field.show(v):>{width + 1}}" for v in calc.line(key)))
    if days and deal.rights:
        out += ["", f"  {'Rights':<44}" + "".join(f"{show_date(day):>16}" for day in days)]
        for key, right in deal.rights.items():
            out.append(f"  {right.label[:44]:<44}" + "".join(f"{rights.status(calc, key, d).state:>16}" for d in days))
    out += ["", "Outputs"]
    for key, output in deal.outputs.items():
        value = calc.scalar(key)
        words = calc.scalar(output.status) if output.status and isinstance(value, ErrorValue) else None
        shown = words if isinstance(words, str) else field_for(output).show(value)
        flag = (
            ""
            if output.warn_above is None or not isinstance(value, float) or value <= output.warn_above
            else "  above the limit"
        )
        out.append(f"  {key:<30} {output.label[:40]:<40} {shown:>16} {output.unit}{flag}")
    out += ["", "Checks"]
    for key, value in calc.checks.items():
        mark = "holds" if value is True else "FAILS" if value is False else str(getattr(value, "kind", value))
        out.append(f"  {mark:<8} {deal.checks[key].label}")
    return "\n".join(out)


def write_csv(calc: Calc, which: str) -> None:
    """One of the frames of a run on standard output."""
    from model import frames

    frame = {"schedule": frames.schedule, "annual": frames.annual, "terms": frames.terms}[which](calc)
    for column in frame.columns:
        if frame[column].dtype == object or str(frame[column].dtype).startswith("str"):
            frame[column] = [safe_csv(v) for v in frame[column]]
    frame.to_csv(sys.stdout, lineterminator="\n")
