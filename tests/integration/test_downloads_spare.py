"""The child of the next transfer is there before *Start*, and only while it may be needed."""

from __future__ import annotations

import os
import signal

import pytest

from downloads import services
from downloads.choices import Status
from downloads.models import DownloadQueueItem
from library.models import AnimeSeries
from tests.integration.downloads_support import (
    WorkerProcess,
    is_gone,
    queue,
    wait_until,
)
from tests.product import children_of
from tests.site.world import SampleWorld

# Processes see no transaction of the test.
pytestmark = pytest.mark.django_db(transaction=True)


def the_child(worker: WorkerProcess) -> int:
    found = wait_until(lambda: children_of(worker.process.pid), what="a child")
    [pid] = found
    return int(pid)


def is_completed() -> bool:
    return DownloadQueueItem.objects.get().status == Status.COMPLETED


def test_the_child_that_waits_does_the_job(world: SampleWorld, series: AnimeSeries) -> None:
    queue(series, 1)
    rule = world.delay(30, side="catalogue")  # so long the child is there to be seen
    with WorkerProcess() as worker:
        kept = the_child(worker)
        services.start()
        wait_until(lambda: world.count("catalogue"), what="a request")
        assert children_of(worker.process.pid) == [kept]
        world.mend(rule)


def test_one_that_dies_while_it_waits_is_replaced(world: SampleWorld, series: AnimeSeries) -> None:
    queue(series, 1)
    with WorkerProcess() as worker:
        first = the_child(worker)
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: children_of(worker.process.pid) not in ([], [first]), what="another")
        services.start()
        wait_until(is_completed, seconds=60, what="the episode")
        wait_until(lambda: not children_of(worker.process.pid), what="no child")


def test_none_is_kept_where_nothing_could_be_started(
    world: SampleWorld, series: AnimeSeries
) -> None:
    [item] = queue(series, 1)
    with WorkerProcess() as worker:
        the_child(worker)
        services.remove_one(item_id=item)
        wait_until(lambda: not children_of(worker.process.pid), what="no child")
    assert world.log() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_it_ends_with_its_worker(
    world: SampleWorld, series: AnimeSeries, number: signal.Signals
) -> None:
    queue(series, 1)
    with WorkerProcess() as worker:
        kept = the_child(worker)
        worker.signal(number)
        worker.end()
        wait_until(lambda: is_gone(kept), what="the child to end")
    assert world.log() == []
