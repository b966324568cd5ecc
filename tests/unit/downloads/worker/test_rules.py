"""Rules of the worker that need no network: claims, leases, retries, healing, signs of life."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from aniworld.config import store
from aniworld.config.schema import DownloadSettings
from aniworld.events.models import Operation, OutboxEvent
from aniworld.sites.health import monitor
from aniworld.sites.health import services as health
from aniworld.web.texts import Told
from downloads import progress, services, shut
from downloads.choices import PauseCode, Priority, Stage, Status
from downloads.errors import ClaimLost
from downloads.models import LEASE, DownloadQueueItem, QueueState
from downloads.services import EpisodeRef
from downloads.transfer.errors import ConnectionLost, DiskFull
from downloads.transfer.messages import Failure, failure
from downloads.worker import claims, lease, workspace
from downloads.worker.heartbeat import Heartbeat
from downloads.worker.retries import OUTAGES, Verdict, decide
from downloads.worker.worker import Worker
from library.choices import EpisodeState
from library.models import AnimeSeries, Episode, LibraryRoot
from providers.addresses import host_of
from providers.errors import (
    Blacklisted,
    ChallengeRequired,
    DefinitionMismatch,
    FeedInvalid,
    MarkupChanged,
    NotFound,
    PageBroken,
    ProviderError,
    RateLimited,
    SiteDown,
    SiteResting,
    SiteUnreachable,
)
from providers.registry import SITES
from providers.watching import Called, Fault
from tests.factories import make_series

ME, OTHER = "me", "other"
GONE = failure(NotFound(why="episode", site="AniWorld"))
FLAKY = failure(ConnectionLost(why="cut", bytes=5))
DOWN = failure(SiteDown(why="timed_out", site="aniworld"))
CAPTCHA = failure(ChallengeRequired(why="check", site="aniworld", sign="DDoS-Guard"))
OFFLINE = failure(SiteUnreachable(why="no_names", site="aniworld"))
NO_NETWORK = failure(SiteUnreachable(why="no_connection", site="aniworld", errno="ENETUNREACH"))
BLOCKED = failure(Blacklisted(site="aniworld"))
RESTING = failure(SiteResting(site="aniworld", seconds=9, retry_after=9))
HEARD = failure(SiteResting(why="refused", seconds=9, retry_after=9, reason=CAPTCHA.said))
CHANGED = failure(MarkupChanged("episode", "the list of hosters"))
FULL = failure(DiskFull(why="before", free=3, root="/srv/anime", floor=500))


@pytest.fixture
def queued(series: AnimeSeries) -> AnimeSeries:
    refs = [EpisodeRef(1, number) for number in (1, 2, 3)]
    services.enqueue(series_key=series.key, episodes=refs)
    services.start()
    assert lease.take(ME)
    return series


def claimed() -> DownloadQueueItem:
    item = claims.claim_next(ME)
    assert item is not None
    return item


def test_the_lease_has_one_holder_until_it_runs_out(db: None) -> None:
    assert lease.take(ME)
    assert lease.take(ME)
    assert not lease.take(OTHER)
    QueueState.objects.update(heartbeat_at=timezone.now() - LEASE - timedelta(seconds=1))
    assert not services.status()["status"]["worker_alive"]
    assert lease.take(OTHER)
    assert not lease.take(ME)
    lease.give_back(OTHER)
    assert lease.take(ME)


def test_browsers_are_told_when_a_worker_comes_and_goes(db: None) -> None:
    def told() -> list[str]:
        return [event.data["action"] for event in OutboxEvent.objects.order_by("id")]

    assert lease.take(ME)
    assert lease.take(ME)  # renewed
    assert not lease.take(OTHER)
    lease.give_back(OTHER)  # was not its own
    assert told() == ["worker_started"]
    lease.give_back(ME)
    assert told() == ["worker_started", "worker_stopped"]
    assert lease.take(ME)
    QueueState.objects.update(heartbeat_at=timezone.now() - LEASE - timedelta(seconds=1))
    assert lease.take(ME)  # had been taken for dead
    assert told()[2:] == ["worker_started", "worker_started"]


def test_only_the_holder_of_the_lease_claims(queued: AnimeSeries) -> None:
    assert claims.claim_next(OTHER) is None
    assert claimed().episode_number == 1


def test_claims_follow_priority_order_and_holds(queued: AnimeSeries) -> None:
    services.enqueue(series_key=queued.key, episodes=[EpisodeRef(1, 4)], priority=Priority.HIGH)
    held = DownloadQueueItem.objects.get(episode_number=1)
    services.hold(item_ids=[held.pk])
    DownloadQueueItem.objects.filter(episode_number=2).update(
        next_try_at=timezone.now() + timedelta(hours=1)
    )
    taken = []
    for _ in range(2):
        item = claimed()
        taken.append(item.episode_number)
        claims.settle_failure(item, ME, GONE, decide(item, GONE, DownloadSettings()))
    assert taken == [4, 3]
    assert claims.claim_next(ME) is None
    assert QueueState.current().is_running  # one still waits for its next try


def test_a_paused_or_stopped_queue_gives_nothing(queued: AnimeSeries) -> None:
    services.pause()
    assert claims.claim_next(ME) is None
    services.resume()
    services.stop()
    assert claims.claim_next(ME) is None


def test_a_zombie_cannot_overwrite(queued: AnimeSeries) -> None:
    item = claimed()
    DownloadQueueItem.objects.filter(pk=item.pk).update(claimed_by=OTHER)
    item.progress_percent = 50
    with pytest.raises(ClaimLost):
        claims.keep_progress(item, ME)
    with pytest.raises(ClaimLost):
        claims.interrupt(item, ME)
    with pytest.raises(ClaimLost):
        claims.keep_source(item, ME, url="x", hoster="z", language="y", provider="a")
    row = DownloadQueueItem.objects.get(pk=item.pk)
    assert (row.status, row.progress_percent, row.claimed_by) == (Status.DOWNLOADING, 0, OTHER)


def test_an_interrupted_item_gives_its_turn_back(queued: AnimeSeries) -> None:
    services.start(limit=1)
    item = claimed()
    assert QueueState.current().remaining == 0
    claims.interrupt(item, ME)
    state = QueueState.current()
    assert (state.is_running, state.remaining) == (True, 1)
    assert claimed().pk == item.pk


@pytest.mark.parametrize(
    ("why", "retries", "outages", "verdict"),
    [
        (FLAKY, 0, 0, Verdict.RETRY),
        (FLAKY, 3, 0, Verdict.FAIL),
        (GONE, 0, 0, Verdict.FAIL),
        (DOWN, 3, 0, Verdict.WAIT_FOR_SITE),
        (DOWN, 0, OUTAGES, Verdict.FAIL),
        (OFFLINE, 3, OUTAGES, Verdict.WAIT_FOR_LINE),
        (NO_NETWORK, 3, OUTAGES, Verdict.WAIT_FOR_LINE),
        (CAPTCHA, 3, OUTAGES - 1, Verdict.WAIT_ALONE),
        (CAPTCHA, 0, OUTAGES, Verdict.FAIL),
        (HEARD, 3, OUTAGES, Verdict.WAIT_FOR_ENTRY),
        (RESTING, 3, OUTAGES, Verdict.FAIL),
        (CHANGED, 3, 0, Verdict.WAIT_FOR_SITE),
        (CHANGED, 0, OUTAGES, Verdict.FAIL),
        (FULL, 0, 0, Verdict.PAUSE),
    ],
)
def test_what_becomes_of_a_failed_try(
    why: Failure, retries: int, outages: int, verdict: Verdict
) -> None:
    item = DownloadQueueItem(retry_count=retries, outage_count=outages)
    assert decide(item, why, DownloadSettings()).verdict is verdict


@pytest.mark.parametrize("why", [CAPTCHA, BLOCKED])
def test_where_a_site_lets_nobody_in_no_item_is_to_blame(why: Failure) -> None:
    item = DownloadQueueItem(retry_count=3, outage_count=OUTAGES)
    decision = decide(item, why, DownloadSettings(), is_shut=True)
    assert decision.verdict is Verdict.WAIT_FOR_ENTRY


def test_one_refused_item_waits_until_it_says_nothing_of_the_site() -> None:
    decision = decide(DownloadQueueItem(), CAPTCHA, DownloadSettings(retry_base_seconds=0))
    assert decision.delay > monitor.DOUBTED_FOR.total_seconds()


def test_nobody_is_given_up_while_nobody_can_be_reached(queued: AnimeSeries) -> None:
    exhausted = DownloadQueueItem(outage_count=OUTAGES)
    decision = decide(exhausted, DOWN, DownloadSettings(), is_line_out=True)
    assert decision.verdict is Verdict.WAIT_FOR_LINE
    item = claimed()
    claims.settle_failure(item, ME, DOWN, decision)
    item.refresh_from_db()
    assert (item.status, item.retry_count, item.outage_count) == (Status.PENDING, 0, 0)
    assert claims.claim_next(ME) is None  # the others wait as well
    assert decide(exhausted, GONE, DownloadSettings(), is_line_out=True).verdict is Verdict.FAIL


def test_delays_grow_with_jitter_and_honour_the_site() -> None:
    settings = DownloadSettings(retry_base_seconds=10)
    delays = [
        decide(DownloadQueueItem(retry_count=count), FLAKY, settings).delay for count in range(3)
    ]
    for count, delay in enumerate(delays):
        assert 8 * 2**count <= delay <= 12 * 2**count
    asked = failure(RateLimited(why="slow_down", site="aniworld", retry_after=900.0))
    assert decide(DownloadQueueItem(), asked, settings).delay == 900


def test_a_file_placed_before_a_crash_is_completed(queued: AnimeSeries) -> None:
    item = claimed()
    root = Path(queued.root.path) if queued.root else Path()
    target = root / "Frieren (2023)/Season 01/Frieren - S01E01.mp4"
    target.parent.mkdir(parents=True)
    target.write_bytes(b"x" * 1000)
    claims.about_to_place(item, ME, target, 1000)
    lease.give_back(ME)
    Worker().ensure_lease()
    item.refresh_from_db()
    assert item.status == Status.COMPLETED
    assert ends() == [(str(item.pk), "completed")]
    episode = Episode.objects.get(series=queued, season=1, episode_number=1)
    assert episode.state == EpisodeState.PRESENT


def test_an_item_left_before_its_file_was_placed_waits_again(queued: AnimeSeries) -> None:
    item = claimed()
    root = Path(queued.root.path) if queued.root else Path()
    left = workspace.work_dir(root, item.pk) / "finished.mp4"
    left.write_bytes(b"x" * 1000)
    theirs = root / "S01E01.mp4"
    theirs.write_bytes(b"y" * 1000)  # the owner's own file of the same size
    claims.about_to_place(item, ME, theirs, 1000)
    lease.give_back(ME)
    Worker().ensure_lease()
    item.refresh_from_db()
    assert (item.status, item.stage, item.claimed_by) == (Status.PENDING, Stage.NONE, "")
    assert left.exists()


def test_progress_is_told_when_it_is_worth_it(queued: AnimeSeries) -> None:
    now = 0.0
    item = claimed()
    tracker = progress.tracker_of(item)
    tracker._throttle._clock = lambda: now
    told = []
    for step in range(40):  # two seconds, twenty looks each
        now = step / 20
        item.stage = Stage.DOWNLOADING
        item.progress_percent = step / 2
        told.append(progress.tell(item, tracker))
    assert 1 < sum(told) <= 9
    assert OutboxEvent.objects.filter(type="download_progress").count() == 1
    now += 10
    assert progress.tell(item, tracker)
    now += 10
    assert not progress.tell(item, tracker)  # nothing has moved


def test_an_item_shows_its_sign_of_life_once_a_second(queued: AnimeSeries) -> None:
    now = 0.0
    item = claimed()
    heartbeat = Heartbeat(item, ME, clock=lambda: now)
    written = []
    for step in range(40):  # two seconds, twenty looks each
        now, item.progress_percent = step / 20, step
        heartbeat.beat()
        written.append(DownloadQueueItem.objects.get(pk=item.pk).progress_percent)
    assert sorted(set(written)) == [0, 20]
    heartbeat.beat(force=True)
    row = DownloadQueueItem.objects.get(pk=item.pk)
    assert row.progress_percent == 39
    assert row.heartbeat_at is not None
    assert OutboxEvent.objects.get(type="download_progress").data["status"] == "started"

    DownloadQueueItem.objects.update(claimed_by=OTHER)
    now += 1
    with pytest.raises(ClaimLost):
        heartbeat.beat()


def test_who_was_cancelled_tells_no_more_progress(queued: AnimeSeries) -> None:
    item = claimed()
    tracker = progress.tracker_of(item)
    item.stage, item.progress_percent = Stage.DOWNLOADING, 10
    assert progress.tell(item, tracker)
    services.remove_one(item_id=item.pk)
    item.stage = Stage.REMUXING
    with pytest.raises(ClaimLost):
        progress.tell(item, tracker)
    assert OutboxEvent.objects.get(type="download_progress").data["status"] == "cancelled"


def ends() -> list[tuple[str, str]]:
    over = Operation.objects.filter(type="download").finished()
    return list(over.values_list("operation_id", "status"))


def test_history_keeps_ends_and_no_tries(queued: AnimeSeries) -> None:
    settings = DownloadSettings(max_retries=1, retry_base_seconds=0)
    item = claimed()
    claims.interrupt(item, ME)
    assert ends() == []
    for _ in range(2):  # the second is the last
        assert ends() == []
        assert claimed().pk == item.pk
        assert Operation.objects.running().get().operation_id == str(item.pk)
        item = DownloadQueueItem.objects.select_related("series__root").get(pk=item.pk)
        claims.settle_failure(item, ME, FLAKY, decide(item, FLAKY, settings))
        assert not Operation.objects.running().exists()
    assert ends() == [(str(item.pk), "failed")]

    removed = claimed()
    services.remove_one(item_id=removed.pk)
    assert ends() == [(str(removed.pk), "cancelled"), (str(item.pk), "failed")]

    services.retry(item_ids=[item.pk])
    DownloadQueueItem.objects.exclude(pk=item.pk).delete()
    assert claimed().pk == item.pk
    assert ends() == [(str(removed.pk), "cancelled")]  # it runs again, so it is not over


def test_one_broken_page_holds_up_no_other_item(queued: AnimeSeries) -> None:
    DownloadQueueItem.objects.exclude(episode_number=1).delete()
    shows("b", "c", "d")
    broken = failure(PageBroken(why="error_status", site="aniworld", status=500))
    for key in (queued.key, "b", "c"):
        item = fails(broken)
        assert (item.series.key, item.retry_count) == (key, 0)
    assert claims.claim_next(ME) is None  # of three series in a row: it is the site
    waiting = DownloadQueueItem.objects.get(series__key="d")
    assert waiting.next_try_at is not None
    assert (waiting.outage_count, waiting.error_code) == (0, "")


def refuses(why: ProviderError) -> None:
    """As the watch writes it while the site is asked."""
    store.update(lambda data: data["providers"]["sites"].update(aniworld={"enabled": True}))
    address = host_of(SITES["aniworld"].base_url)
    monitor.DatabaseWatch().note(Called("aniworld", address, Fault.of(why)))


def test_a_site_that_refuses_holds_its_own_items_alone(queued: AnimeSeries) -> None:
    elsewhere = make_series("Elsewhere", missing=2, site="other", key="elsewhere")
    services.enqueue(series_key="elsewhere", episodes=[EpisodeRef(1, 1)])
    refuses(ChallengeRequired(why="check", site="aniworld", sign="DDoS-Guard"))
    item = claimed()
    assert item.series == elsewhere
    claims.settle_failure(item, ME, GONE, decide(item, GONE, DownloadSettings()))
    assert claims.claim_next(ME) is None
    state, status = QueueState.current(), services.status()["status"]
    assert (state.is_running, state.is_paused) == (True, False)  # and goes on by itself
    assert [(one["site"], one["reason"]["code"]) for one in status["shut"]] == [
        ("aniworld", "challenge")
    ]
    health.end_rest("aniworld")
    assert services.status()["status"]["shut"] == []
    assert claimed().series == queued


def test_an_item_that_meets_a_refusal_loses_nothing(queued: AnimeSeries) -> None:
    item = claimed()
    services.start(limit=5)
    waits = decide(item, CAPTCHA, DownloadSettings(), is_shut=True)
    claims.settle_failure(item, ME, CAPTCHA, waits)
    item.refresh_from_db()
    assert QueueState.current().remaining == 6  # the turn is given back
    assert (item.status, item.error_code) == (Status.PENDING, "challenge")
    assert (item.retry_count, item.outage_count) == (0, 0)
    others = DownloadQueueItem.objects.exclude(pk=item.pk)
    assert not others.filter(next_try_at__isnull=False).exists()
    DownloadQueueItem.objects.update(next_try_at=None)
    assert claimed().pk != item.pk  # another one sees whether the site lets anybody in again


def shows(*keys: str) -> None:
    """Series of the same site, each with an episode in the queue, behind what is there."""
    for key in keys:
        make_series(key.title(), missing=1, site="aniworld", key=key)
        services.enqueue(series_key=key, episodes=[EpisodeRef(1, 1)])


def fails(why: Failure) -> DownloadQueueItem:
    item = claimed()
    claims.settle_failure(item, ME, why, decide(item, why, DownloadSettings()))
    item.refresh_from_db()
    return item


def test_one_series_whose_pages_have_changed_holds_no_other(queued: AnimeSeries) -> None:
    shows("other")
    soon = timezone.now() + timedelta(minutes=8)
    for number in (1, 2, 3):
        item = fails(CHANGED)
        assert (item.series, item.episode_number, item.outage_count) == (queued, number, 1)
        assert item.next_try_at is not None
        assert item.next_try_at >= soon
    assert claimed().series.key == "other"
    assert shut.changed_sites() == {}


@pytest.mark.parametrize(
    "why",
    [
        MarkupChanged("episode", "the list of hosters"),
        DefinitionMismatch("sources", "rows (li.hoster)"),
    ],
    ids=lambda why: why.code,
)
def test_whatever_a_site_has_changed_no_episode_is_to_blame(
    queued: AnimeSeries, why: ProviderError
) -> None:
    DownloadQueueItem.objects.exclude(episode_number=1).delete()
    shows("b", "c")
    said = failure(why)
    soon = timezone.now() + timedelta(minutes=8)
    items = [fails(said) for _ in range(3)]
    assert all(item.next_try_at and item.next_try_at >= soon for item in items)
    assert items[-1].outage_count == 0
    assert shut.changed_sites() == {"aniworld": said.said}


def test_a_feed_that_cannot_be_read_burns_no_tries(queued: AnimeSeries) -> None:
    soon = timezone.now() + timedelta(minutes=8)
    item = fails(failure(FeedInvalid(why="kind")))
    assert (item.retry_count, item.outage_count) == (0, 0)
    assert item.next_try_at is not None
    assert item.next_try_at >= soon
    assert claims.claim_next(ME) is None  # all of the site's items come from the one feed


def test_where_pages_of_several_series_have_changed_the_site_has(queued: AnimeSeries) -> None:
    DownloadQueueItem.objects.exclude(episode_number=1).delete()
    shows("b", "c", "d")
    assert [fails(CHANGED).outage_count for _ in range(3)] == [1, 1, 0]  # no episode is to blame
    assert claims.claim_next(ME) is None
    assert not QueueState.current().is_paused
    assert shut.changed_sites() == {"aniworld": CHANGED.said}
    DownloadQueueItem.objects.update(next_try_at=None)
    assert fails(CHANGED).outage_count == 1  # nor later on
    assert claims.claim_next(ME) is None


def test_a_pause_of_its_own_is_said(queued: AnimeSeries) -> None:
    item = claimed()
    claims.settle_failure(item, ME, FULL, decide(item, FULL, DownloadSettings()))
    status = services.status()["status"]
    assert (status["is_paused"], status["pause_code"]) == (True, PauseCode.DISK_FULL)
    words = "Only 3 MB are free on /srv/anime; 500 MB are to be kept free."
    why: Told = {**FULL.said, "text": words}
    assert status["pause_reason"] == status["pending_queue"][0]["error"] == why
    assert QueueState.current().pause_reason_params == FULL.params
    assert OutboxEvent.objects.filter(type="system_warning").count() == 1


def test_a_dead_worker_whose_clock_was_ahead_holds_nothing(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine's clock was set back an hour; who waits looks how long nothing moves."""
    assert lease.take(OTHER)
    QueueState.objects.update(heartbeat_at=timezone.now() + timedelta(hours=1))
    assert not QueueState.current().worker_alive
    assert not lease.take(ME)  # it may be alive, and renews within a second
    moment = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: moment + 11)
    assert lease.take(ME)
    assert QueueState.current().worker_alive


def test_a_living_worker_keeps_the_lease_through_a_clock_set_back(db: None) -> None:
    assert lease.take(OTHER)
    QueueState.objects.update(heartbeat_at=timezone.now() + timedelta(hours=1))
    assert not lease.take(ME)
    assert lease.take(OTHER)
    assert QueueState.current().worker_alive
    assert not lease.take(ME)


def test_a_wait_for_a_next_try_does_not_outlast_a_clock_that_was_set_back(
    queued: AnimeSeries,
) -> None:
    now, hour = timezone.now(), timedelta(hours=1)
    items = DownloadQueueItem.objects
    items.update(next_try_at=now + hour, updated_at=now)
    assert not items.ready(now).exists()
    items.filter(episode_number=2).update(next_try_at=now + hour, updated_at=now + hour)
    assert [item.episode_number for item in items.ready(now)] == [2]
    assert claimed().episode_number == 2
    assert claims.claim_next(ME) is None


def test_what_was_removed_is_tidied_after_a_clock_that_was_set_back(
    queued: AnimeSeries, root: LibraryRoot, settings: Settings
) -> None:
    settings.ANIME_DIRECTORY = root.path
    worker = Worker()
    worker._tidied_at = timezone.now() + timedelta(hours=1)
    item = DownloadQueueItem.objects.get(episode_number=1)
    folder = workspace.work_dir(root.directory, item.pk)
    services.remove(item_ids=[item.pk])
    worker._tidy_after_removals()
    assert not folder.exists()
