"""The account page, without JavaScript."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from accounts import clients as accounts_clients
from accounts import keys, services
from accounts.agents import device_name
from accounts.models import ApiKey, Scope, UserSession
from accounts.rights import grant
from aniworld.web.rights import Right
from tests.unit.accounts.conftest import PASSWORD
from tests.unit.reading import get, soup, texts

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def _all_addresses(settings: Settings, _apart: None) -> None:
    settings.ROOT_URLCONF = "aniworld.urls"


@pytest.fixture
def visitor(owner: User) -> Client:
    client = Client()
    client.cookies["aniworld_session"] = services.open_session(owner).token
    return client


def test_it_lists_devices_and_says_which_is_this_one(owner: User, visitor: Client) -> None:
    services.open_session(owner, client=accounts_clients.Client("192.0.2.7", FIREFOX))
    page = get(visitor, "/account")
    rows = texts(page, ".rows-row")
    assert "this one" in rows[0]
    assert "Firefox 140 · Linux" in rows[1]
    assert "192.0.2.7" in rows[1]
    assert "this one" not in rows[1]


def test_one_session_is_ended_or_all_others(owner: User, visitor: Client) -> None:
    first, second, third = (services.open_session(owner).session for _ in range(3))
    visitor.post(f"/account/sessions/{first.session_id}/end")
    assert services.sessions_of(owner).count() == 3
    ended = soup(visitor.post("/account/sessions/end", follow=True))
    assert "2 sessions have ended" in " ".join(texts(ended, ".toast"))
    assert services.sessions_of(owner).count() == 1
    assert not UserSession.objects.filter(pk__in=[second.pk, third.pk], is_active=True).exists()
    guest = User.objects.create(username="guest", password="!")
    foreign = services.open_session(guest).session
    for name in (str(foreign.session_id), "nonsense"):
        told = visitor.post(f"/account/sessions/{name}/end", follow=True)
        assert "no such session" in texts(soup(told), ".toast")[0]
    assert services.sessions_of(guest).exists()


def test_the_password_is_changed(owner: User, visitor: Client) -> None:
    services.open_session(owner)
    new = {"new_password": "a lantern of brass", "repeated_password": "a lantern of brass"}
    for wrong, words in (
        ({"current_password": "no"}, "not right"),
        ({"current_password": PASSWORD, "repeated_password": "x"}, "differ"),
        (
            {"current_password": PASSWORD, "new_password": "x", "repeated_password": "x"},
            "too short",
        ),
    ):
        answer = visitor.post("/account", new | wrong)
        assert answer.status_code == 422
        assert words in " ".join(texts(soup(answer), ".field-error"))
        assert PASSWORD not in answer.content.decode()
    answer = visitor.post("/account", new | {"current_password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/account")
    assert get(visitor, "/account")
    assert services.sessions_of(owner).count() == 1
    owner.refresh_from_db()
    assert owner.check_password("a lantern of brass")


def test_a_key_is_shown_once(owner: User, visitor: Client) -> None:
    form = {"name": "Home Assistant", "scope": "queue", "lasts_days": "30"}
    answer = visitor.post("/account/keys", form)
    assert answer.status_code == 200
    assert "no-cache" in answer["Cache-Control"]
    (secret,) = texts(soup(answer), "#new-key")
    key = ApiKey.objects.get()
    assert (key.name, key.scope) == ("Home Assistant", "queue")
    assert keys.key_for(secret) == key
    assert secret not in visitor.get("/account").content.decode()
    visitor.post(f"/account/keys/{key.pk}/revoke")
    assert keys.key_for(secret) is None
    assert "Home Assistant" not in visitor.get("/account").content.decode()


def test_a_key_that_cannot_be_made_says_why(owner: User, visitor: Client) -> None:
    guest = User.objects.create(username="guest", password="!")
    grant(guest, Right.OPERATE)
    client = Client()
    client.cookies["aniworld_session"] = services.open_session(guest).token
    page = get(client, "/account")
    values = [option["value"] for option in page.select("#key_scope option")]
    assert values == [Scope.READ.value, Scope.QUEUE.value]
    for form in ({"name": "", "scope": "read"}, {"name": "x", "scope": "admin"}):
        answer = client.post("/account/keys", form)
        assert answer.status_code == 422
        assert soup(answer).select(".field-error")
    assert not ApiKey.objects.exists()


def test_who_cannot_log_in_finds_how_to(owner: User) -> None:
    stranger = Client()
    link = get(stranger, "/login").select_one("a[href='/login/help']")
    assert link is not None
    assert "setpassword" in stranger.get("/login/help").content.decode()


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (FIREFOX, "Firefox 140 · Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0",
            "Edge 138 · Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, "
            "like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
            "Safari 18 · iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/138.0.0.0 Mobile Safari/537.36",
            "Chrome 138 · Android",
        ),
        ("curl/8.5.0", "curl 8.5.0"),
        ("python-requests/2.32", "python-requests 2.32"),
        ("", ""),
        ("<script>alert(1)</script>", ""),
    ],
)
def test_devices_have_names(said: str, name: str) -> None:
    assert device_name(said) == name
