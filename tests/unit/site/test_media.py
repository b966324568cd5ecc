"""The sample hosters: embed pages lead to media that plays, and only to those who may have it."""

from __future__ import annotations

import io
import re
from pathlib import Path

import av
import pytest
from bs4 import BeautifulSoup

from tests.site.catalogue import SUPPORTED_HOSTERS, Show
from tests.site.media import Packing, clip_for, packing_for
from tests.site.pages.hosters import voe_encode
from tests.site.world import SampleWorld
from tests.unit.site.visitor import (
    embed_address,
    fetch_hls,
    get,
    one,
    playlist,
    voe_payload,
    voe_source,
)

SHOW, SEASON = "wchter-der-12-siegel", 2  # at every hoster
PATH = f"/anime/stream/{SHOW}/staffel-{SEASON}/episode-"
VECTOR = (  # from the page contract
    "DQAkGQAAoSW@$fJRcyZ29XM2^^k6oRj3JQMDq~@mufMz9IAzMe%?AQICsKgXMUy*~RE1O6nz1Frm!!qTHUuRoH82G#&"
    "SqDrGgfHacI@$F2qlGJkFoSt^^1KUkMAzI9GK~@kb"
)


def seconds_and_kinds(content: bytes) -> tuple[float, set[str]]:
    """Decode every frame; the length of the picture, and the kinds of streams."""
    with av.open(io.BytesIO(content), mode="r") as media:
        kinds = {str(stream.type) for stream in media.streams}
        frames = sum(1 for _ in media.decode(video=0))
    return frames / 25, kinds


def number_packed_as(world: SampleWorld, packing: Packing) -> int:
    show: Show = world.show(SHOW)
    numbers = [e.number for e in show.season(SEASON)]
    return next(n for n in numbers if packing_for(SHOW, SEASON, n) is packing)


def voe_master(world: SampleWorld, number: int = 1) -> str:
    return str(voe_source(embed_address(world, f"{PATH}{number}", "VOE"))["source"])


def test_payload_encoding_agrees_with_the_contract() -> None:
    payload = {"source": "http://127.0.0.1:8000/hls/master.m3u8", "title": "t"}
    assert voe_payload(VECTOR) == payload
    assert voe_payload(voe_encode(payload)) == payload


@pytest.mark.parametrize("packing", [Packing.TS, Packing.FMP4])
def test_voe_leads_to_a_stream_that_plays_to_its_end(world: SampleWorld, packing: Packing) -> None:
    number = number_packed_as(world, packing)
    content = fetch_hls(voe_master(world, number), f"{world.hoster_url}/")
    length, kinds = seconds_and_kinds(content)
    assert kinds == {"video", "audio"}
    assert length == clip_for(SHOW, SEASON, number).seconds


def test_split_stream_has_its_sound_aside(world: SampleWorld) -> None:
    number = number_packed_as(world, Packing.SPLIT)
    master, referer = voe_master(world, number), world.hoster_url
    assert seconds_and_kinds(fetch_hls(master, referer))[1] == {"video"}
    audio = re.search(r'TYPE=AUDIO.*URI="([^"]+)"', get(master, Referer=referer).text)
    assert audio
    address = master.rpartition("/hls/")[0] + "/hls/" + audio[1]
    sound = b"".join(get(u, Referer=referer).content for u in playlist(address, referer))
    with av.open(io.BytesIO(sound), mode="r") as media:
        assert [stream.type for stream in media.streams] == ["audio"]


@pytest.mark.parametrize("number", [1, 2])  # /embed-… and the older /v/…
def test_vidmoly_embed_names_the_playlist(world: SampleWorld, number: int) -> None:
    address = embed_address(world, f"{PATH}{number}", "Vidmoly")
    page = get(re.sub(r"/v/(\w+)$", r"/embed-\1.html", address)).text
    sources = page[page.index("sources") :]
    master = re.search(r"""file: ['"]([^'"]+\.m3u8[^'"]*)['"]""", sources)
    assert master
    assert playlist(master[1], f"{world.hoster_url}/")


def test_direct_hoster_has_a_page_or_the_file_itself(world: SampleWorld) -> None:
    page = get(embed_address(world, f"{PATH}1", "Direct")).text
    source = one(BeautifulSoup(page, "html.parser"), "video > source")
    content = get(str(source["src"]), Referer=f"{world.hoster_url}/watch/x").content
    assert seconds_and_kinds(content) == (clip_for(SHOW, SEASON, 1).seconds, {"video", "audio"})
    file = embed_address(world, f"{PATH}2", "Direct")
    assert get(file, Referer=f"{world.catalogue_url}{PATH}2").headers["Content-Type"] == "video/mp4"


def test_files_are_served_in_ranges(world: SampleWorld) -> None:
    file, referer = embed_address(world, f"{PATH}2", "Direct"), world.catalogue_url
    whole = get(file, Referer=referer)
    part = get(file, Referer=referer, Range="bytes=1000-1999")
    assert part.status_code == 206
    assert part.headers["Content-Range"] == f"bytes 1000-1999/{len(whole.content)}"
    assert part.content == whole.content[1000:2000]
    rest = get(file, Referer=referer, Range=f"bytes={len(whole.content) - 5}-")
    assert rest.content == whole.content[-5:]
    beyond = get(file, Referer=referer, Range=f"bytes={len(whole.content)}-")
    assert beyond.status_code == 416


def test_ranges_can_be_switched_off(world: SampleWorld) -> None:
    world.fail("no_range", side="hoster")
    file = embed_address(world, f"{PATH}2", "Direct")
    answer = get(file, Referer=world.catalogue_url, Range="bytes=1000-1999")
    assert answer.status_code == 200
    assert "Accept-Ranges" not in answer.headers


def test_a_part_is_of_what_was_seen_before_or_the_whole_comes(world: SampleWorld) -> None:
    file, referer = embed_address(world, f"{PATH}2", "Direct"), world.catalogue_url
    tag = get(file, Referer=referer).headers["ETag"]
    wanted = {"Referer": referer, "Range": "bytes=1000-1999"}
    assert get(file, **wanted, **{"If-Range": tag}).status_code == 206
    assert get(file, **wanted, **{"If-Range": '"another"'}).status_code == 200
    assert get(file, Referer=referer, **{"If-None-Match": tag}).status_code == 304
    world.fail("no_etag", side="hoster")
    assert "ETag" not in get(file, **wanted).headers
    assert get(file, **wanted, **{"If-Range": tag}).status_code == 200


def test_an_episode_may_have_other_media(world: SampleWorld, tmp_path: Path) -> None:
    (tmp_path / "all/captions").mkdir(parents=True)
    (tmp_path / "one").mkdir()
    (tmp_path / "all/master.m3u8").write_text('#EXTM3U\n#EXT-X-KEY:METHOD=X,URI="key"\npiece')
    (tmp_path / "all/key").write_bytes(b"secret")
    (tmp_path / "all/captions/Deutsch.vtt").write_text("WEBVTT\n")
    (tmp_path / "one/v480.mp4").write_bytes(b"a film")
    world.serve(SHOW, SEASON, 1, tmp_path / "all")
    world.serve(SHOW, SEASON, 1, tmp_path / "one", hoster="Direct")
    payload, referer = voe_source(embed_address(world, f"{PATH}1", "VOE")), world.hoster_url
    master = payload["source"]
    assert get(master, Referer=referer).headers["Content-Type"] == "application/vnd.apple.mpegurl"
    key, piece = playlist(master, referer, tag="KEY")
    assert get(key, Referer=referer).content == b"secret"
    assert get(key, Referer=referer).headers["Content-Type"] == "application/octet-stream"
    assert get(piece, Referer=referer).status_code == 404
    [caption] = payload["captions"]
    assert caption["label"] == "Deutsch"
    assert get(caption["file"], Referer=referer).text == "WEBVTT\n"
    page = get(embed_address(world, f"{PATH}1", "Direct")).text
    source = one(BeautifulSoup(page, "html.parser"), "video > source")
    assert get(str(source["src"]), Referer=referer).content == b"a film"
    world.reset()
    assert "#EXT-X-STREAM-INF" in get(master, Referer=referer).text


def test_media_wants_its_page_as_referer(world: SampleWorld) -> None:
    master = voe_master(world)
    assert get(master).status_code == 403
    assert get(master, Referer=f"{world.catalogue_url}/").status_code == 403
    assert get(master, Referer="http://elsewhere.invalid/").status_code == 403
    assert get(master, Referer=world.hoster_url).status_code == 200
    fragment = playlist(playlist(master, world.hoster_url)[0], world.hoster_url)[0]
    assert get(fragment).status_code == 403


def test_media_addresses_are_signed_and_expire(world: SampleWorld) -> None:
    master, referer = voe_master(world), world.hoster_url
    assert get(master.replace("t=", "t=0"), Referer=referer).status_code == 403
    assert get(master.partition("?")[0], Referer=referer).status_code == 403
    world.expire_links()
    assert get(master, Referer=referer).status_code == 403
    assert get(voe_master(world), Referer=referer).status_code == 200
    world.set_media_ttl(0)
    assert get(voe_master(world), Referer=referer).status_code == 403


def test_every_fetchable_episode_resolves_somewhere(world: SampleWorld) -> None:
    """One episode of every series: its first supported offer leads to a page or a file."""
    for show in world.shows:
        episode = next(e for e in show.episodes if e.is_fetchable)
        kind = "film" if episode.season == 0 else "episode"
        place = "filme" if episode.season == 0 else f"staffel-{episode.season}"
        offer = next(o for o in episode.offers if o.hoster in SUPPORTED_HOSTERS)
        path = f"/anime/stream/{show.key}/{place}/{kind}-{episode.number}"
        address = embed_address(world, path, offer.hoster, offer.language)
        assert get(address, Referer=f"{world.catalogue_url}{path}").status_code == 200


def test_unsupported_hosters_are_a_dead_end(world: SampleWorld) -> None:
    assert get(embed_address(world, f"{PATH}1", "Doodstream")).status_code == 403
    assert get(embed_address(world, f"{PATH}1", "Filemoon")).status_code == 403
