"""The engine for plain files: from an address to one file on disk."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from downloads.transfer.errors import (
    ConnectionLost,
    LiveStream,
    NotMedia,
    RangeRefused,
    from_os_error,
)
from downloads.transfer.media import Announced
from downloads.transfer.messages import Reading
from downloads.transfer.meter import FileMeter
from downloads.transfer.ranges.fetching import (
    BUFFER,
    SEAM,
    Changed,
    Fetching,
    identity_of,
    read_exactly,
)
from downloads.transfer.ranges.parts import gaps
from downloads.transfer.ranges.store import FileStore, Identity, Notes
from downloads.transfer.streams import HEAD_BYTES, container_of_head
from downloads.transfer.wire import Answer, ByteRange, MediaClient
from downloads.transfer.wire.client import RETRIES
from providers.base import Media

logger = logging.getLogger(__name__)

LARGEST_FILE = 60_000_000_000  # bytes; an episode has a hundredth of that
FIRST = 1 << 20  # bytes that are asked for to learn what the server can do


class _Way(Enum):
    """How much is expected of a server, the most first."""

    PARTS = auto()
    ONE_BY_ONE = auto()  # parts over one connection
    WHOLE = auto()


@dataclass(frozen=True, slots=True)
class RangesEngine:
    """Fetches one source.

    Args:
        connect: makes a client for one go; it is stopped at its end.
        connections: at most so many parts at a time.
        keep_free: bytes of the disk that are not taken: the room for a file is, at once.
    """

    connect: Callable[[Media], MediaClient]
    connections: int
    keep_free: int = 0

    def fetch(
        self, media: Media, folder: Path, tell: Callable[[Reading], None]
    ) -> tuple[Path, Announced]:
        """Fetch ``media`` into ``folder``, going on from what is there already.

        What is there is gone on with, also over another link, where its server says the same of
        the file (length, validator) and sends the same bytes for two places of it; else all is
        fetched anew.

        Args:
            folder: belongs to this source alone.
            tell: called by one thread at a time; what it raises ends the download.

        Returns:
            The file, as it came, and what the source said of it.

        Raises:
            LinkRefused: the link has run out. What has come is kept for a fresh one.
            SourceFault: this source does not deliver.
            TransferError: the disk does not take it, or what ``tell`` raises.
        """
        try:
            store = FileStore(folder, keep_free=self.keep_free)
            try:
                self._fetch(media, store, FileMeter(tell))
                identity = store.identity
                return store.path, Announced(size=identity.total if identity else None)
            finally:
                store.close()
        except OSError as error:
            raise from_os_error(error) from error

    def _fetch(self, media: Media, store: FileStore, meter: FileMeter) -> None:
        for way in _Way:
            client = self.connect(media)
            try:
                _Go(client, media.url, store, meter, way).run(self.connections)
            except Changed:
                logger.info("path=%s the server has another file now: fetched anew", store.path)
                store.forget()
            else:
                return
            finally:
                client.close()
        raise ConnectionLost(why="changes")


class _Go:
    """One try."""

    def __init__(
        self, client: MediaClient, url: str, store: FileStore, meter: FileMeter, way: _Way
    ) -> None:
        self._client = client
        self._url = url
        self._store = store
        self._meter = meter
        self._way = way
        self._buffer = memoryview(bytearray(BUFFER))

    def run(self, connections: int) -> None:
        """
        Raises:
            Changed: what has come is not all of one file.
        """
        store = self._store
        if store.is_whole:
            self._meter.begin(here=store.size or 0, total=store.size)
        elif store.held and self._way is not _Way.WHOLE and self._is_the_same():
            self._fill(connections)
        else:
            self._begin(connections)
        self._meter.finish()

    # what is there

    def _is_the_same(self) -> bool:
        """Whether the server has the file that a part of is there."""
        identity = self._store.identity
        if identity is None or identity.total is None:
            return False
        return all(self._has_same_bytes(identity, at, size) for at, size in self._samples())

    def _samples(self) -> list[tuple[int, int]]:
        """The end of what is there from the begin on, and a place in the largest of the rest."""
        first, *others = self._store.held
        size = min(SEAM, first[1] - first[0])
        begin, end = max(others or [first], key=lambda span: span[1] - span[0])
        middle = (begin + end) // 2
        return [(first[1] - size, size), (middle, min(SEAM, end - middle))]

    def _has_same_bytes(self, identity: Identity, at: int, size: int) -> bool:
        try:
            answer = self._client.open(self._url, byte_range=ByteRange(at, size))
        except RangeRefused:
            return False
        except ConnectionLost as error:
            if error.params["why"] == "other_part":
                return False
            raise
        with answer:
            if answer.status != 206 or identity_of(answer) != identity:
                return False
            self._url = answer.url
            return read_exactly(answer, size) == self._store.read(at, size)

    # from its begin

    def _begin(self, connections: int) -> None:
        answer, got = self._first_bytes()
        if answer.status != 206:
            self._take_whole(answer, got)
            return
        try:
            self._store.begin(_checked(identity_of(answer)))
            self._store.write(0, self._buffer[:got])
            notes = Notes(self._store, 0)
            notes.add(self._buffer[:got])
            notes.flush()
        except BaseException:
            answer.close()
            raise
        self._url = answer.url
        if got == answer.length:
            answer.close()
            self._fill(connections)
        else:
            self._fill(connections, answer)

    def _first_bytes(self) -> tuple[Answer, int]:
        """An answer whose first bytes are in the buffer, and how many these are.

        Raises:
            NotMedia: they are of no media.
        """
        failures = 0
        while True:
            answer = self._first_answer()
            try:
                return answer, self._head(answer)
            except ConnectionLost:
                answer.close()
                failures += 1
                if failures > RETRIES:
                    raise
            except BaseException:
                answer.close()
                raise
            self._client.pause(failures)

    def _first_answer(self) -> Answer:
        """206 where the server can send parts of a file whose length it knows."""
        if self._way is _Way.WHOLE:
            return self._client.open(self._url)
        try:
            answer = self._client.open(self._url, byte_range=ByteRange(0, FIRST))
        except RangeRefused:
            return self._client.open(self._url)
        except ConnectionLost as error:
            if error.params["why"] != "other_part":
                raise
            return self._client.open(self._url)
        if answer.status == 206 and answer.total is None:
            answer.close()
            return self._client.open(self._url)
        return answer

    def _head(self, answer: Answer) -> int:
        got = 0
        while got < HEAD_BYTES and (read := answer.readinto(self._buffer[got:])):
            got += read
        if not got:
            raise NotMedia(why="nothing")
        container_of_head(bytes(self._buffer[: min(got, HEAD_BYTES)]))
        return got

    def _fill(self, connections: int, begun: Answer | None = None) -> None:
        """Fetch what is missing, over one connection where nothing says it is of the same file."""
        identity = self._store.identity
        if identity is None or identity.total is None:
            raise Changed
        held = sum(end - begin for begin, end in self._store.held)
        self._meter.begin(here=held, total=identity.total)
        missing = gaps(self._store.held, identity.total)
        if not missing:
            return
        is_sure = self._way is _Way.PARTS and identity.validator
        Fetching(
            self._client,
            self._url,
            self._store,
            self._meter,
            missing,
            identity=identity,
            threads=connections if is_sure else 1,
            begun=begun,
        ).run()

    # from a server that sends nothing but the whole

    def _take_whole(self, answer: Answer, got: int) -> None:
        failures = 0
        while True:
            try:
                with answer:
                    self._pour(answer, got)
            except ConnectionLost:
                failures += 1
                if failures > RETRIES:
                    raise
            else:
                return
            self._client.pause(failures)
            answer, got = self._first_bytes()
            if answer.status == 206:  # it can, now and then
                answer.close()
                raise Changed

    def _pour(self, answer: Answer, got: int) -> None:
        identity = _checked(Identity(answer.total, ""))
        self._store.begin(identity)
        self._meter.begin(here=0, total=identity.total)
        notes, at = Notes(self._store, 0), 0
        try:
            while got:
                self._store.write(at, self._buffer[:got])
                notes.add(self._buffer[:got])
                self._meter.received(got)
                at += got
                if at > LARGEST_FILE:
                    raise LiveStream(why="endless")
                got = answer.readinto(self._buffer)
        finally:
            notes.flush()
        if identity.total is None:
            self._store.end(at)


def _checked(identity: Identity) -> Identity:
    if identity.total is not None and identity.total > LARGEST_FILE:
        raise NotMedia(why="too_large", bytes=LARGEST_FILE)
    return identity
