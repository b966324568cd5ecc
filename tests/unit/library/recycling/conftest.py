from __future__ import annotations

from pathlib import Path

import pytest

from library.models import AnimeSeries, BinnedFile, MediaFile
from library.recycling.delete import delete_files
from library.recycling.look import chosen
from library.recycling.operation import Outcome
from tests.unit.library.conftest import rescan
from tests.unit.library.fakes import FakeSite
from tests.unit.library.renaming.conftest import on_disk, write

HOME = "Show (2013)/Season 1"
FIRST = f"{HOME}/Show - S01E01"
SECOND = f"{HOME}/Show - S01E02"
BESIDE = (".de.srt", ".nfo", "-thumb.jpg")
FIRST_FILES = {f"{FIRST}{end}" for end in (".mkv", *BESIDE)}


@pytest.fixture
def home(show: FakeSite, library: Path) -> Path:
    """A series with two of three episodes, and what lies beside the first."""
    write(library, *FIRST_FILES, f"{SECOND}.mp4", f"{HOME}/readme.md", "Show (2013)/poster.jpg")
    assert rescan().state == "COMPLETED"
    return library


def delete(*, season: int | None = 1, episodes: tuple[int, ...] | None = (1,)) -> Outcome:
    series = AnimeSeries.objects.get()
    return delete_files(series, chosen(series, season=season, episodes=episodes))


def only() -> BinnedFile:
    return BinnedFile.objects.get()


def in_library(root: Path) -> set[str]:
    return {name for name in on_disk(root) if not name.startswith(".aniworld/")}


def in_bin(root: Path) -> set[str]:
    """What lies in the bin, by the path it had."""
    parts = [name.split("/") for name in on_disk(root) if name.startswith(".aniworld/bin/2")]
    return {"/".join(part[3:]) for part in parts}


def facts(path: str) -> list[object]:
    """All that is known of a file, but for its id and when it was seen."""
    file = MediaFile.objects.get(path=path)
    names = {field.attname for field in MediaFile._meta.concrete_fields} - {"id", "seen_at"}
    return [getattr(file, name) for name in sorted(names)]
