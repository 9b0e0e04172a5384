"""Commands for scripts: show, ask, export, check, diff, eval, import. Results on stdout, messages on stderr.

Exit status: 0, or 1 when the deal has problems, or 2 when the command line is wrong.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections.abc import Sequence
from typing import Any

from model import decisions, obligations, rights, store
from model.addresses import input_item
from model.deal import Deal, Table, Term
from model.engine import Calc, run
from model.fields import field_for
from model.fields.date_text import show_date
from model.formula.bind import RIGHT
from model.layers import View, about, default_view, find_key
from model.problems import Problem, Refused, refuse
from model.structure.uses import unknown_parties
from model.values import ErrorValue

OK, PROBLEMS, USAGE = 0, 1, 2


def parser() -> argparse.ArgumentParser:
    """The command line of the headless commands and of ``shot``."""
    top = argparse.ArgumentParser(
        prog="main.py", description="Dealsheet. Without a command the window opens, on DEAL if one is named."
    )
    commands = top.add_subparsers(
        dest="command", metavar="{show,ask,export,check,diff,eval,import,shot}", required=True
    )
    deal = argparse.ArgumentParser(add_help=False)
    deal.add_argument("deal", metavar="DEAL", help="a .deal file, or the name of a template")
    looking = argparse.ArgumentParser(add_help=False)
    looking.add_argument("--version", default=None, help="a version's key or label")
    looking.add_argument("--scenario", default=None, help="a scenario's key or label")
    looking.add_argument("--period", choices=("month", "quarter", "year"), default=None)
    view = argparse.ArgumentParser(add_help=False, parents=[looking])
    view.add_argument("--party", default=None, help="see cash flows from this party: its inflows are positive")
    view.add_argument(
        "--set", dest="sets", action="append", default=[], metavar="KEY=VALUE", help="set an input on top"
    )

    show = commands.add_parser("show", parents=[deal, view], help="print terms, schedule, rights, outputs and checks")
    show.add_argument("--on", action="append", default=[], metavar="DATE", help="how rights stand on a day; repeatable")
    form = show.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object")
    form.add_argument(
        "--csv",
        nargs="?",
        const="schedule",
        choices=("schedule", "annual", "terms"),
        help="one table for a spreadsheet",
    )
    ask = commands.add_parser("ask", parents=[deal, view], help="may they? A question of the deal, answered on a day")
    ask.add_argument("question", metavar="QUESTION", nargs="?", default=None, help="a question's key or label")
    ask.add_argument("--given", action="extend", nargs="+", default=[], metavar="KEY=VALUE", help="a fact of the case")
    ask.add_argument("--on", default=None, metavar="DATE", help="the day asked about")
    ask.add_argument("--list", action="store_true", help="list the questions with their facts and values")
    ask.add_argument("--json", action="store_true", help="one JSON object")
    export = commands.add_parser(
        "export", parents=[deal, view], help="write an Excel workbook with live formulas, or a one-page PDF"
    )
    export.add_argument("-o", "--output", required=True, metavar="BOOK.xlsx", help="or SUMMARY.pdf")
    check = commands.add_parser(
        "check", parents=[deal], help="report problems and checks under every version and scenario"
    )
    check.add_argument("--json", action="store_true")
    evaluate = commands.add_parser("eval", help="evaluate formulas read from standard input, one a line")
    evaluate.add_argument("--json", action="store_true", help="one JSON value a line (the only form there is)")
    evaluate.add_argument(
        "--set", dest="sets", action="append", default=[], metavar="NAME=VALUE", help="a name that formulas may use"
    )
    diff = commands.add_parser("diff", help="compare two deals, versions or scenarios")
    diff.add_argument("a", metavar="A", help="DEAL, DEAL@version, DEAL@scenario or DEAL@version@scenario")
    diff.add_argument("b", metavar="B")
    diff.add_argument("--json", action="store_true")
    back = commands.add_parser("import", parents=[deal], help="what a workbook that came back from a colleague changes")
    back.add_argument("book", metavar="BOOK.xlsx", help="a workbook that was exported, and edited")
    back.add_argument("--version", default=None, help="compare under this version instead of the one the book names")
    back.add_argument("--scenario", default=None, help="compare under this scenario instead")
    back.add_argument("--decimal", choices=(".", ","), default="", help="the decimal mark of numbers written as text")
    back.add_argument("--json", action="store_true", help="one JSON object")
    back.add_argument("--apply", action="store_true", help="write a deal with all differences applied (needs -o)")
    back.add_argument("-o", "--output", default=None, metavar="OUT.deal", help="the deal file to write")
    shot = commands.add_parser("shot", parents=[looking], help="render the window to a PNG")
    shot.add_argument("deal", metavar="DEAL", nargs="?", default=None)
    shot.add_argument("-o", "--output", required=True, metavar="PNG")
    shot.add_argument("--view", default="terms", metavar="NAME", help="terms, schedule, valuation, checks …")
    shot.add_argument("--theme", choices=("light", "dark"), default="light")
    shot.add_argument("--size", type=size_of, default="1280x800", metavar="WxH")
    return top


def size_of(text: str) -> tuple[int, int]:
    """Width and height of "1280x800". Raises ArgumentTypeError."""
    width, _, height = text.lower().replace("×", "x").partition("x")
    if not (width.isascii() and width.isdigit() and height.isascii() and height.isdigit()):
        raise argparse.ArgumentTypeError(f"“{text}” is not of the form 1280x800")
    if not (320 <= int(width) <= 7680 and 240 <= int(height) <= 4320):
        raise argparse.ArgumentTypeError(f"“{text}” is outside 320x240 to 7680x4320")
    return int(width), int(height)


def main(argv: Sequence[str]) -> int:
    """Run one headless command (``shot`` is not among them). Returns the exit status."""
    args = parser().parse_args(argv)
    if args.command == "diff":
        from model.commands import diff as diff_command

        return diff_command.main(args.a, args.b, args.json)
    if args.command == "eval":
        from model.commands.evaluate import command

        try:
            return command(args.sets)
        except Refused as err:
            return _complain(err, USAGE)
    if args.command == "import":
        from model.commands import import_book as import_command

        return import_command.command(args)
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
        view = view_of(deal, args.version, args.scenario, args.period, args.sets, args.party)
        if args.command == "ask":
            from model.commands.ask import command as ask

            return ask(deal, view, args)
        days = [day_of(text, "--on") for text in args.on] if args.command == "show" else []
    except Refused as err:
        return _complain(err, USAGE)
    calc = run(deal, view)
    problems = problems_of(calc)
    for problem in problems:
        print(problem, file=sys.stderr)
    status = PROBLEMS if problems else OK
    if args.command == "export":
        return _export(calc, args.output) or status
    if args.json:
        print(json.dumps(report(calc, days), ensure_ascii=False, allow_nan=False))
    elif args.csv:
        _csv(calc, args.csv)
    else:
        print(table(calc, days))
    return status


def problems_of(calc: Calc) -> list[Problem]:
    """What is wrong with the formulas, rights and decision tables under a run."""
    return [*calc.problems, *rights.faults(calc), *decisions.faults(calc)]


def day_of(text: str, option: str) -> dt.date:
    """A day in any form that the date field reads. Raises Refused."""
    try:
        day = field_for(_DATE).parse(text)
    except Refused as err:
        raise Refused(*(Problem(option, p.what, p.remedy) for p in err.problems)) from None
    if not isinstance(day, dt.date):
        raise refuse(option, f"“{text}” is not a day.", "Write for example 2027-01-01.")
    return day


def view_of(
    deal: Deal, version: str | None, scenario: str | None, period: Any, sets: Sequence[str], party: str | None = None
) -> View:
    """The view that command-line options ask for. Raises Refused."""
    view = default_view(deal)
    if version is not None:
        view = view._replace(version=find_key("version", dict(deal.versions), version))
    if scenario is not None:
        view = view._replace(scenario=find_key("scenario", dict(deal.scenarios), scenario))
    if period is not None:
        view = view._replace(period=period)
    if party is not None:
        view = view._replace(perspective=find_key("party", dict(deal.parties), party))
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
        "events": {key: to_json(_DATE, calc.event(key)) for key in deal.events},
        "rights": {key: _right(calc, key, days) for key in deal.rights},
        "obligations": _obligations(calc, days),
        **({"maturity": [row for name, table in due for row in _rows(calc, name, table)]} if due else {}),
        "problems": [_problem(p) for p in problems_of(calc)],
    }


def _problem(problem: Problem) -> dict[str, str]:
    return {
        "where": problem.where, "what": problem.what, "remedy": problem.remedy, "severity": problem.severity,
    }  # fmt: skip


_DATE = Term(label="day", kind="date")
_MONEY = Term(label="amount", kind="money")


def _right(calc: Calc, key: str, days: Sequence[dt.date]) -> dict[str, Any]:
    """A right with its dates, and how it stands on each day asked about."""
    right = calc.deal.rights[key]
    return {
        "label": right.label,
        "holder": right.holder,
        "owed_by": right.owed_by,
        "from": to_json(_DATE, calc.scalar(f"{RIGHT}{key}.from")),
        "until": to_json(_DATE, calc.scalar(f"{RIGHT}{key}.until")),
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
            "from": to_json(_DATE, calc.scalar(f"{RIGHT}{owed.key}.from")),
            "until": to_json(_DATE, calc.scalar(f"{RIGHT}{owed.key}.until")),
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
    from model.whatif import cases

    first = run(deal, default_view(deal))
    found = {(p.where, p.what): p for p in [*unknown_parties(deal), *cases.faults(deal), *problems_of(first)]}
    failed = []
    for version in deal.versions or [""]:
        for scenario in deal.scenarios or [""]:
            calc = run(deal, View(version, scenario, deal.timeline.period), first)
            for problem in problems_of(calc):
                found.setdefault((problem.where, problem.what), problem)
            for key, value in calc.checks.items():
                if value is not True:
                    why = f" ({value.kind} at {value.at})" if isinstance(value, ErrorValue) else ""
                    failed.append({
                        "check": key, "label": deal.checks[key].label + why, "version": version, "scenario": scenario,
                    })  # fmt: skip
    problems = [_problem(p) for p in found.values()]
    if as_json:
        print(json.dumps({"deal": deal.name, "problems": problems, "failed": failed}, ensure_ascii=False))
    else:
        for problem in found.values():
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
