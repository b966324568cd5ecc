"""The API of the door, in the shapes clients rely on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.dateparse import parse_datetime
from drf_spectacular.generators import SchemaGenerator

from accounts import services
from accounts.models import UserSession
from aniworld.config import store
from tests.unit.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db
JSON = "application/json"


def post(client: Client, path: str, body: Any = None, **headers: str) -> Any:
    return client.post(f"/api/{path}", body or {}, content_type=JSON, headers=headers)


@pytest.mark.parametrize("path", ["auth/setup", "setup", "auth/setup/", "setup/"])
def test_setup(path: str, tmp_path: Path) -> None:
    body = {
        "master_password": PASSWORD,
        "anime_directory": str(tmp_path),
        "providers": ["aniworld"],
    }
    done = post(Client(), path, body)
    again = post(Client(), path, body)

    assert (done.status_code, done.json()) == (201, {"status": "ok"})
    assert store.load().providers.sites["aniworld"].enabled
    assert (again.status_code, again.json()["code"]) == (409, "already_configured")
    assert post(Client(), "auth/login", {"password": PASSWORD}).status_code == 200


def test_a_password_alone_is_enough_for_setup() -> None:
    assert post(Client(), "auth/setup", {"master_password": PASSWORD}).status_code == 201


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"master_password"}),
        ({"master_password": None}, {"master_password"}),
        ({"master_password": "short"}, {"master_password"}),
        ({"master_password": PASSWORD, "anime_directory": "/none"}, {"anime_directory"}),
        ({"master_password": PASSWORD, "providers": "aniworld"}, {"providers"}),
        ({"master_password": PASSWORD, "providers": ["nobody"]}, {"providers"}),
        ({"master_password": PASSWORD, "providers": [{}]}, {"providers.0"}),
    ],
)
def test_setup_names_wrong_fields(body: dict[str, Any], fields: set[str]) -> None:
    response = post(Client(), "auth/setup", body)

    assert response.status_code == 400
    assert response.json()["code"] == "validation_error"
    assert {error["field"] for error in response.json()["errors"]} == fields


def test_login_answers_with_a_token_and_a_cookie_no_script_can_read(owner: User) -> None:
    response = post(Client(), "auth/login", {"password": PASSWORD})
    answer = response.json()

    assert set(answer) == {"access_token", "token_type", "expires_at"}
    assert answer["token_type"] == "bearer"
    assert answer["expires_at"].endswith("Z")
    assert services.session_for(answer["access_token"]) is not None
    cookie = response.cookies["aniworld_session"]
    assert cookie.value == answer["access_token"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert not cookie["secure"]
    assert 86_000 < int(cookie["max-age"]) <= 86_400


def test_the_cookie_is_secure_over_https(owner: User) -> None:
    response = Client().post(
        "/api/auth/login", {"password": PASSWORD}, content_type=JSON, secure=True
    )

    assert response.cookies["aniworld_session"]["secure"]


def test_remember_is_thirty_days(owner: User) -> None:
    response = post(Client(), "auth/login", {"password": PASSWORD, "remember": True})

    assert int(response.cookies["aniworld_session"]["max-age"]) > 29 * 86_400


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"password": "wrong"}, 401, "invalid_credentials"),
        ({"password": PASSWORD, "username": "nobody"}, 401, "invalid_credentials"),
        ({}, 400, "validation_error"),
        ({"password": ["x"]}, 400, "validation_error"),
        ({"password": "nul\0"}, 400, "validation_error"),
        ({"password": "x", "remember": "perhaps"}, 400, "validation_error"),
    ],
)
def test_login_refused(owner: User, body: dict[str, Any], status: int, code: str) -> None:
    response = post(Client(), "auth/login", body)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert ("WWW-Authenticate" in response) == (status == 401)
    assert "aniworld_session" not in response.cookies


def test_broken_json_is_a_400(owner: User) -> None:
    response = Client().post("/api/auth/login", b"{", content_type=JSON)

    assert response.status_code == 400


def test_the_sixth_try_in_a_minute_has_to_wait(owner: User) -> None:
    for _ in range(5):
        post(Client(), "auth/login", {"password": "wrong"})
    response = post(Client(), "auth/login", {"password": PASSWORD})

    assert (response.status_code, response.json()["code"]) == (429, "too_many_tries")
    assert 0 < int(response["Retry-After"]) <= 61


@pytest.mark.parametrize("path", ["auth/login", "auth/setup"])
def test_pages_of_others_cannot_log_in_or_set_up(path: str) -> None:
    body = {"password": PASSWORD, "master_password": PASSWORD}

    assert post(Client(), path, body, Origin="http://evil.example").status_code == 403
    assert post(Client(), path, body, Origin="null").status_code == 403
    assert not services.is_configured()


def test_our_own_page_may_log_in(owner: User) -> None:
    own = post(Client(), "auth/login", {"password": PASSWORD}, Origin="http://testserver")

    assert own.status_code == 200


def test_status(owner: User, bearer: Client) -> None:
    assert Client().get("/api/auth/status").json() == {"configured": True, "authenticated": False}
    stale = Client(headers={"Authorization": "Bearer nonsense"}).get("/api/auth/status")
    assert stale.json() == {"configured": True, "authenticated": False}

    answer = bearer.get("/api/auth/status").json()
    assert answer.pop("expires_at") is not None
    assert answer == {"configured": True, "authenticated": True, "right": "OWNER"}


def test_status_before_setup() -> None:
    assert Client().get("/api/auth/status").json() == {"configured": False, "authenticated": False}


def test_logout_ends_the_session_at_once(bearer: Client) -> None:
    response = post(bearer, "auth/logout")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert response.cookies["aniworld_session"].value == ""
    assert bearer.get("/api/closed").status_code == 401
    assert post(bearer, "auth/logout").status_code == 401


def test_a_cookie_needs_a_csrf_token_and_a_bearer_token_none(
    browser: Client, bearer: Client
) -> None:
    assert post(bearer, "closed").status_code == 200
    refused = post(browser, "closed")
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")

    csrf = browser.get("/admin/").cookies["csrftoken"].value
    assert post(browser, "closed", **{"X-CSRFToken": csrf}).status_code == 200


def test_after_a_login_a_browser_has_what_its_next_request_needs(owner: User) -> None:
    client = Client(enforce_csrf_checks=True)
    csrf = post(client, "auth/login", {"password": PASSWORD}).cookies["csrftoken"].value

    assert post(client, "closed", **{"X-CSRFToken": csrf}).status_code == 200


def test_changing_the_password(bearer: Client, owner: User) -> None:
    other = services.open_session(owner)
    body = {"current_password": PASSWORD, "new_password": "a new password"}
    response = post(bearer, "auth/password", body)

    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert bearer.get("/api/closed").status_code == 200
    assert services.session_for(other.token) is None


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"current_password": "wrong", "new_password": "a new password"}, 403, "current_password"),
        ({"current_password": PASSWORD, "new_password": "12345678"}, 400, "new_password"),
        ({"current_password": PASSWORD}, 400, "new_password"),
    ],
)
def test_a_password_change_refused(
    bearer: Client, body: dict[str, str], status: int, field: str
) -> None:
    response = post(bearer, "auth/password", body)

    assert response.status_code == status
    assert {error["field"] for error in response.json()["errors"]} == {field}


def test_sessions_are_listed_and_ended(bearer: Client, owner: User) -> None:
    other = services.open_session(owner)
    listed = bearer.get("/api/auth/sessions").json()

    assert len(listed) == 2
    assert [session["is_current"] for session in listed].count(True) == 1
    by_id = {session["id"]: session for session in listed}
    entry = by_id[str(other.session.session_id)]
    assert parse_datetime(entry["expires_at"]) == other.expires_at
    assert other.session.token_hash not in str(listed)

    assert bearer.delete(f"/api/auth/sessions/{entry['id']}").status_code == 204
    assert services.session_for(other.token) is None
    assert bearer.delete(f"/api/auth/sessions/{entry['id']}").status_code == 404
    assert bearer.delete("/api/auth/sessions/nonsense").status_code == 404


def test_the_address_kept_is_the_clients(owner: User) -> None:
    client = Client(REMOTE_ADDR="192.0.2.7")
    post(client, "auth/login", {"password": PASSWORD}, **{"User-Agent": "x" * 1000})
    session = UserSession.objects.get()

    assert session.ip_address == "192.0.2.7"
    assert session.user_agent == "x" * 300


@pytest.mark.parametrize("path", ["auth/setup", "auth/login", "auth/status", "auth/logout"])
def test_wrong_methods(bearer: Client, path: str) -> None:
    response = bearer.put(f"/api/{path}")

    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")


def test_the_openapi_document_says_how_to_log_in() -> None:
    schema = SchemaGenerator(urlconf="accounts.api.urls").get_schema(request=None, public=True)  # type: ignore[no-untyped-call]

    assert set(schema["components"]["securitySchemes"]) == {"bearer", "cookie", "key"}
    login = schema["paths"]["/auth/login/"]["post"]
    assert login["security"] == [{}]  # open
    assert {"bearer": []} in schema["paths"]["/auth/logout/"]["post"]["security"]
