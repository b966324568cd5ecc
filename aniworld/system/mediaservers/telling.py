"""Telling one server of the folders that are due for it.

Rows are claimed and told outside of any transaction. What was told goes away, unless more has
happened in that folder meanwhile; what could not be told is tried again, with growing pauses. A
folder is told twice rather than not at all.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from functools import partial

from django.db import transaction
from django.utils import timezone

from aniworld.config import reach, store
from aniworld.config.schema import MediaServer
from aniworld.system.mediaservers import claims, describing, places, reading
from aniworld.system.mediaservers.errors import MediaServerError
from aniworld.system.mediaservers.models import FolderToTell, ServerState
from aniworld.system.mediaservers.servers import server_of
from aniworld.system.mediaservers.servers.base import Told
from library.naming.paths import folder_of, from_stored, is_utf8

log = logging.getLogger(__name__)

SECONDS = 30.0  # for all folders that are told at once


def due() -> list[str]:
    """The servers that something is due for, and that are not left alone just now.

    What waits for servers that are no more, or that are off, is forgotten.
    """
    now = timezone.now()
    known = reading.listeners(store.load())
    waiting = FolderToTell.objects.claimable(now).values_list("server", flat=True)
    found = set(waiting.order_by().distinct())
    if found - set(known):
        forget(found - set(known))
    resting = ServerState.objects.left_alone(now).values_list("server", flat=True)
    return sorted(found.intersection(known).difference(resting))


def forget(servers: set[str]) -> None:
    """These are not to be told of anything."""
    with transaction.atomic():
        FolderToTell.objects.filter(server__in=servers).delete()
        ServerState.objects.filter(server__in=servers).delete()


def tell(name: str) -> int:
    """Tell a server of what is due for it; returns of how many folders it was told.

    Raises:
        ConfigError: it cannot be read how it is reached.
    """
    if name == reading.DESCRIBER:
        return describing.describe_due()
    settings = store.load().media_servers.servers.get(name)
    rows = claims.claimed(name) if settings is not None else []
    if settings is None or not rows:
        return 0
    try:
        faults = _tell(settings, rows)
    except MediaServerError as error:
        _in_vain(name, rows, error)
        log.warning("server=%s folders=%s not told: %s", name, len(rows), error)
        return 0
    _told(name, rows, faults)
    told = sum(fault is None for fault in faults)
    log.info("server=%s told of folders=%s of=%s", name, told, len(rows))
    return told


def _tell(settings: MediaServer, rows: Sequence[FolderToTell]) -> list[MediaServerError | None]:
    folders = [as_told(row, settings.paths) for row in rows]
    server = server_of(settings, seconds=SECONDS)
    try:
        return server.tell(folders)
    finally:
        server.close()


def as_told(row: FolderToTell, pairs: Sequence[str]) -> Told:
    """A folder as it is called there. A name that is no text cannot be told: the folder around it
    is."""
    folder = row.folder
    while not is_utf8(folder):
        folder = folder_of(folder)
    named = partial(_there, row.root, pairs=pairs)
    nearest = _nearest(row.root, folder) if row.change != "CREATED" else folder
    return Told(
        path=named(folder),
        nearest=named(nearest),
        series=named(folder.partition("/")[0]),
        change=row.change,
    )


def _there(root: str, folder: str, *, pairs: Sequence[str]) -> str:
    below = from_stored(folder)
    return places.there(f"{root.rstrip('/')}/{below}" if below else root, pairs)


def _nearest(root: str, folder: str) -> str:
    """The nearest folder that is still there; as it was where the disk does not say."""

    def look() -> str:
        found = folder
        while found and not os.path.isdir(os.path.join(root, from_stored(found))):  # noqa: PTH112, PTH118 - names of bytes
            found = folder_of(found)
        return found

    try:
        return reach.ask(root, look)
    except OSError as error:
        log.info("root=%s is not asked for folders: %s", root, error)
        return folder


def _told(
    name: str, rows: Sequence[FolderToTell], faults: Sequence[MediaServerError | None]
) -> None:
    with transaction.atomic():
        for row, fault in zip(rows, faults, strict=True):
            if fault is None:
                claims.done(row)
            else:
                claims.again(row, fault)
        reached(name)


def _in_vain(name: str, rows: Sequence[FolderToTell], error: MediaServerError) -> None:
    """The server as a whole: it is left alone for a while, and its folders wait."""
    with transaction.atomic():
        failed(name, error)
        for row in rows:
            claims.given_back(row)


def reached(name: str) -> None:
    """A server has answered as it should. In a transaction."""
    ServerState.objects.update_or_create(
        server=name,
        defaults={
            "reached_at": timezone.now(),
            "failing_since": None,
            "tries": 0,
            "next_try_at": None,
            **ServerState.error.values(None),
        },
    )


def failed(name: str, error: MediaServerError) -> None:
    """A server could not be told. In a transaction."""
    now = timezone.now()
    state, _ = ServerState.objects.get_or_create(server=name)
    state.failing_since = state.failing_since or now
    state.next_try_at = now + claims.pause_after(state.tries)
    state.tries += 1
    state.error = error.as_json()
    state.save()
