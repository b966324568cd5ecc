"""Whoever has no right to come in, at each door of a running product."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from django.urls import get_resolver, reverse
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from accounts.credentials import COOKIE
from tests.product import Product
from tests.unit.aniworld.pages.test_reads import NAMELESS, routes

NOT_LOGGED_IN = 4401
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
AS_PROGRAM = {"Accept": "application/json"}
AS_BROWSER = {"Accept": "text/html"}
AS_SCRIPT = {"Accept": "*/*", "HX-Request": "true"}
SECONDS = 30

# One value for each part of an address. A route with a new kind of part needs one here.
SAMPLES: Mapping[str, Any] = {
    **dict.fromkeys(("pk", "folder_id", "entry_id", "hold_id", "item_id", "id", "object_id"), 1),
    **{"key_id": 1, "delivery_id": 1, "tie_id": 1, "repair_id": "worker_dead"},
    **{"season": 1, "episode": 1, "number": 1, "width": 220, "content_type_id": 1},
    **{"status": "failed", "action": "start", "name": "aniworld", "app_label": "library"},
    **{"site": "aniworld", "until": "today"},
    **{"session_id": "nothing", "operation_id": "nothing"},
}


def addresses(key: str) -> list[str]:
    """One address for every route of the product; ``key`` is that of a series it has."""
    found, samples = set(), {**SAMPLES, "key": key}
    for name, route in routes(get_resolver()):
        if name.rpartition(":")[2]:
            parts = {part: samples[part] for part in route.pattern.regex.groupindex}
            found.add(reverse(name, kwargs=parts))
        else:
            found.add(NAMELESS[str(route.pattern)])
    return sorted(found)


def spellings(address: str) -> Iterator[str]:
    """The same address in ways that a server might take for another one."""
    yield f"{address.rstrip('/')}/" if not address.endswith("/") else address.rstrip("/") or "/"
    yield f"/{address}"
    yield f"/.{address}"
    yield f"/ping/..{address}"
    yield f"/static/..{address}"
    yield f"/static/%2e%2e{address}"
    yield f"{address};/static/"
    yield f"{address}?next=/static/&x=/ping"


def is_closed(answer: requests.Response) -> bool:
    """Whether nothing was said but that one has to log in."""
    led = answer.headers.get("HX-Redirect") or answer.headers.get("Location") or ""
    if led.startswith("/login"):
        return not answer.content
    is_told = answer.headers.get("WWW-Authenticate") == "Bearer"
    return answer.status_code == 401 and is_told


def ask(product: Product, method: str, address: str, headers: dict[str, str]) -> requests.Response:
    """Ask for exactly this address: nothing in it is put straight, and nothing is followed."""
    plain = requests.Request(method, product.address, headers=headers).prepare()
    plain.url = f"{product.address}{address}"
    # Sent as prepared: of what the owner's session knows it has nothing but the connection.
    return product.session.send(plain, timeout=SECONDS, allow_redirects=False)


@dataclass(frozen=True)
class Doors:
    """The ways in for who has something that looks like a token."""

    product: Product

    def let_in(self, token: str) -> list[str]:
        """The doors that a token opens."""
        bearer = {"Authorization": f"Bearer {token}", **AS_PROGRAM}
        cookie = {"Cookie": f"{COOKIE}={token}"}
        program = ask(self.product, "GET", "/api/queue/status", bearer)
        page = ask(self.product, "GET", "/", {**cookie, **AS_BROWSER})
        opened = {
            "API": not is_closed(program),
            "page": not is_closed(page),
            "socket": self._socket_code({"Authorization": f"Bearer {token}"}) != NOT_LOGGED_IN,
            "socket of a browser": self._socket_code(cookie) != NOT_LOGGED_IN,
        }
        return [door for door, is_open in opened.items() if is_open]

    def _socket_code(self, headers: dict[str, str]) -> int:
        """The code the WebSocket is closed with; 0 where it stays open."""
        address = f"ws://127.0.0.1:{self.product.port}/ws/connect"
        origin = {"Origin": self.product.address}
        with connect(address, additional_headers={**origin, **headers}, proxy=None) as socket:
            try:
                socket.recv(timeout=SECONDS)
            except ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd else 0
        return 0
