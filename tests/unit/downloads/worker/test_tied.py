"""Items of series that several sites serve: from where, in which order, and who waits for whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from aniworld.config import store
from aniworld.config.schema import DownloadSettings
from aniworld.sites.health import monitor
from downloads import services
from downloads.choices import Status
from downloads.errors import ProviderOff
from downloads.models import DownloadQueueItem
from downloads.pages.queue import queue_page
from downloads.services import EpisodeRef
from downloads.transfer import fetch, messages
from downloads.transfer.errors import (
    AllSourcesFailed,
    ConnectionLost,
    NoSource,
    SitesFailed,
    TransferError,
)
from downloads.transfer.messages import Delivered, FetchJob, Place, failure
from downloads.worker import claims, jobs, lease
from downloads.worker.retries import OUTAGES, Verdict, decide
from downloads.worker.worker import Worker
from library.models import AnimeSeries, SeriesTie
from providers.addresses import host_of
from providers.base import Media, MediaKind, SiteSettings, Source
from providers.errors import (
    ChallengeRequired,
    NotFound,
    ProviderError,
    SiteDown,
    SiteResting,
)
from providers.registry import SITES
from providers.watching import Called, Fault
from tests.factories import make_item, make_series

ME = "me"
DOWN = SiteDown(why="timed_out", site="aniworld")
GONE = NotFound(why="episode", site="friend")
WALL = ChallengeRequired(why="check", site="aniworld", sign="DDoS-Guard")
FIRST_TWO = [
    {
        "library_season": 1,
        "library_first": 1,
        "library_last": 2,
        "provider_season": 3,
        "provider_first": 11,
    }
]


@pytest.fixture
def tied(series: AnimeSeries) -> AnimeSeries:
    """A series of ``aniworld`` that ``friend`` and ``far`` serve as well."""
    switch_on("aniworld", "friend", "far")
    for position, site in enumerate(("friend", "far")):
        SeriesTie.objects.create(series=series, site=site, site_key="x", position=position)
    return series


def switch_on(*names: str) -> None:
    sites = {name: {"enabled": True} for name in names}
    store.update(lambda data: data["providers"].update(sites=sites))


def places(item: DownloadQueueItem) -> list[tuple[str, str, int, int]]:
    found = jobs.places_of(item, store.load())
    return [(one.site, one.key, one.season, one.episode) for one in found]


def refuses(site: str, why: ProviderError = WALL) -> None:
    """As the watch writes it while the site is asked."""
    address = host_of(SITES[site].base_url)
    monitor.DatabaseWatch().note(Called(site, address, Fault.of(why)))


def test_its_own_site_is_asked_first_then_those_it_is_tied_to(tied: AnimeSeries) -> None:
    assert places(make_item(tied, 5)) == [
        ("aniworld", "frieren", 1, 5),
        ("friend", "x", 1, 5),
        ("far", "x", 1, 5),
    ]


def test_by_the_numbers_it_has_there(tied: AnimeSeries) -> None:
    tied.ties.filter(site="friend").update(numbering=FIRST_TWO)
    assert places(make_item(tied, 2))[1] == ("friend", "x", 3, 12)
    assert [site for site, *_ in places(make_item(tied, 5))] == ["aniworld", "far"]


def test_who_is_off_is_not_asked(tied: AnimeSeries) -> None:
    switch_on("far")
    item = make_item(tied, 5)
    assert places(item) == [("far", "x", 1, 5)]
    switch_on("nobody")
    with pytest.raises(ProviderOff):
        places(item)


def test_who_lets_nobody_in_is_asked_last(tied: AnimeSeries) -> None:
    refuses("aniworld")
    assert [site for site, *_ in places(make_item(tied, 5))] == ["friend", "far", "aniworld"]


@pytest.fixture
def queued(tied: AnimeSeries) -> AnimeSeries:
    """An item of a series that only its own site serves waits before one of a tied series."""
    make_series("Lonely", missing=1, site="aniworld", key="lonely")
    services.enqueue(series_key="lonely", episodes=[EpisodeRef(1, 1)])
    services.enqueue(series_key=tied.key, episodes=[EpisodeRef(1, 1)])
    services.start()
    assert lease.take(ME)
    return tied


def test_a_site_that_refuses_does_not_hold_what_another_serves(queued: AnimeSeries) -> None:
    refuses("aniworld")
    page = queue_page()
    assert [(one.refusal.site, one.waiting) for one in page.shut] == [("aniworld", 1)]
    assert [row.asked_at is None for row in page.pending.rows] == [False, True]
    assert Worker()._is_wanted()
    item = claims.claim_next(ME)
    assert item is not None
    assert item.series == queued
    switch_on("aniworld")
    claims.interrupt(item, ME)
    assert claims.claim_next(ME) is None
    assert not Worker()._is_wanted()


def test_what_no_other_site_brings_does_not_come_again_at_once(queued: AnimeSeries) -> None:
    """Its own site is shut for hours: it must not keep the others from their turn."""
    heard = failure(
        SiteResting(why="refused", seconds=7200, retry_after=7200, reason=failure(WALL).said)
    )
    item = make_item(queued, 5)
    decision = decide(item, heard, DownloadSettings(), is_shut=True)
    assert decision.verdict is Verdict.WAIT_FOR_ENTRY
    assert decision.delay >= 600


def test_nor_does_one_that_is_down(queued: AnimeSeries) -> None:
    said = failure(DOWN)
    item = claims.claim_next(ME)
    assert item is not None
    assert item.series.key == "lonely"
    claims.settle_failure(item, ME, said, decide(item, said, DownloadSettings()))
    other = DownloadQueueItem.objects.get(series=queued)
    assert other.next_try_at is None
    switch_on("aniworld")
    DownloadQueueItem.objects.filter(pk=item.pk).update(next_try_at=None)
    again = claims.claim_next(ME)
    assert again is not None
    claims.settle_failure(again, ME, said, decide(again, said, DownloadSettings()))
    other.refresh_from_db()
    assert other.next_try_at is not None


def test_a_tied_site_that_is_down_costs_no_retry_and_holds_nobody(queued: AnimeSeries) -> None:
    said = failure(SitesFailed())
    item = claims.claim_next(ME)
    assert item is not None
    decision = decide(item, said, DownloadSettings())
    assert decision.verdict is Verdict.WAIT_ALONE
    claims.settle_failure(item, ME, said, decision)
    item.refresh_from_db()
    assert (item.status, item.retry_count, item.outage_count) == (Status.PENDING, 0, 1)
    assert item.next_try_at is not None
    assert item.next_try_at > timezone.now() + timedelta(seconds=1)
    assert DownloadQueueItem.objects.filter(next_try_at=None).count() == 1
    item.outage_count = OUTAGES
    assert decide(item, said, DownloadSettings()).verdict is Verdict.FAIL


class Channel:
    """What the worker is told."""

    def __init__(self) -> None:
        self.said: list[tuple[str, dict[str, Any]]] = []

    def send(self, kind: str, body: Any) -> None:
        self.said.append((kind, body if isinstance(body, dict) else vars_of(body)))

    def chain(self) -> list[tuple[str, str, str, str]]:
        bodies = [body for kind, body in self.said if kind == "attempt"]
        return [(one["provider"], one["stage"], one["hoster"], one["code"]) for one in bodies]


def vars_of(body: Any) -> dict[str, Any]:
    return {name: getattr(body, name) for name in body.__slots__}


class Answers:
    """A site: what it says of the sources of an episode, or why it says nothing."""

    def __init__(self, name: str, answer: ProviderError | int) -> None:
        self.name = name
        self.answer = answer

    def sources(self, _key: str, _season: int, _episode: int) -> list[Source]:
        if isinstance(self.answer, ProviderError):
            raise self.answer
        link = "http://x/{}".format
        return [
            Source(self.name, "voe", "German Dub", link(number)) for number in range(self.answer)
        ]

    def locate(self, source: Source) -> str:
        return source.link


class Resolves:
    name = "voe"

    def resolve(self, link: str, *, referer: str = "") -> Media:  # noqa: ARG002 - the protocol's
        return Media(link, MediaKind.FILE)


Bring = Callable[[Source], None]


def fetched(
    folder: Path, answers: dict[str, ProviderError | int], bring: Bring
) -> tuple[Channel, str, type[Exception] | None, Any]:
    """The chain, the site that brought it, and else the error."""
    channel = Channel()
    listed = tuple(Place(site, SiteSettings(), "k", 1, 1) for site in answers)
    job: Any = SimpleNamespace(
        home="aniworld",
        places=listed,
        work_dir=str(folder),
        languages=("German Dub",),
        only_language="",
        hosters=(),
        skip=(),
    )
    nobody: Any = None
    sites: Any = lambda place: Answers(place.site, answers[place.site])  # noqa: E731 - one line
    said: Any = channel
    work = fetch._Fetch(job, said, sites, {"voe": Resolves()}, nobody, [])

    def take(_site: Any, source: Source, _media: Media) -> Delivered:
        bring(source)
        return Delivered("p", ".mp4", 1, 1.0, "s", source.link, "voe", source.provider, {})

    vars(work)["_take"] = take  # no media is fetched here
    try:
        return channel, work.run().language, None, None
    except (TransferError, ProviderError) as error:
        return channel, "", type(error), error


def all_is_well(_source: Source) -> None:
    """It comes."""


def test_the_next_site_brings_what_the_first_does_not(tmp_path: Path) -> None:
    for why in (DOWN, WALL, NotFound(why="episode", site="aniworld"), 0):
        answers: dict[str, ProviderError | int] = {"aniworld": why, "friend": 1}
        channel, site, _, _ = fetched(tmp_path, answers, all_is_well)
        assert site == "friend"
        code = why.code if isinstance(why, ProviderError) else "no_source"
        assert channel.chain() == [("aniworld", "site", "", code)]


def test_nothing_is_asked_further_once_it_has_come(tmp_path: Path) -> None:
    answers: dict[str, ProviderError | int] = {"aniworld": 1, "friend": DOWN}
    channel, site, _, _ = fetched(tmp_path, answers, all_is_well)
    assert (site, channel.chain()) == ("aniworld", [])


def test_where_hosters_of_the_first_bring_nothing_the_next_site_is_asked(tmp_path: Path) -> None:
    def cut(source: Source) -> None:
        if source.provider == "aniworld":
            raise ConnectionLost(why="cut", bytes=5)

    channel, site, _, _ = fetched(tmp_path, {"aniworld": 2, "friend": 1}, cut)
    assert site == "friend"
    assert [one[2] for one in channel.chain()] == ["voe", "voe"]


def test_hosters_that_ask_to_wait_are_waited_for_last(tmp_path: Path) -> None:
    asked: list[str] = []

    def busy(source: Source) -> None:
        asked.append(source.provider)
        if len(asked) < 3:
            raise ConnectionLost(why="busy", status=429, seconds=9)

    _, site, _, _ = fetched(tmp_path, {"aniworld": 1, "friend": 1}, busy)
    assert (asked, site) == (["aniworld", "friend", "aniworld"], "aniworld")


def test_of_what_failed_everywhere_the_right_thing_is_said(tmp_path: Path) -> None:
    def error_of(**answers: ProviderError | int) -> tuple[type[Exception] | None, Any]:
        return fetched(tmp_path, answers, all_is_well)[2:]

    assert error_of(aniworld=DOWN, friend=GONE)[1] is DOWN  # all of its items wait for it
    kind, said = error_of(aniworld=GONE, friend=DOWN)
    assert kind is SitesFailed
    assert [one["provider"] for one in said.params["tried"]] == ["aniworld", "friend"]
    kind, said = error_of(aniworld=GONE, friend=0)
    assert (kind, said.permanent) == (AllSourcesFailed, False)
    assert error_of(aniworld=0)[0] is NoSource  # as if there were no ties


def test_a_job_of_several_places_reads_back_as_it_was_sent(tied: AnimeSeries) -> None:
    item = make_item(tied, 5)
    sent: FetchJob = jobs.fetch_job(item, store.load(), work_dir=Path("/w"), skip=(), limit_bytes=0)
    message = messages.decode(messages.encode("fetch", sent))
    assert messages.fetch_job(message.body) == sent
