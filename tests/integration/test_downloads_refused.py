"""What a source delivered and was refused for is not fetched from it a second time."""

from __future__ import annotations

from collections import Counter

import pytest

from aniworld.web.texts import text_of
from downloads import services
from downloads.choices import Status
from downloads.models import DownloadQueueItem, QueueState
from library.models import AnimeSeries, MediaFile
from tests.factories import make_file
from tests.integration.downloads_support import WorkerProcess, configure, queue, wait_until, work
from tests.site.world import SampleWorld

pytestmark = pytest.mark.django_db(transaction=True)

FOLDER = "Mondlaterne (2013)"


def know_longer_episodes(series: AnimeSeries) -> None:
    """The season has three others of four minutes: one of some seconds is none of it."""
    for number in (11, 12, 13):
        path = f"{FOLDER}/S01E{number}.mkv"
        make_file(series, path, folder=FOLDER, season=1, episodes=[number], duration=240.0 + number)


def media_asked_for(world: SampleWorld) -> Counter[str]:
    """How often each piece was asked for, by hoster and name."""
    return Counter(seen["path"] for seen in world.log() if "/seg-" in seen["path"])


def videos_asked_for(world: SampleWorld) -> set[str]:
    """The hosters' codes of what was fetched; each hoster has its own."""
    return {path.split("/")[2] for path in media_asked_for(world)}


def test_an_episode_that_every_source_has_broken_fails_at_once(
    world: SampleWorld, series: AnimeSeries
) -> None:
    configure(world.catalogue_url, max_retries=5)
    know_longer_episodes(series)
    AnimeSeries.objects.update(languages=["German Dub"])
    queue(series, 1)
    work()
    item = DownloadQueueItem.objects.get()
    assert (item.status, item.error_code) == (Status.FAILED, "all_sources_failed")
    assert item.retry_count == 0
    told = text_of(item.error)
    assert "VOE (German Dub)" in told
    assert "Vidmoly (German Dub)" in told
    assert "usual" not in told
    assert set(media_asked_for(world).values()) == {1}
    assert not QueueState.current().is_running

    MediaFile.objects.all().delete()
    services.retry(item_ids=[item.pk])
    work()
    item.refresh_from_db()
    assert item.status == Status.COMPLETED, item.error


def test_a_source_that_was_refused_is_passed_by_after_a_restart(
    world: SampleWorld, series: AnimeSeries
) -> None:
    configure(world.catalogue_url, max_retries=5)
    know_longer_episodes(series)
    world.fail_status(503, side="hoster", hoster="Vidmoly")
    AnimeSeries.objects.update(languages=["German Dub"])
    queue(series, 1)
    services.start(limit=1)
    with WorkerProcess() as worker:
        wait_until(lambda: not QueueState.current().is_running, what="the try")
        worker.process.terminate()
        worker.end()
    item = DownloadQueueItem.objects.get()
    assert (item.status, item.retry_count) == (Status.PENDING, 1)

    [of_voe] = videos_asked_for(world)
    MediaFile.objects.all().delete()
    world.mend_all()
    world.clear_log()
    work()
    item.refresh_from_db()
    assert item.status == Status.COMPLETED, item.error
    assert len(videos_asked_for(world)) == 1
    assert of_voe not in videos_asked_for(world)
