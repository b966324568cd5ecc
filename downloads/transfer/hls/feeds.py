"""A stream's pieces as the feed that the muxer reads."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from itertools import groupby

from downloads.transfer.errors import NotMedia
from downloads.transfer.hls.choice import Stream as Chosen
from downloads.transfer.hls.fetching import Fetching
from downloads.transfer.hls.keys import Keyring, decrypted
from downloads.transfer.hls.looks import (
    HEAD,
    begins_with_box,
    container_of_piece,
    id3_clock,
)
from downloads.transfer.hls.piece import Stream
from downloads.transfer.hls.playlist import Piece, Resource
from downloads.transfer.media import Run, TrackKind
from downloads.transfer.wire import MediaClient

LARGEST_MAP = 5_000_000  # bytes
MOST_KEPT = 16_000_000  # bytes of maps; those of advertisements take turns with the film's
_WITH_CLOCK = frozenset({"mov", "mpegts"})
MOST_RUNS = 10_000  # of a stream; where each piece was packed by itself, as many as it has pieces


class Maps:
    """The headers that stand before pieces; the last ones are kept."""

    def __init__(self, client: MediaClient, keys: Keyring) -> None:
        self._client = client
        self._keys = keys
        self._maps: dict[Resource, bytes] = {}

    def get(self, resource: Resource) -> bytes:
        """Raises TransferError where it cannot be had."""
        if resource not in self._maps:
            data = self._client.small(
                resource.url, most=LARGEST_MAP, byte_range=resource.byte_range
            ).data
            # Packagers leave it open where a key stands before it, and players take it as it is.
            opener = None if begins_with_box(data) else self._keys.opener(resource, 0)
            self._maps[resource] = decrypted(data, opener)
            while sum(map(len, self._maps.values())) > MOST_KEPT:
                del self._maps[next(iter(self._maps))]
        return self._maps[resource]


@dataclass
class HlsFeed:
    """A :class:`downloads.transfer.media.Feed`."""

    chosen: Chosen
    stream: Stream
    fetching: Fetching
    maps: Maps

    @cached_property
    def begins(self) -> list[float]:
        return self.stream.playlist.begins()

    @property
    def kinds(self) -> frozenset[TrackKind]:
        return self.chosen.kinds

    @property
    def language(self) -> str:
        return self.chosen.language

    @property
    def title(self) -> str:
        return self.chosen.title

    def runs(self) -> Iterator[Run]:
        """Pieces that one demuxer can read, in their order.

        Raises:
            NotMedia: there are more of them than a film has.
            TransferError: a piece cannot be had.
        """
        for count, numbers in enumerate(self._groups()):
            if count == MOST_RUNS:
                raise NotMedia(why="unreadable", reason=f"> {MOST_RUNS} discontinuities")
            head = self._head(numbers[0])
            container, _ = container_of_piece(head)
            if container not in _WITH_CLOCK and id3_clock(head) is not None:
                # Each piece tells its own time: where one is shorter, the next shows it.
                for number in numbers:
                    yield self._run([number], self._head(number), container, count)
            else:
                yield self._run(numbers, head, container, count)

    def _run(self, numbers: list[int], head: bytes, container: str, count: int) -> Run:
        first = self.stream.pieces[numbers[0]]
        # The map holds until another one is named; what needs none has none.
        header = self.maps.get(first.map) if first.map and container == "mov" else b""
        return Run(
            container=container,
            data=_Pieces(header, self.stream, numbers, self.fetching),
            is_discontinuity=bool(count) and first.is_discontinuity,
            begins=self.begins[numbers[0]],
            clock=id3_clock(head) if container not in _WITH_CLOCK else None,
        )

    def _groups(self) -> Iterator[list[int]]:
        numbered = zip(self._cuts(), range(len(self.stream.pieces)), strict=True)
        for _, group in groupby(numbered, key=lambda one: one[0]):
            yield [number for _, number in group]

    def _cuts(self) -> Iterator[int]:
        """For each piece the number of its run."""
        run, before = 0, None
        for piece in self.stream.pieces:
            if before is not None and _begins_run(piece, before):
                run += 1
            before = piece
            yield run

    def _head(self, number: int) -> bytes:
        with self.fetching.wait_for(self.stream, number).open("rb") as file:
            return file.read(HEAD)


def _begins_run(piece: Piece, before: Piece) -> bool:
    return piece.is_discontinuity or piece.map != before.map


@dataclass
class _Pieces:
    """The bytes of a run, one piece after the other; waits for those that are still to come."""

    header: bytes
    stream: Stream
    numbers: list[int]
    fetching: Fetching
    _at: int = 0
    _descriptor: int = -1
    _header: BytesIO = field(init=False)

    def __post_init__(self) -> None:
        self._header = BytesIO(self.header)

    def read(self, size: int = -1, /) -> bytes:
        """At most ``size`` bytes; empty at the end. Raises TransferError."""
        size = size if size > 0 else HEAD
        data = self._header.read(size)
        while not data and (self._descriptor >= 0 or self._at < len(self.numbers)):
            data = self._next(size)
        return data

    def _next(self, size: int) -> bytes:
        if self._descriptor < 0:
            path = self.fetching.wait_for(self.stream, self.numbers[self._at])
            self._descriptor = os.open(path, os.O_RDONLY)
            self._at += 1
        data = os.read(self._descriptor, size)
        if not data:
            os.close(self._descriptor)
            self._descriptor = -1
        return data

    def __del__(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
