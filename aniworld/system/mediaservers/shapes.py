"""Media servers as API and pages give them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, TypedDict

from aniworld.config.codec import plain
from aniworld.config.masking import masked
from aniworld.system.mediaservers.services import Known, Trial
from aniworld.web.shapes import OneOf
from aniworld.web.texts import Told, told_of

KINDS = ("JELLYFIN", "EMBY", "PLEX", "KODI")


class MediaServerEntry(TypedDict):
    """A media server, how it is set up, and how it was reached."""

    name: str
    kind: Annotated[str, OneOf(KINDS)]
    enabled: bool
    address: Annotated[str, "Passwords in it are masked."]
    token: Annotated[str, "Masked; empty where there is none."]
    user: str
    password: Annotated[str, "Masked; empty where there is none."]
    paths: Annotated[list[str], "Folders that are called otherwise there: `here=there`."]
    waiting: Annotated[int, "Folders it is still to be told of."]
    reached_at: Annotated[datetime | None, "When it was told or tested last with success."]
    failing_since: Annotated[datetime | None, "Null where it was reached when last tried."]
    next_try_at: Annotated[datetime | None, "Before that it is left alone."]
    error: Annotated[Told | None, "Why it could not be told when last tried."]


class LibraryFolder(TypedDict):
    """A library folder of ours, as the server sees it."""

    here: str
    there: str
    library: Annotated[str | None, "Of the server, that holds it; null: none."]


class MediaServerTest(TypedDict):
    """What a media server answered just now."""

    ok: Annotated[bool, "It answered, and its libraries hold all library folders."]
    latency_ms: int
    product: str | None
    server_name: str | None
    version: str | None
    folders: list[LibraryFolder]
    error: Told | None


def entries(found: Sequence[Known]) -> list[MediaServerEntry]:
    return [entry(one) for one in found]


def entry(one: Known) -> MediaServerEntry:
    settings, state = masked(plain(one.settings)), one.state
    return {
        "name": one.name,
        "kind": settings["kind"],
        "enabled": settings["enabled"],
        "address": settings["address"],
        "token": settings["token"],
        "user": settings["user"],
        "password": settings["password"],
        "paths": settings["paths"],
        "waiting": one.waiting,
        "reached_at": state.reached_at if state else None,
        "failing_since": state.failing_since if state else None,
        "next_try_at": state.next_try_at if state else None,
        "error": state.error if state else None,
    }


def trial(found: Trial) -> MediaServerTest:
    identity, error = found.identity, found.error
    return {
        "ok": found.is_good,
        "latency_ms": round(found.seconds * 1000),
        "product": identity.product if identity else None,
        "server_name": identity.name if identity else None,
        "version": identity.version if identity else None,
        "folders": [
            {"here": one.here, "there": one.there, "library": one.library} for one in found.folders
        ],
        "error": told_of(error.as_json()) if error else None,
    }
