"""Fetching what is missing of a file, over several connections at once."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from downloads.transfer.errors import ConnectionLost, LinkRefused, MediaMissing, RangeRefused
from downloads.transfer.meter import FileMeter
from downloads.transfer.ranges.parts import Part, Parts, Span
from downloads.transfer.ranges.store import FileStore, Identity, Notes
from downloads.transfer.wire import Answer, ByteRange, MediaClient, Stopped
from downloads.transfer.wire.client import RETRIES

BUFFER = 1 << 20
SEAM = 16_384  # bytes that are asked for again where nothing else says that the file is the same
ENOUGH = 64 << 10  # bytes that a try has to bring, or it has failed


class Changed(Exception):
    """What the server has is no longer what is there of it: nothing of both may be joined."""


class Fetching:
    """Threads that fetch parts until all are there. The first fault ends all of it.

    Args:
        client: stopped at the end, for good.
        url: where the file is in the end, behind its redirects.
        missing: what is to be fetched.
        begun: an answer that is open already, at the begin of what is missing.
    """

    def __init__(
        self,
        client: MediaClient,
        url: str,
        store: FileStore,
        meter: FileMeter,
        missing: Sequence[Span],
        *,
        identity: Identity,
        threads: int,
        begun: Answer | None = None,
    ) -> None:
        self._client = client
        self._url = url
        self._store = store
        self._meter = meter
        self._identity = identity
        self._begun = begun
        self._begun_at = missing[0][0]
        self._parts = Parts(missing, threads)
        self._failure: BaseException | None = None
        self._failing = threading.Lock()
        self._threads = [
            threading.Thread(target=self._work, name=f"part-{number}", daemon=True)
            for number in range(threads)
        ]

    def run(self) -> None:
        """
        Raises:
            Changed: the file is another one now.
            LinkRefused: the link has run out; what has come is noted.
            TransferError, OSError: what else ends the transfer.
        """
        for thread in self._threads:
            thread.start()
        try:
            self._parts.wait()
        finally:
            self._parts.end()
            self._client.stop()  # also those whose rest somebody else has brought meanwhile
            for thread in self._threads:
                thread.join()
            if self._begun is not None:
                self._begun.close()
        if self._failure is not None:
            raise self._failure

    def _work(self) -> None:
        buffer = memoryview(bytearray(BUFFER))
        rate = 0.0
        try:
            while (part := self._parts.take(rate)) is not None:
                try:
                    self._fetch(part, buffer)
                finally:
                    rate = self._parts.leave(part)
        except Stopped:
            return
        except BaseException as error:  # noqa: BLE001 - raised again by run()
            with self._failing:
                self._failure = self._failure or error
            self._parts.end()

    def _fetch(self, part: Part, buffer: memoryview) -> None:
        failures = 0
        while part.left:
            before = part.at
            try:
                with self._open(part) as answer:
                    self._pour(answer, part, buffer)
                if part.left and part.at - before < ENOUGH:  # less than was asked for
                    raise ConnectionLost(why="cut", bytes=part.left)
            except ConnectionLost as error:
                if error.params["why"] == "other_part":
                    raise Changed from error
                failures = failures + 1 if part.at - before < ENOUGH else 1
                if failures > RETRIES or error.is_busy:
                    raise
                self._client.pause(failures)
            except RangeRefused as error:
                raise Changed from error
            except MediaMissing as error:  # it was there just now: so do links end as well
                raise LinkRefused(status=404) from error

    def _open(self, part: Part) -> Answer:
        if begun := self._begun_for(part):
            return begun
        seam = 0 if self._identity.validator else min(SEAM, part.at)
        where = ByteRange(part.at - seam, part.left + seam)
        validator = self._identity.validator
        answer = self._client.open(self._url, byte_range=where, if_range=validator)
        try:
            if answer.status != 206 or identity_of(answer) != self._identity:
                raise Changed
            if seam and read_exactly(answer, seam) != self._store.read(part.at - seam, seam):
                raise Changed
        except BaseException:
            answer.close()
            raise
        return answer

    def _begun_for(self, part: Part) -> Answer | None:
        if part.begin != self._begun_at:  # of no other part
            return None
        begun, self._begun = self._begun, None
        return begun

    def _pour(self, answer: Answer, part: Part, buffer: memoryview) -> None:
        notes = Notes(self._store, part.at)
        try:
            while part.left and (got := answer.readinto(buffer[: part.left])):
                at = part.at
                taken = self._parts.advance(part, got)
                self._store.write(at, buffer[:taken])
                notes.add(buffer[:taken])
                self._meter.received(taken)
        finally:
            notes.flush()


def identity_of(answer: Answer) -> Identity:
    """What the server says of the file now."""
    return Identity(answer.total, answer.validator)


def read_exactly(answer: Answer, size: int) -> bytes:
    """So many bytes of a body; fewer where it ends before."""
    buffer = memoryview(bytearray(size))
    got = 0
    while got < size and (read := answer.readinto(buffer[got:])):
        got += read
    return bytes(buffer[:got])
