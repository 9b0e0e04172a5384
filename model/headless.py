"""Commands for scripts: show, export, check. Results on stdout, messages on stderr.

Exit status: 0, or 1 when the deal has problems, or 2 when the command line is wrong.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections.abc import Sequence
from typing import Any

from model import store
from model.addresses import input_item
from model.deal import Deal
from model.engine import Calc, run
from model.fields import field_for
from model.layers import View, default_view, find_key
from model.problems import Problem, Refused, refuse
from model.values import ErrorValue

OK, PROBLEMS, USAGE = 0, 1, 2


def parser() -> argparse.ArgumentParser:
    """The command line of the headless commands and of ``shot``."""
    top = argparse.ArgumentParser(
        prog="main.py", description="Dealsheet. Without a command the window opens, on DEAL if one is named."
    )
    commands = top.add_subparsers(dest="command", metavar="{show,export,check,shot}", required=True)
    deal = argparse.ArgumentParser(add_help=False)
    deal.add_argument("deal", metavar="DEAL", help="a .deal file, or the name of a template")
    view = argparse.ArgumentParser(add_help=False)
    view.add_argument("--version", default=None, help="a version's key or label")
    view.add_argument("--scenario", default=None, help="a scenario's key or label")
    view.add_argument("--period", choices=("month", "quarter", "year"), default=None)
    view.add_argument(
        "--set", dest="sets", action="append", default=[], metavar="KEY=VALUE", help="set an input on top"
    )

    show = commands.add_parser("show", parents=[deal, view], help="print terms, schedule, outputs and checks")
    form = show.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object")
    form.add_argument(
        "--csv",
        nargs="?",
        const="schedule",
        choices=("schedule", "annual", "terms"),
        help="one table for a spreadsheet",
    )
    export = commands.add_parser("export", parents=[deal, view], help="write an Excel workbook with live formulas")
    export.add_argument("-o", "--output", required=True, metavar="BOOK.xlsx")
    check = commands.add_parser(
        "check", parents=[deal], help="report problems and checks under every version and scenario"
    )
    check.add_argument("--json", action="store_true")
    shot = commands.add_parser("shot", parents=[view], help="render the window to a PNG")
    shot.add_argument("deal", metavar="DEAL", nargs="?", default=None)
    shot.add_argument("-o", "--output", required=True, metavar="PNG")
    shot.add_argument("--view", default="terms", metavar="NAME", help="terms, schedule, valuation, checks …")
    shot.add_argument("--theme", choices=("light", "dark"), default="light")
    shot.add_argument("--size", default="1280x800", metavar="WxH")
    return top


def main(argv: Sequence[str]) -> int:
    """Run one headless command (``shot`` is not among them). Returns the exit status."""
    args = parser().parse_args(argv)
    try:
        loaded = store.load(store.find(args.deal))
    except Refused as err:
        return _complain(err, PROBLEMS)
    for warning in loaded.warnings:
        print(warning, file=sys.stderr)
    deal = loaded.deal
    if args.command == "check":
        return _check(deal, args.json)
    try:
        view = view_of(deal, args.version, args.scenario, args.period, args.sets)
    except Refused as err:
        return _complain(err, USAGE)
    calc = run(deal, view)
    status = PROBLEMS if calc.problems else OK
    for problem in calc.problems:
        print(problem, file=sys.stderr)
    if args.command == "export":
        return _export(calc, args.output) or status
    if args.json:
        print(json.dumps(report(calc), ensure_ascii=False, allow_nan=False))
    elif args.csv:
        _csv(calc, args.csv)
    else:
        print(table(calc))
    return status


def view_of(deal: Deal, version: str | None, scenario: str | None, period: Any, sets: Sequence[str]) -> View:
    """The view that command-line options ask for. Raises Refused."""
    view = default_view(deal)
    if version is not None:
        view = view._replace(version=find_key("version", dict(deal.versions), version))
    if scenario is not None:
        view = view._replace(scenario=find_key("scenario", dict(deal.scenarios), scenario))
    if period is not None:
        view = view._replace(period=period)
    pairs = []
    for text in sets:
        key, sign, value = text.partition("=")
        key = key.strip()
        if not sign or not key:
            raise refuse("--set", f"“{text}” is not of the form KEY=VALUE.", "Write for example --set rate=20%.")
        try:
            pairs.append((key, field_for(input_item(deal, key), deal.unit).parse(value.strip())))
        except Refused as err:
            raise Refused(*(Problem(f"--set {key}", p.what, p.remedy) for p in err.problems)) from None
    return view._replace(sets=tuple(pairs))


def report(calc: Calc) -> dict[str, Any]:
    """Everything computed, as plain JSON values: the answer of ``show --json``."""
    deal = calc.deal
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
        "events": {key: to_json(_DATE, calc.event(key)) for key in deal.events},
        "problems": [
            {"where": p.where, "what": p.what, "remedy": p.remedy, "severity": p.severity} for p in calc.problems
        ],
    }


class _DateItem:
    kind = "date"


_DATE = _DateItem()


def _years(calc: Calc, key: str) -> dict[str, Any]:
    prefix = key + "."
    years = sorted(a[len(prefix) :] for a in calc.inputs if a.startswith(prefix))
    field = field_for(calc.deal.series[key])
    return {y: field.to_engine(calc.inputs[prefix + y].value) for y in years}


def to_json(item: Any, value: Any) -> Any:
    """One value: dates as ISO text or "never", "undisclosed", "none", an error as an object with its root cell."""
    if isinstance(value, ErrorValue):
        if value.is_undisclosed:
            return "undisclosed"
        out = {"error": value.kind, "at": value.at}
        return {**out, "why": value.note} if value.note else out
    if isinstance(value, float) and item.kind in ("date", "money", "number", "multiple", "integer", "year"):
        from model.values import NEVER, NO_CAP, from_serial

        if item.kind == "date":
            day = from_serial(value)
            return "never" if value >= NEVER else day.isoformat() if day and value == int(value) else value
        if value == NO_CAP:
            return "none"
        if item.kind in ("integer", "year") and value == int(value):
            return int(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


def table(calc: Calc) -> str:
    """The readable form of ``show``."""
    deal, view = calc.deal, calc.view
    version = deal.versions[view.version].label if view.version else "none"
    scenario = deal.scenarios[view.scenario].label if view.scenario else "none"
    out = [deal.title or deal.name, f"Version: {version}   Scenario: {scenario}   Unit: {deal.unit}", ""]
    out.append("Terms")
    for key, term in deal.terms.items():
        shown = field_for(term).show(calc.scalar(key))
        out.append(f"  {key:<22} {term.label[:44]:<44} {shown:>18} {term.unit:<8} {term.class_}")
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
    out += ["", "Outputs"]
    for key, output in deal.outputs.items():
        out.append(f"  {key:<30} {output.label[:40]:<40} {field_for(output).show(calc.scalar(key)):>16} {output.unit}")
    out += ["", "Checks"]
    for key, value in calc.checks.items():
        mark = "holds" if value is True else "FAILS" if value is False else str(getattr(value, "kind", value))
        out.append(f"  {mark:<8} {deal.checks[key].label}")
    return "\n".join(out)


def _csv(calc: Calc, which: str) -> None:
    from model import frames

    frame = {"schedule": frames.schedule, "annual": frames.annual, "terms": frames.terms}[which](calc)
    for column in frame.columns:
        if frame[column].dtype == object or str(frame[column].dtype).startswith("str"):
            frame[column] = [safe_csv(v) for v in frame[column]]
    frame.to_csv(sys.stdout, lineterminator="\n")


def safe_csv(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula gets a leading apostrophe."""
    return "'" + value if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") else value


def _export(calc: Calc, output: str) -> int:
    from model.workbook.write import export

    try:
        export(calc, output)
    except Refused as err:
        return _complain(err, PROBLEMS)
    print(f"Wrote {output}", file=sys.stderr)
    return OK


def _check(deal: Deal, as_json: bool) -> int:
    """Problems and checks under every version and scenario."""
    first = run(deal, default_view(deal))
    failed = []
    for version in deal.versions or [""]:
        for scenario in deal.scenarios or [""]:
            calc = run(deal, View(version, scenario, deal.timeline.period), first)
            for key, value in calc.checks.items():
                if value is not True:
                    why = f" ({value.kind} at {value.at})" if isinstance(value, ErrorValue) else ""
                    failed.append({
                        "check": key, "label": deal.checks[key].label + why, "version": version, "scenario": scenario,
                    })  # fmt: skip
    problems = [{"where": p.where, "what": p.what, "remedy": p.remedy, "severity": p.severity} for p in first.problems]
    if as_json:
        print(json.dumps({"deal": deal.name, "problems": problems, "failed": failed}, ensure_ascii=False))
    else:
        for problem in first.problems:
            print(problem)
        for item in failed:
            print(
                f"{item['check']}: does not hold under {item['version'] or 'no version'}, {item['scenario'] or 'no scenario'}: {item['label']}"
            )
        if not problems and not failed:
            runs = max(1, len(deal.versions)) * max(1, len(deal.scenarios))
            print(
                f"{deal.name}: no problems; {len(deal.checks)} checks hold under {runs} combinations of version and scenario."
            )
    return PROBLEMS if problems or failed else OK


def _complain(err: Refused, status: int) -> int:
    for problem in err.problems:
        print(problem, file=sys.stderr)
    return status
