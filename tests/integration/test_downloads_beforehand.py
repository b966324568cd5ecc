"""What keeps an episode from its place is found before its first byte, not after its last."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from aniworld.config import store
from aniworld.web.texts import text_of
from downloads import services
from downloads.choices import PauseCode, Status
from downloads.models import DownloadQueueItem, QueueState
from library.models import AnimeSeries
from tests.integration.downloads_support import configure, files_in, list_episode, queue, work
from tests.site.world import SampleWorld

FOLDER = "Mondlaterne (2013)"


def put(file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("the owner's")
    return file


def ends() -> list[tuple[str, str]]:
    return list(DownloadQueueItem.objects.order_by("pk").values_list("status", "error_code"))


@pytest.mark.parametrize("extension", [".mp4", ".mkv"])
def test_a_name_that_is_taken_is_not_fetched_for(
    world: SampleWorld, series: AnimeSeries, library: Path, extension: str
) -> None:
    mine = put(library / FOLDER / f"Season 01/Mondlaterne - S01E01 - Folge 1{extension}")
    queue(series, 1)
    work()
    assert ends() == [(Status.FAILED, "file_exists")]
    assert text_of(DownloadQueueItem.objects.get().error) == f"There is a file already: {mine}"
    assert world.log() == []
    assert mine.read_text() == "the owner's"


def test_the_name_that_the_first_choice_of_language_gets_may_be_taken(
    world: SampleWorld, series: AnimeSeries, library: Path
) -> None:
    AnimeSeries.objects.update(languages=["Japanese", "German Sub"])
    mine = put(library / FOLDER / "Season 01/Mondlaterne - S01E01 - Folge 1 (German Sub).mkv")
    world.hold(0.1)  # of the first piece, so that no other is asked for
    queue(series, 1)
    work()
    assert ends() == [(Status.FAILED, "file_exists")]
    assert files_in(library) == [str(mine.relative_to(library))]
    asked = [seen["path"] for seen in world.log() if "/seg-" in seen["path"]]
    assert not [path for path in asked if "/seg-000" not in path]


def test_what_is_there_is_fetched_anew_where_the_owner_wants_it_so(
    world: SampleWorld, series: AnimeSeries, library: Path
) -> None:
    configure(world.catalogue_url, overwrite=True)
    mine = put(library / FOLDER / "Season 01/Mondlaterne - S01E01 - Folge 1.mp4")
    queue(series, 1)
    work()
    assert ends() == [(Status.COMPLETED, "")]
    assert mine.stat().st_size > 1_000_000


@pytest.fixture
def other_disk(library: Path) -> Iterator[Path]:
    memory = Path("/dev/shm")  # noqa: S108 - another file system than that of the library
    if not memory.is_dir() or memory.stat().st_dev == library.parent.stat().st_dev:
        pytest.skip("there is no second file system here")
    with TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


def test_a_folder_on_another_disk_is_noticed_at_once(
    world: SampleWorld, series: AnimeSeries, library: Path, other_disk: Path
) -> None:
    (library / FOLDER).symlink_to(other_disk)
    store.update(lambda values: values["library"].update(link_targets=[str(other_disk)]))
    queue(series, 1)
    work()
    assert ends() == [(Status.FAILED, "other_disk")]
    assert world.log() == []
    assert files_in(other_disk) == []


def test_a_folder_that_takes_nothing_fails_its_own_items_alone(
    world: SampleWorld, series: AnimeSeries, library: Path
) -> None:
    put(library / FOLDER / "Season 01")  # a file where the season's folder should be
    list_episode(series, 2, 1)
    queue(series, 1)
    queue(series, 1, season=2)
    work(turns=2)
    assert ends() == [(Status.FAILED, "folder_refuses"), (Status.COMPLETED, "")]
    assert "Nothing was downloaded" in text_of(DownloadQueueItem.objects.order_by("pk")[0].error)
    assert not QueueState.current().is_paused


def test_a_library_that_takes_nothing_pauses_the_queue_at_no_cost(
    world: SampleWorld, series: AnimeSeries, library: Path
) -> None:
    in_the_way = put(library / ".aniworld")
    queue(series, 1, 2)
    work()
    assert ends() == [(Status.PENDING, "disk_refuses"), (Status.PENDING, "")]
    state = QueueState.current()
    assert (state.is_paused, state.pause_code) == (True, PauseCode.DISK_REFUSES)
    assert str(library) in text_of(state.pause_reason)
    assert world.log() == []

    in_the_way.unlink()
    services.resume()
    work(turns=2)
    items = DownloadQueueItem.objects.order_by("pk")
    assert {(item.status, item.retry_count) for item in items} == {(Status.COMPLETED, 0)}


@pytest.fixture
def short_names(monkeypatch: pytest.MonkeyPatch) -> int:
    """The library's file system says that it takes short names. ``tests/prove`` has a real one."""
    longest = 40
    monkeypatch.setattr(os, "pathconf", lambda _path, _name: longest)
    return longest


def test_a_name_is_as_short_as_its_file_system_wants_it(
    world: SampleWorld, series: AnimeSeries, library: Path, short_names: int
) -> None:
    [pk] = queue(series, 1)
    DownloadQueueItem.objects.filter(pk=pk).update(title="Eine Folge mit einem langen Titel")
    work()
    assert ends() == [(Status.COMPLETED, "")]
    [file] = files_in(library)
    assert Path(file).name == "Mondlaterne - S01E01 - Eine Folge mi.mp4"
    assert len(Path(file).name.encode()) == short_names


def test_a_folder_whose_name_cannot_be_shortened_is_refused_in_plain_words(
    world: SampleWorld, series: AnimeSeries, library: Path, short_names: int
) -> None:
    AnimeSeries.objects.update(folder="Mondlaterne " * 5)
    queue(series, 1)
    work()
    assert ends() == [(Status.FAILED, "name_too_long")]
    assert "takes 40 bytes" in text_of(DownloadQueueItem.objects.get().error)
    assert world.log() == []
