"""The container of a workbook, checked before anything unpacks it: what kind of file it is, and that it is
no more than it says."""

from __future__ import annotations

import contextlib
import io
import re
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from model.problems import Refused, refuse

MAX_FILE: Final = 100_000_000
MAX_TOTAL: Final = 200_000_000
MAX_PARTS: Final = 5_000
_RATIO: Final = 300  # no sheet of ours or of Excel's packs tighter than 1 : 60
_PACKED: Final = 5_000_000  # below this, a high ratio harms nobody
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE_AS: Final = "Open it in Excel, save it as an Excel workbook (.xlsx), and import that."
_UNSAFE: Final = "Do not open it; ask the sender for another copy."
_BROKEN: Final = "Open it in Excel and save it again, or ask the sender for another copy."
_MAIN: Final = re.compile(rb"""ContentType\s*=\s*["']([^"']*(?:spreadsheetml|ms-excel)[^"']*\.main(?:\+xml)?)["']""")
_KINDS: Final = (
    (b"%PDF", "a PDF"), (b"{\\rtf", "a text document (RTF)"), (b"<?xml", "an XML file"), (b"<", "a web page"),
    (b"\x1f\x8b", "a gzip archive"), (b"Rar!", "a RAR archive"), (b"7z\xbc\xaf", "a 7-Zip archive"), (b"\x89PNG", "a picture"), (b"SQLite", "a database"),
)  # fmt: skip

_NO_BOOKS: Final = frozenset(("a PDF", "a picture", "a database", "a gzip archive", "a RAR archive", "a 7-Zip archive", "another kind of file"))  # fmt: skip


def read_file(path: Path) -> bytes:
    """The bytes of a workbook: read once, so that what is checked is what is used. Raises Refused."""
    where = str(path).replace("\0", "�")
    data = _bytes(path, where)
    _check_kind(data, where)
    return data


@contextlib.contextmanager
def archive(data: bytes, path: Path) -> Iterator[zipfile.ZipFile]:
    """The opened container of a workbook, its directory checked. Raises Refused."""
    where = str(path)
    try:
        opened = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        plain = "its end is missing, or it was changed on the way" if str(error) == "File is not a zip file" else _plain(error)  # fmt: skip
        raise refuse(where, f"The file is damaged: {plain}.", _BROKEN) from None
    with opened:
        _check_directory(opened, where)
        _check_content(opened, where)
        yield opened


def read_part(zipped: zipfile.ZipFile, name: str, limit: int = 20_000_000) -> bytes:
    """One small part as bytes, never more than it declared. Raises Refused."""
    info = zipped.getinfo(name)
    if info.file_size > limit:
        what = f"Its part {name} has {megabytes(info.file_size)}; at most {megabytes(limit)} are read."
        raise refuse(str(zipped.filename or ""), what, _UNSAFE)
    return b"".join(chunks(zipped, name))


def chunks(zipped: zipfile.ZipFile, name: str, size: int = 1 << 16) -> Iterator[bytes]:
    """A part, piece by piece. Raises Refused where it is damaged or longer than declared."""
    info = zipped.getinfo(name)
    left = info.file_size
    try:
        with zipped.open(name) as part:
            while data := part.read(size):
                left -= len(data)
                if left < 0:
                    break
                yield data
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, RuntimeError, NotImplementedError) as error:
        raise refuse(name, f"The workbook's part {name} is damaged: {_plain(error)}.", _BROKEN) from None
    except Refused:
        raise
    except Exception as error:  # zlib.error is none of the above
        raise refuse(name, f"The workbook's part {name} cannot be unpacked: {_plain(error)}.", _BROKEN) from None
    if left < 0:
        raise refuse(name, f"The workbook's part {name} is longer than it declares.", _UNSAFE)
    if left > 0:
        raise refuse(name, f"The workbook's part {name} is shorter than it declares.", _BROKEN)


def _bytes(path: Path, where: str) -> bytes:
    if "\0" in str(path):
        raise refuse(where, "This is not a file name.", "Check the name.")
    try:
        info = path.stat()  # first: opening a FIFO would wait for ever
        if stat.S_ISDIR(info.st_mode):
            raise refuse(where, "This is a folder.", "Choose a workbook.")
        if not stat.S_ISREG(info.st_mode):
            raise refuse(where, "This is not a regular file.", "Choose a workbook.")
        if info.st_size > MAX_FILE:
            what = f"The file has {megabytes(info.st_size)}; workbooks up to {megabytes(MAX_FILE)} are read."
            raise refuse(where, what, "Delete pictures and unused sheets in Excel, save it, and try again.")
        if info.st_size == 0:
            raise refuse(where, "The file is empty.", _BROKEN)
        with open(path, "rb") as file:
            return file.read(MAX_FILE + 1)
    except FileNotFoundError:
        raise refuse(where, "There is no such file.", "Check the name.") from None
    except PermissionError:
        raise refuse(where, "You may not read this file.", "Close it in Excel, or ask its owner.") from None
    except (OSError, ValueError) as error:
        raise refuse(where, f"The file cannot be read: {_plain(error)}.", "Check the name.") from None


def _check_kind(data: bytes, where: str) -> None:
    """Refuse by content whatever is not a zip archive."""
    if data.startswith(_OLE):
        raise _ole(data, where)
    if data.startswith(b"PK\x03\x04"):
        return
    kind = kind_of(data) or ("another kind of file" if b"\0" in data[:4096] else "a text file")
    if kind == "a text file":
        remedy = "If it holds a table, bring that in with “Import table…” instead."
    else:
        remedy = "Choose the workbook." if kind in _NO_BOOKS else _SAVE_AS
    raise refuse(where, f"This is not an Excel workbook but {kind}.", remedy)


def kind_of(data: bytes) -> str:
    """What a file is by how it begins, such as “a PDF”; "" where that says nothing."""
    return next((name for magic, name in _KINDS if data.startswith(magic)), "")


def _ole(data: bytes, where: str) -> Refused:
    """Excel's older container: encrypted, from before 2007, or something else."""
    if "EncryptedPackage".encode("utf-16-le") in data or "EncryptionInfo".encode("utf-16-le") in data:
        remedy = "Open it in Excel, remove the password (File, Info, Protect Workbook), save, and import that."
        return refuse(where, "The workbook is encrypted with a password.", remedy)
    if "Book".encode("utf-16-le") in data or "Workbook".encode("utf-16-le") in data:
        return refuse(where, "This is a workbook of Excel 97–2003 (.xls).", _SAVE_AS)
    return refuse(where, "This is an older Office document, not an Excel workbook.", _SAVE_AS)


def _check_directory(zipped: zipfile.ZipFile, where: str) -> None:
    infos = zipped.infolist()
    if len(infos) > MAX_PARTS:
        raise refuse(where, f"The archive has {len(infos):,} parts; a workbook has at most {MAX_PARTS:,}.", _UNSAFE)
    total = sum(info.file_size for info in infos)
    if total > MAX_TOTAL:
        what = f"Unpacked it would take {megabytes(total)}; workbooks up to {megabytes(MAX_TOTAL)} are read."
        raise refuse(where, what, _UNSAFE)
    names: set[str] = set()
    end = 0
    for info in sorted(infos, key=lambda i: i.header_offset):
        if info.header_offset < end:
            raise refuse(where, f"Parts of the archive overlap ({info.filename[:80]}).", _UNSAFE)
        end = info.header_offset + 30 + len(info.orig_filename.encode("utf-8", "replace")) + info.compress_size
        if info.flag_bits & 0x1:
            raise refuse(where, "The archive is encrypted with a password.", "Ask the sender for one without.")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise refuse(where, f"Its part {info.filename[:80]} is packed in a way that Excel does not use.", _BROKEN)
        if info.file_size > _PACKED and info.file_size > _RATIO * max(1, info.compress_size):
            what = f"Its part {info.filename[:80]} unpacks to {info.file_size // max(1, info.compress_size)} times its size: a decompression bomb."
            raise refuse(where, what, _UNSAFE)
        if info.filename.lower() in names:
            raise refuse(where, f"Two parts of the archive are called {info.filename[:80]}.", _UNSAFE)
        names.add(info.filename.lower())


def _check_content(zipped: zipfile.ZipFile, where: str) -> None:
    """Refuse archives that are something other than a workbook openpyxl can read."""
    names = set(zipped.namelist())
    if "[Content_Types].xml" not in names:
        kind = "a zip archive that holds no workbook"
        if "mimetype" in names:
            said = read_part(zipped, "mimetype", 1000)
            kind = "an OpenDocument spreadsheet (.ods)" if b"spreadsheet" in said else "an OpenDocument file"
        raise refuse(where, f"This is {kind}.", _SAVE_AS)
    types = read_part(zipped, "[Content_Types].xml", 5_000_000)
    found = _MAIN.search(types)
    if (found and b"binary" in found[1]) or any(n.startswith("xl/") and n.endswith("workbook.bin") for n in names):
        raise refuse(where, "This is a binary workbook (.xlsb).", _SAVE_AS)
    if not found:
        kind = next((k for part, k in (("word/", "a Word document"), ("ppt/", "a presentation")) if any(n.startswith(part) for n in names)), "")  # fmt: skip
        raise refuse(where, f"This is {kind or 'a zip archive that holds no workbook'}.", _SAVE_AS)


def _plain(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return (str(error) or type(error).__name__).rstrip(".")[:200]


def megabytes(count: int) -> str:
    """A size as people read it: ``1,075 MB``, ``0.2 MB``."""
    return f"{count / 1e6:,.0f} MB" if count >= 10_000_000 else f"{max(count / 1e6, 0.1):,.1f} MB"
