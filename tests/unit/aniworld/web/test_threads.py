"""HTTP on kept threads: one to a request, new ones when all are busy, given back when free."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.core.signals import request_finished, request_started
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.deprecation import MiddlewareMixin

from aniworld.web import threads
from aniworld.web.threads import PooledASGIHandler
from tests.unit.aniworld.events.conftest import PATIENCE, until

GetResponse = Callable[[HttpRequest], HttpResponseBase]

gate = threading.Event()
inside: list[str] = []


def name(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(threading.current_thread().name)


def slow(_request: HttpRequest) -> HttpResponse:
    inside.append(threading.current_thread().name)
    assert gate.wait(PATIENCE)
    return HttpResponse("slow")


def stream(_request: HttpRequest) -> StreamingHttpResponse:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(3):
            current = await sync_to_async(threading.current_thread)()
            yield current.name.encode() + b"\n"

    return StreamingHttpResponse(parts())


def length(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.META.get("CONTENT_LENGTH", "none"))


def broken(_request: HttpRequest) -> HttpResponse:
    raise LookupError("broken view")


urlpatterns = [
    path("name", name),
    path("slow", slow),
    path("stream", stream),
    path("broken", broken),
    path("length", length),
]


@pytest.fixture(autouse=True)
def small_site(settings: Any) -> Iterator[None]:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = []
    gate.clear()
    inside.clear()
    yield
    gate.set()


@pytest.fixture
def handler() -> PooledASGIHandler:
    return PooledASGIHandler()


def request_to(handler: PooledASGIHandler, path: str) -> Any:
    communicator: Any = ApplicationCommunicator(  # type: ignore[no-untyped-call]
        handler,
        {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "path": path,
            "query_string": b"",
            "headers": [(b"host", b"testserver")],
        },
    )
    return communicator


async def answer(communicator: Any) -> tuple[int, bytes]:
    start = await communicator.receive_output(PATIENCE)
    body, more = b"", True
    while more:
        part = await communicator.receive_output(PATIENCE)
        body += part.get("body", b"")
        more = part.get("more_body", False)
    await communicator.wait(PATIENCE)
    return start["status"], body


async def get(handler: PooledASGIHandler, path: str) -> tuple[int, bytes]:
    communicator = request_to(handler, path)
    await communicator.send_input({"type": "http.request"})
    return await answer(communicator)


@pytest.mark.parametrize(("chunks", "said"), [((b'{"limit"', b": 1}"), b"12"), ((b"",), b"none")])
async def test_a_body_in_chunks_has_a_length(
    handler: PooledASGIHandler, chunks: tuple[bytes, ...], said: bytes
) -> None:
    communicator = request_to(handler, "/length")
    for chunk in chunks[:-1]:
        await communicator.send_input({"type": "http.request", "body": chunk, "more_body": True})
    await communicator.send_input({"type": "http.request", "body": chunks[-1]})
    assert await answer(communicator) == (200, said)


def all_free(handler: PooledASGIHandler) -> bool:
    return len(handler._idle) == threads.THREADS


async def test_requests_reuse_a_thread_for_everything_they_run(
    handler: PooledASGIHandler,
) -> None:
    signalled: list[str] = []

    def note(**_: Any) -> None:
        signalled.append(threading.current_thread().name)

    request_started.connect(note)
    request_finished.connect(note)
    try:
        status, first = await get(handler, "/name")
        await until(lambda: all_free(handler))
        _, second = await get(handler, "/name")
        await until(lambda: all_free(handler))
    finally:
        request_started.disconnect(note)
        request_finished.disconnect(note)

    assert status == 200
    assert first == second
    assert first.startswith(b"http-")
    assert signalled == [first.decode()] * 4, "the connection is cleaned up where it lives"


class Inner(MiddlewareMixin):
    """Knows both ways, like most of Django's own."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        inside.append(threading.current_thread().name)
        return super().__call__(request)  # type: ignore[return-value]


def outer(get_response: GetResponse) -> GetResponse:
    """Knows one way only, like ours."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        inside.append(threading.current_thread().name)
        return get_response(request)

    return middleware


async def test_middleware_of_either_kind_runs_where_the_view_does(settings: Any) -> None:
    settings.MIDDLEWARE = [f"{__name__}.{name}" for name in ("outer", "Inner", "outer", "Inner")]
    status, view = await get(PooledASGIHandler(), "/name")
    assert status == 200
    assert inside == [view.decode()] * 4


async def test_a_streamed_answer_stays_in_its_thread(handler: PooledASGIHandler) -> None:
    _, body = await get(handler, "/stream")
    names = set(body.decode().split())
    assert len(names) == 1
    assert names.pop().startswith("http-")


async def test_when_all_are_busy_a_request_gets_a_new_thread(handler: PooledASGIHandler) -> None:
    requests = [asyncio.create_task(get(handler, "/slow")) for _ in range(threads.THREADS)]
    await until(lambda: len(inside) == threads.THREADS)
    assert len(set(inside)) == threads.THREADS

    _, extra = await get(handler, "/name")
    assert not extra.startswith(b"http-")

    gate.set()
    assert [status for status, _ in await asyncio.gather(*requests)] == [200] * threads.THREADS
    await until(lambda: all_free(handler))


async def test_a_client_that_goes_leaves_its_thread_busy_until_the_view_is_done(
    handler: PooledASGIHandler,
) -> None:
    communicator = request_to(handler, "/slow")
    await communicator.send_input({"type": "http.request"})
    await until(lambda: bool(inside))
    await communicator.send_input({"type": "http.disconnect"})
    await asyncio.sleep(0)
    assert len(handler._idle) == threads.THREADS - 1

    _, other = await get(handler, "/name")
    assert other.decode() != inside[0]
    gate.set()
    await communicator.wait(PATIENCE)
    await until(lambda: all_free(handler))


async def test_a_broken_view_gives_its_thread_back(handler: PooledASGIHandler) -> None:
    status, _ = await get(handler, "/broken")
    assert status == 500
    await until(lambda: all_free(handler))
