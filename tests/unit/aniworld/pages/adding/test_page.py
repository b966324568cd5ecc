"""The page on which series are added, against the sample site."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client
from pytest_django import Settings

from aniworld.config import store
from downloads.models import DownloadQueueItem
from library import services
from library.models import AnimeSeries, CatalogueEntry, LibraryRoot
from tests.factories import make_unmatched
from tests.site.world import SampleWorld
from tests.unit.reading import get, soup, swap, texts, toasts

HERE = "/add/series?site=aniworld&key=mondlaterne"


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


def pages_asked(world: SampleWorld) -> list[str]:
    """The pages of series that the site was asked for, and their covers."""
    paths = (seen["path"] for seen in world.log())
    return [path for path in paths if "/stream/" in path or "cover" in path]


def test_a_search_asks_for_no_page_of_a_series(
    visitor: Client, library: LibraryRoot, world: SampleWorld
) -> None:
    page = get(visitor, "/add?q=an")
    assert len(page.select(".hit")) > 1
    assert not pages_asked(world), "what a card lacks is read once it is seen"
    assert all(form["action"] == "/catalogue/details" for form in page.select(".hit-more"))
    assert not [image for image in page.select(".hit img") if "//" in str(image["src"])]


def test_a_card_says_what_its_own_page_says(
    visitor: Client, library: LibraryRoot, world: SampleWorld
) -> None:
    visitor.post("/catalogue/details", {"site": "aniworld", "key": "mondlaterne"})
    asked = len(pages_asked(world))
    card = get(visitor, "/add?q=mondlaterne").select_one(".hit[data-key=mondlaterne]")
    assert card is not None
    assert set(texts(card, ".hit-languages .chip")) >= {"German Dub", "German Sub"}
    assert "2013" in texts(card, ".numbers")
    assert texts(card, ".hit-text")
    image = card.select_one("img")
    assert image is not None
    assert (str(image["src"]).startswith("/catalogue/covers/"), image["loading"]) == (True, "lazy")
    assert not card.select(".hit-more")
    assert len(pages_asked(world)) == asked, "what is kept is not read again"


def test_what_the_library_has_needs_no_site(
    visitor: Client, library: LibraryRoot, world: SampleWorld
) -> None:
    visitor.post("/add", {"site": "aniworld", "key": "mondlaterne"})
    assert not CatalogueEntry.objects.filter(details_at__isnull=False).exists()
    card = get(visitor, "/add?q=mondlaterne").select_one(".hit[data-key=mondlaterne]")
    assert card is not None
    assert "In your library" in texts(card, ".chip")
    assert card.select_one("a[href='/series/mondlaterne']")
    assert "German Sub" in texts(card, ".hit-languages .chip")
    assert not card.select("form"), "nothing is left to be read or added"


def test_one_form_says_what_becomes_of_it(
    visitor: Client, library: LibraryRoot, world: SampleWorld
) -> None:
    hit = get(visitor, "/add?q=mondlaterne").select_one(
        ".hit[data-key=mondlaterne] a.button--ghost"
    )
    assert hit is not None
    page = get(visitor, str(hit["href"]))
    assert page.select_one("a.back-link[href='/add?q=mondlaterne']")
    hidden = page.select(".adding-form [type=hidden]")
    wanted = {str(field["name"]): str(field["value"]) for field in hidden}
    wanted |= {"queue": "FIRST_SEASON", "follow": "SEASON", "follow_season": "2", "folder": "Own"}
    form = {**wanted, "languages": ["German Sub", "", "German Sub"]}
    answer = visitor.post("/add/series", form, follow=True)
    assert answer.redirect_chain[-1][0] == "/series/mondlaterne"
    assert texts(soup(answer), ".toast p")[0] == "Mondlaterne is in your library now."
    series = AnimeSeries.objects.get()
    assert (series.folder, series.follow, series.follow_season) == ("Own", "SEASON", 2)
    assert series.languages == ["German Sub"]
    assert set(DownloadQueueItem.objects.values_list("season", flat=True)) == {1}


def test_what_is_refused_keeps_what_was_typed(
    visitor: Client, library: LibraryRoot, world: SampleWorld
) -> None:
    form = {"site": "aniworld", "key": "mondlaterne", "q": "mond", "queue": "MISSING"}
    refused = visitor.post(
        "/add/series", {**form, "follow": "SEASON", "folder": "a/b", "languages": "German Sub"}
    )
    page = soup(refused)
    assert refused.status_code == 422
    assert texts(page, "#id_follow_season_error p") == ["Say from which season on."]
    assert page.select_one("select[name=queue] option[selected][value=MISSING]")
    assert page.select_one("select[name=languages] option[selected][value='German Sub']")
    again = soup(visitor.post("/add/series", {**form, "folder": "a/b"}))
    assert "one directory" in texts(again, "#id_folder_error p")[0]
    assert not pages_asked(world), "the site is asked for nothing that is refused"
    strange = visitor.post("/add/series", {**form, "languages": "Klingon"})
    assert strange.status_code == 422
    assert "Klingon" in texts(soup(strange), ".alert--danger li")[0]


def test_a_site_that_fails_is_told_beside_the_form(
    visitor: Client, library: LibraryRoot, world: SampleWorld
) -> None:
    answer = visitor.post("/add/series", {"site": "aniworld", "key": "no-such-series"})
    assert answer.status_code == 422
    assert texts(soup(answer), ".alert--danger li")
    assert not AnimeSeries.objects.exists()


def test_pressing_twice_leads_to_the_series(
    visitor: Client, library: LibraryRoot, world: SampleWorld
) -> None:
    for _ in range(2):
        answer = visitor.post("/add/series", {"site": "aniworld", "key": "mondlaterne"})
        assert (answer.status_code, answer["Location"]) == (302, "/series/mondlaterne")
    page = get(visitor, HERE)
    assert page.select_one(".adding a[href='/series/mondlaterne']")
    assert not page.select(".adding-form")


def test_what_was_removed_is_brought_back(
    visitor: Client, library: LibraryRoot, world: SampleWorld
) -> None:
    visitor.post("/add", {"site": "aniworld", "key": "mondlaterne"})
    services.remove_series(AnimeSeries.objects.get())
    assert texts(get(visitor, HERE), "#add-it") == ["Bring it back"]
    answer = visitor.post("/add/series", {"site": "aniworld", "key": "mondlaterne"}, follow=True)
    assert texts(soup(answer), ".toast p")[0] == "Mondlaterne is back in your library."


def test_a_link_shows_the_same_form(
    visitor: Client, library: LibraryRoot, world: SampleWorld
) -> None:
    make_unmatched("Mond Laterne", root=library)
    link = f"{world.catalogue_url}/anime/stream/mondlaterne/staffel-1/episode-2"
    page = soup(swap(visitor, "get", f"/add?q={quote(link, safe='')}", "live"))
    assert page.select_one(".adding-form input[name=key][value=mondlaterne]")
    assert texts(page, ".hit-about h3") == ["mondlaterne"], "nobody was asked what it is called"
    assert page.select_one("datalist option[value='Mond Laterne']")
    assert not pages_asked(world)


def test_an_unknown_site_is_refused_with_what_can_be_done(
    visitor: Client, library: LibraryRoot, world: SampleWorld
) -> None:
    page = get(visitor, "/add?q=https://elsewhere.example/watch/1")
    assert texts(page, ".alert h2") == ["This link cannot be added"]
    assert "elsewhere.example" in texts(page, ".alert")[0]
    assert texts(page, ".adding-sites strong") == ["AniWorld"]
    host = world.catalogue_url.removeprefix("http://")
    assert texts(page, ".adding-sites code") == [host]
    assert page.select_one(".adding-ways a[href='/settings/providers/add']")
    off = get(visitor, "/add?q=https://archive.org/details/some_item")
    assert texts(off, ".adding-ways a") == ["Switch Internet Archive on in the settings"]
    other = get(visitor, f"/add?q={world.catalogue_url}/support")
    assert "not that of a series" in texts(other, ".alert p")[1]
    assert not other.select(".adding-ways a")


@pytest.mark.parametrize("query", ["", "?site=aniworld", "?key=x", "?site=a&key=" + "x" * 300])
def test_without_a_series_it_leads_to_the_search(
    visitor: Client, library: LibraryRoot, world: SampleWorld, query: str
) -> None:
    answer = visitor.get(f"/add/series{query}")
    assert (answer.status_code, answer["Location"]) == (302, "/add")


def test_a_library_folder_is_chosen_where_there_are_several(
    visitor: Client, library: LibraryRoot, world: SampleWorld
) -> None:
    assert not get(visitor, HERE).select("select[name=root]")
    paths = [library.path, f"{library.path}-2"]
    store.update(lambda data: data["library"].update(directories=paths))
    options = get(visitor, HERE).select("select[name=root] option")
    assert [option["value"] for option in options] == paths


def test_what_a_search_refuses_is_told_to_htmx_too(
    visitor: Client, library: LibraryRoot, world: SampleWorld
) -> None:
    answer = swap(visitor, "post", "/add", "live", link="https://elsewhere.example/x")
    assert "elsewhere.example" in toasts(answer)[0]["text"]
