"""From the outbox to the folders that servers are to be told of.

The outbox is read up to our cursor, and what is found becomes rows in the transaction that moves
it: an event is taken once, whoever dies when. Several may read; the cursor moves for one of them.
The outbox waits for its readers, though not for ever: whoever comes too late has the library looked
through as a whole, so that nothing is lost.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from aniworld.config import store
from aniworld.config.schema import Config
from aniworld.events import cursors
from aniworld.system.mediaservers.models import FolderToTell
from library.events import FilesChanged
from library.models import LibraryRoot

log = logging.getLogger(__name__)

READER = "media servers"
READ_AT_ONCE = 200  # events
# Stands among the servers for ourselves: what changed is described before anybody is told of it.
# No server can be called so.
DESCRIBER = "*"
MOST_FOLDERS = 500  # of one root that wait for one server; then it is told of the whole root
LONGEST_WAIT = 6  # times as long as it is waited for more


class Hint(NamedTuple):
    """Something has changed in a folder. ``folder`` is below the root, in stored form."""

    root: str
    folder: str
    change: str

    @property
    def place(self) -> str:
        return hashlib.sha256(f"{self.root}\0{self.folder}".encode()).hexdigest()


def listeners(config: Config) -> list[str]:
    """The servers that are to be told, and the describer where something is to be written."""
    settings = config.media_servers
    servers = [name for name, one in settings.servers.items() if one.enabled]
    writes = "WRITE" in (settings.nfo, settings.poster)
    return [DESCRIBER, *servers] if writes else servers


def begin() -> None:
    """What has happened so far is of no interest: nobody was to be told of it."""
    cursors.begin(READER)


def end() -> None:
    """Nobody is to be told of anything: the outbox need not wait for us."""
    cursors.leave(READER)


def read() -> int:
    """Take in what the outbox has that is new; returns how many hints that gave.

    Raises:
        ConfigError: it cannot be read whom to tell.
    """
    config = store.load()
    servers = listeners(config)
    if not servers:
        return 0
    place, newest = cursors.place_of(READER), cursors.newest_id()
    if newest == place:
        return 0
    hints, upto = _hints(place, newest)
    with transaction.atomic():
        if not cursors.advance(READER, since=place, to=upto):
            return 0  # another one has read it
        for server in servers:
            _note(server, hints, 0 if server == DESCRIBER else config.media_servers.wait_seconds)
    return len(hints)


def add(hints: Sequence[Hint]) -> None:
    """Let the servers be told of more than the outbox says. In a transaction."""
    config = store.load()
    for server in listeners(config):
        if server != DESCRIBER:
            _note(server, hints, config.media_servers.wait_seconds)


def _hints(after: int, newest: int) -> tuple[list[Hint], int]:
    """What the events after an id say, and up to which one they were read."""
    if after < cursors.trimmed_to() or newest < after:  # forgotten, or another database's
        log.warning("events after id=%s are gone: servers are told of all roots", after)
        roots = LibraryRoot.objects.active().values_list("path", flat=True)
        return [Hint(path, "", "MODIFIED") for path in roots], newest
    found = cursors.events_after(after, {FilesChanged.type}, up_to=newest, most=READ_AT_ONCE)
    paths = dict(LibraryRoot.objects.values_list("pk", "path"))
    hints = [
        Hint(paths[event.data["root"]], one["folder"], one["change"])
        for event in found
        if event.data["root"] in paths
        for one in event.data["folders"]
    ]
    return hints, found[-1].id if len(found) == READ_AT_ONCE else newest


def _note(server: str, hints: Iterable[Hint], wait: int) -> None:
    now = timezone.now()
    new = merged(hints)
    known = {row.place: row for row in FolderToTell.objects.filter(server=server, place__in=new)}
    for place, hint in new.items():
        if (row := known.get(place)) is not None:
            _add(row, hint.change, now, wait)
    FolderToTell.objects.bulk_create(
        FolderToTell(
            server=server,
            root=hint.root,
            folder=hint.folder,
            place=place,
            change=hint.change,
            first_at=now,
            due_at=now + timedelta(seconds=wait),
        )
        for place, hint in new.items()
        if place not in known
    )
    for root in {hint.root for hint in new.values()}:
        _bound(server, root, now, wait)


def merged(hints: Iterable[Hint]) -> Mapping[str, Hint]:
    """One hint for each folder, by its place."""
    found: dict[str, Hint] = {}
    for hint in hints:
        before = found.get(hint.place, hint)
        found[hint.place] = hint._replace(change=together(before.change, hint.change))
    return found


def together(one: str, other: str) -> str:
    """What has become of a folder in which both have happened."""
    return one if one == other else "MODIFIED"


def _add(row: FolderToTell, change: str, now: datetime, wait: int) -> None:
    """One more change in a folder that waits already."""
    due = min(now + timedelta(seconds=wait), row.first_at + LONGEST_WAIT * timedelta(seconds=wait))
    FolderToTell.objects.filter(pk=row.pk).update(
        change=together(row.change, change),
        hints=row.hints + 1,
        due_at=due,
    )


def _bound(server: str, root: str, now: datetime, wait: int) -> None:
    """So many folders of one root that the whole root says less."""
    rows = FolderToTell.objects.filter(server=server, root=root)
    if rows.count() <= MOST_FOLDERS:
        return
    rows.delete()
    whole = Hint(root, "", "MODIFIED")
    FolderToTell.objects.create(
        server=server,
        root=root,
        place=whole.place,
        change=whole.change,
        first_at=now,
        due_at=now + timedelta(seconds=wait),
    )
