"""What ran when a backup was made is at rest in what is restored of it, and nothing has failed."""

from __future__ import annotations

import pytest

from aniworld.system.backups.settling import settle
from downloads.choices import Status
from downloads.models import DownloadQueueItem, QueueState
from library.choices import OperationKind
from library.models import ScanOperation
from library.services import operations
from tests.factories import make_item, make_series

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", [OperationKind.SCAN, OperationKind.RENAMING])
def test_a_scan_that_ran_then_was_cut_off_and_has_not_failed(kind: OperationKind) -> None:
    operation = operations.begin({}, kind)
    operations.claim(operation)
    settle()
    operation.refresh_from_db()
    assert (operation.state, operation.error) == ("CANCELLED", None)
    assert operation.finished_at is not None
    assert not ScanOperation.objects.running().exists()


def test_an_item_that_was_being_fetched_waits_and_the_queue_stands_still() -> None:
    item = make_item(make_series("Show", missing=1), status=Status.DOWNLOADING, claimed_by="w")
    QueueState.objects.update_or_create(pk=1, defaults={"is_running": True})
    settle()
    assert DownloadQueueItem.objects.get(pk=item.pk).status == Status.PENDING
    assert QueueState.current().is_running is False
