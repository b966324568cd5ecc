"""How the library is laid out: columns, letters, and what is done with all that pass."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from library.models import Airing, AnimeSeries, LibraryRoot
from library.pages import ticked
from tests.factories import make_episodes, make_file, make_scan, make_series
from tests.unit.reading import get, soup, swap, texts

NAMES = ("7 Seeds", "Amber", "Azur", "Bleach", "Ölberg", "進撃")


def table_names(client: Client, query: str) -> list[str]:
    return texts(get(client, f"/?view=table&{query}"), "tbody th a")


def test_a_heading_sorts_and_turns_round(visitor: Client, library: LibraryRoot) -> None:
    make_series("Mushishi", present=2)
    make_series("Planetes", present=1, missing=3)
    page = get(visitor, "/?view=table&sort=disk&q=s&page=1")
    assert table_names(visitor, "sort=disk") == ["Mushishi", "Planetes"]
    [head] = page.select("th[aria-sort]")
    assert head["aria-sort"] == "descending"
    link = head.select_one("a")
    assert link is not None
    assert link["href"] == "?view=table&sort=-disk&q=s"
    assert table_names(visitor, "sort=-disk") == ["Planetes", "Mushishi"]
    assert table_names(visitor, "sort=-name") == ["Planetes", "Mushishi"]
    chosen = page.select_one(".filters-sort option[selected]")
    assert chosen is not None
    assert chosen["value"] == "disk"


def test_columns_are_chosen_in_the_address(visitor: Client, library: LibraryRoot) -> None:
    series = make_series("Mushishi", status="ongoing")
    file = make_file(series, "Mushishi/S01E01-02.mkv", size=1_500_000_000)
    make_episodes([(series, 1, 1, "PRESENT"), (series, 1, 2, "PRESENT")])
    series.episodes.update(file=file)
    soon = timezone.now() + timedelta(days=3)
    for at in (soon - timedelta(days=9), soon, soon + timedelta(days=7)):
        Airing.objects.create(
            series=series, season=1, episode_number=3, at=at, noted_at=timezone.now()
        )
    page = get(visitor, "/?view=table&columns=next,size,status,nonsense")
    assert texts(page, "thead th")[1:-2] == ["Series", "Status", "Size", "Next episode"]
    cells = texts(page, "tbody td.wide")
    assert cells[:2] == ["Ongoing", "1.5 GB"]  # the file counts once, for both its episodes
    assert str(soon.day) in cells[2]
    links = {link.get_text(" ", strip=True): link["href"] for link in page.select(".menu-list a")}
    assert links["Size (shown)"] == "?view=table&columns=status%2Cnext"
    assert links["Year (hidden)"] == "?view=table&columns=year%2Cstatus%2Csize%2Cnext"
    none = get(visitor, "/?view=table&columns=none")
    assert none.select("td.wide") == []


def test_letters_lead_to_the_page_on_which_they_begin(
    visitor: Client, library: LibraryRoot
) -> None:
    for number in range(59):
        make_series(f"Amber {number:02}")
    for name in NAMES:
        make_series(name)
    make_series("Aaa gone", deleted_at=timezone.now())
    page = get(visitor, "/")
    links = {link.get_text(strip=True): link["href"] for link in page.select(".letters a")}
    assert links == {
        "#": "?page=1#letter-number",
        "A": "?page=1#letter-a",
        "B": "?page=2#letter-b",
        "…": "?page=2#letter-other",
    }
    for letter, address in links.items():
        path, anchor = str(address).split("#")
        found = get(visitor, f"/{path}").select_one(f"#{anchor} .poster-name")
        assert found is not None, letter
    first = get(visitor, "/?page=2").select_one("#letter-b .poster-name")
    assert first is not None
    assert first.get_text(strip=True) == "Bleach"
    turned = get(visitor, "/?sort=-name").select(".letters a")
    back = {link.get_text(strip=True): link["href"] for link in turned}
    assert back["…"] == "?sort=-name&page=1#letter-other"
    assert back["#"] == "?sort=-name&page=2#letter-number"
    assert get(visitor, "/?sort=year").select(".letters") == []


def test_what_is_earlier_comes_before_the_list(visitor: Client, library: LibraryRoot) -> None:
    for number in range(130):
        make_series(f"Series {number:03}")
    for view in ("grid", "table"):
        page = get(visitor, f"/?view={view}&page=3")
        link = page.select_one("#earlier a")
        assert link is not None
        assert link["href"] == f"?view={view}&page=2"
        part = soup(swap(visitor, "get", f"/?view={view}&page=2", "earlier"))
        assert len(part.select("[data-key]")) == 60
        assert part.select("#more") == []
        assert len(part.select("#earlier")) == 1
        rest = soup(swap(visitor, "get", f"/?view={view}&page=2", "more"))
        assert rest.select("#earlier") == []
        assert len(rest.select("#more")) == 1


def test_all_of_the_list_are_changed_at_once(visitor: Client, library: LibraryRoot) -> None:
    for number in range(70):
        make_series(f"Series {number:02}", genres=["Drama"])
    other = make_series("Another")
    page = get(visitor, "/?genre=drama")
    box = page.select_one("input[name=every]")
    assert box is not None
    assert box["data-every"] == "70"
    visitor.post("/library/selected", {"action": "unmonitor", "every": str(box["value"])})
    assert AnimeSeries.objects.filter(monitored=False).count() == 70
    other.refresh_from_db()
    assert other.monitored


def test_more_than_can_be_changed_at_once_are_refused(
    visitor: Client, library: LibraryRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticked, "MOST_AT_ONCE", 2)
    for number in range(3):
        make_series(f"Series {number}")
    for address, action in (("/library/selected", "unmonitor"), ("/queue/missing", "")):
        answer = visitor.post(address, {"action": action, "every": "show=all"}, follow=True)
        assert "more than 2 series" in answer.content.decode()
    assert AnimeSeries.objects.filter(monitored=False).count() == 0


def test_what_a_scan_found_is_told_for_a_day(visitor: Client, library: LibraryRoot) -> None:
    make_series("Mushishi")
    scan = make_scan(result={"folders": 3, "files": 9, "new": 2})
    assert "2 new" in texts(get(visitor, "/"), ".scan-last span")
    type(scan).objects.update(finished_at=timezone.now() - timedelta(days=2))
    assert texts(get(visitor, "/"), ".scan-last span") == ["Scanned 2 days ago"]


def test_the_actions_come_before_the_list(visitor: Client, library: LibraryRoot) -> None:
    make_series("Mushishi")
    form = get(visitor, "/").select_one("selection-form form")
    assert form is not None
    parts = [part for part in form.find_all(recursive=False) if part.get("class")]
    classes = [" ".join(part["class"]) for part in parts]
    assert classes == ["selection-bar selection-bar--first", "poster-grid"]
