"""A small library for the queue to work on."""

from __future__ import annotations

from pathlib import Path

import pytest

from library.choices import EpisodeState
from library.models import AnimeSeries, Episode, LibraryRoot


@pytest.fixture
def root(db: None, tmp_path: Path) -> LibraryRoot:
    directory = tmp_path / "library"
    directory.mkdir()
    return LibraryRoot.objects.create(path=str(directory))


@pytest.fixture
def series(root: LibraryRoot) -> AnimeSeries:
    series = AnimeSeries(
        key="frieren",
        site="aniworld",
        site_key="frieren",
        name="Frieren – 葬送のフリーレン",
        folder="Frieren (2023)",
        year=2023,
        root=root,
        missing_count=6,
        total_episodes=6,
    )
    series.index_words()
    series.save()
    Episode.objects.bulk_create(
        Episode(
            series=series,
            season=1,
            episode_number=number,
            title=f"Folge {number}",
            state=EpisodeState.MISSING,
            hosters=["VOE"],
        )
        for number in range(1, 7)
    )
    return series
