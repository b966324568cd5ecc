"""Files that are ours already and need no fetching, and sources that bring next to nothing."""

from __future__ import annotations

import json
import os
import signal
from functools import partial
from pathlib import Path

import pytest

from downloads.choices import Stage, Status
from downloads.models import DownloadQueueItem
from downloads.transfer.messages import Delivered
from downloads.worker import pace, placed
from library.choices import EpisodeState
from library.models import AnimeSeries, Episode, MediaFile
from tests.integration.downloads_support import (
    WorkerProcess,
    files_in,
    is_gone,
    queue,
    wait_until,
    work,
)
from tests.product import children_of
from tests.site.world import SampleWorld

# Processes see no transaction of the test.
pytestmark = pytest.mark.django_db(transaction=True)

FIRST = {"series__key": "mondlaterne", "season": 1, "episode_number": 1}
LATER_PIECES = "/media/*/seg-00[1-9].*"  # the first one is read before the download is begun


def forget_what_was_placed(*, as_status: str = Status.PENDING) -> None:
    """The database as it was before the file was placed."""
    MediaFile.objects.all().delete()
    Episode.objects.update(state=EpisodeState.MISSING, is_downloaded=False, file_path="")
    AnimeSeries.objects.update(missing_count=3, downloaded_count=0)
    DownloadQueueItem.objects.update(
        status=as_status,
        stage="",
        file_destination="",
        language="",
        completed_at=None,
        downloaded_bytes=0,
        total_bytes=None,
    )


def media_asked_for(world: SampleWorld) -> list[str]:
    return [seen["path"] for seen in world.log() if seen["path"].startswith("/media/")]


def fetched_once(world: SampleWorld, series: AnimeSeries, library: Path) -> Path:
    queue(series, 1)
    with WorkerProcess("--once", wait=False) as worker:
        assert worker.end() == 0
    [file] = files_in(library)
    world.clear_log()
    return library / file


@pytest.mark.parametrize("left", [Status.PENDING, Status.DOWNLOADING])
def test_a_file_from_a_time_the_database_has_forgotten_is_ours(
    world: SampleWorld, series: AnimeSeries, library: Path, left: str
) -> None:
    file = fetched_once(world, series, library)
    size = file.stat().st_size
    forget_what_was_placed(as_status=left)
    with WorkerProcess("--once", wait=False) as worker:
        assert worker.end() == 0
    assert media_asked_for(world) == []
    item = DownloadQueueItem.objects.get()
    assert (item.status, item.error, item.language) == (Status.COMPLETED, None, "German Dub")
    assert (item.file_destination, item.downloaded_bytes) == (str(file), size)
    episode = Episode.objects.get(**FIRST)
    assert (episode.state, MediaFile.objects.get().size) == (EpisodeState.PRESENT, size)
    assert files_in(library) == [str(file.relative_to(library))]


@pytest.mark.parametrize("change", ["other", "shorter", "gone"])
def test_what_is_no_longer_as_it_was_placed_is_not_ours(
    world: SampleWorld, series: AnimeSeries, library: Path, change: str
) -> None:
    file = fetched_once(world, series, library)
    content = file.read_bytes()
    if change == "gone":
        file.unlink()
    else:
        file.write_bytes(content[:-1] if change == "shorter" else b"x" + content[1:])
    forget_what_was_placed()
    with WorkerProcess("--once", wait=False) as worker:
        assert worker.end() == (0 if change == "gone" else 1)
    item = DownloadQueueItem.objects.get()
    if change == "gone":
        assert media_asked_for(world)
        assert item.status == Status.COMPLETED
    else:
        assert (item.status, item.error_code) == (Status.FAILED, "file_exists")


def test_notes_that_make_no_sense_are_passed_over(
    world: SampleWorld, series: AnimeSeries, library: Path
) -> None:
    file = fetched_once(world, series, library)
    notes = library / ".aniworld" / placed.NOTES
    own = notes.read_bytes()
    outside = own.replace(b"Mondlaterne (2013)", b"../elsewhere")
    strange = own.replace(b'"size": ', b'"size": "x", "unknown": ')
    notes.write_bytes(b"\xff\x00[[[\n{}\nnull\n" + own + outside + strange + b'\n{"site": "ani')
    forget_what_was_placed()
    with WorkerProcess("--once", wait=False) as worker:
        assert worker.end() == 0
    assert media_asked_for(world) == []
    assert DownloadQueueItem.objects.get().file_destination == str(file)


def test_the_notes_do_not_grow_for_ever(
    series: AnimeSeries, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placed, "LARGEST", 3_000)
    [pk] = queue(series, 1)
    item = DownloadQueueItem.objects.select_related("series").get(pk=pk)
    folder = library / ".aniworld"
    folder.mkdir()
    target = library / "Mondlaterne (2013)" / "film.mp4"
    target.parent.mkdir()
    target.write_bytes(b"film")
    finished = Delivered(str(target), ".mp4", 4, 20.0, "voe-1", "http://x", "voe", "German Dub", {})
    for _ in range(50):
        placed.note(item, library, finished, target)
    assert (folder / placed.NOTES).stat().st_size < 4_000
    assert placed.find(item, library) is not None


@pytest.mark.timeout(60)
@pytest.mark.parametrize("kind", ["link", "pipe"])
@pytest.mark.parametrize("name", [placed.NOTES, "placed.new"])
def test_the_notes_are_written_to_a_file_of_our_own_alone(
    series: AnimeSeries, library: Path, monkeypatch: pytest.MonkeyPatch, kind: str, name: str
) -> None:
    monkeypatch.setattr(placed, "LARGEST", 2_000)
    [pk] = queue(series, 1)
    item = DownloadQueueItem.objects.select_related("series").get(pk=pk)
    folder = library / ".aniworld"
    folder.mkdir()
    somebodys = library.parent / "somebody's"
    somebodys.write_bytes(b"a photo\n" * 1_000)
    if name != placed.NOTES:
        (folder / placed.NOTES).write_bytes(b"{}\n" * 1_000)  # is to be halved
    (folder / name).symlink_to(somebodys) if kind == "link" else os.mkfifo(folder / name)
    target = library / "film.mp4"
    target.write_bytes(b"film")
    finished = Delivered(str(target), ".mp4", 4, 20.0, "voe-1", "http://x", "voe", "German Dub", {})
    placed.note(item, library, finished, target)
    assert placed.find(item, library) is not None
    assert somebodys.read_bytes() == b"a photo\n" * 1_000


@pytest.mark.parametrize("rate", [1, 700])
def test_the_next_hoster_is_asked_where_one_hangs_or_trickles(
    world: SampleWorld,
    series: AnimeSeries,
    library: Path,
    monkeypatch: pytest.MonkeyPatch,
    rate: int,
) -> None:
    monkeypatch.setattr(pace, "WINDOW_SECONDS", 4.0)
    world.throttle(rate, path=LATER_PIECES, hoster="VOE")
    queue(series, 1)
    work()
    item = DownloadQueueItem.objects.get()
    assert item.status == Status.COMPLETED, item.error
    [attempt] = item.attempts
    assert (attempt["hoster"], attempt["code"]) == ("voe", "transfer_died")
    assert attempt["params"]["rate"] < pace.SLOWEST
    assert len(files_in(library)) == 1


def test_where_all_hang_the_item_waits_and_names_each(
    world: SampleWorld, series: AnimeSeries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "WINDOW_SECONDS", 2.0)
    world.throttle(1, path=LATER_PIECES)
    queue(series, 1)
    work()
    item = DownloadQueueItem.objects.get()
    assert (item.status, item.retry_count) == (Status.PENDING, 1)
    assert {attempt["hoster"] for attempt in item.attempts} == {"voe", "vidmoly"}


def test_the_next_hoster_is_asked_where_one_ends_the_child(
    world: SampleWorld, series: AnimeSeries, library: Path
) -> None:
    """Once is chance and costs a try; a second time it may be what the source sends."""
    world.throttle(700, path=LATER_PIECES, hoster="VOE")
    queue(series, 1)
    with WorkerProcess("--once", wait=False) as worker:
        for _ in range(2):
            wait_until(lambda: fetching_child_of(worker), what="the child")
            wait_until(partial(has_moved_from, bytes_there()), what="more of the file")
            child = fetching_child_of(worker)
            assert child
            os.kill(child, signal.SIGKILL)
            wait_until(partial(is_gone, child), what="its end")
        assert worker.end(60) == 0
    item = DownloadQueueItem.objects.get()
    assert (item.status, item.retry_count) == (Status.COMPLETED, 1)
    assert [(one["hoster"], one["code"]) for one in item.attempts] == [("voe", "transfer_died")] * 2


def bytes_there() -> int:
    return DownloadQueueItem.objects.get().downloaded_bytes


def has_moved_from(before: int) -> bool:
    """Whether the child has told of bytes since: it has said before that which source it takes."""
    return bytes_there() != before


def fetching_child_of(worker: WorkerProcess) -> int | None:
    is_fetching = DownloadQueueItem.objects.filter(stage=Stage.DOWNLOADING).exists()
    children = children_of(worker.process.pid)
    return children[0] if is_fetching and children else None


def test_who_asks_to_wait_is_waited_for_and_not_given_up(
    world: SampleWorld, series: AnimeSeries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "WINDOW_SECONDS", 2.0)
    world.fail_status(429, retry_after=5, side="hoster", path="/media/*/seg-003.*", times=1)
    queue(series, 1)
    work()
    item = DownloadQueueItem.objects.get()
    assert (item.status, item.retry_count) == (Status.COMPLETED, 0), item.error
    assert item.attempts == []
    pieces = [path for path in media_asked_for(world) if "/seg-003" in path]
    assert len(pieces) == 2  # and nobody asked again before he was to


@pytest.mark.parametrize(
    "forged",
    [
        {"duration": {"a": 1}},
        {"duration": float("inf")},
        {"duration": -1},
        {"language": ["German Dub"]},
        {"language": "x" * 80_000},
        {"size": 4.0},
    ],
    ids="".join,
)
def test_a_note_that_we_would_not_write_is_none(
    series: AnimeSeries, library: Path, forged: dict[str, object]
) -> None:
    """Others may write on the disk, and what they say would go into our tables."""
    [pk] = queue(series, 1)
    item = DownloadQueueItem.objects.select_related("series").get(pk=pk)
    (library / ".aniworld").mkdir()
    target = library / "film.mp4"
    target.write_bytes(b"film")
    finished = Delivered(str(target), ".mp4", 4, 20.0, "voe-1", "http://x", "voe", "German Dub", {})
    placed.note(item, library, finished, target)
    notes = library / ".aniworld" / placed.NOTES
    note = json.loads(notes.read_text())
    notes.write_text(json.dumps(note | forged))
    assert placed.find(item, library) is None
    notes.write_text(json.dumps(note))
    assert placed.find(item, library) is not None
