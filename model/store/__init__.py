"""The .deal file: opened with exact places of faults, saved as a whole or not at all.

    loaded = load(find("name-or-path"))     # Loaded(deal, path, read_only, warnings, backup, fingerprint)
    save(deal, loaded.path, expect=loaded.fingerprint)

Everything a file can do wrong ends in ``Refused``. The text is bounded before it is parsed
(``store_scan``), typed with exact paths (``store_typed``) and checked as a document
(``store_check``); a ``Deal`` from here holds canonical inputs only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import tomli

from model.deal import FORMAT, Deal
from model.problems import Problem, Refused, refuse
from model.store.check import Checker
from model.store.files import Fingerprint, backup_path, read_bytes, replace_file, sweep
from model.store.scan import bounded, decode, is_plain, scan
from model.store.typed import Reader, nearest, raise_all
from model.store.write import FIRST_LINE, LAST_LINE, dumps

__all__ = ["Fingerprint", "Loaded", "dumps", "find", "list_templates", "load", "loads", "save"]

SUFFIX = ".deal"
TEMPLATES = Path(__file__).parents[2] / "templates"
_AT = re.compile(r"\(at (?:line (\d+), column \d+|end of document)\)")


class Loaded(NamedTuple):
    """A deal with what is known of its file. ``read_only``: written by a newer Dealsheet, so never saved over."""

    deal: Deal
    path: Path
    read_only: bool
    warnings: tuple[Problem, ...]
    backup: Path | None
    fingerprint: Fingerprint


class Parsed(NamedTuple):
    deal: Deal
    warnings: tuple[Problem, ...]
    read_only: bool


def load(path: str | Path) -> Loaded:
    """Open a deal file. A fault names the place, and the backup where there is one."""
    path = Path(path)
    sweep(path)
    data, fingerprint = read_bytes(path)
    backup = backup_path(path.resolve())
    kept = backup if backup.is_file() else None
    try:
        parsed = parse(decode(data))
    except Refused as refused:
        offer = f"The version before the last save is in {kept.name}." if kept else ""
        raise Refused(*_located(refused.problems, str(path), offer)) from None
    return Loaded(parsed.deal, path, parsed.read_only, parsed.warnings, kept, fingerprint)


def loads(text: str, origin: str = "") -> Deal:
    """The deal that a text holds; ``origin`` names the text in refusals."""
    try:
        return parse(text).deal
    except Refused as refused:
        raise Refused(*_located(refused.problems, origin)) from None


def save(deal: Deal, path: str | Path, expect: Fingerprint | None = None) -> Fingerprint:
    """Write the deal, keeping the old content as NAME.deal.bak. Refused if the file is no longer as ``expect``, or if
    what is written could not be opened again."""
    if deal.format > FORMAT:
        raise refuse(str(path), "the deal was written by a newer Dealsheet and is read-only here.", "Update Dealsheet.")
    text = dumps(deal)
    try:
        parse(text)
    except Refused as refused:
        what = f"the file was not written, because it could not be opened again: {refused.problems[0]}"
        raise refuse(str(path), what, "Mend that, or undo the step that led to it.") from None
    return replace_file(Path(path), text.encode("utf-8"), expect)


def parse(text: str) -> Parsed:
    """Text to deal, with warnings. Refusals name paths and lines."""
    text = text.removeprefix("\ufeff")
    bounded(text)
    known = None if is_plain(text) else scan(text)

    def lines() -> dict[tuple[str, ...], int]:
        return known if known is not None else scan(text)  # of a plain text only where there is something to say

    if text.startswith(FIRST_LINE) and not re.search(rf"^{re.escape(LAST_LINE)}\r?$", text, re.MULTILINE):
        raise refuse(f"line {text.count(chr(10)) + 1}", "the file was cut short: its last line is missing.", "")
    try:
        raw = _toml(text)
    except Refused:
        lines()  # it may know better what is the matter
        raise
    version = raw.get("format", FORMAT)
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise refuse(
            _place("format", lines()), "the format must be a whole number from 1.", f"Write format = {FORMAT}."
        )
    newer = version > FORMAT
    reader = Reader(lenient=newer)
    try:
        deal = reader.deal(raw)
        raise_all(reader.problems)
        assert deal is not None, "a document without problems"
        checker = Checker(deal)
        deal = checker.run()
        raise_all(checker.problems)
    except Refused as refused:
        at = lines()
        problems = [msgspec.structs.replace(p, where=_place(p.where, at)) for p in refused.problems]
        if newer:
            what = f"the file has format {version}; this Dealsheet knows formats up to {FORMAT}."
            problems.insert(0, Problem(_place("format", at), what, "Update Dealsheet."))
        raise Refused(*problems) from None
    at = lines() if reader.problems or newer else {}
    warnings = [msgspec.structs.replace(p, where=_place(p.where, at)) for p in reader.problems]
    if newer:
        what = f"the file has format {version}, newer than {FORMAT}: it is opened for reading only."
        warnings.insert(0, Problem(_place("format", at), what, "Update Dealsheet to edit it.", "warning"))
    return Parsed(deal, tuple(warnings), newer)


def find(deal: str) -> Path:
    """The file of a path or a template's name; refused with the nearest name otherwise."""
    given = Path(deal)
    if given.suffix.lower() == SUFFIX or len(given.parts) > 1 or not deal:
        if deal and "\0" not in deal and given.exists():
            return given
        near = nearest(given.name, _names(given.parent)) if deal and "\0" not in deal else ""
        raise refuse(deal.replace("\0", "�"), "there is no such file.", near or _offer())
    wanted = _folded(deal)
    for name in list_templates():
        if _folded(name) == wanted:
            return TEMPLATES / f"{name}{SUFFIX}"
    for path in (given, given.with_name(given.name + SUFFIX)):
        if "\0" not in deal and len(deal) < 200 and path.is_file():
            return path
    raise refuse(
        deal.replace("\0", "�")[:200],
        "there is no template and no file of this name.",
        nearest(deal, list_templates()) or _offer(),
    )


def list_templates() -> list[str]:
    """Names of the deals that Dealsheet ships."""
    return sorted(path.stem for path in TEMPLATES.glob(f"*{SUFFIX}"))


def _offer() -> str:
    names = ", ".join(list_templates())
    return f"Templates: {names}." if names else "Check the name."


def _names(folder: Path) -> Iterable[str]:
    try:
        return [path.name for path in folder.iterdir() if path.suffix.lower() == SUFFIX]
    except OSError:
        return []


def _folded(name: str) -> str:
    return name.casefold().replace("_", "-").replace(" ", "-")


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        message = str(error)
        found = _AT.search(message)
        line = found[1] if found and found[1] else str(text.rstrip("\n").count("\n") + 1)
        what = message[: found.start()].strip() if found else message
        raise refuse(
            f"line {line}", f"this is not valid TOML: {what[:1].lower()}{what[1:200]}.", "Correct the line."
        ) from None
    except (ValueError, RecursionError):  # a date such as 2025-13-99 inside bounds, or nesting the scan let through
        raise refuse("", "the text holds a value that cannot be read.", "Check numbers and dates.") from None


def _place(where: str, lines: dict[tuple[str, ...], int]) -> str:
    """A dotted path with the line on which it, or the item that holds it, stands."""
    parts = tuple(where.split("."))
    if parts not in lines and (inside := [line for path, line in lines.items() if path[: len(parts)] == parts]):
        return f"{where} (line {min(inside)})"
    for end in range(len(parts), 0, -1):
        for path in (parts[:end], (*parts[: end - 1], ".".join(parts[end - 1 :]))):
            if path in lines:
                return f"{where} (line {lines[path]})"
    return where


def _located(problems: Iterable[Problem], origin: str, offer: str = "") -> Iterable[Problem]:
    for problem in problems:
        where = f"{origin}: {problem.where}" if origin and problem.where else origin or problem.where
        remedy = " ".join(part for part in (problem.remedy, offer) if part)
        yield msgspec.structs.replace(problem, where=where, remedy=remedy)
