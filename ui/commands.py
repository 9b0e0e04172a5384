"""One undo step: an edit and its inverse."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand

from model.edits import Edit

if TYPE_CHECKING:
    from ui.session import DealSession, Place, Prepared


class EditCommand(QUndoCommand):
    """Redo applies the edit, undo its inverse; the first redo shows what was computed when the edit was checked."""

    def __init__(self, session: DealSession, edit: Edit, prepared: Prepared, place: Place) -> None:
        super().__init__(edit.title)
        self._place = place
        self._ref = weakref.ref(session)  # no circle: the garbage collector must never be the one to free a command
        self._edit = edit
        self._inverse = prepared.inverse
        self._prepared: Prepared | None = prepared

    @property
    def _session(self) -> DealSession:
        session = self._ref()
        assert session is not None, "a session lives as long as its undo stack"
        return session

    def redo(self) -> None:
        prepared, self._prepared = self._prepared, None
        if prepared is None:
            prepared = self._session.prepare(self._edit)
            self._inverse = prepared.inverse
            self._session.step = (self._place, self._edit.about)
        self._session.show_prepared(prepared, self._edit)

    def undo(self) -> None:
        self._session.step = (self._place, ())
        self._session.show_prepared(self._session.prepare(self._inverse), self._inverse)
