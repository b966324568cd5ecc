"""Two writers settling one series at the same time count each other's files."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from library.models import AnimeSeries, MediaFile
from library.services import add_series, episode_arrived
from library.services.roots import first_root
from library.services.settle import settle
from tests.unit.library.fakes import FakeSite

pytestmark = pytest.mark.django_db(transaction=True)


def test_download_that_arrives_while_a_scan_writes_is_counted(
    site: FakeSite, library: Path
) -> None:
    site.add("show", "Show", {1: 9})
    series, _ = add_series(site=site.name, key="show", folder="Show")
    root = first_root()
    written, trying = threading.Event(), threading.Event()

    def download() -> None:
        assert written.wait(10)
        trying.set()
        path = library / "Show/S01E07.mkv"
        episode_arrived(series=series, season=1, episode=7, path=path, size=5)
        connection.close()

    arriving = threading.Thread(target=download)
    arriving.start()
    with transaction.atomic():
        for number in (1, 2, 3):
            MediaFile.objects.create(
                root=root,
                series=series,
                path=f"Show/S01E0{number}.mkv",
                folder="Show",
                size=1,
                season=1,
                episodes=[number],
                seen_at=timezone.now(),
            )
        settle([series.pk])
        written.set()
        assert trying.wait(10)
        arriving.join(0.5)  # it comes as far as it can: to the lock, on either database
    arriving.join(30)
    assert not arriving.is_alive()
    counted = AnimeSeries.objects.get(pk=series.pk)
    present = counted.episodes.filter(state="PRESENT").count()
    assert (present, counted.downloaded_count, counted.total_episodes) == (4, 4, 9)
