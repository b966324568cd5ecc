"""What can go wrong in the journal."""

from __future__ import annotations

from typing import ClassVar

from aniworld.web.errors import AppError


class JournalError(AppError):
    """Base of this room's errors."""

    code = "journal_error"


class NoActor(JournalError):
    """A write that nobody owns: an edge of the product has not said who acts."""

    code = "no_actor"
    status = 500
    texts: ClassVar = {"": "Nobody acts here: the edge that led here must say who does."}


class NotInTransaction(JournalError):
    """An entry was recorded outside a transaction, apart from the change it reports."""

    code = "entry_not_in_transaction"
    status = 500
    texts: ClassVar = {"": "The entry {action} must be recorded inside transaction.atomic()."}


class EntryNotFound(JournalError):
    code = "entry_not_found"
    status = 404
    texts: ClassVar = {"": "There is no entry {entry} in the journal."}


class UndoRefused(JournalError):
    """Base of the reasons why an entry cannot be undone."""

    code = "undo_refused"
    status = 409


class NotUndoable(UndoRefused):
    code = "not_undoable"
    texts: ClassVar = {"": "This cannot be undone."}


class AlreadyUndone(UndoRefused):
    code = "already_undone"
    texts: ClassVar = {"": "This was undone already."}


class UndoTooLate(UndoRefused):
    code = "undo_too_late"
    texts: ClassVar = {"": "It is too late to undo this."}


class InTheWay(UndoRefused):
    """The service that would undo it refuses: a folder has gone to another series, say."""

    code = "undo_in_the_way"
    texts: ClassVar = {"": "This cannot be undone now. {cause}"}


class ChangedSince(UndoRefused):
    """What the entry left behind is no longer there to be taken back."""

    code = "changed_since"
    texts: ClassVar = {"": "This cannot be undone: it was changed again since."}


class NothingToUndo(UndoRefused):
    """Whoever acts has done nothing lately that can be taken back."""

    code = "nothing_to_undo"
    texts: ClassVar = {"": "You have done nothing in the last hour that can be undone."}


class NothingToRedo(UndoRefused):
    """Whoever acts has undone nothing lately, or has done something else since."""

    code = "nothing_to_redo"
    texts: ClassVar = {
        "": "There is nothing to redo: what you undid last is done, or too long ago."
    }
