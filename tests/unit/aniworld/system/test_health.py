"""The addresses monitors ask."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from aniworld import __version__
from aniworld.config import store
from downloads.models import QueueState

pytestmark = pytest.mark.django_db


@pytest.fixture
def library(tmp_path: Path) -> Path:
    def point_there(config: dict[str, Any]) -> None:
        config["library"]["directories"] = [str(tmp_path)]
        config["downloads"]["min_free_mb"] = 0

    store.update(point_there)
    return tmp_path


@pytest.fixture
def _worker() -> None:
    state = QueueState.locked()
    state.lease_holder, state.heartbeat_at = "worker", timezone.now()
    state.save()


@pytest.mark.parametrize("address", ["/ping", "/ping/"])
def test_ping_is_open(client: Client, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.json()) == (200, {"status": "OK"})


def test_health_names_the_version(client: Client) -> None:
    assert client.get("/health").json() == {"status": "healthy", "version": __version__}


@pytest.mark.usefixtures("_worker", "library")
def test_ready_when_all_is_well(client: Client) -> None:
    answer = client.get("/health/ready")
    assert answer.status_code == 200, answer.json()
    assert {check["ok"] for check in answer.json()["checks"].values()} == {True}


@pytest.mark.usefixtures("library")
def test_not_ready_without_a_worker(client: Client) -> None:
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    worker = answer.json()["checks"]["worker"]
    assert (worker["ok"], "runqueue" in worker["detail"]) == (False, True)


@pytest.mark.usefixtures("_worker")
def test_not_ready_without_the_library_and_no_path_is_told(client: Client, library: Path) -> None:
    library.rmdir()
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"]["library"]["ok"] is False
    assert str(library) not in answer.content.decode()


@pytest.mark.usefixtures("_worker", "library")
def test_not_ready_when_the_disk_is_full(client: Client) -> None:
    def want_more_than_there_is(config: dict[str, Any]) -> None:
        config["downloads"]["min_free_mb"] = 100_000_000

    store.update(want_more_than_there_is)
    assert client.get("/health/ready").json()["checks"]["free_space"]["ok"] is False
