"""A download is placed while a scan walks the library: it is neither gone nor another file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from library.models import AnimeSeries, LibraryRoot, MediaFile
from library.scanner import look
from library.scanner.found import Tree
from library.services import episode_arrived
from tests.unit.library.conftest import Put, only_series, rescan, states
from tests.unit.library.fakes import FakeSite

pytestmark = pytest.mark.django_db(transaction=True)


def place(series: AnimeSeries, episode: int, path: Path, size: int) -> None:
    """As the worker does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"y" * size)
    facts = path.stat()
    episode_arrived(
        series=series,
        season=1,
        episode=episode,
        path=path,
        size=size,
        mtime_ns=facts.st_mtime_ns,
        language="German Dub",
        duration=1400.0,
    )


@pytest.fixture
def after_walk(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Have something done between the walk and what follows from it."""

    def set_up(act: Callable[[], None]) -> None:
        walked = look._walked

        def walk(*given: Any) -> Tree:
            tree = walked(*given)
            monkeypatch.setattr(look, "_walked", walked)
            act()
            return tree

        monkeypatch.setattr(look, "_walked", walk)

    return set_up


@pytest.fixture
def series(site: FakeSite, put: Put, library: Path) -> AnimeSeries:
    site.add("show", "Show", {1: 3})
    put("Show/Season 1/S01E01.mkv")
    rescan()
    return only_series()


def test_the_only_file_of_a_library_that_arrives_meanwhile_is_not_gone(
    series: AnimeSeries,
    library: Path,
    after_walk: Callable[[Callable[[], None]], None],
) -> None:
    (library / "Show/Season 1/S01E01.mkv").unlink()
    MediaFile.objects.all().delete()
    path = library / "Show/Season 1/Show - S01E02.mp4"
    after_walk(lambda: place(series, 2, path, 2000))
    for _ in range(2):
        operation = rescan()
        assert (operation.state, operation.error) == ("COMPLETED", None)
        assert states(series)[1, 2] == "PRESENT"
    assert LibraryRoot.objects.get().error is None


def test_the_first_file_in_a_new_folder_that_arrives_meanwhile_is_not_gone(
    series: AnimeSeries, library: Path, after_walk: Callable[[Callable[[], None]], None]
) -> None:
    (library / "Show/Season 1/S01E01.mkv").unlink()
    (library / "Show/Season 1").rmdir()
    (library / "Show").rmdir()
    MediaFile.objects.all().delete()
    (library / "Other").mkdir()
    after_walk(lambda: place(series, 2, library / "Show/Season 1/Show - S01E02.mp4", 2000))
    for _ in range(2):
        operation = rescan()
        assert (operation.state, operation.error) == ("COMPLETED", None)
        assert states(series)[1, 2] == "PRESENT"


def test_a_file_that_was_replaced_meanwhile_is_known_as_the_new_one(
    series: AnimeSeries, library: Path, after_walk: Callable[[Callable[[], None]], None]
) -> None:
    path = library / "Show/Season 1/S01E01.mkv"
    after_walk(lambda: place(series, 1, path, 2000))
    assert rescan(full=True).state == "COMPLETED"
    file = MediaFile.objects.get()
    assert (file.size, file.language, file.rule) == (2000, "German Dub", "downloaded")
