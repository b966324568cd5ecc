"""Kodi, by JSON-RPC over HTTP.

What it is given to scan it takes for the folder of a show, so it is told of the series' folder: a
season's it would take for another show. A scan finds what is new; what is gone it forgets when it
cleans that folder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aniworld.config.schema import MediaServer
from aniworld.system.mediaservers.errors import MediaServerError, ServerBusy
from aniworld.system.mediaservers.servers.base import (
    Identity,
    Library,
    Server,
    Told,
    entries_of,
    text_of,
)

_INVALID_PARAMS = -32602  # of JSON-RPC


class Kodi(Server):
    product = "Kodi"

    @classmethod
    def login(cls, settings: MediaServer) -> tuple[str, str] | None:
        return (settings.user, settings.password) if settings.user or settings.password else None

    def identity(self) -> Identity:
        found = self._call("Application.GetProperties", {"properties": ["name", "version"]})
        version = found.get("version") if isinstance(found, Mapping) else None
        if not isinstance(version, Mapping):
            raise self.unreadable()
        number = ".".join(str(version.get(part, 0))[:6] for part in ("major", "minor"))
        label = "System.FriendlyName"
        labels = self._call("XBMC.GetInfoLabels", {"labels": [label]})
        return Identity(text_of(found, "name") or self.product, text_of(labels, label), number)

    def libraries(self) -> list[Library]:
        found = self._call("Files.GetSources", {"media": "video"})
        listed = found.get("sources", []) if isinstance(found, Mapping) else []
        return [
            Library(text_of(one, "label"), (path,))
            for one in entries_of(listed)
            if isinstance(path := one.get("file"), str)
        ]

    def tell(self, folders: Sequence[Told]) -> list[MediaServerError | None]:
        for path, changes in _by_series(folders).items():
            quiet = {"directory": path, "showdialogs": False}
            if changes != {"CREATED"}:
                self._clean(quiet)
            if changes != {"DELETED"}:
                self._call("VideoLibrary.Scan", quiet)
        return [None] * len(folders)

    def _clean(self, parameters: Mapping[str, Any]) -> None:
        """Older ones know only to clean everything, which takes long: they are left alone."""
        found = self._answer("VideoLibrary.Clean", parameters)
        error = found.get("error")
        if error is not None and _code(error) != _INVALID_PARAMS:
            raise ServerBusy(status=_code(error))

    def _call(self, method: str, parameters: Mapping[str, Any]) -> Any:
        found = self._answer(method, parameters)
        if "error" in found:
            raise ServerBusy(status=_code(found["error"]))
        if "result" not in found:
            raise self.unreadable()
        return found["result"]

    def _answer(self, method: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        asked = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
        found = self.client.post("/jsonrpc", asked)
        if not isinstance(found, Mapping):
            raise self.unreadable()
        return found


def _by_series(folders: Sequence[Told]) -> dict[str, set[str]]:
    """What has happened in the folder of each series. Kodi's own paths of folders end so."""
    found: dict[str, set[str]] = {}
    for one in folders:
        end = "\\" if "\\" in one.series and "/" not in one.series else "/"
        path = one.series if one.series.endswith(end) else one.series + end
        found.setdefault(path, set()).add(one.change)
    return found


def _code(error: Any) -> int:
    code = error.get("code") if isinstance(error, Mapping) else None
    return code if isinstance(code, int) else 0
