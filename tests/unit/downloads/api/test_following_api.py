"""What is fetched by itself, over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from accounts import services as accounts
from downloads.models import DownloadQueueItem
from library.models import AnimeSeries, Availability
from tests.factories import make_series

NOW = timezone.now()


@pytest.fixture
def program(db: None) -> Client:
    owner = User.objects.create(username="admin", password="!", is_superuser=True)
    token = accounts.open_session(owner).token
    return Client(headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def series(db: None) -> AnimeSeries:
    found = make_series("Mushishi", missing=2, key="mushishi")
    Availability.objects.create(
        series=found,
        season=1,
        episode_number=1,
        language="German Sub",
        first_seen_at=NOW - timedelta(days=3),
    )
    return found


def change(program: Client, **following: Any) -> Any:
    body = {"following": following}
    return program.patch("/api/v1/anime/mushishi", body, content_type="application/json")


def test_what_is_followed_is_changed_and_told(program: Client, series: AnimeSeries) -> None:
    answer = change(
        program,
        follow="season",
        season=2,
        ranks=["German Dub=now", "German Sub=14"],
        keep="both",
        catalogue_hours=24,
    )
    assert answer.status_code == 200
    told = answer.json()["following"]
    assert told.pop("since") is not None
    assert told == {
        "follow": "SEASON",
        "season": 2,
        "ranks": ["German Dub=now", "German Sub=14"],
        "keep": "BOTH",
        "catalogue_hours": 24,
    }
    told = change(program, follow="NEW").json()["following"]
    assert (told["follow"], told["season"]) == ("NEW", None)


@pytest.mark.parametrize(
    ("following", "code"),
    [
        ({"follow": "SEASON"}, "invalid_following"),
        ({"follow": "NEW", "season": 1}, "invalid_following"),
        ({"ranks": ["German Dub=now", "german dub=3"]}, "invalid_following"),
        ({"ranks": ["German Dub"]}, "invalid_following"),
        ({"ranks": ["German Dub=1000"]}, "invalid_following"),
        ({"follow": "ALL"}, "validation_error"),
        ({"catalogue_hours": 5}, "validation_error"),
        ({"season": 0}, "validation_error"),
        ({"ranks": "German Dub=now"}, "validation_error"),
        ({"quality": 1}, "validation_error"),
    ],
)
def test_what_cannot_be_is_refused(
    program: Client, series: AnimeSeries, following: dict[str, Any], code: str
) -> None:
    answer = change(program, **following)
    assert answer.status_code == 400
    assert answer.json()["code"] == code
    series.refresh_from_db()
    assert (series.follow, series.language_ranks) == ("OFF", [])


def test_the_plan_tells_and_post_does_it(program: Client, series: AnimeSeries) -> None:
    change(program, follow="GAPS", ranks=["German Sub=now"])
    plan = program.get("/api/v1/following/plan").json()
    outcomes = [(one["episode"], one["outcome"]) for one in plan["results"]]
    assert outcomes == [(1, "QUEUE"), (2, "LEAVE")]
    assert (plan["series"], plan["to_queue"], plan["waiting"], plan["left_today"]) == (1, 1, 0, 100)
    only = program.get("/api/v1/following/plan?outcome=leave&series=mushishi").json()
    assert [one["reason"]["code"] for one in only["results"]] == ["follow_not_out"]
    assert program.get("/api/v1/following/plan?series=nobody").json()["count"] == 0
    assert program.get("/api/v1/following/plan?outcome=soon").status_code == 400
    done = program.post("/api/v1/following/plan")
    assert done.status_code == 201
    [item] = DownloadQueueItem.objects.all()
    assert done.json() == {"queued_items": [str(item.pk)], "waiting": 0}
    listed = program.get("/api/queue/items").json()["results"]
    assert listed[0]["wanted_language"] == "German Sub"
    of_series = program.get("/api/v1/anime/mushishi/plan").json()["results"]
    assert [one["reason"]["code"] for one in of_series] == ["follow_queued", "follow_not_out"]


def test_the_waiting_list(program: Client, series: AnimeSeries) -> None:
    change(program, follow="GAPS", ranks=["German Dub=now", "German Sub=14"])
    [one] = program.get("/api/v1/following/waiting").json()["results"]
    assert (one["key"], one["language"], one["waits_for"]) == (
        *("mushishi", "German Sub"),
        ["German Dub"],
    )
    assert one["since"] < one["until"]
