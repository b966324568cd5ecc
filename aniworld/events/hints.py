"""Waking the hubs of other processes early. A hint carries nothing and may be lost.

Every web process binds a datagram socket ``RUN_DIR/hub-*.sock``; Redis joins in where web and
worker do not share a disk. PostgreSQL's NOTIFY is part of the publishing transaction itself.
"""

from __future__ import annotations

import logging
import socket
import time
from functools import cache
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)

CHANNEL = "aniworld_events"
SOCKET_PATTERN = "hub-*.sock"
_REDIS_TIMEOUT_SECONDS = 0.2
_REDIS_REST_SECONDS = 30.0


def wake() -> None:
    """Tell every hub within reach that the outbox has grown."""
    for path in settings.RUN_DIR.glob(SOCKET_PATTERN):
        _wake_socket(path)
    if settings.REDIS_URL:
        _redis().wake()


def _wake_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        try:
            sender.sendto(b"", str(path))
        except BlockingIOError:
            pass  # its buffer is full of hints: it is awake already
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)  # left behind by a process that was killed
        except OSError as error:
            logger.debug("hint not sent socket=%s error=%s", path.name, error)


class _RedisHint:
    """Publishes to Redis, and leaves a Redis that does not answer alone for a while."""

    def __init__(self, url: str) -> None:
        import redis  # noqa: PLC0415 - half a second of start-up that most never need

        self._error = redis.RedisError
        self._client = redis.Redis.from_url(
            url,
            socket_timeout=_REDIS_TIMEOUT_SECONDS,
            socket_connect_timeout=_REDIS_TIMEOUT_SECONDS,
        )
        self._rest_until = 0.0

    def wake(self) -> None:
        if time.monotonic() < self._rest_until:
            return
        try:
            self._client.publish(CHANNEL, b"")
        except self._error as error:
            self._rest_until = time.monotonic() + _REDIS_REST_SECONDS
            logger.warning("redis hint failed rest=%ss error=%s", _REDIS_REST_SECONDS, error)


@cache
def _redis() -> _RedisHint:
    return _RedisHint(settings.REDIS_URL)
