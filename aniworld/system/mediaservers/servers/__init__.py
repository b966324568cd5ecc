"""What each kind of media server is asked and told, and the one list of them."""

from __future__ import annotations

from aniworld.config.schema import MediaServer
from aniworld.system.mediaservers.client import Client
from aniworld.system.mediaservers.servers.base import Server
from aniworld.system.mediaservers.servers.jellyfin import Emby, Jellyfin
from aniworld.system.mediaservers.servers.kodi import Kodi
from aniworld.system.mediaservers.servers.plex import Plex

KINDS: dict[str, type[Server]] = {
    "JELLYFIN": Jellyfin,
    "EMBY": Emby,
    "PLEX": Plex,
    "KODI": Kodi,
}


def server_of(settings: MediaServer, *, seconds: float) -> Server:
    """A server as it is set up.

    Args:
        seconds: all that it is asked and told may take together.

    Raises:
        WrongAddress: it has none that can be used.
    """
    kind = KINDS[settings.kind]
    client = Client(
        settings.address,
        product=kind.product,
        headers=kind.headers(settings),
        login=kind.login(settings),
        seconds=seconds,
    )
    return kind(client)
