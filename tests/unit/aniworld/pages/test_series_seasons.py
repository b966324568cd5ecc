"""The series page's seasons: what is counted, what comes late, the grid, and the tabs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aniworld.pages.series.seasons import PART, SENT
from downloads.models import DownloadQueueItem
from library.models import Airing, AnimeSeries, Episode, LibraryRoot, MediaFile
from tests.factories import make_episodes, make_file, make_item, make_series
from tests.unit.reading import get, soup, swap, texts, toasts

MOST_BYTES = 150_000


def long_series(
    *, seasons: int = 10, each: int = 100, missing: int = 1, **fields: Any
) -> AnimeSeries:
    return make_series(present=each - missing, missing=missing, seasons=seasons, **fields)


def with_files(series: AnimeSeries) -> None:
    """A file for each episode that is there, and what catalogues say of all of them."""
    episodes = list(series.episodes.all())
    present = [episode for episode in episodes if episode.is_downloaded]
    files = MediaFile.objects.bulk_create(
        MediaFile(
            root=series.root,
            series=series,
            path=f"{series.folder}/{episode}.mkv",
            folder=series.folder,
            season=episode.season,
            episodes=[episode.episode_number],
            height=1080,
            audio_languages=["jpn"],
            seen_at=timezone.now(),
        )
        for episode in present
    )
    for episode, file in zip(present, files, strict=True):
        episode.file, episode.file_size = file, 300_000_000
    for episode in episodes:
        episode.title, episode.original_title = "Der lange Weg nach Haus", "The Long Way Home"
        episode.languages = ["German Dub", "German Sub"]
    columns = ["file", "file_size", "title", "original_title", "languages"]
    Episode.objects.bulk_update(episodes, columns, batch_size=100)


def test_the_counts_of_a_season_add_up(visitor: Client, library: LibraryRoot) -> None:
    series = make_series("Mushishi", present=2, missing=5)
    make_episodes([(series, 1, 8, "UNAVAILABLE"), (series, 1, 9, "ANNOUNCED")])
    make_episodes([(series, 1, 10, "ANNOUNCED")])
    series.episodes.filter(episode_number=7).update(unwanted=True)
    make_item(series, 3)
    make_item(series, 4, status="PAUSED")
    make_item(series, 5, status="DOWNLOADING")
    make_item(series, 6, status="FAILED", error_code="not_found")
    make_item(series, 9, status="FAILED", error_code="not_found")
    page = get(visitor, f"/series/{series.key}")
    counted = (
        "1 missing (1 failed) · 1 downloading · 2 queued · 2 announced (1 failed) "
        "· 1 unavailable · 1 deleted by you"
    )
    assert texts(page, ".season-counts") == [f"2 on disk · {counted}"]
    assert texts(page, ".series-count p") == [f"2 of 10 on disk · {counted}"]
    numbers = [int(text.split()[0]) for text in texts(page, ".season-counts .count")]
    assert sum(numbers) == 10


def test_a_row_says_languages_quality_size_and_day(visitor: Client, library: LibraryRoot) -> None:
    series = make_series("Mushishi", present=1, missing=1, root=library)
    file = make_file(series, "Mushishi/S01E01.mkv", language="German Dub", height=1080)
    here = series.episodes.filter(episode_number=1)
    here.update(file=file, file_size=300_000_000, languages=["German Dub", "German Sub"])
    at = datetime(2026, 1, 9, tzinfo=UTC)
    for day, language in ((at, "German Sub"), (at.replace(day=16), "German Dub")):
        Airing.objects.create(
            series=series,
            season=1,
            episode_number=2,
            language=language,
            at=day,
            noted_at=timezone.now(),
        )
    page = get(visitor, f"/series/{series.key}")
    row = "[data-episode='1-1']"
    assert texts(page, f"{row} .episode-languages > span") == ["German Dub on disk", "German Sub"]
    assert texts(page, f"{row} .episode-quality") == ["1080p"]
    assert texts(page, f"{row} .episode-size") == ["300 MB"]
    assert [day["datetime"] for day in page.select(".episode-date")] == ["2026-01-09"]
    assert "~ 300 MB to come" in texts(page, ".season-counts")[0], "an estimate says that it is one"


def test_finished_seasons_are_closed(visitor: Client, library: LibraryRoot) -> None:
    series = make_series(present=3, seasons=2)
    make_episodes([(series, 3, 1, "MISSING"), (series, 4, 1, "MISSING")])
    series.episodes.filter(season=4).update(unwanted=True)
    page = get(visitor, f"/series/{series.key}")
    assert [one["id"] for one in page.select(".season[open]")] == ["season-3"]
    assert len(page.select(".episode")) == 8, "a short series comes whole all the same"
    assert not page.select("[data-late][id^=late-]")


def test_one_season_alone_is_open(visitor: Client, library: LibraryRoot) -> None:
    page = get(visitor, f"/series/{make_series(present=3).key}")
    assert page.select_one("#season-1[open]")


def test_a_season_is_queued_by_one_press(visitor: Client, library: LibraryRoot) -> None:
    series = make_series(present=1, missing=2, seasons=2)
    series.episodes.filter(season=2, episode_number=3).update(unwanted=True)
    address = f"/series/{series.key}?view=list"
    data = {"season": "2", "next": address}
    answer = swap(visitor, "post", f"/series/{series.key}/queue", "live", **data)
    assert toasts(answer)[0]["text"].startswith("1 episode queued.")
    queued = DownloadQueueItem.objects.values_list("season", "episode_number")
    assert list(queued) == [(2, 2)]
    assert soup(answer).select_one("#live")["hx-get"] == address  # type: ignore[index]


@pytest.mark.parametrize("season", ["77", "999999999999999999"])
def test_a_season_that_is_not_there_queues_nothing(
    visitor: Client, library: LibraryRoot, season: str
) -> None:
    series = make_series(missing=2)
    answer = swap(visitor, "post", f"/series/{series.key}/queue", "live", season=season)
    assert toasts(answer)[0]["text"] == "0 episodes queued."
    assert not DownloadQueueItem.objects.exists()


@pytest.mark.parametrize("seasons", [1, 10, 40])
def test_a_thousand_episodes_are_a_small_page_of_few_questions(
    visitor: Client, library: LibraryRoot, seasons: int
) -> None:
    """However its episodes lie in seasons, with a file for each that is there."""
    each = 1000 // seasons
    series = long_series(seasons=seasons, each=each, missing=each // 2, root=library)
    few = make_series(present=1, missing=1, root=library)
    asked = []
    for one in (few, series):
        with_files(one)
        with CaptureQueriesContext(connection) as captured:
            answer = visitor.get(f"/series/{one.key}")
        asked.append(len(captured))
    assert asked[0] == asked[1]
    assert len(answer.content) <= MOST_BYTES, len(answer.content)
    assert soup(answer).select(".season[open]")
    grid = visitor.get(f"/series/{series.key}?view=grid")
    assert len(grid.content) <= MOST_BYTES
    assert len(soup(grid).select("a.cell")) == 1000


def test_rows_come_when_their_season_is_opened(visitor: Client, library: LibraryRoot) -> None:
    series = long_series(seasons=3, each=PART)
    page = get(visitor, f"/series/{series.key}")
    assert [one["id"] for one in page.select(".season[open]")] == ["season-1"]
    assert len(page.select(".episode")) == PART == SENT
    late = page.select("[id^=late-]")
    assert [place["id"] for place in late] == ["late-2", "late-3"]
    for place in late:
        answer = swap(visitor, "get", str(place["hx-get"]), str(place["id"]))
        part = soup(answer)
        assert len(part.select(".episode")) == PART
        assert not part.select("#live")
        link = place.select_one("a")
        assert link
        plain = get(visitor, str(link["href"]).partition("#")[0])
        season = str(place["id"]).removeprefix("late-")
        assert len(plain.select(f"#season-{season}[open] .episode")) == PART


def test_a_long_season_is_opened_in_parts(visitor: Client, library: LibraryRoot) -> None:
    series = make_series(present=PART, missing=30)
    page = get(visitor, f"/series/{series.key}")
    assert texts(page, ".season-part h3") == ["Episodes 1 to 40", "Episodes 41 to 70"]
    assert page.select_one("#season-1[open]")
    assert [one["id"] for one in page.select(".season-part[open]")] == ["part-1-2"]
    assert texts(page, ".season-part .season-counts") == ["40 on disk", "30 missing"]
    answer = swap(visitor, "get", f"/series/{series.key}?open=1-1", "late-1-1")
    assert len(soup(answer).select(".episode")) == PART


def test_what_is_open_stays_filled_when_the_page_is_rendered_anew(
    visitor: Client, library: LibraryRoot
) -> None:
    series = long_series(seasons=3, each=40)
    headers = {"HX-Request": "true", "HX-Target": "live", "Opened-Parts": "3 nonsense 1-9"}
    for method, address in (("get", ""), ("post", "/monitor")):
        call = getattr(visitor, method)
        page = soup(call(f"/series/{series.key}{address}", headers=headers, follow=True))
        assert len(page.select("#season-3[open] .episode")) == 40, method
        assert page.select_one("#late-2"), method
        assert not page.select_one("#season-1[open]"), "the visitor has closed it"


@pytest.mark.parametrize("value", ["9", "1-7", "", "x", "1-1' or 1=1", "9" * 500])
def test_a_part_that_is_not_there_is_not_found(
    visitor: Client, library: LibraryRoot, value: str
) -> None:
    series = long_series(seasons=2, each=40)
    answer = swap(visitor, "get", f"/series/{series.key}?open={value}", f"late-{value}")
    assert answer.status_code == 404
    assert visitor.get(f"/series/{series.key}", {"open": value}).status_code == 200


def test_the_grid_says_each_state_in_words_and_leads_to_the_row(
    visitor: Client, library: LibraryRoot
) -> None:
    series = make_series(present=1, missing=1)
    make_episodes([(series, 1, 3, "ANNOUNCED"), (series, 0, 1, "UNAVAILABLE")])
    page = get(visitor, f"/series/{series.key}?view=grid")
    assert [cell["aria-label"] for cell in page.select("a.cell")] == [
        *("S01E01: On disk", "S01E02: Missing", "S01E03: Announced", "S00E01: Unavailable"),
    ]
    assert texts(page, ".grid-legend li") == ["On disk", "Missing", "Unavailable", "Announced"]
    assert page.select_one("#view-grid[aria-current]")
    for cell in page.select("a.cell"):
        query, _, anchor = str(cell["href"]).partition("#")
        row = get(visitor, f"/series/{series.key}{query}").select_one(
            f"details[open] [id='{anchor}']"
        )
        assert row, cell


@pytest.mark.parametrize("said", ["tab=nonsense", "view=nonsense", "tab=&view=", "tab=LIST"])
def test_what_makes_no_sense_is_the_list(visitor: Client, library: LibraryRoot, said: str) -> None:
    series = make_series(present=1)
    page = get(visitor, f"/series/{series.key}?{said}")
    assert page.select(".episode")
    assert page.select_one("#tab-episodes[aria-current]")


def test_a_tab_without_anything_says_so(visitor: Client, library: LibraryRoot) -> None:
    series = make_series(present=1)
    address = f"/series/{series.key}?tab="
    assert texts(get(visitor, f"{address}problems"), ".empty h2") == ["No problems"]
    assert "Nothing has changed" in texts(get(visitor, f"{address}changes"), "#series-changes p")[0]


def test_preferences_are_chosen_in_an_order_and_undone(
    visitor: Client, library: LibraryRoot
) -> None:
    series = make_series(present=1, languages=["unknown-klingon"])
    address = f"/series/{series.key}?tab=preferences"
    page = get(visitor, address)
    first = page.select_one("select[name=languages] option[selected]")
    assert first
    assert first["value"] == "unknown-klingon", "what is chosen is not lost by saving"
    data = {
        "languages": ["German Sub", "", "German Dub", "German Sub"],
        "hosters": ["vidmoly"],
        "next": address,
    }
    answer = visitor.post(f"/series/{series.key}/preferences", data, follow=True)
    assert answer.redirect_chain == [(address, 302)]
    series.refresh_from_db()
    assert series.languages == ["German Sub", "German Dub"]
    assert series.hosters == ["vidmoly"]
    chosen = soup(answer).select("select[name=languages] option[selected]")
    assert [option["value"] for option in chosen] == ["German Sub", "German Dub"]
    undo = soup(answer).select_one(".toast form")
    assert undo
    visitor.post(str(undo["action"]))
    series.refresh_from_db()
    assert (series.languages, series.hosters) == (["unknown-klingon"], [])


def test_a_preference_that_is_not_known_is_refused(visitor: Client, library: LibraryRoot) -> None:
    series = make_series(present=1)
    data = {"hosters": ["nonsense"], "next": f"/series/{series.key}?tab=preferences"}
    answer = visitor.post(f"/series/{series.key}/preferences", data, follow=True)
    assert "nonsense" in texts(soup(answer), ".toast p")[0]
    series.refresh_from_db()
    assert series.hosters == []
