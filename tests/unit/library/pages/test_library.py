from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from aniworld.config import store
from downloads.models import DownloadQueueItem
from library.models import AnimeSeries, LibraryRoot
from tests.factories import make_item, make_scan, make_series, make_unmatched, said
from tests.unit.reading import get, soup, swap, texts, toasts


def names(client: Client, query: str = "") -> list[str]:
    return texts(get(client, f"/{query}"), ".poster-name")


def test_without_a_folder_the_page_asks_for_one_and_keeps_it(
    visitor: Client, tmp_path: Path, settings: Settings
) -> None:
    settings.ANIME_DIRECTORY = ""
    page = get(visitor, "/")
    assert page.select_one("form[action='/library/folder']")
    wrong = visitor.post("/library/folder", {"directory": str(tmp_path / "nowhere")})
    assert wrong.status_code == 422
    assert "does not exist" in soup(wrong).select(".field-error")[0].get_text()

    answer = visitor.post("/library/folder", {"directory": str(tmp_path)}, follow=True)
    assert store.load().library.directories == (str(tmp_path),)
    assert texts(soup(answer), ".empty h2") == ["Let us see what is there"]


def test_after_a_scan_that_found_nothing_the_page_says_what_to_do_next(
    visitor: Client, library: LibraryRoot
) -> None:
    make_scan(result={"folders": 3, "files": 9, "unmatched": 3})
    make_unmatched("Urlaub", root=library)
    page = get(visitor, "/")
    assert texts(page, ".empty h2") == ["No series yet"]
    assert [link["href"] for link in page.select(".empty a")] == ["/unmatched", "/add"]
    assert texts(page, ".scan-last a") == ["1 unmatched"]  # two were picked since


def test_filters_search_and_sort(visitor: Client, library: LibraryRoot) -> None:
    make_series("Mushishi", present=2, genres=["Drama"], year=2005, status="completed")
    make_series("Planetes", present=1, missing=3, genres=["Sci-Fi"], year=2003)
    make_series("Vinland Saga", missing=1, genres=["Drama"], year=2019, monitored=False)
    make_series("Gone", deleted_at="2026-01-01T00:00:00Z")

    assert names(visitor) == ["Mushishi", "Planetes", "Vinland Saga"]
    assert names(visitor, "?show=missing") == ["Planetes", "Vinland Saga"]
    assert names(visitor, "?show=complete") == ["Mushishi"]
    assert names(visitor, "?show=removed") == ["Gone"]
    assert names(visitor, "?q=saga+VIN") == ["Vinland Saga"]
    assert names(visitor, "?genre=drama&monitored=yes") == ["Mushishi"]
    assert names(visitor, "?status=completed") == ["Mushishi"]
    assert names(visitor, "?sort=missing") == ["Planetes", "Vinland Saga", "Mushishi"]
    assert names(visitor, "?sort=year") == ["Vinland Saga", "Mushishi", "Planetes"]
    assert names(visitor, "?sort=nonsense&page=99") == names(visitor)
    page = get(visitor, "/")
    assert [texts(page, f"#count-{which}") for which in ("all", "missing", "complete")] == [
        ["3"],
        ["2"],
        ["1"],
    ]


def test_nothing_fits_offers_a_search_at_the_sites(visitor: Client, library: LibraryRoot) -> None:
    make_series("Mushishi")
    page = get(visitor, "/?q=monster+%26+co")
    assert texts(page, ".empty h2") == ["Nothing fits"]
    assert page.select_one("a[href='/add?q=monster%20%26%20co']")


def test_the_view_that_was_chosen_stays(visitor: Client, library: LibraryRoot) -> None:
    make_series("Mushishi")
    assert get(visitor, "/?view=table").select_one("table.series-table")
    assert get(visitor, "/").select_one("table.series-table")
    assert get(visitor, "/?view=grid").select_one(".poster-grid")


@pytest.mark.parametrize("view", ["grid", "table"])
def test_more_is_a_link_and_a_fragment(visitor: Client, library: LibraryRoot, view: str) -> None:
    for number in range(65):
        make_series(f"Series {number:02}")
    link = get(visitor, f"/?view={view}").select_one("#more a")
    assert link is not None
    assert link["href"] == f"?view={view}&page=2"
    rest = soup(swap(visitor, "get", f"/?view={view}&page=2", "more"))
    assert len(rest.select("[data-key]")) == 5
    assert rest.select_one("html .shell") is None
    assert get(visitor, f"/?view={view}&page=2").select_one(".shell")


def test_what_was_scrolled_through_comes_again_as_a_whole(
    visitor: Client, library: LibraryRoot
) -> None:
    for number in range(190):
        make_series(f"Series {number:03}")
    again = soup(swap(visitor, "get", "/?show=all&pages=3", "live"))
    assert len(again.select("[data-key]")) == 180
    assert again.select_one("#more a")["href"] == "?show=all&page=4"  # type: ignore[index]
    assert again.select_one("#live")["hx-get"] == "/?show=all"  # type: ignore[index]
    assert names(visitor, "?page=3&pages=2") == [f"Series {number}" for number in range(120, 190)]
    assert len(names(visitor, "?pages=nonsense")) == len(names(visitor, "?pages=0")) == 60


def test_links_of_the_list_lead_to_pages_and_not_into_the_list(
    visitor: Client, library: LibraryRoot
) -> None:
    """Beneath a boosted form every link is boosted, and would fill the form's target."""
    make_series("Mushishi")
    for view in ("grid", "table"):
        link = get(visitor, f"/?view={view}").select_one("[data-key] a")
        assert link is not None
        boosts = [parent.get("hx-boost") for parent in link.parents if parent.get("hx-boost")]
        assert boosts[0] == "false"


def test_a_fragment_brings_the_counts_with_it(visitor: Client, library: LibraryRoot) -> None:
    make_series("Mushishi", missing=2)
    answer = swap(visitor, "get", "/?show=missing", "live")
    page = soup(answer)
    assert page.select_one("#count-missing[hx-swap-oob]")
    assert page.select_one(".shell") is None
    assert {"HX-Request", "HX-Target"} <= set(answer["Vary"].replace(" ", "").split(","))


def test_series_are_shown_as_text_whatever_they_are_called(
    visitor: Client, library: LibraryRoot
) -> None:
    error = said("error", "x", "<img src=x>")
    make_series("<script>alert(1)</script>", genres=["<b>x</b>"], missing=1, **error)
    page = get(visitor, "/")
    assert texts(page, ".poster-name") == ["<script>alert(1)</script>"]
    assert not page.select("script:not([src], [type=importmap])")


def test_several_series_are_changed_at_once(visitor: Client, library: LibraryRoot) -> None:
    first, second = make_series(missing=1), make_series(missing=1)
    keys = [first.key, second.key]
    visitor.post("/library/selected", {"action": "unmonitor", "keys": keys})
    assert not AnimeSeries.objects.filter(monitored=True).exists()
    visitor.post("/library/selected", {"action": "remove", "keys": keys[:1], "sure": "yes"})
    assert list(AnimeSeries.objects.active()) == [second]
    visitor.post("/library/selected", {"action": "restore", "keys": keys[:1]})
    assert AnimeSeries.objects.active().count() == 2
    answer = swap(visitor, "post", "/library/selected", "live", action="remove")
    assert toasts(answer)[-1]["text"] == "Tick at least one series first."


def test_what_the_ticked_series_miss_is_queued(visitor: Client, library: LibraryRoot) -> None:
    first, second = make_series(present=1, missing=2), make_series(missing=1)
    make_item(second, 1)
    answer = swap(
        visitor, "post", "/queue/missing", "live", keys=[first.key, second.key], next="/?show=all"
    )
    assert DownloadQueueItem.objects.count() == 3
    assert toasts(answer)[0]["text"] == (
        "2 episodes queued. 1 were there already and have been skipped. "
        "They wait until you press Start on the queue page."
    )
    assert soup(answer).select_one("#live")


def test_what_a_ticked_series_misses_that_is_not_monitored_is_left_out(
    visitor: Client, library: LibraryRoot
) -> None:
    wanted, *others = (make_series(missing=2, monitored=on) for on in (True, False, False))
    keys = [wanted.key, *(series.key for series in others)]
    answer = swap(visitor, "post", "/queue/missing", "live", keys=keys)
    assert set(DownloadQueueItem.objects.values_list("series", flat=True)) == {wanted.pk}
    assert toasts(answer)[0]["text"].startswith(
        "2 episodes queued. 2 series are not monitored and were left out."
    )
    visitor.post(f"/series/{others[0].key}/queue", {"missing": "1"})  # who asks for it means it
    assert DownloadQueueItem.objects.filter(series=others[0]).count() == 2


@pytest.mark.parametrize(("view", "chip"), [("grid", ".poster-badge--warn"), ("table", ".chip")])
def test_what_is_unavailable_is_told_counted_and_found(
    visitor: Client, library: LibraryRoot, view: str, chip: str
) -> None:
    make_series("Mushishi", present=4, unavailable_count=8)
    make_series("Planetes", present=4)
    page = get(visitor, f"/?view={view}")
    assert texts(page, f"[data-key] {chip}") == ["8 unavailable"]
    assert texts(page, "#library-summary") == ["2 series · 8 episodes unavailable"]
    assert texts(page, "#count-unavailable") == ["1"]
    found = get(visitor, f"/?view={view}&show=unavailable")
    assert len(found.select("[data-key]")) == 1
    assert found.select_one("input[name=show][value=unavailable][checked]")


@pytest.mark.parametrize(("view", "chip"), [("grid", ".poster-badge--warn"), ("table", ".chip")])
def test_a_catalogue_that_waits_for_a_word_is_told_counted_and_found(
    visitor: Client, library: LibraryRoot, view: str, chip: str
) -> None:
    make_series("Mushishi", present=4, catalogue_held=True)
    make_series("Planetes", present=4)
    make_series("Gone", catalogue_held=True, deleted_at="2026-01-01T00:00:00Z")
    page = get(visitor, f"/?view={view}")
    assert [one.lower() for one in texts(page, f"[data-key] {chip}")] == ["other numbers"]
    assert texts(page, "#count-held") == ["1"]
    assert names(visitor, "?view=grid&show=held") == ["Mushishi"]


def test_the_navigation_counts_go_with_every_fragment(
    visitor: Client, library: LibraryRoot
) -> None:
    series = make_series("Mushishi", missing=1)
    make_item(series, 1)
    for address in ["/", "/queue", f"/series/{series.key}", "/unmatched"]:
        fragment = soup(swap(visitor, "get", address, "live"))
        assert texts(fragment, "#queue-badge[hx-swap-oob]") == ["1"]
        assert texts(fragment, "#unmatched-badge[hx-swap-oob]") == [""]
        whole = get(visitor, address)
        assert texts(whole, "#queue-badge:not([hx-swap-oob])") == ["1"]


@pytest.mark.parametrize(
    ("folders", "files", "told"),
    [(1, 1, "1 folder, 1 file"), (1, 12, "1 folder, 12 files"), (3, 0, "3 folders, 0 files")],
)
def test_one_is_not_many(
    visitor: Client, library: LibraryRoot, folders: int, files: int, told: str
) -> None:
    make_scan(result={"folders": folders, "files": files, "new": 1})
    assert told in texts(get(visitor, "/"), ".scan-last > span")


@pytest.mark.parametrize("view", ["grid", "table"])
def test_a_series_whose_catalogue_was_never_read_is_not_complete(
    visitor: Client, library: LibraryRoot, view: str
) -> None:
    make_series("Adopted", present=12, refreshed_at=None)
    make_series("Whole", present=12)
    page = get(visitor, f"/?view={view}")
    assert len(page.select(".progress--complete")) == 1
    adopted = page.select_one("[data-key]")
    assert adopted is not None
    assert "not read" in adopted.get_text().lower()
    assert "12 / ?" in adopted.get_text()
    assert texts(page, "#count-complete") == ["1"]
    assert texts(page, "#count-unread") == ["1"]
    shown = get(visitor, "/?show=unread&view=grid")
    assert [name.get_text() for name in shown.select(".poster-name")] == ["Adopted"]
    assert [
        n.get_text() for n in get(visitor, "/?show=complete&view=grid").select(".poster-name")
    ] == ["Whole"]


def test_without_a_site_the_page_says_that_one_is_to_be_chosen(
    visitor: Client, library: LibraryRoot
) -> None:
    make_scan(result={"folders": 3, "files": 9, "unmatched": 3})
    assert "none is chosen" in texts(get(visitor, "/"), ".empty p")[0]
    make_series("Adopted", present=12, refreshed_at=None)
    assert "No catalogue site is chosen" in texts(get(visitor, "/"), "#no-site")[0]
    store.update(lambda data: data["providers"]["sites"].update({"aniworld": {"enabled": True}}))
    assert get(visitor, "/").select_one("#no-site") is None


def test_the_covers_in_sight_are_fetched_at_once_and_the_others_when_they_come_into_sight(
    visitor: Client, library: LibraryRoot
) -> None:
    for _ in range(9):
        make_series(cover_source="https://x.example/a.jpg")
    covers = get(visitor, "/").select(".poster img")
    assert [cover.get("loading") for cover in covers] == [None] * 6 + ["lazy"] * 3
    assert [cover.get("fetchpriority") for cover in covers] == ["high"] * 2 + [None] * 7
    series = make_series("Mushishi", cover_source="https://x.example/a.jpg")
    (cover,) = get(visitor, f"/series/{series.key}").select(".series-cover img")
    assert (cover.get("loading"), cover.get("fetchpriority")) == (None, "high")
