"""What a transfer is told: from the settings, the series, and what the library knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from aniworld.config import store
from downloads.models import DownloadQueueItem
from downloads.transfer import messages
from downloads.worker import jobs
from library.models import AnimeSeries, MediaFile
from tests.factories import make_file, make_item


def put(series: AnimeSeries, season: int, *episodes: int, seconds: float | None) -> MediaFile:
    name = "-".join(map(str, episodes))
    file = make_file(series, f"{series.folder}/S{season}/{name}.mkv", folder=series.folder)
    file.season, file.episodes, file.duration = season, list(episodes), seconds
    file.save()
    return file


def switch_on(**downloads: object) -> None:
    def change(values: dict[str, dict[str, object]]) -> None:
        values["providers"]["sites"] = {"aniworld": {"enabled": True}}
        values["downloads"].update(downloads)

    store.update(change)


def job_of(item: DownloadQueueItem) -> messages.FetchJob:
    return jobs.fetch_job(
        item, store.load(), work_dir=Path("/w"), skip=("voe-1",), limit_bytes=250_000
    )


def test_the_settings_are_in_the_job(series: AnimeSeries) -> None:
    item = make_item(series, 5)
    switch_on()
    assert (job_of(item).connections, job_of(item).limit_bytes) == (8, 250_000)
    switch_on(connections=3)
    assert job_of(item).connections == 3


def test_a_job_reads_back_as_it_was_sent(series: AnimeSeries) -> None:
    switch_on()
    put(series, 1, 1, seconds=1400.5)
    sent = job_of(make_item(series, 5))
    message = messages.decode(messages.encode("fetch", sent))
    assert messages.fetch_job(message.body) == sent
    assert sent.season_lengths == (1400.5,)


def test_only_single_episodes_of_the_same_season_say_how_long_one_is(series: AnimeSeries) -> None:
    put(series, 1, 1, seconds=1400)
    put(series, 1, 2, seconds=1410)
    put(series, 1, 3, 4, seconds=2800)
    put(series, 1, 5, seconds=20)  # what is to be replaced says nothing
    put(series, 1, 6, seconds=None)
    put(series, 2, 1, seconds=300)
    assert sorted(jobs.season_lengths(make_item(series, 5))) == [1400, 1410]


@pytest.mark.parametrize("season", [0, 7])
def test_films_and_new_seasons_have_nothing_to_be_held_against(
    series: AnimeSeries, season: int
) -> None:
    put(series, 0, 1, seconds=6000)
    assert jobs.season_lengths(make_item(series, 5, season=season)) == ()


def test_a_length_is_held_against_the_season_or_else_the_other_seasons(
    series: AnimeSeries,
) -> None:
    assert jobs.beside(make_item(series, 5)) == {"files": 0, "shortest": None}
    put(series, 0, 1, seconds=60)
    put(series, 2, 1, seconds=1430)
    put(series, 2, 2, 3, seconds=2800)
    put(series, 2, 4, seconds=None)
    assert jobs.beside(make_item(series, 6)) == {"files": 1, "shortest": 1430}
    put(series, 1, 1, seconds=1420)
    put(series, 1, 2, seconds=1410)
    put(series, 1, 7, seconds=9)  # what is to be replaced says nothing
    assert jobs.beside(make_item(series, 7)) == {"files": 2, "shortest": 1410}
    assert jobs.beside(make_item(series, 1, season=0)) == {"files": 0, "shortest": None}
