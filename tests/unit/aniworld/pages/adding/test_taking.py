"""Adding a series with what is to become of it, by the service and over HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from aniworld.config import store
from aniworld.journal.models import Entry
from aniworld.pages.adding.taking import QueueNow, Wish, take
from downloads.models import DownloadQueueItem
from library import services
from library.errors import InvalidFollowing, InvalidPreferences, UnknownRoot
from library.models import AnimeSeries, LibraryRoot
from tests.unit.library.fakes import FakeSite

pytestmark = pytest.mark.django_db


def queued() -> list[tuple[int, int]]:
    return list(
        DownloadQueueItem.objects.order_by("position").values_list("season", "episode_number")
    )


def send(visitor: Client, body: dict[str, Any], status: int) -> Any:
    answer = visitor.post("/api/v1/anime", json.dumps(body), content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


@pytest.mark.parametrize(
    ("wanted", "episodes"),
    [
        (QueueNow.NONE, []),
        (QueueNow.MISSING, [(0, 1), (1, 1), (1, 2), (1, 3), (2, 1), (2, 2)]),
        (QueueNow.FIRST_SEASON, [(1, 1), (1, 2), (1, 3)]),
        (QueueNow.LAST_SEASON, [(2, 1), (2, 2)]),  # the third one is announced
    ],
)
def test_what_is_wanted_is_queued_with_it(
    show: FakeSite, library: LibraryRoot, wanted: QueueNow, episodes: list[tuple[int, int]]
) -> None:
    taken = take(Wish(queue=wanted), site=show.name, key="show")
    assert queued() == episodes
    assert (taken.added is None) is (wanted is QueueNow.NONE)


def test_films_alone_are_the_first_season(site: FakeSite, library: LibraryRoot) -> None:
    site.add("film", "Film", {0: 1})
    take(Wish(queue=QueueNow.FIRST_SEASON), site=site.name, key="film")
    assert queued() == [(0, 1)]


def test_a_series_without_episodes_queues_nothing(site: FakeSite, library: LibraryRoot) -> None:
    site.add("soon", "Soon", {})
    taken = take(Wish(queue=QueueNow.LAST_SEASON), site=site.name, key="soon")
    assert taken.added is not None
    assert (taken.added.ids, queued()) == ([], [])


def test_what_was_decided_stands_in_its_row_and_in_the_journal(
    show: FakeSite, library: LibraryRoot
) -> None:
    store.update(lambda data: data["following"].update(new_series="GAPS"))
    changes = {"follow": "SEASON", "follow_season": 2, "languages": ["German Sub"]}
    series = take(Wish(changes=changes, folder="Own"), site=show.name, key="show").series
    series.refresh_from_db()
    assert (series.follow, series.follow_season, series.languages) == tuple(changes.values())
    assert (series.folder, series.follow_since is not None) == ("Own", True)
    (entry,) = Entry.objects.about("series", "show")
    assert entry.action == "series.added"
    assert changes.items() <= entry.after.items()


def test_without_a_word_the_settings_count(show: FakeSite, library: LibraryRoot) -> None:
    store.update(lambda data: data["following"].update(new_series="GAPS"))
    assert take(Wish(), site=show.name, key="show").series.follow == "GAPS"
    off = take(Wish(changes={"follow": "OFF"}), site=_other(show), key="other").series
    assert off.follow == "OFF"


def _other(show: FakeSite) -> str:
    show.add("other", "Other", {1: 1})
    return show.name


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        (Wish(changes={"languages": ["Klingon"]}), InvalidPreferences),
        (Wish(changes={"follow": "SEASON"}), InvalidFollowing),
        (Wish(changes={"follow_season": 2}), InvalidFollowing),
        (Wish(root="/elsewhere"), UnknownRoot),
    ],
)
def test_what_makes_no_sense_is_refused_before_the_site_is_asked(
    show: FakeSite, library: LibraryRoot, wish: Wish, error: type[Exception]
) -> None:
    with pytest.raises(error):
        take(wish, site=show.name, key="show")
    assert not show.asked
    assert not AnimeSeries.objects.exists()


def test_a_series_that_comes_back_is_as_it_is_wished_now(
    show: FakeSite, library: LibraryRoot
) -> None:
    services.remove_series(take(Wish(), site=show.name, key="show").series)
    wish = Wish(changes={"follow": "GAPS"}, queue=QueueNow.FIRST_SEASON)
    taken = take(wish, site=show.name, key="show")
    assert (taken.is_new, taken.series.follow, len(queued())) == (False, "GAPS", 3)
    services.remove_series(taken.series)
    with pytest.raises(InvalidPreferences):
        take(Wish(changes={"languages": ["Klingon"]}), site=show.name, key="show")
    assert AnimeSeries.objects.get().is_deleted, "what is refused brings nothing back"


def test_it_lies_in_the_library_folder_that_was_chosen(
    show: FakeSite, library: LibraryRoot, tmp_path: Path
) -> None:
    (tmp_path / "second").mkdir()
    paths = [library.path, str(tmp_path / "second")]
    store.update(lambda data: data["library"].update(directories=paths))
    assert take(Wish(), site=show.name, key="show").series.root.path == paths[0]  # type: ignore[union-attr]
    other = take(Wish(root=paths[1]), site=_other(show), key="other").series
    assert other.root is not None
    assert other.root.path == paths[1]


def test_the_api_takes_the_same(visitor: Client, show: FakeSite, library: LibraryRoot) -> None:
    body = {
        "link": f"https://{show.name}.example/show",
        "root_path": library.path,
        "folder": "Own",
        "monitored": True,
        "preferences": {"languages": ["German Sub"], "hosters": ["voe"]},
        "following": {"follow": "season", "season": 2},
        "queue": "last_season",
    }
    row = send(visitor, body, 201)
    assert (row["key"], row["folder"]) == ("show", "Own")
    assert len(row["queued"]["added_items"]) == 2
    told = visitor.get("/api/v1/anime/show").json()
    assert told["preferences"] == body["preferences"]
    assert (told["following"]["follow"], told["following"]["season"]) == ("SEASON", 2)
    services.remove_series(AnimeSeries.objects.get())
    again = send(visitor, {"site": show.name, "key": "show"}, 200)
    assert again["queued"] is None


def test_the_api_says_why_it_takes_something_not(
    visitor: Client, show: FakeSite, library: LibraryRoot
) -> None:
    strange = send(visitor, {"link": "https://elsewhere.example/x"}, 404)
    assert strange["code"] == "invalid_link"
    assert "elsewhere.example" in strange["detail"]
    assert "Fake" in strange["detail"]
    own = {"site": show.name, "link": "https://elsewhere.example/x"}
    assert "at Fake" in send(visitor, own, 404)["detail"]
    assert send(visitor, {"key": "show"}, 400)["errors"][0]["field"] == "site"
    both = {"site": show.name, "key": "show", "link": "https://x.example"}
    assert send(visitor, both, 400)["errors"][0]["field"] == "key"
    wrong = {"site": show.name, "key": "show", "root_path": "/elsewhere"}
    assert send(visitor, wrong, 400)["code"] == "unknown_root"
    assert send(visitor, {**wrong, "queue": "ALL"}, 400)["errors"][0]["field"] == "queue"
    assert not AnimeSeries.objects.exists()
