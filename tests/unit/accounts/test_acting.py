"""Whoever sent a request acts while it is answered, and nobody else."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.contrib.auth.models import User
from django.db import connections, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings

from accounts import services
from accounts.credentials import COOKIE
from aniworld.journal.actors import current_actor
from aniworld.journal.models import Entry
from aniworld.journal.services import record
from aniworld.web.permissions import needs, open_to_all
from aniworld.web.rights import Right
from aniworld.web.threads import THREADS, PooledASGIHandler
from tests.conftest import TESTER
from tests.unit.aniworld.journal.steps import KETTLE, KettleAction

AT_ONCE = 3 * THREADS  # more than there are kept threads
ROUNDS = 3
together = threading.Barrier(AT_ONCE, timeout=60)


@open_to_all
def who(_request: HttpRequest) -> HttpResponse:
    return JsonResponse(current_actor().as_json())


@needs(Right.VIEW)
def fill(request: HttpRequest) -> HttpResponse:
    """Write when every other request is being answered too."""
    together.wait()
    with transaction.atomic():
        record(KettleAction.FILLED, on=KETTLE, after={"user": request.user.pk})
    connections.close_all()
    return HttpResponse("done")


urlpatterns = [
    path("", who, name="library"),
    path("login", who),
    path("api/auth/login", who),
    path("fill", fill),
]


@pytest.fixture(autouse=True)
def _own_addresses(settings: Settings, _apart: None) -> None:
    settings.ROOT_URLCONF = __name__


def test_a_person_acts_by_the_cookie(browser: Client, owner: User) -> None:
    expected = {"kind": "OWNER", "id": str(owner.pk), "name": "admin"}
    assert browser.get("/").json() == expected
    assert current_actor() == TESTER, "with the answer it is over"


def test_a_program_acts_by_its_token(bearer: Client, owner: User) -> None:
    expected = {"kind": "CLIENT", "id": str(owner.pk), "name": "admin"}
    assert bearer.get("/").json() == expected
    bearer.cookies[COOKIE] = services.open_session(owner).token
    assert bearer.get("/").json() == expected


@pytest.mark.parametrize("accept", ["text/html", "*/*", "application/json"])
@pytest.mark.parametrize(("address", "kind"), [("/login", "OWNER"), ("/api/auth/login", "CLIENT")])
def test_before_the_login_somebody_without_an_id_acts(
    client: Client, owner: User, address: str, kind: str, accept: str
) -> None:
    answer = client.get(address, headers={"Accept": accept}, REMOTE_ADDR="192.0.2.7")
    assert answer.json() == {"kind": kind, "id": "", "name": "192.0.2.7"}


async def _post(handler: PooledASGIHandler, token: str, *, is_program: bool) -> int:
    head = (b"authorization", f"Bearer {token}".encode())
    cookie = (b"cookie", f"{COOKIE}={token}".encode())
    communicator: Any = ApplicationCommunicator(  # type: ignore[no-untyped-call]
        handler,
        {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "path": "/fill",
            "query_string": b"",
            "headers": [(b"host", b"testserver"), head if is_program else cookie],
        },
    )
    await communicator.send_input({"type": "http.request"})
    start = await communicator.receive_output(60)
    await communicator.receive_output(60)
    await communicator.wait(60)
    status: int = start["status"]
    return status


@pytest.mark.django_db(transaction=True)
def test_of_requests_at_once_each_writes_as_its_own_user(owner: User) -> None:
    """Over the handler the product is served by: pooled threads, and new ones when all are busy."""
    bea = User.objects.create(username="bea", password="!", is_active=True)
    tokens = {user.pk: services.open_session(user).token for user in (owner, bea)}
    Entry.objects.all().delete()

    async def ask() -> list[int]:
        handler = PooledASGIHandler()
        statuses: list[int] = []
        for _ in range(ROUNDS):
            asked = [
                _post(handler, tokens[(owner, bea)[n % 2].pk], is_program=n % 2 == 1)
                for n in range(AT_ONCE)
            ]
            statuses += await asyncio.gather(*asked)
        return statuses

    assert asyncio.run(ask()) == [200] * AT_ONCE * ROUNDS
    written = list(Entry.objects.values_list("after__user", "actor_id", "actor_kind"))
    assert len(written) == AT_ONCE * ROUNDS
    assert set(written) == {
        (owner.pk, str(owner.pk), "OWNER"),
        (bea.pk, str(bea.pk), "CLIENT"),
    }
