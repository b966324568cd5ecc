"""Jellyfin, and Emby, which it comes from.

Both take the paths that have changed and refresh the nearest item they know around each: the
season, the series, or the library. They wait a minute themselves for more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from aniworld.config.schema import MediaServer
from aniworld.system.mediaservers.errors import MediaServerError
from aniworld.system.mediaservers.servers.base import (
    Identity,
    Library,
    Server,
    Told,
    entries_of,
    text_of,
)

_UPDATE_TYPES = {"CREATED": "Created", "MODIFIED": "Modified", "DELETED": "Deleted"}


class Jellyfin(Server):
    product = "Jellyfin"

    @classmethod
    def headers(cls, settings: MediaServer) -> Mapping[str, str]:
        """Its own scheme: the header it shares with Emby can be switched off."""
        return {"Authorization": f'MediaBrowser Token="{quote(settings.token, safe="")}"'}

    def identity(self) -> Identity:
        found = self.client.get("/System/Info")
        version = text_of(found, "Version")
        if not version:
            raise self.unreadable()
        product = text_of(found, "ProductName") or self.product
        return Identity(product, text_of(found, "ServerName"), version)

    def libraries(self) -> list[Library]:
        found = self.client.get("/Library/VirtualFolders")
        if not isinstance(found, list):
            raise self.unreadable()
        return [Library(text_of(one, "Name"), _folders(one)) for one in entries_of(found)]

    def tell(self, folders: Sequence[Told]) -> list[MediaServerError | None]:
        updates = [{"Path": one.path, "UpdateType": _UPDATE_TYPES[one.change]} for one in folders]
        self.client.post("/Library/Media/Updated", {"Updates": updates})
        return [None] * len(folders)


class Emby(Jellyfin):
    product = "Emby"

    @classmethod
    def headers(cls, settings: MediaServer) -> Mapping[str, str]:
        return {"X-Emby-Token": settings.token}


def _folders(found: Mapping[str, object]) -> tuple[str, ...]:
    listed = found.get("Locations")
    return tuple(one for one in listed if isinstance(one, str)) if isinstance(listed, list) else ()
