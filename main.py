"""Dealsheet: without a command the window opens; otherwise one headless command runs (see --help)."""

from __future__ import annotations

import sys

COMMANDS = ("show", "export", "check", "shot")


def main(argv: list[str]) -> int:
    """Exit status of the window or of a headless command."""
    if argv and (argv[0] in COMMANDS or argv[0].startswith("-")):
        if argv[0] == "shot":
            from ui.shot import command

            return command(argv)
        from model.headless import main as headless

        return headless(argv)
    if len(argv) > 1:
        print(f"main.py: “{argv[0]}” is not a command. See main.py --help.", file=sys.stderr)
        return 2
    from ui.app import run

    return run(argv[0] if argv else None)


def gui() -> int:
    """Entry point of the ``dealsheet`` command."""
    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
