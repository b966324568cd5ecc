"""API keys: shown once, kept as a hash, as strong as their scope, no stronger than their user."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts import activity, channels, keys, services, throttle
from accounts.errors import KeyUnknown, TooManyKeys
from accounts.keys import IssuedKey
from accounts.models import ApiKey, Scope
from accounts.rights import grant
from aniworld.journal.models import Entry
from aniworld.web.rights import NotAllowed, Right

pytestmark = pytest.mark.django_db
STATUS = "/api/queue/status"


@pytest.fixture(autouse=True)
def _all_addresses(settings: Settings, _apart: None) -> None:
    settings.ROOT_URLCONF = "aniworld.urls"


def make(user: User, scope: Scope = Scope.READ, days: int | None = None) -> IssuedKey:
    return keys.create_key(user, name="a script", scope=scope, lasts_days=days)


def program(secret: str, *, bearer: bool = False) -> Client:
    headers = {"Authorization": f"Bearer {secret}"} if bearer else {"X-Api-Key": secret}
    return Client(enforce_csrf_checks=True, headers=headers)


@pytest.mark.parametrize("bearer", [False, True])
def test_a_key_opens_what_its_scope_says(owner: User, bearer: bool) -> None:
    for scope, right in keys.SCOPES.items():
        answer = program(make(owner, scope).secret, bearer=bearer).get("/api/auth/status").json()
        assert (answer["authenticated"], answer["right"]) == (True, right.word.upper())
    worker = program(make(owner, Scope.QUEUE).secret, bearer=bearer)
    assert worker.post("/api/queue/pause").status_code == 200, "a header needs no CSRF token"


def test_a_key_that_ended_opens_nothing(owner: User) -> None:
    revoked, expired, kept = make(owner), make(owner, days=1), make(owner, days=1)
    keys.revoke_key(owner, revoked.key.pk)
    ApiKey.objects.filter(pk=expired.key.pk).update(expires_at=timezone.now() - timedelta(1))
    for issued, status in ((revoked, 401), (expired, 401), (kept, 200)):
        assert program(issued.secret).get(STATUS).status_code == status
    for wrong in ("", "aniworld_", kept.secret[:-1], kept.secret + "x", "aniworld_" + "x" * 5000):
        assert program(wrong).get(STATUS).status_code == 401
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert program(kept.secret).get(STATUS).status_code == 401


def test_a_key_may_never_do_more_than_its_user(owner: User) -> None:
    guest = User.objects.create(username="guest", password="!")
    with pytest.raises(NotAllowed):
        make(guest, Scope.QUEUE)
    grant(guest, Right.OWN)
    issued = make(guest, Scope.ADMIN)
    grant(guest, Right.VIEW)
    assert program(issued.secret).get("/api/auth/status").json()["right"] == "VIEWER"


def test_no_key_makes_keys_or_ends_sessions_or_changes_the_password(owner: User) -> None:
    client = program(make(owner, Scope.ADMIN).secret)
    before = Entry.objects.count()
    asked = [
        client.get("/account"),
        client.get("/api/auth/sessions"),
        client.delete("/api/auth/sessions"),
        client.get("/api/auth/keys"),
        client.post("/api/auth/keys", {"name": "x", "scope": "admin"}, "application/json"),
        client.post("/api/auth/password", {}, "application/json"),
        client.post("/api/auth/logout"),
    ]
    assert {answer.status_code for answer in asked} == {403}
    assert "No API key may do this" in asked[-1].json()["detail"]
    assert Entry.objects.count() == before


def test_a_key_is_told_what_it_lacks_and_that_a_key_would_do(owner: User) -> None:
    """Its user may be the owner: that another one may do it is no news then."""
    reading = program(make(owner, Scope.READ).secret).post("/api/queue/start")
    assert (reading.status_code, reading.json()["code"]) == (403, "permission_denied")
    assert reading.json()["detail"] == "This API key may not do that: its scope is too small."
    unknown = Client().get("/api/queue/status", headers={"X-Api-Key": "no such key"})
    assert unknown.status_code == 401
    assert "send an API key or a Bearer token" in unknown.json()["detail"]


def test_nothing_keeps_the_key_itself(owner: User, browser: Client) -> None:
    issued = make(owner, Scope.ADMIN)
    rows = str([*ApiKey.objects.values(), *Entry.objects.values()])
    assert issued.secret not in rows
    assert issued.secret[len(issued.key.beginning) :] not in rows
    for address in ("/api/auth/keys", "/account", "/admin/accounts/apikey/"):
        shown = browser.get(address).content.decode()
        assert issued.key.name in shown
        assert issued.secret not in shown
        assert issued.key.key_hash not in shown


def test_who_came_with_a_key_stands_in_the_journal_by_its_name(owner: User, bearer: Client) -> None:
    made = bearer.post("/api/auth/keys", {"name": "cron", "scope": "ADMIN"}, "application/json")
    assert made.status_code == 201
    entry = Entry.objects.get(action="key.created")
    assert (entry.object_name, entry.after["scope"]) == ("cron", "admin")
    listed = program(made.json()["key"]).get(STATUS)
    assert listed.status_code == 200
    key = ApiKey.objects.get()
    activity.write()
    key.refresh_from_db()
    assert key.last_activity is not None
    assert bearer.delete(f"/api/auth/keys/{key.pk}").status_code == 204
    assert bearer.delete(f"/api/auth/keys/{key.pk}").status_code == 404
    assert Entry.objects.get(action="key.revoked").object_id == str(key.pk)


def test_a_key_whose_end_is_misspelt_is_not_made(bearer: Client) -> None:
    asked = {"name": "cron", "scope": "READ", "lasts_day": 7}
    answer = bearer.post("/api/auth/keys", asked, "application/json")
    assert answer.status_code == 400
    assert [one["field"] for one in answer.json()["errors"]] == ["lasts_day"]
    assert not ApiKey.objects.exists()


def test_there_is_an_end_to_the_number_of_keys(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "MOST_KEYS", 2)
    first = make(owner)
    make(owner)
    with pytest.raises(TooManyKeys):
        make(owner)
    keys.revoke_key(owner, first.key.pk)
    make(owner)


def test_a_viewer_fills_no_disk_with_keys(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "ACTS_PER_HOUR", 4)
    guest = User.objects.create(username="guest", password="!")
    browser = Client(headers={"Authorization": f"Bearer {services.open_session(guest).token}"})

    def add() -> Any:
        asked = {"name": "cron", "scope": "READ"}
        return browser.post("/api/auth/keys", asked, "application/json")

    for _ in range(2):
        made = add()
        assert made.status_code == 201
        assert browser.delete(f"/api/auth/keys/{made.json()['id']}").status_code == 204
    refused = add()
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_tries")
    assert 3500 < int(refused["Retry-After"]) <= 3601
    Entry.objects.update(at=timezone.now() - timedelta(hours=1))
    assert add().status_code == 201


def test_the_owner_may_do_at_the_door_what_he_likes(
    owner: User, bearer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "ACTS_PER_HOUR", 1)
    for _ in range(3):
        made = bearer.post("/api/auth/keys", {"name": "a", "scope": "READ"}, "application/json")
        assert made.status_code == 201


def test_what_is_revoked_for_long_is_forgotten(owner: User) -> None:
    old, late = make(owner), make(owner)
    keys.end_keys([old.key, late.key])
    long_ago = timezone.now() - keys.REVOKED_KEPT
    ApiKey.objects.filter(pk=old.key.pk).update(revoked_at=long_ago)
    new = make(owner)
    assert set(ApiKey.objects.values_list("pk", flat=True)) == {late.key.pk, new.key.pk}


def test_the_key_of_another_is_nobodys_to_revoke(owner: User) -> None:
    guest = User.objects.create(username="guest", password="!")
    issued = make(owner)
    with pytest.raises(KeyUnknown):
        keys.revoke_key(guest, issued.key.pk)
    assert keys.key_for(issued.secret) is not None


@pytest.mark.django_db(transaction=True)
def test_a_key_opens_the_socket_until_it_ends(owner: User) -> None:
    def visitor(**headers: str) -> channels.Visitor | None:
        scope: dict[str, Any] = {
            "headers": [
                (name.replace("_", "-").encode(), v.encode()) for name, v in headers.items()
            ]
        }
        return async_to_sync(channels.authenticate)(scope)

    issued, other = make(owner), make(owner, days=1)
    found = visitor(host="nas", x_api_key=issued.secret)
    assert found == visitor(host="nas", authorization=f"Bearer {issued.secret}")
    assert found is not None
    second = visitor(host="nas", x_api_key=other.secret)
    assert second is not None
    assert visitor(host="nas", x_api_key="aniworld_no") is None
    both = [found.session_id, second.session_id]
    still_valid = async_to_sync(channels.still_valid)
    assert still_valid(both) == set(both)
    keys.revoke_key(owner, issued.key.pk)
    assert still_valid(both) == {second.session_id}
    ApiKey.objects.filter(pk=other.key.pk).update(expires_at=timezone.now())
    assert still_valid(both) == set()
