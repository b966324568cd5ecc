"""Who may open a WebSocket."""

from __future__ import annotations

import ipaddress
import uuid
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import channels, services

# The functions run in other threads, which see only what is committed.
pytestmark = pytest.mark.django_db(transaction=True)


def visitor(**headers: str) -> channels.Visitor | None:
    scope: dict[str, Any] = {
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    }
    return async_to_sync(channels.authenticate)(scope)


def test_a_program_comes_with_its_token(owner: User) -> None:
    issued = services.open_session(owner)

    assert visitor(host="nas", authorization=f"Bearer {issued.token}") == channels.Visitor(
        user_id=str(owner.pk), session_id=str(issued.session.session_id)
    )


def test_a_browser_comes_with_its_cookie_from_our_page(owner: User) -> None:
    cookie = f"theme=dark; aniworld_session={services.open_session(owner).token}"

    assert visitor(host="nas:8000", origin="http://nas:8000", cookie=cookie) is not None


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "", "http://nas:8001"])
def test_a_cookie_sent_by_somebody_elses_page_does_not_count(owner: User, origin: str) -> None:
    cookie = f"aniworld_session={services.open_session(owner).token}"

    assert visitor(host="nas:8000", origin=origin, cookie=cookie) is None


def test_nobody_else_comes_in(owner: User) -> None:
    ended = services.open_session(owner)
    services.log_out(ended.session)
    at_home = {"host": "nas", "origin": "http://nas"}

    assert visitor() is None
    assert visitor(**at_home) is None
    assert visitor(**at_home, cookie="aniworld_session=nonsense") is None
    assert visitor(**at_home, cookie="aniworld_session=\xff; ;;==") is None
    assert visitor(**at_home, authorization=f"Bearer {ended.token}") is None
    assert visitor(**at_home, authorization="Basic x") is None


def test_which_sessions_may_stay(
    owner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    guest = User.objects.create_user("guest")
    here, revoked, changed = (services.open_session(user).session for user in (owner, owner, guest))
    revoked.revoke()
    guest.set_password("a new password")
    guest.save()
    asked = {str(s.session_id) for s in (here, revoked, changed)} | {str(uuid.uuid4())}

    assert async_to_sync(channels.still_valid)(asked) == {str(here.session_id)}


def test_https_only_lets_no_plain_socket_in(owner: User, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = [ipaddress.ip_network("10.0.0.0/8")]
    issued = services.open_session(owner)
    headers = [(b"authorization", f"Bearer {issued.token}".encode())]
    proxied = [*headers, (b"x-forwarded-proto", b"https")]

    def let_in(scheme: str, client: str, sent: list[tuple[bytes, bytes]]) -> bool:
        scope = {"scheme": scheme, "client": (client, 4711), "headers": sent}
        return async_to_sync(channels.authenticate)(scope) is not None

    assert let_in("ws", "192.0.2.1", headers)
    settings.HTTPS_ONLY = True
    assert not let_in("ws", "192.0.2.1", headers)
    assert not let_in("ws", "192.0.2.1", proxied)  # anybody can say that
    assert let_in("ws", "10.0.0.1", proxied)
    assert let_in("wss", "192.0.2.1", headers)
