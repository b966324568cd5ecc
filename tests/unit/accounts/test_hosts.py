"""Whose name a request may call this app by."""

from __future__ import annotations

import socket

import pytest
from django.test import Client
from pytest_django import Settings

from accounts import channels
from accounts.credentials import COOKIE
from accounts.hosts import is_ours


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1:8000", "192.168.1.7", "[::1]:8000", "[2001:db8::1]", "localhost", "nas:8000"),
        *("LOCALHOST:8000", "localhost.", "app.localhost", "nas.local", "NAS.local:8000"),
        *("tv.example", "tv.example:8443", "a.home.example"),
    ],
)
def test_ours(host: str, settings: Settings) -> None:
    settings.OWN_HOSTS = ["tv.example", ".home.example"]
    assert is_ours(host)


def test_what_this_machine_is_called_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_ours("nas.fritz.example")
    monkeypatch.setattr(socket, "gethostname", lambda: "NAS.fritz.example")
    assert is_ours("nas.fritz.example:8000")


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost.evil.example"),
        *(
            "evil.example.",
            "local.evil.example",
            "evillocal.example",
            "1.2.3",
            "a b",
            "",
            "[::1",
            "/",
        ),
        *("nas.local@evil.example", "evil.example/nas.local", "xn--evil.example"),
    ],
)
def test_not_ours(host: str) -> None:
    assert not is_ours(host)


def test_any_name_where_the_owner_says_so(settings: Settings) -> None:
    settings.OWN_HOSTS = ["*"]
    assert is_ours("evil.example")


@pytest.mark.django_db
def test_a_page_of_a_stranger_sets_nothing_up() -> None:
    form = {"master_password": "lantern-otter-velvet", "repeated_password": "lantern-otter-velvet"}
    refused = Client(HTTP_HOST="evil.example").post("/setup", form)
    page = refused.content.decode()
    assert refused.status_code == 400
    assert "ALLOWED_HOSTS=evil.example" in page

    program = Client(HTTP_HOST="evil.example").post("/api/auth/setup", form)
    assert program.status_code == 400
    assert "ALLOWED_HOSTS=evil.example" in program.json()["detail"]
    assert Client(HTTP_HOST="nas.local").get("/setup").status_code == 200


@pytest.mark.django_db
def test_what_a_name_holds_is_shown_as_text() -> None:
    refused = Client(HTTP_HOST="<b>x.example").get("/")
    assert refused.status_code == 400
    assert "<b>x" not in refused.content.decode()


async def test_a_socket_opened_by_a_strangers_page_gets_no_cookie(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    async def visitor(token: str) -> None:
        asked.append(token)

    monkeypatch.setattr(channels, "_visitor", visitor)
    for host in ("evil.example", "nas.local"):
        pairs = (
            ("host", host),
            ("origin", f"http://{host}"),
            ("cookie", f"{COOKIE}={host}"),
        )
        headers = [(name.encode(), value.encode()) for name, value in pairs]
        await channels.authenticate({"headers": headers})
    assert asked == ["nas.local"]
