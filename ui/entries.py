"""From typed texts to one edit: every way of typing something into the window ends here. No Qt."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
from msgspec import structs

from model.deal import About, Deal, Source
from model.edits import ABSENT, Edit, Put, label_of, set_attribute, set_values
from model.engine import Calc
from model.fields import field_for, make_field
from model.fields.base import Field
from model.formula.bind import Cell, Namespace, bind
from model.layers import BASE
from model.problems import Problem, Refused, refuse
from model.program import Program
from ui import legal_entries, targets
from ui.targets import CLASSES, Target, field_of, label
from ui.wording import sentence

LayerOf = Callable[[str], str]
_TEXT = make_field("text")
_DATE = make_field("date")
_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?\s*%?")
_RANGE = re.compile(r"\s*(?:–|—|\.\.|\bto\b|(?<=[\d%x)])\s*-(?=\s*[\d(.$€£]))\s*")
_WORDS = {"class": "class", "note": "note", "notes": "note", "marks": "class", "source": "source", "label": "label"}


def make_edit(calc: Calc, items: Sequence[tuple[Target, str]], layer_of: LayerOf, title: str = "") -> Edit:
    """One edit that enters all texts. Raises Refused with every fault; then nothing is changed."""
    edits: list[Edit] = []
    problems: list[Problem] = []
    many = len(items) > 1
    for target, text in items:
        try:
            edits.append(_one(calc, target, text, layer_of))
        except Refused as refused:
            name = label(calc.deal, target)
            problems += [_told(p, name, many) for p in refused.problems]
    if problems:
        raise Refused(*problems)
    return joined(edits, title)


def clear_edit(calc: Calc, targets: Iterable[Target], layer_of: LayerOf, title: str = "") -> Edit:
    """What Delete means: an overridden cell inherits again, texts and table cells become empty, years leave
    their series. A term of the base always has a value, so there it is refused."""
    edits: list[Edit] = []
    problems: list[Problem] = []
    targets = list(targets)
    for target in targets:
        if target.kind == "text":
            edits.append(_one(calc, target, "", layer_of))
        elif target.kind == "input":
            layer = layer_of(target.key)
            if layer == BASE and "." not in target.key:
                name = label(calc.deal, target)
                problems.append(
                    Problem(target.key, f"“{name}” needs a value: an empty term would silently count as zero.",
                            "Type 0, “undisclosed” or another value.")
                )  # fmt: skip
                continue
            edit = set_values(calc.deal, calc.view, [(target.key, None)], layer=layer)
            if target.key.count(".") == 2 and _column_formula(calc.deal, target.key):
                edit = Edit(edit.title, edit.puts, None)  # the column's formula takes over again
            edits.append(edit)
        else:
            problems.append(why_not(calc.deal, target))
    if problems:
        raise Refused(*problems)
    return joined(edits, title)


def joined(edits: Sequence[Edit], title: str = "") -> Edit:
    """Several edits as one step."""
    if not edits:
        return Edit(title or "Nothing", (), frozenset())
    if len(edits) == 1:
        return Edit(title or edits[0].title, edits[0].puts, edits[0].touches)
    touches: frozenset[str] | None = frozenset()
    for edit in edits:
        touches = None if touches is None or edit.touches is None else touches | edit.touches
    return Edit(title or f"Set {len(edits)} cells", tuple(p for e in edits for p in e.puts), touches)


def why_not(deal: Deal, target: Target) -> Problem:
    """Why a cell cannot simply be typed over."""
    if target.kind == "formula":
        return Problem(
            target.key, f"“{label(deal, target)}” is computed, so it cannot be typed over.",
            "Change its inputs, or press F2 to change its formula.",
        )  # fmt: skip
    return Problem(target.key, "This cell only shows something and cannot be typed into.", "")


def _told(problem: Problem, name: str, many: bool) -> Problem:
    what = sentence(problem.what)
    if many:
        what = f"{name}: {what}"
    return structs.replace(problem, where=problem.where or name, what=what)


def _one(calc: Calc, target: Target, text: str, layer_of: LayerOf) -> Edit:
    deal = calc.deal
    if legal_entries.is_legal(target):
        name = legal_entries.name_of(deal, target)
        if target.attribute == "class":
            return Edit(f"Change the class of {name}", (Put((*target.path[:-1], "class_"), _class(text)),), frozenset())
        if target.attribute == "source":
            return _source(deal, target.path, name, text)
        return legal_entries.make_edit(calc, target, text)
    if target.kind == "input":
        field = field_of(deal, target)
        if text.lstrip().startswith("=") and field.kind not in ("text", "choice") and target.key.count(".") != 1:
            from model.structure.set_formula import set_formula

            return set_formula(deal, target.key, closed(text.strip()), program=calc.program)
        if not text.strip() and target.key.count(".") and field.kind != "text":
            return clear_edit(calc, [target], layer_of)
        if (meant := _meant(deal, target, text, layer_of)) is not None:
            return meant
        try:
            value = field.parse(text)
        except Refused as refused:
            raise _another_kind(deal, target, text, refused) from None
        return set_values(deal, calc.view, [(target.key, value)], layer=layer_of(target.key))
    if target.kind == "formula":
        return _formula(deal, target, text, calc.program)
    if target.kind == "text":
        return _attribute(deal, target, text)
    raise Refused(why_not(deal, target))


def _meant(deal: Deal, target: Target, text: str, layer_of: LayerOf) -> Edit | None:
    """A term that has no value yet becomes what is first typed into it, as a cell of a worksheet does: ``2.5 %`` makes
    it a percentage, a date a date. None where its kind reads the text, or the text could mean anything, as a bare
    number could: it stays what it was made as."""
    term = deal.terms.get(target.key)
    if term is None or term.value is not None or term.kind == "choice" or layer_of(target.key) != BASE:
        return None
    from model.structure.kinds import kind_of_text, unit_for

    kind = kind_of_text(text, deal.unit)
    if kind is None or kind in (term.kind, "number"):
        return None
    if kind not in ("percent", "multiple") and _reads(field_of(deal, target), text):
        return None
    unit = unit_for(deal, kind)
    new = msgspec.structs.replace(term, kind=kind, unit=unit)
    value = field_for(new, deal.unit).parse(text)
    entries = (("kind", kind), ("unit", unit), ("value", value))
    shown = field_for(new, deal.unit)
    title = f"Set {term.label} to {shown.show(shown.to_engine(value))}"
    return Edit(title, tuple(Put(("terms", target.key, name), entry) for name, entry in entries), None)


def _another_kind(deal: Deal, target: Target, text: str, refused: Refused) -> Refused:
    """Where a term refuses what another kind would read, the way there is told."""
    from model.structure.kinds import kind_of_text

    if target.key not in deal.terms or kind_of_text(text, deal.unit) is None:
        return refused
    first, *more = refused.problems
    remedy = f"{first.remedy} Deal ▸ What this is ▸ Kind makes it another kind of value.".strip()
    return Refused(Problem(first.where, first.what, remedy, first.severity, first.span), *more)


def _reads(field: Field, text: str) -> bool:
    try:
        field.parse(text)
    except Refused:
        return False
    return True


def _column_formula(deal: Deal, address: str) -> bool:
    table, _, column = address.split(".")
    return deal.tables[table].columns[column].formula is not None


# --- formulas ------------------------------------------------------------------------------------


def _formula(deal: Deal, target: Target, text: str, program: Program) -> Edit:
    from model.structure.set_formula import set_formula

    text = closed(text.strip())
    name = label(deal, target)
    is_column = target.path[2:3] == ("columns",)
    if target.path[:1] == ("lines",) and target.path[2:] == ("opening",):
        from model.structure.openings import set_opening

        if _PLAIN.fullmatch(text):
            text = f"= {text}"
        elif text and not text.startswith("="):
            raise refuse(target.key, "An opening value is a number or a formula.", "Begin a formula with =.")
        return set_opening(deal, target.path[1], text, program)
    if not text.startswith("="):
        if is_column and not text:
            return set_formula(deal, target.path, "", program=program)
        raise refuse(target.key, f"“{name}” is computed, so it needs a formula.", "Begin with =, for example = 2 * 3.")
    check_formula(deal, target, text)
    edit = set_formula(deal, target.path, text, program=program)  # refuses a circle, with the path that closes it
    if is_column and deal.tables[target.path[1]].columns[target.path[3]].formula is None:
        return edit  # the values that stood there make room
    return set_attribute(deal, target.path, text, f"Change the formula of {name}")


def closed(text: str) -> str:
    """The formula with the parentheses closed that are open at its end, as Excel closes them."""
    open_, quoted = 0, False
    for char in text:
        if char == '"':
            quoted = not quoted
        elif not quoted:
            open_ += (char == "(") - (char == ")")
            if open_ < 0:
                return text
    if quoted or not open_ or not text.startswith("=") or text.rstrip()[-1] in "(,+-*/^&=<>":
        return text
    return text.rstrip() + ")" * open_


def check_formula(deal: Deal, target: Target, text: str) -> None:
    """Parse and bind as the engine would. Raises Refused with the span at fault."""
    space = Namespace(deal)
    is_line = target.path[:1] == ("lines",) and target.path[-1] == "formula"
    for cell in _cells(deal, target):
        try:
            bind(target.key, text, space, is_line=is_line, cell=cell)
        except Refused as refused:
            raise Refused(*(structs.replace(p, what=sentence(p.what)) for p in refused.problems)) from None


def _cells(deal: Deal, target: Target) -> list[Cell | None]:
    if target.path[:1] != ("tables",):
        return [None]
    table = target.path[1]
    records = list(deal.tables[table].records)
    own = target.path[3] if target.path[2] == "records" else None
    return [
        Cell(table, record, records[i - 1] if i else None) for i, record in enumerate(records) if own in (None, record)
    ] or [None]


# --- texts of the document -----------------------------------------------------------------------


def _attribute(deal: Deal, target: Target, text: str) -> Edit:
    path, name = target.path, label(deal, target)
    if target.key == targets.DOCUMENT:
        from model.structure.properties import set_property

        return set_property(deal, path, text)
    match path:
        case (*_, "range"):
            return _range(deal, target.key, text)
        case ("series", key, "notes" | "marks" as kind, year):
            value: Any = _class(text) if kind == "marks" else _TEXT.parse(text)
            year_name = f"{deal.series[key].label} {year}"
            what = "class" if kind == "marks" else "note"
            return Edit(f"Change the {what} of {year_name}", (Put(path, value or ABSENT),), frozenset())
        case (section, key, "class"):
            return Edit(f"Change the class of {name}", (Put((section, key, "class_"), _class(text)),), frozenset())
        case ("versions" | "scenarios" as group, layer, "about", address, part):
            return _about(deal, (group, layer), address, part, text)
        case ("versions" | "scenarios" as group, key, "base"):
            return _base(deal, group, key, text)
        case ("sources" | "versions", _, "date"):
            day = _DATE.parse(text) if text.strip() else None
            if isinstance(day, str):
                raise refuse(
                    target.key,
                    f"A {path[0][:-1]} has a day or none.",
                    "Write a date such as 2025-10-29, or leave it empty.",
                )
            return Edit(f"Change the date of {name}", (Put(path, day),), frozenset())
        case (section, key, "source"):
            return _source(deal, path, name, text)
        case (*_, "label"):
            words = str(_TEXT.parse(text))
            if not words:
                raise refuse(target.key, "A label cannot be empty.", "Write what people call it.")
            return Edit(f"Rename {name}", (Put(path, words),), frozenset())
    value = _TEXT.parse(text)
    return Edit(f"Change the {_WORDS.get(path[-1], path[-1])} of {name}", (Put(path, value),), frozenset())


def _about(deal: Deal, layer: tuple[str, str], address: str, part: str, text: str) -> Edit:
    """What an overlay says about a value that it sets; nothing left means that it says nothing."""
    overlay = getattr(deal, layer[0])[layer[1]]
    said = overlay.about.get(address, About())
    path = (*layer, "about", address)
    before: list[Put] = []
    if part == "class":
        said = structs.replace(said, class_=_class(text))
    elif part == "note":
        said = structs.replace(said, note=str(_TEXT.parse(text)))
    else:
        *before, last = _source(deal, (*path, "source"), "", text).puts
        said = structs.replace(said, source=last.value)
    title = f"Change the {part} of {label_of(deal, address)} ({overlay.label})"
    entry = Put(path, said if said != About() else ABSENT)
    return Edit(title, (*before, entry), frozenset())


def _base(deal: Deal, group: str, key: str, text: str) -> Edit:
    """What a version or scenario builds on: a label or key, or nothing."""
    words = text.strip().casefold()
    items = getattr(deal, group)
    title = f"Change what {items[key].label} builds on"
    if words in ("", "none"):
        return Edit(title, (Put((group, key, "base"), None),), None)
    found = next((name for name, one in items.items() if words in (name.casefold(), one.label.casefold())), "")
    if not found:
        known = " · ".join(one.label for name, one in items.items() if name != key)
        raise refuse(
            key, f"There is no {group[:-1]} “{text.strip()[:40]}”.", f"Choose: None · {known}.".replace(" · .", ".")
        )
    step: str | None = found
    while step:
        if step == key:
            raise refuse(key, f"“{items[found].label}” builds on “{items[key].label}” already: that would be a circle.",
                         "Choose another one.")  # fmt: skip
        step = items[step].base
    return Edit(title, (Put((group, key, "base"), found),), None)


def _class(text: str) -> str:
    words = text.strip().casefold()
    if not words:
        return ""
    found = [c for c in CLASSES if c.startswith(words)]
    if len(found) != 1:
        raise refuse("", f"“{text.strip()[:40]}” is not a class.", f"Choose: {' · '.join(CLASSES)}, or leave it empty.")
    return found[0]


def _source(deal: Deal, path: tuple[str, ...], name: str, text: str) -> Edit:
    """A source by key or label; any other text becomes a new source of the document, in the same step."""
    words = str(_TEXT.parse(text))
    title = f"Change the source of {name}"
    if not words:
        return Edit(title, (Put(path, ""),), frozenset())
    from model.structure.keys import key_for

    folded = words.casefold()
    for key, source in deal.sources.items():
        if folded in (key.casefold(), source.label.casefold()):
            return Edit(title, (Put(path, key),), frozenset())
    key = key_for(deal, ("sources",), words)
    return Edit(title, (Put(("sources", key), Source(label=words)), Put(path, key)), frozenset())


def _range(deal: Deal, key: str, text: str) -> Edit:
    """``3 – 18``, ``fixed`` or nothing."""
    term = deal.terms[key]
    field = field_for(term)
    title = f"Change the range of {term.label}"
    words = text.strip()

    def puts(low: Any, high: Any, fixed: bool) -> Edit:
        entries = (("low", low), ("high", high), ("fixed", fixed))
        return Edit(title, tuple(Put(("terms", key, name), value) for name, value in entries), frozenset())

    if words.casefold() in ("", "fixed"):
        return puts(None, None, bool(words))
    parts = _RANGE.split(words)
    if len(parts) != 2 or not all(parts):
        raise refuse(key, f"“{words[:40]}” is not a range.", "Write two values with a dash between them, or “fixed”.")
    if field.kind == "percent" and "%" in parts[1] and "%" not in parts[0]:
        parts[0] += "%"
    low, high = field.parse(parts[0]), field.parse(parts[1])
    low_n, high_n = field.to_engine(low), field.to_engine(high)
    if not isinstance(low_n, float) or not isinstance(high_n, float) or low_n > high_n:
        raise refuse(key, "The lower end of a range comes first.", "Write for example 3 – 18.")
    return puts(low, high, False)
