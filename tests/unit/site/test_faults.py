"""The sample world fails on command, in exactly the way it was told."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from bs4 import BeautifulSoup
from requests.exceptions import ChunkedEncodingError

from tests.product import wait_until
from tests.site.world import SampleWorld, WorldError
from tests.unit.site.test_media import PATH, SHOW, voe_master
from tests.unit.site.visitor import embed_address, get, playlist, soup, voe_source

SERIES = "/anime/stream/93"


@pytest.mark.parametrize(
    ("effect", "params", "status", "words"),
    [
        ("status", {"status": 403}, 403, "403"),
        ("status", {"status": 404}, 404, "404"),
        ("status", {"status": 500}, 500, "500"),
        ("status", {"status": 503}, 503, "503"),
        ("ddos_guard", {}, 403, 'id="ddg-l10n-title"'),
        ("cloudflare", {}, 403, "Just a moment"),
        ("spam", {}, 200, "Deine Anfrage wurde als Spam erkannt."),
        ("soft_404", {}, 200, '<div class="messageAlert danger">'),
        ("soft_404", {"deactivated": True}, 200, "im Moment deaktiviert."),
        ("error_page_200", {}, 200, "502 Bad Gateway"),
        ("challenge", {"sign": "cf-turnstile", "status": 200}, 200, 'class="cf-turnstile"'),
        ("challenge", {"sign": "cf-chl", "status": 503}, 503, 'id="cf-chl-'),
        ("block_page", {}, 200, "notice.cuii.info"),
        ("parked", {}, 200, "It works!"),
        ("playlist_text", {}, 200, "#EXTM3U"),
    ],
)
def test_pages_that_come_instead(
    world: SampleWorld, effect: str, params: dict[str, Any], status: int, words: str
) -> None:
    with world.failing(effect, params, side="catalogue", path=f"{SERIES}*"):
        response = get(f"{world.catalogue_url}{SERIES}")
        assert response.status_code == status
        assert words in response.text
        assert get(f"{world.catalogue_url}/animes").status_code == 200
    assert get(f"{world.catalogue_url}{SERIES}").status_code == 200


def test_rate_limit_names_its_pause(world: SampleWorld) -> None:
    world.fail_status(429, retry_after=7, side="catalogue")
    response = get(f"{world.catalogue_url}{SERIES}")
    assert (response.status_code, response.headers["Retry-After"]) == (429, "7")


def test_empty_body(world: SampleWorld) -> None:
    world.fail("empty_body", series="93")
    response = get(f"{world.catalogue_url}{SERIES}")
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize(
    ("what", "path", "selector"),
    [
        ("stream", SERIES, "#stream"),
        ("table", SERIES, "table.seasonEpisodesList"),
        ("rows", SERIES, "tr[data-episode-season-id]"),
        ("title", SERIES, "div.series-title h1"),
        ("hosters", f"{SERIES}/staffel-1/episode-1", "li[data-link-target]"),
        ("languages", f"{SERIES}/staffel-1/episode-1", "div.changeLanguageBox"),
        ("list", "/animes-alphabet", 'a[href^="/anime/stream/"]'),
    ],
)
def test_landmarks_can_change(world: SampleWorld, what: str, path: str, selector: str) -> None:
    assert soup(world, path).select(selector)
    world.fail("changed_markup", {"what": what})
    assert not soup(world, path).select(selector)


def test_redirect_that_answers_itself(world: SampleWorld) -> None:
    world.fail("interstitial", path="/redirect/*")
    link = soup(world, f"{SERIES}/staffel-1/episode-1").select("li[data-link-target]")[0]
    response = get(f"{world.catalogue_url}{link['data-link-target']}")
    assert response.status_code == 200
    assert "Stream wird vorbereitet" in response.text


@pytest.mark.parametrize("status", [404, 410, 200])
def test_one_hoster_loses_a_file(world: SampleWorld, status: int) -> None:
    world.fail("file_gone", {"status": status}, side="hoster", hoster="VOE", series=SHOW)
    gone = get(embed_address(world, f"{PATH}1", "VOE"))
    assert gone.status_code == status
    assert "File not found" in gone.text
    assert get(embed_address(world, f"{PATH}1", "Direct")).status_code == 200


def test_voe_page_can_outgrow_every_decoder(world: SampleWorld) -> None:
    world.fail("changed_markup", {"what": "voe_payload"}, side="hoster")
    stub = embed_address(world, f"{PATH}1", "VOE")
    mirror = stub.replace("/e/", "/mirror/e/")
    page = get(mirror).text
    assert not BeautifulSoup(page, "html.parser").select('script[type="application/json"]')
    assert ".m3u8" not in page


def test_fragments_fail_one_by_one_and_all_together(world: SampleWorld) -> None:
    master, referer = voe_master(world), world.hoster_url
    fragments = [u for u in playlist(playlist(master, referer)[0], referer) if "/seg-" in u]
    world.fail_fragment(1, 404)
    world.fail_fragment(2, 503, times=1)
    assert [get(u, Referer=referer).status_code for u in fragments[:4]] == [200, 404, 503, 200]
    assert [get(u, Referer=referer).status_code for u in fragments[:4]] == [200, 404, 200, 200]
    world.fail_all_fragments(403)
    assert {get(u, Referer=referer).status_code for u in fragments} == {403}
    assert get(master, Referer=referer).status_code == 200


def test_file_breaks_off_in_the_middle(world: SampleWorld) -> None:
    file = embed_address(world, f"{PATH}2", "Direct")
    world.cut_media(0.5)
    with pytest.raises(ChunkedEncodingError) as broken:
        get(file, Referer=world.catalogue_url)
    told = re.search(r"\((\d+) bytes read, (\d+) more expected", str(broken.value))
    assert told
    assert 0 <= int(told[2]) - int(told[1]) <= 1


def test_fragment_breaks_off_in_the_middle(world: SampleWorld) -> None:
    referer = world.hoster_url
    fragments = playlist(playlist(voe_master(world), referer)[0], referer)
    world.cut_media(0.3, path="/media/*/seg-002.*", times=1)
    third = next(u for u in fragments if "/seg-002." in u)
    with pytest.raises(ChunkedEncodingError):
        get(third, Referer=referer)
    assert get(third, Referer=referer).status_code == 200


def test_wrong_content_length(world: SampleWorld) -> None:
    world.fail("wrong_length", {"bytes": 500}, path=SERIES)
    with pytest.raises(ChunkedEncodingError):
        get(f"{world.catalogue_url}{SERIES}")


def test_playlist_lacks_its_last_third(world: SampleWorld) -> None:
    referer = world.hoster_url
    quality = playlist(voe_master(world), referer)[0]
    whole = playlist(quality, referer)
    world.fail("short_playlist", side="hoster", path="*.m3u8")
    assert len(playlist(quality, referer)) == len(whole) * 2 // 3
    assert get(quality, Referer=referer).text.rstrip().endswith("#EXT-X-ENDLIST")


def test_slow_media_takes_its_time(world: SampleWorld) -> None:
    page = get(f"{world.catalogue_url}{SERIES}")
    world.throttle(len(page.content) * 4, side="catalogue", path=SERIES)
    world.delay(0.1, side="catalogue", path=SERIES)
    slow = get(f"{world.catalogue_url}{SERIES}")
    assert slow.content == page.content
    assert slow.elapsed.total_seconds() >= 0.1  # never earlier; how much later is free


def test_media_is_held_after_a_share_until_the_rule_is_mended(world: SampleWorld) -> None:
    referer = world.hoster_url
    fragments = playlist(playlist(voe_master(world), referer)[0], referer)
    rule = world.hold(0.5)
    assert get(fragments[0], Referer=referer).status_code == 200
    before = len(world.log())
    with ThreadPoolExecutor() as pool:
        late = [pool.submit(get, one, Referer=referer) for one in fragments[-2:]]
        wait_until(
            lambda: sum(one["sent"] > 0 for one in world.log()[before:]) == 2,
            seconds=60,
            what="something of both",
        )
        assert not any(one.done() for one in late)  # it moves, and does not come to its end
        world.mend(rule)
        assert [one.result().status_code for one in late] == [200, 200]


def test_the_share_that_is_held_is_that_of_the_whole_file(world: SampleWorld) -> None:
    file, referer = embed_address(world, f"{PATH}2", "Direct"), world.catalogue_url
    whole = get(file, Referer=referer).content
    rule, half = world.hold(0.5), len(whole) // 2
    first = get(file, Referer=referer, Range=f"bytes={half - 9}-{half - 1}")
    assert first.content == whole[half - 9 : half]
    with ThreadPoolExecutor() as pool:
        late = pool.submit(get, file, Referer=referer, Range=f"bytes={half - 9}-")
        wait_until(lambda: world.log()[-1]["sent"] > 9, seconds=60, what="what comes")
        assert not late.done()
        world.mend(rule)
        assert late.result().content == whole[half - 9 :]


def test_what_is_delayed_comes_when_the_rule_is_mended(world: SampleWorld) -> None:
    rule = world.delay(1_000, path=SERIES)
    with ThreadPoolExecutor() as pool:
        late = pool.submit(get, f"{world.catalogue_url}{SERIES}")
        wait_until(world.log, seconds=60, what="the question")
        world.mend(rule)
        assert late.result().status_code == 200


def test_rules_can_wait_and_run_out(world: SampleWorld) -> None:
    world.fail_status(500, path=SERIES, skip=1, times=2)
    answers = [get(f"{world.catalogue_url}{SERIES}").status_code for _ in range(4)]
    assert answers == [200, 500, 500, 200]


def test_unknown_orders_are_refused_with_a_reason(world: SampleWorld) -> None:
    with pytest.raises(WorldError, match="unknown effect 'melt'"):
        world.fail("melt")
    with pytest.raises(WorldError, match="unexpected keyword"):
        world.fail("spam", planet="Mars")


def test_episodes_come_and_go_while_it_runs(world: SampleWorld) -> None:
    released = world.release_episode("kupferfuchs", 2, 6, "Der neue Fuchs")
    rows = soup(world, "/anime/stream/kupferfuchs/staffel-2").select("tbody tr")
    assert rows[5].select("strong")[0].text == "Der neue Fuchs"
    assert (2, 6) in world.available("kupferfuchs")
    assert voe_source(embed_address(world, "/anime/stream/kupferfuchs/staffel-2/episode-6", "VOE"))[
        "source"
    ]
    first = soup(world, "/neue-episoden").select("div.newEpisodeList a")[0]
    assert str(first["href"]).endswith("/kupferfuchs/staffel-2/episode-6")
    assert released.is_available
    world.remove_episode("kupferfuchs", 2, 6)
    assert (2, 6) not in world.available("kupferfuchs")
    world.reset()
    assert world.truth()["kupferfuchs"] == world.show("kupferfuchs").episodes


def test_log_proves_how_polite_a_client_is(world: SampleWorld) -> None:
    for _ in range(3):
        get(f"{world.catalogue_url}{SERIES}", Referer="http://a/", **{"User-Agent": "probe"})
    get(f"{world.hoster_url}/e/000000000000")
    assert world.counts() == {SERIES: 3, "hoster:/e/000000000000": 1}
    assert world.count("catalogue") == 3
    assert world.most_in_flight("catalogue") == 1
    seen = world.log()[0]
    assert (seen["user_agent"], seen["referer"], seen["status"]) == ("probe", "http://a/", 200)
    world.clear_log()
    assert world.log() == []


def test_many_requests_at_once(world: SampleWorld) -> None:
    urls = [f"{world.catalogue_url}/anime/stream/{show.key}" for show in world.shows] * 6
    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(lambda url: get(url).status_code, urls))
    assert answers == [200] * len(urls)
    assert world.count("catalogue") == len(urls)
