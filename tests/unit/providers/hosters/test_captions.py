"""Captions beside a hoster's media: what is read of them, and that nothing fails for them."""

from __future__ import annotations

from typing import Any

import pytest

from providers.base import Caption, Hoster
from providers.guard import AddressGuard
from providers.hosters.captions import LONGEST_LABEL, MOST, Found, captions_of, in_json
from providers.hosters.direct import DirectHoster
from providers.hosters.vidmoly import VidmolyHoster
from providers.hosters.voe import VoeHoster
from providers.http import HttpClient
from providers.wire import Limits
from tests.site.pages import hosters as pages
from tests.unit.providers.conftest import ClientMaker, WebServer

GERMAN, ENGLISH = "/subs/de.vtt", "/subs/en.srt?t=1"


@pytest.fixture
def quick(make_client: ClientMaker) -> HttpClient:
    return make_client(limits=Limits(retries=0), interval=0.0)


def voe(web: WebServer, client: HttpClient, **payload: Any) -> tuple[Caption, ...]:
    told = {"source": f"{web.url}/master.m3u8", **payload}
    web.on("/e/abc", pages.voe_mirror(told, "x").decode())
    return VoeHoster(client).resolve(f"{web.url}/e/abc").captions


def both(web: WebServer) -> tuple[Caption, ...]:
    return (
        Caption(f"{web.url}{GERMAN}", "de", "Deutsch"),
        Caption(f"{web.url}{ENGLISH}", "en", "English"),
    )


@pytest.mark.parametrize(
    "captions",
    [
        [
            {"file": GERMAN, "label": "Deutsch", "kind": "captions", "default": True},
            {"file": ENGLISH, "label": "English"},
        ],
        [
            {"src": GERMAN, "name": "Deutsch", "language": "de-DE"},
            {"url": ENGLISH, "label": "English", "srclang": "eng"},
        ],
        {"Deutsch": GERMAN, "English": ENGLISH},
    ],
)
def test_voe_lists_them_in_its_payload(web: WebServer, quick: HttpClient, captions: object) -> None:
    assert voe(web, quick, captions=captions) == both(web)


def test_the_players_tracks_of_voe_hold_thumbnails_too(web: WebServer, quick: HttpClient) -> None:
    tracks = [
        {"file": "/thumbs.vtt", "kind": "thumbnails"},
        {"file": "/what.vtt"},
        {"file": GERMAN, "label": "Deutsch", "kind": "Captions"},
        {"file": ENGLISH, "label": "English", "kind": "subtitles"},
    ]
    assert voe(web, quick, captions=[], tracks=tracks) == both(web)


@pytest.mark.parametrize("quote", ["'", '"'])
def test_vidmoly_has_them_among_its_tracks(web: WebServer, quick: HttpClient, quote: str) -> None:
    q = quote
    page = pages.vidmoly_embed("/hls/master.m3u8", q).decode()
    thumbnails = f"{{ file: {q}/thumbs/sheet0.vtt{q}, kind: {q}thumbnails{q} }}"
    assert thumbnails in page
    german = f"file: {q}{GERMAN}{q}, label: {q}Deutsch{q}, kind: {q}captions{q}"
    english = (
        f"{q}kind{q}: {q}subtitles{q}, {q}label{q}: {q}English{q}, {q}file{q}: {q}{ENGLISH}{q}"
    )
    read = f"{{ {german}, {q}default{q}: true }},\n{{{english}}}"
    web.on("/embed-abc.html", page.replace(thumbnails, f"{thumbnails}, {read}"))
    media = VidmolyHoster(quick).resolve(f"{web.url}/embed-abc.html")
    assert media.captions == both(web)
    assert media.url == f"{web.url}/hls/master.m3u8"


def test_a_page_has_them_as_elements(web: WebServer, quick: HttpClient) -> None:
    tracks = (
        f'<track kind="captions" srclang="de" label="Deutsch" src="{GERMAN}" default>'
        f'<track src="{ENGLISH}" label="English"><track kind="metadata" src="/chapters.vtt">'
    )
    page = (
        pages.direct_page("/v.mp4", "video/mp4").decode().replace("</video>", f"{tracks}</video>")
    )
    web.on("/watch/abc", page)
    assert DirectHoster(quick).resolve(f"{web.url}/watch/abc").captions == both(web)


def test_a_page_without_any_has_none(web: WebServer, quick: HttpClient) -> None:
    web.on("/embed-abc.html", pages.vidmoly_embed("/hls/master.m3u8", "'").decode())
    web.on("/watch/abc", pages.direct_page("/v.mp4", "video/mp4").decode())
    resolved: list[tuple[Hoster, str]] = [
        (VidmolyHoster(quick), "/embed-abc.html"),
        (DirectHoster(quick), "/watch/abc"),
    ]
    assert [one.resolve(f"{web.url}{path}").captions for one, path in resolved] == [(), ()]
    assert voe(web, quick) == ()


@pytest.mark.parametrize(
    "strange",
    [
        *(None, 7, "", "/subs/de.vtt", True, [], [[]], [None, 7, {}], {"a": 1}, {"a": {"b": "c"}}),
        [{"file": 7, "label": ["x"]}, {"file": "", "kind": 3}, {"label": "no address"}],
        [{"file": "file:///etc/passwd"}, {"file": "data:text/vtt,x"}, {"file": "javascript:x"}],
        [{"file": "http://10.0.0.1/x.vtt"}, {"file": "http://[::1"}, {"file": "https://"}],
        [{"file": "http://x/" + "a" * 5_000}],
    ],
)
def test_what_has_no_known_shape_is_left_out(
    web: WebServer, quick: HttpClient, strange: object
) -> None:
    assert voe(web, quick, captions=strange, tracks=strange) == ()


def test_they_are_bounded_and_each_is_named_once() -> None:
    guard = AddressGuard()
    many = [{"file": f"https://x.test/{n}.vtt", "label": "a\0b\u202e" * 999} for n in range(500)]
    captions = captions_of(in_json(many), "https://x.test/", guard)
    assert len(captions) == MOST
    assert {len(one.label) for one in captions} == {LONGEST_LABEL}
    assert captions[0].label.isprintable()
    twice = [Found("/a.vtt", "de"), Found("/a.vtt", "en")]
    assert captions_of(twice, "https://x.test/", guard) == (
        Caption("https://x.test/a.vtt", "de", ""),
    )
