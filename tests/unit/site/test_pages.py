"""The sample catalogue's pages carry what the page contract says, traps included."""

from __future__ import annotations

import io
import json
import re
from html import unescape
from urllib.parse import urlsplit

import pytest
import requests
from bs4 import Tag
from PIL import Image

from tests.site import shows
from tests.site.catalogue import HOSTERS, Show
from tests.site.world import SampleWorld
from tests.unit.site.visitor import get, hoster_items, one, soup


def seasons_of(page: Tag) -> list[str]:
    return [str(a["href"]) for a in page.select("#stream > ul:first-child a")]


def search(world: SampleWorld, keyword: str) -> requests.Response:
    url = f"{world.catalogue_url}/ajax/search"
    return requests.post(url, data={"keyword": keyword}, timeout=60)


def test_every_page_of_every_series_shows_exactly_its_episodes(world: SampleWorld) -> None:
    for show in world.shows:
        base = f"/anime/stream/{show.key}"
        parts = [(s, f"{base}/staffel-{s}") for s in show.seasons]
        parts += [(0, f"{base}/filme")] if show.has_films else []
        for season, path in parts:
            rows = soup(world, path).select(f"table.seasonEpisodesList tbody#season{season} > tr")
            numbers = [int(str(row["data-episode-season-id"])) for row in rows]
            assert numbers == [e.number for e in show.season(season)], path


def test_series_page_is_its_first_season(world: SampleWorld) -> None:
    page = soup(world, "/anime/stream/kazekiri")
    assert seasons_of(page) == [f"/anime/stream/kazekiri/staffel-{n}" for n in (2, 4)]
    assert one(page, "#stream a.active[title^=Staffel]").text == "2"
    assert one(page, "table.seasonEpisodesList")["data-season-id"] == "2"


def test_head_of_a_series(world: SampleWorld) -> None:
    show = shows.MONDLATERNE
    page = soup(world, f"/anime/stream/{show.key}")
    heading = one(page, "div.series-title h1[itemprop=name]")
    assert one(heading, "span").text == show.title
    assert str(heading["data-alternativetitles"]).split(", ") == [
        show.title,
        *show.alternative_titles,
    ]
    assert one(page, "span[itemprop=startDate] a").text == "2013"
    assert one(page, "span[itemprop=endDate] a").text == "2019"
    assert one(page, ".seri_des")["data-full-description"] == show.description
    assert "\n" in show.description
    assert one(page, "meta[itemprop=numberOfSeasons]")["content"] == str(len(show.seasons) + 1)
    assert one(page, "a.imdb-link")["data-imdb"] == show.imdb
    assert seasons_of(page)[0].endswith("/filme")


def test_years_may_be_open_or_missing(world: SampleWorld) -> None:
    running = soup(world, "/anime/stream/kupferfuchs")
    assert one(running, "span[itemprop=endDate] a").text == "Heute"
    assert not soup(world, "/anime/stream/hundert-treppen").select("span[itemprop=startDate]")


@pytest.mark.parametrize("show", [shows.MONDLATERNE, shows.TEA], ids=lambda show: show.key)
def test_covers_are_lazy_and_real_images(world: SampleWorld, show: Show) -> None:
    image = one(soup(world, f"/anime/stream/{show.key}"), "div.seriesCoverBox > img")
    assert str(image["src"]).startswith("data:")
    response = get(f"{world.catalogue_url}{image['data-src']}")
    picture = Image.open(io.BytesIO(response.content))
    assert picture.size == (220, 330)
    assert response.headers["Content-Type"] == f"image/{(picture.format or '').lower()}"


def test_films_have_no_number_but_their_address(world: SampleWorld) -> None:
    rows = soup(world, "/anime/stream/mondlaterne/filme").select("tbody#season0 > tr")
    assert not rows[0].select("meta, [itemprop=url]")
    assert rows[0].select("td.seasonEpisodeTitle strong")[0].text == ""
    assert " - " not in rows[0].select("td.seasonEpisodeTitle a")[0].text
    assert rows[1].select("td.seasonEpisodeTitle span")[0].text == "The Sea at Night [OVA]"
    page = get(f"{world.catalogue_url}/anime/stream/mondlaterne/filme/film-2").text
    for alias in ("staffel-0/episode-2", "filme/episode-2"):
        assert get(f"{world.catalogue_url}/anime/stream/mondlaterne/{alias}").text == page


def test_titles_are_encoded_twice(world: SampleWorld) -> None:
    rows = soup(world, "/anime/stream/wchter-der-12-siegel/filme").select("tbody tr")
    shown = rows[1].select("td.seasonEpisodeTitle span")[0].text
    assert shown == "Seals &amp; Sorrow&#039;s End [Movie]"
    assert unescape(shown) == "Seals & Sorrow's End [Movie]"


def test_announced_and_placeholder_rows_have_no_hosters(world: SampleWorld) -> None:
    rows = soup(world, "/anime/stream/kupferfuchs/staffel-2").select("tbody tr")
    assert [bool(row.select("i.icon")) for row in rows] == [True] * 5 + [False] * 3
    assert not rows[-1].select("img.flag")
    first = soup(world, "/anime/stream/tsubaki-no-fude").select("tbody tr")[0]
    assert first["data-episode-season-id"] == "0"
    assert not first.select("i.icon")


def test_episode_page_offers_each_language_at_each_hoster(world: SampleWorld) -> None:
    path = "/anime/stream/mondlaterne/staffel-1/episode-1"
    page = soup(world, path)
    flags = page.select("div.changeLanguageBox img[data-lang-key]")
    assert [flag["data-lang-key"] for flag in flags] == ["1", "3", "2"]
    items = hoster_items(world, path)
    pairs = [(str(i["data-lang-key"]), one(i, "h4").text) for i in items]
    assert sorted(pairs) == sorted((k, h) for k in "123" for h in HOSTERS[:4])
    assert len({i["data-link-target"] for i in items}) == 12
    assert any("none" in str(i.get("style", "")) for i in items)
    assert [bool(i.select("div.generateInlinePlayer")) for i in items[:4]] == [
        *(True, True, False, False)
    ]
    lists = page.select("ul.seasonListBig a")
    assert lists
    assert all(str(a["href"]).startswith("https://") for a in lists)
    assert not page.select("table.seasonEpisodesList")


def test_language_and_hoster_pairs_need_the_episode_page(world: SampleWorld) -> None:
    items = hoster_items(world, "/anime/stream/uhrwerk-2199/staffel-1/episode-1")
    pairs = {(i["data-lang-key"], one(i, "h4").text) for i in items}
    assert pairs == {("1", "Vidmoly"), ("3", "VOE"), ("3", "Filemoon"), ("2", "VOE")}


def test_redirect_leaves_for_another_host(world: SampleWorld) -> None:
    item = hoster_items(world, "/anime/stream/93/staffel-1/episode-1")[0]
    response = get(f"{world.catalogue_url}{item['data-link-target']}")
    assert response.status_code == 301
    assert response.headers["Location"].startswith(f"{world.hoster_url}/e/")
    assert urlsplit(world.catalogue_url).netloc != urlsplit(world.hoster_url).netloc
    assert get(f"{world.catalogue_url}/redirect/999999999999").status_code == 404


def test_search_mixes_hits_and_noise(world: SampleWorld) -> None:
    text = search(world, "Thunder's").text
    assert r"\/anime\/stream\/" in text
    hits = json.loads(text)
    assert all(hit.keys() == {"title", "description", "link"} for hit in hits)
    series = [h for h in hits if re.fullmatch(r"/anime/stream/[^/]+", h["link"])]
    assert [h["link"] for h in series] == ["/anime/stream/tea-thunders-edge"]
    assert series[0]["title"] == "Tea &amp;amp; <em>Thunder&amp;#039;s</em> Edge"
    assert any(h["link"].startswith("/support/frage/") for h in hits)
    assert any("/episode-" in h["link"] for h in hits)


def test_search_without_a_hit_is_an_empty_body(world: SampleWorld) -> None:
    response = search(world, "no such series")
    assert (response.status_code, response.content) == (200, b"")


def test_old_search_tells_two_series_of_one_name_apart(world: SampleWorld) -> None:
    found = get(f"{world.catalogue_url}/ajax/seriesSearch?keyword=glasgarten").json()
    assert [(hit["name"], hit["link"]) for hit in found] == [
        ("Glasgarten", "glasgarten"),
        ("Glasgarten", "glasgarten-2022"),
    ]
    assert [hit["productionYear"][:4] for hit in found] == ["2008", "2022"]


def test_list_holds_every_series_with_its_other_names(world: SampleWorld) -> None:
    links = soup(world, "/animes-alphabet").select('li > a[href^="/anime/stream/"]')
    assert {str(a["href"]).rpartition("/")[2] for a in links} == {s.key for s in world.shows}
    fox = next(a for a in links if a.text == "Kupferfuchs")
    assert fox["data-alternative-title"] == "Copper Fox, 銅の狐"
    assert len(soup(world, "/animes").select("#seriesContainer div.genre ul li a")) == len(links)


def test_new_episodes_have_a_row_for_each_language(world: SampleWorld) -> None:
    rows = soup(world, "/neue-episoden").select("div.newEpisodeList > div.rows > div.col-md-12")
    links = [str(one(row, "a")["href"]) for row in rows]
    assert links.count("/anime/stream/93/staffel-1/episode-11") == 3
    assert all(re.fullmatch(r"S\d\d E\d\d", one(r, "span.blue2").text) for r in rows)


def test_pages_answer_conditional_requests(world: SampleWorld) -> None:
    url = f"{world.catalogue_url}/anime/stream/93"
    tag = get(url).headers["ETag"]
    again = get(url, **{"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert [seen["status"] for seen in world.log()] == [200, 304]


def test_unknown_pages_are_404(world: SampleWorld) -> None:
    for path in ("/anime/stream/nothing", "/anime/stream/93/staffel-9", "/nowhere"):
        assert get(f"{world.catalogue_url}{path}").status_code == 404
