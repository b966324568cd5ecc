"""How fast films come from each hoster: counted over sources and children, told on the page."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from aniworld.sites.health import services as health
from aniworld.sites.models import MediaFlow
from downloads.worker.flow import Flow
from tests.unit.visiting import visitor  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def told() -> dict[str, tuple[int, float]]:
    rows = MediaFlow.objects.values_list("service", "size", "seconds")
    return {service: (size, round(seconds, 1)) for service, size, seconds in rows}


def test_each_source_counts_for_its_hoster() -> None:
    clock = Clock()
    flow = Flow(clock=clock)
    flow.forget()
    flow.note(500)  # before any source: of none
    flow.begin("VOE")
    for total in (1_000, 4_000):
        clock.now += 2
        flow.note(total)
    flow.begin("vidmoly")
    clock.now += 5
    flow.note(10_000)
    flow.end()
    clock.now += 100  # while it is checked nothing is fetched
    flow.note(10_000)
    assert told() == {"hoster:voe": (3_500, 4.0), "hoster:vidmoly": (6_000, 5.0)}


def test_another_child_begins_to_count_anew() -> None:
    clock = Clock()
    flow = Flow(clock=clock)
    for total in (3_000, 2_000):
        flow.forget()
        flow.begin("voe")
        clock.now += 1
        flow.note(total)
    flow.end()
    flow.end()
    assert told() == {"hoster:voe": (5_000, 2.0)}


def test_it_is_told_with_the_hoster(visitor: Client) -> None:  # noqa: F811
    clock = Clock()
    flow = Flow(clock=clock)
    flow.begin("voe")
    clock.now += 10
    flow.note(50_000_000)
    flow.end()
    voe = next(one for one in health.services() if one.name == "hoster:voe")
    assert voe.media is not None
    assert voe.media.speed == 5_000_000
    page = BeautifulSoup(visitor.get("/settings/providers/health").content, "lxml")
    assert "a second" in page.get_text()
    assert all(one.media is None for one in health.services() if one.name != "hoster:voe")
