"""Why an episode has its state: in its row, and on a page without script."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from library.models import AnimeSeries, Episode, LibraryRoot, MediaFile
from tests.factories import make_episodes, make_file, make_series, said
from tests.unit.reading import get, soup, swap, texts


def give(series: AnimeSeries, number: int, path: str, **fields: Any) -> MediaFile:
    """A file that counts for the episode of season 1."""
    file = make_file(series, path, **fields)
    Episode.objects.filter(series=series, season=1, episode_number=number).update(
        file=file, file_path=file.path, file_size=file.size
    )
    return file


def facts(page: BeautifulSoup, place: int = 0) -> dict[str, str]:
    found = page.select("dl.facts")[place]
    return dict(zip(texts(found, "dt"), texts(found, "dd"), strict=True))


def why(visitor: Client, series: AnimeSeries, number: int) -> BeautifulSoup:
    return get(visitor, f"/series/{series.key}/episodes/1/{number}/why")


def test_every_row_leads_to_its_why_whatever_its_state(
    visitor: Client, library: LibraryRoot
) -> None:
    series = make_series("Mushishi", present=1, missing=1)
    make_episodes([(series, 1, 3, "UNAVAILABLE"), (series, 1, 4, "ANNOUNCED")])
    Episode.objects.filter(series=series, episode_number=1).update(listed=False)
    page = get(visitor, f"/series/{series.key}")
    links = [str(link["href"]) for link in page.select(".evidence a")]
    assert links == [str(place["hx-get"]) for place in page.select(".evidence [hx-get]")]
    assert [texts(get(visitor, link), ".why > p")[0] for link in links] == [
        "A file for it is on disk. The catalogue does not list it.",
        "The catalogue lists it with a source, and no file for it is on disk.",
        "Its file is known, but was not on its disk at the last scan.",
        "The catalogue lists it, but nobody offers it yet.",
    ]
    assert texts(page, ".evidence summary")[1] == "Why? S01E02: Missing"


def test_the_file_is_told_in_words(visitor: Client, library: LibraryRoot) -> None:
    series = make_series("Mushishi", present=1, root=library)
    give(
        series,
        1,
        "Mushishi/[Grp] Mushishi - 01v2.mkv",
        size=1_400_000_000,
        width=1920,
        height=1080,
        video_codec="h264",
        duration=1421.0,
        rule="- 05",
        absolute=[1],
        group="Grp",
        version=2,
        language="German Sub",
    )
    found = facts(why(visitor, series, 1))
    assert found.pop("Last seen")
    assert found == {
        "Path": f"{library.path}/Mushishi/[Grp] Mushishi - 01v2.mkv",
        "Name": "Read as absolute number 1, counted over all seasons → S01E01.",
        "Form of the name": "- 05",
        "Group": "Grp",
        "Version": "2",
        "Language": "German Sub",
        "Size": "1.4 GB",
        "Media": "1920×1080 · h264 · 23:41",
    }


def test_a_second_file_is_shown_with_the_reason_why_it_does_not_count(
    visitor: Client, library: LibraryRoot
) -> None:
    series = make_series("Mushishi", present=1, missing=1, root=library)
    give(series, 1, "Mushishi/b.mkv", season=1, episodes=[1], size=2_000_000)
    for path, size, state in [
        ("Mushishi/a.mkv", 1_000_000, "PRESENT"),
        ("Mushishi/c.mkv", 9_000_000, "UNAVAILABLE"),
        ("Mushishi/d.mkv", 2_000_000, "PRESENT"),
    ]:
        make_file(series, path, season=1, episodes=[1], size=size, state=state)
    make_file(series, "Mushishi/other.mkv", season=1, episodes=[2])
    page = why(visitor, series, 1)
    assert texts(page, ".why-file h3") == ["File", *["Another file for the same episode"] * 3]
    assert texts(page, ".why-file > p") == [
        "It is not the one that counts. The other file is larger.",
        "It is not the one that counts. "
        "It was not on its disk at the last scan; the other file was.",
        "It is not the one that counts. Both are alike; one of them had to be chosen.",
    ]
    assert facts(page, 1)["Path"].endswith("Mushishi/a.mkv")
    # A file that no scan has settled yet
    assert "the next scan decides" in texts(why(visitor, series, 2), ".why-file > p")[0]


def test_the_catalogue_entry_is_told(visitor: Client, library: LibraryRoot) -> None:
    error = said("error", "site_down", "No answer.")
    series = make_series(missing=2, refreshed_at=timezone.now(), **error)
    Episode.objects.filter(series=series, episode_number=1).update(hosters=["VOE", "Vidmoly"])
    found = facts(why(visitor, series, 1))
    assert found.pop("Read")
    assert found == {
        "Entry": "S01E01 is listed at AniWorld",
        "Hosters": "VOE, Vidmoly",
        "Languages": "German Sub",
        "Problem": "No answer.",
    }
    Episode.objects.filter(series=series).update(listed=False, hosters=[])
    AnimeSeries.objects.update(refreshed_at=None, error_code="")
    assert facts(why(visitor, series, 1)) == {
        "Entry": "S01E01 is not listed at AniWorld",
        "Read": "never",
    }


def test_of_a_series_without_a_catalogue_it_says_just_that(
    visitor: Client, library: LibraryRoot
) -> None:
    series = make_series("Mine", present=1, site="", refreshed_at=None)
    Episode.objects.filter(series=series).update(listed=False, hosters=[])
    page = why(visitor, series, 1)
    assert facts(page)["Entry"] == "This series has no catalogue"
    assert "Read" not in facts(page)
    assert "The series has no catalogue: its episodes are what the names of its files say." in (
        page.get_text()
    )
    assert "does not list" not in page.get_text()


def test_files_that_may_be_the_missing_one_are_told(visitor: Client, library: LibraryRoot) -> None:
    series = make_series("Mushishi", present=1, missing=1, root=library)
    give(series, 1, "Mushishi/S01E01.mkv", season=1, episodes=[1])
    make_file(series, "Mushishi/odd.mkv", problem="name_without_number")
    told = "One file of the series could not be assigned to any episode."
    assert told in texts(why(visitor, series, 2), ".why > p")[0]
    assert told not in texts(why(visitor, series, 1), ".why > p")[0]


def test_htmx_gets_the_part_for_the_row_only(
    visitor: Client, library: LibraryRoot, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    series = make_series(present=1)
    with django_assert_max_num_queries(8):
        answer = swap(visitor, "get", f"/series/{series.key}/episodes/1/1/why", "why-1-1")
    assert not soup(answer).select("h1, main")
    assert texts(soup(answer), ".why > p")[0] == "A file for it is on disk."


def test_what_is_not_there_is_not_found(visitor: Client, library: LibraryRoot) -> None:
    series = make_series(present=1)
    get(visitor, f"/series/{series.key}/episodes/1/9/why", status=404)
    get(visitor, "/series/nobody/episodes/1/1/why", status=404)


def test_the_series_page_reads_no_evidence(
    visitor: Client, library: LibraryRoot, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    series = make_series(present=20, missing=20)
    with django_assert_max_num_queries(10):
        page = get(visitor, f"/series/{series.key}")
    assert len(page.select(".evidence")) == 40
    assert not page.select(".why")
