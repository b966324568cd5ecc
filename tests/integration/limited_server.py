"""The server of the product with short deadlines: ``limited_server PORT``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from aniworld.server.__main__ import Server
from aniworld.server.limits import Limits

SHORT = Limits(header_seconds=1.0, body_seconds=1.0, answer_seconds=1.0, linger_seconds=0.5)
LARGE = bytes(4_000_000)

_released = asyncio.Event()


async def application(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """Tells how long the body was, or does what the path says."""
    if scope["type"] == "websocket":
        await _connected(receive, send)
        return
    length, more = 0, True
    while more:
        message = await receive()
        length += len(message.get("body", b""))
        more = message.get("more_body", False)
    answer = str(length).encode()
    match scope["path"]:
        case "/large":
            answer = LARGE
        case "/base":
            answer = scope["root_path"].encode()
        case "/hold":
            await _released.wait()
        case "/breaks":
            raise RuntimeError("a fault")
        case "/release":
            _released.set()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": answer})


async def _connected(
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """A WebSocket that is let in and takes one message in a second."""
    await receive()
    await send({"type": "websocket.accept"})
    while (await receive())["type"] != "websocket.disconnect":
        await asyncio.sleep(1)


if __name__ == "__main__":
    Server(f"{__name__}:application", "127.0.0.1", int(sys.argv[1]), SHORT).run()
