"""Commands for scripts: show, ask, export, check, diff, eval, import, sensitivity, simulate. Results on stdout, messages on stderr.

Exit statuses: see ``STATUSES``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from model import store
from model.commands import show
from model.commands.common import OK, PROBLEMS, USAGE, complain, day_of, problem_json, problems_of, view_of
from model.deal import Deal
from model.engine import Calc, run
from model.faults import unvalued
from model.layers import View, default_view
from model.problems import Refused
from model.structure.uses import unknown_parties
from model.values import ErrorValue

STATUSES = """exit status:
  0  all is well
  1  the deal has problems, or a file cannot be read or written; check: there is anything to report, also a term
     without a value that formulas read (the other commands only say so on standard error); import: a difference
     was left for a person to decide
  2  the command line is wrong"""


def parser() -> argparse.ArgumentParser:
    """The command line of the headless commands and of ``shot``."""
    top = argparse.ArgumentParser(
        prog="main.py", description="Dealsheet. Without a command the window opens, on DEAL if one is named.",
        epilog=STATUSES, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    commands = top.add_subparsers(
        dest="command", metavar="{show,ask,export,check,diff,eval,import,sensitivity,simulate,shot}", required=True
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

    shown = commands.add_parser("show", parents=[deal, view], help="print terms, schedule, rights, outputs and checks")
    shown.add_argument(
        "--on", action="append", default=[], metavar="DATE", help="how rights stand on a day; repeatable"
    )
    form = shown.add_mutually_exclusive_group()
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
    back.add_argument("--apply", action="store_true", help="write a deal with what is beyond doubt applied (needs -o)")
    back.add_argument("--all", action="store_true", help="with --apply: also what needs a thought")
    back.add_argument(
        "--only", action="append", default=[], metavar="KEY", help="with --apply: these inputs only (KEY or KEY@LAYER)"
    )
    back.add_argument("-o", "--output", default=None, metavar="OUT.deal", help="the deal file to write")
    drawn = commands.add_parser(
        "simulate", parents=[deal, view], help="what the ranges of the terms mean for the outputs: many random draws"
    )
    drawn.add_argument("--draws", type=int, default=5_000, metavar="N", help="how many (5,000)")
    drawn.add_argument("--seed", type=int, default=1, help="the same seed gives the same draws (1)")
    drawn.add_argument("--vary", action="extend", nargs="+", default=[], metavar="TERM", help="draw these terms only")
    drawn.add_argument("--of", action="extend", nargs="+", default=[], metavar="OUTPUT", help="instead of the headline")
    drawn.add_argument("--json", action="store_true", help="one JSON object")
    moved = commands.add_parser(
        "sensitivity", parents=[deal, view], help="how far each term alone moves the outputs, from its low to its high"
    )
    moved.add_argument("--vary", action="extend", nargs="+", default=[], metavar="TERM", help="vary these terms only")
    moved.add_argument("--of", action="extend", nargs="+", default=[], metavar="OUTPUT", help="instead of the headline")
    moved.add_argument("--json", action="store_true", help="one JSON object")
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
            return complain(err, USAGE)
    if args.command == "import":
        from model.commands import import_book as import_command

        return import_command.command(args)
    try:
        loaded = store.load(store.find(args.deal))
    except Refused as err:
        return complain(err, PROBLEMS)
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
        return complain(err, USAGE)
    calc = run(deal, view)
    problems = problems_of(calc)
    for problem in (*problems, *unvalued(calc)):
        print(problem, file=sys.stderr)
    status = PROBLEMS if problems else OK
    if args.command in ("simulate", "sensitivity"):
        if args.command == "simulate":
            from model.commands.simulate import command as what_if
        else:
            from model.commands.sensitivity import command as what_if

        try:
            return what_if(calc, args) or status
        except Refused as err:
            return complain(err, USAGE)
    if args.command == "export":
        return _export(calc, args.output) or status
    if args.json:
        print(json.dumps(show.report(calc, days), ensure_ascii=False, allow_nan=False))
    elif args.csv:
        show.write_csv(calc, args.csv)
    else:
        print(show.table(calc, days))
    return status


def _export(calc: Calc, output: str) -> int:
    from model.workbook.write import export

    try:
        export(calc, output)
    except Refused as err:
        return complain(err, PROBLEMS)
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
            for problem in (*problems_of(calc), *unvalued(calc)):
                found.setdefault((problem.where, problem.what), problem)
            for key, value in calc.checks.items():
                if value is not True:
                    why = f" ({value.kind} at {value.at})" if isinstance(value, ErrorValue) else ""
                    failed.append({
                        "check": key, "label": deal.checks[key].label + why, "version": version, "scenario": scenario,
                    })  # fmt: skip
    problems = [problem_json(p) for p in found.values()]
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
            print(f"{deal.name}: no problems; {_all_hold(deal)}")
    return PROBLEMS if problems or failed else OK


def _all_hold(deal: Deal) -> str:
    """How many checks hold, and under how many views."""
    count = len(deal.checks)
    held = "it has no checks" if not count else "its check holds" if count == 1 else f"all {count} checks hold"
    views = max(1, len(deal.versions)) * max(1, len(deal.scenarios))
    return held + (f" under {views} combinations of version and scenario." if count and views > 1 else ".")
