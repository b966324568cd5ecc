"""Which engine fetches what: decided by the first bytes, not by what an address is called."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from downloads.transfer.errors import NotMedia
from downloads.transfer.hls.engine import HlsEngine
from downloads.transfer.hls.looks import HEAD
from downloads.transfer.media import Announced, Muxed, Wanted
from downloads.transfer.messages import Reading
from downloads.transfer.mux import FileFeed, mux
from downloads.transfer.streams import container_of_head
from downloads.transfer.wire import ByteRange, Limiter, MediaClient, Pauses
from providers.base import Media, MediaKind
from providers.guard import AddressGuard

logger = logging.getLogger(__name__)

FINISHED = "finished"
Tell = Callable[[Reading], None]


@dataclass(frozen=True, slots=True)
class Engines:
    """All there are, for one transfer.

    Attributes:
        connections: at most so many to a host.
        retry_pause: seconds before something is first asked for again.
    """

    guard: AddressGuard
    pauses: Pauses
    limiter: Limiter
    connections: int
    retry_pause: float

    def fetch(
        self,
        media: Media,
        folder: Path,
        wanted: Wanted,
        tell: Tell,
        when_fetched: Callable[[], None],
    ) -> Muxed:
        """Fetch ``media`` into one file, going on from what is in ``folder``.

        Args:
            folder: belongs to this source alone.
            tell: called by one thread at a time; what it raises ends the download.
            when_fetched: called where all is there but not yet in one file.

        Raises:
            SourceFault: this source does not deliver.
            TransferError: the disk does not take it, or what ``tell`` raises.
            ProviderError: an address is refused.
        """
        kind = self._kind(media)
        if kind is MediaKind.HLS:
            return HlsEngine(self.connect, self.connections).fetch(media, folder, wanted, tell)
        return self._other(media, folder, wanted, tell, when_fetched)

    def connect(self, media: Media) -> MediaClient:
        """A client for one go at a source."""
        return MediaClient(
            guard=self.guard,
            headers=media.headers,
            connections=self.connections,
            limiter=self.limiter,
            pauses=self.pauses,
            retry_pause=self.retry_pause,
        )

    def _kind(self, media: Media) -> MediaKind:
        """What is behind the address.

        Raises:
            NotMedia: a page, a picture, nothing.
        """
        client = self.connect(media)
        try:
            with client.open(media.url, byte_range=ByteRange(0, HEAD)) as answer:
                head = _read(answer.readinto)
        finally:
            client.close()
        if not head:
            raise NotMedia(why="nothing")
        return kind_of(head)

    def _other(
        self,
        media: Media,
        folder: Path,
        wanted: Wanted,
        tell: Tell,
        when_fetched: Callable[[], None],
    ) -> Muxed:
        # Imported where it is needed: it takes a second and 20 MB.
        from downloads.transfer.ytdlp import YtDlpEngine  # noqa: PLC0415

        fetched = YtDlpEngine(retry_pause=self.retry_pause).fetch(media, folder, tell)
        when_fetched()
        return mux(
            [FileFeed(file) for file in fetched.files],
            folder / FINISHED,
            wanted=wanted,
            announced=Announced(seconds=fetched.duration, size=fetched.size),
        )


def kind_of(head: bytes) -> MediaKind:
    """What begins like this.

    Raises:
        NotMedia: nothing that is fetched.
    """
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"#EXTM3U"):
        return MediaKind.HLS
    if b"<MPD" in text[:2_000]:
        return MediaKind.DASH
    container_of_head(head)
    return MediaKind.FILE


def _read(readinto: Callable[[memoryview], int]) -> bytes:
    buffer = memoryview(bytearray(4_096))
    got = 0
    while got < len(buffer) and (size := readinto(buffer[got:])):
        got += size
    return bytes(buffer[:got])
