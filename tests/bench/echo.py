"""A bare WebSocket on the same server: every text that comes goes to all who are connected."""

from __future__ import annotations

from typing import Any

_everybody: set[Any] = set()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """What the server and its loop cost by themselves: no framework, no database."""
    if scope["type"] != "websocket":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})
        return
    await receive()
    await send({"type": "websocket.accept"})
    _everybody.add(send)
    try:
        while (message := await receive())["type"] == "websocket.receive":
            for other in _everybody:
                await other({"type": "websocket.send", "text": message["text"]})
    finally:
        _everybody.discard(send)
