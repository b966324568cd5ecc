"""Which engine fetches what: decided by the first bytes, not by what an address is called."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from downloads.transfer.errors import ConnectionLost, NotMedia, StreamCut
from downloads.transfer.hls.engine import HlsEngine
from downloads.transfer.hls.playlist import LARGEST
from downloads.transfer.hls.subtitles import Side
from downloads.transfer.media import Announced, Muxed, Subtitles, Wanted
from downloads.transfer.messages import Reading
from downloads.transfer.mux import FileFeed, mux
from downloads.transfer.ranges import RangesEngine
from downloads.transfer.streams import HEAD_BYTES, container_of, container_of_head, fault_of
from downloads.transfer.wire import Answer, ByteRange, Limiter, MediaClient, Pauses, Small
from downloads.transfer.wire.client import RETRIES
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
        keep_free: bytes of the disk that are not taken.
        patience: see :class:`MediaClient`.
    """

    guard: AddressGuard
    pauses: Pauses
    limiter: Limiter
    connections: int
    retry_pause: float
    keep_free: int
    patience: float | None = None

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
        kind, text = self._look(media)
        if kind is MediaKind.HLS:
            engine = HlsEngine(self.connect, self.connections)
            return engine.fetch(media, folder, wanted, tell, text)
        fetch = self._file if kind is MediaKind.FILE else self._other
        feeds, announced = fetch(media, folder, tell)
        when_fetched()
        return mux(
            feeds,
            folder / FINISHED,
            wanted=wanted,
            announced=announced,
            subtitles=self._captions(media, wanted),
        )

    def reach(self, media: Media) -> int:
        """See whether media answers at all, without fetching more than its begin.

        Returns:
            The bytes of it that came.

        Raises:
            SourceFault: it does not, or it is no media.
            ProviderError: an address is refused.
        """
        kind, text = self._look(media)
        if kind is MediaKind.HLS:
            return HlsEngine(self.connect, self.connections).reach(media, text)
        return HEAD_BYTES

    def connect(self, media: Media) -> MediaClient:
        """A client for one go at a source."""
        return MediaClient(
            guard=self.guard,
            headers=media.headers,
            connections=self.connections,
            limiter=self.limiter,
            pauses=self.pauses,
            retry_pause=self.retry_pause,
            patience=self.patience,
        )

    def _look(self, media: Media) -> tuple[MediaKind, Small | None]:
        """What is behind the address; a playlist is read whole with that.

        Raises:
            NotMedia: a page, a picture, nothing.
        """
        client = self.connect(media)
        # Of a file a little is enough; a playlist is wanted whole.
        part = None if media.kind is MediaKind.HLS else ByteRange(0, HEAD_BYTES)
        failures = 0
        try:
            while True:
                answer = client.open(media.url, byte_range=part)
                try:
                    with answer:
                        return _seen(answer, is_whole=part is None)
                except ConnectionLost:
                    failures += 1
                    if failures > RETRIES:
                        raise
                client.pause(failures)
        finally:
            client.close()

    def _file(self, media: Media, folder: Path, tell: Tell) -> tuple[list[FileFeed], Announced]:
        engine = RangesEngine(self.connect, self.connections, keep_free=self.keep_free)
        path, announced = engine.fetch(media, folder, tell)
        fault = fault_of(path, container_of(path))
        if fault:
            raise StreamCut(why="cut_off" if fault == "cut" else "damaged")
        return [FileFeed(path)], announced

    def _other(self, media: Media, folder: Path, tell: Tell) -> tuple[list[FileFeed], Announced]:
        # Imported where it is needed: it takes a second and 20 MB.
        from downloads.transfer.ytdlp import YtDlpEngine  # noqa: PLC0415

        engine = YtDlpEngine(retry_pause=self.retry_pause, limiter=self.limiter)
        fetched = engine.fetch(media, folder, tell)
        announced = Announced(seconds=fetched.duration, size=fetched.size)
        return [FileFeed(file) for file in fetched.files], announced

    def _captions(self, media: Media, wanted: Wanted) -> list[Subtitles]:
        if not media.captions:
            return []
        client = self.connect(media)
        try:
            side = Side(client, wanted, playlist_size=LARGEST, threads=self.connections)
            return side.captions(media.captions, but=set())
        finally:
            client.close()


def _seen(answer: Answer, *, is_whole: bool) -> tuple[MediaKind, Small | None]:
    head = _first(answer, HEAD_BYTES)
    if not head:
        raise NotMedia(why="nothing")
    kind = kind_of(head)
    if kind is not MediaKind.HLS or not is_whole:
        return kind, None
    text = head + _first(answer, LARGEST - len(head))
    return kind, Small(answer.url, text, answer.content_type)


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


def _first(answer: Answer, size: int) -> bytes:
    """At most so many bytes of what comes."""
    parts = bytearray()
    buffer = memoryview(bytearray(min(size, 1 << 16)))
    while len(parts) < size and (got := answer.readinto(buffer[: size - len(parts)])):
        parts += buffer[:got]
    return bytes(parts)
