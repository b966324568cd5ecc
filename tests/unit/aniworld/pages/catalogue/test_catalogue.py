"""The catalogue as a page and over HTTP, against the sample site and with long lists."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from aniworld.config import store
from aniworld.system.schedule.models import JobState
from library.models import AnimeSeries, CatalogueEntry, CatalogueList, LibraryRoot, SeriesTie
from library.services.catalogue import keep_list
from providers.errors import SiteDown
from tests.factories import make_item, make_series
from tests.site.world import SampleWorld
from tests.unit.reading import get, soup, swap, texts

A_DAY = timedelta(days=1)


@pytest.fixture
def world(running_world: SampleWorld, settings: Settings) -> SampleWorld:
    """The sample site, chosen as the only one."""
    running_world.reset()
    settings.ALLOW_PRIVATE_HOSTS = ["127.0.0.0/8"]
    site = {
        "enabled": True,
        "base_url": running_world.catalogue_url,
        "requests_per_second": 100.0,
    }
    store.update(lambda data: data["providers"]["sites"].update(aniworld=site))
    return running_world


@pytest.fixture
def kept(world: SampleWorld, library: LibraryRoot) -> SampleWorld:
    """The list of the sample site was read."""
    keep_list("aniworld")
    world.clear_log()
    return world


def names(page: Any) -> list[str]:
    return texts(page, ".hit h3")


def api(visitor: Client, query: str = "") -> dict[str, Any]:
    answer = visitor.get(f"/api/catalogue?{query}")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def keys(visitor: Client, query: str = "") -> list[str]:
    return [row["key"] for row in api(visitor, query)["results"]]


# --- before there is anything


def test_without_a_site_one_is_to_be_chosen(visitor: Client, library: LibraryRoot) -> None:
    page = get(visitor, "/catalogue")
    assert texts(page, ".empty h2") == ["No site is chosen"]
    assert not page.select_one("#read-lists")
    assert (api(visitor)["count"], api(visitor)["lists"]) == (0, [])


def test_before_the_first_reading_a_button_asks_for_it(
    visitor: Client, library: LibraryRoot, world: SampleWorld
) -> None:
    page = get(visitor, "/catalogue")
    assert texts(page, ".empty h2") == ["No list was read yet"]
    form = page.select_one(".empty form")
    assert form is not None
    answer = visitor.post(str(form["action"]), {"next": "/catalogue"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/catalogue"
    assert JobState.objects.get(name="catalogue").wanted_at is not None
    assert api(visitor)["lists"][0]["read_at"] is None


# --- what is on it


def test_the_list_of_the_sample_site_is_browsed_and_nobody_is_asked(
    visitor: Client, kept: SampleWorld
) -> None:
    page = get(visitor, "/catalogue")
    assert {"Mondlaterne", "Tea & Thunder's Edge", "93"} <= set(names(page))
    assert "AniWorld: list just read" in texts(page, "#live > p")[0]
    assert not kept.counts()
    assert page.select_one(".menu-list a[href='/catalogue'][aria-current=page]")
    listed = api(visitor, "search=hoernum")
    assert [row["name"] for row in listed["results"]] == ["Die Klinge von Hörnum"]
    assert listed["lists"][0]["entries"] == CatalogueEntry.objects.count()
    assert listed["lists"][0]["is_old"] is False


def test_what_is_owned_queued_and_followed_is_marked(visitor: Client, kept: SampleWorld) -> None:
    make_series("Mondlaterne", key="mondlaterne", follow="GAPS", missing=2)
    make_item(AnimeSeries.objects.get(), 1)
    make_series("Kazekiri", key="kazekiri")
    line = get(visitor, "/catalogue?q=mondlaterne").select(".hit")[0]
    assert texts(line, ".chip") == ["Queued", "Followed"]
    assert line.select_one("a[href='/series/mondlaterne']")
    other = get(visitor, "/catalogue?q=kupferfuchs").select(".hit")[0]
    assert other.select_one("form[action='/add'] button[value=kupferfuchs]")
    (row,) = api(visitor, "search=mondlaterne")["results"]
    assert (row["in_library"], row["library_key"]) == (True, "mondlaterne")
    assert (row["queued"], row["followed"]) == (True, True)
    assert set(keys(visitor, "show=owned")) == {"mondlaterne", "kazekiri"}
    assert keys(visitor, "show=queued") == keys(visitor, "show=following") == ["mondlaterne"]
    assert "mondlaterne" not in keys(visitor, "show=absent")
    SeriesTie.objects.create(
        series=AnimeSeries.objects.get(key="kazekiri"), site="aniworld", site_key="kupferfuchs"
    )
    assert set(keys(visitor, "show=owned")) == {"mondlaterne", "kazekiri", "kupferfuchs"}
    assert "kupferfuchs" not in keys(visitor, "show=absent")
    tied = get(visitor, "/catalogue?q=kupferfuchs").select(".hit")[0]
    assert tied.select_one("a[href='/series/kazekiri']")
    AnimeSeries.objects.update(deleted_at=timezone.now())
    assert keys(visitor, "show=owned") == []


def test_it_is_added_from_there(visitor: Client, kept: SampleWorld) -> None:
    answer = visitor.post("/add", {"site": "aniworld", "key": "kupferfuchs"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/series/kupferfuchs"
    assert keys(visitor, "show=owned") == ["kupferfuchs"]


def test_what_is_new_and_what_is_gone(visitor: Client, kept: SampleWorld) -> None:
    now = timezone.now()
    CatalogueEntry.objects.filter(key="kazekiri").update(appeared_at=now - 3 * A_DAY)
    CatalogueEntry.objects.filter(key="93").update(gone_at=now - A_DAY / 2)
    assert keys(visitor, "show=new") == []
    assert keys(visitor, "show=new&days=7") == ["kazekiri"]
    assert keys(visitor, "show=gone") == ["93"]
    assert "93" not in keys(visitor)
    assert keys(visitor, "ordering=new")[0] == "kazekiri"
    page = get(visitor, "/catalogue?show=gone&days=1")
    assert names(page) == ["93"]
    assert "gone for" in texts(page, ".hit .chip")[0]
    assert not page.select(".hit form[action='/add']")  # it is not there to be added


def test_filters_stand_in_the_address(visitor: Client, kept: SampleWorld) -> None:
    CatalogueEntry.objects.filter(key="kazekiri").update(
        genres=["Drama"], genre_index="|drama|", year=2019
    )
    CatalogueList.objects.update(genres=["Drama"])
    for query, first in {
        "genre=drama": ["kazekiri"],
        "letter=0": ["93"],
        "search=north+observatory": ["sternwarte-nord"],
        "site=nobody": [],
        "letter=k&search=kaze": ["kazekiri"],
    }.items():
        assert keys(visitor, query) == first, query
    assert keys(visitor, "ordering=year")[0] == "kazekiri"
    page = get(visitor, "/catalogue?genre=Drama&sort=year&letter=k")
    assert names(page) == ["Kazekiri"]
    chosen = {
        str(o.parent["name"]): o["value"] for o in page.select("option[selected]") if o.parent
    }
    assert (chosen["genre"], chosen["sort"], chosen["letter"]) == ("Drama", "year", "k")
    none = get(visitor, "/catalogue?q=zzzz")
    assert texts(none, ".empty h2") == ["Nothing fits"]
    assert none.select_one("a[href='/add?q=zzzz']")


@pytest.mark.parametrize(
    "query", ["show=x", "page=99999", "days=x", "sort=%00", "letter=zz", "q=%00%25_", "genre=%00"]
)
def test_what_makes_no_sense_is_as_if_it_was_not_there(
    visitor: Client, kept: SampleWorld, query: str
) -> None:
    get(visitor, f"/catalogue?{query}")


def test_a_list_that_could_not_be_read_is_told(visitor: Client, kept: SampleWorld) -> None:
    error = SiteDown(why="timed_out", site="AniWorld")
    CatalogueList.objects.update(
        read_at=timezone.now() - 3 * A_DAY, **CatalogueList.error.values(error.as_json())
    )
    page = get(visitor, "/catalogue")
    assert "could not be read" in texts(page, ".alert")[0]
    assert texts(page, "#live > p .chip--warn") == ["old"]
    assert names(page)  # what is kept stays
    (told,) = api(visitor)["lists"]
    assert (told["error"]["code"], told["is_old"]) == ("site_down", True)
    assert told["advice"]


def test_odd_titles_are_escaped(visitor: Client, kept: SampleWorld) -> None:
    for title in ("<script>alert(1)</script>", "\"quotes\" & 'more' <b>", "&amp;amp;"):
        CatalogueEntry.objects.filter(key="kazekiri").update(name=title)
        page = get(visitor, "/catalogue?q=kazekiri")
        assert names(page) == [title]
        assert not page.select(".hit script, .hit b")


# --- what is read lazily


def test_details_and_cover_are_read_when_they_are_seen(visitor: Client, kept: SampleWorld) -> None:
    form = get(visitor, "/catalogue?q=mondlaterne").select_one(".hit form.hit-more")
    assert form is not None
    assert "revealed" in str(form["hx-trigger"])
    data = {str(field["name"]): field["value"] for field in form.select("input")}
    answer = swap(visitor, "post", "/catalogue/details", "", **data)
    card = soup(answer)
    assert "2013" in texts(card, ".hit-about")[0]
    assert not card.select("form")
    image = card.select_one("img")
    assert image is not None
    picture = visitor.get(str(image["src"]))
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/webp")
    assert "31536000" in picture["Cache-Control"]
    again = visitor.get(str(image["src"]), headers={"If-None-Match": picture["ETag"]})
    assert again.status_code == 304
    asked = dict(kept.counts())
    swap(visitor, "post", "/catalogue/details", "", **data)
    assert kept.counts() == asked  # once and for all
    (row,) = api(visitor, "search=mondlaterne")["results"]
    assert row["cover_url"].startswith("/catalogue/covers/")
    assert (row["year"], bool(row["genres"]), bool(row["description"])) == (2013, True, True)


def test_without_script_a_button_does_it(visitor: Client, kept: SampleWorld) -> None:
    data = {"site": "aniworld", "key": "93", "next": "/catalogue?q=93"}
    answer = visitor.post("/catalogue/details", data, follow=True)
    assert answer.redirect_chain[-1][0] == "/catalogue?q=93"
    assert texts(soup(answer), ".toast--success p") == ["93 was read."]
    assert not soup(answer).select(".hit form.hit-more")


def test_details_that_cannot_be_read_are_told_where_they_were_to_stand(
    visitor: Client, kept: SampleWorld
) -> None:
    data = {"site": "aniworld", "key": "kazekiri", "name": "<Kazekiri>", "next": "/catalogue"}
    with kept.failing("status", {"status": 500}, path="/anime/stream/*"):
        card = soup(swap(visitor, "post", "/catalogue/details", "", **data))
    assert texts(card, "h3") == ["Kazekiri"]
    assert texts(card, ".field-error")
    form = card.select_one("form")
    assert form is not None
    assert form["hx-trigger"] == "submit"  # not again by itself
    unknown = soup(swap(visitor, "post", "/catalogue/details", "", **{**data, "key": "nothing"}))
    assert texts(unknown, "h3") == ["<Kazekiri>"]
    assert "lists no series" in texts(unknown, ".field-error")[0]


def test_details_over_http(visitor: Client, kept: SampleWorld) -> None:
    def ask(**body: str) -> Any:
        return visitor.post("/api/catalogue/details", body, content_type="application/json")

    assert ask(site="aniworld", key="mondlaterne").json()["year"] == 2013
    assert ask(site="aniworld", key="nothing").json()["code"] == "not_in_catalogue"
    odd = visitor.post("/catalogue/details", {"site": "aniworld", "key": "\x00"}, follow=True)
    assert texts(soup(odd), ".toast--error p")
    assert ask(site="nobody", key="x").json()["code"] == "unknown_provider"
    assert ask(site="aniworld").status_code == 400


def test_a_cover_that_is_not_kept_is_none(visitor: Client, kept: SampleWorld) -> None:
    entry = CatalogueEntry.objects.latest("pk")
    for pk in (entry.pk, 999_999):
        assert visitor.get(f"/catalogue/covers/{pk}").status_code == 404


# --- the search answers from it


def test_a_search_says_how_old_the_list_is(visitor: Client, kept: SampleWorld) -> None:
    CatalogueList.objects.update(read_at=timezone.now() - timedelta(hours=3))
    page = get(visitor, "/add?q=hoernum")
    assert names(page) == ["Die Klinge von Hörnum"]
    assert "from the list of 3\xa0hours ago" in page.select(".found-line")[0].get_text()
    assert not kept.counts()
    assert page.select_one("button[name=ask]")
    get(visitor, "/add?q=hoernum&ask=1")
    assert "/ajax/search" in kept.counts()


def test_a_search_of_the_api_says_where_it_is_from(visitor: Client, kept: SampleWorld) -> None:
    def ask(**body: Any) -> Any:
        return visitor.post("/api/v1/anime/search", body, content_type="application/json").json()

    answer = ask(query="mondlaterne")
    assert (answer["from_list"], answer["asked"], answer["failures"]) == (True, [], {})
    assert list(answer["listed_at"]) == ["aniworld"]
    assert answer["results"][0]["from_list"] is True
    assert ask(query="mondlaterne", ask=True)["from_list"] is False
    assert ask(query="mondlatrne")["results"][0]["is_close"] is True
    with kept.failing("status", {"status": 503}, path="/*"):
        honest = ask(query="zzzzqqqq")
    assert (honest["results"], honest["asked"]) == ([], ["aniworld"])
    assert honest["failures"]["aniworld"]["code"] == "site_down"


def test_a_search_that_could_not_ask_says_so(visitor: Client, kept: SampleWorld) -> None:
    with kept.failing("status", {"status": 503}, path="/*"):
        page = get(visitor, "/add?q=mondlatrne")
    assert "could not be asked" in texts(page, ".alert")[0]
    assert texts(page, ".hits .hit h3") == ["Mondlaterne"]
    assert "Did you mean" in texts(page, "h2")


# --- how much it takes


@pytest.fixture
def long_list(library: LibraryRoot) -> None:
    """12,000 entries, of which a thousand are in the library."""
    chosen = {"aniworld": {"enabled": True}}
    store.update(lambda data: data["providers"]["sites"].update(chosen))
    entries = []
    for number in range(12_000):
        entry = CatalogueEntry(
            site="aniworld",
            key=f"show-{number}",
            name=f"Show {number:05} of {'Märchen' if number % 3 else 'War'}",
            alternative_names=[f"Banashi {number}", f"Tale No. {number}"],
            description="About a crane. " * 30,
            genres=["Drama", f"Genre {number % 20}"],
            year=1970 + number % 56,
        )
        entry.index_words()
        entries.append(entry)
    CatalogueEntry.objects.bulk_create(entries, batch_size=500)
    CatalogueList.objects.create(site="aniworld", read_at=timezone.now(), entries=12_000)
    rows = []
    for number in range(1_000):
        key = f"show-{number * 7}"
        rows.append(AnimeSeries(key=key, site="aniworld", site_key=key, name=key, folder=key))
    AnimeSeries.objects.bulk_create(rows, batch_size=500)


def test_a_long_list_takes_few_questions(
    visitor: Client, long_list: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    """The times are for reading only."""
    for address, most in {
        "/catalogue": 10,
        "/catalogue?page=200": 10,
        "/catalogue?q=maerchen+7": 10,
        "/catalogue?show=owned": 10,
        "/catalogue?show=absent&sort=year&genre=Drama": 10,
        "/catalogue?show=queued": 10,
        "/catalogue?letter=s": 10,
        "/add?q=maerchen": 9,
        "/api/catalogue": 8,
        "/api/catalogue?search=banashi&page_size=500": 8,
    }.items():
        begun = time.perf_counter()
        with django_assert_max_num_queries(most, info=address):
            answer = visitor.get(address)
        took = (time.perf_counter() - begun) * 1000
        assert answer.status_code == 200
        with CaptureQueriesContext(connection) as asked:
            visitor.get(address)
        spent = sum(float(query["time"]) for query in asked.captured_queries) * 1000
        print(f"{address}: {took:.0f} ms, of which {spent:.0f} ms in {len(asked)} queries")
    assert len(get(visitor, "/catalogue").select(".hit")) == 48
    assert api(visitor, "page_size=500")["count"] == 12_000
