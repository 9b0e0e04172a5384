"""Dealsheet: without a command the window opens; otherwise one headless command runs (see --help)."""

from __future__ import annotations

import io
import os
import sys

COMMANDS = ("show", "ask", "export", "check", "diff", "eval", "import", "sensitivity", "simulate", "shot")


def main(argv: list[str]) -> int:
    """Exit status of the window or of a headless command."""
    if argv and (argv[0] in COMMANDS or argv[0].startswith("-")):
        _speak_utf8()
        from model.commands import headless

        if _is_summary(argv):
            from ui.exchange.summary_pdf import command

            return command(headless.parser().parse_args(argv))
        if argv[0] != "shot":
            try:
                status = headless.main(argv)
                sys.stdout.flush()
                return status
            except BrokenPipeError:  # the reader (head, less) has had enough
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                return 0
        args = headless.parser().parse_args(argv)
        from ui.shot import shot

        return shot(args.deal, args.output, args.view, args.theme, args.size, args.version, args.scenario, args.period)
    if len(argv) > 1:
        print(f"main.py: “{argv[0]}” is not a command. See main.py --help.", file=sys.stderr)
        return 2
    from ui.app import run

    return run(argv[0] if argv else None)


def _speak_utf8() -> None:
    """Arrows and thin spaces reach a file or pipe also where the system's own encoding has none, as on Windows."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and not stream.isatty():
            stream.reconfigure(encoding="utf-8")
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _is_summary(argv: list[str]) -> bool:
    """Whether ``export`` is to write a PDF: a page is painted, so it is the window's side that does it."""
    return argv[0] == "export" and any(arg.lower().endswith(".pdf") for arg in argv[1:])


def gui() -> int:
    """Entry point of the ``dealsheet`` command."""
    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
