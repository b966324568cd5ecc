"""Whoever may listen no longer hears nothing more: open WebSockets of a running server end with
what let them in, in time and with the documented code."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import requests
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from aniworld.events.socket.hub import MOST_OF_ONE
from tests.product import Product
from tests.prove.conftest import Prove
from tests.prove.databases import Database

pytestmark = [pytest.mark.timeout(1800)]

PASSWORD = "lantern-otter-velvet-river"
SECONDS = 60.0  # for a slow machine; 5 are promised
NOT_ALLOWED, TOO_MANY = 4401, 4429
PROXY = {
    "TRUSTED_PROXIES": "127.0.0.1",
    "PROXY_LOGIN_HEADER": "Remote-User",
    "PROXY_LOGIN_USERS": "chief=admin,carol=carol",
}


class Stage:
    def __init__(self, product: Product) -> None:
        self.product = product
        self.database = Database("SQLite", "", product.data_dir)

    def open(self, **headers: str) -> ClientConnection:
        address = f"ws://127.0.0.1:{self.product.port}/ws/connect"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return connect(address, additional_headers=named, proxy=None, open_timeout=SECONDS)

    def by_proxy(self, name: str) -> ClientConnection:
        return self.open(Remote_User=name, Origin=self.product.address)

    def make_user(self, name: str) -> None:
        """The proxy lets somebody in who was never here."""
        answer = requests.get(
            f"{self.product.address}/api/auth/status",
            headers={"Remote-User": name},
            timeout=SECONDS,
        )
        assert answer.json()["right"] == "VIEWER", answer.text

    def log_in(self) -> str:
        body = {"password": PASSWORD}
        token: str = self.product.api("POST", "auth/login", body, expect=200)["access_token"]
        return token

    def make_key(self) -> tuple[str, str]:
        body = {"name": "a program", "scope": "read"}
        made = self.product.api("POST", "auth/keys", body, expect=201)
        return made["id"], made["key"]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    data = tmp_path_factory.mktemp("sockets") / "data"
    data.mkdir()
    with Product(data, None, **PROXY) as product:
        product.migrate()
        product.start_web()
        product.api("POST", "auth/setup", {"master_password": PASSWORD}, expect=201)
        product.log_in(PASSWORD)
        yield Stage(product)


def heard(socket: ClientConnection) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(socket.recv(timeout=SECONDS))
    return message


def close_code(socket: ClientConnection) -> int | None:
    """Read to the end; the code with which it came."""
    try:
        while True:
            socket.recv(timeout=SECONDS)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


def answers(socket: ClientConnection) -> bool:
    socket.send(json.dumps({"action": "ping"}))
    return bool(heard(socket)["type"] == "pong")


Ending = tuple[ClientConnection, Callable[[], object]]


def _revoked_key(stage: Stage) -> Ending:
    number, secret = stage.make_key()
    return stage.open(X_Api_Key=secret), lambda: stage.product.api(
        "DELETE", f"auth/keys/{number}", expect=204
    )


def _expired_key(stage: Stage) -> Ending:
    number, secret = stage.make_key()
    return stage.open(Authorization=f"Bearer {secret}"), lambda: stage.database.rows(
        "UPDATE accounts_apikey SET expires_at = datetime('now', '-1 minute') WHERE id = ?", number
    )


def _logged_out(stage: Stage) -> Ending:
    token = stage.log_in()
    return stage.open(Authorization=f"Bearer {token}"), lambda: requests.post(
        f"{stage.product.address}/api/auth/logout",
        headers={"Authorization": f"Bearer {token}"},
        timeout=SECONDS,
    ).raise_for_status()


def _revoked_session(stage: Stage) -> Ending:
    known = {one["id"] for one in stage.product.api("GET", "auth/sessions", expect=200)}
    token = stage.log_in()
    listed = stage.product.api("GET", "auth/sessions", expect=200)
    (new,) = {one["id"] for one in listed} - known
    return stage.open(Authorization=f"Bearer {token}"), lambda: stage.product.api(
        "DELETE", f"auth/sessions/{new}", expect=204
    )


def _proxied_and_closed_out(stage: Stage) -> Ending:
    stage.make_user("bob")
    return stage.by_proxy("bob"), lambda: stage.database.rows(
        "UPDATE auth_user SET is_active = 0 WHERE username = 'bob'"
    )


def _proxied_and_made_an_owner(stage: Stage) -> Ending:
    """Who may do everything has to be named in PROXY_LOGIN_USERS."""
    stage.make_user("eve")
    return stage.by_proxy("eve"), lambda: stage.database.rows(
        "UPDATE auth_user SET is_superuser = 1 WHERE username = 'eve'"
    )


ENDINGS: dict[str, Callable[[Stage], Ending]] = {
    "revoked key": _revoked_key,
    "expired key": _expired_key,
    "logged out": _logged_out,
    "revoked session": _revoked_session,
    "proxied and closed out": _proxied_and_closed_out,
    "proxied and made an owner": _proxied_and_made_an_owner,
}


@pytest.mark.parametrize("name", ENDINGS)
def test_a_socket_ends_with_what_let_it_in(stage: Stage, name: str, proved: Prove) -> None:
    with stage.by_proxy("chief") as other:
        assert heard(other)["type"] == "connected"
        socket, end = ENDINGS[name](stage)
        with socket:
            assert heard(socket)["type"] == "connected"
            end()
            assert close_code(socket) == NOT_ALLOWED
        assert answers(other), "somebody else's socket stays"
    proved(f"sockets: {name} ends them with {NOT_ALLOWED}")


def test_one_key_has_so_many_sockets_and_no_more(stage: Stage, proved: Prove) -> None:
    _, secret = stage.make_key()
    with ExitStack() as tabs:
        opened = [tabs.enter_context(stage.open(X_Api_Key=secret)) for _ in range(MOST_OF_ONE)]
        for socket in opened:
            assert heard(socket)["type"] == "connected"
        with stage.open(X_Api_Key=secret) as another:
            assert heard(another)["data"]["code"] == "too_many_sockets"
            assert close_code(another) == TOO_MANY
        with stage.open(X_Api_Key=stage.make_key()[1]) as other:
            assert heard(other)["type"] == "connected", "another key is no worse for it"
        assert all(answers(socket) for socket in opened)
    proved(f"sockets: {MOST_OF_ONE} of one key, the next is refused with {TOO_MANY}")
