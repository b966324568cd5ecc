"""Fetching one piece of a stream: from where it was left to its place, looked at on the way."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from downloads.transfer.errors import (
    ConnectionLost,
    FragmentMissing,
    MediaMissing,
    RangeRefused,
)
from downloads.transfer.hls.keys import Keyring, decrypt_file
from downloads.transfer.hls.looks import HEAD, container_of_piece
from downloads.transfer.hls.playlist import MediaPlaylist, Piece
from downloads.transfer.hls.received import Received
from downloads.transfer.hls.store import Entry, PieceStore, checksum
from downloads.transfer.meter import Meter
from downloads.transfer.streams import fault_of
from downloads.transfer.wire import Answer, ByteRange, MediaClient
from downloads.transfer.wire.client import RETRIES
from downloads.transfer.writing import write_at

LARGEST_PIECE = 2_000_000_000  # bytes
LARGEST_RATE = 25_000_000  # bytes a second of media; ten times what the finest picture takes
LARGEST_SHORT = 50_000_000  # bytes that a piece may have however short it is said to be
TRIES = 3  # of a piece that is none: a page in its place may be a moment's trouble
MOST_CUTS = 20  # of one piece; who ends each connection a little later would go on for ever
SEAM = 4_096  # bytes asked for again where a piece is gone on with, to see that it is the same
BUFFER = 1 << 20  # bytes that a thread reads at once


@dataclass(eq=False)
class Stream:
    """One playlist with the place of its pieces."""

    playlist: MediaPlaylist
    store: PieceStore
    ready: set[int] = field(default_factory=set)

    @property
    def pieces(self) -> Sequence[Piece]:
        return self.playlist.pieces


class PieceFetch:
    """One piece, from what is there of it to its place in the store.

    Args:
        number: which piece of the stream.
        buffer: what is read into; whoever calls uses it again for the next piece.
    """

    def __init__(
        self,
        client: MediaClient,
        keys: Keyring,
        meter: Meter,
        stream: Stream,
        number: int,
        *,
        buffer: bytearray,
    ) -> None:
        self._client = client
        self._keys = keys
        self._meter = meter
        self._stream = stream
        self._store = stream.store
        self._number = number
        self._piece = stream.pieces[number]
        self._part = stream.store.part(number)
        self._buffer = buffer
        self._received = 0  # bytes that came over the network for this piece
        self._seen: Received | None = None  # of the part, where it came in one go

    def run(self) -> int:
        """Its bytes on disk.

        Raises:
            FragmentMissing: the server has none, or something else in its place.
            TransferError: what else ends the transfer.
        """
        if self._piece.is_gap:
            raise FragmentMissing(why="gap")
        if not self._store.is_intact(self._number):
            self._fetch()
        size = self._store.size(self._number)
        self._meter.done(self._stream, self._piece.seconds, size, received=self._received)
        return size

    def _fetch(self) -> None:
        cut = broken = idle = 0
        while True:
            before = self._resumable()
            try:
                self._receive()
                self._keep()
            except ConnectionLost as error:
                cut, idle = cut + 1, 0 if self._resumable() > before else idle + 1
                if idle > RETRIES or cut > MOST_CUTS or error.is_busy:
                    raise
                self._client.pause(idle + 1)
            except MediaMissing as error:
                raise FragmentMissing(why="status", status=404) from error
            except (FragmentMissing, RangeRefused) as error:
                self._part.unlink(missing_ok=True)
                broken += 1
                if broken == TRIES or error.params.get("why") == "large":
                    raise _of_piece(error) from error
                self._client.pause(broken)
            else:
                return

    # onto the disk

    def _receive(self) -> None:
        there = self._resumable()
        where = self._range(there)
        begun = self._store.begun(self._number)
        tag = begun.tag if begun and there else ""
        with self._client.open(self._piece.resource.url, byte_range=where, if_range=tag) as answer:
            begin = self._begin(answer, there)
            if not begin:
                total, tag = answer.total or answer.length or 0, answer.validator
                self._store.begin(self._number, total=total, tag=tag)
            self._write(answer, begin)
            self._refuse_short(answer.total)

    def _refuse_short(self, total: int | None) -> None:
        """Some servers send less of a part than was asked for: it is gone on with, as after a cut.

        Args:
            total: bytes of the whole resource; None where its server does not say.
        """
        named = self._piece.resource.byte_range
        ends = [] if total is None else [total]
        if named is not None and named.length is not None:
            ends.append(named.first + named.length)
        first = named.first if named else 0
        missing = min(ends, default=0) - first - self._part.stat().st_size
        if missing > 0:
            raise ConnectionLost(why="cut", bytes=missing)

    def _resumable(self) -> int:
        """Bytes of the piece that are there from an earlier try and may be gone on with."""
        begun = self._store.begun(self._number)
        if begun is None or not begun.total or not self._part.exists():
            return 0
        there = self._part.stat().st_size
        return there if SEAM < there < begun.total else 0

    def _range(self, there: int) -> ByteRange | None:
        named = self._piece.resource.byte_range
        skipped = there - SEAM if there else 0
        if named is None:
            return ByteRange(skipped) if skipped else None
        left = None if named.length is None else named.length - skipped
        return ByteRange(named.first + skipped, left)

    def _begin(self, answer: Answer, there: int) -> int:
        """Where the body is to be written, once its seam is read and seen to be the same."""
        named = self._piece.resource.byte_range
        first = named.first if named else 0
        if named is not None and answer.status != 206:
            raise FragmentMissing(why="no_range")
        begun = self._store.begun(self._number)
        if not there or answer.first == first or begun is None:
            return 0
        is_same = (answer.total or 0) == begun.total and answer.validator == begun.tag
        if answer.first - first != there - SEAM or not is_same or not self._has_seam(answer, there):
            raise FragmentMissing(why="other")
        return there

    def _has_seam(self, answer: Answer, there: int) -> bool:
        seam = memoryview(bytearray(SEAM))
        got = 0
        while got < SEAM and (read := answer.readinto(seam[got:])):
            got += read
        self._count(got)
        with self._part.open("rb") as file:
            file.seek(there - SEAM)
            return bytes(seam[:got]) == file.read(SEAM)

    def _write(self, answer: Answer, begin: int) -> None:
        descriptor = self._open_part(begin)
        try:
            seen, view = Received(self._buffer), memoryview(self._buffer)
            at, most = begin, _most_bytes(self._piece)
            while read := answer.readinto(view):
                write_at(descriptor, view[:read], at)
                at += read
                seen.take(read)
                self._count(read)
                if at > most:
                    raise FragmentMissing(why="large")
            self._seen = None if begin else seen
        finally:
            os.close(descriptor)

    def _open_part(self, begin: int) -> int:
        """The part, as long as what is gone on with."""
        self._seen = None
        if not begin:
            return os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        descriptor = os.open(self._part, os.O_WRONLY)
        os.ftruncate(descriptor, begin)
        return descriptor

    def _count(self, size: int) -> None:
        self._received += size
        self._meter.received(size)

    # into the store

    def _keep(self) -> None:
        whole = self._opened()
        seen = self._seen if whole == self._part else None
        container, cut = container_of_piece(seen.head if seen else _head_of(whole))
        if cut:
            _cut_begin(whole, cut)
            seen = None
        # What was not seen while it came, or not surely, is read once more.
        fault = "" if seen and seen.is_sound(container) else fault_of(whole, container)
        if fault:
            raise FragmentMissing(why="cut" if fault == "cut" else "damaged")
        length, crc = (seen.size, seen.crc) if seen else checksum(whole)
        begun = self._store.begun(self._number)
        total = begun.total if begun else 0
        self._store.keep(Entry(self._number, length, crc, total, cut), whole)
        if whole != self._part:
            self._part.unlink(missing_ok=True)

    def _opened(self) -> Path:
        opener = self._keys.opener(self._piece.resource, self._piece.sequence)
        if opener is None:
            return self._part
        opened = self._part.with_suffix(".open")
        decrypt_file(self._part, opened, opener)
        return opened


def _most_bytes(piece: Piece) -> int:
    """Bytes above which a piece is none: a body without an end would fill the disk."""
    if not piece.seconds:
        return LARGEST_PIECE
    return min(LARGEST_PIECE, LARGEST_SHORT + int(piece.seconds * LARGEST_RATE))


def _of_piece(error: FragmentMissing | RangeRefused) -> FragmentMissing:
    return error if isinstance(error, FragmentMissing) else FragmentMissing(why="no_range")


def _head_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD)


def _cut_begin(path: Path, size: int) -> None:
    """Leave out the first bytes of a file."""
    shorter = path.with_suffix(".cut")
    with path.open("rb") as reader, shorter.open("wb") as writer:
        reader.seek(size)
        while chunk := reader.read(BUFFER):
            writer.write(chunk)
    shorter.replace(path)
