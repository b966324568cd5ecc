"""Login by the word of a reverse proxy: off by default, and nobody else's word counts."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from accounts import channels, keys, proxied, services
from accounts.models import Scope, right_of_user
from aniworld.environment import header_name, mapping
from aniworld.journal.models import Entry
from aniworld.web.rights import Right

pytestmark = pytest.mark.django_db
PROXY, STRANGER = "10.0.0.1", "192.0.2.7"


@pytest.fixture
def by_proxy(owner: User, settings: Settings) -> Settings:
    settings.ROOT_URLCONF = "aniworld.urls"
    settings.TRUSTED_PROXIES = [ipaddress.ip_network("10.0.0.0/8")]
    settings.PROXY_LOGIN_HEADER = "Remote-User"
    settings.PROXY_LOGIN_USERS = {"chief": "admin"}
    return settings


def status(name: str, remote: str = PROXY, **headers: str) -> dict[str, Any]:
    client = Client(headers={"Remote-User": name, **headers}, REMOTE_ADDR=remote)
    found: dict[str, Any] = client.get("/api/auth/status").json()
    return found


def test_it_is_off_by_default(by_proxy: Settings) -> None:
    by_proxy.PROXY_LOGIN_HEADER = ""
    assert not status("chief")["authenticated"]


def test_who_is_mapped_is_that_user_and_others_are_viewers(by_proxy: Settings) -> None:
    assert status("chief")["right"] == "OWNER"
    assert status("bob")["right"] == "VIEWER"
    assert status("bob")["right"] == "VIEWER"
    bob = User.objects.get(username="bob")
    assert not bob.has_usable_password()
    assert right_of_user(bob) is Right.VIEW
    made = Entry.objects.get(action="account.added")
    assert (made.actor_kind, made.reason_code) == ("SYSTEM", "by_proxy")
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert not status("bob")["authenticated"]


def test_nobody_elses_word_counts(by_proxy: Settings) -> None:
    for header in ("Remote-User", "REMOTE_USER", "remote-user"):
        client = Client(headers={header: "chief"}, REMOTE_ADDR=STRANGER)
        assert client.get("/").status_code == 302
        assert not client.get("/api/auth/status").json()["authenticated"]
    assert not status("chief", STRANGER, **{"X-Forwarded-For": PROXY})["authenticated"]
    assert User.objects.count() == 1


@pytest.mark.parametrize("name", ["admin", "", "a,b", "x y", "ä" * 151, "<script>", "bob\tadmin"])
def test_some_names_are_let_in_by_nobody(by_proxy: Settings, name: str) -> None:
    """Least of all an owner's, of whoever happens to be called so at the proxy."""
    assert proxied.user_said(PROXY, name) is None
    assert User.objects.count() == 1


def test_nobody_is_there_before_the_owner(by_proxy: Settings) -> None:
    User.objects.all().delete()
    assert status("bob") == {"configured": False, "authenticated": False}
    assert not User.objects.exists()


def test_a_proxy_cannot_fill_the_database(
    by_proxy: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proxied, "MOST_USERS", 2)
    assert status("bob")["authenticated"]
    assert not status("eve")["authenticated"]


def test_a_change_needs_its_csrf_token_as_with_a_cookie(by_proxy: Settings) -> None:
    client = Client(enforce_csrf_checks=True, headers={"Remote-User": "chief"}, REMOTE_ADDR=PROXY)
    assert client.post("/api/queue/pause", {}, "application/json").status_code == 403
    client.get("/queue")
    token = client.cookies["csrftoken"].value
    assert (
        client.post(
            "/api/queue/start", {}, "application/json", headers={"X-CSRFToken": token}
        ).status_code
        == 200
    )
    paused = Entry.objects.get(action="queue.started")
    assert (paused.actor_kind, paused.actor_name) == ("OWNER", "admin")


def test_a_token_counts_before_the_proxys_word(by_proxy: Settings, owner: User) -> None:
    issued = keys.create_key(owner, name="x", scope=Scope.READ, lasts_days=None)
    assert status("chief", **{"X-Api-Key": issued.secret})["right"] == "VIEWER"
    assert not status("chief", **{"X-Api-Key": "aniworld_no"})["authenticated"]


def test_there_is_no_session_and_no_password(by_proxy: Settings) -> None:
    client = Client(headers={"Remote-User": "chief"}, REMOTE_ADDR=PROXY)
    page = client.get("/account").content.decode()
    assert "comes from the proxy" in page
    assert client.post("/account", {"current_password": "x"}).status_code == 302
    assert client.get("/api/auth/sessions").json() == []
    passwords = {"current_password": "x", "new_password": "a lantern of brass"}
    refused = client.post("/api/auth/password", passwords, "application/json")
    assert (refused.status_code, refused.json()["params"]) == (403, {"why": "proxy"})
    assert client.post("/api/auth/logout").status_code == 403
    assert client.post("/account/keys", {"name": "x", "scope": "admin"}).status_code == 200
    assert client.get("/login").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_the_socket_opens_by_it_from_our_own_page(by_proxy: Settings, owner: User) -> None:
    def visitor(remote: str, origin: str) -> channels.Visitor | None:
        headers = {"host": "nas", "origin": origin, "remote-user": "chief"}
        scope = {
            "client": (remote, 4711),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        return async_to_sync(channels.authenticate)(scope)

    assert visitor(STRANGER, "http://nas") is None
    assert visitor(PROXY, "http://evil.example") is None
    found = visitor(PROXY, "http://nas")
    assert found is not None
    session = str(services.open_session(owner).session.session_id)
    still_valid = async_to_sync(channels.still_valid)
    assert still_valid([found.session_id, session]) == {found.session_id, session}
    assert found.seconds == proxied.WORD_SECONDS
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert still_valid([found.session_id, session]) == set()


@pytest.mark.django_db(transaction=True)
def test_a_socket_stays_as_long_as_the_proxy_could_open_it(by_proxy: Settings, owner: User) -> None:
    by_proxy.PROXY_LOGIN_USERS["eve"] = "eve"
    for name in ("bob", "eve"):
        User.objects.create_user(name)

    def let_in(name: str) -> str:
        headers = {"host": "nas", "origin": "http://nas", "remote-user": name}
        raw = [(header.encode(), value.encode()) for header, value in headers.items()]
        found = async_to_sync(channels.authenticate)({"client": (PROXY, 4711), "headers": raw})
        assert found is not None
        return found.session_id

    chief, bob, eve = (let_in(name) for name in ("chief", "bob", "eve"))
    still_valid = async_to_sync(channels.still_valid)
    assert still_valid([chief, bob, eve]) == {chief, bob, eve}
    User.objects.filter(username__in=["bob", "eve"]).update(is_superuser=True)
    assert still_valid([chief, bob, eve]) == {chief, eve}, "an owner has to be mapped"
    User.objects.filter(username="eve").update(is_active=False)
    assert still_valid([chief, bob, eve]) == {chief}


@pytest.mark.parametrize(
    "name", ["Cookie", "authorization", "X-Api-Key", "Remote User", "1", "a_b"]
)
def test_a_header_that_says_something_else_stops_the_start(name: str) -> None:
    with pytest.raises(SystemExit, match="PROXY_LOGIN_HEADER"):
        header_name("PROXY_LOGIN_HEADER", name)
    assert header_name("PROXY_LOGIN_HEADER", "Remote-User") == "Remote-User"


@pytest.mark.parametrize("pair", ["alice", "=admin", "alice="])
def test_half_a_pair_stops_the_start(pair: str) -> None:
    with pytest.raises(SystemExit, match="PROXY_LOGIN_USERS"):
        mapping("PROXY_LOGIN_USERS", ["bob=bob", pair])
