"""Parsed TOML into the document's records: exact paths, nearest names, all faults at once."""

from __future__ import annotations

import datetime as dt
import math
import re
import types
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import islice
from typing import Any, Final, Literal, get_args, get_origin

import msgspec

from model.deal import About, Deal, Input
from model.fields.number_formats import show_text
from model.problems import Problem, Refused

MAX_PROBLEMS: Final = 50  # reported at once
MAX_COMPARED: Final = 2000  # names looked through for the nearest

_EXPECTED: Final = re.compile(r"Expected `([^`]+)`, got `([^`]+)`")
_NAMES: Final = {
    "str": "text", "int": "a whole number", "float": "a number", "bool": "true or false", "array": "a list",
    "date": "a day such as 2032-12-31", "object": "a group of values", "datetime": "a day with a time",
}  # fmt: skip
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def nearest(name: str, known: Iterable[str]) -> str:
    """“Did you mean …?”, or an empty text."""
    import difflib

    near = difflib.get_close_matches(name[:200], islice((k for k in known if k), MAX_COMPARED), 1, 0.6)
    return f"Did you mean “{near[0]}”?" if near else ""


class Reader:
    """Builds the document and collects problems; ``lenient`` drops keys of a newer format with a warning."""

    def __init__(self, lenient: bool = False) -> None:
        self.lenient = lenient
        self.problems: list[Problem] = []
        self.errors = 0
        self.extras: dict[str, Any] = {}

    def deal(self, raw: dict[str, Any]) -> Deal | None:
        self._strings(raw, ())
        deal = None if self.errors else self._struct(raw, Deal, ())
        if deal is None or self.errors:
            return None
        return msgspec.structs.replace(deal, extras=self.extras)

    def fault(self, path: Iterable[str], what: str, remedy: str = "") -> None:
        self.problems.append(Problem(_dotted(path), what, remedy))
        self.errors += 1
        if self.errors >= MAX_PROBLEMS:
            raise_all(self.problems)

    def warn(self, path: Iterable[str], what: str, remedy: str = "") -> None:
        self.problems.append(Problem(_dotted(path), what, remedy, "warning"))

    # -- text and numbers anywhere -----------------------------------------------------------

    def _strings(self, node: Any, path: tuple[str, ...]) -> None:
        """Control characters, numbers that are not finite and keys that look alike, at any level."""
        if isinstance(node, dict):
            seen: dict[str, str] = {}
            for key, value in node.items():
                folded = key.casefold() if key.isascii() else unicodedata.normalize("NFKC", key).casefold()
                if folded in seen:
                    what = f"“{show_text(key)}” and “{show_text(seen[folded])}” differ only by case or Unicode form."
                    self.fault((*path, key), what, "Rename one.")
                seen[folded] = key
                if value.__class__ is not str or _CONTROL.search(value):
                    self._strings(value, (*path, key))
        elif isinstance(node, list):
            for place, value in enumerate(node, 1):
                self._strings(value, (*path, str(place)))
        elif isinstance(node, str) and (bad := _CONTROL.search(node)):
            self.fault(path, f"the text holds the control character U+{ord(bad[0]):04X}.", "Remove it.")
        elif isinstance(node, float) and not math.isfinite(node):
            self.fault(path, "this is not a finite number.", "Write a number, “none” or “undisclosed”.")

    # -- types -------------------------------------------------------------------------------

    def _typed(self, raw: Any, kind: Any, path: tuple[str, ...]) -> Any:
        if raw.__class__ is kind:  # text, numbers and yes or no: most of a file
            return raw
        how = _how(kind)
        if how == "struct":
            return self._struct(raw, kind, path)
        if how == "mapping":
            return self._mapping(raw, get_args(kind)[1], path)
        if how == "input":
            return self._input(raw, path)
        try:
            return msgspec.convert(raw, kind, strict=True)
        except msgspec.ValidationError as error:
            self.fault(path, *_plain(str(error), raw, kind))
            return None

    def _input(self, raw: Any, path: tuple[str, ...]) -> Any:
        if isinstance(raw, dict | list | dt.time):
            self.fault(path, f"{_got(raw)} is not one value.", "Write a number, text or a date.")
            return None
        return raw

    def _mapping(self, raw: Any, kind: Any, path: tuple[str, ...]) -> dict[str, Any]:
        if not isinstance(raw, dict):
            self.fault(path, f"a group of values was expected, not {_got(raw)}.", f"Write [{_dotted(path)}].")
            return {}
        if kind is Any:
            return self._overlay(raw, path)
        out = {}
        for key, value in raw.items():
            if key.startswith("x-"):
                self._keep(key, value, path)
            else:
                out[key] = self._typed(value, kind, (*path, key))
        return out

    def _overlay(self, raw: dict[str, Any], path: tuple[str, ...], prefix: str = "") -> dict[str, Any]:
        """Nested tables and quoted keys alike become addresses: ``table.record.column``."""
        out: dict[str, Any] = {}
        for key, value in raw.items():
            if key.startswith("x-") and not prefix:
                self._keep(key, value, path)
                continue
            address = f"{prefix}{key}"
            found = self._overlay(value, path, f"{address}.") if isinstance(value, dict) else {address: value}
            for name, one in found.items():
                if name in out:
                    self.fault((*path, name), f"“{show_text(name)}” is set twice.", "Remove one.")
                out[name] = one
        return out

    def _struct(self, raw: Any, kind: type[msgspec.Struct], path: tuple[str, ...]) -> Any:
        if not isinstance(raw, dict):
            self.fault(path, f"a group of values was expected, not {_got(raw)}.", f"Write [{_dotted(path)}].")
            return None
        fields = _fields(kind)
        values: dict[str, Any] = {}
        for key, value in raw.items():
            if key.startswith("x-"):
                self._keep(key, value, path)
            elif key in fields:
                if fields[key].type == dict[str, About]:
                    value = _addressed(value)
                values[fields[key].name] = self._typed(value, fields[key].type, (*path, key))
            elif self.lenient:
                self.warn((*path, key), "this key belongs to a newer version of Dealsheet and is not read.")
            else:
                hint = nearest(key, fields) or f"Keys here: {', '.join(fields)}; your own begin with x-."
                self.fault((*path, key), f"there is no key “{show_text(key)}” here.", hint)
        missing = [name for name, f in fields.items() if f.required and name not in raw]
        for name in missing:
            self.fault(path, f"“{name}” is missing.", f"Add {name} = …")
        return None if missing else kind(**values)

    def _keep(self, key: str, value: Any, path: tuple[str, ...]) -> None:
        self.extras[_dotted((*path, key))] = value
        self.warn((*path, key), "this key is not Dealsheet's own; it is kept and written back.")


def _addressed(raw: Any, prefix: str = "") -> Any:
    """Nested groups and quoted keys alike become addresses, as in an overlay's values."""
    if not isinstance(raw, dict) or not all(isinstance(value, dict) for value in raw.values()):
        return raw
    out: dict[str, Any] = {}
    for key, value in raw.items():
        deeper = value and isinstance(value, dict) and all(isinstance(v, dict) for v in value.values())
        out.update(_addressed(value, f"{prefix}{key}.") if deeper else {f"{prefix}{key}": value})
    return out


@cache
def _how(kind: Any) -> Literal["struct", "mapping", "input", "value"]:
    """The way a kind is read. Looking at types costs more than reading."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return "struct"
    if get_origin(kind) is dict:
        return "mapping"
    return "input" if kind in (Input, Input | None) else "value"


@cache
def _fields(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The keys that a record takes in the file; asking msgspec for them is slow."""
    return {f.encode_name: f for f in msgspec.structs.fields(kind) if (kind, f.name) != (Deal, "extras")}


def _dotted(path: Iterable[str]) -> str:
    return ".".join(path)


def _got(raw: Any) -> str:
    match raw:
        case bool():
            return "true or false"
        case str():
            return "text"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case dict():
            return "a group of values"
        case dt.datetime():
            return "a day with a time"
        case dt.date():
            return "a date"
    return "a time of day"


def _plain(message: str, raw: Any, kind: Any) -> tuple[str, str]:
    """msgspec's message as a sentence."""
    options = [str(a) for a in get_args(kind) if a] if get_origin(kind) is not types.UnionType else []
    if isinstance(raw, str) and options and all(isinstance(a, str) for a in get_args(kind)):
        return f"“{show_text(raw)[:40]}” is not known here.", nearest(raw, options) or f"Choose: {', '.join(options)}."
    if found := _EXPECTED.search(message):
        wanted = " or ".join(
            _NAMES.get(part.strip(), part.strip()) for part in found[1].split("|") if "null" not in part
        )
        return f"{wanted} was expected, not {_got(raw) if '[' not in message else _NAMES.get(found[2], found[2])}.", ""
    return f"{message.partition(' - at ')[0]}.", ""


def raise_all(problems: Iterable[Problem]) -> None:
    """Raise ``Refused`` with the errors among ``problems``, if there are any."""
    errors = [p for p in problems if p.severity == "error"]
    if errors:
        raise Refused(*errors)
