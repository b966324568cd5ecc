from __future__ import annotations

import os
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from aniworld.config import store
from library.models import AnimeSeries, Episode, ScanOperation
from library.scanner import scout
from library.scanner.run import Scan
from library.services import operations
from library.services.operations import ScanOptions
from providers import registry
from providers.registry import SiteEntry
from tests.unit.library.fakes import FakeSite, ListingSite

LONG_AGO = 1_600_000_000
_numbers = count(1)

Put = Callable[..., list[Path]]


@pytest.fixture(autouse=True)
def data_dir(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    return Path(settings.DATA_DIR)


@pytest.fixture
def library(tmp_path: Path, data_dir: Path) -> Path:
    """The configured library root, empty."""
    root = tmp_path / "library"
    root.mkdir()
    store.update(lambda data: data["library"].update(directories=[str(root)]))
    return root


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch, data_dir: Path) -> FakeSite:
    """The one enabled catalogue; each test has its own."""
    fake = FakeSite(f"fake{next(_numbers)}")
    entry = SiteEntry(fake.name, "Fake", "In memory.", "https://fake.example", lambda *_: fake)
    monkeypatch.setitem(registry.SITES, fake.name, entry)
    store.update(lambda data: data["providers"]["sites"].update({fake.name: {"enabled": True}}))
    return fake


@pytest.fixture
def lister(monkeypatch: pytest.MonkeyPatch, data_dir: Path) -> ListingSite:
    """The one enabled catalogue, which has a list of its series."""
    fake = ListingSite(f"list{next(_numbers)}")
    entry = SiteEntry(fake.name, "Lister", "In memory.", "https://x.example", lambda *_: fake)
    monkeypatch.setitem(registry.SITES, fake.name, entry)
    store.update(lambda data: data["providers"]["sites"].update({fake.name: {"enabled": True}}))
    return fake


@pytest.fixture(params=["walked before", "walked along"])
def both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a root without known files is walked by a process of its own: nothing may differ."""
    if request.param == "walked along":
        monkeypatch.setattr(scout, "WORTH_A_PROCESS", 0)
        monkeypatch.setattr(scout, "has_a_processor_free", lambda: True)


@pytest.fixture
def show(site: FakeSite) -> FakeSite:
    site.add("show", "Show", {0: 1, 1: 3, 2: 3}, announced=((2, 3),), year=2013)
    return site


@pytest.fixture
def put(library: Path) -> Put:
    """Write files below the library, as if they had been there for long."""

    def write(*names: str, size: int = 1000, root: Path = library) -> list[Path]:
        paths = [root / name for name in names]
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x" * size)
        settle_times(root)
        return paths

    return write


def settle_times(root: Path) -> None:
    """Let everything be old: files keep what they were given, directories follow their content."""
    for path in sorted(root.rglob("*"), key=lambda p: -len(p.parts)):
        if path.is_symlink() or path.lstat().st_mtime < LONG_AGO + 1_000_000:
            continue
        os.utime(path, (LONG_AGO + next(_numbers), LONG_AGO + next(_numbers)))


def rescan(**options: Any) -> ScanOperation:
    """Run a scan in this process."""
    chosen = ScanOptions(**options)
    return Scan(operations.begin(chosen.as_json()), chosen).run()


def states(series: AnimeSeries) -> dict[tuple[int, int], str]:
    rows = series.episodes.values_list("season", "episode_number", "state")
    return {(season, number): state for season, number, state in rows}


def result(operation: ScanOperation) -> dict[str, Any]:
    found: dict[str, Any] | None = operation.result
    assert found is not None
    return found


def only_series() -> AnimeSeries:
    return AnimeSeries.objects.get()


NFO = """<?xml version="1.0"?><tvshow><title>Real Title</title><year>2011</year>
<uniqueid type="imdb">tt0000001</uniqueid><tvdbid>77</tvdbid></tvshow>"""
SHOWS = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta")


@pytest.fixture
def shelf(site: FakeSite, put: Put, library: Path) -> Path:
    """Six series with ten episodes each, all on disk."""
    for name in SHOWS:
        site.add(name, name.title(), {1: 10})
        put(*(f"{name.title()}/Season 1/S01E{n:02}.mkv" for n in range(1, 11)))
    assert rescan().state == "COMPLETED"
    return library


def how_many(state: str) -> int:
    return Episode.objects.filter(state=state).count()


def take_away(shelf: Path, numbers: range) -> None:
    for number in numbers:
        (shelf / f"Beta/Season 1/S01E{number:02}.mkv").unlink()
