"""Plex. A library ("section") is told to look through one folder of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aniworld.config.schema import MediaServer
from aniworld.system.mediaservers.errors import FolderUnknown, MediaServerError
from aniworld.system.mediaservers.places import holds
from aniworld.system.mediaservers.servers.base import (
    Identity,
    Library,
    Server,
    Told,
    entries_of,
    text_of,
)


class Plex(Server):
    product = "Plex"

    @classmethod
    def headers(cls, settings: MediaServer) -> Mapping[str, str]:
        return {"X-Plex-Token": settings.token}

    def identity(self) -> Identity:
        """Of the page that needs the key: ``/identity`` lets everybody in."""
        found = self._container("/")
        version = text_of(found, "version")
        if not version:
            raise self.unreadable()
        return Identity("Plex Media Server", text_of(found, "friendlyName"), version)

    def libraries(self) -> list[Library]:
        return [Library(text_of(one, "title"), _folders(one)) for one in self._sections()]

    def tell(self, folders: Sequence[Told]) -> list[MediaServerError | None]:
        """A folder that is gone cannot be looked through: the one around it is."""
        sections = [(_key(one), _folders(one)) for one in self._sections()]
        found: list[MediaServerError | None] = []
        told: set[tuple[str, str]] = set()
        for folder in folders:
            path = folder.nearest
            keys = [key for key, held in sections if key and any(holds(one, path) for one in held)]
            for key in keys:
                if (key, path) not in told:
                    self.client.get(f"/library/sections/{key}/refresh", {"path": path})
                    told.add((key, path))
            found.append(None if keys else FolderUnknown(folder=path))
        return found

    def _sections(self) -> list[Mapping[str, Any]]:
        return entries_of(self._container("/library/sections").get("Directory", []))

    def _container(self, path: str) -> Mapping[str, Any]:
        found = self.client.get(path)
        inner = found.get("MediaContainer") if isinstance(found, Mapping) else None
        if not isinstance(inner, Mapping):
            raise self.unreadable()
        return inner


def _key(section: Mapping[str, Any]) -> str:
    """What names a section in an address: a number."""
    key = str(section.get("key", ""))
    return key if key.isascii() and key.isdecimal() and len(key) <= 9 else ""


def _folders(section: Mapping[str, Any]) -> tuple[str, ...]:
    listed = entries_of(section.get("Location", []))
    return tuple(path for one in listed if (path := one.get("path")) and isinstance(path, str))
