"""Deal text before it is parsed: bounded in size, depth and length, with a map from paths to lines.

The TOML reader recurses on nesting and is slow on very long keys and numbers, so text that would
hurt it never reaches it.
"""

from __future__ import annotations

import re
from typing import Final

from model.fields.number_formats import show_text
from model.problems import Refused, refuse

MAX_BYTES: Final = 2_000_000  # ten times a very large deal; the worst text of this size opens within 7 s and 300 MB
MAX_PARTS: Final = 16  # of one key
MAX_DEPTH: Final = 24  # of a value, counting tables and lists
MAX_KEY: Final = 256
MAX_NUMBER: Final = 64

Path = tuple[str, ...]

_BAD_CHAR: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff]|\r(?!\n)")
_TOKEN: Final = re.compile(
    r"""(?P<blank>[ \t]+|\#[^\n]*)
      | (?P<newline>\r?\n)
      | (?P<text>\"{3}(?:[^"\\]++|\\.|"(?!""))*+"{3,5} | '{3}(?:[^']++|'(?!''))*+'{3,5}
               | "(?!"")(?:[^"\\\r\n]++|\\[^\r\n])*+" | '(?!'')[^'\r\n]*+' | ""(?!") | ''(?!'))
      | (?P<bare>[A-Za-z0-9_+\-:]+)
      | (?P<mark>[\[\]{}=,.])""",
    re.VERBOSE | re.DOTALL,
)

# A heading of at most six parts, or a key of three with a value that opens at most three brackets: nothing nests deep.
_WORD: Final = r"[A-Za-z0-9_+\-:]{1,64}+(?:\.[A-Za-z0-9_+\-:]{1,64}+){0,2}+(?![A-Za-z0-9_+\-:.])"
_NAME: Final = r'"[^"\\\r\n]{1,250}+"'
_LONG: Final = r'"{3}(?:[^"\\]++|\\.|"(?!""))*+"{3}(?!")'
_ITEM: Final = rf"""(?:{_NAME}(?=\ *=)|"(?!"")(?:[^"\\\r\n]++|\\[^\r\n])*+"(?!\ *[=.])|'(?!'')[^'\r\n]*+'(?!\ *[=.])|{_WORD}|[\]}},=\ ])*+"""
_PLAIN: Final = re.compile(
    rf"""(?:[\ \t]*+(?:\[(?:[A-Za-z0-9_\-]{{1,64}}+\.?){{1,6}}+\]|(?:{_WORD}|{_NAME})\ *+=\ *+(?:{_LONG}|{_ITEM}(?:[\[{{]{_ITEM}){{0,3}}+))?"""
    r"""[\ \t]*+(?:\#[^\n]*+)?(?:\r?\n|\Z))*+\Z""",
    re.DOTALL | re.VERBOSE,
)


def decode(data: bytes) -> str:
    """UTF-8 text of a file's bytes; a byte order mark is accepted."""
    if len(data) > MAX_BYTES:
        raise refuse(
            "", f"the file has more than {MAX_BYTES:,} bytes.", "A deal file is text of a few hundred kilobytes."
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refuse("", "the file is UTF-16 text.", "Save it as UTF-8.")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise refuse("", "the file is a workbook or an archive, not a deal file.", "Use Import for workbooks.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise refuse(f"line {line}", "the file is not UTF-8 text.", "Save it as UTF-8, or open the backup.") from None


def is_plain(text: str) -> bool:
    """Whether a text that is ``bounded`` is written so simply that ``scan`` would find nothing to refuse in it
    that the TOML reader does not refuse: a tenth of the work of a scan. Deals that Dealsheet writes are plain."""
    return _PLAIN.match(text) is not None


def bounded(text: str) -> None:
    """Refuse a text that is too long, or holds characters that have no business in it."""
    if len(text) > MAX_BYTES:
        raise refuse("", f"the text has more than {MAX_BYTES:,} characters.", "Split the deal.")
    if bad := _BAD_CHAR.search(text):
        line = text.count("\n", 0, bad.start()) + 1
        raise refuse(f"line {line}", f"the character U+{ord(bad[0]):04X} may not stand in a deal file.", "Remove it.")


def scan(text: str) -> dict[Path, int]:
    """Refuse what must not be parsed; return the line on which each table and key stands."""
    bounded(text)
    return _Scanner(text).run()


class _Scanner:
    """One pass over the tokens. ``stack`` holds the open brackets, each with the path it belongs to."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.line = 1
        self.lines: dict[Path, int] = {}
        self.lists: dict[Path, int] = {}
        self.table: Path = ()
        self.stack: list[tuple[str, Path]] = []
        self.parts: list[str] | None = []  # of the key being read; None while reading a value
        self.path: Path = ()
        self.header = ""

    def run(self) -> dict[Path, int]:
        at, text, match = 0, self.text, _TOKEN.match
        while at < len(text):
            token = match(text, at)
            if token is None:
                raise self._unreadable(at)
            at = token.end()
            kind, word = token.lastgroup, token[0]
            if kind == "newline":
                self._newline()
            elif kind == "text":
                self._word(word, quoted=True)
                self.line += word.count("\n")
            elif kind == "bare":
                self._word(word, quoted=False)
            elif kind == "mark":
                self._mark(word)
        return self.lines

    def _word(self, word: str, quoted: bool) -> None:
        if self.parts is not None:
            if len(word) > MAX_KEY or len(self.parts) >= MAX_PARTS:
                raise refuse(f"line {self.line}", "a key is too long.", f"Keys have at most {MAX_PARTS} parts.")
            self.parts.append(word[1:-1] if quoted else word)
        elif not quoted and len(word) > MAX_NUMBER:
            raise refuse(f"line {self.line}", f"a number of {len(word):,} characters is too long.", "Shorten it.")

    def _newline(self) -> None:
        self.line += 1
        if not self.stack:
            self.parts, self.header = [], ""

    def _mark(self, mark: str) -> None:
        parts = self.parts
        if self.header and mark == "]":
            self._end_header()
        elif parts is not None and mark == "[" and not parts:
            self.header += "["
            if len(self.header) > 2:
                raise refuse(f"line {self.line}", "there are too many brackets.", "A heading is [name] or [[name]].")
        elif parts is not None and mark == "=":
            base = self.stack[-1][1] if self.stack else self.table
            self.path, self.parts = base + tuple(parts), None
            self._depth()
            self._place(self.path)
        elif mark in "[{":
            self.stack.append((mark, self.path))
            if len(self.stack) + len(self.path) > MAX_DEPTH:
                raise refuse(
                    f"line {self.line}", f"values are nested more than {MAX_DEPTH} levels deep.", "Flatten them."
                )
            self.parts = [] if mark == "{" else None
        elif mark in "]}":
            if self.stack:
                self.path = self.stack.pop()[1]
            self.parts = None
        elif mark == "," and self.stack:
            self.path = self.stack[-1][1]
            self.parts = [] if self.stack[-1][0] == "{" else None

    def _depth(self) -> None:
        lists = sum(mark == "[" for mark, _ in self.stack)
        if len(self.path) + lists > MAX_DEPTH or len(self.stack) > 2 * MAX_DEPTH:
            raise refuse(f"line {self.line}", f"values are nested more than {MAX_DEPTH} levels deep.", "Flatten them.")

    def _end_header(self) -> None:
        if self.parts:
            self.table = tuple(self.parts)
            if self.header == "[[":
                self.lists[self.table] = self.lists.get(self.table, 0) + 1
                self.table = (*self.table, str(self.lists[self.table]))
            self._place(self.table)
        self.parts, self.header = None, ""

    def _place(self, path: Path) -> None:
        """Remember where a path stands. Keys inside lists of tables repeat by right."""
        if path in self.lines and not self.lists and not any(mark == "[" for mark, _ in self.stack):
            name = show_text(".".join(path))
            raise refuse(
                f"line {self.line}", f"“{name}” stands twice; it is already on line {self.lines[path]}.", "Remove one."
            )
        self.lines.setdefault(path, self.line)

    def _unreadable(self, at: int) -> Refused:
        char = self.text[at]
        if char in "\"'":
            return refuse(f"line {self.line}", "the text that begins here is not closed.", "Add the closing quote.")
        what = f"“{show_text(char)}” cannot stand here outside quotes."
        return refuse(f"line {self.line}", what, "Put text in quotes.")
