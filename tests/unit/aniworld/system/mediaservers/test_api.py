"""Media servers over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from aniworld.config import store
from aniworld.journal.models import Entry
from aniworld.journal.services import undo
from library.models import LibraryRoot
from tests.telling_server import KEY, media_server
from tests.unit.aniworld.system.mediaservers.support import KINDS, set_up

pytestmark = pytest.mark.django_db
ALL = "/api/media-servers"


def _sent(client: Client, method: str, address: str, body: Any = None) -> Any:
    return getattr(client, method)(address, json.dumps(body or {}), content_type="application/json")


def test_a_server_is_added_changed_and_removed(visitor: Client, library: LibraryRoot) -> None:
    body = {"kind": "plex", "address": "http://127.0.0.1:9", "token": KEY, "paths": ["/a=/b"]}
    added = _sent(visitor, "post", ALL, body)
    assert added.status_code == 201
    assert added.json() == {
        **{"name": "plex", "kind": "PLEX", "enabled": True, "address": "http://127.0.0.1:9"},
        **{"token": "•••", "user": "", "password": "", "paths": ["/a=/b"], "waiting": 0},
        **dict.fromkeys(["reached_at", "failing_since", "next_try_at", "error"]),
    }
    assert visitor.get(ALL).json()["results"] == [added.json()]

    shown = visitor.get(f"{ALL}/plex").json()
    changed = _sent(
        visitor, "patch", f"{ALL}/plex", {"token": shown["token"], "paths": [], "enabled": False}
    )
    assert changed.status_code == 200
    kept = store.load().media_servers.servers["plex"]
    assert (kept.token, kept.paths, kept.enabled, kept.kind) == (KEY, (), False, "PLEX")

    assert visitor.delete(f"{ALL}/plex").status_code == 204
    assert visitor.get(f"{ALL}/plex").json()["code"] == "media_server_not_found"
    assert store.load().media_servers.servers == {}


def test_each_change_is_journalled_without_the_key_and_taken_back(
    visitor: Client, library: LibraryRoot
) -> None:
    _sent(visitor, "post", ALL, {"name": "attic", "token": KEY, "address": "http://a.local"})
    _sent(visitor, "patch", f"{ALL}/attic", {"token": "another-key"})
    visitor.delete(f"{ALL}/attic")
    entries = list(Entry.objects.of_action("config.changed").order_by("id"))
    assert len(entries) == 3
    told = json.dumps([[entry.before, entry.after] for entry in entries])
    assert KEY not in told
    assert "another-key" not in told
    assert "media_servers.servers.attic.token" in told
    undo(entry_id=entries[2].pk)
    assert store.load().media_servers.servers["attic"].token == "another-key"
    undo(entry_id=entries[1].pk)
    assert store.load().media_servers.servers["attic"].token == KEY


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "WINAMP"}, "kind"),
        ({"token": "a b"}, "media_servers.servers.jellyfin.token"),
        ({"token": "a\r\nX: y"}, "media_servers.servers.jellyfin.token"),
        ({"address": "file:///etc"}, "media_servers.servers.jellyfin.address"),
        ({"paths": ["media"]}, "media_servers.servers.jellyfin.paths.0"),
        ({"token": "•••"}, "media_servers.servers.jellyfin.token"),
        ({"colour": "red"}, "colour"),
        ({"name": "A b"}, "name"),
    ],
)
def test_what_cannot_be_is_refused_by_field(
    visitor: Client, library: LibraryRoot, body: dict[str, Any], field: str
) -> None:
    refused = _sent(visitor, "post", ALL, body)
    assert refused.status_code == 400
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert store.load().media_servers.servers == {}


def test_a_name_is_given_once_and_made_where_none_is_given(
    visitor: Client, library: LibraryRoot
) -> None:
    assert _sent(visitor, "post", ALL, {"name": "attic"}).status_code == 201
    again = _sent(visitor, "post", ALL, {"name": "attic"})
    assert (again.status_code, again.json()["code"]) == (409, "media_server_known")
    made = [_sent(visitor, "post", ALL, {"kind": "KODI"}).json()["name"] for _ in range(3)]
    assert made == ["kodi", "kodi-2", "kodi-3"]


def test_there_may_be_so_many(
    visitor: Client, library: LibraryRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aniworld.system.mediaservers.services.MOST_SERVERS", 1)
    _sent(visitor, "post", ALL, {})
    refused = _sent(visitor, "post", ALL, {})
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_media_servers")


@pytest.mark.parametrize("kind", KINDS)
def test_a_test_says_who_answers_and_which_library_holds_what(
    kind: str, visitor: Client, library: LibraryRoot
) -> None:
    with media_server(kind, Anime=["/media/anime"]) as server:
        set_up(server, paths=[f"{library.path}=/media/anime"])
        told = _sent(visitor, "post", f"{ALL}/attic/test").json()
        assert (told["ok"], told["server_name"], told["error"]) == (True, "attic", None)
        assert told["folders"] == [
            {"here": library.path, "there": "/media/anime", "library": "Anime"}
        ]
        assert server.told() == []
        assert visitor.get(f"{ALL}/attic").json()["reached_at"]

        server.libraries["Anime"] = ["/elsewhere"]
        told = _sent(visitor, "post", f"{ALL}/attic/test").json()
        assert (told["ok"], told["folders"][0]["library"]) == (False, None)


def test_a_test_says_what_is_wrong(visitor: Client, library: LibraryRoot) -> None:
    with media_server("JELLYFIN") as server:
        set_up(server, token="wrong")
        told = _sent(visitor, "post", f"{ALL}/attic/test").json()
    assert (told["ok"], told["product"]) == (False, None)
    assert told["error"]["code"] == "media_server_key_refused"


def test_whoever_is_no_owner_sees_no_address(client: Client, library: LibraryRoot) -> None:
    assert client.get(ALL).status_code in {401, 403, 302}
