"""The settings of media servers, as somebody without script uses them."""

from __future__ import annotations

import pytest
from bs4 import Tag
from django.test import Client

from aniworld.config import store
from library.models import LibraryRoot
from tests.telling_server import KEY, media_server
from tests.unit.aniworld.system.mediaservers.support import change, look, set_up, wait_for_more
from tests.unit.reading import get, soup, texts

pytestmark = pytest.mark.django_db
ALL = "/settings/media-servers"


def _fields(page: Tag) -> dict[str, str]:
    """What a browser would send of the page's main form, as it is filled in."""
    found: dict[str, str] = {}
    for field in page.select("form[novalidate] [name]"):
        name = str(field["name"])
        if field.name == "textarea":
            found[name] = field.get_text().strip("\n")
        elif field.name == "select":
            chosen = field.select_one("option[selected]")
            found[name] = str(chosen["value"]) if chosen else ""
        elif field.get("type") == "checkbox":
            if field.has_attr("checked"):
                found[name] = "on"
        elif field.name == "input":
            found[name] = str(field.get("value", ""))
    return found


def test_without_servers_the_page_says_what_they_are_for(
    visitor: Client, library: LibraryRoot
) -> None:
    page = get(visitor, ALL)
    assert "No media server is told of anything yet." in page.get_text()
    assert page.select_one(f"a[href='{ALL}/add']")


def test_a_server_is_added_tested_changed_and_removed(
    visitor: Client, library: LibraryRoot
) -> None:
    with media_server("JELLYFIN", Anime=[library.path]) as server:
        form = _fields(get(visitor, f"{ALL}/add"))
        form |= {"name": "Living room", "kind": "JELLYFIN", "address": server.address}
        form |= {"token": KEY, "enabled": "on"}
        answer = visitor.post(f"{ALL}/add", form, follow=True)
        assert answer.redirect_chain[-1][0] == f"{ALL}/living-room"
        assert KEY not in answer.content.decode()
        assert store.load().media_servers.servers["living-room"].token == KEY

        tested = visitor.post(f"{ALL}/living-room/test", follow=True).content.decode()
        assert "Jellyfin Server 10.10.3 answers" in tested
        assert "Its library “Anime” holds" in tested

        form = _fields(get(visitor, f"{ALL}/living-room"))
        assert form["token"] == "•••"
        answer = visitor.post(f"{ALL}/living-room", {**form, "paths": "/a=/b\n/c=/d"})
        assert answer.status_code == 302
        kept = store.load().media_servers.servers["living-room"]
        assert (kept.token, kept.paths) == (KEY, ("/a=/b", "/c=/d"))

        visitor.post(f"{ALL}/living-room/change", {"action": "off"})
        assert not store.load().media_servers.servers["living-room"].enabled
        gone = visitor.post(f"{ALL}/living-room/remove", follow=True)
        assert "Undo" in gone.content.decode()
        assert store.load().media_servers.servers == {}


def test_what_is_wrong_stands_beside_its_field(visitor: Client, library: LibraryRoot) -> None:
    form = _fields(get(visitor, f"{ALL}/add"))
    answer = visitor.post(f"{ALL}/add", {**form, "address": "attic", "paths": "/a=/b\nnothing"})
    assert answer.status_code == 422
    page = soup(answer)
    assert texts(page, "#id_address_error p") == [
        "Must be an address that begins with http:// or https://."
    ]
    assert texts(page, "#id_paths_error p")[0].startswith("Line 2: Must be a full path")
    assert page.select_one("#id_paths").get_text().strip() == "/a=/b\nnothing"  # type: ignore[union-attr]
    assert store.load().media_servers.servers == {}


def test_a_name_that_is_taken_is_said_beside_the_name(
    visitor: Client, library: LibraryRoot
) -> None:
    form = _fields(get(visitor, f"{ALL}/add"))
    visitor.post(f"{ALL}/add", {**form, "name": "attic"})
    answer = visitor.post(f"{ALL}/add", {**form, "name": "Attic"})
    assert answer.status_code == 422
    assert texts(soup(answer), "#id_name_error p")


def test_the_page_says_who_cannot_be_told_and_why(visitor: Client, library: LibraryRoot) -> None:
    wait_for_more(0)
    with media_server("JELLYFIN") as server:
        set_up(server, token="wrong")
        change(library.pk, ("Show", "CREATED"))
        look()
    page = get(visitor, ALL).get_text()
    assert "It does not take the key." in page
    assert "1 folder waits to be told." in page


def test_a_test_that_fails_says_why(visitor: Client, library: LibraryRoot) -> None:
    with media_server("PLEX", Anime=["/elsewhere"]) as server:
        set_up(server)
        said = visitor.post(f"{ALL}/attic/test", follow=True).content.decode()
        assert f"None of its libraries holds {library.path}" in said


def test_how_long_is_waited_is_set_for_all(visitor: Client, library: LibraryRoot) -> None:
    form = _fields(get(visitor, ALL))
    assert visitor.post(ALL, {**form, "wait_seconds": "90"}).status_code == 302
    assert store.load().media_servers.wait_seconds == 90


@pytest.mark.parametrize("way", ["", "/test", "/change", "/remove"])
def test_a_server_that_is_none_is_not_found(
    way: str, visitor: Client, library: LibraryRoot
) -> None:
    assert visitor.post(f"{ALL}/nobody{way}").status_code == 404
