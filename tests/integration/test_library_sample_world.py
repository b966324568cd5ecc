"""A scan of the sample library against the sample catalogue: the missing list is exactly right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from aniworld.config import store
from library.models import AnimeSeries, ScanOperation, UnmatchedFolder
from library.scanner.run import Scan
from library.services import match_folder, missing_numbers, operations
from library.services.operations import ScanOptions
from tests.site.library import LibraryTruth, build_library
from tests.site.world import SampleWorld


@pytest.fixture
def world(running_world: SampleWorld) -> SampleWorld:
    running_world.reset()
    return running_world


@pytest.fixture
def truth(
    world: SampleWorld, tmp_path: Path, settings: Settings, transactional_db: None
) -> LibraryTruth:
    """The sample library, configured, with the catalogue switched on."""
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    built = build_library(tmp_path / "library", data=world.data)

    def change(data: dict[str, Any]) -> None:
        data["library"]["directories"] = [str(built.root)]
        data["providers"]["sites"]["aniworld"] = {
            "enabled": True,
            "base_url": world.catalogue_url,
            "requests_per_second": 100,
        }

    store.update(change)
    return built


def scan(**options: Any) -> ScanOperation:
    chosen = ScanOptions(**options)
    return Scan(operations.begin(chosen.as_json()), chosen).run()


def missing() -> dict[str, dict[int, list[int]]]:
    keys = dict(AnimeSeries.objects.values_list("pk", "key"))
    return {keys[pk]: seasons for pk, seasons in missing_numbers(keys).items()}


def test_scan_finds_every_series_and_exactly_what_is_missing(truth: LibraryTruth) -> None:
    operation = scan()

    assert (operation.state, operation.error) == ("COMPLETED", None)
    folders = {series.key: series.folder for series in AnimeSeries.objects.all()}
    assert folders == {key: folder.folder for key, folder in truth.matched.items()}
    assert missing() == truth.all_missing()
    unreadable = sum(len(folder.unreadable) for folder in truth.folders)
    assert operation.result is not None
    assert operation.result["unreadable"] == unreadable
    counts = AnimeSeries.objects.get(key="mondlaterne")
    assert counts.missing_count == sum(map(len, truth.missing("mondlaterne").values()))
    assert counts.downloaded_count == len(truth.present("mondlaterne"))


def test_folders_nobody_can_tell_are_listed_with_candidates(truth: LibraryTruth) -> None:
    scan()
    unmatched = {row.folder: row for row in UnmatchedFolder.objects.all()}
    assert set(unmatched) == {folder.folder for folder in truth.unmatched}
    for folder in truth.unmatched:
        keys = {candidate["key"] for candidate in unmatched[folder.folder].candidates}
        assert keys >= set(folder.candidates)

    choice = next(folder for folder in truth.unmatched if folder.candidates)
    series = match_folder(unmatched[choice.folder].pk, site="aniworld", key=choice.candidates[0])
    assert series.folder == choice.folder
    present = series.episodes.on_disk().values_list("season", "episode_number")
    assert set(present) == choice.present

    scan(full=True)
    assert AnimeSeries.objects.get(pk=series.pk).folder == choice.folder
    assert not UnmatchedFolder.objects.filter(folder=choice.folder).exists()


def test_second_scan_agrees_and_asks_nobody(truth: LibraryTruth, world: SampleWorld) -> None:
    scan()
    before = missing()
    world.clear_log()
    operation = scan()
    assert missing() == before
    assert operation.result is not None
    assert (operation.result["new"], operation.result["changed"]) == (0, 0)
    assert world.count() == 0
