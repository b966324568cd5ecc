"""Folders that are kept as series of their own, and folders that are ignored."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from aniworld.config import store
from aniworld.journal import services as journal
from aniworld.journal.errors import ChangedSince, InTheWay
from aniworld.journal.models import Entry
from downloads.models import AutomaticPick, DownloadQueueItem
from downloads.services import EpisodeRef, enqueue, enqueue_missing, retry
from library.choices import CatalogueState
from library.errors import NothingToUnmatch, NotLocal, SeriesKnown, UnmatchedNotFound
from library.models import (
    AnimeSeries,
    Availability,
    BinnedFile,
    Episode,
    LibraryRoot,
    MediaFile,
    OwnLink,
    RefusedFolder,
    SeriesTie,
    UnmatchedFolder,
)
from library.services import (
    add_series,
    ask_again,
    give_catalogue,
    heed_folder,
    ignore_folder,
    keep_folder,
    match_folder,
    refresh_series,
    release_series,
    remove_series,
    restore_series,
    unmatch_series,
)
from library.services.folders import checked_folder
from library.services.homes import give_up_folder
from library.services.local import keep_again
from library.services.suggestions import waiting
from library.services.unmatched import waiting_folder
from library.ties.links import set_link
from library.ties.services import tie_series
from tests.factories import make_item
from tests.unit.library.conftest import Put, rescan, states
from tests.unit.library.fakes import FakeSite

pytestmark = pytest.mark.django_db

HOME = "Ünser Film (2009)"


@pytest.fixture
def folder(site: FakeSite, put: Put) -> UnmatchedFolder:
    put(*(f"{HOME}/Staffel 1/S01E{n:02}.mkv" for n in (1, 2)), f"{HOME}/Abspann.mkv")
    rescan()
    return UnmatchedFolder.objects.get()


@pytest.fixture
def local(folder: UnmatchedFolder) -> AnimeSeries:
    return keep_folder(folder.pk, name="Ünser Film", year=2009)


def undo(action: str) -> None:
    journal.undo(entry_id=Entry.objects.of_action(action).latest("pk").pk)


def test_a_folder_is_kept_by_its_files_alone(local: AnimeSeries) -> None:
    assert (local.site, local.key, local.name, local.year) == ("", "unser-film", "Ünser Film", 2009)
    assert local.is_local
    assert local.catalogue_state == CatalogueState.NONE
    assert states(local) == {(1, 1): "PRESENT", (1, 2): "PRESENT"}
    local.refresh_from_db()
    assert (local.downloaded_count, local.missing_count) == (2, 0)
    assert not UnmatchedFolder.objects.exists()
    with pytest.raises(UnmatchedNotFound):
        keep_folder(0, name="x")


def test_each_gets_a_key_of_its_own(site: FakeSite, put: Put) -> None:
    put("君の名は/S01E01.mkv", "Film/S01E01.mkv", "Film!/S01E01.mkv")
    rescan()
    rows = UnmatchedFolder.objects.order_by("folder")
    keys = [keep_folder(row.pk, name=row.folder).key for row in rows]
    assert keys == ["film", "film-2", "series"]


def test_a_key_is_neither_a_number_nor_a_word_of_addresses(site: FakeSite, put: Put) -> None:
    put("24/S01E01.mkv", "Search/S01E01.mkv")
    rescan()
    rows = UnmatchedFolder.objects.order_by("folder")
    keys = [keep_folder(row.pk, name=row.folder).key for row in rows]
    assert keys == ["series-24", "series-search"]


def test_what_spoke_of_its_catalogues_numbers_goes_with_that(
    local: AnimeSeries, site: FakeSite
) -> None:
    site.add("our-film", "Our Film", {1: 3})
    given = give_catalogue(local, site=site.name, key="our-film")
    site.add("other", "Other", {1: 3})
    tie_series(given, site=site.name, key="other")
    set_link(given, 1, 3, link="https://media.example/3.mp4", language="German Dub")
    enqueue(series_key=given.key, episodes=[EpisodeRef(1, 3)])
    item = DownloadQueueItem.objects.get()
    DownloadQueueItem.objects.update(status="FAILED")
    release_series(given, name="Ours", year=None)
    assert not SeriesTie.objects.exists()
    assert not OwnLink.objects.exists()
    with pytest.raises(NotLocal):
        tie_series(given, site=site.name, key="other")
    assert retry(item_ids=[item.pk]).skipped == [{"id": str(item.pk), "reason": "no_catalogue"}]


def test_files_come_and_go_as_with_every_series(
    local: AnimeSeries, put: Put, library: Path
) -> None:
    put(f"{HOME}/Staffel 1/S01E03.mkv")
    rescan()
    assert states(local)[1, 3] == "PRESENT"
    (library / f"{HOME}/Staffel 1/S01E03.mkv").unlink()
    rescan()
    assert (1, 3) not in states(local)  # no catalogue lists it: it is no more
    local.refresh_from_db()
    assert local.missing_count == 0


def test_a_folder_that_is_renamed_stays_that_series(local: AnimeSeries, library: Path) -> None:
    (library / HOME).rename(library / "Unser Film (2009)")
    rescan()
    local.refresh_from_db()
    assert local.folder == "Unser Film (2009)"
    assert states(local) == {(1, 1): "PRESENT", (1, 2): "PRESENT"}
    assert not UnmatchedFolder.objects.exists()


def test_a_folder_that_is_deleted_leaves_no_episodes(local: AnimeSeries, library: Path) -> None:
    shutil.rmtree(library / HOME)
    rescan(accept_removals=True)
    assert states(local) == {}


def test_no_site_is_asked_for_it_and_nothing_is_queued(local: AnimeSeries, site: FakeSite) -> None:
    store.update(lambda data: data["following"].update(new_series="GAPS"))
    site.asked.clear()
    rescan(full=True)
    assert site.asked == []
    with pytest.raises(NotLocal):
        refresh_series(local)
    assert local.follow == "OFF"
    added = enqueue(series_key=local.key, episodes=[EpisodeRef(1, 3)])
    assert [skip.reason for skip in added.skipped] == ["not_listed"]
    assert enqueue_missing(series_key=local.key).ids == []


def test_keeping_is_undone(local: AnimeSeries) -> None:
    undo("series.added")
    assert not AnimeSeries.objects.active().exists()
    assert UnmatchedFolder.objects.get().reason == "NOT_ASKED"


def test_what_is_no_series_of_its_own_is_unmatched_again(local: AnimeSeries) -> None:
    row = unmatch_series(local)
    assert row.folder == HOME
    assert not AnimeSeries.objects.active().exists()
    assert not RefusedFolder.objects.exists()


def lived_in(local: AnimeSeries) -> None:
    """What may hang on it: of its owner, of the queue, and of what was known of its files."""
    assert local.root is not None
    make_item(local, 1, status="COMPLETED", completed_at=timezone.now())
    set_link(local, 1, 2, link="https://media.example/2.mp4", language="German Dub")
    AutomaticPick.objects.create(
        series=local,
        season=1,
        episode_number=1,
        language="German Sub",
        picked_at=timezone.now(),
    )
    Episode.objects.filter(series=local).update(download_date=timezone.now())
    BinnedFile.objects.create(
        act="00000000-0000-0000-0000-000000000001",
        root=local.root,
        series=local,
        path=f"{HOME}/Staffel 1/S01E03.mkv",
        reason="DELETED",
        state="BINNED",
        kept_until=timezone.now(),
    )


def all_of_it(local: AnimeSeries) -> dict[str, list[Any]]:
    local = AnimeSeries.objects.get(pk=local.pk)
    tables = (DownloadQueueItem, OwnLink, AutomaticPick, BinnedFile, Episode, MediaFile)
    rows = {
        table.__name__: list(
            table._default_manager.filter(series=local).order_by("pk").values_list("pk", flat=True)
        )
        for table in tables
    }
    dates = local.episodes.order_by("pk").values_list("download_date", flat=True)
    head = [local.key, local.name, local.year, local.folder, local.is_deleted]
    return {**rows, "dates": list(dates), "head": head, "counts": [local.downloaded_count]}


def test_all_of_it_comes_back_where_that_is_undone(local: AnimeSeries) -> None:
    lived_in(local)
    before = all_of_it(local)
    unmatch_series(AnimeSeries.objects.get())
    undo("series.unmatched")
    assert all_of_it(local) == before
    assert not UnmatchedFolder.objects.exists()
    undo("series.restored")  # and that is undone in turn
    assert UnmatchedFolder.objects.get().folder == HOME
    assert not MediaFile.objects.exclude(series=None).exists()
    undo("series.unmatched")
    assert all_of_it(local) == before


def test_a_folder_that_is_kept_again_is_the_series_that_it_was(local: AnimeSeries) -> None:
    lived_in(local)
    before = all_of_it(local)
    row = unmatch_series(AnimeSeries.objects.get())
    assert keep_folder(row.pk, name="Ünser Film").pk == local.pk
    assert all_of_it(local) == before
    assert not Entry.objects.of_action("series.unmatched").undoable().exists()


def test_it_is_restored_with_its_folder_as_any_other_series(local: AnimeSeries) -> None:
    lived_in(local)
    before = all_of_it(local)
    unmatch_series(AnimeSeries.objects.get())
    restore_series(AnimeSeries.objects.get())
    assert all_of_it(local) == before
    assert not Entry.objects.of_action("series.unmatched").undoable().exists()


def test_where_the_folder_went_to_another_series_it_does_not_come_back(
    local: AnimeSeries, site: FakeSite
) -> None:
    row = unmatch_series(local)
    site.add("film", "Film", {1: 2})
    other = match_folder(row.pk, site=site.name, key="film")
    with pytest.raises(InTheWay, match="belongs to Film already"):
        undo("series.unmatched")
    assert states(other) == {(1, 1): "PRESENT", (1, 2): "PRESENT"}
    assert not MediaFile.objects.filter(series=local).exists()


def two_films(put: Put) -> tuple[UnmatchedFolder, UnmatchedFolder]:
    put("Dune (1984)/S01E01.mkv", "Dune (2021)/S01E01.mkv", "Dune (2021)/S01E02.mkv")
    rescan()
    rows = {row.folder: row for row in UnmatchedFolder.objects.all()}
    return rows["Dune (1984)"], rows["Dune (2021)"]


@pytest.mark.parametrize("years", [(1984, 2021), (None, None)])
def test_another_folder_of_the_same_name_is_another_series(
    site: FakeSite, put: Put, years: tuple[int | None, int | None]
) -> None:
    first, second = two_films(put)
    old = keep_folder(first.pk, name="Dune", year=years[0])
    unmatch_series(old)
    new = keep_folder(second.pk, name="Dune", year=years[1])
    assert new.pk != old.pk
    assert states(new) == {(1, 1): "PRESENT", (1, 2): "PRESENT"}
    undo("series.unmatched")
    old.refresh_from_db()
    assert (old.is_deleted, old.folder, old.year) == (False, "Dune (1984)", years[0])
    assert states(old) == {(1, 1): "PRESENT"}


def test_a_folder_of_another_year_is_another_series(local: AnimeSeries) -> None:
    again = keep_folder(unmatch_series(local).pk, name="Ünser Film", year=2010)
    assert (again.pk == local.pk, again.year) == (False, 2010)
    assert again.folder == HOME


def test_it_comes_back_to_the_folder_that_it_was_last(site: FakeSite, put: Put) -> None:
    first, second = two_films(put)
    one = keep_folder(first.pk, name="Dune")
    unmatch_series(one)
    other = keep_folder(second.pk, name="Dune")
    unmatch_series(other)
    rows = {row.folder: row.pk for row in UnmatchedFolder.objects.all()}
    assert keep_folder(rows["Dune (1984)"], name="Dune").pk == one.pk
    assert keep_folder(rows["Dune (2021)"], name="Dune", year=2021).pk == other.pk
    other.refresh_from_db()
    assert other.year == 2021


def test_no_file_stands_for_episodes_of_a_series_that_was_given_up(
    local: AnimeSeries, site: FakeSite
) -> None:
    Episode.objects.update(download_date=timezone.now())
    row = unmatch_series(local)
    assert not Episode.objects.exclude(file=None).exists()
    known = local.episodes.values_list("state", "is_downloaded", "file_path", "file_size")
    assert set(known) == {("ANNOUNCED", False, "", None)}
    assert not local.episodes.filter(download_date=None).exists()
    local.refresh_from_db()
    counts = local.total_episodes, local.downloaded_count, local.missing_count
    assert counts == (2, 0, 0)
    site.add("film", "Film", {1: 2})
    other = match_folder(row.pk, site=site.name, key="film")
    here = {file.path: list(file.episodes_here.all()) for file in MediaFile.objects.all()}
    assert [one.series_id for found in here.values() for one in found] == [other.pk, other.pk]


def test_a_file_that_counts_over_all_is_not_overlooked_since_it_was_given_up(
    site: FakeSite, put: Put
) -> None:
    """The other series has no episode for it, and says so."""
    put("Show/005.mkv")
    rescan()
    row = unmatch_series(keep_folder(UnmatchedFolder.objects.get().pk, name="Something"))
    site.add("show", "Show", {1: 1, 2: 1})
    series = match_folder(row.pk, site=site.name, key="show")
    assert [one.pk for one in waiting()] == [series.pk]


@pytest.mark.parametrize("is_local", [True, False])
def test_files_of_a_series_that_was_removed_are_the_next_ones(
    folder: UnmatchedFolder, site: FakeSite, is_local: bool
) -> None:
    if is_local:
        former = keep_folder(folder.pk, name="Ünser Film")
    else:
        site.add("wrong", "Wrong", {1: 3})
        former = match_folder(folder.pk, site=site.name, key="wrong")
    assert former.root is not None
    remove_series(former)
    site.add("film", "Film", {1: 2})
    other = add_series(site=site.name, key="film", folder=HOME, root=former.root)[0]
    held = Episode.objects.exclude(file=None)
    assert set(held.values_list("series", flat=True)) == {other.pk}
    former.refresh_from_db()
    assert former.downloaded_count == 0
    assert former.missing_count == (0 if is_local else 3)


def test_it_is_kept_again_once(local: AnimeSeries) -> None:
    row = unmatch_series(local)
    first, second = (AnimeSeries.objects.get(pk=local.pk) for _ in range(2))
    keep_again(first, row.root, row.folder)
    with pytest.raises(SeriesKnown, match="in the library already"):
        keep_again(second, row.root, row.folder)
    assert Entry.objects.of_action("series.restored").count() == 1


@pytest.mark.parametrize("is_local", [True, False])
def test_its_folder_is_given_up_once(
    folder: UnmatchedFolder, site: FakeSite, is_local: bool
) -> None:
    """The second press has read all that it asks before the first one is through."""
    if is_local:
        series = keep_folder(folder.pk, name="Ünser Film")
    else:
        site.add("film", "Film", {1: 2})
        series = match_folder(folder.pk, site=site.name, key="film")
    second = AnimeSeries.objects.get(pk=series.pk)
    give_up_folder(series)
    with pytest.raises(NothingToUnmatch):
        give_up_folder(second)
    assert Entry.objects.of_action("series.unmatched").count() == 1


def test_it_is_restored_once(local: AnimeSeries) -> None:
    remove_series(local)
    first, second = (AnimeSeries.objects.get(pk=local.pk) for _ in range(2))
    restore_series(first)
    assert not restore_series(second).is_deleted
    assert Entry.objects.of_action("series.restored").count() == 1


def test_one_that_was_brought_back_meanwhile_gets_no_other_folder(
    site: FakeSite, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.add("film", "Film", {1: 2})
    series = add_series(site=site.name, key="film", folder="Film")[0]
    remove_series(series)

    def quicker(folder: str, *, root: LibraryRoot | None) -> str:
        restore_series(AnimeSeries.objects.get(pk=series.pk))
        return checked_folder(folder, root=root)

    monkeypatch.setattr("library.services.series.checked_folder", quicker)
    with pytest.raises(SeriesKnown, match="in the library already"):
        add_series(site=site.name, key="film", folder="Elsewhere")
    series.refresh_from_db()
    assert (series.folder, series.is_deleted) == ("Film", False)


def test_it_is_tied_to_a_catalogue_later(local: AnimeSeries, site: FakeSite) -> None:
    site.add("our-film", "Our Film", {1: 3})
    tied = give_catalogue(local, site=site.name, key="our-film")
    assert (tied.pk, tied.key, tied.site, tied.site_key) == (
        local.pk,
        "unser-film",
        site.name,
        "our-film",
    )
    assert tied.catalogue_state == CatalogueState.READ
    assert states(tied) == {(1, 1): "PRESENT", (1, 2): "PRESENT", (1, 3): "MISSING"}
    refresh_series(tied)
    with pytest.raises(NotLocal):
        give_catalogue(tied, site=site.name, key="our-film")
    with pytest.raises(ChangedSince):
        undo("series.added")


def test_a_catalogue_that_another_series_has_is_refused(local: AnimeSeries, site: FakeSite) -> None:
    site.add("our-film", "Our Film", {1: 3})
    other = add_series(site=site.name, key="our-film")[0]
    with pytest.raises(SeriesKnown, match="in the library already"):
        give_catalogue(local, site=site.name, key="our-film")
    remove_series(other)
    with pytest.raises(SeriesKnown, match="was taken out"):
        give_catalogue(local, site=site.name, key="our-film")


def test_tying_is_undone(local: AnimeSeries, site: FakeSite) -> None:
    site.add("our-film", "Our Film", {1: 3}, year=2010)
    tied = give_catalogue(local, site=site.name, key="our-film")
    enqueue(series_key=tied.key, episodes=[EpisodeRef(1, 3)])
    undo("series.catalogue_given")
    local = AnimeSeries.objects.get()
    assert (local.site, local.name, local.year, local.follow) == ("", "Ünser Film", 2009, "OFF")
    assert local.refreshed_at is None
    assert states(local) == {(1, 1): "PRESENT", (1, 2): "PRESENT"}
    assert not Availability.objects.exists()
    assert not DownloadQueueItem.objects.unfinished().exists()
    with pytest.raises(NotLocal):
        release_series(local, name="x", year=None)


def test_a_catalogue_that_was_given_after_it_stays(local: AnimeSeries, site: FakeSite) -> None:
    site.add("our-film", "Our Film", {1: 3})
    site.add("better", "Better", {1: 2})
    tied = give_catalogue(local, site=site.name, key="our-film")
    given = Entry.objects.of_action("series.catalogue_given").get()
    release_series(tied, name="Ünser Film", year=2009)
    give_catalogue(AnimeSeries.objects.get(), site=site.name, key="better")
    with pytest.raises(ChangedSince):
        journal.undo(entry_id=given.pk)
    assert AnimeSeries.objects.get().site_key == "better"


def test_an_ignored_folder_is_left_alone(folder: UnmatchedFolder, site: FakeSite) -> None:
    ignore_folder(folder.pk)
    site.add("film", "Ünser Film", {1: 2}, year=2009)
    site.asked.clear()
    operation = rescan(full=True)
    assert site.asked == []
    assert operation.result is not None
    assert operation.result["unmatched"] == 0
    assert list(UnmatchedFolder.objects.values_list("reason", flat=True)) == ["IGNORED"]
    heed_folder(folder.pk)
    assert not RefusedFolder.objects.exists()
    assert UnmatchedFolder.objects.get().reason == "NOT_ASKED"
    rescan()
    assert AnimeSeries.objects.get().site_key == "film"


def test_ignoring_goes_with_a_folder_that_is_renamed_or_away(
    folder: UnmatchedFolder, library: Path, put: Put
) -> None:
    ignore_folder(folder.pk)
    (library / HOME).rename(library / "Anders")
    rescan()
    assert UnmatchedFolder.objects.get(folder="Anders").reason == "IGNORED"
    shutil.move(library / "Anders", library.parent / "away")
    rescan(accept_removals=True)
    shutil.move(library.parent / "away", library / "Anders")
    rescan(full=True)
    assert UnmatchedFolder.objects.get().reason == "IGNORED"


def test_ignoring_is_undone_and_done_again(folder: UnmatchedFolder) -> None:
    ignore_folder(folder.pk)
    undo("series.folder_ignored")
    assert waiting_folder(folder.pk).reason == "NOT_ASKED"
    undo("series.folder_heeded")
    assert waiting_folder(folder.pk).reason == "IGNORED"


def test_what_the_owner_took_from_a_series_is_that_again(
    folder: UnmatchedFolder, site: FakeSite
) -> None:
    site.add("film", "Film", {1: 2})
    series = match_folder(folder.pk, site=site.name, key="film")
    row = unmatch_series(series)
    ignore_folder(row.pk)
    heed_folder(row.pk)
    assert waiting_folder(row.pk).reason == "WRONG_SERIES"
    assert RefusedFolder.objects.filter(is_ignored=False).count() == 1


def test_the_sites_are_asked_for_all(
    folder: UnmatchedFolder, site: FakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert folder.reason == "NO_CANDIDATE"
    monkeypatch.setattr("library.services.scans.start", rescan)
    site.add("film", "Ünser Film", {1: 2}, year=2009)
    ask_again()
    assert AnimeSeries.objects.get().site_key == "film"
