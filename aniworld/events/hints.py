"""Waking other processes early. A hint carries nothing and may be lost.

Every web process and worker binds a datagram socket ``RUN_DIR/hub-*.sock``; Redis joins in where
they do not share a disk. PostgreSQL's NOTIFY is part of the publishing transaction itself.
"""

from __future__ import annotations

import logging
import os
import secrets
import select
import socket
import time
from functools import cache
from pathlib import Path
from typing import NamedTuple, Self

from django.conf import settings

logger = logging.getLogger(__name__)

CHANNEL = "aniworld_events"
SOCKET_PATTERN = "hub-*.sock"
_REDIS_TIMEOUT_SECONDS = 0.2
_REDIS_REST_SECONDS = 30.0


class Receiver(NamedTuple):
    """This process's socket, where hints arrive."""

    socket: socket.socket
    path: Path

    def drain(self) -> None:
        """Take all hints that have arrived: they say no more than one."""
        try:
            while True:
                self.socket.recv(16)
        except BlockingIOError:
            return

    def close(self) -> None:
        self.socket.close()
        self.path.unlink(missing_ok=True)


def open_receiver() -> Receiver | None:
    """Bind a socket of this process; None where that cannot be, and only polling is left."""
    path = settings.RUN_DIR / f"hub-{os.getpid()}-{secrets.token_hex(4)}.sock"
    receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    receiver.setblocking(False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        receiver.bind(str(path))
        path.chmod(0o600)
    except OSError as error:  # a path too long for a socket, a file system without them
        receiver.close()
        logger.warning("no hint socket, events come by polling path=%s error=%s", path, error)
        return None
    return Receiver(receiver, path)


class Ear:
    """Waits for hints in a process that has no loop of its own."""

    def __init__(self) -> None:
        self._receiver = open_receiver()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._receiver is not None:
            self._receiver.close()

    def wait(self, seconds: float) -> None:
        """Return when something was hinted at since the last time, at the latest after so long."""
        if self._receiver is None:
            time.sleep(seconds)
            return
        select.select([self._receiver.socket], [], [], seconds)
        self._receiver.drain()


def wake() -> None:
    """Tell every process within reach that the outbox has grown."""
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
