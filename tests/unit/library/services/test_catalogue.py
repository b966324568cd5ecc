"""The list of a site is kept: only differences are written, and a bad one changes nothing."""

from __future__ import annotations

import random
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aniworld.config import store
from aniworld.events.models import OutboxEvent
from library.errors import ListShrank
from library.models import CatalogueEntry, CatalogueList
from library.services.catalogue import forget_strangers, genres_of, keep_list
from library.services.catalogue_details import details_now, fill
from library.services.catalogue_search import search_lists
from providers import border
from providers.base import SearchResult
from providers.errors import MarkupChanged, SiteDown
from tests.unit.library.fakes import FakeSite, ListingSite

pytestmark = pytest.mark.django_db
NOW = timezone.now()
A_DAY = timedelta(days=1)
ODD = (
    "<harmony/>",
    "Q&A &notes &amp; \"quotes\" of 'L'",
    "A < B > C",
    "!!!",
    "鋼の錬金術師",
    "% {name} _ $1 \\1",
    "\u202ereversed",
    "x" * 900,
)


def names(site: ListingSite) -> set[str]:
    rows = CatalogueEntry.objects.there().filter(site=site.name)
    return set(rows.values_list("name", flat=True))


def state(site: ListingSite) -> CatalogueList:
    return CatalogueList.objects.get(site=site.name)


def test_what_the_first_list_holds_is_not_new(lister: ListingSite) -> None:
    lister.lists("Alpha", "Beta")
    kept = keep_list(lister.name, now=NOW)
    assert kept is not None
    assert (kept.listed, kept.new, kept.gone) == (2, 2, 0)
    assert names(lister) == {"Alpha", "Beta"}
    assert not CatalogueEntry.objects.exclude(appeared_at=None).exists()
    assert (state(lister).read_at, state(lister).entries, state(lister).error) == (NOW, 2, None)
    assert OutboxEvent.objects.filter(type="catalogue_read").exists()


@pytest.mark.django_db(transaction=True)
def test_no_site_is_asked_in_a_transaction(lister: ListingSite) -> None:
    lister.lists("Alpha")
    lister.add("alpha", "Alpha", {1: 1})
    keep_list(lister.name)
    details_now(lister.name, "alpha")
    fill([lister.name])
    assert lister.asked == ["list", "series alpha"]
    assert not lister.asked_in_transaction


def test_what_comes_later_is_new_and_what_leaves_is_gone(lister: ListingSite) -> None:
    lister.lists("Alpha", "Beta")
    keep_list(lister.name, now=NOW)
    lister.lists("Alpha", "Gamma")
    kept = keep_list(lister.name, now=NOW + A_DAY)
    assert kept is not None
    assert (kept.new, kept.changed, kept.gone) == (1, 0, 1)
    assert CatalogueEntry.objects.get(name="Gamma").appeared_at == NOW + A_DAY
    assert CatalogueEntry.objects.get(name="Beta").gone_at == NOW + A_DAY
    lister.lists("Alpha", "Beta", "Gamma")
    keep_list(lister.name, now=NOW + 2 * A_DAY)
    beta = CatalogueEntry.objects.get(name="Beta")
    assert (beta.gone_at, beta.appeared_at) == (None, None)  # it was there from the first


def test_only_what_differs_is_written(lister: ListingSite) -> None:
    lister.lists(*(f"Series {number}" for number in range(250)))
    keep_list(lister.name)
    with CaptureQueriesContext(connection) as asked:
        keep_list(lister.name)
    entries = [q["sql"] for q in asked.captured_queries if "library_catalogueentry" in q["sql"]]
    assert entries
    assert not [sql for sql in entries if sql.startswith(("INSERT", "UPDATE", "DELETE"))]
    assert lister.listed is not None
    lister.listed[7] = SearchResult(lister.listed[7].key, "Another name", "https://x.example/7")
    kept = keep_list(lister.name)
    assert kept is not None
    assert (kept.new, kept.changed) == (0, 1)
    assert CatalogueEntry.objects.get(key="series7").sort_name == "another name"


def test_a_list_that_lost_most_is_not_believed_for_three_days(lister: ListingSite) -> None:
    lister.lists(*(f"Series {number}" for number in range(40)))
    keep_list(lister.name, now=NOW)
    lister.lists(*(f"Series {number}" for number in range(12)), "Something new")
    for days in (1, 2, 3):
        with pytest.raises(ListShrank):
            keep_list(lister.name, now=NOW + days * A_DAY)
        assert len(names(lister)) == 40
        assert "12 of the 40" in (state(lister).error or {"text": ""})["text"]
        assert state(lister).read_at == NOW  # what is kept is as old as it is
    keep_list(lister.name, now=NOW + 4 * A_DAY)
    assert len(names(lister)) == 13
    assert (state(lister).error, state(lister).doubted_at) == (None, None)


def test_a_good_list_between_ends_the_doubt(lister: ListingSite) -> None:
    whole = [f"Series {number}" for number in range(40)]
    lister.lists(*whole)
    keep_list(lister.name, now=NOW)
    for days, listed in ((1, whole[:5]), (2, whole), (5, whole[:5])):
        lister.lists(*listed)
        if listed is whole:
            keep_list(lister.name, now=NOW + days * A_DAY)
            continue
        with pytest.raises(ListShrank):
            keep_list(lister.name, now=NOW + days * A_DAY)
    assert len(names(lister)) == 40


@pytest.mark.parametrize("on_the_way", [False, True])
def test_a_list_that_cannot_be_read_changes_nothing(lister: ListingSite, on_the_way: bool) -> None:
    lister.lists("Alpha", "Beta")
    keep_list(lister.name, now=NOW)
    lister.lists("Gamma")
    failure = SiteDown(why="timed_out", site="Lister")
    lister.failure, lister.list_failure = (None, failure) if on_the_way else (failure, None)
    with pytest.raises(SiteDown):
        keep_list(lister.name, now=NOW + A_DAY)
    assert names(lister) == {"Alpha", "Beta"}
    found = state(lister)
    assert (found.read_at, found.asked_at, found.error_code) == (NOW, NOW + A_DAY, "site_down")
    lister.failure = lister.list_failure = None
    keep_list(lister.name, now=NOW + 2 * A_DAY)
    assert state(lister).error is None


@pytest.mark.parametrize("listed", [[], [SearchResult("", "No key", "")]])
def test_an_empty_list_is_a_changed_page(lister: ListingSite, listed: list[SearchResult]) -> None:
    lister.lists("Alpha")
    keep_list(lister.name)
    lister.listed = listed
    with pytest.raises(MarkupChanged):
        keep_list(lister.name)
    assert names(lister) == {"Alpha"}


def test_a_list_without_end_is_given_up(
    lister: ListingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    lister.lists(*(f"Series {number}" for number in range(30)))
    monkeypatch.setattr(border, "MOST_LISTED", 20)
    with pytest.raises(MarkupChanged, match="at most 20 series"):
        keep_list(lister.name)
    monkeypatch.setattr(border, "MOST_LISTED", 100)
    monkeypatch.setattr(border, "LONGEST_LIST", 50)
    with pytest.raises(MarkupChanged, match="at most 50 characters"):
        keep_list(lister.name)


def test_a_site_without_a_list_has_none(site: FakeSite, lister: ListingSite) -> None:
    lister.listed = None
    assert keep_list(site.name) is None
    assert keep_list(lister.name) is None
    assert not CatalogueList.objects.exists()


@pytest.mark.parametrize("title", ODD)
def test_odd_titles_stay_whole_and_are_found(lister: ListingSite, title: str) -> None:
    lister.lists(title, "Something else")
    keep_list(lister.name)
    assert title[:500] in names(lister)
    found = search_lists(title[:200], [lister.name])
    assert found
    assert found[0].entry.name == title[:500]


def test_one_bad_entry_does_not_stop_the_rest(lister: ListingSite) -> None:
    good = lister.result("Alpha")
    far = SearchResult(
        "far", "Far", "javascript:alert(1)", year=1, genres=("Drama",) * 3, cover_url="a\nb"
    )
    lister.listed = [SearchResult("a/b", "Path", ""), far, SearchResult("k", " ", ""), good, good]
    keep_list(lister.name)
    assert names(lister) == {"Alpha", "Far"}
    kept = CatalogueEntry.objects.get(key="far")
    assert (kept.year, kept.link, kept.cover_url, kept.genres) == (None, "", "", ["Drama"])


def test_what_the_list_does_not_say_stays(lister: ListingSite) -> None:
    lister.lists("Alpha")
    keep_list(lister.name)
    CatalogueEntry.objects.update(year=2013, genres=["Drama"], description="About a crane.")
    lister.listed = [SearchResult("alpha", "Alpha II", "https://x.example/2")]
    keep_list(lister.name)
    entry = CatalogueEntry.objects.get()
    assert (entry.name, entry.year, entry.genres) == ("Alpha II", 2013, ["Drama"])
    assert entry.description == "About a crane."
    assert genres_of(CatalogueList.objects.all()) == ["Drama"]


def test_what_a_search_has_found_becomes_listed(lister: ListingSite) -> None:
    lister.lists("Alpha")
    keep_list(lister.name, now=NOW)
    CatalogueEntry.objects.create(site=lister.name, key="beta", name="Beta", listed=False)
    lister.lists("Alpha", "Beta")
    keep_list(lister.name, now=NOW + A_DAY)
    assert CatalogueEntry.objects.get(key="beta").appeared_at == NOW + A_DAY
    assert names(lister) == {"Alpha", "Beta"}


def test_what_nobody_can_ask_for_any_more_is_forgotten(lister: ListingSite) -> None:
    lister.lists("Alpha", "Beta", "Gamma")
    keep_list(lister.name)
    long_ago = timezone.now() - timedelta(days=100)
    CatalogueEntry.objects.filter(name="Alpha").update(gone_at=long_ago)
    CatalogueEntry.objects.filter(name="Beta").update(listed=False, details_at=long_ago)
    CatalogueEntry.objects.create(site="nobody", key="x", name="X")
    CatalogueList.objects.create(site="nobody")
    assert forget_strangers() == 3
    assert names(lister) == {"Gamma"}
    assert CatalogueList.objects.count() == 1
    store.update(lambda data: data["providers"]["sites"][lister.name].update(enabled=False))
    assert forget_strangers() == 0  # switched off is not gone


def test_a_long_list_in_a_short_time(lister: ListingSite) -> None:
    """For reading only: no time is asserted."""
    chance = random.Random(12)
    parts = ("ka", "shi", "no", "märchen", "über", "soul", "den", "hoshi", "war", "kōri")

    def title() -> str:
        return " ".join(chance.choice(parts) for _ in range(chance.randint(1, 6)))

    lister.listed = [
        SearchResult(f"k{n}", f"{title()} {n}", "", alternative_names=(title(), title()))
        for n in range(12_000)
    ]
    for what in ("first", "again"):
        begun = time.perf_counter()
        with CaptureQueriesContext(connection) as asked:
            keep_list(lister.name)
        took = time.perf_counter() - begun
        print(f"12,000 entries, {what}: {took:.2f} s, {len(asked)} queries")
    for query in ("k", "marchen", "maerchn kori", "zzzz", "hoshinoka"):
        begun = time.perf_counter()
        hits = len(search_lists(query, [lister.name]))
        print(f"search {query!r}: {(time.perf_counter() - begun) * 1000:.1f} ms, {hits} hits")
    assert CatalogueEntry.objects.there().count() == 12_000
