"""Every constraint of the tables, one test each."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from aniworld.sites.models import SiteSlot
from library.models import (
    AnimeSeries,
    Episode,
    LibraryRoot,
    MediaFile,
    ScannedDirectory,
    ScanOperation,
    UnmatchedFolder,
)
from tests.factories import make_file, make_root, make_scan, make_series, make_unmatched

pytestmark = pytest.mark.django_db


def refused(constraint: str, model: Any, **fields: Any) -> None:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        model.objects.create(**fields)
    names = (*constraint.split("|"), "UNIQUE")  # each database names them in its own way
    assert any(name in str(caught.value) for name in names)


def series_fields(**fields: Any) -> dict[str, Any]:
    return {"key": "a", "site": "s", "site_key": "a", "name": "A", **fields}


def test_series_key_is_unique() -> None:
    AnimeSeries.objects.create(**series_fields())
    refused("key", AnimeSeries, **series_fields(site_key="b"))


def test_series_key_is_not_empty() -> None:
    refused("series_key_not_empty", AnimeSeries, **series_fields(key=""))


def test_one_series_for_a_key_of_a_site() -> None:
    AnimeSeries.objects.create(**series_fields())
    refused("series_site_key_unique", AnimeSeries, **series_fields(key="b"))


def test_one_series_for_a_folder_unless_removed() -> None:
    root = make_root()
    first = AnimeSeries.objects.create(**series_fields(folder="A", root=root))
    second = series_fields(key="b", site_key="b", folder="A", root=root)
    refused("series_folder_unique", AnimeSeries, **second)
    first.soft_delete()
    AnimeSeries.objects.create(**second)


def test_series_status_is_known() -> None:
    refused("series_status_known", AnimeSeries, **series_fields(status="maybe"))


@pytest.mark.parametrize(
    "name", ["total_episodes", "downloaded_count", "missing_count", "unavailable_count"]
)
def test_series_counts_are_not_negative(name: str) -> None:
    refused(name, AnimeSeries, **series_fields(**{name: -1}))


def test_episode_is_unique() -> None:
    series = make_series(missing=1)
    refused("episode_unique", Episode, series=series, season=1, episode_number=1)


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("episode_state_known", {"state": "LOST"}),
        ("episode_kind_known", {"kind": "SONG"}),
        ("season|episode_numbers", {"season": -1}),
        ("episode_number", {"episode_number": -1}),
        ("episode_size_not_negative", {"file_size": -1}),
        ("episode_present_is_downloaded", {"state": "PRESENT", "is_downloaded": False}),
        ("episode_present_is_downloaded", {"state": "MISSING", "is_downloaded": True}),
    ],
)
def test_episode_values(constraint: str, fields: dict[str, Any]) -> None:
    series = make_series()
    refused(constraint, Episode, **{"series": series, "season": 1, "episode_number": 9} | fields)


def test_root_path_is_unique_and_not_empty() -> None:
    make_root("/a")
    refused("path", LibraryRoot, path="/a")
    refused("root_path_not_empty", LibraryRoot, path="")
    refused("file_count", LibraryRoot, path="/b", file_count=-1)


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [("file_state_known", {"state": "LOST"}), ("file_size_not_negative", {"size": -1})],
)
def test_file_values(constraint: str, fields: dict[str, Any]) -> None:
    base = {"root": make_root(), "path": "a.mkv", "seen_at": timezone.now()}
    refused(constraint, MediaFile, **base | fields)


def test_file_path_is_unique_in_its_root() -> None:
    file = make_file(make_series(), "a.mkv")
    refused("file_path_unique", MediaFile, root=file.root, path="a.mkv", seen_at=timezone.now())


def test_directory_is_unique_in_its_root() -> None:
    fields = {"root": make_root(), "path": "a", "mtime_ns": 1, "scanned_at": 1}
    ScannedDirectory.objects.create(**fields)
    refused("directory_unique", ScannedDirectory, **fields)


def test_unmatched_folder_is_unique_and_has_a_known_reason() -> None:
    row = make_unmatched("A")
    refused("unmatched_unique", UnmatchedFolder, root=row.root, folder="A", reason="AMBIGUOUS")
    refused("unmatched_reason_known", UnmatchedFolder, root=row.root, folder="B", reason="?")


def test_one_scan_runs_at_a_time() -> None:
    make_scan("RUNNING")
    make_scan("COMPLETED")
    refused("one_running_scan", ScanOperation, started_at=timezone.now())


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("scan_state_known", {"state": "IDLE"}),
        ("scan_phase_known", {"phase": "?"}),
        ("current", {"current": -1}),
        ("total", {"total": -1}),
        ("files", {"files": -1}),
    ],
)
def test_scan_values(constraint: str, fields: dict[str, Any]) -> None:
    refused(constraint, ScanOperation, **{"started_at": timezone.now()} | fields)


def test_slot_is_unique_and_not_negative() -> None:
    SiteSlot.objects.create(site="a")
    refused("site", SiteSlot, site="a")
    refused("slot_not_negative", SiteSlot, site="b", next_at=-1)


def test_deleting_a_series_takes_its_episodes_and_leaves_its_files() -> None:
    series = make_series(present=2)
    file = make_file(series, "a.mkv")
    series.delete()
    assert not Episode.objects.exists()
    file.refresh_from_db()
    assert file.series is None


def test_search_ignores_case_in_any_script() -> None:
    series = make_series("Ärger im Büro", genres=["Slice of Life"])
    make_series("Другое")
    assert list(AnimeSeries.objects.matching("ÄRGER büro")) == [series]
    assert AnimeSeries.objects.matching("ДРУГ").count() == 1
    assert list(AnimeSeries.objects.of_genre("slice of life")) == [series]


def test_unmonitored_episodes_are_not_missing() -> None:
    make_series(missing=2)
    make_series(missing=2, monitored=False)
    make_series(missing=2, deleted_at=timezone.now())
    assert Episode.objects.missing().count() == 2
