"""Asking for media: redirects, refusals, pauses and retries."""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Callable, Mapping
from typing import cast

from urllib3 import HTTPResponse, Timeout
from urllib3.exceptions import HTTPError, LocationValueError

from downloads.transfer.errors import ConnectionLost, NotMedia
from downloads.transfer.wire.answer import Answer, Session, discard
from downloads.transfer.wire.asking import ByteRange, Small, for_other_host
from downloads.transfer.wire.concurrency import Concurrency
from downloads.transfer.wire.limiter import Limiter
from downloads.transfer.wire.pauses import LONGEST_HOLD, Pauses
from downloads.transfer.wire.stopping import Stopped, rest
from downloads.transfer.wire.verdict import LEAST_HOLD, Passing, judge, unanswered
from providers.addresses import origin_of, target_of
from providers.agents import BROWSER_AGENT
from providers.coded import foreign
from providers.errors import AddressRefused
from providers.guard import AddressGuard
from providers.pools import GuardedPools, trusting_context

RETRIES = 4
LONGEST_PAUSE = 20.0  # seconds between two tries
MOST_HOPS = 10
CONNECT_TIMEOUT = 10.0
MOST_HOSTS = 32  # whose connections are kept
_PIECE = 65_536
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class MediaClient:
    """Asks the hosts of one source, for all threads of a transfer.

    A thread has at most one answer open at a time: each holds one of the connections that
    :class:`Concurrency` allows, and whoever asks waits for one.

    Args:
        guard: which addresses may be connected to.
        headers: sent with each request.
        connections: never more than so many to a host.
        limiter: how fast all of them are, together.
        pauses: which hosts want to be left alone for a while.
        retry_pause: seconds before something is first asked for again; they double.
        timeout: seconds a connection may be silent.
        patience: seconds that were waited in a row, as the host has asked, and nothing else was
            answered either: whoever then still asks to wait is given up. None for an hour in all.
    """

    def __init__(
        self,
        *,
        guard: AddressGuard,
        headers: Mapping[str, str],
        connections: int,
        limiter: Limiter,
        pauses: Pauses,
        retry_pause: float = 1.0,
        timeout: float = 20.0,
        patience: float | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.concurrency = Concurrency(connections)
        self._guard = guard
        self._pauses = pauses
        self._retry_pause = retry_pause
        self._jitter = jitter
        self._patience = math.inf if patience is None else patience
        self._answered = 0  # requests so far
        self._session = Session(limiter, self.concurrency, timeout)
        self._headers = {"User-Agent": BROWSER_AGENT, "Accept": "*/*", **headers}
        self._open: set[Answer] = set()
        self._lock = threading.Lock()
        self._pool = GuardedPools(
            guard,
            context=trusting_context,
            maxsize=connections,
            num_pools=MOST_HOSTS,
            timeout=Timeout(connect=min(CONNECT_TIMEOUT, timeout), read=timeout),
        )

    @property
    def stopped(self) -> threading.Event:
        """Set by :meth:`stop`."""
        return self._session.stop

    def stop(self) -> None:
        """End all that waits or reads, in any thread, with :class:`Stopped`. For good."""
        self._session.stop.set()
        self.concurrency.wake()
        with self._lock:
            for answer in self._open:
                answer.abort()
        self._pool.shut_down()

    def close(self) -> None:
        """Stop, and end the connections."""
        self.stop()
        self._pool.clear()

    def small(self, url: str, *, most: int, byte_range: ByteRange | None = None) -> Small:
        """Read something small whole, again where its connection is cut.

        Its turn comes before that of what is large: nothing can be made of pieces without it.

        Args:
            most: bytes, decoded, above which it is refused.

        Raises:
            NotMedia: it is larger (``too_large``); and what :meth:`open` raises.
        """
        encodings = "identity" if byte_range else "gzip, deflate"
        failures = 0
        while True:
            answer = self._asked(url, byte_range, "", encodings=encodings, is_small=True)
            try:
                with answer:
                    data = _read_all(answer, most, byte_range or ByteRange(0))
            except ConnectionLost:
                failures += 1
                if failures > RETRIES:
                    raise
            else:
                return Small(answer.url, data, answer.content_type)
            self.pause(failures)

    def open(self, url: str, *, byte_range: ByteRange | None = None, if_range: str = "") -> Answer:
        """Ask for something large, and return when its body is about to come.

        Waits for its turn, for what hosts ask (``Retry-After``, which costs no retry), and asks
        again a few times for what may pass. Where the body is cut, it is for the caller to ask
        again; :meth:`pause` says when.

        Args:
            byte_range: the part that is wanted. The answer's status says whether it comes (206)
                or the whole (200).
            if_range: a validator: the whole is to come if that is no longer the resource's.

        Raises:
            LinkRefused: 401, 403, 410.
            MediaMissing: 404.
            RangeRefused: 416.
            ConnectionLost: no answer, or an error again and again.
            NotMedia: redirects without an end, or a body of a kind we cannot read.
            AddressRefused: it leads to where it must not.
            Stopped: the transfer ended meanwhile.
        """
        return self._asked(url, byte_range, if_range, encodings="identity", is_small=False)

    def pause(self, failures: int) -> None:
        """Wait before something is asked for again that has failed so many times, from 1 on.

        Raises:
            Stopped: the transfer ended meanwhile.
        """
        seconds = min(self._retry_pause * 2.0 ** (failures - 1), LONGEST_PAUSE)
        rest(seconds * (0.5 + self._jitter() / 2), self.stopped)

    def _asked(
        self, url: str, part: ByteRange | None, if_range: str, *, encodings: str, is_small: bool
    ) -> Answer:
        headers = {**self._headers, "Accept-Encoding": encodings}
        if part is not None:
            headers["Range"] = part.header
            if if_range:
                headers["If-Range"] = if_range
        failures, waited, in_vain, answered = 0, 0.0, 0.0, self._answered
        while True:
            began = time.monotonic()
            try:
                return self._try(url, headers, part, is_small=is_small)
            except Passing as passing:
                if not passing.hold:
                    failures += 1
                else:
                    in_vain = in_vain if answered == self._answered else 0.0
                    answered = self._answered
                    if waited > LONGEST_HOLD or in_vain > self._patience:
                        raise passing.error from None
                if failures > RETRIES:
                    raise passing.error from passing.__cause__
                is_at_once = passing.hold or (passing.is_at_once and failures == 1)
            if not is_at_once:
                self.pause(failures)
            seconds = max(time.monotonic() - began, LEAST_HOLD)
            waited, in_vain = waited + seconds, in_vain + seconds

    def _try(
        self, url: str, headers: Mapping[str, str], part: ByteRange | None, *, is_small: bool
    ) -> Answer:
        self.concurrency.acquire(self.stopped, is_urgent=is_small)
        try:
            answer = self._answer(url, headers, part, is_small=is_small)
        except BaseException:
            self.concurrency.release()
            raise
        with self._lock:
            self._open.add(answer)
        if self.stopped.is_set():  # just before it was noted
            answer.close()
            raise Stopped
        return answer

    def _answer(
        self, url: str, headers: Mapping[str, str], part: ByteRange | None, *, is_small: bool
    ) -> Answer:
        response, url = self._follow(url, headers)
        try:
            found = judge(response, part)
        except Passing as passing:
            discard(response)
            self._note(passing, url)
            raise
        except BaseException:
            discard(response)
            raise
        self._answered += 1  # by threads at once: that it changes is all that matters
        on_close = self._small_closed if is_small else self._closed
        return Answer(response, url, found, self._session, on_close)

    def _note(self, passing: Passing, url: str) -> None:
        """What the failure means for all threads."""
        if passing.is_congestion:
            self.concurrency.halve()
        if passing.hold:
            self._pauses.hold(url, min(passing.hold, LONGEST_HOLD))

    def _closed(self, answer: Answer) -> None:
        self._forget(answer)
        self.concurrency.release(is_whole=answer.is_whole)

    def _small_closed(self, answer: Answer) -> None:
        """That it came whole says nothing of how well the host takes many connections."""
        self._forget(answer)
        self.concurrency.release()

    def _forget(self, answer: Answer) -> None:
        with self._lock:
            self._open.discard(answer)

    def _follow(self, url: str, headers: Mapping[str, str]) -> tuple[HTTPResponse, str]:
        for _hop in range(MOST_HOPS + 1):
            self._guard.check_url(url)
            self._pauses.wait(url, self.stopped)
            response = self._request(url, headers)
            location = response.headers.get("Location", "")
            if response.status not in _REDIRECTS or not location:
                return response, url
            discard(response)
            target = target_of(url, location)
            if origin_of(target) != origin_of(url):
                headers = for_other_host(headers)
            url = target
        raise NotMedia(why="redirects")

    def _request(self, url: str, headers: Mapping[str, str]) -> HTTPResponse:
        if self.stopped.is_set():
            raise Stopped
        try:
            response = self._pool.urlopen(
                "GET",
                url,
                headers=headers,
                redirect=False,
                retries=False,
                preload_content=False,
                decode_content=False,
            )
        except (LocationValueError, UnicodeError) as error:
            raise AddressRefused(why="unusable", reason=foreign(error), url=url) from error
        except HTTPError as error:
            if self.stopped.is_set():
                raise Stopped from error
            failure = unanswered(error, timeout=self._session.timeout)
            if isinstance(failure, Passing):
                self._note(failure, url)
            raise failure from error
        return cast("HTTPResponse", response)  # the pools make no other


def _read_all(answer: Answer, most: int, part: ByteRange) -> bytes:
    """The part of an answer that is wanted, also where the whole has come instead."""
    skip = part.first - answer.first
    wanted = most + 1 if part.length is None else min(part.length, most + 1)
    data = bytearray()
    piece = memoryview(bytearray(_PIECE))
    while len(data) < skip + wanted and (got := answer.readinto(piece)):
        data += piece[:got]
        dropped = min(skip, len(data))
        del data[:dropped]
        skip -= dropped
    if len(data) > most and (part.length is None or part.length > most):
        raise NotMedia(why="too_large", bytes=most)
    if part.length is not None and len(data) < part.length:
        raise ConnectionLost(why="cut", bytes=part.length - len(data))
    return bytes(data[:wanted])
