"""The plan and what is done by it, on tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aniworld.config import store
from aniworld.events.models import OutboxEvent
from aniworld.journal import services as journal
from aniworld.journal.models import Entry
from downloads import services
from downloads.following import carrying, reading
from downloads.following.carrying import carry_out
from downloads.following.plan import plan
from downloads.models import AutomaticPick, DownloadQueueItem, QueueState
from library.choices import EpisodeState
from library.models import AnimeSeries, Availability, Episode
from library.services import change_series, remove_series
from tests.factories import make_episodes, make_file, make_root, make_series

DUB, SUB = "German Dub", "German Sub"
DAY = timedelta(days=1)
NOW = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _settings(db: None) -> Iterator[None]:
    store.update(lambda data: data["following"].update(ranks=[f"{DUB}=now", f"{SUB}=14"]))
    yield
    store.path().unlink()


def followed(*languages: str, missing: int = 2, since: datetime = NOW, **wish: str) -> AnimeSeries:
    """A series that is followed, its missing episodes out in these languages."""
    series = make_series(missing=missing)
    change_series(series, {"follow": "GAPS", **wish})
    AnimeSeries.objects.filter(pk=series.pk).update(follow_since=NOW - 9 * DAY)
    for number in range(1, missing + 1):
        out(series, number, *languages, since=since)
    return series


def out(series: AnimeSeries, number: int, *languages: str, since: datetime = NOW) -> None:
    for language in languages:
        Availability.objects.create(
            series=series,
            season=1,
            episode_number=number,
            language=language,
            first_seen_at=since,
        )


def queued() -> list[tuple[str, int, str]]:
    items = DownloadQueueItem.objects.waiting().in_order().select_related("series")
    return [(item.series.key, item.episode_number, item.wanted_language) for item in items]


def test_the_plan_changes_nothing_and_is_what_is_done() -> None:
    one, other = followed(DUB), followed(SUB)
    found = plan(NOW)
    assert queued() == []
    assert not OutboxEvent.objects.filter(type__startswith="auto").exists()
    carried = carry_out(NOW)
    assert carried.plan == found
    assert queued() == [(one.key, 1, DUB), (one.key, 2, DUB)]
    assert [item.series.key for item in found.waiting] == [other.key, other.key]
    assert {item.decision.until for item in found.waiting} == {NOW + 14 * DAY}


def test_nobody_starts_the_queue_but_the_setting() -> None:
    followed(DUB)
    carry_out(NOW)
    assert not QueueState.current().is_running
    store.update(lambda data: data["downloads"].update(auto_start=True))
    followed(DUB)
    carry_out(NOW)
    assert QueueState.current().is_running


def test_browsers_are_told_of_the_beginning_and_the_end() -> None:
    followed(DUB)
    followed(SUB, missing=3)
    carry_out(NOW)
    told = OutboxEvent.objects.filter(type__startswith="auto").order_by("id")
    assert [(one.type, one.data) for one in told] == [
        ("auto_download_started", {}),
        ("auto_download_completed", {"queued": 2, "series": 1, "waiting": 3}),
    ]


def test_what_goes_wrong_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_now: datetime) -> None:
        raise services.adding.SeriesUnknown(why="to_queue", key="x")  # type: ignore[attr-defined]

    monkeypatch.setattr(carrying, "plan", broken)
    with pytest.raises(services.adding.SeriesUnknown):  # type: ignore[attr-defined]
        carry_out(NOW)
    assert OutboxEvent.objects.get(type="auto_download_error").data["error"]["code"]


def test_each_act_is_journalled_with_its_reason_and_can_be_undone() -> None:
    series = followed(DUB)
    carry_out(NOW)
    entry = Entry.objects.of_action("queue.added").get()
    assert (entry.object_id, entry.reason_code) == (series.key, "follow_missing")
    assert entry.reason_params["language"] == DUB
    assert (entry.after["count"], entry.after["languages"]) == (2, [DUB])
    assert entry.undo_until is not None
    assert entry.undo_until - timezone.now() > 13 * DAY
    journal.undo(entry_id=entry.pk)
    assert queued() == []


def test_what_was_taken_back_does_not_come_again_until_it_is_followed_anew() -> None:
    series = followed(DUB)
    ids = carry_out(NOW).ids
    services.remove(item_ids=ids)
    later = NOW + 30 * DAY
    assert carry_out(later).ids == []
    assert {one.decision.reason for one in plan(later).planned} == {"follow_language_not_out"}
    change_series(series, {"follow": "OFF"})
    change_series(series, {"follow": "GAPS"})
    AnimeSeries.objects.update(follow_since=NOW + DAY)
    assert len(carry_out(later).ids) == 2
    assert set(AutomaticPick.objects.values_list("picked_at", flat=True)) == {later}


def test_a_failed_one_leaves_the_next_language_its_turn() -> None:
    series = followed(DUB, SUB, missing=1)
    carry_out(NOW)
    DownloadQueueItem.objects.update(status="FAILED")
    assert plan(NOW).to_queue == ()
    carry_out(NOW + 14 * DAY)
    assert queued() == [(series.key, 1, SUB)]


def test_no_more_in_a_day_than_may_be_and_the_oldest_first() -> None:
    store.update(lambda data: data["following"].update(episodes_a_day=3))
    new = followed(DUB, since=NOW)
    old = followed(DUB, since=NOW - DAY)
    found = plan(NOW)
    assert found.left == 3
    assert len(carry_out(NOW).ids) == 3
    assert queued() == [(old.key, 1, DUB), (old.key, 2, DUB), (new.key, 1, DUB)]
    [late] = plan(NOW).waiting
    assert (late.series.key, late.decision.reason) == (new.key, "follow_budget")
    midnight = (NOW + DAY).replace(hour=0)
    assert late.decision.until == midnight
    assert carry_out(midnight - timedelta(seconds=1)).ids == []
    assert len(carry_out(midnight).ids) == 1


def test_a_second_process_with_the_same_plan_queues_nothing_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store.update(lambda data: data["following"].update(episodes_a_day=2))
    followed(DUB)
    found = plan(NOW)
    carry_out(NOW)
    DownloadQueueItem.objects.update(status="COMPLETED")  # they are through the queue already
    monkeypatch.setattr(carrying, "plan", lambda _now: found)
    again = carry_out(NOW)
    assert (again.ids, len(again.skipped)) == ([], 2)
    assert DownloadQueueItem.objects.count() == 2


def test_the_days_number_holds_over_two_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    store.update(lambda data: data["following"].update(episodes_a_day=2))
    followed(DUB, missing=1)
    found = plan(NOW)
    followed(DUB, missing=2, since=NOW - DAY)
    carry_out(NOW)
    monkeypatch.setattr(carrying, "plan", lambda _now: found)
    assert carry_out(NOW).ids == []


def test_what_the_queue_does_not_take_is_said_and_nothing_is_noted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    series, gone = followed(DUB), followed(DUB)
    found = plan(NOW)
    remove_series(gone)
    services.enqueue(series_key=series.key, episodes=[services.EpisodeRef(1, 1)])
    monkeypatch.setattr(carrying, "plan", lambda _now: found)
    carried = carry_out(NOW)
    places = [(one.series.key, one.facts.number) for one in carried.skipped]
    assert places == [(series.key, 1), (gone.key, 1), (gone.key, 2)]
    assert queued() == [(series.key, 1, ""), (series.key, 2, DUB)]
    assert AutomaticPick.objects.count() == 1
    assert carried.series == 1


def test_a_better_language_beside_what_is_there() -> None:
    series = followed(DUB, SUB, missing=1, keep_files="BOTH")
    root = make_root()
    AnimeSeries.objects.filter(pk=series.pk).update(root=root)
    Episode.objects.update(state=EpisodeState.PRESENT, is_downloaded=True)
    make_file(series, "a.mkv", root=root, season=1, episodes=[1], language=SUB)
    carry_out(NOW)
    assert queued() == [(series.key, 1, DUB)]
    assert DownloadQueueItem.objects.get().is_beside
    assert Entry.objects.of_action("queue.added").get().reason_code == "follow_better"
    [pk] = DownloadQueueItem.objects.values_list("pk", flat=True)
    services.remove(item_ids=[pk])
    assert services.undo(item_ids=[pk]).ids == [pk]  # though the episode is on disk


def test_a_better_language_in_place_of_what_is_there() -> None:
    series = followed(DUB, SUB, missing=3, keep_files="REPLACE")
    root = make_root()
    AnimeSeries.objects.filter(pk=series.pk).update(root=root)
    Episode.objects.update(state=EpisodeState.PRESENT, is_downloaded=True)
    make_file(series, "a.mkv", root=root, season=1, episodes=[1], language=SUB)
    make_file(series, "b.mkv", root=root, season=1, episodes=[2, 3], language=SUB)
    carry_out(NOW)
    item = DownloadQueueItem.objects.get()
    assert (item.episode_number, item.wanted_language) == (1, DUB)
    assert (item.is_beside, item.is_replacing) == (True, True)
    reasons = {one.facts.number: one.decision.reason for one in plan(NOW).planned}
    assert reasons == {1: "follow_queued", 2: "follow_shared_file", 3: "follow_shared_file"}


def test_series_that_say_nothing_and_those_that_left_are_not_looked_at() -> None:
    make_series(missing=2)
    remove_series(followed(DUB))
    assert plan(NOW).series == 0


def test_the_facts_take_as_many_queries_for_one_series_as_for_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            plan(NOW)
        return len(captured)

    followed(DUB)
    one = queries()
    for _ in range(5):
        followed(DUB, missing=5)
    assert queries() == one
    monkeypatch.setattr(reading, "SERIES_AT_ONCE", 2)
    assert queries() <= 3 * one
    assert len(plan(NOW).to_queue) == 2 + 5 * 5


def test_what_its_owner_has_deleted_on_purpose_is_not_fetched_again() -> None:
    series = followed(DUB)
    Episode.objects.filter(series=series, episode_number=1).update(unwanted=True)
    carry_out(NOW)
    assert queued() == [(series.key, 2, DUB)]


def test_what_is_on_disk_and_stays_is_not_read() -> None:
    series = followed(DUB, missing=1)
    make_episodes([(series, 2, 1, EpisodeState.PRESENT)])
    assert [one.facts.season for one in plan(NOW).planned] == [1]
