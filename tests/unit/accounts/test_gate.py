"""Closed is everything but the open list; who is closed out is led where they can go on."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import get_script_prefix, set_script_prefix
from pytest_django import Settings

from accounts import services
from accounts.rights import grant
from aniworld.web.rights import Right

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/", "/queue", "/admin/", "/no/such/page", "/login", "/logout"])
def test_before_setup_every_page_leads_there(path: str) -> None:
    response = Client().get(path)

    assert (response.status_code, response["Location"]) == (302, "/setup")


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/", "/login"),
        ("/queue?page=2&x=%26", "/login?next=%2Fqueue%3Fpage%3D2%26x%3D%2526"),
        ("/admin/auth/user/", "/login?next=%2Fadmin%2Fauth%2Fuser%2F"),
        ("/no/such/page", "/login?next=%2Fno%2Fsuch%2Fpage"),
        ("/setup", "/login"),
    ],
)
def test_after_setup_every_page_leads_to_the_login(owner: User, path: str, target: str) -> None:
    response = Client().get(path)

    assert (response.status_code, response["Location"]) == (302, target)


def test_a_posted_form_is_not_asked_for_again(owner: User) -> None:
    assert Client().post("/queue")["Location"] == "/login"


@pytest.mark.parametrize("path", ["/ping", "/ping/"])
def test_open_paths_are_open(path: str, owner: User) -> None:
    assert Client().get(path).status_code in {200, 404}


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize("path", ["/api/closed", "/api/no-such", "/metrics", "/ws/status"])
def test_programs_get_401_in_the_error_shape(owner: User, path: str, method: str) -> None:
    response = getattr(Client(), method)(path)

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert response.json()["code"] == "not_authenticated"
    assert response.json()["errors"] == []


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        ("/", "application/json", 401),
        ("/", "*/*", 302),
        ("/", "text/html", 302),
        ("/no-such", "*/*", 401),
        ("/no-such", "text/html", 302),
        ("/metrics", "*/*", 401),
        ("/metrics", "text/html", 302),
    ],
)
def test_a_program_is_told_and_a_person_led(
    owner: User, path: str, accept: str, status: int
) -> None:
    response = Client().get(path, headers={"Accept": accept})
    assert response.status_code == status
    if status == 401:
        assert response.json()["code"] == "not_authenticated"


@pytest.mark.parametrize(
    "path", ["/pingpong", "/api/auth/statuses", "/setup/x", "/%2e%2e/ping", "/STATIC/", "/static"]
)
def test_open_paths_open_no_others(owner: User, path: str) -> None:
    assert Client().get(path).status_code in {302, 401}


@pytest.mark.parametrize("path", ["/", "/api/closed", "/metrics"])
def test_a_bearer_token_opens_pages_and_programs(bearer: Client, path: str) -> None:
    assert bearer.get(path).status_code == 200


@pytest.mark.parametrize(
    "header", ["Bearer nonsense", "Bearer ", "Bearer", "Basic YWRtaW46eA==", "nonsense"]
)
def test_any_other_header_opens_nothing(owner: User, header: str) -> None:
    client = Client(headers={"Authorization": header})

    assert client.get("/api/closed").status_code == 401
    assert client.get("/metrics").status_code == 401


def test_the_header_counts_before_the_cookie(browser: Client) -> None:
    assert browser.get("/api/closed").status_code == 200
    refused = browser.get("/api/closed", headers={"Authorization": "Bearer nonsense"})
    assert refused.status_code == 401


def test_djangos_own_session_opens_nothing(owner: User) -> None:
    client = Client()
    client.force_login(owner)

    assert client.get("/api/closed").status_code == 401
    assert client.get("/")["Location"] == "/login"


def test_htmx_is_led_as_a_whole_page(owner: User) -> None:
    response = Client().get(
        "/fragment",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/queue?page=2"},
    )

    assert response["HX-Redirect"] == "/login?next=%2Fqueue%3Fpage%3D2"
    assert response.content == b""


def test_a_cookie_that_has_ended_leads_to_the_login(browser: Client, owner: User) -> None:
    assert browser.get("/").content == b"for admin"
    services.sessions_of(owner).revoke()

    assert browser.get("/")["Location"] == "/login"


def test_owners_alone_see_the_administration(browser: Client, owner: User) -> None:
    assert browser.get("/admin/").status_code == 200

    guest = User.objects.create_user("guest", password="x")
    client = Client()
    client.cookies["aniworld_session"] = services.open_session(guest).token
    for address in ("/admin/", "/admin/login/"):
        assert client.get(address).status_code == 403
    grant(guest, Right.OPERATE)
    assert client.get("/admin/").status_code == 403
    grant(guest, Right.OWN)
    assert client.get("/admin/").status_code == 200


def test_the_administration_logs_out_of_everything(browser: Client, owner: User) -> None:
    csrf = browser.get("/admin/").cookies["csrftoken"].value
    assert browser.get("/admin/logout/").status_code == 405
    response = browser.post("/admin/logout/", {"csrfmiddlewaretoken": csrf})

    assert response["Location"] == "/login"
    assert not services.sessions_of(owner).exists()


def test_the_administration_lists_sessions_and_ends_them(browser: Client, owner: User) -> None:
    other = services.open_session(owner)
    page = browser.get("/admin/accounts/usersession/")
    assert page.status_code == 200
    assert other.session.token_hash not in page.content.decode()

    browser.post(
        "/admin/accounts/usersession/",
        {
            "csrfmiddlewaretoken": browser.cookies["csrftoken"].value,
            "action": "revoke",
            "_selected_action": [other.session.pk],
        },
    )
    assert services.session_for(other.token) is None
    assert browser.get(f"/admin/accounts/usersession/{other.session.pk}/change/").status_code == 200
    assert browser.get("/admin/accounts/logintries/").status_code == 200


def policy(response_header: str) -> dict[str, list[str]]:
    parts = (part.split() for part in response_header.split(";"))
    return {name: values for name, *values in parts}


def test_pages_allow_no_inline_script_or_style(browser: Client) -> None:
    response = browser.get("/")
    allowed = policy(response["Content-Security-Policy"])

    assert allowed["default-src"] == allowed["script-src"] == ["'self'"]
    assert "style-src" not in allowed
    assert allowed["frame-ancestors"] == allowed["object-src"] == allowed["base-uri"] == ["'none'"]
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"


def test_the_import_maps_nonce_is_in_the_policy(browser: Client) -> None:
    first, second = browser.get("/nonce"), browser.get("/nonce")
    nonce = first.content.decode().split("nonce=")[1].split(">")[0]

    assert policy(first["Content-Security-Policy"])["script-src"] == ["'self'", f"'nonce-{nonce}'"]
    assert first.content != second.content


@pytest.mark.parametrize("path", ["/admin/", "/api/closed"])
def test_pages_made_by_others_may_style_inline_but_not_script(browser: Client, path: str) -> None:
    allowed = policy(browser.get(path)["Content-Security-Policy"])

    assert allowed["style-src"] == ["'self'", "'unsafe-inline'"]
    assert allowed["script-src"] == ["'self'"]


def test_under_a_base_path_all_leads_below_it(owner: User, settings: Settings) -> None:
    settings.FORCE_SCRIPT_NAME = "/anime"  # the server sets the prefix of each request from it
    before = get_script_prefix()
    set_script_prefix("/anime/")
    try:
        assert Client().get("/queue")["Location"] == "/anime/login?next=%2Fanime%2Fqueue"
    finally:
        set_script_prefix(before)


@pytest.mark.parametrize(
    ("address", "kept"),
    [("/", "private, no-cache"), ("/api/queue/status", "no-store"), ("/api/nothing", "no-store")],
)
def test_what_is_private_stays_out_of_caches(owner: User, address: str, kept: str) -> None:
    browser = Client()
    for _ in range(2):
        assert browser.get(address)["Cache-Control"] == kept
        browser.cookies["aniworld_session"] = services.open_session(owner).token
