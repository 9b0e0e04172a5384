"""Nothing is lost, nothing is written over: copies of unsaved edits in case the program dies, and one window a file.

A copy is a whole .deal file in the settings' folder, with a lock that dies with its process; the next start offers the
copies whose lock is free. A deal that another window has open is opened for reading only; its lock is never taken
while that window lives.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import threading
from pathlib import Path
from typing import NamedTuple

import msgspec
from PySide6.QtCore import QLockFile, QObject, QSysInfo, QTimer

from model import store
from model.deal import Deal
from model.problems import Problem, Refused
from model.store.files import write_whole
from ui.jobs import Job
from ui.session import ChangeSet, DealSession

SOON_MS = 2_000
_PATH, _HASH = "x-unsaved-path", "x-unsaved-sha256"


class Kept(NamedTuple):
    """Unsaved edits that a window left behind: ``origin`` is the file they were made to, if there was one."""

    copy: Path
    name: str
    origin: Path | None
    when: dt.datetime


class Keeper(QObject):
    """Looks after one window's deal."""

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._session: DealSession | None = None
        self._file_lock: tuple[Path, QLockFile] | None = None
        self._copy: _Copy | None = None
        self._job: Job | None = None
        self._soon = QTimer(self, interval=SOON_MS, singleShot=True)
        self._soon.timeout.connect(self.keep)

    # --- one window a file ---------------------------------------------------

    def follow(self, session: DealSession) -> None:
        """Look after this deal from now on; the one before is given up."""
        same = self._session is session
        self._session = session
        if not same:
            self._drop_copy()
            session.changed.connect(self._changed)
            session.saved_changed.connect(self._saved)
        self._take_file()
        if session.dirty:  # restored
            self._soon.start()

    def release(self) -> None:
        """The window closes: no copy and no lock stays."""
        self._session = None
        self._drop_copy()
        self._free_file()

    def other(self, path: Path) -> Problem | None:
        """Why the file is not to be written: another window has it open. None: go on."""
        if self._file_lock is not None and self._file_lock[0] == _real(path):
            return None
        lock = _lock(_beside(path))
        if lock.tryLock(0):
            lock.unlock()
            return None
        if lock.error() != QLockFile.LockError.LockFailedError:
            return None  # the folder takes no lock; saving will say what is the matter
        return Problem(str(path), _held(lock), "Close it there first, or choose another name.")

    def _take_file(self) -> None:
        session = self._session
        assert session is not None
        path = _real(session.path) if session.path is not None else None
        if self._file_lock is not None and self._file_lock[0] == path:
            return
        self._free_file()
        if path is None or session.read_only:
            return
        lock = _lock(_beside(path))
        if lock.tryLock(0):
            self._file_lock = (path, lock)
        elif lock.error() == QLockFile.LockError.LockFailedError:
            session.read_only = _held(lock)
            session.saved_changed.emit()

    def _free_file(self) -> None:
        if self._file_lock is not None:
            self._file_lock[1].unlock()
            self._file_lock = None

    # --- copies of unsaved edits ---------------------------------------------

    def _changed(self, changes: ChangeSet) -> None:
        if changes.document and not self._soon.isActive() and self.sender() in (None, self._session):
            self._soon.start()

    def _saved(self) -> None:
        session = self._session
        if session is None or self.sender() not in (None, session):
            return
        if not session.dirty:
            self._soon.stop()
            self._drop_copy()
        self._take_file()

    def keep(self) -> None:
        """Write the copy on a worker. A copy that cannot be written is said once, in the status bar."""
        session = self._session
        if session is None or not session.dirty:
            return
        if self._job is not None and self._job.running:
            self._soon.start()
            return
        if self._copy is None:
            self._copy = _Copy(self._folder)
        copy, deal = self._copy, _marked(session)
        self._job = Job(lambda progress: copy.write(deal), self)
        self._job.done.connect(lambda fault: self._kept(copy, fault))
        self._job.start()

    def _kept(self, copy: _Copy, fault: str) -> None:
        if fault and not copy.told and self._session is not None:
            copy.told = True
            self._session.told.emit(f"Unsaved changes cannot be kept for a restart: {fault}. Save often.")

    def _drop_copy(self) -> None:
        if self._copy is not None:
            self._copy.drop()
            self._copy = None

    # --- after a crash -------------------------------------------------------

    def left_behind(self) -> list[Kept]:
        """Copies of windows that did not end properly, the latest first."""
        found = []
        with contextlib.suppress(OSError):
            for copy in self._folder.glob(f"*{store.SUFFIX}"):
                lock = _lock(_beside(copy))
                if lock.tryLock(0):
                    with contextlib.suppress(OSError, Refused):
                        found.append(_described(copy))
                    lock.unlock()
        return sorted(found, key=lambda kept: kept.when, reverse=True)

    def restored(self, kept: Kept) -> DealSession:
        """The deal of a copy, with its unsaved edits, belonging to the file it came from. Raises Refused."""
        deal = store.load(kept.copy).deal
        digest = str(deal.extras.get(_HASH, ""))
        extras = {key: value for key, value in deal.extras.items() if key not in (_PATH, _HASH)}
        fingerprint = store.Fingerprint(0, 0, digest) if digest else None
        origin = kept.origin if kept.origin is not None and kept.origin.exists() else None
        session = DealSession(msgspec.structs.replace(deal, extras=extras), path=origin, fingerprint=fingerprint)
        session.stack.resetClean()
        return session

    def forget(self, kept: Kept) -> None:
        """The copy is no longer wanted."""
        with contextlib.suppress(OSError):
            kept.copy.unlink()


class _Copy:
    """The copy of one deal's unsaved edits, and its lock. ``write`` runs on a worker, ``drop`` on the window's thread."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"{os.getpid()}-{os.urandom(4).hex()}{store.SUFFIX}"
        self._lock: QLockFile | None = None
        self._guard = threading.Lock()
        self._dropped = False
        self.told = False

    def write(self, deal: Deal) -> str:
        """The fault that prevented it, or nothing."""
        data = store.dumps(deal).encode("utf-8")
        with self._guard:
            if self._dropped:
                return ""
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                if self._lock is None:
                    self._lock = _lock(_beside(self._path))
                    self._lock.tryLock(0)
                write_whole(self._path, data, 0o600)
            except OSError as error:
                return error.strerror or str(error)
        return ""

    def drop(self) -> None:
        with self._guard:
            self._dropped = True
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)
            if self._lock is not None:
                self._lock.unlock()


def _marked(session: DealSession) -> Deal:
    """The deal with a note of the file that its edits belong to."""
    extras = dict(session.deal.extras)
    if session.path is not None:
        extras[_PATH] = str(session.path)
        if session.fingerprint is not None:
            extras[_HASH] = session.fingerprint.sha256
    return msgspec.structs.replace(session.deal, extras=extras)


def _described(copy: Path) -> Kept:
    deal = store.load(copy).deal
    origin = deal.extras.get(_PATH)
    path = Path(origin) if isinstance(origin, str) and origin else None
    when = dt.datetime.fromtimestamp(copy.stat().st_mtime)
    return Kept(copy, path.name if path is not None else deal.name or "Untitled", path, when)


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _beside(path: Path) -> Path:
    real = _real(path)
    return real.with_name(f".{real.name}.lock")


def _lock(path: Path) -> QLockFile:
    """A lock that its process keeps for as long as it lives, and not a moment longer."""
    lock = QLockFile(str(path))
    lock.setStaleLockTime(0)
    return lock


def _held(lock: QLockFile) -> str:
    info = lock.getLockInfo()
    host = info[1] if isinstance(info, tuple) and len(info) == 3 else ""
    here = f" on {host}" if host and host != QSysInfo.machineHostName() else ""
    return f"This deal is open in another Dealsheet window{here}."
