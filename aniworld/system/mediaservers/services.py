"""Media servers as their owner sees and changes them."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from aniworld.config import services as config
from aniworld.config import store
from aniworld.config.directories import library_directories
from aniworld.config.masking import unmasked
from aniworld.config.schema import MediaServer
from aniworld.system.mediaservers import places, reading, telling
from aniworld.system.mediaservers.errors import (
    MediaServerError,
    MediaServerKnown,
    MediaServerNotFound,
    TooManyMediaServers,
)
from aniworld.system.mediaservers.models import FolderToTell, ServerState
from aniworld.system.mediaservers.servers import server_of
from aniworld.system.mediaservers.servers.base import Identity, Library

MOST_SERVERS = 20
TRIAL_SECONDS = 20.0
LONGEST_NAME = 50
_NO_NAME = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Known:
    """A server, how it is set up and how it was reached.

    Attributes:
        waiting: the folders it is still to be told of.
    """

    name: str
    settings: MediaServer
    state: ServerState | None
    waiting: int


@dataclass(frozen=True, slots=True)
class Held:
    """A library folder of ours, what it is called there, and the library there that holds it."""

    here: str
    there: str
    library: str | None


@dataclass(frozen=True, slots=True)
class Trial:
    """What a server answered just now.

    Attributes:
        seconds: it took.
        error: why it did not answer as it should.
    """

    seconds: float
    identity: Identity | None = None
    folders: Sequence[Held] = ()
    error: MediaServerError | None = None

    @property
    def is_good(self) -> bool:
        return self.error is None and all(one.library is not None for one in self.folders)


def servers() -> list[Known]:
    """All, in the order of their names. Raises ``ConfigError``."""
    states = {state.server: state for state in ServerState.objects.all()}
    waiting: dict[str, int] = {}
    for name in FolderToTell.objects.order_by().values_list("server", flat=True):
        waiting[name] = waiting.get(name, 0) + 1
    return [
        Known(name, settings, states.get(name), waiting.get(name, 0))
        for name, settings in sorted(store.load().media_servers.servers.items())
    ]


def server(name: str) -> Known:
    """One of them. Raises ``MediaServerNotFound``, ``ConfigError``."""
    found = next((one for one in servers() if one.name == name), None)
    if found is None:
        raise MediaServerNotFound(name=name[:80])
    return found


def free_name(wanted: str, kind: str) -> str:
    """A name that no server has yet, made of what somebody calls it, or of its kind."""
    known = store.load().media_servers.servers
    plain = _NO_NAME.sub("-", wanted.casefold()).strip("-")[:LONGEST_NAME] or kind.casefold()
    plain = plain.strip("-")
    if wanted or plain not in known:
        return plain
    number = 2
    while f"{plain}-{number}" in known:
        number += 1
    return f"{plain}-{number}"


def add(name: str, settings: Mapping[str, Any]) -> Known:
    """Set up a server. What happened before it was there it is not told of.

    Raises:
        MediaServerKnown, TooManyMediaServers.
        ConfigInvalid: with the fields to mend; other errors of ``config.change``.
    """
    begin_reading()

    def put(data: dict[str, Any]) -> None:
        known = data["media_servers"]["servers"]
        if name in known:
            raise MediaServerKnown(name=name)
        if len(known) >= MOST_SERVERS:
            raise TooManyMediaServers(most=MOST_SERVERS)
        _write(data, name, settings)

    config.change(put)
    return server(name)


def change(name: str, changes: Mapping[str, Any]) -> Known:
    """Change how a server is set up. A masked key or password stays what it is.

    Raises:
        MediaServerNotFound.
        ConfigInvalid: with the fields to mend; other errors of ``config.change``.
    """
    before = server(name)
    begin_reading()
    config.change(lambda data: _write(data, name, changes))
    if before.state is not None and before.state.failing_since is not None:
        try_again(name)
    return server(name)


def remove(name: str) -> None:
    """Forget a server, and what it was still to be told. Raises ``MediaServerNotFound``."""
    server(name)
    config.change(lambda data: data["media_servers"]["servers"].pop(name, None))
    telling.forget({name})


def test(name: str) -> Trial:
    """Ask a server now who it is, and which of its libraries hold our folders.

    One that answers as it should is told at once of what waits for it.

    Raises:
        MediaServerNotFound.
    """
    found = server(name)
    trial = trial_of(found.settings)
    if trial.error is None and found.settings.enabled:
        with transaction.atomic():
            telling.reached(name)
        try_again(name)
    return trial


def trial_of(settings: MediaServer) -> Trial:
    """Ask a server that may not be set up yet."""
    began = time.monotonic()
    try:
        asked = server_of(settings, seconds=TRIAL_SECONDS)
        try:
            identity, libraries = asked.identity(), asked.libraries()
        finally:
            asked.close()
    except MediaServerError as error:
        return Trial(time.monotonic() - began, error=error)
    folders = [_held(path, settings, libraries) for path in library_directories(store.load())]
    return Trial(time.monotonic() - began, identity, folders)


def try_again(name: str) -> None:
    """Let a server be told at the next look, whatever pause it has."""
    with transaction.atomic():
        ServerState.objects.filter(server=name).update(next_try_at=None)
        FolderToTell.objects.filter(server=name, tries__gt=0).update(due_at=timezone.now())


def _held(path: str, settings: MediaServer, libraries: Sequence[Library]) -> Held:
    there = places.there(path, settings.paths)
    holding = next(
        (one.name for one in libraries if any(places.overlap(it, there) for it in one.folders)),
        None,
    )
    return Held(path, there, holding)


def begin_reading() -> None:
    """Where nobody was to be told so far, what has happened so far is of no interest."""
    if not reading.listeners(store.load()):
        reading.begin()


def _write(data: dict[str, Any], name: str, changes: Mapping[str, Any]) -> None:
    """Into the configuration as plain values; what is masked stays what it is."""
    sent = unmasked({"media_servers": {"servers": {name: dict(changes)}}}, data)
    known = data["media_servers"]["servers"]
    known[name] = {**known.get(name, {}), **sent["media_servers"]["servers"][name]}
