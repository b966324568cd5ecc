"""Servers are told of exactly the folders concerned; what cannot be told is told later."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path

import pytest
from django.utils import timezone

from aniworld.system.mediaservers import claims, client, reading, services, telling
from aniworld.system.mediaservers.models import (
    LEASE,
    FolderToTell,
    FolderToTellQuerySet,
    ServerState,
)
from aniworld.system.mediaservers.running import Teller
from library.models import LibraryRoot
from tests.telling_server import media_server
from tests.unit.aniworld.system.mediaservers.support import (
    KINDS,
    change,
    come,
    look,
    set_up,
    wait_for_more,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_once(library: LibraryRoot) -> None:
    wait_for_more(0)


def test_26_episodes_of_a_season_within_a_minute_are_one_call(library: LibraryRoot) -> None:
    wait_for_more(20)
    with media_server("JELLYFIN") as server:
        set_up(server)
        for _ in range(26):
            change(library.pk, ("Show/Season 01", "CREATED"))
            assert look() == 0
            come(2)
        come(20)
        assert look() == 1
        assert server.told() == [("Created", f"{library.path}/Show/Season 01")]
        assert server.calls() == 1


@pytest.mark.parametrize("kind", KINDS)
def test_the_folder_is_called_as_the_server_calls_it(kind: str, library: LibraryRoot) -> None:
    (Path(library.path) / "Show/Season 01").mkdir(parents=True)
    with media_server(kind, Anime=["/media/anime"]) as server:
        set_up(server, paths=[f"{library.path}=/media/anime"])
        change(library.pk, ("Show/Season 01", "CREATED"))
        assert look() == 1
        [(_, path)] = server.told()
        expected = "/media/anime/Show/Season 01" if kind != "KODI" else "/media/anime/Show/"
        assert path == expected


def test_a_folder_that_is_gone_is_told_of_plex_by_the_one_around_it(library: LibraryRoot) -> None:
    (Path(library.path) / "Show").mkdir()
    with media_server("PLEX", Anime=[library.path]) as server:
        set_up(server)
        change(library.pk, ("Show/Season 01", "DELETED"), ("Gone/Season 01", "DELETED"))
        look()
        assert sorted(path for _, path in server.told()) == [library.path, f"{library.path}/Show"]


def test_a_name_that_is_no_text_is_told_by_the_folder_around_it(library: LibraryRoot) -> None:
    with media_server("JELLYFIN") as server:
        set_up(server)
        change(library.pk, ("Show/S\\xe4son", "CREATED"))
        look()
        assert server.told() == [("Created", f"{library.path}/Show")]


def test_several_are_told_each_for_itself(library: LibraryRoot) -> None:
    with media_server("JELLYFIN") as one, media_server("KODI") as two, media_server("EMBY") as bad:
        for name, server in (("one", one), ("two", two), ("bad", bad)):
            set_up(server, name)
        bad.mood = 500
        change(library.pk, ("Show", "CREATED"))
        assert look() == 2
        assert (one.calls(), two.calls()) == (1, 1)
        assert [row.server for row in FolderToTell.objects.all()] == ["bad"]


@pytest.mark.parametrize("mood", ["hang", "cut", "huge", "elsewhere", 401, 500])
def test_one_that_fails_is_told_when_it_is_well_again(
    mood: str | int, library: LibraryRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    if mood == "hang":
        monkeypatch.setattr(client, "READ_SECONDS", 0.3)
    with media_server("JELLYFIN") as server:
        set_up(server)
        server.mood = mood
        change(library.pk, ("Show", "CREATED"))
        assert look() == 0
        state = ServerState.objects.get()
        assert (state.tries, state.failing_since is not None) == (1, True)
        assert state.error is not None
        assert state.error["text"]

        assert (look(), len(server.asked)) == (0, 1)  # it is left alone
        change(library.pk, ("Show", "DELETED"))
        look()
        server.mood = "well"
        come(claims.PAUSES[0].total_seconds() + 1)
        assert look() == 1
        assert server.told()[-1] == ("Modified", f"{library.path}/Show")
        state.refresh_from_db()
        assert (state.failing_since, state.next_try_at, state.tries) == (None, None, 0)
        assert FolderToTell.objects.count() == 0


def test_the_pauses_grow_and_have_a_bound(library: LibraryRoot) -> None:
    with media_server("JELLYFIN") as server:
        set_up(server)
        server.mood = 500
        change(library.pk, ("Show", "CREATED"))
        reading.read()
        pauses = []
        for _ in range(len(claims.PAUSES) + 2):
            assert telling.due() == ["attic"]
            telling.tell("attic")
            state = ServerState.objects.get()
            assert state.next_try_at is not None
            pauses.append(round((state.next_try_at - timezone.now()).total_seconds(), -1))
            come(901)
    assert pauses == sorted(pauses)
    assert pauses[-1] == pauses[-2] == 900


def test_what_a_clock_that_was_ahead_has_put_off_is_told(library: LibraryRoot) -> None:
    with media_server("JELLYFIN") as server:
        set_up(server)
        server.mood = 500
        change(library.pk, ("Show", "CREATED"))
        assert look() == 0
        claims.claimed("attic")
        server.mood = "well"
        come(-7 * 86_400)  # all of it was written by a clock that was a week ahead
        assert look() == 1


def test_what_comes_while_it_is_told_is_told_as_well(
    library: LibraryRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = telling._tell

    def tell(*arguments: object) -> object:
        change(library.pk, ("Show", "DELETED"))
        reading.read()
        monkeypatch.setattr(telling, "_tell", true)
        return true(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(telling, "_tell", tell)
    with media_server("JELLYFIN") as server:
        set_up(server)
        change(library.pk, ("Show", "CREATED"))
        look()
        look()
        assert len(server.told()) == 2
    assert FolderToTell.objects.count() == 0


def test_a_folder_is_told_by_one_at_a_time_and_again_after_a_death(library: LibraryRoot) -> None:
    with media_server("JELLYFIN") as server:
        set_up(server)
        change(library.pk, ("Show", "CREATED"))
        reading.read()
        [row] = claims.claimed("attic")  # and then it dies
        assert claims.claimed("attic") == []
        assert look() == 0
        come(LEASE.total_seconds() + 1)
        assert look() == 1
        telling._told("attic", [row], [None])  # it was not dead, only slow: nothing is lost by it
        assert len(server.told()) == 1


def test_of_two_who_claim_at_once_one_has_it(
    library: LibraryRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.add("attic", {"address": "http://127.0.0.1:9"})
    change(library.pk, ("Show", "CREATED"))
    reading.read()
    true, seen = FolderToTellQuerySet.claimable, []

    def claimable(rows: FolderToTellQuerySet, now: datetime) -> FolderToTellQuerySet:
        seen.append(now)
        if len(seen) == 2:  # another one comes between looking and taking
            FolderToTell.objects.update(held_by="other", held_until=now + LEASE)
        return true(rows, now)

    monkeypatch.setattr(FolderToTellQuerySet, "claimable", claimable)
    assert claims.claimed("attic") == []
    assert FolderToTell.objects.get().held_by == "other"


def test_plex_is_told_of_the_others_where_it_does_not_know_one(library: LibraryRoot) -> None:
    with media_server("PLEX", Anime=[f"{library.path}/A"]) as server:
        set_up(server)
        change(library.pk, ("A", "CREATED"), ("B", "CREATED"))
        assert look() == 1
        assert server.told() == [("1", f"{library.path}/A")]
        row = FolderToTell.objects.get()
        assert (row.folder, row.error_code) == ("B", "media_server_folder_unknown")
        assert ServerState.objects.get().failing_since is None
        server.libraries["More"] = [library.path]
        services.test("attic")  # its owner has mended it
        assert look() == 1


def test_one_that_is_removed_or_off_leaves_nothing(library: LibraryRoot) -> None:
    with media_server("JELLYFIN") as server:
        set_up(server, "removed")
        set_up(server, "off")
        server.mood = 500
        change(library.pk, ("Show", "CREATED"))
        look()
        services.remove("removed")
        assert [row.server for row in FolderToTell.objects.all()] == ["off"]
        services.change("off", {"enabled": False})
        come(1000)
        assert look() == 0
        assert (FolderToTell.objects.count(), ServerState.objects.count()) == (0, 0)


def test_one_that_hangs_keeps_none_waiting(
    library: LibraryRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each in a thread of its own; here without a database of theirs."""
    begun: list[str] = []
    release = threading.Event()

    def tell(name: str) -> None:
        begun.append(name)
        if name == "hangs":
            release.wait(60)

    monkeypatch.setattr("aniworld.system.mediaservers.running._tell", tell)
    for name in ("hangs", "well"):
        services.add(name, {"address": "http://127.0.0.1:9"})
    change(library.pk, ("Show", "CREATED"))
    teller = Teller()
    teller.turn()
    threads = dict(teller._at_work)
    threads["well"].join(timeout=30)
    teller.turn()
    teller._at_work["well"].join(timeout=30)
    assert sorted(begun) == ["hangs", "well", "well"]  # it is not begun twice
    release.set()
    threads["hangs"].join(timeout=30)


def test_so_many_are_told_at_once_and_the_others_after_them(library: LibraryRoot) -> None:
    with media_server("JELLYFIN") as server:
        set_up(server)
        change(library.pk, *[(str(number), "CREATED") for number in range(claims.AT_ONCE + 5)])
        assert [look(), look()] == [claims.AT_ONCE, 5]
        assert server.calls() == 2
