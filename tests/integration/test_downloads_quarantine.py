"""A file that plays but is far too short waits, hidden, for a better one or its owner's word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from aniworld.config import store
from aniworld.journal import services as journal
from aniworld.journal.models import Entry
from aniworld.web.texts import text_of
from downloads import services
from downloads.choices import Quarantine, Status
from downloads.models import UNDO_WINDOW, DownloadQueueItem
from downloads.seen import may_be_cut
from downloads.worker import claims, lease
from downloads.worker.worker import Worker
from library.choices import EpisodeState
from library.models import Episode, MediaFile
from library.scanner.run import Scan
from library.services import operations
from library.services.operations import ScanOptions
from tests.factories import make_file
from tests.integration.downloads_support import configure, files_in
from tests.integration.streams_stage import RATE, Stage, placed_in, result

pytestmark = pytest.mark.django_db(transaction=True)

WHOLE = 30  # seconds of what the season's episodes last
SHORT, LESS_SHORT = 8, 12
SIZE = (160, 90)


@pytest.fixture
def season(stage: Stage, library: Path) -> Stage:
    """Three other episodes of the season are there, each of them four times as long."""
    configure(stage.world.catalogue_url, max_retries=2)
    store.update(lambda values: values["library"].update(directories=[str(library)]))
    stage.speaks("German Dub")
    for number in (11, 12, 13):
        path = f"Mondlaterne (2013)/S01E{number}.mkv"
        folder = "Mondlaterne (2013)"
        make_file(stage.series, path, folder=folder, season=1, episodes=[number], duration=WHOLE)
    return stage


def serve(stage: Stage, hoster: str, seconds: int) -> None:
    stage.serve(stage.copy(stage.packings.hls(stage.packings.film(seconds=seconds))), hoster)


def turn() -> bool:
    """A worker comes, takes what is to be taken, and goes."""
    worker = Worker()
    worked = worker.process_next()
    lease.give_back(worker.name)
    return worked


def kept_in(library: Path, item: DownloadQueueItem) -> list[str]:
    begin = f".aniworld/{item.pk}/"
    return [name.removeprefix(begin) for name in files_in(library) if name.startswith(begin)]


@pytest.fixture
def failed(season: Stage, library: Path) -> DownloadQueueItem:
    """Both hosters have but a part of the episode."""
    serve(season, "VOE", LESS_SHORT)
    serve(season, "Vidmoly", SHORT)
    item = season.work()
    services.stop()
    assert item.status == Status.FAILED, text_of(item.error)
    assert kept_in(library, item) == ["quarantine.json", "quarantine.mp4"]
    return item


def test_another_source_has_all_of_it(season: Stage, library: Path) -> None:
    serve(season, "VOE", SHORT)
    serve(season, "Vidmoly", WHOLE)
    item = season.work()
    assert item.status == Status.COMPLETED, text_of(item.error)
    assert result(item).sizes == {SIZE: RATE * WHOLE}
    assert (item.quarantine, item.quarantined) == (Quarantine.NONE, None)
    assert files_in(library) == placed_in(library)
    assert len(placed_in(library)) == 1


def test_where_nothing_is_left_the_longest_waits_for_its_owner(
    failed: DownloadQueueItem, library: Path
) -> None:
    assert failed.quarantine == Quarantine.KEPT
    assert failed.quarantined is not None
    assert (failed.quarantined["code"], failed.quarantined["hoster"]) == ("too_short", "voe")
    assert round(failed.quarantined["seconds"]) == LESS_SHORT
    assert failed.quarantined["seen"]["container"] == "mp4"
    assert failed.quarantined_until is not None
    assert failed.quarantined_until > timezone.now() + timedelta(days=13)
    shown = services.serialise(failed)["quarantined"]
    assert shown is not None
    assert shown["reason"]["text"] == "It lasts 12 s; the season's other files last 30 s."
    assert placed_in(library) == []


def test_a_scan_does_not_see_what_is_kept_aside(failed: DownloadQueueItem, library: Path) -> None:
    MediaFile.objects.all().delete()
    chosen = ScanOptions()
    Scan(operations.begin(chosen.as_json()), chosen).run()
    assert not MediaFile.objects.exists()
    assert kept_in(library, failed) == ["quarantine.json", "quarantine.mp4"]


def test_its_owner_takes_it_while_the_queue_is_stopped(
    failed: DownloadQueueItem, library: Path
) -> None:
    services.take(item_id=failed.pk)
    assert turn()
    failed.refresh_from_db()
    assert failed.status == Status.COMPLETED, text_of(failed.error)
    assert result(failed).sizes == {SIZE: RATE * LESS_SHORT}
    assert (failed.quarantine, failed.quarantined) == (Quarantine.NONE, None)
    assert failed.seen is not None
    assert files_in(library) == placed_in(library)
    episode = Episode.objects.get(series=failed.series, season=1, episode_number=1)
    assert episode.state == EpisodeState.PRESENT
    told = [entry.action for entry in Entry.objects.order_by("pk")][-2:]
    assert told == ["queue.taken", "download.completed"]


def test_a_worker_that_dies_meanwhile_leaves_it_to_the_next(
    failed: DownloadQueueItem, library: Path
) -> None:
    services.take(item_id=failed.pk)
    dead = Worker()
    assert dead.ensure_lease()
    assert claims.claim_wanted(dead.name)
    lease.give_back(dead.name)
    assert turn()
    failed.refresh_from_db()
    assert failed.status == Status.COMPLETED
    assert len(placed_in(library)) == 1


def test_what_has_its_name_by_now_is_left_alone_and_the_offer_stands(
    failed: DownloadQueueItem, library: Path
) -> None:
    taken = library / "Mondlaterne (2013)/Season 01/Mondlaterne - S01E01 - Folge 1.mp4"
    taken.parent.mkdir(parents=True)
    taken.write_bytes(b"mine")
    services.take(item_id=failed.pk)
    assert turn()
    failed.refresh_from_db()
    assert (failed.status, failed.error_code) == (Status.FAILED, "file_exists")
    assert failed.quarantine == Quarantine.KEPT
    assert taken.read_bytes() == b"mine"
    taken.unlink()
    services.take(item_id=failed.pk)
    assert turn()
    failed.refresh_from_db()
    assert failed.status == Status.COMPLETED


def cut(folder: Path) -> None:
    with (folder / "quarantine.mp4").open("r+b") as file:
        file.truncate(1_000)


def gone(folder: Path) -> None:
    (folder / "quarantine.mp4").unlink()


def linked(folder: Path) -> None:
    file = folder / "quarantine.mp4"
    file.rename(folder / "other")
    file.symlink_to(folder / "other")


def noted_anew(folder: Path) -> None:
    note = folder / "quarantine.json"
    note.write_text(note.read_text().replace('"duration": 1', '"duration": 9'))


@pytest.mark.parametrize("spoil", [cut, gone, linked, noted_anew])
def test_what_is_no_longer_as_it_was_is_not_placed(
    failed: DownloadQueueItem, library: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(library / ".aniworld" / str(failed.pk))
    services.take(item_id=failed.pk)
    assert turn()
    failed.refresh_from_db()
    assert (failed.status, failed.error_code) == (Status.FAILED, "quarantine_gone")
    assert placed_in(library) == []


def test_what_is_discarded_can_be_had_back_until_it_is_deleted(
    failed: DownloadQueueItem, library: Path
) -> None:
    services.discard(item_id=failed.pk)
    assert not turn()
    failed.refresh_from_db()
    assert services.serialise(failed)["quarantined"] is None
    journal.undo(entry_id=Entry.objects.latest("pk").pk)
    failed.refresh_from_db()
    assert failed.quarantine == Quarantine.KEPT
    assert kept_in(library, failed) == ["quarantine.json", "quarantine.mp4"]

    services.discard(item_id=failed.pk)
    later = timezone.now() - timedelta(seconds=1)
    DownloadQueueItem.objects.update(quarantined_until=later)
    assert not turn()
    failed.refresh_from_db()
    assert (failed.status, failed.quarantine) == (Status.FAILED, Quarantine.NONE)
    assert files_in(library) == []


def test_it_goes_with_its_item_once_that_cannot_come_back(
    failed: DownloadQueueItem, library: Path
) -> None:
    services.remove_one(item_id=failed.pk)
    assert not turn()
    assert kept_in(library, failed)
    services.undo(item_ids=[failed.pk])
    failed.refresh_from_db()
    assert (failed.status, failed.quarantine) == (Status.FAILED, Quarantine.KEPT)

    services.remove_one(item_id=failed.pk)
    DownloadQueueItem.objects.update(removed_at=timezone.now() - UNDO_WINDOW)
    assert not turn()
    assert files_in(library) == []


def test_it_goes_when_a_later_try_brings_the_episode(
    season: Stage, failed: DownloadQueueItem, library: Path
) -> None:
    serve(season, "VOE", WHOLE)
    services.retry_one(item_id=failed.pk)
    item = season.work()
    assert item.status == Status.COMPLETED, text_of(item.error)
    assert result(item).sizes == {SIZE: RATE * WHOLE}
    assert (item.quarantine, files_in(library)) == (Quarantine.NONE, placed_in(library))


def test_it_goes_when_another_item_brings_the_episode(
    season: Stage, failed: DownloadQueueItem, library: Path
) -> None:
    serve(season, "VOE", WHOLE)
    [again] = services.enqueue(
        series_key=season.series.key, episodes=[services.EpisodeRef(1, 1)]
    ).ids
    services.start()
    assert turn()
    assert DownloadQueueItem.objects.get(pk=again).status == Status.COMPLETED
    assert not turn()
    failed.refresh_from_db()
    assert (failed.status, failed.quarantine) == (Status.FAILED, Quarantine.NONE)
    assert files_in(library) == placed_in(library)


def test_nothing_is_kept_where_the_owner_does_not_want_it(season: Stage, library: Path) -> None:
    configure(season.world.catalogue_url, quarantine_days=0)
    serve(season, "VOE", SHORT)
    serve(season, "Vidmoly", SHORT)
    item = season.work()
    assert (item.status, item.quarantine) == (Status.FAILED, Quarantine.NONE)
    assert files_in(library) == []


def test_what_ends_two_thirds_in_by_its_own_word_is_placed_and_pointed_out(
    season: Stage, library: Path
) -> None:
    """Of the season two others are known: too few to refuse it for."""
    MediaFile.objects.filter(episodes=[13]).delete()
    serve(season, "VOE", WHOLE * 2 // 3)
    item = season.work()
    assert item.status == Status.COMPLETED, text_of(item.error)
    assert item.seen is not None
    assert item.seen["beside"] == {"files": 2, "shortest": WHOLE}
    assert may_be_cut(item.seen)
    assert len(placed_in(library)) == 1
