"""One pace for all processes: slots, pauses that hosts ask for, and a clock that is set back."""

from __future__ import annotations

import time

import pytest
from django.contrib.auth.models import User
from django.test import Client

from accounts import services as accounts
from aniworld.sites import pace, services
from aniworld.sites.errors import HoldNotFound
from aniworld.sites.models import SiteSlot

pytestmark = pytest.mark.django_db
HOST = "media cdn.example:8080"


def clock_goes(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + seconds)


def test_a_pause_is_shown_and_can_be_lifted() -> None:
    rates = pace.rate_store()
    rates.hold(HOST, seconds=900)
    rates.reserve("media other.example", interval=5)
    (hold,) = pace.holds()
    assert (hold.host, hold.asked_by, round(hold.seconds)) == ("cdn.example:8080", "media", 900)

    services.lift_hold(hold.id)
    assert pace.holds() == []
    assert rates.reserve(HOST, interval=0) == 0
    with pytest.raises(HoldNotFound):
        services.lift_hold(hold.id)


def test_a_pause_that_is_over_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    pace.rate_store().hold(HOST, seconds=900)
    clock_goes(monkeypatch, 901)
    assert pace.holds() == []
    assert pace.rate_store().reserve(HOST, interval=0) == 0


@pytest.mark.parametrize("back", [3600.0, 86_400.0])
def test_a_clock_that_is_set_back_prolongs_no_pause(
    monkeypatch: pytest.MonkeyPatch, back: float
) -> None:
    rates = pace.rate_store()
    rates.hold(HOST, seconds=60)
    rates.reserve("aniworld aniworld.example", interval=2)
    clock_goes(monkeypatch, -back)

    assert round(pace.holds()[0].seconds) == 60
    assert 55 < rates.reserve(HOST, interval=0) <= 60
    assert rates.reserve("aniworld aniworld.example", interval=2) <= 2


def test_hosts_that_nobody_asks_any_more_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        pace.rate_store().reserve(f"media {number}.example", interval=1)
    clock_goes(monkeypatch, 2 * 86_400)
    pace.rate_store().reserve("media new.example", interval=1)
    assert SiteSlot.objects.count() == 1


def test_the_queue_page_names_who_asked_for_a_pause() -> None:
    browser = Client()
    owner = User.objects.create(username="admin", is_superuser=True, is_staff=True)
    browser.cookies["aniworld_session"] = accounts.open_session(owner).token
    assert "asked for it" not in browser.get("/queue").content.decode()
    pace.rate_store().hold(HOST, seconds=900)
    page = browser.get("/queue").content.decode()
    assert "cdn.example:8080" in page

    answer = browser.post(f"/queue/holds/{pace.holds()[0].id}/lift", follow=True)
    assert "cdn.example:8080 may be asked again" in answer.content.decode()
    assert pace.holds() == []
