"""What catalogues have changed, over HTTP; and a list that waits for its owner's word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from accounts import services as accounts
from accounts.credentials import COOKIE
from aniworld.events.models import OutboxEvent
from library.models import AnimeSeries
from library.services import add_series, refresh_series
from tests.unit.library.conftest import Put, rescan
from tests.unit.library.fakes import FakeSite
from tests.unit.library.services.test_renumbering import SWAPPED, TALES, lists
from tests.unit.reading import get

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(db: None) -> Client:
    user = User.objects.create_superuser(accounts.OWNER)
    client = Client()
    client.cookies[COOKIE] = accounts.open_session(user).token
    return client


@pytest.fixture
def series(show: FakeSite, library: Path, put: Put) -> AnimeSeries:
    lists(show, {1: TALES[:6]})
    put(*(f"Show (2013)/Season 1/Show - S01E{n:02}.mkv" for n in range(1, 6)))
    found = add_series(site=show.name, key="show")[0]
    rescan(full=True)
    return AnimeSeries.objects.get(pk=found.pk)


def called(client: Client, path: str, body: Any = None) -> tuple[int, Any]:
    if body is None:
        answer = client.get(f"/api/{path}")
    else:
        answer = client.post(f"/api/{path}", json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


def test_changes_are_listed_the_newest_first(
    owner: Client, series: AnimeSeries, show: FakeSite
) -> None:
    lists(show, {1: ["Prologue", *TALES[:5], "Of Fogs"]})
    refresh_series(series)
    lists(show, {1: ["Prologue", *TALES[:5]]})
    refresh_series(series)
    _, page = called(owner, "changes?page_size=2")
    assert page["count"] == 9
    first = page["results"][0]
    assert (first["kind"], first["key"], first["episode"]) == ("WITHDRAWN", "show", 7)
    assert first["was"] == {"season": 1, "episode": 7, "title": "Of Fogs"}
    assert first["now"] is None
    _, moved = called(owner, "anime/show/changes?kind=renumbered")
    assert {(one["was"]["episode"], one["now"]["episode"]) for one in moved["results"]} == {
        (n, n + 1) for n in range(1, 6)
    }
    assert called(owner, "changes?series=none")[1]["count"] == 0
    assert called(owner, "changes?kind=other")[0] == 400
    assert called(owner, "anime/none/changes")[0] == 404


def test_browsers_are_told(series: AnimeSeries, show: FakeSite) -> None:
    lists(show, {1: [*TALES[:6], "Of Gold"]})
    refresh_series(series)
    told = OutboxEvent.objects.filter(type="catalogue_changed").get().data
    assert (told["key"], told["changes"], told["is_held"]) == ("show", {"NEW": 1}, False)


def test_a_list_that_is_held_waits_for_an_answer(
    owner: Client, series: AnimeSeries, show: FakeSite
) -> None:
    lists(show, {1: SWAPPED})
    refresh_series(series)
    _, details = called(owner, "anime/show")
    assert details["catalogue_held"]["doubts"] == 2
    assert details["catalogue_held"]["episodes"][0] == {
        "season_was": 1,
        "episode_was": 1,
        "title_was": TALES[0],
        "season": 1,
        "episode": 2,
        "title": TALES[0],
        "is_sure": False,
    }
    assert "The catalogue waits for your word" in str(get(owner, "/series/show"))
    shown = str(get(owner, "/series/show?tab=problems"))
    assert "The catalogue has other numbers" in shown
    assert 'value="SAME_EPISODES"' in shown
    assert called(owner, "anime/show/numbers", {"means": "perhaps"})[0] == 400
    status, details = called(owner, "anime/show/numbers", {"means": "same_episodes"})
    assert (status, details["catalogue_held"]) == (200, None)
    assert details["mapping"]
    status, error = called(owner, "anime/show/numbers", {"means": "same_episodes"})
    assert (status, error["code"]) == (409, "nothing_held")


def test_the_page_takes_the_answer_too(owner: Client, series: AnimeSeries, show: FakeSite) -> None:
    lists(show, {1: SWAPPED})
    refresh_series(series)
    owner.post("/series/show/numbers", {"means": "AS_LISTED"})
    series.refresh_from_db()
    assert (series.catalogue_held, series.mapping) == (False, [])
    assert "The catalogue waits" not in str(get(owner, "/series/show"))
    assert "other numbers" not in str(get(owner, "/series/show?tab=problems"))
