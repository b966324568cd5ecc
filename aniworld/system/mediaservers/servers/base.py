"""What every kind of media server can say and be told."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from aniworld.config.schema import MediaServer
from aniworld.system.mediaservers.client import Client
from aniworld.system.mediaservers.errors import MediaServerError, WrongAddress

LONGEST = 200  # characters of a name that a server gives
MOST_LIBRARIES = 500


class Identity(NamedTuple):
    """Who answers."""

    product: str
    name: str
    version: str


class Library(NamedTuple):
    """A library of a server, and the folders it is made of, as they are called there."""

    name: str
    folders: tuple[str, ...]


class Told(NamedTuple):
    """A folder that a server is told of. All paths are as they are called there.

    Attributes:
        path: where videos have changed.
        nearest: the nearest folder around it that is still there; itself where it is.
        series: the folder of the series it belongs to.
        change: CREATED, MODIFIED or DELETED.
    """

    path: str
    nearest: str
    series: str
    change: str


class Server(ABC):
    """A media server. What it answers is foreign data: bounded, and of any shape."""

    product: ClassVar[str]

    def __init__(self, client: Client) -> None:
        self.client = client

    @classmethod
    def headers(cls, settings: MediaServer) -> Mapping[str, str]:
        """What lets us in."""
        del settings
        return {}

    @classmethod
    def login(cls, settings: MediaServer) -> tuple[str, str] | None:
        """User name and password, where it has such."""
        del settings
        return None

    @abstractmethod
    def identity(self) -> Identity:
        """Who answers, to somebody it lets in. Raises ``MediaServerError``."""

    @abstractmethod
    def libraries(self) -> list[Library]:
        """Its libraries. Raises ``MediaServerError``."""

    @abstractmethod
    def tell(self, folders: Sequence[Told]) -> list[MediaServerError | None]:
        """Tell it of folders; returns what is wrong with each.

        Raises:
            MediaServerError: it was told of none, or nobody knows of which.
        """

    def close(self) -> None:
        self.client.close()

    def unreadable(self) -> WrongAddress:
        """The error for an answer of another shape than its own."""
        return WrongAddress(why="unreadable", host=self.client.host, product=self.product)


def text_of(found: Any, name: str) -> str:
    """A text out of an answer; empty where there is none."""
    value = found.get(name) if isinstance(found, Mapping) else None
    return value[:LONGEST] if isinstance(value, str) else ""


def entries_of(found: Any) -> list[Mapping[str, Any]]:
    """The objects of a list out of an answer."""
    if not isinstance(found, list):
        return []
    return [one for one in found[:MOST_LIBRARIES] if isinstance(one, Mapping)]
