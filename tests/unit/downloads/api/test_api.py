"""The queue over HTTP: statuses, shapes, refusals."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts import services as accounts
from downloads import services
from downloads.choices import Status
from downloads.models import DownloadQueueItem
from library.models import AnimeSeries
from tests.unit.downloads.queue_steps import listed

PASSWORD = "a lantern in the fog"


@pytest.fixture
def api(series: AnimeSeries, settings: Any) -> APIClient:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick
    accounts.set_up(master_password=PASSWORD)
    client = APIClient()
    token = accounts.log_in(password=PASSWORD).token
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def add_body(*numbers: int, **fields: Any) -> dict[str, Any]:
    return {
        "serie_id": "frieren",
        "serie_folder": "Frieren (2023)",
        "serie_name": "Frieren",
        "episodes": [{"season": 1, "episode": number} for number in numbers],
        **fields,
    }


def add(api: APIClient, *numbers: int, **fields: Any) -> list[str]:
    answer = api.post("/api/queue/add", add_body(*numbers, **fields), format="json")
    assert answer.status_code == 201, answer.content
    added: list[str] = answer.json()["added_items"]
    return added


def test_adding_answers_with_ids_and_what_was_skipped(api: APIClient) -> None:
    first = add(api, 1, 2)
    assert all(isinstance(pk, str) for pk in first)
    answer = api.post("/api/queue/add/", add_body(2, 3, priority="high"), format="json").json()
    assert len(answer["added_items"]) == 1
    assert answer["skipped"] == [{"season": 1, "episode": 2, "reason": "queued"}]
    assert answer["message"] == "1 added, 1 skipped"
    queue = api.get("/api/queue/status").json()["status"]["pending_queue"]
    assert [item["episode"] for item in queue] == [3, 1, 2]
    assert [item["position"] for item in queue] == [0, 1, 2]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"episodes": []}, "episodes"),
        ({"episodes": [{"season": -1, "episode": 1}]}, "episodes.0.season"),
        ({"episodes": [{"season": 1, "episode": 0}]}, "episodes.0.episode"),
        ({"episodes": [{"season": 1}]}, "episodes.0.episode"),
        ({"episodes": "all"}, "episodes"),
        ({"serie_folder": ""}, "serie_folder"),
        ({"serie_id": None}, "serie_id"),
        ({"priority": "URGENT"}, "priority"),
    ],
)
def test_nonsense_is_refused_by_field(api: APIClient, change: dict[str, Any], field: str) -> None:
    answer = api.post("/api/queue/add", add_body(1) | change, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"].startswith(field)
    assert not DownloadQueueItem.objects.exists()


def test_too_many_and_unknown_are_refused(api: APIClient) -> None:
    many = [{"season": 1, "episode": number % 9_000 + 1} for number in range(10_001)]
    assert api.post("/api/queue/add", add_body(episodes=many), format="json").status_code == 400
    unknown = api.post("/api/queue/add", add_body(1, serie_id="no-such"), format="json")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "series_not_found")


def test_a_series_is_queued_by_key_or_id(api: APIClient, series: AnimeSeries) -> None:
    body = {"episodes": [{"season": 1, "episode": 1}]}
    first = api.post("/api/v1/anime/frieren/download", body, format="json")
    assert (first.status_code, len(first.json()["added_items"])) == (201, 1)
    rest = api.post(f"/api/anime/{series.pk}/download/", {"episodes": "missing"}, format="json")
    assert len(rest.json()["added_items"]) == 5
    assert api.post("/api/anime/none/download", body, format="json").status_code == 404
    for wrong in ("some", [], [{"season": 1}], 7, None):
        refused = api.post("/api/anime/frieren/download", {"episodes": wrong}, format="json")
        assert refused.status_code == 400


def test_items_are_removed_one_or_many_and_come_back(api: APIClient) -> None:
    first, second, third = add(api, 1, 2, 3)
    assert api.delete(f"/api/queue/{first}").status_code == 204
    assert api.delete(f"/api/queue/{first}").status_code == 404
    assert api.delete("/api/queue/no-number").status_code == 404
    assert api.delete(f"/api/queue/{'9' * 40}").status_code == 404
    many = {"item_ids": [second, "999999"]}
    assert api.delete("/api/queue/", many, format="json").status_code == 204
    assert (
        api.post("/api/queue/remove", {"item_ids": [int(third)]}, format="json").status_code == 204
    )
    cancelled = api.get("/api/queue/items", {"status": "cancelled"}).json()
    assert cancelled["count"] == 3
    undone = api.post("/api/queue/undo").json()
    assert undone["restored_count"] == 3
    assert services.status()["statistics"]["pending_count"] == 3


def test_start_stop_pause_resume(api: APIClient) -> None:
    def state(action: str, body: dict[str, Any] | None = None) -> tuple[bool, bool]:
        answer = api.post(f"/api/queue/{action}", body, format="json")
        assert answer.status_code == 200, answer.content
        found = answer.json()["status"]
        return found["is_running"], found["is_paused"]

    assert state("start", {"limit": 1}) == (True, False)
    assert state("start") == (True, False)
    assert state("pause") == (True, True)
    assert state("resume") == (True, False)
    assert state("stop") == (False, False)
    assert state("stop") == (False, False)
    assert api.post("/api/queue/start", {"limit": 0}, format="json").status_code == 400


def test_reordering_holding_releasing(api: APIClient) -> None:
    first, second = add(api, 1, 2)
    moved = api.post("/api/queue/reorder", {"item_id": second, "new_position": 0}, format="json")
    assert moved.json() == {"item_id": second, "position": 0}
    unknown = {"item_id": "12345678", "new_position": 0}
    assert api.post("/api/queue/reorder", unknown, format="json").status_code == 404
    held = api.post("/api/queue/hold", {"item_ids": [first]}, format="json").json()
    assert held == {"held_count": 1, "held_ids": [first], "skipped": []}
    released = api.post("/api/queue/release", {"item_ids": [first]}, format="json").json()
    assert released["released_ids"] == [first]


def test_clearing_and_retrying(api: APIClient) -> None:
    done, failed = add(api, 1, 2)
    assert api.post(f"/api/queue/retry/{done}").status_code == 409
    assert api.post("/api/queue/retry/999999").status_code == 404
    DownloadQueueItem.objects.filter(pk=done).update(status=Status.COMPLETED)
    DownloadQueueItem.objects.filter(pk=failed).update(status=Status.FAILED)
    retried = api.post("/api/queue/retry", {"item_ids": []}, format="json").json()
    assert retried == {"retried_count": 1, "retried_ids": [failed], "skipped": []}
    assert api.delete("/api/queue/completed").json() == {"cleared_count": 1}
    assert api.delete("/api/queue/failed").json() == {"cleared_count": 0}


def test_items_are_listed_in_pages(
    api: APIClient, series: AnimeSeries, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    refs = listed(series, 1_000)
    services.enqueue(series_key=series.key, episodes=refs)
    with django_assert_max_num_queries(15):
        page = api.get("/api/queue/items", {"page_size": 500, "page": 2}).json()
    assert (page["count"], len(page["results"]), page["next"]) == (1_000, 500, None)
    assert page["results"][0]["position"] == 500
    assert api.get("/api/queue/items", {"series": "other"}).json()["count"] == 0
    assert api.get("/api/queue/items", {"status": "LOST"}).status_code == 400
    with django_assert_max_num_queries(15):
        api.get("/api/queue/status")


def test_nothing_is_open_to_strangers(series: AnimeSeries) -> None:
    accounts.set_up(master_password=PASSWORD)
    stranger = APIClient()
    assert stranger.get("/api/queue/status").status_code == 401
    assert stranger.post("/api/queue/start").status_code == 401
