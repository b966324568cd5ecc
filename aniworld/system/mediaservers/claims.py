"""Who tells of which folders: rows are claimed, and given back or taken away, by conditional
updates. A claim that nobody ends runs out by itself."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.utils import timezone

from aniworld.system.mediaservers.errors import MediaServerError
from aniworld.system.mediaservers.models import LEASE, FolderToTell

AT_ONCE = 100  # folders
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (15, 30, 60, 120, 300, 900))


def claimed(name: str) -> list[FolderToTell]:
    """Folders that are due for one server, and that nobody else tells of meanwhile."""
    now, holder = timezone.now(), secrets.token_hex(16)
    free = FolderToTell.objects.filter(server=name).claimable(now).order_by("due_at", "id")
    wanted = list(free.values_list("pk", flat=True)[:AT_ONCE])
    FolderToTell.objects.filter(pk__in=wanted).claimable(now).update(
        held_by=holder, held_until=now + LEASE
    )
    return list(FolderToTell.objects.filter(held_by=holder).order_by("due_at", "id"))


def done(row: FolderToTell) -> None:
    """Gone, unless more has happened there meanwhile: that is told at its time."""
    ours = FolderToTell.objects.filter(pk=row.pk, held_by=row.held_by)
    if not ours.filter(hints=row.hints).delete()[0]:
        nothing = FolderToTell.error.values(None)
        ours.update(**_FREE, tries=0, first_at=timezone.now(), **nothing)


def again(row: FolderToTell, fault: MediaServerError | None = None) -> None:
    """Tried in vain: after a pause once more. Args: fault: what is wrong with this folder."""
    said = fault.as_json() if fault is not None else None
    FolderToTell.objects.filter(pk=row.pk, held_by=row.held_by).update(
        **_FREE,
        tries=row.tries + 1,
        due_at=timezone.now() + pause_after(row.tries),
        **FolderToTell.error.values(said),
    )


def given_back(row: FolderToTell) -> None:
    """Tried in vain, for a reason that lies in none of the folders."""
    FolderToTell.objects.filter(pk=row.pk, held_by=row.held_by).update(**_FREE, tries=row.tries + 1)


def pause_after(tries: int) -> timedelta:
    """How long is waited after so many tries in vain and one more."""
    return PAUSES[min(tries, len(PAUSES) - 1)]


_FREE = {"held_by": "", "held_until": None}
