"""What somebody did last, taken back and done again: what Ctrl+Z and Ctrl+Y mean.

Only what was done lately counts. A key that takes back what its owner has long forgotten would
surprise them; the page of what they did has that.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils import timezone

from aniworld.journal import services
from aniworld.journal.actors import current_actor
from aniworld.journal.choices import Turn
from aniworld.journal.errors import NothingToRedo, NothingToUndo
from aniworld.journal.models import Entry, EntryQuerySet

LATELY: Final = timedelta(hours=1)
MOST_LOOKED_AT: Final = 50  # acts, of which the right may no longer be theirs


def own_acts() -> EntryQuerySet:
    """What the one who acts has done, the newest first; nothing of one that has no id yet."""
    actor = current_actor()
    found = Entry.objects.newest_first()
    return found.by(actor.kind, actor.id) if actor.id else found.none()


def next_undo() -> Entry | None:
    """The newest of their acts that they can take back. What is undone, or undid, is none."""
    return _newest(_lately().exclude(turn=Turn.UNDONE))


def next_redo() -> Entry | None:
    """The newest of their undoings that they can take back; None where they have done something
    else since that could be undone, as in an editor."""
    found = _newest(_lately().filter(turn=Turn.UNDONE))
    if found is None:
        return None
    since = own_acts().filter(turn=Turn.DONE, undo__isnull=False, pk__gt=found.pk)
    return None if since.exists() else found


def undo_newest() -> Entry:
    """Take back what they did last. Returns the entry of doing so.

    Raises:
        NothingToUndo: they have done nothing lately that can be taken back.
        UndoRefused: why the newest act cannot be taken back; older ones are left as they are.
    """
    found = next_undo()
    if found is None:
        raise NothingToUndo
    return services.undo(entry_id=found.pk)


def redo_newest() -> Entry:
    """Do again what they undid last. Returns the entry of doing so.

    Raises:
        NothingToRedo: they have undone nothing lately, or done something else since.
        UndoRefused: why it cannot be done again.
    """
    found = next_redo()
    if found is None:
        raise NothingToRedo
    return services.undo(entry_id=found.pk)


def _lately() -> EntryQuerySet:
    return own_acts().undoable().filter(at__gte=timezone.now() - LATELY)


def _newest(entries: EntryQuerySet) -> Entry | None:
    return next((one for one in entries[:MOST_LOOKED_AT] if services.may_undo(one)), None)
