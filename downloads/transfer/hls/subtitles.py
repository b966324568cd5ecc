"""Subtitles that come beside the picture: renditions of a playlist, and captions of a hoster."""

from __future__ import annotations

import html
import logging
import re
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from itertools import chain

from downloads.transfer.errors import FragmentMissing, MediaMissing, TransferError
from downloads.transfer.hls.playlist import MediaPlaylist, Piece, Rendition, read
from downloads.transfer.media import Cue, Subtitles, Wanted
from downloads.transfer.wire import ByteRange, MediaClient
from providers.base import Caption
from providers.coded import foreign
from providers.errors import ProviderError

logger = logging.getLogger(__name__)

LARGEST = 5_000_000  # bytes of one piece, or of a whole file
MOST_PIECES = 5_000  # of one rendition
MOST_EXTRA = 600  # pieces of renditions that nobody has asked for
MOST_TEXT = 10_000_000  # bytes of all that is beside the picture
MOST_CUES = 50_000  # of one rendition
LONGEST_CUE = 2_000  # characters
_MAP = re.compile(rb"^X-TIMESTAMP-MAP=([^\r\n]{1,200})", re.MULTILINE)
_MPEGTS = re.compile(rb"MPEGTS:(\d{1,20})")
_LOCAL = re.compile(rb"LOCAL:(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})\.(\d{1,3})")
_TAG = re.compile(r"<(/?)([A-Za-z0-9]{0,20})[^<>]{0,200}>")
_KEPT_TAGS = frozenset({"i", "b", "u"})


class Side:
    """Fetches what comes beside the picture. What the source promises must come; what is extra
    may fail, and is left out then."""

    def __init__(
        self, client: MediaClient, wanted: Wanted, *, playlist_size: int, threads: int
    ) -> None:
        self._client = client
        self._wanted = wanted
        self._playlist_size = playlist_size
        self._threads = threads
        self._extra = MOST_EXTRA
        self._left = MOST_TEXT
        self._counting = threading.Lock()

    def renditions(self, renditions: Sequence[Rendition]) -> list[Subtitles]:
        """Those of a playlist.

        Raises:
            TransferError: those in the source's language cannot be had.
        """
        found: list[Subtitles] = []
        for one in renditions:
            is_promised = self._is_promised(one.language)
            try:
                taken = self._rendition(one, is_promised=is_promised)
            except (TransferError, ProviderError) as error:
                if is_promised:
                    raise
                logger.warning("subtitles language=%s left out: %s", one.language, error)
                continue
            found += [taken] if taken else []
        return found

    def captions(self, captions: Sequence[Caption], *, but: set[str]) -> list[Subtitles]:
        """Those of a hoster, but for languages that are there already.

        Raises:
            TransferError: those in the source's language are there, but cannot be had.
        """
        found: list[Subtitles] = []
        for one in captions:
            if one.language in but:
                continue
            try:
                cues = list(cues_of(self._text(one.url), is_in_pieces=False))
            except (TransferError, ProviderError) as error:
                is_gone = isinstance(error, MediaMissing)
                if self._is_promised(one.language) and not is_gone:
                    raise
                logger.warning("captions language=%s left out: %s", one.language, error)
                continue
            if cues:
                found.append(Subtitles(one.language, cues, one.label))
        return found

    def _is_promised(self, language: str) -> bool:
        return bool(language) and language == self._wanted.subtitles

    def _rendition(self, one: Rendition, *, is_promised: bool) -> Subtitles | None:
        answer = self._client.small(one.url, most=self._playlist_size)
        playlist = read(answer.data.decode("utf-8", "replace"), answer.url)
        if not isinstance(playlist, MediaPlaylist) or len(playlist.pieces) > MOST_PIECES:
            raise FragmentMissing(why="no_subtitles")
        if not is_promised:
            if len(playlist.pieces) > self._extra:
                return None
            self._extra -= len(playlist.pieces)
        with ThreadPoolExecutor(self._threads) as pool:
            texts = list(pool.map(self._piece, playlist.pieces))
        mapped = any(_MAP.search(text[:1_000]) for text in texts)
        cues: dict[Cue, None] = {}  # in their order, what pieces repeat once
        for cue in chain.from_iterable(map(cues_of, texts)):
            cues[cue] = None
            if len(cues) > MOST_CUES:
                raise FragmentMissing(why="no_subtitles")
        if not cues:
            return None
        return Subtitles(
            one.language, list(cues), one.name, is_on_clock=mapped, is_forced=one.is_forced
        )

    def _piece(self, piece: Piece) -> bytes:
        if piece.resource.key is not None:
            raise FragmentMissing(why="no_subtitles")
        return self._text(piece.resource.url, piece.resource.byte_range)

    def _text(self, url: str, where: ByteRange | None = None) -> bytes:
        # Where the others have brought too much already, nothing more is asked for.
        if self._left < 0:
            raise FragmentMissing(why="no_subtitles")
        data = self._client.small(url, most=LARGEST, byte_range=where).data
        with self._counting:
            self._left -= len(data)
            if self._left < 0:
                raise FragmentMissing(why="no_subtitles")
        return data


def cues_of(data: bytes, *, is_in_pieces: bool = True) -> Iterator[Cue]:
    """The cues of a WebVTT or SubRip text, at the times they are given, moved by its map.

    Args:
        is_in_pieces: it is one of a stream's. Of a file by itself the map says nothing: there is no
            clock that it would lead to, and players pass it over.

    Raises:
        FragmentMissing: it is neither.
    """
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not data:
        return
    # As in the engine: what has none of these does not wait for it.
    import av  # noqa: PLC0415 - loaded where there is a need

    name = "webvtt" if data.startswith(b"WEBVTT") else "srt"
    offset = _offset(data[:2_000]) if is_in_pieces else 0.0
    try:
        with av.open(BytesIO(data), "r", format=name) as container:
            for number, packet in enumerate(container.demux(subtitles=0)):
                if number > MOST_CUES:
                    raise FragmentMissing(why="no_subtitles")
                if packet.pts is None or packet.time_base is None or not packet.duration:
                    continue
                begin = float(packet.pts * packet.time_base) + offset
                end = begin + float(packet.duration * packet.time_base)
                text = _plain(bytes(packet).decode("utf-8", "replace"))
                if text:
                    yield Cue(begin, end, text)
    except (av.FFmpegError, IndexError) as error:
        if name == "webvtt" and b"-->" not in data:
            return  # a piece of a film in which nobody speaks
        raise FragmentMissing(why="reason", reason=foreign(error)) from error


def _offset(head: bytes) -> float:
    """Where a map says that the cues' zero lies on the stream's clock, in seconds."""
    found = _MAP.search(head)
    if found is None:
        return 0.0
    clock, local = _MPEGTS.search(found[1]), _LOCAL.search(found[1])
    if clock is None or local is None:
        return 0.0
    hours, minutes, seconds, thousandths = (int(part or 0) for part in local.groups())
    at = hours * 3_600 + minutes * 60 + seconds + thousandths / 1_000
    return int(clock[1]) % (1 << 33) / 90_000 - at


def _plain(text: str) -> str:
    """A cue's text in the tags that all players know."""
    kept = _TAG.sub(_kept, text[:LONGEST_CUE])
    return html.unescape(kept).replace("\r", "").strip()


def _kept(tag: re.Match[str]) -> str:
    name = tag[2].lower()
    return f"<{tag[1]}{name}>" if name in _KEPT_TAGS else ""
