"""The queue while quiet hours or budgets close it: what is taken, told and shown."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from aniworld.config import store
from aniworld.config.errors import ConfigBroken
from aniworld.events.models import OutboxEvent
from aniworld.journal.errors import ChangedSince
from aniworld.journal.models import Entry
from aniworld.journal.services import undo as take_back
from downloads import services
from downloads.choices import Lift, Stage, Status
from downloads.errors import NothingToLift
from downloads.models import DownloadQueueItem, FetchedDay, QueueState
from downloads.quiet import ledger
from downloads.quiet.decision import Fetched, Used
from downloads.services import EpisodeRef, quiet
from downloads.worker import claims, lease
from downloads.worker.quiet import QuietBegan, Quietness
from library.models import AnimeSeries
from tests.unit.downloads.quiet.clock import BERLIN, Clock, clock  # noqa: F401 - a fixture

ME = "me"
EVENING = "daily 18:00-23:00=closed"


def set_to(**downloads: Any) -> None:
    store.update(lambda values: values["downloads"].update(downloads))


@pytest.fixture
def queued(series: AnimeSeries, clock: Clock) -> AnimeSeries:  # noqa: F811 - the fixture
    """Two episodes, a queue that runs, and a worker that holds the lease."""
    services.enqueue(series_key=series.key, episodes=[EpisodeRef(1, 1), EpisodeRef(1, 2)])
    services.start()
    assert lease.take(ME)
    return series


@pytest.fixture
def evening(queued: AnimeSeries, clock: Clock) -> Clock:  # noqa: F811 - the fixture
    """Quiet hours have begun."""
    set_to(quiet_hours=[EVENING])
    clock.set("2027-01-04 18:00")
    lease.take(ME)
    OutboxEvent.objects.all().delete()
    return clock


def told(*kinds: str) -> list[dict[str, Any]]:
    events = OutboxEvent.objects.order_by("id")
    return [{"type": event.type, **event.data} for event in events if event.type in kinds]


def shown() -> dict[str, Any]:
    return dict(services.status()["status"]["quiet"])


def test_nothing_is_taken_in_quiet_hours_and_at_their_end_the_next_one_is(evening: Clock) -> None:
    assert claims.claim_next(ME) is None
    evening.set("2027-01-04 22:59")
    assert claims.claim_next(ME) is None
    assert QueueState.current().is_running
    evening.set("2027-01-04 23:00")
    item = claims.claim_next(ME)
    assert item is not None
    assert item.episode_number == 1


def test_when_it_goes_on_is_shown_and_kept(evening: Clock) -> None:
    found = shown()
    assert found["is_closed"]
    assert found["reason"]["code"] == "quiet_hours"
    at = datetime.fromisoformat(found["goes_on_at"])
    evening.now = at - timedelta(seconds=1)
    assert claims.claim_next(ME) is None
    evening.now = at
    assert claims.claim_next(ME) is not None
    assert shown()["goes_on_at"] is None


def test_a_clock_that_is_set_back_shows_what_holds_by_it(evening: Clock) -> None:
    quiet.look()
    evening.set("2027-01-04 12:00")
    assert not shown()["is_closed"]
    assert claims.claim_next(ME) is not None
    evening.set("2027-01-03 19:00")
    assert datetime.fromisoformat(shown()["goes_on_at"]) == evening.now.replace(hour=23)


def test_an_exempt_item_is_taken_while_the_rest_waits(evening: Clock) -> None:
    DownloadQueueItem.objects.filter(episode_number=2).update(is_exempt=True)
    item = claims.claim_next(ME)
    assert item is not None
    assert item.episode_number == 2
    DownloadQueueItem.objects.filter(pk=item.pk).update(status=Status.COMPLETED)
    assert claims.claim_next(ME) is None


def test_a_queue_whose_items_are_gone_stops_in_quiet_hours_too(evening: Clock) -> None:
    services.remove(item_ids=list(DownloadQueueItem.objects.values_list("pk", flat=True)))
    assert claims.claim_next(ME) is None
    assert not QueueState.current().is_running


def test_begin_and_end_are_told_once_each(evening: Clock) -> None:
    types = ("queue_quiet_started", "queue_quiet_ended", "queue_status")
    quiet.look()
    quiet.look()
    (began,) = told(*types)
    assert began["reason"]["code"] == "quiet_hours"
    assert datetime.fromisoformat(began["goes_on_at"]) == evening.now.replace(hour=23)
    evening.set("2027-01-04 23:00")
    quiet.look()
    quiet.look()
    assert [one["type"] for one in told(*types)] == ["queue_quiet_started", "queue_quiet_ended"]


def test_another_worker_that_takes_over_tells_nothing_twice(evening: Clock) -> None:
    quiet.look()
    lease.give_back(ME)
    assert lease.take("other")
    quiet.look()
    assert len(told("queue_quiet_started")) == 1


def test_another_end_is_told(evening: Clock) -> None:
    quiet.look()
    set_to(quiet_hours=["daily 18:00-22:00=closed"])
    quiet.look()
    ends = [one["goes_on_at"] for one in told("queue_quiet_started")]
    assert [datetime.fromisoformat(end).astimezone(BERLIN).hour for end in ends] == [23, 22]


def test_another_limit_is_told(evening: Clock) -> None:
    set_to(quiet_hours=["daily 18:00-23:00=500"], limit_kb_per_second=900)
    quiet.look()
    evening.set("2027-01-04 23:30")
    quiet.look()
    limits = [one["limit_kb_per_second"] for one in told("queue_status")]
    assert limits == [500, 900]
    assert not told("queue_quiet_started", "queue_quiet_ended")


def test_a_configuration_that_cannot_be_read_is_trouble_and_no_fault_of_the_page(
    evening: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Any:
        raise ConfigBroken(why="set_aside", aside="a", name="config.json")

    monkeypatch.setattr(store, "load", broken)
    found = services.status()["status"]
    assert not found["quiet"]["is_closed"]
    assert found["trouble"] is not None


# --- what runs


def running(queued: AnimeSeries) -> DownloadQueueItem:
    item = claims.claim_next(ME)
    assert item is not None
    return item


def test_what_runs_goes_on_to_its_end_by_itself(queued: AnimeSeries, clock: Clock) -> None:  # noqa: F811
    set_to(quiet_hours=[EVENING])
    item = running(queued)
    clock.set("2027-01-04 18:00")
    Quietness(item).refuse_to_go_on()
    assert shown()["is_closed"]


@pytest.mark.parametrize("stage", [Stage.RESOLVING, Stage.DOWNLOADING])
def test_what_runs_is_put_back_where_that_is_set(
    queued: AnimeSeries,
    clock: Clock,  # noqa: F811
    stage: Stage,
) -> None:
    set_to(quiet_hours=[EVENING], when_quiet_begins="STOP")
    services.start(limit=1)
    item = running(queued)
    item.stage, item.progress_percent = stage, 40.0
    quietness = Quietness(item)
    quietness.refuse_to_go_on()
    clock.set("2027-01-04 18:00")
    with pytest.raises(QuietBegan):
        Quietness(item).refuse_to_go_on()
    claims.interrupt(item, ME)
    item.refresh_from_db()
    assert (item.status, item.retry_count, item.next_try_at) == (Status.PENDING, 0, None)
    assert QueueState.current().remaining == 1  # its turn is given back
    assert claims.claim_next(ME) is None
    clock.set("2027-01-04 23:00")
    again = claims.claim_next(ME)
    assert again is not None
    assert again.pk == item.pk


@pytest.mark.parametrize("stage", [Stage.REMUXING, Stage.CHECKING, Stage.PLACING])
def test_what_has_been_fetched_is_finished(evening: Clock, stage: Stage) -> None:
    set_to(when_quiet_begins="STOP")
    item = DownloadQueueItem.objects.filter(episode_number=1).get()
    item.stage = stage
    Quietness(item).refuse_to_go_on()


def test_an_exempt_item_is_not_put_back_also_when_that_is_said_while_it_runs(
    evening: Clock,
) -> None:
    set_to(when_quiet_begins="STOP", quiet_hours=[EVENING, "daily 00:00-00:00=100"])
    item = DownloadQueueItem.objects.filter(episode_number=1).get()
    item.stage = Stage.DOWNLOADING
    with pytest.raises(QuietBegan):
        Quietness(item).refuse_to_go_on()
    assert Quietness(item).limit() == 100_000
    DownloadQueueItem.objects.filter(pk=item.pk).update(is_exempt=True)
    Quietness(item).refuse_to_go_on()
    assert Quietness(item).limit() == 0


def test_it_is_looked_once_a_second(evening: Clock) -> None:
    set_to(when_quiet_begins="STOP")
    item = DownloadQueueItem.objects.filter(episode_number=1).get()
    item.stage = Stage.DOWNLOADING
    evening.set("2027-01-04 17:59")
    ticks = [0.0]
    quietness = Quietness(item, clock=lambda: ticks[0])
    quietness.refuse_to_go_on()
    evening.set("2027-01-04 18:00")
    ticks[0] = 0.9
    quietness.refuse_to_go_on()
    ticks[0] = 1.0
    with pytest.raises(QuietBegan):
        quietness.refuse_to_go_on()


def test_a_configuration_that_breaks_meanwhile_leaves_what_runs_as_it_was(
    evening: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_to(limit_kb_per_second=300)
    ticks = [0.0]
    quietness = Quietness(
        DownloadQueueItem.objects.filter(episode_number=1).get(), clock=lambda: ticks[0]
    )
    assert quietness.limit() == 300_000

    def broken() -> Any:
        raise ConfigBroken(why="set_aside", aside="a", name="config.json")

    monkeypatch.setattr(store, "load", broken)
    ticks[0] = 5.0
    assert quietness.limit() == 300_000


# --- what was fetched


def test_what_is_fetched_is_counted_by_day_of_the_servers_clock(
    db: None,
    clock: Clock,  # noqa: F811
) -> None:
    clock.set("2027-01-31 23:59")  # in UTC it is 22:59, of the same day
    ledger.add(clock(), size=100)
    ledger.add(clock(), size=50, episodes=1)
    clock.set("2027-02-01 00:30")  # in UTC it is still January
    assert ledger.used(clock()) == Used()
    ledger.add(clock(), size=7)
    assert ledger.used(clock()) == Used(Fetched(7, 0), Fetched(7, 0))
    clock.set("2027-02-02 00:30")
    assert ledger.used(clock()) == Used(Fetched(0, 0), Fetched(7, 0))
    clock.set("2027-01-31 12:00")  # set back
    assert ledger.used(clock()) == Used(Fetched(150, 1), Fetched(150, 1))
    assert [str(day.day) for day in FetchedDay.objects.order_by("day")] == [
        "2027-01-31",
        "2027-02-01",
    ]


@pytest.mark.parametrize(
    ("name", "most", "goes_on"),
    [
        ("budget_gb_a_day", 2.5, "2027-02-01 00:00"),
        ("budget_gb_a_month", 2.5, "2027-02-01 00:00"),
        ("budget_episodes_a_day", 2, "2027-02-01 00:00"),
        ("budget_episodes_a_month", 2, "2027-02-01 00:00"),
    ],
)
def test_the_queue_waits_for_the_end_of_a_budget(
    queued: AnimeSeries,
    clock: Clock,  # noqa: F811
    name: str,
    most: float,
    goes_on: str,
) -> None:
    clock.set("2027-01-31 12:00")
    lease.take(ME)
    set_to(**{name: most})
    ledger.add(clock(), size=2_499_999_999, episodes=1)
    assert not shown()["is_closed"]
    ledger.add(clock(), size=1, episodes=1)
    found = shown()
    assert found["reason"]["code"] == name
    assert (
        datetime.fromisoformat(found["goes_on_at"]).astimezone(BERLIN).strftime("%Y-%m-%d %H:%M")
        == goes_on
    )
    assert claims.claim_next(ME) is None
    quiet.look()
    assert [one["code"] for one in told("system_info")] == ["queue_budget_used_up"]
    clock.set(goes_on)
    lease.take(ME)
    assert claims.claim_next(ME) is not None


def test_a_months_budget_holds_over_the_days_of_the_month(
    queued: AnimeSeries,
    clock: Clock,  # noqa: F811
) -> None:
    set_to(budget_gb_a_month=3)
    for day in ("2027-01-04", "2027-01-20"):
        clock.set(f"{day} 12:00")
        ledger.add(clock(), size=1_500_000_000)
    lease.take(ME)
    clock.set("2027-01-31 23:59")
    assert shown()["is_closed"]
    clock.set("2027-02-01 00:00")
    assert not shown()["is_closed"]


def test_what_was_fetched_survives_the_clearing_of_the_lists(
    queued: AnimeSeries,
    clock: Clock,  # noqa: F811
) -> None:
    set_to(budget_episodes_a_day=1)
    ledger.add(clock(), episodes=1)
    DownloadQueueItem.objects.update(status=Status.COMPLETED)
    services.clear(status=Status.COMPLETED)
    assert shown()["is_closed"]


# --- the owner's word


def ids(*numbers: int) -> list[int]:
    found = DownloadQueueItem.objects.filter(episode_number__in=numbers).order_by("pk")
    return list(found.values_list("pk", flat=True))


def undo(action: str) -> None:
    take_back(entry_id=Entry.objects.filter(action=action).latest("pk").pk)


def test_one_item_now_while_the_rest_waits_and_taken_back(evening: Clock) -> None:
    (second,) = ids(2)
    assert services.exempt(item_ids=[second]).ids == [second]
    assert services.exempt(item_ids=[second, 999]).skipped == [
        {"id": str(second), "reason": "exempt"},
        {"id": "999", "reason": "not_found"},
    ]
    assert Entry.objects.filter(action="queue.exempted").count() == 1
    undo("queue.exempted")
    assert claims.claim_next(ME) is None
    undo("queue.bound")
    item = claims.claim_next(ME)
    assert item is not None
    assert item.pk == second
    actions = [one["action"] for one in told("queue_status")]
    assert actions[:3] == ["items_exempted", "items_bound", "items_exempted"]


def test_now_starts_no_queue_and_releases_nothing(evening: Clock) -> None:
    first, second = ids(1, 2)
    services.hold(item_ids=[first])
    services.exempt(item_ids=[first])
    assert claims.claim_next(ME) is None
    services.exempt(item_ids=[second])
    services.stop()
    assert claims.claim_next(ME) is None
    services.start()
    services.pause()
    assert claims.claim_next(ME) is None
    services.resume()
    assert claims.claim_next(ME) is not None


def test_what_has_failed_is_bound_again_when_it_is_retried(evening: Clock) -> None:
    (first,) = ids(1)
    services.exempt(item_ids=[first])
    DownloadQueueItem.objects.filter(pk=first).update(status=Status.FAILED)
    services.retry(item_ids=[first])
    assert claims.claim_next(ME) is None


def test_everything_until_the_window_ends(evening: Clock) -> None:
    set_to(quiet_hours=[EVENING, "daily 18:30-19:00=100"])
    quiet.look()
    services.lift(until=Lift.WINDOW)
    found = shown()
    assert not found["is_closed"]
    assert datetime.fromisoformat(found["lifted_until"]) == evening.now.replace(hour=23)
    assert claims.claim_next(ME) is not None
    evening.set("2027-01-05 18:00")  # the next one holds again
    assert shown()["is_closed"]
    types = ("queue_quiet_started", "queue_quiet_ended")
    assert [one["type"] for one in told(*types)] == list(types)


def test_everything_for_today_whatever_budget_is_used_up(evening: Clock) -> None:
    set_to(quiet_hours=[], budget_episodes_a_month=1)
    ledger.add(evening.now, episodes=1)
    with pytest.raises(NothingToLift):
        services.lift(until=Lift.WINDOW)
    services.lift(until=Lift.TODAY)
    assert not shown()["is_closed"]
    evening.set("2027-01-05 00:00")
    assert shown()["reason"]["code"] == "budget_episodes_a_month"


def test_the_owners_word_is_taken_back(evening: Clock) -> None:
    services.lift(until=Lift.TODAY)
    undo("queue.quiet_lifted")
    assert shown()["is_closed"]
    services.keep()  # nothing is lifted any more
    assert Entry.objects.filter(action="queue.quiet_kept").count() == 1
    services.lift(until=Lift.TODAY)
    services.lift(until=Lift.WINDOW)
    first = Entry.objects.filter(action="queue.quiet_lifted").order_by("pk")[1]
    with pytest.raises(ChangedSince):
        take_back(entry_id=first.pk)
    services.keep()
    assert shown()["is_closed"]


def test_a_clock_that_is_set_back_does_not_let_it_last_the_longer(evening: Clock) -> None:
    set_to(quiet_hours=["daily 00:00-00:00=closed"])
    services.lift(until=Lift.TODAY)
    assert not shown()["is_closed"]
    evening.set("2027-01-04 12:00")
    assert shown()["is_closed"]
