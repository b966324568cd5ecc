"""What becomes of a suspicious file that a failed item keeps aside."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from aniworld.journal import services as journal
from aniworld.journal.errors import ChangedSince
from aniworld.journal.models import Entry
from downloads import services
from downloads.choices import Quarantine, Status
from downloads.errors import EpisodeTaken, ItemNotFound, NothingKept
from downloads.models import UNDO_WINDOW, DownloadQueueItem
from downloads.worker import claims, lease
from library.choices import EpisodeState
from library.models import AnimeSeries, Episode
from tests.factories import make_item
from tests.unit.document.house import QUARANTINED
from tests.unit.downloads.queue_steps import told

UNTIL = timezone.now() + timedelta(days=9)


@pytest.fixture
def item(series: AnimeSeries) -> DownloadQueueItem:
    return keeping(series, 1)


def keeping(series: AnimeSeries, number: int, **fields: Any) -> DownloadQueueItem:
    kept = {"quarantine": Quarantine.KEPT, "quarantined": QUARANTINED, "quarantined_until": UNTIL}
    failed = {"status": Status.FAILED, "completed_at": timezone.now()}
    return make_item(series, number, **{**failed, **kept, **fields})


def now(item: DownloadQueueItem) -> tuple[str, str, datetime | None]:
    item.refresh_from_db()
    return item.status, item.quarantine, item.quarantined_until


def test_what_is_taken_waits_for_the_worker_alone(item: DownloadQueueItem) -> None:
    services.take(item_id=item.pk)
    assert now(item) == (Status.PENDING, Quarantine.WANTED, UNTIL)
    assert told()[-1] == ("queue_status", "quarantine_taken")
    entry = Entry.objects.latest("pk")
    assert (entry.action, entry.after["episode"]) == ("queue.taken", "S01E01")
    assert (entry.after["hoster"], entry.after["seconds"]) == ("VOE", 610.2)

    services.start()
    lease.take("a")
    assert claims.claim_next("a") is None
    services.stop()
    claimed = claims.claim_wanted("a")
    assert claimed == item
    assert claims.claim_wanted("a") is None


def test_only_who_serves_the_queue_places_it(item: DownloadQueueItem) -> None:
    services.take(item_id=item.pk)
    lease.take("a")
    assert claims.claim_wanted("b") is None
    assert claims.claim_wanted("a") == item


@pytest.mark.parametrize("service", [services.take, services.discard])
def test_where_nothing_is_kept_nothing_is_done(series: AnimeSeries, service: Any) -> None:
    with pytest.raises(ItemNotFound):
        service(item_id=99)
    with pytest.raises(ItemNotFound):
        service(item_id=keeping(series, 1, removed_at=timezone.now()).pk)
    others: list[dict[str, Any]] = [
        {"quarantine": Quarantine.NONE},
        {"quarantine": Quarantine.WANTED},
        {"quarantine": Quarantine.DISCARDED},
        {"status": Status.PENDING},
    ]
    for number, fields in enumerate(others, start=2):
        with pytest.raises(NothingKept):
            service(item_id=keeping(series, number, **fields).pk)
    assert not Entry.objects.exists()


def test_an_episode_that_is_there_or_in_the_queue_again_needs_no_such_file(
    series: AnimeSeries,
) -> None:
    queued, present = keeping(series, 1), keeping(series, 2)
    make_item(series, 1)
    Episode.objects.filter(series=series, episode_number=2).update(
        state=EpisodeState.PRESENT, is_downloaded=True
    )
    with pytest.raises(EpisodeTaken, match="in the queue again"):
        services.take(item_id=queued.pk)
    with pytest.raises(EpisodeTaken, match="on disk by now"):
        services.take(item_id=present.pk)
    assert now(queued)[:2] == now(present)[:2] == (Status.FAILED, Quarantine.KEPT)


def test_what_is_discarded_goes_as_soon_as_it_cannot_come_back(item: DownloadQueueItem) -> None:
    services.discard(item_id=item.pk)
    status, state, until = now(item)
    assert (status, state) == (Status.FAILED, Quarantine.DISCARDED)
    assert until is not None
    assert until > timezone.now() + UNDO_WINDOW
    assert told()[-1] == ("queue_status", "quarantine_discarded")
    past = DownloadQueueItem.objects.past_quarantine
    assert not past(timezone.now() + UNDO_WINDOW).exists()
    assert past(timezone.now() + UNDO_WINDOW + timedelta(minutes=2)).exists()

    entry = Entry.objects.latest("pk")
    journal.undo(entry_id=entry.pk)
    assert now(item) == (Status.FAILED, Quarantine.KEPT, UNTIL)
    assert told()[-1] == ("queue_status", "quarantine_restored")


def test_what_is_gone_cannot_come_back(item: DownloadQueueItem) -> None:
    services.discard(item_id=item.pk)
    entry = Entry.objects.latest("pk")
    DownloadQueueItem.objects.update(quarantined_until=timezone.now())
    claims.forget_quarantines()
    assert now(item) == (Status.FAILED, Quarantine.NONE, None)
    with pytest.raises(ChangedSince):
        journal.undo(entry_id=entry.pk)


def test_what_is_tried_again_keeps_its_file_however_long_that_takes(
    item: DownloadQueueItem,
) -> None:
    services.retry_one(item_id=item.pk)
    DownloadQueueItem.objects.update(quarantined_until=timezone.now())
    claims.forget_quarantines()
    assert now(item)[:2] == (Status.PENDING, Quarantine.KEPT)
    shown = services.serialise(item)
    assert shown["quarantined"] is None
