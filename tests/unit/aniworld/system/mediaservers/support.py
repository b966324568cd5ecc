"""What the tests of media servers have in common."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from aniworld.config import store
from aniworld.system.mediaservers import reading, services, telling
from aniworld.system.mediaservers.models import FolderToTell, ServerState
from library import events
from tests.telling_server import KEY, PASSWORD, USER, MediaServer

KINDS = ("JELLYFIN", "EMBY", "PLEX", "KODI")


def set_up(server: MediaServer, name: str = "attic", **settings: Any) -> None:
    """Let a server be told."""
    login = {"user": USER, "password": PASSWORD} if server.kind == "KODI" else {"token": KEY}
    services.add(name, {"kind": server.kind, "address": server.address, **login, **settings})


def wait_for_more(seconds: int) -> None:
    store.update(lambda data: data["media_servers"].update(wait_seconds=seconds))


def change(root_id: int, *changes: tuple[str, events.Change]) -> None:
    """Aniworld has changed files in these folders."""
    with transaction.atomic():
        events.files_changed(root_id, changes)


def come(seconds: float) -> None:
    """So much time passes."""
    for row in FolderToTell.objects.all():
        row.due_at -= timedelta(seconds=seconds)
        row.first_at -= timedelta(seconds=seconds)
        row.held_until = row.held_until and row.held_until - timedelta(seconds=seconds)
        row.save()
    for state in ServerState.objects.exclude(next_try_at=None):
        assert state.next_try_at is not None
        state.next_try_at -= timedelta(seconds=seconds)
        state.failing_since = (state.failing_since or timezone.now()) - timedelta(seconds=seconds)
        state.save()


def look() -> int:
    """Read what is new, and tell everybody that is due; returns how many folders were told."""
    reading.read()
    return sum(telling.tell(name) for name in telling.due())
