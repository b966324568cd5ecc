"""A message as signed JSON to a web server.

The signature is HMAC-SHA256 over the time, a dot and the body, with the secret of the target:
``X-Aniworld-Signature: sha256=<hex>`` and ``X-Aniworld-Timestamp: <seconds since 1970>``.
``X-Aniworld-Id`` is the same for every try of one message.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import socket
import time
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests

from aniworld import __version__
from aniworld.system.notifications.wire.errors import (
    AddressUnusable,
    Broken,
    Redirected,
    Refused,
    Unreachable,
)
from aniworld.system.notifications.wire.messages import Answer, Job
from providers.coded import CodedError, foreign

TIMEOUT = (5.0, 15.0)  # seconds: to connect, and for each sign of life of the answer
MOST_WAIT = 3600.0


class _Session(requests.Session):
    """A session that follows nothing: the library would read the whole body of a redirect."""

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002 - its signature
        return None


def check(address: str) -> None:
    """Raises ``AddressUnusable``."""
    if not address:
        raise AddressUnusable(why="none")
    try:
        parts = urlsplit(address)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a host that is none, a port that is none
        is_web = False
    if not is_web:
        raise AddressUnusable(why="not_web")


def send(job: Job) -> Answer:
    """Send it once. What it answers with is never read, and where it leads is not followed."""
    check(job.address)
    host = host_of(job.address)
    with _Session() as session:
        session.trust_env = False  # no passwords out of ~/.netrc
        try:
            with session.post(
                job.address,
                data=job.body.encode(),
                headers=headers(job, time.time()),
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
            ) as answer:
                status, wait = answer.status_code, _wait(answer.headers.get("Retry-After"))
        except (requests.RequestException, ValueError) as error:
            return Answer(_why(error, host).as_json())
    if 200 <= status < 300:
        return Answer()
    kind = Redirected if 300 <= status < 400 else Refused
    return Answer(kind(host=host, status=status).as_json(), wait)


def headers(job: Job, now: float) -> dict[str, str]:
    """Those of a message that is sent at ``now``, in seconds since 1970."""
    stamp = str(int(now))
    found = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": f"Aniworld/{__version__}",
        "X-Aniworld-Id": job.id,
        "X-Aniworld-Event": job.event,
        "X-Aniworld-Timestamp": stamp,
    }
    if job.signing_key:
        found["X-Aniworld-Signature"] = f"sha256={signature(job, stamp)}"
    return found


def signature(job: Job, stamp: str) -> str:
    """Of the body at that time."""
    told = stamp.encode() + b"." + job.body.encode()
    return hmac.new(job.signing_key.encode(), told, hashlib.sha256).hexdigest()


def host_of(address: str) -> str:
    """What of an address may be told: never its path, which may be a secret."""
    try:
        return urlsplit(address).hostname or "…"
    except ValueError:
        return "…"


def _wait(told: str | None) -> float:
    """How long a target asks to be left alone; within an hour."""
    if not told:
        return 0.0
    try:
        seconds = float(told)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(told).timestamp() - time.time()
        except (ValueError, OverflowError):
            return 0.0
    return 0.0 if math.isnan(seconds) else min(max(seconds, 0.0), MOST_WAIT)


def _why(error: Exception, host: str) -> CodedError:
    if isinstance(error, requests.exceptions.SSLError):
        return Unreachable(why="tls", host=host)
    if isinstance(error, requests.Timeout):
        return Unreachable(why="timeout", host=host)
    if isinstance(error, requests.ConnectionError):
        is_unknown = any(isinstance(one, socket.gaierror) for one in _causes(error))
        is_unknown = is_unknown or "NameResolution" in repr(error)
        return Unreachable(why="name" if is_unknown else "refused", host=host)
    return Broken(reason=foreign(type(error).__name__))


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and len(found) < 10:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
