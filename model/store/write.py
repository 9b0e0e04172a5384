"""The document as text that people can read and compare: the file's order, one table per item, no defaults."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import msgspec

from model.deal import Deal

#: A file that starts with the first line and lacks the last one was cut short.
FIRST_LINE: Final = "# Dealsheet deal file; whole only with its last line."
LAST_LINE: Final = "# end of deal file"

#: mappings written as dotted keys inside their item: years, and short remarks on them
_INLINE: Final = ("values", "marks", "notes")


def dumps(deal: Deal) -> str:
    """The document as TOML. ``loads(dumps(deal)) == deal``."""
    raw = _with_extras(_raw(deal), deal.extras)
    out = [FIRST_LINE]
    _table(out, (), raw)
    return "\n".join([*out, "", LAST_LINE, ""])


def _raw(record: Any) -> Any:
    """Plain values in the order of the records' fields, defaults left out."""
    if isinstance(record, msgspec.Struct):
        out = {}
        for field in msgspec.structs.fields(record):
            value = getattr(record, field.name)
            if (isinstance(record, Deal) and field.name == "extras") or value is None:
                continue
            if field.name == "format" or field.required or value != _default(field):
                out[field.encode_name] = _raw(value)
        return out
    if isinstance(record, dict):
        return {key: _raw(value) for key, value in record.items() if value is not None}
    return list(record) if isinstance(record, tuple) else record


def _default(field: Any) -> Any:
    return field.default_factory() if field.default is msgspec.NODEFAULT else field.default


def _with_extras(raw: dict[str, Any], extras: dict[str, Any]) -> dict[str, Any]:
    """Put x-… keys back where they stood; those of items that are gone go with them."""
    for path, value in extras.items():
        parents, key = ([], path) if path.startswith("x-") else _split(path)
        node: Any = raw
        for depth, part in enumerate(parents):
            if isinstance(node, dict) and (depth == 0 or (depth == 2 and part in ("set", *_INLINE))):
                node = node.setdefault(part, {})
            else:
                node = node.get(part) if isinstance(node, dict) else None
        if isinstance(node, dict):
            node[key] = value
    return raw


def _split(path: str) -> tuple[list[str], str]:
    head, _, tail = path.partition(".x-")
    return head.split("."), f"x-{tail}"


def _table(out: list[str], path: tuple[str, ...], node: dict[str, Any]) -> None:
    """One table: its plain keys, then its sub-tables under their own headings."""
    nested = {}
    for key, value in node.items():
        if isinstance(value, dict) and key in _INLINE and len(path) == 2 and path[0] == "series" and value:
            for year, one in value.items():
                out.append(_pair(one, key, year))
        elif isinstance(value, dict) and not key.startswith("x-"):
            nested[key] = value
        else:
            out.append(_pair(value, key))
    for key, value in nested.items():
        here = (*path, key)
        if not value or any(key.startswith("x-") or not isinstance(v, dict) for key, v in value.items()):
            out += ["", f"[{'.'.join(_key(part) for part in here)}]"]
        _table(out, here, value)


def _pair(value: Any, *keys: str) -> str:
    return f"{'.'.join(_key(key) for key in keys)} = {_value(value)}"


def _key(key: str) -> str:
    bare = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
    return key if bare else _text(key, False)


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _text(value, "\n" in value)
    if isinstance(value, float) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, bool | int | float | dt.date):
        return _library(value)
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return f"[{', '.join(_text(v, False) for v in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(_pair(v, k) for k, v in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(_value(v) for v in value)}]"
    return _library(value)


def _library(value: Any) -> str:
    import tomli_w

    return tomli_w.dumps({"v": value}).removeprefix("v = ").rstrip("\n")


def _text(text: str, multiline: bool) -> str:
    """A basic string; several lines where the text has them, so that changes compare line by line."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    escaped = "".join(_escape(c) if not c.isprintable() and c != "\n" else c for c in escaped)
    if multiline:
        return f'"""\n{escaped}"""'
    return '"' + escaped.replace("\n", "\\n") + '"'


def _escape(char: str) -> str:
    return "\\t" if char == "\t" else f"\\u{ord(char):04X}" if ord(char) < 0x10000 else f"\\U{ord(char):08X}"
