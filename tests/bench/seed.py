"""Fill the database of ``DATA_DIR`` with 1,000 series × 26 episodes and 1,000 queue items."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aniworld.settings")
django.setup()

from downloads.models import DownloadQueueItem  # noqa: E402 - after django.setup()
from library.choices import EpisodeState  # noqa: E402
from library.models import AnimeSeries, Episode  # noqa: E402

SERIES = 1000
EPISODES = 26
MISSING = 10


def main() -> None:
    series = [_series(number) for number in range(SERIES)]
    AnimeSeries.objects.bulk_create(series)
    episodes = [_episode(one, number) for one in series for number in range(1, EPISODES + 1)]
    Episode.objects.bulk_create(episodes, batch_size=500)
    DownloadQueueItem.objects.bulk_create(
        DownloadQueueItem(series=one, season=1, episode_number=EPISODES, position=place)
        for place, one in enumerate(series)
    )


def _series(number: int) -> AnimeSeries:
    series = AnimeSeries(
        key=f"series-{number}",
        site="aniworld",
        site_key=f"series-{number}",
        name=f"Series {number}",
        folder=f"Series {number} (2013)",
        year=2013,
        total_episodes=EPISODES,
        downloaded_count=EPISODES - MISSING,
        missing_count=MISSING,
        episode_dict={"1": list(range(1, EPISODES + 1))},
    )
    series.index_words()
    return series


def _episode(series: AnimeSeries, number: int) -> Episode:
    there = number <= EPISODES - MISSING
    return Episode(
        series=series,
        season=1,
        episode_number=number,
        title=f"Episode {number}",
        state=EpisodeState.PRESENT if there else EpisodeState.MISSING,
        is_downloaded=there,
    )


if __name__ == "__main__":
    main()
