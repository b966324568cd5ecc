"""What the tests of failures share: a visitor, what the API and the pages tell of one, the requests
it took, and quick limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from accounts import services as accounts
from accounts.credentials import COOKIE
from aniworld.sites import configured
from aniworld.web.advice import advice_of
from aniworld.web.texts import text_of
from downloads.models import DownloadQueueItem
from library.models import AnimeSeries
from providers import registry
from providers.wire import Limits
from tests.integration.downloads_support import KEY, queue, work
from tests.site.world import SampleWorld
from tests.unit.reading import get

Plant = Callable[[SampleWorld], object]

# As the product has them, but for the seconds: how often, how many and how long in proportion.
QUICK = {"read_timeout": 0.5, "deadline": 1.0, "backoff": 0.01, "longest_wait": 1.0}
MOST_SECONDS = 60.0  # of one failure, on a machine that does other things besides
SENT_AGAIN = 2  # tries of one request, where somebody waits for it


@dataclass(frozen=True, slots=True)
class Fault:
    """A failure as it is planted, and the class that it is told in.

    Attributes:
        why: which sentence of its class; empty where it has but one.
        most: requests that it may take at the most.
    """

    name: str
    plant: Plant
    code: str
    why: str = ""
    most: int = 1

    def __str__(self) -> str:
        return self.name


def quick_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sites of this process are asked with the limits of the product, in less time."""

    def limits(**chosen: Any) -> Limits:
        return Limits(**chosen | QUICK)

    monkeypatch.setattr(registry, "Limits", limits)
    monkeypatch.setattr(configured, "_built", {})


def visitor() -> Client:
    """The owner, logged in by cookie."""
    owner = User.objects.create(
        username=accounts.OWNER, password="!", is_staff=True, is_superuser=True
    )
    client = Client()
    client.cookies[COOKIE] = accounts.open_session(owner).token
    return client


@dataclass
class Told:
    """What the product tells of failures, by API and by page."""

    client: Client
    world: SampleWorld

    def api(self, path: str, **body: Any) -> tuple[int, Any]:
        """Ask by POST where there is a body, else by GET."""
        ask = self.client.get
        if body:
            ask = partial(self.client.post, data=body, content_type="application/json")
        answer = ask(f"/api/{path}")
        return answer.status_code, answer.json()

    def page(self, address: str) -> str:
        """All words of a page."""
        return " ".join(get(self.client, address).get_text(" ").split())

    def refresh(self) -> dict[str, Any]:
        """Ask the site for the series, as its button does; the error that comes of it."""
        answer = self.client.post(f"/api/v1/anime/{KEY}/refresh")
        body: dict[str, Any] = answer.json()
        assert answer.status_code in {404, 503}, body
        return body

    def calls(self, service: str) -> dict[str, int]:
        """How many calls of the last hour failed in which way."""
        rows = self.api("providers/health")[1]["services"]
        found: dict[str, int] = next(
            row["figures"]["errors"] for row in rows if row["name"] == service
        )
        return found

    def stands_on(self, address: str, said: Any) -> None:
        """A page shows what is said, and what can be done about it."""
        shown, advice = self.page(address), advice_of(said)
        assert advice
        for words in (text_of(said), advice):
            assert " ".join(words.split()) in shown, f"{words!r} does not stand on {address}"


def fetched(series: AnimeSeries, number: int = 1, *, season: int = 1) -> DownloadQueueItem:
    """Let a worker make one try of an episode; its item after that."""
    [pk] = queue(series, number, season=season)
    work()
    return DownloadQueueItem.objects.get(pk=pk)
