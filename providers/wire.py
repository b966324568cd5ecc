"""Sending one request to one site: rate limit, time-outs, size limit, retries.

What an answer means (a page, a redirect, a challenge) is :mod:`providers.http`'s matter; this
module only brings it home or says why it could not.
"""

from __future__ import annotations

import email.utils
import logging
import math
import random
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import requests
import urllib3

from providers.addresses import host_of
from providers.asking import current
from providers.base import HearTime, RateStore
from providers.challenge import challenge_sign
from providers.coded import errno_name, foreign
from providers.errors import (
    AddressRefused,
    ChallengeRequired,
    PageBroken,
    ProviderError,
    RateLimited,
    ResponseTooLarge,
    SiteDown,
    SiteUnreachable,
)
from providers.guard import AddressGuard
from providers.transport import GuardedAdapter
from providers.tunnels import Proxy, ProxyFailed

logger = logging.getLogger(__name__)

_CHUNK = 65_536
_RETRYABLE = frozenset({429, 500, 502, 503, 504})
_NO_CONNECTION = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
)
_SHORTEST = 0.05  # seconds of a time-out
_LONGEST_DATE = 40  # characters; RFC 9110 writes 29
_LONGEST_HOLD = 3_600.0  # whoever asks for more is asked once an hour whether it still does


@dataclass(frozen=True, slots=True)
class Limits:
    """Times in seconds, sizes in bytes of decoded content.

    ``deadline`` is for one try, from its start to the last byte; ``longest_wait`` is the longest
    a call waits for its turn or for what ``Retry-After`` asks before it gives up.
    """

    connect_timeout: float = 10.0
    read_timeout: float = 25.0
    deadline: float = 90.0
    page_size: int = 8_000_000
    retries: int = 3
    backoff: float = 1.0
    longest_backoff: float = 20.0
    longest_wait: float = 60.0
    hops: int = 5
    parallel: int = 2


@dataclass(frozen=True, slots=True)
class Request:
    """One request. ``truncate`` ends reading at ``size`` instead of refusing what is larger;
    ``body`` is posted in the place of a form."""

    method: str
    url: str
    size: int
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    body: bytes | None = None
    truncate: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``headers`` ignore case; a redirect's body is not read. ``seconds``: from
    sending to the last byte."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float = 0.0

    @property
    def location(self) -> str:
        """The raw Location of a redirect, else empty."""
        if self.status not in {301, 302, 303, 307, 308}:
            return ""
        return self.headers.get("Location", "")


class _Unreachable(Exception):
    """No answer, or half of one: worth another try."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self._reason = _innermost(error)

    def meaning(self, site: str, url: str) -> SiteDown:
        kind = SiteUnreachable if isinstance(self._reason, _NO_CONNECTION) else SiteDown
        return kind(site=site, **_facts(self._reason), url=url)


# A user name in an address is written in Latin-1 by the library, which has no letter for most.
_UNSENDABLE = (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, UnicodeError)


class _Session(requests.Session):
    """A session that leaves redirects to us. The library prepares the next hop even where it is
    told not to follow, and reads the whole body of the redirect for that, without any limit."""

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002
        return None


class _TimeLeft:
    """How long a request may still take where somebody waits for it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._asking = current()
        self._clock = clock
        self._started = clock()
        self._ends = self._started + (self._asking.share() if self._asking else math.inf)

    def of(self, seconds: float) -> float:
        """As much of ``seconds`` as is left; never nothing, for a socket takes no zero."""
        return max(_SHORTEST, min(seconds, self._ends - self._clock()))

    def retries(self, usual: int) -> int:
        """How often a request is sent again: once, where somebody waits."""
        is_waited_for = self._asking is not None and not self._asking.is_patient
        return min(usual, 1) if is_waited_for else usual

    def spend(self) -> None:
        """Note that all of it was in vain."""
        if self._asking is not None:
            self._asking.spend(self._clock() - self._started)


class Wire:
    """The connection to one site: one session, one rate, one guard.

    Args:
        name: the site's name in the log, and before the host in the rate store: each host has a
            rate of its own, so that what one asks for holds no other it leads to.
        label: what it is called in messages.
        interval: seconds between two requests to one host.
        hear_time: is told what time it is for whoever answers.
        proxy: what all connections lead through; None for none.
    """

    def __init__(
        self,
        name: str,
        *,
        label: str,
        guard: AddressGuard,
        rate_store: RateStore,
        interval: float,
        limits: Limits,
        headers: Mapping[str, str],
        hear_time: HearTime | None = None,
        proxy: Proxy | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.name = name
        self._label = label
        self.limits = limits
        self._rates = rate_store
        self._interval = interval
        self._hear_time = hear_time
        self._sleep = sleep
        self._clock = clock
        self._jitter = jitter
        self._slots = threading.BoundedSemaphore(limits.parallel)
        self._session = _Session()
        # No proxy of the environment, and no .netrc behind the guard's back.
        self._session.trust_env = False
        self._session.headers.update(headers)
        adapter = GuardedAdapter(guard, proxy)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def close(self) -> None:
        self._session.close()

    def send(self, request: Request) -> Answer:
        """Send ``request``, again after 429, 5xx and connection errors.

        Raises:
            SiteDown, RateLimited, ChallengeRequired, AddressRefused, ResponseTooLarge.
        """
        time_left = _TimeLeft(self._clock)
        try:
            return self._send(request, time_left)
        except ProviderError:
            time_left.spend()
            raise

    def await_turn(self, url: str) -> None:
        """Wait for the turn of a request that somebody else sends. Raises ``RateLimited``."""
        self._await_turn(url, _TimeLeft(self._clock))

    def _send(self, request: Request, time_left: _TimeLeft) -> Answer:
        retries = time_left.retries(self.limits.retries)
        for tries_left in range(retries, -1, -1):
            self._await_turn(request.url, time_left)
            try:
                answer = self._exchange(request, time_left)
            except _Unreachable as error:
                failure: ProviderError = error.meaning(self._label, request.url)
                told_to_wait = False
            else:
                if answer.status not in _RETRYABLE:
                    return answer
                failure = self._failure_of(answer)
                told_to_wait = self._honour_retry_after(answer, time_left)
            pause = 0.0 if told_to_wait else self._backoff(retries - tries_left)
            if not tries_left or pause >= time_left.of(self.limits.longest_wait):
                break
            self._log_retry(failure, tries_left)
            if pause:
                self._sleep(pause)
        raise failure

    def _await_turn(self, url: str, time_left: _TimeLeft) -> None:
        wait = self._rates.reserve(self._rated(url), interval=self._interval)
        if wait > time_left.of(self.limits.longest_wait):
            seconds = round(wait)
            raise RateLimited(
                why="resting", site=self._label, seconds=seconds, retry_after=wait, url=url
            )
        if wait > 0:
            self._sleep(wait)

    def _rated(self, url: str) -> str:
        return f"{self.name} {host_of(url)}"

    def _exchange(self, request: Request, time_left: _TimeLeft) -> Answer:
        started, seconds = self._clock(), time_left.of(self.limits.deadline)
        if not self._slots.acquire(timeout=seconds):
            raise self._too_slow(request, seconds)
        try:
            with self._open(request, time_left) as response:
                answer = Answer(
                    url=request.url,
                    status=response.status_code,
                    headers=response.headers,
                    body=b"",
                )
                self._note_time(answer)
                is_without_body = answer.location or response.status_code == 304
                body = b"" if is_without_body else self._read(response, request, started, seconds)
        except urllib3.exceptions.HTTPError as error:
            raise _Unreachable(error) from error
        finally:
            self._slots.release()
        return replace(answer, body=body, seconds=self._clock() - started)

    def _note_time(self, answer: Answer) -> None:
        told = _told_time(answer.headers) if self._hear_time else None
        if self._hear_time and told is not None:
            self._hear_time(host_of(answer.url), told)

    def _open(self, request: Request, time_left: _TimeLeft) -> requests.Response:
        connecting, reading = self.limits.connect_timeout, self.limits.read_timeout
        try:
            return self._session.request(
                request.method,
                request.url,
                headers=dict(request.headers),
                data=request.form if request.body is None else request.body,
                timeout=(time_left.of(connecting), time_left.of(reading)),
                allow_redirects=False,
                stream=True,
            )
        except requests.exceptions.SSLError as error:
            raise SiteDown(
                why="certificate",
                site=self._label,
                reason=foreign(_innermost(error)),
                url=request.url,
            ) from error
        except (requests.ConnectionError, requests.Timeout) as error:
            raise _Unreachable(error) from error
        except _UNSENDABLE as error:
            raise AddressRefused(why="unusable", reason=foreign(error), url=request.url) from error

    def _read(
        self, response: requests.Response, request: Request, started: float, seconds: float
    ) -> bytes:
        declared = response.headers.get("Content-Length", "")
        if not request.truncate and declared.isdigit() and int(declared) > request.size:
            raise self._too_large(request)
        body = bytearray()
        # read1 returns what has arrived; read(n) would wait for n bytes, and a server that
        # drips them would never reach the deadline below.
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) >= request.size and request.truncate:
                return bytes(body[: request.size])
            if len(body) > request.size:
                raise self._too_large(request)
            if self._clock() > started + seconds:
                raise self._too_slow(request, seconds)
        return bytes(body)

    def _too_slow(self, request: Request, seconds: float) -> SiteDown:
        return SiteDown(why="too_slow", site=self._label, seconds=round(seconds), url=request.url)

    def _too_large(self, request: Request) -> ResponseTooLarge:
        return ResponseTooLarge(site=self._label, bytes=request.size, url=request.url)

    def _failure_of(self, answer: Answer) -> ProviderError:
        """What a 429 or 5xx means. A challenge is raised at once: asking again cannot help."""
        text = decode(answer.body)
        sign = challenge_sign(answer.status, answer.headers, text, url=answer.url)
        if sign:
            raise ChallengeRequired(why="check", site=self._label, sign=sign, url=answer.url)
        if answer.status == 429:
            seconds = _retry_after(answer.headers)
            return RateLimited(
                why="slow_down", site=self._label, retry_after=seconds, url=answer.url
            )
        return PageBroken(
            why="error_status", site=self._label, status=answer.status, url=answer.url
        )

    def _honour_retry_after(self, answer: Answer, time_left: _TimeLeft) -> bool:
        """Hold the site as long as it asks, for every process; the next turn then waits."""
        seconds = _retry_after(answer.headers)
        if seconds is None:
            return False
        self._rates.hold(self._rated(answer.url), seconds=seconds)
        if seconds > time_left.of(self.limits.longest_wait):
            raise RateLimited(
                why="pause",
                site=self._label,
                status=answer.status,
                seconds=round(seconds),
                retry_after=seconds,
                url=answer.url,
            )
        return True

    def _backoff(self, failures: int) -> float:
        full = min(self.limits.backoff * 2.0**failures, self.limits.longest_backoff)
        return full * (0.5 + self._jitter() / 2)

    def _log_retry(self, failure: ProviderError, tries_left: int) -> None:
        logger.info(
            "site=%s url=%s code=%s tries_left=%s retrying: %s",
            self.name,
            failure.url,
            failure.code,
            tries_left,
            failure,
        )


def decode(body: bytes) -> str:
    """The text of a page. Pages are UTF-8; a byte order mark is dropped, broken bytes shown."""
    return body.decode("utf-8-sig", errors="replace")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds asked for by ``Retry-After`` (a number or a date), None without one."""
    value = headers.get("Retry-After", "").strip()
    try:
        if value.isdecimal():
            return min(float(value), _LONGEST_HOLD)
        moment = email.utils.parsedate_to_datetime(value)
        return min(max(0.0, moment.timestamp() - time.time()), _LONGEST_HOLD)
    except (ValueError, OverflowError):
        return None


def _told_time(headers: Mapping[str, str]) -> float | None:
    """What time it was where the answer was made; None of one that was kept on the way."""
    value = headers.get("Date", "")
    if "Age" in headers or len(value) > _LONGEST_DATE:
        return None
    try:
        return email.utils.parsedate_to_datetime(value).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def _facts(reason: Exception) -> dict[str, str]:
    """Why nothing came, without what the HTTP libraries say around it."""
    if isinstance(reason, ProxyFailed):
        return reason.facts
    if isinstance(reason, urllib3.exceptions.NameResolutionError):
        cause = reason.__cause__
        is_unanswered = isinstance(cause, socket.gaierror) and cause.errno == socket.EAI_AGAIN
        return {"why": "no_names" if is_unanswered else "unknown_name"}
    for cause in (reason.__cause__, *reason.args):
        # An error of TLS carries a number too, but a library's, not the system's.
        if isinstance(cause, OSError) and not isinstance(cause, ssl.SSLError) and cause.errno:
            return {"why": "no_connection", "errno": errno_name(cause)}
    if isinstance(reason, urllib3.exceptions.TimeoutError):
        return {"why": "timed_out"}
    return {"why": "unreachable", "reason": foreign(reason)}


def _innermost(error: Exception) -> Exception:
    inner = getattr(error, "reason", None) or (error.args[0] if error.args else None)
    return _innermost(inner) if isinstance(inner, Exception) else error
