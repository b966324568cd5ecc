"""Django over ASGI on threads that live long."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

THREADS = 4


class PooledASGIHandler(ASGIHandler):
    """Runs each request in one of a few kept threads.

    Django's own handler starts a thread for every request, and a thread starts with no database
    connection. A request still has its thread to itself from its first signal to its last; where
    all are busy it gets a new one, so that slow requests never hold up the others.

    Middleware and view run in one visit to that thread. Django's own handler goes back to the event
    loop wherever a middleware that knows only one way meets one that knows both.
    """

    def __init__(self) -> None:
        super().__init__()
        self._idle = [
            ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"http-{number}")
            for number in range(THREADS)
        ]

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: ARG002 - Django's signature
        super().load_middleware(is_async=False)

    def create_request(self, scope: Any, body_file: IO[bytes]) -> Any:
        """Say how long a body is that came in chunks: without a length it would pass for empty."""
        size = body_file.seek(0, os.SEEK_END)
        body_file.seek(0)
        if size and not any(name == b"content-length" for name, _ in scope["headers"]):
            length = (b"content-length", str(size).encode())
            scope = {**scope, "headers": [*scope["headers"], length]}
        return super().create_request(scope, body_file)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await sync_to_async(self.get_response)(request)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not self._idle:
            await super().__call__(scope, receive, send)
            return
        thread = self._idle.pop()  # the last one used: its caches are warm
        try:
            async with ThreadSensitiveContext(executor=thread):
                await self.handle(scope, receive, send)
        finally:
            self._give_back(thread)

    def _give_back(self, thread: ThreadPoolExecutor) -> None:
        # By way of the thread itself: the view of a client that has gone may still be running.
        thread.submit(self._idle.append, thread)
