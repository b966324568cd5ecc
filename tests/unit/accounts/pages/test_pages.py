"""The pages in front of the door, without JavaScript."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from accounts import services
from accounts.models import UserSession
from accounts.pages import views
from aniworld.config import store
from aniworld.sites.probes import Probe
from providers.errors import SiteDown
from providers.registry import site_entries
from tests.unit.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def form_of(client: Client, path: str) -> dict[str, str]:
    """Get a page as a browser does; returns the hidden fields of its form."""
    text = client.get(path).content.decode()
    hidden = re.findall(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?', text)
    return {name: html.unescape(value) for name, value in hidden}


def set_up(client: Client, **fields: object) -> tuple[int, str]:
    form = form_of(client, "/setup") | {
        "master_password": PASSWORD,
        "repeated_password": PASSWORD,
    }
    response = client.post("/setup", form | fields)
    return response.status_code, response.content.decode() or response["Location"]


@pytest.fixture
def visitor() -> Client:
    return Client(enforce_csrf_checks=True)


def test_the_setup_page_lists_every_provider(visitor: Client, settings: Settings) -> None:
    settings.ANIME_DIRECTORY = "/from/the/environment"
    text = visitor.get("/setup").content.decode()

    for site in site_entries({}).values():
        assert f'value="{site.name}"' in text
        assert html.escape(site.label) in text
        assert html.escape(site.description) in text
    assert "checked" not in text
    assert "/from/the/environment" in text


def test_setup_logs_in_at_its_end(visitor: Client, tmp_path: Path) -> None:
    assert set_up(visitor, anime_directory=str(tmp_path), providers=["aniworld"]) == (302, "/")
    assert store.load().library.directories == (str(tmp_path),)
    assert list(store.load().providers.sites) == ["aniworld"]
    assert UserSession.objects.get().is_active
    assert visitor.get("/setup")["Location"] == "/login"
    assert visitor.get("/login")["Location"] == "/"


def test_login_then_logout(owner: User, visitor: Client) -> None:
    response = visitor.post(
        "/login?next=/queue", form_of(visitor, "/login?next=/queue") | {"password": PASSWORD}
    )
    assert (response.status_code, response["Location"]) == (302, "/queue")
    session = UserSession.objects.get()
    assert session.is_active

    csrf = visitor.cookies["csrftoken"].value
    response = visitor.post("/logout", {"csrfmiddlewaretoken": csrf})
    session.refresh_from_db()
    assert (response["Location"], session.is_active) == ("/login", False)
    assert visitor.get("/")["Location"] == "/login"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"master_password": "short", "repeated_password": "short"}, "too short"),
        ({"master_password": "password123", "repeated_password": "password123"}, "too common"),
        ({"repeated_password": "something else"}, "passwords differ"),
        ({"master_password": ""}, "required"),
        ({"anime_directory": "/does/not/exist"}, "/does/not/exist does not exist"),
        ({"anime_directory": __file__}, "is not a folder"),
        ({"providers": ["nobody"]}, "nobody"),
    ],
)
def test_a_setup_that_cannot_be_used_is_422_and_says_why(
    visitor: Client, fields: dict[str, object], words: str
) -> None:
    status, text = set_up(visitor, **fields)

    assert status == 422
    assert words in html.unescape(text)
    assert PASSWORD not in text
    assert not services.is_configured()


def test_all_faults_of_a_setup_are_told_at_once(visitor: Client) -> None:
    fields = {"master_password": "short", "repeated_password": "other", "anime_directory": "/none"}
    status, text = set_up(visitor, **fields)
    text = html.unescape(text)
    assert status == 422
    assert "too short" in text
    assert "passwords differ" in text
    assert "/none does not exist" in text


def test_mending_a_setup_locks_nobody_out(visitor: Client, tmp_path: Path) -> None:
    for number in range(12):
        assert set_up(visitor, anime_directory=f"/none/{number}")[0] == 422
    assert set_up(visitor, anime_directory=str(tmp_path)) == (302, "/")


def test_the_browser_begins_at_the_field_that_is_wrong(visitor: Client) -> None:
    for fields, name in (
        ({"anime_directory": "/none"}, "anime_directory"),
        ({"master_password": "short", "repeated_password": "short"}, "master_password"),
        ({"repeated_password": "other"}, "repeated_password"),
    ):
        _, text = set_up(visitor, **fields)
        focused = re.findall(r"<input[^>]*autofocus[^>]*>", text)
        assert [re.findall(r'name="([^"]+)"', one) for one in focused] == [[name]]


def test_a_folder_is_looked_for_on_the_way(visitor: Client, tmp_path: Path) -> None:
    (tmp_path / "shelf" / "anime").mkdir(parents=True)
    status, text = set_up(
        visitor, do="look", anime_directory=f"{tmp_path}/shelf", providers=["aniworld"]
    )
    assert status == 200
    assert f'value="look:{tmp_path}/shelf/anime"' in text
    assert "checked" in text
    assert PASSWORD not in text
    status, text = set_up(visitor, do=f"look:{tmp_path}/shelf/anime", anime_directory="/")
    assert f'value="{tmp_path}/shelf/anime"' in text
    assert "can be written" in text
    status, text = set_up(visitor, do="look:/etc", anime_directory="/")
    assert (status, "belongs to the system" in text) == (200, True)
    assert not services.is_configured()


def test_no_library_is_set_up_in_the_system(visitor: Client) -> None:
    status, text = set_up(visitor, anime_directory="/etc")
    assert (status, "belongs to the system" in text) == (422, True)


def test_a_site_is_tested_on_the_way(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer(name: str) -> Probe:
        asked.append(name)
        down = SiteDown(why="timed_out", site="AniWorld") if len(asked) > 1 else None
        return Probe(0.25, results=3, error=down)

    monkeypatch.setattr(views, "probe_provider", answer)
    status, text = set_up(visitor, do="test:aniworld", anime_directory="/kept")
    assert (status, "It answered in 250 ms." in text, 'value="/kept"' in text) == (200, True, True)
    assert "cannot be reached" in set_up(visitor, do="test:aniworld")[1]
    assert asked == ["aniworld", "aniworld"]
    monkeypatch.undo()
    assert set_up(visitor, do="test:nobody")[0] == 200


def test_nobody_looks_round_once_it_is_set_up(owner: User, visitor: Client) -> None:
    csrf = form_of(visitor, "/login")
    for wish in ("look:/", "test:aniworld"):
        answer = visitor.post("/setup", csrf | {"do": wish})
        assert (answer.status_code, answer["Location"]) == (302, "/login")


def test_looking_round_has_an_end(visitor: Client) -> None:
    answers = [set_up(visitor, do="look")[0] for _ in range(31)]
    assert answers == [200] * 30 + [429]


def test_asking_for_folders_by_way_of_the_setup_has_an_end(visitor: Client) -> None:
    answers = [set_up(visitor, anime_directory=f"/none/{number}")[0] for number in range(31)]
    assert answers == [422] * 30 + [429]


def test_what_was_ticked_stays_ticked(visitor: Client) -> None:
    _, text = set_up(visitor, anime_directory="/none", providers=["aniworld"])

    assert "checked" in text
    assert 'value="/none"' in text


def test_setup_by_page_is_done_once_only(owner: User, visitor: Client) -> None:
    csrf = form_of(visitor, "/login")
    response = visitor.post(
        "/setup", csrf | {"master_password": "another one", "repeated_password": "another one"}
    )

    assert (response.status_code, response["Location"]) == (302, "/login")
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)


def test_a_wrong_password_is_422_and_says_so(owner: User, visitor: Client) -> None:
    form = form_of(visitor, "/login") | {"password": "wrong one", "next": "/queue"}
    response = visitor.post("/login", form)
    text = response.content.decode()

    assert response.status_code == 422
    assert "The password is not right." in text
    assert "wrong one" not in text
    assert 'value="/queue"' in text
    assert "aniworld_session" not in response.cookies


def test_too_many_wrong_passwords_are_429(owner: User, visitor: Client) -> None:
    form = form_of(visitor, "/login") | {"password": "wrong"}
    for _ in range(5):
        visitor.post("/login", form)
    response = visitor.post("/login", form)

    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert "Too many tries" in response.content.decode()


def test_forms_need_a_csrf_token(owner: User, visitor: Client) -> None:
    assert visitor.post("/login", {"password": PASSWORD}).status_code == 403


@pytest.mark.parametrize(
    ("wanted", "target"),
    [
        ("/series/a?b=c", "/series/a?b=c"),
        ("", "/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_a_login_leads_on_inside_only(
    owner: User, visitor: Client, wanted: str, target: str
) -> None:
    form = form_of(visitor, "/login") | {"password": PASSWORD, "next": wanted}

    assert visitor.post("/login", form)["Location"] == target
    assert visitor.get("/login", {"next": wanted})["Location"] == target


def test_another_user_logs_in_by_name(owner: User, visitor: Client) -> None:
    guest = User.objects.create_user("guest", password="another password")
    form = form_of(visitor, "/login") | {
        "username": "guest",
        "password": "another password",
        "remember": "on",
    }
    response = visitor.post("/login", form)

    assert UserSession.objects.get().user == guest
    assert int(response.cookies["aniworld_session"]["max-age"]) > 29 * 86_400


def test_pages_with_passwords_are_not_kept_by_the_browser(owner: User, visitor: Client) -> None:
    assert "no-store" in visitor.get("/login")["Cache-Control"]


def test_a_stranger_at_the_same_address_does_not_lock_the_owner_out(owner: User) -> None:
    """Behind a proxy that is not named in TRUSTED_PROXIES all have one address."""
    browser, stranger = Client(), Client()
    assert browser.post("/login", {"password": PASSWORD}).status_code == 302
    browser.post("/logout")
    for _ in range(6):
        refused = stranger.post("/login", {"password": "a guess of theirs"})
    assert refused.status_code == 429

    assert browser.post("/login", {"password": PASSWORD}).status_code == 302


def test_a_mark_that_was_made_up_is_no_mark(owner: User) -> None:
    for n in range(6):
        stranger = Client()
        stranger.cookies["aniworld_device"] = f"made-up-{n}"
        refused = stranger.post("/login", {"password": "a guess of theirs"})
    assert refused.status_code == 429


def test_a_browser_that_is_known_is_locked_out_by_its_own_guesses(owner: User) -> None:
    browser = Client()
    assert browser.post("/login", {"password": PASSWORD}).status_code == 302
    browser.post("/logout")
    for _ in range(6):
        refused = browser.post("/login", {"password": "forgotten"})
    assert refused.status_code == 429
