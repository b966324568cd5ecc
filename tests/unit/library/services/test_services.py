"""What the services do to series."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from aniworld.config import store
from aniworld.sites import pace
from aniworld.sites.models import SiteSlot
from library import services
from library.choices import UnmatchedReason
from library.errors import (
    FolderTaken,
    InvalidFolder,
    InvalidKey,
    InvalidLink,
    NoLibraryRoot,
    SeriesKnown,
    SeriesNotFound,
    UnmatchedNotFound,
)
from library.models import AnimeSeries, MediaFile, UnmatchedFolder
from providers.base import EpisodeInfo
from providers.errors import SiteDown, UnknownProvider
from tests.unit.library.conftest import Put, rescan, states
from tests.unit.library.fakes import FakeSite

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show(site: FakeSite, library: Path) -> FakeSite:
    site.add("show", "Show", {1: 3}, year=2013, ids={"imdb": "tt1"})
    return site


def add(site: FakeSite, key: str = "show", folder: str | None = None) -> AnimeSeries:
    return services.add_series(site=site.name, key=key, folder=folder)[0]


def test_added_series_has_everything_the_site_says(show: FakeSite, library: Path) -> None:
    series, is_new = services.add_series(site=show.name, link=f"https://{show.name}.example/show")
    assert is_new
    assert (series.key, series.folder, series.year) == ("show", "Show (2013)", 2013)
    assert (series.episode_dict, series.ids) == ({"1": [1, 2, 3]}, {"imdb": "tt1"})
    assert (series.total_episodes, series.missing_count) == (3, 3)
    assert services.series_directory(series) == library / "Show (2013)"
    assert services.missing_numbers([series.pk]) == {series.pk: {1: [1, 2, 3]}}
    assert not show.asked_in_transaction


def test_known_series_is_refused_and_a_removed_one_restored(show: FakeSite) -> None:
    series = add(show)
    with pytest.raises(SeriesKnown):
        add(show)
    services.remove_series(series)
    with pytest.raises(SeriesNotFound):
        services.get_series("show")
    assert services.get_series("show", deleted=True) == series
    again, is_new = services.add_series(site=show.name, key="show", folder="Elsewhere")
    assert (again.pk, is_new, again.folder) == (series.pk, False, "Elsewhere")


def test_same_key_of_another_site_gets_the_sites_name(show: FakeSite) -> None:
    AnimeSeries.objects.create(key="show", site="other", site_key="show", name="Another Show")
    series = add(show)
    assert series.key == f"{show.name}~show"
    assert services.get_series(series.key) == series


def test_key_goes_before_id(show: FakeSite) -> None:
    series = add(show)
    number = AnimeSeries.objects.create(key=str(series.pk), site="o", site_key="n", name="Number")
    assert services.get_series(series.pk) == number
    assert services.get_series(str(number.pk)) == number
    for unknown in ("9" * 30, "no\0body", "..", "a/b", ""):
        with pytest.raises(SeriesNotFound):
            services.get_series(unknown)


def test_two_series_of_one_name_get_two_folders(show: FakeSite) -> None:
    show.add("show-b", "Show", {1: 1}, year=2013)
    assert add(show).folder == "Show (2013)"
    assert add(show, "show-b").folder == "Show (2013) - show-b"


def test_a_new_folder_is_named_by_the_template_at_once(show: FakeSite) -> None:
    for key, name in (("re", "Re:Zero"), ("re-b", "Re: Zero"), ("lost", "Lost/Found")):
        show.add(key, name, {1: 1}, year=2016)
    assert add(show).folder == "Show (2013)"
    name_files("{name} [{year}]/S{season}E{episode}")
    assert add(show, "re").folder == "Re-Zero [2016]"
    name_files("{key}/S{season}E{episode}")
    assert add(show, "re-b").folder == "re-b"
    name_files("{title}/S{season}E{episode}")
    assert add(show, "lost").folder == "Lost+Found (2016)"
    assert services.get_series("show").folder == "Show (2013)"  # the setting renames nothing


def name_files(template: str) -> None:
    store.update(lambda data: data["downloads"].update(naming_template=template))


def test_a_folder_of_another_spelling_that_waits_is_the_new_series(
    show: FakeSite, put: Put
) -> None:
    put("Re Zero (2016)/S01E01.mkv", "Show 2013/S01E01.mkv", "Show_(2013)/S01E02.mkv")
    rescan(use_provider=False)
    show.add("re", "Re:Zero", {1: 2}, year=2016)
    series = add(show, "re")
    assert (series.folder, states(series)[1, 1]) == ("Re Zero (2016)", "PRESENT")
    assert add(show).folder == "Show (2013)"  # either of two: the owner is asked
    assert UnmatchedFolder.objects.count() == 2


def test_a_folder_the_owner_took_from_a_series_waits_on(show: FakeSite, put: Put) -> None:
    put("Re Zero (2016)/S01E01.mkv")
    rescan(use_provider=False)
    UnmatchedFolder.objects.update(reason=UnmatchedReason.WRONG_SERIES)
    show.add("re", "Re:Zero", {1: 2}, year=2016)
    assert add(show, "re").folder == "Re-Zero (2016)"
    rescan()
    assert services.get_series("re").folder == "Re-Zero (2016)"


def test_a_scan_gives_a_series_its_folder_of_another_spelling(show: FakeSite, put: Put) -> None:
    show.add("re", "Re:Zero", {1: 2}, year=2016)
    assert add(show, "re").folder == "Re-Zero (2016)"  # nobody has looked at the disk yet
    put("Re Zero (2016)/S01E01.mkv")
    rescan()
    series = services.get_series("re")
    assert (series.folder, states(series)[1, 1]) == ("Re Zero (2016)", "PRESENT")


def test_odd_names_are_for_folders_that_are_there(show: FakeSite, put: Put) -> None:
    odd = "abc\u202eexe"
    with pytest.raises(InvalidFolder):
        add(show, folder=odd)
    series = add(show)
    for folder in (odd, "CON", "a\nb"):
        with pytest.raises(InvalidFolder):
            services.change_series(series, {"folder": folder})
    put(f"{odd}/S01E01.mkv")
    rescan(use_provider=False)
    assert states(services.change_series(series, {"folder": odd}))[1, 1] == "PRESENT"


def test_bad_wishes_are_refused(show: FakeSite) -> None:
    with pytest.raises(UnknownProvider):
        services.add_series(site="nothing", key="show")
    with pytest.raises(InvalidLink):
        services.add_series(site=show.name, link="https://elsewhere.example/show")
    with pytest.raises(InvalidFolder):
        add(show, folder="../up")
    show.add("a b", "Bad", {1: 1})
    with pytest.raises(InvalidKey):
        add(show, "a b")
    assert not AnimeSeries.objects.exists()


def test_without_a_root_nothing_is_added(site: FakeSite) -> None:
    site.add("show", "Show", {1: 1})
    with pytest.raises(NoLibraryRoot):
        add(site)


def test_folder_of_another_series_is_refused(show: FakeSite) -> None:
    show.add("other", "Other", {1: 1})
    add(show, folder="Here")
    with pytest.raises(FolderTaken):
        add(show, "other", folder="Here")
    other = add(show, "other")
    with pytest.raises(FolderTaken):
        services.change_series(other, {"folder": "Here"})


def test_refresh_brings_news_and_takes_what_is_gone(show: FakeSite, put: Put) -> None:
    info, listed = show.shows["show"]
    episodes = [replace(one, title=f"Of {chr(97 + n) * 5}") for n, one in enumerate(listed)]
    show.shows["show"] = (info, episodes)
    put("Show (2013)/S01E01.mkv", "Show (2013)/S01E03.mkv")
    rescan()
    series = AnimeSeries.objects.get()
    news = [EpisodeInfo(1, 4, title="The Sea", hosters=("VOE",)), EpisodeInfo(1, 5, title="Fog")]
    show.shows["show"] = (info, [*episodes[:1], *news])  # 2 and 3 have gone, 3 is on disk
    services.refresh_series(series)
    assert states(series) == {
        (1, 1): "PRESENT",
        (1, 3): "PRESENT",
        (1, 4): "MISSING",
        (1, 5): "ANNOUNCED",
    }
    assert not series.episodes.get(episode_number=3).listed
    assert (series.missing_count, series.downloaded_count) == (1, 2)
    last = EpisodeInfo(1, 5, title="Fog", hosters=("VOE",))
    show.shows["show"] = (info, [*episodes[:1], last])
    services.refresh_series(series)
    assert states(series)[1, 5] == "MISSING"


def test_failed_refresh_keeps_the_list_and_the_reason(show: FakeSite) -> None:
    series = add(show)
    show.failure = SiteDown(why="as_told", text="The site does not answer.")
    with pytest.raises(SiteDown):
        services.refresh_series(series)
    series.refresh_from_db()
    assert (series.error_code, series.missing_count) == ("site_down", 3)
    show.failure = None
    assert services.refresh_series(series).error is None


def test_unmonitored_series_miss_nothing(show: FakeSite) -> None:
    series = add(show)
    assert services.set_monitored(series, False).missing_count == 0
    assert services.missing_numbers([series.pk]) == {}
    assert services.set_monitored(series, True).missing_count == 3


def test_arrived_episode_is_present_and_a_scan_agrees(
    show: FakeSite, put: Put, library: Path
) -> None:
    series = add(show)
    (path,) = put("Show (2013)/Season 01/Anything at all.mp4", size=77)
    mtime = path.stat().st_mtime_ns
    episode = services.episode_arrived(
        series=series, season=1, episode=2, path=path, size=77, mtime_ns=mtime
    )
    assert (episode.state, episode.is_downloaded, episode.file_size) == ("PRESENT", True, 77)
    assert episode.download_date is not None
    series.refresh_from_db()
    assert (series.downloaded_count, series.missing_count) == (1, 2)
    for full in (False, True):
        rescan(full=full)
        assert states(series)[1, 2] == "PRESENT"
    assert MediaFile.objects.get().rule == "downloaded"
    with pytest.raises(InvalidFolder):
        services.episode_arrived(series=series, season=1, episode=3, path=Path("/x.mkv"), size=1)


def test_mapping_ties_other_numbers_to_the_catalogue(show: FakeSite, put: Put) -> None:
    put("Show (2013)/S02E01.mkv")
    rescan()
    series = AnimeSeries.objects.get()
    assert states(series)[2, 1] == "PRESENT"
    mapping = [
        {
            "library_season": 2,
            "library_first": 1,
            "library_last": 1,
            "provider_season": 1,
            "provider_first": 3,
        }
    ]
    series = services.set_mapping(series, mapping)
    assert states(series) == {(1, 1): "MISSING", (1, 2): "MISSING", (1, 3): "PRESENT"}
    assert states(services.set_mapping(series, []))[1, 3] == "MISSING"


def test_picked_folder_counts_at_once_and_stays(show: FakeSite, put: Put) -> None:
    put("Some Odd Name/S01E01.mkv")
    rescan()
    row = UnmatchedFolder.objects.get()
    series = services.match_folder(row.pk, site=show.name, key="show")
    assert (series.folder, series.downloaded_count) == ("Some Odd Name", 1)
    with pytest.raises(UnmatchedNotFound):
        services.match_folder(row.pk, site=show.name, key="show")
    rescan(full=True)
    assert not UnmatchedFolder.objects.exists()
    assert AnimeSeries.objects.get().folder == "Some Odd Name"


def test_folder_picked_for_a_series_added_before(show: FakeSite, put: Put) -> None:
    series = add(show)
    put("Some Odd Name/S01E01.mkv")
    rescan()
    picked = services.match_folder(UnmatchedFolder.objects.get().pk, site=show.name, key="show")
    assert (picked.pk, picked.folder, picked.downloaded_count) == (series.pk, "Some Odd Name", 1)


def test_folder_picked_for_a_removed_series_brings_it_back(show: FakeSite, put: Put) -> None:
    series = add(show)
    services.remove_series(series)
    put("Odd/S01E01.mkv", "loose - S01E02.mkv")
    rescan()
    row = UnmatchedFolder.objects.get(folder="Odd")
    picked = services.match_folder(row.pk, site=show.name, key="show")
    assert (picked.pk, picked.folder, picked.downloaded_count) == (series.pk, "Odd", 1)
    loose = UnmatchedFolder.objects.get(folder="")
    with pytest.raises(UnmatchedNotFound):
        services.match_folder(loose.pk, site=show.name, key="show")


def test_folder_of_a_series_with_files_elsewhere_is_refused(show: FakeSite, put: Put) -> None:
    put("Show/S01E01.mkv", "Odd/S01E02.mkv")
    rescan()
    row = UnmatchedFolder.objects.get()
    with pytest.raises(SeriesKnown):
        services.match_folder(row.pk, site=show.name, key="show")


def test_search_marks_what_is_in_the_library(show: FakeSite) -> None:
    show.add("other", "Show Two", {1: 1})
    add(show)
    answer = services.search_sites("show")
    assert {(found.result.key, found.in_library) for found in answer.results} == {
        ("show", True),
        ("other", False),
    }
    show.failure = SiteDown(why="as_told", text="down")
    with pytest.raises(SiteDown):
        services.search_sites("show")
    with pytest.raises(UnknownProvider):
        services.search_sites("show", site="nothing")


def test_slots_of_a_site_lie_apart_and_holds_count() -> None:
    rates = pace.rate_store()
    waits = [rates.reserve("a", interval=10) for _ in range(3)]
    assert [round(wait, -1) for wait in waits] == [0, 10, 20]
    assert rates.reserve("b", interval=10) == 0
    rates.hold("b", seconds=100)
    rates.hold("b", seconds=1)  # never shortens
    assert round(rates.reserve("b", interval=10), -1) == 100
    assert SiteSlot.objects.count() == 2
