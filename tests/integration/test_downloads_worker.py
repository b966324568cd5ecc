"""The worker on the sample world: real HTTP, real playlists, real ffmpeg, real files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from aniworld.config import store
from aniworld.events.models import Operation, OutboxEvent
from aniworld.journal import services as journal
from aniworld.journal.models import Entry
from aniworld.sites.health import services as health
from aniworld.web import texts
from aniworld.web.texts import in_words, text_of
from downloads import services
from downloads.choices import Status
from downloads.models import DownloadQueueItem, QueueState
from downloads.services import EpisodeRef
from downloads.worker import lease
from downloads.worker.worker import Worker
from library.choices import EpisodeState
from library.models import AnimeSeries, BinnedFile, Episode, LibraryRoot
from providers.coded import text_key
from tests.factories import make_file
from tests.integration.downloads_support import (
    KEY,
    configure,
    files_in,
    list_episode,
    pictures_in,
    queue,
    seconds_of,
    work,
)
from tests.product import free_port
from tests.site.media import clip_for
from tests.site.world import SampleWorld


@pytest.fixture(autouse=True)
def _whatever_went_wrong_is_kept_in_codes(db: None) -> Iterator[None]:
    """After every run: no sentence is stored, and every code with its facts makes one."""
    yield
    kept = [QueueState.current().pause_reason]
    for item in DownloadQueueItem.objects.all():
        kept.append(item.error)
        assert all("error" not in attempt for attempt in item.attempts)
        kept += in_words(item.attempts)
    for event in OutboxEvent.objects.filter(type="download_failed"):
        assert "text" not in event.data["error"]
        kept.append(in_words(event.data)["error"])
    for said in filter(None, kept):
        assert text_key(said["code"], said["params"]) in texts._texts, said
        assert " " in said["text"], said


def test_an_episode_arrives_whole_and_in_its_place(
    world: SampleWorld, series: AnimeSeries, library: Path
) -> None:
    [pk] = queue(series, 1)
    work()
    item = DownloadQueueItem.objects.get(pk=pk)
    assert item.status == Status.COMPLETED, item.error
    target = library / "Mondlaterne (2013)/Season 01/Mondlaterne - S01E01 - Folge 1.mp4"
    assert Path(item.file_destination) == target
    assert files_in(library) == [str(target.relative_to(library))]
    assert seconds_of(target) == pytest.approx(clip_for(KEY, 1, 1).seconds, abs=0.2)
    assert (item.progress_percent, item.downloaded_bytes) == (100, target.stat().st_size)
    assert item.language == "German Dub"
    assert "/redirect/" in item.download_url
    episode = Episode.objects.get(series=series, season=1, episode_number=1)
    assert episode.state == EpisodeState.PRESENT
    assert not QueueState.current().is_running


def test_the_browsers_are_told_of_each_step(world: SampleWorld, series: AnimeSeries) -> None:
    Episode.objects.exclude(episode_number=1).delete()
    queue(series, 1)
    work()
    types = list(OutboxEvent.objects.order_by("id").values_list("type", flat=True))
    assert types.count("download_complete") == 1
    assert types.count("download_series_completed") == 1
    assert types.count("download_progress") == 1  # the last reading
    assert types[-3:] == ["queue_status", "queue_stopped", "queue_status"]
    actions = [
        event.data["action"]
        for event in OutboxEvent.objects.filter(type="queue_status").order_by("id")
    ]
    assert actions == [
        *("items_added", "worker_started", "item_started", "item_completed", "worker_stopped")
    ]
    progress = OutboxEvent.objects.filter(type="download_progress").last()
    assert progress is not None
    assert progress.data["status"] == "completed"
    assert progress.data["progress"]["percent"] == 100
    over = Operation.objects.finished().get()
    assert (over.type, over.operation_id) == ("download", progress.data["download_id"])
    assert (over.status, over.data) == ("completed", progress.data)
    assert over.started_at is not None
    assert over.started_at < over.updated_at


def test_the_next_hoster_takes_over(world: SampleWorld, series: AnimeSeries, library: Path) -> None:
    world.fail_status(404, side="hoster", path="/e/*")
    queue(series, 1)
    work()
    item = DownloadQueueItem.objects.get()
    assert item.status == Status.COMPLETED, item.error
    assert [attempt["hoster"] for attempt in item.attempts] == ["voe"]
    assert len(files_in(library)) == 1


def test_a_lost_fragment_never_becomes_a_hole(
    world: SampleWorld, series: AnimeSeries, library: Path
) -> None:
    configure(world.catalogue_url, max_retries=1)
    world.fail_fragment(2)
    queue(series, 1)
    work()
    item = DownloadQueueItem.objects.get()
    assert (item.status, item.retry_count) == (Status.PENDING, 1)
    assert {attempt["code"] for attempt in item.attempts} == {"fragment_missing"}
    assert {attempt["hoster"] for attempt in item.attempts} == {"voe", "vidmoly"}
    assert not [name for name in files_in(library) if not name.startswith(".aniworld/")]
    work()
    item.refresh_from_db()
    assert (item.status, item.error_code) == (Status.FAILED, "all_sources_failed")
    assert "A piece of the stream cannot be fetched (404)" in text_of(item.error)
    assert files_in(library) == []
    assert OutboxEvent.objects.filter(type="download_failed").count() == 1


def test_a_try_that_ended_between_two_pieces_leaves_no_hole(
    world: SampleWorld, series: AnimeSeries, library: Path
) -> None:
    queue(series, 1)
    work()
    [whole] = library.rglob("*.mp4")
    pictures = pictures_in(whole)
    whole.unlink()
    Episode.objects.update(state=EpisodeState.MISSING, is_downloaded=False, file_path="")
    world.delay(10, side="hoster", path="/media/*/seg-001.*")  # still to come when 2 is given up
    world.fail_fragment(2)
    queue(series, 1)
    work()
    assert DownloadQueueItem.objects.unfinished().get().status == Status.PENDING
    world.mend_all()
    world.clear_log()
    work()
    assert not DownloadQueueItem.objects.unfinished().exists()
    assert pictures_in(whole) == pictures
    first = [seen for seen in world.log() if "/seg-000" in seen["path"]]
    assert [seen["range"] for seen in first] == ["bytes=0-16383"]  # it is seen to be the same


def test_a_stream_cut_short_is_noticed(world: SampleWorld, series: AnimeSeries) -> None:
    world.cut_media(0.5, path="/media/*/seg-001.*")
    queue(series, 1)
    work()
    item = DownloadQueueItem.objects.get()
    assert item.status == Status.PENDING
    assert {attempt["code"] for attempt in item.attempts} <= {
        "fragment_missing",
        "stream_cut",
        "connection_lost",
    }


def test_a_link_that_ran_out_is_resolved_again(
    world: SampleWorld, series: AnimeSeries, library: Path
) -> None:
    world.fail_status(403, side="hoster", path="/media/*/seg-*", skip=3, times=2)
    queue(series, 1)
    work()
    assert DownloadQueueItem.objects.get().status == Status.COMPLETED


def test_an_episode_the_site_does_not_have_is_not_tried_again(
    world: SampleWorld, series: AnimeSeries
) -> None:
    list_episode(series, 1, 77)
    queue(series, 77)
    work()
    item = DownloadQueueItem.objects.get()
    assert (item.status, item.error_code) == (Status.FAILED, "not_found")


def test_a_language_nobody_offers_is_said(world: SampleWorld, series: AnimeSeries) -> None:
    configure(world.catalogue_url, max_retries=0)
    AnimeSeries.objects.update(languages=["Japanese"])
    queue(series, 1)
    work()
    item = DownloadQueueItem.objects.get()
    assert (item.status, item.error_code) == (Status.FAILED, "no_source")
    assert "German Dub" in text_of(item.error)


def test_a_site_that_is_down_costs_no_retries(world: SampleWorld, series: AnimeSeries) -> None:
    configure(f"http://127.0.0.1:{free_port()}", retry_base_seconds=3600)
    queue(series, 1, 2)
    work()
    first, second = DownloadQueueItem.objects.order_by("pk")
    assert (first.status, first.retry_count, first.outage_count) == (Status.PENDING, 0, 1)
    assert first.error_code == "site_down"
    # The others of that site wait with it: they would only fail too.
    assert second.next_try_at is not None
    assert second.next_try_at > timezone.now()
    assert not Worker().process_next()


def test_broken_pages_of_one_series_hold_up_nobody(world: SampleWorld, series: AnimeSeries) -> None:
    configure(world.catalogue_url, retry_base_seconds=3600)
    world.fail_status(500, side="catalogue", path="/anime/*/episode-[123]")
    Episode.objects.create(series=series, season=1, episode_number=4, state=EpisodeState.MISSING)
    queue(series, 1, 2, 3, 4)
    work(turns=2)
    items = DownloadQueueItem.objects.order_by("pk")
    assert [item.next_try_at is None for item in items] == [False, False, True, True]
    work()
    assert [item.next_try_at is None for item in items.all()] == [False, False, False, True]
    assert {(item.status, item.retry_count) for item in items.all()} == {(Status.PENDING, 0)}


@pytest.mark.parametrize(("fault", "code"), [("ddos_guard", "challenge"), ("spam", "blacklisted")])
def test_a_site_that_refuses_is_left_alone_and_nothing_is_lost(
    world: SampleWorld, series: AnimeSeries, fault: str, code: str
) -> None:
    world.fail(fault, side="catalogue", path="/anime/*")
    services.start()
    queue(series, 1, 2)
    work()
    state = QueueState.current()
    assert (state.is_running, state.is_paused) == (True, False)
    [shut] = services.status()["status"]["shut"]
    assert (shut["site"], shut["reason"]["code"]) == ("aniworld", code)
    for item in DownloadQueueItem.objects.all():
        assert (item.status, item.retry_count, item.outage_count) == (Status.PENDING, 0, 0)
    world.clear_log()
    DownloadQueueItem.objects.update(next_try_at=None)
    worker = Worker()
    assert not worker.process_next()
    lease.give_back(worker.name)
    assert world.log() == []  # whoever goes on asking is shut out for longer

    world.mend_all()
    health.end_rest("aniworld")
    work(turns=2)
    assert {item.status for item in DownloadQueueItem.objects.all()} == {Status.COMPLETED}


def test_a_full_disk_pauses_the_queue_and_fails_nothing(
    world: SampleWorld, series: AnimeSeries
) -> None:
    configure(world.catalogue_url, min_free_mb=100_000_000)
    queue(series, 1)
    work()
    state = QueueState.current()
    assert (state.is_paused, state.pause_code) == (True, "DISK_FULL")
    assert "MB are free" in text_of(state.pause_reason)
    assert state.pause_reason_code == "disk_full"
    assert DownloadQueueItem.objects.get().status == Status.PENDING


def test_a_library_that_is_away_pauses_the_queue(
    world: SampleWorld, series: AnimeSeries, library: Path
) -> None:
    library.rmdir()
    queue(series, 1)
    work()
    assert (
        text_of(QueueState.current().pause_reason) == f"The library folder {library} is not there."
    )
    assert not library.exists()


def test_nothing_is_written_into_the_mount_point_of_a_disk_that_is_away(
    world: SampleWorld, series: AnimeSeries, library: Path, tmp_path: Path
) -> None:
    """The directory is there, empty, and another one than the last scan has seen."""
    assert series.root is not None
    known = make_file(series, "Mondlaterne (2013)/S01E03.mp4", folder="Mondlaterne (2013)")
    status = library.stat()
    LibraryRoot.objects.update(identity=f"{status.st_dev}:{status.st_ino}")
    disk = library.rename(tmp_path / "disk")
    library.mkdir()
    queue(series, 1)
    work()
    item, state = DownloadQueueItem.objects.get(), QueueState.current()
    assert (item.status, item.retry_count) == (Status.PENDING, 0)
    assert (state.is_paused, state.pause_reason_code) == (True, "root_unavailable")
    assert list(library.iterdir()) == []

    library.rmdir()
    disk.rename(library)
    known.delete()
    services.resume()
    work()
    item.refresh_from_db()
    assert item.status == Status.COMPLETED


def test_an_existing_file_is_never_overwritten(
    world: SampleWorld,
    series: AnimeSeries,
    library: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    folder = library / "Mondlaterne (2013)/Season 01"
    folder.mkdir(parents=True)
    mine = folder / "Mondlaterne - S01E01 - Folge 1.mp4"
    mine.write_text("the owner's")
    queue(series, 1)
    work()
    item = DownloadQueueItem.objects.get()
    assert (item.status, item.error_code) == (Status.FAILED, "file_exists")
    assert mine.read_text() == "the owner's"
    configure(world.catalogue_url, overwrite=True)
    services.retry_one(item_id=item.pk)
    work()
    assert DownloadQueueItem.objects.get().status == Status.COMPLETED
    assert mine.stat().st_size > 1_000_000
    binned = BinnedFile.objects.get()
    assert (binned.state, binned.reason, binned.episodes) == ("BINNED", "REPLACED", [])
    assert (library / binned.moves[0]["new"]).read_text() == "the owner's"
    store.update(lambda values: values["library"].update(directories=[str(library)]))
    entry = Entry.objects.get(action="series.file_replaced")
    with django_capture_on_commit_callbacks(execute=True):
        journal.undo(entry_id=entry.pk)
    assert mine.read_text() == "the owner's"
    assert BinnedFile.objects.get().size > 1_000_000


def test_a_plain_file_keeps_its_announced_size(
    world: SampleWorld, series: AnimeSeries, library: Path
) -> None:
    AnimeSeries.objects.update(hosters=["direct"])
    list_episode(series, 3, 1)
    queue(series, 1, season=3)
    work()
    item = DownloadQueueItem.objects.get()
    assert item.status == Status.COMPLETED, item.error
    assert seconds_of(Path(item.file_destination)) > 20


def test_a_file_in_another_language_is_tagged(world: SampleWorld, series: AnimeSeries) -> None:
    AnimeSeries.objects.update(languages=["German Sub"])
    queue(series, 1)
    work()
    item = DownloadQueueItem.objects.get()
    assert item.file_destination.endswith("S01E01 - Folge 1 (German Sub).mp4")


def test_an_item_for_one_language_fetches_no_other(
    world: SampleWorld, series: AnimeSeries, library: Path
) -> None:
    """The series would rather have the dubbed one, which is there too."""
    refs = [EpisodeRef(1, 1, language="German Sub"), EpisodeRef(1, 2, language="Japanese")]
    services.enqueue(series_key=series.key, episodes=refs)
    work(turns=2)
    fetched, refused = DownloadQueueItem.objects.order_by("pk")
    assert fetched.status == Status.COMPLETED, fetched.error
    assert fetched.file_destination.endswith("S01E01 - Folge 1 (German Sub).mp4")
    assert refused.error_code == "no_source"
    assert len(files_in(library)) == 1


def test_a_better_language_comes_beside_what_is_there(
    world: SampleWorld, series: AnimeSeries, library: Path
) -> None:
    """Nothing is overwritten for it, whatever the settings say, and nothing comes twice."""
    configure(world.catalogue_url, overwrite=True)
    for language in ("German Sub", "German Dub", "German Dub"):
        beside = language != "German Sub"
        ref = EpisodeRef(1, 1, language=language, is_beside=beside)
        assert services.enqueue(series_key=series.key, episodes=[ref]).ids
        work()
    items = list(DownloadQueueItem.objects.order_by("pk"))
    assert [item.status for item in items] == ["COMPLETED", "COMPLETED", "FAILED"]
    assert items[2].error_code == "already_on_disk"
    names = sorted(Path(name).name for name in files_in(library))
    assert names == [
        "Mondlaterne - S01E01 - Folge 1 (German Sub).mp4",
        "Mondlaterne - S01E01 - Folge 1.mp4",
    ]
    languages = series.files.values_list("language", flat=True)
    assert set(languages) == {"German Sub", "German Dub"}
    assert Episode.objects.get(series=series, season=1, episode_number=1).is_downloaded


def test_a_better_language_takes_the_place_of_what_is_there_and_that_is_undone(
    world: SampleWorld,
    series: AnimeSeries,
    library: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    for language in ("German Sub", "German Dub"):
        better = language == "German Dub"
        ref = EpisodeRef(1, 1, language=language, is_beside=better, is_replacing=better)
        assert services.enqueue(series_key=series.key, episodes=[ref]).ids
        work()
    old, new = (
        "Mondlaterne - S01E01 - Folge 1 (German Sub).mp4",
        "Mondlaterne - S01E01 - Folge 1.mp4",
    )
    episode = Episode.objects.get(series=series, season=1, episode_number=1)

    def there() -> list[str]:
        names = [Path(name) for name in files_in(library)]
        return [name.name for name in names if ".aniworld" not in name.parts]

    assert (there(), list(series.files.values_list("language", flat=True))) == (
        *([new], ["German Dub"]),
    )
    assert episode.file_path.endswith(new)
    [row] = BinnedFile.objects.all()
    assert (row.reason, row.state) == ("BETTER_LANGUAGE", "BINNED")
    store.update(lambda values: values["library"].update(directories=[str(library)]))
    entry = Entry.objects.get(action="series.file_replaced")
    with django_capture_on_commit_callbacks(execute=True):
        journal.undo(entry_id=entry.pk)
    episode.refresh_from_db()
    assert there() == [old]
    assert episode.file_path.endswith(old)
    assert list(series.files.values_list("language", flat=True)) == ["German Sub"]


def test_a_file_of_several_episodes_makes_room_for_none(
    world: SampleWorld, series: AnimeSeries, library: Path
) -> None:
    queue(series, 1)
    work()
    file = series.files.get()
    series.episodes.filter(episode_number__in=(1, 2)).update(
        state=EpisodeState.PRESENT, is_downloaded=True, file=file, file_path=file.path
    )
    ref = EpisodeRef(1, 2, language="German Sub", is_beside=True, is_replacing=True)
    services.enqueue(series_key=series.key, episodes=[ref])
    work()
    item = DownloadQueueItem.objects.latest("pk")
    assert (item.status, item.error_code) == (Status.FAILED, "already_on_disk")
    assert not BinnedFile.objects.exists()


def test_the_limit_ends_the_run(world: SampleWorld, series: AnimeSeries) -> None:
    queue(series, 1, 2)
    services.start(limit=1)
    worker = Worker()
    assert worker.process_next()
    assert not worker.process_next()
    assert not QueueState.current().is_running
    assert services.status()["statistics"]["pending_count"] == 1


def test_a_series_switched_off_is_said(world: SampleWorld, series: AnimeSeries) -> None:
    store.update(lambda values: values["providers"]["sites"].clear())
    queue(series, 1)
    work()
    assert DownloadQueueItem.objects.get().error_code == "provider_off"


def test_a_series_removed_meanwhile_is_said(world: SampleWorld, series: AnimeSeries) -> None:
    queue(series, 1)
    series.soft_delete()
    work()
    item = DownloadQueueItem.objects.get()
    assert (item.status, item.error_code) == (Status.FAILED, "series_not_found")


def test_an_item_taken_over_keeps_its_partial_data(
    world: SampleWorld, series: AnimeSeries, library: Path
) -> None:
    [pk] = queue(series, 1)

    def lose(item: DownloadQueueItem) -> None:
        if item.downloaded_bytes:
            DownloadQueueItem.objects.filter(pk=pk).update(claimed_by="another worker")

    world.hold(0.5)  # or it may be whole before its loss is noticed
    worker = Worker(on_change=lose)
    services.start()
    assert worker.process_next()
    assert DownloadQueueItem.objects.get().claimed_by == "another worker"
    assert any(name.startswith(f".aniworld/{pk}/") for name in files_in(library))


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (EpisodeState.PRESENT, "already_on_disk"),
        (EpisodeState.UNAVAILABLE, "file_unavailable"),
    ],
)
def test_episode_that_a_scan_has_found_meanwhile_is_not_downloaded(
    world: SampleWorld, series: AnimeSeries, library: Path, state: EpisodeState, code: str
) -> None:
    queue(series, 1)
    name = "Another name - 01.mkv"
    (library / name).write_text("the owner's")
    Episode.objects.filter(series=series, season=1, episode_number=1).update(
        state=state, is_downloaded=state == EpisodeState.PRESENT, file_path=name
    )
    work()
    item = DownloadQueueItem.objects.get()
    assert (item.status, item.error_code) == (Status.FAILED, code)
    assert name in text_of(item.error)
    assert files_in(library) == [name]


def test_an_episode_that_is_only_said_to_be_on_disk_is_downloaded(
    world: SampleWorld, series: AnimeSeries, library: Path
) -> None:
    """A scan has seen its file in the moment between being placed and being taken back."""
    queue(series, 1)
    Episode.objects.filter(series=series, season=1, episode_number=1).update(
        state=EpisodeState.PRESENT, is_downloaded=True, file_path="Mondlaterne (2013)/gone.mp4"
    )
    work()
    item = DownloadQueueItem.objects.get()
    assert item.status == Status.COMPLETED, item.error
    [file] = files_in(library)
    assert Episode.objects.get(season=1, episode_number=1).file_path == file


@pytest.mark.parametrize(
    "link", ["Mondlaterne (2013)", "Mondlaterne (2013)/Season 01", ".aniworld"]
)
def test_nothing_is_written_behind_a_link_out_of_the_library(
    world: SampleWorld, series: AnimeSeries, library: Path, tmp_path: Path, link: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (library / link).parent.mkdir(exist_ok=True)
    (library / link).symlink_to(outside)
    queue(series, 1)
    work()
    item = DownloadQueueItem.objects.get()
    assert (item.status, item.error_code) == (Status.FAILED, "outside_library")
    assert str(outside) in text_of(item.error)
    assert files_in(outside) == []
    assert not [seen for seen in world.log() if seen["path"].startswith("/media/")]

    def allow(config: dict[str, Any]) -> None:
        config["library"]["link_targets"] = [str(outside)]

    store.update(allow)
    services.retry(item_ids=[item.pk])
    work()
    item.refresh_from_db()
    assert item.status == Status.COMPLETED
