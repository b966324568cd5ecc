"""Hearing hints. Whatever fails here costs speed alone: the hub polls as well."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import psycopg
import redis.asyncio
from django.conf import settings
from django.db import connection

from aniworld.events import hints

logger = logging.getLogger(__name__)

RETRY_SECONDS = 5.0

Wake = Callable[[], None]


@asynccontextmanager
async def hints_heard(wake: Wake) -> AsyncIterator[None]:
    """Call ``wake`` for every hint, by whatever way it comes."""
    tasks = [asyncio.create_task(_again(source, wake)) for source in _sources()]
    close_socket = _open_socket(wake)
    try:
        yield
    finally:
        close_socket()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _open_socket(wake: Wake) -> Callable[[], None]:
    """Bind this process's datagram socket; returns what takes it away again."""
    loop = asyncio.get_running_loop()
    receiver = hints.open_receiver()
    if receiver is None:
        return lambda: None

    def heard() -> None:
        receiver.drain()
        wake()

    def close() -> None:
        loop.remove_reader(receiver.socket)
        receiver.close()

    loop.add_reader(receiver.socket, heard)
    return close


def _sources() -> list[Callable[[Wake], Awaitable[None]]]:
    sources: list[Callable[[Wake], Awaitable[None]]] = []
    if settings.REDIS_URL:
        sources.append(_hear_redis)
    if connection.vendor == "postgresql":
        sources.append(_hear_postgresql)
    return sources


async def _again(source: Callable[[Wake], Awaitable[None]], wake: Wake) -> None:
    while True:
        try:
            await source(wake)
        except (OSError, redis.RedisError, psycopg.Error) as error:
            logger.warning("hints not heard source=%s error=%s", source.__name__, error)
        await asyncio.sleep(RETRY_SECONDS)


async def _hear_redis(wake: Wake) -> None:
    client = redis.asyncio.Redis.from_url(settings.REDIS_URL)
    async with client, client.pubsub() as channel:
        await channel.subscribe(hints.CHANNEL)
        async for _ in channel.listen():
            wake()


async def _hear_postgresql(wake: Wake) -> None:
    parameters = connection.get_connection_params()
    for of_django in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(of_django, None)
    async with await psycopg.AsyncConnection.connect(**parameters, autocommit=True) as listener:
        await listener.execute(f"LISTEN {hints.CHANNEL}")
        async for _ in listener.notifies():
            wake()
