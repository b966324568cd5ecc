"""Requests to one media server: bounded in time and size, to the address its owner has set and to
no other. That is mostly a private one, so ``ALLOW_PRIVATE_HOSTS`` does not matter here.
"""

from __future__ import annotations

import base64
import json
import ssl
import time
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
import urllib3

from aniworld.system.mediaservers.errors import (
    KeyRefused,
    MediaServerError,
    ServerBusy,
    ServerUnreachable,
    WrongAddress,
)
from providers.agents import NAMED_AGENT
from providers.coded import errno_name, foreign
from providers.errors import AddressRefused
from providers.guard import AddressGuard
from providers.transport import GuardedAdapter

LARGEST_ANSWER = 4_000_000  # bytes
CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
_SHORTEST = 0.05  # a socket takes no zero
_CHUNK = 65_536
# How far an error of the libraries is followed to what lies below it.
_DEEPEST = 10
_TIMEOUTS = (TimeoutError, urllib3.exceptions.TimeoutError)


class _Session(requests.Session):
    """A session that follows nothing: the library would read the whole body of a redirect."""

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002 - its signature
        return None


class Client:
    """Asks one server.

    Args:
        address: as its owner has set it, with or without a path.
        product: what is expected to answer there, for messages.
        headers: sent with each request, and nowhere else.
        login: user name and password of HTTP.
        seconds: what all requests may take together.

    Raises:
        WrongAddress: nothing can be asked at such an address.
    """

    def __init__(
        self,
        address: str,
        *,
        product: str,
        headers: Mapping[str, str],
        login: tuple[str, str] | None = None,
        seconds: float,
    ) -> None:
        if not address:
            raise WrongAddress(why="empty")
        self._product = product
        self._ends = time.monotonic() + seconds
        whole = address.partition("#")[0].partition("?")[0].rstrip("/")
        self.host, guard = _guarded(whole)
        self._base, named = _without_login(whole)
        login = login or named
        self._session = _Session()
        self._session.trust_env = False  # no proxy, and no .netrc
        self._session.headers.update(
            {"User-Agent": NAMED_AGENT, "Accept": "application/json", **headers}
        )
        if login is not None:
            told = base64.b64encode(":".join(login).encode(errors="replace")).decode()
            self._session.headers["Authorization"] = f"Basic {told}"
        self._has_login = login is not None
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, GuardedAdapter(guard))

    def close(self) -> None:
        self._session.close()

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        """The JSON of an answer; None of one without a body. Raises ``MediaServerError``."""
        return self._asked("GET", path, query=query)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """As :meth:`get`, after sending ``body`` as JSON."""
        return self._asked("POST", path, body=json.dumps(body).encode())

    def _asked(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Any:
        try:
            with self._session.request(
                method,
                self._base + path,
                params=query,
                data=body,
                headers={"Content-Type": "application/json"} if body is not None else None,
                timeout=(self._left(CONNECT_SECONDS), self._left(READ_SECONDS)),
                allow_redirects=False,
                stream=True,
            ) as response:
                self._refuse(response)
                content = self._content(response)
        except requests.RequestException as error:
            raise self._failure(error) from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise self._failure(error) from error
        except (AddressRefused, UnicodeError) as error:  # of what is sent: it cannot be written
            raise WrongAddress(why="unusable") from error
        except (ValueError, HTTPException) as error:
            raise self._failure(error) from error
        return self._read(content)

    def _refuse(self, response: requests.Response) -> None:
        """Raise what a status says."""
        status = response.status_code
        if status in {401, 403}:
            raise KeyRefused(why="login") if self._has_login else KeyRefused()
        if 300 <= status < 400:
            to = foreign(response.headers.get("Location", ""))
            raise WrongAddress(why="elsewhere", to=to)
        if status in {404, 405, 410}:
            raise WrongAddress(why="not_there", host=self.host, product=self._product)
        if status >= 400:
            raise ServerBusy(status=status)

    def _content(self, response: requests.Response) -> bytes:
        found = bytearray()
        # read1 returns what has arrived; read(n) would wait for n bytes, and a server that drips
        # them would never reach the end of its time.
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            found += chunk
            if len(found) > LARGEST_ANSWER:
                raise WrongAddress(why="too_large", host=self.host, product=self._product)
            if time.monotonic() > self._ends:
                raise ServerUnreachable(why="timed_out", host=self.host)
        return bytes(found)

    def _read(self, content: bytes) -> Any:
        if not content.strip():
            return None
        try:
            return json.loads(content)
        except (ValueError, RecursionError):
            # What tells and is not asked for anything may answer in words: Plex does.
            return None

    def _left(self, seconds: float) -> float:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise ServerUnreachable(why="timed_out", host=self.host)
        return max(_SHORTEST, min(seconds, left))

    def _failure(self, error: Exception) -> MediaServerError:
        """What an error of the libraries means."""
        causes = _causes(error)
        for cause in causes:
            if isinstance(cause, ssl.SSLError):
                return ServerUnreachable(why="certificate", host=self.host, reason=foreign(cause))
            if isinstance(cause, urllib3.exceptions.NameResolutionError):
                return ServerUnreachable(why="unknown_name", host=self.host)
        for cause in causes:
            if isinstance(cause, OSError) and cause.errno:
                errno = errno_name(cause)
                return ServerUnreachable(why="no_connection", host=self.host, errno=errno)
        if any(isinstance(one, _TIMEOUTS) for one in causes):
            return ServerUnreachable(why="timed_out", host=self.host)
        if isinstance(error, (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)):
            return WrongAddress(why="unusable")
        return ServerUnreachable(why="broken_off", host=self.host)


def _guarded(base: str) -> tuple[str, AddressGuard]:
    """The host of an address, and a guard that lets through to it and to no other of ours."""
    try:
        parts = urlsplit(base)
        host = parts.hostname or ""
        if parts.scheme.lower() not in {"http", "https"} or not host:
            raise WrongAddress(why="unusable")
        known = host if ":" in host else host.encode("idna").decode()
        return foreign(host), AddressGuard([known])
    except ValueError as error:  # a host that is none, a port that is none
        raise WrongAddress(why="unusable") from error


def _without_login(base: str) -> tuple[str, tuple[str, str] | None]:
    """An address without the user name and password that stand in it, and these. The library would
    write them in Latin-1, and fail at what has no letter there."""
    parts = urlsplit(base)
    told, at, place = parts.netloc.rpartition("@")
    if not at:
        return base, None
    user, _, password = told.partition(":")
    return parts._replace(netloc=place).geturl(), (unquote(user), unquote(password))


def _causes(error: BaseException) -> list[BaseException]:
    """An error and all that lies below it."""
    found: list[BaseException] = []
    left = [error]
    while left and len(found) < _DEEPEST:
        one = left.pop(0)
        if one in found:
            continue
        found.append(one)
        below = (getattr(one, "reason", None), one.__cause__, *one.args)
        left += [next_ for next_ in below if isinstance(next_, BaseException)]
    return found
