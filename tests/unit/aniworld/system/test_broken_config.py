"""A configuration nobody can read: the product says so wherever it is asked, and nothing hangs."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from accounts import services as accounts
from accounts.credentials import COOKIE
from aniworld.config import store
from downloads.models import QueueState
from library.services import operations

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(settings: Any) -> Client:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick
    owner = accounts.set_up(master_password="a lantern in the fog")
    client = Client(raise_request_exception=False)
    client.cookies[COOKIE] = accounts.open_session(owner).token
    shutil.rmtree(Path(django_settings.DATA_DIR) / "config_backups", ignore_errors=True)
    store.path().write_text("{")
    return client


@pytest.mark.parametrize("path", ["/", "/add", "/unmatched"])
def test_a_page_names_the_file_to_mend(visitor: Client, path: str) -> None:
    page = visitor.get(path)
    assert page.status_code == 503
    assert b"config.json.broken-" in page.content


def test_the_api_says_it_in_its_own_shape(visitor: Client) -> None:
    answer = visitor.get("/api/providers")
    assert (answer.status_code, answer.json()["code"]) == (503, "config_broken")


def test_readiness_says_it_without_naming_a_path(visitor: Client) -> None:
    answer = visitor.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"]["configuration"]["ok"] is False
    assert b"config.json" not in answer.content


def test_a_scan_that_died_is_ended_all_the_same(visitor: Client) -> None:
    operation = operations.begin({})
    operations.end_as_died(operation)
    operation.refresh_from_db()
    assert (operation.state, operation.error_code) == ("FAILED", "scan_process_died")


def test_the_queue_does_not_start_and_says_why(visitor: Client) -> None:
    answer = visitor.post("/api/queue/start", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (503, "config_broken")
    assert not QueueState.current().is_running
    page = visitor.post("/queue/start", follow=True)
    assert b"config.json.broken-" in page.content


def test_a_queue_that_runs_says_why_nothing_moves(visitor: Client) -> None:
    QueueState.objects.update_or_create(pk=1, defaults={"is_running": True})
    page = visitor.get("/queue")
    assert page.status_code == 200
    assert b"Nothing can be downloaded now" in page.content
    assert b"config.json.broken-" in page.content
    trouble = visitor.get("/api/queue/status").json()["status"]["trouble"]
    assert trouble["code"] == "config_broken"
    QueueState.objects.update(is_running=False)
    assert visitor.get("/api/queue/status").json()["status"]["trouble"] is None
    assert visitor.post("/api/queue/pause").status_code == 200  # needs no configuration
