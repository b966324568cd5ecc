"""Each kind of server is asked and told as it is documented, over a real socket."""

from __future__ import annotations

import base64
import time
from typing import Any

import pytest

from aniworld.config.schema import MediaServer
from aniworld.system.mediaservers import client
from aniworld.system.mediaservers.errors import (
    FolderUnknown,
    KeyRefused,
    MediaServerError,
    ServerBusy,
    ServerUnreachable,
    WrongAddress,
)
from aniworld.system.mediaservers.servers import server_of
from aniworld.system.mediaservers.servers.base import Told
from tests import telling_server as fake
from tests.product import free_port
from tests.telling_server import KEY, PASSWORD, USER, media_server
from tests.unit.aniworld.system.mediaservers.support import KINDS

SEASON = Told("/media/A/Season 01", "/media/A/Season 01", "/media/A", "CREATED")
GONE = Told("/media/B/Season 02", "/media/B", "/media/B", "DELETED")
MIXED = Told("/media/C", "/media/C", "/media/C", "MODIFIED")


def _settings(server: fake.MediaServer, **changes: Any) -> MediaServer:
    values = {"kind": server.kind, "address": server.address, "token": KEY}
    if server.kind == "KODI":
        values |= {"user": USER, "password": PASSWORD}
    return MediaServer(**values | changes)


def _told(server: fake.MediaServer, *folders: Told, **changes: Any) -> list[Any]:
    asked = server_of(_settings(server, **changes), seconds=20)
    try:
        return asked.tell(folders)
    finally:
        asked.close()


@pytest.mark.parametrize(
    ("kind", "told", "calls"),
    [
        (
            "JELLYFIN",
            [
                ("Created", "/media/A/Season 01"),
                ("Deleted", "/media/B/Season 02"),
                ("Modified", "/media/C"),
            ],
            1,
        ),
        (
            "EMBY",
            [
                ("Created", "/media/A/Season 01"),
                ("Deleted", "/media/B/Season 02"),
                ("Modified", "/media/C"),
            ],
            1,
        ),
        ("PLEX", [("1", "/media/A/Season 01"), ("1", "/media/B"), ("1", "/media/C")], 3),
        (
            "KODI",
            [
                ("VideoLibrary.Scan", "/media/A/"),
                ("VideoLibrary.Clean", "/media/B/"),
                ("VideoLibrary.Clean", "/media/C/"),
                ("VideoLibrary.Scan", "/media/C/"),
            ],
            4,
        ),
    ],
)
def test_each_is_told_of_the_folders_concerned_and_of_nothing_else(
    kind: str, told: list[Any], calls: int
) -> None:
    with media_server(kind, Anime=["/media"], Films=["/films"]) as server:
        assert _told(server, SEASON, GONE, MIXED) == [None] * 3
        assert (server.told(), server.calls()) == (told, calls)


@pytest.mark.parametrize("kind", KINDS)
def test_each_says_who_it_is_and_what_it_holds(kind: str) -> None:
    with media_server(kind, Anime=["/media/anime", "/mnt/more"]) as server:
        asked = server_of(_settings(server), seconds=20)
        identity = asked.identity()
        held = {path for one in asked.libraries() for path in one.folders}
        asked.close()
    assert identity.name == "attic"
    assert identity.version in {"10.10.3", "1.41.0", "21.1"}
    assert held == {"/media/anime", "/mnt/more"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_key_is_named(kind: str) -> None:
    wrong = {"token": "wrong"} if kind != "KODI" else {"password": "wrong"}
    with media_server(kind, Anime=["/media"]) as server, pytest.raises(KeyRefused):
        _told(server, SEASON, **wrong)


def test_plex_names_the_folder_that_none_of_its_libraries_holds() -> None:
    with media_server("PLEX", Anime=["/media/A"]) as server:
        known, unknown = _told(server, SEASON, MIXED)
        assert known is None
        assert isinstance(unknown, FolderUnknown)
        assert server.told() == [("1", "/media/A/Season 01")]


def test_an_old_kodi_that_cannot_clean_one_folder_is_told_to_scan_it() -> None:
    with media_server("KODI") as server:
        server.knows_clean_of_a_folder = False
        assert _told(server, MIXED) == [None]
        assert server.told()[-1] == ("VideoLibrary.Scan", "/media/C/")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("mood", "error", "why"),
    [
        ("hang", ServerUnreachable, "timed_out"),
        ("drip", ServerUnreachable, "timed_out"),
        ("cut", ServerUnreachable, "broken_off"),
        ("huge", WrongAddress, "too_large"),
        ("elsewhere", WrongAddress, "elsewhere"),
        (401, KeyRefused, None),
        (404, WrongAddress, "not_there"),
        (500, ServerBusy, None),
    ],
)
def test_what_goes_wrong_is_told_apart_and_ends(
    kind: str,
    mood: str | int,
    error: type[MediaServerError],
    why: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if why == "timed_out":
        monkeypatch.setattr(client, "READ_SECONDS", 0.5)
    with media_server("PLEX") as other, media_server(kind, Anime=["/media"]) as server:
        server.mood, server.elsewhere = mood, f"{other.address}/jsonrpc"
        with pytest.raises(error) as raised:
            _told(server, SEASON)
        assert raised.value.params.get("why") == (
            "login" if kind == "KODI" and mood == 401 else why
        )
        assert other.asked == []  # a key goes to nobody else


def test_all_requests_together_have_an_end() -> None:
    with media_server("PLEX", Anime=["/media"]) as server:
        asked = server_of(_settings(server), seconds=0.0)
        with pytest.raises(ServerUnreachable):
            asked.identity()
        asked.close()
        assert server.asked == []


@pytest.mark.parametrize(
    ("address", "error", "why"),
    [
        ("", WrongAddress, "empty"),
        ("ftp://127.0.0.1", WrongAddress, "unusable"),
        ("http://a..b:80", WrongAddress, "unusable"),
        ("http://no-such-name.invalid", ServerUnreachable, "unknown_name"),
    ],
)
def test_an_address_that_leads_nowhere_is_named(
    address: str, error: type[MediaServerError], why: str
) -> None:
    with pytest.raises(error) as raised:
        server_of(MediaServer(address=address), seconds=5).identity()
    assert raised.value.params["why"] == why


def test_a_machine_on_which_nothing_listens_is_named_with_the_reason() -> None:
    address = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(ServerUnreachable) as raised:
        server_of(MediaServer(address=address), seconds=5).identity()
    assert raised.value.params == {
        "why": "no_connection",
        "host": "127.0.0.1",
        "errno": "ECONNREFUSED",
    }


def test_an_address_may_have_a_path_and_nothing_of_it_is_lost() -> None:
    with media_server("JELLYFIN", Anime=["/media"]) as server:
        settings = _settings(server, address=f"{server.address}/jellyfin/?a=b#c")
        with pytest.raises(WrongAddress):  # it is not there, but that is where it was asked
            server_of(settings, seconds=5).identity()
        assert server.asked[-1].path == "/jellyfin/System/Info"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("a:b", "a:b"),
        ("хозяин:пароль", "хозяин:пароль"),
        ("%F0%9F%98%80:x%3Ay", "\U0001f600:x:y"),
        ("only", "only:"),
        ("a:b@c", "a:b@c"),
    ],
)
def test_user_name_and_password_in_an_address_are_sent_whatever_their_letters(
    written: str, told: str
) -> None:
    with media_server("PLEX", Anime=["/media"]) as server:
        address = server.address.replace("://", f"://{written}@")
        server_of(_settings(server, address=address), seconds=5).identity()
        sent = server.asked[-1].headers["authorization"]
        assert base64.b64decode(sent.removeprefix("Basic ")).decode() == told


def test_what_cannot_be_sent_is_an_error_in_words() -> None:
    with media_server("PLEX", Anime=["/media"]) as server:
        with pytest.raises(WrongAddress):
            server_of(_settings(server, token="ключ"), seconds=5).identity()
        address = server.address.replace("://", "://\ud800:x@")
        server_of(_settings(server, address=address), seconds=5).identity()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("answer", ["null", "[]", '"x"', "{}", "not json", "[" * 100_000])
def test_an_answer_of_any_shape_is_an_error_in_words(kind: str, answer: str) -> None:
    with media_server(kind) as server:
        server.says = answer
        with pytest.raises(MediaServerError):
            server_of(_settings(server), seconds=5).identity()


def test_the_clock_of_a_call_is_its_own() -> None:
    """What was asked long ago has no part in what is asked now."""
    with media_server("JELLYFIN", Anime=["/media"]) as server:
        first = server_of(_settings(server), seconds=0.2)
        time.sleep(0.25)
        second = server_of(_settings(server), seconds=20)
        assert second.identity().name == "attic"
        with pytest.raises(ServerUnreachable):
            first.identity()
