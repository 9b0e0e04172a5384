"""What may stand at a place in a formula: completions, the call around it, matching brackets. No Qt."""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

from model.addresses import record_label
from model.deal import Deal
from model.formula.functions import FUNCTIONS, canonical
from model.formula.helpers import HELPERS, PERIOD_NAMES
from ui.targets import OPENING_PERIOD, Target

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*$")
_COLUMN = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\[\s*([A-Za-z0-9_]*)$")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*$")
_PERIOD = {
    "start": "first day of the period", "end": "last day of the period", "year": "calendar year of the period",
    "days": "days of the period", "days_in_year": "days of the year",
}  # fmt: skip


class Word(msgspec.Struct, frozen=True):
    """Something that can be written: ``name`` is shown, ``text`` goes into the formula."""

    name: str
    about: str
    text: str
    is_call: bool = False


class Open(NamedTuple):
    """The call around the caret: its name and which argument the caret is in."""

    name: str
    argument: int


def words(deal: Deal, target: Target) -> list[Word]:
    """All that a formula of this target can name, the nearest first."""
    found: list[Word] = []
    if target.path[:1] == ("tables",):
        table = deal.tables[target.path[1]]
        found += [Word(key, f"{column.label}, this record", key) for key, column in table.columns.items()]
    if target.path[:1] == ("lines",):
        found += [Word(name, _PERIOD.get(name, "of the period"), name) for name in PERIOD_NAMES]
    for section in (deal.lines, deal.terms, deal.outputs, deal.series, deal.checks):
        found += [Word(key, item.label, key) for key, item in section.items()]
    found += [Word(f"{key}[…]", table.label, f"{key}[") for key, table in deal.tables.items()]
    found += [Word(name, spec.doc, f"{name}(", True) for name, spec in HELPERS.items()]
    found += [Word(name, spec.doc, f"{name}(", True) for name, spec in FUNCTIONS.items()]
    found.append(Word("never", "a day that does not come", "never"))
    return found


def in_text(before: str) -> bool:
    """Whether the caret is inside a quoted text."""
    return before.count('"') % 2 == 1


def typed(before: str) -> tuple[str, int]:
    """The name being typed before the caret and where it begins; "" where there is none."""
    if in_text(before):
        return "", len(before)
    column = _COLUMN.search(before)
    if column:
        return column[2], column.start(2)
    word = _WORD.search(before)
    if word is None or (word.start() and (before[word.start() - 1].isdigit())):
        return "", len(before)
    return word[0], word.start()


def completions(deal: Deal, target: Target, before: str, most: int = 50) -> list[Word]:
    """What the text before the caret may become: names that begin so, then names and labels that contain it."""
    typed_, begin = typed(before)
    column = _COLUMN.search(before)
    if column:
        table = deal.tables.get(column[1])
        columns = table.columns if table is not None and not in_text(before) else {}
        return [
            Word(key, spec.label, f"{key}]") for key, spec in columns.items() if key.lower().startswith(typed_.lower())
        ]
    head, dot, rest = typed_.rpartition(".")
    if dot and not any(
        name.startswith(typed_.upper()) for name in FUNCTIONS
    ):  # some functions have a point in their name
        return _inside(deal, head, rest)
    if not typed_ or begin == len(before):
        return []
    want = typed_.lower()
    all_words = words(deal, target)
    first = [w for w in all_words if w.name.lower().startswith(want)]
    if len(want) > 1:
        first += [w for w in all_words if w not in first and want in w.name.lower()]
        first += [w for w in all_words if w not in first and not w.is_call and want in w.about.lower()]
    if len(first) == 1 and first[0].name.lower() == want and not first[0].is_call:
        return []
    return first[:most]


def _inside(deal: Deal, head: str, rest: str) -> list[Word]:
    """Records of a table after its dot, columns after the record's."""
    table = deal.tables.get(head.partition(".")[0])
    if table is None:
        return []
    if "." not in head:
        name = head
        found = [Word(f"{name}.{r}", record_label(deal, name, r), f"{name}.{r}.") for r in table.records]
        return [w for w in found if w.name.rpartition(".")[2].lower().startswith(rest.lower())]
    if head.partition(".")[2] not in table.records:
        return []
    return [
        Word(f"{head}.{key}", column.label, f"{head}.{key}")
        for key, column in table.columns.items()
        if key.lower().startswith(rest.lower()) and key.lower() != rest.lower()
    ]


def call_around(before: str) -> Open | None:
    """The innermost open call before the caret."""
    stack: list[list[str | int]] = []
    quoted = False
    for at, char in enumerate(before):
        if char == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif char == "(":
            found = _NAME.search(before[:at].rstrip())
            stack.append([found[0].upper() if found else "", 0])
        elif char == ")" and stack:
            stack.pop()
        elif char in ",;" and stack:
            stack[-1][1] = int(stack[-1][1]) + 1
    for name, argument in reversed(stack):
        if name:
            return Open(str(name), int(argument))
    return None


def signature(call: Open) -> tuple[str, str, str, str] | None:
    """Before, at and after the current argument of a call's signature, and what the function does."""
    spec = FUNCTIONS.get(canonical(call.name)) or HELPERS.get(call.name)
    if spec is None:
        return None
    head, _, inside = spec.signature.partition("(")
    arguments = inside.removesuffix(")").split(",")
    at = call.argument
    if at >= len(arguments):
        step = max(getattr(spec, "step", 1), 1)
        more = arguments[-1].strip().startswith(("…", "..."))
        at = len(arguments) - 1 if not more or step == 1 else len(arguments) - 1 - step + (at - len(arguments)) % step
        at = max(0, min(at, len(arguments) - 1))
    before = f"{head}({','.join(arguments[:at])}{', ' if at else ''}"
    after = f"{',' if at < len(arguments) - 1 else ''}{','.join(arguments[at + 1 :])})"
    return before, arguments[at].strip(), after, spec.doc


def partner(text: str, caret: int) -> tuple[int, int | None] | None:
    """The bracket at the caret and its partner, None for one that has none."""
    for at in (caret - 1, caret):
        if 0 <= at < len(text) and text[at] in "()[]" and not in_text(text[:at]):
            return at, _other(text, at)
    return None


def _other(text: str, at: int) -> int | None:
    opening, closing = ("(", ")") if text[at] in "()" else ("[", "]")
    step = 1 if text[at] == opening else -1
    depth, quoted = 0, False
    place = at
    while 0 <= place < len(text):
        char = text[place]
        if char == '"':
            quoted = not quoted
        elif not quoted and char in (opening, closing):
            depth += 1 if (char == opening) == (step > 0) else -1
            if depth == 0:
                return place
        place += step
    return None


def wants_operand(before: str) -> bool:
    """Whether a name would fit at the caret: after =, an operator, an opening bracket or a comma."""
    text = before.rstrip()
    return before.lstrip().startswith("=") and not in_text(before) and text[-1:] in tuple("=+-*/^&<>(,;")


def name_of(deal: Deal, picked: Target, owner: Target, end: tuple[int, int, int] | None = None) -> str:
    """How a formula of ``owner`` names a cell that was clicked; "" for one that it cannot."""
    key = picked.key
    if not key or picked.kind == "none":
        return ""
    line = owner.path[:1] == ("lines",) and owner.path[-1:] == ("formula",)
    if key in deal.lines:
        if not line:
            return f"AT({key}, DATE({end[0]}, {end[1]}, {end[2]}))" if end else f"ALL({key})"
        at, mine = picked.period, owner.period
        before = at is not None and mine is not None and (at == mine - 1 or (at == OPENING_PERIOD and mine == 0))
        return f"PREV({key})" if before or key == owner.key else key
    parts = key.split(".")
    if parts[0] in deal.series:
        return f"BYYEAR({parts[0]}, 0)" if line else f"ALL({parts[0]})"
    if len(parts) == 3:
        return parts[2] if owner.path[:2] == ("tables", parts[0]) else key
    return key if key in deal.terms or key in deal.outputs or key in deal.checks else ""
