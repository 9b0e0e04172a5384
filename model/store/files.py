"""Deal files on disk: read within bounds, replaced as a whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from model.problems import Refused, refuse
from model.store.scan import MAX_BYTES

BACKUP_SUFFIX = ".bak"
_STALE_SECONDS = 3600


class Fingerprint(NamedTuple):
    """What a file was when it was read or written."""

    mtime_ns: int
    size: int
    sha256: str


def backup_path(path: Path) -> Path:
    return path.with_name(path.name + BACKUP_SUFFIX)


def read_bytes(path: Path) -> tuple[bytes, Fingerprint]:
    """The content of a regular file of reasonable size. Pipes, devices, folders and loops are refused unread."""
    with _explained(path, "opened"):
        _regular(os.stat(path), path)
        # never wait for a pipe's writer, should the file have been swapped since
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as file:
            info = os.fstat(file.fileno())
            _regular(info, path)
            data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise _too_large(path)
    return data, Fingerprint(info.st_mtime_ns, len(data), hashlib.sha256(data).hexdigest())


def replace_file(path: Path, data: bytes, expect: Fingerprint | None = None) -> Fingerprint:
    """Write ``data`` in place of the file, keeping what was there as NAME.bak.

    Links are followed and stay. On failure the old file is as it was and no temporary file is left.
    """
    with _explained(path, "saved"):
        target = Path(os.path.realpath(path))
        old = target.stat() if target.exists() or target.is_symlink() else None
    if old is not None:
        _regular(old, path)
        if not old.st_mode & 0o222 or not os.access(target, os.W_OK):
            raise refuse(str(path), "the file is read-only.", "Use Save as to write another file.")
        before, now = read_bytes(target)
        if expect is not None and now.sha256 != expect.sha256:
            raise refuse(
                str(path), "another program changed the file after it was opened here.",
                "Use Save as, or reload the file and repeat your changes.",
            )  # fmt: skip
        if before == data:
            return now
    with _explained(path, "saved"):
        if old is not None:
            write_whole(backup_path(target), before, stat.S_IMODE(old.st_mode))
        write_whole(target, data, stat.S_IMODE(old.st_mode) if old is not None else None)
        info = target.stat()
    return Fingerprint(info.st_mtime_ns, len(data), hashlib.sha256(data).hexdigest())


def sweep(path: Path) -> None:
    """Remove temporary files that a killed save left beside ``path``. Young ones may be another window's."""
    with contextlib.suppress(OSError, ValueError):
        target = Path(os.path.realpath(path))
        for name in (target.name, backup_path(target).name):
            for stale in target.parent.glob(f".{_escaped(name)}.*.saving"):
                with contextlib.suppress(OSError):
                    if not stale.is_symlink() and time.time() - stale.stat().st_mtime > _STALE_SECONDS:
                        stale.unlink()


def _escaped(name: str) -> str:
    return "".join(f"[{char}]" if char in "*?[" else char for char in name)


def write_whole(target: Path, data: bytes, mode: int | None = None) -> None:
    """The file with this content, or as it was. Raises OSError. Temporary file in the same folder, written, synced, renamed over the target, folder synced."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}-{os.urandom(4).hex()}.saving")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(temporary, flags, 0o666)
    try:
        try:
            if mode is not None and hasattr(os, "fchmod"):
                os.fchmod(handle, mode)
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(handle, rest) :]
            os.fsync(handle)
        finally:
            os.close(handle)
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make the rename durable. The new content is complete whether or not this succeeds."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES):
            raise
    finally:
        os.close(handle)


def _regular(info: os.stat_result, path: Path) -> None:
    if stat.S_ISDIR(info.st_mode):
        raise refuse(str(path), "this is a folder.", "Choose a .deal file in it.")
    if not stat.S_ISREG(info.st_mode):
        raise refuse(str(path), "this is a pipe or a device, not a file.", "Choose a .deal file.")
    if info.st_size > MAX_BYTES:
        raise _too_large(path)


def _too_large(path: Path) -> Refused:
    return refuse(str(path), f"the file has more than {MAX_BYTES:,} bytes.", "A deal file is a few hundred kilobytes.")


_REASONS: dict[int, tuple[str, str]] = {
    errno.ENOENT: ("there is no such file or folder.", "Check the name."),
    errno.ENOTDIR: ("part of the path is not a folder.", "Check the name."),
    errno.ELOOP: ("its links lead in a circle.", "Remove the link."),
    errno.ENAMETOOLONG: ("the name is too long.", "Choose a shorter one."),
    errno.EACCES: ("you may not do this in that place.", "Ask for access, or use another folder."),
    errno.EPERM: ("you may not do this in that place.", "Ask for access, or use another folder."),
    errno.EROFS: ("the disk is read-only.", "Use another folder."),
    errno.ENOSPC: ("the disk is full.", "Free some space and save again, or use another disk."),
    errno.EDQUOT: ("your share of the disk is full.", "Free some space and save again, or use another disk."),
}


@contextlib.contextmanager
def _explained(path: Path, what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason, remedy = _REASONS.get(error.errno or 0, (f"{error.strerror or error}.", "Try another folder."))
        raise refuse(str(path), f"the file could not be {what}: {reason}", remedy) from error
    except ValueError:  # a NUL inside the name
        raise refuse("", "this is not a file name.", "Check the name.") from None
