"""A message to a browser, by its push service: encrypted for the browser alone (RFC 8291), signed
with our key (RFC 8292).

The address was given by a browser, which may be anybody's: every connection is held to the guard
of addresses, no redirect is followed and no answer is read.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from urllib.parse import urlsplit

import requests

from aniworld import __version__
from aniworld.system.notifications.wire.errors import (
    Broken,
    Gone,
    NotAllowed,
    Redirected,
    Refused,
)
from aniworld.system.notifications.wire.messages import Answer, Job, Push
from aniworld.system.notifications.wire.webhook import TIMEOUT, NotFollowing, host_of, wait_of, why
from providers.errors import AddressRefused
from providers.guard import AddressGuard
from providers.transport import GuardedAdapter

MOST_BYTES = 3_000  # of what is encrypted; services take 4,096 of what comes of it
_SIGNED_FOR = 12 * 3600  # seconds, of the 24 hours that services take at most
_GONE = frozenset({404, 410})


def send(job: Job) -> Answer:
    """Send it once."""
    assert job.push is not None  # noqa: S101 - whoever made the job knows its kind
    host, body = host_of(job.address), job.body.encode()
    if len(body) > MOST_BYTES:
        return Answer(Broken(reason=f"{len(body)} bytes").as_json())
    sealed, headers = encrypted(job.address, body, job.push), _headers(job, job.push)
    with NotFollowing() as session:
        session.trust_env = False  # no proxy, and no .netrc
        for scheme in ("http://", "https://"):
            session.mount(scheme, GuardedAdapter(AddressGuard(job.push.allowed)))
        try:
            with session.post(
                job.address,
                data=sealed,
                headers=headers,
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
            ) as answer:
                status, wait = answer.status_code, wait_of(answer.headers.get("Retry-After"))
        except AddressRefused:
            return Answer(NotAllowed(host=host).as_json())
        except (requests.RequestException, ValueError) as error:
            return Answer(why(error, host).as_json())
    return _answered(status, wait, host)


def encrypted(address: str, body: bytes, push: Push) -> bytes:
    """What only that browser reads."""
    from pywebpush import WebPusher  # noqa: PLC0415 - a second that the others do without

    keys = {"p256dh": push.p256dh, "auth": push.auth}
    made: Mapping[str, bytes] = WebPusher({"endpoint": address, "keys": keys}).encode(body)
    return made["body"]


def _headers(job: Job, push: Push) -> dict[str, str]:
    from py_vapid import Vapid  # noqa: PLC0415 - as above

    parts = urlsplit(job.address)
    port = f":{parts.port}" if parts.port else ""
    claims = {
        "aud": f"{parts.scheme}://{parts.hostname}{port}",
        "sub": push.contact,
        "exp": int(time.time()) + _SIGNED_FOR,
    }
    signed: dict[str, str] = Vapid.from_raw(push.private_key.encode()).sign(claims)
    return {
        **signed,
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(push.keeps_seconds),
        "Urgency": "high" if push.is_urgent else "normal",
        "User-Agent": f"Aniworld/{__version__}",
    }


def _answered(status: int, wait: float, host: str) -> Answer:
    if 200 <= status < 300:
        return Answer()
    if status in _GONE:
        return Answer(Gone(host=host).as_json())
    kind = Redirected if 300 <= status < 400 else Refused
    return Answer(kind(host=host, status=status).as_json(), wait)
