"""The engine for HLS: from the address of a playlist to one file."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from downloads.transfer.errors import (
    FragmentMissing,
    MediaMissing,
    NotMedia,
    SourceFault,
    WrongLanguage,
)
from downloads.transfer.hls import store
from downloads.transfer.hls.choice import ALL, Choice, choose, qualities
from downloads.transfer.hls.choice import Stream as Chosen
from downloads.transfer.hls.feeds import HlsFeed, Maps
from downloads.transfer.hls.fetching import Fetching
from downloads.transfer.hls.keys import Keyring
from downloads.transfer.hls.piece import Stream
from downloads.transfer.hls.playlist import LARGEST, Master, MediaPlaylist, read
from downloads.transfer.hls.proof import begin_of, prove
from downloads.transfer.hls.store import PieceStore
from downloads.transfer.hls.subtitles import Side
from downloads.transfer.media import Announced, Muxed, Subtitles, Wanted
from downloads.transfer.messages import Reading
from downloads.transfer.meter import Meter
from downloads.transfer.wire import MediaClient, Small
from providers.base import Media

logger = logging.getLogger(__name__)

FINISHED = "finished"
GUESSED_SOUND = 128_000  # bits a second of sound of its own, until some is there


@dataclass(frozen=True, slots=True)
class HlsEngine:
    """Fetches one source.

    Args:
        connect: makes a client for one go; it is stopped at its end.
        connections: at most so many pieces at a time.
    """

    connect: Callable[[Media], MediaClient]
    connections: int

    def fetch(
        self,
        media: Media,
        folder: Path,
        wanted: Wanted,
        tell: Callable[[Reading], None],
        text: Small | None = None,
    ) -> Muxed:
        """Fetch ``media`` into ``folder``, going on from what is there already.

        Args:
            folder: belongs to this source alone.
            tell: called by one thread at a time; what it raises ends the download.
            text: the playlist at the media's address, where it has been read already.

        Raises:
            SourceFault: this source does not deliver.
            TransferError: the disk does not take it, or what ``tell`` raises.
        """
        failure: SourceFault | None = None
        names: set[str] = set()  # of what is kept: another try may do better with the best quality
        for choice in self._choices(media, wanted, text):
            going = _Go(self, media, folder, wanted, tell)
            try:
                return going.take(choice(), names)
            except (FragmentMissing, MediaMissing, NotMedia, WrongLanguage) as error:
                logger.info("url=%s a quality cannot be had: %s", media.url, error)
                failure = failure or error
            finally:
                going.close()
        raise failure or NotMedia(why="nothing")

    def reach(self, media: Media, text: Small | None = None) -> int:
        """See whether what a playlist leads to answers: the begin of its first piece.

        Returns:
            The bytes of it that came.

        Raises:
            SourceFault: it does not.
        """
        client = self.connect(media)
        try:
            found = _read(text or client.small(media.url, most=LARGEST))
            if not isinstance(found, MediaPlaylist):
                found = _read(client.small(qualities(found)[0].url, most=LARGEST))
            if not isinstance(found, MediaPlaylist):
                raise NotMedia(why="no_playlist")
            return begin_of(client, found.pieces[0])
        finally:
            client.close()

    def _choices(
        self, media: Media, wanted: Wanted, text: Small | None
    ) -> list[Callable[[], Choice]]:
        """What may be taken, the best first."""
        found = _read(text or self._asked(media))
        if isinstance(found, MediaPlaylist):
            return [partial(Choice, (Chosen(media.url, ALL, playlist=found),))]
        return [partial(choose, found, variant, wanted) for variant in qualities(found)]

    def _asked(self, media: Media) -> Small:
        client = self.connect(media)
        try:
            return client.small(media.url, most=LARGEST)
        finally:
            client.close()


class _Go:
    """One try of one quality."""

    def __init__(
        self,
        engine: HlsEngine,
        media: Media,
        folder: Path,
        wanted: Wanted,
        tell: Callable[[Reading], None],
    ) -> None:
        self._client = engine.connect(media)
        self._threads = engine.connections
        self._media = media
        self._folder = folder
        self._wanted = wanted
        self._meter = Meter(tell)
        self._keys = Keyring(self._client)

    def close(self) -> None:
        self._client.close()

    def take(self, choice: Choice, names: set[str]) -> Muxed:
        """Fetch a quality. ``names`` are those of streams to be kept; its own are added."""
        streams: list[Stream] = []
        try:
            for chosen in choice.streams:
                streams.append(self._stream(chosen))
            names.update(stream.store.folder.name for stream in streams)
            store.keep_only(self._folder, names)
            return self._put_together(choice, streams)
        finally:
            for stream in streams:
                stream.store.close()

    def _stream(self, chosen: Chosen) -> Stream:
        playlist = chosen.playlist or _read(self._client.small(chosen.url, most=LARGEST))
        if not isinstance(playlist, MediaPlaylist):
            raise NotMedia(why="no_playlist")
        stream = Stream(playlist, PieceStore(self._folder / _name(chosen, playlist)))
        try:
            prove(self._client, stream, self._keys)
        except BaseException:
            stream.store.close()
            raise
        bits = chosen.bandwidth or GUESSED_SOUND
        self._meter.expect(stream, seconds=playlist.seconds, bits_per_second=bits)
        return stream

    def _put_together(self, choice: Choice, streams: Sequence[Stream]) -> Muxed:
        beside = self._beside(choice)
        maps = Maps(self._client, self._keys)
        fetching = Fetching(self._client, streams, self._keys, self._meter, threads=self._threads)
        with fetching:
            feeds = [
                HlsFeed(chosen, stream, fetching, maps)
                for chosen, stream in zip(choice.streams, streams, strict=True)
            ]
            muxed = self._mux(feeds, streams[0].playlist, beside, fetching)
        self._meter.finish()
        return muxed

    def _mux(
        self,
        feeds: Sequence[HlsFeed],
        main: MediaPlaylist,
        beside: Sequence[Subtitles],
        fetching: Fetching,
    ) -> Muxed:
        # Imported while the first pieces are on their way: libav takes as long to load as they do.
        from downloads.transfer.mux import mux  # noqa: PLC0415 - loaded once pieces are on their way

        try:
            return mux(
                feeds,
                self._folder / FINISHED,
                wanted=self._wanted,
                # A playlist that tells no lengths announces none.
                announced=Announced(seconds=main.seconds or None, rounding=main.rounding),
                subtitles=beside,
            )
        except Exception:
            if fetching.failure is not None:  # the muxer only knows that it got nothing more
                raise fetching.failure from None
            raise

    def _beside(self, choice: Choice) -> list[Subtitles]:
        side = Side(self._client, self._wanted, playlist_size=LARGEST, threads=self._threads)
        found = side.renditions(choice.subtitles)
        return found + side.captions(
            self._media.captions, but={one.language for one in found if one.language}
        )


def _read(answer: Small) -> Master | MediaPlaylist:
    return read(answer.data.decode("utf-8", "replace"), answer.url)


def _name(chosen: Chosen, playlist: MediaPlaylist) -> str:
    """A name for the pieces of a stream, the same for each link to it: what is signed anew with a
    link is left out. That they are of the same stream is proved by their bytes."""
    told = [
        (_file_of(piece.resource.url), piece.resource.byte_range, round(piece.seconds, 3))
        for piece in playlist.pieces
    ]
    digest = hashlib.sha256(
        repr((sorted(chosen.kinds), chosen.language, chosen.bandwidth, told)).encode()
    )
    return f"stream-{digest.hexdigest()[:16]}"


def _file_of(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]
