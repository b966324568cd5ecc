"""Operations over HTTP: those that run and those that are over, by id and type."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts import services as accounts
from accounts.credentials import COOKIE
from aniworld.events.models import Operation
from aniworld.events.notices import OperationProgress, QueueProgress, SystemProgress
from aniworld.events.progress import ProgressTracker
from aniworld.events.reading import Reading
from library import events
from library.events import Place
from library.models import ScanOperation
from library.services import operations
from providers.coded import coded


@pytest.fixture
def api(db: None, settings: Any) -> Client:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick
    owner = accounts.set_up(master_password="a lantern in the fog")
    client = Client()
    client.cookies[COOKIE] = accounts.open_session(owner).token
    return client


@pytest.fixture
def scan(api: Client) -> ScanOperation:
    operation = operations.begin({})
    tracker = events.scan_tracker(operation)
    tracker.start(coded("scan_looking"))
    tracker.update(50, total=200, rate=12.5, facts=Place(12, "frieren", "Frieren (2023)"))
    return operation


def tracker(
    operation_id: str, event: type[OperationProgress] = SystemProgress
) -> ProgressTracker[Any]:
    return ProgressTracker(event, operation_id, {}, reading=Reading(current=3, total=4))


def listed(api: Client, query: str = "") -> list[tuple[str, str, str]]:
    answer = api.get(f"/api/operations{query}")
    assert answer.status_code == 200
    return [(row["type"], row["id"], row["status"]) for row in answer.json()["results"]]


def test_one_that_runs(api: Client, scan: ScanOperation) -> None:
    answer = api.get(f"/api/operations/{scan.operation_id}").json()

    assert answer.pop("started_at") < answer.pop("updated_at")
    assert answer == {
        "id": str(scan.operation_id),
        "type": "SCAN",
        "status": "IN_PROGRESS",
        "phase": "IN_PROGRESS",
        "percent": 25.0,
        "current": 50,
        "total": 200,
        "rate": 12.5,
        "message": "Looking through the library folders",
        "key": "frieren",
        "folder": "Frieren (2023)",
        "finished_at": None,
    }


def test_one_that_is_over(api: Client) -> None:
    tracker("backup").fail(coded("test", why="as_told", text="The disk is full."))
    answer = api.get("/api/operations/backup/").json()

    assert (answer["status"], answer["phase"], answer["percent"]) == ("FAILED", "FAILED", 75.0)
    assert answer["message"] == "The disk is full."
    assert answer["finished_at"] == answer["updated_at"]
    assert answer["finished_at"].endswith("Z")
    assert (answer["key"], answer["folder"]) == (None, None)


def test_the_running_ones_come_first_then_the_newest(api: Client, scan: ScanOperation) -> None:
    tracker("first").complete()
    tracker("second", QueueProgress).cancel()
    running = ("SCAN", str(scan.operation_id), "IN_PROGRESS")
    second, first = ("QUEUE", "second", "CANCELLED"), ("SYSTEM", "first", "COMPLETED")

    assert listed(api) == [running, second, first]
    assert listed(api, "?type=scan") == [running]
    assert listed(api, "?type=SYSTEM") == [first]
    assert listed(api, "?status=cancelled") == [second]
    assert listed(api, "?type=DOWNLOAD") == []
    assert listed(api, "?page_size=1&page=2") == [second]
    assert api.get("/api/operations?page_size=1").json()["count"] == 3


def test_an_id_of_two_types_is_told_apart(api: Client) -> None:
    tracker("7").start()
    tracker("7", QueueProgress).complete()

    assert api.get("/api/operations/7").json()["type"] == "SYSTEM", "the one that runs"
    assert api.get("/api/operations/7?type=queue").json()["status"] == "COMPLETED"


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/api/operations/none", 404, "operation_not_found"),
        ("/api/operations/backup?type=QUEUE", 404, "operation_not_found"),
        ("/api/operations/backup?type=COFFEE", 400, "validation_error"),
        ("/api/operations?status=RUNNING", 400, "validation_error"),
    ],
)
def test_what_there_is_not(api: Client, address: str, status: int, code: str) -> None:
    tracker("backup").start()
    answer = api.get(address)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_only_who_is_logged_in_sees_them(api: Client) -> None:
    assert Client().get("/api/operations").status_code == 401
    assert Client().get("/api/operations/7").status_code == 401


def test_the_list_costs_two_queries_and_writes_nothing(
    api: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        tracker(str(number)).complete()
    before = list(Operation.objects.values())
    api.get("/api/operations")  # the visit of the session is noted once
    with django_assert_max_num_queries(3) as asked:  # the session; the number; the page
        assert len(listed(api)) == 30
    assert not [query for query in asked.captured_queries if not query["sql"].startswith("SELECT")]
    assert list(Operation.objects.values()) == before
