"""Fetching the pieces of all streams of a source, several at a time, in the order of their time.

They land on disk, so threads may run ahead as far as they like; who puts them together waits for
each in its turn. The first fault ends all of it.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from downloads.transfer.errors import NotMedia
from downloads.transfer.hls.keys import Keyring
from downloads.transfer.hls.piece import BUFFER, PieceFetch, Stream
from downloads.transfer.meter import Meter
from downloads.transfer.wire import MediaClient, Stopped

LARGEST_FILM = 60_000_000_000  # bytes; an episode has a hundredth of that
FILM_RATE = 20_000_000  # bytes for each second of a whole film; the finest discs play at less
LARGEST_SHORT_FILM = 50_000_000  # bytes that a film may have however short it is said to be


class Fetching:
    """Threads that fetch, while it is entered.

    Args:
        client: stopped when this is left, for good.
        threads: as many as the client may open connections.
    """

    def __init__(
        self,
        client: MediaClient,
        streams: Sequence[Stream],
        keys: Keyring,
        meter: Meter,
        *,
        threads: int,
    ) -> None:
        self._client = client
        self._streams = streams
        self._keys = keys
        self._meter = meter
        self._stop = client.stopped
        self._changed = threading.Condition()
        self._failure: BaseException | None = None
        self._most = self._left = _most_of_all(streams)
        self._jobs = iter(_in_order(streams))
        self._threads = [
            threading.Thread(target=self._work, name=f"piece-{number}", daemon=True)
            for number in range(threads)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._end()
        for thread in self._threads:
            thread.join()

    def wait_for(self, stream: Stream, number: int) -> Path:
        """The file of a piece, as soon as it is whole.

        Raises:
            TransferError: it cannot be had; or another one, which ends the transfer as well.
        """
        with self._changed:
            while number not in stream.ready:
                if self._failure is not None:
                    raise self._failure
                self._changed.wait()
        return stream.store.path(number)

    def _work(self) -> None:
        buffer = bytearray(BUFFER)
        try:
            while not self._stop.is_set():
                job = self._next()
                if job is None:
                    return
                stream, number = job
                size = PieceFetch(
                    self._client, self._keys, self._meter, stream, number, buffer=buffer
                ).run()
                self._take(stream, number, size)
        except Stopped:
            return
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            self._fail(error)

    def _take(self, stream: Stream, number: int, size: int) -> None:
        with self._changed:
            self._left -= size
            if self._left < 0:
                raise NotMedia(why="too_much", bytes=self._most)
            stream.ready.add(number)
            self._changed.notify_all()

    def _next(self) -> tuple[Stream, int] | None:
        """The next piece to fetch. The first of each stream go ahead: what is wrong with a source
        mostly shows in them."""
        with self._changed:
            job = next(self._jobs, None)
            if job is not None and job[1]:
                self._changed.wait_for(
                    lambda: self._stop.is_set() or all(0 in one.ready for one in self._streams)
                )
            return None if self._stop.is_set() else job

    def _fail(self, error: BaseException) -> None:
        with self._changed:
            self._failure = self._failure or error
        self._end()

    def _end(self) -> None:
        self._client.stop()
        with self._changed:
            self._changed.notify_all()

    @property
    def failure(self) -> BaseException | None:
        return self._failure


def _most_of_all(streams: Sequence[Stream]) -> int:
    """Bytes above which they are no film of their length: each piece may be as large as one is,
    and all of them fill the disk."""
    seconds = max(stream.playlist.seconds for stream in streams)
    if not seconds:
        return LARGEST_FILM
    return min(LARGEST_FILM, LARGEST_SHORT_FILM + int(seconds * FILM_RATE))


def _in_order(streams: Sequence[Stream]) -> list[tuple[Stream, int]]:
    """All pieces by the time at which they begin: sound and picture side by side."""
    placed = [
        (begin, number, place)
        for place, stream in enumerate(streams)
        for number, begin in enumerate(stream.playlist.begins())
    ]
    # By number where they begin together: the first ones are waited for, so nothing, be it of no
    # length, may come before them.
    return [(streams[place], number) for _begin, number, place in sorted(placed)]
