"""A worker whose series' catalogue is renumbered while its items wait."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from downloads.choices import Status
from downloads.models import DownloadQueueItem
from library.models import AnimeSeries, Episode
from library.services.refresh import keep_catalogue
from providers.base import EpisodeInfo, SeriesInfo
from tests.integration.downloads_support import WorkerProcess, files_in, queue
from tests.site.world import SampleWorld

# Processes see no transaction of the test.
pytestmark = pytest.mark.django_db(transaction=True)

TALES = ["Tale of Ash", "Tale of Bone", "Tale of Clay"]


def reads(series: AnimeSeries, titles: Sequence[str]) -> None:
    """What the site lists in season 1, as its catalogue is read."""
    listed = [
        EpisodeInfo(1, n, title=title, languages=("German Sub",), hosters=("VOE",))
        for n, title in enumerate(titles, 1)
    ]
    series.refresh_from_db()
    keep_catalogue(series, SeriesInfo(key=series.site_key, name=series.name, link=""), listed)


def run_once() -> None:
    with WorkerProcess("--once", wait=False) as worker:
        assert worker.end() == 0


def test_an_item_is_fetched_under_the_number_its_episode_has_now(
    world: SampleWorld, series: AnimeSeries, library: Path
) -> None:
    reads(series, TALES[:2])
    queue(series, 1)
    reads(series, ["Prologue", *TALES[:2]])
    run_once()
    item = DownloadQueueItem.objects.get()
    assert (item.status, item.episode_number) == (Status.COMPLETED, 2)
    there = Episode.objects.exclude(file=None).get()
    assert (there.episode_number, there.title) == (2, TALES[0])


def test_what_was_placed_before_is_not_taken_for_what_has_its_number_now(
    world: SampleWorld, series: AnimeSeries, library: Path
) -> None:
    reads(series, TALES[:2])
    queue(series, 1)
    run_once()
    [first] = files_in(library)
    reads(series, ["Prologue", *TALES[:2]])
    there = Episode.objects.exclude(file=None).get()
    assert (there.episode_number, there.title) == (2, TALES[0])
    queue(series, 1)
    run_once()
    assert not DownloadQueueItem.objects.exclude(status=Status.COMPLETED).exists()
    files = {one.title: one.file_path for one in Episode.objects.exclude(file=None)}
    assert set(files) == {"Prologue", TALES[0]}
    assert files[TALES[0]].endswith(str(first).rpartition("/")[2])
    assert len(files_in(library)) == 2


def test_a_worker_that_is_to_end_when_all_is_done_does_not_wait_for_a_held_catalogue(
    world: SampleWorld, series: AnimeSeries, library: Path
) -> None:
    reads(series, TALES)
    queue(series, 1)
    AnimeSeries.objects.update(catalogue_held=True)
    with WorkerProcess("--once", wait=False) as worker:
        assert worker.end() == 1  # not all is done
    assert DownloadQueueItem.objects.get().status == Status.PENDING
    assert files_in(library) == []
