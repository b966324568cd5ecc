from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from downloads.models import DownloadQueueItem
from library.models import AnimeSeries, LibraryRoot
from providers.errors import MediaGone, NotFound
from tests.factories import make_episodes, make_file, make_item, make_series, said
from tests.unit.reading import get, soup, swap, texts, toasts


def state_of(page: BeautifulSoup, episode: str) -> str:
    return texts(page, f"[data-episode='{episode}'] .episode-state .chip")[0]


def test_every_episode_has_its_state(visitor: Client, library: LibraryRoot) -> None:
    series = make_series("Mushishi", present=1, missing=4)
    make_episodes([(series, 1, 6, "UNAVAILABLE"), (series, 1, 7, "ANNOUNCED")])
    make_item(series, 2)
    make_item(series, 3, status="DOWNLOADING", progress_percent=42.7)
    gone = MediaGone(why="leads_back")
    make_item(series, 4, status="FAILED", **DownloadQueueItem.error.values(gone.as_json()))
    page = get(visitor, f"/series/{series.key}")
    assert [state_of(page, f"1-{number}") for number in range(1, 8)] == [
        *("On disk", "Queued", "Downloading 42 %", "Failed", "Missing", "Unavailable", "Announced"),
    ]
    assert texts(page, ".episode-error") == [str(gone)]
    boxes = [box["value"] for box in page.select("input[name=episodes]")]
    assert boxes == ["1-4", "1-5"]


def test_what_is_counted_and_ticked_is_what_queueing_all_missing_queues(
    visitor: Client, library: LibraryRoot
) -> None:
    series = make_series("Mushishi", present=1, missing=4)
    make_episodes([(series, 1, 6, "ANNOUNCED"), (series, 1, 7, "UNAVAILABLE")])
    make_item(series, 2)
    for failed in (3, 6, 7):
        make_item(series, failed, status="FAILED", error_code="not_found")
    page = get(visitor, f"/series/{series.key}")
    assert texts(page, "#queue-missing") == ["Queue all 3 missing"]
    assert texts(page, "#queue-season-1") == ["Queue 3 missing: Season 1"]
    assert texts(page, ".season-tools [data-select]") == ["Select all 3 missing"]
    boxes = [box["value"] for box in page.select("input[name=episodes]")]
    assert boxes == ["1-3", "1-4", "1-5"]
    answer = swap(visitor, "post", f"/series/{series.key}/queue", "live", missing="1")
    assert toasts(answer)[0]["text"].startswith("3 episodes queued.")
    assert not soup(answer).select("#queue-missing, input[name=episodes]")


def test_a_file_that_is_no_film_is_marked(visitor: Client, library: LibraryRoot) -> None:
    series = make_series("Mushishi", present=2, root=library)
    for number, problem in ((1, ""), (2, "media_no_film")):
        file = make_file(series, f"Mushishi/S01E0{number}.mkv", media_problem=problem)
        series.episodes.filter(episode_number=number).update(file=file)
    page = get(visitor, f"/series/{series.key}")
    marked = page.select("[data-episode]:has(.episode-error)")
    assert [row["data-episode"] for row in marked] == ["1-2"]
    assert "may be damaged" in marked[0].get_text()


def test_a_finished_item_says_nothing_about_the_file(visitor: Client, library: LibraryRoot) -> None:
    series = make_series(missing=1)
    make_item(series, 1, status="FAILED", error_code="not_found")
    make_item(series, 1, status="PENDING")
    assert state_of(get(visitor, f"/series/{series.key}"), "1-1") == "Queued"


def test_specials_come_last(visitor: Client, library: LibraryRoot) -> None:
    series = make_series(present=1, seasons=2)
    make_episodes([(series, 0, 1, "MISSING")])
    page = get(visitor, f"/series/{series.key}")
    assert texts(page, ".season h2") == ["Season 1", "Season 2", "Specials and films"]


def test_ticked_episodes_are_queued_and_the_rest_is_not(
    visitor: Client, library: LibraryRoot
) -> None:
    series = make_series(present=1, missing=3)
    answer = swap(
        visitor,
        "post",
        f"/series/{series.key}/queue",
        "live",
        episodes=["1-2", "1-4", "nonsense"],
        priority="HIGH",
    )
    assert toasts(answer)[0]["text"].startswith("2 episodes queued. They wait until")
    queued = DownloadQueueItem.objects.order_by("position")
    assert [(item.episode_number, item.priority) for item in queued] == [(2, 0), (4, 0)]
    assert len(soup(answer).select(".chip--queued")) == 2


def test_all_missing_are_queued_at_once(visitor: Client, library: LibraryRoot) -> None:
    series = make_series(present=2, missing=2, seasons=2)
    visitor.post(f"/series/{series.key}/queue", {"missing": "1"})
    assert DownloadQueueItem.objects.count() == 4


def test_queueing_nothing_is_explained(visitor: Client, library: LibraryRoot) -> None:
    series = make_series(missing=1)
    answer = swap(visitor, "post", f"/series/{series.key}/queue", "live")
    assert toasts(answer) == [{"text": "Name at least one episode.", "level": "error", "undo": ""}]


def test_files_that_could_not_be_read_are_listed(visitor: Client, library: LibraryRoot) -> None:
    series = make_series("Mushishi", present=1, root=library)
    make_file(series, "Mushishi/odd.mkv", problem="name_without_number")
    page = get(visitor, f"/series/{series.key}?tab=problems")
    reason = "no season or episode number in the name"
    assert texts(page, "#unread-files li") == [f"Mushishi/odd.mkv {reason}"]
    assert "rename the file" in texts(page, ".alert p.small")[0]


def test_what_is_wrong_is_said_plainly(visitor: Client, library: LibraryRoot) -> None:
    series = make_series(missing=1, removal_held=True, **said("error", "site_down", "No answer."))
    page = get(visitor, f"/series/{series.key}")
    assert texts(page, ".alert--danger h2") == ["The site could not be read"]
    assert texts(page, ".alert--danger p")[0] == "No answer."
    assert texts(page, "#problems p") == ["Most files of this series have gone Look at the problem"]
    page = get(visitor, f"/series/{series.key}?tab=problems")
    assert texts(page, "#tab-problems") == ["Problems 2"]
    assert not page.select("#problems")
    assert "No answer." in texts(page, ".alert p")
    alerts = texts(page, ".alert h2")
    assert page.select_one(".alert a[href='/library/scan/removals']")
    assert alerts == ["The site could not be read", "Most files of this series have gone"]


def test_a_key_the_site_does_not_have_is_no_failure_to_read_it(
    visitor: Client, library: LibraryRoot
) -> None:
    gone = NotFound(why="status", site="AniWorld", status=404).as_json()
    error = AnimeSeries.error.values(gone)
    series = make_series(present=1, refreshed_at=None, root=library, **error)
    AnimeSeries.objects.update(downloaded_count=1)
    page = get(visitor, f"/series/{series.key}?tab=problems")
    assert texts(page, ".alert h2") == ["The site has no such series"]
    words = " ".join(texts(page, ".alert p"))
    assert f"has no series with the key {series.site_key}" in words
    assert "Wrong series" in words
    assert "Refresh" not in words
    AnimeSeries.objects.update(refreshed_at=timezone.now())  # then a part of it may have gone
    page = get(visitor, f"/series/{series.key}?tab=problems")
    assert texts(page, ".alert h2") == ["The site could not be read"]


@pytest.mark.parametrize("code", ["not_found", "site_down", ""])
def test_a_removed_series_asks_for_nothing_it_has_no_button_for(
    visitor: Client, library: LibraryRoot, code: str
) -> None:
    error = said("error", code, "No answer.") if code else {}
    series = make_series(refreshed_at=None, **error)
    series.soft_delete()
    for tab in ("", "?tab=problems", "?tab=preferences"):
        words = get(visitor, f"/series/{series.key}{tab}").select_one("#live")
        assert words
        assert "Refresh" not in words.get_text()
        assert "Wrong series" not in words.get_text()


def test_a_refresh_without_a_site_is_told(visitor: Client, library: LibraryRoot) -> None:
    series = make_series(missing=1)
    answer = swap(visitor, "post", f"/series/{series.key}/refresh", "live")
    assert toasts(answer)[0]["level"] == "error"
    assert "aniworld" in toasts(answer)[0]["text"]


def test_monitoring_is_switched(visitor: Client, library: LibraryRoot) -> None:
    series = make_series(missing=2)
    page = soup(swap(visitor, "post", f"/series/{series.key}/monitor", "live", monitored="no"))
    series.refresh_from_db()
    assert not series.monitored
    assert texts(page, "#series-monitor[value=yes]") == ["Start monitoring"]
    assert "Not monitored" in texts(page, ".series-facts .chip")
    page = soup(swap(visitor, "post", f"/series/{series.key}/monitor", "live", monitored="yes"))
    assert texts(page, "#series-monitor[value=no]") == ["Stop monitoring"]
    assert "Monitored" in texts(page, ".series-facts .chip")


def test_removing_can_be_undone(visitor: Client, library: LibraryRoot) -> None:
    series = make_series("Mushishi", missing=1)
    library_page = soup(visitor.post(f"/series/{series.key}/remove", {"sure": "yes"}, follow=True))
    assert not AnimeSeries.objects.active().exists()
    undo = library_page.select_one(".toast form")
    assert undo is not None
    page = get(visitor, f"/series/{series.key}")
    assert texts(page, ".series-actions button") == ["Restore to the library"]
    assert not page.select("input[name=episodes]")
    visitor.post(str(undo["action"]))
    assert AnimeSeries.objects.active().get() == series


def test_an_unknown_series_is_not_found(visitor: Client, library: LibraryRoot) -> None:
    assert texts(get(visitor, "/series/nobody", status=404), "h1") == ["Not found"]
    assert visitor.post("/series/nobody/monitor", {"monitored": "yes"}).status_code == 302
