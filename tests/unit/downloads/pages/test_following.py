"""The pages of what is fetched by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from aniworld.config import store
from aniworld.journal.models import Entry
from downloads.models import AutomaticPick, DownloadQueueItem
from library.models import AnimeSeries, Availability, LibraryRoot
from tests.factories import make_series
from tests.unit.reading import get, soup, texts

NOW = timezone.now()
DUB, SUB = "German Dub", "German Sub"


@pytest.fixture
def series(library: LibraryRoot) -> AnimeSeries:
    """Two episodes are missing: one is out in both languages, one is subtitled since a day."""
    found = make_series("Mushishi", missing=2, present=1, first_read_at=NOW - timedelta(days=9))
    out(found, 2, DUB, SUB)
    out(found, 3, SUB)
    return found


def out(series: AnimeSeries, number: int, *languages: str) -> None:
    for language in languages:
        Availability.objects.create(
            series=series,
            season=1,
            episode_number=number,
            language=language,
            first_seen_at=NOW - timedelta(days=1),
        )


def form_of(page: BeautifulSoup, **changes: Any) -> dict[str, Any]:
    """What a browser sends for the form of a page."""
    form = page.select_one("main form[novalidate]")
    assert form is not None
    data = {str(one["name"]): str(one.get("value", "")) for one in form.select("input[name]")}
    for one in form.select("select[name]"):
        chosen = one.select_one("option[selected]") or one.select_one("option")
        assert chosen is not None
        data[str(one["name"])] = str(chosen["value"])
    data.pop("csrfmiddlewaretoken", None)
    return data | changes


def ranked(page: BeautifulSoup, **ranks: tuple[int, str, str]) -> dict[str, str]:
    """The fields of ranks: by language with _ for the space, its place, when, and days."""
    sent: dict[str, str] = {}
    for one in page.select("input[name$=-language]"):
        prefix, language = str(one["name"]).removesuffix("-language"), str(one["value"])
        place, when, days = ranks.get(language.replace(" ", "_"), (9, "never", ""))
        sent |= {f"{prefix}-place": str(place), f"{prefix}-when": when, f"{prefix}-days": days}
    return sent


def save(visitor: Client, series: AnimeSeries, **changes: Any) -> Any:
    address = f"/series/{series.key}/following"
    return visitor.post(address, form_of(get(visitor, address), **changes), follow=True)


def test_a_series_is_followed_and_that_is_undone(visitor: Client, series: AnimeSeries) -> None:
    answer = save(visitor, series, follow="GAPS", refresh_hours="12", keep_files="BOTH")
    series.refresh_from_db()
    assert (series.follow, series.refresh_hours, series.keep_files) == ("GAPS", 12, "BOTH")
    assert series.follow_since is not None
    toast = soup(answer).select_one("toast-stack .toast form")
    assert toast is not None
    visitor.post(str(toast["action"]))
    series.refresh_from_db()
    assert (series.follow, series.refresh_hours, series.keep_files) == ("OFF", None, "")
    assert "Followed" not in get(visitor, f"/series/{series.key}").text


def test_its_languages_with_their_places_and_days(visitor: Client, series: AnimeSeries) -> None:
    address = f"/series/{series.key}/following"
    ranks = ranked(
        get(visitor, address),
        German_Sub=(2, "days", "14"),
        German_Dub=(1, "now", ""),
        English_Sub=(3, "never", ""),
    )
    save(visitor, series, follow="SEASON", follow_season="1", own="own", **ranks)
    series.refresh_from_db()
    assert (series.follow, series.follow_season) == ("SEASON", 1)
    assert series.language_ranks[:3] == [f"{DUB}=now", f"{SUB}=14", "English Sub=never"]
    shown = get(visitor, address).select("input[name$=-language]")
    assert [one["value"] for one in shown][:3] == [DUB, SUB, "English Sub"]
    assert "from season 1 on" in get(visitor, f"/series/{series.key}").text
    save(visitor, series, own="")
    series.refresh_from_db()
    assert series.language_ranks == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"follow": "SEASON", "follow_season": ""}, "Say from which season on."),
        ({"own": "own", "rank-1-when": "days", "rank-1-days": ""}, "Say after how many days."),
        ({"own": "own", "rank-1-language": "Klingon"}, "There is no such language."),
        ({"follow": "EVERYTHING"}, "Select a valid choice"),
        ({"refresh_hours": "5"}, "Select a valid choice"),
        ({"own": "own", "rank-2-language": DUB}, "The languages cannot be read"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_changed(
    visitor: Client, series: AnimeSeries, changes: dict[str, str], words: str
) -> None:
    answer = save(visitor, series, **changes)
    assert answer.status_code == 422
    assert words in soup(answer).text
    series.refresh_from_db()
    assert (series.follow, series.language_ranks) == ("OFF", [])
    assert not Entry.objects.filter(action="series.changed").exists()


def test_the_page_of_a_series_says_what_becomes_of_each_episode(
    visitor: Client, series: AnimeSeries
) -> None:
    ranks = ranked(
        get(visitor, f"/series/{series.key}/following"),
        **{"German_Dub": (1, "now", ""), "German_Sub": (2, "days", "14")},
    )
    save(visitor, series, follow="GAPS", own="own", **ranks)
    rows = get(visitor, f"/series/{series.key}/following").select("table")[-1].select("tbody tr")
    said = [" ".join(row.text.split()) for row in rows]
    assert said[0] == "S01E01 Left alone It is on disk."
    assert said[1] == "S01E02 Queued in German Dub It is missing, and out in German Dub."
    assert said[2].startswith("S01E03 Waits German Sub is taken on")


def test_what_would_happen_is_shown_and_then_done(visitor: Client, series: AnimeSeries) -> None:
    assert "No series is followed" in get(visitor, "/following").text
    store.update(lambda data: data["following"].update(ranks=[f"{DUB}=now", f"{SUB}=14"]))
    save(visitor, series, follow="GAPS")
    page = get(visitor, "/following")
    assert "1 episode would be queued now" in page.text
    assert not AutomaticPick.objects.exists()
    waiting = get(visitor, "/following?show=WAIT").select("tbody tr")
    assert len(waiting) == 1
    assert "S01E03" in waiting[0].text
    answer = visitor.post("/following/queue", follow=True)
    assert "1 episode queued." in " ".join(texts(soup(answer), "toast-stack"))
    [item] = DownloadQueueItem.objects.all()
    assert (item.episode_number, item.wanted_language) == (2, DUB)
    entry = Entry.objects.get(action="queue.added")
    assert (entry.actor_kind, entry.reason_code) == ("OWNER", "follow_missing")


def test_the_waiting_list_says_for_what_since_when_and_until_when(
    visitor: Client, series: AnimeSeries
) -> None:
    assert "Nothing waits" in get(visitor, "/following/waiting").text
    store.update(lambda data: data["following"].update(ranks=[f"{DUB}=now", f"{SUB}=14"]))
    save(visitor, series, follow="GAPS")
    [row] = get(visitor, "/following/waiting").select("tbody tr")
    assert "Mushishi" in row.text
    assert DUB in row.text
    since, until = (str(one["datetime"]) for one in row.select("time"))
    assert since < until
    store.update(lambda data: data["following"].update(ranks=[f"{DUB}=now"]))
    assert "nobody knows" in get(visitor, "/following/waiting").text


def test_several_series_at_once(visitor: Client, series: AnimeSeries) -> None:
    other = make_series("Kino", missing=1)
    for action, follow in (("gaps", "GAPS"), ("new", "NEW"), ("off", "OFF")):
        keys = [series.key, other.key]
        visitor.post("/library/selected", {"action": f"follow-{action}", "keys": keys})
        assert set(AnimeSeries.objects.values_list("follow", flat=True)) == {follow}
    assert Entry.objects.filter(action="series.changed").count() == 6


def test_the_settings(visitor: Client, library: LibraryRoot) -> None:
    page = get(visitor, "/settings/following")
    ranks = ranked(page, German_Sub=(1, "now", ""), German_Dub=(2, "days", "3"))
    data = form_of(page, new_series="NEW", episodes_a_day="7", own="own", **ranks)
    visitor.post("/settings/following", data)
    following = store.load().following
    assert (following.new_series, following.episodes_a_day) == ("NEW", 7)
    assert following.ranks[:2] == (f"{SUB}=now", f"{DUB}=3")
    page = get(visitor, "/settings/following")
    assert form_of(page)["own"] == "own"
    answer = visitor.post("/settings/following", form_of(page, **{"rank-1-place": "x"}))
    assert answer.status_code == 422
    visitor.post("/settings/following", form_of(page, own=""))
    assert store.load().following.ranks == ()


def test_many_decisions_are_on_several_pages(visitor: Client, library: LibraryRoot) -> None:
    series = make_series("Long", missing=150)
    save(visitor, series, follow="GAPS")
    first = get(visitor, "/following")
    assert len(first.select("tbody tr")) == 100
    assert len(get(visitor, "/following?page=2").select("tbody tr")) == 50
