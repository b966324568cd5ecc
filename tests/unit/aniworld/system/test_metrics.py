"""``/metrics``: what Prometheus reads, with a key."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from accounts import keys
from accounts.models import Scope
from aniworld.config import store
from aniworld.sites.health import monitor
from aniworld.sites.models import ServiceState
from aniworld.system import metrics
from downloads.choices import Status
from providers.errors import SiteDown
from providers.watching import Called, Fault
from tests.factories import make_item, make_series
from tests.unit.visiting import visitor

__all__ = ["visitor"]

Found = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
def program(visitor: Client) -> Client:
    """A program with a key that may read."""
    key = keys.create_key(User.objects.get(), name="prometheus", scope=Scope.READ, lasts_days=None)
    return Client(headers={"Authorization": f"Bearer {key.secret}"})


def read(client: Client, **headers: str) -> Found:
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.content
    families = text_string_to_metric_families(answer.content.decode())
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def value(found: Found, name: str, **labels: str) -> float:
    return found[name, tuple(sorted(labels.items()))]


def test_nobody_reads_them_without_a_key(visitor: Client) -> None:
    assert Client().get("/metrics").status_code == 401
    assert Client(headers={"X-Api-Key": "aniworld_nothing"}).get("/metrics").status_code == 401
    assert visitor.get("/metrics").status_code == 200
    assert visitor.post("/metrics").status_code == 405


def test_the_queue_and_the_library_are_counted(program: Client) -> None:
    series = make_series("Show", present=2, missing=3)
    for number, status in enumerate((Status.PENDING, Status.PENDING, Status.FAILED), 3):
        make_item(series, number, status=status, completed_at=timezone.now())
    found = read(program)
    assert value(found, "aniworld_queue_items", state="waiting") == 2
    assert value(found, "aniworld_queue_items", state="failed") == 1
    assert value(found, "aniworld_queue_running") == 0
    assert value(found, "aniworld_library_series") == 1
    assert value(found, "aniworld_library_episodes", state="present") == 2
    assert value(found, "aniworld_library_episodes", state="missing") == 3


def test_sites_and_hosters_are_told_with_what_failed(program: Client) -> None:
    store.update(lambda data: data["providers"]["sites"].update(aniworld={"enabled": True}))
    down = SiteDown(why="error_status", site="AniWorld", status=503, url="")
    for error in (None, Fault.of(down), Fault.of(down)):
        monitor.watch().note(Called("aniworld", "aniworld.to", error, 0.4, 1_000))
    ServiceState.objects.filter(service="aniworld").update(
        rests_until=timezone.now() + timedelta(minutes=5)
    )
    found = read(program)
    site = {"service": "aniworld", "kind": "site"}
    assert value(found, "aniworld_service_calls_last_hour", outcome="answered", **site) == 1
    assert value(found, "aniworld_service_calls_last_hour", outcome="failed", **site) == 2
    assert value(found, "aniworld_service_errors_last_hour", code="site_down", **site) == 2
    assert value(found, "aniworld_service_failures_in_a_row", host="aniworld.to", **site) == 2
    assert 290 < value(found, "aniworld_service_rests_seconds", host="aniworld.to", **site) <= 300
    told = [
        (dict(labels)["health"], is_so)
        for (name, labels), is_so in found.items()
        if name == "aniworld_service_health" and dict(labels)["service"] == "aniworld"
    ]
    assert len(told) == 4
    assert sum(is_so for _health, is_so in told) == 1


def test_they_are_told_in_the_form_that_is_asked_for(program: Client) -> None:
    plain = program.get("/metrics")
    assert plain["Content-Type"].startswith("text/plain")
    wanted = {"Accept": "application/openmetrics-text; version=1.0.0"}
    answer = program.get("/metrics", headers=wanted)
    assert answer["Content-Type"].startswith("application/openmetrics-text")
    assert answer.content.endswith(b"# EOF\n")


def test_it_takes_as_many_questions_for_a_large_library(program: Client) -> None:
    read(program)
    with CaptureQueriesContext(
        connection,
    ) as few:
        read(program)
    for number in range(20):
        make_item(make_series(f"Show {number}", missing=1), 1)
    with CaptureQueriesContext(connection) as many:
        read(program)
    assert len(many) == len(few) <= 20


def test_the_document_names_every_metric() -> None:
    told = (Path(__file__).parents[4] / "docs" / "metrics.md").read_text(encoding="utf-8")
    source = Path(metrics.__file__).read_text(encoding="utf-8")
    assert set(re.findall(r'"(aniworld_\w+)"', source)) == set(
        re.findall(r"`(aniworld_\w+)` \|", told)
    )
