"""The server of the product with short deadlines: ``limited_server PORT``."""

from __future__ import annotations

import sys

from aniworld.server.__main__ import Server
from aniworld.server.limits import Limits

SHORT = Limits(header_seconds=1.0, body_seconds=1.0, linger_seconds=0.5)


async def application(scope: dict[str, object], receive: object, send: object) -> None:
    """Tells how long the body was."""
    length, more = 0, True
    while more:
        message = await receive()  # type: ignore[operator]
        length += len(message.get("body", b""))
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]
    await send({"type": "http.response.body", "body": str(length).encode()})  # type: ignore[operator]


if __name__ == "__main__":
    Server(f"{__name__}:application", "127.0.0.1", int(sys.argv[1]), SHORT).run()
